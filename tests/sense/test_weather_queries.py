"""The nearest weather: by distance, by kind, and none where nobody knows."""

from collections.abc import Callable
from datetime import date

import pytest

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.records import Given
from lantian.loop.sense.doors.weather_station import take
from lantian.loop.sense.weather_queries import weather_near, weather_places

DAY = date(2026, 3, 1)
TEXT = """station,time,longitude,latitude,temperature (°C)
near,2026-03-01 09:00,113.11,36.19,2
near,2026-03-01 08:00,113.11,36.19,1
far,2026-03-01 08:00,114.5,36.19,9
lost,2026-03-01 08:00,,,5
"""


@pytest.fixture
def lake(real_centre: Centre, give: Callable[..., Given]) -> Centre:
    take(real_centre, give("obs.csv", TEXT))
    return real_centre


def test_places_stand_in_the_order_of_their_distance(lake: Centre) -> None:
    places = weather_places(lake.lake, 113.1, 36.19, DAY, DAY)
    assert places["place"].to_list() == ["near", "far"]
    assert places["hours"].to_list() == [2, 1]
    assert 890 < places["distance"][0] < 910


def test_nearest_place_answers_in_the_order_of_hours(lake: Centre) -> None:
    assert weather_near(lake.lake, 113.1, 36.19, DAY, DAY)["temperature"].to_list() == [1, 2]
    assert weather_near(lake.lake, 114.4, 36.19, DAY, DAY)["place"].to_list() == ["far"]


def test_nothing_near_enough_is_an_empty_answer_with_all_columns(lake: Centre) -> None:
    for asked in (
        weather_near(lake.lake, 116.4, 39.9, DAY, DAY),
        weather_near(lake.lake, 113.1, 36.19, DAY, DAY, kind="analysis"),
        weather_near(lake.lake, 113.1, 36.19, date(2026, 3, 2), DAY),
    ):
        assert asked.is_empty()
        assert "mixing_height" in asked.columns
