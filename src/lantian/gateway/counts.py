"""What the gateway counts, in plain numbers, and how they are shown (Prometheus text)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper ends of the classes of waiting for the disk. [s]"""


@dataclass(slots=True)
class Counts:
    """Totals since the start."""

    connections_made: int = 0
    connections_refused: int = 0
    closed_silent: int = 0
    closed_slow: int = 0
    closed_noisy: int = 0
    throttled: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    frames: int = 0
    """Of registered devices."""
    answers: int = 0
    unknown: int = 0
    refused: int = 0
    faulty: int = 0
    encrypted: int = 0
    unopened: int = 0
    noise_bytes: int = 0
    sent: int = 0
    groups: int = 0
    disk_failures: int = 0
    waited: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    waited_seconds: float = 0.0

    def group_written(self, seconds: float) -> None:
        """Count one group and how long the disk took for it. [s]"""
        self.groups += 1
        self.waited_seconds += seconds
        place = next((number for number, end in enumerate(BUCKETS) if seconds <= end), len(BUCKETS))
        self.waited[place] += 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One number that is shown."""

    name: str
    kind: str
    """``counter`` or ``gauge``."""
    meaning: str
    values: tuple[tuple[str, float], ...]
    """(labels as ``{name="value"}`` or empty, value)."""


_COUNTERS: tuple[tuple[str, str, str], ...] = (
    ("connections_made", "connections_total", "Connections that were opened."),
    ("connections_refused", "connections_refused_total", "Connections beyond a bound."),
    ("throttled", "throttled_total", "Times that a connection was read more slowly because it sent too fast."),
    ("bytes_in", "received_bytes_total", "Bytes received."),
    ("bytes_out", "sent_bytes_total", "Bytes of answers and requests handed to the network."),
    ("frames", "frames_total", "Whole frames of registered devices."),
    ("answers", "answers_total", "Answers that left, each after its frame was durable."),
    ("unknown", "frames_unknown_total", "Frames of devices that are not registered."),
    ("refused", "frames_refused_total", "Frames with a wrong password or from a foreign address."),
    ("encrypted", "frames_encrypted_total", "Frames that came encrypted and were opened."),
    ("unopened", "frames_unopened_total", "Frames that no key of their device opens; not let in."),
    ("faulty", "frames_faulty_total", "Frames whose checksum or form does not hold."),
    ("noise_bytes", "noise_bytes_total", "Bytes that are no frame."),
    ("sent", "requests_total", "Requests sent to devices."),
    ("groups", "journal_groups_total", "Groups of frames made durable."),
    ("disk_failures", "journal_failures_total", "Failed attempts to write the journal."),
)


def readings(counts: Counts, gauges: Iterable[Reading] = ()) -> list[Reading]:
    """Return every counter and the given gauges."""
    found = [
        Reading(f"lantian_gateway_{name}", "counter", meaning, (("", getattr(counts, field_name)),))
        for field_name, name, meaning in _COUNTERS
    ]
    closed = tuple((f'{{why="{why}"}}', getattr(counts, f"closed_{why}")) for why in ("silent", "slow", "noisy"))
    found.append(Reading("lantian_gateway_closed_total", "counter", "Connections that were closed here.", closed))
    return [*found, *gauges]


def exposition(counts: Counts, gauges: Iterable[Reading] = ()) -> str:
    """Write everything in the text format of Prometheus."""
    lines = []
    for reading in readings(counts, gauges):
        lines += [f"# HELP {reading.name} {reading.meaning}", f"# TYPE {reading.name} {reading.kind}"]
        lines += [f"{reading.name}{labels} {value:.15g}" for labels, value in reading.values]
    name = "lantian_gateway_journal_seconds"
    lines += [f"# HELP {name} How long the disk took for one group.", f"# TYPE {name} histogram"]
    total = 0
    for end, number in zip((*BUCKETS, None), counts.waited, strict=True):
        total += number
        lines.append(f'{name}_bucket{{le="{"+Inf" if end is None else f"{end:g}"}"}} {total}')
    lines += [f"{name}_sum {counts.waited_seconds:.15g}", f"{name}_count {counts.groups}", ""]
    return "\n".join(lines)


def label(text: str) -> str:
    r"""Write a label's value.

    Examples
    --------
    >>> label('a"b')
    'a\\"b'
    """
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


Clock = Callable[[], int]
"""Wall clock, since 1970 in UTC. [µs]"""
