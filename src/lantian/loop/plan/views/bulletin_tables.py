"""The tables of a progress bulletin: sections, counties, duties that are late or due, steps taken, goals."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lantian.desk.language import Translation
from lantian.desk.paper.office_paper import Cell, Head, Table, Value
from lantian.loop.plan.dispatch.lights import COLOURS, Colour
from lantian.loop.plan.dispatch.sheet_layout import ROLES
from lantian.loop.plan.targets.goal_records import JudgedGoal
from lantian.loop.plan.views.bulletin_facts import Bulletin
from lantian.loop.plan.views.duty_views import DutyView
from lantian.loop.plan.views.export_rows import named
from lantian.loop.plan.views.light_looks import TINTS, percent, reason_text, step_text, word_text
from lantian.loop.plan.views.tallies import Counted
from lantian.terms.words import mark

_FEW_PLACES = 3
"""Places that a row of goals names; more are counted."""
Row = list[Value | Cell]


def section_table(said: Bulletin, language: Translation) -> Table:
    """Lay out how each section of the plan stands, and all together."""
    say = language.gettext
    together = Counted("", say(mark("Together")), say(mark("Together")), said.overview.counts)
    heads = [Head(say(mark("Section")), width=5.0, align="left")]
    for title, width in (
        (mark("Duties"), 1.6), (mark("Done"), 1.6), (mark("Under way"), 1.9), (mark("Attention"), 2.1),
        (mark("Overdue"), 1.6),
    ):  # fmt: skip
        heads.append(Head(say(title), width=width))
    heads.append(Head(say(mark("Share done (%)")), width=1.8, decimals=1))
    rows = [_counts(row, language) for row in (*said.overview.sections, together)]
    return Table("sections", say(mark("By section")), heads, rows)


def _counts(row: Counted, language: Translation) -> Row:
    counts = row.counts
    return [
        named(row.title, row.title_en, language), counts.total, counts.done, counts.colour(Colour.GREEN),
        counts.colour(Colour.YELLOW), counts.overdue, percent(counts.done, counts.total),
    ]  # fmt: skip


def county_table(said: Bulletin, language: Translation) -> Table:
    """Lay out the counties by what they got done."""
    say = language.gettext
    heads = [
        Head(say(mark("Rank")), width=1.5, align="center"),
        Head(say(mark("County")), width=5.5, align="center"),
        *(Head(say(title), width=2.0) for title in (mark("Duties"), mark("Done"), mark("Overdue"))),
        Head(say(mark("Share done (%)")), width=2.6, decimals=1),
    ]
    rows: list[Row] = [
        [row.rank, named(row.name, row.name_en, language), row.total, row.done, row.overdue, row.share]
        for row in said.counties
    ]
    return Table("counties", say(mark("Counties and districts")), heads, rows)


def duty_table(key: str, name: str, views: Sequence[DutyView], language: Translation) -> Table:
    """Lay out duties by their body and day, each with its light, reason and step."""
    widths = (2.5, 3.1, 1.2, 2.2, 1.4, 3.9, 1.3) if language.is_chinese else (2.6, 2.9, 2.0, 1.9, 1.7, 2.8, 1.9)
    titles = (
        mark("Responsible body"), mark("Key task"), mark("Role"), mark("Due"), mark("Light"), mark("Reason"),
        mark("Step taken"),
    )  # fmt: skip
    heads = [
        Head(language.gettext(title), width=width, align="left" if at in {0, 1, 5} else "center", merge=at == 0)
        for at, (title, width) in enumerate(zip(titles, widths, strict=True))
    ]
    by_body = sorted(views, key=lambda view: (view.duty.organisation_id, view.duty.due or date.max))
    rows: list[Row] = [
        [
            named(view.duty.organisation, view.duty.organisation_en, language),
            f"{view.duty.number}. {named(view.duty.title, view.duty.title_en, language)}",
            language.gettext(ROLES[view.duty.role]),
            view.duty.due,
            Cell(word_text(view.light, language), fill=TINTS[COLOURS[view.light.word]]),
            reason_text(view.light, language),
            None if view.escalation is None else step_text(view.escalation.step, language),
        ]
        for view in by_body
    ]
    return Table(key, name, heads, rows)


def step_table(said: Bulletin, language: Translation) -> Table:
    """Lay out the steps that were taken or lifted in the month."""
    changes = said.changes
    titles = (
        (mark("Day"), 2.2), (mark("Responsible body"), 3.2), (mark("Key task"), 4.6), (mark("Step taken"), 1.8),
        (mark("Answer by"), 2.2), (mark("State"), 1.6),
    )  # fmt: skip
    heads = [
        Head(language.gettext(title), width=width, align="left" if at in {1, 2} else "center")
        for at, (title, width) in enumerate(titles)
    ]
    rows: list[Row] = []
    for state, steps in ((mark("taken"), changes.taken), (mark("lifted"), changes.lifted)):
        for step in steps:
            row = step.escalation
            at = row.lifted_at if steps is changes.lifted and row.lifted_at else row.at
            rows.append(
                [
                    said.day_of(at), named(step.organisation, step.organisation_en, language),
                    f"{step.number}. {named(step.title, step.title_en, language)}", step_text(row.step, language),
                    row.answer_due, language.gettext(state),
                ]
            )  # fmt: skip
    return Table("steps", language.gettext(mark("Steps taken")), heads, rows)


_GOAL_COLOURS = {
    "met": Colour.BLUE,
    "on_the_way": Colour.GREEN,
    "at_risk": Colour.YELLOW,
    "missed": Colour.RED,
    "not_judged": Colour.GREY,
    "no_data": Colour.GREY,
}


def goal_table(said: Bulletin, language: Translation) -> Table:
    """Lay out the goals as they stand; places of which the same is said share a row."""
    titles = (
        (mark("Goal"), 3.0), (mark("Place"), 1.9), (mark("Year"), 1.2), (mark("Target"), 2.0),
        (mark("So far"), 2.0), (mark("State"), 1.7), (mark("Reason"), 4.0),
    )  # fmt: skip
    heads = [
        Head(language.gettext(title), width=width, align="left" if at in {0, 6} else "center", merge=at == 0)
        for at, (title, width) in enumerate(titles)
    ]
    rows: list[Row] = []
    for places in _alike(said.goals, language):
        row, alone = places[0], len(places) == 1
        rows.append(
            [
                row.title_text(language), _places(places, language), row.year, _with_unit(row.target, row.unit),
                _with_unit(row.value, row.unit) if alone else None,
                Cell(row.state_text(language), fill=TINTS[_GOAL_COLOURS[row.state.value]]),
                row.reason_text(language),
            ]
        )  # fmt: skip
    return Table("goals", language.gettext(mark("Goals")), heads, rows)


def _alike(goals: Sequence[JudgedGoal], language: Translation) -> list[list[JudgedGoal]]:
    """Bring the places together of which the same is said; a place with a value stands alone."""
    found: dict[tuple[object, ...], list[JudgedGoal]] = {}
    for row in goals:
        said = row.reason_text(language) if row.value is None else row.subject
        key = (row.goal_id, row.metric, row.year, row.state, row.target, row.value, said)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _places(rows: Sequence[JudgedGoal], language: Translation) -> str:
    if len(rows) <= _FEW_PLACES:
        return ("、" if language.is_chinese else ", ").join(row.subject_text(language) for row in rows)
    return language.format(mark("{count} counties and districts"), count=len(rows))


def _with_unit(value: Decimal | None, unit: str) -> str | None:
    return None if value is None else f"{value.normalize():f} {unit}".strip()
