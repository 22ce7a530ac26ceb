"""``lantian plan bulletin|export``: papers that an office sends and keeps."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lantian.cli.plan_options import Month, PlanOption, TodayOption, asked_day, checked_file, tell
from lantian.cli.show import JsonOption, WorkspaceOption, opened, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

app = typer.Typer()


class Paper(StrEnum):
    """What can be written."""

    DUTIES = "duties"
    DISPATCH = "dispatch"
    MATRIX = "matrix"


@app.command("bulletin", help=mark("Write a month's bulletin as Word: lights, counties, what is late, targets."))
def bulletin(
    month: Month,
    out: Annotated[Path | None, typer.Option(help=mark("File; by default in exports of the workspace."))] = None,
    number: Annotated[str, typer.Option(help=mark("Document number below the red head."))] = "",
    plan: PlanOption = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write a month's bulletin as Word: lights, counties, what is late, targets."""
    from lantian.loop.plan.dispatch.sheets import checked_month
    from lantian.loop.plan.targets.goals import judge_goals
    from lantian.loop.plan.views.bulletin import write_bulletin

    language = words()
    month = checked_month(month)  # before a file is named by it
    with opened(workspace) as house:
        office, on = house.office(), asked_day(house, today)
        kind = language.gettext(mark("Progress bulletin"))
        path = out or house.folder / "exports" / f"{month} {kind}.docx"
        checked_file(path, (".docx",))
        judged = judge_goals(office, plan_id=plan, today=on)
        write_bulletin(
            office, path, month, today=on, language=language, judged=judged, plan_id=plan, number=number
        )
    tell(language.format(mark("Written: {file}"), file=path), {"file": path}, as_json=as_json)


@app.command("export", help=mark("Write the duty list, the dispatch table or the matrix as an office would."))
def export(
    paper: Annotated[Paper, typer.Argument(help=mark("duties, dispatch or matrix."))],
    out: Annotated[Path, typer.Option(help=mark("File: .xlsx, for the dispatch table also .docx."))],
    month: Annotated[str | None, typer.Option(help=mark("Month of the dispatch table, 2024-10."))] = None,
    body: Annotated[str | None, typer.Option(help=mark("Only this body."))] = None,
    by_body: Annotated[bool, typer.Option("--by-body", help=mark("A page for each body too."))] = False,
    plan: PlanOption = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the duty list, the dispatch table or the matrix as an office would."""
    from lantian.cli.plan_words import asked_body
    from lantian.loop.plan.views.duty_list import write_duty_list
    from lantian.loop.plan.views.exports import (
        write_dispatch_document,
        write_dispatch_workbook,
        write_matrix_workbook,
    )

    language = words()
    checked_file(out, (".xlsx", ".docx") if paper is Paper.DISPATCH else (".xlsx",))
    with opened(workspace) as house:
        office, on = house.office(), asked_day(house, today)
        organisation = asked_body(house, body)
        if paper is Paper.DUTIES:
            write_duty_list(
                office, out, today=on, language=language, plan_id=plan, organisation=organisation, by_body=by_body
            )
        elif paper is Paper.MATRIX:
            write_matrix_workbook(office, out, today=on, language=language, plan_id=plan)
        else:
            if month is None:
                raise CallerError("Say which month the dispatch table is for with --month, 2024-10.")
            write = write_dispatch_document if out.suffix.lower() == ".docx" else write_dispatch_workbook
            write(office, out, month, today=on, language=language, plan_id=plan, organisation=organisation)
    tell(language.format(mark("Written: {file}"), file=out), {"file": out}, as_json=as_json)
