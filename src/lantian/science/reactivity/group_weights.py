"""How much ozone does a gram of a reactivity group make (活性组分平均反应活性)?

Profiles of sources say groups, reactivities are those of species; between both stands this mean with an interval.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lantian.rules.inventory_records import VOC_GROUPS
from lantian.rules.species_records import SpeciesRule
from lantian.science.reactivity.coefficients import Coefficients, Scale
from lantian.terms.types import FloatArray


@dataclass(frozen=True, slots=True)
class GroupWeight:
    """Reactivity of a group. [g O3/g VOC]"""

    mean: float
    low: float
    high: float
    measured: int
    """Species that were measured and weigh in it; 0: all that the rule has, alike."""


def group_weights(
    rule: SpeciesRule, scale: Scale, mass: Mapping[str, float], spread: tuple[float, float]
) -> dict[str, GroupWeight]:
    """Mean reactivity of each group, weighted by the mass that was measured of its species.

    Parameters
    ----------
    rule : SpeciesRule
        Reactivities.
    scale : Scale
        Which.
    mass : mapping of str to float
        Key of a species → mean mass that was measured; a group of which nothing was, takes all its species of the
        rule alike. [ug m-3]
    spread : (float, float)
        Shares of the mass between which the interval lies. [1]

    Returns
    -------
    dict
        In the order of the groups. What has no published reactivity is left out of it. [g O3/g VOC]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> species = Rulebook.packaged().by_id("species-2013")
    >>> found = group_weights(species, Scale.CARTER, {"toluene": 3.0, "benzene": 1.0}, (0.25, 0.75))["aromatics"]
    >>> found.mean, found.low, found.high, found.measured
    (3.18, 0.72, 4.0, 2)
    """
    keys = [row.key for row in rule.species if row.kind == "voc" and not row.parts]
    every = Coefficients.of(keys, rule, scale)
    seen = Coefficients.of(list(mass), rule, scale)
    weights = {}
    for group in VOC_GROUPS:
        here = np.array([name == group for name in seen.groups], dtype=np.bool_) & np.isfinite(seen.mir)
        grams = np.array([max(value, 0.0) for value in mass.values()])
        if here.any() and grams[here].sum() > 0:
            weights[group] = _weight(seen.mir[here], grams[here], spread, int(here.sum()))
            continue
        all_of_it = np.array([name == group for name in every.groups]) & np.isfinite(every.mir)
        weights[group] = _weight(every.mir[all_of_it], np.ones(int(all_of_it.sum())), spread, 0)
    return weights


def _weight(mir: FloatArray, grams: FloatArray, spread: tuple[float, float], measured: int) -> GroupWeight:
    """Mean and quantiles by mass; a group without any reactivity makes no ozone that is known."""
    if len(mir) == 0:
        return GroupWeight(0.0, 0.0, 0.0, 0)
    order = np.argsort(mir)
    share = np.cumsum(grams[order]) / grams.sum()
    places = np.minimum(np.searchsorted(share, np.array(spread)), len(mir) - 1)
    low, high = (float(value) for value in mir[order][places])
    mean = float(np.average(mir, weights=grams))
    return GroupWeight(mean, min(low, mean), max(high, mean), measured)
