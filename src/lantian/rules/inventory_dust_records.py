"""What the rule about fugitive dust holds: constants of its formulas (扬尘源计算公式)."""

from typing import ClassVar, Self

from pydantic import model_validator

from lantian.rules.edition import Record
from lantian.rules.inventory_factor_records import Graded, Positive, Share, Sourced


class Sizes(Record):
    """One number for each particle size."""

    tsp: Positive
    pm10: Positive
    pm25: Positive


class PavedRoad(Graded):
    """Dust of a paved road (铺装道路扬尘)."""

    k: Sizes
    """[g km-1]"""
    silt_exponent: Positive
    weight_exponent: Positive
    tons_per_tonne: Positive
    """What the weight in tonnes is multiplied with before it enters the formula. [1]"""


class UnpavedRoad(Graded):
    """Dust of an unpaved road of an industrial site (未铺装道路扬尘)."""

    k: Sizes
    """[lb per vehicle mile]"""
    silt_reference: Positive
    """[%]"""
    silt_exponents: Sizes
    weight_reference: Positive
    """[ton]"""
    weight_exponent: Positive
    tons_per_tonne: Positive
    grams_per_km: Positive
    """[g km-1] of one pound per vehicle mile."""


class Handling(Graded):
    """Dust of loading and unloading a pile (堆场装卸扬尘)."""

    k: Sizes
    coefficient: Positive
    """[kg t-1]"""
    wind_reference: Positive
    """[m s-1]"""
    wind_exponent: Positive
    moisture_reference: Positive
    """[%]"""
    moisture_exponent: Positive


class Erosion(Graded):
    """Dust that wind takes from a pile (堆场风蚀扬尘)."""

    k: Sizes
    square: Positive
    """Of the excess friction velocity squared. [g s2 m-4]"""
    linear: Positive
    """Of the excess friction velocity. [g s m-3]"""


class Construction(Graded):
    """Dust of a whole building site (施工扬尘)."""

    tsp: Positive
    """[kg m-2 month-1]"""
    pm10: Share
    """Of TSP. [1]"""
    pm25: Share
    """Of TSP. [1]"""


class FugitiveDust(Sourced):
    """Formulas of fugitive dust (扬尘源计算公式)."""

    subject_name: ClassVar[str] = "fugitive_dust"
    paved: PavedRoad
    unpaved: UnpavedRoad
    handling: Handling
    erosion: Erosion
    construction: Construction
    year_days: Positive
    """Days over which wet days are counted. [d]"""

    @model_validator(mode="after")
    def _known_sources(self) -> Self:
        self.check_sources((self.paved, self.unpaved, self.handling, self.erosion, self.construction))
        return self
