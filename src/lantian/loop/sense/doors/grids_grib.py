"""GRIB files of analyses and forecasts, message by message: ERA5, ECMWF, GFS and others with such fields."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from lantian.desk.language import mark
from lantian.loop.sense.doors.grids import (
    HOUR,
    Grid,
    Slice,
    Wanted,
    degree,
    hourly_of_totals,
    left_out,
    missing_extra,
    take_grid,
    west_of_180,
)
from lantian.loop.sense.doors.grids_apart import read_apart
from lantian.loop.sense.doors.grids_netcdf import DAMAGE, NAMES
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.weather_units import scale_of
from lantian.store.weather_tables import AMOUNTS
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.types import FloatArray, IntArray

if TYPE_CHECKING:
    from lantian.loop.sense.centre import Centre

KEY = "weather_grib"
SUFFIXES: tuple[str, ...] = (".grib", ".grib2", ".grb", ".grb2", ".grib1")
_REANALYSES = frozenset({"ea", "e4", "ei", "ep", "et", "l5", "rr", "ja"})
"""Classes of reanalyses, whose short forecasts are no forecasts to anybody."""
_MOST_MESSAGES = 200_000
_MOST_STEPS = 10_000
"""[h]"""

_Pair = tuple[datetime, datetime]


def recognises(name: str, head: bytes) -> bool:
    """Whether the first message begins here."""
    _ = name
    return head.startswith(b"GRIB")


def take(centre: "Centre", given: Given) -> TakenFile:
    """Take a GRIB file into ``weather_hours`` and ``weather_forecasts``, read in a process of its own."""
    return take_grid(centre, given, KEY, partial(read_apart, read))


def read(wanted: Wanted) -> Grid:
    """Read the points around the city.

    Raises
    ------
    CallerError
        The library is not installed; no message can be read, or none is weather that is known here.
    """
    try:
        import eccodes
    except (ImportError, RuntimeError) as error:  # its C library may be absent
        raise missing_extra(wanted.given.name, ImportError(str(error))) from error
    heap = _Heap(wanted)
    try:
        for number, message in enumerate(_messages(eccodes, wanted.given.path)):
            if number >= _MOST_MESSAGES:
                raise CallerError(
                    "{name} holds more than {most:,} messages. Bring it in parts; nothing was taken in.",
                    name=wanted.given.name,
                    most=_MOST_MESSAGES,
                )
            heap.add(eccodes, message)
    except (eccodes.CodesInternalError, *DAMAGE) as error:
        if not heap.fields and not heap.totals:
            raise CallerError(
                "{name} cannot be read as GRIB ({error}). Fetch it again; nothing was taken in.",
                name=wanted.given.name,
                error=error,
            ) from error
        heap.broken = str(error)
    return heap.grid()


def _messages(eccodes: Any, path: Path) -> Iterator[int]:
    """Give the handle of each message, released after its turn."""
    with path.open("rb") as file:
        while (message := eccodes.codes_grib_new_from_file(file)) is not None:
            try:
                yield message
            finally:
                eccodes.codes_release(message)


@dataclass(slots=True)
class _Heap:
    """What was read so far."""

    wanted: Wanted
    source: str = ""
    mesh: str = ""
    points_read: int = 0
    kept: IntArray | None = None
    longitude: FloatArray | None = None
    latitude: FloatArray | None = None
    fields: dict[_Pair, dict[str, FloatArray]] = field(default_factory=dict)
    """Base time and instant → column → values."""
    totals: dict[tuple[str, datetime], dict[int, FloatArray]] = field(default_factory=dict)
    """Column and base time → hours since then → total."""
    reanalysis: bool = False
    left: Counter[str] = field(default_factory=Counter)
    """Names of messages that are not taken."""
    broken: str | None = None

    def add(self, eccodes: Any, message: int) -> None:
        """Take a message."""

        def ask(key: str, kind: type = str) -> Any:
            try:
                return eccodes.codes_get(message, key, kind)
            except eccodes.CodesInternalError:
                return None

        name = ask("shortName") or "unknown"
        if name not in NAMES or ask("perturbationNumber", int) not in (None, 0):
            self.left[name] += 1
            return
        self._locate(eccodes, message, ask)
        values = np.asarray(eccodes.codes_get_values(message), dtype=np.float64)[self.kept]
        if ask("bitmapPresent", int):
            values = np.where(values == ask("missingValue", float), np.nan, values)
        column, unit = NAMES[name]
        values = self._in_own_unit(values, column, ask("units") or unit)
        base = self._instant(ask("dataDate", int), ask("dataTime", int))
        first, last = ask("startStep", int), ask("endStep", int)
        in_hours = ask("stepUnits") in ("h", "1", None)
        if not in_hours or first is None or last is None or not 0 <= first <= last <= _MOST_STEPS:
            self.left[f"{name} (other steps)"] += 1
            return
        self.reanalysis |= ask("class") in _REANALYSES
        if column not in AMOUNTS or last - first == 1:
            self._put(base, last, column, values)
        elif first == 0 and ask("stepType") == "accum":
            self.totals.setdefault((column, base), {})[last] = values
        else:
            self.left[f"{name} over {last - first} h"] += 1

    def grid(self) -> Grid:
        """Put everything together."""
        for (column, base), totals in self.totals.items():
            direct = {
                round((valid - base) / HOUR): values[column]
                for (issued, valid), values in self.fields.items()
                if issued == base and column in values
            }
            if 1 not in totals and 1 in direct:
                totals[1] = direct[1]
            hourly = hourly_of_totals(totals)
            for step in totals:
                if step in hourly:
                    self._put(base, step, column, hourly[step])
                elif step:
                    self.left[f"{column} until {step} h"] += 1
        if not self.fields or self.longitude is None or self.latitude is None:
            raise CallerError(
                "{name} holds no weather that is known here, but {names}. docs/weather-and-fires.md lists the "
                "fields; nothing was taken in.",
                name=self.wanted.given.name,
                names=", ".join(sorted(self.left)[:20]) or "nothing",
            )
        self.wanted.check_rows(len(self.fields), len(self.longitude))
        analysis = self.reanalysis or self.wanted.given.options.get("series") == "analysis"
        ahead = {issued for issued, valid in self.fields if valid > issued} if not analysis else set()
        slices: dict[tuple[datetime | None, datetime], dict[str, FloatArray]] = {}
        for (issued, valid), values in self.fields.items():
            slices.setdefault((issued if issued in ahead else None, valid), {}).update(values)
        return Grid(
            f"{self.source}:{self.mesh}",
            self.longitude,
            self.latitude,
            [Slice(valid, issued, values) for (issued, valid), values in slices.items()],
            self.points_read,
            findings=self._findings(),
        )

    def _put(self, base: datetime, step: int, column: str, values: FloatArray) -> None:
        self.fields.setdefault((base, base + step * HOUR), {})[column] = values

    def _locate(self, eccodes: Any, message: int, ask: Any) -> None:
        """Find the kept points of the first message; all others must be of its grid."""
        count = ask("numberOfDataPoints", int) or 0
        if self.kept is not None:
            if count != self.points_read:
                raise CallerError(
                    "{name} holds grids of {count:,} and {other:,} points. Bring each in a file of its own.",
                    name=self.wanted.given.name,
                    count=self.points_read,
                    other=count,
                )
            return
        east = west_of_180(np.asarray(eccodes.codes_get_array(message, "longitudes"), dtype=np.float64))
        north = np.asarray(eccodes.codes_get_array(message, "latitudes"), dtype=np.float64)
        self.kept = self.wanted.kept(east, north)
        self.longitude, self.latitude = np.round(east[self.kept], 6), np.round(north[self.kept], 6)
        self.points_read = count
        self.source = str(ask("centre") or "grid")[:40]
        step = ask("jDirectionIncrementInDegrees", float)
        self.mesh = "grid" if step is None or step > 90 else degree(step)

    def _in_own_unit(self, values: FloatArray, column: str, unit: str) -> FloatArray:
        scale = scale_of("wind_speed" if column in ("eastward", "northward") else column, unit)
        if scale is None:
            raise CallerError(
                "{name}: {column} is in {unit!r}, which is no unit of it that is known; nothing was taken in.",
                name=self.wanted.given.name,
                column=column,
                unit=unit,
            )
        return pl.DataFrame({"x": values}).select(scale.turn(pl.col("x"))).to_series().to_numpy()

    def _instant(self, date: int | None, time: int | None) -> datetime:
        try:
            found = datetime.strptime(f"{date:08d}{time:04d}", "%Y%m%d%H%M").replace(tzinfo=UTC)
        except (ValueError, TypeError) as error:
            raise CallerError(
                "{name}: {date} {time} is no base time of a message; nothing was taken in.",
                name=self.wanted.given.name,
                date=date,
                time=time,
            ) from error
        if found.minute or not 1900 <= found.year < 2200:
            raise CallerError(
                "{name} has values at {instant}, which is no full hour of our days; nothing was taken in.",
                name=self.wanted.given.name,
                instant=found.isoformat(),
            )
        return found

    def _findings(self) -> tuple[Finding, ...]:
        name = self.wanted.given.name
        found = []
        if self.left:
            listed = ", ".join(f"{each} ({count})" for each, count in sorted(self.left.items())[:20])
            found.append(left_out(name, _LEFT, "messages_not_taken", names=listed, count=sum(self.left.values())))
        if self.broken is not None:
            found.append(left_out(name, _BROKEN, "file_cut_off", Severity.ERROR, error=self.broken))
        return tuple(found)


_LEFT = mark("{count} messages were left out: {names}.")
_BROKEN = mark("The file ends in a broken message ({error}): it was probably cut off while it was copied.")
