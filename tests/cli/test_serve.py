"""``lantian serve`` with real processes on loopback: it answers, mends itself, and ends in order."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.desk.jobs.standing import SERVE, told
from lantian.desk.jobs.workers import is_gone, this_worker
from lantian.ledger.accounts import log_in

PROGRAM = [sys.executable, "-c", "from lantian.cli import main; main()"]
SECONDS = 90.0
"""How long a slow machine may take for anything."""


def until(true: Callable[[], Any], seconds: float = SECONDS) -> Any:
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.1)
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@dataclass
class Served:
    """A running program."""

    folder: Path
    process: "subprocess.Popen[str]"
    said: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str) -> httpx2.Response:
        return httpx2.get(f"{self.said['address']}{path}", timeout=SECONDS)

    def children(self) -> dict[str, dict[str, Any]]:
        found = told(self.folder, SERVE)
        assert found is not None
        return found["children"]

    def is_well(self) -> bool:
        try:
            return self.get("/health").json()["ok"] is True
        except httpx2.TransportError:
            return False

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        return self.process.wait(SECONDS)


def gone(pid: int) -> bool:
    return is_gone(f"{this_worker().split('/')[0]}/{pid}/none") and not Path(f"/proc/{pid}").exists()


@pytest.fixture
def serve() -> Iterator[Callable[..., Served]]:
    """Start programs that end with the test."""
    begun: list[Served] = []

    def start(folder: Path, *arguments: object) -> Served:
        words = ["serve", "-w", str(folder), "--port", "0", "--json", *(str(each) for each in arguments)]
        process = subprocess.Popen(
            [*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, "LANTIAN_LANGUAGE": "en"},
        )  # fmt: skip
        served = Served(folder, process)
        begun.append(served)
        assert process.stdout is not None
        text = ""
        for line in process.stdout:
            text += line
            if line.rstrip() == "}":
                break
        if text:
            served.said = json.loads(text)
        return served

    yield start
    for served in begun:
        if served.process.poll() is None:
            os.killpg(served.process.pid, signal.SIGKILL)
        served.process.wait(SECONDS)
        for stream in (served.process.stdout, served.process.stderr):
            assert stream is not None
            stream.close()


@pytest.fixture
def real_workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "real"
    make_workspace(folder, "shizuishan", simulated=False).close()
    return folder


def test_it_answers_mends_itself_and_ends_in_order(serve: Callable[..., Served], writable_workspace: Path) -> None:
    served = serve(writable_workspace, "--gateway-port", free_port())
    until(served.is_well)
    assert served.get("/health").json()["processes"] == {
        "gateway": "running", "worker": "running", "web": "running"
    }  # fmt: skip
    assert served.get("/login").status_code == 200
    before = served.children()
    for name in ("web", "worker"):
        os.kill(before[name]["pid"], signal.SIGKILL)
    assert served.get("/login").status_code == 200  # who asks meanwhile waits
    until(lambda: all(served.children()[name]["starts"] == 2 for name in ("web", "worker")))
    until(served.is_well)
    after = served.children()
    assert after["gateway"] == before["gateway"]
    assert served.stop() == 0
    until(lambda: all(gone(row["pid"]) for row in after.values()), 10)
    assert {row["state"] for row in served.children().values()} == {"stopped"}
    assert "hush" not in (writable_workspace / "logs" / "serve.jsonl").read_text("utf-8")


def test_who_serves_a_demonstration_gets_passwords_once(
    serve: Callable[..., Served], writable_workspace: Path
) -> None:
    served = serve(writable_workspace, "--no-gateway")
    logins = {row["login"]: row["password"] for row in served.said["demonstration"]}
    assert {"admin", "duty", "auditor"} <= set(logins)
    assert served.said["first_code"] is None
    assert served.stop(signal.SIGINT) == 0
    house = open_workspace(writable_workspace)
    made = log_in(house.ledger, "admin", logins["admin"], address="127.0.0.1", agent="test", at=house.now())
    assert made.account.login == "admin"
    house.close()
    everything = "".join(file.read_text("utf-8") for file in (writable_workspace / "logs").glob("*.jsonl"))
    assert not any(password in everything for password in logins.values())
    again = serve(writable_workspace, "--no-gateway")
    assert again.said["demonstration"] == []
    assert again.stop() == 0


def test_a_real_workspace_shows_a_code_for_its_first_administrator(
    serve: Callable[..., Served], real_workspace: Path
) -> None:
    served = serve(real_workspace, "--no-gateway")
    assert len(served.said["first_code"]) >= 20
    assert served.said["demonstration"] == []
    until(served.is_well)
    assert served.get("/first").status_code == 200
    assert served.stop() == 0


def test_nothing_outlives_a_supervisor_that_is_killed(serve: Callable[..., Served], real_workspace: Path) -> None:
    served = serve(real_workspace, "--gateway-port", free_port())
    until(served.is_well)
    children = served.children()
    served.process.kill()
    served.process.wait(SECONDS)
    until(lambda: all(gone(row["pid"]) for row in children.values()), 60)


def test_a_port_in_use_is_told_before_anything_starts(ask, real_workspace: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for option in ("--port", "--gateway-port"):
            given = {"--port": free_port(), "--gateway-port": free_port(), option: port}
            code, _, said = ask("serve", "-w", real_workspace, *(word for pair in given.items() for word in pair))
            assert code == 2
            assert f"The port {port} of 127.0.0.1 cannot be opened" in " ".join(said.split())
    assert told(real_workspace, SERVE) is None


def test_a_workspace_is_served_once(serve: Callable[..., Served], ask, real_workspace: Path) -> None:
    served = serve(real_workspace, "--no-gateway")
    code, _, said = ask("serve", "-w", real_workspace, "--port", free_port(), "--no-gateway")
    assert code == 2
    assert "is served already" in " ".join(said.split())
    assert served.stop() == 0


def test_other_machines_are_let_in_when_everybody_has_a_password(ask, real_workspace: Path) -> None:
    code, _, said = ask("serve", "-w", real_workspace, "--host", "0.0.0.0", "--port", free_port(), "--no-gateway")
    assert code == 2
    assert "first administrator" in said


def test_only_a_simulated_city_lives_on(ask, real_workspace: Path) -> None:
    code, _, said = ask("serve", "-w", real_workspace, "--live", 100, "--port", free_port())
    assert code == 2
    assert "Only a simulated city" in said


def test_once_does_what_is_due_and_ends(ask, writable_workspace: Path) -> None:
    code, out, _ = ask("serve", "--once", "--json", "-w", writable_workspace)
    assert code == 0
    assert json.loads(out) == {"runs": 3}
    code, out, _ = ask("serve", "--once", "-w", writable_workspace)
    assert "0 runs were done" in out


def test_a_picture_may_be_served_at_once_and_its_port_is_looked_at_first(ask, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, said = ask("run", "-w", tmp_path / "w", "--serve", "--port", taken.getsockname()[1])
    assert code == 2
    assert "cannot be opened" in " ".join(said.split())
    assert not (tmp_path / "w").exists()
