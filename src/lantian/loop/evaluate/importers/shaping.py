"""Steps that several importers share: units, states, the lake's columns, doubtful values, revisions."""

from collections.abc import Callable, Sequence

import polars as pl

from lantian.desk.language import mark
from lantian.loop.evaluate.importers.records import (
    HOURS_COLUMNS,
    PUBLISHED_COLUMNS,
    RUNNING,
    VALUES,
    ImportOptions,
)
from lantian.rules.records import StateRule
from lantian.store import legal_day
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.pollutants import NAMES, Pollutant

_PLACES = 9
"""Places after the point that a conversion keeps: takes the dust of binary fractions away."""


def converted(target: str, unit: str, number: pl.Expr, options: ImportOptions) -> pl.Expr:
    """Turn a number of a file into the lake's unit: µg/m³, mg/m³ for carbon monoxide.

    A mixing ratio is converted with the factors of the edition in force on the day of the hour.

    Raises
    ------
    CallerError
        When the unit makes no sense for the target, for instance ppb of particles.
    """
    pollutant = _pollutant_of(target)
    if pollutant is None:
        if unit in {"1", "µg/m³"}:
            return number
        raise CallerError(
            "{target} is an index or a word, so the unit {unit!r} makes no sense. Leave it out of the mapping.",
            target=target,
            unit=unit,
        )
    own = NAMES[pollutant].unit
    if unit == own:
        return number
    if unit in {"µg/m³", "mg/m³"}:
        scaled = number / 1000 if own == "mg/m³" else number * 1000
        return scaled.round(_PLACES)  # a division alone may leave 0.35000000000000003
    if unit not in {"ppb", "ppm"} or not any(pollutant in rule.ppb_to_micrograms for rule in options.state_rules):
        raise CallerError(
            "{pollutant} cannot be given in {unit!r}. Mend the mapping: {own}, or ppb and ppm for gases.",
            pollutant=pollutant,
            unit=unit,
            own=own,
        )
    in_own = {("ppb", "mg/m³"): 0.001, ("ppm", "µg/m³"): 1000.0}.get((unit, own), 1.0)
    factor = _by_date(options, lambda rule: float(rule.ppb_to_micrograms[pollutant]))
    return (number * in_own * factor).round(_PLACES)


def _pollutant_of(target: str) -> Pollutant | None:
    stem = target.split("_", maxsplit=1)[0]
    return Pollutant(stem) if stem in VALUES else None


def _by_date(options: ImportOptions, value: Callable[[StateRule], str | float]) -> pl.Expr:
    """Value of the edition that holds on the day of ``hour_start``; before the first, that of the oldest."""
    day = legal_day(pl.col("hour_start"), options.zone)
    in_order = sorted(options.state_rules, key=lambda rule: rule.in_force)
    found: pl.Expr = pl.when(day < in_order[0].in_force).then(pl.lit(value(in_order[0])))
    for rule in in_order:
        holds = day >= rule.in_force
        if rule.until is not None:
            holds &= day <= rule.until
        found = pl.when(holds).then(pl.lit(value(rule))).otherwise(found)
    return found


def state_column(options: ImportOptions) -> pl.Expr:
    """State of a row's concentrations: as the caller says, or as the edition in force on that day."""
    if options.state != "by_date":
        return pl.lit(options.state)
    return _by_date(options, _state_of) if options.state_rules else pl.lit("reference")


def _state_of(rule: StateRule) -> str:
    return "standard" if rule.particle_state == "standard" else "reference"


def hours_frame(frame: pl.DataFrame, options: ImportOptions, source: str, origin: str) -> pl.DataFrame:
    """Give a frame with ``station``, ``hour_start`` and some values the columns of ``ambient_hours``."""
    given: dict[str, pl.Expr] = {
        "stage": pl.lit(options.stage),
        "state": state_column(options),
        "source": pl.lit(source),
        "origin": pl.lit(origin),
        "simulated": pl.lit(options.simulated),
    }
    columns: list[pl.Expr] = []
    for name in HOURS_COLUMNS:
        if name in frame.columns:
            columns.append(pl.col(name).fill_null(given[name]) if name in given else pl.col(name))
        elif name in given:
            columns.append(given[name].alias(name))
        else:
            columns.append(pl.lit(None, pl.Float64 if name in VALUES else pl.String).alias(name))
    return frame.select(columns).cast(dict.fromkeys(VALUES, pl.Float64))


def published_frame(frame: pl.DataFrame, options: ImportOptions, source: str, origin: str) -> pl.DataFrame:
    """Give a frame the columns of ``published_hours``; a row in which nothing was published is left out."""
    given = {"source": pl.lit(source), "origin": pl.lit(origin), "simulated": pl.lit(options.simulated)}
    kinds: dict[str, pl.DataType] = {
        **dict.fromkeys(RUNNING, pl.Float64()),
        "aqi": pl.Int64(),
        **dict.fromkeys(("place", "area", "primary", "level"), pl.String()),
    }
    columns = [
        given[name].alias(name)
        if name in given
        else pl.col(name).cast(kinds.get(name, frame.schema[name]), strict=False)
        if name in frame.columns
        else pl.lit(None, kinds[name]).alias(name)
        for name in PUBLISHED_COLUMNS
    ]
    said = pl.any_horizontal([pl.col(name).is_not_null() for name in ("aqi", "primary", "level", *RUNNING)])
    return frame.select(columns).filter(said)


def in_order_of_versions(frame: pl.DataFrame, content: Sequence[str]) -> pl.DataFrame:
    """Drop rows that repeat the version just before them; keep changed ones in their order.

    An answer that was saved twice says nothing new; a value that changed and changed back said three things.
    """
    key = ["station", "hour_start"]
    if not frame.select(pl.struct(key).is_duplicated().any()).item():
        return frame
    names = [name for name in content if name in frame.columns and name not in key]
    before = pl.struct(names).shift(1).over(key)
    first = pl.int_range(pl.len()).over(key) == 0
    return frame.filter(first | (pl.struct(names) != before))


def doubtful_values(frame: pl.DataFrame, name: str) -> tuple[Finding, ...]:
    """Notice particles upside down and values at or below zero: real in every feed, flagged, never rejected."""
    found: list[Finding] = []
    both = frame.filter(pl.col("pm25").is_not_null() & pl.col("pm10").is_not_null())
    inverted = both.filter(pl.col("pm25") > pl.col("pm10"))
    if inverted.height:
        found.append(
            _finding(
                "pm_inversion",
                name,
                mark("{count} of {rows} rows with both have more PM2.5 than PM10; first {station}, {hour}."),
                inverted,
                both.height,
                mark("At low dust and high humidity two right instruments differ by that much."),
            )
        )
    for value in VALUES:
        low = frame.filter(pl.col(value) <= 0)
        if low.height:
            found.append(
                _finding(
                    "not_above_zero",
                    name,
                    mark("{count} of {rows} values of {pollutant} are zero or below; first {station}, {hour}."),
                    low,
                    frame.get_column(value).count(),
                    mark("Below its detection limit an instrument in normal operation gives such values."),
                    pollutant=NAMES[Pollutant(value)].symbol,
                )
            )
    return tuple(found)


def revisions(frame: pl.DataFrame, name: str) -> tuple[Finding, ...]:
    """Notice station-hours that the file holds in several different versions."""
    key = ["station", "hour_start"]
    several = frame.filter(pl.len().over(key) > 1)
    if several.is_empty():
        return ()
    ends = several.group_by(key, maintain_order=True).agg(
        pl.col(VALUES).drop_nulls().first().name.suffix("_first"), pl.col(VALUES).drop_nulls().last()
    )
    ratios = {
        value: ends.select((pl.col(value) / pl.col(f"{value}_first")).drop_nans().median()).item()
        for value in VALUES
    }
    evidence = {f"median_ratio_{value}": round(ratio, 4) for value, ratio in ratios.items() if ratio is not None}
    return (
        _finding(
            "revised",
            name,
            mark("{count} station-hours have several versions, kept in their order; first {station}, {hour}."),
            ends,
            frame.height,
            mark("A change of the reference state moves all gases by one factor and particles by another."),
            **evidence,
        ),
    )


def _finding(
    code: str, name: str, message: str, rows: pl.DataFrame, of: int, innocent: str, **more: str | float
) -> Finding:
    first = rows.row(0, named=True)
    return Finding(
        code,
        name,
        message,
        Severity.WARNING if code != "not_above_zero" else Severity.INFO,
        when=first["hour_start"],
        evidence={
            "count": rows.height,
            "rows": of,
            "station": first["station"],
            "hour": first["hour_start"].strftime("%Y-%m-%d %H:%M"),
            **more,
        },
        competing_explanation=innocent,
    )
