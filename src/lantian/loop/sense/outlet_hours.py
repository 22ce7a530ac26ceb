"""Reads the readings of one outlet as dense arrays: every factor on the same hours and minutes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.ledger.models import Device
from lantian.loop.sense.centre import HOUR, Centre
from lantian.terms.types import FloatArray

READINGS = "source_readings"
MINUTE_INTERVAL = 10
"""Of a device that is not registered. [min]"""
MINUTES = 60
_DAY = 24
_BATCH_SECONDS = 600
"""Hours that arrive within this time are one delivery. [s]"""
_COLUMNS = ("value", "minimum", "maximum", "converted", "amount", "delay", "batch")


@dataclass(frozen=True, slots=True)
class OutletHours:
    """Hours of one outlet, every factor on the same hours."""

    outlet: str
    factors: tuple[str, ...]
    starts: list[datetime]
    columns: Mapping[str, FloatArray]
    """``value, minimum, maximum, converted, amount, delay, batch``, each (n_factors, hours); NaN where missing."""
    flags: NDArray[np.str_]
    """Shape (n_factors, hours); empty where none was sent."""
    units: Mapping[str, str | None]
    """Factor → unit of its values."""

    def row(self, factor: str) -> FloatArray | None:
        """Return the values of a factor, None where the outlet does not measure it."""
        return self.columns["value"][self.factors.index(factor)] if factor in self.factors else None


@dataclass(frozen=True, slots=True)
class OutletMinutes:
    """Minutes of one outlet, laid over its hours: a mean of ten minutes stands on each of the ten."""

    values: FloatArray
    """Shape (n_factors, hours, 60); NaN where missing."""
    flags: NDArray[np.str_]
    """Of the same shape; empty where none was sent."""

    @property
    def came(self) -> NDArray[np.bool_]:
        """Minutes for which anything was sent."""
        found: NDArray[np.bool_] = ~np.isnan(self.values) | (self.flags != "")
        return found


def outlet_readings(centre: Centre, outlets: Sequence[str], first: date, last: date) -> pl.DataFrame:
    """Read the minutes, hours and days of some outlets, the latest version of each."""
    where = pl.col("outlet").is_in(outlets) & pl.col("period").is_in(["day", "hour", "minute"])
    return centre.lake.read(READINGS, first=first, last=last, where=where)


def outlet_hours(
    centre: Centre,
    outlet: str,
    first: date,
    last: date,
    *,
    readings: pl.DataFrame | None = None,
    factors: Sequence[str] = (),
) -> OutletHours:
    """Lay the hours of one outlet out.

    Parameters
    ----------
    readings : DataFrame, optional
        Of that outlet and those days, where they were read already.
    factors : sequence of str
        Rows of the arrays; by default every factor that has an hour, by its code.
    """
    rows = outlet_readings(centre, [outlet], first, last) if readings is None else readings
    hourly = rows.filter(pl.col("period") == "hour")
    names = tuple(factors) or tuple(sorted(set(hourly.get_column("factor"))))
    midnight, count = centre.midnight(first), ((last - first).days + 1) * _DAY
    since = (pl.col("period_start") - pl.lit(midnight)).dt.total_hours()
    delay = (pl.col("received_at") - pl.col("period_start")).dt.total_microseconds() / 60e6 - MINUTES
    placed = hourly.join(_order(names), on="factor").with_columns(
        _column=since, delay=delay, batch=(pl.col("received_at").dt.epoch("s") // _BATCH_SECONDS).cast(pl.Float64)
    )
    at = placed.get_column("_row").to_numpy(), placed.get_column("_column").to_numpy()
    columns = {name: np.full((len(names), count), np.nan) for name in _COLUMNS}
    for name, column in columns.items():
        column[at] = placed.get_column(name).fill_null(float("nan")).to_numpy()
    flags = np.full((len(names), count), "", dtype="U8")
    flags[at] = placed.get_column("flag").fill_null("").to_numpy()
    return OutletHours(
        outlet, names, [midnight + place * HOUR for place in range(count)], columns, flags, _units(hourly)
    )


def hours_of_minutes(
    centre: Centre, rows: pl.DataFrame, factors: Sequence[str], first: date, last: date, step: int
) -> OutletMinutes:
    """Lay the minutes of one outlet over its hours.

    Parameters
    ----------
    rows : DataFrame
        Readings of the outlet and the days.
    step : int
        How many minutes one value stands for. [min]
    """
    count = ((last - first).days + 1) * _DAY * MINUTES
    values = np.full((len(factors), count), np.nan)
    flags = np.full((len(factors), count), "", dtype="U8")
    since = (pl.col("period_start") - pl.lit(centre.midnight(first))).dt.total_minutes()
    placed = (
        rows.filter(pl.col("period") == "minute").join(_order(factors), on="factor").with_columns(_column=since)
    )
    row = placed.get_column("_row").to_numpy()[:, None]
    column = placed.get_column("_column").to_numpy()[:, None] + np.arange(step)
    inside = column < count
    row, column = np.broadcast_to(row, column.shape)[inside], column[inside]
    wide = inside.shape
    values[row, column] = np.broadcast_to(_floats(placed, "value")[:, None], wide)[inside]
    sent = placed.get_column("flag").fill_null("").to_numpy().astype("U8")
    flags[row, column] = np.broadcast_to(sent[:, None], wide)[inside]
    shape = (len(factors), count // MINUTES, MINUTES)
    return OutletMinutes(values.reshape(shape), flags.reshape(shape))


def outlet_minutes(
    centre: Centre, outlet: str, first: date, last: date, step: int
) -> tuple[tuple[str, ...], FloatArray]:
    """Read the minutes of one outlet: factors, and their values, shape (n_factors, n); NaN where missing.

    Parameters
    ----------
    step : int
        How far two values lie apart. [min]
    """
    where = (pl.col("outlet") == outlet) & (pl.col("period") == "minute") & pl.col("value").is_not_null()
    rows = centre.lake.read(READINGS, first=first, last=last, where=where)
    factors = tuple(sorted(set(rows.get_column("factor"))))
    values = np.full((len(factors), ((last - first).days + 1) * _DAY * MINUTES // step), np.nan)
    since = (pl.col("period_start") - pl.lit(centre.midnight(first))).dt.total_minutes() // step
    placed = rows.join(_order(factors), on="factor").with_columns(_column=since)
    at = placed.get_column("_row").to_numpy(), placed.get_column("_column").to_numpy()
    values[at] = placed.get_column("value").to_numpy()
    return factors, values


def minute_interval(device: Device | None) -> int:
    """Return how far minutes of a device lie apart. [min]"""
    return MINUTE_INTERVAL if device is None else device.minute_interval


# ---------------------------------------------------------------------------------------------- inside


def _order(factors: Sequence[str]) -> pl.DataFrame:
    """Give each factor its row in the arrays."""
    return pl.DataFrame(
        {"factor": list(factors), "_row": range(len(factors))}, schema={"factor": pl.String, "_row": pl.Int64}
    )


def _units(rows: pl.DataFrame) -> dict[str, str | None]:
    return dict(rows.select("factor", "unit").unique("factor", keep="last", maintain_order=True).iter_rows())


def _floats(rows: pl.DataFrame, name: str) -> FloatArray:
    found: FloatArray = rows.get_column(name).fill_null(float("nan")).to_numpy()
    return found
