"""One day of an outlet as people look at it: recomputed beside what its logger sent, factor by factor."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.emission_tables import OUTLET_DAYS, OUTLET_HOURS
from lantian.terms.errors import CallerError
from lantian.wire.hj212.factors import factor as factor_of


@dataclass(frozen=True, slots=True)
class FactorDay:
    """One factor of that day."""

    factor: str
    name_en: str
    name_zh: str
    hours: pl.DataFrame
    """Rows of ``outlet_hours``."""
    days: pl.DataFrame
    """The row of ``outlet_days``."""


@dataclass(frozen=True, slots=True)
class OutletDay:
    """One day of an outlet."""

    outlet: str
    day: date
    parts: tuple[FactorDay, ...]

    @property
    def hours(self) -> pl.DataFrame:
        """Hours of every factor."""
        return pl.concat([part.hours for part in self.parts])

    @property
    def days(self) -> pl.DataFrame:
        """Days of every factor."""
        return pl.concat([part.days for part in self.parts])


def view_outlet_day(centre: Centre, outlet: str, day: date, *, factor: str | None = None) -> OutletDay:
    """Read what was recomputed of one day of an outlet.

    Raises
    ------
    CallerError
        Nothing was, or the outlet does not have that factor then.
    """
    where = (pl.col("outlet") == outlet) & ~pl.col("withdrawn")
    if factor is not None:
        where &= pl.col("factor") == factor
    hours = centre.lake.read(OUTLET_HOURS, first=day, last=day, where=where)
    days = centre.lake.read(OUTLET_DAYS, first=day, last=day, where=where)
    if hours.is_empty():
        raise CallerError(
            "Nothing was recomputed of {outlet} on {day}. Run `lantian sense recompute --first {day}`, or look at "
            "`lantian sense status`: its logger may be silent.",
            outlet=outlet, day=day,
        )  # fmt: skip
    return OutletDay(
        outlet, day, tuple(_part(code, hours, days) for code in hours.get_column("factor").unique().sort())
    )


def _part(code: str, hours: pl.DataFrame, days: pl.DataFrame) -> FactorDay:
    known = factor_of(code)
    mine = pl.col("factor") == code
    return FactorDay(
        code,
        code if known is None else known.name_en,
        code if known is None else known.name_zh,
        hours.filter(mine),
        days.filter(mine),
    )
