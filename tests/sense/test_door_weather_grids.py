"""Grids: ERA5 and forecasts in NetCDF and GRIB, the output of WRF, points around the city, amounts of hours."""

import builtins
import importlib
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import eccodes
import numpy as np
import pytest
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors import grids, grids_grib, grids_netcdf
from lantian.loop.sense.doors.grids import hourly_of_totals
from lantian.loop.sense.doors.grids_apart import Bounds, read_apart
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.store import WEATHER_FORECASTS, WEATHER_HOURS
from lantian.terms.errors import CallerError

Give = Callable[..., Given]
NORTH = np.array([40.0, 36.5, 36.25, 36.0, 30.0])
EAST = np.array([100.0, 112.75, 113.0, 113.25, 120.0])
POINTS = 9
"""Of the 25, those in the middle lie in or around Changzhi."""
START = np.datetime64("2026-03-01T00", "ns")
PLACE = "113.0000E36.2500N"


def era5(hours: int = 3, **more: Any) -> xr.Dataset:
    """A piece of ERA5 as the Climate Data Store gives it out: time, latitude, longitude."""
    shape = (hours, NORTH.size, EAST.size)
    steps = np.arange(hours, dtype=np.float32)[:, None, None]

    def field(value: float, unit: str, slope: float = 0.0) -> tuple[tuple[str, ...], np.ndarray, dict[str, str]]:
        values = np.broadcast_to(np.float32(value) + np.float32(slope) * steps, shape).astype(np.float32)
        return ("valid_time", "latitude", "longitude"), values, {"units": unit}

    return xr.Dataset(
        {
            "t2m": field(283.15, "K", 1),
            "d2m": field(278.15, "K"),
            "u10": field(-3, "m s**-1"),
            "v10": field(-4, "m s**-1"),
            "sp": field(90_530, "Pa"),
            "blh": field(420, "m"),
            "tcc": field(0.5, "(0 - 1)"),
            "tp": field(0.001, "m"),
            "ssrd": field(360_000, "J m**-2"),
        },
        coords={
            "valid_time": START + np.arange(hours) * np.timedelta64(1, "h"),
            "latitude": NORTH,
            "longitude": EAST,
        },
        attrs={"GRIB_centre": "ecmf", **more},
    )


def packed(data: xr.Dataset, folder: Path, engine: str = "h5netcdf") -> bytes:
    path = folder / f"made-{engine}.nc"
    data.to_netcdf(path, engine=engine)  # type: ignore[call-overload]
    return path.read_bytes()


def hours(centre: Centre, table: str = "weather_hours") -> dict[str, dict[str, Any]]:
    rows = centre.lake.read(table).filter(place=PLACE).sort("hour_start").to_dicts()
    return {row["hour_start"].astimezone(UTC).strftime("%d %H"): row for row in rows}


def codes(taken: TakenFile) -> set[str]:
    return {finding.code for report in taken.reports for finding in report.findings}


def take_netcdf(centre: Centre, file: Given) -> TakenFile:
    """Take it as the kind does, in this process."""
    return grids.take_grid(centre, file, grids_netcdf.KEY, grids_netcdf.read)


def take_grib(centre: Centre, file: Given) -> TakenFile:
    """Take it as the kind does, in this process."""
    return grids.take_grid(centre, file, grids_grib.KEY, grids_grib.read)


# ---------------------------------------------------------------------------------------------- NetCDF


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_era5_becomes_hours_in_our_units(real_centre: Centre, give: Give, tmp_path: Path, engine: str) -> None:
    data = packed(era5(), tmp_path, engine)
    assert grids_netcdf.recognises("era5.nc", data[:1000])
    taken = take_netcdf(real_centre, give("era5.nc", data))
    report = taken.reports[0]
    assert (report.rows_read, report.rows_accepted, report.rows_skipped) == (75, 27, 48)
    row = hours(real_centre)["01 01"]
    assert (row["temperature"], row["dewpoint"], row["pressure"]) == (11, 5, 905.3)
    assert (row["wind_speed"], row["wind_direction"], row["wind_height"]) == (5, 36.87, 10)
    assert (row["cloud_cover"], row["mixing_height"], row["humidity"]) == (50, 420, 66.522)
    assert row["flags"] == "humidity:derived"
    assert (row["source"], row["kind"], row["simulated"]) == ("ecmf:0.25deg", "analysis", False)
    assert {"points_elsewhere", "accumulation_assumed"} <= codes(taken)


def test_amounts_of_era5_are_those_of_the_hour_before_the_label(
    real_centre: Centre, give: Give, tmp_path: Path
) -> None:
    take_netcdf(real_centre, give("era5.nc", packed(era5(), tmp_path)))
    found = hours(real_centre)
    assert (found["01 00"]["precipitation"], found["01 00"]["radiation"]) == (1, 100)
    assert found["01 02"]["precipitation"] is None
    assert found["01 02"]["temperature"] == 12
    before = real_centre.lake.read(WEATHER_HOURS).filter(place=PLACE).sort("hour_start").row(0, named=True)
    assert before["hour_start"] == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert (before["temperature"], before["precipitation"]) == (None, 1)


def test_grid_taken_twice_and_in_parts_is_the_same(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    whole = packed(era5(), tmp_path)
    first = take_netcdf(real_centre, give("era5.nc", whole))
    again = take_netcdf(real_centre, give("era5.nc", whole))
    assert (again.written, again.unchanged) == (0, first.written)
    part = packed(era5().isel(valid_time=slice(1, 2)), tmp_path)
    assert take_netcdf(real_centre, give("part.nc", part)).written == 0


def test_calm_of_a_grid_takes_the_known_direction_back(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    data = era5()[["u10", "v10"]]
    take_netcdf(real_centre, give("wind.nc", packed(data, tmp_path)))
    take_netcdf(real_centre, give("calm.nc", packed(data * 0, tmp_path, "scipy")))
    row = hours(real_centre)["01 00"]
    assert (row["wind_speed"], row["wind_direction"], row["flags"]) == (0, None, "wind_direction:calm")


def test_grid_that_leaves_a_value_out_leaves_it_known(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    take_netcdf(real_centre, give("era5.nc", packed(era5(), tmp_path)))
    holed = era5()
    holed["d2m"][:] = np.nan
    assert take_netcdf(real_centre, give("holed.nc", packed(holed, tmp_path))).written == 0
    assert hours(real_centre)["01 01"]["humidity"] == 66.522


def test_totals_since_midnight_are_parted_into_hours_where_it_is_said(
    real_centre: Centre, give: Give, tmp_path: Path
) -> None:
    data = era5(hours=4)
    data["tp"] = data["tp"] * np.array([0, 1, 3, 3.5], dtype=np.float32)[:, None, None]
    taken = take_netcdf(real_centre, give("land.nc", packed(data, tmp_path), options={"accumulated": "day"}))
    found = hours(real_centre)
    assert [found[f"01 0{at}"]["precipitation"] for at in range(3)] == [1, 2, 0.5]
    assert "accumulation_assumed" not in codes(taken)


def test_base_times_and_steps_are_forecasts(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    data = era5().rename(valid_time="step").assign_coords(step=("step", [0, 1, 2], {"units": "hours"}), time=START)
    data["tp"] = data["tp"] * np.arange(3, dtype=np.float32)[:, None, None]
    take_netcdf(real_centre, give("fc.nc", packed(data, tmp_path)))
    found = hours(real_centre, "weather_forecasts")
    assert [(row["lead_hours"], row["temperature"], row["precipitation"]) for row in found.values()] == [
        *((0, 10, 1), (1, 11, 1), (2, 12, None)),
    ]
    assert real_centre.lake.version(WEATHER_HOURS) == -1
    take_netcdf(real_centre, give("an.nc", packed(data, tmp_path), options={"series": "analysis"}))
    assert hours(real_centre)["01 01"]["temperature"] == 11


def test_final_release_stands_before_the_first_one(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    data = era5()[["t2m"]].expand_dims(expver=[1, 5]).copy(deep=True)
    data["t2m"][0, 2] = np.nan
    data["t2m"][1] += 1
    take_netcdf(real_centre, give("mixed.nc", packed(data, tmp_path)))
    assert [row["temperature"] for row in hours(real_centre).values()] == [10, 11, 13]


def test_longitudes_to_360_and_degrees_south_first_are_the_same_places(
    real_centre: Centre, give: Give, tmp_path: Path
) -> None:
    data = era5()[["t2m"]].sortby("latitude")
    data = data.assign_coords(longitude=data["longitude"] % 360)
    take_netcdf(real_centre, give("turned.nc", packed(data, tmp_path)))
    assert hours(real_centre)["01 00"]["temperature"] == 10


def test_members_and_levels_are_left_out_with_a_finding(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    data = era5()[["t2m", "sp"]]
    data["t2m"] = data["t2m"].expand_dims(number=[0, 1])
    taken = take_netcdf(real_centre, give("ens.nc", packed(data, tmp_path)))
    assert "dimension_not_taken" in codes(taken)
    assert hours(real_centre)["01 00"]["pressure"] == 905.3


def test_simulated_grid_goes_into_a_simulated_lake_only(
    real_centre: Centre, centre: Centre, give: Give, tmp_path: Path
) -> None:
    made = give("sim.nc", packed(era5(simulated="true"), tmp_path))
    with pytest.raises(CallerError, match="never mix"):
        take_netcdf(real_centre, made)
    assert take_netcdf(centre, made).written == 36


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data.isel(latitude=[0, 4]), "no point in"),
        (lambda data: data[["tp"]].rename(tp="nothing"), "no grid of weather"),
        (lambda data: data.isel(valid_time=0, drop=True), "no axis of times"),
        (lambda data: data.assign_coords(valid_time=[0, 1, 2]), "no times of our calendar"),
        (lambda data: data.assign_coords(valid_time=data["valid_time"] + np.timedelta64(20, "m")), "no full hour"),
        (lambda data: data.assign(sp=data["sp"].assign_attrs(units="furlong")), "no unit of it"),
    ],
)
def test_grid_that_is_none_is_refused(
    real_centre: Centre, give: Give, tmp_path: Path, change: Callable[[xr.Dataset], xr.Dataset], why: str
) -> None:
    with pytest.raises(CallerError, match=why):
        take_netcdf(real_centre, give("x.nc", packed(change(era5()), tmp_path)))
    assert real_centre.lake.version(WEATHER_HOURS) == -1


def test_too_many_points_or_hours_are_refused(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    file = give("era5.nc", packed(era5(), tmp_path))
    box = grids.box_around(real_centre.city, 50)
    with pytest.raises(CallerError, match="9 points around the city"):
        grids_netcdf.read(grids.Wanted(file, box, most_points=8))
    with pytest.raises(CallerError, match="27 hours of points"):
        grids_netcdf.read(grids.Wanted(file, box, most_rows=26))


@pytest.mark.parametrize("kept", [0, 8, 200, 4_000])
def test_cut_off_file_is_refused_with_words(real_centre: Centre, give: Give, tmp_path: Path, kept: int) -> None:
    for engine in ("h5netcdf", "scipy"):
        data = packed(era5(), tmp_path, engine)[: kept or 3]
        with pytest.raises(CallerError):
            take_netcdf(real_centre, give("x.nc", data))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 30), st.integers(0, 255))
def test_damaged_byte_is_refused_or_taken_and_never_a_crash(
    real_centre: Centre, give: Give, tmp_path: Path, at: int, byte: int
) -> None:
    data = bytearray(packed(era5(hours=1), tmp_path, "scipy"))
    data[at % len(data)] = byte
    try:
        taken = take_netcdf(real_centre, give("x.nc", bytes(data)))
    except CallerError:
        return
    report = taken.reports[0]
    assert report.rows_read == report.rows_accepted + report.rows_rejected + report.rows_skipped


def test_absent_libraries_are_named(
    real_centre: Centre, give: Give, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nc = give("era5.nc", packed(era5(), tmp_path))
    real_import = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name in {"xarray", "eccodes"}:
            raise ImportError(name)
        return real_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    monkeypatch.delitem(sys.modules, "xarray")
    with pytest.raises(CallerError, match="lantian\\[grids\\]"):
        take_netcdf(real_centre, nc)
    with pytest.raises(CallerError, match="lantian\\[grids\\]"):
        take_grib(real_centre, give("x.grib", b"GRIB"))


# ---------------------------------------------------------------------------------------------- WRF


def wrf(**more: Any) -> xr.Dataset:
    """Three hours of WRF on a small turned grid."""
    times = [f"2026-03-01_{at:02d}:00:00".encode() for at in (0, 1, 2)]
    east, north = np.meshgrid([112.9, 113.0, 113.1], [36.2, 36.25, 36.3])
    dims = ("Time", "south_north", "west_east")

    def field(values: list[float]) -> tuple[tuple[str, ...], np.ndarray]:
        return dims, np.array(values, dtype=np.float32)[:, None, None] * np.ones((3, 3, 3), dtype=np.float32)

    return xr.Dataset(
        {
            "Times": ("Time", np.array(times, dtype="S19")),
            "XLAT": (dims, np.repeat(north[None], 3, axis=0)),
            "XLONG": (dims, np.repeat(east[None], 3, axis=0)),
            "T2": field([283.15, 284.15, 285.15]),
            "PSFC": field([90_530.0] * 3),
            "Q2": field([0.005] * 3),
            "U10": field([0.0] * 3),
            "V10": field([-5.0] * 3),
            "COSALPHA": field([0.0] * 3),
            "SINALPHA": field([1.0] * 3),
            "PBLH": field([300.0, 400.0, 500.0]),
            "RAINC": field([0.0, 0.5, 0.5]),
            "RAINNC": field([0.0, 0.5, 2.5]),
        },
        attrs={"SIMULATION_START_DATE": "2026-03-01_00:00:00", "DX": 3000.0, **more},
    )


def test_output_of_wrf_is_a_forecast_with_winds_of_the_compass(
    real_centre: Centre, give: Give, tmp_path: Path
) -> None:
    name = "wrfout_d01_2026-03-01"
    data = packed(wrf(), tmp_path)
    assert grids_netcdf.recognises(name, data[:100])
    take_netcdf(real_centre, give(name, data))
    found = list(hours(real_centre, "weather_forecasts").values())
    assert [(row["lead_hours"], row["temperature"], row["precipitation"]) for row in found] == [
        *((0, 10, 1), (1, 11, 2), (2, 12, None)),
    ]
    assert {(row["wind_speed"], row["wind_direction"], row["source"]) for row in found} == {(5, 270, "wrf:3km")}
    assert found[0]["mixing_height"] == 300
    assert found[0]["humidity"] == pytest.approx(58.8, abs=0.5)
    assert found[0]["flags"] == "humidity:derived"


# ---------------------------------------------------------------------------------------------- GRIB


def message(
    name: str, value: float, base: datetime, steps: str = "0", kind: str = "instant", **keys: Any
) -> bytes:
    """One message of a regular grid around the city."""
    gid = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    settings_ = {
        "centre": "ecmf",
        "Ni": EAST.size - 2,
        "Nj": NORTH.size - 2,
        "latitudeOfFirstGridPointInDegrees": 36.5,
        "latitudeOfLastGridPointInDegrees": 36.0,
        "longitudeOfFirstGridPointInDegrees": 112.75,
        "longitudeOfLastGridPointInDegrees": 113.25,
        "iDirectionIncrementInDegrees": 0.25,
        "jDirectionIncrementInDegrees": 0.25,
        "dataDate": int(base.strftime("%Y%m%d")),
        "dataTime": int(base.strftime("%H%M")),
        **({"stepType": "accum"} if kind == "accum" else {}),
        "shortName": name,
        "stepRange": steps,
        **keys,
    }
    try:
        for key, setting in settings_.items():
            eccodes.codes_set(gid, key, setting)
        eccodes.codes_set_values(gid, np.full(POINTS, value))
        data: bytes = eccodes.codes_get_message(gid)
        return data
    finally:
        eccodes.codes_release(gid)


BASE = datetime(2026, 3, 1, tzinfo=UTC)


def run(hours_: int = 3) -> bytes:
    """A forecast: states at each step, totals since its start."""
    parts = []
    for step in range(hours_):
        for name, value in (("2t", 283.15 + step), ("2d", 278.15), ("10u", -3), ("10v", -4), ("sp", 90_530)):
            parts.append(message(name, value, BASE, str(step)))
        if step:
            parts.append(message("tp", step * step / 1000, BASE, f"0-{step}", "accum"))
    return b"".join(parts)


def test_forecast_in_grib_is_parted_into_hours(real_centre: Centre, give: Give) -> None:
    data = run()
    assert grids_grib.recognises("fc.grib2", data[:100])
    taken = take_grib(real_centre, give("fc.grib2", data))
    found = hours(real_centre, "weather_forecasts")
    assert [row["lead_hours"] for row in found.values()] == [0, 1, 2]
    row = found["01 01"]
    assert (row["temperature"], row["pressure"]) == (pytest.approx(11, abs=0.01), pytest.approx(905.3, abs=0.1))
    assert (row["wind_speed"], row["wind_direction"]) == (5, 36.87)
    assert row["source"] == "ecmf:0.25deg"
    assert [row["precipitation"] for row in found.values()] == [
        *(pytest.approx(1, abs=0.01), pytest.approx(3, abs=0.01), None),
    ]
    assert taken.reports[0].rows_read == taken.reports[0].rows_accepted == 27
    assert real_centre.lake.version(WEATHER_HOURS) == -1


def test_grib_taken_twice_says_nothing_new(real_centre: Centre, give: Give) -> None:
    first = take_grib(real_centre, give("fc.grib2", run()))
    again = take_grib(real_centre, give("fc.grib2", run()))
    assert (again.written, again.corrected, again.unchanged) == (0, 0, first.written)


def test_analyses_in_grib_are_hours_of_analysis(real_centre: Centre, give: Give) -> None:
    data = b"".join(message("2t", 283.15 + at, BASE + timedelta(hours=at)) for at in range(3))
    take_grib(real_centre, give("an.grib", data))
    assert [round(row["temperature"]) for row in hours(real_centre).values()] == [10, 11, 12]
    assert real_centre.lake.version(WEATHER_FORECASTS) == -1


def test_missing_points_of_a_bitmap_stay_missing(real_centre: Centre, give: Give) -> None:
    gid = eccodes.codes_new_from_message(message("2t", 283.15, BASE))
    eccodes.codes_set(gid, "bitmapPresent", 1)
    values = np.full(POINTS, 283.15)
    values[4] = eccodes.codes_get(gid, "missingValue", float)
    eccodes.codes_set_values(gid, values)
    take_grib(real_centre, give("an.grib", eccodes.codes_get_message(gid)))
    eccodes.codes_release(gid)
    assert hours(real_centre)["01 00"]["temperature"] is None
    assert real_centre.lake.read(WEATHER_HOURS)["temperature"].null_count() == 1


def test_other_messages_and_longer_amounts_are_left_out_by_name(real_centre: Centre, give: Give) -> None:
    data = message("2t", 283.15, BASE, "6") + message("tp", 6, BASE, "0-6", "accum") + message("sd", 1, BASE, "6")
    taken = take_grib(real_centre, give("fc.grib2", data))
    (finding,) = (one for one in taken.reports[0].findings if one.code == "messages_not_taken")
    assert finding.evidence["count"] == 2
    assert "sd" in str(finding.evidence["names"])
    assert "precipitation until 6 h" in str(finding.evidence["names"])


def test_grib_that_was_cut_off_says_so_and_keeps_what_was_whole(real_centre: Centre, give: Give) -> None:
    taken = take_grib(real_centre, give("fc.grib2", run()[:-20]))
    assert "file_cut_off" in codes(taken)
    assert len(hours(real_centre, "weather_forecasts")) == 3


@pytest.mark.parametrize("data", [b"GRIB", b"GRIB" + b"\x00" * 100, message("sd", 1, BASE), b"nothing at all"])
def test_grib_without_weather_is_refused(real_centre: Centre, give: Give, data: bytes) -> None:
    with pytest.raises(CallerError, match="nothing was taken in"):
        take_grib(real_centre, give("x.grib", data))


def test_two_grids_in_one_file_are_refused(real_centre: Centre, give: Give) -> None:
    gid = eccodes.codes_new_from_message(message("2t", 283.15, BASE))
    eccodes.codes_set(gid, "Ni", 2)
    eccodes.codes_set(gid, "longitudeOfLastGridPointInDegrees", 113.0)
    eccodes.codes_set_values(gid, np.full(6, 280.0))
    other = eccodes.codes_get_message(gid)
    eccodes.codes_release(gid)
    with pytest.raises(CallerError, match="9 and 6 points"):
        take_grib(real_centre, give("x.grib", message("2t", 283.15, BASE) + other))


# ---------------------------------------------------------------------------------------------- apart


READERS = """
import os, signal
import numpy as np

def endless(wanted):
    while True:
        pass

def deadly(wanted):
    os.kill(os.getpid(), signal.SIGSEGV)

def greedy(wanted):
    return np.ones(1 << 36)
"""


@pytest.mark.parametrize(
    ("name", "why"), [("endless", "without end"), ("deadly", r"exit -11\)"), ("greedy", r"exit 1\)")]
)
def test_file_that_hangs_or_fells_its_reader_is_refused(
    real_centre: Centre, give: Give, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, why: str
) -> None:
    (tmp_path / "odd_readers.py").write_text(READERS)
    monkeypatch.syspath_prepend(tmp_path)  # where the other process finds it too
    read = getattr(importlib.import_module("odd_readers"), name)
    wanted = grids.Wanted(give("x.nc", b"CDF"), grids.box_around(real_centre.city, 50))
    with pytest.raises(CallerError, match=why):
        read_apart(read, wanted, Bounds(seconds=1 if name == "endless" else 60))


def test_both_kinds_read_in_a_process_of_their_own(real_centre: Centre, give: Give, tmp_path: Path) -> None:
    assert grids_netcdf.take(real_centre, give("era5.nc", packed(era5(), tmp_path))).written == 36
    assert grids_grib.take(real_centre, give("fc.grib2", run())).written == 27
    with pytest.raises(CallerError, match="cannot be read as NetCDF"):
        grids_netcdf.take(real_centre, give("x.nc", b"\x89HDF\r\n\x1a\n" + b"\x00" * 90))


# ---------------------------------------------------------------------------------------------- amounts


@given(st.lists(st.floats(0, 50), min_size=1, max_size=30))
def test_amounts_of_hours_add_up_to_the_total(amounts: list[float]) -> None:
    totals = {at + 1: np.array([total]) for at, total in enumerate(np.cumsum(amounts))}
    found = hourly_of_totals(totals)
    assert [float(found[at + 1][0]) for at in range(len(amounts))] == pytest.approx(amounts, abs=1e-9)


def test_total_that_falls_is_no_amount_and_a_gap_gives_none() -> None:
    found = hourly_of_totals({0: np.array([0.0]), 1: np.array([2.0]), 2: np.array([1.0]), 5: np.array([9.0])})
    assert set(found) == {1, 2}
    assert np.isnan(found[2][0])
