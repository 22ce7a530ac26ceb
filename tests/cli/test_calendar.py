import json
from datetime import date
from pathlib import Path

import pytest

from lantian.assembly import open_workspace
from lantian.city.records import SubjectKind
from lantian.loop.evaluate.queries import list_days


def test_city_is_shown_by_default_with_legend_and_both_editions(ask, simulated_workspace: Path) -> None:
    code, out, _ = ask("calendar", "-w", simulated_workspace)
    assert code == 0
    assert "Shizuishan" in out
    assert "January 2026" in out
    assert "March 2026" in out
    assert "Excellent 0–50" in out
    assert "HJ 633-2012" in out
    assert "HJ 633-2026" in out
    assert "Simulated data" in out


def test_json_has_each_day_of_the_stretch_once_as_it_was_judged(ask, simulated_workspace: Path) -> None:
    code, out, _ = ask(
        "calendar", "640202", "--from", "2026-02-27", "--to", "2026-03-02", "--json", "-w", simulated_workspace
    )
    house = open_workspace(simulated_workspace)
    stored = list_days(house.lake, SubjectKind.COUNTY, "640202", date(2026, 2, 27), date(2026, 3, 2))
    house.close()
    answer = json.loads(out)
    assert code == 0
    assert [row["legal_day"] for row in answer["rows"]] == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]
    assert [row["aqi"] for row in answer["rows"]] == stored.get_column("aqi").to_list()
    assert [row["edition"] for row in answer["rows"]] == ["HJ 633-2012"] * 2 + ["HJ 633-2026"] * 2
    assert answer["simulated"] is True


def test_colour_is_that_of_the_level_in_the_rule(ask, simulated_workspace: Path, rulebook) -> None:
    _, out, _ = ask("calendar", "--json", "-w", simulated_workspace)
    rows = json.loads(out)["rows"]
    judged = [row for row in rows if row["aqi"] is not None]
    assert len(judged) > 60
    for row in judged:
        category = rulebook.categories(date.fromisoformat(row["legal_day"])).category(row["aqi"])
        assert (row["colour"], row["level"]) == (category.colour, category.level)


def test_days_that_were_never_judged_are_a_dash_and_not_zero(ask, simulated_workspace: Path) -> None:
    _, out, _ = ask("calendar", "--from", "2026-04-01", "--to", "2026-04-02", "--json", "-w", simulated_workspace)
    rows = json.loads(out)["rows"]
    assert [(row["aqi"], row["status"], row["colour"]) for row in rows] == [(None, "none", None)] * 2
    _, shown, _ = ask("calendar", "--from", "2026-04-01", "--to", "2026-04-02", "-w", simulated_workspace)
    assert shown.count("—") >= 2


@pytest.mark.parametrize(("name", "begins"), [("c.png", b"\x89PNG\r\n"), ("c.svg", b"<?xml")])
def test_picture_is_written_by_the_ending_of_its_name(
    ask, simulated_workspace: Path, tmp_path: Path, name: str, begins: bytes
) -> None:
    code, out, _ = ask("calendar", "--out", tmp_path / name, "-w", simulated_workspace, language="zh")
    assert code == 0
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert name in out


def test_dust_deducted_side_differs_on_a_dust_day_only_by_its_particles(ask, simulated_workspace: Path) -> None:
    answers = []
    for basis in ("measured", "dust_deducted"):
        _, out, _ = ask("calendar", "--basis", basis, "--json", "-w", simulated_workspace)
        answers.append(json.loads(out)["rows"])
    differing = [a["legal_day"] for a, b in zip(*answers, strict=True) if a["primary"] != b["primary"]]
    house = open_workspace(simulated_workspace)
    dust = {day.isoformat() for day in house.scene().dust_days[house.city.adcode]}
    house.close()
    assert set(differing) <= dust
    assert dust


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "no station, county or city"),
        (["--basis", "guessed"], "no side of the days"),
        (["--year", "2026", "--from", "2026-01-01"], "not both"),
        (["--from", "2026-03-02", "--to", "2026-03-01"], "before it begins"),
        (["--from", "2015-01-01", "--to", "2026-03-01"], "more than five years"),
        (["--from", "soon"], "not a date"),
        (["--out", "calendar.gif"], ".png or .svg"),
    ],
)
def test_wrong_question_is_answered_with_what_to_do(
    ask, simulated_workspace: Path, arguments: list[str], words: str
) -> None:
    code, _, err = ask("calendar", *arguments, "-w", simulated_workspace)
    assert code == 2
    assert words in err


def test_whole_year_is_shown_when_asked_for(ask, simulated_workspace: Path) -> None:
    _, out, _ = ask("calendar", "--year", "2026", "--json", "-w", simulated_workspace)
    assert len(json.loads(out)["rows"]) == 365
