"""What do sources bring to receptors, hour by hour or as a matrix (源-受体关系计算)?"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from lantian.rules.plume_records import PlumeRule, SpeciesRule
from lantian.science.boundary.profiles import profiles_of
from lantian.science.boundary.records import Boundary
from lantian.science.plume.kernel import HourRows, ReceptorRows, SourceRows, SpeciesRows, accumulate
from lantian.science.plume.parts import kin_of, own_spread, parts_near, places_of
from lantian.science.plume.records import (
    Groups,
    Options,
    Outside,
    Periods,
    Receptors,
    Sources,
    Transfer,
    hour_name,
)
from lantian.science.plume.spread import Numbers
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

_BLOCK = 720
"""Hours that one thread takes at a time; fixed, so that sums do not depend on the number of threads. [h]"""
_TRACER = ("tracer",)


def hourly(
    sources: Sources,
    receptors: Receptors,
    boundary: Boundary,
    rule: PlumeRule,
    emission: FloatArray | None = None,
    *,
    species: str = "tracer",
    options: Options | None = None,
) -> FloatArray:
    """Concentration that all sources together bring to each receptor in each hour (逐时浓度).

    Parameters
    ----------
    sources, receptors : Sources, Receptors
        In the same local metres, within about 50 km of each other.
    boundary : Boundary
        Hours; those without a boundary layer give NaN.
    rule : PlumeRule
        Edition of the rule ``plume``.
    emission : array, shape (sources,) or (sources, hours), optional
        Emission, of its parent where the substance is a product; one each when not given. [g s-1]
    species : str
        Key of a substance in the rule.
    options : Options, optional
        Choices; the usual ones when not given.

    Returns
    -------
    array, shape (receptors, hours)
        [ug m-3]

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.boundary import Observed, Site, boundary_layer
    >>> rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
    >>> one = np.ones(1)
    >>> air = boundary_layer(
    ...     Observed(np.array(["2025-01-01T18"], "datetime64[h]"), 4 * one, 270 * one, 0 * one, cloud=one),
    ...     Site(113.1, 36.2, rule.land_class("suburb")), rule)
    >>> stack = Sources.points(0 * one, 0 * one, 60 * one)
    >>> hourly(stack, Receptors.of(np.array([2000.0, -2000.0]), np.zeros(2)), air, rule, 100 * one).round(0)
    array([[195.],
           [  0.]])
    """
    n = len(boundary)
    activity = np.ones((1, 1)) if emission is None else _activity(emission, len(sources), n)
    groups = Groups(("all",), np.zeros(len(sources), dtype=np.int64), np.ones(len(sources)))
    found = _Work(sources, receptors, boundary, rule, groups, (species,), options or Options(), activity).hours(
        0, n, np.float64
    )
    return np.where(boundary.valid, found[0, 0], np.nan)


def transfer(
    sources: Sources,
    receptors: Receptors,
    boundary: Boundary,
    rule: PlumeRule,
    periods: Periods | None = None,
    groups: Groups | None = None,
    *,
    species: Sequence[str] = _TRACER,
    activity: FloatArray | None = None,
    options: Options | None = None,
) -> Transfer:
    """Mean concentration per unit of emission of each group at each receptor in each period (源-受体关系矩阵).

    Parameters
    ----------
    sources, receptors : Sources, Receptors
        In the same local metres.
    boundary : Boundary
        Hours; those without a boundary layer count in no mean.
    rule : PlumeRule
        Edition of the rule ``plume``.
    periods : Periods, optional
        All hours together when not given.
    groups : Groups, optional
        Every source by itself when not given.
    species : sequence of str
        Keys of substances in the rule.
    activity : array, shape (sources, hours), optional
        Course of each source's emission around its mean, which should be one. [1]
    options : Options, optional
        Choices; the usual ones when not given.

    Returns
    -------
    Transfer
        A product stands per unit of its parent's emission.
    """
    periods = periods or Periods.whole(boundary)
    groups = groups or Groups.single(len(sources))
    shape = np.ones((1, 1)) if activity is None else _activity(activity, len(sources), len(boundary))
    work = _Work(sources, receptors, boundary, rule, groups, tuple(species), options or Options(), shape)
    total = work.sums(periods)
    counted = np.bincount(
        periods.of_hour[boundary.valid & (periods.of_hour >= 0)], minlength=len(periods.names)
    ).astype(np.int64)
    with np.errstate(invalid="ignore"):
        mean = total / np.where(counted > 0, counted, np.nan)
    return Transfer(tuple(species), groups.names, periods.names, mean, counted, work.outside())


def transfer_hourly(
    sources: Sources,
    receptors: Receptors,
    boundary: Boundary,
    rule: PlumeRule,
    groups: Groups | None = None,
    *,
    species: Sequence[str] = _TRACER,
    activity: FloatArray | None = None,
    options: Options | None = None,
    first: int = 0,
    last: int | None = None,
) -> Transfer:
    """Concentration per unit of emission of each group at each receptor in each hour (逐时源-受体关系).

    In float32. A year of 200 groups and 40 receptors is 280 MB a substance: ask for blocks of hours, which put
    together are the same as one call.

    Parameters
    ----------
    sources, receptors : Sources, Receptors
        In the same local metres.
    boundary : Boundary
        All hours; those without a boundary layer give NaN.
    rule : PlumeRule
        Edition of the rule ``plume``.
    groups : Groups, optional
        Every source by itself when not given.
    species : sequence of str
        Keys of substances in the rule.
    activity : array, shape (sources, hours), optional
        Course of each source's emission around its mean. [1]
    options : Options, optional
        Choices; the usual ones when not given.
    first, last : int
        Places of hours; the last is not part of the block.

    Returns
    -------
    Transfer
        Its periods are the hours.
    """
    groups = groups or Groups.single(len(sources))
    last = len(boundary) if last is None else last
    shape = np.ones((1, 1)) if activity is None else _activity(activity, len(sources), len(boundary))
    work = _Work(sources, receptors, boundary, rule, groups, tuple(species), options or Options(), shape)
    values = work.hours(first, last, np.float32)
    valid = boundary.valid[first:last]
    values[..., ~valid] = np.nan
    names = tuple(hour_name(instant) for instant in boundary.hour_start[first:last])
    return Transfer(tuple(species), groups.names, names, values, valid.astype(np.int64), work.outside())


class _Work:
    """One computation: everything as the kernel wants it."""

    def __init__(
        self,
        sources: Sources,
        receptors: Receptors,
        boundary: Boundary,
        rule: PlumeRule,
        groups: Groups,
        species: tuple[str, ...],
        options: Options,
        activity: FloatArray,
    ) -> None:
        if groups.of_source.shape != (len(sources),):
            raise CallerError(
                "groups name {n} sources, there are {sources}. Give each source one group.",
                n=groups.of_source.size,
                sources=len(sources),
            )
        self.options, self.boundary, self.rule, self.groups = options, boundary, rule, groups
        self.sources, self.receptors, self.activity = sources, receptors, activity
        self.numbers = Numbers.of(rule)
        self.parts, near, count = parts_near(sources, receptors, options.opening, options.most_splits)
        spread = own_spread(sources)
        self.source_rows = SourceRows(
            sources.x, sources.y, sources.base, sources.height, sources.diameter, sources.velocity,
            np.maximum(sources.temperature, 1.0), sources.depth, *spread, groups.of_source, groups.weight,
            *kin_of(sources, spread), places_of(sources, receptors), near, count,
        )  # fmt: skip
        self.receptor_rows = _receptor_rows(receptors, terrain=options.terrain)
        self.species_rows = _species_rows([_known(rule, key) for key in species], rule, boundary)
        self.n_species = len(species)

    def hours(self, first: int, last: int, kind: type[np.floating]) -> NDArray[np.floating]:
        """Each hour by itself, shape (species, groups, receptors, hours)."""
        shape = (self.n_species, len(self.groups.names), len(self.receptors), last - first)
        found = np.zeros(shape, dtype=kind)
        step = max(1, min(_BLOCK, int(4e6 / max(1, np.prod(shape[:3])))))

        def one(begin: int) -> None:
            end = min(begin + step, last)
            slots = np.arange(end - begin)
            block = self._block(begin, end, slots, end - begin)
            found[..., begin - first : end - first] = block.transpose(3, 1, 2, 0)

        self._share(one, range(first, last, step))
        return found

    def sums(self, periods: Periods) -> FloatArray:
        """Sum over the hours of each period, shape (species, groups, receptors, periods)."""
        if periods.of_hour.shape != (len(self.boundary),):
            raise CallerError(
                "periods name {n} hours, there are {hours}. Give each hour one period, or -1.",
                n=periods.of_hour.size,
                hours=len(self.boundary),
            )
        n = len(periods.names)
        total = np.zeros((n, len(self.groups.names), len(self.receptors), self.n_species))
        begins = range(0, len(self.boundary), _BLOCK)

        def one(begin: int) -> tuple[IntArray, FloatArray]:
            end = min(begin + _BLOCK, len(self.boundary))
            there, slots = np.unique(periods.of_hour[begin:end], return_inverse=True)
            shift = int(np.count_nonzero(there < 0))
            return there[shift:], self._block(begin, end, slots.astype(np.int64) - shift, len(there) - shift)

        with ThreadPoolExecutor(self._threads(len(begins))) as pool:
            for there, block in pool.map(one, begins):  # in order: the sum is the same on any machine
                total[there] += block
        return total.transpose(3, 1, 2, 0)

    def outside(self) -> Outside:
        """Tell what lies outside the range of the kernel."""
        ranges, wind = self.rule.ranges, self.boundary.wind_speed
        near, far = 0, 0
        for x, y in zip(self.receptors.x, self.receptors.y, strict=True):
            away = np.hypot(self.sources.x - x, self.sources.y - y)
            near += int(np.count_nonzero(away < float(ranges.nearest)))
            far += int(np.count_nonzero(away > float(ranges.farthest)))
        valid = self.boundary.valid
        return Outside(
            pairs=len(self.sources) * len(self.receptors),
            near=near,
            far=far,
            hours=len(wind),
            missing_hours=int(np.count_nonzero(~valid)),
            calm_hours=int(np.count_nonzero(self.boundary.calm & valid)),
            weak_hours=int(np.count_nonzero(valid & (wind < float(ranges.least_wind)))),
        )

    def _block(self, begin: int, end: int, slots: IntArray, n_slots: int) -> FloatArray:
        out = np.zeros((n_slots, len(self.groups.names), len(self.receptors), self.n_species))
        air = self.boundary.at(slice(begin, end))
        rows = _hour_rows(air, self.rule, slots, self._activity_of(begin, end), minutes=self.options.minutes)
        species = self.species_rows
        part = species._replace(
            loss=species.loss[begin:end], gain=species.gain[begin:end], parent_loss=species.parent_loss[begin:end]
        )
        accumulate(
            self.source_rows, self.parts, self.receptor_rows, rows, part, self.numbers,
            self.options.cut, self.options.terrain, out,
        )  # fmt: skip
        return out

    def _activity_of(self, begin: int, end: int) -> FloatArray:
        return self.activity if self.activity.shape[1] == 1 else np.ascontiguousarray(self.activity[:, begin:end])

    def _threads(self, items: int) -> int:
        most = (os.cpu_count() or 1) if self.options.threads is None else self.options.threads
        return max(1, min(most, items))

    def _share(self, one: object, begins: range) -> None:
        with ThreadPoolExecutor(self._threads(len(begins))) as pool:
            list(pool.map(one, begins))  # type: ignore[arg-type]


def _activity(given: FloatArray, n_sources: int, n_hours: int) -> FloatArray:
    rows = np.asarray(given, dtype=np.float64)
    rows = rows[:, None] if rows.ndim == 1 else rows
    if rows.shape not in {(n_sources, 1), (n_sources, n_hours), (1, n_hours)} or np.isnan(rows).any():
        raise CallerError(
            "emission or activity has the shape {shape} or misses values; {sources} sources and {hours} hours are "
            "wanted. Missing emission is unknown, not zero: estimate it first.",
            shape=rows.shape,
            sources=n_sources,
            hours=n_hours,
        )
    return np.ascontiguousarray(rows)


def _known(rule: PlumeRule, key: str) -> SpeciesRule:
    try:
        return rule.species_of(key)
    except KeyError:
        raise CallerError(
            "{key!r} is no substance of the rule {id}: it knows {known}. Name one of them; ozone is not claimed.",
            key=key,
            id=rule.id,
            known=", ".join(row.key for row in rule.species),
        ) from None


def _receptor_rows(receptors: Receptors, *, terrain: bool) -> ReceptorRows:
    ground = receptors.ground if terrain else np.zeros(len(receptors))
    pairs, level = np.unique(np.stack([ground, receptors.height], axis=1), axis=0, return_inverse=True)
    return ReceptorRows(
        receptors.x,
        receptors.y,
        level.astype(np.int64).ravel(),
        np.ascontiguousarray(pairs[:, 0]),
        np.ascontiguousarray(pairs[:, 1]),
    )


def _species_rows(species: Sequence[SpeciesRule], rule: PlumeRule, boundary: Boundary) -> SpeciesRows:
    day, rain = boundary.sun > 0, np.maximum(boundary.rain, 0)
    n = len(boundary)

    def conversion(row: SpeciesRule) -> FloatArray:
        return np.where(day, float(row.day), float(row.night)) / 3600

    def washout(row: SpeciesRule) -> FloatArray:
        power = float(row.scavenging_power)
        return np.where(rain > 0, float(row.scavenging) * np.where(rain > 0, rain, 1) ** power, 0.0)

    loss, gain, parent_loss = (
        np.zeros((n, len(species))),
        np.zeros((n, len(species))),
        np.full((n, len(species)), -1.0),
    )
    parent_deposition = np.zeros(len(species))
    for place, row in enumerate(species):
        loss[:, place] = conversion(row) + washout(row)
        if row.parent:
            parent = rule.species_of(row.parent)
            gain[:, place] = float(row.mass_ratio) * conversion(parent)
            parent_loss[:, place] = conversion(parent) + washout(parent)
            parent_deposition[place] = float(parent.deposition)
    deposition = np.array([float(row.deposition) for row in species])
    settling = np.array([float(row.settling) for row in species])
    inert = not (loss.any() or gain.any() or deposition.any() or settling.any() or any(r.parent for r in species))
    return SpeciesRows(deposition, settling, loss, gain, parent_loss, parent_deposition, inert)


def _hour_rows(
    air: Boundary, rule: PlumeRule, slots: IntArray, activity: FloatArray, *, minutes: float
) -> HourRows:
    valid = air.valid
    profiles = profiles_of(air, rule, minutes=minutes)
    table = np.stack(
        [profiles.wind, profiles.lateral, profiles.vertical, profiles.convective_share, profiles.stability],
        axis=-1,
    )
    towards = np.radians(np.nan_to_num(air.wind_direction) + 180)
    moving = valid & ~air.calm
    return HourRows(
        east=np.where(moving, np.sin(towards), 0.0),
        north=np.where(moving, np.cos(towards), 0.0),
        ustar=air.friction_velocity,
        inverse=air.inverse_length,
        layer=air.mixing_height,
        temperature=air.temperature,
        table=np.ascontiguousarray(table),
        slot=np.where(valid, slots, -1),
        activity=activity,
    )
