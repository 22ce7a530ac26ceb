"""Frames of a file: read as they are, told again as history."""

from pathlib import Path

import pytest

from lantian.device.replay import Recorded, identity_of, read_frames
from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.writing import build

MN = "010000A8900016F000169DC0"


def hour(number: int, flag: int = 4) -> bytes:
    text = (
        f"QN=2026030109000000{number};ST=31;CN=2061;PW=123456;MN={MN};Flag={flag};"
        f"CP=&&DataTime=202603010{number}0000;a21026-Avg={number}&&"
    )
    return build(text.encode())


def test_frames_are_read_in_order_and_noise_is_left_out(tmp_path: Path):
    file = tmp_path / "frames.bin"
    file.write_bytes(b"noise" + hour(1) + b"\n\n" + hour(2))
    frames = read_frames(file)
    assert [frame.raw for frame in frames] == [hour(1), hour(2)]
    identity = identity_of(frames[0])
    assert (identity.mn, identity.pw, identity.st, identity.edition) == (MN, "123456", "31", Edition.HJ2017)


def test_history_gives_what_the_file_knows_of_the_time(tmp_path: Path):
    file = tmp_path / "frames.bin"
    file.write_bytes(b"".join(hour(number) for number in range(6)))
    frames = read_frames(file)
    recorded = Recorded(frames, identity_of(frames[0]))
    found = recorded("2061", "20260301020000", "20260301040000")
    assert [message.data_time for message in found] == ["20260301020000", "20260301030000", "20260301040000"]
    assert all(message.flag.answer for message in found)
    assert recorded("2051", "20260301020000", "20260301040000") == []


@pytest.mark.parametrize("content", [None, b"", b"nothing of the kind"])
def test_a_file_without_frames_is_refused(tmp_path: Path, content: bytes | None):
    file = tmp_path / "frames.bin"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CallerError, match="Name a file"):
        read_frames(file)


def test_a_file_with_too_many_frames_is_refused(tmp_path: Path):
    file = tmp_path / "frames.bin"
    file.write_bytes(hour(1) * 5)
    with pytest.raises(CallerError, match="more than 4"):
        read_frames(file, most=4)
