from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.frame import parse
from lantian.wire.hj212.framing import FrameLimits
from lantian.wire.hj212.message import Message, generic
from lantian.wire.hj212.writing import (
    build,
    data_answer,
    notice_answer,
    request_answer,
    result_answer,
    segment_of,
    split,
    write,
)

_MOMENTS = st.datetimes(datetime(2006, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001  a device's clock has no zone
_HEX = st.text("0123456789ABCDEF", min_size=24, max_size=24)
_NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,6})(\.[0-9]{1,3})?", fullmatch=True)
_WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters=",;=&/#"),
    min_size=1,
    max_size=20,
)
_LOGS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters="&#/"),
    min_size=1,
    max_size=40,
)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Uploads and field information of 2017 and 2025, whole or as parts."""
    edition = draw(st.sampled_from([Edition.HJ2017, Edition.HJ2025]))
    moment = draw(_MOMENTS)
    split = draw(st.booleans())
    pnum = draw(st.integers(1, 9)) if split else None
    factors = draw(st.dictionaries(st.from_regex(r"[aw][0-9]{5}", fullmatch=True), _groups(), max_size=8))
    cn = draw(st.sampled_from(["2011", "2051", "2061", "2031"]))
    if draw(st.booleans()):
        cn = "3020"
        factors["i11001"] = {"Info": f"//{draw(_LOGS)}//"}
    plain = {"DataTime": f"{draw(_MOMENTS):%Y%m%d%H%M%S}"}
    plain |= draw(st.dictionaries(st.from_regex(r"[A-Z][a-z]{3,9}Id", fullmatch=True), _WORDS, max_size=2))
    return Message(
        cn=cn,
        st=draw(st.sampled_from(["22", "31", "32", "39"])),
        mn=draw(_HEX),
        pw=draw(st.text("0123456789abcXYZ", min_size=1, max_size=6)),
        qn=f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}",
        flag=flag_of(edition, answer=draw(st.booleans()), split=split),
        pnum=pnum,
        pno=draw(st.integers(1, pnum)) if pnum else None,
        rf=edition is Edition.HJ2025 and draw(st.booleans()),
        parameters=plain,
        factors=factors,
    )


def _groups() -> st.SearchStrategy[dict[str, str]]:
    measured = st.dictionaries(st.sampled_from(["Rtd", "Avg", "Min", "Max", "ZsAvg", "Cou"]), _NUMBERS, max_size=4)
    return st.builds(lambda values, flag: {**values, "Flag": flag}, measured, st.sampled_from(list("NFMSDCTB")))


KEY = b"0" * 16
ROOMY = FrameLimits(segment=8000, cp=7000)
HOUR = Message(
    cn="2061",
    st="31",
    mn="010000A8900016F000169DC0",
    pw="123456",
    qn="20261123090000001",
    flag=flag_of(Edition.HJ2025, answer=True),
    parameters={"DataTime": "20261123080000"},
    factors={"a21026": {"Avg": "12.34", "Flag": "N"}},
)


def test_the_example_of_2017_is_written_byte_for_byte():
    message = Message(
        cn="1062",
        st="32",
        mn="010000A8900016F000169DC0",
        pw="100000",
        qn="20160801085857223",
        flag=flag_of(Edition.HJ2017, answer=True),
        parameters={"RtdInterval": "30"},
    )
    assert write(message) == (
        b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
        b"CP=&&RtdInterval=30&&1C80\r\n"
    )


def test_length_and_checksum_count_bytes_not_characters():
    message = replace(
        HOUR, cn="3020", qn="20261123090500002", parameters={"DataTime": "20261123090500", "PolId": "a21026"},
        factors={"i11001": {"Info": "//零点校准完成//"}},
    )  # fmt: skip
    assert write(message).startswith(b"##0158")
    assert write(message).endswith(b"F441\r\n")


@given(messages())
def test_what_was_written_is_read_back(message: Message):
    frame = parse(write(message, limits=ROOMY))
    assert generic(frame) == message
    assert frame.verdict in {"accept", "accept_with_warning"}
    assert set(frame.faults) <= {"oversize", "cp_oversize"}


@given(messages(), st.binary(min_size=16, max_size=16))
def test_what_was_written_with_a_key_is_read_back_with_it(message: Message, key: bytes):
    assume(message.edition is Edition.HJ2025)
    raw = write(message, key=key, limits=ROOMY)
    frame = parse(raw, key=key)
    assert generic(frame) == message
    assert len(raw) == len(write(message, limits=ROOMY))


def test_a_message_too_long_is_refused_with_its_sizes():
    factors = {f"a{at:05}": {"Avg": "1.0", "Flag": "N"} for at in range(60)}
    with pytest.raises(CallerError, match="950 and 1024 are allowed"):
        write(replace(HOUR, factors=factors))


def test_split_writes_one_frame_or_several():
    assert split(HOUR) == [write(HOUR)]
    factors = {f"a{at:05}": {"Avg": "1.0", "Flag": "N"} for at in range(60)}
    frames = [parse(raw) for raw in split(replace(HOUR, factors=factors))]
    assert [(frame.pnum, frame.pno) for frame in frames] == [(2, 1), (2, 2)]
    assert all(frame.verdict == "accept" for frame in frames)


def test_older_editions_do_not_encrypt():
    with pytest.raises(CallerError, match="2017 knows no encryption"):
        write(replace(HOUR, flag=flag_of(Edition.HJ2017)), key=KEY)


def test_four_digits_hold_only_so_much():
    with pytest.raises(CallerError, match="10000 bytes"):
        build(b"x" * 10_000)


def test_build_and_segment_check_nothing():
    broken = replace(HOUR, mn="nonsense;", factors={"": {"": ""}})
    assert b"MN=nonsense;;" in build(segment_of(broken))


@pytest.mark.parametrize(
    ("answer", "segment"),
    [
        (data_answer, b"CN=9014;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&&&"),
        (notice_answer, b"CN=9013;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&&&"),
        (lambda f: request_answer(f, 3), b"CN=9011;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&QnRtn=3&&"),
        (
            lambda f: result_answer(f, 100),
            b"CN=9012;PW=123456;MN=410183160889201000212505;Flag=4;CP=&&ExeRtn=100&&",
        ),
    ],
)
def test_answers_echo_the_frame_they_answer(answer, segment: bytes):
    asked = parse(
        build(b"QN=20201015123632010;ST=31;CN=2011;PW=123456;MN=410183160889201000212505;Flag=5;CP=&&&&")
    )
    assert answer(asked) == build(b"QN=20201015123632010;ST=91;" + segment)
    assert parse(answer(asked)).verdict == "accept"


def test_an_answer_speaks_the_edition_of_the_line():
    asked = parse(write(HOUR))
    assert parse(data_answer(asked)).head["Flag"] == "8"
    assert parse(data_answer(asked, Edition.HJ2017)).head["Flag"] == "4"


def test_a_device_without_qn_and_flag_gets_an_answer_too():
    asked = parse(build(b"ST=32;CN=2011;PW=123456;MN=LD130133000015;CP=&&&&"))
    assert parse(data_answer(asked)).segment == b"ST=91;CN=9014;PW=123456;MN=LD130133000015;Flag=4;CP=&&&&"
