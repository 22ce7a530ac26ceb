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
    from lantian.device.client import DeviceClient, Identity, Watch
    from lantian.device.misbehaving import Misdeed
    from lantian.device.outlet import Outlet
    from lantian.device.running import Tally
    from lantian.wire.hj212.frame import Frame

device_app = typer.Typer(help=mark("A logger that speaks HJ 212 to a gateway: replays a file or simulates."))
APPS = {"device": device_app}

_ARROWS = {"sent": "→", "received": "←", "noise": "?"}
_MN = re.compile(r"[0-9A-Za-z]{1,24}")
_SPLIT_PAUSE = 0.02


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
    host: Annotated[str, typer.Option("--host", help=mark("Where the gateway listens."))] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help=mark("Port of the gateway."))] = 9212,
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help=mark("Send to another machine, too."))
    ] = False,
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

    from lantian.device.client import DeviceClient, Identity
    from lantian.device.misbehaving import Misdeed, sender
    from lantian.device.outlet import Outlet
    from lantian.device.replay import Recorded, identity_of, read_frames
    from lantian.device.running import address_of
    from lantian.wire.hj212.editions import Edition

    misdeed = _misdeed(fault)
    if (replay is None) == (outlet is None):
        raise CallerError("Say what to send: either --replay FILE or --outlet MN.")
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
    if key is not None and identity.edition is not Edition.HJ2025:
        raise CallerError("{edition} knows no encryption. Leave the key out.", edition=identity.edition.title)
    identity.overtime, identity.recount = overtime, recount
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
    address = address_of(host, allow_remote=allow_remote)
    tally = asyncio.run(_run(client, made, frames, misdeed, (address, port), interval, count, stay))
    _say_end(client, tally, as_json=as_json)
    if misdeed is None and set(map(str, tally)) & {"unanswered", "closed"}:
        raise typer.Exit(PeerError.exit_code)


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
    address: tuple[str, int],
    interval: float | None,
    count: int | None,
    seconds: float,
) -> "Tally":
    from collections import Counter

    from lantian.device import running
    from lantian.device.misbehaving import Misdeed

    await client.connect(*address)
    tally: Tally = Counter()
    try:
        if misdeed is not Misdeed.SILENT:
            if frames:
                tally = await running.replay(client, frames, interval=interval or 0.0)
            else:
                wait = 30.0 if interval is None else interval
                tally = await running.simulate(client, outlet, interval=wait, count=count)
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
            frame: Frame | None = parse(data, edition=identity.edition, key=identity.key)
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


def _say_end(client: "DeviceClient", tally: "Tally", *, as_json: bool) -> None:
    counts = {outcome.value: number for outcome, number in tally.items() if number}
    if as_json:
        typer.echo(json.dumps({"direction": "end", "outcomes": counts, "requests": client.requests}))
        return
    said = words().format(
        mark("{n} messages: {outcomes}. The host asked {requests} times."),
        n=sum(counts.values()),
        outcomes=", ".join(f"{words().gettext(name)} {number}" for name, number in counts.items()) or "—",
        requests=client.requests,
    )
    console().print(said)
