"""What does an activity give off in a year before control (产生量核算)?

The category's rule names the calculation; this module checks what was given, converts its unit, chooses the
calculation, and completes CO2, particle sizes and carbon. Every number that went into a factor stands in `Gross`.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isfinite

from lantian.rules.inventory_factor_records import Calculation, CategoryParameter, SourceCategory
from lantian.science.inventory.calculations.coal import by_balance
from lantian.science.inventory.calculations.dust import by_dust
from lantian.science.inventory.calculations.factor import by_content, by_factor, by_harvest
from lantian.science.inventory.calculations.fuel import climate_gases
from lantian.science.inventory.calculations.particles import completed
from lantian.science.inventory.calculations.road import by_distance
from lantian.science.inventory.calculations.work import Work, exact
from lantian.science.inventory.gross import INVENTORY_POLLUTANTS, Activity, Gross
from lantian.science.inventory.made import Made
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import CallerError, RuleError

CALCULATIONS: Mapping[Calculation, Callable[[Work], list[Made]]] = {
    "factor": by_factor,
    "coal": by_balance,
    "road": by_distance,
    "paved_road": by_dust,
    "unpaved_road": by_dust,
    "construction": by_dust,
    "handling": by_dust,
    "erosion": by_dust,
    "harvest": by_harvest,
    "solvent": by_content,
}
"""Calculation of a category → what computes it."""

UNITS: Mapping[str, tuple[str, Decimal]] = {
    "kg": ("t", Decimal("0.001")),
    "10kt": ("t", Decimal(10_000)),
    "1000m3": ("m3", Decimal(1000)),
    "10000m3": ("m3", Decimal(10_000)),
    "1000km": ("km", Decimal(1000)),
    "10000km": ("km", Decimal(10_000)),
    "10000head": ("head", Decimal(10_000)),
}
"""Other units of activity that are understood → canonical unit, how many of it (万吨, 万立方米, 万头 …)."""

REMEMBERED = 10_000
"""How many different pieces of work one `InventoryRules` remembers."""

_ORDER = {pollutant: place for place, pollutant in enumerate(INVENTORY_POLLUTANTS)}
_THOUSAND = Decimal(1000)


def gross_of(activity: Activity, rules: InventoryRules) -> tuple[Gross, ...]:
    """Return what an activity gives off before control, one row for each pollutant that its rules know.

    A pollutant without a row is not known, which is not the same as zero.

    Parameters
    ----------
    activity : Activity
        Category, amount, unit and parameters.
    rules : InventoryRules
        Rules in force for the year.

    Raises
    ------
    CallerError
        If the category is unknown, the unit is another, the amount is negative or no number, or a parameter is
        missing, unknown or implausible.

    Examples
    --------
    A power boiler burns 100,000 t of coal of 1 % sulphur and 20 % ash:

    >>> from datetime import date
    >>> from lantian.rules import Rulebook
    >>> from lantian.science.inventory.rules import inventory_rules
    >>> rules = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
    >>> coal = Activity(
    ...     "combustion.power.coal.pulverised", 100_000, "t",
    ...     parameters={"sulphur": 0.01, "ash": 0.2, "capacity": 300},
    ... )
    >>> {row.pollutant: row.amount for row in gross_of(coal, rules) if row.pollutant in ("so2", "nox", "pm25")}
    {'so2': 1700.0, 'nox': 721.0, 'pm25': 900.0}
    """
    category = rules.category(activity.category)
    amount = _amount(activity, category)
    if activity.gsd < 1 or not isfinite(activity.gsd):
        raise CallerError(
            "{category}: the geometric standard deviation of the activity is {gsd}, but 1 already means exact; "
            "give 1 or more",
            category=category.code,
            gsd=activity.gsd,
        )
    given = _given(activity, category, rules)
    rows = _factors(Work(category, given, rules, amount))
    return tuple(
        Gross(
            pollutant=row.pollutant,
            amount=float(amount * row.factor / _THOUSAND),
            factor=float(row.factor),
            rule=row.evidence.rule,
            formula=row.formula,
            confidence=row.evidence.confidence,
            gsd=row.evidence.gsd,
            inputs=row.inputs,
        )
        for row in rows
    )


def _factors(work: Work) -> tuple[Made, ...]:
    """Return the factors of a piece of work, in the order of the pollutants; equal work is computed once."""
    counted = work.amount if "vehicles" in work.given else None
    key = (work.category.code, counted, frozenset(work.given.items()))
    found = work.rules.computed.get(key)
    if found is None:
        calculation = work.category.calculation
        if calculation is None:
            raise RuleError("{code} has no calculation; the fourth level needs one", code=work.category.code)
        made = CALCULATIONS[calculation](work)
        if not made:
            raise RuleError(
                "{edition} has no factor for {code}, so nothing can be computed; add rows, or name a category in "
                "`borrows`",
                edition=work.rules.factors.id,
                code=work.category.code,
            )
        known = {row.pollutant for row in made}
        made += [row for row in climate_gases(work) if row.pollutant not in known] if calculation != "road" else []
        found = tuple(sorted(completed(work, made), key=lambda row: _ORDER[row.pollutant]))
        if len(work.rules.computed) >= REMEMBERED:
            work.rules.computed.clear()
        work.rules.computed[key] = found
    return found


def _amount(activity: Activity, category: SourceCategory) -> Decimal:
    """Return the activity in the category's unit."""
    if not isfinite(activity.amount) or activity.amount < 0:
        raise CallerError(
            "{category}: the activity is {amount} {unit}, but an activity is zero or more; leave the process out "
            "where nothing is known",
            category=category.code,
            amount=activity.amount,
            unit=activity.unit,
        )
    amount = exact(float(activity.amount))
    if activity.unit == category.unit:
        return amount
    unit, scale = UNITS.get(activity.unit, ("", Decimal(1)))
    if unit != category.unit:
        raise CallerError(
            "{category}: the activity is given in {unit!r}, but its factors are per {wanted} ({of}); "
            "give it in {known}",
            category=category.code,
            unit=activity.unit,
            wanted=category.unit,
            of=category.of,
            known=", ".join(
                [str(category.unit), *(name for name, (of, _) in UNITS.items() if of == category.unit)]
            ),
        )
    return amount * scale


def _given(activity: Activity, category: SourceCategory, rules: InventoryRules) -> dict[str, Decimal | str]:
    """Return the parameters, checked one by one."""
    wanted = {*category.needs, *category.takes}
    missing = [key for key in category.needs if key not in activity.parameters]
    unknown = sorted(set(activity.parameters) - wanted)
    if missing or unknown:
        raise CallerError(
            "{category}: {missing} missing, {unknown} unknown; it needs {needs} and may have {takes}",
            category=category.code,
            missing=", ".join(missing) or "none",
            unknown=", ".join(unknown) or "none",
            needs=", ".join(map(_named, (rules.parameters[key] for key in category.needs))) or "nothing",
            takes=", ".join(map(_named, (rules.parameters[key] for key in category.takes))) or "nothing",
        )
    return {
        key: _checked(category.code, rules.parameters[key], value) for key, value in activity.parameters.items()
    }


def _named(row: CategoryParameter) -> str:
    return f"{row.key} [{row.unit}]" if not row.options else f"{row.key} ({'/'.join(row.options)})"


def _checked(code: str, row: CategoryParameter, value: float | str) -> Decimal | str:
    """Return one parameter as an exact number or a word that is allowed."""
    if row.options:
        if str(value) not in row.options:
            raise CallerError(
                "{category}: {key} is {value!r}; give one of {options}",
                category=code,
                key=row.key,
                value=value,
                options=", ".join(row.options),
            )
        return str(value)
    if isinstance(value, str) or not isfinite(value):
        raise CallerError(
            "{category}: {key} is {value!r}, but a number in {unit} is needed",
            category=code,
            key=row.key,
            value=value,
            unit=row.unit,
        )
    number = exact(float(value))
    if (row.lowest is not None and number < row.lowest) or (row.highest is not None and number > row.highest):
        raise CallerError(
            "{category}: {key} is {value} {unit}, outside {lowest} … {highest}; most often the unit is another: "
            "a share of 20 % is written 0.2",
            category=code,
            key=row.key,
            value=value,
            unit=row.unit,
            lowest=row.lowest,
            highest=row.highest,
        )
    return number
