"""The library of source profiles checks itself."""

import pytest
from pydantic import ValidationError

from lantian.rules import Rulebook
from lantian.rules.receptor_records import SourceProfileRule
from lantian.rules.species_records import SpeciesRule


@pytest.fixture(scope="module")
def library(rulebook: Rulebook) -> SourceProfileRule:
    rule = rulebook.by_id("source-profiles")
    assert isinstance(rule, SourceProfileRule)
    return rule


def test_every_species_of_the_library_is_known(rulebook: Rulebook, library: SourceProfileRule) -> None:
    species = rulebook.by_id("species-2013")
    assert isinstance(species, SpeciesRule)
    named = {row.species for row in library.profiles}
    named |= {key for row in library.kinds for key in (*row.tracers, *row.without)}
    assert named <= set(species.by_key)


def test_salts_are_stoichiometric(library: SourceProfileRule) -> None:
    nitrate = library.by_kind["ammonium_nitrate"]
    assert float(nitrate["no3"].share) == pytest.approx(62.004 / 80.043, abs=1e-4)
    sulphate = library.by_kind["ammonium_sulphate"]
    assert float(sulphate["so4"].share) == pytest.approx(96.06 / 132.14, abs=1e-4)


def test_what_is_from_memory_is_marked_c(library: SourceProfileRule) -> None:
    unsure = {row.key for row in library.sources if not row.published}
    assert all(row.confidence == "C" for row in (*library.kinds, *library.profiles) if row.source in unsure)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw["profiles"][0].update(profile="nowhere"), "no kinds here"),
        (lambda raw: raw["profiles"][0].update(source="nobody"), "not named"),
        (lambda raw: raw["profiles"].append(raw["profiles"][0]), "stand twice"),
        (lambda raw: raw["profiles"][0].update(share="0.99"), "more than the whole"),
    ],
)
def test_library_that_contradicts_itself_is_refused(library: SourceProfileRule, change, words: str) -> None:  # type: ignore[no-untyped-def]
    raw = library.model_dump(mode="json")
    change(raw)
    with pytest.raises(ValidationError, match=words):
        SourceProfileRule.model_validate(raw)
