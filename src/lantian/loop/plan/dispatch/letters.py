"""The letter for each step of the ladder: 提醒函, 通报, 督办函, 约谈通知书, as Word, kept as evidence."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import select

from lantian.desk.language import Translation
from lantian.desk.paper.word import WordDocument
from lantian.ledger.models import Duty, Escalation
from lantian.loop.plan.dispatch.sheet_layout import day_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.loop.plan.queries import duties_in, organisation_in, required_plan
from lantian.loop.plan.rows import DutyRow
from lantian.rules import DispatchRule, LadderStep
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

_OPENINGS: Mapping[str, str] = {
    "remind": mark(
        "The monthly dispatch of {plan} found that the duties below, which are yours, are late. You are reminded "
        "to bring them forward."
    ),
    "notice": mark(
        "The monthly dispatch of {plan} found that the duties below are still late after a reminder. This is made "
        "known to all bodies."
    ),
    "supervise": mark(
        "The duties below of {plan} are seriously late. They are put under listed supervision until they are done."
    ),
    "interview": mark(
        "The duties below of {plan} are long overdue, and the steps before brought no progress. Your body is "
        "called to an interview."
    ),
}
_DEMANDS: Mapping[str, str] = {
    "remind": mark("Please find the causes, take measures, and answer this office in writing by {day}."),
    "notice": mark("The bodies named report in writing by {day} what they have done; all others take heed."),
    "supervise": mark("Hand in a plan of correction by {day}: measures, dates, and who answers for each."),
    "interview": mark(
        "The interview is held by {chair} by {day} at the latest; time and place follow. Bring a report on "
        "causes, measures and dates."
    ),
}


def write_letter(
    office: Office,
    escalation_ids: Sequence[str],
    folder: Path,
    language: Translation,
    *,
    by: str,
    today: date,
    number: str = "",
) -> Path:
    """Write one letter for steps of one kind, keep it as evidence, and note it with each of them.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    escalation_ids : sequence of str
        Steps of one kind and one body; a step that goes to all may name several bodies.
    folder : Path
        Where the file goes.
    language : Translation
        Language of the letter.
    by : str
        Who writes it.
    today : date
        Legal day that stands on it.
    number : str
        Document number (发文字号), where the office gives one.

    Raises
    ------
    CallerError
        No such step, or steps that do not fit in one letter.
    """
    with office.ledger.write() as session:
        lock(session)
        asked = select(Escalation).where(Escalation.id.in_(list(escalation_ids)))
        rows = list(session.scalars(asked))
        if not rows or len(rows) != len(set(escalation_ids)):
            raise CallerError(
                "Not every step exists: {ids}. Use the ids that they were given.", ids=list(escalation_ids)
            )
        edition = office.rulebook.by_id(rows[0].rule)
        if not isinstance(edition, DispatchRule) or len({(row.step, row.rule) for row in rows}) != 1:
            raise CallerError("One letter is for steps of one kind. Write one for each kind.")
        step = edition.step(rows[0].step)
        plan_id = session.get_one(Duty, rows[0].duty_id).plan_id
        plan = required_plan(session, plan_id)
        duties = {
            row.id: row for row in duties_in(session, plan_id, also=[Duty.id.in_([r.duty_id for r in rows])])
        }
        places = {key: place for place, key in enumerate(duties)}
        rows.sort(key=lambda row: places[row.duty_id])
        bodies = list(dict.fromkeys(duties[row.duty_id].organisation_id for row in rows))
        if len(bodies) > 1 and not step.to_all:
            raise CallerError(
                "The {step} goes to one body at a time. Write one letter for each.", step=step.letter
            )
        title = plan.title if language.is_chinese else plan.title_en or plan.title
        body = organisation_in(session, bodies[0])
        known = "" if body is None else (body.full_name or body.name) if language.is_chinese else body.name_en
        address = language.gettext(_TO_ALL) if step.to_all else known
        name = step.letter_zh if language.is_chinese else step.letter
        whose = known.replace("/", "-") if len(bodies) == 1 else ""
        path = _free(folder, f"{today.isoformat()} {name} {whose}".strip())
        _write(path, office, step, rows, duties, title, address, number, today, language)
        kept = office.files.put(path, path.name, given_by=by, at=office.now(), session=session)
        for row in rows:
            row.file_id = kept.id
            office.files.link(session, kept.id, f"escalation:{row.id}", "", by=by, at=office.now())
    return path


def _free(folder: Path, name: str) -> Path:
    """Return a file that does not stand there yet: an earlier letter of the day is never written over."""
    path, count = folder / f"{name}.docx", 1
    while path.exists():
        count += 1
        path = folder / f"{name} {count}.docx"
    return path


_TO_ALL = mark("To all county and district governments and municipal departments concerned")


def office_name(office: Office, which: str, language: Translation) -> str:
    """Name the leading group or its office in full (长治市大气污染防治工作领导小组办公室)."""
    city = office.city.name_zh if language.is_chinese else office.city.name_en
    return language.format(mark("{which} for Air Pollution Control of {city}"), which=which, city=city)


def _write(
    path: Path,
    office: Office,
    step: LadderStep,
    rows: Sequence[Escalation],
    duties: Mapping[str, DutyRow],
    plan: str,
    address: str,
    number: str,
    today: date,
    language: Translation,
) -> None:
    chinese = language.is_chinese
    signed = office_name(office, step.signed_by_zh if chinese else step.signed_by, language)
    due = max(row.answer_due for row in rows)
    document = WordDocument(
        step.letter_zh if chinese else step.letter,
        simulated=office.simulated,
        language=language,
        red_head=signed,
        number=number,
    )
    document.paragraph(language.format(mark("{address}:"), address=address), indent=False)
    document.paragraph(language.format(_OPENINGS[step.key], plan=_quoted(plan) if chinese else plan))
    several = step.to_all or len({duties[row.duty_id].organisation_id for row in rows}) > 1
    heads = [mark("No."), *([mark("Body")] if several else []), mark("Key task"), mark("Due")]
    heads += [mark("Why this letter")]
    cells = [
        [
            place,
            *([_body(duties[row.duty_id], chinese)] if several else []),
            _title(duties[row.duty_id], chinese),
            duties[row.duty_id].due,
            row.reason,
        ]
        for place, row in enumerate(rows, 1)
    ]
    widths = [1.3, *([2.8] if several else []), 5.6, 2.6, 5.0]
    document.table([language.gettext(head) for head in heads], cells, widths_cm=widths)
    chair = step.held_by_zh if chinese else step.held_by
    document.paragraph(language.format(_DEMANDS[step.key], day=day_text(due, language), chair=chair))
    document.signature([signed, day_text(today, language)])
    document.save(path)


def _quoted(title: str) -> str:
    """Put a title in its marks; those within it become single ones (书名号)."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


def _body(duty: DutyRow, chinese: bool) -> str:
    return duty.organisation if chinese else duty.organisation_en


def _title(duty: DutyRow, chinese: bool) -> str:
    title = f"{duty.number}. {duty.title if chinese else duty.title_en or duty.title}"
    return title if duty.words == duty.title else f"{title}\n{duty.words}"
