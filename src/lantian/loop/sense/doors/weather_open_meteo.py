"""Answers of Open-Meteo, saved as JSON or CSV: hours of analyses, archives and forecasts for one or more points.

Its temperatures and winds are those at the label; its precipitation and radiation are the sum and the mean of the
hour before. An answer does not say when its forecast was made: hours from the hour of its arrival on count as
forecast, unless the file or its sender says otherwise.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl

from lantian.desk.intake import ROW, Report
from lantian.desk.intake.report import REJECT_SCHEMA
from lantian.desk.language import mark
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.surroundings import place_name
from lantian.loop.sense.doors.weather_answers import Answer, Point, is_absent, label_of, number_of, read_answer
from lantian.loop.sense.doors.weather_names import OPEN_METEO_NAMES, find_columns
from lantian.loop.sense.doors.weather_rows import (
    ISSUED,
    LABEL,
    VALUES,
    Labelled,
    Sender,
    check_kind,
    rule_of,
    within_bounds,
    without_earlier,
    write_weather,
)
from lantian.loop.sense.doors.weather_units import scale_of
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from lantian.loop.sense.centre import Centre

KEY = "weather_open_meteo"
SUFFIXES: tuple[str, ...] = (".json", ".csv")
_WIND_HEIGHT = 10.0
_META = "latitude,longitude,elevation,utc_offset_seconds"


def recognises(name: str, head: bytes) -> bool:
    """Whether the beginning is that of an answer of Open-Meteo with hours."""
    _ = name
    text = head.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        return '"utc_offset_seconds"' in text and '"hourly' in text
    first = text.split("\n", 1)[0].strip().removeprefix("location_id,")
    return first.startswith(_META)


def take(centre: "Centre", given: Given) -> TakenFile:
    """Take an answer into ``weather_hours`` and ``weather_forecasts``."""
    answer = read_answer(given)
    check_kind(answer.simulated, centre, given)
    issued, assumed = _issue(answer, given)
    frame, rejects = _frame(answer, given.name)
    values = [name for name in VALUES if name in frame.columns]
    if not values:
        raise CallerError(
            "{name} holds no variable that is taken. docs/weather-and-fires.md lists them; nothing was taken in.",
            name=given.name,
        )
    filled = frame.filter(pl.any_horizontal([pl.col(name).is_not_null() for name in values]))
    if issued is not None:
        filled = filled.with_columns(pl.lit(issued, pl.Datetime("us", "UTC")).alias(ISSUED))
    rows, strange = within_bounds(
        Labelled(filled, withdraws=False), rule_of(centre), given.name, centre.city.zone.key
    )
    last, superseded = without_earlier(rows.frame)
    rows = Labelled(last, withdraws=False)
    wrote = write_weather(centre, given, rows, Sender("open_meteo", "analysis"))
    rejects = pl.concat([rejects, superseded]).sort("row", maintain_order=True)
    whole = rejects.filter(pl.col("column").is_null()).height
    report = Report(
        name=given.name,
        rows_read=answer.rows,
        rows_accepted=last.height,
        rows_rejected=whole,
        rows_skipped=answer.rows - whole - last.height,
        cells_rejected=rejects.height - whole,
        rejects=rejects,
        findings=(
            *_about_empty(given.name, frame.height - filled.height),
            *_about_issue(given.name, issued if assumed else None, centre),
            *_about_variables(given.name, answer),
            *strange,
        ),
    )
    return TakenFile(KEY, (report,), wrote.written, wrote.corrected, wrote.unchanged)


# ---------------------------------------------------------------------------------------------- its rows


def _frame(answer: Answer, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Typed rows of all points, and rejects of times and cells that cannot be read."""
    parts: list[pl.DataFrame] = []
    rejects: list[tuple[int, str | None, str, str, None]] = []
    first = 1
    for point in answer.points:
        labels = [label_of(time, point.offset) for time in point.times]
        columns: dict[str, object] = {ROW: range(first, first + len(labels)), LABEL: labels}
        for target, key in find_columns(tuple(point.values), OPEN_METEO_NAMES).items():
            numbers = [number_of(value) for value in point.values[key]]
            rejects += [
                (first + at, key, str(value)[:100], "not_a_number", None)
                for at, (value, number) in enumerate(zip(point.values[key], numbers, strict=True))
                if number is None and labels[at] is not None and not is_absent(value)
            ]
            columns[target] = pl.Series(target, numbers, pl.Float64)
        rejects += [
            (first + at, None, str(point.times[at])[:100], "not_a_time", None)
            for at, label in enumerate(labels)
            if label is None
        ]
        schema = {ROW: pl.Int64(), LABEL: pl.Datetime("us", "UTC")}
        frame = pl.DataFrame(columns, schema_overrides=schema).filter(pl.col(LABEL).is_not_null())
        parts.append(_in_own_units(frame, point, name))
        first += len(labels)
    return pl.concat(parts, how="diagonal"), pl.DataFrame(rejects, schema=REJECT_SCHEMA, orient="row")


def _in_own_units(frame: pl.DataFrame, point: Point, name: str) -> pl.DataFrame:
    for target, key in find_columns(tuple(point.values), OPEN_METEO_NAMES).items():
        unit = point.units.get(key)
        scale = None if unit is None else scale_of(target, unit)
        if scale is None:
            raise CallerError(
                "{name}: {key} is in {unit!r}, which is no unit of {target} that is known here. Fetch it with the "
                "units of the service; nothing was taken in.",
                name=name,
                key=key,
                unit=unit,
                target=target,
            )
        frame = frame.with_columns(scale.turn(pl.col(target)).alias(target))
    return frame.with_columns(
        place_name(pl.lit(point.longitude), pl.lit(point.latitude)).alias("place"),
        longitude=pl.lit(point.longitude),
        latitude=pl.lit(point.latitude),
        elevation=pl.lit(point.elevation, pl.Float64),
        wind_height=pl.lit(_WIND_HEIGHT),
    )


# ---------------------------------------------------------------------------------------------- the issue


def _issue(answer: Answer, given: Given) -> tuple[datetime | None, bool]:
    """When the forecast begins, and whether that was assumed; None: the file is no forecast."""
    said = answer.issued_at or given.options.get("issued_at")
    if said is not None:
        try:
            found = datetime.fromisoformat(said)
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise CallerError(
                "{name}: issued_at {said!r} is no instant with its offset, such as 2026-03-01T08:00+08:00.",
                name=given.name,
                said=said[:60],
            )
        return found.astimezone(UTC), False
    if given.options.get("series") == "analysis":
        return None, False
    arrival = given.received_at.astimezone(UTC)
    hour = arrival.replace(minute=0, second=0, microsecond=0)
    newest = max(_labels(answer), default=hour)
    return (hour, True) if newest >= hour else (None, False)


def _labels(answer: Answer) -> Iterable[datetime]:
    for point in answer.points:
        for time in point.times:
            label = label_of(time, point.offset)
            if label is not None:
                yield label


def _about_empty(name: str, count: int) -> tuple[Finding, ...]:
    if not count:
        return ()
    return (
        Finding(
            "hours_without_values",
            name,
            mark("{count} hours hold no value that is taken; an archive is filled some days later. Left out."),
            Severity.INFO,
            evidence={"count": count},
        ),
    )


def _about_issue(name: str, issued: datetime | None, centre: "Centre") -> tuple[Finding, ...]:
    if issued is None:
        return ()
    return (
        Finding(
            "issue_assumed",
            name,
            mark(
                "The file does not say when its forecast was made; {issued}, the hour of its arrival, was taken."
            ),
            Severity.INFO,
            when=issued,
            evidence={"issued": issued.astimezone(centre.city.zone).strftime("%Y-%m-%d %H:%M")},
        ),
    )


def _about_variables(name: str, answer: Answer) -> tuple[Finding, ...]:
    left = {
        key
        for point in answer.points
        for key in set(point.values) - set(find_columns(tuple(point.values), OPEN_METEO_NAMES).values())
    }
    if not left:
        return ()
    return (
        Finding(
            "columns_not_taken",
            name,
            mark("{count} columns mean nothing here and were left out: {columns}."),
            Severity.INFO,
            evidence={"count": len(left), "columns": ", ".join(sorted(left)[:20])},
        ),
    )
