"""Reactivity hour by hour as a frame: by species, by group (活性逐时表)."""

import numpy as np
import polars as pl

from lantian.rules.species_records import SpeciesRule
from lantian.science.reactivity.coefficients import Coefficients, Scale
from lantian.science.reactivity.potential import aerosol_potential, oh_loss_rate, ozone_formation_potential
from lantian.science.states import State
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

NEEDED = ("station", "hour_start", "species", "value")
"""Columns of the frame that comes in; `value` in nmol/mol."""
QUANTITIES = ("mixing", "mass", "ozone", "oh_loss", "aerosol")
"""Columns of numbers: nmol/mol, µg/m³, µg/m³, 1/s, µg/m³."""


def reactivity_of(rows: pl.DataFrame, rule: SpeciesRule, scale: Scale, state: State) -> pl.DataFrame:
    """Give each measured hour of each VOC its mass, ozone, OH loss and aerosol.

    Parameters
    ----------
    rows : polars.DataFrame
        Columns of `NEEDED`; species that the rule has not are refused. [nmol mol-1]
    rule : SpeciesRule
        Reactivities.
    scale : Scale
        Which reactivity; it stands in the column `scale`.
    state : State
        State of masses, and of the air for the loss of OH. [K, hPa]

    Returns
    -------
    polars.DataFrame
        `station, hour_start, species, group, scale` and `QUANTITIES`; null where the coefficient was never
        published, and where the value is missing.

    Raises
    ------
    CallerError
        If a column or a species is unknown.

    Examples
    --------
    >>> from lantian.rules import Rulebook
    >>> rows = pl.DataFrame({"station": ["S"], "hour_start": [0], "species": ["benzene"], "value": [1.0]})
    >>> species = Rulebook.packaged().by_id("species-2013")
    >>> found = reactivity_of(rows, species, Scale.CARTER, State(298.15, 1013.25))
    >>> found.select("group", pl.col("mass", "ozone").round(2)).row(0)
    ('aromatics', 3.19, 2.3)
    """
    if missing := [name for name in NEEDED if name not in rows.columns]:
        raise CallerError(
            "the frame of species lacks {missing}; it needs {needed}", missing=missing, needed=NEEDED
        )
    keys = rows["species"].unique().sort().to_list()
    if strange := [key for key in keys if key not in rule.by_key or rule.by_key[key].kind != "voc"]:
        raise CallerError("{strange} are no VOC of the rule {rule}; leave them out", strange=strange, rule=rule.id)
    of = Coefficients.of(keys, rule, scale)
    one = np.ones((1, len(keys)))
    factors = pl.DataFrame(
        {
            "species": keys,
            "group": list(of.groups),
            "scale": [scale.value] * len(keys),
            "mass": _column(of.mass_per_ppb(state)),
            "ozone": _column(ozone_formation_potential(one, of, state)),
            "oh_loss": _column(oh_loss_rate(one, of, state)),
            "aerosol": _column(aerosol_potential(one, of, state)),
        },
        schema_overrides={"species": pl.String, "group": pl.String, "scale": pl.String},
    )
    joined = rows.select(NEEDED).join(factors, on="species", how="left", maintain_order="left")
    value = pl.col("value").cast(pl.Float64).fill_nan(None)
    return joined.select(
        *("station", "hour_start", "species", "group", "scale"),
        value.alias("mixing"),
        *((pl.col(name) * value).alias(name) for name in QUANTITIES[1:]),
    )


def by_group(found: pl.DataFrame) -> pl.DataFrame:
    """Sum the species of each group, hour by hour, and say how many had a value and how many no reactivity.

    Parameters
    ----------
    found : polars.DataFrame
        As from `reactivity_of`.

    Returns
    -------
    polars.DataFrame
        `station, hour_start, group, scale`, `QUANTITIES` (null where nothing was there), `measured` (species with
        a value) and `without_reactivity` (of these, species that count as nothing in `ozone`).
    """
    sums = [pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name) for name in QUANTITIES]
    measured = pl.col("mixing").is_not_null()
    return found.group_by("station", "hour_start", "group", "scale", maintain_order=True).agg(
        *sums,
        measured.sum().cast(pl.Int64).alias("measured"),
        (measured & pl.col("ozone").is_null()).sum().cast(pl.Int64).alias("without_reactivity"),
    )


def ranked(found: pl.DataFrame, quantity: str) -> pl.DataFrame:
    """Rank species by what they bring in the mean of all hours (关键活性物种).

    Parameters
    ----------
    found : polars.DataFrame
        As from `reactivity_of`.
    quantity : str
        One of `QUANTITIES`.

    Returns
    -------
    polars.DataFrame
        `species, group, hours, mean, share, rank`; equals share a rank. The share is of the sum of the means.

    Raises
    ------
    CallerError
        If there is no such quantity.
    """
    if quantity not in QUANTITIES:
        raise CallerError("{quantity!r} is no quantity; use one of {known}", quantity=quantity, known=QUANTITIES)
    means = (
        found.group_by("species", "group", maintain_order=True)
        .agg(pl.col(quantity).count().cast(pl.Int64).alias("hours"), pl.col(quantity).mean().alias("mean"))
        .filter(pl.col("mean").is_not_null())
    )
    return means.with_columns(
        (pl.col("mean") / pl.col("mean").sum()).alias("share"),
        pl.col("mean").rank("min", descending=True).cast(pl.Int64).alias("rank"),
    ).sort("rank", "species")


def _column(factors: FloatArray) -> pl.Series:
    return pl.Series(np.ravel(factors), dtype=pl.Float64).fill_nan(None)
