"""Minutes from samples, hours from minutes, days, months, and the flag that a period deserves (均值与数据标记).

A period with too few valid values has no mean. Its data flag follows another rule (table 8 of HJ 212-2017: 75 % of
the values normal), and the two may disagree: a day with 18 normal hours is flagged normal and has no valid mean.
Both are computed, and the flag's cause is recomputed from the flags below it, because the text turns every cause
into a fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lantian.rules.source_records import SourceDataRule
from lantian.science.emission.quantities import BoolArray, Flags, MilligramsPerM3, numbers
from lantian.science.rounding import units
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray

MINUTES = 60
HOURS = 24


@dataclass(frozen=True, slots=True)
class Means:
    """Means of periods with the counts behind them."""

    values: FloatArray
    """NaN where too few values are valid; in the unit of what was averaged."""
    counts: IntArray
    """Valid values of each period."""
    evidence: FloatArray
    """Mean of whatever was valid, for a person to look at; NaN where nothing was."""

    @property
    def valid(self) -> BoolArray:
        """Which periods have a valid mean."""
        return ~np.isnan(self.values)


def minute_mean(
    samples: MilligramsPerM3, rule: SourceDataRule, *, valid: BoolArray | None = None, decimals: int | None = None
) -> Means:
    """Mean of each minute, or NaN with too few valid samples (分钟均值).

    Parameters
    ----------
    samples : array, shape (..., n_samples)
        Of one minute each, NaN where missing. [mg m-3]
    rule : SourceDataRule
        How many are needed.
    valid : array of bool, optional
        Which samples are valid measurements; all that are not NaN if left out.
    decimals : int, optional
        Decimals that the samples were sent with; the sum is then exact.

    Returns
    -------
    Means

    References
    ----------
    HJ 75-2017 as quoted: at least 12 valid samples of 5 s.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> minute_mean(np.array([[10.0] * 12, [10.0] * 11 + [np.nan]]), rule).values
    array([10., nan])
    """
    return mean_of_valid(samples, rule.minute_required_samples, valid=valid, decimals=decimals)


def hour_mean(
    minutes: MilligramsPerM3, rule: SourceDataRule, *, valid: BoolArray | None = None, decimals: int | None = None
) -> Means:
    """Mean of each hour, or NaN with too few valid minutes (小时均值).

    Parameters
    ----------
    minutes : array, shape (..., 60)
        Means of minutes, NaN where missing. [mg m-3]
    rule : SourceDataRule
        How many are needed.
    valid : array of bool, optional
        As for `minute_mean`; minutes under an excluding mark belong out of it.
    decimals : int, optional
        As for `minute_mean`.

    Returns
    -------
    Means

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> hour = np.array([[30.0] * 45 + [np.nan] * 15, [30.0] * 44 + [np.nan] * 16])
    >>> hour_mean(hour, rule).values, hour_mean(hour, rule).counts
    (array([30., nan]), array([45, 44]))
    """
    _length(minutes, MINUTES)
    return mean_of_valid(minutes, rule.hour_required_minutes, valid=valid, decimals=decimals)


def day_mean(
    hours: MilligramsPerM3, rule: SourceDataRule, *, valid: BoolArray | None = None, decimals: int | None = None
) -> Means:
    """Mean of each day, or NaN with too few valid hours (日均值).

    Parameters
    ----------
    hours : array, shape (..., 24)
        Means of the hours that start on the day, NaN where missing. [mg m-3]
    rule : SourceDataRule
        How many are needed.
    valid : array of bool, optional
        As for `minute_mean`.
    decimals : int, optional
        As for `minute_mean`.

    Returns
    -------
    Means

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> day_mean(np.array([[30.0] * 20 + [np.nan] * 4, [30.0] * 18 + [np.nan] * 6]), rule).values
    array([30., nan])
    """
    _length(hours, HOURS)
    return mean_of_valid(hours, rule.day_required_hours, valid=valid, decimals=decimals)


def month_mean(days: MilligramsPerM3, month: int, rule: SourceDataRule, *, decimals: int | None = None) -> Means:
    """Mean of each month, or NaN with too few valid days (月均值).

    Parameters
    ----------
    days : array, shape (..., n_days)
        Valid means of the days of one month, NaN where there is none. [mg m-3]
    month : int
        1 … 12; February needs fewer.
    rule : SourceDataRule
        How many are needed.
    decimals : int, optional
        As for `minute_mean`.

    Returns
    -------
    Means

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> days = np.array([[8.0] * 23 + [np.nan] * 5])
    >>> month_mean(days, 2, rule).values, month_mean(days, 3, rule).values
    (array([8.]), array([nan]))
    """
    return mean_of_valid(days, rule.days_required(month), decimals=decimals)


def mean_of_valid(
    values: FloatArray, required: int, *, valid: BoolArray | None = None, decimals: int | None = None
) -> Means:
    """Mean along the last axis of what is valid, or NaN where that is too little.

    Parameters
    ----------
    values : array, shape (..., n)
        NaN where missing.
    required : int
        Fewest valid values.
    valid : array of bool, optional
        Which are valid; NaN never is.
    decimals : int, optional
        Decimals that the values carry: they are then added as whole units, and the mean of 0.1, 0.2 and 0.3 is
        the double nearest to 0.2.

    Returns
    -------
    Means

    Examples
    --------
    >>> mean_of_valid(np.array([0.1, 0.2, 0.3]), 3, decimals=1).values
    array(0.2)
    """
    given = numbers(values)
    counted = ~np.isnan(given) if valid is None else np.asarray(valid, dtype=bool) & ~np.isnan(given)
    counts = counted.sum(axis=-1)
    scale = 1.0 if decimals is None else 10.0**decimals
    whole = given if decimals is None else units(given, decimals)
    total = np.where(counted, whole, 0.0).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        evidence = np.where(counts > 0, total / (counts * scale), np.nan)
    return Means(np.where(counts >= required, evidence, np.nan), np.asarray(counts, dtype=np.int64), evidence)


# ---------------------------------------------------------------------------------------------- flags


@dataclass(frozen=True, slots=True)
class PeriodFlags:
    """Flags of periods: what the text gives, and the cause that it loses."""

    flags: Flags
    """A normal flag, or the one that the text gives to everything else."""
    causes: Flags
    """The most frequent abnormal flag of an abnormal period; the flag itself where it is normal."""
    normal_counts: IntArray
    """Normal values of each period."""


def period_flags(flags: Flags, rule: SourceDataRule, *, water: bool = False) -> PeriodFlags:
    """Flag of each period from those of its values, with the cause kept (时段数据标记及原因).

    Parameters
    ----------
    flags : array of str, shape (..., n)
        Flags of all values that the period should have, an empty text where none came.
    rule : SourceDataRule
        Share that must be normal, order of causes.
    water : bool
        Waste-water outlets: one abnormal value may make the period abnormal.

    Returns
    -------
    PeriodFlags

    References
    ----------
    HJ 212-2017, notes to table 8; the cause is ours.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> found = period_flags(np.array([["N"] * 45 + ["C"] * 15, ["N"] * 44 + ["C"] * 16]), rule)
    >>> found.flags.tolist(), found.causes.tolist()
    (['N', 'D'], ['N', 'C'])
    """
    given = np.asarray(flags, dtype=np.str_)
    came = given != ""
    normal = np.isin(given, rule.normal_flags)
    normal_counts = normal.sum(axis=-1)
    of = np.full(normal_counts.shape, given.shape[-1])
    if rule.flag_share_of == "received":
        of = came.sum(axis=-1)
    share = Fraction(1) if water and rule.water_needs_all else Fraction(rule.flag_share)
    lawful = (normal_counts * share.denominator >= of * share.numerator) & (normal_counts > 0)
    named = np.where(came, given, rule.missing_flag)
    order = _causes_in(named, normal, rule)
    tallies = np.stack([(named == cause).sum(axis=-1) for cause in order], axis=-1)
    causes = np.asarray(order, dtype=np.str_)[tallies.argmax(axis=-1)]
    usual = rule.normal_flags[0]
    return PeriodFlags(
        np.where(lawful, usual, rule.abnormal_flag),
        np.where(lawful, usual, causes),
        np.asarray(normal_counts, dtype=np.int64),
    )


def _causes_in(flags: Flags, normal: BoolArray, rule: SourceDataRule) -> Sequence[str]:
    """Give every abnormal flag there is: first those that the rule orders, then strangers by name."""
    strangers = sorted(set(np.unique(flags[~normal]).tolist()) - set(rule.cause_order))
    return [*rule.cause_order, *strangers]


def _length(values: FloatArray, wanted: int) -> None:
    shape = np.shape(values)
    if not shape or shape[-1] != wanted:
        raise CallerError(
            "the last axis has {shape} values and needs {wanted}, one for each part of the period; put NaN where "
            "a value is missing",
            shape=shape[-1] if shape else 0,
            wanted=wanted,
        )
