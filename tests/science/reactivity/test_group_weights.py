import pytest

from lantian.rules import Rulebook
from lantian.rules.inventory_records import VOC_GROUPS
from lantian.science.reactivity import Scale, group_weights


@pytest.fixture(scope="module")
def species():
    return Rulebook.packaged().by_id("species-2013")


def test_measured_mass_weighs_the_species_of_a_group(species) -> None:
    found = group_weights(species, Scale.CARTER, {"toluene": 1.0, "m-xylene": 1.0}, (0.25, 0.75))["aromatics"]
    assert found.mean == pytest.approx((4.0 + 9.75) / 2)
    assert (found.low, found.high, found.measured) == (4.0, 9.75, 2)


def test_group_that_was_not_measured_takes_all_its_species_alike(species) -> None:
    found = group_weights(species, Scale.CARTER, {"toluene": 1.0}, (0.25, 0.75))
    assert list(found) == list(VOC_GROUPS)
    assert found["alkenes"].measured == 0
    assert 5 < found["alkenes"].low < found["alkenes"].mean < found["alkenes"].high < 16


def test_species_without_reactivity_and_below_zero_weigh_nothing(species) -> None:
    mass = {"bromoform": 50.0, "chloroform": 1.0, "toluene": -1.0, "benzene": 2.0}
    found = group_weights(species, Scale.CARTER, mass, (0.25, 0.75))
    assert found["halocarbons"].measured == 1
    assert found["aromatics"].mean == pytest.approx(0.72)


def test_mean_of_a_group_lies_within_its_interval(species) -> None:
    for scale in Scale:
        for weight in group_weights(species, scale, {}, (0.25, 0.75)).values():
            assert weight.low <= weight.mean <= weight.high
