"""``lantian twin devices`` and ``sources``: what stands in the simulated city and who speaks for it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, show_frame, show_json, words
from lantian.cli.twin_city import CityOption, SeedOption, twin_city
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from lantian.city import City
    from lantian.twin.catalogue import Catalogue

app = typer.Typer()
_BAR = 28
_SHOWN = ("so2", "nox", "voc", "pm25", "nh3", "co2")
_LOGGERS = {"station": mark("air stations"), "stack": mark("stacks"), "meter": mark("power meters")}


@app.command("devices", help=mark("Loggers of the simulated city: who speaks, for what, by which edition."))
def devices(
    kind: Annotated[
        str | None,
        typer.Option("--kind", help=mark("station, stack or meter; or a kind of plant, such as brick.")),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    city: CityOption = None,
    seed: SeedOption = None,
    as_json: JsonOption = False,
) -> None:
    """Loggers of the simulated city: who speaks, for what, by which edition."""
    import polars as pl

    from lantian.twin.catalogue import build_catalogue

    language = words()
    given = twin_city(workspace, city, seed)
    catalogue = build_catalogue(given.city, given.book, given.seed)
    rows = list(_loggers(given.city, catalogue))
    known = {row["logger"] for row in rows} | {row["plant_kind"] for row in rows} - {""}
    if kind is not None and kind not in known:
        raise CallerError(
            "There is no kind {kind} of loggers. There are: {known}.", kind=kind, known=", ".join(sorted(known))
        )
    chosen = [row for row in rows if kind in {None, row["logger"], row["plant_kind"]}]
    if as_json:
        show_json({"city": given.city.key, "seed": given.seed, "simulated": True, "rows": chosen})
        return
    names = ("code", "mn", "edition", "system", "factors", "name", "county")
    counties = {one.adcode: one.name_zh if language.is_chinese else one.name_en for one in given.city.counties}
    told = [
        {
            **row,
            "name": row["name_zh"] if language.is_chinese else row["name_en"],
            "county": counties[row["county"]],
            "factors": len(row["factors"]),
        }
        for row in chosen
    ]
    show_frame(pl.DataFrame(told).select(names), title=language.gettext("Simulated loggers"))
    for logger, said in _LOGGERS.items():
        number = sum(row["logger"] == logger for row in chosen)
        if number:
            console().print(f"  {language.gettext(said)}: {number:,}")


def _loggers(city: "City", catalogue: "Catalogue") -> "Iterator[dict[str, Any]]":
    """List stations, stacks and meters with their loggers."""
    from lantian.city import Level
    from lantian.twin.speaking import logger_of_station

    for station in city.stations:
        if station.level is not Level.MICRO:
            yield _row(
                "station", station.code, logger_of_station(station), (station.name_zh, station.name_en), station
            )
    for plant in catalogue.plants:
        for stack in plant.stacks:
            if stack.logger is not None:
                name = (f"{plant.name_zh}·{stack.name_zh}", f"{plant.name_en}, {stack.name_en.lower()}")
                yield _row("stack", stack.code, stack.logger, name, plant)
        if plant.meter is not None:
            yield _row("meter", plant.code, plant.meter.logger, (plant.name_zh, plant.name_en), plant)


def _row(logger: str, code: str, of: Any, name: tuple[str, str], at: Any) -> dict[str, Any]:
    return {
        "logger": logger,
        "code": code,
        "mn": of.mn,
        "edition": of.edition,
        "system": of.system,
        "factors": list(of.factors),
        "name_zh": name[0],
        "name_en": name[1],
        "county": at.county,
        "plant_kind": "" if logger == "station" else at.kind,
    }


@app.command("sources", help=mark("What the simulated city gives off in a usual year, by kind."))
def sources(
    kind: Annotated[str | None, typer.Option("--kind", help=mark("Its plants one by one, such as steel."))] = None,
    pollutant: Annotated[str, typer.Option("--pollutant", "-p", help=mark("Which one the bars show."))] = "pm25",
    workspace: WorkspaceOption = Path("workspace"),
    city: CityOption = None,
    seed: SeedOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the simulated city gives off in a usual year, by kind."""
    from lantian.twin.catalogue import POLLUTANTS, build_catalogue
    from lantian.twin.totals import kind_totals, plant_totals

    if pollutant not in POLLUTANTS:
        raise CallerError(
            "The simulated city gives off no {pollutant}. It gives off: {known}.",
            pollutant=pollutant,
            known=", ".join(POLLUTANTS),
        )
    language = words()
    given = twin_city(workspace, city, seed)
    catalogue = build_catalogue(given.city, given.book, given.seed)
    known = {plant.kind for plant in catalogue.plants}
    if kind is not None and kind not in known:
        raise CallerError(
            "There are no plants of the kind {kind}. There are: {known}.",
            kind=kind,
            known=", ".join(sorted(known)),
        )
    frame = kind_totals(catalogue) if kind is None else plant_totals(catalogue, kind)
    frame = frame.sort(pollutant, descending=True)
    if as_json:
        show_json({"city": given.city.key, "seed": given.seed, "simulated": True, "rows": frame.to_dicts()})
        return
    title = language.format(mark("A usual year of the simulated city, in tonnes; bars: {what}"), what=pollutant)
    show_frame(
        _with_bars(frame, pollutant), title=title, decimals=dict.fromkeys(POLLUTANTS, 0), headers={"bar": ""}
    )


def _with_bars(frame: "pl.DataFrame", pollutant: str) -> "pl.DataFrame":
    import polars as pl

    shown = dict.fromkeys((*_SHOWN, pollutant))
    kept = [
        name for name in frame.columns if name in {"kind", "code", "grade", "county", "count"} or name in shown
    ]
    most = float(frame[pollutant].max() or 0.0)  # type: ignore[arg-type]
    bars = ["█" * round(_BAR * value / most) if most > 0.0 else "" for value in frame[pollutant]]
    return frame.select(kept).with_columns(bar=pl.Series(bars, dtype=pl.String))
