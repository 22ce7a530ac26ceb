"""The opinion on an application: facts, every check, the clauses, and who signs; kept as evidence."""

from pathlib import Path

import docx
import pytest
from sqlalchemy import select

from lantian.desk.language import translation
from lantian.desk.paper.word import SIMULATED
from lantian.ledger.models import EvidenceLink
from lantian.loop.plan.admission.applications import decide, submit
from lantian.loop.plan.admission.opinion import write_opinion
from lantian.loop.plan.admission.records import Application
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError

SAID = {
    "name": "虚构/示例项目", "applicant": "虚构甲公司", "county": "140406", "industry": "steel", "kind": "new",
    "applied_on": "2024-06-01", "starts_on": "2026-01-01", "gas_producers": 1, "catalogue": "restricted",
    "built": [{"product": "steel", "amount": 100}],
    "retired": [{"product": "steel", "name": "虚构老厂", "amount": 60}],
}  # fmt: skip


def texts(path: Path) -> list[str]:
    return [line.text for line in docx.Document(str(path)).paragraphs]


def test_a_refusal_says_its_clauses_in_english(office: Office, tmp_path: Path):
    view = submit(office, Application.model_validate(SAID), by="clerk")
    decide(office, view.id, "refused", "选址不当", by="head")
    path = write_opinion(office, view.id, tmp_path, translation("en"), by="head")
    lines = texts(path)
    assert lines[0] == "Opinion on the admission of a project"
    assert "After examination the project is not admitted." in lines
    swap = next(line for line in lines if "Capacity swap" in line)
    assert "measure 1 of the plan" in swap
    assert "rule admission-changzhi-2024" in swap
    assert "Steel: 90 (10,000 t/a) more must retire at 1.5 to 1" in swap
    assert "Reason: 选址不当" in lines
    assert lines[-1] == "5 November 2024"
    assert docx.Document(str(path)).sections[0].header.paragraphs[0].text == SIMULATED


def test_a_refusal_says_its_clauses_in_chinese(office: Office, tmp_path: Path):
    view = submit(office, Application.model_validate(SAID), by="clerk")
    decide(office, view.id, "refused", by="head")
    lines = texts(write_opinion(office, view.id, tmp_path, translation("zh"), by="head"))
    assert any(
        "新建产能须按行业比例以退出产能置换" in line and "admission-changzhi-2024" in line for line in lines
    )
    assert lines[-1] == "2024年11月5日"


def test_every_check_that_applied_has_its_row(office: Office, tmp_path: Path):
    view = submit(office, Application.model_validate(SAID), by="clerk")
    path = write_opinion(office, view.id, tmp_path, translation("en"), by="clerk")
    (table,) = docx.Document(str(path)).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert len(rows) == 1 + len(view.outcome.checks)
    assert [row[5] for row in rows[1:]] == [
        {"pass": "passes", "fail": "fails", "needs_documents": "needs papers"}[row.verdict]
        for row in view.outcome.checks
    ]
    swap = next(row for row in rows if row[1] == "Capacity swap")
    assert swap[3].splitlines()[0] == "Steel: built: 100 ×10,000 t/a"


def test_an_undecided_one_is_a_draft_and_an_override_is_said(office: Office, tmp_path: Path):
    view = submit(office, Application.model_validate(SAID), by="clerk")
    draft = texts(write_opinion(office, view.id, tmp_path, translation("en"), by="clerk"))
    assert "This is a draft: the application is not decided yet." in draft
    decide(office, view.id, "passed", "省重点", by="head", override=True)
    final = texts(write_opinion(office, view.id, tmp_path, translation("en"), by="clerk"))
    assert any(line.startswith("It is admitted expressly against the checks") for line in final)


def test_the_opinion_is_kept_as_evidence_under_a_name_that_a_disk_takes(office: Office, tmp_path: Path):
    view = submit(office, Application.model_validate(SAID), by="clerk")
    path = write_opinion(office, view.id, tmp_path, translation("en"), by="clerk")
    assert "虚构-示例项目" in path.name
    with office.ledger.read() as session:
        link = session.scalars(select(EvidenceLink).where(EvidenceLink.subject == f"admission:{view.id}")).one()
    assert office.files.read(link.file_id) == path.read_bytes()


def test_no_opinion_without_an_application(office: Office, tmp_path: Path):
    with pytest.raises(CallerError, match="no application"):
        write_opinion(office, "x", tmp_path, translation("en"), by="clerk")
