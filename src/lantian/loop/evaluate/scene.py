"""What every question of this room works with."""

from dataclasses import dataclass
from datetime import date

from lantian.city.records import City
from lantian.rules import Choice, Rulebook, RuleSet
from lantian.store.lake import Lake
from lantian.terms.errors import RuleError


@dataclass(frozen=True, slots=True)
class Scene:
    """What an evaluation works with: the place, the law, the store, and the approved dust days per code."""

    city: City
    rulebook: Rulebook
    choice: Choice
    lake: Lake
    dust_days: dict[str, frozenset[date]]

    def rules(self, day: date) -> RuleSet:
        """Return the editions that judge a day."""
        return self.rulebook.rule_set(day, self.choice)

    def rules_or_none(self, day: date) -> RuleSet | None:
        """Return the editions that judge a day, or None before there were any."""
        try:
            return self.rules(day)
        except RuleError:
            return None
