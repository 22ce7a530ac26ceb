"""What people decide on the plan's pages: sheets, reports with photos, reviews, steps, meetings, admissions."""

import io
import re
from urllib.parse import unquote

import openpyxl
import pytest
from tests.web.conftest import COUNTY, OTHER_COUNTY, ClientOf

from lantian.ledger.chain import list_entries, verify_chain
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.escalation import due_steps
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.dispatch.meeting_list import list_meetings
from lantian.loop.plan.dispatch.sheet_list import list_sheets
from lantian.loop.plan.queries import list_plans
from lantian.loop.plan.views.duty_history import show_duty_history
from lantian.loop.plan.views.duty_views import find_duty, list_duty_views

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
OFFICE_ACTS = (
    "review/accept", "review/return", "duties/{duty}/escalate", "duties/{duty}/lift", "duties/{duty}/reopen",
    "sheets", "escalation/remind", "meetings", "editions", "admission",
)  # fmt: skip
DOCUMENT = """某市空气质量方案

一、重点任务

（一）拆除小型燃煤锅炉。2026年6月底前完成。（市生态环境局牵头，各县区人民政府落实）
"""
NASTY = '<script>alert("x")</script>'


@pytest.fixture
def desk(own_web_app, own_web_client: ClientOf):
    """The city's office has asked for the month before; the first open duty of the county."""
    office = own_web_app.state.keeper.house.office()
    day = office.today().replace(day=1)
    month = f"{day.year - (day.month == 1)}-{(day.month - 2) % 12 + 1:02d}"
    city = own_web_client("t-office")
    answer = city.post("/plan/sheets", data={"month": month})
    assert answer.status_code == 303, answer.text
    (view, *_) = [
        one
        for one in list_duty_views(office, today=office.today(), scope=Scope(frozenset({COUNTY})))
        if one.duty.settled
    ]
    return office, month, city, own_web_client("t-county"), view.duty.id


def report(county, duty: str, month: str, files=(), **more):
    data = {"month": month, "claimed": "under_way", "progress": f"两台锅炉已拆除 {NASTY}", "share": "40", **more}
    return county.post(f"/plan/duties/{duty}/report", data=data, files=list(files))


def test_a_county_reports_with_a_photo_and_the_office_reviews_it(desk, own_web_client: ClientOf) -> None:
    office, month, city, county, duty = desk
    assert find_duty(office, duty, today=office.today()).light.word in {LightWord.OVERDUE, LightWord.NO_REPORT}
    assert "Report progress" in county.get(f"/plan/duties/{duty}").text
    photo = ("files", ("现场 <b>.png", PNG, "image/png"))
    answer = report(county, duty, month, [photo], claimed="done", share="100", spent="12.5")
    assert answer.status_code == 303, answer.text
    assert find_duty(office, duty, today=office.today()).light.word is LightWord.UNDER_REVIEW
    page = county.get(f"/plan/duties/{duty}").text
    assert NASTY not in page
    assert "&lt;script&gt;" in page
    file_id = re.search(r'<img src="/plan/files/([0-9a-f-]+)"', page)[1]
    assert county.get(f"/plan/files/{file_id}").content == PNG
    assert "sandbox" in county.get(f"/plan/files/{file_id}").headers["content-security-policy"]
    assert own_web_client("t-other-county").get(f"/plan/files/{file_id}").status_code == 404

    waiting = city.get("/plan/review").text
    (report_id,) = re.findall(r'name="ids" value="([0-9a-f-]+)"', waiting)
    assert NASTY not in waiting
    back = city.post("/plan/review/return", data={"ids": report_id, "reason": "请附验收单"})
    assert back.status_code == 303
    assert find_duty(office, duty, today=office.today()).light.word in {LightWord.RETURNED, LightWord.OVERDUE}
    assert "请附验收单" in county.get(f"/plan/duties/{duty}/report").text

    assert (
        report(county, duty, month, claimed="done", share="100", progress="已全部完成，附验收单").status_code
        == 303
    )
    (again,) = re.findall(r'name="ids" value="([0-9a-f-]+)"', city.get("/plan/review").text)
    assert city.post("/plan/review/accept", data={"ids": again, "back": duty}).headers["location"].endswith(duty)
    assert find_duty(office, duty, today=office.today()).light.word is LightWord.DONE
    kinds = [entry.kind for entry in list_entries(office.ledger, subject=f"duty:{duty}")]
    assert kinds[::-1][:4] == ["duty.reported", "report.returned", "duty.reported", "report.accepted"]
    page = county.get(f"/plan/duties/{duty}").text
    assert "accepted as done" in page
    assert verify_chain(office.ledger).sound


@pytest.mark.parametrize(("share", "shown"), [("40", "40 %"), ("100", "100 %"), ("0", "0 %"), ("12.50", "12.5 %")])
def test_a_share_stands_on_the_page_as_it_was_reported(desk, share: str, shown: str) -> None:
    _, month, _, county, duty = desk
    assert report(county, duty, month, share=share).status_code == 303
    assert f"<span>{shown}</span></span>" in county.get(f"/plan/duties/{duty}").text


def test_a_report_that_contradicts_itself_is_shown_again_with_what_was_written(desk) -> None:
    office, month, _, county, duty = desk
    answer = report(county, duty, month, claimed="done", share="40")
    assert answer.status_code == 400
    assert "only 40" in answer.text
    assert "两台锅炉已拆除" in answer.text
    assert show_duty_history(office, duty, today=office.today()).reports == ()


def test_a_photo_that_is_none_refuses_the_whole_report(desk) -> None:
    office, month, _, county, duty = desk
    answer = report(county, duty, month, [("files", ("x.png", b"MZ not a picture", "image/png"))])
    assert answer.status_code == 400
    assert show_duty_history(office, duty, today=office.today()).reports == ()


def test_nobody_reports_for_another_body(desk, own_web_client: ClientOf) -> None:
    office, month, _, _, duty = desk
    assert report(own_web_client("t-other-county"), duty, month).status_code == 404
    assert report(own_web_client("t-duty"), duty, month).status_code == 403
    assert show_duty_history(office, duty, today=office.today()).reports == ()


def test_a_county_cannot_review_or_decide(desk) -> None:
    _, _, _, county, duty = desk
    guarded = (
        "review/accept", "review/return", f"duties/{duty}/escalate", f"duties/{duty}/lift", "sheets",
        "escalation/remind", "meetings", "editions",
    )  # fmt: skip
    for address in guarded:
        asked = address.format(duty=duty)
        assert county.post(f"/plan/{asked}", data={"ids": "x"}).status_code == 403, asked


def test_a_form_without_its_token_changes_nothing(desk) -> None:
    office, month, _, county, duty = desk
    del county.headers["X-CSRF-Token"]
    assert report(county, duty, month).status_code == 403
    assert show_duty_history(office, duty, today=office.today()).reports == ()


def test_many_reports_are_returned_for_one_reason_or_none(desk) -> None:
    office, month, city, county, _ = desk
    mine = [
        one.duty.id
        for one in list_duty_views(office, today=office.today(), scope=Scope(frozenset({COUNTY})))
        if one.duty.settled
    ][:3]
    for each in mine:
        assert report(county, each, month).status_code == 303
    ids = re.findall(r'name="ids" value="([0-9a-f-]+)"', city.get("/plan/review").text)
    assert len(ids) == 3
    assert city.post("/plan/review/return", data={"ids": [*ids, "nothing"], "reason": "x"}).status_code == 400
    assert city.post("/plan/review/return", data={"ids": ids, "reason": " "}).status_code == 400
    assert len(re.findall(r'name="ids" value="', city.get("/plan/review").text)) == 3
    assert city.post("/plan/review/return", data={"ids": ids, "reason": "请写明台数"}).status_code == 303
    assert "No report waits" in city.get("/plan/review").text


def test_a_sheet_goes_down_filled_in_and_comes_up_row_by_row(desk) -> None:
    office, month, _, county, _ = desk
    (row,) = list_sheets(office, month=month, scope=Scope(frozenset({COUNTY})))
    (other,) = list_sheets(office, month=month, scope=Scope(frozenset({OTHER_COUNTY})))
    assert county.get(f"/plan/sheets/{other.id}.xlsx").status_code == 404
    assert county.get(f"/plan/sheets/{row.id}.docx").content.startswith(b"PK")
    book = openpyxl.load_workbook(io.BytesIO(county.get(f"/plan/sheets/{row.id}.xlsx").content))
    page = book.worksheets[0]
    head = next(
        line for line in page.iter_rows() if {"Progress", "State of work"} <= {cell.value for cell in line}
    )
    at = {cell.value: cell.column for cell in head}
    first = head[0].row + 1
    page.cell(first, at["Progress"]).value = "已完成摸底"
    page.cell(first, at["State of work"]).value = "under way"
    page.cell(first, at["Share done (%)"]).value = 30
    page.cell(first + 1, at["Progress"]).value = "全部完成"
    page.cell(first + 1, at["State of work"]).value = "done"
    page.cell(first + 1, at["Share done (%)"]).value = 20
    filled = io.BytesIO()
    book.save(filled)
    answer = county.post("/plan/sheets/receive", files=[("files", ("回.xlsx", filled.getvalue()))])
    assert answer.status_code == 200, answer.text
    assert re.search(r"Rows taken</dt>\s*<dd>.*?figure-value\">1<", answer.text, re.DOTALL)
    assert "only 20 % of it" in answer.text
    mended = re.search(r'href="(/plan/files/[0-9a-f-]+)"', answer.text)[1]
    assert county.get(mended).content.startswith(b"PK")
    (after,) = list_sheets(office, month=month, scope=Scope(frozenset({COUNTY})))
    assert after.reported == 1


def test_steps_are_taken_with_a_letter_and_lifted_with_a_reason(desk) -> None:
    office, _, city, _, _ = desk
    late = list_duty_views(office, today=office.today(), words=[LightWord.OVERDUE])[0].duty.id
    bare = city.post(f"/plan/duties/{late}/escalate", data={"step": "remind", "reason": " "})
    assert bare.status_code in {400, 422}
    assert city.post(f"/plan/duties/{late}/escalate", data={"step": "remind", "reason": "逾期"}).status_code == 303
    (taken,) = show_duty_history(office, late, today=office.today()).steps
    assert taken.by == "t-office"
    assert city.get(f"/plan/files/{taken.letter}").content.startswith(b"PK")
    assert "逾期" in city.get("/plan/escalation").text
    assert city.post(f"/plan/duties/{late}/lift", data={"reason": "已补报"}).status_code == 303
    assert show_duty_history(office, late, today=office.today()).steps[0].lifted_because == "已补报"
    assert city.post("/plan/escalation/remind", data={}).status_code == 303
    steps = {row.step for row in due_steps(office, office.today())}
    assert "remind" not in steps  # the next rung may be due at once, and stays a person's decision
    assert "Remind all" not in city.get("/plan/escalation").text


def test_a_meeting_is_recorded_with_minutes(desk) -> None:
    office, month, city, _, _ = desk
    page = city.get("/plan/meetings").text
    choice = re.search(r'<datalist id="agenda-duties"><option value="([^"]+)"', page)[1]
    data = {
        "month": month, "held_on": office.today().isoformat(), "place": "市政府", "chair": "办公室主任",
        "present": [COUNTY], "words": ["限期整改", "", NASTY], "duties": [choice, "", ""],
        "dues": ["2026-02-28", "", ""], "tasks": ["0"],
    }  # fmt: skip
    answer = city.post("/plan/meetings", data=data)
    assert answer.status_code == 303, answer.text
    (held,) = list_meetings(office)
    assert [item.words for item in held.items] == ["限期整改", NASTY]
    page = city.get("/plan/meetings").text
    assert NASTY not in page
    assert city.get(f"/plan/files/{held.file_id}").content.startswith(b"PK")


def test_a_project_is_examined_and_refused_with_its_clauses(desk) -> None:
    office, _, city, _, _ = desk
    data = {
        "name": f"新建焦化 {NASTY}", "applicant": "某公司", "county": "140403", "industry": "coking",
        "kind": "new",
        "applied_on": office.today().isoformat(), "catalogue": "restricted",
    }  # fmt: skip
    answer = city.post("/plan/admission", data=data)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    page = city.get(address).text
    assert NASTY not in page
    assert "Refuse" in page
    done = city.post(f"{address}/decide", data={"verdict": "refused", "reason": "不符合准入"})
    assert done.status_code == 303, done.text
    assert "not admitted" in city.get(address).text
    assert city.post(f"{address}/opinion").content.startswith(b"PK")
    assert city.get("/plan/admission/form.xlsx").content.startswith(b"PK")
    empty = city.post("/plan/admission/file", files={"file": ("x.xlsx", b"nothing")})
    assert empty.status_code == 400


def test_a_list_of_projects_is_taken_away_and_brought_in_again(desk) -> None:
    _, _, city, county, _ = desk
    task = re.search(r'/plan/projects/([0-9a-f-]+)"', city.get("/plan/projects").text)[1]
    form = city.get(f"/plan/projects/{task}/form.xlsx")
    assert form.content.startswith(b"PK")
    rows = f"number,name\nA1,项目{NASTY}\nA1,again\n"
    answer = city.post(f"/plan/projects/{task}", files={"file": ("list.csv", rows.encode())})
    assert answer.status_code == 200, answer.text
    assert "Give each project a number of its own" in answer.text
    page = city.get(f"/plan/projects/{task}").text
    assert NASTY not in page
    assert county.get(f"/plan/projects/{task}").status_code == 200
    assert county.post(f"/plan/projects/{task}", files={"file": ("list.csv", rows.encode())}).status_code == 403


def test_a_document_becomes_a_draft_that_is_put_in_force(desk) -> None:
    office, _, city, _, _ = desk
    answer = city.post("/plan/editions", files={"file": ("plan.txt", DOCUMENT.encode())})
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    draft = next(row for row in list_plans(office) if row.state == "draft")
    assert address.endswith(draft.id)
    page = city.get(address).text
    assert "What is doubtful?" in page
    assert "Put it in force" in page
    done = city.post(f"{address}/confirm", data={"accept_open": "true"})
    assert done.status_code == 303, done.text
    held = next(row for row in list_plans(office) if row.id == draft.id)
    assert (held.state, held.confirmed_by) == ("in_force", "t-office")
    assert city.post(f"{address}/confirm", data={}).status_code == 400


def test_who_is_meant_by_a_group_is_settled_in_the_plan_that_stands(desk) -> None:
    office, _, city, _, _ = desk
    again = city.post("/plan/editions", data={"key": ""})
    address = again.headers["location"]
    assert "says the same" in unquote(unquote(again.cookies["said"].strip('"')))
    hidden = r'name="measure" value="(\d+)"><input type="hidden" name="tail" value="(\d+)"'
    measure, tail = re.search(hidden, city.get(address).text).groups()
    said = city.post(f"{address}/settle", data={"measure": measure, "tail": tail, "bodies": [COUNTY]})
    assert said.status_code == 303, said.text
    mine = [
        one.duty
        for one in list_duty_views(office, today=office.today(), scope=Scope(frozenset({COUNTY})))
        if (one.duty.number, one.duty.tail) == (measure, int(tail))
    ]
    assert any(duty.settled for duty in mine)
