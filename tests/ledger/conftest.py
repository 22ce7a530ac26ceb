"""People with passwords, under rules that cost nothing."""

from datetime import UTC, datetime

import pytest

from lantian.ledger import Ledger
from lantian.ledger.accounts import AccountRules, set_password
from lantian.ledger.people import Body, BodyKind, Role
from lantian.ledger.users import make_body, make_user

ACCOUNTS_AT = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def cheap() -> AccountRules:
    """Rules as they hold, with an Argon2 that costs nothing."""
    return AccountRules(time_cost=1, memory_kib=8, parallelism=1)


@pytest.fixture
def peopled(ledger: Ledger, cheap: AccountRules) -> Ledger:
    """A ledger with the administrator root and the county's desk lz-001, both with passwords."""
    make_user(ledger, "root", "管理员", Role.ADMIN, by="root", at=ACCOUNTS_AT)
    make_body(ledger, Body("luzhou", BodyKind.COUNTY, "潞州区", county="140403"), by="root", at=ACCOUNTS_AT)
    make_user(ledger, "lz-001", "张三", Role.COUNTY, "luzhou", by="root", at=ACCOUNTS_AT)
    set_password(ledger, "root", "four quiet chimneys", by="root", at=ACCOUNTS_AT, rules=cheap)
    set_password(ledger, "lz-001", "seven loud magpies", by="root", at=ACCOUNTS_AT, rules=cheap)
    return ledger
