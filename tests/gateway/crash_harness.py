"""Kills a gateway again and again under load and counts what was lost; for test_crash.py and bench/gateway.py."""

import json
import os
import random
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl

from lantian.assembly import make_workspace, open_workspace
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.loop.sense.taking import JournalTaker
from lantian.store.journal import JournalReader, Kind, Position, verify

_FIRST = datetime(2026, 3, 1)  # noqa: DTZ001 - a logger's clock


def mn_of(number: int) -> str:
    return f"{number:024X}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(eq=False)
class Logger(threading.Thread):
    """Sends numbered frames until told to stop; what got no answer is sent again, the same bytes, in order."""

    sender: ModuleType
    port: int
    number: int
    window: int
    stop: threading.Event
    acknowledged: int = 0
    """Every number below it was acknowledged."""
    connections: int = 0
    _frames: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.client: Any = self.sender.PlainClient(self.port, mn=mn_of(self.number), timeout=5.0)

    def frame(self, number: int) -> bytes:
        if number not in self._frames:
            at = (_FIRST + timedelta(seconds=number)).strftime("%Y%m%d%H%M%S")
            cp = f"DataTime={at};a21026-Rtd={number},a21026-Flag=N;a19001-Rtd={number % 21}.5,a19001-Flag=N"
            self._frames[number] = self.sender.packet(self.client.segment("2011", cp))
        return self._frames[number]

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.client.connect()
                self.connections += 1
                self._talk()
            except OSError:
                time.sleep(0.05)
            finally:
                self.client.close()

    def _talk(self) -> None:
        sent = self.acknowledged
        while not self.stop.is_set():
            while sent < self.acknowledged + self.window:
                self.client.send_bytes(self.frame(sent))
                sent += 1
            answer = self.client.receive()
            own = self.sender.unpack(self.frame(self.acknowledged))
            assert (answer["CN"], answer["QN"]) == ("9014", own["QN"]), "answers come in order, each for its frame"
            del self._frames[self.acknowledged]
            self.acknowledged += 1


@dataclass
class Process:
    """The gateway as a program of its own."""

    workspace: Path
    port: int
    http_port: int
    program: "subprocess.Popen[bytes] | None" = None

    @property
    def said(self) -> Path:
        """What the newest one printed."""
        return self.workspace.with_name("gateway.log")

    def start(self) -> None:
        with self.said.open("wb") as said:
            self.program = subprocess.Popen(
                [Path(sys.executable).with_name("lantian"), "gateway", "--workspace", self.workspace,
                 "--port", str(self.port), "--http", str(self.http_port), "--write-every", "0.3",
                 "--leave-clocks", "--json"],
                stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip

    def until_open(self, seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.program is not None
            if self.program.poll() is not None:
                raise AssertionError(self.said.read_text("utf-8"))
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("the gateway did not open its door")

    def kill(self) -> None:
        """End gateway and writer at once, as a loss of power of the process would."""
        assert self.program is not None
        os.killpg(self.program.pid, signal.SIGKILL)
        self.program.wait(30)

    def end(self) -> int:
        assert self.program is not None
        self.program.terminate()
        return self.program.wait(180)

    def health(self) -> dict[str, Any]:
        with socket.create_connection(("127.0.0.1", self.http_port), 5) as wire:
            wire.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            said = b""
            while got := wire.recv(65_536):
                said += got
        return dict(json.loads(said.partition(b"\r\n\r\n")[2]))


@dataclass(frozen=True)
class Outcome:
    """What was proved."""

    kills: int
    clients: int
    acknowledged: int
    lost: int
    """Acknowledged, and not in the lake."""
    doubled: int
    """In the lake more than once, versions included."""
    disordered: int
    """Frames that came first out of order, by device."""
    sent_again: int
    """Frames that stand more than once in the journal: they came again because their answer was lost."""
    rows: int
    segments: int
    chain_sound: bool
    connections: int


def crash(
    folder: Path,
    sender: ModuleType,
    *,
    kills: int,
    clients: int,
    window: int,
    seed: int,
    longest: float = 1.0,
    full_disk: bool = False,
) -> Outcome:
    """Run the whole proof in an empty folder."""
    chance = random.Random(seed)
    workspace = folder / "workspace"
    house = make_workspace(workspace, "shizuishan", simulated=True)
    for number in range(clients):
        content = DeviceContent(mn=mn_of(number), outlet=f"stack-{number}", simulated=True)
        register_device(house.ledger, content, by="harness", at=datetime.now(UTC))
    house.close()
    stop = threading.Event()
    gateway = Process(workspace, free_port(), free_port())
    loggers = [Logger(sender, gateway.port, number, window, stop) for number in range(clients)]
    gateway.start()
    gateway.until_open()
    for logger in loggers:
        logger.start()
    try:
        if full_disk:
            fill_disk(gateway, loggers)
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, longest))
            gateway.kill()
            gateway.start()
            gateway.until_open()
        moved = sum(logger.acknowledged for logger in loggers)
        wait_until(lambda: sum(logger.acknowledged for logger in loggers) > moved + clients)
    finally:
        stop.set()
        code = gateway.end()
        for logger in loggers:
            logger.join(30)
    assert code == 0, gateway.said.read_text("utf-8")
    return _judge(workspace, loggers, kills)


def fill_disk(gateway: Process, loggers: list[Logger]) -> None:
    """Let no file of the gateway grow any more, see that nobody is acknowledged, and give room again."""
    assert gateway.program is not None
    wait_until(lambda: all(logger.acknowledged > 5 for logger in loggers))
    pid = gateway.program.pid
    newest = max((gateway.workspace / "journal").glob("*.journal"))
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (newest.stat().st_size, hard))
    wait_until(lambda: not gateway.health()["ok"])
    time.sleep(1.0)  # answers that left before may still be on their way
    before = sum(logger.acknowledged for logger in loggers)
    time.sleep(1.5)
    after = sum(logger.acknowledged for logger in loggers)
    assert after == before, "frames were acknowledged that the disk did not take"
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    wait_until(lambda: gateway.health()["ok"])
    wait_until(lambda: sum(logger.acknowledged for logger in loggers) > after + len(loggers))


def wait_until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


def _judge(workspace: Path, loggers: list[Logger], kills: int) -> Outcome:
    house = open_workspace(workspace)
    try:
        taker = JournalTaker(workspace / "journal", house.lake, house.ledger, house.now)
        while not taker.take().at_end:
            pass
        rows = house.lake.read("source_readings", latest=False, where=pl.col("factor") == "a21026")
    finally:
        house.close()
    lost = 0
    for logger in loggers:
        mine = set(rows.filter(outlet=f"stack-{logger.number}")["value"].cast(pl.Int64).to_list())
        lost += sum(1 for number in range(logger.acknowledged) if number not in mine)
    proved = verify(workspace / "journal")
    again, disordered = _order(workspace / "journal")
    return Outcome(
        kills=kills,
        clients=len(loggers),
        acknowledged=sum(logger.acknowledged for logger in loggers),
        lost=lost,
        doubled=rows.height - rows.select("outlet", "factor", "period", "period_start").unique().height,
        disordered=disordered,
        sent_again=again,
        rows=rows.height,
        segments=proved.segments,
        chain_sound=proved.sound,
        connections=sum(logger.connections for logger in loggers),
    )


def _order(journal: Path) -> tuple[int, int]:
    """Return how many frames came again, and how many came first out of the order of their device."""
    reader, place = JournalReader(journal), Position(0, 0)
    met: set[tuple[str, int]] = set()
    highest: dict[str, int] = {}
    again = disordered = 0
    while True:
        batch = reader.read(place)
        for record in batch.records:
            if record.kind is not Kind.FRAME:
                continue
            number = int(record.raw.partition(b"a21026-Rtd=")[2].partition(b",")[0])
            if (record.mn, number) in met:
                again += 1
                continue
            met.add((record.mn, number))
            disordered += number != highest.get(record.mn, -1) + 1
            highest[record.mn] = number
        place = batch.following
        if batch.at_end:
            return again, disordered
