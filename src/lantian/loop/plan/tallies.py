"""How many duties have which light? Counted by the database, one cell a body and measure.

A hundred thousand duties are counted in one pass over one index, in the index's own order and without sorting:
each duty adds a power of 64 that stands for its light to the sum of its cell, and a power of 65,536 that stands
for its role. The digits of the sums are the counts. Where a cell holds more than a digit can, lights are grouped
plainly.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, select
from sqlalchemy.orm import Session

from lantian.ledger.models import Duty, Measure
from lantian.loop.plan.light_case import asked_month, asked_months_in, light_case
from lantian.loop.plan.lights import COLOURS, Colour, LightWord
from lantian.loop.plan.rows import ROLES
from lantian.rules import DispatchRule

Key = TypeVar("Key", bound=Hashable)
_Conditions = tuple[ColumnElement[bool], ...]
WORDS: tuple[LightWord, ...] = tuple(LightWord)
_WORD_BITS, _ROLE_BITS = 6, 16
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


@dataclass(frozen=True, slots=True)
class LightCell:
    """What one body has to do with one measure, counted."""

    organisation_id: str
    measure_id: str
    roles: tuple[int, ...]
    """How many duties of each role, in the order of `ROLES`."""
    words: tuple[int, ...]
    """How many duties of each light, in the order of `LightWord`."""


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


def light_cells(
    session: Session,
    plan_id: str,
    today: date,
    rule: DispatchRule,
    bodies: Sequence[str],
    *also: ColumnElement[bool],
) -> list[LightCell]:
    """Count the lights of a plan's duties, one cell a body and measure.

    Parameters
    ----------
    session : Session
        Of the ledger.
    plan_id : str
        Id of the plan.
    today : date
        Legal day on which it is asked.
    rule : DispatchRule
        Edition with grace and horizon.
    bodies : sequence of str
        Ids of all bodies that have duties in it.
    *also : conditions
        On `Duty`: count only some.
    """
    asked = asked_month(asked_months_in(session, plan_id, today, rule), bodies)
    if _fullest(session, plan_id) <= _MOST:
        cells = _packed(
            session, (Duty.plan_id == plan_id, *also), light_case(today, rule, asked, powers(_WORD_BITS, WORDS))
        )
        if cells is not None:
            return cells
    names = {word: literal(word.value) for word in WORDS}
    return _plain(session, (Duty.plan_id == plan_id, *also), light_case(today, rule, asked, names))


def powers(bits: int, names: Iterable[Key]) -> dict[Key, ColumnElement[Any]]:
    """Give each name a digit of its own: 1, 2**bits, 4**bits …, written into the statement."""
    return {
        name: literal(1 << (bits * place), BigInteger, literal_execute=True) for place, name in enumerate(names)
    }


def sums(cells: Iterable[LightCell], key: Callable[[LightCell], Key]) -> dict[Key, Counts]:
    """Add cells up by a key: key → counts."""
    found: dict[Key, list[tuple[int, ...]]] = {}
    for cell in cells:
        found.setdefault(key(cell), []).append(cell.words)
    return {name: Counts(tuple(map(sum, zip(*rows, strict=True)))) for name, rows in found.items()}


def digits(total: int, bits: int, count: int) -> tuple[int, ...]:
    """Read the counts out of a sum of powers.

    Examples
    --------
    >>> digits(3 + (2 << 6) + (1 << 12), 6, 3)
    (3, 2, 1)
    """
    mask, top = (1 << bits) - 1, bits * (count - 1)
    return (*[total >> shift & mask for shift in range(0, top, bits)], total >> top)


def _fullest(session: Session, plan_id: str) -> int:
    """Say how many duties one cell can hold at most: its tails, from 0, times the roles."""
    last = select(func.max(Duty.tail)).where(Duty.measure_id == Measure.id).correlate(Measure).scalar_subquery()
    most = session.execute(select(func.max(last)).where(Measure.plan_id == plan_id)).scalar()
    return (int(most or 0) + 1) * len(ROLES)


def _packed(session: Session, where: _Conditions, word: ColumnElement[Any]) -> list[LightCell] | None:
    """Count in one pass, or say None where a digit ran over: then the digits no longer add up to the duties."""
    role = case(powers(_ROLE_BITS, ROLES), value=Duty.role)
    rows = session.execute(
        select(
            Duty.organisation_id,
            Duty.measure_id,
            cast(func.sum(word), BigInteger),
            cast(func.sum(role), BigInteger),
        )
        .where(*where)
        .group_by(Duty.organisation_id, Duty.measure_id)
    ).all()
    cells = []
    for body, measure, light_sum, role_sum in rows:
        words = digits(light_sum, _WORD_BITS, len(WORDS))
        roles = digits(role_sum, _ROLE_BITS, len(ROLES))
        if sum(words) != sum(roles):
            return None
        cells.append(LightCell(body, measure, roles, words))
    return cells


def _plain(session: Session, where: _Conditions, word: ColumnElement[Any]) -> list[LightCell]:
    rows = session.execute(
        select(Duty.organisation_id, Duty.measure_id, Duty.role, word, func.count())
        .where(*where)
        .group_by(Duty.organisation_id, Duty.measure_id, Duty.role, word)
    )
    words: dict[tuple[str, str], list[int]] = {}
    roles: dict[tuple[str, str], list[int]] = {}
    for body, measure, role, name, count in rows:
        words.setdefault((body, measure), [0] * len(WORDS))[WORDS.index(LightWord(name))] += count
        roles.setdefault((body, measure), [0] * len(ROLES))[ROLES.index(role)] += count
    return [LightCell(*key, tuple(roles[key]), tuple(found)) for key, found in words.items()]
