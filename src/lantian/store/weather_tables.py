"""The fact tables of weather, measured, analysed or forecast, and of fires that satellites saw."""

import polars as pl

from lantian.store.columns import TIMESTAMP, Column, Table


def _text(name: str, meaning: str, meaning_zh: str, *, key: bool = False, values: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.String(), "1", meaning, meaning_zh, nullable=not key, values=values)


def _value(name: str, unit: str, meaning: str, meaning_zh: str, *, key: bool = False) -> Column:
    return Column(name, pl.Float64(), unit, meaning, meaning_zh, nullable=not key)


_PLACE = _text("place", "Code of the weather station, or place of a grid point", "气象站号或网格点", key=True)
_SOURCE = _text("source", "Who measured or computed it: station, open_meteo, a grid", "数据来源", key=True)
_HOUR_START = Column(
    "hour_start",
    TIMESTAMP,
    "instant",
    "Start of the hour; states are those at this instant, sums and means those of the hour",
    "小时起始时刻（瞬时量为该时刻值，累积量为该小时值）",
    nullable=False,
)
_ORIGIN = _text("origin", "File that it came from: its name and hash", "来源文件")
_SIMULATED = Column(
    "simulated", pl.Boolean(), "1", "Whether it was made by the twin", "是否为模拟数据", nullable=False
)
_WEATHER = (
    _value("longitude", "deg", "East longitude, EPSG:4490", "经度"),
    _value("latitude", "deg", "North latitude, EPSG:4490", "纬度"),
    _value("elevation", "m", "Height of the ground above the sea", "海拔高度"),
    _value("temperature", "°C", "Air temperature", "气温"),
    _value("dewpoint", "°C", "Dew point", "露点温度"),
    _value("humidity", "%", "Relative humidity", "相对湿度"),
    _value("pressure", "hPa", "Air pressure at the height of the place", "本站气压"),
    _value("wind_speed", "m/s", "Wind speed", "风速"),
    _value("wind_direction", "deg", "Where the wind comes from, 0 … 360; null in calm", "风向（静风为空）"),
    _value("wind_height", "m", "Height of the wind above the ground", "测风高度"),
    _value("cloud_cover", "%", "Share of the sky that clouds cover", "总云量"),
    _value("visibility", "m", "Visibility", "能见度"),
    _value("mixing_height", "m", "Height of the mixing layer above the ground", "混合层高度"),
    _value("precipitation", "mm", "Precipitation of the hour", "小时降水量"),
    _value("radiation", "W m-2", "Mean downward shortwave radiation of the hour", "向下短波辐射"),
)
_FLAGS = _text(
    "flags",
    "What the door did, as column:code, joined by commas: implausible, fill, calm, variable, trace, derived",
    "数据标记",
)

STATES: tuple[str, ...] = (
    *("temperature", "dewpoint", "humidity", "pressure", "wind_speed", "wind_direction"),
    *("cloud_cover", "visibility", "mixing_height"),
)
"""Columns of states at an instant, the start of the hour."""
AMOUNTS: tuple[str, ...] = ("precipitation", "radiation")
"""Columns of sums and means over the hour."""

WEATHER_HOURS = Table(
    name="weather_hours",
    title="Weather, hour by hour, measured at stations or analysed on grids",
    title_zh="气象小时数据（观测与分析）",
    columns=(
        _PLACE,
        _SOURCE,
        _HOUR_START,
        _text(
            "kind",
            "observed at the place, or an analysis on a grid",
            "数据类别（观测、分析）",
            key=True,
            values=("observed", "analysis"),
        ),
        *_WEATHER,
        _FLAGS,
        _ORIGIN,
        _SIMULATED,
    ),
    key=("place", "source", "hour_start"),
    sort=("place", "source", "hour_start"),
)
"""One row per place, source and hour (气象小时数据)."""

WEATHER_FORECASTS = Table(
    name="weather_forecasts",
    title="Weather forecasts, hour by hour, one for each time of issue",
    title_zh="气象预报小时数据",
    columns=(
        _PLACE,
        _SOURCE,
        Column(
            "issued_at",
            TIMESTAMP,
            "instant",
            "When the forecast begins: the model's base time, or when it was fetched",
            "预报起报时刻",
            nullable=False,
        ),
        _HOUR_START,
        _value("lead_hours", "h", "From the issue to the start of the hour", "预报时效"),
        *_WEATHER,
        _FLAGS,
        _ORIGIN,
        _SIMULATED,
    ),
    key=("place", "source", "issued_at", "hour_start"),
    sort=("place", "source", "issued_at", "hour_start"),
)
"""One row per place, source, issue and hour (气象预报)."""

FIRES = Table(
    name="fires",
    title="Fires and other hot spots that satellites saw in and around the city",
    title_zh="卫星遥感火点（热异常点）",
    columns=(
        _text("satellite", "Terra, Aqua, Suomi-NPP, NOAA-20 …", "卫星", key=True),
        _text("instrument", "MODIS, VIIRS …", "传感器", key=True),
        Column(
            "acquired_at",
            TIMESTAMP,
            "instant",
            "When the satellite passed",
            "过境时刻",
            nullable=False,
        ),
        _value("longitude", "deg", "Middle of the pixel, as sent", "经度", key=True),
        _value("latitude", "deg", "Middle of the pixel, as sent", "纬度", key=True),
        _value("frp", "MW", "Fire radiative power of the pixel", "火点辐射功率"),
        _value("brightness", "K", "Brightness temperature near 4 µm (channel 21/22, I-4)", "亮温（4微米通道）"),
        _value("brightness_2", "K", "Brightness temperature near 11 µm (channel 31, I-5)", "亮温（11微米通道）"),
        _value("scan", "km", "Width of the pixel across the track", "像元宽度（扫描方向）"),
        _value("track", "km", "Length of the pixel along the track", "像元长度（轨道方向）"),
        _text("confidence", "As sent: a percentage, or a letter or word", "置信度（原始值）"),
        _text("confidence_class", "low, nominal or high", "置信度等级", values=("low", "nominal", "high")),
        _text("day_night", "day or night, as the product says", "昼夜", values=("day", "night")),
        Column(
            "type",
            pl.Int64(),
            "1",
            "0 presumed vegetation fire, 1 volcano, 2 other static source on land, 3 offshore; only after review",
            "火点类型",
        ),
        _text("version", "Collection, with NRT where it is not the reviewed product yet", "产品版本"),
        _text("county", "adcode of the county whose outline holds the middle; null outside", "所在县区代码"),
        Column(
            "inside_city",
            pl.Boolean(),
            "1",
            "Whether it lies in a county of the city",
            "是否在本市境内",
            nullable=False,
        ),
        _text("flags", "What was seen at the door, as column:code, joined by commas", "数据标记"),
        _ORIGIN,
        _SIMULATED,
    ),
    key=("satellite", "instrument", "acquired_at", "longitude", "latitude"),
    instant="acquired_at",
    sort=("acquired_at", "satellite", "latitude", "longitude"),
    hourly=False,
)
"""One row per satellite, overpass and pixel (火点); a reviewed row corrects the quick one of its pixel."""

WEATHER_TABLES: tuple[Table, ...] = (WEATHER_HOURS, WEATHER_FORECASTS, FIRES)
"""Tables of this module, for the list of the lake."""
