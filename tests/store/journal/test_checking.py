"""The whole journal is proved, and every kind of tampering is named with its place."""

from pathlib import Path

from lantian.store.journal import JournalWriter, Kind, verify


def filled(folder: Path) -> list[Path]:
    journal = JournalWriter(folder, lambda: 0, segment_bytes=300)
    for number in range(20):
        journal.append(Kind.FRAME, number, b"peer", b"MN1", b"frame %02d" % number)
        journal.commit()
    return sorted(folder.glob("*.journal"))


def test_a_sound_journal_is_counted_and_its_last_hash_told(tmp_path: Path):
    paths = filled(tmp_path)
    shares: list[float] = []
    found = verify(tmp_path, shares.append)
    assert (found.sound, found.records, found.segments, found.live_tail) == (True, 20, len(paths), 0)
    assert found.last_hash == paths[-1].read_bytes()[-32:].hex()
    assert shares[-1] == 1.0


def test_an_empty_journal_is_sound(tmp_path: Path):
    found = verify(tmp_path)
    assert (found.sound, found.records, found.last_hash) == (True, 0, "00" * 32)


def test_a_changed_byte_is_found_with_its_place(tmp_path: Path):
    path = filled(tmp_path)[1]
    path.write_bytes(path.read_bytes().replace(b"frame 0", b"frame 9", 1))
    [damage] = verify(tmp_path).damages
    assert damage.position.segment == 2


def test_a_removed_segment_in_the_middle_is_found(tmp_path: Path):
    filled(tmp_path)[1].unlink()
    messages = [damage.message for damage in verify(tmp_path).damages]
    assert messages == ["the segment does not continue the one before it"]


def test_a_segment_of_another_journal_is_found(tmp_path: Path):
    filled(tmp_path / "one")
    last = filled(tmp_path / "two")[-1]
    (tmp_path / "one" / last.name).write_bytes(last.read_bytes())
    messages = [damage.message for damage in verify(tmp_path / "one").damages]
    assert messages == ["the segment belongs to another journal"]


def test_a_cut_segment_before_another_is_found(tmp_path: Path):
    path = filled(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-5])
    messages = {damage.message for damage in verify(tmp_path).damages}
    assert "bytes that are no record, before another segment" in messages


def test_the_tail_that_is_being_written_is_no_damage(tmp_path: Path):
    path = filled(tmp_path)[-1]
    with path.open("ab") as file:
        file.write(b"\x10\x00")
    found = verify(tmp_path)
    assert (found.sound, found.live_tail) == (True, 2)
