"""`lantian plan bulletin` and `export`: papers that an office sends and keeps."""

import json
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest


def write(ask, workspace: Path, *arguments: object, language: str = "en") -> Path:
    code, out, err = ask("plan", *arguments, "--today", "2024-10-10", "-w", workspace, "--json", language=language)
    assert code == 0, err
    return Path(json.loads(out)["file"])


def words_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    heads = [row.text for section in document.sections for row in section.header.paragraphs]
    return "\n".join([*heads, *(row.text for row in document.paragraphs), *cells])


def cells_of(path: Path, page: int = 0) -> list[list[object]]:
    return [[cell.value for cell in row] for row in openpyxl.load_workbook(path).worksheets[page].iter_rows()]


def test_the_bulletin_says_how_the_month_stands_under_its_number(ask, plan_workspace: Path, tmp_path: Path):
    path = write(ask, plan_workspace, "bulletin", "--month", "2024-09", "--number", "长气防办〔2024〕9号",
                 "--out", tmp_path / "b.docx")  # fmt: skip
    text = words_of(path)
    assert "SIMULATED" in text
    assert "长气防办〔2024〕9号" in text
    assert "September 2024" in text
    assert "Overdue duties" in text
    assert "Due on 2024-09-30, 10 days ago" in text
    assert "People's Government of Luzhou District" in text
    assert "PM2.5 of Lucheng at or below 40" in text
    assert any(name.endswith(".png") for name in zipfile.ZipFile(path).namelist())


def test_the_bulletin_speaks_chinese_and_goes_into_the_workspace(ask, own_plan: Path):
    path = write(ask, own_plan, "bulletin", "--month", "2024-09", language="zh_CN")
    assert path.parent == own_plan / "exports"
    text = words_of(path)
    assert "潞州区人民政府" in text
    assert "加快重点行业污染深度治理" in text
    assert "2024年9月" in text


def test_the_duty_list_has_a_row_for_every_duty_and_a_page_for_every_body_that_wants_one(
    ask, plan_workspace: Path, tmp_path: Path
):
    path = write(ask, plan_workspace, "export", "duties", "--out", tmp_path / "d.xlsx")
    said = json.loads(ask("plan", "status", "--today", "2024-10-10", "-w", plan_workspace, "--json")[1])
    rows = cells_of(path)
    head = next(place for place, row in enumerate(rows) if "Duty id" in row)
    column = rows[head].index("Duty id")
    ids = [row[column] for row in rows[head + 1 :] if row[column]]
    assert len(ids) == len(set(ids)) == sum(said["lights"].values())
    one = write(ask, plan_workspace, "export", "duties", "--body", "潞州区", "--out", tmp_path / "one.xlsx")
    bodies = {row[rows[head].index("Responsible body")] for row in cells_of(one)[head + 1 :] if row[column]}
    assert bodies == {"People's Government of Luzhou District"}
    many = write(ask, plan_workspace, "export", "duties", "--by-body", "--out", tmp_path / "many.xlsx")
    assert len(openpyxl.load_workbook(many).sheetnames) > 30


def test_the_matrix_shows_who_leads_what(ask, plan_workspace: Path, tmp_path: Path):
    rows = cells_of(write(ask, plan_workspace, "export", "matrix", "--out", tmp_path / "m.xlsx"))
    ecology = next(row for row in rows if row[0] == "Changzhi Ecology and Environment Bureau")
    assert "L" in ecology[1]
    county = next(row for row in rows if row[0] == "People's Government of Luzhou District")
    assert {cell for cell in county[1:41] if cell} == {"I"}
    chinese = cells_of(
        write(ask, plan_workspace, "export", "matrix", "--out", tmp_path / "z.xlsx", language="zh_CN")
    )
    assert "牵" in next(row for row in chinese if row[0] == "市生态环境局")


def test_the_dispatch_table_says_the_same_in_excel_and_word(ask, plan_workspace: Path, tmp_path: Path):
    more = ("--month", "2024-09", "--body", "潞州区")
    rows = cells_of(write(ask, plan_workspace, "export", "dispatch", *more, "--out", tmp_path / "t.xlsx"))
    document = docx.Document(
        str(write(ask, plan_workspace, "export", "dispatch", *more, "--out", tmp_path / "t.docx"))
    )
    printed = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    head = next(place for place, row in enumerate(rows) if "Key task" in row)
    light = rows[head].index("Light")
    lights = [row[light] for row in rows[head + 1 :] if row[light]]
    assert lights == [row[printed[0].index("Light")] for row in printed[1:]]
    assert "Overdue" in lights


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("bulletin", "--month", "2024-13"), "no month"),
        (("bulletin", "--month", "../2024"), "no month"),
        (("bulletin", "--month", "2024-09", "--out", "b.pdf"), ".docx"),
        (("export", "matrix", "--out", "m.docx"), ".xlsx"),
        (("export", "duties", "--out", "d.csv"), ".xlsx"),
        (("export", "dispatch", "--out", "t.xlsx"), "--month"),
        (("export", "dispatch", "--out", "t.pdf", "--month", "2024-09"), ".xlsx / .docx"),
        (("export", "moods", "--out", "m.xlsx"), "moods"),
        (("export", "duties", "--out", "d.xlsx", "--body", "火星"), "火星"),
        (("export", "matrix", "--out", "m.xlsx", "--plan", "absent"), "absent"),
    ],
)
def test_a_paper_that_cannot_be_is_refused_and_no_file_is_made(
    ask, plan_workspace: Path, tmp_path: Path, monkeypatch, arguments: tuple[str, ...], says: str
):
    monkeypatch.chdir(tmp_path)
    code, _, err = ask("plan", *arguments, "--today", "2024-10-10", "-w", plan_workspace)
    assert code == 2
    assert says in " ".join(err.split())
    assert list(tmp_path.iterdir()) == []


def test_without_a_plan_there_is_no_paper(ask, tmp_path: Path):
    ask("init", "-w", tmp_path / "w", "--city", "shizuishan", "--simulated")
    for arguments in (("bulletin", "--month", "2024-09"), ("export", "matrix", "--out", tmp_path / "m.xlsx")):
        code, _, err = ask("plan", *arguments, "-w", tmp_path / "w")
        assert code == 2
        assert "lantian plan adopt" in err
