"""Word documents in the manner of an office: title, body, tables, signature, page numbers, red head (公文格式).

Sizes, margins and fonts follow GB/T 9704-2012 for Chinese; English is set in Times New Roman. A font that a
machine lacks has its substitute named in the file, so that Word and WPS never pick one by chance.
"""

import io
import re
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.section import Section, _Footer, _Header
from docx.shared import Cm, Length, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.run import Run

from lantian.desk.language import Translation
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.whole import whole_file
from lantian.desk.paper.word_tables import Fills, fill_table
from lantian.desk.paper.word_xml import (
    add_ruled_style,
    border_below,
    drop_border,
    field,
    first_line_characters,
    fonts_of,
    language_of,
)

SIMULATED = "SIMULATED 模拟数据"
"""Stands in the header of every page of a document from a simulated workspace, in every language."""
_RED = RGBColor(0xE0, 0x10, 0x10)
_LATIN = "Times New Roman"
_TITLE, _BODY, _BLACK, _SCRIPT, _SONG = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"
_SUBSTITUTES = {_TITLE: "宋体", _BODY: "仿宋", _SCRIPT: "楷体", _BLACK: "SimHei", _SONG: "SimSun"}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_HEADINGS = {1: _BLACK, 2: _SCRIPT, 3: _BODY}


class WordDocument:
    """One document, written from top to bottom and saved once.

    Parameters
    ----------
    title : str
        Centred at the top, 22 pt.
    subtitle : str
        Centred below it: the month, the issue number or in brackets what it is about.
    note : str
        Small and grey below that: the unit line, who made the table and when.
    landscape : bool
        A4 lying, with narrow margins, for wide tables; else the margins of the standard.
    simulated : bool
        Whether every page says that the data are simulated.
    language : Translation
        Chinese or English setting.
    red_head : str
        Name of the office in red above a red line (红头); none where empty.
    number : str
        Document number below the red head (发文字号).
    compact : bool
        A4 upright with narrow margins and small letters, for sheets.
    template : Path, optional
        An office's own document to write at the end of: its page, head, foot and styles stay, and no title is set.
    """

    def __init__(
        self,
        title: str,
        *,
        subtitle: str = "",
        note: str = "",
        landscape: bool = False,
        simulated: bool,
        language: Translation,
        red_head: str = "",
        number: str = "",
        compact: bool = False,
        template: Path | None = None,
    ) -> None:
        self.language = language
        self._document: Document = docx.Document(None if template is None else str(template))
        self._landscape = landscape
        self._small = landscape or compact
        self._own = template is None
        if template is not None:
            self._set_styles()
            self._say_simulated(simulated)
            return
        self._set_page(simulated)
        self._set_styles()
        self._set_fonts()
        self._document.core_properties.title = _clean(title)
        self._document.core_properties.author = "Lantian"
        if red_head:
            self._red_head(red_head, number)
        self._centred(title, "Title")
        if subtitle:
            self._centred(subtitle, "Subtitle")
        if note:
            self._centred(note, "Lantian Note", "right")

    @property
    def document(self) -> Document:
        """The document itself, for who fills a template."""
        return self._document

    @property
    def width_cm(self) -> float:
        """How wide a line or a table may be. [cm]"""
        section = self._document.sections[0]
        sides = (section.page_width, section.left_margin, section.right_margin)
        page, left, right = (Length(side or 0).cm for side in sides)
        return float(page - left - right)

    def heading(self, text: str, level: int = 1) -> None:
        """Write a heading: 黑体 on level 1, 楷体 on level 2, bold 仿宋 on level 3."""
        self._document.add_paragraph(_clean(text), style=f"Heading {min(max(level, 1), 3)}")

    def paragraph(self, text: str, *, bold: bool = False, align: str = "left", indent: bool = True) -> None:
        """Write a paragraph of body text; `align` is ``left``, ``center``, ``right`` or ``both``."""
        made = self._document.add_paragraph(style="Normal")
        made.add_run(_clean(text)).bold = bold or None
        made.alignment = _ALIGN[align]
        if indent and align in {"left", "both"} and self.language.is_chinese:
            first_line_characters(made, 2)

    def table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[object]],
        *,
        widths_cm: Sequence[float] | None = None,
        numeric: Collection[int] = (),
        merge: Collection[int] = (),
        fills: Fills | None = None,
        small: bool = False,
        left: Collection[int] = (),
    ) -> None:
        """Write a table with a head that is repeated on every page.

        Parameters
        ----------
        header : sequence of str
            Heads of the columns.
        rows : sequence of sequences
            Cells; None is a dash, dates are written as year-month-day.
        widths_cm : sequence of float, optional
            Widths of the columns, scaled down where they are wider than the page; by default from the words. [cm]
        numeric : collection of int
            Columns that are set to the right.
        merge : collection of int
            Columns in which equal neighbours, one below the other, become one cell.
        fills : mapping, optional
            Text of a cell, or its row and column from 0 → its background as ``#RRGGBB``.
        small : bool
            Small letters and narrow cells, for many columns.
        left : collection of int
            Columns that are set to the left even where their words are short.
        """
        texts = [[cell_text(cell) for cell in row] for row in rows]
        if before := self._document.paragraphs[-1:]:
            before[0].paragraph_format.space_after = Pt(6)
        fill_table(
            self._document,
            [_clean(text) for text in header],
            texts,
            width_cm=self.width_cm,
            widths_cm=widths_cm,
            numeric=numeric,
            merge=merge,
            fills=fills or {},
            style="Lantian Small" if small else "Lantian Cell",
            left=left,
        )
        after = self._document.add_paragraph(style="Lantian Fine")
        after.paragraph_format.space_after = Pt(4)

    def picture(self, data: bytes, *, width_cm: float | None = None, caption: str = "", alt: str = "") -> None:
        """Set a PNG picture in the middle, with words below it and, in `alt`, words for who cannot see it."""
        made = self._document.add_paragraph(style="Lantian Cell")
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made.paragraph_format.keep_with_next = bool(caption)
        wide = Cm(min(width_cm or self.width_cm, self.width_cm))
        drawn = made.add_run().add_picture(io.BytesIO(data), width=wide)
        if alt:
            drawn._inline.docPr.set("descr", _clean(alt))
        if caption:
            self._centred(caption, "Lantian Note")

    def signature(self, lines: Sequence[str]) -> None:
        """Write who issues it and the date, at the right; they never stand alone on a page."""
        last = self._document.paragraphs[-1:]
        for paragraph in last:
            paragraph.paragraph_format.keep_with_next = True
        for position, line in enumerate(lines):
            made = self._document.add_paragraph(_clean(line), style="Normal")
            made.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            made.paragraph_format.right_indent = Pt(64 if self.language.is_chinese else 24)
            made.paragraph_format.space_before = Pt(28 if position == 0 else 0)
            made.paragraph_format.keep_with_next = position < len(lines) - 1

    def foot(self, text: str, *, fine: bool = False) -> None:
        """Write small grey words: how it was made, the hash of the day; `fine` for many lines of them."""
        self._centred(text, "Lantian Fine" if fine else "Lantian Note", "left")

    def warning(self, text: str) -> None:
        """Write in the middle what a reader must not overlook, in the colour of the mark of simulated data."""
        made = self._document.add_paragraph(_clean(text), style="Lantian Note")
        made.alignment = WD_ALIGN_PARAGRAPH.CENTER
        made.runs[0].font.color.rgb = RGBColor.from_string(LIGHT.warning[1:])

    def page_break(self) -> None:
        """Begin a new page."""
        self._document.add_paragraph(style="Lantian Cell").add_run().add_break(WD_BREAK.PAGE)

    def save(self, path: Path) -> None:
        """Write the file: whole or not at all.

        Raises
        ------
        HouseError
            When the disk refuses.
        """
        with whole_file(path) as temporary, temporary.open("wb") as file:
            self._document.save(file)

    def _centred(self, text: str, style: str, align: str = "center") -> None:
        self._document.add_paragraph(_clean(text), style=style).alignment = _ALIGN[align]

    def _red_head(self, name: str, number: str) -> None:
        head = self._document.add_paragraph(style="Lantian Note")
        head.alignment = WD_ALIGN_PARAGRAPH.CENTER
        head.paragraph_format.space_after = Pt(14)
        run = head.add_run(_clean(name))
        wide = sum(1.0 if ord(character) > 0x2E7F else 0.55 for character in name)
        run.font.size = Pt(min(28 if self._small else 40, int(self.width_cm * 28.35 / max(wide, 1))))
        run.font.bold = True
        run.font.color.rgb = _RED
        fonts_of(run, _LATIN, _TITLE)
        line = self._document.add_paragraph(_clean(number), style="Normal")
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = Pt(10 if self._small else 24)
        border_below(line, "E01010")

    def _set_page(self, simulated: bool) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        if self._landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Cm(29.7), Cm(21.0)
            margins = (2.0, 1.8, 1.8, 1.8)
        else:
            margins = (2.0, 1.8, 1.6, 1.6) if self._small else (3.7, 3.5, 2.8, 2.6)
        section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Cm, margins)
        section.header_distance = Cm(1.0 if self._small else 1.6)
        section.footer_distance = Cm(0.9 if self._small else 2.5)
        outside = self.language.is_chinese and not self._small
        self._document.settings.odd_and_even_pages_header_footer = outside
        self._number_pages(section, outside)
        self._say_simulated(simulated)

    def _say_simulated(self, simulated: bool) -> None:
        """Put the mark into the header of every kind of page that the document has."""
        headers: list[_Header] = []
        for section in self._document.sections:
            headers.append(section.header)
            if self._document.settings.odd_and_even_pages_header_footer:
                headers.append(section.even_page_header)
            if section.different_first_page_header_footer:
                headers.append(section.first_page_header)
        for header in headers if simulated else ():
            line = header.paragraphs[0]
            if line.text:
                line = line.insert_paragraph_before()
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = line.add_run(SIMULATED)
            run.font.size, run.font.bold = Pt(10.5), True
            run.font.color.rgb = RGBColor.from_string(LIGHT.warning[1:])
            fonts_of(run, _LATIN, _BLACK)

    def _number_pages(self, section: Section, outside: bool) -> None:
        """Put the number outside as the standard wants it, in the middle elsewhere."""
        feet: list[tuple[_Footer, str]] = [(section.footer, "right" if outside else "center")]
        if outside:
            feet.append((section.even_page_footer, "left"))
        for footer, align in feet:
            line = footer.paragraphs[0]
            line.alignment = _ALIGN[align]
            runs: list[Run] = [line.add_run("— "), *field(line, "PAGE"), line.add_run(" —")]
            for run in runs:
                run.font.size = Pt(14 if outside else 10.5)
                fonts_of(run, _LATIN, _SONG)

    def _set_styles(self) -> None:
        chinese = self.language.is_chinese
        small = self._small
        body, line = (16.0, 28.0) if chinese and not small else (12.0, 20.0 if chinese else 17.0)
        self._style("Normal", body, line, _BODY)
        self._style("Title", 18 if small or not chinese else 22, 30 if chinese else 26, _TITLE, bold=not chinese)
        self._style("Subtitle", 12 if small else body, line, _SCRIPT)
        for level, family in _HEADINGS.items():
            made = self._style(f"Heading {level}", body, line, family, bold=level == 3 or not chinese)
            made.paragraph_format.keep_with_next = True
            made.paragraph_format.space_before = Pt(0 if chinese else 10)
            if chinese:
                first_line_characters(made, 2)
        self._style("Lantian Cell", 10.5 if chinese else 9, None, _SONG)
        self._style("Lantian Small", 8.5 if chinese else 8, None, _SONG)
        for name, size, after in (("Lantian Note", 9.0 if small else 10.5, 4), ("Lantian Fine", 8.0, 1)):
            note = self._style(name, size, None, _SONG)
            note.paragraph_format.space_after = Pt(after)
            note.font.color.rgb = RGBColor.from_string(LIGHT.muted[1:])
        if "Table Grid" not in self._document.styles:
            add_ruled_style(self._document, "Table Grid")
        self._style("Header", 10.5, None, _SONG)
        self._style("Footer", 10.5, None, _SONG)

    def _style(
        self, name: str, size: float, line: float | None, family: str, *, bold: bool = False
    ) -> ParagraphStyle:
        styles = self._document.styles
        known = name in styles
        if not known:
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style = styles[name]
        if not isinstance(style, ParagraphStyle):  # the template's own names are all of paragraphs
            msg = f"{name} is no style of a paragraph"
            raise TypeError(msg)
        if known and not self._own:
            return style  # an office's template keeps its own look
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts_of(style, _LATIN, family)
        drop_border(style)
        language_of(style, "zh-CN" if self.language.is_chinese else "en-GB")
        form = style.paragraph_format
        form.space_before, form.space_after = Pt(0), Pt(0 if self.language.is_chinese else 4)
        if name in {"Title", "Subtitle"}:
            form.space_after = Pt(8)
        form.line_spacing_rule = WD_LINE_SPACING.SINGLE
        if line is not None:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, Pt(line)
        return style

    def _set_fonts(self) -> None:
        """Name the substitute of each font, for machines that lack it."""
        rows = "".join(
            f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
            for name, other in _SUBSTITUTES.items()
        )
        space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        text = (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">{rows}</w:fonts>'
        )
        part = self._document.part
        for key in [key for key, rel in part.rels.items() if rel.reltype == RELATIONSHIP_TYPE.FONT_TABLE]:
            del part.rels[key]
        table = Part(PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, text.encode(), part.package)
        part.relate_to(table, RELATIONSHIP_TYPE.FONT_TABLE)


def cell_text(value: object) -> str:
    """Write a value as a cell shows it: a dash where it is missing, dates as year-month-day.

    Examples
    --------
    >>> cell_text(None), cell_text(date(2024, 10, 31)), cell_text(0)
    ('—', '2024-10-31', '0')
    """
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return _clean(str(value))


def _clean(text: str) -> str:
    """Drop what XML cannot hold; a line break stays one."""
    return _UNPRINTABLE.sub("", text)


__all__ = ["SIMULATED", "WordDocument", "cell_text"]
