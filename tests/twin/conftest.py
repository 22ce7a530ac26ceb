"""One simulated stretch that the tests of the twin look at: 16 months of the first city."""

from datetime import date

import polars as pl
import pytest

from lantian.city import City, load_city
from lantian.terms.pollutants import BASIC
from lantian.twin import simulate_hours


@pytest.fixture(scope="session")
def seed() -> int:
    return 20260301


@pytest.fixture(scope="session")
def changzhi() -> City:
    return load_city("changzhi")


@pytest.fixture(scope="session")
def hours(changzhi: City, seed: int) -> pl.DataFrame:
    """All stations, 2025-01-01 to 2026-04-30, as an importer would hand them over."""
    return pl.concat(simulate_hours(changzhi, date(2025, 1, 1), date(2026, 4, 30), seed))


@pytest.fixture(scope="session")
def central(hours: pl.DataFrame) -> pl.DataFrame:
    """Usable hours of 2025 at the stations that make the city, as city means."""
    national = ["1727A", "1728A", "1730A", "1731A", "2845A"]
    usable = (pl.when(pl.col(f"{p}_flags").is_null()).then(pl.col(p)).alias(p) for p in BASIC)
    return (
        hours.filter(pl.col("station").is_in(national), pl.col("hour_start").dt.year() == 2025)
        .with_columns(*usable)
        .group_by("hour_start")
        .agg(pl.col(p.value).mean() for p in BASIC)
        .sort("hour_start")
        .with_columns(day=pl.col("hour_start").dt.date(), hour=pl.col("hour_start").dt.hour())
    )
