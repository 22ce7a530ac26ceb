"""Coverage-guided fuzzing of the HJ 212 codec: mutated streams, kept when they reach what none reached before.

Every input is fed in two ways and read, graded, turned into a message and written again. A broken promise ends the
run with the input that broke it: an exception that is no refusal, bytes lost or made, pending bytes beyond the
limit, two ways of feeding that differ, or a written message that is read back as another. Prints one JSON line.

With ``--guided`` libFuzzer chooses the inputs instead, through `atheris` (installed by hand: it is no dependency).
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
import zlib
from pathlib import Path
from types import FrameType
from typing import Any

if "--guided" in sys.argv:  # the codec has to be instrumented while it is imported
    import atheris

    with atheris.instrument_imports(include=["lantian.wire"]):
        import lantian.wire.hj212.messages
        import lantian.wire.hj212.writing

import lantian.wire.hj212
from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame, parse, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, Piece, RawFrame
from lantian.wire.hj212.messages import generic, message_of
from lantian.wire.hj212.writing import build, split, write

KEY = b"0" * 16
HEAD = b"QN=20261123090000001;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&"
SMALL, ROOMY = FrameLimits(segment=256, longest=600, noise=64), FrameLimits(segment=9000, cp=9000)
DULL, SELDOM = 2000, 16
SEEDS = [
    build(HEAD.replace(b"2011", b"1062") + b"RtdInterval=30&&"),
    build(HEAD + b"DataTime=20261123090000;a21026-Rtd=12.3,a21026-Flag=N;a19001-Rtd=7.1,a19001-Flag=N&&"),
    build(HEAD.replace(b"Flag=9", b"Flag=11;PNUM=2;PNO=1;RF=1") + b"DataTime=20261123090000;a21026-Rtd=1&&"),
    build(HEAD.replace(b"2011", b"3020") + "DataTime=20261123090000;i11001-Info=//零点;x=1,完成//&&".encode()),
    build(HEAD + b"DataTime=20261123090000;a21026-Rtd=12.3,a21026-Flag=N&&", key=KEY),
    build(HEAD + b"{0xE4,0x3E,0x0A}g=N&&"),
    build(b"ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817;B01-Rtd=36.91;Flag=N&&"),
    *(build(HEAD.replace(b"2011", cn)) for cn in (b"1001", b"1014", b"9011", b"9015", b"2051", b"3021")),
]
WORDS = [
    b"##", b"##0100", b"&&", b"\r\n", b"CP=&&", b";", b",", b"=", b"-", b"//", b"Flag=",
    b"PNUM=9;PNO=1;", b"RF=1;", b"DataTime=", b"20261123090000", b"QnRtn=1", b"a21026-Avg=1", b"{0x41,0x42}",
    b"\x00", b"\xe9\x9b\xb6", b" ", b"1C80",
]  # fmt: skip


class Reached:
    """Steps from line to line of the codec that any input has made.

    A function that showed nothing new in many calls is looked at only now and then: tracing costs more
    than reading.
    """

    def __init__(self) -> None:
        self.folder = str(Path(lantian.wire.hj212.__file__).parent)
        self.steps: set[tuple[int, int, int]] = set()
        self.dull: dict[int, int] = {}
        self.new = False

    def trace(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        """Follow a call into the codec."""
        code = frame.f_code
        if not code.co_filename.startswith(self.folder):
            return None
        number, before, steps = id(code), 0, self.steps
        dull = self.dull[number] = self.dull.get(number, 0) + 1
        if dull > DULL and dull % SELDOM:
            return None

        def line(frame: FrameType, _event: str, _argument: Any) -> Any:
            nonlocal before
            step = (number, before, frame.f_lineno)
            if step not in steps:
                steps.add(step)
                self.dull[number] = 0
                self.new = True
            before = frame.f_lineno
            return line

        return line


def mutated(chance: random.Random, corpus: list[bytes]) -> bytes:
    data = bytearray(chance.choice(corpus))
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        at = chance.randint(0, len(data))
        match chance.randrange(8):
            case 0 if data:
                data[at - 1] ^= 1 << chance.randrange(8)
            case 1:
                data[at:at] = chance.choice(WORDS)
            case 2:
                del data[at : at + chance.randint(1, 20)]
            case 3:
                data[at:at] = data[chance.randint(0, at) : at]
            case 4:
                other = chance.choice(corpus)
                data[at:] = other[chance.randint(0, len(other)) :]
            case 5:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 6:
                data[at:at] = b"%d" % chance.randrange(10 ** chance.randint(1, 6))
            case _:
                data += chance.choice(corpus)
    data = data[:2000]
    if chance.random() < 0.4:  # a right checksum and length, to come deeper
        data = bytearray(build(bytes(data[6:-6])))
    return bytes(data)


def check(data: bytes, chance: random.Random) -> None:
    """Hold every promise of the codec against one input."""
    limits = chance.choice((SMALL, FrameLimits()))
    whole, torn = Framer(limits), Framer(limits)
    pieces: list[Piece] = whole.feed(data)
    parts: list[Piece] = []
    at = 0
    while at < len(data):
        size = chance.randint(1, 80)
        parts += torn.feed(data[at : at + size])
        at += size
        assert torn.pending <= limits.most_pending
    pieces += whole.close()
    assert pieces == parts + torn.close(), "two ways of feeding differ"
    assert b"".join(piece.raw for piece in pieces) == data, "bytes were lost or made"
    for piece in pieces:
        if isinstance(piece, RawFrame):
            key = chance.choice((None, None, KEY))
            read(
                parse_frame(
                    piece, key=key, edition=chance.choice((None, *Edition)), accept_modbus=chance.random() < 0.1
                )
            )


def read(frame: Frame) -> None:
    """Look at everything that a frame has, and write it again when the standard allows it."""
    assert frame.verdict in {"accept", "accept_with_warning", "reject_crc", "reject"}
    _ = frame.head, frame.fields, frame.data_time, frame.sent_at, frame.area.text, repr(frame)
    message = generic(frame)
    try:
        typed = message_of(message)
        written = write(message, limits=ROOMY)
        pieces = split(message)
    except (PeerError, CallerError):
        return
    assert generic(parse(written)) == message, "read back as another message"
    assert typed.to_message().cn == message.cn
    assert all(parse(piece).crc_ok for piece in pieces)


def guided(inputs: int, seed: int) -> None:
    """Let libFuzzer look for inputs; it ends the process by itself, with 0 where no promise was broken."""
    begun = time.perf_counter()
    done = 0

    def one(data: bytes) -> None:
        nonlocal done
        done += 1
        check(data, random.Random(zlib.crc32(data)))
        if done == inputs:
            memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            spent = round(time.perf_counter() - begun)
            told = {"benchmark": "fuzz_wire_guided", "inputs": done, "broken": 0}
            print(json.dumps({**told, "seconds": spent, "peak_memory_mb": memory}), flush=True)

    def changed(data: bytes, most: int, number: int) -> bytes:
        data = atheris.Mutate(data, most)
        deep = random.Random(number).random() < 0.4  # a right checksum and length, to come deeper
        return build(data[6:-6])[:most] if deep and len(data) > 12 else data

    with tempfile.TemporaryDirectory() as folder:
        for number, each in enumerate(SEEDS):
            (Path(folder) / f"{number}").write_bytes(each)
        options = [f"-runs={inputs}", f"-seed={seed}", "-max_len=2000", "-print_final_stats=1", folder]
        atheris.Setup([sys.argv[0], *options], one, custom_mutator=changed)
        atheris.Fuzz()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--inputs", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--guided", action="store_true")
    options = asked.parse_args()
    if options.guided:
        guided(options.inputs, options.seed)
        return
    chance, reached, corpus = random.Random(options.seed), Reached(), list(SEEDS)
    slowest, begun = 0.0, time.perf_counter()
    for _ in range(options.inputs):
        data, state = mutated(chance, corpus), chance.getstate()
        reached.new = False
        start = time.perf_counter()
        sys.settrace(reached.trace)
        try:
            check(data, chance)
        except Exception:
            sys.settrace(None)
            chance.setstate(state)
            print(f"broken by {data!r}", file=sys.stderr)
            raise
        finally:
            sys.settrace(None)
        slowest = max(slowest, time.perf_counter() - start)
        if reached.new:
            corpus.append(data)
    figures = {
        "benchmark": "fuzz_wire",
        "inputs": options.inputs,
        "corpus": len(corpus),
        "steps_reached": len(reached.steps),
        "broken": 0,
        "slowest_input_ms": round(slowest * 1000, 1),
        "seconds": round(time.perf_counter() - begun),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
