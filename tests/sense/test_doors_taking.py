"""Deliveries go into the lake once, in their order, whatever happens on the way."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.assembly import REJECTS, House, make_workspace, open_workspace
from lantian.desk.intake import Report
from lantian.ledger.models import Delivery
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.deliveries import (
    count_states,
    delivery_of,
    error_of,
    list_deliveries,
    reject_files,
    retry_delivery,
)
from lantian.loop.sense.doors.delivering import FileDoor, Parcel, deliver
from lantian.loop.sense.doors.readings import READING_KINDS
from lantian.loop.sense.doors.records import FileKind, Given, TakenFile
from lantian.loop.sense.doors.senders import SenderContent, add_sender
from lantian.loop.sense.doors.taking import QUEUE, take_waiting
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.store.locks import writing
from lantian.terms.errors import CallerError, HouseError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
MN = "010000A8900016F000169DC0"
HEAD = "outlet,factor,period,start,value,simulated\n"
LINE = "stack-1,a21026,hour,2026-03-01 0{}:00,{},true\n"
BAD = "stack-9,a21026,hour,2026-03-01 08:00,1,true\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("door") / "workspace"
    made = make_workspace(folder, "shizuishan", simulated=True, now=lambda: NOW)
    register_device(made.ledger, DeviceContent(mn=MN, outlet="stack-1", simulated=True), by="test", at=NOW)
    made.close()
    return folder


@pytest.fixture
def house(template: Path, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(template, tmp_path / "workspace")
    opened = open_workspace(tmp_path / "workspace", now=lambda: NOW)
    yield opened
    opened.close()


Door = Callable[..., FileDoor]


@pytest.fixture
def door(house: House) -> Door:
    def made(*kinds: FileKind) -> FileDoor:
        return FileDoor(house.ledger, house.files, kinds or READING_KINDS, house.folder / REJECTS)

    return made


Give = Callable[..., Delivery]


@pytest.fixture
def give(house: House, tmp_path: Path) -> Give:
    def given(door: FileDoor, text: str, name: str = "a.csv", **more: object) -> Delivery:
        path = tmp_path / "given"
        path.write_text(text, "utf-8")
        return deliver(door, Parcel(path, name, "command", "test", **more), at=NOW).delivery  # type: ignore[arg-type]

    return given


def kind(key: str, take: Callable[[Centre, Given], TakenFile], *, knows: bool = True) -> FileKind:
    return FileKind(key, key, (".csv",), lambda _name, _head: knows, take)


def nothing(_centre: Centre, given: Given) -> TakenFile:
    return TakenFile("a", (Report(given.name, 1, 1, 0),), 1, 0, 0)


def state(house: House, row: Delivery) -> str:
    return delivery_of(house.ledger, row.id).state


def test_a_delivery_is_taken_with_its_counts_and_its_rejects_beside(house: House, door: Door, give: Give):
    row = give(door(), HEAD + LINE.format(1, 5) + BAD)
    done = take_waiting(door(), house.centre())
    assert (done.taken, done.written) == ([row.id], 1)
    row = delivery_of(house.ledger, row.id)
    assert (row.state, row.kind, row.attempts) == ("taken", "source_readings", 1)
    assert row.counts == {
        "read": 2, "accepted": 1, "rejected": 1, "skipped": 0, "cells_rejected": 0, "written": 1, "corrected": 0,
        "unchanged": 0,
    }  # fmt: skip
    [rejects] = reject_files(door(), row)
    assert "unknown_outlet" in rejects.read_text("utf-8-sig")
    assert house.lake.read("source_readings")["origin"].to_list() == [f"a.csv sha256:{row.sha256[:16]}"]
    assert take_waiting(door(), house.centre()).taken == []


def test_what_no_kind_knows_is_kept_and_taken_after_a_person_said_its_kind(house: House, door: Door, give: Give):
    text = HEAD.replace("factor", "Faktor") + LINE.format(1, 5)
    row = give(door(), text)
    assert take_waiting(door(), house.centre()).unrecognised == [row.id]
    fault = error_of(delivery_of(house.ledger, row.id))
    assert f"lantian door retry {row.id} --kind" in str(fault)
    assert house.files.read(row.file_id) == text.encode()
    renamed = replace(READING_KINDS[0], take=nothing, recognises=lambda _name, _head: False)
    with pytest.raises(CallerError, match="There is no kind"):
        retry_delivery(door(renamed), row.id, kind="tea", options={}, by="duty", at=NOW, reason="looked at it")
    with pytest.raises(CallerError, match="Say why"):
        retry_delivery(door(renamed), row.id, kind=None, options={}, by="duty", at=NOW, reason=" ")
    retry_delivery(door(renamed), row.id, kind="source_readings", options={}, by="duty", at=NOW, reason="seen")
    with pytest.raises(CallerError, match="waits already"):
        retry_delivery(door(renamed), row.id, kind=None, options={}, by="duty", at=NOW, reason="again")
    assert take_waiting(door(renamed), house.centre()).taken == [row.id]
    assert count_states(house.ledger) == {"waiting": 0, "taken": 1, "refused": 0, "unrecognised": 0}


def test_a_file_that_two_kinds_know_waits_for_a_person(house: House, door: Door, give: Give):
    both = door(kind("one", nothing), kind("two", nothing))
    row = give(both, "x")
    assert take_waiting(both, house.centre()).unrecognised == [row.id]
    assert "looks like one, two" in str(error_of(delivery_of(house.ledger, row.id)))


def test_a_file_that_cannot_be_read_is_refused_with_its_reason(house: House, door: Door, give: Give):
    row = give(door(), "outlet,factor,period,time,value,simulated\n" + LINE.format(1, 5))
    assert take_waiting(door(), house.centre()).refused == [row.id]
    row = delivery_of(house.ledger, row.id)
    assert "start or the end" in str(error_of(row))
    assert give(door(), "outlet,factor,period,time,value,simulated\n" + LINE.format(1, 5)).state == "refused"
    again = give(
        door(), "outlet,factor,period,time,value,simulated\n" + LINE.format(1, 5), options={"edge": "end"}
    )
    assert (again.id, again.state) == (row.id, "waiting")
    assert take_waiting(door(), house.centre()).taken == [row.id]
    assert house.lake.read("source_readings")["period_start"].dt.hour().to_list() == [0]


def test_our_own_bug_stops_one_file_and_not_the_queue(house: House, door: Door, give: Give):
    def stumble(_centre: Centre, _given: Given) -> TakenFile:
        raise ZeroDivisionError("nobody thought of it")

    both = door(kind("a", stumble))
    first, second = give(both, "1"), give(door(kind("a", nothing)), "2", kind="a")
    assert take_waiting(both, house.centre()).refused == [first.id, second.id]
    assert "ZeroDivisionError: nobody thought of it" in str(error_of(delivery_of(house.ledger, first.id)))


def test_what_the_house_cannot_write_waits_and_its_kind_behind_it_but_no_other(
    house: House, door: Door, give: Give
):
    full = True

    def fail(centre: Centre, given: Given) -> TakenFile:
        if full:
            raise OSError(28, "No space left on device")
        return nothing(centre, given)

    doors = door(kind("a", fail, knows=False), kind("b", nothing, knows=False))
    first, second, other = (give(doors, str(n), kind=key) for n, key in enumerate("aab"))
    done = take_waiting(doors, house.centre())
    assert (done.held, done.taken) == ([first.id, second.id], [other.id])
    assert "No space left" in str(done.failing)
    row = delivery_of(house.ledger, first.id)
    assert (row.state, row.attempts) == ("waiting", 1)
    assert "make room" in str(error_of(row))
    full = False
    assert take_waiting(doors, house.centre()).taken == [first.id, second.id]
    assert error_of(delivery_of(house.ledger, first.id)) is None


def test_a_file_whose_bytes_were_damaged_does_not_stand_in_the_way(house: House, door: Door, give: Give):
    row, after = give(door(), HEAD + LINE.format(1, 5)), give(door(), HEAD + LINE.format(2, 5))
    (house.folder / "files" / row.sha256[:2] / row.sha256).write_bytes(b"something else")
    done = take_waiting(door(), house.centre())
    assert (done.refused, done.taken) == ([row.id], [after.id])
    again = give(door(), HEAD + LINE.format(1, 5))
    assert again.id == row.id
    retry_delivery(door(), row.id, kind=None, options={}, by="duty", at=NOW, reason="sent again")
    assert take_waiting(door(), house.centre()).taken == [row.id]


def test_one_program_takes_at_a_time(house: House, door: Door, give: Give):
    give(door(), HEAD + LINE.format(1, 5))
    folder = house.lake.root / ".writers"
    with (
        writing(folder, QUEUE, command="another", now=house.now, wait=0),
        pytest.raises(HouseError, match="another"),
    ):
        take_waiting(door(), house.centre())


def test_a_round_ends_when_it_is_told_to_and_says_that_more_waits(house: House, door: Door, give: Give):
    rows = [give(door(kind("a", nothing)), str(number)) for number in range(3)]
    asked = iter([False, True])
    done = take_waiting(door(kind("a", nothing)), house.centre(), ended=lambda: next(asked))
    assert (done.taken, done.more) == ([rows[0].id], True)
    done = take_waiting(door(kind("a", nothing)), house.centre(), most=1)
    assert (done.taken, done.more) == ([rows[1].id], True)
    done = take_waiting(door(kind("a", nothing)), house.centre())
    assert (done.taken, done.more) == ([rows[2].id], False)


def test_a_kind_that_its_sender_may_not_send_is_refused_at_the_latest_here(house: House, door: Door, give: Give):
    content = SenderContent("plant", "plant A", ("b",), simulated=True)
    sender = add_sender(house.ledger, content, ["a", "b"], by="duty", at=NOW, reason="test").sender
    before, after = door(kind("a", nothing, knows=False)), door(kind("a", nothing))
    row = give(before, "x", sender=sender)
    assert take_waiting(after, house.centre()).refused == [row.id]
    assert "may not send a, only b" in str(error_of(delivery_of(house.ledger, row.id)))


def test_a_retry_makes_the_values_of_a_file_the_latest(house: House, door: Door, give: Give):
    old = give(door(), HEAD + LINE.format(1, 5))
    take_waiting(door(), house.centre())
    give(door(), HEAD + LINE.format(1, 6))
    take_waiting(door(), house.centre())
    assert house.lake.read("source_readings")["value"].to_list() == [6.0]
    give(door(), HEAD + LINE.format(1, 5))  # the same bytes again are no news
    take_waiting(door(), house.centre())
    assert house.lake.read("source_readings")["value"].to_list() == [6.0]
    retry_delivery(door(), old.id, kind=None, options={}, by="duty", at=NOW, reason="the first one was right")
    take_waiting(door(), house.centre())
    assert house.lake.read("source_readings")["value"].to_list() == [5.0]


STEPS = ["before:1", "after:1", "before:2", "after:2", "kind:before", "kind:after", "before:3", "after:3"]
"""Keeping the bytes, the delivery's row, the lake, the end: killed before and after each."""


@pytest.mark.parametrize("where", STEPS)
def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(
    house: House, door: Door, tmp_path: Path, where: str
):
    file = tmp_path / "a.csv"
    file.write_text(HEAD + LINE.format(1, 5) + LINE.format(2, 7) + BAD, "utf-8")
    victim = Path(__file__).with_name("door_victim.py")
    program = subprocess.run(
        [sys.executable, victim, house.folder, file, where], capture_output=True, text=True, check=False
    )
    assert program.returncode == -signal.SIGKILL, program.stderr
    acknowledged = program.stdout.strip()
    if acknowledged:  # what was said yes to is there, without being sent again
        assert [row.id for row in list_deliveries(house.ledger)] == [acknowledged]
        file.unlink()
    else:  # whoever heard nothing sends it again
        deliver(door(), Parcel(file, file.name, "command", "test"), at=NOW)
    in_lake = house.lake.version("source_readings") >= 0
    assert in_lake == (where in {"kind:after", "before:3", "after:3"})
    if in_lake and where != "after:3":  # a frame corrects a value before the program is started again
        fresh = house.lake.read("source_readings").drop("legal_day", "recorded_at").head(1)
        house.lake.append("source_readings", fresh.with_columns(value=6.0), only_changes=True)
    take_waiting(door(), house.centre())
    [row] = list_deliveries(house.ledger)
    assert row.state == "taken"
    assert row.counts["rejected"] == 1
    assert len(list((house.folder / REJECTS).glob("*.csv"))) == 1
    expected = [6.0, 7.0] if in_lake and where != "after:3" else [5.0, 7.0]
    assert house.lake.read("source_readings")["value"].to_list() == expected
    versions = house.lake.read("source_readings", latest=False)
    assert versions.height == len({*versions["value"].to_list()})
