"""Looks through hours of outlets for what does not fit together (污染源数据检查); fraud is not said here."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

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
from lantian.loop.sense.outlet_units import FLOW
from lantian.loop.sense.recomputing import arithmetic
from lantian.loop.sense.recomputing_differences import OXYGEN
from lantian.loop.sense.recomputing_inputs import gather
from lantian.rules import QualityRule
from lantian.science.quality import source
from lantian.science.quality.ambient import nitrogen_inversions
from lantian.science.quality.runs import Suspicion
from lantian.terms.findings import Finding

NO2, NOX = "a21004", "a21002"
STOPPED_FLAG = "F"


def check_sources(centre: Centre, first: date, last: date, *, outlet: str | None = None) -> tuple[Finding, ...]:
    """Find hours of outlets that do not fit together in a stretch of legal days."""
    rule = centre.quality(last)
    facts = gather(centre)
    found: list[Finding] = []
    for name in source_outlets(centre, first, last, outlet):
        hours = outlet_hours(centre, name, first, last)
        stopped = stopped_hours(centre, name, hours.starts[0], len(hours.starts))
        found += [finding_of(one, name, hours.starts) for one in suspicions(hours, stopped, rule)]
        found += arithmetic(centre, name, first, last, facts)
        found += frozen_minutes(centre, hours, facts.devices.get(name), first, last)
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


def source_outlets(centre: Centre, first: date, last: date, only: str | None = None) -> list[str]:
    """List the outlets that have hours in a stretch of legal days."""
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
