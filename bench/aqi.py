"""Index of many sets at once: vectorised `index_of` against scalar code in the same run.

Prints one JSON line. Speeds are sets of six concentrations per second, medians; aqi-hub is given a set a call.
`differences_…` counts sets on which the rival departs from the exact index (binary floats, no rounding first, and
the hourly SO2 table in its daily index).
"""

import json
import time
import warnings
from collections.abc import Callable
from datetime import date
from statistics import median

import numpy as np
from aqi_hub.aqi_cn.aqi import cal_aqi_cn

from lantian.rules import AqiRule, Rulebook
from lantian.science.aqi import aqi, index_of

SETS, SAMPLE, RUNS = 5_000_000, 5_000, 5
DAY = date(2026, 3, 1)
KEYS = ("so2", "no2", "co", "o3", "pm10", "pm25")


def concentrations(n: int, seed: int = 1) -> np.ndarray:
    """Whole numbers, CO to one decimal, 3 % missing."""
    chance = np.random.default_rng(seed)
    values = np.round(chance.gamma(2.0, [8.0, 16.0, 4.0, 45.0, 45.0, 25.0], size=(n, 6)))
    values[:, 2] /= 10
    values[chance.random(values.shape) < 0.03] = np.nan
    return values


def speed(work: Callable[[], object], n: int, runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return n / median(times)


def rival(row: np.ndarray, averaging: str) -> int | None:
    so2, no2, co, o3, pm10, pm25 = (None if np.isnan(x) else float(x) for x in row)
    found: int | None = cal_aqi_cn(pm25=pm25, pm10=pm10, so2=so2, no2=no2, co=co, o3=o3, data_type=averaging)[0]
    return found


def compare(rule: AqiRule, averaging: str, many: np.ndarray) -> dict[str, float]:
    few = many[:SAMPLE]
    vectorised = index_of(few, rule)
    ours = [aqi(dict(zip(KEYS, row, strict=True)), rule) for row in few.tolist()]
    if [x.highest if x.highest is not None else -1 for x in ours] != vectorised.highest.tolist():
        raise SystemExit("the vectorised index departs from the exact one")
    theirs = [rival(row, averaging) for row in few]
    highest = vectorised.highest.tolist()
    differ = sum((a if a is not None else -1) != b for a, b in zip(theirs, highest, strict=True))
    fast = speed(lambda: index_of(many, rule), len(many), RUNS)
    exact = speed(lambda: [aqi(dict(zip(KEYS, row, strict=True)), rule) for row in few.tolist()], len(few), 3)
    scalar = speed(lambda: [rival(row, averaging) for row in few], len(few), 3)
    return {
        f"{averaging}_sets_per_second": round(fast),
        f"{averaging}_exact_scalar_per_second": round(exact),
        f"{averaging}_aqi_hub_per_second": round(scalar),
        f"{averaging}_times_aqi_hub": round(fast / scalar, 1),
        f"differences_{averaging}_aqi_hub": differ,
    }


def main() -> None:
    warnings.simplefilter("ignore")  # the rival warns at every missing value
    law, many = Rulebook.packaged(), concentrations(SETS)
    figures = {"benchmark": "aqi", "sets": SETS, "sample": SAMPLE}
    figures |= compare(law.aqi_day(DAY), "daily", many) | compare(law.aqi_hour(DAY), "hourly", many)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
