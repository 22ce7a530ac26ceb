"""What a reported indicator is, what was reported, and how it stands (指标填报)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from lantian.desk.language import Translation
from lantian.loop.plan.targets.figures import checked_period
from lantian.loop.plan.targets.goal_records import Said
from lantian.terms.periods import Period
from lantian.terms.words import mark

_SHARES = frozenset({"%", "％", "‰"})
_SHARE_NAMES = ("比重", "占比", "比例", "率")


class SeriesState(StrEnum):
    """How an indicator stands."""

    MET = "met"
    ON_THE_WAY = "on_the_way"
    BEHIND = "behind"
    MISSED = "missed"
    NOT_JUDGED = "not_judged"
    NO_DATA = "no_data"


SERIES_STATES: Mapping[SeriesState, str] = {
    SeriesState.MET: mark("met"),
    SeriesState.ON_THE_WAY: mark("on the way"),
    SeriesState.BEHIND: mark("behind"),
    SeriesState.MISSED: mark("missed"),
    SeriesState.NOT_JUDGED: mark("not judged"),
    SeriesState.NO_DATA: mark("no data"),
}
"""State → message id of what people read."""


def is_share(name: str, unit: str, *, change: bool) -> bool:
    """Whether an indicator is a share: by its unit, or where the plan names none, by its name.

    Examples
    --------
    >>> is_share("非化石能源消费比重", "", change=False), is_share("铁路货运量", "%", change=True)
    (True, False)
    """
    return not change and (unit in _SHARES or (not unit and name.endswith(_SHARE_NAMES)))


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """An indicator as the plan promises it."""

    id: str
    plan_id: str
    measure_id: str
    measure: str
    """Number of the measure."""
    key: str
    name: str
    name_en: str
    organisation_id: str | None
    organisation: str | None
    """Who answers for it; None where nobody alone does."""
    unit: str
    scope: str
    comparator: str
    target: Decimal | None
    """In `unit`; a change in per cent of the baseline where `change`."""
    change: bool
    baseline_year: int | None
    by: date | None
    firm: bool

    @property
    def is_share(self) -> bool:
        """Whether its values are shares of a whole, which compare over any period."""
        return is_share(self.name, self.unit, change=self.change)

    @property
    def value_unit(self) -> str:
        """Unit of what is reported; empty where the plan names none and it is an amount."""
        return "" if self.change else self.unit or ("%" if self.is_share else "")

    def name_text(self, language: Translation) -> str:
        """Return its name, with what part of the city it is about."""
        name = self.name if language.is_chinese or not self.name_en else self.name_en
        return f"{name}（{self.scope}）" if self.scope and language.is_chinese else name


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """The newest version of what was reported for one period."""

    id: str
    period: str
    version: int
    value: Decimal
    source: str
    reported_by: str
    reported_at: datetime
    file_id: str | None

    @property
    def span(self) -> Period:
        """Days that it is about."""
        return checked_period(self.period)


@dataclass(frozen=True, slots=True)
class SeriesStanding:
    """How an indicator stands on a day."""

    state: SeriesState
    reason: Said
    latest: SeriesPoint | None = None
    """Of the period that ended last."""
    baseline: SeriesPoint | None = None
    """Of the baseline year; without one, the earliest like period."""
    change: Decimal | None = None
    """Latest on baseline: percentage points of a share, else per cent."""
    change_is_points: bool = False
    distance: Decimal | None = None
    """What is compared with the target minus the target, in the target's unit."""
    expected: Decimal | None = None
    """What the straight line from baseline to target has at the latest period's end, in the target's unit."""
    overdue: str | None = None
    """First period that should have been reported by now."""


@dataclass(frozen=True, slots=True)
class SeriesView:
    """An indicator with all that was reported and how it stands."""

    facts: SeriesFacts
    points: tuple[SeriesPoint, ...]
    """In order of their end."""
    standing: SeriesStanding


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A point of a line of a chart."""

    day: date
    value: Decimal
    label: str


@dataclass(frozen=True, slots=True)
class SeriesChart:
    """What a chart of an indicator draws: what was reported, the straight way, the target."""

    unit: str
    reported: tuple[ChartPoint, ...]
    way: tuple[ChartPoint, ...]
    """From baseline to target; empty where either is unknown."""
    target: Decimal | None
