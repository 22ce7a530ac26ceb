"""A small lake, a clock that tests turn, and frames of station hours."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.store import FACT_TABLES, Lake, Table

ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    """Wall clock of a test: stands still until it is set or moved."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> datetime:
        self.at += timedelta(**by)
        return self.at


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def station_hours(*rows: tuple[str, str, float | None], **columns: object) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "station": [row[0] for row in rows],
            "hour_start": [instant(row[1]) for row in rows],
            "pm25": [row[2] for row in rows],
        },
        schema={"station": pl.String, "hour_start": pl.Datetime("us", ZONE.key), "pm25": pl.Float64},
    )
    constant = {
        "stage": "original",
        "state": "reference",
        "source": "test",
        "origin": "a test",
        "simulated": False,
        **columns,
    }
    return frame.with_columns(pl.lit(value).alias(name) for name, value in constant.items())


def stretch(stations: int, days: int, first: str = "2026-01-01 00:00", **columns: object) -> pl.DataFrame:
    start = instant(first)
    return station_hours(
        *(
            (f"{1700 + station}A", f"{start + timedelta(hours=hour):%Y-%m-%d %H:%M}", float(hour))
            for station in range(stations)
            for hour in range(24 * days)
        ),
        **columns,
    )


@pytest.fixture
def zone() -> ZoneInfo:
    return ZONE


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_lake(tmp_path: Path, clock: Clock) -> Callable[..., Lake]:
    """Open the lake of this test, as often as wanted, with any tables and settings."""

    def open_it(
        tables: Iterable[Table] = FACT_TABLES, *, zone: ZoneInfo = ZONE, simulated: bool = False, wait: float = 5.0
    ) -> Lake:
        return Lake(tmp_path / "lake", tables, zone, clock, simulated, wait=wait)

    return open_it


@pytest.fixture
def lake(open_lake: Callable[..., Lake]) -> Lake:
    return open_lake()


@pytest.fixture
def at() -> Callable[[str], datetime]:
    """An instant in the city's zone: ``2026-01-05 23:00``."""
    return instant


@pytest.fixture
def hours() -> Callable[..., pl.DataFrame]:
    """Station hours from (station, hour, PM2.5), other columns constant."""
    return station_hours


@pytest.fixture
def run_of_hours() -> Callable[..., pl.DataFrame]:
    """Every hour of some days at some stations; PM2.5 counts the hours."""
    return stretch
