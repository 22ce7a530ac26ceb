"""`lantian plan projects`: lists shown, written as a form, taken in."""

import json
from pathlib import Path

import openpyxl
import pytest

LIST = "deep-treatment"
HEADS = "序号,名称,类型,县区,状态,完成期限,完成日期,经度,纬度,坐标系,已投资"
ROWS = (
    "1,虚构甲厂,常规机焦,潞城区,已完成,2024-06-30,2024-05-20,113.2,36.3,CGCS2000,120.5",
    "2,虚构乙厂,砖瓦窑,潞州区,推进中,2024-09-30,,113.1,36.2,CGCS2000,",
)


def json_of(answer, code: int = 0):
    assert answer[0] == code, answer[2]
    return json.loads(answer[1])


def take(ask, workspace: Path, path: Path, *more: object, code: int = 0):
    return json_of(
        ask("plan", "projects", LIST, "--import", path, "--by", "office", "--today", "2024-10-10", "-w", workspace,
            *more, "--json"), code,
    )  # fmt: skip


def csv(folder: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join([HEADS, *rows]), encoding=encoding)
    return path


def test_every_list_is_shown_with_what_it_wants_and_how_far_it_is(ask, plan_workspace: Path):
    lists = json_of(ask("plan", "projects", "-w", plan_workspace, "--json"))["lists"]
    wanted = {row["key"]: row["target"] for row in lists}
    assert (wanted["deep-treatment"], wanted["township-stations"], wanted["households"]) == (161, 27, 120_000)
    assert all(row["whole"]["all"] == 0 for row in lists)
    code, out, _ = ask("plan", "projects", "-w", plan_workspace)
    assert code == 0
    assert "deep-treatment" in out
    assert "--import takes it" in out
    code, out, _ = ask("plan", "projects", LIST, "-w", plan_workspace)
    assert code == 0
    assert "nothing is listed yet" in out


def test_a_list_of_an_office_is_taken_in_and_counted_by_county_and_kind(ask, own_plan: Path, tmp_path: Path):
    said = take(ask, own_plan, csv(tmp_path, *ROWS, encoding="gbk"))
    assert (len(said["added"]), said["changed"], said["refused"], said["unknown_columns"]) == (2, [], [], [])
    shown = json_of(ask("plan", "projects", LIST, "--today", "2024-10-10", "-w", own_plan, "--json"))
    whole = shown["summary"]["whole"]
    assert (whole["all"], whole["done"], whole["overdue"], whole["spent"]) == (2, 1, 1, 1_205_000)
    assert [(row["name"], row["county"], row["state"]) for row in shown["projects"]] == [
        ("虚构甲厂", "140406", "done"),
        ("虚构乙厂", "140403", "under_way"),
    ]
    code, out, _ = ask("plan", "projects", LIST, "--today", "2024-10-10", "-w", own_plan)
    assert code == 0
    assert "Lucheng District" in out
    assert "潞城区" in ask("plan", "projects", LIST, "-w", own_plan, language="zh_CN")[1]


def test_the_same_list_twice_changes_nothing(ask, own_plan: Path, tmp_path: Path):
    path = csv(tmp_path, *ROWS)
    take(ask, own_plan, path)
    said = take(ask, own_plan, path)
    assert (said["added"], said["changed"], len(said["unchanged"])) == ([], [], 2)


def test_a_form_that_went_out_comes_back_unchanged(ask, own_plan: Path, tmp_path: Path):
    take(ask, own_plan, csv(tmp_path, *ROWS))
    form = tmp_path / "form.xlsx"
    assert json_of(ask("plan", "projects", LIST, "--form", form, "-w", own_plan, "--json")) == {"file": str(form)}
    page = openpyxl.load_workbook(form).worksheets[0]
    cells = {cell.value for row in page.iter_rows() for cell in row}
    assert {"虚构甲厂", "虚构乙厂", "Project name", "Revision"} <= cells
    said = take(ask, own_plan, form)
    assert (said["added"], said["changed"], said["refused"]) == ([], [], [])


def test_wrong_cells_are_refused_by_row_and_the_rest_is_taken(ask, own_plan: Path, tmp_path: Path):
    bad = (
        "3,虚构丙厂,常规机焦,火星区,推进中,2024-09-30,,113.1,36.2,CGCS2000,",
        "4,虚构丁厂,常规机焦,潞州区,差不多,2024-09-30,,113.1,36.2,CGCS2000,",
        "5,虚构戊厂,常规机焦,潞州区,推进中,下个月,,113.1,36.2,CGCS2000,",
    )
    path = csv(tmp_path, *ROWS, *bad)
    said = take(ask, own_plan, path, code=2)
    assert {row["value"] for row in said["refused"]} >= {"火星区", "差不多", "下个月"}
    assert all(row["message"] for row in said["refused"])
    code, out, _ = ask("plan", "projects", LIST, "--import", path, "--today", "2024-10-10", "-w", own_plan)
    assert code == 2
    assert "火星区" in out
    assert "refused" in out


def test_places_without_a_datum_want_it_named(ask, own_plan: Path, tmp_path: Path):
    path = csv(tmp_path, "1,虚构甲厂,常规机焦,潞城区,推进中,2024-09-30,,113.2,36.3,,")
    assert take(ask, own_plan, path, code=2)["refused"]
    said = take(ask, own_plan, path, "--datum", "GCJ-02")
    assert said["refused"] == []
    (row,) = json_of(ask("plan", "projects", LIST, "-w", own_plan, "--json"))["projects"]
    assert 0.0005 < abs(row["longitude"] - 113.2) < 0.02  # moved from the map's datum to the nation's


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("kilns",), "'kilns'"),
        (("kilns", "--form", "x.xlsx"), "'kilns'"),
        ((LIST, "--form", "x.docx"), ".xlsx"),
        ((LIST, "--import", "absent.csv"), "absent.csv"),
        ((LIST, "--import", "absent.csv", "--datum", "moon"), "datum"),
    ],
)
def test_a_wrong_question_about_a_list_is_refused(
    ask, plan_workspace: Path, arguments: tuple[str, ...], says: str
):
    code, _, err = ask("plan", "projects", *arguments, "-w", plan_workspace)
    assert code == 2
    assert says in " ".join(err.split())
    assert not Path("x.xlsx").exists()
