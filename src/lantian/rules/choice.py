"""What a city or a command prefers where the law leaves a choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Choice:
    """What a city or a command prefers where the law leaves a choice.

    Examples
    --------
    >>> Choice(jurisdictions=("140400", "14", "CN"), variants={"aqi_hour": "text"}).variant("aqi_hour")
    'text'
    """

    jurisdictions: tuple[str, ...] = ("CN",)
    """Where to look, the most specific first."""
    variants: Mapping[str, str] = field(default_factory=dict)
    """Subject → variant; ``default`` where nothing is said."""
    editions: Mapping[str, str] = field(default_factory=dict)
    """Subject → id of the edition that judges every date."""
    law_of: date | None = None
    """Judge every date by the law in force on this day: so one edition judges both years of a comparison."""

    def variant(self, subject: str) -> str:
        """Return the name of the variant that is wanted for a subject."""
        return self.variants.get(subject, "default")

    def __hash__(self) -> int:
        """Hash by content, so that a choice may key a cache."""
        return hash(
            (self.jurisdictions, frozenset(self.variants.items()), frozenset(self.editions.items()), self.law_of)
        )
