"""Units of weather as files write them, and the numbers in the units of the lake (单位换算)."""

import re
from dataclasses import dataclass

import polars as pl

from lantian.desk.intake.headers import plain

_PLACES = 6
"""Places after the point that a conversion keeps: takes the dust of binary fractions away."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How a unit becomes the lake's own: ``(value + before) * times / by``."""

    times: float = 1.0
    by: float = 1.0
    before: float = 0.0

    def turn(self, value: pl.Expr) -> pl.Expr:
        """Convert a column of numbers; one in the lake's own unit stays as it is."""
        if self == OWN:
            return value
        moved = value + self.before if self.before else value
        return (moved * self.times / self.by).round(_PLACES)


OWN = Scale()
_TEMPERATURE = {
    **dict.fromkeys(("°c", "℃", "c", "degc", "celsius", "摄氏度", "度"), OWN),
    **dict.fromkeys(("k", "kelvin"), Scale(before=-273.15)),
    **dict.fromkeys(("°f", "℉", "f", "degf", "fahrenheit"), Scale(times=5, by=9, before=-32)),
}
_PERCENT = {
    **dict.fromkeys(("%", "percent", "pct", "百分比"), OWN),
    **dict.fromkeys(("1", "0-1", "(0-1)", "fraction"), Scale(times=100)),
}
_SPEED = {
    **dict.fromkeys(("m/s", "ms-1", "ms^-1", "m.s-1", "ms**-1", "mps", "ms", "米/秒"), OWN),
    **dict.fromkeys(("km/h", "kmh", "kmh-1", "kph", "km/hr", "公里/小时", "千米/小时"), Scale(by=3.6)),
    **dict.fromkeys(("kn", "kt", "kts", "knots", "knot", "节"), Scale(times=1852, by=3600)),
    **dict.fromkeys(("mph", "mp/h"), Scale(times=0.44704)),
}
_LENGTH = {
    **dict.fromkeys(("m", "米", "metre", "meter"), OWN),
    **dict.fromkeys(("km", "公里", "千米"), Scale(times=1000)),
    **dict.fromkeys(("ft", "feet"), Scale(times=0.3048)),
}
UNITS: dict[str, dict[str, Scale]] = {
    "temperature": _TEMPERATURE,
    "dewpoint": _TEMPERATURE,
    "humidity": _PERCENT,
    "cloud_cover": {
        **_PERCENT,
        **dict.fromkeys(("成", "tenths", "1/10", "10分"), Scale(times=10)),
        **dict.fromkeys(("okta", "oktas", "1/8", "八分"), Scale(times=12.5)),
    },
    "pressure": {
        **dict.fromkeys(("hpa", "mbar", "mb", "百帕"), OWN),
        **dict.fromkeys(("pa", "帕"), Scale(by=100)),
        **dict.fromkeys(("kpa", "千帕"), Scale(times=10)),
        "mmhg": Scale(times=1.33322387415),
        "inhg": Scale(times=33.86389),
    },
    "wind_speed": _SPEED,
    "wind_direction": dict.fromkeys(("°", "deg", "degree", "degrees", "degreetrue", "度", "方位"), OWN),
    "visibility": {**_LENGTH, **dict.fromkeys(("mi", "mile", "miles"), Scale(times=1609.344))},
    "mixing_height": _LENGTH,
    "precipitation": {
        **dict.fromkeys(("mm", "mm/h", "毫米", "kgm-2", "kgm**-2", "kg/m2"), OWN),
        **dict.fromkeys(("cm", "厘米"), Scale(times=10)),
        **dict.fromkeys(("m", "mofwaterequivalent"), Scale(times=1000)),
        **dict.fromkeys(("inch", "in"), Scale(times=25.4)),
    },
    "radiation": {
        **dict.fromkeys(("w/m2", "wm-2", "wm**-2", "w/m^2", "瓦/平方米"), OWN),
        **dict.fromkeys(("j/m2", "jm-2", "jm**-2"), Scale(by=3600)),
        **dict.fromkeys(("kj/m2", "kjm-2"), Scale(times=1e3, by=3600)),
        **dict.fromkeys(("mj/m2", "mjm-2"), Scale(times=1e6, by=3600)),
    },
    "elevation": _LENGTH,
    "wind_height": _LENGTH,
    "longitude": dict.fromkeys(("°", "deg", "degrees_east", "°e", "度"), OWN),
    "latitude": dict.fromkeys(("°", "deg", "degrees_north", "°n", "度"), OWN),
}
"""Column of the lake → unit as written, bare → how it becomes the lake's own."""
_TENTHS = re.compile(r"^0\.1\s*(?=[^\d\s])")
_BRACKETS = re.compile(r"^(.*?)\s*[\[(]([^()\[\]]*(?:\([^()]*\))?[^()\[\]]*)[\])]$")


def scale_of(column: str, unit: str) -> Scale | None:
    """Say how a unit of a column is converted; None where it is none of that column.

    Examples
    --------
    >>> scale_of("wind_speed", "km/h"), scale_of("temperature", "0.1℃"), scale_of("pressure", "m")
    (Scale(times=1.0, by=3.6, before=0.0), Scale(times=1.0, by=10.0, before=0.0), None)
    """
    bare = plain(unit).lower().replace("\u2212", "-")
    tenth = _TENTHS.search(bare)
    bare = re.sub(r"\s", "", _TENTHS.sub("", bare))
    found = UNITS[column].get(bare)
    if found is None or tenth is None:
        return found
    return Scale(found.times, found.by * 10, found.before * 10)


def part_unit(name: str) -> tuple[str, str | None]:
    """Part ``风速（m/s）`` into name and what stands in its last brackets.

    Examples
    --------
    >>> part_unit("风速（m/s）"), part_unit("temperature_2m (°C)"), part_unit("temp")
    (('风速', 'm/s'), ('temperature_2m', '°C'), ('temp', None))
    """
    text = plain(name)
    found = _BRACKETS.match(text)
    if found is None or not found.group(1):
        return text, None
    return found.group(1).strip(), found.group(2).strip() or None
