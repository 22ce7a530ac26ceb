"""A year of a city's source-receptor matrix: the compiled kernel against the same sum in NumPy in one run.

2,000 rising stacks and 2,500 cells of 1 km, 40 receptors, 8,760 hours of made weather with seasons, days, nights
and calms; a quarter of the hours has less than 1 m/s. Prints one JSON line. The rival computes the stacks of a
sample of windy hours with whole arrays, from the same profiles and formulae, and is extrapolated to a year; the
ratio is of that part, one thread each. The difference is between the two on the sample, the kernel's cut included.
`year_cpu_seconds` over two is what two free cores take; on a busy machine the year takes longer.
"""

import json
import time
from datetime import date

import numpy as np
from scipy.special import ndtr

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer, profiles_of
from lantian.science.boundary.profiles import LEVELS
from lantian.science.plume import Options, Receptors, Sources, transfer, transfer_hourly
from lantian.science.plume.spread import Numbers, rise_of

STACKS, SIDE, RECEPTORS, HOURS, SAMPLE = 2_000, 50, 40, 8_760, 24
RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))


def weather(hours: int, seed: int = 1) -> Boundary:
    chance, at = np.random.default_rng(seed), np.arange(hours)
    cycle = np.sin((at % 24 - 9) / 24 * 2 * np.pi)
    season = np.sin(at / 8760 * 2 * np.pi - 1.8)
    observed = Observed(
        np.datetime64("2024-12-31T16", "h") + at,
        np.maximum(0.05, chance.gamma(2.2, 0.9, hours) * (1 + 0.3 * cycle)),
        (180 + 60 * cycle + np.cumsum(chance.normal(0, 15, hours))) % 360,
        12 + 12 * season + 5 * cycle,
        cloud=chance.random(hours),
    )
    return boundary_layer(observed, Site(113.1, 36.2, RULE.land_class("suburb"), elevation=930.0), RULE)


def city(seed: int = 2) -> tuple[Sources, Sources, Receptors]:
    chance = np.random.default_rng(seed)
    stacks = Sources.points(
        *chance.uniform(-25e3, 25e3, (2, STACKS)),
        chance.uniform(15, 120, STACKS),
        diameter=chance.uniform(0.5, 4, STACKS),
        velocity=chance.uniform(5, 18, STACKS),
        temperature=chance.uniform(320, 430, STACKS),
    )
    middle = (np.arange(SIDE) - (SIDE - 1) / 2) * 1000.0
    x, y = (each.ravel() for each in np.meshgrid(middle, middle))
    cells = Sources.areas(x, y, 1000.0, 1000.0, 5.0, depth=2.0)
    return stacks, cells, Receptors.of(*chance.uniform(-20e3, 20e3, (2, RECEPTORS)))


def rival_hour(stacks: Sources, receptors: Receptors, air: Boundary, n: Numbers) -> np.ndarray:
    """One windy hour of all stacks and receptors with whole arrays; the formulae are those of the kernel."""
    profiles = profiles_of(air, RULE)
    level = np.log(LEVELS)

    def read(values: np.ndarray, height: np.ndarray) -> np.ndarray:
        return np.interp(np.log(np.maximum(height, LEVELS[0])), level, values[0])

    ustar, inverse = float(air.friction_velocity[0]), float(air.inverse_length[0])
    layer, calm = float(air.mixing_height[0]), float(air.temperature[0])
    wind = read(profiles.wind, stacks.height)
    brake = read(profiles.stability, stacks.height) if inverse > 0 else np.zeros(STACKS)
    release, final, square, linear, end = np.array(
        [
            rise_of(h, d, v, t, u, calm, b, n)
            for h, d, v, t, u, b in zip(
                stacks.height, stacks.diameter, stacks.velocity, stacks.temperature, wind, brake, strict=True
            )
        ]
    ).T[:, :, None]
    trapped = np.ones_like(final)
    if inverse < 0:
        above = n.plume_top - (layer - release) / np.maximum(final, 1e-9)
        trapped = np.where(release >= layer, 0.0, 1 - np.clip(np.where(final > 0, above, 0.0), 0, 1))
    towards = np.radians(air.wind_direction[0] + 180)
    ex, ey = np.sin(towards), np.cos(towards)
    east, north = receptors.x - stacks.x[:, None], receptors.y - stacks.y[:, None]
    along, off = east * ex + north * ey, east * ey - north * ex
    away = np.maximum(np.hypot(east, north), 1.0)
    risen = np.where(away < end, np.minimum(final, np.cbrt(square * away**2 + linear * away)), final)
    plume = np.minimum(release + risen, layer) if inverse < 0 else release + risen
    guess = np.maximum(read(profiles.wind, np.maximum(plume, np.minimum(0.04 * away, 0.3 * layer))), 0.1)
    reach = n.wind_at * 0.8 * ustar * away / guess
    if inverse > 0:
        reach *= (1 + n.stable_factor * away * inverse) ** (-1 / 3)
    middle = np.maximum(np.maximum(plume, np.minimum(reach, 0.5 * layer)), LEVELS[0])
    u = np.maximum(read(profiles.wind, middle), 0.1)
    lateral, vertical = read(profiles.lateral, middle), read(profiles.vertical, middle)
    age = away / u
    factor = np.maximum(n.lateral_factor * n.lateral_height / np.maximum(plume, n.lateral_height), n.lateral_least)
    across = lateral * age / (1 + factor * lateral * age / layer) ** n.lateral_power
    ground = np.sqrt(2 / np.pi) * ustar * age
    if inverse > 0:
        ground *= (1 + n.stable_factor * away * inverse) ** (-1 / 3)
    slow = 1 / (n.length_height * plume) + read(profiles.stability, middle) / (n.length_stable * vertical)
    aloft = vertical * age / np.sqrt(1 + 0.5 * vertical * age * slow)
    part = np.minimum(plume / layer, 1)
    up = (1 - part) * ground + part * aloft
    if inverse < 0:
        share = read(profiles.convective_share, middle)
        up = (1 - share) * up + share * (
            n.low_share + (1 - n.low_share) * np.minimum(10 * middle / layer, 1)
        ) * vertical * age
        free = n.unstable_factor * np.maximum(1 - 10 * plume / layer, 0) * (ustar * age) ** 2 * -inverse
        up = np.hypot(up, free)
    by_rise = (n.rise_share * risen) ** 2 / 2
    across, up = np.sqrt(across**2 + by_rise), np.sqrt(up**2 + by_rise)
    lid = layer if inverse < 0 else np.maximum(layer, plume + n.reflection_stable * up)
    filled = sum(
        np.exp(-0.5 * ((side * np.minimum(plume, lid) + 2 * lid * image - receptors.height) / up) ** 2)
        for image in range(-6, 7)
        for side in (1, -1)
    )
    filled = np.where(up > 2 * lid, 1 / lid, filled / (np.sqrt(2 * np.pi) * up))
    value = trapped * 1e6 * filled * np.exp(-0.5 * (off / across) ** 2) * ndtr(along / across)
    return np.asarray(value / (np.sqrt(2 * np.pi) * across * u))


def main() -> None:
    air = weather(HOURS)
    stacks, cells, receptors = city()
    both, numbers = stacks + cells, Numbers.of(RULE)
    transfer(both, receptors, air.at(slice(0, 2)), RULE)  # compiled or fetched
    start, busy = time.perf_counter(), time.process_time()
    found = transfer(both, receptors, air, RULE)
    ours, busy = time.perf_counter() - start, time.process_time() - busy
    windy = np.flatnonzero(air.wind_speed > 3)
    sample = windy[:: max(1, len(windy) // SAMPLE)][:SAMPLE]
    some = air.at(sample)
    start = time.perf_counter()
    few = transfer_hourly(stacks, receptors, some, RULE, options=Options(threads=1)).of("tracer")
    ours_windy = (time.perf_counter() - start) / len(sample)
    start = time.perf_counter()
    theirs = [rival_hour(stacks, receptors, air.at(np.array([hour])), numbers) for hour in sample]
    rival_windy = (time.perf_counter() - start) / len(sample)
    difference = max(float(np.abs(few[..., n] - theirs[n]).max() / theirs[n].max()) for n in range(len(sample)))
    figures = {
        "benchmark": "plume",
        "pairs": found.outside.pairs,
        "hours": HOURS,
        "weak_hours": found.outside.weak_hours,
        "year_seconds": round(ours, 1),
        "year_cpu_seconds": round(busy, 1),
        "million_pair_hours_per_second": round(found.outside.pairs * HOURS / ours / 1e6),
        "numpy_stacks_year_seconds_extrapolated": round(rival_windy * HOURS, 1),
        "one_thread_stacks_year_seconds_extrapolated": round(ours_windy * HOURS, 1),
        "times_numpy_one_thread": round(rival_windy / ours_windy, 1),
        "largest_difference_share_of_the_highest": float(f"{difference:.1e}"),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
