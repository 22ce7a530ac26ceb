"""``twin_inventory.toml`` of a city's folder: what offices write of the simulated sources (模拟清单底稿).

What is burned and made for each unit of a plant's product, which devices stand in the reports, how much is driven,
bred and spread in the whole city, and how well each is known. Emission factors are the rules', never this file's.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lantian.city import City
from lantian.city.files import Limits, text_of
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.records import SourceKind
from lantian.terms.errors import CallerError
from lantian.twin.catalogue import CityBook

FILE = "twin_inventory.toml"
ANY = "any"
"""Grade under which devices stand that plants of every grade have."""
_LIMITS = Limits(bytes=1_000_000)

_Percent = Annotated[Decimal, Field(ge=0, le=100)]
_Share = Annotated[Decimal, Field(ge=0, le=1)]
_Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]
_Spread = Annotated[float, Field(ge=1, le=3)]
Parameters = Mapping[str, float | str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ControlRecipe(_Part):
    """A device as the report has it."""

    technology: str
    capture: _Percent | None = None
    """Share that reaches it; None: the rule's. [%]"""
    removal: Mapping[str, _Percent] = {}
    """Removal that a test report shows. [%]"""


class PlantProcess(_Part):
    """What a kind of plant does."""

    id: str
    name: str
    category: Annotated[tuple[str, ...], Field(min_length=1)]
    """Of the fourth level; where there are several, the plants of a kind take them in turn."""
    per_output: _Amount
    """Activity for a unit of product, in the unit of the category."""
    gsd: _Spread
    stack: str = ""
    """Key of the stack whose measures stand in the book."""
    tested: tuple[InventoryPollutant, ...] = ()
    """Pollutants of which a yearly test by hand in that stack is reported."""
    parameters: Parameters = {}
    capacity: bool = False
    """Whether the plant's capacity stands among the parameters."""
    controls: Mapping[Literal["any", "A", "B", "C", "D"], tuple[ControlRecipe, ...]] = {}

    def chain(self, grade: str) -> tuple[ControlRecipe, ...]:
        """Return the devices of a plant of a grade."""
        named = (chain for key in (grade, ANY) for name, chain in self.controls.items() if name == key)
        return next(named, ())


class PlantRecipe(_Part):
    """What the plants of a kind report."""

    kind: str
    processes: Annotated[tuple[PlantProcess, ...], Field(min_length=1)]


class SurfaceProcess(_Part):
    """What is done without a stack."""

    id: str
    name: str
    category: str
    amount: _Amount
    """Of the whole city in a year, in the unit of the category."""
    gsd: _Spread
    parameters: Parameters = {}
    controls: tuple[ControlRecipe, ...] = ()


class SurfaceRecipe(_Part):
    """What a county reports of a kind of source without stacks."""

    key: str
    kind: SourceKind = "area"
    processes: Annotated[tuple[SurfaceProcess, ...], Field(min_length=1)]


class StatisticRecipe(_Part):
    """A total of the yearbook: the true activity of one process of a kind of plant."""

    category: str
    kind: str
    process: str


class Recipes(_Part):
    """The whole file."""

    availability: Mapping[str, _Share]
    """Grade → share of the time in which its devices run. [1]"""
    plants: tuple[PlantRecipe, ...]
    surfaces: tuple[SurfaceRecipe, ...]
    statistics: tuple[StatisticRecipe, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> "Recipes":
        processes = {(plant.kind, process.id) for plant in self.plants for process in plant.processes}
        if strange := [row.category for row in self.statistics if (row.kind, row.process) not in processes]:
            msg = f"statistics of {strange} name a process that no plant has"
            raise ValueError(msg)
        return self

    def plant(self, kind: str) -> PlantRecipe:
        """Return what a kind of plant reports."""
        return next(row for row in self.plants if row.kind == kind)

    def surface(self, key: str) -> SurfaceRecipe:
        """Return what is reported of a kind of source without stacks."""
        return next(row for row in self.surfaces if row.key == key)


def read_recipes(city: City, book: CityBook) -> Recipes | None:
    """Read what the offices of a simulated city report; None for a city that has no such file.

    Parameters
    ----------
    city : City
        Its folders.
    book : CityBook
        What the city is made of: every kind of plant and surface of it is reported once.

    Raises
    ------
    CallerError
        The file is faulty, or does not fit the city.
    """
    path = next((Path(folder) / FILE for folder in reversed(city.folders) if (Path(folder) / FILE).exists()), None)
    if path is None:
        return None
    try:
        recipes = Recipes.model_validate(tomllib.loads(text_of(path, _LIMITS), parse_float=Decimal))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise CallerError(
            "{path} does not say what is reported of a simulated city: {error}. docs/inventory.md explains it.",
            path=path,
            error=error,
        ) from error
    if wrong := _unfit(recipes, book):
        raise CallerError(
            "{path} and the simulated city differ in {names}. Every kind, surface and grade stands in both, once, "
            "and a stack is one of its kind.",
            path=path,
            names=", ".join(sorted(wrong)),
        )
    return recipes


def _unfit(recipes: Recipes, book: CityBook) -> set[str]:
    """Return what stands in one of the two only, or twice."""
    stacks = {(kind.key, stack.key) for kind in book.kinds for stack in kind.stacks}
    strange = {
        f"{plant.kind}.{process.stack}"
        for plant in recipes.plants
        for process in plant.processes
        if (process.stack or process.tested) and (plant.kind, process.stack) not in stacks
    }
    kinds, surfaces = [row.kind for row in recipes.plants], [row.key for row in recipes.surfaces]
    twice = {name for names in (kinds, surfaces) for name in names if names.count(name) > 1}
    apart = set(kinds) ^ {row.key for row in book.kinds} | set(surfaces) ^ {row.key for row in book.surfaces}
    return strange | twice | apart | set(book.grades) ^ set(recipes.availability)
