"""The whole chain: what stands in the lake differs from the truth only where the twin put a cause."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import House, make_workspace, open_workspace
from lantian.loop import run_days
from lantian.twin.field import Air
from lantian.twin.history import bring_history
from lantian.twin.incidents import Incident
from lantian.twin.making import Making
from lantian.twin.scoring import CATEGORIES, air_of_truth, score
from lantian.twin.sealing import open_truth

FIRST, LAST = date(2026, 1, 12), date(2026, 1, 13)
SPRAYED, BLOCKED = "SIM-140406-01", "SIM-140404-T1"


@dataclass(frozen=True)
class Built:
    """A workspace that was filled from a small city, to read only."""

    folder: Path
    making: Making
    air: Air


def _wrong(making: Making) -> tuple[Incident, ...]:
    """Something of each category, at invented stacks, plants and stations."""
    zone = making.city.zone

    def incident(kind, pattern, subject, first, last, **details) -> Incident:
        begin = datetime(2026, 1, 12, tzinfo=zone)
        return Incident(kind, pattern, subject, begin + first * HOUR, begin + last * HOUR, details)

    stacks = [stack for _, stack in making.catalogue.stacks if stack.logger is not None]
    marks_late = next(stack for stack in stacks if stack.logger.edition == "2025")
    others = [stack for stack in stacks if stack is not marks_late]
    plant = next(one for one in making.catalogue.plants if one.meter is not None and not one.small)
    return (
        incident("fault", "late", marks_late.code, 5, 8),
        incident("fault", "silent", others[0].code, 4, 9),
        incident("fault", "drift", others[0].code, 20, 30),
        incident("fraud", "dilution", others[1].code, 3, 40, factor=0.4, pollutant="so2"),
        incident("fraud", "power", plant.code, 10, 33, factor=0.5, pollutant="so2"),
        incident("fraud", "spraying", SPRAYED, 6, 30, factor=0.5),
        incident("fraud", "blocked_inlet", BLOCKED, 26, 40, factor=0.2),
    )


HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def built(few: Making, tmp_path_factory: pytest.TempPathFactory) -> Built:
    making = replace(few, beyond_given=21.0)
    making.__dict__["catalogue"] = few.catalogue
    making.__dict__["incidents"] = _wrong(making)
    folder = tmp_path_factory.mktemp("scored") / "city"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LANTIAN_TWIN_CACHE", raising=False)  # a small city must not be taken for the whole one
        house = make_workspace(folder, "changzhi", simulated=True)
        until = datetime(2026, 1, 14, tzinfo=house.city.zone)
        bring_history(house, making, until, sources_from=FIRST)
        run_days(house.scene(), house.jobs)
        truth = open_truth(folder, house.ledger, "air", by="tester", reason="scoring", at=house.now())
        house.close()
    return Built(folder, making, air_of_truth(truth, making))


@pytest.fixture
def house(built: Built, tmp_path: Path) -> Iterator[House]:
    """A copy that a test may write."""
    opened = open_workspace(Path(shutil.copytree(built.folder, tmp_path / "copy")))
    yield opened
    opened.close()


def test_sealed_hours_are_the_air_that_they_were_made_of(built: Built):
    assert built.air.stations == tuple(one.code for one in built.making.city.stations)
    assert built.air.value.shape[2] == 72
    axis = built.making.sky.weather.axis
    assert axis[built.air.first] == datetime(2026, 1, 12, tzinfo=built.making.city.zone)


def test_every_difference_of_two_days_has_its_cause(built: Built, house: House):
    done = score(house, built.making, built.air, FIRST, LAST)
    table = done.frame().rows_by_key("table", named=True, unique=True)
    assert done.unexplained == 0, done.examples
    assert set(table) == {"ambient_hours", "source_readings", "power_readings", "daily_index"}
    assert table["ambient_hours"]["interference"] > 50
    assert table["ambient_hours"]["flag"] > 0
    assert table["ambient_hours"]["missing"] > 0
    assert table["source_readings"]["fraud"] > 100
    assert table["source_readings"]["fault"] > 50
    late, silent = built.making.incidents[:2]
    assert table["source_readings"]["missing"] == 6 * _factors(built, silent)
    assert table["source_readings"]["late"] == 4 * _factors(built, late)
    assert table["power_readings"]["fraud"] == 24
    assert table["daily_index"]["interference"] > 0
    assert table["daily_index"]["same"] > 0


def _factors(built: Built, each: Incident) -> int:
    logger = next(stack.logger for _, stack in built.making.catalogue.stacks if stack.code == each.subject)
    assert logger is not None
    return len(logger.factors)


def test_every_cell_is_counted_once(built: Built, house: House):
    done = score(house, built.making, built.air, FIRST, LAST)
    table = done.frame().rows_by_key("table", named=True, unique=True)
    hours = sum(table["ambient_hours"][name] for name in CATEGORIES)
    assert hours == len(built.air.stations) * 6 * 48
    days = house.lake.read("daily_index").filter(pl.col("basis") == "measured")
    assert sum(table["daily_index"][name] for name in CATEGORIES) == days.height * 7


def test_a_station_hour_that_somebody_changed_is_unexplained(built: Built, house: House):
    rows = house.lake.read("ambient_hours", first=FIRST, last=FIRST)
    row = rows.filter((pl.col("station") == "1727A") & pl.col("no2").is_not_null()).head(1)
    house.lake.append("ambient_hours", _again(house, "ambient_hours", row).with_columns(no2=pl.col("no2") + 1.0))
    done = score(house, built.making, built.air, FIRST, LAST)
    assert done.cells["ambient_hours", "unexplained"] == 1
    assert done.examples == [f"ambient_hours 1727A {row['hour_start'][0]} no2"]


def test_a_mark_that_somebody_set_is_unexplained(built: Built, house: House):
    rows = house.lake.read("ambient_hours", first=FIRST, last=FIRST)
    row = rows.filter((pl.col("station") == "1727A") & pl.col("no2_flags").is_null()).head(1)
    house.lake.append("ambient_hours", _again(house, "ambient_hours", row).with_columns(no2_flags=pl.lit("RM")))
    assert score(house, built.making, built.air, FIRST, LAST).cells["ambient_hours", "unexplained"] == 1


def test_a_stack_value_that_somebody_changed_is_unexplained(built: Built, house: House):
    rows = house.lake.read("source_readings", first=FIRST, last=FIRST)
    row = rows.filter(pl.col("factor") == "a21002").head(1)
    house.lake.append(
        "source_readings", _again(house, "source_readings", row).with_columns(value=pl.col("value") + 0.01)
    )
    done = score(house, built.making, built.air, FIRST, LAST)
    assert done.unexplained == 1
    assert row["outlet"][0] in done.examples[0]


def test_a_meter_that_somebody_changed_is_unexplained(built: Built, house: House):
    row = house.lake.read("power_readings", first=FIRST, last=FIRST).head(1)
    house.lake.append(
        "power_readings", _again(house, "power_readings", row).with_columns(value=pl.col("value") + 0.1)
    )
    assert score(house, built.making, built.air, FIRST, LAST).cells["power_readings", "unexplained"] == 1


def test_a_judged_day_that_somebody_changed_is_unexplained(built: Built, house: House):
    rows = house.lake.read("daily_index", first=LAST, last=LAST)
    row = rows.filter((pl.col("code") == "1727A") & (pl.col("basis") == "measured")).head(1)
    house.lake.append("daily_index", _again(house, "daily_index", row).with_columns(aqi=pl.col("aqi") + 1))
    assert score(house, built.making, built.air, FIRST, LAST).cells["daily_index", "unexplained"] == 1


def test_another_city_than_the_one_that_was_sealed_is_found_out(built: Built, house: House):
    other = replace(built.making, seed=7, beyond_given=21.0)
    other.__dict__.update(
        {name: built.making.__dict__[name] for name in ("catalogue", "incidents", "sky", "works")}
    )
    assert score(house, other, built.air, FIRST, FIRST).unexplained > 1_000


def test_an_empty_lake_has_nothing_to_compare(built: Built, tmp_path: Path):
    house = make_workspace(tmp_path / "empty", "changzhi", simulated=True)
    try:
        assert score(house, built.making, built.air).frame().is_empty()
    finally:
        house.close()


def _again(house: House, table: str, row: pl.DataFrame) -> pl.DataFrame:
    """A row as a new version of itself."""
    return row.select(column.name for column in house.lake.table(table).columns)
