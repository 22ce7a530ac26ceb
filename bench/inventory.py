"""Intervals of a 2,000-source city against the same draws row by row in NumPy; prints one JSON line."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import date
from statistics import median

import numpy as np

from lantian.rules import InventoryBookRule, Rulebook
from lantian.science.inventory.estimating import Estimate, estimate
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Process, Source
from lantian.science.inventory.rules import InventoryRules, inventory_rules
from lantian.science.inventory.uncertainty import Interval, intervals, sigmas

SOURCES, DRAWS, RUNS = 2_000, 1_000, 3
DAY = date(2025, 12, 31)


def sector_of(category: str) -> str:
    return category.partition(".")[0]


def city(rules: InventoryRules, seed: int = 1) -> Book:
    """Make sources of all categories that need no parameters, and coal boilers with two devices."""
    rng = np.random.default_rng(seed)
    plain = [
        code
        for code, row in rules.categories.items()
        if row.level == 4 and not row.needs and row.calculation == "factor"
    ]
    coal = {"sulphur": 0.01, "ash": 0.2}
    sources = []
    for n in range(SOURCES):
        if n % 3:
            activity = Activity("combustion.industry.coal.auto_grate", float(rng.lognormal(8, 1)), "t", 1.1, coal)
            controls = (Control("bag_filter"), Control("limestone_gypsum"))
        else:
            code = plain[n // 3 % len(plain)]
            activity = Activity(code, float(rng.lognormal(8, 1)), str(rules.categories[code].unit), 1.3)
            controls = ()
        process = Process("1", activity, controls=controls)
        sources.append(Source(f"S{n}", f"S{n}", f"14040{n % 9}", "point", (process,)))
    return Book("bench", 2025, tuple(sources))


Ends = dict[tuple[str, str, str], tuple[float, float]]


class Drawn(dict[object, np.ndarray]):
    """Errors by their key, drawn when they are first asked for."""

    def __init__(self, rng: np.random.Generator) -> None:
        super().__init__()
        self.rng = rng

    def __missing__(self, key: object) -> np.ndarray:
        self[key] = self.rng.standard_normal(DRAWS)
        return self[key]


def rival(rows: Sequence[Estimate], removal_gsd: float, level: float) -> Ends:
    """Draw the same city with one vector of NumPy for each row; return the ends of all sums."""
    rng = np.random.default_rng(1)
    ends = ((1 - level) / 2, (1 + level) / 2)
    factors, devices, activities = Drawn(rng), Drawn(rng), Drawn(rng)
    sums: dict[tuple[str, str, str], np.ndarray] = {}
    for row in rows:
        a, f, d = sigmas(row, removal_gsd)
        za, zf = activities[row.source, row.process], factors[row.error_key]
        zd = devices[tuple(each.technique for each in row.controls)]
        value = row.amount * np.exp(a * za + f * zf + d * zd - (a * a + f * f + d * d) / 2)
        for key in (
            ("city", "", row.pollutant), ("county", row.county, row.pollutant),
            ("sector", sector_of(row.category), row.pollutant), ("source", row.source, row.pollutant),
        ):  # fmt: skip
            sums[key] = sums.get(key, 0.0) + value
    return {key: tuple(np.quantile(each, ends)) for key, each in sums.items()}


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> None:
    book_law = Rulebook.packaged()
    rules = inventory_rules(book_law, DAY)
    rule = book_law.edition(InventoryBookRule, "inventory_book", DAY)
    book = city(rules)
    rows = estimate(book, rules, rule.measured).rows
    level, removal = float(rule.draws.level), float(rule.draws.removal_gsd)

    def ours(seed: int = 1) -> tuple[Interval, ...]:
        return intervals(rows, sector_of=sector_of, number=DRAWS, level=level, removal_gsd=removal, seed=seed)

    both = {(each.kind, each.code, each.pollutant): (each.low, each.high) for each in ours()}  # compiled here
    other = rival(rows, removal, level)
    apart = max(
        abs(a / b - 1) for key in other if key[0] == "city" for a, b in zip(both[key], other[key], strict=True)
    )
    assert set(both) == set(other)
    assert apart < 0.2, f"the two ways differ by {apart:.0%}"
    mine, naive = seconds(ours), seconds(lambda: rival(rows, removal, level), 1)
    found = {
        "bench": "inventory", "sources": SOURCES, "rows": len(rows), "draws": DRAWS,
        "factors_seconds": round(seconds(lambda: estimate(book, rules, rule.measured)), 3),
        "intervals_seconds": round(mine, 3), "numpy_seconds": round(naive, 3), "ratio": round(naive / mine, 2),
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
