"""Columns of a project list: what they are called, and what their cells mean (清单列)."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lantian.city.bodies import body_named
from lantian.city.datums import CGCS2000, SAME_HERE, to_cgcs2000
from lantian.city.records import City
from lantian.desk.intake.cells import parse_number
from lantian.desk.intake.guessing import bare
from lantian.desk.language import LOCALES, translation
from lantian.loop.plan.adopting.money_words import TEN_THOUSAND
from lantian.loop.plan.dispatch.sheet_cells import UnreadableCellError, read_day, read_text
from lantian.loop.plan.dispatch.sheet_layout import PROJECT_STATES, state_named
from lantian.loop.plan.listing.records import STATES
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of a list."""

    key: str
    title: str
    """Message id of its heading."""
    words: tuple[str, ...]
    """What offices call it as well."""
    wide: int
    """Width. [characters]"""


COLUMNS: tuple[ListColumn, ...] = (
    ListColumn("number", mark("Serial no."), ("序号", "编号", "项目编号", "代码", "no", "number"), 7),
    ListColumn("name", mark("Project name"), ("名称", "项目名称", "企业名称", "点位名称", "单位名称", "name"), 30),
    ListColumn("kind", mark("Project kind"), ("类型", "类别", "行业", "项目类型", "kind"), 16),
    ListColumn(
        "county", mark("County or zone"), ("县区", "县（市、区）", "所在县区", "所属县区", "属地", "county"), 14
    ),
    ListColumn("address", mark("Address"), ("地址", "详细地址", "位置", "address"), 26),
    ListColumn("longitude", mark("Longitude"), ("经度", "东经", "lng", "lon", "longitude"), 11),
    ListColumn("latitude", mark("Latitude"), ("纬度", "北纬", "lat", "latitude"), 11),
    ListColumn("quantity", mark("Quantity"), ("数量", "户数", "规模", "quantity"), 9),
    ListColumn("state", mark("State"), ("状态", "进展状态", "进展", "完成情况", "state"), 11),
    ListColumn("start", mark("Begun on"), ("开始", "开始日期", "开工日期", "开工时间", "start"), 12),
    ListColumn("due", mark("Due on"), ("期限", "完成期限", "完成时限", "计划完成时间", "due"), 12),
    ListColumn("done_on", mark("Done on"), ("完成", "完成日期", "完成时间", "实际完成时间", "done"), 12),
    ListColumn("planned", mark("Money planned (10,000 yuan)"), ("计划资金", "计划投资", "总投资", "planned"), 13),
    ListColumn("spent", mark("Money spent (10,000 yuan)"), ("已用资金", "已投资", "完成投资", "spent"), 13),
    ListColumn("note", mark("Note"), ("备注", "说明", "note"), 24),
    ListColumn(
        "organisation_id", mark("Responsible body"), ("责任单位", "牵头单位", "实施单位", "organisation"), 20
    ),
    ListColumn("datum", mark("Datum"), ("坐标系", "坐标系统", "datum"), 12),
    ListColumn("revision", mark("Revision"), ("版本", "修订号", "revision"), 8),
)
"""In the order of a list that we write; an import knows them by name."""
_DATUMS = {
    **{name.lower(): CGCS2000 for name in SAME_HERE},
    **dict.fromkeys(("cgcs2000", "wgs84", "2000", "2000国家大地坐标系", "国家2000", "大地2000"), CGCS2000),
    **dict.fromkeys(("gcj-02", "gcj02", "火星坐标", "火星坐标系", "高德", "腾讯", "高德地图"), "GCJ-02"),
    **dict.fromkeys(("bd-09", "bd09", "百度", "百度坐标", "百度地图", "百度坐标系"), "BD-09"),
}
_DROPPED = frozenset({"dropped", "取消", "已取消", "不再实施", "已退出", "剔除", "已剔除"})
_STARTED = {"未开工": "not_started", "在建": "under_way", "停建": "stopped", "停工": "stopped", "完工": "done"}
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(?:底|末)?(?:前)?")
_DEGREES = re.compile(
    r"(\d{1,3})\s*[°度]\s*(\d{1,2})\s*['′分]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[\"″秒]|''|′′)?)?\s*[EN]?"
)
_YUAN = {"元": Decimal(1), "千元": Decimal(1_000), "万元": TEN_THOUSAND, "亿元": Decimal(100_000_000)}


def columns_of(names: Sequence[str]) -> dict[str, str]:
    """Return key of a column → its name in a file; what nobody knows is left out, the first of two counts.

    Examples
    --------
    >>> columns_of(["序号", "企业名称", "计划资金（万元）", "颜色"])
    {'number': '序号', 'name': '企业名称', 'planned': '计划资金（万元）'}
    """
    known = {_bare(word): column.key for column in COLUMNS for word in _called(column)}
    found: dict[str, str] = {}
    for name in names:
        key = known.get(_bare(name))
        if key is not None:
            found.setdefault(key, name)
    return found


def _called(column: ListColumn) -> tuple[str, ...]:
    spoken = (translation(locale).gettext(column.title) for locale in LOCALES)
    return (column.key, column.title, *spoken, *column.words)


def _bare(name: str) -> str:
    """Take unit and signs off a heading."""
    text = re.sub(r"[(\[][^()\[\]]*(?:元|yuan|°|度)[)\]]", "", unicodedata.normalize("NFKC", name))
    return bare(text).strip("*")


def scale_of(name: str) -> Decimal:
    """Return how many yuan a heading's unit is worth: 万元 unless it says another one.

    Examples
    --------
    >>> scale_of("计划资金(元)"), scale_of("已用资金（亿元）"), scale_of("已用资金")
    (Decimal('1'), Decimal('100000000'), Decimal('10000'))
    """
    found = re.search(r"([千万亿]?元)", unicodedata.normalize("NFKC", name))
    return _YUAN[found.group(1)] if found else TEN_THOUSAND


def read_number(text: str | None) -> Decimal | None:
    """Read a number, or raise with what to do."""
    try:
        return parse_number(text)
    except ValueError:
        raise UnreadableCellError(
            "not_a_number", mark("This is no number. Write digits only."), value=text
        ) from None


def read_serial(text: str | None) -> str:
    """Read a serial number or code: a whole number that a spreadsheet wrote as 12.0 is 12.

    Examples
    --------
    >>> read_serial(" １２.0 "), read_serial("A-07")
    ('12', 'A-07')
    """
    plain = unicodedata.normalize("NFKC", text or "").strip()
    return re.sub(r"^(\d+)\.0+$", r"\1", plain)


def read_state(text: str | None) -> str:
    """Read a state by its word in either language; empty is not started."""
    plain = read_text(text)
    if not plain:
        return "not_started"
    if plain.lower() in _DROPPED or plain in {
        translation(locale).gettext(STATES["dropped"]) for locale in LOCALES
    }:
        return "dropped"
    state = state_named(plain, PROJECT_STATES) or _STARTED.get(plain)
    if state is None:
        message = mark("This is none of the states of a project. Choose one from the list of the cell.")
        raise UnreadableCellError("unknown_state", message, value=text)
    return state


def read_last_day(text: str | None) -> date | None:
    """Read a day; a month alone (2024年9月底前) means its last day.

    Examples
    --------
    >>> read_last_day("2024年9月底前"), read_last_day("2024.6.30")
    (datetime.date(2024, 9, 30), datetime.date(2024, 6, 30))
    """
    found = _MONTH.fullmatch(unicodedata.normalize("NFKC", text or "").strip())
    if found and 1 <= int(found[2]) <= 12:
        year, month = int(found[1]), int(found[2])
        return date(year, month, monthrange(year, month)[1])
    return read_day(text)


def read_degrees(text: str | None) -> float | None:
    """Read decimal degrees, or degrees, minutes and seconds.

    Examples
    --------
    >>> read_degrees("113.2297"), read_degrees("36°30′36″N")
    (113.2297, 36.51)
    """
    plain = unicodedata.normalize("NFKC", text or "").replace("’", "'").strip()
    found = _DEGREES.fullmatch(plain)
    if found:
        return round(int(found[1]) + int(found[2]) / 60 + float(found[3] or 0) / 3600, 7)
    value = read_number(text)
    return None if value is None else float(value)


def read_datum(text: str | None) -> str | None:
    """Read the name of a coordinate system; None where there is none."""
    plain = read_text(text).lower().replace(" ", "")
    if not plain:
        return None
    if plain not in _DATUMS:
        raise UnreadableCellError(
            "unknown_datum", mark("Nobody here knows this datum. Write CGCS2000, GCJ-02 or BD-09."), value=text
        )
    return _DATUMS[plain]


def read_place(longitude: float, latitude: float, datum: str) -> tuple[float, float]:
    """Bring a place to EPSG:4490."""
    east, north = to_cgcs2000(datum)(longitude, latitude)
    return round(east, 7), round(north, 7)


def read_county(text: str | None, city: City) -> Mapping[str, Any]:
    """Read a county, or a zone or other body that stands in the place of one."""
    plain = read_text(text)
    if not plain:
        return {"county": None}
    for row in city.counties:
        if plain in {row.name_zh, row.name_en, row.adcode, row.name_zh.rstrip("县区市旗")}:
            return {"county": row.adcode}
    body = body_named(city, plain)
    if body is None or body.kind == "collective":
        raise UnreadableCellError(
            "unknown_county", mark("The city has no such county. Write its name as the city does."), value=text
        )
    return {"county": body.county, "organisation_id": body.id}


def read_body(text: str | None, city: City) -> str | None:
    """Read the name of a body of the city's directory."""
    plain = read_text(text)
    if not plain:
        return None
    body = body_named(city, plain)
    if body is None or body.kind == "collective":
        raise UnreadableCellError(
            "unknown_body", mark("The directory knows no such body. Write its name as the plan does."), value=text
        )
    return body.id


READERS: Mapping[str, Callable[[str | None], Any]] = {
    "number": read_serial,
    "name": read_text,
    "kind": read_text,
    "address": read_text,
    "longitude": read_degrees,
    "latitude": read_degrees,
    "quantity": read_number,
    "state": read_state,
    "start": read_day,
    "due": read_last_day,
    "done_on": read_day,
    "note": read_text,
}
"""How the cells of a column are read, where that needs nothing but the cell."""
