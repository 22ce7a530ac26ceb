"""Who knocked without being let in: added up, shown, settled; the password in a sample is made unreadable."""

from datetime import UTC, datetime

from lantian.ledger import Ledger
from lantian.ledger.models import Quarantined
from lantian.loop.sense.knocks import Knock, list_quarantined, masked, note_knocks
from lantian.loop.sense.registry import DeviceContent, register_device

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
MN = "010000A8900016F000169DC0"


def knock(mn: str, frames: int = 1, at: int = 0, **fields: object) -> Knock:
    given = {"reason": "unknown", "peer": "10.0.0.1", "sample": b"##0001QN=1;PW=123456;MN=x&&", **fields}
    return Knock(mn=mn, first_us=at, last_us=at + 1_000_000, frames=frames, **given)  # type: ignore[arg-type]


def test_strangers_are_added_up_and_shown_newest_first(ledger: Ledger):
    note_knocks(ledger, [knock("A"), knock("B", at=5_000_000)])
    note_knocks(ledger, [knock("A", frames=3, at=9_000_000, peer="10.0.0.9")])
    first, second = list_quarantined(ledger)
    assert (first.mn, first.frames, first.peer) == ("A", 4, "10.0.0.9")
    assert first.first_seen.timestamp() == 0.0
    assert second.mn == "B"
    assert b"123456" not in first.sample


def test_registering_a_stranger_settles_it_and_a_new_knock_opens_it_again(ledger: Ledger):
    note_knocks(ledger, [knock(MN)])
    register_device(ledger, DeviceContent(mn=MN, outlet="stack-1", simulated=True), by="office", at=AT)
    assert list_quarantined(ledger) == []
    [row] = list_quarantined(ledger, settled=True)
    assert isinstance(row, Quarantined)
    assert row.settled_by == "office"
    note_knocks(ledger, [knock(MN, reason="password")])
    assert [row.reason for row in list_quarantined(ledger)] == ["password"]


def test_the_password_of_a_sample_is_made_unreadable_and_its_length_stays():
    assert masked(b"QN=1;PW=secret;MN=A;CP=&&&&") == b"QN=1;PW=******;MN=A;CP=&&&&"
