"""``lantian paper``: what an office prints, signs and sends: brief, bulletins, tables; Word, Excel and PDF."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    console,
    day,
    opened,
    progress_bar,
    show_json,
    words,
)
from lantian.desk.language import finding_text, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from lantian.assembly import House
    from lantian.desk.paper.office_paper import OfficePaper
    from lantian.terms.findings import Finding

app = typer.Typer(help=mark("Papers of the office: brief, ranking, station, dispatch."), no_args_is_help=True)
APPS = {"paper": app}


class Form(StrEnum):
    """Forms that a paper can take."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"


class Kind(StrEnum):
    """Papers that can have a template of the office's own."""

    DAILY_BRIEF = "daily_brief"
    RANKING_BULLETIN = "ranking_bulletin"
    STATION_MONTH = "station_month"
    DISPATCH_BULLETIN = "dispatch_bulletin"


Forms = Annotated[list[Form] | None, typer.Option("--format", "-f", help=mark("docx, xlsx, pdf; by default all."))]
Out = Annotated[Path | None, typer.Option("--out", help=mark("Folder; by default exports of the workspace."))]
Head = Annotated[str, typer.Option("--letterhead", help=mark("Issuing office of the red head; by default none."))]
Number = Annotated[str, typer.Option("--number", help=mark("Document number below the red head."))]
MonthOf = Annotated[str, typer.Option("--of", help=mark("Month, 2026-03; a ranking also of 2026Q1 or 2026."))]


@app.command("brief", help=mark("The daily brief of the city's air."))
def brief(
    of: Annotated[
        str | None, typer.Option("--day", help=mark("Legal day, 2026-01-18; by default the last judged one."))
    ] = None,
    letterhead: Head = "",
    number: Number = "",
    forms: Forms = None,
    out: Out = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the daily brief of the city's air."""
    asked = day(of)
    order = {
        "kind": "brief",
        "of": None if asked is None else str(asked),
        "letterhead": letterhead,
        "number": number,
    }
    _make(order, forms, out, workspace, as_json=as_json)


@app.command("ranking", help=mark("The bulletin of the counties' ranks in a month."))
def ranking(
    of: MonthOf,
    group: Annotated[str, typer.Option(help=mark("Group of counties; all for every county."))] = "all",
    letterhead: Head = "",
    number: Number = "",
    forms: Forms = None,
    out: Out = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the bulletin of the counties' ranks in a month."""
    order = {"kind": "ranking", "of": of, "group": group, "letterhead": letterhead, "number": number}
    _make(order, forms, out, workspace, as_json=as_json)


@app.command("station", help=mark("The table of a station's month, with places for signatures."))
def station(
    name: Annotated[str, typer.Argument(metavar="STATION", help=mark("Code or name of a station."))],
    of: MonthOf,
    forms: Forms = None,
    out: Out = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the table of a station's month, with places for signatures."""
    _make({"kind": "station", "station": name, "of": of}, forms, out, workspace, as_json=as_json)


@app.command("dispatch", help=mark("The bulletin on the plan's progress in a month."))
def dispatch(
    of: MonthOf,
    letterhead: Head = "",
    number: Number = "",
    today: Annotated[
        str | None, typer.Option("--today", help=mark("Legal day that it is asked for; by default today."))
    ] = None,
    forms: Forms = None,
    out: Out = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the bulletin on the plan's progress in a month."""
    order = {"kind": "dispatch", "of": of, "letterhead": letterhead, "number": number}
    _make(order, forms, out, workspace, today=day(today), as_json=as_json)


@app.command("template", help=mark("Write a Word document to make the office's own template of."))
def template(
    kind: Annotated[Kind, typer.Argument(help=mark("Which paper."))],
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Write a Word document to make the office's own template of."""
    from lantian.desk.paper.paper_files import TEMPLATES
    from lantian.desk.paper.word_paper import write_starter

    with opened(workspace) as house:
        path = house.folder / TEMPLATES / f"{kind.value}.docx"
        if path.exists():
            raise CallerError("{path} stands there already. Edit it, or move it away first.", path=path)
        write_starter(path, words())
    console().print(words().format(mark("Written: {file}"), file=path), soft_wrap=True)


def _make(
    order: "Mapping[str, str | None]",
    forms: "Sequence[Form] | None",
    out: Path | None,
    workspace: Path,
    *,
    today: "date | None" = None,
    as_json: bool,
) -> None:
    """Make a paper and write it."""
    from dataclasses import replace

    from lantian.loop.paperwork import PaperOrder, paper_of

    with opened(workspace) as house:
        asked = replace(PaperOrder.of_inputs(order), today=today)
        paper = paper_of(
            house.scene(), house.office(), asked, words(), made_at=house.now().astimezone(house.city.zone),
            chain_head=house.chain_head(),
        )  # fmt: skip
        _write(house, paper, out, forms, as_json=as_json)


def _write(
    house: "House", paper: "OfficePaper", out: Path | None, forms: "Sequence[Form] | None", *, as_json: bool
) -> None:
    """Write a paper in its forms, tell the files and what its template left open."""
    from lantian.desk.paper.paper_files import FORMATS, TEMPLATES, write_paper

    language = words()
    kinds = [form.value for form in forms] if forms else list(FORMATS)
    found: list[Finding] = []
    with progress_bar(paper.title, quiet=as_json) as progress:
        files = write_paper(
            paper, out or house.folder / "exports", kinds, templates=house.folder / TEMPLATES,
            on_finding=found.append, progress=progress,
        )  # fmt: skip
    if as_json:
        told = [{"code": row.code, "where": row.where, "message": finding_text(row, language)} for row in found]
        show_json({"files": files, "draft": paper.draft, "findings": told})
        return
    screen = console()
    for path in files:
        screen.print(language.format(mark("Written: {file}"), file=path), soft_wrap=True, markup=False)
    for row in found:
        screen.print(finding_text(row, language), style="yellow", soft_wrap=True, markup=False)
