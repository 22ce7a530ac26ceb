import re

from hypothesis import given
from hypothesis import strategies as st

from lantian.wire.hj212.head import NAMES, STRICT_LONGEST, read_head, strict_head


def test_a_head_as_the_standard_writes_it_has_no_fault():
    segment = (
        b"QN=20160801085857534;ST=32;CN=2061;PW=123456;MN=010000A8900016F000169DC0;Flag=7;PNUM=2;PNO=1;CP=&&&&"
    )
    head = read_head(segment)
    assert head.faults == ()
    assert list(head.values) == list(NAMES[:-1])
    assert segment[head.start : head.end] == b""


def test_the_longest_strict_head_fits_the_place_it_is_sought_in():
    fields = f";ST=31;CN=2061;PW=123456;MN={'A' * 24};Flag=255;PNUM=9999;PNO=9999;RF=1"
    assert strict_head(fields.encode()) is not None
    assert len(f"QN={'1' * 17}{fields};CP=&&") <= STRICT_LONGEST


FIELDS = st.from_regex(
    rb";ST=[0-9A-Z]{2};CN=[0-9]{4};PW=[!-+\-.-:<>-~]{1,6};MN=[0-9A-F]{24};Flag=[0-9]{1,3}"
    rb"(;PNUM=[0-9]{1,4};PNO=[0-9]{1,4})?(;RF=1)?",
    fullmatch=True,
)


@given(FIELDS)
def test_what_the_strict_form_reads_the_lenient_reading_finds_faultless_and_the_same(fields: bytes):
    strict = strict_head(fields)
    if strict is None:
        assert int(re.findall(rb"Flag=([0-9]+)", fields)[0]) > 255 or b"Flag=0" in fields
        return
    head = read_head(b"QN=20160801085857534" + fields + b";CP=&&&&")
    assert head.faults == ()
    values = head.values
    assert (strict.st, strict.cn, strict.pw, strict.mn) == tuple(values[name] for name in ("ST", "CN", "PW", "MN"))
    assert strict.flag.value == int(values["Flag"])
    assert (strict.pnum is None) == ("PNUM" not in values)
    assert strict.rf == ("RF" in values)


def test_a_data_area_opened_in_a_log_does_not_move_the_head():
    head = read_head(b"ST=31;CN=3020;CP=&&i11001-Info=//CP=&&x//&&")
    assert head.values == {"ST": "31", "CN": "3020"}
    assert head.start == len(b"ST=31;CN=3020;CP=&&")
