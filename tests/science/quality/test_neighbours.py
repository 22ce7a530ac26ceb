import numpy as np

from lantian.science.quality.neighbours import NOBODY, departures, log_ratio, neighbours_of, peer_median

PM25, PM10 = 5, 4


def test_the_nearest_come_first_and_the_far_are_no_neighbours(quality) -> None:
    longitude = np.array([113.0, 113.05, 113.01, 116.0])
    latitude = np.array([36.0, 36.0, 36.0, 36.0])
    found = neighbours_of(longitude, latitude, quality.neighbours)
    assert found[0].tolist() == [2, 1, NOBODY, NOBODY]
    assert found[3].tolist() == [NOBODY] * 4


def test_degrees_of_longitude_are_shorter_than_those_of_latitude(quality) -> None:
    found = neighbours_of(np.array([113.0, 113.3, 113.0]), np.array([60.0, 60.0, 60.2]), quality.neighbours)
    assert found[0, :2].tolist() == [1, 2]


def test_too_few_neighbours_say_nothing(quality) -> None:
    hours = np.full((3, 2, 6), 10.0)
    hours[2, 1] = np.nan
    peers = peer_median(hours, np.array([[1, 2], [0, NOBODY], [0, 1]]), 2)
    assert (peers[0, 0] == 10.0).all()
    assert np.isnan(peers[0, 1]).all()
    assert np.isnan(peers[1]).all()


def test_equal_air_has_no_departure_and_clean_air_does_not_explode(quality) -> None:
    ratio = log_ratio(np.array([[[0.0] * 6]]), np.array([[[1.0] * 6]]), quality.neighbours)
    assert (np.abs(ratio) < 1.5).all()
    same = np.array([[[7.0] * 6]])
    assert (log_ratio(same, same, quality.neighbours) == 0).all()


def test_cotton_in_the_inlet_lowers_one_station_and_only_that_one_is_named(air, everyone, quality) -> None:
    hours = air()
    hours[4, 300:330, [PM10, PM25]] *= 0.2
    hints = departures(hours, peer_median(hours, everyone(6), 2), quality.neighbours)
    assert {(one.code, one.place, str(one.channel)) for one in hints} == {
        ("below_neighbours", 4, "pm25"),
        ("below_neighbours", 4, "pm10"),
    }
    particle = next(one for one in hints if one.channel == "pm25")
    assert (particle.first, particle.last) == (300, 329)
    assert particle.evidence["neighbours"] > 3 * particle.evidence["mean"]


def test_a_local_fire_raises_one_station(air, everyone, quality) -> None:
    hours = air()
    hours[0, 100:110, PM25] *= 5
    [one] = departures(hours, peer_median(hours, everyone(6), 2), quality.neighbours)
    assert (one.code, one.first, one.last) == ("above_neighbours", 100, 109)


def test_a_station_that_is_always_cleaner_is_not_doubted(air, everyone, quality) -> None:
    hours = air()
    hours[2] *= 0.4
    assert departures(hours, peer_median(hours, everyone(6), 2), quality.neighbours) == []


def test_a_short_history_says_nothing(air, everyone, quality) -> None:
    hours = air(days=4)
    hours[0, 30:60, PM25] *= 5
    assert departures(hours, peer_median(hours, everyone(6), 2), quality.neighbours) == []
