"""Do the measured VOC of a month look like air (PAMS数据审核)?

Each check gives hints that a person should look at; nothing is changed. An hour is a row of the samples.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lantian.rules.voc_records import VocChecks
from lantian.science.composition import Samples
from lantian.science.quality.runs import Mask, Suspicion, said
from lantian.terms.types import FloatArray, IntArray


def isomers_apart(samples: Samples, rule: VocChecks, place: int = 0) -> list[Suspicion]:
    """Find isomers of one origin that do not go together: swapped peaks, or a fault of one (同分异构体).

    Parameters
    ----------
    samples : Samples
        Hours of a month of one site. [nmol mol-1]
    rule : VocChecks
        Pairs and their usual ratios.
    place : int
        Number of the site, handed through.
    """
    found = []
    for pair in rule.isomers:
        above, below = samples.of(pair.above), samples.of(pair.below)
        judged = (above > 0) & (below > 0)
        if judged.sum() < rule.least_hours:
            continue
        ratio = float(np.median(above[judged] / below[judged]))
        together = _correlation(np.log(above[judged]), np.log(below[judged]))
        low, high = (float(bound) for bound in pair.ratio)
        figures = {"ratio": said(ratio), "low": low, "high": high, "correlation": said(together)}
        evidence = {"other": pair.below, **figures}
        if not low <= ratio <= high:
            found.append(_hint("isomer_ratio", pair.above, judged, evidence, place))
        elif together < float(pair.correlation):
            found.append(_hint("isomers_apart", pair.above, judged, evidence, place))
    return found


def wrong_day_shape(
    samples: Samples, hour_of_day: IntArray, month: IntArray, rule: VocChecks, place: int = 0
) -> list[Suspicion]:
    """Find species that are low when they must be high, such as isoprene by day in summer (日变化形态).

    Parameters
    ----------
    samples : Samples
        Hours of a month of one site. [nmol mol-1]
    hour_of_day, month : array of int, shape (hours,)
        In the city's time.
    rule : VocChecks
        Which species, and when.
    place : int
        Number of the site, handed through.
    """
    found = []
    for shape in rule.shapes:
        values = samples.of(shape.species)
        judged = np.isfinite(values) & np.isin(month, shape.months)
        high, low = (judged & _within(hour_of_day, hours) for hours in (shape.high, shape.low))
        if min(high.sum(), low.sum()) * 2 < rule.least_hours:
            continue
        by_day, by_night = float(np.median(values[high])), float(np.median(values[low]))
        if by_day <= by_night:
            evidence = {"high": said(by_day), "low": said(by_night)}
            found.append(_hint("daily_shape", shape.species, judged, evidence, place))
    return found


def mostly_below(samples: Samples, mdl: FloatArray, rule: VocChecks, place: int = 0) -> list[Suspicion]:
    """Find species that the instrument hardly ever sees (检出率).

    Parameters
    ----------
    samples : Samples
        Hours of a month of one site. [nmol mol-1]
    mdl : array, shape (hours, species)
        Detection limits, NaN where unknown: those hours are not judged. [nmol mol-1]
    rule : VocChecks
        Share from which a species is doubtful as a whole.
    place : int
        Number of the site, handed through.
    """
    found = []
    for column, species in enumerate(samples.species):
        values, limit = samples.values[:, column], mdl[:, column]
        judged = np.isfinite(values) & np.isfinite(limit)
        if judged.sum() < rule.least_hours:
            continue
        share = float((values[judged] < limit[judged]).mean())
        if share > float(rule.below_share):
            evidence = {"share": said(share), "limit": said(float(np.median(limit[judged])))}
            found.append(_hint("mostly_below_limit", species.key, judged, evidence, place))
    return found


def below_background(samples: Samples, rule: VocChecks, place: int = 0) -> list[Suspicion]:
    """Find long-lived gases at less than there is everywhere: a leak of zero air, a bad calibration (背景值).

    Parameters
    ----------
    samples : Samples
        Hours of a month of one site. [nmol mol-1]
    rule : VocChecks
        Background of each gas.
    place : int
        Number of the site, handed through.
    """
    found = []
    for key, background in rule.gas_background.items():
        values = samples.of(key)
        judged = np.isfinite(values)
        if judged.sum() < rule.least_hours:
            continue
        usual = float(np.median(values[judged]))
        if usual < float(background):
            evidence = {"median": said(usual), "background": float(background)}
            found.append(_hint("below_background", key, judged, evidence, place))
    return found


def _hint(
    code: str, channel: str, judged: Mask, evidence: Mapping[str, str | float | None], place: int
) -> Suspicion:
    hours = np.flatnonzero(judged)
    return Suspicion(code, place, channel, int(hours[0]), int(hours[-1]), {**evidence, "hours": len(hours)})


def _within(hour: IntArray, bounds: tuple[int, int]) -> NDArray[np.bool_]:
    first, last = bounds
    inside = (hour >= first) & (hour <= last)
    return inside if first <= last else (hour >= first) | (hour <= last)


def _correlation(one: FloatArray, other: FloatArray) -> float:
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])
