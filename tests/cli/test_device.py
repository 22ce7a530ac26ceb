"""``lantian device``: a recording or a simulated outlet against a real gateway, from the command line."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lantian.gateway.server import Gateway
from lantian.loop.sense.registry import DeviceCard
from lantian.store.journal import JournalReader, JournalWriter, Kind, Position
from lantian.wire.hj212.writing import build

Ask = Callable[..., tuple[int, str, str]]
MN = "010000A8900016F000169DC0"
QUICK = ("--overtime", 0.2, "--recount", 1, "--stay", 0)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A gateway in a thread that knows one device."""
    cards = {
        MN: DeviceCard(
            mn=MN, outlet="stack-1", system="31", edition=2017, password="123456", networks=(), key=None,
            points={}, reports=("hour",), minute_interval=10, gas_state=None, simulated=True, state="registered",
        )
    }  # fmt: skip

    def clock() -> int:
        return time.time_ns() // 1000

    loop = asyncio.new_event_loop()
    gateway = Gateway(JournalWriter(tmp_path / "journal", clock), cards, clock)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(gateway.start("127.0.0.1", 0), loop).result(10)
    asyncio.run_coroutine_threadsafe(gateway.stop(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def kept(tmp_path: Path, kind: Kind) -> list[bytes]:
    found = JournalReader(tmp_path / "journal").read(Position(0, 0), records=10**6).records
    return [bytes(record.raw) for record in found if record.kind is kind]


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def recording(tmp_path: Path) -> tuple[Path, list[bytes]]:
    head = "QN=2026030109000000{0};ST=31;CN=2061;PW=123456;MN={1};Flag=5;"
    text = head + "CP=&&DataTime=202603010{0}0000;a21026-Avg={0}&&"
    frames = [build(text.format(number, MN).encode()) for number in range(3)]
    file = tmp_path / "frames.bin"
    file.write_bytes(b"noise" + b"".join(frames))
    return file, frames


def test_a_recording_is_sent_byte_for_byte_and_answered(port: int, tmp_path: Path, ask: Ask):
    file, frames = recording(tmp_path)
    code, out, said = ask("device", "--replay", file, "--port", port, "--stay", 0, "--json")
    assert code == 0, said
    rows = lines(out)
    assert [row["direction"] for row in rows] == ["sent", "received"] * 3 + ["end"]
    assert [row["cn"] for row in rows[:-1]] == ["2061", "9014"] * 3
    assert rows[-1]["outcomes"] == {"answered": 3}
    assert kept(tmp_path, Kind.FRAME) == frames
    assert "123456" not in out


def test_a_simulated_outlet_says_that_it_is_one(port: int, tmp_path: Path, ask: Ask):
    code, out, said = ask(
        "device", "--outlet", MN, "--factors", "a21026,a34013", "--port", port, "--interval", 0.05, "--count", 2,
        "--stay", 0, "--json",
    )  # fmt: skip
    assert code == 0, said
    first = lines(out)[0]
    assert (first["cn"], list(first["factors"]), first["verdict"]) == ("2011", ["a21026", "a34013"], "accept")
    assert first["factors"]["a21026"]["EFlag"] == "SIM"
    assert len(kept(tmp_path, Kind.FRAME)) >= 2


def test_people_read_arrows_and_an_end_in_their_language(port: int, tmp_path: Path, ask: Ask):
    file, _ = recording(tmp_path)
    code, out, _ = ask("device", "--replay", file, "--port", port, "--stay", 0)
    assert code == 0
    assert "→" in out
    assert "←" in out
    assert "answered 3" in out


def test_an_answer_that_never_comes_leaves_with_1(port: int, ask: Ask):
    code, out, _ = ask("device", "--outlet", MN, "--pw", "wrong", "--port", port, "--count", 1, *QUICK, "--json")
    assert (code, lines(out)[-1]["outcomes"]) == (1, {"unanswered": 1})


@pytest.mark.parametrize(
    ("fault", "outcomes"),
    [
        ("crc", {"unanswered": 1}),
        ("length", {"answered": 1}),
        ("half", {"unanswered": 1}),
        ("flood", {"answered": 1}),
        ("silent", {}),
        ("clock", {"answered": 1}),
        ("split", {"answered": 1}),
    ],
)
def test_each_fault_is_shown_and_is_no_failure_of_the_command(
    port: int, ask: Ask, fault: str, outcomes: dict[str, int]
):
    overtime = 0.2 if outcomes == {"unanswered": 1} else 10
    code, out, said = ask(
        "device", "--outlet", MN, "--port", port, "--count", 1, "--fault", fault, "--times", 5, "--overtime",
        overtime, "--recount", 1, "--stay", 0, "--json",
    )  # fmt: skip
    assert code == 0, said
    assert lines(out)[-1]["outcomes"] == outcomes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "either --replay FILE or --outlet"),
        (["--outlet", MN, "--fault", "anger"], "no fault 'anger'"),
        (["--outlet", "not an MN"], "no MN"),
        (["--outlet", MN, "--host", "192.0.2.1"], "--allow-remote"),
        (["--outlet", MN, "--edition", "1999"], "1999"),
    ],
)
def test_what_cannot_be_done_is_refused(ask: Ask, options: list[str], words: str):
    code, out, said = ask("device", *options)
    assert (code, out) == (2, "")
    assert words in said


def test_a_recording_has_no_clock_to_be_wrong(tmp_path: Path, ask: Ask):
    file, _ = recording(tmp_path)
    code, _, said = ask("device", "--replay", file, "--fault", "clock")
    assert (code, "--outlet" in said) == (2, True)


def test_nobody_at_the_port_is_said(ask: Ask):
    code, _, said = ask("device", "--outlet", MN, "--port", 1)
    assert (code, "Start the gateway" in said) == (1, True)


# ------------------------------------------------------------------------------ lines that come back


BACK = ("--outlet", MN, "--reconnect", "--interval", 0, "--pause-first", 0.01, "--pause-most", 0.05)


def test_a_line_that_comes_back_brings_everything(port: int, tmp_path: Path, ask: Ask):
    code, out, said = ask("device", *BACK, "--port", port, "--count", 3, "--stay", 5, "--json")
    assert code == 0, said
    assert lines(out)[-1] == {"direction": "end", "outcomes": {"answered": 3}, "requests": 0, "left": 0}
    assert len(kept(tmp_path, Kind.FRAME)) == 3


def test_what_nobody_took_waits_in_the_memory_for_the_next_start(port: int, tmp_path: Path, ask: Ask):
    memory = ("--memory", tmp_path / "memory")
    code, out, _ = ask("device", *BACK, *memory, "--port", 1, "--count", 3, "--stay", 0.1, "--json")
    assert (code, lines(out)[-1]["left"]) == (1, 3)
    assert (tmp_path / "memory").stat().st_mode & 0o077 == 0
    code, _, said = ask("device", *BACK, *memory, "--port", port, "--count", 1, "--stay", 5, "--json")
    assert code == 0, said
    assert len(kept(tmp_path, Kind.FRAME)) == 4


def test_no_more_wait_than_may(tmp_path: Path, ask: Ask):
    memory = ("--memory", tmp_path / "memory", "--waiting", 2)
    assert ask("device", *BACK, *memory, "--port", 1, "--count", 5, "--stay", 0)[0] == 1
    _, out, _ = ask("device", *BACK, *memory, "--port", 1, "--count", 1, "--stay", 0, "--json")
    assert lines(out)[-1]["left"] == 3  # two wait, one more was dropped


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--memory", "x"), "Add --reconnect"),
        (("--cipher", "rot13"), "raw or printed"),
        (("--ca", "x.pem"), "Add --tls"),
        (("--activate", "LOGGER"), "knows no activation"),
        (("--ask-key",), "knows no encryption"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    tmp_path: Path, ask: Ask, options: tuple[str, ...], said: str
):
    code, _, text = ask("device", "--outlet", MN, "--port", 1, *options)
    assert (code, said in " ".join(text.split())) == (2, True)


def test_a_memory_that_is_something_else_is_refused(tmp_path: Path, ask: Ask):
    file = tmp_path / "notes.txt"
    file.write_text("these are notes " * 100)
    code, _, said = ask("device", *BACK, "--memory", file, "--port", 1)
    assert (code, "cannot be used as the memory" in " ".join(said.split())) == (2, True)
    assert file.read_text().startswith("these are notes")
