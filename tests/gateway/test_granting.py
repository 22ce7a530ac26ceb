"""Numbers and keys of loggers, between a real device and a real gateway over TCP: given, renewed, refused."""

import asyncio
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from lantian.device.client import DeviceClient, Outcome
from lantian.device.identity import Identity, Obeyed
from lantian.device.outlet import Outlet
from lantian.gateway.hosting import Hosting, HostSettings
from lantian.gateway.server import Gateway
from lantian.ledger import Ledger
from lantian.ledger.models import ControlRequest, Device, DeviceKey, Entry
from lantian.ledger.people import Role, add_person, add_user, grant_role
from lantian.ledger.vault import Vault
from lantian.loop.sense.controlling import list_requests, request_control
from lantian.loop.sense.frame_rows import rows_of
from lantian.loop.sense.keys import list_keys, offer_key
from lantian.loop.sense.registry import DeviceContent, find_card, list_cards, register_device
from lantian.store.journal import JournalReader, JournalWriter, Kind, Position, Record
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.messages import KeyIssue, Typed

MN = "010000A8900016F000169DC0"
LOGGER = "LOGGER-0001"
KEY, OTHER = b"msbE74gsiSHSEh5e", b"0123456789abcdef"
ZONE = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 3, 1, 8, tzinfo=ZONE)


@pytest.fixture
def ledger(tmp_path: Path, sqlite_template: Path) -> Iterator[Ledger]:
    path = tmp_path / "ledger.db"
    path.write_bytes(sqlite_template.read_bytes())
    opened = Ledger(path, Vault("secret of the tests"))
    with opened.write() as session:
        person = add_person(session, "duty", by="setup", at=AT)
        user = add_user(session, "duty", person.id, by="setup", at=AT)
        grant_role(session, user.id, Role.CITY_OFFICE, by="setup", at=AT)
    yield opened
    opened.close()


@dataclass
class Scene:
    gateway: Gateway
    hosting: Hosting
    port: int
    ledger: Ledger
    folder: Path
    seen: list[bytes] = field(default_factory=list)
    clients: list[DeviceClient] = field(default_factory=list)

    def logger(
        self, *, mn: str = MN, key: bytes | None = None, printed: bool = False
    ) -> tuple[DeviceClient, Outlet]:
        identity = Identity(
            mn, "123456", "31", Edition.HJ2025, key, overtime=0.4, recount=1, printed=printed, logger_id=LOGGER
        )
        outlet = Outlet(identity, ("a21026", "a21002", "a34013"), lambda: datetime.now(ZONE))
        client = DeviceClient(identity, lambda asked: self.obey(outlet, asked), self._watch)
        self.clients.append(client)
        return client, outlet

    def obey(self, outlet: Outlet, asked: Typed) -> Obeyed | None:
        return outlet.obey(asked)

    def _watch(self, way: str, data: bytes) -> None:
        self.seen.append(data)

    async def on_line(self, client: DeviceClient, tls: ssl.SSLContext | None = None) -> None:
        await client.connect("127.0.0.1", self.port, tls=tls, server_name="localhost" if tls else None)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():
                await asyncio.sleep(0.01)

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        await self.until(lambda: not self.hosting.asked)
        await self.hosting.settled()

    def records(self, *kinds: Kind) -> list[Record]:
        found = JournalReader(self.folder).read(Position(0, 0), records=10**6).records
        return [record for record in found if record.kind in kinds]

    def device(self) -> Device:
        with self.ledger.read() as session:
            return session.get_one(Device, MN)

    def kinds(self) -> list[str]:
        with self.ledger.read() as session:
            return [row.kind for row in session.scalars(select(Entry).order_by(Entry.number))]

    def knocks(self) -> list[tuple[str, str]]:
        return [(knock.mn, knock.reason) for knock in self.gateway.strangers.take()]


def play(
    tmp_path: Path,
    ledger: Ledger,
    scene: Callable[[Scene], Awaitable[None]],
    *,
    tls: ssl.SSLContext | None = None,
    host: dict[str, float | bool] | None = None,
    **registered: object,
) -> None:
    """Register a device of 2025 and run a scene with a gateway that serves it."""
    content = DeviceContent(
        mn=MN,
        outlet="stack-1",
        edition=2025,
        simulated=True,
        **registered,  # type: ignore[arg-type]
    )
    register_device(ledger, content, by="office", at=datetime.now(UTC))

    @asynccontextmanager
    async def served() -> AsyncIterator[Scene]:
        def clock() -> int:
            return time.time_ns() // 1000

        folder = tmp_path / "journal"
        gateway = Gateway(JournalWriter(folder, clock), list_cards(ledger), clock)
        port = await gateway.start("127.0.0.1", 0, tls=tls)
        thread = ThreadPoolExecutor(1)
        settings = HostSettings(
            **{"overtime": 0.3, "recount": 1, "poll_seconds": 0.05, "set_clocks": False, **(host or {})}  # type: ignore[arg-type]
        )
        hosting = Hosting(gateway, ZONE, ledger, thread, settings)
        looking = asyncio.create_task(hosting.run())
        made = Scene(gateway, hosting, port, ledger, folder)
        try:
            yield made
        finally:
            for client in made.clients:
                await client.close()
            looking.cancel()
            [ended] = await asyncio.gather(looking, return_exceptions=True)
            assert isinstance(ended, asyncio.CancelledError), ended
            await gateway.stop()
            await hosting.settled()
            await asyncio.sleep(0.02)
            thread.shutdown()

    async def whole() -> None:
        async with served() as made:
            await scene(made)

    asyncio.run(whole())


# ---------------------------------------------------------------------------------------------- numbers


def test_a_registered_logger_gets_its_number_and_sends_under_it(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(mn="")
        await world.on_line(client)
        assert await client.wish(outlet.number_wanted(), "1002")
        assert client.identity.mn == MN
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]
        await world.idle()
        row = world.device()
        assert (row.hardware, row.activated_at is not None) == ({"i23005": LOGGER}, True)
        assert [record.mn for record in world.records(Kind.FRAME)] == [MN] * 4  # 1001, 9011, 9012, 2011
        assert world.kinds().count("device.activated") == 1

    play(tmp_path, ledger, scene, logger_id=LOGGER)


def test_the_same_logger_again_gets_the_same_number_and_the_chain_says_it_once(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        for _ in range(2):
            client, outlet = world.logger(mn="")
            await world.on_line(client)
            assert await client.wish(outlet.number_wanted(), "1002")
            await world.idle()
        assert world.kinds().count("device.activated") == 1

    play(tmp_path, ledger, scene, logger_id=LOGGER)


def test_a_logger_that_nobody_registered_knocks_and_gets_no_number(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(mn="")
        await world.on_line(client)
        assert not await client.wish(outlet.number_wanted(), "1002")
        assert client.identity.mn == ""
        assert world.knocks() == [(LOGGER, "activation")]
        assert len(world.records(Kind.UNKNOWN_DEVICE)) == 2

    play(tmp_path, ledger, scene, logger_id="ANOTHER")


def test_a_logger_under_a_number_that_belongs_to_another_is_told_as_a_stranger(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger()
        await world.on_line(client)
        assert not await client.wish(outlet.number_wanted(), "1002")
        assert world.knocks() == [(LOGGER, "activation")]
        assert world.device().activated_at is None

    play(tmp_path, ledger, scene, logger_id="ANOTHER")


# ---------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize("printed", [False, True])
def test_data_are_cipher_on_the_line_and_plain_in_the_rows(tmp_path: Path, ledger: Ledger, printed: bool):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY, printed=printed)
        await world.on_line(client)
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]
        [record] = world.records(Kind.FRAME)
        assert b"a21026" not in record.raw
        assert (b"{0x" in record.raw) is printed
        rows = rows_of([record], list_cards(ledger), ZONE, simulated=True).readings
        assert sorted(rows["factor"]) == ["a21002", "a21026", "a34013"]
        assert world.gateway.counts.encrypted == 1

    play(tmp_path, ledger, scene, key=KEY)


@pytest.mark.parametrize("printed", [False, True])
def test_a_device_that_asks_gets_a_new_key_and_both_use_it(tmp_path: Path, ledger: Ledger, printed: bool):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY, printed=printed)
        await world.on_line(client)
        await client.send_message(outlet.real_time())
        assert await client.wish(outlet.key_wanted(), "1014")
        await world.idle()
        fresh = client.identity.key
        assert fresh not in {None, KEY}
        card = find_card(ledger, MN)
        assert card is not None
        assert (card.key, world.gateway.cards[MN].key) == (fresh, fresh)
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]
        frames = world.records(Kind.FRAME)
        found = rows_of(frames, list_cards(ledger), ZONE, simulated=True)
        assert found.readings.height == 6  # one frame under each key
        [sent] = world.records(Kind.SENT)
        assert (b"{0x" in sent.raw, b"NewSK" in sent.raw) == (printed, False)
        assert [(row.version, row.state) for row in list_keys(ledger, MN)] == [(2, "active"), (1, "replaced")]
        assert world.kinds().count("device.key_changed") == 1

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True)


def test_no_key_stands_readable_in_ledger_chain_journal_or_a_repr(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        assert await client.wish(outlet.key_wanted(), "1014")
        await world.idle()
        held = (KEY, client.identity.key or b"")
        files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        texts = [*files, repr(world.gateway.cards).encode(), repr(client.identity).encode()]
        for key in held:
            assert not any(key in text or key.hex().encode() in text.lower() for text in texts)

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True)


def test_the_left_over_bytes_of_a_sent_key_hold_nothing_of_it(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        assert await client.wish(outlet.key_wanted(), "1014")
        await world.until(lambda: len(world.records(Kind.SENT)) == 1)
        [sent] = world.records(Kind.SENT)
        left = sent.raw[:-8].rpartition(b"CP=&&")[2][48:]
        assert left.isdigit()  # the end of SKCreateTime

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True)


@pytest.mark.parametrize("allowed", [False, True])
def test_a_first_key_goes_in_clear_only_where_that_was_allowed(tmp_path: Path, ledger: Ledger, allowed: bool):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger()
        await world.on_line(client)
        assert await client.wish(outlet.key_wanted(), "1014") is allowed
        await world.idle()
        assert (client.identity.key is not None) is allowed
        assert world.device().key_trouble == ("" if allowed else "in_clear")
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]
        sent = world.records(Kind.SENT)
        assert len(sent) == allowed
        assert all(b"NewSK=" + b"*" * 16 in record.raw for record in sent)

    play(tmp_path, ledger, scene, grants_keys=True, host={"keys_in_clear": allowed})


def test_a_first_key_goes_over_tls(tmp_path: Path, ledger: Ledger):
    server, client_side = certificates(tmp_path)

    async def scene(world: Scene) -> None:
        client, outlet = world.logger()
        await world.on_line(client, client_side)
        assert await client.wish(outlet.key_wanted(), "1014")
        await world.idle()
        assert world.device().key_version == 1
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]
        assert world.gateway.counts.encrypted == 1

    play(tmp_path, ledger, scene, grants_keys=True, tls=server)


def test_a_device_whose_registration_gives_no_keys_gets_none(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        assert not await client.wish(outlet.key_wanted(), "1014")
        await world.idle()
        assert (world.device().key_trouble, world.device().key_version) == ("denied", 1)

    play(tmp_path, ledger, scene, key=KEY)


def test_a_key_that_has_grown_old_is_renewed_without_being_asked_for(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        with ledger.write() as session:
            session.get_one(DeviceKey, (MN, 1)).since = datetime.now(UTC) - timedelta(days=8)
        world.gateway.cards = list_cards(ledger)
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        await client.send_message(outlet.real_time())
        await world.until(lambda: world.device().key_version == 2)
        assert list_keys(ledger, MN)[0].reason == "the key in force has grown old"
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True, key_days=7, host={"key_look": 0.05})


def test_a_young_key_is_left_alone(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        await client.send_message(outlet.real_time())
        await asyncio.sleep(0.5)
        assert world.device().key_version == 1

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True, key_days=7, host={"key_look": 0.05})


def test_a_person_may_have_a_key_renewed_and_the_request_holds_no_key(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        await client.send_message(outlet.real_time())
        request_control(ledger, MN, 1014, {}, reason="the technician left", by="duty", at=datetime.now(UTC))
        await world.until(lambda: list_requests(ledger)[0].state == "done")
        await world.idle()
        assert world.device().key_version == 2
        with ledger.read() as session:
            [row] = session.scalars(select(ControlRequest))
        assert (row.parameters, row.made_by, row.exe_rtn) == ({}, "duty", 1)
        assert (client.identity.key or b"?").decode() not in str(row.answers)

    play(tmp_path, ledger, scene, key=KEY)  # a person needs no leave of the registration


def test_a_result_that_is_lost_does_not_lose_the_key(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        version = offer_key(ledger, MN, by="gateway", at=datetime.now(UTC), reason="test")
        world.gateway.cards = list_cards(ledger)
        offered = next(key for key in world.gateway.cards[MN].held_keys if key.version == version)
        client.identity.take_key(offered.secret)  # it took the key, and its 9012 never came
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]
        await world.until(lambda: world.device().key_version == version)

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True)


def test_a_key_that_was_offered_is_offered_again_and_not_another(ledger: Ledger):
    content = DeviceContent(mn=MN, outlet="stack-1", edition=2025, simulated=True, key=KEY)
    register_device(ledger, content, by="office", at=AT)
    first = offer_key(ledger, MN, by="gateway", at=AT, reason="test")
    assert offer_key(ledger, MN, by="gateway", at=AT + timedelta(hours=1), reason="test") == first


def test_a_device_that_fails_keeps_its_old_key_and_it_is_told(tmp_path: Path, ledger: Ledger):
    async def scene(world: Scene) -> None:
        def obey(outlet: Outlet, asked: Typed) -> Obeyed | None:
            return Obeyed(failed=True) if isinstance(asked, KeyIssue) else outlet.obey(asked)

        world.obey = obey  # type: ignore[method-assign]
        client, outlet = world.logger(key=KEY)
        await world.on_line(client)
        assert not await client.wish(outlet.key_wanted(), "1014")
        await world.idle()
        assert (world.device().key_trouble, world.device().key_version) == ("failed", 1)
        assert [row.state for row in list_keys(ledger, MN)] == ["failed", "active"]
        assert await client.send_message(outlet.real_time()) == [Outcome.ANSWERED]

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True)


@pytest.mark.parametrize("printed", [False, True])
def test_a_wrong_key_is_never_answered_is_told_and_harms_nobody(tmp_path: Path, ledger: Ledger, printed: bool):
    async def scene(world: Scene) -> None:
        wrong, outlet = world.logger(key=OTHER, printed=printed)
        await world.on_line(wrong)
        assert await wrong.send_message(outlet.real_time()) == [Outcome.UNANSWERED]
        assert not await wrong.wish(outlet.key_wanted(), "1014")
        assert world.knocks() == [(MN, "key")]
        assert world.gateway.counts.unopened == 4
        assert len(world.records(Kind.REFUSED)) == 4
        right, outlet = world.logger(key=KEY)
        await world.on_line(right)
        assert await right.send_message(outlet.real_time()) == [Outcome.ANSWERED]

    play(tmp_path, ledger, scene, key=KEY, grants_keys=True)


@pytest.mark.parametrize("required", [False, True])
def test_plain_data_of_a_device_with_a_key_count_unless_cipher_is_required(
    tmp_path: Path, ledger: Ledger, required: bool
):
    async def scene(world: Scene) -> None:
        client, outlet = world.logger()
        await world.on_line(client)
        wanted = Outcome.UNANSWERED if required else Outcome.ANSWERED
        assert await client.send_message(outlet.real_time()) == [wanted]
        assert await client.send_message(outlet.heartbeat()) == [Outcome.ANSWERED]  # it carries nothing
        assert world.knocks() == ([(MN, "plain")] if required else [])

    play(tmp_path, ledger, scene, key=KEY, cipher_required=required)


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate of our own authority: what a server shows, and what a logger trusts."""
    ca, ca_key, key, asked, cert = (folder / name for name in ("ca.pem", "ca.key", "key.pem", "csr", "cert.pem"))
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = folder / "names"
    names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for command in (
        ["req", "-x509", *new, "-keyout", ca_key, "-out", ca, "-days", "2", "-subj", "/CN=our authority"],
        ["req", *new, "-keyout", key, "-out", asked, "-subj", "/CN=localhost"],
        ["x509", "-req", "-in", asked, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-out", cert,
         "-extfile", names],
    ):  # fmt: skip
        subprocess.run(["openssl", *command], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return server, ssl.create_default_context(cafile=str(ca))
