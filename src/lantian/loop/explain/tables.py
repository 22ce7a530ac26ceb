"""The tables of the inventory: the book of sources as facts, and what was computed from it."""

import polars as pl

from lantian.rules.inventory_records import INVENTORY_POLLUTANTS
from lantian.science.inventory.records import MEASURED_METHODS, METHODS, SOURCE_KINDS
from lantian.store.columns import Column, Table


def _text(name: str, meaning: str, meaning_zh: str, *, key: bool = False, values: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=not key, values=values)


def _number(name: str, unit: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Float64(), unit, meaning, meaning_zh)


_EDITION = _text("edition", "Key of the edition of the inventory", "清单版本", key=True)
_SOURCE = _text("source", "Id of the source", "污染源编号", key=True)
_PROCESS = _text("process", "Id of the process within the source; empty: the whole source", "工序编号", key=True)
_POLLUTANT = _text("pollutant", "Pollutant", "污染物", key=True, values=INVENTORY_POLLUTANTS)
_FACT = (
    _text("origin", "File or program that it came from", "数据来源"),
    Column(
        "withdrawn", pl.Boolean(), "1", "Whether it no longer stands in the book", "是否已撤销", nullable=False
    ),
    Column("simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False),
)
_MADE = (
    _text("rules", "Ids of the editions that it was computed by", "所用规则版本", key=True),
    Column("withdrawn", pl.Boolean(), "1", "Whether the row no longer holds", "该行已撤销", nullable=False),
    Column(
        "simulated", pl.Boolean(), "1", "Whether it comes from simulated sources", "是否为模拟数据", nullable=False
    ),
    _text("run_id", "The run that wrote it", "写入该行的运行编号", key=True),
    _text("code_version", "Version of Lantian", "软件版本", key=True),
)


def _table(name: str, title: str, title_zh: str, columns: tuple[Column, ...], key: tuple[str, ...]) -> Table:
    derived = name in {"inventory_emissions", "inventory_totals"}
    return Table(
        name=name, title=title, title_zh=title_zh, columns=(_EDITION, *columns), key=("edition", *key),
        instant=None, day=None, partition=None, derived=derived,
    )  # fmt: skip


INVENTORY_SOURCES = _table(
    "inventory_sources",
    "Sources of an edition of the inventory",
    "排放清单污染源",
    (
        _SOURCE,
        _text("name", "Name in Chinese", "名称"),
        _text("name_en", "Name in English", "英文名称"),
        _text("county", "adcode of the county", "县区代码", key=True),
        _text("town", "Township", "乡镇"),
        _text("kind", "How it lies in space", "空间类型", key=True, values=SOURCE_KINDS),
        _number("longitude", "deg", "Longitude, EPSG:4490", "经度"),
        _number("latitude", "deg", "Latitude, EPSG:4490", "纬度"),
        _text("geometry", "Line or area as WKT, EPSG:4490", "几何（WKT）"),
        _text("enterprise", "Unified social credit code", "统一社会信用代码"),
        _text("outlets", "Codes of its monitored outlets, comma-joined", "在线监测排放口编码"),
        *_FACT,
    ),
    ("source",),
)
INVENTORY_PROCESSES = _table(
    "inventory_processes",
    "Processes of the sources: what is done, and how much of it",
    "排放清单工序与活动水平",
    (
        _SOURCE,
        _PROCESS,
        Column("number", pl.Int32(), "1", "Place within the source", "序号"),
        _text("name", "Name", "名称"),
        _text("category", "Category of the fourth level", "四级源分类", key=True),
        _number("amount", "unit of the row", "Activity of the year", "活动水平"),
        _text("unit", "Unit of the activity", "活动水平单位", key=True),
        _number("gsd", "1", "Geometric standard deviation of the activity", "活动水平几何标准差"),
        _text("parameters", "What the calculation wants beside it, as JSON", "计算参数（JSON）"),
        _number("stack_height", "m", "Height of the stack", "排气筒高度"),
        _number("stack_diameter", "m", "Diameter of the stack", "排气筒内径"),
        _number("stack_temperature", "°C", "Temperature of the flue gas", "烟气温度"),
        _number("stack_velocity", "m/s", "Velocity of the flue gas", "烟气流速"),
        *_FACT,
    ),
    ("source", "process"),
)
INVENTORY_CONTROLS = _table(
    "inventory_controls",
    "Control devices of the processes, in the order of the flow",
    "排放清单治理设施",
    (
        _SOURCE,
        _PROCESS,
        Column("number", pl.Int32(), "1", "Place in the flow, from 1", "流程顺序", nullable=False),
        _text("technology", "Key of the technique", "治理技术", key=True),
        _number("capture", "1", "Share that reaches it; null: the rule's", "收集率"),
        _number("availability", "1", "Share of the operating time in which it runs", "投运率"),
        _text("removal", "Own removal by pollutant, as JSON", "自报去除率（JSON）"),
        _text("evidence", "What proves an own removal", "去除率依据"),
        *_FACT,
    ),
    ("source", "process", "number"),
)
INVENTORY_MEASURED = _table(
    "inventory_measured",
    "Amounts that were measured or accounted for by permits",
    "排放清单实测与许可核算量",
    (
        _SOURCE,
        _PROCESS,
        _POLLUTANT,
        _text("method", "cems, permit or measurement", "核算方法", key=True, values=MEASURED_METHODS),
        _text("outlet", "Outlet that it was measured at; empty: none in particular", "排放口", key=True),
        _number("amount", "t", "Amount behind the devices", "排放量"),
        _number("coverage", "1", "Share of the operating hours with a valid amount", "有效数据覆盖率"),
        _text("evidence", "Report, permit or table", "依据"),
        *_FACT,
    ),
    ("source", "process", "pollutant", "method", "outlet"),
)
INVENTORY_STATISTICS = _table(
    "inventory_statistics",
    "Totals of activities by the yearbook, to compare the book with",
    "排放清单活动水平统计年鉴数",
    (
        _text("category", "Category, or the beginning of its code", "源分类", key=True),
        _number("amount", "unit of the category", "Total of the activity", "统计总量"),
        _text("evidence", "Yearbook and table", "依据"),
        *_FACT,
    ),
    ("category",),
)
INVENTORY_EMISSIONS = _table(
    "inventory_emissions",
    "Emission of each process and pollutant, by the best method that there is",
    "排放清单（工序—污染物）",
    (
        _SOURCE,
        _PROCESS,
        _POLLUTANT,
        _text("category", "Category of the fourth level", "四级源分类", key=True),
        _text("county", "adcode of the county", "县区代码", key=True),
        _number("amount", "t", "Emission of the year", "排放量"),
        _number("low", "t", "Lower end of the interval", "区间下限"),
        _number("high", "t", "Upper end of the interval", "区间上限"),
        _text("method", "Method that was used", "核算方法", key=True, values=METHODS),
        _text("why_not_better", "Why no better method was used; a message id", "未采用更优方法的原因"),
        _number("disagreement", "1", "Largest amount by any method over the smallest", "方法差异倍数"),
        _number("activity", "unit", "Activity of the year", "活动水平"),
        _text("unit", "Unit of the activity", "活动水平单位"),
        _number("factor", "kg per unit", "Emission without devices per activity", "产生系数"),
        _number("left_share", "1", "Share that devices leave", "治理后剩余比例"),
        _text("factor_rule", "Row of the rule that the factor comes from", "系数来源规则"),
        _text(
            "confidence",
            "A, B or C: the weakest of all that went into it",
            "可信度",
            key=True,
            values=("A", "B", "C"),
        ),
        _text("flags", "Flags, comma-joined", "标记"),
        _text("trace", "Everything that it was made of, as JSON", "溯源信息（JSON）", key=True),
        *_MADE,
    ),
    ("source", "process", "pollutant"),
)
INVENTORY_TOTALS = _table(
    "inventory_totals",
    "Sums of the inventory with their intervals",
    "排放清单合计与不确定性区间",
    (
        _text("kind", "What is summed", "汇总对象", key=True, values=("city", "county", "sector", "source")),
        _text("code", "adcode, first level of the category, or source; empty: the city", "对象代码", key=True),
        _POLLUTANT,
        _number("amount", "t", "Sum", "排放量"),
        _number("low", "t", "Lower end of the interval", "区间下限"),
        _number("high", "t", "Upper end of the interval", "区间上限"),
        _number("low_confidence", "1", "Share that rests on numbers of confidence C", "低可信度占比"),
        *_MADE,
    ),
    ("kind", "code", "pollutant"),
)
BOOK_TABLES: tuple[Table, ...] = (
    INVENTORY_SOURCES,
    INVENTORY_PROCESSES,
    INVENTORY_CONTROLS,
    INVENTORY_MEASURED,
    INVENTORY_STATISTICS,
)
"""Facts: what an edition of the book holds."""
INVENTORY_TABLES: tuple[Table, ...] = (*BOOK_TABLES, INVENTORY_EMISSIONS, INVENTORY_TOTALS)
