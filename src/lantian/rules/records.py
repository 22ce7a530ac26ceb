"""What an edition of a rule holds: frozen records, one class per subject, checked as they are read.

The files beside this module carry the numbers; these classes carry only their shape. Every concentration is in
µg/m³, CO in mg/m³, unless a field says otherwise.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lantian.terms.pollutants import Pollutant

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


# ---------------------------------------------------------------------------------------------- limits


class Limit(Record):
    """One cell pair of a limit table; ``None`` where the table has a dash."""

    pollutant: str
    """A basic pollutant, or ``tsp``, ``nox``, ``pb``, ``bap`` …"""
    statistic: Literal["annual_mean", "seasonal_mean", "daily_mean", "hourly_mean", "mda8", "peak_season_mean"]
    grade_1: Number | None = None
    grade_2: Number | None = None
    levels: dict[str, Number] = Field(default_factory=dict)
    """For guidelines with other levels than I and II: ``it1`` … ``aqg``."""
    unit: str = "µg/m³"
    informative: bool = False


class AmbientLimits(Edition):
    """Concentration limits of ambient air (环境空气质量标准)."""

    subject_name: ClassVar[str] = "ambient_limits"
    limits: tuple[Limit, ...]

    def limit(self, pollutant: str, statistic: str, area_class: int = 2) -> Decimal | None:
        """Return the limit of a pollutant and statistic in an area class (1 or 2), or None where there is none."""
        for row in self.limits:
            if row.pollutant == pollutant and row.statistic == statistic:
                return row.grade_1 if area_class == 1 else row.grade_2
        return None

    def guideline(self, pollutant: str, statistic: str, level: str) -> Decimal | None:
        """Return a level of a guideline (WHO: ``it1`` … ``it4``, ``aqg``), or None where there is none."""
        for row in self.limits:
            if row.pollutant == pollutant and row.statistic == statistic:
                return row.levels.get(level)
        return None


# ---------------------------------------------------------------------------------------------- AQI


class Indicator(Record):
    """One column of a breakpoint table and what to do above its end."""

    key: str
    """Unique in its rule; also the input column: ``so2``, ``o3_8h``, ``pm25_24h`` …"""
    pollutant: Pollutant
    statistic: Literal["mean_1h", "mean_24h", "max_1h", "max_8h", "running_8h", "running_24h"]
    unit: str = "µg/m³"
    """Unit of the input and of the breakpoints."""
    decimals: int = 0
    """Decimals to which the concentration is rounded first."""
    concentration: tuple[Number, ...]
    """Breakpoints, beginning with 0, as many as `AqiRule.index` or fewer."""
    first_index: int = 0
    """Place in `AqiRule.index` of the first breakpoint. If not 0, there is no index below the lower end of the
    first segment (US: O3 1 h speaks only from 101 on, SO2 24 h from 201 on)."""
    above: Literal["cap", "none", "extend"] | int = "cap"
    """Above the last breakpoint: the cap of the rule, no index, the last line drawn on (US), or a fixed index."""
    optional: bool = False
    """Its absence never blocks the publication of an AQI (2012: the daily highest O3 hour)."""


class MissingRule(Record):
    """What an incomplete set may publish."""

    publish_from_rest: bool
    """Whether an AQI may be computed from the pollutants that are there."""
    only_above: int | None = None
    """If set, an incomplete set is published only when its AQI is above this; otherwise it is ``NA``."""
    marker_missing: str = "NA"
    marker_not_monitored: str = "/"


class AqiRule(Edition):
    """Index table, indicators and publication rule of an air quality index (空气质量指数)."""

    subject_name: ClassVar[str] = "aqi"
    averaging: Literal["hour", "day"]
    index: tuple[int, ...]
    indicators: tuple[Indicator, ...]
    cap: int = 500
    floor: int = 0
    """Smallest AQI that is shown (2026: 1)."""
    primary_above: int = 50
    exceedance_above: int | None = None
    """Pollutants above this are named as exceeding (超标污染物); None where the edition has no such list."""
    missing: MissingRule
    rounding_concentration: Literal["half_even", "half_up", "truncate"] = "half_even"
    rounding_index: Literal["up", "nearest"] = "up"
    index_low: tuple[int, ...] = ()
    """Lower index of each segment, where it is not the upper of the one below (US)."""
    concentration_low: dict[str, tuple[Number, ...]] = Field(default_factory=dict)
    """Lower concentration of each segment per indicator, likewise (US)."""

    @model_validator(mode="after")
    def _tables_fit(self) -> Self:
        if self.index_low and len(self.index_low) != len(self.index) - 1:
            msg = "index_low must have one number for each segment of the index"
            raise ValueError(msg)
        keys = [row.key for row in self.indicators]
        if len(set(keys)) < len(keys) or not set(self.concentration_low) <= set(keys):
            msg = "each indicator stands once, and concentration_low names indicators only"
            raise ValueError(msg)
        for row in self.indicators:
            if row.first_index + len(row.concentration) > len(self.index):
                msg = f"{row.key} has more breakpoints than the index"
                raise ValueError(msg)
            if list(row.concentration) != sorted(set(row.concentration)):
                msg = f"breakpoints of {row.key} do not rise"
                raise ValueError(msg)
            if len(self.concentration_low.get(row.key, row.concentration[1:])) != len(row.concentration) - 1:
                msg = f"concentration_low of {row.key} must have one number for each segment"
                raise ValueError(msg)
        return self

    def indicator(self, key: str) -> Indicator:
        """Return the indicator with this key."""
        for row in self.indicators:
            if row.key == key:
                return row
        raise KeyError(key)


class Category(Record):
    """One level of the index with its legal colour."""

    level: int
    low: int
    high: int | None = None
    name: str
    name_zh: str
    level_zh: str
    colour: str = Field(pattern=r"^#[0-9A-F]{6}$")
    cmyk: tuple[int, int, int, int] | None = None


class AqiCategories(Edition):
    """Levels, names, colours and sensitive groups."""

    subject_name: ClassVar[str] = "aqi_categories"
    categories: tuple[Category, ...]
    sensitive_groups: dict[str, str] = Field(default_factory=dict)
    sensitive_groups_zh: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _levels_join(self) -> Self:
        for below, above in pairwise(self.categories):
            if below.high is None or above.low != below.high + 1 or above.level != below.level + 1:
                msg = f"level {above.level} does not follow on level {below.level}"
                raise ValueError(msg)
        if not self.categories or self.categories[-1].high is not None:
            msg = "the last level must be open above"
            raise ValueError(msg)
        return self

    def category(self, aqi: int) -> Category:
        """Return the level in which an index lies (1 … 6)."""
        for row in self.categories:
            if row.high is None or aqi <= row.high:
                return row
        raise ValueError(aqi)


# ---------------------------------------------------------------------------------------------- evaluation


class Decimals(Record):
    """Decimals of a value for one purpose; `by_pollutant` wins over `default`."""

    default: int
    by_pollutant: dict[str, int] = Field(default_factory=dict)

    def of(self, pollutant: str) -> int:
        """Return the decimals for a pollutant."""
        return self.by_pollutant.get(pollutant, self.default)


class EvaluationRule(Edition):
    """How hours become days, periods and verdicts (环境空气质量评价技术规范)."""

    subject_name: ClassVar[str] = "evaluation"
    day_required_hours: int
    window_required_hours: int
    """Fewest valid hours of an 8 h window."""
    window_first_end: int
    """First ending hour of the day's windows (8: windows end at 08:00 … 24:00)."""
    day_required_windows: int
    short_day_counts_above_limit: bool
    """Whether a day with too few windows still counts when it exceeds the MDA8 limit."""
    year_required_days: int
    month_required_days: int
    february_required_days: int
    month_minimum_is_lawful: bool
    """False: a month below the minimum is flagged, not refused."""
    percentiles: dict[str, int]
    """Percentile of the daily values per pollutant."""
    mean_pollutants: tuple[Pollutant, ...]
    """Pollutants with an annual-mean limit."""
    headline: dict[str, Literal["mean", "percentile"]]
    """Which statistic of a pollutant ranking and bulletins use."""
    percentile_method: Literal["linear", "nearest_rank"]
    decimals_hour: Decimals
    decimals_day: Decimals
    decimals_period: Decimals
    decimals_attainment: Decimals
    decimals_multiple: int
    decimals_rate: int
    site_share: Number
    """Share of an object's sites that must be present, 0 … 1."""
    site_values: Literal["unrounded", "rounded"]
    """Which site values enter the mean of an object."""
    city_ozone: Literal["mean_of_site_mda8", "mda8_of_city_hours"]
    period_edition: Literal["last_day", "each_day"]
    """Whose edition judges a period that straddles two."""
    good_day_max_aqi: int
    heavy_day_above_aqi: int
    three_year_mean: bool


class CompositeRule(Edition):
    """Composite index (综合指数): limits, weights and rounding."""

    subject_name: ClassVar[str] = "composite_index"
    rule_set: str = ""
    """Name of the set, printed wherever it was used: ``transitional_equal``."""
    limits: dict[Pollutant, Number]
    weights: dict[Pollutant, Number]
    decimals_each: int
    """Decimals of each I_i; the rounded ones are added. -1: not rounded."""
    decimals_sum: int
    require_all: bool

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if set(self.limits) != set(Pollutant) or set(self.weights) != set(Pollutant):
            msg = "limits and weights must name all six pollutants"
            raise ValueError(msg)
        return self


class RankingList(Record):
    """One published list: what is ordered, which way, and what parts equals."""

    key: str
    title: str
    title_zh: str
    metric: str
    """``composite_index``, a pollutant, ``good_day_ratio``, or ``change:<metric>``."""
    direction: Literal["ascending", "descending"]
    ties: tuple[str, ...] = ()
    """Further metrics that part equals, each with a leading ``-`` when descending."""


class RankingRule(Edition):
    """Lists, ties and change of a ranking (排名)."""

    subject_name: ClassVar[str] = "ranking"
    lists: tuple[RankingList, ...]
    tie_style: Literal["1-1-3", "1-1-2"]
    decimals_change: int
    basis: Literal["measured", "dust_deducted"]
    """Which side of a day the ranking uses."""
    exempt_deteriorated_if_attaining: bool
    """A place whose six pollutants all meet grade II stays off the deteriorated list (a ``change:`` metric in
    descending order)."""


class DustRule(Edition):
    """Proposal of dust periods and what a deduction removes (沙尘)."""

    subject_name: ClassVar[str] = "dust"
    reference_hours: int
    pm10_ratio_start: Number
    pm10_floor: Number
    pm_ratio_share: Number
    """PM2.5/PM10 at or below this share of its reference also starts a period."""
    end_within: Number
    """The period ends when PM10 is back within this share of the reference."""
    longest_hours: int
    deduct: dict[str, Literal["measured", "dust_deducted"]]
    """Side per statistic: ``pm10``, ``pm25``, ``composite_index``, ``good_day_ratio``, ``heavy_day_ratio``."""


class TrendRule(Edition):
    """Critical values of the rank correlation against time (秩相关系数法)."""

    subject_name: ClassVar[str] = "trend"
    smallest_n: int
    comparison: Literal["greater", "greater_or_equal"]
    critical: dict[str, dict[int, Number]]
    """alpha as text → N → W_p."""

    def critical_value(self, n: int, alpha: str = "0.05") -> Decimal | None:
        """Return W_p for `n` periods, None below `smallest_n`; an N that the table lacks uses the next smaller.

        Examples
        --------
        >>> from lantian.rules import Rulebook
        >>> rule = Rulebook.packaged().trend(date(2025, 12, 31))
        >>> rule.critical_value(5), rule.critical_value(11), rule.critical_value(4)
        (Decimal('0.900'), Decimal('0.564'), None)
        """
        if n < self.smallest_n:
            return None
        table = self.critical[alpha]
        return table[max(listed for listed in table if listed <= n)]


class StateRule(Edition):
    """Reference state of concentrations (参比状态、实际状态)."""

    subject_name: ClassVar[str] = "gas_state"
    gas_temperature: Number
    """[K]"""
    gas_pressure: Number
    """[hPa]"""
    particle_state: Literal["actual", "standard"]
    ppb_to_micrograms: dict[str, Number]
    """µg/m³ per ppb (CO: mg/m³ per ppm) at the gas state."""


class LowValueRule(Edition):
    """Zero and negative values in normal operation (零值和负值的修约)."""

    subject_name: ClassVar[str] = "low_values"
    replace_at_or_below: Number
    """Values at or below this are replaced."""
    detection_limit: dict[Pollutant, Number] = Field(default_factory=dict)
    """Values below the limit of their pollutant are replaced as well (2007); empty where the rule has none."""
    replacement: dict[Pollutant, Number]


class Flag(Record):
    """One data flag and whether its value may enter statistics."""

    code: str
    meaning: str
    meaning_zh: str
    usable: bool
    """Whether the value may enter statistics before a person has looked."""
    review: bool = False
    """Whether a person should look."""
    convertible: bool = True
    """Whether the value may be converted to another temperature and pressure."""


class FlagRule(Edition):
    """Vocabulary of data flags."""

    subject_name: ClassVar[str] = "data_flags"
    flags: tuple[Flag, ...]
    unknown_usable: bool
    """Whether a value with a flag outside the table enters statistics."""

    def flag(self, code: str) -> Flag | None:
        """Return the flag with exactly this code, or None where the table has none."""
        return next((row for row in self.flags if row.code == code), None)


SUBJECTS: dict[str, type[Edition]] = {
    "ambient_limits": AmbientLimits,
    "aqi_day": AqiRule,
    "aqi_hour": AqiRule,
    "aqi_categories": AqiCategories,
    "evaluation": EvaluationRule,
    "composite_index": CompositeRule,
    "ranking": RankingRule,
    "dust": DustRule,
    "trend": TrendRule,
    "gas_state": StateRule,
    "low_values": LowValueRule,
    "data_flags": FlagRule,
}
"""Subject → record class, in the order of documents; AQI rules carry their averaging in the subject."""

FACTS_OF_DATA: frozenset[str] = frozenset({"gas_state", "low_values", "data_flags"})
"""Subjects that say how a value was made, not how it is judged: the law of another day never changes them."""
