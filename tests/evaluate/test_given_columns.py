"""Columns of a stranger's table are found by name, statistic and unit, and what looks wrong about them is said."""

from datetime import date

import polars as pl
import pytest

from lantian.loop.evaluate.given_columns import Given, doubts_of_columns, find_columns, find_time
from lantian.rules import AqiRule, Choice, Rulebook
from lantian.terms.errors import CallerError


@pytest.fixture
def day(rulebook: Rulebook) -> list[AqiRule]:
    return [rulebook.aqi_day(date(2026, 2, 28)), rulebook.aqi_day(date(2026, 3, 1))]


@pytest.fixture
def hour(rulebook: Rulebook) -> list[AqiRule]:
    return [rulebook.aqi_hour(date(2026, 2, 28)), rulebook.aqi_hour(date(2026, 3, 1))]


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["SO2", "No2", "CO", "O3", "PM10", "PM2.5"], "SO2 No2 CO O3 PM10 PM2.5"),
        (["so2_24h", "no2_24h", "co_24h", "O3_8h", "pm10_24h", "pm2_5_24h"],
         "so2_24h no2_24h co_24h O3_8h pm10_24h pm2_5_24h"),
        (["二氧化硫日均浓度", "二氧化氮", "一氧化碳", "臭氧日最大8小时平均", "可吸入颗粒物（PM10）",
          "细颗粒物（PM2.5）"],
         "二氧化硫日均浓度 二氧化氮 一氧化碳 臭氧日最大8小时平均 可吸入颗粒物（PM10） 细颗粒物（PM2.5）"),
        (["SO2(μg/m3)", "NO₂", "CO(mg/m³)", "O3_MDA8", "PM₁₀", "PM₂.₅"],
         "SO2(μg/m3) NO₂ CO(mg/m³) O3_MDA8 PM₁₀ PM₂.₅"),
    ],
)  # fmt: skip
def test_the_usual_names_of_daily_columns_are_known(day: list[AqiRule], columns: list[str], found: str) -> None:
    values = find_columns(columns, {}, day).values
    assert [values[key] for key in ("so2", "no2", "co", "o3", "pm10", "pm25")] == found.split()


def test_a_day_prefers_the_eight_hour_ozone_and_takes_the_hour_as_the_seventh_indicator(
    day: list[AqiRule],
) -> None:
    values = find_columns(["O3", "O3_8h", "O3_1h"], {}, day).values
    assert values == {"o3": "O3_8h", "o3_1h": "O3_1h"}


def test_an_hour_takes_the_hour_and_leaves_running_means_alone(hour: list[AqiRule]) -> None:
    columns = ["PM2.5_24h", "PM2.5", "O3_24h", "O3_8h", "O3"]
    assert find_columns(columns, {}, hour).values == {"o3": "O3", "pm25": "PM2.5"}


def test_the_text_of_2012_finds_its_running_means(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_hour(date(2018, 1, 1), Choice(variants={"aqi_hour": "text"}))
    values = find_columns(["SO2", "O3", "O3_8h", "PM10", "PM10_24h", "PM2.5_24h"], {}, [rule]).values
    assert values == {
        "so2": "SO2", "o3": "O3", "o3_8h": "O3_8h", "pm10_24h": "PM10_24h", "pm25_24h": "PM2.5_24h"
    }  # fmt: skip


def test_the_american_hour_and_day_of_sulphur_dioxide_stay_apart(rulebook: Rulebook) -> None:
    rule = rulebook.by_id("us-aqi-2024-day")
    assert isinstance(rule, AqiRule)
    assert find_columns(["so2_24h", "so2"], {}, [rule]).values == {"so2": "so2", "so2_24h": "so2_24h"}
    assert find_columns(["so2_24h"], {}, [rule]).values == {"so2_24h": "so2_24h"}


def test_no_column_stands_for_two_indicators(day: list[AqiRule]) -> None:
    assert find_columns(["O3_1h"], {}, day).values == {"o3_1h": "O3_1h"}


def test_what_the_caller_names_wins(day: list[AqiRule]) -> None:
    assert find_columns(["pm25", "dust"], {}, day, {"pm25": "dust"}).values == {"pm25": "dust"}
    assert find_time(["time", "t"], {"time": "t"}) == ("t", False)
    with pytest.raises(CallerError, match="no column 'x'"):
        find_columns(["pm25"], {}, day, {"pm25": "x"})


@pytest.mark.parametrize(
    ("column", "unit", "key", "factor"),
    [
        ("CO(µg/m³)", None, "co", 1e-3),
        ("CO", "μg/m3", "co", 1e-3),
        ("PM2.5", "mg/m³", "pm25", 1e3),
        ("PM2.5(ug/m3)", None, "pm25", None),
        ("CO", None, "co", None),
    ],
)
def test_a_unit_of_the_header_becomes_a_power_of_ten(
    day: list[AqiRule], column: str, unit: str | None, key: str, factor: float | None
) -> None:
    given = find_columns([column], {} if unit is None else {column: unit}, day)
    assert given.factors.get(key) == (None if factor is None else pytest.approx(factor, rel=1e-12))


def test_a_share_of_volume_is_refused(day: list[AqiRule]) -> None:
    with pytest.raises(CallerError, match="temperature and a pressure"):
        find_columns(["O3(ppb)"], {}, day)


def test_a_table_without_any_pollutant_is_refused_with_the_names_that_are_known(day: list[AqiRule]) -> None:
    with pytest.raises(CallerError, match="so2, no2, co, o3, o3_1h, pm10, pm25"):
        find_columns(["a", "b"], {}, day)


def test_ozone_labels_are_called_crossed_only_when_no_row_says_otherwise() -> None:
    given = Given({"o3": "O3"}, {})
    crossed = pl.DataFrame({"O3": ["80", "90", "70"], "O3_24h": ["80", "60", None]})
    assert [row.code for row in doubts_of_columns(crossed, given, {}, "f")] == ["ozone_labels_crossed"]
    right = pl.DataFrame({"O3": ["80", "60", "70"], "O3_24h": ["80", "90", "70"]})
    assert doubts_of_columns(right, given, {}, "f") == ()
    equal = pl.DataFrame({"O3": ["80"], "O3_24h": ["80"]})
    assert doubts_of_columns(equal, given, {}, "f") == ()
