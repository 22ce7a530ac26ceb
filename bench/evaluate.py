"""From a year of station hours to every station day's index and the monthly ranking of cities, against rivals.

1,500 stations x 8,760 hours x 6 pollutants in zstd Parquet, sorted by station, 3 % missing. Each contender runs in
a process of its own, warms up once and then runs several times; they take turns. One JSON line gives medians of
elapsed and processor time [s] and the peak memory [MB] of the whole process. All must give the same indices,
primary pollutants, composite indices and ranks before a time is printed. `read` merely reads the file with Polars;
`aqi_hub` computes a sample of day indices, one set a call. With ``--ten-years`` only our own way runs, on files of
1, 2, 5 and 10 years.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lantian.rules import Rulebook
from lantian.rules.records import AqiRule, Indicator
from lantian.terms.periods import PeriodKind, periods_between
from lantian.terms.pollutants import BASIC, Pollutant

FIRST = date(2027, 1, 1)
"""A year under one edition; its hours are invented, so its place in time does not matter."""
ZONE = ZoneInfo("Asia/Shanghai")
STATIONS_OF_A_CITY = 5
GROUP_OF_A_YEAR = 30
"""Stations in a row group of a file of one year, some 260,000 rows."""
Figures = dict[str, Any]


def group(years: int) -> int:
    """Stations in a row group, whole cities; longer series make smaller groups, so that pieces stay small."""
    return max(GROUP_OF_A_YEAR // years // STATIONS_OF_A_CITY, 1) * STATIONS_OF_A_CITY


def last_day(years: int) -> date:
    return date(FIRST.year + years - 1, 12, 31)


def generate(path: Path, stations: int, years: int, seed: int = 1) -> None:
    """Write invented station hours: whole numbers as instruments give them, CO to one decimal, 3 % null."""
    chance = np.random.default_rng(seed)
    n_hours = ((last_day(years) - FIRST).days + 1) * 24
    clock = np.datetime64("2026-12-31T16:00", "us") + np.arange(n_hours) * np.timedelta64(1, "h")
    names = [str(p) for p in BASIC]
    fields = [
        ("station", pa.string()),
        ("hour_start", pa.timestamp("us", "UTC")),
        *((n, pa.float64()) for n in names),
    ]
    with pq.ParquetWriter(path, pa.schema(fields), compression="zstd") as file:
        for first in range(0, stations, group(years)):
            n = min(group(years), stations - first)
            hour = np.tile(np.arange(n_hours), n)
            dirt = np.repeat(chance.uniform(0.5, 1.8, n), n_hours)
            daily = np.repeat(chance.gamma(4.0, 0.25, (n, n_hours // 24)), 24, axis=1).ravel()
            mean = {"so2": 12, "no2": 30, "co": 0.8, "pm10": 80, "pm25": 42}
            columns = []
            for name in names:
                if name == "o3":
                    sun = np.sin((hour % 24 - 9) / 24 * 2 * np.pi) * (1 - 0.5 * np.cos(hour / 8766 * 2 * np.pi))
                    value = np.maximum(80 + 60 * sun + chance.normal(0, 12, len(hour)), 1).round()
                else:
                    noise = chance.gamma(8.0, 1 / 8, len(hour))
                    value = np.round(mean[name] * dirt * daily * noise, 1 if name == "co" else 0)
                columns.append(pa.array(value, mask=chance.random(len(hour)) < 0.03))
            codes = pa.array(np.repeat([f"{1001 + first + k}A" for k in range(n)], n_hours))
            times = pa.array(np.tile(clock, n), pa.timestamp("us", "UTC"))
            file.write_table(
                pa.table([codes, times, *columns], schema=pa.schema(fields)), row_group_size=n * n_hours
            )


def read(path: Path, _years: int) -> Figures:
    import polars as pl

    return {"rows": pl.read_parquet(path).height}


@dataclass(frozen=True)
class Judged:
    """What every contender must find: per station day, and per month and city; arrays in pieces."""

    aqi: Sequence[np.ndarray]
    primary: Sequence[np.ndarray]
    iaqi: Sequence[np.ndarray]
    composite: Sequence[np.ndarray]
    rank: Sequence[np.ndarray]

    def summary(self) -> Figures:
        """Sum up the days; composite indices and ranks are compared one by one."""
        return {
            "published": sum(int((part >= 0).sum()) for part in self.aqi),
            "aqi": sum(int(part[part >= 0].sum(dtype=np.int64)) for part in self.aqi),
            "iaqi": sum(int(part[part >= 0].sum(dtype=np.int64)) for part in self.iaqi),
            "primary": sum(int(part.sum(dtype=np.int64)) for part in self.primary),
            "composite": [None if np.isnan(x) else round(float(x), 2) for part in self.composite for x in part],
            "rank": [int(x) for part in self.rank for x in part],
        }


def lantian(path: Path, years: int) -> Judged:
    """Go our own way: piece by piece through the public functions, while Polars reads ahead."""
    import polars as pl

    from lantian.science.aqi import AqiArrays
    from lantian.science.ranking import composite_index, ranks
    from lantian.science.statistics.day import index_days
    from lantian.science.statistics.period import period_statistics
    from lantian.science.statistics.rows import hour_rows, station_batches, station_days_of_rows

    law = Rulebook.packaged().rule_set(FIRST)
    limit = law.limits.limit("o3", "mda8")
    n_days = (last_day(years) - FIRST).days + 1

    def judge(piece: pl.DataFrame) -> tuple[AqiArrays, np.ndarray]:
        days = station_days_of_rows(hour_rows(piece, FIRST, ZONE), n_days, law.evaluation, limit, threads=1)
        return index_days(days, law.aqi_day), city_means(days.unrounded[..., :6], float(law.evaluation.site_share))

    pieces = station_batches(pl.scan_parquet(path), group(years) * 24 * n_days)
    found = list(in_order(judge, pieces, os.cpu_count() or 1))
    daily = np.concatenate([cities for _, cities in found])
    composite, rank = [], []
    for month in periods_between(PeriodKind.MONTH, FIRST, last_day(years)):
        figures = period_statistics(daily, FIRST, month, law.evaluation)
        composite.append(composite_index(figures.headline, law.composite).index)
        rank.append(ranks(composite[-1]))
    return Judged(
        [i.aqi for i, _ in found], [i.primary for i, _ in found], [i.iaqi for i, _ in found], composite, rank
    )


def in_order(work: Callable[[Any], Any], items: Iterable[Any], workers: int) -> Iterator[Any]:
    """Work on a few items at a time, so that memory stays bounded, and give the results in order."""
    waiting: deque[Future[Any]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def city_means(values: np.ndarray, share: float) -> np.ndarray:
    """Mean of a city's unrounded station values where enough stations have one, shape (n_cities, n_days, 6)."""
    of_city = values.reshape(-1, STATIONS_OF_A_CITY, *values.shape[1:])
    present = ~np.isnan(of_city)
    count = present.sum(axis=1)
    total = np.where(present, of_city, 0.0).sum(axis=1)
    return np.where(count >= share * STATIONS_OF_A_CITY, total / np.maximum(count, 1), np.nan)


def whole_table(indicator: Indicator, rule: AqiRule) -> list[tuple[int, int, int, int]]:
    """Breakpoints in units of the kept decimal: lower and upper concentration, lower and upper index."""
    bounds = [int(c * 10**indicator.decimals) for c in indicator.concentration]
    return [(bounds[n], bounds[n + 1], rule.index[n], rule.index[n + 1]) for n in range(len(bounds) - 1)]


def pandas(path: Path, _years: int) -> Judged:
    """Do the same in plain pandas: group by station and day, rolling ozone, vectorised indices."""
    import pandas as pd

    law = Rulebook.packaged().rule_set(FIRST)
    ev, rule, names = law.evaluation, law.aqi_day, [str(p) for p in BASIC]
    frame = pd.read_parquet(path)
    local = frame["hour_start"].dt.tz_convert(ZONE.key)
    frame["day"] = local.dt.tz_localize(None).dt.normalize()
    frame["hour"] = local.dt.hour
    frame["co"] = (frame["co"] * 10).round()
    frame["o3_8h"] = frame["o3"].rolling(8, min_periods=ev.window_required_hours).mean()
    frame.loc[frame["hour"] < ev.window_first_end - 1, "o3_8h"] = np.nan
    by_day = frame.groupby(["station", "day"], sort=False)
    mean, count = by_day[names].mean(), by_day[names].count()
    mean = mean.where(count >= ev.day_required_hours)
    ozone = by_day["o3_8h"].agg(["max", "count"])
    lawful = (ozone["count"] >= ev.day_required_windows) | (
        ozone["max"].round() > float(law.limits.limit("o3", "mda8"))
    )
    mean["o3"] = ozone["max"].where(lawful)
    whole = mean.round()
    parts = {name: pandas_iaqi(whole[name], rule.indicator(name), rule) for name in names}
    iaqi = pd.DataFrame(parts)
    highest = iaqi.max(axis=1)
    shown = highest.where(iaqi.notna().all(axis=1) | (highest > rule.missing.only_above))
    leads = iaqi.eq(highest, axis=0).where(shown > rule.primary_above, False)
    primary = (leads.astype(int) * [1 << k for k in range(6)]).sum(axis=1)
    mean = mean.reset_index()
    mean["city"] = (mean["station"].str[:-1].astype(int) - 1001) // STATIONS_OF_A_CITY
    by_city = mean.groupby(["city", "day"])[names]
    enough = by_city.count() >= float(ev.site_share) * STATIONS_OF_A_CITY
    daily = by_city.mean().where(enough).round()
    month = daily.groupby([daily.index.get_level_values("day").to_period("M"), "city"])
    headline = month.mean()
    for name in ("co", "o3"):
        headline[name] = month[name].quantile(ev.percentiles[name] / 100)
    for name in names:
        shown_places = ev.decimals_period.of(name) - (1 if name == "co" else 0)
        headline[name] = (headline[name] * 10**shown_places).round(6).round() / 10**shown_places
    limits = pd.Series({n: float(law.composite.limits[Pollutant(n)]) * (10 if n == "co" else 1) for n in names})
    composite = (headline / limits * 100).round(6).round().sum(axis=1, skipna=False) / 100
    rank = composite.groupby(level=0).rank(method="min")
    return Judged(
        [shown.clip(lower=rule.floor).fillna(-1).to_numpy().astype(int)],
        [primary.to_numpy()],
        [iaqi.fillna(-1).to_numpy().astype(int)],
        [composite.to_numpy()],
        [rank.fillna(0).to_numpy().astype(int)],
    )


def pandas_iaqi(values: Any, indicator: Indicator, rule: AqiRule) -> Any:
    table = np.array(whole_table(indicator, rule))
    at = np.clip(np.searchsorted(table[:, 1], values.to_numpy(), side="left"), 0, len(table) - 1)
    low, high, first, last = table[at].T
    found = first - np.floor(-(last - first) * (values - low) / (high - low))
    above = indicator.above if isinstance(indicator.above, int) else rule.cap
    return found.where(values <= table[-1, 1], above).where(values.notna())


def duckdb(path: Path, _years: int) -> Judged:
    """Do the same in SQL."""
    import duckdb as db

    law = Rulebook.packaged().rule_set(FIRST)
    connection = db.connect()
    connection.execute(day_sql(path, law.evaluation, law.aqi_day, float(law.limits.limit("o3", "mda8") or 0)))
    aqi, primary, *iaqi = (
        connection.execute(
            "SELECT coalesce(aqi, -1), prim, " + ", ".join(f"coalesce(i_{p}, -1)" for p in BASIC) + " FROM indexed"
        )
        .fetchnumpy()
        .values()
    )
    rows = connection.execute(month_sql(law.evaluation, law.composite.limits)).fetchnumpy()
    composite, rank = np.ma.filled(rows["composite"], np.nan), np.ma.filled(rows["rank"], 0)
    return Judged([np.ma.filled(aqi)], [np.ma.filled(primary)], [np.column_stack(iaqi)], [composite], [rank])


def day_sql(path: Path, ev: Any, rule: AqiRule, limit: float) -> str:
    def case(name: str) -> str:
        indicator = rule.indicator(name)
        above = indicator.above if isinstance(indicator.above, int) else rule.cap
        arms = " ".join(
            f"WHEN r_{name} <= {high} "
            f"THEN {first} + ({last - first} * (r_{name} - {low}) + {high - low - 1}) // {high - low}"
            for low, high, first, last in whole_table(indicator, rule)
        )
        return f"CASE WHEN r_{name} IS NULL THEN NULL {arms} ELSE {above} END AS i_{name}"

    means = [p for p in BASIC if p is not Pollutant.O3]
    hours = ", ".join("round(co * 10) AS co" if p is Pollutant.CO else str(p) for p in BASIC)
    averages = ", ".join(
        f"CASE WHEN count({p}) >= {ev.day_required_hours} THEN avg({p}) END AS {p}" for p in means
    )
    rounded = ", ".join(f"round_even({p}, 0)::BIGINT AS r_{p}" for p in BASIC)
    highest = f"greatest({', '.join(f'i_{p}' for p in BASIC)})"
    complete = " AND ".join(f"i_{p} IS NOT NULL" for p in BASIC)
    primary = " + ".join(f"CASE WHEN i_{p} = top THEN {1 << n} ELSE 0 END" for n, p in enumerate(BASIC))
    return f"""
    CREATE TEMP TABLE hours AS SELECT station, (epoch_us(hour_start) // 1000000 + 28800) // 86400 AS day,
        (epoch_us(hour_start) // 1000000 + 28800) % 86400 // 3600 AS hour, {hours} FROM read_parquet('{path}');
    CREATE TEMP TABLE ozone AS SELECT station, day, count(*) AS windows, max(mean) AS o3 FROM (
        SELECT station, day, hour, avg(o3) OVER eight AS mean, count(o3) OVER eight AS n FROM hours
        WINDOW eight AS (PARTITION BY station, day ORDER BY hour ROWS BETWEEN 7 PRECEDING AND CURRENT ROW))
        WHERE hour >= {ev.window_first_end - 1} AND n >= {ev.window_required_hours} GROUP BY station, day;
    CREATE TEMP TABLE indexed AS WITH means AS (SELECT station, day, {averages} FROM hours GROUP BY station, day),
    days AS (SELECT means.*, CASE WHEN windows >= {ev.day_required_windows} OR round_even(o3, 0) > {limit}
        THEN o3 END AS o3 FROM means LEFT JOIN ozone USING (station, day)),
    whole AS (SELECT *, {rounded} FROM days),
    parts AS (SELECT *, {", ".join(case(p) for p in BASIC)} FROM whole),
    tops AS (SELECT *, {highest} AS top, ({complete}) AS complete FROM parts)
    SELECT *, CASE WHEN complete OR top > {rule.missing.only_above} THEN greatest(top, {rule.floor}) END AS aqi,
        CASE WHEN (complete OR top > {rule.missing.only_above}) AND top > {rule.primary_above}
        THEN {primary} ELSE 0 END AS prim FROM tops;"""


def month_sql(ev: Any, limits: Any) -> str:
    daily, headline, terms = [], [], []
    for p in BASIC:
        enough = f"count({p}) >= {float(ev.site_share) * STATIONS_OF_A_CITY}"
        daily.append(f"CASE WHEN {enough} THEN round_even(avg({p}), 0) END AS {p}")
        of_month = f"avg({p})" if ev.headline[p] == "mean" else f"quantile_cont({p}, {ev.percentiles[p] / 100})"
        scale = 10 if p is Pollutant.CO else 1
        places = ev.decimals_period.of(p) - (1 if p is Pollutant.CO else 0)
        headline.append(f"round_even(round({of_month}, 6), {places}) AS {p}")
        terms.append(f"round_even(round({p} / {float(limits[p]) * scale} * 100, 6), 0)")
    return f"""
    WITH daily AS (SELECT (left(station, -1)::INT - 1001) // {STATIONS_OF_A_CITY} AS city, day, {", ".join(daily)}
        FROM indexed GROUP BY ALL),
    headline AS (SELECT date_trunc('month', DATE '1970-01-01' + day::INT) AS month, city, {", ".join(headline)}
        FROM daily GROUP BY ALL),
    indices AS (SELECT month, city, ({" + ".join(terms)}) / 100 AS composite FROM headline)
    SELECT composite, rank() OVER (PARTITION BY month ORDER BY composite NULLS LAST) AS rank
    FROM indices ORDER BY month, city"""


def aqi_hub(_path: Path, _years: int) -> Figures:
    """Scalar rival on a sample of station days: the time of the index alone."""
    from aqi_hub.aqi_cn.aqi import cal_aqi_cn

    chance = np.random.default_rng(2)
    days = np.round(chance.gamma(4.0, [3.0, 8.0, 2.0, 25.0, 20.0, 11.0], size=(20_000, 6)))
    start = time.perf_counter()
    for so2, no2, co, o3, pm10, pm25 in days.tolist():
        cal_aqi_cn(pm25=pm25, pm10=pm10, so2=so2, no2=no2, co=co / 10, o3=o3, data_type="daily")
    return {"sets_per_second": round(len(days) / (time.perf_counter() - start))}


CONTENDERS: dict[str, Callable[[Path, int], Figures | Judged]] = {
    "read": read,
    "lantian": lantian,
    "pandas": pandas,
    "duckdb": duckdb,
    "aqi_hub": aqi_hub,
}


def contend(name: str, path: Path, years: int, runs: int) -> None:
    """Run one contender in this process: a warm-up, then timed runs; print what it found."""
    warnings.simplefilter("ignore")
    first = CONTENDERS[name](path, years)
    found = first.summary() if isinstance(first, Judged) else first
    del first
    seconds, processor = [], []
    for _ in range(runs):
        start, start_processor = time.perf_counter(), time.process_time()
        CONTENDERS[name](path, years)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - start_processor)
    peak = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"seconds": seconds, "cpu": processor, "peak_mb": peak, "found": found}))


def run(name: str, path: Path, years: int, runs: int) -> Figures:
    """Run one contender in a process of its own."""
    command = [sys.executable, __file__, "--contender", name, "--file", str(path), "--years", str(years)]
    done = subprocess.run([*command, "--runs", str(runs)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    found: Figures = json.loads(done.stdout)
    return found


def compare(path: Path, stations: int, runs: int) -> Figures:
    """Let all contenders take turns, so that a neighbour's load falls on all of them alike."""
    generate(path, stations, 1)
    found: dict[str, Figures] = {}
    for turn in range(runs):
        for name in CONTENDERS:
            if turn == 0:
                found[name] = run(name, path, 1, 1 if name in ("pandas", "aqi_hub") else 3)
            elif name not in ("pandas", "aqi_hub"):
                again = run(name, path, 1, 3)
                found[name] |= {key: found[name][key] + again[key] for key in ("seconds", "cpu")}
    ours = found["lantian"]["found"]
    figures: Figures = {"benchmark": "evaluate", "stations": stations, "rows": found["read"]["found"]["rows"]}
    figures |= {"file_mb": round(path.stat().st_size / 1e6), "cpus": os.cpu_count()}
    for name in ("pandas", "duckdb"):
        theirs = found[name]["found"]
        for key in ("published", "aqi", "iaqi", "primary", "rank", "composite"):
            if theirs[key] != ours[key]:
                raise SystemExit(f"{name} and lantian differ in {key}: {difference(theirs[key], ours[key])}")
    figures |= {"published_days": ours["published"], "sum_of_aqi": ours["aqi"], "city_months": len(ours["rank"])}
    middle = {key: {name: median(found[name][key]) for name in found} for key in ("seconds", "cpu")}
    for name in ("read", "lantian", "pandas", "duckdb"):
        figures |= {f"{name}_s": round(middle["seconds"][name], 3), f"{name}_cpu_s": round(middle["cpu"][name], 3)}
        figures[f"{name}_peak_mb"] = found[name]["peak_mb"]
    for key, unit in (("seconds", ""), ("cpu", "_cpu")):
        figures[f"lantian_to_read{unit}"] = round(middle[key]["lantian"] / middle[key]["read"], 2)
        for name in ("pandas", "duckdb"):
            figures[f"{name}_to_lantian{unit}"] = round(middle[key][name] / middle[key]["lantian"], 1)
    hub = found["aqi_hub"]["found"]["sets_per_second"]
    figures |= {"aqi_hub_sets_per_second": hub, "aqi_hub_all_days_s": round(stations * 365 / hub, 1)}
    return figures


def difference(theirs: Any, ours: Any) -> str:
    if not isinstance(theirs, list):
        return f"{theirs} and {ours}"
    return f"{sum(a != b for a, b in zip(theirs, ours, strict=True))} of {len(ours)}"


def ten_years(path: Path, stations: int, runs: int) -> Figures:
    """Files of more and more years: seconds per year and peak memory must not grow with them."""
    figures: Figures = {"benchmark": "evaluate_years", "stations": stations}
    for years in (1, 2, 5, 10):
        generate(path, stations, years)
        found = run("lantian", path, years, runs)
        figures |= {
            f"years_{years}_s": round(median(found["seconds"]), 2),
            f"years_{years}_peak_mb": found["peak_mb"],
        }
        figures[f"years_{years}_cpu_s_per_year"] = round(median(found["cpu"]) / years, 3)
    return figures


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stations", type=int, default=1500, help="a multiple of five")
    options.add_argument("--runs", type=int, default=3, help="turns that each contender takes")
    options.add_argument("--years", type=int, default=1)
    options.add_argument("--ten-years", action="store_true")
    options.add_argument("--contender", choices=list(CONTENDERS))
    options.add_argument("--file", type=Path)
    chosen = options.parse_args()
    if chosen.contender:
        contend(chosen.contender, chosen.file, chosen.years, chosen.runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        work = ten_years if chosen.ten_years else compare
        print(json.dumps(work(Path(folder) / "hours.parquet", chosen.stations, chosen.runs)))


if __name__ == "__main__":
    main()
