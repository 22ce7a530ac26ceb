"""Instruments: digits, flags and what stands under them."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from lantian.city import City
from lantian.rules import Rulebook
from lantian.terms.pollutants import BASIC
from lantian.twin import simulate_hours
from lantian.twin.instruments import FLAG_TEXTS, FLAGS, keeps_one_digit_more


def test_values_have_the_digits_of_their_instrument(hours: pl.DataFrame, changzhi: City) -> None:
    for code in ("1727A", "1728A", "SIM-140423-01", "SIM-140423-02", "SIM-140425-T2"):
        frame = hours.filter(pl.col("station") == code)
        for pollutant in BASIC:
            decimals = (pollutant.value == "co") + keeps_one_digit_more(changzhi.station(code))
            values = frame[pollutant.value].drop_nulls().to_numpy()
            assert np.array_equal(values, [float(f"{value:.{decimals}f}") for value in values]), (code, pollutant)


def test_both_kinds_of_digits_are_among_the_stations(changzhi: City) -> None:
    share = np.mean([keeps_one_digit_more(station) for station in changzhi.stations])
    assert 0.4 < share < 0.6


def test_a_zero_is_never_a_negative_zero(hours: pl.DataFrame) -> None:
    for pollutant in BASIC:
        values = hours[pollutant.value].drop_nulls().to_numpy()
        assert not np.signbit(values[values == 0]).any()


@pytest.mark.parametrize("flag", FLAGS)
def test_each_flag_occurs_and_the_law_knows_it(hours: pl.DataFrame, rulebook: Rulebook, flag: str) -> None:
    seen = {
        part for p in BASIC for text in hours[f"{p.value}_flags"].drop_nulls().unique() for part in text.split(",")
    }
    assert flag in seen
    known = {row.code: row.usable for row in rulebook.flags(date(2025, 6, 1)).flags}
    assert known[flag] is False


def test_flag_texts_are_sorted_sets() -> None:
    assert FLAG_TEXTS[0] is None
    for text in FLAG_TEXTS[1:]:
        assert text is not None
        parts = text.split(",")
        assert parts == sorted(set(parts))
        assert set(parts) <= set(FLAGS)


def test_nothing_is_sent_under_a_fault_and_something_under_a_doubt(hours: pl.DataFrame) -> None:
    for pollutant in BASIC:
        flags = pl.col(f"{pollutant.value}_flags").str.split(",")
        silent = hours.filter(flags.list.eval(pl.element().is_in(["B", "BB", "PS", "PZ"])).list.any())
        assert silent.height > 0
        assert silent[pollutant.value].null_count() == silent.height
        doubtful = hours.filter(pl.col(f"{pollutant.value}_flags").is_in(["H", "RM"]))
        assert doubtful[pollutant.value].null_count() < 0.02 * doubtful.height


def test_only_particles_show_spikes(hours: pl.DataFrame) -> None:
    for pollutant in BASIC:
        spikes = hours.filter(pl.col(f"{pollutant.value}_flags") == "HSp").height
        assert (spikes > 0) == (pollutant.value in {"pm10", "pm25"})


def test_pollutant_outside_the_programme_is_never_sent(changzhi: City) -> None:
    stations = tuple(
        replace(row, pollutants=("pm10", "pm25")) if row.code == "SIM-140431-T1" else row
        for row in changzhi.stations
    )
    city = replace(changzhi, stations=stations)
    [frame] = simulate_hours(city, date(2025, 1, 1), date(2025, 1, 31), 1, stations=["SIM-140431-T1"])
    assert frame["so2"].null_count() == frame.height
    assert frame["so2_flags"].null_count() == frame.height
    assert frame["pm25"].null_count() < 0.2 * frame.height
