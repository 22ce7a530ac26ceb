"""`lantian plan adopt`, `confirm` and `show`: a draft, what is doubtful in it, an edition in force."""

import json
from pathlib import Path

import pytest

TEXT = """长治市2025年蓝天行动方案

一、重点任务
(一)治理工业
1.治理炉窑。2025年6月底前,全市20座炉窑完成治理。(市生态环境局牵头,市工信局配合)继续淘汰小锅炉。(市能源局牵头,相关县区人民政府落实)
2.提高清扫率。到2025年底,道路机械化清扫率达到85%以上。(市城管局负责)
3.加强宣传。广泛宣传蓝天行动。
"""
LATER = TEXT.replace("2025年6月底前,全市20座", "2025年9月底前,全市20座").replace(
    "市工信局配合", "市工信局、市财政局配合"
)


@pytest.fixture
def empty(ask, tmp_path: Path) -> Path:
    """A workspace of Changzhi without a plan."""
    assert ask("init", "-w", tmp_path / "w", "--city", "changzhi", "--simulated")[0] == 0
    return tmp_path / "w"


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "plan.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path / "plan.txt"


def json_of(answer):
    code, out, err = answer
    assert code == 0, err
    return json.loads(out)


# ------------------------------------------------------------------------------------------------- adopt


def test_the_citys_own_plan_is_taken_in_once(ask, empty: Path):
    said = json_of(ask("plan", "adopt", "-w", empty, "--by", "office", "--json"))
    assert (said["key"], said["edition"], said["state"], said["fresh"]) == ("changzhi-2024", 1, "draft", True)
    assert (said["measures"], said["goals"]) == (40, 8)
    assert said["duties"] > 600
    assert said["changes"] == []
    again = json_of(ask("plan", "adopt", "-w", empty, "--json"))
    assert (again["plan_id"], again["fresh"]) == (said["plan_id"], False)
    code, out, _ = ask("plan", "adopt", "-w", empty)
    assert code == 0
    assert "says the same; nothing was written" in out
    assert "lantian plan confirm" in out


def test_a_city_without_a_plan_of_its_own_is_told_to_name_a_document(ask, tmp_path: Path):
    assert ask("init", "-w", tmp_path / "w", "--city", "shizuishan", "--simulated")[0] == 0
    code, _, err = ask("plan", "adopt", "-w", tmp_path / "w")
    assert code == 2
    assert "plan" in err


def test_a_document_is_kept_as_a_file_and_every_decision_names_who_took_it(ask, empty: Path, plan: Path):
    said = json_of(ask("plan", "adopt", plan, "-w", empty, "--by", "局办", "--json"))
    assert (said["measures"], said["edition"]) == (3, 1)
    assert said["unsettled"] == 12
    rows = json_of(ask("audit", "entries", "-w", empty, "--kind", "plan.adopted", "--json"))["rows"]
    assert [row["actor"] for row in rows] == ["局办"]
    kept = [path for path in (empty / "files").rglob("*") if path.is_file()]
    assert [path.read_text("utf-8") for path in kept] == [TEXT]


def test_a_second_edition_says_what_it_changes_and_calls_bodies_by_name(ask, empty: Path, plan: Path):
    json_of(ask("plan", "adopt", plan, "-w", empty, "--json"))
    plan.write_text(LATER, encoding="utf-8")
    code, out, _ = ask("plan", "adopt", plan, "-w", empty)
    assert code == 0
    assert "Edition 2" in out
    assert "date moved" in out
    assert "Changzhi Finance Bureau" in out
    assert "cooperates" in out
    plan.write_text(LATER.replace("2025年9月底前", "2025年11月底前"), encoding="utf-8")
    said = json_of(ask("plan", "adopt", plan, "-w", empty, "--json"))
    assert said["edition"] == 3
    moved = [row for row in said["changes"] if row["kind"] == "task.moved"]
    assert {(row["was"], row["now"]) for row in moved} == {("2025-09-30", "2025-11-30")}


def test_an_unreadable_document_leaves_nothing_behind(ask, empty: Path, tmp_path: Path):
    (tmp_path / "torn.docx").write_bytes(b"PK\x03\x04 no archive")
    assert ask("plan", "adopt", tmp_path / "torn.docx", "-w", empty)[0] == 2
    assert json_of(ask("plan", "show", "-w", empty, "--json")) == {"plans": [], "measures": []}
    assert [path for path in (empty / "files").rglob("*") if path.is_file()] == []


# ------------------------------------------------------------------------------------------------- confirm


def test_without_a_plan_there_is_nothing_to_confirm(ask, empty: Path):
    code, _, err = ask("plan", "confirm", "-w", empty)
    assert code == 2
    assert "lantian plan adopt" in err


def test_doubts_name_the_bodies_that_may_be_meant(ask, empty: Path, plan: Path):
    ask("plan", "adopt", plan, "-w", empty)
    said = json_of(ask("plan", "confirm", "-w", empty, "--json"))
    assert (said["in_force"], said["settled"]) == (False, 0)
    assert [(row["measure"], row["tail"]) for row in said["doubts"]] == [("1", 2), ("3", None)]
    assert len(said["doubts"][0]["members"]) == 12
    out = ask("plan", "confirm", "-w", empty)[1]
    assert "Government of Luzhou District" in " ".join(out.split())
    assert "潞州区人民政府" in ask("plan", "confirm", "-w", empty, language="zh_CN")[1]


def test_a_group_is_settled_by_name_id_or_county_code(ask, empty: Path, plan: Path):
    ask("plan", "adopt", plan, "-w", empty)
    means = ("--means", "潞州区", "--means", "gov-140404", "--means", "140406")
    said = json_of(ask("plan", "confirm", "-w", empty, "--settle", "1.2", *means, "--json"))
    assert said["settled"] == 3
    assert [row["measure"] for row in said["doubts"]] == ["3"]
    duties = json_of(ask("plan", "show", "1", "-w", empty, "--json"))["duties"]
    assert {row["organisation"] for row in duties if row["role"] == "implement"} == {
        "gov-140403",
        "gov-140404",
        "gov-140406",
    }
    code, out, _ = ask("plan", "confirm", "-w", empty, "--settle", "1.2", *means[:2])
    assert code == 0
    assert "Tail 1.2 means 1 bodies." in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--settle", "1", "--means", "潞州区"), "no tail"),
        (("--settle", "1.2"), "Say who is meant"),
        (("--settle", "1.2", "--means", "火星"), "No single body is called '火星'"),
        (("--settle", "1.2", "--means", "各县区人民政府"), "No single body"),
        (("--settle", "1.2", "--means", "市财政局"), "not 市财政局"),
        (("--settle", "1.1", "--means", "潞州区"), "nothing to settle"),
        (("--settle", "9.1", "--means", "潞州区"), "No measure '9'"),
        (("--means", "潞州区"), "--settle"),
        (("--plan", "absent"), "absent"),
    ],
)
def test_a_wrong_question_about_a_tail_is_refused_and_changes_nothing(
    ask, empty: Path, plan: Path, arguments: tuple[str, ...], says: str
):
    ask("plan", "adopt", plan, "-w", empty)
    before = json_of(ask("plan", "confirm", "-w", empty, "--json"))["doubts"]
    code, _, err = ask("plan", "confirm", "-w", empty, *arguments)
    assert code == 2
    assert says in " ".join(err.split())
    assert json_of(ask("plan", "confirm", "-w", empty, "--json"))["doubts"] == before


def test_a_confirmed_reading_is_kept_when_the_document_is_read_again(ask, empty: Path, plan: Path, tmp_path: Path):
    ask("plan", "adopt", plan, "-w", empty)
    decided = [
        {
            "kind": "indicator", "action": "remove", "measure": "提高清扫率",
            "words": "道路机械化清扫率达到85%以上",
        }
    ]  # fmt: skip
    (tmp_path / "r.json").write_text(json.dumps(decided, ensure_ascii=False), encoding="utf-8")
    titles = [row["kind"] for row in json_of(ask("plan", "show", "2", "-w", empty, "--json"))["tasks"]]
    assert "indicator" in titles
    json_of(ask("plan", "confirm", "-w", empty, "--reading", tmp_path / "r.json", "--json"))
    plan.write_text(TEXT.replace("继续淘汰", "加快淘汰"), encoding="utf-8")
    assert json_of(ask("plan", "adopt", plan, "-w", empty, "--json"))["edition"] > 1
    newest = json_of(ask("plan", "show", "-w", empty, "--json"))["plans"][0]["id"]
    kinds = [
        row["kind"] for row in json_of(ask("plan", "show", "2", "-w", empty, "--plan", newest, "--json"))["tasks"]
    ]
    assert "indicator" not in kinds


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no json", "no JSON file"),
        ('[{"kind": "tail", "measure": "治理炉窑", "words": "无此"}]', "do not stand"),
        ('[{"kind": "mood", "words": "x"}]', "no confirmation"),
        ('[{"kind": "tail", "words": "x", "who": 1}]', "no field 'who'"),
        ('["words"]', "no JSON file of confirmed readings"),
    ],
)
def test_a_file_of_readings_that_does_not_fit_is_refused(
    ask, empty: Path, plan: Path, tmp_path: Path, content: str, says: str
):
    ask("plan", "adopt", plan, "-w", empty)
    (tmp_path / "r.json").write_text(content, encoding="utf-8")
    code, _, err = ask("plan", "confirm", "-w", empty, "--reading", tmp_path / "r.json")
    assert code == 2
    assert says in " ".join(err.split())


def test_a_draft_comes_into_force_once(ask, empty: Path, plan: Path):
    ask("plan", "adopt", plan, "-w", empty)
    said = json_of(ask("plan", "confirm", "-w", empty, "--in-force", "--by", "局长", "--json"))
    assert said["in_force"] is True
    (shown,) = json_of(ask("plan", "show", "-w", empty, "--json"))["plans"]
    assert (shown["state"], shown["confirmed_by"]) == ("in_force", "局长")
    code, _, err = ask("plan", "confirm", "-w", empty, "--in-force")
    assert code == 2
    assert "only a draft" in err


# ------------------------------------------------------------------------------------------------- show


def test_an_empty_workspace_is_told_what_to_do_next(ask, empty: Path):
    code, out, _ = ask("plan", "show", "-w", empty)
    assert code == 0
    assert "lantian plan adopt" in out
    code, _, err = ask("plan", "show", "1", "-w", empty)
    assert code == 2
    assert "no plan yet" in err


def test_the_plan_is_shown_by_section_with_its_lights(ask, plan_workspace: Path):
    code, out, _ = ask("plan", "show", "-w", plan_workspace, "--today", "2024-11-05")
    assert code == 0
    assert "in force" in out
    assert "SIMULATED workspace" in out
    assert "Faster deep treatment in key industries" in out
    assert "Overdue" in out
    chinese = ask("plan", "show", "-w", plan_workspace, "--today", "2024-11-05", language="zh_CN")[1]
    assert "七 加强环境监管能力建设" in chinese
    said = json_of(ask("plan", "show", "-w", plan_workspace, "--today", "2024-04-01", "--json"))
    assert len(said["measures"]) == 40
    assert all("overdue" not in row["lights"] for row in said["measures"])


def test_one_measure_shows_its_tasks_and_duties_with_the_reason_for_each_light(ask, plan_workspace: Path):
    code, out, _ = ask("plan", "show", "7", "-w", plan_workspace, "--today", "2024-10-10")
    assert code == 0
    assert "project list" in out
    assert "carries out" in out
    assert "Due on 2024-09-30, 10 days ago" in " ".join(out.split())
    said = json_of(ask("plan", "show", "7", "-w", plan_workspace, "--today", "2024-10-10", "--json"))
    assert said["number"] == "7"
    assert {row["colour"] for row in said["duties"]} == {"red"}
    assert {row["role"] for row in said["duties"]} == {"lead", "cooperate", "implement"}
    assert any(row["kind"] == "projects" and row["due"] == "2024-09-30" for row in said["tasks"])


@pytest.mark.parametrize("arguments", [("99",), ("7", "--plan", "absent"), ("--today", "yesterday")])
def test_what_is_not_there_is_a_wrong_question(ask, plan_workspace: Path, arguments: tuple[str, ...]):
    code, _, err = ask("plan", "show", *arguments, "-w", plan_workspace)
    assert code == 2
    assert arguments[-1] in err
