"""Every rule that judges one day, together, and the one line that names them under a table."""

from dataclasses import dataclass, fields

from lantian.rules.edition import Edition
from lantian.rules.records import (
    AmbientLimits,
    AqiCategories,
    AqiRule,
    CompositeRule,
    DustRule,
    EvaluationRule,
    FlagRule,
    LowValueRule,
    RankingRule,
)


@dataclass(frozen=True)
class RuleSet:
    """Every rule that judges one day, together."""

    limits: AmbientLimits
    aqi_day: AqiRule
    aqi_hour: AqiRule
    categories: AqiCategories
    evaluation: EvaluationRule
    composite: CompositeRule
    ranking: RankingRule
    dust: DustRule
    low_values: LowValueRule
    flags: FlagRule

    def editions(self) -> tuple[Edition, ...]:
        """Return the editions in the order of the fields."""
        return tuple(getattr(self, row.name) for row in fields(self))

    @property
    def ids(self) -> dict[str, str]:
        """Subject → id of its edition, as every derived row records it."""
        return {edition.subject: edition.id for edition in self.editions()}

    @property
    def name(self) -> str:
        """One printable line: the standards, the composite index with its confidence, departures from default.

        Examples
        --------
        >>> from datetime import date
        >>> from lantian.rules import Rulebook
        >>> Rulebook.packaged().rule_set(date(2026, 3, 1)).name
        'GB 3095-2026 transitional · HJ 633-2026 · HJ 663-2026 · composite transitional_equal (B)'
        """
        composite = f"composite {self.composite.rule_set or self.composite.name} ({self.composite.confidence})"
        parts = [self.limits.name, self.aqi_day.name, self.evaluation.name, composite]
        for edition in (self.aqi_hour, self.categories, self.ranking, self.dust, self.low_values, self.flags):
            departs = "default" not in edition.variant or edition.reason is not None
            if departs and edition.name not in parts:
                parts.append(edition.name)
        return " · ".join(parts)
