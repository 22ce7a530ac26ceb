"""How much a peer may do: every bound of the gateway is an argument."""

from dataclasses import dataclass, field

from lantian.wire.hj212.framing import FrameLimits


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the gateway; what goes beyond is slowed or closed, and counted."""

    connections: int = 20_000
    connections_per_address: int = 2_000
    frames_per_second: float = 1_000.0
    """Of one connection, over time; faster ones are read more slowly. [1/s]"""
    burst: int = 5_000
    """Frames that one connection may send at once before that holds."""
    first_frame_seconds: float = 60.0
    """A connection that has sent no whole frame by then is closed. [s]"""
    idle_seconds: float = 1_800.0
    """A connection that has been silent so long is closed; no interval of the standard is longer. [s]"""
    slow_seconds: float = 30.0
    """A peer that has not read its answers for so long is closed. [s]"""
    half_frame_seconds: float = 0.5
    """Silence after which a frame that lacks only its line end is taken. [s]"""
    unsent_bytes: int = 65_536
    """Answers that may wait in one connection before its frames are no longer read. [B]"""
    backlog_bytes: int = 64 << 20
    """Frames that may wait for the disk before nobody's frames are read. [B]"""
    noise_bytes: int = 65_536
    """Bytes that are no frame, in one connection, before it is closed. [B]"""
    faulty_frames: int = 1_000
    """Faulty frames in a row, in one connection, before it is closed."""
    unknown_devices: int = 10_000
    """MNs that are remembered without being registered."""
    unknown_frames: int = 20_000
    """Frames of one such MN that are kept in the journal; later ones are counted."""
    unknown_bytes: int = 1 << 30
    """All such frames that are kept, since the start. [B]"""
    acknowledge_unknown: bool = False
    """Whether an unregistered device is answered as if it were registered."""
    read_bytes: int = 262_144
    """Most that is read from a connection at once. [B]"""
    handshake_seconds: float = 30.0
    """How long a peer may take to agree on a cipher (TLS). [s]"""
    stop_seconds: float = 10.0
    """How long a stop waits for answers to leave. [s]"""
    frame: FrameLimits = field(default_factory=FrameLimits)
