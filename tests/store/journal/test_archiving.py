"""Segments are put away packed, proved and listed before they are removed; what a crash leaves is gone on from."""

import gzip
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.store.journal import JournalReader, JournalWriter, Kind, Position, Record, archive, segments, verify
from lantian.store.journal.manifest import MANIFEST, read_manifest
from lantian.terms.errors import HouseError

AT = datetime(2026, 3, 1, tzinfo=UTC)
ALL = Position(10**6, 0)
RECORDS = 20


def filled(folder: Path) -> JournalWriter:
    """A journal of 20 records, a few a segment; record n was received at n µs."""
    journal = JournalWriter(folder, lambda: 0, segment_bytes=300)
    for number in range(RECORDS):
        journal.append(Kind.FRAME, number, b"peer", b"MN1", b"frame %02d" % number)
        journal.commit()
    return journal


def put_away(folder: Path, before_us: int = 10**9, taken: Position = ALL, into: Path | None = None) -> list[int]:
    return [row.number for row in archive(folder, before_us=before_us, taken=taken, by="duty", at=AT, into=into)]


def read(folder: Path) -> list[Record]:
    reader = JournalReader(folder)
    found: list[Record] = []
    place = Position(0, 0)
    while True:
        batch = reader.read(place, records=3)
        found += batch.records
        place = batch.following
        if batch.at_end:
            reader.close()
            return found


def here(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in folder.glob("*.journal"))


def test_old_segments_are_packed_removed_and_still_proved_and_read(tmp_path: Path):
    filled(tmp_path)
    before, records = verify(tmp_path), read(tmp_path)
    newest = here(tmp_path)[-1]
    done = put_away(tmp_path)
    assert done == list(range(1, newest))
    assert here(tmp_path) == [newest]
    after = verify(tmp_path)
    assert after.sound
    assert (after.records, after.last_hash, after.archived, after.away) == (
        RECORDS,
        before.last_hash,
        len(done),
        0,
    )
    assert read(tmp_path) == records


def test_the_archive_is_an_ordinary_packed_file_and_the_list_says_what_is_in_it(tmp_path: Path):
    filled(tmp_path)
    plain = (tmp_path / "0000000001.journal").read_bytes()
    put_away(tmp_path)
    row = read_manifest(tmp_path)[1]
    assert gzip.decompress(row.path(tmp_path).read_bytes()) == plain
    assert (row.size, row.archived_by, row.newest_us) == (len(plain), "duty", row.records - 1)


def test_nothing_is_put_away_twice(tmp_path: Path):
    filled(tmp_path)
    assert put_away(tmp_path)
    assert put_away(tmp_path) == []


def test_what_is_not_whole_in_the_lake_stays(tmp_path: Path):
    filled(tmp_path)
    assert put_away(tmp_path, taken=Position(0, 0)) == []
    assert put_away(tmp_path, taken=Position(3, 10**6)) == [1, 2]
    assert here(tmp_path)[0] == 3


def test_what_is_younger_than_asked_stays(tmp_path: Path):
    filled(tmp_path)
    first = sum(record.position.segment == 1 for record in read(tmp_path))
    assert put_away(tmp_path, before_us=first - 1) == []
    assert put_away(tmp_path, before_us=first) == [1]


def test_the_journal_goes_on_after_everything_but_its_newest_segment_was_put_away(tmp_path: Path):
    filled(tmp_path).close()
    put_away(tmp_path)
    again = JournalWriter(tmp_path, lambda: 0)
    again.append(Kind.FRAME, 99, b"peer", b"MN1", b"later")
    again.commit()
    assert verify(tmp_path).sound
    assert [record.raw for record in read(tmp_path)][-2:] == [b"frame 19", b"later"]


def test_archives_may_stand_elsewhere_and_be_away(tmp_path: Path):
    folder, other = tmp_path / "journal", tmp_path / "tape"
    filled(folder)
    put_away(folder, into=other)
    assert verify(folder).sound
    other.rename(tmp_path / "shelf")
    found = verify(folder)
    assert (found.sound, found.away) == (True, found.archived)
    assert found.records == RECORDS  # the list says how many are there
    with pytest.raises(HouseError, match="Bring it back"):
        read(folder)


def test_the_live_part_is_read_though_archives_and_their_list_are_gone(tmp_path: Path):
    filled(tmp_path)
    newest = here(tmp_path)[-1]
    put_away(tmp_path)
    (tmp_path / MANIFEST).write_bytes(b"rubbish\n")
    batch = JournalReader(tmp_path).read(Position(newest, 0))
    assert batch.records[-1].raw == b"frame 19"


def test_a_changed_archive_is_found_by_proof_and_by_reading(tmp_path: Path):
    filled(tmp_path)
    put_away(tmp_path)
    path = read_manifest(tmp_path)[2].path(tmp_path)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"frame", b"fraud", 1)))
    found = verify(tmp_path)
    assert next((each.position.segment, each.message) for each in found.damages) == (
        2,
        "the archive is not what was put away",
    )
    with pytest.raises(HouseError, match="damaged or changed"):
        read(tmp_path)


def test_a_changed_list_is_found(tmp_path: Path):
    filled(tmp_path)
    put_away(tmp_path)
    path = tmp_path / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"records": 4', b'"records": 3', 1).replace(b"duty", b"dusk", 1))
    assert [each.message for each in verify(tmp_path).damages] == ["the list of archived segments does not hold"]


def test_a_line_taken_out_of_the_list_is_found(tmp_path: Path):
    filled(tmp_path)
    put_away(tmp_path)
    path = tmp_path / MANIFEST
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:1] + lines[2:]))
    assert not verify(tmp_path).sound


def test_a_damaged_segment_is_not_put_away(tmp_path: Path):
    filled(tmp_path)
    path = tmp_path / "0000000002.journal"
    path.write_bytes(path.read_bytes().replace(b"frame", b"fraud", 1))
    with pytest.raises(HouseError, match="does not hold, so it is not put away"):
        put_away(tmp_path)
    assert here(tmp_path)[0] == 2


def test_a_disk_that_takes_nothing_removes_nothing(tmp_path: Path):
    filled(tmp_path)
    before = here(tmp_path)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(HouseError, match="Nothing was removed"):
        put_away(tmp_path, into=tmp_path / "file" / "below")
    assert here(tmp_path) == before


# ---------------------------------------------------------------------------------------------- crashes


def test_a_half_written_archive_is_written_anew(tmp_path: Path):
    filled(tmp_path)
    (tmp_path / "archive").mkdir()
    journal = segments(tmp_path)[0]
    with journal.opened() as file:
        name = f"0000000001-{file.read()[16:20].hex()}.journal.gz"
    (tmp_path / "archive" / f"{name}.part").write_bytes(b"half")
    (tmp_path / "archive" / name).write_bytes(b"whole, but not listed")
    put_away(tmp_path)
    assert verify(tmp_path).sound
    assert not list((tmp_path / "archive").glob("*.part"))


def test_a_torn_line_of_the_list_does_not_count_and_is_written_over(tmp_path: Path):
    filled(tmp_path)
    put_away(tmp_path, taken=Position(2, 0))
    with (tmp_path / MANIFEST).open("ab") as file:
        file.write(b'{"archived_at": "2026')
    assert put_away(tmp_path)
    assert verify(tmp_path).sound
    assert len(read(tmp_path)) == RECORDS


def test_a_segment_that_was_listed_and_not_removed_is_removed(tmp_path: Path):
    filled(tmp_path)
    plain = (tmp_path / "0000000001.journal").read_bytes()
    put_away(tmp_path)
    (tmp_path / "0000000001.journal").write_bytes(plain)
    assert verify(tmp_path).records == RECORDS
    put_away(tmp_path)
    assert 1 not in here(tmp_path)


def test_a_listed_segment_whose_archive_is_gone_is_not_removed(tmp_path: Path):
    filled(tmp_path)
    plain = (tmp_path / "0000000001.journal").read_bytes()
    put_away(tmp_path)
    (tmp_path / "0000000001.journal").write_bytes(plain)
    read_manifest(tmp_path)[1].path(tmp_path).unlink()
    with pytest.raises(HouseError, match="the segment stays"):
        put_away(tmp_path)
    assert 1 in here(tmp_path)


_PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from lantian.store.journal import Position, archive
print("ready", flush=True)
at = datetime(2026, 3, 1, tzinfo=UTC)
archive(Path(sys.argv[1]), before_us=10**9, taken=Position(10**6, 0), by="duty", at=at)
print("done", flush=True)
"""


def test_kills_at_any_moment_lose_no_record(tmp_path: Path):
    journal = JournalWriter(tmp_path, lambda: 0, segment_bytes=2_000)
    for number in range(2_000):
        journal.append(Kind.FRAME, number, b"peer", b"MN1", random.Random(number).randbytes(200))
    journal.commit()
    journal.close()
    whole = [record.raw for record in read(tmp_path)]
    chance, kills, ended = random.Random(5), 0, False
    while not ended:
        program = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert program.stdout is not None
        program.stdout.readline()
        time.sleep(chance.uniform(0.01, 0.15))
        if kills < 4:
            os.kill(program.pid, signal.SIGKILL)
            kills += 1
        ended = program.stdout.readline() == b"done\n"
        program.stdout.close()
        program.wait()
        found = verify(tmp_path)
        assert found.sound
        assert found.records == len(whole)
    assert [record.raw for record in read(tmp_path)] == whole
    assert len(here(tmp_path)) == 1
