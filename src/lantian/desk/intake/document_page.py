"""Web pages as text: one paragraph for each block of the page, tables of data as cells."""

import re
from typing import Any

from lxml import etree, html  # type: ignore[import-untyped] # it ships no types

from lantian.desk.intake.document_parts import Cell, DocumentLimits, Writing
from lantian.desk.intake.encodings import decode
from lantian.science.plan_text.records import Source
from lantian.terms.errors import CallerError

_META = re.compile(
    rb"<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,80}?encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE
)
_LEFT_OUT = frozenset(
    {"script", "style", "noscript", "template", "head", "svg", "iframe", "object", "select", "textarea"}
)
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "title",
        "tr",
        "ul",
    ]
)
_SPACE = re.compile(r"[ \t\n\r\f\xa0\u2002\u2003\u2009]+")
_WIDE = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])[ ]?\n[ ]?(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)
_CELL_MOST = 3000
"""A cell with more is a page laid out by a table, not data. [character]"""
_SPAN_MOST = 1000


def read_page(data: bytes, name: str, digest: str, limits: DocumentLimits) -> Source:
    """Read an HTML page as a `Source`; see `documents.read_source`."""
    decoded = decode(data, name, _told(data))
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded.text)
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(huge_tree=False, remove_comments=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise CallerError(
            "{name} is no web page that can be read ({why}). Save the page again, or copy its text "
            "into a .txt file.",
            name=name,
            why=str(error).splitlines()[0] if str(error) else type(error).__name__,
        ) from error
    writing = Writing(name, limits)
    writing.findings.extend(decoded.findings)
    page = _Page(writing)
    body = root.find("body")
    page.walk(body if body is not None else root)
    page.flush()
    return writing.source("html", digest, decoded.encoding)


def _told(data: bytes) -> str | None:
    """Return the encoding that the page names, GB ones as their superset, where its bytes really are that."""
    found = _META.search(data[:4096])
    if found is None or data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return None
    named = found.group(1).decode("ascii", "replace").lower()
    codec = "gb18030" if named in ("gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk") else named
    try:
        data.decode(codec)
    except (LookupError, UnicodeDecodeError):
        return None
    return codec


class _Page:
    """Collects the words of inline elements until a block ends."""

    def __init__(self, writing: Writing) -> None:
        self._writing = writing
        self._words: list[str] = []
        self._heading: int | None = None

    def walk(self, element: Any) -> None:
        """Write an element and all in it, without recursion: pages nest deeply."""
        stack: list[tuple[Any, bool]] = [(element, False)]
        while stack:
            node, leaving = stack.pop()
            if leaving:
                self._leave(node)
                continue
            if not isinstance(node.tag, str) or node.tag in _LEFT_OUT:
                self._tail(node, element)
                continue
            if node.tag == "table" and (cells := _data_cells(node)) is not None:
                self.flush()
                self._writing.table(cells)
                self._tail(node, element)
                continue
            self._enter(node)
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))
            if node is not element:
                continue

    def _enter(self, node: Any) -> None:
        if node.tag in _BLOCKS:
            self.flush()
            if re.fullmatch("h[1-6]", node.tag):
                self._heading = int(node.tag[1])
        elif node.tag == "br":
            self._words.append("\x00")
        if node.text:
            self._words.append(node.text)

    def _leave(self, node: Any) -> None:
        if node.tag in _BLOCKS:
            self.flush()
            self._heading = None
        if node.tail:
            self._words.append(node.tail)

    def _tail(self, node: Any, top: Any) -> None:
        if node is not top and node.tail:
            self._words.append(node.tail)

    def flush(self) -> None:
        """Write what was collected as a paragraph."""
        for line in "".join(self._words).split("\x00"):
            words = _plain(line)
            if words:
                self._writing.paragraph(words, self._heading)
        self._words = []


def _plain(text: str) -> str:
    """Return words with the space of the page's source collapsed; a line end between Chinese ones is none."""
    return _SPACE.sub(" ", _WIDE.sub("", text)).strip(" \u3000")


def _data_cells(table: Any) -> list[Cell] | None:
    """Return the cells of a table of data; None for one that only lays out the page."""
    if next(table.iterdescendants("table"), None) is not None:
        return None
    cells: list[Cell] = []
    taken: set[tuple[int, int]] = set()
    rows = list(table.iter("tr"))
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while (number, column) in taken:
                column += 1
            words = _cell_words(cell)
            if len(words) > _CELL_MOST:
                return None
            deep = min(_count(cell.get("rowspan")), len(rows) - number)
            wide = _count(cell.get("colspan"))
            cells.append(Cell(number, column, words, deep, wide))
            taken.update((number + down, column + right) for down in range(deep) for right in range(wide))
            column += wide
    widest = max((cell.column + cell.columns for cell in cells), default=0)
    return cells if widest >= 2 and len(rows) >= 2 else None


def _cell_words(cell: Any) -> str:
    inner = _Inner()
    page = _Page(inner)
    page.walk(cell)
    page.flush()
    return "\n".join(inner.lines)


class _Inner(Writing):
    """Takes the paragraphs of one cell."""

    def __init__(self) -> None:
        super().__init__("", DocumentLimits())
        self.lines: list[str] = []

    def paragraph(self, text: str, heading: int | None = None) -> None:  # noqa: ARG002 - a cell has no headings
        """Keep a paragraph of the cell."""
        self.lines.append(text)


def _count(written: str | None) -> int:
    return min(max(int(written), 1), _SPAN_MOST) if written is not None and written.strip().isdecimal() else 1
