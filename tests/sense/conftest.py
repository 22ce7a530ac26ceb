"""A small lake, a ledger with a few devices, and a journal that tests write frames into."""

import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.assembly import choice_of
from lantian.city.loader import load_city
from lantian.ledger import Ledger
from lantian.ledger.people import (
    Body,
    BodyKind,
    Role,
    add_organisation,
    add_person,
    add_user,
    grant_role,
)
from lantian.ledger.vault import Vault
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.records import Given
from lantian.loop.sense.quality_tables import QUALITY_TABLES
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.loop.sense.taking import JournalTaker
from lantian.rules import Rulebook
from lantian.store import FACT_TABLES, Lake
from lantian.store.journal import JournalWriter, Kind
from lantian.terms.pollutants import BASIC

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, 12, tzinfo=ZONE)
MN = "010000A8900016F000169DC0"


def second_client() -> ModuleType:
    """The sender of tests/gateway, which shares no line with our codec."""
    name = "plain_hj212_client"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "gateway" / "plain_client.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@dataclass
class Desk:
    """Everything that moves frames into the lake."""

    folder: Path
    lake: Lake
    ledger: Ledger
    journal: JournalWriter
    sender: Any
    taker: JournalTaker
    received: datetime = NOW

    def device(self, mn: str = MN, **fields: Any) -> DeviceContent:
        content = DeviceContent(mn=mn, **{"outlet": "stack-1", "simulated": True, **fields})
        register_device(self.ledger, content, by="test", at=NOW)
        return content

    def frame(self, cn: str, cp: str, **fields: Any) -> bytes:
        """One frame in the journal; returns its bytes."""
        for name in ("mn", "password", "st", "flag"):
            setattr(self.sender, name, fields.pop(name, getattr(self.sender, name)))
        raw: bytes = second_client().packet(self.sender.segment(cn, cp, **fields))
        self.put(raw)
        return raw

    def put(self, raw: bytes, kind: Kind = Kind.FRAME, mn: str | None = None) -> None:
        self.received += timedelta(seconds=1)
        at = int(self.received.timestamp() * 1e6)
        self.journal.append(kind, at, b"127.0.0.1", (mn or self.sender.mn).encode(), raw)
        self.journal.commit()

    def again(self, **given: Any) -> JournalTaker:
        """A taker as after a new start."""
        return JournalTaker(self.folder, self.lake, self.ledger, lambda: NOW, **given)


@pytest.fixture
def ledger(tmp_path: Path, sqlite_template: Path) -> Iterator[Ledger]:
    """A made simulated ledger."""
    path = tmp_path / "ledger.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Ledger(path, Vault("secret of the tests"))
    yield opened
    opened.close()


@pytest.fixture
def desk(tmp_path: Path, ledger: Ledger) -> Desk:
    """A registered stack and an empty journal."""
    folder = tmp_path / "journal"
    lake = Lake(tmp_path / "lake", FACT_TABLES, ZONE, lambda: datetime.now(UTC), simulated=True)
    journal = JournalWriter(folder, lambda: int(NOW.timestamp() * 1e6))
    sender = second_client().PlainClient(0)
    made = Desk(folder, lake, ledger, journal, sender, JournalTaker(folder, lake, ledger, lambda: NOW))
    made.device()
    return made


Make = Callable[..., Desk]


# ------------------------------------------------------------------------------ what data are worth


@dataclass
class Clock:
    """A wall clock that moves one second at each look."""

    at: datetime = datetime(2026, 4, 1, 9, tzinfo=ZONE)

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def centre(tmp_path: Path, ledger: Ledger) -> Centre:
    """The monitoring centre of Changzhi with an empty lake, at 09:00 on 2026-04-01."""
    city, now = load_city("changzhi"), Clock()
    tables = (*FACT_TABLES, *QUALITY_TABLES)
    lake = Lake(tmp_path / "centre", tables, zone=city.zone, now=now, simulated=True)
    return Centre(city, Rulebook.packaged(), choice_of(city), lake, ledger, now, simulated=True)


PEOPLE = {
    "op": (Role.OPERATOR, None),
    "city": (Role.CITY_OFFICE, None),
    "chief": (Role.CITY_OFFICE, None),
    "admin": (Role.ADMIN, None),
    "auditor": (Role.AUDITOR, None),
    "public": (Role.PUBLIC, None),
    "department": (Role.DEPARTMENT, "energy"),
    "plant": (Role.ENTERPRISE, "PLANT"),
    "other-plant": (Role.ENTERPRISE, "OTHER"),
    "county": (Role.COUNTY, "lucheng"),
    "other-county": (Role.COUNTY, "zhangzi"),
}
"""Login → role, and the body that it is for."""
BODIES = (
    Body("lucheng", BodyKind.COUNTY, "潞城区政府", county="140406"),
    Body("zhangzi", BodyKind.COUNTY, "长子县政府", county="140428"),
    Body("energy", BodyKind.DEPARTMENT, "能源局"),
    Body("PLANT", BodyKind.ENTERPRISE, "模拟电厂", county="140406"),
    Body("OTHER", BodyKind.ENTERPRISE, "模拟焦化厂", county="140428"),
)


@pytest.fixture
def people(ledger: Ledger) -> None:
    """One person for each role."""
    with ledger.write() as session:
        for body in BODIES:
            add_organisation(session, body, by="test", at=NOW)
        session.flush()
        for login, (role, body_id) in PEOPLE.items():
            person = add_person(session, login, by="test", at=NOW)
            session.flush()
            user = add_user(session, login, person.id, by="test", at=NOW)
            session.flush()
            grant_role(session, user.id, role, body_id, by="test", at=NOW)


@pytest.fixture
def fill(centre: Centre) -> Callable[..., pl.DataFrame]:
    """Put hours of stations into the lake: the same course for all, a little apart, changed by `shape`."""

    def put(
        first: date,
        days: int,
        stations: tuple[str, ...] = STATIONS,
        shape: Callable[[str, np.ndarray], np.ndarray] | None = None,
        **columns: object,
    ) -> pl.DataFrame:
        parts = []
        for place, station in enumerate(stations):
            hours = course(days) * (1 + 0.04 * place)
            rng = np.random.default_rng(place)
            hours = np.round(hours * rng.normal(1, 0.04, hours.shape), 3)
            hours = hours if shape is None else shape(station, hours)
            start = centre.midnight(first)
            parts.append(
                pl.DataFrame({name: hours[:, at] for at, name in enumerate(BASIC)}).with_columns(
                    station=pl.lit(station),
                    hour_start=pl.Series([start + timedelta(hours=at) for at in range(days * 24)]),
                )
            )
        frame = pl.concat(parts).with_columns(pl.col(p).fill_nan(None) for p in BASIC)
        fixed = {"stage": "original", "state": "reference", "source": "twin", "origin": "test", "simulated": True}
        values = {**fixed, **columns}
        flags = [pl.lit(None, pl.String).alias(f"{p}_flags") for p in BASIC if f"{p}_flags" not in values]
        frame = frame.with_columns(*(pl.lit(value).alias(name) for name, value in values.items()), *flags)
        wanted = frame.select(column.name for column in centre.lake.table("ambient_hours").columns)
        centre.lake.append("ambient_hours", wanted)
        return wanted

    return put


STATIONS = ("1727A", "1728A", "1730A", "1731A", "2845A", "SIM-140404-01")


def course(days: int) -> np.ndarray:
    """A course of hours of six pollutants, shape (hours, 6): days of unlike weather with a daily shape."""
    rng = np.random.default_rng(7)
    hour = np.arange(days * 24)
    weather = np.repeat(rng.lognormal(0, 0.4, days), 24)
    noon, rush = np.sin((hour % 24 - 9) / 24 * 2 * np.pi), np.cos((hour % 24 - 8) / 12 * 2 * np.pi)
    so2, no2, co = 20 + 3 * rush, 35 + 12 * rush, 0.8 + 0.2 * rush
    o3 = 60 + 45 * noon
    pm10, pm25 = 90 + 25 * rush, 45 + 15 * rush
    return np.stack([so2, no2, co, o3, pm10, pm25], axis=1) * weather[:, None]


# ------------------------------------------------------------------------------ files at the door


@pytest.fixture
def real_centre(tmp_path: Path, ledger: Ledger) -> Centre:
    """The monitoring centre of Changzhi with an empty lake of measured data, at 09:00 on 2026-04-01."""
    city, now = load_city("changzhi"), Clock()
    lake = Lake(tmp_path / "real", FACT_TABLES, zone=city.zone, now=now, simulated=False)
    return Centre(city, Rulebook.packaged(), choice_of(city), lake, ledger, now, simulated=False)


@pytest.fixture
def give(tmp_path: Path) -> Callable[..., Given]:
    """Put a file where a door would have put it."""

    def put(name: str, data: bytes | str, at: datetime = NOW, **fields: Any) -> Given:
        content = data.encode() if isinstance(data, str) else data
        digest = hashlib.sha256(content).hexdigest()
        folder = tmp_path / "given" / digest
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_bytes(content)
        return Given(path, name, digest, at, "command", **fields)

    return put
