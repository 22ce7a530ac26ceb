from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.science.quality.clock import clock_shifts, label_faults
from lantian.science.quality.neighbours import peer_median


def by_day(hours: np.ndarray) -> np.ndarray:
    return hours.reshape(len(hours), -1, 24, 6)


def test_right_clocks_raise_no_doubt(air, everyone, quality) -> None:
    hours = air()
    peers = peer_median(hours, everyone(6), 2)
    assert clock_shifts(hours, peers, quality.clock) == []
    assert label_faults(by_day(hours), by_day(peers), quality.clock) == []


@pytest.mark.parametrize("shift", [2, -3, 8])
def test_a_clock_that_is_off_is_named_with_the_hours_to_add(air, everyone, quality, shift: int) -> None:
    hours = air()
    hours[2] = np.roll(hours[2], -shift, axis=0)  # what stands at t was measured at t + shift
    [one] = clock_shifts(hours, peer_median(hours, everyone(6), 2), quality.clock)
    assert (one.code, one.place, one.first, one.last) == ("clock_shift", 2, 0, 719)
    assert one.evidence["add_hours"] == shift
    assert one.evidence["correlation"] > one.evidence["correlation_unshifted"] + 0.05


def test_only_the_stretch_that_is_shifted_is_named(air, everyone, quality) -> None:
    hours = air()
    hours[1, 240:480] = np.roll(hours[1], 3, axis=0)[240:480]
    [one] = clock_shifts(hours, peer_median(hours, everyone(6), 2), quality.clock)
    assert (one.first, one.last, one.evidence["add_hours"]) == (240, 479, -3)


def test_a_label_24_read_as_midnight_of_the_same_date_is_found(air, everyone, quality) -> None:
    hours = air()
    days = by_day(hours)
    days[3, :-1, 23] = days[3, 1:, 23]  # the last hour of each day stands a day too early
    days[3, -1, 23] = np.nan
    peers = by_day(peer_median(hours, everyone(6), 2))
    [one] = label_faults(days, peers, quality.clock)
    assert (one.code, one.place) == ("label_day_shift", 3)
    assert (one.evidence["hour"], one.evidence["add_days"]) == (23, 1)


def test_few_days_cannot_show_a_wrong_label(air, everyone, quality) -> None:
    hours = air(days=10)
    days = by_day(hours)
    days[0, :-1, 23] = days[0, 1:, 23]
    assert label_faults(days, by_day(peer_median(hours, everyone(6), 2)), quality.clock) == []


def test_a_station_without_neighbours_has_no_clock_to_compare(air, quality) -> None:
    hours = air(stations=1)
    nobody = np.full(hours.shape, np.nan)
    assert clock_shifts(hours, nobody, quality.clock) == []
    assert label_faults(by_day(hours), by_day(nobody), quality.clock) == []


@pytest.mark.reference
@pytest.mark.parametrize(("shift", "least"), [(3, 0.9), (8, 1.0)])
def test_shifts_of_real_stations_are_found(
    reference_data: Path, everyone, quality, shift: int, least: float
) -> None:
    """Of twelve months of real hours with one station shifted, so many are named with the right hours."""
    hours = real_hours(reference_data)
    hits = 0
    for month in range(12):
        part = hours[:, month * 2160 : month * 2160 + 720].copy()
        station = month % len(part)
        part[station] = np.roll(part[station], -shift, axis=0)
        hints = clock_shifts(part, peer_median(part, everyone(len(part)), 2), quality.clock)
        hits += any(one.place == station and one.evidence["add_hours"] == shift for one in hints)
    assert hits >= least * 12


@pytest.mark.reference
def test_wrong_labels_of_real_stations_are_found_and_right_ones_are_not(
    reference_data: Path, everyone, quality
) -> None:
    hours = real_hours(reference_data)
    hits = wrong = 0
    for month in range(12):
        part = by_day(hours[:, month * 2160 : month * 2160 + 720].copy())
        station = month % len(part)
        part[station, :-1, 23] = part[station, 1:, 23]
        peers = by_day(peer_median(part.reshape(len(part), -1, 6), everyone(len(part)), 2))
        hints = label_faults(part, peers, quality.clock)
        hits += any(one.place == station and one.evidence["hour"] == 23 for one in hints)
        wrong += sum(one.place != station for one in hints)
    assert hits >= 10
    assert wrong == 0


def real_hours(folder: Path) -> np.ndarray:
    frame = pl.read_parquet(folder / "uci_beijing_multisite" / "beijing_multisite.parquet").sort("station", "time")
    order = [pl.col("SO2"), pl.col("NO2"), pl.col("CO") / 1000, pl.col("O3"), pl.col("PM10"), pl.col("PM2.5")]
    stations = frame["station"].n_unique()
    return frame.select(order).cast(pl.Float64).fill_null(float("nan")).to_numpy().reshape(stations, -1, 6)
