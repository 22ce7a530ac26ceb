"""Admission of projects: submit, compute, refuse with the clause, decide, keep (项目准入).

An application is judged by the edition of its own date. What was computed is kept as it was computed; `recompute`
does it anew, with the air as it is evaluated by now.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.desk.language import Translation
from lantian.ledger import append_entry
from lantian.ledger.entries import canonical
from lantian.ledger.models import Admission
from lantian.loop.plan.admission.air import air_of
from lantian.loop.plan.admission.checks import check_application
from lantian.loop.plan.admission.outcome import OVERALL, CheckOutcome, Decision, Outcome
from lantian.loop.plan.admission.records import Application
from lantian.loop.plan.office import Office
from lantian.loop.plan.organisations import lock
from lantian.rules import AdmissionRule
from lantian.terms.errors import CallerError
from lantian.terms.ids import uuid7
from lantian.terms.words import mark

State = Literal["open", "passed", "refused", "withdrawn"]
_STATES = ("open", "passed", "refused", "withdrawn")


@dataclass(frozen=True, slots=True)
class AdmissionView:
    """One application with all that came of it."""

    id: str
    application: Application
    outcome: Outcome
    state: State
    submitted_by: str
    submitted_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    simulated: bool

    def cited(self) -> tuple[CheckOutcome, ...]:
        """List the checks that the decision cites, or, before one, those that fail."""
        if self.outcome.decision is None:
            return self.outcome.failing("must", "principle")
        return tuple(row for row in self.outcome.checks if row.key in self.outcome.decision.cited)

    def grounds(self, language: Translation) -> tuple[str, ...]:
        """Say each cited clause with what was found against it, one text a clause."""
        separator = "；" if language.is_chinese else "; "
        lines = []
        for row in self.cited():
            found = separator.join(said.text(language).rstrip("。.") for said in row.said)
            message = mark("{clause}. Found: {found}.")
            clause = row.clause_text(self.outcome.rule, language)
            lines.append(language.format(message, clause=clause, found=found))
        return tuple(lines)


def admission_rule(office: Office, on: date) -> AdmissionRule:
    """Return the checklist that judges an application of a day."""
    return office.rulebook.edition(AdmissionRule, "admission", on, office.choice)


def examine(office: Office, application: Application, *, today: date | None = None) -> Outcome:
    """Compute every check of an application without keeping anything.

    Raises
    ------
    CallerError
        A county that the city does not have, or a date that is yet to come.
    RuleError
        No edition holds on its date.
    """
    day = today or office.today()
    if application.county not in {row.adcode for row in office.city.counties}:
        raise CallerError(
            "{county} is no county of {city}. Write the adcode of the county in which the project lies.",
            county=application.county,
            city=office.city.name_en,
        )
    if application.applied_on > day:
        raise CallerError(
            "The application is dated {day}, which is yet to come. Correct its date.", day=application.applied_on
        )
    rule = admission_rule(office, application.applied_on)
    air, source = air_of(office, application.county, application.applied_on, application.air or ())
    return check_application(application, rule, air, source)


def submit(office: Office, application: Application, *, by: str, today: date | None = None) -> AdmissionView:
    """Take in an application, compute every check and keep both; the same once more is the one that is here.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    application : Application
        What the project says of itself.
    by : str
        Who hands it in.
    today : date, optional
        Legal day.

    Raises
    ------
    CallerError
        A county that the city does not have, or a date that is yet to come.
    """
    outcome, at = examine(office, application, today=today), office.now()
    told = application.model_dump(mode="json")
    with office.ledger.write() as session:
        lock(session)
        held = session.scalars(
            select(Admission).where(Admission.verdict == "open", Admission.name == application.name)
        )
        for row in held:
            if row.application == told:
                return _view(row)
        row = Admission(
            id=str(uuid7(at)), name=application.name, county=application.county, industry=application.industry,
            applicant=application.applicant, application=told, rule=outcome.rule,
            outcome=outcome.model_dump(mode="json"), verdict="open", submitted_by=by, submitted_at=at,
            simulated=office.simulated,
        )  # fmt: skip
        session.add(row)
        _enter(session, row, "admission.submitted", outcome, by, at)
        return _view(row)


def amend(
    office: Office, admission_id: str, application: Application, *, by: str, today: date | None = None
) -> AdmissionView:
    """Replace what an open application says, for instance with the papers that were missing, and compute it anew.

    Raises
    ------
    CallerError
        No such application, one that is decided, or another project than it was.
    """
    outcome, at = examine(office, application, today=today), office.now()
    with office.ledger.write() as session:
        lock(session)
        row = _open_row(session, admission_id)
        if (row.name, row.applicant) != (application.name, application.applicant):
            raise CallerError(
                "Application {id} is for {name} of {applicant}. Submit another project as its own application.",
                id=admission_id,
                name=row.name,
                applicant=row.applicant,
            )
        row.application = application.model_dump(mode="json")
        row.county, row.industry = application.county, application.industry
        row.rule, row.outcome = outcome.rule, outcome.model_dump(mode="json")
        _enter(session, row, "admission.amended", outcome, by, at)
        return _view(row)


def recompute(office: Office, admission_id: str, *, by: str, today: date | None = None) -> AdmissionView:
    """Compute an open application anew, by the edition of its own date and the air as evaluated by now.

    Raises
    ------
    CallerError
        No such application, or one that is decided.
    """
    with office.ledger.read() as session:
        application = Application.model_validate(_open_row(session, admission_id).application)
    outcome, at = examine(office, application, today=today), office.now()
    with office.ledger.write() as session:
        lock(session)
        row = _open_row(session, admission_id)
        if row.application != application.model_dump(mode="json"):
            raise CallerError(
                "Application {id} was amended while it was computed. Compute it again.", id=admission_id
            )
        told = outcome.model_dump(mode="json")
        if (row.rule, row.outcome) != (outcome.rule, told):
            row.rule, row.outcome = outcome.rule, told
            _enter(session, row, "admission.recomputed", outcome, by, at)
        return _view(row)


def decide(
    office: Office,
    admission_id: str,
    verdict: Literal["passed", "refused", "withdrawn"],
    reason: str = "",
    *,
    by: str,
    override: bool = False,
) -> AdmissionView:
    """Admit or refuse a project, or note that it was withdrawn; a refusal cites the clauses that it fails.

    Parameters
    ----------
    office : Office
        The air office at its desk.
    admission_id : str
        The application.
    verdict : str
        ``passed``, ``refused`` or ``withdrawn``.
    reason : str
        Why; needed to refuse what fails nothing, to pass what fails in principle, to override, and to withdraw.
    by : str
        Who decides.
    override : bool
        Whether to admit it although it fails what must be, or lacks papers; the entry says so.

    Raises
    ------
    CallerError
        No such application, one that is decided, an unknown verdict, or a decision that lacks its reason.
    """
    if verdict not in _STATES[1:]:
        raise CallerError(
            "{verdict!r} is no decision. Use one of {verdicts}.", verdict=verdict, verdicts=", ".join(_STATES[1:])
        )
    at, why = office.now(), reason.strip()
    with office.ledger.write() as session:
        lock(session)
        row = _open_row(session, admission_id)
        outcome = Outcome.model_validate(row.outcome)
        cited = _weigh(outcome, verdict, why, override=override)
        decision = Decision(override=override and verdict == "passed", cited=tuple(one.key for one in cited))
        outcome = outcome.model_copy(update={"decision": decision})
        row.outcome, row.verdict = outcome.model_dump(mode="json"), verdict
        row.decided_by, row.decided_at, row.reason = by, at, why or None
        append_entry(
            session, at=at, actor=by, kind=f"admission.{verdict}", subject=f"admission:{row.id}",
            payload={
                "rule": row.rule, "overall": outcome.overall, "override": decision.override, "reason": why,
                "cited": [{"check": one.key, "measure": one.measure, "verdict": one.verdict} for one in cited],
            },
        )  # fmt: skip
        return _view(row)


def find_admission(office: Office, admission_id: str) -> AdmissionView:
    """Return one application with all that came of it.

    Raises
    ------
    CallerError
        No such application.
    """
    with office.ledger.read() as session:
        return _view(_row(session, admission_id))


def list_admissions(
    office: Office, *, state: str | None = None, county: str | None = None, industry: str | None = None
) -> tuple[AdmissionView, ...]:
    """List applications, newest first."""
    if state is not None and state not in _STATES:
        raise CallerError("{state!r} is no state. Use one of {states}.", state=state, states=", ".join(_STATES))
    asked = select(Admission).order_by(Admission.submitted_at.desc(), Admission.id.desc())
    for column, wanted in (
        (Admission.verdict, state), (Admission.county, county), (Admission.industry, industry),
    ):  # fmt: skip
        if wanted is not None:
            asked = asked.where(column == wanted)
    with office.ledger.read() as session:
        return tuple(_view(row) for row in session.scalars(asked))


def overall_text(outcome: Outcome, language: Translation) -> str:
    """Say in one sentence what follows from all checks."""
    return language.gettext(OVERALL[outcome.overall])


# ---------------------------------------------------------------------------------------------- inside


def _weigh(outcome: Outcome, verdict: str, why: str, *, override: bool) -> Sequence[CheckOutcome]:
    """Return the checks that a decision cites, or refuse the decision."""
    against = outcome.failing("must", "principle")
    if verdict == "withdrawn":
        if not why:
            raise CallerError("A withdrawal is kept with its reason. Say why.")
        return ()
    if verdict == "refused":
        cited = against or outcome.open()
        if not cited and not why:
            raise CallerError("It fails nothing, so that a refusal has no clause to cite. Say why it is refused.")
        return cited
    must, missing = outcome.failing("must"), outcome.open()
    if (must or missing) and not override:
        raise CallerError(
            "It cannot be admitted: {failed}. Refuse it, ask for what is missing, or override with a reason.",
            failed=", ".join(f"{row.key} {row.verdict}" for row in (*must, *missing)),
        )
    if (against or missing) and not why:
        raise CallerError(
            "It does not meet {failed}. It may be admitted against that only with a reason; say why.",
            failed=", ".join(row.key for row in (*against, *missing)),
        )
    return (*against, *missing)


def _enter(session: Session, row: Admission, kind: str, outcome: Outcome, by: str, at: datetime) -> None:
    digest = hashlib.sha256(canonical(row.application).encode()).hexdigest()
    append_entry(
        session, at=at, actor=by, kind=kind, subject=f"admission:{row.id}",
        payload={
            "rule": outcome.rule, "county": row.county, "industry": row.industry, "application": digest,
            "overall": outcome.overall, "checks": {one.key: one.verdict for one in outcome.checks},
        },
    )  # fmt: skip


def _row(session: Session, admission_id: str) -> Admission:
    row = session.get(Admission, admission_id)
    if row is None:
        raise CallerError(
            "There is no application {id!r}. `lantian plan admission` lists those there are.", id=admission_id
        )
    return row


def _open_row(session: Session, admission_id: str) -> Admission:
    row = _row(session, admission_id)
    if row.verdict != "open":
        raise CallerError(
            "Application {id} was already decided: {verdict}. Submit it anew to have it examined again.",
            id=admission_id,
            verdict=row.verdict,
        )
    return row


def _view(row: Admission) -> AdmissionView:
    state: Any = row.verdict
    return AdmissionView(
        id=row.id,
        application=Application.model_validate(row.application),
        outcome=Outcome.model_validate(row.outcome),
        state=state,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        simulated=row.simulated,
    )
