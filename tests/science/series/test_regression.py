"""Lines through a few hours."""

import numpy as np
import pytest

from lantian.science.series.regression import running_regression
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

HOURS = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T08"))


def test_windows_with_a_gap_are_left_out() -> None:
    x = np.array([1.0, 2, 3, np.nan, 1, 2, 4, 5])
    found = running_regression(Table.of(HOURS, x=x, y=3 * x + 1), "x", "y")
    assert found.last.astype("datetime64[h]").astype(str).tolist() == [
        "2025-01-01T02",
        "2025-01-01T06",
        "2025-01-01T07",
    ]
    np.testing.assert_allclose(found.slope, 3)
    np.testing.assert_allclose(found.r_squared, 1)


def test_a_constant_ordinate_lies_on_its_line() -> None:
    found = running_regression(Table.of(HOURS, x=np.arange(8.0), y=np.full(8, 2.0)), "x", "y")
    assert set(found.slope.tolist()) == {0.0}
    assert set(found.r_squared.tolist()) == {1.0}


def test_a_constant_abscissa_has_no_line() -> None:
    assert len(running_regression(Table.of(HOURS, x=np.ones(8), y=np.arange(8.0)), "x", "y").slope) == 0


def test_a_line_needs_two_points() -> None:
    with pytest.raises(CallerError, match="2 points"):
        running_regression(Table.of(HOURS, x=np.ones(8), y=np.ones(8)), "x", "y", 1)
    with pytest.raises(CallerError, match="fewer than a window"):
        running_regression(Table.of(HOURS[:2], x=np.ones(2), y=np.ones(2)), "x", "y", 3)
