"""``lantian people password …``: how somebody comes in, where they are logged in, and how that ends."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

ByOption = Annotated[str, typer.Option("--by", help=mark("Login of the administrator who decides."))]
LoginArgument = Annotated[str, typer.Argument(help=mark("Login of the user."))]
_Issuer = Annotated[
    str | None, typer.Option("--issuer", help=mark("Login service; by default the one of the settings."))
]


def add_account_commands(app: typer.Typer) -> None:
    """Add the commands about passwords, sessions and links below ``lantian people``."""
    app.command("password", help=mark("Set somebody's password: asked for, read from a pipe, or a random one."))(
        password
    )
    app.command("sessions", help=mark("Where somebody is logged in."))(sessions)
    app.command("end", help=mark("End every session of somebody."))(end)
    app.command("link", help=mark("Let somebody come in through the office's login service."))(link)
    app.command("unlink", help=mark("Let somebody come in through the login service no more."))(unlink)
    app.command("first-code", help=mark("Show a new code with which the first administrator is made."))(first_code)


def password(
    login: LoginArgument,
    by: ByOption,
    random: Annotated[bool, typer.Option("--random", help=mark("Make a random one and show it once."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Set somebody's password; their sessions end."""
    from lantian.ledger.accounts import random_password, set_password

    with opened(workspace) as house:
        new = random_password() if random else _asked_for()
        set_password(house.ledger, login, new, by=by, at=house.now())
    if random:
        typer.echo(new)
    Console(stderr=True).print(
        words().format(mark("{login} can log in with this password; open sessions are ended."), login=login)
    )


def sessions(
    login: LoginArgument, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False
) -> None:
    """Show where somebody is logged in."""
    import polars as pl

    from lantian.ledger.accounts import list_sessions_of

    with opened(workspace) as house:
        rows = [
            {
                "begun": row.begun_at.astimezone(house.city.zone),
                "seen": row.seen_at.astimezone(house.city.zone),
                "ends": row.expires_at.astimezone(house.city.zone),
                "address": row.address,
                "agent": row.agent,
            }
            for row in list_sessions_of(house.ledger, login, at=house.now())
        ]
    language = words()
    headers = {
        "begun": language.gettext(mark("Logged in")),
        "seen": language.gettext(mark("Last seen")),
        "ends": language.gettext(mark("Ends at the latest")),
        "address": language.gettext(mark("Address")),
        "agent": language.gettext(mark("Browser")),
    }
    frame = pl.DataFrame(rows, schema=None if rows else dict.fromkeys(headers, pl.String))
    show_frame(frame, title=language.gettext(mark("Sessions")), headers=headers, as_json=as_json)


def end(login: LoginArgument, by: ByOption, workspace: WorkspaceOption = Path("workspace")) -> None:
    """End every session of somebody."""
    from lantian.ledger.accounts import end_sessions

    with opened(workspace) as house:
        ended = end_sessions(house.ledger, login, by=by, at=house.now())
    console().print(
        words().format(mark("Sessions of {login} that were ended: {count}."), count=ended, login=login)
    )


def link(
    login: LoginArgument,
    by: ByOption,
    name: Annotated[
        str | None, typer.Option("--name", help=mark("Name there; by default the login itself."))
    ] = None,
    issuer: _Issuer = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Let somebody come in through the office's login service."""
    from lantian.ledger.accounts import link_outside

    with opened(workspace) as house:
        service = _issuer(issuer, house.settings.oidc_issuer)
        link_outside(house.ledger, login, service, name, by=by, at=house.now())
    console().print(words().format(mark("{login} may come in through {service}."), login=login, service=service))


def unlink(
    login: LoginArgument,
    by: ByOption,
    issuer: _Issuer = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Let somebody come in through the login service no more."""
    from lantian.ledger.accounts import unlink_outside

    with opened(workspace) as house:
        service = _issuer(issuer, house.settings.oidc_issuer)
        unlink_outside(house.ledger, login, service, by=by, at=house.now())
    console().print(
        words().format(mark("{login} comes in through {service} no more."), login=login, service=service)
    )


def first_code(workspace: WorkspaceOption = Path("workspace")) -> None:
    """Show a new code with which the first administrator is made; an earlier one ends."""
    from lantian.ledger.accounts import first_code as made

    with opened(workspace) as house:
        typer.echo(made(house.ledger, at=house.now()))


def _issuer(asked: str | None, of_settings: str | None) -> str:
    issuer = asked or of_settings
    if issuer is None:
        raise CallerError(
            "This workspace has no login service. Set oidc_issuer in lantian.toml, or name one with --issuer."
        )
    return issuer


def _asked_for() -> str:
    """Ask for a new password without showing it, or read one line where a program gives it."""
    from getpass import getpass

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    language = words()
    new = getpass(language.gettext(mark("New password: ")))
    if getpass(language.gettext(mark("Once more: "))) != new:
        raise CallerError("The two are not the same, so nothing was set. Type both again.")
    return new
