"""The compiled sum over sources, receptors and hours (烟羽累加内核).

One formula covers any wind. A source that keeps sending puffs which travel with the wind and widen in proportion
to their age gives, at distance r, downwind x and crosswind y, the familiar plume with σy taken at r and multiplied
by the normal probability of x/σy: one far downwind, one half abreast, nothing far upwind. The mean wind's flux
through any circle around the source is then exactly the emission. Where the wind is weaker than its own
fluctuation, the puffs are summed over their ages instead.

Sources that do not rise and release alike (the cells of a grid) share a table over the logarithm of the distance,
in an hour of puffs also over the direction; it is read linearly, in the logarithm, within 1 % of the formula where
there is anything to speak of.

The kernel releases the interpreter lock; whoever calls it splits the hours among threads.
"""

from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lantian.science.plume.column import (
    LOWEST_AXIS,
    MOST_NODES,
    Air,
    Release,
    Species,
    axis_at,
    filling,
    plume_at,
    puffs_at,
    puffs_of,
    release_of,
)
from lantian.science.plume.spread import LAST, LATERAL, WIND, Numbers, at_place, place_of, probability
from lantian.terms.types import FloatArray, IntArray

MICROGRAMS = 1e6
"""Per gram."""
DISTANCES = 240
"""Distances of a shared table, from 1 m on."""
DISTANCE_STEP = 0.05
"""Of the logarithm of the distance: the last is at 155 km."""
_DIRECTIONS = 33
_NOTHING = -180.0
"""Logarithm of what counts as nothing."""
_ROOT_TWO_PI = 2.5066282746310002
FLAT_TOP = 0.5
"""Variance of an extent over that of its plume from which its flat top shows."""


class SourceRows(NamedTuple):
    """Sources as arrays; `group` is where their contribution goes."""

    x: FloatArray
    y: FloatArray
    base: FloatArray
    height: FloatArray
    diameter: FloatArray
    velocity: FloatArray
    temperature: FloatArray
    depth: FloatArray
    spread_xx: FloatArray
    """Covariance of the source's own extent. [m2]"""
    spread_xy: FloatArray
    spread_yy: FloatArray
    group: IntArray
    weight: FloatArray
    kin: IntArray
    """Which sources release alike; -1 for one that stands alone."""
    first_of_kin: IntArray
    """Some source of each kin."""
    place: NDArray[np.float32]
    """Shape (sources, receptors): place of the pair's distance among those of the tables."""
    near: NDArray[np.int32]
    """Shape (2 × sources, receptors): first part of a source near a receptor, -1 for one; below, how many."""
    near_count: NDArray[np.int32]
    """Parts of each source for all receptors."""


class PartRows(NamedTuple):
    """Parts of areas and lines as seen from the receptors near them."""

    east: FloatArray
    """From the part to the receptor. [m]"""
    north: FloatArray
    spread_xx: FloatArray
    spread_xy: FloatArray
    spread_yy: FloatArray
    share: FloatArray


class ReceptorRows(NamedTuple):
    """Receptors as arrays; `level` names the pair of ground and inlet height that several share."""

    x: FloatArray
    y: FloatArray
    level: IntArray
    level_ground: FloatArray
    level_height: FloatArray


class HourRows(NamedTuple):
    """Hours as arrays; `slot` is where their contribution goes, below 0 is left out."""

    east: FloatArray
    """Where the wind blows to, of length one; 0 in a calm."""
    north: FloatArray
    ustar: FloatArray
    inverse: FloatArray
    layer: FloatArray
    temperature: FloatArray
    table: FloatArray
    """Shape (hours, levels, 5)."""
    slot: IntArray
    activity: FloatArray
    """Shape (sources or 1, hours or 1): factor on the emission."""


class SpeciesRows(NamedTuple):
    """Substances as in `Species`; rates have the shape (hours, species)."""

    deposition: FloatArray
    settling: FloatArray
    loss: FloatArray
    gain: FloatArray
    parent_loss: FloatArray
    parent_deposition: FloatArray
    inert: bool


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def flat_top(off: float, inner: float, own: float) -> float:
    """Distribution across the wind of a plume of variance `inner` from an extent of variance `own`. [m-1]

    An extent that is wide beside its plume keeps its flat top; one that is not is as good as a normal one.
    """
    half, scale = sqrt(3 * own), 1 / sqrt(inner)
    return (probability((half - off) * scale) - probability((-half - off) * scale)) / (2 * half)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _plume_table(
    source: Release,
    air: Air,
    receptors: ReceptorRows,
    terrain: bool,
    species: Species,
    n: Numbers,
    table: FloatArray,
) -> None:
    """Fill a shared table: σy over distance, and the logarithm of what a plume brings to each level."""
    axis = axis_at(place_of(max(source.axis, LOWEST_AXIS)), air.table)
    for node in range(DISTANCES):
        distance = exp(node * DISTANCE_STEP)
        state = plume_at(distance, source, air, axis, n)
        table[node, 0] = state.across / distance
        column = 1
        for level in range(len(receptors.level_ground)):
            for kind in range(len(species.loss)):
                value = filling(
                    state, receptors.level_ground[level], receptors.level_height[level], source.base, terrain,
                    kind, species, n,
                ) / state.wind  # fmt: skip
                table[node, column] = max(log(value), _NOTHING) if value > 0 else _NOTHING
                column += 1


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _puff_table(
    count: int, nodes: FloatArray, filled: FloatArray, own: float, speed: float, cut: float, table: FloatArray
) -> None:
    """Logarithm of what puffs bring, at the distances and directions of a shared table."""
    shares = np.empty(MOST_NODES)
    n_levels, n_species = filled.shape[1], filled.shape[2]
    for node in range(DISTANCES):
        distance = exp(node * DISTANCE_STEP)
        for turn in range(_DIRECTIONS):
            along = distance * (2 * turn / (_DIRECTIONS - 1) - 1)
            puffs_at(along, distance * distance, own, speed, count, nodes, cut, shares)
            for level in range(n_levels):
                for kind in range(n_species):
                    value = 0.0
                    for age in range(count):
                        value += shares[age] * filled[age, level, kind]
                    held = max(log(value), _NOTHING) if value > 0 else _NOTHING
                    table[node, turn, level * n_species + kind] = held


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def accumulate(
    sources: SourceRows,
    parts: PartRows,
    receptors: ReceptorRows,
    hours: HourRows,
    rows: SpeciesRows,
    n: Numbers,
    cut: float,
    terrain: bool,
    out: FloatArray,
) -> None:
    """Add all hours to `out`, shape (slots, groups, receptors, species). [(ug m-3)/(g s-1)]"""
    n_sources, n_receptors, n_species = len(sources.x), len(receptors.x), len(rows.deposition)
    n_levels, n_kin = len(receptors.level_ground), len(sources.first_of_kin)
    flexible, timed = hours.activity.shape[0] > 1, hours.activity.shape[1] > 1
    nodes, shares = np.empty((MOST_NODES, 2)), np.empty(MOST_NODES)
    filled = np.empty((MOST_NODES, n_levels, n_species))
    kin_nodes, kin_filled = np.empty((n_kin, MOST_NODES, 2)), np.empty((n_kin, MOST_NODES, n_levels, n_species))
    kin_count, kin_speed = np.empty(n_kin, dtype=np.int64), np.empty(n_kin)
    kin_plume = np.empty((n_kin, DISTANCES, 1 + n_levels * n_species))
    kin_puff = np.empty((n_kin, DISTANCES, _DIRECTIONS, n_levels * n_species))
    own_table, narrowing = np.empty(hours.table.shape[1:]), np.empty(DISTANCES)
    for hour in range(len(hours.slot)):
        slot = hours.slot[hour]
        if slot < 0:
            continue
        ex, ey = hours.east[hour], hours.north[hour]
        own_table[:] = hours.table[hour]  # shared arrays are counted by all threads, own ones are not
        fluctuation, strongest = at_place(own_table, 0.0, LATERAL), max(at_place(own_table, LAST, WIND), 0.1)
        half = axis_at(place_of(0.5 * hours.layer[hour]), own_table)
        air = Air(
            ex, ey, hours.ustar[hour], hours.inverse[hour], hours.layer[hour], hours.temperature[hour], own_table,
            half, strongest,
        )  # fmt: skip
        species = Species(
            rows.deposition, rows.settling, rows.loss[hour], rows.gain[hour], rows.parent_loss[hour],
            rows.parent_deposition, rows.inert,
        )  # fmt: skip
        calm = ex == 0 and ey == 0
        for node in range(DISTANCES):  # no plume of this hour is wider, beside the wind on its own axis
            step = n.lateral_least * fluctuation * exp(node * DISTANCE_STEP) / (strongest * air.layer)
            narrowing[node] = exp(-2 * n.lateral_power * log(1 + step))
        for kin in range(n_kin):
            first = sources.first_of_kin[kin]
            like = release_of(
                sources.height[first], 0.0, 0.0, 1.0, sources.depth[first], sources.base[first], air, n
            )
            mast = place_of(max(like.axis, n.height))
            speed = 0.0 if calm else at_place(air.table, mast, WIND)
            kin_count[kin], kin_speed[kin] = 0, speed
            if speed < n.puff_below * at_place(air.table, mast, LATERAL):
                kin_count[kin] = puffs_of(
                    like, air, speed, receptors.level_ground, receptors.level_height, terrain, species, n,
                    kin_nodes[kin], kin_filled[kin],
                )  # fmt: skip
                own = (sources.spread_xx[first] + sources.spread_yy[first]) / 2
                _puff_table(kin_count[kin], kin_nodes[kin], kin_filled[kin], own, speed, cut, kin_puff[kin])
            else:
                _plume_table(like, air, receptors, terrain, species, n, kin_plume[kin])
        for source in range(n_sources):
            rate = sources.weight[source] * MICROGRAMS
            rate *= hours.activity[source if flexible else 0, hour if timed else 0]
            if rate == 0:
                continue
            release = release_of(
                sources.height[source], sources.diameter[source], sources.velocity[source],
                sources.temperature[source], sources.depth[source], sources.base[source], air, n,
            )  # fmt: skip
            rate *= release.trapped
            if rate == 0:
                continue
            group, kin = sources.group[source], sources.kin[source]
            sx, sy = sources.x[source], sources.y[source]
            split = sources.near_count[source] > 0
            mast = place_of(max(release.axis, n.height))
            speed = 0.0 if calm else at_place(air.table, mast, WIND)
            axis = axis_at(place_of(max(release.axis, LOWEST_AXIS)), own_table)
            puffing = speed < n.puff_below * at_place(air.table, mast, LATERAL)
            count = 0
            if puffing:
                if kin >= 0:
                    count = kin_count[kin]
                else:
                    count = puffs_of(
                        release, air, speed, receptors.level_ground, receptors.level_height, terrain, species, n,
                        nodes, filled,
                    )  # fmt: skip
            slowest = max(at_place(air.table, place_of(max(release.height, LOWEST_AXIS)), WIND), 0.1)
            narrow = (cut * fluctuation / slowest) ** 2
            extent = cut * cut * (n.rise_share * release.final) ** 2 / 2
            for receptor in range(n_receptors):
                begin, several = -1, 1
                if split and sources.near[source, receptor] >= 0:
                    begin, several = sources.near[source, receptor], sources.near[source + n_sources, receptor]
                level = receptors.level[receptor]
                for piece in range(several):
                    part = rate
                    if begin < 0:
                        east, north = receptors.x[receptor] - sx, receptors.y[receptor] - sy
                        cxx, cxy = sources.spread_xx[source], sources.spread_xy[source]
                        cyy = sources.spread_yy[source]
                    else:
                        at = begin + piece
                        east, north, part = parts.east[at], parts.north[at], rate * parts.share[at]
                        cxx, cxy, cyy = parts.spread_xx[at], parts.spread_xy[at], parts.spread_yy[at]
                    along = east * ex + north * ey
                    far = east * east + north * north
                    if puffing:
                        if kin >= 0 and begin < 0 and far > 1:
                            place = float(sources.place[source, receptor])
                            turn = min((along / sqrt(far) + 1) * 0.5 * (_DIRECTIONS - 1), _DIRECTIONS - 1.000001)
                            turn = max(turn, 0.0)
                            row, side = int(place), int(turn)
                            place, turn = place - row, turn - side
                            for kind in range(n_species):
                                column = level * n_species + kind
                                low = kin_puff[kin, row, side, column] * (1 - turn)
                                low += kin_puff[kin, row, side + 1, column] * turn
                                high = kin_puff[kin, row + 1, side, column] * (1 - turn)
                                high += kin_puff[kin, row + 1, side + 1, column] * turn
                                out[slot, group, receptor, kind] += part * exp(low * (1 - place) + high * place)
                            continue
                        own = (cxx + cyy) / 2
                        puffs_at(along, far, own, speed, count, kin_nodes[kin] if kin >= 0 else nodes, cut, shares)
                        for kind in range(n_species):
                            value = 0.0
                            for age in range(count):
                                held = kin_filled[kin, age, level, kind] if kin >= 0 else filled[age, level, kind]
                                value += shares[age] * held
                            out[slot, group, receptor, kind] += part * value
                        continue
                    off = east * ey - north * ex
                    own = cxx * ey * ey - 2 * cxy * ex * ey + cyy * ex * ex
                    place = float(sources.place[source, receptor])
                    if begin >= 0:
                        place = min(max(0.5 * log(max(far, 1.0)) / DISTANCE_STEP, 0.0), DISTANCES - 1.000001)
                    row = int(place)
                    if kin >= 0:
                        place -= row
                        slope = kin_plume[kin, row, 0] * (1 - place) + kin_plume[kin, row + 1, 0] * place
                        inner = slope * slope * max(far, 1.0)
                        wide = inner + own
                        if off * off > cut * cut * wide or (along < 0 and along * along > cut * cut * wide):
                            continue
                        if along < 0 or along * along < cut * cut * wide:
                            part *= probability(along / sqrt(wide))
                        fall = 0.0
                        if own > FLAT_TOP * inner:
                            part *= flat_top(off, inner, own)
                        else:
                            fall = 0.5 * off * off / wide
                            part /= _ROOT_TWO_PI * sqrt(wide)
                        for kind in range(n_species):
                            column = 1 + level * n_species + kind
                            held = kin_plume[kin, row, column]
                            held += place * (kin_plume[kin, row + 1, column] - held)
                            out[slot, group, receptor, kind] += part * exp(held - fall)
                        continue
                    bound = narrow * narrowing[row] * far + cut * cut * own + extent
                    if off * off > bound or (along < 0 and along * along > bound):
                        continue
                    distance = max(sqrt(far), 1.0)
                    state = plume_at(distance, release, air, axis, n)
                    inner = state.across * state.across
                    wide = inner + own
                    if off * off > cut * cut * wide or (along < 0 and along * along > cut * cut * wide):
                        continue
                    if not terrain and state.plume - receptors.level_height[level] > 8 * state.up:
                        continue  # below 1e-13 of the axis
                    if own > FLAT_TOP * inner:
                        part *= flat_top(off, inner, own) / state.wind
                    else:
                        part *= exp(-0.5 * off * off / wide) / (_ROOT_TWO_PI * sqrt(wide) * state.wind)
                    if along < 0 or along * along < cut * cut * wide:
                        part *= probability(along / sqrt(wide))
                    ground, inlet = receptors.level_ground[level], receptors.level_height[level]
                    for kind in range(n_species):
                        out[slot, group, receptor, kind] += part * filling(
                            state, ground, inlet, release.base, terrain, kind, species, n
                        )
