"""A line that breaks comes back, with growing and shaken pauses; what was not acknowledged is brought again."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from lantian.device.buffer import FileBuffer, MemoryBuffer
from lantian.device.client import DeviceClient, Outcome
from lantian.device.courier import Address, Backoff, Courier
from lantian.device.identity import Identity
from lantian.device.outlet import Outlet
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame, parse
from lantian.wire.hj212.writing import data_answer

MN = "010000A8900016F000169DC0"
ZONE = ZoneInfo("Asia/Shanghai")
QUICK = {"first": 0.01, "most": 0.05}


class Host:
    """A host that does what a test wants with each frame; each connection is a list of what came."""

    def __init__(self) -> None:
        self.lines: list[list[Frame]] = []
        self.answers: Callable[[int, Frame], bytes | None] = lambda _line, frame: data_answer(frame)
        self.server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self.server is not None
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number, came = len(self.lines), []
        self.lines.append(came)
        try:
            while data := await reader.readline():
                frame = parse(data)
                came.append(frame)
                answer = self.answers(number, frame)
                if answer == b"":
                    break
                if answer is not None:
                    writer.write(answer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    @property
    def frames(self) -> list[Frame]:
        return [frame for line in self.lines for frame in line]


def logger(edition: Edition = Edition.HJ2025, overtime: float = 0.1) -> tuple[DeviceClient, Outlet]:
    identity = Identity(MN, "123456", "31", edition, overtime=overtime, recount=1)
    outlet = Outlet(identity, ("a21026",), lambda: datetime.now(ZONE))
    return DeviceClient(identity, outlet.obey, lambda *_: None), outlet


def play(scene: Callable[[Host], Awaitable[None]]) -> None:
    async def whole() -> None:
        host = Host()
        await host.start()
        try:
            async with asyncio.timeout(20):
                await scene(host)
        finally:
            await host.stop()
            await asyncio.sleep(0.02)

    asyncio.run(whole())


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.005)


async def over(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_pauses_grow_to_a_bound_and_are_shaken():
    pauses = Backoff(first=1.0, most=60.0, shake=0.5, chance=random.Random(1))
    found = [pauses.next() for _ in range(10)]
    wanted = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert all(most / 2 <= pause <= most for pause, most in zip(found, wanted, strict=True))
    assert len({round(pause, 6) for pause in found[6:]}) == 4
    pauses.reset()
    assert pauses.next() <= 1.0


def test_pauses_stay_bounded_for_ever():
    pauses = Backoff(first=1.0, most=60.0, shake=0.0)
    assert [pauses.next() for _ in range(5_000)][-1] == 60.0


def test_everything_given_is_brought_in_order():
    async def scene(host: Host) -> None:
        client, outlet = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        sent = [outlet.real_time() for _ in range(5)]
        task = asyncio.create_task(courier.run())
        for message in sent:
            courier.give(message)
        await courier.drained()
        assert [frame.qn for frame in host.frames] == [message.qn for message in sent]
        assert courier.tally == {Outcome.ANSWERED: 5}
        await over(task)

    play(scene)


def test_a_host_that_comes_later_gets_what_was_kept_marked_as_late():
    async def scene(host: Host) -> None:
        await host.stop()
        client, outlet = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        task = asyncio.create_task(courier.run())
        courier.give(outlet.real_time())
        await until(lambda: courier.trouble is not None)
        await host.start()
        await courier.drained()
        courier.give(outlet.real_time())
        await courier.drained()
        assert [frame.rf for frame in host.frames] == [True, False]
        await over(task)

    play(scene)


def test_an_edition_without_the_mark_sends_late_data_without_it():
    async def scene(host: Host) -> None:
        client, outlet = logger(Edition.HJ2017)
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        courier.give(outlet.real_time())
        courier.buffer.line_lost()
        task = asyncio.create_task(courier.run())
        await courier.drained()
        assert [(frame.rf, frame.faults) for frame in host.frames] == [(False, ())]
        await over(task)

    play(scene)


def test_a_frame_whose_line_broke_is_sent_again_under_its_number():
    async def scene(host: Host) -> None:
        host.answers = lambda line, frame: b"" if line < 2 else data_answer(frame)
        client, outlet = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        task = asyncio.create_task(courier.run())
        for _ in range(2):
            courier.give(outlet.real_time())
        await courier.drained()
        assert [len(line) for line in host.lines] == [1, 1, 2]
        assert len({frame.qn for frame in host.frames}) == 2
        assert host.lines[0][0].qn == host.lines[2][0].qn
        await over(task)

    play(scene)


def test_a_host_that_never_answers_gets_a_new_line_after_the_repeats():
    async def scene(host: Host) -> None:
        host.answers = lambda line, frame: None if line == 0 else data_answer(frame)
        client, outlet = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        task = asyncio.create_task(courier.run())
        courier.give(outlet.real_time())
        await courier.drained()
        assert [len(line) for line in host.lines] == [2, 1]
        assert courier.tally == {Outcome.UNANSWERED: 1, Outcome.ANSWERED: 1}
        await over(task)

    play(scene)


def test_one_frame_that_is_never_answered_does_not_hold_up_the_others():
    async def scene(host: Host) -> None:
        client, outlet = logger(overtime=0.02)
        bad, good = outlet.real_time(), outlet.real_time()
        host.answers = lambda _line, frame: None if frame.qn == bad.qn else data_answer(frame)
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        task = asyncio.create_task(courier.run())
        courier.give(bad)
        courier.give(good)
        await until(lambda: good.qn in {frame.qn for frame in host.frames})
        await until(lambda: len(courier.buffer) == 1)
        await over(task)

    play(scene)


def test_a_message_that_its_edition_does_not_allow_is_counted_and_dropped():
    async def scene(host: Host) -> None:
        client, outlet = logger(Edition.HJ2017)
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        task = asyncio.create_task(courier.run())
        courier.give(outlet.heartbeat())  # only 2025 has one
        courier.give(outlet.real_time())
        await courier.drained()
        assert (courier.refused, [frame.cn for frame in host.frames]) == (1, ["2011"])
        await over(task)

    play(scene)


def test_a_line_that_ends_while_nothing_waits_is_made_again():
    async def scene(host: Host) -> None:
        host.answers = lambda line, frame: data_answer(frame)
        client, outlet = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK))
        task = asyncio.create_task(courier.run())
        await until(lambda: courier.lines == 1 and bool(host.lines))
        await client.close()
        await until(lambda: courier.lines == 2)
        courier.give(outlet.real_time())
        await courier.drained()
        await over(task)

    play(scene)


def test_what_waits_in_a_file_outlives_the_program(tmp_path: Path):
    async def scene(host: Host) -> None:
        client, outlet = logger()
        buffer = FileBuffer(tmp_path / "memory")
        courier = Courier(client, Address("127.0.0.1", 1), buffer=buffer)
        sent = [outlet.real_time() for _ in range(3)]
        for message in sent:
            courier.give(message)
        buffer.close()  # the program ends here
        client, _ = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), buffer=FileBuffer(tmp_path / "memory"))
        task = asyncio.create_task(courier.run())
        await courier.drained()
        assert [(frame.qn, frame.rf) for frame in host.frames] == [(message.qn, True) for message in sent]
        await over(task)

    play(scene)


def test_late_frames_go_out_under_the_password_of_today():
    async def scene(host: Host) -> None:
        client, outlet = logger()
        courier = Courier(client, Address("127.0.0.1", host.port), buffer=MemoryBuffer(), backoff=Backoff(**QUICK))
        courier.give(outlet.real_time())
        client.identity.pw = "newone"
        task = asyncio.create_task(courier.run())
        await courier.drained()
        assert [frame.pw for frame in host.frames] == ["newone"]
        await over(task)

    play(scene)


def test_a_greeting_that_gives_no_number_sends_nothing_and_tries_again():
    async def scene(host: Host) -> None:
        client, outlet = logger()
        client.identity.mn = ""
        greeted = 0

        async def greet() -> None:
            nonlocal greeted
            greeted += 1
            if greeted == 3:
                client.identity.mn = MN

        courier = Courier(client, Address("127.0.0.1", host.port), backoff=Backoff(**QUICK), greet=greet)
        courier.give(outlet.period("2061", outlet.now() - timedelta(hours=1)))
        task = asyncio.create_task(courier.run())
        await courier.drained()
        assert (greeted, [frame.mn for frame in host.frames]) == (3, [MN])
        await over(task)

    play(scene)
