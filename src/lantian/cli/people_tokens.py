"""``lantian people token …``: tokens with which programs act for somebody."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from lantian.cli.people_accounts import LoginArgument
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, words
from lantian.desk.language import mark

token_app = typer.Typer(help=mark("Tokens with which programs act for somebody."), no_args_is_help=True)
_By = Annotated[str, typer.Option("--by", help=mark("Who decides: the user, or an administrator."))]


@token_app.command("add", help=mark("Make a token and show it once."))
def add(
    login: LoginArgument,
    name: Annotated[str, typer.Argument(help=mark("What it is for."))],
    scope: Annotated[
        list[str], typer.Option("--scope", help=mark("What it may at most, such as read:air; may be repeated."))
    ],
    by: _By,
    days: Annotated[int, typer.Option("--days", help=mark("How long it lasts. [d]"))] = 90,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Make a token and show it once."""
    from lantian.ledger.accounts import make_token

    with opened(workspace) as house:
        text, card = make_token(
            house.ledger, login, name, scope, by=by, at=house.now(), lasts=timedelta(days=days)
        )
        until = card.expires_at.astimezone(house.city.zone)
    typer.echo(text)
    said = mark("Token {id} of {login} lasts until {until:%Y-%m-%d %H:%M}. It is not shown again.")
    Console(stderr=True).print(words().format(said, id=card.id, login=login, until=until))


@token_app.command("list", help=mark("Tokens; never the secret itself."))
def list_all(
    login: Annotated[str | None, typer.Argument(help=mark("Login of one user."))] = None,
    revoked: Annotated[bool, typer.Option("--revoked", help=mark("Revoked ones too."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List tokens; never the secret itself."""
    import polars as pl

    from lantian.ledger.accounts import list_tokens

    with opened(workspace) as house:
        zone = house.city.zone
        rows = [
            {
                "id": row.id,
                "login": row.login,
                "name": row.name,
                "scopes": " ".join(row.scopes),
                "ends": row.expires_at.astimezone(zone),
                "used": None if row.used_at is None else row.used_at.astimezone(zone),
                "revoked": row.revoked_at is not None,
            }
            for row in list_tokens(house.ledger, login, revoked=revoked)
        ]
        kind = pl.Datetime("us", str(zone))
    language = words()
    headers = {
        "login": language.gettext(mark("Login")),
        "name": language.gettext(mark("Name")),
        "scopes": language.gettext(mark("Scopes")),
        "ends": language.gettext(mark("Ends")),
        "used": language.gettext(mark("Last used")),
        "revoked": language.gettext(mark("Revoked")),
    }
    texts = [(name, pl.String) for name in ("id", "login", "name", "scopes")]
    frame = pl.DataFrame(rows, schema=[*texts, ("ends", kind), ("used", kind), ("revoked", pl.Boolean)])
    show_frame(frame, title=language.gettext(mark("Tokens")), headers=headers, as_json=as_json)


@token_app.command("revoke", help=mark("Take a token back, at once and for ever."))
def revoke(
    token_id: Annotated[str, typer.Argument(help=mark("Id of the token, as the list shows it."))],
    by: _By,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Take a token back, at once and for ever."""
    from lantian.ledger.accounts import revoke_token

    with opened(workspace) as house:
        revoke_token(house.ledger, token_id, by=by, at=house.now())
    console().print(words().format(mark("Token {id} is good for nothing now."), id=token_id))
