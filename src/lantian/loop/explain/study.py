"""What every question of this room works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from lantian.city.records import City
from lantian.ledger import Ledger
from lantian.rules import Choice, InventoryBookRule, Rulebook
from lantian.science.inventory.rules import InventoryRules, inventory_rules
from lantian.store.lake import Lake


@dataclass(frozen=True, slots=True)
class Study:
    """The study of sources (源解析): place, law, stores and clock."""

    city: City
    rulebook: Rulebook
    choice: Choice
    lake: Lake
    ledger: Ledger
    now: Callable[[], datetime]
    """Wall clock."""
    simulated: bool

    def rules(self, year: int) -> InventoryRules:
        """Return factors, balances and removals of a year: those of its last day."""
        return inventory_rules(self.rulebook, date(year, 12, 31), self.choice)

    def book_rule(self, year: int) -> InventoryBookRule:
        """Return how the book of a year is drawn, doubted and spread."""
        return self.rulebook.edition(InventoryBookRule, "inventory_book", date(year, 12, 31), self.choice)
