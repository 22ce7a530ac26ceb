"""Hourly means of one outlet out of its minutes, or as sent where they prove nothing else (小时均值与有效性)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.ledger.models import Device, DeviceParameter, OutletMark, OutletRecord, Review
from lantian.loop.sense.audited import EVERY_CHANNEL, ReviewVerdict
from lantian.loop.sense.centre import HOUR
from lantian.loop.sense.marking import LaidMarks
from lantian.loop.sense.outlet_hours import MINUTES, OutletHours, OutletMinutes
from lantian.loop.sense.outlet_units import MOST_DECIMALS, decimals_of
from lantian.loop.sense.outlets import LegalOxygen
from lantian.rules import SourceDataRule
from lantian.science.emission.means import Means, hour_mean, period_flags
from lantian.terms.types import FloatArray

_VERDICTS = {
    ReviewVerdict.VALID: "valid",
    ReviewVerdict.FLAG: "doubtful",
    ReviewVerdict.INVALID: "invalid",
}
"""Verdict of a review → validity of the hour."""


@dataclass(frozen=True, slots=True)
class Case:
    """One outlet over days that are judged alike, with everything that decides about them."""

    outlet: str
    first: date
    last: date
    hours: int
    """Hours of these days that are over. [h]"""
    rule: SourceDataRule
    oxygen: LegalOxygen
    record: OutletRecord | None
    device: Device | None
    marks: Sequence[OutletMark]
    decisions: Sequence[Review]
    """Those that stand and take effect, in the order in which they were taken."""
    readings: pl.DataFrame
    """Of these days."""
    greenhouse: frozenset[str]
    """Factors that no standard converts: amounts alone are made of them."""
    due: tuple[str, ...] = ()
    """Factors that have a row even where nothing came of them."""
    settings: Sequence[DeviceParameter] = ()
    """Range, slope or intercept of its device that changed on these days."""
    known_oxygen: Sequence[float] = ()
    """Reference oxygens of other kinds of source. [%]"""


@dataclass(frozen=True, slots=True)
class Laid:
    """Readings of an outlet as arrays, and what decides about them."""

    hours: OutletHours
    minutes: OutletMinutes
    case: Case

    def column(self, name: str, factor: str) -> FloatArray:
        """Return a column of a factor's hours, those that are over."""
        found: FloatArray = self.hours.columns[name][self.hours.factors.index(factor)][: self.case.hours]
        return found

    def flags(self, factor: str) -> NDArray[np.str_]:
        """Return the flags of a factor's hours."""
        found: NDArray[np.str_] = self.hours.flags[self.hours.factors.index(factor)][: self.case.hours]
        return found


@dataclass(frozen=True, slots=True)
class Hourly:
    """Hourly mean of one factor of an outlet."""

    values: FloatArray
    """NaN where the hour is not valid."""
    at_hand: FloatArray
    """What a person may still declare valid: the mean sent, else that of whatever minutes were normal."""
    means: Means
    basis: NDArray[np.str_]
    bad: NDArray[np.bool_]
    """Minutes with an abnormal flag or under a monitoring mark, shape (hours, 60)."""
    received: NDArray[np.int64]
    """[min]"""
    nothing: NDArray[np.bool_]
    """Hours of which nothing came at all."""


def hourly_of(laid: Laid, factor: str, marks: LaidMarks) -> Hourly:
    """Make the hourly mean of a factor: of its minutes, or as sent where they prove nothing else."""
    case, place = laid.case, laid.hours.factors.index(factor)
    rule = case.rule
    values = laid.minutes.values[place][: case.hours]
    flags = laid.minutes.flags[place][: case.hours]
    abnormal = (flags != "") & ~np.isin(flags, rule.normal_flags)
    bad = abnormal | marks.unmeasured
    decimals = decimals_of(values)
    exact = decimals if decimals < MOST_DECIMALS else None
    means = hour_mean(values, rule, valid=~bad, decimals=exact)
    spoilt = MINUTES - bad.sum(axis=1) < rule.hour_required_minutes
    sent, flag = laid.column("value", factor), laid.flags(factor)
    stands_in = ~np.isnan(sent) & np.isin(flag, ["", *rule.normal_flags]) & ~means.valid & ~spoilt
    basis = np.where(means.valid, "minutes", np.where(stands_in, "hour_sent", "none"))
    received = laid.minutes.came[place][: case.hours].sum(axis=1)
    return Hourly(
        values=np.where(means.valid, means.values, np.where(stands_in, sent, np.nan)),
        at_hand=np.where(np.isnan(sent), means.evidence, sent),
        means=means,
        basis=basis,
        bad=bad,
        received=received,
        nothing=(received == 0) & np.isnan(sent) & (flag == ""),
    )


def reviewed(
    case: Case, factor: str, starts: Sequence[datetime]
) -> tuple[NDArray[np.str_], NDArray[np.str_], NDArray[np.bool_]]:
    """Lay the decisions over the hours: validity that stands, its decision, whether it is signed off."""
    count = len(starts)
    verdicts = np.full(count, "", dtype="U10")
    reviews = np.full(count, "", dtype="U36")
    signed = np.zeros(count, dtype=np.bool_)
    for row in case.decisions:
        if row.channel not in {factor, EVERY_CHANNEL} or not count:
            continue
        begin = max(0, (row.first_hour - starts[0]) // HOUR)
        end = max(0, min(count, (row.end - starts[0]) // HOUR))
        if row.verdict == ReviewVerdict.SIGNED:
            signed[begin:end] = True
        else:
            verdicts[begin:end] = _VERDICTS[ReviewVerdict(row.verdict)]
            reviews[begin:end] = row.id
    return verdicts, reviews, signed


def causes_of(laid: Laid, factor: str, hourly: Hourly) -> NDArray[np.str_]:
    """Name the flag that made an hour abnormal: of its minutes where they came, else its own."""
    place, rule = laid.hours.factors.index(factor), laid.case.rule
    told = period_flags(laid.minutes.flags[place][: laid.case.hours], rule)
    usual = list(rule.normal_flags)
    flags = laid.flags(factor)
    own = np.where(np.isin(flags, usual), "", flags)
    said = hourly.received > 0
    unsaid = (laid.minutes.flags[place][: laid.case.hours] == "").all(axis=1)
    of_minutes = np.where(np.isin(told.causes, usual) | unsaid, "", told.causes)
    found: NDArray[np.str_] = np.where(said, of_minutes, own)
    return found
