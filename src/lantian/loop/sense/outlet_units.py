"""Brings readings of outlets to common units: mg/m³, kg, m³/h; and says which factors are concentrations."""

import math
from collections.abc import Iterable

import numpy as np
import polars as pl

from lantian.rules import SourceDataRule
from lantian.science.emission.explaining import in_milligrams
from lantian.terms.types import FloatArray
from lantian.wire.hj212.factors import factor as factor_of

FLOW = "a00000"
_VALUES = ("value", "minimum", "maximum", "converted", "converted_minimum", "converted_maximum")
_PER_HOUR = {"m³/s": 3600.0, "m3/s": 3600.0, "m³/h": 1.0, "m3/h": 1.0, "m³/min": 60.0, "m3/min": 60.0}
"""Unit of a flow → how many m³/h one of it is."""
_PER_KILOGRAM = {"kg": 1.0, "g": 1e3, "mg": 1e6, "t": 1e-3}
"""Unit of an amount → how many of it are 1 kg."""
MOST_DECIMALS = 6
"""More than any logger sends."""


def in_common_units(readings: pl.DataFrame, rule: SourceDataRule) -> tuple[pl.DataFrame, frozenset[str]]:
    """State concentrations in mg/m³, amounts in kg and flow in m³/h; what cannot be becomes null.

    Parameters
    ----------
    readings : DataFrame
        Rows of ``source_readings``, each in the unit that it names.
    rule : SourceDataRule
        Molar masses, for shares by volume.

    Returns
    -------
    tuple
        The rows, and the factors of which an amount is due whose unit says nothing of a concentration.
    """
    parts, unknown = [readings.clear()], set()
    for (code, unit, amount_unit), rows in readings.partition_by(
        ["factor", "unit", "amount_unit"], as_dict=True, include_key=True, maintain_order=True
    ).items():
        if code == FLOW:
            parts.append(_scaled(rows, {name: _per_hour(_floats(rows, name), unit) for name in _VALUES}))
            continue
        told = {name: in_milligrams(_floats(rows, name), unit, code, rule) for name in _VALUES}
        scaled = {name: values for name, values in told.items() if values is not None}
        if scaled:
            scaled["amount"] = _kilograms(_floats(rows, "amount"), amount_unit)
        elif _has_amount(code):
            unknown.add(str(code))
            scaled = {name: np.full(rows.height, np.nan) for name in (*_VALUES, "amount")}
        parts.append(_scaled(rows, scaled))
    return pl.concat(parts), frozenset(unknown)


def concentrations(readings: pl.DataFrame, due: Iterable[str], rule: SourceDataRule) -> tuple[str, ...]:
    """List the factors of an outlet of which amounts are made, by their codes: those heard and those due.

    Parameters
    ----------
    readings : DataFrame
        As they were sent or in common units.
    due : iterable of str
        Factors that its device is registered with.
    rule : SourceDataRule
        Molar masses, for shares by volume.
    """
    pairs = readings.select("factor", "unit").unique().iter_rows()
    nothing = np.empty(0)
    heard = {code for code, unit in pairs if in_milligrams(nothing, unit, code, rule) is not None}
    named = {code for code in (*due, *readings.get_column("factor").unique()) if _has_amount(code)}
    return tuple(sorted((heard | named) - {FLOW}))


def decimals_of(values: FloatArray, scale: float = 1.0) -> int:
    """Return with how many decimals numbers were sent, as far as they show it.

    Parameters
    ----------
    values : array
        In common units.
    scale : float
        What one unit as sent is in common units; the answer is about common units, never more than were sent.

    Examples
    --------
    >>> decimals_of(np.array([12.5, 3.25, np.nan])), decimals_of(np.array([3.0]))
    (2, 0)
    >>> decimals_of(np.array([360.0, 720.0]), scale=3600.0)
    -3
    """
    known = values[np.isfinite(values)] / scale
    lost = math.ceil(math.log10(scale))
    for decimals in range(MOST_DECIMALS):
        scaled = known * 10.0**decimals
        if np.allclose(scaled, np.round(scaled), rtol=0, atol=1e-6 * 10.0**decimals):
            return decimals - lost
    return MOST_DECIMALS - lost


def scale_of(factor: str, unit: str | None, rule: SourceDataRule) -> float:
    """Return what one unit of a factor as sent is in common units; 1 where nothing is scaled."""
    if factor == FLOW:
        return _PER_HOUR.get(unit or "", 1.0)
    one = in_milligrams(np.ones(1), unit, factor, rule)
    return 1.0 if one is None else float(one[0])


# ---------------------------------------------------------------------------------------------- inside


def _has_amount(code: str) -> bool:
    """Whether the standard knows a mass of a gas factor, so that a concentration is meant."""
    known = factor_of(code)
    return known is not None and code.startswith("a") and code != FLOW and known.amount_unit != ""


def _scaled(rows: pl.DataFrame, columns: dict[str, FloatArray]) -> pl.DataFrame:
    """Put numbers in place of columns; NaN becomes null."""
    return rows.with_columns(pl.Series(name, values).fill_nan(None) for name, values in columns.items())


def _per_hour(values: FloatArray, unit: str | None) -> FloatArray:
    return values * _PER_HOUR.get(unit or "", float("nan"))


def _kilograms(values: FloatArray, unit: str | None) -> FloatArray:
    return values / _PER_KILOGRAM.get(unit or "", float("nan"))


def _floats(rows: pl.DataFrame, name: str) -> FloatArray:
    found: FloatArray = rows.get_column(name).fill_null(float("nan")).to_numpy()
    return found
