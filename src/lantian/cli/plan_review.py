"""``lantian plan review|escalate|minutes``: what the office decides on a month's reports."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_options import By, PlanOption, TodayOption, asked_day, default_actor, tell
from lantian.cli.plan_words import CLAIMS, STEPS, asked_body, body_name, known_body, word_of
from lantian.cli.show import JsonOption, WorkspaceOption, cell, console, opened, show_json, words
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House

app = typer.Typer()
_LISTED = 30


@app.command(
    "review", help=mark("List reports that wait for a review; accept them, or return one with its reason.")
)
def review(
    accept: Annotated[list[str] | None, typer.Option(help=mark("Id of a report to accept, or `all`."))] = None,
    back: Annotated[str | None, typer.Option("--return", help=mark("Id of a report to return."))] = None,
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; it stands on the next sheet."))] = "",
    month: Annotated[str | None, typer.Option(help=mark("Only reports for this month."))] = None,
    body: Annotated[str | None, typer.Option(help=mark("Only reports of this body."))] = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List reports that wait for a review; accept them, or return one with its reason."""
    from lantian.loop.plan.dispatch.reviewing import accept_reports, list_pending, return_report
    from lantian.loop.plan.queries import list_measures

    language = words()
    with opened(workspace) as house:
        office, actor = house.office(), by or default_actor()
        body = asked_body(house, body)
        accepted = None
        if back is not None:
            return_report(office, back, reason=reason, by=actor)  # before the rest: `all` shall not take it
        if accept:
            waiting = list_pending(office, month=month, organisation=body)
            chosen = [row.id for row in waiting] if "all" in accept else accept
            accepted = accept_reports(office, chosen, by=actor, today=asked_day(house, today))
        pending = list_pending(office, month=month, organisation=body)
        names = {row.organisation_id: body_name(house, row.organisation_id, language) for row in pending}
        titles = {} if language.is_chinese else {row.number: row.title_en for row in list_measures(office)}
    if as_json:
        show_json(
            {
                "returned": back,
                "accepted": [] if accepted is None else list(accepted.reports),
                "duties_done": [] if accepted is None else list(accepted.duties_done),
                "held": [] if accepted is None else [
                    {"report": row.report_id, "why": language.format(row.message, **row.values)}
                    for row in accepted.held
                ],
                "pending": [
                    {"id": row.id, "month": row.month, "organisation": row.organisation_id, "measure": row.number,
                     "title": row.title, "role": row.role, "claimed": row.claimed, "share": row.share,
                     "progress": row.progress}
                    for row in pending
                ],
            }
        )  # fmt: skip
        return
    screen = console()
    if back is not None:
        screen.print(language.gettext("Returned; the reason stands on the next sheet."), style="green")
    if accepted is not None:
        screen.print(
            language.format(
                mark("{reports} reports accepted, {duties} duties done by it."),
                reports=len(accepted.reports), duties=len(accepted.duties_done),
            ),
            style="green",
        )  # fmt: skip
        for held in accepted.held:
            screen.print(f"  [yellow]{escape(language.format(held.message, **held.values))}[/]")
    if not pending:
        screen.print(language.gettext("No report waits for a review."))
        return
    table = Table(title=language.format(mark("{count} reports wait"), count=len(pending)), title_justify="left")
    for name in (mark("Id"), mark("Month"), mark("Body"), mark("Measure"), mark("Says"), mark("Progress")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in pending[:_LISTED]:
        share = "" if row.share is None else f" {row.share} %"
        table.add_row(
            row.id, row.month, escape(names[row.organisation_id]),
            escape(f"{row.number} {titles.get(row.number) or row.title}"),
            word_of(CLAIMS, row.claimed, language) + share, escape(row.progress),
        )  # fmt: skip
    screen.print(table)


@app.command("escalate", help=mark("The ladder: what is due, remind all, take a step with its letter, lift."))
def escalate_duty(
    duty: Annotated[
        str | None, typer.Argument(help=mark("Id of a duty; without one what the rule proposes."))
    ] = None,
    step: Annotated[
        str | None, typer.Option(help=mark("Step to take: remind, notice, supervise or interview."))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; it stands in the letter."))] = "",
    jump: Annotated[bool, typer.Option("--jump", help=mark("Although steps below were left out."))] = False,
    remind: Annotated[
        bool, typer.Option("--remind-all", help=mark("Remind everybody the rule finds late."))
    ] = False,
    lifted: Annotated[bool, typer.Option("--lift", help=mark("Lift the standing steps of the duty."))] = False,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show the ladder: what is due, remind all, take a step with its letter, lift."""
    from lantian.loop.plan.dispatch.escalation import due_steps, escalate, lift, remind_all
    from lantian.loop.plan.dispatch.letters import write_letter

    language = words()
    with opened(workspace) as house:
        office, actor, on = house.office(), by or default_actor(), asked_day(house, today)
        if remind:
            done = remind_all(office, on, actor, plan_id=plan, language=language)
            tell(
                language.format(
                    mark("{steps} duties reminded, {sheets} sheets asked for again, {messages} messages to send."),
                    steps=len(done.escalations), sheets=len(done.sheets), messages=done.messages,
                ),
                {"reminded": len(done.escalations), "sheets": len(done.sheets), "messages": done.messages},
                as_json=as_json,
            )  # fmt: skip
            return
        if duty is not None and lifted:
            ids = lift(office, duty, by=actor, because=reason)
            said = language.format(mark("{count} steps lifted."), count=len(ids))
            tell(said, {"lifted": list(ids)}, as_json=as_json)
            return
        if duty is not None:
            if step is None:
                raise CallerError("Say which step with --step: remind, notice, supervise or interview.")
            taken = escalate(office, duty, step, by=actor, reason=reason, today=on, jump=jump)
            folder = house.folder / "exports" / "letters"
            folder.mkdir(parents=True, exist_ok=True)
            path = write_letter(office, [taken], folder, language, by=actor, today=on)
            said = language.format(mark("Taken; the letter is {file}."), file=path)
            tell(said, {"escalation": taken, "letter": path}, as_json=as_json)
            return
        proposed = due_steps(office, on, plan_id=plan)
    if as_json:
        show_json(
            {
                "proposed": [
                    {"duty": row.duty.id, "measure": row.duty.number, "body": row.duty.organisation,
                     "step": row.step, "reasons": [one.text(language) for one in row.reasons], "rule": row.rule}
                    for row in proposed
                ]
            }
        )  # fmt: skip
        return
    _show_proposed(proposed, language)


def _show_proposed(proposed: Sequence[Any], language: Translation) -> None:
    screen = console()
    if not proposed:
        screen.print(language.gettext("The rule proposes no step today."), style="green")
        return
    title = language.format(mark("{count} steps are due"), count=len(proposed))
    table = Table(title=title, title_justify="left", pad_edge=False)
    for name in (mark("Duty"), mark("Measure"), mark("Body"), mark("Step"), mark("Because")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in proposed[:_LISTED]:
        name = row.duty.organisation if language.is_chinese else row.duty.organisation_en or row.duty.organisation
        table.add_row(
            row.duty.id, f"{row.duty.number}.{row.duty.tail}", escape(name), word_of(STEPS, row.step, language),
            escape("; ".join(one.text(language) for one in row.reasons)),
        )  # fmt: skip
    screen.print(table)
    if len(proposed) > _LISTED:
        more = len(proposed) - _LISTED
        screen.print(
            "  " + language.format(mark("… and {count} more; --json shows all."), count=more), style="dim"
        )


@app.command(
    "minutes", help=mark("What a dispatch meeting should speak of; record one from a file and write its minutes.")
)
def minutes(
    record: Annotated[
        Path | None,
        typer.Option(help=mark("TOML file: month, held_on, place, chair, present, [[decisions]].")),
    ] = None,
    plan: PlanOption = None,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show what a dispatch meeting should speak of; record one from a file and write its minutes."""
    from lantian.loop.plan.dispatch.minutes import agenda, write_minutes

    language = words()
    with opened(workspace) as house:
        office, actor = house.office(), by or default_actor()
        if record is not None:
            meeting = _record(house, record, actor, plan)
            folder = house.folder / "exports" / "minutes"
            folder.mkdir(parents=True, exist_ok=True)
            path = write_minutes(office, meeting, folder, language, by=actor)
            said = language.format(mark("Recorded; the minutes are {file}."), file=path)
            tell(said, {"meeting": meeting, "minutes": path}, as_json=as_json)
            return
        items = agenda(office, asked_day(house, today), plan_id=plan)
    rows = [
        {
            "duty": row.duty.id, "measure": f"{row.duty.number}.{row.duty.tail}", "body": row.duty.organisation,
            "name": row.duty.organisation if language.is_chinese else row.duty.organisation_en,
            "light": language.gettext(row.light.name), "due": row.duty.due,
            "why": language.format(row.light.reason, **row.light.values), "step": row.proposed_step,
        }
        for row in items
    ]  # fmt: skip
    if as_json:
        show_json({"agenda": rows})
        return
    table = Table(
        title=language.format(mark("{count} items"), count=len(rows)), title_justify="left", pad_edge=False
    )
    for name in (mark("Measure"), mark("Body"), mark("Light"), mark("Why"), mark("Step due")):
        table.add_column(language.gettext(name), overflow="fold")
    for one in rows[:_LISTED]:
        step = None if one["step"] is None else str(one["step"])
        shown = (escape(cell(one[key])) for key in ("measure", "name", "light", "why"))
        table.add_row(*shown, word_of(STEPS, step, language))
    console().print(table)
    if len(rows) > _LISTED:
        more = len(rows) - _LISTED
        console().print(
            "  " + language.format(mark("… and {count} more; --json shows all."), count=more), style="dim"
        )


def _with_body(house: "House", decision: dict[str, Any]) -> dict[str, Any]:
    body = decision.get("organisation_id")
    return decision if body is None else {**decision, "organisation_id": known_body(house, str(body))}


def _record(house: "House", path: Path, by: str, plan_id: str | None) -> str:
    """Record a meeting from a TOML file; bodies may be called by name, alias, id or county code."""
    import tomllib

    from lantian.loop.plan.dispatch.minutes import Decision, record_meeting

    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        given["present"] = [known_body(house, str(name)) for name in given["present"]]
        decisions = [Decision(**_with_body(house, row)) for row in given.pop("decisions", [])]
        return record_meeting(house.office(), decisions=decisions, by=by, plan_id=plan_id, **given)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, TypeError, KeyError) as fault:
        raise CallerError(
            "{path} cannot be recorded as a meeting: {fault}. It wants month, held_on, place, chair, present and "
            "[[decisions]] with words.",
            path=path, fault=fault,
        ) from fault  # fmt: skip
