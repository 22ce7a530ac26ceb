"""A doubtful value is normal life: it becomes a finding, never an exception."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding matters to the person who reads it."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should look at, with its evidence and the innocent explanation."""

    code: str
    """Stable identifier, for instance ``pm_inversion``."""
    where: str
    """Station, file and row, or outlet that it is about."""
    message: str
    """What was seen, with values; an English message id."""
    severity: Severity = Severity.WARNING
    when: datetime | None = None
    """Start of the hour that it is about, if one."""
    evidence: dict[str, str | float | int | None] = field(default_factory=dict)
    competing_explanation: str | None = None
    """What would make the value right after all."""
