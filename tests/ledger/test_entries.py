"""One decision, one entry, in one transaction."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lantian.ledger import Ledger, append_entry
from lantian.ledger.entries import FIRST, canonical, commitment, entry_hash
from lantian.ledger.models import Entry, EntryHead
from lantian.terms.errors import CallerError

NOON = datetime(2024, 4, 8, 12, tzinfo=timezone(timedelta(hours=8)))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_an_entry_follows_the_one_before_it(ledger: Ledger):
    with ledger.write() as session:
        first = append_entry(
            session, at=NOON, actor="局", kind="plan.adopted", subject="plan:1", payload={"年": 2024}
        )
        second = append_entry(session, at=NOON, actor="局", kind="plan.closed", subject="plan:1", payload={})
    assert (first.number, first.previous) == (1, FIRST)
    assert (second.number, second.previous) == (2, first.hash)
    with ledger.read() as session:
        held = session.scalars(select(Entry).order_by(Entry.number)).all()
        head = session.get_one(EntryHead, 1)
    assert [entry_hash(row) for row in held] == [first.hash, second.hash]
    assert held[0].at == NOON
    assert held[0].payload == '{"年":2024}'
    assert (head.number, head.hash) == (2, second.hash)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("actor", ""),
        ("actor", " "),
        ("actor", "x" * 301),
        ("kind", "k" * 81),
        ("kind", ""),
        ("subject", "s" * 301),
    ],
)
def test_an_entry_that_one_database_would_cut_is_refused_on_both(ledger: Ledger, field: str, value: str):
    said = {"actor": "a", "kind": "k", "subject": "s", field: value}
    with pytest.raises(CallerError, match=field), ledger.write() as session:
        append_entry(session, at=NOON, payload={}, **said)  # type: ignore[arg-type]
    with ledger.read() as session:
        assert session.get_one(EntryHead, 1).number == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", object()])
def test_a_payload_is_text_numbers_dates_and_lists(ledger: Ledger, value: object):
    with pytest.raises((TypeError, ValueError)), ledger.write() as session:
        append_entry(session, at=NOON, actor="a", kind="k", subject="s", payload={"value": value})


@given(st.dictionaries(st.text(), PLAIN, max_size=4))
def test_one_payload_has_one_text(payload: dict[str, object]):
    said = canonical(payload)
    assert canonical(json.loads(said)) == said
    assert canonical(dict(reversed(payload.items()))) == said


def test_instants_dates_and_decimals_are_text():
    payload = {"at": NOON, "day": date(2024, 4, 8), "money": Decimal("1200.50")}
    assert canonical(payload) == '{"at":"2024-04-08T04:00:00+00:00","day":"2024-04-08","money":"1200.50"}'


def test_a_commitment_needs_its_salt_to_say_anything():
    one, two = commitment("张三 13800000000"), commitment("张三 13800000000")
    assert one.digest != two.digest
    assert commitment("张三 13800000000", one.salt) == one
    assert commitment("李四 13800000000", one.salt).digest != one.digest
    assert len(one.salt) == 32


def test_microseconds_and_zones_do_not_change_what_was_hashed(ledger: Ledger):
    at = datetime(2024, 4, 8, 12, 0, 0, 7, tzinfo=timezone(timedelta(hours=8)))
    with ledger.write() as session:
        made = append_entry(session, at=at, actor="a", kind="k", subject="s", payload={})
    with ledger.read() as session:
        held = session.scalars(select(Entry)).one()
    assert held.at.tzinfo is UTC
    assert entry_hash(held) == made.hash
