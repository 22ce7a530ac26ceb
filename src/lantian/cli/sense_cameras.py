"""``lantian sense cameras``: cameras as devices, whether they answered, and where their pictures lie."""

from pathlib import Path
from typing import Annotated

import typer

from lantian.cli.conditions import instant
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, show_json, words
from lantian.desk.language import mark

app = typer.Typer(no_args_is_help=True)
_Camera = Annotated[str, typer.Argument(help=mark("Id of the camera."))]
_By = Annotated[str, typer.Option("--by", help=mark("Who does it; kept as evidence."))]


@app.command("add", help=mark("Register a camera, or change one."))
def add(
    camera: _Camera,
    place: Annotated[str, typer.Option("--place", help=mark("Outlet, station or site that it looks at."))],
    by: _By,
    name: Annotated[str, typer.Option("--name", help=mark("Its name; by default its id."))] = "",
    snapshot: Annotated[
        str, typer.Option("--snapshot", help=mark("Address of its picture, for those who may see it."))
    ] = "",
    longitude: Annotated[
        float | None, typer.Option("--longitude", min=-180, max=180, help=mark("In degrees, EPSG:4490."))
    ] = None,
    latitude: Annotated[
        float | None, typer.Option("--latitude", min=-90, max=90, help=mark("In degrees, EPSG:4490."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Register a camera, or change one."""
    from lantian.loop.sense.cameras import CameraContent, register_camera

    content = CameraContent(camera, name, place, snapshot, longitude, latitude)
    with opened(workspace) as house:
        register_camera(house.centre(), content, by=by)
    console().print(words().format(mark("Camera {camera} is registered at {place}."), camera=camera, place=place))


@app.command("look", help=mark("Note whether a camera answered; no video is kept."))
def look(
    camera: _Camera,
    online: Annotated[bool, typer.Option("--online/--offline", help=mark("Whether it answered."))] = True,
    at: Annotated[
        str | None, typer.Option("--at", help=mark("When, by the city's clock; by default now."))
    ] = None,
    snapshot: Annotated[str, typer.Option("--snapshot", help=mark("Where the picture of this look lies."))] = "",
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Note whether a camera answered; no video is kept."""
    from lantian.loop.sense.cameras import note_looks

    with opened(workspace) as house:
        when = house.now() if at is None else instant(at, house.city.zone)
        new = note_looks(house.centre(), [(camera, when, online, snapshot)])
    console().print(words().gettext("Noted.") if new else words().gettext("That look was noted before."))


@app.command("list", help=mark("Registered cameras and how often they answered, the worst first."))
def list_registered(
    days: Annotated[
        int, typer.Option("--days", min=1, max=366, help=mark("Window of the online rate, in days."))
    ] = 7,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List registered cameras and how often they answered, the worst first."""
    import polars as pl

    from lantian.loop.sense.cameras import list_cameras

    with opened(workspace) as house:
        rows = list_cameras(house.centre(), days=days)
        zone = house.city.zone
    told = [
        {
            "camera": row.id,
            "name": row.name,
            "place": row.place,
            "looks": row.looks,
            "online_percent": None if row.online_rate is None else 100 * row.online_rate,
            "last_online": None if row.last_online is None else row.last_online.astimezone(zone),
            "snapshot": row.snapshot,
        }
        for row in rows
    ]
    if as_json:
        show_json({"days": days, "rows": told})
        return
    if not told:
        console().print(words().gettext("No camera is registered: lantian sense cameras add."))
        return
    show_frame(
        pl.DataFrame(told, infer_schema_length=None),
        title=words().format(mark("Cameras, last {days} days"), days=days),
        decimals={"online_percent": 1},
    )


@app.command("close", help=mark("Retire a camera; its looks stay as evidence."))
def close(
    camera: _Camera,
    by: _By,
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))],
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Retire a camera; its looks stay as evidence."""
    from lantian.loop.sense.cameras import retire_camera

    with opened(workspace) as house:
        retire_camera(house.centre(), camera, reason=reason, by=by)
    console().print(words().format(mark("Camera {camera} is retired; its looks stay."), camera=camera))
