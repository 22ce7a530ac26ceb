"""Dust that leaves no stack: roads, building sites, piles (扬尘源)."""

from collections.abc import Mapping

from lantian.rules.inventory_dust_records import Construction, Erosion, Handling, PavedRoad, Sizes, UnpavedRoad
from lantian.rules.inventory_factor_records import Graded
from lantian.science.inventory.calculations.work import Work, exact
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.made import Made

Dust = dict[InventoryPollutant, float]
"""TSP, PM10 and PM2.5."""

GRAMS_PER_KG = 1000.0


def _each(sizes: Sizes) -> Dust:
    return {"tsp": float(sizes.tsp), "pm10": float(sizes.pm10), "pm25": float(sizes.pm25)}


def paved_road(rule: PavedRoad, silt_loading: float, weight: float) -> Dust:
    """Return the dust of a kilometre that a vehicle drives on a paved road (铺装道路). [g km-1]

    Parameters
    ----------
    rule : PavedRoad
        Constants of k × sL^a × W^b.
    silt_loading : float
        Silt loading of the road. [g m-2]
    weight : float
        Mean weight of the vehicles. [t]

    References
    ----------
    Rule ``fugitive_dust`` (AP-42 13.2.1).

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.rules.inventory_dust_records import FugitiveDust
    >>> rule = Rulebook.packaged().edition(FugitiveDust, "fugitive_dust", date(2025, 12, 31))
    >>> paved_road(rule.paved, silt_loading=1.0, weight=1.0)
    {'tsp': 3.23, 'pm10': 0.62, 'pm25': 0.15}
    """
    silt = silt_loading ** float(rule.silt_exponent)
    heavy = (weight * float(rule.tons_per_tonne)) ** float(rule.weight_exponent)
    return {size: k * silt * heavy for size, k in _each(rule.k).items()}


def unpaved_road(rule: UnpavedRoad, silt: float, weight: float) -> Dust:
    """Return the dust of a kilometre that a vehicle drives on an unpaved road of a works (未铺装道路). [g km-1]

    Parameters
    ----------
    rule : UnpavedRoad
        Constants of k × (s/12)^a × (W/3)^b.
    silt : float
        Silt content of the surface. [%]
    weight : float
        Mean weight of the vehicles. [t]

    References
    ----------
    Rule ``fugitive_dust`` (AP-42 13.2.2).
    """
    heavy = weight * float(rule.tons_per_tonne) / float(rule.weight_reference)
    exponents = _each(rule.silt_exponents)
    return {
        size: k
        * (silt / float(rule.silt_reference)) ** exponents[size]
        * heavy ** float(rule.weight_exponent)
        * float(rule.grams_per_km)
        for size, k in _each(rule.k).items()
    }


def handling(rule: Handling, wind: float, moisture: float) -> Dust:
    """Return the dust of a tonne that is dropped onto or off a pile (装卸扬尘). [kg t-1]

    Parameters
    ----------
    rule : Handling
        Constants of k × 0.0016 × (u/2.2)^1.3 / (M/2)^1.4.
    wind : float
        Mean wind speed. [m s-1]
    moisture : float
        Moisture of the material. [%]

    References
    ----------
    Rule ``fugitive_dust`` (AP-42 13.2.4).
    """
    blown = (wind / float(rule.wind_reference)) ** float(rule.wind_exponent)
    wet = (moisture / float(rule.moisture_reference)) ** float(rule.moisture_exponent)
    return {size: k * float(rule.coefficient) * blown / wet for size, k in _each(rule.k).items()}


def erosion(rule: Erosion, friction_velocity: float, threshold: float, disturbances: float) -> Dust:
    """Return the dust that wind takes from a square metre of pile in a year (风蚀扬尘). [g m-2]

    Parameters
    ----------
    rule : Erosion
        Constants of k × (58 (u* − ut)² + 25 (u* − ut)) for each disturbance.
    friction_velocity : float
        u* of the strongest wind between two disturbances. [m s-1]
    threshold : float
        ut from which the surface is taken. [m s-1]
    disturbances : float
        How often in a year the surface is made anew. [1]

    References
    ----------
    Rule ``fugitive_dust`` (AP-42 13.2.5).
    """
    excess = max(friction_velocity - threshold, 0.0)
    each = float(rule.square) * excess**2 + float(rule.linear) * excess
    return {size: k * each * disturbances for size, k in _each(rule.k).items()}


def construction(rule: Construction) -> Dust:
    """Return the dust of a square metre of building site in a month of work (施工扬尘). [kg m-2]"""
    return {"tsp": float(rule.tsp), "pm10": float(rule.tsp * rule.pm10), "pm25": float(rule.tsp * rule.pm25)}


def by_dust(work: Work) -> list[Made]:
    """Return the dust of one unit of the category's activity, by the formula of the category."""
    rule, wet = work.rules.dust, 1.0

    def of(key: str) -> float:
        return float(work.number(key))

    row: Graded
    match work.category.calculation:
        case "paved_road":
            row, wet = rule.paved, _dry_days(work)
            made = _scaled(paved_road(rule.paved, of("silt_loading"), of("weight")), wet / GRAMS_PER_KG)
        case "unpaved_road":
            row, wet = rule.unpaved, _dry_days(work)
            made = _scaled(unpaved_road(rule.unpaved, of("silt"), of("weight")), wet / GRAMS_PER_KG)
        case "handling":
            row, made = rule.handling, handling(rule.handling, of("wind"), of("moisture"))
        case "erosion":
            velocities = of("friction_velocity"), of("threshold_velocity"), of("disturbances")
            row, made = rule.erosion, _scaled(erosion(rule.erosion, *velocities), 1 / GRAMS_PER_KG)
        case _:
            row, made = rule.construction, construction(rule.construction)
    name = str(work.category.calculation)
    evidence = work.rules.evidence(rule, name.removesuffix("_road"), row)
    inputs: dict[str, float | str] = {
        **{key: value if isinstance(value, str) else float(value) for key, value in work.given.items()},
        "basis": "uncontrolled",
    }
    if "wet_days" in work.given:
        inputs["dry_share"] = wet
    return [Made(size, exact(factor), name, evidence, inputs) for size, factor in made.items()]


def _dry_days(work: Work) -> float:
    """Return the share of the year without rain; all of it where wet days are not given. [1]"""
    wet = work.find_number("wet_days")
    return 1.0 if wet is None else max(float(1 - wet / work.rules.dust.year_days), 0.0)


def _scaled(dust: Mapping[InventoryPollutant, float], by: float) -> Dust:
    return {size: value * by for size, value in dust.items()}
