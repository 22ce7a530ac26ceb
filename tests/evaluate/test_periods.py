"""Which periods a stretch of days touches, and what they amount to."""

from datetime import date, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lantian.assembly import House, choice_of
from lantian.city.records import SubjectKind
from lantian.loop.evaluate.days import MEASURED
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.period_rows import summary_part, summary_rows
from lantian.loop.evaluate.periods import figures, periods_to_judge, three_years
from lantian.loop.evaluate.series import DaySeries, day_series
from lantian.rules import Choice, EvaluationRule, Rulebook
from lantian.terms.periods import Period, PeriodKind, period_named

FIRST, LAST = date(2024, 1, 1), date(2026, 12, 31)
days = st.dates(FIRST, LAST)


@given(days, days)
def test_every_touched_period_is_judged_and_no_other(one: date, other: date):
    first, last = min(one, other), max(one, other)
    found = periods_to_judge(first, last, FIRST, LAST)
    assert len(found) == len(set(found))
    for period in found:
        assert period.first <= last
        assert period.last >= first
    kinds = {period.kind for period in found}
    assert {PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR} <= kinds


@given(days, days, days)
def test_parts_touch_together_what_the_whole_touches(a: date, b: date, c: date):
    first, cut, last = sorted((a, b, c))
    whole = set(periods_to_judge(first, last, FIRST, LAST))
    parts = set(periods_to_judge(first, cut, FIRST, LAST))
    if cut < last:
        parts |= set(periods_to_judge(cut + timedelta(days=1), last, FIRST, LAST))
    assert parts == whole


def test_a_year_waits_for_its_end_and_a_month_does_not():
    found = periods_to_judge(date(2026, 4, 1), date(2026, 4, 10), date(2025, 12, 1), date(2026, 4, 10))
    labels = {(period.kind.value, period.label) for period in found}
    assert ("month", "2026-04") in labels
    assert ("quarter", "2026Q2") in labels
    assert ("year_to_date", "2026-01-01..2026-04-10") in labels
    assert not any(kind in {"year", "running"} for kind, _ in labels)


def series_of(values: np.ndarray, first: date) -> DaySeries:
    """One place whose every day has an index of 60."""
    shape = values.shape[:2]
    return DaySeries(
        subjects=((SubjectKind.CITY, "000000"),),
        first=first,
        values=np.concatenate([values, values[..., 3:4]], axis=-1),
        programme=np.ones((*shape, 6), dtype=bool),
        aqi=np.full(shape, 60, dtype=np.int16),
        primary=np.full(shape, 32, dtype=np.uint8),
        area_class=np.array([2]),
    )


def test_an_unfinished_month_counts_only_the_days_so_far(rulebook: Rulebook):
    series = series_of(np.full((1, 10, 6), 20.0), date(2026, 4, 1))
    rules = rulebook.rule_set(date(2026, 4, 10))
    found = figures(series, period_named("2026-04"), rules, date(2026, 4, 10), None)
    [row] = summary_rows([summary_part(found, series, Stage.ORIGINAL, MEASURED)]).to_dicts()
    assert (row["days_total"], row["good_days"], row["good_ratio_calendar"]) == (10, 10, 100.0)
    assert (row["first_day"], row["last_day"]) == (date(2026, 4, 1), date(2026, 4, 30))


def test_each_day_may_be_held_against_the_limit_of_its_own_date(rulebook: Rulebook):
    values = np.full((1, 31 + 28 + 31, 6), 20.0)
    values[..., 5] = 70.0  # within the old daily limit of 75, above the new one of 60
    series = series_of(values, date(2026, 1, 1))
    quarter = period_named("2026Q1")
    for variant, expected in (("default", 90), ("each_day", 31)):
        choice = Choice(variants={"evaluation": variant})

        def law(day: date, choice: Choice = choice):
            return rulebook.rule_set(day, choice)

        found = figures(series, quarter, law(quarter.last), quarter.last, None, law)
        assert found.days_exceeding[0, 5] == expected


def test_three_years_are_judged_by_their_mean_where_the_rule_set_asks(rulebook: Rulebook):
    first = date(2026, 1, 1)
    values = np.full((1, 1096, 6), 20.0)
    values[0, :365, 5], values[0, 365:730, 5], values[0, 730:, 5] = 40.0, 28.0, 22.0
    series = series_of(values, first)
    period = Period.containing(PeriodKind.THREE_YEARS, date(2028, 1, 1))

    def rules_of(on: date, *, wanted: bool = True):
        rules = rulebook.rule_set(on)
        evaluation = rules.evaluation.model_copy(update={"three_year_mean": wanted})
        assert isinstance(evaluation, EvaluationRule)
        from dataclasses import replace

        return replace(rules, evaluation=evaluation)

    found = three_years(series, period, rules_of, date(2028, 12, 31))
    assert found is not None
    assert found.statistics.mean_rounded[0, 5] == 30.0
    assert three_years(series, period, lambda on: rules_of(on, wanted=False), date(2028, 12, 31)) is None
    short = series_of(values[:, 1:], first + timedelta(days=1))
    assert three_years(short, period, rules_of, date(2028, 12, 31)) is None


def test_days_judged_again_under_their_own_law_are_the_same(judged: House):
    day = date(2026, 3, 31)
    rows = judged.lake.read("daily_index", first=date(2026, 3, 1), last=day, where=pl.col("basis") == "measured")
    pairs = rows.select("kind", "code").unique().sort("kind", "code").rows()
    subjects = [(SubjectKind(kind), code) for kind, code in pairs]
    series = day_series(rows, subjects, date(2026, 3, 1), day, judged.city)
    again = series.under(judged.rulebook.rule_set(day, judged.choice))
    assert np.array_equal(again.aqi, series.aqi)
    assert np.array_equal(np.where(series.published, again.primary, 0), series.primary)
    older = judged.rulebook.rule_set(date(2026, 2, 28), choice_of(judged.city))
    assert (series.under(older).aqi <= series.aqi)[series.published].all()


def test_one_edition_can_be_forced_onto_every_date(rulebook: Rulebook):
    choice = Choice(law_of=date(2026, 3, 1))
    assert rulebook.rule_set(date(2015, 6, 1), choice).aqi_day.id == rulebook.rule_set(date(2026, 6, 1)).aqi_day.id
