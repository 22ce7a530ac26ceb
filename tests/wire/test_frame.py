from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.terms.errors import PeerError
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import Frame, parse, parse_frame
from lantian.wire.hj212.framing import FrameLimits, Framer, RawFrame
from lantian.wire.hj212.messages import generic
from lantian.wire.hj212.writing import build, write

KEY = b"0" * 16
HEAD = "QN=20261123090000001;ST=31;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&"
AREA = "DataTime=20261123080000;a21026-Avg=12.34,a21026-Flag=N;a19001-Avg=7.1,a19001-Flag=N"


def frame_of(segment: str | bytes, **options) -> Frame:
    raw = build(segment.encode() if isinstance(segment, str) else segment)
    [piece] = Framer(FrameLimits()).feed(raw)
    assert isinstance(piece, RawFrame)
    return parse_frame(piece, **options)


def changed(**fields: str | None) -> Frame:
    """Our frame with some fields of its head in other words, or without them."""
    head = {}
    for token in HEAD.removesuffix(";CP=&&").split(";"):
        name, _, value = token.partition("=")
        head[name] = value
    head |= {name: value for name, value in fields.items() if value is not None}
    text = ";".join(f"{name}={value}" for name, value in head.items() if fields.get(name, "") is not None)
    return frame_of(f"{text};CP=&&{AREA}&&")


def test_fields_of_the_head_and_of_the_area():
    frame = frame_of(f"{HEAD}{AREA}&&")
    assert (frame.qn, frame.st, frame.cn, frame.pw) == ("20261123090000001", "31", "2061", "123456")
    assert frame.mn == "010000A8900016F000169DC0"
    assert frame.flag is not None
    assert frame.flag.value == 9
    assert (frame.pnum, frame.pno, frame.rf) == (None, None, False)
    assert frame.cp == AREA.encode()
    assert frame.data_time == "20261123080000"
    assert frame.sent_at == datetime(2026, 11, 23, 9, 0, 0, 1000)  # noqa: DTZ001  a clock without zone
    assert frame.factors["a19001"] == {"Avg": "7.1", "Flag": "N"}
    assert frame.fields[0] == ("DataTime", "20261123080000")
    assert frame.edition is Edition.HJ2025
    assert frame.verdict == "accept"


def test_parts_and_late_mark():
    frame = frame_of(HEAD.replace("Flag=9;", "Flag=11;PNUM=3;PNO=2;RF=1;") + AREA + "&&")
    assert (frame.pnum, frame.pno, frame.rf, frame.faults) == (3, 2, True, ())


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"QN": None}, ("no_qn",)),
        ({"QN": "2026112309000000"}, ("qn_not_17_digits",)),
        ({"ST": "101"}, ("st_not_2",)),
        ({"ST": None}, ("no_st",)),
        ({"CN": None}, ("no_cn",)),
        ({"CN": "20x1"}, ("cn_not_4_digits",)),
        ({"PW": "123456789012345678901234"}, ("pw_not_6",)),
        ({"PW": None}, ("no_pw",)),
        ({"MN": "0507A010003242"}, ("mn_not_24_hex",)),
        ({"MN": "010000a8900016f000169dc0"}, ("mn_not_24_hex",)),
        ({"MN": ""}, ("no_mn",)),
        ({"Flag": None}, ("no_flag",)),
        ({"Flag": "256"}, ("flag_not_a_number",)),
        ({"Flag": "N"}, ("flag_not_a_number",)),
        ({"Flag": "11"}, ("flag_without_pnum",)),
        ({"Flag": "9;PNUM=2;PNO=1"}, ("pnum_without_flag",)),
        ({"Flag": "11;PNUM=2;PNO=3"}, ("pno_not_in_pnum",)),
        ({"Flag": "11;PNUM=0002;PNO=0001"}, ()),
        ({"Flag": "9;RF=0"}, ("rf_not_1",)),
        ({"Flag": "5;RF=1"}, ("rf_before_2025",)),
        ({"Flag": "9;Foo=1"}, ("head_unknown_field",)),
        ({"Flag": "9;ST=32"}, ("head_twice",)),
        ({"Flag": "9,RF=1"}, ("head_separator",)),
        ({"Flag": " 9"}, ("head_blank",)),
        ({"Flag": None, "FLAG": "9"}, ("head_case",)),
    ],
)
def test_each_slip_of_the_head_is_one_fault_and_the_rest_is_read(fields, faults):
    frame = changed(**fields)
    assert frame.faults == faults
    assert frame.factors["a21026"]["Avg"] == "12.34"


@pytest.mark.parametrize(
    ("segment", "faults"),
    [
        (HEAD.replace(";CP", "CP") + AREA + "&&", ("head_separator",)),
        (HEAD.replace(";CP=&&", ""), ("no_cp",)),
        (HEAD + AREA, ("cp_not_closed",)),
        (HEAD.replace("&&", "") + AREA, ("cp_not_closed",)),
        (HEAD + " " + AREA + "&&", ("cp_blank",)),
        (HEAD + AREA + ";&&", ()),
        (HEAD + AREA + ";Foo&&", ("cp_not_a_field",)),
        (HEAD + AREA + ";-Rtd=1&&", ("cp_not_a_field",)),
        (HEAD + AREA + ";Flag=N&&", ("orphan_Flag_in_cp",)),
        (HEAD + AREA + ";Rtd=1&&", ("orphan_value_in_cp",)),
        (HEAD + AREA + ";a21026-Avg=9&&", ("cp_twice",)),
        (HEAD + AREA + ";a21026-Avg=12.34&&", ()),
        (HEAD + AREA.replace("20261123080000", "20261123080000000") + "&&", ("data_time_not_14",)),
        (HEAD + AREA.replace("20261123080000", "20261131080000") + "&&", ("data_time_no_time",)),
        (HEAD + AREA.replace("20261123080000", "") + "&&", ("data_time_not_14", "data_time_no_time")),
    ],
)
def test_each_slip_of_the_data_area_is_one_fault(segment: str, faults: tuple[str, ...]):
    assert frame_of(segment).faults == faults


def test_a_segment_without_any_field_is_rejected():
    frame = frame_of("hello")
    assert frame.verdict == "reject"
    assert "not_a_segment" in frame.faults


def test_a_frame_without_command_is_rejected_and_without_device_is_taken():
    assert changed(CN=None).verdict == "reject"
    assert changed(MN="").verdict == "accept_with_warning"
    assert (
        frame_of("QN=20261123090000001;ST=31;CN=1001;PW=123456;MN=;Flag=9;CP=&&i23005-Info=A1&&").verdict
        == "accept"
    )


def test_the_edition_is_that_of_the_registration_and_flag_is_compared_with_it():
    frame = frame_of(f"{HEAD}{AREA}&&", edition=Edition.HJ2017)
    assert frame.edition is Edition.HJ2017
    assert frame.faults == ("edition_differs",)
    assert frame.verdict == "accept"


def test_a_device_of_2005_needs_no_flag_and_has_14_characters():
    segment = "ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817;B01-Rtd=36.91&&"
    assert frame_of(segment, edition=Edition.HJ2005).faults == ("no_qn",)
    assert frame_of(segment.replace("0015", "015"), edition=Edition.HJ2005).faults == ("no_qn", "mn_not_14")
    assert frame_of(segment).faults == ("no_qn", "mn_not_24_hex", "no_flag")


OLD = "QN=20160824003817000;ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&DataTime=20160824003817;B01-Rtd=36.91&&"


def test_a_right_frame_of_2005_is_known_without_being_told():
    frame = frame_of(OLD)
    assert (frame.faults, frame.edition, frame.verdict) == ((), Edition.HJ2005, "accept")


@pytest.mark.parametrize(
    ("segment", "faults"),
    [
        (OLD.replace("QN=2016", "QN=x016"), ("qn_not_17_digits", "mn_not_24_hex", "no_flag")),
        (OLD.replace("0015", "00155"), ("mn_not_24_hex", "no_flag")),
        (OLD.replace("LD13", "LD_3"), ("mn_not_24_hex", "no_flag")),
        (OLD.replace(";CP", ";Flag=4;CP"), ("mn_not_24_hex",)),
    ],
)
def test_2005_is_not_guessed_where_it_does_not_explain_everything(segment: str, faults: tuple[str, ...]):
    assert frame_of(segment).faults == faults


@pytest.mark.parametrize("mn", ["LD130133000015", "010000A8900016F000169DC0"])
def test_a_flag_of_2005_allows_the_number_of_that_edition(mn: str):
    frame = frame_of(OLD.replace("LD130133000015", mn).replace(";CP", ";Flag=1;CP"))
    assert (frame.faults, frame.edition) == ((), Edition.HJ2005)


def test_a_registered_edition_is_never_guessed():
    assert frame_of(OLD, edition=Edition.HJ2017).faults == ("mn_not_24_hex", "no_flag")


def test_a_data_area_over_950_bytes_is_named():
    area = ";".join(f"a{at:05}-Rtd=1.0" for at in range(64))
    assert frame_of(f"{HEAD}{area}&&").faults == ("oversize", "cp_oversize")


@pytest.mark.parametrize("printed", [False, True])
def test_cipher_is_read_with_its_key(printed: bool):
    raw = build(f"{HEAD}{AREA}&&".encode(), key=KEY)
    if printed:
        start, end = len(HEAD) + 6, len(raw) - 8
        whole = (end - start) // 16 * 16
        notation = b"{" + b",".join(b"0x%02X" % byte for byte in raw[start : start + whole]) + b"}"
        raw = raw[:start] + notation + raw[start + whole :]
    frame = parse(raw, key=KEY)
    assert frame.encrypted
    assert frame.crc_ok
    assert frame.cp == AREA.encode()
    assert frame.raw == raw
    assert frame.verdict == "accept"


def test_a_plain_frame_of_a_device_with_a_key_is_read_plain():
    frame = parse(build(f"{HEAD}{AREA}&&".encode()), key=KEY)
    assert not frame.encrypted
    assert frame.verdict == "accept"


def test_the_key_that_opened_the_area_is_told():
    raw = build(f"{HEAD}{AREA}&&".encode(), key=KEY)
    frame = parse(raw, key=(b"1" * 16, KEY, b"2" * 16))
    assert (frame.key_place, frame.encrypted, frame.printed, frame.crc_ok) == (1, True, False, True)
    assert parse(raw, key=(b"1" * 16, b"2" * 16)).key_place is None


def test_no_wrong_key_opens_an_area_though_one_checksum_in_256_fits():
    raw = build(f"{HEAD}{AREA}&&".encode(), key=KEY)
    wrong = tuple(number.to_bytes(16, "big") for number in range(2_000))
    frame = parse(raw, key=wrong)
    assert (frame.crc_ok, frame.key_place, frame.verdict) == (False, None, "reject")


def test_cipher_that_is_written_as_printed_is_known_as_such():
    message = generic(frame_of(f"{HEAD}{AREA}&&"))
    raw = write(message, key=KEY, printed=True)
    assert b"CP=&&{0x" in raw
    frame = parse(raw, key=KEY)
    assert (frame.printed, frame.encrypted, generic(frame)) == (True, True, message)
    assert frame.raw_frame.declared == len(raw) - 12


def test_cipher_without_its_key_is_named_and_rejected():
    raw = build(f"{HEAD}{AREA}&&".encode(), key=KEY)
    for key in (None, b"1" * 16):
        frame = parse(raw, key=key)
        assert not frame.crc_ok
        assert frame.verdict == "reject"
        assert "cp_still_encrypted" in frame.faults


def test_text_that_is_not_utf8_is_read_as_gb18030():
    frame = frame_of(
        HEAD.replace("2061", "3020").encode()
        + "DataTime=20261123080000;i11001-Info=//零点校准//&&".encode("gb18030")
    )
    assert frame.factors["i11001"]["Info"] == "//零点校准//"
    assert frame.faults == ("cp_not_utf8",)
    assert frame.verdict == "accept_with_warning"


def test_a_log_keeps_its_separators():
    frame = frame_of(f"{HEAD}DataTime=20261123080000;i11001-Info=//a=1;b,c//,i21001-Info=//x;y//;PolId=a21026&&")
    assert frame.factors == {"i11001": {"Info": "//a=1;b,c//"}, "i21001": {"Info": "//x;y//"}}
    assert frame.parameters["PolId"] == "a21026"
    assert frame.faults == ()


@pytest.mark.parametrize("data", [b"", b"##", b"noise", build(HEAD.encode() + b"&&") * 2])
def test_what_is_not_one_frame_is_refused_with_what_it_holds(data: bytes):
    with pytest.raises(PeerError, match=f"{len(data)} bytes"):
        parse(data)


@given(st.binary(max_size=300), st.sampled_from([None, KEY]), st.sampled_from([None, *Edition]))
def test_any_segment_is_read_without_a_fault_of_ours(segment: bytes, key: bytes | None, edition: Edition | None):
    raw = RawFrame(segment, segment, b"0000", len(segment))
    frame = parse_frame(raw, key=key, edition=edition)
    assert frame.raw == segment
    assert frame.verdict in {"accept", "accept_with_warning", "reject_crc", "reject"}
    assert isinstance(frame.head, dict)
    assert frame.data_time is None or len(frame.data_time) == 14
    assert all(isinstance(name, str) for name, _ in frame.fields)


@given(
    st.text(alphabet="QNSTCPWMFlagRO0123=;,& -\x00零a", max_size=120),
    st.text(alphabet="DataTime=;,-/ a0Rtd&", max_size=80),
)
def test_any_text_is_read_without_a_fault_of_ours(head: str, area: str):
    frame = frame_of(f"{head}CP=&&{area}&&")
    assert frame.verdict in {"accept", "accept_with_warning", "reject"}
    assert frame.faults == tuple(dict.fromkeys(frame.faults))
