# Source: hourly AQI, primary pollutant, level and running columns as published by the national monitoring centre.
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.rules import AqiRule, Rulebook
from lantian.science.aqi import AqiArrays, index_of, pollutants_of
from lantian.science.rounding import from_float32, rounded
from lantian.science.statistics import feed
from lantian.terms.pollutants import BASIC, Pollutant

pytestmark = pytest.mark.reference

FEED_COLUMNS = {"so2": "so2", "no2": "no2", "co": "co", "o3": "o3_24h", "pm10": "pm10", "pm25": "pm2_5"}
"""The feed as published: its column ``o3_24h`` is the current hour."""
FACE_VALUE = FEED_COLUMNS | {"o3": "o3"}
NAMES = {
    "颗粒物(PM10)": Pollutant.PM10,
    "细颗粒物(PM2.5)": Pollutant.PM25,
    "臭氧1小时": Pollutant.O3,
    "二氧化硫": Pollutant.SO2,
    "二氧化氮": Pollutant.NO2,
    "一氧化碳": Pollutant.CO,
}
FIRST_END = datetime(2017, 10, 12, 1)  # noqa: DTZ001 - the file's stamps are naive Beijing time
"""End of the first hour of the first legal day."""
STATIONS = ("1057A", "1059A", "1060A", "1061A", "3131A")


@pytest.fixture(scope="module")
def rule(rulebook: Rulebook) -> AqiRule:
    return rulebook.aqi_hour(date(2018, 1, 1))


@pytest.fixture(scope="module")
def zhangjiakou(reference_data: Path) -> pl.DataFrame:
    return pl.read_parquet(reference_data / "cnemc_zhangjiakou_hourly" / "hourly.parquet")


def judged(frame: pl.DataFrame, columns: dict[str, str], rule: AqiRule) -> AqiArrays:
    return index_of(frame.select(pl.col(columns[p]).cast(pl.Float64) for p in BASIC).to_numpy(), rule)


def assert_every_row_agrees(
    frame: pl.DataFrame, columns: dict[str, str], rule: AqiRule, rulebook: Rulebook, rows: int
) -> None:
    """AQI, primary pollutants and (where given) level of every row that has a published AQI."""
    published = frame.filter(pl.col("aqi").is_not_null())
    found = judged(published, columns, rule)
    aqi = published["aqi"].to_numpy()
    equal = int((found.aqi == aqi).sum())
    assert (equal, len(published)) == (rows, rows), f"AQI equal in {equal} of {len(published)}, {rows} expected"
    named = [tuple(NAMES[n] for n in (text or "").split(",") if n) for text in published["primarypollutant"]]
    ours = [pollutants_of(mask) for mask in found.primary]
    same = sum(sorted(a) == sorted(b) for a, b in zip(ours, named, strict=True))
    assert same == rows, f"primary pollutants equal in {same} of {rows}"
    if "quality" in published.columns:
        categories = rulebook.categories(date(2018, 1, 1))
        level = sum(
            categories.category(int(x)).name_zh == name
            for x, name in zip(found.aqi, published["quality"], strict=True)
        )
        assert level == rows, f"level equal in {level} of {rows}"


def test_every_national_station_hour_has_the_published_index(
    reference_data: Path, rule: AqiRule, rulebook: Rulebook
) -> None:
    frame = pl.read_csv(reference_data / "cnemc_national_hours" / "station_hours.csv")
    assert_every_row_agrees(frame, FEED_COLUMNS | {"o3": "o3_1h"}, rule, rulebook, 7115)


def test_the_feed_as_published_agrees_once_its_ozone_labels_are_crossed_back(
    reference_data: Path, rule: AqiRule, rulebook: Rulebook
) -> None:
    frame = pl.read_parquet(reference_data / "cnemc_national_hours" / "as_published.parquet")
    assert_every_row_agrees(frame, FEED_COLUMNS, rule, rulebook, 7187)


def test_the_sample_of_2022_still_has_crossed_labels(
    reference_data: Path, rule: AqiRule, rulebook: Rulebook
) -> None:
    frame = pl.read_csv(reference_data / "cnemc_2022_format_sample" / "2022-01-01T00_rows.csv")
    assert_every_row_agrees(frame, FEED_COLUMNS, rule, rulebook, 24)


def test_ozone_labels_at_face_value_do_not_give_the_published_index(reference_data: Path, rule: AqiRule) -> None:
    frame = pl.read_parquet(reference_data / "cnemc_national_hours" / "as_published.parquet")
    frame = frame.filter(pl.col("aqi").is_not_null())
    equal = int((judged(frame, FACE_VALUE, rule).aqi == frame["aqi"].to_numpy()).sum())
    assert (equal, len(frame)) == (5181, 7187), f"labels at face value agree in {equal} of {len(frame)}"
    summer = frame.filter(pl.col("snapshot").str.starts_with("xml_2019"))
    share = float((judged(summer, FACE_VALUE, rule).aqi == summer["aqi"].to_numpy()).mean())
    assert share < 0.64, f"in July, when ozone leads, labels at face value agree in {share:.1%}"
    both = frame.filter(pl.col("o3").is_not_null() & pl.col("o3_24h").is_not_null())
    assert (both["o3"] >= both["o3_24h"]).all()


def test_running_days_of_particles_do_not_give_the_published_index(reference_data: Path, rule: AqiRule) -> None:
    frame = pl.read_parquet(reference_data / "cnemc_national_hours" / "as_published.parquet")
    frame = frame.filter(pl.col("aqi").is_not_null())
    columns = FEED_COLUMNS | {"pm10": "pm10_24h", "pm25": "pm2_5_24h"}
    equal = int((judged(frame, columns, rule).aqi == frame["aqi"].to_numpy()).sum())
    assert equal / len(frame) < 0.2, f"24 h particles agree in {equal} of {len(frame)}"


def test_every_station_hour_of_zhangjiakou_has_the_published_index(
    zhangjiakou: pl.DataFrame, rule: AqiRule
) -> None:
    frame = zhangjiakou.filter((pl.col("level") == "station") & pl.col("AQI").is_not_null())
    columns = ("SO2", "NO2", "CO", "O3", "PM10", "PM2.5")
    values = np.column_stack([from_float32(frame[c].fill_null(np.nan).to_numpy()) for c in columns])
    equal = int((index_of(values, rule).aqi == frame["AQI"].to_numpy()).sum())
    assert (equal, len(frame)) == (49300, 49300), f"AQI equal in {equal} of {len(frame)}"


def hours_of(frame: pl.DataFrame, station: str, column: str) -> np.ndarray:
    """Unbroken series from the first legal day's first hour; the feed stamps the end of an hour."""
    rows = frame.filter(pl.col("station") == station)
    at = (rows["time"] - FIRST_END).dt.total_hours().to_numpy()
    series = np.full((at.max() // 24 + 1) * 24, np.nan)
    series[at] = from_float32(rows[column].fill_null(np.nan).to_numpy())
    return series


def torn(length: int) -> np.ndarray:
    """Hours of the two stretches in which the running columns plainly belong to other hours than those given."""
    days = np.arange(length) // 24
    stretches = ((date(2018, 5, 10), date(2018, 5, 14)), (date(2018, 12, 3), date(2018, 12, 14)))
    start = date(2017, 10, 12)
    return np.any([(days >= (a - start).days) & (days <= (b - start).days) for a, b in stretches], axis=0)


@pytest.mark.parametrize(
    ("column", "windows", "even", "up", "outside_missed"),
    [
        ("PM2.5", 30719, 30246, 0.9636, 1),
        ("PM10", 22565, 22166, 0.9617, 2),
        ("SO2", 32862, 32467, 0.9680, 1),
        ("NO2", 33169, 32752, 0.9672, 3),
    ],
)
def test_24_hour_means_are_rounded_half_to_even(
    zhangjiakou: pl.DataFrame, column: str, windows: int, even: int, up: float, outside_missed: int
) -> None:
    counts = np.zeros(4, dtype=int)
    for station in STATIONS:
        hours, shown = hours_of(zhangjiakou, station, column), hours_of(zhangjiakou, station, f"{column}_24h")
        found = feed.trailing_mean_24h(hours)
        full = np.isfinite(found) & np.isfinite(shown)
        half_up = rounded(feed.trailing_mean_24h(hours, decimals=6), 0, "half_up")
        missed = full & (found != shown)
        agree_up = int((half_up[full] == shown[full]).sum())
        counts += [full.sum(), (full & ~missed).sum(), agree_up, (missed & ~torn(len(hours))).sum()]
    agreement = counts[1] / counts[0]
    message = f"half to even {counts[1]} of {counts[0]} ({agreement:.2%}), half up {counts[2] / counts[0]:.2%}"
    assert (counts[0], counts[1]) == (windows, even), message
    assert counts[2] / counts[0] == pytest.approx(up, abs=5e-5), message
    assert counts[3] == outside_missed, f"{counts[3]} misses outside the two torn stretches"


def test_the_running_8_hours_of_ozone_restart_at_01_00(zhangjiakou: pl.DataFrame) -> None:
    counts = np.zeros(3, dtype=int)
    for station in STATIONS:
        hours, shown = (hours_of(zhangjiakou, station, c).reshape(-1, 24) for c in ("O3", "O3_8h"))
        found = feed.feed_o3_8h(hours)
        plain = plain_trailing_8h(hours)
        both = np.isfinite(found) & np.isfinite(shown)
        counts += [both.sum(), (found == shown)[both].sum(), (plain == shown)[both].sum()]
    share, trailing = counts[1] / counts[0], counts[2] / counts[0]
    message = f"restarting {counts[1]} of {counts[0]} ({share:.2%}), plain trailing {trailing:.2%}"
    assert (counts[0], counts[1]) == (49765, 47102), message
    assert trailing < 0.72, message


def plain_trailing_8h(hours: np.ndarray) -> np.ndarray:
    padded = np.concatenate([np.full(7, np.nan), hours.ravel()])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 8)
    count = np.isfinite(windows).sum(axis=1)
    mean = np.nansum(windows, axis=1) / np.maximum(count, 1)
    return np.where(count > 0, rounded(np.round(mean, 9), 0, "half_even"), np.nan).reshape(hours.shape)


def test_the_published_maxima_of_ozone_follow_from_the_published_series(zhangjiakou: pl.DataFrame) -> None:
    counts = np.zeros(4, dtype=int)
    for station in STATIONS:
        names = ("O3", "O3_24h", "O3_8h", "O3_8h_24h")
        hour, max_24h, running, day_max = (hours_of(zhangjiakou, station, name) for name in names)
        trailing = feed.trailing_maximum_24h(hour)
        of_day = feed.feed_o3_8h_day_maximum(running.reshape(-1, 24)).ravel()
        for at, (found, shown) in enumerate(((trailing, max_24h), (of_day, day_max))):
            both = np.isfinite(found) & np.isfinite(shown)
            counts[2 * at : 2 * at + 2] += [both.sum(), (found == shown)[both].sum()]
    assert counts[1] / counts[0] > 0.963, f"highest hour of 24 agrees in {counts[1]} of {counts[0]}"
    assert counts[3] / counts[2] > 0.975, f"highest 8 h of the day agrees in {counts[3]} of {counts[2]}"


def test_an_hour_stamped_24_00_belongs_to_the_day_before(zhangjiakou: pl.DataFrame) -> None:
    first = zhangjiakou.filter(pl.col("station") == "1057A")["time"].min()
    assert first - FIRST_END == timedelta(hours=23)
    assert np.flatnonzero(np.isfinite(hours_of(zhangjiakou, "1057A", "O3_24h")))[0] == 23
