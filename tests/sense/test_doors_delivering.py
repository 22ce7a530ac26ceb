"""A file is on the disk before anybody hears yes; the same bytes are one delivery."""

import gzip
import io
import resource
import subprocess
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lantian.ledger import Ledger
from lantian.ledger.chain import verify_chain
from lantian.ledger.files import FileLimits, FileStore
from lantian.ledger.models import Delivery, Sender
from lantian.loop.sense.doors.deliveries import list_deliveries
from lantian.loop.sense.doors.delivering import (
    Delivered,
    FileDoor,
    MayNotSendError,
    Parcel,
    check_name,
    deliver,
    next_turn,
)
from lantian.loop.sense.doors.records import FileKind
from lantian.loop.sense.doors.senders import SenderContent, add_sender
from lantian.terms.errors import CallerError, HouseError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


def never(*_given: object) -> object:
    raise AssertionError("nothing is taken here")


def kind(key: str, sign: bytes, suffix: str = ".csv") -> FileKind:
    return FileKind(key, key, (suffix,), lambda _name, head: head.startswith(sign), never)  # type: ignore[arg-type]


@pytest.fixture
def door(ledger: Ledger, tmp_path: Path) -> FileDoor:
    kinds = (kind("a", b"a"), kind("b", b"b"), kind("fires", b"\x1f\x8b", ".csv.gz"))
    return FileDoor(ledger, FileStore(tmp_path / "files", ledger), kinds, tmp_path / "rejects")


def put(door: FileDoor, folder: Path, data: bytes, name: str = "x.csv", **more: object) -> Delivered:
    path = folder / "parcel"
    path.write_bytes(data)
    return deliver(door, Parcel(path, name, "http", "test", **more), at=NOW)  # type: ignore[arg-type]


def add(door: FileDoor, *kinds: str) -> Sender:
    content = SenderContent("plant", "plant A", kinds, simulated=True)
    return add_sender(door.ledger, content, ["a", "b"], by="duty", at=NOW, reason="test").sender


def test_a_delivery_stands_with_hash_size_and_bytes(door: FileDoor, tmp_path: Path):
    done = put(door, tmp_path, b"a,b\n1,2\n")
    row = done.delivery
    assert done.fresh
    assert (row.sha256, row.size) == (sha256(b"a,b\n1,2\n").hexdigest(), 8)
    assert (row.state, row.kind, row.said, row.received_at) == ("waiting", "a", False, NOW)
    assert door.files.read(row.file_id) == b"a,b\n1,2\n"


def test_what_nobody_knows_is_kept_too(door: FileDoor, tmp_path: Path):
    row = put(door, tmp_path, bytes(range(256)), "strange.bin").delivery
    assert (row.kind, row.state) == (None, "waiting")
    assert door.files.read(row.file_id) == bytes(range(256))


def test_the_same_bytes_by_any_name_are_the_same_delivery(door: FileDoor, tmp_path: Path):
    first, again = put(door, tmp_path, b"a1"), put(door, tmp_path, b"a1", "other.csv")
    assert (again.delivery.id, again.fresh, again.delivery.name) == (first.delivery.id, False, "x.csv")


def test_eight_at_once_make_one_delivery_and_a_whole_chain(door: FileDoor, tmp_path: Path):
    path = tmp_path / "parcel"
    path.write_bytes(b"a" * 100_000)

    def one(number: int) -> Delivered:
        return deliver(door, Parcel(path, f"{number}.csv", "http", "test"), at=NOW)

    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(one, range(8)))
    assert len({each.delivery.id for each in done}) == 1
    assert sum(each.fresh for each in done) == 1
    assert len(list_deliveries(door.ledger)) == 1
    assert verify_chain(door.ledger).sound


def test_deliveries_have_growing_turns_even_after_the_clock_went_back(door: FileDoor, tmp_path: Path):
    first = put(door, tmp_path, b"1").delivery.turn
    second = put(door, tmp_path, b"2").delivery.turn
    assert second > first >= int(NOW.timestamp() * 1e6)
    with door.ledger.write() as session:
        assert next_turn(session, NOW.replace(year=2020)) == second + 1


@pytest.mark.parametrize(
    "name",
    [
        "",
        " a.csv",
        "..",
        ".",
        "../a.csv",
        "/etc/passwd",
        "a\\b.csv",
        "C:a.csv",
        "a\nb.csv",
        "a\x00.csv",
        "字" * 67,
    ],
)
def test_names_with_paths_or_unseen_signs_are_refused(door: FileDoor, tmp_path: Path, name: str):
    with pytest.raises(CallerError, match="is no name of a file"):
        put(door, tmp_path, b"a", name)
    assert list_deliveries(door.ledger) == []


def test_chinese_names_are_names():
    check_name("长治市 2026年3月（补传）.csv")


def test_an_empty_file_is_no_delivery(door: FileDoor, tmp_path: Path):
    with pytest.raises(CallerError, match="is empty"):
        put(door, tmp_path, b"")


def test_a_file_beyond_the_limit_is_no_delivery(door: FileDoor, tmp_path: Path):
    small = replace(door, files=replace(door.files, limits=FileLimits(max_bytes=10)))
    with pytest.raises(CallerError, match="more than 10 bytes"):
        put(small, tmp_path, b"a" * 11)
    assert list_deliveries(door.ledger) == []


def archives() -> dict[str, bytes]:
    packed, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "a")
    with tarfile.open(fileobj=tarred, mode="w") as archive_2:
        archive_2.addfile(tarfile.TarInfo("a.csv"))
    return {
        "ZIP": packed.getvalue(),
        "tar": tarred.getvalue(),
        "gzip": gzip.compress(b"a"),
        "7z": b"7z\xbc\xaf\x27\x1c",
    }


@pytest.mark.parametrize("what", ["ZIP", "tar", "gzip", "7z"])
def test_archives_are_refused(door: FileDoor, tmp_path: Path, what: str):
    with pytest.raises(CallerError, match=f"is a {what} archive"):
        put(door, tmp_path, archives()[what])


def test_a_workbook_is_no_archive_and_a_packed_file_that_a_kind_wants_is_none(door: FileDoor, tmp_path: Path):
    import xlsxwriter

    book = io.BytesIO()
    xlsxwriter.Workbook(book).close()
    assert put(door, tmp_path, book.getvalue(), "a.xlsx").fresh
    assert put(door, tmp_path, gzip.compress(b"fire"), "a.csv.gz").delivery.kind == "fires"


def test_only_what_is_known_can_be_said_of_a_file(door: FileDoor, tmp_path: Path):
    with pytest.raises(CallerError, match="There is no kind 'tea'"):
        put(door, tmp_path, b"a", kind="tea")
    for options in ({"edge": "middle"}, {"colour": "red"}):
        with pytest.raises(CallerError, match="cannot be said"):
            put(door, tmp_path, b"a", options=options)
    row = put(door, tmp_path, b"a", kind="b", options={"edge": "end"}).delivery
    assert (row.kind, row.said, row.options) == ("b", True, {"edge": "end"})


def test_a_sender_sends_its_own_kinds(door: FileDoor, tmp_path: Path):
    sender = add(door, "a")
    assert put(door, tmp_path, b"a", sender=sender).delivery.sender_id == sender.id
    with pytest.raises(MayNotSendError, match="only a"):
        put(door, tmp_path, b"a2", sender=sender, kind="b")
    with pytest.raises(MayNotSendError, match="only a"):
        put(door, tmp_path, b"b2", sender=sender)
    assert put(door, tmp_path, b"unknown", sender=sender).delivery.kind is None
    assert len(list_deliveries(door.ledger, sender_id=sender.id)) == 2


def test_a_sender_of_the_other_world_is_refused(door: FileDoor, tmp_path: Path):
    sender = add(door)
    sender.simulated = False
    with pytest.raises(MayNotSendError, match="never mixed"):
        put(door, tmp_path, b"a", sender=sender)


def test_a_refused_file_waits_again_only_where_more_is_said(door: FileDoor, tmp_path: Path):
    row = put(door, tmp_path, b"x").delivery
    with door.ledger.write() as session:
        held = session.get_one(Delivery, row.id)
        held.state, held.error = "unrecognised", "nobody knows it"
    assert put(door, tmp_path, b"x").delivery.state == "unrecognised"
    again = put(door, tmp_path, b"x", kind="b").delivery
    assert (again.state, again.kind, again.said, again.error) == ("waiting", "b", True, None)
    assert again.turn > row.turn


FULL = """
import resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.loop.sense.doors.delivering import FileDoor, Parcel, deliver
from lantian.terms.errors import HouseError
folder = Path(sys.argv[1])
ledger = Ledger(folder / "ledger.db")
door = FileDoor(ledger, FileStore(folder / "files", ledger), (), folder / "rejects")
parcel = Parcel(folder / "parcel", "a.csv", "folder", "test")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
now = datetime(2026, 3, 2, tzinfo=UTC)
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
try:
    deliver(door, parcel, at=now)
except HouseError as fault:
    print(fault)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
print(deliver(door, parcel, at=now).fresh)
"""


def test_a_disk_that_takes_nothing_acknowledges_nothing(sqlite_template: Path, tmp_path: Path):
    (tmp_path / "ledger.db").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "parcel").write_bytes(b"a" * 100_000)
    done = subprocess.run([sys.executable, "-c", FULL, tmp_path], capture_output=True, text=True, check=True)
    said, fresh = done.stdout.splitlines()
    assert "could not be kept: File too large. It was not taken; make room" in said
    assert fresh == "True"
    assert [path.name for path in (tmp_path / "files").glob(".incoming*")] == []


def test_bytes_that_cannot_be_read_are_the_house_s_fault(door: FileDoor, tmp_path: Path):
    with pytest.raises(HouseError, match="No such file"):
        deliver(door, Parcel(tmp_path / "gone", "a.csv", "folder", "test"), at=NOW)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 50_000
