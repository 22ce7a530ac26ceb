"""What every document reader shares: limits, and the text of a document as it is put together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lantian.science.plan_text.records import Block, BlockKind, Source, Span
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

_UNSEEN = re.compile("[\x00\u200b\u2060\ufeff\u00ad]")
_BREAK = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class DocumentLimits:
    """Largest document that is read; more is a `CallerError` that names the limit."""

    bytes: int = 64 * 1024 * 1024
    """Size of the file. [byte]"""
    unpacked_bytes: int = 512 * 1024 * 1024
    """Size of a packed file (docx, xlsx) once unpacked. [byte]"""
    characters: int = 2_000_000
    """Length of its text. [character]"""
    pages: int = 600
    """Pages of a PDF. [page]"""
    cells: int = 200_000
    """Cells of all its tables. [cell]"""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table before it is written."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass(slots=True)
class Writing:
    """The text of a document and its blocks, as they are read."""

    name: str
    limits: DocumentLimits
    parts: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    length: int = 0
    tables: int = 0
    cells: int = 0

    def paragraph(self, text: str, heading: int | None = None) -> None:
        """Add a paragraph; each line of it becomes a block."""
        for line in clean(text).split("\n"):
            words = line.strip()
            if words:
                self._block(words, Block(BlockKind.PARAGRAPH, Span(0, 0), heading=heading))
                self._add("\n")

    def table(self, cells: Sequence[Cell]) -> None:
        """Add a table; merged cells stand once, where they begin."""
        number = self.tables
        self.tables += 1
        self.cells += len(cells)
        if self.cells > self.limits.cells:
            raise CallerError(
                "{name} has more than {cells:,} table cells. Split it, or raise the limit.",
                name=self.name,
                cells=self.limits.cells,
            )
        last: int | None = None
        for cell in sorted(cells, key=lambda row: (row.row, row.column)):
            if last is not None:
                self._add("\t" if cell.row == last else "\n")
            last = cell.row
            words = "\n".join(filter(None, (line.strip() for line in clean(cell.text).split("\n"))))
            self._block(
                words,
                Block(
                    BlockKind.CELL, Span(0, 0), number, cell.row, cell.column, rows=cell.rows, columns=cell.columns
                ),
            )
        self._add("\n")

    def source(self, form: str, digest: str, encoding: str | None = None) -> Source:
        """Return what was written."""
        text = "".join(self.parts)
        if not text.strip():
            raise CallerError(
                "{name} holds no words. Ask for the file again; nothing was read.",
                name=self.name,
            )
        return Source(self.name, text, tuple(self.blocks), form, encoding, digest, tuple(self.findings))

    def _block(self, words: str, block: Block) -> None:
        start = self.length
        self._add(words)
        self.blocks.append(
            Block(
                block.kind,
                Span(start, self.length),
                block.table,
                block.row,
                block.column,
                block.heading,
                block.rows,
                block.columns,
            )
        )

    def _add(self, words: str) -> None:
        self.length += len(words)
        if self.length > self.limits.characters:
            raise CallerError(
                "{name} has more than {characters:,} characters. Split it, or raise the limit.",
                name=self.name,
                characters=self.limits.characters,
            )
        self.parts.append(words)


def clean(text: str) -> str:
    r"""Return a text with one kind of line end and without characters that nobody sees.

    Examples
    --------
    >>> clean("甲\u200b乙\r\n丙")
    '甲乙\n丙'
    """
    return _BREAK.sub("\n", _UNSEEN.sub("", text.replace("\r\n", "\n")))
