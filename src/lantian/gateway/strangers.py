"""Senders that are not let in: remembered within bounds, noted in the ledger now and then."""

from lantian.gateway.limits import Limits
from lantian.loop.sense.knocks import Knock


class Strangers:
    """Knocks since they were last noted, and how much of each is kept in the journal."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._knocks: dict[str, Knock] = {}
        self._kept: dict[str, int] = {}
        self._bytes = 0

    def note(self, mn: str, reason: str, peer: str, now_us: int, raw: bytes) -> bool:
        """Remember a frame; say whether its bytes are to be kept too."""
        limits = self._limits
        mn = mn[:80] or "?"
        knock = self._knocks.get(mn)
        if knock is not None:
            knock.frames += 1
            knock.last_us, knock.peer, knock.reason = now_us, peer, reason
        elif len(self._knocks) < limits.unknown_devices:
            self._knocks[mn] = Knock(mn, reason, peer, now_us, now_us, 1, raw)
        kept = self._kept.get(mn, 0)
        if (
            kept >= limits.unknown_frames
            or self._bytes + len(raw) > limits.unknown_bytes
            or (not kept and len(self._kept) >= limits.unknown_devices)
        ):
            return False
        self._kept[mn] = kept + 1
        self._bytes += len(raw)
        return True

    @property
    def devices(self) -> int:
        """How many have knocked since the start, up to the bound."""
        return len(self._kept)

    def take(self) -> list[Knock]:
        """Hand over what has come together since the last time."""
        knocks = list(self._knocks.values())
        self._knocks = {}
        return knocks

    def put_back(self, knocks: list[Knock]) -> None:
        """Take knocks back that could not be noted."""
        for old in knocks:
            new = self._knocks.get(old.mn)
            if new is not None:
                old.frames += new.frames
                old.last_us, old.peer, old.reason = new.last_us, new.peer, new.reason
            self._knocks[old.mn] = old
