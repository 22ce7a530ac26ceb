"""Reading from a place on, over segments, while the journal grows."""

from pathlib import Path

import pytest

from lantian.store.journal import JournalReader, JournalWriter, Kind, Position, journal_id
from lantian.terms.errors import HouseError


def add(journal: JournalWriter, first: int, last: int) -> None:
    for number in range(first, last):
        journal.append(Kind.FRAME, number, b"peer", b"MN1", b"%d" % number)
    journal.commit()


def numbers(batch_records: tuple[object, ...]) -> list[int]:
    return [int(record.raw) for record in batch_records]  # type: ignore[attr-defined]


def test_batches_join_without_gap_or_overlap(tmp_path: Path):
    journal = JournalWriter(tmp_path, lambda: 0, segment_bytes=300)
    for begin in range(0, 50, 5):
        add(journal, begin, begin + 5)
    reader, place, seen = JournalReader(tmp_path), Position(0, 0), []
    while True:
        batch = reader.read(place, records=7)
        seen += numbers(batch.records)
        place = batch.following
        if batch.at_end:
            break
    assert seen == list(range(50))


def test_a_reader_goes_on_where_it_stopped_when_more_comes(tmp_path: Path):
    journal = JournalWriter(tmp_path, lambda: 0)
    reader = JournalReader(tmp_path)
    assert reader.read(Position(0, 0)).records == ()
    add(journal, 0, 3)
    first = reader.read(Position(0, 0))
    add(journal, 3, 5)
    assert numbers(reader.read(first.following).records) == [3, 4]
    again = JournalWriter(tmp_path, lambda: 0)
    add(again, 5, 6)
    assert numbers(reader.read(first.following).records) == [3, 4, 5]


def test_positions_grow_and_name_the_same_record_again(tmp_path: Path):
    journal = JournalWriter(tmp_path, lambda: 0, segment_bytes=200)
    for begin in range(0, 20, 2):
        add(journal, begin, begin + 2)
    records = JournalReader(tmp_path).read(Position(0, 0)).records
    places = [record.position.number for record in records]
    assert places == sorted(set(places))
    assert Position.of(places[7]) == records[7].position
    assert numbers(JournalReader(tmp_path).read(records[7].position).records)[0] == int(records[7].raw)


def test_a_batch_ends_about_where_its_bytes_do(tmp_path: Path):
    journal = JournalWriter(tmp_path, lambda: 0)
    add(journal, 0, 100)
    batch = JournalReader(tmp_path).read(Position(0, 0), size=1_000)
    assert 5 < len(batch.records) < 30
    assert not batch.at_end


def test_a_missing_segment_is_refused(tmp_path: Path):
    journal = JournalWriter(tmp_path, lambda: 0, segment_bytes=200)
    for begin in range(0, 20, 2):
        add(journal, begin, begin + 2)
    for path in sorted(tmp_path.glob("*.journal"))[:3]:
        path.unlink()
    with pytest.raises(HouseError, match="segments are missing"):
        JournalReader(tmp_path).read(Position(1, 150))


def test_a_journal_keeps_its_name_over_starts(tmp_path: Path):
    assert journal_id(tmp_path) is None
    for begin in range(2):
        journal = JournalWriter(tmp_path, lambda: 0)
        add(journal, begin, begin + 1)
        assert journal_id(tmp_path) == journal.journal.hex()
