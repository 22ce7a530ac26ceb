from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from lantian.desk.language import translation
from lantian.loop.explain.columns import PAGES, columns_of, page_titles
from lantian.loop.explain.editions import Opened, open_edition
from lantian.loop.explain.files import import_book, read_pages, write_template
from lantian.loop.explain.form import BookForm, write_book
from lantian.loop.explain.keeping import read_book, rows_of
from lantian.science.inventory.records import Book
from lantian.science.inventory.rules import inventory_rules
from lantian.terms.errors import CallerError

SHEETS = {"sources": 0, "processes": 1, "controls": 2, "measured": 3, "statistics": 4}


@pytest.fixture
def workbook(study, fill, tmp_path) -> Path:
    """The small book as a workbook in Chinese."""
    fill()
    return write_template(study, tmp_path / "book.xlsx")


@pytest.fixture(scope="session")
def form(city, rulebook, make_book, tmp_path_factory) -> Path:
    """The small book as a workbook in English, without any workspace."""
    path = tmp_path_factory.mktemp("form") / "book.xlsx"
    rules = inventory_rules(rulebook, date(2024, 12, 31))
    at = datetime(2026, 2, 3, tzinfo=UTC)
    write_book(path, BookForm(make_book(), "2024", city, rules, at, simulated=True), translation("en"))
    return path


Change = Callable[[Path, str, str, int, object], Path]


@pytest.fixture
def change(tmp_path) -> Change:
    """Write one cell of a workbook: page, heading in English, row of the page from 1."""

    def changed(path: Path, page: str, heading: str, row: int, value: object) -> Path:
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[SHEETS[page]]
        spoken = {heading, translation("zh_CN").gettext(heading)}
        column = next(cell.column for cell in sheet[2] if str(cell.value).rstrip("*") in spoken)
        sheet.cell(2 + row, column).value = value  # type: ignore[assignment]
        out = tmp_path / "changed.xlsx"
        book.save(out)
        return out

    return changed


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_workbook_comes_back_as_it_went_out(study, fill, tmp_path, locale):
    book = fill()
    path = write_template(study, tmp_path / "book.xlsx", "2024", language=translation(locale))
    open_edition(study, Opened("copy", 2024, "office", "test"))
    done = import_book(study, "copy", path)
    assert done.kept
    assert done.rejected == 0
    copy = read_book(study, "copy", 2024)
    assert (copy.sources, copy.measured, copy.statistics) == (book.sources, book.measured, book.statistics)


def test_same_workbook_twice_changes_nothing(study, workbook):
    done = import_book(study, "2024", workbook)
    assert sum(done.written.values()) == 0


def test_workbook_saved_by_another_program_comes_back_too(study, workbook, tmp_path):
    openpyxl.load_workbook(workbook).save(tmp_path / "again.xlsx")
    assert sum(import_book(study, "2024", tmp_path / "again.xlsx").written.values()) == 0


def test_changed_cell_is_one_changed_row(study, workbook, change):
    done = import_book(study, "2024", change(workbook, "processes", "Activity", 1, 6_000))
    assert {name: count for name, count in done.written.items() if count} == {"inventory_processes": 1}
    [boiler] = [source for source in read_book(study, "2024", 2024).sources if source.id == "A1"]
    assert boiler.processes[0].activity.amount == 6_000.0


@pytest.mark.parametrize(
    ("page", "heading", "row", "value", "reason"),
    [
        ("sources", "Source id", 1, "A/1", "no slash"),
        ("sources", "Name", 1, None, "needed and empty"),
        ("sources", "County or zone", 1, "北京市", "no such county"),
        ("sources", "Kind in space", 1, "cloud", "no kind of source"),
        ("sources", "Longitude", 1, 36.2, "no longitude in China"),
        ("sources", "Latitude", 1, None, "without the other"),
        ("sources", "Latitude", 1, 113.1, "no latitude in China"),
        ("sources", "Longitude", 1, "east", "no number"),
        ("sources", "Datum", 1, None, "name no datum"),
        ("sources", "Datum", 1, "Mars", "knows this datum"),
        ("sources", "Geometry (WKT)", 4, "LINESTRING (113 36)", "no WKT"),
        ("processes", "Source category", 1, "combustion.power", "fourth level"),
        ("processes", "Unit", 1, "kg", "another unit"),
        ("processes", "Activity", 1, -5, "below zero"),
        ("processes", "Activity", 1, None, "needed and empty"),
        ("processes", "Spread (geometric)", 1, 0.5, "1 or more"),
        ("processes", "Parameters", 1, "sulphur=0.01", "parameter is missing"),
        ("processes", "Parameters", 1, "sulphur=1.2; ash=0.2", "outside what is possible"),
        ("processes", "Parameters", 1, "sulphur=high; ash=0.2", "no number"),
        ("processes", "Parameters", 1, "sulphur=0.01; ash=0.2; speed=3", "no such parameter"),
        ("processes", "Parameters", 1, "sulphur", "with its name"),
        ("processes", "Source id", 1, "ZZ", "Nothing in the book"),
        ("controls", "Technique", 1, "magic", "no such technique"),
        ("controls", "Place in the flow", 1, 1.5, "1, 2, 3"),
        ("controls", "Running (%)", 1, 120, "between 0 and 100"),
        ("controls", "Own removal (%)", 1, "pm10=95", "coarse"),
        ("controls", "Own removal (%)", 1, "pm25=995", "between 0 and 100"),
        ("controls", "Process id", 1, "ZZ", "Nothing in the book"),
        ("measured", "Pollutant", 1, "gold", "no such pollutant"),
        ("measured", "Method", 1, "factor", "no method"),
        ("measured", "Coverage (%)", 1, 101, "between 0 and 100"),
        ("measured", "Source id", 1, "ZZ", "Nothing in the book"),
        ("statistics", "Source category", 1, "no.such", "no such category"),
        ("statistics", "Total", 1, -1, "below zero"),
    ],
)  # fmt: skip
def test_cell_that_says_nothing_is_told_with_row_and_reason(
    city, rulebook, form, change, page, heading, row, value, reason
):
    rules = inventory_rules(rulebook, date(2024, 12, 31))
    pages = read_pages(city, change(form, page, heading, row, value), rules, rows_of(Book("", 2024, ())))
    lines = [line for each in pages for line in each.report.rejects.select("row", "reason").iter_rows()]
    assert any(reason in why and at == 2 + row for at, why in lines), lines


def test_file_with_a_bad_cell_is_not_taken(study, workbook, change):
    before = read_book(study, "2024", 2024)
    done = import_book(study, "2024", change(workbook, "processes", "Activity", 1, -5))
    assert (done.kept, done.written) == (False, {})
    assert done.rejected == 2  # and the device of that process
    assert read_book(study, "2024", 2024) == before


def test_two_rows_under_one_id_are_rejected(study, workbook, change):
    done = import_book(study, "2024", change(workbook, "sources", "Source id", 2, "A1"))
    assert not done.kept
    assert "same ids" in " ".join(done.pages[0].report.rejects["reason"])


def test_partial_import_takes_the_sound_rows_and_withdraws_none(study, workbook, change):
    path = change(workbook, "processes", "Activity", 1, -5)
    path = change(path, "processes", "Activity", 2, 21_000)
    done = import_book(study, "2024", path, partial=True)
    assert (done.kept, done.rejected) == (True, 2)  # the device of the rejected process has lost its process
    book = {source.id: source for source in read_book(study, "2024", 2024).sources}
    assert book["A1"].processes[0].activity.amount == 5_000
    assert book["H1"].processes[0].activity.amount == 21_000


def test_deleted_row_leaves_the_book(study, workbook, tmp_path):
    book = openpyxl.load_workbook(workbook)
    book.worksheets[SHEETS["measured"]].delete_rows(3)
    book.worksheets[SHEETS["statistics"]].delete_rows(3)
    book.save(tmp_path / "less.xlsx")
    done = import_book(study, "2024", tmp_path / "less.xlsx")
    assert done.kept
    kept = read_book(study, "2024", 2024)
    assert len(kept.measured) == 1
    assert kept.statistics == ()


def test_page_that_is_absent_is_left_as_it_was(study, workbook, tmp_path):
    book = openpyxl.load_workbook(workbook)
    del book[book.sheetnames[SHEETS["measured"]]]
    book.save(tmp_path / "less.xlsx")
    assert sum(import_book(study, "2024", tmp_path / "less.xlsx").written.values()) == 0
    assert len(read_book(study, "2024", 2024).measured) == 2


def test_chinese_coordinates_are_converted(study, workbook, change):
    path = change(workbook, "sources", "Datum", 1, "GCJ-02")
    import_book(study, "2024", path)
    [boiler] = [source for source in read_book(study, "2024", 2024).sources if source.id == "A1"]
    assert 0.001 < 113.1 - boiler.longitude < 0.01


def test_empty_workbook_of_a_year_offers_choices_and_says_what_categories_want(study, tmp_path):
    path = write_template(study, tmp_path / "empty.xlsx", year=2025)
    book = openpyxl.load_workbook(path)
    validations = book.worksheets[SHEETS["processes"]].data_validations.dataValidation
    assert {str(each.formula1).split("!")[0] for each in validations} == {"lists"}
    assert len(validations) == 2
    assert book["lists"].sheet_state == "veryHidden"
    said = [cell.value for cell in book.worksheets[5]["A"]]
    assert "combustion.power.coal.pulverised" in said
    assert book.worksheets[SHEETS["sources"]]["A2"].comment is not None
    open_edition(study, Opened("2025", 2025, "office", "test"))
    done = import_book(study, "2025", path)
    assert done.kept
    assert read_book(study, "2025", 2025).sources == ()


def test_file_of_another_kind_is_refused(study, fill, tmp_path):
    fill()
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(CallerError, match="no page of an inventory"):
        import_book(study, "2024", tmp_path / "other.xlsx")


def test_page_without_a_needed_column_is_refused(study, workbook, change):
    book = openpyxl.load_workbook(workbook)
    book.worksheets[SHEETS["processes"]].delete_cols(5)
    book.save(workbook)
    with pytest.raises(CallerError, match="no column for amount"):
        import_book(study, "2024", workbook)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_headings_of_a_page_are_told_apart_in_every_language(locale):
    language = translation(locale)
    for page in PAGES:
        names = [language.gettext(column.title) for column in page.columns]
        assert columns_of(page, names) == {
            column.key: name for column, name in zip(page.columns, names, strict=True)
        }
        assert all(columns_of(page, [word])[column.key] for column in page.columns for word in column.words)
    titles = [page_titles(page) for page in PAGES]
    assert all(not one & other for n, one in enumerate(titles) for other in titles[:n])
