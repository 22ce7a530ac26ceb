"""Vehicles on the road: base factor times all corrections, evaporation, fuel (道路移动源)."""

from decimal import Decimal

from lantian.rules.inventory_factor_records import Grade
from lantian.science.inventory.calculations.work import Work
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.made import Evidence, Made, weakest
from lantian.science.inventory.road_tables import Conditions, RoadPollutant

THOUSAND = Decimal(1000)
"""[g kg-1]"""

MILLION = Decimal(1_000_000)
"""[mg kg-1]"""


def by_distance(work: Work) -> list[Made]:
    """Return what a kilometre of a fleet of one vehicle, fuel and standard gives off.

    Factor = base × speed × temperature × humidity × altitude × sulphur × deterioration × load. Hydrocarbons
    count as VOC, less the methane of gas engines. Evaporation while driving is added per hour driven and, where
    the number of vehicles is given, that of parked ones per day. CO2 and, where the sulphur of the fuel is given,
    SO2 follow from the fuel burned. What is not given takes no correction, save the year: it is that of the rules.
    """
    vehicle, fuel = work.lookup.split()
    standard = work.find_word("standard") or ""
    given = _conditions(work)
    row, estimated = work.rules.road.base(vehicle, fuel, standard)
    grade: Grade = "low" if estimated else work.rules.on_road.grades.get(fuel, "low")
    key = f"{vehicle}.{fuel}.{standard}"

    def emission(pollutant: RoadPollutant) -> tuple[Decimal, dict[str, float | str]]:
        value = Decimal(getattr(row, pollutant) or 0)
        inputs: dict[str, float | str] = {f"base_{pollutant}": float(value)}
        for name, correction in work.rules.road.corrections(vehicle, fuel, standard, pollutant, given).items():
            value *= correction
            inputs[f"correction_{name}"] = float(correction)
        return value, inputs

    made = []
    plain: tuple[tuple[RoadPollutant, InventoryPollutant], ...] = (
        ("co", "co"), ("nox", "nox"), ("pm25", "pm25"), ("pm10", "pm10"),
    )  # fmt: skip
    for ours, theirs in plain:
        value, inputs = emission(ours)
        row_key = f"{key}.{'pm' if ours in ('pm25', 'pm10') else ours}"  # an error of one size is one of the other
        made.append(Made(theirs, value / THOUSAND, "road", _evidence(work, row_key, grade), inputs))
    exhaust, inputs = emission("hc")
    methane = work.rules.on_road.methane_share.get(fuel, Decimal(0))
    voc = exhaust * (1 - methane)
    if methane:
        low = _evidence(work, f"{key}.hc", "low")
        shares: dict[str, float | str] = {**inputs, "methane_share": float(methane)}
        made.append(Made("ch4", exhaust * methane / THOUSAND, "road", low, shares))
        inputs = shares
    if row.evaporation_driving:
        driving, more = emission("evaporation_driving")
        speed = given.speed or work.rules.on_road.base_speed
        voc += driving / speed
        inputs |= {**more, "evaporation_speed": float(speed)}
    vehicles = work.find_number("vehicles")
    if row.evaporation_parking and vehicles is not None and work.amount > 0:
        parking, more = emission("evaporation_parking")
        voc += parking * work.rules.on_road.parking_days * vehicles / work.amount
        inputs |= {**more, "vehicles": float(vehicles), "parking_days": float(work.rules.on_road.parking_days)}
    made.append(Made("voc", voc / THOUSAND, "road", _evidence(work, f"{key}.hc", grade), inputs))
    return [*made, *_from_fuel(work, vehicle, fuel, given)]


def _conditions(work: Work) -> Conditions:
    year = work.find_number("year")
    return Conditions(
        speed=work.find_number("speed"),
        temperature=work.find_number("temperature"),
        humidity=work.find_number("humidity"),
        altitude=work.find_number("altitude"),
        sulphur=work.find_number("fuel_sulphur"),
        load=work.find_number("load"),
        year=work.rules.day.year if year is None else int(year),
    )


def _evidence(work: Work, key: str, grade: Grade) -> Evidence:
    rule = work.rules.on_road
    confidence = rule.confidence_of("estimates") if grade == "low" else rule.confidence_of("base")
    return Evidence(f"{rule.id}#{key}", confidence, work.rules.gsd(grade))


def _from_fuel(work: Work, vehicle: str, fuel: str, given: Conditions) -> list[Made]:
    """Return CO2 and SO2 of the fuel burned per kilometre."""
    rules = work.rules
    use, name = rules.road.fuel_use(vehicle, fuel), rules.on_road.fuel_names.get(fuel)
    if use is None:
        return []
    evidence = _evidence(work, f"fuel_use.{vehicle}.{fuel}", "low")
    inputs: dict[str, float | str] = {"fuel_use": float(use)}
    made = []
    row = next((row for row in rules.fuels.fuels if row.key == name), None)
    if row is not None:
        carbon = rules.evidence(rules.fuels, row.key, row)
        factor = use * row.co2 / THOUSAND
        made.append(
            Made(
                "co2", factor, "fuel_per_km", weakest(evidence, carbon), {**inputs, "co2_of_fuel": float(row.co2)}
            )
        )
    if given.sulphur is not None:
        factor = rules.on_road.sulphur_ratio * given.sulphur / MILLION * use
        more: dict[str, float | str] = {**inputs, "fuel_sulphur": float(given.sulphur)}
        made.append(Made("so2", factor, "fuel_per_km", evidence, more))
    return made
