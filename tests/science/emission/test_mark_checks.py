"""Marks that contradict each other, the rule of their industry, or the readings."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from lantian.rules import MarkRule, Rulebook
from lantian.science.emission.mark_checks import mark_findings, stop_findings
from lantian.science.emission.marks import Mark
from lantian.terms.findings import Severity

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def conditions(*codes_and_hours: tuple[str, float, float]) -> list[Mark]:
    return [
        Mark(f"m{n}", "DA001", "condition", code, NOON + begin * HOUR, NOON + end * HOUR)
        for n, (code, begin, end) in enumerate(codes_and_hours)
    ]


def codes(marks: list[Mark], rule: MarkRule, **more: str) -> list[str]:
    return [finding.code for finding in mark_findings(marks, rule, **more)]


def test_a_sound_sequence_has_no_finding(power: MarkRule) -> None:
    marks = conditions(
        ("stopped", 0, 5), ("connecting", 5, 8), ("normal", 8, 20), ("disconnecting", 20, 21), ("stopped", 21, 30)
    )
    assert codes(marks, power) == []


@pytest.mark.parametrize(
    ("sequence", "why"),
    [
        ([("stopped", 0, 5), ("fault", 5, 6)], "a fault needs running before it"),
        ([("normal", 0, 5), ("fault", 5, 6), ("connecting", 6, 7)], "a restart after a fault is no connecting"),
        ([("normal", 0, 5), ("connecting", 5, 6)], "who runs does not connect"),
        ([("stopped", 0, 5), ("disconnecting", 5, 6)], "who stands does not disconnect"),
        ([("stopped", 0, 5), ("connecting", 7, 8)], "unmarked time counts as running"),
    ],
)
def test_conditions_out_of_order_are_findings(power: MarkRule, sequence: list, why: str) -> None:
    marks = conditions(*sequence)
    assert codes(marks, power) == ["mark_out_of_order"], why
    [finding] = mark_findings(marks, power)
    assert finding.when == marks[-1].begin
    assert finding.competing_explanation


def test_a_fault_after_running_is_sound_marked_or_not(power: MarkRule) -> None:
    assert codes(conditions(("normal", 0, 5), ("fault", 5, 6)), power) == []
    assert codes(conditions(("stopped", 0, 5), ("fault", 9, 10)), power) == []


def test_the_first_mark_is_doubted_only_when_it_is_known_what_was_before(power: MarkRule) -> None:
    fault = conditions(("fault", 0, 1))
    assert codes(fault, power) == []
    assert codes(fault, power, condition_before="normal") == []
    assert codes(fault, power, condition_before="stopped") == ["mark_out_of_order"]


def test_a_mark_that_continues_itself_is_sound(power: MarkRule) -> None:
    assert codes(conditions(("stopped", 0, 5), ("connecting", 5, 6), ("connecting", 6, 7)), power) == []


def test_two_conditions_at_one_time_contradict(power: MarkRule) -> None:
    marks = conditions(("normal", 0, 5), ("stopped", 4, 6))
    [finding] = mark_findings(marks, power)
    assert (finding.code, finding.evidence["other"], finding.evidence["minutes"]) == ("marks_contradict", "m0", 60)


def test_a_manual_mark_over_an_automatic_one_is_said_quietly(power: MarkRule) -> None:
    first = conditions(("normal", 0, 5))[0]
    manual = Mark("x", "DA001", "condition", "stopped", NOON + HOUR, NOON + 2 * HOUR, source="manual",
                  author="duty officer", reason="turbine tripped")  # fmt: skip
    [finding] = mark_findings([first, manual], power)
    assert (finding.code, finding.severity) == ("manual_mark_overrides", Severity.INFO)


def test_marks_of_different_factors_do_not_contradict(power: MarkRule) -> None:
    marks = [
        Mark("a", "DA001", "monitoring", "calibration", NOON, NOON + HOUR, factor="a21026"),
        Mark("b", "DA001", "monitoring", "maintenance", NOON, NOON + HOUR, factor="a21002"),
    ]
    assert codes(marks, power) == []


def test_single_marks_are_checked_against_the_rule(power: MarkRule) -> None:
    second = timedelta(seconds=30)
    marks = [
        Mark("unknown", "DA001", "condition", "drying", NOON, NOON + HOUR),
        Mark("family", "DA001", "monitoring", "stopped", NOON, NOON + HOUR),
        Mark("empty", "DA001", "condition", "stopped", NOON + 9 * HOUR, NOON + 9 * HOUR),
        Mark("seconds", "DA001", "monitoring", "calibration", NOON + 10 * HOUR, NOON + 11 * HOUR + second),
        Mark("silent", "DA001", "monitoring", "calibration", NOON + 12 * HOUR, NOON + 13 * HOUR, source="manual"),
    ]
    assert sorted(codes(marks, power)) == [
        "manual_mark_unexplained", "mark_not_in_rule", "mark_not_to_the_minute", "mark_of_wrong_family",
        "mark_without_time",
    ]  # fmt: skip


def test_industries_without_a_rule_have_every_mark_named(rulebook: Rulebook) -> None:
    nobody = rulebook.edition(MarkRule, "marks", NOON.date())
    assert codes(conditions(("fault", 0, 1), ("stopped", 3, 4)), nobody) == ["mark_not_in_rule"] * 2


@pytest.mark.parametrize(("hours", "over"), [(60.0, False), (60.5, True)])
def test_a_furnace_may_be_marked_sixty_hours_a_year(waste: MarkRule, hours: float, over: bool) -> None:
    marks = conditions(("normal", 0, 1), ("fault", 1, 31), ("normal", 31, 40), ("fault", 40, 10 + hours))
    found = [finding for finding in mark_findings(marks, waste) if finding.code == "mark_hours_over_limit"]
    assert bool(found) is over
    assert all(finding.evidence["hours"] == hours for finding in found)


def test_hours_of_two_years_are_counted_apart(waste: MarkRule) -> None:
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    mark = Mark("m", "DA001", "condition", "fault", new_year - 50 * HOUR, new_year + 50 * HOUR)
    assert codes([mark], waste) == []


def test_overlapping_marks_use_each_minute_of_the_year_once(waste: MarkRule) -> None:
    marks = conditions(("fault", 0, 40), ("fault", 10, 50))
    assert "mark_hours_over_limit" not in codes(marks, waste)


# ------------------------------------------------------------------------------------------- flow


def test_flow_while_marked_as_stopped_is_found_in_stretches(power: MarkRule) -> None:
    flow = np.array([5e5, 10.0, 6e5, 7e5, np.nan, 4e5])
    found = stop_findings(conditions(("stopped", 0, 5)), NOON, flow, power, flow_when_standing=1000.0)
    assert [(finding.when, finding.evidence["hours"]) for finding in found] == [(NOON, 1), (NOON + 2 * HOUR, 2)]
    assert found[1].evidence["highest_flow"] == 7e5


def test_no_flow_and_no_marks_mean_no_finding(power: MarkRule) -> None:
    still = np.array([0.0, 900.0])
    assert stop_findings(conditions(("stopped", 0, 5)), NOON, still, power, flow_when_standing=1000.0) == []
    assert stop_findings([], NOON, still + 1e6, power, flow_when_standing=1000.0) == []
