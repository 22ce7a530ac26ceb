"""A running gateway in a thread of the test, on loopback."""

import asyncio
import importlib.util
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lantian.gateway.limits import Limits
from lantian.gateway.server import Gateway
from lantian.loop.sense.registry import DeviceCard, networks_of
from lantian.store.journal import JournalReader, JournalWriter, Kind, Position, Record

MN = "010000A8900016F000169DC0"


def load_plain_client() -> ModuleType:
    """The second client as a module; it is a program of its own too."""
    name = "plain_hj212_client"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("plain_client.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def card(mn: str = MN, **fields: Any) -> DeviceCard:
    """A registered device."""
    given: dict[str, Any] = {
        "outlet": f"outlet-{mn}", "system": "31", "edition": 2017, "password": "123456", "addresses": (),
        "key": None, "points": {}, "reports": ("hour",), "minute_interval": 10, "gas_state": None,
        "simulated": True, "state": "registered", **fields,
    }  # fmt: skip
    given["networks"] = networks_of(given.pop("addresses"))
    return DeviceCard(mn=mn, **given)


@pytest.fixture(name="card")
def make_card() -> Callable[..., DeviceCard]:
    """What makes the card of a registered device."""
    return card


@pytest.fixture(autouse=True)
def second_client() -> ModuleType:
    """The client that shares no line with our codec, as ``plain_hj212_client``."""
    return load_plain_client()


@dataclass
class Running:
    """A gateway with its loop."""

    gateway: Gateway
    port: int
    loop: asyncio.AbstractEventLoop
    folder: Path
    clients: list[Any] = field(default_factory=list)

    def client(self, **fields: Any) -> Any:
        made = load_plain_client().PlainClient(self.port, **fields).connect()
        self.clients.append(made)
        return made

    def records(self, *kinds: Kind) -> list[Record]:
        found = JournalReader(self.folder).read(Position(0, 0), records=10**6).records
        return [record for record in found if not kinds or record.kind in kinds]

    def until(self, true: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something has come about."""
        end = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < end, "it did not come about"
            time.sleep(0.01)

    def call(self, work: Any) -> Any:
        """Run a coroutine on the gateway's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start gateways that end with the test."""
    begun: list[tuple[Running, threading.Thread]] = []

    def go(
        *cards: DeviceCard,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        folder: Path | None = None,
        **given: Any,
    ) -> Running:
        place = folder or tmp_path / "journal"
        loop = asyncio.new_event_loop()
        journal = JournalWriter(place, lambda: time.time_ns() // 1000, **given.pop("journal", {}))
        held = {each.mn: each for each in cards or (card(),)}
        gateway = Gateway(journal, held, lambda: time.time_ns() // 1000, limits, **given)
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        port = asyncio.run_coroutine_threadsafe(gateway.start("127.0.0.1", 0, tls=tls), loop).result(10)
        running = Running(gateway, port, loop, place)
        begun.append((running, thread))
        return running

    yield go
    for running, thread in begun:
        for client in running.clients:
            client.close()
        if not running.gateway.closed:
            running.call(running.gateway.stop())
        running.loop.call_soon_threadsafe(running.loop.stop)
        thread.join(10)
        running.loop.close()
