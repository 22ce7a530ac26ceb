"""The dispatch meeting: what it should speak of, what it decided, and its minutes (调度会、会议纪要)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.desk.language import Translation
from lantian.desk.paper.word import WordDocument
from lantian.ledger import append_entry
from lantian.ledger.models import Duty, Meeting, Organisation, Task
from lantian.loop.plan.dispatch.escalation import due_steps
from lantian.loop.plan.dispatch.letters import office_name
from lantian.loop.plan.dispatch.light_case import asked_months_in, light_of
from lantian.loop.plan.dispatch.lights import Colour, Light, LightWord
from lantian.loop.plan.dispatch.reviewing import refresh_due
from lantian.loop.plan.dispatch.sheet_layout import day_text, month_text
from lantian.loop.plan.dispatch.sheets import checked_month, plan_in_force
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import duties_in, required_plan
from lantian.loop.plan.rows import DutyFilter, DutyRow
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

_TALKED_OF = {LightWord.OVERDUE, LightWord.RETURNED, LightWord.DIFFICULT, LightWord.NO_REPORT}


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One duty that a meeting should speak of."""

    duty: DutyRow
    light: Light
    proposed_step: str | None
    """Step of the ladder that is due, if one is."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that a meeting decided."""

    words: str
    duty_id: str | None = None
    """Duty that it is about, if one."""
    organisation_id: str | None = None
    """Who does it; by default the duty's body."""
    due: date | None = None
    task_id: str | None = None
    """Task whose date it moves to `due`."""
    new_task: bool = False
    """Whether it becomes a task of the duty's measure, due on `due`."""


def agenda(office: Office, today: date, *, plan_id: str | None = None) -> tuple[AgendaItem, ...]:
    """List the duties that a meeting should speak of: overdue first, then returned, difficult and silent ones."""
    rule = office.dispatch_rule(today)
    steps = {row.duty.id: row.step for row in due_steps(office, today, plan_id=plan_id)}
    with office.ledger.read() as session:
        plan = plan_in_force(session, plan_id)
        asked = asked_months_in(session, plan.id, today, rule)
        duties = duties_in(session, plan.id, wanted=DutyFilter(settled=True), also=[Duty.done_on.is_(None)])
    items = [AgendaItem(row, light_of(row, asked, today, rule), steps.get(row.id)) for row in duties]
    talked_of = [item for item in items if item.light.word in _TALKED_OF or item.proposed_step is not None]
    return tuple(sorted(talked_of, key=lambda item: (item.light.colour is not Colour.RED, item.duty.order)))


def record_meeting(
    office: Office,
    *,
    month: str,
    held_on: date,
    place: str,
    chair: str,
    present: Sequence[str],
    decisions: Sequence[Decision],
    by: str,
    plan_id: str | None = None,
) -> str:
    """Record a meeting with what it decided, and return its id; moved dates and new tasks hold at once.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    month : str
        Month that was dispatched.
    held_on : date
        Legal day of the meeting.
    place, chair : str
        Where, and the office of who led it (never a person's name).
    present : sequence of str
        Ids of the bodies that took part.
    decisions : sequence of Decision
        In the order of the minutes.
    by : str
        Who records it.
    plan_id : str, optional
        By default the plan in force.

    Raises
    ------
    CallerError
        A body, duty or task that does not exist, or a decision that lacks what it needs.
    """
    month, at = checked_month(month), office.now()
    with office.ledger.write() as session:
        lock(session)
        plan = plan_in_force(session, plan_id)
        known = set(session.scalars(select(Organisation.id).where(Organisation.id.in_(list(present)))))
        if strange := [body for body in present if body not in known]:
            raise CallerError(
                "{strange} is no body of this workspace. Use ids as `lantian plan duties` shows them.",
                strange=", ".join(strange),
            )
        meeting = Meeting(
            id=str(uuid7(at)), plan_id=plan.id, held_on=held_on, month=month, place=place, chair=chair,
            present=list(dict.fromkeys(present)), items=[], recorded_by=by, recorded_at=at,
        )  # fmt: skip
        meeting.items = [
            _decide(session, plan.id, meeting.id, number, decision, by, at)
            for number, decision in enumerate(decisions, 1)
        ]
        session.add(meeting)
        append_entry(
            session, at=at, actor=by, kind="meeting.recorded", subject=f"meeting:{meeting.id}",
            payload={
                "month": month, "held_on": held_on, "present": meeting.present,
                "items": [{key: row[key] for key in ("duty", "body", "due", "task")} for row in meeting.items],
            },
        )  # fmt: skip
    return meeting.id


def write_minutes(office: Office, meeting_id: str, folder: Path, language: Translation, *, by: str) -> Path:
    """Write the minutes of a recorded meeting as Word and keep them as evidence.

    Raises
    ------
    CallerError
        No such meeting.
    """
    with office.ledger.write() as session:
        lock(session)
        meeting = session.get(Meeting, meeting_id)
        if meeting is None:
            raise CallerError("There is no meeting {meeting_id!r}. Record it first.", meeting_id=meeting_id)
        what = language.gettext(mark("Minutes of the dispatch meeting"))
        path = folder / f"{meeting.held_on.isoformat()} {what}.docx"
        _write(session, office, meeting, path, language)
        at = office.now()
        kept = office.files.put(path, path.name, given_by=by, at=at, session=session)
        meeting.file_id = kept.id
        office.files.link(session, kept.id, f"meeting:{meeting.id}", "", by=by, at=at)
    return path


# ---------------------------------------------------------------------------------------------- decisions


def _decide(
    session: Session, plan_id: str, meeting_id: str, number: int, decision: Decision, by: str, at: datetime
) -> dict[str, Any]:
    if not decision.words.strip():
        raise CallerError("Decision {number} has no words. Say what was decided.", number=number)
    duty = None
    if decision.duty_id is not None:
        duty = session.get(Duty, decision.duty_id)
        if duty is None or duty.plan_id != plan_id:
            raise CallerError(
                "Decision {number} names duty {duty_id!r}, which is not of this plan. Use the id of one that is.",
                number=number,
                duty_id=decision.duty_id,
            )
    task_id = None
    if decision.new_task:
        task_id = _add_task(session, duty, meeting_id, number, decision, by, at)
    elif decision.task_id is not None:
        task_id = _move_task(session, plan_id, meeting_id, number, decision, by, at)
    body = decision.organisation_id or (duty.organisation_id if duty is not None else None)
    return {
        "words": decision.words.strip(),
        "duty": decision.duty_id,
        "body": body,
        "due": None if decision.due is None else decision.due.isoformat(),
        "task": task_id,
    }


def _add_task(
    session: Session, duty: Duty | None, meeting_id: str, number: int, decision: Decision, by: str, at: datetime
) -> str:
    if duty is None or decision.due is None:
        raise CallerError(
            "Decision {number} makes a task, and a task needs the duty that it belongs to and a date. Give both.",
            number=number,
        )
    words = decision.words.strip()
    task = Task(
        id=str(uuid7(at)), plan_id=duty.plan_id, measure_id=duty.measure_id, tail=duty.tail,
        key=f"meeting-{meeting_id}-{number}", kind="deadline", title=words[:300], title_en=words[:300],
        due=decision.due, firm=True, unit="", scope="",
    )  # fmt: skip
    session.add(task)
    session.flush()
    refresh_due(session, duty.measure_id)
    append_entry(
        session, at=at, actor=by, kind="task.added", subject=f"task:{task.id}",
        payload={"meeting": meeting_id, "measure": duty.measure_id, "due": decision.due},
    )  # fmt: skip
    return task.id


def _move_task(
    session: Session, plan_id: str, meeting_id: str, number: int, decision: Decision, by: str, at: datetime
) -> str:
    task = session.get(Task, decision.task_id)
    if task is None or task.plan_id != plan_id or decision.due is None:
        raise CallerError(
            "Decision {number} moves task {task_id!r}; name a task of this plan and the date that it moves to.",
            number=number,
            task_id=decision.task_id,
        )
    before, task.due = task.due, decision.due
    session.flush()
    refresh_due(session, task.measure_id)
    append_entry(
        session, at=at, actor=by, kind="task.moved", subject=f"task:{task.id}",
        payload={"meeting": meeting_id, "before": {"due": before}, "after": {"due": decision.due}},
    )  # fmt: skip
    return task.id


# ---------------------------------------------------------------------------------------------- the document


def _write(session: Session, office: Office, meeting: Meeting, path: Path, language: Translation) -> None:
    chinese = language.is_chinese
    plan = required_plan(session, meeting.plan_id)
    names = _names(session, meeting, chinese)
    whole = office_name(office, _OFFICE_ZH if chinese else _OFFICE, language)
    document = WordDocument(
        language.format(
            mark("Minutes of the dispatch meeting of {month}"), month=month_text(meeting.month, language)
        ),
        subtitle=plan.title if chinese else plan.title_en or plan.title,
        simulated=office.simulated,
        language=language,
        red_head=whole,
    )
    joined = ("、" if chinese else ", ").join(names.get(body, body) for body in meeting.present)
    for message, value in (
        (mark("Held on: {value}"), day_text(meeting.held_on, language)),
        (mark("Place: {value}"), meeting.place),
        (mark("Chair: {value}"), meeting.chair),
        (mark("Present: {value}"), joined),
    ):
        document.paragraph(language.format(message, value=value))
    document.paragraph(
        language.format(
            mark("The meeting heard how the tasks of {month} stand, looked into what is late, and decided:"),
            month=month_text(meeting.month, language),
        )
    )
    duties = _duties(session, meeting)
    for number, item in enumerate(meeting.items, 1):
        document.paragraph(f"{number}. {_decision_text(item, duties, names, language)}")
    if not meeting.items:
        document.paragraph(language.gettext(mark("Nothing was decided.")))
    document.signature([whole, day_text(meeting.held_on, language)])
    document.save(path)


_OFFICE, _OFFICE_ZH = "Office of the Leading Group", "领导小组办公室"


def _names(session: Session, meeting: Meeting, chinese: bool) -> dict[str, str]:
    wanted = {*meeting.present, *(item["body"] for item in meeting.items if item["body"])}
    rows = session.scalars(select(Organisation).where(Organisation.id.in_(wanted)))
    return {row.id: row.name_zh if chinese else row.name_en for row in rows}


def _duties(session: Session, meeting: Meeting) -> dict[str, DutyRow]:
    wanted = [item["duty"] for item in meeting.items if item["duty"]]
    return {row.id: row for row in duties_in(session, meeting.plan_id, also=[Duty.id.in_(wanted)])}


def _decision_text(
    item: dict[str, Any], duties: dict[str, DutyRow], names: dict[str, str], language: Translation
) -> str:
    text = str(item["words"])
    duty = duties.get(item["duty"] or "")
    if duty is not None:
        title = duty.title if language.is_chinese else duty.title_en or duty.title
        text = language.format(
            mark("On task {number}, {title}: {words}"), number=duty.number, title=title, words=text
        )
    after = [names.get(item["body"], item["body"])] if item["body"] else []
    if item["due"]:
        day = day_text(date.fromisoformat(item["due"]), language)
        after.append(language.format(mark("by {day}"), day=day))
    if not after:
        return text
    stripped = text.rstrip("。.")
    return f"{stripped}（{'，'.join(after)}）。" if language.is_chinese else f"{stripped} ({', '.join(after)})."
