import re

import pytest

from lantian.wire.hj212.commands import Kind, command, exe_rtn, line, list_commands, qn_rtn, refusal
from lantian.wire.hj212.editions import Edition

SINCE_2017 = {
    "1000", "1011", "1012", "1013", "1061", "1062", "1063", "1064", "1072", "2011", "2012", "2021", "2022", "2031",
    "2041", "2051", "2061", "2081", "3011", "3012", "3013", "3014", "3015", "3016", "3017", "3018", "3019", "3020",
    "3021", "9011", "9012", "9013", "9014",
}  # fmt: skip
NEW_IN_2025 = {"1001", "1002", "1014", "2013", "2052", "2062", "2111", "3022", "3024", "9015"}
GONE_IN_2025 = {"3014", "3016", "3017"}
ONLY_2005 = {"1001", "1021", "1022", "1031", "1032", "1041", "1042", "2071", "2072"}


def known(edition: Edition) -> set[str]:
    return {entry.cn for entry in list_commands(edition)}


def test_the_commands_of_each_edition():
    assert known(Edition.HJ2017) == SINCE_2017
    assert known(Edition.HJ2025) == SINCE_2017 - GONE_IN_2025 | NEW_IN_2025
    assert known(Edition.HJ2005) >= ONLY_2005
    assert not known(Edition.HJ2005) & {"1013", "1063", "2081", "3020", "9015"}


def test_one_number_may_mean_two_things_in_two_editions():
    old, new = command("1001", Edition.HJ2005), command("1001", Edition.HJ2025)
    assert old is not None
    assert new is not None
    assert (old.down, old.up) == (Kind.REQUEST, None)
    assert (new.down, new.up) == (None, Kind.NOTICE)


@pytest.mark.parametrize(
    ("cn", "down", "up"),
    [
        ("1000", "request", None), ("1011", "request", "upload"),
        ("1013", None, "notice"), ("2012", "notice", None),
        ("2081", None, "upload"), ("3015", "request", "upload"),
        ("9011", None, "answer"), ("9014", "answer", "answer"),
    ],
)  # fmt: skip
def test_directions_of_2017(cn: str, down: str | None, up: str | None):
    entry = command(cn)
    assert entry is not None
    assert (entry.down, entry.up) == (down, up)


@pytest.mark.parametrize("edition", Edition)
def test_every_command_is_complete_and_comes_once(edition: Edition):
    entries = list_commands(edition)
    assert len(entries) == len({entry.cn for entry in entries})
    for entry in entries:
        assert entry.down or entry.up
        assert re.search(r"[一-鿿]", entry.name_zh)
        assert entry.name_en


def test_answers_to_requests():
    assert [code for code in range(1, 101) if qn_rtn(code)] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]
    assert [code for code in range(1, 101) if exe_rtn(code)] == [1, 2, 3, 4, 5, 6, 100]


def test_waiting_times_by_the_kind_of_line():
    assert [(line(name).overtime, line(name).recount) for name in ("mobile", "adsl")] == [(10, 3), (5, 3)]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("RtdInterval", "3600", "3601"), ("RtdInterval", "30", "030"), ("MinInterval", "10", "7"),
        ("OverTime", "99", "0"), ("SystemTime", "20261123080000", "2026112308000"),
        ("CstartTime", "235959", "240000"),
        ("Stime", "120", "121"), ("NewPW", "123456", "1234567"), ("CalibrationType", "1", "2"),
        ("SKCreateTime", "20261123080000123", "2026"),
    ],
)  # fmt: skip
def test_fields_have_their_limits(name: str, right: str, wrong: str):
    assert refusal(name, right) is None
    fault = refusal(name, wrong)
    assert fault is not None
    assert name in str(fault)


def test_a_field_without_a_rule_may_say_anything():
    assert refusal("PolId", "whatever") is None
