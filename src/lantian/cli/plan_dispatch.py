"""``lantian plan duties|status|sheets|receive``: who does what, what goes out for a month and what comes back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_options import By, Month, PlanOption, TodayOption, asked_day, default_actor
from lantian.cli.plan_words import asked_body, known_body
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, progress_bar, show_json, words
from lantian.desk.language import Translation, finding_text, mark

if TYPE_CHECKING:
    from lantian.loop.plan.dispatch.receiving import ReceivedFile

app = typer.Typer()
_LISTED = 30


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
    from lantian.cli.plan_status import show_status

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
    from lantian.loop.plan.dispatch.sheets import checked_month, issue_sheets

    language = words()
    month = checked_month(month)  # before a folder is named by it
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
    body: Annotated[
        str | None, typer.Option(help=mark("Body that hands them in, where the sheet does not say."))
    ] = None,
    out: Annotated[Path | None, typer.Option(help=mark("Folder for the rows to be mended."))] = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take in sheets that came back; what is wrong is listed by cell, the rest is taken."""
    from lantian.loop.plan.dispatch.receiving import receive_files
    from lantian.loop.plan.dispatch.rejects import write_rejects

    language = words()
    with opened(workspace) as house:
        office = house.office()
        received = receive_files(
            office,
            files,
            by=by or default_actor(),
            today=asked_day(house, today),
            organisation=asked_body(house, body),
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
