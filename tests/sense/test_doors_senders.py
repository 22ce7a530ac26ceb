"""Senders: the key is seen once, its hash is kept, and the chain tells who let whom in."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.models import Entry
from lantian.loop.sense.doors.senders import (
    SenderContent,
    add_sender,
    close_sender,
    find_by_key,
    find_by_name,
    list_senders,
    may_send,
)
from lantian.terms.errors import CallerError

NOW = datetime(2026, 3, 2, 4, tzinfo=UTC)
PLANT = SenderContent("plant-1", "plant A", ("a",), simulated=True)


def test_a_key_opens_and_is_kept_nowhere(ledger: Ledger):
    made = add_sender(ledger, PLANT, ["a", "b"], by="duty", at=NOW, reason="contract")
    assert len(made.key) == 43
    assert made.sender.key_hash == sha256(made.key.encode()).hexdigest()
    found = find_by_key(ledger, made.key)
    assert found is not None
    assert (found.name, found.kinds) == ("plant-1", ["a"])
    assert find_by_key(ledger, made.key + "x") is None
    assert find_by_key(ledger, "\udcff") is None
    with ledger.read() as session:
        entries = list(session.scalars(select(Entry)))
    assert [entry.kind for entry in entries] == ["sender.added"]
    assert not any(secret in entry.payload for entry in entries for secret in (made.key, made.sender.key_hash))
    assert made.key not in repr(made)


def test_a_closed_sender_has_no_key_and_its_name_is_not_given_again(ledger: Ledger):
    made = add_sender(ledger, PLANT, ["a"], by="duty", at=NOW, reason="contract")
    for _ in range(2):
        assert close_sender(ledger, "plant-1", by="duty", at=NOW, reason="contract ended").closed_at == NOW
    assert find_by_key(ledger, made.key) is None
    assert find_by_name(ledger, "plant-1") is None
    assert list_senders(ledger) == []
    assert [row.closed_because for row in list_senders(ledger, closed=True)] == ["contract ended"]
    with ledger.read() as session:
        assert [entry.kind for entry in session.scalars(select(Entry))] == ["sender.added", "sender.closed"]
    with pytest.raises(CallerError, match="given once"):
        add_sender(ledger, PLANT, ["a"], by="duty", at=NOW, reason="again")


@pytest.mark.parametrize(
    ("content", "reason", "said"),
    [
        (SenderContent("../x", "a", simulated=True), "r", "is no name of a sender"),
        (SenderContent(".x", "a", simulated=True), "r", "is no name of a sender"),
        (SenderContent("x", " ", simulated=True), "r", "which organisation"),
        (SenderContent("x", "a", simulated=True), " ", "why it may send"),
        (SenderContent("x", "a", ("tea",), simulated=True), "r", "There is no kind tea"),
        (SenderContent("x", "a", simulated=False), "r", "never mixed"),
    ],
)
def test_what_cannot_be_registered_is_said(ledger: Ledger, content: SenderContent, reason: str, said: str):
    with pytest.raises(CallerError, match=said):
        add_sender(ledger, content, ["a"], by="duty", at=NOW, reason=reason)
    assert list_senders(ledger) == []


def test_a_closing_needs_a_sender_and_a_reason(ledger: Ledger):
    with pytest.raises(CallerError, match="There is no sender"):
        close_sender(ledger, "nobody", by="duty", at=NOW, reason="x")
    with pytest.raises(CallerError, match="Say why"):
        close_sender(ledger, "nobody", by="duty", at=NOW, reason=" ")


def test_a_sender_without_kinds_may_send_every_kind(ledger: Ledger):
    content = SenderContent("站房一号", "plant A", simulated=True)
    sender = add_sender(ledger, content, ["a"], by="duty", at=NOW, reason="contract").sender
    assert may_send(sender, "a")
    assert may_send(sender, "anything")
    assert find_by_name(ledger, "站房一号") is not None
