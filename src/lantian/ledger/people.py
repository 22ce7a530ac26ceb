"""Who acts: bodies, persons whose data can be forgotten, users, and roles for one body or the whole city."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lantian.ledger.entries import append_entry, canonical, commitment
from lantian.ledger.models import LoginSession, Organisation, Person, User, UserRole
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7

_SALT_BYTES = 32


class Role(StrEnum):
    """What somebody may be here (角色)."""

    ADMIN = "admin"
    CITY_OFFICE = "city_office"
    MONITORING = "monitoring"
    """Answers for stations and their data (监测)."""
    SCIENCE = "science"
    """The city's expert team (科研、专家组)."""
    DUTY = "duty"
    """Who watches the air and answers alarms (应急值守)."""
    INSPECTION = "inspection"
    """Who inspects and keeps evidence (执法)."""
    DEPARTMENT = "department"
    COUNTY = "county"
    ENTERPRISE = "enterprise"
    OPERATOR = "operator"
    """Runs the city's own instruments (运维单位)."""
    AUDITOR = "auditor"
    PUBLIC = "public"


class BodyKind(StrEnum):
    """What kinds of bodies there are."""

    OFFICE = "office"
    DEPARTMENT = "department"
    COUNTY = "county"
    ZONE = "zone"
    ENTERPRISE = "enterprise"
    AUDITOR = "auditor"
    OTHER = "other"


_BODIES: dict[Role, frozenset[BodyKind]] = {
    Role.DEPARTMENT: frozenset({BodyKind.DEPARTMENT, BodyKind.OFFICE, BodyKind.OTHER}),
    Role.COUNTY: frozenset({BodyKind.COUNTY, BodyKind.ZONE}),
    Role.ENTERPRISE: frozenset({BodyKind.ENTERPRISE}),
}
"""Roles that hold for one body only, and of which kind it has to be; the others hold for the whole city."""
_GOVERNS = frozenset({BodyKind.COUNTY, BodyKind.ZONE})


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows somebody may see; what they may do with them is another question (数据范围).

    Examples
    --------
    >>> scope = Scope(frozenset({"gov-140403", "PLANT"}), frozenset({"140403"}))
    >>> scope.covers("PLANT"), scope.covers("OTHER"), scope.covers("OTHER", county="140403")
    (True, False, True)
    >>> Scope(None).covers("anybody")
    True
    """

    bodies: frozenset[str] | None
    """Ids of bodies; None: the whole city."""
    counties: frozenset[str] = frozenset()
    """adcodes of the counties that they govern: plants and stations there are theirs to see."""

    @property
    def is_city(self) -> bool:
        """Whether it is the whole city."""
        return self.bodies is None

    def covers(self, body: str | None, county: str | None = None) -> bool:
        """Whether rows of a body, or of something that stands in a county, may be seen."""
        return self.bodies is None or body in self.bodies or county in self.counties


@dataclass(frozen=True, slots=True)
class Body:
    """What a new organisation is."""

    id: str
    kind: BodyKind
    name_zh: str
    full_name_zh: str = ""
    name_en: str = ""
    county: str | None = None
    """adcode, for a county's government."""


def add_organisation(session: Session, body: Body, *, by: str, at: datetime) -> Organisation:
    """Add a body; one that is already here the same way is left alone.

    Raises
    ------
    CallerError
        Another body stands under this id.
    """
    fields = {
        "kind": body.kind.value,
        "name_zh": body.name_zh,
        "full_name_zh": body.full_name_zh or body.name_zh,
        "name_en": body.name_en or body.name_zh,
        "county": body.county,
    }
    held = session.get(Organisation, body.id)
    if held is not None:
        if any(getattr(held, name) != value for name, value in fields.items()):
            raise CallerError(
                "The body {id} is already {name}. Choose another id, or correct that one.",
                id=body.id,
                name=held.name_zh,
            )
        return held
    row = Organisation(id=body.id, made_at=at, **fields)
    session.add(row)
    append_entry(
        session, at=at, actor=by, kind="organisation.added", subject=f"organisation:{body.id}", payload=fields
    )
    return row


def add_person(
    session: Session, name: str, *, phone: str | None = None, mail: str | None = None, by: str, at: datetime
) -> Person:
    """Keep somebody's personal data; the chain gets a salted commitment to it, never the data."""
    row = Person(
        id=str(uuid7(at)), name=name, phone=phone, mail=mail, salt=secrets.token_bytes(_SALT_BYTES), made_at=at
    )
    session.add(row)
    append_entry(
        session,
        at=at,
        actor=by,
        kind="person.added",
        subject=f"person:{row.id}",
        payload={"commitment": person_commitment(row)},
    )
    return row


def person_commitment(row: Person) -> str:
    """Return what the chain says of a person; whoever has data and salt can prove that it was them."""
    if row.salt is None:
        raise CallerError("Person {id} was forgotten; who it was can no longer be shown.", id=row.id)
    data = canonical({"mail": row.mail, "name": row.name, "phone": row.phone})
    return commitment(data, row.salt).digest


def forget_person(session: Session, person_id: str, *, because: str, by: str, at: datetime) -> None:
    """Delete somebody's data and salt and close their logins; rows and the chain stay whole (到期删除)."""
    row = session.get(Person, person_id)
    if row is None:
        raise CallerError("There is no person {id!r}. Use the id that the ledger gave.", id=person_id)
    if row.deleted_at is not None:
        return
    row.name = row.phone = row.mail = row.salt = None
    row.deleted_at = at
    for user in session.scalars(select(User).where(User.person_id == person_id, User.closed_at.is_(None))):
        _close(session, user, at)
    for user_id in session.scalars(select(User.id).where(User.person_id == person_id)):
        forget_places(session, user_id)
    append_entry(
        session,
        at=at,
        actor=by,
        kind="person.forgotten",
        subject=f"person:{person_id}",
        payload={"because": because},
    )


def add_user(
    session: Session, login: str, person_id: str, *, by: str, at: datetime, password_hash: str | None = None
) -> User:
    """Let a person act under a login: a code of the office, not a name, because entries show it for ever.

    Raises
    ------
    CallerError
        The login is taken, or there is no such person.
    """
    if session.scalars(select(User).where(User.login == login)).first() is not None:
        raise CallerError("The login {login!r} is taken, for ever. Choose another one.", login=login)
    person = session.get(Person, person_id)
    if person is None or person.deleted_at is not None:
        raise CallerError("There is no person {id!r}. Use the id that the ledger gave.", id=person_id)
    row = User(id=str(uuid7(at)), login=login, person_id=person_id, password_hash=password_hash, made_at=at)
    session.add(row)
    append_entry(session, at=at, actor=by, kind="user.added", subject=f"user:{row.id}", payload={"login": login})
    return row


def close_user(session: Session, user_id: str, *, by: str, at: datetime) -> None:
    """Let a login act no more; the login is never given to anybody else."""
    row = _standing_user(session, user_id)
    _close(session, row, at)
    append_entry(session, at=at, actor=by, kind="user.closed", subject=f"user:{user_id}", payload={})


def grant_role(
    session: Session, user_id: str, role: Role, organisation_id: str | None = None, *, by: str, at: datetime
) -> UserRole:
    """Give a user a role, for one body where the role is of that sort; granting it twice is once.

    Whoever is logged in logs in again: no session outlives a change of what it may.

    Raises
    ------
    CallerError
        No such user or body, a body where the role holds for the whole city, none where it needs one, or one of a
        kind that the role is not for.
    """
    _standing_user(session, user_id)
    _check_scope(session, role, organisation_id)
    held = _grant(session, user_id, role, organisation_id)
    if held is not None:
        return held
    row = UserRole(
        id=str(uuid7(at)),
        user_id=user_id,
        role=role,
        organisation_id=organisation_id,
        granted_by=by,
        granted_at=at,
    )
    session.add(row)
    end_sessions_of(session, user_id, because="rights changed", at=at)
    payload = {"role": role, "organisation": organisation_id}
    append_entry(session, at=at, actor=by, kind="role.granted", subject=f"user:{user_id}", payload=payload)
    return row


def revoke_role(
    session: Session, user_id: str, role: Role, organisation_id: str | None = None, *, by: str, at: datetime
) -> None:
    """Take a role back; the row stays, with who took it, and open sessions end."""
    row = _grant(session, user_id, role, organisation_id)
    if row is None:
        raise CallerError("User {user} does not hold the role {role} there.", user=user_id, role=role)
    row.revoked_by, row.revoked_at = by, at
    end_sessions_of(session, user_id, because="rights changed", at=at)
    payload = {"role": role, "organisation": organisation_id}
    append_entry(session, at=at, actor=by, kind="role.revoked", subject=f"user:{user_id}", payload=payload)


def may(session: Session, user_id: str, role: Role, organisation_id: str | None = None) -> bool:
    """Whether a user holds a role for a body; one for the whole city holds for every body, not the reverse."""
    user = session.get(User, user_id)
    if user is None or user.closed_at is not None:
        return False
    scope = organisation_id if role in _BODIES else None
    return _grant(session, user_id, role, scope) is not None


def roles_of(session: Session, user_id: str) -> tuple[tuple[Role, str | None], ...]:
    """List the roles that a user holds now, with the body where a role is for one."""
    held = select(UserRole.role, UserRole.organisation_id).where(
        UserRole.user_id == user_id, UserRole.revoked_at.is_(None)
    )
    return tuple(sorted(((Role(role), body) for role, body in session.execute(held)), key=str))


def scope_of(session: Session, user_id: str) -> Scope:
    """Say whose rows a user may see.

    The whole city with any role that holds for it; `Role.PUBLIC` alone widens nothing. Else the bodies of the
    roles; with a county's or a zone's government come its county and the enterprises there.
    """
    roles = roles_of(session, user_id)
    if any(role not in _BODIES and role is not Role.PUBLIC for role, _ in roles):
        return Scope(None)
    own = {body for _, body in roles if body is not None}
    if not own:
        return Scope(frozenset())
    governs = select(Organisation.county).where(
        Organisation.id.in_(own), Organisation.kind.in_(_GOVERNS), Organisation.county.is_not(None)
    )
    counties = {county for county in session.scalars(governs) if county is not None}
    theirs = select(Organisation.id).where(
        Organisation.kind == BodyKind.ENTERPRISE, Organisation.county.in_(counties)
    )
    return Scope(frozenset(own | set(session.scalars(theirs))), frozenset(counties))


def end_sessions_of(session: Session, user_id: str, *, because: str, at: datetime) -> int:
    """End every open session of a user; say how many there were."""
    session.flush()
    ended = session.scalars(
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
        .values(ended_at=at, ended_because=because)
        .returning(LoginSession.id)
    )
    return len(ended.all())


def forget_places(session: Session, user_id: str) -> None:
    """Delete from where somebody logged in, and with which browser."""
    session.execute(update(LoginSession).where(LoginSession.user_id == user_id).values(address="", agent=""))


def _close(session: Session, user: User, at: datetime) -> None:
    user.closed_at, user.password_hash = at, None
    end_sessions_of(session, user.id, because="closed", at=at)


def _grant(session: Session, user_id: str, role: Role, organisation_id: str | None) -> UserRole | None:
    query = select(UserRole).where(
        UserRole.user_id == user_id,
        UserRole.role == role,
        UserRole.revoked_at.is_(None),
        UserRole.organisation_id == organisation_id
        if organisation_id is not None
        else UserRole.organisation_id.is_(None),
    )
    return session.scalars(query).first()


def _check_scope(session: Session, role: Role, organisation_id: str | None) -> None:
    kinds = _BODIES.get(role)
    if kinds is None:
        if organisation_id is not None:
            raise CallerError("The role {role} holds for the whole city. Leave the body out.", role=role)
        return
    body = None if organisation_id is None else session.get(Organisation, organisation_id)
    if body is None:
        raise CallerError(
            "The role {role} holds for one body, and {body!r} is none. Name one that the ledger has.",
            role=role,
            body=organisation_id,
        )
    if body.kind not in kinds:
        raise CallerError(
            "The role {role} is for {kinds}, and {body} is {kind}. Choose the role that fits it.",
            role=role,
            kinds=", ".join(sorted(kinds)),
            body=body.name_zh,
            kind=body.kind,
        )


def _standing_user(session: Session, user_id: str) -> User:
    row = session.get(User, user_id)
    if row is None or row.closed_at is not None:
        raise CallerError("There is no open user {id!r}. Use the id that the ledger gave.", id=user_id)
    return row
