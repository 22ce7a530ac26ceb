"""Answers about an inventory: its rows, its sums, its tree, its hours, and why it is not last year's."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from lantian.loop.explain.editions import find_edition
from lantian.loop.explain.keeping import of_edition
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_EMISSIONS, INVENTORY_SOURCES, INVENTORY_TOTALS
from lantian.science.inventory.difference import EFFECTS, Made, differences
from lantian.science.inventory.profiles import hourly
from lantian.terms.errors import CallerError

LEVELS = 4
_COMPARED = (
    "source", "process", "pollutant", "category", "amount", "activity", "unit", "left_share",
)  # fmt: skip
CONSTANT = "constant"
"""Sector of what has no profile: the same in every hour."""


def emissions(
    study: Study,
    key: str | None = None,
    *,
    pollutant: str | None = None,
    columns: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Return rows of an edition as they were computed, whole or some columns of them.

    Raises
    ------
    CallerError
        No such edition, or none that was computed.
    """
    return _read(study, INVENTORY_EMISSIONS.name, key, pollutant, columns)


def totals(
    study: Study, key: str | None = None, *, kind: str = "city", pollutant: str | None = None
) -> pl.DataFrame:
    """Return sums of an edition with their intervals: of the city, its counties, sectors or sources.

    Raises
    ------
    CallerError
        No such edition, or none that was computed.
    """
    rows = _read(study, INVENTORY_TOTALS.name, key, pollutant).filter(pl.col("kind") == kind)
    return rows.sort("pollutant", pl.col("amount"), descending=[False, True])


def _read(
    study: Study, table: str, key: str | None, pollutant: str | None, columns: Sequence[str] | None = None
) -> pl.DataFrame:
    edition = find_edition(study, key)
    rows = study.lake.read(table, columns=columns, where=of_edition(edition.key))
    if rows.is_empty():
        raise CallerError(
            "The edition {key} was not computed yet. Run `lantian inventory run {key}`.", key=edition.key
        )
    return rows if pollutant is None else rows.filter(pl.col("pollutant") == pollutant)


def tree(study: Study, key: str | None, pollutant: str, *, depth: int = 2) -> pl.DataFrame:
    """Sum one pollutant by the levels of the classification, each above its parts.

    Parameters
    ----------
    study : Study
        The room's scene.
    key : str or None
        Edition; by default the newest.
    pollutant : str
        One pollutant.
    depth : int
        Levels, 1 … 4.

    Returns
    -------
    DataFrame
        ``code``, ``level``, ``amount`` [t], ``share`` [1] of the city, ``low_confidence`` [1]; the larger first.
    """
    rows = emissions(study, key, pollutant=pollutant, columns=("pollutant", "category", "confidence", "amount"))
    whole = rows["amount"].sum()
    parts = pl.col("category").str.split(".")
    found = []
    for level in range(1, min(depth, LEVELS) + 1):
        code = parts.list.head(level).list.join(".")
        weak = pl.when(pl.col("confidence") == "C").then("amount").otherwise(0.0)
        found.append(
            rows.filter(parts.list.len() >= level)
            .group_by(code.alias("code"))
            .agg(pl.col("amount").sum(), weak.sum().alias("_weak"))
            .with_columns(level=pl.lit(level, pl.Int32))
        )
    sums = pl.concat(found).with_columns(
        share=pl.when(whole > 0).then(pl.col("amount") / whole),
        low_confidence=pl.when(pl.col("amount") > 0).then(pl.col("_weak") / pl.col("amount")),
    )
    return _ordered(sums).select("code", "level", "amount", "share", "low_confidence")


def _ordered(sums: pl.DataFrame) -> pl.DataFrame:
    """Put each code above its parts, the larger ones first."""
    amount = dict(sums.select("code", "amount").iter_rows())

    def place(code: str) -> tuple[tuple[float, str], ...]:
        parts = code.split(".")
        above = (".".join(parts[: n + 1]) for n in range(len(parts)))
        return tuple((-amount.get(each, 0.0), each) for each in above)

    order = sorted(range(sums.height), key=lambda row: place(sums["code"][row]))
    return sums[order]


def method_shares(study: Study, key: str | None = None) -> pl.DataFrame:
    """Share of each pollutant by the method that it is known by (核算方法占比)."""
    return _shares(study, key, "method").sort("pollutant", "amount", descending=[False, True])


def confidence_shares(study: Study, key: str | None = None) -> pl.DataFrame:
    """Share of each pollutant by the confidence of the weakest number in it (可信度占比)."""
    return _shares(study, key, "confidence").sort("pollutant", "confidence")


def _shares(study: Study, key: str | None, by: str) -> pl.DataFrame:
    rows = emissions(study, key, columns=("pollutant", by, "amount"))
    whole = pl.col("amount").sum().over("pollutant")
    sums = rows.group_by("pollutant", by).agg(pl.col("amount").sum())
    return sums.with_columns(share=pl.when(whole > 0).then(pl.col("amount") / whole))


def places(study: Study, key: str | None, pollutant: str) -> pl.DataFrame:
    """Say where the sources of a pollutant lie and how much each gives off (污染源分布).

    Returns
    -------
    DataFrame
        ``source``, ``name``, ``name_en``, ``county``, ``kind``, ``longitude`` and ``latitude`` [deg] (null where
        it is no point), ``amount``, ``low``, ``high`` [t], ``low_confidence`` [1]; the larger first.

    Raises
    ------
    CallerError
        No such edition, or none that was computed.
    """
    edition = find_edition(study, key)
    sums = totals(study, edition.key, kind="source", pollutant=pollutant)
    columns = ("source", "name", "name_en", "county", "kind", "longitude", "latitude")
    held = study.lake.read(INVENTORY_SOURCES.name, columns=columns, where=of_edition(edition.key))
    return (
        sums.rename({"code": "source"})
        .select("source", "amount", "low", "high", "low_confidence")
        .join(held, on="source", how="left")
        .sort(pl.col("amount"), "source", descending=[True, False])
        .select(*columns, "amount", "low", "high", "low_confidence")
    )


def hours_of_day(study: Study, key: str | None, pollutant: str) -> pl.DataFrame:
    """Mean of the year at each hour of the day by sector (日变化).

    Returns
    -------
    DataFrame
        ``hour`` 0 … 23 of the city's clock, and one column per sector of the profiles. [kg h-1]

    Raises
    ------
    CallerError
        No such edition, none that was computed, or nothing of this pollutant in it.
    """
    rows = hours(study, key, pollutant)
    return (
        rows.group_by(pl.col("hour_start").dt.hour().alias("hour"))
        .agg(pl.exclude("hour_start").mean())
        .sort("hour")
    )


def changes(study: Study, before: str, after: str, *, pollutant: str | None = None) -> pl.DataFrame:
    """Explain the difference of two editions source by source (清单变化归因).

    Returns
    -------
    DataFrame
        ``source, pollutant, before, after, difference`` and the five effects that add up to it. [t]
    """
    made = [
        [
            Made(
                row["source"], row["process"], row["pollutant"], row["category"], row["amount"], row["activity"],
                row["unit"] or "", row["left_share"],
            )
            for row in emissions(study, key, pollutant=pollutant, columns=_COMPARED).iter_rows(named=True)
        ]
        for key in (before, after)
    ]  # fmt: skip
    found = differences(*made)
    columns = ("source", "pollutant", "before", "after", "difference", *EFFECTS)
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(columns, pl.Float64)
    schema |= {"source": pl.String, "pollutant": pl.String}
    rows = pl.DataFrame([{name: getattr(each, name) for name in columns} for each in found], schema=schema)
    sums = rows.group_by("source", "pollutant").agg(pl.col(columns[2:]).sum())
    return sums.sort("pollutant", pl.col("difference").abs(), "source", descending=[False, True, False])


def hours(study: Study, key: str | None, pollutant: str) -> pl.DataFrame:
    """Spread a pollutant over the hours of the year by the temporal profiles of its sectors (时间分配).

    Returns
    -------
    DataFrame
        ``hour_start`` in the city's zone, and one column per sector of the profiles. [kg h-1]

    Raises
    ------
    CallerError
        No such edition, none that was computed, or nothing of this pollutant in it.
    """
    edition = find_edition(study, key)
    rules = study.rules(edition.year)
    sums: dict[str, float] = {}
    for category, amount in (
        emissions(study, edition.key, pollutant=pollutant, columns=("pollutant", "category", "amount"))
        .select("category", "amount")
        .iter_rows()
    ):
        row = rules.categories.get(category.rstrip("."))
        sector = (row.sector if row is not None else None) or CONSTANT
        sums[sector] = sums.get(sector, 0.0) + amount
    if not sums:
        raise CallerError("The edition {key} has nothing of {pollutant}.", key=edition.key, pollutant=pollutant)
    count = (date(edition.year + 1, 1, 1) - date(edition.year, 1, 1)).days * 24
    first = datetime(edition.year, 1, 1, tzinfo=study.city.zone)
    columns = {
        sector: np.full(count, amount * 1000 / count)
        if sector == CONSTANT
        else hourly(amount, rules.profiles[sector], edition.year)
        for sector, amount in sums.items()
    }
    starts = pl.Series("hour_start", [first + timedelta(hours=n) for n in range(count)])
    return pl.DataFrame({"hour_start": starts, **columns})
