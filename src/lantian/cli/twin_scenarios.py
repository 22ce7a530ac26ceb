"""``lantian twin scenario``: what a change of weather, events or sources does to the air of some days."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    cell,
    console,
    progress_bar,
    show_frame,
    show_json,
    words,
)
from lantian.cli.twin_city import CityOption, SeedOption, TwinCity, twin_city
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.twin.comparing import Compared
    from lantian.twin.scenarios import Scenario, Sides

app = typer.Typer(no_args_is_help=True)
_Name = Annotated[str, typer.Argument(help=mark("Key of a scenario, or a file of your own ending in .toml."))]
_HEADS = {
    "place": mark("County"),
    "pollutant": mark("Pollutant"),
    "kind": mark("Source"),
    "base": mark("Base"),
    "scenario": mark("Scenario"),
    "difference": mark("Difference"),
    "percent": mark("%"),
    "base_worst": mark("Base, worst day"),
    "base_worst_day": mark("on"),
    "scenario_worst": mark("Scenario, worst day"),
    "scenario_worst_day": mark("on"),
    "in_the_air": mark("In the air"),
    "shown": mark("Shown"),
}
"""Column → its heading."""
_BAR = 24
_KINDS_SHOWN = 12
_FEW = mark("{name} (formed)")


@app.command("list", help=mark("The scenarios that stand ready."))
def list_them(as_json: JsonOption = False) -> None:
    """List the scenarios that stand ready."""
    import polars as pl

    from lantian.twin.scenarios import list_scenarios

    language = words()
    rows = [
        {
            "key": each.key,
            "first": each.first,
            "last": each.last,
            "name": _of(each, "name", language),
            "about": _of(each, "about", language),
        }
        for each in list_scenarios()
    ]
    show_frame(pl.DataFrame(rows), title=language.gettext("Scenarios"), as_json=as_json)


@app.command("show", help=mark("What a scenario changes."))
def show(name: _Name, as_json: JsonOption = False) -> None:
    """Show what a scenario changes."""
    from lantian.twin.scenarios import find_scenario

    given = find_scenario(name)
    if as_json:
        show_json(given.model_dump(mode="json"))
        return
    language = words()
    console().print(f"[bold]{_of(given, 'name', language)}[/]  {given.first} … {given.last}")
    console().print(f"  {_of(given, 'about', language)}", markup=False)
    plain = given.model_dump(mode="json", exclude_defaults=True)
    for key in ("drawn", "stations", "level", "stopped", "times", "shift", "events", "incidents"):
        if key in plain:
            console().print(f"  {key}: {plain[key]}", markup=False)


def _of(scenario: "Scenario", what: str, language: Translation) -> str:
    return str(getattr(scenario, f"{what}_{'zh' if language.is_chinese else 'en'}"))


@app.command("run", help=mark("Compute the days with and without the change, and show what differs."))
def run(
    name: _Name,
    days: Annotated[int | None, typer.Option("--days", min=1, help=mark("Only its first days."))] = None,
    station: Annotated[
        list[str] | None,
        typer.Option("--station", help=mark("Code of a station; repeat. By default the scenario's.")),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help=mark("Draw the city's days: .png or .svg."))
    ] = None,
    into: Annotated[
        Path | None, typer.Option("--into", help=mark("New workspace that gets what the stations send."))
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=mark("No progress bar."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    city: CityOption = None,
    seed: SeedOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compute the days with and without the change, and show what differs."""
    from lantian.twin.scenarios import find_scenario

    language = words()
    scenario = find_scenario(name)
    scenario = scenario if days is None else scenario.shortened(days)
    _check(into, picture)
    given = twin_city(workspace, city, seed)
    title = language.format(mark("Scenario {key}"), key=scenario.key)
    with progress_bar(title, quiet=quiet or as_json) as progress:
        done = _compared(
            given, scenario, tuple(station or ()), lambda share, said: progress(share, language.gettext(said))
        )
        written = None if into is None else _into(given, into, done)
    if picture is not None:
        _draw(done, picture, language)
    if as_json:
        show_json(_record(done, given, written, into))
        return
    _show(done, language)
    if into is not None:
        said = mark(
            "{hours} simulated station hours were brought into {folder}. Judge them with `lantian evaluate`."
        )
        console().print(language.format(said, hours=f"{written:,}", folder=into), soft_wrap=True)


def _check(into: Path | None, picture: Path | None) -> None:
    """Refuse before minutes are spent what would be refused at the end."""
    if into is not None and into.exists() and any(into.iterdir()):
        raise CallerError("{folder} is not empty, and a scenario wants a workspace of its own.", folder=into)
    if picture is not None and picture.suffix.lower() not in {".png", ".svg"}:
        raise CallerError(
            "{name}: pictures are written as .png or .svg. Choose one of these endings.", name=picture.name
        )


def _compared(given: TwinCity, scenario: "Scenario", codes: tuple[str, ...], progress: Any) -> "Compared":
    from lantian.rules.plume_records import PlumeRule
    from lantian.twin.comparing import compare
    from lantian.twin.keeping import settle
    from lantian.twin.scenarios import plain_making, sides_of

    rule = given.rulebook.edition(PlumeRule, "plume", scenario.last, given.choice)
    plain = plain_making(given.city, given.book, rule, scenario, given.seed)
    progress(0.0, mark("building the city"))
    if given.folder is not None:
        settle(plain, given.folder)
    sides: Sides = sides_of(scenario, plain, codes)
    progress(0.4, mark("the air of every hour"))
    law = given.rulebook.rule_set(scenario.last, given.choice).evaluation
    done = compare(sides, law, lambda making: making.air(sides.stations))
    progress(1.0, "")
    return done


def _into(given: TwinCity, into: Path, done: "Compared") -> int:
    from lantian.assembly import make_workspace
    from lantian.twin.scenario_workspace import fill_workspace

    house = make_workspace(into, given.base, simulated=True)
    try:
        return fill_workspace(house, done)
    finally:
        house.close()


# ---------------------------------------------------------------------------------------------- what is shown


def _record(done: "Compared", given: TwinCity, written: int | None, into: Path | None) -> dict[str, Any]:
    return {
        "scenario": done.sides.scenario.model_dump(mode="json"),
        "city": given.city.key,
        "seed": given.seed,
        "simulated": True,
        "beyond": {"base": done.sides.base.beyond, "scenario": done.sides.changed.beyond},
        "rows": done.table().to_dicts(),
        "contributions": done.contributions().to_dicts(),
        "shown": done.shown().to_dicts(),
        "workspace": into,
        "hours_written": written,
    }


def _show(done: "Compared", language: Translation) -> None:
    scenario = done.sides.scenario
    console().print(f"[bold]{_of(scenario, 'name', language)}[/]  {scenario.first} … {scenario.last}")
    console().print(f"  {_of(scenario, 'about', language)}", markup=False)
    console().print("  " + language.gettext(mark("SIMULATED data, never measured")), style="bold yellow")
    table = done.table()
    city = table["place"][0]
    if done.changed is done.base:
        console().print("  " + language.gettext(mark("The air is as it was; only what stations show differs.")))
    else:
        _show_city(table, city, language)
        _show_places(table, scenario.shown.value, done, language)
        _show_contributions(done, language)
    shown = done.shown()
    if not shown.is_empty():
        show_frame(
            shown, title=language.gettext("What stations show, and what is in the air"),
            decimals={"in_the_air": 1, "shown": 1}, headers=_heads(language),
        )  # fmt: skip


def _show_city(table: "pl.DataFrame", city: str, language: Translation) -> None:
    """Print the city's six pollutants, with bars of the relative change."""
    import polars as pl

    from lantian.terms.pollutants import NAMES, Pollutant

    rows = table.filter(pl.col("place") == city)
    symbols = [f"{NAMES[Pollutant(key)].symbol} ({NAMES[Pollutant(key)].unit})" for key in rows["pollutant"]]
    most = max(5.0, *(abs(value) for value in rows["percent"]))
    rows = rows.with_columns(
        pollutant=pl.Series(symbols), bar=pl.Series([_bar(value, most) for value in rows["percent"]])
    ).drop("place")
    show_frame(
        rows,
        title=language.gettext("The city: mean of the days, worst day, without the change and with it"),
        decimals=dict.fromkeys(rows.columns, 2) | {"percent": 1},
        headers=_heads(language),
    )


def _show_places(table: "pl.DataFrame", pollutant: str, done: "Compared", language: Translation) -> None:
    """Print the counties for the pollutant that the scenario is about."""
    import polars as pl

    from lantian.terms.pollutants import NAMES, Pollutant

    counties = {
        one.adcode: one.name_zh if language.is_chinese else one.name_en for one in done.sides.base.city.counties
    }
    rows = table.filter((pl.col("pollutant") == pollutant) & pl.col("place").is_in(list(counties)))
    if rows.is_empty():
        return
    most = max(0.01, *(abs(value) for value in rows["difference"]))
    rows = rows.with_columns(
        place=pl.Series([counties[code] for code in rows["place"]]),
        bar=pl.Series([_bar(value, most) for value in rows["difference"]]),
    ).drop("pollutant")
    show_frame(
        rows,
        title=language.format(mark("Counties: {what}"), what=NAMES[Pollutant(pollutant)].symbol),
        decimals=dict.fromkeys(rows.columns, 2) | {"percent": 1},
        headers=_heads(language),
    )


def _show_contributions(done: "Compared", language: Translation) -> None:
    """Print which kinds of sources bring more or less fine particles to the city."""
    import polars as pl

    rows = done.contributions().head(_KINDS_SHOWN)
    if rows.is_empty():
        return
    book = done.sides.base.book
    chinese = language.is_chinese
    names = {row.key: row.name_zh if chinese else row.name_en for row in book.kinds}
    names |= {row.key: row.name_zh if chinese else row.name_en for row in book.surfaces}
    names |= {
        "beyond": language.gettext(mark("air from beyond")),
        "rest": language.gettext(mark("dust and the rest")),
    }
    said = [
        language.format(_FEW, name=names.get(kind, kind)) if formed else names.get(kind, kind)
        for kind, formed in rows.select("kind", "formed").rows()
    ]
    most = max(abs(value) for value in rows["difference"])
    told = rows.drop("formed").with_columns(
        kind=pl.Series(said), bar=pl.Series([_bar(value, most) for value in rows["difference"]])
    )
    show_frame(
        told, title=language.gettext("What brings the city's PM₂.₅, where it changes (µg/m³)"),
        decimals=dict.fromkeys(("base", "scenario", "difference"), 3), headers=_heads(language),
    )  # fmt: skip


def _heads(language: Translation) -> dict[str, str]:
    return {"bar": "", **{name: language.gettext(said) for name, said in _HEADS.items()}}


def _bar(value: float, most: float) -> str:
    """Draw a change: filled for more, hollow for less."""
    return ("█" if value > 0 else "░") * round(_BAR * abs(value) / most)


def _draw(done: "Compared", picture: Path, language: Translation) -> None:
    from lantian.desk.paper.figure import Caption, Line, save, time_series
    from lantian.terms.pollutants import NAMES

    scenario = done.sides.scenario
    name = NAMES[scenario.shown]
    before, after = done.series(scenario.shown)
    lines = [
        Line(language.gettext("base"), done.days, before),
        Line(language.gettext("scenario"), done.days, after),
    ]
    caption = Caption(
        title=_of(scenario, "name", language),
        subtitle=f"{name.symbol} · {_of(scenario, 'about', language)}",
        note=language.format(mark("Simulated city, seed {seed}"), seed=cell(done.sides.base.seed)),
        simulated=True,
    )
    save(time_series(lines, caption, unit=name.unit, language=language), picture)
