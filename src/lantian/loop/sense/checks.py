"""Looks through hours of stations for what is doubtful; a person decides what is invalid (数据检查)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

import lantian
from lantian.city.records import Level, Station
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.doubts import DOUBTS, finding_of
from lantian.loop.sense.quality_tables import QUALITY_FINDINGS
from lantian.rules import FlagRule
from lantian.science.quality import ambient, clock, drift
from lantian.science.quality.neighbours import departures, neighbours_of, peer_median
from lantian.science.quality.runs import Suspicion
from lantian.terms.findings import Finding, Severity
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, IntArray

HOURS = "ambient_hours"
HISTORY_DAYS = 30
"""How many days before the first one say what is usual."""
STATION, OUTLET = "station", "outlet"
_DAY = 24


@dataclass(frozen=True, slots=True)
class HourCube:
    """Hours of some stations as one dense array."""

    stations: tuple[Station, ...]
    first: date
    hours: Concentration
    """Shape (n_stations, n_days · 24, 6), NaN where missing or flagged as unusable. [ug m-3, CO mg m-3]"""
    starts: list[datetime]
    """Start of each hour, in the city's zone."""

    @property
    def by_day(self) -> tuple[int, int, int, int]:
        """Shape with days and hours of the day apart."""
        return len(self.stations), self.hours.shape[1] // _DAY, _DAY, len(BASIC)


def check_ambient(centre: Centre, first: date, last: date) -> tuple[Finding, ...]:
    """Find doubtful hours of stations in a stretch of legal days, in the order of stations and hours.

    Parameters
    ----------
    centre : Centre
        Place, law and store.
    first, last : date
        Legal days; some weeks before them are read to know what is usual.
    """
    begin = first - timedelta(days=HISTORY_DAYS)
    cube = hour_cube(centre, begin, last)
    if not cube.stations:
        return ()
    opening = (first - begin).days * _DAY
    found = [one for one in suspicions(centre, cube, last) if one.last >= opening]
    order = {station.code: place for place, station in enumerate(cube.stations)}
    said = [finding_of(one, cube.stations[one.place].code, cube.starts) for one in found]
    return tuple(sorted(said, key=lambda row: (order[row.where], str(row.when), row.code)))


def suspicions(centre: Centre, cube: HourCube, last: date) -> list[Suspicion]:
    """Run every ambient check over a cube, by the thresholds of its last day."""
    rule = centre.quality(last)
    peers = peer_median(cube.hours, cube_neighbours(centre, cube, last), rule.neighbours.least)
    hours, days = cube.hours, cube.by_day
    return [
        *ambient.out_of_range(hours, rule.ambient),
        *ambient.inversions(hours, rule.ambient),
        *ambient.constants(hours, peers, rule.ambient),
        *ambient.spikes(hours, peers, rule.ambient),
        *departures(hours, peers, rule.neighbours),
        *clock.clock_shifts(hours, peers, rule.clock),
        *clock.label_faults(hours.reshape(days), peers.reshape(days), rule.clock),
        *drift.drifts(hours.reshape(days), peers.reshape(days), rule.drift, rule.neighbours),
    ]


def cube_neighbours(centre: Centre, cube: HourCube, day: date) -> IntArray:
    """Name the neighbours of each station of a cube."""
    longitude = np.array([station.longitude for station in cube.stations])
    latitude = np.array([station.latitude for station in cube.stations])
    return neighbours_of(longitude, latitude, centre.quality(day).neighbours)


def hour_cube(centre: Centre, first: date, last: date) -> HourCube:
    """Read the original hours of the city's stations, micro-stations left out."""
    rows = centre.lake.read(HOURS, first=first, last=last, where=pl.col("stage") == "original")
    heard = set(rows.get_column("station"))
    stations = tuple(
        station for station in centre.city.stations if station.code in heard and station.level is not Level.MICRO
    )
    days = (last - first).days + 1
    hours = np.full((len(stations), days * _DAY, len(BASIC)), np.nan)
    order = pl.DataFrame(
        {"station": [station.code for station in stations], "_at": range(len(stations))},
        schema={"station": pl.String, "_at": pl.Int64},
    )
    flags = centre.rules(last).flags
    placed = rows.join(order, on="station").with_columns(
        _hour=(pl.col("legal_day") - pl.lit(first)).dt.total_days() * _DAY + pl.col("hour_start").dt.hour()
    )
    values = placed.select(
        pl.when(usable(placed.get_column(f"{p}_flags"), flags)).then(pl.col(p)).fill_null(float("nan")).alias(p)
        for p in BASIC
    )
    hours[placed.get_column("_at").to_numpy(), placed.get_column("_hour").to_numpy()] = values.to_numpy()
    midnight = centre.midnight(first)
    return HourCube(stations, first, hours, [midnight + at * HOUR for at in range(days * _DAY)])


def usable(flags: pl.Series, rule: FlagRule) -> pl.Series:
    """Say which values their flags allow to be used; no flag is normal."""
    known = {flag.code.strip(): flag.usable for flag in rule.flags}
    verdicts = {
        said: all(known.get(code.strip(), rule.unknown_usable) for code in said.split(",") if code.strip())
        for said in flags.drop_nulls().unique().to_list()
    }
    return flags.replace_strict(verdicts, default=True, return_dtype=pl.Boolean).fill_null(value=True)


# ---------------------------------------------------------------------------------------------- keeping


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping findings changed."""

    new: int
    withdrawn: int
    standing: int


def keep_findings(
    centre: Centre,
    kind: str,
    findings: Sequence[Finding],
    first: date,
    last: date,
    *,
    about: pl.Expr | None = None,
) -> Kept:
    """Write the findings of a stretch into the lake; those of before that no longer hold are withdrawn.

    Parameters
    ----------
    about : Expr, optional
        Which of the findings that are kept the look was about; all of that kind and stretch by default.
    """
    fresh = finding_rows(centre, kind, findings, last)
    key = list(QUALITY_FINDINGS.key)
    columns = [column.name for column in QUALITY_FINDINGS.columns]
    where = (pl.col("kind") == kind) & ~pl.col("withdrawn")
    where = where if about is None else where & about
    known = centre.lake.read(QUALITY_FINDINGS, first=first, last=last, where=where)
    gone = known.join(fresh, on=key, how="anti").select(columns).with_columns(withdrawn=pl.lit(value=True))
    new = fresh.join(known, on=key, how="anti").height
    centre.lake.append(QUALITY_FINDINGS, pl.concat([fresh, gone]), only_changes=True)
    return Kept(new, gone.height, fresh.height)


def finding_rows(centre: Centre, kind: str, findings: Sequence[Finding], last: date) -> pl.DataFrame:
    """Lay findings out as rows of ``quality_findings``; of several with one key the last stays."""
    rows = {}
    for one in findings:
        evidence = dict(one.evidence)
        channel, last_hour = str(evidence.pop("channel", "")), evidence.pop("last_hour", None)
        rows[one.where, channel, one.code, one.when] = {
            "kind": kind,
            "place": one.where,
            "channel": channel,
            "code": one.code,
            "hour_start": one.when,
            "last_hour": None if last_hour is None else datetime.fromisoformat(str(last_hour)),
            "severity": one.severity.value,
            "message": one.message,
            "evidence": json.dumps(evidence, ensure_ascii=False, sort_keys=True),
            "explanation": one.competing_explanation,
            "withdrawn": False,
            "rules": centre.quality(last).id,
            "simulated": centre.lake.simulated,
            "code_version": lantian.__version__,
        }
    types = QUALITY_FINDINGS.schema(centre.city.zone.key)
    return pl.DataFrame(
        list(rows.values()), schema={column.name: types[column.name] for column in QUALITY_FINDINGS.columns}
    )


def list_findings(
    centre: Centre, first: date, last: date, *, place: str | None = None, kind: str | None = None
) -> list[Finding]:
    """List the standing findings that begin in a stretch of days, as they were kept."""
    where = ~pl.col("withdrawn")
    if place is not None:
        where &= pl.col("place") == place
    if kind is not None:
        where &= pl.col("kind") == kind
    rows = centre.lake.read(QUALITY_FINDINGS, first=first, last=last, where=where)
    return [_finding(row) for row in rows.iter_rows(named=True)]


def _finding(row: dict[str, object]) -> Finding:
    evidence = json.loads(str(row["evidence"]))
    last_hour, when = row["last_hour"], row["hour_start"]
    evidence["channel"] = row["channel"]
    if isinstance(last_hour, datetime):
        evidence["last_hour"] = last_hour.isoformat()
    code = str(row["code"])
    doubt = DOUBTS.get(code)
    return Finding(
        code,
        str(row["place"]),
        str(row["message"]),
        Severity(str(row["severity"])),
        when if isinstance(when, datetime) else None,
        evidence,
        doubt.innocent if doubt else str(row["explanation"]),
    )


def inside(starts: Sequence[datetime], first: datetime, end: datetime) -> NDArray[np.bool_]:
    """Say which hours lie in a half-open stretch."""
    return np.array([first <= at < end for at in starts], dtype=np.bool_)
