"""A simulated city alive: loggers on real lines; what comes to the lake is what the bulk history writes."""

import json
import signal
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from sqlalchemy import select

from lantian.assembly import House, make_workspace
from lantian.city import Station
from lantian.gateway.process import GatewayProcess, ProcessSettings
from lantian.ledger.models import Device
from lantian.loop.sense.knocks import list_quarantined
from lantian.store.journal import JournalReader, Kind, Position
from lantian.terms.errors import CallerError, HouseError
from lantian.terms.pollutants import BASIC
from lantian.twin.city_clock import CityClock
from lantian.twin.field import Air
from lantian.twin.live import (
    LiveReport,
    LiveSettings,
    LiveState,
    OnHour,
    keep_state,
    read_state,
    run_live,
    voices_of,
)
from lantian.twin.making import Making
from lantian.twin.readings import meter_rows, power_of, sent_by, stack_rows
from lantian.twin.registering import register_all
from lantian.twin.speaking import Voice
from lantian.twin.stations import station_hours
from lantian.wire.hj212.frame import parse, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame
from lantian.wire.hj212.writing import data_answer

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 1, 12, tzinfo=ZONE)
HOUR = timedelta(hours=1)
STOPPED, UNTIL = FIRST + 3.4 * HOUR, FIRST + 9 * HOUR
NOT_THE_SAME = {"qn", "received_at", "origin"}
SPEED = 3_600.0


def spoken(few: Making) -> tuple[tuple[Station, ...], list[pl.DataFrame]]:
    """Some stations and their hours, from air as good as any: some have marks in the stretch, one has none."""
    stations, first = few.city.stations, few.sky.weather.axis.search_sorted(FIRST)
    value = np.random.default_rng(1).uniform(0.5, 90.0, (len(stations), len(BASIC), 48))
    air = Air((), int(first), value, voc=np.zeros((0, 0)), groups=(), contributions={})
    made = list(zip(stations, station_hours(stations, air, few.sky, (), few.seed), strict=True))
    marked = [row for row in made if marks_of(within(row[1]))]
    wanted = [*marked[:4], next(row for row in made if not marks_of(within(row[1])))]
    return tuple(station for station, _ in wanted), [frame for _, frame in wanted]


def within(frame: pl.DataFrame) -> pl.DataFrame:
    """Hours of the stretch."""
    return frame.filter((pl.col("hour_start") >= FIRST) & (pl.col("hour_start") < UNTIL))


def marks_of(frame: pl.DataFrame) -> set[str]:
    """Marks that stand over any value."""
    return {mark for p in BASIC for mark in frame[f"{p}_flags"] if mark is not None}


@dataclass
class Lived:
    """A stretch that was stopped once and gone on with."""

    house: House
    few: Making
    frames: list[pl.DataFrame]
    before: LiveReport
    after: LiveReport
    told: list[datetime] = field(default_factory=list)
    held: list[tuple[datetime, bool]] = field(default_factory=list)
    """Hour that was told → whether the lake had all its stacks then."""


@pytest.fixture(scope="module")
def lived(few: Making, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Nine hours through a real gateway and its writer."""
    house = make_workspace(tmp_path_factory.mktemp("lived") / "city", "changzhi", simulated=True)
    register_all(house.ledger, few, at=datetime(2026, 1, 11, tzinfo=UTC))
    stations, frames = spoken(few)
    chosen = replace(few, city=replace(few.city, stations=stations))
    chosen.__dict__.update({name: value for name, value in few.__dict__.items() if name not in vars(chosen)})
    voices = voices_of(chosen, frames, FIRST, UNTIL)
    state = house.folder / "live.json"
    told: list[datetime] = []
    held: list[tuple[datetime, bool]] = []
    stacks = [voice for voice in voices if voice.logger.system == "31"]

    def on_hour(hours: Sequence[datetime]) -> None:
        rows = house.lake.read("source_readings", where=pl.col("period") == "hour")
        for hour in hours:
            here = set(rows.filter(pl.col("period_start") == hour)["outlet"])
            told.append(hour)
            due = {v.outlet for v in stacks if v.present[v.place(hour)] and not v.late[v.place(hour)]}
            held.append((hour, due <= here))

    before = live(house, voices, LiveSettings(FIRST, UNTIL, state=state), on_hour, stopped_at=STOPPED)
    known = read_state(state)
    assert known is not None
    after = live(house, voices, LiveSettings(known.next, UNTIL, state=state), on_hour, begins=known.clock)
    yield Lived(house, few, frames, before, after, told, held)
    house.close()


def live(
    house: House,
    voices: Sequence[Voice],
    settings: LiveSettings,
    on_hour: OnHour,
    *,
    stopped_at: datetime | None = None,
    begins: datetime | None = None,
) -> LiveReport:
    """Live through a stretch with a gateway beside it, up to a moment at which somebody ends it."""
    quick = ProcessSettings(every=0.3, gaps_every=2.0, delay_seconds=0.3)
    begun = begins or settings.first
    with GatewayProcess(house.folder, lambda: CityClock.starting(begun, SPEED), quick) as door:
        now = door.clock.now
        return run_live(
            voices, door, door.clock, replace(settings, minutes=True), on_hour=on_hour,
            stop=lambda: stopped_at is not None and now() >= stopped_at,
        )  # fmt: skip


def same(got: pl.DataFrame, want: pl.DataFrame) -> None:
    """Fail with the first columns and rows that differ."""
    columns = [name for name in want.columns if name not in NOT_THE_SAME]
    keys = [
        name for name in ("outlet", "station", "factor", "point", "period_start", "hour_start") if name in columns
    ]
    want = want.select(columns).cast({name: got.schema[name] for name in columns}).sort(keys)
    got = got.select(columns).sort(keys)
    assert got.select(keys).equals(want.select(keys))
    assert [name for name in columns if not got[name].equals(want[name])] == []


def chosen(few: Making) -> np.ndarray:
    axis = few.sky.weather.axis
    return ((axis >= FIRST) & (axis < UNTIL)).to_numpy()


def test_hours_of_stacks_of_all_three_editions_come_as_the_bulk_history_writes_them(lived: Lived):
    few = lived.few
    want = [
        stack_rows(stack, sent_by(stack, few.works.flues[stack.code], few.incidents, few.sky, few.seed), few.sky,
                   chosen(few), FIRST)
        for _, stack in few.catalogue.stacks
        if stack.logger is not None
    ]  # fmt: skip
    got = lived.house.lake.read("source_readings", where=pl.col("period") == "hour")
    got = got.filter((pl.col("system") == "31") & (pl.col("period_start") >= FIRST))
    same(got, pl.concat(want))
    with lived.house.ledger.read() as session:
        editions = {row.edition for row in session.scalars(select(Device)) if row.outlet in set(got["outlet"])}
    assert editions == {2005, 2017, 2025}
    assert got["late"].any()


def test_hours_of_meters_come_as_the_bulk_history_writes_them(lived: Lived):
    few = lived.few
    want = []
    for plant in few.catalogue.plants:
        assert plant.meter is not None
        power = power_of(plant, plant.meter, few.works.loads[plant.code], (), few.sky, few.seed)
        want.append(meter_rows(plant, power, few.sky, chosen(few), FIRST))
    same(lived.house.lake.read("power_readings", where=pl.col("period") == "hour"), pl.concat(want))


def test_hours_of_stations_come_as_their_instruments_send_them(lived: Lived):
    want = within(pl.concat(lived.frames))
    got = lived.house.lake.read("ambient_hours")
    same(got, want.drop("source"))
    assert set(got["source"]) == {"hj212"}
    assert len(marks_of(got)) >= 1
    assert got["simulated"].all()


def test_minutes_have_the_hour_as_their_mean_in_the_lake_too(lived: Lived):
    rows = lived.house.lake.read("source_readings").filter(
        (pl.col("system") == "31") & (pl.col("period_start") >= FIRST) & (pl.col("factor") == "a00000")
    )
    keys = ["outlet", pl.col("period_start").dt.truncate("1h").alias("hour")]
    means = rows.filter(pl.col("period") == "minute").group_by(keys).agg(mean=pl.col("value").mean(), n=pl.len())
    hours = rows.filter(pl.col("period") == "hour").select("outlet", "value", hour="period_start", late="late")
    joined = hours.join(means, on=["outlet", "hour"])
    assert joined.height > 30
    assert (joined["n"] == 6).all()
    assert (joined["mean"] - joined["value"]).abs().max() < 1e-9


def test_a_silent_hour_never_comes_and_a_late_one_does(lived: Lived):
    few = lived.few
    silent = next(each for each in few.incidents if each.pattern == "silent")
    late = next(each for each in few.incidents if each.pattern == "late")
    rows = lived.house.lake.read("source_readings", where=pl.col("period") == "hour")
    for each, count in ((silent, 0), (late, 3)):
        inside = (pl.col("period_start") >= each.first) & (pl.col("period_start") <= each.last)
        assert rows.filter(inside & (pl.col("outlet") == each.subject))["period_start"].n_unique() == count


def test_every_hour_is_told_once_in_order_when_its_data_are_in_the_lake(lived: Lived):
    assert lived.told == [FIRST + number * HOUR for number in range(9)]
    assert [hour for hour, whole in lived.held if not whole] == []


def test_it_was_stopped_cleanly_and_went_on_from_there(lived: Lived):
    assert lived.before.stopped
    assert not lived.after.stopped
    assert lived.before.next < STOPPED
    assert lived.before.hours + lived.after.hours == 9
    assert lived.after.next == UNTIL
    assert read_state(lived.house.folder / "live.json").next == UNTIL  # type: ignore[union-attr]


def test_all_was_acknowledged_none_was_refused_and_nobody_was_a_stranger(lived: Lived):
    for report in (lived.before, lived.after):
        assert report.refused == 0
        assert report.frames > 0
        assert 0 < report.lag_p50 <= report.lag_p99
    assert 0 < lived.after.lake_p50 <= lived.after.lake_p99
    assert list_quarantined(lived.house.ledger) == []


def test_a_logger_whose_clock_is_wrong_says_so_in_its_numbers_until_the_host_sets_it(lived: Lived):
    few = lived.few
    wrong = next(each for each in few.incidents if each.pattern == "clock")
    mn = next(s.logger.mn for _, s in few.catalogue.stacks if s.code == wrong.subject and s.logger is not None)
    records = JournalReader(lived.house.folder / "journal").read(Position(0, 0), records=10**6).records
    ahead = {}
    for record in records:
        if record.kind is Kind.FRAME and record.mn == mn:
            sent_at = parse(record.raw).sent_at
            assert sent_at is not None
            received = datetime.fromtimestamp(record.received_us / 1e6, ZONE)
            ahead[received] = sent_at.replace(tzinfo=ZONE) - received
    assert max(ahead.values()) > timedelta(minutes=30)
    asked = [
        datetime.fromtimestamp(record.received_us / 1e6, ZONE)
        for record in records
        if record.kind is Kind.SENT and record.mn == mn and b"CN=1012" in record.raw
    ]
    assert asked
    assert min(asked) >= wrong.first
    after = [off for at, off in ahead.items() if at > min(asked) + HOUR]  # what was on its way has arrived
    assert after
    assert max(after) < timedelta(minutes=15)


# ------------------------------------------------------------------------------------------ a host that is slow


class SlowHost:
    """Answers each frame after a while, one at a time; the first line ends in the middle."""

    def __init__(self, pause: float, *, breaks_after: int = 0) -> None:
        self._pause, self._breaks_after = pause, breaks_after
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.port = self._server.getsockname()[1]
        self.heard: list[tuple[str, str, str]] = []
        """(MN, command, DataTime) of each frame that was answered."""
        self.came = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        framer = Framer(FrameLimits())
        with line, suppress(ConnectionResetError):
            while data := line.recv(65_536):
                for piece in framer.feed(data):
                    if isinstance(piece, RawFrame) and not self._take(line, piece):
                        return

    def _take(self, line: socket.socket, piece: RawFrame) -> bool:
        frame = parse_frame(piece)
        with self._lock:
            self.came += 1
            if self.came == self._breaks_after:
                return False
            time.sleep(self._pause)
            self.heard.append((frame.mn, frame.cn, frame.data_time or ""))
        line.sendall(data_answer(frame))
        return True

    def taken_upto(self) -> float:
        return time.time()

    def failing(self) -> str:
        return ""

    def close(self) -> None:
        self._server.close()


@contextmanager
def slow_host(pause: float, **given: int) -> Iterator[SlowHost]:
    host = SlowHost(pause, **given)
    yield host
    host.close()


def quiet_voices(few: Making) -> list[Voice]:
    return [voice for voice in voices_of(few, [], FIRST, UNTIL) if voice.logger.system == "44"]


def test_a_slow_host_makes_frames_late_and_loses_none(few: Making):
    voices, hours = quiet_voices(few), 4
    with slow_host(0.03) as host:
        clock = CityClock.starting(FIRST, 10_000.0)
        until = FIRST + hours * HOUR
        report = run_live(voices, host, clock, LiveSettings(FIRST, until, minutes=True))
    assert report.frames == len(host.heard) == len(set(host.heard)) == len(voices) * hours * 6
    assert report.lag_p99 > 0.5
    assert report.hours == hours


def test_a_frame_whose_line_broke_is_sent_again_and_counted(few: Making):
    voices = quiet_voices(few)[:2]
    with slow_host(0.0, breaks_after=3) as host:
        clock = CityClock.starting(FIRST, 10_000.0)
        report = run_live(voices, host, clock, LiveSettings(FIRST, FIRST + 2 * HOUR))
    assert report.resent == 1
    assert sorted(set(host.heard)) == sorted(host.heard)
    assert len(host.heard) == report.frames == 4


def test_above_a_speed_no_minutes_are_sent(few: Making):
    with slow_host(0.0) as host:
        run_live(quiet_voices(few), host, CityClock.starting(FIRST, 5_000.0), LiveSettings(FIRST, FIRST + HOUR))
    assert {cn for _, cn, _ in host.heard} == {"2061"}


def test_ctrl_c_ends_it_cleanly_and_it_stands_where_to_go_on(few: Making, tmp_path: Path):
    state = tmp_path / "live.json"
    with slow_host(0.0) as host:
        threading.Timer(0.5, signal.raise_signal, (signal.SIGINT,)).start()
        settings = LiveSettings(FIRST, UNTIL, state=state)
        report = run_live(quiet_voices(few), host, CityClock.starting(FIRST, 7_200.0), settings)
    assert report.stopped
    assert report.next < UNTIL
    assert read_state(state).next == report.next  # type: ignore[union-attr]


def test_what_fails_in_the_callers_part_ends_it(few: Making):
    def broken(_hours: Sequence[datetime]) -> None:
        msg = "cannot judge"
        raise RuntimeError(msg)

    with slow_host(0.0) as host, pytest.raises(RuntimeError, match="cannot judge"):
        run_live(
            quiet_voices(few),
            host,
            CityClock.starting(FIRST, 10_000.0),
            LiveSettings(FIRST, UNTIL),
            on_hour=broken,
        )


# ---------------------------------------------------------------------------------------------- small things


def test_a_stretch_without_a_whole_hour_and_a_city_without_loggers_are_refused(few: Making):
    clock = CityClock.starting(FIRST, 1.0)
    with slow_host(0.0) as host:
        for until in (FIRST, FIRST + timedelta(minutes=30)):
            with pytest.raises(CallerError, match="no whole hour"):
                run_live(quiet_voices(few), host, clock, LiveSettings(FIRST, until))
        with pytest.raises(CallerError, match="No logger"):
            run_live([], host, clock, LiveSettings(FIRST, UNTIL))


def test_where_it_stands_is_kept_and_nothing_is_kept_of_a_city_that_never_lived(tmp_path: Path):
    path = tmp_path / "twin" / "live.json"
    assert read_state(path) is None
    keep_state(path, LiveState(FIRST, FIRST + timedelta(minutes=7)))
    assert read_state(path) == LiveState(FIRST, FIRST + timedelta(minutes=7))
    path.write_text(json.dumps({"next": "soon"}), "utf-8")
    with pytest.raises(HouseError, match="Delete it"):
        read_state(path)
