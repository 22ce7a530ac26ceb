"""Reads of what was judged, for every door."""

from datetime import date, datetime

import polars as pl

from lantian.city.records import City, SubjectKind
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.rankings import EVERYONE
from lantian.loop.evaluate.tables import DAILY_INDEX, DUST_PROPOSALS, PERIOD_STATISTICS, PERIOD_SUMMARY, RANKINGS
from lantian.store.lake import Lake
from lantian.store.tables import AMBIENT_HOURS
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind


def newest_hour(lake: Lake) -> datetime | None:
    """Return the start of the newest hour that any station gave; None without any."""
    found = lake.scan(AMBIENT_HOURS, columns=["hour_start"]).select(pl.col("hour_start").max()).collect()
    held: datetime | None = found.item() if found.height else None
    return held


def current_stage(lake: Lake) -> Stage:
    """Say which stage people look at: audited hours where there are any, original ones elsewhere."""
    held = lake.scan(DAILY_INDEX, columns=["stage"]).unique().collect().get_column("stage").to_list()
    return Stage.MIXED if Stage.MIXED.value in held else Stage.ORIGINAL


def list_days(
    lake: Lake,
    kind: SubjectKind,
    code: str,
    first: date | None = None,
    last: date | None = None,
    *,
    stage: Stage | None = None,
    basis: str = MEASURED,
) -> pl.DataFrame:
    """List the judged days of one subject, in order."""
    wanted = (stage or current_stage(lake)).value
    where = (
        (pl.col("kind") == kind.value)
        & (pl.col("code") == code)
        & (pl.col("stage") == wanted)
        & (pl.col("basis") == basis)
        & ~pl.col("withdrawn")
    )
    return lake.read(DAILY_INDEX, first=first, last=last, where=where).sort("legal_day")


def list_periods(lake: Lake) -> list[Period]:
    """List every period that was judged, in order of its last day."""
    rows = lake.scan(PERIOD_SUMMARY, columns=["period_kind", "first_day", "last_day", "withdrawn"])
    held = rows.filter(~pl.col("withdrawn")).select("period_kind", "first_day", "last_day").unique().collect()
    found = [Period(PeriodKind(kind), first, last) for kind, first, last in held.iter_rows()]
    return sorted(found, key=lambda period: (period.last, period.first))


def latest_period(lake: Lake, kind: PeriodKind = PeriodKind.MONTH) -> Period:
    """Return the latest judged period of a kind.

    Raises
    ------
    CallerError
        None was judged.
    """
    held = [period for period in list_periods(lake) if period.kind is kind]
    if not held:
        raise CallerError(
            "No {value} was judged yet. Run `lantian evaluate` first.",
            value=kind.value,
        )
    return held[-1]


def list_summaries(
    lake: Lake,
    period: Period,
    *,
    stage: Stage | None = None,
    basis: str = MEASURED,
    kind: SubjectKind | None = None,
) -> pl.DataFrame:
    """List composite index and day counts of every subject in one period."""
    where = _of_period(lake, period, stage, basis)
    if kind is not None:
        where &= pl.col("kind") == kind.value
    return lake.read(PERIOD_SUMMARY, first=period.last, last=period.last, where=where)


def list_statistics(
    lake: Lake,
    period: Period,
    *,
    stage: Stage | None = None,
    basis: str = MEASURED,
    kind: SubjectKind | None = None,
) -> pl.DataFrame:
    """List the statistics of every subject and pollutant in one period."""
    where = _of_period(lake, period, stage, basis)
    if kind is not None:
        where &= pl.col("kind") == kind.value
    return lake.read(PERIOD_STATISTICS, first=period.last, last=period.last, where=where)


def find_ranking(
    lake: Lake,
    period: Period,
    list_key: str,
    *,
    group: str = EVERYONE,
    stage: Stage | None = None,
    basis: str = DUST_DEDUCTED,
    law: str = "this",
) -> pl.DataFrame:
    """Read one list of one period, by rank, the unranked last.

    Raises
    ------
    CallerError
        No such list was made; the message names those that were.
    """
    rows = lake.read(RANKINGS, first=period.last, last=period.last, where=_of_period(lake, period, stage, basis))
    if rows.is_empty():
        raise CallerError(
            "No ranking of {label} was made. `lantian evaluate` makes those of every month, quarter, "
            "half-year, year and year to date that has data.",
            label=period.label,
        )
    if law not in set(rows.get_column("law")):
        law = "this"  # one edition judges both years
    found = rows.filter((pl.col("list") == list_key) & (pl.col("group") == group) & (pl.col("law") == law))
    if found.is_empty():
        lists = ", ".join(rows.get_column("list").unique(maintain_order=True))
        groups = ", ".join(rows.get_column("group").unique(maintain_order=True))
        raise CallerError(
            "No list {list_key!r} of group {group!r}. Lists: {lists}. Groups: {groups}.",
            list_key=list_key,
            group=group,
            lists=lists,
            groups=groups,
        )
    return found.sort("rank", "code", nulls_last=True)


def list_dust_proposals(lake: Lake, first: date | None = None, last: date | None = None) -> pl.DataFrame:
    """List what looks like dust, in order of its first hour."""
    return lake.read(DUST_PROPOSALS, first=first, last=last, where=~pl.col("withdrawn")).sort("hour_start", "code")


def find_subject(city: City, name: str) -> tuple[SubjectKind, str]:
    """Find a station, a county or the city by code or by name in either language.

    Raises
    ------
    CallerError
        No such name, or several.
    """
    asked = name.strip().casefold()
    subjects = [
        (SubjectKind.CITY, city.adcode, (city.name_zh, city.name_en, city.key, "city")),
        *((SubjectKind.COUNTY, row.adcode, (row.name_zh, row.name_en)) for row in city.counties),
        *((SubjectKind.STATION, row.code, (row.name_zh, row.name_en)) for row in city.stations),
    ]
    exact = [
        (kind, code)
        for kind, code, names in subjects
        if asked in {code.casefold(), *(n.casefold() for n in names)}
    ]
    near = [(kind, code) for kind, code, names in subjects if any(asked in n.casefold() for n in names)]
    found = exact or near
    if len(found) == 1:
        return found[0]
    if not found:
        raise CallerError(
            "{name!r} is no station, county or city here. Use a code or a name from `lantian export stations`.",
            name=name,
        )
    listed = ", ".join(f"{code} {city.name_of(kind, code)}" for kind, code in found[:8])
    raise CallerError(
        "{name!r} could be {listed}. Use a code.",
        name=name,
        listed=listed,
    )


def _of_period(lake: Lake, period: Period, stage: Stage | None, basis: str) -> pl.Expr:
    return (
        (pl.col("period_kind") == period.kind.value)
        & (pl.col("first_day") == period.first)
        & (pl.col("stage") == (stage or current_stage(lake)).value)
        & (pl.col("basis") == basis)
        & ~pl.col("withdrawn")
    )
