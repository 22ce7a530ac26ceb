"""What every question about the instruments' data is handed: place, law, stores and clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lantian.city.records import City
from lantian.ledger import Ledger
from lantian.rules import Choice, QualityRule, Rulebook, RuleSet
from lantian.store.lake import Lake
from lantian.terms.errors import CallerError

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Centre:
    """The monitoring centre (监控中心)."""

    city: City
    rulebook: Rulebook
    choice: Choice
    lake: Lake
    ledger: Ledger
    now: Callable[[], datetime]
    """Wall clock: when something was decided."""
    simulated: bool
    city_now: Callable[[], datetime] | None = None
    """Clock of the data, which in a simulated city is another one; by default the wall's."""

    def today(self) -> date:
        """Return the legal day of the city's clock."""
        return self.lake.day_of(self.clock())

    def clock(self) -> datetime:
        """Return the instant of the city's clock."""
        return (self.city_now or self.now)()

    def quality(self, day: date) -> QualityRule:
        """Return the thresholds of a day."""
        return self.rulebook.edition(QualityRule, "quality", day, self.choice)

    def rules(self, day: date) -> RuleSet:
        """Return the editions that judge a day."""
        return self.rulebook.rule_set(day, self.choice)

    def midnight(self, day: date) -> datetime:
        """Return the instant at which a legal day begins."""
        return datetime(day.year, day.month, day.day, tzinfo=self.city.zone)

    def hour(self, at: datetime) -> datetime:
        """Return the start of a full hour in the city's zone, refusing anything else.

        Raises
        ------
        CallerError
            No zone, or minutes.
        """
        if at.tzinfo is None or (at.minute, at.second, at.microsecond) != (0, 0, 0):
            raise CallerError("{at} is no full hour with a zone. Hours are named by their start.", at=at)
        return at.astimezone(self.city.zone)
