"""Days straight from the rows of a table of station hours, without a grid in between (由小时记录直接求日值)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
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

_MICROSECONDS = 3_600_000_000


@dataclass(frozen=True, slots=True, eq=False)
class HourRows:
    """Station hours as the rows of a table that is sorted by station."""

    first_row: IntArray
    """Row at which each station begins, and the number of rows at the end, shape (n_stations + 1,)."""
    hour: IntArray
    """Hours from the start of the first legal day to the start of the row's hour, shape (n_rows,). [h]"""
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
        If a station's rows do not stand together, a stamp is not on the hour, or times carry no zone.

    Examples
    --------
    >>> zone = ZoneInfo("Asia/Shanghai")
    >>> frame = pl.DataFrame(
    ...     {"station": ["1727A", "1727A"], "pm25": [35.0, None],
    ...      "hour_start": [datetime(2026, 3, 1, 0, tzinfo=zone), datetime(2026, 3, 1, 1, tzinfo=zone)]})
    >>> rows = hour_rows(frame, date(2026, 3, 1), zone)
    >>> rows.hour.tolist(), rows.first_row.tolist(), rows.stations
    ([0, 1], [0, 2], ('1727A',))
    """
    stamp = frame.schema.get("hour_start")
    if not isinstance(stamp, pl.Datetime) or stamp.time_zone is None:
        raise CallerError(
            f"hour_start is {stamp}: legal days need timezone-aware starts of hours; localise it first"
        )
    begin = datetime.combine(first, time(), tzinfo=zone)
    since = frame["hour_start"].dt.cast_time_unit("us").to_physical().to_numpy()
    since = since - round(begin.timestamp() * 1e6)
    hour = since // _MICROSECONDS
    if (hour * _MICROSECONDS != since).any():
        at = int(np.flatnonzero(hour * _MICROSECONDS != since)[0])
        raise CallerError(f"row {at}: {frame['hour_start'][at]} is not the start of an hour; round or reject it")
    runs = frame["station"].rle().struct.unnest()
    codes = tuple(runs["value"].to_list())
    if len(set(codes)) != len(codes):
        twice = next(code for n, code in enumerate(codes) if code in codes[:n])
        raise CallerError(f"rows of station {twice} do not stand together; sort the table by station first")
    first_row = np.concatenate([[0], np.cumsum(runs["len"].to_numpy(), dtype=np.int64)]).astype(np.int64)
    columns = {str(p): _column(frame[p]) for p in BASIC if p in frame.columns}
    return HourRows(first_row, hour, columns, codes)


def _column(series: pl.Series) -> HourColumn:
    """Point at the Arrow buffers of a column."""
    array = series.cast(pl.Float64).rechunk().to_arrow()
    bits, values = array.buffers()
    whole = np.frombuffer(values, dtype=np.float64) if values is not None else np.empty(0)
    validity = np.frombuffer(bits, dtype=np.uint8) if bits is not None and array.null_count else _no_bits()
    return HourColumn(whole[array.offset : array.offset + len(array)], validity, array.offset)


def _no_bits() -> NDArray[np.uint8]:
    return np.frombuffer(b"", dtype=np.uint8)


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
        If a row lies outside the days.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().evaluation(date(2026, 3, 1))
    >>> pm25 = HourColumn(np.full(24, 12.5))
    >>> rows = HourRows(np.array([0, 24]), np.arange(24), {"pm25": pm25})
    >>> station_days_of_rows(rows, 1, rule, 160).value[0, 0].tolist()
    [nan, nan, nan, nan, nan, 12.0, nan]
    """
    n_stations = len(rows.first_row) - 1
    lead = (n_stations, n_days)
    job = DayWork.of(lead, evaluation, mda8_limit)
    origin = np.empty(n_stations * n_days, dtype=np.int64)
    outside = int(kernels.follow(rows.first_row, rows.hour, n_days, origin))
    if outside:
        raise CallerError(
            f"{outside} rows lie outside the {n_days} days that were asked for, so they would be lost; widen the "
            "days or filter the rows"
        )

    def work(first: int, last: int) -> None:
        whole = slice(first * n_days, last * n_days)
        scattered = _scattered(origin[whole].reshape(-1, n_days), n_days)
        for pollutant in BASIC:
            if pollutant in rows.columns:
                column = rows.columns[pollutant]
                job.fill(pollutant, column, origin, whole.start, whole.stop)
                if len(scattered):
                    _fill_scattered(job, pollutant, column, rows, scattered + first, n_days)

    in_threads(work, n_stations, n_days, threads)
    return job.days.shaped(lead, monitored)


def _scattered(origin: IntArray, n_days: int) -> IntArray:
    """Stations whose rows are not all hours in order."""
    return np.flatnonzero(origin[:, 0] < 0) if n_days else np.empty(0, dtype=np.int64)


def _fill_scattered(
    job: DayWork, pollutant: Pollutant, column: HourColumn, rows: HourRows, stations: IntArray, n_days: int
) -> None:
    """Fill the days of stations one by one, each put in order first."""
    grid = np.empty(n_days * kernels.HOURS)
    places = np.arange(n_days) * kernels.HOURS
    origin = np.full(len(job.limits), -1)
    for station in stations:
        first, last = rows.first_row[station], rows.first_row[station + 1]
        kernels.place(column.values, column.validity, column.offset, rows.hour, first, last, grid)
        days = slice(station * n_days, (station + 1) * n_days)
        origin[days] = places
        job.fill(pollutant, HourColumn(grid), origin, days.start, days.stop)
