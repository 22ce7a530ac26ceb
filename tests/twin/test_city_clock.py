"""City time runs as fast as it is told."""

from datetime import UTC, datetime, timedelta

import pytest

from lantian.terms.errors import CallerError
from lantian.twin.city_clock import CityClock

BEGINS = datetime(2026, 1, 12, tzinfo=UTC)


def test_an_hour_at_3600_times_passes_in_a_second():
    wall = [5.0]
    clock = CityClock.starting(BEGINS, 3_600.0, lambda: wall[0])
    wall[0] = 6.0
    assert clock.now() == BEGINS + timedelta(hours=1)
    assert clock.microseconds() == int(clock.now().timestamp() * 1e6)
    assert clock.until(BEGINS + timedelta(hours=3)) == pytest.approx(2.0)
    assert clock.until(BEGINS) == 0.0


@pytest.mark.parametrize("speed", [0.0, 0.5, 10_001.0, float("nan")])
def test_a_speed_out_of_range_is_refused(speed: float):
    with pytest.raises(CallerError, match="out of range"):
        CityClock.starting(BEGINS, speed)
