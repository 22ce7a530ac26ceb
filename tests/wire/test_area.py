from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.wire.hj212.area import _read_each, clock_time, is_text, read_area


def test_both_separators_are_read_alike():
    by_comma = read_area(b"BeginTime=20261123080000,EndTime=20261123090000,a21026-Rtd=1,a21026-Flag=N")
    by_semicolon = read_area(b"BeginTime=20261123080000;EndTime=20261123090000;a21026-Rtd=1;a21026-Flag=N")
    assert (by_comma.parameters, by_comma.factors) == (by_semicolon.parameters, by_semicolon.factors)


def test_unknown_suffixes_are_kept():
    area = read_area(b"a01006-Avg=101.85,a01006-ValidNum=10,a01006-TotalNum=10")
    assert area.factors == {"a01006": {"Avg": "101.85", "ValidNum": "10", "TotalNum": "10"}}
    assert area.faults == ()


def test_a_field_that_comes_twice_is_kept_in_order():
    area = read_area(b"w01018-Avg=1;w01018-Avg=2")
    assert area.factors == {"w01018": {"Avg": "2"}}
    assert area.fields() == [("w01018-Avg", "1"), ("w01018-Avg", "2")]
    assert area.faults == ("cp_twice",)


def test_an_empty_area_is_empty():
    area = read_area(b"")
    assert (area.parameters, area.factors, area.faults, area.fields()) == ({}, {}, (), [])


@pytest.mark.parametrize(
    "text",
    ["", "2026112308000", "20261123080060", "20260229000000", "2026112308000x", "２０２６１１２３０８００００"],
)
def test_what_is_no_time_of_a_calendar_is_none(text: str):
    assert clock_time(text) is None


def test_milliseconds_are_read():
    assert clock_time("20261123080000123") == datetime(2026, 11, 23, 8, 0, 0, 123_000)  # noqa: DTZ001  a clock without zone


@pytest.mark.parametrize(
    ("region", "text"), [(b"a=1", True), ("零点".encode(), True), (b"\x00", False), (b"\xe4\x3e", False)]
)
def test_cipher_is_no_text(region: bytes, text: bool):
    assert is_text(region) is text


NAMES = st.sampled_from(
    ["DataTime", "Flag", "Rtd", "PolId", "a21026-Rtd", "a21026-Flag", "w01018-Avg", "-x", "x-", "", "a-b-c"]
)
VALUES = st.sampled_from(
    ["", "1", "N", "20261123080000", "20261323080000", "20261123080000000", "-3.5", "//a", "x-y"]
)
FIELDS = st.builds(
    lambda name, sign, value: name + sign + value, NAMES, st.sampled_from(["=", "=", "=", "", "=="]), VALUES
)


@given(st.lists(st.tuples(FIELDS, st.sampled_from([",", ";", ";;", " ;"])), max_size=8))
def test_a_remembered_layout_reads_as_field_by_field_does(fields: list[tuple[str, str]]):
    cp = "".join(field + separator for field, separator in fields).rstrip(",;").encode()
    quick, slow = read_area(cp), _read_each(cp)
    assert (quick.parameters, quick.factors, quick.faults) == (slow.parameters, slow.factors, slow.faults)
    assert list(quick.factors) == list(slow.factors)
    assert quick.fields() == slow.fields()


def test_a_known_layout_is_filled_with_the_values_of_its_frame():
    for value in ("1.0", "2.0"):
        area = read_area(f"DataTime=20261123080000;a21026-Rtd={value},a21026-Flag=N".encode())
        assert area.factors == {"a21026": {"Rtd": value, "Flag": "N"}}
