"""``lantian sense calibrate``: micro-stations' hours come in, are fitted beside a reference, and calibrated."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, day, opened, show_frame, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.ledger.models import Calibration
    from lantian.loop.sense.calibrating import Asked

app = typer.Typer(no_args_is_help=True)
_By = Annotated[str, typer.Option("--by", help=mark("Who makes it; kept as evidence."))]
_Reason = Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))]
_Device = Annotated[str, typer.Argument(help=mark("Code of the micro-station."))]
_Channel = Annotated[str, typer.Argument(help=mark("Pollutant: so2, no2, co, o3, pm10 or pm25."))]
_From = Annotated[str, typer.Option("--from", help=mark("First legal day of the hours that are used."))]
_To = Annotated[str, typer.Option("--to", help=mark("Last legal day; the calibration holds from the day after."))]
_FORMS = ("plain", "gas", "particle")


@app.command("bring", help=mark("Take raw hours of micro-stations in from a table file."))
def bring(
    file: Annotated[
        Path, typer.Argument(help=mark("Table: device, channel, hour_start, raw, temperature, humidity."))
    ],
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Take raw hours of micro-stations in from a table file."""
    from lantian.loop.sense.calibrating import bring_micro
    from lantian.loop.sense.quality_files import read_micro

    with opened(workspace) as house:
        centre = house.centre()
        written = bring_micro(centre, read_micro(centre, file), source=file.name)
    console().print(words().format(mark("{count} hours of micro-stations are new or different."), count=written))


@app.command("fit", help=mark("Fit a micro-station to the reference station that it stands beside."))
def fit(
    device: _Device,
    channel: _Channel,
    station: Annotated[str, typer.Option("--beside", help=mark("Code of the reference station."))],
    first: _From,
    last: _To,
    by: _By,
    reason: _Reason,
    second: Annotated[str | None, typer.Option("--second", help=mark("Channel of a second sensor."))] = None,
    form: Annotated[str | None, typer.Option("--form", help=mark("plain, gas or particle."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Fit a micro-station to the reference station that it stands beside."""
    from lantian.loop.sense.calibrating import calibrate_beside

    with opened(workspace) as house:
        asked = _asked(device, channel, first, last, reason, second, form)
        _say(calibrate_beside(house.centre(), asked, station, by=by))


@app.command("transfer", help=mark("Hand the calibration of one micro-station on to another that answers alike."))
def hand_on(
    device: _Device,
    channel: _Channel,
    giver: Annotated[
        str, typer.Option("--of", help=mark("Id of the calibration, from lantian sense calibrate list."))
    ],
    first: _From,
    last: _To,
    by: _By,
    reason: _Reason,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Hand the calibration of one micro-station on to another that answers alike."""
    from lantian.loop.sense.calibrating import calibrate_by_transfer

    with opened(workspace) as house:
        asked = _asked(device, channel, first, last, reason, None, None)
        _say(calibrate_by_transfer(house.centre(), asked, giver, by=by))


@app.command("list", help=mark("Versions of calibrations, and what they are worth."))
def list_versions(
    device: Annotated[str | None, typer.Option("--device", help=mark("One micro-station."))] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help=mark("Withdrawn ones too."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Versions of calibrations, and what they are worth."""
    import polars as pl

    from lantian.loop.sense.calibrating import list_calibrations

    with opened(workspace) as house:
        rows = list_calibrations(house.centre(), device=device, withdrawn=withdrawn)
    text = ("id", "device", "channel", "method", "reference")
    kinds: dict[str, type[pl.DataType]] = dict.fromkeys(text, pl.String)
    kinds |= {"version": pl.Int64, "r2": pl.Float64, "rmse": pl.Float64, "plain_r2": pl.Float64}
    kinds |= {"valid_from": pl.Date, "valid_until": pl.Date, "withdrawn_by": pl.String}
    told = [
        {
            **{name: getattr(row, name) for name in kinds if hasattr(row, name)},
            "r2": row.fit["held_out"]["r2"],
            "rmse": row.fit["held_out"]["rmse"],
            "plain_r2": row.fit["plain"]["r2"],
        }
        for row in rows
    ]
    show_frame(
        pl.DataFrame(told, schema=kinds),
        title=words().gettext("Calibrations of micro-stations: an indication, never part of a legal mean"),
        decimals={"r2": 3, "rmse": 2, "plain_r2": 3},
        as_json=as_json,
    )


@app.command("write", help=mark("Calibrate the hours of a stretch by the versions in force."))
def write(first: _From, last: _To, workspace: WorkspaceOption = Path("workspace")) -> None:
    """Calibrate the hours of a stretch by the versions in force."""
    from lantian.loop.sense.calibrating import write_calibrated

    with opened(workspace) as house:
        written = write_calibrated(house.centre(), _day(first), _day(last))
    console().print(words().format(mark("{count} calibrated hours are new or different."), count=written))


@app.command("withdraw", help=mark("Withdraw a calibration; its row stays as evidence."))
def withdraw(
    calibration: Annotated[str, typer.Argument(help=mark("Id of the calibration."))],
    by: _By,
    reason: _Reason,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Withdraw a calibration; its row stays as evidence."""
    from lantian.loop.sense.calibrating import withdraw_calibration

    with opened(workspace) as house:
        withdraw_calibration(house.centre(), calibration, reason=reason, by=by)
    console().print(words().gettext("Withdrawn."))


def _asked(
    device: str, channel: str, first: str, last: str, reason: str, second: str | None, form: str | None
) -> "Asked":
    from typing import cast

    from lantian.loop.sense.calibrating import Asked
    from lantian.science.calibration import Form

    if form is not None and form not in _FORMS:
        raise CallerError("{text!r} is none of {known}.", text=form, known=", ".join(_FORMS))
    return Asked(device, channel, _day(first), _day(last), reason, second, cast("Form | None", form))


def _day(text: str) -> date:
    read = day(text)
    if read is None:
        raise CallerError("{text!r} is not a date. Write it as 2026-03-01.", text=text)
    return read


def _say(row: "Calibration") -> None:
    held, plain = row.fit["held_out"], row.fit["plain"]
    language = words()
    console().print(
        language.format(
            mark("{device} {channel} version {version}, from {first} to {last}: {id}"),
            device=row.device, channel=row.channel, version=row.version, first=row.valid_from,
            last=row.valid_until, id=row.id,
        )
    )  # fmt: skip
    console().print(
        language.format(
            mark("On {hours} h held out: R² {r2}, RMSE {rmse}; a plain line: R² {plain_r2}, RMSE {plain_rmse}."),
            hours=held["hours"], r2=f"{held['r2']:.3f}", rmse=f"{held['rmse']:.3g}",
            plain_r2=f"{plain['r2']:.3f}", plain_rmse=f"{plain['rmse']:.3g}",
        )
    )  # fmt: skip
    if row.method == "transfer":
        console().print(
            language.gettext(
                "These figures are of the device that gave it; this one was never beside a reference."
            )
        )
