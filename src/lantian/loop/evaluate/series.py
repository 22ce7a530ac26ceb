"""Judged days as dense arrays, so that a period of every subject is one call of the science below."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city.records import City, SubjectKind
from lantian.loop.evaluate.days import DUST_DEDUCTED
from lantian.rules import RuleSet
from lantian.science.aqi import NONE, index_of
from lantian.science.statistics.day import DAY_KEYS, DayReason
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, IndexArray, IntArray

_OUTSIDE = (DayReason.NOT_MONITORED.name.lower(), DUST_DEDUCTED)
_SECOND_CLASS = 2


@dataclass(frozen=True, slots=True, eq=False)
class DaySeries:
    """Days of many subjects on one side (measured or dust deducted) of one stage."""

    subjects: tuple[tuple[SubjectKind, str], ...]
    first: date
    values: Concentration
    """Rounded day values, shape (n_subjects, n_days, 7), columns `DAY_KEYS`. [ug m-3, CO mg m-3]"""
    programme: NDArray[np.bool_]
    """Which pollutants are measured, shape (n_subjects, n_days, 6)."""
    aqi: IndexArray
    """Shape (n_subjects, n_days); -1 for none. [1]"""
    primary: NDArray[np.uint8]
    area_class: IntArray
    """Shape (n_subjects,)."""

    @property
    def six(self) -> Concentration:
        """The six daily values, shape (n_subjects, n_days, 6) [ug m-3, CO mg m-3]."""
        return np.asarray(self.values[..., : len(BASIC)])

    @property
    def published(self) -> NDArray[np.bool_]:
        """Whether a day has an index."""
        return np.asarray(self.aqi != NONE)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Whether all six pollutants of a day are valid."""
        return np.asarray(~np.isnan(self.six).any(axis=-1))

    def under(self, rules: RuleSet) -> "DaySeries":
        """Judge all days again by one index table, for comparisons of years under one edition."""
        keys = [DAY_KEYS.index(row.key) for row in rules.aqi_day.indicators]
        flat = np.ascontiguousarray(self.values.reshape(-1, len(DAY_KEYS))[:, keys])
        judged = index_of(flat, rules.aqi_day, self.programme.reshape(-1, len(BASIC)))
        shape = self.aqi.shape
        return replace(self, aqi=judged.aqi.reshape(shape), primary=judged.primary.reshape(shape))


def day_series(
    rows: pl.DataFrame, subjects: Sequence[tuple[SubjectKind, str]], first: date, last: date, city: City
) -> DaySeries:
    """Lay rows of ``daily_index`` (one stage, one side) out as arrays; days without a row are missing.

    Parameters
    ----------
    rows : DataFrame
        At most one row per subject and day.
    subjects : sequence
        Order of the arrays' first axis.
    first, last : date
        Days of the second axis, both included.
    city : City
        For area classes; counties and the city count as class 2.
    """
    days = (last - first).days + 1
    size = len(subjects) * days
    values = np.full((size, len(DAY_KEYS)), np.nan)
    programme = np.ones((size, len(BASIC)), dtype=bool)
    aqi = np.full(size, NONE, dtype=np.int16)
    primary = np.zeros(size, dtype=np.uint8)
    order = pl.DataFrame(
        {
            "kind": [kind.value for kind, _ in subjects],
            "code": [code for _, code in subjects],
            "_at": np.arange(len(subjects), dtype=np.int64),
        },
        schema_overrides={"kind": pl.String, "code": pl.String},
    )
    placed = rows.join(order, on=["kind", "code"]).with_columns(
        (pl.col("_at") * days + (pl.col("legal_day") - pl.lit(first)).dt.total_days()).alias("_place")
    )
    place = placed.get_column("_place").to_numpy()
    values[place] = placed.select(pl.col(key).fill_null(float("nan")) for key in DAY_KEYS).to_numpy()
    programme[place] = ~placed.select(
        pl.col(f"{p}_reason").is_in(_OUTSIDE).fill_null(False) for p in BASIC
    ).to_numpy()
    aqi[place] = placed.get_column("aqi").fill_null(NONE).cast(pl.Int16).to_numpy()
    primary[place] = _masks(placed.get_column("primary"))
    shape = (len(subjects), days)
    return DaySeries(
        subjects=tuple(subjects),
        first=first,
        values=values.reshape(*shape, len(DAY_KEYS)),
        programme=programme.reshape(*shape, len(BASIC)),
        aqi=aqi.reshape(shape),
        primary=primary.reshape(shape),
        area_class=np.array(
            [
                city.station(code).area_class if kind is SubjectKind.STATION else _SECOND_CLASS
                for kind, code in subjects
            ]
        ),
    )


def _masks(names: pl.Series) -> NDArray[np.uint8]:
    bit = {pollutant.value: 1 << at for at, pollutant in enumerate(BASIC)}
    unique = {name: sum(bit[part] for part in name.split(",")) for name in names.drop_nulls().unique()}
    return names.replace_strict(unique, default=0, return_dtype=pl.UInt8).fill_null(0).to_numpy()
