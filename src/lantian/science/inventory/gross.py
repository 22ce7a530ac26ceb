"""What a calculation of emissions is given and what it gives back, before any control (产生量)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantian.rules.edition import Confidence
from lantian.rules.inventory_factor_records import INVENTORY_POLLUTANTS, InventoryPollutant

__all__ = ["INVENTORY_POLLUTANTS", "Activity", "Gross", "InventoryPollutant"]


@dataclass(frozen=True, slots=True)
class Activity:
    """How much of what was done in a year (活动水平)."""

    category: str
    """Code of the fourth level of the source classification; it decides which calculation is made."""
    amount: float
    unit: str
    """For instance ``t`` of fuel or product, ``km`` driven, ``m2.month``, ``head``; what the category wants."""
    gsd: float = 1.0
    """Geometric standard deviation of the amount. [1]"""
    parameters: Mapping[str, float | str] = field(default_factory=dict)
    """What the calculation wants beside the amount: ``sulphur`` [1], ``ash`` [1], ``speed`` [km/h], …"""


@dataclass(frozen=True, slots=True)
class Gross:
    """What one activity would give off without control, for one pollutant."""

    pollutant: InventoryPollutant
    amount: float
    """[t]"""
    factor: float
    """Emission per unit of activity. [kg per unit]"""
    rule: str
    """Id of the edition that the factor comes from, ``#`` and the row in it."""
    formula: str
    """Key of the formula used, for instance ``factor`` or ``sulphur_balance``."""
    confidence: Confidence
    """The weakest of all that went into it."""
    gsd: float
    """Geometric standard deviation of the factor. [1]"""
    inputs: Mapping[str, float | str] = field(default_factory=dict)
    """Each number that went into the factor, by name with its unit in the name's documentation."""
