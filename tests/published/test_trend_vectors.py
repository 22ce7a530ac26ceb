"""Vector 23 of the standards reference: five annual means whose coefficient is exactly the critical value."""

from datetime import date
from fractions import Fraction

import numpy as np
from scipy import stats

from lantian.rules import Rulebook
from lantian.science.trend import TrendVerdict, spearman, theil_sen

ANNUAL = [52, 48, 49, 43, 39]


def test_vector_23_is_significant_exactly_at_the_critical_value(rulebook: Rulebook) -> None:
    rule = rulebook.trend(date(2025, 12, 31))
    found = spearman(ANNUAL, rule)
    assert found.squared == Fraction(81, 100)
    assert found.coefficient == -0.9
    assert found.critical == Fraction(9, 10)
    assert rule.comparison == "greater_or_equal"
    assert found.verdict == TrendVerdict.FALLING


def test_vector_23_fails_in_binary_floats() -> None:
    squares = sum((place - rank) ** 2 for place, rank in enumerate(stats.rankdata(ANNUAL), start=1))
    textbook = 1 - 6 * float(squares) / (5**3 - 5)
    assert textbook == -0.8999999999999999
    theirs = float(stats.spearmanr(np.arange(5), ANNUAL).statistic)
    assert not abs(textbook) >= 0.900
    assert not abs(theirs) >= 0.900


def test_vector_23_is_not_significant_where_the_rule_wants_more(rulebook: Rulebook) -> None:
    rule = rulebook.trend(date(2025, 12, 31)).model_copy(update={"comparison": "greater"})
    assert spearman(ANNUAL, rule).verdict == TrendVerdict.NO_TREND


def test_slope_of_the_same_years_is_that_of_scipy() -> None:
    found = theil_sen(ANNUAL, [2021, 2022, 2023, 2024, 2025])
    theirs = stats.theilslopes(ANNUAL, [2021, 2022, 2023, 2024, 2025])
    assert found.slope == theirs.slope == -3.125
    # S = -8 of 10 pairs: 10 of 120 orders reach it, so 5 years cannot prove it at 5 %
    assert (found.statistic, found.exact, found.verdict) == (-8, True, TrendVerdict.NO_TREND)
    assert found.p_value == float(stats.kendalltau(range(5), ANNUAL, method="exact").pvalue)
