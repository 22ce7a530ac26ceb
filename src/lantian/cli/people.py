"""``lantian people``: who may act, with which roles, for which body."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.people_accounts import add_account_commands
from lantian.cli.people_tokens import token_app
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.ledger.people import Role

app = typer.Typer(help=mark("Who may act here, with which roles, for which body."), no_args_is_help=True)
APPS = {"people": app}
app.add_typer(token_app, name="token")
add_account_commands(app)
_By = Annotated[str, typer.Option("--by", help=mark("Login of the administrator who decides."))]
_Login = Annotated[str, typer.Argument(help=mark("Login: a code of the office, kept for ever."))]
_RoleArgument = Annotated[
    str,
    typer.Argument(
        help=mark(
            "admin, city_office, monitoring, science, duty, inspection, department, county, enterprise, operator, "
            "auditor or public."
        )
    ),
]
_Body = Annotated[str | None, typer.Option("--body", help=mark("Body for which the role holds."))]


@app.command("list", help=mark("Users with their roles."))
def list_all(
    closed: Annotated[bool, typer.Option("--closed", help=mark("Closed logins too."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Users with their roles."""
    import polars as pl

    from lantian.ledger.users import list_users

    with opened(workspace) as house:
        rows = [
            {
                "login": row.login,
                "name": row.name,
                "roles": ", ".join(row.roles),
                "closed": row.closed_at is not None,
            }
            for row in list_users(house.ledger, closed=closed)
        ]
    kinds = {"login": pl.String, "name": pl.String, "roles": pl.String, "closed": pl.Boolean}
    show_frame(pl.DataFrame(rows, schema=kinds), title=words().gettext("Users"), as_json=as_json)


@app.command("add", help=mark("Let somebody act under a login, with a first role."))
def add(
    login: _Login,
    role: _RoleArgument,
    name: Annotated[str, typer.Option("--name", help=mark("Name of the person; can be forgotten on schedule."))],
    by: _By,
    body: _Body = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Let somebody act under a login, with a first role."""
    from lantian.ledger.users import make_user

    with opened(workspace) as house:
        make_user(house.ledger, login, name, _role(role), body, by=by, at=house.now())
    console().print(words().format(mark("{login} may act as {role}."), login=login, role=role))


@app.command("grant", help=mark("Give a user another role."))
def grant(
    login: _Login,
    role: _RoleArgument,
    by: _By,
    body: _Body = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Give a user another role."""
    from lantian.ledger.users import give_role

    with opened(workspace) as house:
        give_role(house.ledger, login, _role(role), body, by=by, at=house.now())
    console().print(words().format(mark("{login} may act as {role}."), login=login, role=role))


@app.command("revoke", help=mark("Take a role back; its row stays as evidence."))
def revoke(
    login: _Login,
    role: _RoleArgument,
    by: _By,
    body: _Body = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Take a role back; its row stays as evidence."""
    from lantian.ledger.users import take_role

    with opened(workspace) as house:
        take_role(house.ledger, login, _role(role), body, by=by, at=house.now())
    console().print(words().format(mark("{login} acts as {role} no more."), login=login, role=role))


@app.command("close", help=mark("Let a login act no more; it is never given to anybody else."))
def close(login: _Login, by: _By, workspace: WorkspaceOption = Path("workspace")) -> None:
    """Let a login act no more; it is never given to anybody else."""
    from lantian.ledger.users import end_user

    with opened(workspace) as house:
        end_user(house.ledger, login, by=by, at=house.now())
    console().print(words().format(mark("{login} is closed."), login=login))


@app.command("bodies", help=mark("Bodies that the ledger knows."))
def bodies(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Bodies that the ledger knows."""
    import polars as pl

    from lantian.ledger.users import list_bodies

    with opened(workspace) as house:
        rows = [
            {"id": row.id, "kind": row.kind, "name": row.name_zh, "county": row.county}
            for row in list_bodies(house.ledger)
        ]
    kinds = dict.fromkeys(("id", "kind", "name", "county"), pl.String)
    show_frame(pl.DataFrame(rows, schema=kinds), title=words().gettext("Bodies"), as_json=as_json)


@app.command("body", help=mark("Add a body, such as an enterprise."))
def body_added(
    identifier: Annotated[str, typer.Argument(help=mark("Its id: unified social credit code of an enterprise."))],
    name: Annotated[str, typer.Argument(help=mark("Its name in Chinese."))],
    by: _By,
    kind: Annotated[
        str, typer.Option("--kind", help=mark("office, department, county, zone, enterprise, auditor or other."))
    ] = "enterprise",
    county: Annotated[str | None, typer.Option("--county", help=mark("adcode of its county."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Add a body, such as an enterprise."""
    from lantian.ledger.people import Body, BodyKind
    from lantian.ledger.users import make_body

    try:
        chosen = BodyKind(kind)
    except ValueError:
        known = ", ".join(each.value for each in BodyKind)
        raise CallerError("{text!r} is none of {known}.", text=kind, known=known) from None
    with opened(workspace) as house:
        make_body(house.ledger, Body(identifier, chosen, name, county=county), by=by, at=house.now())
    console().print(words().format(mark("{id} is a body of this ledger."), id=identifier))


def _role(text: str) -> "Role":
    from lantian.ledger.people import Role

    try:
        return Role(text)
    except ValueError:
        known = ", ".join(each.value for each in Role)
        raise CallerError("{text!r} is none of {known}.", text=text, known=known) from None
