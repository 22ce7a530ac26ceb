"""What do our own stations say of a goal's metric in a stretch of days, and what may the rest of the year be?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from lantian.loop.plan.office import Office
from lantian.loop.plan.targets.goal_chance import Bound, DayValues
from lantian.loop.plan.targets.goal_days import MEASURED, AirDays, days_of, year_end
from lantian.loop.plan.targets.goal_figures import DAY_METRICS, HIGHER_IS_BETTER, REPORTED, EnteredFigure
from lantian.loop.plan.targets.goal_records import StandardCheck
from lantian.rules import EvaluationRule, RuleSet
from lantian.science.allowance import (
    DayAllowance,
    good_day_allowance,
    mean_allowance,
    mean_course,
    percentile_allowance,
)
from lantian.science.ranking import CompositeReason, composite_index
from lantian.science.rounding import round_half_even, units
from lantian.science.statistics.counts import DayCounts, day_counts, percent
from lantian.science.statistics.period import PeriodStatistics, period_statistics
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.types import FloatArray

AIR_METRICS = frozenset({*(p.value for p in BASIC), *DAY_METRICS, "composite_index"})
"""What our own stations can tell."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What every goal of a plan is judged with."""

    office: Office
    today: date
    days: AirDays
    figures: tuple[EnteredFigure, ...]

    def law(self, day: date) -> RuleSet:
        """Return the editions that judge a day."""
        return self.office.rulebook.rule_set(day, self.office.choice)

    def reported(self, subject: str, metric: str) -> tuple[EnteredFigure, ...]:
        """Return what others published about a subject, in order of its period's label."""
        return self.entered(REPORTED, subject, metric)

    def entered(self, kind: str, subject: str, metric: str | None = None) -> tuple[EnteredFigure, ...]:
        """Return the figures of one kind about a subject."""
        return tuple(
            row
            for row in self.figures
            if row.kind == kind and row.subject == subject and metric in (None, row.metric)
        )

    def through(self, year: int) -> date | None:
        """Return the last judged day of a year that is known today; None where there is none."""
        last = self.days.last
        if last is None or last < date(year, 1, 1):
            return None
        return min(last, year_end(year))


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric of one subject over a stretch of days."""

    value: Decimal | None
    """As published; None where it is no lawful figure."""
    judged: Decimal | None
    """As rounded for a verdict."""
    days: int
    """Valid days [d]."""
    failing: tuple[Pollutant, ...] = ()
    """Pollutants without a figure, where several are needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """What the rest of a year may be if a goal is to be met."""

    allowed: Decimal | None
    """Mean of the rest [unit of the metric], or days of the bad kind [d]; None where lost or over."""
    is_days: bool
    lost: bool
    lost_on: date | None
    so_far: FloatArray
    """Daily figures of the year, whose mean is bounded."""
    figure: DayValues
    bound: Bound
    show: Callable[[float], Decimal] | None
    rest_bears: Callable[[float], bool]


def unit_of(metric: str) -> str:
    """Return the unit in which we keep a metric."""
    if metric in {p.value for p in BASIC}:
        return NAMES[Pollutant(metric)].unit
    return {"good_days": "d", "heavy_days": "d", "good_day_ratio": "%", "heavy_day_ratio": "%"}.get(metric, "")


def basis_of(metric: str, law: RuleSet) -> str:
    """Return which side of dusty days the law uses for a metric."""
    name = {"good_days": "good_day_ratio", "heavy_days": "heavy_day_ratio"}.get(metric, metric)
    return law.dust.deduct.get(name, MEASURED)


def measure(setting: Setting, metric: str, subject: str, first: date, last: date, law: RuleSet) -> Measured:
    """Compute a metric of one subject over days of one year, whole year or year to date.

    Parameters
    ----------
    setting : Setting
        With the judged days.
    metric, subject : str
        One of `AIR_METRICS`, and an adcode.
    first, last : date
        Both included.
    law : RuleSet
        Editions that judge it.
    """
    six, aqi = setting.days.days(subject, basis_of(metric, law), first, last)
    period = Period(PeriodKind.YEAR if last == year_end(first.year) else PeriodKind.YEAR_TO_DATE, first, last)
    if metric in DAY_METRICS:
        counts = _counts(aqi, six, period, law)
        value = _day_value(metric, counts) if int(counts.valid) else None
        short = period.kind is PeriodKind.YEAR and int(counts.valid) < law.evaluation.year_required_days
        return Measured(None if short else value, None if short else value, int(counts.valid))
    found = period_statistics(six, first, period, law.evaluation)
    if metric == "composite_index":
        index = composite_index(found.headline, law.composite)
        whole = int(index.reason) == CompositeReason.VALID
        number = _decimal(float(index.index), law.composite.decimals_sum) if whole else None
        lacking = tuple(p for p, each in zip(BASIC, found.headline, strict=True) if np.isnan(each))
        return Measured(number, number, int(found.n_valid.min()), lacking)
    pollutant = Pollutant(metric)
    place, rule = BASIC.index(pollutant), law.evaluation
    return Measured(
        _decimal(found.headline[place], rule.decimals_period.of(pollutant)),
        _decimal(found.headline_attainment[place], rule.decimals_attainment.of(pollutant)),
        int(found.n_valid[place]),
    )


def room(
    setting: Setting, metric: str, subject: str, year: int, through: date, target: Decimal, law: RuleSet, *,
    strict: bool,
) -> Room | None:  # fmt: skip
    """Say what the rest of a year may be; None for a metric whose rest cannot be bounded.

    Parameters
    ----------
    setting : Setting
        With the judged days.
    metric, subject : str
        Of the goal.
    year : int
        The running year.
    through : date
        Last day that counts.
    target : Decimal
        In the unit of the metric.
    law : RuleSet
        Editions of the year's end.
    strict : bool
        Whether the target itself does not meet the goal.
    """
    if metric == "composite_index":
        return None
    six, aqi = setting.days.days(subject, basis_of(metric, law), date(year, 1, 1), through)
    remaining = days_of(year) - len(aqi)
    if metric in DAY_METRICS:
        return _day_room(metric, six, aqi, year, remaining, target, law, strict=strict)
    pollutant = Pollutant(metric)
    limit = largest_judged(target, law.evaluation.decimals_attainment.of(pollutant)) if strict else target
    if law.evaluation.headline[pollutant] == "mean":
        return _mean_room(six, year, remaining, limit, pollutant, law.evaluation)
    return _percentile_room(six, remaining, limit, pollutant, law.evaluation)


def largest_judged(target: Decimal, decimals: int) -> Decimal:
    """Return the largest figure of so many decimals that lies below a target.

    Examples
    --------
    >>> largest_judged(Decimal(40), 0), largest_judged(Decimal("34.5"), 0)
    (Decimal('39'), Decimal('34'))
    """
    scaled = target.scaleb(decimals)
    whole = scaled.to_integral_value(rounding="ROUND_CEILING")
    return (whole - 1).scaleb(-decimals)


def limit_of(law: RuleSet, pollutant: Pollutant) -> Decimal | None:
    """Return the limit of class 2 that a pollutant's headline is held against: of the annual mean, or of a day."""
    daily = "mda8" if pollutant is Pollutant.O3 else "daily_mean"
    statistic = "annual_mean" if law.evaluation.headline[pollutant] == "mean" else daily
    return law.limits.limit(pollutant, statistic)


def standards(
    setting: Setting,
    pollutant: Pollutant,
    subject: str,
    first: date,
    last: date,
    laws: Iterable[tuple[RuleSet, bool]],
) -> tuple[StandardCheck, ...]:
    """Hold the figure of a stretch beside the limits of several editions: that of the year, and today's.

    Parameters
    ----------
    setting : Setting
        With the judged days.
    pollutant : Pollutant
        Of the goal.
    subject : str
        adcode
    first, last : date
        Both included.
    laws : iterable of (RuleSet, bool)
        Editions, and whether they are today's.
    """
    found = []
    for law, today in laws:
        limit = limit_of(law, pollutant)
        if limit is None:
            continue
        judged = measure(setting, pollutant.value, subject, first, last, law).judged
        attains = None if judged is None else judged <= limit
        found.append(StandardCheck(law.limits.id, law.limits.name, today, limit, judged, attains))
    return tuple(found)


# ---------------------------------------------------------------------------------------------- inside


def _decimal(value: float, decimals: int) -> Decimal | None:
    """Return a published figure with the decimals that it was published with."""
    return None if np.isnan(value) else round_half_even(float(value), decimals)


def _counts(aqi: NDArray[np.int16], six: FloatArray, period: Period, law: RuleSet) -> DayCounts:
    complete: NDArray[np.bool_] = np.asarray(~np.isnan(six).any(axis=-1), dtype=np.bool_)
    nothing = np.zeros(len(aqi), dtype=np.uint8)
    return day_counts(aqi, aqi >= 0, complete, nothing, period.first, period, law.evaluation, law.categories)


def _day_value(metric: str, counts: DayCounts) -> Decimal:
    if metric == "good_days":
        return Decimal(int(counts.good))
    if metric == "heavy_days":
        return Decimal(int(counts.heavy))
    ratio = counts.ratio("good" if metric == "good_day_ratio" else "heavy")
    return round_half_even(float(ratio), counts.decimals)


def _mean_room(
    six: FloatArray, year: int, remaining: int, limit: Decimal, pollutant: Pollutant, rule: EvaluationRule
) -> Room:
    place = BASIC.index(pollutant)
    values = six[:, place]
    found = mean_allowance(values, remaining, limit, pollutant, rule)
    lost_on = None
    if found.lost:
        course = mean_course(values, date(year, 1, 1), days_of(year), limit, pollutant, rule, worst_case=0.0)
        lost_on = course.lost_on
    allowed = found.rest_mean
    return Room(
        allowed=found.rest_mean_shown(),
        is_days=False,
        lost=found.lost,
        lost_on=lost_on,
        so_far=values,
        figure=lambda days, _: np.asarray(days[:, place]),
        bound=Bound(float(found.bound), found.bound_attains),
        show=lambda mean: Decimal(repr(round(mean, 1))),
        rest_bears=lambda mean: allowed is not None and mean <= float(allowed),
    )


def _percentile_room(
    six: FloatArray, remaining: int, limit: Decimal, pollutant: Pollutant, rule: EvaluationRule
) -> Room:
    place, decimals = BASIC.index(pollutant), rule.decimals_attainment.of(pollutant)
    edge = float(units(np.array([float(limit)]), decimals, "truncate")[0])

    def exceeding(days: FloatArray, _: NDArray[np.int16]) -> FloatArray:
        judged = units(days[:, place], decimals)
        return np.where(np.isnan(judged), np.nan, np.where(judged > edge, 100.0, 0.0))

    nothing = np.zeros(0, dtype=np.int16)
    found = percentile_allowance(six[:, place], remaining, limit, pollutant, rule)
    return _share_room(found, exceeding(six, nothing), remaining, exceeding, None)


def _day_room(
    metric: str, six: FloatArray, aqi: NDArray[np.int16], year: int, remaining: int, target: Decimal, law: RuleSet,
    *, strict: bool,
) -> Room:  # fmt: skip
    so_far = Period(PeriodKind.YEAR_TO_DATE, date(year, 1, 1), date(year, 1, 1) + timedelta(days=len(aqi) - 1))
    counts, rule = _counts(aqi, six, so_far, law), law.evaluation
    counted, total = int(counts.valid), int(counts.valid) + remaining
    good = metric in HIGHER_IS_BETTER
    step = Decimal(1).scaleb(-counts.decimals if metric.endswith("_ratio") else 0)
    if strict:
        target += step if good else -step

    def bad(_: FloatArray, index: NDArray[np.int16]) -> FloatArray:
        worse = index > (rule.good_day_max_aqi if good else rule.heavy_day_above_aqi)
        return np.where(index < 0, np.nan, np.where(worse, 100.0, 0.0))

    if metric == "good_day_ratio":
        found = good_day_allowance(int(counts.good), counted, remaining, target, counts.decimals)
    else:
        used = counted - int(counts.good) if good else int(counts.heavy)
        allowed = total - int(target.to_integral_value(rounding="ROUND_CEILING")) if good else int(target)
        if metric == "heavy_day_ratio":
            allowed = _most_heavy(total, target, counts.decimals)
        found = DayAllowance(used, allowed, allowed)

    def show(share: float) -> Decimal:
        days = round(share * total / 100)
        if not metric.endswith("_ratio"):
            return Decimal(total - days if good else days)
        ratio = 100.0 - share if good else share
        return Decimal(repr(round(ratio, counts.decimals)))

    return _share_room(found, bad(six, aqi), remaining, bad, show)


def _most_heavy(total: int, target: Decimal, decimals: int) -> int:
    """Return the most heavy days whose published ratio is not above a target."""
    most = min(total, int(target * total / 100) + 1)
    shares = percent(np.arange(most + 1), np.full(most + 1, total), decimals)
    return int(np.flatnonzero(shares <= float(target))[-1]) if total else 0


def _share_room(
    found: DayAllowance,
    so_far: FloatArray,
    remaining: int,
    figure: DayValues,
    show: Callable[[float], Decimal] | None,
) -> Room:
    total = int((~np.isnan(so_far)).sum()) + remaining
    return Room(
        allowed=None if found.lost else Decimal(found.left),
        is_days=True,
        lost=found.lost,
        lost_on=None,
        so_far=so_far,
        figure=figure,
        bound=Bound(100.0 * found.allowed / max(total, 1), attains=True, highest=100.0),
        show=show,
        rest_bears=lambda share: share * remaining / 100 <= found.left,
    )


def figures_of_year(
    setting: Setting, subject: str, year: int, last: date, basis: str, law: RuleSet
) -> PeriodStatistics:
    """Return the statistics of all six pollutants of one subject, from 1 January."""
    first = date(year, 1, 1)
    six, _ = setting.days.days(subject, basis, first, last)
    kind = PeriodKind.YEAR if last == year_end(year) else PeriodKind.YEAR_TO_DATE
    return period_statistics(six, first, Period(kind, first, last), law.evaluation)
