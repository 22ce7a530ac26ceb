"""Goals of the plan as tables; judged once for as long as nothing changes."""

from collections.abc import Sequence

from lantian.loop.plan.targets.goal_records import JudgedGoal
from lantian.loop.plan.targets.goals import judge_goals
from lantian.terms.words import mark
from lantian.web.pages.plan.looking import Desk
from lantian.web.tables import DATE, MARK, NUMBER, Cell, DataTable, TableColumn

GOAL_TABLES = ("daily_index", "period_statistics", "period_summary", "ledger")
"""What judged goals depend on."""


def goals_of(desk: Desk) -> tuple[JudgedGoal, ...]:
    """Return every goal of the plan as it stands on this day."""
    visit = desk.visit
    return visit.keeper.keep(
        ("plan", "goals", desk.plan.id, visit.today), GOAL_TABLES,
        lambda: judge_goals(desk.office, plan_id=desk.plan.id, today=visit.today),
    )  # fmt: skip


def goal_address(row: JudgedGoal) -> str:
    """Page that says how a goal was judged."""
    return f"/plan/targets/{row.goal_id}/{row.year}/{row.subject or '-'}/{row.metric}"


def aim_text(row: JudgedGoal) -> str | None:
    """Write what is to be reached, with its comparison."""
    if row.target is None:
        return None
    return f"{row.comparator or ''} {row.target} {row.unit}".strip()


def goal_table(desk: Desk, judged: Sequence[JudgedGoal], title: str = "") -> DataTable:
    """Lay goals out: value now, aim, what the rest may be, chance, today's standard."""
    visit, say = desk.visit, desk.visit.say
    title = title or say(mark("Which targets are about it?"))
    columns = [
        TableColumn("order", say(mark("No.")), kind=NUMBER),
        TableColumn("goal", say(mark("Goal"))),
        TableColumn("about", say(mark("About"))),
        TableColumn("year", say(mark("Year")), kind=NUMBER),
        TableColumn("state", say(mark("State")), kind=MARK),
        TableColumn("aim", say(mark("Aim"))),
        TableColumn("value", say(mark("So far")), kind=NUMBER),
        TableColumn("through", say(mark("Through")), kind=DATE),
        TableColumn("allowed", say(mark("Rest may be")), kind=NUMBER),
        TableColumn("chance", say(mark("Chance")), "%", NUMBER, 0),
        TableColumn("standard", say(mark("Today's standard"))),
    ]
    rows = [_row(desk, row) for row in judged]
    made = visit.how_made(
        title, period=visit.today.isoformat(), tables=GOAL_TABLES[:-1],
        notes=[desk.plan_name, *sorted({rule for row in judged for rule in row.rules})],
    )  # fmt: skip
    empty = say(mark("The plan has no target about it."))
    return DataTable("goals", title, columns, rows, made, empty=empty, links=[goal_address(row) for row in judged])


def _row(desk: Desk, row: JudgedGoal) -> list[Cell]:
    language = desk.visit.language
    why = row.reason_text(language)
    shown = None if row.value is None else f"{row.value} {row.unit}".strip()
    standard = next((one for one in row.standards if one.today), None)
    signs = {True: "✓", False: "✗", None: "–"}
    return [
        Cell(row.order),
        Cell(row.title_text(language)),
        Cell(row.subject_text(language) or None, note=why),
        Cell(row.year),
        Cell(row.state_text(language), state=row.state.value, note=why),
        Cell(aim_text(row), note=why),
        Cell(row.value, text=shown, why=goal_address(row) if shown else None, note=why),
        Cell(row.through, note=why),
        Cell(
            row.allowed,
            text=None if row.allowed is None else f"{row.allowed}{' d' if row.allowed_is_days else ''}",
            note=why,
        ),
        Cell(None if row.chance is None else row.chance.chance * 100, note=why),
        Cell(
            None if standard is None else f"{signs[standard.attains]} {standard.limit} {standard.name}", note=why
        ),
    ]
