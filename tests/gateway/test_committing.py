"""Answers leave after their frames are durable, never before, whatever the disk does meanwhile."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from lantian.gateway.committing import Committer
from lantian.gateway.counts import Counts
from lantian.store.journal import JournalWriter, Kind, verify
from lantian.store.journal.appending import Group
from lantian.terms.errors import HouseError


class Peer:
    def __init__(self) -> None:
        self.answers: list[bytes] = []
        self.got: list[bytes] = []

    def send_answers(self, answers: list[bytes]) -> None:
        self.got += answers


class SlowDisk(JournalWriter):
    """A journal whose disk waits to be let go, and fails as often as it is told."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, lambda: 0)
        self.go = threading.Event()
        self.failures = 0

    def write(self, group: Group) -> None:
        self.go.wait(10)
        if self.failures:
            self.failures -= 1
            raise HouseError("no room")
        super().write(group)


def put(journal: JournalWriter, committer: Committer, peer: Peer, name: bytes) -> None:
    journal.append(Kind.FRAME, 0, b"peer", b"MN", name)
    committer.answer_later(peer, name)
    committer.wake()


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Any]:
    def go(work: Callable[..., Coroutine[Any, Any, None]], **given: Any) -> SlowDisk:
        journal = SlowDisk(tmp_path)

        async def whole() -> None:
            with ThreadPoolExecutor(1) as thread:
                committer = Committer(
                    journal, Counts(), thread, **{"backlog_bytes": 10_000, "retry_seconds": 0.01, **given}
                )
                await work(journal, committer)
                journal.go.set()
                await committer.drained()

        asyncio.run(whole())
        journal.close()
        return journal

    return go


def test_nobody_is_answered_while_the_disk_waits(run: Callable[..., Any], tmp_path: Path):
    peer = Peer()

    async def work(journal: SlowDisk, committer: Committer) -> None:
        put(journal, committer, peer, b"one")
        await asyncio.sleep(0.05)
        assert peer.got == []
        journal.go.set()
        await committer.drained()
        assert peer.got == [b"one"]

    run(work)


def test_what_comes_meanwhile_is_the_next_group_and_order_holds(run: Callable[..., Any], tmp_path: Path):
    peer = Peer()

    async def work(journal: SlowDisk, committer: Committer) -> None:
        for number in range(5):
            put(journal, committer, peer, b"%d" % number)
            await asyncio.sleep(0.01)

    run(work)
    assert peer.got == [b"0", b"1", b"2", b"3", b"4"]
    assert verify(tmp_path).records == 5


def test_a_disk_that_fails_is_tried_again_and_told_and_nobody_is_answered_meanwhile(run: Callable[..., Any]):
    peer, told = Peer(), []

    async def work(journal: SlowDisk, committer: Committer) -> None:
        journal.failures = 3
        journal.go.set()
        put(journal, committer, peer, b"one")
        while len(told) < 3:
            await asyncio.sleep(0.005)
            assert peer.got == [] or len(told) >= 3
        await committer.drained()
        assert committer.failing is None

    run(work, on_failure=told.append)
    assert peer.got == [b"one"]
    assert [error is None for error in told] == [False, False, False, True]


def test_a_backlog_beyond_the_bound_says_so_until_there_is_room(run: Callable[..., Any]):
    peer, room = Peer(), []

    async def work(journal: SlowDisk, committer: Committer) -> None:
        put(journal, committer, peer, b"x" * 20_000)
        assert committer.full
        await asyncio.sleep(0.02)
        assert committer.full
        assert room == []
        journal.go.set()
        await committer.drained()
        assert not committer.full
        assert room == [True]

    run(work, on_room=lambda: room.append(True))


def test_a_fault_of_our_own_stops_acknowledging_for_good(run: Callable[..., Any], tmp_path: Path):
    peer, told = Peer(), []

    async def work(journal: SlowDisk, committer: Committer) -> None:
        def broken(group: Group) -> None:
            raise ZeroDivisionError

        journal.write = broken  # type: ignore[method-assign]
        put(journal, committer, peer, b"one")
        while not told:
            await asyncio.sleep(0.005)
        assert committer.full
        put(journal, committer, peer, b"two")
        await asyncio.sleep(0.02)
        assert "no longer write" in str(committer.failing)

    run(work, on_failure=told.append)
    assert peer.got == []
