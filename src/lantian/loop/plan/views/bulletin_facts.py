"""What does a progress bulletin say? Counts, changes, the order of the counties, goals, the head of the chain."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from lantian.ledger.chain import day_head
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import list_organisations
from lantian.loop.plan.targets.goal_records import JudgedGoal
from lantian.loop.plan.views.changes import Changes, changes_of_month
from lantian.loop.plan.views.light_looks import percent
from lantian.loop.plan.views.overviews import Overview, view_plan
from lantian.loop.plan.views.tallies import Counted


@dataclass(frozen=True, slots=True)
class CountyPlace:
    """One county's place by what it got done."""

    rank: int
    """Equal ones share it."""
    name: str
    name_en: str
    total: int
    done: int
    overdue: int
    share: Decimal | None
    """Done of all. [%]"""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What a bulletin says."""

    month: str
    today: date
    overview: Overview
    changes: Changes
    counties: tuple[CountyPlace, ...]
    """Best first."""
    goals: tuple[JudgedGoal, ...]
    head: str
    """Number and hash of the day's last decision."""
    day_of: Callable[[datetime], date]
    """In which days are days."""


def gather_bulletin(
    office: Office,
    month: str,
    *,
    today: date,
    judged: Sequence[JudgedGoal] = (),
    plan_id: str | None = None,
    listed: int = 60,
) -> Bulletin:
    """Gather what a bulletin says.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    month : str
        ``YYYY-MM``, whose changes are told.
    today : date
        Legal day whose lights are told and that stands on it.
    judged : sequence of JudgedGoal
        Goals as they stand.
    plan_id : str, optional
        By default the plan in force.
    listed : int
        Most duties in each list.
    """
    overview = view_plan(office, today=today, plan_id=plan_id, listed=listed)
    governments = {row.id for row in list_organisations(office, overview.plan.id) if row.county is not None}
    return Bulletin(
        month=month,
        today=today,
        overview=overview,
        changes=changes_of_month(office, month, plan_id=overview.plan.id, listed=listed),
        counties=rank_counties([row for row in overview.bodies if row.key in governments]),
        goals=tuple(judged),
        head=str(day_head(office.ledger, today, office.city.zone)),
        day_of=office.lake.day_of,
    )


def rank_counties(bodies: Sequence[Counted]) -> tuple[CountyPlace, ...]:
    """Order counties: the larger share done first, of equal ones the one with the smaller share overdue."""
    order = sorted(bodies, key=lambda row: (_merit(row), row.key))
    ranks: list[int] = []
    for place, row in enumerate(order, start=1):
        ranks.append(ranks[-1] if ranks and _merit(order[place - 2]) == _merit(row) else place)
    return tuple(
        CountyPlace(
            rank, row.title, row.title_en, row.counts.total, row.counts.done, row.counts.overdue,
            percent(row.counts.done, row.counts.total),
        )
        for rank, row in zip(ranks, order, strict=True)
    )  # fmt: skip


def _merit(row: Counted) -> tuple[float, float]:
    total = row.counts.total or 1
    return (-row.counts.done / total, row.counts.overdue / total)


def county_ends(
    counties: Sequence[CountyPlace], most: int
) -> tuple[tuple[CountyPlace, ...], tuple[CountyPlace, ...]]:
    """Return the first and the last of an order, at most so many; none is named who is level with one that is not.

    Parameters
    ----------
    counties : sequence of CountyPlace
        In the order of `rank_counties`.
    most : int
        How many at either end. [1]
    """
    ends = min(most, len(counties) // 2)
    if not ends or counties[0].rank == counties[-1].rank:
        return (), ()
    after, before = counties[ends].rank, counties[-ends - 1].rank
    best = tuple(row for row in counties[:ends] if row.rank != after)
    worst = tuple(row for row in counties[-ends:] if row.rank != before)
    return best, worst
