"""Capture, transmission and validity of an outlet's data, as the trade counts them (捕集率、传输率、有效率).

Hours in which the source stood leave every denominator; an outlet that stood the whole time has no rate, which is
not a rate of nought. Counts are kept beside each rate so that days can be added up to a month.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lantian.rules.source_records import TransmissionRule
from lantian.science.emission.quantities import BoolArray
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray, IntArray


def capture_rate(valid_hours: IntArray, period_hours: IntArray | int, stopped_hours: IntArray) -> FloatArray:
    """Share of the running hours of a quarter with valid data (有效数据捕集率).

    Parameters
    ----------
    valid_hours : array of int
        Hours with a valid mean while the source ran. [h]
    period_hours : array of int or int
        Hours of the quarter. [h]
    stopped_hours : array of int
        Hours in which the source stood. [h]

    Returns
    -------
    array
        0 … 1; NaN where the source stood all the time.

    Raises
    ------
    CallerError
        If more hours are valid than the source ran.

    References
    ----------
    HJ 75-2017, chapter 12, from memory: at least 75 % a quarter.

    Examples
    --------
    >>> capture_rate(np.array([1800, 0]), 2160, np.array([160, 2160]))
    array([0.9, nan])
    """
    running = np.asarray(period_hours, dtype=np.int64) - np.asarray(stopped_hours, dtype=np.int64)
    valid = np.asarray(valid_hours, dtype=np.int64)
    if np.any(running < 0) or np.any(valid > running) or np.any(valid < 0):
        raise CallerError(
            "{valid} valid hours do not fit into {running} running hours; count an hour as valid only while the "
            "source ran",
            valid=valid.tolist(),
            running=running.tolist(),
        )
    return _share(valid, running)


@dataclass(frozen=True, slots=True)
class DayRates:
    """Transmission and validity of the days of an outlet, with the counts behind them; sums make a month."""

    due: IntArray
    """Values that should have come, stopped hours left out."""
    received: IntArray
    """Values that came of those."""
    valid: IntArray
    """Values that came and are valid."""
    spared: IntArray
    """Values that were lost and count as come: the hour of the automatic standard check."""
    transmission: FloatArray
    """Received, with what is spared, over due, 0 … 1."""
    validity: FloatArray
    """Valid over received, 0 … 1."""
    valid_transmission: FloatArray
    """What the trade calls 传输有效率, 0 … 1."""
    complete: BoolArray
    """Whether every due value came, what is spared counted in."""


def day_rates(
    received: BoolArray,
    valid: BoolArray,
    stopped: BoolArray,
    rule: TransmissionRule,
    *,
    medium: Literal["air", "water"] = "air",
) -> DayRates:
    """Count due, received and valid values of each day of an outlet (传输有效率).

    Parameters
    ----------
    received : array of bool, shape (n_days, 24, n_factors)
        Whether the hourly value of a configured factor came; for the figure of the same day pass what had come
        by then, for the completed figure what has come since.
    valid : array of bool, shape (n_days, 24, n_factors)
        Whether it is a valid measurement.
    stopped : array of bool, shape (n_days, 24)
        Hours under a stop mark.
    rule : TransmissionRule
        Hours a day that may be lost, and what the valid rate is.
    medium : {"air", "water"}
        What leaves the outlet.

    Returns
    -------
    DayRates
        Arrays of shape (n_days,); rates are NaN on a day without a due value.

    Raises
    ------
    CallerError
        If the shapes do not fit.

    References
    ----------
    Rule ``transmission``.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(TransmissionRule, "transmission", date(2024, 1, 1))
    >>> came = np.ones((1, 24, 1), dtype=bool)
    >>> came[0, 9] = False
    >>> stood = np.zeros((1, 24), dtype=bool)
    >>> float(day_rates(came, came, stood, rule, medium="water").transmission[0])
    1.0
    >>> round(float(day_rates(came, came, stood, rule).transmission[0]), 4)
    0.9583
    """
    came, good, stood = (np.asarray(given, dtype=bool) for given in (received, valid, stopped))
    if came.ndim != _AXES or came.shape != good.shape or came.shape[:2] != stood.shape:
        raise CallerError(
            "received {received}, valid {valid} and stopped {stopped} do not fit; pass (days, hours, factors) "
            "twice and (days, hours)",
            received=came.shape,
            valid=good.shape,
            stopped=stood.shape,
        )
    runs = np.broadcast_to(~stood[:, :, None], came.shape)
    due = runs.sum(axis=(1, 2))
    arrived = (came & runs).sum(axis=(1, 2))
    usable = (came & good & runs).sum(axis=(1, 2))
    spared = _spared(came, runs, rule.spared_hours_a_day.get(medium, 0))
    transmission, validity = _share(arrived + spared, due), _share(usable, arrived)
    valid_transmission = (
        transmission * validity if rule.valid_is == "transmission_times_validity" else _share(usable + spared, due)
    )
    return DayRates(
        due=due,
        received=arrived,
        valid=usable,
        spared=spared,
        transmission=transmission,
        validity=validity,
        valid_transmission=np.where((arrived == 0) & (due > 0), 0.0, valid_transmission),
        complete=arrived + spared == due,
    )


def period_rates(days: DayRates, rule: TransmissionRule) -> tuple[float, float, float]:
    """Transmission, validity and valid transmission rate of a stretch of days: counts are added, not rates.

    Parameters
    ----------
    days : DayRates
        Days of the stretch.
    rule : TransmissionRule
        What the valid rate is.

    Returns
    -------
    tuple of float
        0 … 1 each; NaN where nothing was due.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(TransmissionRule, "transmission", date(2024, 1, 1))
    >>> came = np.ones((2, 24, 1), dtype=bool)
    >>> came[0, :12] = False
    >>> period_rates(day_rates(came, came, np.zeros((2, 24), dtype=bool), rule), rule)
    (0.75, 1.0, 0.75)
    """
    due, arrived = int(days.due.sum()), int(days.received.sum())
    usable, spared = int(days.valid.sum()), int(days.spared.sum())
    if due == 0:
        return (np.nan, np.nan, np.nan)
    transmission = (arrived + spared) / due
    validity = usable / arrived if arrived else np.nan
    if arrived == 0:
        return (transmission, validity, 0.0)
    product = rule.valid_is == "transmission_times_validity"
    return (transmission, validity, transmission * validity if product else (usable + spared) / due)


_AXES = 3


def _spared(came: BoolArray, runs: BoolArray, hours: int) -> IntArray:
    """Values that were lost and count as come: all or nothing a factor and day, and never a day without any."""
    lost, arrived = (~came & runs).sum(axis=1), (came & runs).sum(axis=1)
    spared: IntArray = np.where((lost <= hours) & (arrived > 0), lost, 0).sum(axis=1)
    return spared


def _share(part: IntArray, whole: IntArray) -> FloatArray:
    """Divide counts; NaN where the whole is nought."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)
