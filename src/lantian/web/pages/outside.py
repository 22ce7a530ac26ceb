"""Logging in through the office's own login service, where the city has one (单点登录)."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from lantian.ledger.accounts import log_in_outside
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.oidc import LoginService, finish, service_of, start
from lantian.web.pages.account import HOME, with_session
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/login/outside")
BACK = "/login/outside/back"
_COOKIE = "lantian-outside"
_MINUTES = 600

Everybody = Annotated[Visit, visit(May.NOTHING)]


@router.get("")
def begin(visit: Everybody) -> Response:
    """Lead the browser to the login service."""
    begun = start(_service(visit), _back(visit), at=visit.house.now())
    answer = RedirectResponse(begun.url, 303)
    secure = visit.request.url.scheme == "https"
    answer.set_cookie(
        _COOKIE, begun.held, max_age=_MINUTES, path="/login/outside", httponly=True, secure=secure, samesite="lax"
    )
    return answer


@router.get("/back")
def come_back(visit: Everybody) -> Response:
    """Let in whom the service has named and an administrator has linked."""
    request, now = visit.request, visit.house.now()
    held = request.cookies.get(_COOKIE, "")
    claimed = finish(_service(visit), held, dict(request.query_params), at=now)
    address = request.client.host if request.client else "unknown"
    agent = request.headers.get("user-agent", "")
    session = log_in_outside(visit.house.ledger, claimed, address=address, agent=agent, at=now)
    answer = with_session(visit, RedirectResponse(HOME, 303), session)
    answer.delete_cookie(_COOKIE, path="/login/outside")
    return answer


def _service(visit: Visit) -> LoginService:
    found = service_of(visit.house.settings)
    if found is None:
        raise NotFound("This system has no login service of the office. Log in by password.")
    return found


def _back(visit: Visit) -> str:
    return str(visit.request.url.replace(path=BACK, query=""))
