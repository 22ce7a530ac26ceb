from dataclasses import replace
from math import exp, log, sqrt

import numpy as np
import pytest

from lantian.rules import Confidence
from lantian.science.inventory.estimating import Estimate
from lantian.science.inventory.gross import Gross
from lantian.science.inventory.records import Measured
from lantian.science.inventory.uncertainty import Interval, intervals, row_interval

Z = 1.959963984540054


def row(
    source="A", amount=100.0, *, rule="f#1", gsd=1.5, activity_gsd=1.0, county="1", category="x.y"
) -> Estimate:
    gross = Gross("so2", amount, 1.0, rule, "factor", Confidence.B, gsd)
    return Estimate(
        source, county, "1", category, "so2", amount, "factor", amount, "t", activity_gsd, gross, 1.0, (), (), 1.0,
        gsd, Confidence.B, (),
    )  # fmt: skip


def drawn(rows, seed=1, number=4000, removal_gsd=1.2) -> dict[tuple[str, str], Interval]:
    found = intervals(
        rows, sector_of=lambda code: code.partition(".")[0], number=number, level=0.95, removal_gsd=removal_gsd,
        seed=seed,
    )  # fmt: skip
    return {(each.kind, each.code): each for each in found}


def width(each: Interval) -> float:
    return (each.high - each.low) / each.amount


def test_row_interval_is_that_of_a_log_normal_with_the_amount_as_mean():
    low, high = row_interval(row(gsd=2.0), 0.95, 1.2)
    sigma = log(2.0)
    assert low == pytest.approx(100 * exp(-(sigma**2) / 2 - Z * sigma))
    assert high == pytest.approx(100 * exp(-(sigma**2) / 2 + Z * sigma))


def test_drawn_interval_of_one_row_meets_the_exact_one():
    one = row(gsd=1.7, activity_gsd=1.2)
    low, high = row_interval(one, 0.95, 1.2)
    found = drawn([one], number=20_000)["source", "A"]
    assert found.low == pytest.approx(low, rel=0.04)
    assert found.high == pytest.approx(high, rel=0.04)


def test_errors_of_one_factor_do_not_average_away():
    shared = drawn([row(f"S{n}") for n in range(100)])["city", ""]
    apart = drawn([row(f"S{n}", rule=f"f#{n}") for n in range(100)])["city", ""]
    assert width(shared) == pytest.approx(width(drawn([row(amount=10_000.0)])["city", ""]), rel=0.1)
    assert width(apart) == pytest.approx(width(shared) / sqrt(100), rel=0.15)


def test_activities_are_each_process_its_own():
    rows = [row(f"S{n}", gsd=1.0, activity_gsd=1.5) for n in range(100)]
    one, all_of_them = drawn(rows[:1])["city", ""], drawn(rows)["city", ""]
    assert width(all_of_them) < 0.15 * width(one)


def test_same_seed_gives_the_same_and_another_seed_another_interval():
    rows = [row("A"), row("B", 50.0, rule="f#2", county="2")]
    assert drawn(rows) == drawn(rows)
    assert drawn(rows)["city", ""] != drawn(rows, seed=2)["city", ""]


def test_sums_are_those_of_the_rows_for_every_group():
    rows = [row("A", 10.0), row("A", 5.0, category="z.y"), row("B", 20.0, county="2")]
    rows[1] = replace(rows[1], process="2")
    found = drawn(rows)
    assert found["city", ""].amount == 35.0
    assert {key: each.amount for key, each in found.items() if key[0] == "county"} == {
        ("county", "1"): 15.0, ("county", "2"): 20.0,
    }  # fmt: skip
    assert found["sector", "x"].amount == 30.0
    assert found["sector", "z"].amount == 5.0
    assert found["source", "A"].amount == 15.0


def test_sources_out_of_order_keep_their_own_intervals():
    rows = [row("A", 10.0), row("B", 1000.0), replace(row("A", 10.0), process="2")]
    found = drawn(rows)
    assert found["source", "A"].high < 100 < found["source", "B"].low


def test_what_is_measured_has_no_error_of_devices():
    held = replace(row(gsd=1.0), left=0.5)
    assert row_interval(held, 0.95, 1.3)[0] < 100
    assert row_interval(replace(held, measured=(Measured("A", "so2", "permit", 1.0),)), 0.95, 1.3) == (100, 100)


def test_without_any_error_the_interval_has_no_width():
    found = drawn([row(gsd=1.0)])["city", ""]
    assert (found.low, found.high) == pytest.approx((100.0, 100.0))


def test_mean_of_many_draws_is_the_amount():
    rng = np.random.default_rng(0)
    sigma = log(2.5)
    assert np.mean(np.exp(sigma * rng.standard_normal(400_000) - sigma**2 / 2)) == pytest.approx(1, rel=0.02)
    low, high = row_interval(row(gsd=2.5), 0.95, 1.0)
    assert low < 100 < high


@pytest.mark.parametrize("number", [100, 101, 1000])
def test_ends_of_a_source_are_the_quantiles_of_its_draws(number):
    one = row("A", gsd=1.4, activity_gsd=1.3)
    two = replace(one, process="2", amount=30.0)
    found = drawn([one, two], number=number)  # the city has no other source: its sums are drawn alike
    city, source = found["city", ""], found["source", "A"]
    assert (source.low, source.high) == pytest.approx((city.low, city.high), rel=1e-12)
