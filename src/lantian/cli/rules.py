"""``lantian rules``: the law as data: what there is, what an edition says, what judges a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from lantian.cli.show import JsonOption, console, day, opened, show_frame, show_json, words
from lantian.desk.language import Translation, error_text, mark
from lantian.terms.errors import CallerError, RuleError

if TYPE_CHECKING:
    from lantian.rules import Choice, Edition, Rulebook

app = typer.Typer(help=mark("The law as data: list, show, at a date."), no_args_is_help=True)
APPS = {"rules": app}

SubjectOption = Annotated[
    str | None, typer.Option("--subject", "-s", help=mark("One subject, for instance aqi_day or ambient_limits."))
]
OverridesOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace",
        "-w",
        envvar="LANTIAN_WORKSPACE",
        help=mark("Workspace of a city whose own rules and choices count; without it the packaged national law."),
    ),
]


@app.command("list", help=mark("Every edition: subject, variant, in force, confidence."))
def list_editions(
    subject: SubjectOption = None, workspace: OverridesOption = None, as_json: JsonOption = False
) -> None:
    """Every edition: subject, variant, in force, confidence."""
    import polars as pl

    language = words()
    with _law(workspace) as (book, _):
        editions = book.editions(subject)
    frame = pl.DataFrame([_row(edition, language, as_json) for edition in editions])
    show_frame(
        frame,
        title=language.format(mark("{n} editions"), n=len(editions)),
        caption=language.gettext(mark("Everything of one edition: lantian rules show ID.")),
        headers=_headers(language),
        as_json=as_json,
    )


@app.command("show", help=mark("One edition whole: its numbers, its source and how sure they are."))
def show_edition(
    edition_id: Annotated[str, typer.Argument(metavar="ID", help=mark("Id of the edition: lantian rules list."))],
    workspace: OverridesOption = None,
    as_json: JsonOption = False,
) -> None:
    """One edition whole: its numbers, its source and how sure they are."""
    from lantian.cli.edition_tables import print_edition

    with _law(workspace) as (book, _):
        edition = book.by_id(edition_id)
    if as_json:
        show_json(edition.model_dump())
    else:
        print_edition(edition, words())


@app.command("at", help=mark("Which editions judge a day."))
def at_date(
    on: Annotated[str, typer.Argument(metavar="DATE", help=mark("Day of the observation: 2026-03-01."))],
    subject: SubjectOption = None,
    workspace: OverridesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Which editions judge a day."""
    import polars as pl

    language = words()
    wanted = _day(on)
    with _law(workspace) as (book, choice):
        found, without = _editions_at(book, wanted, choice, subject)
        name = _rule_set_name(book, wanted, choice)
    rows = [_row(edition, language, as_json) for edition in found]
    if as_json:
        absent = {name_of: str(fault) for name_of, fault in without.items()}
        show_json({"date": wanted, "rule_set": name, "rows": rows, "without_edition": absent})
        return
    show_frame(
        pl.DataFrame(rows),
        title=language.format(mark("The law of {day}"), day=wanted),
        caption="" if name is None else language.format(mark("Rule set: {name}"), name=name),
        headers=_headers(language),
    )
    for edition in found:
        if edition.reason is not None:
            said = language.format(
                mark("{id} departs from the packaged law: {reason}"), id=edition.id, reason=edition.reason
            )
            console().print(f"[yellow]{escape(said)}[/]")
    for fault in without.values():
        console().print(f"[yellow]{escape(error_text(fault, words()))}[/]")


@app.command("spans", help=mark("Stretches of days, each judged by one and the same rule set."))
def list_spans(
    first: Annotated[str, typer.Option("--from", help=mark("First day: 2025-01-01."))],
    last: Annotated[str, typer.Option("--to", help=mark("Last day: 2026-12-31."))],
    workspace: OverridesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Stretches of days, each judged by one and the same rule set."""
    import polars as pl

    language = words()
    with _law(workspace) as (book, choice):
        spans = book.spans(_day(first), _day(last), choice)
    rows: list[dict[str, Any]] = []
    before: dict[str, str] = {}
    for start, end, rules in spans:
        changed = [rule for subject, rule in rules.ids.items() if before and before.get(subject) != rule]
        rows.append(
            {
                "first": start,
                "last": end,
                "days": (end - start).days + 1,
                "rule_set": rules.name,
                "changed": ", ".join(changed),
            }
        )
        if as_json:
            rows[-1]["editions"], rows[-1]["changed"] = rules.ids, changed
        before = rules.ids
    if as_json:
        show_json({"rows": rows})
        return
    show_frame(pl.DataFrame(rows), title=language.gettext(mark("Rule sets by date")), headers=_headers(language))


@contextmanager
def _law(workspace: Path | None) -> "Iterator[tuple[Rulebook, Choice]]":
    """Give the packaged law, or that of a workspace with its city's choices."""
    from lantian.rules import Choice, Rulebook

    if workspace is None:
        yield Rulebook.packaged(), Choice()
        return
    with opened(workspace) as house:
        yield house.rulebook, house.choice


def _day(text: str) -> date:
    found = day(text)
    if found is None:
        raise CallerError("a date is needed here. Write it as 2026-03-01.")
    return found


def _editions_at(
    book: "Rulebook", on: date, choice: "Choice", subject: str | None
) -> tuple[list["Edition"], dict[str, RuleError]]:
    """Edition of each subject that judges a day, and why a subject has none."""
    from lantian.rules import SUBJECTS

    if subject is not None:
        book.editions(subject)
    found: list[Edition] = []
    without: dict[str, RuleError] = {}
    for name in book.subjects() if subject is None else (subject,):
        try:
            found.append(book.edition(SUBJECTS[name], name, on, choice))
        except RuleError as fault:
            without[name] = fault
    if not found:
        raise next(iter(without.values()))
    return found, without


def _rule_set_name(book: "Rulebook", on: date, choice: "Choice") -> str | None:
    try:
        return book.rule_set(on, choice).name
    except RuleError:
        return None


def _row(edition: "Edition", language: Translation, as_json: bool) -> dict[str, Any]:
    row = {
        "subject": edition.subject,
        "id": edition.id,
        "name": edition.title_zh if language.is_chinese else edition.name,
        "jurisdiction": edition.jurisdiction,
        "variant": ", ".join(edition.variant),
        "in_force": edition.in_force,
        "until": edition.until,
        "confidence": edition.confidence.value,
    }
    more = {
        "variant": list(edition.variant),
        "title": edition.title,
        "title_zh": edition.title_zh,
        "source": edition.source,
    }
    return {**row, **more} if as_json else row


def _headers(language: Translation) -> dict[str, str]:
    return {
        "subject": language.gettext(mark("Subject")),
        "id": "ID",
        "name": language.gettext(mark("Name")),
        "jurisdiction": language.gettext(mark("Where")),
        "variant": language.gettext(mark("Variants")),
        "in_force": language.gettext(mark("In force")),
        "until": language.gettext(mark("Until")),
        "confidence": language.gettext(mark("Confidence")),
        "first": language.gettext(mark("First day")),
        "last": language.gettext(mark("Last day")),
        "days": language.gettext(mark("Days")),
        "rule_set": language.gettext(mark("Rule set")),
        "changed": language.gettext(mark("Changed against the stretch before")),
    }
