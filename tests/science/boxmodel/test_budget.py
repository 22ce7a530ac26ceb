import numpy as np
import pytest

from lantian.science.boxmodel import budget, reaction_rates, run


def test_radicals_that_are_made_are_lost(cb05, made_day) -> None:
    course = run(made_day(("observed",)), cb05)
    found = budget(course)
    light = course.day.elevations(1)[:, 0] > 15
    lost = found.radicals_lost_to_nitrogen + found.radicals_lost_otherwise
    assert found.radicals_made[light] == pytest.approx(lost[light], rel=2e-3)


def test_share_lost_to_nitrogen_falls_with_nitrogen(cb05, made_day) -> None:
    shares = {name: np.array([0.02, 1.0]) for name in ("NO", "NO2")}
    found = budget(run(made_day(("observed",)), cb05, shares))
    little, much = found.nitrogen_share[12]
    assert little < 0.4 < 0.6 < much < 1.05


def test_ozone_made_is_the_nitric_oxide_that_peroxy_radicals_turn(cb05, made_day) -> None:
    course = run(made_day(("observed",)), cb05)
    rates = reaction_rates(course)
    names = [row.reaction for row in cb05.reactions]
    turned = {
        "HO2 + NO -> OH + NO2": 1.0, "XO2 + NO -> NO2": 1.0, "MEO2 + NO -> FORM + HO2 + NO2": 1.0,
        "C2O3 + NO -> MEO2 + NO2": 1.0, "CXO3 + NO -> ALD2 + NO2 + HO2 + XO2": 1.0,
        "HCO3 + NO -> FACD + NO2 + HO2": 1.0, "TO2 + NO -> 0.9 NO2 + 0.9 HO2 + 0.9 OPEN + 0.1 NTR": 0.9,
    }  # fmt: skip
    expected = sum(rates[:, :, names.index(name)] * count for name, count in turned.items())
    assert budget(course).ozone_made == pytest.approx(expected, rel=1e-12)


def test_rate_of_a_reaction_is_its_constant_times_its_partners(cb05, made_day) -> None:
    course = run(made_day(("observed",)), cb05)
    hour, place = 12, next(i for i, row in enumerate(cb05.reactions) if row.reaction == "O3 + NO -> NO2")
    kelvin, pascal = course.day.temperature[hour], 95_000
    air = pascal / (1.380649e-23 * kelvin) * 1e-6
    by_hand = (
        3e-12 * np.exp(-1500 / kelvin) * course.of("O3")[hour, 0] * course.of("NO")[hour, 0] * 1e-9 * air * 3600
    )
    assert reaction_rates(course)[hour, 0, place] == pytest.approx(by_hand, rel=1e-6)
