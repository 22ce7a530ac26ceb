from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Rulebook, SourceDataRule
from lantian.science.emission.explaining import in_milligrams, wet_for_dry, within_rounding

RULE = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("unit", "value", "milligrams"),
    [
        ("mg/m³", 35.2, 35.2),
        ("µg/m³", 35.2, 0.0352),
        ("μg/m³", 35.2, 0.0352),
        ("ng/m³", 35.2, 0.0000352),
        ("ppm", 22.4, 64.0),
        ("umol/mol", 22.4, 64.0),
    ],
)
def test_units_become_milligrams_to_the_nearest_double(unit: str, value: float, milligrams: float) -> None:
    found = in_milligrams(np.array([value]), unit, "a21026", RULE)
    assert found is not None
    assert found[0] == pytest.approx(milligrams, rel=1e-15)


@pytest.mark.parametrize(
    ("unit", "factor"), [("%", "a19001"), ("%", "a01014"), ("V", "a21026"), (None, "a21026"), ("ppm", "a34013")]
)
def test_what_is_no_concentration_is_none(unit: str | None, factor: str) -> None:
    assert in_milligrams(np.array([1.0]), unit, factor, RULE) is None


@given(st.floats(1, 1e4), st.floats(0.5, 60))
def test_wet_for_dry_is_seen_both_ways_and_never_without_water(right: float, humidity: float) -> None:
    share = (100 - humidity) / 100
    slack = np.array([1e-9 * right])
    for sent in (right * share, right / share):
        assert wet_for_dry(np.array([sent]), np.array([right]), np.array([humidity]), slack)[0]
        assert not wet_for_dry(np.array([sent]), np.array([right]), np.array([0.0]), slack)[0]
        assert not wet_for_dry(np.array([sent]), np.array([right]), np.array([np.nan]), slack)[0]


def test_rounding_is_only_what_differs_and_is_no_difference() -> None:
    nothing = np.array([np.nan, 0.0, 0.004, 5.0])
    assert within_rounding(nothing, differs=np.array([False, False, False, True])).tolist() == [
        False, False, True, False,
    ]  # fmt: skip
