"""A session is a secret of one browser: it ends by time, by its user, and with every change of what they may."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.accounts import (
    AccountRules,
    LoggedIn,
    account_of,
    csrf_of,
    end_session,
    end_sessions,
    list_sessions,
    log_out,
    open_session,
)
from lantian.ledger.chain import list_entries
from lantian.ledger.models import LoginSession, User
from lantian.ledger.people import Body, BodyKind, Role, Scope, forget_person
from lantian.ledger.users import end_user, give_role, make_body, make_user, take_role
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def begun(ledger: Ledger, login: str = "lz-001", at: datetime = AT) -> LoggedIn:
    return open_session(ledger, login, address="192.0.2.7", agent="Firefox", at=at)


def test_a_session_that_is_not_used_ends(peopled: Ledger, cheap: AccountRules) -> None:
    held = begun(peopled)
    assert account_of(peopled, held.secret, at=AT + cheap.idle - MINUTE) == held.account
    assert account_of(peopled, held.secret, at=AT + cheap.idle * 2 - MINUTE * 2) == held.account
    assert account_of(peopled, held.secret, at=AT + cheap.idle * 3) is None


def test_a_session_ends_however_busy_it_is(peopled: Ledger, cheap: AccountRules) -> None:
    held, now = begun(peopled), AT
    while now < AT + cheap.session_lasts:
        assert account_of(peopled, held.secret, at=now) is not None
        now += MINUTE * 30
    assert account_of(peopled, held.secret, at=now) is None


def test_that_it_is_used_is_written_down_once_a_minute(peopled: Ledger) -> None:
    held = begun(peopled)

    def seen() -> datetime:
        with peopled.read() as session:
            return session.scalars(select(LoginSession.seen_at)).one()

    account_of(peopled, held.secret, at=AT + timedelta(seconds=59))
    assert seen() == AT
    account_of(peopled, held.secret, at=AT + MINUTE)
    assert seen() == AT + MINUTE


@pytest.mark.parametrize("secret", ["", "nonsense", "x" * 1000])
def test_a_secret_that_was_never_given_is_nobodys(peopled: Ledger, secret: str) -> None:
    begun(peopled)
    assert account_of(peopled, secret, at=AT) is None


def test_what_the_ledger_keeps_is_no_secret(peopled: Ledger) -> None:
    begun(peopled)
    with peopled.read() as session:
        kept = session.scalars(select(LoginSession.secret_hash)).one()
    assert account_of(peopled, kept, at=AT) is None


def test_each_login_gets_a_secret_of_its_own(peopled: Ledger) -> None:
    one, two = begun(peopled), begun(peopled)
    assert one.secret != two.secret
    assert csrf_of(one.secret) != csrf_of(two.secret)
    log_out(peopled, one.secret, at=AT)
    log_out(peopled, one.secret, at=AT)
    assert account_of(peopled, one.secret, at=AT) is None
    assert account_of(peopled, two.secret, at=AT) is not None


def test_one_sees_and_ends_ones_own_sessions_and_no_others(peopled: Ledger) -> None:
    mine, other = begun(peopled), begun(peopled, "root")
    [card] = list_sessions(peopled, mine.account.user_id, at=AT)
    assert (card.address, card.agent, card.begun_at, card.expires_at) == (
        "192.0.2.7", "Firefox", AT, mine.expires_at,
    )  # fmt: skip
    with pytest.raises(CallerError, match="no session"):
        end_session(peopled, other.account.user_id, card.id, at=AT)
    end_session(peopled, mine.account.user_id, card.id, at=AT)
    end_session(peopled, mine.account.user_id, card.id, at=AT)
    assert list_sessions(peopled, mine.account.user_id, at=AT) == []
    assert account_of(peopled, mine.secret, at=AT) is None
    assert account_of(peopled, other.secret, at=AT) is not None


def test_an_administrator_ends_all_sessions_of_somebody_and_it_is_a_decision(peopled: Ledger) -> None:
    mine, _ = begun(peopled), begun(peopled)
    with pytest.raises(CallerError, match="no administrator"):
        end_sessions(peopled, "root", by="lz-001", at=AT)
    assert end_sessions(peopled, "lz-001", by="root", at=AT) == 2
    assert end_sessions(peopled, "lz-001", by="root", at=AT) == 0
    assert account_of(peopled, mine.secret, at=AT) is None
    [entry] = list_entries(peopled, kind="sessions.ended")
    assert (entry.actor, entry.payload) == ("root", '{"sessions":2}')


def test_no_session_outlives_a_change_of_rights(peopled: Ledger) -> None:
    held = begun(peopled)
    give_role(peopled, "lz-001", Role.DUTY, by="root", at=AT)
    assert account_of(peopled, held.secret, at=AT) is None
    held = begun(peopled)
    assert held.account.scope == Scope(None)
    give_role(peopled, "lz-001", Role.DUTY, by="root", at=AT)  # held already: nothing changes
    assert account_of(peopled, held.secret, at=AT) is not None
    take_role(peopled, "lz-001", Role.DUTY, by="root", at=AT)
    assert account_of(peopled, held.secret, at=AT) is None


def test_closing_a_login_ends_its_sessions(peopled: Ledger) -> None:
    held = begun(peopled)
    end_user(peopled, "lz-001", by="root", at=AT)
    assert account_of(peopled, held.secret, at=AT) is None
    with pytest.raises(CallerError, match="no open user"):
        begun(peopled)


def test_whoever_is_forgotten_leaves_no_address(peopled: Ledger) -> None:
    held = begun(peopled)
    with peopled.write() as session:
        person = session.get_one(User, held.account.user_id).person_id
        forget_person(session, person, because="五年期满", by="root", at=AT)
    with peopled.read() as session:
        row = session.scalars(select(LoginSession)).one()
    assert (row.address, row.agent, row.ended_at) == ("", "", AT)


def test_ended_sessions_are_deleted_after_a_month(peopled: Ledger, cheap: AccountRules) -> None:
    begun(peopled)
    begun(peopled, at=AT + cheap.session_lasts + cheap.session_kept + MINUTE)
    with peopled.read() as session:
        assert len(session.scalars(select(LoginSession)).all()) == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.DEPARTMENT, Role.COUNTY, Role.ENTERPRISE, Role.PUBLIC}))
def test_a_role_for_the_city_sees_every_row(peopled: Ledger, role: Role) -> None:
    make_user(peopled, "new", "某人", role, by="root", at=AT)
    assert begun(peopled, "new").account.scope == Scope(None)


def test_a_county_sees_its_enterprises_and_an_enterprise_itself_alone(peopled: Ledger) -> None:
    for body in (
        Body("PLANT", BodyKind.ENTERPRISE, "模拟电厂", county="140403"),
        Body("ELSEWHERE", BodyKind.ENTERPRISE, "模拟钢厂", county="140404"),
        Body("industry", BodyKind.DEPARTMENT, "市工信局"),
    ):
        make_body(peopled, body, by="root", at=AT)
    make_user(peopled, "plant", "某人", Role.ENTERPRISE, "PLANT", by="root", at=AT)
    make_user(peopled, "gx", "某人", Role.DEPARTMENT, "industry", by="root", at=AT)
    make_user(peopled, "reader", "某人", Role.PUBLIC, by="root", at=AT)
    scopes = {login: begun(peopled, login).account.scope for login in ("lz-001", "plant", "gx", "reader")}
    assert scopes == {
        "lz-001": Scope(frozenset({"luzhou", "PLANT"}), frozenset({"140403"})),
        "plant": Scope(frozenset({"PLANT"})),
        "gx": Scope(frozenset({"industry"})),
        "reader": Scope(frozenset()),
    }
    assert scopes["lz-001"].covers("NOT-IN-THE-LEDGER", county="140403")
    assert not scopes["lz-001"].covers("ELSEWHERE", county="140404")
    assert not scopes["plant"].covers("OTHER", county="140403")
    assert not scopes["reader"].covers(None)


def test_public_beside_a_body_widens_nothing(peopled: Ledger) -> None:
    give_role(peopled, "lz-001", Role.PUBLIC, by="root", at=AT)
    assert begun(peopled).account.scope.bodies == frozenset({"luzhou"})
