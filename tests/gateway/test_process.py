"""A gateway in a process of its own: its bounds follow its clock, and it says when it cannot come up."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lantian.assembly import House, make_workspace
from lantian.gateway.limits import Limits
from lantian.gateway.process import GatewayProcess, ProcessSettings, limits_at, run_settings
from lantian.gateway.writer import WriterSettings, look_for_gaps, status_of, write_until
from lantian.ledger.models import ControlRequest
from lantian.loop.sense.registry import DeviceContent, register_device
from lantian.store.journal import lock_journal
from lantian.terms.errors import HouseError
from lantian.twin.city_clock import CityClock

BEGINS = datetime(2026, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Quick:
    """A clock that stands at an instant and says that it runs fast."""

    speed: float = 100.0

    def now(self) -> datetime:
        return BEGINS

    def microseconds(self) -> int:
        return int(BEGINS.timestamp() * 1e6)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "city", "changzhi", simulated=True)
    yield made
    made.close()


def test_bounds_of_time_grow_with_the_speed_and_others_stay():
    quick, usual = limits_at(50.0, Limits()), Limits()
    assert quick.idle_seconds == 50.0 * usual.idle_seconds
    assert quick.slow_seconds == 50.0 * usual.slow_seconds
    assert quick.unsent_bytes == usual.unsent_bytes
    assert quick.connections_per_address == usual.connections


def test_a_clock_may_be_wrong_by_what_a_frame_is_under_way_on_that_clock():
    given = run_settings(ProcessSettings(clock_tolerance=120.0, delay_seconds=2.0), Quick())
    assert given.hosting.clock_tolerance == 120.0 + 2.0 * 100.0
    assert given.writer is not None
    assert given.writer.data_now is not None
    assert given.writer.data_now() == BEGINS


def test_it_says_why_it_cannot_come_up(house: House):
    gateway = GatewayProcess(house.folder, lambda: CityClock.starting(BEGINS, 100.0))
    with lock_journal(house.folder / "journal"), pytest.raises(HouseError, match="another gateway"):
        gateway.__enter__()


def test_gaps_are_looked_for_by_the_clock_of_the_data(house: House):
    content = DeviceContent(mn="A" * 24, outlet="stack", simulated=True)
    register_device(house.ledger, content, by="test", at=BEGINS)
    settings = WriterSettings(gap_days=0.25, gap_grace=1.0, data_now=Quick().now)
    assert look_for_gaps(house, settings) == 1
    with house.ledger.read() as session:
        [request] = session.query(ControlRequest).all()
    begin = (BEGINS - timedelta(hours=6)).astimezone(house.city.zone)
    assert request.parameters["BeginTime"] == f"{begin:%Y%m%d%H%M%S}"


def test_the_writer_says_up_to_when_all_is_in_the_lake(house: House):
    began = time.time()
    status = write_until(house, WriterSettings(gaps_every=0), lambda _seconds: True)
    assert status.upto >= began
    told = status_of(house.folder / "journal")
    assert told is not None
    assert told.upto == status.upto
