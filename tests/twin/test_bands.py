"""The simulated year has the shapes of real years: 11 cities of Shanxi, 2013-12 to 2015-12, from aqistudy.cn.

Levels fell by half since, so only ratios, memory and spread are compared. A band is the range of the 11 cities,
rounded outward; docs/twin.md states it.
"""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.city import City, Level
from lantian.rules import Choice, Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.terms.pollutants import BASIC
from lantian.twin.catalogue import read_book
from lantian.twin.making import Making

BANDS = {
    "PM2.5 / PM10": (0.45, 0.68),
    "lag-1 autocorrelation of log PM2.5": (0.53, 0.77),
    "lag-5 autocorrelation of log PM2.5": (0.03, 0.35),
    "standard deviation of log PM2.5": (0.45, 0.73),
    "run of days above 1.6 × mean PM2.5": (1.6, 3.0),
    "PM2.5, winter / summer": (1.2, 2.05),
    "SO2, winter / summer": (2.2, 5.7),
    "NO2, winter / summer": (0.95, 2.5),
    "CO, winter / summer": (1.25, 3.2),
    "O3, summer / winter": (1.7, 3.7),
    "correlation of PM2.5 and NO2": (0.45, 0.78),
}
WINTER, SUMMER = (12, 1, 2), (6, 7, 8)
HEAVY = 1.6
DOCS = Path(__file__).parents[2] / "docs" / "twin.md"


def shapes(days: pl.DataFrame) -> dict[str, float]:
    """Shapes of daily means, a row a day without a gap, columns ``day`` and the pollutants."""
    fine, log = days["pm25"].to_numpy(), np.log(days["pm25"].to_numpy())
    months = days.group_by(month=pl.col("day").dt.month()).agg(pl.col(p.value for p in BASIC).mean())

    def season(pollutant: str, which: tuple[int, ...]) -> float:
        return float(months.filter(pl.col("month").is_in(which))[pollutant].mean())

    def winter(pollutant: str) -> float:
        return season(pollutant, WINTER) / season(pollutant, SUMMER)

    def lagged(lag: int) -> float:
        return float(np.corrcoef(log[lag:], log[:-lag])[0, 1])

    return {
        "PM2.5 / PM10": float(fine.mean() / days["pm10"].mean()),
        "lag-1 autocorrelation of log PM2.5": lagged(1),
        "lag-5 autocorrelation of log PM2.5": lagged(5),
        "standard deviation of log PM2.5": float(log.std()),
        "run of days above 1.6 × mean PM2.5": float(np.mean(runs(fine > HEAVY * fine.mean()))),
        "PM2.5, winter / summer": winter("pm25"),
        "SO2, winter / summer": winter("so2"),
        "NO2, winter / summer": winter("no2"),
        "CO, winter / summer": winter("co"),
        "O3, summer / winter": 1.0 / winter("o3"),
        "correlation of PM2.5 and NO2": float(np.corrcoef(fine, days["no2"])[0, 1]),
    }


def runs(high: np.ndarray) -> list[int]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], high.astype(int), [0]])))
    return (edges[1::2] - edges[::2]).tolist()


def test_runs_are_counted_at_both_ends_too():
    assert runs(np.array([True, True, False, True, False, False, True])) == [2, 1, 1]


def test_the_simulated_year_lies_within_every_band_and_has_its_level(changzhi: City):
    book = read_book(changzhi)
    rule = Rulebook.packaged().edition(PlumeRule, "plume", date(2025, 12, 31), Choice())
    making = Making(changzhi, book, rule, date(2025, 1, 1), date(2025, 12, 31), seed=20260301, level_pm25=36.0)
    national = [one for one in changzhi.stations if one.level is Level.NATIONAL]
    value = making.air(national).value.mean(axis=0).reshape(len(BASIC), -1, 24)
    daily = {p.value: value[n].mean(axis=1) for n, p in enumerate(BASIC)}
    daily["o3"] = value[[p.value for p in BASIC].index("o3")].max(axis=1)  # what the real series holds comes near
    day = making.sky.weather.axis[making.hours].gather_every(24).dt.date()
    found = shapes(pl.DataFrame({"day": day, **daily}))
    outside = {name: found[name] for name, (low, high) in BANDS.items() if not low <= found[name] <= high}
    assert outside == {}
    assert float(daily["pm25"].mean()) == pytest.approx(36.0, rel=0.05)


def test_the_page_states_every_band():
    page = DOCS.read_text("utf-8")
    for name, (low, high) in BANDS.items():
        assert f"| {name} | {low:g} … {high:g} |" in page, name


@pytest.mark.reference
def test_the_bands_are_the_range_of_the_real_cities(reference_data: Path):
    rows = pl.read_csv(reference_data / "shanxi_city_daily" / "city_daily_2013_2015.csv").select(
        "city", day=pl.col("date").str.slice(0, 10).str.to_date(),
        pm25="pm2_5", pm10="pm10", so2="so2", no2="no2", co="co", o3="o3",
    )  # fmt: skip
    found = [shapes(days.sort("day")) for days in rows.partition_by("city")]
    assert len(found) == 11
    for name, (low, high) in BANDS.items():
        least, most = min(each[name] for each in found), max(each[name] for each in found)
        assert low <= least < most <= high, name
        assert (high - low) - (most - least) < 0.2 * (most - least), name
