"""Makes a micro-station's raw values comparable to a reference instrument (微型站校准).

A low-cost sensor sees particles swollen by humidity, and gases through a surface that answers to temperature and
humidity. The form below, fitted robustly while the device stands beside a reference, is the one that the field has
proved; a plain line is fitted beside it and printed, so that anybody sees what the form brings. Whatever comes out
stays an indication: it never enters a mean of the law.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from lantian.rules.quality_records import CalibrationRule
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Form = Literal["plain", "gas", "particle"]
"""``plain``: a·x + d. ``gas``: that, bent, with temperature and humidity, optionally a second sensor.
``particle``: a·x / (1 + b·h) + c·T + d with the growth h = RH²/(1 − RH)."""
_PARAMETERS: dict[Form, tuple[str, ...]] = {
    "plain": ("slope", "offset"),
    "particle": ("slope", "growth", "temperature", "offset"),
    "gas": (
        "slope", "bend", "temperature", "humidity", "slope_temperature", "slope_humidity", "second",
        "second_bend", "offset",
    ),
}  # fmt: skip
_WEEK = 168


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a device sent, hour by hour."""

    raw: FloatArray
    """Reading of the sensor, in its own unit."""
    temperature: FloatArray
    """[degC]"""
    humidity: FloatArray
    """[%]"""
    second: FloatArray | None = None
    """A second sensor of the device that answers to what disturbs the first (cross-sensitivity)."""

    def whole(self) -> NDArray[np.bool_]:
        """Where nothing is missing."""
        there = ~(np.isnan(self.raw) | np.isnan(self.temperature) | np.isnan(self.humidity))
        return there if self.second is None else there & ~np.isnan(self.second)

    def where(self, mask: NDArray[np.bool_]) -> "Inputs":
        """Return some of the hours."""
        second = None if self.second is None else self.second[mask]
        return Inputs(self.raw[mask], self.temperature[mask], self.humidity[mask], second)


@dataclass(frozen=True, slots=True)
class Residuals:
    """How far calibrated values lie from the reference, on hours that the fit has not seen."""

    hours: int
    r2: float
    """Coefficient of determination."""
    rmse: float
    """In the unit of the reference."""
    bias: float
    """Mean of calibrated less reference, in the unit of the reference."""
    lower: float
    """5th percentile of calibrated less reference."""
    upper: float
    """95th percentile."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration: form, parameters, and what it is worth."""

    form: Form
    parameters: Mapping[str, float]
    centre: Mapping[str, float]
    """Means that are taken off, and spreads that inputs are divided by, before the form is used."""
    trained: int
    """Hours that it was fitted on."""
    held_out: Residuals
    plain: Residuals
    """Of the straight line on the same hours, to compare."""
    raw_range: tuple[float, float]
    """Smallest and largest raw value of the fit: outside, a value is extrapolated."""


def calibrate(inputs: Inputs, reference: FloatArray, form: Form, rule: CalibrationRule) -> Fit:
    """Fit a device to a reference instrument beside it (并置校准).

    Every so many-th week is held out; the figures come from these weeks alone, the parameters from the others.

    Parameters
    ----------
    inputs : Inputs
        Consecutive hours of the device, NaN where missing.
    reference : array, shape (hours,)
        The same hours of the reference, NaN where missing.
    form : str
        ``gas``, ``particle`` or ``plain``.
    rule : CalibrationRule
        Fewest hours, and which weeks are held out.

    Returns
    -------
    Fit

    Raises
    ------
    CallerError
        Too few hours that have everything, in the training or the held-out weeks, or a device that never moves.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import QualityRule, Rulebook
    >>> rule = Rulebook.packaged().edition(QualityRule, "quality", date(2026, 1, 1)).calibration
    >>> rng = np.random.default_rng(1)
    >>> true, rh = rng.lognormal(3.5, 0.6, 2016), rng.uniform(20, 95, 2016)
    >>> raw = true * 0.8 * (1 + 0.2 * growth(rh, rule))
    >>> fit = calibrate(Inputs(raw, np.full(2016, 10.0), rh), true, "particle", rule)
    >>> round(fit.held_out.r2, 3), round(1 / fit.parameters["slope"], 2), round(fit.parameters["growth"], 2)
    (1.0, 0.8, 0.2)
    """
    there = inputs.whole() & ~np.isnan(reference)
    weeks = np.arange(len(reference)) // _WEEK
    held = weeks % rule.held_out_every == rule.held_out_every - 1
    training, judged = there & ~held, there & held
    if training.sum() < rule.least_hours or judged.sum() < rule.least_hours // rule.held_out_every:
        raise CallerError(
            "{trained} hours to fit and {judged} to judge have both device and reference; {least} and "
            "{least_judged} are needed, as fewer follow the weather of some days. Let them stand together longer.",
            trained=int(training.sum()),
            judged=int(judged.sum()),
            least=rule.least_hours,
            least_judged=rule.least_hours // rule.held_out_every,
        )
    if np.ptp(inputs.raw[training]) == 0:
        raise CallerError("The device sent one value throughout, so that nothing can be fitted to it.")
    parameters, centre = _fitted(inputs.where(training), reference[training], form, rule)
    straight, straight_centre = _fitted(inputs.where(training), reference[training], "plain", rule)
    seen, truth = inputs.where(judged), reference[judged]
    return Fit(
        form=form,
        parameters=parameters,
        centre=centre,
        trained=int(training.sum()),
        held_out=residuals(_formula(seen, form, parameters, centre, rule), truth),
        plain=residuals(_formula(seen, "plain", straight, straight_centre, rule), truth),
        raw_range=(float(inputs.raw[training].min()), float(inputs.raw[training].max())),
    )


def apply_fit(inputs: Inputs, fit: Fit, rule: CalibrationRule) -> FloatArray:
    """Calibrate raw values; NaN where an input is missing, never below zero (校准).

    Parameters
    ----------
    inputs : Inputs
        Hours of the device.
    fit : Fit
        From `calibrate` or `transfer`.
    rule : CalibrationRule
        Ceiling of the humidity.

    Returns
    -------
    array, shape (hours,)
        In the unit of the reference.
    """
    found = _formula(inputs, fit.form, fit.parameters, fit.centre, rule)
    return np.where(inputs.whole(), np.maximum(found, 0.0), np.nan)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two devices answer to the same air."""

    hours: int
    correlation: float
    scale: float
    """Spread of the taker's raw values over the giver's."""
    shift: float
    """What is added to the taker's raw values, after `scale`, to lie where the giver's do."""


def likeness(giver: FloatArray, taker: FloatArray) -> Likeness:
    """Compare two devices' raw values over the same hours, at times when the air is the same for both.

    Parameters
    ----------
    giver, taker : array, shape (hours,)
        Raw values; only hours of both are used. Give night hours, or a stretch of regional air.

    Returns
    -------
    Likeness

    Examples
    --------
    >>> likeness(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 5.0, 7.0, 9.0]))
    Likeness(hours=4, correlation=1.0, scale=2.0, shift=-0.5)
    """
    both = ~np.isnan(giver) & ~np.isnan(taker)
    mine, theirs = giver[both], taker[both]
    if len(mine) < 2 or np.ptp(mine) == 0 or np.ptp(theirs) == 0:
        return Likeness(len(mine), 0.0, 1.0, 0.0)
    scale = _spread(theirs) / _spread(mine)
    correlation = float(np.corrcoef(mine, theirs)[0, 1])
    return Likeness(len(mine), round(correlation, 12), scale, float(np.median(mine) - np.median(theirs) / scale))


def transfer(fit: Fit, alike: Likeness, rule: CalibrationRule) -> Fit:
    """Give a device that never stood beside a reference the calibration of one that did (传递校准).

    Parameters
    ----------
    fit : Fit
        Of the giver, without a second sensor.
    alike : Likeness
        Of giver and taker.
    rule : CalibrationRule
        Least correlation and fewest hours.

    Returns
    -------
    Fit
        For the taker's raw values; the residuals are still the giver's, so that a door must say so.

    Raises
    ------
    CallerError
        The two are not alike enough, or too few hours say so.
    """
    if alike.hours < rule.least_hours or alike.correlation < float(rule.transfer_correlation):
        raise CallerError(
            "The raw values of both agree with r = {correlation} over {hours} h; r ≥ {least} over {least_hours} h "
            "is needed to hand a calibration on. Choose a nearer device, or stand this one beside a reference.",
            correlation=round(alike.correlation, 3),
            hours=alike.hours,
            least=rule.transfer_correlation,
            least_hours=rule.least_hours,
        )
    if fit.parameters.get("second", 0.0) or fit.parameters.get("second_bend", 0.0):
        raise CallerError(
            "This calibration uses a second sensor, of which nothing is known in the other device. Fit the giver "
            "again with one sensor."
        )
    centre = dict(fit.centre)
    centre["raw_scale"] = fit.centre["raw_scale"] * alike.scale
    centre["raw_mean"] = (fit.centre["raw_mean"] - alike.shift) * alike.scale
    low, high = ((edge - alike.shift) * alike.scale for edge in fit.raw_range)
    return Fit(fit.form, fit.parameters, centre, fit.trained, fit.held_out, fit.plain, (low, high))


def growth(humidity: FloatArray, rule: CalibrationRule) -> FloatArray:
    """Hygroscopic growth RH²/(1 − RH), with the humidity held below the rule's ceiling (吸湿增长).

    Parameters
    ----------
    humidity : array
        Relative humidity. [%]
    rule : CalibrationRule
        The ceiling.

    Returns
    -------
    array

    References
    ----------
    Crilley et al. (2018), Atmos. Meas. Tech. 11, 709-720 (kappa-Koehler form for low-cost sensors).
    """
    share = np.clip(humidity, 0.0, float(rule.highest_humidity)) / 100
    return np.asarray(share**2 / (1 - share))


def residuals(values: FloatArray, reference: FloatArray) -> Residuals:
    """Compare calibrated values with the reference of the same hours.

    Parameters
    ----------
    values, reference : array, shape (hours,)
        Without gaps.

    Returns
    -------
    Residuals

    Examples
    --------
    >>> residuals(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0])).rmse
    0.5773502691896257
    """
    off = values - reference
    spread = float(((reference - reference.mean()) ** 2).sum())
    return Residuals(
        hours=len(off),
        r2=1 - float((off**2).sum()) / spread if spread else float("nan"),
        rmse=float(np.sqrt((off**2).mean())),
        bias=float(off.mean()),
        lower=float(np.quantile(off, 0.05)),
        upper=float(np.quantile(off, 0.95)),
    )


# ---------------------------------------------------------------------------------------------- inside


def _spread(values: FloatArray) -> float:
    low, high = np.quantile(values, [0.05, 0.95])
    return float(high - low) or float(np.std(values))


def _fitted(
    inputs: Inputs, reference: FloatArray, form: Form, rule: CalibrationRule
) -> tuple[dict[str, float], dict[str, float]]:
    """Fit robustly: a soft loss at the scale of a first fit, so that no single peak bends the line."""
    centre = _centre(inputs, form)
    names = _PARAMETERS[form] if inputs.second is not None else _without_second(_PARAMETERS[form])
    start = np.zeros(len(names))
    start[names.index("slope")] = _spread(reference) / (_spread(inputs.raw) / centre["raw_scale"])
    start[names.index("offset")] = float(np.median(reference)) if form == "gas" else 0.0
    low = np.full(len(names), -np.inf)
    if "growth" in names:  # a particle can only grow; a negative one would blow the form up
        start[names.index("growth")], low[names.index("growth")] = 0.1, 0.0

    def off(parameters: FloatArray) -> FloatArray:
        said = dict(zip(names, parameters.tolist(), strict=True))
        return _formula(inputs, form, said, centre, rule) - reference

    first = least_squares(off, start, bounds=(low, np.inf), x_scale="jac")
    scale = float(np.median(np.abs(first.fun))) * 1.4826 or 1.0
    found = least_squares(off, first.x, bounds=(low, np.inf), x_scale="jac", loss="soft_l1", f_scale=2 * scale)
    return dict(zip(names, found.x.tolist(), strict=True)), centre


def _without_second(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if not name.startswith("second"))


def _centre(inputs: Inputs, form: Form) -> dict[str, float]:
    """Means and spreads: a gas form is fitted on standardised inputs, the others keep the raw unit."""
    if form != "gas":
        return {"raw_mean": 0.0, "raw_scale": 1.0}
    named = {"raw": inputs.raw, "temperature": inputs.temperature, "humidity": inputs.humidity}
    if inputs.second is not None:
        named["second"] = inputs.second
    found = {f"{name}_mean": float(values.mean()) for name, values in named.items()}
    return found | {f"{name}_scale": float(values.std()) or 1.0 for name, values in named.items()}


def _formula(
    inputs: Inputs,
    form: Form,
    parameters: Mapping[str, float],
    centre: Mapping[str, float],
    rule: CalibrationRule,
) -> FloatArray:
    x = (inputs.raw - centre["raw_mean"]) / centre["raw_scale"]
    slope, offset = parameters["slope"], parameters["offset"]
    if form == "plain":
        return slope * x + offset
    if form == "particle":
        dry = slope * x / (1 + parameters["growth"] * growth(inputs.humidity, rule))
        return np.asarray(dry + parameters["temperature"] * inputs.temperature + offset)
    warm = (inputs.temperature - centre["temperature_mean"]) / centre["temperature_scale"]
    damp = (inputs.humidity - centre["humidity_mean"]) / centre["humidity_scale"]
    found = (
        slope * x
        + parameters["bend"] * x**2
        + parameters["temperature"] * warm
        + parameters["humidity"] * damp
        + parameters["slope_temperature"] * x * warm
        + parameters["slope_humidity"] * x * damp
        + offset
    )
    if inputs.second is not None and "second" in parameters:
        y = (inputs.second - centre["second_mean"]) / centre["second_scale"]
        found = found + parameters["second"] * y + parameters["second_bend"] * y**2
    return np.asarray(found)
