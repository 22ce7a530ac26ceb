"""How every command shows a table, a finding and a run: Rich for people, JSON for programs."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lantian.desk.language import DEFAULT_LOCALE, Translation, mark, translation
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.assembly import House

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", envvar="LANTIAN_WORKSPACE", help=mark("Folder of the workspace."))
]
JsonOption = Annotated[bool, typer.Option("--json", help=mark("Print JSON for programs instead of a table."))]
MISSING = "—"


_spoken: ContextVar[Translation | None] = ContextVar("spoken", default=None)


@contextmanager
def speaking(language: Translation) -> Iterator[None]:
    """Let everything that is shown inside speak one language."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def words() -> Translation:
    """Return the language of the running command; outside of one ``LANTIAN_LANGUAGE``, by default Chinese."""
    return _spoken.get() or translation(os.environ.get("LANTIAN_LANGUAGE", DEFAULT_LOCALE))


def console() -> Console:
    """Return a terminal as wide as it is, and wide enough for a table when there is none."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=max(plain.width, 160))


@contextmanager
def opened(workspace: Path) -> Iterator["House"]:
    """Open a workspace for one command and close it after."""
    from lantian.assembly import open_workspace

    house = open_workspace(workspace)
    try:
        yield house
    finally:
        house.close()


@contextmanager
def progress_bar(title: str, *, quiet: bool = False) -> Iterator[Any]:
    """Show a bar on the error stream; gives a function (share 0 … 1, words)."""
    if quiet:
        yield lambda _share, _words: None
        return
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[words]}"),
        console=Console(stderr=True),
    ) as bars:
        task = bars.add_task(escape(title), total=1.0, words="")
        yield lambda share, what: bars.update(task, completed=share, words=escape(what))


def cell(value: Any, decimals: int | None = None) -> str:
    """Write one value for people: a dash for missing, given decimals, no trailing noise."""
    if value is None or (isinstance(value, float) and value != value):
        return MISSING
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return f"{value:.{decimals}f}" if decimals is not None else f"{value:g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def show_frame(
    frame: "pl.DataFrame",
    *,
    title: str = "",
    caption: str = "",
    headers: dict[str, str] | None = None,
    decimals: dict[str, int] | None = None,
    styles: dict[str, Sequence[str | None]] | None = None,
    as_json: bool = False,
    extra: dict[str, Any] | None = None,
) -> None:
    """Print a frame as a table, or as one JSON object ``{"rows": [...], ...extra}``.

    `styles` gives per column one Rich style per row; numbers stand right.
    """
    if as_json:
        show_json({**(extra or {}), "rows": frame.to_dicts()})
        return
    language = words()
    table = Table(title=title or None, caption=caption or None, title_justify="left", caption_justify="left")
    for name, dtype in frame.schema.items():
        table.add_column(
            (headers or {}).get(name, language.gettext(name)), justify="right" if dtype.is_numeric() else "left"
        )
    for number, row in enumerate(frame.iter_rows(named=True)):
        table.add_row(*(_styled(name, value, number, decimals, styles) for name, value in row.items()))
    console().print(table)


def _styled(
    name: str,
    value: Any,
    number: int,
    decimals: dict[str, int] | None,
    styles: dict[str, Sequence[str | None]] | None,
) -> str:
    text = escape(cell(value, (decimals or {}).get(name)))
    style = styles[name][number] if styles and name in styles else None
    return f"[{style}]{text}[/]" if style else text


def show_json(value: Any) -> None:
    """Print one JSON document: dates in ISO form, missing numbers as null."""
    typer.echo(json.dumps(_plain(value), ensure_ascii=False, indent=2))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


def day(text: str | None) -> date | None:
    """Read a date as people type it: ``2026-03-01`` or ``20260301``."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as fault:
        raise CallerError(
            "{text!r} is not a date. Write it as 2026-03-01.",
            text=text,
        ) from fault
