"""How much one who sends files by HTTP may ask of the door."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WebLimits:
    """Bounds of the door for files; what is beyond is refused with its reason."""

    max_bytes: int = 200_000_000
    """Largest body. [byte]"""
    requests_a_minute: int = 120
    """Of one sender. [1/min]"""
    wrong_keys_a_minute: int = 20
    """Of one address. [1/min]"""
    uploads: int = 16
    """At one time, of all senders."""
    uploads_a_sender: int = 4
    connections: int = 200
    """At one time; more are told to come later."""
    head_seconds: float = 10.0
    """Until the head of a request is complete. [s]"""
    chunk_seconds: float = 20.0
    """Longest silence within a body. [s]"""
    upload_seconds: float = 600.0
    """Longest time of a whole body. [s]"""
    head_bytes: int = 32_768
    """Largest head of a request. [byte]"""
    listed: int = 1_000
    """Most deliveries of one list."""


@dataclass(slots=True)
class Pace:
    """Lets each of many through so many times a minute (token bucket).

    Examples
    --------
    >>> pace = Pace(2, lambda: 0.0)
    >>> [pace.allows("a") for _ in range(3)], pace.allows("b")
    ([True, True, False], True)
    """

    a_minute: int
    clock: Callable[[], float]
    """[s]"""
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def allows(self, who: str) -> bool:
        """Count one; False where it is one too many."""
        left = self._of(who)
        self._left[who] = (max(0.0, left - 1.0) if left >= 1.0 else left, self.clock())
        if len(self._left) > 10_000:
            self._left = {name: held for name, held in self._left.items() if self._of(name) < self.a_minute}
        return left >= 1.0

    def spent(self, who: str) -> bool:
        """Say whether nothing is left, without counting."""
        return self._of(who) < 1.0

    def _of(self, who: str) -> float:
        left, at = self._left.get(who, (float(self.a_minute), self.clock()))
        return min(float(self.a_minute), left + (self.clock() - at) * self.a_minute / 60.0)
