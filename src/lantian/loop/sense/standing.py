"""How each outlet stands now: whose it is, what it sent last, against which limits (排放口现状)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import polars as pl
from sqlalchemy import select

from lantian.ledger.models import Device, Organisation, OutletRecord
from lantian.ledger.people import Scope
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.health import AIR_SYSTEM, POWER_SYSTEM, READINGS, Health, State, list_health
from lantian.loop.sense.outlets import legal_limits, list_records, record_on
from lantian.rules import EmissionLimits

_STOPPED, _MAINTAINED, _FAULTY = frozenset("F"), frozenset("MC"), frozenset("DB")
"""Data flags of HJ 212 by what they say of an outlet."""
_FACTOR_COLUMNS = ["outlet", "factor", "period", "period_start", "value", "converted", "unit", "flag"]


class Condition(StrEnum):
    """What is with an outlet, in words that an inspector uses; what hides the others comes first."""

    SILENT = "silent"
    LATE = "late"
    OVER = "over"
    FAULT = "fault"
    MAINTENANCE = "maintenance"
    STOPPED = "stopped"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Measured:
    """Newest hourly value of one factor."""

    factor: str
    value: float | None
    """As it was sent."""
    judged: float | None
    """What the limit is held against: the converted value where one was sent."""
    unit: str
    flag: str
    limit: float | None
    """Of the hour, by the rule of its kind of source. [mg/m³]"""

    @property
    def over(self) -> bool:
        """Whether the value lies above its limit and counts as a measurement."""
        counts = self.flag in ("", "N")
        return counts and self.limit is not None and self.judged is not None and self.judged > self.limit


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet: what it is and how it stands."""

    code: str
    name: str
    body: str | None
    body_zh: str
    body_en: str
    county: str | None
    source_kind: str
    mns: tuple[str, ...]
    systems: tuple[str, ...]
    condition: Condition
    health: Health | None
    """None where no device is registered."""
    measured: tuple[Measured, ...]
    hour: datetime | None
    """Start of the hour of `measured`."""

    @property
    def is_meter(self) -> bool:
        """Whether only its power is metered."""
        return bool(self.systems) and set(self.systems) == {POWER_SYSTEM}


def list_outlets(centre: Centre, scope: Scope, *, at: datetime | None = None) -> list[Outlet]:
    """List the outlets that somebody may see, what needs a look first.

    Parameters
    ----------
    scope : Scope
        An enterprise sees its own outlets, a county those of its enterprises, the city all.
    """
    now = (at or centre.clock()).astimezone(centre.city.zone)
    day = centre.lake.day_of(now)
    owners, devices = _owners(centre), _devices(centre)
    records = _records(centre, day)
    health = {row.code: row for row in list_health(centre, at=now) if row.kind == "outlet"}
    newest = _newest(centre, now)
    found = []
    for code in sorted({*devices, *records}):
        record = records.get(code)
        owner = None if record is None or record.organisation_id is None else owners.get(record.organisation_id)
        if not scope.covers(None if owner is None else owner.id, None if owner is None else owner.county):
            continue
        limits = legal_limits(centre, record, day)
        hour, rows = newest.get(code, (None, ()))
        measured = tuple(_measured(row, limits) for row in rows)
        mine = devices.get(code, [])
        name = record.name if record is not None and record.name else mine[0].name if mine else code
        found.append(
            Outlet(
                code, name, None if owner is None else owner.id, "" if owner is None else owner.name_zh,
                "" if owner is None else owner.name_en, None if owner is None else owner.county,
                "" if record is None else record.source_kind, tuple(row.mn for row in mine),
                tuple(row.system for row in mine), _condition(health.get(code), measured), health.get(code),
                measured, hour,
            )
        )  # fmt: skip
    order = {condition: place for place, condition in enumerate(Condition)}
    return sorted(found, key=lambda row: (row.is_meter, order[row.condition], row.code))


def outlet_series(centre: Centre, code: str, factor: str, first: date, last: date) -> pl.DataFrame:
    """Read the hours of one factor: as sent, converted, its flag and its frame, in order of time."""
    where = (pl.col("outlet") == code) & (pl.col("factor") == factor) & (pl.col("period") == "hour")
    columns = [*_FACTOR_COLUMNS, "origin", "received_at", "late"]
    return centre.lake.read(READINGS, first=first, last=last, columns=columns, where=where).sort("period_start")


def outlet_factors(centre: Centre, code: str, first: date, last: date) -> list[tuple[str, str]]:
    """List the factors that an outlet sent by the hour in some days, with their units."""
    where = (pl.col("outlet") == code) & (pl.col("period") == "hour")
    columns = ["outlet", "factor", "unit", "period"]
    rows = centre.lake.read(READINGS, first=first, last=last, columns=columns, where=where)
    return sorted({(factor, unit or "") for factor, unit in rows.select("factor", "unit").unique().iter_rows()})


# ---------------------------------------------------------------------------------------------- inside


def _records(centre: Centre, day: date, code: str | None = None) -> dict[str, OutletRecord]:
    held: dict[str, list[OutletRecord]] = {}
    for row in list_records(centre, code):
        held.setdefault(row.outlet, []).append(row)
    found = {outlet: record_on(rows, day) for outlet, rows in held.items()}
    return {outlet: row for outlet, row in found.items() if row is not None}


def _owners(centre: Centre) -> dict[str, Organisation]:
    with centre.ledger.read() as session:
        return {row.id: row for row in session.scalars(select(Organisation))}


def _devices(centre: Centre) -> dict[str, list[Device]]:
    """Outlet → its registered devices."""
    stations = {station.code for station in centre.city.stations}
    found: dict[str, list[Device]] = {}
    with centre.ledger.read() as session:
        for row in session.scalars(select(Device).where(Device.state == "registered").order_by(Device.mn)):
            if row.outlet not in stations and row.system != AIR_SYSTEM:
                found.setdefault(row.outlet, []).append(row)
    return found


def _newest(centre: Centre, now: datetime) -> dict[str, tuple[datetime, Sequence[Mapping[str, object]]]]:
    """Outlet → its newest hour of the last two days, and what it sent of it."""
    day = centre.lake.day_of(now)
    rows = (
        centre.lake.scan(
            READINGS, first=day - timedelta(days=1), last=day, columns=_FACTOR_COLUMNS,
            where=(pl.col("period") == "hour") & (pl.col("period_start") < now),
        )
        .filter(pl.col("period_start") == pl.col("period_start").max().over("outlet"))
        .sort("outlet", "factor")
        .collect()
    )  # fmt: skip
    found: dict[str, tuple[datetime, Sequence[Mapping[str, object]]]] = {}
    for (outlet,), part in rows.partition_by(["outlet"], as_dict=True).items():
        found[str(outlet)] = (part["period_start"][0], part.to_dicts())
    return found


def _measured(row: Mapping[str, object], limits: EmissionLimits | None) -> Measured:
    factor = str(row["factor"])
    legal = None if limits is None else limits.limit(factor)
    limit = None if legal is None or legal.hour is None else float(legal.hour)
    value, converted = row["value"], row["converted"]
    sent = value if isinstance(value, float) else None
    in_unit = row["unit"] == "mg/m³"
    judged = (converted if isinstance(converted, float) else sent) if in_unit else None
    return Measured(factor, sent, judged, str(row["unit"] or ""), str(row["flag"] or ""), limit)


def _condition(health: Health | None, measured: Sequence[Measured]) -> Condition:
    """Say what is with an outlet by its health and the flags of its newest hour."""
    if health is None or health.state in (State.SILENT, State.STALE):
        return Condition.SILENT
    if health.state is State.LATE:
        return Condition.LATE
    if any(row.over for row in measured):
        return Condition.OVER
    flags = {row.flag for row in measured}
    for condition, these in (
        (Condition.STOPPED, _STOPPED), (Condition.FAULT, _FAULTY), (Condition.MAINTENANCE, _MAINTAINED),
    ):  # fmt: skip
        if flags & these:
            return condition
    return Condition.RUNNING
