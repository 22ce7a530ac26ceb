"""The writer takes turns until it is ended, takes what is left, tells what it did, and survives a failure."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lantian.assembly import House, make_workspace
from lantian.gateway.writer import WriterSettings, look_for_gaps, status_of, write_until
from lantian.loop.sense.controlling import list_requests
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.store.journal import JournalWriter, Kind
from lantian.terms.errors import HouseError

MN = "010000A8900016F000169DC0"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "workspace", "shizuishan", simulated=True)
    register_device(made.ledger, DeviceContent(mn=MN, outlet="stack-1", simulated=True), by="setup", at=made.now())
    yield made
    made.close()


def send(house: House, second_client: Any, *hours: datetime) -> None:
    journal = JournalWriter(house.folder / "journal", lambda: 0)
    sender = second_client.PlainClient(0, mn=MN)
    for at in hours:
        cp = f"DataTime={at.astimezone(house.city.zone):%Y%m%d%H}0000;a21026-Avg=1.0"
        raw = second_client.packet(sender.segment("2061", cp))
        journal.append(Kind.FRAME, int(house.now().timestamp() * 1e6), b"peer", MN.encode(), raw)
    journal.commit()
    journal.close()


def test_turns_go_on_until_the_end_and_the_last_one_takes_what_is_left(house: House, second_client: Any):
    waits: list[float] = []

    def ended(seconds: float) -> bool:
        waits.append(seconds)
        send(house, second_client, house.now() - timedelta(hours=len(waits)))
        return len(waits) == 3

    status = write_until(house, WriterSettings(every=5.0), ended)
    assert (status.frames, status.rows) == (3, 3)
    assert house.lake.read("source_readings").height == 3
    assert all(0 < wait <= 5.0 for wait in waits)
    assert status_of(house.folder / "journal") == status


def test_a_failure_is_told_and_the_next_turn_goes_on(
    house: House, second_client: Any, monkeypatch: pytest.MonkeyPatch
):
    send(house, second_client, house.now() - timedelta(hours=1))
    turns = 0

    def ended(_: float) -> bool:
        nonlocal turns
        turns += 1
        said = status_of(house.folder / "journal")
        assert said is not None
        if turns == 1:
            assert "no room" in said.error
            monkeypatch.undo()
        else:
            assert said.error == ""
        return turns == 2

    def failing(*_: object, **__: object) -> None:
        raise HouseError("no room")

    monkeypatch.setattr(house.lake, "append", failing)
    assert write_until(house, WriterSettings(every=0.0), ended).rows == 1


def test_no_status_is_no_failure(tmp_path: Path):
    assert status_of(tmp_path) is None
    (tmp_path / "writer.json").write_text(json.dumps({"strange": 1}))
    assert status_of(tmp_path) is None


def test_gaps_become_requests_of_the_program(house: House, second_client: Any):
    now = house.now()
    send(house, second_client, *(now - timedelta(hours=back) for back in (2, 3, 4, 6, 7, 8, 9, 10)))
    write_until(house, WriterSettings(), lambda _: True)
    settings = WriterSettings(gap_days=10 / 24, gap_grace=2.0)
    assert look_for_gaps(house, settings) == 1
    [row] = list_requests(house.ledger)
    assert (row.command, row.made_by) == (2061, "gateway")
    assert look_for_gaps(house, settings) == 1
    assert len(list_requests(house.ledger)) == 1
