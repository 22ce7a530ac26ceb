"""The web as a process of its own: uvicorn on a socket that the supervisor holds, so nobody is turned away."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lantian.serving.logs import log
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.web.app import WebOptions

STOP_SECONDS = 10
"""How long answers that are being given may take when it ends. [s]"""
_SLOW_SECONDS = 1.0
_FAULT = 500
_PROXY = "127.0.0.1"
_log = log("lantian.web")


def listen(host: str, port: int) -> socket.socket:
    """Open the port.

    Raises
    ------
    CallerError
        It is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        raise port_taken(host, port, error) from error


def check_free(host: str, port: int) -> None:
    """See that a port can be opened.

    Raises
    ------
    CallerError
        It cannot.
    """
    listen(host, port).close()


def port_taken(host: str, port: int, error: OSError) -> CallerError:
    """Return what is said of a port that cannot be opened."""
    return CallerError(
        "The port {port} of {host} cannot be opened: {error}. End who has it, or name another one.",
        port=port,
        host=host,
        error=os.strerror(error.errno) if error.errno else error,
    )


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End well at SIGTERM, and leave other signals to the supervisor."""
        signal.signal(signal.SIGTERM, self.handle_exit)
        yield


def serve_web(folder: Path, listening: socket.socket, options: "WebOptions", behind_proxy: bool) -> None:
    """Answer on an open socket until SIGTERM.

    Parameters
    ----------
    behind_proxy
        Whether a proxy on this machine says in ``X-Forwarded-For`` who asks.
    """
    from lantian.assembly import open_workspace
    from lantian.web.app import make_app

    app = Watched(make_app(open_workspace(folder), options))
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        forwarded_allow_ips=_PROXY,
        timeout_graceful_shutdown=STOP_SECONDS,
        limit_concurrency=1_000,
        backlog=1_024,
    )
    _Server(config).run(sockets=[listening])


class Watched:
    """An application whose slow and failing answers are logged, without their queries: these may hold secrets.

    Parameters
    ----------
    app : ASGI application
        Who answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it answer, and time it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            seconds = time.monotonic() - began
            if status >= _FAULT or not status or seconds > _SLOW_SECONDS:
                _log.warning(
                    "answer", method=scope["method"], path=scope["path"], status=status, seconds=round(seconds, 3)
                )
