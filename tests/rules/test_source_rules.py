"""Rules about pollution sources: the numbers a second time, dates, places, and what an edition may not say."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from lantian.rules import (
    Choice,
    EmissionLimits,
    MarkRule,
    ReferenceOxygen,
    Rulebook,
    SourceDataRule,
    TransmissionRule,
)
from lantian.terms.errors import RuleError

PM, SO2, NOX = "a34013", "a21026", "a21002"
TODAY = date(2026, 11, 1)


def oxygen(rulebook: Rulebook, kind: str, day: date = TODAY) -> ReferenceOxygen:
    return rulebook.edition(ReferenceOxygen, "reference_oxygen", day, Choice(variants={"reference_oxygen": kind}))


def limits(
    rulebook: Rulebook, kind: str, day: date = TODAY, where: tuple[str, ...] = ("140400", "14", "CN")
) -> EmissionLimits:
    choice = Choice(jurisdictions=where, variants={"emission_limits": kind})
    return rulebook.edition(EmissionLimits, "emission_limits", day, choice)


def marks(rulebook: Rulebook, industry: str, day: date = TODAY) -> MarkRule:
    return rulebook.edition(MarkRule, "marks", day, Choice(variants={"marks": industry}))


# ------------------------------------------------------------------------------------------- validity


@pytest.mark.parametrize("day", [date(2013, 1, 1), date(2017, 5, 1), date(2025, 12, 31), date(2026, 1, 1)])
def test_counts_and_state_of_every_edition(rulebook: Rulebook, day: date) -> None:
    rule = rulebook.edition(SourceDataRule, "source_data", day)
    assert (rule.minute_required_samples, rule.hour_required_minutes, rule.day_required_hours) == (12, 45, 20)
    assert (rule.days_required(1), rule.days_required(2), rule.days_required(12)) == (25, 23, 25)
    assert (rule.standard_temperature, rule.standard_pressure) == (273, 101325)
    assert (rule.molar_volume, rule.no_to_no2, rule.oxygen_in_air) == (Decimal("22.4"), (46, 30), 21)
    assert rule.flag_share == Decimal("0.75")
    assert rule.normal_flags == ("N",)


def test_substitution_stands_as_remembered_and_says_so(rulebook: Rulebook) -> None:
    rule = rulebook.edition(SourceDataRule, "source_data", TODAY)
    tiers = [(row.capture_from, row.gap_hours_up_to, row.last_valid_hours) for row in rule.substitution]
    assert tiers == [(Decimal("0.90"), 24, 180), (Decimal("0.90"), None, 720), (Decimal("0.75"), None, 2160)]
    assert rule.capture_required == Decimal("0.75")
    assert rule.confidence_of("substitution").value == "C"
    assert rulebook.edition(SourceDataRule, "source_data", date(2024, 1, 1)).confidence_of(
        "hour_required_minutes"
    ).value == "A"  # fmt: skip


def test_the_order_of_averaging_and_converting_can_be_chosen(rulebook: Rulebook) -> None:
    other = Choice(variants={"source_data": "mean_of_minutes"})
    for day in (date(2017, 5, 1), TODAY):
        assert rulebook.edition(SourceDataRule, "source_data", day).hour_converted == "from_hour_means"
        assert rulebook.edition(SourceDataRule, "source_data", day, other).hour_converted == "mean_of_minutes"


# ------------------------------------------------------------------------------------------- oxygen

OXYGEN = {
    "coal_power": ("6", "A"), "coal_boiler": ("9", "B"), "gas_boiler": ("3.5", "B"), "oil_boiler": ("3.5", "B"),
    "steel_sinter_head": ("16", "A"), "steel_pellet": ("16", "B"), "steel_pellet_shaft": ("16", "B"),
    "steel_pellet_belt": ("18", "C"), "steel_pellet_grate_kiln": ("18", "C"), "coke_oven": ("8", "A"),
    "cement_kiln": ("10", "A"), "glass": ("8", "C"), "ceramics": ("18", "B"), "brick": ("18", "C"),
    "lime_kiln": ("10", "C"), "waste_incineration": ("11", "B"), "gas_turbine": ("15", "C"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "expected"), OXYGEN.items())
def test_reference_oxygen_of_each_kind(rulebook: Rulebook, kind: str, expected: tuple[str, str]) -> None:
    found = oxygen(rulebook, kind)
    assert (found.oxygen, found.confidence.value) == (Decimal(expected[0]), expected[1])


def test_every_reference_oxygen_is_typed_here_a_second_time(rulebook: Rulebook) -> None:
    kinds = {name for edition in rulebook.editions("reference_oxygen") for name in edition.variant}
    assert kinds == {*OXYGEN, "default"}


def test_a_source_without_a_named_oxygen_is_not_converted(rulebook: Rulebook) -> None:
    assert rulebook.edition(ReferenceOxygen, "reference_oxygen", TODAY).oxygen is None


# ------------------------------------------------------------------------------------------- limits

LIMITS = {
    "coal_power_ultra_low": "10 35 50 6", "coal_power_special": "20 50 100 6", "steel_sinter_head": "10 35 50 16",
    "steel_pellet": "10 35 50 16", "steel_other": "10 50 200 -", "cement_kiln": "10 35 50 10",
    "coke_oven": "10 30 150 8", "coke_oven_strict": "10 30 100 8", "coal_boiler": "50 300 300 9",
    "coal_boiler_special": "30 200 200 9", "gas_boiler": "20 50 200 3.5", "gas_boiler_special": "20 50 150 3.5",
    "ceramics": "30 50 180 18", "glass": "30 200 400 8", "brick": "30 150 200 18",
}  # fmt: skip


@pytest.mark.parametrize(("kind", "expected"), LIMITS.items())
def test_national_limits_of_each_kind(rulebook: Rulebook, kind: str, expected: str) -> None:
    found = limits(rulebook, kind, where=("CN",))
    said = [str(found.limit(factor).hour) for factor in (PM, SO2, NOX)]
    assert [*said, str(found.reference_oxygen or "-")] == expected.split()
    assert found.judged_by == "hour"


def test_shanxi_goes_before_the_nation_from_its_first_day(rulebook: Rulebook) -> None:
    assert limits(rulebook, "coal_boiler", date(2020, 4, 30)).limit(NOX).hour == 300
    assert limits(rulebook, "coal_boiler", date(2020, 5, 1)).limit(NOX).hour == 50
    assert limits(rulebook, "gas_boiler").limit(PM).hour == 5
    assert limits(rulebook, "unlisted_kiln").limit(SO2).hour == 200
    assert limits(rulebook, "coke_oven", where=("410300", "41", "CN")).limit(SO2).hour == 35


def test_limits_that_nobody_found_are_not_invented(rulebook: Rulebook) -> None:
    assert limits(rulebook, "lime_kiln").limits == ()
    assert limits(rulebook, "default").limit(SO2) is None
    with pytest.raises(RuleError, match="no edition of emission_limits"):
        limits(rulebook, "steel_sinter_head", date(2018, 1, 1))


def test_shares_of_the_month_are_laid_down_for_steel_and_cement_only(rulebook: Rulebook) -> None:
    with_share = {
        name
        for edition in rulebook.editions("emission_limits")
        if isinstance(edition, EmissionLimits) and edition.month_share is not None
        for name in edition.variant
    }
    assert with_share == {"steel_sinter_head", "steel_pellet", "steel_other", "cement_kiln"}
    assert limits(rulebook, "cement_kiln").month_share == Decimal("0.95")


def test_waste_incineration_is_judged_by_the_day_from_2020_on(rulebook: Rulebook) -> None:
    before, after = (limits(rulebook, "waste_incineration", date(year, 6, 1)) for year in (2019, 2020))
    assert (before.judged_by, before.furnace) == ("hour", None)
    assert (after.judged_by, after.limit(PM).day, after.limit(NOX).day) == ("day", 20, 250)
    assert (after.furnace.lowest, after.furnace.mean_minutes, after.furnace.allowed_per_day) == (850, 5, 5)


# ------------------------------------------------------------------------------------------- marks


def test_marks_exclude_only_where_a_national_rule_stands(rulebook: Rulebook) -> None:
    for industry, first in (
        ("thermal_power", 2023),
        ("cement", 2023),
        ("paper", 2023),
        ("waste_incineration", 2020),
    ):
        assert marks(rulebook, industry, date(first - 1, 12, 31)).codes_that("excludes") == frozenset()
        assert marks(rulebook, industry, date(first, 1, 1)).codes_that("excludes")
    assert marks(rulebook, "default").codes == ()


def test_power_has_its_five_conditions_and_five_monitor_states(rulebook: Rulebook) -> None:
    rule = marks(rulebook, "thermal_power")
    conditions = [row.title_zh for row in rule.codes if row.family == "condition"]
    assert conditions == ["正常运行", "停运", "并网/供能", "解列", "故障/事故"]
    assert len([row for row in rule.codes if row.family == "monitoring"]) == 5
    assert rule.codes_that("stops") == {"stopped", "source_stopped"}
    assert "normal" not in rule.codes_that("excludes")


def test_waste_incineration_may_mark_sixty_hours_a_year(rulebook: Rulebook) -> None:
    [limit] = marks(rulebook, "waste_incineration").yearly_hours
    assert (limit.hours, set(limit.codes)) == (60, {"start_up", "shut_down", "fault", "accident"})


def test_other_industries_follow_monitor_states_only_by_choice(rulebook: Rulebook) -> None:
    rule = marks(rulebook, "monitoring_by_reference")
    assert {row.family for row in rule.codes} == {"monitoring"}
    assert rule.unmarked_condition == ""


def test_transmission_spares_water_an_hour_a_day(rulebook: Rulebook) -> None:
    rule = rulebook.edition(TransmissionRule, "transmission", TODAY)
    assert rule.spared_hours_a_day == {"air": 0, "water": 1}
    assert rule.stops(["fault", "stopped"])
    assert not rule.stops(["fault"])


# ------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("like", "change", "fault"),
    [
        ("source-data-2025", "hour_required_minutes = 61", "an hour has 60 minutes"),
        ("source-data-2025", "minute_required_samples = 13", "more samples than it has"),
        ("source-data-2025", "february_required_days = 26", "February asks for more"),
        ("source-data-2025", 'cause_order = ["N", "D"]', "a normal flag is no cause"),
        (
            "source-data-2025",
            "substitution = [{capture_from=0.75, last_valid_hours=9}, {capture_from=0.9, last_valid_hours=9}]",
            "from the best capture rate down",
        ),
        ("oxygen-coal-power", "oxygen = 21", "less than 21"),
        ("limits-ceramics", 'limits = [{ factor = "x", hour = 1 }, { factor = "x", day = 1 }]', "has one row"),
        ("limits-ceramics", 'limits = [{ factor = "x" }]', "an hourly or a daily value"),
        ("marks-power-2022", 'unmarked_condition = "asleep"', "are named but are no codes"),
        (
            "marks-none",
            'codes = [{code="a", family="condition", title="a", title_zh="a", excludes=true, only_after=["b"]}]',
            "are named but are no codes",
        ),
    ],
)  # fmt: skip
def test_an_edition_that_contradicts_itself_is_refused(tmp_path: Path, like: str, change: str, fault: str) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    text = f'[[edition]]\nid = "own"\nlike = "{like}"\nreason = "test"\n{change}\n'
    (folder / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=fault):
        Rulebook.load([folder])


def test_a_city_lays_down_its_own_limit_for_a_kind_of_outlet(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[[edition]]\nid = "own-coke"\nlike = "limits-coke-oven-strict"\nvariant = ["coke_oven"]\n'
        'jurisdiction = "140400"\nreason = "the city asks for the stricter value"\n',
        encoding="utf-8",
    )
    book = Rulebook.load([folder])
    assert limits(book, "coke_oven").limit(NOX).hour == 100
    assert limits(book, "coke_oven", where=("CN",)).limit(NOX).hour == 150
