"""Comma-separated files that Excel opens rightly and that no formula can hide in."""

import re
from pathlib import Path

import polars as pl

from lantian.desk.paper.whole import whole_file

_STARTS = "=+\\-@\t\r\n＝＋－＠"
GUARDED = re.compile(f"^'*[{_STARTS}]")
"""Text that a spreadsheet would run as a formula, with or without guards before it."""


def guard(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would take for a formula (= + - @ tab).

    Examples
    --------
    >>> guard("=1+1"), guard("清华站"), unguard(guard("'=x"))
    ("'=1+1", '清华站', "'=x")
    """
    return f"'{text}" if GUARDED.match(text) else text


def unguard(text: str) -> str:
    """Take the apostrophe of `guard` away again; any other text stays as it is."""
    return text[1:] if text.startswith("'") and GUARDED.match(text) else text


def guarded(expression: pl.Expr) -> pl.Expr:
    """`guard` for a column of text."""
    return pl.when(expression.str.contains(GUARDED.pattern)).then("'" + expression).otherwise(expression)


def unguarded(expression: pl.Expr) -> pl.Expr:
    """`unguard` for a column of text."""
    hit = expression.str.starts_with("'") & expression.str.contains(GUARDED.pattern)
    return pl.when(hit).then(expression.str.slice(1)).otherwise(expression)


def write_csv(path: Path, frame: pl.DataFrame, *, header: list[str] | None = None) -> None:
    """Write a frame as UTF-8 with byte order mark: whole or not at all.

    Parameters
    ----------
    path : Path
        File to make or replace; its folder is made if absent.
    frame : DataFrame
        Numbers are written by their shortest exact text, instants with their offset, missing as empty.
    header : list of str, optional
        Titles for people; by default the names of the columns, which an import knows again.

    Raises
    ------
    HouseError
        When the disk refuses.
    """
    safe = [
        guarded(pl.col(name)).alias(name)
        if kind == pl.String
        else pl.col(name).dt.strftime("%Y-%m-%d %H:%M:%S%.f%:z").alias(name)
        if isinstance(kind, pl.Datetime) and kind.time_zone is not None
        else pl.col(name)
        for name, kind in frame.schema.items()
    ]
    titles = [guard(text) for text in (header or frame.columns)]
    out = frame.select(safe)
    with whole_file(path) as temporary, temporary.open("wb") as file:
        file.write(b"\xef\xbb\xbf" + _line(titles))
        out.write_csv(file, include_header=False, line_terminator="\r\n", datetime_format="%Y-%m-%d %H:%M:%S")


def _line(cells: list[str]) -> bytes:
    quoted = [f'"{text.replace(chr(34), chr(34) * 2)}"' if re.search('[",\r\n]', text) else text for text in cells]
    return (",".join(quoted) + "\r\n").encode("utf-8")
