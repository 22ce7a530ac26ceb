"""What changed between two days: done, overdue, moved, steps, reports."""

from datetime import date

import pytest

from lantian.loop.plan.views.changes import changes_between, changes_of_month, month_before, moved_in


def test_a_month_shows_what_was_done_and_escalated_in_it(small) -> None:
    seen = changes_of_month(small.office, "2024-11")
    assert [view.duty.id for view in seen.done] == ["d1"]
    assert [(step.escalation.step, step.organisation, step.number) for step in seen.taken] == [
        ("remind", "潞州区政府", "1"),
    ]  # fmt: skip
    assert seen.lifted == ()
    assert (seen.since, seen.until) == (date(2024, 11, 1), date(2024, 12, 1))


def test_a_date_missed_on_the_last_of_the_month_became_overdue_in_that_month(small) -> None:
    assert [view.duty.id for view in changes_of_month(small.office, "2024-10").overdue] == ["d2"]
    assert changes_of_month(small.office, "2024-11").overdue == ()
    assert len(changes_between(small.office, date(2024, 10, 31), date(2024, 11, 1)).overdue) == 1
    assert changes_between(small.office, date(2024, 10, 30), date(2024, 10, 31)).overdue == ()


def test_a_moved_date_is_read_from_the_decision_that_moved_it(small) -> None:
    seen = changes_of_month(small.office, "2024-10")
    assert [(move.subject, move.title, move.before, move.after, move.by) for move in seen.moved] == [
        ("task:t2", "改造项目清单", date(2024, 12, 31), date(2025, 6, 30), "office"),
    ]  # fmt: skip
    assert seen.decisions["task.moved"] == 1
    assert [project.id for project in seen.projects_done] == ["p1"]


def test_reports_are_counted_by_the_month_that_they_are_about(small) -> None:
    counts = changes_of_month(small.office, "2024-10").reports
    assert (counts.received, counts.accepted, counts.returned, counts.pending) == (3, 1, 1, 1)
    assert changes_of_month(small.office, "2024-11").reports.received == 0


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"due_before": None, "due": "2025-01-31"}, (None, date(2025, 1, 31))),
        ({"before": {"due": "2024-10-31"}, "after": {"due": "2024-10-31"}}, None),
        ({"before": {"state": "done"}, "after": {"state": "under_way"}}, None),
        ({"due": "2024-10-31"}, None),
    ],
)
def test_only_a_decision_that_names_both_dates_moved_one(payload, found) -> None:
    assert moved_in(payload) == found


def test_the_month_before_january_is_december() -> None:
    assert (month_before("2025-01"), month_before("2024-10")) == ("2024-12", "2024-09")
