"""A year's amounts of automatic monitors become measured amounts of the sources that own them (在线监测量)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import polars as pl

from lantian.loop.explain.editions import draft_edition
from lantian.loop.explain.keeping import keep_book, read_book
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_MEASURED
from lantian.science.inventory.records import Book, Measured
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

OUTLET_DAYS = "outlet_days"
"""Table of the room `sense`: recomputed amounts of outlets by day."""
_COLUMNS = ("outlet", "factor", "amount", "hours", "stopped_hours", "substituted_hours", "open_hours")
_KILOGRAMS, _HOURS = 1_000, 24


def take_cems(study: Study, key: str) -> tuple[int, tuple[Finding, ...]]:
    """Take the amounts of the year's monitored outlets into the book, in place of those taken before.

    Only measured hours are summed, substituted ones are not; the coverage says which share of the operating hours
    they are. Hours of days without any data count as operating.

    Parameters
    ----------
    study : Study
        The room's scene.
    key : str
        Edition, still a draft.

    Returns
    -------
    rows : int
        How many measured amounts are new, different or withdrawn.
    findings : tuple of Finding
        Outlets of which no source knows anything.

    Raises
    ------
    CallerError
        There is no such draft.
    """
    edition = draft_edition(study, key)
    book = read_book(study, key, edition.year)
    amounts = _amounts(study, edition.year)
    owner = {outlet: source.id for source in book.sources for outlet in source.outlets}
    pollutants = study.book_rule(edition.year).measured.cems_factors
    taken: list[Measured] = []
    strange: dict[str, int] = defaultdict(int)
    for outlet, factor, amount, coverage in amounts.iter_rows():
        if factor not in pollutants:
            continue
        if outlet not in owner:
            strange[outlet] += 1
        elif coverage > 0:
            taken.append(
                Measured(
                    owner[outlet], pollutants[factor], "cems", amount, coverage=coverage,  # type: ignore[arg-type]
                    outlet=outlet, evidence=f"{OUTLET_DAYS} {factor} {edition.year}",
                )
            )  # fmt: skip
    kept = tuple(row for row in book.measured if row.method != "cems" or not row.evidence.startswith(OUTLET_DAYS))
    whole: Book = replace(book, measured=(*kept, *taken))
    written = keep_book(study, whole, origin=OUTLET_DAYS, tables=(INVENTORY_MEASURED,))
    findings = tuple(
        Finding(
            "outlet_without_source", outlet,
            mark("The outlet {outlet} sends amounts, and no source of the book has it."), Severity.WARNING,
            evidence={"outlet": outlet, "count": count},
            competing_explanation=mark("It is an outlet of waste water, or its plant is missing in the book."),
        )
        for outlet, count in sorted(strange.items())
    )  # fmt: skip
    return sum(written.values()), findings


def _amounts(study: Study, year: int) -> pl.DataFrame:
    """Return outlet, factor, measured amount [t] and coverage [1] of a year."""
    schema = {"outlet": pl.String, "factor": pl.String, "amount": pl.Float64, "coverage": pl.Float64}
    if OUTLET_DAYS not in {table.name for table in study.lake.tables()}:
        return pl.DataFrame(schema=schema)
    first, last = date(year, 1, 1), date(year, 12, 31)
    rows = study.lake.read(OUTLET_DAYS, first=first, last=last, columns=_COLUMNS, where=~pl.col("withdrawn"))
    hours = ((last - first).days + 1) * _HOURS
    counted = [pl.col(name).fill_null(0).sum().alias(name) for name in _COLUMNS[3:]]
    sums = rows.group_by("outlet", "factor").agg(pl.col("amount").sum() / _KILOGRAMS, *counted)
    measured = pl.sum_horizontal("hours") - pl.sum_horizontal("stopped_hours", "substituted_hours", "open_hours")
    operating = hours - pl.col("stopped_hours")
    coverage = pl.when(operating > 0).then((measured / operating).clip(0.0, 1.0)).otherwise(0.0)
    return sums.select("outlet", "factor", "amount", coverage.cast(pl.Float64).alias("coverage")).sort(
        "outlet", "factor"
    )
