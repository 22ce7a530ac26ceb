"""`lantian plan targets` and `report`: what was promised for the air, and what bodies report."""

import json
import shutil
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from lantian.assembly import open_workspace
from lantian.cli.plan_adopting import adopt_in


def json_of(answer, code: int = 0):
    assert answer[0] == code, answer[2]
    return json.loads(answer[1])


def targets(ask, workspace: Path, *more: object, day: str = "2024-11-05"):
    return json_of(ask("plan", "targets", "--today", day, "-w", workspace, *more, "--json"))["targets"]


# ------------------------------------------------------------------------------------------------- targets


def test_without_hours_every_target_says_why_it_is_not_judged(ask, plan_workspace: Path):
    rows = targets(ask, plan_workspace)
    assert {row["state"] for row in rows} == {"no_data", "not_judged"}
    assert all(row["reason"] for row in rows)
    assert all(row["value"] is None for row in rows)
    assert len([row for row in rows if (row["order"], row["year"]) == (6, 2024)]) == 11
    code, out, _ = ask("plan", "targets", "--today", "2024-11-05", "-w", plan_workspace)
    assert code == 0
    assert " …" in out  # many subjects are counted, not all named
    assert "Wuxiang" not in out
    assert "● no data" in out
    code, out, _ = ask("plan", "targets", "--today", "2024-11-05", "-w", plan_workspace, language="zh_CN")
    assert code == 0
    assert "潞城区" in out


def test_what_was_assigned_from_above_is_judged_and_kept_with_its_source(ask, own_plan: Path):
    rows = targets(ask, own_plan, "--assign", "5:140403:2024:38", "--source", "省厅文件", "--by", "office")
    (assigned,) = [row for row in rows if (row["order"], row["subject"], row["year"]) == (5, "140403", 2024)]
    assert (assigned["target"], assigned["state"]) == (38, "no_data")
    entries = json_of(ask("audit", "entries", "-w", own_plan, "--actor", "office", "--json"))["rows"]
    assert any("省厅文件" in json.dumps(row["payload"], ensure_ascii=False) for row in entries)


def test_a_published_place_judges_a_rank_target(ask, own_plan: Path):
    rows = targets(ask, own_plan, "--reported", "7:140425:2024:2", "--source", "省厅通报", day="2025-02-01")
    (pingshun,) = [row for row in rows if (row["order"], row["year"]) == (7, 2024)]
    assert (pingshun["value"], pingshun["state"]) == (2, "met")
    rows = targets(ask, own_plan, "--reported", "4:140406:2024:41", "--source", "省厅通报", day="2025-02-01")
    (lucheng,) = [row for row in rows if row["order"] == 4]
    assert (lucheng["value"], lucheng["target"], lucheng["distance"], lucheng["state"]) == (41, 40, 1, "missed")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--assign", "5:140406:38"), "four parts"),
        (("--assign", "99:140406:2025:38"), "no target '99'"),
        (("--assign", "5:140406:2025:low"), "'low' is no number"),
        (("--assign", "5:140406:soon:38"), "'soon' is no year"),
        (("--assign", "5:140406:2025:NaN"), "no number"),
        (("--assign", "5:999999:2025:38"), "999999"),
    ],
)
def test_a_figure_that_does_not_fit_is_refused(ask, own_plan: Path, arguments: tuple[str, ...], says: str):
    code, _, err = ask("plan", "targets", *arguments, "--source", "x", "-w", own_plan)
    assert code == 2
    assert says in " ".join(err.split())


def test_hours_of_other_years_judge_no_target(ask, simulated_workspaces, tmp_path: Path):
    folder = Path(shutil.copytree(simulated_workspaces["changzhi"], tmp_path / "w"))
    house = open_workspace(folder)
    adopt_in(house, None, by="office")
    house.close()
    rows = targets(ask, folder, day=date(2026, 3, 31).isoformat())
    assert {row["year"] for row in rows} == {2024, 2025}  # nothing is promised for the simulated year
    assert all(row["value"] is None for row in rows)


def test_a_plan_without_targets_says_so(ask, tmp_path: Path):
    ask("init", "-w", tmp_path / "w", "--city", "changzhi", "--simulated")
    (tmp_path / "p.txt").write_text(
        "长治市扬尘方案\n\n一、重点任务\n1.治理扬尘。加强巡查。(市住建局牵头)\n2.治理堆场。加强巡查。(市城管局牵头)\n",
        "utf-8",
    )
    assert ask("plan", "adopt", tmp_path / "p.txt", "-w", tmp_path / "w")[0] == 0
    code, out, _ = ask("plan", "targets", "-w", tmp_path / "w")
    assert code == 0
    assert "no target as a whole" in out


# ------------------------------------------------------------------------------------------------- report


def series(ask, workspace: Path, key: str, day: str = "2025-02-01"):
    (row,) = json_of(ask("plan", "report", key, "--today", day, "-w", workspace, "--json"))["series"]
    return row


def test_indicators_are_listed_with_target_and_state(ask, plan_workspace: Path):
    rows = json_of(ask("plan", "report", "-w", plan_workspace, "--json"))["series"]
    known = {row["key"]: row for row in rows}
    assert (known["green-land"]["target"], known["green-land"]["unit"]) == (42.88, "%")
    assert known["straw-use"]["comparator"] == ">="
    assert {row["state"] for row in rows} == {"no_data"}
    out = " ".join(ask("plan", "report", "-w", plan_workspace)[1].split())
    assert "≥42.88%" in out
    assert "Changzhi Landscape" in out
    assert "市园林绿化中心" in ask("plan", "report", "-w", plan_workspace, language="zh_CN")[1]


def report(ask, workspace: Path, value: str, *more: object):
    return json_of(
        ask("plan", "report", "green-land", "--period", "2024", "--value", value, "--source", "年报",
            "--by", "garden", "--today", "2025-02-01", "-w", workspace, *more, "--json")
    )  # fmt: skip


def test_a_value_is_reported_once_and_a_correction_is_a_new_version(ask, own_plan: Path):
    assert report(ask, own_plan, "42.5") == {"period": "2024", "version": 1, "new": True}
    assert report(ask, own_plan, "42.5")["new"] is False
    assert report(ask, own_plan, "42.88") == {"period": "2024", "version": 2, "new": True}
    row = series(ask, own_plan, "green-land")
    assert row["state"] == "met"
    assert row["points"][-1] == {"period": "2024", "version": 2, "value": 42.88, "source": "年报"}


def test_the_form_goes_out_and_comes_back_filled(ask, own_plan: Path, tmp_path: Path):
    form = tmp_path / "form.xlsx"
    said = json_of(
        ask(
            "plan", "report", "--form", form, "--period", "2024", "--today", "2025-02-01", "-w", own_plan, "--json"
        )
    )
    assert said["rows"] >= 12
    book = openpyxl.load_workbook(form)
    page = book.worksheets[0]
    head = next(row for row in page.iter_rows() if any(cell.value == "Indicator code" for cell in row))
    columns = {str(cell.value): cell.column for cell in head}
    rows = {
        page.cell(row, columns["Indicator code"]).value: row for row in range(head[0].row + 1, page.max_row + 1)
    }
    for key, value in (("green-land", 42.9), ("straw-use", "many"), ("rail-share", 88)):
        page.cell(rows[key], columns["Value"]).value = value
        page.cell(rows[key], columns["Source of the figure"]).value = "年报"
    book.save(form)
    code, out, _ = ask("plan", "report", "--import", form, "--today", "2025-02-01", "-w", own_plan, "--json")
    done = json.loads(out)
    assert (code, done["taken"], len(done["refused"])) == (2, 2, 1)
    assert "many" in done["refused"][0]
    assert series(ask, own_plan, "green-land")["points"][-1]["value"] == 42.9
    code, out, _ = ask("plan", "report", "--import", form, "--today", "2025-02-01", "-w", own_plan)
    assert code == 2
    assert "0 values taken, 2 known already" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("moods",), "No indicator 'moods'"),
        (("green-land", "--value", "1"), "--period"),
        (("green-land", "--value", "much", "--period", "2024"), "'much' is no number"),
        (("green-land", "--value", "1", "--period", "soon"), "soon"),
        (("--form", "x.xlsx"), "--period"),
        (("--form", "x.docx", "--period", "2024"), ".xlsx"),
        (("--import", "absent.xlsx"), "absent.xlsx"),
    ],
)
def test_a_report_that_cannot_be_is_refused(ask, own_plan: Path, arguments: tuple[str, ...], says: str):
    code, _, err = ask("plan", "report", *arguments, "--today", "2025-02-01", "-w", own_plan)
    assert code == 2
    assert says in " ".join(err.split())
    assert not Path("x.xlsx").exists()
