"""Days straight from the rows of a table of station hours, without a grid in between (由小时记录直接求日值)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.rules.records import EvaluationRule
from lantian.science.statistics import kernels
from lantian.science.statistics.day_records import StationDays
from lantian.science.statistics.day_work import DayWork, HourColumn, Limit, in_threads
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import IntArray

_SHORT = 12
"""Bytes of a text that an Arrow string view holds in itself."""


@dataclass(frozen=True, slots=True, eq=False)
class HourRows:
    """Station hours as the rows of a table that is sorted by station."""

    first_row: IntArray
    """Row at which each station begins, and the number of rows at the end, shape (n_stations + 1,)."""
    stamp: IntArray
    """Start of each row's hour, shape (n_rows,). [us]"""
    begin: int
    """Start of the first legal day on the same clock. [us]"""
    columns: Mapping[str, HourColumn]
    """Column per basic pollutant; an absent one has no data. [ug m-3, CO mg m-3]"""
    stations: tuple[str, ...] = ()
    """Codes in the order of the stations, when they are known."""


def hour_rows(frame: pl.DataFrame, first: date, zone: ZoneInfo) -> HourRows:
    """Read a table of station hours as rows, its measured columns uncopied where they are of a piece.

    Parameters
    ----------
    frame : DataFrame
        Columns ``station``, ``hour_start`` (timezone-aware, full hours) and any of the basic pollutants
        (Float64, null or NaN where missing), sorted by station. [ug m-3, CO mg m-3]
    first : date
        First legal day.
    zone : ZoneInfo
        Zone whose midnight begins a legal day.

    Returns
    -------
    HourRows

    Raises
    ------
    CallerError
        If a station's rows do not stand together or times carry no zone.

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> frame = pl.DataFrame(
    ...     {"station": ["1727A", "1727A"], "pm25": [35.0, None],
    ...      "hour_start": [datetime(2026, 3, 1, 0, tzinfo=zone), datetime(2026, 3, 1, 1, tzinfo=zone)]})
    >>> rows = hour_rows(frame, date(2026, 3, 1), zone)
    >>> ((rows.stamp - rows.begin) // 3_600_000_000).tolist(), rows.first_row.tolist(), rows.stations
    ([0, 1], [0, 2], ('1727A',))
    """
    kind = frame.schema.get("hour_start")
    if not isinstance(kind, pl.Datetime) or kind.time_zone is None:
        raise CallerError(
            "hour_start is {kind}: legal days need timezone-aware starts of hours; localise it first",
            kind=kind,
        )
    begin = datetime.combine(first, time(), tzinfo=zone).astimezone(UTC)
    since = begin - datetime(1970, 1, 1, tzinfo=UTC)
    stamps = frame["hour_start"].rechunk()
    if kind.time_unit != "us":
        stamps = stamps.dt.cast_time_unit("us")
    if stamps.null_count():
        raise CallerError(
            "{count} rows say no hour_start, so their hours belong nowhere; drop them",
            count=stamps.null_count(),
        )
    stamp = _buffer(stamps.to_arrow(), np.dtype(np.int64))
    stations = frame["station"].rechunk()
    first_row = _runs(stations)
    codes = tuple(stations[int(row)] for row in first_row[:-1])
    if len(set(codes)) != len(codes):
        twice = next(code for n, code in enumerate(codes) if code in codes[:n])
        raise CallerError(
            "rows of station {twice} do not stand together; sort the table by station first",
            twice=twice,
        )
    columns = {str(p): _column(frame[p]) for p in BASIC if p in frame.columns}
    return HourRows(first_row, stamp, since // timedelta(microseconds=1), columns, codes)


def station_batches(table: pl.LazyFrame, rows_each: int) -> Iterator[pl.DataFrame]:
    """Read a large table piece by piece, each piece with whole stations, so that memory stays bounded.

    Parameters
    ----------
    table : LazyFrame
        Table sorted by its column ``station``; a Parquet scan reads ahead while a piece is being worked on.
    rows_each : int
        Rows wanted in a piece; it grows or shrinks to end where a station ends.

    Yields
    ------
    DataFrame

    Examples
    --------
    >>> table = pl.LazyFrame({"station": ["A", "A", "B", "B", "B", "C"]})
    >>> [piece["station"].to_list() for piece in station_batches(table, 3)]
    [['A', 'A'], ['B', 'B', 'B', 'C']]
    """
    held: pl.DataFrame | None = None
    for piece in table.collect_batches(chunk_size=rows_each, maintain_order=True):
        if held is None or not held.height:
            held = piece
        elif not piece.height:
            continue
        elif held["station"][-1] == piece["station"][0]:
            cut = held.height - int((held["station"] == held["station"][-1]).sum())
            if cut:
                yield held.head(cut)
            held = pl.concat([held.slice(cut), piece], rechunk=True)
        else:
            yield held
            held = piece
    if held is not None and held.height:
        yield held


def _runs(stations: pl.Series) -> IntArray:
    """Row at which each run of one station begins, and the number of rows at the end."""
    if stations.null_count():
        raise CallerError(
            "{count} rows name no station, so their hours belong nowhere; drop them",
            count=stations.null_count(),
        )
    texts = stations.to_arrow(compat_level=pl.CompatLevel.newest())
    views = _buffer(texts, np.dtype(np.int64), 2)
    starts = np.empty(len(texts), dtype=np.int64)
    found, longest = kernels.runs_of(views, starts)
    if longest <= _SHORT:
        return np.append(starts[:found], len(texts))
    lengths = stations.rle().struct.field("len").to_numpy()
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])


def _column(series: pl.Series) -> HourColumn:
    """Point at the Arrow buffers of a column."""
    array = series.cast(pl.Float64).rechunk().to_arrow()
    bits = array.buffers()[0]
    values = _buffer(array, np.dtype(np.float64))
    if bits is None or not array.null_count:
        return HourColumn(values)
    return HourColumn(values, np.frombuffer(bits, dtype=np.uint8), array.offset)


def _buffer(array: Any, kind: np.dtype[Any], each: int = 1) -> NDArray[Any]:
    """Look at the values of an Arrow array, `each` numbers a value."""
    values = array.buffers()[1]
    if values is None:
        return np.empty(0, dtype=kind)
    return np.frombuffer(values, dtype=kind)[each * array.offset : each * (array.offset + len(array))]


def station_days_of_rows(
    rows: HourRows,
    n_days: int,
    evaluation: EvaluationRule,
    mda8_limit: Limit,
    *,
    monitored: NDArray[np.bool_] | None = None,
    threads: int | None = None,
) -> StationDays:
    """Daily values straight from the rows of a table, where absent rows are missing hours.

    Parameters
    ----------
    rows : HourRows
        Rows sorted by station; of two rows for one hour the later one counts. [ug m-3, CO mg m-3]
    n_days : int
        Legal days from the first one. [d]
    evaluation, mda8_limit, monitored, threads
        As for `lantian.science.statistics.day.station_days`.

    Returns
    -------
    StationDays
        Leading shape (n_stations, n_days).

    Raises
    ------
    CallerError
        If a row lies outside the days or off the hour.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2026, 3, 1))
    >>> pm25 = HourColumn(np.full(24, 12.5))
    >>> rows = HourRows(np.array([0, 24]), np.arange(24) * 3_600_000_000, 0, {"pm25": pm25})
    >>> station_days_of_rows(rows, 1, rule, 160).value[0, 0].tolist()
    [nan, nan, nan, nan, nan, 12.0, nan]
    """
    n_stations = len(rows.first_row) - 1
    lead = (n_stations, n_days)
    job = DayWork.of(lead, evaluation, mda8_limit)
    origin = np.empty(n_stations * n_days, dtype=np.int64)
    bad = np.zeros(n_stations, dtype=np.int64)

    def work(first: int, last: int) -> None:
        kernels.follow(rows.first_row, rows.stamp, rows.begin, n_days, first, last, origin, bad)
        if bad[first:last].any():
            return
        scattered = first + _scattered(origin[first * n_days : last * n_days].reshape(-1, n_days))
        for pollutant in BASIC:
            if pollutant in rows.columns:
                column = rows.columns[pollutant]
                job.fill(pollutant, column, origin, first * n_days, last * n_days)
                _fill_scattered(job, pollutant, column, rows, scattered, n_days)

    for absent in (p for p in BASIC if p not in rows.columns):
        job.days.leave_out(absent)
    in_threads(work, n_stations, n_days, threads)
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        name = rows.stations[at] if rows.stations else f"number {at}"
        raise CallerError(
            "{bad} rows, the first of them at station {name}, lie outside the {n_days} days that "
            "were asked for or are not the start of an hour, so they would be lost; widen the days "
            "or mend the rows",
            bad=int(bad.sum()),
            name=name,
            n_days=n_days,
        )
    return job.days.shaped(lead, monitored)


def _scattered(origin: IntArray) -> IntArray:
    """Stations whose rows are not all hours in order."""
    return np.flatnonzero((origin < 0).any(axis=1))


def _fill_scattered(
    job: DayWork, pollutant: Pollutant, column: HourColumn, rows: HourRows, stations: IntArray, n_days: int
) -> None:
    """Fill the days of stations one by one, each put in order first."""
    if len(stations) == 0:
        return
    grid = np.empty(n_days * kernels.HOURS)
    places = np.arange(n_days) * kernels.HOURS
    origin = np.full(len(job.limits), -1)
    for station in stations:
        first, last = rows.first_row[station], rows.first_row[station + 1]
        kernels.place(column.values, column.validity, column.offset, rows.stamp, rows.begin, first, last, grid)
        days = slice(station * n_days, (station + 1) * n_days)
        origin[days] = places
        job.fill(pollutant, HourColumn(grid), origin, days.start, days.stop)
