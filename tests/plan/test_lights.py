"""One colour, one word, one reason: which question decides, and where each begins and ends."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.desk.language import translation
from lantian.loop.plan.dispatch.lights import COLOURS, NAMES, Colour, DutyState, LightWord, light
from lantian.rules import DispatchRule, Rulebook

TODAY = date(2024, 11, 20)
RULE = Rulebook.packaged().edition(DispatchRule, "dispatch", TODAY)
QUIET = DutyState(
    due=None,
    settled=True,
    done_on=None,
    reported_month=None,
    claimed=None,
    share=None,
    review=None,
    asked_month=None,
)
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2025, 12, 31))
MONTHS = st.sampled_from([None, "2024-08", "2024-09", "2024-10"])
STATES = st.builds(
    DutyState,
    due=st.none() | DAYS,
    settled=st.booleans(),
    done_on=st.none() | DAYS,
    reported_month=MONTHS,
    claimed=st.sampled_from([None, "not_started", "under_way", "done", "difficult"]),
    share=st.none() | st.integers(0, 100).map(Decimal),
    review=st.sampled_from([None, "pending", "accepted", "returned"]),
    asked_month=MONTHS,
)


def said(state: DutyState, today: date = TODAY, rule: DispatchRule = RULE) -> tuple[str, str, str]:
    seen = light(state, today, rule)
    return seen.colour.value, seen.word.value, translation("en").format(seen.reason, **seen.values)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("grey", "not_started", "Nothing was reported yet, and nothing is late.")),
        (
            {"claimed": "not_started", "reported_month": "2024-10"},
            ("grey", "not_started", "Reported as not started for 2024-10."),
        ),
        (
            {"claimed": "under_way", "reported_month": "2024-10", "share": Decimal(60)},
            ("green", "under_way", "Reported as under way for 2024-10, 60 % done."),
        ),
        (
            {"claimed": "under_way", "reported_month": "2024-10", "share": Decimal(0)},
            ("green", "under_way", "Reported as under way for 2024-10, 0 % done."),
        ),
        (
            {"claimed": "difficult", "reported_month": "2024-10"},
            ("yellow", "difficult", "Its body reports difficulties for 2024-10."),
        ),
        (
            {"asked_month": "2024-10", "reported_month": "2024-08", "claimed": "under_way"},
            ("yellow", "no_report", "No report for 2024-10; the last one was for 2024-08."),
        ),
        ({"asked_month": "2024-10"}, ("yellow", "no_report", "No report for 2024-10, and none before.")),
        (
            {"review": "returned", "reported_month": "2024-10", "claimed": "under_way"},
            ("yellow", "returned", "The report for 2024-10 was returned and not mended yet."),
        ),
        (
            {"due": date(2024, 12, 20), "claimed": "under_way"},
            ("yellow", "due_soon", "Due on 2024-12-20, in 30 days."),
        ),
        (
            {"due": date(2024, 11, 19), "claimed": "under_way"},
            ("red", "overdue", "Due on 2024-11-19, 1 days ago, and not accepted as done."),
        ),
        (
            {"claimed": "done", "review": "pending", "reported_month": "2024-10", "due": date(2024, 10, 31)},
            ("yellow", "under_review", "Reported as done for 2024-10; the review is open."),
        ),
        (
            {"settled": False, "due": date(2024, 1, 1)},
            (
                "grey",
                "unsettled",
                "The plan names the bodies concerned as a group; nobody has said yet whether this one is meant.",
            ),
        ),
        (
            {"done_on": date(2024, 11, 2), "due": date(2024, 10, 31)},
            ("blue", "done", "Accepted as done on 2024-11-02, 2 days after its date 2024-10-31."),
        ),
        (
            {"done_on": date(2024, 10, 31), "due": date(2024, 10, 31)},
            ("blue", "done", "Accepted as done on 2024-10-31."),
        ),
    ],
)
def test_each_word_has_its_colour_and_its_reason(
    change: dict[str, object], expected: tuple[str, str, str]
) -> None:
    assert said(replace(QUIET, **change)) == expected


def test_a_duty_is_not_late_on_its_day_and_late_on_the_next() -> None:
    state = replace(QUIET, due=TODAY)
    assert said(state)[1:] == ("due_soon", "Due on 2024-11-20, in 0 days.")
    assert said(state, TODAY + timedelta(days=1))[1] == "overdue"


def test_the_horizon_ends_after_its_last_day() -> None:
    assert said(replace(QUIET, due=TODAY + timedelta(days=30)))[1] == "due_soon"
    assert said(replace(QUIET, due=TODAY + timedelta(days=31)))[1] == "not_started"


def test_days_of_grace_keep_a_late_duty_yellow() -> None:
    kind = RULE.model_copy(update={"grace_days": 5})
    state = replace(QUIET, due=TODAY - timedelta(days=5))
    assert said(state, rule=kind)[1:] == ("due_soon", "Due on 2024-11-15; the days of grace are running.")
    assert said(state, TODAY + timedelta(days=1), kind)[1] == "overdue"


def test_a_body_that_reports_the_month_asked_is_not_silent() -> None:
    state = replace(QUIET, asked_month="2024-10", reported_month="2024-10", claimed="under_way")
    assert said(state)[1] == "under_way"


@given(STATES, DAYS)
def test_every_state_has_a_word_a_colour_and_a_whole_reason(state: DutyState, today: date) -> None:
    seen = light(state, today, RULE)
    assert seen.colour is COLOURS[seen.word]
    assert seen.name == NAMES[seen.word]
    for language in ("en", "zh_CN"):
        assert "{" not in translation(language).format(seen.reason, **seen.values)


@given(STATES, DAYS)
def test_blue_is_done_and_nothing_else(state: DutyState, today: date) -> None:
    assert (light(state, today, RULE).colour is Colour.BLUE) == (state.done_on is not None)


@given(STATES, DAYS, st.integers(1, 400))
def test_an_open_duty_with_a_date_never_gets_better_by_waiting(state: DutyState, today: date, days: int) -> None:
    now, later = light(state, today, RULE).word, light(state, today + timedelta(days=days), RULE).word
    if now is LightWord.OVERDUE:
        assert later is LightWord.OVERDUE
