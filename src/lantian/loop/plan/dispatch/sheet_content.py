"""What is known for one body's sheet: duties, dates, targets, projects, what was said and what was remarked."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from lantian.desk.language import Translation
from lantian.ledger.models import Duty, Project, Report, Sheet, Task
from lantian.loop.plan.dispatch.sheet_layout import (
    CLAIMS,
    PROJECT_STATES,
    ROLES,
    SheetContent,
    SheetLine,
    day_text,
    month_text,
    report_code,
)
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import duties_in, organisation_in, required_plan, rows_of, tasks_in
from lantian.loop.plan.rows import (
    REPORT_COLUMNS,
    DutyFilter,
    DutyRow,
    OrganisationRow,
    PlanRow,
    ReportRow,
    TaskRow,
)
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_SHORT = 90
WAN = Decimal(10_000)
"""Yuan in one 万元. [yuan]"""


def sheet_content(
    session: Session, office: Office, sheet: Sheet, language: Translation, *, finished_too: bool = False
) -> SheetContent:
    """Fill one registered sheet with all that is known now; `finished_too` keeps rows accepted as done."""
    plan = required_plan(session, sheet.plan_id)
    body = organisation_in(session, sheet.organisation_id)
    if body is None:
        raise CallerError("No body {name!r} in this workspace. Use its id or name.", name=sheet.organisation_id)
    duties = duties_in(session, plan.id, wanted=DutyFilter(organisation=body.id, settled=True))
    return fill_sheet(session, sheet, plan, body, duties, office, language, finished_too=finished_too)


def fill_sheet(
    session: Session,
    sheet: Sheet,
    plan: PlanRow,
    body: OrganisationRow,
    duties: Sequence[DutyRow],
    office: Office,
    language: Translation,
    *,
    finished_too: bool = False,
) -> SheetContent:
    """Fill a sheet from rows that were read; `finished_too` keeps duties that are accepted as done."""
    shown = [row for row in duties if finished_too or row.done_on is None]
    tasks = _tasks_of(session, shown)
    projects = _projects_of(session, body.id, [task.id for task in tasks])
    newest, accepted = _reports_of(session, plan.id, body.id, sheet.month)
    by_task: dict[str, list[Project]] = defaultdict(list)
    for project in projects:
        by_task[project.task_id].append(project)
    lines = [
        _duty_line(
            row, number, sheet.month, [task for task in tasks if _answers(row, task)], by_task,
            newest.get(row.id), accepted.get(row.id), language,
        )
        for number, row in enumerate(shown, 1)
    ]  # fmt: skip
    answered = {task.id for task in tasks if any(_answers(row, task) for row in shown)}
    open_projects = [
        project
        for project in projects
        if project.task_id in answered and (finished_too or project.state not in {"done", "dropped"})
    ]
    titles = {task.id: task for task in tasks}
    project_lines = [
        _project_line(project, number, sheet.month, titles[project.task_id], office, language)
        for number, project in enumerate(open_projects, 1)
    ]
    chinese = language.is_chinese
    return SheetContent(
        sheet_id=sheet.id,
        plan_id=plan.id,
        plan=plan.title if chinese else plan.title_en or plan.title,
        month=sheet.month,
        organisation_id=body.id,
        organisation=(body.full_name or body.name) if chinese else body.name_en,
        due=sheet.due,
        duties=lines,
        projects=project_lines,
        finished=sum(row.done_on is not None for row in duties),
        simulated=office.simulated,
    )


def _answers(row: DutyRow, task: TaskRow) -> bool:
    return task.measure_id == row.measure_id and task.tail in (None, row.tail)


def _tasks_of(session: Session, duties: Sequence[DutyRow]) -> tuple[TaskRow, ...]:
    return tasks_in(session, Task.measure_id.in_(sorted({row.measure_id for row in duties})))


def _projects_of(session: Session, organisation_id: str, task_ids: Sequence[str]) -> list[Project]:
    asked = select(Project).where(Project.organisation_id == organisation_id, Project.task_id.in_(task_ids))
    return list(session.scalars(asked.order_by(Project.task_id, Project.number)))


def _reports_of(
    session: Session, plan_id: str, organisation_id: str, month: str
) -> tuple[dict[str, ReportRow], dict[str, ReportRow]]:
    """Newest report of each duty up to a month, and newest accepted one: duty id → report."""
    order = (Report.month.desc(), Report.version.desc())
    found = []
    for conditions in ((), (Report.review == "accepted",)):
        place = func.row_number().over(partition_by=Report.duty_id, order_by=order).label("place")
        ranked = (
            select(Report.id, place)
            .join(Duty, and_(Duty.id == Report.duty_id, Duty.plan_id == plan_id))
            .where(Duty.organisation_id == organisation_id, Report.month <= month, *conditions)
            .subquery()
        )
        asked = select(*REPORT_COLUMNS).join(ranked, and_(ranked.c.id == Report.id, ranked.c.place == 1))
        found.append({row.duty_id: row for row in rows_of(session, ReportRow, asked)})
    return found[0], found[1]


def _duty_line(
    row: DutyRow,
    number: int,
    month: str,
    tasks: Sequence[TaskRow],
    projects: Mapping[str, Sequence[Project]],
    newest: ReportRow | None,
    accepted: ReportRow | None,
    language: Translation,
) -> SheetLine:
    """Fill one row; state, share and money carry over, words only within their own month (never ask twice)."""
    chinese = language.is_chinese
    own = newest if newest is not None and newest.month == month else None
    mend = newest if newest is not None and newest.review == "returned" else own
    mine = [project for task in tasks for project in projects.get(task.id, ())]
    cells: dict[str, Any] = {
        "number": number,
        "title": f"{row.number}. {row.title if chinese else row.title_en or row.title}",
        "role": role_word(row.role, row.mode, language),
        "words": "" if row.words == row.title else _shortened(row.words),
        "targets": "\n".join(dict.fromkeys(task_words(task, language) for task in tasks)),
        "projects": _project_summary(mine, language) if mine else "",
        "last": _said(accepted, language) if accepted is not None else "",
        "remark": (newest.review_reason or "") if newest is not None and newest.review == "returned" else "",
    }
    if newest is not None:
        cells["share"] = newest.share
        cells["claimed"] = language.gettext(CLAIMS[newest.claimed])
        cells["spent"] = None if newest.spent is None else newest.spent / WAN
    if mend is not None:
        cells |= {"progress": mend.progress, "problems": mend.problems, "next_step": mend.next_step}
    code = report_code("duty", row.id, month)
    return SheetLine(code, row.id, {**cells, "code": code})


def role_word(role: str, mode: str, language: Translation) -> str:
    """Say a role; the leading one in the plan's own word where the reader is Chinese (牵头、负责、分别负责)."""
    return mode if language.is_chinese and role == "lead" and mode else language.gettext(ROLES[role])


def task_words(task: TaskRow, language: Translation) -> str:
    """Say what a task wants and by when, in one line."""
    text = task.title if language.is_chinese else task.title_en or task.title
    if task.value is not None:
        unit = (
            task.unit if language.is_chinese or task.unit.isascii() else ""
        )  # 家, 户: the task's title says of what
        target = f"{_SIGNS.get(task.comparator or '', task.comparator or '')}{_plain(task.value)}{unit}"
        text = language.format(mark("{task}: {target}"), task=text, target=target)
    if task.due is not None:
        text = language.format(mark("{task} (by {day})"), task=text, day=day_text(task.due, language))
    if not task.firm:
        text = language.format(mark("{task} (to be striven for)"), task=text)
    if task.done_on is not None:
        text = language.format(mark("{task} (done)"), task=text)
    return text


_SIGNS = {">=": "≥", "<=": "≤", ">": ">", "<": "<", "=": "", "~": "≈", "rising": "↑", "falling": "↓"}


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _said(report: ReportRow, language: Translation) -> str:
    state = language.gettext(CLAIMS[report.claimed])
    share = "" if report.share is None else f" {_plain(report.share)}%"
    return f"{month_text(report.month, language)} {state}{share}\n{_shortened(report.progress)}"


def _project_summary(projects: Sequence[Project], language: Translation) -> str:
    counts = {state: sum(project.state == state for project in projects) for state in PROJECT_STATES}
    parts = [f"{language.gettext(PROJECT_STATES[state])} {count}" for state, count in counts.items() if count]
    whole = language.format(mark("{count} in all"), count=sum(project.state != "dropped" for project in projects))
    return "\n".join([whole, *parts])


def _project_line(
    project: Project, number: int, month: str, task: TaskRow, office: Office, language: Translation
) -> SheetLine:
    chinese = language.is_chinese
    county = next((row for row in office.city.counties if row.adcode == project.county), None)
    place = [] if county is None else [county.name_zh if chinese else county.name_en]
    code = report_code("project", project.id, month)
    cells: dict[str, Any] = {
        "number": number,
        "code": code,
        "title": f"{task.number}. {task.title if chinese else task.title_en or task.title}",
        "serial": project.number,
        "name": project.name,
        "place": " ".join([*place, *([project.address] if project.address else [])]),
        "due": project.due,
        "planned": None if project.planned is None else project.planned / WAN,
        "state": language.gettext(PROJECT_STATES[project.state]) if project.state in PROJECT_STATES else "",
        "done_on": project.done_on,
        "spent": None if project.spent is None else project.spent / WAN,
        "note": project.note,
    }
    return SheetLine(code, project.id, cells)
