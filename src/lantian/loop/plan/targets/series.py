"""Indicators that bodies report over the years, and whether they are on their way (指标台账)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Measure, Organisation, Series, SeriesValue, StoredFile
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import required_plan, rows_of
from lantian.loop.plan.rows import Columns
from lantian.loop.plan.targets.figures import checked_period, checked_text
from lantian.loop.plan.targets.series_judging import series_chart, series_state
from lantian.loop.plan.targets.series_records import SeriesChart, SeriesFacts, SeriesPoint, SeriesView, is_share
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

_FACTS: Columns = (
    Series.id, Series.plan_id, Series.measure_id, Measure.number, Series.key, Series.name, Series.name_en,
    Series.organisation_id, Organisation.name_zh, Series.unit, Series.scope, Series.comparator, Series.target,
    Series.change, Series.baseline_year, Series.by, Series.firm,
)  # fmt: skip
"""In the order of `SeriesFacts`."""
_WHOLE = Decimal(100)
_DIGITS = 20
NOT_OVER = mark("The period {period} ends on {day}. Report it when it is over.")
NOT_FINITE = mark("{value} cannot be kept as a figure. Write a plain number of at most {digits} digits.")
NO_SHARE = mark("{value} is no share: {name} lies between 0 and 100. Write it in per cent.")
NEGATIVE = mark("{value} is below zero; {name} is an amount. Write what was reported.")


@dataclass(frozen=True, slots=True)
class ReportedValue:
    """What became of a value."""

    value_id: str
    series_id: str
    key: str
    period: str
    version: int
    new: bool
    """False: the same was reported before."""


def report_value(
    office: Office,
    series_key: str,
    period: str,
    value: Decimal,
    source: str,
    *,
    by: str,
    plan_id: str | None = None,
    organisation: str | None = None,
    file_id: str | None = None,
    today: date | None = None,
) -> ReportedValue:
    """Report an indicator for one period; the same again changes nothing, another value is a new version.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    series_key : str
        Key or id of the indicator.
    period : str
        ``2024``, ``2024Q3`` or ``2024-07``; it must be over.
    value : Decimal
        In the indicator's unit; where the target is a change, the amount itself, of the baseline year too.
    source : str
        Where it comes from: yearbook, bulletin, the body's own count.
    by : str
        Who reports.
    plan_id : str, optional
        By default the plan in force.
    organisation : str, optional
        Body for which they may speak; another body's indicator is refused.
    file_id : str, optional
        Evidence among the kept files.
    today : date, optional
        Legal day of the report; by default that of the wall clock.

    Raises
    ------
    CallerError
        Unknown or foreign indicator, no such period or one that is not over, no source, a value that cannot be.
    """
    day = today or office.today()
    with office.ledger.write() as session:
        lock(session)
        plan = required_plan(session, plan_id)
        series = own_series(session, plan.id, series_key, organisation)
        if file_id is not None and session.get(StoredFile, file_id) is None:
            raise CallerError("There is no file {file_id!r} among the evidence. Add it first.", file_id=file_id)
        return write_value(
            session, series, period, value, source, by=by, at=office.now(), today=day, file_id=file_id
        )


def write_value(
    session: Session,
    series: Series,
    period: str,
    value: Decimal,
    source: str,
    *,
    by: str,
    at: datetime,
    today: date,
    file_id: str | None = None,
) -> ReportedValue:
    """Do what `report_value` does within the transaction of a command that has the lock."""
    span = checked_period(period)
    told = checked_text(source, "source")
    if span.last >= today:
        raise CallerError(NOT_OVER, period=span.label, day=span.last.isoformat())
    _check_value(series, value)
    held = session.execute(
        select(SeriesValue)
        .where(SeriesValue.series_id == series.id, SeriesValue.period == span.label)
        .order_by(SeriesValue.version.desc())
        .limit(1)
    ).scalar_one_or_none()
    if held is not None and (held.value, held.source, held.file_id) == (value, told, file_id):
        return ReportedValue(held.id, series.id, series.key, span.label, held.version, new=False)
    row = SeriesValue(
        id=str(uuid7(at)), series_id=series.id, period=span.label, version=1 if held is None else held.version + 1,
        value=value, source=told, reported_by=by, reported_at=at, file_id=file_id,
    )  # fmt: skip
    session.add(row)
    append_entry(
        session, at=at, actor=by, kind="series.reported", subject=f"series:{series.id}",
        payload={
            "value_id": row.id, "key": series.key, "period": row.period, "version": row.version, "value": value,
            "before": None if held is None else held.value, "source": told, "file": file_id,
        },
    )  # fmt: skip
    return ReportedValue(row.id, series.id, series.key, row.period, row.version, new=True)


def series_named(session: Session, plan_id: str, key: str) -> Series:
    """Return an indicator of a plan by its key or id.

    Raises
    ------
    CallerError
        None is called so.
    """
    wanted = key.strip()
    found = session.execute(
        select(Series).where(Series.plan_id == plan_id, (Series.key == wanted) | (Series.id == wanted))
    ).scalar_one_or_none()
    if found is None:
        raise CallerError(
            "The plan has no indicator {key!r}. Use the code that stands in the template.", key=wanted[:80]
        )
    return found


def own_series(session: Session, plan_id: str, key: str, organisation: str | None) -> Series:
    """Return an indicator that a body may report; None may report all.

    Raises
    ------
    CallerError
        None is called so, or it is another body's.
    """
    series = series_named(session, plan_id, key)
    if organisation is not None and series.organisation_id not in (None, organisation):
        raise CallerError(
            "{name} is reported by {owner}, not by {organisation}. Leave it to them.",
            name=series.name,
            owner=series.organisation_id,
            organisation=organisation,
        )
    return series


def list_series(
    office: Office, *, plan_id: str | None = None, today: date | None = None
) -> tuple[SeriesView, ...]:
    """List the indicators of a plan with what was reported and how they stand, in the plan's order.

    Parameters
    ----------
    office : Office
        Whose ledger.
    plan_id : str, optional
        By default the plan in force.
    today : date, optional
        Legal day on which it is asked.
    """
    day = today or office.today()
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        facts, points = facts_in(session, plan.id), points_in(session, plan.id)
    return tuple(
        SeriesView(row, held, series_state(row, held, day, first_year=plan.year))
        for row in facts
        for held in [points.get(row.id, ())]
    )


def find_series(
    office: Office, key: str, *, plan_id: str | None = None, today: date | None = None
) -> SeriesView | None:
    """Return one indicator by key or id, or None."""
    views = list_series(office, plan_id=plan_id, today=today)
    return next((row for row in views if key in (row.facts.key, row.facts.id)), None)


def list_versions(office: Office, series_id: str) -> tuple[SeriesPoint, ...]:
    """List every version of every value of an indicator, oldest first."""
    with office.ledger.read() as session:
        rows = session.execute(
            select(SeriesValue)
            .where(SeriesValue.series_id == series_id)
            .order_by(SeriesValue.period, SeriesValue.version)
        ).scalars()
        return tuple(_point(row) for row in rows)


def chart_of(view: SeriesView) -> SeriesChart:
    """Give what a chart of an indicator draws."""
    return series_chart(view.facts, view.points, view.standing)


def facts_in(session: Session, plan_id: str) -> tuple[SeriesFacts, ...]:
    """Read the indicators of a plan in its order."""
    asked = (
        select(*_FACTS)
        .join(Measure, Measure.id == Series.measure_id)
        .outerjoin(Organisation, Organisation.id == Series.organisation_id)
        .where(Series.plan_id == plan_id)
        .order_by(Measure.order, Series.key)
    )
    return tuple(rows_of(session, SeriesFacts, asked))


def points_in(session: Session, plan_id: str) -> dict[str, tuple[SeriesPoint, ...]]:
    """Read the newest version of every value of a plan's indicators: series id → points in order of their end."""
    newest = (
        select(SeriesValue.series_id, SeriesValue.period, func.max(SeriesValue.version).label("version"))
        .join(Series, Series.id == SeriesValue.series_id)
        .where(Series.plan_id == plan_id)
        .group_by(SeriesValue.series_id, SeriesValue.period)
        .subquery()
    )
    rows: Sequence[SeriesValue] = (
        session.execute(
            select(SeriesValue).join(
                newest,
                (SeriesValue.series_id == newest.c.series_id)
                & (SeriesValue.period == newest.c.period)
                & (SeriesValue.version == newest.c.version),
            )
        )
        .scalars()
        .all()
    )
    found: dict[str, list[SeriesPoint]] = {}
    for row in rows:
        found.setdefault(row.series_id, []).append(_point(row))
    return {
        key: tuple(sorted(points, key=lambda point: (point.span.last, point.span.days)))
        for key, points in found.items()
    }


def _check_value(series: Series, value: Decimal) -> None:
    if not value.is_finite() or len(value.as_tuple().digits) > _DIGITS:
        raise CallerError(NOT_FINITE, value=str(value)[:40], digits=_DIGITS)
    if value < 0:
        raise CallerError(NEGATIVE, value=str(value), name=series.name)
    if is_share(series.name, series.unit, change=series.change) and value > _WHOLE:
        raise CallerError(NO_SHARE, value=str(value), name=series.name)


def _point(row: SeriesValue) -> SeriesPoint:
    return SeriesPoint(
        row.id, row.period, row.version, row.value, row.source, row.reported_by, row.reported_at, row.file_id
    )


__all__ = [
    "ReportedValue",
    "chart_of",
    "facts_in",
    "find_series",
    "list_series",
    "list_versions",
    "own_series",
    "points_in",
    "report_value",
    "series_named",
    "series_state",
    "write_value",
]
