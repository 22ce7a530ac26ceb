"""Frames that stand in public sources, and the two official examples: verdict, reading, writing, streams."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from lantian.wire.hj212.crc import crc16
from lantian.wire.hj212.frame import Frame, parse, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, Noise, RawFrame
from lantian.wire.hj212.messages import generic, message_of
from lantian.wire.hj212.sm4 import authorization
from lantian.wire.hj212.writing import build, segment_of, write

pytestmark = pytest.mark.reference

IDS = (
    "std2017-annexA", "std2025-annexA", "ack9011", "cn2011-sampletime", "cn2051-airstation", "st39-orphan-flag",
    "stale-crc-0136", "crc-wrong-0275", "pno-pnum-2005", "pno-pnum-edited", "modbus-crc", "ack9014-lower-nocrlf",
    "flag8-in-2021", "ack9011-flag5", "built-split-1of2", "built-split-2of2", "built-cems-2061", "built-2025-rf",
    "built-utf8-log",
)  # fmt: skip
EACH = pytest.mark.parametrize("name", IDS)


@pytest.fixture(scope="module")
def everything(reference_data: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reference_data / "hj212_vectors" / "vectors.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def vectors(everything: dict[str, Any]) -> dict[str, Any]:
    return {vector["id"]: vector for vector in everything["vectors"]}


def read(vector: dict[str, Any]) -> Frame:
    return parse(vector["frame"].encode("utf-8"))


def test_every_vector_is_tested(vectors: dict[str, Any]):
    assert set(vectors) == set(IDS)


@EACH
def test_verdict(vectors: dict[str, Any], name: str):
    wanted = vectors[name]["verdict"].removesuffix("_or_compat_modbus")
    assert read(vectors[name]).verdict == wanted


@EACH
def test_head_and_flag(vectors: dict[str, Any], name: str):
    frame, expected = read(vectors[name]), vectors[name]["expect"]
    assert frame.head == expected["head"]
    if "flag" in expected:
        assert frame.flag is not None
        bits = {"version": frame.flag.version, "split": frame.flag.split, "ack": frame.flag.answer}
        assert bits == expected["flag"]
    else:
        assert frame.flag is None


@EACH
def test_data_area(vectors: dict[str, Any], name: str):
    frame, expected = read(vectors[name]), vectors[name]["expect"]
    assert frame.parameters == expected["cp"]
    assert frame.factors == expected["factors"]


@EACH
def test_faults_and_checksum(vectors: dict[str, Any], name: str):
    frame, expected = read(vectors[name]), vectors[name]["expect"]
    assert sorted(frame.faults) == expected["issues"]
    assert frame.crc_ok is expected["crc_ok"]
    assert frame.raw_frame.crc_sent == expected["crc_sent"].encode()
    assert frame.raw_frame.declared == expected["declared_len"]
    assert f"{crc16(frame.segment):04X}" == expected["crc_calc"]


@EACH
def test_the_raw_bytes_are_kept(vectors: dict[str, Any], name: str):
    assert read(vectors[name]).raw == vectors[name]["frame"].encode("utf-8")


@EACH
def test_reencoding(vectors: dict[str, Any], name: str):
    """A frame without a fault is written again byte for byte; any segment gives its own right frame."""
    raw = vectors[name]["frame"].encode("utf-8")
    frame = read(vectors[name])
    crc = vectors[name]["expect"]["crc_calc"].encode()
    assert build(frame.segment) == b"##%04d" % len(frame.segment) + frame.segment + crc + b"\r\n"
    if frame.verdict == "accept":
        assert segment_of(generic(frame)) == frame.segment
        assert write(generic(frame)) == raw
        assert write(message_of(frame).to_message()) == raw


def test_modbus_is_taken_under_its_switch_only(vectors: dict[str, Any]):
    [piece] = Framer(FrameLimits()).feed(vectors["modbus-crc"]["frame"].encode())
    assert isinstance(piece, RawFrame)
    frame = parse_frame(piece, accept_modbus=True)
    assert frame.crc_ok
    assert frame.verdict == "accept_with_warning"
    assert "crc_is_modbus" in frame.faults


STREAMS = {
    "stream-two-frames": ["std2017-annexA", "std2025-annexA"],
    "stream-half-then-rest": ["std2017-annexA"],
    "stream-garbage-then-frame": [b"\x00noise##12", "std2017-annexA"],
    "stream-nocrlf-glued": ["std2017-annexA", "std2025-annexA"],
}


@pytest.mark.parametrize("name", STREAMS)
def test_streams(everything: dict[str, Any], vectors: dict[str, Any], name: str):
    assert set(everything["streams"]) == set(STREAMS)
    stream = everything["streams"][name]
    chunks = [chunk.encode() for chunk in stream.get("chunks") or [stream["bytes_as_text"]]]
    by_chunk, by_byte = Framer(FrameLimits()), Framer(FrameLimits())
    pieces = [piece for chunk in chunks for piece in by_chunk.feed(chunk)]
    assert [piece for byte in b"".join(chunks) for piece in by_byte.feed(bytes([byte]))] == pieces
    for piece, wanted in zip(pieces, STREAMS[name], strict=True):
        if isinstance(wanted, bytes):
            assert piece == Noise(wanted)
        else:
            assert isinstance(piece, RawFrame)
            assert piece.segment == read(vectors[wanted]).segment
    assert by_chunk.pending == 0
    assert b"".join(piece.raw for piece in pieces) == b"".join(chunks)


def test_authorization_of_annex_h(everything: dict[str, Any]):
    vector = everything["sm4"]["sm4_ecb_pkcs7_authorization"]
    user, password = vector["plaintext"].split(":")
    assert authorization(user, password, vector["key_ascii"].encode()) == vector["base64"]
    assert len(base64.b64decode(vector["base64"])) == 32
