"""What an importer gives back, and what it needs to know beside the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import Limits, Mapping, Progress, Report, no_progress
from lantian.rules.records import StateRule
from lantian.terms.pollutants import BASIC

VALUES: tuple[str, ...] = tuple(pollutant.value for pollutant in BASIC)
FLAGS: tuple[str, ...] = tuple(f"{name}_flags" for name in VALUES)

HOURS_COLUMNS: tuple[str, ...] = (
    *("station", "hour_start", "stage"),
    *VALUES,
    *FLAGS,
    *("state", "source", "origin", "simulated"),
)
"""Columns of the lake's ``ambient_hours`` that an importer gives."""

RUNNING: tuple[str, ...] = (
    *("o3_8h", "o3_8h_daymax", "o3_max24h"),
    *("so2_24h", "no2_24h", "co_24h", "pm10_24h", "pm25_24h"),
)
"""Running values that a feed publishes itself."""

PUBLISHED_COLUMNS: tuple[str, ...] = (
    *("station", "hour_start", "source", "place", "area", "aqi", "primary", "level"),
    *RUNNING,
    *("origin", "simulated"),
)
"""Columns of the lake's ``published_hours`` that an importer gives."""

Labels = Literal["auto", "crossed", "right"]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller knows beside the file; nothing here is guessed."""

    zone: ZoneInfo
    """The city's zone."""
    simulated: bool
    """Whether the values were made by the twin; the lake refuses to mix."""
    state_rules: tuple[StateRule, ...]
    """Editions of the rule ``gas_state``: which state a feed gives at which date, and its ppb factors."""
    stage: Literal["original", "audited"] = "original"
    state: Literal["by_date", "reference", "standard"] = "by_date"
    """State of the concentrations where the file does not say; by date: as the edition in force then."""
    labels: Labels = "auto"
    """National feed only: whether its ozone labels are crossed; auto: crossed, unless the values say otherwise."""
    mapping: Mapping | None = None
    """Generic files only: which column means what; None: proposed from the file, and said in the findings."""
    sheet: str | None = None
    encoding: str | None = None
    limits: Limits = field(default_factory=Limits)
    progress: Progress = no_progress


@dataclass(frozen=True, slots=True)
class Imported:
    """Frames for the lake and the account of the file; nothing is written yet."""

    importer: str
    """Name of the importer, which is also the column ``source`` unless the file says another."""
    hours: pl.DataFrame = field(repr=False)
    """`HOURS_COLUMNS`; several versions of one station and hour stand in the order of their publication."""
    published: pl.DataFrame | None = field(repr=False)
    """`PUBLISHED_COLUMNS`, or None where the file holds nothing but measurements."""
    report: Report

    @property
    def stations(self) -> tuple[str, ...]:
        """Codes of the stations of `hours`, as the file gives them, sorted."""
        return tuple(self.hours.get_column("station").unique().sort().to_list())

    def only_stations(self, known: Sequence[str]) -> "Imported":
        """Keep the hours of known stations; the others become rejects ``unknown_station``, one for each station.

        The published rows of unknown stations are left out too. Register the stations in the city's folder and
        import the file again: what is already there is not written twice.
        """
        wanted = pl.col("station").is_in(list(known))
        others = self.hours.filter(~wanted)
        if others.is_empty():
            return self
        counted = others.group_by("station", maintain_order=True).len()
        rejects = counted.select(
            row=pl.lit(None, pl.Int64),
            column=pl.lit("station"),
            value=pl.col("station"),
            reason=pl.lit("unknown_station"),
            text=pl.format("{} rows", "len"),
        )
        moved = min(others.height, self.report.rows_accepted)
        report = replace(
            self.report,
            rows_accepted=self.report.rows_accepted - moved,
            rows_rejected=self.report.rows_rejected + moved,
            rejects=pl.concat([self.report.rejects, rejects], how="vertical"),
        )
        published = None if self.published is None else self.published.filter(wanted)
        return replace(self, hours=self.hours.filter(wanted), published=published, report=report)
