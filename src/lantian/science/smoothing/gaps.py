"""What would the missing months have been, from level, slope and season of the others (结构时间序列插补)?"""

import numpy as np
from numba import njit
from numpy.typing import ArrayLike
from scipy import optimize

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_DIFFUSE = 1e4
"""Every variance and covariance of the first state, in variances of the series: R's choice."""
_STEP = 1e-3
_IMPOSSIBLE = 1000.0
"""Misfit of a model without any variance, which forbids every surprise."""
_LEAST = 1e-9
_UNIT = 100
"""The four variances are sought in hundredths of the variance of the series."""


def filled(values: ArrayLike, period: int = 12) -> FloatArray:
    """Fill gaps by the smoothed level and season of a structural model (卡尔曼平滑插补).

    Parameters
    ----------
    values : array, shape (n,)
        Evenly spaced, NaN where missing. [any unit]
    period : int
        Values in a season's round. [1]

    Returns
    -------
    array, shape (n,)
        [the unit of `values`]

    Raises
    ------
    CallerError
        Fewer values than two rounds.

    References
    ----------
    Harvey (1989): Forecasting, Structural Time Series Models and the Kalman Filter. Model and likelihood are those
    of R's ``StructTS(type = "BSM")``, which openair fills gaps with.

    Examples
    --------
    >>> months = np.arange(60.0)
    >>> values = 50 + 10 * np.cos(months * np.pi / 6)
    >>> values[30] = np.nan
    >>> float(filled(values)[30].round())
    40.0
    """
    series = np.ascontiguousarray(values, dtype=np.float64)
    known = ~np.isnan(series)
    if known.sum() < 2 * period:
        raise CallerError(
            "{n} values tell no season of {period}: give at least two rounds of them",
            n=int(known.sum()),
            period=period,
        )
    if known.all():
        return series
    variance = float(series[known].var(ddof=1))
    if variance == 0:
        return np.where(known, series, series[known][0])
    first = np.zeros(period + 1)
    first[0] = series[known][0]
    step = _transition(period)
    unit = variance / _UNIT

    def misfit(powers: FloatArray) -> float:
        return float(_misfit(series, step, first, _DIFFUSE * variance, powers * unit))

    def uphill(powers: FloatArray) -> FloatArray:
        moves = np.eye(4) * _STEP
        sides = [(np.maximum(powers - move, 0.0), powers + move) for move in moves]
        return np.array([(misfit(up) - misfit(down)) / (up - down).sum() for down, up in sides])

    best = optimize.minimize(
        misfit,
        np.ones(4),
        jac=uphill,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * 4,
        options={"maxcor": 5, "gtol": 0.0},
    )
    states = _smoothed(series, step, first, _DIFFUSE * variance, np.maximum(best.x, _LEAST) * unit)
    return np.where(known, series, states[:, 0] + states[:, 2])


def _transition(period: int) -> FloatArray:
    """Level, slope, and the season's last values, of which the next is minus the sum."""
    step = np.zeros((period + 1, period + 1))
    step[0, :2] = 1.0
    step[1, 1] = 1.0
    step[2, 2:] = -1.0
    step[np.arange(3, period + 1), np.arange(2, period)] = 1.0
    return step


@njit(cache=True, nogil=True)
def _noise(size: int, variances: FloatArray) -> FloatArray:
    noise = np.zeros((size, size))
    for place in range(3):
        noise[place, place] = variances[place]
    return noise


@njit(cache=True, nogil=True)
def _misfit(
    series: FloatArray, step: FloatArray, first: FloatArray, diffuse: float, variances: FloatArray
) -> float:
    """Half of minus twice the log likelihood, per value that counts."""
    size = len(first)
    noise, state, spread = _noise(size, variances), first.copy(), np.full((size, size), diffuse)
    squares, logs, count = 0.0, 0.0, 0
    for value in series:
        state = step @ state
        spread = step @ spread @ step.T + noise
        if value == value:
            seen = spread[:, 0] + spread[:, 2]
            gain = seen[0] + seen[2] + variances[3]
            surprise = value - state[0] - state[2]
            if gain <= 0:
                return _IMPOSSIBLE
            count += 1
            squares += surprise**2 / gain
            logs += np.log(gain)
            state = state + seen * (surprise / gain)
            spread = spread - np.outer(seen, seen) / gain
    return 0.5 * (squares + logs) / count


@njit(cache=True, nogil=True)
def _smoothed(
    series: FloatArray, step: FloatArray, first: FloatArray, diffuse: float, variances: FloatArray
) -> FloatArray:
    """Means of the states given the whole series, shape (n, states)."""
    n, size = len(series), len(first)
    noise = _noise(size, variances)
    before, spreads = np.empty((n, size)), np.empty((n, size, size))
    surprises, gains = np.zeros(n), np.full(n, np.inf)
    state, spread = first.copy(), np.full((size, size), diffuse)
    for row in range(n):
        state = step @ state
        spread = step @ spread @ step.T + noise
        before[row], spreads[row] = state, spread
        if series[row] == series[row]:
            seen = spread[:, 0] + spread[:, 2]
            gains[row] = seen[0] + seen[2] + variances[3]
            surprises[row] = series[row] - state[0] - state[2]
            state = state + seen * (surprises[row] / gains[row])
            spread = spread - np.outer(seen, seen) / gains[row]
    found, later = np.empty((n, size)), np.zeros(size)
    for row in range(n - 1, -1, -1):
        score = step.T @ later
        if gains[row] < np.inf:
            seen = spreads[row][:, 0] + spreads[row][:, 2]
            push = (surprises[row] - seen @ score) / gains[row]
            score[0] += push
            score[2] += push
        later = score
        found[row] = before[row] + spreads[row] @ later
    return found
