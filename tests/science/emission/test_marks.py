"""Marks laid over hours, minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.rules import Choice, MarkRule, Rulebook
from lantian.science.emission.marks import MINUTE, Mark, current_marks, marked_hours, minute_span
from lantian.terms.errors import CallerError

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
POWER = Rulebook.packaged().edition(MarkRule, "marks", NOON.date(), Choice(variants={"marks": "thermal_power"}))


def a_mark(code: str, begin: int, end: int, **more: object) -> Mark:
    family = (
        "monitoring" if code in {"calibration", "maintenance", "analyser_fault", "source_stopped"} else "condition"
    )
    given = {"id": f"{code}-{begin}-{end}", "outlet": "DA001", "family": family, "code": code, **more}
    return Mark(begin=NOON + begin * MINUTE, end=NOON + end * MINUTE, **given)


@pytest.mark.parametrize(("minutes", "excluded"), [(15, False), (16, True), (60, True)])
def test_an_hour_is_left_out_from_16_marked_minutes_on(power: MarkRule, minutes: int, excluded: bool) -> None:
    found = marked_hours([a_mark("calibration", 0, minutes)], NOON, 1, power)
    assert (int(found.excluded_minutes[0]), bool(found.excluded[0])) == (minutes, excluded)


def test_minutes_of_two_families_count_once_where_they_overlap(power: MarkRule) -> None:
    found = marked_hours([a_mark("calibration", 0, 10), a_mark("fault", 5, 15)], NOON, 1, power)
    assert int(found.excluded_minutes[0]) == 15
    assert (int(found.minutes_of("calibration")[0]), int(found.minutes_of("fault")[0])) == (10, 10)


def test_normal_running_excludes_nothing_however_long(power: MarkRule) -> None:
    found = marked_hours([a_mark("normal", 0, 60)], NOON, 1, power)
    assert not found.excluded.any()
    assert set(found.conditions[0]) == {"normal"}


def test_a_mark_goes_over_the_edge_of_hours(power: MarkRule) -> None:
    found = marked_hours([a_mark("stopped", -30, 150)], NOON, 4, power)
    assert found.stopped_minutes.tolist() == [60, 60, 30, 0]
    assert found.stopped.tolist() == [True, True, False, False]


def test_a_manual_mark_goes_before_an_automatic_one(power: MarkRule) -> None:
    automatic, manual = a_mark("stopped", 0, 60), a_mark("normal", 10, 40, source="manual")
    for order in ([automatic, manual], [manual, automatic]):
        found = marked_hours(order, NOON, 1, power)
        assert int(found.minutes_of("stopped")[0]) == 30
        assert not found.stopped[0]
        assert found.conditions[0, 10] == "normal"


def test_the_highest_revision_counts_and_may_take_a_mark_back(power: MarkRule) -> None:
    first = a_mark("fault", 0, 60, id="m")
    shorter = a_mark("fault", 0, 10, id="m", revision=1)
    gone = a_mark("fault", 0, 10, id="m", revision=2, withdrawn=True)
    assert current_marks([shorter, first]) == [shorter]
    assert current_marks([gone, shorter, first]) == []
    assert marked_hours([first, shorter], NOON, 1, power).excluded_minutes.tolist() == [10]


def test_a_mark_of_one_factor_touches_no_other(power: MarkRule) -> None:
    only_so2 = a_mark("calibration", 0, 60, factor="a21026")
    assert marked_hours([only_so2], NOON, 1, power, factor="a21026").excluded.all()
    assert not marked_hours([only_so2], NOON, 1, power, factor="a21002").excluded.any()
    assert not marked_hours([only_so2], NOON, 1, power).excluded.any()


def test_a_code_that_the_industry_lacks_excludes_nothing_and_stays_visible(rulebook: Rulebook) -> None:
    nobody = rulebook.edition(MarkRule, "marks", NOON.date())
    found = marked_hours([a_mark("fault", 0, 60)], NOON, 1, nobody)
    assert not found.excluded.any()
    assert found.minutes_of("fault").tolist() == [60]


def test_without_marks_the_rule_says_what_holds(power: MarkRule, rulebook: Rulebook) -> None:
    assert set(marked_hours([], NOON, 2, power).conditions.ravel()) == {"normal"}
    nobody = rulebook.edition(MarkRule, "marks", NOON.date())
    assert set(marked_hours([], NOON, 2, nobody).conditions.ravel()) == {""}
    assert marked_hours([], NOON, 2, power).minutes_of("fault").tolist() == [0, 0]


def test_seconds_widen_to_the_minutes_they_touch() -> None:
    second = timedelta(seconds=1)
    touched = Mark(
        "m", "DA001", "condition", "fault", NOON + 10 * MINUTE + 59 * second, NOON + 12 * MINUTE + second
    )
    assert minute_span(touched, NOON, 60) == slice(10, 13)


def test_marks_in_another_zone_mean_the_same_minutes(power: MarkRule) -> None:
    local = NOON.astimezone(ZoneInfo("Asia/Shanghai"))
    there = Mark("m", "DA001", "condition", "fault", local, local + 20 * MINUTE)
    assert marked_hours([there], NOON, 1, power).excluded_minutes.tolist() == [20]


def test_marks_of_two_outlets_are_refused(power: MarkRule) -> None:
    with pytest.raises(CallerError, match="DA001, DA002"):
        marked_hours([a_mark("fault", 0, 1), a_mark("fault", 2, 3, outlet="DA002")], NOON, 1, power)


def test_a_time_without_a_zone_is_refused(power: MarkRule) -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(CallerError, match="no timezone"):
        marked_hours([], naive, 1, power)
    with pytest.raises(CallerError, match="no timezone"):
        marked_hours([Mark("m", "DA001", "condition", "fault", naive, naive + MINUTE)], NOON, 1, power)


@given(st.integers(-200, 400), st.integers(0, 300))
def test_every_marked_minute_is_counted_in_one_hour(begin: int, length: int) -> None:
    found = marked_hours([a_mark("fault", begin, begin + length)], NOON, 4, POWER)
    expected = len(set(range(begin, begin + length)) & set(range(240)))
    assert int(found.excluded_minutes.sum()) == expected
    np.testing.assert_array_equal(found.excluded, found.excluded_minutes >= 16)
