import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.inventory_records import VOC_GROUPS
from lantian.science.reactivity import Coefficients, Scale, reactivity_group
from lantian.science.states import State


@pytest.fixture(scope="module")
def species():
    return Rulebook.packaged().by_id("species-2013")


@pytest.mark.parametrize(
    ("key", "koh"),
    [
        ("cis-2-butene", 5.64e-11), ("trans-2-butene", 6.40e-11), ("m-ethyltoluene", 1.86e-11),
        ("p-ethyltoluene", 1.18e-11), ("methylcyclohexane", 9.64e-12), ("2,3-dimethylpentane", 7.139e-12),
    ],
)  # fmt: skip
def test_rate_constants_that_another_tool_has_swapped_or_wrong_are_right(species, key, koh) -> None:
    assert Coefficients.of([key], species, Scale.CARTER).koh.item() == pytest.approx(koh, rel=1e-9)


def test_scales_differ_by_about_two_for_the_species_that_matter(species) -> None:
    keys = ["ethylene", "toluene", "m-xylene"]
    carter, china = (Coefficients.of(keys, species, scale).mir for scale in Scale)
    assert carter.tolist() == [9.0, 4.0, 9.75]
    assert china.tolist() == [4.71, 2.12, 6.41]


def test_what_was_never_published_is_missing_and_not_zero(species) -> None:
    found = Coefficients.of(["bromoform", "carbon-tetrachloride"], species, Scale.CARTER)
    assert np.isnan(found.mir).tolist() == [True, False]
    assert found.mir[1] == 0.0


def test_peak_of_two_isomers_has_the_mean_of_both(species) -> None:
    both = Coefficients.of(["m_p_xylene"], species, Scale.CHINA)
    each = Coefficients.of(["m-xylene", "p-xylene"], species, Scale.CHINA)
    assert both.mir.item() == pytest.approx(each.mir.mean())
    assert both.koh.item() == pytest.approx(each.koh.mean())


def test_every_voc_stands_in_a_group_that_profiles_of_sources_know(species) -> None:
    voc = [row for row in species.species if row.kind == "voc"]
    assert {reactivity_group(row) for row in voc} == set(VOC_GROUPS)


def test_mass_of_one_ppb_is_that_of_the_gas_law(species) -> None:
    found = Coefficients.of(["toluene"], species, Scale.CARTER).mass_per_ppb(State(273.15, 1013.25))
    assert found.item() == pytest.approx(92.14 / 22.41397, rel=1e-5)
