"""Word documents as text: paragraphs and tables in order, with the numbers that Word only draws (自动编号)."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError

from lantian.desk.intake.document_parts import Cell, DocumentLimits, Writing
from lantian.science.plan_text.numbering import chinese_numeral
from lantian.science.plan_text.records import Source
from lantian.terms.errors import CallerError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_VALUE = _W + "val"
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_FORMATS_CHINESE = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "chineseLegalSimplified",
        "ideographTraditional",
        "ideographDigital",
        "japaneseCounting",
        "japaneseDigitalTenThousand",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    }
)


def read_word(data: bytes, name: str, digest: str, limits: DocumentLimits) -> Source:
    """Read a .docx file as a `Source`; see `documents.read_source`."""
    check_package(data, name, limits, "word/")
    try:
        document = docx.Document(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile, AttributeError) as error:
        raise CallerError(
            "{name} is a damaged or half Word document ({why}). Copy it again from where it came.",
            name=name,
            why=type(error).__name__,
        ) from error
    writing = Writing(name, limits)
    _write(document, writing)
    return writing.source("docx", digest)


def check_package(data: bytes, name: str, limits: DocumentLimits, folder: str) -> None:
    """Refuse a package that is damaged, too large once unpacked, or of another kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            left = limits.unpacked_bytes
            if not any(part.filename.startswith(folder) for part in parts):
                raise CallerError(
                    "{name} is a zip archive without a document in it. Unpack it and give the file itself.",
                    name=name,
                )
            for part in parts:
                with archive.open(part) as file:
                    while block := file.read(1 << 20):
                        left -= len(block)
                        if left < 0:
                            raise CallerError(
                                "{name} unpacks to more than {size:,} bytes: too large, or a zip bomb. "
                                "Ask its sender.",
                                name=name,
                                size=limits.unpacked_bytes,
                            )
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise CallerError(
            "{name} is damaged or cut off. Copy it again from where it came; nothing was read.",
            name=name,
        ) from error
    except RuntimeError as error:  # zipfile's word for an encrypted part
        raise CallerError("{name} is locked by a password. Save it without one.", name=name) from error


def _write(document: Document, writing: Writing) -> None:
    numbers = _Numbers(document)
    for element in _content(document.element.body):
        if element.tag == _W + "p":
            _paragraph(element, numbers, document, writing)
        else:
            _table(element, numbers, writing)


def _content(parent: Any) -> Iterator[Any]:
    """Yield paragraphs and tables in order, also those inside content controls and insertions."""
    for child in parent:
        if child.tag in (_W + "p", _W + "tbl"):
            yield child
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "customXml", _W + "smartTag"):
            yield from _content(child)


def _paragraph(element: Any, numbers: "_Numbers", document: Document, writing: Writing) -> None:
    words, boxes = _words(element)
    label = numbers.label(element) if words.strip() else ""
    writing.paragraph(label + words.lstrip(), _heading(element, document))
    for box in boxes:
        for inner in _content(box):
            if inner.tag == _W + "p":
                _paragraph(inner, numbers, document, writing)
            else:
                _table(inner, numbers, writing)


def _words(element: Any) -> tuple[str, list[Any]]:
    """Return the words of a paragraph, insertions kept and deletions left out, and the text boxes in it."""
    parts: list[str] = []
    boxes: list[Any] = []

    def walk(node: Any) -> None:
        for child in node:
            tag = child.tag
            if tag in (_W + "del", _W + "moveFrom", _W + "pPr", _W + "rPr", _FALLBACK):
                continue
            if tag == _W + "txbxContent":
                boxes.append(child)
            elif tag == _W + "t":
                parts.append(child.text or "")
            elif tag == _W + "tab":
                parts.append("\t")
            elif tag in (_W + "br", _W + "cr"):
                parts.append("\n")
            elif tag == _W + "noBreakHyphen":
                parts.append("-")
            else:
                walk(child)

    walk(element)
    return "".join(parts), boxes


def _heading(element: Any, document: Document) -> int | None:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    outline = element.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and (outline.get(_VALUE) or "").isdecimal() and int(outline.get(_VALUE)) < 9:
        return int(outline.get(_VALUE)) + 1
    if style is None:
        return None
    wanted = style.get(_VALUE)
    known = next((row for row in document.styles if row.style_id == wanted), None)
    title = (known.name or "") if known is not None else ""
    if title.lower() in ("title", "标题"):
        return 1
    found = _HEADING.match(title)
    return int(found.group(1)) if found is not None and found.group(1) != "0" else None


def _table(element: Any, numbers: "_Numbers", writing: Writing) -> None:
    cells: list[Cell] = []
    open_cells: dict[int, int] = {}
    for number, row in enumerate(child for child in element if child.tag == _W + "tr"):
        column = _before(row)
        for cell in _row_cells(row):
            wide = int(_attribute(cell, f"{_W}tcPr/{_W}gridSpan") or 1)
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            if merge is not None and merge.get(_VALUE) != "restart" and column in open_cells:
                place = open_cells[column]
                above = cells[place]
                cells[place] = Cell(above.row, above.column, above.text, number - above.row + 1, above.columns)
            else:
                if merge is not None:
                    open_cells[column] = len(cells)
                else:
                    open_cells.pop(column, None)
                cells.append(Cell(number, column, _cell_words(cell, numbers), 1, wide))
            column += wide
    if cells:
        writing.table(cells)


def _row_cells(row: Any) -> Iterator[Any]:
    for child in row:
        if child.tag == _W + "tc":
            yield child
        elif child.tag in (_W + "sdt", _W + "sdtContent", _W + "customXml"):
            yield from _row_cells(child)


def _before(row: Any) -> int:
    return int(_attribute(row, f"{_W}trPr/{_W}gridBefore") or 0)


def _attribute(element: Any, path: str) -> str | None:
    found = element.find(path)
    value = found.get(_VALUE) if found is not None else None
    return value if isinstance(value, str) and value.isdecimal() else None


def _cell_words(cell: Any, numbers: "_Numbers") -> str:
    lines: list[str] = []
    for inner in _content(cell):
        if inner.tag == _W + "p":
            words, boxes = _words(inner)
            lines.append((numbers.label(inner) if words.strip() else "") + words.strip())
            lines.extend(_words(paragraph)[0] for box in boxes for paragraph in box.iter(_W + "p"))
        else:
            lines.extend(_words(paragraph)[0] for paragraph in inner.iter(_W + "p"))
    return "\n".join(line for line in lines if line.strip())


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    suffix: str


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class _Numbers:
    """Counts the lists of a document as Word does when it draws them."""

    def __init__(self, document: Document) -> None:
        self._styles = {row.style_id: row.element for row in document.styles}
        self._abstract: dict[str, _List] = {}
        self._numbers: dict[str, tuple[str, dict[int, int]]] = {}
        self._begun: set[tuple[str, int]] = set()
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for row in root.findall(_W + "abstractNum"):
            self._abstract[row.get(_W + "abstractNumId")] = _List(_levels(row))
        for row in root.findall(_W + "num"):
            kind = row.find(_W + "abstractNumId")
            starts = {
                int(each.get(_W + "ilvl")): int(start)
                for each in row.findall(_W + "lvlOverride")
                if (start := _attribute(each, _W + "startOverride")) is not None
            }
            if kind is not None:
                self._numbers[row.get(_W + "numId")] = (kind.get(_VALUE), starts)

    def label(self, paragraph: Any) -> str:
        """Return the number before a paragraph, and count it."""
        number, level = self._number_of(paragraph)
        kind, starts = self._numbers.get(number or "", ("", {}))
        drawn = self._abstract.get(kind)
        if number is None or drawn is None or level not in drawn.levels:
            return ""
        row = drawn.levels[level]
        if level in starts and (number, level) not in self._begun:
            drawn.counts[level] = starts[level]
        else:
            drawn.counts[level] = drawn.counts[level] + 1 if level in drawn.counts else row.start
        self._begun.add((number, level))
        for deeper in [each for each in drawn.counts if each > level]:
            del drawn.counts[deeper]
        if row.form in ("bullet", "none"):
            return ""
        return _drawn(row, drawn) + ("" if row.suffix == "nothing" or not row.text[-1:].isalnum() else " ")

    def _number_of(self, paragraph: Any) -> tuple[str | None, int]:
        own = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        number, level = _numbering(own)
        wanted = style.get(_VALUE) if style is not None else None
        for _ in range(12):
            if number is not None or wanted not in self._styles:
                break
            element = self._styles[wanted]
            number, of_style = _numbering(element.find(f"{_W}pPr/{_W}numPr"))
            level = of_style if level is None else level
            parent = element.find(_W + "basedOn")
            wanted = parent.get(_VALUE) if parent is not None else None
        return (None if number == "0" else number), level or 0


def _numbering(element: Any) -> tuple[str | None, int | None]:
    if element is None:
        return None, None
    level = _attribute(element, _W + "ilvl")
    return _attribute(element, _W + "numId"), int(level) if level is not None else None


def _levels(abstract: Any) -> dict[int, _Level]:
    levels = {}
    for row in abstract.findall(_W + "lvl"):
        form = row.find(_W + "numFmt")
        text = row.find(_W + "lvlText")
        suffix = row.find(_W + "suff")
        levels[int(row.get(_W + "ilvl"))] = _Level(
            int(_attribute(row, _W + "start") or 1),
            form.get(_VALUE) if form is not None else "decimal",
            (text.get(_VALUE) or "") if text is not None else "",
            suffix.get(_VALUE) if suffix is not None else "tab",
        )
    return levels


def _drawn(row: _Level, counted: _List) -> str:
    def number(found: re.Match[str]) -> str:
        level = int(found.group(1)) - 1
        kind = counted.levels.get(level, row)
        return _figure(counted.counts.get(level, kind.start), kind.form)

    return re.sub(r"%([1-9])", number, row.text)


def _figure(value: int, form: str) -> str:
    if form in _FORMATS_CHINESE:
        return chinese_numeral(value)
    if form == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(ord("①") + value - 1)
    if form == "decimalZero":
        return f"{value:02d}"
    if form in ("lowerLetter", "upperLetter") and 1 <= value <= 26:
        return chr(ord("a" if form == "lowerLetter" else "A") + value - 1)
    if form == "decimalFullWidth":
        return "".join(chr(ord("０") + int(digit)) for digit in str(value))
    return str(value)
