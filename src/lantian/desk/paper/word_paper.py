"""Papers as Word: from top to bottom in the manner of the standard, or in an office's own template."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lantian.desk.language import Translation
from lantian.desk.paper.office_paper import (
    Block,
    Figures,
    Head,
    Heading,
    OfficePaper,
    Picture,
    Signing,
    Table,
    Text,
)
from lantian.desk.paper.word import WordDocument
from lantian.desk.paper.word_template import Filling, Parts, read_template
from lantian.terms.findings import Finding
from lantian.terms.words import mark

_FEW = 8
"""Most columns of a table whose letters are of the usual size."""


def write_word(paper: OfficePaper, path: Path, template: Path | None = None) -> tuple[Finding, ...]:
    """Write a paper as Word: whole or not at all.

    Parameters
    ----------
    paper : OfficePaper
        What it says.
    path : Path
        File to make or replace.
    template : Path, optional
        An office's own document with places such as ``{{title}}`` and ``{{table:counties}}``; a file that is not
        there or cannot be read is not used.

    Returns
    -------
    tuple of Finding
        What of the template could not be filled, and what of the paper it has no place for.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    if template is None or not template.exists():
        _from_top(paper).save(path)
        return ()
    fault = read_template(template)
    if fault is not None:
        _from_top(paper).save(path)
        return (fault,)
    made = WordDocument(paper.title, simulated=paper.simulated, language=paper.language, template=template)
    found = Filling(made, template.name, _parts(paper)).fill()
    made.save(path)
    return found


def _from_top(paper: OfficePaper) -> WordDocument:
    head = paper.letterhead
    made = WordDocument(
        paper.title,
        subtitle=paper.subtitle,
        simulated=paper.simulated,
        language=paper.language,
        red_head="" if head is None else head.office,
        number="" if head is None else head.number,
        compact=paper.compact,
    )
    if paper.draft:
        made.warning(paper.draft)
    for block in paper.blocks:
        write_block(made, block)
    if paper.signed:
        made.signature(paper.signed)
    write_how_made(made, paper)
    return made


def _parts(paper: OfficePaper) -> Parts:
    """Name what a template may ask for: words anywhere, blocks on a line of their own."""
    head = paper.letterhead
    words = {
        "title": paper.title,
        "subtitle": paper.subtitle,
        "draft": paper.draft,
        "office": "" if head is None else head.office,
        "number": "" if head is None else head.number,
        "signed": "\n".join(paper.signed),
        **paper.facts,
    }
    blocks: dict[str, Any] = {}
    for block in paper.blocks:
        if isinstance(block, Figures | Table | Picture):
            kind = type(block).__name__.lower()
            blocks[f"{kind}:{block.key}"] = lambda made, block=block: write_block(made, block)

    def content(made: WordDocument) -> None:
        for block in paper.blocks:
            write_block(made, block)

    return Parts(words, blocks, content, lambda made: write_how_made(made, paper))


def write_starter(path: Path, language: Translation) -> None:
    """Write a Word document with every general place, for an office to make its own template of.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    made = WordDocument(
        "{{title}}", subtitle="{{subtitle}}", simulated=False, language=language, red_head="{{office}}",
        number="{{number}}",
    )  # fmt: skip
    made.warning("{{draft}}")
    made.paragraph("{{content}}", indent=False)
    made.signature(["{{signed}}"])
    made.foot("{{how_made}}")
    made.save(path)


def write_block(made: WordDocument, block: Block) -> None:
    """Append one block to a document."""
    match block:
        case Heading(text):
            made.heading(text)
        case Text(text):
            made.paragraph(text)
        case Figures(figures=figures):
            _write_figures(made, figures)
        case Table():
            _write_table(made, block)
        case Picture():
            made.picture(block.png, caption=block.caption, alt=block.alt)
        case Signing(labels):
            made.paragraph("　".join(f"{label}________" for label in labels), indent=False)


def _write_figures(made: WordDocument, figures: Sequence[Any]) -> None:
    rows = [
        [f"{row.value} {row.unit}".strip() for row in figures],
        *([[row.note for row in figures]] if any(row.note for row in figures) else []),
    ]
    fills = {(0, at): row.colour for at, row in enumerate(figures) if row.colour}
    made.table([row.label for row in figures], rows, fills=fills)


def _write_table(made: WordDocument, table: Table) -> None:
    heads: Sequence[Head] = table.heads
    made.table(
        [head.title + (f"\n{head.unit}" if head.unit else "") for head in heads],
        table.texts(),
        widths_cm=_widths([head.width for head in heads], made.width_cm),
        numeric=[at for at, head in enumerate(heads) if head.align == "right"],
        merge=[at for at, head in enumerate(heads) if head.merge],
        fills=table.fills(),
        small=len(heads) > _FEW,
        left=[at for at, head in enumerate(heads) if head.align == "left"],
    )
    for note in table.notes:
        made.foot(note)


def _widths(shares: Sequence[float], page: float) -> list[float]:
    """Give each column its share of the line. [cm]"""
    whole = sum(shares)
    return [page * share / whole for share in shares]


def write_how_made(made: WordDocument, paper: OfficePaper) -> None:
    """Append how a paper was made, small."""
    made.foot(paper.language.gettext(mark("How it was made")))
    colon = "：" if paper.language.is_chinese else ": "
    for heading, words in paper.how_made:
        made.foot(f"{heading}{colon}{words}", fine=True)
