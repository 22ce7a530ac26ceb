"""Identifiers where the trade has none of its own (UUID version 7: sorted by time of making)."""

import os
import uuid
from datetime import UTC, datetime


def uuid7(at: datetime, random: bytes | None = None) -> uuid.UUID:
    """Make a UUIDv7 from a wall-clock instant and 10 random bytes (RFC 9562, section 5.7).

    Examples
    --------
    >>> str(uuid7(datetime(2026, 3, 1, tzinfo=UTC), bytes(10)))
    '019ca6b1-dc00-7000-8000-000000000000'
    """
    if at.tzinfo is None:
        msg = "an id needs a timezone-aware instant"
        raise ValueError(msg)
    milliseconds = int(at.astimezone(UTC).timestamp() * 1000)
    tail = bytearray(random if random is not None else os.urandom(10))
    tail[0] = (tail[0] & 0x0F) | 0x70
    tail[2] = (tail[2] & 0x3F) | 0x80
    return uuid.UUID(bytes=milliseconds.to_bytes(6, "big") + bytes(tail))
