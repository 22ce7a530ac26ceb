"""One returned file on its way into the ledger: whose it is, and row by row what becomes of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lantian.ledger import append_entry
from lantian.ledger.models import Duty, Measure, Plan, Project, Report, Sheet, Task
from lantian.loop.plan.dispatch.reporting import (
    Objection,
    ReportContent,
    issued_sheet,
    standing_objections,
    write_report,
)
from lantian.loop.plan.dispatch.sheet_cells import input_checksum
from lantian.loop.plan.dispatch.sheet_layout import (
    SAME,
    SAME_PROJECT,
    SheetLine,
    month_of_code,
    report_code,
    row_checksum,
    same_text,
)
from lantian.loop.plan.dispatch.sheet_meaning import ProjectContent, duty_meaning, project_meaning, said_twice
from lantian.loop.plan.dispatch.sheet_reading import ReturnedLine, ReturnedSheet, body_named_in
from lantian.loop.plan.office import Office
from lantian.loop.plan.queries import organisation_in
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark


@dataclass(frozen=True, slots=True)
class RejectedCell:
    """One cell that was not taken, and why."""

    cell: str
    """As Excel names it: ``K7``."""
    column: str
    """Key of the column."""
    value: str
    code: str
    """Stable name of the reason."""
    message: str
    """Message id: the reason and what to do."""
    values: dict[str, str | float | int | None]


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """One row that was not taken."""

    line: ReturnedLine
    cells: tuple[RejectedCell, ...]


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """What became of one file."""

    name: str
    digest: str
    organisation_id: str | None
    """Body whose sheet it is taken for."""
    taken: int = 0
    unchanged: int = 0
    """Rows that say what the ledger already holds."""
    untouched: int = 0
    """Rows that came back as they went out: not reported."""
    rejected: tuple[RejectedLine, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def rejects(self) -> tuple[RejectedCell, ...]:
        """Every cell that was not taken."""
        return tuple(cell for line in self.rejected for cell in line.cells)


def file_finding(code: str, path: Path, error: CallerError, severity: Severity) -> Finding:
    """Make a finding about a file of an error that must not stop the rest."""
    evidence: dict[str, str | float | int | None] = {key: str(value) for key, value in error.values.items()}
    return Finding(code, path.name, error.message, severity, evidence=evidence)


class _RejectionError(Exception):
    """The row is not taken, because of these cells."""

    def __init__(self, found: Iterable[Objection]) -> None:
        self.found = tuple(found)
        super().__init__()


def _reject(column: str, code: str, message: str, **values: str | float | int | None) -> _RejectionError:
    return _RejectionError([Objection(column, code, message, values)])


class Taking:
    """One file on its way into the ledger."""

    def __init__(
        self,
        office: Office,
        session: Session,
        sheet: ReturnedSheet,
        by: str,
        at: datetime,
        today: date,
        organisation: str | None,
    ) -> None:
        self.office, self.session, self.sheet = office, session, sheet
        self.by, self.at, self.today = by, at, today
        self.duties: dict[str, Duty] = {}
        self.projects: dict[str, Project] = {}
        self.plan_of: dict[str, str] = {}
        self.asked: set[str] = set()
        self.findings: list[Finding] = list(sheet.findings)
        self._index()
        self.sender = self._sender(organisation)
        self.twice = said_twice(sheet.lines)
        self.counts: Counter[str] = Counter()
        self.answered: dict[str, Sheet] = {}

    def run(self, path: Path) -> ReceivedFile:
        """Take in every line and say what became of each."""
        rejected: list[RejectedLine] = []
        for line in self.sheet.lines:
            try:
                self.counts[self._take(line)] += 1
            except _RejectionError as no:
                rejected.append(RejectedLine(line, tuple(_cell(line, row) for row in no.found)))
        self._sign_for(path, len(rejected))
        return ReceivedFile(
            self.sheet.name, self.sheet.digest, self.sender, self.counts["taken"], self.counts["unchanged"],
            self.counts["untouched"], tuple(rejected), tuple(self.findings),
        )  # fmt: skip

    # ------------------------------------------------------------------------------------------ whose is it

    def _index(self) -> None:
        """Find the duty or project of every code, for the months that were ever asked for."""
        wanted = {line.code for line in self.sheet.lines if line.code is not None}
        for month in sorted({month_of_code(code) for code in wanted}):
            plans = set(self.session.scalars(select(Sheet.plan_id).where(Sheet.month == month)))
            if not plans:
                continue
            self.asked.add(month)
            for duty in self.session.scalars(select(Duty).where(Duty.plan_id.in_(plans))):
                if (code := report_code("duty", duty.id, month)) in wanted:
                    self.duties[code] = duty
            asked = select(Project, Task.plan_id).join(Task, Task.id == Project.task_id)
            for project, plan_id in self.session.execute(asked.where(Task.plan_id.in_(plans))):
                if (code := report_code("project", project.id, month)) in wanted:
                    self.projects[code] = project
                    self.plan_of[code] = plan_id

    def _sender(self, organisation: str | None) -> str | None:
        """Return whose sheet it is: as told, else the hidden page, else the words above it, else most rows."""
        if self.sheet.tampered:
            message = mark("The hidden page was changed by hand; the rows were known by their codes alone.")
            self.findings.append(Finding("hidden_page_changed", self.sheet.name, message))
        if organisation is not None:
            return organisation
        if self.sheet.organisation_id is not None:
            return self.sheet.organisation_id
        named = body_named_in(self.sheet.head)
        found = organisation_in(self.session, named) if named else None
        if found is not None:
            return found.id
        owners = Counter(self._owner(line.code) for line in self.sheet.lines)
        owners.pop(None, None)
        return owners.most_common(1)[0][0] if owners else None

    def _owner(self, code: str | None) -> str | None:
        if code in self.duties:
            return self.duties[code].organisation_id
        return self.projects[code].organisation_id if code in self.projects else None

    # ------------------------------------------------------------------------------------------ one line

    def _take(self, line: ReturnedLine) -> str:
        code, month = self._known(line)
        self._check_beside(line, code)
        held = self.sheet.checksums.get(code)
        if held is not None and held[2] and held[2] == input_checksum(line.cells, project=line.project):
            return "untouched"
        if code in self.twice:
            other = ", ".join(str(row) for row in self.twice[code] if row != line.row)
            message = mark("The same report code stands in row {other} with other words. Leave only one.")
            raise _reject("code", "code_twice", message, other=other)
        if line.project:
            return self._take_project(line, code, month)
        return self._take_duty(line, self.duties[code], month)

    def _known(self, line: ReturnedLine) -> tuple[str, str]:
        """Return code and month of a row that is the sender's own, or say what is wrong with the code."""
        code = line.code
        month = month_of_code(code) if code is not None else ""
        if code is not None and month not in self.asked:
            message = mark("No sheet went out to this body for {month}. Report on a month that was asked for.")
            raise _reject("code", "month_not_issued", message, month=month)
        if code is None or code not in (self.projects if line.project else self.duties):
            message = mark("Nobody was given the report code {value}. Copy it again from the issued sheet.")
            raise _reject("code", "unknown_code", message, value=line.code_text)
        if self._owner(code) != self.sender:
            message = mark("This row is another body's. Take it out; its own body reports on it.")
            raise _reject("code", "foreign_duty", message)
        return code, month

    def _check_beside(self, line: ReturnedLine, code: str) -> None:
        """Refuse a row whose code and words were parted, as when only some columns were sorted."""
        keys = SAME_PROJECT if line.project else SAME
        held = self.sheet.checksums.get(code)
        item = self.projects[code] if line.project else self.duties[code]
        if held is not None and all(key in line.cells for key in keys):
            good = held[0] == item.id and held[1] == row_checksum(SheetLine(code, item.id, line.cells), keys)
        else:
            good = self._title_fits(line, item)
        if not good:
            message = mark(
                "Report code and words of this row belong to different duties. Put them together again."
            )
            raise _reject("code", "row_mixed", message)

    def _title_fits(self, line: ReturnedLine, item: Duty | Project) -> bool:
        """Whether the title beside the code is its own, where no hidden page says so."""
        if isinstance(item, Project):
            said = same_text(line.cells.get("name"))
            return not said or said == same_text(item.name)
        said, measure = same_text(line.cells.get("title")), self.session.get(Measure, item.measure_id)
        if not said or measure is None:
            return True
        titles = [same_text(title) for title in (measure.title, measure.title_en) if title]
        return any(said in {title, f"{same_text(measure.number)}.{title}"} for title in titles)

    def _take_duty(self, line: ReturnedLine, duty: Duty, month: str) -> str:
        content, faults = duty_meaning(line)
        if not (content.progress or content.problems or content.next_step) and self._carried_over(duty, content):
            return "untouched"
        if not self._held(duty, month, content):
            faults = list(standing_objections(self.session, duty, month)) or faults
        if faults:
            raise _RejectionError(faults)
        before = duty.share
        told = write_report(self.session, duty, month, content, by=self.by, at=self.at, source=self.sheet.digest)
        self._answer(duty.plan_id, month)
        if told.new and before is not None and content.share is not None and content.share < before:
            self._note_fall(line, before, content.share)
        return "taken" if told.new else "unchanged"

    def _held(self, duty: Duty, month: str, content: ReportContent) -> bool:
        """Whether the very same was reported for that month before: then nothing is asked of it any more."""
        asked = select(Report.id).where(
            Report.duty_id == duty.id, Report.month == month, Report.digest == content.digest
        )
        return self.session.scalars(asked.limit(1)).first() is not None

    def _carried_over(self, duty: Duty, content: ReportContent) -> bool:
        """Whether a row without words holds only what was known when it went out."""
        if content.claimed == "" and content.share is None and content.spent is None:
            return True
        asked = select(Report.claimed, Report.share, Report.spent).where(Report.duty_id == duty.id)
        return (content.claimed, content.share, content.spent) in {
            tuple(row) for row in self.session.execute(asked)
        }

    def _note_fall(self, line: ReturnedLine, before: Decimal, now: Decimal) -> None:
        self.findings.append(
            Finding(
                "share_fell",
                f"{self.sheet.name} {line.places.get('share', '')}".strip(),
                mark("The share done fell from {before} % to {now} %; ask whether that is meant."),
                evidence={"before": str(before), "now": str(now)},
            )
        )

    def _take_project(self, line: ReturnedLine, code: str, month: str) -> str:
        content, faults = project_meaning(line, self.today)
        if content.empty:
            return "untouched"
        plan_id = self.plan_of[code]
        if issued_sheet(self.session, plan_id, month, self.sender or "") is None:
            message = mark("No sheet went out to this body for {month}. Report on a month that was asked for.")
            raise _reject("code", "month_not_issued", message, month=month)
        if self.session.get_one(Plan, plan_id).state != "in_force":
            message = mark(
                "This sheet is of a plan that is no longer in force. Ask for a sheet of the one that is."
            )
            raise _reject("code", "plan_not_in_force", message)
        if faults:
            raise _RejectionError(faults)
        self._answer(plan_id, month)
        return self._change_project(self.projects[code], month, content)

    def _change_project(self, project: Project, month: str, content: ProjectContent) -> str:
        changed = {
            key: getattr(content, key)
            for key in ("state", "done_on", "spent", "note")
            if getattr(content, key) != getattr(project, key)
        }
        if not changed:
            return "unchanged"
        for key, value in changed.items():
            setattr(project, key, value)
        project.revision += 1
        project.changed_at, project.changed_by = self.at, self.by
        append_entry(
            self.session, at=self.at, actor=self.by, kind="project.reported", subject=f"project:{project.id}",
            payload={
                "month": month, "revision": project.revision,
                "changed": {key: value for key, value in changed.items() if key != "note"},
            },
        )  # fmt: skip
        return "taken"

    # ------------------------------------------------------------------------------------------ the sheet itself

    def _answer(self, plan_id: str, month: str) -> None:
        sheet = issued_sheet(self.session, plan_id, month, self.sender or "")
        if sheet is not None:
            self.answered[sheet.id] = sheet

    def _sign_for(self, path: Path, rejected: int) -> None:
        """Note that sheets came back, and keep the file as evidence, when it brought anything new."""
        if not self.counts["taken"]:
            return
        files, kept = self.office.files, None
        try:
            kept = files.put(path, self.sheet.name, given_by=self.by, at=self.at, session=self.session).id
        except CallerError as error:
            self.findings.append(file_finding("file_not_kept", path, error, Severity.WARNING))
        for sheet in self.answered.values():
            sheet.received_at = sheet.received_at or self.at
            if kept is not None:
                files.link(self.session, kept, f"sheet:{sheet.id}", "", by=self.by, at=self.at)
            append_entry(
                self.session, at=self.at, actor=self.by, kind="sheet.received", subject=f"sheet:{sheet.id}",
                payload={
                    "file": kept, "taken": self.counts["taken"], "unchanged": self.counts["unchanged"],
                    "untouched": self.counts["untouched"], "rejected": rejected,
                },
            )  # fmt: skip


def _cell(line: ReturnedLine, found: Objection) -> RejectedCell:
    place = line.places.get(found.column, f"A{line.row}")
    value = line.cells.get(found.column) or ""
    return RejectedCell(place, found.column, value, found.code, found.message, dict(found.values))
