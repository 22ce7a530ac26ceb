"""A running year is judged by its chance, else by last year's rest, else by what it has shown so far. Pure."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from lantian.desk.language import translation
from lantian.loop.plan.targets.goal_chance import LIKELY, PAST_YEARS, Bound, Prospect, outcome, prospect
from lantian.loop.plan.targets.goal_days import MEASURED, AirDays, Side
from lantian.loop.plan.targets.goal_records import Chance, GoalState
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import FloatArray

PM25 = BASIC.index(Pollutant.PM25)


def days_of_years(*levels: float, first: int) -> AirDays:
    """One place, PM2.5 alone: a level a year with the same weather each year scaled."""
    end = date(first + len(levels), 1, 1)
    size = (end - date(first, 1, 1)).days
    six = np.full((1, size, 6), np.nan)
    start = 0
    for number, level in enumerate(levels):
        length = (date(first + number + 1, 1, 1) - date(first + number, 1, 1)).days
        noise = np.exp(0.3 * np.random.default_rng(number).standard_normal(length))
        six[0, start : start + length, PM25] = level * noise
        start += length
    side = Side(six, np.full((1, size), -1, dtype=np.int16))
    return AirDays(date(first, 1, 1), end, "original", {"140400": 0}, {MEASURED: side})


def pm25(six: FloatArray, _: object) -> FloatArray:
    return np.asarray(six[:, PM25])


def asked(days: AirDays, year: int, so_far: FloatArray, bound: float, *, name: str = "pm25") -> Prospect:
    return prospect(
        days, "140400", MEASURED, year, so_far, pm25, Bound(bound, attains=True),
        lambda mean: Decimal(repr(round(mean, 1))), name=name,
    )  # fmt: skip


def test_past_years_of_the_same_place_give_the_chance() -> None:
    days = days_of_years(40, 38, 36, first=2022)
    found = asked(days, 2025, np.full(120, 36.0), 38.0)
    assert found.note is None
    assert found.chance is not None
    assert found.chance.years == 3
    assert found.chance.low is not None
    assert found.chance.high is not None
    assert 33 < found.chance.low < found.chance.high < 42
    assert found.chance.chance > 0.5


def test_years_longer_ago_than_five_do_not_count() -> None:
    days = days_of_years(*range(30, 38), first=2017)
    found = asked(days, 2025, np.full(120, 36.0), 38.0)
    assert found.chance is not None
    assert found.chance.years == PAST_YEARS


def test_one_past_year_gives_its_rest_and_a_reason_but_no_chance() -> None:
    days = days_of_years(40, first=2024)
    found = asked(days, 2025, np.full(120, 36.0), 38.0)
    assert found.chance is None
    assert found.last_rest == pytest.approx(40, rel=0.1)
    assert found.note is not None
    assert found.note.text(translation("en")) == (
        "No chance is given: 1 past years have enough days, at least 2 are needed."
    )


def test_the_draw_depends_on_what_is_asked_and_on_nothing_else() -> None:
    days = days_of_years(40, 38, 36, first=2022)
    so_far = np.full(120, 36.0)
    assert asked(days, 2025, so_far, 37.0) == asked(days, 2025, so_far, 37.0)
    assert asked(days, 2025, so_far, 37.0) != asked(days, 2025, so_far, 37.0, name="other")


def chance(value: float) -> Prospect:
    return Prospect(Chance(value, None, None, 0.9, 3), None, None)


@pytest.mark.parametrize(
    ("found", "lost", "on_course", "state"),
    [
        (chance(LIKELY), False, False, GoalState.ON_THE_WAY),
        (chance(LIKELY - 0.001), False, True, GoalState.AT_RISK),
        (chance(0.0), True, True, GoalState.MISSED),
        (Prospect(None, None, 20.0), False, False, GoalState.ON_THE_WAY),
        (Prospect(None, None, 40.0), False, True, GoalState.AT_RISK),
        (Prospect(None, None, None), False, True, GoalState.ON_THE_WAY),
        (Prospect(None, None, None), False, False, GoalState.AT_RISK),
    ],
)
def test_the_order_of_evidence(found: Prospect, lost: bool, on_course: bool, state: GoalState) -> None:
    said, _ = outcome(found, lost=lost, on_course=on_course, rest_bears=lambda mean: mean <= 30)
    assert said is state
