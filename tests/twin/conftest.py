"""One simulated stretch that the tests of the twin look at: 16 months of the first city."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.assembly import choice_of
from lantian.city import City, load_city
from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.terms.pollutants import BASIC
from lantian.twin import simulate_hours
from lantian.twin.catalogue import Plant, read_book
from lantian.twin.incidents import Incident
from lantian.twin.making import Making


@pytest.fixture(scope="session")
def seed() -> int:
    return 20260301


@pytest.fixture(scope="session")
def changzhi() -> City:
    return load_city("changzhi")


@pytest.fixture(scope="session")
def hours(changzhi: City, seed: int) -> pl.DataFrame:
    """All stations, 2025-01-01 to 2026-04-30, as an importer would hand them over."""
    return pl.concat(simulate_hours(changzhi, date(2025, 1, 1), date(2026, 4, 30), seed))


@pytest.fixture(scope="session")
def central(hours: pl.DataFrame) -> pl.DataFrame:
    """Usable hours of 2025 at the stations that make the city, as city means."""
    national = ["1727A", "1728A", "1730A", "1731A", "2845A"]
    usable = (pl.when(pl.col(f"{p}_flags").is_null()).then(pl.col(p)).alias(p) for p in BASIC)
    return (
        hours.filter(pl.col("station").is_in(national), pl.col("hour_start").dt.year() == 2025)
        .with_columns(*usable)
        .group_by("hour_start")
        .agg(pl.col(p.value).mean() for p in BASIC)
        .sort("hour_start")
        .with_columns(day=pl.col("hour_start").dt.date(), hour=pl.col("hour_start").dt.hour())
    )


@pytest.fixture(scope="session")
def few(changzhi: City) -> Making:
    """A city of a few invented plants, with stacks of each edition, in which nothing goes wrong by chance."""
    rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2026, 1, 12), choice_of(changzhi))
    book = read_book(changzhi)
    made = Making(changzhi, book, rule, date(2026, 1, 12), date(2026, 1, 14), 2026)
    whole = made.catalogue
    wanted: dict[tuple[str, bool], Plant] = {}
    for plant, stack in whole.stacks:
        if stack.logger is not None and not plant.exists:
            wanted.setdefault((stack.logger.edition, "voc" in stack.limits), plant)
    plants = tuple({plant.code: plant for plant in wanted.values()}.values())
    made.__dict__["catalogue"] = replace(whole, plants=plants)
    first = {edition: plant.stacks[0].code for (edition, voc), plant in wanted.items() if not voc}
    made.__dict__["incidents"] = (
        Incident("fault", "late", first["2025"], _at(3), _at(5)),
        Incident("fault", "late", first["2017"], _at(1), _at(2)),
        Incident("fault", "silent", first["2005"], _at(4), _at(6)),
        Incident("fault", "clock", first["2017"], _at(4), _at(7)),
    )
    return made


def _at(hour: int) -> datetime:
    return datetime(2026, 1, 12, hour, tzinfo=ZoneInfo("Asia/Shanghai"))
