"""Columns of the inventory's workbook: what they are called, and what their cells mean (清单填报表栏目)."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any

from lantian.desk.intake.cells import parse_number
from lantian.desk.intake.guessing import bare
from lantian.desk.language import LOCALES, translation
from lantian.loop.explain.tables import (
    INVENTORY_CONTROLS,
    INVENTORY_MEASURED,
    INVENTORY_PROCESSES,
    INVENTORY_SOURCES,
    INVENTORY_STATISTICS,
)
from lantian.terms.words import mark

HUNDRED = Decimal(100)


class UnreadableCellError(ValueError):
    """A cell says nothing that can be taken; `message` is the reason's id."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


Read = Callable[[str | None], Any]


def read_text(cell: str | None) -> str:
    """Read words; an empty cell is no words.

    Examples
    --------
    >>> read_text("  一号　锅炉 "), read_text(None)
    ('一号　锅炉', '')
    """
    return (cell or "").strip()


def read_code(cell: str | None) -> str:
    """Read a code that may have its name behind it; a whole number that a spreadsheet wrote as 12.0 is 12.

    Examples
    --------
    >>> read_code("bag_filter 袋式除尘"), read_code("１2.0"), read_code(None)
    ('bag_filter', '12', '')
    """
    text = unicodedata.normalize("NFKC", cell or "").strip().split(" ")[0]
    return re.sub(r"^(\d+)\.0+$", r"\1", text)


def read_number(cell: str | None) -> float | None:
    """Read a number; an empty cell is not known."""
    try:
        found = parse_number(cell)
    except ValueError:
        raise UnreadableCellError(mark("This is no number. Write digits only.")) from None
    if found is not None and not isfinite(float(found)):
        raise UnreadableCellError(mark("This is no number. Write digits only."))
    return None if found is None else float(found)


def read_share(cell: str | None) -> float | None:
    """Read a percentage as a share, exactly.

    Examples
    --------
    >>> read_share("57"), read_share("99.5%")
    (0.57, 0.995)
    """
    value = read_number((cell or "").replace("%", "").replace("％", "") or None)
    return None if value is None else float(Decimal(repr(value)) / HUNDRED)


def share_cell(share: float | None) -> float | None:
    """Write a share as a percentage, exactly: what `read_share` reads again."""
    return None if share is None else float(Decimal(repr(share)) * HUNDRED)


def read_words(cell: str | None) -> tuple[str, ...]:
    """Read codes parted by commas."""
    return tuple(part for part in re.split(r"[,，、;；\s]+", read_text(cell)) if part)


def read_values(cell: str | None) -> dict[str, float | str]:
    """Read names with values: ``sulphur=0.012; boiler=grate``.

    Examples
    --------
    >>> read_values("sulphur=0.012；boiler = grate")
    {'sulphur': 0.012, 'boiler': 'grate'}
    """
    found: dict[str, float | str] = {}
    for part in re.split(r"[;；\n]+", unicodedata.normalize("NFKC", cell or "")):
        if not part.strip():
            continue
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not name or not value or name in found:
            raise UnreadableCellError(mark("Write each value once with its name, as sulphur=0.012; ash=0.2."))
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = value
    return found


def read_removals(cell: str | None) -> dict[str, float]:
    """Read own removals in per cent: ``so2=92; pm25=99``."""
    found = read_values(cell)
    shares: dict[str, float] = {}
    for name, value in found.items():
        if not isinstance(value, float):
            raise UnreadableCellError(mark("This is no number. Write digits only."))
        shares[name] = float(Decimal(repr(value)) / HUNDRED)
    return shares


def values_cell(values: Mapping[str, float | str]) -> str:
    """Write names with values as `read_values` reads them again."""
    return "; ".join(f"{name}={_shortest(value)}" for name, value in values.items())


def removals_cell(removal: Mapping[str, float]) -> str:
    """Write own removals in per cent."""
    return values_cell({name: float(Decimal(repr(share)) * HUNDRED) for name, share in removal.items()})


def _shortest(value: float | str) -> str:
    return value if isinstance(value, str) else repr(value).removesuffix(".0")


@dataclass(frozen=True, slots=True)
class BookColumn:
    """One column of a page."""

    key: str
    title: str
    """Message id of its heading."""
    words: tuple[str, ...]
    """What offices call it."""
    read: Read
    wide: int = 14
    """[characters]"""
    needed: bool = False
    note: str = ""
    """Message id of what to write there."""
    choice: str = ""
    """Which list its cells choose from."""


@dataclass(frozen=True, slots=True)
class BookPage:
    """One page of the workbook."""

    table: str
    """Table of the lake."""
    title: str
    words: tuple[str, ...]
    """Names under which the page is found in a file."""
    columns: tuple[BookColumn, ...]
    key: tuple[str, ...]


def _column(
    key: str, title: str, words: str, read: Read, wide: int = 14, *, note: str = "", choice: str = "",
    needed: bool = False,
) -> BookColumn:  # fmt: skip
    return BookColumn(key, title, tuple(words.split()), read, wide, needed, note, choice)


_SOURCE = _column(
    "source", mark("Source id"), "污染源编号 源编号 企业编号 source", read_code, 16, needed=True,
    note=mark("Your own id without blanks; it stays the same from year to year."),
)  # fmt: skip
_PROCESS = _column(
    "process",
    mark("Process id"),
    "工序编号 工序 process",
    read_code,
    12,
    note=mark("Unique within its source. Empty on the page of amounts: the whole source."),
)
_PROCESS_NEEDED = replace(_PROCESS, needed=True)
_EVIDENCE = _column("evidence", mark("Evidence"), "依据 证明材料 evidence", read_text, 28)
_AMOUNT_NOTE = mark("Empty is not known, never zero.")

PAGES: tuple[BookPage, ...] = (
    BookPage(
        INVENTORY_SOURCES.name, mark("Sources"), ("污染源", "源", "sources"),
        (
            _SOURCE,
            _column("name", mark("Name"), "名称 企业名称 name", read_text, 28, needed=True),
            _column("name_en", mark("English name"), "英文名称 name_en", read_text, 22),
            _column("county", mark("County or zone"), "县区 所在县区 county", read_text, 14, needed=True,
                    choice="county"),
            _column("town", mark("Township"), "乡镇 town", read_text, 12),
            _column("kind", mark("Kind in space"), "空间类型 类型 kind", read_code, 10, needed=True, choice="kind",
                    note=mark("point, area, line or mobile")),
            _column("longitude", mark("Longitude"), "经度 longitude lon", read_number, 12,
                    note=mark("Decimal degrees, CGCS2000; other datums are named in their own column.")),
            _column("latitude", mark("Latitude"), "纬度 latitude lat", read_number, 12),
            _column("datum", mark("Datum"), "坐标系 datum", read_text, 10, choice="datum"),
            _column("geometry", mark("Geometry (WKT)"), "几何 WKT geometry", read_text, 16,
                    note=mark("Line or area as WKT in CGCS2000; empty: the point, or the whole county.")),
            _column("enterprise", mark("Credit code"), "统一社会信用代码 信用代码 enterprise", read_code, 21),
            _column("outlets", mark("Outlets"), "在线监测排放口 排放口编码 outlets", read_words, 18,
                    note=mark("Codes of its monitored outlets, parted by commas.")),
        ),
        ("source",),
    ),
    BookPage(
        INVENTORY_PROCESSES.name, mark("Processes"), ("工序", "活动水平", "processes"),
        (
            _SOURCE,
            _PROCESS_NEEDED,
            _column("name", mark("Name"), "名称 工序名称 name", read_text, 20),
            _column("category", mark("Source category"), "四级源分类 源分类 category", read_code, 36, needed=True,
                    choice="category", note=mark("Code of the fourth level; the page of categories lists them.")),
            _column("amount", mark("Activity"), "活动水平 活动量 amount", read_number, 14, needed=True,
                    note=_AMOUNT_NOTE),
            _column("unit", mark("Unit"), "单位 计量单位 unit", read_text, 10, needed=True, choice="unit"),
            _column("gsd", mark("Spread (geometric)"), "几何标准差 gsd", read_number, 12,
                    note=mark("1.05 for metered, 1.2 for reported, 2 for guessed; empty counts as 1.")),
            _column("parameters", mark("Parameters"), "计算参数 参数 parameters", read_values, 34,
                    note=mark("Names with values, as sulphur=0.012; ash=0.2. The page of categories says which.")),
            _column("stack_height", mark("Stack height (m)"), "排气筒高度 stack_height", read_number, 11),
            _column("stack_diameter", mark("Stack diameter (m)"), "排气筒内径 stack_diameter", read_number, 11),
            _column("stack_temperature", mark("Flue gas (°C)"), "烟气温度 stack_temperature", read_number, 11),
            _column("stack_velocity", mark("Velocity (m/s)"), "烟气流速 stack_velocity", read_number, 11),
        ),
        ("source", "process"),
    ),
    BookPage(
        INVENTORY_CONTROLS.name, mark("Devices"), ("治理设施", "controls"),
        (
            _SOURCE,
            _PROCESS_NEEDED,
            _column("number", mark("Place in the flow"), "流程顺序 序号 number", read_number, 9, needed=True),
            _column("technology", mark("Technique"), "治理技术 工艺 technology", read_code, 34, needed=True,
                    choice="technology"),
            _column("capture", mark("Capture (%)"), "收集率 capture", read_share, 11,
                    note=mark("Share that reaches the device; empty: as the rule says.")),
            _column("availability", mark("Running (%)"), "投运率 availability", read_share, 11,
                    note=mark("Share of the operating time in which it runs; empty counts as 100.")),
            _column("removal", mark("Own removal (%)"), "自报去除率 去除率 removal", read_removals, 24,
                    note=mark("Only where it is not the rule's, as so2=92; pm25=99; coarse=99.5.")),
            _EVIDENCE,
        ),
        ("source", "process", "number"),
    ),
    BookPage(
        INVENTORY_MEASURED.name, mark("Measured amounts"), ("实测量", "实测与许可核算量", "measured"),
        (
            _SOURCE,
            _PROCESS,
            _column("pollutant", mark("Pollutant"), "污染物 pollutant", read_code, 11, needed=True,
                    choice="pollutant"),
            _column("method", mark("Method"), "核算方法 方法 method", read_code, 13, needed=True, choice="method",
                    note=mark("cems, permit or measurement")),
            _column("outlet", mark("Outlet"), "排放口 outlet", read_code, 16),
            _column("amount", mark("Amount (t)"), "排放量 amount", read_number, 13, needed=True,
                    note=_AMOUNT_NOTE),
            _column("coverage", mark("Coverage (%)"), "有效数据覆盖率 覆盖率 coverage", read_share, 11,
                    note=mark("Share of the operating hours with a valid amount.")),
            _EVIDENCE,
        ),
        ("source", "process", "pollutant", "method", "outlet"),
    ),
    BookPage(
        INVENTORY_STATISTICS.name, mark("Yearbook totals"), ("统计总量", "统计年鉴", "statistics"),
        (
            _column("category", mark("Source category"), "源分类 category", read_code, 36, needed=True,
                    choice="above", note=mark("Code of any level; activities below it are summed.")),
            _column("amount", mark("Total"), "统计总量 总量 amount", read_number, 16, needed=True),
            _EVIDENCE,
        ),
        ("category",),
    ),
)  # fmt: skip
"""Pages of the workbook in their order."""


def page_titles(page: BookPage) -> set[str]:
    """Return every name under which a page is found in a file."""
    spoken = (translation(locale).gettext(page.title) for locale in LOCALES)
    return {plain_heading(name) for name in (page.table, page.title, *spoken, *page.words)}


def columns_of(page: BookPage, names: Sequence[str]) -> dict[str, str]:
    """Return key of a column → its name in a file; what nobody knows is left out, the first of two counts."""
    known: dict[str, str] = {}
    for column in page.columns:
        spoken = (translation(locale).gettext(column.title) for locale in LOCALES)
        known |= {plain_heading(word): column.key for word in (column.key, column.title, *spoken, *column.words)}
    found: dict[str, str] = {}
    for name in names:
        key = known.get(plain_heading(name))
        if key is not None:
            found.setdefault(key, name)
    return found


def plain_heading(name: str) -> str:
    """Take units, signs and case off a heading, or the name of a page.

    Examples
    --------
    >>> plain_heading("Capture (%)*"), plain_heading("stack_height")
    ('capture', 'stackheight')
    """
    text = re.sub(r"[(\[][^()\[\]]*[)\]]", "", unicodedata.normalize("NFKC", name))
    return bare(text).strip("*").lower()
