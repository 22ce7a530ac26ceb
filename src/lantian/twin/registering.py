"""Registers every logger of a simulated city, stacks, meters and stations, and what its outlets are (登记)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.city import Level, Station
from lantian.ledger import Ledger
from lantian.ledger.models import Device, OutletRecord
from lantian.loop.sense.outlets import DEFAULT_INDUSTRY, OutletContent, put_record
from lantian.loop.sense.registry import DeviceContent, Point, register_devices
from lantian.twin.catalogue import Catalogue, Logger, Plant, Stack
from lantian.twin.making import Making
from lantian.twin.speaking import INTERVALS, logger_of_station, units_of

BY = "simulation"
REASON = "device of the simulated city"
LOOPBACK = ("127.0.0.0/8", "::1")
"""Where simulated loggers may send from: this machine."""
DEVICES_A_TRANSACTION = 500
SOURCE_KIND: Mapping[tuple[str, str], str] = {
    ("power", "BOILER"): "coal_power_ultra_low", ("steel", "SINTER"): "steel_sinter_head",
    ("steel", "STOVE"): "steel_other", ("steel", "CASTHOUSE"): "steel_other", ("coking", "OVEN"): "coke_oven",
    ("cement", "KILN-TAIL"): "cement_kiln", ("glass", "FURNACE"): "glass", ("brick", "KILN"): "brick",
    ("lime", "KILN"): "lime_kiln", ("ceramics", "KILN"): "ceramics",
}  # fmt: skip
"""Kind of plant and key of its stack → kind of source, a variant of the rules of limits and reference oxygen."""
INDUSTRY: Mapping[str, str] = {"power": "thermal_power", "cement": "cement"}
"""Kind of plant → variant of the rule of marks."""


def register_all(ledger: Ledger, making: Making, *, at: datetime) -> int:
    """Register every logger of a simulated city and say what its outlets are; what stands already stays.

    Parameters
    ----------
    ledger : Ledger
        Of a simulated workspace.
    making : Making
        Its catalogue, its stations, and the first day of its stretch, from which on the outlets are what they are.
    at : datetime
        Wall clock.

    Returns
    -------
    int
        Devices and outlets that were new or changed.
    """
    contents = [*device_contents(making.catalogue, making.city.stations)]
    changed = 0
    for begin in range(0, len(contents), DEVICES_A_TRANSACTION):
        rows = register_devices(
            ledger, contents[begin : begin + DEVICES_A_TRANSACTION], by=BY, at=at, reason=REASON
        )
        changed += sum(row.changed_at == at for row in rows)
    with ledger.write() as session:
        return changed + _record_outlets(session, making.catalogue, making.first, at)


def device_contents(catalogue: Catalogue, stations: Iterable[Station]) -> Iterator[DeviceContent]:
    """List what is registered of each logger: stations, then each plant's stacks and its meters.

    Hours are due from stacks alone: the history of the others lies in tables that are not looked through for gaps.
    """
    for station in stations:
        if station.level is not Level.MICRO:
            logger = logger_of_station(station)
            yield _content(station.code, station.name_zh, logger, due=(), gas_state="reference")
    for plant in catalogue.plants:
        for stack in plant.stacks:
            if stack.logger is not None:
                name = f"{plant.name_zh}·{stack.name_zh}"
                yield _content(stack.code, name, stack.logger, reference_oxygen=stack.reference_oxygen)
        if plant.meter is not None:
            yield _content(plant.code, f"{plant.name_zh}·用电", plant.meter.logger, due=())


def _content(
    outlet: str,
    name: str,
    logger: Logger,
    *,
    due: tuple[str, ...] = ("hour",),
    gas_state: str | None = None,
    reference_oxygen: float | None = None,
) -> DeviceContent:
    return DeviceContent(
        mn=logger.mn,
        outlet=outlet,
        name=name,
        system=logger.system,
        edition=int(logger.edition),
        password=logger.password,
        addresses=LOOPBACK,
        points={code: Point(unit, amount_unit) for code, (unit, amount_unit) in units_of(logger).items()},
        reports=due,
        minute_interval=INTERVALS[logger.system],
        reference_oxygen=reference_oxygen,
        gas_state=gas_state,
        simulated=True,
    )


def source_kind(plant: Plant, stack: Stack) -> str:
    """Return by which rules a stack is judged; empty where no rule knows its kind."""
    return SOURCE_KIND.get((plant.kind, stack.code.removeprefix(f"{plant.code}-")), "")


def _record_outlets(session: Session, catalogue: Catalogue, first: date, at: datetime) -> int:
    known = set(session.scalars(select(OutletRecord.outlet)))
    registered = set(session.scalars(select(Device.outlet)))
    made = 0
    for plant, stack in catalogue.stacks:
        if stack.code in known or stack.code not in registered:
            continue
        content = OutletContent(
            stack.code,
            first,
            name=f"{plant.name_zh}·{stack.name_zh}",
            source_kind=source_kind(plant, stack),
            industry=INDUSTRY.get(plant.kind, DEFAULT_INDUSTRY),
        )
        put_record(session, content, simulated=True, by=BY, reason=REASON, at=at)
        made += 1
    return made
