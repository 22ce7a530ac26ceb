"""Cells of composition become numbers in the kept unit; below the detection limit a value stays as it was sent."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from lantian.desk.intake import ROW, cells, reject_rows
from lantian.loop.sense.centre import Centre
from lantian.loop.sense.doors.labels import Label
from lantian.rules import SpeciesRule
from lantian.science.composition import micrograms_per_ppb, without_dust
from lantian.science.states import State, gas_state
from lantian.store import legal_day
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

CELLS: dict[str, pl.DataType] = {
    ROW: pl.Int64(),
    "column": pl.String(),
    "species": pl.String(),
    "unit_sent": pl.String(),
    "value_text": pl.String(),
    "uncertainty_text": pl.String(),
    "mdl_text": pl.String(),
    "flags_text": pl.String(),
}
"""One row for each cell of a file that should hold a value."""
_BELOW_NUMBER = r"^[<≤]\s*([\d.]+(?:e[+-]?\d+)?)$"
_WARMEST, _COLDEST = 330.0, 240.0


@dataclass(frozen=True, slots=True)
class Typed:
    """Typed cells, and those that could not be read."""

    frame: pl.DataFrame
    """As given, with ``value_sent``, ``uncertainty``, ``mdl`` (as sent), ``below`` and ``flags`` beside."""
    rejects: pl.DataFrame


def typed(given: pl.DataFrame, rule: SpeciesRule) -> Typed:
    """Read the texts of cells as numbers, signs of “below the limit” and flags.

    Parameters
    ----------
    given : DataFrame
        With the columns of `CELLS`, and others that are kept.
    rule : SpeciesRule
        Fill values, and words for “below the limit”.
    """
    cleaned = cells.clean(pl.col("value_text")).str.to_lowercase()
    limit = cleaned.str.extract(_BELOW_NUMBER).cast(pl.Float64, strict=False)
    below = limit.is_not_null() | cleaned.is_in(list(rule.below_words))
    fill = [float(number) for number in rule.fill_values]

    def column(text: str, name: str) -> list[pl.Expr]:
        number, reason = cells.number(pl.col(text))
        return [pl.when(~number.is_in(fill)).then(number).alias(name), reason.alias(f"_{name}")]

    read = given.with_columns(below.alias("below"), limit.alias("_limit")).with_columns(
        pl.when(~pl.col("below").fill_null(value=False)).then(pl.col("value_text")).alias("_plain")
    )
    read = read.with_columns(
        *column("_plain", "value_sent"),
        *column("uncertainty_text", "uncertainty"),
        *column("mdl_text", "mdl"),
        cells.flag_set(pl.col("flags_text")).alias("flags"),
    )
    for name in ("uncertainty", "mdl"):
        negative = pl.col(name) < 0
        read = read.with_columns(
            pl.when(negative).then(pl.lit("negative_spread")).otherwise(pl.col(f"_{name}")).alias(f"_{name}"),
            pl.when(~negative).then(pl.col(name)).alias(name),
        )
    rejects = [
        reject_cells(read.filter(pl.col(f"_{name}").is_not_null()), pl.col(f"_{name}"), text)
        for name, text in (("value_sent", "value_text"), ("uncertainty", "uncertainty_text"), ("mdl", "mdl_text"))
    ]
    frame = read.with_columns(pl.coalesce("mdl", "_limit").alias("mdl"))
    unread = frame.get_column("_value_sent").is_not_null()
    return Typed(
        frame.filter(~unread).drop("_limit", "_plain", "_value_sent", "_uncertainty", "_mdl"), pl.concat(rejects)
    )


def reject_cells(rows: pl.DataFrame, reason: pl.Expr, text: str) -> pl.DataFrame:
    """Rejects of single cells, each with the name of its own column."""
    return reject_rows(rows, reason, value=pl.col(text)).with_columns(rows.get_column("column").alias("column"))


def in_kept_units(centre: Centre, rows: pl.DataFrame, rule: SpeciesRule, label: Label) -> pl.DataFrame:
    """Add ``kind``, ``unit``, ``value`` and ``state``; uncertainty and limit are converted with their value.

    A mass of a gas becomes a mixing ratio at the temperature and pressure that the label says, else at those of
    the edition in force on the day of the sample; before the first, at those of the oldest.
    """
    pairs = rows.select("species", "unit_sent").unique()
    told = [(key, unit, *_factors(rule, key, unit)) for key, unit in pairs.iter_rows()]
    names = ("species", "unit_sent", "kind", "unit", "_factor", "_molar_mass")
    kinds = dict(zip(names, (*[pl.String()] * 4, pl.Float64(), pl.Float64()), strict=True))
    joined = rows.join(
        pl.DataFrame(told, schema=kinds, orient="row"), on=["species", "unit_sent"], maintain_order="left"
    ).with_columns(legal_day(pl.col("hour_start"), centre.city.zone).alias("_day"))
    joined = joined.join(_states(centre, joined, label), on="_day", how="left", maintain_order="left")
    by_mass = pl.col("_molar_mass").is_not_null()
    per_ppb = (
        joined.get_column("_per_gram").to_numpy() * joined.get_column("_molar_mass").fill_null(1.0).to_numpy()
    )
    heavy = joined.select(by_mass.alias("x")).to_series().to_numpy()
    factor = joined.get_column("_factor").to_numpy() / np.where(heavy, per_ppb, 1.0)
    converted = {
        name: _times(joined.get_column(sent), factor)
        for name, sent in (("value", "value_sent"), ("uncertainty", "uncertainty"), ("mdl", "mdl"))
    }
    return (
        joined.with_columns(pl.Series(name, values) for name, values in converted.items())
        .with_columns(
            pl.when(by_mass).then(pl.col("_state")).alias("state"),
            pl.when(pl.col("below"))
            .then(pl.lit(value=True))
            .otherwise(pl.col("value") < pl.col("mdl"))
            .alias("below_mdl"),
        )
        .drop("_factor", "_molar_mass", "_day", "_per_gram", "_state")
    )


def _factors(rule: SpeciesRule, key: str, unit: str) -> tuple[str, str, float, float | None]:
    """Kind, kept unit, factor, and the molar mass where a mass becomes a mixing ratio."""
    species = rule.by_key[key]
    kind = rule.unit_of(species.kind)
    if unit in kind.accepted:
        return kind.kind, kind.unit, float(kind.accepted[unit]), None
    return kind.kind, kind.unit, float(kind.mass_units[unit]), float(species.molar_mass or 0) or None


def _states(centre: Centre, rows: pl.DataFrame, label: Label) -> pl.DataFrame:
    """Mass of a nmol/mol of 1 g/mol, and the state in words, of every day."""
    said = _state_said(label)
    oldest = min(edition.in_force for edition in centre.rulebook.editions("gas_state"))
    found = []
    for day in rows.get_column("_day").unique().to_list():
        state = said or gas_state(centre.rulebook.gas_state(max(day, oldest), centre.choice))
        words = f"{state.temperature:g} K, {state.pressure:g} hPa"
        found.append((day, micrograms_per_ppb(1.0, state), words))
    return pl.DataFrame(
        found, schema={"_day": pl.Date(), "_per_gram": pl.Float64(), "_state": pl.String()}, orient="row"
    )


def _state_said(label: Label) -> State | None:
    text = label.get("state")
    if text is None:
        return None
    try:
        temperature = float(text.removesuffix("k"))
    except ValueError:
        temperature = 0.0
    if not _COLDEST <= temperature <= _WARMEST:
        raise CallerError(
            "{name} says state = {text}. It is the temperature in kelvins at which masses of gases are stated, "
            "such as 298.15; the pressure is 1013.25 hPa.",
            name=label.name,
            text=text,
        )
    return State(temperature, 1013.25)


def _times(values: pl.Series, factor: FloatArray) -> pl.Series:
    """Convert; what needs no conversion keeps its digits."""
    numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    same = factor == 1.0
    product = numbers.copy()
    product[~same] = without_dust(numbers[~same] * factor[~same])
    return pl.Series(product).fill_nan(None)
