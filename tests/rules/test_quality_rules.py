from datetime import date

import pytest
from pydantic import ValidationError

from lantian.rules import KeyUnitRule, QualityRule, Rulebook
from lantian.rules.quality_records import AmbientChecks
from lantian.terms.pollutants import Pollutant


@pytest.fixture(scope="module")
def quality(rulebook: Rulebook) -> QualityRule:
    return rulebook.edition(QualityRule, "quality", date(2026, 1, 1))


@pytest.fixture(scope="module")
def units(rulebook: Rulebook) -> KeyUnitRule:
    return rulebook.edition(KeyUnitRule, "key_units", date(2026, 1, 1))


def test_thresholds_are_ours_and_say_so(quality: QualityRule) -> None:
    assert quality.confidence == "C"
    assert "our own" in quality.source


def test_checks_name_all_six_pollutants_or_are_refused(quality: QualityRule) -> None:
    given = quality.ambient.model_dump()
    given["lowest"] = {Pollutant.SO2: -5}
    with pytest.raises(ValidationError, match="lowest must name all six"):
        AmbientChecks(**given)


def test_review_takes_effect_at_the_city_s_level(quality: QualityRule) -> None:
    assert quality.review.takes_effect == "city"
    assert quality.review.invalid_flags[0] == "RM"


def test_a_list_is_due_in_spring(units: KeyUnitRule) -> None:
    assert units.due(2026) == date(2026, 3, 31)


def test_a_unit_s_own_data_show_which_criteria_fit_and_never_those_by_decision(units: KeyUnitRule) -> None:
    fitting = {row.key for row in units.fitting("3311", "key", above_scale=True)}
    assert fitting == {"permit_main_outlet", "painting"}
    assert units.fitting("6201", "registered", above_scale=True) == ()
    assert "incident" not in {row.key for row in units.fitting("", "key", above_scale=True)}


def test_a_small_paint_shop_fits_no_criterion(units: KeyUnitRule) -> None:
    assert units.fitting("3311", "registered", above_scale=False) == ()


def test_criteria_stand_once_and_can_be_looked_up(units: KeyUnitRule) -> None:
    assert units.criterion("painting") is not None
    assert units.criterion("nothing") is None
    twice = units.model_dump() | {"criteria": [units.criteria[0].model_dump()] * 2}
    with pytest.raises(ValidationError, match="each criterion stands once"):
        KeyUnitRule(**twice)


def test_carbon_dioxide_of_stacks_is_among_the_greenhouse_gases(units: KeyUnitRule) -> None:
    assert "a05001" in units.greenhouse_factors
