"""Importers turn written files of every layout into rows of the lake, and no stamp, label or value slips."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.desk.intake import Limits, Mapping, StationColumn, TextColumn, TimeColumns, ValueColumn
from lantian.desk.paper.csv import write_csv
from lantian.desk.paper.excel import Sheet, write_workbook
from lantian.desk.paper.provenance import HowMade
from lantian.loop.evaluate.importers import (
    HOURS_COLUMNS,
    IMPORTERS,
    PUBLISHED_COLUMNS,
    Imported,
    ImportOptions,
    import_file,
    lantian_mapping,
)
from lantian.rules import Rulebook
from lantian.rules.records import StateRule
from lantian.store.lake import Lake
from lantian.store.tables import AMBIENT_HOURS, FACT_TABLES, PUBLISHED_HOURS
from lantian.terms.errors import CallerError

CITY = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def options(rulebook: Rulebook) -> ImportOptions:
    """Measured data of a city in UTC+8."""
    rules = tuple(row for row in rulebook.editions("gas_state") if isinstance(row, StateRule))
    return ImportOptions(zone=CITY, simulated=False, state_rules=rules)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake of measured data."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Lake(tmp_path / "lake", FACT_TABLES, CITY, lambda: now, simulated=False)


def read(
    tmp_path: Path, text: str, options: ImportOptions, importer: str = "auto", name: str = "a.csv"
) -> Imported:
    """Import a text file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return import_file(path, options, importer)


def hour(*parts: int) -> datetime:
    """An hour of the city."""
    return datetime(*parts, tzinfo=CITY)  # type: ignore[arg-type]


def codes(imported: Imported) -> list[str]:
    """Codes of the findings."""
    return [row.code for row in imported.report.findings]


# ------------------------------------------------------------------------------------------- national feed

ROWS = [
    {
        "TimePoint": "2026-03-01T00:00:00", "StationCode": "1727A", "Area": "长治市", "PositionName": "清华站",
        "AQI": "115", "Quality": "轻度污染", "PrimaryPollutant": "细颗粒物(PM2.5)",
        "PM2_5": "70", "PM2_5_24h": "65",
        "PM10": "90", "PM10_24h": "88", "SO2": "9", "SO2_24h": "10", "NO2": "40", "NO2_24h": "38", "CO": "1.2",
        "CO_24h": "0.8", "O3": "120", "O3_24h": "31", "O3_8h": "100", "O3_8h_24h": "28",
    },
    {
        "TimePoint": "2026-03-01T01:00:00", "StationCode": "1728A", "Area": "长治市", "PositionName": "监测站",
        "AQI": "—", "Quality": "—", "PrimaryPollutant": "—", "PM2_5": "-;", "PM2_5_24h": "&mdash;", "PM10": "NA",
        "PM10_24h": "", "SO2": "—", "SO2_24h": "—", "NO2": "—", "NO2_24h": "—", "CO": "—", "CO_24h": "—",
        "O3": "—", "O3_24h": "—", "O3_8h": "—", "O3_8h_24h": "—",
    },
]  # fmt: skip


def as_json(rows: list[dict[str, str]]) -> str:
    """The feed's rows as JSON."""
    return json.dumps(rows, ensure_ascii=False)


def as_xml(rows: list[dict[str, str]]) -> str:
    """The feed's rows as XML."""
    cells = [
        "".join(f"<{key}>{value.replace('&', '&amp;')}</{key}>" for key, value in row.items()) for row in rows
    ]
    body = "".join(f"<AQIDataPublishLive>{row}</AQIDataPublishLive>" for row in cells)
    return f'<?xml version="1.0" encoding="utf-8"?><ArrayOfAQIDataPublishLive>{body}</ArrayOfAQIDataPublishLive>'


def as_csv(rows: list[dict[str, str]]) -> str:
    """The feed's rows as CSV with lower-case names."""
    lines = [[key.lower() for key in rows[0]], *(list(row.values()) for row in rows)]
    return "\n".join(",".join(line) for line in lines) + "\n"


@pytest.mark.parametrize(("write", "name"), [(as_json, "a.json"), (as_xml, "a.xml"), (as_csv, "a.csv")])
def test_the_feed_is_read_alike_from_every_kind_of_file(
    tmp_path: Path, options: ImportOptions, write: Callable[[list[dict[str, str]]], str], name: str
) -> None:
    made = read(tmp_path, write(ROWS), options, name=name)
    assert made.importer == "national_feed"
    assert made.hours.columns == list(HOURS_COLUMNS)
    assert made.hours.select(
        "station", "hour_start", "stage", "so2", "no2", "co", "o3", "pm10", "pm25"
    ).rows() == [
        ("1727A", hour(2026, 2, 28, 23), "original", 9.0, 40.0, 1.2, 31.0, 90.0, 70.0),
        ("1728A", hour(2026, 3, 1, 0), "original", None, None, None, None, None, None),
    ]
    assert made.published is not None
    assert made.published.columns == list(PUBLISHED_COLUMNS)
    [row] = made.published.rows(named=True)
    assert (row["aqi"], row["level"], row["primary"]) == (115, "轻度污染", "细颗粒物(PM2.5)")
    assert (row["o3_max24h"], row["o3_8h_daymax"], row["o3_8h"]) == (120.0, 100.0, 28.0)
    assert (row["pm25_24h"], row["place"], row["area"]) == (65.0, "清华站", "长治市")
    assert made.report.is_clean


def with_ozone(current: str, highest: str) -> dict[str, str]:
    """A row of the feed as it publishes: labels crossed."""
    return ROWS[0] | {"O3_24h": current, "O3": highest}


def test_labels_that_turn_out_to_be_right_are_refused_and_read_when_told(
    tmp_path: Path, options: ImportOptions
) -> None:
    text = as_json([ROWS[0] | {"O3": "31", "O3_24h": "120"}])
    with pytest.raises(CallerError, match=r"exceeds the highest of its last 24 h in 1 of 1 rows.*1727A: 120 > 31"):
        read(tmp_path, text, options, name="a.json")
    right = read(tmp_path, text, replace(options, labels="right"), name="a.json")
    assert right.hours.item(0, "o3") == 31.0
    with pytest.raises(CallerError, match="with crossed ozone labels"):
        read(tmp_path, as_json(ROWS[:1]), replace(options, labels="right"), name="a.json")


def test_a_few_impossible_ozone_values_are_a_finding(tmp_path: Path, options: ImportOptions) -> None:
    rows = [with_ozone("130", "120") | {"StationCode": "0"}]
    rows += [with_ozone("30", "90") | {"StationCode": str(n)} for n in range(1, 6)]
    made = read(tmp_path, as_json(rows), options, name="a.json")
    [finding] = [row for row in made.report.findings if row.code == "ozone_above_maximum"]
    assert finding.evidence["count"] == 1
    assert made.hours.height == 6


def test_true_column_names_need_no_crossing(tmp_path: Path, options: ImportOptions) -> None:
    names = "timepoint,stationcode,aqi,pm2_5,pm10,so2,no2,co,o3_max24h,o3_1h,o3_8h_daymax,o3_8h"
    text = f"{names}\n2026-03-01T01:00:00,1727A,50,1,2,3,4,0.5,90,30,80,20\n"
    made = read(tmp_path, text, options)
    assert made.hours.item(0, "o3") == 30.0
    assert made.published is not None
    assert made.published.select("o3_max24h", "o3_8h_daymax", "o3_8h").row(0) == (90.0, 80.0, 20.0)


def test_versions_minutes_apart_are_kept_in_order_and_repeats_are_not(
    tmp_path: Path, options: ImportOptions
) -> None:
    first, second = with_ozone("110", "120"), with_ozone("100.8", "109.9")
    made = read(tmp_path, as_json([first, first, second, second, first]), options, name="a.json")
    assert made.hours.get_column("o3").to_list() == [110.0, 100.8, 110.0]
    [finding] = [row for row in made.report.findings if row.code == "revised"]
    assert finding.evidence["count"] == 1
    assert "repeated_rows" in codes(made)
    assert made.report.rows_accepted == 5


def test_one_answer_may_mix_two_hours(tmp_path: Path, options: ImportOptions) -> None:
    made = read(tmp_path, as_json(ROWS), options, name="a.json")
    assert made.hours.get_column("hour_start").n_unique() == 2


def test_doubtful_values_are_findings_and_stay(tmp_path: Path, options: ImportOptions) -> None:
    rows = [ROWS[0] | {"PM2_5": "95", "PM10": "90", "SO2": "0", "CO": "-0.1"}]
    made = read(tmp_path, as_json(rows), options, name="a.json")
    assert made.hours.select("pm25", "so2", "co").row(0) == (95.0, 0.0, -0.1)
    assert sorted(codes(made)) == ["not_above_zero", "not_above_zero", "pm_inversion"]


def test_another_file_is_not_taken_for_the_feed(tmp_path: Path, options: ImportOptions) -> None:
    with pytest.raises(CallerError, match="is not an answer of the national feed: it lacks"):
        read(tmp_path, "a,b\n1,2\n", options, "national_feed")
    with pytest.raises(CallerError, match="No importer 'mine'"):
        read(tmp_path, "a,b\n1,2\n", options, "mine")


# ------------------------------------------------------------------------------------------- wide archive

ARCHIVE = """date,hour,type,1727A,1728A,1730A
20260301,0,AQI,115,,
20260301,0,PM2.5,70,12,
20260301,0,PM2.5_24h,65,13,
20260301,0,PM10,90,30,
20260301,0,SO2,9,—,
20260301,0,NO2,40,20,
20260301,0,O3,31,60,
20260301,0,O3_24h,120,70,
20260301,0,O3_8h,28,50,
20260301,0,O3_8h_24h,100,55,
20260301,0,CO,1.2,x,
20260301,0,CO_24h,0.8,0.4,
20260301,1,PM2.5,71,,
20260301,23,PM2.5,72,,
20260301,24,PM2.5,73,,
20260301,1,Mood,1,1,1
20260332,1,PM2.5,1,1,1
20260301,1,PM2.5,71.5,,
"""


def test_the_wide_archive_is_turned_and_hour_0_belongs_to_the_day_before(
    tmp_path: Path, options: ImportOptions
) -> None:
    made = read(tmp_path, ARCHIVE, options)
    assert made.importer == "national_archive"
    assert made.hours.select("station", "hour_start", "so2", "no2", "co", "o3", "pm10", "pm25").rows() == [
        ("1727A", hour(2026, 2, 28, 23), 9.0, 40.0, 1.2, 31.0, 90.0, 70.0),
        ("1727A", hour(2026, 3, 1, 0), None, None, None, None, None, 71.0),
        ("1727A", hour(2026, 3, 1, 0), None, None, None, None, None, 71.5),
        ("1727A", hour(2026, 3, 1, 22), None, None, None, None, None, 72.0),
        ("1727A", hour(2026, 3, 1, 23), None, None, None, None, None, 73.0),
        ("1728A", hour(2026, 2, 28, 23), None, 20.0, None, 60.0, 30.0, 12.0),
    ]
    assert made.published is not None
    assert made.published.select(
        "station", "aqi", "o3_max24h", "o3_8h", "o3_8h_daymax", "pm25_24h", "co_24h"
    ).rows() == [
        ("1727A", 115, 120.0, 28.0, 100.0, 65.0, 0.8),
        ("1728A", None, 70.0, 50.0, 55.0, 13.0, 0.4),
    ]
    assert made.report.rejects.select("row", "column", "value", "reason").rows() == [
        (12, "1728A", "x", "not_a_number"),
        (17, None, "Mood", "unknown_type"),
        (18, None, "20260332 1", "not_a_time"),
    ]
    report = made.report
    assert (report.rows_read, report.rows_accepted, report.rows_rejected, report.cells_rejected) == (18, 16, 2, 1)
    assert "revised" in codes(made)


def test_an_archive_with_crossed_labels_is_refused(tmp_path: Path, options: ImportOptions) -> None:
    text = ARCHIVE.replace(",O3,", ",swap,").replace(",O3_24h,", ",O3,").replace(",swap,", ",O3_24h,")
    with pytest.raises(CallerError, match="exceeds the highest of its last 24 h"):
        read(tmp_path, text, options)


def test_another_layout_is_not_taken_for_the_archive(tmp_path: Path, options: ImportOptions) -> None:
    with pytest.raises(CallerError, match="not the wide archive layout"):
        read(tmp_path, "a,b\n1,2\n", options, "national_archive")


# ------------------------------------------------------------------------------------------- UCI, collected

UCI = (
    "No,year,month,day,hour,PM2.5,PM10,SO2,NO2,CO,O3,TEMP,PRES,DEWP,RAIN,wd,WSPM,station\n"
    '1,2013,3,1,0,4,4,4,7,300,77,-0.7,1023,-18.8,0,"NNW",4.4,"Aotizhongxin"\n'
    '2,2013,3,1,23,8,8,NA,7,NA,77,-1.1,1023.2,-18.2,0,"N",4.7,"Aotizhongxin"\n'
)


def test_carbon_monoxide_of_uci_becomes_milligrams_and_its_stamps_are_starts(
    tmp_path: Path, options: ImportOptions
) -> None:
    made = read(tmp_path, UCI, options)
    assert made.importer == "uci_beijing"
    assert made.published is None
    assert made.hours.select("station", "hour_start", "so2", "co", "state").rows() == [
        ("Aotizhongxin", hour(2013, 3, 1, 0), 4.0, 0.3, "standard"),
        ("Aotizhongxin", hour(2013, 3, 1, 23), None, None, "standard"),
    ]
    assert codes(made) == ["edge_as_documented"]


COLLECTED = (
    "city,level,station,time,AQI,PM2.5,PM2.5_24h,PM10,SO2,NO2,O3,O3_24h,O3_8h,O3_8h_24h,CO\n"
    "张家口,station,1057A,2019-01-01 00:00:00,50,10,11,20,5,6,30,90,40,80,0.3\n"
    "张家口,city,CITY,2019-01-01 00:00:00,50,10,11,20,5,6,30,90,40,80,0.3\n"
)


def test_city_rows_of_a_collector_are_left_out_and_counted(tmp_path: Path, options: ImportOptions) -> None:
    made = read(tmp_path, COLLECTED, options)
    assert made.importer == "cnemc_collected"
    assert made.hours.select("station", "hour_start", "o3", "state").rows() == [
        ("1057A", hour(2018, 12, 31, 23), 30.0, "reference")
    ]
    assert made.published is not None
    assert made.published.select("o3_max24h", "o3_8h", "o3_8h_daymax", "area").row(0) == (
        90.0,
        40.0,
        80.0,
        "张家口",
    )
    report = made.report
    assert (report.rows_read, report.rows_accepted, report.rows_skipped, report.rows_rejected) == (2, 1, 1, 0)
    assert codes(made) == ["city_rows_left_out"]


# ------------------------------------------------------------------------------------------- state, stations


@pytest.mark.parametrize(
    ("stamp", "state"),
    [("2018-09-01 00:00", "standard"), ("2018-09-01 01:00", "reference"), ("2010-01-01 05:00", "standard")],
)
def test_the_state_follows_the_law_of_the_legal_day(
    tmp_path: Path, options: ImportOptions, stamp: str, state: str
) -> None:
    made = read(tmp_path, as_json([ROWS[0] | {"TimePoint": stamp}]), options, name="a.json")
    assert made.hours.item(0, "state") == state
    told = read(tmp_path, as_json([ROWS[0]]), replace(options, state="standard", stage="audited"), name="a.json")
    assert told.hours.select("state", "stage").row(0) == ("standard", "audited")


def test_unknown_stations_are_set_aside_and_named(tmp_path: Path, options: ImportOptions) -> None:
    made = read(tmp_path, as_json(ROWS), options, name="a.json")
    kept = made.only_stations(["1727A"])
    assert kept.stations == ("1727A",)
    assert kept.published is not None
    assert kept.published.get_column("station").to_list() == ["1727A"]
    assert kept.report.rejects.select("value", "reason", "text").rows() == [("1728A", "unknown_station", "1 rows")]
    assert (kept.report.rows_accepted, kept.report.rows_rejected) == (1, 1)
    assert made.only_stations(["1727A", "1728A"]) is made


# ------------------------------------------------------------------------------------------- generic

COUNTY = Mapping(
    name="county",
    time=TimeColumns(column="时间", edge="end"),
    station=StationColumn(column="点位", codes={"清华站": "1727A"}),
    values={
        "so2": ValueColumn(column="SO2", unit="ppb"),
        "co": ValueColumn(column="CO", unit="ppm"),
        "o3": ValueColumn(column="O3", unit="mg/m³"),
        "pm25": ValueColumn(column="PM2.5", unit="µg/m³", flags="标识"),
        "aqi": ValueColumn(column="AQI"),
    },
    texts={"stage": TextColumn(column="阶段", values={"原始": "original", "审核": "audited"})},
)
COUNTY_TEXT = "时间,点位,SO2,CO,O3,PM2.5,标识,AQI,阶段\n2026-03-01 24:00,清华站,10,2,0.123,35.5,HSp,51,原始\n"


def test_units_flags_words_and_published_values_go_by_the_mapping(tmp_path: Path, options: ImportOptions) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(COUNTY_TEXT.encode("gbk"))
    made = import_file(path, replace(options, mapping=COUNTY))
    row = made.hours.row(0, named=True)
    assert (row["station"], row["hour_start"], row["stage"]) == ("1727A", hour(2026, 3, 1, 23), "original")
    assert (row["so2"], row["co"], row["o3"], row["pm25"], row["pm25_flags"]) == (26.2, 2.29, 123.0, 35.5, "HSp")
    assert made.published is not None
    assert made.published.item(0, "aqi") == 51


def test_mixing_ratios_use_the_factors_of_their_day(tmp_path: Path, options: ImportOptions) -> None:
    old = COUNTY_TEXT.replace("2026-03-01 24:00", "2018-08-31 24:00")
    made = read(tmp_path, old, replace(options, mapping=COUNTY))
    assert made.hours.select("so2", "co", "state").row(0) == (28.6, 2.5, "standard")


def test_a_senseless_unit_or_target_is_refused(tmp_path: Path, options: ImportOptions) -> None:
    wrong_unit = COUNTY.model_copy(update={"values": {"pm25": ValueColumn(column="PM2.5", unit="ppb")}})
    with pytest.raises(CallerError, match="pm25 cannot be given in 'ppb'"):
        read(tmp_path, COUNTY_TEXT, replace(options, mapping=wrong_unit))
    wrong_target = COUNTY.model_copy(update={"values": {"humidity": ValueColumn(column="SO2")}})
    with pytest.raises(CallerError, match="fills humidity"):
        read(tmp_path, COUNTY_TEXT, replace(options, mapping=wrong_target))


def test_words_that_the_lake_does_not_know_are_refused_with_their_row(
    tmp_path: Path, options: ImportOptions
) -> None:
    with pytest.raises(CallerError, match="row 2 says stage '临时'"):
        read(tmp_path, COUNTY_TEXT.replace("原始", "临时"), replace(options, mapping=COUNTY))


def test_without_a_mapping_one_is_proposed_and_its_doubts_are_said(tmp_path: Path, options: ImportOptions) -> None:
    made = read(tmp_path, "时间,站点,PM2.5,CO\n2026-03-01 01:00,1727A,35,300\n", options)
    assert made.importer == "generic"
    assert made.hours.select("pm25", "co").row(0) == (35.0, 0.3)
    assert codes(made)[:2] == ["mapping_proposed", "edge_unknown"]
    assert "unit_assumed" in codes(made)


# ------------------------------------------------------------------------------------------- export is import


def lake_rows(*, simulated: bool) -> pl.DataFrame:
    """Rows with everything that the lake's columns can hold."""
    start = hour(2026, 2, 28, 22)
    frame = pl.DataFrame(
        {
            "station": ["1727A", "1727A", "1728A", "=cmd"],
            "hour_start": [start, start + timedelta(hours=1), start, start + timedelta(hours=2)],
            "stage": ["original", "audited", "original", "original"],
            "so2": [0.1 + 0.2, None, -1.0, 12.0],
            "no2": [40.25, None, 1e-7, 0.0],
            "co": [0.3, 1.367, None, 12.0],
            "o3": [1.0, 2.0, 3.0, None],
            "pm10": [None, None, None, 5.5],
            "pm25": [35.0, None, None, 6.0],
            "so2_flags": ["H,HSp", None, None, None],
            **{f"{name}_flags": [None] * 4 for name in ("no2", "co", "o3", "pm10")},
            "pm25_flags": [None, "RM", None, None],
            "state": ["reference", "reference", "standard", "reference"],
            "source": ["national_feed", "generic", "national_feed", "generic"],
            "origin": ["a.json sha256:0", None, '清华,"站"', "-b"],
            "simulated": [simulated] * 4,
        },
        schema=AMBIENT_HOURS_SCHEMA,
    )
    return frame.select(HOURS_COLUMNS)


AMBIENT_HOURS_SCHEMA = {
    column.name: pl.Datetime("us", "Asia/Shanghai") if column.name == "hour_start" else column.dtype
    for column in AMBIENT_HOURS.columns
    if column.name in HOURS_COLUMNS
}


@pytest.mark.parametrize("simulated", [False, True])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_import_of_an_export_gives_the_same_rows(
    tmp_path: Path, options: ImportOptions, kind: str, simulated: bool
) -> None:
    frame = lake_rows(simulated=simulated)
    path = tmp_path / f"a.{kind}"
    if kind == "csv":
        write_csv(path, frame)
    else:
        frame.write_parquet(path)
    made = import_file(path, replace(options, simulated=simulated))
    filled = frame.with_columns(pl.col("origin").fill_null(made.hours.item(1, "origin")))
    assert made.hours.equals(filled)
    assert made.report.is_clean


def test_import_of_an_excel_export_gives_the_same_rows(tmp_path: Path, options: ImportOptions) -> None:
    frame = lake_rows(simulated=False).with_columns(so2=pl.lit(0.3), no2=pl.lit(0.001))
    path = tmp_path / "a.xlsx"
    made_at = datetime(2026, 3, 1, tzinfo=CITY)
    how = HowMade("t", "c", "p", (), (), "r", "v", made_at, simulated=False)
    write_workbook(path, [Sheet("ambient_hours", frame)], how)
    made = import_file(path, options)
    filled = frame.with_columns(pl.col("origin").fill_null(made.hours.item(1, "origin")))
    assert made.hours.equals(filled)


def test_simulated_and_measured_never_mix(tmp_path: Path, options: ImportOptions) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, lake_rows(simulated=True))
    with pytest.raises(CallerError, match="says of 4 rows that they are simulated"):
        import_file(path, options)
    write_csv(path, lake_rows(simulated=False))
    with pytest.raises(CallerError, match="says of 4 rows that they are measured"):
        import_file(path, replace(options, simulated=True))


def test_the_packaged_mapping_reads_every_column_of_the_lake() -> None:
    mapping = lantian_mapping()
    assert set(mapping.source_columns()) == set(HOURS_COLUMNS)
    assert mapping.time == TimeColumns(column="hour_start", edge="start")


# ------------------------------------------------------------------------------------------- into the lake


def test_importer_columns_are_those_that_the_lake_declares() -> None:
    kept = {"recorded_at", "legal_day", "legal_month"}
    assert set(HOURS_COLUMNS) == {column.name for column in AMBIENT_HOURS.columns} - kept
    assert set(PUBLISHED_COLUMNS) == {column.name for column in PUBLISHED_HOURS.columns} - kept


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (as_json(ROWS), "a.json"),
        (ARCHIVE, "a.csv"),
        (UCI, "a.csv"),
        (COLLECTED, "a.csv"),
        (COUNTY_TEXT, "county.csv"),
    ],
)
def test_importing_twice_equals_once(
    tmp_path: Path, options: ImportOptions, lake: Lake, text: str, name: str
) -> None:
    told = replace(options, mapping=COUNTY) if name == "county.csv" else options
    made = read(tmp_path, text, told, name=name)
    assert made.hours.equals(read(tmp_path, text, told, name=name).hours)
    written = lake.append("ambient_hours", made.hours, only_changes=True)
    assert written.written == made.hours.height
    if made.published is not None:
        lake.append("published_hours", made.published, only_changes=True)
    before = lake.read("ambient_hours")
    again = lake.append("ambient_hours", made.hours, only_changes=True)
    assert again.written == 0
    assert lake.read("ambient_hours").equals(before)


def test_the_last_version_of_an_hour_is_the_one_that_the_lake_knows(
    tmp_path: Path, options: ImportOptions, lake: Lake
) -> None:
    rows = [with_ozone("110", "120"), with_ozone("100.8", "109.9")]
    made = read(tmp_path, as_json(rows), options, name="a.json")
    lake.append("ambient_hours", made.hours, only_changes=True)
    assert lake.read("ambient_hours", first=date(2026, 2, 28), last=date(2026, 2, 28)).get_column(
        "o3"
    ).to_list() == [100.8]


def test_progress_and_limits_reach_the_reader(tmp_path: Path, options: ImportOptions) -> None:
    seen: list[str] = []
    read(tmp_path, UCI, replace(options, progress=lambda what, _done, _total: seen.append(what)))
    assert seen == ["reading", "reading", "typing", "typing"]
    with pytest.raises(CallerError, match="taken in"):
        read(tmp_path, UCI, replace(options, limits=Limits(bytes=10)))


def test_every_importer_has_a_title() -> None:
    assert list(IMPORTERS) == ["national_feed", "national_archive", "cnemc_collected", "uci_beijing", "generic"]
    assert all(row.title for row in IMPORTERS.values())
