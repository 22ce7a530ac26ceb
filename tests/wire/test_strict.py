from dataclasses import replace

import pytest

from lantian.terms.errors import CallerError
from lantian.wire.hj212.editions import Edition, flag_bits, flag_of
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.strict import check

HOUR = Message(
    cn="2061",
    st="31",
    mn="010000A8900016F000169DC0",
    pw="123456",
    qn="20261123090000001",
    flag=flag_of(Edition.HJ2025),
    parameters={"DataTime": "20261123080000"},
    factors={"a21026": {"Avg": "12.34", "Flag": "N"}},
)
OLD = replace(HOUR, mn="LD130133000015", flag=flag_of(Edition.HJ2005))


def test_a_right_message_passes_and_names_its_edition():
    assert check(HOUR) is Edition.HJ2025
    assert check(OLD) is Edition.HJ2005


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"flag": flag_bits(12)}, "names no edition"),
        ({"qn": "2026112309000000"}, "17 digits"),
        ({"qn": "20261323090000001"}, "17 digits"),
        ({"mn": "LD130133000015"}, "HJ 212-2025 demands"),
        ({"mn": ""}, "HJ 212-2025 demands"),
        ({"mn": "010000a8900016f000169dc0"}, "HJ 212-2025 demands"),
        ({"flag": flag_of(Edition.HJ2005)}, "HJ/T 212-2005 demands"),
        ({"st": "101"}, "ST='101'"),
        ({"pw": "12345;"}, "PW="),
        ({"rf": True, "flag": flag_of(Edition.HJ2017)}, "HJ 212-2017 has no mark for late data"),
        ({"pnum": 2, "pno": 1}, "contradict"),
        ({"flag": flag_of(Edition.HJ2025, split=True)}, "contradict"),
        ({"flag": flag_of(Edition.HJ2025, split=True), "pnum": 2}, "contradict"),
        ({"flag": flag_of(Edition.HJ2025, split=True), "pnum": 2, "pno": 3}, "from 1 to 9"),
        ({"flag": flag_of(Edition.HJ2025, split=True), "pnum": 10, "pno": 3}, "from 1 to 9"),
        ({"cn": "4000"}, "no command 4000"),
        ({"cn": "9015", "flag": flag_of(Edition.HJ2017)}, "HJ 212-2017 has no command 9015"),
        ({"parameters": {}}, "lacks BeginTime, EndTime / DataTime"),
        ({"cn": "2111"}, "lacks a01901-Avg"),
        ({"cn": "3020", "factors": {}}, None),
        ({"cn": "3021"}, "lacks PolId, InfoId, \\*-Info"),
        ({"parameters": {"DataTime": "20261123240000"}}, "not a time"),
        ({"parameters": {"DataTime": "20261123080000", "dataTime": "1"}}, "no name of a field"),
        ({"parameters": {"DataTime": "20261123080000", "Flag": "N"}}, "no name of a field"),
        ({"parameters": {"DataTime": "20261123080000", "Rtd": "1"}}, "no name of a field"),
        ({"factors": {"a-1": {"Avg": "1"}}}, "no factor code"),
        ({"factors": {"a21026": {}}}, "no factor code"),
        ({"factors": {"a21026": {"": "1"}}}, "no name of a field"),
        ({"factors": {"a21026": {"Avg": "-"}}}, "not a number"),
        ({"factors": {"a21026": {"Avg": "1,2"}}}, "cannot stand in a frame"),
        ({"factors": {"a21026": {"Flag": "NN"}}}, "not one letter"),
        ({"factors": {"a21026": {"EFlag": ""}}}, "cannot stand in a frame"),
    ],
)
def test_what_the_edition_does_not_allow_is_refused(changes: dict, said: str | None):
    message = replace(HOUR, **changes)
    if said is None:
        assert check(message) is Edition.HJ2025
        return
    with pytest.raises(CallerError, match=said):
        check(message)


def test_a_password_is_never_printed():
    with pytest.raises(CallerError) as refused:
        check(replace(HOUR, pw="secret1"))
    assert "secret1" not in str(refused.value)


def test_only_an_activation_may_have_no_number_yet():
    hardware = replace(HOUR, cn="1001", mn="", parameters={}, factors={"i23005": {"Info": "A1"}})
    assert check(hardware) is Edition.HJ2025


def test_condition_marks_may_be_words():
    marks = replace(HOUR, cn="2011", st="45", factors={"p99101": {"Rtd": "St"}})
    assert check(marks) is Edition.HJ2025


@pytest.mark.parametrize(
    "text", ["a;b", "a,b", "a=b", "a&b", "a//b", "##0101", " a", "a ", "a\rb", "a\x00", "\ue000"]
)
def test_no_value_can_be_taken_for_something_else(text: str):
    with pytest.raises(CallerError, match="cannot stand in a frame"):
        check(replace(HOUR, parameters={"DataTime": "20261123080000", "PolId": text}))


@pytest.mark.parametrize("text", ["//a;b,c=d e//", "//零点校准//"])
def test_a_log_may_hold_separators(text: str):
    assert check(replace(HOUR, cn="3020", factors={"i11001": {"Info": text}})) is Edition.HJ2025


@pytest.mark.parametrize("text", ["//a&&b//", "//a//b//", "////", "//##0101//", "//a\r\n//"])
def test_a_log_cannot_end_the_frame_or_itself(text: str):
    with pytest.raises(CallerError, match="cannot stand in a frame"):
        check(replace(HOUR, cn="3020", factors={"i11001": {"Info": text}}))
