"""Judges what the lake holds and writes the results: hours and days year by year, then periods, then ranks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

import lantian
from lantian.city.records import SubjectKind
from lantian.desk.jobs import Run
from lantian.desk.language import mark
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED, judged_days, spans_of
from lantian.loop.evaluate.dust import dust_proposals
from lantian.loop.evaluate.hourly import judged_hours
from lantian.loop.evaluate.hours import HOURS, Stage, hour_grid, stages_of
from lantian.loop.evaluate.members import memberships, silent_members
from lantian.loop.evaluate.period_rows import (
    Part,
    statistics_part,
    statistics_rows,
    summary_part,
    summary_rows,
)
from lantian.loop.evaluate.periods import PeriodFigures, figures, periods_to_judge, three_years
from lantian.loop.evaluate.publish import Published, publish
from lantian.loop.evaluate.rankings import Sides, figures_of, ranking_rows
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.series import DaySeries, day_series
from lantian.loop.evaluate.tables import (
    DAILY_INDEX,
    DUST_PROPOSALS,
    HOURLY_INDEX,
    PERIOD_STATISTICS,
    PERIOD_SUMMARY,
    RANKINGS,
)
from lantian.store.columns import Table
from lantian.store.lake import Lake
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.periods import Period, PeriodKind, year_earlier


@dataclass(slots=True)
class Evaluation:
    """What one evaluation did."""

    first: date
    last: date
    stages: tuple[Stage, ...]
    rule_sets: list[str]
    """Printable names of the rule sets that judged, oldest first."""
    tables: dict[str, Published] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, one: Published) -> None:
        """Add what one write did to the sum of its table."""
        held = self.tables.get(one.table)
        self.tables[one.table] = one if held is None else held + one

    @property
    def changed(self) -> int:
        """Rows that are new, different or withdrawn."""
        return sum(one.new + one.changed + one.withdrawn for one in self.tables.values())


def evaluate(scene: Scene, run: Run, first: date | None = None, last: date | None = None) -> Evaluation:
    """Judge the hours of a stretch of legal days and everything that follows from them.

    Parameters
    ----------
    scene : Scene
        Place, law and store.
    run : Run
        Record of this run; gets the sums as its result.
    first, last : date, optional
        Legal days; all days with hours by default.

    Raises
    ------
    CallerError
        The lake has no hours there, or `last` lies before `first`.
    """
    data_first, data_last = _bounds(scene.lake)
    begin, end = max(first or data_first, data_first), min(last or data_last, data_last)
    if end < begin:
        raise CallerError(
            "No station hours between {data_first} and {last}: the lake has them from {data_first_2} "
            "to {data_last}. Choose days among these, or import more with `lantian import`.",
            data_first=first or data_first,
            last=last or data_last,
            data_first_2=data_first,
            data_last=data_last,
        )
    bounds = _Bounds(begin, end, data_first, data_last)
    stages = stages_of(scene.lake.scan(HOURS, columns=["stage"], latest=False))
    heard = set(scene.lake.scan(HOURS, columns=["station"], latest=False).unique().collect().get_column("station"))
    rule_sets = [rules.name for _, _, rules in scene.rulebook.spans(begin, end, scene.choice)]
    strangers = sorted(heard - {station.code for station in scene.city.stations})
    done = Evaluation(begin, end, stages, list(dict.fromkeys(rule_sets)), findings=[*map(_stranger, strangers)])
    years = _years(begin, end)
    for at, (year_first, year_last) in enumerate(years):
        run.progress(at / (len(years) + 1), f"{year_first} … {year_last}")
        _judge_year(scene, run, done, heard, year_first, year_last)
    run.progress(len(years) / (len(years) + 1), "")
    _judge_periods(scene, run, done, bounds)
    _propose_dust(scene, run, done, bounds)
    run.progress(1.0, "")
    run.result.update(
        first=str(begin),
        last=str(end),
        stages=[stage.value for stage in stages],
        rules=done.rule_sets,
        tables={name: one.counts() for name, one in done.tables.items()},
    )
    return done


def _bounds(lake: Lake) -> tuple[date, date]:
    found = lake.scan(HOURS, columns=["legal_day"], latest=False).select(
        pl.col("legal_day").min().alias("first"), pl.col("legal_day").max().alias("last")
    )
    first, last = found.collect().row(0)
    if first is None:
        raise CallerError("The lake holds no station hours yet. Bring some in with `lantian import FILE`.")
    return first, last


def _years(first: date, last: date) -> list[tuple[date, date]]:
    """Cut at New Year, so that memory is bounded by one year of all stations."""
    return [
        (max(first, date(year, 1, 1)), min(last, date(year, 12, 31))) for year in range(first.year, last.year + 1)
    ]


def _judge_year(scene: Scene, run: Run, done: Evaluation, heard: set[str], first: date, last: date) -> None:
    lead = first - timedelta(days=1)  # hours before, for means that run back over midnight
    rows = scene.lake.read(HOURS, first=lead, last=last)
    silent = silent_members(scene.city, heard)
    stations = tuple(station.code for station in scene.city.stations if station.code in heard | silent)
    spans = scene.rulebook.spans(first, last, scene.choice)
    days: list[pl.DataFrame] = []
    hours: list[pl.DataFrame] = []
    for stage in done.stages:
        grid = hour_grid(rows, stations, lead, last, stage, spans, silent)
        groups = memberships(scene.city, stations, lead, grid.days)
        days += judged_days(grid, scene.city, spans_of(grid, spans), groups, scene.dust_days, stage)
        hours += judged_hours(grid, scene.city, spans_of(grid, spans), groups, stage)
    _write(scene, run, done, DAILY_INDEX, days, first, last)
    _write(scene, run, done, HOURLY_INDEX, hours, first, last)


def _stranger(code: str) -> Finding:
    return Finding(
        code="station_not_in_city",
        where=code,
        message=mark("station is not in the city's files, so its hours are kept but not judged"),
        competing_explanation=mark("the station was imported before it was added to the city"),
    )


def _write(
    scene: Scene,
    run: Run,
    done: Evaluation,
    table: Table,
    frames: Sequence[pl.DataFrame],
    first: date,
    last: date,
) -> None:
    """Publish the frames as the table's whole truth between two days."""
    if frames:
        fresh = _signed(scene, table, pl.concat(frames), run)
        done.add(publish(scene.lake, table, fresh, scene.lake.read(table, first=first, last=last)))


def _judge_periods(scene: Scene, run: Run, done: Evaluation, bounds: "_Bounds") -> None:
    periods = periods_to_judge(bounds.first, bounds.last, bounds.data_first, bounds.data_last)
    begin = max(bounds.data_first, year_earlier(date(min(p.first for p in periods).year, 1, 1)))
    longest = [Period.containing(PeriodKind.THREE_YEARS, date(y, 1, 1)) for y in _years_after(bounds)]
    statistics: list[Part] = []
    summaries: list[Part] = []
    rankings: list[pl.DataFrame] = []

    def keep(found: PeriodFigures, series: DaySeries, stage: Stage, basis: str) -> None:
        statistics.append(statistics_part(found, series, stage, basis))
        summaries.append(summary_part(found, series, stage, basis))

    for stage in done.stages:
        reach = min([begin, *(p.first for p in longest if p.first >= bounds.data_first)])
        days = scene.lake.read(
            DAILY_INDEX,
            first=reach,
            last=bounds.data_last,
            where=(pl.col("stage") == stage.value) & ~pl.col("withdrawn"),
        )
        stations = _series(scene, days, MEASURED, (SubjectKind.STATION,), reach, bounds.data_last)
        groups = _sides(scene, days, (SubjectKind.COUNTY, SubjectKind.CITY), reach, bounds.data_last)
        counties = _sides(scene, days, (SubjectKind.COUNTY,), reach, bounds.data_last)
        for period in periods:
            rules = scene.rules(min(period.last, bounds.data_last))
            keep(figures(stations, period, rules, bounds.data_last, None, scene.rules), stations, stage, MEASURED)
            for basis in (MEASURED, DUST_DEDUCTED):
                found = figures_of(groups, basis, period, rules, bounds.data_last, scene.rules)
                keep(found, groups.measured, stage, basis)
            if period.kind is PeriodKind.RUNNING or not counties.measured.subjects:
                continue
            before = scene.rules_or_none(year_earlier(min(period.last, bounds.data_last))) or rules
            rows = ranking_rows(counties, scene.city, period, rules, before, bounds.data_last)
            rankings.append(rows.with_columns(stage=pl.lit(stage.value)))
        for period in longest:
            for basis, series in (
                (MEASURED, stations),
                (MEASURED, groups.measured),
                (DUST_DEDUCTED, groups.dust_deducted),
            ):
                mean = three_years(series, period, scene.rules, bounds.data_last)
                if mean is not None:
                    keep(mean, series, stage, basis)
    judged = [*periods, *longest]
    _write_periods(scene, run, done, PERIOD_STATISTICS, statistics_rows(statistics), judged)
    _write_periods(scene, run, done, PERIOD_SUMMARY, summary_rows(summaries), judged)
    if rankings:
        _write_periods(scene, run, done, RANKINGS, pl.concat(rankings), judged)


@dataclass(frozen=True, slots=True)
class _Bounds:
    first: date
    last: date
    data_first: date
    data_last: date


def _years_after(bounds: _Bounds) -> range:
    """Last years of the three-year means that the judged days touch and that are over."""
    over = (
        bounds.data_last.year
        if bounds.data_last == date(bounds.data_last.year, 12, 31)
        else bounds.data_last.year - 1
    )
    return range(bounds.first.year, min(bounds.last.year + 2, over) + 1)


def _series(
    scene: Scene, days: pl.DataFrame, basis: str, kinds: tuple[SubjectKind, ...], first: date, last: date
) -> DaySeries:
    rows = days.filter((pl.col("basis") == basis) & pl.col("kind").is_in([kind.value for kind in kinds]))
    subjects = rows.select("kind", "code").unique().sort("kind", "code").rows()
    return day_series(rows, [(SubjectKind(kind), code) for kind, code in subjects], first, last, scene.city)


def _sides(scene: Scene, days: pl.DataFrame, kinds: tuple[SubjectKind, ...], first: date, last: date) -> Sides:
    return Sides(
        _series(scene, days, MEASURED, kinds, first, last), _series(scene, days, DUST_DEDUCTED, kinds, first, last)
    )


def _write_periods(
    scene: Scene,
    run: Run,
    done: Evaluation,
    table: Table,
    rows: pl.DataFrame,
    periods: Sequence[Period],
) -> None:
    """Publish the rows as the table's whole truth about some periods."""
    fresh = _signed(scene, table, rows, run)
    asked = pl.DataFrame(
        {
            "period_kind": [period.kind.value for period in periods],
            "first_day": [period.first for period in periods],
            "last_day": [period.last for period in periods],
        },
        schema={"period_kind": pl.String, "first_day": pl.Date, "last_day": pl.Date},
    )
    last_days = [period.last for period in periods]
    known = scene.lake.read(table, first=min(last_days), last=max(last_days))
    done.add(publish(scene.lake, table, fresh, known.join(asked, on=asked.columns, how="semi")))


def _signed(scene: Scene, table: Table, rows: pl.DataFrame, run: Run) -> pl.DataFrame:
    """Say of every row which run made it, and whether its lake, and so every hour behind it, is simulated."""
    signed = rows.with_columns(
        simulated=pl.lit(scene.lake.simulated), run_id=pl.lit(run.id), code_version=pl.lit(lantian.__version__)
    )
    return signed.select(column.name for column in table.columns)


def _propose_dust(scene: Scene, run: Run, done: Evaluation, bounds: _Bounds) -> None:
    reach = bounds.first - timedelta(days=1)
    hours = scene.lake.read(
        HOURLY_INDEX,
        first=reach,
        last=bounds.last,
        columns=["kind", "code", "hour_start", "legal_day", "stage", "pm10", "pm25"],
        where=pl.col("kind").is_in([SubjectKind.COUNTY.value, SubjectKind.CITY.value]) & ~pl.col("withdrawn"),
    )
    fresh = dust_proposals(hours, scene.rules, bounds.first)
    known = scene.lake.read(DUST_PROPOSALS, first=bounds.first, last=bounds.last)
    done.add(publish(scene.lake, DUST_PROPOSALS, _signed(scene, DUST_PROPOSALS, fresh, run), known))
