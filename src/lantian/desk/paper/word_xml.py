"""What a Word file can say and its library has no word for: East Asian fonts, fields, borders, shades."""

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run


def element(name: str, **attributes: str) -> BaseOxmlElement:
    """Make an element such as ``w:shd`` with its attributes."""
    made: BaseOxmlElement = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def fonts_of(holder: Run | ParagraphStyle, latin: str, chinese: str) -> None:
    """Set the font of Latin letters and of Chinese ones."""
    holder.font.name = latin
    properties = holder.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), chinese)
    fonts.set(qn("w:cs"), latin)


def language_of(style: ParagraphStyle, name: str) -> None:
    """Say which language the letters are: simplified Chinese forms are chosen by it."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:lang")):
        properties.remove(old)
    latin = "en-US" if name == "zh-CN" else name
    properties.append(element("w:lang", val=latin, eastAsia="zh-CN"))


def first_line_characters(holder: Paragraph | ParagraphStyle, count: int) -> None:
    """Indent the first line by whole characters (首行缩进)."""
    properties = (holder._p if isinstance(holder, Paragraph) else holder.element).get_or_add_pPr()
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(count * 100))
    indent.set(qn("w:firstLine"), str(count * 320))


def field(paragraph: Paragraph, code: str) -> list[Run]:
    """Append a field such as ``PAGE``, which the reader's program fills."""
    runs = [paragraph.add_run() for _ in range(4)]
    words = element("w:instrText")
    words.set(qn("xml:space"), "preserve")
    words.text = f" {code} "
    shown: BaseOxmlElement = OxmlElement("w:t")
    shown.text = "1"
    runs[0]._r.append(element("w:fldChar", fldCharType="begin"))
    runs[1]._r.append(words)
    runs[2]._r.append(element("w:fldChar", fldCharType="separate"))
    runs[3]._r.append(shown)
    runs.append(paragraph.add_run())
    runs[4]._r.append(element("w:fldChar", fldCharType="end"))
    return runs


def border_below(paragraph: Paragraph, colour: str) -> None:
    """Draw a line below a paragraph."""
    properties = paragraph._p.get_or_add_pPr()
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz="18", space="6", color=colour))
    after = [child for child in properties if child.tag in {qn("w:pStyle"), qn("w:keepNext"), qn("w:keepLines")}]
    properties.insert(len(after), borders)


def drop_border(style: ParagraphStyle) -> None:
    """Take away the line that the library's template draws around a style."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)


def add_ruled_style(document: Document, name: str) -> None:
    """Give a document that lacks it a style of tables with thin lines."""
    style = document.styles.add_style(name, WD_STYLE_TYPE.TABLE)
    borders = element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        borders.append(element(f"w:{side}", val="single", sz="4", space="0", color="auto"))
    properties = element("w:tblPr")
    properties.append(borders)
    style.element.append(properties)


def shade(cell: _Cell, colour: str) -> None:
    """Fill a cell with ``#RRGGBB``."""
    cell._tc.get_or_add_tcPr().append(element("w:shd", val="clear", color="auto", fill=colour.lstrip("#")))


def narrow_cells(table: Table) -> None:
    """Leave little room left and right of the words of each cell."""
    margins = element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(element(f"w:{side}", w="40", type="dxa"))
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    properties.append(margins) if look is None else look.addprevious(margins)


def repeat_row(row: _Row) -> None:
    """Repeat a head row on every page."""
    row._tr.get_or_add_trPr().append(element("w:tblHeader", val="true"))


def keep_row(row: _Row) -> None:
    """Never break a row over two pages."""
    row._tr.get_or_add_trPr().append(element("w:cantSplit", val="true"))
