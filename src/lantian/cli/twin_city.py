"""Which simulated city a command of ``lantian twin`` looks at: that of a workspace, else a packaged one."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.run import SEED
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.city import City
    from lantian.rules import Choice, Rulebook
    from lantian.twin.catalogue import CityBook

CityOption = Annotated[
    str | None, typer.Option("--city", help=mark("Packaged city or folder, where there is no workspace."))
]
SeedOption = Annotated[
    int | None, typer.Option("--seed", min=0, help=mark("Of the simulation; by default the workspace's."))
]
_DEFAULT = "changzhi"
_HISTORY = Path("twin") / "history.json"


@dataclass(frozen=True, slots=True)
class TwinCity:
    """A city that can be simulated with its sources."""

    base: str
    """Key or folder by which a workspace of it is made."""
    city: "City"
    book: "CityBook"
    rulebook: "Rulebook"
    choice: "Choice"
    seed: int
    folder: Path | None
    """Workspace; None where there is none."""


def twin_city(workspace: Path, city: str | None, seed: int | None) -> TwinCity:
    """Return the city of a workspace, or the one that is named.

    Raises
    ------
    CallerError
        The workspace is another city's, or the city says nothing of its sources.
    """
    from lantian.assembly import choice_of, open_workspace
    from lantian.city.loader import load_city
    from lantian.rules import Rulebook
    from lantian.settings import FILE_NAME
    from lantian.twin.catalogue import read_book

    folder = workspace if (workspace / FILE_NAME).exists() and city is None else None
    if folder is not None:
        house = open_workspace(folder)
        place, base, law = house.city, house.city_base, house.rulebook
        house.close()
    else:
        base = city or _DEFAULT
        place = load_city(base)
        law = Rulebook.load([Path(each) for each in place.rule_folders])
    book = read_book(place)
    if book is None:
        raise CallerError(
            "The city {city} has no twin.toml, so nothing is known of its sources. docs/twin.md shows one.",
            city=place.key,
        )
    given = seed if seed is not None else _seed_of(folder)
    return TwinCity(base, place, book, law, choice_of(place), given, folder)


def _seed_of(folder: Path | None) -> int:
    """Return the seed of a workspace's past, else the usual one."""
    try:
        return SEED if folder is None else int(json.loads((folder / _HISTORY).read_text("utf-8"))["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        return SEED
