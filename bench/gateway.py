"""The gateway under load from clients on the same cores: durable answers a second, waiting, memory, lag of the writer.

Prints one JSON line. Frames are 500 bytes. `window_1` and `window_10`: each client waits for its answers after so
many frames; `frames_per_second` counts answered, so durable, frames; `p50_ms`, `p99_ms` from sending a window to the
last byte of its last answer. `idle`: memory of the gateway over 10,000 silent connections.
"""

import argparse
import asyncio
import json
import os
import resource
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lantian.gateway.limits import Limits
from lantian.gateway.server import Gateway
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import JournalWriter, verify
from lantian.wire.hj212.crc import TEXT, crc16

FRAME_BYTES = 500


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


def frame(client: int, number: int) -> bytes:
    """One frame of 500 bytes whose QN counts."""
    values = ";".join(f"a21{code:03d}-Rtd={number % 900 + code}.25,a21{code:03d}-Flag=N" for code in range(26, 42))
    head = f"QN=20260301{number % 10**9:09d};ST=31;CN=2011;PW=123456;MN={mn_of(client)};Flag=5;CP=&&"
    text = f"{head}DataTime=20260301080000;{values}"[: FRAME_BYTES - 14].rsplit(",", 1)[0]
    segment = (text + ";x-Info=//").ljust(FRAME_BYTES - 14 - 4, "0").encode() + b"//&&"
    return b"##%04d%b%b\r\n" % (len(segment), segment, TEXT[crc16(segment)])


# ------------------------------------------------------------------------------------------ the gateway's process


def serve(folder: Path, devices: int, *, uvloop: bool) -> None:
    """Run a gateway until it is told to stop by the end of its input."""

    async def run() -> None:
        journal = JournalWriter(folder, lambda: time.time_ns() // 1000)
        cards = {mn_of(number): card(number) for number in range(devices)}
        limits = Limits(
            frames_per_second=1e9, burst=10**9, connections_per_address=20_000, first_frame_seconds=600
        )
        gateway = Gateway(journal, cards, lambda: time.time_ns() // 1000, limits)
        port = await gateway.start("127.0.0.1", 0)
        print(port, flush=True)
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            if line.strip() == "memory":
                print(_resident(), len(gateway.sessions), flush=True)
        used = resource.getrusage(resource.RUSAGE_SELF)
        await gateway.stop()
        counts = gateway.counts
        print(
            json.dumps(
                {
                    "cpu_seconds": round(used.ru_utime + used.ru_stime, 2),
                    "groups": counts.groups,
                    "frames": counts.frames,
                    "disk_ms": round(1000 * counts.waited_seconds / max(counts.groups, 1), 2),
                }
            ),
            flush=True,
        )

    if uvloop:
        import uvloop as fast

        fast.run(run())
    else:
        asyncio.run(run())


def _resident() -> int:
    """Resident memory of this process. [B]"""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def gateway(folder: Path, devices: int, *, uvloop: bool = False) -> Iterator[tuple[int, "subprocess.Popen[str]"]]:
    command = [sys.executable, __file__, "--serve", str(folder), "--devices", str(devices)]
    process = subprocess.Popen(
        [*command, *(["--uvloop"] if uvloop else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline()), process
    finally:
        if process.stdin is not None and not process.stdin.closed:
            process.stdin.close()
        process.wait(30)


# ------------------------------------------------------------------------------------------ the clients' process


def load(port: int, clients: int, window: int, seconds: float) -> dict[str, float]:
    """Keep a window of frames open on every connection; count answers and how long each window waited."""
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(clients)]
    blobs = [
        [b"".join(frame(c, turn * window + n) for n in range(window)) for turn in range(4)] for c in range(clients)
    ]
    poll = select.epoll()
    place = {line.fileno(): number for number, line in enumerate(lines)}
    for line in lines:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        poll.register(line.fileno(), select.EPOLLIN)
    sent = [0.0] * clients
    left = [window] * clients
    turn = [0] * clients
    waits: list[float] = []
    answered = 0
    clock = time.perf_counter
    start = clock()
    for number, line in enumerate(lines):
        sent[number] = clock()
        line.sendall(blobs[number][0])
    end = start + seconds
    while (now := clock()) < end:
        for handle, _ in poll.poll(1.0):
            number = place[handle]
            line = lines[number]
            got = line.recv(65_536).count(b"\r\n")
            answered += got
            left[number] -= got
            if left[number] <= 0:
                now = clock()
                waits.append(now - sent[number])
                turn[number] = (turn[number] + 1) & 3
                left[number] = window
                sent[number] = now
                line.sendall(blobs[number][turn[number]])
    spent = clock() - start
    for line in lines:
        line.close()
    waits.sort()
    return {
        "frames_per_second": round(answered / spent),
        "p50_ms": round(1000 * waits[len(waits) // 2], 2),
        "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 2),
    }


def measured(clients: int, window: int, seconds: float, *, uvloop: bool) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        with gateway(Path(folder), clients, uvloop=uvloop) as (port, process):
            found: dict[str, object] = dict(load(port, clients, window, seconds))
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()
            found |= json.loads(process.stdout.readline())
        proved = verify(Path(folder))
        found["chain_verified"] = proved.sound
        found["clients"] = clients
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--serve", type=Path)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--uvloop", action="store_true")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--clients", type=int, default=200)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve, given.devices, uvloop=given.uvloop)
        return
    print(
        json.dumps(
            {
                f"window_{window}": measured(given.clients, window, given.seconds, uvloop=given.uvloop)
                for window in (1, 10)
            }
        )
    )


if __name__ == "__main__":
    main()
