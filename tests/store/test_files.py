"""File names keep promises, and bounds say which files a read can do without."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store import AMBIENT_HOURS
from lantian.store.doorway import checked, completed
from lantian.store.files import (
    DataFile,
    Promise,
    needs_choice,
    overlapping_days,
    promise_of,
    statistics_of,
    tangles,
    without_past,
)

Frames = Callable[..., pl.DataFrame]
FIRST = DataFile(
    path="legal_month=2026-01/unique-1.parquet",
    size=1,
    rows=1,
    partition="2026-01",
    promise=Promise.UNIQUE,
    first_day=date(2026, 1, 1),
    last_day=date(2026, 1, 10),
    low=datetime(2026, 1, 1, tzinfo=UTC),
    high=datetime(2026, 1, 10, tzinfo=UTC),
    recorded_low=datetime(2026, 2, 1, tzinfo=UTC),
    recorded_high=datetime(2026, 2, 1, tzinfo=UTC),
)
SECOND = replace(
    FIRST,
    path="legal_month=2026-01/unique-2.parquet",
    first_day=date(2026, 1, 11),
    last_day=date(2026, 1, 31),
    low=datetime(2026, 1, 10, 1, tzinfo=UTC),
    high=datetime(2026, 1, 31, tzinfo=UTC),
)
CORRECTION = replace(
    FIRST,
    path="legal_month=2026-01/unique-3.parquet",
    recorded_low=datetime(2026, 2, 5, tzinfo=UTC),
    recorded_high=datetime(2026, 2, 5, tzinfo=UTC),
)
PAST = replace(FIRST, path="legal_month=2026-01/past-4.parquet", promise=Promise.PAST)


def test_name_of_a_file_tells_its_promise() -> None:
    assert promise_of(FIRST.path) is Promise.UNIQUE
    assert promise_of(PAST.path) is Promise.PAST
    assert promise_of("part-00000-aa.parquet") is Promise.NOTHING


def test_files_of_disjoint_hours_need_no_choice() -> None:
    groups = tangles([SECOND, FIRST])
    assert groups == [[FIRST], [SECOND]]
    assert not any(needs_choice(group) for group in groups)


def test_files_that_share_hours_are_one_group_and_need_a_choice() -> None:
    groups = tangles([FIRST, SECOND, CORRECTION])
    assert [len(group) for group in groups] == [2, 1]
    assert needs_choice(groups[0])


def test_same_hours_in_another_partition_are_another_group() -> None:
    assert len(tangles([FIRST, replace(FIRST, partition="2026-02")])) == 2


def test_file_without_bounds_ties_its_whole_partition_together() -> None:
    assert [len(group) for group in tangles([FIRST, SECOND, replace(PAST, low=None)])] == [3]


def test_file_without_a_promise_needs_a_choice_even_alone() -> None:
    assert needs_choice([replace(FIRST, promise=Promise.NOTHING)])


def test_days_outside_the_read_drop_a_file() -> None:
    assert overlapping_days([FIRST, SECOND], date(2026, 1, 11), None) == [SECOND]
    assert overlapping_days([FIRST, SECOND], None, date(2026, 1, 10)) == [FIRST]
    assert overlapping_days([FIRST, SECOND], date(2026, 1, 10), date(2026, 1, 11)) == [FIRST, SECOND]


def test_superseded_rows_are_left_out_of_a_read_of_today() -> None:
    assert without_past([FIRST, PAST], None) == [FIRST]


def test_superseded_rows_are_needed_when_their_successor_may_be_unknown_yet() -> None:
    before = datetime(2026, 2, 3, tzinfo=UTC)
    assert without_past([CORRECTION, PAST], before) == [PAST]
    assert without_past([CORRECTION, PAST], datetime(2026, 2, 5, tzinfo=UTC)) == [CORRECTION]


def test_statistics_of_a_file_bound_key_day_and_recording(hours: Frames, zone: ZoneInfo) -> None:
    frame = hours(("1728A", "2026-01-05 23:00", 1.0), ("1727A", "2026-01-06 00:00", None))
    rows = completed(AMBIENT_HOURS, checked(AMBIENT_HOURS, frame, zone, simulated=False), "2026-01").with_columns(
        pl.lit(datetime(2026, 2, 1, 0, 0, 0, 7, tzinfo=UTC), pl.Datetime("us", "UTC")).alias("recorded_at")
    )
    stated = json.loads(statistics_of(AMBIENT_HOURS, rows))
    assert stated["numRecords"] == 2
    assert stated["minValues"]["hour_start"] == "2026-01-05T15:00:00.000000Z"
    assert stated["maxValues"]["legal_day"] == "2026-01-06"
    assert stated["minValues"]["station"] == "1727A"
    assert stated["maxValues"]["recorded_at"] == "2026-02-01T00:00:00.000007Z"
    assert "pm25" not in stated["minValues"]
