"""After a crash: the torn tail is cut and kept aside, whole records stay, a damaged middle is no tail."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.store.journal import JournalReader, JournalWriter, Kind, Position, verify
from lantian.store.journal.recovery import recover
from lantian.terms.errors import HouseError


def filled(folder: Path, records: int) -> Path:
    journal = JournalWriter(folder, lambda: 0)
    for number in range(records):
        journal.append(Kind.FRAME, number, b"peer", b"MN1", b"frame %d" % number)
    journal.commit()
    journal.close()
    return max(folder.glob("*.journal"))


def raws(folder: Path) -> list[bytes]:
    return [record.raw for record in JournalReader(folder).read(Position(0, 0)).records]


def test_an_empty_folder_begins_a_journal(tmp_path: Path):
    found = recover(tmp_path)
    assert (found.number, found.journal, found.cut) == (0, None, None)


@given(cut=st.integers(1, 60))
def test_any_torn_tail_costs_only_the_last_record(tmp_path_factory: pytest.TempPathFactory, cut: int):
    folder = tmp_path_factory.mktemp("torn")
    path = filled(folder, 4)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    journal = JournalWriter(folder, lambda: 0)
    assert journal.cut is not None
    assert journal.cut.size > 0
    assert (folder / journal.cut.kept).read_bytes() == whole[journal.cut.offset : -cut]
    journal.append(Kind.FRAME, 9, b"peer", b"MN1", b"after")
    journal.commit()
    journal.close()
    assert raws(folder) == [b"frame 0", b"frame 1", b"frame 2", b"after"]
    assert verify(folder).sound


def test_zeros_at_the_end_are_a_torn_tail(tmp_path: Path):
    path = filled(tmp_path, 2)
    with path.open("ab") as file:
        file.write(bytes(5_000))
    found = recover(tmp_path)
    assert found.cut is not None
    assert found.cut.size == 5_000
    assert raws(tmp_path) == [b"frame 0", b"frame 1"]


def test_a_changed_record_before_whole_ones_is_damage_and_stays(tmp_path: Path):
    path = filled(tmp_path, 3)
    data = path.read_bytes()
    path.write_bytes(data.replace(b"frame 1", b"frame 9"))
    assert recover(tmp_path).cut is None
    found = verify(tmp_path)
    assert not found.sound
    assert [damage.message for damage in found.damages] == ["the record does not continue the chain"]
    with pytest.raises(HouseError, match="does not continue the chain"):
        JournalReader(tmp_path).read(Position(0, 0))


def test_a_segment_that_died_in_its_head_is_put_aside_and_its_number_not_given_again(tmp_path: Path):
    filled(tmp_path, 2)
    (tmp_path / "0000000002.journal").write_bytes(b"LANTIA")
    journal = JournalWriter(tmp_path, lambda: 0)
    assert journal.cut is not None
    assert journal.cut.segment == 2
    journal.append(Kind.FRAME, 9, b"peer", b"MN1", b"after")
    journal.commit()
    assert raws(tmp_path) == [b"frame 0", b"frame 1", b"after"]
    assert (tmp_path / "0000000003.journal").exists()
    assert verify(tmp_path).sound


def test_a_foreign_file_in_the_place_of_a_segment_is_refused(tmp_path: Path):
    (tmp_path / "0000000001.journal").write_bytes(b"something else" * 50)
    with pytest.raises(HouseError, match="no head that holds"):
        recover(tmp_path)
