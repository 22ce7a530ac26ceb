"""A workspace that holds what a scenario's stations send, so that every command can judge it (情景工作区)."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lantian.rules.plume_records import PlumeRule
from lantian.store import AMBIENT_HOURS
from lantian.terms.errors import HouseError
from lantian.twin.catalogue import read_book
from lantian.twin.keeping import settle
from lantian.twin.scenarios import Scenario, Sides, plain_making, sides_of
from lantian.twin.sealing import seal, truth_frames
from lantian.twin.stations import station_hours

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.twin.comparing import Compared
    from lantian.twin.making import Making

KEPT = Path("twin") / "scenario.json"
"""Which scenario a workspace holds."""


def fill_workspace(house: "House", compared: "Compared") -> int:
    """Bring the hours that a scenario's stations send into an empty simulated workspace; return how many.

    Truth is sealed beside the lake, as always.
    """
    making, stations = compared.sides.changed, compared.sides.stations
    kept = house.folder / KEPT
    kept.parent.mkdir(parents=True, exist_ok=True)
    said = {
        "scenario": compared.sides.scenario.model_dump(mode="json"),
        "seed": making.seed,
        "stations": [one.code for one in stations],
    }
    kept.write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    settle(compared.sides.plain, house.folder)
    seal(house.folder, house.ledger, truth_frames(making, compared.changed), at=house.now())
    rows = pl.concat(station_hours(stations, compared.changed, making.sky, making.incidents, making.seed))
    return house.lake.append(AMBIENT_HOURS.name, rows, only_changes=True).written


def scenario_behind(house: "House") -> "Making | None":
    """Return the simulated city of a scenario from which a workspace was filled; None where it was not.

    Raises
    ------
    HouseError
        What was written about it cannot be read.
    """
    kept = house.folder / KEPT
    if not kept.exists():
        return None
    try:
        said = json.loads(kept.read_text("utf-8"))
        scenario, codes = Scenario.model_validate(said["scenario"]), tuple(said["stations"])
        seed = int(said["seed"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HouseError(
            "{path} cannot be read ({error}). Run the scenario again into a new workspace.", path=kept, error=error
        ) from error
    return scenario_sides(house, scenario, seed, codes).changed


def scenario_sides(house: "House", scenario: Scenario, seed: int, codes: tuple[str, ...] = ()) -> Sides:
    """Return the two cities of a scenario by the law of a workspace; what is costly is kept in it."""
    book = read_book(house.city)
    if book is None:
        raise HouseError("{city} has no twin.toml any more. Put it back.", city=house.city.key)
    rule = house.rulebook.edition(PlumeRule, "plume", scenario.last, house.choice)
    plain = plain_making(house.city, book, rule, scenario, seed)
    settle(plain, house.folder)
    return sides_of(scenario, plain, codes)
