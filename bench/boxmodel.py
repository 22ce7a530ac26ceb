"""The box model's figures in one run: a surface of 21 × 21 boxes × 24 h, and reactivities of all groups.

Prints one JSON line. `surface_off_ppb` is the greatest difference of any box's greatest ozone to a run whose light
changes every five minutes. `setters_seconds` is what the solver's own documented setters and getters, one value
at a time, would take for the concentrations and photolysis rates of one surface, before anything reacts.
"""

import json
import time
from datetime import date

import numpy as np

from lantian.rules import Rulebook
from lantian.rules.voc_records import OzoneChemistry
from lantian.science.boxmodel import Day, reactivities, surface
from lantian.science.boxmodel.solver import Boxes
from lantian.science.weather import water_vapour

HOURS, POINTS, STEPS = 24, 21, 2
MORNING = {
    "PAR": 40.0, "ETHA": 4.0, "ETH": 3.0, "OLE": 1.0, "IOLE": 0.3, "TOL": 2.0, "XYL": 1.5, "FORM": 4.0,
    "ALD2": 2.0, "ALDX": 0.5, "MEOH": 5.0, "ISOP": 0.4, "TERP": 0.05, "MGLY": 0.1,
    "NO2": 15.0, "NO": 3.0, "CO": 500.0, "SO2": 3.0, "O3": 30.0,
}  # fmt: skip


def summer_day() -> Day:
    hour, one = np.arange(HOURS), np.ones(HOURS)
    wave = np.sin((hour - 9) / 24 * 2 * np.pi)
    temperature, pressure = 298 + 5 * wave, 950 * one
    mixing = {name: value * (1.2 - 0.4 * wave) for name, value in MORNING.items()}
    water = water_vapour(55 * one, temperature - 273.15, pressure)
    held = frozenset(set(mixing) - {"O3", "NO"})
    start = np.datetime64("2025-06-20T16:00")
    return Day(start, 113.1, 36.2, temperature, pressure, water, one, mixing, held)


def setters(chemistry: OzoneChemistry, count: int) -> float:
    """Seconds that the solver's documented setters take for one surface."""
    boxes = Boxes(chemistry, frozenset(), count)
    state = boxes._state
    amounts = {name: [1e-9] * count for name in chemistry.species}
    rates = {name: [1e-3] * count for name in state.get_user_defined_rate_parameters_ordering()}
    start = time.perf_counter()
    state.set_concentrations(amounts)
    state.set_user_defined_rate_parameters(rates)
    state.get_concentrations()
    return (time.perf_counter() - start) * HOURS * STEPS


def least(seconds: list[float]) -> float:
    return round(min(seconds), 3)


def main() -> None:
    chemistry = Rulebook.packaged().edition(OzoneChemistry, "ozone_chemistry", date(2026, 6, 20))
    day = summer_day()
    reactivities(day.holding(day.held | {"O3"}), chemistry)  # the solver is loaded
    surfaces, relative = [], []
    for _ in range(3):
        start = time.perf_counter()
        found = surface(day, chemistry, points=POINTS, steps=STEPS)
        surfaces.append(time.perf_counter() - start)
        start = time.perf_counter()
        reactivities(day.holding(day.held | {"O3"}), chemistry)
        relative.append(time.perf_counter() - start)
    fine = surface(day, chemistry, points=POINTS, steps=12)
    figures = {
        "boxes": POINTS**2,
        "hours": HOURS,
        "surface_seconds": least(surfaces),
        "surface_off_ppb": round(float(np.abs(found.peak - fine.peak).max()), 3),
        "surface_least_ppb": round(float(found.peak.min()), 1),
        "surface_most_ppb": round(float(found.peak.max()), 1),
        "reactivities_seconds": least(relative),
        "setters_seconds": round(setters(chemistry, POINTS**2), 3),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
