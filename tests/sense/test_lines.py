"""What is wrong with lines is told with its evidence and with what would explain it innocently."""

from datetime import UTC, datetime

import pytest

from lantian.ledger import Ledger
from lantian.loop.sense.keys import note_key_trouble
from lantian.loop.sense.knocks import Knock, note_knocks
from lantian.loop.sense.lines import line_findings
from lantian.loop.sense.registry import DeviceContent, change_state, register_device

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
MN = "010000A8900016F000169DC0"


def device(ledger: Ledger) -> None:
    content = DeviceContent(mn=MN, outlet="stack-1", simulated=True, edition=2025)
    register_device(ledger, content, by="office", at=AT)


def test_a_quiet_house_has_no_findings(ledger: Ledger):
    device(ledger)
    assert line_findings(ledger, at=AT) == []


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("key", "key_does_not_fit"), ("plain", "plain_refused"), ("activation", "logger_wants_number"),
        ("password", "password_wrong"), ("address", "address_foreign"),
    ],
)  # fmt: skip
def test_every_knock_of_a_known_sender_says_how_often_from_where_and_why_perhaps(
    ledger: Ledger, reason: str, code: str
):
    device(ledger)
    note_knocks(ledger, [Knock(MN, reason, "10.0.0.1", 0, 1, 7, b"##")])
    [finding] = line_findings(ledger, at=AT)
    assert (finding.code, finding.where, finding.evidence) == (code, MN, {"frames": 7, "peer": "10.0.0.1"})
    assert finding.competing_explanation


def test_a_stranger_that_nobody_registered_is_no_finding_of_a_line(ledger: Ledger):
    note_knocks(ledger, [Knock("B" * 24, "unknown", "10.0.0.1", 0, 1, 7, b"##")])
    assert line_findings(ledger, at=AT) == []


@pytest.mark.parametrize("trouble", ["in_clear", "denied", "refused", "failed", "silent"])
def test_every_trouble_with_a_key_is_told(ledger: Ledger, trouble: str):
    device(ledger)
    note_key_trouble(ledger, MN, None, trouble, at=AT)
    [finding] = line_findings(ledger, at=AT)
    assert (finding.code, finding.evidence) == ("key_not_changed", {"why": trouble})


def test_a_retired_device_has_no_findings(ledger: Ledger):
    device(ledger)
    note_key_trouble(ledger, MN, None, "failed", at=AT)
    change_state(ledger, MN, "retired", by="office", at=AT, reason="sold")
    assert line_findings(ledger, at=AT) == []
