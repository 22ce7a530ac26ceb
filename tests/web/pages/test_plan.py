"""Pages of the plan say what the room says, to each reader their own."""

import io
import re

import openpyxl
import pytest
from tests.web.conftest import COUNTY, DEPARTMENT, OTHER_COUNTY, ClientOf

from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.targets.goals import judge_goals
from lantian.loop.plan.views.duty_views import list_duty_views
from lantian.loop.plan.views.matrix import show_matrix
from lantian.loop.plan.views.overviews import view_body, view_plan
from lantian.loop.plan.views.timeline import show_timeline

PAGES = (
    "", "/targets", "/measures", "/measures/3", "/bodies", f"/bodies/{COUNTY}", "/matrix", "/timeline", "/duties",
    "/duties?light=overdue&q=b", "/sheets", "/escalation", "/meetings", "/projects", "/editions", "/lights.json",
)  # fmt: skip
UNKNOWN = (
    "/duties/nothing", "/measures/999", "/bodies/nobody", "/files/x", "/papers/y.exe", "/editions/z",
    "/projects/p", "/admission/a", "/indicators/i",
)  # fmt: skip
OFFICE_PAGES = ("/review", "/admission", "/heat")


def office_of(app):
    return app.state.keeper.house.office()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("page", [*PAGES, *OFFICE_PAGES])
def test_every_page_stands_in_both_languages(web_client: ClientOf, page: str, language: str) -> None:
    answer = web_client("t-office", language).get(f"/plan{page}")
    assert answer.status_code == 200, answer.text[:2000]
    if answer.headers["content-type"].startswith("text/html"):
        assert answer.text.count("<h1") == 1
        assert f'lang="{language.replace("_", "-")}"' in answer.text
        assert ' style="' not in re.sub(r' style="--aqi[^"]*"', "", answer.text)


@pytest.mark.parametrize("page", PAGES)
def test_a_county_may_look_at_every_page_for_all(web_client: ClientOf, page: str) -> None:
    assert web_client("t-county").get(f"/plan{page}").status_code == 200


@pytest.mark.parametrize("page", OFFICE_PAGES)
def test_a_county_does_not_enter_the_offices_desks(web_client: ClientOf, page: str) -> None:
    assert web_client("t-county").get(f"/plan{page}").status_code == 403


def test_the_overview_counts_what_the_room_counts(web_app, web_client: ClientOf) -> None:
    office = office_of(web_app)
    text = web_client("t-office").get("/plan").text
    counts = view_plan(office, today=office.today()).counts
    assert f'<span class="figure-value">{counts.total}</span>' in text.replace("\n", "")
    assert f"{counts.words[LightWord.OVERDUE]}</b>" in text


def test_a_county_sees_only_its_own_duties(web_app, web_client: ClientOf) -> None:
    office = office_of(web_app)
    own = view_body(office, COUNTY, today=office.today())
    text = web_client("t-county").get("/plan/duties?export=duties.csv").text
    rows = text.strip().splitlines()[1:]
    assert len(rows) == own.counts.total
    other = list_duty_views(office, today=office.today(), scope=Scope(frozenset({OTHER_COUNTY})))
    ids = web_client("t-county").get("/plan/duties").text
    assert all(view.duty.id not in ids for view in other)


def test_what_belongs_to_another_body_is_not_found(web_app, web_client: ClientOf) -> None:
    office = office_of(web_app)
    (other, *_) = list_duty_views(office, today=office.today(), scope=Scope(frozenset({OTHER_COUNTY})))
    mine = web_client("t-county")
    assert mine.get(f"/plan/duties/{other.duty.id}").status_code == 404
    assert mine.get(f"/plan/duties/{other.duty.id}/report").status_code == 404
    assert mine.get(f"/plan/bodies/{OTHER_COUNTY}").status_code == 404
    assert mine.get(f"/plan/papers/duties.xlsx?body={OTHER_COUNTY}").status_code == 404
    assert mine.get("/plan/papers/bulletin.docx").status_code == 404
    assert web_client("t-other-county").get(f"/plan/duties/{other.duty.id}").status_code == 200


def test_the_matrix_of_a_department_has_its_own_row_alone(web_app, web_client: ClientOf) -> None:
    office = office_of(web_app)
    text = web_client("t-department").get("/plan/matrix").text
    assert re.findall(r'href="/plan/bodies/([a-z0-9-]+)"', text) == [DEPARTMENT]
    seen = show_matrix(office, today=office.today(), scope=Scope(frozenset({DEPARTMENT})))
    assert text.count(f"body={DEPARTMENT}&amp;measure=") == len(seen.cells)


def test_the_timeline_of_a_county_leaves_out_what_it_has_no_part_in(web_app) -> None:
    office = office_of(web_app)
    whole = show_timeline(office, today=office.today())
    mine = show_timeline(office, today=office.today(), scope=Scope(frozenset({COUNTY}), frozenset({"140403"})))
    everything = {(item.measure, item.title, item.due) for month in whole.months for item in month.items}
    own = {(item.measure, item.title, item.due) for month in mine.months for item in month.items}
    assert own
    assert own < everything


def test_targets_stand_as_they_were_judged(web_app, web_client: ClientOf) -> None:
    office = office_of(web_app)
    judged = judge_goals(office, today=office.today())
    text = web_client("t-office").get("/plan/targets?export=goals.csv").text
    assert len(text.strip().splitlines()) - 1 == len(judged)
    row = next(one for one in judged if one.subject)
    page = web_client("t-office").get(f"/plan/targets/{row.goal_id}/{row.year}/{row.subject}/{row.metric}").text
    assert row.title_en.replace("'", "&#39;") in page


def test_tables_leave_as_workbooks_that_say_how_they_were_made(web_client: ClientOf) -> None:
    answer = web_client("t-office").get("/plan/measures?export=measures.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.worksheets[0].max_row > 40
    assert "SIMULATED" in answer.headers["content-disposition"]
    assert "dispatch" in " ".join(str(cell.value) for row in book.worksheets[-1].iter_rows() for cell in row)


@pytest.mark.parametrize(
    "paper", ["duties.xlsx", "matrix.xlsx", "dispatch.xlsx", "dispatch.docx", "bulletin.docx"]
)
def test_papers_are_written_on_demand(web_client: ClientOf, paper: str) -> None:
    answer = web_client("t-office").get(f"/plan/papers/{paper}")
    assert answer.status_code == 200
    assert answer.content.startswith(b"PK")


def test_a_county_takes_its_own_duty_list(web_app, web_client: ClientOf) -> None:
    answer = web_client("t-county").get("/plan/papers/duties.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    said = " ".join(
        str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell
    )
    assert COUNTY in said
    assert OTHER_COUNTY not in said


@pytest.mark.parametrize("address", UNKNOWN)
def test_what_does_not_exist_is_not_found(web_client: ClientOf, address: str) -> None:
    assert web_client("t-office").get(f"/plan{address}").status_code == 404


def test_the_rail_shows_the_overdue_duties_of_the_reader(web_app, web_client: ClientOf) -> None:
    office = office_of(web_app)
    own = view_body(office, COUNTY, today=office.today()).counts.overdue
    text = web_client("t-county").get("/plan").text
    assert re.search(rf'data-room="plan".*?room-number">{own}</span>', text, re.DOTALL)
