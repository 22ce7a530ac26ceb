"""How stiff should a curve be? The data choose, by generalised cross-validation (广义交叉验证)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import linalg, optimize

from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_STEPS = np.linspace(-14.0, 14.0, 57)
"""Decimal logarithms of the stiffness that are tried first, relative to the middle of the spectrum."""


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Coefficients of a penalised least-squares fit."""

    coefficients: FloatArray
    root: FloatArray
    """Any matrix whose rows' squares, times `variance`, are the Bayesian variances of the coefficients."""
    variance: float
    """Of one value of weight 1. [square of the unit of the values]"""
    freedom: float
    """Effective degrees of freedom [1]."""
    score: float
    """Generalised cross-validation score [square of the unit of the values]."""
    stiffness: tuple[float, ...]
    """Weight of each penalty."""

    def at(self, design: FloatArray) -> FloatArray:
        """Fitted values for rows of the design, in the unit of the values fitted."""
        return np.asarray(design @ self.coefficients)

    def error(self, design: FloatArray) -> FloatArray:
        """Return the standard error of the fitted values, in the unit of the values fitted."""
        return np.asarray(np.sqrt(self.variance * ((design @ self.root) ** 2).sum(axis=-1)))


def fit(
    design: FloatArray, values: FloatArray, penalties: Sequence[FloatArray], weights: FloatArray | None = None
) -> Fit:
    """Least squares with penalties whose weights minimise the generalised cross-validation score.

    Parameters
    ----------
    design : array, shape (n, p)
        Full column rank.
    values : array, shape (n,)
        Without gaps. [any unit]
    penalties : sequence of array, shape (p, p)
        One or two symmetric matrices without negative eigenvalues.
    weights : array, shape (n,), optional
        Greater than zero. [1]

    Raises
    ------
    CallerError
        Fewer values than coefficients.

    References
    ----------
    Craven and Wahba (1979); Wood (2004), Journal of the American Statistical Association 99, 673-686; standard
    errors are Bayesian: Wahba (1983), Nychka (1988).

    Examples
    --------
    >>> x = np.linspace(0, 1, 9)
    >>> line = fit(np.stack([np.ones(9), x], axis=1), 2 + 3 * x, [np.diag([0.0, 1.0])])
    >>> line.at(np.array([[1.0, 0.5]])).round(6).tolist()
    [3.5]
    """
    n, p = design.shape
    if n < p:
        raise CallerError(
            "{n} values cannot bear a surface of {p} coefficients: widen the bins or ask for fewer coefficients",
            n=n,
            p=p,
        )
    by = np.ones(n) if weights is None else np.sqrt(weights)
    q, r = linalg.qr(design * by[:, None], mode="economic", check_finite=False)
    projected = q.T @ (values * by)
    rest = max(float(((values * by) ** 2).sum() - (projected**2).sum()), 0.0)
    inside = [_whitened(penalty, r) for penalty in penalties]
    found = _one(inside[0], projected, rest, n) if len(inside) == 1 else _two(inside, projected, rest, n)
    score, freedom, rss, scaled, root, stiffness = found
    back = linalg.solve_triangular(r, np.column_stack([scaled, root]), check_finite=False)
    return Fit(back[:, 0], back[:, 1:], rss / (n - freedom), freedom, score, stiffness)


_Found = tuple[float, float, float, FloatArray, FloatArray, tuple[float, ...]]
"""Score, degrees of freedom, residual sum of squares, coefficients and root in whitened space, stiffness."""


def _whitened(penalty: FloatArray, r: FloatArray) -> FloatArray:
    half = linalg.solve_triangular(r, penalty, trans="T", check_finite=False)
    whole = linalg.solve_triangular(r, half.T, trans="T", check_finite=False)
    return np.asarray((whole + whole.T) / 2)


def _one(penalty: FloatArray, projected: FloatArray, rest: float, n: int) -> _Found:
    spectrum, vectors = linalg.eigh(penalty, driver="evd", check_finite=False)
    spectrum = np.maximum(spectrum, 0.0)
    spectrum[spectrum < 1e-12 * spectrum[-1]] = 0.0
    turned = vectors.T @ projected
    middle = np.log10(np.median(spectrum[spectrum > 0]))

    def parts(power: float) -> tuple[float, float, float, FloatArray]:
        kept = 1 / (1 + 10**power * spectrum)
        rss, freedom = rest + float(((1 - kept) ** 2) @ turned**2), float(kept.sum())
        return n * rss / (n - freedom) ** 2 if freedom < n - 1e-9 else np.inf, freedom, rss, kept

    powers = _STEPS - middle
    first = powers[int(np.argmin([parts(power)[0] for power in powers]))]
    refined = optimize.minimize_scalar(
        lambda power: parts(power)[0], bounds=(first - 0.5, first + 0.5), method="bounded", options={"xatol": 1e-7}
    )
    score, freedom, rss, kept = parts(refined.x)
    return score, freedom, rss, vectors @ (kept * turned), vectors * np.sqrt(kept), (float(10**refined.x),)


def _two(penalties: Sequence[FloatArray], projected: FloatArray, rest: float, n: int) -> _Found:
    scale = [_balance(penalty) for penalty in penalties]
    identity = np.eye(len(projected))

    def parts(powers: FloatArray) -> tuple[float, float, float, FloatArray, FloatArray]:
        whole = identity.copy()
        for power, penalty, size in zip(powers, penalties, scale, strict=True):
            whole += 10**power / size * penalty
        lower = linalg.cholesky(whole, lower=True, check_finite=False)
        inverse = linalg.solve_triangular(lower, identity, lower=True, check_finite=False)
        scaled = inverse.T @ (inverse @ projected)
        freedom = float((inverse**2).sum())
        rss = rest + float(((projected - scaled) ** 2).sum())
        return n * rss / (n - freedom) ** 2 if freedom < n - 1e-9 else np.inf, freedom, rss, scaled, inverse

    begin = _smoothest_valley(lambda powers: parts(powers)[0])
    refined = optimize.minimize(
        lambda powers: parts(np.clip(powers, -10, 10))[0],
        begin,
        method="Nelder-Mead",
        options={"xatol": 1e-4, "fatol": 1e-12, "initial_simplex": begin + np.array([[0, 0], [1, 0], [0, 1]])},
    )
    powers = np.clip(refined.x, -10, 10)
    score, freedom, rss, scaled, inverse = parts(powers)
    stiffness = tuple(float(10**power / size) for power, size in zip(powers, scale, strict=True))
    return score, freedom, rss, scaled, inverse.T, stiffness


def _balance(penalty: FloatArray) -> float:
    """Find the scale at which a penalty alone takes away three fifths of the freedom that it governs."""
    spectrum = linalg.eigvalsh(penalty, check_finite=False)
    spectrum = spectrum[spectrum > 1e-9 * spectrum[-1]]
    low, high = np.log(spectrum[0]) - 3, np.log(spectrum[-1]) + 3
    wanted = 0.4 * len(spectrum)
    return float(np.exp(optimize.brentq(lambda log: (1 / (1 + spectrum / np.exp(log))).sum() - wanted, low, high)))


def _smoothest_valley(score: Callable[[FloatArray], float]) -> FloatArray:
    """Walk down from great stiffness until the score rises: short series have an overfitted valley too."""
    best, lowest = np.array([4.0, 0.0]), np.inf
    for one in np.arange(4.0, -7.0, -1.0):
        here = {two: score(np.array([one, two])) for two in np.arange(-4.0, 5.0, 2.0)}
        two = min(here, key=here.__getitem__)
        if here[two] > lowest * (1 + 1e-9):
            break
        best, lowest = np.array([one, two]), here[two]
    return best
