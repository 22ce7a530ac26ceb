"""Reading HJ 212: our codec against plain Python parsers in the same run, on a frame of 500 bytes.

Prints one JSON line. Speeds are frames per second, medians. `plain` does what public parsers do: it decodes the
whole frame, computes the checksum bit by bit and splits everything into dictionaries; `plain_table` has a checksum
by table instead. Ours: `framed` cuts the stream only, `head` reads and checks all that a gateway needs to answer,
`factors` reads the data area too, `verdict` grades every field as well. All but `framed` verify the checksum.
"""

import json
import re
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from lantian.wire.hj212.frame import parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame
from lantian.wire.hj212.writing import build

FRAMES, RUNS = 5_000, 7
HEAD = (
    b"QN=20261123090000001;ST=31;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&DataTime=20261123080000"
)
AREA = (
    b";a21026-Min=10.10,a21026-Avg=12.34,a21026-Max=15.00,a21026-ZsAvg=13.32,a21026-Cou=3.21,a21026-Flag=N"
    b";a21002-Min=30.1,a21002-Avg=33.4,a21002-Max=36.0,a21002-ZsAvg=36.1,a21002-Cou=8.70,a21002-Flag=N"
    b";a34013-Min=3.1,a34013-Avg=3.4,a34013-Max=3.9,a34013-ZsAvg=3.67,a34013-Cou=0.88,a34013-Flag=N"
    b";a19001-Avg=7.1,a19001-Flag=N;a00000-Avg=72.3,a00000-Cou=260280,a00000-Flag=N&&"
)
TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = (_byte >> 1) ^ (0xA001 if _byte & 1 else 0)
    TABLE.append(_byte)


def crc_by_bits(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register = (register >> 8) ^ byte
        for _ in range(8):
            lowest = register & 1
            register >>= 1
            if lowest:
                register ^= 0xA001
    return register


def crc_by_table(data: bytes) -> int:
    register = 0xFFFF
    for byte in data:
        register = TABLE[(register >> 8) ^ byte]
    return register


def plain_parse(frame: bytes, crc: Callable[[bytes], int]) -> dict[str, Any]:
    """Parse as public parsers do: everything at once, into dictionaries."""
    text = frame.decode("utf-8")
    length = int(text[2:6])
    segment = frame[6 : 6 + length]
    if not text.startswith("##") or crc(segment) != int(text[6 + length : 10 + length], 16):
        raise ValueError(text)
    found = re.search(r"CP=&&(.*?)&&", text, re.S)
    assert found is not None
    head = dict(field.split("=", 1) for field in text[6 : found.start()].split(";") if field)
    factors: dict[str, Any] = {}
    for group in found[1].split(";"):
        for field in group.split(","):
            name, value = field.split("=", 1)
            if "-" in name:
                code, suffix = name.split("-", 1)
                factors.setdefault(code, {})[suffix] = value
            else:
                factors[name] = value
    return {**head, "CP": factors}


def speed(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return FRAMES / median(times)


def main() -> None:
    frame = build(HEAD + AREA)
    chunk = frame * 100
    ours, theirs = parse_frame(next(iter(Framer(FrameLimits()).feed(frame)))), plain_parse(frame, crc_by_bits)  # type: ignore[arg-type]
    if {**ours.parameters, **ours.factors} != theirs["CP"] or ours.verdict != "accept":
        raise SystemExit("the two readings differ")

    def stream(read: Callable[[RawFrame], object] | None) -> None:
        framer = Framer(FrameLimits())
        for _ in range(FRAMES // 100):
            pieces = framer.feed(chunk)
            if read is not None:
                for piece in pieces:
                    read(piece)  # type: ignore[arg-type]

    def plain(crc: Callable[[bytes], int], count: int) -> None:
        for _ in range(count):
            plain_parse(frame, crc)

    figures = {
        "framed": speed(lambda: stream(None)),
        "head": speed(lambda: stream(parse_frame)),
        "factors": speed(lambda: stream(lambda raw: parse_frame(raw).factors)),
        "verdict": speed(lambda: stream(lambda raw: parse_frame(raw).verdict)),
        "plain_table": speed(lambda: plain(crc_by_table, FRAMES)),
        "plain": speed(lambda: plain(crc_by_bits, FRAMES // 10)) / 10,
    }
    times = {
        f"{name}_times_{rival}": round(figures[name] / figures[rival], 1)
        for name in ("head", "factors", "verdict")
        for rival in ("plain", "plain_table")
    }
    speeds = {f"{name}_per_second": round(value) for name, value in figures.items()}
    print(json.dumps({"benchmark": "wire", "bytes": len(frame), **speeds, **times}))


if __name__ == "__main__":
    main()
