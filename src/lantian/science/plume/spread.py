"""Compiled pieces of a plume: how wide it is, how high it goes, how it fills the layer (烟羽扩散内核).

Continuous functions of friction velocity, Obukhov length, mixing height, plume height and travel time. The forms
are those of Cimorelli et al. 2005 (J. Appl. Meteor. 44, 682-693); the rise is Briggs's.
"""

from math import cos, exp, log, pi, sqrt
from typing import NamedTuple

from numba import njit

from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary.profiles import LEVELS
from lantian.terms.types import FloatArray

GRAVITY = 9.80665
LOWEST = float(log(LEVELS[0]))
PER_STEP = float(1 / log(LEVELS[1] / LEVELS[0]))
LAST = len(LEVELS) - 1.000001
WIND, LATERAL, VERTICAL, SHARE, STABILITY = range(5)
"""Columns of the profile table of an hour."""
_NEAR_GROUND = sqrt(2 / pi)
_UNIFORM = 0.6
"""σz over layer depth from which the sum over images is done in waves; both sums are exact to 1e-5 there."""
_MIXED = 1.6
"""σz over layer depth from which the layer is filled evenly, within 1e-5."""
_FEW_IMAGES = 0.15
"""σz over layer depth up to which one image of the ground and one of the lid are enough …"""
_MORE_IMAGES = 0.3
"""… and up to which the second image of the lid is not wanted."""
_ROOT_TWO_PI = sqrt(2 * pi)


_LEAST_FREQUENCY = 1e-4
"""Below, a stratification does not end a rise. [s-1]"""


class Numbers(NamedTuple):
    """Constants of the rule, as the kernels want them; their meaning stands with the rule's records."""

    lateral_power: float
    lateral_factor: float
    lateral_least: float
    lateral_height: float
    stable_factor: float
    unstable_factor: float
    length_height: float
    length_stable: float
    low_share: float
    wind_at: float
    rise_share: float
    reflection_stable: float
    gradual: float
    entrainment: float
    distance_low: float
    distance_high: float
    flux_split: float
    power_low: float
    power_high: float
    momentum: float
    stable: float
    stable_momentum: float
    stable_calm: float
    downwash_ratio: float
    downwash_depth: float
    rise_wind: float
    plume_top: float
    puff_below: float
    height: float
    longest: float
    nodes_per_factor: float
    terrain_share: float

    @classmethod
    def of(cls, rule: PlumeRule) -> "Numbers":
        """Take them out of an edition."""
        values = {
            **{name: getattr(rule.spread, name) for name in type(rule.spread).model_fields},
            **{name: getattr(rule.rise, name) for name in type(rule.rise).model_fields if name != "least_wind"},
            **{name: getattr(rule.low_wind, name) for name in type(rule.low_wind).model_fields},
            "rise_wind": rule.rise.least_wind,
            "terrain_share": rule.terrain.least_share,
        }
        return cls(**{name: float(values[name]) for name in cls._fields})


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def place_of(height: float) -> float:
    """Place of a height in the profile tables."""
    return min(max((log(height) - LOWEST) * PER_STEP, 0.0), LAST)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def at_place(table: FloatArray, place: float, column: int) -> float:
    """Value of a column of one hour's table between two levels."""
    below = int(place)
    share = place - below
    value: float = table[below, column] * (1 - share) + table[below + 1, column] * share
    return value


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def rise_of(
    height: float,
    diameter: float,
    velocity: float,
    gas: float,
    wind: float,
    air: float,
    frequency: float,
    n: Numbers,
) -> tuple[float, float, float, float, float]:
    """Release height after downwash, final rise, the two coefficients of gradual rise, and where it ends.

    References
    ----------
    Briggs 1969, 1975. The gradual rise joins buoyancy and momentum in one cube root and ends at the final rise.
    """
    if diameter <= 0 or velocity <= 0:
        return height, 0.0, 0.0, 0.0, 0.0
    u = max(wind, n.rise_wind)
    top = height
    if velocity < n.downwash_ratio * u:
        top = max(height + n.downwash_depth * diameter * (velocity / u - n.downwash_ratio), 0.0)
    area = velocity * diameter * diameter / 4
    buoyancy = max(GRAVITY * area * (gas - air) / gas, 0.0)
    momentum = velocity * area * air / gas
    by_momentum = n.momentum * diameter * velocity / u
    by_heat = 0.0
    if buoyancy > 0:
        if buoyancy < n.flux_split:
            distance = n.distance_low * buoyancy**n.power_low
        else:
            distance = n.distance_high * buoyancy**n.power_high
        by_heat = n.gradual * (buoyancy * distance * distance) ** (1 / 3) / u
    if frequency > _LEAST_FREQUENCY:
        square = frequency * frequency
        by_heat = min(by_heat, n.stable * (buoyancy / (u * square)) ** (1 / 3))
        by_heat = min(by_heat, n.stable_calm * buoyancy**0.25 * frequency**-0.75)
        by_momentum = min(by_momentum, n.stable_momentum * (momentum / (u * frequency)) ** (1 / 3))
    final = max(by_heat, by_momentum)
    square_part = n.gradual**3 * buoyancy / u**3
    linear_part = 3 * momentum / (n.entrainment * n.entrainment * u * u)
    cube = final**3
    end = (
        (sqrt(linear_part * linear_part + 4 * square_part * cube) - linear_part) / (2 * square_part)
        if square_part > 0
        else cube / linear_part
    )
    return top, final, square_part, linear_part, end


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def widths(
    distance: float,
    time: float,
    ustar: float,
    inverse: float,
    layer: float,
    plume: float,
    middle: float,
    lateral: float,
    vertical: float,
    share: float,
    frequency: float,
    n: Numbers,
) -> tuple[float, float]:
    """σy and σz after a travel time; `plume` is the height of its axis, `middle` where its turbulence is taken."""
    step = lateral * time
    factor = max(n.lateral_factor * n.lateral_height / max(plume, n.lateral_height), n.lateral_least)
    across = step / exp(n.lateral_power * log(1 + factor * step / layer))
    ground = _NEAR_GROUND * ustar * time
    if inverse > 0:
        ground *= exp(-log(1 + n.stable_factor * distance * inverse) / 3)
    reach = vertical * time
    aloft = reach / sqrt(
        1 + 0.5 * reach * (1 / (n.length_height * max(plume, 1e-4)) + frequency / (n.length_stable * vertical))
    )
    part = min(plume / layer, 1.0)
    up = (1 - part) * ground + part * aloft
    if inverse < 0:
        lift = n.low_share + (1 - n.low_share) * min(10 * middle / layer, 1.0)
        up = (1 - share) * up + share * lift * reach
        free = n.unstable_factor * max(1 - 10 * plume / layer, 0.0) * (ustar * time) ** 2 * -inverse
        up = sqrt(up * up + free * free)
    return across, up


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def _mirrored(height: float, z: float, scale: float) -> float:
    """Bring images above and below the ground to z; one exponential where z is small beside the spread."""
    cross = 2 * scale * height * z
    if cross < 0.25:
        square = cross * cross
        return (
            2 * exp(-scale * (height * height + z * z)) * (1 + square * (0.5 + square * (1 / 24 + square / 720)))
        )
    return exp(-scale * (height - z) ** 2) + exp(-scale * (height + z) ** 2)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def fill(z: float, plume: float, up: float, lid: float) -> float:
    """Vertical distribution between the ground and a lid, both reflecting. [m-1]

    The integral over the layer is one. A narrow plume is summed over images, a wide one over waves.
    """
    if z > lid:
        return 0.0
    height = min(plume, lid)
    ratio = up / lid
    if ratio > _MIXED:
        return 1 / lid
    if ratio > _UNIFORM:
        wave = exp(-0.5 * (pi * ratio) ** 2)
        first, second = cos(pi * z / lid), cos(pi * height / lid)
        total = 1 + 2 * wave * first * second
        total += 2 * wave**4 * (2 * first * first - 1) * (2 * second * second - 1)
        return (total + 2 * wave**9 * (4 * first**3 - 3 * first) * (4 * second**3 - 3 * second)) / lid
    scale = 0.5 / (up * up)
    top = 2 * lid
    total = _mirrored(height, z, scale) + exp(-scale * (top - z - height) ** 2)
    if ratio > _FEW_IMAGES:
        total += exp(-scale * (top + z - height) ** 2) + _mirrored(top + height, z, scale)
    if ratio > _MORE_IMAGES:
        total += _mirrored(2 * top - height, z, scale)
    return total / (_ROOT_TWO_PI * up)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def probability(a: float) -> float:
    """Return the normal probability below `a`, after Hastings: within 7.5e-8, in a third of its time."""
    k = 1 / (1 + 0.2316419 * abs(a))
    tail = 0.3989422804014327 * exp(-0.5 * a * a)
    tail *= k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    return 1 - tail if a >= 0 else tail
