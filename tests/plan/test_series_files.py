"""The form goes out filled in, comes back in any order, and each bad row is told why."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lantian.desk.language import Translation, translation
from lantian.ledger.chain import verify_chain
from lantian.loop.plan.targets.series import find_series, list_series, report_value
from lantian.loop.plan.targets.series_files import import_series, write_series_form
from lantian.terms.errors import CallerError

TODAY = date(2026, 4, 1)
EN, ZH = translation("en"), translation("zh_CN")


NAMES = ("key", "measure", "name", "organisation", "target", "last", "unit", "period", "value", "source")


def sheet_of(path: Path) -> tuple[Any, Any, dict[str, int], int]:
    """Workbook, its form, column key → place, first row below the heads."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    first = next(row for row in range(1, 20) if sheet.cell(row, 1).value == "short-process-steel")
    return book, sheet, {name: place for place, name in enumerate(NAMES, start=1)}, first


@pytest.mark.parametrize("language", [EN, ZH], ids=["en", "zh"])
def test_the_form_asks_for_every_indicator_and_takes_back_what_it_wrote(
    adopted: Any, tmp_path: Path, language: Translation
) -> None:
    office, path = adopted.office, tmp_path / "form.xlsx"
    report_value(office, "straw-use", "2025", Decimal("90.5"), "农业统计", by="agriculture", today=TODAY)
    rows = write_series_form(office, path, "2025", language=language, today=TODAY)
    assert rows == len(list_series(office)) + 1  # the amount of rail freight in 2020 is asked for too
    back = import_series(office, path, by="office", today=TODAY)
    assert (back.taken, back.same, back.empty, back.refused) == ((), 1, rows - 1, ())
    assert back.rows == rows


def test_a_filled_form_is_taken_row_by_row(adopted: Any, tmp_path: Path) -> None:
    office, path = adopted.office, tmp_path / "form.xlsx"
    write_series_form(office, path, "2025", language=ZH, today=TODAY)
    book, sheet, at, first = sheet_of(path)
    filled = {
        ("rail-freight", "2020"): (1000, "统计年鉴"),
        ("rail-freight", "2025"): (1105.5, "统计年鉴"),
        ("green-land", "2025"): ("42.9%", "城建年报"),
        ("straw-use", "2025"): ("约九成", "农业统计"),
        ("prefabricated", "2025"): (130, "住建统计"),
        ("sweeping-city", "2025"): (81, None),
    }
    for row in range(first, sheet.max_row + 1):
        name = (sheet.cell(row, at["key"]).value, str(sheet.cell(row, at["period"]).value))
        if name in filled:
            sheet.cell(row, at["value"]).value, sheet.cell(row, at["source"]).value = filled[name]
    book.save(path)
    found = import_series(office, path, by="office", today=TODAY)
    assert {(row.key, row.period) for row in found.taken} == {
        ("rail-freight", "2020"), ("rail-freight", "2025"), ("green-land", "2025"),
    }  # fmt: skip
    said = {row.column: row.line(EN) for row in found.refused}
    assert len(found.refused) == 3
    assert "约九成" in "".join(said.values()) or "is no share" in said["value"]
    assert "needs its source" in said["source"]
    assert all("{" not in row.line(language) for row in found.refused for language in (EN, ZH))
    rail = find_series(office, "rail-freight", today=TODAY)
    assert rail is not None
    assert rail.standing.change == Decimal("10.55")
    again = import_series(office, path, by="office", today=TODAY)
    assert (again.taken, again.same, len(again.refused)) == ((), 3, 3)
    assert verify_chain(office.ledger).sound


def test_a_gbk_text_file_with_its_own_heads_is_taken(adopted: Any, tmp_path: Path) -> None:
    path = tmp_path / "填报.csv"
    path.write_text(
        "指标编码,年度,数值,数据来源\nstraw-use,2024年,90.2,农业统计\nstraw-use,2025-13,91,农业统计\nnothing,2024,1,x\n",
        encoding="gb18030",
    )
    found = import_series(adopted.office, path, by="office", today=TODAY)
    assert [(row.key, row.period) for row in found.taken] == [("straw-use", "2024")]
    assert [(row.row, row.column) for row in found.refused] == [(3, "period"), (4, "key")]


def test_a_row_of_another_body_is_refused(adopted: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("key,period,value,source\nstraw-use,2024,90,s\n", encoding="utf-8")
    found = import_series(adopted.office, path, by="x", organisation="police", today=TODAY)
    assert found.taken == ()
    assert "Leave it to them" in found.refused[0].line(EN)


def test_another_file_is_refused_whole(adopted: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CallerError, match="is no form of indicators"):
        import_series(adopted.office, path, by="x", today=TODAY)


def test_the_form_of_one_body_has_its_own_indicators(adopted: Any, tmp_path: Path) -> None:
    office = adopted.office
    owner = find_series(office, "green-land", today=TODAY).facts.organisation_id  # type: ignore[union-attr]
    mine = [row for row in list_series(office) if row.facts.organisation_id in (None, owner)]
    rows = write_series_form(office, tmp_path / "f.xlsx", "2025", language=ZH, organisation=owner, today=TODAY)
    assert rows in (len(mine), len(mine) + 1)
    assert 0 < rows < len(list_series(office))
