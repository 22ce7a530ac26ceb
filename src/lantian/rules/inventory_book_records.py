"""What the rules of an inventory's book hold: which method is believed, draws, checks, spreading in space.

Thresholds here choose a method or what a person looks at; they are never limits of the law. Factors, efficiencies
and the spread of factors stand in ``inventory_records``.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Edition, Number, Record


class Draws(Record):
    """How intervals are drawn (蒙特卡洛)."""

    number: int = Field(ge=100)
    """How often the city is drawn."""
    level: Number = Field(gt=0, lt=1)
    """Share of the draws inside an interval. [1]"""
    removal_gsd: Number = Field(ge=1)
    """Geometric standard deviation of what devices leave, one draw for each chain of them. [1]"""


class MeasuredMethods(Record):
    """When a measured amount is believed before a factor, and how sure it is (实测法)."""

    cems_factors: dict[str, str]
    """Factor code of a CEMS → pollutant of the inventory."""
    least_coverage: Number = Field(gt=0, le=1)
    """Smallest share of a source's operating hours with a valid amount of its CEMS. [1]"""
    gsd: dict[Literal["cems", "permit", "measurement"], Annotated[Number, Field(ge=1)]]
    """Geometric standard deviation of an amount by its method. [1]"""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.gsd) != {"cems", "permit", "measurement"}:
            msg = "gsd must name cems, permit and measurement"
            raise ValueError(msg)
        return self


class BookChecks(Record):
    """What a person is asked to look at (清单质量检查)."""

    uncontrolled_from: dict[str, Number]
    """Pollutant → uncontrolled emission of one process from which devices are expected. [t]"""
    peers: int = Field(ge=3)
    """Fewest processes of one category among which one is found doubtful."""
    intensity_ratio: Number = Field(gt=1)
    """Emission per activity this many times above or below the median of its peers is doubtful. [1]"""
    same_place: Number = Field(gt=0)
    """Two points nearer than this may be one, counted twice. [m]"""
    removal_excess: Number = Field(ge=0, le=1)
    """A removal this much above the technique's default needs evidence. [1]"""
    methods_differ: Number = Field(gt=1)
    """Two methods that differ by more than this factor are a finding. [1]"""
    statistics_share: Number = Field(gt=0)
    """The book may differ from the yearbook's total by this share of it. [1]"""


class InventoryBookRule(Edition):
    """Which method is believed, how a book is drawn, doubted and spread (排放清单底账)."""

    subject_name: ClassVar[str] = "inventory_book"
    measured: MeasuredMethods
    draws: Draws
    checks: BookChecks
    surrogates: dict[str, tuple[str, ...]]
    """Category, or the beginning of its code → kinds of points that spread an area source, the best first."""

    def surrogates_of(self, category: str) -> tuple[str, ...]:
        """Return the kinds of points for a category: those of the longest beginning of its code that is named.

        Examples
        --------
        >>> from datetime import date
        >>> from lantian.rules import Rulebook
        >>> rule = Rulebook.packaged().edition(InventoryBookRule, "inventory_book", date(2026, 1, 1))
        >>> rule.surrogates_of("dust.road.paved.any"), rule.surrogates_of("dust.pile.handling.any")
        (('road',), ())
        """
        named = [key for key in self.surrogates if f"{category}.".startswith(f"{key}.")]
        return self.surrogates[max(named, key=len)] if named else ()


INVENTORY_BOOK_SUBJECTS: dict[str, type[Edition]] = {"inventory_book": InventoryBookRule}
