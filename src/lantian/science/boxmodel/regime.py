"""Which precursor limits ozone, and what does less of each bring (臭氧生成敏感性)?"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from lantian.rules.species_records import SpeciesRule
from lantian.rules.voc_records import OzoneChemistry, RegimeRule
from lantian.science.boxmodel.budget import Budget, budget
from lantian.science.boxmodel.day import Day
from lantian.science.boxmodel.mechanism import lumps
from lantian.science.boxmodel.running import run
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray


class Regime(StrEnum):
    """By which precursor ozone is limited (控制区)."""

    VOC = "voc"
    """Less VOC brings less ozone, less NOx little or more (VOCs控制区)."""
    TRANSITION = "transition"
    """Less of either brings less (协同控制区)."""
    NOX = "nox"
    """Less NOx brings less ozone (NOx控制区)."""


Cut = Mapping[str, FloatArray]
"""Species of the mechanism → share of it that a cut would take away altogether, shape (hours,). [1]"""


@dataclass(frozen=True, slots=True)
class Reactivities:
    """Relative incremental reactivities of one day (相对增量反应活性)."""

    by_cut: dict[str, float]
    """Group or species → relative change of ozone production over relative change of it. [1]"""
    ozone_production: float
    """Net chemical production over the daylight hours. [nmol mol-1]"""
    nitrogen_share: float
    """L_N/Q over the daylight hours. [1]"""

    def regime(self, rule: RegimeRule) -> Regime:
        """Regime by the ratio of the reactivities of all VOC and of NOx; both must be among the cuts."""
        voc, nox = self.by_cut["voc"], self.by_cut["nox"]
        low, high = (float(bound) for bound in rule.incremental_ratio)
        if nox <= 0 or voc / nox > high:
            return Regime.VOC
        return Regime.NOX if voc / nox < low else Regime.TRANSITION

    def regime_of_radicals(self, rule: RegimeRule) -> Regime:
        """Regime by L_N/Q."""
        low, high = (float(bound) for bound in rule.loss_share)
        if self.nitrogen_share > high:
            return Regime.VOC
        return Regime.NOX if self.nitrogen_share < low else Regime.TRANSITION


def cuts_of_groups(day: Day, rule: RegimeRule) -> dict[str, Cut]:
    """All of each group that was measured, and all VOC that a city can cut as `voc` (分组).

    Parameters
    ----------
    day : Day
        What was measured and is held.
    rule : RegimeRule
        Groups.

    Returns
    -------
    dict
        Group → cut; groups of which nothing was measured are not there.
    """
    whole = np.ones(day.hours)
    groups = {**rule.groups, "voc": rule.voc}
    found: dict[str, Cut] = {
        key: {name: whole for name in names if name in day.held} for key, names in groups.items()
    }
    return {key: cut for key, cut in found.items() if cut}


def cuts_of_species(
    mixing: Mapping[str, FloatArray], species_rule: SpeciesRule, chemistry: OzoneChemistry, day: Day
) -> dict[str, Cut]:
    """Of each measured species, what it is of the mechanism's species hour by hour (单个组分).

    Parameters
    ----------
    mixing : mapping of str to array, shape (hours,)
        Key of a measured species → mixing ratio. [nmol mol-1]
    species_rule : SpeciesRule
        Lumping of each.
    chemistry : OzoneChemistry
        The mechanism.
    day : Day
        What the mechanism's species sum to.

    Returns
    -------
    dict
        Key of the species → cut; species that the mechanism has no word for are not there.
    """
    found: dict[str, Cut] = {}
    for key, values in mixing.items():
        cut = {}
        for name, count in lumps(species_rule.by_key[key], species_rule, chemistry).items():
            if name in day.held:
                total = day.mixing[name]
                cut[name] = np.divide(count * values, total, out=np.zeros(day.hours), where=total > 0)
        if cut:
            found[key] = cut
    return found


def reactivities(
    day: Day, chemistry: OzoneChemistry, cuts: Mapping[str, Cut] | None = None, *, days_before: int = 0
) -> Reactivities:
    """Tell what a small cut of each group or species brings for the making of ozone (相对增量反应活性RIR).

    Parameters
    ----------
    day : Day
        Observations; precursors must be held. Ozone is held too where it was measured.
    chemistry : OzoneChemistry
        Mechanism and settings.
    cuts : mapping of str to Cut, optional
        What is cut; by default the groups of the rule.
    days_before : int
        How often the day is gone through first.

    Returns
    -------
    Reactivities
        A positive one: less of it makes less ozone. [1]

    Raises
    ------
    CallerError
        If the day has no hour with enough sun, or makes no ozone at all.

    References
    ----------
    Cardelino and Chameides 1995, J. Air Waste Manage. Assoc. 45, 161-180.
    """
    cuts = cuts_of_groups(day, chemistry.regime) if cuts is None else cuts
    step = float(chemistry.regime.step)
    touched = {name for cut in cuts.values() for name in cut}
    shares = {name: np.ones((day.hours, len(cuts) + 1)) for name in sorted(touched)}
    for box, cut in enumerate(cuts.values(), start=1):
        for name, share in cut.items():
            shares[name][:, box] -= step * share
    found = budget(run(day, chemistry, shares, days_before=days_before))
    light = day.elevations(1)[:, 0] > float(chemistry.regime.daylight)
    production = found.net_ozone[light].sum(axis=0)
    if not light.any() or production[0] <= 0:
        raise CallerError(
            "over {hours} hours of sun the net production of ozone is {made} ppb; a reactivity relative to it has "
            "no meaning: choose a day that makes ozone",
            hours=int(light.sum()),
            made=float(f"{production[0]:.3g}"),
        )
    change = (1 - production[1:] / production[0]) / step
    by_cut = dict(zip(cuts, change.tolist(), strict=True))
    return Reactivities(by_cut, float(production[0]), _share(found, light))


def _share(found: Budget, light: NDArray[np.bool_]) -> float:
    nitrogen = found.radicals_lost_to_nitrogen[light, 0].sum()
    return float(nitrogen / (nitrogen + found.radicals_lost_otherwise[light, 0].sum()))
