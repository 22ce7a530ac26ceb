"""Exceedance, share of the month, and the furnace of a waste incinerator."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Choice, Confidence, EmissionLimits, Rulebook
from lantian.rules.source_records import FurnaceRule
from lantian.science.emission.judgement import (
    Judged,
    OutletLimit,
    Verdict,
    furnace_days,
    judge,
    limit_of,
    month_share,
)
from lantian.terms.errors import CallerError

DAY = date(2026, 11, 1)
SO2 = OutletLimit("a21026", Decimal("35"), "hour", "permit", Confidence.A)
FURNACE = FurnaceRule(lowest=Decimal(850), mean_minutes=5, allowed_per_day=5)


def rule_of(rulebook: Rulebook, kind: str) -> EmissionLimits:
    choice = Choice(variants={"emission_limits": kind})
    return rulebook.edition(EmissionLimits, "emission_limits", DAY, choice)


def names(found: Judged) -> list[str]:
    return [Verdict(verdict).name for verdict in found.verdicts.tolist()]


# ------------------------------------------------------------------------------------------- limits


def test_the_permit_goes_before_the_rule(rulebook: Rulebook) -> None:
    rule = rule_of(rulebook, "coal_power_ultra_low")
    own, permitted = limit_of("a34013", rule), limit_of("a34013", rule, permit={"a34013": Decimal("5")})
    assert (own.value, own.basis, own.confidence.value) == (10, "limits-coal-power-ultra-low", "B")
    assert (permitted.value, permitted.basis) == (5, "permit")
    assert limit_of("a21026", rule, permit={"a34013": Decimal("5")}).confidence.value == "A"


def test_a_permit_may_name_what_the_rule_does_not(rulebook: Rulebook) -> None:
    rule = rule_of(rulebook, "lime_kiln")
    assert limit_of("a21026", rule) is None
    assert limit_of("a21026", rule, permit={"a21026": Decimal("50")}).value == 50


def test_a_permit_of_nought_is_refused(rulebook: Rulebook) -> None:
    with pytest.raises(CallerError, match="must be positive"):
        limit_of("a21026", rule_of(rulebook, "default"), permit={"a21026": Decimal(0)})


def test_waste_incineration_is_judged_by_its_daily_limit(rulebook: Rulebook) -> None:
    found = limit_of("a21026", rule_of(rulebook, "waste_incineration"))
    assert (found.value, found.period) == (80, "day")


# ------------------------------------------------------------------------------------------- verdicts


def test_the_limit_itself_is_kept() -> None:
    found = judge(np.array([34.99, 35.0, 35.01, 35.000000000000007]), SO2)
    assert names(found) == ["WITHIN", "WITHIN", "EXCEEDS", "WITHIN"]
    assert found.multiple[1] == 1.0


def test_values_are_rounded_before_they_are_compared_only_where_asked() -> None:
    values = np.array([35.4, 35.5, 34.5, 36.5])
    assert names(judge(values, SO2)) == ["EXCEEDS", "EXCEEDS", "WITHIN", "EXCEEDS"]
    assert names(judge(values, SO2, decimals=0)) == ["WITHIN", "EXCEEDS", "WITHIN", "EXCEEDS"]


def test_what_is_not_valid_marked_or_standing_is_no_exceedance() -> None:
    yes, no = True, False
    found = judge(
        np.full(5, 90.0),
        SO2,
        valid=np.array([yes, no, yes, yes, no]),
        excluded=np.array([no, no, yes, no, yes]),
        stopped=np.array([no, no, no, yes, yes]),
    )
    assert names(found) == ["EXCEEDS", "INVALID", "EXCLUDED", "STOPPED", "STOPPED"]
    assert np.isnan(found.multiple[1:]).all()
    assert found.count(Verdict.EXCEEDS) == 1


def test_without_a_limit_nothing_is_judged() -> None:
    found = judge(np.array([90.0, np.nan, 90.0]), None, stopped=np.array([False, False, True]))
    assert names(found) == ["NO_LIMIT", "INVALID", "STOPPED"]
    assert np.isnan(found.multiple).all()


@given(st.lists(st.floats(0, 200), min_size=1, max_size=50), st.floats(1, 100), st.floats(0, 50))
def test_a_stricter_limit_never_finds_fewer(hours: list[float], limit: float, by: float) -> None:
    strict, lenient = (
        OutletLimit("x", Decimal(repr(value)), "hour", "permit", Confidence.A) for value in (limit, limit + by)
    )
    values = np.array(hours)
    assert judge(values, strict).count(Verdict.EXCEEDS) >= judge(values, lenient).count(Verdict.EXCEEDS)


# ------------------------------------------------------------------------------------------- the month


def hours(**counts: int) -> np.ndarray:
    return np.array([[Verdict[name] for name, count in counts.items() for _ in range(count)]], dtype=np.uint8)


@pytest.mark.parametrize(("exceeding", "attained"), [(34, True), (35, False)])
def test_steel_needs_95_of_100_production_hours(rulebook: Rulebook, exceeding: int, attained: bool) -> None:
    found = month_share(
        hours(WITHIN=680 - exceeding, EXCEEDS=exceeding, STOPPED=40), rule_of(rulebook, "steel_sinter_head")
    )
    assert (found.production_hours, found.exceeding_hours, found.attained) == (680, exceeding, attained)


def test_hours_without_a_verdict_count_as_production_and_not_as_within(rulebook: Rulebook) -> None:
    rule = rule_of(rulebook, "steel_sinter_head")
    given_hours = hours(WITHIN=90, INVALID=5, EXCLUDED=5)
    by_production = month_share(given_hours, rule)
    by_judged = month_share(given_hours, rule.model_copy(update={"month_share_of": "judged_hours"}))
    assert (by_production.share, by_production.attained) == (0.9, False)
    assert (by_judged.share, by_judged.attained, by_judged.judged_hours) == (1.0, True, 90)


def test_an_hour_is_within_only_with_every_factor(rulebook: Rulebook) -> None:
    verdicts = np.array(
        [
            [Verdict.WITHIN, Verdict.WITHIN, Verdict.WITHIN, Verdict.WITHIN],
            [Verdict.WITHIN, Verdict.EXCEEDS, Verdict.INVALID, Verdict.WITHIN],
            [Verdict.NO_LIMIT] * 4,
        ],
        dtype=np.uint8,
    )
    found = month_share(verdicts, rule_of(rulebook, "cement_kiln"))
    assert (found.within_hours, found.exceeding_hours, found.judged_hours) == (2, 1, 3)


def test_a_month_of_standing_and_a_rule_without_a_share_say_nothing(rulebook: Rulebook) -> None:
    standing = month_share(hours(STOPPED=720), rule_of(rulebook, "steel_sinter_head"))
    assert np.isnan(standing.share)
    assert standing.attained is None
    assert month_share(hours(WITHIN=9), rule_of(rulebook, "coal_boiler")).attained is None
    assert np.isnan(month_share(hours(NO_LIMIT=9), rule_of(rulebook, "steel_other")).share)


# ------------------------------------------------------------------------------------------- the furnace


@pytest.mark.parametrize(("cold", "violation"), [(0, False), (5, False), (6, True)])
def test_a_furnace_may_be_too_cold_five_times_a_day(cold: int, violation: bool) -> None:
    day = np.full(288, 850.0)
    day[:cold] = 849.99
    found = furnace_days(day, FURNACE)
    assert (int(found.too_cold), bool(found.violation)) == (cold, violation)


def test_marked_and_missing_means_are_not_cold() -> None:
    day = np.full((1, 288), 900.0)
    day[0, :10] = 400.0
    day[0, 10:12] = np.nan
    excluded = np.zeros((1, 288), dtype=bool)
    excluded[0, :6] = True
    found = furnace_days(day, FURNACE, excluded=excluded)
    assert (found.too_cold.tolist(), found.missing.tolist(), found.violation.tolist()) == ([4], [2], [False])


def test_a_day_of_another_length_is_refused() -> None:
    with pytest.raises(CallerError, match="5-minute means has 288"):
        furnace_days(np.zeros(287), FURNACE)
