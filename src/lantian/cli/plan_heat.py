"""``lantian plan admission heat``: which standing boilers lie near a large heat and power plant and have to go?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_options import PlanOption, TodayOption, asked_day
from lantian.cli.show import MISSING, JsonOption, WorkspaceOption, cell, console, opened, show_json, words
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.loop.plan.admission.heat import BoilerInReach
    from lantian.loop.plan.admission.records import HeatSource

_PARTS = 4
"""NAME, MW, LONGITUDE, LATITUDE."""


def heat(
    plant: Annotated[
        list[str], typer.Option(help=mark("A plant as NAME:MW:LONGITUDE:LATITUDE; may be repeated."))
    ],
    plan: PlanOption = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show the standing boilers of the plan's lists by distance to the nearest large plant, and which must go."""
    from lantian.loop.plan.admission.heat import boilers_in_reach

    language = words()
    plants = [_plant(text) for text in plant]
    with opened(workspace) as house:
        found = boilers_in_reach(house.office(), plants, on=asked_day(house, today), plan_id=plan)
    if as_json:
        show_json({"boilers": [_record(row) for row in found]})
        return
    console().print(_table(found, language))


def _plant(text: str) -> "HeatSource":
    from pydantic import ValidationError

    from lantian.loop.plan.admission.records import HeatSource

    parts = text.split(":")
    if len(parts) != _PARTS:
        raise CallerError("{text!r} has not four parts. Write NAME:MW:LONGITUDE:LATITUDE.", text=text)
    try:
        return HeatSource.model_validate(
            dict(zip(("name", "capacity", "longitude", "latitude"), parts, strict=True))
        )
    except ValidationError as fault:
        field = ".".join(str(one) for one in fault.errors()[0]["loc"])
        raise CallerError(
            "{text!r} is no plant: its {field} cannot be so. Write NAME:MW:LONGITUDE:LATITUDE in degrees.",
            text=text, field=field,
        ) from fault  # fmt: skip


def _record(row: "BoilerInReach") -> dict[str, Any]:
    return {
        "name": row.boiler.name, "capacity": row.boiler.capacity, "longitude": row.boiler.longitude,
        "latitude": row.boiler.latitude, "plant": row.plant, "distance": row.distance, "inside": row.inside,
        "must_go": list(row.must_go),
    }  # fmt: skip


def _table(found: Sequence["BoilerInReach"], language: Translation) -> Table:
    from lantian.loop.plan.admission.heat import REASONS

    going = sum(bool(row.must_go) for row in found)
    title = language.format(
        mark("{count} boilers stand, {going} of them have to go"), count=len(found), going=going
    )
    table = Table(title=title, title_justify="left", pad_edge=False)
    table.add_column(language.gettext("Boiler"), overflow="fold")
    table.add_column(language.gettext("Capacity, t/h"), justify="right")
    table.add_column(language.gettext("Nearest large plant"), overflow="fold")
    table.add_column(language.gettext("Distance, km"), justify="right")
    table.add_column(language.gettext("Has to go because"), overflow="fold")
    for row in found:
        known = row.inside is not None
        why = ("；" if language.is_chinese else "; ").join(language.gettext(REASONS[key]) for key in row.must_go)
        table.add_row(
            escape(row.boiler.name), cell(row.boiler.capacity), escape(row.plant or MISSING),
            cell(row.distance, 2), escape(why or ("" if known else language.gettext("place not known"))),
        )  # fmt: skip
    return table
