"""The chain as a whole: is it sound, what was its head on a day, what does it say, how does it leave?"""

import json
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lantian.ledger.database import Ledger
from lantian.ledger.entries import FIRST, canonical, said_hash
from lantian.ledger.guards import missing_guards
from lantian.ledger.models import Entry, EntryHead, Row, Workspace
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_CHUNK = 1_000

Progress = Callable[[float, str], None]
"""Called with the share done, 0 … 1, and a few words."""


@dataclass(frozen=True, slots=True)
class ChainedEntry:
    """One decision as it stands in the chain."""

    number: int
    id: str
    at: datetime
    """Wall time, UTC."""
    actor: str
    kind: str
    subject: str
    payload: str
    """Canonical JSON text."""
    previous: str
    hash: str

    def said(self) -> tuple[int | str, ...]:
        """Return what its hash is taken over, in order."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        return (self.number, self.id, at, self.actor, self.kind, self.subject, self.payload, self.previous)


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Number and hash of an entry, to be given out: who holds it can later tell whether the past changed."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "ChainHead":
        """Read a head as it is printed.

        Examples
        --------
        >>> str(ChainHead.parse("0:" + "0" * 64)) == "0:" + "0" * 64
        True
        """
        number, _, digest = text.strip().partition(":")
        if not number.isdecimal() or len(digest) != len(FIRST) or set(digest) - set("0123456789abcdef"):
            raise CallerError("{text!r} is no head of the chain. Write it as printed: 12:9f86d0…", text=text[:80])
        return cls(int(number), digest)


class BreakKind(StrEnum):
    """How a chain can be broken."""

    GAP = "gap"
    PREVIOUS = "previous"
    HASH = "hash"
    PAYLOAD = "payload"
    UNREADABLE = "unreadable"
    HEAD = "head"
    GIVEN_OUT = "given_out"


WORDS: dict[BreakKind, str] = {
    BreakKind.GAP: mark("an entry is missing or out of its place here"),
    BreakKind.PREVIOUS: mark("does not follow the entry before it"),
    BreakKind.HASH: mark("what it says is not what was decided: its hash is another"),
    BreakKind.PAYLOAD: mark("its payload is not canonical JSON"),
    BreakKind.UNREADABLE: mark("cannot be read"),
    BreakKind.HEAD: mark("the head of the chain is not its last entry: entries were cut off or added past it"),
    BreakKind.GIVEN_OUT: mark("is not the head that was given out: the chain was written again"),
}
"""Kind of break → message id that says it."""


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    number: int
    """Of the entry."""
    kind: BreakKind

    @property
    def message(self) -> str:
        """Message id that says what is wrong."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found."""

    entries: int
    """How many hold, from the first."""
    head: ChainHead
    """Of the last entry that holds."""
    broken: Break | None
    missing_guards: tuple[str, ...]
    """Triggers that no longer refuse changes."""

    @property
    def sound(self) -> bool:
        """Whether every entry holds and every guard stands."""
        return self.broken is None and not self.missing_guards


def verify_chain(
    ledger: Ledger, progress: Progress | None = None, *, given_out: Iterable[ChainHead] = ()
) -> ChainReport:
    """Prove every entry from the first: numbers, links, hashes, payloads, the head row and the triggers.

    Parameters
    ----------
    ledger : Ledger
        Whose chain.
    progress : callable, optional
        Told the share done and a word.
    given_out : iterable of ChainHead
        Heads that were printed in bulletins or kept elsewhere. Only they show that somebody who may do everything
        in the database has cut off the end of the chain, or made all of it anew.
    """
    wanted = {head.number: head.hash for head in given_out}
    with ledger.read() as session:
        guards = missing_guards(session.connection())
        standing = session.get(EntryHead, 1)
        last, broken = _follow(session, 0 if standing is None else standing.number, wanted, progress)
    if broken is None and (standing is None or ChainHead(standing.number, standing.hash) != last):
        broken = Break(last.number + 1 if standing is None else standing.number, BreakKind.HEAD)
    beyond = [number for number in wanted if number > last.number]
    if broken is None and beyond:
        broken = Break(min(beyond), BreakKind.GIVEN_OUT)
    return ChainReport(last.number, last, broken, guards)


def _follow(
    session: Session, total: int, given_out: dict[int, str], progress: Progress | None
) -> tuple[ChainHead, Break | None]:
    """Walk from the first entry to the first that does not hold."""
    last = ChainHead(0, FIRST)
    if given_out.get(0, FIRST) != FIRST:
        return last, Break(0, BreakKind.GIVEN_OUT)
    try:
        with closing(_stream(session, select(Entry).order_by(Entry.number))) as stream:
            for entry in stream:
                kind = _fault(entry, last, given_out)
                if kind is not None:
                    return last, Break(last.number + 1 if kind is BreakKind.GAP else entry.number, kind)
                last = ChainHead(entry.number, entry.hash)
                if progress is not None and entry.number % _CHUNK == 0:
                    progress(min(1.0, entry.number / max(total, 1)), "")
    except (ValueError, TypeError, AttributeError):  # a field that was written past the program
        return last, Break(last.number + 1, BreakKind.UNREADABLE)
    return last, None


def _fault(entry: ChainedEntry, last: ChainHead, given_out: dict[int, str]) -> BreakKind | None:
    if entry.number != last.number + 1:
        return BreakKind.GAP
    if entry.previous != last.hash:
        return BreakKind.PREVIOUS
    if said_hash(*entry.said()) != entry.hash:
        return BreakKind.HASH
    if not _is_canonical(entry.payload):
        return BreakKind.PAYLOAD
    if given_out.get(entry.number, entry.hash) != entry.hash:
        return BreakKind.GIVEN_OUT
    return None


def _is_canonical(payload: str) -> bool:
    try:
        held = json.loads(payload)
        return isinstance(held, dict) and canonical(held) == payload
    except ValueError:
        return False


def day_head(ledger: Ledger, day: date, zone: tzinfo) -> ChainHead:
    """Return the last entry of a legal day and of all days before it (日末哈希); 0 where there was none yet."""
    end = datetime.combine(day + timedelta(days=1), time.min, zone)
    query = select(Entry.number, Entry.hash).where(Entry.at < end).order_by(Entry.number.desc()).limit(1)
    with ledger.read() as session:
        row = session.execute(query).first()
    return ChainHead(0, FIRST) if row is None else ChainHead(row.number, row.hash)


def head_number(ledger: Ledger) -> int:
    """Return the number of the newest decision: who keeps an answer asks whether any was made since."""
    with ledger.read() as session:
        return int(session.execute(select(EntryHead.number)).scalar_one())


def list_entries(
    ledger: Ledger,
    *,
    subject: str | None = None,
    kind: str | None = None,
    actor: str | None = None,
    since: datetime | None = None,
    limit: int = 50,
) -> list[ChainedEntry]:
    """List the newest decisions, newest first.

    Parameters
    ----------
    ledger : Ledger
        Whose chain.
    subject : str, optional
        What they are about: ``duty:<id>``, or ``duty:`` for every duty.
    kind : str, optional
        Verb of the office: ``duty.reported``, or ``duty.`` for every verb about duties.
    actor : str, optional
        Who decided.
    since : datetime, optional
        Not before this instant.
    limit : int
        At most so many.
    """
    query = select(Entry).order_by(Entry.number.desc()).limit(limit)
    if subject is not None:
        query = query.where(_named(Entry.subject, subject, ":"))
    if kind is not None:
        query = query.where(_named(Entry.kind, kind, "."))
    if actor is not None:
        query = query.where(Entry.actor == actor)
    if since is not None:
        query = query.where(Entry.at >= since)
    with ledger.read() as session:
        return list(_stream(session, query))


def _named(column: Any, wanted: str, end: str) -> Any:
    return column.startswith(wanted, autoescape=True) if wanted.endswith(end) else column == wanted


def export_chain(ledger: Ledger, path: Path, at: datetime) -> ChainHead:
    """Write the chain as JSON lines that anybody can verify without this program (see ``docs/ledger.md``).

    The first line says whose chain it is and whether it is simulated, each further one is an entry.
    """
    last = ChainHead(0, FIRST)
    with ledger.read() as session, path.open("w", encoding="utf-8", newline="\n") as file:
        place = session.execute(select(Workspace)).scalar_one()
        head = session.execute(select(EntryHead)).scalar_one()
        said = {
            "chain": "lantian",
            "city": place.city,
            "simulated": place.simulated,
            "exported_at": at.astimezone(UTC).isoformat(),
            "entries": head.number,
            "head": head.hash,
        }
        file.write(json.dumps(said, ensure_ascii=False) + "\n")
        for entry in _stream(session, select(Entry).order_by(Entry.number)):
            row = {**asdict(entry), "at": entry.said()[2]}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            last = ChainHead(entry.number, entry.hash)
    return last


def count_rows(ledger: Ledger) -> dict[str, int]:
    """Count the rows of every table of the ledger that holds any."""
    with ledger.read() as session:
        counts = {
            str(table.name): session.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Row.metadata.sorted_tables
        }
    return {name: count for name, count in sorted(counts.items()) if count}


def _stream(session: Session, query: Select[Entry]) -> Generator[ChainedEntry]:
    columns = (
        Entry.number,
        Entry.id,
        Entry.at,
        Entry.actor,
        Entry.kind,
        Entry.subject,
        Entry.payload,
        Entry.previous,
        Entry.hash,
    )
    with session.execute(query.with_only_columns(*columns), execution_options={"yield_per": _CHUNK}) as rows:
        for row in rows:
            yield ChainedEntry(*row)
