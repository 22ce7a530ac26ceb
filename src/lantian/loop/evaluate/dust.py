"""Looks through the hours of the counties and the city for what may be dust; only ever proposes."""

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from lantian.loop.evaluate.tables import DUST_PROPOSALS
from lantian.rules import RuleSet
from lantian.science.dust import DustProposal, propose
from lantian.store.columns import TIMESTAMP


def dust_proposals(hours: pl.DataFrame, rules_of: Callable[[date], RuleSet], first: date) -> pl.DataFrame:
    """Rows of ``dust_proposals`` that begin on `first` or later, but for their provenance.

    Parameters
    ----------
    hours : DataFrame
        ``kind, code, hour_start, legal_day, stage, pm10, pm25`` of counties and the city.
    rules_of : callable
        Editions in force on a day; the test of a proposal is that of the day on which the hours end.
    first : date
        Earlier hours serve as reference only.
    """
    rows: list[dict[str, object]] = []
    for (kind, code, stage), part in hours.group_by("kind", "code", "stage", maintain_order=True):
        whole = part.sort("hour_start").upsample("hour_start", every="1h")
        starts = whole.get_column("hour_start")
        days = dict(part.select("hour_start", "legal_day").iter_rows())
        rule = rules_of(max(days.values())).dust
        found = propose(
            starts[0],
            whole.get_column("pm10").fill_null(float("nan")).to_numpy(),
            whole.get_column("pm25").fill_null(float("nan")).to_numpy(),
            rule,
        )
        rows += [
            {"kind": kind, "code": code, "stage": stage, **_row(one)} for one in found if days[one.start] >= first
        ]
    instant = hours.schema["hour_start"]
    schema = {
        column.name: instant if column.dtype == TIMESTAMP else column.dtype
        for column in DUST_PROPOSALS.columns
        if column.name not in {*DUST_PROPOSALS.provenance, "simulated"}
    }
    return pl.DataFrame(rows, schema=schema)


def _row(one: DustProposal) -> dict[str, object]:
    return {
        "hour_start": one.start,
        "last_hour": one.end - timedelta(hours=1),
        "pm10_reference": one.reference_pm10,
        "pm10_peak": one.peak_pm10,
        "ratio_reference": one.reference_ratio,
        "ratio_lowest": one.lowest_ratio,
        "evidence": f"{one.trigger.value} {one.ended_by.value}",
        "withdrawn": False,
        "rules": one.rule,
    }
