"""What a decision about hours of an outlet is about, and which tables follow from it (污染源数据审核)."""

from datetime import date, datetime, timedelta

import polars as pl
from sqlalchemy import select

from lantian.ledger.models import Device
from lantian.loop.sense.audited import EVERY_CHANNEL, Affected
from lantian.loop.sense.centre import HOUR, Centre
from lantian.loop.sense.emission_tables import OUTLET_DAYS, OUTLET_HOURS
from lantian.loop.sense.outlet_hours import READINGS
from lantian.loop.sense.recomputing_days import quarter_of
from lantian.terms.errors import CallerError
from lantian.wire.hj212.factors import factor as factor_of


def check_factor(centre: Centre, outlet: str, factor: str) -> None:
    """Refuse a factor that neither the standard nor the outlet's device knows.

    Raises
    ------
    CallerError
        With the factors of its device.
    """
    with centre.ledger.read() as session:
        devices = session.scalars(select(Device).where(Device.outlet == outlet))
        points = {code for device in devices for code in device.points}
    if factor not in points and factor_of(factor) is None:
        raise CallerError(
            "{factor!r} is no factor of the standard, nor of outlet {outlet}, which is registered with: {points}.",
            factor=factor, outlet=outlet, points=", ".join(sorted(points)) or "none",
        )  # fmt: skip


def affected_by_outlets(centre: Centre, first: date, last: date) -> tuple[Affected, ...]:
    """Name the tables that follow from hours of outlets.

    Amounts that stand in for missing hours depend on the capture rate of the quarter and on the hours before a
    gap: rows from the quarter's first day to today may change.
    """
    begin, end = quarter_of(first).first, max(last, centre.today())
    quarters = []
    day = begin
    while day <= end:
        quarter = quarter_of(day)
        quarters.append(quarter.label)
        day = quarter.last + timedelta(days=1)
    return (
        Affected(OUTLET_HOURS.name, begin, end),
        Affected(OUTLET_DAYS.name, begin, end, tuple(quarters)),
        Affected("quality_findings", first, last),
    )


def missing_hours(centre: Centre, outlet: str, factor: str, first: datetime, end: datetime) -> int:
    """Count the hours of a stretch of which nothing came: a decision cannot make them.

    Parameters
    ----------
    factor : str
        Empty: any factor.
    first, end : datetime
        Half-open stretch.
    """
    where = (
        (pl.col("outlet") == outlet) & pl.col("period").is_in(["hour", "minute"]) & pl.col("value").is_not_null()
    )
    if factor != EVERY_CHANNEL:
        where &= pl.col("factor") == factor
    first, end = first.astimezone(centre.city.zone), end.astimezone(centre.city.zone)
    days = centre.lake.day_of(first), centre.lake.day_of(end - HOUR)
    starts = centre.lake.scan(READINGS, first=days[0], last=days[1], columns=["period_start"], where=where)
    here = (
        starts.filter(pl.col("period_start").is_between(first, end, closed="left"))
        .select(pl.col("period_start").dt.truncate("1h").n_unique())
        .collect()
        .item()
    )
    return int((end - first) / HOUR) - int(here)
