"""What a factor could be."""

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.receptor_records import PmfConventions, SourceProfileRule
from lantian.rules.species_records import SpeciesRule
from lantian.science.pmf import Fit, Measured, likeness, prepare, suggest_names

SPECIES = ("SO4", "NO3", "NH4", "OC", "EC", "K+", "Al", "Si", "Ca", "Ti", "Fe", "As", "Se", "Cl-", "PM2.5")
KEYS = (
    "so4",
    "no3",
    "nh4",
    "oc",
    "ec",
    "k_ion",
    "el_al",
    "el_si",
    "el_ca",
    "el_ti",
    "el_fe",
    "el_as",
    "el_se",
    "cl_ion",
)
KINDS = ("ammonium_nitrate", "ammonium_sulphate", "biomass_burning", "crust", "vehicle_exhaust")


@pytest.fixture(scope="module")
def library(rulebook: Rulebook) -> SourceProfileRule:
    rule = rulebook.by_id("source-profiles")
    assert isinstance(rule, SourceProfileRule)
    return rule


@pytest.fixture(scope="module")
def species(rulebook: Rulebook) -> SpeciesRule:
    rule = rulebook.by_id("species-2013")
    assert isinstance(rule, SpeciesRule)
    return rule


def test_library_profiles_are_named_after_themselves(
    library: SourceProfileRule, species: SpeciesRule, conventions: PmfConventions
) -> None:
    shares = np.array(
        [
            [float(library.by_kind[kind][key].share) if key in library.by_kind[kind] else 0.0 for key in KEYS]
            for kind in KINDS
        ]
    )
    mass = np.array([8.0, 9.0, 5.0, 4.0, 6.0])
    profiles = np.column_stack([shares * mass[:, None], mass])
    scores = np.random.default_rng(1).lognormal(size=(60, 5))
    scores /= scores.mean(axis=0)
    air = scores @ profiles
    data = prepare(Measured(SPECIES, air, 0.1 * air + 0.01), conventions)
    whole = Fit(
        type(data)(SPECIES, data.values, data.uncertainty, data.weak, data.replaced, 14), scores, profiles, 4.0
    )
    named = suggest_names(whole, library, species)
    assert [rows[0].kind for rows in named] == list(KINDS)
    assert all(rows[0].confident for rows in named)
    assert all(rows[0].likeness is None or rows[0].likeness.pearson_distance < 0.05 for rows in named)
    assert named[0][0].tracers.keys() == {"no3", "nh4"}
    assert named[0][0].name_zh == "二次硝酸盐"


def test_vapours_are_named_from_vapours(
    library: SourceProfileRule, species: SpeciesRule, conventions: PmfConventions
) -> None:
    names = ("isoprene", "ethane", "propane", "toluene", "o-xylene")
    profiles = np.array([[3.0, 0, 0, 0, 0], [0, 5, 4, 0.1, 0], [0, 0, 0, 6, 3]])
    scores = np.random.default_rng(1).lognormal(size=(40, 3))
    air = scores @ profiles
    data = prepare(Measured(names, air, 0.1 * air + 0.01), conventions)
    named = suggest_names(Fit(data, scores, profiles, 4.0), library, species)
    assert [rows[0].kind for rows in named] == ["biogenic", "natural_gas", "solvents"]


def test_missing_tracers_are_said_and_make_it_less_sure(
    library: SourceProfileRule, species: SpeciesRule, conventions: PmfConventions
) -> None:
    data = prepare(Measured(("V", "OC"), np.ones((30, 2)), np.full((30, 2), 0.1)), conventions)
    fit = Fit(data, np.ones((30, 2)), np.eye(2), 4.0)
    best = suggest_names(fit, library, species)[0][0]
    assert best.kind == "heavy_oil"
    assert best.missing == ("el_ni",)
    assert best.score < 1.0
    assert best.likeness is None


def test_distances_of_unlike_profiles_are_large() -> None:
    far = likeness(np.array([0.6, 0.1, 0.01, 0.0]), np.array([0.0, 0.1, 0.3, 0.6]))
    assert far.pearson_distance > 0.4
    assert far.identity_distance > 1.0
    assert likeness(np.array([0.5, np.nan]), np.array([np.nan, 0.5])).common == 0
