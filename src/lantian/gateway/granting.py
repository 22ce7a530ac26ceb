"""Gives loggers their numbers (1001 → 1002, 激活) and devices their keys (1014, 密钥), as their registration says.

A key stands in the ledger before it leaves, and counts when the device has said that it took it, or sends a frame
that it opens. A number or key that is asked for in the middle of another request waits for its end.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lantian.gateway.session import Session, logger_id
from lantian.loop.sense.controlling import PROGRAM
from lantian.loop.sense.keys import ACTIVE, confirm_key, lifetime, note_activated, note_key_trouble, offer_key
from lantian.loop.sense.registry import DeviceCard, find_card
from lantian.terms.errors import LantianError, PeerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame

if TYPE_CHECKING:
    from lantian.gateway.hosting import Asked, Hosting

ASK_NUMBER, GIVE_NUMBER, KEY = "1001", "1002", "1014"
_HARDWARE = ("i23005", "i23006", "i23007", "i23008")
"""What a logger says of itself: its identity, its processor, its network cards."""
_LONGEST = 80
_TROUBLE = {"refused": "refused", "failed": "failed", "empty": "failed", "silent": "silent"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a device asked for and did not get yet."""

    cn: str
    st: str
    hardware: dict[str, str]


class Granting:
    """Follows what devices ask for, and keys that grow old.

    Parameters
    ----------
    hosting
        Who sends requests and follows them.
    """

    def __init__(self, hosting: "Hosting") -> None:
        self._hosting = hosting
        self._wishes: dict[str, Wish] = {}
        self._tried: dict[str, float] = {}
        self._looked = -1e9
        self._confirming: set[tuple[str, int]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------------------------------ hearing

    def hear(self, session: Session, card: DeviceCard, frame: Frame, now_us: int) -> bool:
        """Take note of a frame; say whether it was a wish for a number or a key."""
        if frame.encrypted and (version := card.offered(frame.key_place)) is not None:
            self._used(card.mn, version)
        if frame.cn == KEY:
            self._wishes[card.mn] = Wish(KEY, frame.st, {})
        elif frame.cn == ASK_NUMBER:
            asks = logger_id(frame)
            if asks and asks == card.logger_id:
                told = {code: fields.get("Info", "")[:_LONGEST] for code, fields in frame.factors.items()}
                hardware = {code: told[code] for code in _HARDWARE if told.get(code)}
                self._wishes[card.mn] = Wish(ASK_NUMBER, frame.st, hardware)
            else:  # another logger than the one that is registered for this number
                self._hosting.gateway.strangers.note(
                    asks or card.mn, "activation", session.address, now_us, frame.raw
                )
        else:
            return False
        return True

    def _used(self, mn: str, version: int) -> None:
        """Put a key in force whose taking the device did not tell, or whose telling was lost."""
        if (mn, version) not in self._confirming:
            self._confirming.add((mn, version))
            self._settle(mn, lambda ledger: confirm_key(ledger, mn, version, at=self._hosting.now()))

    # ------------------------------------------------------------------------------------------ doing

    async def turn(self, now: float) -> None:
        """Fulfil what can be fulfilled, and look for keys that have grown old. [s]"""
        for mn, wish in list(self._wishes.items()):
            session, card = self._hosting.gateway.line_of(mn), self._hosting.gateway.cards.get(mn)
            if mn in self._hosting.asked:
                continue
            del self._wishes[mn]
            if session is None or card is None or not card.taken:
                continue
            if wish.cn == ASK_NUMBER:
                self._send_number(session, card, wish)
            else:
                await self.give_key(mn, by=PROGRAM, reason="the device asked for it", asked=wish)
        if now - self._looked >= self._hosting.settings.key_look:
            self._looked = now
            await self._renew_old(now)

    def _send_number(self, session: Session, card: DeviceCard, wish: Wish) -> None:
        def end(_asked: "Asked", state: str) -> None:
            if state == "done":
                self._settle(
                    card.mn, lambda ledger: note_activated(ledger, card.mn, wish.hardware, at=self._hosting.now())
                )

        fields = {"i23005-Info": card.logger_id}
        self._hosting.ask(session, card, GIVE_NUMBER, fields, None, st=wish.st, table="activation", on_end=end)

    async def _renew_old(self, now: float) -> None:
        at = self._hosting.now()
        for mn in list(self._hosting.gateway.lines):
            card = self._hosting.gateway.cards.get(mn)
            if card is None or not card.grants_keys or mn in self._hosting.asked:
                continue
            since = next((key.since for key in card.held_keys if key.state == ACTIVE), None)
            tried = self._tried.get(mn, -1e9)
            old = since is not None and at - since >= lifetime(card.key_days)
            if old and now - tried >= self._hosting.settings.key_pause and self._hosting.gateway.line_of(mn):
                self._tried[mn] = now
                await self.give_key(mn, by=PROGRAM, reason="the key in force has grown old")

    async def give_key(
        self, mn: str, *, by: str, reason: str, asked: Wish | None = None, request_id: str | None = None
    ) -> bool:
        """Send a device a new key; False where that cannot be: `Hosting.failed` says why.

        Parameters
        ----------
        asked
            The device's wish, where it asked.
        request_id
            Of the request of a person, where one asked.
        """
        hosting = self._hosting
        session, card, ledger = hosting.gateway.line_of(mn), hosting.gateway.cards.get(mn), hosting.ledger
        if session is None or card is None or ledger is None or mn in hosting.asked:
            hosting.failed = PeerError("Device {mn} is not on the line, so no key can be sent to it.", mn=mn)
            return False
        trouble = self._hindrance(session, card, by)
        if trouble is not None:
            code, hosting.failed = trouble
            self._settle(mn, lambda ledger: note_key_trouble(ledger, mn, None, code, at=hosting.now()))
            return False
        try:
            at = hosting.now()
            version = await hosting.in_thread(lambda: offer_key(ledger, mn, by=by, at=at, reason=reason))
            fresh = await hosting.in_thread(lambda: find_card(ledger, mn))
        except LantianError as error:
            hosting.failed = error
            return False
        key = None if fresh is None else next((k for k in fresh.held_keys if k.version == version), None)
        session = hosting.gateway.line_of(mn)
        if fresh is None or key is None or session is None or mn in hosting.asked:
            hosting.failed = PeerError("Device {mn} is not on the line, so no key can be sent to it.", mn=mn)
            return False
        hosting.gateway.put_card(fresh)

        def end(_asked: "Asked", state: str) -> None:
            if state == "done":
                self._settle(mn, lambda ledger: confirm_key(ledger, mn, version, at=hosting.now()))
            elif state in _TROUBLE:
                code = _TROUBLE[state]
                self._settle(mn, lambda ledger: note_key_trouble(ledger, mn, version, code, at=hosting.now()))

        # the key stands first: of the area only whole groups are cipher, and what is left over is to be a time
        made = hosting.now().astimezone(hosting.zone).strftime("%Y%m%d%H%M%S")
        fields = {"NewSK": key.secret.decode("ascii"), "SKCreateTime": made}
        table = "request" if asked is None else "key"
        return hosting.ask(session, fresh, KEY, fields, request_id, table=table, on_end=end)

    def _hindrance(self, session: Session, card: DeviceCard, by: str) -> tuple[str, LantianError] | None:
        """Return why a device may not get a key now, as a code and in words."""
        if card.edition != Edition.HJ2025 or (by == PROGRAM and not card.grants_keys):
            return "denied", PeerError(
                "Device {mn} gets no key: its edition is {edition}, and its registration gives keys: {grants}.",
                mn=card.mn,
                edition=card.edition,
                grants=card.grants_keys,
            )
        secure = session.transport.get_extra_info("ssl_object") is not None
        if card.key is None and not secure and not self._hosting.settings.keys_in_clear:
            return "in_clear", PeerError(
                "Device {mn} has no key yet and no TLS, so a new key would go over the line in clear. Register "
                "its first key, or let it come over TLS.",
                mn=card.mn,
            )
        return None

    # ------------------------------------------------------------------------------------------ the ledger

    def _settle(self, mn: str, work: Callable[..., None]) -> None:
        """Write something to the ledger beside the connections, and take the device over as it then is."""

        async def do() -> None:
            hosting, ledger = self._hosting, self._hosting.ledger
            if ledger is None:
                return
            try:
                await hosting.in_thread(lambda: work(ledger))
                fresh = await hosting.in_thread(lambda: find_card(ledger, mn))
            except LantianError as error:
                hosting.failed = error
                return
            finally:
                self._confirming = {place for place in self._confirming if place[0] != mn}
            if fresh is not None:
                hosting.gateway.put_card(fresh)

        task = asyncio.get_running_loop().create_task(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until everything that is known was written."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))


def key_age(card: DeviceCard, at: datetime) -> float | None:
    """Return how old the key in force is; None without one. [s]"""
    since = next((key.since for key in card.held_keys if key.state == ACTIVE), None)
    return None if since is None else (at.astimezone(UTC) - since).total_seconds()
