"""Keeps the recomputed emission of outlets beside what loggers sent; computes anew only what changed (排放复算).

A day of an outlet is computed anew when its readings, marks, reviews, record, device, settings or rules are not
what they were. Amounts that stand in for missing hours reach further: they are made anew for the whole quarter and
all days after it that are here.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import polars as pl

import lantian
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.checks import keep_findings
from lantian.loop.sense.doubts import finding_of
from lantian.loop.sense.emission_tables import OUTLET_DAYS, OUTLET_HOURS
from lantian.loop.sense.outlet_hours import READINGS, outlet_readings
from lantian.loop.sense.outlet_units import in_common_units
from lantian.loop.sense.recomputing_days import day_rows, look_back, quarter_of, with_amounts
from lantian.loop.sense.recomputing_hours import FactorHours, hour_rows, recompute_case
from lantian.loop.sense.recomputing_inputs import (
    OUTLET,
    Facts,
    day_case,
    digest,
    due_factors,
    gather,
    heard,
    joined,
    source_rule,
)
from lantian.loop.sense.recomputing_means import Case
from lantian.rules import SourceDataRule
from lantian.science.emission.reasons import Reason, reason_names
from lantian.science.quality.runs import Suspicion, said, stretches
from lantian.store import Table
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

ARITHMETIC = "arithmetic"
"""Code of the findings that come from here."""
_BATCH = 16
"""Outlets that are read and written together."""
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
    Reason.WET_FOR_DRY,
    Reason.MINUTES_MISSING,
    Reason.MINUTES_LEFT_OUT,
    Reason.SETTING_CHANGED,
)
Progress = Callable[[float, str], None]
Day = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What a run changed."""

    first: date
    last: date
    outlets: int
    days: int
    """Days of outlets that were computed anew; the others were as before."""
    hours_written: int
    days_written: int
    findings: int
    """Differences that stand on those days."""
    withdrawn: int
    """Findings that no longer hold."""


def recompute(
    centre: Centre,
    first: date,
    last: date,
    *,
    run_id: str,
    outlet: str | None = None,
    progress: Progress | None = None,
) -> Recomputed:
    """Bring the recomputed hours and days of outlets up to date.

    Parameters
    ----------
    first, last : date
        Legal days that are looked at. Days between them and those that are here already are looked at too: what
        stands in for a gap needs the hours before it.
    run_id : str
        Run that the rows name.
    outlet : str, optional
        One outlet; by default every one that sent anything or is registered.

    Raises
    ------
    CallerError
        The last day lies before the first, or none of its hours is over.
    """
    last = min(last, centre.today())
    if last < first:
        raise CallerError(
            "There are no days from {first} to {last} that have begun. Give the first one first.",
            first=first, last=last,
        )  # fmt: skip
    facts = gather(centre)
    outlets = _outlets(centre, facts, first, last, outlet)
    done = [0, 0, 0, 0, 0]
    for begin in range(0, len(outlets), _BATCH):
        if progress is not None:
            progress(begin / len(outlets), outlets[begin])
        counts = _batch(centre, facts, outlets[begin : begin + _BATCH], first, last, run_id)
        done = [total + count for total, count in zip(done, counts, strict=True)]
    return Recomputed(first, last, len(outlets), *done)


def arithmetic(centre: Centre, outlet: str, first: date, last: date, facts: Facts | None = None) -> list[Finding]:
    """Find hours of an outlet whose numbers are not what the frame itself and the law give; writes nothing."""
    known = facts or gather(centre)
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    readings = outlet_readings(centre, [outlet], first, last)
    cases = joined(case for day in days if (case := day_case(centre, known, outlet, day)).hours)
    return [one for case in cases for one in _computed(centre, case, readings)[1]]


def differing(found: FactorHours, place: int) -> list[Suspicion]:
    """List the hours in a row, day by day, in which a number that was sent is not the recomputed one."""
    beside = {
        "average": (found.sent.average, found.sent.average - found.own.average_difference),
        "converted": (found.sent.converted, found.own.converted),
        "amount": (found.sent.amount, found.own.amount),
        "order": (found.sent.average, np.full_like(found.sent.average, np.nan)),
    }
    hours = np.arange(found.reasons.size)
    hints = []
    for reason, name in _DIFFERENCES.items():
        mask = (found.reasons & np.uint32(int(reason))) != 0
        if reason is Reason.CONVERTED_DIFFERS:  # in air the conversion multiplies noise
            mask &= (found.reasons & np.uint32(int(Reason.OXYGEN_NEAR_AIR))) == 0
        for day in np.unique(hours[mask] // 24).tolist():
            for _, begin, end in stretches((mask & (hours // 24 == day))[None]).tolist():
                bits = Reason(int(np.bitwise_or.reduce(found.reasons[begin : end + 1])))
                why = reason | (bits & _explaining())
                hints.append(
                    Suspicion(
                        ARITHMETIC, place, found.factor, begin, end,
                        {
                            "what": name,
                            "sent": said(beside[name][0][begin]),
                            "recomputed": said(beside[name][1][begin]),
                            "reasons": ", ".join(reason_names(why)),
                            "hours": end - begin + 1,
                        },
                    )
                )  # fmt: skip
    return hints


# ---------------------------------------------------------------------------------------------- a batch


def _batch(
    centre: Centre, facts: Facts, outlets: Sequence[str], first: date, last: date, run_id: str
) -> tuple[int, int, int, int, int]:
    """Compute some outlets anew; return days computed, hours and days written, findings, findings withdrawn."""
    held = _held_days(centre, outlets)
    spans = {name: _span(held, name, first, last) for name in outlets}
    begin, end = min(span[0] for span in spans.values()), max(span[1] for span in spans.values())
    told = heard(centre, outlets, begin, end)
    stale: dict[str, list[Case]] = {}
    digests: dict[Day, str] = {}
    for name, (from_day, to_day) in spans.items():
        due: tuple[str, ...] = held.factors_before(name, from_day)
        for day in _days(from_day, to_day):
            here = told.get((name, day))
            due = due_factors(facts.devices.get(name), here, due, source_rule(centre, day))
            case = day_case(centre, facts, name, day, due)
            digests[name, day] = digest(case, here)
            fresh_already = held.digests.get((name, day)) == digests[name, day]
            if case.hours and not fresh_already and (due or (name, day) in held.digests):
                stale.setdefault(name, []).append(case)
    if not stale:
        return 0, 0, 0, 0, 0
    fresh, findings = _fresh(centre, stale)
    hours, days = _with_days(centre, stale, fresh, {**held.digests, **digests})
    stamp = {"simulated": pl.lit(centre.simulated), "run_id": pl.lit(run_id)}
    hours_written, days_written = (
        centre.lake.append(table, _declared(rows.with_columns(**stamp), table), only_changes=True).written
        for table, rows in ((OUTLET_HOURS, hours), (OUTLET_DAYS, days))
    )
    standing, withdrawn = _keep(centre, stale, findings)
    return sum(len(each) for each in stale.values()), hours_written, days_written, standing, withdrawn


def _fresh(centre: Centre, stale: dict[str, list[Case]]) -> tuple[pl.DataFrame, list[Finding]]:
    """Compute the hours of stale days, month by month."""
    frames, findings = [], []
    cases = [case for each in stale.values() for case in joined(each)]
    for month in sorted({(case.first.year, case.first.month) for case in cases}):
        mine = [case for case in cases if (case.first.year, case.first.month) == month]
        names = sorted({case.outlet for case in mine})
        readings = outlet_readings(
            centre, names, min(case.first for case in mine), max(case.last for case in mine)
        )
        for case in mine:
            rows, found = _computed(centre, case, readings)
            frames += rows
            findings += found
    schema = centre.lake.table(OUTLET_HOURS).schema(centre.city.zone.key)
    wanted = {name: schema[name] for name in (*_MEASURED, "legal_day")}
    blank = pl.DataFrame(schema=wanted)
    parts = [blank, *(frame.select(pl.col(name).cast(kind) for name, kind in wanted.items()) for frame in frames)]
    return pl.concat(parts), findings


_LATER = {"amount_used", "amount_origin", "simulated", "run_id", "code_version", "withdrawn"}
_MEASURED = tuple(column.name for column in OUTLET_HOURS.columns if column.name not in _LATER)
"""Columns of an hour that follow from its own day alone."""


def _computed(centre: Centre, case: Case, readings: pl.DataFrame) -> tuple[list[pl.DataFrame], list[Finding]]:
    """Compute one case; give rows of its factors, and what does not fit."""
    mine = readings.filter(
        (pl.col("outlet") == case.outlet) & pl.col("legal_day").is_between(case.first, case.last)
    )
    found = recompute_case(centre, replace(case, readings=mine))
    hints = [(one, each.starts) for place, each in enumerate(found) for one in differing(each, place)]
    return (
        [hour_rows(each, case) for each in found],
        [finding_of(one, case.outlet, starts) for one, starts in hints],
    )


def _with_days(
    centre: Centre, stale: dict[str, list[Case]], fresh: pl.DataFrame, inputs: dict[Day, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Lay fresh hours over those that are here, make the amounts that count, and the days."""
    rules = cache(lambda day: source_rule(centre, day))
    begin = {name: cases[0].first for name, cases in stale.items()}
    back = min(quarter_of(day).first - look_back(rules(day)) for day in begin.values())
    known = centre.lake.read(OUTLET_HOURS, first=back, where=pl.col("outlet").is_in(list(stale)))
    known = known.filter(~pl.col("withdrawn"))
    anew = [(name, case.first) for name, cases in stale.items() for case in cases]
    again = pl.DataFrame(anew, schema={"outlet": pl.String, "legal_day": pl.Date}, orient="row")
    kept = known.join(again, on=["outlet", "legal_day"], how="anti")
    gone = known.join(again, on=["outlet", "legal_day"], how="semi").join(
        fresh, on=["outlet", "factor", "hour_start"], how="anti"
    )
    together = pl.concat([kept.select(fresh.columns), fresh]).sort("outlet", "factor", "hour_start")
    sent = _sent_days(centre, list(stale), min(quarter_of(day).first for day in begin.values()), rules)
    hours, days = [], []
    for (outlet, factor), rows in together.partition_by(
        ["outlet", "factor"], as_dict=True, maintain_order=True
    ).items():
        counted = with_amounts(rows, begin[outlet], rules)
        hours.append(counted.with_columns(withdrawn=pl.lit(value=False)))
        mine = sent.filter((pl.col("outlet") == outlet) & (pl.col("factor") == factor))
        days.append(day_rows(counted, mine, rules, inputs))
    hours.append(gone.with_columns(withdrawn=pl.lit(value=True)))
    days.append(_gone_days(centre, gone))
    return pl.concat(hours, how="diagonal_relaxed"), pl.concat(days, how="diagonal_relaxed")


def _gone_days(centre: Centre, gone: pl.DataFrame) -> pl.DataFrame:
    """Return the days of factors that an outlet no longer has, as withdrawn."""
    keys = gone.select("outlet", "factor", "legal_day").unique()
    if keys.is_empty():
        return keys
    days = keys.get_column("legal_day").to_list()
    outlets = keys.get_column("outlet").unique().to_list()
    held = centre.lake.read(OUTLET_DAYS, first=min(days), last=max(days), where=pl.col("outlet").is_in(outlets))
    return held.join(keys, on=["outlet", "factor", "legal_day"], how="semi").with_columns(
        withdrawn=pl.lit(value=True)
    )


def _sent_days(
    centre: Centre, outlets: Sequence[str], first: date, rules: Callable[[date], SourceDataRule]
) -> pl.DataFrame:
    """Read what loggers sent for whole days, in common units."""
    where = pl.col("outlet").is_in(outlets) & (pl.col("period") == "day")
    rows = centre.lake.read(READINGS, first=first, where=where)
    parts = [
        in_common_units(each, rules(day))[0]
        for (day,), each in rows.partition_by("legal_day", as_dict=True, maintain_order=True).items()
        if isinstance(day, date)
    ]
    return pl.concat([rows.clear(), *parts])


def _keep(centre: Centre, stale: dict[str, list[Case]], findings: list[Finding]) -> tuple[int, int]:
    """Keep the findings of the days that were computed; others stay as they are."""
    about = pl.lit(value=False)
    for name, cases in stale.items():
        about |= (pl.col("place") == name) & pl.col("legal_day").is_in([case.first for case in cases])
    days = [case.first for cases in stale.values() for case in cases]
    kept = keep_findings(
        centre, OUTLET, findings, min(days), max(days), about=about & (pl.col("code") == ARITHMETIC)
    )
    return kept.standing, kept.withdrawn


# ---------------------------------------------------------------------------------------------- inside


def _outlets(centre: Centre, facts: Facts, first: date, last: date, only: str | None) -> list[str]:
    """List outlets with readings on these days, and every one that is registered."""
    if only is not None:
        return [only]
    where = pl.col("period").is_in(["minute", "hour"])
    rows = centre.lake.scan(READINGS, first=first, last=last, columns=["outlet"], where=where)
    sent = set(rows.unique().collect().get_column("outlet"))
    return sorted({*sent, *facts.devices} - {station.code for station in centre.city.stations})


@dataclass(frozen=True, slots=True)
class _Held:
    """What the table of days knows of some outlets."""

    digests: dict[Day, str]
    """Outlet and day → digest of what it was made of; empty where its factors do not agree."""
    factors: dict[Day, tuple[str, ...]]

    def factors_before(self, outlet: str, day: date) -> tuple[str, ...]:
        """Return the factors of the last day before one."""
        days = [each for name, each in self.factors if name == outlet and each < day]
        return self.factors[outlet, max(days)] if days else ()


def _held_days(centre: Centre, outlets: Sequence[str]) -> _Held:
    rows = (
        centre.lake.scan(OUTLET_DAYS, where=pl.col("outlet").is_in(outlets) & ~pl.col("withdrawn"))
        .group_by("outlet", "legal_day")
        .agg(pl.col("inputs").unique().alias("inputs"), pl.col("factor").unique().sort().alias("factors"))
        .collect()
    )
    found = _Held({}, {})
    for outlet, day, inputs, factors in rows.select("outlet", "legal_day", "inputs", "factors").iter_rows():
        found.digests[outlet, day] = inputs[0] if len(inputs) == 1 else ""
        found.factors[outlet, day] = tuple(factors)
    return found


def _span(held: _Held, outlet: str, first: date, last: date) -> tuple[date, date]:
    """Widen a stretch until it meets the days that are here, so that no hole is left between them."""
    days = [day for name, day in held.digests if name == outlet]
    before = [day for day in days if day < first]
    after = [day for day in days if day > last]
    return (
        first if not before else max(before) + timedelta(days=1),
        last if not after else min(after) - timedelta(days=1),
    )


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=place) for place in range((last - first).days + 1))


def _declared(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Give every declared column, empty where nothing was said."""
    stamped = rows.with_columns(code_version=pl.lit(lantian.__version__))
    blank = [pl.lit(None).alias(each.name) for each in table.columns if each.name not in stamped.columns]
    return stamped.with_columns(*blank).select(
        pl.col(each.name) if each.name == table.instant else pl.col(each.name).cast(each.dtype)
        for each in table.columns
    )


def _explaining() -> Reason:
    found = Reason(0)
    for reason in _EXPLAINING:
        found |= reason
    return found
