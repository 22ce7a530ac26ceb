"""`lantian rank`: the order, its editions, and what is said when there is none."""

import json
from pathlib import Path

import pytest


def test_ranking_prints_order_editions_and_the_mark_of_simulation(ask, simulated_workspaces: dict[str, Path]):
    for city, first in (("changzhi", "Changzhi"), ("shizuishan", "Shizuishan")):
        code, out, _ = ask("rank", "-w", simulated_workspaces[city], "--of", "2026-03")
        assert code == 0, first
        assert "HJ 663-2026" in out
        assert "composite" in out
        assert "SIMULATED" in out.upper()
        assert "2026-03" in out


def test_chinese_is_complete_in_title_heads_and_notes(ask, simulated_workspace: Path):
    code, out, _ = ask("rank", "-w", simulated_workspace, "--of", "2026-03", language="zh_CN")
    assert code == 0
    assert "综合指数" in out
    assert "名次" in out
    assert "优良天数不剔除沙尘日" in out


def test_json_says_units_rules_and_rows(ask, simulated_workspaces: dict[str, Path]):
    code, out, _ = ask(
        "rank", "-w", simulated_workspaces["changzhi"], "--of", "2026-03", "--list", "pm25", "--json"
    )
    said = json.loads(out)
    assert code == 0
    assert said["simulated"] is True
    assert said["units"]["value"] == "µg/m³"
    ranked = [row for row in said["rows"] if row["rank"] is not None]
    assert [row["value"] for row in ranked] == sorted(row["value"] for row in ranked)
    assert {row["code"][:4] for row in said["rows"]} == {"1404"}


def test_values_carry_the_decimals_of_their_metric(ask, simulated_workspace: Path):
    _, ratio, _ = ask("rank", "-w", simulated_workspace, "--of", "2026-03", "--list", "good_day_ratio")
    _, composite, _ = ask("rank", "-w", simulated_workspace, "--of", "2026-03")
    assert "points" in ratio
    assert "points" not in composite


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--of", "March"), "is no period"),
        (("--of", "2020-03"), "No ranking of 2020-03"),
        (("--of", "2026-03", "--list", "beauty"), "composite_index"),
        (("--of", "2026-03", "--group", "nobody"), "Groups"),
    ],
)
def test_a_wrong_question_names_what_there_is(ask, simulated_workspace: Path, arguments, said: str):
    code, _, err = ask("rank", "-w", simulated_workspace, *arguments)
    assert code == 2
    assert said in err
