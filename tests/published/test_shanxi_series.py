"""Daily means of 11 Shanxi cities, 2013-12 .. 2015-12, collected by aqistudy.cn (ShuyaoHong/aqistudy, no licence).

What is asserted, and why. The six daily concentrations are real and complete, so they prove that the chain from
days to ranks holds on real numbers: every annual figure is compared with one computed apart, by Polars and
`decimal`, from the same file. The file's `aqi` is the mean of hourly indices and its ozone is nearer the highest
hour than the 8 h mean: no index and no official verdict is tested here. Seasonality is: the coal-burning winter
leads with particles, the summer with ozone.
"""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.rules import Rulebook
from lantian.science.attainment import Verdict, attainment
from lantian.science.ranking import composite_index, rank_lists, ranks
from lantian.science.statistics.counts import exceedance_days
from lantian.science.statistics.period import PeriodReason, PeriodStatistics, period_statistics
from lantian.science.trend import TrendVerdict, deseasoned, seasonal_trend
from lantian.terms.periods import Period, PeriodKind, periods_between
from lantian.terms.pollutants import BASIC, Pollutant

pytestmark = pytest.mark.reference
FIRST, LAST = date(2013, 12, 2), date(2015, 12, 31)
COLUMNS = {"so2": "so2", "no2": "no2", "co": "co", "o3": "o3", "pm10": "pm10", "pm25": "pm2_5"}
RULES = Rulebook.packaged()
RULE = RULES.evaluation(LAST)
COMPOSITE = RULES.composite(LAST)
YEAR_2014, YEAR_2015 = (Period.containing(PeriodKind.YEAR, date(year, 1, 1)) for year in (2014, 2015))
PM25, O3 = BASIC.index(Pollutant.PM25), BASIC.index(Pollutant.O3)


@cache
def read(path: Path) -> tuple[list[str], np.ndarray, pl.DataFrame]:
    rows = pl.read_csv(path).with_columns(pl.col("date").str.slice(0, 10).str.to_date())
    cities = sorted(rows["city"].unique().to_list())
    daily = np.full((len(cities), (LAST - FIRST).days + 1, 6), np.nan)
    for row in rows.iter_rows(named=True):
        place = cities.index(row["city"]), (row["date"] - FIRST).days
        daily[place] = [row[COLUMNS[pollutant]] for pollutant in BASIC]
    return cities, daily, rows


@pytest.fixture(scope="module")
def shanxi(reference_data: Path) -> tuple[list[str], np.ndarray, pl.DataFrame]:
    return read(reference_data / "shanxi_city_daily" / "city_daily_2013_2015.csv")


def half_even(value: Fraction | str, decimals: int) -> Decimal:
    number = Decimal(value) if isinstance(value, str) else Decimal(value.numerator) / Decimal(value.denominator)
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)


def by_hand(rows: pl.DataFrame, city: str, year: int, pollutant: Pollutant) -> float:
    """Headline of a year through Polars and decimals, sharing no code with the package."""
    decimals = 1 if pollutant is Pollutant.CO else 0
    values = rows.filter((pl.col("city") == city) & (pl.col("date").dt.year() == year))[COLUMNS[pollutant]]
    days = sorted(Fraction(half_even(str(value), decimals)) for value in values.to_list())
    if pollutant not in (Pollutant.CO, Pollutant.O3):
        return float(half_even(sum(days) / len(days), decimals))
    k = 1 + Fraction((len(days) - 1) * (95 if pollutant is Pollutant.CO else 90), 100)
    place = int(k)
    return float(half_even(days[place - 1] + (days[place] - days[place - 1]) * (k - place), decimals))


def year_of(shanxi: tuple[list[str], np.ndarray, pl.DataFrame], year: Period) -> PeriodStatistics:
    return period_statistics(shanxi[1], FIRST, year, RULE)


def test_file_is_the_one_that_was_described(shanxi: tuple[list[str], np.ndarray, pl.DataFrame]) -> None:
    cities, daily, rows = shanxi
    assert (rows.height, len(cities)) == (5996, 11)
    changzhi = daily[cities.index("长治")]
    assert not np.isnan(changzhi).any()


def test_annual_headlines_equal_those_computed_by_hand(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    cities, _, rows = shanxi
    compared = 0
    for year in (YEAR_2014, YEAR_2015):
        figures = year_of(shanxi, year)
        for place, city in enumerate(cities):
            if figures.refused[place].any():
                continue
            theirs = [by_hand(rows, city, year.first.year, pollutant) for pollutant in BASIC]
            assert figures.headline[place].tolist() == theirs, (city, year.label)
            compared += 1
    assert compared == 5 + 11  # six cities began on 2014-12-31


def test_city_with_one_day_of_a_year_has_no_annual_figure(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    figures = year_of(shanxi, YEAR_2014)
    place = shanxi[0].index("吕梁")
    assert (figures.n_valid[place] == 1).all()
    assert (figures.reason[place] == PeriodReason.TOO_FEW_DAYS).all()
    assert np.isnan(figures.headline[place]).all()


def test_eleven_cities_of_2015_are_ranked_with_a_real_tie(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    cities, _, _ = shanxi
    index = composite_index(year_of(shanxi, YEAR_2015).headline, COMPOSITE).index
    rank = dict(zip(cities, ranks(index).tolist(), strict=True))
    assert index[cities.index("长治")] == 7.11
    assert index[cities.index("临汾")] == index[cities.index("忻州")] == 6.8
    assert rank["临汾"] == rank["忻州"] == 6
    assert rank["朔州"] == 8
    assert 7 not in rank.values()
    assert (rank["大同"], rank["长治"]) == (1, 11)


def test_index_of_changzhi_rose_and_that_of_yangquan_fell_from_2014_to_2015(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    cities, _, _ = shanxi
    now, base = ({"composite_index": np.zeros(0)} for _ in range(2))
    for metrics, year in ((now, YEAR_2015), (base, YEAR_2014)):
        figures = year_of(shanxi, year)
        metrics["composite_index"] = composite_index(figures.headline, COMPOSITE).index
        metrics |= {pollutant.value: figures.headline[:, place] for place, pollutant in enumerate(BASIC)}
        metrics["good_day_ratio"] = np.full(len(cities), np.nan)
    lists = rank_lists(now, RULES.ranking(LAST), base=base)
    improved = next(one for one in lists if one.list.key == "improved")
    assert improved.value[cities.index("长治")] == 6.4  # 6.68 -> 7.11
    assert improved.value[cities.index("阳泉")] == -17.7  # 8.15 -> 6.71
    assert improved.rank[cities.index("阳泉")] == 1
    assert improved.rank[cities.index("长治")] == 5
    assert (improved.rank > 0).sum() == 5  # the six others have no base


def test_no_city_attained_in_2015_and_particles_say_why(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    figures = year_of(shanxi, YEAR_2015)
    verdict = attainment(figures, RULES.limits(LAST), RULE)
    assert (verdict.everything == Verdict.EXCEEDS).all()
    assert (verdict.mean[:, PM25] == Verdict.EXCEEDS).all()
    datong = shanxi[0].index("大同")
    assert (figures.mean_attainment[datong, PM25], verdict.mean_multiple[datong, PM25]) == (40.0, 0.14)


def test_days_above_the_daily_limit_are_those_that_polars_counts(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    cities, daily, rows = shanxi
    found = exceedance_days(daily, FIRST, YEAR_2015, RULES.limits(LAST), RULE)
    # a rounded day above 75 is one above 75.5, or 75.5 itself, which goes to the even 76
    theirs = rows.filter((pl.col("date").dt.year() == 2015) & (pl.col("pm2_5") >= 75.5)).group_by("city").len()
    expected = dict(theirs.iter_rows())
    assert dict(zip(cities, found.exceeding[:, PM25].tolist(), strict=True)) == expected
    assert (found.valid[:, PM25] == 365).all()


def test_two_halves_of_the_real_year_add_up_to_it(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    whole = year_of(shanxi, YEAR_2015)
    halves = [
        period_statistics(shanxi[1], FIRST, period, RULE)
        for period in periods_between(PeriodKind.HALF_YEAR, YEAR_2015.first, YEAR_2015.last)
    ]
    np.testing.assert_array_equal(whole.total_units, halves[0].total_units + halves[1].total_units)


def monthly(shanxi: tuple[list[str], np.ndarray, pl.DataFrame]) -> tuple[list[Period], np.ndarray, np.ndarray]:
    months = periods_between(PeriodKind.MONTH, date(2014, 1, 1), LAST)
    figures = [period_statistics(shanxi[1], FIRST, month, RULE) for month in months]
    found = [composite_index(one.headline, COMPOSITE) for one in figures]
    return months, np.array([one.index for one in found]), np.array([one.primary for one in found])


def test_winter_has_the_high_index_and_summer_the_ozone(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    cities, _, _ = shanxi
    months, index, primary = monthly(shanxi)
    of_month = np.array([month.first.month for month in months])
    winter, summer = np.isin(of_month, (12, 1, 2)), np.isin(of_month, (6, 7, 8))
    full = ~np.isnan(index).any(axis=0)
    assert full.sum() == 5
    assert (index[winter][:, full].mean(axis=0) > 1.2 * index[summer][:, full].mean(axis=0)).all()
    place = cities.index("长治")
    worst = months[int(np.argmax(index[:, place]))]
    assert (worst.label, index[:, place].max()) == ("2015-12", 11.53)
    assert primary[months.index(worst), place] == 1 << PM25
    ozone = [float(period_statistics(shanxi[1], FIRST, month, RULE).headline[place, O3]) for month in months[12:]]
    assert 5 <= int(np.argmax(ozone)) + 1 <= 8


def test_deseasoning_takes_the_winter_out_and_two_years_are_too_few_for_a_trend(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    months, index, _ = monthly(shanxi)
    series = index[:, shanxi[0].index("长治")]
    season = np.array([month.first.month for month in months])
    times = np.array([month.first.year + (month.first.month - 1) / 12 for month in months])
    assert np.std(deseasoned(series, season)) < 0.6 * np.std(series)
    assert seasonal_trend(series, season, times).verdict == TrendVerdict.TOO_FEW
    shown = seasonal_trend(series, season, times, smallest_n=2)
    assert shown.n == 24
    pairs = [(series[place], series[place + 12]) for place in range(12)]
    assert shown.statistic == sum(int(np.sign(after - before)) for before, after in pairs)


def test_first_days_of_december_2013_are_a_flagged_month(
    shanxi: tuple[list[str], np.ndarray, pl.DataFrame],
) -> None:
    december = Period.containing(PeriodKind.MONTH, FIRST)
    figures = period_statistics(shanxi[1], FIRST, december, RULE)
    place = shanxi[0].index("长治")
    assert december.first + timedelta(days=1) == FIRST
    assert (figures.n_valid[place] == 30).all()
    assert figures.n_total == 31
    assert (figures.reason[place] == PeriodReason.VALID).all()
    assert (figures.reason[shanxi[0].index("吕梁")] == PeriodReason.NO_DATA).all()
