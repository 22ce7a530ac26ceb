"""The answer to an application as Word: facts, every check with figures, the decision (项目准入审核意见)."""

from collections.abc import Iterator
from pathlib import Path

from lantian.desk.language import Translation
from lantian.desk.paper.word import WordDocument
from lantian.loop.plan.admission.applications import AdmissionView, find_admission, overall_text
from lantian.loop.plan.admission.outcome import BINDINGS, VERDICTS, CheckOutcome
from lantian.loop.plan.admission.words import INDUSTRIES, KINDS
from lantian.loop.plan.dispatch.letters import office_name
from lantian.loop.plan.dispatch.sheet_layout import day_text
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.terms.words import mark

_OFFICE, _OFFICE_ZH = "Office of the Leading Group", "领导小组办公室"
_FILLS = {"pass": "#E4F3EA", "fail": "#FBE3E0", "needs_documents": "#FFF4D6"}
_DECIDED = {
    "passed": mark("After examination the project is admitted."),
    "refused": mark("After examination the project is not admitted."),
    "withdrawn": mark("The application was withdrawn."),
    "open": mark("This is a draft: the application is not decided yet."),
}


def write_opinion(office: Office, admission_id: str, folder: Path, language: Translation, *, by: str) -> Path:
    """Write the opinion on an application and keep it as evidence.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    admission_id : str
        The application; before it is decided the opinion is a draft.
    folder : Path
        Where the file goes.
    language : Translation
        Language of the opinion.
    by : str
        Who writes it.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    CallerError
        No such application.
    HouseError
        When the disk refuses.
    """
    view = find_admission(office, admission_id)
    title = language.gettext(mark("Opinion on the admission of a project"))
    name = f"{title} {view.application.name}".translate(_UNSAFE)[:120]
    path = folder / f"{name} {view.id[-6:]}.docx"
    _write(path, office, view, title, language)
    at = office.now()
    with office.ledger.write() as session:
        lock(session)
        kept = office.files.put(path, path.name, given_by=by, at=at, session=session)
        office.files.link(session, kept.id, f"admission:{view.id}", "", by=by, at=at)
    return path


_UNSAFE = str.maketrans(dict.fromkeys('/\\:*?"<>|', "-"))


def _write(path: Path, office: Office, view: AdmissionView, title: str, language: Translation) -> None:
    chinese, say = language.is_chinese, language.gettext
    signed = office_name(office, _OFFICE_ZH if chinese else _OFFICE, language)
    document = WordDocument(
        title,
        subtitle=f"（{view.application.name}）" if chinese else view.application.name,
        simulated=view.simulated,
        language=language,
    )
    document.heading(say(mark("I. The project")))
    for label, value in _facts(office, view, language):
        document.paragraph(language.format(mark("{label}: {value}"), label=say(label), value=value))
    document.heading(say(mark("II. By what it was examined")))
    _basis(document, view, language)
    document.heading(say(mark("III. Every check")))
    _checks(document, view, language)
    document.heading(say(mark("IV. Opinion")))
    _opinion(document, view, language)
    day = office.lake.day_of(view.decided_at or office.now())
    document.signature([signed, day_text(day, language)])
    document.save(path)


def _facts(office: Office, view: AdmissionView, language: Translation) -> Iterator[tuple[str, str]]:
    application, say = view.application, language.gettext
    county = office.city.county(application.county)
    yield mark("Name of the project"), application.name
    yield mark("Applicant"), application.applicant
    yield mark("County"), county.name_zh if language.is_chinese else county.name_en
    yield mark("Industry"), say(INDUSTRIES[application.industry])
    yield mark("Kind of project"), say(KINDS[application.kind])
    yield mark("Date of the application"), day_text(application.applied_on, language)
    if application.starts_on is not None:
        yield mark("Planned day on which it runs"), day_text(application.starts_on, language)


def _basis(document: WordDocument, view: AdmissionView, language: Translation) -> None:
    outcome = view.outcome
    document.paragraph(
        language.format(
            mark("It was examined by: {rule} ({id})."), rule=outcome.rule_title.of(language), id=outcome.rule
        )
    )
    document.paragraph(
        language.format(
            mark("State of the air: {source}."), source=outcome.air_source.text(language).rstrip("。.")
        )
    )
    for note in outcome.notes:
        document.paragraph(note.text(language))


def _checks(document: WordDocument, view: AdmissionView, language: Translation) -> None:
    heads = [mark("No."), mark("Check"), mark("Measure"), mark("Figures"), mark("Found"), mark("Verdict")]
    rows = [
        [
            number,
            row.title.of(language) + _binding(row, language),
            row.measure,
            "\n".join(one.text(language) for one in row.figures) or None,
            "\n".join(said.text(language) for said in row.said),
            language.gettext(VERDICTS[row.verdict]),
        ]
        for number, row in enumerate(view.outcome.checks, 1)
    ]
    fills = {language.gettext(VERDICTS[key]): colour for key, colour in _FILLS.items()}
    document.table(
        [language.gettext(head) for head in heads], rows, widths_cm=[1.2, 2.3, 1.6, 4.8, 4.1, 1.6], fills=fills
    )
    idle = view.outcome.not_applicable
    if idle:
        document.foot(
            language.format(mark("{n} further checks have nothing to look at in this project."), n=len(idle))
        )


def _binding(row: CheckOutcome, language: Translation) -> str:
    if row.binding == "must":
        return ""
    word = language.gettext(BINDINGS[row.binding])
    return f"（{word}）" if language.is_chinese else f" ({word})"


def _opinion(document: WordDocument, view: AdmissionView, language: Translation) -> None:
    document.paragraph(overall_text(view.outcome, language))
    document.paragraph(language.gettext(_DECIDED[view.state]), bold=True)
    decision = view.outcome.decision
    if decision is not None and decision.override:
        document.paragraph(
            language.gettext(
                mark("It is admitted expressly against the checks that follow, for the reason given.")
            )
        )
    for number, text in enumerate(view.grounds(language), 1):
        document.paragraph(f"{number}. {text}")
    if view.reason:
        document.paragraph(language.format(mark("Reason: {reason}"), reason=view.reason))
