"""Squares of ground of a simulated city, and what is spread over them (面源网格)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from lantian.twin.catalogue.reading import CityBook, Seat, SurfaceKind
from lantian.twin.catalogue.records import Cell, Surface
from lantian.twin.noise import generator

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

VILLAGES = 10
"""Squares of villages in a county."""
LINE = 1_200.0
"""Above this height the plan does not ask homes to give coal up. [m]"""
_SEAT_HALF, _VILLAGE_HALF = 2_500.0, 2_000.0


def build_cells(book: CityBook, outlines: "Mapping[str, BaseGeometry]", seed: int) -> tuple[Cell, ...]:
    """Lay one square on each seat and some on invented villages of its county."""
    cells: list[Cell] = []
    for seat in book.seats:
        cells.append(
            Cell(f"{seat.county}-seat", seat.county, seat.longitude, seat.latitude, seat.elevation, _SEAT_HALF,
                 True, seat.population * seat.seat_share)
        )  # fmt: skip
        cells += _villages(seat, outlines[seat.county], seed)
    return tuple(cells)


def _villages(seat: Seat, outline: "BaseGeometry", seed: int) -> list[Cell]:
    from shapely.geometry import Point

    rng = generator(seed, f"villages:{seat.county}", 0)
    west, south, east, north = outline.bounds
    weights = rng.dirichlet(np.full(VILLAGES, 3.0)) * seat.population * (1.0 - seat.seat_share)
    found: list[Cell] = []
    for number in range(VILLAGES):
        while True:
            longitude, latitude = rng.uniform(west, east), rng.uniform(south, north)
            if outline.contains(Point(longitude, latitude)):
                break
        height = seat.village_low + (seat.village_high - seat.village_low) * rng.beta(1.3, 2.2)
        found.append(
            Cell(f"{seat.county}-v{number + 1:02d}", seat.county, round(longitude, 4), round(latitude, 4),
                 round(height, 0), _VILLAGE_HALF, False, float(weights[number]))
        )  # fmt: skip
    return found


def build_surfaces(book: CityBook, cells: tuple[Cell, ...]) -> tuple[Surface, ...]:
    """Spread each kind of source without stacks over the squares."""
    return tuple(
        Surface(row.key, row.name_zh, row.name_en, row.season, dict(row.emission), _weights(row, cells))
        for row in book.surfaces
    )


def _weights(row: SurfaceKind, cells: tuple[Cell, ...]) -> tuple[float, ...]:
    people = np.array([cell.people for cell in cells])
    seat = np.array([cell.seat for cell in cells])
    height = np.array([cell.elevation for cell in cells])
    village = ~seat
    if row.places == "villages_low":
        village &= height < LINE
    elif row.places == "villages_high":
        village &= height >= LINE
    rural = np.where(village, np.sqrt(people) if row.places == "roads" else people, 0.0)
    urban = np.where(seat, people, 0.0)
    weights = row.seat_share * urban / urban.sum() + (1.0 - row.seat_share) * rural / max(rural.sum(), 1e-12)
    return tuple(float(weight) for weight in weights / weights.sum())
