"""Moves the journal into the lake, each frame once, whenever it is interrupted (入湖).

Every table of the lake remembers, in the commit that wrote its rows, how far the journal was taken into it; so a
program that dies between two tables goes on with the second one. A frame that was sent again says nothing new and
is dropped; another value for the same moment is the next version.
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from lantian.ledger import Ledger
from lantian.loop.sense.ambient_rows import ambient_hours
from lantian.loop.sense.frame_rows import ClockBounds, Sheaf, lake_columns, number_of, rows_of
from lantian.loop.sense.parameters import ParameterChange, keep_parameters
from lantian.loop.sense.registry import DeviceCard, list_cards
from lantian.store import AMBIENT_HOURS, POWER_READINGS, SOURCE_READINGS, Lake, Table, Taken
from lantian.store.journal import JournalReader, Kind, Position, Record, journal_id
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

PROGRESS_FILE = "taken.json"
FRAMES_A_COMMIT = 200_000
_FRAMES_A_READ = 10_000
_NOTHING = Position(0, 0)


@dataclass(slots=True)
class Took:
    """What one turn moved."""

    frames: int = 0
    """Of registered devices."""
    others: int = 0
    """Records that are no such frame: strangers, faults, noise, requests."""
    repeats: int = 0
    """Frames that said nothing new, byte for byte or by number and content."""
    written: dict[str, int] = field(default_factory=dict)
    """Table → rows written."""
    corrected: int = 0
    """Rows that replace one that was known before."""
    unchanged: int = 0
    """Rows that repeated what was known."""
    unread: Counter[str] = field(default_factory=Counter)
    """Why frames or values gave no row."""
    changes: list[ParameterChange] = field(default_factory=list)
    oldest_us: int | None = None
    """When the oldest of its frames was received. [µs]"""
    newest_us: int | None = None
    at_end: bool = True
    """Whether the journal held no more."""

    @property
    def rows(self) -> int:
        """Rows written to all tables."""
        return sum(self.written.values())


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
        self._remember(journal, end)
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
                self._append(SOURCE_READINGS, lake_columns(sheaf.readings), None, took)
                self._append(POWER_READINGS, lake_columns(sheaf.power, power=True), None, took)
                if not sheaf.readings.is_empty():
                    self._append(AMBIENT_HOURS, ambient_hours(sheaf.readings, cards, self._lake), None, took)
            place = batch.following
            if batch.at_end:
                return took

    def place(self) -> Position:
        """Return where the next turn begins."""
        try:
            held = json.loads((self._folder / PROGRESS_FILE).read_text("utf-8"))
            known = held["journal"] == journal_id(self._folder)
            return Position.of(int(held["number"])) if known else _NOTHING
        except (OSError, ValueError, KeyError, TypeError):
            return _NOTHING  # the tables know what they have

    # ------------------------------------------------------------------------------------------ within

    def _read(self, start: Position, cards: Mapping[str, DeviceCard], took: Took) -> tuple[list[Sheaf], Position]:
        sheaves: list[Sheaf] = []
        place = start
        while took.frames < self._frames_a_commit:
            batch = self._reader.read(place, records=min(_FRAMES_A_READ, self._frames_a_commit - took.frames))
            place, took.at_end = batch.following, batch.at_end
            frames = [record for record in batch.records if record.kind is Kind.FRAME]
            took.others += len(batch.records) - len(frames)
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
        took.oldest_us = frames[0].received_us if took.oldest_us is None else took.oldest_us
        took.newest_us = frames[-1].received_us

    def _write(
        self, journal: str, end: Position, sheaves: list[Sheaf], cards: Mapping[str, DeviceCard], took: Took
    ) -> None:
        readings = pl.concat([sheaf.readings for sheaf in sheaves]) if sheaves else pl.DataFrame()
        power = pl.concat([sheaf.power for sheaf in sheaves]) if sheaves else pl.DataFrame()
        taken = Taken(f"lantian-journal:{journal}", end.number)
        fresh = self._untaken(SOURCE_READINGS, readings, taken)
        self._append(SOURCE_READINGS, lake_columns(self._without_stale(SOURCE_READINGS, fresh)), taken, took)
        fresh = self._untaken(POWER_READINGS, power, taken)
        self._append(
            POWER_READINGS, lake_columns(self._without_stale(POWER_READINGS, fresh), power=True), taken, took
        )
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
        first, last = old["period_start"].min(), old["period_start"].max()
        lake = self._lake
        known = lake.read(
            table,
            first=lake.day_of(first),  # type: ignore[arg-type]
            last=lake.day_of(last),  # type: ignore[arg-type]
            latest=False,
            where=pl.col("outlet").is_in(old["outlet"].unique().to_list()),
        ).with_columns(pl.col("period_start").dt.convert_time_zone("UTC"))
        same = [*table.key, *(name for name in table.content if name != "sampled_at"), "qn"]
        earlier = known.group_by(same).agg(known_number=number_of(pl.col("origin")).min())
        joined = rows.join(earlier, on=same, how="left", nulls_equal=True, maintain_order="left")
        own = pl.col("known_number").is_null() | (pl.col("known_number") >= pl.col("number"))
        return joined.filter(own).select(rows.columns)

    def _remember(self, journal: str, end: Position) -> None:
        path = self._folder / PROGRESS_FILE
        fresh = path.with_suffix(".new")
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"journal": journal, "number": end.number, "place": str(end)}, file)
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
