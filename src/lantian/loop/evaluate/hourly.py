"""From usable hours to judged hours: concentrations and real-time AQI of stations, counties and the city."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city.records import City, SubjectKind
from lantian.loop.evaluate.days import Span
from lantian.loop.evaluate.hours import HOURS_OF_DAY, HourGrid, Stage
from lantian.loop.evaluate.indices import NO_DATA, index_columns, mask_of
from lantian.loop.evaluate.members import Membership, site_mean
from lantian.rules import RuleSet
from lantian.rules.records import EvaluationRule, Indicator
from lantian.science.aqi import index_of
from lantian.science.rounding import round_half_even
from lantian.science.statistics.feed import feed_o3_8h, trailing_mean_24h
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration, IntArray


def judged_hours(
    grid: HourGrid, city: City, spans: list[Span], groups: list[Membership], stage: Stage
) -> Iterator[pl.DataFrame]:
    """Judge every subject's hours; hours without any value give no row.

    Yields
    ------
    DataFrame
        Rows of ``hourly_index`` but for its provenance, one frame per span.
    """
    for span in spans:
        subjects = [*_stations(grid, city), *_groups(grid, groups, span.rules.evaluation)]
        yield pl.concat([_judge(subject, span, city, stage) for subject in subjects])


@dataclass(frozen=True, slots=True, eq=False)
class _Hours:
    """Unrounded hours of one subject over the whole grid, flat."""

    kind: SubjectKind
    code: str
    values: Concentration
    programme: NDArray[np.bool_]
    sites: IntArray
    sites_required: IntArray


def _stations(grid: HourGrid, city: City) -> Iterator[_Hours]:
    for at, code in enumerate(grid.stations):
        if code in grid.silent:
            continue
        hours = grid.hours[at].reshape(-1, len(BASIC))
        programme = np.broadcast_to(mask_of(city.station(code).pollutants), hours.shape)
        sites = np.asarray((~np.isnan(hours)).any(axis=1)).astype(np.int64)
        yield _Hours(SubjectKind.STATION, code, hours, programme, sites, np.ones_like(sites))


def _groups(grid: HourGrid, groups: list[Membership], rule: EvaluationRule) -> Iterator[_Hours]:
    for group in groups:
        hourly = grid.hours[group.sites]
        counted = np.broadcast_to(group.counted[:, :, None, :], hourly.shape)
        flat = (hourly.shape[0], -1, hourly.shape[-1])
        mean, there, needed = site_mean(hourly.reshape(flat), counted.reshape(flat), rule.site_share)
        yield _Hours(
            group.kind,
            group.code,
            mean,
            np.repeat(group.programme, HOURS_OF_DAY, axis=0),
            there.max(axis=1),
            needed.max(axis=1),
        )


def _judge(subject: _Hours, span: Span, city: City, stage: Stage) -> pl.DataFrame:
    rules = span.rules
    part = slice(span.days.start * HOURS_OF_DAY, span.days.stop * HOURS_OF_DAY)
    decimals = [rules.evaluation.decimals_hour.of(pollutant) for pollutant in BASIC]
    values = np.stack(
        [round_half_even(subject.values[part, at], decimals[at]) for at in range(len(BASIC))], axis=1
    )
    indicators = np.stack(
        [_indicator(row, subject.values, values, part, rules.evaluation) for row in rules.aqi_hour.indicators],
        axis=1,
    )
    judged = index_of(indicators, rules.aqi_hour, np.ascontiguousarray(subject.programme[part]))
    size = len(values)
    start = datetime.combine(span.first, datetime.min.time())
    return pl.DataFrame(
        {
            "kind": pl.Series([subject.kind.value]).new_from_index(0, size),
            "code": pl.Series([subject.code]).new_from_index(0, size),
            "hour_start": pl.datetime_range(
                start, start + timedelta(hours=size - 1), "1h", time_zone=city.zone.key, eager=True
            ),
            "stage": pl.Series([stage.value]).new_from_index(0, size),
            **{pollutant.value: pl.Series(values[:, at]).fill_nan(None) for at, pollutant in enumerate(BASIC)},
            **index_columns(judged, rules.categories),
            "sites": pl.Series(subject.sites[part].astype(np.int32)),
            "sites_required": pl.Series(subject.sites_required[part].astype(np.int32)),
            "withdrawn": pl.Series([False]).new_from_index(0, size),
            "rules": pl.Series([hour_ids(rules)]).new_from_index(0, size),
        }
    ).filter(pl.col("aqi_status") != NO_DATA)


def hour_ids(rules: RuleSet) -> str:
    """Ids of the editions that decide an hour, joined for its row."""
    return " ".join((rules.aqi_hour.id, rules.evaluation.id, rules.low_values.id, rules.flags.id))


def _indicator(
    row: Indicator, hours: Concentration, values: Concentration, part: slice, rule: EvaluationRule
) -> NDArray[np.float64]:
    """Column that an indicator judges: the hour itself, or a mean that runs back from it."""
    at = BASIC.index(row.pollutant)
    if row.statistic == "running_24h":
        return np.asarray(trailing_mean_24h(hours[:, at], row.decimals, rule.day_required_hours)[part])
    if row.statistic == "running_8h":
        by_day = feed_o3_8h(hours[:, at].reshape(-1, HOURS_OF_DAY), rule.window_required_hours)
        return np.asarray(by_day.reshape(-1)[part])
    return np.asarray(values[:, at])
