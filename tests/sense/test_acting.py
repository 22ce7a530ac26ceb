"""Every role at every level, for stations and for outlets."""

from datetime import date

import pytest

from lantian.ledger.people import Role, close_user, revoke_role
from lantian.loop.sense.acting import Act, check_person
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.outlets import OutletContent, record_outlet
from lantian.terms.errors import CallerError

pytestmark = pytest.mark.usefixtures("people")

STATION = "1727A"

EVERYBODY = (
    "op", "city", "chief", "admin", "auditor", "public", "department", "plant", "other-plant", "county",
    "other-county",
)  # fmt: skip
OFFICE = {"city", "chief"}
MAY = {
    Act.STATION_OPERATOR: {"op", *OFFICE},
    Act.STATION_CITY: OFFICE,
    Act.STATION_SIGN_OFF: OFFICE,
    Act.OUTLET_OPERATOR: {"plant", "county", *OFFICE},
    Act.OUTLET_CITY: OFFICE,
    Act.OUTLET_SIGN_OFF: OFFICE,
    Act.OUTLET_MARK: {"plant", "county", *OFFICE},
    Act.OUTLET_RECORD: {"admin", *OFFICE},
}
"""Who may do what about a station of another county, and about an outlet of PLANT in the county of `county`."""


@pytest.fixture
def outlet(centre: Centre) -> str:
    """An outlet of the body PLANT."""
    content = OutletContent("stack-1", date(2026, 1, 1), organisation="PLANT", source_kind="coal_power")
    record_outlet(centre, content, by="city", reason="first record")
    return "stack-1"


@pytest.mark.parametrize("login", EVERYBODY)
@pytest.mark.parametrize("act", list(Act))
def test_each_level_is_open_to_its_roles_and_to_nobody_else(
    centre: Centre, outlet: str, act: Act, login: str
) -> None:
    place = STATION if act.value.startswith("station") else outlet
    with centre.ledger.write() as session:
        if login in MAY[act]:
            assert check_person(session, centre, login, act, place) in set(Role)
        else:
            with pytest.raises(CallerError, match=r"may not do this.*needs one of the roles"):
                check_person(session, centre, login, act, place)


def test_a_county_may_propose_about_its_own_stations_only(centre: Centre) -> None:
    own = next(row.code for row in centre.city.stations if row.county == "140406")
    with centre.ledger.write() as session:
        assert check_person(session, centre, "county", Act.STATION_OPERATOR, own) is Role.COUNTY
        with pytest.raises(CallerError, match="may not"):
            check_person(session, centre, "other-county", Act.STATION_OPERATOR, own)


def test_a_login_that_nobody_has_is_named_with_what_to_do(centre: Centre) -> None:
    with centre.ledger.write() as session, pytest.raises(CallerError, match="lantian people add"):
        check_person(session, centre, "stranger", Act.STATION_CITY, STATION)


def test_a_closed_user_and_a_role_taken_back_count_no_more(centre: Centre) -> None:
    from sqlalchemy import select

    from lantian.ledger.models import User

    with centre.ledger.write() as session:
        users = {row.login: row.id for row in session.scalars(select(User))}
        close_user(session, users["city"], by="admin", at=centre.now())
        revoke_role(session, users["chief"], Role.CITY_OFFICE, by="admin", at=centre.now())
        session.flush()
        for login in ("city", "chief"):
            with pytest.raises(CallerError):
                check_person(session, centre, login, Act.STATION_CITY, STATION)


def test_an_outlet_without_a_record_is_nobody_s(centre: Centre) -> None:
    with centre.ledger.write() as session:
        for login in ("plant", "county"):
            with pytest.raises(CallerError, match="may not"):
                check_person(session, centre, login, Act.OUTLET_MARK, "stack-9")


def test_an_outlet_changes_hands_on_the_day_of_its_new_record(centre: Centre, outlet: str) -> None:
    later = OutletContent(outlet, date(2026, 5, 1), organisation="OTHER")
    record_outlet(centre, later, by="city", reason="sold from May on")
    with centre.ledger.write() as session:  # it is April
        assert check_person(session, centre, "plant", Act.OUTLET_MARK, outlet) is Role.ENTERPRISE
        with pytest.raises(CallerError):
            check_person(session, centre, "other-plant", Act.OUTLET_MARK, outlet)
    now = OutletContent(outlet, date(2026, 4, 1), organisation="OTHER")
    record_outlet(centre, now, by="city", reason="sold from today on")
    with centre.ledger.write() as session:
        assert check_person(session, centre, "other-plant", Act.OUTLET_MARK, outlet) is Role.ENTERPRISE
        with pytest.raises(CallerError):
            check_person(session, centre, "plant", Act.OUTLET_MARK, outlet)
