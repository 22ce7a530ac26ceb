"""Hourly values of ambient stations over HJ 212 (ST 22) → rows of `ambient_hours`, six pollutants wide."""

from collections.abc import Mapping
from datetime import datetime

import polars as pl

from lantian.loop.sense.frame_rows import plain_unit
from lantian.loop.sense.registry import DeviceCard
from lantian.store import Lake
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

SYSTEM = "22"
FACTOR_OF: Mapping[str, Pollutant] = {
    "a21026": Pollutant.SO2,
    "a21004": Pollutant.NO2,
    "a21005": Pollutant.CO,
    "a05024": Pollutant.O3,
    "a34002": Pollutant.PM10,
    "a34004": Pollutant.PM25,
}
"""Factor code → pollutant; ozone has the code of HJ 524, which stations use and the table of HJ 212 lacks."""
_POWERS = {"ng/m³": -3, "µg/m³": 0, "mg/m³": 3}
"""Unit → power of ten of µg/m³."""
_NORMAL = "N"
_STATION_MARK = r"^(?:[A-Z]|[A-Z]{2}[a-z]?)$"
"""Form of a mark of the networks of stations, such as PZ and HSp. In EFlag of a value that is not normal it says
more exactly why than the one letter of HJ 212 does. A vendor's own number is none."""
_Key = tuple[str, datetime]
_Values = dict[Pollutant, tuple[float | None, str | None]]
_EMPTY: _Values = dict.fromkeys(BASIC, (None, None))


def ambient_hours(readings: pl.DataFrame, cards: Mapping[str, DeviceCard], lake: Lake) -> pl.DataFrame:
    """Return station hours from readings of `frame_rows.rows_of`, in the units of the table.

    The unit is the one that the point is registered with; without one it is µg/m³ (CO mg/m³), as stations send it,
    and not the ng/m³ that the table of the standard has for particles.
    """
    codes = pl.DataFrame({"factor": list(FACTOR_OF), "pollutant": [str(p) for p in FACTOR_OF.values()]})
    hours = readings.filter(
        (pl.col("system") == SYSTEM)
        & (pl.col("period") == "hour")
        & (pl.col("period_start").dt.truncate("1h") == pl.col("period_start"))
    ).join(codes, on="factor", how="inner", maintain_order="left")
    if hours.is_empty():
        return pl.DataFrame()
    devices = hours.select("mn").unique()["mn"].to_list()
    powers = pl.DataFrame(
        [
            {
                "mn": mn,
                "factor": code,
                "power": _power(cards[mn], code),
                "state": cards[mn].gas_state or "reference",
            }
            for mn in devices
            for code in FACTOR_OF
        ],
        schema={"mn": pl.String, "factor": pl.String, "power": pl.Int64, "state": pl.String},
    )
    hours = hours.join(powers, on=["mn", "factor"], how="left", maintain_order="left").with_columns(
        scaled=_scaled(pl.col("value"), pl.col("power")),
        flags=pl.when(pl.col("flag") != _NORMAL).then(
            pl.when(pl.col("mark").str.contains(_STATION_MARK)).then(pl.col("mark")).otherwise(pl.col("flag"))
        ),
    )
    return _wide(hours, _held(hours, lake))


def _power(card: DeviceCard, code: str) -> int | None:
    """Power of ten from a point's unit to the unit of the table; None where the unit is no concentration."""
    own = NAMES[FACTOR_OF[code]].unit
    point = card.points.get(code)
    unit = plain_unit(point.unit) if point is not None and point.unit else own
    return None if unit not in _POWERS or own not in _POWERS else _POWERS[unit] - _POWERS[own]


def _scaled(value: pl.Expr, power: pl.Expr) -> pl.Expr:
    """Shift the decimal point; dividing by 1000 is exact where multiplying by 0.001 is not."""
    return (
        pl.when(power == 0).then(value)
        .when(power > 0).then((value * 10.0 ** power.cast(pl.Float64)).round(9))
        .when(power < 0).then(value / 10.0 ** (-power).cast(pl.Float64))
    )  # fmt: skip


def _held(hours: pl.DataFrame, lake: Lake) -> dict[_Key, _Values]:
    """Return what the lake has for these stations and hours."""
    first, last = hours["period_start"].min(), hours["period_start"].max()
    known = lake.read(
        "ambient_hours",
        first=lake.day_of(first),  # type: ignore[arg-type]
        last=lake.day_of(last),  # type: ignore[arg-type]
        where=pl.col("station").is_in(hours["outlet"].unique().to_list()) & (pl.col("stage") == "original"),
    ).with_columns(pl.col("hour_start").dt.convert_time_zone("UTC"))
    return {
        (row["station"], row["hour_start"]): {p: (row[p], row[f"{p}_flags"]) for p in BASIC}
        for row in known.iter_rows(named=True)
    }


def _wide(hours: pl.DataFrame, held: dict[_Key, _Values]) -> pl.DataFrame:
    """Write one row per frame and hour; what a frame leaves out stays as it was known.

    So parts of a split message complete each other, and a frame that corrects one pollutant takes none away.
    """
    rows = []
    for (_, station, start), part in hours.group_by("number", "outlet", "period_start", maintain_order=True):
        key = (station, start)
        values = dict(held.get(key, _EMPTY))
        for name, value, flags in part.select("pollutant", "scaled", "flags").iter_rows():
            values[Pollutant(name)] = (value, flags)
        held[key] = values
        first = part.row(0, named=True)
        rows.append(
            {
                "station": station,
                "hour_start": start,
                "stage": "original",
                **{str(p): values[p][0] for p in BASIC},
                **{f"{p}_flags": values[p][1] for p in BASIC},
                "source": "hj212",
                **{name: first[name] for name in ("state", "origin", "simulated")},
            }
        )
    types = {**{str(p): pl.Float64 for p in BASIC}, **{f"{p}_flags": pl.String for p in BASIC}}
    return pl.DataFrame(rows, schema_overrides=types, infer_schema_length=None)
