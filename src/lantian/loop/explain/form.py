"""The inventory's Excel workbook: pages to fill in, choices in the cells, what categories want (清单填报表)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.utility import xl_col_to_name  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

import lantian
from lantian.city.records import City
from lantian.desk.language import Translation
from lantian.desk.paper.csv import GUARDED
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.whole import whole_file
from lantian.loop.explain.columns import PAGES, BookColumn, BookPage, removals_cell, share_cell, values_cell
from lantian.loop.explain.keeping import rows_of
from lantian.rules.inventory_records import INVENTORY_POLLUTANTS, SourceCategory
from lantian.science.inventory.records import MEASURED_METHODS, SOURCE_KINDS, Book
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import HouseError
from lantian.terms.words import mark

_TO_ADD = 50
"""Empty rows below those that are known."""
_HEAD = 1
"""Row of the headings, from 0: the title stands before."""
_TO_FILL, _NEEDED = "#FFFBE6", "#FFF0D6"
_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_SHARES = frozenset({"capture", "availability", "coverage"})
_LONGEST = 32_767


@dataclass(frozen=True, slots=True)
class BookForm:
    """What stands in a workbook."""

    book: Book
    title: str
    city: City
    rules: InventoryRules
    made_at: datetime
    """In the city's zone."""
    simulated: bool


def write_book(path: Path, form: BookForm, language: Translation) -> None:
    """Write an edition's book as a workbook: what is known is filled in, and rows to add stand below.

    Parameters
    ----------
    path : Path
        File to make or replace.
    form : BookForm
        Book, place and rules.
    language : Translation
        Of headings and notes.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    with whole_file(path) as temporary:
        try:
            with xlsxwriter.Workbook(temporary, _OPTIONS) as book:
                book.set_properties({"title": form.title, "author": f"Lantian {lantian.__version__}"})
                _Form(book, form, language).write()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise HouseError(
                "{path} could not be written: {error}. Close it elsewhere or choose another folder.",
                path=path, error=error,
            ) from error  # fmt: skip


class _Form:
    """One workbook at work."""

    def __init__(self, book: xlsxwriter.Workbook, form: BookForm, language: Translation) -> None:
        self._book, self._form, self._language = book, form, language
        self._say = language.gettext
        self._looks: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._lists = self._choices()
        self._places: dict[str, str] = {}

    def write(self) -> None:
        """Write all pages; the lists of choices stand on a hidden one."""
        pages = [(page, self._book.add_worksheet(self._say(page.title)[:31])) for page in PAGES]
        self._write_categories(self._book.add_worksheet(self._say(mark("Categories"))[:31]))
        self._write_techniques(self._book.add_worksheet(self._say(mark("Techniques"))[:31]))
        self._how_to(self._book.add_worksheet(self._say(mark("How to fill it in"))[:31]))
        self._write_lists(self._book.add_worksheet("lists"))
        rows = rows_of(self._form.book)
        for page, sheet in pages:
            self._page(page, sheet, rows[page.table])

    def _look(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._looks:
            self._looks[key] = self._book.add_format(
                {"font_name": "宋体", "font_size": 10, "valign": "vcenter", **properties}
            )
        return self._looks[key]

    # ------------------------------------------------------------------------------------------ a page

    def _page(self, page: BookPage, sheet: Worksheet, rows: Sequence[Mapping[str, Any]]) -> None:
        last = len(page.columns) - 1
        title = f"{self._form.title} · {self._say(page.title)}"
        if self._form.simulated:
            title += f" · {self._say(mark('SIMULATED data, never measured'))}"
            sheet.set_tab_color(LIGHT.warning)
        sheet.merge_range(0, 0, 0, last, title, self._look(bold=True, font_size=14, font_name="黑体"))
        sheet.set_row(0, 26)
        sheet.set_row(_HEAD, 32)
        for position, column in enumerate(page.columns):
            self._heading(sheet, position, column)
        for offset, row in enumerate([*rows, *[{}] * _TO_ADD]):
            for position, column in enumerate(page.columns):
                self._cell(sheet, _HEAD + 1 + offset, position, column, self._shown(column.key, row))
        self._offer(page, sheet, _HEAD + len(rows) + _TO_ADD)
        sheet.freeze_panes(_HEAD + 1, 2)
        sheet.repeat_rows(_HEAD)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.ignore_errors({"number_stored_as_text": "A1:Z100000"})

    def _heading(self, sheet: Worksheet, position: int, column: BookColumn) -> None:
        colour = LIGHT.accent_soft if column.needed else LIGHT.surface
        look = self._look(
            bold=True, align="center", text_wrap=True, border=1, border_color=LIGHT.muted, bg_color=colour
        )
        sheet.write_string(_HEAD, position, self._say(column.title) + ("*" if column.needed else ""), look)
        sheet.set_column(position, position, column.wide)
        if column.note:
            sheet.write_comment(_HEAD, position, self._say(column.note), {"x_scale": 2, "font_size": 9})

    def _shown(self, key: str, row: Mapping[str, Any]) -> Any:
        """Return what a cell shows of a row of the lake."""
        if key == "datum":
            return "CGCS2000" if row.get("longitude") is not None else None
        value = row.get(key)
        if value is None or value == "":
            return None
        if key in _SHARES:
            return share_cell(value)
        if key in {"parameters", "removal"}:
            held = json.loads(value)
            return (values_cell if key == "parameters" else removals_cell)(held) or None
        if key == "county":
            named = {county.adcode: county for county in self._form.city.counties}.get(value)
            return value if named is None else self._named(named.name_zh, named.name_en)
        return self._lists_of(key).get(str(value), value)

    def _cell(self, sheet: Worksheet, row: int, position: int, column: BookColumn, value: Any) -> None:
        empty = _NEEDED if column.needed else _TO_FILL
        looks: dict[str, Any] = {"border": 1, "border_color": LIGHT.line}
        looks["bg_color"] = empty if value is None else LIGHT.paper
        if value is None:
            sheet.write_blank(row, position, None, self._look(**looks))
        elif isinstance(value, (int, float)):
            sheet.write_number(row, position, value, self._look(**looks))
        else:
            quoted = {"quote_prefix": True} if GUARDED.match(str(value)) else {}
            sheet.write_string(row, position, str(value)[:_LONGEST], self._look(**looks, **quoted))

    # ------------------------------------------------------------------------------------------ choices

    def _choices(self) -> dict[str, dict[str, str]]:
        """Key of a list → what is stored → what the cell shows."""
        rules = self._form.rules
        fourth = {code: row for code, row in rules.categories.items() if row.level == 4}
        return {
            "category": {code: f"{code} {self._full_name(code)}" for code in fourth},
            "above": {code: f"{code} {self._full_name(code)}" for code in rules.categories},
            "technology": {
                row.key: f"{row.key} {self._named(row.name_zh, row.name)}" for row in rules.controls.techniques
            },
            "county": {
                row.adcode: self._named(row.name_zh, row.name_en) for row in self._form.city.counties
            },
            "kind": {kind: kind for kind in SOURCE_KINDS},
            "method": {method: method for method in MEASURED_METHODS},
            "pollutant": {pollutant: pollutant for pollutant in INVENTORY_POLLUTANTS},
            "unit": {unit: unit for unit in dict.fromkeys(row.unit for row in fourth.values() if row.unit)},
            "datum": {name: name for name in ("CGCS2000", "GCJ-02", "BD-09")},
        }  # fmt: skip

    def _lists_of(self, key: str) -> Mapping[str, str]:
        return self._lists[key] if key in {"category", "technology"} else {}

    def _write_lists(self, sheet: Worksheet) -> None:
        for position, (name, values) in enumerate(self._lists.items()):
            sheet.write_column(0, position, list(values.values()))
            letter = xl_col_to_name(position)
            self._places[name] = f"=lists!${letter}$1:${letter}${len(values)}"
        sheet.very_hidden()

    def _offer(self, page: BookPage, sheet: Worksheet, last: int) -> None:
        for position, column in enumerate(page.columns):
            if column.choice:
                sheet.data_validation(
                    _HEAD + 1, position, last, position,
                    {"validate": "list", "source": self._places[column.choice], "error_type": "warning",
                     "error_title": self._say(mark("Choice")),
                     "error_message": self._say(mark("Choose one from the list of the cell."))},
                )  # fmt: skip

    # ------------------------------------------------------------------------------------------ what to know

    def _write_categories(self, sheet: Worksheet) -> None:
        heads = (mark("Source category"), mark("Name"), mark("Unit"), mark("Activity"), mark("Needed parameters"),
                 mark("Other parameters"))  # fmt: skip
        self._table(
            sheet, heads, (44, 60, 10, 30, 50, 50),
            [self._category_row(row) for row in self._form.rules.categories.values() if row.level == 4],
        )  # fmt: skip

    def _category_row(self, row: SourceCategory) -> list[str]:
        needs, takes = (", ".join(map(self._parameter, keys)) for keys in (row.needs, row.takes))
        return [row.code, self._full_name(row.code), row.unit or "", self._named(row.of_zh, row.of), needs, takes]

    def _parameter(self, key: str) -> str:
        row = self._form.rules.parameters[key]
        said = "/".join(row.options) if row.options else f"[{row.unit}]"
        return f"{key} {self._named(row.name_zh, row.name)} {said}"

    def _write_techniques(self, sheet: Worksheet) -> None:
        streams = ("so2", "nox", "voc", "pm25", "coarse")
        rows = [
            [row.key, self._named(row.name_zh, row.name), *(f"{getattr(row, name):f}" for name in streams)]
            for row in self._form.rules.controls.techniques
        ]
        heads = (mark("Technique"), mark("Name"), *(f"{name} %" for name in streams))
        self._table(sheet, heads, (36, 40, 10, 10, 10, 10, 10), rows)

    def _table(
        self, sheet: Worksheet, heads: Sequence[str], widths: Sequence[int], rows: Sequence[Sequence[str]]
    ) -> None:
        for position, (head, width) in enumerate(zip(heads, widths, strict=True)):
            sheet.write_string(
                0, position, self._say(head), self._look(bold=True, bg_color=LIGHT.surface, bottom=1)
            )
            sheet.set_column(position, position, width)
        for number, row in enumerate(rows, 1):
            for position, text in enumerate(row):
                sheet.write_string(number, position, text, self._look(text_wrap=True))
        sheet.freeze_panes(1, 1)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _how_to(self, sheet: Worksheet) -> None:
        form, rules = self._form, self._form.rules
        kind = (
            mark("SIMULATED data, never measured")
            if form.simulated
            else mark("Reported by those who answer for it")
        )
        rows = [
            (mark("Title"), form.title),
            (mark("City"), self._named(form.city.name_zh, form.city.name_en)),
            (mark("Year"), str(form.book.year)),
            (mark("Kind of data"), self._say(kind)),
            (mark("Colours"), self._say(mark(
                "Blue headings with a star are needed; yellow cells are empty and may be filled in."))),
            (mark("Whole book"), self._say(mark(
                "The file is the whole book: a row that is deleted here leaves the book. A page that is absent is "
                "left as it was. The same file twice changes nothing."))),
            (mark("Missing values"), self._say(mark("Empty is not known, never zero."))),
            (mark("Rule edition"), ", ".join(rules.ids)),
            (mark("Program version"), lantian.__version__),
            (mark("Made at"), form.made_at.isoformat(sep=" ", timespec="seconds")),
        ]  # fmt: skip
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, 1, 110)
        for number, (heading, text) in enumerate(rows):
            sheet.write_string(number, 0, self._say(heading), self._look(font_color=LIGHT.muted, valign="top"))
            sheet.write_string(number, 1, text, self._look(text_wrap=True, valign="top"))

    def _named(self, chinese: str, english: str) -> str:
        return chinese if self._language.is_chinese or not english else english

    def _full_name(self, code: str) -> str:
        parts = code.split(".")
        rows = (self._form.rules.categories[".".join(parts[: level + 1])] for level in range(len(parts)))
        return " › ".join(self._named(row.name_zh, row.name) for row in rows)
