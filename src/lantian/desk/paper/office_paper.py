"""What stands on an office's paper (公文), said once: Word, Excel and PDF are made from the same record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from lantian.desk.language import Translation
from lantian.desk.paper.html import KeyFigure, number
from lantian.desk.paper.word import cell_text

DASH = "—"
Value = str | int | float | Decimal | date | None
"""What a cell holds; None is missing."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The red head of an official document (红头)."""

    office: str
    """Issuing office, in red."""
    number: str = ""
    """Document number below it (发文字号)."""


@dataclass(frozen=True, slots=True)
class Head:
    """Head of one column and how its cells look."""

    title: str
    unit: str = ""
    width: float = 2.0
    """Share of the line; on Word's page its width. [cm]"""
    align: Literal["left", "center", "right"] = "right"
    decimals: int | None = None
    """Decimals of its numbers; None: as they are."""
    signed: bool = False
    """Whether a rise carries its plus."""
    merge: bool = False
    """Whether equal neighbours, one below the other, become one cell."""

    @property
    def words(self) -> str:
        """Title with its unit."""
        return f"{self.title} ({self.unit})" if self.unit else self.title

    def text(self, value: "Value | Cell") -> str:
        """Write a value as the column shows it."""
        if isinstance(value, Cell):
            own = self.decimals if value.decimals is None else value.decimals
            return shown(value.value, own, signed=self.signed or value.signed)
        return shown(value, self.decimals, signed=self.signed)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that looks otherwise than its column."""

    value: Value
    fill: str = ""
    """Ground, ``#RRGGBB``; none where empty."""
    decimals: int | None = None
    """Decimals of its own; None: those of the column."""
    signed: bool = False


def shown(value: Value, decimals: int | None, *, signed: bool = False) -> str:
    """Write a value as people read it: a dash where it is missing, a plus before a rise.

    Examples
    --------
    >>> shown(2.0, 1, signed=True), shown(-2.0, 1), shown(None, 1), shown(3, None)
    ('+2.0', '−2.0', '—', '3')
    """
    if decimals is None or not isinstance(value, int | float | Decimal):
        return cell_text(value)
    said = number(float(value), decimals, DASH)
    return f"+{said}" if signed and value > 0 and said.strip("0.") else said


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the first level."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """A few numbers that matter, beside each other."""

    key: str
    figures: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head stands on every page."""

    key: str
    """By which a template asks for it."""
    name: str
    """Name of its sheet in a workbook."""
    heads: Sequence[Head]
    rows: Sequence[Sequence[Value | Cell]]
    notes: Sequence[str] = ()
    """Small lines below it: reasons, rules."""

    def texts(self) -> list[list[str]]:
        """Return the cells as they are read."""
        return [[head.text(cell) for head, cell in zip(self.heads, row, strict=True)] for row in self.rows]

    def fills(self) -> dict[tuple[int, int], str]:
        """Return (row, column), from 0 → colour of the ground."""
        return {
            (at, column): cell.fill
            for at, row in enumerate(self.rows)
            for column, cell in enumerate(row)
            if isinstance(cell, Cell) and cell.fill
        }


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture, for paper as outlines and for Word as dots."""

    key: str
    svg: bytes
    png: bytes
    alt: str
    """What a reader who cannot see it should know."""
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """Places for the names of who filled in, checked and issued it (填表、审核、签发)."""

    labels: Sequence[str]


Block = Heading | Text | Figures | Table | Picture | Signing


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePaper:
    """One paper."""

    key: str
    """Kind of paper, which names its template: ``daily_brief``."""
    stem: str
    """Name of its files without ending."""
    title: str
    subtitle: str = ""
    blocks: Sequence[Block]
    made_at: datetime
    """Wall clock, timezone-aware."""
    simulated: bool
    language: Translation
    how_made: Sequence[tuple[str, str]]
    """Heading and words: rules, sources, run, head of the chain of decisions."""
    letterhead: Letterhead | None = None
    draft: str = ""
    """Why it is provisional; empty where it is final."""
    watermark: str = ""
    """Large pale word across every page while it is provisional."""
    signed: Sequence[str] = ()
    """Who issues it, and the date."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Name → words that a template may ask for."""
    compact: bool = False
    """Narrow margins and small letters, for sheets; else the page of the standard."""


def plain(cell: Value | Cell) -> Value:
    """Return the value of a cell."""
    return cell.value if isinstance(cell, Cell) else cell
