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
from lantian.loop.sense.knocks import Knock, note_knocks
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
             "--http", "0", "--write-every", "0.2", "--leave-clocks", "--json"],
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
        with socket.create_connection(("127.0.0.1", ports["http_port"]), 10) as wire:
            wire.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
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


# ------------------------------------------------------------------------------ keys, status, archive


@pytest.fixture
def encrypted(workspace: Path, tmp_path: Path, ask: Ask) -> Path:
    file = tmp_path / "devices.csv"
    file.write_text(
        "mn,outlet,edition,logger_id,grants_keys,key_days,cipher_required\n"
        f"{MN},stack-1,2025,LOGGER-0001,yes,30,no\n",
        "utf-8",
    )
    assert ask("gateway", "register", file, "--workspace", workspace)[0] == 0
    (tmp_path / "key").write_text("msbE74gsiSHSEh5e\n")
    return workspace


def test_what_a_line_may_is_registered_from_the_file(encrypted: Path, ask: Ask):
    [row] = json.loads(ask("gateway", "devices", "--workspace", encrypted, "--json")[1])["rows"]
    wanted = {"logger_id": "LOGGER-0001", "grants_keys": True, "key_days": 30, "cipher_required": False}
    assert {name: row[name] for name in wanted} == wanted


def test_a_key_is_put_in_force_listed_and_never_shown(encrypted: Path, tmp_path: Path, ask: Ask):
    base = ("--workspace", encrypted)
    given = ("--by", "duty", "--reason", "from the ministry")
    code, out, said = ask("gateway", "key", MN, "--file", tmp_path / "key", *given, *base)
    assert (code, "Key 1" in out) == (0, True), said
    told = out + ask("gateway", "keys", *base, "--json")[1] + ask("gateway", "devices", *base, "--json")[1]
    assert "msbE74gsiSHSEh5e" not in told
    [row] = json.loads(ask("gateway", "keys", *base, "--json")[1])["rows"]
    assert (row["mn"], row["version"], row["state"], row["made_by"]) == (MN, 1, "active", "duty")
    assert "plain now" in ask("gateway", "key", MN, "--forget", *given, *base)[1]


@pytest.mark.parametrize("options", [(), ("--forget", "--file", "key")])
def test_a_key_is_given_or_forgotten_and_not_both(encrypted: Path, ask: Ask, options: tuple[str, ...]):
    code, _, said = ask("gateway", "key", MN, *options, "--by", "x", "--reason", "y", "--workspace", encrypted)
    assert (code, "one of them" in " ".join(said.split())) == (2, True)


def test_a_setting_that_is_neither_yes_nor_no_is_refused(workspace: Path, tmp_path: Path, ask: Ask):
    file = tmp_path / "wrong.csv"
    file.write_text(f"mn,outlet,grants_keys\n{MN},stack-1,perhaps\n", "utf-8")
    code, _, said = ask("gateway", "register", file, "--workspace", workspace)
    assert (code, "Write yes or no" in " ".join(said.split())) == (2, True)


def filled(workspace: Path) -> None:
    """A journal with a frame, a heartbeat, an unknown command and rubbish, twice, taken into the lake."""
    from lantian.loop.sense.taking import JournalTaker
    from lantian.wire.hj212.writing import build

    head = f"QN=20260301080000000;ST=31;CN={{}};PW=secret;MN={MN};Flag=5;CP=&&{{}}&&"
    told = (("2061", "DataTime=20260301080000;a21026-Avg=1.5"), ("9015", ""), ("7777", "x=1"))
    house = open_workspace(workspace)
    folder = house.folder / "journal"
    at = int(datetime(2026, 3, 1, 1, tzinfo=UTC).timestamp() * 1e6)
    for _ in range(2):
        journal = JournalWriter(folder, lambda: at)
        for cn, cp in told:
            journal.append(Kind.FRAME, at, b"127.0.0.1", MN.encode(), build(head.format(cn, cp).encode()))
        journal.append(Kind.NOISE, at, b"127.0.0.1", b"", b"rubbish")
        journal.commit()
        journal.close()
    JournalTaker(folder, house.lake, house.ledger, house.now).take()
    house.close()


def test_status_says_what_became_of_everything_by_reason(registered: Path, ask: Ask):
    filled(registered)
    code, out, said = ask("gateway", "status", "--workspace", registered, "--json")
    assert code == 0, said
    told = json.loads(out)
    assert (told["frames"], told["rows"], told["repeats"]) == (6, 1, 3)
    assert (told["unread"], told["without_data"], told["outside"]) == (
        {"unknown_command": 1},
        {"notice": 1},
        {"noise": 2},
    )
    out = ask("gateway", "status", "--workspace", registered)[1]
    assert "a command that no edition knows" in out
    assert "heartbeats" in out


def test_status_shows_what_is_wrong_with_lines(registered: Path, ask: Ask):
    house = open_workspace(registered)
    note_knocks(house.ledger, [Knock(MN, "key", "10.0.0.1", 0, 1, 7, b"##0001x")])
    house.close()
    [finding] = json.loads(ask("gateway", "status", "--workspace", registered, "--json")[1])["findings"]
    assert (finding["code"], finding["where"], finding["frames"]) == ("key_does_not_fit", MN, 7)
    assert "key_does_not_fit" in ask("gateway", "status", "--workspace", registered)[1]


def test_old_segments_are_listed_put_away_and_still_proved(registered: Path, tmp_path: Path, ask: Ask):
    filled(registered)
    journal = ("gateway", "journal")
    rows = json.loads(ask(*journal, "list", "--workspace", registered, "--json")[1])["rows"]
    assert [row["state"] for row in rows] == ["taken", "open"]
    options = ("--before", "2026-03-02", "--to", tmp_path / "tape", "--by", "duty", "--workspace", registered)
    code, out, said = ask(*journal, "archive", *options, "--json")
    assert code == 0, said
    assert [row["segment"] for row in json.loads(out)["archived"]] == [1]
    rows = json.loads(ask(*journal, "list", "--workspace", registered, "--json")[1])["rows"]
    assert [row["state"] for row in rows] == ["archived", "open"]
    told = json.loads(ask(*journal, "verify", "--workspace", registered, "--json")[1])
    assert (told["sound"], told["records"], told["archived"], told["away"]) == (True, 8, 1, 0)
    assert "1 segments were put away" in ask(*journal, "--workspace", registered)[1]


def test_nothing_is_put_away_without_a_day_or_a_setting(registered: Path, ask: Ask):
    filled(registered)
    code, _, said = ask("gateway", "journal", "archive", "--workspace", registered)
    assert (code, "journal_archive_days" in said) == (2, True)


def test_a_setting_says_how_old_segments_must_be(registered: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    filled(registered)
    monkeypatch.setenv("LANTIAN_JOURNAL_ARCHIVE_DAYS", "1")
    code, out, said = ask("gateway", "journal", "archive", "--workspace", registered, "--json")
    assert code == 0, said
    assert len(json.loads(out)["archived"]) == 1
