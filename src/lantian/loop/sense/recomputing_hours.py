"""Recomputes the hours of one outlet from its minutes and lays them beside what the logger sent (小时排放复算).

The mean is that of the valid minutes. Where too few of them came here, and those that came do not prove the hour
invalid, the mean that was sent stands in, and the row says so. A decision of a review goes before a stop mark,
a stop mark before everything else; nothing that was sent is changed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.marking import LaidMarks, lay_marks
from lantian.loop.sense.outlet_hours import hours_of_minutes, minute_interval, outlet_hours
from lantian.loop.sense.outlet_units import FLOW, concentrations, in_common_units
from lantian.loop.sense.recomputing_differences import (
    AUXILIARIES,
    OXYGEN,
    differences,
    legal_values,
    minute_evidence,
    own_values,
    reasons_of,
)
from lantian.loop.sense.recomputing_means import Case, Hourly, Laid, causes_of, hourly_of, reviewed
from lantian.science.emission.reasons import ReasonArray, reason_names
from lantian.science.emission.recompute import RecomputedHours, SentHours
from lantian.terms.types import FloatArray

_DAY = 24


@dataclass(frozen=True, slots=True)
class FactorHours:
    """Hours of one outlet and factor: recomputed, sent, and why they differ."""

    factor: str
    starts: list[datetime]
    legal: RecomputedHours
    """From valid minutes."""
    own: RecomputedHours
    """From the hour as it was sent: whether the logger's numbers fit each other."""
    sent: SentHours
    oxygen: FloatArray
    """[%]"""
    flow: FloatArray
    """[m³/h]"""
    basis: NDArray[np.str_]
    valid_minutes: NDArray[np.int64]
    received_minutes: NDArray[np.int64]
    validity: NDArray[np.str_]
    flags: NDArray[np.str_]
    causes: NDArray[np.str_]
    marks: LaidMarks
    reviews: NDArray[np.str_]
    signed: NDArray[np.bool_]
    reasons: ReasonArray


def recompute_case(centre: Centre, case: Case) -> list[FactorHours]:
    """Recompute every concentration of one outlet, in the order of their codes."""
    readings, unknown = in_common_units(case.readings, case.rule)
    factors = concentrations(readings, case.due, case.rule)
    every = tuple(dict.fromkeys((*factors, *AUXILIARIES)))
    laid = Laid(
        outlet_hours(centre, case.outlet, case.first, case.last, readings=readings, factors=every),
        hours_of_minutes(centre, readings, every, case.first, case.last, minute_interval(case.device)),
        case,
    )
    start = laid.hours.starts[0]
    marks = {name: lay_marks(centre, case.marks, start, case.hours, name) for name in every}
    around = {name: hourly_of(laid, name, marks[name]) for name in AUXILIARIES}
    return [_factor(laid, name, marks[name], around, unknown=name in unknown) for name in factors]


def hour_rows(found: FactorHours, case: Case) -> pl.DataFrame:
    """Lay the hours of a factor out as rows of ``outlet_hours``, but for amounts that need other days."""
    counts = np.isin(found.validity, ["valid", "doubtful"])
    names = {bits: ",".join(reason_names(bits)) for bits in np.unique(found.reasons).tolist()}
    mean, converted = found.legal.concentration, found.legal.converted
    frame = pl.DataFrame(
        {
            "hour_start": found.starts,
            "legal_day": [case.first + timedelta(days=place // _DAY) for place in range(case.hours)],
            "mean": np.where(counts, mean, np.nan),
            "converted": np.where(counts, converted, np.nan),
            "oxygen": found.oxygen,
            "flow": found.flow,
            "amount": np.where(counts, found.legal.amount, np.nan),
            "basis": found.basis.tolist(),
            "valid_minutes": found.valid_minutes.astype(np.int32),
            "received_minutes": found.received_minutes.astype(np.int32),
            "validity": found.validity.tolist(),
            "flag": [flag or None for flag in found.flags.tolist()],
            "cause": [cause or None for cause in found.causes.tolist()],
            "marks": [codes or None for codes in found.marks.codes],
            "excluded_minutes": found.marks.excluded_minutes.astype(np.int32),
            "excluded": found.marks.excluded,
            "review": [review or None for review in found.reviews.tolist()],
            "signed": found.signed,
            "sent_mean": found.sent.average,
            "sent_converted": found.sent.converted,
            "sent_amount": found.sent.amount,
            **differences("mean", found.sent.average, mean),
            **differences("converted", found.sent.converted, converted),
            **differences("amount", found.sent.amount, found.legal.amount),
            "implied_oxygen": found.own.implied_oxygen,
            "reasons": [names[bits] or None for bits in found.reasons.tolist()],
        }
    )
    oxygen = None if found.factor in case.greenhouse else case.oxygen.oxygen
    return frame.fill_nan(None).with_columns(
        outlet=pl.lit(case.outlet),
        factor=pl.lit(found.factor),
        reference_oxygen=pl.lit(oxygen, pl.Float64),
        rules=pl.lit(",".join(rule_names(case))),
    )


def rule_names(case: Case) -> list[str]:
    """Name the editions and records by which the hours of a case are made."""
    names = [case.rule.id, case.oxygen.source, *sorted({row.rules for row in case.marks})]
    return [name for name in names if name]


# ---------------------------------------------------------------------------------------------- inside


def _factor(laid: Laid, factor: str, marks: LaidMarks, around: dict[str, Hourly], *, unknown: bool) -> FactorHours:
    """Recompute the hours of one factor."""
    case = laid.case
    own_hours = hourly_of(laid, factor, marks)
    verdicts, reviews, signed = reviewed(case, factor, laid.hours.starts[: case.hours])
    stands = np.where(verdicts != "", verdicts == "stopped", marks.stopped)
    forced = np.isin(verdicts, ["valid", "doubtful"])
    mean = np.where(forced & np.isnan(own_hours.values), own_hours.at_hand, own_hours.values)
    validity = np.where(np.isnan(mean), np.where(own_hours.nothing, "missing", "invalid"), "valid")
    validity = np.where(stands, "stopped", np.where((verdicts != "") & ~np.isnan(mean), verdicts, validity))
    basis = np.where(forced & np.isnan(own_hours.values) & ~np.isnan(mean), "hour_sent", own_hours.basis)
    evidence = minute_evidence(laid, factor, own_hours, around)
    legal = legal_values(laid, factor, mean, around, evidence)
    sent, own = own_values(laid, factor, around, evidence)
    flags = laid.flags(factor)
    return FactorHours(
        factor=factor,
        starts=laid.hours.starts[: case.hours],
        legal=legal,
        own=own,
        sent=sent,
        oxygen=around[OXYGEN].values,
        flow=np.where(np.isnan(around[FLOW].values), legal.flow, around[FLOW].values),
        basis=basis,
        valid_minutes=own_hours.means.counts,
        received_minutes=own_hours.received,
        validity=validity,
        flags=flags,
        causes=causes_of(laid, factor, own_hours),
        marks=marks,
        reviews=reviews,
        signed=signed,
        reasons=reasons_of(laid, factor, own_hours, legal, sent, own, unknown=unknown),
    )
