"""``lantian plan read|diff``: what a document promises, and what another edition changes; no workspace needed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from lantian.cli.plan_words import CHANGES, ROLES, TARGET_KINDS, USES, word_of
from lantian.cli.show import JsonOption, cell, console, show_frame, show_json, words
from lantian.desk.language import Translation, finding_text, mark

if TYPE_CHECKING:
    from lantian.science.plan_text.difference import Change
    from lantian.science.plan_text.records import Draft, Measure, Source

app = typer.Typer()
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
        (mark("Document number"), facts.number.text if facts.number else None),
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
        table.add_row(*(escape(text) for text in _measure_cells(row, language)))
    return table


def _measure_cells(row: "Measure", language: Translation) -> tuple[str, ...]:
    from lantian.cli.plan_numbers import indicator_words

    def names(role: str) -> str:
        return "、".join(dict.fromkeys(one.written for tail in row.tails for one in getattr(tail, role)))

    times = (one.text if one.day is None else f"{one.text} → {one.day}" for one in row.deadlines)
    numbers = (indicator_words(one, language) for one in row.indicators)
    return (
        str(row.number), row.title, names("lead"), names("cooperate"), names("implement"),
        "\n".join(times), "\n".join(numbers),
    )  # fmt: skip


def _targets_table(draft: "Draft", language: Translation) -> Table:
    from lantian.cli.plan_numbers import target_words

    table = Table(title=language.gettext("Targets of the plan as a whole"), title_justify="left", pad_edge=False)
    for name in (mark("Binds"), mark("About"), mark("Target"), mark("Years"), mark("Words")):
        table.add_column(language.gettext(name), overflow="fold")
    for row in draft.targets:
        about = "、".join(row.subjects)
        if row.except_subjects:
            about += language.format(mark(" except {names}"), names="、".join(row.except_subjects))
        table.add_row(
            word_of(TARGET_KINDS, row.kind.value, language), escape(about), escape(target_words(row, language)),
            "、".join(map(str, row.years)), escape(row.text),
        )  # fmt: skip
    return table


def _show_coverage(draft: "Draft", language: Translation) -> None:
    from lantian.science.plan_text.records import Use

    shares = draft.covered_share()
    told = ", ".join(
        f"{word_of(USES, use.value, language)} {share:.1%}"
        for use, share in sorted(shares.items(), key=lambda pair: -pair[1])
        if use is not Use.SPACE
    )
    unread = shares.get(Use.UNREAD, 0.0)
    style = "green" if 1 - unread >= _ALL_READ else "yellow"
    whole = language.format(mark("{share} of all characters accounted for"), share=f"{1 - unread:.1%}")
    console().print(f"[{style}]{whole}[/] [dim]({told})[/]")


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
    measure = row.new or row.old
    return {
        "kind": row.kind.value,
        "measure": None if measure is None else measure.number,
        "title": None if measure is None else measure.title,
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
            "change": word_of(CHANGES, record["kind"], language),
            "about": record["name"],
            "was": word_of(ROLES, record["was"], language) or None,
            "now": word_of(ROLES, record["now"], language) or None,
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
