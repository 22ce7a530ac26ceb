from datetime import UTC, datetime

import pytest

from lantian.ledger import Ledger
from lantian.ledger.accounts import (
    Claimed,
    Refused,
    account_of,
    link_outside,
    log_in_outside,
    unlink_outside,
)
from lantian.ledger.chain import list_entries
from lantian.ledger.users import end_user
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ISSUER = "https://id.example"


def enter(ledger: Ledger, name: str = "zhang.san", subject: str = "s-1", issuer: str = ISSUER) -> str:
    claimed = Claimed(issuer, subject, name)
    return log_in_outside(ledger, claimed, address="192.0.2.7", agent="Firefox", at=AT).secret


def test_nobody_comes_in_whom_no_administrator_linked(peopled: Ledger) -> None:
    with pytest.raises(Refused, match="Nobody here is linked"):
        enter(peopled, "lz-001")
    link_outside(peopled, "lz-001", ISSUER, "zhang.san", by="root", at=AT)
    with pytest.raises(Refused, match="Nobody here is linked"):
        enter(peopled, "lz-001")
    with pytest.raises(Refused, match="Nobody here is linked"):
        enter(peopled, issuer="https://other.example")
    account = account_of(peopled, enter(peopled), at=AT)
    assert account is not None
    assert account.login == "lz-001"


def test_a_name_that_was_given_to_somebody_else_opens_nothing(peopled: Ledger) -> None:
    link_outside(peopled, "lz-001", ISSUER, "zhang.san", by="root", at=AT)
    enter(peopled, subject="s-1")
    with pytest.raises(Refused, match="another person"):
        enter(peopled, subject="s-2")
    enter(peopled, subject="s-1")
    unlink_outside(peopled, "lz-001", ISSUER, by="root", at=AT)
    with pytest.raises(Refused, match="Nobody here is linked"):
        enter(peopled, subject="s-1")
    link_outside(peopled, "lz-001", ISSUER, "zhang.san", by="root", at=AT)
    assert account_of(peopled, enter(peopled, subject="s-2"), at=AT) is not None


def test_a_closed_login_stays_closed(peopled: Ledger) -> None:
    link_outside(peopled, "lz-001", ISSUER, "zhang.san", by="root", at=AT)
    end_user(peopled, "lz-001", by="root", at=AT)
    with pytest.raises(Refused, match="Nobody here is linked"):
        enter(peopled)


def test_one_name_is_one_user_and_only_an_administrator_links(peopled: Ledger) -> None:
    with pytest.raises(CallerError, match="no administrator"):
        link_outside(peopled, "lz-001", ISSUER, by="lz-001", at=AT)
    link_outside(peopled, "lz-001", ISSUER, by="root", at=AT)
    link_outside(peopled, "lz-001", ISSUER, by="root", at=AT)
    with pytest.raises(CallerError, match="linked already"):
        link_outside(peopled, "root", ISSUER, "lz-001", by="root", at=AT)
    with pytest.raises(CallerError, match="linked already"):
        link_outside(peopled, "lz-001", ISSUER, "other", by="root", at=AT)
    with pytest.raises(CallerError, match="not linked"):
        unlink_outside(peopled, "root", ISSUER, by="root", at=AT)
    assert [entry.kind for entry in list_entries(peopled, kind="outside.")] == ["outside.linked"]
    assert "lz-001" not in list_entries(peopled, kind="outside.")[0].payload
