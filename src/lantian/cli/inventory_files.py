"""``lantian inventory template|import|grid|export``: the inventory as files, out and in."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

app = typer.Typer()
_Edition = Annotated[
    str | None, typer.Option("--edition", help=mark("Key of the edition; by default the newest."))
]


class GridKind(StrEnum):
    """What a gridded inventory is written as."""

    CSV = "csv"
    NETCDF = "netcdf"
    EMIPROC = "emiproc"


@app.command(
    "template", help=mark("Write the Excel workbook of an edition, or an empty one of a year, to fill in.")
)
def template(
    file: Annotated[Path, typer.Argument(help=mark("File: .xlsx."))],
    edition: _Edition = None,
    year: Annotated[int | None, typer.Option(help=mark("Year of an empty workbook."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Write the Excel workbook of an edition, or an empty one of a year, to fill in."""
    from lantian.loop.explain.files import write_template

    _ending(file, ".xlsx")
    with opened(workspace) as house:
        write_template(house.study(), file, edition, year=year, language=words())
    console().print(words().format(mark("Written: {file}"), file=file))


@app.command("import", help=mark("Take a filled-in workbook into an edition: all of it or nothing."))
def bring(
    key: Annotated[str, typer.Argument(help=mark("Key of the edition, for instance 2025."))],
    file: Annotated[Path, typer.Argument(help=mark("Workbook with the pages of the template."))],
    partial: Annotated[
        bool, typer.Option("--partial", help=mark("Take the sound rows although others are rejected."))
    ] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take a filled-in workbook into an edition: all of it or nothing."""
    from lantian.assembly import REJECTS
    from lantian.loop.explain.files import import_book

    language = words()
    with opened(workspace) as house:
        done = import_book(house.study(), key, file, partial=partial)
        rejects = [
            page.report.write_rejects(house.folder / REJECTS, f"{file.name}.{page.table}") for page in done.pages
        ]
    written = [path for path in rejects if path is not None]
    if as_json:
        show_json(
            {"kept": done.kept, "written": dict(done.written), "rejects": written,
             "pages": [{"table": page.table, "read": page.report.rows_read, "accepted": page.report.rows_accepted,
                        "rejected": page.report.rows_rejected, "reasons": page.report.rejects.to_dicts()}
                       for page in done.pages]}
        )  # fmt: skip
    else:
        screen = console()
        for page in done.pages:
            for line in page.report.lines(language):
                screen.print(line, markup=False)
        for path in written:
            screen.print(language.format(mark("Rejected rows stand in {file}."), file=path), markup=False)
        if done.kept:
            count = sum(done.written.values())
            screen.print(
                language.format(mark("{count} rows of the book are new, different or withdrawn."), count=count)
            )
    if not done.kept:
        raise CallerError(
            "{count} rows of {name} were rejected, so nothing was taken. Mend them, or use --partial.",
            count=done.rejected, name=file.name,
        )  # fmt: skip


@app.command("grid", help=mark("Put an edition on a grid of equal areas: CSV, NetCDF, or through emiproc."))
def grid(
    file: Annotated[Path, typer.Argument(help=mark("File: .csv or .nc."))],
    edition: _Edition = None,
    cell: Annotated[float, typer.Option(min=100, help=mark("Side of a cell in metres."))] = 3000,
    kind: Annotated[GridKind | None, typer.Option("--as", help=mark("csv, netcdf or emiproc."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Put an edition on a grid of equal areas: CSV, NetCDF, or through emiproc."""
    from lantian.cli.inventory import show_findings
    from lantian.loop.explain.grid_files import write_grid
    from lantian.loop.explain.gridding import on_grid

    language = words()
    with opened(workspace) as house:
        made = on_grid(house.study(), edition, cell)
        write_grid(file, made, None if kind is None else kind.value)
    outside = dict(zip(made.pollutants, made.outside.sum(axis=0).tolist(), strict=True))
    if as_json:
        show_json(
            {"file": file, "edition": made.edition, "rows": made.grid.rows, "columns": made.grid.columns,
             "cell": made.grid.cell, "spread_by": made.spread_by, "outside": outside}
        )  # fmt: skip
        return
    screen = console()
    size = {"columns": made.grid.columns, "rows": made.grid.rows, "cell": f"{made.grid.cell:g}"}
    screen.print(language.format(mark("{columns} × {rows} cells of {cell} m, equal in area."), **size))
    by = ", ".join(f"{name} {share:.0%}" for name, share in made.spread_by.items())
    screen.print(language.format(mark("Placed by: {by}."), by=by))
    lost = ", ".join(f"{name} {amount:,.3g} t" for name, amount in outside.items() if amount > 0)
    screen.print(language.format(mark("Outside the grid: {lost}."), lost=lost or "0"))
    show_findings(made.findings, language, most=5)
    screen.print(language.format(mark("Written: {file}"), file=file))


@app.command("hours", help=mark("Spread a pollutant over the hours of the year by the profiles of its sectors."))
def hours(
    file: Annotated[Path, typer.Argument(help=mark("File: .csv."))],
    pollutant: Annotated[str, typer.Option("--pollutant", "-p", help=mark("so2, nox, co, voc, nh3, pm25, co2 …"))],
    edition: _Edition = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Spread a pollutant over the hours of the year by the profiles of its sectors."""
    from lantian.desk.paper.csv import write_csv
    from lantian.loop.explain.queries import hours as hours_of

    _ending(file, ".csv")
    with opened(workspace) as house:
        rows = hours_of(house.study(), edition, pollutant)
    write_csv(file, rows, header=["hour_start", *(f"{sector} [kg/h]" for sector in rows.columns[1:])])
    console().print(words().format(mark("Written: {file}"), file=file))


@app.command("export", help=mark("Write the report of an edition: sums, sectors, counties, methods, doubts."))
def export(
    file: Annotated[Path, typer.Argument(help=mark("File: .xlsx."))],
    edition: _Edition = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Write the report of an edition: sums, sectors, counties, methods, doubts."""
    from lantian.loop.explain.report import write_report

    _ending(file, ".xlsx")
    with opened(workspace) as house:
        write_report(house.study(), file, edition, language=words())
    console().print(words().format(mark("Written: {file}"), file=file))


def _ending(file: Path, ending: str) -> None:
    if file.suffix.lower() != ending:
        raise CallerError("{file} does not end in {ending}. Name such a file.", file=file, ending=ending)
