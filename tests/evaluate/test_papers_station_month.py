"""A station's month: every day as the lake holds it, what is invalid with its hours, the month's figures."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import openpyxl
import pdfplumber
import pytest

from lantian.assembly import House, open_workspace
from lantian.city.records import SubjectKind
from lantian.desk.language import translation
from lantian.desk.paper.office_paper import OfficePaper, Signing, Table, Text
from lantian.desk.paper.office_table import HEAD_ROW
from lantian.loop.evaluate.papers.station_month import station_month, write_station_month
from lantian.loop.evaluate.queries import list_days, list_statistics, list_summaries
from lantian.terms.errors import CallerError
from lantian.terms.periods import period_named
from lantian.terms.pollutants import BASIC

EN, ZH = translation("en"), translation("zh_CN")
MONTH, CODE = period_named("2026-01"), "1727A"
MADE_AT = datetime(2026, 2, 3, 1, tzinfo=UTC)
COLUMNS = ("so2", "no2", "co", "o3_1h", "o3", "pm10", "pm25")


@pytest.fixture
def house(two_januaries: Path) -> Iterator[House]:
    opened = open_workspace(two_januaries)
    yield opened
    opened.close()


def month(house: House, code: str = CODE, period=MONTH, language=EN) -> OfficePaper:
    return station_month(house.scene(), code, period, language, made_at=MADE_AT)


def tables(paper: OfficePaper) -> dict[str, Table]:
    return {block.key: block for block in paper.blocks if isinstance(block, Table)}


def test_every_day_is_the_one_of_the_lake(house: House) -> None:
    days = list_days(house.lake, SubjectKind.STATION, CODE, MONTH.first, MONTH.last)
    rows = tables(month(house))["days"].rows
    assert len(rows) == 31
    for row, day in zip(rows, days.iter_rows(named=True), strict=True):
        assert row[0] == day["legal_day"].day
        assert [cell.value for cell in row[1:8]] == [day[name] for name in COLUMNS]
        assert row[8] == day["aqi"]


def test_a_day_without_enough_hours_is_a_dash_with_its_hours(house: House) -> None:
    rows = {row[0]: row for row in tables(month(house))["days"].texts()}
    assert (rows["9"][7], rows["9"][11]) == ("—", "PM₂.₅ H0")
    assert rows["10"][11] == "PM₂.₅ H1"
    assert rows["8"][11] == ""


def test_the_statistics_are_the_published_ones(house: House) -> None:
    stored = list_statistics(house.lake, MONTH, kind=SubjectKind.STATION)
    by_name = {row["pollutant"]: row for row in stored.iter_rows(named=True) if row["code"] == CODE}
    paper = month(house)
    rows = {row[0]: row[1:] for row in tables(paper)["statistics"].texts()}
    at = {name: place for place, name in enumerate(COLUMNS)}
    rules = house.scene().rules(MONTH.last).evaluation
    for pollutant in BASIC:
        row, place = by_name[pollutant.value], at[pollutant.value]
        decimals = rules.decimals_period.of(pollutant)
        assert rows["Mean"][place] == f"{row['mean_reported']:.{decimals}f}"
        assert rows["Lawful percentile"][place] == f"{row['percentile_reported']:.{decimals}f}"
        assert rows["Valid days (of 31)"][place] == str(row["days_valid"])
        assert rows["Days above the limit"][place] == str(row["days_exceeding"])
    assert rows["Valid days (of 31)"][at["pm25"]] == "29"
    assert rows["Mean"][at["o3_1h"]] == "—"
    summary = next(
        row
        for row in list_summaries(house.lake, MONTH, kind=SubjectKind.STATION).iter_rows(named=True)
        if row["code"] == CODE
    )
    wanted = f"Days with an index: {summary['days_published']}; good days: {summary['good_days']}"
    assert any(note.startswith(wanted) for note in tables(paper)["statistics"].notes)


def test_highest_and_lowest_are_of_the_days(house: House) -> None:
    days = list_days(house.lake, SubjectKind.STATION, CODE, MONTH.first, MONTH.last)
    rows = {row[0]: row[1:] for row in tables(month(house))["statistics"].texts()}
    assert rows["Highest day"][6] == f"{days.get_column('pm25').max():.0f}"
    assert rows["Lowest day"][2] == f"{days.get_column('co').min():.1f}"


def test_there_are_places_for_three_signatures(house: House) -> None:
    signing = next(block for block in month(house).blocks if isinstance(block, Signing))
    assert list(signing.labels) == ["Filled in by", "Checked by", "Issued by"]


def test_a_running_month_ends_with_the_last_judged_day_and_is_a_draft(judged_folders: dict[str, Path]) -> None:
    house = open_workspace(judged_folders["changzhi"])
    try:
        paper = month(house, period=period_named("2026-04"))
        assert len(tables(paper)["days"].rows) == 10
        assert paper.watermark == "DRAFT"
    finally:
        house.close()


def test_a_station_that_was_silent_says_so(house: House) -> None:
    paper = month(house, "SIM-140425-T1")
    assert all(set(row[1:11]) == {"—"} for row in tables(paper)["days"].texts())
    assert "No day of this station was judged in this month." in [
        block.text for block in paper.blocks if isinstance(block, Text)
    ]


@pytest.mark.parametrize(
    ("code", "period", "words"),
    [
        ("1727A", "2026Q1", "is no month"),
        ("none", "2026-01", "is no station"),
        ("1727A", "2020-01", "no judged day"),
    ],
)
def test_what_there_is_not_is_refused(house: House, code, period, words) -> None:
    with pytest.raises(CallerError, match=words):
        month(house, code, period_named(period))


def test_the_three_files_hold_the_same_days(house: House, tmp_path: Path) -> None:
    word, book, pdf = write_station_month(house.scene(), CODE, MONTH, tmp_path, ZH, made_at=MADE_AT)
    wanted = tables(month(house, language=ZH))["days"].texts()
    cells = [[cell.text for cell in row.cells] for row in docx.Document(str(word)).tables[0].rows[1:]]
    assert cells == wanted
    page = openpyxl.load_workbook(book).worksheets[0]
    days = list_days(house.lake, SubjectKind.STATION, CODE, MONTH.first, MONTH.last)
    assert [page.cell(HEAD_ROW + 2 + at, 8).value for at in (0, 8, 30)] == [
        days.item(0, "pm25"), "—", days.item(30, "pm25"),
    ]  # fmt: skip
    with pdfplumber.open(pdf) as read:
        rows = read.pages[0].extract_tables()[0]
    assert [row[1:9] for row in rows[1:]] == [row[1:9] for row in wanted]
    assert date(2026, 2, 3) == house.lake.day_of(MADE_AT)
