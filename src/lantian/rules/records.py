"""What an edition of a rule holds: frozen records, one class per subject, checked as they are read.

The files beside this module carry the numbers; these classes carry only their shape. Every concentration is in
µg/m³, CO in mg/m³, unless a field says otherwise.
"""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Confidence, Edition, Number, Record
from lantian.rules.inventory_book_records import INVENTORY_BOOK_SUBJECTS
from lantian.rules.inventory_records import INVENTORY_SUBJECTS
from lantian.rules.plume_records import PLUME_SUBJECTS
from lantian.rules.quality_records import QUALITY_SUBJECTS
from lantian.rules.receptor_records import RECEPTOR_SUBJECTS
from lantian.rules.source_records import SOURCE_SUBJECTS
from lantian.rules.species_records import SPECIES_SUBJECTS
from lantian.rules.voc_records import VOC_SUBJECTS
from lantian.rules.weather_records import WEATHER_SUBJECTS
from lantian.terms.pollutants import Pollutant

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


class LadderStep(Record):
    """One step of the escalation ladder (督办阶梯); it is proposed when any one of its conditions holds."""

    key: Literal["remind", "notice", "supervise", "interview"]
    title: str
    title_zh: str
    letter: str
    letter_zh: str
    """What its letter is called: 提醒函, 通报, 督办函, 约谈通知书."""
    signed_by: str
    signed_by_zh: str
    days_overdue: int | None = Field(default=None, ge=1)
    """Days since the duty's date, grace included. [d]"""
    months_silent: int | None = Field(default=None, ge=1)
    """Months in a row whose sheet came back without this duty."""
    times_returned: int | None = Field(default=None, ge=1)
    """Reports returned since the last one that was accepted."""
    answer_late_days: int | None = Field(default=None, ge=1)
    """Days since the answer to the step before was due and did not come. [d]"""
    answer_days: int = Field(ge=1)
    """Time to answer. [d]"""
    to_all: bool = False
    """Whether every body is sent a copy (通报)."""
    held_by: str = ""
    held_by_zh: str = ""
    """Who holds the interview (约谈); empty for a letter alone."""


class DispatchRule(Edition):
    """The dispatch cycle (调度): when sheets go out and are due back, when a duty is late, and the ladder."""

    subject_name: ClassVar[str] = "dispatch"
    issue_day: int = Field(ge=1, le=31)
    """Day on which sheets go out; a day that a month lacks is its last."""
    issue_months_later: int = Field(ge=0, le=2)
    """0: in the month that is reported on."""
    due_day: int = Field(ge=1, le=31)
    due_months_later: int = Field(ge=0, le=2)
    sheet_grace_days: int = Field(ge=0)
    """Days after a sheet's date before its silence counts. [d]"""
    due_soon_days: int = Field(ge=0)
    """How long before its date a duty counts as due soon. [d]"""
    grace_days: int = Field(ge=0)
    """Days after a duty's date before it counts as overdue. [d]"""
    remind_every_days: int = Field(ge=1)
    """Shortest time between two reminders of one sheet. [d]"""
    roles: tuple[Literal["lead", "cooperate", "implement"], ...]
    """Roles that the ladder is for; every role gets a sheet."""
    steps: tuple[LadderStep, ...] = Field(min_length=1)
    """Lowest first."""

    @model_validator(mode="after")
    def _steps_climb(self) -> Self:
        keys = self.step_keys
        if len(set(keys)) < len(keys):
            msg = f"each step stands once on the ladder, not {list(keys)}"
            raise ValueError(msg)
        if self.issue_of("2024-02") > self.due_of("2024-02"):
            msg = "sheets would be due before they go out"
            raise ValueError(msg)
        return self

    @property
    def step_keys(self) -> tuple[str, ...]:
        """Keys of the steps, lowest first."""
        return tuple(step.key for step in self.steps)

    def issue_of(self, month: str) -> date:
        """Return the day on which the sheets of a month go out."""
        return _day_of_month(month, self.issue_months_later, self.issue_day)

    def due_of(self, month: str) -> date:
        """Return the day on which the sheets of a month are due back.

        Examples
        --------
        >>> from lantian.rules import Rulebook
        >>> rule = Rulebook.packaged().edition(DispatchRule, "dispatch", date(2024, 12, 1))
        >>> rule.issue_of("2024-12"), rule.due_of("2024-12")
        (datetime.date(2024, 12, 25), datetime.date(2025, 1, 5))
        """
        return _day_of_month(month, self.due_months_later, self.due_day)

    def step(self, key: str) -> LadderStep:
        """Return a step by its key."""
        return self.steps[self.step_keys.index(key)]

    def place(self, key: str | None) -> int:
        """Return how high a step stands, from 0; -1 for none or one that this ladder does not have."""
        return self.step_keys.index(key) if key in self.step_keys else -1

    def step_above(self, key: str | None) -> LadderStep | None:
        """Return the step after `key` (the first after None or another ladder's), None above the last."""
        position = self.place(key) + 1
        return self.steps[position] if position < len(self.steps) else None


def _day_of_month(month: str, later: int, day: int) -> date:
    """Return a day of the month that lies some months after ``YYYY-MM``."""
    count = int(month[:4]) * 12 + int(month[5:7]) - 1 + later
    year, number = count // 12, count % 12 + 1
    return date(year, number, min(day, monthrange(year, number)[1]))


class AdmissionCheck(Record):
    """One line of the checklist: what is looked at, the clause in our own words, and how firmly it binds."""

    key: Literal[
        "documents", "catalogue", "no_new_capacity", "capacity_swap", "shut_before_start", "energy_benchmark",
        "clean_transport", "rail_connection", "regional_reduction", "coal_replacement", "own_coal_unit",
        "small_coal_boiler", "coal_boiler", "heat_radius", "boiler_kind", "gas_producer", "furnace_energy",
        "voc_products", "open_pit", "mine_transport",
    ]  # fmt: skip
    title: str
    title_zh: str
    clause: str
    clause_zh: str
    source: str
    """Instrument that it comes from."""
    binding: Literal["must", "principle", "advice"] = "must"
    """``must`` is overridden only expressly, ``principle`` (原则上) with a reason, ``advice`` (优先) freely."""
    confidence: Confidence = Confidence.B


class CapacitySwap(Record):
    """How much of an industry's capacity retires for what is built (产能置换比例). [t retired per t built]"""

    industry: str
    key_region: Number = Field(ge=1)
    elsewhere: Number = Field(ge=1)
    merged_key_region: Number | None = Field(default=None, ge=1)
    """For capacity that came by a real merger."""
    merged_elsewhere: Number | None = Field(default=None, ge=1)
    inferior: Number | None = Field(default=None, ge=1)
    """Least ratio for retired capacity of the restricted class or of another province."""
    paused: bool = False
    """No swap is announced while this holds."""
    source: str
    confidence: Confidence

    def ratio(self, *, key_region: bool, merged: bool = False, inferior: bool = False) -> Decimal:
        """Return the ratio for one piece of retired capacity.

        Examples
        --------
        >>> swap = CapacitySwap(industry="cement_clinker", key_region=2, elsewhere=1.5, inferior=2, source="s",
        ...                     confidence="A")
        >>> swap.ratio(key_region=False), swap.ratio(key_region=False, inferior=True)
        (Decimal('1.5'), Decimal('2'))
        """
        usual = self.key_region if key_region else self.elsewhere
        eased = self.merged_key_region if key_region else self.merged_elsewhere
        found = eased if merged and eased is not None else usual
        return max(found, self.inferior) if inferior and self.inferior is not None else found


class EqualSwap(Record):
    """A case in which an industry swaps as much as it builds (等量置换情形)."""

    key: str
    industry: str
    title: str
    title_zh: str


class EmissionDriver(Record):
    """Which pollutants of the air decide whether an emission is set off doubly (倍量削减)."""

    pollutant: Literal["so2", "nox", "pm", "voc"]
    driven_by: tuple[Pollutant, ...] = Field(min_length=1)


class CoalFuel(Record):
    """A coal and what it counts for (折标准煤系数)."""

    key: str
    name: str
    name_zh: str
    factor: Number = Field(gt=0)
    """[t of standard coal per t]"""
    counted: bool = True
    """Whether it counts as coal consumption."""
    confidence: Confidence


class CoalSubstitute(Record):
    """What may take the place of coal (替代措施)."""

    key: str
    title: str
    title_zh: str
    allowed: bool = True


class AdmissionDocument(Record):
    """A paper that an application needs (要件)."""

    key: str
    title: str
    title_zh: str


class AdmissionRule(Edition):
    """Checklist and figures of project admission (项目准入)."""

    subject_name: ClassVar[str] = "admission"
    checks: tuple[AdmissionCheck, ...] = Field(min_length=1)
    measures: dict[str, int]
    """Check → number of the measure of the city's plan that it carries out."""
    firm: tuple[str, ...] = ()
    """Checks that bind here although the instrument says “in principle”."""
    key_regions: tuple[str, ...]
    """Key regions of air pollution control (重点区域): adcodes or their first digits."""
    stricter_counties: tuple[str, ...] = ()
    """adcodes of counties that may ask for more."""
    no_new_capacity: tuple[str, ...]
    """Industries whose capacity must not grow anywhere."""
    no_new_capacity_in_key_regions: tuple[str, ...]
    swaps: tuple[CapacitySwap, ...]
    equal_cases: tuple[EqualSwap, ...]
    swap_exempt: tuple[str, ...]
    """Industries that need not close what they replace before they run."""
    benchmark_industries: tuple[str, ...]
    bulk_transport_from: Number | None = Field(default=None, gt=0)
    """From here clean transport binds as firmly as its check says, below it is a principle. [t/a]"""
    clean_transport_share: Number = Field(gt=0, le=100)
    """[%]"""
    clean_modes: tuple[str, ...]
    rail_sites: tuple[str, ...]
    rail_site_from: Number | None = Field(default=None, gt=0)
    """[t/a]"""
    reductions: tuple[EmissionDriver, ...]
    reduction_attaining: Number = Field(ge=0)
    """Reduction per emission where the drivers attain. [1]"""
    reduction_exceeding: Number = Field(ge=0)
    """Where one of them exceeds. [1]"""
    coal_ratio: Number = Field(ge=0)
    """Coal saved per coal newly used. [1]"""
    coal_more_in_key_regions: bool
    """Whether in key regions more must be saved than that, not just as much (减量)."""
    coal_guaranteed: tuple[str, ...]
    """Industries whose coal may be guaranteed by the energy authority."""
    fuels: tuple[CoalFuel, ...]
    substitutes: tuple[CoalSubstitute, ...]
    small_boiler_up_to: Number
    """Coal boilers up to this are not built. [t/h]"""
    electric_boiler_up_to: Number
    """New industrial boilers up to this are of `electric_boilers` by preference. [t/h]"""
    electric_boilers: tuple[str, ...]
    heat_plant_from: Number
    """Capacity of a heat and power plant that counts. [MW]"""
    heat_radius: Number
    """[km]"""
    clean_furnace_energies: tuple[str, ...]
    documents: tuple[AdmissionDocument, ...]

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        for what, keys in (
            ("checks", [row.key for row in self.checks]),
            ("swaps", [row.industry for row in self.swaps]),
            ("fuels", [row.key for row in self.fuels]),
            ("substitutes", [row.key for row in self.substitutes]),
            ("documents", [row.key for row in self.documents]),
            ("reductions", [row.pollutant for row in self.reductions]),
        ):
            if len(set(keys)) < len(keys):
                msg = f"{what} names something twice: {keys}"
                raise ValueError(msg)
        known = {row.key for row in self.checks}
        if strange := sorted(({*self.measures, *self.firm}) - known):
            msg = f"measures and firm name {strange}, which are no checks of this edition"
            raise ValueError(msg)
        if self.reduction_exceeding < self.reduction_attaining:
            msg = "less would be set off where the air is worse"
            raise ValueError(msg)
        return self

    def check(self, key: str) -> AdmissionCheck | None:
        """Return a line of the checklist, or None where this edition has none of that key."""
        return next((row for row in self.checks if row.key == key), None)

    def binding_of(self, check: AdmissionCheck) -> Literal["must", "principle", "advice"]:
        """How firmly a line binds under this edition."""
        return "must" if check.key in self.firm else check.binding

    def swap(self, industry: str) -> CapacitySwap | None:
        """Return the ratios of an industry, or None where it needs no swap."""
        return next((row for row in self.swaps if row.industry == industry), None)

    def fuel(self, key: str) -> CoalFuel | None:
        """Return a coal by its key."""
        return next((row for row in self.fuels if row.key == key), None)

    def in_key_region(self, adcode: str) -> bool:
        """Whether a county lies in a key region.

        Examples
        --------
        >>> from lantian.rules import Rulebook
        >>> rule = Rulebook.packaged().edition(AdmissionRule, "admission", date(2024, 1, 1))
        >>> rule.in_key_region("140406"), rule.in_key_region("140225")
        (True, False)
        """
        return adcode.startswith(self.key_regions)


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
    "dispatch": DispatchRule,
    "admission": AdmissionRule,
    **SOURCE_SUBJECTS,
    **QUALITY_SUBJECTS,
    **PLUME_SUBJECTS,
    **SPECIES_SUBJECTS,
    **INVENTORY_SUBJECTS,
    **INVENTORY_BOOK_SUBJECTS,
    **WEATHER_SUBJECTS,
    **VOC_SUBJECTS,
    **RECEPTOR_SUBJECTS,
}
"""Subject → record class, in the order of documents; AQI rules carry their averaging in the subject."""

FACTS_OF_DATA: frozenset[str] = frozenset({"gas_state", "low_values", "data_flags", "species"})
"""Subjects that say how a value was made, not how it is judged: the law of another day never changes them."""
