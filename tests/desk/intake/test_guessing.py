"""A file that nobody described gets a proposal, and each doubt of it is said."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lantian.desk.intake import TimeColumns, ValueColumn, guess_mapping, read_table
from lantian.desk.intake.guessing import Guess
from lantian.terms.errors import CallerError

CITY = ZoneInfo("Asia/Shanghai")


def guess(tmp_path: Path, text: str) -> Guess:
    """Propose a mapping for a CSV."""
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    return guess_mapping(read_table(path), CITY)


def codes(found: Guess) -> list[str]:
    """Codes of the findings."""
    return [row.code for row in found.findings]


def test_chinese_headers_with_units_leave_no_doubt_but_the_edge(tmp_path: Path) -> None:
    found = guess(
        tmp_path,
        "监测时间,点位编码,SO2(μg/m³),二氧化氮（μg/m3）,CO（mg/m³）,臭氧(μg/m3),"
        "PM10(ug/m3),PM2.5(ug/m3)\n2026-03-01 01:00,1727A,1,2,0.3,4,5,6\n",
    )
    mapping = found.mapping
    assert mapping.time == TimeColumns(column="监测时间", edge="start")
    assert mapping.station.column == "点位编码"
    assert mapping.values["no2"] == ValueColumn(column="二氧化氮（μg/m3）", unit="µg/m³")
    assert mapping.values["co"] == ValueColumn(column="CO（mg/m³）", unit="mg/m³")
    assert set(mapping.values) == {"so2", "no2", "co", "o3", "pm10", "pm25"}
    assert codes(found) == ["edge_unknown"]


def test_24_o_clock_tells_the_edge(tmp_path: Path) -> None:
    found = guess(tmp_path, "时间,站点,PM2.5\n2026-03-01 23:00,a,1\n2026-03-01 24:00,a,1\n")
    assert found.mapping.time.edge == "end"
    assert codes(found) == ["edge_from_24", "unit_assumed"]
    found = guess(tmp_path, "日期,小时,站点,PM2.5\n2026-03-01,1,a,1\n2026-03-01,24,a,1\n")
    assert found.mapping.time == TimeColumns(date_column="日期", hour_column="小时", edge="end")


def test_carbon_monoxide_a_thousand_times_too_large_is_taken_as_micrograms_and_said(tmp_path: Path) -> None:
    found = guess(tmp_path, "time,station,CO\n2026-03-01 01:00,a,300\n2026-03-01 02:00,a,900\n")
    assert found.mapping.values["co"].unit == "µg/m³"
    [finding] = [row for row in found.findings if row.code == "unit_assumed"]
    assert finding.evidence["median"] == 600.0


def test_a_unit_that_cannot_be_converted_is_refused_and_not_taken_for_another(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match=r"PM2\.5 is given in 'ng/m3'"):
        guess(tmp_path, "time,station,PM2.5\n,,ng/m3\n2026-03-01 01:00,a,300\n")


def test_flag_columns_beside_their_values_are_found(tmp_path: Path) -> None:
    found = guess(tmp_path, "时间,站点,SO2,,NO2,\n,,浓度,标识,浓度,标识\n2026-03-01 01:00,a,1,H,2,\n")
    assert found.mapping.values["so2"].flags == "SO2 标识"
    assert found.mapping.values["no2"].column == "NO2 浓度"


def test_one_flag_column_for_all_is_found(tmp_path: Path) -> None:
    found = guess(tmp_path, "时间,站点,SO2,标识\n2026-03-01 01:00,a,1,H\n")
    assert found.mapping.flags == "标识"


def test_a_file_without_station_or_pollutant_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="a station, a pollutant"):
        guess(tmp_path, "时间,温度\n2026-03-01 01:00,3\n")
