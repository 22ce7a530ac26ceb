import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lantian.wire.hj212.crc import crc16
from lantian.wire.hj212.framing import FrameLimits, Framer, Noise, Piece, RawFrame
from lantian.wire.hj212.writing import build

HEAD = b"QN=20261123090000001;ST=31;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&"
SEGMENT = HEAD + b"DataTime=20261123090000;a21026-Rtd=12.3,a21026-Flag=N&&"
OTHER = HEAD.replace(b"Flag=9", b"Flag=8") + b"DataTime=20261123090030;a21026-Rtd=12.4,a21026-Flag=N&&"
FRAME, NEXT = build(SEGMENT), build(OTHER)
SMALL = FrameLimits(segment=64, longest=120, noise=16)


def cut(*chunks: bytes, limits: FrameLimits | None = None, close: bool = True) -> list[Piece]:
    framer = Framer(limits or FrameLimits())
    pieces = [piece for chunk in chunks for piece in framer.feed(chunk)]
    return pieces + (framer.close() if close else [])


def segments(pieces: list[Piece]) -> list[bytes]:
    return [piece.segment for piece in pieces if isinstance(piece, RawFrame)]


def only(pieces: list[Piece]) -> RawFrame:
    [piece] = pieces
    assert isinstance(piece, RawFrame)
    return piece


def with_length(frame: bytes, length: int) -> bytes:
    return frame[:2] + b"%04d" % length + frame[6:]


def test_a_whole_frame_comes_out_as_it_went_in():
    frame = only(cut(FRAME))
    assert (frame.raw, frame.segment, frame.declared) == (FRAME, SEGMENT, len(SEGMENT))
    assert frame.crc_sent == b"%04X" % crc16(SEGMENT)
    assert frame.faults == ()


def test_sticky_and_half_packets():
    stream = FRAME + NEXT
    for at in range(len(stream)):
        assert segments(cut(stream[:at], stream[at:])) == [SEGMENT, OTHER]


def test_a_line_end_inside_the_cipher_does_not_cut():
    region = b"\r\n##99&&0000\r\n&&" + bytes(range(128, 192))
    cipher = build(HEAD + region + b"&&")
    assert segments(cut(cipher + FRAME)) == [HEAD + region + b"&&", SEGMENT]


def test_garbage_before_between_and_after_is_kept():
    pieces = cut(b"\x00noise##12" + FRAME + b"heartbeat\r\n" + NEXT + b"##00")
    assert pieces[0] == Noise(b"\x00noise##12")
    assert pieces[2] == Noise(b"heartbeat\r\n")
    assert pieces[4] == Noise(b"##00")
    assert segments(pieces) == [SEGMENT, OTHER]


@pytest.mark.parametrize("tail", [b"", b"\r", b"\n"])
def test_a_missing_line_end_is_a_fault_and_no_loss(tail: bytes):
    first, second = cut(FRAME[:-2] + tail + NEXT)
    assert isinstance(first, RawFrame)
    assert first.faults == ("no_crlf",)
    assert first.raw == FRAME[:-2] + tail
    assert isinstance(second, RawFrame)
    assert second.faults == ()


def test_a_frame_without_line_end_is_given_when_the_line_falls_silent():
    framer = Framer(FrameLimits())
    assert framer.feed(FRAME[:-2]) == []
    assert framer.waiting
    assert segments(framer.flush()) == [SEGMENT]
    assert not framer.waiting
    assert framer.feed(NEXT[:40]) == []
    assert not framer.waiting
    assert framer.flush() == []
    assert framer.pending == 40
    assert segments(framer.feed(NEXT[40:])) == [OTHER]


@pytest.mark.parametrize("lie", [-60, -7, -2, -1, 1, 2, 4, 6, 60, 300])
def test_a_length_that_lies_is_recovered_by_checksum_and_line_end(lie: int):
    stream = with_length(FRAME, len(SEGMENT) + lie) + NEXT + FRAME
    first = cut(stream)[0]
    assert isinstance(first, RawFrame)
    assert (first.segment, first.raw, first.faults) == (
        SEGMENT,
        FRAME[:2] + first.raw[2:6] + FRAME[6:],
        ("length_mismatch",),
    )
    assert segments(cut(stream)) == [SEGMENT, OTHER, SEGMENT]


def test_a_length_too_great_does_not_wait_for_bytes_that_never_come():
    framer = Framer(FrameLimits())
    assert segments(framer.feed(with_length(FRAME, 900))) == [SEGMENT]
    assert framer.pending == 0


@pytest.mark.parametrize("length", [0, 3, 900, 9999])
def test_a_lying_length_without_line_end_is_recovered_at_the_next_header(length: int):
    stream = with_length(FRAME[:-2], length) + NEXT
    first, second = cut(stream)
    assert isinstance(first, RawFrame)
    assert first.faults == ("no_crlf", "length_mismatch")
    assert segments([first, second]) == [SEGMENT, OTHER]


def test_a_lying_length_with_a_wrong_checksum_is_noise():
    broken = with_length(FRAME, len(SEGMENT) - 20).replace(b"12.3", b"99.9")
    pieces = cut(broken + NEXT)
    assert pieces[0] == Noise(broken)
    assert segments(pieces) == [OTHER]


def test_a_wrong_checksum_alone_is_a_frame_for_the_reader_to_judge():
    broken = FRAME.replace(b"12.3", b"99.9")
    assert only(cut(broken)).raw == broken


@pytest.mark.parametrize("kept", [6, 20, 80, len(FRAME) - 3])
def test_a_frame_that_was_cut_off_does_not_swallow_the_next(kept: int):
    framer = Framer(FrameLimits())
    pieces = framer.feed(FRAME[:kept] + NEXT)
    assert segments(pieces + framer.feed(FRAME)) == [OTHER, SEGMENT]


def test_lengths_of_real_senders_beyond_the_standard_are_taken_with_a_fault():
    segment = HEAD + b"DataTime=20261123090000;" + b";".join(b"a%05d-Rtd=1.0" % at for at in range(100)) + b"&&"
    assert 1024 < len(segment) <= 1623
    assert only(cut(build(segment))).faults == ("oversize",)


def test_a_length_beyond_the_limit_is_no_header():
    frame = b"##9000" + b"x" * 9000 + b"0000\r\n"
    pieces = cut(frame + FRAME)
    assert segments(pieces) == [SEGMENT]
    assert b"".join(piece.raw for piece in pieces) == frame + FRAME


@pytest.mark.parametrize("length_of", [len, lambda cipher: len(cipher) - 48])
def test_cipher_in_the_printed_notation_is_cut_whatever_its_length_counts(length_of):
    printed = HEAD + b"{" + b",".join(b"0x%02X" % byte for byte in range(128, 138)) + b"}g=N&&"
    plain = HEAD + bytes(range(128, 138)) + b"g=N&&"
    length = len(printed) if length_of is len else len(plain)
    frame = b"##%04d" % length + printed + b"%04X\r\n" % crc16(plain)
    raw = cut(frame + FRAME)[0]
    assert isinstance(raw, RawFrame)
    assert raw.raw == frame
    assert raw.faults == ()


def test_silence_and_endless_noise_stay_bounded():
    limits = FrameLimits()
    for byte in (b"#", b"0", b"\r", b"x", b"##8192", b"##0000", b"##1\r\n", b"&&0000\r\n"):
        framer = Framer(limits)
        for _ in range(2000):
            framer.feed(byte * 9)
            assert framer.pending <= limits.most_pending


PIECES = st.one_of(
    st.sampled_from(
        [FRAME, NEXT, FRAME[:-2], FRAME[:50], FRAME[30:], b"##", b"##00", b"##0104", b"\r\n", b"&&", b"#"]
    ),
    st.integers(0, 400).map(lambda length: with_length(FRAME, length)),
    st.integers(0, 9999).map(lambda length: b"##%04d" % length),
    st.binary(max_size=40),
    st.binary(max_size=90).map(build),
    st.binary(max_size=90).map(lambda region: build(b"CP=&&" + region + b"&&")),
    st.binary(max_size=20).map(lambda region: b"##0090" + region + b"&&1C80\r\n"),
)
STREAMS = st.lists(PIECES, max_size=12).map(b"".join)
LIMITS = st.sampled_from([FrameLimits(), SMALL])


@settings(max_examples=400)
@given(STREAMS, LIMITS, st.randoms(use_true_random=False))
@example(FRAME[:-2] + b"\r" + NEXT, FrameLimits(), None)
def test_byte_by_byte_equals_whole_and_any_chunks(stream: bytes, limits: FrameLimits, chance):
    whole = cut(stream, limits=limits)
    assert cut(*(stream[at : at + 1] for at in range(len(stream))), limits=limits) == whole
    if chance is not None:
        at, chunks = 0, []
        while at < len(stream):
            size = chance.randint(1, 60)
            chunks.append(stream[at : at + size])
            at += size
        assert cut(*chunks, limits=limits) == whole


@settings(max_examples=300)
@given(STREAMS, LIMITS)
def test_no_byte_is_lost_or_made(stream: bytes, limits: FrameLimits):
    assert b"".join(piece.raw for piece in cut(stream, limits=limits)) == stream


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_any_bytes_are_cut_without_a_fault_and_within_bounds(chunks: list[bytes]):
    framer = Framer(SMALL)
    for chunk in chunks:
        framer.feed(chunk)
        assert framer.pending <= SMALL.most_pending
    framer.close()
    assert framer.pending == 0
