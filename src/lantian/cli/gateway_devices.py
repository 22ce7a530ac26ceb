"""``lantian gateway …``: the register, strangers, requests to devices, and the proof of the journal."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.gateway_journal import journal_app
from lantian.cli.gateway_keys import add_key_commands
from lantian.cli.gateway_status import add_status_command
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.loop.sense.registry import DeviceContent

ByOption = Annotated[str, typer.Option("--by", help=mark("Who decides: a login, or the name of the office."))]
ReasonOption = Annotated[str, typer.Option("--reason", help=mark("Why; it is kept."))]
_COLUMNS = (
    "mn", "outlet", "name", "system", "edition", "password", "addresses", "points", "reports", "logger_id",
    "grants_keys", "key_days", "cipher_required",
)  # fmt: skip
_ANSWERS = {"yes": True, "no": False, "1": True, "0": False, "true": True, "false": False, "是": True, "否": False}


def add_commands(app: typer.Typer) -> None:
    """Add the commands below ``lantian gateway``."""
    app.command("devices", help=mark("Registered devices; their secrets are not shown."))(devices)
    app.command("register", help=mark("Register devices from a CSV file, or change what is registered."))(register)
    app.command("state", help=mark("Let a device in, quarantine it or retire it."))(state)
    app.command("strangers", help=mark("Who sends without being registered."))(strangers)
    app.command("recall", help=mark("Take what a device sent before it was registered."))(recall)
    app.command("ask", help=mark("Ask a device for something: sample now, settings, history."))(ask)
    app.command("requests", help=mark("Requests to devices and what became of them."))(requests)
    app.add_typer(
        journal_app,
        name="journal",
        help=mark("Prove every frame of the journal; leaves with 1 where one does not hold."),
    )
    add_key_commands(app)
    add_status_command(app)


def devices(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """List registered devices."""
    import polars as pl

    from lantian.loop.sense.registry import device_shown, list_devices

    with opened(workspace) as house:
        rows = [device_shown(row) for row in list_devices(house.ledger)]
    if as_json:
        show_json({"rows": rows})
        return
    shown = ("mn", "outlet", "name", "system", "edition", "state", "changed_at")
    show_frame(
        pl.DataFrame([{name: row[name] for name in shown} for row in rows], schema=None if rows else list(shown))
    )


def register(
    file: Annotated[Path, typer.Argument(help=mark("CSV with mn, outlet and what else is known; see the docs."))],
    by: ByOption = "gateway",
    reason: ReasonOption = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Register every device of a CSV file; all of them are looked at before the first is written."""
    from lantian.loop.sense.registry import register_device

    with opened(workspace) as house:
        contents = [each.checked() for each in _read(file, simulated=house.settings.simulated)]
        at = house.now()
        for content in contents:
            register_device(house.ledger, content, by=by, at=at, reason=reason)
    if as_json:
        show_json({"registered": [content.mn for content in contents]})
        return
    console().print(words().format(mark("{n} devices are registered."), n=len(contents)))


def _read(file: Path, *, simulated: bool) -> "list[DeviceContent]":
    from lantian.loop.sense.registry import DeviceContent, Point

    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            rows = list(csv.DictReader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CallerError(
            "{path} cannot be read: {error}. Give a CSV file in UTF-8.", path=file, error=error
        ) from error
    found = []
    for number, row in enumerate(rows, start=2):
        strange = sorted(set(filter(None, row)) - set(_COLUMNS))
        if strange or not row.get("mn") or not row.get("outlet"):
            raise CallerError(
                "Line {number} of {path} cannot be registered. Columns are {columns}; mn and outlet are needed.",
                number=number,
                path=file,
                columns=", ".join(_COLUMNS),
            )
        given: dict[str, Any] = {name: value.strip() for name, value in row.items() if value and value.strip()}
        for name in ("addresses", "reports"):
            if name in given:
                given[name] = tuple(given[name].split())
        for name in ("edition", "key_days"):
            if name in given:
                given[name] = int(given[name]) if given[name].isdigit() else 0
        for name in ("grants_keys", "cipher_required"):
            if name in given:
                given[name] = _answer(name, given[name], file, number)
        if "points" in given:  # a21026 a34004:µg/m³
            pairs = (point.partition(":") for point in given["points"].split())
            given["points"] = {code: Point(unit=unit or None) for code, _, unit in pairs}
        found.append(DeviceContent(**given, simulated=simulated))
    return found


def _answer(name: str, text: str, file: Path, number: int) -> bool:
    if text.lower() not in _ANSWERS:
        raise CallerError(
            "Line {number} of {path} says {value!r} for {name}. Write yes or no.",
            number=number,
            path=file,
            value=text,
            name=name,
        )
    return _ANSWERS[text.lower()]


def state(
    mn: Annotated[str, typer.Argument(help=mark("Code of the device (MN)."))],
    to: Annotated[str, typer.Argument(help=mark("registered, quarantined or retired."))],
    reason: ReasonOption,
    by: ByOption = "gateway",
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Change whether a device is let in."""
    from lantian.loop.sense.registry import change_state

    with opened(workspace) as house:
        change_state(house.ledger, mn, to, by=by, at=house.now(), reason=reason)
    console().print(words().format(mark("Device {mn} is now {state}."), mn=mn, state=words().gettext(to)))


def strangers(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """List who sends without being let in."""
    import polars as pl

    from lantian.loop.sense.knocks import list_quarantined

    with opened(workspace) as house:
        rows = [
            {
                "mn": row.mn, "reason": row.reason, "frames": row.frames, "peer": row.peer,
                "first_seen": row.first_seen.astimezone(house.city.zone),
                "last_seen": row.last_seen.astimezone(house.city.zone),
                "sample": row.sample.decode("utf-8", "replace").strip(),
            }
            for row in list_quarantined(house.ledger)
        ]  # fmt: skip
    if as_json:
        show_json({"rows": rows})
    elif not rows:
        console().print(words().gettext("Nobody knocks without being registered."))
    else:
        show_frame(pl.DataFrame(rows).drop("sample"))


def recall(
    mn: Annotated[str, typer.Argument(help=mark("Code of the device (MN)."))],
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take what a device sent before it was registered from the journal into the lake."""
    from lantian.loop.sense.taking import JournalTaker

    with opened(workspace) as house:
        taker = JournalTaker(house.folder / "journal", house.lake, house.ledger, house.now)
        took = taker.recall(mn)
    if as_json:
        show_json({"frames": took.frames, "rows": took.rows, "unread": dict(took.unread)})
        return
    console().print(words().format(mark("{n} frames gave {rows} new rows."), n=took.frames, rows=took.rows))


def ask(
    mn: Annotated[str, typer.Argument(help=mark("Code of the device (MN)."))],
    command: Annotated[
        int, typer.Argument(help=mark("Command (CN): 3012 sample now, 3020 settings, 2061 hours …"))
    ],
    reason: ReasonOption,
    by: Annotated[str, typer.Option("--by", help=mark("Login of who asks; it needs the right to."))],
    fields: Annotated[list[str] | None, typer.Argument(help=mark("Fields: PolId=a21026 BeginTime=…"))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Leave a request to a device; a running gateway sends it."""
    from lantian.loop.sense.controlling import request_control

    pairs = [field.partition("=") for field in fields or ()]
    for name, equals, _ in pairs:
        if not equals:
            raise CallerError("{field!r} is no field. Write it as PolId=a21026.", field=name)
    parameters = {name: value for name, _, value in pairs}
    with opened(workspace) as house:
        row = request_control(house.ledger, mn, command, parameters, reason=reason, by=by, at=house.now())
    if as_json:
        show_json({"request": row.id, "until": row.until})
        return
    console().print(words().format(mark("The request waits for the device until {until}."), until=row.until))


def requests(
    mn: Annotated[str | None, typer.Option("--mn", help=mark("Only of this device."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List requests to devices, newest first."""
    import polars as pl

    from lantian.loop.sense.controlling import list_requests

    with opened(workspace) as house:
        rows = [
            {
                "made_at": row.made_at.astimezone(house.city.zone), "mn": row.mn, "command": row.command,
                "state": row.state, "made_by": row.made_by, "reason": row.reason, "qn_rtn": row.qn_rtn,
                "exe_rtn": row.exe_rtn,
            }
            for row in list_requests(house.ledger, mn=mn)
        ]  # fmt: skip
    if as_json:
        show_json({"rows": rows})
    elif not rows:
        console().print(words().gettext("Nothing was asked of any device."))
    else:
        show_frame(pl.DataFrame(rows, infer_schema_length=None))
