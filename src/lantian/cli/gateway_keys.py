"""``lantian gateway key`` and ``keys``: SM4 keys of encrypted lines; the keys themselves are shown nowhere."""

from pathlib import Path
from typing import Annotated

import typer

from lantian.cli.frame_build import key_of
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError


def add_key_commands(app: typer.Typer) -> None:
    """Add the commands below ``lantian gateway``."""
    app.command("key", help=mark("Put a device's SM4 key in force, or let its line be plain again."))(key)
    app.command("keys", help=mark("Which device has which key since when; the keys are not shown."))(keys)


def key(
    mn: Annotated[str, typer.Argument(help=mark("Code of the device (MN)."))],
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; it is kept."))],
    by: Annotated[str, typer.Option("--by", help=mark("Who decides: a login, or the name of the office."))],
    file: Annotated[
        Path | None,
        typer.Option("--file", help=mark("File with the SM4 key: 16 characters, or 32 hexadecimal digits.")),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help=mark("No key any more: the line is plain."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Put a key in force that was brought, or none; new ones are made by `ask MN 1014`."""
    from lantian.loop.sense.keys import set_key

    if (file is None) != forget:
        raise CallerError("Give the key with --file, or say --forget; one of them.")
    with opened(workspace) as house:
        row = set_key(house.ledger, mn, key_of(file), by=by, at=house.now(), reason=reason)
    said = (
        mark("Key {version} of device {mn} is in force.") if row.key_version else mark("Device {mn} is plain now.")
    )
    console().print(words().format(said, version=row.key_version, mn=mn))


def keys(
    mn: Annotated[str | None, typer.Option("--mn", help=mark("Only of this device."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List keys by device, newest first."""
    import polars as pl

    from lantian.loop.sense.keys import list_keys

    with opened(workspace) as house:
        rows = [
            {
                "mn": row.mn, "version": row.version, "state": row.state, "made_by": row.made_by,
                "made_at": row.made_at.astimezone(house.city.zone),
                "since": None if row.since is None else row.since.astimezone(house.city.zone),
                "reason": row.reason,
            }
            for row in list_keys(house.ledger, mn)
        ]  # fmt: skip
    if as_json:
        show_json({"rows": rows})
    elif not rows:
        console().print(words().gettext("No device has a key."))
    else:
        show_frame(pl.DataFrame(rows, infer_schema_length=None))
