"""Language and theme of a reader: two cookies, changed by plain links."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from lantian.desk.language import LOCALES
from lantian.web.faults import NotFound
from lantian.web.guards import visit
from lantian.web.pages.account import own_address
from lantian.web.permissions import May
from lantian.web.visiting import LANGUAGE_COOKIE, THEME_COOKIE, THEMES, Visit

router = APIRouter()
_YEAR = 31_536_000


@router.get("/language/{name}")
def choose_language(name: str, _visit: Annotated[Visit, visit(May.NOTHING)], back: str = "/") -> Response:
    """Speak another language from now on."""
    if name not in LOCALES:
        raise NotFound("There is no language {name}. There are {names}.", name=name, names=", ".join(LOCALES))
    return _chosen(LANGUAGE_COOKIE, name, back)


@router.get("/theme/{name}")
def choose_theme(name: str, _visit: Annotated[Visit, visit(May.NOTHING)], back: str = "/") -> Response:
    """Show light, dark, or as the reader's system does."""
    if name not in THEMES:
        raise NotFound("There is no theme {name}. There are {names}.", name=name, names=", ".join(THEMES))
    return _chosen(THEME_COOKIE, name, back)


def _chosen(cookie: str, value: str, back: str) -> Response:
    answer = RedirectResponse(own_address(back), 303)
    answer.set_cookie(cookie, value, max_age=_YEAR, httponly=True, samesite="lax")
    return answer
