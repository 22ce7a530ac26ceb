"""Everything that decides about the hours of outlets, gathered once, and a digest that tells what changed."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import TypeVar

import polars as pl
from sqlalchemy import select

import lantian
from lantian.ledger.models import Device, DeviceParameter, OutletMark, OutletRecord, Review
from lantian.loop.sense.audited import RANK, ReviewLevel, ReviewVerdict
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.marking import list_marks
from lantian.loop.sense.outlet_hours import READINGS
from lantian.loop.sense.outlet_units import concentrations
from lantian.loop.sense.outlets import known_oxygens, legal_oxygen, list_records, record_on
from lantian.loop.sense.parameters import TAMPER_EVIDENT
from lantian.loop.sense.recomputing_means import Case
from lantian.rules import KeyUnitRule, SourceDataRule

Thing = TypeVar("Thing")
Kept = TypeVar("Kept", OutletMark, Review, DeviceParameter)
OUTLET = "outlet"
_DAY = 24
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one outlet for one day."""

    count: int
    """Readings, all versions."""
    newest: datetime
    """When the newest was written here."""
    units: tuple[tuple[str, str | None], ...]
    """Factors with their units."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger says about outlets; taken once for a run."""

    devices: Mapping[str, Device]
    """Outlet → the device that is registered for it."""
    records: Mapping[str, Sequence[OutletRecord]]
    marks: Mapping[str, Sequence[OutletMark]]
    decisions: Mapping[str, Sequence[Review]]
    """Outlet → decisions that stand and take effect, in the order in which they were taken."""
    settings: Mapping[str, Sequence[DeviceParameter]]


def gather(centre: Centre) -> Facts:
    """Read what the ledger says about every outlet."""
    stations = {station.code for station in centre.city.stations}
    with centre.ledger.read() as session:
        held = select(Device).where(Device.state == "registered").order_by(Device.mn)
        devices = {row.outlet: row for row in session.scalars(held) if row.outlet not in stations}
        reviews = list(session.scalars(select(Review).where(Review.kind == OUTLET).order_by(Review.at, Review.id)))
        of_mn = {device.mn: outlet for outlet, device in devices.items()}
        changed = select(DeviceParameter).where(
            DeviceParameter.code.in_(TAMPER_EVIDENT), DeviceParameter.previous.is_not(None)
        )
        settings = [row for row in session.scalars(changed.order_by(DeviceParameter.id)) if row.mn in of_mn]
    undone = {row.supersedes for row in reviews if row.verdict == ReviewVerdict.UNDONE}
    standing = [row for row in reviews if row.verdict != ReviewVerdict.UNDONE and row.id not in undone]
    effective = [row for row in standing if _takes_effect(centre, row)]
    return Facts(
        devices,
        _by(list_records(centre), lambda row: row.outlet),
        _by(list_marks(centre), lambda row: row.outlet),
        _by(effective, lambda row: row.place),
        _by(settings, lambda row: of_mn[row.mn]),
    )


def heard(centre: Centre, outlets: Sequence[str], first: date, last: date) -> dict[tuple[str, date], Told]:
    """Outlet and day → what came of it."""
    rows = (
        centre.lake.scan(
            READINGS, first=first, last=last, latest=False,
            columns=["outlet", "legal_day", "recorded_at", "factor", "unit"],
            where=pl.col("outlet").is_in(outlets) & pl.col("period").is_in(["minute", "hour", "day"]),
        )
        .group_by("outlet", "legal_day", "factor", "unit")
        .agg(pl.len().alias("count"), pl.col("recorded_at").max().alias("newest"))
        .sort("outlet", "legal_day", "factor", "unit")
        .collect()
    )  # fmt: skip
    found: dict[tuple[str, date], Told] = {}
    for outlet, day, factor, unit, count, newest in rows.iter_rows():
        held = found.get((outlet, day))
        pair = ((factor, unit),)
        found[outlet, day] = (
            Told(count, newest, pair)
            if held is None
            else Told(held.count + count, max(held.newest, newest), held.units + pair)
        )
    return found


def due_factors(
    device: Device | None, told: Told | None, before: Iterable[str], rule: SourceDataRule
) -> tuple[str, ...]:
    """List the concentrations of an outlet that are due on a day.

    Parameters
    ----------
    device : Device or None
        What is registered with it is due.
    told : Told or None
        What came on that day is due too.
    before : iterable of str
        What was due the day before; it still is where a device is registered without its factors.
    rule : SourceDataRule
        Molar masses, for shares by volume.
    """
    units = () if told is None else told.units
    readings = pl.DataFrame(list(units), schema={"factor": pl.String, "unit": pl.String}, orient="row")
    points = () if device is None else tuple(device.points)
    found = concentrations(readings, points, rule)
    return found if device is None or points else tuple(sorted({*found, *before}))


def day_case(centre: Centre, facts: Facts, outlet: str, day: date, due: tuple[str, ...] = ()) -> Case:
    """Gather what decides about one day of an outlet, but for its readings."""
    midnight = centre.midnight(day)
    end = midnight + _DAY * HOUR
    device = facts.devices.get(outlet)
    record = record_on(facts.records.get(outlet, ()), day)
    over = max(0, min(_DAY, int((centre.clock() - midnight) / HOUR)))
    units = centre.rulebook.edition(KeyUnitRule, "key_units", day, centre.choice)
    return Case(
        outlet=outlet,
        first=day,
        last=day,
        hours=over,
        rule=source_rule(centre, day),
        oxygen=legal_oxygen(centre, record, device, day),
        record=record,
        device=device,
        marks=[
            row
            for row in facts.marks.get(outlet, ())
            if row.begin < end and (row.end is None or row.end > midnight)
        ],
        decisions=[row for row in facts.decisions.get(outlet, ()) if row.first_hour < end and midnight < row.end],
        settings=[row for row in facts.settings.get(outlet, ()) if midnight <= row.reported_for < end],
        readings=pl.DataFrame(),
        greenhouse=frozenset(units.greenhouse_factors),
        known_oxygen=known_oxygens(centre, day),
        due=due,
    )


def source_rule(centre: Centre, day: date) -> SourceDataRule:
    """Return how readings of a day become means and amounts."""
    return centre.rulebook.edition(SourceDataRule, "source_data", day, centre.choice)


def digest(case: Case, told: Told | None) -> str:
    """Say everything that the measured part of one day is made of in a few signs."""
    device, record = case.device, case.record
    said = {
        "readings": None if told is None else [told.count, told.newest.isoformat()],
        "hours": case.hours,
        "rule": repr(case.rule),
        "oxygen": [case.oxygen.oxygen, case.oxygen.known, case.oxygen.source],
        "known_oxygen": list(case.known_oxygen),
        "greenhouse": sorted(case.greenhouse),
        "record": None if record is None else record.id,
        "device": None if device is None else [device.mn, device.minute_interval, sorted(device.reports)],
        "due": list(case.due),
        "marks": sorted([row.key, row.revision] for row in case.marks),
        "decisions": [row.id for row in case.decisions],
        "settings": sorted(row.id for row in case.settings),
        "code": lantian.__version__,
    }
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:_DIGITS]


def joined(cases: Iterable[Case]) -> list[Case]:
    """Join neighbouring days of one outlet that are judged alike, within a month, so that arrays are long.

    Parameters
    ----------
    cases : iterable of Case
        Of one outlet, one a day, in the order of days.
    """
    found: list[Case] = []
    numbered = [(case.first - timedelta(days=place), case) for place, case in enumerate(cases)]
    for _, group in groupby(numbered, key=lambda pair: (pair[0], *_alike(pair[1]))):
        days = [case for _, case in group]
        first, last = days[0], days[-1]
        found.append(
            replace(
                first,
                last=last.last,
                hours=sum(case.hours for case in days),
                marks=_each_once(row for case in days for row in case.marks),
                decisions=sorted(
                    _each_once(row for case in days for row in case.decisions), key=lambda row: (row.at, row.id)
                ),
                settings=_each_once(row for case in days for row in case.settings),
            )
        )
    return found


# ---------------------------------------------------------------------------------------------- inside


def _alike(case: Case) -> tuple[object, ...]:
    record = "" if case.record is None else case.record.id
    return case.first.month, case.rule.id, case.oxygen, record, case.greenhouse, case.due


def _takes_effect(centre: Centre, row: Review) -> bool:
    rule = centre.quality(centre.lake.day_of(row.first_hour))
    return RANK[ReviewLevel(row.level)] >= RANK[ReviewLevel(rule.review.takes_effect)]


def _by(rows: Iterable[Thing], name: Callable[[Thing], str]) -> dict[str, list[Thing]]:
    found: dict[str, list[Thing]] = defaultdict(list)
    for row in rows:
        found[name(row)].append(row)
    return dict(found)


def _each_once(rows: Iterable[Kept]) -> list[Kept]:
    return list({row.id: row for row in rows}.values())
