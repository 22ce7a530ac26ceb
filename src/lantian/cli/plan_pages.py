"""How a plan in the ledger is shown: measures, one measure, duties of a body, the state of all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from lantian.cli.show import MISSING, cell, console, show_json
from lantian.desk.language import Translation, mark

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.plan.duty_views import DutyView
    from lantian.loop.plan.rows import PlanRow, TaskRow
    from lantian.loop.plan.tallies import Counted, Counts

COLOUR_STYLES: Mapping[str, str] = {
    "blue": "blue",
    "green": "green",
    "yellow": "yellow",
    "red": "bold red",
    "grey": "dim",
}
"""Colour of a light → style of the terminal; the word always stands beside it."""
_LISTED = 15


def known_body(house: "House", name: str) -> str:
    """Return the id of the body that the city's directory calls so, aliases too; else the name as it is."""
    from lantian.city.bodies import body_named

    body = body_named(house.city, name)
    return name if body is None or body.members else body.id


def show_plan(house: "House", plan_id: str | None, language: Translation, *, as_json: bool) -> None:
    """Show a plan with its measures and how many duties each has of which light, or say that there is none."""
    from lantian.loop.plan.queries import list_measures, list_plans
    from lantian.loop.plan.views import view_plan

    office = house.office()
    plans = list_plans(office)
    if not plans:
        console().print(
            language.gettext("No plan here yet. `lantian plan adopt` takes the city's own or a document in.")
        )
        return
    overview = view_plan(office, today=office.today(), plan_id=plan_id)
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
            table.add_row("", f"[bold]{escape(f'{row.section} {section}'.strip())}[/]")
        mine = counts.get(row.number) or counts.get(row.id)
        title = row.title if language.is_chinese or not row.title_en else row.title_en
        table.add_row(row.number, escape(title), str(mine.total if mine else 0), lights(mine, language))
    screen.print(table)
    if len(plans) > 1:
        told = "、".join(f"{row.edition} {language.gettext(row.state)} {row.id}" for row in plans)
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
    line.append(f"  {language.format(mark('edition {number}'), number=plan.edition)}", style="dim")
    line.append(f"  {language.gettext(plan.state)}", style="green" if plan.state == "in_force" else "yellow")
    if house.settings.simulated:
        line.append("  " + language.gettext("SIMULATED workspace"), style="bold yellow")
    console().print(line)


def lights(counts: "Counts | None", language: Translation) -> Text:
    """Write counts as coloured words, the urgent first."""
    from lantian.loop.plan.lights import COLOURS, NAMES

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
    house: "House", number: str, plan_id: str | None, language: Translation, *, as_json: bool
) -> None:
    """Show one measure: its tasks with dates and targets, its projects, its duties with light and reason."""
    from lantian.loop.plan.views import view_measure

    office = house.office()
    view = view_measure(office, number, today=office.today(), plan_id=plan_id)
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
    from lantian.loop.plan.sheets import task_words

    table = Table(title=language.gettext("Tasks"), title_justify="left", pad_edge=False)
    for name in (mark("Kind"), mark("Task"), mark("Due"), mark("Done")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in tasks:
        due = language.gettext(f"every_{row.every}") if row.every else cell(row.due)
        table.add_row(
            language.gettext(row.kind), escape(task_words(row, language)), escape(due), cell(row.done_on)
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
            language.gettext(row.role),
            cell(row.due),
            f"[{style}]● {escape(language.gettext(view.light.name))}[/]",
            escape(language.format(view.light.reason, **view.light.values)),
            language.gettext(row.step) if row.step else "",
        )
    return table


def show_duties(
    house: "House", body: str, plan_id: str | None, language: Translation, today: date, *, as_json: bool
) -> None:
    """Show everything that one body has to do."""
    from lantian.loop.plan.views import view_body

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


def show_status(house: "House", plan_id: str | None, language: Translation, today: date, *, as_json: bool) -> None:
    """Show the whole plan on one day: lights, sections, bodies, what is overdue and what comes soon."""
    from lantian.loop.plan.views import view_plan

    view = view_plan(house.office(), today=today, plan_id=plan_id)
    if as_json:
        show_json(
            {
                "plan": plan_record(view.plan),
                "today": view.today,
                "rule": view.rule,
                "lights": counts_record(view.counts),
                "sections": [counted_record(row) for row in view.sections],
                "measures": [counted_record(row) for row in view.measures],
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
    for title, rows in ((mark("Overdue"), view.overdue), (mark("Due soon"), view.due_soon)):
        if rows:
            screen.print(language.format(mark("{title}: {count}"), title=language.gettext(title), count=len(rows)))
            screen.print(_late_table(rows[:_LISTED], language))


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
            language.gettext(row.role), escape(language.format(view.light.reason, **view.light.values)),
        )  # fmt: skip
    return table
