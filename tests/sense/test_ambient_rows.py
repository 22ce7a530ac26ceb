"""What of a station's frame becomes the mark of a value."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import House, make_workspace
from lantian.loop.sense.ambient_rows import ambient_hours
from lantian.loop.sense.registry import DeviceCard

MN = "51D00000ABCDEF0123456789"
HOUR = datetime(2026, 1, 11, 16, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = make_workspace(tmp_path / "city", "changzhi", simulated=True)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("flag", "sent_mark", "kept"),
    [
        ("N", "SIM", None),
        ("N", "PZ", None),
        ("C", "PZ", "PZ"),
        ("T", "HSp", "HSp"),
        ("D", "B", "B"),
        ("D", "SIM", "D"),
        ("D", "03", "D"),
        ("D", None, "D"),
        (None, None, None),
    ],
)
def test_a_stations_own_mark_is_kept_for_a_value_that_is_not_normal(
    house: House, flag: str | None, sent_mark: str | None, kept: str | None
):
    card = DeviceCard(
        MN, "1727A", "22", 2017, "123456", (), None, {}, (), 5, "reference", simulated=True, state="registered"
    )
    readings = pl.DataFrame(
        {
            "mn": [MN], "outlet": ["1727A"], "system": ["22"], "period": ["hour"], "period_start": [HOUR],
            "factor": ["a21026"], "value": [12.0], "flag": [flag], "mark": [sent_mark], "number": [1],
            "origin": ["1:0"], "simulated": [True],
        },
        schema_overrides={"flag": pl.String, "mark": pl.String, "period_start": pl.Datetime("us", "UTC")},
    )  # fmt: skip
    [row] = ambient_hours(readings, {MN: card}, house.lake).iter_rows(named=True)
    assert (row["so2"], row["so2_flags"], row["pm25_flags"]) == (12.0, kept, None)
