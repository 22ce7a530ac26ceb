"""Arithmetic in whole units of a last decimal, so that a mean or a percentile is rounded once and exactly.

A daily value of 28 ug m-3 is 28 units, one of 0.8 mg m-3 CO is 8 units; a sum of units is an integer, and a
published figure is an integer quotient rounded half to even.
"""

import numpy as np
from numpy.typing import NDArray

from lantian.rules.records import Decimals, EvaluationRule
from lantian.science.rounding import half_even_ratio, units
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, FloatArray, IntArray


def digits(decimals: Decimals) -> IntArray:
    """Decimals of the six pollutants for one purpose.

    Parameters
    ----------
    decimals : Decimals
        A row of the rule's table of decimals.

    Returns
    -------
    array of int, shape (6,)
        In the order of `BASIC`. [1]

    Examples
    --------
    >>> digits(Decimals(default=0, by_pollutant={"co": 1})).tolist()
    [0, 0, 1, 0, 0, 0]
    """
    return np.array([decimals.of(pollutant) for pollutant in BASIC], dtype=np.int64)


def daily_array(daily: Concentration) -> Concentration:
    """Refuse an array that is not days by pollutants.

    Parameters
    ----------
    daily : array, shape (..., n_days, 6)
        Daily values. [ug m-3, CO mg m-3]

    Returns
    -------
    array, same shape
        The same values as float64; float32 stays what it is, since widening it would change the decimals that it
        means. [ug m-3, CO mg m-3]

    Raises
    ------
    CallerError
        The last two axes are something else.

    Examples
    --------
    >>> daily_array(np.zeros((31, 6), dtype=int)).dtype
    dtype('float64')
    """
    values = np.asarray(daily)
    if values.dtype != np.float32:
        values = values.astype(np.float64, copy=False)
    if values.ndim < 2 or values.shape[-1] != len(BASIC):
        raise CallerError(
            "daily values have shape {shape}: the last two axes are days and the {n_BASIC} pollutants",
            shape=values.shape,
            n_BASIC=len(BASIC),
        )
    return values


def day_units(daily: Concentration, evaluation: EvaluationRule) -> FloatArray:
    """Daily values as whole numbers of their last decimal, with the days turned to the last axis.

    Parameters
    ----------
    daily : array, shape (..., n_days, 6)
        Daily values, columns as in `BASIC`, NaN where missing; rounded here, half to even. [ug m-3, CO mg m-3]
    evaluation : EvaluationRule
        Decimals of a daily value.

    Returns
    -------
    array, shape (..., 6, n_days)
        Whole numbers; NaN stays NaN. [units of the last decimal]

    Raises
    ------
    CallerError
        The last axis is not the six pollutants.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> from datetime import date
    >>> rule = Rulebook.packaged().evaluation(date(2026, 7, 1))
    >>> day_units(np.array([[8.0, 28.5, 0.85, 150.0, 62.0, np.nan]]), rule)[:, 0]
    array([  8.,  28.,   8., 150.,  62.,  nan])
    """
    turned = np.swapaxes(daily_array(daily), -1, -2)
    whole = np.empty(turned.shape, dtype=np.float64)
    places = digits(evaluation.decimals_day)
    for decimals in np.unique(places).tolist():
        columns = places == decimals
        whole[..., columns, :] = units(turned[..., columns, :], decimals)
    return whole


def rounded_quotient(
    numerator: IntArray, denominator: IntArray | int, have: IntArray, keep: IntArray, absent: NDArray[np.bool_]
) -> FloatArray:
    """Quotient of whole units rounded once, half to even, or NaN where it is absent.

    Parameters
    ----------
    numerator : array of int, shape (..., 6)
        Sum in units with `have` decimals.
    denominator : array of int or int
        Positive; the count behind the sum. [1]
    have, keep : array of int, shape (6,)
        Decimals of a unit and of the result. [1]
    absent : array of bool, shape (..., 6)
        Where there is no result.

    Returns
    -------
    array, shape (..., 6)
        The nearest doubles of the rounded decimals. [ug m-3, CO mg m-3]

    Examples
    --------
    >>> whole, one, none = np.array([65]), np.array([1]), np.array([False])
    >>> rounded_quotient(whole, 10, one, one, none), rounded_quotient(whole, 2, 0 * one, 0 * one, none)
    (array([0.6]), array([32.]))
    """
    finer = 10 ** np.maximum(keep - have, 0)
    coarser = 10 ** np.maximum(have - keep, 0)
    whole = half_even_ratio(numerator * finer, denominator * coarser)
    return np.where(absent, np.nan, whole / 10.0**keep)
