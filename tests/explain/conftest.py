"""Fixtures of the room: a study with an empty lake, and a small book of sources of every kind."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.assembly import choice_of
from lantian.city.loader import load_city
from lantian.city.records import City
from lantian.desk.jobs import Jobs
from lantian.ledger import Ledger
from lantian.loop.explain.editions import Opened, open_edition
from lantian.loop.explain.keeping import keep_book
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_TABLES
from lantian.loop.sense.emission_tables import OUTLET_DAYS
from lantian.rules import Rulebook
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source, Stack, Statistic
from lantian.store.lake import Lake

LUCHENG, LUZHOU = "140406", "140403"


@pytest.fixture(scope="session")
def city() -> City:
    """Changzhi as it is packaged."""
    return load_city("changzhi")


@pytest.fixture
def study(ledger: Ledger, tmp_path: Path, city: City, rulebook: Rulebook) -> Study:
    """A study of simulated Changzhi with an empty lake, on both databases; at 10:00 on 2026-02-03."""

    def now() -> datetime:
        return datetime(2026, 2, 3, 2, tzinfo=UTC)

    lake = Lake(tmp_path / "lake", (*INVENTORY_TABLES, OUTLET_DAYS), zone=city.zone, now=now, simulated=True)
    return Study(city, rulebook, choice_of(city), lake, ledger, now, simulated=True)


@pytest.fixture
def jobs(study: Study) -> Jobs:
    """Run records in the study's ledger."""
    return Jobs(study.ledger, study.now)


def small_book(key: str = "2024", year: int = 2024) -> Book:
    """A power plant with two boilers, a small boiler, homes, a road: a source of every kind."""
    power = "combustion.power.coal.pulverised"
    coal = {"sulphur": 0.01, "ash": 0.25, "capacity": 300.0}
    chain = (Control("scr"), Control("bag_filter"), Control("limestone_gypsum", availability=0.98))
    plant = Source(
        "P1", "一号电厂（虚构）", LUCHENG, "point",
        (
            Process("B1", Activity(power, 600_000.0, "t", 1.05, coal), "一号炉", chain, Stack(180.0, 6.0, 52.0)),
            Process("B2", Activity(power, 300_000.0, "t", 1.05, coal), "二号炉", chain),
        ),
        longitude=113.2297, latitude=36.3312, outlets=("O1", "O2"), enterprise="91140400SIM000001X",
        simulated=True,
    )  # fmt: skip
    homes = Source(
        "H1", "民用散煤", LUZHOU, "area",
        (Process("1", Activity("combustion.residential.coal.bituminous", 20_000.0, "t", 1.5)),), simulated=True,
    )  # fmt: skip
    burning = Source(
        "A1", "工业锅炉", LUZHOU, "point",
        (Process("1", Activity("combustion.industry.coal.auto_grate", 5_000.0, "t", 1.1,
                               {"sulphur": 0.009, "ash": 0.2}),
                 controls=(Control("bag_filter", removal={"pm25": 0.99}, evidence="检测报告2024-17"),)),),
        longitude=113.1, latitude=36.2, simulated=True,
    )  # fmt: skip
    road = Source(
        "R1", "国道扬尘", LUCHENG, "line",
        (Process("1", Activity("dust.road.paved.traffic", 3.0e7, "km", 1.3,
                               {"silt_loading": 0.8, "weight": 5.0, "wet_days": 70.0})),),
        geometry="LINESTRING (113.20 36.33, 113.30 36.36)", simulated=True,
    )  # fmt: skip
    measured = (
        Measured("P1", "nox", "cems", 900.0, coverage=0.9, outlet="O1", evidence="CEMS"),
        Measured("P1", "so2", "permit", 1_000.0, process="B1", evidence="许可证执行报告"),
    )
    statistics = (Statistic("combustion.power.coal", 900_000.0, "统计年鉴表7-3"),)
    return Book(key, year, (burning, homes, plant, road), measured, statistics)


@pytest.fixture(scope="session")
def make_book() -> Callable[..., Book]:
    """Make the small book."""
    return small_book


Fill = Callable[..., Book]


@pytest.fixture
def fill(study: Study) -> Fill:
    """Open an edition and put a book into it."""

    def filled(book: Book | None = None) -> Book:
        whole = book or small_book()
        open_edition(study, Opened(whole.edition, whole.year, "office", "test"))
        keep_book(study, whole, origin="test")
        return whole

    return filled
