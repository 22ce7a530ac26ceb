"""``lantian evaluate``: judge what the lake holds, and say what changed."""

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

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.evaluate.commands import Evaluation

app = typer.Typer()
APPS = {"evaluate": app}


@app.command()
def evaluate(
    workspace: WorkspaceOption = Path("workspace"),
    first: Annotated[
        str | None, typer.Option("--from", help=mark("First legal day, for instance 2026-03-01."))
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help=mark("Last legal day."))] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=mark("No progress bar."))] = False,
    as_json: JsonOption = False,
) -> None:
    """Judge hours, days and periods by the law of their day, and say what changed since the last run."""
    with opened(workspace) as house:
        done = run_evaluation(house, first, last, quiet=quiet or as_json)
        show_evaluation(done, as_json=as_json)


def run_evaluation(house: "House", first: str | None, last: str | None, *, quiet: bool) -> "Evaluation":
    """Run the evaluation of a workspace under a progress bar."""
    from lantian.loop import run_days

    with progress_bar(words().gettext("Evaluating"), quiet=quiet) as progress:
        return run_days(house.scene(), house.jobs, day(first), day(last), progress)


def evaluation_record(done: "Evaluation") -> dict[str, Any]:
    """Say for programs what an evaluation judged and what it changed."""
    return {
        "first": done.first,
        "last": done.last,
        "stages": [stage.value for stage in done.stages],
        "rule_sets": done.rule_sets,
        "tables": [{"table": name, **one.counts()} for name, one in done.tables.items()],
        "changes": [
            {"table": c.table, "key": c.key, "column": c.column, "before": c.before, "after": c.after}
            for one in done.tables.values()
            for c in one.examples
        ],
        "findings": [{"code": f.code, "where": f.where, "message": f.message} for f in done.findings],
    }


def show_evaluation(done: "Evaluation", *, as_json: bool = False) -> None:
    """Say what an evaluation judged and what it changed."""
    import polars as pl

    language = words()
    rows = pl.DataFrame(
        [{"table": name, **one.counts()} for name, one in done.tables.items()],
        schema={"table": pl.String, "new": pl.Int64, "changed": pl.Int64, "withdrawn": pl.Int64, "same": pl.Int64},
    )
    examples = [change for one in done.tables.values() for change in one.examples]
    if as_json:
        show_json(evaluation_record(done))
        return
    show_frame(
        rows,
        title=language.format("Judged {first} … {last}", first=done.first, last=done.last),
        caption="\n".join(done.rule_sets),
        headers={
            "table": language.gettext("Table"),
            "new": language.gettext("New"),
            "changed": language.gettext("Changed"),
            "withdrawn": language.gettext("Withdrawn"),
            "same": language.gettext("Same"),
        },
    )
    screen = console()
    if not done.changed:
        screen.print(language.gettext("Nothing changed: inputs and rules are as at the last run."))
    for change in examples[:20]:
        screen.print(f"  {change.table} {' '.join(change.key)} {change.column}: {change.before} → {change.after}")
    for finding in done.findings:
        screen.print(f"[yellow]{finding.where}[/]: {language.gettext(finding.message)}")
