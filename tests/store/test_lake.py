"""The lake from its door: hours and days round-trip, versions keep their order, an empty table is a table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from deltalake import DeltaTable

from lantian.store import AMBIENT_HOURS, FACT_TABLES, PUBLISHED_HOURS, Column, Lake, Table
from lantian.terms.errors import CallerError, HouseError

Frames = Callable[..., pl.DataFrame]
DAILY = Table(
    "daily_index",
    "Index of each day",
    "日AQI",
    columns=(
        Column("code", pl.String(), "1", "Station or place", "编码", nullable=False),
        Column("legal_day", pl.Date(), "d", "Legal day", "自然日", nullable=False),
        Column("aqi", pl.Int64(), "1", "Index of the day", "日AQI"),
        Column("run_id", pl.String(), "1", "Run that made the row", "运行编号"),
    ),
    key=("code", "legal_day"),
    instant=None,
    partition="legal_year",
    derived=True,
)
NAMES = Table(
    "names",
    "Names of stations",
    "点位名称",
    columns=(
        Column("code", pl.String(), "1", "Station", "编码", nullable=False),
        Column("name", pl.String(), "1", "Name", "名称"),
    ),
    key=("code",),
    instant=None,
    day=None,
    partition=None,
)


# ------------------------------------------------------------------------------------------------- time


@pytest.mark.parametrize("hour", ["2026-01-01 00:00", "2026-01-01 23:00", "2025-12-31 23:00", "2026-02-28 23:00"])
def test_first_and_last_hour_of_a_day_come_back_as_they_went(
    lake: Lake, hours: Frames, at: Any, hour: str
) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", hour, 35.0)))
    row = lake.read(AMBIENT_HOURS).row(0, named=True)
    assert row["hour_start"] == at(hour)
    assert row["hour_start"].tzinfo.key == "Asia/Shanghai"
    assert row["legal_day"] == at(hour).date()
    assert row["legal_month"] == hour[:7]
    assert lake.read(AMBIENT_HOURS, first=at(hour).date(), last=at(hour).date()).height == 1
    assert lake.read(AMBIENT_HOURS, first=at(hour).date() + timedelta(days=1)).is_empty()


def test_disk_holds_utc_and_any_delta_reader_sees_the_same_rows(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0), ("1727A", "2026-01-01 23:00", 36.0)))
    delta = DeltaTable(lake.folder(AMBIENT_HOURS))
    foreign = pl.scan_delta(delta).sort("hour_start").collect()
    assert foreign["hour_start"].to_list() == [
        datetime(2025, 12, 31, 16, tzinfo=UTC),
        datetime(2026, 1, 1, 15, tzinfo=UTC),
    ]
    assert foreign["legal_day"].to_list() == [date(2026, 1, 1)] * 2
    assert delta.to_pyarrow_table().num_rows == 2
    field = next(known for known in delta.schema().fields if known.name == "co")
    assert field.metadata["unit"] == "mg/m³"
    assert field.metadata["meaning_zh"] == "一氧化碳小时均值"


def test_hours_given_in_another_zone_are_the_same_hours(lake: Lake, hours: Frames) -> None:
    frame = hours(("1727A", "2026-01-01 00:00", 35.0))
    lake.append(AMBIENT_HOURS, frame)
    in_utc = frame.with_columns(pl.col("hour_start").dt.convert_time_zone("UTC"))
    assert lake.append(AMBIENT_HOURS, in_utc, only_changes=True).unchanged == 1


def test_legal_day_is_cut_in_the_zone_of_the_city(open_lake: Callable[..., Lake], hours: Frames) -> None:
    west = open_lake(zone=ZoneInfo("Asia/Urumqi"))
    west.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 01:00", 35.0)))
    row = west.read(AMBIENT_HOURS).row(0, named=True)
    assert row["legal_day"] == date(2025, 12, 31)
    assert row["hour_start"].hour == 23


def test_thirty_day_month_and_leap_day_keep_every_hour(lake: Lake, run_of_hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, run_of_hours(1, 62, first="2024-02-01 00:00"))
    per_day = lake.read(AMBIENT_HOURS).group_by("legal_day").len()
    assert per_day["len"].unique().to_list() == [24]
    assert date(2024, 2, 29) in per_day["legal_day"].to_list()


def test_time_of_recording_never_runs_backwards(lake: Lake, hours: Frames, clock: Any) -> None:
    for value, minutes in ((1.0, -60), (2.0, -60), (3.0, 600)):
        lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", value)))
        clock.move(minutes=minutes)
    versions = lake.versions(AMBIENT_HOURS, _key(lake))
    assert versions["pm25"].to_list() == [1.0, 2.0, 3.0]
    assert versions["recorded_at"].diff().drop_nulls().to_list() == [timedelta(microseconds=1)] * 2
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [3.0]


def test_a_wide_table_keeps_the_bounds_of_every_column(tmp_path: Path, clock: Any) -> None:
    names = [f"value_{n}" for n in range(60)]
    values = [Column(name, pl.Float64(), "1", "a value", "数值") for name in names]
    day = Column("day", pl.Date(), "d", "a day", "日期", nullable=False)
    place = Column("place", pl.String(), "1", "a place", "地点", nullable=False)
    wide = Table(
        "wide", "Wide", "宽表", (place, *values, day), ("place", "day"), instant=None, day="day", partition=None
    )
    lake = Lake(tmp_path / "wide", [wide], ZoneInfo("Asia/Shanghai"), clock, simulated=False)
    for first in (1.0, 2.0):
        row = {"place": "a", "day": date(2026, 3, 1), **dict.fromkeys(names, first)}
        lake.append("wide", pl.DataFrame([row]))
        clock.move(hours=-2)
    assert lake.read("wide").item(0, "value_59") == 2.0
    assert lake.files("wide", first=date(2026, 3, 2)) == []


def test_versions_inside_one_frame_keep_their_order(lake: Lake, hours: Frames, clock: Any) -> None:
    hour = "2026-01-01 00:00"
    told = lake.append(AMBIENT_HOURS, hours(("1727A", hour, 3.0), ("1727A", hour, 1.0), ("1727A", hour, 2.0)))
    versions = lake.versions(AMBIENT_HOURS, _key(lake))
    assert versions["pm25"].to_list() == [3.0, 1.0, 2.0]
    assert versions["recorded_at"].to_list() == [clock.at + timedelta(microseconds=n) for n in range(3)]
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [2.0]
    assert (told.written, told.corrected) == (3, 2)
    assert lake.read(AMBIENT_HOURS, known_on=clock.at)["pm25"].to_list() == [3.0]


def _key(lake: Lake) -> dict[str, object]:
    row = lake.read(AMBIENT_HOURS).row(0, named=True)
    return {name: row[name] for name in AMBIENT_HOURS.key}


# ---------------------------------------------------------------------------------------------- questions


def test_table_that_was_never_written_reads_as_empty_with_its_columns(lake: Lake) -> None:
    rows = lake.read(AMBIENT_HOURS, first=date(2026, 1, 1))
    assert rows.is_empty()
    assert dict(rows.schema) == AMBIENT_HOURS.schema("Asia/Shanghai")
    assert lake.version(AMBIENT_HOURS) == -1
    assert lake.history(AMBIENT_HOURS) == []
    assert not lake.root.exists()


def test_schema_of_a_read_is_the_same_with_and_without_rows(lake: Lake, hours: Frames) -> None:
    empty = lake.read(AMBIENT_HOURS).schema
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0)))
    assert lake.read(AMBIENT_HOURS).schema == empty
    assert lake.read(AMBIENT_HOURS, first=date(2030, 1, 1)).schema == empty


def test_empty_frame_writes_nothing(lake: Lake, hours: Frames) -> None:
    assert lake.append(AMBIENT_HOURS, hours()).version == -1
    assert not lake.folder(AMBIENT_HOURS).exists()


def test_read_is_sorted_whatever_the_order_of_arrival(lake: Lake, run_of_hours: Frames) -> None:
    frame = run_of_hours(3, 40)
    lake.append(AMBIENT_HOURS, frame.sample(fraction=1.0, shuffle=True, seed=3))
    rows = lake.read(AMBIENT_HOURS)
    assert rows.select("station", "hour_start", "pm25").equals(frame.select("station", "hour_start", "pm25"))


def test_unknown_table_and_column_are_refused_by_name(lake: Lake) -> None:
    with pytest.raises(CallerError, match="no table 'weather'; it has: ambient_hours, published_hours"):
        lake.read("weather")
    with pytest.raises(CallerError, match="no column 'pm1'"):
        lake.read(AMBIENT_HOURS, columns=["pm1"])


def test_table_declared_twice_or_otherwise_is_refused(open_lake: Callable[..., Lake]) -> None:
    with pytest.raises(CallerError, match="daily_index is declared twice"):
        open_lake((DAILY, DAILY))
    with pytest.raises(CallerError, match="declared otherwise"):
        open_lake((DAILY,)).read(replace(DAILY, retention_days=9))


def test_as_known_on_needs_a_zone(lake: Lake) -> None:
    with pytest.raises(CallerError, match="has no zone"):
        lake.read(AMBIENT_HOURS, known_on=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_fact_is_named_by_its_whole_key(lake: Lake, at: Any) -> None:
    with pytest.raises(CallerError, match="named by station, hour_start, stage, not by station"):
        lake.versions(AMBIENT_HOURS, {"station": "1727A"})
    with pytest.raises(CallerError, match="must be an instant with a zone"):
        lake.versions(AMBIENT_HOURS, {"station": "1727A", "hour_start": date(2026, 1, 1), "stage": "original"})
    assert lake.versions(
        AMBIENT_HOURS, {"station": "1727A", "hour_start": at("2026-01-01 00:00"), "stage": "original"}
    ).is_empty()


def test_torn_or_missing_data_file_is_told_with_the_way_out(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0)))
    path = lake.files(AMBIENT_HOURS)[0]
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(HouseError, match=r"data file of ambient_hours .* `lantian lake check`"):
        lake.read(AMBIENT_HOURS)
    path.unlink()
    with pytest.raises(HouseError, match=r"data file of ambient_hours .* `lantian lake check`"):
        lake.read(AMBIENT_HOURS)


def test_history_and_counts_tell_what_was_done(lake: Lake, hours: Frames) -> None:
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 1.0), ("1728A", "2026-01-01 00:00", 1.0)))
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 2.0)))
    lake.compact(AMBIENT_HOURS)
    history = lake.history(AMBIENT_HOURS)
    assert [commit.what for commit in history] == ["compact", "append", "append", "create table"]
    assert [commit.version for commit in history] == [3, 2, 1, 0]
    assert history[1].notes == {"written": 1, "unchanged": 0, "corrected": 1, "command": "lantian"}
    assert lake.row_counts() == {table.name: 3 * (table.name == "ambient_hours") for table in FACT_TABLES}
    assert lake.tables() == FACT_TABLES


# ------------------------------------------------------------------------------------------ other shapes


def test_table_of_days_is_bounded_and_cut_by_its_own_day(open_lake: Callable[..., Lake]) -> None:
    lake = open_lake((DAILY,))
    days = pl.DataFrame(
        {"code": "140400", "legal_day": [date(2025, 12, 31), date(2026, 1, 1)], "aqi": [80, 120], "run_id": "r1"}
    )
    lake.append(DAILY, days)
    again = lake.append(DAILY, days.with_columns(aqi=pl.Series([80, 121]), run_id=pl.lit("r2")), only_changes=True)
    assert (again.written, again.unchanged) == (1, 1)
    rows = lake.read(DAILY)
    assert rows["aqi"].to_list() == [80, 121]
    assert rows["run_id"].to_list() == ["r1", "r2"]
    assert rows["legal_year"].to_list() == ["2025", "2026"]
    assert len(lake.files(DAILY, last=date(2025, 12, 31))) == 1
    versions = lake.versions(DAILY, {"code": "140400", "legal_day": date(2026, 1, 1)})
    assert versions["aqi"].to_list() == [120, 121]


def test_table_without_days_is_one_partition(open_lake: Callable[..., Lake]) -> None:
    lake = open_lake((NAMES,))
    lake.append(NAMES, pl.DataFrame({"code": ["1727A", "1728A"], "name": ["清华站", "监测站"]}))
    lake.append(NAMES, pl.DataFrame({"code": ["1728A"], "name": ["市监测站"]}))
    assert lake.read(NAMES)["name"].to_list() == ["清华站", "市监测站"]
    assert lake.compact(NAMES).files_after == 2
    assert lake.read(NAMES)["name"].to_list() == ["清华站", "市监测站"]
    assert lake.versions(NAMES, {"code": "1728A"})["name"].to_list() == ["监测站", "市监测站"]
    with pytest.raises(CallerError, match="has no legal day"):
        lake.read(NAMES, first=date(2026, 1, 1))


def test_table_cut_by_day_has_a_folder_for_each(open_lake: Callable[..., Lake], run_of_hours: Frames) -> None:
    minutes = replace(AMBIENT_HOURS, name="dense_hours", partition="legal_day")
    lake = open_lake((minutes,))
    lake.append(minutes, run_of_hours(2, 3))
    assert sorted(path.parent.name for path in lake.files(minutes)) == [
        f"legal_day=2026-01-0{n}" for n in (1, 2, 3)
    ]
    assert lake.read(minutes, first=date(2026, 1, 2), last=date(2026, 1, 2)).height == 48
    foreign = pl.scan_delta(str(lake.folder(minutes))).collect()
    assert foreign["legal_day"].n_unique() == 3
    assert foreign.height == 144


def test_workspace_may_lie_in_a_folder_of_any_name(
    hours: Frames, tmp_path: Any, clock: Any, zone: ZoneInfo
) -> None:
    root = tmp_path / "长治 工作区" / "a=b" / "x*[1]"
    lake = Lake(root, FACT_TABLES, zone, clock, simulated=False)
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 35.0)))
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [35.0]
    lake.append(AMBIENT_HOURS, hours(("1727A", "2026-01-01 00:00", 36.0)))
    lake.compact(AMBIENT_HOURS)
    assert lake.check(AMBIENT_HOURS) == []
    lake.vacuum(AMBIENT_HOURS, keep_hours=0)
    assert lake.read(AMBIENT_HOURS)["pm25"].to_list() == [36.0]


def test_published_values_stand_beside_the_measured_ones(lake: Lake, at: Any) -> None:
    row = {
        "station": "1727A",
        "hour_start": at("2018-02-20 06:00"),
        "source": "national_feed",
        "aqi": 173,
        "primary": "细颗粒物(PM2.5)",
        "level": "中度污染",
        "o3_8h": 33.0,
        "simulated": False,
    }
    lake.append(PUBLISHED_HOURS, pl.DataFrame([row]))
    read = lake.read(PUBLISHED_HOURS).row(0, named=True)
    assert {name: read[name] for name in row} == row
    assert read["pm25_24h"] is None
