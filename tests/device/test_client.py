"""A logger on a real gateway: it waits for its answers, repeats, and obeys."""

import asyncio
from datetime import datetime, timedelta

import pytest

from lantian.device.client import DeviceClient, Outcome
from lantian.device.identity import Identity
from lantian.device.misbehaving import Misdeed, sender
from lantian.device.running import simulate
from lantian.store.journal import Kind
from lantian.terms.errors import PeerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.writing import build, write

MN = "010000A8900016F000169DC0"


def test_data_are_answered_after_they_are_in_the_journal(play):
    async def scene(world):
        data = write(world.outlet.real_time())
        assert await world.client.send(data) is Outcome.ANSWERED
        assert world.kept(Kind.FRAME) == [data]
        [answer] = world.frames("received")
        assert (answer.cn, answer.qn) == ("9014", world.frames("sent")[0].qn)

    play(scene)


def test_a_frame_that_wants_no_answer_waits_for_none(play):
    async def scene(world):
        data = build(f"QN=20260301080000000;ST=31;CN=2011;PW=123456;MN={MN};Flag=4;CP=&&&&".encode())
        assert await world.client.send(data) is Outcome.SENT

    play(scene)


def test_a_heartbeat_is_answered_by_9013(play):
    async def scene(world):
        assert await world.client.send(write(world.outlet.heartbeat())) is Outcome.ANSWERED
        assert [frame.cn for frame in world.frames("received")] == ["9013"]

    play(scene, edition=Edition.HJ2025)


def test_an_unanswered_frame_is_repeated_under_its_number_and_given_up(play):
    async def scene(world):
        world.client.identity.pw = "wrong"
        assert await world.client.send(write(world.outlet.real_time())) is Outcome.UNANSWERED
        sent = world.frames("sent")
        assert len(sent) == 3
        assert len({frame.qn for frame in sent}) == 1
        assert len(world.kept(Kind.REFUSED)) == 3

    play(scene)


def test_a_connection_that_ends_is_told(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        world.client.identity.pw = "wrong"
        waiting = asyncio.create_task(world.client.send(write(world.outlet.real_time())))
        await world.until(lambda: len(world.seen) >= 3)
        world.gateway.line_of(MN).close()
        assert await waiting is Outcome.CLOSED

    play(scene)


def test_nobody_at_the_port_is_an_error_that_says_so():
    async def scene():
        client = DeviceClient(Identity(MN, "1", "31", Edition.HJ2017), lambda _: None, lambda *_: None)
        with pytest.raises(PeerError, match="Start the gateway"):
            await client.connect("127.0.0.1", 1)

    asyncio.run(scene())


# ---------------------------------------------------------------------------------------------- requests


def test_a_request_is_answered_with_9011_data_and_9012(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        sent = await world.ask("1011")
        assert [frame.cn for frame in sent] == ["9011", "1011", "9012"]
        assert len({frame.qn for frame in sent}) == 1
        assert [
            frame.parameters.get(name) for frame, name in zip(sent[::2], ("QnRtn", "ExeRtn"), strict=True)
        ] == ["1", "1"]

    play(scene)


def test_history_is_sent_record_by_record_each_acknowledged(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        today = datetime.now().replace(hour=0, minute=0, second=0) - timedelta(days=2)  # noqa: DTZ005 - text only
        begin, end = today.strftime("%Y%m%d%H%M%S"), (today + timedelta(hours=3)).strftime("%Y%m%d%H%M%S")
        sent = await world.ask("2061", BeginTime=begin, EndTime=end)
        assert [frame.cn for frame in sent] == ["9011", *["2061"] * 4, "9012"]
        assert all(frame.rf for frame in sent[1:-1])
        assert (sent[1].data_time, sent[4].data_time) == (begin, end)
        assert all(frame.verdict == "accept" for frame in sent)

    play(scene, edition=Edition.HJ2025)


def test_history_without_records_ends_with_no_data(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        sent = await world.ask("2061", BeginTime="20990101000000", EndTime="20990101010000")
        assert [frame.cn for frame in sent] == ["9011", "9012"]
        assert sent[-1].parameters["ExeRtn"] == "100"

    play(scene)


def test_a_wrong_password_is_refused(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        world.client.identity.pw = "other"
        sent = await world.ask("1011")
        assert [(frame.cn, frame.parameters["QnRtn"]) for frame in sent] == [("9011", "3")]

    play(scene)


def test_a_command_that_the_logger_does_not_know_is_refused(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        sent = await world.ask("3018", PolId="a21026")
        assert [(frame.cn, frame.parameters["QnRtn"]) for frame in sent] == [("9011", "8")]

    play(scene)


def test_settings_are_changed_and_told(play):
    async def scene(world):
        await world.client.send(write(world.outlet.real_time()))
        await world.ask("3021", PolId="a21026", InfoId="i13001", **{"i13001-Info": "500"})
        sent = await world.ask("3020", PolId="a21026", InfoId="i13001")
        assert sent[1].factors == {"i13001": {"Info": "500"}}
        await world.ask("1072", NewPW="newone")
        assert world.client.identity.pw == "newone"

    play(scene)


# ---------------------------------------------------------------------------------------------- faults


def test_a_wrong_checksum_is_never_answered(play):
    async def scene(world):
        assert await world.client.send(write(world.outlet.real_time())) is Outcome.UNANSWERED
        assert len(world.kept(Kind.FAULTY)) == 3
        assert world.frames("received") == []

    play(scene, send=sender(Misdeed.CRC))


def test_a_length_that_lies_is_recovered_by_the_gateway(play):
    async def scene(world):
        assert await world.client.send(write(world.outlet.real_time())) is Outcome.ANSWERED
        assert "length_mismatch" in world.frames("sent")[0].faults

    play(scene, send=sender(Misdeed.LENGTH))


def test_a_frame_in_small_pieces_is_one_frame(play):
    async def scene(world):
        data = write(world.outlet.real_time())
        assert await world.client.send(data) is Outcome.ANSWERED
        assert len([way for way, _ in world.seen if way == "sent"]) > 10
        assert world.kept(Kind.FRAME) == [data]

    play(scene, send=sender(Misdeed.SPLIT), pause=0.001)


def test_half_a_frame_is_not_answered(play):
    async def scene(world):
        assert await world.client.send(write(world.outlet.real_time())) is Outcome.UNANSWERED
        assert world.kept(Kind.FRAME) == []

    play(scene, send=sender(Misdeed.HALF))


def test_a_flood_is_answered_frame_by_frame(play):
    async def scene(world):
        assert await world.client.send(write(world.outlet.real_time())) is Outcome.ANSWERED
        await world.until(lambda: len(world.seen) == 200)
        assert len(world.frames("received")) == 100

    play(scene, send=sender(Misdeed.FLOOD, times=100))


def test_a_wrong_clock_is_set_by_the_host(play):
    async def scene(world):
        await simulate(world.client, world.outlet, interval=0.05, count=2)
        await world.until(lambda: abs(world.outlet.offset) < timedelta(seconds=5))
        assert world.client.requests == 1
        assert "1012" in [frame.cn for frame in world.frames("received")]

    play(scene, offset=7200.0, set_clocks=True)
