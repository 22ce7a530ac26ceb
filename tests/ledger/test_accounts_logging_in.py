"""Whoever knows the password comes in; whoever guesses waits longer and longer, and learns nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from lantian.ledger import Ledger
from lantian.ledger.accounts import (
    AccountRules,
    LoggedIn,
    Refused,
    account_of,
    change_password,
    log_in,
    set_password,
)
from lantian.ledger.chain import list_entries, verify_chain
from lantian.ledger.models import LoginFailure, LoginSession, User
from lantian.ledger.people import Role, Scope
from lantian.ledger.users import end_user, make_user
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
RIGHT = "seven loud magpies"


def enter(
    ledger: Ledger,
    rules: AccountRules,
    password: str = RIGHT,
    login: str = "lz-001",
    address: str = "192.0.2.7",
    at: datetime = AT,
) -> LoggedIn:
    return log_in(ledger, login, password, address=address, agent="Firefox", at=at, rules=rules)


def refusal(ledger: Ledger, rules: AccountRules, **fields: object) -> Refused:
    with pytest.raises(Refused) as refused:
        enter(ledger, rules, **fields)  # type: ignore[arg-type]
    return refused.value


def test_whoever_knows_the_password_gets_a_session(peopled: Ledger, cheap: AccountRules) -> None:
    held = enter(peopled, cheap, login=" lz-001 ")
    assert held.account.login == "lz-001"
    assert held.account.name == "张三"
    assert held.account.roles == ((Role.COUNTY, "luzhou"),)
    assert held.account.scope == Scope(frozenset({"luzhou"}), frozenset({"140403"}))
    assert held.expires_at == AT + cheap.session_lasts
    assert account_of(peopled, held.secret, at=AT, rules=cheap) == held.account


def test_the_ledger_keeps_neither_password_nor_secret(peopled: Ledger, cheap: AccountRules) -> None:
    held = enter(peopled, cheap)
    with peopled.read() as session:
        kept = [session.scalars(select(model)).all() for model in (User, LoginSession, LoginFailure)]
    said = repr([[vars(row) for row in rows] for rows in kept])
    chain = "".join(entry.payload + entry.subject for entry in list_entries(peopled, limit=1000))
    for secret in (held.secret, RIGHT):
        assert secret not in said
        assert secret not in chain
    assert "192.0.2.7" not in chain


def test_a_wrong_password_an_unknown_a_closed_and_a_passwordless_login_sound_the_same(
    peopled: Ledger, cheap: AccountRules
) -> None:
    make_user(peopled, "mute", "某人", Role.AUDITOR, by="root", at=AT)
    make_user(peopled, "gone", "某人", Role.AUDITOR, by="root", at=AT)
    set_password(peopled, "gone", RIGHT, by="root", at=AT, rules=cheap)
    end_user(peopled, "gone", by="root", at=AT)
    said = {
        str(refusal(peopled, cheap, login=login, password=password))
        for login, password in (("lz-001", "wrong"), ("ghost", RIGHT), ("mute", RIGHT), ("gone", RIGHT), ("", ""))
    }
    assert len(said) == 1


@pytest.mark.parametrize("typed", ["\x00", "lz-001\x00", "\ud800", "x" * 10_000, "' OR 1=1 --"])
def test_whatever_is_typed_is_only_wrong(peopled: Ledger, cheap: AccountRules, typed: str) -> None:
    assert refusal(peopled, cheap, login=typed, password=typed).retry_after is None
    assert refusal(peopled, cheap, password=typed).retry_after is None


def test_after_five_failures_the_right_password_waits_too_and_is_told_how_long(
    peopled: Ledger, cheap: AccountRules
) -> None:
    for _ in range(5):
        assert refusal(peopled, cheap, password="wrong").retry_after is None
    waiting = refusal(peopled, cheap)
    assert waiting.retry_after == timedelta(seconds=30)
    assert "1 min" in str(waiting)
    assert enter(peopled, cheap, at=AT + timedelta(seconds=30)).account.login == "lz-001"
    assert refusal(peopled, cheap, password="wrong", at=AT + timedelta(seconds=31)).retry_after is None


def test_each_further_failure_doubles_the_wait_up_to_the_longest(peopled: Ledger, cheap: AccountRules) -> None:
    now, waits = AT, []
    for _ in range(4):
        refusal(peopled, cheap, password="wrong")
    for _ in range(10):
        refusal(peopled, cheap, password="wrong", at=now)
        wait = refusal(peopled, cheap, at=now).retry_after
        assert wait is not None
        waits.append(wait)
        now += wait
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (30, 60, 120, 240)]
    assert waits[-1] == cheap.login_waits.longest


def test_a_login_that_nobody_has_waits_just_so(peopled: Ledger, cheap: AccountRules) -> None:
    for _ in range(5):
        refusal(peopled, cheap, login="ghost")
    assert refusal(peopled, cheap, login="ghost").retry_after == timedelta(seconds=30)
    assert enter(peopled, cheap).account.login == "lz-001"


def test_one_address_that_tries_many_logins_waits(peopled: Ledger, cheap: AccountRules) -> None:
    for number in range(30):
        refusal(peopled, cheap, login=f"guess-{number}", address="2001:db8::1")
    assert refusal(peopled, cheap, address="2001:db8::2").retry_after == timedelta(seconds=30)
    assert enter(peopled, cheap, address="2001:db8:1::1").account.login == "lz-001"


def test_an_own_account_does_not_free_an_address(peopled: Ledger, cheap: AccountRules) -> None:
    for number in range(29):
        refusal(peopled, cheap, login=f"guess-{number}")
    enter(peopled, cheap)
    refusal(peopled, cheap, login="guess-29")
    assert refusal(peopled, cheap).retry_after == timedelta(seconds=30)


def test_failures_are_forgotten_after_a_day(peopled: Ledger, cheap: AccountRules) -> None:
    for _ in range(4):
        refusal(peopled, cheap, password="wrong")
    later = AT + cheap.forgets_after + timedelta(seconds=1)
    for _ in range(4):
        refusal(peopled, cheap, password="wrong", at=later)
    assert enter(peopled, cheap, at=later).account.login == "lz-001"


def test_many_guesses_at_once_count_as_many(peopled: Ledger, cheap: AccountRules) -> None:
    def guess(number: int) -> bool:
        return refusal(peopled, cheap, password=f"guess {number}", address="").retry_after is None

    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(guess, range(16)))
    assert sum(tried) == 5


def test_a_lock_stands_in_the_chain_once_without_what_was_typed(peopled: Ledger, cheap: AccountRules) -> None:
    for _ in range(5):
        refusal(peopled, cheap, password="wrong")
        refusal(peopled, cheap, login="a password typed at the wrong place")
    refusal(peopled, cheap, password="wrong", at=AT + timedelta(minutes=5))
    entries = list_entries(peopled, kind="login.locked")
    with peopled.read() as session:
        user = session.scalars(select(User.id).where(User.login == "lz-001")).one()
    assert sorted(entry.subject for entry in entries) == sorted([f"user:{user}", "login:unknown"])
    assert {entry.payload for entry in entries} == {'{"failures":5}'}
    assert verify_chain(peopled).sound


def test_a_password_kept_under_old_parameters_is_kept_anew(peopled: Ledger, cheap: AccountRules) -> None:
    stricter = replace(cheap, time_cost=2)
    enter(peopled, stricter)
    with peopled.read() as session:
        kept = session.scalars(select(User.password_hash).where(User.login == "lz-001")).one()
    assert kept is not None
    assert "t=2" in kept
    assert enter(peopled, stricter).account.login == "lz-001"


def test_changing_ones_password_ends_every_session_and_needs_the_old_one(
    peopled: Ledger, cheap: AccountRules
) -> None:
    held = enter(peopled, cheap)
    user = held.account.user_id
    with pytest.raises(Refused, match="old password is wrong"):
        change_password(peopled, user, "wrong", "nine slow herons", at=AT, rules=cheap)
    with pytest.raises(CallerError, match="12 to 200"):
        change_password(peopled, user, RIGHT, "short", at=AT, rules=cheap)
    with pytest.raises(CallerError, match="that there was"):
        change_password(peopled, user, RIGHT, RIGHT, at=AT, rules=cheap)
    assert account_of(peopled, held.secret, at=AT, rules=cheap) is not None
    change_password(peopled, user, RIGHT, "nine slow herons", at=AT, rules=cheap)
    assert account_of(peopled, held.secret, at=AT, rules=cheap) is None
    refusal(peopled, cheap)
    assert enter(peopled, cheap, password="nine slow herons").account.user_id == user
    [entry] = list_entries(peopled, kind="password.changed")
    assert (entry.actor, entry.payload) == ("lz-001", "{}")


def test_the_old_password_cannot_be_guessed_from_a_stolen_session(peopled: Ledger, cheap: AccountRules) -> None:
    user = enter(peopled, cheap).account.user_id
    for _ in range(5):
        with pytest.raises(Refused):
            change_password(peopled, user, "wrong", "nine slow herons", at=AT, rules=cheap)
    with pytest.raises(Refused, match="has to wait"):
        change_password(peopled, user, RIGHT, "nine slow herons", at=AT, rules=cheap)


def test_an_administrator_sets_a_password_ends_sessions_and_waits(peopled: Ledger, cheap: AccountRules) -> None:
    held = enter(peopled, cheap)
    for _ in range(5):
        refusal(peopled, cheap, password="wrong")
    with pytest.raises(CallerError, match="no administrator"):
        set_password(peopled, "root", "nine slow herons", by="lz-001", at=AT, rules=cheap)
    with pytest.raises(CallerError, match="contain the login"):
        set_password(peopled, "lz-001", "hello lz-001 hello", by="root", at=AT, rules=cheap)
    set_password(peopled, "lz-001", "nine slow herons", by="root", at=AT, rules=cheap)
    assert account_of(peopled, held.secret, at=AT, rules=cheap) is None
    assert enter(peopled, cheap, password="nine slow herons").account.login == "lz-001"
    assert [entry.actor for entry in list_entries(peopled, kind="password.set")] == ["root"] * 3
