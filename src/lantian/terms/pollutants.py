"""The six basic pollutants (六项基本污染物) in the order that every table uses."""

from dataclasses import dataclass
from enum import StrEnum


class Pollutant(StrEnum):
    """A basic pollutant; its value is the column name in every wide table."""

    SO2 = "so2"
    NO2 = "no2"
    CO = "co"
    O3 = "o3"
    PM10 = "pm10"
    PM25 = "pm25"


BASIC: tuple[Pollutant, ...] = tuple(Pollutant)
"""SO2, NO2, CO, O3, PM10, PM2.5: the column order of arrays with one column per pollutant."""


@dataclass(frozen=True, slots=True)
class PollutantName:
    """How people and documents write a pollutant."""

    symbol: str
    chinese: str
    english: str
    unit: str
    """Unit of every stored concentration: µg/m³, and mg/m³ for CO only."""


NAMES: dict[Pollutant, PollutantName] = {
    Pollutant.SO2: PollutantName("SO₂", "二氧化硫", "sulphur dioxide", "µg/m³"),
    Pollutant.NO2: PollutantName("NO₂", "二氧化氮", "nitrogen dioxide", "µg/m³"),
    Pollutant.CO: PollutantName("CO", "一氧化碳", "carbon monoxide", "mg/m³"),
    Pollutant.O3: PollutantName("O₃", "臭氧", "ozone", "µg/m³"),
    Pollutant.PM10: PollutantName("PM₁₀", "可吸入颗粒物", "particulate matter PM10", "µg/m³"),
    Pollutant.PM25: PollutantName("PM₂.₅", "细颗粒物", "fine particulate matter PM2.5", "µg/m³"),
}
