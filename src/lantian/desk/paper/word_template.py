"""An office's own Word document, filled: ``{{title}}`` in any line, ``{{table:counties}}`` on a line of its own.

What cannot be filled, and what has no place, becomes a finding; how the paper was made is never left out.
"""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from lantian.desk.paper.word import WordDocument
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

PLACE = re.compile(r"\{\{\s*([a-z0-9_]+(?::[a-z0-9_]+)?)\s*\}\}")
"""How a template names a place."""
CONTENT, HOW_MADE = "content", "how_made"
_LARGEST, _UNPACKED = 20_000_000, 200_000_000
"""Most bytes of a template, and most that its parts may unpack to. [B]"""
_DASH = "—"
Write = Callable[[WordDocument], None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a paper offers to a template."""

    words: Mapping[str, str]
    blocks: Mapping[str, Write]
    """``table:counties`` → what writes it at the end of a document."""
    content: Write
    """Writes everything between title and signature."""
    how_made: Write


def read_template(path: Path) -> Finding | None:
    """Say why a template cannot be used; None where it can."""
    try:
        _check_size(path)
        docx.Document(str(path))
    except (OSError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile, PackageNotFoundError) as error:
        return Finding(
            code="paper_template_unreadable",
            where=path.name,
            message=mark("{file} is no Word document that can be read ({error}); the packaged form was used."),
            evidence={"file": path.name, "error": str(error)},
        )
    return None


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
    if path.stat().st_size > _LARGEST or unpacked > _UNPACKED:
        msg = f"{unpacked} B"
        raise ValueError(msg)


@dataclass(slots=True)
class Filling:
    """One template being filled."""

    made: WordDocument
    name: str
    """File of the template, for findings."""
    parts: Parts

    def fill(self) -> tuple[Finding, ...]:
        """Fill every place and return what could not be filled or has no place.

        Lines for blocks are found first and filled last, so that nothing a paper says is taken for a place.
        """
        places = self._block_places()
        waiting = {id(line._p) for line, _, _ in places}
        unknown: dict[str, None] = {}
        for line in self._lines():
            if id(line._p) not in waiting:
                for name in _fill_words(line, self.parts.words):
                    unknown.setdefault(name)
        for line, _, write in places:
            self._put(line, write)
        asked = {name for _, name, _ in places}
        found = [self._unknown(name) for name in unknown]
        if CONTENT not in asked:
            found += [self._unplaced(name) for name in self.parts.blocks if name not in asked]
        if HOW_MADE not in asked:
            self.parts.how_made(self.made)
            found.append(self._unplaced(HOW_MADE))
        return tuple(found)

    def _block_places(self) -> list[tuple[Paragraph, str, Write]]:
        """Find the lines of the body that ask for a block and for nothing else."""
        known: dict[str, Write] = {
            **self.parts.blocks, CONTENT: self.parts.content, HOW_MADE: self.parts.how_made,
        }  # fmt: skip
        found = []
        for line in self.made.document.paragraphs:
            place = PLACE.fullmatch(line.text.strip())
            if place is not None and place[1] in known:
                found.append((line, place[1], known[place[1]]))
        return found

    def _put(self, line: Paragraph, write: Write) -> None:
        """Write a block at the end and move it to its line."""
        body = self.made.document.element.body
        before = set(body)
        write(self.made)
        for part in [part for part in body if part not in before]:
            line._p.addprevious(part)
        body.remove(line._p)

    def _lines(self) -> Iterator[Paragraph]:
        """Give every line of the body, of cells, heads and feet."""
        document = self.made.document
        ends = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
        parts = [document.part, *(rel.target_part for rel in document.part.rels.values() if rel.reltype in ends)]
        for part in parts:
            for line in part.element.iter(qn("w:p")):
                yield Paragraph(line, document._body)

    def _unknown(self, name: str) -> Finding:
        return Finding(
            code="paper_template_place_unknown",
            where=self.name,
            message=mark("{file} asks for {place}, which this paper does not have; a dash stands there."),
            evidence={"file": self.name, "place": "{{" + name + "}}"},
        )

    def _unplaced(self, name: str) -> Finding:
        said = (
            mark("{file} has no place {place}; it was put at the end, because it may not be left out.")
            if name == HOW_MADE
            else mark("{file} has no place {place}, so this paper does not show it.")
        )
        return Finding(
            code="paper_template_place_missing",
            where=self.name,
            message=said,
            severity=Severity.INFO,
            evidence={"file": self.name, "place": "{{" + name + "}}"},
        )


def _fill_words(line: Paragraph, words: Mapping[str, str]) -> list[str]:
    """Fill the places of one line, however its runs are cut; return the names that are unknown."""
    unknown: list[str] = []
    runs = line.runs
    text = "".join(run.text for run in runs)
    for place in reversed(list(PLACE.finditer(text))):
        if place[1] not in words:
            unknown.append(place[1])
        said = words.get(place[1], _DASH)
        at = 0
        for run in runs:
            begin, end = max(place.start() - at, 0), min(place.end() - at, len(run.text))
            at += len(run.text)
            if begin < end:
                run.text = run.text[:begin] + said + run.text[end:]
                said = ""
    return unknown[::-1]
