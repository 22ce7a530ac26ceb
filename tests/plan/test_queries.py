"""Reads: a page of duties, filters, the newest report, the plan in force."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, update

from lantian.ledger.models import Plan
from lantian.loop.plan.queries import (
    find_organisation,
    find_plan,
    last_reports_in,
    list_duties,
    list_escalations,
    list_measures,
    list_organisations,
    list_plans,
    list_reports,
    list_tasks,
    the_plan,
)
from lantian.loop.plan.rows import DutyFilter
from lantian.terms.errors import CallerError


def ids(rows) -> list[str]:
    return [row.id for row in rows]


def test_an_empty_ledger_has_no_plan_and_says_what_to_do(office) -> None:
    assert find_plan(office) is None
    with pytest.raises(CallerError, match="holds no plan yet"):
        the_plan(office)


def test_the_plan_in_force_goes_before_a_newer_draft(small) -> None:
    with small.office.ledger.write() as session:
        session.add(
            Plan(
                id="draft", key="small", edition=2, title="新稿", title_en="", issuer="", number="",
                issued_on=None,
                year=None, origin="document", state="draft", source_name="x", source_sha256="1" * 64, file_id=None,
                reading={}, read_at=datetime(2024, 10, 1, tzinfo=UTC), confirmed_by=None, confirmed_at=None,
            )
        )  # fmt: skip
    assert the_plan(small.office).id == "plan"
    assert the_plan(small.office, "draft").title == "新稿"
    assert ids(list_plans(small.office)) == ["draft", "plan"]
    with small.office.ledger.write() as session:
        session.execute(update(Plan).where(Plan.id == "plan").values(state="replaced"))
    assert the_plan(small.office).id == "draft"
    with pytest.raises(CallerError, match="No plan 'nothing'"):
        the_plan(small.office, "nothing")


def test_measures_stand_in_the_plans_order(small) -> None:
    rows = list_measures(small.office)
    assert [(row.number, row.section, row.title) for row in rows] == [
        ("1", "1", "淘汰落后产能"), ("2", "1", "超低排放改造"), ("3", "2", "秸秆禁烧"),
    ]  # fmt: skip


def test_duties_stand_by_measure_tail_role_and_body(small) -> None:
    assert ids(list_duties(small.office)) == ["d1", "d2", "d3", "d4", "d5", "d6", "d7"]
    assert ids(list_duties(small.office, limit=2, offset=3)) == ["d4", "d5"]
    first = list_duties(small.office, limit=1)[0]
    assert (first.organisation, first.organisation_en, first.number, first.section_title, first.title) == (
        "甲局", "Department A", "1", "第1章", "淘汰落后产能",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (DutyFilter(organisation="dep-a"), ["d1", "d4", "d7"]),
        (DutyFilter(measure="3"), ["d6", "d7"]),
        (DutyFilter(measure="m2"), ["d4", "d5"]),
        (DutyFilter(role="implement"), ["d2", "d3", "d5"]),
        (DutyFilter(settled=False), ["d5"]),
        (DutyFilter(step="remind"), ["d2"]),
        (DutyFilter(due_from=date(2024, 11, 1)), ["d4"]),
        (DutyFilter(due_to=date(2024, 10, 31)), ["d1", "d2"]),
        (DutyFilter(text="straw"), ["d6", "d7"]),
        (DutyFilter(text="潞城"), ["d3", "d5"]),
        (DutyFilter(text="100%"), []),
        (DutyFilter(text="d_"), []),
    ],
)
def test_filters_find_what_they_say(small, wanted, found) -> None:
    assert ids(list_duties(small.office, wanted=wanted)) == found


def test_a_body_is_known_by_id_name_adcode_or_english_name(small) -> None:
    for name in ("gov-x", "潞州区政府", "长治市潞州区政府", "140403", "government of luzhou", " gov-x "):
        found = find_organisation(small.office, name)
        assert found is not None
        assert found.id == "gov-x"
    assert find_organisation(small.office, "丙局") is None
    assert ids(list_organisations(small.office)) == ["dep-a", "dep-b", "gov-x", "gov-y"]


def test_tasks_are_found_by_measure_kind_and_days(small) -> None:
    assert ids(list_tasks(small.office)) == ["t1", "t2", "t3", "t4"]
    assert ids(list_tasks(small.office, measure="3", kind="recurring")) == ["t3"]
    assert ids(list_tasks(small.office, due_from=date(2024, 11, 1), due_to=date(2025, 12, 31))) == ["t2"]


def test_the_newest_version_of_the_newest_report_counts(small) -> None:
    assert [(row.month, row.version) for row in list_reports(small.office, "d2")] == [
        ("2024-10", 2),
        ("2024-10", 1),
    ]
    with small.office.ledger.read() as session:
        newest = last_reports_in(session)
    assert {key: row.version for key, row in newest.items()} == {"d2": 2, "d4": 1}
    assert newest["d4"].review_reason == "数字不符"


def test_steps_of_the_ladder_are_listed_by_duty(small) -> None:
    assert [row.step for row in list_escalations(small.office, "d2")] == ["remind"]
    assert list_escalations(small.office, "d1") == ()


def test_a_list_of_duties_is_two_statements_however_long(small) -> None:
    said: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    event.listen(small.office.ledger.engine, "before_cursor_execute", hear)
    try:
        list_duties(small.office)
    finally:
        event.remove(small.office.ledger.engine, "before_cursor_execute", hear)
    assert sum(text.lstrip().upper().startswith("SELECT") for text in said) == 2
