"""Pages without counts: a cursor holds the key of the last row, and the question that it belongs to."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.web.api.resources import Resource

Read = Callable[[date, date], pl.DataFrame]
"""Reads the rows of some days, shaped and in the order of the key."""
Key = tuple[object, ...]
_MARK = 12
_MOST = 2_000
"""Characters of a cursor."""


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Cut a stretch of days at the ends of its months.

    Examples
    --------
    >>> [str(end) for _, end in months(date(2026, 1, 30), date(2026, 2, 2))]
    ['2026-01-31', '2026-02-02']
    """
    begin = first
    while begin <= last:
        end = min(Period.containing(PeriodKind.MONTH, begin).last, last)
        yield begin, end
        begin = end + timedelta(days=1)


def days(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Cut a stretch of days into its days."""
    for place in range((last - first).days + 1):
        yield (first + timedelta(days=place),) * 2


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a resource, apart from the page."""

    resource: Resource
    read: Read
    first: date
    last: date
    about: tuple[object, ...]
    """Everything that the rows depend on besides the days."""

    def parts(self, since: date | None = None) -> Iterator[pl.DataFrame]:
        """Read the rows month by month, or day by day, so that no more than that is held."""
        if self.resource.once:
            yield self.read(self.first, self.last)
            return
        cuts = days if self.resource.daily else months
        for first, last in cuts(since or self.first, self.last):
            yield self.read(first, last)

    @property
    def mark(self) -> str:
        """Short digest by which a cursor knows its question again."""
        said = repr((self.resource.name, self.first, self.last, self.about))
        return hashlib.sha256(said.encode()).hexdigest()[:_MARK]


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor of the next page; None where these were the last."""

    rows: pl.DataFrame
    cursor: str | None


def page_of(question: Question, cursor: str | None, limit: int) -> Page:
    """Read one page.

    Raises
    ------
    CallerError
        The cursor is none of ours, or belongs to another question.
    """
    key = None if cursor is None else _opened(cursor, question)
    since = None if key is None or question.resource.once else _day_of(key[0])
    held: list[pl.DataFrame] = []
    count = 0
    for part in question.parts(since):
        rows = part if key is None else part.filter(_behind(question.resource, part, key))
        held.append(rows.head(limit + 1 - count))
        count += held[-1].height
        if count > limit:
            break
    rows = pl.concat(held) if held else question.read(question.first, question.first).clear()
    if count <= limit:
        return Page(rows, None)
    page = rows.head(limit)
    return Page(page, _closed(page.select(question.resource.key).row(-1), question))


def _day_of(value: object) -> date:
    return value.date() if isinstance(value, datetime) else value  # type: ignore[return-value]


def _behind(resource: Resource, rows: pl.DataFrame, key: Key) -> pl.Expr:
    """Write the condition that a row comes after a key."""
    after = pl.lit(value=False)
    for name, value in reversed(tuple(zip(resource.key, key, strict=True))):
        held = pl.lit(value, dtype=rows.schema[name])
        further = pl.col(name) < held if resource.falling else pl.col(name) > held
        after = further | ((pl.col(name) == held) & after)
    return after


def _closed(key: Sequence[object], question: Question) -> str:
    parts = [each.isoformat() if isinstance(each, date) else each for each in key]
    return base64.urlsafe_b64encode(json.dumps([question.mark, *parts]).encode()).decode().rstrip("=")


def _opened(cursor: str, question: Question) -> Key:
    wrong = CallerError(
        "This cursor does not fit the question. Ask for the first page again, and change nothing but the cursor."
    )
    names = question.resource.key
    try:
        held = json.loads(base64.urlsafe_b64decode(cursor[:_MOST] + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise wrong from error
    if not isinstance(held, list) or len(held) != len(names) + 1 or held[0] != question.mark:
        raise wrong
    types = {field.name: field.dtype for field in question.resource.fields}
    try:
        return tuple(_typed(value, types[name]) for name, value in zip(names, held[1:], strict=True))
    except (TypeError, ValueError) as error:
        raise wrong from error


def _typed(value: object, dtype: pl.DataType) -> object:
    if dtype.is_temporal():
        said = str(value)
        return date.fromisoformat(said) if dtype == pl.Date() else datetime.fromisoformat(said)
    if isinstance(value, dict | list) or value is None:
        msg = "a key is a plain value"
        raise TypeError(msg)
    if dtype == pl.String() and not isinstance(value, str):
        msg = "a text is wanted"
        raise TypeError(msg)
    return value
