"""Is a reported indicator on its way? Years are compared with years, a quarter with its own (指标研判).

Shares are levels and may be compared at any time; amounts only over equal periods. A target that is a change on a
baseline needs the amount of the baseline year. Pure: facts, points and the day give the standing.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from lantian.loop.plan.targets.goal_records import Said
from lantian.loop.plan.targets.series_records import (
    ChartPoint,
    SeriesChart,
    SeriesFacts,
    SeriesPoint,
    SeriesStanding,
    SeriesState,
)
from lantian.science.plan_text.records import Comparator
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.words import mark

REPORTING_DAYS = 90
"""How long after its end a period may lack a report before that is late; ours, no rule was found. [d]"""
_PLACES = Decimal("0.01")
_DOWN = frozenset({Comparator.AT_MOST, Comparator.LESS, Comparator.FALLING})
_MOVING = frozenset({Comparator.RISING, Comparator.FALLING})


def series_state(
    facts: SeriesFacts,
    points: Sequence[SeriesPoint],
    today: date,
    *,
    first_year: int | None = None,
    reporting_days: int = REPORTING_DAYS,
) -> SeriesStanding:
    """Judge an indicator by what was reported.

    Parameters
    ----------
    facts : SeriesFacts
        What is promised.
    points : sequence of SeriesPoint
        What was reported, the newest version of each period.
    today : date
        Legal day on which it is asked.
    first_year : int, optional
        First year for which a report is expected, usually the plan's.
    reporting_days : int
        Days after a period's end in which its report is not late. [d]
    """
    ordered = sorted(points, key=lambda row: (row.span.last, row.span.days))
    overdue = _overdue(ordered, today, first_year, reporting_days)
    if not ordered:
        return SeriesStanding(SeriesState.NO_DATA, Said(mark("Nothing was reported yet.")), overdue=overdue)
    latest = _latest(facts, ordered)
    base = _baseline(facts, ordered, latest)
    moved, points_of = _change(facts, latest, base)
    found = _moving(facts, ordered, latest, base, today) if facts.target is None else _aimed(
        facts, latest, base, today
    )  # fmt: skip
    state, reason, distance, expected = found
    return SeriesStanding(state, reason, latest, base, moved, points_of, distance, expected, overdue)


def series_chart(facts: SeriesFacts, points: Sequence[SeriesPoint], standing: SeriesStanding) -> SeriesChart:
    """Give what a chart draws; sub-year amounts are left out beside years, since they do not compare."""
    shown = [row for row in points if facts.is_share or row.span.kind is PeriodKind.YEAR] or list(points)
    reported = tuple(
        ChartPoint(row.span.last, row.value, row.period) for row in sorted(shown, key=lambda row: row.span.last)
    )
    base, goal = standing.baseline, _absolute_target(facts, standing.baseline)
    way: tuple[ChartPoint, ...] = ()
    if base is not None and goal is not None and facts.by is not None and facts.by > base.span.last:
        way = (
            ChartPoint(base.span.last, base.value, base.period),
            ChartPoint(facts.by, goal, facts.by.isoformat()),
        )
    return SeriesChart(facts.value_unit, reported, way, goal)


# ---------------------------------------------------------------------------------------------- like with like


def _latest(facts: SeriesFacts, ordered: Sequence[SeriesPoint]) -> SeriesPoint:
    """Return the point that counts: of a share the last one, of an amount the last that can be compared."""
    if facts.is_share:
        return ordered[-1]
    for row in reversed(ordered):
        if any(_alike(row.span, other.span) for other in ordered if other is not row):
            return row
    return ordered[-1]


def _baseline(facts: SeriesFacts, ordered: Sequence[SeriesPoint], latest: SeriesPoint) -> SeriesPoint | None:
    """Return the value of the baseline year, else the earliest that compares with the latest one."""
    level = facts.is_share
    like = [
        row
        for row in ordered
        if row is not latest and row.span.last < latest.span.last and (level or _alike(row.span, latest.span))
    ]
    if facts.baseline_year is None:
        return like[0] if like else None
    mine = [row for row in like if row.span.first.year == facts.baseline_year]
    return next((row for row in mine if row.span.kind is PeriodKind.YEAR), mine[-1] if mine else None)


def _alike(one: Period, other: Period) -> bool:
    """Whether two periods are the same part of different years."""
    return one.kind is other.kind and one.first.month == other.first.month


def _change(facts: SeriesFacts, latest: SeriesPoint, base: SeriesPoint | None) -> tuple[Decimal | None, bool]:
    if base is None:
        return None, False
    if facts.is_share:
        return latest.value - base.value, True
    if base.value == 0:
        return None, False
    return _percent(Fraction(latest.value) / Fraction(base.value) - 1), False


# ---------------------------------------------------------------------------------------------- judging

_Found = tuple[SeriesState, Said, Decimal | None, Decimal | None]


def _aimed(facts: SeriesFacts, latest: SeriesPoint, base: SeriesPoint | None, today: date) -> _Found:
    """Judge a target with a number by the straight line from the baseline to it."""
    target = facts.target or Decimal(0)
    if facts.change:
        if base is None or base.value == 0:
            said = Said(
                mark("It is a change on {year}, whose amount was not reported."),
                {"year": facts.baseline_year or "—"},
            )
            return SeriesState.NOT_JUDGED, said, None, None
        value = _percent(Fraction(latest.value) / Fraction(base.value) - 1)
        start: Decimal | None = Decimal(0)
    else:
        value, start = latest.value, None if base is None else base.value
    down = _wants_less(facts, start, target)
    expected = _on_the_line(facts, latest, base, start, target)
    values: dict[str, object] = {
        "value": _text(value), "target": _text(target), "unit": facts.unit or facts.value_unit,
        "period": latest.period, "expected": "—" if expected is None else _text(expected),
    }  # fmt: skip
    distance = value - target
    if _reached(facts, value, target, down=down):
        return (
            SeriesState.MET,
            Said(mark("{value} {unit} in {period}: {target} is reached."), values),
            distance,
            expected,
        )
    if facts.by is not None and latest.span.last >= facts.by:
        said = Said(mark("{value} {unit} in {period}, when {target} was to be reached."), values)
        return SeriesState.MISSED, said, distance, expected
    if facts.by is not None and today > facts.by:
        said = Said(mark("{value} {unit} in {period}; the date is past and nothing later was reported."), values)
        return SeriesState.BEHIND, said, distance, expected
    if expected is None:
        said = Said(
            mark("{value} {unit} in {period}, the target is {target}; there is no earlier value for a line."),
            values,
        )
        return SeriesState.NOT_JUDGED, said, distance, None
    well = value <= expected if down else value >= expected
    said = Said(mark("{value} {unit} in {period}; a straight line to {target} has {expected} there."), values)
    return (SeriesState.ON_THE_WAY if well else SeriesState.BEHIND), said, distance, expected


def _moving(
    facts: SeriesFacts, ordered: Sequence[SeriesPoint], latest: SeriesPoint, base: SeriesPoint | None, today: date
) -> _Found:
    """Judge a direction (逐年上升): against the baseline year where one is named, else year on year."""
    if facts.comparator not in _MOVING:
        return SeriesState.NOT_JUDGED, Said(mark("The plan names no value for it.")), None, None
    down = facts.comparator == Comparator.FALLING
    if facts.baseline_year is not None:
        pairs = [] if base is None else [(base, latest)]
    else:
        years = [row for row in ordered if row.span.kind is PeriodKind.YEAR]
        pairs = list(pairwise(years))
    if not pairs:
        said = Said(mark("One value alone has no direction: the one it is compared with was not reported."))
        return SeriesState.NOT_JUDGED, said, None, None
    wrong = [
        pair for pair in pairs if not (pair[1].value < pair[0].value if down else pair[1].value > pair[0].value)
    ]
    before, after = wrong[-1] if wrong else pairs[-1]
    values: dict[str, object] = {
        "before": _text(before.value), "before_period": before.period, "after": _text(after.value),
        "after_period": after.period, "unit": facts.value_unit,
    }  # fmt: skip
    said = Said(mark("{before} in {before_period}, {after} {unit} in {after_period}."), values)
    over = facts.by is not None and today > facts.by and pairs[-1][1].span.last >= facts.by
    if wrong:
        return (SeriesState.MISSED if over else SeriesState.BEHIND), said, None, None
    return (SeriesState.MET if over else SeriesState.ON_THE_WAY), said, None, None


def _wants_less(facts: SeriesFacts, start: Decimal | None, target: Decimal) -> bool:
    """Whether less is wanted; a target that is only “about” is approached from where the baseline is."""
    if facts.comparator in _DOWN:
        return True
    if facts.comparator in (Comparator.EQUAL, Comparator.ABOUT):
        return start is not None and start > target
    return False


def _reached(facts: SeriesFacts, value: Decimal, target: Decimal, *, down: bool) -> bool:
    if facts.comparator == Comparator.LESS:
        return value < target
    if facts.comparator == Comparator.MORE:
        return value > target
    return value <= target if down else value >= target


def _on_the_line(
    facts: SeriesFacts, latest: SeriesPoint, base: SeriesPoint | None, start: Decimal | None, target: Decimal
) -> Decimal | None:
    if base is None or start is None or facts.by is None or facts.by <= base.span.last:
        return None
    whole, gone = (facts.by - base.span.last).days, (latest.span.last - base.span.last).days
    part = min(Fraction(gone, whole), Fraction(1))
    return _rounded(Fraction(start) + (Fraction(target) - Fraction(start)) * part)


def _absolute_target(facts: SeriesFacts, base: SeriesPoint | None) -> Decimal | None:
    """Return the target in the unit of the reported values."""
    if facts.target is None or not facts.change:
        return facts.target
    return None if base is None else _rounded(Fraction(base.value) * (1 + Fraction(facts.target) / 100))


# ---------------------------------------------------------------------------------------------- late reports


def _overdue(
    ordered: Sequence[SeriesPoint], today: date, first_year: int | None, reporting_days: int
) -> str | None:
    """Return the first period after the last one reported that should be here by now.

    Who has reported by quarters goes on by quarters; else a value a year is expected.
    """
    if not ordered:
        if first_year is None:
            return None
        wanted = Period.containing(PeriodKind.YEAR, date(first_year, 1, 1))
    else:
        last = ordered[-1].span
        wanted = Period.containing(last.kind, last.last + timedelta(days=1))
    return wanted.label if today > wanted.last + timedelta(days=reporting_days) else None


def _percent(ratio: Fraction) -> Decimal:
    return _rounded(ratio * 100)


def _rounded(value: Fraction) -> Decimal:
    """Two decimals, half to even, from the exact value."""
    return Decimal(round(value * 100)) * _PLACES


def _text(value: Decimal) -> str:
    return f"{value.normalize():f}"
