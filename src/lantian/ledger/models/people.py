"""Who acts: organisations, users with roles scoped to a body, and their personal data apart."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lantian.ledger.columns import ID, KEY, NAME
from lantian.ledger.models.row import Row


class Organisation(Row):
    """A body that can have duties or users; its id is the body's id in the city's directory, or a credit code."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(KEY, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``office``, ``department``, ``county``, ``zone``, ``enterprise``, ``auditor`` or ``other``."""
    name_zh: Mapped[str] = mapped_column(NAME)
    full_name_zh: Mapped[str] = mapped_column(NAME)
    name_en: Mapped[str] = mapped_column(NAME)
    county: Mapped[str | None] = mapped_column(String(6))
    """adcode, for a county's government."""
    made_at: Mapped[datetime]


class Person(Row):
    """Personal data, kept apart so that it can be deleted on schedule; entries hold only a salted commitment."""

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str | None] = mapped_column(NAME)
    phone: Mapped[str | None] = mapped_column(String(40))
    mail: Mapped[str | None] = mapped_column(String(200))
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    """Deleted with the data: without it a commitment says nothing."""
    made_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]


class User(Row):
    """Somebody who may act; what they may do stands in `user_roles`."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    login: Mapped[str] = mapped_column(KEY, unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("persons.id"))
    password_hash: Mapped[str | None] = mapped_column(String(300))
    """Argon2 encoded; None: cannot log in by password."""
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class UserRole(Row):
    """One role of one user, for one body or (scope None) for the whole city."""

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role", "organisation_id", "granted_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    granted_by: Mapped[str] = mapped_column(NAME)
    granted_at: Mapped[datetime]
    revoked_by: Mapped[str | None] = mapped_column(NAME)
    revoked_at: Mapped[datetime | None]
