"""``lantian twin run``: the simulated city lives on, hour by hour, and its air is judged as it comes."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from lantian.cli.show import JsonOption, WorkspaceOption, console, progress_bar, show_json, words
from lantian.desk.language import mark

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.desk.language import Translation
    from lantian.twin.live import LiveReport


def live(
    workspace: WorkspaceOption = Path("workspace"),
    hours: Annotated[int, typer.Option(min=1, max=8_760, help=mark("City hours to live through."))] = 24,
    speed: Annotated[
        float, typer.Option(min=1.0, max=10_000.0, help=mark("City seconds in a second: 1 is real time."))
    ] = 360.0,
    until: Annotated[
        str | None, typer.Option(help=mark("Last day of the past, such as 2026-04-30; else the city's own."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Let the loggers of a simulated city speak to the gateway; each hour or day is judged when it is there."""
    from lantian.cli.run import SEED, open_or_make, put_people, stretch_of
    from lantian.cli.run_twin import bring_past, live_on
    from lantian.cli.twin_judging import Judge

    language = words()
    house = open_or_make(workspace, None)
    try:
        stretch = stretch_of(house, None, until)
        with progress_bar(language.gettext("Bringing the past in"), quiet=as_json) as progress:
            bring_past(house, stretch.first, stretch.end, SEED, progress)
        put_people(house)
        judge = Judge(house, speed)

        def told(done: Sequence[datetime]) -> None:
            judge.take(done)
            if not as_json:
                _say_hours(house, done, language)

        report = live_on(
            house, stretch.first, stretch.end, SEED, hours, lambda _share, _said: None, speed=speed, on_hour=told
        )
        judge.finish()
        if as_json:
            show_json({} if report is None else _record(report))
        elif report is None:
            console().print(language.gettext("The demonstration year is over; nothing is left to live through."))
        else:
            said = mark("{frames} frames of {hours} city hours were sent, acknowledged and taken.")
            console().print(language.format(said, frames=f"{report.frames:,}", hours=report.hours))
    finally:
        house.close()


def _record(report: "LiveReport") -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(report), "next": report.next.isoformat()}


def _say_hours(house: "House", hours: Sequence[datetime], language: "Translation") -> None:
    """Print a line for each hour that has come, with the city's particles in it."""
    import polars as pl

    national = [station.code for station in house.city.stations if station.level.value == "national"]
    for hour in hours:
        day = house.lake.day_of(hour)
        rows = house.lake.read("ambient_hours", first=day, last=day).filter(
            (pl.col("hour_start") == hour) & pl.col("station").is_in(national)
        )
        mean = rows["pm25"].mean()
        line = Text(f"  {hour.astimezone(house.city.zone):%Y-%m-%d %H:%M}  ")
        line.append("PM₂.₅ " + (f"{mean:.0f} µg/m³" if isinstance(mean, float) else "—"), style="bold")
        line.append("  " + language.gettext("SIMULATED data, never measured"), style="dim")
        console().print(line)
