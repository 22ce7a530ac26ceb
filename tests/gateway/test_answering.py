"""Which answer is due to which command, in which edition."""

import pytest

from lantian.gateway.answering import answer_to, kind_of
from lantian.wire.hj212.commands import Kind
from lantian.wire.hj212.editions import Edition
from lantian.wire.hj212.frame import parse
from lantian.wire.hj212.writing import build


def frame(cn: str, flag: str):
    head = f"QN=20240601085857223;ST=31;CN={cn};PW=123456;MN=010000A8900016F000169DC0;{flag}CP=&&&&"
    return parse(build(head.encode()))


@pytest.mark.parametrize(
    ("cn", "edition", "answer"),
    [
        ("2011", 2017, b"CN=9014"), ("2061", 2025, b"CN=9014"), ("3020", 2017, b"CN=9014"),
        ("9015", 2025, b"CN=9013"),
        ("9015", 2017, b"CN=9013"), ("1013", 2017, b"CN=9013"), ("1014", 2025, b"CN=9013"),
        ("1001", 2025, b"CN=9013"),
        ("7777", 2017, b"CN=9014"),
    ],
)  # fmt: skip
def test_data_gets_9014_and_notices_9013(cn: str, edition: int, answer: bytes):
    said = answer_to(frame(cn, "Flag=5;"), Edition(edition))
    assert said is not None
    assert answer in said
    assert b"QN=20240601085857223" in said


@pytest.mark.parametrize("cn", ["9011", "9012", "9013", "9014"])
def test_answers_get_none(cn: str):
    assert answer_to(frame(cn, "Flag=5;"), Edition.HJ2017) is None


@pytest.mark.parametrize("flag", ["Flag=4;", "Flag=8;", ""])
def test_who_wants_no_answer_gets_none(flag: str):
    assert answer_to(frame("2011", flag), Edition.HJ2017) is None


def test_a_strange_command_of_any_length_is_data_and_is_not_remembered():
    assert kind_of("2011" * 1000, Edition.HJ2017) is Kind.UPLOAD
