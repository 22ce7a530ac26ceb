"""What one unit of activity gives off of one pollutant, and how sure that number is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lantian.rules.edition import Confidence
from lantian.rules.inventory_factor_records import InventoryPollutant


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure one number is."""

    rule: str
    """Id of the edition, ``#`` and the row."""
    confidence: Confidence
    gsd: float
    """Geometric standard deviation. [1]"""


@dataclass(frozen=True, slots=True)
class Made:
    """What one unit of activity gives off of one pollutant before control."""

    pollutant: InventoryPollutant
    factor: Decimal
    """[kg per unit]"""
    formula: str
    evidence: Evidence
    inputs: Mapping[str, float | str] = field(default_factory=dict)


def weakest(first: Evidence, *others: Evidence) -> Evidence:
    """Return the first with the weakest confidence and the widest spread of all."""
    every = (first, *others)
    return Evidence(first.rule, max(one.confidence for one in every), max(one.gsd for one in every))
