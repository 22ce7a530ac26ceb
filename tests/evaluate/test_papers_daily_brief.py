"""The daily brief: what it says is what the lake holds, in three forms and two languages."""

import io
from collections.abc import Iterator
from dataclasses import replace
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
from lantian.desk.paper.office_paper import Figures, Letterhead, OfficePaper, Table, Text
from lantian.desk.paper.office_table import HEAD_ROW
from lantian.desk.paper.typst_pdf import pdf_of
from lantian.loop import run_days
from lantian.loop.evaluate.papers.daily_brief import daily_brief, write_daily_brief
from lantian.loop.evaluate.papers.looking import Target
from lantian.loop.evaluate.queries import list_days, list_statistics, list_summaries
from lantian.store.tables import AMBIENT_HOURS
from lantian.terms.errors import CallerError
from lantian.terms.periods import period_named
from lantian.terms.pollutants import BASIC

EN, ZH = translation("en"), translation("zh_CN")
DAY, LAST = date(2026, 1, 10), date(2026, 1, 31)
MADE_AT = datetime(2026, 2, 1, 1, tzinfo=UTC)
TARGETS = (Target("pm25", "≤ 35 µg/m³", 2026), Target("good_days", "≥ 280 d", 2025))


@pytest.fixture
def house(two_januaries: Path) -> Iterator[House]:
    opened = open_workspace(two_januaries)
    yield opened
    opened.close()


def brief(house: House, day: date = DAY, **more) -> OfficePaper:
    return daily_brief(house.scene(), day, more.pop("language", EN), made_at=MADE_AT, **more)


def table(paper: OfficePaper, key: str) -> Table:
    return next(block for block in paper.blocks if isinstance(block, Table) and block.key == key)


def texts(paper: OfficePaper) -> list[str]:
    return [block.text for block in paper.blocks if isinstance(block, Text)]


def city_day(house: House, day: date) -> dict:
    return list_days(house.lake, SubjectKind.CITY, house.city.adcode, day, day).row(0, named=True)


def test_the_index_the_level_and_the_primary_pollutant_are_those_of_the_lake(house: House) -> None:
    row, paper = city_day(house, DAY), brief(house)
    figures = next(block for block in paper.blocks if isinstance(block, Figures)).figures
    assert figures[0].value == str(row["aqi"]) == paper.facts["aqi"]
    level = house.scene().rules(DAY).categories.category(row["aqi"])
    assert (figures[0].note, figures[0].colour) == (level.name, level.colour)
    assert texts(paper)[0].startswith(f"On 10 January 2026 the air quality index of Changzhi was {row['aqi']}")


def test_six_pollutants_stand_beside_yesterday_and_last_year(house: House) -> None:
    rows = table(brief(house), "pollutants").rows
    days = [city_day(house, day) for day in (DAY, date(2026, 1, 9), date(2025, 1, 10))]
    for line, pollutant in zip(rows, BASIC, strict=True):
        now, before, then = (day[pollutant.value] for day in days)
        values = [getattr(cell, "value", cell) for cell in line]
        assert (values[2], values[6], values[8]) == (now, before, then)
        assert values[3] == days[0][f"iaqi_{pollutant}"]
        assert values[7] == pytest.approx((now - before) / before * 100, abs=0.051)
        assert values[9] == pytest.approx((now - then) / then * 100, abs=0.051)


def test_counties_are_in_order_of_the_index_and_equal_ones_share_a_place(house: House) -> None:
    paper = brief(house)
    rows = [[getattr(cell, "value", cell) for cell in row] for row in table(paper, "counties").rows]
    known = {
        house.city.name_of(SubjectKind.COUNTY, county.adcode, "en"): days.row(0, named=True)["aqi"]
        for county in house.city.counties
        if (days := list_days(house.lake, SubjectKind.COUNTY, county.adcode, DAY, DAY)).height
    }
    ranked = [row for row in rows if row[0] is not None]
    assert [row[2] for row in ranked] == sorted(value for value in known.values() if value is not None)
    for rank, name, aqi, *_ in ranked:
        assert aqi == known[name]
        assert rank == 1 + sum(1 for other in ranked if other[2] < aqi)
    assert len({row[0] for row in ranked}) < len(ranked), "the day was chosen for its shared place"
    assert len(rows) == len(house.city.counties)


def test_a_county_without_data_stands_last_with_a_dash_and_its_reason(house: House) -> None:
    counties = table(brief(house), "counties")
    silent = counties.texts()[-2:]
    assert {row[1] for row in silent} == {"Pingshun County", "Licheng County"}
    assert all(row[0] == "—" and set(row[2:]) == {"—"} for row in silent)
    assert sum("too few sites with a value" in note for note in counties.notes) == 2


def test_stations_that_lack_data_are_named_with_their_hours(house: House) -> None:
    rows = {row[1]: row for row in table(brief(house), "stations").texts()}
    assert rows["1727A"][4] == "PM₂.₅ 1 h"
    assert rows["1727A"][2] == "Luzhou District"
    assert rows["SIM-140426-01"][4] == "no valid data of the day"
    assert "1728A" not in rows


def test_month_and_year_are_the_figures_that_were_published(house: House) -> None:
    paper = brief(house, LAST)
    rows = {row[0]: row for row in table(paper, "to_date").texts()}
    for period, column in ((period_named("2026-01"), 1), (period_named("2026-01-01..2026-01-31"), 4)):
        stored = list_summaries(house.lake, period, kind=SubjectKind.CITY).row(0, named=True)
        figures = list_statistics(house.lake, period, kind=SubjectKind.CITY)
        mean = dict(figures.select("pollutant", "headline").iter_rows())
        assert rows["Good days (d)"][column] == str(stored["good_days"])
        assert rows["Good-day share (%)"][column] == f"{stored['good_ratio_valid']:.1f}"
        assert rows["Heavily polluted days (d)"][column] == str(stored["heavy_days"])
        assert rows["Composite index"][column] == f"{stored['composite_index']:.2f}"
        assert rows["PM₂.₅ mean (µg/m³)"][column] == f"{mean['pm25']:.0f}"
        assert rows["O₃ 90th percentile (µg/m³)"][column] == f"{mean['o3']:.0f}"
    before = list_summaries(house.lake, period_named("2025-01"), kind=SubjectKind.CITY).row(0, named=True)
    assert rows["Composite index"][2] == f"{before['composite_index']:.2f}"
    now = float(rows["Composite index"][1])
    assert rows["Composite index"][
        3
    ] == f"{(now - before['composite_index']) / before['composite_index'] * 100:+.1f}".replace("-", "−")


def test_a_day_in_the_middle_counts_only_what_was_known_by_then(house: House) -> None:
    paper = brief(house, date(2026, 1, 3))
    figures = next(block for block in paper.blocks if isinstance(block, Figures)).figures
    assert figures[2].unit == "of 3 d"


def test_targets_of_the_year_are_printed_and_others_are_not(house: House) -> None:
    paper = brief(house, targets=TARGETS)
    rows = {row[0]: row[-1] for row in table(paper, "to_date").texts()}
    assert rows["PM₂.₅ mean (µg/m³)"] == "≤ 35 µg/m³"
    assert rows["Good days (d)"] == "—"
    figures = next(block for block in paper.blocks if isinstance(block, Figures)).figures
    assert [figure.note for figure in figures[2:]] == ["", "target ≤ 35 µg/m³", ""]
    assert "No target of the plan holds for this year." in table(brief(house), "to_date").notes


def test_without_last_year_there_is_a_dash_and_a_word(house: House) -> None:
    paper = brief(house, date(2025, 1, 10))
    assert (
        "10 January 2024 was not judged, so there is nothing to compare with." in table(paper, "pollutants").notes
    )
    assert {row[8] for row in table(paper, "pollutants").texts()} == {"—"}
    assert "There are no judged days of last year to compare with." in table(paper, "to_date").notes


def test_a_day_that_was_not_judged_is_refused(house: House) -> None:
    with pytest.raises(CallerError, match="was not judged"):
        brief(house, date(2026, 5, 1))


def test_a_day_without_any_data_says_so(house: House) -> None:
    paper = brief(house, date(2025, 6, 1))
    assert texts(paper)[0] == "There are no valid data of Changzhi on 1 June 2025, so there is no index."
    assert {row[2] for row in table(paper, "pollutants").texts()} == {"—"}
    assert "PM₂.₅: too few sites with a value" in table(paper, "pollutants").notes


def test_unreviewed_hours_are_called_provisional_and_reviewed_ones_are_not(open_copy) -> None:
    house = open_copy("shizuishan")
    day = date(2026, 3, 20)
    assert "not reviewed yet" in brief(house, day).draft
    hours = house.lake.read("ambient_hours", first=day, last=day).select(
        column.name for column in AMBIENT_HOURS.columns
    )
    some = hours.filter(pl.col("station").str.ends_with("01"))
    house.lake.append("ambient_hours", some.with_columns(stage=pl.lit("audited")))
    run_days(house.scene(), house.jobs, day, day)
    assert (
        brief(house, day).draft
        == f"Provisional: {some.height * 100 // hours.height} % of the hours are reviewed so far."
    )
    house.lake.append("ambient_hours", hours.with_columns(stage=pl.lit("audited")))
    run_days(house.scene(), house.jobs, day, day)
    assert brief(house, day).draft == ""


def test_the_three_files_hold_the_same_numbers(house: House, tmp_path: Path) -> None:
    word, book, pdf = write_daily_brief(
        house.scene(), DAY, tmp_path, EN, made_at=MADE_AT, targets=TARGETS, chain_head="7:abc"
    )
    row, wanted = city_day(house, DAY), table(brief(house), "pollutants").texts()
    tables = [[[cell.text for cell in line.cells] for line in one.rows] for one in docx.Document(str(word)).tables]
    assert tables[1][1:] == wanted
    page = openpyxl.load_workbook(book)["Pollutants"]
    column = [page.cell(HEAD_ROW + 2 + at, 3).value for at in range(6)]
    assert column == [row[p.value] for p in BASIC]
    with pdfplumber.open(pdf) as read:
        said = "".join("".join(page.extract_text().split()) for page in read.pages)
        for values in wanted:
            assert "".join(values[2:]).replace(" ", "") in said
    assert "7:abc" in said
    assert f"ofChangzhiwas{row['aqi']}" in said


def test_chinese_is_whole_and_the_red_head_stands_above(house: House) -> None:
    paper = brief(house, language=ZH, letterhead=Letterhead("长治市生态环境局", "长环〔2026〕1号"))
    with pdfplumber.open(io.BytesIO(pdf_of(paper))) as read:
        first = "".join(read.pages[0].extract_text().split())
    assert first.index("长治市生态环境局") < first.index("长环〔2026〕1号") < first.index("2026年1月10日")
    assert table(paper, "counties").texts()[0][1] == "沁源县"
    assert table(paper, "counties").texts()[0][3] == "优"
    assert paper.signed == ["长治市生态环境局", "2026年2月1日"]


def test_the_same_day_gives_the_same_pdf(house: House) -> None:
    assert pdf_of(brief(house)) == pdf_of(brief(house))


def test_counties_with_markup_in_their_names_come_out_literally(house: House, tmp_path: Path) -> None:
    odd = ("<b>甲</b>", '#import "x"', "=1+1", "$x$", "{{aqi}}", "*县* _乙_ @x <y>")
    city = house.city
    counties = tuple(
        replace(county, name_zh=odd[at] if at < len(odd) else county.name_zh)
        for at, county in enumerate(city.counties)
    )
    scene = replace(house.scene(), city=replace(city, counties=counties))
    word, book, pdf = write_daily_brief(scene, DAY, tmp_path, ZH, made_at=MADE_AT)
    with pdfplumber.open(pdf) as read:
        said = "".join("".join(page.extract_text().split()) for page in read.pages)
    cells = [cell.text for one in docx.Document(str(word)).tables for line in one.rows for cell in line.cells]
    sheets = [
        cell for page in openpyxl.load_workbook(book).worksheets for line in page.iter_rows() for cell in line
    ]
    for name in odd:
        assert "".join(name.split()) in said
        assert name in cells
        found = [cell for cell in sheets if cell.value == name]
        assert found
        assert {cell.data_type for cell in found} == {"s"}
