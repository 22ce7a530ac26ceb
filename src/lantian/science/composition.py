"""Can this air be made up like that: ions, mass, carbon; and what is a mixing ratio in mass (组分)?

Every check gives stretches of samples that a person should look at, with the figures; nothing is changed. A sample
is a row of the arrays, a species a column.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.quality_records import CompositionChecks
from lantian.rules.species_records import Species
from lantian.science.quality.runs import Evidence, Mask, Suspicion, said, stretches
from lantian.science.states import State
from lantian.terms.types import FloatArray

MOLAR_GAS_CONSTANT = 8.314462618
"""Exact since the SI of 2019, to the digits given. [J mol-1 K-1]"""
AVOGADRO = 6.02214076e23
"""Exact since the SI of 2019. [mol-1]"""
_DIGITS = 12
"""Significant digits of a converted value: takes the dust of binary fractions away."""
_MASSES = frozenset({"pm_ion", "pm_carbon", "pm_element"})


def micrograms_per_ppb(molar_mass: float, state: State) -> float:
    """Mass of one nmol/mol of a gas in a cubic metre at a state (体积混合比与质量浓度换算系数).

    Parameters
    ----------
    molar_mass : float
        [g mol-1]
    state : State
        [K, hPa]

    Returns
    -------
    float
        [ug m-3 ppb-1]

    References
    ----------
    Ideal gas law.

    Examples
    --------
    >>> round(micrograms_per_ppb(92.14, State(298.15, 1013.25)), 4)  # toluene
    3.7661
    """
    return molar_mass * state.pressure * 0.1 / (MOLAR_GAS_CONSTANT * state.temperature)


def without_dust(values: FloatArray) -> FloatArray:
    """Round to twelve significant digits, so that 0.35 ng is 0.00035 µg and nothing beside it.

    Parameters
    ----------
    values : array
        NaN stays NaN.

    Returns
    -------
    array
        As for `values`.

    Examples
    --------
    >>> without_dust(np.array([0.3 * 0.001, np.nan]))
    array([0.0003,    nan])
    """
    kept = np.array(values, dtype=np.float64)
    there = np.isfinite(kept)
    kept[there] = [float(f"{value:.{_DIGITS}g}") for value in kept[there].tolist()]
    return kept


@dataclass(frozen=True, slots=True)
class Samples:
    """Samples of one site, in the order of time."""

    species: tuple[Species, ...]
    """What each column is; each species once."""
    values: FloatArray
    """Shape (n_samples, n_species), NaN where missing; particles in µg/m³. [unit of the species' kind]"""

    def of(self, key: str) -> FloatArray:
        """Return the column of a species, NaN throughout where it is not measured."""
        for place, row in enumerate(self.species):
            if row.key == key:
                return np.asarray(self.values[:, place])
        return np.full(self.values.shape[0], np.nan)


def equivalents(samples: Samples, sign: int) -> FloatArray:
    """Charge of all cations (sign 1) or anions (−1) that were measured in each sample (离子当量浓度).

    Parameters
    ----------
    samples : Samples
        Of one site.
    sign : int
        1 or −1.

    Returns
    -------
    array, shape (n_samples,)
        0 where none was measured. [ueq m-3]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().by_id("species-2013")
    >>> ions = Samples((rule.by_key["so4"], rule.by_key["nh4"]), np.array([[9.606, 3.6078]]))
    >>> equivalents(ions, -1).round(6), equivalents(ions, 1).round(6)
    (array([0.2]), array([0.2]))
    """
    total = np.zeros(samples.values.shape[0])
    for place, row in enumerate(samples.species):
        if row.charge is not None and row.charge * sign > 0 and row.molar_mass is not None:
            total += np.nan_to_num(samples.values[:, place]) * abs(row.charge) / float(row.molar_mass)
    return total


def ion_imbalance(samples: Samples, rule: CompositionChecks, place: int = 0) -> list[Suspicion]:
    """Find samples whose cations and anions do not balance (阴阳离子平衡).

    A sample without one of the ions that are needed, or with too few ions altogether, is not judged.

    Parameters
    ----------
    samples : Samples
        Of one site.
    rule : CompositionChecks
        Thresholds.
    place : int
        Number of the site, handed through.
    """
    cations, anions = equivalents(samples, 1), equivalents(samples, -1)
    there = np.all([np.isfinite(samples.of(key)) for key in rule.ions_needed], axis=0)
    judged = there & (cations + anions >= float(rule.ions_least))
    low, high = (float(bound) for bound in rule.ion_ratio)
    doubtful = judged & ((cations < low * anions) | (cations > high * anions))

    def evidence(here: Mask) -> Evidence:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = cations[here] / anions[here]
        return {
            "ratio": said(float(np.median(ratio))),
            "cations": said(float(cations[here].mean())),
            "anions": said(float(anions[here].mean())),
            "low": low,
            "high": high,
        }

    return _found("ion_imbalance", "", judged, doubtful, evidence, place)


def mass_excess(samples: Samples, mass: FloatArray, rule: CompositionChecks, place: int = 0) -> list[Suspicion]:
    """Find samples whose species together weigh more than the particles that they are part of (质量重构).

    Species are summed as they were measured: hydrogen and oxygen of organic matter and of dust are not added, so
    that a true sum stays below the mass. What lies within another species that is there counts once.

    Parameters
    ----------
    samples : Samples
        Of one site, in µg/m³.
    mass : array, shape (n_samples,)
        Mass of the fine particles. [ug m-3]
    rule : CompositionChecks
        Thresholds.
    place : int
        Number of the site, handed through.
    """
    total = particle_sum(samples)
    judged = np.isfinite(mass) & np.isfinite(total)
    bound = mass * (1 + float(rule.mass_share)) + float(rule.mass_margin)
    doubtful = judged & (total > bound)

    def evidence(here: Mask) -> Evidence:
        return {"sum": said(float(total[here].mean())), "mass": said(float(mass[here].mean()))}

    return _found("sum_above_mass", "", judged, doubtful, evidence, place)


def particle_sum(samples: Samples) -> FloatArray:
    """Sum of ions, carbon and elements of each sample, nothing counted twice; NaN where nothing was measured.

    Parameters
    ----------
    samples : Samples
        Of one site, in µg/m³.

    Returns
    -------
    array, shape (n_samples,)
        [ug m-3]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().by_id("species-2013")
    >>> both = tuple(rule.by_key[key] for key in ("so4", "el_s"))
    >>> particle_sum(Samples(both, np.array([[9.0, 3.0], [np.nan, 3.0]])))  # sulphur lies in sulphate
    array([9., 3.])
    """
    columns = {row.key: samples.values[:, place] for place, row in enumerate(samples.species)}
    parts = []
    for row in samples.species:
        if row.kind not in _MASSES:
            continue
        column = columns[row.key]
        for key in row.within:
            if key in columns:
                column = np.where(np.isfinite(columns[key]), np.nan, column)
        parts.append(column)
    if not parts:
        return np.full(samples.values.shape[0], np.nan)
    stacked = np.stack(parts)
    return np.where(np.isfinite(stacked).any(axis=0), np.nansum(stacked, axis=0), np.nan)


def carbon_imbalance(samples: Samples, rule: CompositionChecks, place: int = 0) -> list[Suspicion]:
    """Find samples whose organic carbon is oddly little or much beside elemental carbon (OC/EC比值).

    Parameters
    ----------
    samples : Samples
        Of one site, in µg/m³.
    rule : CompositionChecks
        Thresholds.
    place : int
        Number of the site, handed through.
    """
    organic, elemental = samples.of("oc"), samples.of("ec")
    judged = np.isfinite(organic) & np.isfinite(elemental) & (elemental >= float(rule.carbon_least))
    low, high = (float(bound) for bound in rule.carbon_ratio)
    doubtful = judged & ((organic < low * elemental) | (organic > high * elemental))

    def evidence(here: Mask) -> Evidence:
        ratio = organic[here] / elemental[here]
        return {"ratio": said(float(np.median(ratio))), "low": low, "high": high}

    return _found("carbon_ratio", "oc", judged, doubtful, evidence, place)


def deep_negatives(
    species: Sequence[Species],
    values: FloatArray,
    mdl: FloatArray,
    uncertainty: FloatArray,
    rule: CompositionChecks,
    place: int = 0,
) -> list[Suspicion]:
    """Find values too far below zero for noise; without limit and uncertainty nothing is judged (负值).

    Parameters
    ----------
    species : sequence of Species
        What each column is.
    values, mdl, uncertainty : array, shape (n_samples, n_species)
        Value, detection limit and uncertainty, NaN where unknown. [unit of the species' kind]
    rule : CompositionChecks
        Thresholds.
    place : int
        Number of the site, handed through.
    """
    by_limit = -float(rule.negative_limits) * mdl
    bound = np.where(np.isfinite(mdl), by_limit, -float(rule.negative_uncertainties) * uncertainty)
    judged = np.isfinite(values) & np.isfinite(bound)
    doubtful = judged & (values < bound) & (values < 0)
    found: list[Suspicion] = []
    for column, row in enumerate(species):

        def evidence(here: Mask, column: int = column) -> Evidence:
            worst = np.argmin(np.where(here, values[:, column], np.inf))
            return {"value": said(float(values[worst, column])), "bound": said(float(bound[worst, column]))}

        found += _found("below_zero", row.key, judged[:, column], doubtful[:, column], evidence, place)
    return found


def _found(
    code: str, channel: str, judged: Mask, doubtful: Mask, evidence: Callable[[Mask], Evidence], place: int
) -> list[Suspicion]:
    """Make one hint of every run of doubtful samples; samples that could not be judged do not part a run."""
    samples = np.flatnonzero(judged)
    found = []
    for _, first, last in stretches(doubtful[samples][None, :]):
        mine = samples[first : last + 1]
        here = np.zeros(judged.shape, dtype=np.bool_)
        here[mine] = True
        figures: Evidence = {**evidence(here), "samples": len(mine)}
        found.append(Suspicion(code, place, channel, int(mine[0]), int(mine[-1]), figures))
    return found
