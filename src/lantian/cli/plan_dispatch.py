"""``lantian plan duties|status|sheets|receive|review|escalate|minutes|projects``: the round of a month."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_reading import By, default_actor
from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    cell,
    console,
    day,
    opened,
    progress_bar,
    show_json,
    words,
)
from lantian.desk.language import Translation, finding_text, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.plan.receiving import ReceivedFile

app = typer.Typer()
PlanOption = Annotated[str | None, typer.Option(help=mark("Id of the plan; by default the one in force."))]
TodayOption = Annotated[
    str | None, typer.Option("--today", help=mark("Legal day that it is asked for; by default today."))
]
Month = Annotated[str, typer.Option("--month", help=mark("Month that is reported on, 2024-10."))]
_LISTED = 30


def asked_day(house: "House", text: str | None) -> date:
    """Return the legal day that was asked for, by default the clock's."""
    return day(text) or house.office().today()


@app.command("duties", help=mark("All duties of one body: light, date and reason."))
def duties(
    body: Annotated[str, typer.Option("--body", help=mark("Name, id or county code of the body."))],
    plan: PlanOption = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show all duties of one body: light, date and reason."""
    from lantian.cli.plan_pages import show_duties

    with opened(workspace) as house:
        show_duties(house, body, plan, words(), asked_day(house, today), as_json=as_json)


@app.command("status", help=mark("How the plan stands: lights, targets, what is late and what comes soon."))
def status(
    plan: PlanOption = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show how the plan stands: lights, targets, what is late and what comes soon."""
    from lantian.cli.plan_pages import show_status

    with opened(workspace) as house:
        show_status(house, plan, words(), asked_day(house, today), as_json=as_json)


@app.command("sheets", help=mark("Write the month's dispatch sheets, one Excel and one Word file per body."))
def sheets(
    month: Month,
    body: Annotated[list[str] | None, typer.Option(help=mark("Only this body; may be repeated."))] = None,
    out: Annotated[
        Path | None, typer.Option(help=mark("Folder; by default exports/sheets of the workspace."))
    ] = None,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the month's dispatch sheets, one Excel and one Word file per body."""
    from lantian.cli.plan_pages import known_body
    from lantian.loop.plan.sheets import issue_sheets

    language = words()
    with opened(workspace) as house:
        folder = out or house.folder / "exports" / "sheets" / month
        folder.mkdir(parents=True, exist_ok=True)
        with progress_bar(language.gettext("Writing sheets"), quiet=as_json) as progress:
            progress(0.1, "")
            issued = issue_sheets(
                house.office(), month, by=by or default_actor(), today=asked_day(house, today), folder=folder,
                language=language, organisations=body and [known_body(house, name) for name in body], plan_id=plan,
            )  # fmt: skip
            progress(1.0, "")
    if as_json:
        show_json(
            {
                "month": issued.month, "due": issued.due, "rule": issued.rule,
                "sheets": [
                    {"organisation": row.organisation_id, "name": row.organisation, "duties": row.duties,
                     "projects": row.projects, "new": row.new, "workbook": row.workbook, "document": row.document}
                    for row in issued.sheets
                ],
            }
        )  # fmt: skip
        return
    new = sum(row.new for row in issued.sheets)
    console().print(
        language.format(
            mark("{count} sheets for {month} in {folder}, {new} of them new; they are due back on {due}."),
            count=len(issued.sheets), month=issued.month, folder=folder, new=new, due=issued.due,
        ),
        soft_wrap=True,
    )  # fmt: skip
    for finding in issued.findings:
        console().print(f"  [dim]{escape(finding_text(finding, language))}[/]")


@app.command(
    "receive", help=mark("Take in sheets that came back; what is wrong is listed by cell, the rest is taken.")
)
def receive(
    files: Annotated[list[Path], typer.Argument(help=mark("Sheets as they came back: .xlsx, .xls or .csv."))],
    body: Annotated[str | None, typer.Option(help=mark("Id of the body that hands them in."))] = None,
    out: Annotated[Path | None, typer.Option(help=mark("Folder for the rows to be mended."))] = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take in sheets that came back; what is wrong is listed by cell, the rest is taken."""
    from lantian.cli.plan_pages import known_body
    from lantian.loop.plan.receiving import receive_files
    from lantian.loop.plan.rejects import write_rejects

    language = words()
    with opened(workspace) as house:
        office = house.office()
        received = receive_files(
            office,
            files,
            by=by or default_actor(),
            today=asked_day(house, today),
            organisation=body and known_body(house, body),
        )
        folder = out or house.folder / "exports" / "sheets" / "rejects"
        folder.mkdir(parents=True, exist_ok=True)
        back = [write_rejects(office, row, folder, language) for row in received.files]
    if as_json:
        show_json(
            {
                "files": [
                    _received_record(row, path, language) for row, path in zip(received.files, back, strict=True)
                ]
            }
        )
    else:
        for row, path in zip(received.files, back, strict=True):
            _show_received(row, path, language)
    if received.rejects or any(row.findings for row in received.files):
        raise typer.Exit(code=2)


def _received_record(row: "ReceivedFile", path: Path | None, language: Translation) -> dict[str, Any]:
    return {
        "file": row.name,
        "organisation": row.organisation_id,
        "taken": row.taken,
        "unchanged": row.unchanged,
        "untouched": row.untouched,
        "rejected": [
            {
                "cell": one.cell, "column": one.column, "value": one.value, "code": one.code,
                "message": language.format(one.message, **one.values),
            }
            for one in row.rejects
        ],
        "findings": [finding_text(one, language) for one in row.findings],
        "to_be_mended": path,
    }  # fmt: skip


def _show_received(row: "ReceivedFile", path: Path | None, language: Translation) -> None:
    screen = console()
    said = language.format(
        mark("{file}: {taken} taken, {unchanged} known already, {untouched} not filled in, {rejected} rejected"),
        file=row.name, taken=row.taken, unchanged=row.unchanged, untouched=row.untouched,
        rejected=len(row.rejected),
    )  # fmt: skip
    screen.print(f"[{'yellow' if row.rejected or row.findings else 'green'}]{escape(said)}[/]")
    for finding in row.findings:
        screen.print(f"  {escape(finding_text(finding, language))}")
    if row.rejects:
        table = Table(pad_edge=False)
        for name in (mark("Cell"), mark("Value"), mark("Why, and what to do")):
            table.add_column(language.gettext(name), overflow="fold")
        for one in row.rejects[:_LISTED]:
            table.add_row(one.cell, escape(one.value), escape(language.format(one.message, **one.values)))
        screen.print(table)
    if path is not None:
        screen.print(language.format(mark("To be mended and sent back: {file}"), file=path), soft_wrap=True)


@app.command(
    "review", help=mark("List reports that wait for a review; accept them, or return one with its reason.")
)
def review(
    accept: Annotated[list[str] | None, typer.Option(help=mark("Id of a report to accept, or `all`."))] = None,
    back: Annotated[str | None, typer.Option("--return", help=mark("Id of a report to return."))] = None,
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; it stands on the next sheet."))] = "",
    month: Annotated[str | None, typer.Option(help=mark("Only reports for this month."))] = None,
    body: Annotated[str | None, typer.Option(help=mark("Only reports of this body (id)."))] = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List reports that wait for a review; accept them, or return one with its reason."""
    from lantian.loop.plan.reviewing import accept_reports, list_pending, return_report

    language = words()
    with opened(workspace) as house:
        office, actor = house.office(), by or default_actor()
        accepted = None
        if back is not None:
            return_report(office, back, reason=reason, by=actor)
        if accept:
            waiting = list_pending(office, month=month, organisation=body)
            chosen = [row.id for row in waiting] if "all" in accept else accept
            accepted = accept_reports(office, chosen, by=actor, today=asked_day(house, today))
        pending = list_pending(office, month=month, organisation=body)
    if as_json:
        show_json(
            {
                "accepted": [] if accepted is None else list(accepted.reports),
                "duties_done": [] if accepted is None else list(accepted.duties_done),
                "held": [] if accepted is None else [
                    {"report": row.report_id, "why": language.format(row.message, **row.values)}
                    for row in accepted.held
                ],
                "pending": [
                    {"id": row.id, "month": row.month, "organisation": row.organisation_id, "measure": row.number,
                     "title": row.title, "role": row.role, "claimed": row.claimed, "share": row.share,
                     "progress": row.progress}
                    for row in pending
                ],
            }
        )  # fmt: skip
        return
    screen = console()
    if accepted is not None:
        screen.print(
            language.format(
                mark("{reports} reports accepted, {duties} duties done by it."),
                reports=len(accepted.reports), duties=len(accepted.duties_done),
            ),
            style="green",
        )  # fmt: skip
        for held in accepted.held:
            screen.print(f"  [yellow]{escape(language.format(held.message, **held.values))}[/]")
    if not pending:
        screen.print(language.gettext("No report waits for a review."))
        return
    table = Table(title=language.format(mark("{count} reports wait"), count=len(pending)), title_justify="left")
    for name in (mark("Id"), mark("Month"), mark("Body"), mark("Measure"), mark("Says"), mark("Progress")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in pending[:_LISTED]:
        share = "" if row.share is None else f" {row.share} %"
        table.add_row(
            row.id, row.month, escape(row.organisation), escape(f"{row.number} {row.title}"),
            language.gettext(row.claimed) + share, escape(row.progress),
        )  # fmt: skip
    screen.print(table)


@app.command("escalate", help=mark("The ladder: what is due, remind all, take a step with its letter, lift."))
def escalate_duty(
    duty: Annotated[
        str | None, typer.Argument(help=mark("Id of a duty; without one what the rule proposes."))
    ] = None,
    step: Annotated[
        str | None, typer.Option(help=mark("Step to take: remind, notice, supervise or interview."))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; it stands in the letter."))] = "",
    jump: Annotated[bool, typer.Option("--jump", help=mark("Although steps below were left out."))] = False,
    remind: Annotated[
        bool, typer.Option("--remind-all", help=mark("Remind everybody the rule finds late."))
    ] = False,
    lifted: Annotated[bool, typer.Option("--lift", help=mark("Lift the standing steps of the duty."))] = False,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show the ladder: what is due, remind all, take a step with its letter, lift."""
    from lantian.loop.plan.escalation import due_steps, escalate, lift, remind_all
    from lantian.loop.plan.letters import write_letter

    language = words()
    with opened(workspace) as house:
        office, actor, on = house.office(), by or default_actor(), asked_day(house, today)
        if remind:
            done = remind_all(office, on, actor, plan_id=plan, language=language)
            tell(
                language.format(
                    mark("{steps} duties reminded, {sheets} sheets asked for again, {messages} messages to send."),
                    steps=len(done.escalations), sheets=len(done.sheets), messages=done.messages,
                ),
                {"reminded": len(done.escalations), "sheets": len(done.sheets), "messages": done.messages},
                as_json=as_json,
            )  # fmt: skip
            return
        if duty is not None and lifted:
            ids = lift(office, duty, by=actor, because=reason)
            said = language.format(mark("{count} steps lifted."), count=len(ids))
            tell(said, {"lifted": list(ids)}, as_json=as_json)
            return
        if duty is not None:
            if step is None:
                raise CallerError("Say which step with --step: remind, notice, supervise or interview.")
            taken = escalate(office, duty, step, by=actor, reason=reason, today=on, jump=jump)
            folder = house.folder / "exports" / "letters"
            folder.mkdir(parents=True, exist_ok=True)
            path = write_letter(office, [taken], folder, language, by=actor, today=on)
            said = language.format(mark("Taken; the letter is {file}."), file=path)
            tell(said, {"escalation": taken, "letter": path}, as_json=as_json)
            return
        proposed = due_steps(office, on, plan_id=plan)
    if as_json:
        show_json(
            {
                "proposed": [
                    {"duty": row.duty.id, "measure": row.duty.number, "body": row.duty.organisation,
                     "step": row.step, "reasons": [one.text(language) for one in row.reasons], "rule": row.rule}
                    for row in proposed
                ]
            }
        )  # fmt: skip
        return
    _show_proposed(proposed, language)


def tell(said: str, record: dict[str, Any], *, as_json: bool) -> None:
    """Print what was done, as words or as JSON."""
    if as_json:
        show_json(record)
    else:
        console().print(said, soft_wrap=True)


def _show_proposed(proposed: Sequence[Any], language: Translation) -> None:
    screen = console()
    if not proposed:
        screen.print(language.gettext("The rule proposes no step today."), style="green")
        return
    title = language.format(mark("{count} steps are due"), count=len(proposed))
    table = Table(title=title, title_justify="left", pad_edge=False)
    for name in (mark("Duty"), mark("Measure"), mark("Body"), mark("Step"), mark("Because")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in proposed[:_LISTED]:
        name = row.duty.organisation if language.is_chinese else row.duty.organisation_en or row.duty.organisation
        table.add_row(
            row.duty.id, f"{row.duty.number}.{row.duty.tail}", escape(name), language.gettext(row.step),
            escape("; ".join(one.text(language) for one in row.reasons)),
        )  # fmt: skip
    screen.print(table)
    if len(proposed) > _LISTED:
        more = len(proposed) - _LISTED
        screen.print(
            "  " + language.format(mark("… and {count} more; --json shows all."), count=more), style="dim"
        )


@app.command("projects", help=mark("Lists of plants, stations, boilers: show, form out, form in."))
def projects(
    task: Annotated[str | None, typer.Argument(help=mark("Key of a list; without one all lists."))] = None,
    form: Annotated[Path | None, typer.Option(help=mark("Write the list as an Excel form."))] = None,
    take: Annotated[
        Path | None, typer.Option("--import", help=mark("Take a filled form in, Excel or CSV."))
    ] = None,
    datum: Annotated[
        str | None, typer.Option(help=mark("Datum of its places: CGCS2000, GCJ-02 or BD-09."))
    ] = None,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show lists of plants, stations, boilers; write a form, take one in."""
    from lantian.cli.plan_projects import show_list, show_lists, take_in
    from lantian.loop.plan.project_files import export_projects

    language = words()
    with opened(workspace) as house:
        office = house.office()
        if task is None:
            show_lists(office, plan, asked_day(house, today), language, as_json=as_json)
        elif form is not None:
            made = export_projects(office, task, form, language=language, plan_id=plan)
            said = language.format(mark("Written: {file}"), file=made)
            tell(said, {"file": made}, as_json=as_json)
        elif take is not None:
            take_in(
                office, task, take, by or default_actor(), datum, asked_day(house, today), plan, language,
                as_json=as_json,
            )  # fmt: skip
        else:
            show_list(office, task, plan, asked_day(house, today), language, as_json=as_json)


@app.command(
    "minutes", help=mark("What a dispatch meeting should speak of; record one from a file and write its minutes.")
)
def minutes(
    record: Annotated[
        Path | None,
        typer.Option(help=mark("TOML file: month, held_on, place, chair, present, [[decisions]].")),
    ] = None,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show what a dispatch meeting should speak of; record one from a file and write its minutes."""
    from lantian.loop.plan.minutes import agenda, write_minutes

    language = words()
    with opened(workspace) as house:
        office, actor = house.office(), by or default_actor()
        if record is not None:
            meeting = _record(office, record, actor, plan)
            folder = house.folder / "exports" / "minutes"
            folder.mkdir(parents=True, exist_ok=True)
            path = write_minutes(office, meeting, folder, language, by=actor)
            said = language.format(mark("Recorded; the minutes are {file}."), file=path)
            tell(said, {"meeting": meeting, "minutes": path}, as_json=as_json)
            return
        items = agenda(office, asked_day(house, today), plan_id=plan)
    rows = [
        {
            "duty": row.duty.id, "measure": f"{row.duty.number}.{row.duty.tail}", "body": row.duty.organisation,
            "light": language.gettext(row.light.name), "due": row.duty.due,
            "why": language.format(row.light.reason, **row.light.values), "step": row.proposed_step,
        }
        for row in items
    ]  # fmt: skip
    if as_json:
        show_json({"agenda": rows})
        return
    table = Table(
        title=language.format(mark("{count} items"), count=len(rows)), title_justify="left", pad_edge=False
    )
    for name in (mark("Measure"), mark("Body"), mark("Light"), mark("Why"), mark("Step due")):
        table.add_column(language.gettext(name), overflow="fold")
    for one in rows[:_LISTED]:
        step = language.gettext(str(one["step"])) if one["step"] else ""
        table.add_row(*(escape(cell(one[key])) for key in ("measure", "body", "light", "why")), step)
    console().print(table)


def _record(office: Any, path: Path, by: str, plan_id: str | None) -> str:
    import tomllib

    from lantian.loop.plan.minutes import Decision, record_meeting

    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        decisions = [Decision(**row) for row in given.pop("decisions", [])]
        return record_meeting(office, decisions=decisions, by=by, plan_id=plan_id, **given)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError) as fault:
        raise CallerError(
            "{path} cannot be recorded as a meeting: {fault}. It wants month, held_on, place, chair, present and "
            "[[decisions]] with words.",
            path=path, fault=fault,
        ) from fault  # fmt: skip
