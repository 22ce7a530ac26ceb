"""Condition and monitoring marks laid over the hours of an outlet (工况标记、监测异常标记).

A mark says what the source or the analyser did from one minute to another. It never changes a value: it says
which minutes an edition of the rule leaves out of the judgement, and every excluded minute stays countable. A
manual mark goes before an automatic one, a later revision before an earlier, and a mark that the outlet's industry
does not have excludes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lantian.rules.source_records import MarkRule
from lantian.science.emission.quantities import BoolArray
from lantian.terms.errors import CallerError
from lantian.terms.types import IntArray

Family = Literal["condition", "monitoring"]
FAMILIES: tuple[Family, ...] = ("condition", "monitoring")
MINUTE = timedelta(minutes=1)
_MINUTES = 60
_NO_MARK = -1


@dataclass(frozen=True, slots=True)
class Mark:
    """One statement about an outlet, from one minute to another (标记)."""

    id: str
    """Stays the same when it is corrected."""
    outlet: str
    family: Family
    code: str
    """A code of the industry's rule."""
    begin: datetime
    """First marked minute, timezone-aware."""
    end: datetime
    """First minute that is no longer marked."""
    factor: str | None = None
    """HJ 212 code of the only factor that it is about; None for all."""
    source: Literal["automatic", "manual"] = "automatic"
    author: str = ""
    reason: str = ""
    evidence: str = ""
    revision: int = 0
    """The highest revision of an id counts."""
    withdrawn: bool = False
    """A revision that takes the mark back."""


@dataclass(frozen=True, slots=True)
class MarkedHours:
    """What the marks of an outlet say about consecutive hours, for one factor."""

    first_hour: datetime
    codes: tuple[str, ...]
    """Codes of the columns of `minutes`."""
    minutes: IntArray
    """Marked minutes of each hour and code, shape (n_hours, n_codes) [min]."""
    excluded_minutes: IntArray
    """Minutes of each hour under any mark that excludes [min]."""
    excluded: BoolArray
    """Hours that the rule leaves out of the judgement."""
    stopped_minutes: IntArray
    """Minutes in which the source stood [min]."""
    stopped: BoolArray
    """Hours in which the source stood from the first minute to the last."""
    conditions: NDArray[np.str_]
    """Condition of each minute, shape (n_hours, 60); empty where nothing is known."""
    unmeasured: BoolArray
    """Minutes under a monitoring mark that excludes and is no stop, shape (n_hours, 60): nothing was measured."""

    def minutes_of(self, code: str) -> IntArray:
        """Return the minutes of each hour under one code; noughts for a code that nobody set. [min]"""
        if code not in self.codes:
            return np.zeros(len(self.minutes), dtype=np.int64)
        return self.minutes[:, self.codes.index(code)]


def current_marks(marks: Iterable[Mark]) -> list[Mark]:
    """List the marks that stand: of each id the highest revision, unless that one takes it back.

    Examples
    --------
    >>> from datetime import UTC
    >>> begin = datetime(2024, 1, 1, tzinfo=UTC)
    >>> first = Mark("m1", "DA001", "condition", "fault", begin, begin + MINUTE)
    >>> again = Mark("m1", "DA001", "condition", "stopped", begin, begin + MINUTE, revision=1)
    >>> [mark.code for mark in current_marks([again, first])]
    ['stopped']
    """
    latest: dict[tuple[str, str], Mark] = {}
    for mark in marks:
        held = latest.get((mark.outlet, mark.id))
        if held is None or mark.revision > held.revision:
            latest[mark.outlet, mark.id] = mark
    return sorted((mark for mark in latest.values() if not mark.withdrawn), key=lambda mark: (mark.begin, mark.id))


def marked_hours(
    marks: Iterable[Mark], first_hour: datetime, hours: int, rule: MarkRule, *, factor: str | None = None
) -> MarkedHours:
    """Lay the marks of one outlet over consecutive hours, minute by minute (按分钟展开标记).

    Parameters
    ----------
    marks : iterable of Mark
        Of one outlet; any revisions.
    first_hour : datetime
        Start of the first hour, timezone-aware.
    hours : int
        How many hours. [h]
    rule : MarkRule
        Codes of the outlet's industry on that day and what they exclude.
    factor : str, optional
        The factor that is judged; marks of other factors are left out. Without one only marks of all factors
        count.

    Returns
    -------
    MarkedHours

    Raises
    ------
    CallerError
        If marks are of several outlets, or a time has no timezone.

    Examples
    --------
    >>> from datetime import UTC, date
    >>> from lantian.rules import Choice, Rulebook
    >>> choice = Choice(variants={"marks": "thermal_power"})
    >>> rule = Rulebook.packaged().edition(MarkRule, "marks", date(2024, 1, 1), choice)
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> fault = Mark("m1", "DA001", "condition", "fault", noon + 50 * MINUTE, noon + 90 * MINUTE)
    >>> found = marked_hours([fault], noon, 2, rule)
    >>> found.minutes_of("fault"), found.excluded
    (array([10, 30]), array([False,  True]))
    """
    standing = _of_one_outlet(current_marks(marks))
    _aware(first_hour, "the first hour")
    about = [mark for mark in standing if mark.factor is None or mark.factor == factor]
    codes = tuple(dict.fromkeys(mark.code for mark in about))
    painted = {family: _painted(about, family, codes, first_hour, hours * _MINUTES) for family in FAMILIES}
    minutes = np.stack(
        [sum_over_hours(painted["condition"] == n) + sum_over_hours(painted["monitoring"] == n)
         for n in range(len(codes))],
        axis=-1,
    ) if codes else np.zeros((hours, 0), dtype=np.int64)  # fmt: skip
    excluding = _under(painted, codes, rule.codes_that("excludes"))
    standing_still = _under(painted, codes, rule.codes_that("stops"))
    excluded_minutes, stopped_minutes = sum_over_hours(excluding), sum_over_hours(standing_still)
    no_measurement = rule.codes_that("excludes") - rule.codes_that("stops")
    names = np.asarray([*codes, rule.unmarked_condition], dtype=np.str_)
    return MarkedHours(
        first_hour=first_hour,
        codes=codes,
        minutes=minutes,
        excluded_minutes=excluded_minutes,
        excluded=excluded_minutes >= rule.minutes_to_exclude,
        stopped_minutes=stopped_minutes,
        stopped=stopped_minutes == _MINUTES,
        conditions=names[painted["condition"]].reshape(hours, _MINUTES),
        unmeasured=_in_family(painted["monitoring"], codes, no_measurement).reshape(hours, _MINUTES),
    )


def sum_over_hours(minutes: BoolArray) -> IntArray:
    """Count the minutes of each hour.

    Parameters
    ----------
    minutes : array of bool, shape (60 * n_hours,)
        Consecutive minutes from the start of an hour.

    Returns
    -------
    array of int, shape (n_hours,)
        [min]

    Examples
    --------
    >>> sum_over_hours(np.arange(120) < 75)
    array([60, 15])
    """
    counted: IntArray = np.asarray(minutes).reshape(-1, _MINUTES).sum(axis=1)
    return counted


def minute_span(mark: Mark, first_hour: datetime, minutes: int) -> slice:
    """Which minutes after the first hour a mark covers, cut to what is looked at.

    A begin within a minute covers it whole, an end within a minute too: a mark is exact to the minute.

    Parameters
    ----------
    mark : Mark
        Any.
    first_hour : datetime
        Start of minute 0.
    minutes : int
        How many minutes are looked at. [min]

    Returns
    -------
    slice

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2024, 1, 1, 12, tzinfo=UTC)
    >>> minute_span(Mark("m", "DA001", "condition", "fault", noon - MINUTE, noon + MINUTE), noon, 60)
    slice(0, 1, None)
    """
    begin = (mark.begin - first_hour) // MINUTE
    end = -((first_hour - mark.end) // MINUTE)
    return slice(min(max(begin, 0), minutes), min(max(end, 0), minutes))


def _painted(
    marks: Sequence[Mark], family: Family, codes: Sequence[str], first_hour: datetime, minutes: int
) -> IntArray:
    """Give each minute the number of its code in `codes`; automatic marks first, manual ones over them."""
    canvas = np.full(minutes, _NO_MARK, dtype=np.int64)
    order = {"automatic": 0, "manual": 1}
    for mark in sorted(marks, key=lambda mark: (order[mark.source], mark.begin, mark.id)):
        if mark.family == family:
            canvas[minute_span(mark, first_hour, minutes)] = codes.index(mark.code)
    return canvas


def _under(painted: dict[Family, IntArray], codes: Sequence[str], wanted: frozenset[str]) -> BoolArray:
    """Which minutes are under a wanted code of either family."""
    return _in_family(painted["condition"], codes, wanted) | _in_family(painted["monitoring"], codes, wanted)


def _in_family(canvas: IntArray, codes: Sequence[str], wanted: frozenset[str]) -> BoolArray:
    """Which minutes of one family are under a wanted code."""
    return np.isin(canvas, [n for n, code in enumerate(codes) if code in wanted])


def _of_one_outlet(marks: list[Mark]) -> list[Mark]:
    outlets = sorted({mark.outlet for mark in marks})
    if len(outlets) > 1:
        raise CallerError(
            "marks of {outlets} were passed together, and one outlet's stop would excuse another; pass one outlet "
            "at a time",
            outlets=", ".join(outlets),
        )
    for mark in marks:
        _aware(mark.begin, mark.id)
        _aware(mark.end, mark.id)
    return marks


def _aware(moment: datetime, what: str) -> None:
    if moment.tzinfo is None:
        raise CallerError(
            "{what}: {moment} has no timezone, so its minute cannot be placed; give a timezone-aware time",
            what=what,
            moment=moment,
        )
