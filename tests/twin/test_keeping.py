"""What took long is found once, and never taken for something else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lantian.city import City
from lantian.rules import Choice, Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.twin.catalogue import read_book
from lantian.twin.incidents import Incident
from lantian.twin.keeping import SHARED, air_of, settle
from lantian.twin.making import Making

DAY = date(2026, 1, 15)


@pytest.fixture
def making(changzhi: City, monkeypatch: pytest.MonkeyPatch) -> Making:
    """One day of a city with a few plants and six stations."""
    monkeypatch.delenv(SHARED, raising=False)
    book = read_book(changzhi)
    assert book is not None
    rule = Rulebook.packaged().edition(PlumeRule, "plume", DAY, Choice())
    city = replace(changzhi, stations=changzhi.stations[:6])
    made = Making(city, book, rule, DAY, DAY, 5)
    made.__dict__["catalogue"] = replace(made.catalogue, plants=made.catalogue.plants[::8])
    made.__dict__["beyond"] = 20.25
    return made


def fresh(making: Making, **changes: object) -> Making:
    again = replace(making, **changes)  # type: ignore[arg-type]
    again.__dict__["catalogue"] = making.catalogue
    return again


def test_air_is_computed_once_and_read_after(making: Making, tmp_path: Path):
    air = air_of(making, tmp_path)
    (kept,) = (tmp_path / "twin" / "cache").glob("air-*.npz")
    stamp = kept.stat().st_mtime_ns
    again = air_of(fresh(making), tmp_path)
    assert kept.stat().st_mtime_ns == stamp
    assert (again.value == air.value).all()
    assert (again.stations, again.groups, again.first) == (air.stations, air.groups, air.first)
    assert (again.contributions["pm25"] == air.contributions["pm25"]).all()


def test_half_a_file_is_made_again(making: Making, tmp_path: Path):
    air = air_of(making, tmp_path)
    (kept,) = (tmp_path / "twin" / "cache").glob("air-*.npz")
    kept.write_bytes(kept.read_bytes()[:1000])
    assert (air_of(making, tmp_path).value == air.value).all()


def test_a_shared_folder_serves_all_workspaces(making: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(SHARED, str(tmp_path / "shared"))
    settle(making, tmp_path / "one")
    other = fresh(making)
    settle(other, tmp_path / "two")
    assert other.beyond == 20.25
    assert not (tmp_path / "one").exists()


def test_air_from_beyond_is_kept_for_every_stretch_of_a_city_to_the_last_bit(making: Making, tmp_path: Path):
    making.__dict__["beyond"] = 0.1 + 0.2
    settle(making, tmp_path)
    later = fresh(making, first=date(2025, 6, 1), last=date(2025, 6, 9))
    settle(later, tmp_path)
    assert later.beyond == 0.1 + 0.2


@pytest.mark.parametrize(
    "change",
    [{"seed": 6}, {"level_pm25": 37.0}, {"stopped": ("brick",)}, {"shift": {"heat": 1.0}}, {"events_given": ()}],
)
def test_what_was_kept_of_one_city_is_not_taken_for_another(
    making: Making, tmp_path: Path, change: dict[str, object]
):
    settle(making, tmp_path)
    other = fresh(making, **change)
    other.__dict__["beyond"] = 9.0
    settle(other, tmp_path)
    assert other.beyond == 9.0
    assert len(list((tmp_path / "twin" / "cache").glob("beyond-*.txt"))) == 2


def test_a_fraud_more_is_another_city(making: Making, tmp_path: Path):
    air_of(making, tmp_path)
    axis = making.sky.weather.axis
    stack = next(each for _, each in making.catalogue.stacks if each.logger is not None)
    wrong = Incident("fraud", "frozen", stack.code, axis[0], axis[5], {"factor": 0.5})
    other = fresh(making, extra=(wrong,), beyond_given=20.25)
    air_of(other, tmp_path)
    assert len(list((tmp_path / "twin" / "cache").glob("air-*.npz"))) == 2
    assert wrong in other.incidents
