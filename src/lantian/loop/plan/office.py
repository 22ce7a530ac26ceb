"""What every command of this room is handed: place, law, stores and clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from lantian.city.records import City
from lantian.ledger import Ledger
from lantian.ledger.files import FileStore
from lantian.rules import Choice, DispatchRule, Rulebook
from lantian.store.lake import Lake


@dataclass(frozen=True, slots=True)
class Office:
    """The air office at its desk."""

    city: City
    rulebook: Rulebook
    choice: Choice
    lake: Lake
    ledger: Ledger
    files: FileStore
    now: Callable[[], datetime]
    """Wall clock: when something was decided."""
    simulated: bool
    city_now: Callable[[], datetime] | None = None
    """Clock of the data, which in a simulated city is another one; by default the wall's."""

    def dispatch_rule(self, on: date) -> DispatchRule:
        """Return the dispatch rule that holds on a day by the city's choice."""
        return self.rulebook.edition(DispatchRule, "dispatch", on, self.choice)

    def today(self) -> date:
        """Return the legal day of the city's clock."""
        return self.lake.day_of(self.clock())

    def clock(self) -> datetime:
        """Return the instant of the city's clock."""
        return (self.city_now or self.now)()
