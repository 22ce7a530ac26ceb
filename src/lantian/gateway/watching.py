"""A small port of its own for whoever watches the gateway: ``/metrics`` and ``/health``."""

import asyncio
import json
from collections.abc import Callable

_LONGEST_REQUEST = 4_096
_PATIENCE = 5.0


class Watch:
    """Answers ``GET /metrics`` and ``GET /health``, one question a connection.

    Parameters
    ----------
    metrics
        Text in the format of Prometheus.
    health
        What is well and what is not: ``ok`` decides between 200 and 503.
    """

    def __init__(self, metrics: Callable[[], str], health: Callable[[], dict[str, object]]) -> None:
        self._metrics = metrics
        self._health = health
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Open the port; return it, which the system chooses where 0 is given."""
        self._server = await asyncio.start_server(self._serve, host, port, limit=_LONGEST_REQUEST)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close the port."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(self._answer(head.split(b"\r\n", 1)[0].decode("latin-1")))
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass  # whoever asks so gets no answer
        finally:
            writer.close()

    def _answer(self, request: str) -> bytes:
        method, _, rest = request.partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        if method not in {"GET", "HEAD"}:
            return _response("405 Method Not Allowed", "text/plain", "Ask with GET.\n")
        if path == "/metrics":
            return _response("200 OK", "text/plain; version=0.0.4", self._metrics(), method)
        if path == "/health":
            health = self._health()
            status = "200 OK" if health.get("ok") else "503 Service Unavailable"
            return _response(status, "application/json", json.dumps(health, ensure_ascii=False) + "\n", method)
        return _response("404 Not Found", "text/plain", "There are /metrics and /health.\n", method)


def _response(status: str, kind: str, text: str, method: str = "GET") -> bytes:
    body = text.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + (b"" if method == "HEAD" else body)
