"""Headings of weather files, Chinese and English, and what they mean (气象要素名称)."""

from collections.abc import Mapping

from lantian.desk.intake.guessing import bare
from lantian.loop.sense.doors.weather_units import part_unit

PLACE_NAMES: tuple[str, ...] = (
    *(
        "place",
        "station",
        "station_code",
        "station_id",
        "station_id_c",
        "stationnum",
        "stn",
        "stnid",
        "wmo",
        "usaf",
    ),
    *(
        "区站号",
        "站号",
        "台站号",
        "站点编码",
        "站点编号",
        "站点代码",
        "测站编号",
        "气象站",
        "站点",
        "站名",
        "站点名称",
        "测站",
    ),
)
TIME_NAMES: tuple[str, ...] = (
    *(
        "hour_start",
        "hour_end",
        "time",
        "datetime",
        "date_time",
        "timestamp",
        "valid_time",
        "obs_time",
        "data_time",
    ),
    *("观测时间", "资料时间", "数据时间", "监测时间", "日期时间", "时间", "时次时间", "小时时间"),
    *("起始时间", "开始时间", "截止时间", "结束时间"),
)
DATE_NAMES: tuple[str, ...] = ("date", "日期", "观测日期", "年月日")
HOUR_NAMES: tuple[str, ...] = ("hour", "小时", "时", "时次", "hh")
YEAR_NAMES, MONTH_NAMES, DAY_NAMES = ("year", "年", "yyyy"), ("mon", "month", "月", "mm"), ("day", "日", "dd")
SIMULATED_NAMES: tuple[str, ...] = ("simulated", "模拟", "是否模拟", "是否为模拟数据", "模拟数据")

STATION_NAMES: Mapping[str, tuple[str, ...]] = {
    "temperature": (
        *("temperature", "air_temperature", "temp", "tem", "t2m", "temperature_2m", "ta", "dry_bulb_temperature"),
        *("气温", "温度", "空气温度", "环境温度", "干球温度"),
    ),
    "dewpoint": ("dewpoint", "dew_point", "dewp", "dpt", "td", "dew_point_temperature", "露点", "露点温度"),
    "humidity": ("humidity", "relative_humidity", "rh", "rhu", "相对湿度", "湿度", "空气湿度", "环境湿度"),
    "pressure": (
        *("pressure", "station_pressure", "surface_pressure", "prs", "pres", "atmospheric_pressure"),
        *("本站气压", "气压", "大气压", "大气压力", "站点气压"),
    ),
    "wind_speed": (
        *("wind_speed", "windspeed", "win_s_avg_10mi", "win_s_avg_2mi", "wspd", "ws", "wspm", "wind_speed_10m"),
        *("风速", "平均风速", "小时平均风速", "10分钟平均风速", "2分钟平均风速", "10分钟风速", "2分钟风速"),
    ),
    "wind_direction": (
        *("wind_direction", "winddir", "win_d_avg_10mi", "win_d_avg_2mi", "wdir", "wd", "wind_direction_10m"),
        *("风向", "平均风向", "小时平均风向", "10分钟平均风向", "2分钟平均风向", "10分钟风向", "2分钟风向"),
    ),
    "cloud_cover": ("cloud_cover", "total_cloud_cover", "clouds", "clo_cov", "tcc", "总云量", "云量"),
    "visibility": ("visibility", "vis", "vis_hor_1mi", "能见度", "水平能见度"),
    "mixing_height": (
        *("mixing_height", "mixing_layer_height", "boundary_layer_height", "blh", "pblh"),
        *("混合层高度", "边界层高度", "大气边界层高度"),
    ),
    "precipitation": (
        *("precipitation", "precip", "rain", "rainfall", "prcp", "pre_1h", "precipitation_1h"),
        *("降水量", "降水", "降雨量", "雨量", "小时降水量", "小时雨量", "1小时降水量", "过去1小时降水量"),
    ),
    "radiation": (
        *("radiation", "solar_radiation", "global_radiation", "shortwave_radiation", "ssrd", "ghi"),
        *("太阳辐射", "总辐射", "辐射", "短波辐射", "总辐射辐照度"),
    ),
    "longitude": ("longitude", "lon", "lng", "经度", "东经"),
    "latitude": ("latitude", "lat", "纬度", "北纬"),
    "elevation": ("elevation", "altitude", "alti", "海拔", "海拔高度", "高程", "测站高度", "观测场海拔高度"),
    "wind_height": ("wind_height", "测风高度", "风速传感器高度", "风传感器高度"),
}
"""Column of the lake → headings of station files, the surest first."""

OPEN_METEO_NAMES: Mapping[str, tuple[str, ...]] = {
    "temperature": ("temperature_2m",),
    "dewpoint": ("dew_point_2m", "dewpoint_2m"),
    "humidity": ("relative_humidity_2m", "relativehumidity_2m"),
    "pressure": ("surface_pressure",),
    "wind_speed": ("wind_speed_10m", "windspeed_10m"),
    "wind_direction": ("wind_direction_10m", "winddirection_10m"),
    "cloud_cover": ("cloud_cover", "cloudcover"),
    "visibility": ("visibility",),
    "mixing_height": ("boundary_layer_height",),
    "precipitation": ("precipitation",),
    "radiation": ("shortwave_radiation",),
}
"""Column of the lake → hourly variables of Open-Meteo; the mean sea level pressure is none of them."""

_POINTS = ("n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw", "nnw")
_POINTS_ZH = (
    *(("北",), ("北东北", "北北东", "东北偏北"), ("东北",), ("东东北", "东北东", "东北偏东"), ("东",)),
    *(("东东南", "东南东", "东南偏东"), ("东南",), ("南东南", "南南东", "东南偏南"), ("南",)),
    *(("南西南", "南南西", "西南偏南"), ("西南",), ("西西南", "西南西", "西南偏西"), ("西",)),
    *(("西西北", "西北西", "西北偏西"), ("西北",), ("北西北", "北北西", "西北偏北")),
)
WIND_POINTS: Mapping[str, float] = {
    name: 22.5 * number or 360.0
    for number, names in enumerate(zip(_POINTS, _POINTS_ZH, strict=True))
    for name in (names[0], *names[1], *(f"{zh}风" for zh in names[1]), *(f"偏{zh}风" for zh in names[1]))
}
"""Name of a wind in small letters → where it comes from. [deg]"""
CALM: frozenset[str] = frozenset({"c", "calm", "clm", "静风", "静", "静稳", "无风"})
VARIABLE: frozenset[str] = frozenset({"vrb", "variable", "v", "不定", "风向不定", "旋转风", "多变"})
TRACE: frozenset[str] = frozenset({"t", "tr", "trace", "微量"})


def heading(name: str) -> str:
    """Strip a heading of unit, signs and case, for comparing.

    Examples
    --------
    >>> heading("风速（km/h）"), heading("Wind_Speed [m/s]")
    ('风速', 'windspeed')
    """
    return bare(part_unit(name)[0])


def find_columns(columns: tuple[str, ...], names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Column of the lake → column of the file; the surest heading wins."""
    return {
        target: found for target, headings in names.items() if (found := first_of(columns, headings)) is not None
    }


def first_of(columns: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    """Return the column whose heading is one of these names, the first name first."""
    held: dict[str, str] = {}
    for column in columns:
        held.setdefault(heading(column), column)
    return next((held[bare(name)] for name in names if bare(name) in held), None)
