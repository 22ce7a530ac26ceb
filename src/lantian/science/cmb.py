"""Which known sources make up a sample: chemical mass balance with effective variance (化学质量平衡, CMB).

Every sample is a weighted least-squares fit of its own; all are solved together. The diagnostics are those of
EPA-CMB 8.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lantian.rules.receptor_records import CmbTargets, SourceProfileRule
from lantian.science.pmf.data import BoolArray
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_ROUNDS = 50
_STILL = 1e-8
"""Largest change of a contribution, relative to all, at which the effective variance counts as found."""


@dataclass(frozen=True, slots=True)
class SourceProfiles:
    """Profiles of the sources that may be there."""

    sources: tuple[str, ...]
    species: tuple[str, ...]
    shares: FloatArray
    """Shape (n_sources, n_species). [1]"""
    spread: FloatArray
    """Standard deviations of the shares, as `shares`. [1]"""

    @classmethod
    def of(cls, library: SourceProfileRule, sources: Sequence[str], species: Sequence[str]) -> "SourceProfiles":
        """Take profiles out of a library; a species that a profile does not name is absent, with a small spread.

        Parameters
        ----------
        library : SourceProfileRule
            Of profiles.
        sources, species : sequence of str
            Keys.
        """
        if strange := sorted(set(sources) - set(library.by_kind)):
            raise CallerError(
                "the library has no profile of {strange}; it has {known}",
                strange=", ".join(strange),
                known=", ".join(library.by_kind),
            )
        shares, spread = np.zeros((len(sources), len(species))), np.full((len(sources), len(species)), 1e-4)
        for row, source in enumerate(sources):
            for column, key in enumerate(species):
                found = library.by_kind[source].get(key)
                if found is not None:
                    shares[row, column], spread[row, column] = float(found.share), float(found.spread)
        return cls(tuple(sources), tuple(species), shares, spread)


@dataclass(frozen=True, slots=True)
class MassBalance:
    """Contributions of sources to samples, and how good the balance is. A row is a sample."""

    profiles: SourceProfiles
    contributions: FloatArray
    """Shape (n_samples, n_sources); NaN where a sample has too few species. [unit of the species]"""
    errors: FloatArray
    """Standard errors, as `contributions`."""
    t: FloatArray
    """Contribution over its standard error. [1]"""
    r2: FloatArray
    """Share of the weighted squares that is explained, shape (n_samples,). [1]"""
    chi2: FloatArray
    """Weighted squares of the residuals for each degree of freedom. [1]"""
    freedom: FloatArray
    """Degrees of freedom."""
    mass_share: FloatArray
    """Explained part of the measured mass; NaN without it. [%]"""
    calculated: FloatArray
    """Shape (n_samples, n_species). [unit of the species]"""
    scaled_residuals: FloatArray
    """Measured less calculated, over the uncertainty of both, as `calculated`. [1]"""
    mpin: FloatArray
    """Normalised modified pseudo-inverse: influence of each species on each source, 1 for the largest; shape
    (n_samples, n_sources, n_species). [1]"""
    used: BoolArray
    """Sources that stayed in, as `contributions`."""
    converged: BoolArray
    """Shape (n_samples,)."""

    def faults(self, rule: CmbTargets, sample: int) -> tuple[str, ...]:
        """Name the targets that a sample misses: r2, chi2, mass, freedom, t, residuals.

        Parameters
        ----------
        rule : CmbTargets
            Targets.
        sample : int
            Place.
        """
        if not np.isfinite(self.chi2[sample]):
            return ("freedom",)
        low, high = (float(bound) for bound in rule.mass)
        share = self.mass_share[sample]
        there = self.used[sample]
        tests = {
            "r2": self.r2[sample] < float(rule.least_r2),
            "chi2": self.chi2[sample] > float(rule.greatest_chi2),
            "mass": bool(np.isfinite(share) and not low <= share <= high),
            "freedom": self.freedom[sample] < rule.least_freedom,
            "t": bool((self.t[sample][there] < float(rule.least_t)).any()),
            "residuals": bool(np.nanmax(np.abs(self.scaled_residuals[sample])) > float(rule.greatest_scaled)),
        }
        return tuple(name for name, failed in tests.items() if failed)


def mass_balance(
    values: FloatArray,
    uncertainty: FloatArray,
    profiles: SourceProfiles,
    *,
    mass: FloatArray | None = None,
    eliminate: bool = True,
) -> MassBalance:
    """Fit known profiles to samples by effective-variance least squares (有效方差最小二乘).

    The variance of a species is that of its measurement and that of all profiles, each times its contribution;
    it is found by going round. A source whose contribution comes out below zero is taken out, the lowest first,
    as EPA-CMB does when it is asked to eliminate sources; otherwise it stays below zero.

    Parameters
    ----------
    values, uncertainty : array, shape (n_samples, n_species)
        In the order of the profiles' species; NaN where a species is missing. [unit of the species]
    profiles : SourceProfiles
        Which sources may be there.
    mass : array, shape (n_samples,), or None
        Measured mass. [unit of the species]
    eliminate : bool
        Whether sources below zero are taken out.

    References
    ----------
    Watson, Cooper and Huntzicker 1984 (Atmos. Environ. 18:1347); EPA-CMB8.2 Users Manual, EPA-452/R-04-011; Kim
    and Henry 1999 (Chemom. Intell. Lab. Syst. 48) for the modified pseudo-inverse.

    Examples
    --------
    >>> salts = SourceProfiles(
    ...     ("sulphate", "nitrate"), ("so4", "no3", "nh4"),
    ...     np.array([[0.727, 0.0, 0.273], [0.0, 0.775, 0.225]]), np.full((2, 3), 0.01),
    ... )
    >>> air = np.array([[10.0, 20.0]]) @ salts.shares
    >>> found = mass_balance(air, 0.05 * air, salts, mass=np.array([30.0]))
    >>> found.contributions.round(6), found.mass_share.round(6)
    (array([[10., 20.]]), array([100.]))
    """
    _check(values, uncertainty, profiles)
    samples = values.shape[0]
    there = np.isfinite(values) & np.isfinite(uncertainty) & (uncertainty > 0)
    seen = np.where(there, values, 0.0)
    used = np.ones((samples, len(profiles.sources)), dtype=np.bool_)
    while True:
        found, covariance, variance, converged = _balanced(seen, uncertainty, there, profiles, used)
        below = np.where(used, found, 0.0)
        out = below.min(axis=1) < 0
        if not eliminate or not out.any():
            break
        used[out, below[out].argmin(axis=1)] = False
    return _told(seen, there, mass, profiles, used, found, covariance, variance, converged)


def _check(values: FloatArray, uncertainty: FloatArray, profiles: SourceProfiles) -> None:
    if values.ndim != 2 or values.shape != uncertainty.shape or values.shape[1] != len(profiles.species):
        raise CallerError(
            "values have the shape {values}, uncertainties {uncertainty}, and the profiles {species} species: "
            "give the same samples and species",
            values=values.shape,
            uncertainty=uncertainty.shape,
            species=len(profiles.species),
        )


def _balanced(
    values: FloatArray, uncertainty: FloatArray, there: BoolArray, profiles: SourceProfiles, used: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray, BoolArray]:
    """Contributions, their covariance, the effective variance, whether it was found."""
    shares = profiles.shares
    measured = np.where(there, uncertainty, 1.0) ** 2
    found = np.zeros(used.shape)
    moved = np.full(len(values), np.inf)
    variance = measured
    covariance = np.zeros((*used.shape, used.shape[1]))
    absent = (~used)[:, :, None] * np.eye(used.shape[1])
    for _ in range(_ROUNDS):
        variance = measured + (found**2) @ profiles.spread**2
        weight = np.where(there, 1.0 / variance, 0.0)
        own = shares[None] * used[:, :, None]
        normal = np.einsum("nj,naj,nbj->nab", weight, own, own) + absent
        covariance = np.linalg.pinv(normal, hermitian=True) * used[:, :, None] * used[:, None, :]
        new = np.einsum("nab,nbj,nj->na", covariance, own, weight * values)
        moved = np.abs(new - found).max(axis=1) / np.maximum(np.abs(new).max(axis=1), 1e-300)
        found = new
        if (moved < _STILL).all():
            break
    return found, covariance, variance, np.asarray(moved < _STILL)


def _told(
    values: FloatArray,
    there: BoolArray,
    mass: FloatArray | None,
    profiles: SourceProfiles,
    used: BoolArray,
    found: FloatArray,
    covariance: FloatArray,
    variance: FloatArray,
    converged: BoolArray,
) -> MassBalance:
    """Tell the diagnostics."""
    weight = np.where(there, 1.0 / variance, 0.0)
    calculated = found @ profiles.shares
    rest = values - calculated
    freedom = (there.sum(axis=1) - used.sum(axis=1)).astype(np.float64)
    known = freedom > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        chi2 = np.where(known, (weight * rest**2).sum(axis=1) / freedom, np.nan)
        r2 = np.where(known, 1 - (weight * rest**2).sum(axis=1) / (weight * values**2).sum(axis=1), np.nan)
        errors = np.sqrt(np.einsum("naa->na", covariance))
        t = np.where(used, found / errors, np.nan)
        share = np.full(len(values), np.nan) if mass is None else 100 * found.sum(axis=1) / mass
        influence = np.einsum(
            "nab,nbj,nj->naj", covariance, profiles.shares[None] * used[:, :, None], np.sqrt(weight)
        )
        largest = np.abs(influence).max(axis=2, keepdims=True)
        mpin = np.where(largest > 0, influence / largest, 0.0)
    contributions = np.where(known[:, None], found, np.nan)
    scaled = np.where(there, rest / np.sqrt(variance), np.nan)
    return MassBalance(
        profiles, contributions, errors, t, r2, chi2, freedom, share, calculated, scaled, mpin, used, converged
    )


def collinear(
    profiles: SourceProfiles, uncertainty: FloatArray, *, closest: float = 0.9
) -> Mapping[tuple[str, str], float]:
    """Pairs of sources that a balance can hardly tell apart: cosine of their weighted profiles (共线性).

    Parameters
    ----------
    profiles : SourceProfiles
        Which sources may be there.
    uncertainty : array, shape (n_species,)
        Typical uncertainty of each species. [unit of the species]
    closest : float
        Least cosine that is told. [1]

    Examples
    --------
    >>> two = SourceProfiles(("a", "b"), ("oc", "ec"), np.array([[0.5, 0.1], [0.5, 0.12]]), np.zeros((2, 2)))
    >>> {pair: round(size, 3) for pair, size in collinear(two, np.ones(2)).items()}
    {('a', 'b'): 0.999}
    """
    scaled = profiles.shares / uncertainty
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    unit = np.divide(scaled, length, out=np.zeros_like(scaled), where=length > 0)
    cosine = unit @ unit.T
    return {
        (one, two): float(cosine[a, b])
        for a, one in enumerate(profiles.sources)
        for b, two in enumerate(profiles.sources)
        if a < b and cosine[a, b] >= closest
    }
