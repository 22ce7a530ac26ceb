"""``lantian jobs``: what runs, ran and waits; stop it, try it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.plan_options import default_actor
from lantian.cli.show import JsonOption, WorkspaceOption, cell, console, opened, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.desk.jobs import RunCard, RunState

app = typer.Typer(help=mark("Runs of the schedule and of people: list, show, stop, retry."), no_args_is_help=True)
APPS = {"jobs": app}
_Id = Annotated[str, typer.Argument(metavar="ID", help=mark("Id of the run, or its first signs."))]
_By = Annotated[str, typer.Option("--by", help=mark("Who decides: a login, or the name of the office."))]
_SHORT = 8
"""Least signs of an id."""
_LOOKED_AT = 1_000


@app.command("list", help=mark("Runs, newest first."))
def list_all(
    what: Annotated[str | None, typer.Option("--what", help=mark("Only this kind, such as day."))] = None,
    state: Annotated[
        str | None, typer.Option("--state", help=mark("Only these: ready, running, done, failed or cancelled."))
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1_000, help=mark("At most so many."))] = 20,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List runs, newest first."""
    import polars as pl

    from lantian.desk.jobs.words import WORDS

    language = words()
    with opened(workspace) as house:
        runs = house.jobs.list_runs(limit, what=what, state=_state(state))
        zone = house.city.zone
    if as_json:
        show_json({"rows": [_record(run) for run in runs]})
        return
    rows = [
        {
            "run": run.id,
            "what": language.gettext(WORDS.get(run.what, run.what)),
            "for": run.for_when,
            "state": language.gettext(_STATES[run.state]),
            "done": f"{run.done:.0%}",
            "began": cell(run.started_at.astimezone(zone) if run.started_at else None),
            "by": cell(run.requested_by),
        }
        for run in runs
    ]
    kinds = dict.fromkeys(("run", "what", "for", "state", "done", "began", "by"), pl.String)
    headers = {
        "run": language.gettext("Run"),
        "what": language.gettext("What"),
        "for": language.gettext("For"),
        "state": language.gettext("State"),
        "done": language.gettext("Done"),
        "began": language.gettext("Began"),
        "by": language.gettext("Asked by"),
    }
    show_frame(pl.DataFrame(rows, schema=kinds), title=language.gettext("Runs"), headers=headers)


@app.command("show", help=mark("One run: what it was given, how it ended, what it did."))
def show(run_id: _Id, workspace: WorkspaceOption = Path("workspace")) -> None:
    """Print one run as JSON."""
    with opened(workspace) as house:
        show_json(_record(_found(house.jobs.list_runs(_LOOKED_AT), run_id)))


@app.command("cancel", help=mark("End a run that waits; one that runs ends at its next step."))
def cancel(run_id: _Id, by: _By = "", workspace: WorkspaceOption = Path("workspace")) -> None:
    """End a run that waits; one that runs ends at its next step."""
    with opened(workspace) as house:
        found = _found(house.jobs.list_runs(_LOOKED_AT), run_id)
        house.jobs.cancel(found.id, by or default_actor())
    console().print(words().format(mark("Run {id} ends."), id=found.id))


@app.command("retry", help=mark("Ask once more for a run that failed or was cancelled."))
def retry(run_id: _Id, by: _By = "", workspace: WorkspaceOption = Path("workspace")) -> None:
    """Ask once more for a run that failed or was cancelled."""
    with opened(workspace) as house:
        found = _found(house.jobs.list_runs(_LOOKED_AT), run_id)
        fresh = house.jobs.retry(found.id, by or default_actor())
    said = mark("Run {id} waits; the worker of `lantian serve` takes it.")
    console().print(words().format(said, id=fresh))


_STATES = {
    "incomplete": mark("incomplete"),
    "ready": mark("waiting"),
    "running": mark("running"),
    "done": mark("done"),
    "failed": mark("failed"),
    "cancelled": mark("cancelled"),
}


def _state(text: str | None) -> "RunState | None":
    from lantian.desk.jobs import RunState

    if text is None:
        return None
    try:
        return RunState(text)
    except ValueError:
        known = ", ".join(state.value for state in RunState)
        raise CallerError("{text!r} is none of {known}.", text=text, known=known) from None


def _found(runs: "list[RunCard]", text: str) -> "RunCard":
    """Return the run whose id begins, or ends, like this."""
    wanted = text.strip().lower()
    found = [run for run in runs if run.id == wanted]
    if not found and len(wanted) >= _SHORT:
        found = [run for run in runs if run.id.startswith(wanted) or run.id.endswith(wanted)]
    if len(found) != 1:
        raise CallerError(
            "{n} of the newest runs have an id like {text!r}. Give it as `lantian jobs list` shows it.",
            n=len(found),
            text=text,
        )
    return found[0]


def _record(run: "RunCard") -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(run)
