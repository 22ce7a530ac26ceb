"""What is the index of each row of a table that somebody gave, by the law of its own date? No workspace needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.desk.intake import ROW, cells
from lantian.loop.evaluate.indices import NO_DATA, PUBLISHED, WITHHELD, index_columns
from lantian.rules import AqiCategories, AqiRule, Choice, Rulebook
from lantian.science.aqi import index_of
from lantian.terms.errors import CallerError, RuleError
from lantian.terms.pollutants import BASIC

Averaging = Literal["hour", "day"]
LAWLESS = "lawless"
"""Status of a row that no edition judges: its time cannot be read, or no law holds on its date."""
INDEX_COLUMNS: tuple[str, ...] = (*(f"iaqi_{pollutant}" for pollutant in BASIC), "aqi", "primary", "level")
"""What every row gets, in this order."""
DOUBT_SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(),
    "column": pl.String(),
    "value": pl.String(),
    "reason": pl.String(),
}
"""A cell that was left out of the index: reasons of the intake, ``negative`` or ``no_law``."""
_FAR_BEYOND = 1e9
_PLACES = 9
"""Places after the point that a conversion keeps: takes the dust of binary fractions away."""
"""Above every breakpoint table: larger values have the same index."""
_FREE_OF_TIME = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Use:
    """An edition that judged some of the rows."""

    rule: AqiRule
    categories: AqiCategories
    rows: int
    first: date | None
    """Earliest and latest date among its rows; None when an edition was forced on rows without time."""
    last: date | None

    @property
    def marker(self) -> str | None:
        """What the edition writes where it withholds an index; None where it never does."""
        missing = self.rule.missing
        withholds = missing.only_above is not None or not missing.publish_from_rest
        return missing.marker_missing if withholds else None


@dataclass(frozen=True, slots=True)
class Judged:
    """The index of each row in the order of the file, and what stood in its way."""

    frame: pl.DataFrame
    """`INDEX_COLUMNS`, ``marker`` (what to write for an index withheld) and ``status``."""
    uses: tuple[Use, ...]
    doubts: pl.DataFrame
    """Cells left out of the index: `DOUBT_SCHEMA`, in the order of the file."""

    def count(self, status: str) -> int:
        """How many rows have a status."""
        return int((self.frame.get_column("status") == status).sum())

    def levels(self) -> dict[int, int]:
        """Level → rows published in it."""
        counted = self.frame.get_column("level").drop_nulls().value_counts().sort("level")
        return dict(counted.iter_rows())


def averaging_of(table: pl.DataFrame, time: str, zone: ZoneInfo, has_hours: bool = False) -> Averaging:
    """Guess what the rows stand for: days if the stamps are dates or whole days apart, hours otherwise.

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> averaging_of(pl.DataFrame({"t": ["2026-03-01", "2026-03-02"]}), "t", zone)
    'day'
    >>> averaging_of(pl.DataFrame({"t": ["2026-03-01 00:00", "2026-03-01 01:00"]}), "t", zone)
    'hour'
    """
    if has_hours:
        return "hour"
    stamps = table.select(pl.col(time).unique())
    found, _, _ = cells.instant(pl.col(time), zone)
    clock = cells.clean(pl.col(time)).str.contains(r":|时|点|\d[T ]\d|^\d{10,14}$")
    known = stamps.select(found.alias("at"), clock.alias("clock")).drop_nulls("at")
    if known.is_empty() or not known.get_column("clock").any():
        return "day" if known.height else "hour"
    apart = known.get_column("at").unique().sort().diff().drop_nulls()
    whole_days = apart.dt.total_seconds() % 86_400 == 0
    return "day" if apart.len() and bool(whole_days.all()) else "hour"


def judge_rows(
    table: pl.DataFrame,
    columns: Mapping[str, str],
    rulebook: Rulebook,
    *,
    averaging: Averaging,
    zone: ZoneInfo,
    time: str | None = None,
    choice: Choice | None = None,
    edition: AqiRule | None = None,
    factors: Mapping[str, float] | None = None,
) -> Judged:
    """Judge each row by the edition that holds on the date it says.

    The date is the one written: ``2026-02-28 24:00`` belongs to the 28th. A stamp with an offset is first brought
    into `zone`.

    Parameters
    ----------
    table : DataFrame
        Column `ROW` and text columns, as the intake reads a file.
    columns : mapping of str to str
        Indicator key → column; an absent key is missing in every row.
    rulebook : Rulebook
        The law.
    averaging : {"hour", "day"}
        What the rows stand for.
    zone : ZoneInfo
        Zone of stamps without offset, and of the dates.
    time : str, optional
        Column of the time; may be left out with `edition`.
    choice : Choice, optional
        Jurisdictions and variants.
    edition : AqiRule, optional
        Judges every row, whatever its date.
    factors : mapping of str to float, optional
        Indicator key → power of ten between the unit of the column and that of the rule.

    Raises
    ------
    CallerError
        When there is neither time nor edition.
    RuleError
        When no law holds on any of the dates.
    """
    if time is None and edition is None:
        raise CallerError(
            "the law is picked by the date of a row, and there is no column of time: name it, or force an edition",
        )
    dates, doubts = _dates(table, time, zone)
    numbers, unread = _numbers(table, columns, factors or {})
    doubts.append(unread)
    if edition is None:
        editions, lawless = _editions(dates, averaging, rulebook, choice or Choice())
        doubts.append(_without_law(table, time, dates, lawless))
    else:
        levels = rulebook.categories(edition.in_force, Choice(jurisdictions=(edition.jurisdiction, "CN")))
        editions = dict.fromkeys([*dates.drop_nulls().unique().to_list(), _FREE_OF_TIME], (edition, levels))
        dates = dates.fill_null(_FREE_OF_TIME)
    frame, uses = _index(numbers, dates, editions)
    return Judged(frame, uses, pl.concat(doubts).sort("row", maintain_order=True))


def _dates(table: pl.DataFrame, time: str | None, zone: ZoneInfo) -> tuple[pl.Series, list[pl.DataFrame]]:
    """Dates as written, and the stamps that cannot be read."""
    nothing = [pl.DataFrame(schema=DOUBT_SCHEMA)]
    if time is None:
        return pl.Series("date", [None], dtype=pl.Date).new_from_index(0, table.height), nothing
    found, reason, midnight = cells.instant(pl.col(time), zone)
    written = pl.when(midnight).then(found.dt.date().dt.offset_by("-1d")).otherwise(found.dt.date())
    read = table.select(ROW, pl.col(time).alias("value"), written.alias("date"), reason.alias("reason"))
    bad = read.filter(pl.col("reason").is_not_null())
    doubts = bad.select(pl.col(ROW).alias("row"), pl.lit(time).alias("column"), "value", "reason")
    return read.get_column("date"), [*nothing, doubts]


def _without_law(table: pl.DataFrame, time: str | None, dates: pl.Series, lawless: set[date]) -> pl.DataFrame:
    """Rows whose date has no edition."""
    if time is None or not lawless:
        return pl.DataFrame(schema=DOUBT_SCHEMA)
    rows = table.filter(dates.is_in(pl.Series(list(lawless), dtype=pl.Date).implode()).fill_null(value=False))
    return rows.select(
        pl.col(ROW).alias("row"),
        pl.lit(time).alias("column"),
        pl.col(time).alias("value"),
        pl.lit("no_law").alias("reason"),
    )


def _numbers(
    table: pl.DataFrame, columns: Mapping[str, str], factors: Mapping[str, float]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Concentrations by indicator key; unreadable and negative cells become null and a doubt."""
    parts: list[pl.DataFrame] = [pl.DataFrame(schema=DOUBT_SCHEMA)]
    read: dict[str, pl.Series] = {}
    for key, column in columns.items():
        value, reason = cells.number(pl.col(column))
        both = table.select(ROW, pl.col(column).alias("text"), value.alias("value"), reason.alias("reason"))
        both = both.with_columns(
            pl.when(pl.col("value") < 0).then(pl.lit("negative")).otherwise(pl.col("reason")).alias("reason")
        )
        wrong = both.filter(pl.col("reason").is_not_null())
        parts.append(
            wrong.select(
                pl.col(ROW).alias("row"), pl.lit(column).alias("column"), pl.col("text").alias("value"), "reason"
            )
        )
        factor = factors.get(key, 1.0)
        scaled = (pl.col("value") * factor).round(_PLACES) if factor != 1 else pl.col("value")
        lawful = pl.when(pl.col("value") >= 0).then(scaled.clip(upper_bound=_FAR_BEYOND))
        read[key] = both.select(lawful.alias(key)).to_series()
    doubts = pl.concat(parts)
    return pl.DataFrame(read) if read else pl.DataFrame(height=table.height), doubts


def _editions(
    dates: pl.Series, averaging: Averaging, rulebook: Rulebook, choice: Choice
) -> tuple[dict[date, tuple[AqiRule, AqiCategories]], set[date]]:
    """Edition of each date that occurs, and the dates that have none."""
    found: dict[date, tuple[AqiRule, AqiCategories]] = {}
    lawless: set[date] = set()
    fault: RuleError | None = None
    of = rulebook.aqi_day if averaging == "day" else rulebook.aqi_hour
    for day in dates.drop_nulls().unique().sort().to_list():
        try:
            found[day] = of(day, choice), rulebook.categories(day, choice)
        except RuleError as error:
            lawless.add(day)
            fault = error
    if fault is not None and not found:
        raise fault
    return found, lawless


def _index(
    numbers: pl.DataFrame, dates: pl.Series, editions: Mapping[date, tuple[AqiRule, AqiCategories]]
) -> tuple[pl.DataFrame, tuple[Use, ...]]:
    """Judge the rows of each edition at once and put them back into their places."""
    pairs = list(dict.fromkeys(editions.values()))
    place = {day: pairs.index(pair) for day, pair in editions.items()}
    known = pl.DataFrame(
        {"date": list(place), "place": list(place.values())}, schema={"date": pl.Date, "place": pl.Int32}
    )
    of_row = (
        dates.alias("date")
        .to_frame()
        .join(known, on="date", how="left", maintain_order="left")
        .get_column("place")
    )
    parts: list[pl.DataFrame] = []
    uses: list[Use] = []
    for number, (rule, categories) in enumerate(pairs):
        at = np.flatnonzero((of_row == number).fill_null(value=False).to_numpy())
        if not at.size:
            continue
        days = dates.gather(at).filter(dates.gather(at) != _FREE_OF_TIME)
        use = Use(rule, categories, int(at.size), _day(days.min()), _day(days.max()))
        columns = index_columns(index_of(_matrix(numbers, rule, at), rule), categories)
        columns["status"] = columns.pop("aqi_status")
        part = pl.DataFrame({name: columns[name] for name in (*INDEX_COLUMNS, "status")})
        withheld = pl.when(pl.col("status") != PUBLISHED).then(pl.lit(use.marker, pl.String))
        parts.append(part.with_columns(withheld.alias("marker"), pl.Series("_at", at)))
        uses.append(use)
    at = np.flatnonzero(of_row.is_null().to_numpy())
    parts.append(
        pl.DataFrame({"status": [LAWLESS] * at.size, "_at": at}, schema={"status": pl.String, "_at": pl.Int64})
    )
    return pl.concat(parts, how="diagonal").sort("_at").select(*INDEX_COLUMNS, "marker", "status"), tuple(uses)


def _matrix(numbers: pl.DataFrame, rule: AqiRule, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Values of some rows, one column per indicator of the rule in its order."""
    values = np.full((at.size, len(rule.indicators)), np.nan)
    for column, row in enumerate(rule.indicators):
        if row.key in numbers.columns:
            values[:, column] = numbers.get_column(row.key).gather(at).fill_null(np.nan).to_numpy()
    return values


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


__all__ = [
    "INDEX_COLUMNS",
    "LAWLESS",
    "NO_DATA",
    "PUBLISHED",
    "WITHHELD",
    "Averaging",
    "Judged",
    "Use",
    "averaging_of",
    "judge_rows",
]
