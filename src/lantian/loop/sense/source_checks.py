"""Looks through hours of outlets for what does not fit together (污染源数据检查); fraud is not said here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import select

from lantian.ledger.models import Device
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doubts import finding_of
from lantian.loop.sense.marking import stopped_hours
from lantian.loop.sense.outlet_hours import (
    MINUTES,
    READINGS,
    OutletHours,
    minute_interval,
    outlet_hours,
    outlet_minutes,
)
from lantian.rules import QualityRule, SourceDataRule
from lantian.science.emission.reasons import Reason
from lantian.science.emission.recompute import MinuteEvidence, SentDecimals, SentHours, recompute_hour
from lantian.science.quality import source
from lantian.science.quality.ambient import nitrogen_inversions
from lantian.science.quality.runs import Suspicion, said, stretches
from lantian.terms.findings import Finding
from lantian.terms.types import FloatArray

FLOW, OXYGEN = "a00000", "a19001"
NO2, NOX = "a21004", "a21002"
STOPPED_FLAG = "F"
CONCENTRATION_UNITS = frozenset({"mg/m³", "mg/m3"})
"""Units of the factors of which amounts and converted values are recomputed."""
_SECONDS = 3600
_MOST_DECIMALS = 6
_DIFFERENCES = {
    Reason.MEAN_DIFFERS: "average",
    Reason.CONVERTED_DIFFERS: "converted",
    Reason.AMOUNT_DIFFERS: "amount",
    Reason.ORDER_BROKEN: "order",
}
_EXPLAINING = (
    Reason.NOT_CONVERTED,
    Reason.OTHER_REFERENCE_OXYGEN,
    Reason.AMOUNT_FROM_CONVERTED,
    Reason.AMOUNT_OTHER_POWER_OF_TEN,
)


def check_sources(centre: Centre, first: date, last: date, *, outlet: str | None = None) -> tuple[Finding, ...]:
    """Find hours of outlets that do not fit together in a stretch of legal days."""
    rule = centre.quality(last)
    arithmetic = centre.rulebook.edition(SourceDataRule, "source_data", last, centre.choice)
    with centre.ledger.read() as session:
        devices = {row.outlet: row for row in session.scalars(select(Device).order_by(Device.mn))}
    found: list[Finding] = []
    for name in _outlets(centre, first, last, outlet):
        hours = outlet_hours(centre, name, first, last, devices.get(name))
        stopped = stopped_hours(centre, name, hours.starts[0], len(hours.starts))
        hints = [*suspicions(hours, stopped, rule), *arithmetic_hints(hours, devices.get(name), arithmetic)]
        found += [finding_of(one, name, hours.starts) for one in hints]
        found += frozen_minutes(centre, hours, devices.get(name), first, last)
        found += rewritten(centre, name, first, last)
    return tuple(sorted(found, key=lambda row: (row.where, str(row.when), row.code)))


def suspicions(hours: OutletHours, stopped: NDArray[np.bool_], rule: QualityRule) -> list[Suspicion]:
    """Run every check that needs no arithmetic.

    Parameters
    ----------
    hours : OutletHours
        One outlet.
    stopped : array of bool, shape (hours,)
        Hours that marks call stopped; flags are added here.
    rule : QualityRule
        Thresholds.
    """
    stack = rule.stack
    values, flow, oxygen = hours.columns["value"], hours.row(FLOW), hours.row(OXYGEN)
    runs = None if flow is None else source.running(flow, stack)
    hints = [
        *source.frozen(values, hours.factors, runs, stack),
        *source.copied_channels(values, hours.factors, stack),
        *source.repeated_stretches(values, hours.factors, stack),
        *_deliveries(hours, rule),
    ]
    no2, nox = hours.row(NO2), hours.row(NOX)
    if no2 is not None and nox is not None and hours.units[NO2] == hours.units[NOX]:
        hints += [replace(one, channel=NO2) for one in nitrogen_inversions(no2[None], nox[None], rule.ambient)]
    if runs is not None:
        flagged = hours.flags[hours.factors.index(FLOW)] == STOPPED_FLAG
        hints += source.stopped_but_flowing(runs, stopped | flagged)
        if oxygen is not None:
            hints += source.oxygen_near_air(oxygen, runs & ~stopped, stack)
    return hints


def arithmetic_hints(hours: OutletHours, device: Device | None, rule: SourceDataRule) -> list[Suspicion]:
    """Find hours whose converted value, amount, mean or order is not what the rest of the frame gives."""
    flow, oxygen = hours.row(FLOW), hours.row(OXYGEN)
    nothing = np.full(len(hours.starts), np.nan)
    reference = None if device is None else device.reference_oxygen
    found: list[Suspicion] = []
    for place, factor in enumerate(hours.factors):
        part = {name: column[place] for name, column in hours.columns.items()}
        if hours.units[factor] not in CONCENTRATION_UNITS or np.isnan(part["value"]).all():
            continue
        sent = SentHours(
            average=part["value"],
            oxygen=nothing if oxygen is None else oxygen,
            converted=nothing if reference is None or oxygen is None else part["converted"],
            flow=nothing if flow is None else flow * _SECONDS,
            amount=part["amount"],
            minimum=part["minimum"],
            maximum=part["maximum"],
        )
        decimals = SentDecimals(
            average=decimals_of(part["value"]),
            oxygen=decimals_of(sent.oxygen),
            converted=decimals_of(part["converted"]),
            flow=decimals_of(nothing if flow is None else flow) - 4,
            amount=decimals_of(part["amount"]),
        )
        minutes = MinuteEvidence(average=hours.minutes[place], converted=nothing)
        reference_of_hours = np.full(len(hours.starts), np.nan if reference is None else reference)
        told = recompute_hour(sent, reference_of_hours, rule, decimals, minutes=minutes)
        beside = {
            "average": (sent.average, sent.average - told.average_difference),
            "converted": (sent.converted, told.converted),
            "amount": (sent.amount, told.amount),
            "order": (sent.average, nothing),
        }
        for reason, name in _DIFFERENCES.items():
            if name in {"converted", "amount"} and np.isnan(beside[name][0]).all():
                continue
            mask = (told.reasons & np.uint32(int(reason))) != 0
            for _, begin, end in stretches(mask[None]).tolist():
                bits = Reason(int(np.bitwise_or.reduce(told.reasons[begin : end + 1])))
                names = [reason, *(each for each in _EXPLAINING if each & bits)]
                found.append(
                    Suspicion(
                        "arithmetic", place, factor, begin, end,
                        {
                            "what": name,
                            "sent": said(beside[name][0][begin]),
                            "recomputed": said(beside[name][1][begin]),
                            "reasons": ", ".join(str(each.name).lower() for each in names),
                            "hours": end - begin + 1,
                        },
                    )
                )  # fmt: skip
    return found


def rewritten(centre: Centre, outlet: str, first: date, last: date) -> list[Finding]:
    """Find hours that were sent again with another value."""
    where = (pl.col("outlet") == outlet) & (pl.col("period") == "hour")
    rows = centre.lake.read(READINGS, first=first, last=last, latest=False, where=where)
    told = (
        rows.filter(pl.col("value").is_not_null())
        .sort("recorded_at")
        .group_by("factor", "period_start", maintain_order=True)
        .agg(pl.col("value").n_unique().alias("versions"), pl.col("value").first().alias("before"),
             pl.col("value").last().alias("after"))
        .filter(pl.col("versions") > 1)
        .sort("factor", "period_start")
    )  # fmt: skip
    return [
        finding_of(
            Suspicion(
                "rewritten", 0, row["factor"], 0, 0,
                {"before": row["before"], "after": row["after"], "versions": row["versions"]},
            ),
            outlet,
            [row["period_start"]],
        )
        for row in told.iter_rows(named=True)
    ]  # fmt: skip


def frozen_minutes(
    centre: Centre, hours: OutletHours, device: Device | None, first: date, last: date
) -> list[Finding]:
    """Find equal minutes in a row, where the hours do not show it already."""
    step = minute_interval(device)
    factors, values = outlet_minutes(centre, hours.outlet, first, last, step)
    rule = centre.quality(last).stack
    flow = hours.row(FLOW)
    runs = None if flow is None else np.repeat(source.running(flow, rule), MINUTES // step)
    starts = [hours.starts[0] + place * timedelta(minutes=step) for place in range(values.shape[1])]
    known = {
        (one.channel, hour)
        for one in source.frozen(hours.columns["value"], hours.factors, None, rule)
        for hour in hours.starts[one.first : one.last + 1]
    }
    return [
        finding_of(one, hours.outlet, starts)
        for one in source.frozen(values, factors, runs, rule, minutes=step)
        if (one.channel, starts[one.first].replace(minute=0)) not in known
        and (one.channel, starts[one.last].replace(minute=0)) not in known
    ]


def decimals_of(values: FloatArray) -> int:
    """Return with how many decimals numbers were sent, as far as they show it.

    Examples
    --------
    >>> decimals_of(np.array([12.5, 3.25, np.nan])), decimals_of(np.array([3.0]))
    (2, 0)
    """
    known = values[~np.isnan(values)]
    for decimals in range(_MOST_DECIMALS):
        scaled = known * 10.0**decimals
        if np.allclose(scaled, np.round(scaled), rtol=0, atol=1e-6 * 10.0**decimals):
            return decimals
    return _MOST_DECIMALS


def _outlets(centre: Centre, first: date, last: date, only: str | None) -> Sequence[str]:
    where = pl.col("period") == "hour"
    if only is not None:
        where &= pl.col("outlet") == only
    rows = centre.lake.scan(READINGS, first=first, last=last, columns=["outlet"], where=where)
    return sorted(rows.unique().collect().get_column("outlet"))


def _deliveries(hours: OutletHours, rule: QualityRule) -> list[Suspicion]:
    """Look at the arrival of whole hours: the first factor that came speaks for all."""
    delay, batch = hours.columns["delay"], hours.columns["batch"]
    first = np.argmax(~np.isnan(delay), axis=0)
    place = np.arange(delay.shape[1])
    return source.deliveries(delay[first, place], batch[first, place], rule.stack)
