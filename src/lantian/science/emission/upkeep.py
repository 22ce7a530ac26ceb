"""Hours in which an analyser was out of control: a check failed, or the next one is overdue (失控时段、校准超期).

A failed check throws doubt on everything back to the last one that passed, and on everything until the next one
that passes. What this finds is proposed as not valid; a person decides.
"""

from typing import Literal

import numpy as np

from lantian.rules.source_records import SourceDataRule
from lantian.science.emission.quantities import BoolArray
from lantian.terms.errors import CallerError, RuleError
from lantian.terms.types import IntArray


def check_interval(
    check: Literal["zero_span", "whole_path", "verification"],
    kind: Literal["extractive_gas", "in_situ_gas", "particulate", "flow"],
    rule: SourceDataRule,
    *,
    automatic: bool,
) -> int:
    """Longest lawful time between two checks of an analyser (校准、校验周期). [h].

    Parameters
    ----------
    check : {"zero_span", "whole_path", "verification"}
        Which check.
    kind : {"extractive_gas", "in_situ_gas", "particulate", "flow"}
        Kind of analyser.
    rule : SourceDataRule
        Intervals in force.
    automatic : bool
        Whether the analyser checks itself.

    Returns
    -------
    int
        [h]

    Raises
    ------
    RuleError
        If the edition has no interval for that check and analyser.

    References
    ----------
    HJ 75-2017, from memory (confidence C in the rule).

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> check_interval("zero_span", "particulate", rule, automatic=False) // 24
    15
    """
    for row in rule.checks:
        if row.check == check and row.kind in (kind, "any") and row.automatic in (automatic, None):
            return row.hours
    raise RuleError(
        "{id} lays down no interval for the check {check} of {kind}, so it can never be overdue; leave the check "
        "out or add the interval to the rule",
        id=rule.id,
        check=check,
        kind=kind,
    )


def out_of_control(checked: IntArray, passed: BoolArray, hours: int, interval: int) -> BoolArray:
    """Mark the hours of an analyser that no passed check stands for (失控时段).

    Parameters
    ----------
    checked : array of int, shape (n_checks,)
        Hour of each check after the first hour, rising; negative for checks before it. [h]
    passed : array of bool, shape (n_checks,)
        Whether each was within its limits.
    hours : int
        How many hours are looked at. [h]
    interval : int
        Longest lawful time between two checks. [h]

    Returns
    -------
    array of bool, shape (hours,)
        True in hours between a failed check and the passed ones around it, and in hours after the interval of the
        last check has run out. An hour before any check is overdue.

    Raises
    ------
    CallerError
        If the checks are not in order, or do not fit their results.

    Examples
    --------
    >>> out_of_control(np.array([0, 4, 6]), np.array([True, False, True]), 12, 4).nonzero()[0]
    array([ 0,  1,  2,  3,  4,  5, 10, 11])
    """
    times, good = np.asarray(checked, dtype=np.int64), np.asarray(passed, dtype=bool)
    if times.ndim != 1 or times.shape != good.shape or np.any(np.diff(times) < 0):
        raise CallerError(
            "{checks} checks with {results} results must rise in time; sort them by their hour",
            checks=times.size,
            results=good.size,
        )
    now = np.arange(hours)
    last = np.searchsorted(times, now, side="right") - 1
    following = last + 1
    seen = last >= 0
    at_last = np.where(seen, last, 0)
    at_next = np.minimum(following, max(times.size - 1, 0))
    if times.size == 0:
        return np.ones(hours, dtype=bool)
    failed_before = seen & ~good[at_last]
    failed_after = (following < times.size) & ~good[at_next]
    overdue = ~seen | (now - times[at_last] >= interval)
    found: BoolArray = failed_before | failed_after | overdue
    return found
