"""How each instrument stood on each day, as rows that months are added up from (在线率、传输率、有效率)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

import lantian
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.checks import OUTLET
from lantian.loop.sense.emission_tables import INSTRUMENT_DAYS
from lantian.loop.sense.gaps import OutletRates, outlet_rates
from lantian.loop.sense.health import Health, list_health
from lantian.loop.sense.marking import stopped_starts
from lantian.loop.sense.registry import DeviceCard, list_cards
from lantian.rules import TransmissionRule
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_DAY = 24
Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Rates:
    """How an instrument stood over a stretch of days; counts are added, rates never averaged."""

    kind: str
    code: str
    first: date
    last: date
    days: int
    """Days of the stretch that stand in the table."""
    states: dict[str, int]
    """State at the end of a day → how many days."""
    expected: int
    received: int
    online_rate: float | None
    """在线率 [1]"""
    due: int | None
    """None of anything but an outlet."""
    transmitted: int | None
    valid: int | None
    transmission: float | None
    """传输率: means of days weighed by what was due, with what the rule spares counted in. [1]"""
    validity: float | None
    """有效率 [1]"""
    valid_transmission: float | None
    """传输有效率 [1]"""


def write_days(centre: Centre, first: date, last: date, *, run_id: str, progress: Progress | None = None) -> int:
    """Judge every instrument on each of some days, and keep it; return how many rows are new or different.

    Raises
    ------
    CallerError
        No day of the stretch is over.
    """
    last = min(last, centre.today() - timedelta(days=1))
    if last < first:
        raise CallerError(
            "There are no days from {first} to {last} that are over. Give the first one first.",
            first=first, last=last,
        )  # fmt: skip
    cards = list_cards(centre.ledger)
    frames = []
    count = (last - first).days + 1
    for place in range(count):
        day = first + timedelta(days=place)
        if progress is not None:
            progress(place / count, day.isoformat())
        frames.append(_day(centre, list(cards.values()), day, run_id))
    return centre.lake.append(INSTRUMENT_DAYS, pl.concat(frames), only_changes=True).written


def list_rates(
    centre: Centre, first: date, last: date, *, kind: str | None = None, code: str | None = None,
    monthly: bool = False, daily: bool = False,
) -> list[Rates]:  # fmt: skip
    """Add the days that are kept up: over the stretch, by month, or day by day; the worst first in each.

    Parameters
    ----------
    monthly, daily : bool
        One row for each instrument and month, or day; by default one for the whole stretch.
    """
    where = pl.lit(value=True)
    if kind is not None:
        where &= pl.col("kind") == kind
    if code is not None:
        where &= pl.col("code") == code
    rows = centre.lake.read(INSTRUMENT_DAYS, first=first, last=last, where=where)
    cut = "1d" if daily else "1mo" if monthly else None
    part = pl.lit(first) if cut is None else pl.col("legal_day").dt.truncate(cut)
    found = [
        _rates(centre, group)
        for group in rows.with_columns(part=part).partition_by(["part", "kind", "code"], maintain_order=True)
    ]
    return sorted(found, key=lambda row: (row.first, row.kind, _worst(row), row.code))


# ---------------------------------------------------------------------------------------------- inside


def _day(centre: Centre, cards: list[DeviceCard], day: date, run_id: str) -> pl.DataFrame:
    end = centre.midnight(day) + _DAY * HOUR
    rule = centre.rulebook.edition(TransmissionRule, "transmission", day, centre.choice)
    rates = {
        row.outlet: row
        for row in outlet_rates(
            centre.lake, cards, day, day, rule, stopped=stopped_starts(centre, centre.midnight(day), _DAY)
        )
    }
    rows = [
        _row(each, rates.get(each.code) if each.kind == OUTLET else None, day)
        for each in list_health(centre, at=end, days=1)
    ]
    names = ",".join((centre.quality(day).id, rule.id))
    types = INSTRUMENT_DAYS.schema(centre.city.zone.key)
    schema = {column.name: types[column.name] for column in INSTRUMENT_DAYS.columns}
    stamp = {
        "rules": names, "simulated": centre.simulated, "run_id": run_id, "code_version": lantian.__version__,
    }  # fmt: skip
    return pl.DataFrame([{**row, **stamp} for row in rows], schema=schema)


def _row(health: Health, rates: OutletRates | None, day: date) -> dict[str, object]:
    return {
        "kind": health.kind,
        "code": health.code,
        "legal_day": day,
        "state": health.state.value,
        "expected": health.expected,
        "received": health.received,
        "online_rate": health.online_rate,
        "late_share": health.late_share,
        "drifting": ",".join(health.drifting) or None,
        "due": None if rates is None else rates.due,
        "transmitted": None if rates is None else rates.received,
        "valid": None if rates is None else rates.valid,
        "transmission": None if rates is None else _known(rates.transmission),
        "validity": None if rates is None else _known(rates.validity),
        "valid_transmission": None if rates is None else _known(rates.valid_transmission),
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def _rates(centre: Centre, rows: pl.DataFrame) -> Rates:
    """Add days of one instrument up."""
    days = rows.get_column("legal_day").to_list()
    expected, received = int(rows["expected"].sum()), int(rows["received"].sum())
    due, came, valid = (_total(rows, name) for name in ("due", "transmitted", "valid"))
    weights, shares = _floats(rows, "due"), _floats(rows, "transmission")
    known = ~np.isnan(shares) & (weights > 0)
    transmission = float((weights[known] * shares[known]).sum() / weights[known].sum()) if known.any() else None
    validity = valid / came if came and valid is not None else None
    return Rates(
        kind=rows["kind"][0],
        code=rows["code"][0],
        first=days[0],
        last=days[-1],
        days=len(days),
        states=dict(rows.group_by("state").len().sort("state").iter_rows()),
        expected=expected,
        received=received,
        online_rate=received / expected if expected else None,
        due=due,
        transmitted=came,
        valid=valid,
        transmission=transmission,
        validity=validity,
        valid_transmission=_both(centre, rows, transmission, validity, days[-1]),
    )


def _both(
    centre: Centre, rows: pl.DataFrame, transmission: float | None, validity: float | None, day: date
) -> float | None:
    """Return the valid transmission rate as the rule of the last day counts it."""
    rule = centre.rulebook.edition(TransmissionRule, "transmission", day, centre.choice)
    if transmission is None:
        return None
    if rule.valid_is == "transmission_times_validity":
        return 0.0 if validity is None else transmission * validity
    weights, shares = _floats(rows, "due"), _floats(rows, "valid_transmission")
    known = ~np.isnan(shares) & (weights > 0)
    return float((weights[known] * shares[known]).sum() / weights[known].sum())


def _total(rows: pl.DataFrame, name: str) -> int | None:
    column = rows.get_column(name)
    return None if column.null_count() == rows.height else int(column.sum())


def _worst(row: Rates) -> float:
    rate = row.online_rate if row.valid_transmission is None else row.valid_transmission
    return 0.0 if rate is None else rate


def _floats(rows: pl.DataFrame, name: str) -> FloatArray:
    found: FloatArray = rows.get_column(name).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return found
