"""What sends, what receives, what may happen on the way, and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary.records import Boundary, Instants
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


class Kind(IntEnum):
    """Shape of a source."""

    POINT = 0
    AREA = 1
    LINE = 2


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """Sources in local metres, one row each (污染源); made by `points`, `areas` and `lines`, joined with `+`."""

    x: FloatArray
    """East of the origin: of a point, of the middle of an area, of the middle of a line. [m]"""
    y: FloatArray
    """North of the origin. [m]"""
    base: FloatArray
    """Ground above the sea. [m]"""
    height: FloatArray
    """Release above the ground. [m]"""
    diameter: FloatArray
    """Of the stack; 0 where nothing rises. [m]"""
    velocity: FloatArray
    """Of the flue gas at the top. [m s-1]"""
    temperature: FloatArray
    """Of the flue gas. [K]"""
    kind: NDArray[np.int8]
    """A `Kind`."""
    span_x: FloatArray
    """Width of an area eastwards; of a line the way east from one end to the other. [m]"""
    span_y: FloatArray
    """The same northwards. [m]"""
    depth: FloatArray
    """Standard deviation of the release height: eddies of traffic, piles, roofs. [m]"""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value.shape != self.x.shape or np.isnan(value).any():
                raise CallerError(
                    "{name} of the sources has {n} values, {missing} of them missing, for {sources} sources: a "
                    "plume needs every one. Complete the sources.",
                    name=field.name,
                    n=value.size,
                    missing=int(np.isnan(value).sum()),
                    sources=self.x.size,
                )
        if np.any(self.height < 0) or np.any(self.depth < 0) or np.any(self.diameter < 0):
            raise CallerError(
                "a source lies below the ground or has a negative width. Mend its heights and widths."
            )

    def __len__(self) -> int:
        return len(self.x)

    def __add__(self, other: "Sources") -> "Sources":
        return Sources(
            *(np.concatenate([getattr(self, field.name), getattr(other, field.name)]) for field in fields(self))
        )

    @classmethod
    def points(
        cls,
        x: FloatArray,
        y: FloatArray,
        height: FloatArray,
        *,
        diameter: FloatArray | float = 0.0,
        velocity: FloatArray | float = 0.0,
        temperature: FloatArray | float = 0.0,
        base: FloatArray | float = 0.0,
        depth: FloatArray | float = 0.0,
    ) -> "Sources":
        """Return stacks and other points; without diameter and velocity nothing rises (点源)."""
        return cls._of(Kind.POINT, x, y, base, height, diameter, velocity, temperature, 0.0, 0.0, depth)

    @classmethod
    def areas(
        cls,
        x: FloatArray,
        y: FloatArray,
        width: FloatArray | float,
        length: FloatArray | float,
        height: FloatArray | float,
        *,
        base: FloatArray | float = 0.0,
        depth: FloatArray | float = 0.0,
    ) -> "Sources":
        """Return rectangles around their middles, `width` eastwards and `length` northwards (面源)."""
        return cls._of(Kind.AREA, x, y, base, height, 0.0, 0.0, 0.0, width, length, depth)

    @classmethod
    def lines(
        cls,
        x: FloatArray,
        y: FloatArray,
        end_x: FloatArray,
        end_y: FloatArray,
        height: FloatArray | float,
        *,
        base: FloatArray | float = 0.0,
        depth: FloatArray | float = 0.0,
    ) -> "Sources":
        """Return straight lines from one end to the other (线源)."""
        across, along = np.asarray(end_x - x), np.asarray(end_y - y)
        middle = (np.asarray(x) + across / 2, np.asarray(y) + along / 2)
        return cls._of(Kind.LINE, *middle, base, height, 0.0, 0.0, 0.0, across, along, depth)

    @classmethod
    def _of(cls, kind: Kind, x: FloatArray, y: FloatArray, *columns: FloatArray | float) -> "Sources":
        full = [
            np.broadcast_to(np.asarray(each, dtype=np.float64), np.shape(x)).copy() for each in (x, y, *columns)
        ]
        left, below, base, height, diameter, velocity, temperature, span_x, span_y, depth = full
        kinds = np.full(np.shape(x), kind, dtype=np.int8)
        return cls(left, below, base, height, diameter, velocity, temperature, kinds, span_x, span_y, depth)


@dataclass(frozen=True, slots=True, eq=False)
class Receptors:
    """Where the air is breathed or measured, in local metres (受体点)."""

    x: FloatArray
    """[m]"""
    y: FloatArray
    """[m]"""
    ground: FloatArray
    """Above the sea. [m]"""
    height: FloatArray
    """Inlet above the ground. [m]"""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value.shape != self.x.shape or np.isnan(value).any():
                raise CallerError(
                    "{name} of the receptors is missing somewhere or has the wrong length. Give each of the {n} "
                    "receptors one value.",
                    name=field.name,
                    n=self.x.size,
                )

    def __len__(self) -> int:
        return len(self.x)

    @classmethod
    def of(
        cls, x: FloatArray, y: FloatArray, *, height: FloatArray | float = 1.5, ground: FloatArray | float = 0.0
    ) -> "Receptors":
        """Return receptors, by default at the height of a nose on flat ground."""
        rows = [np.asarray(each, dtype=np.float64) for each in (x, y, ground, height)]
        return cls(*(np.broadcast_to(row, rows[0].shape).copy() for row in rows))


@dataclass(frozen=True, slots=True)
class Options:
    """Choices of one computation; part of the identity of its result."""

    minutes: float = 60.0
    """Averaging time of the concentrations; 10 for an experiment that sampled ten minutes. [min]"""
    terrain: bool = False
    """Whether heights of the ground count."""
    cut: float = 4.0
    """What lies farther from the axis than so many standard deviations is left out: below 4e-4 of the axis, and
    6e-5 of the mass."""
    opening: float = 0.25
    """Parts of areas and lines are at most this share of the distance …"""
    most_splits: int = 6
    """… but each is halved at most so many times."""
    threads: int | None = None
    """At most so many threads; as many as there are processors when None. Never changes a result."""

    def __post_init__(self) -> None:
        lawful = self.cut >= 3 and 0.02 <= self.opening <= 1 and 0 <= self.most_splits <= 8
        if not (lawful and 3 <= self.minutes <= 60):
            raise CallerError(
                "minutes {minutes}, cut {cut}, opening {opening} and splits {splits} must lie within 3 to 60, 3 "
                "and more, 0.02 to 1 and 0 to 8. Choose others: beyond them the sum is wrong or never ends.",
                minutes=self.minutes,
                cut=self.cut,
                opening=self.opening,
                splits=self.most_splits,
            )

    def identity(self) -> tuple[tuple[str, float | bool | int], ...]:
        """Everything that may change a result."""
        return tuple((field.name, getattr(self, field.name)) for field in fields(self) if field.name != "threads")


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Which group each source belongs to, and its share of the group's emission (源组)."""

    names: tuple[str, ...]
    of_source: IntArray
    """Place of the source's group among the names."""
    weight: FloatArray
    """Share of the source in the emission of its group; sums to one in each group. [1]"""

    @classmethod
    def single(cls, n: int) -> "Groups":
        """Every source is its own group."""
        return cls(tuple(str(place) for place in range(n)), np.arange(n), np.ones(n))

    @classmethod
    def of(cls, labels: Sequence[str], emission: FloatArray | None = None) -> "Groups":
        """Group sources by label, weighted by emission, or evenly where the group's emission is nothing.

        Examples
        --------
        >>> groups = Groups.of(["kiln", "steel", "kiln"], np.array([1.0, 5.0, 3.0]))
        >>> groups.names, groups.weight.tolist()
        (('kiln', 'steel'), [0.25, 1.0, 0.75])
        """
        names, place = np.unique(np.asarray(labels, dtype=np.str_), return_inverse=True)
        given = np.ones(len(place)) if emission is None else np.asarray(emission, dtype=np.float64)
        if given.shape != place.shape or np.isnan(given).any() or (given < 0).any():
            raise CallerError("each source needs one emission of zero or more to be weighted in its group.")
        total = np.bincount(place, given, len(names))
        even = 1 / np.bincount(place, minlength=len(names))
        weight = np.where(total[place] > 0, given / np.where(total > 0, total, 1)[place], even[place])
        return cls(tuple(str(name) for name in names), place.astype(np.int64), weight)


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Which period each hour belongs to (时段); -1 for none."""

    names: tuple[str, ...]
    of_hour: IntArray

    @classmethod
    def whole(cls, boundary: Boundary) -> "Periods":
        """All hours as one period."""
        return cls(("all",), np.zeros(len(boundary), dtype=np.int64))

    @classmethod
    def months(cls, hour_start: Instants, utc_hours: float = 8.0) -> "Periods":
        """Months of the legal day, as ``2025-01``."""
        local = hour_start.astype("datetime64[s]") + np.timedelta64(round(utc_hours * 3600), "s")
        names, place = np.unique(local.astype("datetime64[M]").astype(np.str_), return_inverse=True)
        return cls(tuple(str(name) for name in names), place.astype(np.int64))

    @classmethod
    def seasons(cls, hour_start: Instants, rule: PlumeRule, utc_hours: float = 8.0) -> "Periods":
        """Seasons of the rule, whatever the year: spring, summer, autumn, winter, those that occur."""
        local = hour_start.astype("datetime64[s]") + np.timedelta64(round(utc_hours * 3600), "s")
        month = local.astype("datetime64[M]").astype(np.int64) % 12
        season = np.asarray(rule.season_of_month, dtype=np.int64)[month]
        there, place = np.unique(season, return_inverse=True)
        return cls(tuple(("spring", "summer", "autumn", "winter")[each] for each in there), place.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Outside:
    """How much of a computation lies outside the range in which the kernel was tried (超出适用范围)."""

    pairs: int
    """Pairs of a source and a receptor."""
    near: int
    """Pairs nearer than the rule's nearest."""
    far: int
    """Pairs beyond the rule's farthest."""
    hours: int
    missing_hours: int
    """Hours without a boundary layer: they count in no mean."""
    calm_hours: int
    weak_hours: int
    """Hours with less wind than the rule's least, calms among them."""


@dataclass(frozen=True, slots=True, eq=False)
class Transfer:
    """Source-receptor relation (源-受体关系矩阵): concentration per unit of emission."""

    species: tuple[str, ...]
    groups: tuple[str, ...]
    periods: tuple[str, ...]
    """Names, or hours as text where each hour is its own."""
    values: NDArray[np.floating]
    """Shape (species, groups, receptors, periods). [(ug m-3)/(g s-1)]"""
    hours: IntArray
    """Hours in the mean of each period; where 0, the values are NaN."""
    outside: Outside

    def of(self, species: str) -> NDArray[np.floating]:
        """Return S[group, receptor, period] of one substance. [(ug m-3)/(g s-1)]"""
        found: NDArray[np.floating] = self.values[self.species.index(species)]
        return found

    def concentration(self, species: str, emission: FloatArray) -> FloatArray:
        """Concentration at receptors and periods for emissions of the groups, shape (receptors, periods).

        Parameters
        ----------
        species : str
            Substance received; the emission is that of its parent where it is a product.
        emission : array, shape (groups,) or (groups, periods)
            [g s-1]

        Returns
        -------
        array
            [ug m-3]
        """
        rates = np.broadcast_to(
            np.asarray(emission).reshape(len(self.groups), -1), (len(self.groups), len(self.periods))
        )
        return np.asarray(np.einsum("grp,gp->rp", self.of(species), rates), dtype=np.float64)


def hour_name(instant: np.datetime64) -> str:
    """Name of an hour as a period: UTC, ISO 8601."""
    return f"{instant.astype('datetime64[h]')}Z"
