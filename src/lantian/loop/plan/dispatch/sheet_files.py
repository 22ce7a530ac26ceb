"""A dispatch sheet as Excel to fill in and as Word to print (调度表); rejected rows go back in the same form."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from lantian.desk.language import Translation
from lantian.desk.paper.csv import GUARDED
from lantian.desk.paper.excel import cells_wide
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.whole import whole_file
from lantian.loop.plan.dispatch.sheet_cells import input_checksum
from lantian.loop.plan.dispatch.sheet_layout import (
    CLAIMS,
    DUTY_COLUMNS,
    FORM,
    HIDDEN,
    PROJECT_COLUMNS,
    PROJECT_STATES,
    SAME,
    SAME_PROJECT,
    SheetColumn,
    SheetContent,
    SheetLine,
    day_text,
    head_checksum,
    month_text,
    row_checksum,
)
from lantian.terms.errors import HouseError
from lantian.terms.words import mark

_HEAD_ROW = 3
_LONGEST = 32_767
_TO_FILL, _WRONG = "#FFFBE6", "#FFC7CE"
_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def write_sheet_workbook(
    path: Path, content: SheetContent, language: Translation, *, returned: bool = False
) -> None:
    """Write a sheet to fill in: locked but for its yellow cells, with choices, ids on a hidden page.

    Parameters
    ----------
    path : Path
        File to make or replace.
    content : SheetContent
        What it says; a line with marks gets red cells and a column of reasons.
    language : Translation
        Language of everything on it.
    returned : bool
        Whether it sends rejected rows back.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    with whole_file(path) as temporary:
        try:
            with xlsxwriter.Workbook(temporary, _OPTIONS) as book:
                book.set_properties({"title": _title(content, language), "author": "Lantian"})
                looks = _Looks(book)
                if content.duties or not content.projects:
                    name = language.gettext(mark("Dispatch sheet"))
                    _page(book, looks, name, DUTY_COLUMNS, content.duties, content, language, returned)
                if content.projects:
                    name = language.gettext(mark("Project list"))
                    _page(book, looks, name, PROJECT_COLUMNS, content.projects, content, language, returned)
                _hide_ids(book, content, returned)
        except xlsxwriter.exceptions.FileCreateError as error:
            raise HouseError(
                "{path} could not be written: {error}. Close it elsewhere or choose another folder.",
                path=path,
                error=error,
            ) from error


class _Looks:
    """Formats of one workbook, made once each."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
            self._made[key] = self._book.add_format({**font, **properties})
        return self._made[key]

    def cell(self, column: SheetColumn, *, wrong: bool, quoted: bool) -> Format:
        looks: dict[str, Any] = {"border": 1, "border_color": LIGHT.muted, "text_wrap": True, "font_size": 9}
        if column.key in {"number", "code", "role", "share", "claimed", "state", "due", "done_on", "serial"}:
            looks["align"] = "center"
        if column.key == "code":
            looks |= {"font_name": "Consolas", "font_size": 8, "font_color": LIGHT.muted}
        if column.filled_in:
            looks |= {"locked": False, "bg_color": _TO_FILL}
        if column.key in {"due", "done_on"}:
            looks["num_format"] = "yyyy-mm-dd"
        if column.key in {"spent", "planned"}:
            looks["num_format"] = "#,##0.00####"
        if wrong:
            looks["bg_color"] = _WRONG
        if quoted:
            looks["quote_prefix"] = True
        return self.of(**looks)


def _page(
    book: xlsxwriter.Workbook,
    looks: _Looks,
    name: str,
    columns: Sequence[SheetColumn],
    lines: Sequence[SheetLine],
    content: SheetContent,
    language: Translation,
    returned: bool,
) -> None:
    page: Worksheet = book.add_worksheet(name)
    last = len(columns) - 1 + returned
    _head(page, looks, columns, lines, content, language, last, returned)
    for offset, line in enumerate(lines):
        row = _HEAD_ROW + 1 + offset
        lines_high = 1
        for position, column in enumerate(columns):
            value = line.cells.get(column.key)
            _write(page, row, position, value, column, looks, wrong=column.key in line.marks)
            if column.key in line.marks:
                page.write_comment(row, position, line.marks[column.key], {"author": "Lantian", "x_scale": 2})
            lines_high = max(lines_high, _lines_of(value, column.width))
        if returned:
            why = "\n".join(dict.fromkeys(line.marks.values()))
            page.write_string(
                row, last, why, looks.of(text_wrap=True, font_size=9, font_color=LIGHT.warning, border=1)
            )
            lines_high = max(lines_high, _lines_of(why, 40))
        page.set_row(row, min(max(24, 12.5 * lines_high + 6), 400))
    _choices(page, columns, len(lines), language)
    _foot(page, looks, _HEAD_ROW + 1 + len(lines), last, content, language)
    _print_setup(page, content, language)


def _head(
    page: Worksheet,
    looks: _Looks,
    columns: Sequence[SheetColumn],
    lines: Sequence[SheetLine],
    content: SheetContent,
    language: Translation,
    last: int,
    returned: bool,
) -> None:
    for position, column in enumerate(columns):
        empty = not column.filled_in and not any(line.cells.get(column.key) for line in lines)
        page.set_column(position, position, column.width, None, {"hidden": empty and bool(lines)})
        head = looks.of(
            bold=True, align="center", text_wrap=True, border=1, border_color=LIGHT.muted, font_size=9,
            bg_color="#FFE699" if column.filled_in else LIGHT.accent_soft,
        )  # fmt: skip
        page.write_string(_HEAD_ROW, position, language.gettext(column.heading), head)
    if returned:
        page.set_column(last, last, 40)
        head = looks.of(bold=True, align="center", border=1, bg_color=_WRONG)
        page.write_string(_HEAD_ROW, last, language.gettext(mark("Why it was not taken and what to do")), head)
    title = looks.of(bold=True, font_name="黑体", font_size=16, align="center", shrink=True)
    page.merge_range(0, 0, 0, last, _title(content, language), title)
    page.set_row(0, 30)
    page.merge_range(1, 0, 1, last, who_and_when(content, language), looks.of(align="left"))
    page.set_row(1, 18)
    if returned:
        how = mark("Mend the red cells and send this file back; rows that are not here were taken.")
    else:
        how = mark(
            "Fill in the yellow cells only. Rows may be sorted or left out; the report code stays with its row. "
            "A row without progress counts as not reported."
        )
    note = looks.of(font_size=9, font_color=LIGHT.muted, text_wrap=True, valign="top")
    page.merge_range(2, 0, 2, last, language.gettext(how), note)
    page.set_row(2, 26)
    page.set_row(_HEAD_ROW, 32)
    page.freeze_panes(_HEAD_ROW + 1, 3)


def _title(content: SheetContent, language: Translation) -> str:
    return language.format(
        mark("Dispatch sheet of the key tasks: {plan} ({month})"),
        plan=content.plan,
        month=month_text(content.month, language),
    )


def who_and_when(content: SheetContent, language: Translation) -> str:
    """Say whose sheet it is, by when it is to be back, and how much is not asked again."""
    parts = [
        language.format(mark("Reporting body: {name}"), name=content.organisation),
        language.format(mark("To be back by: {day}"), day=day_text(content.due, language)),
    ]
    if content.finished:
        parts.append(
            language.format(
                mark("{count} duties are accepted as done and not asked again"), count=content.finished
            )
        )
    return "　　　".join(parts)


def _write(
    page: Worksheet, row: int, position: int, value: Any, column: SheetColumn, looks: _Looks, *, wrong: bool
) -> None:
    quoted = isinstance(value, str) and bool(GUARDED.match(value))
    look = looks.cell(column, wrong=wrong, quoted=quoted)
    if value is None or value == "":
        page.write_blank(row, position, None, look)
    elif isinstance(value, date):
        page.write_datetime(row, position, value, look)
    elif isinstance(value, (int, float, Decimal)):
        page.write_number(row, position, value, look)
    else:
        page.write_string(row, position, str(value)[:_LONGEST], look)


def _lines_of(value: Any, width: float) -> int:
    """How many lines a text takes in a column; a Chinese sign is as wide as two."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-cells_wide(part) // max(int(width * 1.15), 1))) for part in value.split("\n"))


def _choices(page: Worksheet, columns: Sequence[SheetColumn], count: int, language: Translation) -> None:
    """Let Excel itself refuse what the office would send back."""
    first, last = _HEAD_ROW + 1, _HEAD_ROW + max(count, 1)
    for position, column in enumerate(columns):
        rule: dict[str, Any] | None = None
        if column.key in {"claimed", "state"}:
            states = CLAIMS if column.key == "claimed" else PROJECT_STATES
            rule = {"validate": "list", "source": [language.gettext(word) for word in states.values()]}
            says = mark("Choose one of the words in the list.")
        elif column.key == "share":
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
            says = mark("A number from 0 to 100, without the sign %.")
        elif column.key == "spent":
            rule = {"validate": "decimal", "criteria": ">=", "value": 0}
            says = mark("Money spent so far, in units of 10,000 yuan.")
        elif column.key == "done_on":
            rule = {"validate": "date", "criteria": ">=", "value": date(2015, 1, 1)}
            says = mark("The day on which it was finished, as 2024-10-31.")
        if rule is None:
            continue
        rule |= {"ignore_blank": True, "error_title": language.gettext(column.heading)[:32]}
        page.data_validation(
            first, position, last, position, rule | {"error_message": language.gettext(says)[:255]}
        )


def _foot(
    page: Worksheet, looks: _Looks, row: int, last: int, content: SheetContent, language: Translation
) -> None:
    text = language.format(
        mark("Seal of {name}:　　　　　　　　　　　　Day of reporting:　　　　年　　月　　日"),
        name=content.organisation,
    )
    page.merge_range(row + 1, 0, row + 1, last, text, looks.of(align="left", font_size=10))


def _print_setup(page: Worksheet, content: SheetContent, language: Translation) -> None:
    page.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    page.set_landscape()
    page.set_paper(9)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD_ROW)
    page.center_horizontally()
    if content.simulated:
        page.set_header("&C&B" + language.gettext(mark("SIMULATED data, never measured")))
        page.set_tab_color(LIGHT.warning)
    page.set_footer(f"&L{content.organisation.replace('&', '&&')} {content.month}&R&P / &N")


def _hide_ids(book: xlsxwriter.Workbook, content: SheetContent, returned: bool) -> None:
    page: Worksheet = book.add_worksheet(HIDDEN)
    head = (content.sheet_id, content.plan_id, content.month, content.organisation_id)
    page.write_row(0, 0, [FORM, *head, head_checksum(*head)])
    row = 1
    for project, lines, keys in ((False, content.duties, SAME), (True, content.projects, SAME_PROJECT)):
        for line in lines:
            given = "" if returned else input_checksum(line.cells, project=project)
            page.write_row(row, 0, [line.code, line.id, row_checksum(line, keys), given])
            row += 1
    page.very_hidden()
    page.protect("")
