"""``lantian export``: a table or a view as CSV, Excel or Parquet, with how it was made."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.conditions import FromOption, KnownOnOption, ToOption, WhereOption, instant
from lantian.cli.show import JsonOption, WorkspaceOption, console, day, opened, show_frame, show_json, words
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.cli.export_page import Page
    from lantian.desk.paper.provenance import HowMade

app = typer.Typer()
APPS = {"export": app}
KINDS = (".csv", ".xlsx", ".parquet")
_SHOWN = 20
_ONLY_IN_FILES = (
    "rules",
    "simulated",
    "withdrawn",
    "run_id",
    "code_version",
    "origin",
    "legal_month",
    "legal_year",
)
"""Columns that the terminal says once in words, or leaves to the files."""


@app.command(help=mark("Write a table as CSV, Excel or Parquet."))
def export(
    what: Annotated[
        str,
        typer.Argument(
            metavar="TABLE_OR_VIEW",
            help=mark("A table of `lantian lake tables`, or ranking, calendar, stations, counties, bodies."),
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help=mark("File: .csv, .xlsx or .parquet; shown if left out."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    first: FromOption = None,
    last: ToOption = None,
    period: Annotated[
        str | None, typer.Option("--period", help=mark("Period: 2026-03, 2026Q1, 2026H1, 2026 or one day."))
    ] = None,
    code: Annotated[
        list[str] | None,
        typer.Option("--code", help=mark("Station, county or city by code or name. May be repeated.")),
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help=mark("station, county or city."))] = None,
    where: WhereOption = None,
    known_on: KnownOnOption = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help=mark("Derived rows that no longer hold too."))
    ] = False,
    list_key: Annotated[
        str, typer.Option("--list", help=mark("Ranking: composite_index, pm25, good_day_ratio, improved …"))
    ] = "composite_index",
    group: Annotated[str, typer.Option(help=mark("Ranking: group of counties; all for every county."))] = "all",
    basis: Annotated[
        str | None, typer.Option(help=mark("Ranking and calendar: measured or dust_deducted."))
    ] = None,
    law: Annotated[
        str, typer.Option(help=mark("Ranking: this: both years by this year's edition; last: by last year's."))
    ] = "this",
    limit: Annotated[
        int, typer.Option(min=0, help=mark("Most rows that are shown without --out; 0: all."))
    ] = _SHOWN,
    as_json: JsonOption = False,
) -> None:
    """Write a table as CSV, Excel or Parquet."""
    if out is not None and out.suffix.lower() not in KINDS:
        raise CallerError(
            "{name}: tables are written as {KINDS}. Give the file one of these endings.",
            name=out.name,
            KINDS=", ".join(KINDS),
        )
    if kind is not None and kind not in ("station", "county", "city"):
        raise CallerError(
            "--kind {kind!r} is not known. Choose station, county or city.",
            kind=kind,
        )
    from lantian.cli.export_page import Asked
    from lantian.cli.export_views import page_of

    language = words()
    with opened(workspace) as house:
        asked = Asked(
            what=what,
            first=day(first),
            last=day(last),
            period=period,
            codes=tuple(code or ()),
            kind=kind,
            where=tuple(where or ()),
            known_on=None if known_on is None else instant(known_on, house.city.zone),
            withdrawn=withdrawn,
            list_key=list_key,
            group=group,
            basis=basis,
            law=law,
        )
        page = page_of(house, asked, language)
        if out is None:
            _show(page, house, limit, as_json=as_json)
            return
        made = how_made(page, house, language)
        write_page(page, made, out, language)
    _say_written(page, made, out, as_json=as_json)


def how_made(page: "Page", house: "House", language: Translation) -> "HowMade":
    """Say what a reader must know to make the document again."""
    import lantian
    from lantian.desk.paper.provenance import EditionUse, HowMade

    runs = ", ".join(page.run_ids[:5]) + (" …" if len(page.run_ids) > 5 else "")
    return HowMade(
        title=page.title,
        city=house.city.name_zh if language.is_chinese else house.city.name_en,
        period=page.period,
        source_tables=page.sources,
        editions=[EditionUse.of(edition, language) for edition in page.editions],
        run_id=runs or "—",
        code_version=lantian.__version__,
        generated_at=house.now().astimezone(house.city.zone),
        simulated=house.settings.simulated,
        notes=page.notes,
    )


def write_page(page: "Page", made: "HowMade", out: Path, language: Translation) -> None:
    """Write a page in the kind that the ending of the file asks for: whole or not at all."""
    from lantian.cli.export_files import write_csv_page, write_excel_page, write_parquet_page

    writers = {".csv": write_csv_page, ".xlsx": write_excel_page, ".parquet": write_parquet_page}
    writers[out.suffix.lower()](page, made, out, language)


def _show(page: "Page", house: "House", limit: int, *, as_json: bool) -> None:
    language = words()
    rows = page.frame if limit == 0 or as_json else page.frame.head(limit)
    notes = [language.format("{shown} of {count} rows", shown=rows.height, count=page.frame.height)]
    if not as_json:
        rows = rows.drop(_ONLY_IN_FILES, strict=False)
        notes += [", ".join(edition.id for edition in page.editions)] * bool(page.editions)
    if house.settings.simulated:
        notes.append(language.gettext("Simulated data"))
    notes.append(language.gettext("Write them all with --out FILE.csv, FILE.xlsx or FILE.parquet."))
    show_frame(
        rows,
        title=page.title,
        caption=" · ".join(notes),
        headers={column.name: column.title for column in page.columns},
        decimals={column.name: column.decimals for column in page.columns if column.decimals is not None},
        as_json=as_json,
        extra={
            "what": page.name,
            "title": page.title,
            "period": page.period,
            "editions": [edition.id for edition in page.editions],
            "run_ids": page.run_ids,
            "simulated": house.settings.simulated,
        },
    )


def _say_written(page: "Page", made: "HowMade", out: Path, *, as_json: bool) -> None:
    from lantian.cli.lake import size

    language = words()
    if as_json:
        show_json(
            {
                "what": page.name,
                "file": out,
                "rows": page.frame.height,
                "bytes": out.stat().st_size,
                "period": page.period,
                "editions": [{"id": one.id, "confidence": one.confidence} for one in made.editions],
                "run_ids": page.run_ids,
                "simulated": made.simulated,
            }
        )
        return
    screen = console()
    screen.print(
        language.format(
            "Wrote {file}: {title}, {rows} rows, {size}",
            file=out,
            title=page.title,
            rows=f"{page.frame.height:,}",
            size=size(out.stat().st_size),
        ),
        markup=False,
        soft_wrap=True,
    )
    for one in made.editions:
        screen.print(f"  {one.id} ({one.confidence}): {one.title}", markup=False, soft_wrap=True)
    if made.simulated:
        screen.print(language.gettext("Simulated data"), style="yellow")
