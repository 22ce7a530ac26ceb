"""What a simulated city gives off in a usual year, by kind of source (模拟排放量汇总)."""

import polars as pl

from lantian.twin.catalogue import POLLUTANTS, Catalogue, Plant
from lantian.twin.catalogue.building import pm25_share
from lantian.twin.stacks import PM10_SHARE

_TONNE = 1e9
"""[mg]"""


def kind_totals(catalogue: Catalogue) -> pl.DataFrame:
    """Return one row per kind of plants and per surface: how many, and what they give off in a usual year [t]."""
    rows: list[dict[str, object]] = []
    for kind in dict.fromkeys(plant.kind for plant in catalogue.plants):
        plants = plant_totals(catalogue, kind)
        rows.append({"kind": kind, "count": plants.height, **{key: plants[key].sum() for key in POLLUTANTS}})
    for surface in catalogue.surfaces:
        given = {key: float(surface.emission.get(key, 0.0)) for key in POLLUTANTS}
        rows.append({"kind": surface.key, "count": None, **given})
    return pl.DataFrame(
        rows, schema={"kind": pl.String, "count": pl.Int64, **dict.fromkeys(POLLUTANTS, pl.Float64)}
    )


def plant_totals(catalogue: Catalogue, kind: str) -> pl.DataFrame:
    """Return what each plant of a kind gives off in a usual year [t]."""
    rows = [
        {"code": plant.code, "grade": plant.grade, "county": plant.county, **plant_tonnes(plant)}
        for plant in catalogue.plants
        if plant.kind == kind
    ]
    names = dict.fromkeys(("code", "grade", "county"), pl.String)
    return pl.DataFrame(rows, schema={**names, **dict.fromkeys(POLLUTANTS, pl.Float64)})


def plant_tonnes(plant: Plant) -> dict[str, float]:
    """Return what a plant gives off in a year at its usual concentrations, by stacks and by none [t]."""
    found = dict.fromkeys(POLLUTANTS, 0.0)
    for stack in plant.stacks:
        for key, value in stack.concentration.items():
            tonnes = value * stack.gas / _TONNE
            if key == "pm":
                found["pm10"] += PM10_SHARE * tonnes
                found["pm25"] += pm25_share(stack) * tonnes
            else:
                found[key] += tonnes
    for key, tonnes in plant.fugitive.items():
        found[key] += tonnes
    return found
