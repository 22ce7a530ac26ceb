"""From arrays of an index to the columns that every index table has."""

from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.rules.records import AqiCategories
from lantian.science.aqi import NONE, AqiArrays, pollutants_of
from lantian.terms.pollutants import BASIC

PUBLISHED, WITHHELD, NO_DATA = "published", "withheld", "none"


@cache
def _mask_names() -> pl.Series:
    return pl.Series([",".join(pollutants_of(mask)) or None for mask in range(1 << len(BASIC))], dtype=pl.String)


def pollutant_names(masks: NDArray[np.uint8]) -> pl.Series:
    """Write bit masks as comma-joined pollutants; null for none."""
    return _mask_names().gather(masks.astype(np.uint32))


def _nullable(values: NDArray[np.int16]) -> pl.Series:
    return pl.Series(values.astype(np.int32)).set(pl.Series(values == NONE), None)


def index_columns(judged: AqiArrays, categories: AqiCategories) -> dict[str, pl.Series]:
    """Columns ``iaqi_*, aqi, aqi_status, primary, exceeding, level`` of some judged sets, in their order."""
    by_pollutant = judged.by_pollutant()
    highs = np.array([row.high for row in categories.categories if row.high is not None])
    levels = np.array([row.level for row in categories.categories])
    level = np.where(judged.published, levels[np.searchsorted(highs, judged.aqi, side="left")], NONE)
    status = np.where(judged.published, PUBLISHED, np.where(judged.highest == NONE, NO_DATA, WITHHELD))
    primary = np.where(judged.published, judged.primary, 0)
    exceeding = np.where(judged.published, judged.exceeding, 0)
    return {
        **{f"iaqi_{pollutant}": _nullable(by_pollutant[:, at]) for at, pollutant in enumerate(BASIC)},
        "aqi": _nullable(judged.aqi),
        "aqi_status": pl.Series(status.astype(str)),
        "primary": pollutant_names(primary),
        "exceeding": pollutant_names(exceeding),
        "level": _nullable(level.astype(np.int16)),
    }


def mask_of(pollutants: tuple[str, ...]) -> NDArray[np.bool_]:
    """Say which of the six basic pollutants a programme holds."""
    return np.array([pollutant.value in pollutants for pollutant in BASIC])
