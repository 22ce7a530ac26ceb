"""Index tables, levels and colours of aqi_*.toml against a second copy, typed from the tables of the standards."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import AqiRule, Choice, Rulebook

OLD, NEW = date(2026, 2, 28), date(2026, 3, 1)
US = Choice(jurisdictions=("US",))
TEXT = Choice(variants={"aqi_hour": "text"})

# IAQI | SO2 24h, 1h | NO2 24h, 1h | CO 24h, 1h | O3 8h, 1h | PM10 2012, 2026 | PM2.5 2012, 2026
COLUMNS = ["so2", "so2_1h", "no2", "no2_1h", "co", "co_1h", "o3_8h", "o3_1h"]
COLUMNS += ["pm10_2012", "pm10_2026", "pm25_2012", "pm25_2026"]
HJ_633 = """
0     0    0    0    0   0   0   0    0    0   0   0   0
50   50  150   40  100   2   5  100  160   50  50  35  35
100 150  500   80  200   4  10  160  200  150 120  75  60
150 475  650  180  700  14  35  215  300  250 250 115 115
200 800  800  280 1200  24  60  265  400  350 350 150 150
300 1600  -   565 2340  36  90  800  800  420 420 250 250
400 2100  -   750 3090  48 120   -  1000  500 500 350 350
500 2620  -   940 3840  60 150   -  1200  600 600 500 500
"""

# upper index: O3 8h, O3 1h [ppm], PM2.5, PM10, CO [ppm], SO2 1h, SO2 24h, NO2 [ppb], each lower-upper
EPA_COLUMNS = ["o3", "o3_1h", "pm25", "pm10", "co", "so2", "so2_24h", "no2"]
EPA = """
50  0-0.054      -            0-9.0        0-54     0-4.4      0-35     -         0-53
100 0.055-0.070  -            9.1-35.4     55-154   4.5-9.4    36-75    -         54-100
150 0.071-0.085  0.125-0.164  35.5-55.4    155-254  9.5-12.4   76-185   -         101-360
200 0.086-0.105  0.165-0.204  55.5-125.4   255-354  12.5-15.4  186-304  -         361-649
300 0.106-0.200  0.205-0.404  125.5-225.4  355-424  15.5-30.4  -        305-604   650-1249
500 -            0.405-0.604  225.5-325.4  425-604  30.5-50.4  -        605-1004  1250-2049
"""


def column(name: str) -> list[Decimal]:
    rows = [line.split() for line in HJ_633.strip().splitlines()]
    at = COLUMNS.index(name) + 1
    return [Decimal(row[at]) for row in rows if row[at] != "-"]


def assert_columns(rule: AqiRule, expected: dict[str, str]) -> None:
    assert [row.key for row in rule.indicators] == list(expected)
    for key, name in expected.items():
        assert list(rule.indicator(key).concentration) == column(name), (rule.id, key)
        assert rule.indicator(key).unit == ("mg/m³" if key == "co" else "µg/m³")
        co_decimals = 3 if rule.id == "hj633-2012-hour-published" else 1
        assert rule.indicator(key).decimals == (co_decimals if key == "co" else 0)
    assert list(rule.index) == [int(line.split()[0]) for line in HJ_633.strip().splitlines()]
    assert rule.cap == 500
    assert rule.primary_above == 50
    assert (rule.rounding_concentration, rule.rounding_index) == ("half_even", "up")


def test_day_of_2012_has_seven_indicators_with_the_printed_breakpoints(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_day(OLD)
    expected = {"so2": "so2", "no2": "no2", "co": "co", "o3": "o3_8h", "o3_1h": "o3_1h"}
    assert_columns(rule, expected | {"pm10": "pm10_2012", "pm25": "pm25_2012"})
    assert [row.key for row in rule.indicators if row.optional] == ["o3_1h"]
    assert (rule.exceedance_above, rule.floor) == (100, 0)


def test_day_of_2026_has_six_indicators_with_the_printed_breakpoints(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_day(NEW)
    expected = {"so2": "so2", "no2": "no2", "co": "co", "o3": "o3_8h", "pm10": "pm10_2026", "pm25": "pm25_2026"}
    assert_columns(rule, expected)
    assert (rule.exceedance_above, rule.floor) == (None, 1)


def test_hour_of_2012_as_published_puts_the_particle_hour_into_the_daily_columns(rulebook: Rulebook) -> None:
    expected = {"so2": "so2_1h", "no2": "no2_1h", "co": "co_1h", "o3": "o3_1h"}
    rule = rulebook.aqi_hour(OLD)
    assert "as_published" in rule.variant
    assert_columns(rule, expected | {"pm10": "pm10_2012", "pm25": "pm25_2012"})
    assert {row.statistic for row in rule.indicators} == {"mean_1h"}


def test_hour_of_2012_by_its_text_uses_running_means(rulebook: Rulebook) -> None:
    expected = {"so2": "so2_1h", "no2": "no2_1h", "co": "co_1h", "o3": "o3_1h", "o3_8h": "o3_8h"}
    rule = rulebook.aqi_hour(OLD, TEXT)
    assert_columns(rule, expected | {"pm10_24h": "pm10_2012", "pm25_24h": "pm25_2012"})
    assert rule.indicator("pm25_24h").statistic == "running_24h"
    assert rule.indicator("o3_8h").statistic == "running_8h"


def test_hour_of_2026_answers_to_every_name_of_the_hour_before(rulebook: Rulebook) -> None:
    expected = {"so2": "so2_1h", "no2": "no2_1h", "co": "co_1h", "o3": "o3_1h"}
    rule = rulebook.aqi_hour(NEW)
    assert_columns(rule, expected | {"pm10": "pm10_2026", "pm25": "pm25_2026"})
    for name in ("text", "as_published"):
        assert rulebook.aqi_hour(NEW, Choice(variants={"aqi_hour": name})) == rule


@pytest.mark.parametrize(
    ("day", "hour_so2", "day_ozone"),
    [(OLD, "none", "none"), (NEW, 200, 300)],
)
def test_above_800_each_edition_has_its_own_rule(
    rulebook: Rulebook, day: date, hour_so2: object, day_ozone: object
) -> None:
    assert rulebook.aqi_hour(day).indicator("so2").above == hour_so2
    assert rulebook.aqi_day(day).indicator("o3").above == day_ozone
    assert rulebook.aqi_hour(day).indicator("o3").above == "cap"
    assert rulebook.aqi_day(day).indicator("so2").above == "cap"


def test_only_2026_withholds_an_incomplete_index_up_to_100(rulebook: Rulebook) -> None:
    for rule in (rulebook.aqi_day(NEW), rulebook.aqi_hour(NEW)):
        assert rule.missing.only_above == 100
        assert (rule.missing.marker_missing, rule.missing.marker_not_monitored) == ("NA", "/")
    for rule in (rulebook.aqi_day(OLD), rulebook.aqi_hour(OLD)):
        assert rule.missing.publish_from_rest
        assert rule.missing.only_above is None


def test_no_index_table_for_2031_is_invented(rulebook: Rulebook) -> None:
    assert rulebook.aqi_day(date(2031, 1, 1)).id == "hj633-2026-day"
    assert rulebook.aqi_hour(date(2031, 1, 1)).id == "hj633-2026-hour"


def test_the_draft_of_2025_is_not_in_the_book(rulebook: Rulebook) -> None:
    assert rulebook.aqi_day(NEW).indicator("pm25").concentration[1] == 35


@pytest.mark.parametrize("key", EPA_COLUMNS)
def test_american_table_equals_a_second_copy(rulebook: Rulebook, key: str) -> None:
    rule = rulebook.aqi_day(date(2025, 1, 1), US)
    rows = [line.split() for line in EPA.strip().splitlines()]
    at = EPA_COLUMNS.index(key) + 1
    printed = [(int(row[0]), *map(Decimal, row[at].split("-"))) for row in rows if row[at] != "-"]
    indicator = rule.indicator(key)
    tops = rule.index[indicator.first_index + 1 : indicator.first_index + len(indicator.concentration)]
    segments = list(zip(tops, rule.concentration_low[key], indicator.concentration[1:], strict=True))
    assert segments == printed


def test_american_index_truncates_rounds_to_nearest_and_starts_segments_one_higher(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_day(date(2025, 1, 1), US)
    assert (rule.rounding_concentration, rule.rounding_index) == ("truncate", "nearest")
    assert rule.index_low == (0, 51, 101, 151, 201, 301)
    assert {row.key: row.unit for row in rule.indicators} == {
        "so2": "ppb", "so2_24h": "ppb", "no2": "ppb", "co": "ppm", "o3": "ppm", "o3_1h": "ppm",
        "pm10": "µg/m³", "pm25": "µg/m³",
    }  # fmt: skip
    assert {row.key: row.decimals for row in rule.indicators if row.decimals} == {
        "co": 1, "o3": 3, "o3_1h": 3, "pm25": 1,
    }  # fmt: skip
    assert {row.key: row.above for row in rule.indicators if row.above != "extend"} == {"so2": 200, "o3": "none"}


CATEGORIES = """
50   一级 优       #00E400 0   228 0   40  0   100 0
100  二级 良       #FFFF00 255 255 0   0   0   100 0
150  三级 轻度污染 #FF7E00 255 126 0   0   52  100 0
200  四级 中度污染 #FF0000 255 0   0   0   100 100 0
300  五级 重度污染 #99004C 153 0   76  10  100 40  30
-    六级 严重污染 #7E0023 126 0   35  30  100 100 30
"""


@pytest.mark.parametrize(("day", "lowest"), [(OLD, 0), (NEW, 1)])
def test_levels_and_colours_equal_a_second_copy(rulebook: Rulebook, day: date, lowest: int) -> None:
    rule = rulebook.categories(day)
    assert rule.categories[0].low == lowest
    for row, line in zip(rule.categories, CATEGORIES.strip().splitlines(), strict=True):
        high, level_zh, name_zh, colour, *numbers = line.split()
        rgb, cmyk = tuple(map(int, numbers[:3])), tuple(map(int, numbers[3:]))
        assert (row.level_zh, row.name_zh, row.colour, row.cmyk) == (level_zh, name_zh, colour, cmyk)
        assert tuple(bytes.fromhex(row.colour[1:])) == rgb
        assert row.high == (None if high == "-" else int(high))


@pytest.mark.parametrize(
    ("aqi", "level"),
    [(0, 1), (50, 1), (51, 2), (100, 2), (101, 3), (200, 4), (201, 5), (300, 5), (301, 6), (500, 6)],
)
def test_an_index_lies_in_its_level(rulebook: Rulebook, aqi: int, level: int) -> None:
    assert rulebook.categories(OLD).category(aqi).level == level
    assert rulebook.categories(NEW).category(aqi).level == level


def test_purple_is_another_colour_in_america(rulebook: Rulebook) -> None:
    chinese = [row.colour for row in rulebook.categories(NEW).categories]
    american = [row.colour for row in rulebook.categories(NEW, US).categories]
    assert [(a, b) for a, b in zip(chinese, american, strict=True) if a != b] == [("#99004C", "#8F3F97")]


def test_2026_names_the_sensitive_groups_of_every_pollutant_in_both_languages(rulebook: Rulebook) -> None:
    rule = rulebook.categories(NEW)
    assert (
        list(rule.sensitive_groups) == list(rule.sensitive_groups_zh) == ["so2", "no2", "co", "o3", "pm10", "pm25"]
    )
    assert rule.sensitive_groups["co"] == "People with cardiovascular disease"
    assert "哮喘" in rule.sensitive_groups_zh["so2"]
    assert "户外" in rule.sensitive_groups_zh["o3"]
    assert "户外" not in rule.sensitive_groups_zh["no2"]
    assert rulebook.categories(OLD).sensitive_groups == {}
