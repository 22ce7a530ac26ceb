"""``lantian plan admission``: may this project in, and by which clause?"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_heat import heat
from lantian.cli.plan_options import By, TodayOption, asked_day, checked_file, default_actor, tell
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_json, words
from lantian.desk.language import Translation, mark

if TYPE_CHECKING:
    from lantian.loop.plan.admission.applications import AdmissionView

app = typer.Typer(
    help=mark("Project admission: form, submit, list, show, decide, heat radius."), no_args_is_help=True
)
app.command("heat", help=mark("Standing boilers by distance to large heat and power plants, and which must go."))(
    heat
)
_VERDICT_STYLES = {"pass": "green", "fail": "bold red", "needs_documents": "yellow"}


class Verdict(StrEnum):
    """What can be decided."""

    PASSED = "passed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_Id = Annotated[str, typer.Argument(help=mark("Id of the application."))]


@app.command("form", help=mark("Write the application form as Excel."))
def form(
    out: Annotated[Path, typer.Argument(help=mark("File to make."))],
    today: TodayOption = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Write the application form as Excel."""
    from lantian.loop.plan.admission.forms import write_admission_form

    language = words()
    checked_file(out, (".xlsx",))
    with opened(workspace) as house:
        write_admission_form(house.office(), out, language=language, on=asked_day(house, today))
    tell(language.format(mark("Written: {file}"), file=out), {"file": out}, as_json=as_json)


@app.command("submit", help=mark("Hand an application in (form, TOML or JSON) and compute every check."))
def submit_application(
    file: Annotated[Path, typer.Argument(help=mark("The filled form (.xlsx), or .toml or .json."))],
    try_only: Annotated[bool, typer.Option("--try", help=mark("Compute only; keep nothing."))] = False,
    today: TodayOption = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Hand an application in (form, TOML or JSON) and compute every check."""
    from lantian.loop.plan.admission.applications import examine, submit
    from lantian.loop.plan.admission.reading import read_application

    language = words()
    with opened(workspace) as house:
        office, on = house.office(), asked_day(house, today)
        application = read_application(file, office).required(language)
        if try_only:
            outcome = examine(office, application, today=on)
            if as_json:
                show_json(outcome.model_dump(mode="json"))
            else:
                _show_checks(application.name, outcome, language)
            return
        view = submit(office, application, by=by or default_actor(), today=on)
    if as_json:
        show_json(_record(view, language))
        return
    console().print(language.format(mark("Kept as {id}."), id=view.id))
    _show_checks(application.name, view.outcome, language)


def _show_checks(name: str, outcome: Any, language: Translation) -> None:
    from lantian.loop.plan.admission.applications import overall_text
    from lantian.loop.plan.admission.outcome import VERDICTS

    table = Table(title=f"{name}  {outcome.rule}", title_justify="left", pad_edge=False)
    for title in (mark("Check"), mark("Verdict"), mark("Found"), mark("Figures"), mark("Clause")):
        table.add_column(language.gettext(title), overflow="fold")
    for row in outcome.checks:
        found = ("；" if language.is_chinese else "; ").join(one.text(language) for one in row.said)
        table.add_row(
            escape(row.title.of(language)),
            f"[{_VERDICT_STYLES.get(row.verdict, '')}]{language.gettext(VERDICTS[row.verdict])}[/]",
            escape(found),
            escape("\n".join(one.text(language) for one in row.figures)),
            escape(row.clause_text(outcome.rule, language)),
        )
    console().print(table)
    console().print(overall_text(outcome, language), style="bold")


def _record(view: "AdmissionView", language: Translation) -> dict[str, Any]:
    return {
        "id": view.id,
        "name": view.application.name,
        "county": view.application.county,
        "industry": view.application.industry,
        "state": view.state,
        "rule": view.outcome.rule,
        "overall": view.outcome.overall,
        "checks": [
            {
                "key": row.key, "verdict": row.verdict, "measure": row.measure, "binding": row.binding,
                "clause": row.clause_text(view.outcome.rule, language),
                "said": [one.text(language) for one in row.said],
            }
            for row in view.outcome.checks
        ],
        "reason": view.reason,
        "decided_by": view.decided_by,
        "simulated": view.simulated,
    }  # fmt: skip


@app.command("list", help=mark("Applications, newest first."))
def list_applications(
    state: Annotated[str | None, typer.Option(help=mark("open, passed, refused or withdrawn."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List applications, newest first."""
    from lantian.loop.plan.admission.applications import list_admissions

    language = words()
    with opened(workspace) as house:
        views = list_admissions(house.office(), state=state)
    if as_json:
        show_json({"applications": [_record(row, language) for row in views]})
        return
    if not views:
        console().print(
            language.gettext("No application yet. `lantian plan admission form FILE` writes the form.")
        )
        return
    console().print(_list_table(views, language))


def _list_table(views: Iterable["AdmissionView"], language: Translation) -> Table:
    from lantian.loop.plan.admission.outcome import OVERALL
    from lantian.loop.plan.admission.words import STATES

    table = Table(pad_edge=False)
    for title in (mark("Id"), mark("Project"), mark("County"), mark("State"), mark("Checks"), mark("Submitted")):
        table.add_column(language.gettext(title), overflow="fold")
    for row in views:
        table.add_row(
            row.id, escape(row.application.name), row.application.county, language.gettext(STATES[row.state]),
            language.gettext(OVERALL[row.outcome.overall]), f"{row.submitted_at:%Y-%m-%d}",
        )  # fmt: skip
    return table


@app.command("show", help=mark("One application with every check and its clause."))
def show_application(
    admission: _Id,
    opinion: Annotated[Path | None, typer.Option(help=mark("Write the opinion as Word into this folder."))] = None,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show one application with every check and its clause."""
    from lantian.loop.plan.admission.applications import find_admission
    from lantian.loop.plan.admission.opinion import write_opinion

    language = words()
    with opened(workspace) as house:
        office = house.office()
        view = find_admission(office, admission)
        path = None
        if opinion is not None:
            opinion.mkdir(parents=True, exist_ok=True)
            path = write_opinion(office, admission, opinion, language, by=by or default_actor())
    if as_json:
        show_json({**_record(view, language), "opinion": path})
        return
    _show_checks(view.application.name, view.outcome, language)
    if path is not None:
        console().print(language.format(mark("Written: {file}"), file=path), soft_wrap=True)


@app.command("decide", help=mark("Pass, refuse or withdraw an application; a refusal cites its clauses."))
def decide_application(
    admission: _Id,
    verdict: Annotated[Verdict, typer.Argument(help=mark("passed, refused or withdrawn."))],
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; kept in the chain of decisions."))] = "",
    override: Annotated[
        bool, typer.Option("--override", help=mark("Pass it although a check that must hold fails."))
    ] = False,
    by: By = "",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Pass, refuse or withdraw an application; a refusal cites its clauses."""
    from lantian.loop.plan.admission.applications import decide
    from lantian.loop.plan.admission.words import STATES

    language = words()
    with opened(workspace) as house:
        view = decide(
            house.office(), admission, verdict.value, reason, by=by or default_actor(), override=override
        )
    if as_json:
        show_json(_record(view, language))
        return
    console().print(f"{view.application.name}: {language.gettext(STATES[view.state])}")
    for line in view.grounds(language):
        console().print(f"  {escape(line)}")
