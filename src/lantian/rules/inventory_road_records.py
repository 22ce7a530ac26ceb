"""What the rule about road vehicles holds: base factors and their corrections (道路机动车排放系数)."""

from typing import ClassVar

from pydantic import Field

from lantian.rules.edition import Edition, Number, Record
from lantian.rules.inventory_factor_records import Grade, Positive, Share


class RoadRow(Record):
    """Base factors of one kind of vehicle (道路移动源基准排放系数). [g km-1] unless a field says otherwise"""

    vehicle: str
    fuel: str
    standard: str
    """``pre``, ``i`` … ``vi`` (国一前 … 国六)."""
    co: Number | None = Field(default=None, ge=0)
    hc: Number | None = Field(default=None, ge=0)
    nox: Number | None = Field(default=None, ge=0)
    pm25: Number | None = Field(default=None, ge=0)
    pm10: Number | None = Field(default=None, ge=0)
    evaporation_driving: Number | None = Field(default=None, ge=0)
    """[g h-1]"""
    evaporation_parking: Number | None = Field(default=None, ge=0)
    """[g d-1]"""


class RoadPlaceRow(Record):
    """Corrections of one pollutant for temperature, humidity and altitude (环境修正因子). [1]"""

    vehicle: str
    fuel: str
    pollutant: str
    cold: Positive
    hot: Positive
    dry: Positive
    humid: Positive
    hot_dry: Positive
    hot_humid: Positive
    high: Positive
    """Above the altitude of the rule."""


class RoadSpeedRow(Record):
    """Corrections for the mean speed, one for each band of the rule (速度修正因子). [1]"""

    fuel: str
    standard: str
    pollutant: str
    band_1: Positive
    band_2: Positive
    band_3: Positive
    band_4: Positive
    band_5: Positive


class RoadSulphurRow(RoadSpeedRow):
    """Corrections for the sulphur of the fuel, one for each band of the rule (油品含硫修正因子). [1]"""

    band_6: Positive


class RoadAgeRow(Record):
    """Deterioration in a year of the calendar (劣化修正因子). [1]"""

    vehicle: str
    fuel: str
    standard: str
    year: int
    co: Positive
    hc: Positive
    nox: Positive


class RoadLoadRow(Record):
    """Correction for the load of a diesel vehicle (载重修正因子). [1]"""

    pollutant: str
    load: Share
    """Part of the lawful load. [1]"""
    factor: Positive


class RoadFuelRow(Record):
    """Fuel that a kind of vehicle burns (燃料消耗). [kg km-1]"""

    vehicle: str
    fuel: str
    use: Positive


class OnRoadRule(Edition):
    """Factors and corrections of road vehicles (道路机动车排放系数)."""

    subject_name: ClassVar[str] = "on_road"
    base: tuple[RoadRow, ...]
    estimates: tuple[RoadRow, ...] = ()
    """Rows of our own for standards that the base table leaves empty; grade low."""
    place: tuple[RoadPlaceRow, ...]
    speed: tuple[RoadSpeedRow, ...]
    sulphur: tuple[RoadSulphurRow, ...]
    age: tuple[RoadAgeRow, ...]
    load: tuple[RoadLoadRow, ...]
    fuel_use: tuple[RoadFuelRow, ...]
    """Fuel burned per kilometre, ours, for CO2 and SO2; grade low."""
    base_speed: Positive
    """Speed of the base table. [km/h]"""
    speed_edges: tuple[Positive, ...] = Field(min_length=4, max_length=4)
    """[km/h]"""
    sulphur_edges: tuple[Positive, ...] = Field(min_length=5, max_length=5)
    """Upper ends of the sulphur bands, the cleanest fuel first. [mg/kg]"""
    cold_below: Number
    """[degC]"""
    hot_above: Number
    """[degC]"""
    humidity: Number
    """Relative humidity of the base table. [%]"""
    hot_humid_above: Number
    """Above this temperature humidity has its second correction. [degC]"""
    high_above: Number
    """[m]"""
    base_load: Share
    """[1]"""
    sulphur_ratio: Positive
    """Mass of SO2 from a mass of sulphur. [1]"""
    fuel_names: dict[str, str]
    """Fuel of the tables → key of the fuel properties; a fuel of which CO2 is not known is absent."""
    grades: dict[str, Grade]
    """Fuel of the tables → grade of its base rows."""
    methane_share: dict[str, Share]
    """Fuel of the tables → share of the hydrocarbons that is methane and no VOC. [1]"""
    parking_days: Positive
    """Days in a year on which a vehicle that is counted evaporates. [d]"""
