"""The writer of the journal: chained, grouped, durable; a disk that is full loses nothing that was told."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lantian.store.journal import JournalReader, JournalWriter, Kind, Position, lock_journal, verify
from lantian.terms.errors import HouseError

_DAY_US = 86_400_000_000


def writer(folder: Path, at: int = 0, **limits: int) -> JournalWriter:
    return JournalWriter(folder, lambda: at, **limits)


def fill(journal: JournalWriter, first: int, last: int, at: int = 0) -> None:
    for number in range(first, last):
        journal.append(Kind.FRAME, at + number, b"127.0.0.1", b"MN1", b"frame %d" % number)


def raws(folder: Path) -> list[bytes]:
    return [record.raw for record in JournalReader(folder).read(Position(0, 0)).records]


def test_what_was_committed_is_read_back_byte_for_byte_in_order(tmp_path: Path):
    journal = writer(tmp_path)
    journal.append(Kind.FRAME, 7, b"10.0.0.1", "站".encode(), b"\x00\xff##\r\n")
    journal.append(Kind.NOISE, 8, b"10.0.0.2", b"", b"")
    assert journal.commit() == 2
    first, second = JournalReader(tmp_path).read(Position(0, 0)).records
    assert (first.kind, first.received_us, first.peer, first.mn) == (Kind.FRAME, 7, "10.0.0.1", "站")
    assert first.raw == b"\x00\xff##\r\n"
    assert (second.kind, second.mn, second.raw) == (Kind.NOISE, "", b"")
    assert verify(tmp_path).sound


def test_nothing_is_on_the_disk_before_it_is_committed(tmp_path: Path):
    journal = writer(tmp_path)
    fill(journal, 0, 3)
    assert journal.pending > 0
    assert raws(tmp_path) == []
    journal.commit()
    assert journal.pending == 0
    assert len(raws(tmp_path)) == 3


def test_groups_are_taken_while_others_come_together(tmp_path: Path):
    journal = writer(tmp_path)
    fill(journal, 0, 3)
    [first] = journal.take()
    fill(journal, 3, 5)
    journal.write(first)
    journal.commit()
    assert raws(tmp_path) == [b"frame %d" % number for number in range(5)]
    assert verify(tmp_path).sound


def test_segments_turn_by_size_and_the_chain_runs_on(tmp_path: Path):
    journal = writer(tmp_path, segment_bytes=500)
    for begin in range(0, 40, 4):
        fill(journal, begin, begin + 4)
        journal.commit()
    found = verify(tmp_path)
    assert found.segments > 3
    assert (found.records, found.sound) == (40, True)
    assert raws(tmp_path) == [b"frame %d" % number for number in range(40)]


def test_segments_turn_within_one_group(tmp_path: Path):
    journal = writer(tmp_path, segment_bytes=200)
    fill(journal, 0, 1)
    journal.commit()
    fill(journal, 1, 30)
    groups = journal.take()
    assert len(groups) > 1
    for group in groups:
        journal.write(group)
    assert raws(tmp_path) == [b"frame %d" % number for number in range(30)]
    assert verify(tmp_path).sound


def test_segments_turn_with_the_day(tmp_path: Path):
    journal = writer(tmp_path, at=_DAY_US - 10)
    fill(journal, 0, 2, at=_DAY_US - 10)
    journal.commit()
    fill(journal, 0, 2, at=_DAY_US)
    journal.commit()
    assert verify(tmp_path).segments == 2


def test_a_new_start_never_writes_into_an_old_segment(tmp_path: Path):
    for turn in range(3):
        journal = writer(tmp_path)
        fill(journal, turn * 2, turn * 2 + 2)
        journal.commit()
        journal.close()
    found = verify(tmp_path)
    assert (found.segments, found.records, found.sound) == (3, 6, True)


def test_a_failed_write_can_be_repeated_and_leaves_nothing_half(tmp_path: Path):
    journal = writer(tmp_path)
    fill(journal, 0, 2)
    journal.commit()
    fill(journal, 2, 5)
    [group] = journal.take()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = next(tmp_path.glob("*.journal")).stat().st_size
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        for _ in range(2):
            with pytest.raises(HouseError, match="cannot be written"):
                journal.write(group)
            assert next(tmp_path.glob("*.journal")).stat().st_size == size
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    journal.write(group)
    assert raws(tmp_path) == [b"frame %d" % number for number in range(5)]
    assert verify(tmp_path).sound


def test_two_gateways_cannot_write_one_journal(tmp_path: Path):
    other = (
        "import sys,pathlib\nfrom lantian.store.journal import lock_journal\n"
        "with lock_journal(pathlib.Path(sys.argv[1])): pass"
    )
    with lock_journal(tmp_path):
        ended = subprocess.run(
            [sys.executable, "-c", other, tmp_path], capture_output=True, text=True, check=False
        )
    assert "HouseError" in ended.stderr
    assert "another gateway" in ended.stderr
