"""Upkeep of the lake from the terminal: fewer files, no dead ones, nothing past its time, a look for damage."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.store.columns import Table

_AnyTable = Annotated[
    str | None, typer.Argument(metavar="[TABLE]", help=mark("Name of the table; every table if left out."))
]
_COLOURS = {Severity.INFO: "dim", Severity.WARNING: "yellow", Severity.ERROR: "red"}


def compact(
    table: _AnyTable = None,
    partition: Annotated[
        str | None, typer.Option("--partition", help=mark("Only this one, for instance 2026-03."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Rewrite tables into fewer files; no fact is lost."""
    import polars as pl

    language = words()
    rows = []
    with opened(workspace) as house:
        for kind in _chosen(house, table):
            done = house.lake.compact(kind, partition)
            rows.append(
                {
                    "table": kind.name,
                    "partitions": done.partitions,
                    "files_before": done.files_before,
                    "files_after": done.files_after,
                    "version": done.version,
                }
            )
    show_frame(
        pl.DataFrame(rows),
        title=language.gettext("Compacted"),
        headers={
            "table": language.gettext("Table"),
            "partitions": language.gettext("Partitions rewritten"),
            "files_before": language.gettext("Files before"),
            "files_after": language.gettext("Files after"),
            "version": language.gettext("Version"),
        },
        as_json=as_json,
    )


def vacuum(
    table: _AnyTable = None,
    keep_hours: Annotated[
        int, typer.Option("--keep-hours", min=0, help=mark("Reads that began before may still need them."))
    ] = 24,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Delete data files that are out of force for some hours."""
    with opened(workspace) as house:
        gone = {kind.name: house.lake.vacuum(kind, keep_hours=keep_hours) for kind in _chosen(house, table)}
    _show_removed(gone, words().gettext("Files deleted"), as_json=as_json)


def retain(
    table: _AnyTable = None, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False
) -> None:
    """Drop partitions older than the retention of their table."""
    with opened(workspace) as house:
        today = house.lake.day_of(house.now())
        gone = {kind.name: house.lake.retain(kind, today) for kind in _chosen(house, table)}
    _show_removed(gone, words().gettext("Partitions dropped"), as_json=as_json)


def check(
    table: _AnyTable = None, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False
) -> None:
    """Read every file and compare it with its declaration; ends with 1 at an error."""
    language = words()
    with opened(workspace) as house:
        chosen = _chosen(house, table)
        findings = [finding for kind in chosen for finding in house.lake.check(kind)]
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if as_json:
        show_json({"tables": [kind.name for kind in chosen], "errors": errors, "findings": _plain(findings)})
    else:
        screen = console()
        for finding in findings:
            message = escape(language.format(finding.message, **finding.evidence))
            screen.print(
                f"[{_COLOURS[finding.severity]}]{finding.code}[/] {escape(finding.where)}: {message}",
                soft_wrap=True,
            )
        screen.print(
            language.format(
                "{tables} tables checked: {errors} errors, {others} other findings",
                tables=len(chosen),
                errors=errors,
                others=len(findings) - errors,
            )
        )
    if errors:
        raise typer.Exit(1)


def _plain(findings: Sequence[Finding]) -> list[dict[str, object]]:
    return [
        {
            "code": row.code,
            "where": row.where,
            "severity": row.severity.value,
            "message": row.message,
            "evidence": row.evidence,
        }
        for row in findings
    ]


def _show_removed(gone: dict[str, list[str]], title: str, *, as_json: bool) -> None:
    import polars as pl

    language = words()
    if as_json:
        show_json({"rows": [{"table": name, "removed": names} for name, names in gone.items()]})
        return
    rows = [
        {"table": name, "count": len(names), "removed": ", ".join(names[:3]) + (" …" if len(names) > 3 else "")}
        for name, names in gone.items()
    ]
    headers = {
        "table": language.gettext("Table"),
        "count": language.gettext("Count"),
        "removed": language.gettext("Which"),
    }
    show_frame(pl.DataFrame(rows), title=title, headers=headers)


def _chosen(house: "House", table: str | None) -> "list[Table]":
    return list(house.lake.tables()) if table is None else [house.lake.table(table)]
