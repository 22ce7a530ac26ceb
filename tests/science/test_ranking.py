"""Composite index, ranks, change and lists."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from lantian.rules import Choice, CompositeRule, RankingRule, Rulebook
from lantian.science.ranking import (
    CompositeReason,
    RankedList,
    RankReason,
    change_in_points,
    change_rate,
    composite_index,
    metrics_of,
    rank_lists,
    ranks,
)
from lantian.science.statistics.counts import day_counts
from lantian.science.statistics.period import period_statistics
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, Pollutant

RULES = Rulebook.packaged()
OLD = RULES.composite(date(2024, 1, 1))
NEW = RULES.composite(date(2027, 1, 1))


def named(variant: str) -> CompositeRule:
    return RULES.composite(date(2027, 1, 1), Choice(variants={"composite_index": variant}))


def ranking(variant: str = "default", on: date = date(2027, 1, 1)) -> RankingRule:
    return RULES.ranking(on, Choice(variants={"ranking": variant}))


def by_fractions(figures: list[Decimal], rule: CompositeRule) -> float:
    """An independent way: term by term in fractions, whose `round` is half to even and exact."""
    total = Fraction(0)
    for pollutant, figure in zip(BASIC, figures, strict=True):
        term = Fraction(figure) / Fraction(rule.limits[pollutant])
        if rule.decimals_each >= 0:
            term = round(term, rule.decimals_each)
        total += term * Fraction(rule.weights[pollutant])
    return float(round(total, rule.decimals_sum))


figure = st.integers(0, 5000).map(lambda whole: Decimal(whole) / 10)


@given(
    st.lists(figure, min_size=6, max_size=6),
    st.sampled_from(
        ["old_limits", "transitional_equal", "transitional_weighted", "final_equal", "three_decimals"]
    ),
)
@settings(max_examples=200, deadline=None)
def test_index_is_what_fractions_give_under_every_rule_set(figures: list[Decimal], variant: str) -> None:
    rule = named(variant)
    found = composite_index(np.array([float(value) for value in figures]), rule)
    assert float(found.index) == by_fractions(figures, rule)


def test_unrounded_terms_that_add_up_to_a_tie_go_to_the_even_neighbour() -> None:
    # 50.9/60 + 102.5/40 + 20/60 + 0.1/30 is 3.7475 exactly; cut-off terms would add up to 3.74749…
    found = composite_index(np.array([50.9, 102.5, 0, 0, 20, 0.1]), named("three_decimals"))
    assert float(found.index) == 3.748


def test_fractional_weights_and_limits_stay_exact() -> None:
    rule = OLD.model_copy(
        update={
            "weights": dict.fromkeys(Pollutant, Decimal("0.35")),
            "limits": dict.fromkeys(Pollutant, Decimal("37.5")),
        }
    )
    figures = [Decimal("12.5"), Decimal(30), Decimal("0.9"), Decimal(111), Decimal(45), Decimal("22.4")]
    found = composite_index(np.array([float(value) for value in figures]), rule)
    assert float(found.index) == by_fractions(figures, rule)


def test_missing_pollutant_leaves_no_index_but_its_terms() -> None:
    found = composite_index(np.array([6, 31, 0.8, np.nan, 48, 30]), OLD)
    assert np.isnan(found.index)
    assert found.reason == CompositeReason.MISSING_POLLUTANT
    assert found.primary == 0
    assert found.missing == 0b001000
    assert found.each[1] == 0.78
    assert np.isnan(found.each[3])


def test_partial_sum_is_marked_as_such_where_the_rule_allows_it() -> None:
    rule = OLD.model_copy(update={"require_all": False})
    found = composite_index(np.array([[np.nan] * 4 + [70.0, 35.0], [np.nan] * 6]), rule)
    assert found.index[0] == 2.0
    assert found.reason.tolist() == [CompositeReason.PARTIAL, CompositeReason.NO_DATA]
    assert np.isnan(found.index[1])
    assert found.primary[0] == 0b110000


def test_leading_pollutant_is_that_of_the_largest_term_before_weights() -> None:
    # PM10 54/60 = 0.90, PM2.5 26/30 = 0.87; weighted three times PM2.5 would lead
    found = composite_index(np.array([6, 20, 0.8, 100, 54, 26]), named("transitional_weighted"))
    assert found.primary == 1 << BASIC.index(Pollutant.PM10)


def test_equal_rounded_terms_lead_together() -> None:
    found = composite_index(np.array([6, 20, 0.8, 100, 60, 30]), NEW)
    assert found.primary == 0b110000


def test_figures_of_fewer_pollutants_are_refused() -> None:
    with pytest.raises(CallerError, match=r"\(5,\)"):
        composite_index(np.zeros(5), OLD)


def test_shared_rank_uses_up_the_next_one() -> None:
    values = np.array([4.03, 3.99, 4.03, 4.5, np.nan, 3.99])
    assert ranks(values).tolist() == [3, 1, 3, 5, 0, 1]
    assert ranks(values, tie_style="1-1-2").tolist() == [2, 1, 2, 3, 0, 1]
    assert ranks(values, "descending").tolist() == [2, 4, 2, 1, 0, 4]


def test_tie_key_parts_equals_and_equal_keys_still_share() -> None:
    good = np.array([96.8, 96.8, 90.3, 96.8])
    pm25 = np.array([21.0, 18.0, 10.0, 21.0])
    assert ranks(good, "descending", [(pm25, "ascending")]).tolist() == [2, 1, 4, 2]
    lacking = np.array([np.nan, 18.0, 10.0, 21.0])
    assert ranks(good, "descending", [(lacking, "ascending")]).tolist() == [3, 1, 4, 2]


def test_nothing_to_rank_gives_no_ranks() -> None:
    assert ranks(np.array([np.nan, np.nan])).tolist() == [0, 0]
    assert ranks(np.zeros(0)).tolist() == []


published = st.lists(st.integers(100, 140).map(lambda whole: whole / 100), min_size=1, max_size=30)


@given(published)
def test_ranks_are_those_of_scipy(values: list[float]) -> None:
    series = np.array(values)
    np.testing.assert_array_equal(ranks(series), rankdata(series, "min"))
    np.testing.assert_array_equal(ranks(series, tie_style="1-1-2"), rankdata(series, "dense"))
    np.testing.assert_array_equal(ranks(series, "descending"), rankdata(-series, "min"))


@given(published)
def test_smaller_index_never_ranks_behind_a_larger_one(values: list[float]) -> None:
    series = np.array(values)
    rank = ranks(series)
    lower = series[:, None] < series[None, :]
    assert (rank[:, None] < rank[None, :])[lower].all()
    same = series[:, None] == series[None, :]
    assert (rank[:, None] == rank[None, :])[same].all()


@given(published, st.randoms(use_true_random=False))
def test_order_of_rows_changes_no_rank(values: list[float], random: object) -> None:
    series = np.array(values)
    order = np.random.default_rng(len(values)).permutation(len(series))
    np.testing.assert_array_equal(ranks(series)[order], ranks(series[order]))


def test_change_is_rounded_once_and_needs_a_positive_base() -> None:
    now = np.array([4.03, 5.0, 5.0, np.nan, 2.125])
    base = np.array([4.16, 0.0, np.nan, 4.0, 2.0])
    np.testing.assert_array_equal(change_rate(now, base, 1), [-3.1, np.nan, np.nan, np.nan, 6.2])


def test_change_of_a_ratio_is_in_points() -> None:
    np.testing.assert_array_equal(
        change_in_points(np.array([96.8, np.nan]), np.array([90.3, 1.0]), 1), [6.5, np.nan]
    )


def lists_of(
    rule: RankingRule, now: dict[str, list[float]], base: dict[str, list[float]] | None = None, **options: object
) -> dict[str, RankedList]:
    arrays = {name: np.array(values, dtype=float) for name, values in now.items()}
    before = None if base is None else {name: np.array(values, dtype=float) for name, values in base.items()}
    found = rank_lists(arrays, rule, base=before, **options)  # type: ignore[arg-type]
    return {one.list.key: one for one in found}


def six(**given: list[float]) -> dict[str, list[float]]:
    size = len(next(iter(given.values())))
    plain = {name: [1.0] * size for name in (*(p.value for p in BASIC), "composite_index", "good_day_ratio")}
    return plain | given


def test_improved_and_deteriorated_lists_are_the_same_change_from_both_ends() -> None:
    lists = lists_of(
        ranking(),
        six(composite_index=[4.03, 4.50, 4.00]),
        six(composite_index=[4.16, 4.00, 4.00]),
        attaining=np.array([False, False, False]),
    )
    assert lists["improved"].value.tolist() == [-3.1, 12.5, 0.0]
    assert lists["improved"].rank.tolist() == [1, 3, 2]
    assert lists["deteriorated"].rank.tolist() == [3, 1, 2]
    assert lists["deteriorated"].order.tolist() == [1, 2, 0]


def test_attaining_place_stays_off_the_deteriorated_list_only() -> None:
    lists = lists_of(
        ranking(),
        six(composite_index=[2.5, 4.5]),
        six(composite_index=[2.0, 4.0]),
        attaining=np.array([True, False]),
    )
    assert lists["deteriorated"].rank.tolist() == [0, 1]
    assert lists["deteriorated"].reason.tolist() == [RankReason.EXEMPT, RankReason.RANKED]
    assert lists["deteriorated"].order.tolist() == [1, 0]
    assert lists["improved"].rank.tolist() == [2, 1]


def test_exemption_needs_to_know_who_attains() -> None:
    with pytest.raises(CallerError, match="attaining"):
        lists_of(ranking(), six(composite_index=[2.5]), six(composite_index=[2.0]))


def test_before_2017_nobody_was_exempt() -> None:
    rule = ranking(on=date(2016, 6, 1))
    lists = lists_of(rule, six(composite_index=[2.5, 4.5]), six(composite_index=[2.0, 4.0]))
    assert lists["deteriorated"].rank.tolist() == [1, 2]
    assert rule.basis == "measured"


def test_place_without_figure_or_base_is_not_ranked_and_says_why() -> None:
    lists = lists_of(
        ranking("xuchang"),
        six(composite_index=[np.nan, 4.0, 4.0]),
        six(composite_index=[4.0, np.nan, 4.0]),
    )
    assert lists["composite_change"].reason.tolist() == [
        RankReason.NO_VALUE,
        RankReason.NO_BASE,
        RankReason.RANKED,
    ]
    assert lists["composite_index"].rank.tolist() == [0, 1, 1]
    alone = lists_of(ranking("xuchang"), six(composite_index=[4.0]))
    assert alone["composite_change"].reason.tolist() == [RankReason.NO_BASE]


def test_good_day_ratio_ranks_downward_and_pm25_parts_equals() -> None:
    lists = lists_of(ranking("guangdong_counties"), six(good_day_ratio=[90.3, 96.8, 96.8], pm25=[10, 21, 18]))
    assert lists["good_day_ratio"].rank.tolist() == [3, 2, 1]


def test_tie_key_with_a_minus_is_descending() -> None:
    rule = ranking("guangdong_counties")
    entry = rule.lists[0].model_copy(
        update={"metric": "pm25", "direction": "ascending", "ties": ("-good_day_ratio",)}
    )
    rule = rule.model_copy(update={"lists": (entry,)})
    lists = lists_of(rule, six(good_day_ratio=[90.3, 96.8], pm25=[20, 20]))
    assert next(iter(lists.values())).rank.tolist() == [2, 1]


def test_fall_of_the_good_day_ratio_is_the_deterioration() -> None:
    rule = ranking()
    worst = rule.lists[0].model_copy(update={"metric": "change:good_day_ratio", "direction": "ascending"})
    best = worst.model_copy(update={"key": "best", "direction": "descending"})
    rule = rule.model_copy(update={"lists": (worst, best)})
    lists = lists_of(
        rule, six(good_day_ratio=[80.0, 90.0]), six(good_day_ratio=[90.0, 85.0]), attaining=np.array([True, True])
    )
    assert lists["composite_index"].value.tolist() == [-10.0, 5.0]
    assert lists["composite_index"].reason.tolist() == [RankReason.EXEMPT, RankReason.EXEMPT]
    assert lists["best"].rank.tolist() == [2, 1]


def test_each_group_is_ranked_by_itself() -> None:
    metrics = {name: np.array(values) for name, values in six(composite_index=[4.0, 3.0, 5.0, 3.5]).items()}
    found = rank_lists(metrics, ranking("guangdong_composite"), groups=["districts", "counties"] * 2)
    assert [one.group for one in found] == ["districts", "counties"]
    assert found[0].members.tolist() == [0, 2]
    assert found[0].rank.tolist() == [1, 2]
    assert found[1].members.tolist() == [1, 3]
    assert found[1].order.tolist() == [1, 3]
    with pytest.raises(CallerError, match="1 groups for 4"):
        rank_lists(metrics, ranking("guangdong_composite"), groups=["districts"])


def test_list_of_an_unknown_metric_says_which_ones_there_are() -> None:
    with pytest.raises(CallerError, match="good_day_ratio"):
        rank_lists({"pm25": np.array([1.0])}, ranking("guangdong_counties"))


def test_every_list_of_every_packaged_ranking_finds_its_metric() -> None:
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    daily = np.random.default_rng(2).integers(1, 60, (3, 365, 6)).astype(float)
    daily[..., 2] /= 20
    evaluation, year = RULES.evaluation(last), Period.containing(PeriodKind.YEAR, last)
    figures = period_statistics(daily, first, year, evaluation)
    aqi = np.full((3, 365), 80, dtype=np.int16)
    counts = day_counts(
        aqi, aqi > 0, aqi > 0, np.zeros_like(aqi, dtype=np.uint8), first, year, evaluation, RULES.categories(last)
    )
    metrics = metrics_of(figures, composite_index(figures.headline, NEW), counts)
    editions = [edition for edition in RULES.editions("ranking") if isinstance(edition, RankingRule)]
    assert len(editions) >= 8
    for rule in editions:
        found = rank_lists(metrics, rule, base=metrics, attaining=np.zeros(3, dtype=bool))
        assert [one.list for one in found] == list(rule.lists)
        assert all((one.reason == RankReason.RANKED).all() for one in found), rule.id


def test_partial_sums_never_enter_a_list_of_composite_indices() -> None:
    first = date(2027, 1, 1)
    daily = np.full((1, 365, 6), 20.0)
    daily[..., 3] = np.nan
    year = Period.containing(PeriodKind.YEAR, first)
    figures = period_statistics(daily, first, year, RULES.evaluation(year.last))
    partial = composite_index(figures.headline, NEW.model_copy(update={"require_all": False}))
    assert partial.index[0] > 0
    assert np.isnan(metrics_of(figures, partial)["composite_index"]).all()
