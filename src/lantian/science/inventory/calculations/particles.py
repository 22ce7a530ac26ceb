"""Sizes and carbon of particles where a source states one only (颗粒物粒径与碳组分补全)."""

from collections.abc import Sequence
from decimal import Decimal

from lantian.science.inventory.calculations.work import Work
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.made import Evidence, Made, weakest
from lantian.terms.errors import RuleError


def completed(work: Work, made: Sequence[Made]) -> list[Made]:
    """Add the sizes and the carbon that a source does not state itself; TSP is never computed back."""
    found = {row.pollutant: row for row in made}
    rules = work.rules
    sizes = rules.sizes_of(work.category.code)
    if sizes is not None:
        evidence = rules.evidence(rules.general, f"sizes.{sizes.category}", sizes)
        _add(found, "tsp", "pm10", sizes.pm10, evidence, "size_share")
        _add(found, "tsp", "pm25", sizes.pm25, evidence, "size_share")
        _add(found, "pm25", "pm10", sizes.pm10 / sizes.pm25, evidence, "size_share")
    carbon = rules.carbon_of(work.category.code)
    if carbon is not None:
        evidence = rules.evidence(rules.general, f"carbon.{carbon.category}", carbon)
        _add(found, "pm25", "bc", carbon.bc, evidence, "carbon_share")
        _add(found, "pm25", "oc", carbon.oc, evidence, "carbon_share")
    _check(work, found)
    return list(found.values())


def _add(
    found: dict[InventoryPollutant, Made],
    known: InventoryPollutant,
    wanted: InventoryPollutant,
    share: Decimal,
    evidence: Evidence,
    formula: str,
) -> None:
    """Add one row as a share of another, where the source states the other only."""
    if wanted in found or known not in found:
        return
    of = found[known]
    inputs: dict[str, float | str] = {"of": known, "of_rule": of.evidence.rule, "share": float(share)}
    if "basis" in of.inputs:
        inputs["basis"] = of.inputs["basis"]
    found[wanted] = Made(wanted, of.factor * share, formula, weakest(evidence, of.evidence), inputs)


_PARTS: tuple[tuple[tuple[InventoryPollutant, ...], InventoryPollutant], ...] = (
    (("pm25",), "pm10"),
    (("pm10",), "tsp"),
    (("pm25",), "tsp"),
    (("bc", "oc"), "pm25"),
)


def _check(work: Work, found: dict[InventoryPollutant, Made]) -> None:
    """Refuse particles of which a part is more than the whole."""
    for parts, whole in _PARTS:
        if whole not in found or not any(part in found for part in parts):
            continue
        total = sum((found[part].factor for part in parts if part in found), Decimal(0))
        if total > found[whole].factor:
            raise RuleError(
                "{category}: {parts} are {total} kg per unit, more than the {whole} of {most} that they are part "
                "of; mend the factors ({rules})",
                category=work.category.code,
                parts=" + ".join(parts),
                total=total,
                whole=whole,
                most=found[whole].factor,
                rules=", ".join(found[name].evidence.rule for name in (*parts, whole) if name in found),
            )
