"""The doorkeeper says who asks, bounds what is sent, and gives every answer its safe headers."""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lantian.ledger.accounts import Account, account_of, token_account
from lantian.web.keeping import Keeper

COOKIE = "lantian"
"""Cookie that holds the secret of a session."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src-elem 'self'",
        "style-src-attr 'unsafe-inline'",  # tooltips of the charts, legal colours
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}
_STATIC, _API = "/static/", "/api/"
_log = structlog.get_logger("lantian.web")


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """What is taken at most."""

    requests_per_minute: int = 12_000
    """Of one address."""
    stranger_bytes: int = 64_000
    """Body of somebody who is not logged in. [B]"""
    body_bytes: int = 200_000_000
    """Body of somebody who is. [B]"""


@dataclass(frozen=True, slots=True)
class Known:
    """Who asks."""

    account: Account | None
    secret: str | None
    token_scopes: frozenset[str] | None


class _TooLong(Exception):  # noqa: N818 # never leaves this module
    """The body is longer than it may be."""


class Doorkeeper:
    """ASGI middleware around the whole application.

    Parameters
    ----------
    app
        The application.
    keeper : Keeper
        The open workspace.
    limits : DoorLimits
        What is taken at most.
    tile_origin : str
        Where map tiles come from, if the city has set any; the policy allows pictures from there.
    """

    def __init__(
        self,
        app: ASGIApp,
        keeper: Keeper,
        limits: DoorLimits,
        *,
        tile_origin: str = "",
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._app = app
        self._keeper = keeper
        self._limits = limits
        self._clock = clock
        self._rate = RateLimitItemPerMinute(limits.requests_per_minute)
        self._counter = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._headers = dict(_HEADERS)
        if tile_origin:
            policy = POLICY.replace("img-src 'self'", f"img-src 'self' {tile_origin}")
            policy = policy.replace("connect-src 'self'", f"connect-src 'self' {tile_origin}")
            self._headers["Content-Security-Policy"] = policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, request_id = self._clock(), secrets.token_hex(6)
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                if scope["method"] not in _READS:
                    self._keeper.look_again()
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":
                    headers.update(_HTTPS_HEADERS)
                headers["X-Request-Id"] = request_id
            await send(message)

        address = scope["client"][0] if scope["client"] else "unknown"
        scope.setdefault("state", {})["request_id"] = request_id
        if not self._counter.hit(self._rate, address):
            answer = _refusal(scope, 429, "too many requests; wait a minute", {"Retry-After": "60"})
            await answer(scope, receive, sending)
        elif scope["path"].startswith(_STATIC):
            scope["state"]["known"] = Known(None, None, None)
            await self._app(scope, receive, sending)
        else:
            await self._admit(scope, receive, sending)
        _log.info(
            "request",
            id=request_id, method=scope["method"], path=scope["path"], status=status, address=address,
            milliseconds=round((self._clock() - began) * 1000, 1),
        )  # fmt: skip

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = await run_in_threadpool(self._who, HTTPConnection(scope))
        scope["state"]["known"] = known
        most = self._limits.body_bytes if known.account is not None else self._limits.stranger_bytes
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isdigit() or int(length) > most:
            await _too_long(scope, most)(scope, receive, send)
            return
        taken, begun = 0, False

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLong
            return message

        async def watched(message: Message) -> None:
            nonlocal begun
            if taken <= most or begun:  # what the form's reader makes of _TooLong is not sent
                begun = True
                await send(message)

        with suppress(_TooLong):
            await self._app(scope, bounded, watched)
        if taken > most and not begun:
            await _too_long(scope, most)(scope, receive, send)

    def _who(self, connection: HTTPConnection) -> Known:
        """Say who asks, by the token of a program or the session of a browser."""
        ledger, now = self._keeper.house.ledger, self._keeper.house.now()
        kind, _, token = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and token:
            held = token_account(ledger, token.strip(), at=now)
            return Known(None, None, None) if held is None else Known(held[0], None, held[1])
        secret = connection.cookies.get(COOKIE)
        if not secret:
            return Known(None, None, None)
        account = account_of(ledger, secret, at=now)
        return Known(account, None if account is None else secret, None)


def _too_long(scope: Scope, most: int) -> Response:
    return _refusal(scope, 413, f"a body may have at most {most} bytes here", {"Connection": "close"})


def _refusal(scope: Scope, status: int, said: str, headers: dict[str, str]) -> Response:
    """Refuse before anybody knows who asks: programs get the API's one shape of an error, browsers a line."""
    if scope["path"].startswith(_API):
        code = scope["state"]["request_id"]
        body = {"error": {"status": status, "title": said, "detail": said, "code": code}}
        return JSONResponse(body, status, headers)
    return PlainTextResponse(f"{status}: {said}", status, headers)
