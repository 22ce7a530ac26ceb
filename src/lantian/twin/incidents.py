"""What goes wrong in a simulated city, and when: failures, fakes, broken orders (模拟事件)?

Every pattern of fraud that the trade knows happens to some invented plant or station. Nothing that exists ever
gets one: neither a national station nor a plant that the plan document names.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from lantian.city import City, Level
from lantian.terms.types import FloatArray
from lantian.twin.catalogue import Catalogue, Plant
from lantian.twin.noise import generator
from lantian.twin.sky import Sky
from lantian.twin.weather import Event

Kind = Literal["fraud", "exceedance", "fault", "breach"]

FRAUDS = (
    *("frozen", "too_calm", "clipped", "hugging", "shifted_scale", "copied", "dilution", "arithmetic"),
    *("state_logic", "digits", "timing", "power"),
)
"""Patterns at stacks."""
STATION_FRAUDS = ("spraying", "blocked_inlet")
"""Patterns at air stations: water sprayed round them; cotton in the inlet."""
FAULTS = ("stuck", "drift", "silent", "late", "clock")
"""Honest failures of instruments and lines: a value that stays, creeps, never comes, comes late; a wrong clock."""
_MOST_UPSET = 30
"""Failures of treatment a year that let a stack exceed its limit, in the whole city."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that truly happened in the simulation."""

    kind: Kind
    pattern: str
    """A pattern of fraud or fault; of an exceedance the pollutant; of a breach the order."""
    subject: str
    """Code of the stack, plant or station."""
    first: datetime
    last: datetime
    """Start of its last hour."""
    details: Mapping[str, float | str] = field(default_factory=dict)
    """What belongs to the pattern, for instance ``factor``."""

    def hours(self, sky: Sky) -> np.ndarray:
        """Return which hours of the axis it covers."""
        axis = sky.weather.axis
        return ((axis >= self.first) & (axis <= self.last)).to_numpy()


def plan_incidents(
    city: City, catalogue: Catalogue, sky: Sky, events: Sequence[Event], seed: int
) -> tuple[Incident, ...]:
    """Draw what goes wrong, for each calendar year of the sky by itself, in order of time.

    Parameters
    ----------
    city : City
        Its simulated stations may be interfered with.
    catalogue : Catalogue
        Its invented plants may fail, fake and break orders.
    sky : Sky
        Which years.
    events : sequence of Event
        In episodes kilns of the grades C and D are told to stand still; a few run on.
    seed : int
        Of the simulation.
    """
    found: list[Incident] = []
    for year, _ in sky.weather.years:
        start = sky.weather.axis.filter(sky.weather.axis.dt.year() == year)[0]
        found += _frauds(catalogue, year, start, seed)
        found += _station_frauds(city, year, start, seed)
        found += _exceedances(catalogue, year, start, seed)
        found += _faults(catalogue, year, start, seed)
    found += _breaches(catalogue, events, seed)
    return in_order(found)


def in_order(incidents: Iterable[Incident]) -> tuple[Incident, ...]:
    """Return incidents in order of time."""
    return tuple(sorted(incidents, key=lambda each: (each.first, each.subject, each.pattern)))


def _invented(catalogue: Catalogue, *, with_stack: bool = True) -> list[Plant]:
    return [
        plant
        for plant in catalogue.plants
        if not plant.exists and not plant.small and (not with_stack or any(each.logger for each in plant.stacks))
    ]


def _span(start: datetime, rng: np.random.Generator, low: int, high: int) -> tuple[datetime, datetime]:
    """Draw a stretch within a year. [h]"""
    length = int(rng.integers(low, high + 1))
    first = start + timedelta(hours=int(rng.integers(0, 8_760 - length)))
    return first, first + timedelta(hours=length - 1)


def _frauds(catalogue: Catalogue, year: int, start: datetime, seed: int) -> list[Incident]:
    found: list[Incident] = []
    plants = _invented(catalogue)
    for pattern in FRAUDS:
        rng = generator(seed, f"fraud:{pattern}", year)
        for index in rng.choice(len(plants), size=2, replace=False):
            plant = plants[int(index)]
            stack = next(each for each in plant.stacks if each.logger is not None)
            limited = sorted(key for key in stack.limits if key in stack.concentration)
            key = limited[int(rng.integers(0, len(limited)))]
            details: dict[str, float | str] = {"pollutant": key, "factor": round(float(rng.uniform(0.35, 0.6)), 2)}
            first, last = _span(start, rng, 72, 500)
            subject = plant.code if pattern == "power" else stack.code
            found.append(Incident("fraud", pattern, subject, first, last, details))
    return found


def _station_frauds(city: City, year: int, start: datetime, seed: int) -> list[Incident]:
    stations = [one for one in city.stations if one.simulated and one.level is not Level.MICRO]
    found: list[Incident] = []
    for pattern in STATION_FRAUDS:
        rng = generator(seed, f"station fraud:{pattern}", year)
        for _ in range(2):
            station = stations[int(rng.integers(0, len(stations)))]
            first, last = _span(start, rng, 30, 140)
            factor = float(rng.uniform(0.45, 0.75) if pattern == "spraying" else rng.uniform(0.15, 0.4))
            found.append(Incident("fraud", pattern, station.code, first, last, {"factor": round(factor, 2)}))
    return found


def _exceedances(catalogue: Catalogue, year: int, start: datetime, seed: int) -> list[Incident]:
    """Treatment fails for some hours; most often where the grade is poor."""
    rng = generator(seed, "exceedances", year)
    plants = _invented(catalogue)
    weights = np.array([{"A": 0.1, "B": 0.4, "C": 1.0, "D": 2.2}[plant.grade] for plant in plants])
    found: list[Incident] = []
    for index in rng.choice(len(plants), size=_MOST_UPSET, p=weights / weights.sum()):
        plant = plants[int(index)]
        stack = next(each for each in plant.stacks if each.logger is not None)
        limited = sorted(key for key in stack.limits if key in stack.concentration)
        key = limited[int(rng.integers(0, len(limited)))]
        first, last = _span(start, rng, 2, 14)
        above = stack.limits[key] / stack.concentration[key] * float(rng.uniform(1.3, 3.5))
        found.append(Incident("exceedance", key, stack.code, first, last, {"factor": round(above, 2)}))
    return found


def _faults(catalogue: Catalogue, year: int, start: datetime, seed: int) -> list[Incident]:
    found: list[Incident] = []
    stacks = [stack for _, stack in catalogue.stacks if stack.logger is not None]
    for pattern in FAULTS:
        rng = generator(seed, f"faults:{pattern}", year)
        for index in rng.choice(len(stacks), size=14, replace=False):
            first, last = _span(start, rng, 3, 72 if pattern in {"silent", "drift"} else 20)
            found.append(Incident("fault", pattern, stacks[int(index)].code, first, last))
    return found


def _breaches(catalogue: Catalogue, events: Sequence[Event], seed: int) -> list[Incident]:
    """In an episode most kilns stop as they are told, and a few do not."""
    ordered = stop_ordered(catalogue)
    found: list[Incident] = []
    for event in events:
        if event.kind != "episode":
            continue
        rng = generator(seed, f"breaches:{event.first:%Y%m%d}", event.first.year)
        willing = [plant for plant in ordered if not plant.exists]
        chosen = rng.choice(len(willing), size=min(5, len(willing)), replace=False)
        found += [
            Incident("breach", "stop", willing[int(index)].code, event.first, event.last) for index in chosen
        ]
    return found


def stop_ordered(catalogue: Catalogue) -> tuple[Plant, ...]:
    """Return the kilns of grades C and D, which are told to stand still in an episode."""
    return tuple(
        plant
        for plant in catalogue.plants
        if plant.kind in {"brick", "lime", "ceramics"} and plant.grade in {"C", "D"}
    )


def obeyed_load(
    plant: Plant, load: FloatArray, sky: Sky, events: Sequence[Event], incidents: Sequence[Incident], ordered: bool
) -> FloatArray:
    """Return the load after stop orders: 0 in an episode where one was given, unless the plant broke it."""
    if not ordered:
        return load
    obeyed = load.copy()
    for event in events:
        if event.kind == "episode":
            inside = ((sky.weather.axis >= event.first) & (sky.weather.axis <= event.last)).to_numpy()
            broken = any(
                each.kind == "breach" and each.subject == plant.code and each.first == event.first
                for each in incidents
            )
            obeyed[inside] = np.maximum(load[inside], 0.5) if broken else 0.0
    return obeyed
