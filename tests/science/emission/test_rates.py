"""Capture, transmission and validity, counted as the trade counts them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from lantian.rules import Rulebook, TransmissionRule
from lantian.science.emission.rates import capture_rate, day_rates, period_rates
from lantian.terms.errors import CallerError

BOOK = Rulebook.packaged()
RULE = next(row for row in BOOK.editions("transmission") if isinstance(row, TransmissionRule))
NEVER = np.zeros((1, 24), dtype=bool)


def day(lost: int = 0, invalid: int = 0, factors: int = 1) -> tuple[np.ndarray, np.ndarray]:
    came = np.ones((1, 24, factors), dtype=bool)
    came[:, :lost] = False
    valid = came.copy()
    valid[:, lost : lost + invalid] = False
    return came, valid


def test_capture_leaves_stopped_hours_out() -> None:
    found = capture_rate(np.array([1500, 2160, 1, 0]), 2160, np.array([160, 0, 2159, 2160]))
    assert found[:3].tolist() == [0.75, 1.0, 1.0]
    assert np.isnan(found[3])


@pytest.mark.parametrize(("valid", "stopped"), [(2161, 0), (2001, 160), (-1, 0), (0, 2161)])
def test_more_valid_hours_than_running_ones_are_refused(valid: int, stopped: int) -> None:
    with pytest.raises(CallerError, match="do not fit"):
        capture_rate(np.array([valid]), 2160, np.array([stopped]))


def test_a_waste_water_outlet_may_lose_one_hour(transmission: TransmissionRule) -> None:
    for lost, water, air in ((0, 1.0, 1.0), (1, 1.0, 23 / 24), (2, 22 / 24, 22 / 24), (24, 0.0, 0.0)):
        found = {
            medium: day_rates(*day(lost), NEVER, transmission, medium=medium).transmission[0]
            for medium in ("water", "air")
        }
        assert found == {"water": water, "air": air}, lost


def test_valid_transmission_is_the_product(transmission: TransmissionRule) -> None:
    found = day_rates(*day(lost=6, invalid=9), NEVER, transmission)
    assert (found.transmission[0], found.validity[0], found.valid_transmission[0]) == (0.75, 0.5, 0.375)
    assert not found.complete[0]


def test_stop_marks_leave_the_denominator_with_what_came_in_them(transmission: TransmissionRule) -> None:
    came, valid = day(lost=12)
    stopped = np.zeros((1, 24), dtype=bool)
    stopped[0, :12] = True
    found = day_rates(came, valid, stopped, transmission)
    assert (int(found.due[0]), int(found.received[0]), found.transmission[0]) == (12, 12, 1.0)
    assert found.complete[0]
    late = day_rates(*day(), stopped, transmission)
    assert (int(late.due[0]), int(late.received[0])) == (12, 12)


def test_a_day_of_standing_has_no_rate(transmission: TransmissionRule) -> None:
    found = day_rates(*day(), np.ones((1, 24), dtype=bool), transmission)
    assert np.isnan([found.transmission[0], found.validity[0], found.valid_transmission[0]]).all()


def test_a_day_without_a_value_is_nought_and_not_missing(transmission: TransmissionRule) -> None:
    found = day_rates(*day(lost=24), NEVER, transmission)
    assert (found.transmission[0], found.valid_transmission[0]) == (0.0, 0.0)
    assert np.isnan(found.validity[0])


def test_each_factor_is_due_and_spared_for_itself(transmission: TransmissionRule) -> None:
    came, valid = day(factors=2)
    came[0, 3, 0] = False
    came[0, 5:7, 1] = False
    found = day_rates(came, valid, NEVER, transmission, medium="water")
    assert (int(found.due[0]), int(found.received[0]), int(found.spared[0])) == (48, 45, 1)
    assert found.transmission[0] == 46 / 48


def test_the_other_reading_of_valid_transmission(transmission: TransmissionRule) -> None:
    other = transmission.model_copy(update={"valid_is": "valid_of_due"})
    found = day_rates(*day(lost=6, invalid=9), NEVER, other)
    assert found.valid_transmission[0] == 9 / 24
    assert period_rates(found, other)[2] == 9 / 24


def test_shapes_that_do_not_fit_are_refused(transmission: TransmissionRule) -> None:
    came, valid = day()
    with pytest.raises(CallerError, match="do not fit"):
        day_rates(came, valid[:, :23], NEVER, transmission)
    with pytest.raises(CallerError, match="do not fit"):
        day_rates(came[0], valid[0], NEVER, transmission)


def test_a_month_adds_counts_not_rates(transmission: TransmissionRule) -> None:
    came = np.ones((2, 24, 1), dtype=bool)
    stopped = np.zeros((2, 24), dtype=bool)
    stopped[0, :20] = True
    came[0, 20:22] = False
    found = day_rates(came, came, stopped, transmission)
    assert found.transmission.tolist() == [0.5, 1.0]
    assert period_rates(found, transmission)[0] == 26 / 28
    nothing = day_rates(came, came, np.ones((2, 24), dtype=bool), transmission)
    assert np.isnan(period_rates(nothing, transmission)).all()
    silent = day_rates(np.zeros_like(came), came, np.zeros((2, 24), dtype=bool), transmission)
    assert period_rates(silent, transmission)[::2] == (0.0, 0.0)


@given(hnp.arrays(bool, (3, 24, 2)), hnp.arrays(bool, (3, 24, 2)), hnp.arrays(bool, (3, 24)))
def test_rates_lie_between_nought_and_one(came: np.ndarray, valid: np.ndarray, stopped: np.ndarray) -> None:
    for medium in ("air", "water"):
        found = day_rates(came, valid, stopped, RULE, medium=medium)
        for rate in (found.transmission, found.validity, found.valid_transmission):
            known = rate[~np.isnan(rate)]
            assert ((known >= 0) & (known <= 1)).all()
        assert (found.complete == (found.received + found.spared == found.due)).all()
