"""``lantian door``: files of data come in by hand as they do by folder and HTTP, and what became of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, show_json, words
from lantian.desk.language import error_text, mark
from lantian.terms.errors import CallerError, HouseError, LantianError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.ledger.models import Delivery

app = typer.Typer(no_args_is_help=True, help=mark("The doors for files: give, list, show, retry, senders."))
sender_app = typer.Typer(no_args_is_help=True, help=mark("Who may send files by a key."))
app.add_typer(sender_app, name="sender")
APPS = {"door": app}
_Kind = Annotated[
    str | None, typer.Option("--kind", help=mark("What kind of file it is, where it does not show."))
]
_Edge = Annotated[
    str | None,
    typer.Option("--edge", help=mark("Whether its stamps are the start or the end of the time they mean.")),
]
_Period = Annotated[
    str | None,
    typer.Option("--period", help=mark("realtime, five_minutes, minute, hour or day, where it does not say it.")),
]
_By = Annotated[str, typer.Option("--by", help=mark("Who does it: a login, or the name of the office."))]
_Reason = Annotated[str, typer.Option("--reason", help=mark("Why; it is kept."))]
_STATES = {
    "waiting": mark("waiting for the lake"),
    "taken": mark("in the lake"),
    "refused": mark("refused as a whole"),
    "unrecognised": mark("of no known kind"),
}
_Id = Annotated[str, typer.Argument(metavar="ID", help=mark("Id of the delivery."))]


@app.command("give", help=mark("Deliver files and take them into the lake."))
def give(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=mark("Files of any kind that is taken."))],
    kind: _Kind = None,
    edge: _Edge = None,
    period: _Period = None,
    by: _By = "command",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Deliver files and take them into the lake; the same bytes a second time change nothing."""
    from lantian.gateway.kinds import file_door
    from lantian.loop.sense.doors.delivering import Parcel, deliver

    options = _options(edge, period)
    outcomes: list[Delivery | LantianError] = []
    with opened(workspace) as house:
        door = file_door(house)
        for path in files:
            try:
                if not path.is_file():
                    raise CallerError("{path} does not exist, or is no file. Name a file.", path=path)
                parcel = Parcel(path, path.name, "command", by, kind=kind, options=options)
                outcomes.append(deliver(door, parcel, at=house.now()).delivery)
            except HouseError:
                raise
            except LantianError as fault:
                outcomes.append(fault)
        _take(house)
        told = [row if isinstance(row, LantianError) else _fresh(house, row.id) for row in outcomes]
    _show_outcomes(files, told, as_json=as_json)


@app.command("list", help=mark("List deliveries, newest first."))
def list_all(
    state: Annotated[
        str | None, typer.Option("--state", help=mark("waiting, taken, refused or unrecognised."))
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help=mark("How many."))] = 50,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List deliveries, newest first."""
    import polars as pl

    from lantian.loop.sense.doors.deliveries import list_deliveries

    with opened(workspace) as house:
        rows = list_deliveries(house.ledger, state=state, most=most)
        zone = house.city.zone
    if as_json:
        show_json({"rows": [_record(row) for row in rows]})
        return
    if not rows:
        console().print(words().gettext("No file was delivered yet."))
        return
    shown = [
        {
            "id": row.id,
            "received_at": row.received_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "name": row.name,
            "brought_by": row.brought_by,
            "kind": row.kind,
            "state": words().gettext(_STATES[row.state]),
            "accepted": row.counts.get("accepted"),
            "rejected": row.counts.get("rejected"),
        }
        for row in rows
    ]
    show_frame(
        pl.DataFrame(shown, schema_overrides={"accepted": pl.Int64, "rejected": pl.Int64, "kind": pl.String})
    )


@app.command("show", help=mark("One delivery: its counts, findings and rejects."))
def show(delivery: _Id, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """One delivery: its counts, findings and rejects."""
    from lantian.gateway.kinds import file_door
    from lantian.loop.sense.doors.deliveries import reject_files

    with opened(workspace) as house:
        row = _fresh(house, delivery)
        files = reject_files(file_door(house), row)
    if as_json:
        show_json({**_record(row), "reject_files": files})
        return
    _show_one(row)
    for path in files:
        console().print(words().format(mark("Rejects: {file}"), file=path.resolve()), soft_wrap=True)


@app.command("retry", help=mark("Take a delivery once more, by another kind if one is said."))
def retry(
    delivery: _Id,
    reason: _Reason,
    kind: _Kind = None,
    edge: _Edge = None,
    period: _Period = None,
    by: _By = "command",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take a delivery once more; its values are then the latest."""
    from lantian.gateway.kinds import file_door
    from lantian.loop.sense.doors.deliveries import retry_delivery

    with opened(workspace) as house:
        found = _fresh(house, delivery)
        options = _options(edge, period)
        retry_delivery(
            file_door(house), found.id, kind=kind, options=options, by=by, at=house.now(), reason=reason
        )
        _take(house)
        row = _fresh(house, found.id)
    _show_outcomes([Path(row.name)], [row], as_json=as_json)


@app.command("kinds", help=mark("Kinds of files that are taken."))
def kinds(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Kinds of files that are taken."""
    import polars as pl

    from lantian.gateway.kinds import file_door

    with opened(workspace) as house:
        rows = [
            {"kind": kind.key, "title": words().gettext(kind.title), "suffixes": " ".join(kind.suffixes)}
            for kind in file_door(house).kinds
        ]
    show_frame(pl.DataFrame(rows), as_json=as_json)


# ---------------------------------------------------------------------------------------------- senders


@sender_app.command("add", help=mark("Let somebody send files; the key is shown this once."))
def add(
    name: Annotated[str, typer.Argument(help=mark("Short name; also that of its folder in the inbox."))],
    organisation: Annotated[str, typer.Option("--organisation", help=mark("Who answers for it."))],
    reason: _Reason,
    by: _By,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help=mark("A kind that it may send; without one, every kind."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Let somebody send files; the key is shown this once."""
    from lantian.gateway.kinds import file_door
    from lantian.loop.sense.doors.senders import SenderContent, add_sender

    with opened(workspace) as house:
        known = [each.key for each in file_door(house).kinds]
        content = SenderContent(name, organisation, tuple(kind or ()), simulated=house.settings.simulated)
        made = add_sender(house.ledger, content, known, by=by, at=house.now(), reason=reason)
    if as_json:
        show_json({"id": made.sender.id, "name": name, "key": made.key, "kinds": made.sender.kinds})
        return
    console().print(words().format(mark("{name} may send files. Its key, shown this once:"), name=name))
    console().print(made.key, soft_wrap=True)


@sender_app.command("close", help=mark("Let a sender send no more."))
def close(
    name: Annotated[str, typer.Argument(help=mark("Its name."))],
    reason: _Reason,
    by: _By,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Let a sender send no more; its deliveries stay."""
    from lantian.loop.sense.doors.senders import close_sender

    with opened(workspace) as house:
        close_sender(house.ledger, name, by=by, at=house.now(), reason=reason)
    console().print(words().format(mark("{name} can send no more files."), name=name))


@sender_app.command("list", help=mark("Who may send files."))
def senders(
    closed: Annotated[bool, typer.Option("--closed", help=mark("Those that were closed, too."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Who may send files."""
    import polars as pl

    from lantian.loop.sense.doors.senders import list_senders

    with opened(workspace) as house:
        zone = house.city.zone
        rows = [
            {
                "name": row.name,
                "organisation": row.organisation,
                "kinds": " ".join(row.kinds) or "*",
                "simulated": row.simulated,
                "made_at": row.made_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "made_by": row.made_by,
                "reason": row.reason,
                "closed_because": row.closed_because,
            }
            for row in list_senders(house.ledger, closed=closed)
        ]
    if not rows and not as_json:
        console().print(words().gettext("Nobody may send files by a key yet."))
        return
    show_frame(pl.DataFrame(rows, schema_overrides={"closed_because": pl.String}), as_json=as_json)


# ---------------------------------------------------------------------------------------------- shown


def _options(edge: str | None, period: str | None) -> dict[str, str]:
    return {name: value for name, value in (("edge", edge), ("period", period)) if value is not None}


def _take(house: "House") -> None:
    from lantian.gateway.kinds import file_door
    from lantian.loop.sense.doors.taking import take_waiting

    door = file_door(house)
    while take_waiting(door, house.centre(), wait=house.settings.lock_wait_seconds).more:
        pass


def _fresh(house: "House", delivery: str) -> "Delivery":
    from lantian.loop.sense.doors.deliveries import delivery_of

    return delivery_of(house.ledger, delivery)


def _record(row: "Delivery") -> dict[str, Any]:
    from lantian.loop.sense.doors.deliveries import delivery_shown, error_of

    error = error_of(row)
    return {**delivery_shown(row), "error": None if error is None else error_text(error, words())}


def _show_outcomes(files: Sequence[Path], outcomes: "Sequence[Delivery | LantianError]", *, as_json: bool) -> None:
    """Show what became of each file; leave with 2 where one was not taken, with 1 where it still waits."""
    from lantian.loop.sense.doors.delivering import State

    if as_json:
        told = [
            {"name": path.name, "error": error_text(row, words())}
            if isinstance(row, LantianError)
            else _record(row)
            for path, row in zip(files, outcomes, strict=True)
        ]
        show_json({"rows": told})
    else:
        for path, row in zip(files, outcomes, strict=True):
            if isinstance(row, LantianError):
                console().print(f"[red]{path.name}[/]: {error_text(row, words())}")
            else:
                _show_one(row)
    if any(not isinstance(row, LantianError) and row.state == State.WAITING for row in outcomes):
        raise typer.Exit(HouseError.exit_code)
    if any(isinstance(row, LantianError) or row.state != State.TAKEN for row in outcomes):
        raise typer.Exit(CallerError.exit_code)


def _show_one(row: "Delivery") -> None:
    from rich.markup import escape

    language, out = words(), console()
    head = language.format(
        mark("{name}: {state} ({kind}), delivery {id}"),
        name=row.name,
        state=language.gettext(_STATES[row.state]),
        kind=row.kind or "—",
        id=row.id,
    )
    out.print(escape(head), soft_wrap=True)
    if row.counts:
        said = language.format(
            mark(
                "  {read} rows read, {accepted} accepted, {rejected} rejected, {skipped} left out; in the lake "
                "{written} new, {corrected} of them corrections, {unchanged} known"
            ),
            **row.counts,
        )
        out.print(said)
    for found in row.findings:
        out.print(
            f"  [yellow]{found['code']}[/]  {escape(language.format(found['message'], **found['evidence']))}"
        )
    error = _record(row)["error"]
    if error is not None:
        out.print(f"  [red]{escape(error)}[/]", soft_wrap=True)
