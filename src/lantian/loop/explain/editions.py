"""Editions of the inventory: who opens a year's book, from which other, and who closes it (清单版本)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import InventoryEdition
from lantian.loop.explain.keeping import keep_book, of_edition, read_book
from lantian.loop.explain.study import Study
from lantian.science.inventory.records import Book, Process, Source
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

DRAFT, CLOSED = "draft", "closed"
_KEY = re.compile(r"[0-9a-z][0-9a-z._-]{0,39}")
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True, slots=True)
class Opened:
    """A book to be opened."""

    key: str
    """Small letters, digits, point, hyphen: ``2025``."""
    year: int
    by: str
    reason: str
    name: str = ""
    parent: str | None = None
    """Edition that it is rolled forward from."""
    growth: Mapping[str, float] = field(default_factory=dict)
    """Category, or the beginning of its code → activity of this year over the parent's. [1]"""
    closures: tuple[str, ...] = ()
    """Ids of sources of the parent that are gone."""


def open_edition(study: Study, wanted: Opened) -> InventoryEdition:
    """Open a year's book, empty or rolled forward from another one (新建、滚动更新).

    Rolled forward, it has the parent's sources but those that are closed, their activities times the growth of the
    longest beginning of their category that has one. Measurements and yearbook totals belong to their year and
    stay behind.

    Raises
    ------
    CallerError
        A key that is taken or cannot be one, no reason or name, an unknown parent, closure or category, or a
        growth that is no factor.
    """
    _check(study, wanted)
    book = None
    if wanted.parent is not None:
        book = _rolled(study, wanted)
        if not book.sources:
            raise CallerError("The edition {parent} has no sources to roll forward.", parent=wanted.parent)
    elif wanted.growth or wanted.closures:
        raise CallerError("Growth and closures roll an edition forward. Name the one that they start from.")
    at = study.now()
    row = InventoryEdition(
        id=str(uuid7(at)), key=wanted.key, year=wanted.year, name=wanted.name or wanted.key, parent=wanted.parent,
        carried={"growth": dict(wanted.growth), "closures": list(wanted.closures)}, state=DRAFT,
        reason=wanted.reason.strip(), simulated=study.simulated, made_at=at, made_by=wanted.by.strip(),
    )  # fmt: skip
    with study.ledger.write() as session:
        if _find(session, wanted.key) is not None:
            raise _taken(wanted.key)
        session.add(row)
        append_entry(
            session, at=at, actor=row.made_by, kind="inventory.opened", subject=f"inventory:{row.key}",
            payload={"year": row.year, "parent": row.parent, "reason": row.reason, **row.carried},
        )  # fmt: skip
        if book is not None:  # inside: without its rows there is no edition
            keep_book(study, book, origin=f"edition {wanted.parent}")
    return row


def close_edition(study: Study, key: str, *, by: str, because: str) -> InventoryEdition:
    """Close a book: its rows and results are never changed again (定稿).

    Raises
    ------
    CallerError
        No such edition, closed already, no reason or name, or results that are missing.
    """
    if not by.strip() or not because.strip():
        raise CallerError("Closing a book needs a reason and the name of who decides it; it is kept as evidence.")
    if study.lake.read("inventory_totals", columns=["edition"], where=of_edition(key)).is_empty():
        raise CallerError(
            "The edition {key} has no results yet. Run `lantian inventory run {key}` first.", key=key
        )
    at = study.now()
    with study.ledger.write() as session:
        row = _draft(session, key)
        row.state, row.closed_at, row.closed_by, row.closed_because = CLOSED, at, by.strip(), because.strip()
        append_entry(
            session, at=at, actor=by.strip(), kind="inventory.closed", subject=f"inventory:{key}",
            payload={"because": because.strip()},
        )  # fmt: skip
    return row


def list_editions(study: Study) -> list[InventoryEdition]:
    """List editions by year and key."""
    with study.ledger.read() as session:
        return list(
            session.scalars(select(InventoryEdition).order_by(InventoryEdition.year, InventoryEdition.key))
        )


def find_edition(study: Study, key: str | None = None) -> InventoryEdition:
    """Return an edition by its key; without one the newest of the latest year.

    Raises
    ------
    CallerError
        There is none.
    """
    held = list_editions(study)
    found = [row for row in held if key in (None, row.key)]
    if not found:
        raise CallerError(
            "The inventory has no edition {key}; it has: {held}. Open one with `lantian inventory new`.",
            key=key or "", held=", ".join(row.key for row in held) or "—",
        )  # fmt: skip
    return found[-1]


def draft_edition(study: Study, key: str) -> InventoryEdition:
    """Return an edition that may still be changed.

    Raises
    ------
    CallerError
        There is none, or it is closed.
    """
    with study.ledger.read() as session:
        return _draft(session, key)


def _draft(session: Session, key: str) -> InventoryEdition:
    row = _find(session, key)
    if row is None:
        raise CallerError("The inventory has no edition {key}. Open one with `lantian inventory new`.", key=key)
    if row.state != DRAFT:
        raise CallerError(
            "The edition {key} was closed on {day} by {by}. Open a new one from it: it is evidence as it stands.",
            key=key, day=f"{row.closed_at:%Y-%m-%d}", by=row.closed_by,
        )  # fmt: skip
    return row


def _find(session: Session, key: str) -> InventoryEdition | None:
    return session.scalars(select(InventoryEdition).where(InventoryEdition.key == key)).first()


def _taken(key: str) -> CallerError:
    return CallerError("There is an edition {key} already. Choose another key.", key=key)


def _check(study: Study, wanted: Opened) -> None:
    if not _KEY.fullmatch(wanted.key):
        raise CallerError(
            "{key!r} cannot be the key of an edition. Use small letters, digits, point and hyphen, as 2025.",
            key=wanted.key,
        )
    if not _FIRST_YEAR <= wanted.year <= _LAST_YEAR:
        raise CallerError("{year} is no year of an inventory. Write it as 2025.", year=wanted.year)
    if not wanted.by.strip() or not wanted.reason.strip():
        raise CallerError("Opening a book needs a reason and the name of who opens it; it is kept as evidence.")
    with study.ledger.read() as session:
        if _find(session, wanted.key) is not None:
            raise _taken(wanted.key)
        if wanted.parent is not None and _find(session, wanted.parent) is None:
            raise CallerError("There is no edition {key} to roll forward.", key=wanted.parent)
    known = study.rules(wanted.year).categories
    for code, ratio in wanted.growth.items():
        if code not in known:
            raise CallerError("{code!r} is no category. `lantian inventory template` lists them.", code=code)
        if not (isfinite(ratio) and ratio >= 0):
            raise CallerError("The growth of {code} is {ratio}; write 1.05 for 5 % more.", code=code, ratio=ratio)


def _rolled(study: Study, wanted: Opened) -> Book:
    parent = read_book(study, str(wanted.parent), wanted.year)
    known = {source.id for source in parent.sources}
    if strange := sorted(set(wanted.closures) - known):
        raise CallerError(
            "The edition {parent} has no source {strange}, so it cannot close.",
            parent=wanted.parent, strange=", ".join(strange),
        )  # fmt: skip
    kept = tuple(_grown(source, wanted.growth) for source in parent.sources if source.id not in wanted.closures)
    return Book(wanted.key, wanted.year, kept)


def _grown(source: Source, growth: Mapping[str, float]) -> Source:
    return replace(source, processes=tuple(_grown_process(process, growth) for process in source.processes))


def _grown_process(process: Process, growth: Mapping[str, float]) -> Process:
    category = process.activity.category
    named = [code for code in growth if f"{category}.".startswith(f"{code}.")]
    if not named:
        return process
    ratio = growth[max(named, key=len)]
    return replace(process, activity=replace(process.activity, amount=process.activity.amount * ratio))
