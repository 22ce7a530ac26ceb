"""Chemical mass balance: known mixtures, diagnostics, what cannot be told apart."""

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.receptor_records import CmbTargets, ReceptorRule, SourceProfileRule
from lantian.science.cmb import SourceProfiles, collinear, mass_balance
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

SPECIES = ("so4", "no3", "nh4", "oc", "ec", "k_ion", "el_si", "el_al", "el_fe", "el_ca", "cl_ion", "na_ion")
SOURCES = ("ammonium_sulphate", "ammonium_nitrate", "crust", "biomass_burning", "vehicle_exhaust")
TRUE = np.array([[8.0, 12.0, 5.0, 4.0, 6.0], [20.0, 2.0, 1.0, 9.0, 3.0]])


@pytest.fixture(scope="module")
def profiles(rulebook: Rulebook) -> SourceProfiles:
    library = rulebook.by_id("source-profiles")
    assert isinstance(library, SourceProfileRule)
    return SourceProfiles.of(library, SOURCES, SPECIES)


@pytest.fixture(scope="module")
def targets(rulebook: Rulebook) -> CmbTargets:
    rule = rulebook.by_id("receptor-models-epa")
    assert isinstance(rule, ReceptorRule)
    return rule.cmb


def mixed(profiles: SourceProfiles, contributions: FloatArray = TRUE) -> tuple[FloatArray, FloatArray]:
    air = contributions @ profiles.shares
    return air, 0.05 * air + 0.01


def test_known_mixture_is_told_exactly(profiles: SourceProfiles, targets: CmbTargets) -> None:
    air, spread = mixed(profiles)
    found = mass_balance(air, spread, profiles, mass=TRUE.sum(axis=1))
    np.testing.assert_allclose(found.contributions, TRUE, rtol=1e-6)
    np.testing.assert_allclose(found.mass_share, 100.0)
    np.testing.assert_allclose(found.r2, 1.0)
    assert found.chi2.max() < 1e-12
    assert found.freedom.tolist() == [7.0, 7.0]
    assert found.converged.all()


def test_effective_variance_is_that_of_plain_weighted_least_squares_without_profile_errors() -> None:
    chance = np.random.default_rng(3)
    shares = chance.random((3, 8))
    exact = SourceProfiles(("a", "b", "c"), tuple("abcdefgh"), shares, np.zeros((3, 8)))
    air = np.array([[5.0, 3.0, 2.0]]) @ shares + 0.05 * chance.normal(size=(1, 8))
    spread = np.full((1, 8), 0.2)
    found = mass_balance(air, spread, exact)
    best, *_ = np.linalg.lstsq((shares / 0.2).T, air[0] / 0.2, rcond=None)
    np.testing.assert_allclose(found.contributions[0], best, rtol=1e-9)
    errors = np.sqrt(np.diag(np.linalg.inv(shares @ shares.T / 0.04)))
    np.testing.assert_allclose(found.errors[0], errors, rtol=1e-9)
    np.testing.assert_allclose(found.t[0], best / errors, rtol=1e-9)
    rest = (air[0] - best @ shares) / 0.2
    assert found.chi2[0] == pytest.approx((rest**2).sum() / 5)
    assert found.r2[0] == pytest.approx(1 - (rest**2).sum() / ((air[0] / 0.2) ** 2).sum())


def test_standard_errors_cover_the_truth(profiles: SourceProfiles) -> None:
    chance = np.random.default_rng(5)
    many = np.repeat(TRUE[:1], 400, axis=0)
    drawn = profiles.shares[None] + profiles.spread[None] * chance.normal(size=(400, *profiles.shares.shape)) * 0.3
    air = np.einsum("na,naj->nj", many, np.maximum(drawn, 0))
    spread = 0.05 * air + 0.01
    told = SourceProfiles(profiles.sources, profiles.species, profiles.shares, 0.3 * profiles.spread)
    found = mass_balance(air + spread * chance.normal(size=air.shape), spread, told)
    inside = np.abs(found.contributions - many) <= 2 * found.errors
    assert inside.mean() > 0.9


def test_source_below_zero_is_taken_out(profiles: SourceProfiles) -> None:
    air, spread = mixed(profiles, np.array([[10.0, 10.0, 0.0, 5.0, 5.0]]))
    air[0, SPECIES.index("el_si")] = 0.0
    air[0, SPECIES.index("el_al")] -= 0.05
    found = mass_balance(air, spread, profiles)
    assert found.contributions.min() >= 0
    kept = mass_balance(air, spread, profiles, eliminate=False)
    assert kept.contributions[0, 2] < 0
    assert not found.used[0, 2]
    assert np.isnan(found.t[0, 2])


def test_missing_species_is_left_out_and_too_few_give_nothing(
    profiles: SourceProfiles, targets: CmbTargets
) -> None:
    air, spread = mixed(profiles)
    air[0, 3] = np.nan
    air[1, 4:] = np.nan
    found = mass_balance(air, spread, profiles)
    np.testing.assert_allclose(found.contributions[0], TRUE[0], rtol=1e-6)
    assert np.isnan(found.contributions[1]).all()
    assert found.faults(targets, 1) == ("freedom",)


def test_faults_name_what_is_missed(profiles: SourceProfiles, targets: CmbTargets) -> None:
    air, spread = mixed(profiles)
    air[0, SPECIES.index("na_ion")] = 3.0
    found = mass_balance(air, spread * 0.2, profiles, mass=np.array([80.0, TRUE[1].sum()]))
    assert {"mass", "chi2", "residuals"} <= set(found.faults(targets, 0))


def test_tracer_has_the_greatest_influence_on_its_source(profiles: SourceProfiles) -> None:
    found = mass_balance(*mixed(profiles), profiles)
    largest = np.abs(found.mpin[0]).argmax(axis=1)
    assert SPECIES[largest[0]] == "so4"
    assert SPECIES[largest[1]] == "no3"
    assert SPECIES[largest[4]] == "ec"
    assert np.abs(found.mpin).max() == pytest.approx(1.0)


def test_sources_alike_are_told() -> None:
    one = np.array([0.5, 0.3, 0.1])
    both = SourceProfiles(
        ("a", "b", "c"), ("x", "y", "z"), np.array([one, one * 1.1, one[::-1]]), np.zeros((3, 3))
    )
    assert list(collinear(both, np.ones(3))) == [("a", "b")]


def test_unknown_profile_and_tables_of_two_shapes_are_refused(
    rulebook: Rulebook, profiles: SourceProfiles
) -> None:
    library = rulebook.by_id("source-profiles")
    assert isinstance(library, SourceProfileRule)
    with pytest.raises(CallerError, match="no profile of unicorns"):
        SourceProfiles.of(library, ["unicorns"], SPECIES)
    with pytest.raises(CallerError, match="same samples and species"):
        mass_balance(np.ones((2, 3)), np.ones((2, 3)), profiles)
