"""Reads behind pages of the air: only the columns and the days that a page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from lantian.city.records import City, SubjectKind
from lantian.loop.evaluate.days import MEASURED
from lantian.loop.evaluate.hours import HOURS, Stage
from lantian.loop.evaluate.queries import list_dust_proposals, list_periods, list_statistics, list_summaries
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import DAILY_INDEX, HOURLY_INDEX, PERIOD_STATISTICS, PERIOD_SUMMARY, RANKINGS
from lantian.store.lake import Lake
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

INDEX = ("aqi", "aqi_status", "primary", "level")
VALUES = tuple(pollutant.value for pollutant in BASIC)
_LOOK_BACK = timedelta(days=2)
"""How far the newest hour of a silent place is looked for. [d]"""


def find_place(city: City, code: str) -> SubjectKind | None:
    """Say what stands under a code; None where nothing does."""
    if code == city.adcode:
        return SubjectKind.CITY
    if any(county.adcode == code for county in city.counties):
        return SubjectKind.COUNTY
    return SubjectKind.STATION if any(station.code == code for station in city.stations) else None


def known_days(lake: Lake) -> tuple[date, date] | None:
    """First and last day that was judged; None before any was."""
    found = lake.scan(DAILY_INDEX, columns=["legal_day", "aqi_status"]).filter(pl.col("aqi_status") != "none")
    first, last = found.select(first=pl.col("legal_day").min(), last=pl.col("legal_day").max()).collect().row(0)
    return None if first is None else (first, last)


def list_stages(lake: Lake) -> list[Stage]:
    """List the stages that were judged."""
    held = set(lake.scan(DAILY_INDEX, columns=["stage"]).unique().collect().get_column("stage"))
    return [stage for stage in Stage if stage.value in held]


def last_heard(lake: Lake, today: date, stage: Stage) -> pl.DataFrame:
    """Read the last hour with any value of each station, county and the city, also of those silent since."""
    wanted = ["kind", "code", "hour_start", *VALUES, *INDEX]
    rows = lake.scan(
        HOURLY_INDEX,
        first=today - _LOOK_BACK,
        last=today,
        columns=wanted,
        where=(pl.col("stage") == stage.value) & ~pl.col("withdrawn"),
    )
    held = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in VALUES)).collect()
    return held.sort("hour_start").unique(["kind", "code"], keep="last", maintain_order=True)


def list_hours(
    lake: Lake,
    kind: SubjectKind,
    code: str,
    first: date,
    last: date,
    stage: Stage,
    columns: Sequence[str],
) -> pl.DataFrame:
    """Read hours of one place, in order; hours without any value have no row."""
    where = (
        (pl.col("kind") == kind.value)
        & (pl.col("code") == code)
        & (pl.col("stage") == stage.value)
        & ~pl.col("withdrawn")
    )
    rows = lake.scan(HOURLY_INDEX, first=first, last=last, columns=["hour_start", *columns], where=where)
    return rows.collect().sort("hour_start")


def list_days_of(
    lake: Lake,
    first: date,
    last: date,
    stage: Stage,
    columns: Sequence[str],
    *,
    basis: str = MEASURED,
    kind: SubjectKind | None = None,
    code: str | None = None,
) -> pl.DataFrame:
    """Read judged days of many places, or of one, in order."""
    where = (pl.col("stage") == stage.value) & (pl.col("basis") == basis) & ~pl.col("withdrawn")
    if kind is not None:
        where &= pl.col("kind") == kind.value
    if code is not None:
        where &= pl.col("code") == code
    named = ["kind", "code", "legal_day", *columns]
    rows = lake.scan(DAILY_INDEX, first=first, last=last, columns=named, where=where)
    return rows.collect().sort("kind", "code", "legal_day")


def list_months(
    lake: Lake, kind: SubjectKind, code: str, first: date, last: date, stage: Stage, basis: str
) -> pl.DataFrame:
    """Read one row a month that overlaps the days: headline figures, composite index, good and heavy days."""
    where = (
        (pl.col("kind") == kind.value)
        & (pl.col("code") == code)
        & (pl.col("period_kind") == PeriodKind.MONTH.value)
        & (pl.col("stage") == stage.value)
        & (pl.col("basis") == basis)
        & ~pl.col("withdrawn")
    )
    end = Period.containing(PeriodKind.MONTH, last).last
    figures = lake.scan(
        PERIOD_STATISTICS,
        first=first,
        last=end,
        columns=["first_day", "last_day", "pollutant", "headline"],
        where=where,
    ).collect()
    counts = lake.scan(
        PERIOD_SUMMARY,
        first=first,
        last=end,
        columns=["first_day", "composite_index", "good_days", "heavy_days", "days_published", "days_total"],
        where=where,
    ).collect()
    wide = figures.pivot("pollutant", index=["first_day", "last_day"], values="headline")
    missing = [pl.lit(None, pl.Float64).alias(name) for name in VALUES if name not in wide.columns]
    return wide.with_columns(missing).join(counts, on="first_day", how="left").sort("first_day")


def refused_hours(
    scene: Scene, station: str, first: date, last: date, pollutants: Sequence[Pollutant], stage: Stage
) -> pl.DataFrame:
    """Read the values of a station that its flags keep out of every statistic.

    Returns
    -------
    DataFrame
        ``hour_start, pollutant, value, flags``, in order.
    """
    wanted = [Stage.ORIGINAL.value, Stage.AUDITED.value] if stage is Stage.MIXED else [stage.value]
    columns = [name for p in pollutants for name in (p.value, f"{p.value}_flags")]
    rows = scene.lake.scan(
        HOURS,
        first=first,
        last=last,
        columns=["hour_start", "legal_day", "stage", *columns],
        where=(pl.col("station") == station) & pl.col("stage").is_in(wanted),
    ).collect()
    if stage is Stage.MIXED:  # the audited row wins, as it does where hours are judged
        rows = rows.sort("hour_start", "stage", descending=[False, True]).unique("hour_start", keep="last")
    parts = [
        _refused(scene, rows.select("hour_start", "legal_day", value=p.value, flags=f"{p.value}_flags"), p)
        for p in pollutants
    ]
    return pl.concat(parts).sort("hour_start", "pollutant")


def _refused(scene: Scene, rows: pl.DataFrame, pollutant: Pollutant) -> pl.DataFrame:
    flagged = rows.filter(pl.col("flags").is_not_null() & (pl.col("flags") != ""))
    verdicts = {
        (day, flags): _is_usable(scene, day, flags)
        for day, flags in flagged.select("legal_day", "flags").unique().iter_rows()
    }
    kept_out = [not verdicts[pair] for pair in flagged.select("legal_day", "flags").iter_rows()]
    found = flagged.filter(pl.Series(kept_out, dtype=pl.Boolean))
    return found.select(
        "hour_start", pl.lit(pollutant.value).alias("pollutant"), pl.col("value").cast(pl.Float64), "flags"
    )


def _is_usable(scene: Scene, day: date, flags: str) -> bool:
    rule = scene.rules(day).flags
    held = [rule.flag(code.strip()) for code in flags.split(",") if code.strip()]
    return all(rule.unknown_usable if flag is None else flag.usable for flag in held)


@dataclass(frozen=True, slots=True, eq=False)
class Standings:
    """Where every place stands in the period that runs: month and year to date."""

    month: Period | None
    year: Period | None
    summaries: pl.DataFrame
    """Of both periods, with ``period_kind``."""
    pm25: pl.DataFrame
    """Headline figure of PM2.5 in both periods. [µg/m³]"""


def standings(lake: Lake, today: date, stage: Stage, basis: str = MEASURED) -> Standings:
    """Read what the month and the year to date say of every place."""
    held = [one for one in list_periods(lake) if one.first <= today]
    month = _latest(held, PeriodKind.MONTH)
    year = _latest(held, PeriodKind.YEAR_TO_DATE)
    asked = [period for period in (month, year) if period is not None]
    summaries = [list_summaries(lake, period, stage=stage, basis=basis) for period in asked]
    figures = [
        list_statistics(lake, period, stage=stage, basis=basis).filter(pl.col("pollutant") == Pollutant.PM25.value)
        for period in asked
    ]
    empty_summary = lake.read(PERIOD_SUMMARY, first=today, last=today, where=pl.lit(False))
    empty_figure = lake.read(PERIOD_STATISTICS, first=today, last=today, where=pl.lit(False))
    return Standings(
        month,
        year,
        pl.concat([empty_summary, *summaries]),
        pl.concat([empty_figure, *figures]).select("kind", "code", "period_kind", "headline"),
    )


def _latest(periods: Sequence[Period], kind: PeriodKind) -> Period | None:
    held = [period for period in periods if period.kind is kind]
    return held[-1] if held else None


def list_rankings(lake: Lake, period: Period, stage: Stage) -> pl.DataFrame:
    """Read every list of one period: all groups, both sides, both laws; empty where none was made."""
    where = (
        (pl.col("period_kind") == period.kind.value)
        & (pl.col("first_day") == period.first)
        & (pl.col("stage") == stage.value)
        & ~pl.col("withdrawn")
    )
    return lake.read(RANKINGS, first=period.last, last=period.last, where=where)


def ranked_periods(lake: Lake) -> list[Period]:
    """List the periods that have rankings, the latest last."""
    rows = lake.scan(RANKINGS, columns=["period_kind", "first_day", "last_day", "withdrawn"])
    held = rows.filter(~pl.col("withdrawn")).select("period_kind", "first_day", "last_day").unique().collect()
    found = [Period(PeriodKind(kind), first, last) for kind, first, last in held.iter_rows()]
    return sorted(found, key=lambda period: (period.last, period.first))


def list_city_dust(lake: Lake, stage: Stage) -> pl.DataFrame:
    """List what looks like dust in the city's hours, the newest first, with ``counties`` that show it too."""
    rows = list_dust_proposals(lake).filter(pl.col("stage") == stage.value)
    city = rows.filter(pl.col("kind") == SubjectKind.CITY.value)
    other = rows.filter(pl.col("kind") == SubjectKind.COUNTY.value).select(
        other_code="code", other_first="hour_start", other_last="last_hour"
    )
    met = city.join_where(
        other, pl.col("other_first") <= pl.col("last_hour"), pl.col("other_last") >= pl.col("hour_start")
    )
    counted = met.group_by("code", "hour_start").agg(pl.col("other_code").n_unique().alias("counties"))
    found = city.join(counted, on=["code", "hour_start"], how="left").with_columns(pl.col("counties").fill_null(0))
    return found.sort("hour_start", descending=True)
