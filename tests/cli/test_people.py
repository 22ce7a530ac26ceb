import io
import json
from pathlib import Path

import pytest

from lantian.assembly import make_workspace
from lantian.cli.show import opened
from lantian.ledger.accounts import (
    Claimed,
    log_in,
    log_in_outside,
    make_first_administrator_by_code,
    token_account,
)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workspace in which nobody acts yet."""
    make_workspace(tmp_path / "own", "changzhi", simulated=True).close()
    return tmp_path / "own"


def test_people_are_added_given_roles_and_closed(ask, empty: Path) -> None:
    place = ("-w", empty)
    code, out, err = ask("people", "add", "root", "admin", "--name", "某人", "--by", "root", *place)
    assert (code, "root may act as admin" in out) == (0, True), err
    assert ask("people", "body", "PLANT", "模拟电厂", "--county", "140406", "--by", "root", *place)[0] == 0
    assert (
        ask("people", "add", "plant", "enterprise", "--body", "PLANT", "--name", "某人", "--by", "root", *place)[0]
        == 0
    )
    assert ask("people", "grant", "root", "city_office", "--by", "root", *place)[0] == 0
    rows = json.loads(ask("people", "list", "--json", *place)[1])["rows"]
    assert {row["login"]: row["roles"] for row in rows} == {
        "plant": "enterprise:PLANT", "root": "admin, city_office",
    }  # fmt: skip
    assert ask("people", "revoke", "root", "city_office", "--by", "root", *place)[0] == 0
    assert ask("people", "close", "plant", "--by", "root", *place)[0] == 0
    assert [row["login"] for row in json.loads(ask("people", "list", "--json", *place)[1])["rows"]] == ["root"]
    [body] = json.loads(ask("people", "bodies", "--json", *place)[1])["rows"]
    assert (body["id"], body["kind"]) == ("PLANT", "enterprise")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "desk", "city_office", "--name", "x", "--by", "desk"), "no administrator"),
        (("add", "desk", "king", "--name", "x", "--by", "desk"), "none of"),
        (("body", "X", "某厂", "--kind", "castle", "--by", "desk"), "none of"),
    ],
)
def test_wrong_questions_are_refused(ask, empty: Path, words: tuple[str, ...], said: str) -> None:
    code, _, err = ask("people", *words, "-w", empty)
    assert (code, said in err) == (2, True)


def test_the_demonstration_has_people_for_every_level(ask, simulated_workspace: Path) -> None:
    rows = json.loads(ask("people", "list", "--json", "-w", simulated_workspace)[1])["rows"]
    assert {"admin", "operator", "city-desk", "chief"} <= {row["login"] for row in rows}


@pytest.fixture
def peopled(ask, empty: Path) -> Path:
    """A workspace with the administrator root and the auditor audit."""
    for login, role in (("root", "admin"), ("audit", "auditor")):
        assert ask("people", "add", login, role, "--name", "某人", "--by", "root", "-w", empty)[0] == 0
    return empty


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_a_random_password_is_shown_once_and_opens_a_session(ask, peopled: Path) -> None:
    code, out, err = ask("people", "password", "audit", "--random", "--by", "root", "-w", peopled)
    assert (code, "audit can log in" in err) == (0, True), err
    with opened(peopled) as house:
        held = log_in(house.ledger, "audit", out.strip(), address="192.0.2.7", agent="Firefox", at=house.now())
        assert held.account.login == "audit"
    [row] = json.loads(ask("people", "sessions", "audit", "--json", "-w", peopled)[1])["rows"]
    assert (row["address"], row["agent"]) == ("192.0.2.7", "Firefox")
    assert (
        "Sessions of audit that were ended: 1" in ask("people", "end", "audit", "--by", "root", "-w", peopled)[1]
    )
    assert json.loads(ask("people", "sessions", "audit", "--json", "-w", peopled)[1])["rows"] == []


def test_a_password_can_come_through_a_pipe_and_is_never_shown(
    ask, peopled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "four quiet chimneys\n")
    code, out, err = ask("people", "password", "audit", "--by", "root", "-w", peopled)
    assert (code, out) == (0, "")
    assert "chimneys" not in err
    typed(monkeypatch, "short\n")
    code, out, err = ask("people", "password", "audit", "--by", "root", "-w", peopled)
    assert (code, "12 to 200" in err, "short" in out + err) == (2, True, False)
    typed(monkeypatch, "seven loud magpies\n")
    assert ask("people", "password", "root", "--by", "audit", "-w", peopled)[0] == 2
    with opened(peopled) as house:
        log_in(house.ledger, "audit", "four quiet chimneys", address="", agent="", at=house.now())


def test_a_token_is_shown_once_listed_without_its_secret_and_taken_back(ask, peopled: Path) -> None:
    place = ("-w", peopled)
    code, out, err = ask(
        "people", "token", "add", "audit", "notebook", "--scope", "read:air", "--by", "audit", *place
    )
    text = out.strip()
    assert (code, text.startswith("lt_"), "not shown again" in err) == (0, True, True), err
    listed = ask("people", "token", "list", "--json", *place)[1]
    [row] = json.loads(listed)["rows"]
    assert (row["login"], row["name"], row["scopes"], row["used"]) == ("audit", "notebook", "read:air", None)
    assert text not in listed
    with opened(peopled) as house:
        assert token_account(house.ledger, text, at=house.now()) is not None
    assert ask("people", "token", "revoke", row["id"], "--by", "root", *place)[0] == 0
    with opened(peopled) as house:
        assert token_account(house.ledger, text, at=house.now()) is None
    assert json.loads(ask("people", "token", "list", "audit", "--json", *place)[1])["rows"] == []
    assert len(json.loads(ask("people", "token", "list", "--revoked", "--json", *place)[1])["rows"]) == 1
    code, _, err = ask("people", "token", "add", "audit", "n", "--scope", "read:all", "--by", "audit", *place)
    assert (code, "read:all is none" in err) == (2, True)


def test_somebody_is_linked_to_the_login_service_of_the_settings_or_a_named_one(ask, peopled: Path) -> None:
    place = ("--by", "root", "-w", peopled)
    code, _, err = ask("people", "link", "audit", *place)
    assert (code, "no login service" in err) == (2, True)
    with (peopled / "lantian.toml").open("a", encoding="utf-8") as file:
        file.write('oidc_issuer = "https://id.example"\n')
    assert "https://id.example" in ask("people", "link", "audit", "--name", "li.si", *place)[1]
    with opened(peopled) as house:
        claimed = Claimed("https://id.example", "s-1", "li.si")
        assert log_in_outside(house.ledger, claimed, address="", agent="", at=house.now()).account.login == "audit"
    assert ask("people", "unlink", "audit", "--issuer", "https://id.example", *place)[0] == 0
    assert ask("people", "unlink", "audit", *place)[0] == 2


def test_the_terminal_shows_a_code_for_the_first_administrator(ask, empty: Path) -> None:
    code, out, _ = ask("people", "first-code", "-w", empty)
    assert code == 0
    with opened(empty) as house:
        make_first_administrator_by_code(
            house.ledger, out.strip(), "root", "某人", "four quiet chimneys", at=house.now()
        )
    code, _, err = ask("people", "first-code", "-w", empty)
    assert (code, "administrator already" in err) == (2, True)
