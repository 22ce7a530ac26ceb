from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.framing import FrameLimits
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.parts import join, parts
from lantian.wire.hj212.segment import area_text, segment_of

WHOLE = Message(
    cn="2061",
    st="31",
    mn="010000A8900016F000169DC0",
    pw="123456",
    qn="20261231235959999",
    flag=flag_of(Edition.HJ2017, answer=True),
    parameters={"DataTime": "20261231230000"},
    factors={f"a{at:05}": {"Avg": "12.34", "Flag": "N"} for at in range(120)},
)


def test_each_part_has_its_own_qn_the_data_time_and_a_flag_that_says_so():
    divided = parts(WHOLE)
    assert [part.qn for part in divided[:2]] == ["20261231235959999", "20270101000000000"]
    assert len({part.qn for part in divided}) == len(divided)
    for number, part in enumerate(divided, start=1):
        assert (part.pnum, part.pno) == (len(divided), number)
        assert part.flag.value == 7
        assert part.data_time == "20261231230000"
        assert len(area_text(part)) <= 950
        assert len(segment_of(part)) <= 1024


@given(st.integers(0, 60), st.integers(200, 1024))
def test_joining_undoes_dividing_in_any_order(count: int, segment: int):
    message = replace(WHOLE, factors=dict(list(WHOLE.factors.items())[:count]))
    divided = parts(message, FrameLimits(segment=segment))
    if divided != [message]:
        assert join(reversed(divided)) == message


def test_a_short_message_is_not_divided():
    short = replace(WHOLE, factors={})
    assert parts(short) == [short]


def test_2025_has_one_digit_for_parts():
    message = replace(WHOLE, flag=flag_of(Edition.HJ2025))
    assert 1 < len(parts(message)) <= 9
    many = replace(message, factors={f"a{at:05}": {"Avg": "12.34", "Flag": "N"} for at in range(400)})
    with pytest.raises(CallerError, match="allows 9"):
        parts(many)
    assert len(parts(replace(many, flag=flag_of(Edition.HJ2017)))) > 9


def test_a_factor_is_never_torn():
    with pytest.raises(CallerError, match="i11001 alone has"):
        parts(replace(WHOLE, factors={"i11001": {"Info": f"//{'x' * 950}//"}}))


def test_a_part_is_not_divided_again():
    with pytest.raises(CallerError, match="Part 1 of"):
        parts(parts(WHOLE)[0])


def test_parts_that_do_not_make_a_whole_are_refused():
    divided = parts(WHOLE)
    with pytest.raises(PeerError, match="no parts"):
        join([])
    with pytest.raises(PeerError, match="are not the whole"):
        join(divided[1:])
    with pytest.raises(PeerError, match="are not the whole"):
        join([*divided, divided[0]])
    with pytest.raises(PeerError, match="different messages"):
        join([replace(divided[0], parameters={"DataTime": "20261231220000"}), *divided[1:]])
