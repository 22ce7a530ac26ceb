"""Looks through a month of composition for what cannot be; a person decides what is wrong (组分数据检查)."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from lantian.loop.sense.centre import Centre
from lantian.loop.sense.checks import Kept, keep_findings, usable
from lantian.loop.sense.doubts import finding_of
from lantian.rules import Species, SpeciesRule
from lantian.science.composition import (
    Samples,
    carbon_imbalance,
    deep_negatives,
    ion_imbalance,
    mass_excess,
)
from lantian.store.species_tables import SPECIES_HOURS
from lantian.terms.findings import Finding
from lantian.terms.types import FloatArray

COMPOSITION = "composition"
"""Kind of these findings in ``quality_findings``."""
MASS = "pm25"


def look_through(centre: Centre, first: date, last: date) -> Kept:
    """Check every month that a stretch of days touches, and keep what was found in place of what was before.

    A finding ends with its month, so that a month can be looked through again by itself. Months before the first
    edition of the thresholds are not looked through.
    """
    oldest = min(edition.in_force for edition in centre.rulebook.editions("quality"))
    new = withdrawn = standing = 0
    for begin, end in _months(max(first, oldest), last):
        kept = keep_findings(centre, COMPOSITION, check_composition(centre, begin, end), begin, end)
        new, withdrawn, standing = new + kept.new, withdrawn + kept.withdrawn, standing + kept.standing
    return Kept(new, withdrawn, standing)


def check_composition(centre: Centre, first: date, last: date) -> tuple[Finding, ...]:
    """Find samples of a stretch of days whose ions, mass or carbon do not fit, or that lie below zero.

    Several instruments of one site that measure the same species are averaged.
    """
    rule = centre.quality(last).composition
    species = centre.rulebook.edition(SpeciesRule, "species", centre.today(), centre.choice)
    rows = centre.lake.read(SPECIES_HOURS, first=first, last=last, where=pl.col("value").is_not_null())
    found: list[Finding] = []
    for (station, hours), group in rows.group_by("station", "period_hours", maintain_order=True):
        measured = set(group.get_column("species").unique())
        known = [row for row in species.species if row.key in measured]
        starts, values = _pivot(group, known, "value")
        samples = Samples(tuple(known), values)
        mass = samples.of(MASS)
        if hours == 1:
            beside = _ambient_mass(centre, str(station), first, last, starts)
            mass = np.where(np.isfinite(mass), mass, beside)
        limits, spreads = _pivot(group, known, "mdl")[1], _pivot(group, known, "uncertainty")[1]
        suspicions = [
            *ion_imbalance(samples, rule),
            *mass_excess(samples, mass, rule),
            *carbon_imbalance(samples, rule),
            *deep_negatives(known, values, limits, spreads, rule),
        ]
        found += [finding_of(one, str(station), starts) for one in suspicions]
    return tuple(found)


def _pivot(group: pl.DataFrame, species: list[Species], column: str) -> tuple[list[datetime], FloatArray]:
    """Lay rows out by sample and species."""
    means = group.group_by("hour_start", "species").agg(pl.col(column).mean())
    wide = means.pivot("species", index="hour_start", values=column).sort("hour_start")
    values = wide.select(pl.col(row.key).fill_null(float("nan")) for row in species).to_numpy()
    return wide.get_column("hour_start").to_list(), np.asarray(values, dtype=np.float64)


def _ambient_mass(centre: Centre, station: str, first: date, last: date, starts: list[datetime]) -> FloatArray:
    """PM2.5 that the station measured in the same hours, audited where there is such a value."""
    rows = centre.lake.read("ambient_hours", first=first, last=last, where=pl.col("station") == station)
    may = usable(rows.get_column("pm25_flags"), centre.rules(last).flags)
    newest = (
        rows.with_columns(pl.when(may).then(pl.col("pm25")).alias("pm25"))
        .sort("hour_start", pl.col("stage") == "audited")
        .unique("hour_start", keep="last")
        .select("hour_start", "pm25")
    )
    wanted = pl.DataFrame({"hour_start": starts}, schema={"hour_start": newest.schema["hour_start"]})
    joined = wanted.join(newest, on="hour_start", how="left", maintain_order="left")
    return joined.get_column("pm25").fill_null(float("nan")).to_numpy()


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = first.replace(day=1)
    while begin <= last:
        end = begin.replace(day=monthrange(begin.year, begin.month)[1])
        yield begin, end
        begin = end + timedelta(days=1)
