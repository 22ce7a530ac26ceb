"""``lantian plan targets|report``: do we reach what was promised, and what do bodies report?"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_options import By, PlanOption, TodayOption, asked_day, checked_file, default_actor, tell
from lantian.cli.plan_words import body_name
from lantian.cli.show import MISSING, JsonOption, WorkspaceOption, cell, console, opened, show_json, words
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.loop.plan.targets.goal_records import JudgedGoal
    from lantian.loop.plan.targets.series_records import SeriesView

app = typer.Typer()
_NAMED = 3
"""Subjects of one line that are called by name; more are counted."""
GOAL_STYLES = {
    "met": "blue",
    "on_the_way": "green",
    "at_risk": "yellow",
    "missed": "bold red",
    "not_judged": "dim",
    "no_data": "dim",
}
_PARTS = 4
"""ORDER, SUBJECT, YEAR, VALUE."""


def number(text: str) -> Decimal:
    """Read a number as people type it.

    Raises
    ------
    CallerError
        When it is none.
    """
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as fault:
        raise CallerError("{text!r} is no number.", text=text) from fault
    if not value.is_finite():
        raise CallerError("{text!r} is no number.", text=text)
    return value


@app.command("targets", help=mark("Every target judged: value so far, allowed mean, chance, today's standard."))
def targets(
    assign: Annotated[
        list[str] | None,
        typer.Option(help=mark("What was assigned from above: ORDER:SUBJECT:YEAR:VALUE, in µg/m³ of PM2.5.")),
    ] = None,
    reported: Annotated[
        list[str] | None,
        typer.Option("--reported", help=mark("A place that the province published: ORDER:SUBJECT:PERIOD:RANK.")),
    ] = None,
    source: Annotated[str, typer.Option(help=mark("Where such a figure comes from."))] = "",
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show every target judged: value so far, allowed mean, chance, today's standard."""
    from lantian.loop.plan.targets.goals import judge_goals

    language = words()
    with opened(workspace) as house:
        office, actor = house.office(), by or default_actor()
        _enter(office, assign or [], reported or [], plan, source, actor)
        judged = judge_goals(office, plan_id=plan, today=asked_day(house, today))
    if as_json:
        show_json({"targets": [_goal_record(row, language) for row in judged]})
        return
    if not judged:
        console().print(language.gettext("The plan has no target as a whole."))
        return
    console().print(_goals_table(judged, language))


def _enter(
    office: Any, assign: Sequence[str], reported: Sequence[str], plan_id: str | None, source: str, by: str
) -> None:
    """Keep what was assigned or published elsewhere."""
    from lantian.loop.plan.targets.goal_figures import assign_goal_value, report_goal_value

    for text in assign:
        goal, subject, year, value = _parts(office, text, plan_id)
        if not year.isdecimal():
            raise CallerError("{year!r} is no year. Write ORDER:SUBJECT:YEAR:VALUE.", year=year)
        assign_goal_value(office, goal, subject, int(year), number(value), "µg/m³", by=by, source=source)
    for text in reported:
        goal, subject, period, value = _parts(office, text, plan_id)
        report_goal_value(office, goal, subject, period, number(value), by=by, source=source)


def _parts(office: Any, text: str, plan_id: str | None) -> tuple[str, str, str, str]:
    from lantian.loop.plan.targets.goals import judge_goals

    parts = text.split(":")
    if len(parts) != _PARTS:
        raise CallerError(
            "{text!r} has not four parts. Write ORDER:SUBJECT:YEAR:VALUE, 5:140406:2025:38.", text=text
        )
    goals = {str(row.order): row.goal_id for row in judge_goals(office, plan_id=plan_id)}
    if parts[0] not in goals:
        raise CallerError(
            "The plan has no target {order!r}; it has {known}.", order=parts[0], known=", ".join(goals)
        )
    return goals[parts[0]], parts[1], parts[2], parts[3]


def _goal_record(row: "JudgedGoal", language: Translation) -> dict[str, Any]:
    record: dict[str, Any] = {
        name: getattr(row, name)
        for name in (
            "order", "kind", "metric", "subject", "year", "comparator", "target", "unit", "value", "through",
            "final", "days", "remaining", "distance", "allowed", "allowed_is_days", "baseline", "rules",
            "simulated",
        )
    }  # fmt: skip
    return {
        **record,
        "title": row.title_text(language),
        "name": row.subject_text(language),
        "state": row.state.value,
        "reason": row.reason_text(language),
        "chance": None if row.chance is None else {
            "chance": row.chance.chance, "low": row.chance.low, "high": row.chance.high, "years": row.chance.years,
        },
        "standards": [
            {"edition": one.edition, "today": one.today, "limit": one.limit, "value": one.value,
             "attains": one.attains}
            for one in row.standards
        ],
    }  # fmt: skip


def _goals_table(judged: Sequence["JudgedGoal"], language: Translation) -> Table:
    title = language.gettext("Targets")
    if any(row.simulated for row in judged):
        title += "  " + language.gettext("SIMULATED data, never measured")
    table = Table(title=title, title_justify="left", pad_edge=False)
    for name in (mark("No."), mark("Goal"), mark("About"), mark("Year"), mark("State")):
        table.add_column(language.gettext(name), overflow="fold")
    for name in (mark("Aim"), mark("So far"), mark("Rest may be"), mark("Chance")):
        table.add_column(language.gettext(name), justify="right")
    table.add_column(language.gettext("Today's standard"), overflow="fold")
    table.add_column(language.gettext("Why"), overflow="fold")
    before = None
    for (order, year, *_), group in groupby(judged, key=lambda row: _alike(row, language)):
        rows = list(group)
        row, first, before = rows[0], (order, year) != before, (order, year)
        table.add_row(
            str(order) if first else "",
            escape(row.title_text(language)) if first else "",
            escape(_subjects(rows, language)),
            str(row.year),
            f"[{GOAL_STYLES[row.state.value]}]● {row.state_text(language)}[/]",
            MISSING if row.target is None else f"{row.comparator or ''} {row.target}".strip(),
            cell(row.value),
            MISSING if row.allowed is None else f"{row.allowed}{' d' if row.allowed_is_days else ''}",
            MISSING if row.chance is None else f"{row.chance.chance:.0%}",
            _standard(row),
            escape(row.reason.text(language) if len(rows) > 1 else row.reason_text(language)),
        )
    return table


def _alike(row: "JudgedGoal", language: Translation) -> tuple[Any, ...]:
    """Say what subjects must share to stand in one line: no figure of their own, for one reason."""
    own = row.subject if row.value is not None else ""
    return row.order, row.year, row.state, row.reason.text(language), own


def _subjects(rows: Sequence["JudgedGoal"], language: Translation) -> str:
    """Name the subjects of a line; of many, the first and how many there are."""
    comma = "、" if language.is_chinese else ", "
    named = comma.join(_about(row, language) for row in rows[:_NAMED])
    if len(rows) <= _NAMED:
        return named
    return language.format(mark("{named} … {count} in all"), named=named, count=len(rows))


def _about(row: "JudgedGoal", language: Translation) -> str:
    """Name a subject, with its place among the city's own counties where a place is what counts."""
    place = row.among_own
    return row.subject_text(language) + ("" if place is None else f" {place.rank}/{place.out_of}")


def _standard(row: "JudgedGoal") -> str:
    now = next((one for one in row.standards if one.today), None)
    if now is None:
        return MISSING
    sign = {True: "✓", False: "✗", None: MISSING}[now.attains]
    return f"{sign} {now.limit} {now.name}"


@app.command("report", help=mark("Reported indicators: how they stand; report one, write the form, take it in."))
def report(
    key: Annotated[str | None, typer.Argument(help=mark("Key of an indicator; without one all of them."))] = None,
    period: Annotated[str | None, typer.Option(help=mark("Period of the value: 2024, 2024Q3 or 2024-07."))] = None,
    value: Annotated[str | None, typer.Option(help=mark("The value, in the indicator's unit."))] = None,
    source: Annotated[str, typer.Option(help=mark("Where the value comes from."))] = "",
    form: Annotated[Path | None, typer.Option(help=mark("Write the form of --period as Excel."))] = None,
    take: Annotated[
        Path | None, typer.Option("--import", help=mark("Take a filled form in, Excel or CSV."))
    ] = None,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show reported indicators; report one, write the form, take it in."""
    from lantian.loop.plan.targets.series import list_series, report_value
    from lantian.loop.plan.targets.series_files import import_series, write_series_form

    language = words()
    with opened(workspace) as house:
        office, actor, on = house.office(), by or default_actor(), asked_day(house, today)
        if form is not None:
            if period is None:
                raise CallerError("Say which period the form asks for with --period, 2024 or 2024Q3.")
            checked_file(form, (".xlsx",))
            rows = write_series_form(office, form, period, language=language, plan_id=plan, today=on)
            said = language.format(mark("{rows} rows to fill in: {file}"), rows=rows, file=form)
            tell(said, {"rows": rows, "file": form}, as_json=as_json)
            return
        if take is not None:
            _take(import_series(office, take, by=actor, plan_id=plan, today=on), language, as_json=as_json)
            return
        if key is not None and value is not None:
            if period is None:
                raise CallerError("Say which period the value is for with --period, 2024 or 2024Q3.")
            done = report_value(office, key, period, number(value), source, by=actor, plan_id=plan, today=on)
            said = mark("Reported as version {version}.") if done.new else mark("The same was reported before.")
            tell(
                language.format(said, version=done.version),
                {"period": done.period, "version": done.version, "new": done.new},
                as_json=as_json,
            )
            return
        views = [
            row
            for row in list_series(office, plan_id=plan, today=on)
            if key in (None, row.facts.key, row.facts.id)
        ]
        names = {row.id: body_name(house, row.id, language) for row in house.city.bodies}
    if key is not None and not views:
        raise CallerError("No indicator {key!r} in the plan. `lantian plan report` lists them.", key=key)
    if as_json:
        show_json({"series": [_series_record(row, language) for row in views]})
        return
    console().print(_series_table(views, names, language))


def _take(done: Any, language: Translation, *, as_json: bool) -> None:
    if as_json:
        show_json(
            {
                "taken": len(done.taken), "same": done.same, "empty": done.empty,
                "refused": [row.line(language) for row in done.refused],
            }
        )  # fmt: skip
    else:
        said = language.format(
            mark("{taken} values taken, {same} known already, {empty} not filled in, {refused} refused"),
            taken=len(done.taken), same=done.same, empty=done.empty, refused=len(done.refused),
        )  # fmt: skip
        console().print(said, style="yellow" if done.refused else "green")
        for row in done.refused:
            console().print(f"  {escape(row.line(language))}")
    if done.refused:
        raise typer.Exit(code=2)


def _series_record(row: "SeriesView", language: Translation) -> dict[str, Any]:
    facts, standing = row.facts, row.standing
    return {
        "key": facts.key, "measure": facts.measure, "name": facts.name, "name_en": facts.name_en,
        "organisation": facts.organisation_id, "unit": facts.unit, "comparator": facts.comparator,
        "target": facts.target, "change": facts.change, "baseline_year": facts.baseline_year, "by": facts.by,
        "firm": facts.firm, "state": standing.state.value, "reason": standing.reason.text(language),
        "points": [
            {"period": one.period, "version": one.version, "value": one.value, "source": one.source}
            for one in row.points
        ],
    }  # fmt: skip


def _series_table(views: Sequence["SeriesView"], names: Mapping[str, str], language: Translation) -> Table:
    from lantian.loop.plan.targets.series_files import target_text
    from lantian.loop.plan.targets.series_records import SERIES_STATES

    table = Table(title=language.gettext("Reported indicators"), title_justify="left", pad_edge=False)
    for name in (mark("Key"), mark("No."), mark("Indicator"), mark("Body"), mark("Target"), mark("Latest")):
        table.add_column(language.gettext(name), overflow="fold")
    table.add_column(language.gettext("State"))
    table.add_column(language.gettext("Why"), overflow="fold")
    for row in views:
        facts, latest = row.facts, row.standing.latest
        body = names.get(facts.organisation_id or "", facts.organisation or MISSING)
        table.add_row(
            facts.key, facts.measure, escape(facts.name if language.is_chinese else facts.name_en or facts.name),
            escape(body), escape(target_text(row, language)),
            MISSING if latest is None else f"{latest.value} ({latest.period})",
            language.gettext(SERIES_STATES[row.standing.state]), escape(row.standing.reason.text(language)),
        )  # fmt: skip
    return table
