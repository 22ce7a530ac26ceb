"""Papers as PDF through Typst: tagged PDF/A-2a with outlines and alternative texts.

The same paper gives the same bytes. All that a paper says goes in as JSON, never as markup; only packaged fonts
are used, so no machine draws boxes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import typst
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath
from pylopdf_fonts_zh_cn import sans_path, serif_path

from lantian.desk.paper.drawing import font
from lantian.desk.paper.office_paper import Cell, Figures, Heading, OfficePaper, Picture, Signing, Table, Text
from lantian.desk.paper.palette import LIGHT, ink_on
from lantian.desk.paper.whole import whole_file
from lantian.desk.paper.word import SIMULATED
from lantian.desk.paper.word_tables import same_runs
from lantian.terms.errors import HouseError
from lantian.terms.words import mark

_Standard = Literal["a-2a", "ua-1", "a-2b"]
STANDARDS: tuple[tuple[_Standard, ...], ...] = (("a-2a", "ua-1"), ("a-2b",))
"""For archives and readable aloud; only where Typst cannot tag a page, for archives alone."""
_TALLEST = 12
"""Most rows of one merged cell, so that no page stands without its words."""
_LINE_POINTS = {False: 442.0, True: 504.0}
"""Compact → how wide a line is. [pt]"""
_STROKES = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C"}
_LARGEST = {False: 40, True: 28}
"""Compact → largest letters of the red head. [pt]"""


def pdf_of(paper: OfficePaper) -> bytes:
    """Set a paper as PDF.

    Raises
    ------
    HouseError
        When Typst refuses what we gave it.
    """
    inputs = {"paper": json.dumps(_said(paper), ensure_ascii=False)}
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    said = ""
    for standards in STANDARDS:
        try:
            made = compiler.compile(
                _template(),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=list(standards),
                timestamp=int(paper.made_at.timestamp()),
                pdf_tags=len(standards) > 1,
            )
        except typst.TypstError as fault:
            said = fault.message
        else:
            return made if isinstance(made, bytes) else b"".join(made or ())
    raise HouseError(
        "The paper {title!r} could not be set as PDF: {error}. Take Word or Excel meanwhile and report this.",
        title=paper.title,
        error=said,
    )


def write_pdf(paper: OfficePaper, path: Path) -> None:
    """Write a paper as PDF: whole or not at all.

    Raises
    ------
    HouseError
        When the disk or Typst refuses.
    """
    data = pdf_of(paper)
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


@cache
def _template() -> bytes:
    return (files("lantian.desk.paper") / "templates" / "office.typ").read_bytes()


@cache
def _fonts() -> typst.Fonts:
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in {sans_path().parent, serif_path().parent}],
    )
    if not {"Noto Sans SC", "Noto Serif SC"} <= set(found.families()):
        raise HouseError(
            "The packaged Chinese fonts were not found, and a paper without them would be empty boxes."
        )
    return found


def _said(paper: OfficePaper) -> dict[str, Any]:
    head = paper.letterhead
    at = paper.made_at
    return {
        "language": "zh" if paper.language.is_chinese else "en",
        "title": paper.title,
        "subtitle": paper.subtitle,
        "date": [at.year, at.month, at.day],
        "compact": paper.compact,
        "palette": asdict(LIGHT),
        "simulated": SIMULATED if paper.simulated else "",
        "draft": paper.draft,
        "watermark": _outlined(paper.watermark),
        "letterhead": None if head is None else {**asdict(head), "size": _fitting(head.office, paper.compact)},
        "blocks": [_block(block) for block in paper.blocks],
        "signed": list(paper.signed),
        "how_title": paper.language.gettext(mark("How it was made")),
        "how": [list(pair) for pair in paper.how_made],
    }


def _outlined(word: str) -> str:
    """Draw a word as an SVG of outlines: people see it, and no program that reads the page takes it for words."""
    if not word:
        return ""
    outline = TextPath((0, 0), word, prop=font(100))
    parts = []
    for points, code in outline.iter_segments(simplify=False):
        said = " ".join(f"{value if at % 2 == 0 else -value:.1f}" for at, value in enumerate(points))
        parts.append(f"{_STROKES[code]}{said}" if code in _STROKES else "Z")
    box = outline.get_extents()
    wide, high = f"{box.width:.1f}", f"{box.height:.1f}"
    view = f"{box.x0:.1f} {-box.y1:.1f} {wide} {high}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" width="{wide}" height="{high}">'
        f'<path d="{"".join(parts)}" fill="#000000" fill-opacity="0.07"/></svg>'
    )


def _fitting(office: str, compact: bool) -> int:
    """Size at which a name fills one line, at most so large. [pt]"""
    wide = sum(1.0 if ord(character) > 0x2E7F else 0.6 for character in office)
    return max(min(_LARGEST[compact], int(_LINE_POINTS[compact] / max(wide, 1.0))), 12)


def _block(block: Any) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text}
        case Text(text):
            return {"kind": "text", "text": text}
        case Figures(figures=figures):
            rows = [{**asdict(row), "ink": row.colour and ink_on(row.colour)} for row in figures]
            return {"kind": "figures", "figures": rows}
        case Table():
            return _table(block)
        case Picture():
            svg = block.svg.decode("utf-8")
            return {"kind": "picture", "svg": svg, "alt": block.alt, "caption": block.caption}
        case Signing(labels):
            return {"kind": "signing", "labels": list(labels)}
    raise TypeError(type(block).__name__)


def _table(table: Table) -> dict[str, Any]:
    texts = table.texts()
    spans = _spans(table, texts)
    cells = []
    for at, row in enumerate(texts):
        for column, text in enumerate(row):
            span = spans.get((at, column), 1)
            if not span:
                continue
            cell = table.rows[at][column]
            fill = cell.fill if isinstance(cell, Cell) else ""
            ink = ink_on(fill) if fill else "#000000"
            cells.append(
                {"text": text, "span": span, "fill": fill or None, "ink": ink, "align": table.heads[column].align}
            )
    return {
        "kind": "table",
        "widths": [head.width for head in table.heads],
        "heads": [{"title": head.title, "unit": head.unit} for head in table.heads],
        "cells": cells,
        "rows": len(texts),
        "notes": list(table.notes),
    }


def _spans(table: Table, texts: Sequence[Sequence[str]]) -> dict[tuple[int, int], int]:
    """(row, column) → how many rows a merged cell is tall; 0 where it is covered by the one above."""
    found: dict[tuple[int, int], int] = {}
    merged = [column for column, head in enumerate(table.heads) if head.merge]
    for column in merged if texts else ():
        for first, last in same_runs(texts, [other for other in merged if other <= column], _TALLEST):
            found |= {(row, column): 0 for row in range(first + 1, last + 1)}
            found[first, column] = last - first + 1
    return found
