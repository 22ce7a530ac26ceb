"""A body reports on a duty in the browser: what was done, how far, with photos and papers."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from starlette.responses import Response

from lantian.desk.language import error_text
from lantian.loop.plan.dispatch.reporting import LONGEST, Evidence, ReportContent, report_progress
from lantian.loop.plan.dispatch.sheet_content import WAN
from lantian.loop.plan.views.duty_history import DutyHistory
from lantian.terms.errors import CallerError
from lantian.terms.words import mark
from lantian.web.guards import Forbidden, visit
from lantian.web.pages.plan.duties import history_of
from lantian.web.pages.plan.files import in_folder, saved
from lantian.web.pages.plan.looking import CLAIMS, Desk
from lantian.web.permissions import May
from lantian.web.visiting import Visit

router = APIRouter(prefix="/plan")
Reporter = Annotated[Visit, visit(May.REPORT_PROGRESS)]
_MOST_FILES = 20
_LONG = Form(max_length=LONGEST * 2)
ACCEPTED = ".jpg,.jpeg,.png,.webp,.pdf,.docx,.xlsx,.mp4"


@router.get("/duties/{duty_id}/report")
def report_page(visit: Reporter, duty_id: str, month: str = "") -> Response:
    """Show the form of a report."""
    desk = Desk(visit)
    seen = _mine(desk, duty_id)
    newest = seen.reports[0].report if seen.reports else None
    given = {
        "month": month or (seen.months[0] if seen.months else ""),
        "claimed": "" if newest is None else newest.claimed,
        "share": "" if newest is None or newest.share is None else f"{newest.share.normalize():f}",
        "progress": "", "problems": "", "next_step": "", "spent": "",
    }  # fmt: skip
    if newest is not None and newest.month == given["month"]:
        given |= {
            "progress": newest.progress, "problems": newest.problems, "next_step": newest.next_step,
            "spent": "" if newest.spent is None else f"{(newest.spent / WAN).normalize():f}",
        }  # fmt: skip
    return _form(desk, seen, given)


@router.post("/duties/{duty_id}/report")
def take_report(  # the fields of the form
    visit: Reporter,
    duty_id: str,
    month: Annotated[str, Form(max_length=7)],
    claimed: Annotated[str, Form(max_length=20)] = "",
    progress: Annotated[str, _LONG] = "",
    share: Annotated[str, Form(max_length=20)] = "",
    problems: Annotated[str, _LONG] = "",
    next_step: Annotated[str, _LONG] = "",
    spent: Annotated[str, Form(max_length=20)] = "",
    files: list[UploadFile] | None = None,
) -> Response:
    """Take a report with its evidence, all or nothing."""
    desk = Desk(visit)
    seen = _mine(desk, duty_id)
    given = {
        "month": month, "claimed": claimed, "share": share, "progress": progress, "problems": problems,
        "next_step": next_step, "spent": spent,
    }  # fmt: skip
    try:
        money = _number(spent)
        content = ReportContent(
            progress.replace("\r\n", "\n").strip(), claimed, _number(share), problems.strip(), next_step.strip(),
            None if money is None else money * WAN,
        )  # fmt: skip
        told = report_progress(
            desk.office, duty_id, month, content, by=visit.login,
            organisation=seen.view.duty.organisation_id, evidence=_evidence(files or []),
        )  # fmt: skip
    except CallerError as error:
        return _form(desk, seen, given, fault=error_text(error, visit.language), status=400)
    said = mark("Reported; the city's office reviews it.") if told.new else mark("The same was reported before.")
    return visit.back(f"/plan/duties/{duty_id}", visit.say(said))


def _mine(desk: Desk, duty_id: str) -> DutyHistory:
    seen = history_of(desk, duty_id)
    if not desk.may_report(seen.view.duty.organisation_id):
        raise Forbidden(
            "This duty is another body's, so this account cannot report on it. Choose one of your own."
        )
    return seen


def _form(desk: Desk, seen: DutyHistory, given: dict[str, str], *, fault: str = "", status: int = 200) -> Response:
    visit = desk.visit
    returned = next((one for one in seen.reports if one.report.review == "returned"), None)
    newest = seen.reports[0] if seen.reports else None
    return visit.page(
        "plan/report.html", title=visit.say(mark("What was done this month?")), status=status, desk=desk,
        seen=seen, row=seen.view.duty, given=given, fault=fault, accepted=ACCEPTED,
        returned=returned if newest is not None and newest is returned else None, before=newest,
        months=[(month, month) for month in seen.months],
        claims=[(key, desk.word(CLAIMS, key)) for key in CLAIMS],
    )  # fmt: skip


def _number(text: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        value = Decimal(text.strip().replace(",", "").rstrip("%"))
    except InvalidOperation as error:
        raise CallerError("{text!r} is no number. Write digits only.", text=text) from error
    if not value.is_finite():
        raise CallerError("{text!r} is no number. Write digits only.", text=text)
    return value


def _evidence(files: list[UploadFile]) -> list[Evidence]:
    chosen = [file for file in files if file.filename]
    if len(chosen) > _MOST_FILES:
        raise CallerError(
            "At most {most} files come with one report. Send the rest with another.", most=_MOST_FILES
        )
    found = []
    with in_folder() as folder:
        for place, file in enumerate(chosen):
            (folder / str(place)).mkdir()
            path = saved(file, folder / str(place))
            found.append(Evidence(path.name, path.read_bytes()))
    return found
