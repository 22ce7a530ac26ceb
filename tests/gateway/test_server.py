"""The gateway as a logger sees it: what is answered, kept and refused, and that nobody can hurt it."""

import asyncio
import gc
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lantian.gateway.limits import Limits
from lantian.gateway.server import Gateway
from lantian.gateway.session import Session
from lantian.store.journal import Kind, verify
from lantian.wire.hj212.framing import FrameLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from lantian.loop.sense.registry import DeviceCard

    Start = Callable[..., Any]
    MakeCard = Callable[..., DeviceCard]

MN = "010000A8900016F000169DC0"
DATA = "DataTime=20260301080000;a21026-Rtd=12.5,a21026-Flag=N"


# ---------------------------------------------------------------------------------------------- answers


def test_data_is_acknowledged_by_9014_with_its_own_number(start: "Start"):
    client = start().client()
    sent = client.send("2011", DATA)
    got = client.receive()
    assert got == {"QN": sent["QN"], "ST": "91", "CN": "9014", "PW": "123456", "MN": MN, "Flag": "4"}


@pytest.mark.parametrize(("edition", "flag", "said"), [(2017, 5, "4"), (2025, 9, "8")])
def test_the_answer_speaks_the_edition_that_is_registered(
    start: "Start", card: "MakeCard", edition: int, flag: int, said: str
):
    client = start(card(edition=edition)).client(flag=flag)
    client.send("2061", DATA)
    assert client.receive()["Flag"] == said


@pytest.mark.parametrize("command", ["9015", "1013"])
def test_heartbeat_and_notices_are_answered_by_9013(start: "Start", card: "MakeCard", command: str):
    client = start(card(edition=2025)).client(flag=9)
    client.send(command)
    assert client.receive()["CN"] == "9013"


def test_a_frame_that_wants_no_answer_gets_none_and_is_kept(start: "Start"):
    running = start()
    client = running.client(flag=4)
    client.send("2011", DATA)
    assert client.silent(0.3)
    assert [record.mn for record in running.records(Kind.FRAME)] == [MN]


def test_answers_of_a_device_are_not_answered(start: "Start"):
    client = start().client()
    client.send("9012", "ExeRtn=1")
    assert client.silent(0.3)


def test_what_was_acknowledged_is_in_the_journal_byte_for_byte(start: "Start"):
    running = start()
    client = running.client()
    from plain_hj212_client import packet  # the second client, loaded by the fixture

    data = packet(client.segment("2011", DATA))
    client.send_bytes(data)
    client.receive()
    [record] = running.records()
    assert (record.raw, record.kind, record.peer) == (data, Kind.FRAME, "127.0.0.1")


def test_every_part_of_a_split_packet_gets_its_own_answer(start: "Start"):
    client = start().client(flag=7)
    numbers = [client.send("2061", DATA, PNUM=2, PNO=part)["QN"] for part in (1, 2)]
    assert [client.receive()["QN"] for _ in numbers] == numbers


def test_frames_that_come_glued_or_torn_are_all_answered(start: "Start"):
    from plain_hj212_client import packet

    client = start().client()
    many = b"".join(packet(client.segment("2011", DATA)) for _ in range(20))
    for begin in range(0, len(many), 37):
        client.send_bytes(many[begin : begin + 37])
    assert [client.receive()["CN"] for _ in range(20)] == ["9014"] * 20


def test_a_frame_without_line_end_is_taken_after_a_short_silence(start: "Start"):
    from plain_hj212_client import packet

    client = start(limits=Limits(half_frame_seconds=0.1)).client()
    client.send_bytes(packet(client.segment("2011", DATA))[:-2])
    assert client.receive()["CN"] == "9014"


def test_many_devices_share_one_connection(start: "Start", card: "MakeCard"):
    names = [f"{number:024d}" for number in range(5)]
    client = start(*(card(name) for name in names)).client()
    for name in names:
        client.mn = name
        client.send("2011", DATA)
    assert [client.receive()["MN"] for _ in names] == names


# ---------------------------------------------------------------------------------------------- who is not let in


def test_an_unknown_device_is_kept_and_shown_and_not_answered(start: "Start"):
    running = start()
    client = running.client(mn="A" * 24)
    client.send("2011", DATA)
    assert client.silent(0.3)
    [record] = running.records()
    assert (record.kind, record.mn) == (Kind.UNKNOWN_DEVICE, "A" * 24)
    [knock] = running.gateway.strangers.take()
    assert (knock.mn, knock.reason, knock.frames) == ("A" * 24, "unknown", 1)


def test_an_unknown_device_is_answered_where_the_settings_say_so(start: "Start"):
    client = start(limits=Limits(acknowledge_unknown=True)).client(mn="A" * 24)
    client.send("2011", DATA)
    assert client.receive()["CN"] == "9014"


def test_a_wrong_password_is_kept_and_not_answered(start: "Start"):
    running = start()
    client = running.client(password="654321")
    client.send("2011", DATA)
    assert client.silent(0.3)
    assert [record.kind for record in running.records()] == [Kind.REFUSED]
    assert [knock.reason for knock in running.gateway.strangers.take()] == ["password"]


def test_a_device_from_a_foreign_address_is_not_answered(start: "Start", card: "MakeCard"):
    running = start(card(addresses=("10.9.0.0/16",)))
    client = running.client()
    client.send("2011", DATA)
    assert client.silent(0.3)
    assert running.gateway.counts.refused == 1


@pytest.mark.parametrize("state", ["quarantined", "retired"])
def test_a_device_that_was_shut_out_is_not_answered(start: "Start", card: "MakeCard", state: str):
    running = start(card(state=state))
    client = running.client()
    client.send("2011", DATA)
    assert client.silent(0.3)
    assert [knock.reason for knock in running.gateway.strangers.take()] == [state]


def test_a_change_of_the_register_holds_from_the_next_frame_on(start: "Start", card: "MakeCard"):
    running = start()
    client = running.client()
    client.send("2011", DATA)
    client.receive()
    running.gateway.cards = {MN: card(password="654321")}
    client.send("2011", DATA)
    assert client.silent(0.3)
    client.password = "654321"
    client.send("2011", DATA)
    assert client.receive()["PW"] == "654321"


# ---------------------------------------------------------------------------------------------- hostile peers


def test_a_broken_checksum_is_kept_and_never_acknowledged(start: "Start"):
    running = start()
    client = running.client()
    from plain_hj212_client import packet

    client.send_bytes(packet(client.segment("2011", DATA)).replace(b"12.5", b"12.6"))
    assert client.silent(0.3)
    client.send("2011", DATA)
    client.receive()
    assert [record.kind for record in running.records()] == [Kind.FAULTY, Kind.FRAME]


def test_rubbish_closes_the_line_after_a_bound_and_hurts_nobody_else(start: "Start"):
    running = start(limits=Limits(noise_bytes=10_000))
    good, bad = running.client(), running.client()
    with pytest.raises(ConnectionError):
        for _ in range(1_000):
            bad.send_bytes(b"GET / HTTP/1.1\r\n" * 100)
            time.sleep(0.001)
    good.send("2011", DATA)
    assert good.receive()["CN"] == "9014"
    assert running.gateway.counts.closed_noisy == 1
    assert sum(len(record.raw) for record in running.records(Kind.NOISE)) < 400_000


def test_a_row_of_faulty_frames_closes_the_line(start: "Start"):
    running = start(limits=Limits(faulty_frames=20))
    client = running.client()
    client.send_bytes(b"##0010QN=1;ST=31&&ABCD\r\n##0012QN=12;CN=1&&0000\r\n" * 30)
    assert client.closed()
    assert running.gateway.counts.closed_noisy == 1


def test_a_silent_peer_is_closed(start: "Start"):
    running = start(limits=Limits(first_frame_seconds=0.3, idle_seconds=60))
    assert running.client().closed()
    assert running.gateway.counts.closed_silent == 1


def test_a_peer_that_falls_silent_is_closed(start: "Start"):
    running = start(limits=Limits(idle_seconds=0.3))
    client = running.client()
    client.send("2011", DATA)
    client.receive()
    assert client.closed()


def test_a_frame_that_never_ends_keeps_no_more_than_the_bound(start: "Start"):
    running = start(limits=Limits(frame=FrameLimits(longest=2048), noise_bytes=50_000))
    client = running.client()
    with pytest.raises(ConnectionError):
        for _ in range(2_000):
            client.send_bytes(b"##2048" + b"A" * 1_000)
            assert all(
                session.framer.pending <= running.gateway.limits.frame.most_pending
                for session in list(running.gateway.sessions)
            )
            time.sleep(0.001)


def test_a_flood_is_read_more_slowly_and_nothing_of_it_is_lost(start: "Start"):
    from plain_hj212_client import packet

    running = start(limits=Limits(frames_per_second=2_000, burst=50))
    client = running.client()
    client.send_bytes(b"".join(packet(client.segment("2011", DATA)) for _ in range(400)))
    assert [client.receive()["CN"] for _ in range(400)] == ["9014"] * 400
    assert running.gateway.counts.throttled > 0


def test_a_peer_that_never_reads_its_answers_is_closed(start: "Start"):
    from plain_hj212_client import packet

    running = start(limits=Limits(unsent_bytes=2_000, slow_seconds=0.5, frames_per_second=1e9, burst=10**9))
    client = running.client()
    assert client.wire is not None
    client.wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    client.wire.settimeout(0.5)
    blob = b"".join(packet(client.segment("2011", DATA)) for _ in range(500))
    with pytest.raises((ConnectionError, TimeoutError)):
        for _ in range(400):
            client.send_bytes(blob)
    running.until(lambda: running.gateway.counts.closed_slow == 1)
    assert running.gateway.sessions == set()


def test_connections_beyond_the_bound_are_closed_at_once(start: "Start"):
    running = start(limits=Limits(connections=3))
    held = [running.client() for _ in range(3)]
    running.until(lambda: len(running.gateway.sessions) == 3)
    assert running.client().closed()
    held[0].close()
    running.until(lambda: len(running.gateway.sessions) == 2)
    client = running.client()
    client.send("2011", DATA)
    assert client.receive()["CN"] == "9014"
    assert running.gateway.counts.connections_refused == 1


def test_one_address_cannot_take_every_connection(start: "Start"):
    running = start(limits=Limits(connections_per_address=2))
    for _ in range(2):
        running.client()
    running.until(lambda: len(running.gateway.sessions) == 2)
    assert running.client().closed()


def test_frames_of_strangers_are_kept_up_to_a_bound_and_then_counted(start: "Start"):
    running = start(limits=Limits(unknown_frames=5))
    client = running.client(mn="B" * 24)
    for _ in range(12):
        client.send("2011", DATA)
    running.until(lambda: running.gateway.counts.unknown == 12)
    running.call(running.gateway.committer.drained())
    assert len(running.records(Kind.UNKNOWN_DEVICE)) == 5


# ---------------------------------------------------------------------------------------------- the house


def test_a_stop_makes_everything_durable_and_answers_it(start: "Start"):
    running = start()
    clients = [running.client() for _ in range(5)]
    for client in clients:
        for _ in range(50):
            client.send("2011", DATA)
    running.until(lambda: running.gateway.counts.frames == 250)
    running.call(running.gateway.stop())
    answered = 0
    for client in clients:
        with pytest.raises((ConnectionError, AssertionError)):
            while client.receive()["CN"] == "9014":
                answered += 1
    assert answered == 250
    assert len(running.records(Kind.FRAME)) == 250
    assert verify(running.folder).sound


def open_transports(gateway: Gateway) -> list[asyncio.Transport]:
    """Transports of a gateway that still hold their socket, whether it remembers them or not."""
    sessions = (each for each in gc.get_objects() if isinstance(each, Session) and each.gateway is gateway)
    return [one.transport for one in sessions if one.transport._sock is not None]


def test_who_comes_while_it_stops_is_refused_and_no_connection_is_left(start: "Start"):
    running = start()
    begun, knocking = threading.Event(), []

    def knock() -> None:
        while not running.gateway.closed and len(knocking) < 1_500:
            try:
                knocking.append(socket.create_connection(("127.0.0.1", running.port), timeout=5))
            except OSError:
                return  # the door is closed
            if len(knocking) == 50:
                begun.set()

    knockers = [threading.Thread(target=knock) for _ in range(4)]
    for knocker in knockers:
        knocker.start()
    assert begun.wait(10)
    running.call(running.gateway.stop())
    for knocker in knockers:
        knocker.join(10)
    assert running.gateway.made == set()
    assert running.gateway.sessions == set()
    for wire in knocking:
        wire.close()
    assert open_transports(running.gateway) == []


def test_a_peer_that_does_not_read_is_cut_off_when_the_time_of_a_stop_is_over(start: "Start"):
    running = start(limits=Limits(stop_seconds=0.3, slow_seconds=60, unsent_bytes=1 << 30))
    client = running.client()
    running.until(lambda: len(running.gateway.sessions) == 1)

    async def fill() -> None:
        [session] = running.gateway.sessions
        session.send(bytes(32 << 20))

    running.call(fill())
    running.call(running.gateway.stop())
    assert running.gateway.made == set()
    client.close()


def test_a_line_may_be_encrypted(start: "Start", tmp_path: Path):
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    running = start(tls=context)
    client = running.client()
    trust = ssl.create_default_context(cafile=str(cert))
    trust.check_hostname = False
    assert client.wire is not None
    client.wire = trust.wrap_socket(client.wire)
    client.send("2011", DATA)
    assert client.receive()["CN"] == "9014"


def test_what_happens_is_counted(start: "Start"):
    from lantian.gateway.counts import exposition

    running = start()
    client = running.client()
    client.send("2011", DATA)
    client.receive()
    text = exposition(running.gateway.counts, running.gateway.gauges())
    assert "lantian_gateway_frames_total 1\n" in text
    assert "lantian_gateway_answers_total 1\n" in text
    assert "lantian_gateway_connections 1\n" in text
    assert 'lantian_gateway_journal_seconds_bucket{le="+Inf"} 1\n' in text
    assert "lantian_gateway_devices_online 1\n" in text
