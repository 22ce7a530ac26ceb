"""`lantian audit` and `lantian ledger`."""

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lantian.assembly import open_workspace
from lantian.ledger import append_entry
from lantian.ledger.editions import HEAD

AT = datetime(2024, 7, 30, 15, 59, tzinfo=UTC)
"""A minute before midnight in the city."""


@pytest.fixture
def workspace(ask, tmp_path: Path) -> Path:
    folder = tmp_path / "w"
    assert ask("init", "-w", folder, "--simulated")[0] == 0
    house = open_workspace(folder)
    for number in (1, 2, 3):
        with house.ledger.write() as session:
            append_entry(
                session, at=AT.replace(month=6 + number // 2), actor="局办", kind="duty.reported",
                subject=f"duty:{number}", payload={"n": number, "words": "[bold]进展[/]"},
            )  # fmt: skip
    house.close()
    return folder


def tamper(folder: Path, *commands: str) -> None:
    connection = sqlite3.connect(folder / "ledger.db")
    for command in commands:
        connection.execute(command)
    connection.commit()
    connection.close()


def test_a_whole_chain_is_proved(ask, workspace: Path):
    code, out, _ = ask("audit", "verify", "-w", workspace, "--files")
    assert code == 0
    assert "3 decisions, each one proved" in out
    assert "Every kept file" in out
    code, out, _ = ask("audit", "verify", "-w", workspace, "--json")
    said = json.loads(out)
    assert (code, said["sound"], said["entries"], said["broken"], said["missing_guards"]) == (0, True, 3, None, [])
    assert "damaged_files" not in said


def test_a_broken_chain_is_told_and_leaves_with_1(ask, workspace: Path):
    tamper(
        workspace,
        "DROP TRIGGER entries_never_changed",
        "UPDATE entries SET payload = '{\"n\":7}' WHERE number = 2",
    )
    code, out, _ = ask("audit", "verify", "-w", workspace)
    assert code == 1
    assert "breaks at entry 2" in out
    assert "its hash is another" in out
    assert "1 decisions before it hold" in out
    assert "entries_never_changed" in out
    code, out, _ = ask("audit", "verify", "-w", workspace, "--json")
    said = json.loads(out)
    assert (code, said["sound"], said["broken"]) == (1, False, {"number": 2, "kind": "hash"})
    assert said["missing_guards"] == ["entries_never_changed"]


def test_a_damaged_file_is_told_when_asked(ask, workspace: Path):
    house = open_workspace(workspace)
    row = house.files.put("月份".encode(), "a.txt", given_by="局办", at=AT)
    house.close()
    (workspace / "files" / row.sha256[:2] / row.sha256).write_bytes(b"other")
    assert ask("audit", "verify", "-w", workspace)[0] == 0
    code, out, _ = ask("audit", "verify", "-w", workspace, "--files")
    assert code == 1
    assert row.id in out


def test_a_head_is_printed_kept_and_handed_back(ask, workspace: Path):
    code, out, _ = ask("audit", "head", "-w", workspace, "--day", "2024-06-30", "--json")
    said = json.loads(out)
    assert (code, said["number"], said["simulated"]) == (0, 1, True)
    head = f"{said['number']}:{said['hash']}"
    assert head in ask("audit", "head", "-w", workspace, "--day", "2024-06-30")[1]
    assert json.loads(ask("audit", "head", "-w", workspace, "--json")[1])["number"] == 3
    assert ask("audit", "verify", "-w", workspace, "--head", head)[0] == 0
    code, out, _ = ask("audit", "verify", "-w", workspace, "--head", f"1:{'0' * 64}")
    assert code == 1
    assert "given out" in out
    code, _, err = ask("audit", "verify", "-w", workspace, "--head", "1:xyz")
    assert code == 2
    assert "Write it as printed" in err


def test_decisions_are_listed_by_what_is_asked(ask, workspace: Path):
    rows = json.loads(ask("audit", "entries", "-w", workspace, "--json")[1])["rows"]
    assert [row["number"] for row in rows] == [3, 2, 1]
    assert rows[0]["payload"] == {"n": 3, "words": "[bold]进展[/]"}
    rows = json.loads(ask("audit", "entries", "-w", workspace, "--since", "2024-07-01", "--json")[1])["rows"]
    assert [row["number"] for row in rows] == [3, 2]
    code, out, _ = ask("audit", "entries", "-w", workspace, "--subject", "duty:2", "--actor", "局办")
    assert code == 0
    assert "2024-07-30 23:59:00" in out
    assert "[bold]进展[/]" in out
    assert "duty:3" not in out
    assert json.loads(ask("audit", "entries", "-w", workspace, "--kind", "plan.", "--json")[1])["rows"] == []


def test_an_export_is_never_written_over_another_file(ask, workspace: Path, tmp_path: Path):
    out = tmp_path / "chain.jsonl"
    code, said, _ = ask("audit", "export", out, "-w", workspace)
    assert code == 0
    assert "Wrote 3 decisions" in said
    assert len(out.read_text("utf-8").splitlines()) == 4
    code, _, err = ask("audit", "export", out, "-w", workspace)
    assert code == 2
    assert "exists" in err
    assert ask("audit", "export", tmp_path / "no" / "x.jsonl", "-w", workspace)[0] == 2


def test_the_ledger_says_what_it_is(ask, workspace: Path):
    said = json.loads(ask("ledger", "status", "-w", workspace, "--json")[1])
    assert (said["edition"], said["newest"]) == (HEAD, HEAD)
    assert said["rows"] == {"entries": 3, "entry_head": 1, "workspace": 1}
    code, out, _ = ask("ledger", "status", "-w", workspace)
    assert code == 0
    assert f"edition {HEAD}" in out
    assert "already" in ask("ledger", "upgrade", "-w", workspace)[1]


def test_a_workspace_of_the_first_release_is_upgraded_and_works_on(ask, workspace: Path):
    released = Path(__file__).parents[1] / "ledger" / "released.sql"
    (workspace / "ledger.db").unlink()
    connection = sqlite3.connect(workspace / "ledger.db")
    connection.executescript(released.read_text("utf-8"))
    connection.close()
    code, _, err = ask("dust", "list", "-w", workspace)
    assert code == 1
    assert "lantian ledger upgrade" in err
    assert "edition 0001" in ask("ledger", "status", "-w", workspace)[1]
    code, out, _ = ask("ledger", "upgrade", "-w", workspace)
    assert code == 0
    assert f"from edition 0001 to {HEAD}" in out
    assert "ledger.edition-0001.db" in out
    rows = json.loads(ask("dust", "list", "-w", workspace, "--json")[1])["rows"]
    assert [row["reason"] for row in rows] == ["卫星云图"]


def test_a_folder_that_is_no_workspace_is_refused(ask, tmp_path: Path):
    assert ask("ledger", "status", "-w", tmp_path)[0] == 2
    assert ask("audit", "verify", "-w", tmp_path)[0] == 2


@pytest.mark.parametrize("words", [("audit", "--help"), ("ledger", "--help"), ("audit", "verify", "--help")])
def test_help_comes_without_a_workspace(ask, words: tuple[str, ...]):
    assert ask(*words)[0] == 0
