"""What enters a factor analysis: missing and low values, strong and weak species, the total (数据准备)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.receptor_records import PmfConventions
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Category = Literal["strong", "weak", "bad"]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Measured:
    """Samples of one site as they were measured, in the order of time."""

    species: tuple[str, ...]
    """What each column is; each once."""
    values: FloatArray
    """Shape (n_samples, n_species), NaN where missing. [unit of the species]"""
    uncertainty: FloatArray
    """As `values`; one standard deviation. [unit of the species]"""
    times: NDArray[np.datetime64] | None = None
    """Start of each sample, shape (n_samples,)."""

    def __post_init__(self) -> None:
        shape = (self.values.shape[0], len(self.species))
        if self.values.shape != shape or self.uncertainty.shape != shape:
            raise CallerError(
                "values have the shape {values}, uncertainties {uncertainty}, and there are {species} species: "
                "give both tables the same samples and species",
                values=self.values.shape,
                uncertainty=self.uncertainty.shape,
                species=len(self.species),
            )
        if len(set(self.species)) < len(self.species):
            twice = sorted({name for name in self.species if self.species.count(name) > 1})
            raise CallerError("species stand twice: {twice}; give each column a name of its own", twice=twice)
        wrong = np.isfinite(self.values) & ~(np.isfinite(self.uncertainty) & (self.uncertainty > 0))
        if wrong.any():
            row, column = (int(place) for place in np.argwhere(wrong)[0])
            raise CallerError(
                "{count} values have no uncertainty above zero, the first is sample {row} of {species}: a value "
                "without uncertainty would decide the whole result; give one or take the value out",
                count=int(wrong.sum()),
                row=row + 1,
                species=self.species[column],
            )


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decides about the species."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    """Species → strong, weak or bad; the others are strong."""
    total: str | None = None
    """Species that is the mass of all; weak unless it is said otherwise."""
    extra: float = 0.0
    """Uncertainty of the model itself, as a share of each value. [1]"""

    def of(self, species: str) -> Category:
        """Return the category of a species."""
        return self.categories.get(species, "weak" if species == self.total else "strong")


@dataclass(frozen=True, slots=True)
class Dataset:
    """Samples ready for a factor analysis: no gaps, no bad species."""

    species: tuple[str, ...]
    values: FloatArray
    """Shape (n_samples, n_species). [unit of the species]"""
    uncertainty: FloatArray
    """With everything that was decided. [unit of the species]"""
    weak: BoolArray
    """Shape (n_species,)."""
    replaced: BoolArray
    """Where a value was missing, shape as `values`."""
    total: int | None = None
    """Column of the mass of all."""
    times: NDArray[np.datetime64] | None = None

    @property
    def weights(self) -> FloatArray:
        """Reciprocal squared uncertainties."""
        return np.asarray(self.uncertainty**-2.0)

    @property
    def size(self) -> tuple[int, int]:
        """Samples and species."""
        return self.values.shape[0], self.values.shape[1]

    def rows(self, keep: BoolArray | slice) -> "Dataset":
        """Return some of the samples."""
        times = None if self.times is None else self.times[keep]
        return Dataset(
            self.species,
            self.values[keep],
            self.uncertainty[keep],
            self.weak,
            self.replaced[keep],
            self.total,
            times,
        )


def signal_to_noise(values: FloatArray, uncertainty: FloatArray) -> FloatArray:
    """How far the values of each species stand above their uncertainty (信噪比).

    Parameters
    ----------
    values, uncertainty : array, shape (n_samples, n_species)
        NaN where missing. [unit of the species]

    Returns
    -------
    array, shape (n_species,)
        Mean of (value − uncertainty) / uncertainty, a value below its uncertainty counting 0. [1]

    References
    ----------
    EPA PMF 5.0 user guide, input data: the formula of version 5.

    Examples
    --------
    >>> signal_to_noise(np.array([[3.0], [1.0], [np.nan]]), np.array([[1.0], [2.0], [1.0]]))
    array([1.])
    """
    there = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        above = np.where(there & (values > uncertainty), (values - uncertainty) / uncertainty, 0.0)
        return np.asarray(above.sum(axis=0) / np.where(there.any(axis=0), there.sum(axis=0), np.nan))


def suggested(measured: Measured, rule: PmfConventions) -> dict[str, Category]:
    """Say by the signal-to-noise ratio which species should be weak or bad; a person decides.

    Parameters
    ----------
    measured : Measured
        Samples.
    rule : PmfConventions
        Thresholds.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().by_id("receptor-models-epa").pmf
    >>> both = Measured(("el_v", "so4"), np.array([[1.0, 9.0], [1.2, 8.0]]), np.ones((2, 2)))
    >>> suggested(both, rule)
    {'el_v': 'bad', 'so4': 'strong'}
    """
    found: dict[str, Category] = {}
    ratios = signal_to_noise(measured.values, measured.uncertainty)
    for name, ratio in zip(measured.species, ratios.tolist(), strict=True):
        if not ratio >= float(rule.bad_below):  # NaN, no value at all, is bad too
            found[name] = "bad"
        else:
            found[name] = "weak" if ratio < float(rule.weak_below) else "strong"
    return found


def from_limits(
    values: FloatArray, limits: FloatArray, error_share: FloatArray, rule: PmfConventions
) -> tuple[FloatArray, FloatArray]:
    """Make uncertainties from detection limits, and replace what lies below them (低于检出限).

    Parameters
    ----------
    values : array, shape (n_samples, n_species)
        NaN where missing. [unit of the species]
    limits : array, broadcast to `values`
        Detection limits. [unit of the species]
    error_share : array, broadcast to `values`
        Error of a value as its share. [1]
    rule : PmfConventions
        Shares of the limit.

    Returns
    -------
    values, uncertainty : array, shape (n_samples, n_species)
        [unit of the species]

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().by_id("receptor-models-epa").pmf
    >>> values, spread = from_limits(np.array([[0.2], [4.0]]), np.array([0.6]), np.array([0.1]), rule)
    >>> values.tolist(), spread.tolist()
    ([[0.3], [4.0]], [[0.5], [0.5]])
    """
    limit = np.broadcast_to(limits, values.shape)
    above, below = (float(part) for part in rule.below_uncertainty)
    with np.errstate(invalid="ignore"):
        low = values <= limit
        known = np.hypot(error_share * values, float(rule.limit_share) * limit)
    kept = np.where(low, float(rule.below_value) * limit, values)
    return kept, np.where(low, limit * above / below, np.where(np.isfinite(values), known, np.nan))


def prepare(measured: Measured, rule: PmfConventions, choices: Choices | None = None) -> Dataset:
    """Fill gaps, take bad species out, weigh weak ones down (数据预处理).

    A missing value becomes the species' median with a large uncertainty, so that it says almost nothing and every
    sample can stay. Samples without any value of the species that stay are taken out.

    Parameters
    ----------
    measured : Measured
        As it was measured.
    rule : PmfConventions
        Conventions.
    choices : Choices or None
        What a person decided; by default every species is strong.

    Raises
    ------
    CallerError
        For a species that is not there or has no value, and where fewer than two species are left.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().by_id("receptor-models-epa").pmf
    >>> given = Measured(("oc", "ec"), np.array([[4.0, 1.0], [np.nan, 2.0], [6.0, 3.0]]), np.full((3, 2), 0.5))
    >>> ready = prepare(given, rule, Choices({"ec": "weak"}))
    >>> ready.values[1], ready.uncertainty[1]
    (array([5., 2.]), array([20. ,  1.5]))
    """
    asked = choices or Choices()
    categories = _categories(measured.species, asked)
    kept = [place for place, name in enumerate(measured.species) if categories[name] != "bad"]
    if len(kept) < 2:
        raise CallerError(
            "{count} species are left, and factors need two at least; make fewer of them bad", count=len(kept)
        )
    values, spread = measured.values[:, kept], measured.uncertainty[:, kept]
    there = np.isfinite(values)
    empty = [measured.species[kept[place]] for place in np.flatnonzero(~there.any(axis=0))]
    if empty:
        raise CallerError("{empty} have no value at all; make them bad", empty=", ".join(empty))
    some = there.any(axis=1)
    values, spread, there = values[some], spread[some], there[some]
    median = np.nanmedian(values, axis=0)
    full = np.where(there, values, median)
    unsure = np.where(there, spread, float(rule.missing_factor) * np.where(median > 0, median, _least(spread)))
    weak = np.array([categories[measured.species[place]] == "weak" for place in kept])
    unsure = np.hypot(np.where(weak, unsure * float(rule.weak_factor), unsure), asked.extra * full)
    species = tuple(measured.species[place] for place in kept)
    total = species.index(asked.total) if asked.total in species else None
    times = None if measured.times is None else measured.times[some]
    return Dataset(species, full, unsure, weak, ~there, total, times)


def _least(spread: FloatArray) -> FloatArray:
    """Largest uncertainty of each species: what stands for a median of nought."""
    return np.asarray(np.nanmax(spread, axis=0))


def _categories(species: Sequence[str], asked: Choices) -> dict[str, Category]:
    """Category of every species."""
    named = {*asked.categories, *([asked.total] if asked.total is not None else [])}
    if strange := sorted(named - set(species)):
        raise CallerError(
            "{strange} is no species of the data; it has {species}",
            strange=", ".join(strange),
            species=", ".join(species),
        )
    if asked.extra < 0:
        raise CallerError(
            "an extra uncertainty of {extra} is below zero; give a share such as 0.05", extra=asked.extra
        )
    return {name: asked.of(name) for name in species}
