"""The register of devices: what may be registered, how it changes; secrets are shown nowhere."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.models import Entry
from lantian.loop.sense.registry import (
    DeviceContent,
    Point,
    change_state,
    device_shown,
    list_cards,
    list_devices,
    newest_change,
    register_device,
)
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
MN = "010000A8900016F000169DC0"


def content(**fields: object) -> DeviceContent:
    return DeviceContent(**{"mn": MN, "outlet": "stack-1", "simulated": True, **fields})  # type: ignore[arg-type]


def entries(ledger: Ledger) -> list[Entry]:
    with ledger.read() as session:
        return list(session.scalars(select(Entry).order_by(Entry.number)))


def test_a_registered_device_is_known_with_everything_the_gateway_needs(ledger: Ledger):
    register_device(
        ledger,
        content(
            edition=2025, password="654321", addresses=("10.1.2.3", "10.9.0.0/16"), key=b"0" * 16,
            points={"a21026": Point(unit="mg/m³", low=0.0, high=200.0)}, reports=("minute", "hour"),
        ),
        by="office", at=AT,
    )  # fmt: skip
    card = list_cards(ledger)[MN]
    assert (card.edition, card.password, card.key, card.taken) == (2025, "654321", b"0" * 16, True)
    assert [str(network) for network in card.networks] == ["10.1.2.3/32", "10.9.0.0/16"]
    assert card.points["a21026"] == Point(unit="mg/m³", low=0.0, high=200.0)


def test_secrets_are_neither_shown_nor_in_the_chain_nor_in_a_repr(ledger: Ledger):
    given = content(edition=2025, password="geheim", key=b"0123456789abcdef")
    register_device(ledger, given, by="office", at=AT)
    [row] = list_devices(ledger)
    said = [str(device_shown(row)), *(entry.payload for entry in entries(ledger)), repr(given)]
    said.append(repr(list_cards(ledger)[MN]))
    for text in said:
        assert "geheim" not in text
        assert "0123456789abcdef" not in text


def test_the_same_twice_is_once_and_a_change_says_what_was(ledger: Ledger):
    register_device(ledger, content(), by="office", at=AT)
    register_device(ledger, content(), by="office", at=AT + timedelta(hours=1))
    assert [entry.kind for entry in entries(ledger)] == ["device.registered"]
    before = newest_change(ledger)
    register_device(ledger, content(outlet="stack-2"), by="office", at=AT + timedelta(hours=2), reason="moved")
    assert newest_change(ledger) != before
    last = entries(ledger)[-1]
    assert '"reason":"moved"' in last.payload
    assert '"outlet":"stack-1"' in last.payload


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mn", "has space"), ("outlet", " "), ("system", "x"), ("edition", 2024), ("password", "a;b"),
        ("key", b"short"), ("reports", ("weekly",)), ("minute_interval", 7), ("gas_state", "wet"),
        ("addresses", ("10.300.0.1",)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_field(ledger: Ledger, field: str, value: object):
    with pytest.raises(CallerError) as refused:
        register_device(ledger, content(**{field: value}), by="office", at=AT)
    assert field in str(refused.value) or "network" in str(refused.value)
    assert list_devices(ledger) == []


def test_a_real_device_is_refused_by_a_simulated_workspace(ledger: Ledger):
    with pytest.raises(CallerError, match="never mixed"):
        register_device(ledger, content(simulated=False), by="office", at=AT)


def test_a_device_is_shut_out_and_let_in_again_with_reasons(ledger: Ledger):
    register_device(ledger, content(), by="office", at=AT)
    change_state(ledger, MN, "quarantined", by="office", at=AT, reason="sends nonsense")
    assert not list_cards(ledger)[MN].taken
    register_device(ledger, content(), by="office", at=AT, reason="mended")
    assert list_cards(ledger)[MN].taken
    assert [entry.kind for entry in entries(ledger)] == [
        "device.registered", "device.state_changed", "device.registered",
    ]  # fmt: skip
    with pytest.raises(CallerError, match="Say why"):
        change_state(ledger, MN, "retired", by="office", at=AT, reason=" ")
    with pytest.raises(CallerError, match="No device"):
        change_state(ledger, "B" * 24, "retired", by="office", at=AT, reason="gone")
