# Source: vectors 1-10 of the reference on HJ 633 (computed with exact fractions); US checks of EPA-454/B-24-002.
from datetime import date

import numpy as np
import pytest

from lantian.rules import AqiRule, Choice, Rulebook
from lantian.science.aqi import NONE, aqi, iaqi, index_of, pollutants_of

DAY_KEYS = ("so2", "no2", "co", "o3", "pm10", "pm25")
LAST_OF_2012, FIRST_OF_2026 = date(2026, 2, 28), date(2026, 3, 1)
NA = None


@pytest.mark.parametrize(
    ("vector", "day", "values", "parts", "highest", "shown", "primary", "level"),
    [
        (
            1,
            FIRST_OF_2026,
            (11, 44, 1.3, 98, 135, 68),
            (11, 55, 33, 49, 106, 108),
            108,
            108,
            ("pm25",),
            "轻度污染",
        ),
        (2, LAST_OF_2012, (11, 44, 1.3, 98, 135, 68), (11, 55, 33, 49, 93, 92), 93, 93, ("pm10",), "良"),
        (
            3,
            FIRST_OF_2026,
            (10, 15, 0.5, 60, 120, 60),
            (10, 19, 13, 30, 100, 100),
            100,
            100,
            ("pm10", "pm25"),
            "良",
        ),
        (4, FIRST_OF_2026, (10, 15, 0.5, 60, 30, 20), (10, 19, 13, 30, 30, 29), 30, 30, (), "优"),
        (5, FIRST_OF_2026, (8, 30, 0.8, 120, 70, NA), (8, 38, 20, 67, 65, NA), 67, NA, (), NA),
        (6, FIRST_OF_2026, (8, 30, 0.8, NA, 140, 90), (8, 38, 20, NA, 108, 128), 128, 128, ("pm25",), "轻度污染"),
    ],
)
def test_daily_set(
    rulebook: Rulebook,
    vector: int,
    day: date,
    values: tuple[float | None, ...],
    parts: tuple[int | None, ...],
    highest: int,
    shown: int | None,
    primary: tuple[str, ...],
    level: str | None,
) -> None:
    rule = rulebook.aqi_day(day)
    found = aqi(dict(zip(DAY_KEYS, values, strict=True)), rule, rulebook.categories(day))
    assert tuple(found.iaqi[key] for key in DAY_KEYS) == parts
    assert (found.highest, found.aqi, found.primary) == (highest, shown, primary)
    assert (found.category.name_zh if found.category else None) == level
    row = [[np.nan if key == "o3_1h" else values[DAY_KEYS.index(key)] for key in (i.key for i in rule.indicators)]]
    many = index_of(np.array(row, dtype=np.float64), rule)
    assert (many.highest[0], many.aqi[0]) == (highest, NONE if shown is None else shown)
    assert pollutants_of(many.primary[0]) == primary


DAY_2012 = ("aqi_day", LAST_OF_2012)
DAY_2026 = ("aqi_day", FIRST_OF_2026)
HOUR_2026 = ("aqi_hour", FIRST_OF_2026)


@pytest.mark.parametrize(
    ("rule", "key", "pairs"),
    [
        (
            DAY_2026,
            "pm25",
            {35: 50, 36: 52, 60: 100, 60.5: 100, 60.51: 101, 61: 101, 75: 114, 116: 152, 501: 500},
        ),
        (DAY_2012, "pm25", {60: 82, 61: 83, 75: 100}),
        (DAY_2026, "pm10", {120: 100, 121: 101, 150: 112, 151: 112}),
        (DAY_2012, "pm10", {120: 85, 150: 100, 151: 101}),
        (DAY_2026, "co", {1.25: 30, 1.35: 35, 2.2: 55, 4.0: 100, 4.1: 101}),
        (HOUR_2026, "co", {65.4: 218}),
        (HOUR_2026, "so2", {475: 97, 500: 100, 800: 200, 801: 200}),
        (DAY_2026, "so2", {475: 150, 801: 201}),
        (DAY_2026, "o3", {160: 100, 161: 101, 300: 207, 801: 300}),
        (HOUR_2026, "o3", {160: 50, 201: 101, 1201: 500}),
        (HOUR_2026, "no2", {350: 115}),
    ],
    ids=lambda x: "-".join(map(str, x)) if isinstance(x, tuple) else "" if isinstance(x, dict) else x,
)
def test_single_sub_index(rulebook: Rulebook, rule: tuple[str, date], key: str, pairs: dict[float, int]) -> None:
    edition = rulebook.edition(AqiRule, *rule)
    indicator = edition.indicator(key)
    assert {c: iaqi(c, indicator, edition) for c in pairs} == pairs
    column = [row.key for row in edition.indicators].index(key)
    values = np.full((len(pairs), len(edition.indicators)), np.nan)
    values[:, column] = list(pairs)
    assert index_of(values, edition).iaqi[:, column].tolist() == list(pairs.values())


def test_vector_10_real_time_of_2026_takes_the_hour_of_particles(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_hour(FIRST_OF_2026)
    found = aqi({"so2": 12, "no2": 88, "co": 1.4, "o3": 20, "pm10": 180, "pm25": 95}, rule)
    assert [found.iaqi[key] for key in DAY_KEYS] == [4, 44, 14, 7, 124, 132]
    assert (found.aqi, found.primary) == (132, ("pm25",))


def test_vector_10_real_time_of_2012_by_its_text_takes_the_running_day_of_particles(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_hour(LAST_OF_2012, Choice(variants={"aqi_hour": "text"}))
    found = aqi({"so2": 12, "no2": 88, "co": 1.4, "o3": 20, "pm10_24h": 96, "pm25_24h": 52}, rule)
    assert [found.iaqi[k] for k in ("so2", "no2", "co", "o3", "pm10_24h", "pm25_24h")] == [4, 44, 14, 7, 73, 72]
    assert (found.aqi, found.primary) == (73, ("pm10",))


@pytest.mark.parametrize(
    ("key", "concentration", "index"),
    [
        ("pm25", 35.9, 102),
        ("pm25", 125.5, 201),
        ("o3", 0.078, 126),
        ("pm25", 9.0, 50),
        ("pm25", 9.05, 50),
        ("pm25", 9.1, 51),
        ("pm25", 325.4, 500),
        ("pm25", 425.3, 699),
        ("o3_1h", 0.604, 500),
        ("o3_1h", 0.124, None),
        ("pm10", 604, 500),
        ("co", 50.4, 500),
        ("so2_24h", 1004, 500),
        ("no2", 2049, 500),
    ],
)
def test_united_states_checks(rulebook: Rulebook, key: str, concentration: float, index: int | None) -> None:
    rule = rulebook.by_id("us-aqi-2024-day")
    assert isinstance(rule, AqiRule)
    assert iaqi(concentration, rule.indicator(key), rule) == index
