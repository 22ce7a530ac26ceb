"""Declarations are refused where they could not be kept."""

from dataclasses import replace

import polars as pl
import pytest

from lantian.store import AMBIENT_HOURS, Column, Table
from lantian.terms.errors import CallerError

DAY = Column("legal_day", pl.Date(), "d", "Legal day", "自然日", nullable=False)
CODE = Column("code", pl.String(), "1", "Station or place", "编码", nullable=False)
INDEX = Column("aqi", pl.Int64(), "1", "Index of the day", "日AQI")


def days(**changes: object) -> Table:
    plain: dict[str, object] = {"instant": None, "key": ("code", "legal_day"), "columns": (CODE, DAY, INDEX)}
    return Table("days", "Days", "日", **{**plain, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Categorical(),
        pl.Enum(["a"]),
        pl.UInt32(),
        pl.Duration("us"),
        pl.Float32(),
        pl.Datetime("us"),
        pl.Decimal(10, 2),
    ],
)
def test_type_that_delta_cannot_keep_is_refused(dtype: pl.DataType) -> None:
    with pytest.raises(CallerError, match="does not keep"):
        Column("value", dtype, "1", "A value", "值")


def test_store_adds_day_partition_and_time_of_recording() -> None:
    assert [column.name for column in AMBIENT_HOURS.added] == ["legal_day", "legal_month", "recorded_at"]
    assert [column.name for column in days().added] == ["legal_month", "recorded_at"]
    assert [column.name for column in days(partition="legal_day").added] == ["recorded_at"]


def test_content_is_what_is_neither_key_nor_provenance() -> None:
    assert "pm25" in AMBIENT_HOURS.content
    assert not {"station", "hour_start", "stage", "origin", "recorded_at"} & set(AMBIENT_HOURS.content)


def test_schema_shows_instants_in_the_zone_and_recording_in_utc() -> None:
    schema = AMBIENT_HOURS.schema("Asia/Shanghai")
    assert schema["hour_start"] == pl.Datetime("us", "Asia/Shanghai")
    assert schema["recorded_at"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"columns": (CODE, DAY, INDEX, INDEX)}, "a column twice"),
        ({"columns": (CODE, DAY, replace(INDEX, name="recorded_at"))}, "adds itself"),
        ({"key": ("code", "nothing")}, "its own columns"),
        ({"key": ()}, "its own columns"),
        ({"key": ("code", "legal_day", "aqi")}, "may be null"),
        ({"key": ("code",)}, "needs its day in the key"),
        ({"sort": ("nothing",)}, "sorted by a column"),
        ({"instant": "code", "key": ("code",), "columns": (CODE, INDEX)}, "needs its instant"),
        ({"day": None, "key": ("code",)}, "neither partitions nor a retention"),
        ({"partition": None, "retention_days": 30}, "no partitions that could be dropped"),
    ],
)
def test_impossible_table_is_refused_with_its_name(changes: dict[str, object], reason: str) -> None:
    with pytest.raises(CallerError, match=f"table days .*{reason}"):
        days(**changes)


def test_unknown_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(CallerError, match="no column 'pm1'; it has: station"):
        AMBIENT_HOURS.column("pm1")
