"""Tables of the standard that come with the package, read once when somebody first asks."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from lantian.wire.hj212.editions import Edition

Row = dict[str, Any]


def rows(file: str, table: str) -> tuple[Row, ...]:
    """Return the rows of one table of a packaged file.

    Examples
    --------
    >>> rows("systems", "system")[1]["code"]
    '22'
    """
    return tuple(_read(file)[table])


def mapping(file: str, table: str) -> Row:
    """Return one table of a packaged file that holds named things."""
    found: Row = _read(file)[table]
    return found


@cache
def _read(file: str) -> Row:
    text = resources.files("lantian.wire.hj212").joinpath(f"{file}.toml").read_text("utf-8")
    return tomllib.loads(text)


def editions_of(row: Row) -> tuple[Edition, ...]:
    """Return the editions that a row belongs to; all when it names none."""
    return tuple(Edition(year) for year in row.get("editions", Edition))
