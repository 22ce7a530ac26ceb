"""Reads the readings of one outlet as dense arrays: every factor on the same hours, and what its minutes make."""

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
_LEAST_SHARE = 0.75
"""Share of an hour's minutes that make a mean to compare with."""
_BATCH_SECONDS = 600
"""Hours that arrive within this time are one delivery. [s]"""


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
    minutes: FloatArray
    """Mean of the minutes of each hour where enough came, shape (n_factors, hours)."""

    def row(self, factor: str) -> FloatArray | None:
        """Return the values of a factor, None where the outlet does not measure it."""
        return self.columns["value"][self.factors.index(factor)] if factor in self.factors else None


def outlet_hours(
    centre: Centre, outlet: str, first: date, last: date, device: Device | None = None
) -> OutletHours:
    """Read the hours of one outlet, and what its minutes make of them."""
    where = (pl.col("outlet") == outlet) & pl.col("period").is_in(["hour", "minute"])
    rows = centre.lake.read(READINGS, first=first, last=last, where=where)
    hourly = rows.filter(pl.col("period") == "hour")
    factors = tuple(sorted(set(hourly.get_column("factor"))))
    midnight, count = centre.midnight(first), ((last - first).days + 1) * _DAY
    at = [midnight + place * HOUR for place in range(count)]
    order = _order(factors)
    placed = hourly.join(order, on="factor").with_columns(_column=_hours_since(midnight))
    row, column = placed.get_column("_row").to_numpy(), placed.get_column("_column").to_numpy()
    columns = {}
    delay = (pl.col("received_at") - pl.col("period_start")).dt.total_microseconds() / 60e6 - MINUTES
    wanted = placed.with_columns(
        delay=delay, batch=(pl.col("received_at").dt.epoch("s") // _BATCH_SECONDS).cast(pl.Float64)
    )
    for name in ("value", "minimum", "maximum", "converted", "amount", "delay", "batch"):
        columns[name] = np.full((len(factors), count), np.nan)
        columns[name][row, column] = wanted.get_column(name).fill_null(float("nan")).to_numpy()
    flags = np.full((len(factors), count), "", dtype="U8")
    flags[row, column] = placed.get_column("flag").fill_null("").to_numpy()
    minutes = np.full((len(factors), count), np.nan)
    told = _hour_of_minutes(rows, minute_interval(device)).join(order, on="factor")
    told = told.with_columns(_column=_hours_since(midnight))
    minutes[told.get_column("_row").to_numpy(), told.get_column("_column").to_numpy()] = told["mean"].to_numpy()
    units = dict(hourly.select("factor", "unit").unique("factor", keep="last", maintain_order=True).iter_rows())
    return OutletHours(outlet, factors, at, columns, flags, units, minutes)


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


def _hours_since(midnight: datetime) -> pl.Expr:
    return (pl.col("period_start") - pl.lit(midnight)).dt.total_hours()


def _order(factors: Sequence[str]) -> pl.DataFrame:
    """Give each factor its row in the arrays."""
    return pl.DataFrame(
        {"factor": list(factors), "_row": range(len(factors))}, schema={"factor": pl.String, "_row": pl.Int64}
    )


def _hour_of_minutes(rows: pl.DataFrame, interval: int) -> pl.DataFrame:
    """Mean of the minutes of each factor and hour that has three quarters of them."""
    least = _LEAST_SHARE * MINUTES / interval
    return (
        rows.filter((pl.col("period") == "minute") & pl.col("value").is_not_null())
        .with_columns(pl.col("period_start").dt.truncate("1h"))
        .group_by("factor", "period_start")
        .agg(pl.col("value").mean().alias("mean"), pl.len().alias("count"))
        .filter(pl.col("count") >= least)
    )
