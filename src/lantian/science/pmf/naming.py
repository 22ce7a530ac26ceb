"""What could a factor be: tracers it holds, library profiles it resembles (因子识别)?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.receptor_records import SampleKind, SourceKind, SourceProfileRule
from lantian.rules.species_records import SpeciesRule
from lantian.science.pmf.fitting import Fit
from lantian.terms.types import FloatArray

_TRACER_SHARE = 0.7
"""Weight of the tracers in a score, beside the likeness of the profile."""
_LEAST_COMMON = 4
"""Species in common from which two profiles are compared."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two profiles are."""

    pearson_distance: float
    """1 − r². [1]"""
    identity_distance: float
    """Standardised identity distance. [1]"""
    common: int
    """Species that both have."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a factor could be."""

    factor: int
    """From 0."""
    kind: str
    name: str
    name_zh: str
    score: float
    """From 0 to 1; for ordering, no probability. [1]"""
    tracers: Mapping[str, float]
    """Tracer that was measured → share of it that the factor explains. [1]"""
    missing: tuple[str, ...]
    """Tracers that were not measured."""
    likeness: Likeness | None
    """With the library's profile, where there is one and enough species are common."""
    confident: bool
    """Whether the score reaches the rule's threshold."""


def likeness(shares: FloatArray, others: FloatArray) -> Likeness:
    """Compare two profiles as shares of mass (源谱相似度).

    Parameters
    ----------
    shares, others : array, shape (n_species,)
        NaN where a species is not in a profile. [1]

    References
    ----------
    Pernigotti and Belis 2018 (DeltaSA tool), Belis et al. 2015 (Atmos. Environ. 119:73): a distance of identity
    of at most 1 and one of Pearson of at most 0.4 count as alike.

    Examples
    --------
    >>> likeness(np.array([0.5, 0.3, 0.1, np.nan]), np.array([0.5, 0.3, 0.1, 0.1]))
    Likeness(pearson_distance=0.0, identity_distance=0.0, common=3)
    """
    both = np.isfinite(shares) & np.isfinite(others) & (shares + others > 0)
    one, two = shares[both], others[both]
    if len(one) < 2:
        return Likeness(1.0, float("inf"), len(one))
    flat = one.std() == 0 or two.std() == 0
    distance = 1.0 if flat else 1.0 - float(np.corrcoef(one, two)[0, 1]) ** 2
    identity = float(np.sqrt(2) / len(one) * (np.abs(one - two) / (one + two)).sum())
    return Likeness(round(max(distance, 0.0), 12), identity, len(one))


def suggest_names(
    fit: Fit,
    library: SourceProfileRule,
    species: SpeciesRule,
    *,
    kind: SampleKind | None = None,
    most: int = 3,
) -> tuple[tuple[Suggestion, ...], ...]:
    """Suggest what each factor could be, best first; a person decides (污染源识别建议).

    The score is the mean share of the measured tracers that the factor explains, less the share of species that
    speak against it, and a little for a profile that resembles the library's; less where tracers are missing.

    Parameters
    ----------
    fit : Fit
        From a base run.
    library : SourceProfileRule
        Tracers and profiles.
    species : SpeciesRule
        What the headings mean.
    kind : str or None
        Particles or vapours; by default what most of the species are.
    most : int
        Suggestions for each factor.
    """
    keys = [_key(name, species) for name in fit.data.species]
    sort = kind or _sort(keys, species)
    columns = {key: place for place, key in enumerate(keys) if key is not None and place != fit.data.total}
    shares = fit.species_shares
    mass = fit.mass.mean(axis=0)
    found = []
    for factor in range(fit.factors):
        per_mass = fit.profiles[factor] / mass[factor] if mass[factor] > 0 else np.zeros(len(keys))
        rows = [
            _suggestion(factor, row, columns, shares[factor], per_mass, library)
            for row in library.kinds
            if row.kind == sort and any(key in columns for key in row.tracers)
        ]
        rows.sort(key=lambda one: (-one.score, one.kind))
        found.append(tuple(rows[:most]))
    return tuple(found)


def _key(name: str, species: SpeciesRule) -> str | None:
    row = species.named(name)
    return None if row is None else row.key


def _sort(keys: Sequence[str | None], species: SpeciesRule) -> SampleKind:
    vapours = sum(key is not None and species.by_key[key].kind in ("voc", "gas") for key in keys)
    return "vapours" if 2 * vapours > len(keys) else "particles"


def _suggestion(
    factor: int,
    row: SourceKind,
    columns: Mapping[str, int],
    shares: FloatArray,
    per_mass: FloatArray,
    library: SourceProfileRule,
) -> Suggestion:
    tracers = {key: float(shares[columns[key]]) for key in row.tracers if key in columns}
    against = [float(shares[columns[key]]) for key in row.without if key in columns]
    told = float(np.mean(list(tracers.values())) * np.sqrt(len(tracers) / len(row.tracers)))
    score = told - (0.5 * float(np.mean(against)) if against else 0.0)
    alike = None
    profile = library.by_kind.get(row.key)
    if profile is not None:
        theirs = np.full(len(shares), np.nan)
        for key, share in profile.items():
            if key in columns:
                theirs[columns[key]] = float(share.share)
        alike = likeness(per_mass, theirs)
        if alike.common < _LEAST_COMMON:
            alike = None
    if alike is not None:
        near = 1.0 - alike.pearson_distance
        score = _TRACER_SHARE * score + (1 - _TRACER_SHARE) * near
    score = max(score, 0.0)
    missing = tuple(key for key in row.tracers if key not in columns)
    return Suggestion(
        factor, row.key, row.name, row.name_zh, score, tracers, missing, alike, score >= float(library.named_from)
    )
