"""The output of WRF: a forecast from the start of its run, on a grid that need not follow the meridians."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from lantian.loop.sense.doors.grids import HOUR, Grid, Slice, Wanted, full_hour, hourly_of_totals, west_of_180
from lantian.loop.sense.doors.weather_rows import yes_or_no
from lantian.science.weather import humidity_of_mixing_ratio
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

if TYPE_CHECKING:
    import xarray as xr


def read_wrf(data: "xr.Dataset", wanted: Wanted) -> Grid:
    """Read the points around the city.

    Raises
    ------
    CallerError
        No point lies there, the times cannot be read, or nothing at the ground is in it.
    """
    first = {"Time": 0} if "Time" in data["XLAT"].dims else {}
    north = np.asarray(data["XLAT"].isel(first), dtype=float)
    east = west_of_180(np.asarray(data["XLONG"].isel(first), dtype=float))
    kept = wanted.kept(east.ravel(), north.ravel())
    valid = [_wrf_time(text, wanted) for text in np.atleast_1d(data["Times"].values).tolist()]
    wanted.check_rows(len(valid), len(kept))
    start = data.attrs.get("SIMULATION_START_DATE") or data.attrs.get("START_DATE")
    issued = (
        None if start is None or wanted.given.options.get("series") == "analysis" else _wrf_time(start, wanted)
    )

    def field(name: str) -> FloatArray | None:
        if name not in data.variables:
            return None
        values = np.asarray(data[name].values, dtype=np.float64)
        return values.reshape(len(valid), -1)[:, kept] if values.shape[0] == len(valid) else None

    fields = _wrf_fields(field)
    totals = [each for each in (field("RAINC"), field("RAINNC")) if each is not None]
    base = issued or valid[0]
    if totals:
        rain = np.sum(totals, axis=0)
        steps = {round((instant - base) / HOUR): rain[at] for at, instant in enumerate(valid)}
        hourly = hourly_of_totals(steps)
        nothing = np.full(len(kept), np.nan)
        fields["precipitation"] = np.stack(
            [hourly.get(round((instant - base) / HOUR), nothing) for instant in valid]
        )
    if not fields:
        raise CallerError(
            "{name} holds no weather of WRF at the ground; nothing was taken in.", name=wanted.given.name
        )
    mesh = data.attrs.get("DX")
    slices = [
        Slice(instant, issued, {name: values[at] for name, values in fields.items()})
        for at, instant in enumerate(valid)
    ]
    return Grid(
        "wrf" if mesh is None else f"wrf:{float(mesh) / 1000:g}km",
        np.round(east.ravel()[kept], 6),
        np.round(north.ravel()[kept], 6),
        slices,
        int(north.size),
        yes_or_no(data.attrs.get("simulated")),
        frozenset({"humidity"}),
    )


def _wrf_fields(field: Any) -> dict[str, FloatArray]:
    fields: dict[str, FloatArray] = {}
    kelvin, pascal, mixing = field("T2"), field("PSFC"), field("Q2")
    if kelvin is not None:
        fields["temperature"] = kelvin - 273.15
    if pascal is not None:
        fields["pressure"] = pascal / 100
    if kelvin is not None and pascal is not None and mixing is not None:
        fields["humidity"] = humidity_of_mixing_ratio(mixing, pascal / 100, kelvin - 273.15)
    east, north, cosine, sine = (field(name) for name in ("U10", "V10", "COSALPHA", "SINALPHA"))
    if east is not None and north is not None:
        if cosine is not None and sine is not None:  # its winds follow the grid, not the meridians
            east, north = east * cosine - north * sine, north * cosine + east * sine
        fields["eastward"], fields["northward"] = east, north
    height = field("PBLH")
    if height is not None:
        fields["mixing_height"] = height
    return fields


def _wrf_time(text: object, wanted: Wanted) -> datetime:
    word = text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)
    try:
        found = datetime.strptime(word.strip(), "%Y-%m-%d_%H:%M:%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise CallerError(
            "{name}: {word!r} is no time of WRF; nothing was taken in.", name=wanted.given.name, word=word[:40]
        ) from error
    return full_hour(found, wanted)
