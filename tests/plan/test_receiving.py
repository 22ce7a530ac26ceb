"""Sheets come back from any program, row by row; what is wrong goes back, the rest is kept, nothing is lost."""

import csv
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from lantian.desk.language import translation
from lantian.ledger import Ledger
from lantian.ledger.models import Duty, Entry, EvidenceLink, Plan, Project, Report, Sheet
from lantian.loop.plan.dispatch.receiving import Received, receive_files
from lantian.loop.plan.dispatch.reporting import ReportContent, report_progress
from lantian.loop.plan.dispatch.sheet_layout import (
    DUTY_COLUMNS,
    HIDDEN,
    PROJECT_COLUMNS,
    column_named,
    report_code,
)
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.office import Office

MONTH, TODAY = "2024-10", date(2024, 11, 5)
ENGLISH = translation("en")
Fill = Mapping[str, Mapping[str, Any]]


@pytest.fixture
def asked(small: Any, tmp_path: Path) -> Office:
    """The small plan with every duty settled and the sheets of October sent out."""
    office: Office = small.office
    with office.ledger.write() as session:
        session.get_one(Duty, "d5").settled = True
    issue_sheets(office, MONTH, by="office", today=TODAY, folder=tmp_path / "out", language=ENGLISH)
    return office


def sheet_of(tmp_path: Path, body: str) -> Path:
    return next((tmp_path / "out").glob(f"*{body}*.xlsx"))


def fill(path: Path, cells: Fill, to: Path | None = None, change: Callable[[Any], None] | None = None) -> Path:
    """Write into the yellow cells of the rows of these duties or projects, as a person would."""
    book = openpyxl.load_workbook(path)
    codes = {report_code(kind, key, MONTH): key for key in cells for kind in ("duty", "project")}
    for page in book.worksheets[:-1]:
        columns = PROJECT_COLUMNS if page.title == "Project list" else DUTY_COLUMNS
        places = {column_named(str(cell.value), columns): cell.column for cell in page[4]}
        keys = {column.key: place for column, place in places.items() if column is not None}
        for row in page.iter_rows(min_row=5):
            code = row[keys["code"] - 1].value
            for name, value in cells.get(codes.get(code, ""), {}).items():
                row[keys[name] - 1].value = value
    if change is not None:
        change(book)
    target = to or path
    book.save(target)
    return target


def receive(office: Office, *paths: Path, **more: Any) -> Received:
    return receive_files(office, paths, by="clerk", today=TODAY, **more)


def counts(office: Office) -> tuple[int, int]:
    with office.ledger.read() as session:
        reports = session.execute(select(func.count()).select_from(Report)).scalar_one()
        return reports, session.execute(select(func.count()).select_from(Entry)).scalar_one()


def report_of(office: Office, duty: str) -> Report:
    with office.ledger.read() as session:
        newest = select(Report).where(Report.duty_id == duty, Report.month == MONTH)
        found = session.scalars(newest.order_by(Report.version.desc()).limit(1)).first()
    assert found is not None
    return found


GOOD: dict[str, Any] = {"progress": "三台已停", "share": 70, "claimed": "under way", "spent": 12.5}


# ---------------------------------------------------------------------------------------------- the month cycle


def test_three_mistakes_are_three_rejects_and_the_mended_file_is_taken(asked: Office, tmp_path: Path) -> None:
    path = fill(
        sheet_of(tmp_path, "Department A"),
        {
            "d4": {"progress": "完成改造", "share": 180, "claimed": "under way"},
            "d7": {"progress": "", "claimed": "done", "share": 100},
        },
    )
    other = fill(
        sheet_of(tmp_path, "Lucheng"),
        {
            "d3": GOOD,
            "d5": {"progress": "两家完成", "share": "30", "claimed": "under way"},
            "p2": {"state": "done", "done_on": date(2024, 12, 24), "spent": 80},
        },
    )
    came = receive(asked, path, other)
    assert [(cell.cell, cell.column, cell.code) for cell in came.rejects] == [
        ("K5", "share", "share_out_of_range"),
        ("J6", "progress", "no_progress"),
        ("J5", "done_on", "day_in_future"),
    ]
    assert [(file.taken, file.organisation_id) for file in came.files] == [(0, "dep-a"), (2, "gov-y")]
    assert report_of(asked, "d3").spent == Decimal(125_000)

    fill(
        path,
        {
            "d4": {"share": 80},
            "d7": {"progress": "已全部完成"},
        },
    )
    fill(other, {"p2": {"done_on": date(2024, 11, 4)}})
    again = receive(asked, path, other)
    assert again.rejects == ()
    assert [(file.taken, file.unchanged) for file in again.files] == [(2, 0), (1, 2)]
    with asked.ledger.read() as session:
        project = session.get_one(Project, "p2")
        assert (project.state, project.done_on, project.spent) == ("done", date(2024, 11, 4), Decimal(800_000))
        assert project.revision == 2
        assert session.get_one(Duty, "d4").share == Decimal(80)
        assert session.get_one(Duty, "d4").review == "pending"


def test_the_same_file_twice_is_one(asked: Office, tmp_path: Path) -> None:
    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD})
    assert receive(asked, path).taken == 1
    before = counts(asked)
    renamed = Path(shutil.copy(path, tmp_path / "报送(1).xlsx"))
    came = receive(asked, path, renamed)
    assert (came.taken, [file.unchanged for file in came.files]) == (0, [1, 1])
    assert counts(asked) == before


def test_a_file_that_is_sent_again_after_a_newer_report_does_not_bring_the_old_back(
    asked: Office, tmp_path: Path
) -> None:
    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD})
    receive(asked, path)
    report_progress(asked, "d2", MONTH, ReportContent("全部停了", "done", Decimal(100)), by="b")
    assert receive(asked, path).taken == 0
    assert report_of(asked, "d2").claimed == "done"


def test_a_changed_row_is_a_new_version_and_the_old_one_stays(asked: Office, tmp_path: Path) -> None:
    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD})
    receive(asked, path)
    fill(path, {"d2": {"share": 75}})
    assert receive(asked, path).taken == 1
    with asked.ledger.read() as session:
        found = session.execute(
            select(Report.version, Report.share).where(Report.duty_id == "d2", Report.reported_by == "clerk")
        )
        assert [tuple(row) for row in found] == [(3, Decimal(70)), (4, Decimal(75))]


def test_a_sheet_that_comes_back_untouched_reports_nothing(asked: Office, tmp_path: Path) -> None:
    before = counts(asked)
    came = receive(asked, *sorted((tmp_path / "out").glob("*.xlsx")))
    assert came.taken == 0
    assert came.rejects == ()
    assert sum(file.untouched for file in came.files) == 7
    assert counts(asked) == before


def test_a_received_sheet_is_signed_for_and_kept_as_evidence(asked: Office, tmp_path: Path) -> None:
    receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}))
    with asked.ledger.read() as session:
        sheet = session.scalars(select(Sheet).where(Sheet.month == MONTH, Sheet.organisation_id == "gov-x")).one()
        assert sheet.received_at == asked.now()
        link = session.scalars(select(EvidenceLink).where(EvidenceLink.subject == f"sheet:{sheet.id}")).one()
        kinds = list(session.scalars(select(Entry.kind).order_by(Entry.number.desc()).limit(4)))
    assert asked.files.read(link.file_id)[:2] == b"PK"
    assert set(kinds) == {"duty.reported", "file.given", "file.linked", "sheet.received"}


# ---------------------------------------------------------------------------------------------- how files look


def test_rows_may_be_sorted_deleted_and_added(asked: Office, tmp_path: Path) -> None:
    def shuffle(book: Any) -> None:
        page = book.worksheets[0]
        for merged in list(page.merged_cells.ranges):
            page.unmerge_cells(str(merged))
        rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=6)]
        page.delete_rows(5, 2)
        page.insert_rows(5, 4)
        for place, values in ((6, rows[1]), (8, rows[0])):
            for column, value in enumerate(values, 1):
                page.cell(place, column, value)
        page.title = "Sheet1"

    path = sheet_of(tmp_path, "Department A")
    fill(path, {"d4": GOOD, "d7": {**GOOD, "progress": "配合完成"}}, change=shuffle)
    assert receive(asked, path).taken == 2
    assert report_of(asked, "d7").progress == "配合完成"


def test_full_width_digits_percents_and_text_numbers_are_read(asked: Office, tmp_path: Path) -> None:
    said = {"progress": "推进", "share": "８０％", "claimed": "进行中", "spent": "１，２３４．５万元"}
    receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": said}))
    report = report_of(asked, "d2")
    assert (report.share, report.claimed, report.spent) == (Decimal(80), "under_way", Decimal(12_345_000))


def test_a_gbk_copy_without_the_hidden_page_is_read(asked: Office, tmp_path: Path) -> None:
    path = fill(sheet_of(tmp_path, "Lucheng"), {"d3": GOOD, "d5": {"progress": "=1+1 家", "claimed": "有困难"}})
    page = openpyxl.load_workbook(path).worksheets[0]
    copy = tmp_path / "县里报来的.csv"
    with copy.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([cell.value for cell in row] for row in page.iter_rows())
    came = receive(asked, copy)
    assert (came.taken, came.files[0].organisation_id, came.rejects) == (2, "gov-y", ())
    assert report_of(asked, "d5").claimed == "difficult"


def test_words_above_the_heads_do_not_hide_them(asked: Office, tmp_path: Path) -> None:
    def write_above(book: Any) -> None:
        page = book.worksheets[0]
        for merged in list(page.merged_cells.ranges):
            page.unmerge_cells(str(merged))
        for column in range(1, 16):
            page.cell(2, column, f"备注{column}")

    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}, change=write_above)
    assert receive(asked, path).taken == 1


def test_a_file_without_codes_is_a_finding_and_the_rest_is_taken(asked: Office, tmp_path: Path) -> None:
    stray = tmp_path / "通讯录.csv"
    stray.write_text("单位,电话\n甲局,1\n", encoding="utf-8")
    came = receive(asked, stray, fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}))
    assert [finding.code for finding in came.files[0].findings] == ["file_unreadable"]
    assert came.taken == 1


# ---------------------------------------------------------------------------------------------- what is refused


def codes(came: Received) -> list[str]:
    return [cell.code for cell in came.rejects]


def test_a_foreign_bodys_row_is_refused(asked: Office, tmp_path: Path) -> None:
    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD})
    assert codes(receive(asked, path, organisation="gov-y")) == ["foreign_duty"]
    assert codes(receive(asked, path, organisation="gov-x")) == []


def test_a_row_copied_from_another_bodys_sheet_is_refused_and_the_rest_taken(
    asked: Office, tmp_path: Path
) -> None:
    theirs = openpyxl.load_workbook(sheet_of(tmp_path, "Department B")).worksheets[0]
    row = [cell.value for cell in theirs[5]]

    def add(book: Any) -> None:
        for column, value in enumerate(row, 1):
            book.worksheets[0].cell(9, column, value)

    came = receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}, change=add))
    assert (codes(came), came.taken, came.rejects[0].cell) == (["foreign_duty"], 1, "B9")


def set_code(code: str) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        book.worksheets[0].cell(5, 2, code)

    return change


@pytest.mark.parametrize(
    ("code", "reason"),
    [("2410-00000000", "unknown_code"), ("共三项", "unknown_code"), ("2407-00000000", "month_not_issued")],
)
def test_a_code_that_nobody_was_given_is_refused(asked: Office, tmp_path: Path, code: str, reason: str) -> None:
    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}, change=set_code(code))
    assert codes(receive(asked, path)) == [reason]


def test_words_and_code_that_were_sorted_apart_are_refused(asked: Office, tmp_path: Path) -> None:
    def swap(book: Any) -> None:
        page = book.worksheets[0]
        one, other = page.cell(5, 2).value, page.cell(6, 2).value
        page.cell(5, 2, other)
        page.cell(6, 2, one)

    path = fill(sheet_of(tmp_path, "Department A"), {"d4": GOOD, "d7": GOOD}, change=swap)
    assert codes(receive(asked, path)) == ["row_mixed", "row_mixed"]


def test_ids_changed_on_the_hidden_page_are_noticed(asked: Office, tmp_path: Path) -> None:
    def tamper(book: Any) -> None:
        book[HIDDEN].cell(1, 5, "gov-y")

    came = receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}, change=tamper))
    assert [finding.code for finding in came.files[0].findings] == ["hidden_page_changed"]
    assert (came.taken, came.files[0].organisation_id) == (1, "gov-x")


def test_one_code_in_two_rows_with_different_words_is_refused_in_both(asked: Office, tmp_path: Path) -> None:
    def double(book: Any) -> None:
        page = book.worksheets[0]
        for column in range(1, 16):
            page.cell(9, column, page.cell(5, column).value)
        page.cell(9, 11, 99)

    came = receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD}, change=double))
    assert codes(came) == ["code_twice", "code_twice"]
    assert came.taken == 0


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"claimed": "好"}, "claimed", "unknown_state"),
        ({"share": "约八成"}, "share", "not_a_share"),
        ({"share": -1}, "share", "share_out_of_range"),
        ({"claimed": "done", "share": 80}, "share", "done_not_whole"),
        ({"spent": "很多"}, "spent", "not_money"),
        ({"spent": -3}, "spent", "negative_money"),
        ({"spent": "1.23456789"}, "spent", "part_of_a_fen"),
        ({"progress": "字" * 5_001}, "progress", "too_long"),
        ({"claimed": ""}, "claimed", "no_state"),
    ],
)
def test_a_cell_that_says_nothing_we_can_take_is_named(
    asked: Office, tmp_path: Path, cells: dict[str, Any], column: str, reason: str
) -> None:
    came = receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": {**GOOD, **cells}}))
    assert [(cell.column, cell.code) for cell in came.rejects] == [(column, reason)]
    assert "{" not in ENGLISH.format(came.rejects[0].message, **came.rejects[0].values)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"state": "done", "done_on": None}, "done_without_day"),
        ({"state": "under way", "done_on": "2024.10.9"}, "day_without_done"),
        ({"state": "done", "done_on": "十月底"}, "not_a_day"),
    ],
)
def test_a_project_that_contradicts_itself_is_refused(
    asked: Office, tmp_path: Path, cells: dict[str, Any], reason: str
) -> None:
    came = receive(asked, fill(sheet_of(tmp_path, "Lucheng"), {"p2": cells}))
    assert reason in codes(came)
    with asked.ledger.read() as session:
        assert session.get_one(Project, "p2").revision == 1


def test_a_duty_that_is_done_is_not_asked_for_and_refused(asked: Office, tmp_path: Path) -> None:
    path = fill(sheet_of(tmp_path, "Luzhou"), {"d2": GOOD})
    with asked.ledger.write() as session:
        session.get_one(Duty, "d2").done_on = date(2024, 11, 1)
    assert codes(receive(asked, path)) == ["already_done"]


def test_a_sheet_of_a_plan_that_was_replaced_is_refused(asked: Office, tmp_path: Path) -> None:
    path = fill(sheet_of(tmp_path, "Lucheng"), {"d3": GOOD, "p2": {"state": "done", "done_on": "2024-11-01"}})
    with asked.ledger.write() as session:
        session.get_one(Plan, "plan").state = "replaced"
    assert codes(receive(asked, path)) == ["plan_not_in_force", "plan_not_in_force"]


def test_a_share_that_falls_is_a_finding(asked: Office, tmp_path: Path) -> None:
    came = receive(asked, fill(sheet_of(tmp_path, "Luzhou"), {"d2": {**GOOD, "share": 20}}))
    assert [finding.code for finding in came.files[0].findings] == ["share_fell"]
    assert came.taken == 1


# ---------------------------------------------------------------------------------------------- two at once


def test_two_people_who_report_on_one_duty_at_once_are_both_kept(asked: Office, ledger_url: str) -> None:
    start = threading.Barrier(4)
    faults: list[BaseException] = []

    def report(name: str) -> None:
        own = replace(asked, ledger=Ledger(ledger_url), now=lambda: datetime(2024, 11, 5, 3, tzinfo=UTC))
        try:
            start.wait()
            for number in range(3):
                content = ReportContent(f"{name} {number}", "under_way", Decimal(number))
                report_progress(own, "d2", MONTH, content, by=name)
        except Exception as fault:  # noqa: BLE001 - looked at below, in the test's own thread
            faults.append(fault)
        finally:
            own.ledger.close()

    people = [threading.Thread(target=report, args=(name,)) for name in "abcd"]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert faults == []
    with asked.ledger.read() as session:
        found = select(Report.version, Report.progress).where(Report.duty_id == "d2", Report.version > 2)
        rows = session.execute(found.order_by(Report.version)).all()
    assert [row.version for row in rows] == list(range(3, 15))
    assert {row.progress for row in rows} == {f"{name} {number}" for name in "abcd" for number in range(3)}
