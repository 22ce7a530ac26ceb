"""Views of a body, a county, a measure and the plan; counts equal what the lights say."""

from datetime import date

import pytest
from sqlalchemy import event

from lantian.loop.plan.dispatch.lights import Colour, LightWord
from lantian.loop.plan.rows import DutyFilter
from lantian.loop.plan.views.duty_views import count_duties, find_duty, list_duty_views
from lantian.loop.plan.views.overviews import view_body, view_county, view_measure, view_plan
from lantian.terms.errors import CallerError

WORDS = {
    "d1": LightWord.DONE,
    "d2": LightWord.OVERDUE,
    "d3": LightWord.NO_REPORT,
    "d4": LightWord.RETURNED,
    "d5": LightWord.UNSETTLED,
    "d6": LightWord.UNDER_WAY,
    "d7": LightWord.NOT_STARTED,
}


def test_a_body_sees_each_duty_with_its_light_and_the_reason(small) -> None:
    view = view_body(small.office, "甲局", today=small.today)
    assert [row.duty.id for row in view.duties] == ["d1", "d4", "d7"]
    assert [row.light.word for row in view.duties] == [WORDS["d1"], WORDS["d4"], WORDS["d7"]]
    late, returned, idle = view.duties
    assert late.light.reason.format(**late.light.values) == (
        "Accepted as done on 2024-11-02, 2 days after its date 2024-10-31."
    )
    assert returned.report is not None
    assert returned.report.review_reason == "数字不符"
    assert idle.report is None
    assert (view.counts.total, view.counts.done, view.counts.overdue) == (3, 1, 0)
    assert view.asked_month == "2024-09"
    assert view.rule == "dispatch-monthly"


def test_a_duty_carries_only_the_tasks_that_its_tail_answers_for(small) -> None:
    found = {
        view.duty.id: [task.id for task in view.tasks] for view in list_duty_views(small.office, today=small.today)
    }
    assert found == {
        "d1": ["t1"], "d2": ["t1"], "d3": ["t1"], "d4": ["t2"], "d5": ["t2"], "d6": ["t3"], "d7": ["t4"],
    }  # fmt: skip


def test_the_standing_step_stands_beside_the_duty(small) -> None:
    view = find_duty(small.office, "d2", today=small.today)
    assert view is not None
    assert view.escalation is not None
    assert (view.escalation.step, view.escalation.answer_due) == ("remind", date(2024, 11, 10))
    assert view.report is not None
    assert view.report.version == 2
    assert find_duty(small.office, "nothing", today=small.today) is None


def test_an_unknown_body_county_or_measure_is_refused_with_advice(small) -> None:
    with pytest.raises(CallerError, match="No body '丙局'"):
        view_body(small.office, "丙局", today=small.today)
    with pytest.raises(CallerError, match="140403 潞州区"):
        view_county(small.office, "999999", today=small.today)
    with pytest.raises(CallerError, match="no measure '99'"):
        view_measure(small.office, "99", today=small.today)


def test_a_county_sees_its_duties_its_projects_and_the_goals_about_it(small) -> None:
    view = view_county(small.office, "潞城区", today=small.today)
    assert view.adcode == "140406"
    assert [row.duty.id for body in view.bodies for row in body.duties] == ["d3", "d5"]
    assert [project.id for project in view.projects] == ["p1", "p2", "p3"]
    assert [goal.id for goal in view.goals] == ["g1"]
    assert view_county(small.office, "140403", today=small.today).goals == ()


def test_a_measure_shows_all_who_answer_for_it(small) -> None:
    view = view_measure(small.office, "2", today=small.today)
    assert [row.duty.id for row in view.duties] == ["d4", "d5"]
    assert [task.id for task in view.tasks] == ["t2"]
    assert len(view.projects) == 3
    assert view.counts.colour(Colour.GREY) == 1


def test_the_plan_counts_by_light_section_measure_and_body(small) -> None:
    view = view_plan(small.office, today=small.today)
    assert {word: count for word, count in view.counts.words.items() if count} == dict.fromkeys(WORDS.values(), 1)
    assert [(row.title, row.counts.total, row.counts.overdue) for row in view.sections] == [
        ("第1章", 5, 1), ("第2章", 2, 0),
    ]  # fmt: skip
    assert [row.counts.total for row in view.measures] == [3, 2, 2]
    assert {row.key: row.counts.total for row in view.bodies} == {"dep-a": 3, "dep-b": 1, "gov-x": 1, "gov-y": 2}
    assert [row.duty.id for row in view.overdue] == ["d2"]
    assert view.due_soon == ()
    assert [row.duty.id for row in view_plan(small.office, today=small.today, horizon_days=300).due_soon] == ["d4"]


def test_lists_by_light_and_their_counts_agree(small) -> None:
    everything = list_duty_views(small.office, today=small.today)
    assert {view.duty.id: view.light.word for view in everything} == WORDS
    for word in LightWord:
        some = list_duty_views(small.office, today=small.today, words=[word])
        assert [view.duty.id for view in some] == [key for key, held in WORDS.items() if held is word]
        assert count_duties(small.office, today=small.today, words=[word]) == len(some)
    wanted = DutyFilter(text="潞城")
    assert count_duties(small.office, today=small.today, wanted=wanted) == 2
    assert count_duties(small.office, today=small.today) == 7


def test_a_body_is_read_in_as_many_statements_as_a_whole_plan(small) -> None:
    said: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(small.office.ledger.engine, "before_cursor_execute", hear)
    try:
        view_body(small.office, "dep-b", today=small.today)
        one = sum("SELECT" in text for text in said)
        said.clear()
        list_duty_views(small.office, today=small.today)
        every = sum("SELECT" in text for text in said)
    finally:
        event.remove(small.office.ledger.engine, "before_cursor_execute", hear)
    assert every <= one <= 9
