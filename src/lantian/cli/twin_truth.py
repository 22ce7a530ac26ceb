"""``lantian twin truth`` and ``score``: what truly was, opened for a reason; the lake beside it, cell by cell."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    console,
    day,
    opened,
    show_frame,
    show_json,
    words,
)
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.assembly import House
    from lantian.twin.making import Making

app = typer.Typer(no_args_is_help=True)
_ROWS = 20
_SCORED_DAYS = 7
_HISTORY = Path("twin") / "history.json"
_REASON = "score of the whole chain"
_KINDS = {
    "incidents": mark("what went wrong: failures, fakes, broken orders"),
    "events": mark("episodes and dust"),
    "air": mark("true hours of stations"),
    "contributions": mark("what brought the air of each day"),
    "emissions": mark("true emission of each stack and day"),
}


@app.command("list", help=mark("Which tables of the truth are sealed here."))
def list_them(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Which tables of the truth are sealed here."""
    import polars as pl

    from lantian.twin.sealing import list_sealed

    language = words()
    with opened(workspace) as house:
        rows = list_sealed(house.folder)
    frame = pl.DataFrame(
        [
            {
                "kind": row.kind,
                "what": row.kind if as_json else language.gettext(_KINDS.get(row.kind, row.kind)),
                "rows": row.rows,
                "sha256": row.sha256 if as_json else f"{row.sha256[:16]}…",
            }
            for row in rows
        ]
    )
    show_frame(frame.drop("what") if as_json else frame, title=language.gettext("Sealed truth"), as_json=as_json)


@app.command("open", help=mark("Open a table of the truth; the reason stays in the chain of decisions."))
def open_it(
    kind: Annotated[str, typer.Argument(help=mark("incidents, events, air, contributions or emissions."))],
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))],
    by: Annotated[str, typer.Option("--by", help=mark("Who opens it; kept as evidence."))],
    out: Annotated[
        Path | None, typer.Option("--out", help=mark("Write the whole table: .csv or .parquet."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Open a table of the truth; the reason stays in the chain of decisions."""
    from lantian.twin.sealing import open_truth

    language = words()
    if out is not None and out.suffix.lower() not in {".csv", ".parquet"}:
        raise CallerError("{name}: the truth is written as .csv or .parquet. Choose one of these.", name=out.name)
    with opened(workspace) as house:
        frame = open_truth(house.folder, house.ledger, kind, by=by, reason=reason, at=house.now())
    if out is not None:
        _write(frame, out)
        said = mark("{rows} rows were written to {file}.")
        console().print(language.format(said, rows=f"{frame.height:,}", file=out.resolve()), soft_wrap=True)
        return
    if as_json:
        show_json({"kind": kind, "simulated": True, "rows": frame.to_dicts()})
        return
    show_frame(frame.head(_ROWS), title=language.gettext(_KINDS[kind]), decimals={"kg": 3, "value": 3})
    if frame.height > _ROWS:
        said = mark("{rows} rows in all; --out FILE writes them.")
        console().print("  " + language.format(said, rows=f"{frame.height:,}"))


def _write(frame: "pl.DataFrame", out: Path) -> None:
    from lantian.desk.paper.csv import write_csv
    from lantian.desk.paper.whole import whole_file

    if out.suffix.lower() == ".csv":
        write_csv(out, frame)
        return
    with whole_file(out) as temporary:
        frame.write_parquet(temporary)


def score(
    first: Annotated[
        str | None, typer.Option("--from", help=mark("First legal day; by default a week before the last."))
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", help=mark("Last legal day; by default the last whole one."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Why does the lake differ from the truth, cell by cell?"""
    from lantian.twin.scoring import CATEGORIES, air_of_truth
    from lantian.twin.scoring import score as scored
    from lantian.twin.sealing import open_truth

    language = words()
    with opened(workspace) as house:
        making = _making_of(house)
        end = day(last) or _last_whole_day(house)
        begin = day(first) or end - timedelta(days=_SCORED_DAYS - 1)
        truth = open_truth(house.folder, house.ledger, "air", by="score", reason=_REASON, at=house.now())
        done = scored(house, making, air_of_truth(truth, making), begin, end)
    if as_json:
        show_json(
            {"first": done.first, "last": done.last, "unexplained": done.unexplained, "examples": done.examples,
             "rows": done.frame().to_dicts()}
        )  # fmt: skip
    else:
        title = language.format(
            mark("Cells of the lake beside the truth, {first} … {last}"), first=done.first, last=done.last
        )
        show_frame(done.frame(), title=title)
        for name, said in CATEGORIES.items():
            console().print(f"  {language.gettext(name)}: {language.gettext(said)}")
        for example in done.examples:
            console().print(f"  {example}", markup=False)
    if done.unexplained:
        raise typer.Exit(1)


def _making_of(house: "House") -> "Making":
    """Return the simulated city from which a workspace was filled."""
    from lantian.cli.run_twin import making_of
    from lantian.twin.scenario_workspace import scenario_behind

    found = scenario_behind(house)
    if found is not None:
        return found
    try:
        said = json.loads((house.folder / _HISTORY).read_text("utf-8"))
        first, end = date.fromisoformat(said["first"]), datetime.fromisoformat(said["end"])
        return making_of(house, first, end.astimezone(house.city.zone), int(said["seed"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CallerError(
            "{folder} was not filled by a simulated city with sources. Build one with `lantian run`, or with "
            "`lantian twin scenario run NAME --into FOLDER`.",
            folder=house.folder,
        ) from error


def _last_whole_day(house: "House") -> date:
    import polars as pl

    held = house.lake.scan("ambient_hours", columns=["hour_start"], latest=False)
    newest = held.select(pl.col("hour_start").max()).collect().item()
    if newest is None:
        raise CallerError("{folder} holds no station hours yet, so nothing can be scored.", folder=house.folder)
    return house.lake.day_of(newest + timedelta(hours=1)) - timedelta(days=1)
