"""An answer of Open-Meteo as points with their hours, read from JSON or CSV and checked."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from lantian.desk.intake import Limits, cells
from lantian.desk.intake.encodings import decode
from lantian.loop.sense.doors.records import Given
from lantian.loop.sense.doors.weather_rows import yes_or_no
from lantian.loop.sense.doors.weather_units import part_unit
from lantian.terms.errors import CallerError

_LEAST, _MOST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Point:
    """The hours of one point."""

    longitude: float
    latitude: float
    elevation: float | None
    offset: timedelta
    times: Sequence[object]
    values: Mapping[str, Sequence[object]]
    units: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything of one file."""

    points: tuple[Point, ...]
    simulated: bool | None
    issued_at: str | None
    """As the file says it, if it does."""

    @property
    def rows(self) -> int:
        """Hours of all points."""
        return sum(len(point.times) for point in self.points)


def read_answer(given: Given) -> Answer:
    """Read a saved answer.

    Raises
    ------
    CallerError
        The file is too large, cut off, a refusal, or no such answer.
    """
    limits = Limits()
    if given.path.stat().st_size > limits.bytes:
        raise CallerError(
            "{name} is larger than {most:,} bytes. Ask for fewer points or days.",
            name=given.name,
            most=limits.bytes,
        )
    text = decode(given.path.read_bytes(), given.name).text.lstrip("\ufeff \t\r\n")
    answer = _from_json(text, given.name) if text.startswith(("{", "[")) else _from_csv(text, given.name)
    if answer.rows == 0:
        raise CallerError(
            "{name} holds no hours. Ask Open-Meteo for hourly variables; nothing was taken in.", name=given.name
        )
    if answer.rows > limits.rows:
        raise CallerError(
            "{name} has {rows:,} hours; at most {most:,} are taken in at once. Ask for fewer points or days.",
            name=given.name,
            rows=answer.rows,
            most=limits.rows,
        )
    return answer


def _from_json(text: str, name: str) -> Answer:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CallerError(
            "{name} is no whole JSON ({error}): it was probably cut off. Fetch it again.", name=name, error=error
        ) from error
    parts = content if isinstance(content, list) else [content]
    if not all(isinstance(part, dict) for part in parts):
        raise _damaged(name, "it is no record of named values")
    for part in parts:
        if part.get("error"):
            raise CallerError(
                "{name} is a refusal of Open-Meteo ({reason}), not an answer. Mend the question and ask again.",
                name=name,
                reason=str(part.get("reason"))[:200],
            )
    marks = {yes_or_no(part["simulated"]) for part in parts if "simulated" in part}
    issues = {str(part["issued_at"]) for part in parts if part.get("issued_at") is not None}
    if len(marks) > 1 or len(issues) > 1:
        raise _damaged(name, "its points disagree on simulated or issued_at")
    return Answer(
        tuple(_point_of(part, name) for part in parts), next(iter(marks), None), next(iter(issues), None)
    )


def _point_of(part: Mapping[str, Any], name: str) -> Point:
    hourly, units = part.get("hourly"), part.get("hourly_units") or {}
    if not isinstance(hourly, dict) or not isinstance(units, dict):
        raise _damaged(name, "it has no part `hourly` with its units")
    times = hourly.get("time")
    values = {key: column for key, column in hourly.items() if key != "time"}
    if not isinstance(times, list) or any(
        not isinstance(column, list) or len(column) != len(times) for column in values.values()
    ):
        raise _damaged(name, "its columns are not as long as its times")
    place = [number_of(part.get(key)) for key in ("longitude", "latitude", "elevation", "utc_offset_seconds")]
    named = {key: unit if isinstance(unit, str) else None for key, unit in units.items()}
    return _point(place, times, values, named, name)


def _point(
    place: Sequence[float | None],
    times: Sequence[object],
    values: Mapping[str, Sequence[object]],
    units: Mapping[str, str | None],
    name: str,
) -> Point:
    longitude, latitude, elevation, offset = place
    if longitude is None or latitude is None or abs(longitude) > 180 or abs(latitude) > 90:
        raise _damaged(name, "it does not say where its point lies")
    if offset is None or abs(offset) > 14 * 3600:
        raise _damaged(name, "it does not say the offset of its times (utc_offset_seconds)")
    return Point(longitude, latitude, elevation, timedelta(seconds=offset), times, values, units)


def _damaged(name: str, why: str) -> CallerError:
    return CallerError(
        "{name} is no answer of Open-Meteo that can be read: {why}. Fetch it again; nothing was taken in.",
        name=name,
        why=why,
    )


def _from_csv(text: str, name: str) -> Answer:
    """Read the tables of a CSV answer: points first, then hours; a table of days is left alone."""
    try:
        blocks = [
            list(csv.reader(io.StringIO(block)))
            for block in text.replace("\r\n", "\n").split("\n\n")
            if block.strip()
        ]
    except csv.Error as error:
        raise _damaged(name, str(error)) from error
    if len(blocks) < 2 or len(blocks[0]) < 2:
        raise _damaged(name, "it has no table of points and hours")
    heading, *points = blocks[0]
    hours_heading, *hours = blocks[1]
    if "time" not in hours_heading:
        raise _damaged(name, "its second table has no times")
    if any(len(row) != len(hours_heading) for row in hours) or any(len(row) != len(heading) for row in points):
        raise _damaged(name, "a line is not as long as its heading")
    columns = [part_unit(cell) for cell in hours_heading]
    found = []
    for number, point in enumerate(points):
        known = dict(zip(heading, point, strict=True))
        own = known.get("location_id", str(number))
        at = hours_heading.index("location_id") if "location_id" in hours_heading else None
        lines = [row for row in hours if at is None or row[at] == own]
        values = {key: [row[place] for row in lines] for place, (key, _) in enumerate(columns)}
        times = values.pop("time")
        values.pop("location_id", None)
        place = [number_of(known.get(key)) for key in ("longitude", "latitude", "elevation", "utc_offset_seconds")]
        found.append(_point(place, times, values, dict(columns), name))
        if at is None:
            break
    return Answer(tuple(found), None, None)


def number_of(value: object) -> float | None:
    """Read a number of JSON or of a cell; None where there is none."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        try:
            found = float(value)
        except OverflowError:
            return None
        return found if math.isfinite(found) else None
    try:
        decimal = cells.parse_number(str(value))
    except ValueError:
        return None
    return None if decimal is None else float(decimal)


def label_of(time: object, offset: timedelta) -> datetime | None:
    """Instant of a label: seconds since 1970, or a clock time with the offset of the answer; full hours only."""
    try:
        seconds = None if isinstance(time, bool) else number_of(time)
        if seconds is not None:
            found = datetime.fromtimestamp(seconds, UTC)
        else:
            found = datetime.fromisoformat(str(time))
            found = found.astimezone(UTC) if found.tzinfo else (found - offset).replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    whole = not (found.minute or found.second or found.microsecond)
    return found if whole and _LEAST <= found < _MOST else None


def is_absent(value: object) -> bool:
    """Whether a value of JSON or of a cell means that there is none."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip().lower() in cells.MISSING_MARKS
