"""Who answers for what: bodies down, measures across, a letter for the role and the colour of the worst light."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np

from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.light_case import situation_in
from lantian.loop.plan.dispatch.lights import COLOURS, Colour, LightWord
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import WHOLE_CITY, measures_in, required_plan, within
from lantian.loop.plan.rows import ROLES, MeasureRow, OrganisationRow, PlanRow
from lantian.loop.plan.views.tallies import WORDS, Counts, LightCells, light_cells, sums

WORST_FIRST: tuple[LightWord, ...] = (
    LightWord.OVERDUE,
    LightWord.RETURNED,
    LightWord.NO_REPORT,
    LightWord.DIFFICULT,
    LightWord.DUE_SOON,
    LightWord.UNDER_REVIEW,
    LightWord.UNSETTLED,
    LightWord.NOT_STARTED,
    LightWord.UNDER_WAY,
    LightWord.DONE,
)
"""Which light a cell with several duties shows."""
_LETTERS_ZH: Mapping[str, str] = {"lead": "牵", "cooperate": "配", "implement": "落"}
_LETTERS_EN: Mapping[str, str] = {"lead": "L", "cooperate": "C", "implement": "I"}


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one body has to do with one measure."""

    roles: tuple[str, ...]
    """Lead, cooperate, implement; each once."""
    word: LightWord
    """The worst light of its duties."""
    by_word: tuple[int, ...]
    """How many duties of each light, in the order of `LightWord`."""

    @property
    def counts(self) -> Counts:
        """How many duties have which light."""
        return Counts(self.by_word)

    @property
    def colour(self) -> Colour:
        """Colour of the worst light."""
        return COLOURS[self.word]

    def letters(self, *, chinese: bool) -> str:
        """Write the roles as letters: 牵 leads, 配 cooperates, 落 carries out.

        Examples
        --------
        >>> cell = MatrixCell(("lead", "implement"), LightWord.DONE, (2, 0, 0, 0, 0, 0, 0, 0, 0, 0))
        >>> cell.letters(chinese=True), cell.letters(chinese=False)
        ('牵落', 'LI')
        """
        letters = _LETTERS_ZH if chinese else _LETTERS_EN
        return "".join(letters.get(role, "?") for role in self.roles)


@dataclass(frozen=True, slots=True)
class Matrix:
    """All bodies against all measures of a plan on one day (责任矩阵)."""

    plan: PlanRow
    today: date
    rule: str
    bodies: tuple[OrganisationRow, ...]
    """Those that lead most come first; equal ones in the directory's order."""
    measures: tuple[MeasureRow, ...]
    cells: Mapping[tuple[str, str], MatrixCell]
    """(body id, measure id) → cell; no entry where a body has no duty."""
    of_body: Mapping[str, Counts]
    of_measure: Mapping[str, Counts]


def show_matrix(office: Office, *, today: date, plan_id: str | None = None, scope: Scope = WHOLE_CITY) -> Matrix:
    """Show who answers for what, and how it stands.

    Parameters
    ----------
    office : Office
        Where the ledger is.
    today : date
        Legal day on which it is asked.
    plan_id : str, optional
        By default the plan in force.
    scope : Scope
        Whose rows may be seen.
    """
    rule = office.dispatch_rule(today)
    with office.ledger.read() as session:
        plan = required_plan(session, plan_id)
        measures = measures_in(session, plan.id)
        at = situation_in(session, plan.id, today, rule)
        counted = light_cells(session, at, *within(scope))
    return Matrix(
        plan,
        today,
        rule.id,
        _ordered([row for row in at.bodies if scope.covers(row.id)], counted),
        measures,
        matrix_cells(counted),
        of_body=sums(counted, counted.bodies),
        of_measure=sums(counted, counted.measures),
    )


def matrix_cells(counted: LightCells) -> dict[tuple[str, str], MatrixCell]:
    """Say of each counted cell which roles it has and which is its worst light."""
    if not len(counted):
        return {}
    worst = np.argmax(counted.words[:, [WORDS.index(word) for word in WORST_FIRST]] > 0, axis=1)
    named = {flags: _roles(flags) for flags in product((False, True), repeat=len(ROLES))}
    roles = [named[tuple(flags)] for flags in (counted.roles > 0).tolist()]
    words = map(tuple, counted.words.tolist())
    keys = zip(counted.bodies, counted.measures, strict=True)
    return {
        key: MatrixCell(held, WORST_FIRST[place], by_word)
        for key, held, place, by_word in zip(keys, roles, worst.tolist(), words, strict=True)
    }


def _roles(flags: Sequence[bool]) -> tuple[str, ...]:
    return tuple(role for role, flag in zip(ROLES, flags, strict=True) if flag)


def _ordered(bodies: Sequence[OrganisationRow], counted: LightCells) -> tuple[OrganisationRow, ...]:
    """Departments before counties; those that lead most measures first."""
    leading = counted.roles[:, ROLES.index("lead")].tolist()
    leads = Counter(body for body, count in zip(counted.bodies, leading, strict=True) if count)
    places = {row.id: place for place, row in enumerate(bodies)}
    return tuple(sorted(bodies, key=lambda row: (row.county is not None, -leads[row.id], places[row.id])))
