"""Composite indices as published by provinces and cities (bulletins, an API sample); vectors 17 and 18 by hand."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest

from lantian.rules import Choice, CompositeRule, Rulebook
from lantian.science.ranking import change_rate, composite_index
from lantian.terms.pollutants import Pollutant

# The source prints SO2, NO2, PM10, PM2.5, CO, O3.
ORDER = ("so2", "no2", "pm10", "pm25", "co", "o3")
PUBLISHED = {
    "12 Guangzhou": (
        (6, 31, 48, 30, 0.8, 117),
        ("0.10", "0.78", "0.69", "0.86", "0.20", "0.73"),
        3.36,
    ),
    "13 Heyuan 2022-02": (
        (3, 13, 16, 13, 0.9, 87),
        ("0.05", "0.32", "0.23", "0.37", "0.22", "0.54"),
        1.73,
    ),
    "14 a township in Naiman": (
        (9, 14, 77, 23, 1.1, 96),
        ("0.15", "0.35", "1.10", "0.66", "0.28", "0.60"),
        3.14,
    ),
    "15 Zibo 2023-05": (
        (12, 27, 65, 29, 0.8, 191),
        ("0.20", "0.68", "0.93", "0.83", "0.20", "1.19"),
        4.03,
    ),
    "16 a site in Guangzhou": (
        (4, 36, 50, 15, 0.5, 81),
        ("0.07", "0.90", "0.71", "0.43", "0.12", "0.51"),
        2.74,
    ),
}


def in_house_order(figures: tuple[float, ...]) -> np.ndarray:
    """Figures in the column order of the project: so2, no2, co, o3, pm10, pm25."""
    by_name = dict(zip(ORDER, figures, strict=True))
    return np.array([by_name[pollutant] for pollutant in Pollutant])


def rule_set(rulebook: Rulebook, variant: str) -> CompositeRule:
    return rulebook.composite(date(2022, 12, 31), Choice(variants={"composite_index": variant}))


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_index_and_its_terms_are_reproduced(rulebook: Rulebook, name: str) -> None:
    figures, terms, published = PUBLISHED[name]
    found = composite_index(in_house_order(figures), rulebook.composite(date(2022, 12, 31)))
    assert found.each.tolist() == in_house_order(tuple(float(term) for term in terms)).tolist()
    assert float(found.index) == published


def by_another_rule(rule: CompositeRule, figures: tuple[float, ...], how: str) -> float:
    """The same sum with half-up terms or with unrounded ones."""
    ratios = [
        Fraction(str(figure)) / Fraction(rule.limits[Pollutant(name)])
        for name, figure in zip(ORDER, figures, strict=True)
    ]
    decimals = [Decimal(ratio.numerator) / Decimal(ratio.denominator) for ratio in ratios]
    if how == "half_up":
        decimals = [one.quantize(Decimal("0.01"), ROUND_HALF_UP) for one in decimals]
    return float(sum(decimals, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("name", "how", "wrong"),
    [
        ("12 Guangzhou", "unrounded", 3.35),
        ("13 Heyuan 2022-02", "half_up", 1.75),
        ("13 Heyuan 2022-02", "unrounded", 1.74),
        ("14 a township in Naiman", "unrounded", 3.13),
        ("16 a site in Guangzhou", "half_up", 2.75),
    ],
)
def test_other_rules_of_rounding_miss_the_published_figure(
    rulebook: Rulebook, name: str, how: str, wrong: float
) -> None:
    figures, _, published = PUBLISHED[name]
    rule = rulebook.composite(date(2022, 12, 31))
    assert by_another_rule(rule, figures, how) == wrong
    assert wrong != published


def test_unrounded_terms_of_a_rule_set_give_the_unrounded_sum(rulebook: Rulebook) -> None:
    rule = rulebook.composite(date(2022, 12, 31)).model_copy(update={"decimals_each": -1})
    for name, wrong in (("12 Guangzhou", 3.35), ("13 Heyuan 2022-02", 1.74), ("14 a township in Naiman", 3.13)):
        assert float(composite_index(in_house_order(PUBLISHED[name][0]), rule).index) == wrong


def test_vector_17_guangzhou_under_the_limits_of_2026(rulebook: Rulebook) -> None:
    figures = in_house_order(PUBLISHED["12 Guangzhou"][0])
    equal = composite_index(figures, rule_set(rulebook, "transitional_equal"))
    assert equal.each.tolist() == [0.10, 0.78, 0.20, 0.73, 0.80, 1.00]
    assert float(equal.index) == 3.61
    assert float(composite_index(figures, rule_set(rulebook, "transitional_weighted")).index) == 7.12


def test_vector_18_under_three_generations_of_limits(rulebook: Rulebook) -> None:
    figures = in_house_order((9, 28, 62, 33, 1.1, 170))
    found = [
        float(composite_index(figures, rule_set(rulebook, variant)).index)
        for variant in ("old_limits", "transitional_equal", "final_equal")
    ]
    assert found == [4.02, 4.32, 5.28]


def test_default_rule_set_follows_the_date(rulebook: Rulebook) -> None:
    figures = in_house_order((9, 28, 62, 33, 1.1, 170))
    found = [
        float(composite_index(figures, rulebook.composite(day)).index)
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2030, 12, 31), date(2031, 1, 1))
    ]
    assert found == [4.02, 4.32, 4.32, 5.28]


def test_vector_22_change_on_the_year_before(rulebook: Rulebook) -> None:
    decimals = rulebook.ranking(date(2023, 6, 1)).decimals_change
    assert change_rate(np.array([4.03]), np.array([4.16]), decimals).tolist() == [-3.1]
