"""A gateway with everything around it: the register is followed, strangers are noted, one holds the journal."""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lantian.gateway.dropping import DropSettings
from lantian.gateway.file_doors import FileDoors
from lantian.gateway.hosting import HostSettings
from lantian.gateway.running import RunningGateway, RunSettings
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.loop.sense.doors.deliveries import list_deliveries
from lantian.loop.sense.doors.delivering import FileDoor
from lantian.loop.sense.knocks import list_quarantined
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.terms.errors import HouseError

MN = "010000A8900016F000169DC0"
DATA = "DataTime=20260301080000;a21026-Rtd=12.5,a21026-Flag=N"


@pytest.fixture
def ledger(tmp_path: Path, sqlite_template: Path) -> Iterator[Ledger]:
    path = tmp_path / "ledger.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Ledger(path)
    yield opened
    opened.close()


def gateway(folder: Path, ledger: Ledger, **settings: Any) -> RunningGateway:
    given = {"port": 0, "http_port": 0, "writer": None, "refresh_seconds": 0.05, "note_seconds": 0.05}
    given |= {"hosting": HostSettings(set_clocks=False), **settings}
    files = FileDoors(
        door=FileDoor(ledger, FileStore(folder / "files", ledger), (), folder / "rejects"),
        now=lambda: datetime.now(UTC),
        today=lambda: date(2026, 3, 1),
        uploads=folder / "uploads",
        inbox=folder / "inbox",
        drop=DropSettings(settle_seconds=0.05, every=0.02),
    )
    return RunningGateway(
        folder, ledger, ZoneInfo("Asia/Shanghai"), lambda: time.time_ns() // 1000, RunSettings(**given), files
    )


def during(running: RunningGateway, work: Callable[[], None]) -> None:
    """Run blocking work while a gateway serves."""

    async def whole() -> None:
        stop, ready = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(running.run(stop, lambda _: ready.set()))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        try:
            if not task.done():
                await asyncio.to_thread(work)
        finally:
            waiting.cancel()
            stop.set()
            await task

    asyncio.run(whole())


def test_a_device_that_is_registered_meanwhile_is_let_in(tmp_path: Path, ledger: Ledger, second_client: Any):
    running = gateway(tmp_path, ledger)

    def work() -> None:
        client = second_client.PlainClient(running.port).connect()
        client.send("2011", DATA)
        assert client.silent(0.3)
        assert [row.reason for row in list_quarantined(ledger)] == ["unknown"]
        content = DeviceContent(mn=MN, outlet="stack-1", simulated=True)
        register_device(ledger, content, by="duty", at=datetime.now(UTC))
        end = time.monotonic() + 10
        while MN not in running.gateway.cards:
            assert time.monotonic() < end
            time.sleep(0.01)
        client.send("2011", DATA)
        assert client.receive()["CN"] == "9014"
        assert "lantian_gateway_frames_total 1\n" in running.metrics()
        assert running.health()["ok"] is True
        client.close()

    during(running, work)
    assert list_quarantined(ledger) == []


def test_strangers_of_the_last_moment_are_noted_at_the_stop(tmp_path: Path, ledger: Ledger, second_client: Any):
    running = gateway(tmp_path, ledger, note_seconds=3600.0)

    def work() -> None:
        client = second_client.PlainClient(running.port).connect()
        for _ in range(3):
            client.send("2011", DATA)
        assert client.silent(0.2)
        client.close()

    during(running, work)
    assert [row.frames for row in list_quarantined(ledger)] == [3]


def test_a_second_gateway_on_the_same_journal_is_refused(tmp_path: Path, ledger: Ledger):
    first = gateway(tmp_path, ledger)

    def work() -> None:
        with pytest.raises(HouseError, match="another gateway"):
            asyncio.run(gateway(tmp_path, ledger).run(asyncio.Event()))

    during(first, work)


def test_a_port_that_is_taken_is_said(tmp_path: Path, ledger: Ledger):
    first = gateway(tmp_path / "one", ledger)

    def work() -> None:
        with pytest.raises(HouseError, match="cannot listen"):
            asyncio.run(gateway(tmp_path / "two", ledger, port=first.port).run(asyncio.Event()))

    during(first, work)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_doors_for_files_are_open_beside_the_instruments(tmp_path: Path, ledger: Ledger):
    running = gateway(tmp_path, ledger)

    def work() -> None:
        (tmp_path / "inbox" / "a.csv").write_bytes(b"1")
        (tmp_path / "inbox" / "b.rar").write_bytes(b"Rar!")
        until(lambda: "b.rar" in running.inbox.health()["staying"])  # type: ignore[operator]
        until(lambda: "lantian_inbox_delivered_total 1\n" in running.metrics())
        line = http.client.HTTPConnection("127.0.0.1", running.http_port, timeout=10)
        line.request("GET", "/health")
        told = json.loads(line.getresponse().read())
        line.close()
        assert (told["ok"], list(told["inbox"]["staying"])) == (True, ["b.rar"])

    (tmp_path / "inbox").mkdir()
    during(running, work)
    assert [row.name for row in list_deliveries(ledger)] == ["a.csv"]


def test_a_drop_folder_that_fails_is_told_and_ends_nothing(tmp_path: Path, ledger: Ledger):
    (tmp_path / "inbox").write_text("no folder")
    running = gateway(tmp_path, ledger)

    def work() -> None:
        until(lambda: "cannot be read" in str(running.inbox.health()["failing"]))
        assert running.health()["ok"] is True
        (tmp_path / "inbox").unlink()
        until(lambda: running.inbox.health()["failing"] == "")

    during(running, work)


def test_a_port_for_files_that_is_taken_is_said(tmp_path: Path, ledger: Ledger):
    first = gateway(tmp_path / "one", ledger)

    def work() -> None:
        with pytest.raises(HouseError, match="cannot listen"):
            asyncio.run(gateway(tmp_path / "two", ledger, http_port=first.http_port).run(asyncio.Event()))

    during(first, work)
