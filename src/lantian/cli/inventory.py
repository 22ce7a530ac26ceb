"""``lantian inventory``: the book of sources, its editions, what comes of it, and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.inventory_files import app as files_app
from lantian.cli.inventory_views import app as views_app
from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    console,
    opened,
    progress_bar,
    show_frame,
    show_json,
    words,
)
from lantian.desk.language import finding_text, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lantian.desk.language import Translation
    from lantian.terms.findings import Finding

app = typer.Typer(no_args_is_help=True)
APPS = {"inventory": app}
_By = Annotated[str, typer.Option("--by", help=mark("Who decides it; kept as evidence."))]
_Reason = Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))]
_Edition = Annotated[str, typer.Argument(help=mark("Key of the edition, for instance 2025."))]


@app.command("new", help=mark("Open a year's book, empty or rolled forward from another edition."))
def new(
    key: _Edition,
    year: Annotated[int, typer.Option(help=mark("Year that it is about."))],
    by: _By,
    reason: _Reason,
    name: Annotated[str, typer.Option(help=mark("Name for people."))] = "",
    parent: Annotated[str | None, typer.Option("--from", help=mark("Edition to roll forward."))] = None,
    growth: Annotated[
        list[str] | None,
        typer.Option(help=mark("CATEGORY=FACTOR of the activity, as process.steel=1.05; repeat.")),
    ] = None,
    closed: Annotated[
        list[str] | None, typer.Option("--closed", help=mark("Id of a source that is gone; repeat."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Open a year's book, empty or rolled forward from another edition."""
    from lantian.loop.explain.editions import Opened, open_edition

    wanted = Opened(key, year, by, reason, name, parent, dict(map(_growth, growth or [])), tuple(closed or ()))
    with opened(workspace) as house:
        row = open_edition(house.study(), wanted)
    if as_json:
        show_json({"key": row.key, "year": row.year, "state": row.state, "parent": row.parent})
        return
    console().print(words().format(mark("The edition {key} of {year} is open."), key=row.key, year=row.year))


def _growth(text: str) -> tuple[str, float]:
    code, _, factor = text.partition("=")
    try:
        return code.strip(), float(factor)
    except ValueError:
        raise CallerError("{text!r} is no growth. Write it as process.steel=1.05.", text=text) from None


@app.command("close", help=mark("Close an edition: its rows and results are never changed again."))
def close(key: _Edition, by: _By, reason: _Reason, workspace: WorkspaceOption = Path("workspace")) -> None:
    """Close an edition: its rows and results are never changed again."""
    from lantian.loop.explain.editions import close_edition

    with opened(workspace) as house:
        close_edition(house.study(), key, by=by, because=reason)
    console().print(words().format(mark("The edition {key} is closed."), key=key))


@app.command("list", help=mark("Editions of the inventory."))
def list_them(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Editions of the inventory."""
    import polars as pl

    from lantian.loop.explain.editions import list_editions

    with opened(workspace) as house:
        rows = list_editions(house.study())
    names = ("key", "year", "name", "parent", "state", "made_by", "reason", "closed_by")
    kinds = {name: pl.Int64 if name == "year" else pl.String for name in names}
    frame = pl.DataFrame([{name: getattr(row, name) for name in names} for row in rows], schema=kinds)
    show_frame(frame, title=words().gettext(mark("Editions of the inventory")), as_json=as_json)


@app.command("cems", help=mark("Take the year's amounts of the automatic monitors into the book."))
def cems(key: _Edition, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Take the year's amounts of the automatic monitors into the book."""
    from lantian.loop.explain.cems import take_cems

    language = words()
    with opened(workspace) as house:
        written, findings = take_cems(house.study(), key)
    if as_json:
        show_json({"written": written, "findings": _records(findings)})
        return
    console().print(
        language.format(mark("{count} measured amounts are new, different or withdrawn."), count=written)
    )
    show_findings(findings, language)


@app.command("run", help=mark("Compute an edition: methods, amounts, intervals, doubts."))
def run(
    key: _Edition,
    draws: Annotated[int | None, typer.Option(min=100, help=mark("How often the city is drawn."))] = None,
    seed: Annotated[
        int | None, typer.Option(help=mark("Of the draws; the same gives the same intervals."))
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=mark("No progress bar."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Compute an edition: methods, amounts, intervals, doubts."""
    from lantian.cli.inventory_views import show_totals
    from lantian.loop.explain.queries import totals
    from lantian.loop.explain.running import SEED, compute

    language = words()
    with (
        opened(workspace) as house,
        progress_bar(language.gettext(mark("Computing the inventory")), quiet=quiet or as_json) as progress,
    ):
        study = house.study()
        done = compute(
            study, house.jobs, key, seed=SEED if seed is None else seed, number=draws, progress=progress
        )
        sums = totals(study, key)
    if as_json:
        show_json(
            {"edition": done.edition, "sources": done.sources, "rows": done.rows, "changed": done.changed,
             "rules": done.rule_ids, "findings": _records(done.findings), "totals": sums.to_dicts()}
        )  # fmt: skip
        return
    console().print(
        language.format(
            mark("{sources} sources make {rows} rows; {changed} of the results are new, different or withdrawn."),
            sources=done.sources, rows=done.rows, changed=done.changed,
        )
    )  # fmt: skip
    show_totals(sums, language)
    show_findings(done.findings, language)


@app.command("check", help=mark("What is doubtful in an edition as its book is now."))
def check(
    key: Annotated[str | None, typer.Argument(help=mark("Key of the edition; by default the newest."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Say what is doubtful in an edition as its book is now."""
    from lantian.loop.explain.running import checked

    with opened(workspace) as house:
        findings = checked(house.study(), key)
    if as_json:
        show_json({"findings": _records(findings)})
        return
    show_findings(findings, words(), most=0)


def show_findings(findings: "Sequence[Finding]", language: "Translation", most: int = 20) -> None:
    """Print findings, each with its innocent explanation; `most` 0 prints all."""
    from rich.markup import escape

    screen = console()
    if not findings:
        screen.print(f"[green]✓[/] {language.gettext(mark('Nothing looks doubtful.'))}")
    colours = {"error": "red", "warning": "yellow", "info": "dim"}
    shown = findings if not most else findings[:most]
    for each in shown:
        colour = colours[each.severity]
        screen.print(f"[{colour}]{escape(each.where)}[/] {escape(finding_text(each, language))}")
        if each.competing_explanation:
            screen.print(f"    [dim]{escape(language.gettext(each.competing_explanation))}[/]")
    if len(shown) < len(findings):
        screen.print(language.format(mark("… and {n} more"), n=len(findings) - len(shown)))


def _records(findings: "Sequence[Finding]") -> list[dict[str, object]]:
    return [
        {"code": each.code, "where": each.where, "severity": str(each.severity), "message": each.message,
         "evidence": each.evidence, "competing_explanation": each.competing_explanation}
        for each in findings
    ]  # fmt: skip


app.add_typer(files_app)
app.add_typer(views_app)
