"""What a calculation is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lantian.rules.inventory_factor_records import Grade, SourceCategory
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import CallerError, RuleError


@dataclass(frozen=True)
class Work:
    """A category with checked parameters, and the rules that are in force."""

    category: SourceCategory
    given: Mapping[str, Decimal | str]
    """Parameters as exact decimals or words; all that the category needs are there."""
    rules: InventoryRules
    amount: Decimal = Decimal(1)
    """Activity; only evaporation of parked vehicles looks at it."""

    def number(self, key: str) -> Decimal:
        """Return a parameter that is a number.

        Raises
        ------
        CallerError
            If it was not given.
        """
        found = self.find_number(key)
        if found is None:
            raise CallerError(
                "{category} needs {key}, which was not given; give it with the activity",
                category=self.category.code,
                key=key,
            )
        return found

    def find_number(self, key: str) -> Decimal | None:
        """Return a parameter that is a number, or None where it was not given."""
        found = self.given.get(key)
        return found if isinstance(found, Decimal) else None

    def find_word(self, key: str) -> str | None:
        """Return a parameter that is a word, or None where it was not given."""
        found = self.given.get(key)
        return found if isinstance(found, str) else None

    @property
    def lookup(self) -> str:
        """Row of the calculation's own table.

        Raises
        ------
        RuleError
            If the classification names none.
        """
        if self.category.lookup is None:
            raise RuleError(
                "{edition}: {category} is computed by {calculation} and names no row of its table; add lookup",
                edition=self.rules.classification.id,
                category=self.category.code,
                calculation=self.category.calculation,
            )
        return self.category.lookup

    def grade(self, grade: Grade) -> Grade:
        """Return the grade that a row counts as here: borrowed factors count as low."""
        return "low" if self.category.borrows else grade


def exact(value: float) -> Decimal:
    """Return the decimal that a float is written as, so that 0.1 is one tenth."""
    return Decimal(repr(value))
