"""Elevation of the sun."""

import numpy as np
import pytest

from lantian.science.boundary.sun import solar_elevation


def test_noon_of_the_solstices_is_latitude_and_declination():
    noon = np.array(
        ["2025-06-21T12:01:50", "2025-12-21T11:58:10"], "datetime64[s]"
    )  # equation of time at Greenwich
    assert solar_elevation(noon, 0.0, 40.0) == pytest.approx([90 - 40 + 23.44, 90 - 40 - 23.44], abs=0.02)


def test_example_of_the_solar_position_algorithm():
    """Reda and Andreas 2004 (NREL/TP-560-34302), their worked example: 17 October 2003, 12:30:30 at UTC-7, Golden.

    Topocentric elevation without refraction 39.872046 degrees; this one is geocentric, which the parallax moves by
    at most 0.0024.
    """
    found = solar_elevation(np.array(["2003-10-17T19:30:30"], "datetime64[s]"), -105.1786, 39.742476)
    assert found == pytest.approx([39.872046], abs=0.012)


def test_midnight_sun_is_below_the_horizon_in_changzhi():
    hours = np.datetime64("2025-06-30T16", "h") + np.arange(24)
    up = solar_elevation(hours, 113.1, 36.2) > 0
    assert up.sum() == 14
    assert not up[:5].any()
