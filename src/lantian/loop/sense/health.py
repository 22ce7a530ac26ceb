"""Which instruments are late, stale, drifting or silent, and how often they were on line (在线状态)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import polars as pl
from sqlalchemy import select

from lantian.city.records import Level
from lantian.ledger.models import Device
from lantian.loop.sense.cameras import CameraHealth, list_cameras
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.checks import OUTLET, STATION, cube_neighbours, hour_cube
from lantian.rules import QualityRule
from lantian.science.quality.drift import drifts
from lantian.science.quality.neighbours import peer_median
from lantian.terms.pollutants import BASIC

HOURS, READINGS, MICRO_HOURS, WEATHER_HOURS = "ambient_hours", "source_readings", "micro_hours", "weather_hours"
MICRO, WEATHER, CAMERA = "micro", "weather", "camera"
KINDS = (STATION, OUTLET, MICRO, WEATHER, CAMERA)
"""Kinds of instruments, in the order in which they are listed."""
POWER = "power_readings"
POWER_SYSTEM, AIR_SYSTEM = "44", "22"
"""Systems (ST) under which meters and instruments of the outer air send."""
WIRE = "hj212"
"""Source of hours that a device sent here itself; hours out of files are never late."""
DRIFT_DAYS = 30
LOOK_BACK_DAYS = 60
"""How far back the newest hour is looked for. [d]"""
_MICROSECONDS = 60e6


@dataclass(frozen=True, slots=True)
class _Arrival:
    hours: int
    by_wire: int
    late: int
    newest: datetime | None


class State(StrEnum):
    """How a place stands, the worst first (在线状态)."""

    SILENT = "silent"
    STALE = "stale"
    LATE = "late"
    DRIFTING = "drifting"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Health:
    """How one instrument stands."""

    kind: str
    code: str
    name: str
    state: State
    newest: datetime | None
    """Start of its newest hour with a value; None where it was silent for `LOOK_BACK_DAYS`."""
    age: float | None
    """Since the end of that hour. [h]"""
    expected: int
    """Hours of the window that are over; of a camera how often it was looked at."""
    received: int
    """Of these, hours with a value; of a camera how often it answered."""
    online_rate: float | None
    """Share of them (在线率). [1]"""
    late_share: float | None
    """Share of the hours that a device sent here that came too late; None for hours out of files. [1]"""
    drifting: tuple[str, ...]
    """Pollutants that leave the neighbours slowly."""


def list_health(centre: Centre, *, at: datetime | None = None, days: int = 7) -> list[Health]:
    """Judge every instrument at an instant, kind by kind, the worst first.

    Stations and registered outlets are there whether they ever spoke or not; micro-stations that are in the city's
    files too. Others, and places with weather, are those that were heard in the last weeks. Cameras are judged by
    the looks that were taken at them.

    Parameters
    ----------
    at : datetime, optional
        By default the wall clock.
    days : int
        Length of the window of the online rate, up to that instant. [d]
    """
    now = (at or centre.clock()).astimezone(centre.city.zone)
    end = now.replace(minute=0, second=0, microsecond=0)
    first = end - timedelta(days=days)
    rule = centre.quality(centre.lake.day_of(now))
    drifting = drifting_stations(centre, centre.lake.day_of(end - HOUR))
    # a simulated city has a clock of its own, while its rows are recorded by the wall's
    other_clock = centre.simulated and centre.city_now is not None
    by_wire = (pl.col("source") == WIRE) & pl.lit(value=not other_clock)
    stations = _arrivals(centre, HOURS, "station", "hour_start", first, end, _any_value(), by_wire)
    outlets = _arrivals(
        centre, READINGS, "outlet", "period_start", first, end,
        (pl.col("period") == "hour") & pl.col("value").is_not_null(), pl.lit(value=True),
    )  # fmt: skip
    meters = _arrivals(
        centre, POWER, "outlet", "period_start", first, end,
        (pl.col("period") == "hour") & pl.col("value").is_not_null(), pl.lit(value=True),
    )  # fmt: skip
    found = []
    for station in centre.city.stations:
        out = station.out_of_service
        begun = station.in_service is None or station.in_service <= centre.lake.day_of(now)
        if station.level is Level.MICRO or not begun or (out is not None and out < centre.lake.day_of(now)):
            continue
        told = drifting.get(station.code, ())
        found.append(_health(STATION, station.code, station.name_zh, stations, first, end, now, told, rule))
    found += [
        _health(
            OUTLET,
            device.outlet,
            device.name,
            meters if device.system == POWER_SYSTEM else outlets,
            first,
            end,
            now,
            (),
            rule,
        )
        for device in _devices(centre)
    ]
    found += _micro(centre, first, end, now, rule)
    found += _weather(centre, first, end, now, rule)
    found += [_camera(row, now, rule) for row in list_cameras(centre, days=days, at=now)]
    worst = {state: place for place, state in enumerate(State)}
    return sorted(found, key=lambda row: (KINDS.index(row.kind), worst[row.state], row.code))


def counts(rows: Sequence[Health]) -> dict[str, dict[State, int]]:
    """Count places by kind and state."""
    found: dict[str, dict[State, int]] = {}
    for row in rows:
        held = found.setdefault(row.kind, dict.fromkeys(State, 0))
        held[row.state] += 1
    return found


def drifting_stations(centre: Centre, last: date) -> dict[str, tuple[str, ...]]:
    """Station → pollutants that leave its neighbours slowly over the last weeks."""
    cube = hour_cube(centre, last - timedelta(days=DRIFT_DAYS - 1), last)
    found: dict[str, tuple[str, ...]] = {}
    if not cube.stations:
        return found
    rule = centre.quality(last)
    peers = peer_median(cube.hours, cube_neighbours(centre, cube, last), rule.neighbours.least)
    days = cube.by_day
    for one in drifts(cube.hours.reshape(days), peers.reshape(days), rule.drift, rule.neighbours):
        code = cube.stations[one.place].code
        found[code] = (*found.get(code, ()), str(one.channel))
    return found


def _any_value() -> pl.Expr:
    return (pl.col("stage") == "original") & pl.any_horizontal(pl.col(p).is_not_null() for p in BASIC)


def _arrivals(
    centre: Centre, table: str, place: str, start: str, first: datetime, end: datetime, where: pl.Expr,
    by_wire: pl.Expr,
) -> dict[str, _Arrival]:  # fmt: skip
    """Place → hours in the window, how many came by wire, how many of these late, newest hour."""
    days = centre.lake.day_of(first - timedelta(days=LOOK_BACK_DAYS)), centre.lake.day_of(end)
    late_minutes = centre.quality(days[1]).health.late_minutes
    rows = centre.lake.scan(table, first=days[0], last=days[1], latest=False, where=where)
    recorded = pl.col("recorded_at").dt.convert_time_zone(centre.city.zone.key)
    if "received_at" in centre.lake.table(table).by_name:
        recorded = pl.coalesce("received_at", recorded)  # when the frame came, whenever it was written
    came = recorded.min().alias("came")
    hours = rows.group_by(place, start).agg(came, by_wire.any().alias("wire"))
    delay = (pl.col("came") - pl.col(start)).dt.total_microseconds() / _MICROSECONDS - 60
    told = (
        hours.filter(pl.col(start) < end)
        .with_columns(inside=pl.col(start) >= first, late=(delay > late_minutes) & pl.col("wire"))
        .group_by(place)
        .agg(
            pl.col("inside").sum().alias("hours"),
            (pl.col("inside") & pl.col("wire")).sum().alias("wire"),
            (pl.col("inside") & pl.col("late")).sum().alias("late"),
            pl.col(start).max().alias("newest"),
        )
        .collect()
    )
    rows_told = told.select(place, "hours", "wire", "late", "newest").iter_rows()
    return {row[0]: _Arrival(*row[1:]) for row in rows_told}


def _health(
    kind: str,
    code: str,
    name: str,
    arrivals: dict[str, _Arrival],
    first: datetime,
    end: datetime,
    now: datetime,
    drifting: tuple[str, ...],
    rule: QualityRule,
) -> Health:
    there = arrivals.get(code, _Arrival(0, 0, 0, None))
    received, newest = there.hours, there.newest
    expected = int((end - first) / HOUR)
    age = None if newest is None else max((now - newest - HOUR) / HOUR, 0.0)
    late_share = there.late / there.by_wire if there.by_wire else None
    state = _state_of(age, late_share, drifting, rule)
    rate = received / expected if expected else None
    return Health(kind, code, name, state, newest, age, expected, received, rate, late_share, drifting)


def _state_of(age: float | None, late_share: float | None, drifting: tuple[str, ...], rule: QualityRule) -> State:
    """Judge by age, then by lateness, then by drift; the first that is bad names the state."""
    health = rule.health
    if age is None or age > health.silent_hours:
        return State.SILENT
    if age > health.stale_hours:
        return State.STALE
    if late_share is not None and late_share >= float(health.late_share):
        return State.LATE
    return State.DRIFTING if drifting else State.WELL


def _micro(centre: Centre, first: datetime, end: datetime, now: datetime, rule: QualityRule) -> list[Health]:
    """Judge the micro-stations of the city's files, and the devices that sent anything."""
    heard = _arrivals(
        centre, MICRO_HOURS, "device", "hour_start", first, end, pl.col("raw").is_not_null(), pl.lit(value=False)
    )
    names = {row.code: row.name_zh for row in centre.city.stations if row.level is Level.MICRO}
    return [
        _health(MICRO, code, names.get(code, code), heard, first, end, now, (), rule)
        for code in sorted({*names, *heard})
    ]


def _weather(centre: Centre, first: datetime, end: datetime, now: datetime, rule: QualityRule) -> list[Health]:
    """Judge the places that weather was observed at, where this lake has such a table."""
    table = next((each for each in centre.lake.tables() if each.name == WEATHER_HOURS), None)
    if table is None:
        return []
    observed = [each for each in ("temperature", "wind_speed", "pressure") if each in table.by_name]
    where = pl.any_horizontal(pl.col(name).is_not_null() for name in observed)
    if "kind" in table.by_name:
        where &= pl.col("kind") == "observed"
    heard = _arrivals(centre, WEATHER_HOURS, "place", "hour_start", first, end, where, pl.lit(value=False))
    return [_health(WEATHER, code, code, heard, first, end, now, (), rule) for code in sorted(heard)]


def _camera(row: CameraHealth, now: datetime, rule: QualityRule) -> Health:
    """Judge a camera by the newest look that it answered."""
    newest = row.last_online
    age = None if newest is None else max((now - newest) / HOUR, 0.0)
    state = _state_of(age, None, (), rule)
    return Health(CAMERA, row.id, row.name, state, newest, age, row.looks, row.online, row.online_rate, None, ())


def _devices(centre: Centre) -> list[Device]:
    """List registered devices at sources, of several at one outlet that of its stack.

    Those of ambient stations are judged as stations.
    """
    stations = {station.code for station in centre.city.stations}
    with centre.ledger.read() as session:
        kept = select(Device).where(Device.state == "registered")
        rows = session.scalars(kept.order_by(Device.outlet, Device.system.desc()))
        mine = (row for row in rows if row.outlet not in stations and row.system != AIR_SYSTEM)
        return list({row.outlet: row for row in mine}.values())
