from datetime import UTC, datetime

from lantian.ledger import Ledger
from lantian.ledger.people import Body, BodyKind, add_organisation
from lantian.ledger.users import list_users
from lantian.twin.people import LOGINS, add_people

AT = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_demonstration_has_somebody_for_every_level_once(ledger: Ledger) -> None:
    assert add_people(ledger, AT) == len(LOGINS)
    assert add_people(ledger, AT) == 0
    roles = {card.login: card.roles for card in list_users(ledger)}
    assert roles["operator"] == ("operator",)
    assert roles["city-desk"] == roles["chief"] == ("city_office",)


def test_each_county_s_government_gets_somebody_whose_name_says_that_nobody_is_meant(ledger: Ledger) -> None:
    with ledger.write() as session:
        add_organisation(session, Body("lucheng", BodyKind.COUNTY, "潞城区", county="140406"), by="test", at=AT)
    assert add_people(ledger, AT) == len(LOGINS) + 1
    cards = {card.login: card for card in list_users(ledger)}
    assert cards["county-lucheng"].roles == ("county:lucheng",)
    assert all(card.name is not None and card.name.startswith("演示") for card in cards.values())
