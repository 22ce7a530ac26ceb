from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from lantian.rules import Rulebook
from lantian.science.statistics.day import DayReason, StationDays, station_days
from lantian.science.statistics.day_work import HourColumn
from lantian.science.statistics.rows import HourRows, hour_rows, station_batches, station_days_of_rows
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC

RULE = Rulebook.packaged().evaluation(date(2026, 3, 1))
ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 1)
NO_BITS = np.empty(0, dtype=np.uint8)
HOUR = 3_600_000_000


def random_hours(shape: tuple[int, ...], seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    hours = rng.integers(0, 300, size=(*shape, 24, 6)).astype(float)
    hours[..., 2] /= 100
    hours[rng.random(hours.shape) < 0.12] = np.nan
    return hours


def assert_same_days(one: StationDays, other: StationDays) -> None:
    for name in ("value", "unrounded", "valid_hours", "valid_windows", "reason"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def rows_of(hours: np.ndarray, bits: bool, keep: np.ndarray) -> HourRows:
    """Rows of a table from hours, shape (n_stations, n_days, 24, 6); nulls as NaN or as validity bits."""
    n_stations = len(hours)
    flat = hours.reshape(n_stations, -1, 6)
    at = np.tile(np.arange(flat.shape[1]), n_stations)[keep.ravel()]
    edges = np.r_[0, keep.reshape(n_stations, -1).sum(axis=1).cumsum()]
    columns = {}
    for k, pollutant in enumerate(BASIC):
        values = flat[:, :, k].ravel()[keep.ravel()]
        packed = np.packbits(np.r_[[True] * 3, np.isfinite(values)], bitorder="little") if bits else NO_BITS
        columns[pollutant] = HourColumn(np.where(np.isnan(values), 7.0, values) if bits else values, packed, 3)
    return HourRows(edges, at * HOUR, 0, columns)


@pytest.mark.parametrize("bits", [False, True])
def test_rows_of_a_table_give_the_same_days_as_a_full_grid(bits: bool) -> None:
    hours = random_hours((7, 31))
    keep = np.random.default_rng(3).random((7, 31 * 24)) > 0.05
    gaps = hours.copy()
    gaps.reshape(7, -1, 6)[~keep] = np.nan
    dense = station_days(gaps, RULE, 160)
    sparse = station_days_of_rows(rows_of(hours, bits, keep), 31, RULE, 160)
    assert_same_days(dense, sparse)


def test_of_two_rows_for_one_hour_the_later_one_counts() -> None:
    rows = HourRows(
        np.array([0, 48]),
        np.r_[np.arange(24), np.arange(24)] * HOUR,
        0,
        {"so2": HourColumn(np.repeat([5.0, 9.0], 24))},
    )
    days = station_days_of_rows(rows, 1, RULE, 160)
    assert days.value[0, 0, 0] == 9
    assert [DayReason(r) for r in days.reason[0, 0, 1:]] == [DayReason.NO_DATA] * 5


@pytest.mark.parametrize("microseconds", [-HOUR, 24 * HOUR, 30 * 60 * 1_000_000])
def test_rows_outside_the_days_or_off_the_hour_are_refused(microseconds: int) -> None:
    rows = HourRows(
        np.array([0, 1]), np.array([microseconds]), 0, {"so2": HourColumn(np.array([5.0]))}, ("1727A",)
    )
    with pytest.raises(CallerError, match="1 rows, the first of them at station 1727A, lie outside the 1 days"):
        station_days_of_rows(rows, 1, RULE, 160)


def table_of(hours: np.ndarray, codes: list[str], unit: str = "us") -> pl.DataFrame:
    """Table with one row per station hour from hours, shape (n_stations, n_days, 24, 6); NaN becomes null."""
    n_hours = hours.shape[1] * 24
    start = datetime(2026, 3, 1, tzinfo=ZONE)
    clock = pl.datetime_range(start, start + timedelta(hours=n_hours - 1), "1h", eager=True, time_unit=unit)
    values = {p.value: hours[..., k].ravel() for k, p in enumerate(BASIC)}
    return pl.DataFrame(
        {"station": np.repeat(codes, n_hours), "hour_start": pl.concat([clock] * len(codes)), **values}
    ).with_columns(pl.col(*[p.value for p in BASIC]).fill_nan(None))


LONG, SHORT = ["SIM-140423-01", "SIM-140423-02", "SIM-140423-03"], ["1727A", "1728A", "1730A"]


@pytest.mark.parametrize("codes", [SHORT, LONG], ids=["short", "long"])
@pytest.mark.parametrize("unit", ["us", "ms", "ns"])
def test_a_table_becomes_the_same_days_as_its_grid(codes: list[str], unit: str) -> None:
    hours = random_hours((3, 4))
    rows = hour_rows(table_of(hours, codes, unit), FIRST, ZONE)
    assert rows.stations == tuple(codes)
    assert rows.first_row.tolist() == [0, 96, 192, 288]
    assert_same_days(station_days_of_rows(rows, 4, RULE, 160), station_days(hours, RULE, 160))


@pytest.mark.parametrize(
    "cut",
    [
        lambda frame: frame.slice(96, 150),
        lambda frame: frame[5:290],
        lambda frame: pl.concat([frame[:70], frame[70:]], rechunk=False),
        lambda frame: frame.filter(pl.int_range(pl.len()) % 7 != 3),
    ],
)
@pytest.mark.parametrize("codes", [SHORT, LONG], ids=["short", "long"])
def test_slices_chunks_and_gaps_of_a_table_change_nothing(
    codes: list[str], cut: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    hours = random_hours((3, 4))
    frame = cut(table_of(hours, codes).with_row_index("at"))
    grid = np.full((3 * 96, 6), np.nan)
    grid[frame["at"]] = hours.reshape(-1, 6)[frame["at"]]
    present = [code for code in codes if code in frame["station"]]
    expected = station_days(grid.reshape(3, 4, 24, 6)[[codes.index(c) for c in present]], RULE, 160)
    rows = hour_rows(frame, FIRST, ZONE)
    assert rows.stations == tuple(present)
    assert_same_days(station_days_of_rows(rows, 4, RULE, 160), expected)


def test_the_zone_decides_which_hours_make_a_day() -> None:
    frame = table_of(np.full((1, 2, 24, 6), 30.0), SHORT[:1])
    utc = frame.with_columns(pl.col("hour_start").dt.convert_time_zone("UTC"))
    assert hour_rows(utc, FIRST, ZONE).stamp[0] == hour_rows(frame, FIRST, ZONE).begin
    days = station_days_of_rows(hour_rows(frame.tail(40), FIRST, ZONE), 2, RULE, 160)
    assert days.valid_hours[0, :, 0].tolist() == [16, 24]


def test_float32_columns_are_widened_and_absent_ones_have_no_data() -> None:
    frame = table_of(np.full((1, 1, 24, 6), 30.0), SHORT[:1]).drop("so2", "o3").cast({"pm25": pl.Float32})
    days = station_days_of_rows(hour_rows(frame, FIRST, ZONE), 1, RULE, 160)
    assert days.value[0, 0, 5] == 30
    assert [DayReason(r).name for r in days.reason[0, 0]] == [
        "NO_DATA",
        "VALID",
        "VALID",
        "NO_DATA",
        "VALID",
        "VALID",
    ]
    assert np.isnan(days.value[0, 0, [0, 3, 6]]).all()
    assert (days.valid_windows[0, 0], days.valid_hours[0, 0, 3]) == (0, 0)


def test_times_without_a_zone_are_refused() -> None:
    frame = table_of(np.zeros((1, 1, 24, 6)), SHORT[:1]).with_columns(
        pl.col("hour_start").dt.replace_time_zone(None)
    )
    with pytest.raises(CallerError, match="timezone-aware"):
        hour_rows(frame, FIRST, ZONE)


@pytest.mark.parametrize("codes", [SHORT, LONG], ids=["short", "long"])
def test_rows_of_a_station_that_lie_apart_are_refused(codes: list[str]) -> None:
    frame = table_of(np.zeros((1, 1, 24, 6)), codes[:1])
    other = frame.with_columns(station=pl.lit(codes[1]))
    with pytest.raises(CallerError, match=f"{codes[0]} do not stand together"):
        hour_rows(pl.concat([frame, other, frame]), FIRST, ZONE)


@pytest.mark.parametrize("column", ["station", "hour_start"])
def test_rows_without_a_station_or_an_hour_are_refused(column: str) -> None:
    frame = table_of(np.zeros((1, 1, 24, 6)), SHORT[:1])
    holed = frame.with_columns(pl.when(pl.int_range(pl.len()) != 3).then(pl.col(column)))
    with pytest.raises(CallerError, match="1 rows"):
        hour_rows(holed, FIRST, ZONE)


def test_an_empty_table_has_no_stations() -> None:
    rows = hour_rows(table_of(np.zeros((1, 1, 24, 6)), SHORT[:1]).head(0), FIRST, ZONE)
    assert rows.stations == ()
    assert station_days_of_rows(rows, 31, RULE, 160).value.shape == (0, 31, 7)


@pytest.mark.parametrize("rows_each", [1, 7, 96, 100, 1000])
def test_batches_keep_stations_whole_and_lose_no_row(rows_each: int) -> None:
    frame = table_of(random_hours((3, 4)), SHORT).filter(pl.int_range(pl.len()) % 5 != 0)
    pieces = list(station_batches(frame.lazy(), rows_each))
    assert pl.concat(pieces).equals(frame)
    seen = [code for piece in pieces for code in piece["station"].unique(maintain_order=True)]
    assert seen == SHORT
