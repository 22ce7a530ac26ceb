"""An edition of a rule in the terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from lantian.cli.show import console
from lantian.desk.language import Translation
from lantian.desk.law_tables import LawTable, about, law_tables
from lantian.desk.paper.palette import ink_on
from lantian.rules.edition import Edition


def print_edition(edition: Edition, language: Translation) -> None:
    """Print everything an edition says."""
    for part in edition_parts(edition, language):
        console().print(part)


def edition_parts(edition: Edition, language: Translation) -> Iterator[RenderableType]:
    """Give the head of an edition and one table for each part of what it holds."""
    head = Table(title=escape(edition.id), title_justify="left", show_header=False)
    head.add_column(style="dim", no_wrap=True)
    head.add_column(overflow="fold")
    for heading, text in about(edition, language):
        head.add_row(heading, escape(text))
    yield head
    for table in law_tables(edition, language):
        yield _drawn(table)


def _drawn(table: LawTable) -> Table:
    drawn = Table(title=escape(table.title), title_justify="left")
    for place, heading in enumerate(table.headings):
        drawn.add_column(escape(heading), justify="right" if place in table.numbers else "left", overflow="fold")
    for at, row in enumerate(table.rows):
        drawn.add_row(*(_cell(text, table.colours.get((at, place))) for place, text in enumerate(row)))
    if table.foot:
        drawn.add_section()
        for row in table.foot:
            drawn.add_row(*(escape(text) for text in row))
    return drawn


def _cell(text: str, colour: str | None) -> str:
    return escape(text) if colour is None else f"[{ink_on(colour)} on {colour}] {escape(text)} [/]"
