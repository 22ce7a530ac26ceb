"""Correlations over the hours that both have."""

import numpy as np
import pytest

from lantian.science.comparison.correlation import correlations
from lantian.science.series.table import Table
from lantian.terms.errors import CallerError

N = 300
CHANCE = np.random.default_rng(1)
HOURS = np.arange(np.datetime64("2025-01-01T00"), np.datetime64("2025-01-01T00") + N)
A = CHANCE.normal(size=N)
TABLE = Table.of(HOURS, a=A, o3=-A + CHANCE.normal(size=N), b=A + 0.1 * CHANCE.normal(size=N))


def test_pairs_are_those_of_numpy_where_both_are_there() -> None:
    a = np.where(CHANCE.random(N) < 0.3, np.nan, A + 1e4)
    found = correlations(TABLE.with_columns({"a": a}), ["a", "o3"], by_likeness=False)
    both = ~np.isnan(a)
    assert found.r[0, 1] == pytest.approx(np.corrcoef(a[both], TABLE["o3"][both])[0, 1])
    assert found.n[0, 1] == both.sum()


def test_columns_that_are_alike_stand_together() -> None:
    names = correlations(TABLE).names
    assert abs(names.index("a") - names.index("b")) == 1
    assert correlations(TABLE, by_likeness=False).names == ("a", "o3", "b")


def test_a_constant_column_has_no_correlation() -> None:
    found = correlations(TABLE.with_columns({"c": np.full(N, 3.0)}))
    assert np.isnan(found.r[-1]).all()


def test_one_column_is_refused() -> None:
    with pytest.raises(CallerError, match="two or more"):
        correlations(TABLE, ["a"])
