"""`lantian plan status`: the whole plan on one day."""

import json
from pathlib import Path


def status(ask, workspace: Path, day: str):
    code, out, err = ask("plan", "status", "--today", day, "-w", workspace, "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_lights_of_all_parts_add_up_to_those_of_the_whole(ask, plan_workspace: Path):
    said = status(ask, plan_workspace, "2024-10-10")
    whole = said["lights"]
    for part in ("sections", "measures", "bodies"):
        for light, count in whole.items():
            assert sum(row["lights"].get(light, 0) for row in said[part]) == count
    assert len(said["overdue"]) == whole["overdue"]
    assert {row["due"] for row in said["overdue"]} == {"2024-09-30"}
    assert {row["due"] for row in said["due_soon"]} == {"2024-10-31"}
    assert (said["today"], said["rule"]) == ("2024-10-10", "dispatch-monthly")


def test_a_day_before_every_date_has_nothing_overdue(ask, plan_workspace: Path):
    said = status(ask, plan_workspace, "2024-04-01")
    assert said["overdue"] == []
    assert "overdue" not in said["lights"]


def test_every_target_stands_there_with_its_state(ask, plan_workspace: Path):
    said = status(ask, plan_workspace, "2024-10-10")["targets"]
    assert {row["order"] for row in said} == set(range(1, 9))
    lucheng = [row for row in said if (row["order"], row["year"]) == (4, 2024)]
    assert [(row["subject"], row["target"], row["state"], row["value"]) for row in lucheng] == [
        ("140406", 40, "no_data", None)
    ]


def test_the_page_names_sections_bodies_targets_and_what_is_late_in_both_languages(ask, plan_workspace: Path):
    code, out, _ = ask("plan", "status", "--today", "2024-10-10", "-w", plan_workspace)
    assert code == 0
    for words in (
        "By section",
        "By body",
        "Targets",
        "Overdue: ",
        "Due soon: ",
        "SIMULATED workspace",
        "in force",
    ):
        assert words in out
    assert "PM2.5 of Lucheng" in out
    assert "10 days ago" in " ".join(out.split())
    code, out, _ = ask("plan", "status", "--today", "2024-10-10", "-w", plan_workspace, language="zh_CN")
    assert code == 0
    assert "持续推动工业领域污染减排" in out
    assert "市生态环境局" in out


def test_without_a_plan_the_next_step_is_named(ask, tmp_path: Path):
    ask("init", "-w", tmp_path / "w", "--city", "shizuishan", "--simulated")
    code, _, err = ask("plan", "status", "-w", tmp_path / "w")
    assert code == 2
    assert "lantian plan adopt" in err
    code, _, err = ask("plan", "status", "-w", tmp_path / "nowhere")
    assert code == 2
    assert "lantian init" in err


def test_a_date_that_is_none_is_refused(ask, plan_workspace: Path):
    code, _, err = ask("plan", "status", "--today", "31.10.2024", "-w", plan_workspace)
    assert code == 2
    assert "Write it as 2026-03-01" in err
