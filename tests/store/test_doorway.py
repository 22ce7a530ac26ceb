"""What may not enter the lake is refused by name, and nothing of it is written."""

from collections.abc import Callable
from datetime import date
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from lantian.store import AMBIENT_HOURS
from lantian.store.doorway import checked, completed
from lantian.terms.errors import CallerError

ONE = ("1727A", "2026-01-05 23:00", 35.0)
Frames = Callable[..., pl.DataFrame]
check = partial(checked, AMBIENT_HOURS, zone=ZoneInfo("Asia/Shanghai"), simulated=False)


def let_in(frame: pl.DataFrame) -> pl.DataFrame:
    return completed(AMBIENT_HOURS, check(frame), "2026-01")


def test_row_gets_day_and_month_of_the_city_and_an_instant_in_utc(hours: Frames) -> None:
    row = let_in(hours(ONE)).row(0, named=True)
    assert row["legal_day"] == date(2026, 1, 5)
    assert row["legal_month"] == "2026-01"
    assert row["hour_start"].isoformat() == "2026-01-05T15:00:00+00:00"


def test_undeclared_column_is_refused_by_name(hours: Frames) -> None:
    with pytest.raises(CallerError, match=r"ambient_hours declares no column pm1, tvoc: nothing was written"):
        let_in(hours(ONE, tvoc=1.0, pm1=2.0))


def test_column_of_the_store_is_refused(hours: Frames) -> None:
    with pytest.raises(CallerError, match="legal_day is written by the store alone"):
        let_in(hours(ONE, legal_day=date(2026, 1, 5)))


def test_missing_required_column_is_refused(hours: Frames) -> None:
    with pytest.raises(CallerError, match="needs the column simulated, state"):
        let_in(hours(ONE).drop("state", "simulated"))


def test_absent_measurement_becomes_null_never_zero(hours: Frames) -> None:
    rows = let_in(hours(ONE))
    assert rows["o3"].to_list() == [None]
    assert rows["o3"].dtype == pl.Float64


def test_nan_becomes_null(hours: Frames) -> None:
    assert let_in(hours(("1727A", "2026-01-05 23:00", float("nan"))))["pm25"].to_list() == [None]


def test_infinity_is_refused(hours: Frames) -> None:
    with pytest.raises(CallerError, match="pm25 holds an infinite number"):
        let_in(hours(("1727A", "2026-01-05 23:00", float("inf"))))


def test_null_in_the_key_is_refused_with_its_count(hours: Frames) -> None:
    frame = hours(ONE, ("1728A", "2026-01-05 23:00", 1.0)).with_columns(
        pl.when(pl.col("station") == "1727A").then("station").alias("station")
    )
    with pytest.raises(CallerError, match="1 of 2 rows have nothing in the key station"):
        let_in(frame)


def test_instant_without_a_zone_is_refused(hours: Frames) -> None:
    with pytest.raises(CallerError, match="without a zone"):
        let_in(hours(ONE).with_columns(pl.col("hour_start").dt.replace_time_zone(None)))


def test_half_hour_is_refused(hours: Frames) -> None:
    with pytest.raises(CallerError, match="1 of 1 rows are not, first 2026-01-05T23:30:00"):
        let_in(hours(("1727A", "2026-01-05 23:30", 35.0)))


def test_other_type_is_refused_with_both_types(hours: Frames) -> None:
    with pytest.raises(CallerError, match="pm25 is String, declared is Float64"):
        let_in(hours(ONE).with_columns(pl.col("pm25").cast(pl.String)))


def test_float32_is_refused_because_its_decimals_are_others(hours: Frames) -> None:
    with pytest.raises(CallerError, match="pm25 is Float32"):
        let_in(hours(ONE).with_columns(pl.col("pm25").cast(pl.Float32)))


def test_whole_numbers_and_nanoseconds_are_taken_without_loss(hours: Frames) -> None:
    frame = hours(ONE).with_columns(pl.col("pm25").cast(pl.Int16), pl.col("hour_start").dt.cast_time_unit("ns"))
    assert let_in(frame).equals(let_in(hours(ONE)))


def test_word_outside_the_declared_ones_is_refused(hours: Frames) -> None:
    with pytest.raises(CallerError, match=r"stage holds \['draft'\].*original, audited"):
        let_in(hours(ONE, stage="draft"))


@pytest.mark.parametrize(("lake_is", "row_is"), [(False, True), (True, False)])
def test_simulated_and_real_are_never_mixed(hours: Frames, zone: ZoneInfo, lake_is: bool, row_is: bool) -> None:
    with pytest.raises(CallerError, match=r"1 of 1 rows .* never mixed"):
        checked(AMBIENT_HOURS, hours(ONE, simulated=row_is), zone, simulated=lake_is)
