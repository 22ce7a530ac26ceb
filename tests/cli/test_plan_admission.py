"""`lantian plan admission`: form, application, checks and clauses, decision, opinion. Projects are invented."""

import json
from pathlib import Path

import docx
import openpyxl
import pytest

STEEL = """
name = "虚构示例炼钢项目"
applicant = "虚构甲公司"
county = "潞城区"
industry = "steel"
kind = "new"
applied_on = 2024-06-01
datum = "CGCS2000"
longitude = 113.2
latitude = 36.3
gas_producers = 2
documents = ["eia"]
mines = []

[[built]]
product = "steel"
amount = 100
"""


def json_of(answer, code: int = 0):
    assert answer[0] == code, answer[2]
    return json.loads(answer[1])


@pytest.fixture
def application(tmp_path: Path) -> Path:
    (tmp_path / "a.toml").write_text(STEEL, encoding="utf-8")
    return tmp_path / "a.toml"


@pytest.fixture
def submitted(ask, own_plan: Path, application: Path) -> str:
    said = json_of(
        ask("plan", "admission", "submit", application, "--by", "clerk", "--today", "2024-06-02", "-w", own_plan,
            "--json")
    )  # fmt: skip
    return str(said["id"])


def test_the_form_names_the_edition_that_judges_and_wants_only_yellow_cells(ask, plan_workspace: Path, tmp_path):
    out = tmp_path / "form.xlsx"
    said = json_of(ask("plan", "admission", "form", out, "--today", "2024-06-01", "-w", plan_workspace, "--json"))
    assert said == {"file": str(out)}
    cells = {cell.value for row in openpyxl.load_workbook(out).worksheets[0].iter_rows() for cell in row}
    assert "Name of the project *" in cells
    code, _, err = ask("plan", "admission", "form", tmp_path / "form.pdf", "-w", plan_workspace)
    assert code == 2
    assert ".xlsx" in err


def test_an_empty_form_says_cell_by_cell_what_it_lacks(ask, plan_workspace: Path, tmp_path: Path):
    out = tmp_path / "form.xlsx"
    ask("plan", "admission", "form", out, "--today", "2024-06-01", "-w", plan_workspace)
    code, _, err = ask("plan", "admission", "submit", out, "-w", plan_workspace)
    assert code == 2
    assert "Name of the project" in err


def test_a_try_computes_and_keeps_nothing(ask, own_plan: Path, application: Path):
    said = json_of(ask("plan", "admission", "submit", application, "--try", "-w", own_plan, "--json"))
    assert {row["key"]: row["verdict"] for row in said["checks"]}["gas_producer"] == "fail"
    assert json_of(ask("plan", "admission", "list", "-w", own_plan, "--json")) == {"applications": []}
    code, out, _ = ask("plan", "admission", "list", "-w", own_plan)
    assert code == 0
    assert "lantian plan admission form" in out


def test_an_application_is_kept_with_every_check_and_its_clause(ask, own_plan: Path, submitted: str):
    said = json_of(ask("plan", "admission", "show", submitted, "-w", own_plan, "--json"))
    assert (said["name"], said["county"], said["state"], said["overall"]) == (
        "虚构示例炼钢项目", "140406", "open", "fail",
    )  # fmt: skip
    failed = {row["key"]: row for row in said["checks"] if row["verdict"] == "fail"}
    assert "gas_producer" in failed
    assert all(row["clause"] and row["said"] for row in failed.values())
    assert said["opinion"] is None
    (listed,) = json_of(ask("plan", "admission", "list", "--state", "open", "-w", own_plan, "--json"))[
        "applications"
    ]
    assert listed["id"] == submitted
    assert (
        json_of(ask("plan", "admission", "list", "--state", "passed", "-w", own_plan, "--json"))["applications"]
        == []
    )


def test_the_page_of_an_application_speaks_both_languages(ask, own_plan: Path, submitted: str):
    code, out, _ = ask("plan", "admission", "show", submitted, "-w", own_plan)
    assert code == 0
    assert "fails" in out
    assert "needs_documents" not in out
    code, out, _ = ask("plan", "admission", "show", submitted, "-w", own_plan, language="zh_CN")
    assert code == 0
    assert "煤气发生炉" in out
    assert "虚构示例炼钢项目" in ask("plan", "admission", "list", "-w", own_plan)[1]


def test_a_refusal_cites_its_clauses_and_is_final(ask, own_plan: Path, submitted: str):
    code, out, _ = ask("plan", "admission", "decide", submitted, "refused", "--by", "director", "-w", own_plan)
    assert code == 0
    assert "not admitted" in out
    assert "No new capacity" in out
    assert "rule admission-changzhi-2024" in out
    said = json_of(ask("plan", "admission", "show", submitted, "-w", own_plan, "--json"))
    assert (said["state"], said["decided_by"]) == ("refused", "director")
    code, _, err = ask("plan", "admission", "decide", submitted, "passed", "--reason", "x", "-w", own_plan)
    assert code == 2
    assert "refused" in err


def test_what_fails_is_passed_only_by_override_with_a_reason(ask, own_plan: Path, submitted: str):
    decide = ("plan", "admission", "decide", submitted, "passed", "--by", "director", "-w", own_plan)
    assert ask(*decide)[0] == 2
    assert ask(*decide, "--override")[0] == 2
    said = json_of(ask(*decide, "--override", "--reason", "市政府专题会议决定", "--json"))
    assert (said["state"], said["reason"]) == ("passed", "市政府专题会议决定")
    entries = json_of(ask("audit", "entries", "-w", own_plan, "--actor", "director", "--json"))["rows"]
    assert any(row["payload"].get("override") for row in entries)


def test_the_opinion_is_a_paper_with_checks_and_clauses(ask, own_plan: Path, submitted: str, tmp_path: Path):
    ask("plan", "admission", "decide", submitted, "refused", "--by", "director", "-w", own_plan)
    said = json_of(
        ask("plan", "admission", "show", submitted, "--opinion", tmp_path / "o", "-w", own_plan, "--json",
            language="zh_CN")
    )  # fmt: skip
    document = docx.Document(said["opinion"])
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(row.text for row in document.paragraphs), *cells])
    assert "虚构示例炼钢项目" in text
    assert "煤气发生炉" in text
    assert "潞城区" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "absent"), "absent"),
        (("decide", "absent", "passed"), "absent"),
        (("decide", "absent", "perhaps"), "perhaps"),
        (("submit", "absent.toml"), "absent.toml"),
        (("list", "--state", "lost"), "lost"),
    ],
)
def test_a_wrong_question_about_an_application_is_refused(
    ask, plan_workspace: Path, arguments: tuple[str, ...], says: str
):
    code, _, err = ask("plan", "admission", *arguments, "-w", plan_workspace)
    assert code == 2
    assert says in " ".join(err.split())


def test_an_application_with_faults_names_each_field(ask, plan_workspace: Path, tmp_path: Path):
    (tmp_path / "a.toml").write_text(
        STEEL.replace('"new"', '"old"').replace("amount = 100", 'amount = "much"'), "utf-8"
    )
    code, _, err = ask("plan", "admission", "submit", tmp_path / "a.toml", "-w", plan_workspace)
    assert code == 2
    assert "kind" in err
    assert "built.0.amount" in err
