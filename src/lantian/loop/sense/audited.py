"""What an audited hour says: its row as it came, the decisions that stand, what follows from it (审核数据)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import polars as pl

from lantian.ledger.models import Review
from lantian.loop.sense.centre import Centre
from lantian.rules import FlagRule, QualityRule
from lantian.terms.periods import Period, PeriodKind

HOURS = "ambient_hours"
EVERY_CHANNEL = ""
"""Channel of a signature: all pollutants."""
BY_REVIEW = "review"
"""Source of an audited row that a decision made here; others were imported as audited."""


class ReviewLevel(StrEnum):
    """Who decides (审核级别), the lowest first."""

    OPERATOR = "operator"
    CITY = "city"
    SIGN_OFF = "sign_off"


RANK = {level: rank for rank, level in enumerate(ReviewLevel)}
"""Level → how high it is."""


class ReviewVerdict(StrEnum):
    """What is decided."""

    VALID = "valid"
    INVALID = "invalid"
    FLAG = "flag"
    """Usable, but doubtful."""
    SIGNED = "signed"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Affected:
    """A table whose rows follow from the hours, and which of its days or periods change."""

    table: str
    first: date
    last: date
    periods: tuple[str, ...] = ()


def affected_tables(first: date, last: date) -> tuple[Affected, ...]:
    """Name the derived tables that follow from hours of some legal days, and their periods.

    Examples
    --------
    >>> [(row.table, row.periods[:1]) for row in affected_tables(date(2026, 3, 1), date(2026, 3, 1))][-1]
    ('rankings', ('2026-03',))
    """
    kinds = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR, PeriodKind.THREE_YEARS)
    periods: dict[Period, None] = {}
    for kind in kinds:
        day = first
        while day <= last:
            period = Period.containing(kind, day)
            periods[period] = None
            day = period.last + timedelta(days=1)
    labels = tuple(period.label for period in periods)
    begin, end = min(period.first for period in periods), max(period.last for period in periods)
    return (
        Affected(HOURS, first, last),
        Affected("hourly_index", first, last + timedelta(days=1)),  # running 24 h means reach over midnight
        Affected("daily_index", first, last),
        Affected("dust_proposals", first, last + timedelta(days=1)),
        Affected("period_statistics", begin, end, labels),
        Affected("period_summary", begin, end, labels),
        Affected("rankings", begin, end, labels),
    )


def hours_to_audit(centre: Centre, places: Sequence[str], first: datetime, end: datetime) -> pl.DataFrame:
    """Read what decisions are laid over: a row that was imported as audited, else the original one.

    Parameters
    ----------
    first, end : datetime
        Half-open stretch.
    """
    days = centre.lake.day_of(first), centre.lake.day_of(end - timedelta(hours=1))
    first, end = first.astimezone(centre.city.zone), end.astimezone(centre.city.zone)
    where = (
        pl.col("station").is_in(places)
        & (pl.col("hour_start") >= first)
        & (pl.col("hour_start") < end)
        & ((pl.col("stage") == "original") | (pl.col("source") != BY_REVIEW))
    )
    held = centre.lake.read(HOURS, first=days[0], last=days[1], latest=False, where=where)
    columns = [column.name for column in centre.lake.table(HOURS).columns]
    return (
        held.sort("station", "hour_start", pl.col("stage") == "audited", "recorded_at")
        .unique(["station", "hour_start"], keep="last", maintain_order=True)
        .select(columns)
    )


def audited_hours(
    base: pl.DataFrame, decisions: Sequence[Review], flags: FlagRule, rule: QualityRule
) -> pl.DataFrame:
    """Make audited rows from original ones and every decision that stands, in the order in which they were taken.

    A value is never changed, only its flags: an invalid one gets the vocabulary's flag for that, a valid one loses
    every flag that forbids its use.
    """
    rows = base.with_columns(stage=pl.lit("audited"), source=pl.lit(BY_REVIEW))
    unusable = frozenset(flag.code for flag in flags.flags if not flag.usable)
    invalid = _flag_of(rule.review.invalid_flags, flags, usable=False)
    doubtful = _flag_of(rule.review.doubtful_flags, flags, usable=True)
    for decision in decisions:
        if decision.channel == EVERY_CHANNEL:
            continue
        column = f"{decision.channel}_flags"
        there = (
            (pl.col("station") == decision.place)
            & (pl.col("hour_start") >= _literal(decision.first_hour, rows))
            & (pl.col("hour_start") < _literal(decision.end, rows))
        )
        told = rows.filter(there).get_column(column).fill_null("").unique().to_list()
        if not told:
            continue
        after = {before: _joined(before, decision.verdict, unusable, invalid, doubtful) for before in told}
        changed = pl.col(column).fill_null("").replace_strict(after, default=None, return_dtype=pl.String)
        rows = rows.with_columns(pl.when(there).then(changed).otherwise(pl.col(column)).alias(column))
    return rows


def _joined(
    before: str, verdict: str, unusable: frozenset[str], invalid: str | None, doubtful: str | None
) -> str | None:
    codes = {code.strip() for code in before.split(",") if code.strip()}
    if verdict == ReviewVerdict.VALID:
        codes -= unusable | {invalid or ""}
    elif verdict == ReviewVerdict.INVALID and invalid:
        codes.add(invalid)
    elif verdict == ReviewVerdict.FLAG:
        codes = codes - unusable - {invalid or ""} | ({doubtful} if doubtful else set())
    return ",".join(sorted(codes)) or None


def _literal(at: datetime, rows: pl.DataFrame) -> pl.Expr:
    """Return an instant in the zone of a frame's hours, without which Polars compares nothing."""
    kind = rows.schema["hour_start"]
    zone = kind.time_zone if isinstance(kind, pl.Datetime) else None
    return pl.lit(at.astimezone(UTC)).dt.convert_time_zone(zone or "UTC")


def _flag_of(wanted: Sequence[str], flags: FlagRule, *, usable: bool) -> str | None:
    for code in wanted:
        flag = flags.flag(code)
        if flag is not None and flag.usable is usable:
            return code
    return wanted[0] if not usable and not flags.unknown_usable else None
