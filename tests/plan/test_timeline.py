"""The timeline: what falls due in which month, and how it stands."""

from datetime import date

import pytest
from sqlalchemy import update

from lantian.ledger.models import Project
from lantian.loop.plan.views.timeline import DateState, ItemKind, date_state, show_timeline
from lantian.rules import DispatchRule, Rulebook

RULE = Rulebook.packaged().edition(DispatchRule, "dispatch", date(2024, 11, 5))


def test_tasks_milestones_and_lists_of_projects_stand_in_their_months(small) -> None:
    seen = show_timeline(small.office, today=small.today)
    assert [(month.month, item.kind, item.title, item.state) for month in seen.months for item in month.items] == [
        ("2024-10", ItemKind.TASK, "10月底前完成淘汰", DateState.DONE_LATE),
        ("2024-11", ItemKind.MILESTONE, "完成招标", DateState.DUE_SOON),
        ("2025-06", ItemKind.PROJECTS, "改造项目清单", DateState.AHEAD),
        ("2025-06", ItemKind.TASK, "改造项目清单", DateState.AHEAD),
    ]
    assert [task.id for task in seen.recurring] == ["t3"]
    assert [task.id for task in seen.undated] == ["t4"]
    assert seen.months[1].count(DateState.DUE_SOON) == 1


def test_a_list_of_projects_counts_what_is_done_and_leaves_out_what_was_dropped(small) -> None:
    item = next(i for m in show_timeline(small.office, today=small.today).months for i in m.items if i.total == 2)
    assert (item.kind, item.done, item.done_on) == (ItemKind.PROJECTS, 1, None)


def test_a_list_whose_every_project_is_done_is_done_on_the_last_day(small) -> None:
    with small.office.ledger.write() as session:
        session.execute(update(Project).where(Project.id == "p2").values(state="done", done_on=date(2025, 7, 2)))
    item = next(i for m in show_timeline(small.office, today=small.today).months for i in m.items if i.total == 2)
    assert (item.state, item.done_on, item.done) == (DateState.DONE_LATE, date(2025, 7, 2), 2)


@pytest.mark.parametrize(
    ("due", "done", "state"),
    [
        (date(2024, 11, 5), None, DateState.DUE_SOON),
        (date(2024, 11, 4), None, DateState.OVERDUE),
        (date(2024, 12, 5), None, DateState.DUE_SOON),
        (date(2024, 12, 6), None, DateState.AHEAD),
        (date(2024, 11, 4), date(2024, 11, 4), DateState.DONE),
        (date(2024, 11, 4), date(2024, 11, 5), DateState.DONE_LATE),
    ],
)
def test_a_date_stands_by_the_dispatch_rule(due, done, state) -> None:
    assert date_state(due, done, date(2024, 11, 5), RULE) is state
