"""``lantian plan adopt|confirm|show``: a document becomes an edition in the ledger, is settled, is in force."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_options import By, TodayOption, asked_day, default_actor
from lantian.cli.plan_words import COUNTS, EDITION_CHANGES, ROLES, body_name, known_body, word_of
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_json, words
from lantian.desk.language import Translation, finding_text, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.plan.adopting.adoption import Adopted
    from lantian.loop.plan.adopting.editions import Change

app = typer.Typer()
_LISTED = 30


@app.command(
    "adopt", help=mark("Take a document, or the city's own structured plan, into the workspace as a draft.")
)
def adopt_plan(
    file: Annotated[
        Path | None, typer.Argument(help=mark("The document; without one the city's own plan."))
    ] = None,
    by: By = "",
    key: Annotated[
        str | None,
        typer.Option(help=mark("Key of the plan that it is a new edition of, where the title changed.")),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Take a document, or the city's own structured plan, into the workspace as a draft."""
    language = words()
    with opened(workspace) as house:
        adopted = adopt_in(house, file, by=by or default_actor(), key=key)
        names = {row.id: body_name(house, row.id, language) for row in house.city.bodies}
    if as_json:
        show_json(adopted_record(adopted))
        return
    show_adopted(adopted, language, names)


def adopt_in(house: "House", file: Path | None, *, by: str, key: str | None = None) -> "Adopted":
    """Take a document, kept among the files, or the city's structured plan into the ledger."""
    from lantian.desk.intake.documents import read_source
    from lantian.loop.plan.adopting.adoption import adopt
    from lantian.loop.plan.adopting.structured import adopt_structured
    from lantian.science.plan_text.reading import read_plan

    office = house.office()
    if file is None:
        return adopt_structured(office, by=by)
    draft = read_plan(read_source(file), house.city)
    kept = house.files.put(file, file.name, given_by=by, at=house.now())
    return adopt(office, draft, by=by, file_id=kept.id, key=key)


def adopted_record(adopted: "Adopted") -> dict[str, Any]:
    """Return what came of taking a plan in, as JSON values."""
    return {
        "plan_id": adopted.plan_id,
        "key": adopted.key,
        "edition": adopted.edition,
        "state": adopted.state,
        "fresh": adopted.fresh,
        **adopted.counts,
        "unsettled": adopted.unsettled,
        "findings": [{"code": row.code, "where": row.where, **row.evidence} for row in adopted.findings],
        "changes": [_change_record(row) for row in adopted.changes],
    }


def show_adopted(adopted: "Adopted", language: Translation, names: Mapping[str, str] | None = None) -> None:
    """Print what came of taking a plan in, what it changes, and what to do next; `names` calls bodies by id."""
    screen = console()
    if adopted.fresh:
        told = language.format(
            mark("Edition {edition} of {key} is in the ledger as a draft."),
            edition=adopted.edition,
            key=adopted.key,
        )
    else:
        told = language.format(
            mark("Edition {edition} of {key} says the same; nothing was written."),
            edition=adopted.edition,
            key=adopted.key,
        )
    screen.print(told)
    counted = ", ".join(f"{word_of(COUNTS, name, language)} {number}" for name, number in adopted.counts.items())
    screen.print(f"  {counted}", style="dim")
    if adopted.changes:
        screen.print(_changes_table(adopted.changes, names or {}, language))
        if len(adopted.changes) > _LISTED:
            more = len(adopted.changes) - _LISTED
            screen.print(
                "  " + language.format(mark("… and {count} more; --json shows all."), count=more), style="dim"
            )
    if adopted.unsettled:
        screen.print(
            language.format(
                mark("  {count} duties wait for a person to say which bodies are meant: `lantian plan confirm`."),
                count=adopted.unsettled,
            ),
            style="yellow",
        )
    if adopted.state == "draft":
        screen.print(language.gettext("Next: `lantian plan confirm`, then `lantian plan confirm --in-force`."))


def _change_record(row: "Change") -> dict[str, Any]:
    return {"kind": row.kind, "measure": row.measure, "what": row.what, "was": row.was, "now": row.is_now}


def _changes_table(changes: Sequence["Change"], names: Mapping[str, str], language: Translation) -> Table:
    title = language.format(mark("{count} differences from the edition before"), count=len(changes))
    table = Table(title=title, title_justify="left", pad_edge=False)
    for name in (mark("Measure"), mark("Change"), mark("About"), mark("Was"), mark("Is now")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in changes[:_LISTED]:
        was, now = (word_of(ROLES, one, language) for one in (row.was, row.is_now))
        about = names.get(row.what, row.what)
        table.add_row(*map(escape, (row.measure, word_of(EDITION_CHANGES, row.kind, language), about, was, now)))
    return table


@app.command("confirm", help=mark("List what is doubtful, settle it, put the draft in force."))
def confirm(
    settle: Annotated[
        str | None,
        typer.Option(help=mark("Measure and tail whose 相关县区 is settled, as 2.1; with --means.")),
    ] = None,
    means: Annotated[list[str] | None, typer.Option(help=mark("A body that is meant; may be repeated."))] = None,
    reading: Annotated[
        Path | None,
        typer.Option(
            help=mark("File with confirmed readings (JSON: kind, measure, words, action, decided) to be kept.")
        ),
    ] = None,
    in_force: Annotated[bool, typer.Option("--in-force", help=mark("Put the draft in force."))] = False,
    accept_open: Annotated[
        bool, typer.Option("--accept-open", help=mark("In force although errors of the reading are open."))
    ] = False,
    plan: Annotated[str | None, typer.Option(help=mark("Id of the plan; by default the newest draft."))] = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List what is doubtful, settle it, put the draft in force."""
    from lantian.loop.plan.adopting.confirming import confirm_plan, list_doubts
    from lantian.loop.plan.queries import list_plans

    language = words()
    with opened(workspace) as house:
        office = house.office()
        plan_id = plan or _newest(list_plans(office))
        actor = by or default_actor()
        if means and settle is None:
            raise CallerError("--means says who is meant in a tail. Name the tail too: --settle 2.1.")
        settled = 0 if settle is None else _settle(house, settle, means or [], actor, plan_id)
        if reading is not None:
            plan_id = _keep_readings(house, reading, actor, plan_id)
        done = confirm_plan(office, plan_id, by=actor, accept_open=accept_open) if in_force else None
        doubts = list_doubts(office, plan_id)
        names = {row.id: body_name(house, row.id, language) for row in house.city.bodies}
    if as_json:
        show_json(
            {
                "plan_id": plan_id,
                "settled": settled,
                "in_force": done is not None,
                "doubts": [
                    {
                        "measure": row.measure, "tail": row.tail, "code": row.finding.code,
                        "message": finding_text(row.finding, language), "members": list(row.members),
                    }
                    for row in doubts
                ],
            }
        )  # fmt: skip
        return
    if settled:
        console().print(
            language.format(mark("Tail {tail} means {count} bodies."), tail=settle, count=settled), style="green"
        )
    if done is not None:
        console().print(language.gettext("The plan is in force."), style="green")
    _show_doubts(doubts, names, language)


def _newest(plans: Sequence[Any]) -> str:
    if not plans:
        raise CallerError("No plan in this workspace yet. Take one in with `lantian plan adopt`.")
    drafts = [row for row in plans if row.state == "draft"]
    return str((drafts or [row for row in plans if row.state == "in_force"] or list(plans))[0].id)


def _settle(house: "House", place: str, means: Sequence[str], by: str, plan_id: str) -> int:
    from lantian.loop.plan.adopting.confirming import settle_members

    measure, _, tail = place.partition(".")
    if not tail.isdecimal():
        raise CallerError("{place!r} is no tail. Name measure and tail as 2.1.", place=place)
    chosen = [known_body(house, name) for name in means]
    directory = {row.id for row in house.city.bodies}
    for name, body in zip(means, chosen, strict=True):
        if body not in directory:
            raise CallerError("No single body is called {name!r} in the city's directory.", name=name)
    if not chosen:
        raise CallerError("Say who is meant in tail {place} with --means; it may be repeated.", place=place)
    return settle_members(house.office(), measure, int(tail), chosen, by=by, plan_id=plan_id)


def _keep_readings(house: "House", path: Path, by: str, plan_id: str) -> str:
    import json

    from lantian.loop.plan.adopting.confirming import confirm_reading
    from lantian.science.plan_text.confirmations import confirmation_from_payload

    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise CallerError(
            "{path} is no JSON file of confirmed readings: {fault}.", path=path, fault=fault
        ) from fault
    rows = given if isinstance(given, list) else [given]
    if not all(isinstance(row, dict) for row in rows):
        raise CallerError(
            "{path} is no JSON file of confirmed readings: {fault}.", path=path, fault="a row is no object"
        )
    for confirmation in [confirmation_from_payload(row) for row in rows]:  # all are sound before one is kept
        plan_id = confirm_reading(house.office(), plan_id, confirmation, by=by).plan_id
    return plan_id


def _show_doubts(doubts: Sequence[Any], names: Mapping[str, str], language: Translation) -> None:
    screen = console()
    if not doubts:
        screen.print(language.gettext("Nothing is doubtful."), style="green")
        return
    table = Table(title=language.format(mark("{count} doubts"), count=len(doubts)), title_justify="left")
    for name in (mark("Tail"), mark("What"), mark("Who may be meant")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in doubts:
        place = row.measure if row.tail is None else f"{row.measure}.{row.tail}"
        members = ("、" if language.is_chinese else ", ").join(names.get(one, one) for one in row.members)
        table.add_row(escape(place), escape(finding_text(row.finding, language)), escape(members))
    screen.print(table)


@app.command("show", help=mark("Show the plan in the ledger: its measures, or one with its duties and tasks."))
def show(
    measure: Annotated[
        str | None, typer.Argument(help=mark("Number of a measure; without one all of them."))
    ] = None,
    plan: Annotated[str | None, typer.Option(help=mark("Id of the plan; by default the one in force."))] = None,
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show the plan in the ledger: its measures, or one with its duties and tasks."""
    from lantian.cli.plan_pages import show_measure, show_plan

    with opened(workspace) as house:
        on = asked_day(house, today)
        if measure is None:
            show_plan(house, plan, words(), on, as_json=as_json)
        else:
            show_measure(house, measure, plan, words(), on, as_json=as_json)
