"""From rows of the lake to a dense grid of usable hours: flags, low values and stages applied, none invented."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import polars as pl

from lantian.rules import FlagRule, LowValueRule, RuleSet
from lantian.terms.pollutants import BASIC
from lantian.terms.types import Concentration

HOURS = "ambient_hours"
"""Table of the lake that this room reads."""
HOURS_OF_DAY = 24


class Stage(StrEnum):
    """Which rows of an hour are judged."""

    ORIGINAL = "original"
    AUDITED = "audited"
    MIXED = "mixed"
    """The audited row where there is one, the original elsewhere."""


@dataclass(frozen=True, slots=True)
class HourGrid:
    """Usable hourly means of some stations over a stretch of legal days."""

    stations: tuple[str, ...]
    first: date
    last: date
    hours: Concentration
    """Shape (n_stations, n_days, 24, 6); NaN where missing or unusable. [ug m-3, CO mg m-3]"""
    silent: frozenset[str] = frozenset()
    """Sites that never sent an hour: they count among the sites of a place, but get no rows of their own."""

    @property
    def days(self) -> int:
        """How many legal days the grid has."""
        return int(self.hours.shape[1])


def stages_of(frame: pl.LazyFrame) -> tuple[Stage, ...]:
    """Say which stages can be judged: only the original ones, or all three once something was audited."""
    held = set(frame.select("stage").unique().collect().get_column("stage"))
    if Stage.AUDITED not in held:
        return (Stage.ORIGINAL,)
    return (Stage.ORIGINAL, Stage.AUDITED, Stage.MIXED)


def usable(flags: FlagRule, low: LowValueRule) -> list[pl.Expr]:
    """Expressions that null what the flags forbid and correct zero and negative values as the rule says.

    A value may carry several flags, comma-joined; it is usable only if all of them are.
    """
    known = {flag.code.strip(): flag.usable for flag in flags.flags}

    def all_usable(joined: str) -> bool:
        codes = [code.strip() for code in joined.split(",") if code.strip()]
        return all(known.get(code, flags.unknown_usable) for code in codes)

    expressions = []
    for pollutant in BASIC:
        column = f"{pollutant}_flags"
        verdict = pl.col(column).map_elements(all_usable, return_dtype=pl.Boolean, skip_nulls=True).fill_null(True)
        low_one = verdict & (pl.col(pollutant) <= float(low.replace_at_or_below))
        value = (
            pl.when(low_one).then(pl.lit(float(low.replacement[pollutant]))).when(verdict).then(pl.col(pollutant))
        )
        expressions.append(value.alias(pollutant))
    return expressions


def hour_grid(
    rows: pl.DataFrame,
    stations: Sequence[str],
    first: date,
    last: date,
    stage: Stage,
    spans: Sequence[tuple[date, date, RuleSet]],
    silent: Iterable[str] = (),
) -> HourGrid:
    """Lay rows of ``ambient_hours`` out as a dense grid.

    Parameters
    ----------
    rows : DataFrame
        Latest rows with ``station, hour_start, legal_day, stage``, the pollutants and their flags.
    stations : sequence of str
        Codes in the order of the grid.
    first, last : date
        Legal days of the grid, both included.
    stage : Stage
        Which rows are judged.
    spans : sequence of (first, last, RuleSet)
        Editions in force: what makes a value unusable, and what replaces low ones. Days before the first stretch
        are taken by its editions.
    silent : iterable of str
        Which of the stations never sent an hour.

    Returns
    -------
    HourGrid
        Every hour of every day, NaN where nothing usable is known.
    """
    days = (last - first).days + 1
    hours = np.full((len(stations), days, HOURS_OF_DAY, len(BASIC)), np.nan)
    flat = hours.reshape(-1, len(BASIC))
    order = pl.DataFrame({"station": list(stations), "_station": np.arange(len(stations), dtype=np.int64)})
    placed = (
        _usable_rows(rows, spans)
        .join(order, on="station", how="inner")
        .with_columns(
            (
                (pl.col("_station") * days + (pl.col("legal_day") - pl.lit(first)).dt.total_days()) * HOURS_OF_DAY
                + pl.col("hour_start").dt.hour().cast(pl.Int64)
            ).alias("_place"),
        )
    )
    wanted = [Stage.ORIGINAL, Stage.AUDITED] if stage is Stage.MIXED else [stage]
    for each in wanted:  # audited last, so that it wins where both stand
        part = placed.filter(pl.col("stage") == each.value)
        flat[part.get_column("_place").to_numpy()] = part.select(
            pl.col(p).cast(pl.Float64).fill_null(float("nan")) for p in BASIC
        ).to_numpy()
    return HourGrid(tuple(stations), first, last, hours, frozenset(silent))


def _usable_rows(rows: pl.DataFrame, spans: Sequence[tuple[date, date, RuleSet]]) -> pl.DataFrame:
    """Apply to each row the flags and low values of its own day's editions."""
    parts = []
    for at, (first, last, rules) in enumerate(spans):
        begins = pl.lit(True) if at == 0 else pl.col("legal_day") >= first
        part = rows.filter(begins & (pl.col("legal_day") <= last))
        parts.append(part.with_columns(usable(rules.flags, rules.low_values)))
    return pl.concat(parts)
