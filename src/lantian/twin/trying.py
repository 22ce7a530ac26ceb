"""Passwords for who tries the demonstration: one login of each sort, never a known password (演示登录)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.accounts import random_password, set_password
from lantian.ledger.models import Organisation, Person, User
from lantian.twin.people import LOGINS, OF_BODIES

_ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class Opened:
    """A login that can be used from now on."""

    login: str
    name: str
    password: str


def give_passwords(ledger: Ledger, at: datetime) -> list[Opened]:
    """Give a random password to the first login of each sort that has none; what was given before is not known."""
    with ledger.read() as session:
        bodies = session.execute(select(Organisation.kind, Organisation.id).order_by(Organisation.id)).all()
        rows = session.execute(
            select(User.login, Person.name).join(Person).where(
                User.closed_at.is_(None), User.password_hash.is_(None)
            )
        )  # fmt: skip
        without = {login: name or login for login, name in rows}
    first = {str(row.kind): str(row.id) for row in reversed(bodies)}
    wanted = [*LOGINS, *(f"{role}-{first[kind]}" for kind, role in OF_BODIES.items() if kind in first)]
    opened = []
    for login in wanted:
        name = without.get(login)
        if name is not None:
            password = random_password()
            set_password(ledger, login, password, by=_ADMINISTRATOR, at=at)
            opened.append(Opened(login, name, password))
    return opened
