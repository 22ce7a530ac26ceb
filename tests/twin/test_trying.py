from datetime import UTC, datetime

from lantian.ledger import Ledger
from lantian.ledger.accounts import log_in
from lantian.ledger.people import Body, BodyKind, add_organisation
from lantian.twin.people import LOGINS, add_people
from lantian.twin.trying import give_passwords

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_one_login_of_each_sort_gets_a_password_once(ledger: Ledger):
    with ledger.write() as session:
        for number, kind in enumerate(
            (BodyKind.COUNTY, BodyKind.COUNTY, BodyKind.DEPARTMENT, BodyKind.ENTERPRISE)
        ):
            add_organisation(session, Body(f"body-{number}", kind, f"演示{number}"), by="test", at=AT)
    add_people(ledger, AT)
    opened = give_passwords(ledger, AT)
    logins = [row.login for row in opened]
    assert logins == [*LOGINS, "county-body-0", "department-body-2", "enterprise-body-3"]
    assert len({row.password for row in opened}) == len(opened)
    assert give_passwords(ledger, AT) == []
    for row in (opened[0], opened[-1]):
        made = log_in(ledger, row.login, row.password, address="127.0.0.1", agent="test", at=AT)
        assert made.account.login == row.login
