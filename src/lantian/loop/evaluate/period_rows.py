"""From the figures of many periods to rows of two tables: columns are gathered first and become one frame."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.indices import pollutant_names
from lantian.loop.evaluate.periods import PeriodFigures, period_ids
from lantian.loop.evaluate.series import DaySeries
from lantian.loop.evaluate.tables import PERIOD_STATISTICS, PERIOD_SUMMARY
from lantian.science.attainment import Verdict
from lantian.science.ranking import CompositeReason
from lantian.science.statistics.counts import limit_row
from lantian.science.statistics.period import PeriodReason
from lantian.store.columns import Table
from lantian.terms.pollutants import BASIC

Part = Mapping[str, NDArray[Any]]
"""Columns of one period, side and stage, all equally long."""


def statistics_part(found: PeriodFigures, series: DaySeries, stage: Stage, basis: str) -> Part:
    """Columns of ``period_statistics``: one row per subject and pollutant."""
    subjects, six = len(series.subjects), len(BASIC)
    statistics, judged, rules = found.statistics, found.attainment, found.rules
    cells = {
        "pollutant": [pollutant.value for pollutant in BASIC],
        "mean": statistics.mean,
        "mean_reported": statistics.mean_rounded,
        "percentile": statistics.percentile,
        "percentile_reported": statistics.percentile_rounded,
        "headline": statistics.headline,
        "mean_judged": statistics.mean_attainment,
        "percentile_judged": statistics.percentile_attainment,
        "days_valid": statistics.n_valid,
        "days_total": statistics.n_total,
        "validity": statistics.reason,
        "mean_limit": limit_row(rules.limits, "annual", series.area_class),
        "day_limit": limit_row(rules.limits, "daily", series.area_class),
        "days_exceeding": found.days_exceeding,
        "attains": judged.pollutant,
        "mean_multiple": judged.mean_multiple,
        "percentile_multiple": judged.percentile_multiple,
        "single_index": found.composite.each,
    }
    flat = {
        name: np.broadcast_to(np.asarray(values), (subjects, six)).reshape(-1) for name, values in cells.items()
    }
    return {**_head(found, series, stage, basis, repeat=six), **flat}


def summary_part(found: PeriodFigures, series: DaySeries, stage: Stage, basis: str) -> Part:
    """Columns of ``period_summary``: one row per subject."""
    counts, composite = found.counts, found.composite
    cells = {
        "composite_index": composite.index,
        "composite_reason": composite.reason,
        "primary": composite.primary,
        "days_total": counts.calendar,
        "days_published": counts.valid,
        "days_complete": counts.complete,
        **{f"days_level_{n + 1}": counts.by_level[:, n] for n in range(counts.by_level.shape[1])},
        "good_days": counts.good,
        "heavy_days": counts.heavy,
        "good_ratio_valid": counts.ratio("good", "valid"),
        "good_ratio_calendar": counts.ratio("good", "calendar"),
        "heavy_ratio_valid": counts.ratio("heavy", "valid"),
        "heavy_ratio_calendar": counts.ratio("heavy", "calendar"),
        "attains": found.attainment.everything,
        "_any_day": found.statistics.n_valid.max(axis=1, initial=0) + counts.valid,
    }
    size = len(series.subjects)
    flat = {name: np.broadcast_to(np.asarray(values), (size,)) for name, values in cells.items()}
    return {**_head(found, series, stage, basis, repeat=1), **flat}


def statistics_rows(parts: Sequence[Part]) -> pl.DataFrame:
    """Rows of ``period_statistics`` that have any valid day, but for their provenance."""
    reasons = pl.Series([reason.name.lower() for reason in sorted(PeriodReason)])
    rows = _joined(parts).filter(pl.col("days_valid") > 0)
    return _typed(
        PERIOD_STATISTICS,
        rows.with_columns(
            reasons.gather(rows.get_column("validity").cast(pl.UInt32)).alias("validity"), _verdict()
        ),
    )


def summary_rows(parts: Sequence[Part]) -> pl.DataFrame:
    """Rows of ``period_summary`` of subjects with any day at all, but for their provenance."""
    reasons = pl.Series([None if r is CompositeReason.VALID else r.name.lower() for r in sorted(CompositeReason)])
    rows = _joined(parts).filter(pl.col("_any_day") > 0)
    return _typed(
        PERIOD_SUMMARY,
        rows.with_columns(
            reasons.gather(rows.get_column("composite_reason").cast(pl.UInt32)).alias("composite_reason"),
            pollutant_names(rows.get_column("primary").to_numpy()).alias("primary"),
            _verdict(),
        ),
    )


def _head(found: PeriodFigures, series: DaySeries, stage: Stage, basis: str, repeat: int) -> Part:
    period, size = found.period, len(series.subjects) * repeat
    texts = {
        "period_kind": period.kind.value,
        "stage": stage.value,
        "basis": basis,
        "rules": period_ids(found.rules),
    }
    return {
        "kind": np.repeat(np.array([kind.value for kind, _ in series.subjects], dtype=str), repeat),
        "code": np.repeat(np.array([code for _, code in series.subjects], dtype=str), repeat),
        "first_day": np.full(size, np.datetime64(period.first, "D")),
        "last_day": np.full(size, np.datetime64(period.last, "D")),
        **{name: np.full(size, text) for name, text in texts.items()},
    }


def _joined(parts: Sequence[Part]) -> pl.DataFrame:
    return pl.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _typed(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Give every column its declared type; NaN is null."""
    rows = rows.with_columns(pl.lit(False).alias("withdrawn"))
    wanted = [column for column in table.columns if column.name in rows.columns]
    return rows.select(
        (pl.col(c.name).fill_nan(None) if c.dtype == pl.Float64() else pl.col(c.name)).cast(c.dtype)
        for c in wanted
    )


def _verdict() -> pl.Expr:
    """Write verdicts as true (attains), false (exceeds), null (not judged, or no limit)."""
    code = pl.col("attains")
    return (
        pl.when(code == Verdict.ATTAINS.value)
        .then(True)
        .when(code == Verdict.EXCEEDS.value)
        .then(False)
        .otherwise(None)
        .alias("attains")
    )
