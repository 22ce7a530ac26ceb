"""Files that were acknowledged are in the lake once, however often the gateway is killed."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from hashlib import sha256
from pathlib import Path

from lantian.assembly import make_workspace, open_workspace
from lantian.gateway.kinds import file_door
from lantian.ledger.chain import verify_chain
from lantian.loop.sense.doors.deliveries import list_deliveries
from lantian.loop.sense.doors.senders import SenderContent, add_sender
from lantian.loop.sense.doors.taking import take_waiting
from lantian.loop.sense.registry import DeviceContent, register_device

KILLS = 3


def body(thread: int, number: int) -> bytes:
    line = (
        f"stack-1,a21026,realtime,2026-03-01 0{thread}:{number // 60 % 60:02d}:{number % 60:02d},{number},true\n"
    )
    return b"outlet,factor,period,time,value,simulated\n" + line.encode()


class Sender(threading.Thread):
    """Posts numbered files until told to stop; one that got no answer is posted again."""

    def __init__(self, thread: int, port: int, key: str, stop: threading.Event) -> None:
        super().__init__(daemon=True)
        self.number, self.thread, self.port, self.key, self.stop = 0, thread, port, key, stop
        self.acknowledged: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            data = body(self.thread, self.number)
            try:
                line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                line.request("POST", f"/v1/deliveries?name={self.thread}-{self.number}.csv", data,
                             {"Authorization": f"Bearer {self.key}"})  # fmt: skip
                answer = line.getresponse()
                told = json.loads(answer.read())
                line.close()
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)
                continue
            if answer.status == 202:
                assert told["sha256"] == sha256(data).hexdigest()
                self.acknowledged.append(told["sha256"])
                self.number += 1
            else:
                assert answer.status in {429, 503}, told
                time.sleep(0.05)


def start(workspace: Path, port: int) -> "subprocess.Popen[bytes]":
    program = subprocess.Popen(
        [Path(sys.executable).with_name("lantian"), "gateway", "--workspace", workspace, "--port", "0", "--http",
         str(port), "--write-every", "0.3", "--leave-clocks", "--json"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        env={**os.environ, "LANTIAN_INBOX_SETTLE_SECONDS": "0.3"},
    )  # fmt: skip
    end = time.monotonic() + 60
    while True:
        assert program.poll() is None
        assert time.monotonic() < end
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            time.sleep(0.05)
        else:
            return program


def test_no_acknowledged_file_is_lost_or_doubled_over_kills(tmp_path: Path):
    workspace, chance = tmp_path / "workspace", random.Random(7)
    house = make_workspace(workspace, "shizuishan", simulated=True)
    register_device(
        house.ledger, DeviceContent(mn="A" * 24, outlet="stack-1", simulated=True), by="t", at=house.now()
    )
    content = SenderContent("plant", "plant A", simulated=True)
    key = add_sender(house.ledger, content, [], by="t", at=house.now(), reason="test").key
    house.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    dropped = [body(9, number) for number in range(40)]
    (workspace / "inbox").mkdir(exist_ok=True)
    stop = threading.Event()
    senders = [Sender(thread, port, key, stop) for thread in range(3)]
    program = start(workspace, port)
    try:
        for sender in senders:
            sender.start()
        for kill in range(KILLS):
            for number in range(kill * 10, kill * 10 + 10):
                (workspace / "inbox" / f"d{number}.csv").write_bytes(dropped[number])
            time.sleep(chance.uniform(0.8, 2.0))
            os.killpg(program.pid, signal.SIGKILL)
            program.wait(30)
            program = start(workspace, port)
        before = sum(len(sender.acknowledged) for sender in senders)
        end = time.monotonic() + 60
        while sum(len(sender.acknowledged) for sender in senders) < before + 5 or list(
            (workspace / "inbox").glob("*.csv")
        ):
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        stop.set()
        for sender in senders:
            sender.join(30)
        program.terminate()
        assert program.wait(120) == 0
    house = open_workspace(workspace)
    while take_waiting(file_door(house), house.centre()).more:  # what the last writer left in the queue
        pass
    rows = house.lake.read("source_readings", latest=False)
    deliveries = list_deliveries(house.ledger, most=100_000)
    assert verify_chain(house.ledger).sound
    house.close()
    said_yes = [digest for sender in senders for digest in sender.acknowledged]
    expected = {*said_yes, *(sha256(data).hexdigest() for data in dropped[: KILLS * 10])}
    found = {row.sha256: row.state for row in deliveries}
    assert len(said_yes) > 10
    assert {found.get(digest) for digest in expected} == {"taken"}
    assert len(deliveries) == len(found) == rows.height
    assert rows.select("period_start").n_unique() == rows.height
    shutil.rmtree(workspace)
