"""One report by itself: the same rules as a sheet, versions without loss, one entry each."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lantian.desk.language import translation
from lantian.ledger.models import Duty, Entry, Report
from lantian.loop.plan.dispatch.reporting import ReportContent, objections, report_progress
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError

MONTH = "2024-10"


@pytest.fixture
def asked(small: Any, tmp_path: Path) -> Office:
    office: Office = small.office
    issue_sheets(
        office, MONTH, by="office", today=date(2024, 11, 5), folder=tmp_path, language=translation("en"),
        organisations=["gov-x", "dep-a"],
    )  # fmt: skip
    return office


def test_one_report_by_page_is_held_to_the_same_rules(asked: Office) -> None:
    content = ReportContent("推进", "under_way", Decimal(10))
    with pytest.raises(CallerError, match="another body's"):
        report_progress(asked, "d2", MONTH, content, by="b", organisation="gov-y")
    with pytest.raises(CallerError, match="No sheet went out to this body for 2024-08"):
        report_progress(asked, "d2", "2024-08", content, by="b")
    with pytest.raises(CallerError, match="accepted as done on 2024-11-02"):
        report_progress(asked, "d1", MONTH, content, by="b")
    with pytest.raises(CallerError, match="not what was done"):
        report_progress(asked, "d2", MONTH, ReportContent(" ", "done"), by="b")
    with pytest.raises(CallerError, match="no month"):
        report_progress(asked, "d2", "10月", content, by="b")
    told = report_progress(asked, "d2", MONTH, content, by="b")
    assert (told.new, told.version) == (True, 3)
    assert report_progress(asked, "d2", MONTH, content, by="b").new is False


def test_a_late_report_for_an_older_month_does_not_change_the_present_state(asked: Office) -> None:
    report_progress(asked, "d2", "2024-09", ReportContent("九月补报", "not_started"), by="b")
    with asked.ledger.read() as session:
        duty = session.get_one(Duty, "d2")
    assert (duty.reported_month, duty.claimed) == ("2024-10", "under_way")


def test_a_body_that_was_not_asked_cannot_report(asked: Office) -> None:
    with pytest.raises(CallerError, match="No sheet went out"):
        report_progress(asked, "d6", MONTH, ReportContent("推进", "under_way"), by="b")
    with pytest.raises(CallerError, match="no duty 'd99'"):
        report_progress(asked, "d99", MONTH, ReportContent("推进", "under_way"), by="b")


def test_each_new_version_has_one_entry_without_its_words(asked: Office) -> None:
    report_progress(asked, "d2", MONTH, ReportContent("王某负责推进", "under_way", Decimal(10)), by="b")
    with asked.ledger.read() as session:
        entry = session.scalars(select(Entry).order_by(Entry.number.desc()).limit(1)).one()
        report = session.scalars(select(Report).where(Report.version == 3)).one()
    assert (entry.kind, entry.subject, entry.actor) == ("duty.reported", "duty:d2", "b")
    assert report.digest in entry.payload
    assert "王某" not in entry.payload


def test_a_refused_report_leaves_neither_row_nor_entry(asked: Office) -> None:
    with asked.ledger.read() as session:
        before = session.scalars(select(Entry.number)).all()
    with pytest.raises(CallerError):
        report_progress(asked, "d2", MONTH, ReportContent("完成", "done", Decimal(50)), by="b")
    with asked.ledger.read() as session:
        assert session.scalars(select(Entry.number)).all() == before
        assert session.get_one(Duty, "d2").claimed == "under_way"


def test_the_same_numbers_written_otherwise_are_one_report() -> None:
    one = ReportContent("推进", "under_way", Decimal("80.0"), spent=Decimal("1E+3"))
    assert one.digest == ReportContent("推进", "under_way", Decimal(80), spent=Decimal("1000.00")).digest
    assert one.digest != ReportContent("推进", "under_way", None, spent=Decimal(1000)).digest


def test_every_objection_says_its_column() -> None:
    bad = ReportContent("", "finished", Decimal(101), "x" * 5_001, "", Decimal(-1))
    assert [(row.column, row.code) for row in objections(bad)] == [
        ("claimed", "no_state"),
        ("progress", "no_progress"),
        ("share", "share_out_of_range"),
        ("spent", "negative_money"),
        ("problems", "too_long"),
    ]
