"""Periods hold whole legal days, know their last year, and are written and read the same way."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.terms.periods import Period, PeriodKind, period_named, periods_between, year_earlier

days = st.dates(date(2013, 1, 1), date(2035, 12, 31))
TILES = [PeriodKind.DAY, PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.HALF_YEAR, PeriodKind.YEAR]


@given(days, st.sampled_from(list(PeriodKind)))
def test_a_period_holds_the_day_that_names_it(day: date, kind: PeriodKind):
    period = Period.containing(kind, day)
    assert period.first <= day <= period.last
    assert len(period.each_day()) == period.days
    assert period.each_day()[-1] == period.last


@given(days, st.sampled_from(list(PeriodKind)))
def test_what_a_label_writes_is_read_back(day: date, kind: PeriodKind):
    period = Period.containing(kind, day)
    read = period_named(period.label)
    assert (read.first, read.last) == (period.first, period.last)


@given(days, st.integers(0, 800), st.sampled_from(TILES))
def test_tiles_cover_every_day_once(first: date, length: int, kind: PeriodKind):
    last = first + timedelta(days=length)
    covered = [day for period in periods_between(kind, first, last) for day in period.each_day()]
    assert covered == sorted(set(covered))
    assert covered[0] <= first
    assert covered[-1] >= last


@given(days, st.sampled_from(TILES))
def test_the_year_before_is_of_the_same_kind(day: date, kind: PeriodKind):
    period = Period.containing(kind, day)
    before = period.year_before()
    assert before.kind is kind
    assert before.first.year == period.first.year - 1
    assert before.first.month == period.first.month


def test_leap_days_become_the_28th():
    assert year_earlier(date(2024, 2, 29)) == date(2023, 2, 28)
    assert Period.containing(PeriodKind.MONTH, date(2024, 2, 29)).year_before().last == date(2023, 2, 28)
    assert Period.containing(PeriodKind.RUNNING, date(2026, 4, 30)).days == 365


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026Q5", "26-01", "yesterday", "2026-02-30", "2026-01-02..2026-03-01"]
)
def test_what_is_no_period_is_refused_with_the_forms_there_are(text: str):
    with pytest.raises(ValueError, match=r"Write a day|day is out of range|must be in"):
        period_named(text)


def test_running_periods_have_no_tiling():
    with pytest.raises(ValueError, match="no tiling"):
        periods_between(PeriodKind.RUNNING, date(2026, 1, 1), date(2026, 2, 1))
