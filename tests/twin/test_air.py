"""True air: level, dust and neighbours."""

from datetime import date

import numpy as np
import pytest

from lantian.city import City
from lantian.terms.pollutants import BASIC
from lantian.twin.air import city_pm25, true_hours
from lantian.twin.places import Factors
from lantian.twin.weather import shared_weather


def test_each_calendar_year_has_the_level_asked_for(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2026, 12, 31), seed)
    pm25 = city_pm25(weather, 36.0)
    for year, _ in weather.years:
        assert pm25[weather.year == year].mean() == pytest.approx(36.0)


def test_air_is_never_negative_and_pm25_is_part_of_pm10(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed)
    air = true_hours(changzhi.station("1727A"), weather, city_pm25(weather, 36.0), Factors(), seed, 36.0)
    assert air.shape == (len(BASIC), len(weather.axis))
    assert (air > 0).all()
    assert (air[5] < air[4]).mean() > 0.999


def test_stations_of_one_county_are_nearer_to_each_other_than_to_others(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed)
    level = city_pm25(weather, 36.0)

    def own(code: str) -> np.ndarray:
        air = true_hours(changzhi.station(code), weather, level, Factors(), seed, 36.0)
        return np.log(air[5] / level)

    same = np.corrcoef(own("SIM-140423-01"), own("SIM-140423-02"))[0, 1]
    other = np.corrcoef(own("SIM-140423-01"), own("SIM-140431-01"))[0, 1]
    assert same > other + 0.2
