"""What a judged goal says: how far, how sure, under which law, and why; in both languages (目标评判)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lantian.desk.language import Translation
from lantian.terms.words import mark


class GoalState(StrEnum):
    """How a goal stands."""

    MET = "met"
    ON_THE_WAY = "on_the_way"
    AT_RISK = "at_risk"
    MISSED = "missed"
    NOT_JUDGED = "not_judged"
    NO_DATA = "no_data"


STATE_NAMES: Mapping[GoalState, str] = {
    GoalState.MET: mark("met"),
    GoalState.ON_THE_WAY: mark("on the way"),
    GoalState.AT_RISK: mark("at risk"),
    GoalState.MISSED: mark("missed"),
    GoalState.NOT_JUDGED: mark("not judged"),
    GoalState.NO_DATA: mark("no data"),
}
"""State → message id of what people read."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence for people: a message id and what stands in its places."""

    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: Translation) -> str:
        """Return the sentence in the reader's language."""
        return language.format(self.message, **self.values)


@dataclass(frozen=True, slots=True)
class StandardCheck:
    """The same figure beside a standard (对标)."""

    edition: str
    """Id of the edition of limits."""
    name: str
    """Its short name, as printed under tables."""
    today: bool
    """Whether it is today's law; else that of the goal's year."""
    limit: Decimal
    """[µg/m³, CO mg/m³]"""
    value: Decimal | None
    """The figure as rounded for that edition's verdict [µg/m³, CO mg/m³]."""
    attains: bool | None
    """None where there is no lawful figure."""


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely the target is to be met, from past years' variation."""

    chance: float
    """[1]"""
    low: Decimal | None
    high: Decimal | None
    """Where the year will end with `interval`, in the goal's unit; None where it cannot be said."""
    interval: float
    """[1]"""
    years: int
    """Past years that were used; 0 where the outcome is settled."""


@dataclass(frozen=True, slots=True)
class RankFigure:
    """A place in an order."""

    rank: int
    out_of: int | None
    """How many were ranked; None where nobody said."""
    period: str
    """Label of the period."""
    source: str


@dataclass(frozen=True, slots=True)
class JudgedGoal:
    """One goal for one subject and one year."""

    goal_id: str
    order: int
    kind: str
    """``binding`` or ``aspirational``."""
    title: str
    title_en: str
    metric: str
    """What was judged; for an assigned goal, what was assigned."""
    subject: str
    """adcode"""
    subject_zh: str
    subject_en: str
    year: int
    state: GoalState
    reason: Said
    comparator: str | None = None
    target: Decimal | None = None
    """In `unit`."""
    unit: str = ""
    target_source: str = ""
    """Who assigned it; empty where the plan names it."""
    value: Decimal | None = None
    """So far, as published under the law of the last day that counts; in `unit`."""
    source: str = ""
    """Who reported the value; empty where our own stations did."""
    through: date | None = None
    """Last legal day that counts."""
    final: bool = False
    """Whether the year is over."""
    days: int = 0
    """Valid days that were counted [d]."""
    remaining: int = 0
    """Days still to come [d]."""
    distance: Decimal | None = None
    """Value minus target, in `unit`; for a rank, places."""
    allowed: Decimal | None = None
    """Mean that the rest of the year may have [`unit`], or days of the bad kind that it may have [d]."""
    allowed_is_days: bool = False
    chance: Chance | None = None
    chance_note: Said | None = None
    """Why no chance is given."""
    baseline: Decimal | None = None
    """Value of the year that it is compared with, in the unit of the metric."""
    standards: tuple[StandardCheck, ...] = ()
    among_own: RankFigure | None = None
    """Place among the city's own counties, from our own stations."""
    index: str = ""
    """List by which a place is taken."""
    index_written: str = ""
    """The plan's own word for it: 空气质量指数 is kept although rankings go by the composite index."""
    reported: RankFigure | None = None
    """Place that the province reported."""
    rules: tuple[str, ...] = ()
    """Ids of the editions that judged it."""
    basis: str = ""
    """``measured`` or ``dust_deducted``."""
    stage: str = ""
    """``original`` or ``mixed``."""
    simulated: bool = False

    def state_text(self, language: Translation) -> str:
        """Return the state as people read it."""
        return language.gettext(STATE_NAMES[self.state])

    def subject_text(self, language: Translation) -> str:
        """Return the name of the county or city."""
        return self.subject_zh if language.is_chinese else self.subject_en

    def title_text(self, language: Translation) -> str:
        """Return the goal's title."""
        return self.title if language.is_chinese or not self.title_en else self.title_en

    def reason_text(self, language: Translation) -> str:
        """Return why it stands so, why there is no chance, and the place among the city's own counties."""
        said = [self.reason, *([self.chance_note] if self.chance_note else [])]
        if self.among_own is not None and self.reported is None:
            place = {"count": self.among_own.out_of, "rank": self.among_own.rank}
            said.append(Said(mark("Among the city's own {count} counties it has place {rank}."), place))
        return ("" if language.is_chinese else " ").join(row.text(language) for row in said)


@dataclass(frozen=True, slots=True)
class GoalTally:
    """How many subjects of a goal stand how in one year: 11 counties, of which 7 attain."""

    goal_id: str
    order: int
    year: int
    counts: Mapping[GoalState, int]

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def met(self) -> int:
        """How many have met it."""
        return self.counts.get(GoalState.MET, 0)

    @property
    def state(self) -> GoalState:
        """How the goal as a whole stands: as its worst part, and met only when every part is."""
        worst_first = (
            GoalState.MISSED, GoalState.AT_RISK, GoalState.NO_DATA, GoalState.NOT_JUDGED, GoalState.ON_THE_WAY,
        )  # fmt: skip
        return next((state for state in worst_first if self.counts.get(state)), GoalState.MET)


def tally_goals(judged: Iterable[JudgedGoal]) -> tuple[GoalTally, ...]:
    """Count the states of every goal and year, in the order in which they were judged."""
    found: dict[tuple[str, int, int], dict[GoalState, int]] = {}
    for row in judged:
        counts = found.setdefault((row.goal_id, row.order, row.year), {})
        counts[row.state] = counts.get(row.state, 0) + 1
    return tuple(GoalTally(goal, order, year, counts) for (goal, order, year), counts in found.items())
