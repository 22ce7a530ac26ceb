"""``lantian gateway``: the door of the instruments, until it is stopped."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.gateway_devices import add_commands
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import ssl

    from lantian.gateway.running import RunningGateway, RunSettings

gateway_app = typer.Typer(help=mark("The door of the instruments: HJ 212 over TCP."))
APPS = {"gateway": gateway_app}
add_commands(gateway_app)


@gateway_app.callback(invoke_without_command=True, help=mark("Take frames of registered devices until stopped."))
def gateway(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help=mark("Address to listen on."))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help=mark("Port; 0 lets the system choose."))
    ] = 9212,
    certificate: Annotated[
        Path | None, typer.Option("--tls-cert", help=mark("Certificate (PEM): lines are encrypted."))
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--tls-key", help=mark("Private key of the certificate (PEM)."))
    ] = None,
    inbox: Annotated[
        bool, typer.Option("--inbox/--no-inbox", help=mark("Whether files are taken from the drop folder."))
    ] = True,
    http_port: Annotated[
        int | None,
        typer.Option("--http", min=0, max=65_535, help=mark("Port for files, and for /metrics and /health.")),
    ] = None,
    http_host: Annotated[
        str, typer.Option("--http-host", help=mark("Address of that port; another than this machine needs TLS."))
    ] = "127.0.0.1",
    http_certificate: Annotated[
        Path | None, typer.Option("--http-cert", help=mark("Certificate of that port (PEM)."))
    ] = None,
    http_key: Annotated[
        Path | None, typer.Option("--http-key", help=mark("Private key of that certificate (PEM)."))
    ] = None,
    write_every: Annotated[
        float,
        typer.Option(
            "--write-every", min=0, help=mark("From one commit of the lake to the next; 0: no writer. [s]")
        ),
    ] = 60.0,
    set_clocks: Annotated[
        bool, typer.Option("--set-clocks/--leave-clocks", help=mark("Whether the clocks of devices are set."))
    ] = True,
    keys_in_clear: Annotated[
        bool, typer.Option("--keys-in-clear", help=mark("Give first keys over lines without TLS, too."))
    ] = False,
    acknowledge_unknown: Annotated[
        bool, typer.Option("--acknowledge-unknown", help=mark("Answer devices that are not registered, too."))
    ] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take frames of registered devices into the journal and the lake until it is stopped."""
    if context.invoked_subcommand is not None:
        return
    from lantian.gateway.hosting import HostSettings
    from lantian.gateway.limits import Limits
    from lantian.gateway.running import RunSettings
    from lantian.gateway.writer import WriterSettings

    settings = RunSettings(
        host=host,
        port=port,
        tls=_tls(certificate, key),
        http_host=http_host,
        http_port=http_port,
        http_tls=_tls(http_certificate, http_key),
        limits=Limits(acknowledge_unknown=acknowledge_unknown),
        hosting=HostSettings(set_clocks=set_clocks, keys_in_clear=keys_in_clear),
        writer=WriterSettings(every=write_every) if write_every else None,
    )
    if http_port is not None and http_certificate is None and not _is_this_machine(http_host):
        raise CallerError(
            "Keys of senders would go to {host} in clear. Give a certificate with --http-cert and --http-key, or "
            "listen on 127.0.0.1 behind a proxy that has one.",
            host=http_host,
        )
    _run(workspace, settings, inbox=inbox, as_json=as_json)


def _is_this_machine(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(certificate: Path | None, key: Path | None) -> "ssl.SSLContext | None":
    import ssl

    if certificate is None:
        if key is not None:
            raise CallerError("A key was given without its certificate. Name it with --tls-cert.")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise CallerError(
            "The certificate {path} cannot be used: {error}. Give a PEM file, and its key with --tls-key.",
            path=certificate,
            error=error,
        ) from error
    return context


def _run(workspace: Path, settings: "RunSettings", *, inbox: bool, as_json: bool) -> None:
    import asyncio
    import signal
    import sys
    import time

    from lantian.gateway.file_doors import file_doors
    from lantian.gateway.running import RunningGateway

    async def serve(running: RunningGateway) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, stop.set)
        line = asyncio.create_task(_live(running, quiet=as_json))
        try:
            await running.run(stop, lambda me: _say_ready(me, settings, as_json=as_json))
        finally:
            line.cancel()

    with opened(workspace) as house:
        running = RunningGateway(
            house.folder,
            house.ledger,
            house.city.zone,
            lambda: time.time_ns() // 1000,
            settings,
            file_doors(house, inbox=inbox),
        )
        sys.setswitchinterval(0.001)  # the thread of the disk gets the interpreter back sooner
        asyncio.run(serve(running))
    if not as_json:
        console().print(words().gettext("Stopped; everything that was received is kept."))


def _say_ready(running: "RunningGateway", settings: "RunSettings", *, as_json: bool) -> None:
    language, cut = words(), running.gateway.journal.cut
    if as_json:
        show_json(
            {
                "host": settings.host, "port": running.port, "http_port": running.http_port,
                "devices": len(running.gateway.cards), "cut_bytes": 0 if cut is None else cut.size,
            }
        )  # fmt: skip
        return
    said = language.format(
        mark("Listening on {host}:{port}; {n} registered devices."),
        host=settings.host,
        port=running.port,
        n=len(running.gateway.cards),
    )
    console().print(said)
    if running.http_port is not None:
        said = language.format(
            mark("Files are taken at {host}:{port}."), host=settings.http_host, port=running.http_port
        )
        console().print(said)
    if running.inbox.folder is not None:
        said = language.format(mark("Files are taken from {folder}."), folder=running.inbox.folder)
        console().print(said, soft_wrap=True)
    if cut is not None:
        said = language.format(
            mark("The journal ended within a record: {n} bytes were cut off and kept as {name}."),
            n=cut.size,
            name=cut.kept,
        )
        console().print(f"[yellow]{said}[/]")


async def _live(running: "RunningGateway", *, quiet: bool) -> None:
    """Write one line a second that stays in its place, where there is a terminal; else one line a minute."""
    import asyncio

    from rich.live import Live

    out = console()
    if quiet:
        return
    before = 0
    if not out.is_terminal:
        while True:
            await asyncio.sleep(60)
            text, before = _line(running, before, 60.0)
            out.print(text)
    with Live(console=out, auto_refresh=False, transient=True) as live:
        while True:
            await asyncio.sleep(1)
            text, before = _line(running, before, 1.0)
            live.update(text, refresh=True)


def _line(running: "RunningGateway", before: int, seconds: float) -> tuple[str, int]:
    if running.port == 0:
        return "", before
    standing, language = running.standing(), words()
    said = language.format(
        mark(
            "{connections} connections · {online} of {devices} devices · {rate} frames/s · {strangers} strangers "
            "· lake {lag} behind"
        ),
        connections=standing.connections,
        online=standing.online,
        devices=standing.devices,
        rate=f"{(standing.frames - before) / seconds:.1f}",
        strangers=standing.strangers,
        lag="—" if standing.lag is None else f"{standing.lag:.0f} s",
    )
    return f"{said} · [red]{standing.failing}[/]" if standing.failing else said, standing.frames
