"""``lantian why``: how a number was made, step by step, and whether making it again gives it again."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from lantian.cli.show import MISSING, JsonOption, WorkspaceOption, cell, console, opened, show_json, words
from lantian.desk.language import Translation, mark
from lantian.loop.evaluate.wording import worded
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.assembly import House
    from lantian.city.records import City, SubjectKind
    from lantian.loop.evaluate.why import Explanation
    from lantian.rules import Edition
    from lantian.terms.periods import Period

app = typer.Typer()
APPS = {"why": app}
_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2})(?::?00)?")


@app.command()
def why(
    subject: Annotated[
        str,
        typer.Argument(help=mark("Station, county or city by name or code; inventory:EDITION/SOURCE/POLLUTANT.")),
    ],
    when: Annotated[
        str | None,
        typer.Argument(
            help=mark("Day 2026-03-05, hour 2026-03-05T08, month 2026-03, quarter 2026Q1, year 2026 …")
        ),
    ] = None,
    what: Annotated[
        str | None,
        typer.Argument(help=mark("aqi, so2 … pm25, composite_index, rank or rank:LIST; by default the index.")),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    basis: Annotated[
        str | None, typer.Option(help=mark("measured or dust_deducted; of a rank by default what its rule says."))
    ] = None,
    stage: Annotated[
        str | None, typer.Option(help=mark("original, audited or mixed; by default what people look at."))
    ] = None,
    law: Annotated[
        str, typer.Option(help=mark("Of a rank: this or last, whose edition judges both years."))
    ] = "this",
    rows: Annotated[int, typer.Option(min=0, help=mark("Most rows of a table that are printed; 0 for all."))] = 8,
    as_json: JsonOption = False,
) -> None:
    """Show how a number was made: rows, rule, rounding, reasons; then make it again and compare."""
    from lantian.loop.evaluate.queries import find_subject
    from lantian.loop.evaluate.telling import as_record

    language = words()
    if subject.startswith("inventory:"):
        _why_tonne(subject, workspace, as_json=as_json)
        return
    if when is None:
        raise CallerError(
            "A number of {subject} has a time. Say which: 2026-03-05, 2026-03, 2026.", subject=subject
        )
    with opened(workspace) as house:
        kind, code = find_subject(house.city, subject)
        found = explanation_of(house, kind, code, when, what, basis, stage, law)
        if as_json:
            show_json(as_record(found, language))
            return
        _show(found, house, language, rows)


def _why_tonne(subject: str, workspace: Path, *, as_json: bool) -> None:
    """Show how a tonne of the inventory was made."""
    from lantian.cli.inventory_views import show_trace
    from lantian.loop.explain.why import subject_of, trace

    edition, source, pollutant = subject_of(subject)
    with opened(workspace) as house:
        show_trace(trace(house.study(), edition, source, pollutant), house, as_json=as_json)


def explanation_of(
    house: "House",
    kind: "SubjectKind",
    code: str,
    when: str,
    what: str | None,
    basis: str | None,
    stage: str | None,
    law: str,
) -> "Explanation":
    """Ask the room for the explanation of a number as people name it.

    Raises
    ------
    CallerError
        No such time, number, side or stage.
    """
    from lantian.cli.calendar import known_basis
    from lantian.loop.evaluate.hours import Stage
    from lantian.loop.evaluate.queries import current_stage
    from lantian.loop.evaluate.why import explain_day, explain_hour, explain_period, explain_rank
    from lantian.terms.periods import PeriodKind

    if stage is not None and stage not in set(Stage):
        raise CallerError(
            "{stage!r} is no stage. Ask for {Stage}.",
            stage=stage,
            Stage=", ".join(Stage),
        )
    at_stage = current_stage(house.lake) if stage is None else Stage(stage)
    scene = house.scene()
    side = "measured" if basis is None else known_basis(basis)
    hour = _hour(when, house)
    if hour is not None:
        if side != "measured":
            raise CallerError("An hour has no dust-deducted side: dust is deducted from days. Ask for its day.")
        return explain_hour(scene, kind, code, hour, what or "aqi", at_stage)
    period = _period(when)
    if period.kind is PeriodKind.DAY:
        return explain_day(scene, kind, code, period.last, what or "aqi", at_stage, side)
    if what is not None and what.partition(":")[0] == "rank":
        rule = house.rulebook.ranking(period.last, house.choice)
        return explain_rank(
            scene,
            code,
            period,
            what.partition(":")[2] or "composite_index",
            stage=at_stage,
            basis=side if basis is not None else rule.basis,
            law=law,
        )
    return explain_period(scene, kind, code, period, what or "composite_index", at_stage, side)


def _hour(when: str, house: "House") -> datetime | None:
    found = _HOUR.fullmatch(when.strip())
    if found is None:
        return None
    try:
        day, hour = date.fromisoformat(found[1]), int(found[2])
        return datetime(day.year, day.month, day.day, hour, tzinfo=house.city.zone)
    except ValueError as fault:
        raise CallerError(
            "{when!r} is no hour. Write its start, 00 to 23, as 2026-03-05T08; what ends at 24:00 starts at 23.",
            when=when,
        ) from fault


def _period(when: str) -> "Period":
    from lantian.terms.periods import period_named

    try:
        return period_named(when)
    except ValueError as fault:
        raise CallerError(
            "{fault} An hour is written as 2026-03-05T08.",
            fault=fault,
        ) from fault


def _show(found: "Explanation", house: "House", language: Translation, most_rows: int) -> None:
    from lantian.loop.evaluate.telling import cited, named, sentence

    screen = console()
    name = house.city.name_of(found.kind, found.code, language.name)
    value = MISSING if found.value is None else cell(found.value)
    screen.print(
        f"[bold]{escape(name)}[/] {escape(found.code)}  {escape(found.when)}  "
        f"{escape(named(found.what, language))} = [bold]{escape(value)}[/]"
    )
    rule: Edition | None = None
    for number, step in enumerate(found.steps, 1):
        screen.print(f"\n[bold]{number}.[/] {escape(sentence(step, language))}")
        if step.rule is not None and step.rule != rule:
            rule = step.rule
            screen.print(Padding(f"[dim]{escape(cited(rule, language))}[/]", (0, 0, 0, 3), expand=False))
        if step.rows is not None and not step.rows.is_empty():
            table = _table(step.rows, house.city, language, most_rows)
            screen.print(Padding(table, (0, 0, 0, 3), expand=False))
    screen.print()
    if found.agrees:
        same = language.gettext("Made again from these steps, the number is the same.")
        screen.print(f"[green]✓[/] {same}")
    else:
        again = MISSING if found.recomputed is None else cell(found.recomputed)
        said = language.format(
            mark(
                "Made again it is {again}, but {stored} is stored: hours, rules or approvals have changed since. "
                "Run `lantian evaluate`."
            ),
            again=again,
            stored=value,
        )
        screen.print(f"[bold red]✗[/] {escape(said)}")
    made = found.provenance
    run, version = language.gettext("Run"), language.gettext("Program version")
    screen.print(
        f"[dim]{run} {made['run_id']} · {version} {made['code_version']} · "
        f"{made['recorded_at']:%Y-%m-%d %H:%M:%S %Z}[/]"
    )
    edition, simulated = language.gettext("Rule edition"), language.gettext("Simulated data")
    screen.print(f"[dim]{edition} {escape(str(made['rules']))}[/]")
    if made["simulated"]:
        screen.print(f"[yellow]{simulated}[/]")


def _table(rows: "pl.DataFrame", city: "City", language: Translation, most: int) -> Table:
    from lantian.loop.evaluate.telling import row_text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name, dtype in rows.schema.items():
        table.add_column(language.gettext(worded(name)), justify="right" if dtype.is_numeric() else "left")
    shown = rows if not most or rows.height <= most else rows.head(most)
    for row in shown.iter_rows(named=True):
        table.add_row(*(escape(row_text(name, value, city, language)) for name, value in row.items()))
    if shown.height < rows.height:
        more = language.format(mark("… and {n} more"), n=rows.height - shown.height)
        table.add_row(more, *[""] * (rows.width - 1), style="dim")
    return table
