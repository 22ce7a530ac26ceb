import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.science.reactivity import (
    Coefficients,
    Scale,
    aerosol_potential,
    oh_loss_rate,
    ozone_formation_potential,
    ozone_of_sources,
)
from lantian.science.states import State

REFERENCE = State(298.15, 1013.25)


@pytest.fixture(scope="module")
def both() -> Coefficients:
    species = Rulebook.packaged().by_id("species-2013")
    return Coefficients.of(["toluene", "bromoform"], species, Scale.CARTER)


def test_ozone_of_one_ppb_of_toluene_is_what_a_pocket_calculator_says(both) -> None:
    found = ozone_formation_potential(np.array([[1.0, 1.0]]), both, REFERENCE)
    assert found[0, 0] == pytest.approx(92.14 / 24.4654 * 4.0, rel=1e-4)
    assert np.isnan(found[0, 1]), "no reactivity was published"


def test_loss_of_hydroxyl_counts_molecules(both) -> None:
    found = oh_loss_rate(np.array([[2.0, 0.0]]), both, State(298.15, 1013.25))
    assert found[0, 0] == pytest.approx(2e-9 * 2.4615e19 * 5.63e-12, rel=0.01)


def test_loss_of_hydroxyl_is_less_in_thin_air_of_the_same_mixing_ratio(both) -> None:
    sea, plateau = (oh_loss_rate(np.ones((1, 2)), both, State(298.15, p))[0, 0] for p in (1013.25, 910.0))
    assert plateau / sea == pytest.approx(910 / 1013.25)


def test_missing_hour_stays_missing(both) -> None:
    for quantity in (ozone_formation_potential, oh_loss_rate, aerosol_potential):
        assert np.isnan(quantity(np.array([[np.nan, 1.0]]), both, REFERENCE)[0, 0])


def test_ozone_of_a_source_is_the_sum_of_its_species(both) -> None:
    assert ozone_of_sources(np.array([[3.0, 100.0]]), both).tolist() == [12.0]
