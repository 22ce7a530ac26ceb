"""The clock of a simulated city, which may run faster than the wall's (城市时间)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from lantian.terms.errors import CallerError

FASTEST = 10_000.0


@dataclass(frozen=True, slots=True)
class CityClock:
    """City time: it begins at an instant and runs at a speed.

    Examples
    --------
    >>> from datetime import UTC
    >>> wall = iter([10.0, 12.0])
    >>> clock = CityClock.starting(datetime(2026, 1, 12, tzinfo=UTC), 3600.0, lambda: next(wall))
    >>> clock.now().isoformat()
    '2026-01-12T02:00:00+00:00'
    """

    begins: datetime
    speed: float
    """City seconds in a second."""
    started: float
    monotonic: Callable[[], float]

    @classmethod
    def starting(cls, begins: datetime, speed: float, wall: Callable[[], float] = monotonic) -> "CityClock":
        """Start a clock now.

        Raises
        ------
        CallerError
            A speed that is not between real time and 10,000 times as fast.
        """
        if not 1.0 <= speed <= FASTEST:
            raise CallerError(
                "A speed of {speed} is out of range: 1 is real time, {fastest:g} the fastest.",
                speed=speed,
                fastest=FASTEST,
            )
        return cls(begins, speed, wall(), wall)

    def now(self) -> datetime:
        """Return city time."""
        return self.begins + timedelta(seconds=(self.monotonic() - self.started) * self.speed)

    def microseconds(self) -> int:
        """Return city time as microseconds since 1970, as the gateway wants its clock [µs]."""
        return int(self.now().timestamp() * 1e6)

    def until(self, instant: datetime) -> float:
        """Return how long, on the wall's clock, city time needs to an instant; 0 when it has passed. [s]"""
        return max(0.0, (instant - self.now()).total_seconds() / self.speed)
