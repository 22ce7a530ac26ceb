"""Workbooks: exact values, no formulas, units, and a sheet that says how they were made."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import polars as pl
import pytest

from lantian.desk.language import translation
from lantian.desk.paper.excel import Sheet, SheetColumn, cells_wide, tab_name, write_workbook
from lantian.desk.paper.provenance import EditionUse, HowMade
from lantian.rules import Rulebook
from lantian.terms.errors import CallerError, HouseError

CITY = ZoneInfo("Asia/Shanghai")


def made(*, simulated: bool = False) -> HowMade:
    """How the tests' documents were made."""
    return HowMade(
        title="长治市日报",
        city="长治市",
        period="2026-03-01..2026-03-02",
        source_tables=("daily_index",),
        editions=(EditionUse("hj633-2026-day", "环境空气质量指数（AQI）技术规定", "A", "HJ 633-2026"),),
        run_id="019ca6c5-e000-7000-8000-000000000000",
        code_version="0.1.0",
        generated_at=datetime(2026, 3, 3, 9, 0, tzinfo=CITY),
        simulated=simulated,
        notes=("=not a formula",),
    )


FRAME = pl.DataFrame(
    {
        "station": ["清华站", "=1+1", None],
        "hour_start": [datetime(2026, 3, 1, 0, tzinfo=CITY), None, datetime(2026, 3, 1, 23, tzinfo=CITY)],
        "day": [date(2026, 3, 1)] * 3,
        "pm25": [35.25, None, float("nan")],
        "aqi": [51, 101, None],
        "simulated": [False, True, None],
    }
)
LOOKS = (
    SheetColumn("station", "点位"),
    SheetColumn("hour_start", "小时"),
    SheetColumn("day"),
    SheetColumn("pm25", "细颗粒物（PM2.5）", "µg/m³", 1),
    SheetColumn("aqi"),
    SheetColumn("simulated"),
)


def test_values_stay_exact_and_decimals_are_only_shown(tmp_path: Path) -> None:
    path = tmp_path / "made" / "a.xlsx"
    write_workbook(path, [Sheet("日报", FRAME, LOOKS, {"aqi": {"51": "#FFFF00"}})], made())
    page = openpyxl.load_workbook(path)["日报"]
    assert [cell.value for cell in page[1]] == ["点位", "小时", "day", "细颗粒物（PM2.5）", "aqi", "simulated"]
    assert page["D2"].value == "µg/m³"
    assert page["D3"].value == 35.25
    assert page["D3"].number_format == "0.0"
    assert page["B3"].value == datetime(2026, 3, 1, 0)  # noqa: DTZ001 - Excel knows no zone
    assert page["E3"].fill.fgColor.rgb == "FFFFFF00"
    assert page["F4"].value is True
    assert page.freeze_panes == "A3"
    assert page.column_dimensions["D"].width >= cells_wide("细颗粒物（PM2.5）")


def test_missing_values_are_empty_cells_and_never_zero(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [Sheet("a", FRAME, LOOKS)], made())
    page = openpyxl.load_workbook(path)["a"]
    assert page["D4"].value is None
    assert page["D5"].value is None
    assert page["A5"].value is None


def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": ["=1+1", "+1", "-1", "@x", "https://example.org", "\tx"]})
    path = tmp_path / "a.xlsx"
    write_workbook(path, [Sheet("a", frame)], made())
    page = openpyxl.load_workbook(path)["a"]
    for row, text in enumerate(frame["a"], start=2):
        cell = page.cell(row, 1)
        assert cell.value == text
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert cell.quotePrefix == (text != "https://example.org")


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_last_sheet_says_how_it_was_made(tmp_path: Path, locale: str) -> None:
    path = tmp_path / "a.xlsx"
    write_workbook(path, [Sheet("a", FRAME)], made(simulated=True), translation(locale))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["a", "制作说明 How made"]
    page = book["制作说明 How made"]
    words = "\n".join(str(cell.value) for row in page for cell in row if cell.value is not None)
    for wanted in (
        "daily_index",
        "hj633-2026-day",
        "HJ 633-2026",
        "019ca6c5",
        "0.1.0",
        "2026-03-03 09:00:00+08:00",
    ):
        assert wanted in words
    banner = translation(locale).gettext("SIMULATED data, never measured")
    assert page["A1"].value == banner
    assert banner in str(book["a"].oddHeader.center.text)


def test_an_edition_describes_itself_in_the_readers_language(rulebook: Rulebook) -> None:
    rule = rulebook.aqi_day(date(2026, 3, 1))
    assert EditionUse.of(rule, translation("zh_CN")).title == rule.title_zh
    assert EditionUse.of(rule, translation("en")).title == rule.title


def test_the_same_table_gives_the_same_file(tmp_path: Path) -> None:
    one, other = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_workbook(one, [Sheet("a", FRAME)], made())
    write_workbook(other, [Sheet("a", FRAME)], made())
    assert one.read_bytes() == other.read_bytes()


def test_tab_names_are_lawful_and_unlike() -> None:
    taken: set[str] = set()
    names = [tab_name(text, taken) for text in ("a/b[c]:d?*\\", "A-B-C--D---", "x" * 40, "x" * 40, "", "History")]
    assert len({name.lower() for name in names}) == 6
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)
    assert "history" not in {name.lower() for name in names}


def test_a_table_longer_than_a_sheet_is_refused(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": pl.zeros(1_048_576, eager=True)})
    with pytest.raises(CallerError, match="1,048,576"):
        write_workbook(tmp_path / "a.xlsx", [Sheet("a", frame)], made())
    assert list(tmp_path.iterdir()) == []


def test_a_refusing_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(HouseError, match="could not be written"):
        write_workbook(tmp_path / "file" / "a.xlsx", [Sheet("a", FRAME)], made())


def test_instants_of_other_zones_are_written_as_their_own_clock(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    frame = pl.DataFrame({"t": [datetime(2026, 3, 1, 16, tzinfo=UTC)]})
    write_workbook(path, [Sheet("a", frame)], made())
    assert openpyxl.load_workbook(path)["a"]["A2"].value == datetime(2026, 3, 1, 16)  # noqa: DTZ001 - Excel knows no zone
