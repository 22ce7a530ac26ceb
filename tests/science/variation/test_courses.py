"""The usual day and its bands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.series.cutting import Cut, cut_times
from lantian.science.series.table import Table
from lantian.science.variation.courses import Middle, course, difference, time_variation
from lantian.terms.errors import CallerError

ALL = Cut(("all",), np.zeros(4000, dtype=np.int64))
VALUES = np.random.default_rng(1).gamma(2, 20, 4000)
HOURS = np.arange(np.datetime64("2024-01-01T00"), np.datetime64("2025-01-01T00"))


def test_the_band_is_that_of_the_standard_error() -> None:
    found = course(VALUES, ALL, draws=2000)
    half = 1.96 * VALUES.std(ddof=1) / np.sqrt(4000)
    assert (found.high - found.low)[0] / 2 == pytest.approx(half, rel=0.06)
    assert found.low[0] < VALUES.mean() < found.high[0]


def test_a_wider_confidence_gives_a_wider_band() -> None:
    narrow, wide = (course(VALUES, ALL, confidence=share, draws=500) for share in (0.5, 0.99))
    assert wide.high - wide.low > narrow.high - narrow.low


def test_the_same_seed_gives_the_same_band() -> None:
    one, two, other = (course(VALUES, ALL, seed=seed) for seed in (1, 1, 2))
    assert (one.low, one.high) == (two.low, two.high)
    assert one.low != other.low


@given(st.lists(st.floats(0, 1e3), min_size=2, max_size=60))
def test_the_band_lies_within_the_values(values: list[float]) -> None:
    found = course(np.array(values), Cut(("a",), np.zeros(len(values), dtype=np.int64)))
    assert min(values) - 1e-9 <= found.low[0] <= found.high[0] <= max(values) + 1e-9


def test_medians_come_with_percentiles_of_the_values() -> None:
    found = course(VALUES, ALL, middle=Middle.MEDIAN, confidence=0.9)
    assert [found.low[0], found.middle[0], found.high[0]] == pytest.approx(
        np.quantile(VALUES, [0.1, 0.5, 0.9]).tolist()
    )


def test_one_value_has_no_band_and_no_value_no_mean() -> None:
    found = course(np.array([5.0, np.nan]), Cut(("one", "none"), np.array([0, 1])))
    assert found.middle[0] == 5.0
    assert np.isnan([found.low[0], found.middle[1]]).all()
    assert found.count.tolist() == [1, 0]


def test_normalised_courses_have_the_mean_one() -> None:
    found = time_variation(Table.of(HOURS, no2=10 + np.arange(len(HOURS)) % 24), normalise=True)
    for panel in found.values():
        assert panel[0].middle.mean() == pytest.approx(1.0)


def test_panels_come_in_the_order_wanted() -> None:
    table = Table.of(HOURS, no2=np.ones(len(HOURS)))
    assert list(time_variation(table, panels=("month", "hour"))) == ["month", "hour"]


def test_a_change_is_within_its_band() -> None:
    cut = cut_times(HOURS, "weekend")
    chance = np.random.default_rng(2)
    old, new = 30 + chance.normal(size=len(HOURS)), 25 + chance.normal(size=len(HOURS))
    found = difference(old, new, (cut, cut))
    assert found.middle.tolist() == pytest.approx([-5, -5], abs=0.1)
    assert (found.high < 0).all()


def test_sets_of_other_classes_cannot_be_compared() -> None:
    with pytest.raises(CallerError, match="different classes"):
        difference(VALUES, VALUES, (ALL, Cut(("other",), ALL.codes)))


def test_impossible_confidences_are_refused() -> None:
    with pytest.raises(CallerError, match="confidence"):
        course(VALUES, ALL, confidence=1.0)
