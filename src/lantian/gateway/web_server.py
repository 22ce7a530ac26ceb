"""Serves an application within the gateway's own loop; who begins a request and does not end it is sent away."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from lantian.gateway.web_limits import WebLimits


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the gateway."""
        yield


def _protocol(head_seconds: float) -> type[H11Protocol]:
    """Return a protocol that closes connections whose first request is not there in time.

    Each answer ends its connection, so that the first request is the only one.
    """

    class Patient(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(head_seconds, self._give_up)

        def _give_up(self) -> None:
            asked: object = self.cycle  # None until there is a request, whatever its type says
            if asked is None and not self.transport.is_closing():
                self.transport.close()

    return Patient


class WebServer:
    """One port.

    Parameters
    ----------
    app
        ASGI application.
    """

    def __init__(self, app: Any, limits: WebLimits) -> None:
        self._app = app
        self._limits = limits
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int, *, tls: ssl.SSLContext | None = None) -> int:
        """Open the port; return it, which the system chooses where 0 is given.

        Raises
        ------
        OSError
            It cannot be opened.
        """
        limits = self._limits
        config = uvicorn.Config(
            self._app,
            http=_protocol(limits.head_seconds),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=limits.connections,
            h11_max_incomplete_event_size=limits.head_bytes,
            timeout_graceful_shutdown=5,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        )
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=256)
        self._server = _Server(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[listening]))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0.01)
        if self._task.done():
            await self._task
        return int(listening.getsockname()[1])

    async def stop(self) -> None:
        """Close the port; answers that are being given are given to their end."""
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
