"""A simulated city is built from its book: the same seed, the same city."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from lantian.city import City, Station
from lantian.city.outlines import county_outlines
from lantian.science.places import distance
from lantian.terms.errors import CallerError
from lantian.twin.catalogue.loggers import meter_of, stack_logger
from lantian.twin.catalogue.reading import CityBook, Kind, Seat, StackKind
from lantian.twin.catalogue.records import Catalogue, Plant, Stack
from lantian.twin.catalogue.surfaces import build_cells, build_surfaces
from lantian.twin.noise import generator

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

_YEAR = 0
"""The city does not change from year to year: its random streams belong to none."""
_PM25_SHARE = {True: 0.75, False: 0.55}
"""Share of PM2.5 in the dust of a stack, by whether it burns something [1]."""
_NEAREST = 1_200.0
"""Nearest to a seat that anything is built. [m]"""
_APART, _APART_SMALL = 3_500.0, 600.0
"""How far from a station a large and a small plant stand at least. [m]"""
_HOURS_A_YEAR = 8_000.0
_ZERO = 273.15


def build_catalogue(city: City, book: CityBook, seed: int) -> Catalogue:
    """Build the sources of a simulated city.

    Parameters
    ----------
    city : City
        Counties with outlines.
    book : CityBook
        What there is.
    seed : int
        0 or more.

    Returns
    -------
    Catalogue
        Plants in the order of the book; every name but those that exist says that it is simulated.
    """
    outlines = county_outlines(city)
    seats = {seat.county: seat for seat in book.seats}
    if missing := sorted(set(seats) - set(outlines)):
        raise CallerError(
            "No outline is known of {counties}, so nothing can be placed there. Give outlines.geojson.",
            counties=", ".join(missing),
        )
    plants: list[Plant] = []
    for kind in book.kinds:
        plants += _plants_of(kind, city, book, seats, outlines, seed)
    cells = build_cells(book, outlines, seed)
    return Catalogue(city.key, seed, tuple(plants), cells, build_surfaces(book, cells))


def _plants_of(
    kind: Kind,
    city: City,
    book: CityBook,
    seats: Mapping[str, Seat],
    outlines: "Mapping[str, BaseGeometry]",
    seed: int,
) -> Iterator[Plant]:
    names = {county.adcode: (county.name_zh, county.name_en) for county in city.counties}
    waiting = {
        county: [row for row in book.named if (row.kind, row.county) == (kind.key, county)] for county in seats
    }
    for county, count in _shares(kind, book.seats).items():
        for number in range(1, count + 1):
            code = f"SIM-{kind.key.upper().replace('_', '-')}-{county}-{number:02d}"
            rng = generator(seed, f"plant:{code}", _YEAR)
            longitude, latitude = place_near(rng, seats[county], kind, outlines[county], city.stations)
            real = waiting[county].pop(0) if waiting[county] else None
            zh, en = names[county]
            grade = _grade(book, rng)
            capacity = _between(rng, *kind.capacity)
            output = capacity * kind.per_capacity * rng.uniform(0.75, 1.0)
            yield Plant(
                code=code,
                kind=kind.key,
                name_zh=real.name_zh if real else f"模拟·{zh.rstrip('区县')}{kind.name_zh}{number}号",
                name_en=real.name_en if real else f"Simulated {en.split()[0]} {kind.name_en} No. {number}",
                county=county,
                longitude=longitude,
                latitude=latitude,
                elevation=round(seats[county].elevation + rng.uniform(-15.0, 30.0), 0),
                capacity=capacity,
                unit=kind.unit,
                output=output,
                grade=grade,
                small=kind.small,
                exists=real is not None,
                in_ring=_in_ring(book, seats, longitude, latitude),
                season=kind.season,
                stacks=tuple(
                    _stack(code, row, kind, output, book.grades[grade].share, rng) for row in kind.stacks
                ),
                fugitive={key: value * output / 1_000.0 for key, value in kind.fugitive.items()},
                meter=meter_of(code, rng) if not kind.small or book.instruments.meters_of_small else None,
            )


def _shares(kind: Kind, seats: Sequence[Seat]) -> dict[str, int]:
    """How many plants stand in each county: as the book says, else by population, the largest rests first."""
    if kind.counties:
        return dict(kind.counties)
    people = np.array([seat.population for seat in seats])
    exact = kind.count * people / people.sum()
    whole = np.floor(exact).astype(int)
    for index in np.argsort(whole - exact, kind="stable")[: kind.count - int(whole.sum())]:
        whole[index] += 1
    return {seat.county: int(number) for seat, number in zip(seats, whole, strict=True)}


def place_near(
    rng: np.random.Generator, seat: Seat, kind: Kind, outline: "BaseGeometry", stations: Sequence[Station]
) -> tuple[float, float]:
    """Find a place inside a county, within the kind's reach of its seat and not beside a station. [deg]"""
    from shapely.geometry import Point

    east = np.array([station.longitude for station in stations])
    north = np.array([station.latitude for station in stations])
    apart = _APART_SMALL if kind.small else _APART
    for reach in (kind.spread, 1.5 * kind.spread, 2.5 * kind.spread, 4.0 * kind.spread):
        for _ in range(60):
            away = _NEAREST + (reach - _NEAREST) * math.sqrt(rng.random())
            turn = rng.uniform(0.0, 2.0 * math.pi)
            longitude = seat.longitude + away * math.sin(turn) / (
                111_320.0 * math.cos(math.radians(seat.latitude))
            )
            latitude = seat.latitude + away * math.cos(turn) / 110_950.0
            near = float(distance(longitude, latitude, east, north).min()) if len(east) else math.inf
            if near >= apart and outline.contains(Point(longitude, latitude)):
                return round(longitude, 4), round(latitude, 4)
    inside = outline.representative_point()
    return round(float(inside.x), 4), round(float(inside.y), 4)


def _in_ring(book: CityBook, seats: Mapping[str, Seat], longitude: float, latitude: float) -> bool:
    middle = seats[book.ring.county]
    away = float(distance(middle.longitude, middle.latitude, longitude, latitude))
    return away <= book.ring.built_up + book.ring.width


def _grade(book: CityBook, rng: np.random.Generator) -> str:
    grades = sorted(book.grades)
    weights = np.array([book.grades[grade].weight for grade in grades])
    return str(rng.choice(grades, p=weights / weights.sum()))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    """Draw a capacity: many small ones, few large ones."""
    return float(round(math.exp(rng.uniform(math.log(low), math.log(high))), 3 - len(str(int(low)))))


def _stack(
    plant: str, row: StackKind, kind: Kind, output: float, share: tuple[float, float], rng: np.random.Generator
) -> Stack:
    gas = row.gas * output * rng.uniform(0.9, 1.1)
    # what goes up in an hour of work, wet, hot and with the oxygen as it is
    measured = (
        gas if row.reference_oxygen is None else gas * (21 - row.reference_oxygen) / (21 - sum(row.oxygen) / 2)
    )
    wet = measured / (1.0 - row.moisture / 100.0) * (_ZERO + row.temperature) / _ZERO
    flow = wet / _HOURS_A_YEAR / 3_600.0
    code = f"{plant}-{row.key.upper().replace('_', '-')}"
    usual: dict[str, float] = {key: limit * rng.uniform(*share) for key, limit in row.concentration.items()}
    usual |= {key: value * rng.uniform(0.7, 1.3) for key, value in row.others.items() if key not in usual}
    return Stack(
        code=code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        height=round(rng.uniform(*row.height), 0),
        diameter=round(max(0.3, math.sqrt(4.0 * flow / math.pi / row.velocity)), 2),
        temperature=row.temperature,
        velocity=row.velocity,
        moisture=row.moisture,
        oxygen=row.oxygen,
        reference_oxygen=row.reference_oxygen,
        limits={str(key): limit for key, limit in row.concentration.items()},
        concentration=usual,
        gas=gas,
        logger=None
        if kind.small and "voc" not in row.concentration
        else stack_logger(code, tuple(row.concentration), rng),
    )


def pm25_share(stack: Stack) -> float:
    """Share of PM2.5 in the dust of a stack (PM2.5 占比). [1]"""
    return _PM25_SHARE["nox" in stack.limits]
