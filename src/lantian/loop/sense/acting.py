"""Who may decide about instruments and their data: an open user with a role that stands at that level (权限)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger.models import Organisation, OutletRecord, User
from lantian.ledger.people import BodyKind, Role, may
from lantian.loop.sense.centre import Centre
from lantian.terms.errors import CallerError


class Act(StrEnum):
    """What somebody does; each is a field of the rule about roles."""

    STATION_OPERATOR = "station_operator"
    STATION_CITY = "station_city"
    STATION_SIGN_OFF = "station_sign_off"
    OUTLET_OPERATOR = "outlet_operator"
    OUTLET_CITY = "outlet_city"
    OUTLET_SIGN_OFF = "outlet_sign_off"
    OUTLET_MARK = "outlet_mark"
    OUTLET_RECORD = "outlet_record"


def check_person(session: Session, centre: Centre, login: str, act: Act, place: str) -> Role:
    """Return the role by which somebody may do something about a station or an outlet.

    A role for one body counts where the thing is that body's: an enterprise's outlet, a county's stations and the
    outlets of its enterprises.

    Parameters
    ----------
    session : Session
        Of the decision, so that a role that is taken back meanwhile does not count.
    place : str
        Code of the station or outlet.

    Raises
    ------
    CallerError
        No open user has that login, or none of their roles may do it here.
    """
    user = session.scalars(select(User).where(User.login == login.strip(), User.closed_at.is_(None))).first()
    if user is None:
        raise CallerError(
            "There is no open user {login!r}, and decisions about data are kept under a login. `lantian people "
            "list` shows who there is, `lantian people add` adds one.",
            login=login,
        )
    roles = [Role(name) for name in getattr(centre.quality(centre.today()).roles, act.value)]
    for role in roles:
        if any(may(session, user.id, role, body) for body in _bodies(session, centre, role, act, place)):
            return role
    raise CallerError(
        "{login} may not do this for {place} ({act}). It needs one of the roles {roles}; a role for one body "
        "counts for what is that body's. `lantian people grant` gives a role.",
        login=login, place=place, act=act.value, roles=", ".join(roles),
    )  # fmt: skip


def _bodies(session: Session, centre: Centre, role: Role, act: Act, place: str) -> list[str | None]:
    """List the bodies for which a role would do; `None` stands for the whole city."""
    if role not in {Role.COUNTY, Role.ENTERPRISE}:
        return [None]
    station = act.value.startswith("station_")
    owner = None if station else _owner(session, place, centre.today())
    if role is Role.ENTERPRISE:
        return [] if owner is None else [owner.id]
    county = _county_of(centre, place) if station else (None if owner is None else owner.county)
    if county is None:
        return []
    governs = (Organisation.county == county) & Organisation.kind.in_((BodyKind.COUNTY, BodyKind.ZONE))
    return list(session.scalars(select(Organisation.id).where(governs)))


def _owner(session: Session, outlet: str, day: date) -> Organisation | None:
    """Return whose an outlet is by the record that holds on a day."""
    newest = (
        select(OutletRecord.organisation_id)
        .where(OutletRecord.outlet == outlet, OutletRecord.from_day <= day)
        .order_by(OutletRecord.from_day.desc(), OutletRecord.at.desc())
        .limit(1)
    )
    held = session.scalars(newest).first()
    return None if held is None else session.get(Organisation, held)


def _county_of(centre: Centre, station: str) -> str | None:
    return next((row.county for row in centre.city.stations if row.code == station), None)
