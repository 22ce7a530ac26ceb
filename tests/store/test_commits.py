"""An append is whole or absent: with two writers, a kill at any step, a full disk, and a newer declaration."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from lantian.store import AMBIENT_HOURS, FACT_TABLES, Column, Lake
from lantian.store.commits import VERSION_PROPERTY, Draft, all_or_nothing
from lantian.store.files import Promise
from lantian.terms.errors import HouseError

Frames = Callable[..., pl.DataFrame]
STATIONS, HOURS = 5, 40 * 24
BATCH = STATIONS * HOURS
"""Rows of one append of the writer below; they lie in two months."""

WRITER = f"""
import os, signal, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo
import polars as pl
from lantian.store import AMBIENT_HOURS, FACT_TABLES, Lake

ZONE = ZoneInfo("Asia/Shanghai")

def frame(value, writer="w"):
    hours = pl.datetime_range(
        datetime(2026, 1, 1), datetime(2026, 1, 1) + timedelta(hours={HOURS - 1}), "1h",
        time_zone=ZONE.key, eager=True,
    )
    stations = pl.DataFrame({{"station": [f"{{writer}}{{n}}" for n in range({STATIONS})]}})
    return stations.join(pl.DataFrame({{"hour_start": hours}}), how="cross").with_columns(
        pm25=pl.lit(float(value)), stage=pl.lit("original"), state=pl.lit("reference"), source=pl.lit(writer),
        simulated=True,
    )

lake = Lake(Path(sys.argv[1]), FACT_TABLES, ZONE, lambda: datetime.now(UTC), simulated=True, wait=60)
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER + code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "POLARS_MAX_THREADS": "1"},
    )


@pytest.fixture
def simulated(tmp_path: Path, zone: Any, clock: Any) -> Lake:
    return Lake(tmp_path, FACT_TABLES, zone, clock, simulated=True, wait=0.0)


def whole_batches(lake: Lake) -> int:
    """Count the appends in force, each of which must be there entirely."""
    rows = lake.read(AMBIENT_HOURS, latest=False, columns=["station", "pm25"])
    sizes = rows.group_by(pl.col("station").str.slice(0, 1), "pm25").len()["len"].unique().to_list()
    assert sizes in ([], [BATCH])
    return rows.height // BATCH


# --------------------------------------------------------------------------------------------- processes


def test_two_processes_that_append_at_once_lose_nothing(tmp_path: Path, simulated: Lake) -> None:
    code = "for n in range(6): lake.append(AMBIENT_HOURS, frame(n, sys.argv[2]), only_changes=n % 2 == 0)"
    writers = [start(code, tmp_path, name) for name in ("a", "b")]
    seen = []
    while any(writer.poll() is None for writer in writers):
        seen.append(whole_batches(simulated))  # a reader among them sees whole appends only
    assert [writer.communicate()[1] for writer in writers] == ["", ""]
    assert seen == sorted(seen)
    assert whole_batches(simulated) == 12
    latest = simulated.read(AMBIENT_HOURS)
    assert latest.height == 2 * BATCH
    assert latest["pm25"].unique().to_list() == [5.0]
    assert simulated.check(AMBIENT_HOURS) == [] or all(
        finding.code == "recorded_in_future" for finding in simulated.check(AMBIENT_HOURS)
    )


DYING = """
lake.append(AMBIENT_HOURS, frame(0))
left = int(sys.argv[2])
sync = os.fsync
def dying(handle):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    sync(handle)
os.fsync = dying
lake.append(AMBIENT_HOURS, frame(1))
print("alive")
"""


@pytest.mark.parametrize(("step", "batches"), [(0, 1), (1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 2)])
def test_writer_killed_at_each_step_leaves_the_old_or_the_new_state(
    tmp_path: Path, simulated: Lake, step: int, batches: int
) -> None:
    """Two files of two steps each come before the commit, two steps of certainty after it."""
    output, errors = start(DYING, tmp_path, step).communicate()
    assert (output, errors) == ("alive\n" if step == 6 else "", "")
    assert whole_batches(simulated) == batches
    assert [finding.code for finding in simulated.check(AMBIENT_HOURS)] in (
        [],
        ["recorded_in_future"] * 2 * batches,
    )
    frame = simulated.read(AMBIENT_HOURS, columns=[column.name for column in AMBIENT_HOURS.columns])
    assert simulated.append(AMBIENT_HOURS, frame.with_columns(pm25=pl.lit(9.0)), wait=0.0).written == BATCH
    assert simulated.read(AMBIENT_HOURS)["pm25"].unique().to_list() == [9.0]


ENDLESS = """
lake.append(AMBIENT_HOURS, frame(int(sys.argv[2])))
print("on", flush=True)
for n in range(1, 1000):
    lake.append(AMBIENT_HOURS, frame(n + int(sys.argv[2])))
"""


def test_writer_killed_at_any_moment_leaves_whole_appends(tmp_path: Path, simulated: Lake) -> None:
    chance = random.Random(20260301)
    counts = [0]
    for turn in range(6):
        writer = start(ENDLESS, tmp_path, 1000 * turn)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "on\n"
        time.sleep(chance.uniform(0.05, 0.4))
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        counts.append(whole_batches(simulated))
    assert counts == sorted(counts)
    assert counts[-1] >= 6
    simulated.vacuum(AMBIENT_HOURS, keep_hours=0)
    assert whole_batches(simulated) == counts[-1]


FULL = """
import resource
from lantian.terms.errors import HouseError
lake.append(AMBIENT_HOURS, frame(0))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    lake.append(AMBIENT_HOURS, frame(1).with_columns(pm25=pl.int_range(pl.len()).shuffle(seed=1).cast(pl.Float64)))
except HouseError as error:
    print(error)
"""


@pytest.mark.parametrize("room", [0, 600, 9000])
def test_disk_without_room_is_told_and_the_old_state_stays(tmp_path: Path, simulated: Lake, room: int) -> None:
    """The largest file that may be written is limited, which fails as a full disk does."""
    output, errors = start(FULL, tmp_path, room).communicate()
    assert errors == ""
    assert "append of ambient_hours" in output
    assert "The table is as it was before" in output
    assert whole_batches(simulated) == 1
    assert [path.name for path in tmp_path.rglob("*.parquet")] == [
        path.name for path in simulated.files(AMBIENT_HOURS)
    ]


# ----------------------------------------------------------------------------------------------- drafts


def test_failed_draft_is_deleted_but_never_a_file_in_force(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    folder = lake.folder(AMBIENT_HOURS)
    rows = pl.read_parquet(lake.files(AMBIENT_HOURS)[0])
    unseen, seen = Draft(folder, AMBIENT_HOURS), Draft(folder, AMBIENT_HOURS)
    with pytest.raises(KeyboardInterrupt), all_or_nothing(unseen):
        unseen.write(rows, Promise.UNIQUE, "2026-01")
        raise KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt), all_or_nothing(seen):
        seen.write(rows, Promise.UNIQUE, "2026-01")
        seen.commit(DeltaTable(folder), {})
        raise KeyboardInterrupt
    assert not (folder / unseen.added[0].path).exists()
    assert (folder / seen.added[0].path).exists()
    assert lake.read(AMBIENT_HOURS, latest=False).height == 2


def test_log_stays_short_over_many_commits(lake: Lake, hours: Frames) -> None:
    for value in range(45):
        lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", float(value))))
    log = lake.folder(AMBIENT_HOURS) / "_delta_log"
    assert sorted(path.name for path in log.glob("*.checkpoint.parquet")) == [
        f"{version:020d}.checkpoint.parquet" for version in (20, 40)
    ]
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [44.0]
    assert "UNIQUE" in lake.scan(AMBIENT_HOURS).explain()
    assert lake.versions(AMBIENT_HOURS, dict(zip(AMBIENT_HOURS.key, _only_key(lake), strict=True))).height == 45


def _only_key(lake: Lake) -> tuple[object, ...]:
    return lake.read(AMBIENT_HOURS, columns=AMBIENT_HOURS.key).row(0)


# -------------------------------------------------------------------------------------------- declarations


WIDER = replace(
    AMBIENT_HOURS,
    columns=(*AMBIENT_HOURS.columns, Column("no", pl.Float64(), "µg/m³", "Nitric oxide", "一氧化氮")),
    version=2,
)


def test_column_declared_later_reads_as_null_from_old_files(open_lake: Callable[..., Lake], hours: Frames) -> None:
    open_lake().append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    wider = open_lake((WIDER,))
    assert wider.read(WIDER)["no"].to_list() == [None]
    assert [finding.code for finding in wider.check(WIDER)] == ["older_schema"]
    wider.append(WIDER, hours(("1727A", "2026-01-01 01:00", 2.0), no=7.0))
    assert wider.read(WIDER)["no"].to_list() == [None, 7.0]
    wider.compact(WIDER)
    assert wider.read(WIDER)["no"].to_list() == [None, 7.0]
    assert wider.check(WIDER) == []
    assert DeltaTable(wider.folder(WIDER)).metadata().configuration[VERSION_PROPERTY] == "2"


def test_table_of_a_newer_declaration_is_refused(open_lake: Callable[..., Lake], hours: Frames) -> None:
    open_lake((WIDER,)).append(WIDER, hours(("1727A", "2026-01-01 00:00", 1.0), no=7.0))
    older = open_lake()
    with pytest.raises(HouseError, match="written by version 2 of its declaration, this program knows version 1"):
        older.read(AMBIENT_HOURS)
    with pytest.raises(HouseError, match="Use the newer program"):
        older.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 01:00", 1.0)))


def test_column_that_changed_its_type_is_refused(open_lake: Callable[..., Lake], hours: Frames) -> None:
    open_lake((WIDER,)).append(WIDER, hours(("1727A", "2026-01-01 00:00", 1.0), no=7.0))
    columns = (*AMBIENT_HOURS.columns, Column("no", pl.Int64(), "µg/m³", "Nitric oxide", "一氧化氮"))
    other = open_lake((replace(WIDER, columns=columns),))
    with pytest.raises(HouseError, match=r"has the column no \(double\), declared is long"):
        other.read("ambient_hours")


def test_table_changed_by_another_program_into_a_newer_format_is_refused(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0)))
    DeltaTable(lake.folder(AMBIENT_HOURS)).alter.set_table_properties({"delta.enableDeletionVectors": "true"})
    with pytest.raises(HouseError, match="a Delta format that is not read here"):
        lake.read(AMBIENT_HOURS)
