"""Which sheets went out, which came back, and one of them written again with what is known now (调度表台账)."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import func, select

from lantian.desk.language import Translation
from lantian.ledger.models import Duty, Organisation, Report, Sheet
from lantian.ledger.people import Scope
from lantian.loop.plan.dispatch.sheet_content import sheet_content
from lantian.loop.plan.dispatch.sheet_document import write_sheet_document
from lantian.loop.plan.dispatch.sheet_files import write_sheet_workbook
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import WHOLE_CITY, required_plan, rows_of
from lantian.terms.errors import CallerError

SHEET_FORMS = ("xlsx", "docx")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One sheet of one body for one month."""

    id: str
    month: str
    organisation_id: str
    organisation: str
    organisation_en: str
    issued_at: datetime
    due: date
    received_at: datetime | None
    reminded_at: datetime | None
    open: int
    """Settled duties of the body that are not done."""
    reported: int
    """Duties that were reported on for the month, on the sheet or in the browser."""

    def late(self, today: date) -> bool:
        """Whether it should be back and nothing was said."""
        return self.due < today and self.received_at is None and not self.reported


def list_sheets(
    office: Office, *, month: str | None = None, plan_id: str | None = None, scope: Scope = WHOLE_CITY
) -> tuple[SheetRow, ...]:
    """List the sheets of a plan, newest month first, within it by body."""
    open_duties = (
        select(func.count())
        .where(
            Duty.plan_id == Sheet.plan_id, Duty.organisation_id == Sheet.organisation_id, Duty.settled,
            Duty.done_on.is_(None),
        )
        .correlate(Sheet)
        .scalar_subquery()
    )  # fmt: skip
    reported = (
        select(func.count(func.distinct(Report.duty_id)))
        .join(Duty, Duty.id == Report.duty_id)
        .where(
            Duty.plan_id == Sheet.plan_id,
            Duty.organisation_id == Sheet.organisation_id,
            Report.month == Sheet.month,
        )
        .correlate(Sheet)
        .scalar_subquery()
    )  # fmt: skip
    asked = select(
        Sheet.id, Sheet.month, Sheet.organisation_id, Organisation.name_zh, Organisation.name_en, Sheet.issued_at,
        Sheet.due, Sheet.received_at, Sheet.reminded_at, open_duties, reported,
    ).join(Organisation, Organisation.id == Sheet.organisation_id)  # fmt: skip
    if month is not None:
        asked = asked.where(Sheet.month == month)
    if scope.bodies is not None:
        asked = asked.where(Sheet.organisation_id.in_(scope.bodies))
    with office.ledger.read() as session:
        asked = asked.where(Sheet.plan_id == required_plan(session, plan_id).id)
        return tuple(rows_of(session, SheetRow, asked.order_by(Sheet.month.desc(), Sheet.organisation_id)))


def write_sheet(
    office: Office, sheet_id: str, folder: Path, form: str, language: Translation, *, scope: Scope = WHOLE_CITY
) -> Path:
    """Write one sheet that went out again, with what is known now, as ``xlsx`` or ``docx``.

    Raises
    ------
    CallerError
        There is no such sheet within `scope`, or no such form.
    """
    if form not in SHEET_FORMS:
        raise CallerError("{form!r} is no form of a sheet. Ask for one of {forms}.", form=form, forms=SHEET_FORMS)
    with office.ledger.read() as session:
        sheet = session.get(Sheet, sheet_id)
        if sheet is None or not scope.covers(sheet.organisation_id):
            raise CallerError(
                "There is no sheet {sheet_id!r}. The list of sheets has those there are.", sheet_id=sheet_id
            )
        content = sheet_content(session, office, sheet, language)
    path = folder / f"{content.month} {content.organisation}.{form}".replace("/", "-")
    if form == "xlsx":
        write_sheet_workbook(path, content, language)
    else:
        write_sheet_document(path, content, language)
    return path
