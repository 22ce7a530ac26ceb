"""``lantian audit`` and ``lantian ledger``: is the chain of decisions whole, and which edition is it?"""

from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    console,
    day,
    opened,
    progress_bar,
    show_frame,
    show_json,
    words,
)
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.ledger.chain import ChainedEntry, ChainReport

audit_app = typer.Typer(
    help=mark("The chain of decisions: verify, print its head, list, export."), no_args_is_help=True
)
ledger_app = typer.Typer(
    help=mark("The database of decisions: what it is, bring it up to date."), no_args_is_help=True
)
APPS = {"audit": audit_app, "ledger": ledger_app}
_BROKEN = 1


@audit_app.command(
    "verify", help=mark("Prove every decision from the first; leaves with 1 where one does not hold.")
)
def verify(
    given_out: Annotated[
        list[str] | None,
        typer.Option(
            "--head", help=mark("A head that was printed or kept elsewhere, NUMBER:HASH; may be repeated.")
        ),
    ] = None,
    files: Annotated[bool, typer.Option("--files", help=mark("Prove the kept files too."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Prove every decision from the first; leaves with 1 where one does not hold."""
    from lantian.ledger.chain import ChainHead, verify_chain

    language = words()
    heads = [ChainHead.parse(text) for text in given_out or ()]
    with opened(workspace) as house:
        with progress_bar(language.gettext("Verifying"), quiet=as_json) as progress:
            report = verify_chain(house.ledger, progress, given_out=heads)
        damaged = house.files.list_damaged() if files else None
    if as_json:
        show_json(_as_json(report, damaged))
    else:
        _print_report(report, damaged)
    if not report.sound or damaged:
        raise typer.Exit(_BROKEN)


def _as_json(report: "ChainReport", damaged: list[str] | None) -> dict[str, Any]:
    broken = report.broken
    said: dict[str, Any] = {
        "sound": report.sound and not damaged,
        "entries": report.entries,
        "head": str(report.head),
        "broken": None if broken is None else {"number": broken.number, "kind": broken.kind},
        "missing_guards": list(report.missing_guards),
    }
    return said if damaged is None else {**said, "damaged_files": damaged}


def _print_report(report: "ChainReport", damaged: list[str] | None) -> None:
    language, out = words(), console()
    if report.broken is None:
        out.print(language.format(mark("{n} decisions, each one proved."), n=report.entries))
    else:
        what = language.gettext(report.broken.message)
        said = language.format(
            mark("The chain breaks at entry {number}: {what}."), number=report.broken.number, what=what
        )
        out.print(f"[bold red]{said}[/]")
        out.print(
            language.format(
                mark("{n} decisions before it hold. Keep the database as it is, and compare it with a backup."),
                n=report.entries,
            )
        )
    out.print(language.format(mark("Head: {head}"), head=report.head), soft_wrap=True)
    for name in report.missing_guards:
        said = language.format(mark("The guard {name} no longer refuses changes."), name=name)
        out.print(f"[bold red]{said}[/]")
    if damaged is not None and not damaged:
        out.print(language.gettext("Every kept file is the one that was given."))
    for file_id in damaged or ():
        said = language.format(mark("File {id} is gone or not the one that was given."), id=file_id)
        out.print(f"[bold red]{said}[/]")


@audit_app.command("head", help=mark("Number and hash of the last decision of a day, to be printed and kept."))
def head(
    on: Annotated[str | None, typer.Option("--day", help=mark("Legal day: 2026-03-01; by default today."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Print number and hash of the last decision of a day, to be kept elsewhere."""
    from lantian.ledger.chain import day_head

    with opened(workspace) as house:
        wanted = day(on) or house.lake.day_of(house.now())
        found = day_head(house.ledger, wanted, house.city.zone)
        simulated = house.settings.simulated
    if as_json:
        show_json({"day": wanted, "number": found.number, "hash": found.hash, "simulated": simulated})
        return
    console().print(
        words().format(mark("Head of the chain at the end of {day}: {head}"), day=wanted, head=found),
        soft_wrap=True,
    )


@audit_app.command("entries", help=mark("Decisions, newest first."))
def entries(
    subject: Annotated[
        str | None, typer.Option("--subject", help=mark("About what: duty:ID, or duty: for every duty."))
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=mark("Which: duty.reported, or duty. for all about duties."))
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", help=mark("Who decided."))] = None,
    since: Annotated[str | None, typer.Option("--since", help=mark("First legal day: 2026-03-01."))] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help=mark("At most so many."))] = 50,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Decisions, newest first."""
    import polars as pl

    from lantian.ledger.chain import list_entries

    language = words()
    with opened(workspace) as house:
        zone = house.city.zone
        first = day(since)
        start = None if first is None else datetime.combine(first, time.min, zone)
        found = list_entries(house.ledger, subject=subject, kind=kind, actor=actor, since=start, limit=limit)
    if as_json:
        show_json({"rows": [_entry_json(entry) for entry in found]})
        return
    columns = ("number", "at", "actor", "kind", "subject", "payload")
    rows = [
        {
            **{name: str(getattr(entry, name)) for name in columns},
            "at": f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        }
        for entry in found
    ]
    show_frame(
        pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String)),
        title=language.gettext("Decisions"),
        headers={
            "number": language.gettext("No."),
            "at": language.gettext("When"),
            "actor": language.gettext("Who"),
            "kind": language.gettext("Decision"),
            "subject": language.gettext("About"),
            "payload": language.gettext("What"),
        },
    )


def _entry_json(entry: "ChainedEntry") -> dict[str, Any]:
    import json
    from dataclasses import asdict

    return {**asdict(entry), "payload": json.loads(entry.payload)}


@audit_app.command("export", help=mark("Write the chain as JSON lines that anybody can verify without Lantian."))
def export(
    out: Annotated[Path, typer.Argument(metavar="FILE", help=mark("File to write; an existing one is kept."))],
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Write the chain as JSON lines that anybody can verify without Lantian."""
    from lantian.ledger.chain import export_chain

    if out.exists():
        raise CallerError("{path} exists. Name another file.", path=out)
    if not out.parent.is_dir():
        raise CallerError("{path} cannot be written: its folder does not exist. Make it first.", path=out)
    with opened(workspace) as house:
        found = export_chain(house.ledger, out, house.now())
    console().print(
        words().format(mark("Wrote {n} decisions to {path}; head {head}"), n=found.number, path=out, head=found),
        soft_wrap=True,
    )


@ledger_app.command("status", help=mark("Where the ledger is, of which edition, what it holds."))
def status(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Where the ledger is, of which edition, what it holds."""
    import polars as pl

    from lantian.assembly import ledger_alone
    from lantian.ledger.chain import count_rows
    from lantian.ledger.editions import HEAD

    language = words()
    ledger = ledger_alone(workspace)
    try:
        edition = ledger.edition()
        counts = count_rows(ledger) if edition == HEAD else {}
    finally:
        ledger.close()
    if as_json:
        show_json({"place": ledger.name, "edition": edition, "newest": HEAD, "rows": counts})
        return
    console().print(
        language.format(
            mark("Ledger {place}, edition {edition}; this Lantian works with {newest}."),
            place=ledger.name,
            edition=edition or language.gettext("none"),
            newest=HEAD,
        ),
        soft_wrap=True,
    )
    if counts:
        show_frame(
            pl.DataFrame({"table": list(counts), "rows": list(counts.values())}),
            headers={"table": language.gettext("Table"), "rows": language.gettext("Rows")},
        )


@ledger_app.command("upgrade", help=mark("Bring the ledger's tables to this Lantian's edition; a copy is kept."))
def upgrade(workspace: WorkspaceOption = Path("workspace")) -> None:
    """Bring the ledger's tables to this Lantian's edition; a copy is kept."""
    from lantian.assembly import ensure_secret, ledger_alone
    from lantian.ledger.editions import HEAD

    language = words()
    ledger = ledger_alone(workspace)
    try:
        held = ledger.edition()
        kept = None if held == HEAD else ledger.upgrade()
    finally:
        ledger.close()
    if ensure_secret(workspace):
        console().print(language.gettext("The workspace has a secret now that keys of devices are sealed with."))
    if held == HEAD:
        console().print(language.format(mark("The ledger has edition {edition} already."), edition=HEAD))
        return
    console().print(
        language.format(mark("The ledger went from edition {old} to {new}."), old=held, new=HEAD), soft_wrap=True
    )
    if kept is not None:
        console().print(language.format(mark("As it was before it stands in {path}."), path=kept), soft_wrap=True)
