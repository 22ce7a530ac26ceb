"""``lantian serve``: web, gateway, worker and schedule of a workspace, until it is stopped."""

import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import socket

    from lantian.assembly import House
    from lantian.serving.children import Calling
    from lantian.twin.trying import Opened

app = typer.Typer()
APPS = {"serve": app}
_WORKER_STOP_SECONDS = 60.0
_WEB_STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How a workspace is served."""

    host: str = "127.0.0.1"
    port: int = 8080
    gateway: bool = True
    gateway_host: str = "127.0.0.1"
    gateway_port: int = 9212
    live: float | None = None
    """City seconds in a second; None: the simulated city stands still."""
    browser: bool = False
    behind_proxy: bool = False


@app.command()
def serve(
    workspace: WorkspaceOption = Path("workspace"),
    host: Annotated[
        str, typer.Option("--host", help=mark("Address of the pages; another than this machine needs passwords."))
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help=mark("Port of the pages; 0 lets the system choose."))
    ] = 8080,
    gateway: Annotated[
        bool, typer.Option("--gateway/--no-gateway", help=mark("Whether instruments are taken in, too."))
    ] = True,
    gateway_host: Annotated[
        str, typer.Option("--gateway-host", help=mark("Address that instruments connect to."))
    ] = "127.0.0.1",
    gateway_port: Annotated[
        int, typer.Option("--gateway-port", min=1, max=65_535, help=mark("Port that instruments connect to."))
    ] = 9212,
    live: Annotated[
        float | None,
        typer.Option(
            "--live", min=1.0, max=10_000.0,
            help=mark("A simulated city lives on, at so many city seconds in a second."),
        ),
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help=mark("Open the pages in the browser."))] = False,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help=mark("A proxy on this machine says who asks."))
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help=mark("Do what is due and what waits, and end; serve nothing."))
    ] = False,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Serve a workspace: pages, instruments, schedule and jobs, until Ctrl-C."""
    if once:
        do_once(workspace, as_json=as_json)
        return
    options = ServeOptions(host, port, gateway, gateway_host, gateway_port, live, browser, behind_proxy)
    serve_workspace(workspace, options, as_json=as_json)


def do_once(workspace: Path, *, as_json: bool) -> None:
    """Do what is due and what waits, and say how many runs that were."""
    from lantian.serving.logs import logged
    from lantian.serving.worker import Worker

    worker = Worker(workspace)
    try:
        with logged(workspace, "worker"):
            done = worker.run_due()
    finally:
        worker.close()
    if as_json:
        show_json({"runs": done})
    else:
        console().print(words().format(mark("{n} runs were done; nothing more is due."), n=done))


def serve_workspace(workspace: Path, options: ServeOptions, *, as_json: bool = False) -> None:
    """Serve a workspace until SIGINT or SIGTERM.

    Raises
    ------
    CallerError
        No workspace, a port that is taken, an address that needs passwords first, or a city that cannot live.
    """
    import logging

    from lantian.serving.logs import logged
    from lantian.serving.supervisor import Supervisor
    from lantian.serving.web import listen

    with opened(workspace) as house:
        _check(house, options)
    listening = listen(options.host, options.port)
    with listening, Supervisor(workspace, _callings(listening, options), listening.close) as supervisor:
        with opened(workspace) as house:
            said = _greeting(house, options, listening.getsockname()[1])
        with logged(workspace, "serve", terminal=logging.INFO):
            supervisor.run(lambda: _say(said, options, as_json=as_json))
    if not as_json:
        console().print(words().gettext("Stopped; everything that was received is kept."))


def _check(house: "House", options: ServeOptions) -> None:
    from lantian.cli.run_twin import has_sources
    from lantian.serving.exposing import check_exposed, is_this_machine

    simulated = house.settings.simulated
    if options.live is not None and not (simulated and has_sources(house.city)):
        raise CallerError(
            "Only a simulated city with a twin.toml can live on while it is served. Leave --live out, or make "
            "such a workspace with `lantian run`."
        )
    if not is_this_machine(options.host):
        check_exposed(house.ledger, options.host, simulated=simulated)
    check_ports(options)


def check_ports(options: ServeOptions) -> None:
    """See that every port can be opened.

    Raises
    ------
    CallerError
        One cannot.
    """
    from lantian.serving.web import check_free

    check_free(options.host, options.port)
    if options.gateway and options.live is None:
        check_free(options.gateway_host, options.gateway_port)


def _callings(listening: "socket.socket", options: ServeOptions) -> "list[Calling]":
    """Return what runs, in the order in which it begins."""
    from lantian.cli.serve_live import STOP_SECONDS, live_city
    from lantian.serving.children import Calling
    from lantian.serving.instruments import GATEWAY_STOP_SECONDS, serve_instruments
    from lantian.serving.web import serve_web
    from lantian.serving.worker import work
    from lantian.web.app import WebOptions

    found = []
    if options.live is not None:
        found.append(Calling("city", live_city, (options.live,), STOP_SECONDS))
    elif options.gateway:
        given = (options.gateway_host, options.gateway_port)
        found.append(Calling("gateway", serve_instruments, given, GATEWAY_STOP_SECONDS))
    found.append(Calling("worker", work, (), _WORKER_STOP_SECONDS))
    web = WebOptions(options.host, listening.getsockname()[1])
    found.append(Calling("web", serve_web, (listening, web, options.behind_proxy), _WEB_STOP_SECONDS))
    return found


@dataclass(frozen=True, slots=True)
class _Greeting:
    address: str
    code: str | None
    """For the first administrator."""
    demonstration: "tuple[Opened, ...]"
    simulated: bool


def _greeting(house: "House", options: ServeOptions, port: int) -> _Greeting:
    """Make what whoever starts this has to know: once, here, and nowhere else."""
    from lantian.ledger.accounts import first_code, needs_first_administrator

    ledger, demonstration = house.ledger, []
    if house.settings.simulated:
        from lantian.cli.run import put_people
        from lantian.twin.trying import give_passwords

        put_people(house)
        demonstration = give_passwords(ledger, house.now())
    code = first_code(ledger, at=house.now()) if needs_first_administrator(ledger) else None
    host = f"[{options.host}]" if ":" in options.host else options.host
    return _Greeting(f"http://{host}:{port}", code, tuple(demonstration), house.settings.simulated)


def _say(said: _Greeting, options: ServeOptions, *, as_json: bool) -> None:
    from lantian.serving.exposing import is_this_machine

    if options.browser:
        webbrowser.open(said.address)
    if as_json:
        show_json(_record(said))
        return
    out, language = console(), words()
    out.print(language.format(mark("Lantian is at {address}"), address=f"[bold]{said.address}[/]"), soft_wrap=True)
    if said.code is not None:
        out.print(language.format(mark("Code for the first administrator: {code}"), code=f"[bold]{said.code}[/]"))
    if said.demonstration:
        table = Table(
            title=language.gettext("Logins of this demonstration, shown this once"), title_justify="left"
        )
        for name in (mark("Login"), mark("Name"), mark("Password")):
            table.add_column(language.gettext(name))
        for row in said.demonstration:
            table.add_row(row.login, row.name, row.password)
        out.print(table)
    elif said.simulated:
        out.print(
            language.gettext(
                "The demonstration's passwords were shown at its first start; `lantian people password` makes "
                "new ones."
            )
        )
    if not is_this_machine(options.host):
        said_of_it = mark("Others reach {host} in clear: put a proxy with TLS before it (docs/serving.md).")
        out.print(f"[yellow]{language.format(said_of_it, host=options.host)}[/]")
    out.print(language.gettext("Ctrl-C stops it in order; a second one at once."))


def _record(said: _Greeting) -> dict[str, Any]:
    return {
        "address": said.address,
        "first_code": said.code,
        "demonstration": [{"login": row.login, "password": row.password} for row in said.demonstration],
    }
