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
    surviving,
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
_EVERYWHERE = 1e30
"""Beyond the square of any distance. [m2]"""
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


class Place(NamedTuple):
    """Where and from what a source is computed; arrays that are filled anew for each source of an hour."""

    receptor: IntArray
    along: FloatArray
    """Downwind of the source. [m]"""
    off: FloatArray
    """Across the wind. [m]"""
    far: FloatArray
    """Distance squared. [m2]"""
    own: FloatArray
    """Variance of the source's extent across the wind. [m2]"""
    round: FloatArray
    """The same without regard to direction. [m2]"""
    share: FloatArray
    row: FloatArray
    """Place of the distance among those of the tables."""


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
                    species.settling[kind], n,
                ) / state.wind  # fmt: skip
                if not species.inert:
                    value *= surviving(
                        state, species.deposition[kind], species.loss[kind], species.gain[kind],
                        species.parent_loss[kind], species.parent_deposition[kind],
                    )  # fmt: skip
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
def _seen(
    source: int,
    sources: SourceRows,
    parts: PartRows,
    receptors: ReceptorRows,
    ex: float,
    ey: float,
    coarse: float,
    extra: float,
    seen: Place,
) -> int:
    """Put the receptors that a source may reach into `seen`, part by part where it is near; return how many.

    What lies farther off the axis, or upwind, than the root of `coarse` × distance² + `extra` is left out.
    """
    n_receptors, count = len(receptors.x), 0
    x, y = sources.x[source], sources.y[source]
    cxx, cxy, cyy = sources.spread_xx[source], sources.spread_xy[source], sources.spread_yy[source]
    own = cxx * ey * ey - 2 * cxy * ex * ey + cyy * ex * ex
    split = sources.near_count[source] > 0
    for receptor in range(n_receptors):
        if split and sources.near[source, receptor] >= 0:
            begin = sources.near[source, receptor]
            for at in range(begin, begin + sources.near[source + len(sources.x), receptor]):
                east, north = parts.east[at], parts.north[at]
                far = max(east * east + north * north, 1.0)
                pxx, pxy, pyy = parts.spread_xx[at], parts.spread_xy[at], parts.spread_yy[at]
                seen.receptor[count] = receptor
                seen.along[count] = east * ex + north * ey
                seen.off[count] = east * ey - north * ex
                seen.far[count] = far
                seen.own[count] = pxx * ey * ey - 2 * pxy * ex * ey + pyy * ex * ex
                seen.round[count] = (pxx + pyy) / 2
                seen.share[count] = parts.share[at]
                seen.row[count] = min(0.5 * log(far) / DISTANCE_STEP, DISTANCES - 1.0001)
                count += 1
            continue
        # written before it is known whether it stays: half of them are upwind, and no processor guesses which
        east, north = receptors.x[receptor] - x, receptors.y[receptor] - y
        along, off, far = east * ex + north * ey, east * ey - north * ex, east * east + north * north
        limit = coarse * far + extra
        seen.receptor[count] = receptor
        seen.along[count] = along
        seen.off[count] = off
        seen.far[count] = max(far, 1.0)
        seen.own[count] = own
        seen.round[count] = (cxx + cyy) / 2
        seen.share[count] = 1.0
        seen.row[count] = sources.place[source, receptor]
        count += int((off * off <= limit) & ((along >= 0) | (along * along <= limit)))
    return count


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def _abreast(along: float, wide: float, cut: float) -> float:
    """Share of a plume that comes by: all far downwind, half abreast of the source."""
    if along > 0 and along * along >= cut * cut * wide:
        return 1.0
    return probability(along / sqrt(wide))


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _shared_plume(
    count: int,
    seen: Place,
    table: FloatArray,
    level: IntArray,
    n_species: int,
    rate: float,
    cut: float,
    out: FloatArray,
) -> None:
    """Add the plume of a source that shares a table."""
    for pair in range(count):
        along, off, own, far = seen.along[pair], seen.off[pair], seen.own[pair], seen.far[pair]
        row = int(seen.row[pair])
        place = seen.row[pair] - row
        slope = table[row, 0] + place * (table[row + 1, 0] - table[row, 0])
        inner = slope * slope * far
        wide = inner + own
        if off * off > cut * cut * wide or (along < 0 and along * along > cut * cut * wide):
            continue
        part, fall = rate * seen.share[pair] * _abreast(along, wide, cut), 0.0
        if own > FLAT_TOP * inner:
            part *= flat_top(off, inner, own)
        else:
            fall = 0.5 * off * off / wide
            part /= _ROOT_TWO_PI * sqrt(wide)
        receptor = seen.receptor[pair]
        for kind in range(n_species):
            column = 1 + level[receptor] * n_species + kind
            held = table[row, column] + place * (table[row + 1, column] - table[row, column])
            out[receptor, kind] += part * exp(held - fall)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _own_plume(
    count: int,
    seen: Place,
    release: Release,
    air: Air,
    narrowing: FloatArray,
    coarse: float,
    extra: float,
    receptors: ReceptorRows,
    terrain: bool,
    species: Species,
    n: Numbers,
    rate: float,
    cut: float,
    out: FloatArray,
) -> None:
    """Add the plume of a source that is computed by itself."""
    axis = axis_at(place_of(max(release.axis, LOWEST_AXIS)), air.table)
    for pair in range(count):
        along, off, own, far = seen.along[pair], seen.off[pair], seen.own[pair], seen.far[pair]
        bound = coarse * narrowing[int(seen.row[pair])] * far + cut * cut * own + extra
        if off * off > bound or (along < 0 and along * along > bound):
            continue
        state = plume_at(sqrt(far), release, air, axis, n)
        inner = state.across * state.across
        wide = inner + own
        if off * off > cut * cut * wide or (along < 0 and along * along > cut * cut * wide):
            continue
        receptor = seen.receptor[pair]
        level = receptors.level[receptor]
        if not terrain and state.plume - receptors.level_height[level] > 8 * state.up:
            continue  # below 1e-13 of the axis
        part = rate * seen.share[pair] * _abreast(along, wide, cut) / state.wind
        if own > FLAT_TOP * inner:
            part *= flat_top(off, inner, own)
        else:
            part *= exp(-0.5 * off * off / wide) / (_ROOT_TWO_PI * sqrt(wide))
        ground, inlet = receptors.level_ground[level], receptors.level_height[level]
        for kind in range(len(species.settling)):
            value = part * filling(state, ground, inlet, release.base, terrain, species.settling[kind], n)
            if not species.inert:
                value *= surviving(
                    state, species.deposition[kind], species.loss[kind], species.gain[kind],
                    species.parent_loss[kind], species.parent_deposition[kind],
                )  # fmt: skip
            out[receptor, kind] += value


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _shared_puffs(
    count: int, seen: Place, table: FloatArray, level: IntArray, n_species: int, rate: float, out: FloatArray
) -> None:
    """Add the puffs of a source that shares a table, where it is one part."""
    for pair in range(count):
        turn = (seen.along[pair] / sqrt(seen.far[pair]) + 1) * 0.5 * (_DIRECTIONS - 1)
        turn = max(min(turn, _DIRECTIONS - 1.000001), 0.0)
        row, side = int(seen.row[pair]), int(turn)
        place, turn = seen.row[pair] - row, turn - side
        receptor = seen.receptor[pair]
        for kind in range(n_species):
            column = level[receptor] * n_species + kind
            low = table[row, side, column] * (1 - turn) + table[row, side + 1, column] * turn
            high = table[row + 1, side, column] * (1 - turn) + table[row + 1, side + 1, column] * turn
            out[receptor, kind] += rate * exp(low * (1 - place) + high * place)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _own_puffs(
    count: int,
    seen: Place,
    speed: float,
    ages: int,
    nodes: FloatArray,
    filled: FloatArray,
    level: IntArray,
    rate: float,
    cut: float,
    out: FloatArray,
) -> None:
    """Add the puffs of a source, age by age."""
    shares = np.empty(MOST_NODES)
    for pair in range(count):
        puffs_at(seen.along[pair], seen.far[pair], seen.round[pair], speed, ages, nodes, cut, shares)
        receptor = seen.receptor[pair]
        for kind in range(filled.shape[2]):
            value = 0.0
            for age in range(ages):
                value += shares[age] * filled[age, level[receptor], kind]
            out[receptor, kind] += rate * seen.share[pair] * value


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
    n_species, n_levels, n_kin = len(rows.deposition), len(receptors.level_ground), len(sources.first_of_kin)
    flexible, timed = hours.activity.shape[0] > 1, hours.activity.shape[1] > 1
    most = len(receptors.x) + (sources.near_count.max() if len(sources.x) > 0 else 0) + 1
    seen = Place(
        np.empty(most, dtype=np.int64), np.empty(most), np.empty(most), np.empty(most), np.empty(most),
        np.empty(most), np.empty(most), np.empty(most),
    )  # fmt: skip
    nodes, filled = np.empty((MOST_NODES, 2)), np.empty((MOST_NODES, n_levels, n_species))
    kin_nodes, kin_filled = np.empty((n_kin, MOST_NODES, 2)), np.empty((n_kin, MOST_NODES, n_levels, n_species))
    kin_ages, kin_widest = np.empty(n_kin, dtype=np.int64), np.empty(n_kin)
    kin_plume = np.empty((n_kin, DISTANCES, 1 + n_levels * n_species))
    kin_puff = np.empty((n_kin, DISTANCES, _DIRECTIONS, n_levels * n_species))
    table, narrowing = np.empty(hours.table.shape[1:]), np.empty(DISTANCES)
    for hour in range(len(hours.slot)):
        if hours.slot[hour] < 0:
            continue
        table[:] = hours.table[hour]  # shared arrays are counted by all threads, own ones are not
        ex, ey = hours.east[hour], hours.north[hour]
        calm = ex == 0 and ey == 0
        fluctuation, strongest = at_place(table, 0.0, LATERAL), max(at_place(table, LAST, WIND), 0.1)
        air = Air(
            ex, ey, hours.ustar[hour], hours.inverse[hour], hours.layer[hour], hours.temperature[hour], table,
            axis_at(place_of(0.5 * hours.layer[hour]), table), strongest,
        )  # fmt: skip
        species = Species(
            rows.deposition, rows.settling, rows.loss[hour], rows.gain[hour], rows.parent_loss[hour],
            rows.parent_deposition, rows.inert,
        )  # fmt: skip
        for node in range(DISTANCES):  # no plume of this hour is wider, beside the wind where it starts
            step = n.lateral_least * fluctuation * exp(node * DISTANCE_STEP) / (strongest * air.layer)
            narrowing[node] = exp(-2 * n.lateral_power * log(1 + step))
        for kin in range(n_kin):
            first = sources.first_of_kin[kin]
            like = release_of(
                sources.height[first], 0.0, 0.0, 1.0, sources.depth[first], sources.base[first], air, n
            )
            mast = place_of(max(like.axis, n.height))
            speed = 0.0 if calm else at_place(table, mast, WIND)
            if speed < n.puff_below * at_place(table, mast, LATERAL):
                kin_ages[kin] = puffs_of(
                    like, air, speed, receptors.level_ground, receptors.level_height, terrain, species, n,
                    kin_nodes[kin], kin_filled[kin],
                )  # fmt: skip
                own = (sources.spread_xx[first] + sources.spread_yy[first]) / 2
                _puff_table(kin_ages[kin], kin_nodes[kin], kin_filled[kin], own, speed, cut, kin_puff[kin])
            else:
                _plume_table(like, air, receptors, terrain, species, n, kin_plume[kin])
                kin_widest[kin] = kin_plume[kin, :, 0].max() ** 2
        for source in range(len(sources.x)):
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
            kin, into = sources.kin[source], out[hours.slot[hour], sources.group[source]]
            mast = place_of(max(release.axis, n.height))
            speed = 0.0 if calm else at_place(table, mast, WIND)
            if speed < n.puff_below * at_place(table, mast, LATERAL):
                count = _seen(source, sources, parts, receptors, ex, ey, 0.0, _EVERYWHERE, seen)
                if kin < 0:
                    ages = puffs_of(
                        release, air, speed, receptors.level_ground, receptors.level_height, terrain, species, n,
                        nodes, filled,
                    )  # fmt: skip
                    _own_puffs(count, seen, speed, ages, nodes, filled, receptors.level, rate, cut, into)
                elif sources.near_count[source] > 0:
                    _own_puffs(
                        count, seen, speed, kin_ages[kin], kin_nodes[kin], kin_filled[kin], receptors.level, rate,
                        cut, into,
                    )  # fmt: skip
                else:
                    _shared_puffs(count, seen, kin_puff[kin], receptors.level, n_species, rate, into)
                continue
            own = cut * cut * (sources.spread_xx[source] + sources.spread_yy[source])
            if kin >= 0:
                coarse = cut * cut * kin_widest[kin]
                count = _seen(source, sources, parts, receptors, ex, ey, coarse, own, seen)
                _shared_plume(count, seen, kin_plume[kin], receptors.level, n_species, rate, cut, into)
                continue
            slowest = max(at_place(table, place_of(max(release.height, LOWEST_AXIS)), WIND), 0.1)
            coarse, extra = (cut * fluctuation / slowest) ** 2, (cut * n.rise_share * release.final) ** 2 / 2
            count = _seen(source, sources, parts, receptors, ex, ey, coarse, own + extra, seen)
            _own_plume(
                count,
                seen,
                release,
                air,
                narrowing,
                coarse,
                extra,
                receptors,
                terrain,
                species,
                n,
                rate,
                cut,
                into,
            )
