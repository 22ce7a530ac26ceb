"""Keys of devices: put in force, kept sealed, told by number alone; without a secret none is kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.models import Device, DeviceKey, Entry
from lantian.ledger.vault import Vault
from lantian.loop.sense.keys import (
    confirm_key,
    lifetime,
    list_keys,
    new_key,
    note_key_trouble,
    offer_key,
    set_key,
)
from lantian.loop.sense.knocks import Knock, list_quarantined, note_knocks
from lantian.loop.sense.lines import line_findings
from lantian.loop.sense.registry import (
    DeviceContent,
    find_card,
    list_cards,
    newest_change,
    register_device,
)
from lantian.terms.errors import CallerError, HouseError

MN = "010000A8900016F000169DC0"
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
FIRST, SECOND = b"0123456789abcdef", b"msbE74gsiSHSEh5e"


def device(ledger: Ledger, **fields: object) -> None:
    content = DeviceContent(mn=MN, outlet="stack-1", simulated=True, **{"edition": 2025, **fields})  # type: ignore[arg-type]
    register_device(ledger, content, by="office", at=AT)


def payloads(ledger: Ledger) -> list[str]:
    with ledger.read() as session:
        return [row.payload for row in session.scalars(select(Entry).where(Entry.kind == "device.key_changed"))]


def codes(ledger: Ledger, at: datetime = AT) -> list[str]:
    return [finding.code for finding in line_findings(ledger, at=at)]


def test_a_key_that_was_brought_is_in_force_and_the_old_one_still_opens(ledger: Ledger):
    device(ledger, key=FIRST)
    before = newest_change(ledger)
    set_key(ledger, MN, SECOND, by="duty", at=AT + timedelta(hours=1), reason="from the ministry")
    card = find_card(ledger, MN)
    assert card is not None
    assert (card.key, card.keys) == (SECOND, (SECOND, FIRST))
    assert newest_change(ledger) != before
    [payload] = payloads(ledger)
    assert '"version":2' in payload
    assert '"reason":"from the ministry"' in payload


def test_the_same_key_again_changes_nothing(ledger: Ledger):
    device(ledger, key=FIRST)
    set_key(ledger, MN, FIRST, by="duty", at=AT, reason="again")
    device(ledger, key=FIRST)
    assert (len(list_keys(ledger, MN)), payloads(ledger)) == (1, [])


def test_a_registration_without_a_key_leaves_the_one_in_force(ledger: Ledger):
    device(ledger, key=FIRST)
    device(ledger, name="renamed")
    assert list_cards(ledger)[MN].key == FIRST


def test_a_line_may_be_plain_again_and_what_was_sent_before_still_opens(ledger: Ledger):
    device(ledger, key=FIRST)
    set_key(ledger, MN, None, by="duty", at=AT, reason="the logger was exchanged")
    card = list_cards(ledger)[MN]
    assert (card.key, card.keys) == (None, (FIRST,))


def test_keys_are_sealed_with_the_secret_of_the_workspace(ledger: Ledger, tmp_path: Path):
    device(ledger, key=FIRST)
    other = Ledger(tmp_path / "ledger.db", Vault("another secret"))
    assert list_cards(other)[MN].keys == ()
    assert codes(other) == ["key_unreadable"]
    other.close()
    assert codes(ledger) == []


def test_without_a_secret_no_key_is_kept(ledger: Ledger, tmp_path: Path):
    plain = Ledger(tmp_path / "ledger.db")
    with pytest.raises(HouseError, match="no secret"):
        device(plain, key=FIRST)
    assert list_cards(plain) == {}
    plain.close()


@pytest.mark.parametrize("edition", [2005, 2017])
def test_an_edition_without_encryption_gets_no_key(ledger: Ledger, edition: int):
    with pytest.raises(CallerError, match="knows no encryption"):
        device(ledger, key=FIRST, edition=edition)


@pytest.mark.parametrize(
    ("key", "reason", "said"),
    [(b"short", "x", "has 16 bytes"), (FIRST, " ", "reason is kept"), (FIRST, "x", "No dev")],
)
def test_a_key_is_whole_has_a_reason_and_a_device(ledger: Ledger, key: bytes, reason: str, said: str):
    with pytest.raises(CallerError, match=said):
        set_key(ledger, MN, key, by="duty", at=AT, reason=reason)


def test_a_made_key_stands_in_a_frame_and_is_never_made_twice():
    made = {new_key() for _ in range(100)}
    assert len(made) == 100
    assert all(len(key) == 16 and key.isalnum() for key in made)


def test_a_key_counts_when_its_device_has_taken_it_and_is_told_once(ledger: Ledger):
    device(ledger, key=FIRST)
    version = offer_key(ledger, MN, by="gateway", at=AT, reason="old")
    assert list_cards(ledger)[MN].key == FIRST
    for _ in range(2):
        confirm_key(ledger, MN, version, at=AT + timedelta(minutes=1))
    assert [row.state for row in list_keys(ledger, MN)] == ["active", "replaced"]
    assert len(payloads(ledger)) == 1


def test_an_old_offer_does_not_come_back_over_a_newer_key(ledger: Ledger):
    device(ledger, key=FIRST)
    version = offer_key(ledger, MN, by="gateway", at=AT, reason="old")
    set_key(ledger, MN, SECOND, by="duty", at=AT, reason="brought")
    confirm_key(ledger, MN, version, at=AT)
    assert list_cards(ledger)[MN].key == SECOND


def test_trouble_is_told_until_a_key_changes(ledger: Ledger):
    device(ledger, key=FIRST)
    note_key_trouble(ledger, MN, None, "denied", at=AT)
    assert codes(ledger) == ["key_not_changed"]
    set_key(ledger, MN, SECOND, by="duty", at=AT, reason="brought")
    assert codes(ledger) == []


@pytest.mark.parametrize(
    ("trouble", "state"), [("refused", "failed"), ("failed", "failed"), ("silent", "offered")]
)
def test_a_key_that_the_device_may_have_taken_is_offered_again(ledger: Ledger, trouble: str, state: str):
    device(ledger, key=FIRST)
    version = offer_key(ledger, MN, by="gateway", at=AT, reason="old")
    note_key_trouble(ledger, MN, version, trouble, at=AT)
    assert list_keys(ledger, MN)[0].state == state


def test_a_key_that_grew_old_is_a_finding(ledger: Ledger):
    device(ledger, key=FIRST)
    assert codes(ledger, AT + lifetime(None)) == []
    [finding] = line_findings(ledger, at=AT + lifetime(None) + timedelta(days=1))
    assert (finding.code, finding.evidence) == ("key_overdue", {"version": 1, "days": 91, "allowed": 90})


def test_knocks_about_keys_are_findings_until_the_key_is_brought(ledger: Ledger):
    device(ledger, key=FIRST)
    note_knocks(
        ledger, [Knock(MN, "key", "10.0.0.1", 0, 1, 7, b"##"), Knock("LOGGER", "activation", "x", 0, 1, 1, b"")]
    )
    assert codes(ledger) == ["key_does_not_fit", "logger_wants_number"]
    set_key(ledger, MN, SECOND, by="duty", at=AT, reason="brought")
    assert codes(ledger) == ["logger_wants_number"]
    assert [knock.mn for knock in list_quarantined(ledger)] == ["LOGGER"]


def test_one_logger_has_one_number(ledger: Ledger):
    device(ledger, logger_id="LOGGER")
    other = DeviceContent(mn="B" * 24, outlet="stack-2", simulated=True, edition=2025, logger_id="LOGGER")
    with pytest.raises(CallerError, match="registered for device"):
        register_device(ledger, other, by="office", at=AT)


def test_many_keys_are_tried_only_so_far(ledger: Ledger):
    device(ledger, key=FIRST)
    for number in range(30):
        set_key(ledger, MN, b"%016d" % number, by="duty", at=AT, reason="again")
    keys = list_cards(ledger)[MN].keys
    assert (len(keys), keys[0]) == (16, b"%016d" % 29)
    with ledger.read() as session:
        assert len(list(session.scalars(select(DeviceKey)))) == 31
        assert session.get_one(Device, MN).key_version == 31
