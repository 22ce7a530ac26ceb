"""Rows of the duty list and the dispatch table, and what is printed beside every table of this room."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lantian import __version__
from lantian.desk.language import Translation
from lantian.ledger.chain import day_head
from lantian.loop.plan.dispatch.letters import office_name
from lantian.loop.plan.dispatch.lights import LightWord
from lantian.loop.plan.dispatch.sheet_layout import day_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.rows import PlanRow, TaskRow
from lantian.loop.plan.views.duty_views import DutyView
from lantian.loop.plan.views.light_looks import reason_text
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class DutyListRow:
    """One line of the duty list (责任清单)."""

    number: str
    """Of the measure."""
    section: str
    title: str
    role: str
    """``lead``, ``cooperate`` or ``implement``."""
    organisation: str
    via: str
    words: str
    tasks: str
    due: date | None
    claimed: str | None
    share: Decimal | None
    """[%]"""
    reported_month: str | None
    light: LightWord
    reason: str
    done_on: date | None
    duty_id: str
    organisation_id: str


def duty_list_row(view: DutyView, language: Translation) -> DutyListRow:
    """Write one duty as a line in the reader's language."""
    duty = view.duty
    return DutyListRow(
        number=duty.number,
        section=named(duty.section_title, duty.section_title_en, language),
        title=named(duty.title, duty.title_en, language),
        role=duty.role,
        organisation=named(duty.organisation, duty.organisation_en, language),
        via=duty.via,
        words=duty.words,
        tasks=tasks_text(view.tasks, language),
        due=duty.due,
        claimed=duty.claimed,
        share=duty.share,
        reported_month=duty.reported_month,
        light=view.light.word,
        reason=reason_text(view.light, language),
        done_on=duty.done_on,
        duty_id=duty.id,
        organisation_id=duty.organisation_id,
    )


def named(chinese: str, english: str, language: Translation) -> str:
    """Return the name in the reader's language; the Chinese one where there is no English one."""
    return chinese if language.is_chinese or not english else english


def tasks_text(tasks: Sequence[TaskRow], language: Translation) -> str:
    """Write tasks one below the other, each with its date; two that read alike are written once."""
    lines = []
    for task in tasks:
        name = named(task.title, task.title_en, language)
        if task.due is None:
            lines.append(name)
        else:
            lines.append(language.format(mark("{task} (by {day})"), task=name, day=day_text(task.due, language)))
    return "\n".join(dict.fromkeys(lines))


def unit_line(office: Office, language: Translation) -> str:
    """Write who made a table (编制单位)."""
    return language.format(mark("Made by: {office}"), office=leading_office(office, language))


def date_line(today: date, language: Translation) -> str:
    """Write when a table was made (制表日期)."""
    return language.format(mark("Date: {day}"), day=day_text(today, language))


def leading_office(office: Office, language: Translation) -> str:
    """Name the office that runs the dispatch: that of the leading group (领导小组办公室)."""
    return office_name(office, language.gettext(mark("Office of the Leading Group")), language)


def how_made(
    office: Office, title: str, plan: PlanRow, today: date, language: Translation, notes: Sequence[str] = ()
) -> list[tuple[str, str]]:
    """Say what a reader must know to make a table of duties again."""
    say = language.gettext
    rule = office.dispatch_rule(today)
    head = day_head(office.ledger, today, office.city.zone)
    edition = language.format(mark("{plan}, edition {edition}"), plan=named(plan.title, plan.title_en, language),
                              edition=plan.edition)  # fmt: skip
    simulated = mark("SIMULATED data, never measured") if office.simulated else mark("Reported data")
    city = office.city.name_zh if language.is_chinese else office.city.name_en
    rows = [
        (say(mark("Title")), title),
        (say(mark("City")), city),
        (say(mark("Plan")), edition),
        (say(mark("Lights as of")), day_text(today, language)),
        (say(mark("Kind of data")), say(simulated)),
        (say(mark("Source tables")), "plans, measures, duties, tasks, reports, escalations"),
        (
            say(mark("Rule edition")),
            language.format(
                mark("{title} ({id}), confidence {confidence}; {source}"),
                title=rule.title_zh if language.is_chinese else rule.title,
                id=rule.id,
                confidence=rule.confidence,
                source=rule.source,
            ),
        ),
        (say(mark("Chain of decisions")), str(head)),
        (say(mark("Program version")), __version__),
        (say(mark("Made at")), office.now().astimezone(office.city.zone).isoformat(sep=" ", timespec="seconds")),
    ]
    return rows + [(say(mark("Note")), text) for text in notes]
