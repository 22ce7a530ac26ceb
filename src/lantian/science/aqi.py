"""Air quality index: sub-indices, index, primary pollutants and what may be published (空气质量指数).

One value or one set at a time in exact fractions (`iaqi`, `aqi`), or millions of sets through lookup tables of
whole numbers (`index_of`); both give the same index to the last unit. Every number of the law comes with the rule
record.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import AqiCategories, AqiRule, Category, Indicator
from lantian.science.rounding import Scalar, rounded, units
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, IndexArray

NONE = -1
"""Marks "no index" in arrays of indices."""
LARGEST = int(np.iinfo(np.int16).max)
"""Where a last line that is drawn on without end stops."""
_BLOCK = 16_384
"""Sets per pass: the intermediate arrays of one pass stay in the processor's cache."""

Segment = tuple[Decimal, Decimal, int, int]
"""Lower and upper concentration, lower and upper index."""


@dataclass(frozen=True, slots=True)
class AqiOfSet:
    """Index of one set of concentrations, and what of it may be published."""

    iaqi: Mapping[str, int | None]
    """Sub-index per indicator key of the rule; None where there is none. [1]"""
    highest: int | None
    """Highest sub-index that is there, whether or not it may be published. [1]"""
    aqi: int | None
    """Index to be published; None means ``NA``. [1]"""
    primary: tuple[Pollutant, ...]
    """Primary pollutants (首要污染物) in table order."""
    exceeding: tuple[Pollutant, ...]
    """Exceeding pollutants (超标污染物), empty where the edition names none."""
    category: Category | None = None
    """Level of the index, when the categories were given."""

    @property
    def published(self) -> bool:
        """Whether the index may be published."""
        return self.aqi is not None


@dataclass(frozen=True, slots=True)
class AqiArrays:
    """Indices of many sets; -1 stands for none."""

    keys: tuple[str, ...]
    """Indicator keys of the rule: the last axis of `iaqi`."""
    pollutants: tuple[Pollutant, ...]
    """Pollutant of each of those columns."""
    iaqi: IndexArray
    """Sub-index, shape (..., k). [1]"""
    highest: IndexArray
    """Highest sub-index that is there, shape (...). [1]"""
    aqi: IndexArray
    """Index to be published, shape (...). [1]"""
    published: NDArray[np.bool_]
    """Whether an index may be published, shape (...)."""
    primary: NDArray[np.uint8]
    """Primary pollutants, shape (...): bit i stands for ``BASIC[i]``; read it with `pollutants_of`."""
    exceeding: NDArray[np.uint8]
    """Exceeding pollutants, likewise."""

    @classmethod
    def unfilled(cls, rule: AqiRule, n: int) -> "AqiArrays":
        """Make room for the indices of `n` sets; what stands there has no meaning yet."""
        return cls(
            keys=tuple(row.key for row in rule.indicators),
            pollutants=tuple(row.pollutant for row in rule.indicators),
            iaqi=np.empty((len(rule.indicators), n), dtype=np.int16).T,
            highest=np.empty(n, dtype=np.int16),
            aqi=np.empty(n, dtype=np.int16),
            published=np.empty(n, dtype=np.bool_),
            primary=np.zeros(n, dtype=np.uint8),
            exceeding=np.zeros(n, dtype=np.uint8),
        )

    def reshaped(self, lead: tuple[int, ...]) -> "AqiArrays":
        """Give flat results the leading shape of the values."""
        return AqiArrays(
            keys=self.keys,
            pollutants=self.pollutants,
            iaqi=self.iaqi.reshape(*lead, len(self.keys)),
            highest=self.highest.reshape(lead),
            aqi=self.aqi.reshape(lead),
            published=self.published.reshape(lead),
            primary=self.primary.reshape(lead),
            exceeding=self.exceeding.reshape(lead),
        )

    def by_pollutant(self) -> IndexArray:
        """Sub-index of each basic pollutant, the larger of its indicators, shape (..., 6) [1]."""
        result = np.full((*self.aqi.shape, len(BASIC)), NONE, dtype=np.int16)
        for column, pollutant in enumerate(self.pollutants):
            at = BASIC.index(pollutant)
            np.maximum(result[..., at], self.iaqi[..., column], out=result[..., at])
        return result


def pollutants_of(mask: int) -> tuple[Pollutant, ...]:
    """Read a bit mask of pollutants.

    Examples
    --------
    >>> [str(p) for p in pollutants_of(0b110000)]
    ['pm10', 'pm25']
    """
    return tuple(pollutant for bit, pollutant in enumerate(BASIC) if mask >> bit & 1)


def segments(indicator: Indicator, rule: AqiRule) -> tuple[Segment, ...]:
    """List the straight pieces of one indicator's breakpoint table, lowest first."""
    high, first = indicator.concentration, indicator.first_index
    low = rule.concentration_low.get(indicator.key, high[:-1])
    index_low = rule.index_low or rule.index
    return tuple(
        (low[n], high[n + 1], index_low[first + n], rule.index[first + n + 1]) for n in range(len(high) - 1)
    )


def iaqi(concentration: Scalar | None, indicator: Indicator, rule: AqiRule) -> int | None:
    """Sub-index of one concentration, exactly (空气质量分指数).

    Parameters
    ----------
    concentration : number or None
        Decimal that its shortest text says; None, NaN or a negative number has no index. [ug m-3, CO mg m-3]
    indicator : Indicator
        Column of the breakpoint table.
    rule : AqiRule
        Edition in force on the day of the observation.

    Returns
    -------
    int or None
        Sub-index; None where the edition gives none. [1]

    References
    ----------
    HJ 633, calculation of the individual index; the clauses are cited in the rule file.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().aqi_day(date(2026, 3, 1))
    >>> [iaqi(x, rule.indicator("pm25"), rule) for x in (35, 60.5, 60.51, None)]
    [50, 100, 101, None]
    >>> iaqi(2.2, rule.indicator("co"), rule)
    55
    """
    if concentration is None or not math.isfinite(concentration) or concentration < 0:
        return None
    value = rounded(concentration, indicator.decimals, rule.rounding_concentration)
    pieces = segments(indicator, rule)
    piece = next((piece for piece in pieces if value <= piece[1]), None)
    if piece is None and indicator.above != "extend":
        return _above(indicator, rule)
    c_low, c_high, i_low, i_high = piece or pieces[-1]
    if value < c_low:
        return None
    rise = Fraction(value - c_low) / Fraction(c_high - c_low) * (i_high - i_low)
    step = math.ceil(rise) if rule.rounding_index == "up" else math.floor(rise + Fraction(1, 2))
    return min(i_low + step, LARGEST)


def _above(indicator: Indicator, rule: AqiRule) -> int | None:
    """Index beyond the last breakpoint, where the last line is not drawn on."""
    if indicator.above == "none":
        return None
    return indicator.above if isinstance(indicator.above, int) else rule.cap


def aqi(
    values: Mapping[str, Scalar | None],
    rule: AqiRule,
    categories: AqiCategories | None = None,
    monitored: Collection[Pollutant] = BASIC,
) -> AqiOfSet:
    """Judge one set of concentrations: sub-indices, index, primary pollutants, level.

    Parameters
    ----------
    values : mapping of str to number or None
        Concentration per indicator key of the rule; an absent key is missing. [ug m-3, CO mg m-3]
    rule : AqiRule
        Edition in force on the day of the observation, for the hour or the day.
    categories : AqiCategories, optional
        Levels; without them the result has none.
    monitored : collection of Pollutant
        Monitoring programme: a pollutant outside it does not block publication.

    Returns
    -------
    AqiOfSet

    Raises
    ------
    CallerError
        If a key is no indicator of the rule.

    References
    ----------
    HJ 633: index, primary pollutant and missing data; the clauses are cited in the rule file.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().aqi_day(date(2026, 3, 1))
    >>> of_day = aqi({"so2": 11, "no2": 44, "co": 1.3, "o3": 98, "pm10": 135, "pm25": 68}, rule)
    >>> of_day.aqi, of_day.primary
    (108, (<Pollutant.PM25: 'pm25'>,))
    """
    unknown = set(values) - {row.key for row in rule.indicators}
    if unknown:
        known = ", ".join(row.key for row in rule.indicators)
        raise CallerError(
            "{unknown}: not an indicator of {id}; it would be lost; use {known}",
            unknown=", ".join(sorted(unknown)),
            id=rule.id,
            known=known,
        )
    parts = {row.key: iaqi(values.get(row.key), row, rule) for row in rule.indicators}
    best: dict[Pollutant, int] = {}
    for row in rule.indicators:
        part = parts[row.key]
        if part is not None:
            best[row.pollutant] = max(part, best.get(row.pollutant, 0))
    highest = max(best.values(), default=None)
    complete = all(
        _is_measured(values.get(row.key))
        for row in rule.indicators
        if not row.optional and row.pollutant in monitored
    )
    if highest is None or not _may_publish(highest, complete, rule):
        return AqiOfSet(parts, highest, None, (), ())
    primary = tuple(p for p in BASIC if best.get(p) == highest) if highest > rule.primary_above else ()
    limit = rule.exceedance_above
    exceeding = tuple(p for p in BASIC if best.get(p, NONE) > limit) if limit is not None else ()
    shown = max(highest, rule.floor)
    return AqiOfSet(
        parts, highest, shown, primary, exceeding, None if categories is None else categories.category(shown)
    )


def _is_measured(value: Scalar | None) -> bool:
    return value is not None and math.isfinite(value) and bool(value >= 0)


def _may_publish(highest: int, complete: bool, rule: AqiRule) -> bool:
    """Apply the missing-data rule to a set that has at least one index."""
    if complete:
        return True
    floor = rule.missing.only_above
    return rule.missing.publish_from_rest and (floor is None or highest > floor)


def index_of(
    values: Concentration | NDArray[np.float32], rule: AqiRule, monitored: NDArray[np.bool_] | None = None
) -> AqiArrays:
    """Judge many sets at once; equal to `aqi` on every one of them.

    Parameters
    ----------
    values : array, shape (..., k)
        Concentrations, one column per indicator of the rule in its order; NaN where missing. [ug m-3, CO mg m-3]
    rule : AqiRule
        Edition in force for all the sets.
    monitored : array of bool, shape (6,) or broadcast to (..., 6), optional
        Monitoring programme in the order of `BASIC`; without it all six pollutants belong to it.

    Returns
    -------
    AqiArrays

    Raises
    ------
    CallerError
        If `values` has another number of columns than the rule has indicators.

    References
    ----------
    As for `aqi`.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().aqi_day(date(2026, 3, 1))
    >>> found = index_of(np.array([[11, 44, 1.3, 98, 135, 68], [8, 30, 0.8, 120, 70, np.nan]]), rule)
    >>> found.aqi.tolist(), found.highest.tolist(), found.iaqi[1].tolist()
    ([108, -1], [108, 67], [8, 38, 20, 67, 65, -1])
    """
    n_keys = len(rule.indicators)
    if values.shape[-1:] != (n_keys,):
        keys = ", ".join(row.key for row in rule.indicators)
        raise CallerError(
            "array of shape {shape} does not fit {id}: give one column each for {keys}",
            shape=values.shape,
            id=rule.id,
            keys=keys,
        )
    lead = values.shape[:-1]
    flat = values.reshape(-1, n_keys)
    n_sets = len(flat)
    programme = None if monitored is None else np.broadcast_to(monitored, (*lead, len(BASIC))).reshape(n_sets, -1)
    result = AqiArrays.unfilled(rule, n_sets)
    tables = lookup_tables(rule)
    for start in range(0, n_sets, _BLOCK):
        block = slice(start, min(start + _BLOCK, n_sets))
        _fill_block(flat[block], rule, tables, None if programme is None else programme[block], result, block)
    return result.reshaped(lead)


def _fill_block(
    values: Concentration | NDArray[np.float32],
    rule: AqiRule,
    tables: list[IndexArray],
    monitored: NDArray[np.bool_] | None,
    into: AqiArrays,
    block: slice,
) -> None:
    """Fill one block of sets, column by column."""
    complete = np.ones(len(values), dtype=np.bool_)
    highest = into.highest[block]
    highest.fill(NONE)
    for column, (row, table) in enumerate(zip(rule.indicators, tables, strict=True)):
        whole = units(values[:, column], row.decimals, rule.rounding_concentration)
        np.minimum(whole, len(table) - 2, out=whole)
        measured = (values[:, column] >= 0) & (values[:, column] < np.inf)
        np.copyto(whole, NONE, where=~measured)
        part = into.iaqi[block, column]
        table.take(whole.astype(np.int32), out=part)
        np.maximum(highest, part, out=highest)
        if not row.optional:
            complete &= measured if monitored is None else measured | ~monitored[..., BASIC.index(row.pollutant)]
    lawful = highest >= 0
    if not rule.missing.publish_from_rest:
        lawful &= complete
    elif rule.missing.only_above is not None:
        lawful &= complete | (highest > rule.missing.only_above)
    into.published[block] = lawful
    into.aqi[block] = np.where(lawful, np.maximum(highest, rule.floor), NONE)
    _fill_masks(rule, into, block)


def _fill_masks(rule: AqiRule, into: AqiArrays, block: slice) -> None:
    """Name primary and exceeding pollutants of one block as bit masks."""
    lawful, highest = into.published[block], into.highest[block]
    leads = np.where(lawful & (highest > rule.primary_above), highest, np.int16(-2))
    limit = rule.exceedance_above
    for column, pollutant in enumerate(into.pollutants):
        bit = np.uint8(1 << BASIC.index(pollutant))
        part = into.iaqi[block, column]
        into.primary[block] |= (part == leads) * bit
        if limit is not None:
            into.exceeding[block] |= (lawful & (part > limit)) * bit


def lookup_tables(rule: AqiRule) -> list[IndexArray]:
    """Make a lookup table per indicator: index by whole units, then above the end, then, for place -1, none."""
    return [_table_of(row, rule) for row in rule.indicators]


def _table_of(indicator: Indicator, rule: AqiRule) -> IndexArray:
    """Lookup table of one indicator."""
    above = LARGEST if indicator.above == "extend" else _above(indicator, rule)
    return _table(
        segments(indicator, rule),
        indicator.decimals,
        NONE if above is None else above,
        rule.rounding_index == "up",
        indicator.above == "extend",
    )


@lru_cache(maxsize=256)
def _table(pieces: tuple[Segment, ...], decimals: int, above: int, up: bool, extend: bool) -> IndexArray:
    """Compute a lookup table in whole numbers; kept, for a rule is used over and over."""
    places = max(decimals, *(-int(c.as_tuple().exponent) for piece in pieces for c in piece[:2]))
    step = 10 ** (places - decimals)
    edges = [(int(low.scaleb(places)), int(high.scaleb(places))) for low, high, _, _ in pieces]
    end, climb = edges[-1][1], pieces[-1][3] - pieces[-1][2]
    if extend:
        end = edges[-1][0] + (end - edges[-1][0]) * (LARGEST - pieces[-1][2]) // climb
    scaled = np.arange(end // step + 1, dtype=np.int64) * step
    table = np.full(len(scaled) + 2, NONE, dtype=np.int16)
    for (low, high), (_, _, first, last) in zip(reversed(edges), reversed(pieces), strict=True):
        inside = (scaled >= low) & (scaled <= (end if high == edges[-1][1] else high))
        width, rise = high - low, (last - first) * (scaled[inside] - low)
        table[:-2][inside] = first + (-(-rise // width) if up else (2 * rise + width) // (2 * width))
    table[-2] = above
    table.flags.writeable = False
    return table
