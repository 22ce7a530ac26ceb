"""Coal in a boiler: what becomes of its sulphur and ash (燃煤硫分、灰分物料衡算)."""

from decimal import Decimal

from lantian.rules.inventory_factor_records import BoilerRow, CoalBalance
from lantian.science.inventory.calculations.factor import by_factor
from lantian.science.inventory.calculations.work import Work
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.made import Made
from lantian.terms.errors import RuleError

THOUSAND = Decimal(1000)
"""[kg t-1]"""


def sulphur_dioxide(rule: CoalBalance, sulphur: Decimal) -> Decimal:
    """Return the SO2 of a tonne of coal: what of its sulphur does not stay in the ash (硫分平衡). [kg t-1]

    Parameters
    ----------
    rule : CoalBalance
        Share that stays in the ash.
    sulphur : Decimal
        Sulphur of the coal as received. [1]

    References
    ----------
    Rule ``coal_balance``: 2 × S × (1 − 0.15) × 1000.

    Examples
    --------
    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> rule = Rulebook.packaged().edition(CoalBalance, "coal_balance", date(2025, 12, 31))
    >>> sulphur_dioxide(rule, Decimal("0.01"))
    Decimal('17.0000')
    """
    return rule.sulphur_ratio * sulphur * (1 - rule.sulphur_to_ash) * THOUSAND


def fly_ash(boiler: BoilerRow, ash: Decimal) -> dict[InventoryPollutant, Decimal]:
    """Return the particles that a tonne of coal sends out of the boiler, before any filter (灰分平衡). [kg t-1]

    Parameters
    ----------
    boiler : BoilerRow
        Share of the ash that stays as bottom ash, sizes and carbon of the rest.
    ash : Decimal
        Ash of the coal as received. [1]

    References
    ----------
    Rule ``coal_balance``: A × (1 − bottom ash) × share of the size × 1000; BC and OC are shares of PM2.5.
    """
    flying = ash * (1 - boiler.bottom_ash) * THOUSAND
    fine = flying * boiler.pm25
    return {
        "tsp": flying,
        "pm10": flying * boiler.pm10,
        "pm25": fine,
        "bc": fine * boiler.bc,
        "oc": fine * boiler.oc,
    }


def by_balance(work: Work) -> list[Made]:
    """Return SO2 and particles by balance, everything else of a boiler by its factors."""
    rules = work.rules
    boiler = next((row for row in rules.coal.boilers if row.key == work.lookup), None)
    if boiler is None:
        raise RuleError(
            "{edition} has no boiler {key!r}, which {category} names; add it or mend lookup",
            edition=rules.coal.id,
            key=work.lookup,
            category=work.category.code,
        )
    made = _sulphur(work, boiler) + _particles(work, boiler)
    balanced = {row.pollutant for row in made}
    return [*made, *(row for row in by_factor(work) if row.pollutant not in balanced)]


def _sulphur(work: Work, boiler: BoilerRow) -> list[Made]:
    rule, sulphur = work.rules.coal, work.number("sulphur")
    evidence = work.rules.evidence(rule, f"{boiler.key}.sulphur", boiler, work.grade(boiler.sulphur_grade))
    inputs: dict[str, float | str] = {
        "sulphur": float(sulphur),
        "sulphur_to_ash": float(rule.sulphur_to_ash),
        "basis": "uncontrolled",
    }
    return [Made("so2", sulphur_dioxide(rule, sulphur), "sulphur_balance", evidence, inputs)]


def _particles(work: Work, boiler: BoilerRow) -> list[Made]:
    ash = work.number("ash")
    evidence = work.rules.evidence(work.rules.coal, f"{boiler.key}.ash", boiler, work.grade(boiler.grade))
    flying: dict[str, float | str] = {
        "ash": float(ash),
        "bottom_ash": float(boiler.bottom_ash),
        "basis": "uncontrolled",
    }
    fine = {**flying, "pm25_share": float(boiler.pm25)}
    inputs: dict[InventoryPollutant, dict[str, float | str]] = {
        "tsp": flying,
        "pm10": {**flying, "pm10_share": float(boiler.pm10)},
        "pm25": fine,
        "bc": {**fine, "bc_share": float(boiler.bc)},
        "oc": {**fine, "oc_share": float(boiler.oc)},
    }
    return [
        Made(pollutant, factor, "ash_balance", evidence, inputs[pollutant])
        for pollutant, factor in fly_ash(boiler, ash).items()
    ]
