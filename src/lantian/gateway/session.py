"""One connection of an instrument: bytes in, frames into the journal, answers out when they are durable."""

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast

from lantian.gateway.answering import answer_to
from lantian.loop.sense.registry import DeviceCard, Network
from lantian.store.journal import Kind
from lantian.wire.hj212.area import is_text
from lantian.wire.hj212.commands import is_encrypted
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame, parse_frame
from lantian.wire.hj212.framing import Framer, RawFrame

if TYPE_CHECKING:
    from lantian.gateway.server import Gateway
    from lantian.wire.hj212.framing import Piece

BACKLOG, RATE, SLOW, STOPPING = 1, 2, 4, 8
"""Reasons not to read from a connection; it is read when there is none."""
_EDITIONS = {int(edition): edition for edition in Edition}
_ACTIVATION = "1001"
_REFUSED = frozenset({"password", "address", "key", "plain"})
"""Why frames of a registered device are not let in."""


class Session(asyncio.BufferedProtocol):
    """What is known of one connection."""

    __slots__ = (
        "address", "answers", "dropped", "faulty", "framer", "frames", "gateway", "last_us", "made_us", "noise",
        "not_reading", "peer", "slow_us", "timer", "tokens", "tokens_us", "transport", "trusted",
    )  # fmt: skip

    def __init__(self, gateway: "Gateway") -> None:
        self.gateway = gateway
        self.framer = Framer(gateway.limits.frame)
        self.transport: asyncio.Transport
        self.address = ""
        self.peer = b""
        self.answers: list[bytes] = []
        self.frames = self.faulty = self.noise = 0
        self.made_us = self.last_us = self.tokens_us = gateway.clock_us()
        self.tokens = float(gateway.limits.burst)
        self.slow_us: int | None = None
        self.not_reading = 0
        self.dropped = False
        self.timer: asyncio.TimerHandle | None = None
        self.trusted: DeviceCard | None = None
        """Card of the newest frame, whose address was found good for this connection."""

    # ------------------------------------------------------------------------------------------ asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or close it at once where there are too many."""
        self.transport = cast("asyncio.Transport", transport)
        name: Any = transport.get_extra_info("peername")
        self.address = str(name[0]) if name else "unknown"
        self.peer = self.address.encode("ascii", "replace")
        self.transport.set_write_buffer_limits(high=self.gateway.limits.unsent_bytes)
        if not self.gateway.admit(self):
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep what was left of the connection, and forget it."""
        del exc
        self._take(self.framer.close(), self.gateway.clock_us())
        if self.timer is not None:
            self.timer.cancel()
        self.gateway.forget(self)

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the one buffer that all connections share: it is read out before the next one is served."""
        del sizehint
        return self.gateway.buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Take what came."""
        gateway = self.gateway
        gateway.counts.bytes_in += nbytes
        now = self.last_us = gateway.clock_us()
        pieces = self.framer.feed(bytes(gateway.buffer[:nbytes]))
        if pieces:
            self._take(pieces, now)
            self._spend(len(pieces), now)
        if self.framer.pending:
            gateway.halves.add(self)
        if gateway.committer.full:
            self.stop_reading(BACKLOG)
            gateway.held.add(self)

    def pause_writing(self) -> None:
        """Stop reading from a peer that does not read its answers."""
        self.slow_us = self.gateway.clock_us()
        self.stop_reading(SLOW)

    def resume_writing(self) -> None:
        """Read again from a peer that has read its answers."""
        self.slow_us = None
        self.read_again(SLOW)

    # ------------------------------------------------------------------------------------------ reading or not

    def stop_reading(self, reason: int) -> None:
        """Leave the peer's bytes to the network for a reason."""
        if not self.not_reading and not self.transport.is_closing():
            self.transport.pause_reading()
        self.not_reading |= reason

    def read_again(self, reason: int) -> None:
        """Take a reason away, and read where no other is left."""
        if not self.not_reading & reason:
            return
        self.not_reading &= ~reason
        if not self.not_reading and not self.transport.is_closing():
            self.transport.resume_reading()

    def _spend(self, frames: int, now: int) -> None:
        """Slow a peer down that sends more than it may (token bucket)."""
        limits = self.gateway.limits
        gained = (now - self.tokens_us) * limits.frames_per_second / 1e6
        self.tokens = min(float(limits.burst), self.tokens + gained) - frames
        self.tokens_us = now
        if self.tokens < 0 and self.timer is None:
            self.gateway.counts.throttled += 1
            self.stop_reading(RATE)
            wait = -self.tokens / limits.frames_per_second
            self.timer = asyncio.get_running_loop().call_later(wait, self._unslowed)

    def _unslowed(self) -> None:
        self.timer = None
        self.read_again(RATE)

    def close(self) -> None:
        """End the connection from here."""
        self.transport.abort()

    # ------------------------------------------------------------------------------------------ frames

    def take_half(self) -> None:
        """Take a frame that lacks only its line end: the peer has been silent for a moment."""
        pieces = self.framer.flush()
        if pieces:
            self._take(pieces, self.gateway.clock_us())

    def _take(self, pieces: "list[Piece]", now: int) -> None:
        if not pieces or self.gateway.closed:
            return
        for piece in pieces:
            if self.dropped:
                break
            if type(piece) is RawFrame:
                self._take_frame(piece, now)
            else:
                self._take_noise(piece.raw, now)
        self.gateway.committer.wake()

    def _take_frame(self, raw_frame: RawFrame, now: int) -> None:
        gateway = self.gateway
        frame = parse_frame(raw_frame)
        card = gateway.cards.get(frame.mn)
        if card is None and frame.cn == _ACTIVATION and frame.crc_ok:
            card = gateway.loggers.get(logger_id(frame))
        if card is not None and card.keys and not (frame.crc_ok and is_text(frame.cp)):
            frame = parse_frame(raw_frame, edition=_EDITIONS[card.edition], key=card.keys)
        unopened = not frame.crc_ok and "cp_still_encrypted" in frame.head_faults
        if not unopened and not (frame.crc_ok and (frame.cn or card is None)):
            self._take_faulty(frame, now)
            return
        if card is None:
            self._take_stranger(frame, "activation" if frame.cn == _ACTIVATION else "unknown", now)
            return
        if card is not self.trusted and not self._trust(frame, card, now):
            return
        reason = _refusal(frame, card, unopened=unopened)
        if reason:
            self._take_stranger(frame, reason, now, card)
            return
        gateway.journal.append(Kind.FRAME, now, self.peer, card.mn.encode("latin-1"), raw_frame.raw)
        gateway.counts.encrypted += frame.encrypted
        gateway.counts.frames += 1
        self.frames += 1
        self.faulty = 0
        answer = answer_to(frame, _EDITIONS[card.edition])
        if answer is not None:
            gateway.committer.answer_later(self, answer)
        gateway.seen(self, card, frame, now)

    def _trust(self, frame: Frame, card: DeviceCard, now: int) -> bool:
        """Decide once for a connection and a device whether they belong together."""
        if not card.taken:
            self._take_stranger(frame, card.state, now)
            return False
        if card.networks and not _within(self.address, card.networks):
            self._take_stranger(frame, "address", now)
            return False
        self.trusted = card
        return True

    def _take_stranger(self, frame: Frame, reason: str, now: int, card: DeviceCard | None = None) -> None:
        """Keep and show a frame that is not let in; it is not answered unless the settings say so."""
        gateway = self.gateway
        self.frames += 1
        mn = card.mn if card is not None else (frame.mn or logger_id(frame))
        if reason in _REFUSED:
            kind = Kind.REFUSED
            gateway.counts.refused += 1
        else:
            kind = Kind.UNKNOWN_DEVICE
            gateway.counts.unknown += 1
        gateway.counts.unopened += reason == "key"
        if gateway.strangers.note(mn, reason, self.address, now, frame.raw):
            gateway.journal.append(kind, now, self.peer, mn.encode("latin-1", "replace"), frame.raw)
            if kind is Kind.UNKNOWN_DEVICE and gateway.limits.acknowledge_unknown:
                answer = answer_to(frame, frame.edition or Edition.HJ2017)
                if answer is not None:
                    gateway.committer.answer_later(self, answer)

    def _take_faulty(self, frame: Frame, now: int) -> None:
        gateway = self.gateway
        gateway.counts.faulty += 1
        gateway.journal.append(Kind.FAULTY, now, self.peer, frame.mn.encode("latin-1", "replace"), frame.raw)
        self.faulty += 1
        if self.faulty > gateway.limits.faulty_frames:
            self._drop()

    def _take_noise(self, raw: bytes, now: int) -> None:
        gateway = self.gateway
        gateway.counts.noise_bytes += len(raw)
        if not raw.strip():  # blank lines between frames
            return
        self.noise += len(raw)
        gateway.journal.append(Kind.NOISE, now, self.peer, b"", raw)
        if self.noise > gateway.limits.noise_bytes:
            self._drop()

    def _drop(self) -> None:
        """End a connection that sends rubbish; what else it has sent is not looked at."""
        self.dropped = True
        self.gateway.counts.closed_noisy += 1
        self.close()

    # ------------------------------------------------------------------------------------------ answers

    def send_answers(self, answers: list[bytes]) -> None:
        """Send what has become durable; a peer that is gone will ask again."""
        if self.transport.is_closing():
            return
        data = b"".join(answers)
        self.gateway.counts.answers += len(answers)
        self.gateway.counts.bytes_out += len(data)
        self.transport.write(data)

    def send(self, data: bytes) -> None:
        """Send a request of our own."""
        self.gateway.counts.bytes_out += len(data)
        self.gateway.counts.sent += 1
        self.transport.write(data)


def logger_id(frame: Frame) -> str:
    """Return which logger asks for a number (1001): its i23005; empty where it does not say."""
    return frame.factors.get("i23005", {}).get("Info", "") if frame.cn == _ACTIVATION else ""


def _refusal(frame: Frame, card: DeviceCard, *, unopened: bool) -> str:
    """Return why a frame of a device that may send is not let in, or an empty text."""
    if unopened:
        return "key"
    if frame.pw != card.password:
        return "password"
    plain = card.cipher_required and card.key is not None and bool(frame.cp) and not frame.encrypted
    return "plain" if plain and is_encrypted(frame.cn) else ""


def _within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in network for network in networks)
