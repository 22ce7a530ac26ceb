"""One TCP connection of a logger: what comes is cut into frames at once; who writes waits while nobody reads."""

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

from lantian.terms.errors import PeerError
from lantian.wire.hj212.framing import FrameLimits, Framer, Piece

LIMITS = FrameLimits()
_GOODBYE_SECONDS = 2.0


class Line(asyncio.Protocol):
    """A connection.

    Parameters
    ----------
    heard
        Told every piece that comes.
    ended
        Told once that it is over.
    """

    def __init__(self, heard: Callable[[Piece], None], ended: Callable[["Line"], None]) -> None:
        self._heard = heard
        self._ended = ended
        self._framer = Framer(LIMITS)
        self._transport: asyncio.Transport
        self._room = asyncio.Event()
        self._room.set()
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Cut what came."""
        for piece in self._framer.feed(data):
            self._heard(piece)

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that it is over."""
        del exc  # an error is the same as an end
        self._room.set()
        self.gone.set()
        self._ended(self)

    def pause_writing(self) -> None:
        """Let writers wait: the other side does not read."""
        self._room.clear()

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._room.set()

    async def write(self, data: bytes) -> None:
        """Send bytes; on a connection that is over they are lost."""
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if not self._room.is_set():
            await self._room.wait()

    async def close(self) -> None:
        """Send what was written, and end the connection."""
        self._transport.close()
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self.gone.wait()
        except TimeoutError:  # the other side does not read, or does not say goodbye
            self._transport.abort()
            await self.gone.wait()


async def open_line(
    host: str,
    port: int,
    heard: Callable[[Piece], None],
    ended: Callable[[Line], None],
    *,
    seconds: float,
    tls: ssl.SSLContext | None,
    server_name: str | None,
) -> Line:
    """Connect.

    Raises
    ------
    PeerError
        Nobody answers there, or its certificate is not trusted.
    """
    name = None if tls is None else server_name or host
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            _, line = await loop.create_connection(
                lambda: Line(heard, ended), host, port, ssl=tls, server_hostname=name
            )
    except ssl.SSLError as error:
        raise PeerError(
            "{host}:{port} cannot be trusted: {error}. Name the certificate of who signed it, or the name that it "
            "bears.",
            host=host,
            port=port,
            error=error,
        ) from error
    except (OSError, TimeoutError) as error:
        raise PeerError(
            "Nobody takes a connection at {host}:{port}: {error}. Start the gateway, or name its port.",
            host=host,
            port=port,
            error=error or type(error).__name__,
        ) from error
    return line
