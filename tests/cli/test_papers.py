"""`lantian paper`: what an office prints, signs and sends, from a workspace into files."""

import json
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import pytest

from lantian.desk.paper.word import SIMULATED


def files_of(ask, *arguments: object, language: str = "en") -> list[Path]:
    code, out, err = ask("paper", *arguments, "--json", language=language)
    assert code == 0, err
    return [Path(name) for name in json.loads(out)["files"]]


def text_of(path: Path) -> str:
    with pdfplumber.open(path) as read:
        return "".join("".join(page.extract_text().split()) for page in read.pages)


def test_the_brief_is_of_the_last_judged_day_and_goes_into_exports(ask, writable_workspace: Path) -> None:
    word, book, pdf = files_of(ask, "brief", "-w", writable_workspace)
    assert {path.parent for path in (word, book, pdf)} == {writable_workspace / "exports"}
    assert word.name == "2026-03-31 Daily air quality brief.docx"
    assert docx.Document(str(word)).sections[0].header.paragraphs[0].text == SIMULATED
    assert "On31March2026theairqualityindexofShizuishanwas" in text_of(pdf)
    assert openpyxl.load_workbook(book).sheetnames[0] == "Summary"


def test_only_the_forms_that_were_asked_for_are_written(ask, simulated_workspace: Path, tmp_path: Path) -> None:
    (pdf,) = files_of(
        ask, "ranking", "--of", "2026-03", "--format", "pdf", "--out", tmp_path, "--letterhead", "石嘴山市 <b>",
        "--number", "=1+1 〔2026〕", "-w", simulated_workspace,
    )  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == [pdf.name]
    assert text_of(pdf).startswith("SIMULATED模拟数据石嘴山市<b>=1+1〔2026〕")


def test_a_station_is_found_by_its_name(ask, simulated_workspace: Path, tmp_path: Path) -> None:
    (book,) = files_of(
        ask,
        "station",
        "模拟·惠农1号",
        "--of",
        "2026-03",
        "-f",
        "xlsx",
        "--out",
        tmp_path,
        "-w",
        simulated_workspace,
    )
    assert book.name == "2026-03 SIM-640205-01 Station monthly table.xlsx"


def test_the_dispatch_bulletin_comes_in_three_forms(ask, plan_workspace: Path, tmp_path: Path) -> None:
    word, book, pdf = files_of(
        ask, "dispatch", "--of", "2024-09", "--today", "2024-10-10", "--number", "〔2024〕9号", "--out", tmp_path,
        "-w", plan_workspace,
    )  # fmt: skip
    said = text_of(pdf)
    assert "〔2024〕9号" in said
    assert "Overdueduties" in said
    assert "SIMULATED" in said
    tables = docx.Document(str(word)).tables
    page = openpyxl.load_workbook(book)["By section"]
    assert [cell.text for cell in tables[0].rows[-1].cells][1] == str(page.cell(page.max_row, 2).value)


def test_chinese_is_the_default_language_of_a_paper(ask, simulated_workspace: Path, tmp_path: Path) -> None:
    (pdf,) = files_of(
        ask, "brief", "--day", "2026-03-05", "-f", "pdf", "--out", tmp_path, "-w", simulated_workspace,
        language="zh_CN",
    )  # fmt: skip
    assert "石嘴山市" in text_of(pdf)


def test_an_office_makes_its_own_template_and_its_faults_are_told(ask, writable_workspace: Path) -> None:
    code, out, err = ask("paper", "template", "daily_brief", "-w", writable_workspace)
    assert code == 0, err
    template = writable_workspace / "templates" / "daily_brief.docx"
    assert str(template) in out
    made = docx.Document(str(template))
    made.add_paragraph("值班电话 {{phone}}")
    made.save(str(template))
    code, out, err = ask("paper", "brief", "-f", "docx", "-w", writable_workspace)
    assert code == 0, err
    assert "daily_brief.docx asks for {{phone}}, which this paper does not have; a dash stands there." in out
    written = writable_workspace / "exports" / "2026-03-31 Daily air quality brief.docx"
    assert docx.Document(str(written)).paragraphs[-1].text == "值班电话 —"
    code, _, err = ask("paper", "template", "daily_brief", "-w", writable_workspace)
    assert code == 2
    assert "stands there already" in err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("brief", "--day", "2019-01-01"), "was not judged"),
        (("brief", "--day", "yesterday"), "is not a date"),
        (("ranking", "--of", "2019-01"), "no judged day"),
        (("ranking", "--of", "../2026"), "is no period"),
        (("ranking", "--of", "2026-03", "--group", "none"), "No list"),
        (("station", "惠农区", "--of", "2026-03"), "is no station"),
        (("station", "nowhere", "--of", "2026-03"), "is no station"),
        (("station", "SIM-640205-01", "--of", "2026Q1"), "is no month"),
        (("dispatch", "--of", "2026-13"), "no month"),
        (("dispatch", "--of", "2026-03"), "no plan"),
    ],
)
def test_what_there_is_not_is_refused_with_a_way_on(
    ask, simulated_workspace: Path, tmp_path, arguments, words
) -> None:
    code, _, err = ask("paper", *arguments, "--out", tmp_path, "-w", simulated_workspace)
    assert code == 2
    assert words in err
    assert list(tmp_path.iterdir()) == []


def test_progress_and_files_are_told_to_people(ask, simulated_workspace: Path, tmp_path: Path) -> None:
    code, out, _ = ask("paper", "brief", "-f", "pdf", "--out", tmp_path, "-w", simulated_workspace)
    assert code == 0
    assert out.strip() == f"Written: {tmp_path / '2026-03-31 Daily air quality brief.pdf'}"
