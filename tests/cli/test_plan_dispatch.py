"""`lantian plan duties`, `sheets` and `receive`: who does what, what goes out and what comes back."""

import json
from pathlib import Path

import docx
import openpyxl
import pytest

BODY = "潞州区"
GOOD = {"Progress": "已完成一半", "Share done (%)": 50, "State of work": "Under way"}


def json_of(answer, code: int = 0):
    assert answer[0] == code, answer[2]
    return json.loads(answer[1])


@pytest.fixture
def sheet(ask, own_plan: Path, tmp_path: Path) -> Path:
    """The sheet of one county for October."""
    said = json_of(
        ask("plan", "sheets", "--month", "2024-10", "--body", BODY, "--out", tmp_path / "out",
            "--today", "2024-11-04", "-w", own_plan, "--json")
    )  # fmt: skip
    return Path(said["sheets"][0]["workbook"])


def receive(ask, own_plan: Path, *arguments: object, code: int = 0):
    return json_of(
        ask("plan", "receive", *arguments, "--today", "2024-11-05", "--by", "luzhou", "-w", own_plan, "--json"),
        code,
    )["files"]


# ------------------------------------------------------------------------------------------------- duties


@pytest.mark.parametrize("name", ["潞州区", "潞州区人民政府", "gov-140403", "140403", "长治市潞州区人民政府"])
def test_a_body_is_found_by_name_alias_id_or_county_code(ask, plan_workspace: Path, name: str):
    said = json_of(ask("plan", "duties", "--body", name, "--today", "2024-10-10", "-w", plan_workspace, "--json"))
    assert (said["organisation"], said["today"], said["rule"]) == ("gov-140403", "2024-10-10", "dispatch-monthly")
    assert sum(said["lights"].values()) == len(said["duties"])
    late = [row for row in said["duties"] if row["colour"] == "red"]
    assert {row["due"] for row in late} == {"2024-09-30"}
    assert all("10 days ago" in row["reason"] for row in late)


def test_the_page_of_a_body_says_each_light_and_why_in_both_languages(ask, plan_workspace: Path):
    code, out, _ = ask("plan", "duties", "--body", BODY, "--today", "2024-10-10", "-w", plan_workspace)
    assert code == 0
    assert "People's Government of Luzhou District" in out
    assert "● Overdue" in out
    assert "carries out" in out
    code, out, _ = ask(
        "plan", "duties", "--body", BODY, "--today", "2024-10-10", "-w", plan_workspace, language="zh_CN"
    )
    assert code == 0
    assert "潞州区人民政府" in out
    assert "加快重点行业污染深度治理" in out


@pytest.mark.parametrize("name", ["火星", "各县区", ""])
def test_a_name_that_is_no_single_body_is_refused(ask, plan_workspace: Path, name: str):
    code, _, err = ask("plan", "duties", "--body", name, "-w", plan_workspace)
    assert code == 2
    assert f"No body {name!r} in this plan" in err


# ------------------------------------------------------------------------------------------------- sheets


def test_sheets_go_to_every_body_that_was_named_and_say_what_it_has_to_do(ask, own_plan: Path, tmp_path: Path):
    said = json_of(
        ask("plan", "sheets", "--month", "2024-10", "--body", BODY, "--body", "市生态环境局",
            "--out", tmp_path / "o", "--today", "2024-11-04", "-w", own_plan, "--json")
    )  # fmt: skip
    assert (said["month"], said["due"], said["rule"]) == ("2024-10", "2024-11-05", "dispatch-monthly")
    assert {(row["organisation"], row["new"]) for row in said["sheets"]} == {
        ("gov-140403", True),
        ("ecology", True),
    }
    county = next(row for row in said["sheets"] if row["organisation"] == "gov-140403")
    page = openpyxl.load_workbook(county["workbook"]).worksheets[0]
    codes = [page.cell(row, 2).value for row in range(5, page.max_row + 1) if page.cell(row, 2).value]
    assert len(codes) == len(set(codes)) == county["duties"]
    assert all(str(code).startswith("2410-") for code in codes)
    document = docx.Document(county["document"])
    assert len(document.tables[0].rows) == county["duties"] + 1
    assert "People's Government of Luzhou District" in "\n".join(row.text for row in document.paragraphs)


def test_asking_again_gives_no_body_a_second_sheet(ask, own_plan: Path, sheet: Path, tmp_path: Path):
    first = openpyxl.load_workbook(sheet).worksheets[0].cell(5, 2).value
    said = json_of(
        ask("plan", "sheets", "--month", "2024-10", "--body", BODY, "--out", tmp_path / "again",
            "--today", "2024-11-04", "-w", own_plan, "--json")
    )  # fmt: skip
    assert said["sheets"][0]["new"] is False
    assert openpyxl.load_workbook(said["sheets"][0]["workbook"]).worksheets[0].cell(5, 2).value == first


def test_sheets_go_into_the_workspace_and_their_last_day_is_told(ask, own_plan: Path):
    code, out, _ = ask(
        "plan", "sheets", "--month", "2024-10", "--body", BODY, "--today", "2024-11-04", "-w", own_plan
    )
    assert code == 0
    assert "1 sheets for 2024-10" in out
    assert "due back on 2024-11-05" in out
    assert len(list((own_plan / "exports" / "sheets" / "2024-10").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--month", "2024-13"), "'2024-13' is no month"),
        (("--month", "../../2024"), "is no month"),
        (("--month", "2024-12"), "has not begun"),
        (("--month", "2024-10", "--body", "火星"), "No body '火星'"),
        (("--month", "2024-10", "--plan", "absent"), "No plan 'absent'"),
    ],
)
def test_a_sheet_that_cannot_be_asked_for_is_refused_and_no_folder_is_made(
    ask, plan_workspace: Path, arguments: tuple[str, ...], says: str
):
    code, _, err = ask("plan", "sheets", *arguments, "--today", "2024-11-04", "-w", plan_workspace)
    assert code == 2
    assert says in " ".join(err.split())
    assert not list((plan_workspace / "exports").rglob("*.xlsx"))
    assert "2024-13" not in {path.name for path in plan_workspace.rglob("*")}


def test_nobody_is_asked_for_reports_on_a_draft(ask, tmp_path: Path):
    ask("init", "-w", tmp_path / "w", "--city", "changzhi", "--simulated")
    code, _, err = ask("plan", "sheets", "--month", "2024-10", "--today", "2024-11-04", "-w", tmp_path / "w")
    assert code == 2
    assert "lantian plan adopt" in err
    ask("plan", "adopt", "-w", tmp_path / "w")
    code, _, err = ask("plan", "sheets", "--month", "2024-10", "--today", "2024-11-04", "-w", tmp_path / "w")
    assert code == 2
    assert "not in force" in err


# ------------------------------------------------------------------------------------------------- receive


def test_a_sheet_with_mistakes_is_taken_but_for_its_wrong_rows(ask, own_plan: Path, sheet: Path, fill, tmp_path):
    rows = {
        0: GOOD,
        1: {**GOOD, "Share done (%)": 130},
        2: {**GOOD, "State of work": "差不多"},
        3: {**GOOD, "Spent (10,000 yuan)": "很多"},
    }
    back = fill(sheet, tmp_path / "back.xlsx", rows)
    (said,) = receive(ask, own_plan, back, "--out", tmp_path / "rejects", code=2)
    assert (said["organisation"], said["taken"], said["unchanged"]) == ("gov-140403", 1, 0)
    assert [(row["column"], row["value"], row["code"]) for row in said["rejected"]] == [
        ("share", "130", "share_out_of_range"),
        ("claimed", "差不多", "unknown_state"),
        ("spent", "很多", "not_money"),
    ]
    assert [row["cell"][1:] for row in said["rejected"]] == ["6", "7", "8"]
    page = openpyxl.load_workbook(said["to_be_mended"]).worksheets[0]
    heads = [cell.value for cell in page[4]]
    assert heads[-1] == "Why it was not taken and what to do"
    reasons = [page.cell(row, len(heads)).value for row in (5, 6, 7)]
    assert all(row["message"] in reasons[place] for place, row in enumerate(said["rejected"]))
    assert page.cell(5, heads.index("Share done (%)") + 1).value == 130


def test_what_was_rejected_is_shown_by_cell_with_what_to_do(ask, own_plan: Path, sheet: Path, fill, tmp_path):
    back = fill(sheet, tmp_path / "back.xlsx", {0: GOOD, 1: {**GOOD, "Share done (%)": 130}})
    code, out, _ = ask("plan", "receive", back, "--today", "2024-11-05", "-w", own_plan)
    assert code == 2
    assert "1 taken, 0 known already" in out
    assert "1 rejected" in out
    assert "K6" in out
    assert "Write a number from 0 to 100" in " ".join(out.split())
    assert (own_plan / "exports" / "sheets" / "rejects" / "back to be mended.xlsx").exists()


def test_the_same_file_twice_is_taken_once(ask, own_plan: Path, sheet: Path, fill, tmp_path: Path):
    back = fill(sheet, tmp_path / "back.xlsx", {0: GOOD, 1: GOOD})
    (first,), (second,) = receive(ask, own_plan, back), receive(ask, own_plan, back)
    assert (first["taken"], first["unchanged"], first["rejected"]) == (2, 0, [])
    assert (second["taken"], second["unchanged"], second["to_be_mended"]) == (0, 2, None)


def test_a_file_that_is_no_sheet_does_not_stop_the_others(ask, own_plan: Path, sheet: Path, fill, tmp_path: Path):
    (tmp_path / "letter.txt").write_text("一封信\n没有编号\n", encoding="utf-8")
    back = fill(sheet, tmp_path / "back.xlsx", {0: GOOD})
    files = receive(ask, own_plan, tmp_path / "letter.txt", tmp_path / "absent.xlsx", back, code=2)
    assert [row["taken"] for row in files] == [0, 0, 1]
    assert "report codes" in files[0]["findings"][0]
    assert "does not exist" in files[1]["findings"][0]


def test_a_sheet_of_another_body_than_the_one_that_hands_it_in_is_not_taken(
    ask, own_plan: Path, sheet: Path, fill, tmp_path: Path
):
    back = fill(sheet, tmp_path / "back.xlsx", {0: GOOD})
    (said,) = receive(ask, own_plan, back, "--body", "上党区", code=2)
    assert said["taken"] == 0
    assert said["rejected"] or said["findings"]
