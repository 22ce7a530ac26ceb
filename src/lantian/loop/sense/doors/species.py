"""Files of composition: VOC, and ions, carbon and elements of fine particles, with uncertainties (组分数据).

Wide files have a column for each species, long ones a row for each value; a file of uncertainties beside a file of
concentrations, as receptor models use the two, corrects the rows of the first.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath

import polars as pl

from lantian.desk.intake import ROW, Report, Table, account, read_table, reject_rows
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.composition_checks import look_through
from lantian.loop.sense.doors.labels import label_of, refuse_mixing
from lantian.loop.sense.doors.peeking import columns_of
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.loop.sense.doors.sample_places import placed
from lantian.loop.sense.doors.sample_times import read_times
from lantian.loop.sense.doors.species_cells import in_kept_units, reject_cells, typed
from lantian.loop.sense.doors.species_headings import SIMULATED, first_of, is_composition
from lantian.loop.sense.doors.species_layouts import long_cells, species_column, wide_cells
from lantian.rules import Rulebook, SpeciesRule
from lantian.store import legal_day
from lantian.store.species_tables import SPECIES_HOURS
from lantian.terms.findings import Finding
from lantian.terms.words import mark

VALUES, SPREAD = "species_values", "species_uncertainty"
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".json", ".ndjson", ".parquet")
_IS_SPREAD = re.compile(r"(?:[\s_\-.]|^)(?:unc|uncertainty|uncertainties)(?=[\s_\-.]|$)|不确定度", re.IGNORECASE)
_KEY = list(SPECIES_HOURS.key)
_COLUMNS = [column.name for column in SPECIES_HOURS.columns]


@dataclass(frozen=True, slots=True)
class Read:
    """A file of composition, read but not yet compared with what is known."""

    table: Table
    frame: pl.DataFrame
    """One row a value: key columns, `ROW`, ``column``, value in the kept unit and all that stands beside it."""
    report: Report


def take_values(centre: Centre, given: Given) -> TakenFile:
    """Take concentrations in; what the file does not say again (uncertainty, limit) stays while its value stands.

    Raises
    ------
    CallerError
        The file cannot be read as a whole: no times, no site, no unit, no species.
    """
    read = read_composition(centre, given)
    rows = _beside_known(centre, read.frame).select(_COLUMNS)
    return _append(centre, given, rows, read.report, VALUES)


def take_uncertainty(centre: Centre, given: Given) -> TakenFile:
    """Take a file of uncertainties in: a new version of each concentration that it is of.

    Raises
    ------
    CallerError
        As in `take_values`.
    """
    read = read_composition(centre, given)
    spread = read.frame.filter(pl.col("value").is_not_null())
    bad = spread.filter(pl.col("value") < 0)
    good = spread.filter(pl.col("value") >= 0).select(
        ROW, "column", *_KEY, "value_text", pl.col("value").alias("_new")
    )
    known = _known(centre, good)
    joined = good.join(known, on=_KEY, how="left", maintain_order="left")
    alone = joined.filter(pl.col("value").is_null())
    rejects = pl.concat(
        [
            reject_cells(bad, pl.lit("negative_spread"), "value_text"),
            reject_cells(alone, pl.lit("no_concentration"), "value_text"),
        ]
    )
    rows = joined.filter(pl.col("value").is_not_null()).with_columns(
        pl.col("_new").alias("uncertainty"), pl.lit(given.origin).alias("origin"), pl.lit(SPREAD).alias("source")
    )
    return _append(centre, given, rows.select(_COLUMNS), _with_rejects(read, rejects), SPREAD)


def read_composition(centre: Centre, given: Given) -> Read:
    """Read a file of composition, wide or long, with every row and cell accounted for.

    Raises
    ------
    CallerError
        As in `take_values`.
    """
    table = replace(read_table(given.path), name=given.name)
    label = label_of(table, given)
    marked = first_of(table.columns, SIMULATED)
    column = None if marked is None else table.frame.get_column(marked).to_list()
    refuse_mixing(label, given, column, simulated=centre.simulated)
    times = read_times(table, label, centre.city.zone)
    rule = centre.rulebook.edition(SpeciesRule, "species", centre.today(), centre.choice)
    place = placed(centre, table, label, times)
    used = frozenset({*times.columns, *place.columns, *([] if marked is None else [marked])})
    layout = long_cells if species_column(table) is not None else wide_cells
    laid = layout(table, rule, label, used)
    read = typed(laid.cells.join(place.frame, on=ROW, maintain_order="left"), rule)
    frame = in_kept_units(centre, read.frame, rule, label).with_columns(
        pl.lit(VALUES).alias("source"),
        pl.lit(given.origin).alias("origin"),
        pl.lit(centre.simulated).alias("simulated"),
    )
    rejects = pl.concat([table.rejects, place.rejects, _of_placed(laid.rejects, place.frame), read.rejects])
    findings = (*times.findings, *place.findings, *laid.findings)
    return Read(table, frame, _report(table, rejects, frame, findings))


# ---------------------------------------------------------------------------------------------- account


def _of_placed(rejects: pl.DataFrame, placed_rows: pl.DataFrame) -> pl.DataFrame:
    """Leave out what would be rejected twice: a row without a time or site is rejected for that."""
    return rejects.join(placed_rows.select(pl.col(ROW).alias("row")), on="row", how="semi", maintain_order="left")


def _report(table: Table, rejects: pl.DataFrame, frame: pl.DataFrame, findings: tuple[Finding, ...]) -> Report:
    """Account for every row; one whose filled cells were all rejected is rejected whole."""
    whole = rejects.filter(pl.col("column").is_null()).get_column("row")
    in_cells = rejects.filter(pl.col("column").is_not_null()).get_column("row").unique()
    with_values = frame.filter(pl.col("value").is_not_null() | pl.col("below")).get_column(ROW).unique()
    unread = in_cells.filter(~in_cells.is_in(with_values.implode()) & ~in_cells.is_in(whole.implode()))
    lost = pl.DataFrame({ROW: unread})
    rejects = pl.concat([rejects, reject_rows(lost, "no_readable_value")]).sort("row", maintain_order=True)
    rows = table.frame.get_column(ROW)
    accepted = rows.filter(~rows.is_in(pl.concat([whole, unread]).unique().implode())).len()
    return account(table, rejects, accepted, findings=findings)


def _with_rejects(read: Read, more: pl.DataFrame) -> Report:
    """Make the report again with cells that were rejected later."""
    frame = read.frame.join(more.select(pl.col("row").alias(ROW), "column"), on=[ROW, "column"], how="anti")
    table, before = read.table, read.report
    earlier = before.rejects.filter(pl.col("reason") != "no_readable_value")
    findings = before.findings[len(table.findings) :]
    return _report(table, pl.concat([earlier, more]), frame, findings)


# ---------------------------------------------------------------------------------------------- writing


def _known(centre: Centre, rows: pl.DataFrame) -> pl.DataFrame:
    """Read what the lake holds of the sites, species and days of some rows."""
    day = legal_day(pl.col("hour_start"), centre.city.zone)
    first, last = rows.select(day.min().alias("first"), day.max().alias("last")).row(0)
    where = pl.all_horizontal(
        pl.col(name).is_in(rows.get_column(name).unique().to_list()) for name in ("station", "species")
    )
    if first is None:
        first = last = centre.today()
    return centre.lake.read(SPECIES_HOURS, first=first, last=last, where=where).select(_COLUMNS)


def _beside_known(centre: Centre, rows: pl.DataFrame) -> pl.DataFrame:
    """Carry on what the file does not say again, and leave out empty cells that take nothing back."""
    known = _known(centre, rows).select(
        *_KEY, *(pl.col(name).alias(f"_{name}") for name in ("value", "uncertainty", "mdl", "below_mdl", "flags"))
    )
    joined = rows.join(known, on=_KEY, how="left", maintain_order="left")
    stands = pl.col("value") == pl.col("_value")
    carried = joined.with_columns(
        pl.when(stands).then(pl.coalesce(name, f"_{name}")).otherwise(pl.col(name)).alias(name)
        for name in ("uncertainty", "mdl")
    ).with_columns(pl.coalesce("below_mdl", pl.col("value") < pl.col("mdl")).alias("below_mdl"))
    says = pl.any_horizontal(
        *(pl.col(name).is_not_null() for name in ("value", "below_mdl", "flags")),
        *(pl.col(f"_{name}").is_not_null() for name in ("value", "below_mdl", "flags")),
    )
    return carried.filter(says)


def _append(centre: Centre, given: Given, rows: pl.DataFrame, report: Report, kind: str) -> TakenFile:
    if rows.is_empty():
        return TakenFile(kind, (report,), 0, 0, 0)
    done = centre.lake.append(SPECIES_HOURS, rows, only_changes=True, taken=given.once)
    day = legal_day(pl.col("hour_start"), centre.city.zone)
    first, last = rows.select(day.min().alias("first"), day.max().alias("last")).row(0)
    look_through(centre, first, last)
    return TakenFile(kind, (report,), done.written - done.corrected, done.corrected, done.unchanged)


# ---------------------------------------------------------------------------------------------- kinds


@lru_cache(maxsize=1)
def _packaged_rule() -> SpeciesRule:
    """Return the packaged list: enough to know a file by its headings, before anybody asks a city."""
    rules = [row for row in Rulebook.packaged().editions("species") if isinstance(row, SpeciesRule)]
    return rules[-1]


def _is_composition(name: str, head: bytes) -> bool:
    return is_composition(columns_of(name, head), _packaged_rule())


def _is_spread(name: str) -> bool:
    return _IS_SPREAD.search(PurePath(name).stem) is not None


SPECIES_KINDS: tuple[FileKind, ...] = (
    FileKind(
        VALUES,
        mark("composition: VOC, ions, carbon, elements"),
        _SUFFIXES,
        lambda name, head: not _is_spread(name) and _is_composition(name, head),
        take_values,
    ),
    FileKind(
        SPREAD,
        mark("uncertainties of a file of composition"),
        _SUFFIXES,
        lambda name, head: _is_spread(name) and _is_composition(name, head),
        take_uncertainty,
    ),
)
