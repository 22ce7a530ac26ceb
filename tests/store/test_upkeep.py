"""Upkeep makes tables smaller and faster and changes no answer; `check` finds damage."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from lantian.store import AMBIENT_HOURS, Lake
from lantian.store.commits import Draft
from lantian.store.files import Promise
from lantian.store.upkeep import MANY_FILES

Frames = Callable[..., pl.DataFrame]
KEPT_A_MONTH = replace(AMBIENT_HOURS, retention_days=31)


@pytest.fixture
def corrected(lake: Lake, run_of_hours: Frames, clock: Any) -> tuple[Lake, datetime]:
    """Two months, of which some hours of January were corrected, and the instant between."""
    lake.append(AMBIENT_HOURS, run_of_hours(2, 59))
    between = clock.move(hours=1)
    clock.move(hours=1)
    lake.append(AMBIENT_HOURS, run_of_hours(2, 2, first="2026-01-10 00:00"))
    return lake, between


def names(lake: Lake, **question: Any) -> list[str]:
    return sorted(
        f"{path.parent.name[-2:]} {path.name.partition('-')[0]}" for path in lake.files(AMBIENT_HOURS, **question)
    )


# -------------------------------------------------------------------------------------------- compaction


def test_compaction_changes_no_answer_now_or_before(corrected: tuple[Lake, datetime]) -> None:
    lake, between = corrected
    now, before = lake.read(AMBIENT_HOURS), lake.read(AMBIENT_HOURS, known_on=between)
    everything = lake.read(AMBIENT_HOURS, latest=False)
    done = lake.compact(AMBIENT_HOURS)
    assert (done.partitions, done.files_before, done.files_after) == (1, 2, 2)
    assert lake.vacuum(AMBIENT_HOURS, keep_hours=0) != []
    assert lake.read(AMBIENT_HOURS).equals(now)
    assert lake.read(AMBIENT_HOURS, known_on=between).equals(before)
    assert lake.read(AMBIENT_HOURS, latest=False).equals(everything)
    assert not before.equals(now)


def test_month_without_corrections_is_read_without_comparing(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    assert "UNIQUE" in lake.scan(AMBIENT_HOURS, last=date(2026, 1, 31)).explain()
    assert "UNIQUE" not in lake.scan(AMBIENT_HOURS, first=date(2026, 2, 1)).explain()


def test_compacted_month_with_corrections_is_read_without_its_past(corrected: tuple[Lake, datetime]) -> None:
    lake, between = corrected
    lake.compact(AMBIENT_HOURS)
    assert names(lake) == ["01 unique", "02 unique"]
    assert names(lake, known_on=between) == ["01 past", "01 unique", "02 unique"]
    assert names(lake, latest=False) == ["01 past", "01 unique", "02 unique"]
    assert "UNIQUE" not in lake.scan(AMBIENT_HOURS).explain()


def test_later_append_takes_the_promise_away_and_compaction_gives_it_back(
    corrected: tuple[Lake, datetime], hours: Frames
) -> None:
    lake, _ = corrected
    lake.compact(AMBIENT_HOURS)
    lake.append(AMBIENT_HOURS, hours(("1700A", "2026-01-01 00:00", 777.0)))
    assert "UNIQUE" in lake.scan(AMBIENT_HOURS).explain()
    assert lake.read(AMBIENT_HOURS)["pm25"][0] == 777.0
    lake.compact(AMBIENT_HOURS)
    assert "UNIQUE" not in lake.scan(AMBIENT_HOURS).explain()
    assert lake.read(AMBIENT_HOURS)["pm25"][0] == 777.0


def test_compaction_of_one_partition_leaves_the_others(lake: Lake, run_of_hours: Frames) -> None:
    for _ in range(2):
        lake.append(AMBIENT_HOURS, run_of_hours(1, 59))
    assert lake.compact(AMBIENT_HOURS, "2026-02").partitions == 1
    assert names(lake, latest=False) == ["01 unique", "01 unique", "02 past", "02 unique"]


def test_compaction_of_a_compact_table_makes_no_commit(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    version = lake.compact(AMBIENT_HOURS).version
    assert lake.compact(AMBIENT_HOURS).partitions == 0
    assert lake.version(AMBIENT_HOURS) == version


def test_file_of_another_program_is_read_and_compacted(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    stored = pl.read_parquet(lake.files(AMBIENT_HOURS)[0])
    later = stored.with_columns(pl.col("recorded_at") + timedelta(hours=1), pm25=pl.lit(2.0))
    delta = DeltaTable(lake.folder(AMBIENT_HOURS))
    pl.concat([later, later.with_columns(station=pl.lit("1728A"))]).write_delta(delta, mode="append")
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [2.0, 2.0]
    assert lake.row_counts()["ambient_hours"] == 3
    lake.compact(AMBIENT_HOURS)
    assert names(lake, latest=False) == ["01 past", "01 unique"]
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [2.0, 2.0]


# ------------------------------------------------------------------------------- vacuum and retention


def test_vacuum_keeps_files_that_a_running_read_may_need(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    reading = lake.scan(AMBIENT_HOURS)
    lake.compact(AMBIENT_HOURS)
    assert lake.vacuum(AMBIENT_HOURS) == []
    assert reading.collect().height == 2 * 59 * 24


def test_vacuum_removes_what_a_killed_writer_left(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    orphan = lake.folder(AMBIENT_HOURS) / "legal_month=2026-01" / "unique-dead.parquet"
    orphan.write_bytes(b"half a file")
    long_ago = time.time() - 3 * 86400
    os.utime(orphan, (long_ago, long_ago))
    assert lake.vacuum(AMBIENT_HOURS) == ["legal_month=2026-01/unique-dead.parquet"]
    assert not orphan.exists()
    assert lake.read(AMBIENT_HOURS).height == 1


def test_retention_drops_only_partitions_wholly_past_it(
    open_lake: Callable[..., Lake], run_of_hours: Frames
) -> None:
    lake = open_lake((KEPT_A_MONTH,))
    lake.append(KEPT_A_MONTH, run_of_hours(1, 90))
    assert lake.retain(KEPT_A_MONTH, date(2026, 3, 3)) == []
    assert lake.retain(KEPT_A_MONTH, date(2026, 3, 4)) == ["2026-01"]
    assert lake.read(KEPT_A_MONTH)["legal_day"].min() == date(2026, 2, 1)
    assert lake.history(KEPT_A_MONTH)[0].notes["before"] == "2026-02-01"


def test_table_without_retention_loses_nothing(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 2))
    assert lake.retain(AMBIENT_HOURS, date(2126, 1, 1)) == []
    assert lake.read(AMBIENT_HOURS).height == 48


def test_upkeep_of_a_table_that_does_not_exist_does_nothing(lake: Lake) -> None:
    assert lake.compact(AMBIENT_HOURS).version == -1
    assert lake.vacuum(AMBIENT_HOURS) == []
    assert lake.check(AMBIENT_HOURS) == []
    assert not lake.root.exists()


# -------------------------------------------------------------------------------------------------- check


def codes(lake: Lake) -> list[str]:
    return [finding.code for finding in lake.check(AMBIENT_HOURS)]


def test_sound_table_has_no_findings(corrected: tuple[Lake, datetime]) -> None:
    lake, _ = corrected
    assert codes(lake) == []
    lake.compact(AMBIENT_HOURS)
    assert codes(lake) == []


def test_check_names_the_file_that_is_gone_and_the_one_that_is_torn(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 59))
    january, february = sorted(lake.files(AMBIENT_HOURS))
    january.unlink()
    february.write_bytes(february.read_bytes()[:2000])
    findings = lake.check(AMBIENT_HOURS)
    assert [finding.code for finding in findings] == ["unreadable_file"] * 2
    assert {Path(finding.where).name for finding in findings} == {january.name, february.name}


def test_check_finds_rows_recorded_in_the_future(lake: Lake, hours: Frames, clock: Any) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    clock.move(days=-1)
    assert codes(lake) == ["recorded_in_future"]


def test_check_finds_days_keys_and_promises_that_do_not_hold(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    stored = pl.read_parquet(lake.files(AMBIENT_HOURS)[0])
    bad = pl.concat(
        [
            stored,
            stored.with_columns(legal_day=pl.lit(date(2026, 2, 1))),
            stored.with_columns(station=pl.lit(None, pl.String)),
        ]
    )
    draft = Draft(lake.folder(AMBIENT_HOURS), AMBIENT_HOURS)
    draft.write(bad, Promise.UNIQUE, "2026-01")
    draft.commit(DeltaTable(lake.folder(AMBIENT_HOURS)), {})
    assert sorted(codes(lake)) == ["day_apart", "null_key", "partition_apart", "promise_broken"]


def test_check_advises_to_compact_a_table_in_many_pieces(lake: Lake, hours: Frames) -> None:
    for value in range(MANY_FILES + 1):
        lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", float(value))))
    findings = lake.check(AMBIENT_HOURS)
    assert [finding.code for finding in findings] == ["many_small_files"]
    assert findings[0].evidence["files"] == MANY_FILES + 1
    lake.compact(AMBIENT_HOURS)
    assert codes(lake) == []
    assert lake.read(AMBIENT_HOURS, latest=False).height == MANY_FILES + 1


def test_check_reports_a_table_whose_log_is_torn(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    log = lake.folder(AMBIENT_HOURS) / "_delta_log" / f"{2:020d}.json"
    log.write_text('{"commitInfo":{"ti')
    findings = lake.check(AMBIENT_HOURS)
    assert [finding.code for finding in findings] == ["unreadable_table"]
    assert "move it away" in findings[0].message
    log.unlink()
    assert lake.read(AMBIENT_HOURS).height == 1


def test_recording_time_is_compared_in_utc(lake: Lake, hours: Frames, clock: Any) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    assert lake.read(AMBIENT_HOURS)["recorded_at"][0] == clock.at.astimezone(UTC)
    assert codes(lake) == []
