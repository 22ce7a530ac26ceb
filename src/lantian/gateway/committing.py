"""Durable before acknowledged: frames come together while the disk is busy, and answers leave after it is done."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Protocol

from lantian.gateway.counts import Counts
from lantian.store.journal import JournalWriter
from lantian.terms.errors import HouseError

_RETRY_SECONDS = 1.0


class Answerable(Protocol):
    """Somebody who waits for answers."""

    answers: list[bytes]

    def send_answers(self, answers: list[bytes]) -> None:
        """Send what has become true."""


class Committer:
    """Writes the journal group by group in a thread, and releases the answers of each.

    Parameters
    ----------
    journal
        Where frames are appended.
    thread
        Executor of one thread: the disk is waited for there.
    backlog_bytes
        What may wait for the disk before `full` says so. [B]
    on_room
        Called when it is no longer full.
    on_failure
        Told the failure of each attempt to write, and None when the disk takes frames again.
    """

    def __init__(
        self,
        journal: JournalWriter,
        counts: Counts,
        thread: Executor,
        *,
        backlog_bytes: int,
        on_room: Callable[[], None] = lambda: None,
        on_failure: Callable[[HouseError | None], None] = lambda _error: None,
        retry_seconds: float = _RETRY_SECONDS,
    ) -> None:
        self._journal = journal
        self._counts = counts
        self._thread = thread
        self._backlog_bytes = backlog_bytes
        self._on_room = on_room
        self._on_failure = on_failure
        self._retry_seconds = retry_seconds
        self._waiting: list[Answerable] = []
        self._in_flight = 0
        self._running: asyncio.Task[None] | None = None
        self._broken = False
        self.failing: HouseError | None = None

    @property
    def backlog(self) -> int:
        """Bytes that are not durable yet. [B]"""
        return self._journal.pending + self._in_flight

    @property
    def full(self) -> bool:
        """Whether nobody's frames should be read for now."""
        return self._broken or self._journal.pending + self._in_flight > self._backlog_bytes

    def answer_later(self, who: Answerable, answer: bytes) -> None:
        """Keep an answer until everything appended so far is durable."""
        if not who.answers:
            self._waiting.append(who)
        who.answers.append(answer)

    def wake(self) -> None:
        """Start writing, unless it goes on already; called after something was appended."""
        if self._running is None and not self._broken:
            self._running = asyncio.get_running_loop().create_task(self._write_all())
            self._running.add_done_callback(self._look_at_end)

    def _look_at_end(self, task: asyncio.Task[None]) -> None:
        """Go on no more after a fault of our own: a group that was skipped would break the chain."""
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._broken = True
            self.failing = HouseError(
                "the gateway can no longer write its journal: {error!r}. Nothing is acknowledged any more; start "
                "it again, and report this",
                error=error,
            )
            self._on_failure(self.failing)

    async def drained(self) -> None:
        """Wait until everything is durable and its answers were handed to the network."""
        while self._running is not None:
            await asyncio.wait({self._running})

    async def _write_all(self) -> None:
        try:
            while self._journal.pending:
                await self._write_group()
        finally:
            self._running = None

    async def _write_group(self) -> None:
        waiting = [(who, who.answers) for who in self._waiting]
        for who in self._waiting:
            who.answers = []
        self._waiting = []
        groups = self._journal.take()
        self._in_flight = sum(group.size for group in groups)
        loop = asyncio.get_running_loop()
        for group in groups:
            while True:
                began = time.perf_counter()
                try:
                    await loop.run_in_executor(self._thread, self._journal.write, group)
                except HouseError as error:
                    self._counts.disk_failures += 1
                    self.failing = error
                    self._on_failure(error)
                    await asyncio.sleep(self._retry_seconds)
                else:
                    break
            self._counts.group_written(time.perf_counter() - began)
            self._in_flight -= group.size
        if self.failing is not None:
            self.failing = None
            self._on_failure(None)
        for who, answers in waiting:
            who.send_answers(answers)
        if not self.full:
            self._on_room()
