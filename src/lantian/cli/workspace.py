"""``lantian init`` and ``lantian settings``."""

from pathlib import Path
from typing import Annotated

import typer

from lantian.cli.show import MISSING, JsonOption, WorkspaceOption, console, show_frame, show_json, words
from lantian.desk.language import mark

init_app = typer.Typer()
settings_app = typer.Typer()
APPS = {"init": init_app, "settings": settings_app}


@init_app.command()
def init(
    workspace: WorkspaceOption = Path("workspace"),
    city: Annotated[
        str, typer.Option(help=mark("Packaged city by its key, or a folder with a city's files."))
    ] = "changzhi",
    simulated: Annotated[
        bool, typer.Option("--simulated/--real", help=mark("What it will hold, for ever."))
    ] = False,
    ledger_url: Annotated[
        str | None,
        typer.Option(
            help=mark(
                "Empty database for the ledger, postgresql://user@host/name; by default a file. "
                "LANTIAN_LEDGER_URL keeps a password out of the command line."
            )
        ),
    ] = None,
    list_cities: Annotated[bool, typer.Option("--list", help=mark("List the packaged cities and stop."))] = False,
) -> None:
    """Make a workspace for a city."""
    from lantian.assembly import make_workspace
    from lantian.city.checks import check_city
    from lantian.city.loader import list_cities as packaged

    language = words()
    if list_cities:
        for key in packaged():
            typer.echo(key)
        return
    folder_or_key = str(Path(city).resolve()) if Path(city).is_dir() else city
    house = make_workspace(workspace, folder_or_key, simulated=simulated, ledger_url=ledger_url)
    try:
        name = house.city.name_zh if language.is_chinese else house.city.name_en
        kind = language.gettext("simulated") if simulated else language.gettext("real data")
        console().print(
            language.format(
                "Made the workspace {folder} for {city} ({kind}).", folder=workspace, city=name, kind=kind
            )
        )
        for finding in check_city(house.city):
            console().print(f"[yellow]{finding.where}[/]: {language.format(finding.message, **finding.evidence)}")
        console().print(
            language.gettext(
                "Next: lantian import FILE, then lantian evaluate; rows and rules of your own go to city/."
            )
        )
    finally:
        house.close()


@settings_app.command()
def settings(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Every setting, its value and where it comes from."""
    import polars as pl

    from lantian.settings import settings_with_sources

    language = words()
    rows = settings_with_sources(workspace)
    if as_json:
        show_json([{"setting": n, "value": v, "source": s, "meaning": m} for n, v, s, m in rows])
        return
    show_frame(
        pl.DataFrame(
            {
                "setting": [name for name, *_ in rows],
                "value": [MISSING if value is None else str(value) for _, value, *_ in rows],
                "source": [source for *_, source, _ in rows],
                "meaning": [language.gettext(meaning) for *_, meaning in rows],
            }
        ),
        headers={
            "setting": language.gettext("Setting"),
            "value": language.gettext("Value"),
            "source": language.gettext("Source"),
            "meaning": language.gettext("Meaning"),
        },
    )
