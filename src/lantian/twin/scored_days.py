"""Judged days beside days that the same law makes of the truth (日评价核对)."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.store import AMBIENT_HOURS
from lantian.terms.pollutants import BASIC
from lantian.twin.cells import (
    CODE,
    FLAG,
    INTERFERENCE,
    MISSING,
    NOISE,
    SAME,
    UNEXPLAINED,
    Score,
    equal_cells,
    numbers,
)
from lantian.twin.field import Air
from lantian.twin.making import Making

if TYPE_CHECKING:
    from lantian.assembly import House


def score_days(done: Score, house: "House", making: Making, air: Air, sent: Mapping[str, pl.DataFrame]) -> None:
    """Judge what was sent and what truly was by the same law, and compare both with the days of the lake."""
    held = house.lake.read(
        "daily_index", first=done.first, last=done.last,
        where=(pl.col("stage") == "original") & (pl.col("basis") == "measured") & ~pl.col("withdrawn"),
    )  # fmt: skip
    newest = house.lake.scan(AMBIENT_HOURS.name, columns=["hour_start"], latest=False)
    upto = newest.select(pl.col("hour_start").max()).collect().item()
    if held.is_empty() or upto is None:
        return
    names = [*(p.value for p in BASIC), "aqi"]
    held = held.select("kind", "code", "legal_day", *names)
    came = pl.concat(sent.values()).filter(pl.col("hour_start") <= upto)
    clean = [f"{p.value}_flags" for p in BASIC]
    true = _true_rows(making, air, came)
    key = ["kind", "code", "legal_day"]
    judged = held.select("legal_day").unique()
    meant = _judged(house, done, came).join(judged, on="legal_day", how="semi").select(*key, *names)
    truth = _judged(house, done, true).select(*key, *names)
    both = held.join(meant, on=key, how="full", coalesce=True, suffix="_meant").join(
        truth, on=key, how="left", suffix="_true"
    )
    both = both.join(
        _touched(making, came, clean), left_on=["code", "legal_day"], right_on=["code", "day"], how="left"
    )
    codes = np.stack([_day_codes(both, name) for name in names])
    done.add("daily_index", codes)
    done.note(
        "daily_index", "", codes, names, [f"{kind} {code} {day}" for kind, code, day in both.select(key).rows()]
    )


def _true_rows(making: Making, air: Air, came: pl.DataFrame) -> pl.DataFrame:
    """Return the true hours as rows of ``ambient_hours`` without marks or gaps, over the hours that came."""
    begin, end = came["hour_start"].min(), came["hour_start"].max()
    axis = making.sky.weather.axis[air.first : air.first + air.value.shape[2]]
    frames = []
    for place, code in enumerate(air.stations):
        measured = making.city.station(code).pollutants
        columns = {
            p.value: air.value[place, n] if p in measured else np.full(len(axis), np.nan)
            for n, p in enumerate(BASIC)
        }
        frames.append(pl.DataFrame({"hour_start": axis, **columns}).with_columns(station=pl.lit(code)))
    return (
        pl.concat(frames)
        .filter(pl.col("hour_start").is_between(pl.lit(begin), pl.lit(end)))
        .with_columns(
            pl.col(p.value for p in BASIC).fill_nan(None),
            *(pl.lit(None, pl.String).alias(f"{p.value}_flags") for p in BASIC),
            stage=pl.lit("original"),
        )
    )


def _judged(house: "House", done: Score, rows: pl.DataFrame) -> pl.DataFrame:
    """Judge hours by the editions of their days, as the room `evaluate` does, without writing anything."""
    from lantian.loop.evaluate.days import judged_days, spans_of
    from lantian.loop.evaluate.hours import Stage, hour_grid
    from lantian.loop.evaluate.members import memberships, silent_members

    scene = house.scene()
    heard = set(
        house.lake.scan(AMBIENT_HOURS.name, columns=["station"], latest=False).unique().collect()["station"]
    )
    silent = silent_members(house.city, heard)
    stations = tuple(one.code for one in house.city.stations if one.code in heard | silent)
    found: list[pl.DataFrame] = []
    for year in range(done.first.year, done.last.year + 1):
        first, last = max(done.first, date(year, 1, 1)), min(done.last, date(year, 12, 31))
        lead = first - timedelta(days=1)
        spans = house.rulebook.spans(first, last, house.choice)
        dated = rows.with_columns(legal_day=pl.col("hour_start").dt.date()).filter(
            pl.col("legal_day").is_between(lead, last)
        )
        grid = hour_grid(dated, stations, lead, last, Stage.ORIGINAL, spans, silent)
        groups = memberships(house.city, stations, lead, grid.days)
        found += judged_days(grid, house.city, spans_of(grid, spans), groups, scene.dust_days, Stage.ORIGINAL)
    judged: pl.DataFrame = pl.concat(found)
    return judged.filter((pl.col("basis") == "measured") & pl.col("legal_day").is_between(done.first, done.last))


def _touched(making: Making, came: pl.DataFrame, clean: Sequence[str]) -> pl.DataFrame:
    """Return by station, county, city and day whether a station of it was interfered with or had gaps."""
    day = pl.col("hour_start").dt.date().alias("day")
    values = pl.all_horizontal(pl.col(p.value for p in BASIC).is_not_null())
    whole = (values & pl.all_horizontal(pl.col(clean).is_null())).sum() == 24
    by_station = came.group_by("station", day).agg(gaps=~whole)
    subjects = {one.code for one in making.city.stations}
    marks = pl.DataFrame(
        [
            {"station": each.subject, "day": when}
            for each in making.incidents
            if each.kind == "fraud" and each.subject in subjects
            for when in pl.datetime_range(each.first, each.last, "1h", eager=True).dt.date().unique()
        ],
        schema={"station": pl.String, "day": pl.Date},
    ).with_columns(interfered=pl.lit(value=True))
    by_station = by_station.join(marks.unique(), on=["station", "day"], how="left").with_columns(
        pl.col("interfered").fill_null(value=False)
    )
    members = pl.DataFrame(
        [(code, code) for code in subjects]
        + [(group.code, code) for group in making.city.groups for code in group.stations],
        schema=["code", "station"],
        orient="row",
    ).unique()
    return members.join(by_station, on="station").group_by("code", "day").agg(pl.col("gaps", "interfered").any())


def _day_codes(both: pl.DataFrame, name: str) -> NDArray[np.int8]:
    came, meant, true = (numbers(both[column]) for column in (name, f"{name}_meant", f"{name}_true"))
    gaps = both["gaps"].fill_null(value=False).to_numpy()
    touched = both["interfered"].fill_null(value=False).to_numpy()
    codes = np.where(gaps, CODE[FLAG], CODE[NOISE])
    codes = np.where(touched, CODE[INTERFERENCE], codes)
    codes = np.where(np.isnan(came), CODE[MISSING], codes)
    codes = np.where(equal_cells(came, true), CODE[SAME], codes)
    return np.where(equal_cells(came, meant), codes, CODE[UNEXPLAINED])
