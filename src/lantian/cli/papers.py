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
    from collections.abc import Sequence
    from datetime import datetime

    from lantian.assembly import House
    from lantian.desk.paper.office_paper import Letterhead, OfficePaper
    from lantian.terms.findings import Finding
    from lantian.terms.periods import Period

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
    from lantian.loop.evaluate.papers.daily_brief import daily_brief
    from lantian.loop.evaluate.report_view import view_of
    from lantian.loop.promises import city_targets

    with opened(workspace) as house:
        scene, language = house.scene(), words()
        asked = day(of) or view_of(scene, language).last
        paper = daily_brief(
            scene, asked, language, made_at=_now(house), letterhead=_head(letterhead, number),
            targets=city_targets(house.office(), asked), chain_head=_chain(house),
        )  # fmt: skip
        _write(house, paper, out, forms, as_json=as_json)


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
    from lantian.loop.evaluate.papers.ranking_bulletin import ranking_bulletin

    with opened(workspace) as house:
        paper = ranking_bulletin(
            house.scene(), _period(of), words(), made_at=_now(house), letterhead=_head(letterhead, number),
            group=group, chain_head=_chain(house),
        )  # fmt: skip
        _write(house, paper, out, forms, as_json=as_json)


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
    from lantian.city.records import SubjectKind
    from lantian.loop.evaluate.papers.station_month import station_month
    from lantian.loop.evaluate.queries import find_subject

    with opened(workspace) as house:
        kind, code = find_subject(house.city, name)
        if kind is not SubjectKind.STATION:
            raise CallerError("{name!r} is no station. Use a code from `lantian export stations`.", name=name)
        paper = station_month(
            house.scene(), code, _period(of), words(), made_at=_now(house), chain_head=_chain(house)
        )
        _write(house, paper, out, forms, as_json=as_json)


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
    from lantian.loop.plan.dispatch.sheets import checked_month
    from lantian.loop.plan.targets.goals import judge_goals
    from lantian.loop.plan.views.bulletin import bulletin_paper, gather_bulletin

    month = checked_month(of)
    with opened(workspace) as house:
        office, on = house.office(), day(today) or house.office().today()
        said = gather_bulletin(office, month, today=on, judged=judge_goals(office, today=on))
        paper = bulletin_paper(office, said, words(), number=number, letterhead=_head(letterhead, number))
        _write(house, paper, out, forms, as_json=as_json)


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


def _now(house: "House") -> "datetime":
    return house.now().astimezone(house.city.zone)


def _chain(house: "House") -> str:
    from lantian.ledger.chain import day_head

    return str(day_head(house.ledger, house.lake.day_of(house.now()), house.city.zone))


def _head(office: str, number: str) -> "Letterhead | None":
    from lantian.desk.paper.office_paper import Letterhead

    return Letterhead(office, number) if office else None


def _period(text: str) -> "Period":
    from lantian.terms.periods import period_named

    try:
        return period_named(text)
    except ValueError as fault:
        raise CallerError(str(fault)) from fault
