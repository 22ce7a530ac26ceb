"""``lantian frame``: bytes as they came, one row a frame; and messages as bytes, strictly."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lantian.wire.hj212.writing import build

Ask = Callable[..., tuple[int, str, str]]
MN = "010000A8900016F000169DC0"
FIRST = b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=%b;Flag=5;CP=&&RtdInterval=30&&1C80" % MN.encode()
SECOND = b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=%b;Flag=9;CP=&&&&2200\r\n" % MN.encode()
DATA = f"QN=20260301080000000;ST=31;CN=2011;PW=secret;MN={MN};Flag=5;CP=&&DataTime=20260301080000;a21026-Rtd=1.5&&"


@pytest.fixture
def decode(tmp_path: Path, ask: Ask) -> Callable[..., tuple[int, list[dict[str, Any]]]]:
    """Decode bytes of a file and return the exit code with the rows."""

    def rows(data: bytes, *options: object) -> tuple[int, list[dict[str, Any]]]:
        file = tmp_path / "came.bin"
        file.write_bytes(data)
        code, out, _ = ask("frame", "decode", file, "--json", *options)
        return code, [json.loads(line) for line in out.splitlines()]

    return rows


@pytest.mark.reference
def test_every_vector_is_judged_and_read_as_its_source_says(decode, reference_data: Path):
    vectors = json.loads((reference_data / "hj212_vectors" / "vectors.json").read_text("utf-8"))["vectors"]
    assert len(vectors) > 15
    for vector in vectors:
        code, [row] = decode(vector["frame"].encode())
        expected = vector["expect"]
        head = expected["head"]
        assert row["verdict"] == vector["verdict"].removesuffix("_or_compat_modbus"), vector["id"]
        assert code == (2 if row["verdict"].startswith("reject") else 0)
        assert sorted(row["faults"]) == expected["issues"]
        assert row["factors"] == expected["factors"]
        assert row["parameters"] == expected["cp"]
        assert row["crc_ok"] is expected["crc_ok"]
        assert (row["crc_sent"], row["crc_calculated"]) == (expected["crc_sent"], expected["crc_calc"])
        assert row["declared"] == expected["declared_len"]
        assert [row[name.lower()] for name in ("QN", "ST", "CN", "MN")] == [
            head.get(name) for name in ("QN", "ST", "CN", "MN")
        ]
        assert row["flag"] == (int(head["Flag"]) if "Flag" in head else None)
        assert row["raw_length"] == len(vector["frame"].encode())


@pytest.mark.reference
def test_every_vector_is_written_again_from_its_segment(tmp_path: Path, ask: Ask, reference_data: Path):
    vectors = json.loads((reference_data / "hj212_vectors" / "vectors.json").read_text("utf-8"))["vectors"]
    out = tmp_path / "frame.bin"
    for vector in vectors:
        frame = vector["frame"].encode()
        segment = frame.rstrip(b"\r\n")[6:-4]
        strict = ask("frame", "build", "--segment", segment.decode(), "--out", out)
        if vector["verdict"] == "accept":
            assert (strict[0], out.read_bytes()) == (0, frame), vector["id"]
        elif set(vector["expect"]["issues"]) - {"crc_mismatch", "crc_lowercase", "no_crlf"}:
            assert strict[0] == 2, vector["id"]
        assert ask("frame", "build", "--unchecked", "--segment", segment.decode(), "--out", out)[0] == 0
        assert out.read_bytes()[6:] == segment + vector["expect"]["crc_calc"].encode() + b"\r\n"


def test_a_stream_with_noise_gives_each_piece_its_own_line_and_place(decode):
    code, rows = decode(b"\x00noise##12" + FIRST + b"\n\n" + SECOND + b"\r\n")
    assert code == 0
    assert [row["verdict"] for row in rows] == ["noise", "accept_with_warning", "accept"]
    assert [row["offset"] for row in rows] == [0, 10, 10 + len(FIRST) + 2]
    assert (rows[0]["raw_length"], rows[1]["faults"]) == (10, ["no_crlf"])


def test_the_standard_input_is_read(ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FIRST + SECOND)))
    code, out, _ = ask("frame", "decode", "--json")
    assert code == 0
    assert [json.loads(line)["cn"] for line in out.splitlines()] == ["1062", "1011"]


@pytest.mark.parametrize("data", [b"", b"nothing of the kind", FIRST[:60]])
def test_bytes_without_a_frame_leave_with_2(decode, data: bytes):
    code, rows = decode(data)
    assert code == 2
    assert all(row["verdict"] == "noise" for row in rows)


def test_one_rejected_frame_among_good_ones_leaves_with_2(decode):
    code, rows = decode(FIRST + b"\r\n" + SECOND.replace(b"1011", b"1012"))
    assert (code, [row["verdict"] for row in rows]) == (2, ["accept", "reject_crc"])


def test_passwords_and_keys_are_hidden_also_in_noise(decode, tmp_path: Path, ask: Ask):
    new = build(f"QN=20260301080000000;ST=31;CN=1072;PW=secret;MN={MN};Flag=5;CP=&&NewPW=covert&&".encode())
    code, rows = decode(new + b"##0099ST=31;PW=hidden;MN=1")
    assert code == 0
    assert (rows[0]["pw"], rows[0]["parameters"]) == ("***", {"NewPW": "***"})
    assert all(word not in json.dumps(rows) for word in ("secret", "covert", "hidden"))
    shown = ask("frame", "decode", tmp_path / "came.bin")[1]
    assert all(word not in shown for word in ("secret", "covert", "hidden"))


def test_the_registered_edition_is_compared_with_flag(decode):
    assert decode(SECOND, "--edition", 2017)[1][0]["faults"] == ["edition_differs"]
    assert decode(SECOND, "--edition", 2017)[1][0]["edition"] == 2017
    assert decode(SECOND)[1][0]["edition"] == 2025


def test_an_edition_that_does_not_exist_is_refused(tmp_path: Path, ask: Ask):
    code, _, said = ask("frame", "decode", tmp_path, "--edition", 1999)
    assert (code, "1999" in said) == (2, True)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, ask: Ask):
    code, _, said = ask("frame", "decode", tmp_path / "none")
    assert (code, "Name a file" in said) == (2, True)


@pytest.mark.parametrize("written", [b"msbE74gsiSHSEh5e\n", b"6d736245373467736953485345683565"])
def test_cipher_is_written_and_read_with_the_key_of_a_file(decode, tmp_path: Path, ask: Ask, written: bytes):
    key, out = tmp_path / "key", tmp_path / "frame.bin"
    key.write_bytes(written)
    segment = DATA.replace("Flag=5", "Flag=9")
    assert ask("frame", "build", "--segment", segment, "--key-file", key, "--out", out)[0] == 0
    assert b"a21026" not in out.read_bytes()
    code, [row] = decode(out.read_bytes(), "--key-file", key)
    assert (code, row["encrypted"], row["factors"]) == (0, True, {"a21026": {"Rtd": "1.5"}})
    code, [row] = decode(out.read_bytes())
    assert (code, row["verdict"], "cp_still_encrypted" in row["faults"]) == (2, "reject", True)


def test_a_key_of_another_length_is_refused_without_showing_it(tmp_path: Path, ask: Ask):
    key = tmp_path / "key"
    key.write_bytes(b"tooshort")
    code, _, said = ask("frame", "decode", tmp_path, "--key-file", key)
    assert (code, "8 bytes" in said, "tooshort" in said) == (2, True, False)


def test_the_page_names_fault_rule_and_remedy(tmp_path: Path, ask: Ask):
    file = tmp_path / "came.bin"
    file.write_bytes(build(DATA.replace(MN, "0507A010003242").encode()) + b"noise")
    code, out, _ = ask("frame", "decode", file)
    assert code == 0
    for words in ("real-time data", "mn_not_24_hex", "MN of 24 characters", "sulphur dioxide", "1.5", "noise"):
        assert words in out
    assert "Register the device" in " ".join(out.split())
    assert "实时数据" in ask("frame", "decode", file, language="zh_CN")[1]


def test_a_page_obeys_nothing_that_a_stranger_sends(tmp_path: Path, ask: Ask):
    file = tmp_path / "came.bin"
    file.write_bytes(build(b"ST=31;CN=2011;CP=&&Name=\x1b[31m[red]&&") + b"\x1b]0;title\x07")
    _, out, _ = ask("frame", "decode", file)
    assert "\x1b" not in out
    assert "[red]" in out


def test_json_lines_hold_no_other_line_end(decode):
    code, rows = decode(build(DATA.replace("1.5", "1\u20285").encode()))
    assert (code, rows[0]["factors"]["a21026"]["Rtd"]) == (0, "1\u20285")


# ---------------------------------------------------------------------------------------------- build


def test_the_example_of_the_standard_is_built_exact_to_the_byte(ask: Ask):
    code, out, _ = ask(
        "frame", "build", "--cn", 1062, "--st", 32, "--pw", 100000, "--mn", MN, "--qn", "20160801085857223",
        "--flag", 5, "--set", "RtdInterval=30",
    )  # fmt: skip
    assert (code, out.encode()) == (0, FIRST + b"\r\n")


def test_factors_are_grouped_and_the_edition_makes_the_flag(decode, tmp_path: Path, ask: Ask):
    out = tmp_path / "frame.bin"
    code, _, said = ask(
        "frame", "build", "--cn", 2061, "--st", 31, "--mn", MN, "--edition", 2025, "--rf", "--set",
        "DataTime=20260301080000", "--factor", "a21026-Avg=12.3", "--factor", "a34013-Avg=4", "--factor",
        "a21026-Flag=N", "--out", out,
    )  # fmt: skip
    assert code == 0, said
    _, [row] = decode(out.read_bytes())
    assert (row["verdict"], row["flag"], row["edition"], row["rf"]) == ("accept", 9, 2025, True)
    assert row["factors"] == {"a21026": {"Avg": "12.3", "Flag": "N"}, "a34013": {"Avg": "4"}}
    assert row["data_time"] == "20260301080000"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--st", "31"], "--cn"),
        (["--cn", "2011", "--st", "31", "--mn", "SHORT"], "MN='SHORT'"),
        (["--cn", "9999", "--st", "31", "--mn", MN], "no command 9999"),
        (["--cn", "1062", "--st", "31", "--mn", MN], "lacks RtdInterval"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--rf"], "no mark for late data"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--set", "DataTime"], "no field"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--factor", "a21026=1"], "no field"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--factor", "a-Rtd=1", "--factor", "a-Rtd=2"], "twice"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--factor", "a21026-Rtd=much"], "not a number"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--flag", "9", "--edition", "2017"], "does not belong"),
        (["--segment", DATA, "--cn", "2011"], "given too"),
        (["--segment", "ST=31"], "these faults"),
        (["--segment", DATA.replace("1.5", "1##0001")], "cannot stand in a frame"),
        (["--segment", DATA.replace("2011", "9999")], "no command 9999"),
        (["--cn", "2011", "--st", "31", "--mn", MN, "--unchecked"], "--segment"),
    ],
)
def test_what_the_edition_does_not_allow_is_refused(ask: Ask, options: list[str], words: str):
    code, out, said = ask("frame", "build", *options)
    assert (code, out) == (2, "")
    assert words in said


def test_a_segment_of_2005_is_judged_by_its_own_edition(ask: Ask):
    segment = "QN=20260301080000000;ST=31;CN=1061;PW=123456;MN=88888880000001;Flag=1;CP=&&&&"
    code, out, said = ask("frame", "build", "--segment", segment)
    assert (code, out.encode()) == (0, build(segment.encode())), said
