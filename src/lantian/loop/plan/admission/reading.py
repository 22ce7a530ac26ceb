"""An application as it comes in: the Excel form, TOML or JSON, faults named by page and row (申请表导入)."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lantian.city.records import City
from lantian.desk.intake import ROW as SHEET_ROW
from lantian.desk.intake import Limits, read_table
from lantian.desk.language import Translation, translation
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
    chosen,
    rule_choices,
)
from lantian.loop.plan.admission.records import Application
from lantian.loop.plan.admission.words import SOME, YES_NO
from lantian.loop.plan.dispatch.sheet_cells import UnreadableCellError, read_day, read_text
from lantian.loop.plan.listing.columns import read_county, read_datum, read_degrees, read_number, read_place
from lantian.loop.plan.office import Office
from lantian.rules import AdmissionRule
from lantian.terms.errors import CallerError, RuleError
from lantian.terms.words import mark

_LIMITS = Limits(bytes=16 * 1024 * 1024, rows=5_000, columns=60, cells=200_000, unpacked_bytes=128 * 1024 * 1024)
"""An application of one project; more is another kind of file."""
_FIELDS = {section.key: {one.key: one for one in section.fields} for section in SECTIONS}
_PLACED = ("boilers", "heat_sources")
_TYPES: Mapping[str, str] = {
    "missing": mark("It is missing. Fill it in."),
    "extra_forbidden": mark("Nobody knows this field. Take it away, or correct its name."),
    "literal_error": mark("This is none of the choices: {expected}."),
    "decimal_parsing": mark("This is no number. Write digits only."),
    "int_parsing": mark("This is no number. Write digits only."),
    "float_parsing": mark("This is no number. Write digits only."),
    "greater_than_equal": mark("It is below the least that can be: {ge}."),
    "less_than_equal": mark("It is above the most that can be: {le}."),
    "date_from_datetime_parsing": mark("This is no day. Write it as 2024-10-31."),
    "date_parsing": mark("This is no day. Write it as 2024-10-31."),
    "string_too_short": mark("It is empty. Fill it in."),
    "string_too_long": mark("A text is longer than the ledger takes. Shorten it."),
}
_OTHERWISE = mark("It cannot be taken: {why}.")
_NO_CHOICE = mark("This is none of the choices of the cell. Choose one from its list.")
_NO_DATUM = mark("The coordinates name no datum. Write CGCS2000, GCJ-02 or BD-09 beside them.")


@dataclass(frozen=True, slots=True)
class FormFault:
    """Something in a file that cannot be taken."""

    page: str
    """Page of the form; empty for a text file."""
    row: int | None
    """As Excel numbers it."""
    field: str
    """Message id of the field, or its path in a text file."""
    value: str
    message: str
    """Message id: what is wrong and what to do."""
    values: Mapping[str, str]

    def text(self, language: Translation) -> str:
        """Say it in the reader's language."""
        what = language.format(self.message, **self.values)
        name = language.gettext(self.field)
        if self.row is None:
            return language.format(mark("{field}: {what}"), field=name, what=what)
        return language.format(
            mark("page {page}, row {row}, {field}: {value!r} — {what}"),
            page=self.page, row=self.row, field=name, value=self.value, what=what,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadApplication:
    """What a file gave: an application, or the faults that stand in its way."""

    name: str
    application: Application | None
    faults: tuple[FormFault, ...]

    def required(self, language: Translation | None = None) -> Application:
        """Return the application.

        Raises
        ------
        CallerError
            When there are faults; the first of them are named.
        """
        if self.application is None:
            speak = language or translation("en")
            raise CallerError(
                "{name} cannot be taken: {faults}. Correct it and hand it in again; nothing was kept.",
                name=self.name,
                faults="; ".join(fault.text(speak) for fault in self.faults[:5]),
            )
        return self.application


def read_application(path: Path, office: Office, *, limits: Limits | None = None) -> ReadApplication:
    """Read an application from the Excel form, from TOML or from JSON.

    Parameters
    ----------
    path : Path
        ``.xlsx``, ``.toml`` or ``.json``.
    office : Office
        Whose counties and rules are meant.
    limits : Limits, optional
        Largest file that is taken.

    Raises
    ------
    CallerError
        The file cannot be read at all, or is no application.
    """
    allowed = limits or _LIMITS
    if path.suffix.lower() in {".toml", ".json"}:
        return _checked(path.name, _text_file(path, allowed), {}, [], office)
    raw, places, faults = _Sheets(path, office, allowed).read()
    return _checked(path.name, raw, places, faults, office)


# ---------------------------------------------------------------------------------------------- text files


def _text_file(path: Path, limits: Limits) -> dict[str, Any]:
    try:
        data = path.read_bytes()
        if len(data) > limits.bytes:
            raise CallerError("{name} is larger than an application can be. Name the right file.", name=path.name)
        text = data.decode("utf-8-sig")
        if path.suffix.lower() == ".toml":
            return tomllib.loads(text, parse_float=Decimal)
        raw = json.loads(text, parse_float=Decimal)
    except OSError as error:
        raise CallerError(
            "{path} cannot be read: {why}. Name another file.", path=path, why=error.strerror
        ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise CallerError(
            "{name} is not readable: {error}. Write it as the documentation shows.", name=path.name, error=error
        ) from error
    if not isinstance(raw, dict):
        raise CallerError("{name} holds no application but a list. Write one project a file.", name=path.name)
    return raw


# ---------------------------------------------------------------------------------------------- the form


_Places = dict[tuple[str | int, ...], tuple[str, int]]
"""Path of a field → page and row."""


class _Sheets:
    """One workbook at work."""

    def __init__(self, path: Path, office: Office, limits: Limits) -> None:
        self._path, self._office, self._limits = path, office, limits
        self._raw: dict[str, Any] = {}
        self._places: _Places = {}
        self._faults: list[FormFault] = []
        self._some: dict[str, tuple[str, int, str]] = {}
        self._rule: AdmissionRule | None = None

    def read(self) -> tuple[dict[str, Any], _Places, list[FormFault]]:
        """Return the raw fields, where each stands, and what cannot be read."""
        documents = []
        for name in PAGES:
            section = ""
            for row, cells in self._lines(name):
                key = cells[0] or ""
                if key.startswith(FIELD):
                    self._main(name, row, key[len(FIELD) :], cells)
                elif key.startswith(ROW + "documents."):
                    if self._yes_no(name, row, mark("Papers handed in"), _cell(cells, 2)):
                        documents.append(key.removeprefix(ROW + "documents."))
                elif key.startswith(HEADING):
                    section = key[len(HEADING) :]
                    self._some[section] = (name, row, _cell(cells, 3) or "")
                elif not key.startswith(HEAD) and section in _FIELDS:
                    self._row(name, row, section, cells)
        self._raw["documents"] = documents
        for section in _FIELDS:
            self._close(section)
        return self._raw, self._places, self._faults

    def _lines(self, page: str) -> Iterator[tuple[int, list[str | None]]]:
        try:
            table = read_table(self._path, sheet=page, header_rows=0, limits=self._limits)
        except CallerError as error:
            if page == MAIN_PAGE or "has no sheet" not in str(error):
                raise
            raise CallerError(
                "{name} has no page {page}. Use the form as it was given out.", name=self._path.name, page=page
            ) from error
        columns = [name for name in table.frame.columns if name != SHEET_ROW]
        lines = [
            (int(row[SHEET_ROW]), [row[name] for name in columns]) for row in table.frame.iter_rows(named=True)
        ]
        if not lines or lines[0][1][0] != FORM:
            raise CallerError(
                "{name}, page {page}, is not our form. Write one with `lantian plan admission` and fill it in.",
                name=self._path.name, page=page,
            )  # fmt: skip
        yield from lines[1:]

    def _main(self, page: str, row: int, key: str, cells: list[str | None]) -> None:
        one = next((found for found in MAIN if found.key == key), None)
        if one is None:
            return
        value = self._read(page, row, one, _cell(cells, 2))
        if value is not None:
            self._raw[key] = value
        self._places[(key,)] = (page, row)

    def _row(self, page: str, row: int, section: str, cells: list[str | None]) -> None:
        fields = _FIELDS[section]
        texts = {one.key: _cell(cells, place + 1) for place, one in enumerate(fields.values())}
        if not any(texts.values()):
            return
        rows = self._raw.setdefault(section, [])
        for key in fields:
            self._places[section, len(rows), key] = (page, row)
        part = {key: self._read(page, row, fields[key], text) for key, text in texts.items()}
        rows.append({key: value for key, value in part.items() if value is not None})

    def _close(self, section: str) -> None:
        """Weigh the rows of a section against what was said of it."""
        page, row, said = self._some.get(section, ("", 0, ""))
        title = next(one.title for one in SECTIONS if one.key == section)
        some = self._yes_no(page, row, title, said)
        rows = self._raw.get(section)
        if some is False and rows:
            self._fault(page, row, title, said, mark("It is said that there is none, and yet rows are filled in."))
        elif some is True and not rows:
            self._fault(page, row, title, said, mark("It is said that there is some, and no row is filled in."))
        elif some is False:
            self._raw[section] = []

    def _read(self, page: str, row: int, one: FormField, text: str | None) -> Any:
        if one.kind == "yes_no":
            return self._yes_no(page, row, one.title, text)
        if text is None or not read_text(text):
            return None
        try:
            return self._value(page, row, one, text)
        except UnreadableCellError as error:
            self._faults.append(FormFault(page, row, one.title, text[:80], error.message, _said(error)))
        return None

    def _value(self, page: str, row: int, one: FormField, text: str) -> Any:
        if one.key == "county":
            return read_county(text, self._office.city)["county"]
        if one.kind == "day":
            return read_day(text)
        if one.kind == "degrees":
            return read_degrees(text)
        if one.kind in {"number", "count"}:
            return read_number(text)
        if one.kind == "choice":
            choices = rule_choices(self._edition(), one.from_rule) if one.from_rule else one.choices
            key = chosen(text, choices)
            if key is None:
                self._fault(page, row, one.title, text, _NO_CHOICE)
            return key
        return read_text(text)

    def _edition(self) -> AdmissionRule:
        """Return the edition of the application's date, else today's: it names fuels and cases."""
        if self._rule is None:
            day = self._raw.get("applied_on")
            self._rule = admission_rule(self._office, day if isinstance(day, date) else self._office.today())
        return self._rule

    def _yes_no(self, page: str, row: int, title: str, text: str | None) -> bool | None:
        if text is None or not text.strip():
            return None
        key = chosen(text, YES_NO) or chosen(text, SOME) or _PLAIN.get(text.strip())
        if key is None:
            self._fault(page, row, title, text, _NO_CHOICE)
        return None if key is None else key == "yes"

    def _fault(self, page: str, row: int, field: str, value: str, message: str) -> None:
        self._faults.append(FormFault(page, row, field, value[:80], message, {}))


_PLAIN = {"有": "yes", "无": "no", "√": "yes", "×": "no", "Y": "yes", "N": "no", "1": "yes", "0": "no",
          "是": "yes", "否": "no", "没有": "no"}  # fmt: skip
"""Other words that people write for yes and no."""


def _cell(cells: list[str | None], place: int) -> str | None:
    return cells[place] if place < len(cells) else None


# ---------------------------------------------------------------------------------------------- both


def _checked(
    name: str, raw: dict[str, Any], places: _Places, faults: list[FormFault], office: Office
) -> ReadApplication:
    """Bring county and coordinates to the house's own, and check every field."""
    raw = dict(raw)
    known = {(fault.page, fault.row) for fault in faults if fault.row is not None}
    faults = [*faults, *_county(raw, office.city), *_datum(raw, places, strange=places.get(("datum",)) in known)]
    try:
        application = Application.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            fault = _fault_of(one, places)
            if (fault.page, fault.row) not in known or one["type"] != "missing":
                faults.append(fault)
        return ReadApplication(name, None, tuple(faults))
    faults += _strange_keys(application, places, office)
    return ReadApplication(name, None if faults else application, tuple(faults))


def _fault_of(error: Any, places: _Places) -> FormFault:
    where = tuple(error["loc"])
    page, row = places.get(where, ("", None))
    field = _title(where) if row is not None else ".".join(map(str, where)) or "application"
    message = _TYPES.get(error["type"], _OTHERWISE)
    values = {key: str(value) for key, value in error.get("ctx", {}).items()}
    given = error["input"] if isinstance(error["input"], str | int | float | Decimal) else ""
    return FormFault(page, row, field, str(given)[:80], message, {**values, "why": str(error["msg"])})


def _title(where: tuple[str | int, ...]) -> str:
    fields = {one.key: one for one in MAIN} if len(where) == 1 else _FIELDS[str(where[0])]
    return fields[str(where[-1])].title


def _county(raw: dict[str, Any], city: City) -> Iterator[FormFault]:
    given = raw.get("county")
    if not isinstance(given, str):
        return
    try:
        raw["county"] = read_county(given, city)["county"]
    except UnreadableCellError as error:
        raw.pop("county")
        yield FormFault("", None, "county", given[:80], error.message, _said(error))
        return
    if raw["county"] is None:
        raw.pop("county")
        yield FormFault(
            "", None, "county", given[:80], mark("Name the county in which the zone or body lies."), {}
        )


def _datum(raw: dict[str, Any], places: _Places, *, strange: bool) -> Iterator[FormFault]:
    """Bring coordinates to EPSG:4490; without a datum they are not taken."""
    given = raw.pop("datum", None)
    spots = [raw, *(row for key in _PLACED for row in _rows(raw.get(key)))]
    spots = [spot for spot in spots if _number(spot.get("longitude")) and _number(spot.get("latitude"))]
    page, row = places.get(("datum",), ("", None))
    field = "datum" if row is None else _title(("datum",))
    if given is None and strange:  # it was named, and nobody knows it
        return
    try:
        datum = read_datum(None if given is None else str(given))
    except UnreadableCellError as error:
        yield FormFault(page, row, field, str(given)[:80], error.message, _said(error))
        return
    if spots and datum is None:
        yield FormFault(page, row, field, "", _NO_DATUM, {})
        return
    for spot in spots:
        east, north = float(spot["longitude"]), float(spot["latitude"])
        if datum is not None and 73 <= east <= 136 and 3 <= north <= 54:  # elsewhere the check says so
            spot["longitude"], spot["latitude"] = read_place(east, north, datum)


def _said(error: UnreadableCellError) -> dict[str, str]:
    return {key: str(value) for key, value in error.values.items()}


def _rows(given: object) -> list[dict[str, Any]]:
    return [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []


def _number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _strange_keys(application: Application, places: _Places, office: Office) -> Iterator[FormFault]:
    """Name fuels, substitutes, cases and papers that the edition of the day does not know."""
    try:
        rule = admission_rule(office, application.applied_on)
    except RuleError as error:
        yield FormFault("", None, "applied_on", str(application.applied_on), error.message,
                        {key: str(value) for key, value in error.values.items()})  # fmt: skip
        return
    given = [
        *((("coal", n, "fuel"), row.fuel, "fuels") for n, row in enumerate(application.coal or ())),
        *(
            (("coal_savings", n, "fuel"), row.fuel, "fuels")
            for n, row in enumerate(application.coal_savings or ())
        ),
        *(
            (("coal_savings", n, "by"), row.by, "substitutes")
            for n, row in enumerate(application.coal_savings or ())
        ),
        *(
            (("built", n, "equal_case"), row.equal_case, "equal_cases")
            for n, row in enumerate(application.built or ())
        ),
        *((("documents", n), key, "documents") for n, key in enumerate(application.documents)),
    ]
    for where, key, which in given:
        if key and key not in rule_choices(rule, which):
            page, row = places.get(where, ("", None))
            field = _title(where) if row is not None else ".".join(map(str, where))
            expected = ", ".join(rule_choices(rule, which))
            yield FormFault(page, row, field, key, _TYPES["literal_error"], {"expected": expected})


__all__ = ["FormFault", "ReadApplication", "read_application"]
