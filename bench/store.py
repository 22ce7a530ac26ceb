"""The lake against plain Parquet in the same run: append and latest read of 54 stations x 8,760 hours.

Prints one JSON line. Times are medians [s]; `ratio_…` is lake / plain Parquet. `append_peak_…` comes from a
process of its own that appends several million rows at once: peak memory over the frame's own size.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from lantian.store import AMBIENT_HOURS, Lake
from lantian.terms.pollutants import BASIC

ZONE = ZoneInfo("Asia/Shanghai")


def station_hours(stations: int, hours: int, seed: int = 1) -> pl.DataFrame:
    """Whole numbers as instruments give them, CO to one decimal, 3 % missing."""
    chance = np.random.default_rng(seed)
    start = datetime(2025, 1, 1)  # noqa: DTZ001 - the range below names the zone
    clock = pl.datetime_range(start, start + timedelta(hours=hours - 1), "1h", time_zone=ZONE.key, eager=True)
    codes = pl.DataFrame({"station": [f"{1000 + n}A" for n in range(stations)]})
    frame = codes.join(pl.DataFrame({"hour_start": clock}), how="cross")
    values = {}
    for pollutant in BASIC:
        value = np.round(chance.gamma(2.0, 20.0, frame.height))
        value = np.round(value / 40, 1) if pollutant == "co" else value
        values[pollutant.value] = pl.Series(np.where(chance.random(frame.height) < 0.03, np.nan, value)).fill_nan(
            None
        )
    return frame.with_columns(
        **values,
        stage=pl.lit("original"),
        state=pl.lit("reference"),
        source=pl.lit("bench"),
        origin=pl.lit("bench"),
        simulated=True,
    )


def lake_in(folder: Path) -> Lake:
    return Lake(folder, (AMBIENT_HOURS,), ZONE, lambda: datetime.now(UTC), simulated=True)


def seconds(work: Callable[[], object], runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def compare(folder: Path, stations: int, hours: int, runs: int) -> dict[str, float]:
    frame = station_hours(stations, hours)
    plain = folder / "plain.parquet"
    turn = iter(range(1000))
    appended = seconds(lambda: lake_in(folder / f"lake{next(turn)}").append(AMBIENT_HOURS, frame), runs)
    lake = lake_in(folder / "lake0")
    written = seconds(lambda: frame.write_parquet(plain, compression="zstd"), runs)
    read_plain = seconds(lambda: pl.read_parquet(plain), runs)
    read = seconds(lambda: lake.scan(AMBIENT_HOURS).collect(), runs)
    sorted_read = seconds(lambda: lake.read(AMBIENT_HOURS), runs)
    month = seconds(lambda: lake.read(AMBIENT_HOURS, first=date(2025, 6, 1), last=date(2025, 6, 30)), runs)
    again = seconds(lambda: lake.append(AMBIENT_HOURS, frame, only_changes=True), 1)
    lake.append(AMBIENT_HOURS, frame.sample(fraction=0.01, seed=2).with_columns(pl.col("pm25") + 1))
    corrected = seconds(lambda: lake.scan(AMBIENT_HOURS).collect(), runs)
    compaction = seconds(lambda: lake.compact(AMBIENT_HOURS), 1)
    compacted = seconds(lambda: lake.scan(AMBIENT_HOURS).collect(), runs)
    rows = lake.scan(AMBIENT_HOURS).select(pl.len()).collect().item()
    assert rows == frame.height == pl.read_parquet(plain).height
    return {
        "rows": rows,
        "append_s": appended,
        "plain_write_s": written,
        "ratio_append": appended / written,
        "read_s": read,
        "plain_read_s": read_plain,
        "ratio_read": read / read_plain,
        "read_sorted_s": sorted_read,
        "read_one_month_s": month,
        "same_import_again_s": again,
        "read_with_1pc_corrections_s": corrected,
        "compact_s": compaction,
        "read_compacted_s": compacted,
        "ratio_read_compacted": compacted / read_plain,
    }


def peak(folder: Path, rows: int) -> None:
    """Append many rows at once and print what it took; run in a process of its own."""
    frame = station_hours(rows // 8760, 8760).rechunk()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    lake_in(folder).append(AMBIENT_HOURS, frame)
    took = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = frame.estimated_size("mb")
    print(json.dumps({"rows": frame.height, "s": took, "frame_mb": size, "before_mb": before, "peak_mb": after}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=54)
    parser.add_argument("--hours", type=int, default=8760)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large", type=int, default=5_000_000, help="rows of the large append")
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak is not None:
        peak(options.peak, options.large)
        return
    with tempfile.TemporaryDirectory() as folder:
        found = compare(Path(folder), options.stations, options.hours, options.runs)
        command = [sys.executable, __file__, "--peak", f"{folder}/large", "--large", str(options.large)]
        large = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    figures = {name: round(value, 4) for name, value in found.items()}
    figures |= {f"append_large_{name}": round(value, 2) for name, value in large.items()}
    print(json.dumps({"bench": "store", **figures}))


if __name__ == "__main__":
    main()
