"""How a plan in the ledger is shown: measures, one measure, duties of a body, the state of all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from lantian.cli.plan_words import PLAN_STATES, RHYTHMS, ROLES, STEPS, TASK_KINDS, known_body, word_of
from lantian.cli.show import MISSING, cell, console, show_json
from lantian.desk.language import Translation, mark

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.plan.rows import PlanRow, TaskRow
    from lantian.loop.plan.views.duty_views import DutyView
    from lantian.loop.plan.views.tallies import Counts

COLOUR_STYLES: Mapping[str, str] = {
    "blue": "blue",
    "green": "green",
    "yellow": "yellow",
    "red": "bold red",
    "grey": "dim",
}
"""Colour of a light → style of the terminal; the word always stands beside it."""
_LISTED = 15


def show_plan(house: "House", plan_id: str | None, language: Translation, today: date, *, as_json: bool) -> None:
    """Show a plan with its measures and how many duties each has of which light, or say that there is none."""
    from lantian.loop.plan.queries import list_measures, list_plans
    from lantian.loop.plan.views.overviews import view_plan

    office = house.office()
    plans = list_plans(office)
    if not plans and as_json:
        show_json({"plans": [], "measures": []})
        return
    if not plans:
        console().print(
            language.gettext("No plan here yet. `lantian plan adopt` takes the city's own or a document in.")
        )
        return
    overview = view_plan(office, today=today, plan_id=plan_id)
    counts = {row.key: row.counts for row in overview.measures}
    measures = list_measures(office, overview.plan.id)
    if as_json:
        show_json(
            {
                "plans": [plan_record(row) for row in plans],
                "measures": [
                    {
                        "number": row.number, "section": row.section, "title": row.title, "title_en": row.title_en,
                        "lights": counts_record(counts.get(row.number) or counts.get(row.id)),
                    }
                    for row in measures
                ],
            }
        )  # fmt: skip
        return
    screen = console()
    head(overview.plan, house, language)
    table = Table(pad_edge=False)
    table.add_column(language.gettext("No."), justify="right")
    table.add_column(language.gettext("Measure"), overflow="fold")
    table.add_column(language.gettext("Duties"), justify="right")
    table.add_column(language.gettext("Lights"))
    section = None
    for row in measures:
        if row.section_title != section:
            section = row.section_title
            table.add_section()
            name = section if language.is_chinese else row.section_title_en or section
            table.add_row("", f"[bold]{escape(f'{row.section} {name}'.strip())}[/]")
        mine = counts.get(row.number) or counts.get(row.id)
        title = row.title if language.is_chinese or not row.title_en else row.title_en
        table.add_row(row.number, escape(title), str(mine.total if mine else 0), lights(mine, language))
    screen.print(table)
    if len(plans) > 1:
        told = "、".join(f"{row.edition} {word_of(PLAN_STATES, row.state, language)} {row.id}" for row in plans)
        screen.print(language.format(mark("Editions: {told}"), told=told), style="dim")


def plan_record(plan: "PlanRow") -> dict[str, Any]:
    """Return a plan as JSON values."""
    return {
        "id": plan.id,
        "key": plan.key,
        "edition": plan.edition,
        "state": plan.state,
        "title": plan.title,
        "title_en": plan.title_en,
        "issuer": plan.issuer,
        "issued_on": plan.issued_on,
        "origin": plan.origin,
        "read_at": plan.read_at,
        "confirmed_by": plan.confirmed_by,
    }


def counts_record(counts: "Counts | None") -> dict[str, int]:
    """Return counts per light as JSON values, without zeros."""
    return {} if counts is None else {word.value: count for word, count in counts.words.items() if count}


def head(plan: "PlanRow", house: "House", language: Translation) -> None:
    """Print which plan, which edition, whether in force, whether simulated."""
    title = plan.title if language.is_chinese or not plan.title_en else plan.title_en
    line = Text(title, style="bold")
    line.append("  " + language.format(mark("edition {number}"), number=plan.edition), style="dim")
    line.append(
        f"  {word_of(PLAN_STATES, plan.state, language)}", style="green" if plan.state == "in_force" else "yellow"
    )
    if house.settings.simulated:
        line.append("  " + language.gettext("SIMULATED workspace"), style="bold yellow")
    console().print(line)


def lights(counts: "Counts | None", language: Translation) -> Text:
    """Write counts as coloured words, the urgent first."""
    from lantian.loop.plan.dispatch.lights import COLOURS, NAMES

    said = Text()
    if counts is None or counts.total == 0:
        return Text(MISSING, style="dim")
    order = {"red": 0, "yellow": 1, "green": 2, "blue": 3, "grey": 4}
    for word, count in sorted(counts.words.items(), key=lambda pair: order[COLOURS[pair[0]].value]):
        if count:
            said.append("  " if said else "")
            said.append(f"● {language.gettext(NAMES[word])} {count}", style=COLOUR_STYLES[COLOURS[word].value])
    return said


def show_measure(
    house: "House", number: str, plan_id: str | None, language: Translation, today: date, *, as_json: bool
) -> None:
    """Show one measure: its tasks with dates and targets, its projects, its duties with light and reason."""
    from lantian.loop.plan.views.overviews import view_measure

    office = house.office()
    view = view_measure(office, number, today=today, plan_id=plan_id)
    if as_json:
        show_json(
            {
                "plan": plan_record(view.plan),
                "number": view.measure.number,
                "title": view.measure.title,
                "title_en": view.measure.title_en,
                "tasks": [task_record(row) for row in view.tasks],
                "duties": [duty_record(row, language) for row in view.duties],
                "projects": len(view.projects),
                "lights": counts_record(view.counts),
            }
        )
        return
    screen = console()
    head(view.plan, house, language)
    title = view.measure.title if language.is_chinese or not view.measure.title_en else view.measure.title_en
    screen.print(f"[bold]{view.measure.number}. {escape(title)}[/]")
    screen.print(lights(view.counts, language))
    if view.tasks:
        screen.print(tasks_table(view.tasks, language))
    screen.print(duties_table(view.duties, language, of_body=False))
    if view.projects:
        done = sum(row.state == "done" for row in view.projects)
        said = language.format(
            mark("{total} projects on its lists, {done} done."), total=len(view.projects), done=done
        )
        screen.print(said, style="dim")


def task_record(task: "TaskRow") -> dict[str, Any]:
    """Return a task as JSON values."""
    return {
        name: getattr(task, name)
        for name in (
            "key", "kind", "title", "title_en", "start", "due", "every", "firm", "comparator", "value", "unit",
            "scope", "amount", "done_on",
        )
    }  # fmt: skip


def tasks_table(tasks: Iterable["TaskRow"], language: Translation) -> Table:
    """Write tasks with their dates and targets."""
    from lantian.loop.plan.dispatch.sheets import task_words

    table = Table(title=language.gettext("Tasks"), title_justify="left", pad_edge=False)
    for name in (mark("Kind"), mark("Task"), mark("Due"), mark("Done")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in tasks:
        due = word_of(RHYTHMS, row.every, language) or cell(row.due)
        table.add_row(
            word_of(TASK_KINDS, row.kind, language),
            escape(task_words(row, language)),
            escape(due),
            cell(row.done_on),
        )
    return table


def duty_record(view: "DutyView", language: Translation) -> dict[str, Any]:
    """Return a duty with its light as JSON values."""
    row = view.duty
    return {
        "id": row.id,
        "measure": row.number,
        "title": row.title,
        "tail": row.tail,
        "organisation": row.organisation_id,
        "name": row.organisation,
        "role": row.role,
        "mode": row.mode,
        "via": row.via,
        "settled": row.settled,
        "words": row.words,
        "due": row.due,
        "light": view.light.word.value,
        "colour": view.light.colour.value,
        "reason": language.format(view.light.reason, **view.light.values),
        "reported_month": row.reported_month,
        "claimed": row.claimed,
        "share": row.share,
        "review": row.review,
        "step": row.step,
        "tasks": [task_record(task) for task in view.tasks],
    }


def duties_table(duties: Sequence["DutyView"], language: Translation, *, of_body: bool) -> Table:
    """Write duties with light, word and reason; of one body the measure leads, of one measure the body."""
    table = Table(title=language.gettext("Duties"), title_justify="left", pad_edge=False)
    names = (
        (mark("No."), mark("Measure")) if of_body else (mark("Tail"), mark("Body"))
    )  # what tells the rows apart
    for name in (*names, mark("Role"), mark("Due"), mark("Light"), mark("Why"), mark("Step")):
        table.add_column(language.gettext(name), overflow="fold")
    for view in duties:
        row = view.duty
        if of_body:
            first = (f"{row.number}.{row.tail}", row.title if language.is_chinese else row.title_en or row.title)
        else:
            body = row.organisation if language.is_chinese else row.organisation_en or row.organisation
            first = (f"{row.number}.{row.tail}", body)
        style = COLOUR_STYLES[view.light.colour.value]
        table.add_row(
            *(escape(text) for text in first),
            word_of(ROLES, row.role, language),
            cell(row.due),
            f"[{style}]● {escape(language.gettext(view.light.name))}[/]",
            escape(language.format(view.light.reason, **view.light.values)),
            word_of(STEPS, row.step, language),
        )
    return table


def show_duties(
    house: "House", body: str, plan_id: str | None, language: Translation, today: date, *, as_json: bool
) -> None:
    """Show everything that one body has to do."""
    from lantian.loop.plan.views.overviews import view_body

    view = view_body(house.office(), known_body(house, body), today=today, plan_id=plan_id)
    if as_json:
        show_json(
            {
                "organisation": view.organisation.id,
                "name": view.organisation.name,
                "today": view.today,
                "rule": view.rule,
                "lights": counts_record(view.counts),
                "duties": [duty_record(row, language) for row in view.duties],
            }
        )
        return
    screen = console()
    head(view.plan, house, language)
    name = view.organisation.name if language.is_chinese else view.organisation.name_en or view.organisation.name
    screen.print(f"[bold]{escape(name)}[/]  {view.today}  [dim]{view.rule}[/]")
    screen.print(lights(view.counts, language))
    screen.print(duties_table(view.duties, language, of_body=True))
