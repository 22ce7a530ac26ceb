"""From a reading to measures, duties, tasks and goals in the ledger."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from lantian.desk.intake.documents import read_source
from lantian.desk.language import translation
from lantian.ledger.models import (
    Duty,
    Entry,
    Goal,
    Measure,
    Organisation,
    Plan,
    Project,
    Report,
    Series,
    Sheet,
    Task,
)
from lantian.loop.plan.adopting.adoption import Adopted, adopt
from lantian.loop.plan.adopting.confirming import confirm_plan
from lantian.loop.plan.adopting.structured import adopt_structured
from lantian.loop.plan.dispatch.receiving import receive_files
from lantian.loop.plan.dispatch.sheet_layout import DUTY_COLUMNS
from lantian.loop.plan.dispatch.sheets import issue_sheets
from lantian.loop.plan.listing.projects import import_projects
from lantian.loop.plan.office import Office
from lantian.science.plan_text.reading import read_plan
from lantian.science.plan_text.records import Draft
from lantian.terms.errors import CallerError

Read = Callable[[str], Draft]

TEXT = """长治市2025年蓝天行动方案

一、工作目标
(一)约束性指标
1.2025年,市区PM2.5浓度达到38微克/立方米以下。

二、重点任务
(一)治理工业
1.治理炉窑。2025年6月底前,全市20座炉窑完成治理。(市生态环境局牵头,市工信局配合;各县区人民政府,长治高新区、经开区管委会落实)继续淘汰小锅炉。(市能源局牵头,相关县区人民政府落实)
2.提高清扫率。到2025年底,道路机械化清扫率达到85%以上。(市城管局负责)
3.争取省级支持。(省环境规划院牵头,市财政局配合)
4.加强宣传。广泛宣传蓝天行动。
"""


def _rows(office: Office, model: type, plan_id: str) -> list:
    with office.ledger.read() as session:
        return list(session.execute(select(model).where(model.plan_id == plan_id)).scalars())


def _duties(office: Office, plan_id: str) -> set[tuple[object, ...]]:
    asked = (
        select(Measure.number, Duty.tail, Duty.organisation_id, Duty.role, Duty.mode, Duty.settled, Duty.due)
        .join(Measure, Measure.id == Duty.measure_id)
        .where(Duty.plan_id == plan_id)
    )
    with office.ledger.read() as session:
        return {tuple(row) for row in session.execute(asked)}


def _entries(office: Office, kind: str) -> int:
    with office.ledger.read() as session:
        return session.execute(select(func.count()).where(Entry.kind == kind)).scalar_one()


@pytest.fixture
def first(office: Office, read_text: Read) -> Adopted:
    """The small text, adopted for the first time."""
    return adopt(office, read_text(TEXT), by="office")


def test_each_tail_gives_a_duty_for_each_body_and_role(office: Office, first: Adopted):
    duties = _duties(office, first.plan_id)
    one = [row for row in duties if row[0] == "1" and row[1] == 1]
    assert Counter(row[3] for row in one) == {"lead": 1, "cooperate": 1, "implement": 14}
    assert ("1", 1, "ecology", "lead", "牵头", True, date(2025, 6, 30)) in duties
    assert ("2", 1, "urban", "lead", "负责", True, date(2025, 12, 31)) in duties
    assert first.counts["duties"] == 1 + 1 + 14 + 1 + 12 + 1 + 2
    assert (first.unsettled, first.edition, first.state) == (12, 1, "draft")


def test_a_duty_holds_the_words_that_its_tail_closes(office: Office, first: Adopted):
    words = {(row.organisation_id, row.tail): row.words for row in _rows(office, Duty, first.plan_id)}
    assert words["ecology", 1] == "2025年6月底前,全市20座炉窑完成治理"
    assert words["energy", 2] == "继续淘汰小锅炉"
    texts = [row.text for row in sorted(_rows(office, Measure, first.plan_id), key=lambda row: row.order)]
    assert texts[3] == "4.加强宣传。广泛宣传蓝天行动。"


def test_a_body_that_the_directory_does_not_know_is_kept_and_told(office: Office, first: Adopted):
    unknown = [row for row in _duties(office, first.plan_id) if str(row[2]).startswith("unknown-")]
    assert [(row[0], row[3]) for row in unknown] == [("3", "lead")]
    told = {row.code: row.evidence for row in first.findings}
    assert told["body_not_in_directory"] == {"name": "省环境规划院"}
    assert told["nobody_named"] == {"title": "加强宣传"}


def test_a_number_carries_the_day_of_its_sentence_as_one_task(office: Office, first: Adopted):
    tasks = {row.title: row for row in _rows(office, Task, first.plan_id)}
    assert sorted((row.kind, row.due) for row in tasks.values()) == [
        ("indicator", date(2025, 6, 30)), ("indicator", date(2025, 12, 31)),
    ]  # fmt: skip
    kilns = next(row for row in tasks.values() if row.value == 20)
    assert (kilns.unit, kilns.tail) == ("座", 1)
    series = _rows(office, Series, first.plan_id)
    assert [(row.target, row.unit, row.organisation_id) for row in series] == [(Decimal(85), "%", "urban")]


def test_the_goal_is_about_the_city(office: Office, first: Adopted):
    goals = _rows(office, Goal, first.plan_id)
    assert [(row.metric, row.comparator, row.value, row.years, row.subjects) for row in goals] == [
        ("pm25", "<=", Decimal(38), [2025], ["140400"])
    ]
    assert goals[0].title_en == "PM2.5 at most 38 µg/m³; Changzhi; 2025"


def test_the_same_document_again_is_the_same_plan(office: Office, read_text: Read, first: Adopted):
    again = adopt(office, read_text(TEXT), by="somebody")
    assert (again.plan_id, again.fresh, again.counts) == (first.plan_id, False, first.counts)
    assert _entries(office, "plan.adopted") == 1


def test_another_text_of_the_title_is_a_new_edition_that_says_what_changed(
    office: Office, read_text: Read, first: Adopted
):
    text = TEXT.replace("(市城管局负责)", "(市城管局牵头,市交通局配合)").replace("2025年6月底前", "2025年9月底前")
    second = adopt(office, read_text(text.replace("85%", "90%")), by="office")
    assert (second.edition, second.key == first.key, second.fresh) == (2, True, True)
    said = {(row.kind, row.measure[0], row.was, row.is_now) for row in second.changes}
    assert said == {
        ("duty.added", "2", None, "cooperate"),
        ("task.moved", "1", "2025-06-30", "2025-09-30"),
        ("task.value", "2", ">= 85 %", ">= 90 %"),
    }
    assert first.changes == ()


def test_a_document_without_measures_is_refused(office: Office, read_text: Read):
    with pytest.raises(CallerError, match="holds no measure"):
        adopt(office, read_text("今天天气很好。"), by="office")
    assert _entries(office, "plan.adopted") == 0


def test_reports_projects_and_sheets_go_on_in_the_next_edition(office: Office, read_text: Read, first: Adopted):
    confirm_plan(office, first.plan_id, by="office")
    old = next(row for row in _rows(office, Duty, first.plan_id) if row.organisation_id == "urban")
    kilns = next(row for row in _rows(office, Task, first.plan_id) if row.value == 20)
    import_projects(office, kilns.id, [{"number": "1", "name": "甲炉"}], by="office")
    _report(office, old.id, first.plan_id)
    second = adopt(office, read_text(TEXT.replace("85%", "90%")), by="office")
    told = confirm_plan(office, second.plan_id, by="office")
    assert told.replaced == (first.plan_id,)
    assert told.carried == {
        "duties": 32, "reports": 1, "escalations": 0, "projects": 1, "values": 0, "sheets": 1,
    }  # fmt: skip
    with office.ledger.read() as session:
        states = {row.edition: row.state for row in session.execute(select(Plan)).scalars()}
        living = session.get_one(Duty, session.execute(select(Report.duty_id)).scalar_one())
        asked = select(Duty).where(Duty.plan_id == first.plan_id, Duty.organisation_id == "urban")
        copy = session.execute(asked).scalar_one()
        project = session.execute(select(Project)).scalar_one()
        assert project.task_id == kilns.id
        assert session.get_one(Task, project.task_id).plan_id == second.plan_id
        assert session.execute(select(Sheet.plan_id)).scalar_one() == second.plan_id
    assert states == {1: "replaced", 2: "in_force"}
    assert (living.id, living.plan_id, living.organisation_id) == (old.id, second.plan_id, "urban")
    for row in (living, copy):  # the replaced edition shows how it stood
        assert (row.reported_month, row.claimed, row.share) == ("2025-05", "under_way", Decimal(40))
    assert len(_duties(office, first.plan_id)) == len(_duties(office, second.plan_id)) == 32
    assert {row.value for row in _rows(office, Task, first.plan_id)} == {20, 85}
    assert {row.value for row in _rows(office, Task, second.plan_id)} == {20, 90}


def _report(office: Office, duty_id: str, plan_id: str) -> None:
    at = datetime(2025, 6, 1, tzinfo=UTC)
    with office.ledger.write() as session:
        session.add(
            Report(
                id="r1", duty_id=duty_id, month="2025-05", version=1, progress="已达40%", share=Decimal(40),
                claimed="under_way", problems="", next_step="", spent=None, reported_by="urban", reported_at=at,
                source_sha256=None, digest="1" * 64, review="accepted", review_reason=None, reviewed_by=None,
                reviewed_at=None,
            )
        )  # fmt: skip
        session.add(
            Sheet(
                id="s1", plan_id=plan_id, month="2025-05", organisation_id="urban", issued_at=at,
                due=date(2025, 6, 5), received_at=at, reminded_at=None,
            )
        )  # fmt: skip
        duty = session.get(Duty, duty_id)
        duty.reported_month, duty.claimed, duty.share, duty.review = (
            "2025-05",
            "under_way",
            Decimal(40),
            "accepted",
        )


def test_a_measure_that_moved_to_another_number_is_the_same(office: Office, read_text: Read, first: Adopted):
    text = TEXT.replace("2.提高清扫率", "9.提高清扫率").replace("3.争取省级支持", "2.争取省级支持")
    second = adopt(office, read_text(text.replace("9.提", "3.提")), by="office")
    assert {row.kind for row in second.changes} == {"measure.renamed"}
    assert {(row.was, row.is_now) for row in second.changes} == {
        ("2 提高清扫率", "3 提高清扫率"), ("3 争取省级支持", "2 争取省级支持"),
    }  # fmt: skip


@pytest.mark.reference
def test_the_document_and_the_structured_plan_give_the_same_duties(office: Office, reference_data: Path):
    structured = adopt_structured(office, by="office")
    source = read_source(next((reference_data.parent / "seed").glob("*.txt")))
    document = adopt(office, read_plan(source, office.city), by="office")
    assert document.key == structured.key
    assert (document.edition, document.counts["duties"]) == (2, 704)
    assert _duties(office, document.plan_id) == _duties(office, structured.plan_id)
    tasks = [row for row in document.changes if row.kind.startswith("task")]
    assert {row.kind for row in tasks} == {"task.added"}
    assert all(row.what.startswith("money-") for row in tasks)  # prices that only the document names
    assert {row.kind for row in document.changes} <= {"task.added", "goal.added", "goal.removed"}


@pytest.mark.reference
def test_the_document_takes_english_titles_and_lists_over(office: Office, reference_data: Path):
    structured = adopt_structured(office, by="office")
    source = read_source(next((reference_data.parent / "seed").glob("*.txt")))
    document = adopt(office, read_plan(source, office.city), by="office")
    english = [{row.number: row.title_en for row in _rows(office, Measure, plan.plan_id)}
               for plan in (structured, document)]  # fmt: skip
    assert english[0] == english[1]
    tasks = {row.key: row for row in _rows(office, Task, document.plan_id)}
    assert tasks["deep-treatment"].value == 161
    assert tasks["households"].unit == "户"
    keys = [{row.key for row in _rows(office, Series, plan.plan_id)} for plan in (structured, document)]
    assert keys[0] == keys[1]
    goals = [{row.order: row for row in _rows(office, Goal, plan.plan_id)} for plan in (structured, document)]
    assert [goals[0][n].title_en for n in range(1, 9)] == [goals[1][n].title_en for n in range(1, 9)]
    own, read = ([set(rows[n].subjects) for n in (1, 2, 3, 4, 6, 7, 8)] for rows in goals)
    assert own == read
    assert set(goals[0][5].subjects) == set(goals[1][5].subjects)


def test_two_people_adopt_one_document_at_once_and_it_is_one_plan(office: Office, read_text: Read):
    draft = read_text(TEXT)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda name: adopt(office, draft, by=name), ["甲", "乙"]))
    assert told[0].plan_id == told[1].plan_id
    assert sorted(row.fresh for row in told) == [False, True]
    assert _entries(office, "plan.adopted") == 1


def test_a_failing_adoption_leaves_nothing(office: Office, read_text: Read):
    clock = iter([office.now()])
    with pytest.raises(StopIteration):
        adopt(replace(office, now=lambda: next(clock)), read_text(TEXT), by="office")
    with office.ledger.read() as session:
        assert session.execute(select(func.count()).select_from(Plan)).scalar_one() == 0
        assert session.execute(select(func.count()).select_from(Organisation)).scalar_one() == 0


def test_a_sheet_that_is_out_comes_back_into_the_next_edition(
    office: Office, read_text: Read, first: Adopted, tmp_path: Path
):
    confirm_plan(office, first.plan_id, by="office")
    issued = issue_sheets(
        office, "2024-10", by="office", organisations=["urban"], folder=tmp_path, language=translation("zh"),
        today=date(2024, 11, 5),
    )  # fmt: skip
    second = adopt(office, read_text(TEXT.replace("85%", "90%")), by="office")
    confirm_plan(office, second.plan_id, by="office")
    path = next(tmp_path.rglob("*.xlsx"))
    assert len(issued.sheets) == 1
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    places = {column.key: place for place, column in enumerate(DUTY_COLUMNS, start=1)}
    for key, text in (("progress", "已达到88%"), ("claimed", "推进中")):
        page.cell(row=5, column=places[key]).value = text
    book.save(path)
    told = receive_files(office, [path], by="urban", today=date(2024, 11, 5))
    assert told.rejects == ()
    with office.ledger.read() as session:
        report = session.execute(select(Report)).scalar_one()
        duty = session.get_one(Duty, report.duty_id)
    assert (duty.plan_id, report.progress) == (second.plan_id, "已达到88%")
