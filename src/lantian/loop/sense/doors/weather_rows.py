"""The way of all weather files into the lake: bounds, hours, what is known already, one append a table.

A label HH:00 of an observation or a model is an instant. States (temperature, wind …) at that instant belong to
the hour that begins with it; sums and means over the hour before it (precipitation, radiation) to the hour that
they cover. What a file does not speak about, another column or the other half of its first and last hour, stays
as the lake knows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import polars as pl

from lantian.desk.intake import ROW, reject_rows
from lantian.desk.language import mark
from lantian.rules import WeatherRule
from lantian.store.weather_tables import AMOUNTS, STATES, WEATHER_FORECASTS, WEATHER_HOURS
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity

if TYPE_CHECKING:
    from lantian.loop.sense.centre import Centre
    from lantian.loop.sense.doors.records import Given
    from lantian.store import Lake, Table

Edge = Literal["instant", "start", "end"]
"""What a label means: an instant, or the start or end of the hour that the whole row is a mean of."""

POSITION: tuple[str, ...] = ("longitude", "latitude", "elevation", "wind_height")
VALUES: tuple[str, ...] = (*STATES, *AMOUNTS)
LABEL = "label"
ISSUED = "issued_at"
_KEY = ("place", ISSUED, "hour_start")


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows of a file as it labels them: `place`, `LABEL`, perhaps `ISSUED`, `POSITION`, and some of `VALUES`.

    Beside a value may stand ``NAME_flag``, a word on how it was read.
    """

    frame: pl.DataFrame
    edge: Edge = "instant"
    withdraws: bool = True
    """Whether an absent value takes back one that was known; a grid or a service only leaves it out."""

    @property
    def values(self) -> tuple[str, ...]:
        """Columns that the file speaks about."""
        return tuple(name for name in VALUES if name in self.frame.columns)


@dataclass(frozen=True, slots=True)
class Wrote:
    """What the appends of a file did."""

    written: int = 0
    corrected: int = 0
    unchanged: int = 0


def rule_of(centre: "Centre") -> WeatherRule:
    """Return the bounds in force on the day of taking."""
    return centre.rulebook.edition(WeatherRule, "weather", centre.today(), centre.choice)


def check_kind(said: bool | None, centre: "Centre", given: "Given") -> None:
    """Refuse a measured file in a simulated workspace, and a simulated one among measurements.

    Parameters
    ----------
    said : bool, optional
        What the file says of itself; where it says nothing, its sender does, and one that says nothing measured.

    Raises
    ------
    CallerError
        The file is of the other kind.
    """
    simulated = given.simulated is True if said is None else said
    if simulated == centre.simulated and given.simulated in (None, centre.simulated):
        return
    if centre.simulated:
        raise CallerError(
            "{name} does not say that it is simulated, and this workspace holds simulated data for ever; the two "
            "never mix. Mark it so (docs/weather-and-fires.md), or use a workspace for real data.",
            name=given.name,
        )
    raise CallerError(
        "{name} says that it is simulated, or its sender is, and this workspace holds real data for ever; the two "
        "never mix. Use a workspace for simulated data.",
        name=given.name,
    )


_YES = frozenset({"true", "1", "1.0", "yes", "y", "是", "模拟"})
_NO = frozenset({"false", "0", "0.0", "no", "n", "否", "实测"})


def yes_or_no(word: object) -> bool | None:
    """Read a mark as files write it; None where it is absent or unknown.

    Examples
    --------
    >>> yes_or_no("是"), yes_or_no(0), yes_or_no(None)
    (True, False, None)
    """
    text = str(word).strip().lower()
    return True if text in _YES else False if text in _NO else None


# ---------------------------------------------------------------------------------------------- bounds


def within_bounds(rows: Labelled, rule: WeatherRule, name: str, zone: str) -> tuple[Labelled, tuple[Finding, ...]]:
    """Take away fill values and what cannot be true, and the direction of a calm; say how often."""
    frame = rows.frame
    if "wind_direction" in frame.columns:
        codes = [float(number) for number in rule.calm_codes]
        frame = _flagged(frame, "wind_direction", pl.col("wind_direction").is_in(codes), "calm")
    frame, findings = bounded(
        frame, {key: rule.bounds[key] for key in rows.values}, rule, name, when=LABEL, zone=zone
    )
    if {"wind_speed", "wind_direction"} <= set(frame.columns):
        frame = _flagged(frame, "wind_direction", pl.col("wind_speed") == 0, "calm")
    if "wind_direction" in frame.columns:
        north = pl.when(pl.col("wind_direction") == 0).then(360.0).otherwise(pl.col("wind_direction"))
        frame = frame.with_columns(north.alias("wind_direction"))
    return Labelled(frame, rows.edge, rows.withdraws), findings


def bounded(
    frame: pl.DataFrame,
    bounds: "dict[str, tuple[object, object]]",
    rule: WeatherRule,
    name: str,
    *,
    when: str,
    zone: str,
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """Make null what is a fill value or beyond its bounds, with ``NAME_flag`` beside it and a finding each."""
    fills, seldom = (
        sorted({float(number) * sign for number in numbers for sign in (1, -1)})
        for numbers in (rule.fills, rule.fills_beyond)
    )
    findings: list[Finding] = []
    for column, (low, high) in bounds.items():
        value = pl.col(column)
        frame = frame.with_columns(pl.when(value.is_finite()).then(value).alias(column))
        beyond = ~value.is_between(float(str(low)), float(str(high)))
        fill = value.is_in(fills) | (beyond & value.is_in(seldom))
        for code, wrong in (("fill", fill), ("implausible", beyond & ~fill)):
            odd = frame.filter(wrong)
            if odd.is_empty():
                continue
            first = odd.row(0, named=True)
            at = first[when]
            findings.append(
                Finding(
                    f"{code}_values",
                    name,
                    _FILLS if code == "fill" else _IMPLAUSIBLE,
                    Severity.INFO if code == "fill" else Severity.WARNING,
                    when=at,
                    evidence={
                        "column": column,
                        "count": odd.height,
                        "value": first[column],
                        "low": float(str(low)),
                        "high": float(str(high)),
                        "hour": _clock(at, zone),
                    },
                    competing_explanation=None if code == "fill" else _OTHER_UNIT,
                )
            )
            frame = _flagged(frame, column, wrong, code)
    return frame, tuple(findings)


_FILLS = mark("{count} values of {column} are fill values such as {value}; they are missing. First {hour}.")
_IMPLAUSIBLE = mark(
    "{count} values of {column} lie beyond {low} … {high} and are kept as missing; first {value} at {hour}."
)
_OTHER_UNIT = mark("The column may be in another unit than was read: look at its heading.")


def _clock(at: datetime | None, zone: str) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def _flagged(frame: pl.DataFrame, column: str, wrong: pl.Expr, code: str) -> pl.DataFrame:
    name = f"{column}_flag"
    before = pl.col(name) if name in frame.columns else pl.lit(None, pl.String)
    return frame.with_columns(
        pl.when(wrong).then(pl.lit(code)).otherwise(before).alias(name),
        pl.when(~wrong.fill_null(value=False)).then(pl.col(column)).alias(column),
    )


# ---------------------------------------------------------------------------------------------- hours


def without_earlier(frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Keep the last row of each place and label; the others become rejects ``superseded``."""
    key = [name for name in ("place", ISSUED, LABEL) if name in frame.columns]
    last = pl.col(ROW) == pl.col(ROW).max().over(key)
    return frame.filter(last), reject_rows(frame.filter(~last), "superseded")


def hours_of(rows: Labelled) -> pl.DataFrame:
    """Put labelled rows into hours: `_KEY`, position, values, what was spoken of, flags of states and amounts."""
    frame = rows.frame
    if ISSUED not in frame.columns:
        frame = frame.with_columns(pl.lit(None, pl.Datetime("us", "UTC")).alias(ISSUED))
    frame = frame.with_columns(
        *(pl.col(name).dt.convert_time_zone("UTC").cast(pl.Datetime("us", "UTC")) for name in (LABEL, ISSUED)),
        *(pl.lit(None, pl.Float64).alias(name) for name in POSITION if name not in frame.columns),
    )
    states = _half(frame, [name for name in STATES if name in frame.columns], "states", rows.edge == "end")
    amounts = _half(frame, [name for name in AMOUNTS if name in frame.columns], "amounts", rows.edge != "start")
    both = states.join(
        amounts,
        on=list(_KEY),
        how="full",
        coalesce=True,
        nulls_equal=True,
        suffix="_amounts",
        maintain_order="left",
    ).with_columns(pl.col("_states").fill_null(value=False), pl.col("_amounts").fill_null(value=False))
    both = both.with_columns(pl.coalesce(name, f"{name}_amounts").alias(name) for name in POSITION).drop(
        f"{name}_amounts" for name in POSITION
    )
    said = [pl.col(name).is_not_null() for name in (*AMOUNTS, "_flags_amounts") if name in both.columns]
    return both.filter(pl.col("_states") | pl.any_horizontal(said))


def _half(frame: pl.DataFrame, values: Sequence[str], which: str, earlier: bool) -> pl.DataFrame:
    """States or amounts of the rows, at the hours that they belong to."""
    start = pl.col(LABEL).dt.offset_by("-1h") if earlier else pl.col(LABEL)
    flags = [
        pl.when(pl.col(f"{name}_flag").is_not_null()).then(pl.format(f"{name}:{{}}", f"{name}_flag"))
        for name in values
        if f"{name}_flag" in frame.columns
    ]
    words = pl.concat_str(flags, separator=",", ignore_nulls=True) if flags else pl.lit(None, pl.String)
    return frame.filter(pl.lit(bool(values))).select(
        "place",
        ISSUED,
        start.alias("hour_start"),
        *POSITION,
        *values,
        pl.lit(True).alias(f"_{which}"),
        pl.when(words != "").then(words).alias(f"_flags_{which}"),
    )


# ---------------------------------------------------------------------------------------------- the lake


@dataclass(frozen=True, slots=True)
class Sender:
    """What is the same for every row of a file."""

    source: str
    kind: Literal["observed", "analysis"]


def write_weather(centre: "Centre", given: "Given", rows: Labelled, sender: Sender) -> Wrote:
    """Append the rows of a file: hours that a forecast was made for to the one table, all others to the other."""
    hours = hours_of(rows)
    ahead = pl.col(ISSUED).is_not_null() & (pl.col("hour_start") >= pl.col(ISSUED))
    forecast = hours.filter(ahead).with_columns(
        lead_hours=(pl.col("hour_start") - pl.col(ISSUED)).dt.total_minutes() / 60
    )
    others = hours.filter(~ahead).drop(ISSUED).with_columns(kind=pl.lit(sender.kind))
    total = Wrote()
    for table, part in ((WEATHER_HOURS, others), (WEATHER_FORECASTS, forecast)):
        if part.is_empty():
            continue
        part = part.with_columns(
            source=pl.lit(sender.source), origin=pl.lit(given.origin), simulated=pl.lit(centre.simulated)
        )
        frame = _with_known(centre.lake, table, part, rows)
        done = centre.lake.append(table, frame, only_changes=True, taken=given.once)
        total = Wrote(
            total.written + done.written, total.corrected + done.corrected, total.unchanged + done.unchanged
        )
    return total


def _with_known(lake: "Lake", table: "Table", part: pl.DataFrame, rows: Labelled) -> pl.DataFrame:
    """Fill in what the lake knows and the file does not speak about."""
    key = list(table.key)
    known = _known(lake, table, part).select(
        *key, *(pl.col(name).alias(f"{name}_known") for name in (*POSITION, *VALUES, "flags"))
    )
    joined = part.join(known, on=key, how="left", maintain_order="left")
    columns: list[pl.Expr] = [pl.coalesce(name, f"{name}_known").alias(name) for name in POSITION]
    flags: list[pl.Expr] = []
    for family, which in ((STATES, "_states"), (AMOUNTS, "_amounts")):
        for name in family:
            held = pl.col(f"{name}_known")
            held_flag = pl.col("flags_known").str.extract(rf"(?:^|,)({name}:[^,]*)")
            if name not in rows.values:
                columns.append(held.alias(name))
                flags.append(held_flag)
                continue
            spoken = pl.col(which) if rows.withdraws else pl.col(which) & _said(name, which)
            new_flag = pl.col(f"_flags{which}").str.extract(rf"(?:^|,)({name}:[^,]*)")
            columns.append(pl.when(spoken).then(pl.col(name)).otherwise(held).alias(name))
            flags.append(pl.when(spoken).then(new_flag).otherwise(held_flag))
    words = pl.concat_list(flags).list.drop_nulls().list.sort().list.join(",")
    joined = joined.with_columns(*columns, pl.when(words != "").then(words).alias("flags"))
    return joined.select(column.name for column in table.columns)


def _said(name: str, which: str) -> pl.Expr:
    """Whether a value or a flag of it stands in the row."""
    return pl.col(name).is_not_null() | pl.col(f"_flags{which}").str.contains(f"{name}:").fill_null(value=False)


def _known(lake: "Lake", table: "Table", part: pl.DataFrame) -> pl.DataFrame:
    """Rows of the lake with the keys of these, instants in UTC."""
    first, last = part.select(first=pl.col("hour_start").min(), last=pl.col("hour_start").max()).row(0)
    where = pl.col("place").is_in(part["place"].unique().to_list()) & (pl.col("source") == part["source"][0])
    rows = lake.read(table, first=lake.day_of(first), last=lake.day_of(last), where=where)
    return rows.with_columns(
        pl.col(name).dt.convert_time_zone("UTC") for name in table.key if rows.schema[name].is_temporal()
    )
