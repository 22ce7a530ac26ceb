"""How a plan stands on one day: lights, sections, bodies, targets, what is overdue and what comes soon."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_pages import counts_record, duty_record, head, lights, plan_record
from lantian.cli.plan_targets import GOAL_STYLES
from lantian.cli.plan_words import ROLES, word_of
from lantian.cli.show import cell, console, show_json
from lantian.desk.language import Translation, mark

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.plan.targets.goal_records import JudgedGoal
    from lantian.loop.plan.views.duty_views import DutyView
    from lantian.loop.plan.views.tallies import Counted

_LISTED = 15


def show_status(house: "House", plan_id: str | None, language: Translation, today: date, *, as_json: bool) -> None:
    """Show the whole plan on one day: lights, sections, bodies, what is overdue and what comes soon."""
    from lantian.loop.plan.targets.goals import judge_goals
    from lantian.loop.plan.views.overviews import view_plan

    office = house.office()
    view = view_plan(office, today=today, plan_id=plan_id)
    judged = judge_goals(office, plan_id=view.plan.id, today=today)
    if as_json:
        show_json(
            {
                "plan": plan_record(view.plan),
                "today": view.today,
                "rule": view.rule,
                "lights": counts_record(view.counts),
                "sections": [counted_record(row) for row in view.sections],
                "measures": [counted_record(row) for row in view.measures],
                "targets": [_goal_record(row, language) for row in judged],
                "bodies": [counted_record(row) for row in view.bodies],
                "overdue": [duty_record(row, language) for row in view.overdue],
                "due_soon": [duty_record(row, language) for row in view.due_soon],
            }
        )
        return
    screen = console()
    head(view.plan, house, language)
    screen.print(f"{view.today}  [dim]{view.rule}[/]")
    screen.print(lights(view.counts, language))
    screen.print(_counted_table(mark("By section"), view.sections, language))
    screen.print(_counted_table(mark("By body"), _busiest(view.bodies), language))
    if judged:
        screen.print(_goals_table(judged, language))
    for title, rows in ((mark("Overdue"), view.overdue), (mark("Due soon"), view.due_soon)):
        if rows:
            screen.print(language.format(mark("{title}: {count}"), title=language.gettext(title), count=len(rows)))
            screen.print(_late_table(rows[:_LISTED], language))


def _goal_record(row: "JudgedGoal", language: Translation) -> dict[str, Any]:
    return {
        "order": row.order, "title": row.title_text(language), "subject": row.subject, "year": row.year,
        "state": row.state.value, "value": row.value, "target": row.target, "unit": row.unit,
    }  # fmt: skip


def _goals_table(judged: Sequence["JudgedGoal"], language: Translation) -> Table:
    """Write each target and year in one line: its state, or how many of its places are in which."""
    table = Table(title=language.gettext("Targets"), title_justify="left", pad_edge=False)
    for name in (mark("No."), mark("Target"), mark("Year"), mark("State")):
        table.add_column(language.gettext(name), overflow="fold")
    for (order, year), group in groupby(judged, key=lambda row: (row.order, row.year)):
        rows = list(group)
        counted = Counter((GOAL_STYLES[row.state.value], row.state_text(language)) for row in rows)
        states = "  ".join(
            f"[{style}]● {state}{f' {count}' if len(rows) > 1 else ''}[/]"
            for (style, state), count in counted.items()
        )
        table.add_row(str(order), escape(rows[0].title_text(language)), str(year), states)
    return table


def counted_record(row: "Counted") -> dict[str, Any]:
    """Return counts of a section, measure or body as JSON values."""
    return {"key": row.key, "title": row.title, "title_en": row.title_en, "lights": counts_record(row.counts)}


def _busiest(rows: Sequence["Counted"]) -> list["Counted"]:
    return sorted(rows, key=lambda row: (-row.counts.overdue, -row.counts.total))[:_LISTED]


def _counted_table(title: str, rows: Iterable["Counted"], language: Translation) -> Table:
    table = Table(title=language.gettext(title), title_justify="left", pad_edge=False)
    table.add_column("", overflow="fold")
    table.add_column(language.gettext("Duties"), justify="right")
    table.add_column(language.gettext("Lights"))
    for row in rows:
        name = row.title if language.is_chinese or not row.title_en else row.title_en
        table.add_row(escape(name), str(row.counts.total), lights(row.counts, language))
    return table


def _late_table(rows: Sequence["DutyView"], language: Translation) -> Table:
    table = Table(pad_edge=False)
    for name in (mark("Due"), mark("No."), mark("Measure"), mark("Body"), mark("Role"), mark("Why")):
        table.add_column(language.gettext(name), overflow="fold")
    for view in rows:
        row = view.duty
        table.add_row(
            cell(row.due), f"{row.number}.{row.tail}",
            escape(row.title if language.is_chinese else row.title_en or row.title),
            escape(row.organisation if language.is_chinese else row.organisation_en or row.organisation),
            word_of(ROLES, row.role, language), escape(language.format(view.light.reason, **view.light.values)),
        )  # fmt: skip
    return table
