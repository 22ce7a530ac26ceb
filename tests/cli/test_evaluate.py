"""`lantian evaluate` and `lantian dust`: what changed is said, and a deduction needs a person."""

import json
from pathlib import Path


def test_a_second_evaluation_says_that_nothing_changed(ask, writable_workspace: Path):
    code, out, _ = ask("evaluate", "-w", writable_workspace, "--quiet")
    assert code == 0
    assert "Nothing changed" in out
    assert "HJ 633-2026" in out
    assert "HJ 633-2012" in out


def test_an_approval_changes_days_and_a_withdrawal_puts_them_back(ask, writable_workspace: Path):
    w = ("-w", writable_workspace)
    day = ("2026-02-10T06", "2026-02-10T12")
    code, out, _ = ask("dust", "approve", *day, "--by", "张工", "--reason", "satellite", "--where", "city", *w)
    assert code == 0
    assert "1" in out
    done = json.loads(ask("evaluate", *w, "--json")[1])
    changed = [change for change in done["changes"] if change["table"] == "daily_index"]
    assert [change["key"][2:] for change in changed] == [["2026-02-10", "original", "dust_deducted"]]
    rows = json.loads(ask("dust", "list", *w, "--json")[1])["rows"]
    (event,) = [row for row in rows if row["approved_by"] == "张工"]
    assert (event["first_hour"], event["last_hour"]) == ("2026-02-10 06:00", "2026-02-10 12:00")
    assert ask("dust", "withdraw", event["id"], "--by", "b", "--reason", "a mistake", *w)[0] == 0
    again = json.loads(ask("evaluate", *w, "--json")[1])
    back = [change for change in again["changes"] if change["table"] == "daily_index"]
    assert [(change["column"], change["before"]) for change in back] == [(changed[0]["column"], "—")]
    kept = json.loads(ask("dust", "list", "--withdrawn", *w, "--json")[1])["rows"]
    assert event["id"] in {row["id"] for row in kept}


def test_proposals_carry_their_evidence(ask, simulated_workspaces: dict[str, Path]):
    code, out, _ = ask("dust", "proposals", "-w", simulated_workspaces["changzhi"], "--json")
    rows = json.loads(out)["rows"]
    assert code == 0
    assert rows
    assert all(row["pm10_peak"] > row["pm10_reference"] for row in rows)
    assert all(row["evidence"] for row in rows)


def test_wrong_questions_about_dust_are_answered(ask, writable_workspace: Path):
    w = ("-w", writable_workspace)
    by = ("--by", "a", "--reason", "r")
    assert "full hour" in ask("dust", "approve", "2026-02-10T06:30", "2026-02-10T08", *by, *w)[2]
    assert ask("dust", "approve", "2026-02-10T08", "2026-02-10T06", *by, *w)[0] == 2
    assert (
        "no station, county or city"
        in ask("dust", "approve", "2026-02-10", "2026-02-11", *by, "--where", "X", *w)[2]
    )
    assert ask("dust", "withdraw", "nobody", *by, *w)[0] == 2


def test_days_are_asked_as_people_write_them(ask, writable_workspace: Path):
    code, _, err = ask("evaluate", "-w", writable_workspace, "--from", "1 March")
    assert code == 2
    assert "2026-03-01" in err
    assert ask("evaluate", "-w", writable_workspace, "--from", "20260301", "--to", "2026-03-02", "-q")[0] == 0
