"""``lantian device``: a logger that speaks HJ 212 to a gateway; needs no workspace."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.frame_build import EditionOption, KeyFileOption, edition_of, key_of
from lantian.cli.frame_codec import frame_row, json_line, printable
from lantian.cli.show import console, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError, PeerError

if TYPE_CHECKING:
    import ssl

    from lantian.device.buffer import FileBuffer
    from lantian.device.client import DeviceClient, Watch
    from lantian.device.courier import Address, Backoff
    from lantian.device.identity import Identity
    from lantian.device.misbehaving import Misdeed
    from lantian.device.outlet import Outlet
    from lantian.device.running import Tally
    from lantian.wire.hj212.frame import Frame

device_app = typer.Typer(help=mark("A logger that speaks HJ 212 to a gateway: replays a file or simulates."))
APPS = {"device": device_app}

_ARROWS = {"sent": "→", "received": "←", "noise": "?"}
_MN = re.compile(r"[0-9A-Za-z]{1,24}")
_SPLIT_PAUSE = 0.02
_CIPHERS = ("raw", "printed")


@device_app.callback(
    invoke_without_command=True,
    help=mark("Send frames to a gateway, show what comes back, and obey what it asks."),
)
def device(
    replay: Annotated[
        Path | None, typer.Option("--replay", help=mark("File of frames, sent byte for byte."))
    ] = None,
    outlet: Annotated[
        str | None, typer.Option("--outlet", help=mark("MN of a simulated outlet; its values are made up."))
    ] = None,
    factors: Annotated[
        str, typer.Option("--factors", help=mark("Codes of what it measures, with commas between."))
    ] = "a21026,a21002,a34013",
    st: Annotated[str, typer.Option("--st", help=mark("System code, two characters."))] = "31",
    pw: Annotated[str, typer.Option("--pw", help=mark("Password of the device."))] = "123456",
    edition: EditionOption = None,
    key_file: KeyFileOption = None,
    cipher: Annotated[str, typer.Option("--cipher", help=mark("How cipher is sent: raw or printed."))] = "raw",
    activate: Annotated[
        str | None,
        typer.Option("--activate", help=mark("Identity of the logger (i23005): it asks the host for its number.")),
    ] = None,
    ask_key: Annotated[bool, typer.Option("--ask-key", help=mark("Ask the host for a new key first."))] = False,
    ask_clock: Annotated[
        bool, typer.Option("--ask-clock", help=mark("Ask the host to set the clock first."))
    ] = False,
    host: Annotated[str, typer.Option("--host", help=mark("Where the gateway listens."))] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help=mark("Port of the gateway."))] = 9212,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help=mark("Send to another machine, too."))
    ] = False,
    tls: Annotated[
        bool, typer.Option("--tls", help=mark("Encrypt the line, and prove who the gateway is."))
    ] = False,
    ca: Annotated[
        Path | None, typer.Option("--ca", help=mark("Certificate of the authority that is trusted (PEM)."))
    ] = None,
    server_name: Annotated[
        str | None, typer.Option("--server-name", help=mark("Name that the gateway's certificate has to bear."))
    ] = None,
    reconnect: Annotated[
        bool, typer.Option("--reconnect", help=mark("Connect again when the line breaks, and bring what waits."))
    ] = False,
    memory: Annotated[
        Path | None,
        typer.Option(
            "--memory", help=mark("File for what waits, and for number, key and password; with --reconnect.")
        ),
    ] = None,
    waiting: Annotated[
        int, typer.Option("--waiting", min=1, help=mark("Messages that may wait; then the oldest are dropped."))
    ] = 100_000,
    pause_first: Annotated[
        float, typer.Option("--pause-first", min=0.01, help=mark("Pause before the first new try. [s]"))
    ] = 1.0,
    pause_most: Annotated[
        float, typer.Option("--pause-most", min=0.01, help=mark("Longest pause between tries. [s]"))
    ] = 60.0,
    interval: Annotated[
        float | None,
        typer.Option("--interval", min=0, help=mark("From one frame or round to the next; 30, for a file 0. [s]")),
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", min=1, help=mark("Rounds of a simulated outlet; without: no end."))
    ] = None,
    fault: Annotated[
        str | None, typer.Option("--fault", help=mark("crc, length, half, flood, silent, clock or split."))
    ] = None,
    times: Annotated[int, typer.Option("--times", min=1, help=mark("How often a flood sends a frame."))] = 1000,
    ahead: Annotated[
        float, typer.Option("--ahead", help=mark("How far a wrong clock (--fault clock) is ahead. [s]"))
    ] = 3600.0,
    overtime: Annotated[
        float, typer.Option("--overtime", min=0.01, help=mark("How long an answer is waited for. [s]"))
    ] = 10.0,
    recount: Annotated[int, typer.Option("--recount", min=0, help=mark("How often a frame is repeated."))] = 3,
    stay: Annotated[
        float, typer.Option("--stay", min=0, help=mark("How long requests are obeyed after the last frame. [s]"))
    ] = 1.0,
    seed: Annotated[int, typer.Option("--seed", help=mark("Another seed gives other values."))] = 0,
    as_json: Annotated[bool, typer.Option("--json", help=mark("Print one JSON object a line and frame."))] = False,
) -> None:
    """Be a logger until the file is sent, the rounds are over, or the line ends; 1 when an answer was missing."""
    import asyncio
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from lantian.device.client import DeviceClient
    from lantian.device.courier import Address, Backoff
    from lantian.device.identity import Identity
    from lantian.device.misbehaving import Misdeed, sender
    from lantian.device.outlet import Outlet
    from lantian.device.replay import Recorded, identity_of, read_frames
    from lantian.device.running import address_of
    from lantian.wire.hj212.editions import Edition

    misdeed = _misdeed(fault)
    if (replay is None) == (outlet is None and activate is None):
        raise CallerError("Say what to send: either --replay FILE or --outlet MN.")
    if replay is not None and (reconnect or ask_key or ask_clock):
        raise CallerError("Recorded frames are sent as they were. Use these options with --outlet.")
    if memory is not None and not reconnect:
        raise CallerError("A memory serves a line that comes back. Add --reconnect.")
    if cipher not in _CIPHERS:
        raise CallerError("Cipher {cipher!r} is unknown. Use raw or printed.", cipher=cipher)
    if replay is not None and misdeed is Misdeed.CLOCK:
        raise CallerError("The clock of recorded frames is what it was. Use --fault clock with --outlet.")
    if outlet is not None and not _MN.fullmatch(outlet):
        raise CallerError("{mn!r} is no MN. Give up to 24 letters and digits.", mn=outlet)
    given, key = edition_of(edition), key_of(key_file)
    frames: list[Frame] = []
    if replay is not None:
        frames = read_frames(replay, edition=given, key=key)
        identity = identity_of(frames[0], edition=given, key=key)
    else:
        identity = Identity(outlet or "", pw, st, given or Edition.HJ2017, key)
    if (key is not None or ask_key) and identity.edition is not Edition.HJ2025:
        raise CallerError("{edition} knows no encryption. Leave the key out.", edition=identity.edition.title)
    if activate is not None and identity.edition is not Edition.HJ2025:
        raise CallerError("{edition} knows no activation. Add --edition 2025.", edition=identity.edition.title)
    identity.overtime, identity.recount = overtime, recount
    identity.printed, identity.logger_id = cipher == "printed", activate or ""
    zone = ZoneInfo("Asia/Shanghai")
    codes = tuple(filter(None, (code.strip() for code in factors.split(","))))
    made = Outlet(identity, codes, lambda: datetime.now(zone), seed=seed)
    if misdeed is Misdeed.CLOCK:
        made.offset = timedelta(seconds=ahead)
    if frames:
        made.history = Recorded(frames, identity)
    client = DeviceClient(
        identity, made.obey, _watch(identity, as_json=as_json), send=sender(misdeed, times=times),
        pause=_SPLIT_PAUSE if misdeed is Misdeed.SPLIT else 0.0,
    )  # fmt: skip
    address = Address(address_of(host, allow_remote=allow_remote), port, _trust(ca, tls=tls), server_name or host)
    wait = interval if interval is not None else (0.0 if frames else 30.0)
    if reconnect:
        backoff = Backoff(first=pause_first, most=pause_most)
        held = waiting if memory is None else _remember(memory, waiting, made)
        left, tally = asyncio.run(
            _bring(client, made, address, backoff, held, wait, count, stay, ask_key, ask_clock)
        )
        _say_end(client, tally, as_json=as_json, left=left)
        if left and misdeed is None:
            raise typer.Exit(PeerError.exit_code)
        return
    tally = asyncio.run(_run(client, made, frames, misdeed, address, wait, count, stay, ask_key, ask_clock))
    _say_end(client, tally, as_json=as_json)
    if misdeed is None and set(map(str, tally)) & {"unanswered", "closed"}:
        raise typer.Exit(PeerError.exit_code)


def _trust(ca: Path | None, *, tls: bool) -> "ssl.SSLContext | None":
    import ssl

    if not tls:
        if ca is not None:
            raise CallerError("An authority was named, but the line is plain. Add --tls.")
        return None
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except (OSError, ssl.SSLError) as error:
        raise CallerError("{path} is no certificate: {error}. Give a PEM file.", path=ca, error=error) from error


def _remember(memory: Path, waiting: int, outlet: "Outlet") -> "FileBuffer":
    """Open the memory of a logger; what a host gave it goes before what the command line says."""
    from lantian.device.buffer import FileBuffer

    held = FileBuffer(memory, waiting)
    identity, known = outlet.identity, held.identity()
    identity.mn, identity.pw = known.get("mn", identity.mn), known.get("pw", identity.pw)
    for name in ("old_key", "key"):
        if known.get(name):
            setattr(identity, name, bytes.fromhex(known[name]))

    def keep(changed: "Identity") -> None:
        keys = {"key": changed.key, "old_key": changed.old_key}
        held.keep_identity(
            {"mn": changed.mn, "pw": changed.pw, **{name: key.hex() for name, key in keys.items() if key}}
        )

    outlet.changed = keep
    return held


async def _bring(
    client: "DeviceClient",
    outlet: "Outlet",
    address: "Address",
    backoff: "Backoff",
    held: "FileBuffer | int",
    interval: float,
    count: int | None,
    seconds: float,
    ask_key: bool,
    ask_clock: bool,
) -> tuple[int, "Tally"]:
    """Be a logger whose line comes back; return what still waits at the end, and what became of the rest."""
    import asyncio

    from lantian.device import running
    from lantian.device.buffer import MemoryBuffer
    from lantian.device.courier import Courier

    async def greet() -> None:
        await running.greet(client, outlet, key=ask_key and not courier.tally, clock=ask_clock)

    buffer = MemoryBuffer(held) if isinstance(held, int) else held
    courier = Courier(client, address, buffer=buffer, backoff=backoff, greet=greet)
    line = asyncio.create_task(courier.run())
    try:
        await running.simulate_over(courier, outlet, interval=interval, count=count)
        await asyncio.wait({asyncio.ensure_future(courier.drained()), line}, timeout=seconds)
    finally:
        line.cancel()
        [ended] = await asyncio.gather(line, return_exceptions=True)
    if isinstance(ended, Exception):
        raise ended
    return len(buffer) + buffer.lost + courier.refused, courier.tally


def _misdeed(fault: str | None) -> "Misdeed | None":
    from lantian.device.misbehaving import Misdeed

    try:
        return None if fault is None else Misdeed(fault)
    except ValueError as error:
        raise CallerError(
            "There is no fault {fault!r}. Use one of {known}.", fault=fault, known=", ".join(Misdeed)
        ) from error


async def _run(
    client: "DeviceClient",
    outlet: "Outlet",
    frames: "list[Frame]",
    misdeed: "Misdeed | None",
    address: "Address",
    interval: float,
    count: int | None,
    seconds: float,
    ask_key: bool,
    ask_clock: bool,
) -> "Tally":
    from collections import Counter

    from lantian.device import running
    from lantian.device.misbehaving import Misdeed

    await client.connect(address.host, address.port, tls=address.tls, server_name=address.server_name)
    tally: Tally = Counter()
    try:
        if misdeed is not Misdeed.SILENT:
            if frames:
                tally = await running.replay(client, frames, interval=interval)
            else:
                if ask_key or ask_clock or not outlet.identity.mn:
                    await running.greet(client, outlet, key=ask_key, clock=ask_clock)
                if not outlet.identity.mn:
                    raise PeerError("The host gave logger {logger} no number.", logger=outlet.identity.logger_id)
                tally = await running.simulate(client, outlet, interval=interval, count=count)
        await running.stay(client, seconds)
    finally:
        await client.close()
    return tally


def _watch(identity: "Identity", *, as_json: bool) -> "Watch":
    """Show every frame that leaves or comes; passwords are hidden."""
    from lantian.wire.hj212.frame import Frame, parse

    def hear(direction: str, data: bytes) -> None:
        row: dict[str, Any] = {"direction": direction, "raw_length": len(data)}
        try:
            frame: Frame | None = parse(data, edition=identity.edition, key=identity.keys or None)
        except PeerError:
            frame = None  # half a frame, or a piece of one
        if frame is not None:
            row = {**row, **frame_row(frame, 0)}
            row.pop("offset")
        if as_json:
            typer.echo(json_line(row))
            return
        said = f"{_ARROWS[direction]} {len(data):5} B"
        if frame is not None:
            values = " ".join(f"{name}={value}" for name, value in row["parameters"].items())
            said += f"  CN {frame.cn}  QN {frame.qn}  {values}  {', '.join(frame.faults)}"
        console().print(printable(said.rstrip()))

    return hear


def _say_end(client: "DeviceClient", tally: "Tally", *, as_json: bool, left: int = 0) -> None:
    counts = {outcome.value: number for outcome, number in tally.items() if number}
    if as_json:
        typer.echo(json.dumps({"direction": "end", "outcomes": counts, "requests": client.requests, "left": left}))
        return
    said = words().format(
        mark("{n} messages: {outcomes}. The host asked {requests} times."),
        n=sum(counts.values()),
        outcomes=", ".join(f"{words().gettext(name)} {number}" for name, number in counts.items()) or "—",
        requests=client.requests,
    )
    console().print(said)
    if left:
        console().print(words().format(mark("{n} messages were not brought."), n=left))
