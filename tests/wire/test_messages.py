from dataclasses import replace

import pytest

from lantian.terms.errors import CallerError, PeerError
from lantian.wire.hj212.commands import Kind, command, list_commands
from lantian.wire.hj212.control_messages import OldCommand, Operation, ParameterSetting, Unlisted
from lantian.wire.hj212.data_messages import (
    FacilityHours,
    FacilityState,
    HistoryRequest,
    PeriodData,
    StandardCheck,
)
from lantian.wire.hj212.editions import Edition, flag_of
from lantian.wire.hj212.frame import parse
from lantian.wire.hj212.message import Message
from lantian.wire.hj212.messages import FAMILIES, REQUESTS, family_of, message_of
from lantian.wire.hj212.setting_messages import (
    Activation,
    ClockReading,
    ClockRequest,
    ClockSetting,
    IntervalReading,
    IntervalSetting,
    KeyIssue,
    KeyRequest,
    NumberSetting,
)
from lantian.wire.hj212.typed import Head, Typed
from lantian.wire.hj212.writing import build, segment_of, write

VALUES = {
    "DataTime": "20261123080000", "BeginTime": "20261122000000", "EndTime": "20261123000000", "NewPW": "654321",
    "SystemTime": "20261123090000", "RestartTime": "20261123070000", "SKCreateTime": "20261123090000000",
    "NewSK": "msbE74gsiSHSEh5e", "PolId": "a21026", "InfoId": "i13008", "CstartTime": "080000", "QnRtn": 1,
    "ExeRtn": 100, "OverTime": 10, "ReCount": 3, "RtdInterval": 30, "MinInterval": 10, "CalibrationType": 1,
    "VaseNo": 7, "Ctime": 2, "Stime": 20,
}  # fmt: skip
"""A value of each named field."""
FACTORS = {
    "i23005": {"Info": "A1B2"}, "i13008": {"Info": "1.02"}, "a01901": {"Avg": "870.5"},
    "SB1": {"RS": "1", "RT": "23.5"},
    "a21026": {"Avg": "12.3", "Rtd": "12.3", "SN": "0123456789AB", "LowValue": "1", "UpValue": "9", "Flag": "N"},
}  # fmt: skip
WAYS = [
    (family, cn, edition)
    for family in FAMILIES
    for cn in family.COMMANDS
    for edition in Edition
    if command(cn, edition)
    and not (family in {Activation, NumberSetting} and edition is not Edition.HJ2025)
    and (family, cn, edition) != (Operation, "3015", Edition.HJ2025)  # it became an upload only
    and not (family is OldCommand and edition is not Edition.HJ2005)
    and not (family is HistoryRequest and cn == "2071" and edition is not Edition.HJ2005)
]


def head_of(edition: Edition) -> Head:
    mn = "LD130133000015" if edition is Edition.HJ2005 else "010000A8900016F000169DC0"
    return Head(st="31", mn=mn, pw="123456", qn="20261123090000001", flag=flag_of(edition, answer=True))


def example(family: type[Typed], cn: str, edition: Edition) -> Typed:
    """Record of this family with every field that fits its command, and a field of a vendor."""
    named = {name: VALUES[wire] for name, wire in family.FIELDS.items()}
    if issubclass(family, (IntervalReading, IntervalSetting)):
        named.pop("min_interval" if cn in {"1061", "1062"} else "rtd_interval")
    rest = {"VendorId": "x"}
    for rule in [
        rule for known in [command(cn, edition)] if known for rule in (*known.down_fields, *known.up_fields)
    ]:
        if family is OldCommand and "-" not in rule.name and rule.name not in {"BeginTime", "EndTime"}:
            rest[rule.name] = str(VALUES.get(rule.name, "1"))
    factors = {} if cn == "3019" and family.__name__ == "FactorRequest" else FACTORS
    return family(head=head_of(edition), cn=cn, factors=factors, rest=rest, **named)


@pytest.mark.parametrize(
    ("family", "cn", "edition"), WAYS, ids=[f"{f.__name__}-{cn}-{e.value}" for f, cn, e in WAYS]
)
def test_every_type_comes_back_from_the_wire(family: type[Typed], cn: str, edition: Edition):
    if family is OldCommand and cn == "1001":
        typed = replace(example(family, cn, edition), factors={})
    else:
        typed = example(family, cn, edition)
    raw = write(typed.to_message())
    assert message_of(parse(raw, edition=edition)) == typed
    assert message_of(typed.to_message()).to_message() == typed.to_message()


@pytest.mark.parametrize("edition", Edition)
def test_every_command_of_every_edition_has_a_type(edition: Edition):
    tested = {(cn, found) for _, cn, found in WAYS}
    for known in list_commands(edition):
        assert (known.cn, edition) in tested, known.cn


def test_no_family_is_forgotten():
    assert {family for family, _, _ in WAYS} == set(FAMILIES) - {Unlisted}


@pytest.mark.parametrize("edition", [Edition.HJ2017, Edition.HJ2025])
def test_a_family_of_requests_is_what_the_table_calls_a_request(edition: Edition):
    for family in REQUESTS:
        for cn in family.COMMANDS:
            known = command(cn, edition)
            assert known is None or known.down is Kind.REQUEST or (cn, edition) == ("3015", Edition.HJ2025)


def test_a_request_that_became_an_upload_is_not_written_any_more():
    keep = Operation(head=head_of(Edition.HJ2025), cn="3015", pol_id="a21026")
    with pytest.raises(CallerError, match="3015 lacks DataTime, VaseNo"):
        write(keep.to_message())


def said(cn: str, area: str) -> Typed:
    segment = f"QN=20261123090000001;ST=31;CN={cn};PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&{area}&&"
    return message_of(parse(build(segment.encode())))


@pytest.mark.parametrize(
    ("cn", "area", "family"),
    [
        ("1011", "", ClockRequest), ("1011", "SystemTime=20261123090000", ClockReading),
        ("1014", "SKCreateTime=20261123090000", KeyRequest),
        ("1014", "SKCreateTime=20261123090000;NewSK=0000000000000000", KeyIssue),
        ("1001", "i23005-Info=A1", Activation), ("1001", "WarnTime=5", OldCommand),
        ("2011", "BeginTime=20261122000000;EndTime=20261123000000", HistoryRequest),
        ("2062", "DataTime=20261123080000;a21026-SampleRd=99.1;a21026-ResultType=1", StandardCheck),
        ("2111", "DataTime=20261123080000;a01901-Avg=870.5", PeriodData),
        ("2021", "DataTime=20261123080000;SB1-RS=1", FacilityState),
        ("2041", "DataTime=20261123000000;SB1-RT=23.5", FacilityHours),
        ("3011", "PolId=a21026,CalibrationType=0", Operation), ("7777", "Foo=1", Unlisted),
    ],
)  # fmt: skip
def test_what_a_command_means_is_seen_from_its_fields(cn: str, area: str, family: type[Typed]):
    assert type(said(cn, area)) is family


def test_named_values_are_at_hand():
    check = said(
        "2062", "DataTime=20261123080000;a21026-SampleRd=99.1;a21026-StandardValue=100;a21026-ResultType=1"
    )
    assert check.value("a21026", "SampleRd") == "99.1"
    assert check.value("a21026", "Nothing") is None
    activation = said("1001", "i23005-Info=A1;i23006-Info=CPU")
    assert isinstance(activation, Activation)
    assert activation.logger_id == "A1"
    setting = said("3021", "PolId=a21026;InfoId=i13008;i13008-Info=1.02")
    assert isinstance(setting, ParameterSetting)
    assert (setting.info_id, setting.info) == ("i13008", "1.02")
    interval = said("1063", "MinInterval=10")
    assert isinstance(interval, IntervalReading)
    assert interval.interval == 10


def test_a_number_that_is_none_is_the_fault_of_the_peer():
    with pytest.raises(PeerError, match="RtdInterval='soon'"):
        said("1062", "RtdInterval=soon")


def test_a_record_names_its_command_when_there_is_only_one():
    setting = ClockSetting(head=head_of(Edition.HJ2017), system_time="20261123090000")
    assert setting.cn == "1012"
    assert segment_of(setting.to_message()).endswith(b"CP=&&SystemTime=20261123090000&&")


def test_a_message_of_no_family_keeps_everything():
    message = Message(
        cn="7777",
        st="31",
        mn="",
        pw="",
        qn="",
        flag=flag_of(Edition.HJ2017),
        parameters={"A": "1"},
        factors=FACTORS,
    )
    assert family_of(message) is Unlisted
    assert message_of(message).to_message() == message
