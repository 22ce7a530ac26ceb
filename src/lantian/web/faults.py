"""Errors as a reader meets them: what happened, what it means, what to do, and a code to quote."""

from dataclasses import dataclass
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from lantian.desk.language import error_text
from lantian.ledger.accounts import Refused
from lantian.terms.errors import CallerError, LantianError
from lantian.terms.words import mark
from lantian.web.guards import Forbidden, Stranger
from lantian.web.visiting import Visit, visit_of

API = "/api/"
LOG_IN = "/login"
_log = structlog.get_logger("lantian.web")
_BAD, _STRANGER, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _HOUSE = 400, 401, 403, 404, 429, 500
_TITLES = {
    _BAD: mark("That did not work"),
    _STRANGER: mark("Please log in"),
    _FORBIDDEN: mark("Not for this account"),
    _NOT_FOUND: mark("There is no such page"),
    405: mark("That did not work"),
    _TOO_MANY: mark("Too many attempts"),
    _HOUSE: mark("Something went wrong on our side"),
}


class NotFound(CallerError):  # noqa: N818 # the word of the door
    """There is no such thing, or not for this reader."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One error as the component shows it."""

    status: int
    title: str
    text: str
    code: str
    """To quote to whoever looks after the system; it stands in the log."""


def put_faults(app: FastAPI) -> None:
    """Give every error of the application one face."""
    app.add_exception_handler(LantianError, _house_fault)
    app.add_exception_handler(HTTPException, _http_fault)
    app.add_exception_handler(RequestValidationError, _form_fault)
    app.add_exception_handler(Exception, _unknown_fault)


async def _house_fault(request: Request, error: Exception) -> Response:
    if not isinstance(error, LantianError):
        return await _unknown_fault(request, error)
    visit = visit_of(request)
    if isinstance(error, Stranger) and not request.url.path.startswith(API) and not visit.is_partial:
        came_from = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"{LOG_IN}?next={quote(came_from)}" if request.method == "GET" else LOG_IN, 303)
    status = _status(error)
    if status == _HOUSE:
        _log.error("fault", id=request.state.request_id, path=request.url.path, error=str(error), exc_info=error)
    return _answer(visit, status, error_text(error, visit.language), _retry(error))


def _status(error: LantianError) -> int:
    kinds = ((Stranger, _STRANGER), (Forbidden, _FORBIDDEN), (NotFound, _NOT_FOUND))
    for kind, status in kinds:
        if isinstance(error, kind):
            return status
    if isinstance(error, Refused):
        return _TOO_MANY if error.retry_after is not None else _STRANGER
    return _BAD if error.exit_code == CallerError.exit_code else _HOUSE


def _retry(error: LantianError) -> dict[str, str]:
    if isinstance(error, Refused) and error.retry_after is not None:
        return {"Retry-After": str(max(1, int(error.retry_after.total_seconds())))}
    return {}


async def _http_fault(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else _HOUSE
    visit = visit_of(request)
    if status == _NOT_FOUND:
        said = visit.say("{path} is no page of this city. Begin at the first page.", path=request.url.path)
    else:
        said = visit.say("This address does not take {method}.", method=request.method)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return _answer(visit, status, said, headers)


async def _form_fault(request: Request, error: Exception) -> Response:
    visit = visit_of(request)
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    parts = [f"{'.'.join(str(one) for one in fault['loc'][1:])}: {fault['msg']}" for fault in faults[:5]]
    said = visit.say(
        "What was sent cannot be understood: {faults}. Mend it and send it again.", faults="; ".join(parts)
    )
    return _answer(visit, 422, said)


async def _unknown_fault(request: Request, error: Exception) -> Response:
    _log.error("fault", id=request.state.request_id, path=request.url.path, error=repr(error), exc_info=error)
    visit = visit_of(request)
    said = visit.say("It is in the log under the code below. Nothing was half done; try again, or quote the code.")
    return _answer(visit, _HOUSE, said)


def _answer(visit: Visit, status: int, said: str, headers: dict[str, str] | None = None) -> Response:
    title = visit.language.gettext(_TITLES.get(status, _TITLES[_BAD]))
    fault = Fault(status, title, said, visit.request.state.request_id)
    if visit.request.url.path.startswith(API):
        body = {"error": {"status": status, "title": title, "detail": said, "code": fault.code}}
        return JSONResponse(body, status, headers)
    if visit.is_partial:
        answer = visit.fragment("fault_part.html", status=status, fault=fault)
    else:
        answer = visit.page("fault.html", title=title, status=status, fault=fault)
    answer.headers.update(headers or {})
    return answer
