"""The fact tables of the lake: what instruments and publishers said."""

import polars as pl

from lantian.store.columns import TIMESTAMP, Column, Table
from lantian.store.device_tables import DEVICE_EVENTS
from lantian.store.source_tables import POWER_READINGS, SOURCE_READINGS
from lantian.store.species_tables import SPECIES_HOURS
from lantian.store.weather_tables import WEATHER_TABLES
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

_HOUR_START = Column(
    "hour_start", TIMESTAMP, "instant", "Start of the averaging hour", "小时起始时刻", nullable=False
)
_SOURCE = Column("source", pl.String(), "1", "Importer or device that brought it", "数据来源", nullable=False)
_ORIGIN = Column("origin", pl.String(), "1", "Document that it came from: its name and hash", "来源文件")
_SIMULATED = Column(
    "simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False
)


def _concentration(pollutant: Pollutant) -> Column:
    name = NAMES[pollutant]
    return Column(
        pollutant.value,
        pl.Float64(),
        name.unit,
        f"Hourly mean of {name.english}, as measured",
        f"{name.chinese}小时均值",
    )


def _flags(pollutant: Pollutant) -> Column:
    name = NAMES[pollutant]
    return Column(
        f"{pollutant.value}_flags",
        pl.String(),
        "1",
        f"Flags of the {name.symbol} value: sorted, joined by commas; null is normal",
        f"{name.chinese}数据标记",
    )


AMBIENT_HOURS = Table(
    name="ambient_hours",
    title="Hourly means of the six basic pollutants at stations",
    title_zh="环境空气质量小时数据",
    columns=(
        Column("station", pl.String(), "1", "Station code", "点位编码", nullable=False),
        _HOUR_START,
        Column(
            "stage",
            pl.String(),
            "1",
            "original as the instrument sent it, audited after review",
            "数据阶段（原始、审核）",
            nullable=False,
            values=("original", "audited"),
        ),
        *(_concentration(pollutant) for pollutant in BASIC),
        *(_flags(pollutant) for pollutant in BASIC),
        Column(
            "state",
            pl.String(),
            "1",
            "reference: gases at 298.15 K and 1013.25 hPa, particles actual; standard: all at 273.15 K",
            "浓度状态（参比与实际、标准）",
            nullable=False,
            values=("reference", "standard"),
        ),
        _SOURCE,
        _ORIGIN,
        _SIMULATED,
    ),
    key=("station", "hour_start", "stage"),
    sort=("station", "hour_start", "stage"),
)
"""Six pollutants wide, one row per station, hour and stage (小时数据)."""


def _published(name: str, pollutant: Pollutant, meaning: str, meaning_zh: str) -> Column:
    words = NAMES[pollutant]
    return Column(name, pl.Float64(), words.unit, meaning, meaning_zh)


PUBLISHED_HOURS = Table(
    name="published_hours",
    title="What a feed published itself, kept to compare with",
    title_zh="发布平台的小时数据",
    columns=(
        Column(
            "station",
            pl.String(),
            "1",
            "Station code, or the feed's own name of a city row",
            "点位编码",
            nullable=False,
        ),
        _HOUR_START,
        _SOURCE,
        Column("place", pl.String(), "1", "Name of the station as published", "点位名称"),
        Column("area", pl.String(), "1", "Name of the city as published", "城市名称"),
        Column("aqi", pl.Int64(), "1", "Hourly air quality index as published", "发布的小时AQI"),
        Column("primary", pl.String(), "1", "Primary pollutants as published; null: none", "发布的首要污染物"),
        Column("level", pl.String(), "1", "Category as published", "发布的空气质量级别"),
        _published("o3_8h", Pollutant.O3, "8 h mean of ozone that ends with this hour", "臭氧8小时滑动均值"),
        _published(
            "o3_8h_daymax", Pollutant.O3, "Highest 8 h mean of ozone of the day so far", "臭氧日最大8小时均值"
        ),
        _published("o3_max24h", Pollutant.O3, "Highest hour of ozone of the last 24 h", "臭氧24小时最大小时值"),
        _published("so2_24h", Pollutant.SO2, "Mean of the last 24 h of sulphur dioxide", "二氧化硫24小时滑动均值"),
        _published(
            "no2_24h", Pollutant.NO2, "Mean of the last 24 h of nitrogen dioxide", "二氧化氮24小时滑动均值"
        ),
        _published("co_24h", Pollutant.CO, "Mean of the last 24 h of carbon monoxide", "一氧化碳24小时滑动均值"),
        _published("pm10_24h", Pollutant.PM10, "Mean of the last 24 h of PM10", "可吸入颗粒物24小时滑动均值"),
        _published("pm25_24h", Pollutant.PM25, "Mean of the last 24 h of PM2.5", "细颗粒物24小时滑动均值"),
        _ORIGIN,
        _SIMULATED,
    ),
    key=("station", "hour_start", "source"),
    sort=("station", "hour_start", "source"),
)
"""Index, primary pollutant and running values as a publisher gave them (发布数据)."""

FACT_TABLES: tuple[Table, ...] = (
    AMBIENT_HOURS,
    PUBLISHED_HOURS,
    SOURCE_READINGS,
    POWER_READINGS,
    DEVICE_EVENTS,
    *WEATHER_TABLES,
    SPECIES_HOURS,
)
"""Tables that every lake has; rooms add the ones that they derive."""
