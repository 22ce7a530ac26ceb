"""The Excel form of a project list: title, choices in the cells, rows to add, and how it was made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from lantian import __version__
from lantian.city.records import City
from lantian.desk.language import Translation
from lantian.desk.paper.csv import GUARDED
from lantian.desk.paper.palette import LIGHT
from lantian.desk.paper.whole import whole_file
from lantian.loop.plan.adopting.money_words import TEN_THOUSAND
from lantian.loop.plan.listing.checks import ListRule
from lantian.loop.plan.listing.columns import COLUMNS
from lantian.loop.plan.listing.records import STATES, ProjectRecord
from lantian.terms.errors import HouseError
from lantian.terms.words import mark

_TO_ADD = 30
"""Empty rows below those that are known."""
_HEAD = 2
_TO_FILL = "#FFFBE6"
_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "default_date_format": "yyyy-mm-dd",
}
_NUMBERS = {"longitude": "0.0000000", "latitude": "0.0000000", "quantity": "General",
            "planned": "#,##0.00####", "spent": "#,##0.00####", "revision": "0"}  # fmt: skip
_DAYS = frozenset({"start", "due", "done_on"})
_CENTRED = frozenset({"number", "state", "start", "due", "done_on", "datum", "revision", "county", "kind"})
_WRAPPED = frozenset({"name", "note", "kind", "address", "organisation_id"})
_GREY = frozenset({"datum", "revision"})


@dataclass(frozen=True, slots=True)
class FormContent:
    """What stands on a form."""

    task: str
    plan: str
    unit: str
    target: Decimal | None
    due: date | None
    rule: ListRule
    projects: Sequence[ProjectRecord]
    city: City
    made_at: datetime
    """In the city's zone."""
    made_on: date
    """Legal day of it."""
    simulated: bool


def write_form(path: Path, content: FormContent, language: Translation) -> None:
    """Write a list's form: whole or not at all.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    with whole_file(path) as temporary:
        try:
            with xlsxwriter.Workbook(temporary, _OPTIONS) as book:
                book.set_properties({"title": content.task, "author": f"Lantian {__version__}"})
                _Form(book, content, language).write()
        except xlsxwriter.exceptions.FileCreateError as error:
            raise HouseError(
                "{path} could not be written: {error}. Close it elsewhere or choose another folder.",
                path=path, error=error,
            ) from error  # fmt: skip


class _Form:
    """One workbook at work."""

    def __init__(self, book: xlsxwriter.Workbook, content: FormContent, language: Translation) -> None:
        self._book, self._content, self._language = book, content, language
        self._say = language.gettext
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def write(self) -> None:
        """Write both pages."""
        page: Worksheet = self._book.add_worksheet(self._say(mark("Project list"))[:31])
        self._heading(page)
        rows = [self._cells(project) for project in self._content.projects]
        for offset, cells in enumerate([*rows, *[[None] * len(COLUMNS)] * _TO_ADD]):
            page.set_row(_HEAD + 1 + offset, 28 if offset < len(rows) else 20)
            for position, (column, value) in enumerate(zip(COLUMNS, cells, strict=True)):
                self._cell(page, _HEAD + 1 + offset, position, column.key, value)
        self._choices(page, _HEAD + len(rows) + _TO_ADD)
        self._page_setup(page)
        self._how_made()

    def _look(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self._book.add_format({**font, **properties})
        return self._formats[key]

    def _heading(self, page: Worksheet) -> None:
        last = len(COLUMNS) - 1
        title = self._look(bold=True, font_size=16, align="center", font_name="黑体")
        page.merge_range(0, 0, 0, last, self._content.task, title)
        page.merge_range(1, 0, 1, last, self._note(), self._look(font_size=9, font_color=LIGHT.muted))
        page.set_row(0, 30)
        page.set_row(_HEAD, 32)
        for position, column in enumerate(COLUMNS):
            look = self._look(
                bold=True,
                align="center",
                text_wrap=True,
                border=1,
                border_color=LIGHT.muted,
                bg_color=LIGHT.surface,
            )
            page.write_string(_HEAD, position, self._say(column.title), look)
            page.set_column(position, position, column.wide)

    def _note(self) -> str:
        content, parts = self._content, [self._content.plan]
        if content.target is not None:
            parts.append(
                self._language.format(
                    mark("the plan names {n} {unit}"), n=f"{content.target.normalize():f}", unit=content.unit
                )
            )
        elif content.unit:
            parts.append(self._language.format(mark("unit: {unit}"), unit=content.unit))
        if content.due is not None:
            parts.append(self._language.format(mark("due on {day}"), day=content.due.isoformat()))
        parts.append(self._language.format(mark("made on {day}"), day=content.made_on.isoformat()))
        if content.simulated:
            parts.append(self._say(mark("SIMULATED data, never measured")))
        return "  ·  ".join(parts)

    def _cells(self, row: ProjectRecord) -> list[Any]:
        kinds = {table.key: table for table in self._content.rule.table.kinds} if self._content.rule.table else {}
        named = kinds.get(row.kind)
        values = {
            "kind": row.kind if named is None else self._named(named.title, named.title_en),
            "county": self._county(row),
            "state": self._say(STATES[row.state]),
            "planned": None if row.planned is None else row.planned / TEN_THOUSAND,
            "spent": None if row.spent is None else row.spent / TEN_THOUSAND,
            "organisation_id": self._body(row.organisation_id),
            "datum": None if row.longitude is None else "CGCS2000",
        }
        return [values[column.key] if column.key in values else getattr(row, column.key) for column in COLUMNS]

    def _named(self, chinese: str, english: str) -> str:
        return chinese if self._language.is_chinese or not english else english

    def _county(self, row: ProjectRecord) -> str | None:
        if row.county is None:
            return None
        county = self._content.city.county(row.county)
        return self._named(county.name_zh, county.name_en)

    def _body(self, identifier: str | None) -> str | None:
        for body in self._content.city.bodies:
            if body.id == identifier:
                return self._named(body.name, body.name_en)
        return None

    def _cell(self, page: Worksheet, row: int, position: int, key: str, value: Any) -> None:
        looks: dict[str, Any] = {"border": 1, "border_color": LIGHT.muted, "text_wrap": key in _WRAPPED}
        if key in _CENTRED:
            looks["align"] = "center"
        if key in _GREY:
            looks["font_color"] = LIGHT.muted
        else:
            looks["bg_color"] = _TO_FILL if value is None else "#FFFFFF"
        if key in _DAYS:
            looks["num_format"] = "yyyy-mm-dd"
        if key in _NUMBERS:
            looks["num_format"] = _NUMBERS[key]
        if value is None or value == "":
            page.write_blank(row, position, None, self._look(**looks))
        elif isinstance(value, date):
            page.write_datetime(row, position, datetime(value.year, value.month, value.day), self._look(**looks))  # noqa: DTZ001 - a cell of Excel has no zone
        elif isinstance(value, (int, float, Decimal)):
            page.write_number(row, position, value, self._look(**looks))
        else:
            quoted = {"quote_prefix": True} if GUARDED.match(str(value)) else {}
            page.write_string(row, position, str(value)[:32_767], self._look(**looks, **quoted))

    def _choices(self, page: Worksheet, last: int) -> None:
        """Give the cells of states, kinds, counties and datums their lists, and days their check."""
        rule, places = self._content.rule, {column.key: n for n, column in enumerate(COLUMNS)}
        table = rule.table.kinds if rule.table is not None else ()
        lists = {
            "state": [self._say(word) for word in STATES.values()],
            "kind": [self._named(row.title, row.title_en) for row in table],
            "datum": ["CGCS2000", "GCJ-02", "BD-09"],
        }
        lists["county"] = [self._named(row.name_zh, row.name_en) for row in self._content.city.counties]
        for number, (key, words) in enumerate(lists.items()):
            if words:
                self._list(page, number, places[key], last, words)
        for key in _DAYS:
            page.data_validation(
                _HEAD + 1, places[key], last, places[key],
                {"validate": "date", "criteria": "between", "minimum": date(2000, 1, 1),
                 "maximum": date(2100, 12, 31), "error_type": "warning",
                 "error_title": self._say(mark("Day")),
                 "error_message": self._say(mark("Write it as 2024-10-31."))},
            )  # fmt: skip

    def _list(self, page: Worksheet, number: int, position: int, last: int, words: Sequence[str]) -> None:
        """Put the words of a list on a hidden page: beside the cell they may take 255 signs only."""
        hidden = self._book.get_worksheet_by_name("lists")
        if hidden is None:
            hidden = self._book.add_worksheet("lists")
            hidden.very_hidden()
        hidden.write_column(0, number, words)
        letter = "ABCDEFGH"[number]
        page.data_validation(
            _HEAD + 1, position, last, position,
            {"validate": "list", "source": f"=lists!${letter}$1:${letter}${len(words)}", "error_type": "warning",
             "error_title": self._say(mark("Choice")),
             "error_message": self._say(mark("Choose one from the list of the cell."))},
        )  # fmt: skip

    def _page_setup(self, page: Worksheet) -> None:
        page.freeze_panes(_HEAD + 1, 2)
        page.repeat_rows(_HEAD)
        page.set_landscape()
        page.set_paper(8)
        page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.ignore_errors({"number_stored_as_text": "A1:R100000"})
        page.set_footer("&R&P / &N")
        if self._content.simulated:
            page.set_header("&C&B" + self._say(mark("SIMULATED data, never measured")))
            page.set_tab_color(LIGHT.warning)

    def _how_made(self) -> None:
        """Say what the form is, how to fill it in, and from what it was made."""
        content, page = self._content, self._book.add_worksheet("制作说明 How made")
        page.set_column(0, 0, 22)
        page.set_column(1, 1, 100)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        rows = [
            (mark("Title"), content.task),
            (mark("Plan"), content.plan),
            (mark("City"), self._named(content.city.name_zh, content.city.name_en)),
            (mark("Kind of data"), self._kind_of_data()),
            (mark("How to fill it in"), self._say(mark(
                "One row a project. The serial number says which project it is: keep it, and the same row sent "
                "twice changes nothing. An empty cell is unknown, never zero."
            ))),
            (mark("Coordinates"), self._say(mark(
                "Decimal degrees; say the datum beside them. GCJ-02 and BD-09 are converted to CGCS2000 as they "
                "come in."
            ))),
            *self._earlier(),
            (mark("Program version"), __version__),
            (mark("Made at"), content.made_at.isoformat(sep=" ", timespec="seconds")),
        ]  # fmt: skip
        wrapped, head = self._look(text_wrap=True, valign="top"), self._look(font_color=LIGHT.muted, valign="top")
        for row, (heading, text) in enumerate(rows):
            page.write_string(row, 0, self._say(heading), head)
            page.write_string(row, 1, text, wrapped)

    def _kind_of_data(self) -> str:
        if self._content.simulated:
            return self._say(mark("SIMULATED data, never measured"))
        return self._say(mark("Reported by those who answer for it"))

    def _earlier(self) -> list[tuple[str, str]]:
        """Say what is due earlier, and that centre and radius are ours where nobody has confirmed them."""
        rule = self._content.rule
        if rule.table is None or rule.table.earlier is None or rule.ring is None:
            return []
        text = self._language.format(
            mark(
                "Within {distance} km of {ring} it is due on {due}. The built-up area is taken as a circle of "
                "{radius} km around {longitude}, {latitude}."
            ),
            distance=f"{rule.ring.distance_km:g}",
            ring=self._named(rule.ring.title, rule.ring.title_en),
            due=rule.table.earlier.due.isoformat(),
            radius=f"{rule.ring.built_up_radius_km:g}",
            longitude=f"{rule.ring.longitude:g}",
            latitude=f"{rule.ring.latitude:g}",
        )
        if not rule.ring.confirmed:
            text += " " + self._say(mark("Centre and radius are ours, to be confirmed by the city."))
        return [(mark("Earlier date"), text)]
