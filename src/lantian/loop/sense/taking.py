"""Moves the journal into the lake, each frame once, whenever it is interrupted (入湖).

Every table of the lake remembers, in the commit that wrote its rows, how far the journal was taken into it; so a
program that dies between two tables goes on with the second one. A frame that was sent again says nothing new and
is dropped; another value for the same moment is the next version.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lantian.ledger import Ledger
from lantian.loop.sense.ambient_rows import ambient_hours
from lantian.loop.sense.frame_rows import SHEAF_TABLES, Sheaf, rows_of
from lantian.loop.sense.parameters import ParameterChange, keep_parameters
from lantian.loop.sense.registry import DeviceCard, list_cards
from lantian.loop.sense.row_frames import ClockBounds, lake_columns, number_of
from lantian.store import AMBIENT_HOURS, SOURCE_READINGS, Lake, Table, Taken
from lantian.store.journal import JournalReader, Kind, Position, Record, journal_id
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PROGRESS_FILE = "taken.json"
FRAMES_A_COMMIT = 200_000
_FRAMES_A_READ = 10_000
_NOTHING = Position(0, 0)
_TIMES = frozenset({"sampled_at", "ended_at"})
"""Columns beside the key that hold instants: a read gives them in the city's zone, so they are not compared."""


@dataclass(slots=True)
class Took:
    """What one turn moved."""

    frames: int = 0
    """Of registered devices."""
    outside: Counter[str] = field(default_factory=Counter)
    """Records that are no such frame, by their kind: strangers, faults, noise, requests."""
    repeats: int = 0
    """Frames that said nothing new, byte for byte or by number and content."""
    written: dict[str, int] = field(default_factory=dict)
    """Table → rows written."""
    corrected: int = 0
    """Rows that replace one that was known before."""
    unchanged: int = 0
    """Rows that repeated what was known."""
    unread: Counter[str] = field(default_factory=Counter)
    """Why frames or values gave no row (`frame_rows.WHY_UNREAD`)."""
    without_data: Counter[str] = field(default_factory=Counter)
    """Frames that carry nothing for a table (`frame_rows.WITHOUT_DATA`)."""
    changes: list[ParameterChange] = field(default_factory=list)
    oldest_us: int | None = None
    """When the oldest of its frames was received. [µs]"""
    newest_us: int | None = None
    at_end: bool = True
    """Whether the journal held no more."""

    @property
    def others(self) -> int:
        """Records that are no frame of a registered device."""
        return self.outside.total()

    @property
    def rows(self) -> int:
        """Rows written to all tables."""
        return sum(self.written.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of everything in a journal, since it began."""

    frames: int = 0
    repeats: int = 0
    rows: int = 0
    unread: Mapping[str, int] = field(default_factory=dict)
    without_data: Mapping[str, int] = field(default_factory=dict)
    outside: Mapping[str, int] = field(default_factory=dict)

    def after(self, took: Took) -> "Tally":
        """Return it with one more turn."""
        return Tally(
            self.frames + took.frames,
            self.repeats + took.repeats,
            self.rows + took.rows,
            *(
                dict(Counter(before) + now)
                for before, now in (
                    (self.unread, took.unread),
                    (self.without_data, took.without_data),
                    (self.outside, took.outside),
                )
            ),
        )


def taken_place(folder: Path) -> Position:
    """Return up to where every table of the lake has a journal."""
    try:
        held = json.loads((folder / PROGRESS_FILE).read_text("utf-8"))
        return Position.of(int(held["number"])) if held["journal"] == journal_id(folder) else _NOTHING
    except (OSError, ValueError, KeyError, TypeError):
        return _NOTHING  # the tables know what they have


def tally_of(folder: Path) -> Tally:
    """Return what became of everything that was taken from a journal; empty where nothing was."""
    try:
        return Tally(**json.loads((folder / PROGRESS_FILE).read_text("utf-8"))["tally"])
    except (OSError, ValueError, KeyError, TypeError):
        return Tally()


class JournalTaker:
    """Takes a journal into a lake; one a workspace, though two would only wait for each other.

    Parameters
    ----------
    folder
        Of the journal.
    lake, ledger
        Where readings and settings go.
    now
        Wall clock.
    """

    def __init__(
        self,
        folder: Path,
        lake: Lake,
        ledger: Ledger,
        now: "Callable[[], datetime]",
        *,
        clocks: ClockBounds | None = None,
        frames_a_commit: int = FRAMES_A_COMMIT,
    ) -> None:
        self._folder = folder
        self._lake = lake
        self._ledger = ledger
        self._now = now
        self._clocks = clocks
        self._frames_a_commit = frames_a_commit
        self._reader = JournalReader(folder)
        self._newest: dict[str, str] = {}
        """MN → greatest number of an exchange (QN) that was taken since this object was made."""

    def take(self) -> Took:
        """Move what the journal holds, up to one commit a table; say whether more is waiting.

        Raises
        ------
        HouseError
            Journal, lake or ledger failed; what was not moved is moved the next time.
        """
        journal = journal_id(self._folder)
        if journal is None:
            return Took()
        took = Took()
        cards = list_cards(self._ledger)
        start = self.place()
        sheaves, end = self._read(start, cards, took)
        if end == start:
            return took
        self._write(journal, end, sheaves, cards, took)
        for sheaf in sheaves:
            took.changes += keep_parameters(self._ledger, sheaf.information, self._lake.zone, at=self._now())
        self._remember(journal, end, took)
        return took

    def recall(self, mn: str) -> Took:
        """Take what a device sent before it was registered: it stands in the journal and was never acknowledged.

        Raises
        ------
        CallerError
            The device is not registered.
        """
        cards = list_cards(self._ledger)
        card = cards.get(mn)
        if card is None or not card.taken:
            raise CallerError(
                "Device {mn} is not registered, so its frames are not taken. Register it first.", mn=mn
            )
        took, place = Took(), _NOTHING
        while True:
            batch = self._reader.read(place, records=_FRAMES_A_READ)
            kept = [each for each in batch.records if each.kind is Kind.UNKNOWN_DEVICE and each.mn == mn]
            if kept:
                sheaf = rows_of(kept, cards, self._lake.zone, simulated=self._lake.simulated, clocks=self._clocks)
                self._count(took, kept, sheaf)
                for table, rows in sheaf.tables():
                    self._append(table, lake_columns(rows, table), None, took)
                if not sheaf.readings.is_empty():
                    self._append(AMBIENT_HOURS, ambient_hours(sheaf.readings, cards, self._lake), None, took)
            place = batch.following
            if batch.at_end:
                return took

    def place(self) -> Position:
        """Return where the next turn begins."""
        return taken_place(self._folder)

    # ------------------------------------------------------------------------------------------ within

    def _read(self, start: Position, cards: Mapping[str, DeviceCard], took: Took) -> tuple[list[Sheaf], Position]:
        sheaves: list[Sheaf] = []
        place = start
        while took.frames < self._frames_a_commit:
            batch = self._reader.read(place, records=min(_FRAMES_A_READ, self._frames_a_commit - took.frames))
            place, took.at_end = batch.following, batch.at_end
            frames = [record for record in batch.records if record.kind is Kind.FRAME]
            others = (record.kind.name.lower() for record in batch.records if record.kind is not Kind.FRAME)
            took.outside.update(others)
            if frames:
                sheaf = rows_of(
                    frames, cards, self._lake.zone, simulated=self._lake.simulated, clocks=self._clocks
                )
                self._count(took, frames, sheaf)
                sheaves.append(sheaf)
            if batch.at_end:
                break
        return sheaves, place

    @staticmethod
    def _count(took: Took, frames: list[Record], sheaf: Sheaf) -> None:
        took.frames += len(frames)
        took.repeats += sheaf.repeats
        took.unread += sheaf.unread
        took.without_data += sheaf.without_data
        took.oldest_us = frames[0].received_us if took.oldest_us is None else took.oldest_us
        took.newest_us = frames[-1].received_us

    def _write(
        self, journal: str, end: Position, sheaves: list[Sheaf], cards: Mapping[str, DeviceCard], took: Took
    ) -> None:
        if not sheaves:
            return
        taken = Taken(f"lantian-journal:{journal}", end.number)
        whole = [pl.concat(rows) for rows in zip(*(sheaf.frames_of_rows() for sheaf in sheaves), strict=True)]
        for table, rows in zip(SHEAF_TABLES, whole, strict=True):
            fresh = self._untaken(table, rows, taken)
            self._append(table, lake_columns(self._without_stale(table, fresh), table), taken, took)
        readings = whole[0]
        fresh = self._untaken(AMBIENT_HOURS, readings, taken)
        if not fresh.is_empty():
            hours = ambient_hours(self._without_stale(SOURCE_READINGS, fresh), cards, self._lake)
            self._append(AMBIENT_HOURS, hours.drop("number", strict=False), taken, took)
        if not readings.is_empty():
            newest = readings.group_by("mn").agg(pl.col("qn").max()).drop_nulls()
            self._newest |= {mn: max(qn, self._newest.get(mn, "")) for mn, qn in newest.iter_rows()}

    def _untaken(self, table: Table, rows: pl.DataFrame, taken: Taken) -> pl.DataFrame:
        """Leave out what this table has from an earlier turn that died before the next table."""
        if rows.is_empty():
            return rows
        return rows.filter(pl.col("number") >= self._lake.taken_from(table, taken.by))

    def _append(self, table: Table, rows: pl.DataFrame, taken: Taken | None, took: Took) -> None:
        if rows.is_empty():
            return
        done = self._lake.append(table, rows, only_changes=True, taken=taken)
        took.written[table.name] = took.written.get(table.name, 0) + done.written
        took.corrected += done.corrected
        took.unchanged += done.unchanged

    def _without_stale(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        """Leave out rows of frames that come again although another version has followed them.

        A device that got no answer sends the same frame again, with its old number. It would otherwise undo the
        correction that came in between. Only frames whose number is not newer than all before can be such ones.
        """
        if rows.is_empty():
            return rows
        newest = pl.col("mn").replace_strict(self._newest, default="", return_dtype=pl.String)
        frames = rows.unique("number", keep="first", maintain_order=True)
        before = pl.Series(_greatest_before(frames), dtype=pl.String)
        doubtful = frames.filter((pl.col("qn") <= pl.max_horizontal(newest, before)) | (newest == ""))
        old = rows.join(doubtful.select("number"), on="number", how="semi")
        if old.is_empty() or self._lake.version(table) < 0:
            return rows
        instant = table.instant or ""
        first, last = old[instant].min(), old[instant].max()
        lake = self._lake
        known = lake.read(
            table,
            first=lake.day_of(first),  # type: ignore[arg-type]
            last=lake.day_of(last),  # type: ignore[arg-type]
            latest=False,
            where=pl.col("outlet").is_in(old["outlet"].unique().to_list()),
        ).with_columns(pl.col(instant).dt.convert_time_zone("UTC"))
        same = [*table.key, *(name for name in table.content if name not in _TIMES), "qn"]
        earlier = known.group_by(same).agg(known_number=number_of(pl.col("origin")).min())
        joined = rows.join(earlier, on=same, how="left", nulls_equal=True, maintain_order="left")
        own = pl.col("known_number").is_null() | (pl.col("known_number") >= pl.col("number"))
        return joined.filter(own).select(rows.columns)

    def _remember(self, journal: str, end: Position, took: Took) -> None:
        """Keep how far it was taken, and what became of it; a turn that died is counted again."""
        known = self.place() != _NOTHING
        tally = (tally_of(self._folder) if known else Tally()).after(took)
        path = self._folder / PROGRESS_FILE
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            place = {"journal": journal, "number": end.number, "place": str(end)}
            json.dump({**place, "tally": asdict(tally)}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def _greatest_before(frames: pl.DataFrame) -> list[str]:
    """Greatest number of an exchange before each frame, among those of its device."""
    so_far: dict[str, str] = {}
    found = []
    for mn, qn in frames.select("mn", "qn").iter_rows():
        found.append(so_far.get(mn, ""))
        so_far[mn] = max(found[-1], qn or "")
    return found
