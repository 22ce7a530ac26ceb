"""``lantian plan read|adopt|show|confirm|diff``: from a document to an edition in force."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.show import JsonOption, WorkspaceOption, cell, console, opened, show_frame, show_json, words
from lantian.desk.language import Translation, finding_text, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.plan.adopting import Adopted
    from lantian.science.plan_text.difference import Change
    from lantian.science.plan_text.records import Draft, Measure, Source

app = typer.Typer()
By = Annotated[str, typer.Option("--by", help=mark("Who decides; kept in the chain of decisions."))]
_City = Annotated[
    str | None,
    typer.Option(
        help=mark("City whose directory resolves the names: its key or folder; by default the one named.")
    ),
]
_TITLE_SEARCHED = 3_000
"""Characters from the start in which the city's own name is looked for. [1]"""
_FINDINGS_SHOWN = 12
_ALL_READ = 0.9995


@app.command("read", help=mark("Read a plan document and show what it promises; needs no workspace."))
def read(
    file: Annotated[Path, typer.Argument(help=mark("The document: .txt, .html, .docx, .pdf or .xlsx."))],
    city: _City = None,
    as_json: JsonOption = False,
) -> None:
    """Read a plan document and show what it promises; needs no workspace."""
    from lantian.science.plan_text.payload import draft_payload

    draft, key = read_draft(file, city)
    if as_json:
        show_json({**draft_payload(draft), "city": key})
        return
    _show_draft(draft, key, words())


def read_draft(file: Path, city: str | None) -> tuple["Draft", str | None]:
    """Read a document with the directory of the city asked for, else of the packaged one that it names."""
    from lantian.city.loader import load_city
    from lantian.desk.intake.documents import read_source
    from lantian.science.plan_text.reading import read_plan

    source = read_source(file)
    key = city if city is not None else _city_named(source)
    return read_plan(source, None if key is None else load_city(key)), key


def _city_named(source: "Source") -> str | None:
    """Return the packaged city whose name the document's first page holds most often."""
    from lantian.city.loader import list_cities, load_city

    head = source.text[:_TITLE_SEARCHED]
    counted = {key: head.count(load_city(key).name_zh) for key in list_cities()}
    best = max(counted, key=lambda key: counted[key], default=None)
    return best if best is not None and counted[best] else None


def _show_draft(draft: "Draft", key: str | None, language: Translation) -> None:
    screen = console()
    facts = draft.facts
    screen.print(f"[bold]{escape(facts.title.text if facts.title else draft.source.name)}[/]")
    lines = [
        (mark("Issuer"), facts.issuer.text if facts.issuer else None),
        (mark("Issued"), cell(facts.issued_on)),
        (mark("Number"), facts.number.text if facts.number else None),
        (mark("Carries out"), "、".join(row.text for row in facts.implements) or None),
        (mark("Directory of"), key or language.gettext("none: names stay as written")),
    ]
    for name, value in lines:
        if value:
            screen.print(f"  [dim]{language.gettext(name)}[/] {escape(value)}")
    screen.print("  " + _counts(draft, language))
    screen.print(_measures_table(draft, language))
    if draft.targets:
        screen.print(_targets_table(draft, language))
    _show_coverage(draft, language)
    _show_findings(draft, language)


def _counts(draft: "Draft", language: Translation) -> str:
    return language.format(
        mark("{measures} measures, {tails} tails, {deadlines} times, {indicators} numbers, {targets} targets"),
        measures=len(draft.measures),
        tails=sum(len(row.tails) for row in draft.measures),
        deadlines=sum(len(row.deadlines) for row in draft.measures),
        indicators=sum(len(row.indicators) for row in draft.measures),
        targets=len(draft.targets),
    )


def _measures_table(draft: "Draft", language: Translation) -> Table:
    table = Table(show_lines=False, pad_edge=False)
    for name in (mark("No."), mark("Measure"), mark("Leads"), mark("Cooperates"), mark("Implements")):
        table.add_column(language.gettext(name), overflow="fold")
    table.add_column(language.gettext("Times"), overflow="fold")
    table.add_column(language.gettext("Numbers"), overflow="fold")
    section = None
    for row in draft.measures:
        if row.section_title != section:
            section = row.section_title
            table.add_section()
            table.add_row("", f"[bold]{escape(f'{row.section} {section}'.strip())}[/]")
        table.add_row(*(escape(text) for text in _measure_cells(row)))
    return table


def _measure_cells(row: "Measure") -> tuple[str, ...]:
    from lantian.science.plan_text.short_values import indicator_value

    def names(role: str) -> str:
        return "、".join(dict.fromkeys(one.written for tail in row.tails for one in getattr(tail, role)))

    times = (one.text if one.day is None else f"{one.text} → {one.day}" for one in row.deadlines)
    numbers = (f"{one.what} {indicator_value(one)}" for one in row.indicators)
    return (
        str(row.number), row.title, names("lead"), names("cooperate"), names("implement"),
        "\n".join(times), "\n".join(numbers),
    )  # fmt: skip


def _targets_table(draft: "Draft", language: Translation) -> Table:
    from lantian.science.plan_text.short_values import target_value

    table = Table(title=language.gettext("Targets of the plan as a whole"), title_justify="left", pad_edge=False)
    for name in (mark("Binds"), mark("About"), mark("Target"), mark("Years"), mark("Words")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in draft.targets:
        about = "、".join(row.subjects)
        if row.except_subjects:
            about += language.format(mark(" except {names}"), names="、".join(row.except_subjects))
        table.add_row(
            language.gettext(row.kind.value), escape(about), escape(target_value(row)),
            "、".join(map(str, row.years)), escape(row.text),
        )  # fmt: skip
    return table


def _show_coverage(draft: "Draft", language: Translation) -> None:
    from lantian.science.plan_text.records import Use

    shares = draft.covered_share()
    told = ", ".join(
        f"{language.gettext(use.value)} {share:.1%}"
        for use, share in sorted(shares.items(), key=lambda pair: -pair[1])
        if use is not Use.SPACE
    )
    unread = shares.get(Use.UNREAD, 0.0)
    style = "green" if 1 - unread >= _ALL_READ else "yellow"
    said = language.format(mark("{share} of all characters accounted for"), share=f"{1 - unread:.1%}")
    console().print(f"[{style}]{said}[/] [dim]({told})[/]")


def _show_findings(draft: "Draft", language: Translation) -> None:
    screen = console()
    if not draft.findings:
        screen.print(language.gettext("Nothing is doubtful."), style="green")
        return
    screen.print(
        language.format(mark("{count} readings are doubtful:"), count=len(draft.findings)), style="yellow"
    )
    for row in draft.findings[:_FINDINGS_SHOWN]:
        screen.print(f"  {escape(row.where)}  {escape(finding_text(row, language))}")
    if len(draft.findings) > _FINDINGS_SHOWN:
        more = len(draft.findings) - _FINDINGS_SHOWN
        screen.print(
            "  " + language.format(mark("… and {count} more; --json shows all."), count=more), style="dim"
        )


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
    if as_json:
        show_json(adopted_record(adopted))
        return
    show_adopted(adopted, language)


def default_actor() -> str:
    """Return who acts where nobody is named: the account of this machine."""
    import getpass

    return getpass.getuser()


def adopt_in(house: "House", file: Path | None, *, by: str, key: str | None = None) -> "Adopted":
    """Take a document, kept among the files, or the city's structured plan into the ledger."""
    from lantian.desk.intake.documents import read_source
    from lantian.loop.plan.adopting import adopt
    from lantian.loop.plan.structured import adopt_structured
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
        "changes": len(adopted.changes),
    }


def show_adopted(adopted: "Adopted", language: Translation) -> None:
    """Print what came of taking a plan in, and what to do next."""
    screen = console()
    if adopted.fresh:
        said = language.format(
            mark("Edition {edition} of {key} is in the ledger as a draft."),
            edition=adopted.edition,
            key=adopted.key,
        )
    else:
        said = language.format(
            mark("Edition {edition} of {key} says the same; nothing was written."),
            edition=adopted.edition,
            key=adopted.key,
        )
    screen.print(said)
    counted = ", ".join(f"{language.gettext(name)} {number}" for name, number in adopted.counts.items())
    screen.print(f"  {counted}", style="dim")
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


@app.command("diff", help=mark("Show what changed between two documents, duty by duty; needs no workspace."))
def diff(
    old: Annotated[Path, typer.Argument(help=mark("The edition before."))],
    new: Annotated[Path, typer.Argument(help=mark("The edition after."))],
    city: _City = None,
    as_json: JsonOption = False,
) -> None:
    """Show what changed between two documents, duty by duty; needs no workspace."""
    from lantian.science.plan_text.difference import difference

    language = words()
    before, key = read_draft(old, city)
    after, _ = read_draft(new, city or key)
    changes = difference(before, after)
    if as_json:
        show_json({"changes": [_change_record(row) for row in changes]})
        return
    if not changes:
        console().print(language.gettext("Both say the same, duty by duty."))
        return
    show_changes(changes, language)


def _change_record(row: "Change") -> dict[str, Any]:
    return {
        "kind": row.kind.value,
        "measure": None if (row.new or row.old) is None else (row.new or row.old).number,  # type: ignore[union-attr]
        "title": None if (row.new or row.old) is None else (row.new or row.old).title,  # type: ignore[union-attr]
        "body": row.body,
        "name": row.name,
        "was": row.was,
        "now": row.now,
    }


def show_changes(changes: Sequence["Change"], language: Translation) -> None:
    """Print what changed, one row a difference."""
    import polars as pl

    rows = [
        {
            "measure": f"{record['measure'] or ''} {record['title'] or ''}".strip(),
            "change": language.gettext(record["kind"]),
            "about": record["name"],
            "was": language.gettext(record["was"]) if record["was"] else None,
            "now": language.gettext(record["now"]) if record["now"] else None,
        }
        for record in map(_change_record, changes)
    ]
    headers = {
        "measure": language.gettext("Measure"),
        "change": language.gettext("Change"),
        "about": language.gettext("About"),
        "was": language.gettext("Was"),
        "now": language.gettext("Is now"),
    }
    title = language.format(mark("{count} differences"), count=len(rows))
    show_frame(pl.DataFrame(rows, schema=dict.fromkeys(headers, pl.String)), title=title, headers=headers)


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
    from lantian.loop.plan.confirming import confirm_plan, list_doubts
    from lantian.loop.plan.queries import list_plans

    language = words()
    with opened(workspace) as house:
        office = house.office()
        plan_id = plan or _newest(list_plans(office))
        actor = by or default_actor()
        if settle is not None:
            _settle(house, settle, means or [], actor, plan_id)
        if reading is not None:
            plan_id = _keep_readings(house, reading, actor, plan_id)
        done = confirm_plan(office, plan_id, by=actor, accept_open=accept_open) if in_force else None
        doubts = list_doubts(office, plan_id)
    if as_json:
        show_json(
            {
                "plan_id": plan_id,
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
    if done is not None:
        console().print(language.gettext("The plan is in force."), style="green")
    _show_doubts(doubts, language)


def _newest(plans: Sequence[Any]) -> str:
    if not plans:
        raise CallerError("No plan in this workspace yet. Take one in with `lantian plan adopt`.")
    drafts = [row for row in plans if row.state == "draft"]
    return str((drafts or [row for row in plans if row.state == "in_force"] or list(plans))[0].id)


def _settle(house: "House", place: str, means: Sequence[str], by: str, plan_id: str) -> None:
    from lantian.city.bodies import body_named
    from lantian.loop.plan.confirming import settle_members

    measure, _, tail = place.partition(".")
    if not tail.isdecimal():
        raise CallerError("{place!r} is no tail. Name measure and tail as 2.1.", place=place)
    chosen = []
    for name in means:
        body = body_named(house.city, name)
        if body is None:
            raise CallerError("No body is called {name!r} in the city's directory.", name=name)
        chosen.append(body.id)
    settle_members(house.office(), measure, int(tail), chosen, by=by, plan_id=plan_id)


def _keep_readings(house: "House", path: Path, by: str, plan_id: str) -> str:
    import json

    from lantian.loop.plan.confirming import confirm_reading
    from lantian.science.plan_text.confirmations import confirmation_from_payload

    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise CallerError(
            "{path} is no JSON file of confirmed readings: {fault}.", path=path, fault=fault
        ) from fault
    for row in given if isinstance(given, list) else [given]:
        plan_id = confirm_reading(house.office(), plan_id, confirmation_from_payload(row), by=by).plan_id
    return plan_id


def _show_doubts(doubts: Sequence[Any], language: Translation) -> None:
    screen = console()
    if not doubts:
        screen.print(language.gettext("Nothing is doubtful."), style="green")
        return
    table = Table(title=language.format(mark("{count} doubts"), count=len(doubts)), title_justify="left")
    for name in (mark("Tail"), mark("What"), mark("Who may be meant")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in doubts:
        place = row.measure if row.tail is None else f"{row.measure}.{row.tail}"
        table.add_row(escape(place), escape(finding_text(row.finding, language)), "、".join(row.members))
    screen.print(table)


@app.command("show", help=mark("Show the plan in the ledger: its measures, or one with its duties and tasks."))
def show(
    measure: Annotated[
        str | None, typer.Argument(help=mark("Number of a measure; without one all of them."))
    ] = None,
    plan: Annotated[str | None, typer.Option(help=mark("Id of the plan; by default the one in force."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show the plan in the ledger: its measures, or one with its duties and tasks."""
    from lantian.cli.plan_pages import show_measure, show_plan

    with opened(workspace) as house:
        if measure is None:
            show_plan(house, plan, words(), as_json=as_json)
        else:
            show_measure(house, measure, plan, words(), as_json=as_json)
