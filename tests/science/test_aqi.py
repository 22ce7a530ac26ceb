import math
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from subprocess import run

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.rules import AqiRule, Rulebook
from lantian.science.aqi import NONE, aqi, iaqi, index_of, pollutants_of, segments
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant

LAW = Rulebook.packaged()
RULES: list[AqiRule] = [rule for rule in LAW.editions() if isinstance(rule, AqiRule)]
DAY_2012, DAY_2026 = LAW.aqi_day(date(2026, 2, 28)), LAW.aqi_day(date(2026, 3, 1))
COLUMNS_2026 = ("so2", "no2", "co", "o3", "pm10", "pm25")
any_rule = st.sampled_from(RULES)


@st.composite
def concentrations(draw: st.DrawFn, rule: AqiRule, rows: int = 6) -> np.ndarray:
    """Rows of decimals on, between and beyond the breakpoints, with gaps and negatives among them."""
    columns = []
    for row in rule.indicators:
        top = int(row.concentration[-1] * 10 ** (row.decimals + 1) * 3 // 2)
        value = st.integers(-5, top).map(lambda n, d=row.decimals + 1: float(Decimal(n).scaleb(-d)))
        gap = st.sampled_from([float("nan"), -1.0, float("inf"), *map(float, row.concentration)])
        columns.append(draw(st.lists(st.one_of(value, gap), min_size=rows, max_size=rows)))
    return np.array(columns).T


def as_mapping(rule: AqiRule, row: np.ndarray) -> Mapping[str, float]:
    return {indicator.key: float(x) for indicator, x in zip(rule.indicators, row, strict=True)}


@settings(deadline=None)
@given(st.data(), any_rule)
def test_the_vectorised_index_equals_the_single_one_in_every_edition(data: st.DataObject, rule: AqiRule) -> None:
    values = data.draw(concentrations(rule))
    monitored = np.array(data.draw(st.lists(st.booleans(), min_size=6, max_size=6)))
    programme = [p for p, inside in zip(BASIC, monitored, strict=True) if inside]
    found = index_of(values, rule, monitored)
    for n, row in enumerate(values):
        single = aqi(as_mapping(rule, row), rule, monitored=programme)
        assert found.iaqi[n].tolist() == [NONE if x is None else x for x in single.iaqi.values()]
        assert found.highest[n] == (NONE if single.highest is None else single.highest)
        assert found.aqi[n] == (NONE if single.aqi is None else single.aqi)
        assert bool(found.published[n]) is single.published
        assert pollutants_of(found.primary[n]) == single.primary
        assert pollutants_of(found.exceeding[n]) == single.exceeding


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_whole_unit_of_every_table_equals_the_single_index(rule: AqiRule) -> None:
    for column, row in enumerate(rule.indicators):
        tops = int(row.concentration[-1] * 10**row.decimals) + 3
        exact = [Decimal(n).scaleb(-row.decimals) for n in range(tops)]
        values = np.full((tops, len(rule.indicators)), np.nan)
        values[:, column] = [float(x) for x in exact]
        single = [iaqi(x, row, rule) for x in exact]
        assert index_of(values, rule).iaqi[:, column].tolist() == [NONE if x is None else x for x in single]


@settings(deadline=None)
@given(any_rule, st.data())
def test_a_sub_index_never_falls_as_the_concentration_rises(rule: AqiRule, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(rule.indicators))
    numbers = st.decimals(0, row.concentration[-1] * 2, places=row.decimals + 2)
    low, high = sorted((data.draw(numbers), data.draw(numbers)))
    below, above = iaqi(low, row, rule), iaqi(high, row, rule)
    if below is not None and above is not None:
        assert below <= above


@settings(deadline=None)
@given(st.data(), any_rule)
def test_the_order_of_the_rows_changes_nothing(data: st.DataObject, rule: AqiRule) -> None:
    values = data.draw(concentrations(rule, rows=8))
    order = np.array(data.draw(st.permutations(range(8))))
    straight, mixed = index_of(values, rule), index_of(values[order], rule)
    for name in ("iaqi", "highest", "aqi", "published", "primary", "exceeding"):
        np.testing.assert_array_equal(getattr(straight, name)[order], getattr(mixed, name))


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_a_breakpoint_has_exactly_its_index(rule: AqiRule) -> None:
    for row in rule.indicators:
        first = 1 if row.first_index else 0
        expected = list(rule.index[row.first_index : row.first_index + len(row.concentration)])
        assert [iaqi(c, row, rule) for c in row.concentration][first:] == expected[first:]


def test_no_concentration_no_index() -> None:
    row = DAY_2026.indicator("pm25")
    for absent in (None, float("nan"), float("inf"), -0.1, -3):
        assert iaqi(absent, row, DAY_2026) is None


def test_binary_floats_do_not_lift_an_index() -> None:
    hour = LAW.aqi_hour(date(2026, 3, 1))
    assert math.ceil((100 - 50) / (4.0 - 2.0) * (2.2 - 2.0) + 50) == 56
    assert iaqi(2.2, DAY_2026.indicator("co"), DAY_2026) == 55
    assert iaqi(65.4, hour.indicator("co"), hour) == 218
    assert index_of(np.array([[np.nan, np.nan, 65.4, np.nan, np.nan, np.nan]]), hour).iaqi[0, 2] == 218


def test_float32_columns_mean_their_text() -> None:
    narrow = np.array([[11, 44, 2.2, 98, 60.5, 68]], dtype=np.float32)
    assert index_of(narrow, DAY_2026).iaqi.tolist() == [[11, 55, 55, 49, 58, 108]]


@pytest.mark.parametrize(("rule", "expected"), [(DAY_2012, None), (DAY_2026, 300)])
def test_ozone_above_800_follows_its_edition(rule: AqiRule, expected: int | None) -> None:
    assert iaqi(800, rule.indicator("o3"), rule) == 300
    assert iaqi(801, rule.indicator("o3"), rule) == expected


def test_above_800_the_hour_of_2012_has_no_so2_index_and_that_of_2026_has_200() -> None:
    before, after = LAW.aqi_hour(date(2026, 2, 28)), LAW.aqi_hour(date(2026, 3, 1))
    assert iaqi(801, before.indicator("so2"), before) is None
    assert iaqi(801, after.indicator("so2"), after) == 200


def test_two_indicators_of_ozone_name_it_once_and_the_larger_counts() -> None:
    found = aqi({"o3": 801, "o3_1h": 850, "pm25": 40}, DAY_2012)
    assert found.iaqi["o3"] is None
    assert (found.highest, found.primary) == (325, (Pollutant.O3,))
    arrays = index_of(np.array([[np.nan, np.nan, np.nan, 160, 201, 10, 10]]), DAY_2012)
    assert arrays.by_pollutant().tolist() == [[NONE, NONE, NONE, 101, 10, 15]]
    assert pollutants_of(arrays.primary[0]) == (Pollutant.O3,)


def test_exceeding_pollutants_exist_in_2012_only() -> None:
    values = {"so2": 160, "no2": 10, "co": 0.5, "o3": 170, "pm10": 20, "pm25": 20}
    assert aqi(values, DAY_2012).exceeding == (Pollutant.SO2, Pollutant.O3)
    assert aqi(values, DAY_2026).exceeding == ()


def test_an_incomplete_hour_of_2026_is_published_only_above_100() -> None:
    hour = LAW.aqi_hour(date(2026, 3, 1))
    quiet = {"so2": 8, "no2": 30, "co": 0.8, "o3": 120, "pm10": 70}
    assert (aqi(quiet, hour).aqi, aqi(quiet, hour).highest) == (None, 65)
    assert aqi({**quiet, "pm10": 140}, hour).aqi == 108


def test_what_is_not_monitored_does_not_block() -> None:
    values = {"no2": 30, "co": 0.8, "o3": 120, "pm10": 70, "pm25": 20}
    without_so2 = [p for p in BASIC if p is not Pollutant.SO2]
    assert aqi(values, DAY_2026).aqi is None
    assert aqi(values, DAY_2026, monitored=without_so2).aqi == 67
    array = np.array([[np.nan, 30, 0.8, 120, 70, 20]] * 2)
    programme = np.array([[True] * 6, [False] + [True] * 5])
    assert index_of(array, DAY_2026, programme).aqi.tolist() == [NONE, 67]


def test_a_set_of_zeros_shows_1_in_2026_and_0_in_2012() -> None:
    zeros = dict.fromkeys(COLUMNS_2026, 0)
    assert (aqi(zeros, DAY_2026).aqi, aqi(zeros, DAY_2026).highest) == (1, 0)
    assert aqi(zeros, DAY_2012).aqi == 0


def test_an_empty_set_has_no_index_in_any_edition() -> None:
    for rule in RULES:
        assert aqi({}, rule).aqi is None
        assert index_of(np.full((1, len(rule.indicators)), np.nan), rule).aqi.tolist() == [NONE]


def test_the_level_comes_with_the_categories() -> None:
    categories = LAW.categories(date(2026, 3, 1))
    levels = {}
    for pm25 in (35, 36, 60, 61, 115, 116, 150, 151, 250, 251):
        of_set = aqi(dict.fromkeys(COLUMNS_2026, 0) | {"pm25": pm25}, DAY_2026, categories)
        assert of_set.category is not None
        levels[pm25] = of_set.category.level
    assert list(levels.values()) == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6]


def test_an_unknown_key_is_refused_rather_than_lost() -> None:
    with pytest.raises(CallerError, match=r"pm2_5: not an indicator of hj633-2026-day.*use so2, no2"):
        aqi({"pm2_5": 35}, DAY_2026)


def test_columns_must_fit_the_rule() -> None:
    with pytest.raises(CallerError, match=r"shape \(3, 6\) does not fit hj633-2012-day"):
        index_of(np.zeros((3, 6)), DAY_2012)


def test_leading_axes_are_kept_and_many_blocks_join() -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 400, size=(5, 8_000, 6)).astype(float)
    whole = index_of(values, DAY_2026)
    assert (whole.iaqi.shape, whole.aqi.shape, whole.by_pollutant().shape) == (
        (5, 8000, 6),
        (5, 8000),
        (5, 8000, 6),
    )
    np.testing.assert_array_equal(whole.aqi[3], index_of(values[3], DAY_2026).aqi)
    np.testing.assert_array_equal(whole.primary[4], index_of(values[4], DAY_2026).primary)


def test_segments_carry_the_printed_lower_ends() -> None:
    us = LAW.by_id("us-aqi-2024-day")
    assert isinstance(us, AqiRule)
    assert segments(us.indicator("pm25"), us)[1] == (Decimal("9.1"), Decimal("35.4"), 51, 100)
    assert segments(us.indicator("o3_1h"), us)[0] == (Decimal("0.125"), Decimal("0.164"), 101, 150)
    assert segments(DAY_2026.indicator("pm25"), DAY_2026)[1] == (35, 60, 50, 100)


def test_the_single_index_needs_no_compiler() -> None:
    code = (
        "import sys; from datetime import date; from lantian.rules import Rulebook; from lantian.science.aqi "
        "import aqi, index_of; rule = Rulebook.packaged().aqi_day(date(2026, 3, 1)); "
        "print(aqi({'pm25': 61}, rule).highest, 'numba' in sys.modules)"
    )
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "101 False\n"


@settings(deadline=None)
@given(st.decimals(0, 600, places=3))
def test_the_formula_of_the_standard_stands_behind_the_index(number: Decimal) -> None:
    row = DAY_2026.indicator("pm25")
    value = Fraction(round(number))
    bounds = list(zip(map(Fraction, row.concentration), DAY_2026.index, strict=True))
    expected = 500
    for (c_low, i_low), (c_high, i_high) in pairwise(bounds):
        if c_low <= value <= c_high:
            expected = -int(-((i_high - i_low) / (c_high - c_low) * (value - c_low) + i_low) // 1)
            break
    assert iaqi(number, row, DAY_2026) == expected
