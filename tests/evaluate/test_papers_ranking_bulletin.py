"""The ranking bulletin: the list as it was made, its law printed, too few days marked, drafts marked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import polars as pl
import pytest

from lantian.assembly import House, open_workspace
from lantian.city.records import SubjectKind
from lantian.desk.language import translation
from lantian.desk.paper.office_paper import Letterhead, OfficePaper, Picture, Table, Text
from lantian.desk.paper.office_table import HEAD_ROW
from lantian.loop.evaluate.papers.ranking_bulletin import ranking_bulletin, write_ranking_bulletin
from lantian.loop.evaluate.queries import find_ranking, list_statistics, list_summaries
from lantian.terms.errors import CallerError
from lantian.terms.periods import period_named
from lantian.terms.pollutants import BASIC

EN, ZH = translation("en"), translation("zh_CN")
MONTH = period_named("2026-01")
MADE_AT = datetime(2026, 2, 3, 1, tzinfo=UTC)


@pytest.fixture
def house(two_januaries: Path) -> Iterator[House]:
    opened = open_workspace(two_januaries)
    yield opened
    opened.close()


def bulletin(house: House, period=MONTH, **more) -> OfficePaper:
    return ranking_bulletin(house.scene(), period, more.pop("language", EN), made_at=MADE_AT, **more)


def table(paper: OfficePaper) -> Table:
    return next(block for block in paper.blocks if isinstance(block, Table))


def said(paper: OfficePaper) -> str:
    return " ".join(block.text for block in paper.blocks if isinstance(block, Text))


def ranked(house: House) -> pl.DataFrame:
    return find_ranking(house.lake, MONTH, "composite_index")


def test_the_order_the_changes_and_the_places_are_those_of_the_list(house: House) -> None:
    order = list(ranked(house).iter_rows(named=True))
    rows = table(bulletin(house)).texts()
    assert len(rows) == len(order) + 1
    for row, wanted in zip(rows, order, strict=False):
        name = house.city.name_of(SubjectKind.COUNTY, wanted["code"], "en")
        assert row[1].removesuffix(" ※") == name
        assert row[0] == ("—" if wanted["rank"] is None else str(wanted["rank"]))
        assert row[2] == ("—" if wanted["value"] is None else f"{wanted['value']:.2f}")
        assert row[3] == ("—" if wanted["base_value"] is None else f"{wanted['base_value']:.2f}")
        change = "—" if wanted["change"] is None else f"{wanted['change']:+.1f}".replace("-", "−")
        assert row[4] == change
        assert row[5] == ("—" if wanted["change_rank"] is None else str(wanted["change_rank"]))
    assert any(row[4].startswith("−") for row in rows)


def test_pollutants_good_days_and_completeness_are_those_of_the_period(house: House) -> None:
    basis = house.scene().rules(MONTH.last).ranking.basis
    statistics = list_statistics(house.lake, MONTH, basis=basis)
    counts = {row["code"]: row for row in list_summaries(house.lake, MONTH, basis=basis).iter_rows(named=True)}
    order = list(ranked(house).iter_rows(named=True))
    for row, one in zip(table(bulletin(house)).rows, order, strict=False):
        of = statistics.filter((pl.col("kind") == "county") & (pl.col("code") == one["code"]))
        headline = dict(of.select("pollutant", "headline").iter_rows())
        assert [cell.value for cell in row[6:12]] == [headline.get(p.value) for p in BASIC]
        if one["code"] not in counts:
            assert row[12:] == [None, None]
            continue
        assert row[12] == counts[one["code"]]["good_ratio_valid"]
        complete = counts[one["code"]]["days_complete"] / counts[one["code"]]["days_total"] * 100
        assert row[13] == pytest.approx(complete, abs=0.051)


def test_the_city_stands_below_without_a_place(house: House) -> None:
    city = list_summaries(house.lake, MONTH, kind=SubjectKind.CITY, basis="dust_deducted").row(0, named=True)
    last = table(bulletin(house)).texts()[-1]
    assert last[:3] == ["—", "Changzhi as a whole", f"{city['composite_index']:.2f}"]


def test_who_has_no_figure_is_not_ranked_and_the_reason_is_printed(house: House) -> None:
    paper = bulletin(house)
    assert table(paper).texts()[-2][:3] == ["—", "Pingshun County", "—"]
    assert "Pingshun County is not ranked: no figure in this period." in table(paper).notes
    assert "In January 2026 11 of 12 counties and districts are ranked." in said(paper)


def test_a_place_that_rests_on_two_days_carries_its_mark(house: House) -> None:
    paper = bulletin(house)
    marked = [row for row in table(paper).texts() if row[1].endswith("※")]
    assert [row[1] for row in marked] == ["Licheng County ※"]
    assert marked[0][13] == "6.5"
    assert any(note.startswith("※ Licheng County has 2 valid days") for note in table(paper).notes)
    assert "The place of Licheng County rests on few days" in said(paper)


def test_the_first_the_last_and_the_most_improved_are_told(house: House) -> None:
    paper, order = bulletin(house), ranked(house).filter(pl.col("rank").is_not_null())
    first = house.city.name_of(SubjectKind.COUNTY, order.item(0, "code"), "en")
    last = house.city.name_of(SubjectKind.COUNTY, order.item(-1, "code"), "en")
    assert f"By composite index {first} ({order.item(0, 'value'):.2f})" in said(paper)
    assert f"{last} ({order.item(-1, 'value'):.2f}) last." in said(paper)
    best = order.sort("change").row(0, named=True)
    name = house.city.name_of(SubjectKind.COUNTY, best["code"], "en")
    assert f"{name} improved most ({best['change']:.1f} %)".replace("-", "−") in said(paper)


def test_the_law_the_ties_and_the_side_of_dust_are_printed(house: House) -> None:
    notes = " ".join(table(bulletin(house)).notes)
    rules = house.scene().rules(MONTH.last)
    assert rules.name in notes
    assert rules.ranking.title in notes
    assert rules.ranking.tie_style in notes
    assert "dust deducted" in notes
    assert any(rules.ranking.id in words for _, words in bulletin(house).how_made)


def test_equal_values_share_a_place(judged_folders: dict[str, Path]) -> None:
    house = open_workspace(judged_folders["changzhi"])
    try:
        rows = table(bulletin(house, period_named("2026-03"))).texts()[:-1]
        for row in rows:
            assert int(row[0]) == 1 + sum(1 for other in rows if float(other[2]) < float(row[2]))
    finally:
        house.close()


def test_a_month_that_is_not_over_is_a_draft_and_flags_nobody(judged_folders: dict[str, Path]) -> None:
    house = open_workspace(judged_folders["changzhi"])
    try:
        paper = bulletin(house, period_named("2026-04"))
        assert paper.draft == "Provisional: the period is not over; days up to 10 April 2026 are in."
        assert paper.watermark == "DRAFT"
        assert not any("※" in row[1] for row in table(paper).texts())
    finally:
        house.close()


def test_a_period_without_a_list_is_refused(house: House) -> None:
    for name in ("2019-01", "2026-07"):
        with pytest.raises(CallerError, match="no judged day"):
            bulletin(house, period_named(name))


def test_a_month_without_data_ranks_nobody_and_says_so(house: House) -> None:
    paper = bulletin(house, period_named("2025-06"))
    assert "No county could be ranked; the reasons stand below the table." in said(paper)
    assert {row[0] for row in table(paper).texts()} == {"—"}


def test_the_picture_is_told_in_words(house: House) -> None:
    picture = next(block for block in bulletin(house).blocks if isinstance(block, Picture))
    assert picture.alt.startswith("Composite index of the counties, January 2026: ")
    assert "Pingshun County —" in picture.alt
    assert picture.png.startswith(b"\x89PNG")


def test_the_three_files_hold_the_same_order(house: House, tmp_path: Path) -> None:
    head = Letterhead("长治市大气污染防治工作领导小组办公室", "长气防办〔2026〕3号")
    word, book, pdf = write_ranking_bulletin(
        house.scene(), MONTH, tmp_path, ZH, made_at=MADE_AT, letterhead=head, chain_head="9:fff"
    )
    wanted = table(bulletin(house, language=ZH)).texts()
    cells = [[cell.text for cell in row.cells] for row in docx.Document(str(word)).tables[0].rows[1:]]
    assert cells == wanted
    page = next(
        page for page in openpyxl.load_workbook(book).worksheets if page.cell(HEAD_ROW + 1, 2).value == "县区"
    )
    values = [page.cell(HEAD_ROW + 2 + at, 3).value for at in range(11)]
    assert values == ranked(house).get_column("value").to_list()[:11]
    with pdfplumber.open(pdf) as read:
        text = "".join("".join(page.extract_text().split()) for page in read.pages)
        rows = [row for page in read.pages for found in page.extract_tables() for row in found]
    assert text.index(head.office) < text.index(head.number)
    assert "9:fff" in text
    assert [row[2] for row in rows if row[0].isdigit()] == [row[2] for row in wanted[:11]]


def test_nothing_is_said_of_last_year_where_there_is_none(house: House) -> None:
    paper = bulletin(house, period_named("2025-01"))
    assert "There is no figure of the same period of last year to compare with." in said(paper)
    assert {row[4] for row in table(paper).texts()} == {"—"}
    assert paper.made_at.tzinfo is not None
    assert date(2026, 2, 3) == house.lake.day_of(paper.made_at)
