"""``lantian sense``: what the instruments say, and whether to believe them; commands by topic in modules."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli import sense_calibrate, sense_cameras, sense_marks, sense_outlets, sense_review
from lantian.cli.conditions import instant
from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    cell,
    console,
    day,
    opened,
    show_frame,
    show_json,
    words,
)
from lantian.desk.language import Translation, finding_text, mark

if TYPE_CHECKING:
    from lantian.loop.sense.cameras import CameraHealth
    from lantian.loop.sense.health import Health
    from lantian.loop.sense.register import Coverage
    from lantian.terms.findings import Finding

app = typer.Typer(
    help=mark("Instruments: health, gaps, review of data, marks, micro-stations."), no_args_is_help=True
)
app.add_typer(sense_review.app, name="review", help=mark("Doubtful data, and who decided what about them."))
app.add_typer(sense_marks.app, name="marks", help=mark("Marks on the time of an outlet, to the minute."))
app.add_typer(sense_calibrate.app, name="calibrate", help=mark("Micro-stations beside a reference."))
app.add_typer(sense_cameras.app, name="cameras", help=mark("Cameras as devices: place, online rate, pictures."))
app.command("recompute", help=mark("Recompute what outlets emitted, beside what their loggers sent."))(
    sense_outlets.recompute
)
app.command("outlet", help=mark("One day of an outlet: recomputed beside what its logger sent."))(
    sense_outlets.outlet_day
)
app.command("record", help=mark("Say what an outlet is by law from a day on."))(sense_outlets.record)
app.command("outlets", help=mark("What was said of outlets: body, kind of source, reference oxygen."))(
    sense_outlets.records
)
app.command("rates", help=mark("Online, transmission and validity rates by instrument, day or month."))(
    sense_outlets.rates
)
APPS = {"sense": app}
STATE_WORDS = {
    "silent": mark("silent"),
    "stale": mark("stale"),
    "late": mark("late"),
    "drifting": mark("drifting"),
    "well": mark("well"),
}
_STYLES = {"silent": "red", "stale": "yellow", "late": "yellow", "drifting": "magenta", "well": "green"}
_KIND_WORDS = {
    "station": mark("station"),
    "outlet": mark("outlet"),
    "micro": mark("micro-station"),
    "weather": mark("weather station"),
    "camera": mark("camera"),
}


@app.command("status", help=mark("Which instruments are silent, stale, late or drifting."))
def status(
    days: Annotated[
        int, typer.Option("--days", min=1, max=31, help=mark("Window of the online rate, in days."))
    ] = 7,
    at: Annotated[str | None, typer.Option("--at", help=mark("As at this instant of the city's clock."))] = None,
    year: Annotated[int | None, typer.Option("--units", help=mark("Year of the list of key units, too."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Which instruments are silent, stale, late or drifting."""
    import polars as pl

    from lantian.loop.sense.cameras import list_cameras
    from lantian.loop.sense.health import counts, list_health
    from lantian.loop.sense.register import coverage, coverage_findings, greenhouse_channels

    language = words()
    with opened(workspace) as house:
        centre = house.centre()
        rows = list_health(centre, at=None if at is None else instant(at, house.city.zone), days=days)
        cameras = list_cameras(centre, days=days, at=None if at is None else instant(at, house.city.zone))
        units = [] if year is None else coverage(centre, year, rows)
        asked = [] if year is None else coverage_findings(centre, year, units)
        gases = [] if year is None else greenhouse_channels(centre, year)
    told = [_row(row, language, plain=as_json) for row in rows]
    if as_json:
        show_json({**_extra(rows, cameras, units, asked, gases), "rows": told})
        return
    if told:
        show_frame(
            pl.DataFrame(told, infer_schema_length=None),
            title=language.format(mark("Instruments, last {days} days"), days=days),
            decimals={"age_hours": 1, "online_percent": 1, "late_percent": 1},
            styles={"state": [_STYLES[row.state.value] for row in rows]},
        )
    for kind, held in counts(rows).items():
        parts = [f"{language.gettext(STATE_WORDS[state])} {n}" for state, n in held.items() if n]
        console().print(f"  {language.gettext(_KIND_WORDS[kind])}: " + " · ".join(parts))
    if year is not None:
        _say_units(year, units, asked, gases, language)


def _row(row: "Health", language: Translation, *, plain: bool) -> dict[str, Any]:
    return {
        "kind": row.kind if plain else language.gettext(_KIND_WORDS[row.kind]),
        "code": row.code,
        "name": row.name,
        "state": row.state.value if plain else language.gettext(STATE_WORDS[row.state]),
        "newest": row.newest,
        "age_hours": row.age,
        "online_percent": None if row.online_rate is None else 100 * row.online_rate,
        "late_percent": None if row.late_share is None else 100 * row.late_share,
        "drifting": ", ".join(row.drifting),
    }


def _extra(
    rows: "list[Health]",
    cameras: "list[CameraHealth]",
    units: "list[Coverage]",
    asked: "list[Finding]",
    gases: list[Mapping[str, object]],
) -> dict[str, Any]:
    """Everything beside the rows, for programs."""
    from lantian.loop.sense.health import counts

    return {
        "counts": {kind: {state.value: n for state, n in held.items()} for kind, held in counts(rows).items()},
        "cameras": [
            {"id": row.id, "place": row.place, "online_rate": row.online_rate, "snapshot": row.snapshot}
            for row in cameras
        ],
        "units": [
            {
                "code": row.code,
                "name": row.name,
                "covered": row.covered,
                "without_device": list(row.without_device),
                "silent": list(row.silent),
            }
            for row in units
        ],
        "findings": [{"code": row.code, "where": row.where, **row.evidence} for row in asked],
        "greenhouse_gases": [dict(row) for row in gases],
    }


def _say_units(
    year: int,
    units: "list[Coverage]",
    asked: "list[Finding]",
    gases: list[Mapping[str, object]],
    language: Translation,
) -> None:
    covered = sum(row.covered for row in units)
    pattern = mark("Key units {year}: {covered} of {count} with every outlet on line.")
    said = language.format(pattern, year=year, covered=covered, count=len(units))
    console().print("  " + said)
    for finding in asked:
        console().print(f"    {finding.where}  {finding_text(finding, language)}", markup=False)
    for gas in gases:
        console().print(f"    {gas['outlet']}  {gas['factor']}  {cell(gas['newest'])}", markup=False)


@app.command("gaps", help=mark("What is due from each outlet and did not come, and its rates."))
def gaps(
    first: Annotated[
        str | None, typer.Option("--from", help=mark("First legal day; by default yesterday."))
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help=mark("Last legal day; by default yesterday."))] = None,
    outlet: Annotated[str | None, typer.Option("--outlet", help=mark("One outlet."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show what is due from each outlet and did not come, and its rates."""
    from datetime import timedelta

    import polars as pl

    from lantian.loop.sense.centre import HOUR
    from lantian.loop.sense.gaps import find_gaps, outlet_rates
    from lantian.loop.sense.marking import stopped_starts
    from lantian.loop.sense.registry import list_cards
    from lantian.rules import TransmissionRule

    language = words()
    with opened(workspace) as house:
        centre, zone = house.centre(), house.city.zone
        end = day(last) or centre.today() - timedelta(days=1)
        begin = day(first) or end
        cards = [card for card in list_cards(house.ledger).values() if outlet in (None, card.outlet)]
        rule = house.rulebook.edition(TransmissionRule, "transmission", end, house.choice)
        stretch = centre.midnight(begin), centre.midnight(end + timedelta(days=1))
        found = find_gaps(house.lake, cards, *stretch)
        stopped = stopped_starts(centre, stretch[0], int((stretch[1] - stretch[0]) / HOUR))
        rates = outlet_rates(house.lake, cards, begin, end, rule, stopped=stopped)
    rows = [
        {
            "outlet": gap.outlet,
            "period": gap.period,
            "first": gap.begin.astimezone(zone),
            "last": gap.end.astimezone(zone),
            "records": gap.records,
            "factors": ", ".join(gap.factors) or "*",
        }
        for gap in found
    ]
    counted = [
        {
            "outlet": rate.outlet,
            "due": rate.due,
            "received": rate.received,
            "valid": rate.valid,
            "transmission": rate.transmission,
            "validity": rate.validity,
            "valid_transmission": rate.valid_transmission,
            "online": rate.online,
        }
        for rate in rates
    ]
    if as_json:
        show_json({"first": begin, "last": end, "rows": rows, "rates": counted})
        return
    if not cards:
        console().print(language.gettext("No outlet is registered, so nothing is due."))
        return
    if rows:
        show_frame(pl.DataFrame(rows, infer_schema_length=None), title=language.gettext("Due and not here"))
    if counted:
        shares = dict.fromkeys(("transmission", "validity", "valid_transmission", "online"), 3)
        show_frame(
            pl.DataFrame(counted, infer_schema_length=None),
            title=language.format(mark("Rates {first} … {last}"), first=begin, last=end),
            decimals=shares,
        )


@app.command("units", help=mark("Take a year's list of key units in from a table file."))
def units(
    file: Annotated[Path, typer.Argument(help=mark("Table file with code, name and county of each unit."))],
    year: Annotated[int, typer.Option("--year", help=mark("Year of the list."))],
    by: Annotated[str, typer.Option("--by", help=mark("Who takes it in; kept as evidence."))],
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Take a year's list of key units in from a table file."""
    from lantian.loop.sense.quality_files import read_key_list
    from lantian.loop.sense.register import take_list

    language = words()
    with opened(workspace) as house:
        centre = house.centre()
        changed, findings = take_list(centre, year, read_key_list(centre, file), source=file.name, by=by)
    console().print(
        language.format(mark("{changed} lines of the list of {year} changed."), changed=changed, year=year)
    )
    for finding in findings:
        console().print(f"  {finding.where}  {finding_text(finding, language)}")
