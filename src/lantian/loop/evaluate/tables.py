"""The derived tables of this room: every column once, with unit and meaning."""

import polars as pl

from lantian.store.columns import Column, Table
from lantian.terms.pollutants import BASIC, NAMES

SUBJECT = ("kind", "code")
PERIOD = ("period_kind", "first_day", "last_day")
PROVENANCE = ("run_id", "code_version")


def _text(name: str, meaning: str, meaning_zh: str, *, nullable: bool = True) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=nullable)


def _count(name: str, unit: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Int32(), unit, meaning, meaning_zh)


def _number(name: str, unit: str, meaning: str, meaning_zh: str) -> Column:
    return Column(name, pl.Float64(), unit, meaning, meaning_zh)


def _subject() -> tuple[Column, ...]:
    return (
        _text("kind", "station, county or city", "评价对象类别：站点、县区、城市", nullable=False),
        _text("code", "station code or adcode", "站点编码或行政区划代码", nullable=False),
    )


def _side() -> tuple[Column, ...]:
    return (
        _text("stage", "original, audited or mixed", "数据阶段：原始、审核、混合", nullable=False),
        _text("basis", "measured or dust_deducted", "口径：实测或扣除沙尘", nullable=False),
    )


def _made() -> tuple[Column, ...]:
    return (
        Column("simulated", pl.Boolean(), "1", "made from simulated hours", "由模拟数据得出", nullable=False),
        Column("withdrawn", pl.Boolean(), "1", "the row no longer holds", "该行已撤销", nullable=False),
        _text("rules", "ids of the editions that judged it", "所用标准版本", nullable=False),
        _text("run_id", "the run that wrote it", "写入该行的运行编号", nullable=False),
        _text("code_version", "version of Lantian", "软件版本", nullable=False),
    )


def _index() -> tuple[Column, ...]:
    return (
        *(
            _count(f"iaqi_{p}", "1", f"sub-index of {p}", f"{NAMES[p].symbol} 空气质量分指数")  # one per pollutant
            for p in BASIC
        ),
        _count("aqi", "1", "air quality index; null where the law withholds it", "空气质量指数；依法不发布时为空"),
        _text("aqi_status", "published, withheld or none", "发布、不发布（NA）或无数据", nullable=False),
        _text("primary", "primary pollutants, comma-joined", "首要污染物"),
        _text("exceeding", "pollutants with a sub-index above 100 (2012 only)", "超标污染物（仅2012版）"),
        _count("level", "1", "level 1 to 6", "空气质量级别"),
        _count("sites", "sites", "sites that entered the value", "参与计算的点位数"),
        _count("sites_required", "sites", "sites needed", "所需点位数"),
    )


def _values(averaging: str, averaging_zh: str) -> tuple[Column, ...]:
    return tuple(
        _number(p, NAMES[p].unit, f"{averaging} of {p}, rounded", f"{NAMES[p].symbol} {averaging_zh}（修约后）")
        for p in BASIC
    )


HOURLY_INDEX = Table(
    name="hourly_index",
    title="Hourly concentrations and AQI of stations, counties and the city",
    title_zh="小时浓度与空气质量指数",
    columns=(
        *_subject(),
        Column("hour_start", pl.Datetime("us", "UTC"), "1", "start of the hour", "小时起始时刻", nullable=False),
        *(column for column in _side() if column.name == "stage"),
        *_values("hourly mean", "小时均值"),
        *_index(),
        *_made(),
    ),
    key=(*SUBJECT, "hour_start", "stage"),
    instant="hour_start",
    partition="legal_month",
    sort=(*SUBJECT, "hour_start"),
    provenance=PROVENANCE,
    derived=True,
)

DAILY_INDEX = Table(
    name="daily_index",
    instant=None,
    title="Daily concentrations and AQI of stations, counties and the city",
    title_zh="日均浓度与空气质量指数",
    columns=(
        *_subject(),
        *_side(),
        Column("legal_day", pl.Date(), "1", "legal day", "自然日", nullable=False),
        *_values("day value (O3: daily maximum 8 h)", "日评价值（O₃ 为日最大8小时均值）"),
        _number("o3_1h", "µg/m³", "daily maximum hour of O3, rounded", "O₃ 日最大1小时值（修约后）"),
        *(_count(f"{p}_hours", "h", f"valid hours of {p}", f"{NAMES[p].symbol} 有效小时数") for p in BASIC),
        _count("o3_windows", "1", "valid 8 h windows", "有效8小时窗口数"),
        *(
            _text(f"{p}_reason", f"why {p} has no valid value, or how it has one", f"{NAMES[p].symbol} 有效性说明")
            for p in BASIC
        ),
        *_index(),
        *_made(),
    ),
    key=(*SUBJECT, "legal_day", "stage", "basis"),
    day="legal_day",
    partition="legal_year",
    sort=(*SUBJECT, "legal_day"),
    provenance=PROVENANCE,
    derived=True,
)


def _period() -> tuple[Column, ...]:
    return (
        _text("period_kind", "month, quarter, half_year, year, year_to_date, running", "时段类别", nullable=False),
        Column("first_day", pl.Date(), "1", "first legal day", "起始日", nullable=False),
        Column("last_day", pl.Date(), "1", "last legal day", "截止日", nullable=False),
    )


PERIOD_STATISTICS = Table(
    name="period_statistics",
    instant=None,
    title="Means, percentiles, validity and attainment of each pollutant in each period",
    title_zh="时段污染物统计与达标评价",
    columns=(
        *_subject(),
        *_period(),
        *_side(),
        _text("pollutant", "so2 … pm25", "污染物", nullable=False),
        _number("mean", "as stored", "mean of the rounded day values, unrounded", "日值算术平均（未修约）"),
        _number("mean_reported", "as stored", "the mean as reported", "报告用平均值"),
        _number(
            "percentile", "as stored", "lawful percentile of the day values, unrounded", "特定百分位数（未修约）"
        ),
        _number("percentile_reported", "as stored", "the percentile as reported", "报告用百分位数"),
        _number("headline", "as stored", "what rankings use: mean or percentile", "排名所用统计值"),
        _number("mean_judged", "as stored", "the mean as rounded for attainment", "达标判定用平均值"),
        _number(
            "percentile_judged", "as stored", "the percentile as rounded for attainment", "达标判定用百分位数"
        ),
        _count("days_valid", "d", "valid days", "有效天数"),
        _count("days_total", "d", "calendar days so far", "日历天数"),
        _text("validity", "valid, or why not", "有效性说明", nullable=False),
        _number("mean_limit", "as stored", "limit of the annual mean", "年平均限值"),
        _number("day_limit", "as stored", "limit of the day value", "日评价值限值"),
        _count("days_exceeding", "d", "valid days above the day limit", "超标天数"),
        Column("attains", pl.Boolean(), "1", "mean and percentile meet their limits", "是否达标"),
        _number("mean_multiple", "1", "exceedance multiple of the mean", "平均值超标倍数"),
        _number("percentile_multiple", "1", "exceedance multiple of the percentile", "百分位数超标倍数"),
        _number("single_index", "1", "single index I_i of the composite index", "单项指数"),
        *_made(),
    ),
    key=(*SUBJECT, *PERIOD, "stage", "basis", "pollutant"),
    day="last_day",
    partition=None,
    sort=(*SUBJECT, "last_day"),
    provenance=PROVENANCE,
    derived=True,
)

PERIOD_SUMMARY = Table(
    name="period_summary",
    instant=None,
    title="Composite index, good and heavy days of each period",
    title_zh="时段综合指数与优良天数",
    columns=(
        *_subject(),
        *_period(),
        *_side(),
        _number("composite_index", "1", "composite index", "综合指数"),
        _text("composite_reason", "why there is none", "无综合指数的原因"),
        _text("primary", "pollutants with the largest single index", "首要污染物"),
        _count("days_total", "d", "calendar days so far", "日历天数"),
        _count("days_published", "d", "days with a published AQI", "有AQI的天数"),
        _count("days_complete", "d", "days with all six pollutants valid", "六项均有效的天数"),
        *(_count(f"days_level_{n}", "d", f"days of level {n}", f"{n}级天数") for n in range(1, 7)),
        _count("good_days", "d", "days with AQI at most 100", "优良天数"),
        _count("heavy_days", "d", "days with AQI above 200", "重污染天数"),
        _number("good_ratio_valid", "%", "good days / days with an AQI", "优良天数比例（按有效天数）"),
        _number("good_ratio_calendar", "%", "good days / calendar days", "优良天数比例（按日历天数）"),
        _number("heavy_ratio_valid", "%", "heavy days / days with an AQI", "重污染天数比例（按有效天数）"),
        _number("heavy_ratio_calendar", "%", "heavy days / calendar days", "重污染天数比例（按日历天数）"),
        Column("attains", pl.Boolean(), "1", "all six pollutants attain", "六项均达标"),
        *_made(),
    ),
    key=(*SUBJECT, *PERIOD, "stage", "basis"),
    day="last_day",
    partition=None,
    sort=(*SUBJECT, "last_day"),
    provenance=PROVENANCE,
    derived=True,
)

RANKINGS = Table(
    name="rankings",
    instant=None,
    title="Published order of counties by each list, with the change on the year before",
    title_zh="排名与同比变化",
    columns=(
        _text("list", "key of the list", "榜单", nullable=False),
        _text("group", "group within which the order holds", "排名分组", nullable=False),
        *_subject(),
        *_period(),
        *_side(),
        _text("law", "this: both years by this period's edition; last: both by that of the year before",
              "同比所用标准：this 本期版本，last 上年同期版本", nullable=False),
        _number("value", "as the metric", "value by which it is ordered", "排序值"),
        _count("rank", "1", "rank; null where not ranked", "名次"),
        _text("not_ranked", "why there is no rank", "未排名原因"),
        _number("base_value", "as the metric", "value of the same period a year before", "上年同期值"),
        _number("change", "%", "change on the year before; points for ratios", "同比变化率（比例为百分点）"),
        _count("change_rank", "1", "rank by change, most improved first", "改善名次"),
        *_made(),
    ),
    key=("list", "group", *SUBJECT, *PERIOD, "stage", "basis", "law"),
    day="last_day",
    partition=None,
    sort=("list", "last_day", "rank"),
    provenance=PROVENANCE,
    derived=True,
)  # fmt: skip

DUST_PROPOSALS = Table(
    name="dust_proposals",
    title="Periods that look like dust, for a person to approve or not",
    title_zh="沙尘影响时段建议",
    columns=(
        *_subject(),
        Column("hour_start", pl.Datetime("us", "UTC"), "1", "first hour", "起始小时", nullable=False),
        Column("last_hour", pl.Datetime("us", "UTC"), "1", "last hour", "结束小时", nullable=False),
        _text("stage", "original, audited or mixed", "数据阶段", nullable=False),
        _number("pm10_reference", "µg/m³", "mean PM10 of the hours before", "此前PM₁₀均值"),
        _number("pm10_peak", "µg/m³", "highest PM10", "PM₁₀峰值"),
        _number("ratio_reference", "1", "PM2.5/PM10 before", "此前PM₂.₅/PM₁₀"),
        _number("ratio_lowest", "1", "lowest PM2.5/PM10", "最低PM₂.₅/PM₁₀"),
        _text("evidence", "which test it met", "判据"),
        *_made(),
    ),
    key=(*SUBJECT, "hour_start", "stage"),
    instant="hour_start",
    partition=None,
    sort=(*SUBJECT, "hour_start"),
    provenance=PROVENANCE,
    derived=True,
)

TABLES = (HOURLY_INDEX, DAILY_INDEX, PERIOD_STATISTICS, PERIOD_SUMMARY, RANKINGS, DUST_PROPOSALS)
