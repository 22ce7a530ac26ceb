"""``lantian inventory show|diff|trace``: what comes of a book, why it changed, how a tonne was made."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from lantian.cli.show import JsonOption, WorkspaceOption, cell, console, opened, show_frame, show_json, words
from lantian.desk.language import mark

if TYPE_CHECKING:
    import polars as pl

    from lantian.assembly import House
    from lantian.desk.language import Translation
    from lantian.loop.explain.why import Traced

app = typer.Typer()
_BAR = 24
_Pollutant = Annotated[str, typer.Option("--pollutant", "-p", help=mark("so2, nox, co, voc, nh3, pm25, co2 …"))]
_Most = Annotated[int, typer.Option("--most", min=0, help=mark("Most rows that are printed; 0 for all."))]


class View(StrEnum):
    """How sums are shown."""

    CITY = "city"
    TREE = "tree"
    SECTOR = "sector"
    COUNTY = "county"
    SOURCE = "source"
    METHOD = "method"


@app.command(
    "show", help=mark("Sums of an edition with intervals: city, tree of sectors, counties, sources, methods.")
)
def show(
    key: Annotated[str | None, typer.Argument(help=mark("Key of the edition; by default the newest."))] = None,
    by: Annotated[View, typer.Option(help=mark("city, tree, sector, county, source or method."))] = View.CITY,
    pollutant: _Pollutant = "pm25",
    depth: Annotated[int, typer.Option(min=1, max=4, help=mark("Levels of the tree."))] = 3,
    most: _Most = 30,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show sums of an edition with intervals: city, tree of sectors, counties, sources, methods."""
    from lantian.loop.explain.queries import method_shares, totals, tree

    language = words()
    with opened(workspace) as house:
        study = house.study()
        if by is View.TREE:
            rows = tree(study, key, pollutant, depth=depth)
        elif by is View.METHOD:
            rows = method_shares(study, key)
        else:
            wanted = None if by is View.CITY else pollutant
            rows = totals(study, key, kind=by.value, pollutant=wanted)
            rows = rows.select("code", "pollutant", "amount", "low", "high", "low_confidence")
        if as_json:
            show_json({"by": by.value, "rows": rows.to_dicts()})
            return
        named = _named(house, rows, by, language) if "code" in rows.columns else rows
    shown = named if not most else named.head(most)
    if by is View.CITY:
        show_totals(shown, language)
        return
    _bars(shown, by, pollutant, language)
    if shown.height < named.height:
        console().print(language.format(mark("… and {n} more"), n=named.height - shown.height))


def show_totals(rows: "pl.DataFrame", language: "Translation") -> None:
    """Print sums with their intervals and how much of each rests on confidence C."""
    import polars as pl

    from lantian.loop.explain.wording import worded

    picked = rows.select("pollutant", "amount", "low", "high", "low_confidence")
    names = [worded(key, language) for key in picked["pollutant"]]
    weak = ["red" if share is not None and share > 0.5 else None for share in picked["low_confidence"]]
    show_frame(
        picked.with_columns(_percent("low_confidence", picked), pl.Series("pollutant", names, pl.String)),
        headers={
            "pollutant": language.gettext(mark("Pollutant")),
            "amount": language.gettext(mark("Amount (t)")),
            "low": language.gettext(mark("Low")),
            "high": language.gettext(mark("High")),
            "low_confidence": language.gettext(mark("Confidence C")),
        },
        decimals={"amount": 2, "low": 2, "high": 2},
        styles={"low_confidence": weak},
    )


def _percent(name: str, rows: "pl.DataFrame") -> "pl.Series":
    import polars as pl

    shares = [None if share is None else f"{share:.1%}" for share in rows[name]]
    return pl.Series(name, shares, pl.String)


def _named(house: "House", rows: "pl.DataFrame", by: View, language: "Translation") -> "pl.DataFrame":
    """Put names beside codes."""
    import polars as pl

    if by is View.COUNTY:
        names = {row.adcode: row.name_zh if language.is_chinese else row.name_en for row in house.city.counties}
    elif by in {View.TREE, View.SECTOR}:
        categories = house.study().rules(_year(house)).categories
        names = {code: row.name_zh if language.is_chinese else row.name for code, row in categories.items()}
    else:
        held = house.lake.read("inventory_sources", columns=["source", "name"])
        names = dict(held.iter_rows())
    found = [names.get(code, code) for code in rows["code"]]
    return rows.with_columns(pl.Series("name", found, pl.String))


def _year(house: "House") -> int:
    from lantian.loop.explain.editions import find_edition

    return find_edition(house.study()).year


def _bars(rows: "pl.DataFrame", by: View, pollutant: str, language: "Translation") -> None:
    """Print amounts with bars that begin at zero; the longest is the largest amount of its pollutant."""
    from rich.table import Table

    from lantian.loop.explain.wording import worded

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    head = mark("Method") if by is View.METHOD else mark("Name")
    for title, align in ((head, "left"), (mark("Amount (t)"), "right"), (mark("Confidence C"), "right")):
        table.add_column(language.gettext(title), justify="right" if align == "right" else "left")
    table.add_column(worded(pollutant, language) if by is not View.METHOD else "")
    for row in rows.iter_rows(named=True):
        both = (worded(str(row.get(key)), language) for key in ("pollutant", "method"))
        name = row.get("name") or " · ".join(both)
        indent = "  " * (row.get("level", 1) - 1)
        top = max((each for each in _peers(rows, row)), default=0.0)
        long = round(_BAR * row["amount"] / top) if top > 0 else 0
        weak = row.get("low_confidence")
        amount = f"{row['amount']:,.2f}"
        if row.get("low") is not None:
            amount += f"  ({row['low']:,.2f} … {row['high']:,.2f})"
        table.add_row(
            escape(indent + str(name)), amount, "—" if weak is None else f"{weak:.0%}", f"[blue]{'█' * long}[/]"
        )
    console().print(table)


def _peers(rows: "pl.DataFrame", row: dict[str, object]) -> list[float]:
    import polars as pl

    same = rows.filter(pl.col("pollutant") == row["pollutant"]) if "pollutant" in rows.columns else rows
    found: list[float] = same["amount"].to_list()
    return found


@app.command("diff", help=mark("Why an edition differs from another, source by source: the effects add up."))
def diff(
    before: Annotated[str, typer.Argument(help=mark("Key of the earlier edition."))],
    after: Annotated[str, typer.Argument(help=mark("Key of the later edition."))],
    pollutant: _Pollutant = "pm25",
    most: _Most = 20,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Why an edition differs from another, source by source: the effects add up."""
    import polars as pl

    from lantian.loop.explain.queries import changes

    language = words()
    with opened(workspace) as house:
        rows = changes(house.study(), before, after, pollutant=pollutant)
    numbers = [name for name, kind in rows.schema.items() if kind == pl.Float64]
    whole = rows.select(
        pl.lit(language.gettext(mark("all sources"))).alias("source"), *(pl.col(numbers).sum(),)
    ).head(1)
    if as_json:
        show_json({"pollutant": pollutant, "sum": whole.to_dicts()[0], "rows": rows.to_dicts()})
        return
    shown = pl.concat([whole, (rows if not most else rows.head(most)).select("source", *numbers)])
    show_frame(
        shown,
        title=language.format(
            mark("{pollutant}: {after} against {before} (t)"), pollutant=pollutant, after=after, before=before
        ),
        headers={name: language.gettext(_EFFECTS[name]) for name in shown.columns},
        decimals=dict.fromkeys(numbers, 3),
    )
    if most and rows.height > most:
        console().print(language.format(mark("… and {n} more"), n=rows.height - most))


_EFFECTS = {
    "source": mark("Source"),
    "before": mark("Before"),
    "after": mark("After"),
    "difference": mark("Difference"),
    "activity": mark("Activity"),
    "factor": mark("Factor or method"),
    "control": mark("Devices"),
    "new": mark("New"),
    "closed": mark("Closed"),
}


@app.command(
    "trace", help=mark("How the tonnes of a source were made: methods, activity, factor, devices, rules.")
)
def trace(
    source: Annotated[str, typer.Argument(help=mark("Id of the source."))],
    pollutant: Annotated[str, typer.Argument(help=mark("so2, nox, co, voc, nh3, pm25, co2 …"))],
    edition: Annotated[
        str | None, typer.Option("--edition", help=mark("Key of the edition; by default the newest."))
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """How the tonnes of a source were made: methods, activity, factor, devices, rules."""
    from lantian.loop.explain.why import trace as traced

    with opened(workspace) as house:
        found = traced(house.study(), edition, source, pollutant)
        show_trace(found, house, as_json=as_json)


def show_trace(found: "Traced", house: "House", *, as_json: bool) -> None:
    """Print how the tonnes of a source were made, and whether making them again gives them again."""
    language = words()
    if as_json:
        show_json(
            {"edition": found.edition, "source": found.source, "pollutant": found.pollutant,
             "amount": found.amount, "agrees": found.agrees, "provenance": dict(found.provenance),
             "rows": [
                 {"process": row.process, "amount": row.amount, "low": row.low, "high": row.high,
                  "method": row.method, "confidence": row.confidence, "flags": row.flags, "again": row.again,
                  "agrees": row.agrees,
                  "steps": [{"message": step.message, "values": dict(step.values), "rule": step.rule}
                            for step in row.steps]}
                 for row in found.rows]}
        )  # fmt: skip
        return
    screen = console()
    screen.print(
        f"[bold]{escape(found.name)}[/] {escape(found.source)}  {escape(found.edition)}  {found.pollutant} = "
        f"[bold]{found.amount:,.3f} t[/]"
    )
    for row in found.rows:
        interval = f"{row.low:,.3f} … {row.high:,.3f} t"
        screen.print(
            f"\n[bold]{escape(row.process or language.gettext(mark('whole source')))}[/]  {row.amount:,.3f} t  "
            f"({interval})  {language.gettext(mark('confidence'))} {row.confidence}  [dim]{row.flags}[/]"
        )
        for number, step in enumerate(row.steps, 1):
            values = {name: _shown(value) for name, value in step.values.items()}
            if "reason" in values:
                values["reason"] = language.format(str(step.values["reason"]), **values)
            screen.print(f"  {number}. {escape(language.format(step.message, **values))}")
            if step.rule:
                screen.print(f"     [dim]{escape(_cited(step.rule, house, language))}[/]")
        sign = "[green]✓[/]" if row.agrees else "[bold red]✗[/]"
        said = mark("Made again from these steps, the number is the same.") if row.agrees else mark(
            "Made again from these steps, the number is another one. Run `lantian inventory run`."
        )  # fmt: skip
        screen.print(f"  {sign} {escape(language.gettext(said))}")
    made = found.provenance
    screen.print(f"\n[dim]{language.gettext(mark('Run'))} {made['run_id']} · {made['code_version']}[/]")
    if made["simulated"]:
        screen.print(f"[yellow]{language.gettext(mark('Simulated data'))}[/]")


def _shown(value: object) -> str:
    return value if isinstance(value, str) else cell(value)


def _cited(rule: str, house: "House", language: "Translation") -> str:
    """Name the edition and the row of it that a step rests on."""
    from lantian.terms.errors import RuleError

    name, _, row = rule.partition("#")
    try:
        edition = house.rulebook.by_id(name)
    except RuleError:
        return rule
    title = edition.title_zh if language.is_chinese else edition.title
    return f"{edition.short} · {row} · {title}"
