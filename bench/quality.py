"""A month of 40 stations through every ambient check; prints one JSON line with seconds, medians of runs."""

import json
import time
from collections.abc import Callable
from datetime import date
from statistics import median

import numpy as np

from lantian.rules import QualityRule, Rulebook
from lantian.science.quality import ambient, clock, drift
from lantian.science.quality.neighbours import departures, peer_median

STATIONS, DAYS, RUNS = 40, 31, 7


def month(seed: int = 1) -> np.ndarray:
    """Hours of stations in one valley, 2 % missing."""
    chance = np.random.default_rng(seed)
    hour = np.arange(DAYS * 24)
    weather = np.exp(np.convolve(chance.normal(0, 0.25, len(hour) + 23), np.exp(-np.arange(24) / 6), "valid"))
    level = np.array([20, 40, 0.9, 60, 90, 45]) * (1 + 0.3 * np.cos(hour / 12 * 2 * np.pi))[:, None]
    hours = level * weather[:, None] * chance.lognormal(0, 0.1, (STATIONS, len(hour), 6))
    hours[chance.random(hours.shape) < 0.02] = np.nan
    return hours


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    rule = Rulebook.packaged().edition(QualityRule, "quality", date(2026, 1, 1))
    hours = month()
    around = np.array([[(one + step) % STATIONS for step in range(1, 6)] for one in range(STATIONS)])
    peers = peer_median(hours, around, rule.neighbours.least)
    days = (STATIONS, DAYS, 24, 6)
    by_day, peers_by_day = hours.reshape(days), peers.reshape(days)
    works: dict[str, Callable[[], object]] = {
        "neighbours": lambda: peer_median(hours, around, rule.neighbours.least),
        "range": lambda: ambient.out_of_range(hours, rule.ambient),
        "inversion": lambda: ambient.inversions(hours, rule.ambient),
        "constant": lambda: ambient.constants(hours, peers, rule.ambient),
        "spike": lambda: ambient.spikes(hours, peers, rule.ambient),
        "departure": lambda: departures(hours, peers, rule.neighbours),
        "clock": lambda: clock.clock_shifts(hours, peers, rule.clock),
        "label": lambda: clock.label_faults(by_day, peers_by_day, rule.clock),
        "drift": lambda: drift.drifts(by_day, peers_by_day, rule.drift, rule.neighbours),
    }
    told = {name: round(seconds(work), 4) for name, work in works.items()}
    print(
        json.dumps(
            {"bench": "quality", "values": int(hours.size), "seconds": round(sum(told.values()), 4), **told}
        )
    )


if __name__ == "__main__":
    main()
