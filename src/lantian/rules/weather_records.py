"""What the rule about weather and fires at the door holds: what no air of this Earth shows, and how far to look.

A value beyond these bounds is not doubtful weather, it is no weather: a fill value, a mistaken unit, a broken
sensor.
"""

from decimal import Decimal
from typing import ClassVar, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Edition, Number


class WeatherRule(Edition):
    """Bounds of weather and of fire detections at the door (气象与火点数据接入)."""

    subject_name: ClassVar[str] = "weather"
    bounds: dict[str, tuple[Number, Number]]
    """Column of ``weather_hours`` → least and greatest value that is kept, in the unit of the column."""
    fills: tuple[Number, ...]
    """Numbers that always stand for no value, with either sign."""
    fills_beyond: tuple[Number, ...]
    """Numbers that stand for no value beyond the bounds, with either sign; 999 hPa is a pressure."""
    calm_codes: tuple[Number, ...]
    """Numbers that stand for calm in a column of wind directions."""
    grid_margin: Number = Field(ge=0)
    """Points of a grid are kept up to here around the city's bounding box. [km]"""
    fire_margin: Number = Field(ge=0)
    """Fires are kept up to here around the city's bounding box. [km]"""
    fire_bounds: dict[str, tuple[Number, Number]]
    """Column of ``fires`` → least and greatest value that is kept, in the unit of the column."""
    fire_nominal_from: int
    """Confidence of a MODIS detection from which it is nominal. [%]"""
    fire_high_from: int
    """Confidence of a MODIS detection from which it is high. [%]"""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for name, (low, high) in {**self.bounds, **self.fire_bounds}.items():
            if low >= high:
                msg = f"the bounds of {name} are not in order"
                raise ValueError(msg)
        if not 0 < self.fire_nominal_from < self.fire_high_from <= Decimal(100):
            msg = "fire_nominal_from must lie below fire_high_from, both within 0 … 100"
            raise ValueError(msg)
        return self


WEATHER_SUBJECTS: dict[str, type[Edition]] = {"weather": WeatherRule}
"""Subjects about what surrounds the air of the city."""
