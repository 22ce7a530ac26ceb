import json
from pathlib import Path

import pytest

from lantian.assembly import make_workspace


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
