"""The drop folder: half-written files wait, taken files are put away, failures stay and are told."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lantian.gateway.dropping import DropFolder, DropSettings
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.ledger.models import Delivery
from lantian.loop.sense.doors.deliveries import list_deliveries
from lantian.loop.sense.doors.delivering import Delivered, FileDoor, Parcel, deliver
from lantian.loop.sense.doors.senders import SenderContent, add_sender, close_sender, list_senders
from lantian.terms.errors import HouseError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)


class Inbox:
    """A drop folder whose clocks and deliveries a test turns."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.path = folder / "inbox"
        self.seconds = 0.0
        self.day = date(2026, 3, 2)
        self.full = False
        self.door = FileDoor(ledger, FileStore(folder / "files", ledger), (), folder / "rejects")
        self.drop = DropFolder(
            self.path, self.deliver, lambda: {row.name: row for row in list_senders(ledger, closed=True)},
            lambda: NOW, lambda: self.day, lambda: self.seconds, DropSettings(settle_seconds=10.0, keep_days=30),
        )  # fmt: skip
        self.ledger = ledger
        self.path.mkdir()

    def deliver(self, parcel: Parcel, at: datetime) -> Delivered:
        if self.full:
            raise HouseError("The disk is full.")
        return deliver(self.door, parcel, at=at)

    def put(self, name: str, data: bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def look(self, after: float = 0.0) -> int:
        self.seconds += after
        return self.drop.look()

    def rows(self) -> list[Delivery]:
        return list_deliveries(self.ledger)

    def done(self) -> list[str]:
        return sorted(
            str(path.relative_to(self.path)) for path in (self.path / ".done").rglob("*") if path.is_file()
        )


@pytest.fixture
def inbox(tmp_path: Path, sqlite_template: Path) -> Iterator[Inbox]:
    (tmp_path / "ledger.db").write_bytes(sqlite_template.read_bytes())
    ledger = Ledger(tmp_path / "ledger.db")
    yield Inbox(tmp_path, ledger)
    ledger.close()


def test_a_file_is_taken_when_it_has_stood_still_and_is_put_away_after(inbox: Inbox):
    path = inbox.put("a.csv", b"1")
    assert [inbox.look(), inbox.look(after=9.9)] == [0, 0]
    assert inbox.rows() == []
    assert inbox.look(after=0.2) == 1
    assert not path.exists()
    assert inbox.done() == [".done/2026-03-02/a.csv"]
    [row] = inbox.rows()
    assert (row.name, row.door, row.brought_by) == ("a.csv", "folder", "folder")
    assert (inbox.drop.delivered, inbox.drop.waiting()) == (1, 0)


def test_a_file_that_is_still_being_written_is_left_alone(inbox: Inbox):
    path = inbox.put("a.csv", b"half")
    inbox.look()
    for more in range(5):
        with path.open("ab") as file:
            file.write(b"more")
        assert inbox.look(after=8.0) == 0, more
    assert inbox.look(after=10.0) == 1
    assert inbox.rows()[0].size == 24


def test_a_change_of_time_alone_is_a_change(inbox: Inbox):
    path = inbox.put("a.csv", b"abcd")
    inbox.look()
    path.write_bytes(b"efgh")
    os.utime(path, ns=(1, 1))
    assert inbox.look(after=10.0) == 0
    assert inbox.look(after=10.0) == 1


@pytest.mark.parametrize(
    "name", [".hidden.csv", "~$book.xlsx", "a.csv.part", "a.tmp", "a.csv.crdownload", "a.csv~", ".folder/a.csv"]
)
def test_names_of_unfinished_files_are_left_alone(inbox: Inbox, name: str):
    inbox.put(name, b"1")
    assert [inbox.look(), inbox.look(after=60)] == [0, 0]
    assert inbox.drop.waiting() == 0


def test_a_link_is_not_followed(inbox: Inbox, tmp_path: Path):
    (tmp_path / "secret").write_text("hush")
    (inbox.path / "a.csv").symlink_to(tmp_path / "secret")
    assert [inbox.look(), inbox.look(after=60)] == [0, 0]


def test_an_empty_file_stays_and_is_told_until_it_has_content(inbox: Inbox):
    path = inbox.put("a.csv", b"")
    inbox.look()
    assert inbox.look(after=10) == 0
    assert "is empty" in str(inbox.drop.failing()["a.csv"])
    path.write_bytes(b"1")
    inbox.look()
    assert inbox.look(after=10) == 1
    assert inbox.drop.failing() == {}


def test_a_full_disk_leaves_the_file_and_tries_again(inbox: Inbox):
    inbox.put("a.csv", b"1")
    inbox.full = True
    inbox.look()
    assert inbox.look(after=10) == 0
    assert str(inbox.drop.failing()["a.csv"]) == "The disk is full."
    assert inbox.drop.waiting() == 1
    inbox.full = False
    assert inbox.look(after=1) == 1
    assert inbox.drop.failing() == {}


def test_what_can_never_be_taken_stays_with_its_reason_and_is_not_tried_again(inbox: Inbox):
    inbox.put("a.rar", b"Rar!....")
    inbox.look()
    assert inbox.look(after=10) == 0
    assert "RAR archive" in str(inbox.drop.failing()["a.rar"])
    assert inbox.drop.waiting() == 0
    assert (inbox.path / "a.rar").exists()


def test_a_sub_folder_names_the_sender(inbox: Inbox):
    content = SenderContent("plant", "plant A", simulated=True)
    sender = add_sender(inbox.ledger, content, [], by="duty", at=NOW, reason="test").sender
    inbox.put("plant/deep/a.csv", b"1")
    inbox.put("stranger/b.csv", b"2")
    inbox.look()
    assert inbox.look(after=10) == 2
    found = {row.name: (row.sender_id, row.brought_by) for row in inbox.rows()}
    assert found == {"a.csv": (sender.id, "plant"), "b.csv": (None, "folder stranger")}


def test_files_of_a_closed_sender_stay(inbox: Inbox):
    content = SenderContent("plant", "plant A", simulated=True)
    add_sender(inbox.ledger, content, [], by="duty", at=NOW, reason="test")
    close_sender(inbox.ledger, "plant", by="duty", at=NOW, reason="ended")
    inbox.put("plant/a.csv", b"1")
    inbox.look()
    assert inbox.look(after=10) == 0
    assert "was closed" in str(inbox.drop.failing()["plant/a.csv"])


def test_a_file_that_was_delivered_before_a_crash_is_only_put_away(inbox: Inbox):
    path = inbox.put("a.csv", b"1")
    inbox.deliver(Parcel(path, "a.csv", "folder", "folder"), NOW)
    inbox.look()
    assert inbox.look(after=10) == 1
    assert len(inbox.rows()) == 1


def test_a_file_that_grows_while_it_is_delivered_is_delivered_again(inbox: Inbox):
    path = inbox.put("a.csv", b"1")
    plain = inbox.drop.deliver

    def slow(parcel: Parcel, at: datetime) -> Delivered:
        done = plain(parcel, at)
        if len(inbox.rows()) == 1:
            path.write_bytes(b"12")
        return done

    inbox.drop.deliver = slow
    inbox.look()
    assert inbox.look(after=10) == 0
    inbox.look()
    assert inbox.look(after=10) == 1
    assert sorted(row.size for row in inbox.rows()) == [1, 2]


def test_equal_names_of_one_day_are_both_kept_and_old_days_go(inbox: Inbox):
    for data in (b"1", b"2"):
        inbox.put("a.csv", data)
        inbox.look()
        assert inbox.look(after=10) == 1
    assert inbox.done() == [".done/2026-03-02/a-2.csv", ".done/2026-03-02/a.csv"]
    (inbox.path / ".done" / "mine").mkdir()
    inbox.day = date(2026, 4, 1)
    inbox.look()
    assert len(inbox.done()) == 2
    inbox.day = date(2026, 4, 2)
    inbox.look()
    assert inbox.done() == []
    assert [path.name for path in (inbox.path / ".done").iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_is_said(inbox: Inbox):
    inbox.path.rmdir()
    inbox.path.write_text("a file")
    with pytest.raises(HouseError, match="cannot be read"):
        inbox.look()
