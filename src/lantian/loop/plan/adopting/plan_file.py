"""What stands in a city's ``plan.toml``: one class per table, every field checked as it is read (结构化方案)."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from lantian.science.plan_text.records import Comparator, IndicatorKind, Mode, Role, TargetKind, When

FILE = "plan.toml"


def _exact(value: object) -> object:
    """Read a TOML float by its digits, so that 42.88 is 42.88."""
    return Decimal(str(value)) if isinstance(value, float) else value


Text = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9\-]{0,79}$")]
Number = Annotated[Decimal, BeforeValidator(_exact), Field(allow_inf_nan=False)]


class Part(BaseModel):
    """Frozen, closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Implemented(Part):
    """A document that the plan carries out."""

    title: Text
    title_en: str = ""
    number: str = ""
    issuer: str = ""


class PlanTable(Part):
    """Facts of the document."""

    key: Key
    title: Text
    title_en: str = ""
    number: str = ""
    issuer: Text
    """Id of a body."""
    issued_on: date | None = None
    published_on: date | None = None
    year: int | None = None
    implements: tuple[Implemented, ...] = ()


class RingTable(Part):
    """A place around which something is due earlier."""

    key: Key
    title: Text
    title_en: str = ""
    county: str
    """adcode"""
    longitude: float = Field(ge=73, le=136)
    """Of the centre of the built-up area. [deg], EPSG:4490"""
    latitude: float = Field(ge=3, le=54)
    """[deg]"""
    built_up_radius_km: float = Field(ge=0, le=100)
    """[km]"""
    distance_km: float = Field(gt=0, le=200)
    """From the edge of the built-up area. [km]"""
    confirmed: bool = False
    """False: centre and radius are ours, to be confirmed by the city."""


class SectionTable(Part):
    """A heading that holds measures."""

    label: Text
    title: Text
    title_en: str = ""


class TargetTable(Part):
    """A promise of the plan as a whole."""

    key: Key
    title: Text
    title_en: str = ""
    kind: TargetKind
    subjects: tuple[str, ...]
    """adcodes, or ``city``."""
    except_subjects: tuple[str, ...] = ()
    metric: str
    metric_written: str = ""
    pollutant: str | None = None
    index: str | None = None
    among: str | None = None
    comparator: Comparator | None = None
    value: Number | None = None
    unit: str = ""
    years: tuple[int, ...]
    direction: str = ""
    baseline: int | None = None
    change: bool = False


class TailTable(Part):
    """Who answers, by body ids."""

    mode: Mode
    lead: tuple[str, ...] = ()
    cooperate: tuple[str, ...] = ()
    implement: tuple[str, ...] = ()
    open_list: bool = False

    def bodies(self) -> tuple[tuple[Role, str], ...]:
        """Every body id with its role."""
        return (
            *((Role.LEAD, row) for row in self.lead),
            *((Role.COOPERATE, row) for row in self.cooperate),
            *((Role.IMPLEMENT, row) for row in self.implement),
        )


class Answered(Part):
    """What one tail of a measure answers for."""

    key: Key
    tail: int | None = Field(default=None, ge=1)


class DeadlineTable(Answered):
    """A dated or recurring step."""

    kind: When
    date_: date | None = Field(default=None, alias="date")
    """The last day that keeps it; for a start its first day, unless `start` is given."""
    start: date | None = None
    """First day, for a start."""
    every: str | None = None
    firm: bool = True
    what: Text
    what_en: str = ""


class IndicatorTable(Answered):
    """A number that is promised, or that sets a border."""

    what: Text
    what_en: str = ""
    kind: IndicatorKind
    comparator: Comparator
    value: Number | None = None
    value_to: Number | None = None
    unit: str = ""
    change: bool = False
    baseline: int | None = None
    scope: str = ""
    by: date | None = None
    firm: bool = True


class KindTable(Part):
    """One kind of thing on a list."""

    key: Key
    title: Text
    title_en: str = ""
    count: int | None = None
    at_most: Number | None = None
    at_least: Number | None = None
    size_unit: str = ""


class StepTable(Part):
    """A dated step of every thing on a list."""

    key: Key
    title: Text
    title_en: str = ""
    due: date


class EarlierTable(Part):
    """Another date inside a ring."""

    ring: Key
    step: Key | None = None
    due: date


class ProjectsTable(Answered):
    """A list of things that a measure asks for (项目清单)."""

    title: Text
    title_en: str = ""
    count: int | None = None
    unit: str = ""
    due: date | None = None
    firm: bool = True
    kinds: tuple[KindTable, ...] = ()
    steps: tuple[StepTable, ...] = ()
    earlier: EarlierTable | None = None
    body: str | None = None
    """The one enterprise that it is about."""
    first_in: tuple[str, ...] = ()
    """adcodes of counties that go first."""
    at_most: Number | None = None
    at_least: Number | None = None
    size_unit: str = ""
    left: int | None = None
    """How many may be left in the end."""
    below_m: Number | None = None
    """[m]"""
    within_km: Number | None = None
    """[km]"""
    heat_plant_at_least: Number | None = None


class MoneyTable(Answered):
    """A price, tax, subsidy, transfer or loan."""

    title: Text
    title_en: str = ""
    form: Literal["price", "tax", "subsidy", "transfer", "loan"]
    amount: Number | None = None
    """[yuan]"""


class MeasureTable(Part):
    """One measure."""

    number: int | str
    section: str
    title: Text
    title_en: str = ""
    tails: tuple[TailTable, ...] = ()
    deadlines: tuple[DeadlineTable, ...] = ()
    indicators: tuple[IndicatorTable, ...] = ()
    projects: tuple[ProjectsTable, ...] = ()
    money: tuple[MoneyTable, ...] = ()


class PlanFile(Part):
    """The whole file."""

    plan: PlanTable
    rings: tuple[RingTable, ...] = ()
    sections: tuple[SectionTable, ...] = ()
    targets: tuple[TargetTable, ...] = ()
    measures: Annotated[tuple[MeasureTable, ...], Field(min_length=1)]
