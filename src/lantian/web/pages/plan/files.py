"""Files of the plan: papers that are made now, evidence that is kept, uploads on their way into a room."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from lantian.loop.plan.views.evidence import find_file
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.faults import NotFound
from lantian.web.pages.plan.looking import Desk, Reader
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
_SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "application/pdf"})
"""Types that a browser shows; everything else is saved."""
_NAME_LENGTH = 120
_KINDS = {
    "duties.xlsx": mark("Duty list"),
    "matrix.xlsx": mark("Matrix of duties"),
    "dispatch.xlsx": mark("Dispatch table"),
    "dispatch.docx": mark("Dispatch table"),
    "bulletin.docx": mark("Progress bulletin"),
    "bulletin.xlsx": mark("Progress bulletin"),
    "bulletin.pdf": mark("Progress bulletin"),
}
_OF_CITY = ("matrix.xlsx", "bulletin.docx", "bulletin.xlsx", "bulletin.pdf")


@contextmanager
def in_folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="lantian-plan-") as folder:
        yield Path(folder)


def saved(upload: UploadFile, folder: Path) -> Path:
    """Put an upload into a folder under its own name, without its folders.

    Raises
    ------
    CallerError
        Nothing was chosen.
    """
    name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
    name = "".join(sign for sign in name if sign.isprintable() and sign not in '<>:"|?*').strip(". ")
    if not name:
        raise CallerError("No file was chosen. Choose one and send it again.")
    stem, dot, ending = name.rpartition(".")
    path = folder / (f"{stem[:_NAME_LENGTH]}{dot}{ending[:10]}" if dot else name[:_NAME_LENGTH])
    with path.open("wb") as file:
        shutil.copyfileobj(upload.file, file)
    return path


def made_file(visit: Visit, name: str, make: Callable[[Path], Any]) -> Response:
    """Answer with a file that `make` writes."""
    with in_folder() as folder:
        path = folder / f"file.{name.rsplit('.', 1)[-1]}"
        make(path)
        return visit.file(path.read_bytes(), name)


@router.get("/files/{file_id}")
def kept_file(visit: Reader, file_id: str) -> Response:
    """Give a photo, a paper or a letter to whoever may see what it belongs to."""
    found = find_file(Desk(visit).office, file_id, scope=visit.scope)
    if found is None:
        raise NotFound("There is no such file, or it is not for this account.")
    way = "inline" if found.media_type in _SHOWN else "attachment"
    headers = {
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(found.name)}",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "Cache-Control": "private, max-age=3600",
    }
    return Response(visit.house.files.read(file_id), media_type=found.media_type, headers=headers)


@router.get("/papers/{name}")
def paper(visit: Reader, name: str, month: str = "", body: str = "", number: str = "") -> Response:
    """Write one of the office's papers as it stands now; papers of the whole city are for who sees all of it."""
    desk = Desk(visit)
    if name not in _KINDS:
        raise NotFound("There is no such paper. Choose one under Plan › Sheets.")
    organisation = _whose(desk, name, body)
    month = month or f"{visit.today:%Y-%m}"
    parts = [desk.bodies.get(organisation or "", ""), visit.say(_KINDS[name]), month]
    called = f"{' '.join(part for part in parts if part)}.{name.rsplit('.', 1)[-1]}"
    return made_file(visit, called, lambda path: _write(desk, name, path, month, organisation, number))


def _whose(desk: Desk, name: str, body: str) -> str | None:
    """Return the body that a paper is about; None for all."""
    if body and body not in desk.bodies:
        raise NotFound("There is no such body, or it is not for this account.")
    if desk.visit.scope.is_city or (body and name not in _OF_CITY):
        return body or None
    if name in _OF_CITY:
        raise NotFound("This paper is about the whole city. Ask the city's office for it.")
    mine = sorted(desk.own & set(desk.bodies)) or list(desk.bodies)
    if not mine:
        raise NotFound("There is no such body, or it is not for this account.")
    return mine[0]


def _write(desk: Desk, name: str, path: Path, month: str, organisation: str | None, number: str) -> None:
    from lantian.loop.plan.dispatch.sheets import checked_month
    from lantian.loop.plan.views.bulletin import write_bulletin
    from lantian.loop.plan.views.duty_list import write_duty_list
    from lantian.loop.plan.views.exports import (
        write_dispatch_document,
        write_dispatch_workbook,
        write_matrix_workbook,
    )
    from lantian.web.pages.plan.target_tables import goals_of

    office, today, language, plan_id = desk.office, desk.visit.today, desk.visit.language, desk.plan.id
    month = checked_month(month)
    if name == "duties.xlsx":
        write_duty_list(
            office, path, today=today, language=language, plan_id=plan_id, organisation=organisation,
            by_body=organisation is None,
        )  # fmt: skip
    elif name == "matrix.xlsx":
        write_matrix_workbook(office, path, today=today, language=language, plan_id=plan_id)
    elif name.startswith("bulletin"):
        write_bulletin(
            office,
            path,
            month,
            today=today,
            language=language,
            judged=goals_of(desk),
            plan_id=plan_id,
            number=number,
        )
    else:
        write = write_dispatch_document if name.endswith("docx") else write_dispatch_workbook
        write(office, path, month, today=today, language=language, plan_id=plan_id, organisation=organisation)
