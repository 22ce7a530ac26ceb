"""A small lake, a ledger with a few devices, and a journal that tests write frames into."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lantian.ledger import Ledger
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.loop.sense.taking import JournalTaker
from lantian.store import FACT_TABLES, Lake
from lantian.store.journal import JournalWriter, Kind

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
    opened = Ledger(path)
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
