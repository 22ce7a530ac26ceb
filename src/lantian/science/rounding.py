"""Rounding that knows decimals: half to even (GB/T 8170 修约), half up, up, cut off; no binary-float traps.

A measured number is the decimal that its shortest text says: the double nearest to 0.675 means 0.675, a tie at two
decimals. Scalars go through `decimal.Decimal`; arrays stay float64 and are exact for every decimal of at most 15
significant digits. float32 input means its own shortest text, not the double it widens to.
"""

from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Any, Literal, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from lantian.terms.types import FloatArray, IntArray

Scalar: TypeAlias = float | int | Decimal | np.floating[Any] | np.integer[Any]
Rounding: TypeAlias = Literal["half_even", "half_up", "up", "truncate"]
"""``up`` is towards plus infinity, ``truncate`` towards zero, ``half_up`` away from zero at a tie."""

_DECIMAL_MODE = {
    "half_even": ROUND_HALF_EVEN,
    "half_up": ROUND_HALF_UP,
    "up": ROUND_CEILING,
    "truncate": ROUND_DOWN,
}
_TOLERANCE = 2 * float(np.finfo(np.float64).eps)
"""Relative error of a double times a power of ten; decimals of 15 digits lie further apart than that."""
_WHOLE = 1e15
"""A decimal of 15 digits has nothing after the point from here on."""
_FLOAT32_PLACES = 9
_WIDE = Context(prec=700)
"""Wide enough for every double."""


def exact(value: Scalar) -> Decimal:
    """Which decimal a number means: the one that its shortest text says.

    Examples
    --------
    >>> exact(2.2), exact(np.float32(0.3)), exact(7)
    (Decimal('2.2'), Decimal('0.3'), Decimal('7'))
    """
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int | np.integer):
        return Decimal(int(value))
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    return Decimal(str(value))


def from_float32(values: NDArray[np.float32]) -> FloatArray:
    """Widen float32 so that every element keeps the decimal that its own shortest text says.

    Parameters
    ----------
    values : array of float32
        Decimals with at most 9 places.

    Returns
    -------
    array of float64, same shape

    Examples
    --------
    >>> from_float32(np.array([0.3, 1.367, np.nan], dtype=np.float32))
    array([0.3  , 1.367,   nan])
    """
    narrow = np.ravel(values)
    result = narrow.astype(np.float64)
    pending = np.flatnonzero(np.isfinite(result) & (np.rint(result) != result))
    for places in range(1, _FLOAT32_PLACES + 1):
        scale = 10.0**places
        candidate = np.rint(narrow[pending].astype(np.float64) * scale) / scale
        same = candidate.astype(np.float32) == narrow[pending]
        result[pending[same]] = candidate[same]
        pending = pending[~same]
    return result.reshape(values.shape)


@overload
def rounded(value: Scalar, decimals: int, how: Rounding) -> Decimal: ...
@overload
def rounded(value: NDArray[Any], decimals: int, how: Rounding) -> FloatArray: ...
def rounded(value: Scalar | NDArray[Any], decimals: int, how: Rounding) -> Decimal | FloatArray:
    """Round a number or an array to `decimals` by the named rule (修约).

    Parameters
    ----------
    value : number or array
        NaN and infinities stay what they are.
    decimals : int
        Digits kept after the point, 0 or more.
    how : {"half_even", "half_up", "up", "truncate"}
        Rule of rounding.

    Returns
    -------
    Decimal or array of float64
        A Decimal for a number, the nearest doubles of the rounded decimals for an array.

    References
    ----------
    GB/T 8170, clause 3: half to even.

    Examples
    --------
    >>> rounded(0.675, 2, "half_even"), rounded(2.2, 0, "up")
    (Decimal('0.68'), Decimal('3'))
    >>> rounded(np.array([0.675, 0.835, 4.5, 2.0]), 2, "half_even")
    array([0.68, 0.84, 4.5 , 2.  ])
    """
    if isinstance(value, np.ndarray):
        return units(value, decimals, how) / 10.0**decimals
    number = exact(value)
    if not number.is_finite():
        return number
    return number.quantize(Decimal(1).scaleb(-decimals), _DECIMAL_MODE[how], _WIDE)


def units(values: NDArray[Any], decimals: int, how: Rounding = "half_even") -> FloatArray:
    """Express an array in whole units of its last kept decimal: 1.25 at one decimal is 12 tenths.

    Parameters
    ----------
    values : array
        Decimals of at most 15 significant digits; NaN stays NaN.
    decimals : int
        Digits kept after the point, 0 or more.
    how : {"half_even", "half_up", "up", "truncate"}
        Rule of rounding.

    Returns
    -------
    array of float64, same shape
        Whole numbers, exact up to 2**53.

    Examples
    --------
    >>> units(np.array([1.25, 1.35, np.nan]), 1)
    array([12., 14., nan])
    """
    wide = from_float32(values) if values.dtype == np.float32 else values.astype(np.float64, copy=False)
    if how == "half_even" and decimals == 0:
        return np.rint(wide) + 0.0
    scaled = wide * 10.0**decimals
    with np.errstate(invalid="ignore"):
        size = np.abs(scaled)
        slack = size * _TOLERANCE
        if how in ("half_even", "half_up"):
            below = np.floor(size)
            tie = (np.abs(size - below - 0.5) <= slack) & (size < _WHOLE)
            upper = below + 1.0 if how == "half_up" else 2.0 * np.ceil(below / 2.0)
            result = np.copysign(np.where(tie, upper, np.rint(size)), scaled)
        else:
            nearest = np.rint(scaled)
            outward = np.ceil(scaled) if how == "up" else np.trunc(scaled)
            result = np.where(np.abs(scaled - nearest) <= slack, nearest, outward)
    return result + 0.0


@overload
def round_half_even(value: Scalar, decimals: int = 0) -> Decimal: ...
@overload
def round_half_even(value: NDArray[Any], decimals: int = 0) -> FloatArray: ...
def round_half_even(value: Scalar | NDArray[Any], decimals: int = 0) -> Decimal | FloatArray:
    """Round half to even (四舍六入五成双), the rule of every concentration.

    Parameters
    ----------
    value : number or array
        NaN stays NaN.
    decimals : int
        Digits kept after the point.

    Returns
    -------
    Decimal or array of float64

    References
    ----------
    GB/T 8170.

    Examples
    --------
    >>> [int(round_half_even(x)) for x in (4.5, 35.5, 50.5, 60.5)]
    [4, 36, 50, 60]
    >>> round_half_even(np.array([0.125, 0.225, 0.775, 0.835]), 2)
    array([0.12, 0.22, 0.78, 0.84])
    """
    return rounded(value, decimals, "half_even")


@overload
def round_up(value: Scalar, decimals: int = 0) -> Decimal: ...
@overload
def round_up(value: NDArray[Any], decimals: int = 0) -> FloatArray: ...
def round_up(value: Scalar | NDArray[Any], decimals: int = 0) -> Decimal | FloatArray:
    """Round towards plus infinity (向上进位), the rule of every index; a whole number stays.

    Parameters
    ----------
    value : number or array
        NaN stays NaN.
    decimals : int
        Digits kept after the point.

    Returns
    -------
    Decimal or array of float64

    Examples
    --------
    >>> round_up(55.0), round_up(55.01)
    (Decimal('55'), Decimal('56'))
    >>> round_up(np.array([2.2 * 25, 55.01]))
    array([55., 56.])
    """
    return rounded(value, decimals, "up")


@overload
def half_even_ratio(numerator: int, denominator: int) -> int: ...
@overload
def half_even_ratio(numerator: IntArray, denominator: IntArray | int) -> IntArray: ...
def half_even_ratio(numerator: int | IntArray, denominator: int | IntArray) -> int | IntArray:
    """Round the exact quotient of two whole numbers half to even: the mean of counted units.

    Parameters
    ----------
    numerator : int or array of int64
        Sum of values in units of their last decimal.
    denominator : int or array of int64
        Positive: the count, times the units of a kept decimal.

    Returns
    -------
    int or array of int64

    Examples
    --------
    >>> half_even_ratio(1275, 8), half_even_ratio(9, 2), half_even_ratio(11, 2)
    (159, 4, 6)
    >>> half_even_ratio(np.array([9, 11, -9]), 2)
    array([ 4,  6, -4])
    """
    quotient = numerator // denominator
    twice = 2 * (numerator - quotient * denominator)
    if isinstance(quotient, int):
        return quotient + int(twice > denominator or (twice == denominator and quotient % 2 == 1))
    away = (twice > denominator) | ((twice == denominator) & (quotient % 2 == 1))
    return np.asarray(quotient + away, dtype=np.int64)
