"""A read gives the latest version known, whatever the history, and opens only the files that it needs."""

import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.store import AMBIENT_HOURS, FACT_TABLES, Lake

Frames = Callable[..., pl.DataFrame]
HOUR = "2026-01-05 23:00"


@pytest.fixture
def corrected(lake: Lake, hours: Frames, clock: Any) -> tuple[Lake, datetime]:
    """A lake in which 100 was corrected to 10, and the instant between the two."""
    lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 100.0), ("1728A", HOUR, 50.0)))
    between = clock.move(hours=1)
    clock.move(hours=1)
    lake.append(AMBIENT_HOURS, hours(("1727A", HOUR, 10.0)))
    return lake, between


def test_correction_replaces_the_value_and_keeps_the_old_row(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [10.0, 50.0]
    assert lake.read(AMBIENT_HOURS, latest=False)["pm25"].to_list() == [100.0, 10.0, 50.0]


def test_as_known_before_the_correction_the_old_value_stands(corrected: tuple[Lake, datetime]) -> None:
    lake, between = corrected
    assert lake.read(AMBIENT_HOURS, known_on=between)["pm25"].to_list() == [100.0, 50.0]
    assert lake.read(AMBIENT_HOURS, known_on=between - timedelta(days=1)).is_empty()
    assert lake.read(AMBIENT_HOURS, known_on=between + timedelta(days=1))["pm25"].to_list() == [10.0, 50.0]


def test_condition_on_a_value_never_brings_a_corrected_row_back(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    assert lake.read(AMBIENT_HOURS, where=pl.col("pm25") > 60).is_empty()
    assert lake.scan(AMBIENT_HOURS).filter(pl.col("pm25") > 60).collect().is_empty()
    assert lake.scan(AMBIENT_HOURS).filter(pl.col("pm25") < 60).collect().height == 2


def test_condition_on_the_key_is_asked_inside_the_files(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    plan = lake.scan(AMBIENT_HOURS, where=pl.col("station") == "1727A").explain()
    scan, _, selection = plan.partition("SELECTION:")
    assert "Parquet SCAN" in scan
    assert "station" in selection
    assert lake.read(AMBIENT_HOURS, where=pl.col("station") == "1727A")["pm25"].to_list() == [10.0]


def test_condition_may_name_hours_in_the_zone_of_the_city(lake: Lake, run_of_hours: Frames, at: Any) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 3))
    late = lake.read(AMBIENT_HOURS, where=pl.col("hour_start") >= at("2026-01-03 22:00"))
    assert late["hour_start"].to_list() == [at("2026-01-03 22:00"), at("2026-01-03 23:00")]


def test_read_of_some_days_opens_only_their_files(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(2, 120))
    assert [path.parent.name for path in lake.files(AMBIENT_HOURS)] == [
        f"legal_month=2026-0{n}" for n in (1, 2, 3, 4)
    ]
    wanted: dict[str, Any] = {"first": date(2026, 2, 27), "last": date(2026, 3, 2)}
    assert sorted(path.parent.name for path in lake.files(AMBIENT_HOURS, **wanted)) == [
        "legal_month=2026-02",
        "legal_month=2026-03",
    ]
    rows = lake.read(AMBIENT_HOURS, **wanted)
    assert rows["legal_day"].unique().sort().to_list() == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
        date(2026, 3, 2),
    ]
    assert rows.height == 2 * 4 * 24


def test_files_outside_the_read_may_even_be_missing(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 59))
    for path in lake.files(AMBIENT_HOURS, last=date(2026, 1, 31)):
        path.unlink()
    assert lake.read(AMBIENT_HOURS, first=date(2026, 2, 1)).height == 28 * 24


def test_days_inside_a_file_bound_the_rows(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 31))
    plan = lake.scan(AMBIENT_HOURS, first=date(2026, 1, 7), last=date(2026, 1, 7)).explain()
    assert "legal_day" in plan.partition("SELECTION:")[2]
    assert lake.read(AMBIENT_HOURS, first=date(2026, 1, 7), last=date(2026, 1, 7)).height == 24


def test_wanted_columns_are_the_only_ones_read(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 2))
    assert lake.read(AMBIENT_HOURS, columns=["pm25", "station"]).columns == ["pm25", "station"]
    assert "PROJECT 1/" in lake.scan(AMBIENT_HOURS, columns=["pm25"]).explain()


def test_hours_brought_one_by_one_are_never_compared_with_each_other(lake: Lake, hours: Frames) -> None:
    for hour in range(5):
        lake.append(AMBIENT_HOURS, hours(("1727A", f"2026-01-05 0{hour}:00", float(hour))))
    assert "UNIQUE" not in lake.scan(AMBIENT_HOURS).explain()
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [0.0, 1.0, 2.0, 3.0, 4.0]
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-05 03:00", 30.0)))
    assert "UNIQUE" in lake.scan(AMBIENT_HOURS).explain()
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [0.0, 1.0, 2.0, 30.0, 4.0]


KEYS = st.tuples(st.sampled_from(["A", "B"]), st.sampled_from([0, 23, 24 * 20, 24 * 40]))
FRAMES = st.lists(st.tuples(KEYS, st.sampled_from([None, 0.0, 1.0, 2.0])), min_size=1, max_size=8)
STEPS = st.lists(
    st.tuples(FRAMES, st.booleans(), st.sampled_from(["", "compact", "vacuum"]), st.integers(-90, 90)),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_lake_equals_a_replay_in_a_dictionary_now_and_on_every_earlier_instant(steps: list[Any]) -> None:
    start = datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    wall = [datetime(2026, 3, 1, tzinfo=UTC)]
    known: dict[Any, float | None] = {}
    moments: list[tuple[datetime, dict[Any, float | None]]] = []
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder), FACT_TABLES, ZoneInfo("Asia/Shanghai"), lambda: wall[0], simulated=True)
        for rows, only_changes, upkeep, minutes in steps:
            frame = pl.DataFrame(
                {
                    "station": [key[0] for key, _ in rows],
                    "hour_start": [start + timedelta(hours=key[1]) for key, _ in rows],
                    "pm25": [value for _, value in rows],
                },
                schema_overrides={"pm25": pl.Float64},
            ).with_columns(stage=pl.lit("original"), state=pl.lit("reference"), source=pl.lit("x"), simulated=True)
            lake.append(AMBIENT_HOURS, frame, only_changes=only_changes)
            known.update({(key[0], start + timedelta(hours=key[1])): value for key, value in rows})
            newest = lake.read(AMBIENT_HOURS, latest=False)["recorded_at"].max()
            assert isinstance(newest, datetime)
            moments.append((newest, dict(known)))
            assert lake.append(AMBIENT_HOURS, frame, only_changes=True).written == 0
            if upkeep:
                lake.compact(AMBIENT_HOURS)
            if upkeep == "vacuum":
                lake.vacuum(AMBIENT_HOURS, keep_hours=0)
            wall[0] += timedelta(minutes=minutes)
        for moment, then in moments:
            seen = lake.read(AMBIENT_HOURS, known_on=moment)
            assert (
                dict(zip(zip(seen["station"], seen["hour_start"], strict=True), seen["pm25"], strict=True)) == then
            )
        assert lake.check(AMBIENT_HOURS) == [] or wall[0] < moments[-1][0]
        seen = lake.read(AMBIENT_HOURS)
        assert dict(zip(zip(seen["station"], seen["hour_start"], strict=True), seen["pm25"], strict=True)) == known
