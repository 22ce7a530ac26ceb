"""The numbers of evaluation, composite_index, ranking, dust, trend and data rules against a second copy."""

from datetime import date
from decimal import Decimal

import pytest

from lantian.rules import Choice, Edition, EvaluationRule, Rulebook
from lantian.terms.pollutants import BASIC

OLD, NEW, FINAL = date(2026, 2, 28), date(2026, 3, 1), date(2031, 1, 1)


def evaluation(rulebook: Rulebook, day: date, variant: str = "default") -> EvaluationRule:
    return rulebook.evaluation(day, Choice(variants={"evaluation": variant}))


@pytest.mark.parametrize("day", [OLD, NEW])
def test_minimum_data_are_the_same_in_both_editions(rulebook: Rulebook, day: date) -> None:
    rule = rulebook.evaluation(day)
    assert (rule.day_required_hours, rule.window_required_hours, rule.day_required_windows) == (20, 6, 14)
    assert (rule.year_required_days, rule.month_required_days, rule.february_required_days) == (324, 27, 25)
    assert rule.window_first_end == 8
    assert rule.short_day_counts_above_limit
    assert not rule.month_minimum_is_lawful
    assert rule.site_share == Decimal("0.75")
    assert (rule.good_day_max_aqi, rule.heavy_day_above_aqi) == (100, 200)


@pytest.mark.parametrize("day", [OLD, NEW])
def test_percentiles_and_headlines_of_the_year(rulebook: Rulebook, day: date) -> None:
    rule = rulebook.evaluation(day)
    assert rule.percentiles == {"so2": 98, "no2": 98, "pm10": 95, "pm25": 95, "co": 95, "o3": 90}
    assert rule.mean_pollutants == ("so2", "no2", "pm10", "pm25")
    assert {name for name, kind in rule.headline.items() if kind == "percentile"} == {"co", "o3"}
    assert rule.percentile_method == "linear"


def test_digits_of_each_purpose(rulebook: Rulebook) -> None:
    def digits(rule: EvaluationRule, purpose: str) -> list[int]:
        return [getattr(rule, f"decimals_{purpose}").of(pollutant) for pollutant in BASIC]

    whole = [0, 0, 1, 0, 0, 0]
    for day in (OLD, NEW):
        for purpose in ("hour", "day", "attainment"):
            assert digits(rulebook.evaluation(day), purpose) == whole
    assert digits(rulebook.evaluation(OLD), "period") == whole
    assert digits(rulebook.evaluation(NEW), "period") == [0, 0, 1, 0, 0, 1]
    assert digits(evaluation(rulebook, NEW, "one_more_digit"), "period") == [1, 1, 2, 1, 1, 1]
    assert (rulebook.evaluation(NEW).decimals_multiple, rulebook.evaluation(NEW).decimals_rate) == (2, 1)


def test_what_is_uncertain_in_the_evaluation_says_so_and_can_be_chosen(rulebook: Rulebook) -> None:
    for day in (OLD, NEW):
        assert rulebook.evaluation(day).confidence_of("site_share") == "C"
        assert rulebook.evaluation(day).confidence_of("city_ozone") == "C"
        assert rulebook.evaluation(day).confidence_of("day_required_hours") == "B"
        assert evaluation(rulebook, day, "nearest_rank").percentile_method == "nearest_rank"
        assert evaluation(rulebook, day, "city_hours_ozone").city_ozone == "mda8_of_city_hours"
    assert evaluation(rulebook, NEW, "each_day").period_edition == "each_day"
    assert rulebook.evaluation(NEW).period_edition == "last_day"
    assert rulebook.evaluation(NEW).three_year_mean
    assert not rulebook.evaluation(OLD).three_year_mean


COMPOSITE = {
    "old_limits": ([60, 40, 4, 160, 70, 35], [1, 1, 1, 1, 1, 1], "A"),
    "transitional_equal": ([60, 40, 4, 160, 60, 30], [1, 1, 1, 1, 1, 1], "B"),
    "transitional_weighted": ([60, 40, 4, 160, 60, 30], [1, 2, 1, 2, 1, 3], "C"),
    "final_equal": ([20, 30, 4, 160, 50, 25], [1, 1, 1, 1, 1, 1], "C"),
}


@pytest.mark.parametrize("name", COMPOSITE)
@pytest.mark.parametrize("day", [date(2013, 1, 1), OLD, NEW, FINAL])
def test_composite_sets_can_be_chosen_for_any_date(rulebook: Rulebook, name: str, day: date) -> None:
    rule = rulebook.composite(day, Choice(variants={"composite_index": name}))
    limits, weights, confidence = COMPOSITE[name]
    assert [rule.limits[pollutant] for pollutant in BASIC] == limits
    assert [rule.weights[pollutant] for pollutant in BASIC] == weights
    assert (rule.decimals_each, rule.decimals_sum, rule.require_all) == (2, 2, True)
    assert (rule.confidence, rule.rule_set) == (confidence, name)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (OLD, "old_limits"),
        (NEW, "transitional_equal"),
        (date(2030, 12, 31), "transitional_equal"),
        (FINAL, "final_equal"),
    ],
)
def test_the_default_composite_set_follows_the_date(rulebook: Rulebook, day: date, name: str) -> None:
    chosen = rulebook.composite(day, Choice(variants={"composite_index": name}))
    default = rulebook.composite(day)
    assert default.rule_set == name
    assert (default.limits, default.weights) == (chosen.limits, chosen.weights)


@pytest.mark.parametrize("day", [OLD, NEW, FINAL])
def test_the_default_composite_limits_are_those_of_the_standard(rulebook: Rulebook, day: date) -> None:
    limits, composite = rulebook.limits(day), rulebook.composite(day)
    statistic = {"co": "daily_mean", "o3": "mda8"}
    for pollutant in BASIC:
        assert composite.limits[pollutant] == limits.limit(pollutant, statistic.get(pollutant, "annual_mean"))


def test_three_decimals_keep_the_terms_unrounded(rulebook: Rulebook) -> None:
    for day in (OLD, NEW, FINAL):
        rule = rulebook.composite(day, Choice(variants={"composite_index": "three_decimals"}))
        assert (rule.decimals_each, rule.decimals_sum) == (-1, 3)
        assert rule.limits == rulebook.composite(day).limits


@pytest.mark.parametrize(
    ("variant", "lists"),
    [
        ("anhui", ["composite_index", "pm25", "-good_day_ratio"]),
        ("shandong", ["composite_index", "so2", "no2", "co", "o3", "pm10", "pm25"]),
        ("guangdong_counties", ["-good_day_ratio"]),
        ("guangdong_composite", ["composite_index"]),
        ("henan", ["so2", "no2", "co", "o3", "pm10", "pm25"]),
        ("xuchang", ["composite_index", "change:composite_index", "pm25", "change:pm25"]),
        ("ningxia", ["composite_index", "change:composite_index", "-good_day_ratio"]),
    ],
)
def test_provincial_lists_order_what_was_seen_there(rulebook: Rulebook, variant: str, lists: list[str]) -> None:
    rule = rulebook.ranking(date(2024, 6, 30), Choice(variants={"ranking": variant}))
    signed = [("-" if row.direction == "descending" else "") + row.metric for row in rule.lists]
    assert signed == lists
    assert rule.tie_style == "1-1-3"


@pytest.mark.parametrize("edition", Rulebook.packaged().editions("ranking"), ids=lambda edition: edition.id)
def test_a_variant_of_the_ranking_may_be_chosen_for_any_day(rulebook: Rulebook, edition: Edition) -> None:
    for name in edition.variant:
        for day in (date(2013, 1, 1), date(2017, 1, 1), FINAL):
            assert name in rulebook.ranking(day, Choice(variants={"ranking": name})).variant


def test_counties_of_a_guangdong_city_part_equals_by_particles(rulebook: Rulebook) -> None:
    rule = rulebook.ranking(date(2024, 6, 30), Choice(variants={"ranking": "guangdong_counties"}))
    assert rule.lists[0].ties == ("pm25",)


def test_national_ranking_shares_ranks_and_spares_attaining_cities(rulebook: Rulebook) -> None:
    rule = rulebook.ranking(date(2024, 6, 30))
    assert rule.tie_style == "1-1-3"
    assert rule.exempt_deteriorated_if_attaining
    assert rule.decimals_change == 1
    assert not any(row.ties for row in rule.lists)
    assert {row.metric for row in rule.lists} == {
        "composite_index", "change:composite_index", "good_day_ratio", *BASIC,
    }  # fmt: skip
    assert len({row.key for row in rule.lists}) == len(rule.lists)


def test_dust_leaves_the_ranking_in_2017(rulebook: Rulebook) -> None:
    assert rulebook.ranking(date(2016, 12, 31)).basis == "measured"
    assert rulebook.ranking(date(2017, 1, 1)).basis == "dust_deducted"
    assert set(rulebook.dust(date(2016, 12, 31)).deduct.values()) == {"measured"}
    deducted = {name for name, side in rulebook.dust(date(2017, 1, 1)).deduct.items() if side == "dust_deducted"}
    assert deducted == {"pm10", "pm25", "composite_index"}
    everywhere = rulebook.dust(date(2023, 1, 1), Choice(variants={"dust": "deducted_everywhere"}))
    assert set(everywhere.deduct.values()) == {"dust_deducted"}
    nowhere = rulebook.dust(date(2023, 1, 1), Choice(variants={"dust": "measured_everywhere"}))
    assert set(nowhere.deduct.values()) == {"measured"}


def test_the_test_that_proposes_dust_is_marked_as_memory(rulebook: Rulebook) -> None:
    rule = rulebook.dust(NEW)
    assert [rule.reference_hours, int(rule.pm10_ratio_start), int(rule.pm10_floor)] == [6, 2, 150]
    assert (rule.pm_ratio_share, rule.end_within) == (Decimal("0.5"), Decimal("0.1"))
    assert rule.confidence_of("pm10_ratio_start") == "C"
    assert rule.confidence_of("deduct") == "A"


TREND = """
5 0.900 1.000
6 0.829 0.943
7 0.714 0.893
8 0.643 0.833
9 0.600 0.783
10 0.564 0.746
12 0.506 0.712
14 0.456 0.645
16 0.425 0.601
18 0.399 0.564
20 0.377 0.534
"""


@pytest.mark.parametrize("day", [OLD, NEW])
def test_critical_values_equal_a_second_copy(rulebook: Rulebook, day: date) -> None:
    rule = rulebook.trend(day)
    rows = [line.split() for line in TREND.strip().splitlines()]
    for n, weak, strong in rows:
        assert rule.critical_value(int(n)) == Decimal(weak)
        assert rule.critical_value(int(n), "0.01") == Decimal(strong)
    assert set(rule.critical["0.05"]) == set(rule.critical["0.01"]) == {int(row[0]) for row in rows}
    assert rule.smallest_n == 5
    assert rule.confidence_of("comparison") == "C"


def test_a_number_of_years_between_two_rows_uses_the_row_above(rulebook: Rulebook) -> None:
    rule = rulebook.trend(NEW)
    assert rule.critical_value(11) == rule.critical_value(10)
    assert rule.critical_value(40) == rule.critical_value(20)
    assert rule.critical_value(4) is None


def test_the_state_of_a_concentration_changed_in_september_2018(rulebook: Rulebook) -> None:
    old, new = rulebook.gas_state(date(2018, 8, 31)), rulebook.gas_state(date(2018, 9, 1))
    assert (old.gas_temperature, old.particle_state) == (Decimal("273.15"), "standard")
    assert (new.gas_temperature, new.particle_state) == (Decimal("298.15"), "actual")
    assert old.gas_pressure == new.gas_pressure == Decimal("1013.25")
    assert new.ppb_to_micrograms == {
        "so2": Decimal("2.62"), "no2": Decimal("1.88"), "o3": Decimal("1.96"), "co": Decimal("1.145"),
    }  # fmt: skip


def test_factors_of_both_states_follow_from_molar_masses(rulebook: Rulebook) -> None:
    masses = {"so2": 64.066, "no2": 46.0055, "o3": 47.998, "co": 28.010}
    for day in (date(2018, 8, 31), date(2018, 9, 1)):
        rule = rulebook.gas_state(day)
        litres = 8.314462618 * float(rule.gas_temperature) / (float(rule.gas_pressure) * 100) * 1000
        for name, factor in rule.ppb_to_micrograms.items():
            assert float(factor) == pytest.approx(masses[name] / litres, abs=0.005)


def test_low_values_are_replaced_by_about_half_the_detection_limit(rulebook: Rulebook) -> None:
    new = rulebook.low_values(date(2018, 9, 1))
    assert [new.replacement[pollutant] for pollutant in BASIC] == [3, 2, Decimal("0.3"), 2, 2, 2]
    assert new.replace_at_or_below == 0
    assert new.detection_limit == {}
    assert new.confidence == "C"
    old = rulebook.low_values(date(2018, 8, 31))
    for pollutant in BASIC:
        assert old.replacement[pollutant] == old.detection_limit[pollutant] / 2


@pytest.mark.parametrize("code", ["H", "BB", "B", "W", "HSp", "LSp", "PS", "PZ", "AS", "CS", "CZ", "RM", "E", "D"])
def test_flags_that_keep_a_value_out_of_statistics(rulebook: Rulebook, code: str) -> None:
    flag = rulebook.flags(NEW).flag(code)
    assert flag is not None
    assert not flag.usable


def test_flags_that_let_a_value_in(rulebook: Rulebook) -> None:
    rule = rulebook.flags(NEW)
    usable = {row.code for row in rule.flags if row.usable}
    assert usable == {"", "N", "LT", "LP", "NT", "NP", "UPd", "Rep", "Neg"}
    assert {row.code for row in rule.flags if row.review} == {"HSp", "LSp", "UPd", "Rep", "Neg"}
    assert {row.code for row in rule.flags if not row.convertible} == {"LT", "LP", "NT", "NP"}
    assert rule.flag("h") is None
    assert not rule.unknown_usable


def test_one_letter_means_two_things_in_two_vocabularies(rulebook: Rulebook) -> None:
    device = rulebook.flags(NEW, Choice(variants={"data_flags": "hj212"})).flag("B")
    ambient = rulebook.flags(NEW).flag("B")
    assert device is not None
    assert ambient is not None
    assert (device.meaning, ambient.meaning) == ("communication fault", "instrument malfunction")
    words = rulebook.flags(NEW, Choice(variants={"data_flags": "words"}))
    assert words.flag("sudden_change") is not None
    assert len({row.code for row in words.flags}) == len(words.flags)
