"""A small judged world per packaged city: four months of simulated hours across the change of law."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import House, make_workspace, open_workspace
from lantian.loop import run_days
from lantian.twin.hours import simulate_hours

FIRST, LAST = date(2025, 12, 20), date(2026, 4, 10)


class Clock:
    """A wall clock that moves one second at each look."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, tzinfo=UTC).timestamp()

    def __call__(self) -> datetime:
        self.at += 1
        return datetime.fromtimestamp(self.at, UTC)


@pytest.fixture(scope="session")
def judged_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Workspaces of both cities, filled and judged once; never written by a test."""
    folders = {}
    for key in ("changzhi", "shizuishan"):
        folder = tmp_path_factory.mktemp("judged") / key
        house = make_workspace(folder, key, simulated=True, now=Clock())
        stations = tuple(s.code for s in house.city.stations if s.level != "township")
        house.lake.append(
            "ambient_hours", pl.concat(simulate_hours(house.city, FIRST, LAST, 7, stations=stations))
        )
        run_days(house.scene(), house.jobs)
        house.close()
        folders[key] = folder
    return folders


@pytest.fixture(params=["changzhi", "shizuishan"])
def judged(request: pytest.FixtureRequest, judged_folders: dict[str, Path]):
    """Each city's judged workspace, to read only."""
    house = open_workspace(judged_folders[request.param], now=Clock())
    yield house
    house.close()


@pytest.fixture
def open_copy(judged_folders: dict[str, Path], tmp_path: Path):
    """Open a copy of a judged workspace that a test may write."""
    opened: list[House] = []

    def copy(key: str = "shizuishan") -> House:
        folder = tmp_path / key
        shutil.copytree(judged_folders[key], folder)
        opened.append(open_workspace(folder, now=Clock()))
        return opened[-1]

    yield copy
    for house in opened:
        house.close()


@pytest.fixture
def make_world(tmp_path: Path):
    """Make an empty workspace of a city that a test may fill."""
    opened: list[House] = []

    def make(key: str = "shizuishan") -> House:
        opened.append(make_workspace(tmp_path / f"world{len(opened)}", key, simulated=True, now=Clock()))
        return opened[-1]

    yield make
    for house in opened:
        house.close()


MakeWorld = Callable[..., House]
