"""What a logger's hours should be, and why they are not: converted values, amounts, differences (复算与差异)."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lantian.loop.sense.centre import HOUR
from lantian.loop.sense.outlet_hours import MINUTES
from lantian.loop.sense.outlet_units import FLOW, MOST_DECIMALS, decimals_of, scale_of
from lantian.loop.sense.recomputing_means import Case, Hourly, Laid
from lantian.science.emission.explaining import wet_for_dry, within_rounding
from lantian.science.emission.flue import working_flow
from lantian.science.emission.means import mean_of_valid
from lantian.science.emission.oxygen import convert
from lantian.science.emission.reasons import Reason, ReasonArray, reasons_where
from lantian.science.emission.recompute import (
    Basis,
    GasState,
    MinuteEvidence,
    RecomputedHours,
    SentDecimals,
    SentHours,
    recompute_hour,
)
from lantian.terms.types import FloatArray

OXYGEN, HUMIDITY, TEMPERATURE = "a19001", "a01014", "a01012"
PRESSURE, STATIC_PRESSURE, VELOCITY, SECTION = "a01006", "a01013", "a01011", "a01016"
AUXILIARIES = (FLOW, OXYGEN, HUMIDITY, TEMPERATURE, PRESSURE, STATIC_PRESSURE, VELOCITY, SECTION)
_UNSAID = Reason.NO_REFERENCE_OXYGEN | Reason.CONVERTED_DIFFERS | Reason.SENT_THOUGH_NOT_COMPUTABLE
_TINY = 1e-12
"""Relative difference that is dust of binary arithmetic."""


def differences(name: str, sent: FloatArray, right: FloatArray) -> dict[str, FloatArray]:
    """Subtract what was recomputed from what was sent, as it is and over the recomputed one."""
    found = difference(sent, right)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(right != 0, found / right, np.nan)
    return {f"{name}_difference": found, f"{name}_difference_share": share}


def difference(sent: FloatArray, right: FloatArray) -> FloatArray:
    """Subtract, with exactly 0 where nothing but the dust of binary arithmetic is left."""
    found = sent - right
    dust = np.abs(found) <= _TINY * np.maximum(np.abs(sent), np.abs(right))
    return np.where(dust, 0.0, found)


def minute_evidence(laid: Laid, factor: str, hourly: Hourly, around: dict[str, Hourly]) -> MinuteEvidence:
    """Say what the minutes give; converted minute by minute, and from the hour where there are too few."""
    case = laid.case
    place, oxygen = laid.hours.factors.index(factor), laid.hours.factors.index(OXYGEN)
    values = laid.minutes.values[place][: case.hours]
    reference = _reference(laid, factor)
    told = convert(values, laid.minutes.values[oxygen][: case.hours], reference[:, None], case.rule).values
    by_minute = mean_of_valid(told, case.rule.hour_required_minutes, valid=~hourly.bad).values
    by_hour = convert(hourly.values, around[OXYGEN].values, reference, case.rule).values
    return MinuteEvidence(hourly.means.values, np.where(np.isnan(by_minute), by_hour, by_minute))


def legal_values(
    laid: Laid, factor: str, mean: FloatArray, around: dict[str, Hourly], evidence: MinuteEvidence
) -> RecomputedHours:
    """Make converted value and amount from the valid mean."""
    case, nothing = laid.case, np.full(laid.case.hours, np.nan)
    given = SentHours(
        average=mean,
        oxygen=around[OXYGEN].values,
        converted=nothing,
        flow=around[FLOW].values,
        amount=nothing,
        state=_state(laid, around),
    )
    exact = SentDecimals(*[MOST_DECIMALS] * 5)  # nothing that was sent is compared here
    found = recompute_hour(given, _reference(laid, factor), case.rule, exact, basis=_basis(case), minutes=evidence)
    return found if _converts(case, factor) else _unconverted(found)


def _converts(case: Case, factor: str) -> bool:
    return case.oxygen.known and factor not in case.greenhouse


def _unconverted(found: RecomputedHours) -> RecomputedHours:
    """Leave the converted value out: nobody knows the reference, or no standard converts the factor."""
    nothing = np.full_like(found.converted, np.nan)
    return replace(found, converted=nothing, converted_difference=nothing)


def own_values(
    laid: Laid, factor: str, around: dict[str, Hourly], evidence: MinuteEvidence
) -> tuple[SentHours, RecomputedHours]:
    """Compare the numbers of each hour that was sent with each other, and with its minutes."""
    case = laid.case
    nothing = np.full(case.hours, np.nan)
    flags = laid.flags(factor)
    usual = case.rule.normal_flags[0]
    flow, oxygen = laid.column("value", FLOW), laid.column("value", OXYGEN)
    sent = SentHours(
        average=laid.column("value", factor),
        oxygen=oxygen,
        converted=laid.column("converted", factor),
        flow=flow,
        amount=laid.column("amount", factor),
        minimum=laid.column("minimum", factor),
        maximum=laid.column("maximum", factor),
        flags=np.where(flags == "", usual, flags),
        state=_state(laid, around),
    )
    compared = sent if _converts(case, factor) else replace(sent, converted=nothing)
    scale = scale_of(factor, laid.hours.units.get(factor), case.rule)
    decimals = SentDecimals(
        average=decimals_of(sent.average, scale),
        oxygen=decimals_of(oxygen),
        converted=decimals_of(sent.converted, scale),
        flow=decimals_of(flow, scale_of(FLOW, laid.hours.units.get(FLOW), case.rule)),
        amount=decimals_of(sent.amount),
    )
    own = recompute_hour(
        compared, _reference(laid, factor), case.rule, decimals, basis=_basis(case), minutes=evidence,
        known_oxygen=case.known_oxygen,
    )  # fmt: skip
    return sent, own if _converts(case, factor) else _unconverted(own)


def reasons_of(
    laid: Laid,
    factor: str,
    hourly: Hourly,
    legal: RecomputedHours,
    sent: SentHours,
    own: RecomputedHours,
    *,
    unknown: bool,
) -> ReasonArray:
    """Gather why values are missing, doubtful or differ."""
    case = laid.case
    came = ~(np.isnan(sent.average) & np.isnan(sent.converted) & np.isnan(sent.amount))
    bits = (legal.reasons | np.where(came, own.reasons, np.uint32(0))) & ~np.uint32(int(Reason.SENT_MISSING))
    if not _converts(case, factor):
        bits &= ~np.uint32(int(_UNSAID))
    minute_due = hourly.received.any() or (case.device is not None and "minute" in case.device.reports)
    humidity = laid.column("value", HUMIDITY)
    share = float(case.rule.difference_share)
    for name, reason in (("converted", Reason.CONVERTED_DIFFERS), ("amount", Reason.AMOUNT_DIFFERS)):
        given, right = getattr(sent, name), getattr(own, name)
        slack = 10.0 ** -decimals_of(given) + share * np.abs(given)
        differs = (bits & np.uint32(int(reason))) != 0
        bits |= reasons_where(Reason.WET_FOR_DRY, differs & wet_for_dry(given, right, humidity, slack))
    rounded = within_rounding(
        difference(sent.average, legal.concentration) if _basis(case) == "dry_standard" else np.zeros(case.hours),
        difference(sent.converted, legal.converted),
        difference(sent.amount, legal.amount),
        differs=own.differs,
    )
    known = case.oxygen.known or factor in case.greenhouse
    everywhere = np.ones(case.hours, dtype=np.bool_)
    return (
        bits
        | reasons_where(Reason.ROUNDED, rounded & came)
        | reasons_where(Reason.MINUTES_MISSING, bool(minute_due) & (hourly.received < MINUTES))
        | reasons_where(Reason.MINUTES_LEFT_OUT, hourly.bad.sum(axis=1) > 0)
        | reasons_where(Reason.TOO_FEW_VALUES, (hourly.basis == "none") & ~hourly.nothing)
        | reasons_where(Reason.SENT_MISSING, _not_sent(legal, sent))
        | reasons_where(Reason.REFERENCE_UNKNOWN, everywhere & (not known))
        | reasons_where(Reason.UNIT_UNKNOWN, everywhere & unknown)
        | reasons_where(Reason.SETTING_CHANGED, _hours_of_settings(laid, factor))
    )


def _not_sent(legal: RecomputedHours, sent: SentHours) -> NDArray[np.bool_]:
    """Say where a mean, a converted value or an amount can be had and none was sent."""
    pairs = (
        (legal.concentration, sent.average),
        (legal.converted, sent.converted),
        (legal.amount, sent.amount),
    )
    found = np.zeros(sent.average.shape, dtype=np.bool_)
    for right, given in pairs:
        found |= ~np.isnan(right) & np.isnan(given)
    return found


def _hours_of_settings(laid: Laid, factor: str) -> NDArray[np.bool_]:
    """Say in which hours a setting of the factor, or of the whole device, changed."""
    found = np.zeros(laid.case.hours, dtype=np.bool_)
    for row in laid.case.settings:
        hour = (row.reported_for - laid.hours.starts[0]) // HOUR
        if row.factor in {factor, ""} and 0 <= hour < laid.case.hours:
            found[hour] = True
    return found


# ---------------------------------------------------------------------------------------------- inside


def _state(laid: Laid, around: dict[str, Hourly]) -> GasState | None:
    """Return the state of the gas, where it is needed or enough of it is measured."""
    velocity, section = around[VELOCITY].values, around[SECTION].values
    if _basis(laid.case) == "dry_standard" and np.isnan(velocity * section).all():
        return None
    return GasState(
        temperature=around[TEMPERATURE].values,
        ambient_pressure=around[PRESSURE].values,
        static_pressure=around[STATIC_PRESSURE].values,
        humidity=around[HUMIDITY].values,
        working_flow=working_flow(velocity, section),
    )


def _basis(case: Case) -> Basis:
    found = "dry_standard" if case.record is None else case.record.gas_basis
    return (
        "wet_standard" if found == "wet_standard" else "wet_working" if found == "wet_working" else "dry_standard"
    )


def _reference(laid: Laid, factor: str) -> FloatArray:
    oxygen = None if factor in laid.case.greenhouse else laid.case.oxygen.oxygen
    return np.full(laid.case.hours, np.nan if oxygen is None else oxygen)
