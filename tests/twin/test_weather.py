"""Shared weather: whole hours, seasons in their place, events in theirs."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lantian.city import City
from lantian.terms.errors import CallerError
from lantian.twin import list_events
from lantian.twin.weather import hour_axis, shared_weather, shifted


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_events_fall_into_their_season(changzhi: City, seed: int, year: int) -> None:
    events = list_events(changzhi, year, seed)
    assert [event.kind for event in events] == ["episode", "episode", "dust", "dust", "episode"]
    months = [event.first.month for event in events]
    assert months[:2] == [1, 1]
    assert set(months[2:4]) <= {3, 4}
    assert months[4] == 12
    for event in events:
        assert (event.last - event.first) / timedelta(hours=1) + 1 == event.hours
        assert event.hours >= (96 if event.kind == "episode" else 16)
        assert event.first.utcoffset() == timedelta(hours=8)


def test_events_are_those_of_the_seed(changzhi: City) -> None:
    assert list_events(changzhi, 2025, 1) == list_events(changzhi, 2025, 1)
    assert list_events(changzhi, 2025, 1) != list_events(changzhi, 2025, 2)


def test_axis_has_every_hour_once_even_where_clocks_change() -> None:
    berlin = hour_axis(date(2025, 3, 29), date(2025, 3, 31), ZoneInfo("Europe/Berlin"))
    assert len(berlin) == 71
    assert berlin.is_unique().all()
    assert len(hour_axis(date(2024, 2, 29), date(2024, 2, 29), ZoneInfo("Asia/Shanghai"))) == 24


def test_weather_covers_whole_years_and_one_before(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2024, 5, 5), date(2025, 5, 5), seed)
    assert weather.years == ((2023, 8760), (2024, 8784), (2025, 8760))
    assert len(weather.axis) == len(weather.stagnation) == 8760 + 8784 + 8760


def test_seasons_have_their_top_where_they_belong(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed)
    inside = weather.year == 2025
    days = weather.axis.dt.ordinal_day().to_numpy()[inside]
    assert abs(days[weather.winter[inside].argmax()] - 15) <= 1
    assert abs(days[weather.summer[inside].argmax()] - 172) <= 1
    assert abs(days[weather.spring[inside].argmax()] - 105) <= 1


def test_dust_lies_inside_its_events_only(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed)
    allowed = np.zeros(len(weather.axis), dtype=bool)
    for year, _ in weather.years:
        for event in list_events(changzhi, year, seed):
            if event.kind == "dust":
                allowed |= weather.axis.is_between(event.first, event.last).to_numpy()
    assert (weather.dust[~allowed] == 0).all()
    assert (weather.dust[allowed] > 0).all()


def test_an_index_can_be_moved_on_some_days_only(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed)
    moved = shifted(weather, {"heat": 1.5}, date(2025, 6, 1), date(2025, 6, 2))
    difference = moved.heat - weather.heat
    assert int((difference != 0.0).sum()) == 48
    assert difference.max() == pytest.approx(1.5)
    assert (moved.drought == weather.drought).all()
    assert shifted(weather, {"heat": 0.0}, date(2025, 6, 1), date(2025, 6, 2)) is weather


def test_an_index_that_the_weather_does_not_have_is_refused(changzhi: City, seed: int) -> None:
    weather = shared_weather(changzhi, date(2025, 1, 1), date(2025, 1, 2), seed)
    with pytest.raises(CallerError, match="no index luck"):
        shifted(weather, {"luck": 1.0}, date(2025, 1, 1), date(2025, 1, 2))


def test_given_events_take_the_place_of_those_that_are_drawn(changzhi: City, seed: int) -> None:
    calm = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed, events=())
    drawn = shared_weather(changzhi, date(2025, 1, 1), date(2025, 12, 31), seed)
    assert calm.dust.max() == 0.0
    assert drawn.dust.max() > 300.0
    assert (calm.stagnation <= drawn.stagnation).all()
