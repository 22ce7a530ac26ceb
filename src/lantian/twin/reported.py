"""What the offices of a simulated city report of its sources (模拟城市的清单填报).

Activities carry the error that they state, devices are those of reports, factors those of the rules. So the
estimate is as wrong as a real one: what truly leaves each source is sealed elsewhere and never read here, save
what a test by hand would have seen in a stack.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source, Stack, Statistic
from lantian.science.inventory.rules import InventoryRules
from lantian.twin.catalogue import Catalogue, Cell, Plant, Surface
from lantian.twin.catalogue import Stack as Flue
from lantian.twin.noise import generator
from lantian.twin.recipes import ControlRecipe, PlantProcess, PlantRecipe, Recipes, SurfaceRecipe

if TYPE_CHECKING:
    from lantian.twin.making import Making

_YEARBOOK = "统计年鉴（模拟）"
_TEST = "检测报告（模拟）"
_TEST_GSD = 1.2
"""How far tests by hand lie from the mean of the year, as geometric standard deviation. [1]"""
_MILLIGRAMS = 1e9
"""[mg t-1]"""
_DEGREE = 111_000.0
"""Length of a degree of latitude, as far as it matters here. [m]"""
_FIGURES = 4
"""Significant figures of what an office reports."""


def book_of_city(making: "Making", recipes: Recipes, rules: InventoryRules, year: int) -> Book:
    """Return what the offices of a simulated city report of a year: every plant, and what each county has else.

    Parameters
    ----------
    making : Making
        City, catalogue and seed; the same ones always report the same.
    recipes : Recipes
        What is reported.
    rules : InventoryRules
        Say in which unit a category is counted.
    year : int
        Of the inventory; each year errs anew.
    """
    catalogue = making.catalogue
    desk = _Desk(recipes, rules, making.seed, year)
    counties = {county.adcode: (county.name_zh, county.name_en) for county in making.city.counties}
    sources: list[Source] = []
    measured: list[Measured] = []
    totals: dict[tuple[str, str], float] = {}
    turn: dict[str, int] = {}
    for plant in catalogue.plants:
        recipe = recipes.plant(plant.kind)
        number = turn[plant.kind] = turn.get(plant.kind, -1) + 1
        sources.append(_plant(desk, plant, recipe, number))
        measured += [row for process in recipe.processes for row in _tested(desk, plant, recipe, process)]
        for process in recipe.processes:
            key = plant.kind, process.id
            totals[key] = totals.get(key, 0.0) + plant.output * process.per_output
    for surface in catalogue.surfaces:
        shares: dict[str, float] = {}
        for cell, weight in zip(catalogue.cells, surface.weights, strict=True):
            shares[cell.county] = shares.get(cell.county, 0.0) + weight
        for county, share in shares.items():
            if share > 0:
                given = recipes.surface(surface.key)
                sources.append(_surface(desk, surface, given, county, counties[county], share))
    statistics = tuple(
        Statistic(row.category, _reported(totals[row.kind, row.process]), _YEARBOOK) for row in recipes.statistics
    )
    return Book(str(year), year, tuple(sources), tuple(measured), statistics)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where the reports of a year are written."""

    recipes: Recipes
    rules: InventoryRules
    seed: int
    year: int

    def activity(
        self, of: str, category: str, amount: float, gsd: float, parameters: Mapping[str, float | str]
    ) -> Activity:
        """Return an activity as it is reported: with its error, rounded, in the unit of its category."""
        said = _reported(amount * self.error(of, gsd))
        return Activity(category, said, str(self.rules.category(category).unit), gsd, dict(parameters))

    def error(self, of: str, gsd: float) -> float:
        """Draw by which factor a report lies beside the truth, 1 in the mean. [1]"""
        width = math.log(gsd)
        draw = float(generator(self.seed, f"inventory:{of}", self.year).normal())
        return math.exp(width * draw - width * width / 2.0)


def _plant(desk: _Desk, plant: Plant, recipe: PlantRecipe, number: int) -> Source:
    running = float(desk.recipes.availability[plant.grade])
    processes = []
    for each in recipe.processes:
        parameters = {**each.parameters, **({"capacity": plant.capacity} if each.capacity else {})}
        amount, category = plant.output * each.per_output, each.category[number % len(each.category)]
        processes.append(
            Process(
                each.id,
                desk.activity(f"{plant.code}:{each.id}", category, amount, each.gsd, parameters),
                each.name,
                _chain(each.chain(plant.grade), running),
                _measures(_stack_of(plant, each.stack)),
            )
        )
    return Source(
        plant.code, plant.name_zh, plant.county, "point", tuple(processes), name_en=plant.name_en,
        longitude=plant.longitude, latitude=plant.latitude,
        outlets=tuple(stack.code for stack in plant.stacks if stack.logger is not None), simulated=True,
    )  # fmt: skip


def _stack_of(plant: Plant, key: str) -> Flue | None:
    code = f"{plant.code}-{key.upper().replace('_', '-')}"
    return next((stack for stack in plant.stacks if key and stack.code == code), None)


def _measures(stack: Flue | None) -> Stack:
    return Stack() if stack is None else Stack(stack.height, stack.diameter, stack.temperature, stack.velocity)


def _tested(desk: _Desk, plant: Plant, recipe: PlantRecipe, process: PlantProcess) -> Iterator[Measured]:
    """Yield what a test by hand in a stack makes of a year."""
    stack = _stack_of(plant, process.stack)
    of = process.id if len(recipe.processes) > 1 else ""  # of the whole source: a monitor's amount goes before it
    for pollutant in process.tested:
        tonnes = 0.0 if stack is None else stack.concentration.get(pollutant, 0.0) * stack.gas / _MILLIGRAMS
        if tonnes > 0:
            amount = _reported(tonnes * desk.error(f"{plant.code}:{process.id}:{pollutant}", _TEST_GSD))
            yield Measured(plant.code, pollutant, "measurement", amount, process=of, evidence=_TEST)


def _surface(
    desk: _Desk, surface: Surface, recipe: SurfaceRecipe, county: str, name: tuple[str, str], share: float
) -> Source:
    code = f"SIM-{surface.key.upper().replace('_', '-')}-{county}"
    processes = []
    for each in recipe.processes:
        amount = each.amount * share
        activity = desk.activity(f"{code}:{each.id}", each.category, amount, each.gsd, each.parameters)
        processes.append(Process(each.id, activity, each.name, _chain(each.controls, 1.0)))
    zh, en = name
    return Source(
        code, f"模拟·{zh}{surface.name_zh}", county, recipe.kind, tuple(processes),
        name_en=f"Simulated: {surface.name_en}, {en}", simulated=True,
    )  # fmt: skip


def _chain(recipes: Iterable[ControlRecipe], running: float) -> tuple[Control, ...]:
    return tuple(
        Control(
            row.technology,
            None if row.capture is None else float(row.capture / 100),
            running,
            {stream: float(percent / 100) for stream, percent in row.removal.items()},
            _TEST if row.removal else "",
        )
        for row in recipes
    )


def _reported(amount: float) -> float:
    """Round to the figures of a report."""
    return float(f"{amount:.{_FIGURES}g}")


def book_of_county(book: Book, county: str) -> Book:
    """Return what one county reports: its sources and their tests; the yearbook is the city's."""
    sources = tuple(source for source in book.sources if source.county == county)
    ids = {source.id for source in sources}
    return Book(book.edition, book.year, sources, tuple(row for row in book.measured if row.source in ids))


def surrogates_of(catalogue: Catalogue) -> pl.DataFrame:
    """Return points by which what is known of a county only is spread: people, roads, fields (空间分配代用).

    Nine points lie on each square of ground. Traffic goes by the root of the people, as between villages it does
    in the simulation; fields lie around villages.

    Parameters
    ----------
    catalogue : Catalogue
        Its cells.

    Returns
    -------
    DataFrame
        kind, county, longitude, latitude, weight.
    """
    rows: list[tuple[str, str, float, float, float]] = []
    for cell in catalogue.cells:
        weights = {
            "population": cell.people,
            "road": math.sqrt(cell.people),
            "cropland": 0.0 if cell.seat else cell.people,
        }
        for kind, weight in weights.items():
            rows += [(kind, cell.county, east, north, round(weight / 9, 3)) for east, north in _nine(cell)]
    schema = ("kind", "county", "longitude", "latitude", "weight")
    return pl.DataFrame(rows, schema=schema, orient="row").filter(pl.col("weight") > 0)


def _nine(cell: Cell) -> Iterator[tuple[float, float]]:
    """Yield points that stand for the ninths of a square. [deg]"""
    north = cell.half_size * 2 / 3 / _DEGREE
    east = north / math.cos(math.radians(cell.latitude))
    for along in (-1, 0, 1):
        for across in (-1, 0, 1):
            yield round(cell.longitude + across * east, 5), round(cell.latitude + along * north, 5)
