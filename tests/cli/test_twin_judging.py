"""Days of a simulated city are judged as their hours come."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import House, make_workspace
from lantian.city.records import SubjectKind
from lantian.cli.twin_judging import Judge
from lantian.loop.evaluate.queries import list_days
from lantian.twin import simulate_hours

DAY = date(2026, 1, 12)
HOUR = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "city", "changzhi", simulated=True)
    yield made
    made.close()


def hours_of(house: House, first: int, last: int) -> list[datetime]:
    midnight = datetime(DAY.year, DAY.month, DAY.day, tzinfo=house.city.zone)
    return [midnight + place * HOUR for place in range(first, last + 1)]


def judged(house: House) -> list[date]:
    rows = list_days(house.lake, SubjectKind.CITY, house.city.adcode, DAY, DAY + timedelta(days=9))
    return rows["legal_day"].to_list()


@pytest.fixture
def filled(house: House) -> House:
    """Two days of station hours."""
    house.lake.append("ambient_hours", pl.concat(simulate_hours(house.city, DAY, DAY + timedelta(days=1), 1)))
    return house


def test_a_quick_city_is_judged_when_a_day_is_over_and_at_the_end(filled: House):
    judge = Judge(filled, 3_600.0)
    judge.take(hours_of(filled, 0, 22))
    assert judged(filled) == []
    judge.take(hours_of(filled, 23, 23))
    assert judged(filled) == [DAY]
    judge.take(hours_of(filled, 24, 26))
    assert judged(filled) == [DAY]
    judge.finish()
    assert judged(filled) == [DAY, DAY + timedelta(days=1)]
    runs = len(filled.jobs.latest("evaluate"))
    judge.finish()
    assert len(filled.jobs.latest("evaluate")) == runs == 2


def test_hours_over_midnight_that_come_at_once_judge_the_day_before(filled: House):
    judge = Judge(filled, 3_600.0)
    judge.take(hours_of(filled, 20, 25))
    assert judged(filled) == [DAY]


def test_a_slow_city_is_judged_hour_by_hour(filled: House):
    judge = Judge(filled, 60.0)
    for hour in hours_of(filled, 0, 1):
        judge.take([hour])
    assert len(filled.jobs.latest("evaluate")) == 2
