"""Judged days of counties and the city as arrays, read from the lake for goals (目标评判用日值)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from lantian.loop.plan.office import Office
from lantian.science.goal_outlook import on_calendar
from lantian.terms.pollutants import BASIC
from lantian.terms.types import FloatArray, IndexArray

MEASURED, DUST_DEDUCTED = "measured", "dust_deducted"
"""Sides of a day, as ``daily_index`` names them."""
_TABLE = "daily_index"
_MIXED, _ORIGINAL = "mixed", "original"
_NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Days of every subject on one side; arrays by place of the subject, then day."""

    six: FloatArray
    """Rounded day values, shape (n_subjects, n_days, 6), columns `BASIC`, NaN where missing
    [ug m-3, CO mg m-3]."""
    aqi: IndexArray
    """Shape (n_subjects, n_days); -1 for none [1]."""


@dataclass(frozen=True, slots=True, eq=False)
class AirDays:
    """Judged days of several subjects."""

    first: date
    last: date | None
    """Last day of any subject; None where nothing was judged."""
    stage: str
    places: Mapping[str, int]
    """adcode → place in the arrays."""
    sides: Mapping[str, Side]

    def days(self, code: str, basis: str, first: date, last: date) -> tuple[FloatArray, IndexArray]:
        """Return the day values, shape (n_days, 6), and indices of one subject, missing where nothing is held."""
        size = (last - first).days + 1
        six: FloatArray = np.full((size, len(BASIC)), np.nan)
        aqi: IndexArray = np.full(size, _NONE, dtype=np.int16)
        side, place = self.sides[basis], self.places[code]
        held = side.aqi.shape[1]
        start, stop = (first - self.first).days, (last - self.first).days + 1
        low, high = max(start, 0), min(stop, held)
        if low < high:
            six[low - start : high - start] = side.six[place, low:high]
            aqi[low - start : high - start] = side.aqi[place, low:high]
        return six, aqi

    def year(self, code: str, basis: str, year: int) -> tuple[FloatArray, IndexArray]:
        """Return every day of a calendar year."""
        return self.days(code, basis, date(year, 1, 1), date(year, 12, 31))


def read_air_days(office: Office, codes: Collection[str], first: date, last: date) -> AirDays:
    """Read the judged days of counties and the city, both sides, at the stage that people look at.

    Parameters
    ----------
    office : Office
        Whose lake.
    codes : collection of str
        adcodes.
    first, last : date
        Both included; days after `last` are not known yet.
    """
    wanted = sorted(set(codes))
    kinds = pl.when(pl.col("code") == office.city.adcode).then(pl.lit("city")).otherwise(pl.lit("county"))
    columns = ["kind", "code", "stage", "basis", "legal_day", *(p.value for p in BASIC), "aqi", "withdrawn"]
    rows = (
        office.lake.scan(_TABLE, first=first, last=last, columns=columns)
        .filter(pl.col("code").is_in(wanted) & (pl.col("kind") == kinds) & ~pl.col("withdrawn"))
        .collect()
    )
    stage = _MIXED if _MIXED in rows.get_column("stage") else _ORIGINAL
    rows = rows.filter(pl.col("stage") == stage)
    held = rows.get_column("legal_day").max()
    end = held if isinstance(held, date) else first
    places = {code: place for place, code in enumerate(wanted)}
    sides = {
        basis: _side(rows.filter(pl.col("basis") == basis), places, first, (end - first).days + 1)
        for basis in (MEASURED, DUST_DEDUCTED)
    }
    return AirDays(first, held if isinstance(held, date) else None, stage, places, sides)


def past_calendars(values: Mapping[int, FloatArray], year: int) -> FloatArray:
    """Lay past years on the calendar of one year: shape (n_years, days of the year), in order of years.

    Examples
    --------
    >>> past_calendars({2023: np.zeros(365), 2024: np.ones(366)}, 2025).shape
    (2, 365)
    """
    size = days_of(year)
    rows = [on_calendar(values[one], common_year=size == 365) for one in sorted(values)]
    return np.array(rows) if rows else np.zeros((0, size))


def days_of(year: int) -> int:
    """Return how many days a calendar year has [d]."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _side(rows: pl.DataFrame, places: Mapping[str, int], first: date, size: int) -> Side:
    six = np.full((len(places), size, len(BASIC)), np.nan)
    aqi = np.full((len(places), size), _NONE, dtype=np.int16)
    if rows.height:
        place = rows.get_column("code").replace_strict(places, return_dtype=pl.Int64).to_numpy()
        day = (rows.get_column("legal_day") - first).dt.total_days().to_numpy()
        six[place, day] = rows.select(pl.col(p.value).fill_null(float("nan")) for p in BASIC).to_numpy()
        aqi[place, day] = rows.get_column("aqi").fill_null(_NONE).cast(pl.Int16).to_numpy()
    return Side(six, aqi)


def year_end(year: int) -> date:
    """Return the last day of a year."""
    return date(year + 1, 1, 1) - timedelta(days=1)
