"""NetCDF files of analyses and forecasts, as ERA5 is given out, and the output of WRF."""

import re
import warnings
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from lantian.desk.language import mark
from lantian.loop.sense.doors.grids import (
    HOUR,
    Grid,
    Slice,
    Wanted,
    degree,
    full_hour,
    hourly_of_totals,
    left_out,
    missing_extra,
    take_grid,
    west_of_180,
)
from lantian.loop.sense.doors.grids_apart import read_apart
from lantian.loop.sense.doors.grids_wrf import read_wrf
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.weather_rows import yes_or_no
from lantian.loop.sense.doors.weather_units import scale_of
from lantian.store.weather_tables import AMOUNTS
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.types import FloatArray

if TYPE_CHECKING:
    import xarray as xr

    from lantian.loop.sense.centre import Centre

KEY = "weather_netcdf"
SUFFIXES: tuple[str, ...] = (".nc", ".nc4", ".netcdf", ".cdf")
_HDF5, _CLASSIC = b"\x89HDF\r\n\x1a\n", b"CDF"
_WRF = re.compile(r"^wrfout", re.IGNORECASE)

NAMES: dict[str, tuple[str, str]] = {
    **dict.fromkeys(("t2m", "2t"), ("temperature", "K")),
    **dict.fromkeys(("d2m", "2d"), ("dewpoint", "K")),
    **dict.fromkeys(("r2", "rh2m", "2r"), ("humidity", "%")),
    **dict.fromkeys(("u10", "10u"), ("eastward", "m/s")),
    **dict.fromkeys(("v10", "10v"), ("northward", "m/s")),
    "sp": ("pressure", "Pa"),
    "tcc": ("cloud_cover", "1"),
    "vis": ("visibility", "m"),
    **dict.fromkeys(("blh", "hpbl"), ("mixing_height", "m")),
    "tp": ("precipitation", "m"),
    "ssrd": ("radiation", "J m-2"),
}
"""Variable of a model → column of the lake, or component of the wind, and the unit where the file says none."""
_LATITUDES, _LONGITUDES = ("latitude", "lat", "XLAT"), ("longitude", "lon", "XLONG")


DAMAGE = (OSError, ArithmeticError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, MemoryError)
"""What the libraries say of damaged files."""


def recognises(name: str, head: bytes) -> bool:
    """Whether the bytes are NetCDF and the name says so too; HDF5 alone may be anything."""
    lower = name.lower()
    return head.startswith((_HDF5, _CLASSIC)) and (lower.endswith(SUFFIXES) or _WRF.match(lower) is not None)


def take(centre: "Centre", given: Given) -> TakenFile:
    """Take a NetCDF file into ``weather_hours`` and ``weather_forecasts``, read in a process of its own."""
    return take_grid(centre, given, KEY, partial(read_apart, read))


def read(wanted: Wanted) -> Grid:
    """Read the points around the city.

    Raises
    ------
    CallerError
        The libraries are not installed; the file cannot be read, or is no grid of weather.
    """
    name = wanted.given.name
    try:
        import xarray as xr
    except ImportError as error:
        raise missing_extra(name, error) from error
    with wanted.given.path.open("rb") as file:
        engine = "scipy" if file.read(3) == _CLASSIC else "h5netcdf"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what xarray may think of the attributes is no news to the sender
            with xr.open_dataset(wanted.given.path, engine=engine, decode_timedelta=False) as data:
                return _grid(data, wanted)
    except CallerError:
        raise
    except ImportError as error:
        raise missing_extra(name, error) from error
    except DAMAGE as error:
        raise CallerError(
            "{name} cannot be read as NetCDF ({error}): it may be cut off. Fetch it again; nothing was taken in.",
            name=name,
            error=f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}",
        ) from error


def _grid(data: "xr.Dataset", wanted: Wanted) -> Grid:
    if "XLAT" in data.variables and "Times" in data.variables:
        return read_wrf(data, wanted)
    names = [str(name) for name in data.variables]
    latitude = next((name for name in _LATITUDES if name in names), None)
    longitude = next((name for name in _LONGITUDES if name in names), None)
    known = [name for name in data.data_vars if str(name) in NAMES]
    if latitude is None or longitude is None or not known:
        raise CallerError(
            "{name} holds no grid of weather that is known here: {names}. docs/weather-and-fires.md lists the "
            "variables; nothing was taken in.",
            name=wanted.given.name,
            names=", ".join(names[:20]),
        )
    place = _Places(data, latitude, longitude, wanted)
    axes = _axes(data, wanted)
    wanted.check_rows(len(axes.instants), len(place.kept))
    findings = []
    fields: dict[str, FloatArray] = {}
    for variable in known:
        column, unit = NAMES[str(variable)]
        values = _values(data, variable, place, axes)
        if values is None:
            findings.append(
                left_out(
                    wanted.given.name, _OTHER_AXES, "dimension_not_taken", Severity.WARNING, name=str(variable)
                )
            )
            continue
        fields[column] = _in_own_unit(values, column, str(data[variable].attrs.get("units") or unit), wanted)
    left = sorted(str(name) for name in data.data_vars if str(name) not in NAMES)
    if left:
        findings.append(
            left_out(wanted.given.name, _LEFT, "columns_not_taken", columns=", ".join(left[:20]), count=len(left))
        )
    findings += _amounts(fields, axes, wanted)
    mesh = "grid" if place.step is None else degree(place.step)
    centre = str(data.attrs.get("GRIB_centre") or data.attrs.get("institution") or "grid")[:40]
    slices = [
        Slice(valid, issued, {name: values[at] for name, values in fields.items()})
        for at, (issued, valid) in enumerate(axes.instants)
    ]
    return Grid(
        f"{centre}:{mesh}",
        place.longitude,
        place.latitude,
        slices,
        place.read,
        yes_or_no(data.attrs.get("simulated")),
        findings=tuple(findings),
    )


_OTHER_AXES = mark(
    "{name} has members or levels beside time and place and was left out; choose one of them first."
)
_LEFT = mark("{count} columns mean nothing here and were left out: {columns}.")


# ---------------------------------------------------------------------------------------------- place and time


class _Places:
    """Which points are kept, and where they stand in the file."""

    def __init__(self, data: "xr.Dataset", latitude: str, longitude: str, wanted: Wanted) -> None:
        north, east = (
            np.asarray(data[latitude], dtype=float),
            west_of_180(np.asarray(data[longitude], dtype=float)),
        )
        self.axes: tuple[Hashable, ...]
        self.step: float | None = None
        if north.ndim == 1 and data[latitude].dims != data[longitude].dims:
            self.axes = (data[latitude].dims[0], data[longitude].dims[0])
            self.step = float(np.abs(np.diff(north)).min()) if north.size > 1 else None
            north, east = np.meshgrid(north, east, indexing="ij")
        else:
            self.axes = tuple(data[latitude].dims)
        self.read = int(north.size)
        self.kept = wanted.kept(east.ravel(), north.ravel())
        rows, columns = np.divmod(self.kept, north.shape[-1])
        self.window = [slice(int(each.min()), int(each.max()) + 1) for each in (rows, columns)]
        """Part of each axis that has all kept points."""
        width = self.window[1].stop - self.window[1].start
        self.within = (rows - self.window[0].start) * width + columns - self.window[1].start
        """Kept points among those of the window."""
        self.longitude = np.round(east.ravel()[self.kept], 6)
        self.latitude = np.round(north.ravel()[self.kept], 6)


class _Axes:
    """Instants of a file, and the axes along which they lie."""

    def __init__(self, dims: tuple[str, ...], instants: list[tuple[datetime | None, datetime]]) -> None:
        self.dims = dims
        self.instants = instants
        """Base time of a forecast or None, and the instant of the values."""


def _axes(data: "xr.Dataset", wanted: Wanted) -> _Axes:
    """Find the axes of time: instants, or base times and steps."""
    is_analysis = wanted.given.options.get("series") == "analysis"
    step = next((name for name in ("step", "forecast_period") if name in data.variables), None)
    base = next((name for name in ("time", "forecast_reference_time") if name in data.variables), None)
    if step is not None and base is not None and data[step].ndim <= 1 and data[base].ndim <= 1:
        hours = _hours(data[step], wanted)
        bases = _instants(data[base], wanted)
        if data[step].ndim or any(hours):
            dims = tuple(str(name) for name in (*data[base].dims, *data[step].dims))
            pairs = [(issued, issued + hour * HOUR) for issued in bases for hour in hours]
            return _Axes(dims, [(None if is_analysis else issued, valid) for issued, valid in pairs])
    time = next((name for name in ("valid_time", "time") if name in data.variables and data[name].ndim == 1), None)
    if time is None:
        raise CallerError(
            "{name} has no axis of times. Keep valid_time or time when you cut it; nothing was taken in.",
            name=wanted.given.name,
        )
    return _Axes((str(data[time].dims[0]),), [(None, instant) for instant in _instants(data[time], wanted)])


def _instants(variable: "xr.DataArray", wanted: Wanted) -> list[datetime]:
    values = np.atleast_1d(variable.values)
    if not np.issubdtype(values.dtype, np.datetime64) or np.isnat(values).any():
        raise CallerError(
            "{name}: {variable} holds no times of our calendar. Give it units such as hours since a date.",
            name=wanted.given.name,
            variable=str(variable.name),
        )
    seconds = values.astype("datetime64[s]").astype(np.int64).tolist()
    found = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=each) for each in seconds]
    return [full_hour(instant, wanted) for instant in found]


def _hours(variable: "xr.DataArray", wanted: Wanted) -> list[int]:
    """Read the steps after the base time. [h]"""
    unit = str(variable.attrs.get("units", "hours")).lower()
    parts = {
        "hours": 1.0,
        "hour": 1.0,
        "h": 1.0,
        "seconds": 3600.0,
        "minutes": 60.0,
        "nanoseconds": 3.6e12,
        "days": 1 / 24,
    }
    values = np.atleast_1d(variable.values)
    if np.issubdtype(values.dtype, np.timedelta64):
        values, unit = values.astype("timedelta64[s]").astype(float), "seconds"
    hours = np.asarray(values, dtype=float) / parts.get(unit, np.nan)
    if not np.isfinite(hours).all() or (np.abs(hours - np.round(hours)) > 1e-3).any():
        raise CallerError(
            "{name}: its steps are no full hours ({unit}); nothing was taken in.",
            name=wanted.given.name,
            unit=unit,
        )
    return [int(hour) for hour in np.round(hours)]


# ---------------------------------------------------------------------------------------------- values


def _values(data: "xr.Dataset", variable: Hashable, place: _Places, axes: _Axes) -> FloatArray | None:
    """Values of a variable, shape (instants, kept points); None where it has other axes."""
    array = data[variable]
    if "expver" in array.dims:  # ERA5 and its first release in one file: the final one where it is there
        parts = [array.isel(expver=at) for at in range(array.sizes["expver"])]
        array = parts[0]
        for part in parts[1:]:
            array = array.combine_first(part)
    wanted = (*axes.dims, *place.axes)
    spare = [name for name in array.dims if name not in wanted]
    if any(array.sizes[name] != 1 for name in spare) or not set(place.axes) <= set(array.dims):
        return None
    array = array.isel(dict.fromkeys(spare, 0))
    if not set(axes.dims) <= set(array.dims):
        return None
    array = array.isel(dict(zip(place.axes, place.window, strict=True))).transpose(*wanted)
    return np.asarray(array.values, dtype=np.float64).reshape(len(axes.instants), -1)[:, place.within]


def _in_own_unit(values: FloatArray, column: str, unit: str, wanted: Wanted) -> FloatArray:
    import polars as pl

    scale = scale_of("wind_speed" if column in ("eastward", "northward") else column, unit)
    if scale is None:
        raise CallerError(
            "{name}: {column} is in {unit!r}, which is no unit of it that is known here; nothing was taken in.",
            name=wanted.given.name,
            column=column,
            unit=unit,
        )
    flat = pl.DataFrame({"x": values.ravel()}).select(scale.turn(pl.col("x"))).to_series().to_numpy()
    return flat.reshape(values.shape)


def _amounts(fields: dict[str, FloatArray], axes: _Axes, wanted: Wanted) -> list[Finding]:
    """Turn totals since the base time, or since midnight UTC if so told, into amounts of the hour."""
    present = [name for name in AMOUNTS if name in fields]
    if not present:
        return []
    daily = wanted.given.options.get("accumulated") == "day"
    if len(axes.dims) == 1 and not daily and all(issued is None for issued, _ in axes.instants):
        return [left_out(wanted.given.name, _HOURLY, "accumulation_assumed", columns=", ".join(present))]
    series: dict[datetime, dict[int, int]] = {}
    for at, (issued, valid) in enumerate(axes.instants):
        since = issued or (valid - HOUR).replace(hour=0)
        series.setdefault(since, {})[round((valid - since) / HOUR)] = at
    for name in present:
        totals, hourly = fields[name], np.full_like(fields[name], np.nan)
        for steps in series.values():
            for hour, amount in hourly_of_totals({hour: totals[at] for hour, at in steps.items()}).items():
                hourly[steps[hour]] = amount
        fields[name] = hourly
    return []


_HOURLY = mark(
    "{columns}: the file does not say since when it adds up; it was read as the sum of the hour before each "
    "label, as ERA5 has it. Files of ERA5-Land add up since midnight UTC: bring them with accumulated=day."
)
