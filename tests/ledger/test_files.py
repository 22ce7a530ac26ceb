"""A file that is evidence stays what it was, or is gone for good; nothing between."""

import hashlib
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.chain import list_entries, verify_chain
from lantian.ledger.files import FileLimits, FileStore, Scan, file_commitment, list_files
from lantian.ledger.models import EvidenceLink, StoredFile
from lantian.terms.errors import CallerError, HouseError

AT = datetime(2024, 7, 31, tzinfo=UTC)
GIVEN = {"given_by": "lz-001", "at": AT}
PDF = b"%PDF-1.7 " + bytes(range(256))


@pytest.fixture
def store(tmp_path: Path, ledger: Ledger) -> FileStore:
    return FileStore(tmp_path / "files", ledger, FileLimits(max_bytes=10_000))


def kept(store: FileStore) -> list[str]:
    """Names of everything that lies in the folder."""
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file())


def test_a_file_comes_back_byte_for_byte_and_lies_under_its_hash(store: FileStore):
    row = store.put(PDF, "验收报告.pdf", **GIVEN)
    digest = hashlib.sha256(PDF).hexdigest()
    assert store.read(row.id) == PDF
    assert (row.sha256, row.size, row.media_type, row.scan) == (digest, len(PDF), "application/pdf", "unscanned")
    assert kept(store) == [digest]
    assert (store.folder / digest[:2] / digest).read_bytes() == PDF


def test_a_path_is_taken_like_bytes(store: FileStore, tmp_path: Path):
    (tmp_path / "in.pdf").write_bytes(PDF)
    assert store.read(store.put(tmp_path / "in.pdf", "in.pdf", **GIVEN).id) == PDF
    with pytest.raises(CallerError, match="cannot be read"):
        store.put(tmp_path / "none.pdf", "none.pdf", **GIVEN)


def test_the_same_file_twice_is_one_and_by_another_name_only_the_bytes_are(store: FileStore):
    one, two, other = (store.put(PDF, name, **GIVEN) for name in ("a.pdf", "a.pdf", "b.pdf"))
    assert one.id == two.id != other.id
    assert len(kept(store)) == 1
    assert len(list_entries(store.ledger, kind="file.given")) == 2


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\报告\\a.pdf", "a.pdf"),
        ("a\x00\n.pdf", "a.pdf"),
        ("/a.pdf", "a.pdf"),
    ],
)
def test_a_name_is_never_a_path(store: FileStore, name: str, called: str):
    row = store.put(PDF, name, **GIVEN)
    assert row.name == called
    assert kept(store) == [row.sha256]


@pytest.mark.parametrize("name", ["", "/", "..", "a" * 300 + ".pdf", "\n"])
def test_a_file_without_a_name_is_refused(store: FileStore, name: str):
    with pytest.raises(CallerError, match=r"needs a name|not taken"):
        store.put(PDF, name, **GIVEN)
    assert kept(store) == []


@pytest.mark.parametrize(
    ("data", "name", "media_type", "said"),
    [
        (PDF + bytes(10_000), "a.pdf", None, "10,000 bytes"),
        (b"", "a.txt", None, "empty"),
        (PDF, "a.png", None, "not what its name says"),
        (PDF, "a.pdf", "image/png", "not image/png"),
        (PDF, "a.exe", None, "not taken"),
    ],
)
def test_what_is_refused_leaves_nothing(store: FileStore, data: bytes, name: str, media_type: str, said: str):
    with pytest.raises(CallerError, match=said):
        store.put(data, name, media_type, **GIVEN)
    assert kept(store) == []
    assert list_entries(store.ledger) == []


def test_a_limit_on_types_is_kept(tmp_path: Path, ledger: Ledger):
    only = FileStore(tmp_path / "f", ledger, FileLimits(extensions=frozenset({"png"})))
    with pytest.raises(CallerError, match="png"):
        only.put(PDF, "a.pdf", **GIVEN)


def test_the_scanner_has_the_last_word(tmp_path: Path, ledger: Ledger):
    word, seen = [Scan.CLEAN], []

    def scanner(path: Path) -> Scan:
        seen.append(path.read_bytes())
        return word[0]

    store = FileStore(tmp_path / "files", ledger, scan=scanner)
    row = store.put(PDF, "a.pdf", **GIVEN)
    assert (row.scan, seen) == ("clean", [PDF])
    word[0] = Scan.REFUSED
    with pytest.raises(CallerError, match="virus scanner refuses"):
        store.put(PDF + b"x", "b.pdf", **GIVEN)
    assert len(kept(store)) == 1
    assert store.rescan(row.id, by="office", at=AT) is Scan.REFUSED
    with pytest.raises(CallerError, match="not given out"):
        store.read(row.id)
    assert [entry.kind for entry in list_entries(ledger)] == ["file.scanned", "file.given"]


def test_bytes_that_changed_are_never_given_out(store: FileStore):
    row = store.put(PDF, "a.pdf", **GIVEN)
    path = store.folder / row.sha256[:2] / row.sha256
    assert store.list_damaged() == []
    path.write_bytes(PDF[:-1] + b"!")
    with pytest.raises(HouseError, match="not those that were given"):
        store.read(row.id)
    assert store.list_damaged() == [row.id]
    path.unlink()
    with pytest.raises(HouseError, match="backup"):
        store.read(row.id)
    store.put(PDF, "a.pdf", **GIVEN)  # whoever still has it heals it
    assert store.read(row.id) == PDF
    assert store.list_damaged() == []


def test_a_file_is_evidence_for_a_subject_once(store: FileStore):
    row = store.put(PDF, "a.pdf", **GIVEN)
    with store.ledger.write() as session:
        one = store.link(session, row.id, "report:1", "验收", by="lz-001", at=AT)
        assert store.link(session, row.id, "report:1", "验收", by="lz-001", at=AT).id == one.id
        assert [file.id for file in list_files(session, "report:1")] == [row.id]
        assert list_files(session, "report:2") == []
        with pytest.raises(CallerError, match="no file"):
            store.link(session, "nothing", "report:1", "", by="x", at=AT)


def test_a_deleted_file_leaves_row_links_and_a_whole_chain(store: FileStore):
    row = store.put(PDF, "张三身份证.pdf", **GIVEN)
    with store.ledger.write() as session:
        store.link(session, row.id, "report:1", "", by="lz-001", at=AT)
    store.delete(row.id, because="保存期满", by="office", at=AT)
    assert kept(store) == []
    with store.ledger.read() as session:
        [left] = session.scalars(select(StoredFile))
        assert (left.name, left.sha256, left.salt, left.deleted_at) == ("", "", None, AT)
        assert len(session.scalars(select(EvidenceLink)).all()) == 1
    for act in (store.read, lambda file_id: store.delete(file_id, because="r", by="b", at=AT)):
        with pytest.raises(CallerError, match="was deleted"):
            act(row.id)
    with pytest.raises(CallerError, match="no longer be shown"):
        file_commitment(left)
    assert verify_chain(store.ledger).sound
    assert "张三" not in "".join(entry.payload for entry in list_entries(store.ledger))


def test_deleting_one_of_two_names_keeps_the_bytes(store: FileStore):
    one, two = (store.put(PDF, name, **GIVEN) for name in ("a.pdf", "b.pdf"))
    store.delete(one.id, because="r", by="b", at=AT)
    assert store.read(two.id) == PDF


def test_a_deletion_needs_a_reason(store: FileStore):
    row = store.put(PDF, "a.pdf", **GIVEN)
    with pytest.raises(CallerError, match="reason"):
        store.delete(row.id, because=" ", by="b", at=AT)
    assert store.read(row.id) == PDF


def test_a_decision_that_fails_keeps_no_row_and_its_bytes_are_swept(store: FileStore):
    with pytest.raises(RuntimeError), store.ledger.write() as session:
        store.put(PDF, "a.pdf", session=session, **GIVEN)
        raise RuntimeError
    assert list_entries(store.ledger) == []
    keep = store.put(PDF + b"2", "b.pdf", **GIVEN)
    now = datetime.now(UTC)
    assert store.sweep(now) == 0
    assert store.sweep(now + timedelta(days=2)) == 1
    assert kept(store) == [keep.sha256]


def test_a_deletion_that_fails_keeps_the_bytes(store: FileStore):
    row = store.put(PDF, "a.pdf", **GIVEN)
    with pytest.raises(RuntimeError), store.ledger.write() as session:
        store.delete(row.id, because="r", by="b", at=AT, session=session)
        raise RuntimeError
    assert store.read(row.id) == PDF


def test_a_file_belongs_to_the_decision_that_it_came_with(store: FileStore):
    with store.ledger.write() as session:
        row = store.put(PDF, "a.pdf", session=session, **GIVEN)
        store.link(session, row.id, "report:1", "", by="lz-001", at=AT)
        assert store.read(row.id, session=session) == PDF
    [linked, given] = list_entries(store.ledger)
    assert (given.kind, linked.kind) == ("file.given", "file.linked")
    assert file_commitment(row) in given.payload
    assert row.sha256 not in given.payload
    assert "a.pdf" not in given.payload


def test_many_who_give_the_same_file_at_once_keep_it_once(store: FileStore, ledger_url: str):
    def give() -> None:
        own = Ledger(ledger_url)
        FileStore(store.folder, own).put(PDF, "a.pdf", **GIVEN)
        own.close()

    threads = [threading.Thread(target=give) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.ledger.read() as session:
        [row] = session.scalars(select(StoredFile))
    assert store.read(row.id) == PDF
    assert kept(store) == [row.sha256]
