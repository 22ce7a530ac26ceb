"""Compiled: one source's plume or puffs as seen along their way, in one hour (单源烟羽状态).

Everything here depends on the distance or the age alone, not on where the receptor stands across the wind; sources
that release alike share it.
"""

from math import exp, log, pi, sqrt
from typing import NamedTuple

from numba import njit

from lantian.science.plume.spread import (
    LATERAL,
    SHARE,
    STABILITY,
    VERTICAL,
    WIND,
    Numbers,
    at_place,
    fill,
    place_of,
    probability,
    rise_of,
    widths,
)
from lantian.terms.types import FloatArray

LOWEST_AXIS = 0.25
"""Height below which profiles are not read. [m]"""
_PUFF_WIND = 2 / pi
"""Share of σv² that joins the wind's square in the speed of spreading: exact for a ground source without wind."""
_FIRST_AGE = 4.0
"""[s]"""
MOST_NODES = 64
_DEEP = 1.2533141373155001
"""Depth of a half-normal layer of the same mass and ground value: √(π/2)."""
_LEAST_WIND = 0.1
"""Of a plume's transport. [m s-1]"""


class Axis(NamedTuple):
    """The air at one height."""

    wind: float
    lateral: float
    vertical: float
    share: float
    brake: float


class Air(NamedTuple):
    """One hour's air."""

    east: float
    """Where the wind blows to, of length one; both 0 in a calm."""
    north: float
    ustar: float
    inverse: float
    layer: float
    temperature: float
    table: FloatArray
    half: Axis
    """Half way up the mixing layer, where a plume that fills it feels the wind."""
    strongest: float
    """Wind above which there is none. [m s-1]"""


class Release(NamedTuple):
    """How one source releases in one hour."""

    trapped: float
    """Share that stays below an inversion. [1]"""
    height: float
    final: float
    square: float
    linear: float
    end: float
    axis: float
    depth: float
    base: float


class State(NamedTuple):
    """A plume at a distance, or a puff at an age."""

    across: float
    """σy without the source's own extent. [m]"""
    up: float
    plume: float
    lid: float
    wind: float
    time: float
    brake: float
    """Brunt-Vaisala frequency. [s-1]"""


class Species(NamedTuple):
    """Substances of one hour, shape (species,)."""

    deposition: FloatArray
    settling: FloatArray
    loss: FloatArray
    """Washout and conversion away. [s-1]"""
    gain: FloatArray
    """Conversion of the parent into this, in mass of the product; 0 for what is emitted. [s-1]"""
    parent_loss: FloatArray
    """Below 0 for what is emitted. [s-1]"""
    parent_deposition: FloatArray
    inert: bool
    """Whether nothing happens to any of them."""


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def axis_at(place: float, table: FloatArray) -> Axis:
    """Read the profiles at a place of the table."""
    return Axis(
        max(at_place(table, place, WIND), _LEAST_WIND),
        at_place(table, place, LATERAL),
        at_place(table, place, VERTICAL),
        at_place(table, place, SHARE),
        at_place(table, place, STABILITY),
    )


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def release_of(
    height: float,
    diameter: float,
    velocity: float,
    temperature: float,
    depth: float,
    base: float,
    air: Air,
    n: Numbers,
) -> Release:
    """Release of a source into an hour's air; what passes a lid does not come back in that hour."""
    stack = place_of(max(height, LOWEST_AXIS))
    frequency = at_place(air.table, stack, STABILITY) if air.inverse > 0 else 0.0
    release, final, square, linear, end = rise_of(
        height, diameter, velocity, temperature, at_place(air.table, stack, WIND), air.temperature, frequency, n
    )
    trapped, axis = 1.0, release + final
    if air.inverse < 0:
        if release >= air.layer:
            trapped = 0.0
        elif final > 0:
            above = n.plume_top - (air.layer - release) / final
            trapped = 1 - min(max(above, 0.0), 1.0)
        axis = min(axis, air.layer)
    return Release(trapped, release, final, square, linear, end, axis, depth, base)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def _risen(distance: float, source: Release) -> float:
    if distance >= source.end:
        return source.final
    risen: float = (source.square * distance * distance + source.linear * distance) ** (1 / 3)
    return min(source.final, risen)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def plume_at(distance: float, source: Release, air: Air, axis: Axis, n: Numbers) -> State:
    """State of a plume at a distance; `axis` is the air where it has done rising."""
    risen = _risen(distance, source)
    plume = source.height + risen
    if air.inverse < 0:
        plume = min(plume, air.layer)
    middle = max(plume, LOWEST_AXIS)
    reach = n.wind_at * 0.8 * air.ustar * distance
    half = 0.5 * air.layer
    filling_it = False
    if reach > middle * axis.wind and middle < half:  # a low plume grows into stronger wind
        filling_it = air.inverse <= 0 and reach >= half * air.strongest
        if not filling_it:
            guess = place_of(max(plume, min(0.04 * distance, 0.3 * air.layer)))
            reach /= max(at_place(air.table, guess, WIND), _LEAST_WIND)
            if air.inverse > 0:
                reach *= exp(-log(1 + n.stable_factor * distance * air.inverse) / 3)
            middle = max(middle, min(reach, half))
    if filling_it:
        middle, axis = half, air.half
    elif middle != source.axis:
        axis = axis_at(place_of(middle), air.table)
    time = distance / axis.wind
    across, up = widths(
        distance, time, air.ustar, air.inverse, air.layer, plume, middle, axis.lateral, axis.vertical, axis.share,
        axis.brake, n,
    )  # fmt: skip
    by_rise = (n.rise_share * risen) ** 2 / 2
    up = sqrt(up * up + by_rise + source.depth * source.depth)
    lid = air.layer if air.inverse < 0 else max(air.layer, plume + n.reflection_stable * up)
    return State(sqrt(across * across + by_rise), up, plume, lid, axis.wind, time, axis.brake)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def filling(
    state: State, ground: float, inlet: float, base: float, terrain: bool, settling: float, n: Numbers
) -> float:
    """Vertical distribution at an inlet, on flat ground or on a hill that the flow partly goes around. [m-1]"""
    plume = state.plume
    if settling > 0:
        plume = max(plume - settling * state.time, 0.0)
    value = fill(inlet, plume, state.up, state.lid)
    hill = ground - base
    if terrain and hill > 0:
        around = 0.0
        if state.brake > 0:
            around = probability((max(hill - state.wind / state.brake, 0.0) - plume) / state.up)
        share = n.terrain_share + (1 - n.terrain_share) * around
        struck = fill(hill + inlet, plume, state.up, max(state.lid, hill + inlet))
        value = share * struck + (1 - share) * value
    return value


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def surviving(
    state: State, deposition: float, loss: float, gain: float, parent_loss: float, parent_deposition: float
) -> float:
    """Mass of a substance that is left, or made of its parent, per mass emitted."""
    deep = min(state.lid, max(state.up, state.plume) * _DEEP)
    own = loss + deposition / deep
    if parent_loss < 0:
        kept: float = exp(-own * state.time)
        return kept
    apart = (parent_loss + parent_deposition / deep - own) * state.time
    made: float = gain * state.time * exp(-own * state.time)
    if abs(apart) > 1e-6:
        made *= (1 - exp(-apart)) / apart
    return made


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def puffs_of(
    source: Release,
    air: Air,
    speed: float,
    level_ground: FloatArray,
    level_height: FloatArray,
    terrain: bool,
    species: Species,
    n: Numbers,
    nodes: FloatArray,
    filled: FloatArray,
) -> int:
    """Put the ages of a source's puffs into `nodes` (σh², age) and what they bring into `filled`; return how many.

    The integral over the age, from the first to the rule's longest, is a midpoint sum in the logarithm of the age.
    """
    place = place_of(max(source.axis, LOWEST_AXIS))
    lateral = at_place(air.table, place_of(max(source.axis, n.height)), LATERAL)
    vertical, share = at_place(air.table, place, VERTICAL), at_place(air.table, place, SHARE)
    brake = at_place(air.table, place, STABILITY)
    moving = max(speed, sqrt(_PUFF_WIND) * lateral)
    span = log(n.longest / _FIRST_AGE)
    count = min(int(n.nodes_per_factor * span) + 1, MOST_NODES)
    step = span / count
    for node in range(count):
        age = _FIRST_AGE * exp((node + 0.5) * step)
        distance = moving * age
        risen = _risen(distance, source)
        plume = source.height + risen
        if air.inverse < 0:
            plume = min(plume, air.layer)
        across, up = widths(
            distance, age, air.ustar, air.inverse, air.layer, plume, max(plume, LOWEST_AXIS), lateral, vertical,
            share, brake, n,
        )  # fmt: skip
        by_rise = (n.rise_share * risen) ** 2 / 2
        up = sqrt(up * up + by_rise + source.depth * source.depth)
        lid = air.layer if air.inverse < 0 else max(air.layer, plume + n.reflection_stable * up)
        state = State(0.0, up, plume, lid, speed, age, brake)
        nodes[node, 0] = across * across + by_rise
        nodes[node, 1] = age
        weight = age * step / (2 * pi)
        for level in range(len(level_ground)):
            for kind in range(len(species.loss)):
                value = weight * filling(
                    state,
                    level_ground[level],
                    level_height[level],
                    source.base,
                    terrain,
                    species.settling[kind],
                    n,
                )
                if not species.inert:
                    value *= surviving(
                        state, species.deposition[kind], species.loss[kind], species.gain[kind],
                        species.parent_loss[kind], species.parent_deposition[kind],
                    )  # fmt: skip
                filled[node, level, kind] = value
    return count


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def puffs_at(
    along: float,
    far: float,
    own: float,
    speed: float,
    count: int,
    nodes: FloatArray,
    cut: float,
    shares: FloatArray,
) -> None:
    """Put the share of each age at a place into `shares`: `along` downwind, `far` the distance squared."""
    for node in range(count):
        wide = nodes[node, 0] + own
        drift = speed * nodes[node, 1]
        away = far - 2 * along * drift + drift * drift
        shares[node] = exp(-0.5 * away / wide) / wide if away <= cut * cut * wide else 0.0
