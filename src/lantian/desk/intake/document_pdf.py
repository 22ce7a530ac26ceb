"""Text PDF documents: lines joined to paragraphs, ruled tables as cells, page numbers apart (文字版PDF)."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from lantian.desk.intake.document_parts import Cell, DocumentLimits, Writing
from lantian.science.plan_text.chrome import is_page_number
from lantian.science.plan_text.numbering import label_at
from lantian.science.plan_text.records import Source
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_CLOSED = ("。", "！", "？", "；", "：", ":", ";", "）", ")", "”")
_HAN = r"\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_GAP = re.compile(rf"(?<=[{_HAN}]) (?=[{_HAN}\d])|(?<=\d) (?=[{_HAN}])")
_SERIAL = re.compile(r"\d{1,3} ")
_FEWEST = 20
"""A document with fewer characters a page than this holds pictures of pages. [character]"""
_TAIL_LINE = re.compile(r"[^：:。，；（(]{0,8}(?:单位|部门|主体|时限)[：:]")


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a page."""

    text: str
    left: float
    right: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a page is set."""

    left: float
    right: float
    size: float
    indents: bool
    """Whether paragraphs begin with an indent."""


@dataclass(slots=True)
class _Flow:
    """The paragraph that is open, and page numbers that wait for its end."""

    writing: Writing
    words: str = ""
    waiting: list[str] = field(default_factory=list)
    last: _Row | None = None
    """The last line written, also of the page before; None after a table."""

    def close(self) -> None:
        """End the open paragraph."""
        if self.words:
            self.writing.paragraph(self.words)
            self.words = ""
        for row in self.waiting:
            self.writing.paragraph(row)
        self.waiting.clear()


def read_pdf(data: bytes, name: str, digest: str, limits: DocumentLimits) -> Source:
    """Read a text PDF as a `Source`; see `documents.read_source`."""
    writing = Writing(name, limits)
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            pages = len(book.pages)
            _check_pages(pages, name, limits)
            flow = _Flow(writing)
            bare = 0
            for page in book.pages:
                before = writing.length + len(flow.words)
                _write_page(page, flow)
                bare += writing.length + len(flow.words) - before < _FEWEST and bool(page.images)
                page.close()
            flow.close()
    except CallerError:
        raise
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise _locked(name) from error
    except PdfminerException as error:
        if isinstance(error.args[0] if error.args else None, PDFPasswordIncorrect | PDFEncryptionError):
            raise _locked(name) from error
        raise _damaged(name, error) from error
    except Exception as error:
        raise _damaged(name, error) from error
    if writing.length < _FEWEST * max(pages, 1) and (bare or not writing.length):
        raise CallerError(
            "{name} holds pictures of its pages, no text ({pages} pages, {characters} characters). Run it through "
            "text recognition, or give the Word file or the web page.",
            name=name,
            pages=pages,
            characters=writing.length,
        )
    if bare:
        writing.findings.append(
            Finding(
                "pages_without_text",
                name,
                mark("{pages} pages are pictures without text and were not read."),
                Severity.WARNING,
                evidence={"pages": bare},
            )
        )
    return writing.source("pdf", digest)


def _check_pages(pages: int, name: str, limits: DocumentLimits) -> None:
    if pages > limits.pages:
        raise CallerError(
            "{name} has {pages:,} pages; at most {most:,} are read. Split it, or raise the limit.",
            name=name,
            pages=pages,
            most=limits.pages,
        )


def _locked(name: str) -> CallerError:
    return CallerError("{name} is locked by a password. Save it without one.", name=name)


def _damaged(name: str, error: Exception) -> CallerError:
    return CallerError(
        "{name} is a damaged or half PDF ({why}). Copy it again from where it came; nothing was read.",
        name=name,
        why=type(error).__name__,
    )


def _write_page(page: Any, flow: _Flow) -> None:
    tables = [table for table in page.find_tables() if _is_data(table)]
    outside = page
    for table in tables:
        outside = outside.outside_bbox(_inside(table.bbox, page.bbox), strict=False)
    rows = _rows(outside)
    body = [row for row in rows if not _is_page_number(row, page)]
    set_ = _setting(body)
    waiting = sorted(tables, key=lambda table: table.bbox[1])
    for row in rows:
        while waiting and waiting[0].bbox[1] < row.top:
            _write_table(waiting.pop(0), flow)
        if _is_page_number(row, page):
            flow.waiting.append(row.text)
            continue
        if _begins(row, flow.last, set_, flow.words):
            flow.close()
        flow.words = _joined(flow.words, row.text)
        flow.last = row
    for table in waiting:
        _write_table(table, flow)


def _write_table(table: Any, flow: _Flow) -> None:
    flow.close()
    flow.writing.table(list(_cells(table)))
    flow.last = None


def _is_page_number(row: _Row, page: Any) -> bool:
    return is_page_number(row.text) and (row.top < page.bbox[1] + 60 or row.top > page.bbox[3] - 90)


def _begins(row: _Row, last: _Row | None, set_: _Setting, words: str) -> bool:
    """Whether a line begins a paragraph: indented, numbered, larger or apart, or after a line that ends short."""
    if not words:
        return False
    if last is None:
        return True
    if abs(row.size - last.size) > 0.15 * set_.size or row.top - last.top > 3.2 * set_.size:
        return True
    if set_.indents and row.left > set_.left + 1.2 * set_.size:
        return True
    short = last.right < set_.right - 1.6 * set_.size
    label = label_at(row.text)
    numbered = label is not None and not label.doubtful
    if numbered and (short or words.endswith(_CLOSED)):
        return True
    if _TAIL_LINE.match(row.text) and words.count("（") + words.count("(") <= words.count("）") + words.count(")"):
        return True
    if set_.indents and last.left < set_.left + 3.5 * set_.size:
        return False
    far_short = last.right < set_.left + 0.8 * (set_.right - set_.left)
    return short and (far_short or words.endswith(_CLOSED))


def _setting(rows: Sequence[_Row]) -> _Setting:
    """Return how most lines of a page are set."""
    if not rows:
        return _Setting(0.0, 0.0, 12.0, indents=False)
    size = median(row.size for row in rows)
    body = [row for row in rows if abs(row.size - size) <= 0.15 * size]
    left, right = min(row.left for row in body), max(row.right for row in body)
    at_left = sum(row.left <= left + 0.5 * size for row in body)
    indented = sum(1.2 * size < row.left - left < 3.5 * size for row in body)
    return _Setting(
        left, right, size, indents=at_left >= 2 and indented >= 1 and at_left + indented >= 0.6 * len(body)
    )


def _rows(page: Any) -> list[_Row]:
    lines = page.extract_text_lines(layout=False, strip=True, return_chars=True, x_tolerance_ratio=0.4)
    rows = []
    for line in lines:
        sizes = [float(char["size"]) for char in line["chars"]] or [12.0]
        text = _without_gaps(str(line["text"]))
        if text:
            rows.append(_Row(text, float(line["x0"]), float(line["x1"]), float(line["top"]), median(sizes)))
    return rows


def _without_gaps(text: str) -> str:
    """Return a line without the spaces that setting leaves between Chinese characters, and before figures.

    Examples
    --------
    >>> _without_gaps("2024 年 10 月 底前"), _without_gaps("1 扩大 供热")
    ('2024年10月底前', '1 扩大供热')
    """
    serial = _SERIAL.match(text)
    head = serial.group(0) if serial is not None and len(serial.group(0)) <= 3 else ""
    return head + _GAP.sub("", text[len(head) :])


def _joined(words: str, line: str) -> str:
    between = (
        " "
        if words and words[-1].isascii() and words[-1].isalpha() and line[:1].isascii() and line[:1].isalpha()
        else ""
    )
    return words + between + line


def _is_data(table: Any) -> bool:
    rows = table.extract()
    return len(rows) >= 2 and max((len(row) for row in rows), default=0) >= 2 and any(any(row) for row in rows)


def _inside(box: tuple[float, float, float, float], page: tuple[float, float, float, float]) -> tuple[float, ...]:
    return max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3])


def _cells(table: Any) -> Iterator[Cell]:
    """Yield the cells of a ruled table; a cell over several rows or columns stands once."""
    words = table.extract()
    edges_x = sorted({round(cell[0], 0) for cell in table.cells} | {round(cell[2], 0) for cell in table.cells})
    edges_y = sorted({round(cell[1], 0) for cell in table.cells} | {round(cell[3], 0) for cell in table.cells})
    for number, row in enumerate(table.rows):
        for column, box in enumerate(row.cells):
            if box is None:
                continue
            wide = sum(1 for edge in edges_x if round(box[0], 0) <= edge < round(box[2], 0))
            deep = sum(1 for edge in edges_y if round(box[1], 0) <= edge < round(box[3], 0))
            text = _without_gaps((words[number][column] or "").replace("\n", ""))
            yield Cell(number, column, text, max(deep, 1), max(wide, 1))
