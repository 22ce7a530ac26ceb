"""Project lists as files: an Excel form to fill in, and what comes back, row by row (清单导入导出)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from lantian.desk.intake import REJECT_SCHEMA, ROW, Limits, Report, Table, read_table
from lantian.desk.language import Translation, translation
from lantian.loop.plan.dispatch.sheet_cells import UnreadableCellError
from lantian.loop.plan.listing.columns import (
    COLUMNS,
    READERS,
    columns_of,
    read_body,
    read_county,
    read_datum,
    read_number,
    read_place,
    scale_of,
)
from lantian.loop.plan.listing.form import FormContent, write_form
from lantian.loop.plan.listing.projects import import_projects, list_projects
from lantian.loop.plan.listing.records import ImportedProjects, ProjectFields, RefusedField
from lantian.loop.plan.listing.rows import rule_of, task_in
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import required_plan
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_LIMITS = Limits(bytes=32 * 1024 * 1024, rows=50_000, columns=200, cells=2_000_000)
"""A list of a city; more is another kind of file."""
_FEN, _NOISE = Decimal("0.01"), Decimal("0.00001")
_NO_DATUM = mark("The coordinates name no datum. Write CGCS2000, GCJ-02 or BD-09 beside them.")


@dataclass(frozen=True, slots=True)
class ProjectRows:
    """What a file says of a list, before it is compared with what is known."""

    name: str
    rows: tuple[ProjectFields, ...]
    places: tuple[int, ...]
    """Row of the file that each of `rows` stands in, as Excel numbers it."""
    refused: tuple[RefusedField, ...]
    """Cells that cannot be read; `place` is the row of the file."""
    table: Table
    unknown: tuple[str, ...]
    """Columns that nobody knows."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What came of a file."""

    imported: ImportedProjects
    report: Report
    """Row-wise account, as every import gives it."""
    unknown: tuple[str, ...]


def export_projects(
    office: Office, task: str, path: Path, *, language: Translation | None = None, plan_id: str | None = None
) -> Path:
    """Write a list as an Excel form: what is known is filled in, and rows to add stand below.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    task : str
        Id or key of the list.
    path : Path
        File to make or replace.
    language : Translation, optional
        By default Chinese.
    plan_id : str, optional
        The plan that a key belongs to.

    Returns
    -------
    Path
        The file.
    """
    speak = language or translation()
    with office.ledger.read() as session:
        row = task_in(session, task, plan_id)
        rule = rule_of(session, office, row)
        plan = required_plan(session, row.plan_id)
        title = row.title if speak.is_chinese or not row.title_en else row.title_en
    content = FormContent(
        task=title,
        plan=plan.title if speak.is_chinese or not plan.title_en else plan.title_en,
        unit=row.unit,
        target=row.value,
        due=row.due,
        rule=rule,
        projects=list_projects(office, row.id),
        city=office.city,
        made_at=office.now().astimezone(office.city.zone),
        made_on=office.today(),
        simulated=office.simulated,
    )
    write_form(path, content, speak)
    return path


def import_project_file(
    office: Office,
    task: str,
    path: Path,
    *,
    by: str,
    datum: str | None = None,
    today: date | None = None,
    limits: Limits | None = None,
    plan_id: str | None = None,
) -> ImportedFile:
    """Bring a file (Excel or CSV, UTF-8 or GBK) into a list; what is wrong is reported, the rest is taken.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    task : str
        Id or key of the list.
    path : Path
        The file; its columns are known by their names.
    by : str
        Who acts.
    datum : str, optional
        Coordinate system of places that name none themselves: ``CGCS2000``, ``GCJ-02`` or ``BD-09``.
    today : date, optional
        Legal day.
    limits : Limits, optional
        Largest file that is taken.
    plan_id : str, optional
        The plan that a key belongs to.

    Raises
    ------
    CallerError
        The file cannot be read, or has no column for number and name.
    """
    read = read_projects(path, office, datum=datum, limits=limits)
    imported = import_projects(office, task, read.rows, by=by, today=today, plan_id=plan_id)
    return ImportedFile(imported, _report(read, imported), read.unknown)


def read_projects(
    path: Path, office: Office, *, datum: str | None = None, limits: Limits | None = None
) -> ProjectRows:
    """Read a file of projects; a column that it does not have is not touched in the ledger."""
    fallback = _datum(datum)
    table = read_table(path, limits=limits or _LIMITS)
    columns = columns_of(table.columns)
    if "number" not in columns or "name" not in columns:
        raise CallerError(
            "{name} has no column for number and name among {columns}. Use the list's own form.",
            name=path.name, columns=", ".join(table.columns[:12]),
        )  # fmt: skip
    rows: list[ProjectFields] = []
    places: list[int] = []
    refused: list[RefusedField] = []
    for row in table.frame.iter_rows(named=True):
        cells = {key: row[name] for key, name in columns.items()}
        if not any(cells[key] for key in cells if key not in {"number", "datum", "revision"}):
            continue
        fields, wrong = _fields(cells, columns, office, fallback)
        place = int(row[ROW])
        if wrong:
            number = str(cells.get("number") or "")
            refused += [
                RefusedField(number, columns.get(key, key), str(cells.get(key) or ""), message, place)
                for key, message in wrong
            ]
        else:
            rows.append(fields)
            places.append(place)
    unknown = tuple(name for name in table.columns if name not in columns.values())
    return ProjectRows(path.name, tuple(rows), tuple(places), tuple(refused), table, unknown)


def _datum(name: str | None) -> str | None:
    try:
        return read_datum(name)
    except UnreadableCellError as error:
        raise CallerError(error.message) from None


def _fields(
    cells: Mapping[str, str | None], columns: Mapping[str, str], office: Office, fallback: str | None
) -> tuple[ProjectFields, list[tuple[str, str]]]:
    """Read one row: its fields, and (column, message id) for every cell that says nothing."""
    fields: dict[str, Any] = {}
    wrong: list[tuple[str, str]] = []

    def put(key: str, read: Any) -> None:
        try:
            found = read(cells[key])
        except UnreadableCellError as error:
            wrong.append((key, error.message))
        else:
            fields.update(found if isinstance(found, Mapping) else {key: found})

    for key, read in READERS.items():
        if key in cells:
            put(key, read)
    for key in ("planned", "spent"):
        if key in cells:
            scale = scale_of(columns[key])
            put(key, lambda text, scale=scale: _yuan(text, scale))
    if "organisation_id" in cells:
        put("organisation_id", lambda text: read_body(text, office.city))
    if "county" in cells:
        body = fields.get("organisation_id")
        put("county", lambda text: read_county(text, office.city))
        if body is not None:
            fields["organisation_id"] = body
    if cells.get("revision"):
        put("revision", lambda text: int(read_number(text) or 0))
    wrong += _place(cells, fields, fallback)
    return ProjectFields(**fields), wrong  # type: ignore[typeddict-item]  # keys are those of the columns


def _yuan(text: str | None, scale: Decimal) -> Decimal | None:
    """Read money in yuan; the noise that a spreadsheet adds to a binary fraction is no part of a fen."""
    value = read_number(text)
    if value is None:
        return None
    yuan = value * scale
    fen = yuan.quantize(_FEN)
    return fen.normalize() if abs(fen - yuan) <= _NOISE else yuan


def _place(cells: Mapping[str, str | None], fields: dict[str, Any], fallback: str | None) -> list[tuple[str, str]]:
    """Bring the coordinates of a row to the house's own datum."""
    longitude, latitude = fields.get("longitude"), fields.get("latitude")
    if longitude is None or latitude is None:
        return []
    try:
        datum = read_datum(cells.get("datum")) or fallback
    except UnreadableCellError as error:
        return [("datum", error.message)]
    if datum is None:
        return [("longitude", _NO_DATUM)]
    if 73 <= longitude <= 136 and 3 <= latitude <= 54:  # elsewhere nothing can be converted; the check says so
        fields["longitude"], fields["latitude"] = read_place(longitude, latitude, datum)
    return []


def _report(read: ProjectRows, imported: ImportedProjects) -> Report:
    """Write the row-wise account: cells that say nothing, and rows that are not sound."""
    titles = columns_of(read.table.columns)
    unsound = [
        (read.places[one.place or 0], titles.get(one.column, one.column), one.value, one.message)
        for one in imported.refused
    ]
    unread = [(one.place or 0, one.column, one.value, one.message) for one in read.refused]
    order = {name: place for place, name in enumerate(read.table.columns)}
    lines = sorted([*unsound, *unread], key=lambda line: (line[0], order.get(line[1], len(order))))
    frame = pl.DataFrame(
        {
            "row": [line[0] for line in lines],
            "column": [line[1] for line in lines],
            "value": [line[2] for line in lines],
            "reason": [line[3] for line in lines],
            "text": [None] * len(lines),
        },
        schema=REJECT_SCHEMA,
    )
    rejected = {line[0] for line in lines}
    broken = read.table.rejects.select(list(REJECT_SCHEMA))
    taken = len(imported.added) + len(imported.changed) + len(imported.unchanged)
    return Report(
        name=read.name,
        rows_read=read.table.rows_read,
        rows_accepted=taken,
        rows_rejected=len(rejected) + broken["row"].n_unique(),
        rows_skipped=read.table.frame.height - taken - len(rejected),
        rejects=pl.concat([broken, frame]),
        original=read.table.frame.filter(pl.col(ROW).is_in(sorted(rejected))),
        findings=(*read.table.findings, *imported.findings),
    )


def column_titles(language: Translation) -> Sequence[str]:
    """Return the headings of a list in a language."""
    return [language.gettext(column.title) for column in COLUMNS]
