import re

from lantian.loop.explain.report import write_report
from lantian.loop.explain.running import compute
from lantian.loop.explain.tables import INVENTORY_TABLES


def test_every_column_has_unit_and_meaning_in_both_languages():
    for table in INVENTORY_TABLES:
        assert re.search(r"[一-鿿]", table.title_zh), table.name
        for column in table.columns:
            assert column.unit, (table.name, column.name)
            assert column.meaning, (table.name, column.name)
            assert re.search(r"[一-鿿]", column.meaning_zh), (table.name, column.name)


def test_report_has_sums_sectors_counties_methods_compounds_findings_and_how_it_was_made(
    study, fill, jobs, tmp_path
):
    import openpyxl

    fill()
    compute(study, jobs, "2024")
    path = write_report(study, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 7
    sums = {row[0].value: row[1].value for row in book.worksheets[0].iter_rows(min_row=4) if row[1].value}
    assert sums["SO₂"] > 2000
    last = " ".join(str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row)
    assert "inventory-book" in last
    assert jobs.latest("inventory")[0]["id"] in last
