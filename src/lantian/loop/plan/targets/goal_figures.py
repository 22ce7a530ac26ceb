"""Figures that people enter for goals: what was assigned, and what only the province can know (下达值、通报值)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Goal, GoalFigure, Plan
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.targets.figures import checked_period, checked_text
from lantian.science.plan_text.records import Comparator
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.pollutants import BASIC

ASSIGNED, REPORTED = "assigned", "reported"
DAY_METRICS = ("good_day_ratio", "good_days", "heavy_day_ratio", "heavy_days")
METRICS = (*(p.value for p in BASIC), *DAY_METRICS, "composite_index", "rank")
"""What a figure may be about."""
HIGHER_IS_BETTER = frozenset({"good_day_ratio", "good_days"})
_COMPARATORS = (Comparator.AT_LEAST, Comparator.AT_MOST, Comparator.MORE, Comparator.LESS)


@dataclass(frozen=True, slots=True)
class EnteredFigure:
    """One figure as it stands; older versions stay in the ledger."""

    id: str
    kind: str
    """``assigned`` or ``reported``."""
    subject: str
    metric: str
    period: str
    version: int
    comparator: str | None
    value: Decimal
    out_of: int | None
    unit: str
    source: str
    entered_by: str
    entered_at: datetime
    new: bool = False
    """Whether the command that returned it wrote it."""


def assign_goal_value(
    office: Office,
    goal_id: str,
    subject: str,
    year: int,
    value: Decimal,
    unit: str,
    *,
    by: str,
    metric: str = "pm25",
    comparator: str | None = None,
    source: str = "",
    file_id: str | None = None,
) -> EnteredFigure:
    """Enter what was assigned (下达) to a subject for a year; the same again changes nothing.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    goal_id : str
        A goal whose metric is ``assigned``.
    subject : str
        adcode of one of its subjects.
    year : int
        One of its years.
    value : Decimal
        The target. [`unit`]
    unit : str
        As assigned.
    by : str
        Who acts.
    metric : str
        What was assigned; one goal may get several.
    comparator : str, optional
        ``>=``, ``<=``, ``>`` or ``<``; by default that of the metric.
    source, file_id : str
        The letter that assigned it.

    Raises
    ------
    CallerError
        No such goal, subject or year, a goal that is not assigned, or an unknown metric or comparator.
    """
    with office.ledger.write() as session:
        lock(session)
        goal, plan_key = _goal(session, goal_id)
        if goal.metric != ASSIGNED:
            raise CallerError(
                "The goal {title!r} names its own value, so none can be assigned to it. Choose a goal that is "
                "left to those above.",
                title=goal.title,
            )
        _check_subject(office, goal, subject)
        if year not in goal.years:
            raise CallerError(
                "The goal {title!r} is about {years}, not {year}. Choose one of its years.",
                title=goal.title,
                years=", ".join(map(str, goal.years)),
                year=year,
            )
        sign = comparator or (Comparator.AT_LEAST if metric in HIGHER_IS_BETTER else Comparator.AT_MOST).value
        if sign not in _COMPARATORS:
            raise CallerError("{sign!r} does not compare. Use >=, <=, > or <.", sign=sign)
        figure = _Figure(ASSIGNED, subject, metric, str(year), sign, value, None, unit, source, file_id)
        return _enter(session, office, plan_key, figure, by)


def report_goal_value(
    office: Office,
    goal_id: str,
    subject: str,
    period: str,
    value: Decimal,
    *,
    by: str,
    source: str,
    metric: str | None = None,
    out_of: int | None = None,
    unit: str = "",
    file_id: str | None = None,
) -> EnteredFigure:
    """Enter a figure that others published: a rank in the province, or a year that our lake does not hold.

    The same again changes nothing, another value for the same period is a new version.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    goal_id : str
        The goal that it is about.
    subject : str
        adcode of one of its subjects.
    period : str
        ``2024``, ``2024Q3`` or ``2024-07``.
    value : Decimal
        The figure; for a rank a whole number from 1. [`unit`]
    by, source : str
        Who acts, and where it was published.
    metric : str, optional
        By default the goal's own.
    out_of : int, optional
        For a rank: how many were ranked. [1]
    unit, file_id : str
        As published, and the paper.

    Raises
    ------
    CallerError
        No such goal or subject, no such period, no source, or a rank that cannot be.
    """
    label = checked_period(period).label
    with office.ledger.write() as session:
        lock(session)
        goal, plan_key = _goal(session, goal_id)
        _check_subject(office, goal, subject)
        about = metric or goal.metric
        if about == "rank" and (
            value != value.to_integral_value() or value < 1 or (out_of is not None and value > out_of)
        ):
            raise CallerError(
                "{value} of {out_of} is no rank. Write a whole number from 1, and not more than were ranked.",
                value=value,
                out_of=out_of,
            )
        figure = _Figure(
            REPORTED, subject, about, label, None, value, out_of, unit, checked_text(source, "source"), file_id
        )
        return _enter(session, office, plan_key, figure, by)


def figures_in(session: Session, plan_key: str) -> tuple[EnteredFigure, ...]:
    """Read the newest version of every figure of a plan."""
    newest = (
        select(
            GoalFigure.kind, GoalFigure.subject, GoalFigure.metric, GoalFigure.period,
            func.max(GoalFigure.version).label("version"),
        )
        .where(GoalFigure.plan_key == plan_key)
        .group_by(GoalFigure.kind, GoalFigure.subject, GoalFigure.metric, GoalFigure.period)
        .subquery()
    )  # fmt: skip
    asked = (
        select(GoalFigure)
        .join(
            newest,
            (GoalFigure.kind == newest.c.kind)
            & (GoalFigure.subject == newest.c.subject)
            & (GoalFigure.metric == newest.c.metric)
            & (GoalFigure.period == newest.c.period)
            & (GoalFigure.version == newest.c.version),
        )
        .where(GoalFigure.plan_key == plan_key)
        .order_by(GoalFigure.subject, GoalFigure.metric, GoalFigure.period)
    )
    return tuple(_entered(row) for row in session.execute(asked).scalars())


def list_goal_figures(office: Office, goal_id: str) -> tuple[EnteredFigure, ...]:
    """List what was entered for the subjects of a goal, the newest version of each."""
    with office.ledger.read() as session:
        goal, plan_key = _goal(session, goal_id)
        found = figures_in(session, plan_key)
    about = set(METRICS) if goal.metric == ASSIGNED else {goal.metric}
    return tuple(row for row in found if row.subject in goal.subjects and row.metric in about)


@dataclass(frozen=True, slots=True)
class _Figure:
    kind: str
    subject: str
    metric: str
    period: str
    comparator: str | None
    value: Decimal
    out_of: int | None
    unit: str
    source: str
    file_id: str | None


def _goal(session: Session, goal_id: str) -> tuple[Goal, str]:
    goal = session.get(Goal, goal_id)
    if goal is None:
        raise CallerError(
            "There is no goal {goal_id!r}. `lantian plan status` lists those there are.", goal_id=goal_id
        )
    key = session.execute(select(Plan.key).where(Plan.id == goal.plan_id)).scalar_one()
    return goal, key


def _check_subject(office: Office, goal: Goal, subject: str) -> None:
    if subject not in goal.subjects:
        names = [office.city.name_zh if code == office.city.adcode else office.city.county(code).name_zh
                 for code in goal.subjects]  # fmt: skip
        raise CallerError(
            "The goal {title!r} is not about {subject}. It is about {names}.",
            title=goal.title,
            subject=subject,
            names=", ".join(names) or "nobody",
        )


def _enter(session: Session, office: Office, plan_key: str, figure: _Figure, by: str) -> EnteredFigure:
    if figure.metric not in METRICS:
        raise CallerError(
            "{metric!r} is nothing that a goal can be about. Use one of {metrics}.",
            metric=figure.metric,
            metrics=", ".join(METRICS),
        )
    if not figure.value.is_finite() or figure.value < 0:
        raise CallerError("{value} cannot be a figure of a goal. Write a number from 0.", value=figure.value)
    held: Sequence[GoalFigure] = (
        session.execute(
            select(GoalFigure)
            .where(
                GoalFigure.plan_key == plan_key,
                GoalFigure.kind == figure.kind,
                GoalFigure.subject == figure.subject,
                GoalFigure.metric == figure.metric,
                GoalFigure.period == figure.period,
            )
            .order_by(GoalFigure.version)
        )
        .scalars()
        .all()
    )
    if held and _same(held[-1], figure):
        return _entered(held[-1])
    at = office.now()
    row = GoalFigure(
        id=str(uuid7(at)), plan_key=plan_key, kind=figure.kind, subject=figure.subject, metric=figure.metric,
        period=figure.period, version=held[-1].version + 1 if held else 1, comparator=figure.comparator,
        value=figure.value, out_of=figure.out_of, unit=figure.unit, source=figure.source, entered_by=by,
        entered_at=at, file_id=figure.file_id,
    )  # fmt: skip
    session.add(row)
    append_entry(
        session, at=at, actor=by, kind=f"goal.{figure.kind}", subject=f"goal:{plan_key}:{figure.subject}",
        payload={
            "figure": row.id, "metric": row.metric, "period": row.period, "version": row.version,
            "comparator": row.comparator, "value": row.value, "out_of": row.out_of, "unit": row.unit,
            "source": row.source,
        },
    )  # fmt: skip
    return _entered(row, new=True)


def _same(row: GoalFigure, figure: _Figure) -> bool:
    return (row.value, row.comparator, row.out_of, row.unit, row.source, row.file_id) == (
        figure.value, figure.comparator, figure.out_of, figure.unit, figure.source, figure.file_id,
    )  # fmt: skip


def _entered(row: GoalFigure, *, new: bool = False) -> EnteredFigure:
    return EnteredFigure(
        row.id, row.kind, row.subject, row.metric, row.period, row.version, row.comparator, row.value, row.out_of,
        row.unit, row.source, row.entered_by, row.entered_at, new,
    )  # fmt: skip
