"""``lantian lake``: what the lake holds, its history, and its upkeep."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli import lake_upkeep
from lantian.cli.conditions import FromOption, KnownOnOption, ToOption, WhereOption, condition, instant, key_of
from lantian.cli.show import JsonOption, WorkspaceOption, cell, day, opened, show_frame, show_json, words
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.store.columns import Table
    from lantian.store.lake import Lake

app = typer.Typer(no_args_is_help=True, help=mark("Tables of the lake: list, history, compact, check."))
APPS = {"lake": app}
_TableArgument = Annotated[str, typer.Argument(metavar="TABLE", help=mark("Name of the table."))]
_AnyTable = Annotated[
    str | None, typer.Argument(metavar="[TABLE]", help=mark("Name of the table; every table if left out."))
]
_SHOWN = 20
_MOST_VERSIONS = 6


@app.command("tables", help=mark("Every table with its rows, files, size and span of days."))
def tables(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Every table with its rows, files, size and span of days."""
    import polars as pl

    language = words()
    with opened(workspace) as house:
        counts = house.lake.row_counts()
        extents = {table.name: _extent(house.lake, table, counts[table.name]) for table in house.lake.tables()}
        rows = [
            {
                "table": table.name,
                "title": _title(table, language),
                "kind": language.gettext("derived") if table.derived else language.gettext("facts"),
                **extents[table.name],
            }
            for table in house.lake.tables()
        ]
        simulated = house.settings.simulated
    if as_json:
        show_json({"simulated": simulated, "rows": rows})
        return
    frame = pl.DataFrame(rows, schema_overrides={"first": pl.Date, "last": pl.Date})
    show_frame(
        frame.with_columns(pl.Series("bytes", [size(count) for count in frame.get_column("bytes")])),
        title=language.gettext("Tables of the lake"),
        caption=language.gettext("Simulated data") if simulated else "",
        headers={
            "table": language.gettext("Table"),
            "title": language.gettext("What it holds"),
            "kind": language.gettext("Kind"),
            "rows": language.gettext("Rows, all versions"),
            "files": language.gettext("Files"),
            "bytes": language.gettext("Size"),
            "first": language.gettext("First day"),
            "last": language.gettext("Last day"),
            "version": language.gettext("Version"),
        },
    )


@app.command("show", help=mark("Every column of a table with its unit and meaning."))
def show(
    table: _TableArgument, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False
) -> None:
    """Every column of a table with its unit and meaning."""
    import polars as pl

    from lantian.store.columns import TYPE_NAMES

    language = words()
    with opened(workspace) as house:
        kind = house.lake.table(table)
        extent = _extent(house.lake, kind, house.lake.row_counts()[kind.name])
    rows = pl.DataFrame(
        [
            {
                "column": column.name,
                "type": TYPE_NAMES[column.dtype],
                "unit": column.unit,
                "key": language.gettext("key") if column.name in kind.key else "",
                "nullable": column.nullable,
                "meaning": column.meaning_zh if language.is_chinese else column.meaning,
                "values": ", ".join(column.values),
            }
            for column in kind.stored
        ]
    )
    about = {
        "table": kind.name,
        "title": _title(kind, language),
        "key": kind.key,
        "partition": kind.partition,
        "retention_days": kind.retention_days,
        "derived": kind.derived,
        "schema_version": kind.version,
        **extent,
    }
    said = language.format(
        "{rows} rows with all versions, {files} files, {size}, {first} … {last}; key: {key}",
        rows=f"{extent['rows']:,}",
        files=extent["files"],
        size=size(extent["bytes"]),
        first=extent["first"] or "—",
        last=extent["last"] or "—",
        key=", ".join(kind.key),
    )
    show_frame(
        rows,
        title=f"{kind.name}: {_title(kind, language)}",
        caption=said,
        headers={
            "column": language.gettext("Column"),
            "type": language.gettext("Type"),
            "unit": language.gettext("Unit"),
            "key": language.gettext("Key"),
            "nullable": language.gettext("May be missing"),
            "meaning": language.gettext("Meaning"),
            "values": language.gettext("Values"),
        },
        as_json=as_json,
        extra=about,
    )


@app.command("history", help=mark("Commits of a table, newest first."))
def history(
    table: _TableArgument,
    limit: Annotated[int, typer.Option(min=1, help=mark("How many are shown."))] = _SHOWN,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List the commits of a table, newest first."""
    import polars as pl

    language = words()
    with opened(workspace) as house:
        commits = house.lake.history(table)
        zone = house.city.zone
    if as_json:
        show_json(
            {
                "table": table,
                "rows": [
                    {"version": c.version, "at": c.at, "what": c.what, "notes": c.notes} for c in commits[:limit]
                ],
            }
        )
        return
    rows = [
        {
            "version": commit.version,
            "at": commit.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            "what": language.gettext(commit.what),
            "notes": ", ".join(
                f"{name} {value}" for name, value in commit.notes.items() if isinstance(value, str | int)
            ),
        }
        for commit in commits[:limit]
    ]
    show_frame(
        pl.DataFrame(rows, schema={"version": pl.Int64, "at": pl.String, "what": pl.String, "notes": pl.String}),
        title=language.format("History of {table}", table=table),
        caption=language.format("{count} commits", count=len(commits)),
        headers={
            "version": language.gettext("Version"),
            "at": language.gettext("At"),
            "what": language.gettext("What"),
            "notes": language.gettext("Notes"),
        },
    )


@app.command("versions", help=mark("Version of every table; or every version of one fact, named by its key."))
def versions(
    table: _AnyTable = None,
    where: WhereOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Version of every table; or every version of one fact, named by its key."""
    import polars as pl

    language = words()
    with opened(workspace) as house:
        if table is None:
            if where:
                raise CallerError("--where names one fact of one table. Say the table too.")
            rows = pl.DataFrame(
                [
                    {"table": one.name, "version": house.lake.version(one), "schema": one.version}
                    for one in house.lake.tables()
                ]
            )
            headers = {
                "table": language.gettext("Table"),
                "version": language.gettext("Version"),
                "schema": language.gettext("Version of the columns"),
            }
            show_frame(rows, title=language.gettext("Versions"), headers=headers, as_json=as_json)
            return
        kind = house.lake.table(table)
        found = house.lake.versions(kind, key_of(kind, where or [], house.city.zone))
        clock = pl.col("recorded_at").dt.convert_time_zone(house.city.zone.key)
    title = language.format("Versions of one fact of {table}, oldest first", table=kind.name)
    if as_json:
        show_frame(found, as_json=True, extra={"table": kind.name})
        return
    _show_side_by_side(found.with_columns(clock.dt.strftime("%F %T")).tail(_MOST_VERSIONS), kind, title)


@app.command("read", help=mark("Rows of a table, sorted as it declares."))
def read(
    table: _TableArgument,
    first: FromOption = None,
    last: ToOption = None,
    where: WhereOption = None,
    known_on: KnownOnOption = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", help=mark("Columns wanted; all if left out. May be repeated."))
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help=mark("Most rows that are shown; 0: all."))] = _SHOWN,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Rows of a table, sorted as it declares."""
    language = words()
    with opened(workspace) as house:
        kind = house.lake.table(table)
        zone = house.city.zone
        at = None if known_on is None else instant(known_on, zone)
        rows = house.lake.read(
            kind,
            first=day(first),
            last=day(last),
            where=condition(kind, where or [], zone),
            known_on=at,
            columns=column or None,
        )
        simulated = house.settings.simulated
    shown = rows if limit == 0 else rows.head(limit)
    blank = [] if column or as_json else [one.name for one in shown if one.null_count() == shown.height > 0]
    notes = [language.format("{shown} of {count} rows", shown=shown.height, count=rows.height)]
    if at is not None:
        notes.append(language.format("As known on {at}", at=at.isoformat()))
    if simulated:
        notes.append(language.gettext("Simulated data"))
    if blank:
        notes.append(language.format("nothing in {columns}", columns=", ".join(blank)))
    show_frame(
        shown.drop(blank),
        title=f"{kind.name}: {_title(kind, language)}",
        caption=" · ".join(notes),
        as_json=as_json,
        extra={"table": kind.name, "count": rows.height, "known_on": at, "simulated": simulated},
    )


app.command("compact", help=mark("Rewrite tables into fewer files; no fact is lost."))(lake_upkeep.compact)
app.command("vacuum", help=mark("Delete data files that are out of force for some hours."))(lake_upkeep.vacuum)
app.command("retain", help=mark("Drop partitions older than the retention of their table."))(lake_upkeep.retain)
app.command("check", help=mark("Read every file and compare it with its declaration; ends with 1 at an error."))(
    lake_upkeep.check
)


# ---------------------------------------------------------------------------------------------- within


def _show_side_by_side(found: "pl.DataFrame", kind: "Table", title: str) -> None:
    """Print versions beside each other, a line for each column; what changed is bold."""
    import polars as pl

    language = words()
    names = [str(number + 1) for number in range(found.height)]
    cells = [[cell(value) for value in found.get_column(column.name)] for column in kind.stored]
    table = pl.DataFrame(
        {
            "column": [column.name for column in kind.stored],
            **{name: [row[number] for row in cells] for number, name in enumerate(names)},
        }
    )
    styles: dict[str, Sequence[str | None]] = {
        name: [None if number == 0 or row[number] == row[number - 1] else "bold" for row in cells]
        for number, name in enumerate(names)
    }
    show_frame(
        table,
        title=title,
        headers={
            "column": language.gettext("Column"),
            **{name: language.format("version {n}", n=name) for name in names},
        },
        styles=styles,
    )


def _title(table: "Table", language: Translation) -> str:
    return table.title_zh if language.is_chinese else table.title


def _extent(lake: "Lake", table: "Table", rows: int) -> dict[str, Any]:
    """Rows, files, bytes, partitions and span of a table, all versions included."""
    import polars as pl

    files = lake.files(table, latest=False)
    first = last = None
    if table.day is not None and files:
        days = lake.scan(table, columns=[table.day], latest=False)
        first, last = days.select(first=pl.col(table.day).min(), last=pl.col(table.day).max()).collect().row(0)
    return {
        "rows": rows,
        "files": len(files),
        "bytes": sum(file.stat().st_size for file in files),
        "first": first,
        "last": last,
        "version": lake.version(table),
    }


def size(count: int) -> str:
    """Write a number of bytes for people.

    Examples
    --------
    >>> size(999), size(1_530_000)
    ('999 B', '1.5 MB')
    """
    value, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
