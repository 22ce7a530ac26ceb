import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import QualityRule, Rulebook, SpeciesRule
from lantian.rules.quality_records import CompositionChecks
from lantian.science.composition import (
    Samples,
    carbon_imbalance,
    deep_negatives,
    equivalents,
    ion_imbalance,
    mass_excess,
    micrograms_per_ppb,
    particle_sum,
    without_dust,
)
from lantian.science.states import State

REFERENCE = State(298.15, 1013.25)


@pytest.fixture(scope="module")
def species() -> SpeciesRule:
    found = Rulebook.packaged().by_id("species-2013")
    assert isinstance(found, SpeciesRule)
    return found


@pytest.fixture(scope="module")
def rule() -> CompositionChecks:
    found = Rulebook.packaged().by_id("quality-checks")
    assert isinstance(found, QualityRule)
    return found.composition


def samples(species: SpeciesRule, **columns: list[float]) -> Samples:
    rows = tuple(species.by_key[key] for key in columns)
    return Samples(rows, np.array(list(columns.values()), dtype=np.float64).T)


def balanced(species: SpeciesRule, scale: list[float], ammonium: list[float]) -> Samples:
    """Sulphate and nitrate of 0.1 µeq/m³ each, times a scale; ammonium as a share of what balances them."""
    so4 = [48.03 * 0.1 * one for one in scale]
    no3 = [62.004 * 0.1 * one for one in scale]
    nh4 = [18.039 * 0.2 * one * share for one, share in zip(scale, ammonium, strict=True)]
    return samples(species, so4=so4, no3=no3, nh4=nh4)


@pytest.mark.parametrize(
    ("molar_mass", "temperature", "factor"),
    [(47.998, 298.15, 1.962), (47.998, 273.15, 2.141), (64.064, 273.15, 2.858), (46.006, 298.15, 1.880)],
)
def test_factors_are_those_of_the_standards_for_gases_that_they_name(molar_mass, temperature, factor) -> None:
    assert micrograms_per_ppb(molar_mass, State(temperature, 1013.25)) == pytest.approx(factor, abs=0.0011)


@given(st.floats(1, 400), st.floats(240, 330), st.floats(500, 1100))
def test_a_warmer_or_thinner_air_holds_less_mass_of_the_same_ratio(mass, temperature, pressure) -> None:
    here = micrograms_per_ppb(mass, State(temperature, pressure))
    assert micrograms_per_ppb(mass, State(temperature + 1, pressure)) < here
    assert micrograms_per_ppb(mass, State(temperature, pressure + 1)) > here
    assert micrograms_per_ppb(2 * mass, State(temperature, pressure)) == pytest.approx(2 * here)


def test_dust_of_binary_fractions_goes_and_shape_and_gaps_stay() -> None:
    assert without_dust(np.array([[0.1 + 0.2, np.nan], [0.0, -1e-9]])).tolist()[0][0] == 0.3
    assert np.isnan(without_dust(np.array([np.nan]))[0])
    assert without_dust(np.empty((0, 3))).shape == (0, 3)


def test_equivalents_count_the_charge_and_leave_other_species_out(species: SpeciesRule) -> None:
    given_ions = samples(species, so4=[96.06], ca_ion=[40.078], oc=[5.0], el_s=[9.0])
    assert equivalents(given_ions, -1) == pytest.approx([2.0])
    assert equivalents(given_ions, 1) == pytest.approx([2.0])


def test_ions_that_balance_give_nothing_and_ions_that_do_not_give_one_run(species, rule) -> None:
    assert ion_imbalance(balanced(species, [1] * 4, [1.0] * 4), rule) == []
    [one] = ion_imbalance(balanced(species, [1] * 5, [1, 2.8, 2.8, 2.8, 1]), rule, place=7)
    assert (one.code, one.place, one.first, one.last) == ("ion_imbalance", 7, 1, 3)
    assert one.evidence["samples"] == 3
    assert one.evidence["ratio"] == pytest.approx(2.8)


def test_samples_that_cannot_be_judged_do_not_part_a_run(species, rule) -> None:
    ions = balanced(species, [1] * 5, [3.0] * 5)
    ions.values[2, 1] = np.nan
    [one] = ion_imbalance(ions, rule)
    assert (one.first, one.last, one.evidence["samples"]) == (0, 4, 4)


def test_too_few_ions_or_one_that_is_needed_and_absent_are_not_judged(species, rule) -> None:
    assert ion_imbalance(balanced(species, [0.01] * 3, [3.0] * 3), rule) == []
    assert ion_imbalance(samples(species, so4=[50.0], no3=[50.0]), rule) == []
    assert ion_imbalance(Samples((), np.empty((3, 0))), rule) == []


def test_cations_without_any_anion_have_no_ratio_and_are_doubtful(species, rule) -> None:
    [one] = ion_imbalance(samples(species, so4=[0.0], no3=[0.0], nh4=[9.0]), rule)
    assert one.evidence["ratio"] is None


def test_nothing_counts_twice_in_a_sum(species: SpeciesRule) -> None:
    both = samples(
        species, so4=[9.0, np.nan, np.nan], el_s=[3.0, 3.0, np.nan], oc=[4.0, np.nan, np.nan],
        tc=[6.0, 6.0, np.nan], ec=[2.0, 1.0, np.nan], toluene=[50.0, 50.0, 50.0],
    )  # fmt: skip
    assert particle_sum(both)[:2].tolist() == [15.0, 4.0]
    assert np.isnan(particle_sum(both)[2])
    assert np.isnan(particle_sum(samples(species, toluene=[1.0]))).all()


def test_species_heavier_than_their_particles_are_doubtful_beyond_a_margin(species, rule) -> None:
    given_mass = np.array([20.0, 20.0, 20.0, np.nan])
    heavy = samples(species, so4=[20.0, 26.9, 27.1, 90.0])
    [one] = mass_excess(heavy, given_mass, rule)
    assert (one.code, one.first, one.last) == ("sum_above_mass", 2, 2)
    assert (one.evidence["sum"], one.evidence["mass"]) == (27.1, 20.0)


def test_organic_carbon_far_off_elemental_carbon_is_doubtful(species, rule) -> None:
    carbon = samples(species, oc=[3.0, 0.2, 50.0, 0.0, np.nan], ec=[1.0, 1.0, 1.0, 0.2, 1.0])
    assert [(one.first, one.last, one.channel) for one in carbon_imbalance(carbon, rule)] == [(1, 2, "oc")]


def test_negatives_are_measured_by_the_limit_else_by_the_uncertainty(species, rule) -> None:
    rows = (species.by_key["toluene"],)
    values = np.array([[-0.01], [-0.2], [-0.2], [-0.05], [-9.0], [0.1]])
    limits = np.array([[0.1], [0.1], [np.nan], [np.nan], [np.nan], [0.1]])
    spread = np.array([[np.nan], [np.nan], [0.05], [0.05], [np.nan], [np.nan]])
    found = deep_negatives(rows, values, limits, spread, rule)
    assert [(one.first, one.last, one.channel) for one in found] == [(1, 2, "toluene")]
    assert (found[0].evidence["value"], found[0].evidence["samples"]) == (-0.2, 2)


def test_a_limit_of_zero_makes_only_true_negatives_doubtful(species, rule) -> None:
    rows = (species.by_key["oc"],)
    found = deep_negatives(rows, np.array([[0.0], [-0.1]]), np.zeros((2, 1)), np.full((2, 1), np.nan), rule)
    assert [(one.first, one.last) for one in found] == [(1, 1)]
