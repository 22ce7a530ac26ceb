"""Bodies of requests come to the disk within their limits: bytes, silence, time."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.requests import ClientDisconnect, Request

from lantian.desk.language import mark
from lantian.gateway.web_answers import RefusalError, too_large
from lantian.gateway.web_form import Form
from lantian.gateway.web_limits import WebLimits
from lantian.terms.errors import CallerError

MULTIPART = "multipart/form-data"
_BUFFER = 1 << 20
_OVERHEAD = 65_536
"""What a form may have beside its file. [bytes]"""


class Bodies:
    """Writes bodies to files.

    Parameters
    ----------
    spool : Path
        Folder for bodies on their way; what an earlier process left in it was never acknowledged, and is removed.
    """

    def __init__(self, limits: WebLimits, spool: Path) -> None:
        self._limits = limits
        self._spool = spool
        spool.mkdir(parents=True, exist_ok=True)
        for left in spool.iterdir():
            left.unlink()

    def check_length(self, request: Request, media: str) -> None:
        """Refuse a body that says itself that it is too large, before any of it is read."""
        length = request.headers.get("content-length", "0")
        most = self._limits.max_bytes + (_OVERHEAD if media == MULTIPART else 0)
        if length.isdigit() and int(length) > most:
            raise too_large(self._limits.max_bytes)

    @asynccontextmanager
    async def spooled(self, request: Request, media: str, name: str) -> AsyncIterator[tuple[Path, str]]:
        """Write the body to a file that is gone after the block; give its path and name.

        Raises
        ------
        RefusalError
            Too large, too slow, cut off, or a form that is none.
        OSError
            The disk does not take it.
        """
        handle, spooled = tempfile.mkstemp(dir=self._spool)
        path = Path(spooled)
        try:
            with os.fdopen(handle, "wb") as file:
                async with self._patience():
                    if media == MULTIPART:
                        form = Form(request.headers.get("content-type", ""), self._limits.max_bytes)
                        pieces = form.pieces(self._body(request, self._limits.max_bytes + _OVERHEAD))
                        await self._write(pieces, file.write)
                        name = name or form.name
                    else:
                        await self._write(self._body(request, self._limits.max_bytes), file.write)
            yield path, name
        finally:
            path.unlink(missing_ok=True)

    @asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.upload_seconds):
                yield
        except TimeoutError as fault:
            late = CallerError(
                "The body was not whole within {whole:g} s, or paused for more than {pause:g} s.",
                whole=self._limits.upload_seconds,
                pause=self._limits.chunk_seconds,
            )
            raise RefusalError(408, "too_slow", late) from fault
        except ClientDisconnect as fault:
            raise RefusalError(
                400, "cut_off", CallerError(mark("The connection ended before the body."))
            ) from fault

    async def _write(self, pieces: AsyncGenerator[bytes, None], write: Callable[[bytes], int]) -> None:
        buffer = bytearray()
        async for piece in pieces:
            buffer += piece
            if len(buffer) >= _BUFFER:
                await asyncio.to_thread(write, bytes(buffer))
                buffer.clear()
        await asyncio.to_thread(write, bytes(buffer))

    async def _body(self, request: Request, most: int) -> AsyncGenerator[bytes, None]:
        """Yield the pieces of a body, none beyond the limit, none after too long a silence."""
        seen, pieces = 0, request.stream()
        while True:
            try:
                piece = await asyncio.wait_for(anext(pieces), self._limits.chunk_seconds)
            except StopAsyncIteration:
                return
            seen += len(piece)
            if seen > most:
                raise too_large(self._limits.max_bytes)
            yield piece
