"""Grids of weather models: from values at the points around the city to rows of the lake (格点气象数据)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from lantian.desk.intake import ROW, Report
from lantian.desk.language import mark
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.surroundings import Box, box_around, place_name
from lantian.loop.sense.doors.weather_rows import (
    ISSUED,
    LABEL,
    Labelled,
    Sender,
    check_kind,
    rule_of,
    within_bounds,
    without_earlier,
    write_weather,
)
from lantian.science.weather import humidity_of_dewpoint, wind
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.types import FloatArray, IntArray

if TYPE_CHECKING:
    from lantian.loop.sense.centre import Centre

MOST_POINTS = 4_000
MOST_ROWS = 2_000_000
_PLACES = 3
"""Decimals that are kept: grids come in single precision."""
_WIND_HEIGHT = 10.0
HOUR = timedelta(hours=1)
_SMALL_LOSS = 0.01
"""Running totals may fall by this much between hours, by the packing of the file. [mm], [W m-2]"""


@dataclass(frozen=True, slots=True)
class Slice:
    """Values of all kept points at one instant; amounts are those of the hour that ends with it."""

    valid: datetime
    issued: datetime | None
    """Base time of a forecast; None for an analysis."""
    values: Mapping[str, FloatArray]
    """Column of the lake, or ``eastward`` and ``northward`` wind, in the units of the lake. [point]"""


@dataclass(frozen=True, slots=True)
class Grid:
    """What was read of a file."""

    source: str
    longitude: FloatArray
    """Of the kept points. [deg]"""
    latitude: FloatArray
    slices: Sequence[Slice]
    points_read: int
    """Points of the file before any was left out."""
    simulated: bool | None = None
    derived: frozenset[str] = frozenset()
    """Columns that the reader computed from others."""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader of grids is asked for."""

    given: Given
    box: Box
    most_points: int = MOST_POINTS
    most_rows: int = MOST_ROWS

    def kept(self, longitude: FloatArray, latitude: FloatArray) -> IntArray:
        """List the indices of the points in the box, refusing none and too many.

        Raises
        ------
        CallerError
            No point lies in the box, or more than are taken.
        """
        found = np.flatnonzero(self.box.holds(longitude, latitude))
        if not found.size:
            raise CallerError(
                "{name} has no point in {box}, which is the city and what lies around it. Fetch the grid there.",
                name=self.given.name,
                box=self.box.text(),
            )
        if found.size > self.most_points:
            raise CallerError(
                "{name} has {count:,} points around the city; at most {most:,} are taken. Thin the grid first.",
                name=self.given.name,
                count=int(found.size),
                most=self.most_points,
            )
        return found

    def check_rows(self, slices: int, points: int) -> None:
        """Refuse a file of too many hours.

        Raises
        ------
        CallerError
            Points times instants are more than are taken at once.
        """
        if slices * points > self.most_rows:
            raise CallerError(
                "{name} holds {count:,} hours of points around the city; at most {most:,} are taken at once. "
                "Bring it in parts.",
                name=self.given.name,
                count=slices * points,
                most=self.most_rows,
            )


def take_grid(centre: "Centre", given: Given, key: str, read: Callable[[Wanted], Grid]) -> TakenFile:
    """Take a grid into ``weather_hours`` and ``weather_forecasts``."""
    rule = rule_of(centre)
    box = box_around(centre.city, float(rule.grid_margin))
    grid = read(Wanted(given, box))
    check_kind(grid.simulated, centre, given)
    frame = _frame(grid)
    rows, strange = within_bounds(Labelled(frame, withdraws=False), rule, given.name, centre.city.zone.key)
    last, superseded = without_earlier(rows.frame)
    rows = Labelled(last, withdraws=False)
    wrote = write_weather(centre, given, rows, Sender(grid.source, "analysis"))
    beside = (grid.points_read - len(grid.longitude)) * len(grid.slices)
    report = Report(
        name=given.name,
        rows_read=frame.height + beside,
        rows_accepted=last.height,
        rows_rejected=superseded.height,
        rows_skipped=beside,
        rejects=superseded,
        findings=(*grid.findings, *_beside(given.name, beside, box), *strange),
    )
    return TakenFile(key, (report,), wrote.written, wrote.corrected, wrote.unchanged)


def _frame(grid: Grid) -> pl.DataFrame:
    """Rows of all slices and points."""
    points, slices = len(grid.longitude), len(grid.slices)
    names = sorted({name for each in grid.slices for name in each.values})
    nothing = np.full(points, np.nan)
    held = {name: np.concatenate([each.values.get(name, nothing) for each in grid.slices]) for name in names}
    held, derived = _derived(held, set(grid.derived))
    utc = pl.Datetime("us", "UTC")
    frame = pl.DataFrame(
        {
            "longitude": np.tile(grid.longitude, slices),
            "latitude": np.tile(grid.latitude, slices),
            **{name: np.round(values, _PLACES) + 0.0 for name, values in held.items()},
        }
    ).with_columns(
        pl.Series(LABEL, [each.valid for each in grid.slices for _ in range(points)], utc),
        pl.Series(ISSUED, [each.issued for each in grid.slices for _ in range(points)], utc),
        place_name(pl.col("longitude"), pl.col("latitude")).alias("place"),
        *(
            pl.when(pl.col(name).is_finite()).then(pl.lit("derived")).alias(f"{name}_flag")
            for name in sorted(derived)
        ),
    )
    if "wind_speed" in held:
        frame = frame.with_columns(wind_height=pl.lit(_WIND_HEIGHT))
    return frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64))


def _derived(held: dict[str, FloatArray], derived: set[str]) -> tuple[dict[str, FloatArray], set[str]]:
    """Compute speed and direction of the wind from its components, and humidity from the dew point."""
    components = [held.pop(name, None) for name in ("eastward", "northward")]
    if components[0] is not None and components[1] is not None:
        held["wind_speed"], held["wind_direction"] = wind(components[0], components[1])
    if "humidity" not in held and {"temperature", "dewpoint"} <= set(held):
        held["humidity"] = humidity_of_dewpoint(held["temperature"], held["dewpoint"])
        derived.add("humidity")
    return held, derived & set(held)


def _beside(name: str, count: int, box: Box) -> tuple[Finding, ...]:
    if not count:
        return ()
    return (
        Finding(
            "points_elsewhere",
            name,
            mark("{count} values of points outside {box}, which is the city and around it, were left out."),
            Severity.INFO,
            evidence={"count": count, "box": box.text()},
        ),
    )


# ---------------------------------------------------------------------------------------------- amounts


def hourly_of_totals(totals: Mapping[int, FloatArray]) -> dict[int, FloatArray]:
    """Amounts of single hours from totals since a base time.

    Parameters
    ----------
    totals : mapping of int to array
        Hours since the base → total until then. [h] → [any]

    Returns
    -------
    dict
        Hour at whose end → its amount; only where the total of the hour before is known too, NaN where the total
        falls, which no total does.

    Examples
    --------
    >>> found = hourly_of_totals({1: np.array([0.5]), 2: np.array([2.0]), 4: np.array([9.0])})
    >>> {hour: amount.tolist() for hour, amount in found.items()}
    {1: [0.5], 2: [1.5]}
    """
    found: dict[int, FloatArray] = {}
    for hour in sorted(totals):
        before = totals.get(hour - 1)
        if before is not None and hour > 1:
            amount = totals[hour] - before
        elif hour == 1:  # a total of no hours is nothing, or left out
            amount = totals[hour] - (0.0 if before is None else np.nan_to_num(before))
        else:
            continue
        found[hour] = np.where(amount < -_SMALL_LOSS, np.nan, np.maximum(amount, 0.0))
    return found


def full_hour(instant: datetime, wanted: Wanted) -> datetime:
    """Return an instant, a few seconds of single precision put right.

    Raises
    ------
    CallerError
        It is no full hour.
    """
    nearest = (instant + HOUR / 2).replace(minute=0, second=0, microsecond=0)
    if abs(nearest - instant) > timedelta(seconds=5):
        raise CallerError(
            "{name} has values at {instant}, which is no full hour. Keep the full hours; nothing was taken in.",
            name=wanted.given.name,
            instant=instant.isoformat(),
        )
    return nearest


def degree(step: float) -> str:
    """Write the mesh of a grid.

    Examples
    --------
    >>> degree(0.25000001)
    '0.25deg'
    """
    return f"{round(abs(step), 4):g}deg"


def west_of_180(longitude: FloatArray) -> FloatArray:
    """Longitudes from 180 to 360 as western ones.

    Examples
    --------
    >>> west_of_180(np.array([113.0, 246.5])).tolist()
    [113.0, -113.5]
    """
    return np.where(longitude > 180, longitude - 360, longitude)


def missing_extra(name: str, error: ImportError) -> CallerError:
    """Say that the libraries for grids are not installed."""
    return CallerError(
        "{name} is a grid, and the libraries that read grids are not installed ({error}). Install them with "
        "pip install 'lantian[grids]' and bring the file again.",
        name=name,
        error=error,
    )


def left_out(
    file: str, message: str, code: str, severity: Severity = Severity.INFO, **evidence: str | float
) -> Finding:
    """Make the finding about a part of a grid that was not taken."""
    return Finding(code, file, message, severity, evidence=dict(evidence))
