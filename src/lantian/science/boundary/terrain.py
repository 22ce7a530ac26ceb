"""Does the flow go over the hill or around it (地形绕流与爬越)?"""

import numpy as np

from lantian.terms.types import FloatArray


def dividing_height(hill: FloatArray, wind: FloatArray, stability: FloatArray) -> FloatArray:
    """Height below which a stable flow goes around a hill instead of over it (分流高度).

    Parameters
    ----------
    hill : array
        Height of the hill over its foot. [m]
    wind : array
        Wind at that height. [m s-1]
    stability : array
        Brunt-Vaisala frequency; 0 lets all go over. [s-1]

    Returns
    -------
    array
        Between 0 and the hill's height. [m]

    References
    ----------
    Snyder et al. 1985, J. Fluid Mech. 152, 249-288, with wind and stratification taken constant: the height is
    the hill less wind over frequency.

    Examples
    --------
    >>> dividing_height(np.array([200.0, 200.0]), np.array([2.0, 8.0]), np.array([0.02, 0.02]))
    array([100.,   0.])
    """
    free = np.where(stability > 0, wind / np.where(stability > 0, stability, 1.0), np.inf)
    return np.clip(hill - free, 0, np.maximum(hill, 0))
