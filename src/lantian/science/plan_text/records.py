"""What a plan document says, as frozen records; every one knows where in the source its words stand.

Offsets are counted in characters of ``Source.text``: ``source.text[span.start : span.end]`` gives the same words
for ever. Nothing here is law: a reading says what is written, and a person confirms what is doubtful.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from lantian.terms.findings import Finding


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where words stand: characters ``start`` (inclusive) to ``end`` (exclusive) of the source text."""

    start: int
    end: int

    def cut(self, text: str) -> str:
        """Return the words of this span."""
        return text[self.start : self.end]

    def holds(self, other: "Span") -> bool:
        """Whether the other span lies wholly inside this one."""
        return self.start <= other.start and other.end <= self.end


class BlockKind(StrEnum):
    """What a block of a source file is."""

    PARAGRAPH = "paragraph"
    CELL = "cell"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, or one cell of a table, of the source file."""

    kind: BlockKind
    span: Span
    table: int | None = None
    """Number of the table in the file, from 0; None for a paragraph."""
    row: int | None = None
    column: int | None = None
    heading: int | None = None
    """Heading level that the file itself declares (Word style, HTML h1–h6), 1 for the highest."""
    rows: int = 1
    """Rows that a merged cell covers, downwards from `row`."""
    columns: int = 1
    """Columns that a merged cell covers, to the right from `column`."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document as text, with the blocks that its file had; blocks never overlap and stand in reading order."""

    name: str
    """File name, for people."""
    text: str
    blocks: tuple[Block, ...]
    form: str = "txt"
    """``txt``, ``html``, ``docx``, ``pdf`` or ``xlsx``."""
    encoding: str | None = None
    digest: str = ""
    """SHA-256 of the file's bytes, hexadecimal."""
    findings: tuple[Finding, ...] = ()
    """What was doubtful when the file was opened: its encoding, parts that hold no text."""


class Role(StrEnum):
    """What a body has to do with a measure."""

    LEAD = "lead"
    """牵头、负责"""
    COOPERATE = "cooperate"
    """配合、参与、协办"""
    IMPLEMENT = "implement"
    """落实"""


class Mode(StrEnum):
    """How the bodies of a tail carry it."""

    LEAD = "牵头"
    """One or several lead, others cooperate."""
    EACH = "分别负责"
    """Each by its own duties (按职责分别负责)."""
    RESPONSIBLE = "负责"
    IMPLEMENT = "落实"
    """Nobody leads; the named ones carry it out."""


@dataclass(frozen=True, slots=True)
class BodyMention:
    """One name in a tail, and the bodies that it stands for."""

    written: str
    """The name as written, with a shared ending restored (长治高新区、经开区管委会 → 长治高新区管委会)."""
    span: Span
    """Where its own words stand (without a restored ending)."""
    bodies: tuple[str, ...] = ()
    """Ids of the bodies of the city's directory: one, the members of a collective, or none where it is unknown."""
    names: tuple[str, ...] = ()
    """Names of `bodies` in the directory; where the name is unknown, the name as written."""
    collective: bool = False
    """Whether the name stands for several bodies (各县区人民政府)."""
    settled: bool = True
    """False: the directory does not know it, or it means only some of the members (相关县区): a person decides."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Who answers for the words before it (责任尾注)."""

    raw: str
    """The tail as written, brackets included; for a table row, the cells joined by ``；``."""
    span: Span
    mode: Mode
    lead: tuple[BodyMention, ...] = ()
    cooperate: tuple[BodyMention, ...] = ()
    implement: tuple[BodyMention, ...] = ()
    open_list: bool = False
    """Whether a list ends in 等."""
    closes: Span | None = None
    """The words that this tail closes."""
    by_default: bool = False
    """Whether the implementers come from a one-time clause (以下均需…落实), not from this tail's own words."""
    default_for_all: bool = False
    """Whether this tail holds such a clause."""

    def mentions(self) -> tuple[tuple[Role, BodyMention], ...]:
        """Every named body with its role, in reading order within each role."""
        return (
            *((Role.LEAD, row) for row in self.lead),
            *((Role.COOPERATE, row) for row in self.cooperate),
            *((Role.IMPLEMENT, row) for row in self.implement),
        )


class When(StrEnum):
    """What kind of time a document gives."""

    BY = "by"
    """2024年10月底前"""
    IN = "in"
    """2024年完成"""
    START = "start"
    """2024年起"""
    RECURRING = "recurring"
    """每年、每月、每季度"""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A time by which, in which, from which or how often something is done."""

    text: str
    """The words of the time itself: ``2024年10月底前``."""
    span: Span
    kind: When
    day: date | None = None
    """The last day that keeps it (``date`` in JSON); for a start, its first day; None for a recurring one."""
    start: date | None = None
    """First day, for a start."""
    every: str | None = None
    """For a recurring one: ``year``, ``half_year``, ``quarter``, ``month``, ``week`` or ``day``."""
    firm: bool = True
    """False where the document says 力争."""
    what: str = ""
    """The clause that it dates, short."""


class Comparator(StrEnum):
    """How a value is to be met."""

    AT_LEAST = ">="
    AT_MOST = "<="
    MORE = ">"
    LESS = "<"
    EQUAL = "="
    ABOUT = "~"
    """左右、约"""
    RISING = "rising"
    """逐年上升: a direction without a number"""
    FALLING = "falling"
    """下降、负增长: a direction without a number"""


class IndicatorKind(StrEnum):
    """What a number in a measure is for."""

    GOAL = "goal"
    """Something to be reached: a share, a rate, a level."""
    COUNT = "count"
    """How many things are to be done: 27 stations, 77 kilns."""
    CONDITION = "condition"
    """Which things a duty is about: boilers up to 35 t/h, within 5 km, above 1.5 Mt a year."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A number, or a direction, that a measure promises or sets a border with."""

    what: str
    """The quantity or thing, in the document's own short words: 短流程炼钢产量占比."""
    span: Span
    """From the quantity (or the number, where it comes first) to the end of the value and its qualifiers."""
    text: str
    """The words of `span`."""
    kind: IndicatorKind
    comparator: Comparator
    value: Decimal | None = None
    """None for a direction only. [unit]"""
    value_to: Decimal | None = None
    """Upper end of a range (7—10天). [unit]"""
    unit: str = ""
    """As written: %, 家, 蒸吨/小时, 微克/立方米; empty for a plain ratio or direction."""
    change: bool = False
    """Whether the value is a change on a baseline (增长10%), not a level."""
    baseline: int | None = None
    """Year of the baseline (比2020年)."""
    scope: str = ""
    """Where or for whom: 全市, 潞州区建成区, 县城."""
    by: date | None = None
    """Last day, from the deadline in the same clause."""
    firm: bool = True
    """False where the document says 力争."""
    direction: str = ""
    """For a change: ``down`` (下降10%, kept as ``>=`` 10) or ``up``; empty for a level."""


class TargetKind(StrEnum):
    """How hard a target binds."""

    BINDING = "binding"
    """约束性"""
    ASPIRATIONAL = "aspirational"
    """力争性"""


@dataclass(frozen=True, slots=True)
class Target:
    """A promise of the plan as a whole about the air (工作目标)."""

    text: str
    span: Span
    kind: TargetKind
    subjects: tuple[str, ...] = ()
    """Whom it is about, as written: 市区, 潞城区, 11个县区, 其余县区."""
    metric: str = ""
    """``pm25``, ``pm10``, ``good_day_ratio``, ``rank``, ``attainment``, ``assigned`` (set by those above) …; empty
    where unknown."""
    metric_written: str = ""
    """The literal words: 空气质量指数 is kept although rankings use the composite index."""
    comparator: Comparator | None = None
    value: Decimal | None = None
    unit: str = ""
    years: tuple[int, ...] = ()
    baseline: int | None = None
    change: bool = False
    except_subjects: tuple[str, ...] = ()
    """除潞城区外"""
    direction: str = ""
    """For ranks: ``out_of_last`` (退出后30位), ``within_first`` (前三位), ``forward`` (前移)."""


class MentionKind(StrEnum):
    """What a proper name in the text is."""

    PLANT = "plant"
    PLACE = "place"
    LAW = "law"
    """Law, plan or standard in 《》, and its number."""
    NUMBER = "number"
    """Document or standard number: 国发〔2023〕24号, DB14/1929—2019."""
    NAME = "name"
    """A set phrase with a number in it: “6+3”, 双随机、一公开."""
    MONEY = "money"
    """An amount, price, tax or subsidy."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A proper name or amount in the text; its digits are never taken for an indicator."""

    kind: MentionKind
    text: str
    span: Span
    body: str | None = None
    """Id in the city's directory: of a plant, or of the government of a place."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading that holds measures."""

    label: str
    """Its numeral without brackets: ``三``, ``一``."""
    title: str
    span: Span
    level: int
    """1 for the highest."""
    parent: int | None = None
    """Place of the section above it in ``Draft.sections``."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One numbered measure (重点任务的一条)."""

    number: int | str
    """1 for ``1.``; the label as written (``（四）``) where it is a Chinese numeral."""
    order: int
    """Place in the document, from 1."""
    section: str
    """Label of the heading just above it."""
    section_title: str
    title: str
    span: Span
    """All its paragraphs."""
    title_span: Span
    sentences: tuple[Span, ...] = ()
    tails: tuple[Tail, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the document itself, with its place."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the document says of itself."""

    title: Fact | None = None
    issuer: Fact | None = None
    issued: Fact | None = None
    issued_on: date | None = None
    published_on: date | None = None
    number: Fact | None = None
    """文号"""
    implements: tuple[Fact, ...] = ()
    """Documents that it carries out, each with its number where given."""
    year: int | None = None
    """The plan's year, to which months without a year belong; from the title, else from the date."""


class Use(StrEnum):
    """What a stretch of the source was read as."""

    CHROME = "chrome"
    """Page furniture around the document."""
    FACT = "fact"
    HEADING = "heading"
    GOAL = "goal"
    """Text of the goals' section."""
    TITLE = "title"
    """A measure's number and title."""
    BODY = "body"
    """A measure's sentences."""
    TAIL = "tail"
    PREAMBLE = "preamble"
    """The document's own text outside measures and goals: salutation, general requirements, closing words."""
    SPACE = "space"
    UNREAD = "unread"
    """Not understood; always comes with a finding."""


@dataclass(frozen=True, slots=True)
class Covered:
    """A stretch of the source and what it was read as; together they are the whole text, without overlap."""

    span: Span
    use: Use


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan document as read: the structured draft that a person confirms."""

    source: Source
    facts: DocumentFacts
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    targets: tuple[Target, ...]
    coverage: tuple[Covered, ...]
    findings: tuple[Finding, ...]
    goals: tuple[Span, ...] = ()
    """Stretches of the goals' section, in order."""
    mentions: tuple[Mention, ...] = ()
    """Names outside the measures."""
    default_implement: tuple[str, ...] = ()
    """Bodies named once for every measure (以下均需…)."""

    def covered_share(self) -> Mapping[Use, float]:
        """Share of the characters per use, between 0 and 1."""
        total = max(len(self.source.text), 1)
        shares: dict[Use, float] = {}
        for row in self.coverage:
            shares[row.use] = shares.get(row.use, 0.0) + (row.span.end - row.span.start) / total
        return shares


@dataclass(frozen=True, slots=True)
class Structure:
    """Where everything stands, before tails, times and numbers are read."""

    facts: DocumentFacts
    sections: tuple[Section, ...]
    measures: tuple[Measure, ...]
    """Without tails, deadlines, indicators and mentions."""
    goals: tuple[tuple[Span, str], ...]
    """Each paragraph of the goals' section with the heading just above it (约束性指标)."""
    uses: tuple[Covered, ...]
    """Stretches already accounted for; measures' bodies are refined later."""
    task_rows: tuple["TaskRow", ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of a task table (任务清单): what stands in which column."""

    measure: int
    """Place of its measure in ``Structure.measures``."""
    lead: Span | None = None
    """牵头单位、牵头部门、责任单位、主责单位"""
    cooperate: Span | None = None
    """配合单位、协办单位"""
    implement: Span | None = None
    """落实单位、实施单位"""
    due: Span | None = None
    """完成时限"""
    others: Mapping[str, Span] = field(default_factory=dict)
    """Header → cell, for columns without a meaning of their own."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """``lead``, ``cooperate`` or ``implement`` → header of that column as written; empty where nobody kept it."""
