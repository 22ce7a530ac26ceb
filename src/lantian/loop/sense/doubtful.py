"""Reads of the findings about data: how many are open, which ones?"""

import polars as pl

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.quality_tables import QUALITY_FINDINGS


def count_open(centre: Centre) -> dict[str, int]:
    """Count the findings that still hold, by severity."""
    rows = centre.lake.scan(QUALITY_FINDINGS, where=~pl.col("withdrawn")).group_by("severity").len().collect()
    return {str(severity): int(count) for severity, count in rows.iter_rows()}
