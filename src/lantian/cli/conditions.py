"""What people type to pick rows of a table: ``--where station=1727A``, days, and an instant “as known on”."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.store.columns import Column, Table

FromOption = Annotated[str | None, typer.Option("--from", help=mark("First legal day, for instance 2026-03-01."))]
ToOption = Annotated[str | None, typer.Option("--to", help=mark("Last legal day."))]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(
        "--where", help=mark("COLUMN=VALUE, also != < <= > >=; nothing after = means missing. May be repeated.")
    ),
]
KnownOnOption = Annotated[
    str | None,
    typer.Option(
        "--known-on", help=mark("As it was known at this instant of the city's clock: 2026-03-01T08:00.")
    ),
]
_CONDITION = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.DOTALL)
_YES, _NO = ("true", "1", "yes", "是"), ("false", "0", "no", "否")


def instant(text: str, zone: ZoneInfo) -> datetime:
    """Read an instant as people type it; without an offset it is of the city's clock, a day is its first moment.

    Raises
    ------
    CallerError
        It is none.

    Examples
    --------
    >>> instant("2026-03-01T08", ZoneInfo("Asia/Shanghai")).isoformat()
    '2026-03-01T08:00:00+08:00'
    """
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as fault:
        raise CallerError(
            "{text!r} is no instant. Write it as 2026-03-01T08:00.",
            text=text,
        ) from fault
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def condition(table: "Table", texts: Sequence[str], zone: ZoneInfo) -> "pl.Expr | None":
    """Turn ``COLUMN=VALUE`` texts into one condition on a table's rows; None where there are none.

    Raises
    ------
    CallerError
        A text is no condition, or names a column that the table does not have, or a value of another type.
    """
    import polars as pl

    if not texts:
        return None
    return pl.all_horizontal(_one(table, text, zone) for text in texts)


def key_of(table: "Table", texts: Sequence[str], zone: ZoneInfo) -> dict[str, object]:
    """Turn ``COLUMN=VALUE`` texts into the name of one fact of a table."""
    found: dict[str, object] = {}
    for text in texts:
        name, sign, value = _parts(text)
        if sign != "=":
            raise CallerError(
                "{text!r}: one fact is named by its key with equals signs: {example}",
                text=text,
                example=_example(table),
            )
        found[name] = _value(table.column(name), value, zone)
    if set(found) != set(table.key):
        raise CallerError(
            "One fact of {name} is named by its whole key: {example}",
            name=table.name,
            example=_example(table),
        )
    return found


def _example(table: "Table") -> str:
    return " ".join(f"--where {name}=…" for name in table.key)


def _parts(text: str) -> tuple[str, str, str]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise CallerError(
            "--where {text!r}: write COLUMN=VALUE, for instance station=1727A or pm25>150",
            text=text,
        )
    name, sign, value = found.groups()
    return name, sign, value


def _one(table: "Table", text: str, zone: ZoneInfo) -> "pl.Expr":
    import polars as pl

    name, sign, value = _parts(text)
    column = table.column(name)
    if value == "":
        if sign not in ("=", "!="):
            raise CallerError(
                "--where {text!r}: there is nothing to compare with. Write a value after {sign}",
                text=text,
                sign=sign,
            )
        return pl.col(name).is_null() if sign == "=" else pl.col(name).is_not_null()
    wanted = pl.lit(_value(column, value, zone), table.schema(zone.key)[name])
    match sign:
        case "=":
            return pl.col(name) == wanted
        case "!=":
            return pl.col(name).ne_missing(wanted)
        case "<":
            return pl.col(name) < wanted
        case "<=":
            return pl.col(name) <= wanted
        case ">":
            return pl.col(name) > wanted
        case _:
            return pl.col(name) >= wanted


def _value(column: "Column", text: str, zone: ZoneInfo) -> Any:
    """Read a value in the type of its column."""
    import polars as pl

    kind = column.dtype
    try:
        if isinstance(kind, pl.Datetime):
            return instant(text, zone)
        if kind == pl.Date():
            return date.fromisoformat(text)
        if kind == pl.Boolean():
            return {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False)}[text.lower()]
        if kind.is_float():
            return float(text)
        return int(text) if kind.is_integer() else text
    except (ValueError, KeyError) as fault:
        raise CallerError(
            "{text!r} is no value of {name}, which holds {kind}. Write one of its kind.",
            text=text,
            name=column.name,
            kind=kind,
        ) from fault
