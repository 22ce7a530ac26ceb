"""What each fault makes of a frame."""

import pytest

from lantian.device.misbehaving import Misdeed, sender
from lantian.wire.hj212.frame import parse

FRAME = b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200\r\n"


@pytest.mark.parametrize("misdeed", [None, Misdeed.CLOCK])
def test_without_a_fault_of_the_frame_it_leaves_as_it_is(misdeed: Misdeed | None):
    assert sender(misdeed)(FRAME) == (FRAME,)


def test_the_checksum_alone_is_changed():
    [made] = sender(Misdeed.CRC)(FRAME)
    assert parse(made).faults == ("crc_mismatch",)
    assert (made[:-6], made[-2:]) == (FRAME[:-6], b"\r\n")


def test_the_length_alone_is_changed():
    [made] = sender(Misdeed.LENGTH)(FRAME)
    assert parse(made).faults == ("length_mismatch",)
    assert made[6:] == FRAME[6:]


def test_pieces_together_are_the_frame():
    assert b"".join(sender(Misdeed.SPLIT)(FRAME)) == FRAME


def test_silence_sends_nothing_and_a_flood_sends_much():
    assert sender(Misdeed.SILENT)(FRAME) == ()
    assert sender(Misdeed.FLOOD, times=3)(FRAME) == (FRAME,) * 3


def test_half_a_frame_is_its_beginning():
    [made] = sender(Misdeed.HALF)(FRAME)
    assert FRAME.startswith(made)
    assert 0 < len(made) < len(FRAME)
