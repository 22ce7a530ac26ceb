from datetime import UTC, datetime

import pytest

from lantian.ledger import Ledger
from lantian.ledger.accounts import (
    AccountRules,
    Refused,
    first_code,
    link_outside,
    log_in,
    make_first_administrator,
    make_first_administrator_by_code,
    needs_first_administrator,
)
from lantian.ledger.chain import list_entries
from lantian.ledger.people import Role
from lantian.ledger.users import list_users, make_user
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
GOOD = "four quiet chimneys"


def by_code(ledger: Ledger, code: str, rules: AccountRules, login: str = "root", password: str = GOOD) -> None:
    make_first_administrator_by_code(ledger, code, login, "管理员", password, at=AT, rules=rules)


def test_the_code_of_the_terminal_makes_one_administrator_once(ledger: Ledger, cheap: AccountRules) -> None:
    assert needs_first_administrator(ledger)
    code = first_code(ledger, at=AT)
    by_code(ledger, f" {code}\n", cheap)
    assert not needs_first_administrator(ledger)
    assert list_users(ledger)[0].roles == ("admin",)
    assert log_in(ledger, "root", GOOD, address="", agent="", at=AT, rules=cheap).account.login == "root"
    with pytest.raises(Refused, match="not the code"):
        by_code(ledger, code, cheap, "second")
    with pytest.raises(CallerError, match="administrator already"):
        first_code(ledger, at=AT)
    with pytest.raises(CallerError, match="administrator already"):
        make_first_administrator(ledger, "second", "某人", GOOD, at=AT, rules=cheap)
    assert [entry.actor for entry in list_entries(ledger, kind="administrator.first")] == ["root"]


def test_a_wrong_an_old_and_no_code_are_refused(ledger: Ledger, cheap: AccountRules) -> None:
    with pytest.raises(Refused):
        by_code(ledger, "", cheap)
    old = first_code(ledger, at=AT - cheap.first_code_lasts)
    for code in (old, "", "wrong"):
        with pytest.raises(Refused):
            by_code(ledger, code, cheap)
    former, newest = first_code(ledger, at=AT), first_code(ledger, at=AT)
    with pytest.raises(Refused):
        by_code(ledger, former, cheap)
    by_code(ledger, newest, cheap)


def test_a_password_that_is_not_taken_leaves_the_code_good(ledger: Ledger, cheap: AccountRules) -> None:
    code = first_code(ledger, at=AT)
    with pytest.raises(CallerError, match="12 to 200"):
        by_code(ledger, code, cheap, password="short")
    by_code(ledger, code, cheap)
    assert not needs_first_administrator(ledger)


def test_an_administrator_without_a_password_gets_this_one_and_nobody_else_does(
    ledger: Ledger, cheap: AccountRules
) -> None:
    make_user(ledger, "admin", "演示", Role.ADMIN, by="admin", at=AT)
    make_user(ledger, "desk", "演示", Role.CITY_OFFICE, by="admin", at=AT)
    assert needs_first_administrator(ledger)
    with pytest.raises(CallerError, match="somebody else"):
        make_first_administrator(ledger, "desk", "某人", GOOD, at=AT, rules=cheap)
    with pytest.raises(CallerError, match="a login and a name"):
        make_first_administrator(ledger, " ", "某人", GOOD, at=AT, rules=cheap)
    make_first_administrator(ledger, "admin", "某人", GOOD, at=AT, rules=cheap)
    assert log_in(ledger, "admin", GOOD, address="", agent="", at=AT, rules=cheap).account.name == "演示"


def test_an_administrator_of_the_login_service_is_enough(ledger: Ledger) -> None:
    make_user(ledger, "admin", "演示", Role.ADMIN, by="admin", at=AT)
    link_outside(ledger, "admin", "https://id.example", by="admin", at=AT)
    assert not needs_first_administrator(ledger)
