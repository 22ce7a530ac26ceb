"""Hours as AERMOD's surface and profile files, read back by another program's reader."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pyaermod.aermet import read_profile_file, read_surface_file

from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.boundary import Boundary, Observed, Site, boundary_layer
from lantian.science.plume.aermod import profile_text, surface_text

RULE = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 1, 1))
SITE = Site(113.1, 36.2, RULE.land_class("suburb"), elevation=930.0)


@pytest.fixture(scope="module")
def air() -> Boundary:
    """A summer day in which the fifth hour is missing and the sixth is calm."""
    same = np.ones(24)
    wind = 3.0 * same
    wind[4], wind[5] = np.nan, 0.0
    hours = np.datetime64("2025-06-30T16", "h") + np.arange(24)
    return boundary_layer(Observed(hours, wind, 200 * same, 20 * same, cloud=0.2 * same), SITE, RULE)


def test_surface_file_is_read_back_as_the_hours_it_came_from(tmp_path: Path, air: Boundary):
    path = tmp_path / "hours.sfc"
    path.write_text(surface_text(air, SITE, 0.005))
    found = read_surface_file(path)
    head, rows = found["header"], found["data"]
    assert (head.latitude, head.longitude) == (36.2, 113.1)
    assert len(rows) == 24
    assert rows[["year", "month", "day", "jday"]].drop_duplicates().to_numpy().tolist() == [[25, 7, 1, 182]]
    assert rows["hour"].tolist() == list(range(1, 25))
    known = air.valid & ~air.calm
    assert rows["ustar"].to_numpy()[known] == pytest.approx(air.friction_velocity[known], abs=6e-4)
    assert rows["Zim"].to_numpy()[known] == pytest.approx(air.mechanical_height[known], abs=0.51)
    convective = known & (air.inverse_length < 0)
    assert rows["Zic"].to_numpy()[convective] == pytest.approx(air.mixing_height[convective], abs=0.51)
    assert rows["L"].to_numpy()[convective] == pytest.approx(1 / air.inverse_length[convective], abs=0.051)
    assert set(rows["Zic"].to_numpy()[air.inverse_length > 0]) == {-999.0}
    assert rows["temp"].to_numpy()[known] == pytest.approx(air.temperature[known], abs=0.06)


def test_missing_and_calm_hours_are_what_aermod_takes_for_them(tmp_path: Path, air: Boundary):
    path = tmp_path / "hours.sfc"
    path.write_text(surface_text(air, SITE, 0.005))
    rows = read_surface_file(path)["data"]
    assert rows.loc[4, ["wind_speed", "wind_dir", "ustar", "L"]].tolist() == [999.0, 999.0, -9.0, -99999.0]
    assert rows.loc[5, ["wind_speed", "wind_dir"]].tolist() == [0.0, 0.0]
    assert rows.loc[5, "ustar"] > 0


def test_profile_file_is_read_back_as_the_hours_it_came_from(tmp_path: Path, air: Boundary):
    path = tmp_path / "hours.pfl"
    path.write_text(profile_text(air, SITE))
    found = read_profile_file(path)
    assert (found["header"].num_hours, found["header"].heights) == (24, [10.0])
    rows = found["data"]
    assert rows["wind_speed"].tolist()[:4] == [3.0, 3.0, 3.0, 3.0]
    assert rows["wind_dir"].tolist()[0] == 200.0
    assert rows["temp_diff"].tolist()[0] == 20.0
