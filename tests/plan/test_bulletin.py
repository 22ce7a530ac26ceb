"""The bulletin: numbers that add up, counties in order, what is late with its bodies, goals, the chain's head."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import pytest

from lantian.desk.language import translation
from lantian.desk.paper.office_paper import Letterhead
from lantian.desk.paper.office_table import HEAD_ROW
from lantian.desk.paper.word import SIMULATED
from lantian.ledger.chain import day_head
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.targets.goal_records import GoalState, JudgedGoal, Said
from lantian.loop.plan.views.bulletin import (
    gather_bulletin,
    rank_counties,
    write_bulletin,
    write_dispatch_bulletin,
)
from lantian.loop.plan.views.light_looks import light_bars, percent
from lantian.loop.plan.views.tallies import Counted, count_lights

EN, ZH = translation("en"), translation("zh_CN")
GOAL = JudgedGoal(
    "g1", 1, "binding", "潞城区PM2.5", "PM2.5 of Lucheng", "pm25", "140406", "潞城区", "Lucheng District", 2024,
    GoalState.AT_RISK, Said("The mean so far is {value}.", {"value": "41.2"}), target=Decimal(40),
    unit="µg/m³", value=Decimal("41.2"),
)  # fmt: skip


def words(path: Path) -> tuple[str, list[list[list[str]]]]:
    """Read all text and all tables of a document."""
    read = docx.Document(str(path))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in read.tables]
    return "\n".join(line.text for line in read.paragraphs), tables


def test_the_bulletin_tells_the_month_in_numbers(small, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    said = write_bulletin(small.office, path, "2024-10", today=small.today, language=EN, judged=[GOAL])
    text, tables = words(path)
    assert "By 5 November 2024 the plan holds 7 duties: 1 done (14.3 %), 1 under way" in text
    assert "In October 2024 0 duties were done and 1 became overdue; 3 reports came in, 1 were accepted" in text
    assert said.changes.overdue_count == 1
    assert tables[0][-1] == ["Together", "7", "1", "1", "2", "1", "14.3"]
    assert [row[0] for row in tables[0][1:-1]] == ["第1章", "第2章"]


def test_overdue_duties_stand_with_their_body_reason_and_step(small, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    write_bulletin(small.office, path, "2024-11", today=small.today, language=EN, judged=[GOAL])
    _, tables = words(path)
    overdue = tables[2]
    assert overdue[1][:5] == [
        "Government of Luzhou",
        "1. Retire outdated capacity",
        "carries out",
        "2024-10-31",
        "Overdue",
    ]
    assert overdue[1][6] == "Reminder"
    steps = tables[3]
    assert steps[1][0] == "2024-11-03"
    goals = tables[4]
    assert goals[1][1:] == [
        "Lucheng District",
        "2024",
        "40 µg/m³",
        "41.2 µg/m³",
        "at risk",
        "The mean so far is 41.2.",
    ]


def test_places_of_which_the_same_is_said_stand_in_one_row(small, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    blank = replace(GOAL, value=None, state=GoalState.NO_DATA)
    mute = [replace(blank, subject=str(n), subject_en=f"County {n}") for n in range(5)]
    write_bulletin(small.office, path, "2024-10", today=small.today, language=EN, judged=[GOAL, *mute])
    _, tables = words(path)
    goals = tables[-1]
    assert [row[1] for row in goals[1:]] == ["Lucheng District", "5 counties and districts"]
    assert [row[4] for row in goals[1:]] == ["41.2 µg/m³", "—"]


def test_the_head_of_the_chain_stands_at_the_foot_and_the_banner_on_every_page(small, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    write_bulletin(small.office, path, "2024-10", today=small.today, language=ZH, number="〔2024〕10号")
    text, _ = words(path)
    assert str(day_head(small.office.ledger, small.today, small.office.city.zone)) in text
    assert "〔2024〕10号" in text
    read = docx.Document(str(path))
    assert read.sections[0].header.paragraphs[0].text == SIMULATED
    assert read.sections[0].even_page_header.paragraphs[0].text == SIMULATED
    assert len(read.inline_shapes) == 1


def test_excel_and_pdf_say_what_word_says(small, tmp_path: Path) -> None:
    head = Letterhead("长治市人民政府", "长政〔2024〕1号")
    word, book, pdf = write_dispatch_bulletin(
        small.office, "2024-10", tmp_path, EN, today=small.today, judged=[GOAL], letterhead=head
    )
    text, tables = words(word)
    read = openpyxl.load_workbook(book)
    sections = [[cell.value for cell in row] for row in read["By section"].iter_rows(min_row=HEAD_ROW + 2)]
    assert [row[:6] for row in tables[0][1:]] == [[str(value) for value in row[:6]] for row in sections[:3]]
    assert [float(row[6]) for row in tables[0][1:]] == [row[6] for row in sections[:3]]
    assert read["By section"].cell(HEAD_ROW + 2, 7).number_format == "0.0"
    goals = [cell.value for cell in read["Goals"][HEAD_ROW + 2]]
    assert goals[3:6] == ["40 µg/m³", "41.2 µg/m³", "at risk"]
    with pdfplumber.open(pdf) as opened:
        said = "".join("".join(page.extract_text().split()) for page in opened.pages)
    for part in ("长治市人民政府", "长政〔2024〕1号", "7duties:1done(14.3%)", "GovernmentofLuzhou", SIMULATED):
        assert part.replace(" ", "") in said
    assert "1 January" not in text
    assert str(day_head(small.office.ledger, small.today, small.office.city.zone)) in said


def test_names_with_markup_come_out_literally_in_pdf(small, tmp_path: Path) -> None:
    (pdf,) = write_dispatch_bulletin(
        small.office, "2024-10", tmp_path, ZH, ("pdf",), today=small.today,
        judged=[replace(GOAL, title='#import "x" <b> =1+1 $x$')],
    )  # fmt: skip
    with pdfplumber.open(pdf) as opened:
        cells = [cell for page in opened.pages for rows in page.extract_tables() for row in rows for cell in row]
    assert '#import"x"<b>=1+1$x$' in {"".join((cell or "").split()) for cell in cells}


def test_what_there_is_not_is_said_in_words(small, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    write_bulletin(small.office, path, "2024-05", today=date(2024, 5, 31), language=EN)
    text, tables = words(path)
    assert "No duty is overdue." in text
    assert "No step was taken or lifted in this month." in text
    assert "The goals were not judged for this bulletin." in text
    assert "No duty falls due in the next 30 days." in text
    assert len(tables) == 2


def test_only_counties_are_ranked_and_equal_ones_share_a_place(small) -> None:
    said = gather_bulletin(small.office, "2024-10", today=small.today)
    assert [(row.rank, row.name, row.overdue) for row in said.counties] == [
        (1, "潞城区政府", 0),
        (2, "潞州区政府", 1),
    ]
    rows = [
        Counted("a", "甲", "A", count_lights([LightWord.DONE, LightWord.OVERDUE])),
        Counted("b", "乙", "B", count_lights([LightWord.DONE, LightWord.DONE])),
        Counted("c", "丙", "C", count_lights([LightWord.DONE, LightWord.UNDER_WAY])),
        Counted("d", "丁", "D", count_lights([LightWord.DONE, LightWord.NOT_STARTED])),
        Counted("e", "戊", "E", count_lights([])),
    ]
    assert [(row.rank, row.name) for row in rank_counties(rows)] == [
        (1, "乙"),
        (2, "丙"),
        (2, "丁"),
        (4, "甲"),
        (5, "戊"),
    ]
    assert rank_counties(rows)[-1].share is None


def test_lists_are_cut_at_a_limit_and_say_so(small, tmp_path: Path) -> None:
    path = tmp_path / "b.docx"
    write_bulletin(small.office, path, "2024-10", today=date(2025, 12, 1), language=EN, listed=1)
    text, _ = words(path)
    assert "2 duties are overdue; the 1 that are longest so are listed." in text


@pytest.mark.parametrize("simulated", [True, False])
def test_the_small_picture_is_a_png_even_of_nothing(simulated) -> None:
    for rows in ([], [Counted("1", "第一章", "One", count_lights([LightWord.DONE, LightWord.OVERDUE]))]):
        assert light_bars(rows, ZH, simulated=simulated).startswith(b"\x89PNG")


def test_shares_are_rounded_half_up_once() -> None:
    assert (percent(1, 8), percent(1, 2000), percent(7, 7)) == (Decimal("12.5"), Decimal("0.1"), Decimal("100.0"))
