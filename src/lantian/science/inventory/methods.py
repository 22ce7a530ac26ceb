"""Which of several amounts of one source and pollutant is believed (核算方法择优): the best that may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lantian.rules.inventory_book_records import MeasuredMethods
from lantian.science.inventory.records import MEASURED_METHODS, Measured, MeasuredMethod, Method
from lantian.terms.words import mark

NOT_MEASURED = mark("nothing measured is in the book")
COVERAGE_TOO_SMALL = mark("valid amounts cover {coverage} of the operating hours; {needed} are needed")
COVERAGE_UNKNOWN = mark("how many operating hours the amounts cover is not known")
BETTER_METHOD = mark("a better method has an amount")
NO_FACTOR = mark("no rule has a factor for this pollutant of this category")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One method for one source and pollutant: its amount, and why it was not used."""

    method: Method
    amount: float | None
    """[t]"""
    used: bool
    reason: str = ""
    """Message id; empty for the one that is used."""
    values: Mapping[str, str | float] | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A method that is believed, with everything that was measured by it."""

    method: MeasuredMethod
    amount: float
    rows: tuple[Measured, ...]


def choose(
    measured: Sequence[Measured], factor: float | None, rule: MeasuredMethods
) -> tuple[Chosen | None, tuple[Alternative, ...]]:
    """Choose the best method that may be believed; say of every other one why not.

    Parameters
    ----------
    measured : sequence of Measured
        Amounts of one source, or process, and pollutant; those of one method are added.
    factor : float or None
        What the factors say of the same; None where no rule has one. [t]
    rule : MeasuredMethods
        How much of the year the amounts of a CEMS must cover.

    Returns
    -------
    tuple of Chosen or None, and of Alternative
        The measured method that is used, None for the factor; and all four methods, the best first.
    """
    chosen: Chosen | None = None
    alternatives: list[Alternative] = []
    for method in MEASURED_METHODS:
        mine = tuple(row for row in measured if row.method == method)
        if not mine:
            alternatives.append(Alternative(method, None, used=False, reason=NOT_MEASURED))
            continue
        amount = sum(full_year(row) for row in mine)
        reason, values = _doubt(method, mine, rule)
        use = not reason and chosen is None
        if use:
            chosen = Chosen(method, amount, mine)
        reason = "" if use else reason or BETTER_METHOD
        alternatives.append(Alternative(method, amount, use, reason, values))
    reason = "" if chosen is None else NO_FACTOR if factor is None else BETTER_METHOD
    alternatives.append(Alternative("factor", factor, used=not reason, reason=reason))
    return chosen, tuple(alternatives)


def _doubt(
    method: MeasuredMethod, measured: Sequence[Measured], rule: MeasuredMethods
) -> tuple[str, Mapping[str, str | float] | None]:
    """Say why amounts of a CEMS are not believed; amounts by other methods are, as they stand in the book."""
    if method != "cems":
        return "", None
    if any(row.coverage is None for row in measured):
        return COVERAGE_UNKNOWN, None
    least, needed = min(row.coverage or 0.0 for row in measured), float(rule.least_coverage)
    if least < needed:
        return COVERAGE_TOO_SMALL, {"coverage": round(least, 3), "needed": needed}
    return "", None


def full_year(row: Measured) -> float:
    """Amount over all operating hours: those without a valid amount are taken as the mean of the others.

    Parameters
    ----------
    row : Measured
        Amount with its coverage.

    Returns
    -------
    float
        [t]

    Examples
    --------
    >>> full_year(Measured("plant", "so2", "cems", amount=80.0, coverage=0.8))
    100.0
    """
    return row.amount / row.coverage if row.method == "cems" and row.coverage else row.amount
