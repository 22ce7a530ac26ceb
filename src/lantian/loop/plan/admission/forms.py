"""The application form as Excel: pages to fill in, choices in the cells, papers to tick (申请表)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from lantian import __version__
from lantian.desk.language import Translation, translation
from lantian.desk.paper.csv import GUARDED
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.whole import whole_file
from lantian.loop.plan.admission.applications import admission_rule
from lantian.loop.plan.admission.layout import (
    FIELD,
    FORM,
    HEAD,
    HEADING,
    MAIN,
    MAIN_PAGE,
    PAGES,
    ROW,
    SECTIONS,
    FormField,
    FormSection,
    rule_choices,
)
from lantian.loop.plan.admission.records import Application, Part
from lantian.loop.plan.admission.words import SOME, YES_NO
from lantian.loop.plan.office import Office
from lantian.rules import AdmissionRule
from lantian.terms.errors import HouseError
from lantian.terms.words import mark

_TO_FILL = "#FFFBE6"
_FIRST = 3
"""First row below title and note."""
_LAST_COLUMN = 7
_LISTS = "lists"
_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_NUMBERS = {"number": "General", "count": "0", "degrees": "0.0000000", "day": "yyyy-mm-dd"}


def write_admission_form(
    office: Office,
    path: Path,
    *,
    application: Application | None = None,
    language: Translation | None = None,
    on: date | None = None,
) -> Path:
    """Write the form, empty or filled in with an application: whole or not at all.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    path : Path
        File to make or replace.
    application : Application, optional
        What is already known.
    language : Translation, optional
        By default Chinese.
    on : date, optional
        Day whose edition names papers and choices; by default that of the application, else today.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    day = on or (application.applied_on if application is not None else office.today())
    rule = admission_rule(office, day)
    with whole_file(path) as temporary:
        try:
            with xlsxwriter.Workbook(temporary, _OPTIONS) as book:
                _Form(book, office, rule, application, language or translation()).write()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise HouseError(
                "{path} could not be written: {error}. Close it elsewhere or choose another folder.",
                path=path, error=error,
            ) from error  # fmt: skip
    return path


class _Form:
    """One workbook at work."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        office: Office,
        rule: AdmissionRule,
        application: Application | None,
        language: Translation,
    ) -> None:
        self._book, self._office, self._rule, self._language = book, office, rule, language
        self._application = application
        self._say = language.gettext
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._columns: dict[str, str] = {}

    def write(self) -> None:
        """Write every page."""
        self._book.set_properties({"title": self._say(mark("Application for admission of a project")),
                                   "author": f"Lantian {__version__}"})  # fmt: skip
        pages: dict[str, Worksheet] = {name: self._book.add_worksheet(name) for name in PAGES}
        self._lists: Worksheet = self._book.add_worksheet(_LISTS)
        self._lists.very_hidden()
        self._main(pages[MAIN_PAGE])
        for name, page in pages.items():
            sections = [row for row in SECTIONS if row.page == name]
            if sections:
                self._sections(page, sections)
            self._setup(page)
        self._how_made()

    # ---------------------------------------------------------------------------------------- the first page

    def _main(self, page: Worksheet) -> None:
        self._title(page, self._say(mark("Application for admission of a project")), 3)
        page.set_column(1, 1, 34)
        page.set_column(2, 2, 46)
        page.set_column(3, 3, 28)
        row = _FIRST
        for one in MAIN:
            self._field(page, row, one)
            row += 1
        page.write_string(row, 0, HEADING + "documents")
        page.merge_range(
            row, 1, row, 3, self._say(mark("Papers handed in")), self._look(bold=True, font_name="黑体")
        )
        page.set_row(row, 24)
        for key, named in rule_choices(self._rule, "documents").items():
            row += 1
            page.write_string(row, 0, ROW + "documents." + key)
            page.write_string(
                row, 1, named.of(self._language), self._look(border=1, border_color=LIGHT.muted, text_wrap=True)
            )
            given = None if self._application is None else key in self._application.documents
            word = None if given is None else self._say(YES_NO["yes" if given else "no"])
            self._cell(page, row, 2, FormField(key, "", "yes_no"), word)
            page.write_blank(row, 3, None, self._look(border=1, border_color=LIGHT.muted))
            page.set_row(row, 28)

    def _field(self, page: Worksheet, row: int, one: FormField) -> None:
        page.write_string(row, 0, FIELD + one.key)
        label = self._say(one.title) + (" *" if one.needed else "")
        page.write_string(row, 1, label, self._look(border=1, border_color=LIGHT.muted, bg_color=LIGHT.surface))
        self._cell(page, row, 2, one, self._value(one, self._main_value(one)))
        hint = self._look(border=1, border_color=LIGHT.muted, font_color=LIGHT.muted, font_size=9, text_wrap=True)
        page.write_string(row, 3, self._hint(one), hint)
        page.set_row(row, 24 if one.key != "note" else 40)

    def _main_value(self, one: FormField) -> Any:
        application = self._application
        if application is None:
            return None
        if one.key == "datum":
            places = [application.longitude, *(row.longitude for row in application.boilers or ())]
            placed = bool(application.heat_sources) or any(place is not None for place in places)
            return "CGCS2000" if placed else None
        return getattr(application, one.key)

    def _hint(self, one: FormField) -> str:
        hints = {
            "site": mark("Only for sites that turn over bulk goods; else leave it empty."),
            "datum": mark("Datum of every coordinate in this form."),
            "longitude": mark("Decimal degrees."),
            "latitude": mark("Decimal degrees."),
            "applied_on": mark("The edition of this day judges the project."),
            "gas_producers": mark("An empty cell is unknown, never zero."),
            "coal_guaranteed": mark("For power projects only."),
        }
        return self._say(hints[one.key]) if one.key in hints else ""

    # ---------------------------------------------------------------------------------------- the sections

    def _sections(self, page: Worksheet, sections: Sequence[FormSection]) -> None:
        self._title(page, self._say(mark("Application for admission of a project")), _LAST_COLUMN)
        for position in range(_LAST_COLUMN):
            wide = [row.fields[position].wide for row in sections if position < len(row.fields)]
            page.set_column(position + 1, position + 1, max(wide, default=8))
        row = _FIRST
        for section in sections:
            row = self._section(page, row, section) + 1

    def _section(self, page: Worksheet, row: int, section: FormSection) -> int:
        rows = None if self._application is None else getattr(self._application, section.key)
        page.write_string(row, 0, HEADING + section.key)
        ask = self._language.format(mark("{title} (any?)"), title=self._say(section.title))
        page.merge_range(row, 1, row, 2, ask, self._look(bold=True, font_name="黑体", text_wrap=True))
        some = None if rows is None else self._say(SOME["yes" if rows else "no"])
        self._cell(page, row, 3, FormField("some", "", "choice", SOME), some)
        page.set_row(row, 24)
        row += 1
        page.write_string(row, 0, HEAD + section.key)
        head = self._look(
            bold=True, align="center", text_wrap=True, border=1, border_color=LIGHT.muted, bg_color=LIGHT.surface
        )
        for position, one in enumerate(section.fields):
            page.write_string(row, position + 1, self._say(one.title) + (" *" if one.needed else ""), head)
        page.set_row(row, 30)
        for number in range(max(section.rows, len(rows or ()))):
            row += 1
            page.write_string(row, 0, ROW + section.key)
            part: Part | None = rows[number] if rows and number < len(rows) else None
            for position, one in enumerate(section.fields):
                value = None if part is None else getattr(part, one.key)
                self._cell(page, row, position + 1, one, self._value(one, value))
            page.set_row(row, 18)
        return row + 1

    # ---------------------------------------------------------------------------------------- cells

    def _value(self, one: FormField, value: Any) -> Any:
        """Turn what is known into what the cell shows."""
        if value is None or value == "":
            return None
        if one.kind == "yes_no":
            return self._say(YES_NO["yes" if value else "no"])
        if one.key == "county":
            county = self._office.city.county(value)
            return county.name_zh if self._language.is_chinese else county.name_en
        if one.from_rule:
            named = rule_choices(self._rule, one.from_rule).get(value)
            return value if named is None else named.of(self._language)
        return self._say(one.choices[value]) if one.choices else value

    def _cell(self, page: Worksheet, row: int, position: int, one: FormField, value: Any) -> None:
        looks: dict[str, Any] = {"border": 1, "border_color": LIGHT.muted, "bg_color": _TO_FILL, "text_wrap": True}
        looks["locked"] = False
        if one.kind in _NUMBERS:
            looks |= {"num_format": _NUMBERS[one.kind], "align": "left"}
        if value is None:
            page.write_blank(row, position, None, self._look(**looks))
        elif isinstance(value, date):
            page.write_datetime(row, position, datetime(value.year, value.month, value.day), self._look(**looks))  # noqa: DTZ001 - a cell of Excel has no zone
        elif isinstance(value, int | float | Decimal):
            page.write_number(row, position, value, self._look(**looks))
        else:
            quoted = {"quote_prefix": True} if GUARDED.match(str(value)) else {}
            page.write_string(row, position, str(value)[:32_767], self._look(**looks, **quoted))
        self._check(page, row, position, one)

    def _check(self, page: Worksheet, row: int, position: int, one: FormField) -> None:
        """Give a cell its list or its check."""
        if (shown := self._shown(one)) is not None:
            page.data_validation(
                row, position, row, position,
                {"validate": "list", "source": self._list(shown), "error_type": "warning",
                 "error_title": self._say(mark("Choice")),
                 "error_message": self._say(mark("Choose one from the list of the cell."))},
            )  # fmt: skip
        elif one.kind == "day":
            page.data_validation(
                row, position, row, position,
                {"validate": "date", "criteria": "between", "minimum": date(2000, 1, 1),
                 "maximum": date(2100, 12, 31), "error_type": "warning", "error_title": self._say(mark("Day")),
                 "error_message": self._say(mark("Write it as 2024-10-31."))},
            )  # fmt: skip
        elif one.kind in {"number", "count"}:
            page.data_validation(
                row, position, row, position,
                {"validate": "decimal", "criteria": ">=", "value": 0, "error_type": "warning",
                 "error_title": self._say(mark("Number")),
                 "error_message": self._say(mark("Write a number from 0."))},
            )  # fmt: skip

    def _shown(self, one: FormField) -> list[str] | None:
        if one.kind == "yes_no":
            return [self._say(word) for word in YES_NO.values()]
        if one.key == "county":
            chinese = self._language.is_chinese
            return [row.name_zh if chinese else row.name_en for row in self._office.city.counties]
        if one.from_rule:
            return [row.of(self._language) for row in rule_choices(self._rule, one.from_rule).values()] or None
        return [self._say(word) for word in one.choices.values()] or None

    def _list(self, shown: Sequence[str]) -> str:
        """Put words on the hidden page once: beside the cell they may take 255 signs only."""
        key = "\n".join(shown)
        if key not in self._columns:
            number = len(self._columns)
            self._lists.write_column(0, number, shown)
            letter = chr(ord("A") + number % 26)
            column = letter if number < 26 else chr(ord("A") + number // 26 - 1) + letter
            self._columns[key] = f"={_LISTS}!${column}$1:${column}${len(shown)}"
        return self._columns[key]

    # ---------------------------------------------------------------------------------------- pages

    def _title(self, page: Worksheet, title: str, last: int) -> None:
        page.write_string(0, 0, FORM)
        page.merge_range(
            0, 1, 0, last, title, self._look(bold=True, font_size=16, align="center", font_name="黑体")
        )
        page.set_row(0, 34)
        note = self._look(font_size=9, font_color=LIGHT.muted, text_wrap=True)
        page.merge_range(1, 1, 1, last, self._note(), note)
        page.set_row(1, 30)

    def _note(self) -> str:
        title = self._rule.title_zh if self._language.is_chinese else self._rule.title
        how = mark(
            "Fill in the yellow cells; * is needed. Say of each table whether there is any: an empty table is "
            "unknown, not none."
        )
        parts = [self._language.format(mark("Judged by: {rule}"), rule=title), self._say(how)]
        if self._office.simulated:
            parts.append(self._say(mark("SIMULATED data, never measured")))
        return "  ·  ".join(parts)

    def _setup(self, page: Worksheet) -> None:
        page.set_column(0, 0, 2, None, {"hidden": True})
        page.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True})
        page.hide_gridlines(2)
        page.set_paper(9)
        if page.get_name() != MAIN_PAGE:
            page.set_landscape()
        page.fit_to_pages(1, 1 if self._short() else 0)
        page.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
        page.set_footer("&R&P / &N")
        if self._office.simulated:
            page.set_header("&C&B" + self._say(mark("SIMULATED data, never measured")))
            page.set_tab_color(LIGHT.warning)

    def _short(self) -> bool:
        """Whether every table fits on its page."""
        rows = [getattr(self._application, one.key, None) or () for one in SECTIONS]
        return all(len(given) <= one.rows for given, one in zip(rows, SECTIONS, strict=True))

    def _how_made(self) -> None:
        """Say by which edition the form asks, and where that comes from."""
        page = self._book.add_worksheet("制作说明 How made")
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 100)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        city, rule, chinese = self._office.city, self._rule, self._language.is_chinese
        kind = mark("SIMULATED data, never measured") if self._office.simulated else mark("As the applicant says")
        rows: Mapping[str, str] = {
            mark("Title"): self._say(mark("Application for admission of a project")),
            mark("City"): city.name_zh if chinese else city.name_en,
            mark("Rule edition"): f"{rule.title_zh if chinese else rule.title} ({rule.id}, {rule.confidence})",
            mark("Source"): rule.source,
            mark("Kind of data"): self._say(kind),
            mark("Program version"): __version__,
            mark("Made at"): self._office.now().astimezone(city.zone).isoformat(sep=" ", timespec="seconds"),
        }
        for row, (heading, text) in enumerate(rows.items()):
            page.write_string(row, 0, self._say(heading), self._look(font_color=LIGHT.muted, valign="top"))
            page.write_string(row, 1, text, self._look(text_wrap=True, valign="top"))

    def _look(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self._book.add_format({**font, **properties})
        return self._formats[key]
