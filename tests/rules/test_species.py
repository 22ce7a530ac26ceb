"""The list of species names each once, and the names that files use lead to it."""

import re
from decimal import Decimal

import pytest
from pydantic import ValidationError

from lantian.rules import Rulebook, SpeciesRule
from lantian.rules.species_records import bare_unit
from lantian.store.species_tables import KINDS, UNITS


@pytest.fixture(scope="module")
def rule() -> SpeciesRule:
    found = Rulebook.packaged().by_id("species-2013")
    assert isinstance(found, SpeciesRule)
    return found


def test_the_lists_of_china_are_whole(rule: SpeciesRule) -> None:
    voc = [row for row in rule.species if row.kind == "voc" and not row.parts]
    counts = {name: sum(name in row.lists for row in voc) for name in ("PAMS57", "TO15_extra", "carbonyl13")}
    assert counts == {"PAMS57": 57, "TO15_extra": 50, "carbonyl13": 10}
    assert len(voc) == 143


def test_cas_numbers_carry_their_check_digit(rule: SpeciesRule) -> None:
    numbers = [row.cas for row in rule.species if row.cas is not None]
    assert len(numbers) == len(set(numbers))
    for number in numbers:
        digits = re.sub(r"\D", "", number)
        assert sum(int(digit) * place for place, digit in enumerate(reversed(digits))) % 10 == int(digits[-1]), (
            number
        )


def test_every_name_leads_to_its_own_species(rule: SpeciesRule) -> None:
    for row in rule.species:
        for name in row.names:
            assert rule.named(name) is row or name == row.key or row.kind == "pm_element", (row.key, name)


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("M_P Xylene", "m_p_xylene"), ("m/p-Xylene", "m_p_xylene"), ("间,对-二甲苯", "m_p_xylene"),
        ("23-Dimethylbutane", "2,3-dimethylbutane"), ("2,2,4-三甲基戊烷", "2,2,4-trimethylpentane"),
        ("反-2-丁烯", "trans-2-butene"), ("SO₄²⁻", "so4"), ("SO42-", "so4"), ("硫酸盐", "so4"), ("NH4+", "nh4"),
        ("Ca²⁺", "ca_ion"), ("Ca", "el_ca"), ("钙", "el_ca"), ("K+", "k_ion"), ("Cl-", "cl_ion"), ("PB", "el_pb"),
        ("铅", "el_pb"), ("元素碳", "ec"), ("O_OC", "oc"), ("PM2.5", "pm25"), ("α-蒎烯", "alpha-pinene"),
        ("71-43-2", "benzene"), ("HNO2", "hono"),
    ],
)  # fmt: skip
def test_headings_of_files_are_understood(rule: SpeciesRule, heading: str, key: str) -> None:
    found = rule.named(heading)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("heading", ["CO", "No.", "pb", "fe", "NO2", "O3", "SO2", "T_OC", "风速", "", "-", "+"])
def test_headings_of_other_things_are_not(rule: SpeciesRule, heading: str) -> None:
    assert rule.named(heading) is None


def test_reactivity_is_that_of_the_table_and_says_how_sure_it_is(rule: SpeciesRule) -> None:
    ethylene = rule.by_key["ethylene"].reactivity
    assert ethylene is not None
    assert (ethylene.mir, ethylene.mir_china, ethylene.koh) == (
        Decimal("9.0"),
        Decimal("4.71"),
        Decimal("8.520e-12"),
    )
    sure = [row.reactivity.confidence for row in rule.species if row.reactivity is not None]
    assert len(sure) == 143
    assert {mark.value: sure.count(mark) for mark in set(sure)} == {"A": 68, "B": 37, "C": 38}
    without = [row.key for row in rule.species if row.reactivity is not None and row.reactivity.mir is None]
    assert len(without) == 14
    assert rule.by_key["1,2-dichlorotetrafluoroethane"].reactivity.koh is None  # type: ignore[union-attr]


def test_the_table_of_the_lake_keeps_the_kinds_and_units_of_the_rule(rule: SpeciesRule) -> None:
    assert {row.kind for row in rule.units} == set(KINDS)
    assert {row.unit for row in rule.units} == set(UNITS)
    for row in rule.units:
        assert all(bare_unit(unit) == unit for unit in (*row.accepted, *row.mass_units))


def test_what_lies_within_another_is_of_the_particles(rule: SpeciesRule) -> None:
    for row in rule.species:
        for key in row.within:
            assert rule.by_key[key].kind.startswith("pm_"), row.key
            assert rule.by_key[key].within == (), row.key


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"parts": ["nobody"]}, "no species here"),
        ({"key": "toluene"}, "stand twice"),
        ({"name_zh": "甲苯"}, "names both"),
        ({"charge": 1}, "have a charge"),
        ({"molar_mass": None}, "needs a molar mass"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(
    rule: SpeciesRule, change: dict[str, object], words: str
) -> None:
    raw = rule.model_dump(mode="python")
    at = next(place for place, row in enumerate(raw["species"]) if row["key"] == "benzene")
    species = [*raw["species"]]
    species[at] = {**species[at], **change}
    with pytest.raises(ValidationError, match=words):
        SpeciesRule.model_validate({**raw, "species": species})
