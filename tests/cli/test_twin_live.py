"""A city goes on from where it stopped, and its days are judged as their hours come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import House, choice_of, make_workspace
from lantian.city.records import SubjectKind
from lantian.cli.twin_live import Judge, live_on
from lantian.loop.evaluate.queries import list_days
from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.twin import simulate_hours
from lantian.twin.catalogue import read_book
from lantian.twin.live import STATE_FILE, read_state
from lantian.twin.making import Making
from lantian.twin.registering import register_all

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


def test_a_city_goes_on_where_it_stopped_until_it_has_lived_far_enough(house: House):
    rule = Rulebook.packaged().edition(PlumeRule, "plume", DAY, choice_of(house.city))
    book = read_book(house.city)
    assert book is not None
    making = Making(house.city, book, rule, DAY, DAY, 1)
    making.__dict__["catalogue"] = replace(making.catalogue, plants=())  # stations alone speak
    making.__dict__["incidents"] = ()
    register_all(house.ledger, making, at=datetime(2026, 1, 11, tzinfo=UTC))
    frames = list(simulate_hours(house.city, DAY, DAY, 1))
    opening = hours_of(house, 0, 0)[0]
    told: list[datetime] = []

    def live(until: datetime) -> object:
        return live_on(house, making, frames, opening, until, 7_200.0, on_hours=told.extend)

    first = live(opening + HOUR)
    assert first is not None
    assert live(opening + HOUR) is None
    second = live(opening + 3 * HOUR)
    assert second is not None
    assert told == hours_of(house, 0, 2)
    state = read_state(house.folder / STATE_FILE)
    assert state is not None
    assert state.next == opening + 3 * HOUR
    assert house.lake.read("ambient_hours")["hour_start"].n_unique() == 3
    assert judged(house) == [DAY]
