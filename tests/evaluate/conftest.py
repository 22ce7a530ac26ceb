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


SILENT_COUNTY, SCARCE_COUNTY, GAPPY_STATION = "140425", "140426", "1727A"
"""Without any hour in January 2026; with its first two days only; without PM2.5 on the 9th and 10th."""


@pytest.fixture(scope="session")
def two_januaries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Changzhi in January of 2025 and of 2026, the second with gaps; judged once, never written by a test."""
    folder = tmp_path_factory.mktemp("januaries") / "changzhi"
    house = make_workspace(folder, "changzhi", simulated=True, now=Clock())
    zone, start = house.city.zone, pl.col("hour_start")
    stations = tuple(s.code for s in house.city.stations if s.level != "township")
    of = {s.code: s.county for s in house.city.stations}
    for first, last in ((date(2024, 12, 28), date(2025, 1, 31)), (date(2025, 12, 28), date(2026, 1, 31))):
        hours = pl.concat(simulate_hours(house.city, first, last, 7, stations=stations))
        county = pl.col("station").replace_strict(of, return_dtype=pl.String)
        gone = (county == SILENT_COUNTY) & (start >= datetime(2026, 1, 1, tzinfo=zone))
        gone |= (county == SCARCE_COUNTY) & (start >= datetime(2026, 1, 3, tzinfo=zone))
        broken = start.is_between(datetime(2026, 1, 9, tzinfo=zone), datetime(2026, 1, 10, 22, tzinfo=zone))
        broken &= pl.col("station") == GAPPY_STATION
        house.lake.append(
            "ambient_hours",
            hours.filter(~gone).with_columns(pl.when(~broken).then(pl.col("pm25")).alias("pm25")),
        )
    run_days(house.scene(), house.jobs)
    house.close()
    return folder


MakeWorld = Callable[..., House]
