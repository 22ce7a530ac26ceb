"""Sheets of a month: one for each body with open duties, filled with what is known, never asked twice."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest
from sqlalchemy import func, select

from lantian.desk.language import translation
from lantian.ledger.models import Duty, Entry, Plan, Project, Sheet, Task
from lantian.loop.plan.dispatch.reporting import ReportContent, report_progress
from lantian.loop.plan.dispatch.reviewing import accept_reports, list_pending, return_report
from lantian.loop.plan.dispatch.sheet_content import sheet_content, task_words
from lantian.loop.plan.dispatch.sheet_layout import SheetContent
from lantian.loop.plan.dispatch.sheets import Issued, issue_sheets
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import tasks_in
from lantian.terms.errors import CallerError

ENGLISH = translation("en")


def issue(office: Office, folder: Path, month: str = "2024-10", **more: Any) -> Issued:
    today = more.pop("today", date(2024, 11, 5))
    return issue_sheets(office, month, by="office", today=today, folder=folder, language=ENGLISH, **more)


def content(office: Office, body: str, month: str) -> SheetContent:
    with office.ledger.read() as session:
        sheet = session.scalars(select(Sheet).where(Sheet.organisation_id == body, Sheet.month == month)).one()
        return sheet_content(session, office, sheet, ENGLISH)


def test_each_body_with_open_duties_gets_one_sheet_in_two_forms(small: Any, tmp_path: Path) -> None:
    issued = issue(small.office, tmp_path)
    assert (issued.month, issued.due, issued.rule) == ("2024-10", date(2024, 11, 5), "dispatch-monthly")
    assert [(row.organisation_id, row.duties, row.projects, row.new) for row in issued.sheets] == [
        ("dep-a", 2, 0, True), ("dep-b", 1, 0, True), ("gov-x", 1, 0, True), ("gov-y", 1, 0, True),
    ]  # fmt: skip
    for row in issued.sheets:
        assert openpyxl.load_workbook(row.workbook).sheetnames[-1] == "_lantian"
        assert docx.Document(str(row.document)).tables


def test_issuing_again_writes_the_files_and_registers_nothing(small: Any, tmp_path: Path) -> None:
    first = issue(small.office, tmp_path)
    with small.office.ledger.read() as session:
        before = session.execute(select(func.count()).select_from(Entry)).scalar_one()
    first.sheets[0].workbook.unlink()
    again = issue(small.office, tmp_path)
    assert [row.sheet_id for row in again.sheets] == [row.sheet_id for row in first.sheets]
    assert not any(row.new for row in again.sheets)
    assert again.sheets[0].workbook.exists()
    with small.office.ledger.read() as session:
        assert session.execute(select(func.count()).select_from(Entry)).scalar_one() == before


def test_a_body_without_open_duties_is_a_finding(small: Any, tmp_path: Path) -> None:
    with small.office.ledger.write() as session:
        session.get_one(Duty, "d6").done_on = date(2024, 11, 1)
    issued = issue(small.office, tmp_path, organisations=["乙局"])
    assert issued.sheets == ()
    assert [(row.code, row.where) for row in issued.findings] == [("no_open_duty", "dep-b")]


def test_done_and_unsettled_duties_are_not_asked(small: Any, tmp_path: Path) -> None:
    issue(small.office, tmp_path)
    sheet = content(small.office, "dep-a", "2024-10")
    assert [line.id for line in sheet.duties] == ["d4", "d7"]
    assert sheet.finished == 1
    assert [line.id for line in content(small.office, "gov-y", "2024-10").duties] == ["d3"]


def test_what_was_said_before_is_filled_in(small: Any, tmp_path: Path) -> None:
    office: Office = small.office
    issue(office, tmp_path, "2024-10")
    said = ReportContent("停了两台", "under_way", Decimal(70), "缺钱", "再停一台", Decimal(125_000))
    told = report_progress(office, "d2", "2024-10", said, by="b")
    accept_reports(office, [told.report_id], by="office", today=date(2024, 11, 6))
    issue(office, tmp_path, "2024-11", today=date(2024, 12, 1))
    (line,) = content(office, "gov-x", "2024-11").duties
    assert (line.cells["share"], line.cells["claimed"], line.cells["spent"]) == (
        Decimal(70), "under way", Decimal("12.5"),
    )  # fmt: skip
    assert line.cells["last"] == "October 2024 under way 70%\n停了两台"
    assert "progress" not in line.cells
    (own,) = content(office, "gov-x", "2024-10").duties
    assert (own.cells["progress"], own.cells["problems"], own.cells["next_step"]) == (
        "停了两台",
        "缺钱",
        "再停一台",
    )


def test_a_returned_report_stands_on_the_next_sheet_with_its_remark(small: Any, tmp_path: Path) -> None:
    office: Office = small.office
    issue(office, tmp_path, "2024-10")
    report_progress(office, "d2", "2024-10", ReportContent("快了", "under_way", Decimal(60)), by="b")
    (pending,) = list_pending(office, organisation="gov-x")
    return_report(office, pending.id, reason="请写明台数", by="office")
    issue(office, tmp_path, "2024-11", today=date(2024, 12, 1))
    (line,) = content(office, "gov-x", "2024-11").duties
    assert (line.cells["remark"], line.cells["progress"]) == ("请写明台数", "快了")


def test_projects_that_are_open_stand_on_a_page_of_their_own(small: Any, tmp_path: Path) -> None:
    with small.office.ledger.write() as session:
        session.get_one(Duty, "d5").settled = True
        session.get_one(Project, "p2").county = "140406"
    issued = issue(small.office, tmp_path, organisations=["gov-y"])
    assert (issued.sheets[0].duties, issued.sheets[0].projects) == (2, 1)
    sheet = content(small.office, "gov-y", "2024-10")
    (line,) = sheet.projects
    assert (line.id, line.cells["planned"], line.cells["state"]) == ("p2", Decimal(100), "under way")
    assert line.cells["place"].startswith("Lucheng")
    assert "2 in all" in next(row for row in sheet.duties if row.id == "d5").cells["projects"]


def test_tasks_are_said_with_their_target_and_date(small: Any) -> None:
    with small.office.ledger.write() as session:
        task = session.get_one(Task, "t4")
        task.comparator, task.value, task.unit, task.firm, task.due = (
            ">=",
            Decimal("90.0"),
            "%",
            False,
            date(2025, 12, 31),
        )
    with small.office.ledger.read() as session:
        (row,) = tasks_in(session, Task.id == "t4")
    assert task_words(row, ENGLISH) == "Straw use: ≥90% (by 31 December 2025) (to be striven for)"


@pytest.mark.parametrize("month", ["2024-13", "10月", "24-10", "2024-1"])
def test_a_month_is_written_as_one(small: Any, tmp_path: Path, month: str) -> None:
    with pytest.raises(CallerError, match="is no month"):
        issue(small.office, tmp_path, month)


def test_a_month_that_has_not_begun_is_not_asked_for(small: Any, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="2024-12 has not begun on 2024-11-05"):
        issue(small.office, tmp_path, "2024-12")


def test_a_plan_that_is_not_in_force_is_not_dispatched(small: Any, tmp_path: Path) -> None:
    with small.office.ledger.write() as session:
        session.get_one(Plan, "plan").state = "draft"
    with pytest.raises(CallerError, match="not in force"):
        issue(small.office, tmp_path)


def test_an_unknown_body_is_named_and_nothing_is_registered(small: Any, tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="No body '丙局'"):
        issue(small.office, tmp_path, organisations=["甲局", "丙局"])
    with small.office.ledger.read() as session:
        assert session.scalars(select(Sheet.id).where(Sheet.month == "2024-10")).all() == []
