"""The sheet to print holds every duty and project of the one to fill in."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import docx

from lantian.desk.language import translation
from lantian.loop.plan.dispatch.sheet_document import write_sheet_document
from lantian.loop.plan.dispatch.sheet_layout import SheetContent, SheetLine, report_code

CODE, PROJECT = report_code("duty", "d1", "2024-10"), report_code("project", "p1", "2024-10")
CONTENT = SheetContent(
    sheet_id="s1", plan_id="plan", plan="Small plan", month="2024-10", organisation_id="dep-a",
    organisation="Department A", due=date(2024, 11, 5),
    duties=[
        SheetLine(
            CODE, "d1",
            {"number": 1, "code": CODE, "title": "1. Retire", "role": "leads", "targets": "by October",
             "progress": "=HYPERLINK(1)", "share": Decimal("60.5"), "claimed": "under way",
             "spent": Decimal("12.5")},
        )
    ],
    projects=[
        SheetLine(
            PROJECT, "p1",
            {"number": 1, "code": PROJECT, "title": "1. Kilns", "serial": "A-1", "name": "Kiln", "state": "done",
             "done_on": date(2024, 10, 9), "due": date(2024, 10, 31)},
        )
    ],
    finished=2, simulated=True,
)  # fmt: skip


def test_a_sheet_to_print_holds_every_duty_and_project(tmp_path: Path) -> None:
    write_sheet_document(tmp_path / "sheet.docx", CONTENT, translation("en"))
    document = docx.Document(str(tmp_path / "sheet.docx"))
    duties, projects = document.tables
    assert duties.rows[1].cells[1].text == "1. Retire (leads)"
    assert "60.5%" in duties.rows[1].cells[5].text
    assert [cell.text for cell in projects.rows[1].cells][2:4] == ["A-1", "Kiln"]
