"""A time series of one place: hours, running 8 h means, days or months, with the limits of the law as lines."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.browsing import list_days_of, list_hours, list_months, refused_hours
from lantian.loop.evaluate.standing import day_limit, mean_limit
from lantian.rules import RuleSet
from lantian.science.series.filters import Align, running_mean
from lantian.terms.types import FloatArray
from lantian.terms.words import mark
from lantian.web.charts import Chart
from lantian.web.pages.air.looking import Look
from lantian.web.pages.air.series_parts import (
    AQI,
    Asked,
    Every,
    chart_of,
    name_of,
    one_line,
    put_limits,
    stretches,
    wall_ms,
    zoom,
)

POINTS = 9_000
"""Most points of a line: a whole year of hours."""
_ROWS = 2_000
"""Most rows of the table beside a chart; longer ones are taken away as a file of the page."""
_WINDOW = 8


def series_chart(look: Look, asked: Asked) -> Chart:
    """Draw a series."""
    makers = {Every.DAY: _days, Every.MONTH: _months}
    return makers.get(asked.every, _hours)(look, asked)


# ---------------------------------------------------------------------------------------------- hours


def _hours(look: Look, asked: Asked) -> Chart:
    rows = list_hours(
        look.lake, asked.place.kind, asked.place.code, asked.first, asked.last, look.stage, [asked.what]
    )
    grid = _every_hour(rows, asked.what)
    values = grid.get_column(asked.what).cast(pl.Float64).fill_null(float("nan")).to_numpy()
    needed = look.rules(asked.last).evaluation.window_required_hours
    if asked.every is Every.EIGHT_HOURS and len(values):
        mean = running_mean(values, _WINDOW, capture=100 * needed / _WINDOW, align=Align.RIGHT)
        values = np.round(mean, 0 if asked.what == AQI else 2)
    places = grid.get_column("ms").to_numpy()
    drawn, every = thinned(places, values, POINTS)
    # a whole year of pairs is written fastest as plain lists
    points = [[int(at), None if value != value else value] for at, value in zip(*drawn, strict=True)]
    series = [one_line(look, asked, points)]
    flagged = _flagged(look, asked)
    if flagged:
        series.append(_flag_marks(look, flagged))
    limits = _hour_limits(look, asked)
    put_limits(
        series[0], [(wall_ms(a), wall_ms(b + timedelta(days=1)), value, text) for a, b, value, text in limits]
    )
    notes = [] if every == 1 else [
        look.say(mark("of every {n} hours the lowest and the highest are drawn"), n=every)
    ]  # fmt: skip
    option = {
        "xAxis": {"type": "time", "min": wall_ms(asked.first), "max": wall_ms(asked.last + timedelta(days=1))},
        "yAxis": {"type": "value", "min": 0},
        "dataZoom": zoom(),
        "series": series if len(rows) else [],
    }
    table = grid.filter(pl.col(asked.what).is_not_null()) if len(grid) <= _ROWS else grid.clear()
    return chart_of(
        look, asked, option, limits, notes, _hour_rows(table, asked, values if len(grid) <= _ROWS else None)
    )


def _every_hour(rows: pl.DataFrame, what: str) -> pl.DataFrame:
    """Lay hours out without holes, so that a missing one is a gap of the line; ``ms`` is the city's wall time."""
    wall = pl.col("hour_start").dt.replace_time_zone(None).dt.epoch("ms").alias("ms")
    if rows.is_empty():
        return rows.with_columns(wall)
    return rows.select("hour_start", what).upsample("hour_start", every="1h").with_columns(wall)


def _hour_rows(grid: pl.DataFrame, asked: Asked, values: FloatArray | None) -> list[list[Any]]:
    if values is None:
        return []
    if asked.every is Every.HOUR:
        return [list(row) for row in grid.select("hour_start", asked.what).iter_rows()]
    starts = grid.get_column("hour_start").to_list()
    return [[at, float(value)] for at, value in zip(starts, values, strict=False) if value == value]


def thinned(places: Any, values: FloatArray, most: int) -> tuple[tuple[list[int], list[float]], int]:
    """Keep of each stretch of hours the lowest and the highest, so that no peak is lost.

    Parameters
    ----------
    places : array of int, shape (n,)
        Where the hours stand on the axis.
    values : array, shape (n,)
        NaN where an hour is missing.
    most : int
        Most points that may be kept.

    Returns
    -------
    tuple
        Places and values that are left, and how many hours make a stretch; 1 where all are left.

    Examples
    --------
    >>> thinned(np.arange(6), np.array([1.0, 5.0, 2.0, 9.0, 3.0, 4.0]), 4)
    (([0, 1, 3, 4], [1.0, 5.0, 9.0, 3.0]), 3)
    """
    n = len(values)
    if n <= most:
        return (np.asarray(places).tolist(), values.tolist()), 1
    every = -(-n // (most // 2))
    kept: list[int] = []
    for begin in range(0, n, every):
        part = values[begin : begin + every]
        if np.isnan(part).all():
            kept.append(begin)
            continue
        kept += sorted({begin + int(np.nanargmin(part)), begin + int(np.nanargmax(part))})
    return (np.asarray(places)[kept].tolist(), values[kept].tolist()), every


def _flagged(look: Look, asked: Asked) -> list[dict[str, Any]]:
    """Values of a station that its flags keep out, as points of their own."""
    pollutant = asked.pollutant
    if asked.place.kind is not SubjectKind.STATION or asked.every is not Every.HOUR or pollutant is None:
        return []
    rows = refused_hours(look.scene, asked.place.code, asked.first, asked.last, [pollutant], look.stage)
    held = rows.filter(pl.col("value").is_not_null())
    return [
        {"value": [wall_ms(at), value], "note": look.say(mark("flag {flags}: not used"), flags=flags)}
        for at, value, flags in held.select("hour_start", "value", "flags").iter_rows()
    ]


def _flag_marks(look: Look, points: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": look.say(mark("flagged, not used")),
        "data": points,
        "symbol": "emptyDiamond",
        "symbolSize": 7,
        "itemStyle": {"color": "warning"},
        "z": 3,
    }


def _hour_limits(look: Look, asked: Asked) -> list[tuple[date, date, float, str]]:
    pollutant = asked.pollutant
    if pollutant is None:
        return []
    statistic = "hourly_mean" if asked.every is Every.HOUR else "mda8"
    return stretches(look, asked, lambda rules: rules.limits.limit(pollutant, statistic, asked.place.area_class))


# ---------------------------------------------------------------------------------------------- days and months


def _days(look: Look, asked: Asked) -> Chart:
    place = asked.place
    rows = list_days_of(
        look.lake,
        asked.first,
        asked.last,
        look.stage,
        [asked.what],
        basis=look.basis,
        kind=place.kind,
        code=place.code,
    )
    known = dict(rows.select("legal_day", asked.what).iter_rows())
    days = [asked.first + timedelta(days=n) for n in range((asked.last - asked.first).days + 1)]
    series = one_line(look, asked, [known.get(day) for day in days])
    if asked.pollutant is None:
        series = {"type": "bar", "name": "AQI", "data": series["data"], "barCategoryGap": "12%", "large": False}
    limits = _day_limits(look, asked)
    text = [day.isoformat() for day in days]
    put_limits(
        series, [(str(max(a, days[0])), str(min(b, days[-1])), value, said) for a, b, value, said in limits]
    )
    option = {
        "xAxis": {"type": "category", "data": text},
        "yAxis": {"type": "value", "min": 0},
        "dataZoom": zoom(),
        "series": [series] if known else [],
    }
    table = [[day, known.get(day)] for day in days]
    return chart_of(look, asked, option, limits, [], table)


def _day_limits(look: Look, asked: Asked) -> list[tuple[date, date, float, str]]:
    pollutant = asked.pollutant
    if pollutant is None:
        return []
    return stretches(look, asked, lambda rules: day_limit(rules.limits, pollutant, asked.place.area_class))


def _months(look: Look, asked: Asked) -> Chart:
    place = asked.place
    rows = list_months(look.lake, place.kind, place.code, asked.first, asked.last, look.stage, look.basis)
    column = "composite_index" if asked.what == AQI else asked.what
    months = [f"{day:%Y-%m}" for day in rows.get_column("first_day")]
    values = rows.get_column(column).to_list()
    series: dict[str, Any] = {
        "type": "bar",
        "name": name_of(look, asked),
        "data": values,
        "itemStyle": {"color": "series-1"},
        "label": {"show": len(months) <= 24, "position": "top"},  # two years fit
        "barMaxWidth": 46,
    }
    limits = _month_limits(look, asked)
    last = {month: month for month in months}
    put_limits(
        series,
        [
            (last.get(f"{a:%Y-%m}", months[0]), last.get(f"{b:%Y-%m}", months[-1]), value, said)
            for a, b, value, said in limits
            if months
        ],
    )
    option = {
        "xAxis": {"type": "category", "data": months},
        "yAxis": {"type": "value", "min": 0},
        "series": [series] if any(value is not None for value in values) else [],
    }
    return chart_of(look, asked, option, limits, [], [list(row) for row in zip(months, values, strict=True)])


def _month_limits(look: Look, asked: Asked) -> list[tuple[date, date, float, str]]:
    """Limit that fits the figure of a month: of the annual mean where it is a mean, else of the day value."""
    pollutant = asked.pollutant
    if pollutant is None:
        return []

    def limit(rules: RuleSet) -> Any:
        is_mean = rules.evaluation.headline[pollutant] == "mean"
        of = mean_limit if is_mean else day_limit
        return of(rules.limits, pollutant, asked.place.area_class)

    return stretches(look, asked, limit)
