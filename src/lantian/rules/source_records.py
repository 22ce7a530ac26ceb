"""What the rules about pollution sources hold: validity of stack data, reference oxygen, limits, marks, rates.

Concentrations are in mg/m³ of dry gas at the standard state, amounts in kg, unless a field says otherwise. Factors
are named by their HJ 212 code (``a21026`` SO2, ``a21002`` NOx, ``a34013`` particulate matter, ``a19001`` O2).
"""

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Confidence, Edition, Number, Record

# ---------------------------------------------------------------------------------------------- validity, amounts


class SubstitutionTier(Record):
    """What replaces a missing hourly amount (排放量数据替代); the first tier that fits is used."""

    capture_from: Number = Field(ge=0, le=1)
    """Smallest quarterly capture rate of the tier, 0 … 1."""
    gap_hours_up_to: int | None = Field(default=None, ge=1)
    """Longest gap that it serves; open where None. [h]"""
    last_valid_hours: int = Field(ge=1)
    """How many valid hours before the gap are looked at; their largest amount is taken. [h]"""


class CheckInterval(Record):
    """Longest time between two quality checks of an analyser (校准、校验周期)."""

    check: Literal["zero_span", "whole_path", "verification"]
    kind: Literal["extractive_gas", "in_situ_gas", "particulate", "flow", "any"]
    automatic: bool | None = None
    """Whether the interval is that of automatic or manual checks; None for both."""
    hours: int = Field(ge=1)
    """[h]"""


class SourceDataRule(Edition):
    """How readings of a stack become means, flags, conversions and amounts (固定污染源自动监测数据处理)."""

    subject_name: ClassVar[str] = "source_data"
    standard_temperature: Number
    """Temperature of the standard state, and of zero degrees Celsius in the formulas. [K]"""
    standard_pressure: Number
    """[Pa]"""
    molar_volume: Number
    """Of an ideal gas at the standard state. [L/mol]"""
    molar_masses: dict[str, Number]
    """Factor code → mass of a mole. [g/mol]"""
    no_to_no2: tuple[Number, Number]
    """Molar masses of NO2 and NO whose quotient states NO as NO2: 46, 30. [g/mol]"""
    oxygen_in_air: Number
    """[%]"""
    oxygen_doubtful_from: Number
    """From this oxygen on a converted value is computed and marked as doubtful. [%]"""
    sample_seconds: int
    """Longest time between two samples. [s]"""
    minute_required_samples: int
    hour_required_minutes: int
    day_required_hours: int
    month_required_days: int
    february_required_days: int
    normal_flags: tuple[str, ...]
    """Data flags of a normal measurement."""
    abnormal_flag: str
    """What the text makes of a period with too few normal values: the cause is lost."""
    missing_flag: str
    """What a value that never came counts as when the cause is recomputed."""
    cause_order: tuple[str, ...]
    """Which cause names a period when two are equally frequent, the stronger first."""
    flag_share: Number = Field(gt=0, le=1)
    """Share of a period's values that must be normal for a normal period."""
    flag_share_of: Literal["expected", "received"]
    water_needs_all: bool
    """Whether one abnormal value makes a period of a waste-water outlet abnormal."""
    hour_converted: Literal["from_hour_means", "mean_of_minutes"]
    """Whether the hourly converted value converts the hourly means or averages the converted minutes."""
    rounding: Literal["half_even", "half_up"]
    capture_required: Number
    """Smallest lawful capture rate of a quarter, 0 … 1."""
    substitution: tuple[SubstitutionTier, ...]
    checks: tuple[CheckInterval, ...]
    difference_share: Number = Field(ge=0)
    """Part of a recomputed value by which the sent one may differ beyond its rounding, before it is a finding."""

    @model_validator(mode="after")
    def _counts_fit(self) -> Self:
        counts = (
            (self.minute_required_samples * self.sample_seconds, 60, "a minute asks for more samples than it has"),
            (self.hour_required_minutes, 60, "an hour has 60 minutes"),
            (self.day_required_hours, 24, "a day has 24 hours"),
            (self.month_required_days, 28, "a month may have 28 days"),
            (self.february_required_days, self.month_required_days, "February asks for more than other months"),
        )
        for count, most, fault in counts:
            if not 1 <= count <= most:
                raise ValueError(fault)
        shares = [(-row.capture_from, row.gap_hours_up_to or 10**6) for row in self.substitution]
        if shares != sorted(shares):
            msg = "tiers of the substitution stand from the best capture rate down, short gaps first"
            raise ValueError(msg)
        if set(self.cause_order) & set(self.normal_flags):
            msg = "a normal flag is no cause"
            raise ValueError(msg)
        return self

    def days_required(self, month: int) -> int:
        """Return the fewest valid days of a month (1 … 12). [d]"""
        return self.february_required_days if month == 2 else self.month_required_days


class ReferenceOxygen(Edition):
    """Oxygen content to which a kind of source is converted (基准氧含量); the variant names the kind."""

    subject_name: ClassVar[str] = "reference_oxygen"
    oxygen: Number | None = Field(default=None, ge=0, lt=21)
    """[%]; None where the emission standard names none and the measured value stands for itself."""


# ---------------------------------------------------------------------------------------------- limits


class EmissionLimit(Record):
    """Limit of one factor (排放限值). [mg/m³]"""

    factor: str
    hour: Number | None = Field(default=None, gt=0)
    day: Number | None = Field(default=None, gt=0)
    confidence: Confidence | None = None
    """Where it differs from that of the edition."""


class FurnaceRule(Record):
    """When a waste incinerator's furnace was too cold (炉膛温度)."""

    lowest: Number
    """Lowest five-minute mean. [degC]"""
    mean_minutes: int
    allowed_per_day: int
    """How many means of a day may lie below before the day is a violation."""


class EmissionLimits(Edition):
    """Limits of a kind of outlet (排放限值); the variant names the kind, a permit goes before it."""

    subject_name: ClassVar[str] = "emission_limits"
    limits: tuple[EmissionLimit, ...] = ()
    reference_oxygen: Number | None = Field(default=None, ge=0, lt=21)
    """Reference oxygen that the document states with its limits; None where it states none. [%]"""
    judged_by: Literal["hour", "day"] = "hour"
    """Which mean makes an exceedance."""
    month_share: Number | None = Field(default=None, gt=0, le=1)
    """Share of a month's hours that must lie within the limits; None where no share is laid down."""
    month_share_of: Literal["production_hours", "judged_hours"] = "production_hours"
    """Of which hours the share is taken."""
    furnace: FurnaceRule | None = None

    @model_validator(mode="after")
    def _each_factor_once(self) -> Self:
        factors = [row.factor for row in self.limits]
        if len(set(factors)) < len(factors):
            msg = f"each factor has one row, not {factors}"
            raise ValueError(msg)
        if any(row.hour is None and row.day is None for row in self.limits):
            msg = "a limit needs an hourly or a daily value"
            raise ValueError(msg)
        return self

    def limit(self, factor: str) -> EmissionLimit | None:
        """Return the limit of a factor, or None where the document has none.

        Examples
        --------
        >>> from datetime import date
        >>> from lantian.rules import Choice, Rulebook
        >>> choice = Choice(variants={"emission_limits": "steel_sinter_head"})
        >>> book = Rulebook.packaged()
        >>> rule = book.edition(EmissionLimits, "emission_limits", date(2024, 1, 1), choice)
        >>> rule.limit("a21026").hour, rule.limit("a21024")
        (Decimal('35'), None)
        """
        return next((row for row in self.limits if row.factor == factor), None)


# ---------------------------------------------------------------------------------------------- marks


class MarkCode(Record):
    """One mark that an industry may set (标记)."""

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    family: Literal["condition", "monitoring"]
    """Production or treatment condition (工况标记), or monitoring abnormality (监测异常标记)."""
    title: str
    title_zh: str
    excludes: bool
    """Whether a marked hour is left out of the judgement."""
    stops: bool = False
    """Whether the source does not run: such hours leave every denominator."""
    runs: bool = False
    """Whether it says that the source runs normally."""
    only_after: tuple[str, ...] = ()
    """Conditions one of which must stand right before; empty: any."""
    never_after: tuple[str, ...] = ()
    """Conditions after which it is a wrong mark."""


class YearlyHours(Record):
    """Longest time that some marks may cover in a calendar year, for one unit."""

    codes: tuple[str, ...]
    hours: int = Field(ge=1)
    """[h]"""


class MarkRule(Edition):
    """Marks of an industry and what they exclude (自动监测设备标记规则); the variant names the industry."""

    subject_name: ClassVar[str] = "marks"
    codes: tuple[MarkCode, ...] = ()
    minutes_to_exclude: int = Field(default=1, ge=1, le=60)
    """How many minutes of an hour excluding marks must cover before the hour is left out. [min]"""
    unmarked_condition: str = ""
    """Condition that holds where no mark says anything; empty where the rule knows none."""
    yearly_hours: tuple[YearlyHours, ...] = ()

    @model_validator(mode="after")
    def _codes_stand(self) -> Self:
        names = [row.code for row in self.codes]
        if len(set(names)) < len(names):
            msg = f"each code stands once, not {names}"
            raise ValueError(msg)
        named = [code for row in self.codes for code in (*row.only_after, *row.never_after)]
        named += [code for row in self.yearly_hours for code in row.codes]
        named += [self.unmarked_condition] if self.unmarked_condition else []
        if strangers := sorted(set(named) - set(names)):
            msg = f"{strangers} are named but are no codes of this edition"
            raise ValueError(msg)
        return self

    def code(self, name: str) -> MarkCode | None:
        """Return a mark by its code, or None where this industry has none of that name."""
        return next((row for row in self.codes if row.code == name), None)

    def codes_that(self, quality: Literal["excludes", "stops", "runs"]) -> frozenset[str]:
        """Return the codes that exclude, that say the source stands, or that it runs normally."""
        return frozenset(row.code for row in self.codes if getattr(row, quality))


# ---------------------------------------------------------------------------------------------- transmission


class TransmissionRule(Edition):
    """How transmission and validity of an outlet are counted (传输有效率)."""

    subject_name: ClassVar[str] = "transmission"
    stop_codes: tuple[str, ...]
    """Marks whose hours leave the denominator."""
    stop_flags: tuple[str, ...]
    """Data flags that say the same."""
    spared_hours_a_day: dict[Literal["air", "water"], int]
    """Hours a day that an outlet may lose and still count as full: its automatic standard check. [h]"""
    valid_is: Literal["transmission_times_validity", "valid_of_due"]
    required: Number | None = Field(default=None, gt=0, le=1)
    """Smallest lawful valid transmission rate; None where none is laid down here."""

    def stops(self, marks: Iterable[str]) -> bool:
        """Return whether any of some marks takes an hour out of the denominator."""
        return not set(self.stop_codes).isdisjoint(marks)


SOURCE_SUBJECTS: dict[str, type[Edition]] = {
    "source_data": SourceDataRule,
    "reference_oxygen": ReferenceOxygen,
    "emission_limits": EmissionLimits,
    "marks": MarkRule,
    "transmission": TransmissionRule,
}
"""Subjects about pollution sources, in the order of documents."""
