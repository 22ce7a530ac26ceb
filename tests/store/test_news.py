"""A frame is cut by partition without losing or reordering a row."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import polars as pl

from lantian.store import AMBIENT_HOURS
from lantian.store.doorway import checked
from lantian.store.news import parts

Frames = Callable[..., pl.DataFrame]


def test_parts_are_months_in_order_and_keep_the_order_of_rows(run_of_hours: Frames, zone: ZoneInfo) -> None:
    frame = run_of_hours(2, 65).sample(fraction=1.0, shuffle=True, seed=5)
    rows = checked(AMBIENT_HOURS, frame, zone, simulated=False)
    cut = list(parts(AMBIENT_HOURS, rows))
    assert [name for name, _ in cut] == ["2026-01", "2026-02", "2026-03"]
    for name, part in cut:
        assert part.equals(rows.filter(pl.col("legal_day").dt.strftime("%Y-%m") == name))
