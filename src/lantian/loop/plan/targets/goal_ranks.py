"""Judge goals about places in an order; only the city's own counties are known here, the province's list is not.

A place in the province comes as a figure that somebody enters with its source; without one the goal is not judged,
and the place among the city's own counties is shown beside it as what it is (排名目标).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from lantian.loop.plan.targets.figures import checked_period
from lantian.loop.plan.targets.goal_days import year_end
from lantian.loop.plan.targets.goal_figures import EnteredFigure
from lantian.loop.plan.targets.goal_judging import Aim
from lantian.loop.plan.targets.goal_measures import Setting, basis_of
from lantian.loop.plan.targets.goal_records import GoalState, JudgedGoal, RankFigure, Said
from lantian.terms.periods import PeriodKind
from lantian.terms.words import mark

COMPOSITE = "composite_index"
INDEX_OF_WORD = {"aqi": COMPOSITE, "composite_index": COMPOSITE, "": COMPOSITE}
"""By which figure a place is taken, from the metric that a plan writes. Rankings of cities and counties order by
the composite index; a plan that writes 空气质量指数 or 空气质量 means it. A city's plan file may say otherwise."""
OUT_OF_LAST, WITHIN_FIRST, FORWARD = "out_of_last", "within_first", "forward"
_TABLE = "rankings"


@dataclass(frozen=True, slots=True)
class Places:
    """Ranks of the city's own counties, as ``evaluate`` made them: (adcode, list key, year) → place."""

    own: dict[tuple[str, str, int], RankFigure]


def read_places(setting: Setting, years: Iterable[int]) -> Places:
    """Read where each county stands among the city's own, by the latest period of each year."""
    wanted = sorted(set(years))
    if not wanted:
        return Places({})
    rows = (
        setting.office.lake.scan(_TABLE, first=date(wanted[0], 1, 1), last=year_end(wanted[-1]))
        .filter(
            pl.col("period_kind").is_in([PeriodKind.YEAR.value, PeriodKind.YEAR_TO_DATE.value]),
            pl.col("group") == "all", pl.col("law") == "this", pl.col("stage") == setting.days.stage,
            pl.col("last_day") <= setting.today, ~pl.col("withdrawn"), pl.col("rank").is_not_null(),
        )
        .with_columns(pl.len().over("list", "basis", "period_kind", "last_day").alias("_of"))
        .sort("last_day", "period_kind")
        .collect()
    )  # fmt: skip
    own: dict[tuple[str, str, int], RankFigure] = {}
    for row in rows.iter_rows(named=True):
        last: date = row["last_day"]
        law = setting.law(last)
        if last.year in wanted and row["basis"] == basis_of(row["list"], law):
            label = f"{last.year}" if last == year_end(last.year) else f"{row['first_day']}..{last}"
            own[row["code"], row["list"], last.year] = RankFigure(row["rank"], row["_of"], label, "")
    return Places(own)


def judge_rank(setting: Setting, aim: Aim, places: Places, index: str) -> JudgedGoal:
    """Judge a goal about the subject's place in the province.

    Parameters
    ----------
    setting : Setting
        With the figures that people entered.
    aim : Aim
        ``out_of_last`` and ``within_first`` have a value, ``forward`` has none.
    places : Places
        Of the city's own counties.
    index : str
        List by which the place is taken.
    """
    year = aim.shell.year
    told = _newest(setting.reported(aim.shell.subject, "rank"), year)
    shell = replace(
        aim.shell, target=aim.value, comparator=None, among_own=places.own.get((aim.shell.subject, index, year)),
        final=setting.today > year_end(year), reported=None if told is None else _rank(told),
    )  # fmt: skip
    if told is None:
        if setting.today < date(year, 1, 1):
            return _not_judged(shell, mark("The year {year} has not begun."), year=year)
        return _own_only(shell)
    return _placed(setting, aim, shell, told)


def _newest(figures: Iterable[EnteredFigure], year: int) -> EnteredFigure | None:
    """Return the figure of the whole year, else of the period that ended last."""
    mine = [(checked_period(row.period), row) for row in figures if checked_period(row.period).first.year == year]
    if not mine:
        return None
    return max(mine, key=lambda pair: (pair[0].kind is PeriodKind.YEAR, pair[0].last, pair[0].days))[1]


def _own_only(shell: JudgedGoal) -> JudgedGoal:
    return _not_judged(shell, mark("The province's list is not here. Enter the place that it publishes."))


def _placed(setting: Setting, aim: Aim, shell: JudgedGoal, told: EnteredFigure) -> JudgedGoal:
    rank, period = int(told.value), checked_period(told.period)
    shell = replace(
        shell, value=told.value, source=told.source, through=min(period.last, setting.today),
    )  # fmt: skip
    if aim.direction == FORWARD or aim.value is None:
        return _moved(setting, shell, told)
    limit = int(aim.value)
    if aim.direction == OUT_OF_LAST:
        if told.out_of is None:
            return _not_judged(
                shell, mark("Place {rank} is known, but not of how many. Enter that too."), rank=rank
            )
        limit = told.out_of - limit
    shell = replace(shell, distance=Decimal(rank - limit))
    values = {
        "rank": rank, "of": told.out_of or "—", "period": told.period, "limit": limit, "source": told.source,
    }  # fmt: skip
    said = Said(mark("Place {rank} of {of} in {period} ({source}); it has to be {limit} or better."), values)
    return replace(shell, reason=said, state=_state(met=rank <= limit, shell=shell, told=told))


def _moved(setting: Setting, shell: JudgedGoal, told: EnteredFigure) -> JudgedGoal:
    """Compare with the place in the same period of the year before."""
    before = checked_period(told.period).year_before().label
    base = [row for row in setting.reported(shell.subject, "rank") if row.period == before]
    rank = int(told.value)
    if not base:
        return _not_judged(
            shell, mark("Place {rank} in {period}; the place in {before} is not here. Enter it to compare."),
            rank=rank, period=told.period, before=before,
        )  # fmt: skip
    earlier = int(base[-1].value)
    said = Said(
        mark("Place {rank} in {period}, place {earlier} in {before}."),
        {"rank": rank, "period": told.period, "earlier": earlier, "before": before},
    )
    shell = replace(shell, baseline=base[-1].value, distance=Decimal(rank - earlier), reason=said)
    return replace(shell, state=_state(met=rank < earlier, shell=shell, told=told))


def _state(*, met: bool, shell: JudgedGoal, told: EnteredFigure) -> GoalState:
    """Only the figure of the whole year decides; one of a shorter period says on the way or at risk."""
    if checked_period(told.period).kind is PeriodKind.YEAR and shell.final:
        return GoalState.MET if met else GoalState.MISSED
    return GoalState.ON_THE_WAY if met else GoalState.AT_RISK


def _rank(row: EnteredFigure) -> RankFigure:
    return RankFigure(int(row.value), row.out_of, row.period, row.source)


def _not_judged(shell: JudgedGoal, message: str, **values: object) -> JudgedGoal:
    return replace(shell, state=GoalState.NOT_JUDGED, reason=Said(message, values))
