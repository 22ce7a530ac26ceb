import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.voc_records import OzoneChemistry
from lantian.science.boxmodel.mechanism import air_density, lumped, lumps, photolysis, rate_constants

NITROGEN = {
    "NO": 1, "NO2": 1, "NO3": 1, "N2O5": 2, "HNO3": 1, "HONO": 1, "PNA": 1, "PAN": 1, "PANX": 1, "NTR": 1,
}  # fmt: skip
DARK = {"temperature": np.array([298.0]), "density": np.array([2.46e19])}


@pytest.fixture(scope="module")
def species():
    return Rulebook.packaged().by_id("species-2013")


def constant(cb05: OzoneChemistry, reaction: str, form: str) -> float:
    place = next(i for i, row in enumerate(cb05.reactions) if row.reaction == reaction and row.form == form)
    light = {row.key: np.zeros(1) for row in cb05.light}
    return float(rate_constants(**DARK, light=light, chemistry=cb05)[place, 0])


def test_mechanism_has_the_reactions_and_species_of_its_report(cb05) -> None:
    of_two_terms = 4  # HO2 + HO2 dry and wet, OH + CO, OH + HNO3
    assert len(cb05.reactions) - of_two_terms == 156
    assert len(set(cb05.species) - {"M", "O2", "H2O"}) == 53


def test_no_reaction_makes_or_loses_nitrogen(cb05) -> None:
    for row in cb05.reactions:
        before = sum(NITROGEN.get(name, 0) * count for name, count in row.reactants.items())
        after = sum(NITROGEN.get(name, 0) * count for name, count in row.products.items())
        assert after == pytest.approx(before), row.reaction


@pytest.mark.parametrize(
    ("reaction", "form", "expected"),
    [
        ("O3 + NO -> NO2", "arrhenius", 3.0e-12 * np.exp(-1500 / 298)),  # 1.96e-14
        ("NO2 + OH -> HNO3", "falloff", 1.056e-11),
        ("PAN -> C2O3 + NO2", "falloff", 3.34e-4),
        ("HO2 + NO -> OH + NO2", "arrhenius", 8.10e-12),
    ],
)
def test_rate_constants_at_298_kelvin_are_those_computed_by_hand(cb05, reaction, form, expected) -> None:
    assert constant(cb05, reaction, form) == pytest.approx(expected, rel=0.01)


def test_light_is_that_of_the_publication_and_none_at_night(cb05) -> None:
    rates = photolysis(np.array([60.0, 0.0, -10.0]), cb05)
    cosine = np.sqrt(3) / 2
    assert rates["NO2"][0] == pytest.approx(1.165e-2 * cosine**0.244 * np.exp(-0.267 / cosine))
    assert all(rate[1:].max() == 0 for rate in rates.values())


def test_every_lumping_of_the_species_rule_names_species_of_the_mechanism(cb05, species) -> None:
    for row in species.species:
        if row.kind == "voc":
            assert set(lumps(row, species, cb05)) <= set(cb05.species), row.key


def test_measured_species_sum_to_those_of_the_mechanism(cb05, species) -> None:
    found = lumped(
        {"propylene": np.array([1.0]), "n-butane": np.array([2.0]), "benzene": np.array([3.0])}, species, cb05
    )
    assert {name: values.item() for name, values in found.mixing.items()} == {"OLE": 1.0, "PAR": 9.0}
    assert found.left_out == ("benzene",)


def test_gap_of_one_species_is_a_gap_of_what_it_counts_to(cb05, species) -> None:
    found = lumped({"propylene": np.array([1.0, np.nan]), "n-butane": np.array([2.0, 2.0])}, species, cb05)
    assert np.isnan(found.mixing["PAR"]).tolist() == [False, True]


def test_air_of_a_cubic_metre_is_that_of_the_gas_law() -> None:
    assert air_density(np.array(273.15), np.array(1013.25)) == pytest.approx(1e6 / 22413.97, rel=1e-5)
