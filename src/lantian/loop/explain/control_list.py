"""Which plants matter for ozone, and what may be asked of them (臭氧前体物重点企业管控清单)?

A plant's VOC weigh by what they can make, its NOx by mass; both are worth what the regime of the days gives them:
the relative incremental reactivity times the plant's share of the city. So VOC and NOx stand in one list, as
parts of the ozone that the city's air makes, and NOx that would make more ozone stands there with its minus.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from lantian.loop.explain.editions import find_edition
from lantian.loop.explain.keeping import of_edition
from lantian.loop.explain.ozone_days import OzoneDay, season_of
from lantian.loop.explain.queries import emissions
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_SOURCES
from lantian.rules.species_records import SpeciesRule
from lantian.rules.voc_records import ControlListRule
from lantian.science.boxmodel import Regime
from lantian.science.inventory.removal import device, remaining
from lantian.science.inventory.rules import InventoryRules
from lantian.science.inventory.speciation import profile_of
from lantian.science.reactivity import Coefficients, GroupWeight, Scale, group_weights
from lantian.science.states import gas_state
from lantian.terms.words import mark

POLLUTANTS = ("voc", "nox")
CONTROL_LIST: dict[str, type[pl.DataType]] = {
    "rank": pl.Int64, "county": pl.String, "county_rank": pl.Int64, "source": pl.String, "name": pl.String,
    "pollutant": pl.String, "amount": pl.Float64, "low": pl.Float64, "high": pl.Float64, "potential": pl.Float64,
    "share": pl.Float64, "effect": pl.Float64, "effect_low": pl.Float64, "effect_high": pl.Float64,
    "reachable": pl.Float64, "reachable_amount": pl.Float64, "reachable_effect": pl.Float64,
    "key_plant": pl.Boolean, "confidence": pl.String, "reason": pl.String,
}  # fmt: skip
"""Columns of the list: amounts in tonnes a year, `potential` in tonnes of ozone (VOC only), shares and effects as
parts of one: `effect` of the city's ozone production if all of it went, `reachable` of the plant's own amount."""

_REASONS = {
    "voc_key": mark("Its VOC make much ozone for their mass, and VOC limit ozone on these days"),
    "voc": mark("VOC limit ozone on these days; its share is small"),
    "voc_weak": mark("NOx limits ozone on these days; VOC are worth little"),
    "nox": mark("Less NOx brings less ozone on these days"),
    "nox_against": mark(
        "Less NOx alone brings more ozone on these days: cut it together with VOC, or for other reasons"
    ),
    "no_profile": mark("Nobody knows what its VOC consist of; they weigh as the city's mean"),
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """How much less ozone less of a precursor brings, with its interval over the days. [1]"""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ControlList:
    """The list, and everything that a reader must know about it."""

    rows: pl.DataFrame
    """Columns of `CONTROL_LIST`, the most ozone that can be reached first."""
    regime: Regime
    days: tuple[date, ...]
    """Days that the regime rests on."""
    voc: Outlook
    nox: Outlook
    weights: Mapping[str, GroupWeight]
    scale: Scale
    edition: str
    rules: tuple[str, ...]
    """Ids of the editions that it was made by."""


def control_list(
    study: Study,
    key: str | None,
    days: Sequence[OzoneDay],
    regimes: pl.DataFrame,
    *,
    scale: Scale = Scale.CARTER,
) -> ControlList:
    """Rank plants by the ozone that they can spare the city under the regime of the days (企业管控清单).

    Parameters
    ----------
    study : Study
        The room's scene.
    key : str or None
        Edition of the inventory; by default the newest.
    days : sequence of OzoneDay
        Days whose measured VOC weigh the groups; one day gives the list of that day.
    regimes : DataFrame
        As from `regimes_of`.
    scale : Scale
        Which reactivity; it is said in the list.

    Returns
    -------
    ControlList
        Plants are sources of the kind `point`.

    Raises
    ------
    CallerError
        No such edition, none that was computed, or too few days for a regime.
    """
    edition = find_edition(study, key)
    rule = study.rulebook.edition(ControlListRule, "control_list", date(edition.year, 12, 31), study.choice)
    species = study.rulebook.edition(SpeciesRule, "species", date(edition.year, 12, 31), study.choice)
    least = min(rule.least_days, len(days)) if len(days) == 1 else rule.least_days
    regime = season_of(regimes, least)
    spread = (float(rule.spread[0]), float(rule.spread[1]))
    voc, nox = (_outlook(regimes[name].to_numpy(), spread) for name in POLLUTANTS)
    weights = group_weights(species, scale, _mean_mass(study, days, species, scale), spread)
    rules = study.rules(edition.year)
    every = emissions(study, edition.key).filter(pl.col("pollutant").is_in(POLLUTANTS))
    weighed = every.with_columns(_weighed(every, rules, weights))
    plants = _plants(study, edition.key, weighed, _best(rule, rules), {"voc": voc, "nox": nox}, weighed)
    ordered = _ranked(plants, float(rule.key_share))
    reasons = [_reason(row, regime) for row in ordered.iter_rows(named=True)]
    rows = ordered.with_columns(pl.Series("reason", reasons, pl.String)).select(
        pl.col(name).cast(kind) for name, kind in CONTROL_LIST.items()
    )
    used = (rule.id, species.id, rules.voc.id, rules.controls.id)
    return ControlList(rows, regime, tuple(regimes["day"]), voc, nox, weights, scale, edition.key, used)


def county_sums(found: ControlList) -> pl.DataFrame:
    """Sum the list by county (分县区汇总).

    Returns
    -------
    DataFrame
        ``county, pollutant, plants, key_plants, amount`` [t], ``reachable_amount`` [t], ``reachable_effect`` [1];
        the county with the greatest effect first.
    """
    sums = found.rows.group_by("county", "pollutant").agg(
        pl.len().cast(pl.Int64).alias("plants"),
        pl.col("key_plant").sum().cast(pl.Int64).alias("key_plants"),
        pl.col("amount", "reachable_amount", "reachable_effect").sum(),
    )
    return sums.sort("reachable_effect", "county", "pollutant", descending=[True, False, False])


def _outlook(values: np.ndarray[Any, np.dtype[np.float64]], spread: tuple[float, float]) -> Outlook:
    low, middle, high = np.quantile(values, [spread[0], 0.5, spread[1]])
    return Outlook(float(middle), float(low), float(high))


def _mean_mass(study: Study, days: Sequence[OzoneDay], species: SpeciesRule, scale: Scale) -> dict[str, float]:
    """Mean mass of each species over the days, at the gas state of the first of them. [ug m-3]"""
    if not days:
        return {}
    state = gas_state(study.rulebook.gas_state(days[0].day, study.choice))
    keys = sorted({key for each in days for key in each.voc})
    factors = Coefficients.of(keys, species, scale).mass_per_ppb(state)
    return {
        key: float(np.mean([each.voc[key].mean() for each in days if key in each.voc]) * factor)
        for key, factor in zip(keys, factors, strict=True)
    }


def _weighed(rows: pl.DataFrame, rules: InventoryRules, weights: Mapping[str, GroupWeight]) -> list[pl.Series]:
    """Ozone per tonne of each row with its interval, and whether its profile is known. [t O3/t]"""
    profiles = [
        profile_of(category, rules) if pollutant == "voc" else None
        for category, pollutant in rows.select("category", "pollutant").iter_rows()
    ]
    is_voc = rows["pollutant"] == "voc"
    known = pl.Series("profile_known", [each is not None for each in profiles], pl.Boolean)
    tonnes = rows["amount"].filter(is_voc & known)
    columns = []
    for end in ("mean", "low", "high"):
        ozone = pl.Series(
            f"per_tonne_{end}",
            [
                sum(float(share) * getattr(weights[group], end) for group, share in each.shares.items())
                if each
                else 0.0
                for each in profiles
            ],
            pl.Float64,
        )
        whole = float(tonnes.sum())
        usual = float((ozone.filter(is_voc & known) * tonnes).sum()) / whole if whole else 0.0
        columns.append(ozone.set(is_voc & ~known, usual))
    return [*columns, (known | ~is_voc).alias("profile_known")]


def _best(rule: ControlListRule, rules: InventoryRules) -> dict[str, float]:
    """Share that the reachable technique leaves of each pollutant. [1]"""
    return {
        row.pollutant: remaining(
            [device(rules, technique) for technique in (row.capture, row.technique) if technique], row.pollutant
        )
        for row in rule.reachable
    }


def _plants(
    study: Study,
    key: str,
    rows: pl.DataFrame,
    best: Mapping[str, float],
    outlooks: Mapping[str, Outlook],
    city: pl.DataFrame,
) -> pl.DataFrame:
    """Sum the processes of each plant, and give them their effect."""
    worth = pl.when(pl.col("pollutant") == "voc").then(pl.col("per_tonne_mean")).otherwise(1.0)
    left = pl.col("pollutant").replace_strict(dict(best), default=1.0, return_dtype=pl.Float64)
    can = pl.when(pl.col("method") == "factor").then((1 - left / pl.col("left_share")).clip(0, 1))
    worthy = {
        "_worth": pl.col("amount") * worth,
        "_can": pl.col("amount") * can,
        "_able": pl.col("amount") * worth * can,
    }
    ends = {
        f"_{end}": pl.col(end)
        * pl.when(pl.col("pollutant") == "voc").then(pl.col(f"per_tonne_{end}")).otherwise(1.0)
        for end in ("low", "high")
    }
    whole = city.with_columns(**worthy).group_by("pollutant").agg(pl.col("_worth").sum().alias("_city"))
    sources = study.lake.read(INVENTORY_SOURCES, where=of_edition(key)).select("source", "name", "kind")
    plants = (
        rows.with_columns(**worthy, **ends)
        .join(sources.filter(pl.col("kind") == "point"), on="source")
        .group_by("source", "name", "county", "pollutant", maintain_order=True)
        .agg(
            pl.col("amount", "low", "high", "_worth", "_low", "_high").sum(),
            *(
                pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
                for name in ("_can", "_able")
            ),
            pl.col("confidence").max(),
            pl.col("profile_known").all(),
        )
        .join(whole, on="pollutant")
    )
    share, able = pl.col("_worth") / pl.col("_city"), pl.col("_able") / pl.col("_city")
    sides = [
        pl.col("pollutant").replace_strict(
            {name: getattr(each, end) for name, each in outlooks.items()}, return_dtype=pl.Float64
        )
        for end in ("middle", "low", "high")
    ]
    corners = [(pl.col(end) / pl.col("_city")) * side for end in ("_low", "_high") for side in sides[1:]]
    return plants.filter(pl.col("amount") > 0).with_columns(
        potential=pl.when(pl.col("pollutant") == "voc").then(pl.col("_worth")),
        share=share,
        effect=share * sides[0],
        effect_low=pl.min_horizontal(corners),
        effect_high=pl.max_horizontal(corners),
        reachable=pl.col("_can") / pl.col("amount"),
        reachable_amount=pl.col("_can"),
        reachable_effect=able * sides[0],
    )


def _ranked(plants: pl.DataFrame, key_share: float) -> pl.DataFrame:
    """Order the plants by what they can spare the city, and name those that matter together."""
    ordered = plants.sort(
        pl.col("reachable_effect").fill_null(pl.col("effect")),
        "source",
        "pollutant",
        descending=[True, False, False],
    )
    spared = pl.max_horizontal(pl.col("reachable_effect").fill_null(0.0), 0.0)
    before = spared.cum_sum() - spared
    return ordered.with_columns(
        rank=pl.int_range(1, pl.len() + 1),
        county_rank=pl.int_range(1, pl.len() + 1).over("county"),
        key_plant=(spared > 0) & (before < key_share * spared.sum()),
    )


def _reason(row: Mapping[str, Any], regime: Regime) -> str:
    """Message id of why a row stands where it stands."""
    if row["pollutant"] == "nox":
        return _REASONS["nox" if row["effect"] > 0 else "nox_against"]
    if not row["profile_known"]:
        return _REASONS["no_profile"]
    if regime is Regime.NOX:
        return _REASONS["voc_weak"]
    return _REASONS["voc_key" if row["key_plant"] else "voc"]
