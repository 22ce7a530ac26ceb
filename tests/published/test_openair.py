"""openair's sample (Marylebone Road, 1998-2005): figures by R 4.2.2 and mgcv 1.8-41 with openair's formulae.

The tables in ``openair/`` were computed in R on ``mydata``: means, percentiles and rolling means by base R,
surfaces by ``gam(sqrt(bin) ~ s(u, v, k = 100))``, rings by ``te(time, wd, bs = c("tp", "cc"))``, trends by
``stl``, ``StructTS`` and Wilcox's bootstrap after ``set.seed(2)``. Where openair itself publishes a figure, in its
test suite or its manual, it stands in the test.
"""

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lantian.science.comparison.conditional import conditional_quantiles
from lantian.science.comparison.correlation import correlations
from lantian.science.comparison.model import agreement, taylor
from lantian.science.directions.annulus import annulus
from lantian.science.directions.classes import Of
from lantian.science.directions.polar import polar_surface
from lantian.science.directions.roses import Rose, Share, percentile_rose, polar_frequency, rose
from lantian.science.series.annual import Above, Unit, annual
from lantian.science.series.averaging import average, percentiles
from lantian.science.series.choosing import by_date
from lantian.science.series.regression import running_regression
from lantian.science.series.table import Table
from lantian.science.smoothing.seasonal import decompose
from lantian.science.variation.courses import Middle, time_variation
from lantian.science.variation.curve import smooth_trend
from lantian.science.variation.slope import monthly_slope
from lantian.terms.types import FloatArray

pytestmark = pytest.mark.reference
OURS = {"ws": "wind_speed", "wd": "wind_direction"}
POLLUTANTS = ("nox", "no2", "o3", "pm10", "so2", "co", "pm25")
WEEKDAY_HOUR = {"weekhour": "weekday_hour"}


@pytest.fixture(scope="module")
def mydata(reference_data: Path) -> Table:
    rows = pl.read_parquet(reference_data / "openair_examples" / "openair_mydata_marylebone_1998_2005.parquet")
    columns = {OURS.get(name, name): numbers(rows, name) for name in rows.columns if name != "date"}
    return Table.of(rows["date"].to_numpy(), **columns)


def table_of(name: str) -> pl.DataFrame:
    path = Path(__file__).parent / "openair" / f"{name}.csv"
    return pl.read_csv(path, null_values=["NA", "NaN"], infer_schema_length=None)


def numbers(rows: pl.DataFrame, name: str) -> FloatArray:
    return rows[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()


def same(ours: FloatArray, theirs: FloatArray, relative: float = 1e-9, absolute: float = 1e-9) -> None:
    np.testing.assert_allclose(ours, theirs, rtol=relative, atol=absolute, equal_nan=True)


# ------------------------------------------------------------------------------------------------ tables


def test_monthly_means_and_wind_are_those_of_time_average(mydata: Table) -> None:
    ours, theirs = average(mydata, "month"), table_of("monthly")
    for name in POLLUTANTS:
        same(ours[name], numbers(theirs, name))
    same(ours["wind_speed"], numbers(theirs, "ws"))
    same(ours["wind_direction"], numbers(theirs, "wd"))
    same(average(mydata, "month", vector_wind=True)["wind_speed"], numbers(theirs, "vector_ws"))


def test_days_with_75_percent_capture_are_those_of_time_average(mydata: Table) -> None:
    theirs = table_of("daily_75_percent")
    ours = average(mydata, "day", capture=75).rows(slice(0, len(theirs)))
    for name in POLLUTANTS:
        same(ours[name], numbers(theirs, name))
    same(ours["wind_direction"], numbers(theirs, "wd"))


def test_june_2001_has_the_wind_that_openairs_own_tests_state(mydata: Table) -> None:
    june = by_date(mydata, years=[2001], months=[6])
    plain, vector = average(june, "year", equal_directions=True), average(june, "year", vector_wind=True)
    assert [float(plain[name][0].round(2)) for name in ("wind_speed", "wind_direction")] == [4.22, 251.97]
    assert [float(vector[name][0].round(2)) for name in ("wind_speed", "wind_direction")] == [1.90, 238.53]


def test_monthly_percentiles_are_those_of_calc_percentile(mydata: Table) -> None:
    ours, theirs = percentiles(mydata, (5, 50, 95), names=["o3"])["o3"], table_of("percentile")
    for name in ("p5", "p50", "p95"):
        same(ours[name], numbers(theirs, name))


def test_yearly_figures_are_those_of_aq_stats(mydata: Table) -> None:
    counts = [Above(Unit.HOURS, 100.0), Above(Unit.DAY_MEANS, 50.0)]
    ours = {name: {one.year: one for one in annual(mydata, name, counts=counts)} for name in ("no2", "o3", "pm10")}
    for row in table_of("annual").iter_rows(named=True):
        one = ours[row["pollutant"]][row["year"]]
        found = [one.capture, one.mean, one.minimum, one.maximum, one.median]
        found += [one.highest_day, one.highest_8_hours, one.highest_24_hours, *one.percentiles, *one.above]
        same(np.array(found), np.array(list(row.values())[2:], dtype=np.float64))


def test_dilution_lines_are_those_of_lm(mydata: Table) -> None:
    january = by_date(mydata, start=date(2004, 1, 1), end=date(2004, 1, 31))
    ours, theirs = running_regression(january, "nox", "pm10"), table_of("regression")
    by_hour = {str(moment)[:13]: place for place, moment in enumerate(ours.last)}
    places = [by_hour[hour] for hour in theirs["date"]]
    same(ours.slope[places], numbers(theirs, "slope"))
    same(ours.intercept[places], numbers(theirs, "intercept"))
    same(ours.r_squared[places], numbers(theirs, "r2"))


# ------------------------------------------------------------------------------------------------ time


@pytest.mark.parametrize("by", ["hour", "weekday", "month", "weekhour"])
def test_courses_are_those_of_time_variation(mydata: Table, by: str) -> None:
    panel = WEEKDAY_HOUR.get(by, by)
    theirs = table_of("variation").filter(pl.col("by") == by)
    [mean] = time_variation(mydata, ["nox"], panels=[panel])[panel]
    [median] = time_variation(mydata, ["o3"], panels=[panel], middle=Middle.MEDIAN)[panel]
    same(mean.middle, numbers(theirs, "nox"))
    same(median.middle, numbers(theirs, "o3median"))
    same(median.high, numbers(theirs, "o3q95"))
    error = 1.96 * numbers(theirs, "sd")
    assert 0.85 < float(np.median((mean.high - mean.low) / 2 / error)) < 1.15


@pytest.mark.parametrize("name", ["o3", "so2"])
def test_seasons_are_those_of_stl(name: str) -> None:
    theirs = table_of("stl").filter(pl.col("p") == name)
    ours = decompose(numbers(theirs, "y"))
    same(ours.seasonal, numbers(theirs, "seasonal"), 1e-8)
    same(ours.trend, numbers(theirs, "trend"), 1e-8)
    same(ours.weights, numbers(theirs, "w"), 1e-8)


def test_bootstrap_bounds_of_the_slope_are_the_same_draws(mydata: Table) -> None:
    rows = table_of("theil_sen").filter(~pl.col("deseason") & pl.col("p").is_in(["nox", "pm10"]))
    assert len(rows) == 4
    for row in rows.iter_rows(named=True):
        ours = monthly_slope(mydata, row["p"], blocks=row["autocor"])
        found = [ours.slope, ours.low, ours.high, ours.intercept, ours.p_value]
        same(
            np.array(found),
            np.array([row[key] for key in ("slope", "lower", "upper", "intercept", "pvalue")]),
            1e-8,
        )


def test_deseasoned_ozone_rises_as_the_manual_says(mydata: Table) -> None:
    ours = monthly_slope(mydata, "o3", deseason=True)
    assert (round(ours.slope, 3), round(ours.high, 3)) == (0.338, 0.416)
    assert ours.low == pytest.approx(
        0.261, abs=0.0015
    )  # July 1998 has no value: its filling differs in the third digit
    assert ours.stars == "***"
    assert ours.made_up.sum() == 1


@pytest.mark.parametrize(("name", "size"), [("o3", 10), ("o3", 20), ("nox", 10), ("nox", 20)])
def test_smooth_trend_is_that_of_mgcv(mydata: Table, name: str, size: int) -> None:
    theirs = table_of("smooth_trend").filter((pl.col("p") == name) & (pl.col("k") == size))
    ours = smooth_trend(mydata, name, size=size)
    same(ours.curve[::5], numbers(theirs, "fit"), 1e-4)
    same(((ours.high - ours.low) / 2 / 1.959963984540054)[::5], numbers(theirs, "se"), 1e-3)


# ------------------------------------------------------------------------------------------------ directions


def coarse(surface: FloatArray, theirs: pl.DataFrame) -> FloatArray:
    """Values at the places that the surface is computed at, of which every fifth was kept."""
    kept: FloatArray = surface[::4, ::4].ravel()[theirs["i"].to_numpy()]
    return kept


def test_polar_surface_is_that_of_mgcv(mydata: Table) -> None:
    theirs, ours = table_of("polar_nox"), polar_surface(mydata, "nox")
    found = coarse(ours.value, theirs)
    known = ~np.isnan(found)
    assert known.sum() > 200
    same(found[known], numbers(theirs, "z")[known], 1e-5)
    assert ours.freedom == pytest.approx(71.33330, abs=1e-3)


def test_polar_surface_leaves_out_the_same_places(mydata: Table) -> None:
    left_out = "".join("1" if np.isnan(value) else "0" for value in polar_surface(mydata, "nox").value.ravel())
    assert left_out.count("0") == 18969
    assert hashlib.sha256(left_out.encode()).hexdigest().startswith("ea182a9aa8e11dbc")


def test_polar_bounds_are_those_of_mgcv(mydata: Table) -> None:
    theirs, ours = table_of("polar_nox"), polar_surface(mydata, "nox", uncertainty=True)
    assert ours.low is not None
    assert ours.high is not None
    known = ~np.isnan(coarse(ours.value, theirs))
    root, error = numbers(theirs, "z3"), numbers(theirs, "se")
    same(coarse(ours.high, theirs)[known], ((root + 2 * error) ** 2)[known], 1e-5)
    same(coarse(ours.low, theirs)[known], (np.maximum(root - 2 * error, 0) ** 2)[known], 1e-5, 1e-5)


def test_polar_surface_of_classes_with_three_hours_is_that_of_mgcv(mydata: Table) -> None:
    theirs, ours = table_of("polar_so2"), polar_surface(mydata, "so2", fewest=3)
    found = coarse(ours.value, theirs)
    known = ~np.isnan(found)
    same(found[known], numbers(theirs, "z")[known], 1e-5)
    assert int((~np.isnan(ours.value)).sum()) == 14427


def test_annulus_is_that_of_mgcv(mydata: Table) -> None:
    theirs, ours = table_of("annulus_o3"), annulus(mydata, "o3", exclude_missing=False)
    same(ours.value.T.ravel()[theirs["i"].to_numpy()], numbers(theirs, "z"), 1e-4)
    assert ours.freedom == pytest.approx(87.44983, abs=1e-3)


def petals(name: str, found: Rose) -> None:
    theirs = table_of(name)
    same(found.length, theirs.select(theirs.columns[1:-1]).to_numpy())
    assert found.calm == pytest.approx(theirs["calm"][0])


def test_wind_rose_is_that_of_open_air(mydata: Table) -> None:
    petals("wind_rose", rose(mydata))


def test_pollution_rose_is_that_of_open_air(mydata: Table) -> None:
    petals("pollution_rose", rose(mydata, "nox", bounds=(0, 100, 200, 300), share=Share.CONTRIBUTION))


def test_percentile_rose_is_that_of_open_air(mydata: Table) -> None:
    theirs, ours = table_of("percentile_rose"), percentile_rose(mydata, "o3", smooth=True)
    for level, line in zip((*ours.levels, 999), (*ours.values, ours.mean), strict=True):
        rows = theirs.filter(pl.col("q") == level)
        same(line[rows["wd"].to_numpy()], np.maximum(numbers(rows, "o3"), 0))


def test_polar_frequency_is_that_of_open_air(mydata: Table) -> None:
    theirs, ours = table_of("polar_frequency"), polar_frequency(mydata, "nox", Of.MEAN)
    rows = (theirs["wd"].to_numpy() // 10 - 1) % 36
    columns = theirs["ws"].to_numpy() - 1
    same(ours.value[rows, columns], numbers(theirs, "mean"))


# ------------------------------------------------------------------------------------------------ models


def test_model_figures_are_those_of_mod_stats(mydata: Table) -> None:
    theirs = table_of("model").row(0, named=True)
    ours, point = agreement(mydata["no2"], mydata["nox"]), taylor(mydata["no2"], mydata["nox"])
    found = [ours.n, ours.fac2, ours.mean_bias, ours.mean_gross_error, ours.normalised_mean_bias]
    found += [ours.normalised_mean_gross_error, ours.rmse, ours.r, ours.efficiency, ours.index_of_agreement]
    found += [point.observed, point.predicted]
    same(np.array(found, dtype=np.float64), np.array(list(theirs.values()), dtype=np.float64))


def test_conditional_quantiles_are_those_of_r(mydata: Table) -> None:
    theirs, ours = table_of("conditional"), conditional_quantiles(mydata["no2"], mydata["nox"], fewest=(0, 0))
    pairs = {"med": ours.median, "q1": ours.low_25, "q2": ours.high_75, "q3": ours.low_10, "q4": ours.high_90}
    for name, values in pairs.items():
        same(values, numbers(theirs, name))
    assert ours.predicted.tolist() == theirs["n"].to_list()


def test_correlations_stand_in_the_order_of_hclust(mydata: Table) -> None:
    theirs, ours = table_of("correlation"), correlations(mydata)
    assert ours.names == tuple(OURS.get(name, name) for name in theirs["order"])
    same(ours.r, theirs.select(theirs.columns[1:]).to_numpy())
