"""Which step is due, from which day on, and for which reasons."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lantian.desk.language import translation
from lantian.loop.plan.dispatch.ladder import LadderState, next_step
from lantian.rules import DispatchRule, Rulebook

TODAY = date(2024, 11, 5)
RULE = Rulebook.packaged().edition(DispatchRule, "dispatch", TODAY)
ENGLISH = translation("en")
QUIET = LadderState(due=None, step=None, answer_due=None, answered=False, silent_months=0, returned=0)


def said(state: LadderState, today: date = TODAY) -> tuple[str, list[str]] | None:
    found = next_step(state, today, RULE)
    return None if found is None else (found[0].key, [reason.text(ENGLISH) for reason in found[1]])


def test_a_step_holds_from_its_first_day_on() -> None:
    state = replace(QUIET, due=TODAY)
    assert said(state) is None
    assert said(state, TODAY + timedelta(days=1)) == ("remind", ["overdue for 1 days (due on 2024-11-05)"])
    stands = replace(state, step="remind")
    assert said(stands, TODAY + timedelta(days=14)) is None
    assert said(stands, TODAY + timedelta(days=15)) == ("notice", ["overdue for 15 days (due on 2024-11-05)"])


def test_every_reason_that_holds_is_said() -> None:
    state = LadderState(
        due=date(2024, 10, 1),
        step="remind",
        answer_due=date(2024, 11, 3),
        answered=False,
        silent_months=2,
        returned=3,
    )
    assert said(state) == (
        "notice",
        [
            "overdue for 35 days (due on 2024-10-01)",
            "no report for 2 months in a row",
            "its report was returned 3 times",
            "the step before is unanswered, 2 days after 2024-11-03",
        ],
    )


def test_a_step_that_was_answered_does_not_press_for_its_answer() -> None:
    state = replace(QUIET, step="remind", answer_due=date(2024, 11, 1))
    assert said(state) == ("notice", ["the step before is unanswered, 4 days after 2024-11-01"])
    assert said(replace(state, answered=True)) is None


def test_above_the_last_step_there_is_none() -> None:
    assert said(replace(QUIET, step="interview", due=date(2020, 1, 1), silent_months=50)) is None


@given(
    st.none() | st.dates(date(2023, 1, 1), date(2026, 1, 1)),
    st.sampled_from([None, *RULE.step_keys]),
    st.integers(0, 12),
    st.integers(0, 6),
)
def test_never_more_than_one_step_is_proposed(due: date | None, step: str | None, silent: int, back: int) -> None:
    found = next_step(replace(QUIET, due=due, step=step, silent_months=silent, returned=back), TODAY, RULE)
    if found is not None:
        assert RULE.place(found[0].key) == RULE.place(step) + 1
        assert found[1]
