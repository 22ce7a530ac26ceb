"""``lantian plan projects``: lists of plants, stations, boilers; shown, written as a form, taken in."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_options import By, PlanOption, TodayOption, asked_day, checked_file, default_actor, tell
from lantian.cli.show import MISSING, JsonOption, WorkspaceOption, cell, console, opened, show_json, words
from lantian.desk.language import Translation, finding_text, mark

if TYPE_CHECKING:
    from lantian.loop.plan.listing.files import ImportedFile
    from lantian.loop.plan.listing.records import ProjectSummary, Tally
    from lantian.loop.plan.office import Office

app = typer.Typer()
_LISTED = 40
_WAN = 10_000
"""Yuan in one 万元. [yuan]"""


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
    from lantian.loop.plan.listing.files import export_projects

    language = words()
    with opened(workspace) as house:
        office = house.office()
        if task is None:
            show_lists(office, plan, asked_day(house, today), language, as_json=as_json)
        elif form is not None:
            checked_file(form, (".xlsx",))
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


def show_lists(
    office: "Office", plan_id: str | None, today: date, language: Translation, *, as_json: bool
) -> None:
    """Show every list with how far it is."""
    from lantian.loop.plan.listing.projects import summary
    from lantian.loop.plan.queries import list_tasks

    tasks = list_tasks(office, kind="projects", plan_id=plan_id)
    rows = [(task, summary(office, task.id, today=today)) for task in tasks]
    if as_json:
        show_json({"lists": [_summary_record(one) for _, one in rows]})
        return
    table = Table(title=language.gettext("Lists of projects"), title_justify="left", pad_edge=False)
    for name in (mark("Key"), mark("No."), mark("List")):
        table.add_column(language.gettext(name), overflow="fold")
    for name in (
        mark("Due"),
        mark("Wanted"),
        mark("Listed"),
        mark("Done"),
        mark("Overdue"),
        mark("Spent, 10⁴ yuan"),
    ):
        table.add_column(language.gettext(name), justify="right")
    for task, one in rows:
        title = task.title if language.is_chinese or not task.title_en else task.title_en
        wanted = MISSING if task.value is None else f"{task.value} {task.unit}".strip()
        whole = one.whole
        table.add_row(
            escape(task.key), task.number, escape(title), cell(task.due), escape(wanted), str(whole.all),
            str(whole.done), str(whole.overdue), _wan(whole.spent),
        )  # fmt: skip
    console().print(table)
    console().print(
        language.gettext(
            "`lantian plan projects KEY --form FILE` writes a form to be filled in; --import takes it."
        ),
        style="dim",
    )


def _wan(yuan: Any) -> str:
    return MISSING if yuan is None else f"{yuan / _WAN:,.1f}"


def _tally_record(row: "Tally") -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _summary_record(row: "ProjectSummary") -> dict[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "unit": row.unit,
        "target": row.target,
        "whole": _tally_record(row.whole),
        "by_county": [_tally_record(one) for one in row.by_county],
        "by_kind": [_tally_record(one) for one in row.by_kind],
    }


def show_list(
    office: "Office", task: str, plan_id: str | None, today: date, language: Translation, *, as_json: bool
) -> None:
    """Show the projects of one list."""
    from lantian.loop.plan.listing.projects import list_projects, summary
    from lantian.loop.plan.listing.records import STATES

    told = summary(office, task, today=today, plan_id=plan_id)
    rows = list_projects(office, task, plan_id=plan_id)
    if as_json:
        show_json(
            {
                "summary": _summary_record(told),
                "projects": [{name: getattr(row, name) for name in row.__slots__} for row in rows],
            }
        )
        return
    screen = console()
    if not rows:
        screen.print(
            language.format(
                mark(
                    "{title}: nothing is listed yet. Write a form with --form, fill it in, take it with --import."
                ),
                title=told.title,
            )
        )
        return
    table = Table(title=f"{told.key} {told.title}", title_justify="left", pad_edge=False)
    for name in (
        mark("No."),
        mark("Name"),
        mark("Kind"),
        mark("County"),
        mark("State"),
        mark("Due"),
        mark("Done"),
    ):
        table.add_column(language.gettext(name), overflow="fold")
    names = {row.adcode: row.name_zh if language.is_chinese else row.name_en for row in office.city.counties}
    for row in rows[:_LISTED]:
        late = "[bold red]" if row.overdue(today) else ""
        table.add_row(
            escape(row.number), escape(row.name), escape(row.kind), names.get(row.county or "", row.county or ""),
            language.gettext(STATES[row.state]), f"{late}{cell(row.due)}", cell(row.done_on),
        )  # fmt: skip
    screen.print(table)
    if len(rows) > _LISTED:
        more = len(rows) - _LISTED
        screen.print(
            "  " + language.format(mark("… and {count} more; --json shows all."), count=more), style="dim"
        )


def take_in(
    office: "Office",
    task: str,
    path: Path,
    by: str,
    datum: str | None,
    today: date,
    plan_id: str | None,
    language: Translation,
    *,
    as_json: bool,
) -> None:
    """Take a filled form in and tell row by row what came of it; leaves with 2 where rows were refused."""
    from lantian.loop.plan.listing.files import import_project_file

    done = import_project_file(office, task, path, by=by, datum=datum, today=today, plan_id=plan_id)
    refused = done.report.rejects.to_dicts()
    if as_json:
        show_json(_taken_record(done, refused, language))
    else:
        _show_taken(done, refused, language)
    if refused:
        raise typer.Exit(code=2)


def _taken_record(done: "ImportedFile", refused: list[dict[str, Any]], language: Translation) -> dict[str, Any]:
    told = done.imported
    return {
        "added": list(told.added),
        "changed": list(told.changed),
        "unchanged": list(told.unchanged),
        "refused": [
            {
                "row": row["row"], "column": row["column"], "value": row["value"],
                "message": language.gettext(row["reason"]),
            }
            for row in refused
        ],
        "findings": [finding_text(row, language) for row in done.report.findings],
        "unknown_columns": list(done.unknown),
    }  # fmt: skip


def _show_taken(done: "ImportedFile", refused: list[dict[str, Any]], language: Translation) -> None:
    screen, told = console(), done.imported
    said = language.format(
        mark("{added} added, {changed} changed, {unchanged} unchanged, {refused} cells refused"),
        added=len(told.added), changed=len(told.changed), unchanged=len(told.unchanged), refused=len(refused),
    )  # fmt: skip
    screen.print(said, style="yellow" if refused else "green")
    for row in refused[:_LISTED]:
        line = language.format(
            mark("row {row}, {column} {value!r}: {message}"),
            row=row["row"], column=language.gettext(row["column"] or ""), value=row["value"],
            message=language.gettext(row["reason"]),
        )  # fmt: skip
        screen.print("  " + escape(line))
    for finding in done.report.findings:
        screen.print("  " + escape(finding_text(finding, language)), style="dim")
    if done.unknown:
        names = "、".join(done.unknown)
        screen.print(language.format(mark("Columns that nobody knows: {names}"), names=names), style="dim")
