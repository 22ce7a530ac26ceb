"""Rows that come from another store carry how far it was read, in the same commit."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store import SOURCE_READINGS, Lake, Taken

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 1, 8, tzinfo=ZONE)


def lake_in(folder: Path) -> Lake:
    return Lake(folder, (SOURCE_READINGS,), ZONE, lambda: START, simulated=True)


def rows(hour: int, value: float = 1.0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "outlet": ["A"], "factor": ["a21026"], "period": ["hour"],
            "period_start": [START + timedelta(hours=hour)], "value": [value], "simulated": [True],
        }
    )  # fmt: skip


def test_nothing_was_taken_into_a_table_that_does_not_exist(tmp_path: Path):
    assert lake_in(tmp_path).taken_from("source_readings", "journal") == 0


def test_how_far_it_was_taken_is_kept_with_the_rows(tmp_path: Path):
    lake = lake_in(tmp_path)
    lake.append("source_readings", rows(0), taken=Taken("journal", 7))
    assert lake.taken_from("source_readings", "journal") == 7
    assert lake.taken_from("source_readings", "another") == 0


def test_what_was_taken_before_is_not_taken_again(tmp_path: Path):
    lake = lake_in(tmp_path)
    lake.append("source_readings", rows(0, 1.0), taken=Taken("journal", 7))
    again = lake.append("source_readings", rows(0, 2.0), taken=Taken("journal", 7))
    assert (again.written, again.unchanged) == (0, 1)
    assert lake.read("source_readings")["value"].to_list() == [1.0]


def test_it_outlives_checkpoints_and_compaction(tmp_path: Path):
    lake = lake_in(tmp_path)
    for hour in range(45):
        lake.append("source_readings", rows(hour), taken=Taken("journal", 100 + hour))
    lake.compact("source_readings")
    lake.vacuum("source_readings", keep_hours=0)
    assert lake_in(tmp_path).taken_from("source_readings", "journal") == 144
