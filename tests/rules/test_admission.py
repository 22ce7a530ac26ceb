"""The checklist of admission: ratios on both sides of each date, regions, and what an edition may not say."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from lantian.rules import AdmissionRule, Choice, Rulebook
from lantian.terms.errors import RuleError

CHANGZHI = Choice(jurisdictions=("140400", "14", "CN"))


def rule(rulebook: Rulebook, day: date, choice: Choice | None = None) -> AdmissionRule:
    return rulebook.edition(AdmissionRule, "admission", day, choice)


RATIOS = """
2017-12-31 steel          1.25 1
2018-01-01 cement_clinker 1.5  1.25
2018-01-01 flat_glass     1.25 1
2021-05-31 steel          1.25 1
2021-06-01 steel          1.5  1.25
2021-07-31 cement_clinker 1.5  1.25
2021-08-01 cement_clinker 2    1.5
2021-08-01 flat_glass     1.25 1
2024-11-01 cement_clinker 2    1.5
2026-11-23 steel          1.5  1.25
"""


@pytest.mark.parametrize("line", RATIOS.strip().splitlines())
def test_swap_ratios_stand_as_each_instrument_laid_them_down(rulebook: Rulebook, line: str) -> None:
    day, industry, key_region, elsewhere = line.split()
    swap = rule(rulebook, date.fromisoformat(day)).swap(industry)
    assert swap is not None
    assert (swap.key_region, swap.elsewhere) == (Decimal(key_region), Decimal(elsewhere))


def test_merged_steel_swaps_at_the_lower_ratio_and_clinker_of_another_province_at_the_higher(rulebook) -> None:
    found = rule(rulebook, date(2024, 1, 1))
    steel, cement = found.swap("steel"), found.swap("cement_clinker")
    assert steel is not None
    assert cement is not None
    assert steel.ratio(key_region=True, merged=True) == Decimal("1.25")
    assert steel.ratio(key_region=False, merged=True) == Decimal("1.1")
    assert cement.ratio(key_region=False, inferior=True) == 2
    assert cement.ratio(key_region=False) == Decimal("1.5")


@pytest.mark.parametrize(("day", "paused"), [(date(2024, 8, 22), False), (date(2024, 8, 23), True)])
@pytest.mark.parametrize("choice", [None, CHANGZHI])
def test_the_swap_of_steel_is_suspended_from_its_day(rulebook: Rulebook, day, paused, choice) -> None:
    swap = rule(rulebook, day, choice).swap("steel")
    assert swap is not None
    assert swap.paused is paused


def test_changzhi_is_judged_by_its_own_edition_from_the_day_of_its_plan(rulebook: Rulebook) -> None:
    assert rule(rulebook, date(2024, 3, 27), CHANGZHI).id == "admission-2023"
    own = rule(rulebook, date(2024, 3, 28), CHANGZHI)
    assert own.id == "admission-changzhi-2024"
    assert own.bulk_transport_from == 1_500_000
    assert {own.measures[row.key] for row in own.checks} == {1, 2, 3, 12, 13, 14, 18, 23}


@pytest.mark.parametrize(
    "day", [date(2024, 3, 28), date(2024, 8, 22), date(2024, 8, 23), date(2024, 10, 31), date(2024, 11, 1)]
)
def test_every_check_of_the_city_names_its_measure_on_every_day(rulebook: Rulebook, day: date) -> None:
    own = rule(rulebook, day, CHANGZHI)
    assert own.jurisdiction == "140400"
    assert set(own.measures) == {row.key for row in own.checks}


def test_figures_of_the_plan_of_2023(rulebook: Rulebook) -> None:
    found = rule(rulebook, date(2024, 1, 1))
    assert (found.small_boiler_up_to, found.electric_boiler_up_to) == (35, 10)
    assert (found.heat_plant_from, found.heat_radius) == (300, 30)
    assert rule(rulebook, date(2020, 1, 1)).heat_radius == 15
    assert {row.key for row in found.substitutes if not row.allowed} == {"petroleum_coke", "coke", "semicoke"}
    assert found.fuel("raw_coal").factor == Decimal("0.7143")
    assert [row.key for row in found.fuels if not row.counted] == ["gangue"]


@pytest.mark.parametrize(
    ("adcode", "before", "since"),
    [("140406", True, True), ("140225", False, False), ("410300", True, True), ("341003", True, False)],
)
def test_key_regions_are_those_of_their_time(rulebook: Rulebook, adcode: str, before: bool, since: bool) -> None:
    assert rule(rulebook, date(2020, 1, 1)).in_key_region(adcode) is before
    assert rule(rulebook, date(2024, 1, 1)).in_key_region(adcode) is since


def test_the_plan_of_2023_names_82_cities_and_jiyuan(rulebook: Rulebook) -> None:
    """The 13 cities of Jiangsu stand as one province; Jiyuan is no city of a prefecture's rank."""
    places = rule(rulebook, date(2024, 1, 1)).key_regions
    assert len(set(places)) == len(places)
    assert len(places) - 1 + 13 == 82 + 1


def test_a_city_lays_down_its_own_threshold(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(
        '[[edition]]\nid = "own"\nlike = "admission-changzhi-2024-11"\nreason = "stricter"\n'
        "bulk_transport_from = 1_000_000\n",
        encoding="utf-8",
    )
    own = Rulebook.load([tmp_path]).edition(AdmissionRule, "admission", date(2025, 1, 1), CHANGZHI)
    assert (own.id, own.bulk_transport_from) == ("own", 1_000_000)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ('firm = ["nothing"]', "which are no checks"),
        ("measures = { nothing = 1 }", "which are no checks"),
        ("reduction_exceeding = 0.5", "less would be set off where the air is worse"),
        ("clean_transport_share = 101", "less than or equal to 100"),
    ],
)
def test_an_edition_that_contradicts_itself_is_refused(tmp_path: Path, change: str, fault: str) -> None:
    (tmp_path / "own.toml").write_text(
        f'[[edition]]\nid = "own"\nlike = "admission-2023"\nreason = "r"\n{change}\n', encoding="utf-8"
    )
    with pytest.raises(RuleError, match=fault):
        Rulebook.load([tmp_path])


@pytest.mark.parametrize("table", ["checks", "swaps", "fuels", "substitutes", "documents", "reductions"])
def test_nothing_is_named_twice(rulebook: Rulebook, table: str) -> None:
    said = rule(rulebook, date(2024, 1, 1)).model_dump()
    said[table] = [*said[table], said[table][0]]
    with pytest.raises(ValidationError, match=f"{table} names something twice"):
        AdmissionRule.model_validate(said)
