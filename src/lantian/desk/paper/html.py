"""Self-contained pages: one file with its style and pictures inside, for a browser, a mail or a printer.

Nothing is loaded from anywhere, and the page forbids it. Every text is escaped; only SVG that we drew ourselves is
put in as it is, after a look that it holds no script and no link.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from lantian.desk.language import Translation, mark, translation
from lantian.desk.paper.palette import DARK, LIGHT, ink_on
from lantian.desk.paper.provenance import HowMade
from lantian.desk.paper.whole import whole_file
from lantian.terms.errors import HouseError

_TEMPLATES = "lantian.desk.paper"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    colour: str | None = None
    """Legal colour behind the text, ``#RRGGBB``."""
    note: str = ""
    """Shown when a reader rests on the cell, for instance why a value is missing."""

    @property
    def ink(self) -> str | None:
        """Colour of the text on a coloured ground."""
        return None if self.colour is None else ink_on(self.colour)


@dataclass(frozen=True, slots=True)
class Column:
    """Heading of a column."""

    title: str
    unit: str = ""
    is_number: bool = True
    """Numbers stand at the right in figures of one width."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few sentences."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table that can be scanned down a column."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str]]
    caption: str = ""
    kind: str = field(default="table", init=False)

    def cells(self) -> list[list[Cell]]:
        """Rows with every text as a `Cell`."""
        return [[cell if isinstance(cell, Cell) else Cell(cell) for cell in row] for row in self.rows]


@dataclass(frozen=True, slots=True)
class PictureBlock:
    """A drawn picture, inline."""

    svg: bytes
    """From `lantian.desk.paper.figure.picture`."""
    alt: str
    """What a reader who cannot see it should know."""
    caption: str = ""
    kind: str = field(default="picture", init=False)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number that matters, with its unit and what it is compared with."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    colour: str | None = None
    """Legal colour, only for an AQI level."""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """Numbers beside each other."""

    figures: Sequence[KeyFigure]
    kind: str = field(default="figures", init=False)


Block = Paragraph | TableBlock | PictureBlock | KeyFigures


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks under one heading, best a question."""

    heading: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report."""

    title: str
    subtitle: str
    sections: Sequence[Section]
    how_made: HowMade


def render_page(page: Page, language: Translation | None = None) -> str:
    """Write a report as one HTML file.

    Parameters
    ----------
    page : Page
        Title, sections and how it was made.
    language : Translation, optional
        By default Chinese.
    """
    speak = language or translation()
    text = environment(speak).get_template("report.html").render(page=page, how_made=page.how_made.rows(speak))
    return text.replace("\r\n", "\n")


def environment(language: Translation, folders: Sequence[Path] = ()) -> jinja2.Environment:
    """Make a template environment: everything escaped, an unknown name is an error, ``_`` translates.

    Parameters
    ----------
    language : Translation
        The reader's language.
    folders : sequence of Path
        Folders with a room's own templates, searched before the packaged ones.
    """
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [*(jinja2.FileSystemLoader(folder) for folder in folders), jinja2.PackageLoader(_TEMPLATES)]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    counter = itertools.count(1)
    names: Mapping[str, Any] = {
        "_": language.gettext,
        "language": language,
        "light": asdict(LIGHT),
        "dark": asdict(DARK),
        "style": Markup(_style()),  # noqa: S704 # our own file
        "inline_svg": lambda svg: inline_svg(svg, f"s{next(counter)}-"),
        "simulated_words": language.gettext(mark("SIMULATED data, never measured")),
    }
    made.globals.update(names)
    return made


def _style() -> str:
    return (files(_TEMPLATES) / "templates" / "report.css").read_text(encoding="utf-8")


_UNSAFE = re.compile(
    r"<script|<foreignObject|\son\w+\s*=|javascript:|(?:href|src)\s*=\s*[\"'](?!#|data:image/png)", re.I
)


def inline_svg(svg: bytes, prefix: str) -> Markup:
    """Prepare a drawn SVG for a page: no prologue, ids of its own, nothing active and nothing from outside.

    Raises
    ------
    HouseError
        When it holds a script, a handler or a link: then we did not draw it.
    """
    text = svg.decode("utf-8")
    start = text.find("<svg")
    body = re.sub(r"<metadata>.*?</metadata>", "", text[start:], flags=re.DOTALL)
    if start < 0 or _UNSAFE.search(body):
        raise HouseError(
            "A picture for a page holds a script or a link, so it was not put in. Draw it with desk.paper.figure.",
        )
    body = re.sub(r'\bid="', f'id="{prefix}', body)
    body = re.sub(r'href="#', f'href="#{prefix}', body)
    body = body.replace("url(#", f"url(#{prefix}")
    return Markup(body)  # noqa: S704 - drawn by us and checked above


def write_page(path: Path, text: str) -> None:
    """Write a page as UTF-8: whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def number(value: float | None, decimals: int, dash: str = "–") -> str:
    """Write a number with its decimals, or a dash where it is missing.

    Examples
    --------
    >>> number(36.0, 1), number(None, 1), number(-2.3, 1)
    ('36.0', '–', '−2.3')
    """
    if value is None or value != value:
        return dash
    return f"{value:.{decimals}f}".replace("-", "−")
