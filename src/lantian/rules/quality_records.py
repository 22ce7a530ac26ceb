"""What the rules about instruments hold: checks of their data, review, calibration, health, and who must have one.

The numbers are thresholds for suspicion, never limits of the law: they choose what a person looks at.
Concentrations are in µg/m³, CO in mg/m³, unless a field says otherwise.
"""

from datetime import date
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lantian.rules.edition import Edition, Number, Record
from lantian.terms.pollutants import Pollutant

EachPollutant = dict[Pollutant, Number]


class AmbientChecks(Record):
    """When an hour of a station is doubtful by itself or beside its neighbours' course."""

    lowest: EachPollutant
    """Below is no noise about zero any more."""
    highest: EachPollutant
    """Above is beyond what air of this region and instruments of this kind show."""
    inversion_share: Number = Field(ge=0)
    """PM2.5 may exceed PM10 by this share of it …"""
    inversion_margin: Number = Field(ge=0)
    """… and by this much. [µg/m³]"""
    nox_share: Number = Field(ge=0)
    """NO2 may exceed NOx (both as NO2) by this share of it …"""
    nox_margin: Number = Field(ge=0)
    """… and by this much. [µg/m³]"""
    constant_hours: dict[Pollutant, int]
    """So many equal hours in a row are doubtful. [h]"""
    constant_above: EachPollutant
    """Equal hours at or below this are not: the instrument's resolution makes them."""
    spike_ratio: Number = Field(gt=1)
    """A spike is this many times the higher of the hours beside it …"""
    spike_rise: EachPollutant
    """… and this much above it …"""
    spike_peer_share: Number = Field(ge=0, lt=1)
    """… while the neighbours rose by less than this share of its rise."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("lowest", "highest", "constant_hours", "constant_above", "spike_rise"):
            if set(getattr(self, name)) != set(Pollutant):
                msg = f"{name} must name all six pollutants"
                raise ValueError(msg)
        return self


class NeighbourChecks(Record):
    """How far a station may depart from its neighbours."""

    count: int = Field(ge=1)
    """Nearest stations that are its neighbours."""
    radius: Number = Field(gt=0)
    """[km]"""
    least: int = Field(ge=1)
    """Fewest neighbours with a value for a comparison."""
    offset: EachPollutant
    """Added to both before their ratio is taken, so that clean air does not make it explode."""
    robust_z: Number = Field(gt=0)
    """Departure from its own usual ratio, in robust standard deviations. [1]"""
    smallest_scale: Number = Field(gt=0)
    """Least robust standard deviation of the logarithm of the ratio. [1]"""
    hours: int = Field(ge=1)
    """Hours in a row. [h]"""
    history_hours: int = Field(ge=2)
    """Fewest hours that say what is usual. [h]"""


class ClockChecks(Record):
    """When a station's hours look shifted against its neighbours'."""

    window_days: int = Field(ge=2)
    """[d]"""
    most_hours: int = Field(ge=1, le=24)
    """Largest shift that is looked for, either way. [h]"""
    correlation: Number = Field(gt=0, le=1)
    """Least correlation at the best shift."""
    gain: Number = Field(gt=0)
    """Least gain of correlation over no shift."""
    pairs: int = Field(ge=10)
    """Fewest pairs of hours. [h]"""
    label_days: int = Field(ge=5)
    """Fewest days that can show one hour of the day under the wrong date. [d]"""
    label_gain: Number = Field(gt=0)
    """Least gain of correlation of such an hour over its own date."""


class DriftChecks(Record):
    """When a station slowly leaves its neighbours."""

    day_hours: int = Field(ge=1, le=24)
    """Fewest hours of a day that counts. [h]"""
    days: int = Field(ge=5)
    """Fewest days. [d]"""
    change: Number = Field(gt=0)
    """Relative change over the stretch."""
    confidence: Number = Field(gt=0, lt=1)
    """Confidence of the interval of the slope that must leave zero out."""


class SourceChecks(Record):
    """When readings of a stack do not fit together."""

    frozen_hours: int = Field(ge=2)
    """So many equal hours in a row while gas flows are doubtful. [h]"""
    frozen_minutes: int = Field(ge=2)
    """[min]"""
    frozen_above: Number = Field(ge=0)
    """Equal values at or below this are not doubtful. [mg/m³]"""
    tolerance: Number = Field(ge=0)
    """Share by which values may differ beyond their rounding."""
    running_share: Number = Field(gt=0, le=1)
    """A source runs when its flow exceeds this share of its own high flow (the 0.9 quantile)."""
    oxygen_near_air: Number = Field(gt=0, le=21)
    """[%]"""
    oxygen_hours: int = Field(ge=1)
    """[h]"""
    copied_hours: int = Field(ge=6)
    """Length of the window in which two channels are compared. [h]"""
    copied_correlation: Number = Field(gt=0, le=1)
    copied_distinct: int = Field(ge=3)
    """Fewest distinct values of a window that can be compared."""
    related: tuple[tuple[str, ...], ...]
    """Factors that move together by nature, or are computed from each other."""
    repeat_lags: tuple[int, ...]
    """After how many hours a repeated stretch is looked for. [h]"""
    repeat_hours: int = Field(ge=3)
    """Least length of a repeated stretch. [h]"""
    late_minutes: int = Field(ge=1)
    """After the end of its hour. [min]"""
    burst_hours: int = Field(ge=2)
    """So many hours that arrive together are a late delivery. [h]"""
    ahead_minutes: int = Field(ge=1)
    """A reading that arrives this long before its own period is over shows a clock that is fast. [min]"""


class HealthRule(Record):
    """What the states of a station or outlet mean (在线状态)."""

    stale_hours: int = Field(ge=1)
    """Newest value older than this: stale. [h]"""
    silent_hours: int = Field(ge=1)
    """Nothing at all for this long: silent. [h]"""
    late_minutes: int = Field(ge=1)
    """[min]"""
    late_share: Number = Field(gt=0, le=1)
    """Share of hours that came late from which on it is late."""


class ReviewRule(Record):
    """How data are reviewed at three levels (三级审核)."""

    takes_effect: Literal["operator", "city", "sign_off"]
    """From this level on a decision makes an audited hour."""
    invalid_flags: tuple[str, ...]
    """Flags that an invalidated value gets: the first that the vocabulary in force holds for unusable."""
    doubtful_flags: tuple[str, ...]
    """Flags of a value that stays but is doubtful: the first that the vocabulary in force has for usable."""


RoleName = Literal["admin", "city_office", "county", "enterprise", "operator"]
"""Roles of users, as the ledger grants them, that may decide about instruments at all."""


class RoleRule(Record):
    """Which roles may do what about instruments (权限); a role for one body only where it is that body's."""

    station_operator: tuple[RoleName, ...] = Field(min_length=1)
    """Propose about hours of a station."""
    station_city: tuple[RoleName, ...] = Field(min_length=1)
    station_sign_off: tuple[RoleName, ...] = Field(min_length=1)
    outlet_operator: tuple[RoleName, ...] = Field(min_length=1)
    """Propose about hours of an outlet."""
    outlet_city: tuple[RoleName, ...] = Field(min_length=1)
    outlet_sign_off: tuple[RoleName, ...] = Field(min_length=1)
    outlet_mark: tuple[RoleName, ...] = Field(min_length=1)
    """Set, revise and withdraw marks of an outlet."""
    outlet_record: tuple[RoleName, ...] = Field(min_length=1)
    """Say whose an outlet is and which law it has."""


class CalibrationRule(Record):
    """How a micro-station is fitted to a reference instrument (微站校准)."""

    least_hours: int = Field(ge=24)
    """Fewest hours of co-location. [h]"""
    held_out_every: int = Field(ge=2)
    """Every so many-th week is held out to judge the fit."""
    least_r2: Number = Field(ge=0, le=1)
    """Least coefficient of determination on the weeks held out."""
    valid_days: int = Field(ge=1)
    """How long a calibration holds. [d]"""
    highest_humidity: Number = Field(gt=0, lt=100)
    """Above, the growth of particles is computed as at this humidity. [%]"""
    transfer_correlation: Number = Field(gt=0, le=1)
    """Least correlation of the raw values of two devices before one takes the other's calibration."""


class CompositionChecks(Record):
    """When a sample of composition is doubtful by itself (组分数据合理性)."""

    ions_needed: tuple[str, ...]
    """Species without which the balance of ions says nothing."""
    ions_least: Number = Field(gt=0)
    """Fewest equivalents of cations and anions together that are judged. [µeq/m³]"""
    ion_ratio: tuple[Number, Number]
    """Least and greatest quotient of cations and anions, in equivalents."""
    mass_share: Number = Field(ge=0)
    """The sum of species may exceed the mass of the particles by this share of it …"""
    mass_margin: Number = Field(ge=0)
    """… and by this much. [µg/m³]"""
    carbon_ratio: tuple[Number, Number]
    """Least and greatest quotient of organic and elemental carbon."""
    carbon_least: Number = Field(gt=0)
    """Both are judged from this much elemental carbon on. [µg/m³]"""
    negative_limits: Number = Field(ge=0)
    """A value below minus so many detection limits is no noise about zero …"""
    negative_uncertainties: Number = Field(ge=0)
    """… or, where no limit is known, below minus so many times its uncertainty."""

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        for name in ("ion_ratio", "carbon_ratio"):
            low, high = getattr(self, name)
            if not 0 < low < high:
                msg = f"{name} needs a positive least and a greater greatest value"
                raise ValueError(msg)
        return self


class MicroRule(Record):
    """How raw values of micro-stations become hours (微型站小时值)."""

    hour_minutes: int = Field(ge=1, le=60)
    """Fewest minutes of an hour that must have values. [min]"""


class QualityRule(Edition):
    """Checks, review, calibration and health of instruments (数据质量控制)."""

    subject_name: ClassVar[str] = "quality"
    ambient: AmbientChecks
    neighbours: NeighbourChecks
    clock: ClockChecks
    drift: DriftChecks
    stack: SourceChecks
    health: HealthRule
    review: ReviewRule
    roles: RoleRule
    calibration: CalibrationRule
    composition: CompositionChecks
    micro: MicroRule


class KeyUnitCriterion(Record):
    """One condition under which a unit belongs on the list."""

    key: str = Field(pattern=r"^[a-z][a-z_]*$")
    title: str
    title_zh: str
    industries: tuple[str, ...] = ()
    """First digits of GB/T 4754 codes that it is about; empty: any."""
    permit: Literal["key", "simplified", "registered"] | None = None
    """Kind of discharge permit that it asks for."""
    above_scale: bool = False
    """Only units above designated size (规模以上)."""
    unless: str = ""
    """What takes a unit out again."""
    by_decision: bool = False
    """Holds only where an authority says so: nothing in the register shows it."""


class KeyUnitRule(Edition):
    """Who is a key unit of air pollution, and what that asks of it (大气环境重点排污单位名录)."""

    subject_name: ClassVar[str] = "key_units"
    published_by_month: int = Field(ge=1, le=12)
    published_by_day: int = Field(ge=1, le=31)
    """Until when a year's list is published."""
    criteria: tuple[KeyUnitCriterion, ...] = Field(min_length=1)
    must_monitor_automatically: bool
    """Whether a unit on the list installs and runs automatic monitoring on line."""
    greenhouse_factors: tuple[str, ...] = ()
    """HJ 212 codes of greenhouse gases that a stack may also measure."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        keys = [row.key for row in self.criteria]
        if len(set(keys)) < len(keys):
            msg = f"each criterion stands once, not {keys}"
            raise ValueError(msg)
        return self

    def due(self, year: int) -> date:
        """Return the day until which the list of a year is published."""
        return date(year, self.published_by_month, self.published_by_day)

    def criterion(self, key: str) -> KeyUnitCriterion | None:
        """Return a criterion by its key, or None where this edition has none of that name."""
        return next((row for row in self.criteria if row.key == key), None)

    def fitting(self, industry: str, permit: str, *, above_scale: bool) -> tuple[KeyUnitCriterion, ...]:
        """Return the criteria that a unit's own data meet; those by decision never are among them.

        Parameters
        ----------
        industry : str
            GB/T 4754 code.
        permit : str
            ``key``, ``simplified``, ``registered`` or empty.
        above_scale : bool
            Whether it is above designated size.
        """
        return tuple(
            row
            for row in self.criteria
            if not row.by_decision
            and (not row.industries or industry.startswith(row.industries))
            and (row.permit is None or row.permit == permit)
            and (above_scale or not row.above_scale)
        )


QUALITY_SUBJECTS: dict[str, type[Edition]] = {"quality": QualityRule, "key_units": KeyUnitRule}
"""Subjects about instruments and who must have them."""
