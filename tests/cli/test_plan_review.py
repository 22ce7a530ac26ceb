"""`lantian plan review`, `escalate` and `minutes`: what the office decides on a month's reports."""

import json
from pathlib import Path

import docx
import pytest

BODY = "潞州区"


def json_of(answer, code: int = 0):
    assert answer[0] == code, answer[2]
    return json.loads(answer[1])


@pytest.fixture
def reported(ask, own_plan: Path, fill, tmp_path: Path) -> Path:
    """The workspace with three reports of one county that wait: under way, done, and one without a share."""
    said = json_of(
        ask("plan", "sheets", "--month", "2024-10", "--body", BODY, "--out", tmp_path / "out",
            "--today", "2024-11-04", "-w", own_plan, "--json")
    )  # fmt: skip
    rows = {
        0: {"Progress": "审查38个项目", "Share done (%)": 40, "State of work": "Under way"},
        1: {"Progress": "全部完成", "Share done (%)": 100, "State of work": "Done"},
        2: {"Progress": "资金不足", "State of work": "In difficulty"},
    }
    back = fill(Path(said["sheets"][0]["workbook"]), tmp_path / "back.xlsx", rows)
    assert ask("plan", "receive", back, "--today", "2024-11-05", "--by", "luzhou", "-w", own_plan)[0] == 0
    return own_plan


def pending(ask, workspace: Path, *arguments: object):
    return json_of(ask("plan", "review", *arguments, "-w", workspace, "--json"))["pending"]


# ------------------------------------------------------------------------------------------------- review


def test_waiting_reports_are_listed_with_what_they_say(ask, reported: Path):
    rows = pending(ask, reported)
    assert [(row["claimed"], row["share"], row["progress"]) for row in rows] == [
        ("under_way", 40, "审查38个项目"),
        ("done", 100, "全部完成"),
        ("difficult", None, "资金不足"),
    ]
    assert {(row["organisation"], row["month"]) for row in rows} == {("gov-140403", "2024-10")}
    code, out, _ = ask("plan", "review", "-w", reported)
    assert code == 0
    assert "3 reports wait" in out
    words = " ".join(out.split())
    assert "in difficulty" in words
    assert "under_way" not in words
    assert "Luzhou" in words


def test_the_list_can_be_narrowed_to_a_month_and_a_body(ask, reported: Path):
    assert len(pending(ask, reported, "--body", BODY, "--month", "2024-10")) == 3
    assert pending(ask, reported, "--body", "上党区") == []
    assert pending(ask, reported, "--month", "2024-09") == []
    code, _, err = ask("plan", "review", "--body", "火星", "-w", reported)
    assert code == 2
    assert "No body '火星'" in err


def test_one_is_returned_and_the_rest_accepted_in_one_command(ask, reported: Path):
    first = pending(ask, reported)[0]["id"]
    said = json_of(
        ask("plan", "review", "--return", first, "--reason", "数字不符", "--accept", "all", "--by", "office",
            "--today", "2024-11-06", "-w", reported, "--json")
    )  # fmt: skip
    assert said["returned"] == first
    assert len(said["accepted"]) == 2
    assert len(said["duties_done"]) == 1
    assert (said["held"], said["pending"]) == ([], [])
    duties = json_of(ask("plan", "duties", "--body", BODY, "--today", "2024-11-06", "-w", reported, "--json"))[
        "duties"
    ]
    assert sorted(row["review"] for row in duties if row["review"]) == ["accepted", "accepted", "returned"]
    assert [row["light"] for row in duties if row["claimed"] == "done"] == ["done"]


def test_a_return_needs_its_reason_and_says_where_it_will_stand(ask, reported: Path):
    first = pending(ask, reported)[0]["id"]
    code, _, err = ask("plan", "review", "--return", first, "-w", reported)
    assert code == 2
    assert "reason" in err
    assert len(pending(ask, reported)) == 3
    code, out, _ = ask("plan", "review", "--return", first, "--reason", "数字不符", "-w", reported)
    assert code == 0
    assert "Returned" in out
    assert "2 reports wait" in out


def test_what_was_returned_stands_on_the_next_sheet(ask, reported: Path, tmp_path: Path):
    import openpyxl

    ask(
        "plan", "review", "--return", pending(ask, reported)[0]["id"], "--reason", "数字与台账不符", "-w", reported
    )
    said = json_of(
        ask("plan", "sheets", "--month", "2024-10", "--body", BODY, "--out", tmp_path / "again",
            "--today", "2024-11-07", "-w", reported, "--json")
    )  # fmt: skip
    page = openpyxl.load_workbook(said["sheets"][0]["workbook"]).worksheets[0]
    assert any("数字与台账不符" in str(cell.value) for row in page.iter_rows(min_row=5) for cell in row)


def test_a_report_that_is_not_there_is_refused(ask, reported: Path):
    code, _, err = ask("plan", "review", "--accept", "absent", "-w", reported)
    assert code == 2
    assert "lantian plan review" in err
    assert len(pending(ask, reported)) == 3


def test_nothing_waiting_is_said(ask, plan_workspace: Path):
    code, out, _ = ask("plan", "review", "-w", plan_workspace)
    assert code == 0
    assert "No report waits" in out


# ------------------------------------------------------------------------------------------------- escalate


def proposed(ask, workspace: Path, day: str):
    said = json_of(ask("plan", "escalate", "--today", day, "-w", workspace, "--json"))["proposed"]
    assert {row["rule"] for row in said} <= {"dispatch-monthly"}
    return said


def test_the_rule_proposes_a_reminder_for_what_is_overdue_and_nothing_before(ask, plan_workspace: Path):
    assert proposed(ask, plan_workspace, "2024-09-30") == []
    code, out, _ = ask("plan", "escalate", "--today", "2024-09-30", "-w", plan_workspace)
    assert code == 0
    assert "no step today" in out
    rows = proposed(ask, plan_workspace, "2024-10-01")
    assert {row["step"] for row in rows} == {"remind"}
    assert {row["measure"] for row in rows} == {"7"}
    code, out, _ = ask("plan", "escalate", "--today", "2024-10-01", "-w", plan_workspace)
    assert "Reminder" in out
    assert "overdue for 1 days" in " ".join(out.split())


def test_all_are_reminded_once(ask, own_plan: Path):
    count = len(proposed(ask, own_plan, "2024-10-01"))
    remind = ("plan", "escalate", "--remind-all", "--today", "2024-10-01", "--by", "office", "-w", own_plan)
    said = json_of(ask(*remind, "--json"))
    assert said == {"reminded": count, "sheets": 0, "messages": count}
    assert json_of(ask(*remind, "--json")) == {"reminded": 0, "sheets": 0, "messages": 0}
    assert "0 duties reminded" in ask(*remind)[1]


def duty_of(ask, workspace: Path, body: str = BODY) -> str:
    rows = json_of(ask("plan", "duties", "--body", body, "--today", "2024-10-10", "-w", workspace, "--json"))[
        "duties"
    ]
    return next(row["id"] for row in rows if row["light"] == "overdue")


def take(ask, workspace: Path, duty: str, step: str, day: str, *more: object) -> Path:
    said = json_of(
        ask("plan", "escalate", duty, "--step", step, "--reason", "逾期未完成", "--today", day, "--by", "office",
            "-w", workspace, *more, "--json")
    )  # fmt: skip
    return Path(said["letter"])


def words_of(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(row.text for row in document.paragraphs), *cells])


def test_each_step_has_its_letter_to_the_body_with_the_day_of_its_answer(ask, own_plan: Path):
    duty = duty_of(ask, own_plan)
    letter = words_of(take(ask, own_plan, duty, "remind", "2024-10-10"))
    assert "Letter of reminder" in letter
    assert "People's Government of Luzhou District" in letter
    assert "17 October 2024" in letter
    assert "逾期未完成" in letter
    duties = json_of(ask("plan", "duties", "--body", BODY, "--today", "2024-10-10", "-w", own_plan, "--json"))[
        "duties"
    ]
    assert next(row["step"] for row in duties if row["id"] == duty) == "remind"


def test_a_circular_goes_to_all_and_names_whom_it_is_about(ask, own_plan: Path):
    duty = duty_of(ask, own_plan)
    take(ask, own_plan, duty, "remind", "2024-10-10")
    letter = words_of(take(ask, own_plan, duty, "notice", "2024-10-20"))
    assert "To all county and district governments" in letter
    assert "People's Government of Luzhou District" in letter


def test_two_letters_of_one_day_never_write_over_each_other(ask, own_plan: Path):
    paths = []
    for body in ("潞州区", "上党区"):
        duty = duty_of(ask, own_plan, body)
        take(ask, own_plan, duty, "remind", "2024-10-10")
        paths.append(take(ask, own_plan, duty, "notice", "2024-10-20"))
    assert len(set(paths)) == 2
    assert "Luzhou" in words_of(paths[0])
    assert "Shangdang" in words_of(paths[1])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("DUTY",), "--step"),
        (("DUTY", "--step", "shout", "--reason", "x"), "no step 'shout'"),
        (("DUTY", "--step", "remind"), "needs its reason"),
        (("DUTY", "--step", "interview", "--reason", "x"), "jump over"),
        (("absent", "--step", "remind", "--reason", "x"), "absent"),
        (("DUTY", "--lift", "--reason", "x"), "No step stands"),
    ],
)
def test_a_step_that_cannot_be_taken_is_refused_and_writes_no_letter(
    ask, own_plan: Path, arguments: tuple[str, ...], says: str
):
    given = [duty_of(ask, own_plan) if one == "DUTY" else one for one in arguments]
    code, _, err = ask("plan", "escalate", *given, "--today", "2024-10-10", "-w", own_plan)
    assert code == 2
    assert says in " ".join(err.split())
    assert not list((own_plan / "exports").rglob("*.docx"))


def test_a_step_may_jump_when_asked_and_be_lifted_with_a_reason(ask, own_plan: Path):
    duty = duty_of(ask, own_plan)
    letter = words_of(take(ask, own_plan, duty, "interview", "2024-10-10", "--jump"))
    assert "interview" in letter.lower()
    said = json_of(
        ask(
            "plan",
            "escalate",
            duty,
            "--lift",
            "--reason",
            "已整改",
            "--today",
            "2024-10-12",
            "-w",
            own_plan,
            "--json",
        )
    )
    assert len(said["lifted"]) == 1
    duties = json_of(ask("plan", "duties", "--body", BODY, "--today", "2024-10-12", "-w", own_plan, "--json"))[
        "duties"
    ]
    assert next(row["step"] for row in duties if row["id"] == duty) is None


# ------------------------------------------------------------------------------------------------- minutes


def test_the_agenda_lists_what_is_late_with_its_reason_and_next_step(ask, plan_workspace: Path):
    rows = json_of(ask("plan", "minutes", "--today", "2024-10-10", "-w", plan_workspace, "--json"))["agenda"]
    assert {row["measure"] for row in rows} == {"7.1"}
    assert {row["step"] for row in rows} == {"remind", None}  # bodies that only cooperate are asked by nobody
    code, out, _ = ask("plan", "minutes", "--today", "2024-10-10", "-w", plan_workspace)
    assert code == 0
    assert f"{len(rows)} items" in out
    assert "Changzhi Ecology and Environment Bureau" in out
    assert "Reminder" in out


MEETING = """
month = "2024-10"
held_on = 2024-11-08
place = "市政府三楼会议室"
chair = "领导小组办公室主任"
present = ["潞州区", "ecology", "140404"]
[[decisions]]
words = "潞州区补报深度治理进展"
organisation_id = "潞州区"
due = 2024-11-15
[[decisions]]
words = "下月10日前再次调度"
"""


def test_a_meeting_is_recorded_with_bodies_by_name_and_its_minutes_are_written(
    ask, own_plan: Path, tmp_path: Path
):
    (tmp_path / "m.toml").write_text(MEETING, encoding="utf-8")
    said = json_of(
        ask("plan", "minutes", "--record", tmp_path / "m.toml", "--by", "office", "-w", own_plan, "--json",
            language="zh_CN")
    )  # fmt: skip
    text = words_of(Path(said["minutes"]))
    for words in ("2024年11月8日", "市政府三楼会议室", "潞州区人民政府", "市生态环境局", "上党区人民政府",
                  "潞州区补报深度治理进展", "2024年11月15日", "下月10日前再次调度"):  # fmt: skip
        assert words in text
    rows = json_of(ask("audit", "entries", "-w", own_plan, "--subject", f"meeting:{said['meeting']}", "--json"))[
        "rows"
    ]
    assert [row["actor"] for row in rows].count("office") >= 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"ecology"', '"火星"', "火星"),
        ('month = "2024-10"\n', "", "month"),
        ('present = ["潞州区", "ecology", "140404"]\n', "", "present"),
        ("held_on = 2024-11-08", "held_on = yesterday", "cannot be recorded"),
        ('organisation_id = "潞州区"', 'mood = "x"', "mood"),
        ('month = "2024-10"', 'month = "2024-20"', "no month"),
    ],
)
def test_a_record_that_lacks_something_is_refused_and_nothing_is_kept(
    ask, own_plan: Path, tmp_path: Path, old: str, new: str, says: str
):
    assert old in MEETING
    (tmp_path / "m.toml").write_text(MEETING.replace(old, new), encoding="utf-8")
    code, _, err = ask("plan", "minutes", "--record", tmp_path / "m.toml", "-w", own_plan)
    assert code == 2
    assert says in " ".join(err.split())
    assert json_of(ask("audit", "entries", "-w", own_plan, "--kind", "meeting.", "--json"))["rows"] == []
