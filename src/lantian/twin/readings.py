"""What a simulated logger says of its stack or meter: the truth, noise, honest faults and fakes (模拟上传数据).

Every value is an hour's mean; `minute_values` takes an hour apart into minutes whose mean it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from lantian.terms.types import FloatArray
from lantian.twin.catalogue import Meter, Plant, Stack
from lantian.twin.incidents import Incident
from lantian.twin.noise import red, white
from lantian.twin.sky import Sky
from lantian.twin.stacks import AIR_OXYGEN, Flue

FACTOR = {"so2": "a21026", "nox": "a21002", "pm": "a34013", "voc": "a24088"}
"""Pollutant of a stack → factor code."""
OXYGEN, VELOCITY, WARMTH, PRESSURE, MOISTURE, FLOW = "a19001", "a01011", "a01012", "a01013", "a01014", "a00000"
DIGITS: Mapping[str, int] = {
    **dict.fromkeys(FACTOR.values(), 2),
    OXYGEN: 2,
    VELOCITY: 2,
    WARMTH: 1,
    PRESSURE: 3,
    MOISTURE: 2,
    FLOW: 2,
}
"""Decimals that a simulated logger sends."""
UNITS: Mapping[str, tuple[str, str | None]] = {
    **dict.fromkeys(FACTOR.values(), ("mg/m³", "kg")),
    OXYGEN: ("%", None),
    VELOCITY: ("m/s", None),
    WARMTH: ("°C", None),
    PRESSURE: ("kPa", None),
    MOISTURE: ("%", None),
    FLOW: ("m³/s", "m³"),
}
"""Factor code → units of value and amount."""
NORMAL, STOPPED, BROKEN = "N", "F", "D"
"""Data flags: normal, the source stands still, the instrument is out of order."""
SIMULATED = "SIM"
"""What every value carries as the vendor's flag, so that nobody takes it for a measurement."""
_SPARE_OXYGEN = 20.0
_WIDEST, _WIDEST_SPREAD = 2.5, 0.16
"""Bounds of the wave of minutes and of its spread, so that no minute has another sign than its hour."""
MARKS_LATE = "2025"
"""The one edition that has a mark for data that are sent afterwards (RF)."""
POWER_UNIT, POWER_DIGITS = "kW", 1
_UPSETS = frozenset(
    {"frozen", "too_calm", "clipped", "hugging", "shifted_scale", "dilution", "state_logic", "power"}
)
"""Fakes that hide something: the stack truly gives off more while they last."""
_UPSET = 1.6
_CAPPED, _ABOVE = frozenset({"clipped", "hugging"}), 1.25
"""Fakes that cap what is sent at the limit: the truth then lies above it, by this factor in the mean. [1]"""


def upsets(plant: Plant, stack: Stack, incidents: Iterable[Incident], sky: Sky) -> dict[str, FloatArray]:
    """Return by which factor a stack truly gives off more, hour by hour, for `true_flue`."""
    found: dict[str, FloatArray] = {}
    for each in incidents:
        if each.subject not in {stack.code, plant.code}:
            continue
        if each.kind == "exceedance":
            keys, factor = [each.pattern], float(each.details["factor"])
        elif each.kind == "fraud" and each.pattern in _UPSETS:
            keys, factor = list(stack.limits), _UPSET
        else:
            continue
        for key in keys:
            series = found.setdefault(key, np.ones(len(sky.temperature)))
            bare = _ABOVE * stack.limits[key] / stack.concentration[key] if each.pattern in _CAPPED else 0.0
            series[each.hours(sky)] *= max(factor, bare)
    return found


@dataclass(frozen=True, slots=True)
class Sent:
    """Hours as a logger sends them, arrays of shape (hours,)."""

    value: Mapping[str, FloatArray]
    """Factor code → mean, in the units of `UNITS`."""
    converted: Mapping[str, FloatArray]
    """Factor code → at reference oxygen; nothing where the stack has none. [mg/m3]"""
    amount: Mapping[str, FloatArray]
    """Factor code → amount of the hour. [kg, m3]"""
    flag: np.ndarray
    """Data flag of the hour, one for all factors."""
    present: np.ndarray
    """False where nothing ever came."""
    late: np.ndarray
    """Whether it was sent afterwards."""


def sent_by(stack: Stack, flue: Flue, incidents: Sequence[Incident], sky: Sky, seed: int) -> Sent:
    """Return what the logger of a stack sends, with everything that befalls it.

    Parameters
    ----------
    stack : Stack
        With a logger.
    flue : Flue
        The truth.
    incidents : sequence of Incident
        Of all; those of this stack count.
    sky : Sky
        Calendar.
    seed : int
        Of the simulation.
    """
    hours = len(sky.temperature)
    noise = white(seed, f"analyser:{stack.code}", sky.weather.years, 10)
    mine = [each for each in incidents if each.subject == stack.code and each.kind in {"fraud", "fault"}]
    limited = [key for key in ("so2", "nox", "pm", "voc") if key in stack.limits]
    oxygen = np.clip(flue.oxygen + 0.05 * noise[9], 0.0, AIR_OXYGEN + 0.2)
    value = {
        key: np.maximum(flue.concentration[key] * (1.0 + 0.02 * noise[n]) + 0.15 * noise[n + 4], 0.0)
        for n, key in enumerate(limited)
    }
    running = flue.load > 0.0
    flag = np.where(running, NORMAL, STOPPED).astype("<U1")
    present = np.ones(hours, dtype=np.bool_)
    late = np.zeros(hours, dtype=np.bool_)
    wrong_conversion = np.ones(hours)
    for each in mine:
        inside = each.hours(sky)
        if each.kind == "fraud":
            oxygen = _fake(each, inside, value, oxygen, flue, stack)
            if each.pattern == "arithmetic":
                wrong_conversion[inside] = float(each.details["factor"])
            elif each.pattern == "state_logic":
                flag[inside] = STOPPED
            elif each.pattern == "timing":
                late |= inside
        elif each.pattern == "silent":
            present &= ~inside
        elif each.pattern == "late":
            late |= inside
        elif each.pattern == "stuck":
            flag[inside & running] = BROKEN
            for series in value.values():
                series[inside] = series[inside][0]
        elif each.pattern == "drift":
            for series in value.values():
                series[inside] *= np.linspace(1.0, 1.5, int(inside.sum()))
    flow = flue.flow / 3_600.0
    sent: dict[str, FloatArray] = {FACTOR[key]: _round(FACTOR[key], series) for key, series in value.items()}
    digits = [each for each in mine if each.pattern == "digits"]
    for each in digits:
        inside = each.hours(sky)
        for series in sent.values():
            series[inside] = np.round(series[inside] * 2.0) / 2.0
    sent[OXYGEN] = _round(OXYGEN, oxygen)
    sent[VELOCITY] = _round(VELOCITY, flue.velocity * (1.0 + 0.01 * noise[8]))
    sent[WARMTH] = _round(WARMTH, flue.temperature + 0.6 * noise[7])
    sent[PRESSURE] = _round(PRESSURE, -0.08 - 0.05 * flue.load + 0.01 * noise[6])
    sent[MOISTURE] = _round(MOISTURE, flue.moisture)
    sent[FLOW] = _round(FLOW, flow * (1.0 + 0.01 * noise[5]))
    converted = {}
    if stack.reference_oxygen is not None:
        share = (21.0 - stack.reference_oxygen) / (21.0 - np.minimum(sent[OXYGEN], _SPARE_OXYGEN))
        for key in limited:
            code = FACTOR[key]
            made = np.where(running, sent[code] * share * wrong_conversion, 0.0)
            converted[code] = _round(code, made)
    volume = np.round(sent[FLOW] * 3_600.0, 0)
    amount = {FACTOR[key]: np.round(sent[FACTOR[key]] * volume / 1e6, 4) for key in limited}
    amount[FLOW] = volume
    return Sent(sent, converted, amount, flag, present, late)


def _fake(
    each: Incident,
    inside: np.ndarray,
    value: dict[str, FloatArray],
    oxygen: FloatArray,
    flue: Flue,
    stack: Stack,
) -> FloatArray:
    """Change what is sent as a pattern of fraud does; return the oxygen that is sent."""
    factor = float(each.details["factor"])
    held = 1.0
    if stack.reference_oxygen is not None:
        held = (21.0 - flue.oxygen[inside]) / (21.0 - stack.reference_oxygen)
    first = next(iter(value))
    for key, series in value.items():
        limit = stack.limits[key] * held
        if each.pattern == "frozen":
            series[inside] = series[inside][0] * factor
        elif each.pattern == "too_calm":
            middle = series[inside].mean() * factor
            series[inside] = middle + 0.03 * (series[inside] - series[inside].mean())
        elif each.pattern == "clipped":
            series[inside] = np.minimum(series[inside], 0.955 * limit)
        elif each.pattern == "hugging":
            above = series[inside] / np.maximum(limit, 1e-9)
            series[inside] = np.where(above > 0.9, limit * (0.9 + 0.095 * (above % 1.0)), series[inside])
        elif each.pattern == "shifted_scale":
            series[inside] *= factor
        elif each.pattern == "copied":
            series[inside] = value[first][inside] * (1.0 if key == first else 0.5)
        elif each.pattern == "dilution":
            series[inside] *= factor
    if each.pattern == "dilution":  # nitrogen in the sample line: the oxygen falls with the rest
        oxygen = oxygen.copy()
        oxygen[inside] *= factor
    return oxygen


def _round(code: str, series: FloatArray) -> FloatArray:
    rounded: FloatArray = np.round(series, DIGITS[code]) + 0.0
    return rounded


# ---------------------------------------------------------------------------------------------- meters


@dataclass(frozen=True, slots=True)
class Power:
    """Hourly means of a plant's meters, arrays of shape (hours,) [kW]."""

    production: FloatArray
    treatment: FloatArray


def power_of(
    plant: Plant, meter: Meter, load: FloatArray, incidents: Iterable[Incident], sky: Sky, seed: int
) -> Power:
    """Return what the meters of a plant show; a fake of the pattern ``power`` runs without treatment."""
    noise = white(seed, f"meter:{plant.code}", sky.weather.years, 2)
    running = load > 0.0
    made = meter.production_kw * np.where(running, 0.25 + 0.75 * load, 0.02) * (1.0 + 0.04 * red(noise[0], 4.0))
    clean = meter.treatment_kw * np.where(running, 0.8 + 0.2 * load, 0.01) * (1.0 + 0.03 * red(noise[1], 4.0))
    for each in incidents:
        if each.subject == plant.code and each.pattern == "power":
            clean[each.hours(sky)] = 0.0
    production: FloatArray = np.maximum(made, 0.0).round(1)
    treatment: FloatArray = np.maximum(clean, 0.0).round(1)
    return Power(production, treatment)


# ---------------------------------------------------------------------------------------------- rows and minutes


def minute_values(mean: float, steps: int, rng: np.random.Generator, spread: float, digits: int) -> FloatArray:
    """Take an hour's mean apart into values that have it as their mean, to its last digit (小时均值拆分为分钟值).

    Parameters
    ----------
    mean : float
        Of the hour; it has no more decimals than `digits`.
    steps : int
        How many values.
    rng : Generator
        Chance.
    spread : float
        Standard deviation of the values as a share of the mean; 0: all are the mean. [1]
    digits : int
        Decimals of a value.

    Returns
    -------
    array, shape (steps,)
        None has another sign than the mean.

    Examples
    --------
    >>> parts = minute_values(12.34, 6, np.random.default_rng(1), 0.05, 2)
    >>> len(parts), len(set(parts)), round(float(parts.mean()), 6)
    (6, 6, 12.34)
    """
    whole = round(mean * 10.0**digits)
    wave = np.clip(rng.standard_normal(steps), -_WIDEST, _WIDEST)
    away = np.trunc((wave - wave.mean()) * min(spread, _WIDEST_SPREAD) * abs(whole)).astype(np.int64)
    over = int(away.sum())  # less than a digit for each value
    away[: abs(over)] -= np.sign(over)
    parts: FloatArray = (whole + away) / 10.0**digits
    return parts


def stack_rows(stack: Stack, sent: Sent, sky: Sky, chosen: np.ndarray, received: datetime) -> pl.DataFrame:
    """Return hours of a stack as rows of ``source_readings``, those chosen that came at all.

    They are the rows that the frames of `lantian.twin.saying` give, but for ``qn``, ``received_at``, ``origin``.
    """
    logger = stack.logger
    if logger is None:
        return pl.DataFrame()
    take = np.flatnonzero(chosen & sent.present)
    start = sky.weather.axis.gather(take)
    shared = {
        "period_start": start,
        "flag": pl.Series(sent.flag[take].tolist(), dtype=pl.String),
        "late": pl.Series(sent.late[take] & (logger.edition == MARKS_LATE)),
    }
    frames = []
    for code, series in sent.value.items():
        unit, amount_unit = UNITS[code]
        converted, amount = sent.converted.get(code), sent.amount.get(code)
        frames.append(
            pl.DataFrame(
                {
                    **shared,
                    "value": series[take],
                    "converted": pl.Series(None if converted is None else converted[take], dtype=pl.Float64)
                    if converted is not None
                    else pl.repeat(None, len(take), dtype=pl.Float64, eager=True),
                    "amount": amount[take]
                    if amount is not None
                    else pl.repeat(None, len(take), dtype=pl.Float64, eager=True),
                }
            ).with_columns(factor=pl.lit(code), unit=pl.lit(unit), amount_unit=pl.lit(amount_unit, pl.String))
        )
    return pl.concat(frames).with_columns(
        outlet=pl.lit(stack.code),
        period=pl.lit("hour"),
        mark=pl.lit(SIMULATED),
        mn=pl.lit(logger.mn),
        system=pl.lit(logger.system),
        qn=pl.lit(None, pl.String),
        received_at=pl.lit(received),
        origin=pl.lit("twin"),
        simulated=pl.lit(value=True),
    )


def meter_rows(plant: Plant, power: Power, sky: Sky, chosen: np.ndarray, received: datetime) -> pl.DataFrame:
    """Return hours of a plant's meters as rows of ``power_readings``; see `stack_rows`."""
    meter = plant.meter
    if meter is None:
        return pl.DataFrame()
    take = np.flatnonzero(chosen)
    start = sky.weather.axis.gather(take)
    series = {meter.production: power.production, meter.treatment: power.treatment}
    return pl.concat(
        pl.DataFrame({"period_start": start, "value": values[take]}).with_columns(point=pl.lit(point))
        for point, values in series.items()
    ).with_columns(
        outlet=pl.lit(plant.code),
        period=pl.lit("hour"),
        content=pl.lit(None, pl.String),
        unit=pl.lit(POWER_UNIT),
        flag=pl.lit(NORMAL),
        mn=pl.lit(meter.logger.mn),
        system=pl.lit(meter.logger.system),
        late=pl.lit(value=False),
        qn=pl.lit(None, pl.String),
        received_at=pl.lit(received),
        origin=pl.lit("twin"),
        simulated=pl.lit(value=True),
    )
