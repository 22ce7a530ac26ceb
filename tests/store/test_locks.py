"""One writer per table: others wait or hear who writes, and a dead writer holds nothing."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.store.locks import Holder, holder, writing
from lantian.terms.errors import HouseError

HOLD = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from lantian.store.locks import writing
now = lambda: datetime(2026, 3, 1, tzinfo=UTC)
with writing(Path(sys.argv[1]), "hours", command="import of a year", now=now, wait=0):
    print("held", flush=True)
    sys.stdin.readline()
"""


def now() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the right to write to `hours` until it is told to end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        if process.poll() is None:
            process.kill()


def test_second_writer_hears_who_holds_the_table(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    waited: list[Holder | None] = []
    with (
        pytest.raises(
            HouseError, match=rf"hours is being written by process {other.pid} on .* \(import of a year"
        ),
        writing(tmp_path, "hours", command="export", now=now, wait=0.1, waiting=waited.append),
    ):
        pass
    assert waited[0] is not None
    assert (waited[0].pid, waited[0].command) == (other.pid, "import of a year")


def test_second_writer_goes_on_when_the_first_is_done(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    def let_go(_: Holder | None) -> None:
        assert other.stdin is not None
        other.stdin.write("\n")
        other.stdin.flush()

    with writing(tmp_path, "hours", command="export", now=now, wait=20, waiting=let_go):
        note = holder(tmp_path, "hours")
    assert note == Holder(os.getpid(), note.host if note else "", "export", "2026-03-01T00:00:00+00:00")


def test_killed_writer_leaves_no_lock(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    assert holder(tmp_path, "hours") is not None
    with writing(tmp_path, "hours", command="export", now=now, wait=0):
        note = holder(tmp_path, "hours")
    assert note is not None
    assert note.pid == os.getpid()
    assert holder(tmp_path, "hours") is None


def test_another_table_is_free(tmp_path: Path, other: subprocess.Popen[str]) -> None:
    with writing(tmp_path, "days", command="export", now=now, wait=0):
        note = holder(tmp_path, "days")
    assert note is not None
    assert note.command == "export"


def test_lock_is_let_go_when_the_work_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writing(tmp_path, "hours", command="x", now=now, wait=0):
        raise ZeroDivisionError
    with writing(tmp_path, "hours", command="y", now=now, wait=0):
        assert holder(tmp_path, "hours") is not None
