from datetime import UTC, datetime

import pytest

from lantian.ledger import Ledger
from lantian.ledger.chain import verify_chain
from lantian.ledger.people import Body, BodyKind, Role
from lantian.ledger.users import (
    end_user,
    give_role,
    list_bodies,
    list_users,
    make_body,
    make_user,
    take_role,
)
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, tzinfo=UTC)


def made(ledger: Ledger, login: str = "root", role: Role = Role.ADMIN, by: str = "root", **fields: str) -> None:
    make_user(ledger, login, "某人", role, fields.get("body"), by=by, at=AT)


def test_the_first_user_is_an_administrator_and_no_other_role(ledger: Ledger) -> None:
    with pytest.raises(CallerError, match="no administrator"):
        made(ledger, "desk", Role.CITY_OFFICE)
    made(ledger)
    [card] = list_users(ledger)
    assert (card.login, card.roles) == ("root", ("admin",))


def test_only_an_administrator_decides_who_may_act(ledger: Ledger) -> None:
    made(ledger)
    made(ledger, "desk", Role.CITY_OFFICE)
    for by in ("desk", "nobody"):
        with pytest.raises(CallerError, match="no administrator"):
            made(ledger, "friend", Role.ADMIN, by=by)
        with pytest.raises(CallerError, match="no administrator"):
            give_role(ledger, "desk", Role.ADMIN, by=by, at=AT)
        with pytest.raises(CallerError, match="no administrator"):
            make_body(ledger, Body("X", BodyKind.ENTERPRISE, "某厂"), by=by, at=AT)
    assert [card.login for card in list_users(ledger)] == ["desk", "root"]


def test_an_enterprise_gets_a_body_and_somebody_who_acts_for_it(ledger: Ledger) -> None:
    made(ledger)
    make_body(ledger, Body("PLANT", BodyKind.ENTERPRISE, "模拟电厂", county="140406"), by="root", at=AT)
    made(ledger, "plant", Role.ENTERPRISE, body="PLANT")
    assert list_users(ledger)[0].roles == ("enterprise:PLANT",)
    assert [(row.id, row.county) for row in list_bodies(ledger)] == [("PLANT", "140406")]


def test_roles_come_and_go_and_the_chain_holds(ledger: Ledger) -> None:
    made(ledger)
    made(ledger, "desk", Role.CITY_OFFICE)
    give_role(ledger, "desk", Role.AUDITOR, by="root", at=AT)
    take_role(ledger, "desk", Role.CITY_OFFICE, by="root", at=AT)
    assert list_users(ledger)[0].roles == ("auditor",)
    end_user(ledger, "desk", by="root", at=AT)
    assert [card.login for card in list_users(ledger)] == ["root"]
    assert [card.login for card in list_users(ledger, closed=True)] == ["desk", "root"]
    assert verify_chain(ledger).sound


def test_the_last_administrator_stays(ledger: Ledger) -> None:
    made(ledger)
    with pytest.raises(CallerError, match="last administrator"):
        take_role(ledger, "root", Role.ADMIN, by="root", at=AT)
    with pytest.raises(CallerError, match="last administrator"):
        end_user(ledger, "root", by="root", at=AT)
    made(ledger, "second")
    end_user(ledger, "root", by="second", at=AT)
    assert [card.login for card in list_users(ledger)] == ["second"]


@pytest.mark.parametrize(("login", "name"), [(" ", "某人"), ("root", " ")])
def test_a_user_needs_a_login_and_a_name(ledger: Ledger, login: str, name: str) -> None:
    with pytest.raises(CallerError, match="a login and a name"):
        make_user(ledger, login, name, Role.ADMIN, by="root", at=AT)
    assert list_users(ledger) == []


def test_a_login_that_nobody_has_is_named(ledger: Ledger) -> None:
    made(ledger)
    with pytest.raises(CallerError, match="no open user 'ghost'"):
        give_role(ledger, "ghost", Role.AUDITOR, by="root", at=AT)
