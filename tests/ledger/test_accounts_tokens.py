import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

import lantian
from lantian.ledger import Ledger
from lantian.ledger.accounts import TokenScope, list_tokens, make_token, revoke_token, token_account
from lantian.ledger.chain import list_entries
from lantian.ledger.models import ApiToken
from lantian.ledger.people import Role
from lantian.ledger.users import end_user, give_role
from lantian.terms.errors import CallerError

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)


ROOT = Path(lantian.__file__).parents[2]


def test_every_scope_is_documented() -> None:
    page = (ROOT / "docs" / "accounts.md").read_text("utf-8")
    assert [scope for scope in TokenScope if f"`{scope}`" not in page] == []


def made(ledger: Ledger, by: str = "lz-001", **fields: object) -> str:
    given: dict[str, object] = {"name": "notebook", "scopes": ["read:plan", "read:air"], **fields}
    text, _ = make_token(ledger, "lz-001", by=by, at=AT, **given)  # type: ignore[arg-type]
    return text


def test_a_token_acts_for_its_user_within_its_scopes(peopled: Ledger) -> None:
    held = token_account(peopled, made(peopled), at=AT)
    assert held is not None
    account, scopes = held
    assert (account.login, scopes) == ("lz-001", frozenset({"read:air", "read:plan"}))


def test_a_token_is_known_by_its_prefix_and_kept_as_a_digest(peopled: Ledger) -> None:
    text = made(peopled)
    assert re.fullmatch(r"lt_[A-Za-z0-9_-]{43}", text)
    with peopled.read() as session:
        row = session.scalars(select(ApiToken)).one()
    assert text not in repr(vars(row))
    assert token_account(peopled, row.token_hash, at=AT) is None
    assert text not in "".join(entry.payload for entry in list_entries(peopled, kind="token."))


def test_a_token_has_what_its_user_has_now(peopled: Ledger) -> None:
    text = made(peopled)
    give_role(peopled, "lz-001", Role.DUTY, by="root", at=AT)
    held = token_account(peopled, text, at=AT)
    assert held is not None
    assert (Role.DUTY, None) in held[0].roles


def test_a_token_ends_by_time_by_hand_and_with_its_user(peopled: Ledger) -> None:
    short, last = made(peopled, lasts=timedelta(days=1)), made(peopled)
    revoked, card = make_token(peopled, "lz-001", "other", ["read:air"], by="lz-001", at=AT)
    assert token_account(peopled, short, at=AT + timedelta(days=1)) is None
    revoke_token(peopled, card.id, by="lz-001", at=AT)
    assert token_account(peopled, revoked, at=AT) is None
    assert token_account(peopled, last, at=AT) is not None
    end_user(peopled, "lz-001", by="root", at=AT)
    assert token_account(peopled, last, at=AT) is None
    assert [entry.kind for entry in list_entries(peopled, kind="token.")] == ["token.revoked", *["token.made"] * 3]


def test_last_use_is_written_to_the_hour(peopled: Ledger) -> None:
    text = made(peopled)
    for minutes in (0, 59, 60):
        token_account(peopled, text, at=AT + timedelta(minutes=minutes))
        expected = AT if minutes < 60 else AT + timedelta(hours=1)
        assert list_tokens(peopled)[0].used_at == expected


def test_who_may_make_and_take_back(peopled: Ledger) -> None:
    made(peopled, by="root")
    [card] = list_tokens(peopled, "lz-001")
    assert (card.login, card.name, card.scopes, card.made_by) == (
        "lz-001", "notebook", ("read:air", "read:plan"), "root",
    )  # fmt: skip
    with pytest.raises(CallerError, match="no administrator"):
        make_token(peopled, "root", "mine", ["read:air"], by="lz-001", at=AT)
    _, roots = make_token(peopled, "root", "roots", ["read:air"], by="root", at=AT)
    with pytest.raises(CallerError, match="no administrator"):
        revoke_token(peopled, roots.id, by="lz-001", at=AT)
    with pytest.raises(CallerError, match="no token"):
        revoke_token(peopled, "nothing", by="root", at=AT)
    revoke_token(peopled, card.id, by="root", at=AT)
    revoke_token(peopled, card.id, by="root", at=AT)
    assert list_tokens(peopled, "lz-001") == []
    assert [row.revoked_at for row in list_tokens(peopled, "lz-001", revoked=True)] == [AT]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scopes": ["read:everything"]}, "read:everything is none"),
        ({"scopes": []}, "one or more"),
        ({"name": " "}, "needs a name"),
        ({"lasts": timedelta(days=400)}, "at most 366"),
        ({"lasts": timedelta(0)}, "at most 366"),
    ],
)
def test_a_token_without_bounds_is_refused(peopled: Ledger, fields: dict[str, object], said: str) -> None:
    with pytest.raises(CallerError, match=said):
        made(peopled, **fields)


@pytest.mark.parametrize("text", ["", "lt_", "lt_nonsense", "x" * 46, "lt_" + "x" * 1000])
def test_what_is_no_token_is_nobodys(peopled: Ledger, text: str) -> None:
    made(peopled)
    assert token_account(peopled, text, at=AT) is None
