from datetime import UTC, datetime

import pytest

from lantian.ledger import Ledger
from lantian.ledger.accounts import make_first_administrator, random_password, set_password
from lantian.ledger.people import Role
from lantian.ledger.users import make_user
from lantian.serving.exposing import check_exposed, without_password
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_nobody_becomes_the_first_administrator_from_another_machine(ledger: Ledger):
    with pytest.raises(CallerError, match="first administrator"):
        check_exposed(ledger, "0.0.0.0", simulated=False)


def test_every_user_of_a_real_workspace_needs_a_password(ledger: Ledger):
    make_first_administrator(ledger, "chief", "A name", random_password(), at=AT)
    check_exposed(ledger, "0.0.0.0", simulated=False)
    make_user(ledger, "desk", "Another name", Role.CITY_OFFICE, by="chief", at=AT)
    assert without_password(ledger) == ["desk"]
    with pytest.raises(CallerError, match="desk"):
        check_exposed(ledger, "0.0.0.0", simulated=False)
    check_exposed(ledger, "0.0.0.0", simulated=True)
    set_password(ledger, "desk", random_password(), by="chief", at=AT)
    check_exposed(ledger, "0.0.0.0", simulated=False)
