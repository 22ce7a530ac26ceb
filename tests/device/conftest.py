"""A real gateway on the loopback, in the event loop of the test."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lantian.device.client import DeviceClient, Send, honest
from lantian.device.identity import Identity
from lantian.device.outlet import Outlet
from lantian.gateway.hosting import Hosting, HostSettings
from lantian.gateway.server import Gateway
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import JournalReader, JournalWriter, Kind, Position
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame, parse

MN = "010000A8900016F000169DC0"
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass
class World:
    """A gateway, a logger, and what the logger saw."""

    gateway: Gateway
    hosting: Hosting
    port: int
    folder: Path
    client: DeviceClient
    outlet: Outlet
    seen: list[tuple[str, bytes]] = field(default_factory=list)

    def frames(self, direction: str) -> list[Frame]:
        return [parse(data) for way, data in self.seen if way == direction]

    def kept(self, *kinds: Kind) -> list[bytes]:
        found = JournalReader(self.folder).read(Position(0, 0), records=10**6).records
        return [bytes(record.raw) for record in found if record.kind in kinds]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.01)

    async def ask(self, cn: str, **fields: str) -> list[Frame]:
        """Let the host ask, wait for the end, and return what the logger sent meanwhile."""
        before = len(self.seen)
        session = self.gateway.line_of(MN)
        assert session is not None
        assert self.hosting.ask(session, self.gateway.cards[MN], cn, fields, None), self.hosting.failed
        await self.until(lambda: MN not in self.hosting.asked)
        return [parse(data) for way, data in self.seen[before:] if way == "sent"]


Play = Callable[..., None]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Run a scene: a coroutine function that is given the world."""

    @asynccontextmanager
    async def world(edition: Edition, send: Send, pause: float, **host: float | bool) -> AsyncIterator[World]:
        card = DeviceCard(
            mn=MN, outlet="stack-1", system="31", edition=edition.value, password="123456", networks=(), key=None,
            points={}, reports=("hour",), minute_interval=10, gas_state=None, simulated=True, state="registered",
        )  # fmt: skip

        def clock() -> int:
            return time.time_ns() // 1000

        gateway = Gateway(JournalWriter(tmp_path / "journal", clock), {MN: card}, clock)
        port = await gateway.start("127.0.0.1", 0)
        thread = ThreadPoolExecutor(1)
        settings = HostSettings(**{"set_clocks": False, "overtime": 0.3, "poll_seconds": 0.05, **host})
        hosting = Hosting(gateway, ZONE, None, thread, settings)
        looking = asyncio.create_task(hosting.run())
        identity = Identity(MN, "123456", "31", edition, overtime=0.3, recount=2)
        outlet = Outlet(identity, ("a21026", "a34013"), lambda: datetime.now(ZONE))
        seen: list[tuple[str, bytes]] = []
        client = DeviceClient(
            identity, outlet.obey, lambda way, data: seen.append((way, data)), send=send, pause=pause
        )
        await client.connect("127.0.0.1", port)
        try:
            yield World(gateway, hosting, port, tmp_path / "journal", client, outlet, seen)
        finally:
            await client.close()
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            await gateway.stop()
            await asyncio.sleep(0.02)  # connections end after their gateway
            thread.shutdown()

    def run(
        scene: Callable[[World], Awaitable[None]],
        *,
        edition: Edition = Edition.HJ2017,
        send: Send = honest,
        pause: float = 0.0,
        offset: float = 0.0,
        **host: float | bool,
    ) -> None:
        async def whole() -> None:
            async with world(edition, send, pause, **host) as made:
                made.outlet.offset = timedelta(seconds=offset)
                await scene(made)

        asyncio.run(whole())

    return run
