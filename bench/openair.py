"""openair's functions on its own sample of 65,533 hours: ours against PythonAQ in the same run.

Prints one JSON line: seconds, the least of some runs, after compiling, and how many times faster we are. PythonAQ
lives in an environment of its own: ``python -m venv rival && rival/bin/pip install pythonaq==0.5.1 pyarrow``, then
``OPENBLAS_NUM_THREADS=1 python bench/openair.py SAMPLE.parquet rival/bin/python``; without the last argument only
our own seconds are printed. Its wind rose wants its own column names and is left out; its annulus is blurred, ours
is fitted. openair 2.18 itself took 45.9 s for `aqStats` of four pollutants, 8.4 s for `timeVariation`, 0.6 s for
`polarPlot`, 2.3 s for `polarAnnulus` and 1.2 s for `TheilSen` on a like machine.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from lantian.desk.paper.drawing import Caption, picture
from lantian.desk.paper.science_charts_polar import polar_chart
from lantian.science.comparison.correlation import correlations
from lantian.science.comparison.model import agreement
from lantian.science.directions.annulus import annulus
from lantian.science.directions.polar import polar_surface
from lantian.science.directions.roses import percentile_rose, rose
from lantian.science.series.annual import annual
from lantian.science.series.averaging import average, percentiles
from lantian.science.series.choosing import by_date, runs
from lantian.science.series.cutting import cut_times
from lantian.science.series.filters import kolmogorov_zurbenko, running_mean
from lantian.science.series.table import Table
from lantian.science.variation.courses import time_variation
from lantian.science.variation.curve import smooth_trend
from lantian.science.variation.levels import level
from lantian.science.variation.slope import monthly_slope

FOUR = ["nox", "no2", "o3", "pm10"]
RUNS = 5
NAMES = {"ws": "wind_speed", "wd": "wind_direction"}

RIVAL = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import pandas as pd, PythonAQ as p
from PythonAQ.theil_sen_plot import theil_sen_plot
d = pd.read_parquet(sys.argv[1]).rename(columns={"date": "date_time"})
four = ["nox", "no2", "o3", "pm10"]
work = {
    "day_means": lambda: p.time_average(d, "day"),
    "day_means_75_vector": lambda: p.time_average(d, "day", data_thresh=75, vector_ws=True),
    "annual_4": lambda: [p.aq_stats(d, one) for one in four],
    "percentiles": lambda: p.calc_percentile(d, "o3", (5, 50, 95)),
    "rolling_8": lambda: p.rolling_mean(d, "o3", 8),
    "select": lambda: p.select_by_date(d, year=[2003], month=[1, 2]),
    "runs": lambda: p.select_running(d, "nox", run_length=5, threshold=500),
    "cut": lambda: p.cut_data(d, "season"),
    "model": lambda: p.mod_stats(d.rename(columns={"no2": "mod", "nox": "obs"})),
    "variation_4": lambda: p.time_variation(d, four),
    "polar": lambda: p.polar_plot(d, conc_col="nox"),
    "annulus": lambda: p.polar_annulus(d, "o3"),
    "percentile_rose": lambda: p.percentile_rose(d, "o3"),
}
found = {}
for name, one in work.items():
    times = []
    try:
        for _ in range(3):
            start = time.perf_counter(); one(); times.append(time.perf_counter() - start)
        found[name] = min(times)
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"[:120]
print(json.dumps(found))
"""


def table_of(path: Path) -> Table:
    rows = pl.read_parquet(path)
    columns = {
        NAMES.get(name, name): rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for name in rows.columns
        if name != "date"
    }
    return Table.of(rows["date"].to_numpy(), **columns)


def our_work(table: Table) -> dict[str, Callable[[], object]]:
    caption = Caption("nox")
    return {
        "day_means": lambda: average(table, "day"),
        "day_means_75_vector": lambda: average(table, "day", capture=75, vector_wind=True),
        "annual_4": lambda: [annual(table, name) for name in FOUR],
        "percentiles": lambda: percentiles(table, (5, 50, 95), names=["o3"]),
        "rolling_8": lambda: running_mean(table["o3"], 8),
        "select": lambda: by_date(table, years=[2003], months=[1, 2]),
        "runs": lambda: runs(table, "nox", 500),
        "cut": lambda: cut_times(table.times, "season"),
        "model": lambda: agreement(table["no2"], table["nox"]),
        "variation_4": lambda: time_variation(table, FOUR),
        "polar": lambda: polar_surface(table, "nox"),
        "annulus": lambda: annulus(table, "o3"),
        "wind_rose": lambda: rose(table),
        "percentile_rose": lambda: percentile_rose(table, "o3"),
        "polar_as_png": lambda: picture(
            polar_chart(polar_surface(table, "nox"), caption, unit="ug/m3", radius="wind"), "png"
        ),
        "polar_with_bounds": lambda: polar_surface(table, "nox", uncertainty=True),
        "theil_sen_deseasoned": lambda: monthly_slope(table, "o3", deseason=True),
        "smooth_trend": lambda: smooth_trend(table, "nox"),
        "trend_level": lambda: level(
            table["nox"], cut_times(table.times, "hour"), cut_times(table.times, "month")
        ),
        "correlation": lambda: correlations(table),
        "kz_365_3": lambda: kolmogorov_zurbenko(table["o3"], 365, 3),
    }


def least(work: Callable[[], object]) -> float:
    work()  # compiles
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def rounded(seconds: float) -> float:
    return float(np.format_float_positional(seconds, precision=3, fractional=False))


def main() -> None:
    sample = Path(sys.argv[1])
    figures: dict[str, object] = {"benchmark": "openair", "hours": len(table_of(sample))}
    ours = {name: least(work) for name, work in our_work(table_of(sample)).items()}
    figures |= {f"{name}_s": rounded(seconds) for name, seconds in ours.items()}
    if len(sys.argv) > 2:
        said = subprocess.run(
            [sys.argv[2], "-c", RIVAL, str(sample)], check=True, capture_output=True, text=True, timeout=600
        )
        for name, seconds in json.loads(said.stdout.splitlines()[-1]).items():
            figures[f"{name}_python_aq_s"] = seconds if isinstance(seconds, str) else rounded(seconds)
            if not isinstance(seconds, str):
                figures[f"{name}_times_python_aq"] = round(seconds / ours[name], 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
