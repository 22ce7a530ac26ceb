"""Sources of a simulated city as the plume kernel wants them, each with its emission hour by hour (源项)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lantian.science.plume import Sources
from lantian.terms.types import FloatArray, IntArray
from lantian.twin.catalogue import Catalogue
from lantian.twin.emitting import plant_load, season_shape
from lantian.twin.incidents import Incident, obeyed_load, stop_ordered
from lantian.twin.readings import upsets
from lantian.twin.sky import Sky
from lantian.twin.stacks import Flue, true_emission, true_flue
from lantian.twin.weather import Event

FIELD = ("so2", "nox", "co", "voc", "pm10", "pm25")
"""Pollutants that are carried as plumes."""
GASES = ("so2", "nox", "nh3", "voc")
"""Pollutants that particles form of."""
_YARD = {False: 900.0, True: 100.0}
"""Side of the ground from which a plant's dust and fumes rise, by whether it is small. [m]"""
_YARD_HEIGHT, _CELL_HEIGHT = 12.0, 12.0
_CANOPY = 22.0
"""Depth over which houses, trees and slopes mix at once what rises from a square. [m]"""
_HOURS_A_YEAR = 8_760.0
_KELVIN = 273.15


@dataclass(frozen=True, slots=True)
class Emitters:
    """Sources of the plume kernel, and rows of emission that belong to them."""

    sources: Sources
    """Stacks, yards and cells, each once."""
    row_source: IntArray
    """Which source each row of the emission belongs to; a cell has one row for each surface that lies on it."""
    row_group: IntArray
    """Group of each row."""
    groups: tuple[str, ...]
    """``kind/county``: kinds of plants, and surfaces."""
    emission: Mapping[str, NDArray[np.float32]]
    """Pollutant → array (rows, hours). [g/s]"""
    gases: Mapping[str, FloatArray]
    """Gas → array (groups, hours), for the particles that form of it. [kg/h]"""

    def after(self, hours: int) -> "Emitters":
        """Return the same sources without their first hours."""
        return replace(
            self,
            emission={key: series[:, hours:] for key, series in self.emission.items()},
            gases={key: series[:, hours:] for key, series in self.gases.items()},
        )


@dataclass(frozen=True, slots=True)
class Works:
    """Plants at work: their loads, and the truth of every stack."""

    loads: Mapping[str, FloatArray]
    """Code of the plant → load."""
    flues: Mapping[str, Flue]
    """Code of the stack → truth."""


def run_plants(
    catalogue: Catalogue, sky: Sky, events: Sequence[Event], incidents: Sequence[Incident], seed: int
) -> Works:
    """Let every plant work: its season, its own stops, orders that it obeys or breaks, treatment that fails."""
    ordered = {plant.code for plant in stop_ordered(catalogue)}
    by_subject: dict[str, list[Incident]] = {}
    for each in incidents:
        by_subject.setdefault(each.subject, []).append(each)
    loads: dict[str, FloatArray] = {}
    flues: dict[str, Flue] = {}
    shapes = {season: season_shape(season, sky) for season in {plant.season for plant in catalogue.plants}}
    for plant in catalogue.plants:
        mine = by_subject.get(plant.code, [])
        load = plant_load(plant.code, plant.season, shapes[plant.season], sky, seed)
        loads[plant.code] = load = obeyed_load(plant, load, sky, events, mine, plant.code in ordered)
        for stack in plant.stacks:
            wrong = upsets(plant, stack, [*mine, *by_subject.get(stack.code, [])], sky)
            flues[stack.code] = true_flue(stack, load, sky, seed, wrong)
    return Works(loads, flues)


def gather_emitters(
    catalogue: Catalogue, works: Works, sky: Sky, metres: "Metres", chosen: np.ndarray, stopped: Sequence[str] = ()
) -> Emitters:
    """Bring all sources into rows.

    Parameters
    ----------
    catalogue : Catalogue
        Plants, cells, surfaces.
    works : Works
        Of the same catalogue and sky.
    sky : Sky
        Calendar and weather.
    metres : Metres
        Longitude and latitude → local metres.
    chosen : array of bool, shape (hours,)
        Hours of the sky that are wanted.
    stopped : sequence of str
        Kinds of plants or surfaces that give off nothing, for questions of the sort "what if".
    """
    rows = _Rows(sorted({*_group_names(catalogue)}), int(chosen.sum()))
    for plant in catalogue.plants:
        if plant.kind in stopped:
            continue
        x, y = metres(plant.longitude, plant.latitude)
        group = f"{plant.kind}/{plant.county}"
        for stack in plant.stacks:
            given = {key: series[chosen] for key, series in true_emission(stack, works.flues[stack.code]).items()}
            shape = (
                x,
                y,
                plant.elevation,
                stack.height,
                stack.diameter,
                stack.velocity,
                stack.temperature + _KELVIN,
            )
            rows.point(group, shape, given)
        if plant.fugitive:
            load = works.loads[plant.code][chosen] / _HOURS_A_YEAR * 1_000.0
            given = {key: tonnes * load for key, tonnes in plant.fugitive.items()}
            rows.area(group, (x, y, plant.elevation, _YARD[plant.small], _YARD_HEIGHT), given)
    _add_surfaces(rows, catalogue, sky, metres, chosen, stopped)
    return rows.finish()


def _group_names(catalogue: Catalogue) -> list[str]:
    counties = sorted({cell.county for cell in catalogue.cells})
    plants = [f"{plant.kind}/{plant.county}" for plant in catalogue.plants]
    return plants + [f"{surface.key}/{county}" for surface in catalogue.surfaces for county in counties]


class Metres:
    """Local metres around a middle, east and north; good to a few metres over a city."""

    def __init__(self, longitude: float, latitude: float) -> None:
        self._longitude, self._latitude = longitude, latitude
        self._east = 111_320.0 * float(np.cos(np.radians(latitude)))

    def __call__(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return east and north. [m]"""
        return (longitude - self._longitude) * self._east, (latitude - self._latitude) * 110_950.0


class _Rows:
    """Rows as they come."""

    def __init__(self, groups: list[str], hours: int) -> None:
        self._groups = groups
        self._place = {name: place for place, name in enumerate(groups)}
        self._points: list[tuple[float, ...]] = []
        self._areas: dict[tuple[float, ...], int] = {}
        self._rows: list[tuple[bool, int, int, Mapping[str, FloatArray]]] = []
        self._gases = {gas: np.zeros((len(groups), hours)) for gas in GASES}
        self._hours = hours

    def point(self, group: str, shape: tuple[float, ...], emitted: Mapping[str, FloatArray]) -> None:
        """Add a stack; one whose gas is no plume here feeds only the box of the basin."""
        if self._is_plume(emitted):
            self._points.append(shape)
        self._add(group, False, len(self._points) - 1, emitted)

    def area(self, group: str, shape: tuple[float, ...], emitted: Mapping[str, FloatArray]) -> None:
        """Add what rises from a square of ground; the same ground is one source."""
        number = self._areas.setdefault(shape, len(self._areas)) if self._is_plume(emitted) else 0
        self._add(group, True, number, emitted)

    @staticmethod
    def _is_plume(emitted: Mapping[str, FloatArray]) -> bool:
        return any(key in emitted for key in FIELD)

    def _add(self, group: str, area: bool, number: int, emitted: Mapping[str, FloatArray]) -> None:
        place = self._place[group]
        for gas in GASES:
            if gas in emitted:
                self._gases[gas][place] += emitted[gas]
        if self._is_plume(emitted):
            self._rows.append((area, number, place, emitted))

    def finish(self) -> Emitters:
        """Return everything as arrays."""
        columns = [np.array(each) for each in zip(*self._points, strict=True)]
        x, y, base, height, diameter, velocity, temperature = columns
        sources = Sources.points(
            x, y, height, diameter=diameter, velocity=velocity, temperature=temperature, base=base
        )
        x, y, base, side, top = (np.array(each) for each in zip(*self._areas, strict=True))
        sources = sources + Sources.areas(x, y, side, side, top, base=base, depth=_CANOPY)
        emission = {key: np.zeros((len(self._rows), self._hours), dtype=np.float32) for key in FIELD}
        for row, (_, _, _, given) in enumerate(self._rows):
            for key in FIELD:
                if key in given:
                    emission[key][row] = given[key] / 3.6  # kg/h to g/s
        source = [number + len(self._points) * area for area, number, _, _ in self._rows]
        group = [place for _, _, place, _ in self._rows]
        return Emitters(
            sources, np.array(source, dtype=np.int64), np.array(group, dtype=np.int64), tuple(self._groups),
            emission, self._gases,
        )  # fmt: skip


def _add_surfaces(
    rows: _Rows, catalogue: Catalogue, sky: Sky, metres: Metres, chosen: np.ndarray, stopped: Sequence[str]
) -> None:
    """Lay each surface on the cells that have a share in it."""
    for surface in catalogue.surfaces:
        if surface.key in stopped:
            continue
        shape = season_shape(surface.season, sky)[chosen] / _HOURS_A_YEAR * 1_000.0
        for cell, weight in zip(catalogue.cells, surface.weights, strict=True):
            if weight > 0.0:
                place = (
                    *metres(cell.longitude, cell.latitude),
                    cell.elevation,
                    2.0 * cell.half_size,
                    _CELL_HEIGHT,
                )
                given = {key: tonnes * weight * shape for key, tonnes in surface.emission.items()}
                rows.area(f"{surface.key}/{cell.county}", place, given)
