import numpy as np
import pytest

from lantian.science.boxmodel import without_short_gaps
from lantian.terms.errors import CallerError


def test_noon_of_midsummer_is_high_and_midnight_dark(made_day) -> None:
    elevations = made_day().elevations(1)[:, 0]
    assert elevations.max() == pytest.approx(77.2, abs=0.3)
    assert elevations[0] < 0


def test_light_is_taken_in_the_middle_of_each_step(made_day) -> None:
    day = made_day()
    assert day.elevations(1)[10, 0] == pytest.approx(day.elevations(3)[10, 1])


def test_day_with_a_missing_hour_of_what_it_holds_is_refused(made_day) -> None:
    from dataclasses import replace

    day = made_day(("CO",))
    carbon = np.where(np.arange(24) == 3, np.nan, day.mixing["CO"])
    with pytest.raises(CallerError, match="CO has 24 hours of 24, of which 1 are missing"):
        replace(day, mixing={**day.mixing, "CO": carbon})
    free = replace(day, mixing={**day.mixing, "CO": carbon}, held=frozenset())
    assert free.hours == 24, "of what only begins with its measurement, the first hour is enough"


def test_day_in_degrees_celsius_is_refused(made_day) -> None:
    from dataclasses import replace

    with pytest.raises(CallerError, match="give kelvins"):
        replace(made_day(), temperature=np.full(24, 25.0))


def test_nothing_is_held_that_was_not_measured(made_day) -> None:
    with pytest.raises(CallerError, match="PAN"):
        made_day().holding(frozenset({"PAN"}))


def test_short_gap_is_closed_and_long_one_stays() -> None:
    values = np.array([1.0, np.nan, 3.0, np.nan, np.nan, np.nan, 7.0])
    assert without_short_gaps(values, 2).tolist()[:3] == [1.0, 2.0, 3.0]
    assert np.isnan(without_short_gaps(values, 2)[3:6]).all()
