"""``lantian gateway``: the register, who knocks, what is asked of devices, the proof; and the door itself."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.ledger.people import Role, add_person, add_user, grant_role
from lantian.loop.sense.registry import Knock, note_knocks
from lantian.store.journal import JournalWriter, Kind

Ask = Callable[..., tuple[int, str, str]]
MN = "010000A8900016F000169DC0"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    make_workspace(folder, "shizuishan", simulated=True).close()
    return folder


@pytest.fixture
def registered(workspace: Path, tmp_path: Path, ask: Ask) -> Path:
    file = tmp_path / "devices.csv"
    file.write_text(
        f"mn,outlet,system,edition,password,addresses,points,reports\n"
        f"{MN},stack-1,31,2017,secret,127.0.0.1,a21026 a34004:ug/m3,minute hour\n",
        "utf-8",
    )
    code, _, said = ask("gateway", "register", file, "--workspace", workspace, "--reason", "first line")
    assert code == 0, said
    return workspace


def test_registered_devices_are_listed_without_their_secrets(registered: Path, ask: Ask):
    code, out, _ = ask("gateway", "devices", "--workspace", registered, "--json")
    [row] = json.loads(out)["rows"]
    assert code == 0
    assert (row["mn"], row["outlet"], row["reports"]) == (MN, "stack-1", ["minute", "hour"])
    assert "secret" not in out
    assert MN in ask("gateway", "devices", "--workspace", registered)[1]


@pytest.mark.parametrize(
    "line", ["mn,colour\nA,red\n", "mn,outlet\n,stack\n", "mn,outlet,edition\nA,stack,1999\n"]
)
def test_a_register_that_is_wrong_anywhere_is_refused_as_a_whole(
    workspace: Path, tmp_path: Path, ask: Ask, line: str
):
    file = tmp_path / "wrong.csv"
    file.write_text(line, "utf-8")
    code, _, said = ask("gateway", "register", file, "--workspace", workspace)
    assert code == 2
    assert "cannot be registered" in said
    assert json.loads(ask("gateway", "devices", "--workspace", workspace, "--json")[1])["rows"] == []


def test_a_device_is_shut_out_with_a_reason(registered: Path, ask: Ask):
    code, out, _ = ask("gateway", "state", MN, "retired", "--reason", "sold", "--workspace", registered)
    assert (code, MN in out) == (0, True)
    [row] = json.loads(ask("gateway", "devices", "--workspace", registered, "--json")[1])["rows"]
    assert row["state"] == "retired"


def test_strangers_are_shown(registered: Path, ask: Ask):
    assert "Nobody knocks" in ask("gateway", "strangers", "--workspace", registered)[1]
    house = open_workspace(registered)
    note_knocks(house.ledger, [Knock("B" * 24, "unknown", "10.0.0.1", 0, 1, 7, b"##0001PW=hidden;x")])
    house.close()
    _, out, _ = ask("gateway", "strangers", "--workspace", registered, "--json")
    [row] = json.loads(out)["rows"]
    assert (row["mn"], row["frames"]) == ("B" * 24, 7)
    assert "hidden" not in out


def test_a_request_needs_somebody_who_may(registered: Path, ask: Ask):
    given = (
        "gateway",
        "ask",
        MN,
        3012,
        "PolId=a21026",
        "--reason",
        "doubt",
        "--by",
        "duty",
        "--workspace",
        registered,
    )
    code, _, said = ask(*given)
    assert (code, "may not control" in said) == (2, True)
    house = open_workspace(registered)
    at = datetime.now(UTC)
    with house.ledger.write() as session:
        person = add_person(session, "duty", by="setup", at=at)
        user = add_user(session, "duty", person.id, by="setup", at=at)
        grant_role(session, user.id, Role.CITY_OFFICE, by="setup", at=at)
    house.close()
    assert ask(*given)[0] == 0
    [row] = json.loads(ask("gateway", "requests", "--workspace", registered, "--json")[1])["rows"]
    assert (row["command"], row["state"], row["reason"]) == (3012, "waiting", "doubt")


def test_the_journal_is_proved_and_damage_leaves_with_1(registered: Path, ask: Ask):
    writer = JournalWriter(registered / "journal", lambda: 0)
    for number in range(3):
        writer.append(Kind.FRAME, number, b"peer", b"MN", b"frame %d" % number)
    writer.commit()
    writer.close()
    code, out, _ = ask("gateway", "journal", "--workspace", registered, "--json")
    assert (code, json.loads(out)["records"]) == (0, 3)
    path = next((registered / "journal").glob("*.journal"))
    path.write_bytes(path.read_bytes().replace(b"frame 1", b"frame X"))
    code, out, _ = ask("gateway", "journal", "--workspace", registered)
    assert code == 1
    assert "does not continue the chain" in out


def test_the_door_opens_serves_and_closes_with_everything_taken(registered: Path, tmp_path: Path):
    said = tmp_path / "said.json"
    with said.open("wb") as out:
        program = subprocess.Popen(
            [Path(sys.executable).with_name("lantian"), "gateway", "-w", registered, "--port", "0",
             "--metrics-port", "0", "--write-every", "0.2", "--leave-clocks", "--json"],
            stdout=out, stderr=out, env={**os.environ, "LANTIAN_LANGUAGE": "en"},
        )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while not said.read_bytes().strip().endswith(b"}"):
            assert program.poll() is None, said.read_text()
            assert time.monotonic() < end
            time.sleep(0.05)
        ports = json.loads(said.read_text())
        with socket.create_connection(("127.0.0.1", ports["port"]), 10) as wire:
            wire.sendall(_frame())
            assert b"CN=9014" in wire.recv(4096)
        with socket.create_connection(("127.0.0.1", ports["metrics_port"]), 10) as wire:
            wire.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
            got = b""
            while more := wire.recv(65_536):
                got += more
        assert b"lantian_gateway_frames_total 1" in got
        program.send_signal(signal.SIGTERM)
        assert program.wait(60) == 0, said.read_text()
    finally:
        program.kill()
        program.wait(10)
    house = open_workspace(registered)
    rows = house.lake.read("source_readings")
    house.close()
    assert rows.select("outlet", "factor", "value").rows() == [("stack-1", "a21026", 1.5)]


def _frame() -> bytes:
    from lantian.wire.hj212.writing import build

    cp = "DataTime=20260301080000;a21026-Rtd=1.5,a21026-Flag=N"
    return build(f"QN=20260301080000000;ST=31;CN=2011;PW=secret;MN={MN};Flag=5;CP=&&{cp}&&".encode())
