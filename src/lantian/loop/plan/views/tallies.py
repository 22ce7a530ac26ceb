"""How many duties have which light? Counted by the database, one cell a body and measure.

A hundred thousand duties are counted in one pass over one index, in the index's own order and without sorting:
each duty adds a power of 64 that stands for its light to the sum of its cell, and a power of 1,024 that stands
for its role. The digits of the sums are the counts. Where a cell holds more than a digit can, lights are grouped
plainly.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Measure
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.light_case import Situation, situation_in
from lantian.loop.plan.dispatch.lights import COLOURS, Colour, LightWord
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan, within
from lantian.loop.plan.rows import ROLES

Key = TypeVar("Key", bound=Hashable)
IntArray = NDArray[np.int64]
_Conditions = tuple[ColumnElement[bool], ...]
WORDS: tuple[LightWord, ...] = tuple(LightWord)
_WORD_BITS, _ROLE_BITS = 6, 10
_MOST = (1 << (63 - _WORD_BITS * (len(WORDS) - 1))) - 1
"""Duties of one cell beyond which the sum of powers could leave 63 bits."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many duties have which light."""

    by_word: tuple[int, ...]
    """In the order of `LightWord`."""

    @property
    def words(self) -> Mapping[LightWord, int]:
        """Every word with its count, zeros too."""
        return dict(zip(WORDS, self.by_word, strict=True))

    @property
    def total(self) -> int:
        """How many duties there are."""
        return sum(self.by_word)

    @property
    def done(self) -> int:
        """How many are accepted as done."""
        return self.by_word[WORDS.index(LightWord.DONE)]

    @property
    def overdue(self) -> int:
        """How many are overdue."""
        return self.by_word[WORDS.index(LightWord.OVERDUE)]

    def colour(self, colour: Colour) -> int:
        """Count the duties of one colour."""
        return sum(count for word, count in zip(WORDS, self.by_word, strict=True) if COLOURS[word] is colour)


@dataclass(frozen=True, slots=True)
class Counted:
    """Counts of one section, measure or body."""

    key: str
    title: str
    title_en: str
    counts: Counts


@dataclass(frozen=True, slots=True, eq=False)
class LightCells:
    """What each body has to do with each measure, counted; row by row."""

    bodies: tuple[str, ...]
    measures: tuple[str, ...]
    roles: IntArray
    """Duties of each role, in the order of `ROLES`; shape (n_cells, 3)."""
    words: IntArray
    """Duties of each light, in the order of `LightWord`; shape (n_cells, 10)."""

    def __len__(self) -> int:
        """How many cells hold any duty."""
        return len(self.bodies)


def count_lights(words: Iterable[LightWord]) -> Counts:
    """Count words; those that do not occur are zero.

    Examples
    --------
    >>> count_lights([LightWord.DONE, LightWord.DONE]).done
    2
    """
    found = list(words)
    return Counts(tuple(found.count(word) for word in WORDS))


NONE_COUNTED = count_lights(())
"""Counts of nothing."""


def light_cells(session: Session, at: Situation, *also: ColumnElement[bool]) -> LightCells:
    """Count the lights of a plan's duties, one cell a body and measure.

    Parameters
    ----------
    session : Session
        Of the ledger.
    at : Situation
        Plan, day, rule and who was asked for what.
    *also : conditions
        On `Duty`: count only some.
    """
    where = (Duty.plan_id == at.plan_id, *also)
    if _fullest(session, at.plan_id) <= _MOST:
        cells = _packed(session, where, at.case(powers(_WORD_BITS, WORDS)))
        if cells is not None:
            return cells
    return _plain(session, where, at.case({word: literal(word.value) for word in WORDS}))


def powers(bits: int, names: Iterable[Key]) -> dict[Key, ColumnElement[Any]]:
    """Give each name a digit of its own: 1, 2**bits, 4**bits …, written into the statement."""
    return {
        name: literal(1 << (bits * place), BigInteger, literal_execute=True) for place, name in enumerate(names)
    }


def sums(cells: LightCells, keys: Sequence[Key]) -> dict[Key, Counts]:
    """Add cells up by the key of each: key → counts."""
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    total = np.zeros((len(places), len(WORDS)), dtype=np.int64)
    if places:
        np.add.at(total, [places[key] for key in keys], cells.words)
    return {key: Counts(tuple(row)) for key, row in zip(places, total.tolist(), strict=True)}


def total_of(cells: LightCells) -> Counts:
    """Add all cells up."""
    return Counts(tuple(cells.words.sum(axis=0).tolist()))


def digits(totals: Sequence[int], bits: int, count: int) -> IntArray:
    """Read the counts out of sums of powers.

    Parameters
    ----------
    totals : sequence of int
        One sum a cell, below 2**63.
    bits, count : int
        Size and number of the digits; the last one takes all that is left.

    Examples
    --------
    >>> digits([3 + (2 << 6) + (1 << 12)], 6, 3).tolist()
    [[3, 2, 1]]
    """
    parts = np.asarray(totals, dtype=np.int64).reshape(-1, 1) >> np.arange(0, bits * count, bits)
    parts[:, :-1] &= (1 << bits) - 1
    return parts


def _fullest(session: Session, plan_id: str) -> int:
    """Say how many duties one cell can hold at most: its tails, from 0, times the roles."""
    last = select(func.max(Duty.tail)).where(Duty.measure_id == Measure.id).correlate(Measure).scalar_subquery()
    most = session.execute(select(func.max(last)).where(Measure.plan_id == plan_id)).scalar()
    return (int(most or 0) + 1) * len(ROLES)


def _packed(session: Session, where: _Conditions, word: ColumnElement[Any]) -> LightCells | None:
    """Count in one pass, or say None where a digit ran over: then the digits no longer add up to the duties."""
    role = case(powers(_ROLE_BITS, ROLES), value=Duty.role)
    sums_of = (cast(func.sum(word), BigInteger), cast(func.sum(role), BigInteger))
    rows = session.execute(
        select(Duty.organisation_id, Duty.measure_id, *sums_of)
        .where(*where)
        .group_by(Duty.organisation_id, Duty.measure_id)
    ).all()
    bodies, measures, lights, held = zip(*rows, strict=True) if rows else ((), (), (), ())
    words, roles = digits(lights, _WORD_BITS, len(WORDS)), digits(held, _ROLE_BITS, len(ROLES))
    if (words.sum(axis=1) != roles.sum(axis=1)).any():
        return None
    return LightCells(bodies, measures, roles, words)


def _plain(session: Session, where: _Conditions, word: ColumnElement[Any]) -> LightCells:
    rows = session.execute(
        select(Duty.organisation_id, Duty.measure_id, Duty.role, word, func.count())
        .where(*where)
        .group_by(Duty.organisation_id, Duty.measure_id, Duty.role, word)
    ).all()
    keys = {key: place for place, key in enumerate(dict.fromkeys((row[0], row[1]) for row in rows))}
    words = np.zeros((len(keys), len(WORDS)), dtype=np.int64)
    roles = np.zeros((len(keys), len(ROLES)), dtype=np.int64)
    for body, measure, role, name, count in rows:
        words[keys[body, measure], WORDS.index(LightWord(name))] += count
        roles[keys[body, measure], ROLES.index(role)] += count
    return LightCells(tuple(key[0] for key in keys), tuple(key[1] for key in keys), roles, words)


def counts_within(office: Office, scope: Scope, *, today: date, plan_id: str | None = None) -> Counts:
    """Count the lights of the duties that somebody may see.

    Raises
    ------
    CallerError
        There is no such plan.
    """
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        at = situation_in(session, required_plan(session, plan_id).id, today, rule)
        return total_of(light_cells(session, at, *within(scope)))
