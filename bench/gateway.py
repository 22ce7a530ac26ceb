"""The gateway under load from clients on the same cores: durable answers, waiting, memory, lag of the lake.

Prints one JSON line. Frames are 500 bytes. `window_1`, `window_10`: 200 clients that wait for their answers after
so many frames; `paced`: the same with 20,000 frames a second and no more. `frames_per_second` counts answered, so
durable, frames; `p50_ms`, `p99_ms` run from sending a window to the last byte of its last answer; `disk_ms` is one
group on the disk. `idle`: memory of the gateway over 10,000 silent connections. `storm`: one hour of 500 outlets
(a real-time frame every 30 s, six of minutes, one of the hour) at once, with the writer beside it: until all is
acknowledged, and until all is in the lake; `taking_alone` is the writer by itself over the same journal. `rivals`
are plain asyncio servers in the same run, as open HJ 212 gateways work: `per_frame` appends each frame to a file
and waits for the disk before it answers, `no_disk` answers at once and loses everything in a crash; there is no
installable server to compare with. `fleet` (with --only fleet) is the other way round: one process of 2,000 of our
own device clients, each sending every 0.3 s: 100 times real time. `crash` (with --crash) kills the gateway 25
times and counts what was lost.
"""

import argparse
import asyncio
import importlib.util
import json
import os
import resource
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from lantian.gateway.limits import Limits
from lantian.gateway.server import Gateway
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import JournalWriter, verify
from lantian.wire.hj212.writing import build

FRAME_BYTES = 500
OUTLETS = 500
IDLE = 10_000
_HOUR = datetime(2026, 3, 1, 8)  # noqa: DTZ001 - a logger's clock


def mn_of(number: int) -> str:
    return f"{number:024X}"


def card(number: int) -> DeviceCard:
    return DeviceCard(
        mn_of(number),
        f"outlet-{number}",
        "31",
        2017,
        "123456",
        (),
        None,
        {},
        ("hour",),
        10,
        None,
        True,
        "registered",
    )


def frame(device: int, number: int, cn: str, at: datetime) -> bytes:
    """One frame of 500 bytes with a number of its own."""
    suffix = "Rtd" if cn == "2011" else "Avg"
    head = f"QN=20260301{number:09d};ST=31;CN={cn};PW=123456;MN={mn_of(device)};Flag=5;"
    head += f"CP=&&DataTime={at:%Y%m%d%H%M%S}"
    value = (number * 7 + device) % 900 / 10
    factors = ("a21026", "a21002", "a34013", "a19001", "a01011", "a01012", "a01013", "a01014", "a00000")
    area = "".join(f";{code}-{suffix}={value + place:.1f},{code}-Flag=N" for place, code in enumerate(factors))
    room = FRAME_BYTES - 12 - len(head) - len(area) - len(";x=&&")
    return build(f"{head}{area};x={'0' * room}&&".encode())


# ------------------------------------------------------------------------------------------ the gateway's process


def serve(folder: Path, devices: int) -> None:
    """Run a gateway until the end of its input."""

    async def run() -> None:
        journal = JournalWriter(folder, lambda: time.time_ns() // 1000)
        cards = {mn_of(number): card(number) for number in range(devices)}
        limits = Limits(
            frames_per_second=1e9, burst=10**9, connections_per_address=20_000, first_frame_seconds=600
        )
        gateway = Gateway(journal, cards, lambda: time.time_ns() // 1000, limits)
        port = await gateway.start("127.0.0.1", 0)
        before = _cpu()
        print(port, flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip() == "memory":
                print(_resident(), len(gateway.sessions), flush=True)
        used = _cpu() - before
        await gateway.stop()
        counts = gateway.counts
        print(
            json.dumps(
                {
                    "gateway_us_per_frame": round(1e6 * used / max(counts.frames, 1), 1),
                    "frames_per_group": round(counts.frames / max(counts.groups, 1)),
                    "disk_ms": round(1000 * counts.waited_seconds / max(counts.groups, 1), 2),
                }
            ),
            flush=True,
        )

    sys.setswitchinterval(0.001)
    asyncio.run(run())


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident() -> int:
    """Resident memory of this process. [B]"""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Served:
    """A gateway in a process of its own."""

    def __init__(self, folder: Path, devices: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(folder), "--devices", str(devices)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.port = int(self._said())

    def _said(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def memory(self) -> tuple[int, int]:
        """Resident memory [B] and open connections."""
        assert self.process.stdin is not None
        self.process.stdin.write("memory\n")
        self.process.stdin.flush()
        size, sessions = self._said().split()
        return int(size), int(sessions)

    def end(self) -> dict[str, float]:
        """Stop it and return its own figures."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        said = json.loads(self._said())
        self.process.wait(30)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return dict(said)


@contextmanager
def served(folder: Path, devices: int) -> Iterator[Served]:
    gateway = Served(folder, devices)
    try:
        yield gateway
    finally:
        if gateway.process.poll() is None:
            gateway.process.kill()


# ------------------------------------------------------------------------------------------ the clients' process


def load(port: int, clients: int, window: int, seconds: float, rate: float | None) -> dict[str, float]:
    """Keep a window of frames open on every connection; count answers and how long each window waited."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(clients)]
    blobs = [
        [b"".join(frame(c, turn * window + n, "2011", _HOUR) for n in range(window)) for turn in range(4)]
        for c in range(clients)
    ]
    poll = select.epoll()
    place = {line.fileno(): number for number, line in enumerate(lines)}
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(line.fileno(), select.EPOLLIN)
    sent, left, turn = [0.0] * clients, [0] * clients, [0] * clients
    idle = deque(range(clients))
    waits: list[float] = []
    answered = begun = 0
    clock = time.perf_counter
    start = clock()
    while (now := clock()) < start + seconds:
        while idle and (rate is None or begun < rate * (now - start)):
            number = idle.popleft()
            turn[number] = (turn[number] + 1) & 3
            left[number], sent[number] = window, now
            begun += window
            lines[number].sendall(blobs[number][turn[number]])
            now = clock()
        for handle, _ in poll.poll(0.001 if rate else 1.0):
            number = place[handle]
            got = lines[number].recv(65_536).count(b"\r\n")
            answered += got
            left[number] -= got
            if left[number] <= 0:
                waits.append(clock() - sent[number])
                idle.append(number)
    spent = clock() - start
    for line in lines:
        line.close()
    poll.close()
    waits.sort()
    return {
        "frames_per_second": round(answered / spent),
        "p50_ms": round(1000 * waits[len(waits) // 2], 2),
        "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 2),
    }


def measured(clients: int, window: int, seconds: float, rate: float | None = None) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        with served(Path(folder), clients) as gateway:
            found: dict[str, object] = {"clients": clients, **load(gateway.port, clients, window, seconds, rate)}
            found |= gateway.end()
        found["chain_verified"] = verify(Path(folder)).sound
    return found


def idle_memory(connections: int) -> dict[str, float]:
    """Open silent connections and see what each costs the gateway."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), 1) as gateway:
        before, _ = gateway.memory()
        lines = [socket.create_connection(("127.0.0.1", gateway.port), 30) for _ in range(connections)]
        while gateway.memory()[1] < connections:
            time.sleep(0.05)
        after, held = gateway.memory()
        for line in lines:
            line.close()
        gateway.end()
    return {"connections": held, "kB_each": round((after - before) / held / 1000, 2)}


# ------------------------------------------------------------------------------------------ rivals


def serve_plainly(file: Path, *, durable: bool) -> None:
    """Answer frames as a plain server does: line by line, each by itself."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                line = await reader.readuntil(b"\r\n")
                segment = line[6 : 6 + int(line[2:6])]
                if crc_by_table(segment) != int(line[6 + len(segment) : 10 + len(segment)], 16):
                    continue
                head = dict(field.split("=", 1) for field in segment.decode().split(";CP=")[0].split(";"))
                if durable:
                    os.write(kept, line)
                    os.fdatasync(kept)
                answer = f"QN={head['QN']};ST=91;CN=9014;PW={head['PW']};MN={head['MN']};Flag=4;CP=&&&&".encode()
                writer.write(b"##%04d%b%04X\r\n" % (len(answer), answer, crc_by_table(answer)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", 0, backlog=4096)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        server.close()

    kept = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    asyncio.run(run())


def crc_by_table(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register = TABLE[(register >> 8) ^ byte]
    return register


TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = (_byte >> 1) ^ (0xA001 if _byte & 1 else 0)
    TABLE.append(_byte)


def rivals(clients: int, seconds: float) -> dict[str, object]:
    """Ours and two plain servers in turn, with windows of 1 and 10."""
    found: dict[str, dict[str, float]] = {}
    for name in ("ours", "per_frame", "no_disk"):
        with tempfile.TemporaryDirectory() as folder:
            for window in (1, 10):
                if name == "ours":
                    with served(Path(folder) / str(window), clients) as gateway:
                        told = load(gateway.port, clients, window, seconds, None)
                        gateway.end()
                else:
                    told = _plainly(Path(folder) / "kept", clients, window, seconds, durable=name == "per_frame")
                found[f"{name}_window_{window}"] = told
    ratios = {
        f"{kind}_times_window_{window}": round(
            found[f"ours_window_{window}"]["frames_per_second"]
            / max(1, found[f"{kind}_window_{window}"]["frames_per_second"]),
            1,
        )
        for kind in ("per_frame", "no_disk")
        for window in (1, 10)
    }
    return {**found, **ratios}


def _plainly(file: Path, clients: int, window: int, seconds: float, *, durable: bool) -> dict[str, float]:
    command = [sys.executable, __file__, "--plain", str(file), *(["--durable"] if durable else [])]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        return load(int(process.stdout.readline()), clients, window, seconds, None)
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(10)


# ------------------------------------------------------------------------------------------ our own devices


def fleet(outlets: int, seconds: float, interval: float) -> dict[str, object]:
    """One process of device clients, each with its own outlet and line."""
    from lantian.device.client import DeviceClient, Outcome
    from lantian.device.identity import Identity
    from lantian.device.outlet import Outlet
    from lantian.wire.hj212.editions import Edition

    zone = ZoneInfo("Asia/Shanghai")

    async def run(port: int) -> dict[str, object]:
        made = []
        for number in range(outlets):
            outlet = Outlet(
                Identity(mn_of(number), "123456", "31", Edition.HJ2017),
                ("a21026", "a21002", "a34013", "a19001"),
                lambda: datetime.now(zone),
            )
            made.append((DeviceClient(outlet.identity, outlet.obey, lambda *_: None), outlet))
        for at in range(0, outlets, 100):
            await asyncio.gather(*(client.connect("127.0.0.1", port) for client, _ in made[at : at + 100]))
        begun, used = time.perf_counter(), _cpu()
        waits: list[float] = []
        late = 0.0

        async def one(client: DeviceClient, outlet: Outlet, place: int) -> None:
            nonlocal late
            due = begun + interval * place / outlets
            while (now := time.perf_counter()) < begun + seconds:
                if due > now:
                    await asyncio.sleep(due - now)
                sent = time.perf_counter()
                late = max(late, sent - due)
                if (await client.send_message(outlet.real_time()))[-1] is Outcome.ANSWERED:
                    waits.append(time.perf_counter() - sent)
                due += interval

        await asyncio.gather(*(one(client, outlet, place) for place, (client, outlet) in enumerate(made)))
        spent, used = time.perf_counter() - begun, _cpu() - used
        for client, _ in made:
            await client.close()
        waits.sort()
        return {
            "outlets": outlets,
            "wanted_per_second": round(outlets / interval),
            "answered_per_second": round(len(waits) / spent),
            "device_us_per_frame": round(1e6 * used / max(1, len(waits))),
            "p50_ms": round(1000 * waits[len(waits) // 2], 1),
            "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 1),
            "most_late_seconds": round(late, 2),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }

    with tempfile.TemporaryDirectory() as folder, served(Path(folder), outlets) as gateway:
        found = asyncio.run(run(gateway.port))
        return {**found, **gateway.end()}


# ------------------------------------------------------------------------------------------ the lake


def write(workspace: Path) -> None:
    """Move the journal into the lake until the end of the input; print each turn that moved something."""
    from lantian.assembly import open_workspace
    from lantian.loop.sense.taking import JournalTaker

    house = open_workspace(workspace)
    taker = JournalTaker(workspace / "journal", house.lake, house.ledger, house.now)
    print("ready", flush=True)
    frames = rows = 0
    busy = 0.0
    stop = select.poll()
    stop.register(sys.stdin, select.POLLIN)
    ended = False
    while True:
        began = time.perf_counter()
        took = taker.take()
        frames, rows = frames + took.frames, rows + took.rows
        busy += (time.perf_counter() - began) if took.frames else 0.0
        if ended and took.at_end:
            break
        ended = ended or bool(stop.poll(0 if not took.at_end else 1000))
    house.close()
    print(json.dumps({"frames": frames, "rows": rows, "rows_per_second": round(rows / busy)}), flush=True)


def hour_of(outlets: int) -> list[list[bytes]]:
    """One hour of each outlet: 120 real-time frames, six of ten minutes, one of the hour."""
    found = []
    for device in range(outlets):
        frames = [frame(device, n, "2011", _HOUR + timedelta(seconds=30 * n)) for n in range(120)]
        frames += [frame(device, 200 + n, "2051", _HOUR + timedelta(minutes=10 * n)) for n in range(6)]
        found.append([*frames, frame(device, 300, "2061", _HOUR)])
    return found


def storm(outlets: int) -> dict[str, object]:
    from lantian.assembly import make_workspace, open_workspace
    from lantian.loop.sense.registry import DeviceContent, register_device
    from lantian.loop.sense.taking import JournalTaker

    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "workspace"
        house = make_workspace(workspace, "shizuishan", simulated=True)
        for number in range(outlets):
            content = DeviceContent(mn=mn_of(number), outlet=f"outlet-{number}", simulated=True)
            register_device(house.ledger, content, by="bench", at=datetime.now(UTC))
        house.close()
        frames = hour_of(outlets)
        total = sum(map(len, frames))
        writer = subprocess.Popen(
            [sys.executable, __file__, "--write", str(workspace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdout.readline()
        with served(workspace / "journal", outlets) as gateway:
            start = time.perf_counter()
            _send_all(gateway.port, frames)
            acknowledged = time.perf_counter() - start
            writer.stdin.close()
            taken = json.loads(writer.stdout.readline())
            whole = time.perf_counter() - start
            gateway.end()
        writer.stdout.close()
        writer.wait(60)
        house = open_workspace(workspace)
        alone = JournalTaker(workspace / "journal", _other_lake(house, Path(folder)), house.ledger, house.now)
        (workspace / "journal" / "taken.json").unlink()
        began = time.perf_counter()
        took = alone.take()
        seconds = time.perf_counter() - began
        house.close()
    return {
        "frames": total,
        "acknowledged_per_second": round(total / acknowledged),
        "lake_rows": taken["rows"],
        "lake_rows_per_second": round(taken["rows"] / whole),
        "lake_behind_seconds": round(whole - acknowledged, 1),
        "taking_alone": {
            "rows_per_second": round(took.rows / seconds),
            "frames_per_second": round(took.frames / seconds),
        },
    }


def _other_lake(house, folder: Path):  # type: ignore[no-untyped-def]
    from lantian.store import FACT_TABLES, Lake

    return Lake(folder / "other", FACT_TABLES, house.city.zone, house.now, simulated=True)


def _send_all(port: int, frames: list[list[bytes]], window: int = 10) -> None:
    """Send everything with a window a connection until all is answered."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in frames]
    place = {line.fileno(): number for number, line in enumerate(lines)}
    poll = select.epoll()
    done, left = [0] * len(frames), [0] * len(frames)
    open_ones = len(frames)
    for number, line in enumerate(lines):
        poll.register(line.fileno(), select.EPOLLIN)
        left[number] = len(frames[number][:window])
        line.sendall(b"".join(frames[number][:window]))
        done[number] = left[number]
    while open_ones:
        for handle, _ in poll.poll(1.0):
            number = place[handle]
            left[number] -= lines[number].recv(65_536).count(b"\r\n")
            if left[number] == 0:
                more = frames[number][done[number] : done[number] + window]
                if more:
                    left[number], done[number] = len(more), done[number] + len(more)
                    lines[number].sendall(b"".join(more))
                else:
                    open_ones -= 1
    for line in lines:
        line.close()
    poll.close()


# ------------------------------------------------------------------------------------------ crashes


def _loaded(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def crash(kills: int) -> dict[str, object]:
    tests = Path(__file__).parents[1] / "tests" / "gateway"
    sender = _loaded("plain_hj212_client", tests / "plain_client.py")
    harness = _loaded("gateway_crash_harness", tests / "crash_harness.py")
    with tempfile.TemporaryDirectory() as folder:
        found = harness.crash(
            Path(folder), sender, kills=kills, clients=8, window=10, seed=7, longest=2.0, full_disk=True
        )
    return asdict(found)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--only", choices=["windows", "idle", "storm", "rivals", "fleet"])
    parser.add_argument("--plain", type=Path)
    parser.add_argument("--durable", action="store_true")
    parser.add_argument("--crash", action="store_true")
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve, given.devices)
        return
    if given.write is not None:
        write(given.write)
        return
    if given.plain is not None:
        serve_plainly(given.plain, durable=given.durable)
        return
    found: dict[str, object] = {"bench": "gateway", "frame_bytes": FRAME_BYTES, "load_before": os.getloadavg()[0]}
    if given.only in {None, "windows"}:
        found["window_1"] = measured(given.clients, 1, given.seconds)
        found["window_10"] = measured(given.clients, 10, given.seconds)
        found["paced"] = measured(given.clients, 1, given.seconds, rate=20_000)
    if given.only in {None, "idle"}:
        found["idle"] = idle_memory(IDLE)
    if given.only in {None, "storm"}:
        found["storm"] = storm(OUTLETS)
    if given.only in {None, "rivals"}:
        found["rivals"] = rivals(given.clients, given.seconds)
    if given.only == "fleet":
        found["fleet"] = fleet(2_000, given.seconds, 0.3)
    if given.crash:
        found["crash"] = crash(kills=25)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
