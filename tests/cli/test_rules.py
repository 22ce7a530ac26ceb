"""``lantian rules``: every edition can be listed, shown whole, and found by date."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lantian.assembly import make_workspace
from lantian.cli.frame import run
from lantian.desk.language import translation
from lantian.rules import SUBJECTS, Rulebook

Ask = Callable[..., tuple[int, str, str]]
IDS = tuple(edition.id for edition in Rulebook.packaged().editions())
OVERRIDE = """
[[edition]]
id = "test-city-day"
like = "hj633-2026-day"
jurisdiction = "140400"
short = "city day"
in_force = 2026-06-01
reason = "a test of the overlay"
primary_above = 60
"""


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run ``lantian rules`` here; gives exit code, output and errors."""
    monkeypatch.delenv("LANTIAN_WORKSPACE", raising=False)
    monkeypatch.setenv("COLUMNS", "200")

    def asked(*arguments: str | Path, language: str = "en") -> tuple[int, str, str]:
        code = run(["rules", *map(str, arguments)], translation(language))
        said = capsys.readouterr()
        return code, said.out, said.err

    return asked


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace of Changzhi with one rule of its own."""
    folder = tmp_path / "w"
    make_workspace(
        folder, "changzhi", simulated=True, now=lambda: datetime.fromisoformat("2026-11-23T00:00:00Z")
    ).close()
    (folder / "city" / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "city" / "rules" / "day.toml").write_text(OVERRIDE, encoding="utf-8")
    return folder


def told(ask: Ask, *arguments: str | Path) -> Any:
    code, said, errors = ask(*arguments, "--json")
    assert code == 0, errors
    return json.loads(said)


def test_the_list_names_every_edition_of_every_subject(ask: Ask) -> None:
    rows = told(ask, "list")["rows"]
    assert tuple(row["id"] for row in rows) == IDS
    assert {row["subject"] for row in rows} == set(SUBJECTS)
    assert all(row["source"] and row["confidence"] in "ABC" for row in rows)


def test_the_list_of_one_subject_shows_variants_dates_and_confidence(ask: Ask) -> None:
    code, said, _ = ask("list", "--subject", "aqi_hour")
    assert code == 0
    assert "3 editions" in said
    line = next(line for line in said.splitlines() if "hj633-2012-hour-published" in line)
    for part in ("default, as_published", "2013-01-01", "2026-02-28", "HJ 633-2012 as published"):
        assert part in line
    assert "实时报" in ask("list", "--subject", "aqi_hour", language="zh_CN")[1]


@pytest.mark.parametrize("edition", IDS)
def test_every_edition_can_be_shown_with_its_source_and_confidence(
    ask: Ask, edition: str, rulebook: Rulebook
) -> None:
    held = rulebook.by_id(edition)
    for language in ("en", "zh_CN"):
        code, said, errors = ask("show", edition, language=language)
        assert code == 0, errors
        assert edition in said
        assert held.source.split()[0] in said
        assert f"{held.in_force} …" in said
        for setting in held.uncertain:
            assert setting in said
    whole = told(ask, "show", edition)
    assert (whole["id"], whole["confidence"]) == (edition, held.confidence.value)


def test_limits_are_shown_by_pollutant_and_grade(ask: Ask) -> None:
    _, said, _ = ask("show", "gb3095-2026-transitional")
    line = next(line for line in said.splitlines() if "PM₂.₅" in line and "daily mean" in line)
    assert [cell.strip() for cell in line.split("│")[1:-1]] == ["PM₂.₅", "daily mean", "µg/m³", "35", "60"]
    _, said, _ = ask("show", "who-2021")
    assert "AQG" in said


def test_breakpoints_are_shown_with_what_lies_above_them(ask: Ask) -> None:
    _, said, _ = ask("show", "hj633-2026-day")
    rows = {
        cells[1].strip(): [cell.strip() for cell in cells[2:-1]]
        for line in said.splitlines()
        if len(cells := line.split("│")) == 9
    }
    assert rows["100"] == ["150", "80", "4", "160", "120", "60"]
    assert rows["500"] == ["2620", "940", "60", "—", "600", "500"]
    assert rows["above"] == ["500", "500", "500", "300", "500", "500"]
    assert rows["decimals"] == ["0", "0", "1", "0", "0", "0"]
    assert "only_above 100" in said


def test_levels_are_shown_in_their_legal_colours(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    _, said, _ = ask("show", "hj633-2026-categories")
    assert "48;2;153;0;76" in said
    assert "#99004C" in said


def test_a_wrong_id_is_answered_with_near_ones(ask: Ask) -> None:
    code, _, errors = ask("show", "hj633-2062-day")
    assert code == 2
    assert "did you mean hj633-2026-day" in errors


def test_a_date_names_the_editions_that_judge_it_and_the_rule_set(ask: Ask) -> None:
    rule_sets = {
        "2026-02-28": "GB 3095-2012 (2018 amendment) · HJ 633-2012 · HJ 663-2013 · composite old_limits (A)",
        "2026-03-01": "GB 3095-2026 transitional · HJ 633-2026 · HJ 663-2026 · composite transitional_equal (B)",
    }
    for day, name in rule_sets.items():
        found = told(ask, "at", day)
        assert (found["date"], found["rule_set"], found["without_edition"]) == (day, name, {})
        assert {row["subject"] for row in found["rows"]} == set(SUBJECTS)
        _, said, _ = ask("at", day)
        assert name in said
    assert [row["id"] for row in told(ask, "at", "2020-01-01", "--subject", "aqi_day")["rows"]] == [
        "hj633-2012-day"
    ]


def test_a_date_before_any_law_is_an_error_that_says_which_dates_there_are(ask: Ask) -> None:
    code, _, errors = ask("at", "1999-12-31")
    assert code == 2
    assert "gb3095-2012 2013-01-01" in errors
    code, _, errors = ask("at", "yesterday")
    assert (code, "Write it as 2026-03-01" in errors) == (2, True)
    code, _, errors = ask("at", "2026-03-01", "--subject", "aqi")
    assert (code, "use aqi_day" in errors) == (2, True)


def test_spans_cut_the_years_where_the_law_changed(ask: Ask) -> None:
    rows = told(ask, "spans", "--from", "2026-01-01", "--to", "2031-12-31")["rows"]
    assert [(row["first"], row["last"], row["days"]) for row in rows] == [
        ("2026-01-01", "2026-02-28", 59),
        ("2026-03-01", "2030-12-31", 1767),
        ("2031-01-01", "2031-12-31", 365),
    ]
    assert (rows[0]["changed"], rows[2]["changed"]) == ([], ["gb3095-2026-final", "composite-default-2031"])
    assert rows[1]["editions"]["aqi_day"] == "hj633-2026-day"
    code, said, _ = ask("spans", "--from", "2026-02-28", "--to", "2026-03-01")
    assert (code, "hj633-2026-hour" in said) == (0, True)
    code, _, errors = ask("spans", "--from", "2026-03-01", "--to", "2026-02-01")
    assert (code, "exchange the two dates" in errors) == (2, True)


def test_a_citys_own_rule_is_seen_through_its_workspace_with_its_reason(ask: Ask, workspace: Path) -> None:
    def day(*more: str | Path) -> str:
        return str(told(ask, "at", "2026-06-01", "--subject", "aqi_day", *more)["rows"][0]["id"])

    assert (day(), day("--workspace", workspace)) == ("hj633-2026-day", "test-city-day")
    _, said, _ = ask("at", "2026-06-01", "--workspace", workspace)
    assert "test-city-day departs from the packaged law: a test of the overlay" in said
    assert "test-city-day" not in ask("at", "2026-05-31", "--workspace", workspace)[1]
    assert told(ask, "show", "test-city-day", "-w", workspace)["primary_above"] == 60
    assert len(told(ask, "list", "-w", workspace)["rows"]) == len(IDS) + 1
    spans = told(ask, "spans", "--from", "2026-05-01", "--to", "2026-07-01", "-w", workspace)["rows"]
    assert [row["first"] for row in spans] == ["2026-05-01", "2026-06-01"]


def test_a_folder_that_is_no_workspace_is_a_wrong_question(ask: Ask, tmp_path: Path) -> None:
    code, _, errors = ask("list", "--workspace", tmp_path)
    assert code == 2
    assert "is not a workspace" in errors
