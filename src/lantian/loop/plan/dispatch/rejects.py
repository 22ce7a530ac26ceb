"""Rows that were not taken go back to their body in the form that they came in, the wrong cells red (退回修改)."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lantian.desk.language import Translation
from lantian.ledger.models import Sheet
from lantian.loop.plan.dispatch.sheet_content import sheet_content
from lantian.loop.plan.dispatch.sheet_files import write_sheet_workbook
from lantian.loop.plan.dispatch.sheet_layout import (
    DUTY_COLUMNS,
    PROJECT_COLUMNS,
    SheetContent,
    SheetLine,
    month_of_code,
)
from lantian.loop.plan.dispatch.taking import ReceivedFile, RejectedLine
from lantian.loop.plan.office import Office
from lantian.terms.words import mark

FOR_BODY = "mended"
"""First word of what a file is for that goes back to one body: ``mended:<organisation>``."""


def write_rejects(office: Office, received: ReceivedFile, folder: Path, language: Translation) -> Path | None:
    """Write a workbook of the rows that a file could not give, to be mended and sent back.

    Returns
    -------
    Path or None
        None where nothing was rejected, or where nobody knows whose file it was.
    """
    if not received.rejected or received.organisation_id is None:
        return None
    with office.ledger.read() as session:
        months = [month_of_code(row.line.code) for row in received.rejected if row.line.code is not None]
        mine = select(Sheet).where(Sheet.organisation_id == received.organisation_id)
        newest = mine.order_by(Sheet.month.desc()).limit(1)
        sheet = (
            session.scalars(mine.where(Sheet.month.in_(months)).limit(1)).first()
            or session.scalars(newest).first()
        )
        if sheet is None:
            return None
        whole = sheet_content(session, office, sheet, language, finished_too=True)
    content = _only_rejected(whole, received, language)
    what = language.gettext(mark("to be mended"))
    name = f"{Path(received.name).stem} {what}.xlsx"
    write_sheet_workbook(folder / name, content, language, returned=True)
    return folder / name


def keep_rejects(office: Office, received: ReceivedFile, language: Translation, *, by: str) -> str | None:
    """Keep the workbook of `write_rejects` for the body whose rows they are; return the id of its file."""
    with tempfile.TemporaryDirectory(prefix="lantian-rejects-") as folder:
        path = write_rejects(office, received, Path(folder), language)
        if path is None:
            return None
        at = office.now()
        with office.ledger.write() as session:
            kept = office.files.put(path, path.name, given_by=by, at=at, session=session)
            office.files.link(session, kept.id, f"{FOR_BODY}:{received.organisation_id}", "", by=by, at=at)
            return kept.id


def _only_rejected(whole: SheetContent, received: ReceivedFile, language: Translation) -> SheetContent:
    duties = {line.code: line for line in whole.duties}
    projects = {line.code: line for line in whole.projects}
    made: dict[bool, list[SheetLine]] = {False: [], True: []}
    for row in received.rejected:
        known = (projects if row.line.project else duties).get(row.line.code or "")
        made[row.line.project].append(_line(row, known, language))
    return replace(whole, duties=made[False], projects=made[True], finished=0)


def _line(row: RejectedLine, known: SheetLine | None, language: Translation) -> SheetLine:
    """Put what came back over what is known of the row; red stays red until it is mended."""
    columns = PROJECT_COLUMNS if row.line.project else DUTY_COLUMNS
    theirs = {column.key for column in columns if column.filled_in or known is None}
    given = {key: _value(key, text) for key, text in row.line.cells.items() if key in theirs}
    cells: dict[str, Any] = {**(known.cells if known is not None else {}), **given}
    if known is None:
        cells["code"] = row.line.code_text
    marks: Mapping[str, str] = {
        cell.column: language.format(cell.message, **cell.values) for cell in reversed(row.cells)
    }
    return SheetLine(str(cells.get("code") or ""), known.id if known is not None else "", cells, marks)


def _value(key: str, text: str | None) -> Any:
    """Give numbers back as numbers, so that the cell's own check speaks when it is mended."""
    if text is None or key not in {"share", "spent", "number"}:
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return number if number.is_finite() else text
