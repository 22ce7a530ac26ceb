"""Emission as activity times a factor of the table (系数法)."""

from collections.abc import Sequence
from decimal import Decimal

from lantian.rules.inventory_factor_records import FactorRow
from lantian.science.inventory.calculations.work import Work
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.made import Evidence, Made
from lantian.terms.errors import RuleError

THOUSAND = Decimal(1000)


def by_factor(work: Work) -> list[Made]:
    """Return one row for each pollutant that the table has a factor for.

    A row that holds only for a value of a parameter (a capacity, a technique) goes before one that always holds.
    """
    rows = work.rules.factor_rows.get(work.category.borrows or work.category.code, ())
    chosen: dict[InventoryPollutant, FactorRow] = {}
    for row in rows:
        value = None if row.parameter is None else work.given.get(row.parameter)
        if not row.holds(float(value) if isinstance(value, Decimal) else value):
            continue
        other = chosen.get(row.pollutant)
        if other is not None and (other.parameter is None) == (row.parameter is None):
            raise RuleError(
                "{edition}: {first} and {second} both hold for {given}, so the factor is not clear; part them",
                edition=work.rules.factors.id,
                first=other.key,
                second=row.key,
                given=dict(work.given),
            )
        if other is None or row.parameter is not None:
            chosen[row.pollutant] = row
    return [_made(work, row) for row in chosen.values()]


def _made(work: Work, row: FactorRow) -> Made:
    inputs: dict[str, float | str] = {
        "published": float(row.value),
        "unit": row.unit,
        "basis": row.basis,
        "source": row.source,
    }
    if row.parameter is not None:
        value = work.given[row.parameter]
        inputs[row.parameter] = value if isinstance(value, str) else float(value)
    if work.category.borrows:
        inputs["borrowed_from"] = work.category.borrows
    evidence = work.rules.evidence(work.rules.factors, row.key, row, work.grade(row.grade))
    return Made(row.pollutant, row.factor, "factor", evidence, inputs)


def by_content(work: Work) -> list[Made]:
    """Return the VOC of a solvent or coating: its content, from the data sheet where one is given (物料衡算).

    A given content is one source and counts as grade high; all of it is taken to evaporate.
    """
    content = work.find_number("content")
    if content is None:
        return by_factor(work)
    row = _only(by_factor(work))
    evidence = Evidence(row.evidence.rule, work.rules.factors.confidence, work.rules.gsd("high"))
    inputs: dict[str, float | str] = {"content": float(content), "basis": "uncontrolled"}
    return [Made("voc", content * THOUSAND, "content", evidence, inputs)]


def _only(made: Sequence[Made]) -> Made:
    found = [row for row in made if row.pollutant == "voc"]
    if len(found) != 1:
        raise RuleError(
            "a solvent has {number} rows for VOC instead of one; mend the factor table", number=len(found)
        )
    return found[0]


def by_harvest(work: Work) -> list[Made]:
    """Return the emission of straw burned in the field per tonne of grain (秸秆露天焚烧).

    Dry straw burned = grain × straw per grain × share burned in the field × dry matter × part that burns.
    """
    crop = next(row for row in work.rules.general.crops if row.key == work.lookup)
    share = work.number("burnt_share")
    burned = crop.straw * share * crop.dry * crop.burnt
    inputs: dict[str, float | str] = {
        "straw": float(crop.straw),
        "burnt_share": float(share),
        "dry": float(crop.dry),
        "burnt": float(crop.burnt),
    }
    return [
        Made(row.pollutant, row.factor * burned, "harvest", row.evidence, {**row.inputs, **inputs})
        for row in by_factor(work)
    ]
