"""People of a demonstration: invented, one for each thing that somebody may do about instruments (演示用户)."""

from datetime import datetime

from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.models import Organisation, User
from lantian.ledger.people import BodyKind, Role, add_person, add_user, grant_role

LOGINS = {
    "admin": (Role.ADMIN, "演示·管理员"),
    "operator": (Role.OPERATOR, "演示·运维员"),
    "city-desk": (Role.CITY_OFFICE, "演示·市级审核员"),
    "chief": (Role.CITY_OFFICE, "演示·签发人"),
    "monitoring": (Role.MONITORING, "演示·监测工程师"),
    "science": (Role.SCIENCE, "演示·专家组成员"),
    "duty": (Role.DUTY, "演示·值班员"),
    "inspection": (Role.INSPECTION, "演示·执法员"),
    "auditor": (Role.AUDITOR, "演示·审计员"),
}
"""Login → role for the whole city, and the name that says that nobody is meant."""
OF_BODIES = {
    BodyKind.COUNTY: Role.COUNTY,
    BodyKind.ZONE: Role.COUNTY,
    BodyKind.DEPARTMENT: Role.DEPARTMENT,
    BodyKind.ENTERPRISE: Role.ENTERPRISE,
}
"""Kind of body → role of the one who acts for it."""
_BY = "simulation"


def add_people(ledger: Ledger, at: datetime) -> int:
    """Add the people of a demonstration, and one for each government, department and plant that the ledger knows.

    Again changes nothing; a login that was closed stays closed.

    Returns
    -------
    int
        How many were added.
    """
    with ledger.write() as session:
        known = set(session.scalars(select(User.login)))
        bodies = session.scalars(
            select(Organisation).where(Organisation.kind.in_(OF_BODIES)).order_by(Organisation.id)
        )
        wanted: dict[str, tuple[Role, str, str | None]] = {
            login: (role, name, None) for login, (role, name) in LOGINS.items()
        }
        for each in bodies:
            of_body = OF_BODIES[BodyKind(each.kind)]
            wanted[f"{of_body}-{each.id}"] = (of_body, f"演示·{each.name_zh}", each.id)
        added = 0
        for login, (role, name, body) in wanted.items():
            if login in known:
                continue
            person = add_person(session, name, by=_BY, at=at)
            session.flush()
            user = add_user(session, login, person.id, by=_BY, at=at)
            session.flush()
            grant_role(session, user.id, role, body, by=_BY, at=at)
            added += 1
    return added
