"""Tables of weather stations, CSV or Excel, with headings in Chinese or English (气象站观测数据)."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import ROW, Table, account, cells, read_table, reject_rows
from lantian.desk.intake.applying import date_and_hour
from lantian.desk.intake.guessing import bare
from lantian.desk.language import mark
from lantian.loop.sense.doors import weather_names as names
from lantian.loop.sense.doors.peeking import columns_of
from lantian.loop.sense.doors.records import Given, TakenFile
from lantian.loop.sense.doors.surroundings import place_name
from lantian.loop.sense.doors.weather_layout import Layout, layout_of, says_simulated
from lantian.loop.sense.doors.weather_rows import (
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
from lantian.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from lantian.city.records import City
    from lantian.loop.sense.centre import Centre

KEY = "weather_station"
SUFFIXES: tuple[str, ...] = (".csv", ".tsv", ".txt", ".xlsx", ".xls")
_NOT_WEATHER = frozenset({"so2", "no2", "co", "o3", "pm10", "pm25", "pm2.5", "factor", "outlet", "mn", "device"})
_LEAST_COLUMNS = 3
_TEXT = "text of "


# ---------------------------------------------------------------------------------------------- the kind


def recognises(name: str, head: bytes) -> bool:
    """Whether the first lines have a time, a place and weather, and nothing that another kind would know."""
    columns = columns_of(name, head) if head.strip() else frozenset()
    if not columns or columns & _NOT_WEATHER:
        return False
    found = [target for target in VALUES if any(bare(word) in columns for word in names.STATION_NAMES[target])]
    placed = any(bare(word) in columns for word in names.PLACE_NAMES) or {"longitude", "lon"} & columns
    timed = any(bare(word) in columns for word in (*names.TIME_NAMES, *names.DATE_NAMES, *names.YEAR_NAMES))
    return bool(placed) and timed and (len(found) >= _LEAST_COLUMNS or "wind_speed" in found)


def take(centre: "Centre", given: Given) -> TakenFile:
    """Take a table of observations into ``weather_hours``."""
    table = read_table(given.path)
    layout = layout_of(table, given, centre.city.zone)
    check_kind(says_simulated(table), centre, given)
    typed = _typed(table, layout, centre.city.zone)
    accepted, rejects = _part(table, layout, typed)
    accepted = _placed(accepted, centre.city)
    rows, strange = within_bounds(
        Labelled(accepted, layout.edge), rule_of(centre), table.name, centre.city.zone.key
    )
    last, superseded = without_earlier(rows.frame)
    rows = Labelled(last, layout.edge)
    wrote = write_weather(centre, given, rows, Sender("station", "observed"))
    rejects = pl.concat([table.rejects, rejects, superseded]).sort("row", maintain_order=True)
    report = account(
        table, rejects, last.height, findings=(*layout.findings, *strange, *_nowhere(last, table.name))
    )
    return TakenFile(KEY, (report,), wrote.written, wrote.corrected, wrote.unchanged)


# ---------------------------------------------------------------------------------------------- the cells


def _typed(table: Table, layout: Layout, city_zone: ZoneInfo) -> pl.DataFrame:
    found, reason = _instant(layout)
    columns = [
        found.dt.convert_time_zone(city_zone.key).alias(LABEL),
        reason.alias("_time_reason"),
        _place(layout).alias("place"),
    ]
    for name, column in layout.columns.items():
        if name == "wind_direction":
            columns += _direction(pl.col(column))
            continue
        text = pl.col(column)
        if name == "precipitation":
            is_trace = cells.clean(text).str.to_lowercase().is_in(sorted(names.TRACE))
            text = pl.when(is_trace).then(pl.lit("0")).otherwise(text)
            columns.append(pl.when(is_trace).then(pl.lit("trace")).alias("precipitation_flag"))
        number, wrong = cells.number(text)
        columns += [layout.scales[name].turn(number).alias(name), wrong.alias(f"_{name}_reason")]
    return table.frame.select(ROW, *columns)


def _instant(layout: Layout) -> tuple[pl.Expr, pl.Expr]:
    if len(layout.time) == 1:
        found, reason, _ = cells.instant(pl.col(layout.time[0]), layout.zone)
    elif len(layout.time) == 2:
        found, reason, _ = date_and_hour(*layout.time, layout.zone, None)
    else:
        parts = [cells.clean(pl.col(name)).str.replace(r"\.0+$", "") for name in layout.time]
        found, reason, _ = cells.instant(pl.format("{}-{}-{} {}:00", *parts), layout.zone)
    on_hour = (found.dt.minute() == 0) & (found.dt.second() == 0) & (found.dt.microsecond() == 0)
    return found, pl.when(reason.is_not_null()).then(reason).when(~on_hour).then(pl.lit("not_on_the_hour"))


def _place(layout: Layout) -> pl.Expr:
    if layout.place is not None:
        name = cells.clean(pl.col(layout.place))
        return pl.when(~cells.is_missing(name)).then(name.str.replace(r"^(\d+)\.0$", "${1}"))
    if layout.fixed_place is not None:
        return pl.lit(layout.fixed_place)
    longitude, latitude = (cells.number(pl.col(layout.columns[name]))[0] for name in ("longitude", "latitude"))
    return place_name(longitude, latitude)


def _direction(text: pl.Expr) -> list[pl.Expr]:
    """Degrees of a direction that is a number, the name of a wind, or calm."""
    word = cells.clean(text).str.to_lowercase()
    point = word.replace_strict(dict(names.WIND_POINTS), default=None, return_dtype=pl.Float64)
    calm, variable = word.is_in(sorted(names.CALM)), word.is_in(sorted(names.VARIABLE))
    number, wrong = cells.number(text)
    known = point.is_not_null() | calm | variable
    return [
        pl.coalesce(point, number).alias("wind_direction"),
        pl.when(~known).then(wrong).alias("_wind_direction_reason"),
        pl.when(calm).then(pl.lit("calm")).when(variable).then(pl.lit("variable")).alias("wind_direction_flag"),
    ]


def _part(table: Table, layout: Layout, typed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Part the accepted rows from the rejected ones, with one reject for each row or cell."""
    values = [name for name in VALUES if name in layout.columns]
    wrong = [pl.col(f"_{name}_reason").is_not_null() for name in values]
    flags = [pl.col(f"{name}_flag").is_not_null() for name in values if f"{name}_flag" in typed.columns]
    nothing = pl.all_horizontal([pl.col(name).is_null() for name in values])
    said = pl.any_horizontal(flags) if flags else pl.lit(False)
    typed = typed.with_columns(
        pl.when(pl.col("_time_reason").is_not_null())
        .then(pl.col("_time_reason"))
        .when(pl.col("place").is_null())
        .then(pl.lit("no_station"))
        .when(pl.any_horizontal(wrong) & nothing & ~said)
        .then(pl.lit("no_readable_value"))
        .alias("_reason")
    )
    texts = table.frame.select(ROW, pl.exclude(ROW).name.prefix(_TEXT))
    source = typed.join(texts, on=ROW, how="left", maintain_order="left")
    bad = source.filter(pl.col("_reason").is_not_null())
    stamp = pl.concat_str([pl.col(_TEXT + name) for name in layout.time], separator=" ", ignore_nulls=True)
    rejects = [
        reject_rows(bad, pl.col("_reason"), value=pl.when(pl.col("_time_reason").is_not_null()).then(stamp))
    ]
    good = source.filter(pl.col("_reason").is_null())
    for name, column in layout.columns.items():
        cell = good.filter(pl.col(f"_{name}_reason").is_not_null())
        rejects.append(reject_rows(cell, pl.col(f"_{name}_reason"), column=column, value=pl.col(_TEXT + column)))
    accepted = typed.filter(pl.col("_reason").is_null())
    return accepted.select(pl.exclude(r"^_(?:.*_)?reason$")), pl.concat(rejects)


def _placed(frame: pl.DataFrame, city: "City") -> pl.DataFrame:
    """Give rows their position: their own, else that of the city's station of this code or name."""
    for name, reach in (("longitude", 180.0), ("latitude", 90.0)):
        own = pl.col(name) if name in frame.columns else pl.lit(None, pl.Float64)
        own = pl.when(own.is_between(-reach, reach)).then(own)
        known = {key: getattr(row, name) for row in city.stations for key in (row.name_zh, row.code)}
        of_city = pl.col("place").replace_strict(known, default=None, return_dtype=pl.Float64)
        frame = frame.with_columns(pl.coalesce(own, of_city).alias(name))
    codes = {row.name_zh: row.code for row in city.stations}
    return frame.with_columns(pl.col("place").replace(codes))


def _nowhere(frame: pl.DataFrame, name: str) -> tuple[Finding, ...]:
    without = frame.filter(pl.col("longitude").is_null() | pl.col("latitude").is_null())
    if without.is_empty():
        return ()
    places = without["place"].unique().sort().to_list()
    return (
        Finding(
            "place_unknown",
            name,
            mark(
                "Nobody knows where {places} lie, so nothing near them can be asked for; add longitude, latitude."
            ),
            Severity.WARNING,
            evidence={"places": ", ".join(places[:10]), "count": len(places)},
        ),
    )
