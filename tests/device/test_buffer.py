"""What waits is kept in order, within bounds, in memory or in a file that outlives the program."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lantian.device.buffer import Buffer, FileBuffer, MemoryBuffer
from lantian.device.identity import Identity
from lantian.device.outlet import Outlet
from lantian.terms.errors import CallerError, HouseError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.messages import Message

MN = "010000A8900016F000169DC0"
Make = Callable[..., Buffer]


def messages(count: int) -> list[Message]:
    outlet = Outlet(
        Identity(MN, "123456", "31", Edition.HJ2025),
        ("a21026", "a34013"),
        lambda: datetime.now(ZoneInfo("Asia/Shanghai")),
    )
    return [outlet.real_time() for _ in range(count)]


@pytest.fixture(params=["memory", "file"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def go(most: int = 100) -> Buffer:
        return MemoryBuffer(most) if request.param == "memory" else FileBuffer(tmp_path / "memory", most)

    return go


def all_of(buffer: Buffer) -> list[Message]:
    found = []
    while (held := buffer.first()) is not None:
        found.append(held.message)
        buffer.drop(held.number)
    return found


def test_messages_come_out_as_they_went_in_and_in_order(make: Make):
    buffer, given = make(), messages(5)
    for message in given:
        buffer.put(message)
    assert len(buffer) == 5
    assert all_of(buffer) == given
    assert len(buffer) == 0


def test_the_oldest_are_dropped_where_there_are_too_many_and_counted(make: Make):
    buffer, given = make(most=3), messages(5)
    for message in given:
        buffer.put(message)
    assert (len(buffer), buffer.lost) == (3, 2)
    assert all_of(buffer) == given[2:]


def test_a_postponed_message_goes_behind_the_others(make: Make):
    buffer, given = make(), messages(3)
    for message in given:
        buffer.put(message)
    first = buffer.first()
    assert first is not None
    buffer.postpone(first.number)
    assert all_of(buffer) == [given[1], given[2], given[0]]


def test_only_what_was_there_when_the_line_broke_comes_late(make: Make):
    buffer, given = make(), messages(2)
    buffer.put(given[0])
    buffer.line_lost()
    buffer.put(given[1])
    late = []
    while (held := buffer.first()) is not None:
        late.append(held.waited)
        buffer.drop(held.number)
    assert late == [True, False]


def test_dropping_what_is_not_there_harms_nothing(make: Make):
    buffer = make()
    buffer.put(messages(1)[0])
    buffer.drop(99)
    assert len(buffer) == 1


def test_a_file_remembers_what_waits_and_who_the_logger_is(tmp_path: Path):
    given = messages(2)
    first = FileBuffer(tmp_path / "memory")
    for message in given:
        first.put(message)
    first.keep_identity({"mn": MN, "key": "00"})
    first.keep_identity({"mn": MN, "key": "01"})
    first.close()
    again = FileBuffer(tmp_path / "memory")
    assert again.identity() == {"mn": MN, "key": "01"}
    assert len(again) == 2
    held = again.first()
    assert held is not None
    assert held.waited
    assert all_of(again) == given


def test_a_file_is_its_owners_alone(tmp_path: Path):
    FileBuffer(tmp_path / "memory").put(messages(1)[0])
    assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())


def test_a_file_that_is_something_else_is_refused_and_left_alone(tmp_path: Path):
    path = tmp_path / "notes"
    path.write_text("notes " * 1000)
    with pytest.raises(CallerError, match="Name a file of its own"):
        FileBuffer(path)
    assert path.read_text() == "notes " * 1000


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path):
    buffer = FileBuffer(tmp_path / "memory")
    buffer.close()
    with pytest.raises(HouseError, match="cannot be written"):
        buffer.put(messages(1)[0])
