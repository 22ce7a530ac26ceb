import numpy as np
import polars as pl
import pytest

from lantian.science.quality.ambient import constants, inversions, nitrogen_inversions, out_of_range, spikes
from lantian.science.quality.clock import clock_shifts
from lantian.science.quality.neighbours import departures, peer_median

SO2, NO2, CO, O3, PM10, PM25 = range(6)


def found(hints) -> list[tuple[str, int, str, int, int]]:
    return [(one.code, one.place, str(one.channel), one.first, one.last) for one in hints]


def test_clean_hours_of_a_valley_raise_no_doubt(air, everyone, quality) -> None:
    hours = air()
    peers = peer_median(hours, everyone(6), 2)
    assert out_of_range(hours, quality.ambient) == []
    assert inversions(hours, quality.ambient) == []
    assert constants(hours, peers, quality.ambient) == []
    assert spikes(hours, peers, quality.ambient) == []


def test_noise_about_zero_is_allowed_and_more_is_named_with_its_depth(air, quality) -> None:
    hours = air()
    hours[1, 10, SO2], hours[1, 20:22, SO2] = -3.0, [-8.0, -9.0]
    [one] = out_of_range(hours, quality.ambient)
    assert found([one]) == [("negative", 1, "so2", 20, 21)]
    assert one.evidence == {"value": -9.0, "bound": -5.0}


def test_hours_beyond_any_air_are_named_with_their_height(air, quality) -> None:
    hours = air()
    hours[0, 5, CO] = 80.0
    [one] = out_of_range(hours, quality.ambient)
    assert found([one]) == [("above_range", 0, "co", 5, 5)]
    assert one.evidence["value"] == 80.0


def test_fine_particles_above_coarse_ones_are_doubtful_beyond_margin_and_share(air, quality) -> None:
    hours = air()
    hours[2, 7, PM10], hours[2, 7, PM25] = 40.0, 45.0  # just the margin: not yet
    hours[2, 9:12, PM10], hours[2, 9:12, PM25] = 40.0, [50.0, 60.0, 50.0]
    [one] = inversions(hours, quality.ambient)
    assert found([one]) == [("pm_inversion", 2, "pm25", 9, 11)]
    assert one.evidence == {"pm25": 60.0, "pm10": 40.0}


def test_no2_above_nox_is_doubtful_and_an_unmeasured_nox_is_not(quality) -> None:
    no2 = np.array([[30.0, 60.0, 70.0, 20.0]])
    nox = np.array([[45.0, 50.0, np.nan, 21.0]])
    [one] = nitrogen_inversions(no2, nox, quality.ambient)
    assert (one.code, one.first, one.last) == ("no2_above_nox", 1, 1)
    assert one.evidence == {"no2": 60.0, "nox": 50.0}


def test_equal_hours_are_doubtful_from_the_rule_s_length_on_while_neighbours_move(air, everyone, quality) -> None:
    hours = air()
    hours[0, 40:44, PM25] = 33.0  # one hour short
    hours[0, 60:65, PM25] = 33.0
    [one] = constants(hours, peer_median(hours, everyone(6), 2), quality.ambient)
    assert found([one]) == [("constant", 0, "pm25", 60, 64)]
    assert one.evidence["hours"] == 5
    assert one.evidence["neighbours_span"] > 1


def test_equal_hours_in_clean_air_are_the_instrument_s_resolution(air, quality) -> None:
    hours = air()
    hours[0, 60:90, O3] = 4.0
    assert constants(hours, np.full(hours.shape, np.nan), quality.ambient) == []


def test_one_hour_alone_is_a_spike_and_the_same_hour_at_all_stations_is_weather(air, everyone, quality) -> None:
    hours = air()
    hours[3, 100, PM10] = 900.0
    hours[:, 200, PM10] = 900.0
    hints = spikes(hours, peer_median(hours, everyone(6), 2), quality.ambient)
    assert found(hints) == [("spike", 3, "pm10", 100, 100)]
    assert hints[0].evidence["value"] == 900.0


def test_a_spike_without_neighbours_says_that_nobody_spoke(air, quality) -> None:
    hours = air(stations=1)
    hours[0, 100, PM10] = 900.0
    [one] = spikes(hours, np.full(hours.shape, np.nan), quality.ambient)
    assert one.evidence["neighbours_rise"] is None


def test_two_hours_are_too_few_for_a_spike(quality) -> None:
    hours = np.full((1, 2, 6), 10.0)
    assert spikes(hours, hours, quality.ambient) == []


@pytest.mark.reference
def test_real_hours_of_beijing_raise_few_doubts_and_no_wrong_clock(reference_data, everyone, quality) -> None:
    """Rates of hints on a winter of twelve real stations: what an office would be asked to look at."""
    frame = pl.read_parquet(reference_data / "uci_beijing_multisite" / "beijing_multisite.parquet")
    rows = frame.sort("station", "time")
    stations = rows["station"].n_unique()
    order = [pl.col("SO2"), pl.col("NO2"), pl.col("CO") / 1000, pl.col("O3"), pl.col("PM10"), pl.col("PM2.5")]
    cube = rows.select(order).cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(stations, -1, 6)
    hours = cube[:, 20_000:22_880]  # four months
    peers = peer_median(hours, everyone(stations), 2)
    assert clock_shifts(hours, peers, quality.clock) == []
    per_month = stations * 4
    assert len(spikes(hours, peers, quality.ambient)) / per_month < 2
    assert len(departures(hours, peers, quality.neighbours)) / per_month < 2
    assert len(constants(hours, peers, quality.ambient)) / per_month < 3
