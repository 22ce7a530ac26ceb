"""What is due from each outlet and did not come (缺数), and how much of it came and is valid (传输有效率)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.loop.sense.registry import DeviceCard
from lantian.rules.source_records import TransmissionRule
from lantian.science.emission.rates import day_rates, period_rates
from lantian.store import Lake
from lantian.wire.hj212.factors import data_flag

_ANY = ""
"""Stands for whatever an outlet sends, where no factors are registered of it."""
_HOURS = 24


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of records that are due and are not here."""

    mn: str
    outlet: str
    period: str
    """``minute``, ``hour`` or ``day``."""
    begin: datetime
    """Start of its first record."""
    end: datetime
    """Start of its last record."""
    records: int
    factors: tuple[str, ...]
    """Factors that lack somewhere in it; empty where no factors are registered."""


def find_gaps(
    lake: Lake, cards: Iterable[DeviceCard], begin: datetime, end: datetime, *, periods: Iterable[str] = ()
) -> list[Gap]:
    """List the stretches of due records that did not come, by device, period and time.

    Parameters
    ----------
    begin, end
        Records that start in ``[begin, end)`` are looked at; choose an end that leaves them time to come.
    periods
        Only these; by default all that are due from each device.
    """
    wanted = set(periods)
    found: list[Gap] = []
    devices = [card for card in cards if card.taken]
    for period in ("minute", "hour", "day"):
        due_from = [card for card in devices if period in card.reports and (not wanted or period in wanted)]
        if due_from:
            found += _gaps_of(lake, due_from, period, begin.astimezone(lake.zone), end.astimezone(lake.zone))
    return found


def _gaps_of(lake: Lake, cards: list[DeviceCard], period: str, begin: datetime, end: datetime) -> list[Gap]:
    due = pl.concat([_due(card, period, begin, end) for card in cards])
    if due.is_empty():
        return []
    here = _here(lake, [card.outlet for card in cards], period, begin, end)
    missing = due.join(here, on=["outlet", "factor", "period_start"], how="anti")
    records = (
        missing.group_by("mn", "outlet", "step", "period_start")
        .agg(pl.col("factor").unique().sort())
        .sort("mn", "period_start")
        .with_columns(
            run=(pl.col("period_start").diff().over("mn") != pl.col("step"))
            .fill_null(value=True)
            .cum_sum()
            .over("mn")
        )
    )
    runs = records.group_by("mn", "outlet", "run", maintain_order=True).agg(
        begin=pl.col("period_start").min(),
        end=pl.col("period_start").max(),
        records=pl.len(),
        factors=pl.col("factor").explode().unique().sort(),
    )
    return [
        Gap(mn, outlet, period, first, last, count, tuple(factor for factor in factors if factor != _ANY))
        for mn, outlet, _, first, last, count, factors in runs.iter_rows()
    ]


def _due(card: DeviceCard, period: str, begin: datetime, end: datetime) -> pl.DataFrame:
    """Every record that is due, factor by factor."""
    step = {
        "minute": timedelta(minutes=card.minute_interval),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
    }
    starts = _starts(begin, end, step[period])
    factors = sorted(card.points) or [_ANY]
    return (
        pl.DataFrame({"period_start": starts}, schema={"period_start": pl.Datetime("us", str(begin.tzinfo))})
        .join(pl.DataFrame({"factor": factors}), how="cross")
        .with_columns(mn=pl.lit(card.mn), outlet=pl.lit(card.outlet), step=pl.lit(step[period]))
    )


def _starts(begin: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """List the starts in a stretch, on the grid of the day."""
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + -(-(begin - midnight) // step) * step
    return [first + number * step for number in range(max(0, -(-(end - first) // step)))]


def _here(lake: Lake, outlets: list[str], period: str, begin: datetime, end: datetime) -> pl.DataFrame:
    """Read the records that are here; each outlet also under `_ANY`."""
    rows = (
        lake.scan(
            "source_readings",
            first=lake.day_of(begin),
            last=lake.day_of(end),
            columns=["outlet", "factor", "period", "period_start"],
            where=pl.col("outlet").is_in(outlets) & (pl.col("period") == period),
        )
        .filter(pl.col("period_start").is_between(begin, end, closed="left"))
        .select("outlet", "factor", "period_start")
        .collect()
    )
    return pl.concat([rows, rows.with_columns(factor=pl.lit(_ANY)).unique()])


# ---------------------------------------------------------------------------------------------- rates


@dataclass(frozen=True, slots=True)
class OutletRates:
    """How much of what was due from an outlet came, over some days."""

    outlet: str
    mn: str
    due: int
    received: int
    valid: int
    transmission: float
    """Received over due, 0 … 1; NaN where nothing was due."""
    validity: float
    """Valid over received."""
    valid_transmission: float
    """传输有效率."""
    online_hours: int
    """Hours with any record at all."""
    hours: int
    """Hours of those days."""

    @property
    def online(self) -> float:
        """Share of the hours with any record (在线率)."""
        return self.online_hours / self.hours if self.hours else float("nan")


def outlet_rates(
    lake: Lake,
    cards: Iterable[DeviceCard],
    first: date,
    last: date,
    rule: TransmissionRule,
    *,
    stopped: Mapping[str, set[datetime]] | None = None,
) -> list[OutletRates]:
    """Count hourly values by outlet over whole legal days, as the trade counts them.

    Parameters
    ----------
    rule
        What leaves the denominator and what the valid rate is.
    stopped
        Outlet → starts of hours under a stop mark; hours whose data flag says the same are found here.
    """
    devices = [card for card in cards if card.taken and "hour" in card.reports]
    if not devices:
        return []
    rows = lake.read(
        "source_readings",
        first=first,
        last=last,
        columns=["outlet", "factor", "period", "period_start", "legal_day", "value", "flag"],
        where=pl.col("outlet").is_in([card.outlet for card in devices]),
    ).with_columns(hour=pl.col("period_start").dt.hour(), day=(pl.col("legal_day") - first).dt.total_days())
    days = (last - first).days + 1
    start = datetime(first.year, first.month, first.day, tzinfo=lake.zone)
    found = []
    for card in devices:
        stood = np.zeros((days, _HOURS), dtype=bool)
        for at in (stopped or {}).get(card.outlet, ()):
            number = (at - start) // timedelta(hours=1)
            if 0 <= number < days * _HOURS:
                stood[divmod(number, _HOURS)] = True
        found.append(_rates_of(card, rows.filter(outlet=card.outlet), stood, rule))
    return found


def _rates_of(
    card: DeviceCard, rows: pl.DataFrame, stood: NDArray[np.bool_], rule: TransmissionRule
) -> OutletRates:
    hourly = rows.filter((pl.col("period") == "hour") & pl.col("value").is_not_null())
    factors = sorted(card.points) or hourly["factor"].unique().sort().to_list()
    place = {factor: number for number, factor in enumerate(factors)}
    came = np.zeros((*stood.shape, max(1, len(factors))), dtype=bool)
    good = came.copy()
    for row in hourly.iter_rows(named=True):
        if row["factor"] in place:
            at = (row["day"], row["hour"], place[row["factor"]])
            came[at], good[at] = True, _is_valid(row["flag"])
    for row in rows.filter((pl.col("period") == "hour") & pl.col("flag").is_in(rule.stop_flags)).iter_rows(
        named=True
    ):
        stood[row["day"], row["hour"]] = True
    counted = day_rates(came, good, stood, rule, medium="water" if card.system == "32" else "air")
    transmission, validity, both = period_rates(counted, rule)
    online = rows.select("day", "hour").unique().height
    return OutletRates(
        card.outlet, card.mn, int(counted.due.sum()), int(counted.received.sum()), int(counted.valid.sum()),
        transmission, validity, both, online, stood.size,
    )  # fmt: skip


def _is_valid(flag: str | None) -> bool:
    """Whether a flag lets a value count; a logger that sends none says nothing against it."""
    if flag is None:
        return True
    known = data_flag(flag)
    return known is not None and known.valid
