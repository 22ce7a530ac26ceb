"""Who may do what, for which body; and whoever asks to be forgotten is."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.chain import list_entries, verify_chain
from lantian.ledger.models import Organisation, Person, User, UserRole
from lantian.ledger.people import (
    Body,
    BodyKind,
    Role,
    add_organisation,
    add_person,
    add_user,
    close_user,
    forget_person,
    grant_role,
    may,
    person_commitment,
    revoke_role,
)
from lantian.terms.errors import CallerError

AT = datetime(2024, 4, 8, tzinfo=UTC)
SAID = {"by": "office", "at": AT}
LUZHOU = Body("luzhou", BodyKind.COUNTY, "潞州区", "潞州区人民政府", "Luzhou", "140403")
HUGUAN = Body("huguan", BodyKind.COUNTY, "壶关县", "壶关县人民政府", "Huguan", "140427")
BUREAU = Body("ecology", BodyKind.DEPARTMENT, "市生态环境局", "长治市生态环境局", "Ecology bureau")


@pytest.fixture
def user(ledger: Ledger) -> str:
    with ledger.write() as session:
        for body in (LUZHOU, HUGUAN, BUREAU):
            add_organisation(session, body, **SAID)
        person = add_person(session, "张三", phone="13800000000", mail="z@example.org", **SAID)
        return add_user(session, "lz-001", person.id, **SAID).id


def test_a_county_role_holds_for_its_own_body_only(ledger: Ledger, user: str):
    with ledger.write() as session:
        grant_role(session, user, Role.COUNTY, "luzhou", **SAID)
    with ledger.read() as session:
        assert may(session, user, Role.COUNTY, "luzhou")
        assert not may(session, user, Role.COUNTY, "huguan")
        assert not may(session, user, Role.COUNTY)
        assert not may(session, user, Role.DEPARTMENT, "luzhou")
        assert not may(session, "nobody", Role.COUNTY, "luzhou")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CITY_OFFICE, Role.AUDITOR, Role.PUBLIC])
def test_a_role_for_the_city_holds_for_every_body(ledger: Ledger, user: str, role: Role):
    with ledger.write() as session:
        grant_role(session, user, role, **SAID)
    with ledger.read() as session:
        assert may(session, user, role)
        assert may(session, user, role, "luzhou")
        assert not any(may(session, user, other) for other in Role if other is not role)


@pytest.mark.parametrize(
    ("role", "body", "said"),
    [
        (Role.COUNTY, None, "one body"),
        (Role.COUNTY, "atlantis", "one body"),
        (Role.COUNTY, "ecology", "is for county, zone"),
        (Role.DEPARTMENT, "luzhou", "department"),
        (Role.ENTERPRISE, "luzhou", "enterprise"),
        (Role.ADMIN, "luzhou", "whole city"),
    ],
)
def test_a_role_that_does_not_fit_its_body_is_refused(ledger: Ledger, user: str, role: Role, body: str, said: str):
    with pytest.raises(CallerError, match=said), ledger.write() as session:
        grant_role(session, user, role, body, **SAID)
    with ledger.read() as session:
        assert session.scalars(select(UserRole)).all() == []


def test_a_revoked_role_stays_as_a_row_and_can_be_given_again(ledger: Ledger, user: str):
    with ledger.write() as session:
        one = grant_role(session, user, Role.COUNTY, "luzhou", **SAID)
        assert grant_role(session, user, Role.COUNTY, "luzhou", **SAID).id == one.id
        revoke_role(session, user, Role.COUNTY, "luzhou", **SAID)
        assert not may(session, user, Role.COUNTY, "luzhou")
        with pytest.raises(CallerError, match="does not hold"):
            revoke_role(session, user, Role.COUNTY, "luzhou", **SAID)
        later = datetime(2024, 5, 1, tzinfo=UTC)
        grant_role(session, user, Role.COUNTY, "luzhou", by="office", at=later)
        assert may(session, user, Role.COUNTY, "luzhou")
    with ledger.read() as session:
        assert len(session.scalars(select(UserRole)).all()) == 2
    kinds = [entry.kind for entry in list_entries(ledger, kind="role.")]
    assert kinds == ["role.granted", "role.revoked", "role.granted"]


def test_a_closed_login_may_nothing_and_is_never_given_again(ledger: Ledger, user: str):
    with ledger.write() as session:
        grant_role(session, user, Role.ADMIN, **SAID)
        person = session.get_one(User, user).person_id
        close_user(session, user, **SAID)
        assert not may(session, user, Role.ADMIN)
        with pytest.raises(CallerError, match="taken"):
            add_user(session, "lz-001", person, **SAID)
        with pytest.raises(CallerError, match="no open user"):
            grant_role(session, user, Role.PUBLIC, **SAID)


def test_a_body_is_added_once_and_never_silently_changed(ledger: Ledger):
    with ledger.write() as session:
        add_organisation(session, LUZHOU, **SAID)
        add_organisation(session, LUZHOU, **SAID)
        other = Body("luzhou", BodyKind.COUNTY, "上党区", county="140404")
        with pytest.raises(CallerError, match="already 潞州区"):
            add_organisation(session, other, **SAID)
    with ledger.read() as session:
        assert len(session.scalars(select(Organisation)).all()) == 1
    assert len(list_entries(ledger)) == 1


def test_no_personal_data_stands_in_the_chain(ledger: Ledger, user: str):
    said = "".join(entry.payload for entry in list_entries(ledger, limit=1000))
    assert "张三" not in said
    assert "13800000000" not in said
    assert "example.org" not in said
    with ledger.read() as session:
        person = session.scalars(select(Person)).one()
    assert person_commitment(person) in said


def test_whoever_is_forgotten_leaves_a_whole_chain_and_no_trace(ledger: Ledger, user: str):
    with ledger.write() as session:
        grant_role(session, user, Role.ADMIN, **SAID)
        person = session.scalars(select(Person)).one()
        forget_person(session, person.id, because="五年期满", **SAID)
        forget_person(session, person.id, because="五年期满", **SAID)
    with ledger.read() as session:
        row = session.scalars(select(Person)).one()
        assert (row.name, row.phone, row.mail, row.salt, row.deleted_at) == (None, None, None, None, AT)
        assert not may(session, user, Role.ADMIN)
    with pytest.raises(CallerError, match="forgotten"):
        person_commitment(row)
    assert verify_chain(ledger).sound
    assert len(list_entries(ledger, kind="person.forgotten")) == 1


@pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)
def test_what_was_forgotten_leaves_the_file_itself(ledger: Ledger, user: str):
    with ledger.write() as session:
        forget_person(session, session.scalars(select(Person.id)).one(), because="五年期满", **SAID)
    ledger.close()  # the write-ahead log goes into the file
    held = Path(ledger.name).read_bytes()
    assert b"13800000000" not in held
    assert "张三".encode() not in held


@pytest.mark.parametrize("person", ["nobody", "forgotten"])
def test_a_login_needs_a_person(ledger: Ledger, user: str, person: str):
    with ledger.write() as session:
        gone = add_person(session, "李四", **SAID)
        forget_person(session, gone.id, because="r", **SAID)
        with pytest.raises(CallerError, match="no person"):
            add_user(session, "x-1", gone.id if person == "forgotten" else person, **SAID)
        with pytest.raises(CallerError, match="no person"):
            forget_person(session, "nobody", because="r", **SAID)
