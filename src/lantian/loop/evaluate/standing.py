"""Does a place attain, and what may the rest of the year still bring? (达标情况与剩余空间)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.browsing import list_days_of
from lantian.loop.evaluate.days import MEASURED
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.periods import PeriodFigures, figures
from lantian.loop.evaluate.queries import list_days
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.series import day_series
from lantian.rules import AmbientLimits, RuleSet
from lantian.science.allowance import (
    DayAllowance,
    MeanAllowance,
    good_day_allowance,
    mean_allowance,
    percentile_allowance,
)
from lantian.science.attainment import Verdict
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

_SECOND_CLASS = 2


def area_class_of(scene: Scene, kind: SubjectKind, code: str) -> int:
    """Area class that picks the grade of the limits: a station's own, 2 for counties and the city."""
    return scene.city.station(code).area_class if kind is SubjectKind.STATION else _SECOND_CLASS


def mean_limit(limits: AmbientLimits, pollutant: Pollutant, area_class: int) -> Decimal | None:
    """Limit of the annual mean [ug m-3]; None where there is none."""
    return limits.limit(pollutant, "annual_mean", area_class)


def day_limit(limits: AmbientLimits, pollutant: Pollutant, area_class: int) -> Decimal | None:
    """Limit of a day value, for O3 of the highest 8 h mean [ug m-3, CO mg m-3]; None where there is none."""
    return limits.limit(pollutant, "mda8" if pollutant is Pollutant.O3 else "daily_mean", area_class)


def judged_under(
    scene: Scene,
    kind: SubjectKind,
    code: str,
    period: Period,
    rules: RuleSet,
    data_last: date,
    stage: Stage,
    basis: str = MEASURED,
) -> PeriodFigures | None:
    """Judge the days of one place by given editions, whatever law held then; None without any day.

    Parameters
    ----------
    scene : Scene
        Place, law and store.
    kind, code : SubjectKind, str
        Station, county or city.
    period : Period
        What is judged; one that is not over is judged up to `data_last`.
    rules : RuleSet
        Editions that judge all of it.
    data_last : date
        Last judged day.
    stage, basis : Stage, str
        Which rows.
    """
    last = min(period.last, data_last)
    rows = list_days(scene.lake, kind, code, period.first, last, stage=stage, basis=basis)
    if rows.is_empty():
        return None
    series = day_series(rows, [(kind, code)], period.first, last, scene.city).under(rules)
    return figures(series, period, rules, last, None)


@dataclass(frozen=True, slots=True)
class PollutantVerdict:
    """What one pollutant of one period says about its limits [ug m-3, CO mg m-3]."""

    pollutant: Pollutant
    mean: float | None
    mean_limit: Decimal | None
    mean_multiple: float | None
    percentile_of: int
    """Which percentile of the day values."""
    percentile: float | None
    day_limit: Decimal | None
    percentile_multiple: float | None
    days_valid: int
    days_total: int
    days_above: int
    attains: bool | None
    """None where there is no lawful figure or no limit."""


def verdicts_of(found: PeriodFigures, area_class: int = _SECOND_CLASS) -> list[PollutantVerdict]:
    """List the verdicts of one place, from figures of that place alone."""
    statistics, judged, rules = found.statistics, found.attainment, found.rules
    rows = []
    for at, pollutant in enumerate(BASIC):
        verdict = int(judged.pollutant[0, at])
        annual = mean_limit(rules.limits, pollutant, area_class)
        rows.append(
            PollutantVerdict(
                pollutant=pollutant,
                mean=None if annual is None else _held(statistics.mean_attainment[0, at]),
                mean_limit=annual,
                mean_multiple=_held(judged.mean_multiple[0, at]),
                percentile_of=rules.evaluation.percentiles[pollutant],
                percentile=_held(statistics.percentile_attainment[0, at]),
                day_limit=day_limit(rules.limits, pollutant, area_class),
                percentile_multiple=_held(judged.percentile_multiple[0, at]),
                days_valid=int(statistics.n_valid[0, at]),
                days_total=statistics.n_total,
                days_above=max(int(found.days_exceeding[0, at]), 0),
                attains={Verdict.ATTAINS: True, Verdict.EXCEEDS: False}.get(Verdict(verdict)),
            )
        )
    return rows


def _held(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, slots=True)
class PollutantAllowance:
    """What the rest of the year may bring for one pollutant if the year is to attain."""

    pollutant: Pollutant
    mean: MeanAllowance | None
    """None where there is no annual limit."""
    mean_limit: Decimal | None
    days: DayAllowance | None
    """Days above the daily limit; None where there is no daily limit."""
    day_limit: Decimal | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the rest of a year may bring for one place."""

    year: Period
    last: date
    """Last day that counts as past."""
    remaining: int
    """Days to come, all taken as valid. [d]"""
    pollutants: tuple[PollutantAllowance, ...]
    good_days: DayAllowance | None
    """Days that are not good; None without a target."""


def allowances(
    scene: Scene,
    places: Sequence[tuple[SubjectKind, str]],
    last: date,
    stage: Stage,
    *,
    good_target: Decimal | None = None,
    wanted: Sequence[Pollutant] = BASIC,
) -> dict[str, Allowance]:
    """Say what the rest of the year may bring, by the edition of its last day; nothing where there is none yet.

    Parameters
    ----------
    scene : Scene
        Place, law and store.
    places : sequence
        Stations, counties or the city.
    last : date
        Last judged day.
    stage : Stage
        Which rows.
    good_target : Decimal, optional
        Smallest ratio of good days, of the days with an index, that is wanted. [%]
    wanted : sequence of Pollutant
        Of which pollutants.

    Returns
    -------
    dict
        Code of the place → its allowance.
    """
    year = Period.containing(PeriodKind.YEAR, last)
    rules = scene.rules_or_none(year.last)
    if rules is None:
        return {}
    columns = [*(pollutant.value for pollutant in wanted), "aqi"]
    rows = list_days_of(scene.lake, year.first, last, stage, columns)
    parts = {code: part for (_, code), part in rows.partition_by("kind", "code", as_dict=True).items()}
    found = {}
    for kind, code in places:
        days = parts.get(code, rows.clear())
        remaining = (year.last - last).days
        area = area_class_of(scene, kind, code)
        left = [_left(days, pollutant, remaining, rules, area) for pollutant in wanted]
        good = None if good_target is None else _good_left(days, remaining, good_target, rules)
        found[code] = Allowance(year, last, remaining, tuple(left), good)
    return found


def _left(
    days: pl.DataFrame, pollutant: Pollutant, remaining: int, rules: RuleSet, area_class: int
) -> PollutantAllowance:
    annual = mean_limit(rules.limits, pollutant, area_class)
    daily = day_limit(rules.limits, pollutant, area_class)
    values = days.get_column(pollutant.value).fill_null(float("nan")).to_numpy()
    rule = rules.evaluation
    return PollutantAllowance(
        pollutant,
        None if annual is None else mean_allowance(values, remaining, annual, pollutant, rule),
        annual,
        None if daily is None else percentile_allowance(values, remaining, daily, pollutant, rule),
        daily,
    )


def _good_left(days: pl.DataFrame, remaining: int, target: Decimal, rules: RuleSet) -> DayAllowance:
    published = days.get_column("aqi").drop_nulls()
    good = int((published <= rules.evaluation.good_day_max_aqi).sum())
    return good_day_allowance(good, published.len(), remaining, target, rules.evaluation.decimals_rate)
