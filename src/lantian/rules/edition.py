"""What every edition of every rule says about itself, and the exact, closed records that rules are made of."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Number = Annotated[Decimal, Field(allow_inf_nan=False)]
"""An exact decimal: TOML floats reach it through their text, so 0.1 is one tenth."""


class Record(BaseModel):
    """Frozen, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=False)


class Confidence(StrEnum):
    """How sure we are: A two sources, B one source, C professional memory."""

    A = "A"
    B = "B"
    C = "C"


class Edition(Record):
    """What every edition of every rule says about itself."""

    subject_name: ClassVar[str] = ""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.\-]*$")
    subject: str
    jurisdiction: str = "CN"
    """Where it may be chosen: ISO country code, ``WHO``, or the adcode of a province or city."""
    variant: tuple[str, ...] = ("default",)
    """Names by which a city or a command may select this edition; most rules have only ``default``."""
    short: str = ""
    """A few words for the foot of a table: ``HJ 633-2026``."""
    title: str
    title_zh: str
    in_force: date
    """First day that the edition judges."""
    until: date | None = None
    """Last day that it judges; open while it is in force."""
    source: str
    """Instrument and clause."""
    confidence: Confidence
    uncertain: dict[str, Confidence] = Field(default_factory=dict)
    """Settings of this edition that are less sure than the edition itself: field, or ``field.part``."""
    notes: str = ""
    like: str | None = None
    """Edition from which everything not restated was taken."""
    reason: str | None = None
    """Why a city departs from the packaged rule; obligatory in a city's own folder."""

    @field_validator("variant", mode="before")
    @classmethod
    def _one_name_is_a_list(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if self.until is not None and self.until < self.in_force:
            msg = f"it ends on {self.until}, before it begins on {self.in_force}"
            raise ValueError(msg)
        if not self.variant or len(set(self.variant)) < len(self.variant):
            msg = f"variant must name each of its names once, not {list(self.variant)}"
            raise ValueError(msg)
        for setting in self.uncertain:
            if setting.partition(".")[0] not in type(self).model_fields:
                msg = f"uncertain names {setting!r}, which is no setting of {type(self).__name__}"
                raise ValueError(msg)
        return self

    def __hash__(self) -> int:
        """Hash by id and dates: cheap, and equal for equal editions."""
        return hash((self.id, self.in_force, self.until))

    @property
    def name(self) -> str:
        """The short name, or the title where none was given."""
        return self.short or self.title

    def holds_on(self, day: date) -> bool:
        """Whether the edition judges `day`."""
        return self.in_force <= day and (self.until is None or day <= self.until)

    def confidence_of(self, setting: str) -> Confidence:
        """How sure one setting is: its own mark, else that of the edition."""
        return self.uncertain.get(setting, self.confidence)
