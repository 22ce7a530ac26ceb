"""From usable hours to judged days: stations, counties and the city, measured and with dust deducted."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city.records import City, SubjectKind
from lantian.loop.evaluate.hours import HourGrid, Stage
from lantian.loop.evaluate.indices import index_columns, mask_of
from lantian.loop.evaluate.members import Membership, site_mean
from lantian.rules import RuleSet
from lantian.science.aqi import index_of
from lantian.science.rounding import round_half_even
from lantian.science.statistics.day import DayReason, StationDays, station_days
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import Concentration, IntArray

MEASURED, DUST_DEDUCTED = "measured", "dust_deducted"
TOO_FEW_SITES = "too_few_sites"
REASONS: tuple[str | None, ...] = (
    *(None if reason is DayReason.VALID else reason.name.lower() for reason in sorted(DayReason)),
    TOO_FEW_SITES,
    DUST_DEDUCTED,
)
"""Why a day value counts or not: those of the science in the order of their codes, then this room's own."""
_O3, _O3_1H = BASIC.index(Pollutant.O3), len(BASIC)
_PARTICLES = [BASIC.index(Pollutant.PM10), BASIC.index(Pollutant.PM25)]
_DAY_COLUMNS = {**{pollutant.value: at for at, pollutant in enumerate(BASIC)}, "o3_1h": _O3_1H}
"""Indicator key of a daily rule → column of a day's seven values."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days under one set of editions, as places in the grid."""

    days: slice
    first: date
    rules: RuleSet

    @property
    def dates(self) -> list[date]:
        """The legal days of the stretch."""
        return [self.first + timedelta(days=n) for n in range(self.days.stop - self.days.start)]


@dataclass(frozen=True, slots=True, eq=False)
class DayValues:
    """Values of one subject over a span, ready to be judged."""

    kind: SubjectKind
    code: str
    values: Concentration
    """Rounded; shape (n_days, 7), the last column the highest hour of O3. [ug m-3, CO mg m-3]"""
    hours: IntArray | None
    """Valid hours, shape (n_days, 6); None for counties and the city."""
    windows: IntArray | None
    reasons: NDArray[np.int8]
    """Places in `REASONS`, shape (n_days, 6)."""
    programme: NDArray[np.bool_]
    """Which pollutants the subject measures, shape (n_days, 6)."""
    sites: IntArray
    sites_required: IntArray


def spans_of(grid: HourGrid, spans: list[tuple[date, date, RuleSet]]) -> list[Span]:
    """Turn stretches of dates into places of the grid."""
    return [
        Span(slice((first - grid.first).days, (last - grid.first).days + 1), first, rules)
        for first, last, rules in spans
    ]


def judged_days(
    grid: HourGrid,
    city: City,
    spans: list[Span],
    groups: list[Membership],
    dust_days: Mapping[str, Collection[date]],
    stage: Stage,
) -> Iterator[pl.DataFrame]:
    """Judge every subject's days, one frame per span.

    Parameters
    ----------
    grid : HourGrid
        Usable hours of the stations.
    city : City
        For area classes and programmes.
    spans : list of Span
        Editions in force.
    groups : list of Membership
        Counties and the city over the days of the grid.
    dust_days : dict
        Code of a county or the city → days on which approved dust periods touch it.
    stage : Stage
        For the column of that name.

    Yields
    ------
    DataFrame
        Rows of ``daily_index`` but for its provenance.
    """
    for span in spans:
        by_class = station_day_values(grid, city, span)
        frames = [
            judge(subject, span, stage, MEASURED, frozenset()) for subject in _stations(grid, city, span, by_class)
        ]
        for group in groups:
            subject = _group(grid, span, group, by_class)
            dust = frozenset(dust_days.get(group.code, ()))
            frames += [judge(subject, span, stage, basis, dust) for basis in (MEASURED, DUST_DEDUCTED)]
        yield pl.concat(frames)


def judge(subject: DayValues, span: Span, stage: Stage, basis: str, dust: frozenset[date]) -> pl.DataFrame:
    """Judge one subject's days by the span's editions; the deducted side has no particles on a dust day."""
    rules, dates = span.rules, span.dates
    values, programme, reasons = subject.values, subject.programme, subject.reasons
    if basis == DUST_DEDUCTED and dust:
        touched = np.array([day in dust for day in dates])
        values, programme, reasons = values.copy(), programme.copy(), reasons.copy()
        for column in _PARTICLES:
            values[touched, column] = np.nan
            programme[touched, column] = False
            reasons[touched, column] = REASONS.index(DUST_DEDUCTED)
    keys = [_DAY_COLUMNS[row.key] for row in rules.aqi_day.indicators]
    judged = index_of(np.ascontiguousarray(values[:, keys]), rules.aqi_day, programme)
    texts = pl.Series(REASONS, dtype=pl.String)
    return pl.DataFrame(
        {
            "kind": pl.Series([subject.kind.value]).new_from_index(0, len(dates)),
            "code": pl.Series([subject.code]).new_from_index(0, len(dates)),
            "stage": pl.Series([stage.value]).new_from_index(0, len(dates)),
            "basis": pl.Series([basis]).new_from_index(0, len(dates)),
            "legal_day": pl.Series(dates, dtype=pl.Date),
            **{name: pl.Series(values[:, at]).fill_nan(None) for name, at in _DAY_COLUMNS.items()},
            **{f"{p}_hours": _counts(subject.hours, at, len(dates)) for at, p in enumerate(BASIC)},
            "o3_windows": _counts(subject.windows, None, len(dates)),
            **{f"{p}_reason": texts.gather(reasons[:, at].astype(np.uint32)) for at, p in enumerate(BASIC)},
            **index_columns(judged, rules.categories),
            "sites": pl.Series(subject.sites.astype(np.int32)),
            "sites_required": pl.Series(subject.sites_required.astype(np.int32)),
            "withdrawn": pl.Series([False]).new_from_index(0, len(dates)),
            "rules": pl.Series([judging_ids(rules)]).new_from_index(0, len(dates)),
        }
    )


def judging_ids(rules: RuleSet) -> str:
    """Ids of the editions that decide a day, joined for its row."""
    return " ".join((rules.limits.id, rules.aqi_day.id, rules.evaluation.id, rules.low_values.id, rules.flags.id))


def _counts(values: IntArray | None, column: int | None, days: int) -> pl.Series:
    if values is None:
        return pl.Series([None], dtype=pl.Int32).new_from_index(0, days)
    return pl.Series((values if column is None else values[:, column]).astype(np.int32))


def station_day_values(grid: HourGrid, city: City, span: Span) -> StationDays:
    """Day statistics of all stations; the MDA8 limit that saves a short day is that of the area class."""
    limits = [
        float(span.rules.limits.limit(Pollutant.O3, "mda8", city.station(code).area_class) or np.inf)
        for code in grid.stations
    ]
    return station_days(grid.hours[:, span.days], span.rules.evaluation, np.array(limits)[:, None])


def _stations(grid: HourGrid, city: City, span: Span, days: StationDays) -> Iterator[DayValues]:
    for at, code in enumerate(grid.stations):
        if code in grid.silent:
            continue
        programme = mask_of(city.station(code).pollutants)
        reasons = days.reason[at].copy()
        reasons[:, ~programme] = DayReason.NOT_MONITORED
        yield DayValues(
            kind=SubjectKind.STATION,
            code=code,
            values=days.value[at],
            hours=days.valid_hours[at].astype(np.int64),
            windows=days.valid_windows[at].astype(np.int64),
            reasons=reasons,
            programme=np.broadcast_to(programme, (len(span.dates), len(BASIC))).copy(),
            sites=np.asarray((~np.isnan(days.value[at, :, : len(BASIC)])).any(axis=1)).astype(np.int64),
            sites_required=np.ones(len(span.dates), dtype=np.int64),
        )


def _group(grid: HourGrid, span: Span, group: Membership, days: StationDays) -> DayValues:
    rule = span.rules.evaluation
    counted = group.counted[:, span.days]
    site_values = (days.unrounded if rule.site_values == "unrounded" else days.value)[group.sites]
    wide = np.concatenate([counted, counted[..., _O3 : _O3 + 1]], axis=-1)
    mean, there, needed = site_mean(site_values, wide, rule.site_share)
    if rule.city_ozone == "mda8_of_city_hours":
        mean[:, [_O3, _O3_1H]] = ozone_of_hours(grid, span, group)
    decimals = [rule.decimals_day.of(name.removesuffix("_1h")) for name in _DAY_COLUMNS]
    values = np.stack([round_half_even(mean[:, at], decimals[at]) for at in range(mean.shape[1])], axis=1)
    reasons = np.full(counted.shape[1:], DayReason.VALID, dtype=np.int8)
    reasons[np.isnan(values[:, : len(BASIC)])] = REASONS.index(TOO_FEW_SITES)
    reasons[~counted.any(axis=0)] = DayReason.NOT_MONITORED
    return DayValues(
        kind=group.kind,
        code=group.code,
        values=values,
        hours=None,
        windows=None,
        reasons=reasons,
        programme=np.asarray(counted.any(axis=0)),
        sites=there.max(axis=1),
        sites_required=needed.max(axis=1),
    )


def ozone_of_hours(grid: HourGrid, span: Span, group: Membership) -> Concentration:
    """MDA8 and highest hour of the mean hourly series of a group's sites, shape (n_days, 2) [ug m-3]."""
    rule = span.rules.evaluation
    hourly = grid.hours[group.sites][:, span.days]
    counted = np.broadcast_to(group.counted[:, span.days][:, :, None, :], hourly.shape)
    flat = (hourly.shape[0], -1, hourly.shape[-1])
    mean, _, _ = site_mean(hourly.reshape(flat), counted.reshape(flat), rule.site_share)
    limit = float(span.rules.limits.limit(Pollutant.O3, "mda8", 2) or np.inf)
    found = station_days(mean.reshape(1, -1, 24, len(BASIC)), rule, np.array([limit]))
    return np.asarray(found.unrounded[0][:, [_O3, _O3_1H]])
