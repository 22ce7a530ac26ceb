"""CO2, CH4 and N2O of the fuel that a source burns, in the same rows as its pollutants (融合清单)."""

from decimal import Decimal

from lantian.rules.inventory_factor_records import FuelRow, InventoryPollutant
from lantian.science.inventory.calculations.work import Work
from lantian.science.inventory.made import Evidence, Made
from lantian.terms.errors import RuleError

MILLION = Decimal(1_000_000)
"""[MJ TJ-1]"""

THOUSAND = Decimal(1000)
"""[kg t-1]"""


def climate_gases(work: Work) -> list[Made]:
    """Return CO2, CH4 and N2O per unit of the fuel burned; nothing for a category that burns no fuel of its own.

    Where the carbon content is given, CO2 = carbon × oxidised share × 44/12 (碳平衡), else the default of the
    fuel.
    """
    if work.category.fuel is None:
        return []
    rules = work.rules
    fuel = next((row for row in rules.fuels.fuels if row.key == work.category.fuel), None)
    if fuel is None or fuel.unit != work.category.unit:
        raise RuleError(
            "{edition} has no fuel {fuel!r} per {unit}, which {category} burns; add it or mend the category",
            edition=rules.fuels.id,
            fuel=work.category.fuel,
            unit=work.category.unit,
            category=work.category.code,
        )
    evidence = rules.evidence(rules.fuels, f"{fuel.key}.co2", fuel)
    carbon = work.find_number("carbon")
    if carbon is None:
        made = [Made("co2", fuel.co2, "fuel_default", evidence, {"fuel": fuel.key})]
    else:
        heavy, light = rules.fuels.carbon_masses
        own = Evidence(evidence.rule, rules.fuels.confidence, rules.gsd("high"))
        factor = carbon * rules.fuels.oxidised * heavy / light * THOUSAND
        inputs: dict[str, float | str] = {"carbon": float(carbon), "oxidised": float(rules.fuels.oxidised)}
        made = [Made("co2", factor, "carbon_balance", own, inputs)]
    return [*made, *_by_heat(work, fuel)]


def _by_heat(work: Work, fuel: FuelRow) -> list[Made]:
    """Return CH4 and N2O by the heat of the fuel; always of grade low."""
    found = []
    per_heat: tuple[tuple[InventoryPollutant, Decimal | None], ...] = (("ch4", fuel.ch4), ("n2o", fuel.n2o))
    for pollutant, value in per_heat:
        if fuel.heat is not None and value is not None:
            evidence = work.rules.evidence(work.rules.fuels, f"{fuel.key}.{pollutant}", fuel, "low")
            inputs: dict[str, float | str] = {"heat": float(fuel.heat), "per_heat": float(value)}
            found.append(Made(pollutant, fuel.heat * value / MILLION, "heat_default", evidence, inputs))
    return found
