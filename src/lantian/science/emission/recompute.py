"""What a logger sent for an hour beside what its own readings give, and why the two differ (数采仪上报值复算).

Nothing is corrected: both numbers are kept. A difference counts only beyond what the rounding of the numbers that
were sent explains, plus the share that the rule leaves open. Each row is one outlet, factor and hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from lantian.rules.source_records import SourceDataRule
from lantian.science.emission.amounts import hourly_amount
from lantian.science.emission.flue import at_standard_state, dry, dry_standard_flow, state_reasons
from lantian.science.emission.oxygen import convert, implied_reference_oxygen
from lantian.science.emission.quantities import BoolArray, Flags, PercentArray, numbers
from lantian.science.emission.reasons import Reason, ReasonArray, reasons_where
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

Basis = Literal["dry_standard", "wet_standard", "wet_working"]
_POWERS_OF_TEN = (-6, -3, -2, -1, 1, 2, 3, 6)
_NOT_COMPUTABLE = Reason.OXYGEN_NOT_BELOW_AIR | Reason.OXYGEN_NEGATIVE


@dataclass(frozen=True, slots=True)
class GasState:
    """State of the gas and the flow in it, hour by hour; NaN where missing."""

    temperature: FloatArray
    """[degC]"""
    ambient_pressure: FloatArray
    """[kPa]"""
    static_pressure: FloatArray
    """Against the air outside [kPa]."""
    humidity: FloatArray
    """By volume [%]."""
    working_flow: FloatArray
    """Wet, as it flows [m3 h-1]."""


@dataclass(frozen=True, slots=True)
class SentHours:
    """What a logger sent, one row an outlet, factor and hour; NaN where it sent nothing."""

    average: FloatArray
    """``-Avg``, as measured [mg m-3]."""
    oxygen: FloatArray
    """``a19001-Avg`` of dry gas [%]."""
    converted: FloatArray
    """``-ZsAvg`` [mg m-3]."""
    flow: FloatArray
    """Of dry gas at the standard state [m3 h-1]."""
    amount: FloatArray
    """``-Cou`` [kg]."""
    minimum: FloatArray | None = None
    """``-Min`` [mg m-3]."""
    maximum: FloatArray | None = None
    """``-Max`` [mg m-3]."""
    flags: Flags | None = None
    """``-Flag``; an empty text where none came."""
    state: GasState | None = None
    """Where the flow is to be recomputed, or concentrations are not of dry gas at the standard state."""


@dataclass(frozen=True, slots=True)
class SentDecimals:
    """Decimals with which a logger sends: the rounding that explains small differences."""

    average: int
    oxygen: int
    converted: int
    flow: int
    amount: int


@dataclass(frozen=True, slots=True)
class MinuteEvidence:
    """What the minutes of the same hours give, where they are at hand."""

    average: FloatArray
    """Mean of the valid minutes; NaN with too few [mg m-3]."""
    converted: FloatArray
    """Mean of the converted valid minutes; NaN with too few [mg m-3]."""


@dataclass(frozen=True, slots=True)
class RecomputedHours:
    """Recomputed beside sent; a difference is sent minus recomputed, NaN where either is missing."""

    concentration: FloatArray
    """Of dry gas at the standard state [mg m-3]."""
    converted: FloatArray
    """[mg m-3]"""
    flow: FloatArray
    """Of dry gas at the standard state, recomputed from the state of the gas; NaN without it [m3 h-1]."""
    amount: FloatArray
    """From the measured concentration and the flow that was sent, or else the recomputed one [kg]."""
    average_difference: FloatArray
    """Against the mean of the minutes [mg m-3]."""
    converted_difference: FloatArray
    """[mg m-3]"""
    flow_difference: FloatArray
    """[m3 h-1]"""
    amount_difference: FloatArray
    """[kg]"""
    implied_oxygen: PercentArray
    """Reference oxygen that the device must have used [%]."""
    reasons: ReasonArray
    """Bits of `Reason`."""

    @property
    def differs(self) -> BoolArray:
        """Which rows hold a number that was sent and is not what its own readings give."""
        bits = Reason.MEAN_DIFFERS | Reason.CONVERTED_DIFFERS | Reason.FLOW_DIFFERS | Reason.AMOUNT_DIFFERS
        found: BoolArray = (self.reasons & np.uint32(int(bits))) != 0
        return found


def recompute_hour(
    sent: SentHours,
    reference_oxygen: PercentArray,
    rule: SourceDataRule,
    decimals: SentDecimals,
    *,
    basis: Basis = "dry_standard",
    minutes: MinuteEvidence | None = None,
    known_oxygen: Sequence[float] = (),
) -> RecomputedHours:
    """Recompute converted value, flow and amount of hours from what else was sent (小时数据复算).

    Parameters
    ----------
    sent : SentHours
        Rows as they came, of shape (n,).
    reference_oxygen : array, shape (n,)
        Of each row's outlet, from its legal source; NaN where its standard names none. [%]
    rule : SourceDataRule
        Edition of the day.
    decimals : SentDecimals
        How the numbers were rounded before they were sent.
    basis : {"dry_standard", "wet_standard", "wet_working"}
        In what gas ``-Avg`` is stated; anything but the first needs `SentHours.state`.
    minutes : MinuteEvidence, optional
        What the minutes give; needed where the rule averages converted minutes.
    known_oxygen : sequence of float
        Reference oxygens of other kinds of source. Where one of them explains a wrong converted value, that is
        said. [%]

    Returns
    -------
    RecomputedHours

    Raises
    ------
    CallerError
        If the basis needs a state, or the rule needs minutes, and there is none.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(SourceDataRule, "source_data", date(2024, 1, 1))
    >>> sent = SentHours(average=np.array([20.0]), oxygen=np.array([11.0]), converted=np.array([24.0]),
    ...     flow=np.array([500_000.0]), amount=np.array([10.0]))
    >>> found = recompute_hour(sent, np.array([6.0]), rule, SentDecimals(2, 1, 2, 0, 2), known_oxygen=(6, 9, 16))
    >>> found.converted, found.converted_difference, found.implied_oxygen
    (array([30.]), array([-6.]), array([9.]))
    >>> [reason.name for reason in Reason if found.reasons[0] & reason]
    ['CONVERTED_DIFFERS', 'OTHER_REFERENCE_OXYGEN']
    """
    sent = _as_numbers(sent)
    concentration = _dry_standard(sent, basis, rule)
    conversion = convert(concentration, sent.oxygen, reference_oxygen, rule)
    converted, said = conversion.values, conversion.reasons
    if rule.hour_converted == "mean_of_minutes":
        if minutes is None:
            raise CallerError(
                "{id} averages converted minutes, and no minutes were given, so the hour cannot be recomputed; "
                "pass them, or choose the variant that converts the hourly means",
                id=rule.id,
            )
        converted = np.where(said & np.uint32(int(Reason.NO_REFERENCE_OXYGEN)), concentration, minutes.converted)
    flow, state_bits = _flow(sent, rule)
    used = np.where(np.isnan(sent.flow), flow, sent.flow)
    amount = hourly_amount(concentration, used)
    result = RecomputedHours(
        concentration=concentration,
        converted=converted,
        flow=flow,
        amount=amount,
        average_difference=sent.average
        - (np.full_like(sent.average, np.nan) if minutes is None else minutes.average),
        converted_difference=sent.converted - converted,
        flow_difference=sent.flow - flow,
        amount_difference=sent.amount - amount,
        implied_oxygen=implied_reference_oxygen(concentration, sent.converted, sent.oxygen, rule),
        reasons=said | state_bits | _plain_reasons(sent, rule),
    )
    more = (
        _converted_reasons(sent, result, numbers(reference_oxygen), rule, decimals, known_oxygen)
        | _amount_reasons(sent, result, used, rule, decimals)
        | _other_differences(sent, result, rule, decimals)
    )
    return replace(result, reasons=result.reasons | more)


# ---------------------------------------------------------------------------------------------- recomputing


def _as_numbers(sent: SentHours) -> SentHours:
    return replace(
        sent,
        average=numbers(sent.average),
        oxygen=numbers(sent.oxygen),
        converted=numbers(sent.converted),
        flow=numbers(sent.flow),
        amount=numbers(sent.amount),
    )


def _dry_standard(sent: SentHours, basis: Basis, rule: SourceDataRule) -> FloatArray:
    """Bring what was measured to dry gas at the standard state."""
    if basis == "dry_standard":
        return sent.average
    if sent.state is None:
        raise CallerError(
            "concentrations are {basis} and no state of the gas was given, so they cannot be brought to dry gas "
            "at the standard state; pass humidity, temperature and pressure",
            basis=basis,
        )
    state = sent.state
    concentration = dry(sent.average, state.humidity)
    if basis == "wet_standard":
        return concentration
    return at_standard_state(concentration, state.temperature, state.ambient_pressure, state.static_pressure, rule)


def _flow(sent: SentHours, rule: SourceDataRule) -> tuple[FloatArray, ReasonArray]:
    """Recompute the flow of dry gas at the standard state, and say why where that fails."""
    state = sent.state
    if state is None:
        return np.full_like(sent.average, np.nan), np.zeros(sent.average.shape, dtype=np.uint32)
    parts = (state.temperature, state.ambient_pressure, state.static_pressure, state.humidity)
    return dry_standard_flow(state.working_flow, *parts, rule), state_reasons(*parts, rule)


# ---------------------------------------------------------------------------------------------- differing


def _plain_reasons(sent: SentHours, rule: SourceDataRule) -> ReasonArray:
    """Doubt what needs no arithmetic: flags, order, negative flow."""
    reasons = reasons_where(Reason.FLOW_NEGATIVE, sent.flow < 0)
    if sent.flags is not None:
        reasons |= reasons_where(Reason.NOT_NORMAL, ~np.isin(sent.flags, rule.normal_flags))
    least = sent.average if sent.minimum is None else numbers(sent.minimum)
    most = sent.average if sent.maximum is None else numbers(sent.maximum)
    return reasons | reasons_where(
        Reason.ORDER_BROKEN, (least > sent.average) | (sent.average > most) | (least > most)
    )


def _converted_reasons(
    sent: SentHours,
    found: RecomputedHours,
    reference: PercentArray,
    rule: SourceDataRule,
    decimals: SentDecimals,
    known_oxygen: Sequence[float],
) -> ReasonArray:
    """Say whether the converted value differs, and what would explain it."""
    slack = _converted_slack(sent, found.concentration, found.converted, reference, rule, decimals)
    differs = np.abs(found.converted_difference) > slack
    same = np.abs(sent.converted - sent.average) <= _half(decimals.average) + _half(decimals.converted)
    other = np.zeros(differs.shape, dtype=bool)
    for oxygen in known_oxygen:
        as_if = convert(found.concentration, sent.oxygen, oxygen, rule).values
        bound = _converted_slack(sent, found.concentration, as_if, numbers(oxygen), rule, decimals)
        other |= np.abs(sent.converted - as_if) <= bound
    impossible = (found.reasons & np.uint32(int(_NOT_COMPUTABLE))) != 0
    lacks = np.isnan(sent.converted) & ~np.isnan(found.converted)
    return (
        reasons_where(Reason.CONVERTED_DIFFERS, differs)
        | reasons_where(Reason.NOT_CONVERTED, differs & same)
        | reasons_where(Reason.OTHER_REFERENCE_OXYGEN, differs & ~same & other)
        | reasons_where(Reason.SENT_THOUGH_NOT_COMPUTABLE, impossible & ~np.isnan(sent.converted))
        | reasons_where(Reason.SENT_MISSING, lacks)
    )


def _amount_reasons(
    sent: SentHours, found: RecomputedHours, flow: FloatArray, rule: SourceDataRule, decimals: SentDecimals
) -> ReasonArray:
    """Say whether the amount differs, and what would explain it."""
    slack = _amount_slack(found.concentration, flow, found.amount, decimals.average, rule, decimals)
    differs = np.abs(found.amount_difference) > slack
    from_converted = np.zeros(differs.shape, dtype=bool)
    for converted in (sent.converted, found.converted):
        wrong = hourly_amount(converted, flow)
        bound = _amount_slack(converted, flow, wrong, decimals.converted, rule, decimals)
        from_converted |= np.abs(sent.amount - wrong) <= bound
    shifted = np.zeros(differs.shape, dtype=bool)
    for power in _POWERS_OF_TEN:
        wrong = found.amount * 10.0**power
        spread = (slack - _half(decimals.amount)) * 10.0**power + _half(decimals.amount)
        shifted |= (np.abs(sent.amount - wrong) <= spread) & (sent.amount > 0)
    lacks = np.isnan(sent.amount) & ~np.isnan(found.amount)
    return (
        reasons_where(Reason.AMOUNT_DIFFERS, differs)
        | reasons_where(Reason.AMOUNT_FROM_CONVERTED, differs & from_converted)
        | reasons_where(Reason.AMOUNT_OTHER_POWER_OF_TEN, differs & shifted & ~from_converted)
        | reasons_where(Reason.SENT_MISSING, lacks)
    )


def _other_differences(
    sent: SentHours, found: RecomputedHours, rule: SourceDataRule, decimals: SentDecimals
) -> ReasonArray:
    """Say whether the mean differs from its minutes, and the flow from the state of the gas."""
    share = float(rule.difference_share)
    mean_slack = _half(decimals.average) + share * np.abs(sent.average - found.average_difference)
    flow_slack = _half(decimals.flow) + share * np.abs(found.flow)
    return reasons_where(Reason.MEAN_DIFFERS, np.abs(found.average_difference) > mean_slack) | reasons_where(
        Reason.FLOW_DIFFERS, np.abs(found.flow_difference) > flow_slack
    )


def _converted_slack(
    sent: SentHours,
    concentration: FloatArray,
    converted: FloatArray,
    reference: PercentArray,
    rule: SourceDataRule,
    decimals: SentDecimals,
) -> FloatArray:
    """How far a converted value may lie off through rounding of concentration, oxygen and itself. [mg m-3]"""
    air = float(rule.oxygen_in_air)
    size = np.abs(concentration)
    below_air = air - sent.oxygen
    lowest = below_air - _half(decimals.oxygen)
    with np.errstate(divide="ignore", invalid="ignore"):
        furthest = (size + _half(decimals.average)) * (air - reference) / lowest
        explained = np.where(lowest > 0, furthest - size * (air - reference) / below_air, np.inf)
    explained = np.where(np.isnan(reference), _half(decimals.average), explained)
    return explained + _half(decimals.converted) + float(rule.difference_share) * np.abs(converted)


def _amount_slack(
    concentration: FloatArray,
    flow: FloatArray,
    amount: FloatArray,
    concentration_decimals: int,
    rule: SourceDataRule,
    decimals: SentDecimals,
) -> FloatArray:
    """How far an amount may lie off through rounding of concentration, flow and itself. [kg]"""
    furthest = hourly_amount(np.abs(concentration) + _half(concentration_decimals), flow + _half(decimals.flow))
    return furthest - np.abs(amount) + _half(decimals.amount) + float(rule.difference_share) * np.abs(amount)


def _half(decimals: int) -> float:
    """Half a unit of the last decimal, with room for the dust of binary arithmetic."""
    return 0.5 * 10.0**-decimals * (1 + 1e-9)
