"""A table that is ready to be exported: its columns described, its editions and runs named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from lantian.rules.edition import Edition
from lantian.terms.errors import CallerError, RuleError
from lantian.terms.periods import Period, period_named

if TYPE_CHECKING:
    from lantian.assembly import House


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants exported; None and empty: everything, or the usual."""

    what: str
    first: date | None = None
    last: date | None = None
    period: str | None = None
    codes: tuple[str, ...] = ()
    kind: str | None = None
    where: tuple[str, ...] = ()
    known_on: datetime | None = None
    withdrawn: bool = False
    """Whether rows that no longer hold are wanted too."""
    list_key: str = "composite_index"
    group: str = "all"
    basis: str | None = None
    law: str = "this"


@dataclass(frozen=True, slots=True)
class Described:
    """One column for a stranger."""

    name: str
    title: str
    """Heading for people."""
    unit: str = ""
    meaning: str = ""
    meaning_zh: str = ""
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A table that is ready to be written, and how it was made."""

    name: str
    title: str
    frame: pl.DataFrame
    columns: tuple[Described, ...]
    period: str
    sources: tuple[str, ...]
    editions: tuple[Edition, ...] = ()
    run_ids: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    for_people: bool = False
    """Whether a workbook heads the columns in words; a table of the lake keeps its names for imports."""
    fills: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    months: pl.DataFrame | None = None
    """A calendar as months by days."""
    month_fills: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def named_period(text: str) -> Period:
    """Read a period as people type it."""
    try:
        return period_named(text)
    except ValueError as fault:
        raise CallerError(str(fault)) from fault


def span_of(rows: pl.DataFrame, day: str | None) -> str:
    """First and last day of the rows, for people."""
    if day is None or rows.is_empty():
        return "—"
    first, last = rows.select(first=pl.col(day).min(), last=pl.col(day).max()).row(0)
    return f"{first} … {last}"


def distinct(rows: pl.DataFrame, column: str) -> tuple[str, ...]:
    """Return the different words of a column, sorted; nothing where the column is absent."""
    if column not in rows.columns:
        return ()
    return tuple(rows.get_column(column).drop_nulls().unique().sort().to_list())


def editions_of(house: "House", rows: pl.DataFrame) -> tuple[Edition, ...]:
    """Editions that judged the rows; for measurements those of the state that they are given at."""
    if "rules" in rows.columns:
        ids = list(dict.fromkeys(one for text in distinct(rows, "rules") for one in text.split()))
        return tuple(edition for one in ids if (edition := _edition(house, one)) is not None)
    if "state" in rows.columns and rows.height:
        first, last = rows.select(first=pl.col("legal_day").min(), last=pl.col("legal_day").max()).row(0)
        return tuple(
            edition
            for edition in house.rulebook.editions("gas_state")
            if edition.in_force <= last and (edition.until is None or edition.until >= first)
        )
    return ()


def _edition(house: "House", identifier: str) -> Edition | None:
    """Return an edition by id; one that is gone from the rulebook is named by the rows alone."""
    try:
        return house.rulebook.by_id(identifier)
    except RuleError:
        return None


def level_fills(house: "House", rows: pl.DataFrame, day: str | None) -> dict[str, dict[str, str]]:
    """Legal colours of the levels, for a workbook."""
    if "level" not in rows.columns or rows.schema["level"] == pl.String or day is None or rows.is_empty():
        return {}
    newest: Any = rows.get_column(day).max()
    categories = house.rulebook.categories(newest, house.choice).categories
    return {"level": {str(row.level): row.colour for row in categories}}
