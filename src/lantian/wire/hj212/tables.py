"""Tables of the standard that come with the package, read once when somebody first asks."""

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from lantian.wire.hj212.editions import Edition

Row = dict[str, Any]


@cache
def rows(file: str, table: str) -> tuple[Row, ...]:
    """Rows of one table of a packaged file.

    Examples
    --------
    >>> rows("systems", "system")[1]["code"]
    '22'
    """
    text = resources.files("lantian.wire.hj212").joinpath(f"{file}.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)[table])


def editions_of(row: Row) -> tuple[Edition, ...]:
    """Editions that a row belongs to; all when it names none."""
    return tuple(Edition(year) for year in row.get("editions", Edition))
