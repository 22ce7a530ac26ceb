"""Random series that depend on a seed, a name and the calendar, never on the order in which they are drawn."""

import zlib
from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from lantian.terms.types import FloatArray


def generator(seed: int, name: str, year: int) -> np.random.Generator:
    """Return the random stream of one name in one calendar year.

    Examples
    --------
    >>> bool(generator(1, "1727A", 2025).random() == generator(1, "1727A", 2025).random())
    True
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode()), year])))


def white(seed: int, name: str, years: Sequence[tuple[int, int]], series: int) -> FloatArray:
    """Return independent standard normal series over whole calendar years.

    Parameters
    ----------
    seed : int
        Of the whole simulation; 0 or more.
    name : str
        Station code, adcode or another name that owns the stream.
    years : sequence of (int, int)
        Calendar year and its number of hours, in order. [h]
    series : int
        How many series.

    Returns
    -------
    array, shape (series, hours)
        Standard normal. [1]
    """
    return np.concatenate(
        [generator(seed, name, year).standard_normal((series, hours)) for year, hours in years], axis=1
    )


def red(noise: FloatArray, memory: float) -> FloatArray:
    """Turn white noise into a first-order autoregressive series of unit variance (一阶自回归).

    Parameters
    ----------
    noise : array, shape (…, hours)
        Standard normal. [1]
    memory : float
        Time in which the autocorrelation falls to 1/e. [h]

    Returns
    -------
    array, shape (…, hours)
        Standard normal with autocorrelation exp(-lag / memory). [1]

    Examples
    --------
    >>> series = red(white(1, "x", [(2025, 8760)], 1)[0], memory=10.0)
    >>> bool(abs(np.corrcoef(series[1:], series[:-1])[0, 1] - np.exp(-0.1)) < 0.02)
    True
    """
    keep = float(np.exp(-1.0 / memory))
    filtered: FloatArray = lfilter([np.sqrt(1.0 - keep**2)], [1.0, -keep], noise, axis=-1)
    return filtered
