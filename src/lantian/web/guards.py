"""The guard of a route: it lets a visitor in who holds the permission, and forms that are our own."""

import hmac
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from lantian.ledger.accounts import csrf_of
from lantian.terms.errors import CallerError
from lantian.web.permissions import HOLDERS, May
from lantian.web.visiting import Visit, visit_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Stranger(CallerError):  # noqa: N818 # the word of the door
    """Nobody is logged in, and somebody has to be."""


class Forbidden(CallerError):  # noqa: N818 # the word of the door
    """Whoever is logged in may not do this."""


class Guard:
    """What stands before a route; a test walks every route and every role through it.

    Parameters
    ----------
    may : May
        Permission that is asked for.
    scope : str, optional
        Scope that an API token needs for this route, such as ``read:air``; without one no token will do.
    """

    def __init__(self, may: May, scope: str | None = None) -> None:
        self.may = may
        self.scope = scope

    async def __call__(self, request: Request) -> Visit:
        """Let a visitor in.

        Raises
        ------
        Stranger
            Nobody is logged in, and somebody has to be.
        Forbidden
            The roles do not hold the permission, the token not the scope, or the form is not one of ours.
        """
        visitor = visit_of(request)
        if self.may is not May.NOTHING:
            self._check(visitor)
        if request.method not in SAFE:
            _check_origin(request)
            if visitor.secret is not None:
                await _check_form(request, visitor)
        return visitor

    def _check(self, visitor: Visit) -> None:
        if visitor.account is None:
            raise Stranger("This page is for people who are logged in. Log in and come back.")
        if visitor.token_scopes is not None and self.scope not in visitor.token_scopes:
            raise Forbidden(
                "This token may not do that: it lacks the scope {scope}. Make a token that has it.",
                scope=self.scope or "—",
            )
        if not visitor.may(self.may):
            raise Forbidden(
                "{login} may not do this ({may}). It needs one of the roles {roles}; an administrator gives roles.",  # noqa: E501
                login=visitor.account.login,
                may=self.may.value,
                roles=", ".join(sorted(HOLDERS[self.may])),
            )


def _check_origin(request: Request) -> None:
    """Refuse what a page of somebody else's sends; browsers say where a form stood."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Forbidden("This form comes from elsewhere, so nothing was done. Open the page here and try again.")


async def _check_form(request: Request, visitor: Visit) -> None:
    """Refuse what changes something unless it carries the token of this session."""
    given: str | UploadFile | None = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").startswith(_FORMS):
        given = (await request.form()).get(CSRF_FIELD)
    wanted = csrf_of(visitor.secret or "")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Forbidden("This form is too old or comes from elsewhere, so nothing was done. Open the page again.")


def visit(may: May, *, scope: str | None = None) -> Any:
    """Declare the guard of a route; see `Guard`.

    Examples
    --------
    ``def air(visit: Annotated[Visit, visit(May.READ_AIR)]) -> Response``
    """
    return Depends(Guard(may, scope))
