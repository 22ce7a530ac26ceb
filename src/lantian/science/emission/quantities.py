"""Annotations of arrays of stack readings: each says its unit (计量单位)."""

from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lantian.terms.types import FloatArray

MilligramsPerM3 = Annotated[FloatArray, "mg m-3"]
MixingRatio = Annotated[FloatArray, "ppm"]
PercentArray = Annotated[FloatArray, "%"]
Celsius = Annotated[FloatArray, "degC"]
Kilopascals = Annotated[FloatArray, "kPa"]
MetresPerSecond = Annotated[FloatArray, "m s-1"]
SquareMetres = Annotated[FloatArray, "m2"]
CubicMetresPerHour = Annotated[FloatArray, "m3 h-1"]
Kilograms = Annotated[FloatArray, "kg"]
Flags = NDArray[np.str_]
"""One-character data flags; an empty text where no value came."""
BoolArray = NDArray[np.bool_]


def numbers(values: ArrayLike) -> FloatArray:
    """Give any numbers as an array of float64; None becomes NaN.

    Examples
    --------
    >>> numbers([1, None, 2.5])
    array([1. , nan, 2.5])
    """
    return np.asarray(values, dtype=np.float64)
