"""Minutes of micro-stations become hours; what comes by the hour stays as it is (微型站小时值)."""

import polars as pl

from lantian.desk.intake import ROW
from lantian.loop.sense.doors.species_cells import reject_cells
from lantian.science.composition import without_dust

_HOUR = 60
_HOURS = ("device", "channel", "hour_start")


def averaged(rows: pl.DataFrame, least_minutes: int, *, stamps_end: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Average the values of each hour; of values of one moment the last counts.

    How far apart the values of a device are tells how many minutes each stands for. A device whose stamps all lie
    on full hours sends hours.

    Parameters
    ----------
    rows : DataFrame
        ``device, channel, start`` (stamp), ``raw, temperature, humidity``, `ROW`, ``column``, ``raw_text``.
    least_minutes : int
        Fewest minutes with values. [min]
    stamps_end : bool
        Whether a stamp is the end of its value's time.

    Returns
    -------
    tuple of DataFrame
        Hours: ``device, channel, hour_start, raw, temperature, humidity``; rejects of values in hours too short.
    """
    minutes = rows.join(_steps(rows), on="device", how="left", maintain_order="left")
    if stamps_end:
        minutes = minutes.with_columns(pl.col("start") - pl.duration(minutes="step"))
    minutes = minutes.with_columns(pl.col("start").dt.truncate("1h").alias("hour_start"))
    hourly = minutes.filter(pl.col("step") == _HOUR)
    often = minutes.filter(pl.col("step") != _HOUR).unique(["device", "channel", "start"], keep="last")
    whole = (
        often.filter(pl.col("raw").is_not_null())
        .group_by(_HOURS)
        .agg((pl.len() * pl.col("step").first()).alias("covered"), pl.col("raw", "temperature", "humidity").mean())
        .filter(pl.col("covered") >= least_minutes)
        .sort(_HOURS)
    )
    means = [
        pl.Series(name, without_dust(whole.get_column(name).fill_null(float("nan")).to_numpy())).fill_nan(None)
        for name in ("raw", "temperature", "humidity")
    ]
    short = minutes.filter((pl.col("step") != _HOUR) & pl.col("raw").is_not_null()).join(
        whole.select(_HOURS), on=list(_HOURS), how="anti"
    )
    wanted = [*_HOURS, "raw", "temperature", "humidity"]
    hours = pl.concat([hourly.sort(ROW).select(wanted), whole.with_columns(means).select(wanted)])
    return hours, reject_cells(short.sort(ROW), pl.lit("hour_incomplete"), "raw_text")


def _steps(rows: pl.DataFrame) -> pl.DataFrame:
    """Minutes for which one value of each device stands: 60, or how far apart its stamps mostly are."""
    stamps = rows.select("device", "start").unique().sort("device", "start")
    on_the_hour = (pl.col("start").dt.truncate("1h") == pl.col("start")).all()
    apart = pl.col("start").diff().dt.total_seconds().drop_nulls().mode().min() // 60
    step = pl.when(on_the_hour).then(_HOUR).otherwise(pl.coalesce(apart, 1).clip(1, _HOUR - 1))
    return stamps.group_by("device").agg(step.cast(pl.Int64).alias("step"))
