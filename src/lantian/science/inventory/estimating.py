"""Which amount of a source is believed, by which method, and why by no better one (核算方法择优)."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from lantian.rules.edition import Confidence
from lantian.rules.inventory_book_records import MeasuredMethods
from lantian.science.inventory.calculating import gross_of
from lantian.science.inventory.gross import INVENTORY_POLLUTANTS, Gross, InventoryPollutant
from lantian.science.inventory.methods import NOT_MEASURED, Alternative, Chosen, choose, full_year
from lantian.science.inventory.records import (
    MEASURED_METHODS,
    Book,
    Measured,
    MeasuredMethod,
    Method,
    Process,
    Source,
)
from lantian.science.inventory.removal import Device, device, remaining_shares
from lantian.science.inventory.rules import InventoryRules
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

KILOGRAMS = 1_000
"""In a tonne."""
WHOLE = ""
"""Process of a row that stands for a source as a whole: nothing is known by which its amount could be shared."""
_MEASURED_CONFIDENCE: Mapping[MeasuredMethod, Confidence] = {
    "cems": Confidence.A, "permit": Confidence.B, "measurement": Confidence.B,
}  # fmt: skip
_PARTICLES: tuple[InventoryPollutant, ...] = ("pm10", "pm25", "bc", "oc")
"""What follows a measured amount of total particles in the proportion of the factors."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """One row of the inventory: source, process, pollutant, and everything that its amount was made of."""

    source: str
    county: str
    process: str
    category: str
    pollutant: InventoryPollutant
    amount: float
    """[t]"""
    method: Method
    activity: float | None
    """In `unit`; None for a row of a whole source."""
    unit: str
    activity_gsd: float
    """[1]"""
    gross: Gross | None
    """What the factor says without devices; None where only a measurement is known."""
    left: float
    """Share that devices leave. [1]"""
    controls: tuple[Device, ...]
    """In the order of the flow."""
    measured: tuple[Measured, ...]
    """What the amount was taken from; empty where it is the factor's."""
    share: float
    """Part of the measured amount that falls to this process. [1]"""
    gsd: float
    """Of factor or measurement, without that of activity and devices. [1]"""
    confidence: Confidence
    alternatives: tuple[Alternative, ...]
    flags: tuple[str, ...] = ()

    @property
    def error_key(self) -> str:
        """What shares one error: the row of the factor's rule, else the measurement."""
        if self.gross is not None and not self.measured:
            return self.gross.rule
        return f"{self.method}:{self.source}/{self.measured[0].process}/{self.measured[0].pollutant}"

    @property
    def disagreement(self) -> float | None:
        """Largest of the amounts by the methods over the smallest; None where there is only one. [1]"""
        known = [row.amount for row in self.alternatives if row.amount is not None and row.amount > 0]
        return max(known) / min(known) if len(known) > 1 else None

    @property
    def why_not_better(self) -> str:
        """Message id that says why no better method was used, a doubt before an absence; empty for the best."""
        better = takewhile(lambda row: not row.used, self.alternatives)
        found = [row.reason for row in better]
        return next((reason for reason in found if reason != NOT_MEASURED), found[0] if found else "")


@dataclass(frozen=True, slots=True)
class Estimates:
    """The inventory of a book."""

    rows: tuple[Estimate, ...]
    findings: tuple[Finding, ...]
    """Processes that cannot be computed, with the reason."""


def estimate(
    book: Book,
    rules: InventoryRules,
    rule: MeasuredMethods,
    progress: Callable[[float], None] = lambda _share: None,
) -> Estimates:
    """Compute every row of an inventory: CEMS where they cover the year, else permit, measurement, factor.

    A process whose calculation is refused gets no row but a finding; the others stand. An amount that is measured
    for a whole source is shared among its processes as their factors would have it.

    Parameters
    ----------
    book : Book
        Sources and what was measured.
    rules : InventoryRules
        Factors, balances and removals in force.
    rule : MeasuredMethods
        Which measurement is believed, and how sure it is.
    progress : callable, optional
        Told the share done.

    Returns
    -------
    Estimates
        Rows in the order of the book, pollutants in their own order; and what could not be computed.
    """
    measured: dict[str, list[Measured]] = defaultdict(list)
    for row in book.measured:
        measured[row.source].append(row)
    rows: list[Estimate] = []
    findings: list[Finding] = []
    for number, source in enumerate(book.sources):
        rows += _source(source, measured.pop(source.id, []), rules, rule, findings)
        if number % 100 == 0:
            progress(number / len(book.sources))
    findings += [
        Finding(
            "measured_without_source", name,
            mark("{count} measured amounts name a source that the book does not have."), Severity.ERROR,
            evidence={"count": len(found)},
            competing_explanation=mark("The source was renamed or closed and its measurements were kept."),
        )
        for name, found in measured.items()
    ]  # fmt: skip
    progress(1.0)
    return Estimates(tuple(rows), tuple(findings))


def _source(
    source: Source,
    measured: Sequence[Measured],
    rules: InventoryRules,
    rule: MeasuredMethods,
    findings: list[Finding],
) -> Iterator[Estimate]:
    """Yield the rows of one source: factors first, then whatever is better in their place."""
    by_factor: dict[tuple[str, InventoryPollutant], Estimate] = {}
    for process in source.processes:
        try:
            by_factor |= {(process.id, row.pollutant): row for row in _factor_rows(source, process, rules)}
        except CallerError as fault:
            findings.append(_refused(source, process, fault))
    known = {process.id for process in source.processes}
    findings += [_stray(one) for one in measured if one.process and one.process not in known]
    rows = dict(by_factor)
    for pollutant in INVENTORY_POLLUTANTS:
        mine = [
            row for row in measured if row.pollutant == pollutant and (not row.process or row.process in known)
        ]
        if mine:
            rows |= _replaced(source, pollutant, mine, by_factor, rule)
    follow = {key: row for key, row in rows.items() if key[1] == "tsp" and row.method != "factor"}
    for (process_id, _), tsp in follow.items():
        rows |= _particles(process_id, tsp, rows)
    order = {process.id: place for place, process in enumerate(source.processes)} | {WHOLE: len(known)}
    places = {pollutant: place for place, pollutant in enumerate(INVENTORY_POLLUTANTS)}
    yield from (rows[key] for key in sorted(rows, key=lambda key: (order[key[0]], places[key[1]])))


def _factor_rows(source: Source, process: Process, rules: InventoryRules) -> Iterator[Estimate]:
    """Yield what activity, factor and devices make of a process."""
    activity, chain = process.activity, chain_of(process, rules)
    gross = gross_of(activity, rules)
    left = remaining_shares(gross, chain)
    for row in gross:
        amount = row.amount * left[row.pollutant]
        yield Estimate(
            source=source.id, county=source.county, process=process.id, category=activity.category,
            pollutant=row.pollutant, amount=amount, method="factor", activity=activity.amount, unit=activity.unit,
            activity_gsd=activity.gsd, gross=row, left=left[row.pollutant], controls=chain, measured=(), share=1.0,
            gsd=row.gsd, confidence=row.confidence,
            alternatives=(
                *(Alternative(method, None, used=False, reason=NOT_MEASURED) for method in MEASURED_METHODS),
                Alternative("factor", amount, used=True),
            ),
        )  # fmt: skip


def chain_of(process: Process, rules: InventoryRules) -> tuple[Device, ...]:
    """Return the devices of a process with the rule's removal where it claims none of its own.

    Raises
    ------
    CallerError
        An unknown technique, or a share outside 0 … 1.
    """
    return tuple(
        device(
            rules, control.technology, capture=control.capture, availability=control.availability,
            removal=control.removal, evidence=control.evidence,
        )
        for control in process.controls
    )  # fmt: skip


def _replaced(
    source: Source,
    pollutant: InventoryPollutant,
    measured: Sequence[Measured],
    by_factor: Mapping[tuple[str, InventoryPollutant], Estimate],
    rule: MeasuredMethods,
) -> dict[tuple[str, InventoryPollutant], Estimate]:
    """Return rows of one pollutant in which measurements stand in the place of factors, the best one first."""
    found: dict[tuple[str, InventoryPollutant], Estimate] = {}
    scopes: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        scopes[one.process].append(one)
    apart = {process for process in scopes if process}
    for scope, mine in scopes.items():
        factors = {
            key: row
            for key, row in by_factor.items()
            if key[1] == pollutant and (key[0] == scope if scope else key[0] not in apart)
        }
        factor = sum(row.amount for row in factors.values()) if factors else None
        chosen, alternatives = choose(mine, factor, rule)
        if chosen is None:
            found |= {
                key: replace(row, alternatives=_part_of(alternatives, row.amount / factor if factor else 1.0))
                for key, row in factors.items()
            }
        elif factor:
            for key, row in factors.items():
                found[key] = _measured_row(row, chosen, alternatives, row.amount / factor, rule)
        else:
            alone = _measured_only(source, pollutant, scope, chosen, alternatives, rule)
            found[alone.process, pollutant] = alone
    return found


def _measured_row(
    row: Estimate, chosen: Chosen, alternatives: tuple[Alternative, ...], share: float, rule: MeasuredMethods
) -> Estimate:
    """Put a process's share of a measured amount in the place of its factor's."""
    part = ("stack_only",) if any(control.capture < 1 for control in row.controls) else ()
    return replace(
        row, amount=chosen.amount * share, method=chosen.method, measured=chosen.rows, share=share,
        gsd=float(rule.gsd[chosen.method]), confidence=_MEASURED_CONFIDENCE[chosen.method], activity_gsd=1.0,
        alternatives=_part_of(alternatives, share), flags=(*_gaps(chosen), *part),
    )  # fmt: skip


def _measured_only(
    source: Source,
    pollutant: InventoryPollutant,
    scope: str,
    chosen: Chosen,
    alternatives: tuple[Alternative, ...],
    rule: MeasuredMethods,
) -> Estimate:
    """Return a row that only a measurement knows: of its process, else of the whole source."""
    mine = [each for each in source.processes if each.id == scope or not scope]
    process = mine[0] if len(mine) == 1 else None
    activity = process.activity if process else None
    return Estimate(
        source=source.id, county=source.county, process=process.id if process else WHOLE,
        category=activity.category if activity else _one_category(source), pollutant=pollutant,
        amount=chosen.amount, method=chosen.method, activity=activity.amount if activity else None,
        unit=activity.unit if activity else "", activity_gsd=1.0, gross=None, left=1.0, controls=(),
        measured=chosen.rows, share=1.0, gsd=float(rule.gsd[chosen.method]),
        confidence=_MEASURED_CONFIDENCE[chosen.method], alternatives=alternatives, flags=_gaps(chosen),
    )  # fmt: skip


def _gaps(chosen: Chosen) -> tuple[str, ...]:
    return ("scaled_for_gaps",) if any(full_year(row) != row.amount for row in chosen.rows) else ()


def _part_of(alternatives: tuple[Alternative, ...], share: float) -> tuple[Alternative, ...]:
    """Bring what is known of several processes together down to one of them."""
    return tuple(
        replace(each, amount=None if each.amount is None else each.amount * share) for each in alternatives
    )


def _one_category(source: Source) -> str:
    """Return the category of all processes together: what their codes have in common at their beginning."""
    codes = [process.activity.category for process in source.processes]
    if not codes:
        return ""
    common = codes[0]
    while not all(code.startswith(common) for code in codes):
        common = common[:-1]
    return common


def _particles(
    process: str, tsp: Estimate, rows: Mapping[tuple[str, InventoryPollutant], Estimate]
) -> dict[tuple[str, InventoryPollutant], Estimate]:
    """Let the parts of the particles follow a measured total, where no better is known of them."""
    total = next((row.amount for row in tsp.alternatives if row.method == "factor"), None)
    if not total:
        return {}
    found: dict[tuple[str, InventoryPollutant], Estimate] = {}
    for pollutant in _PARTICLES:
        row = rows.get((process, pollutant))
        if row is not None and row.method == "factor":
            share = row.amount / total
            found[process, pollutant] = replace(
                row, amount=tsp.amount * share, method=tsp.method, measured=tsp.measured, share=tsp.share * share,
                activity_gsd=1.0, flags=(*row.flags, "follows_tsp"),
                alternatives=(
                    *(
                        replace(each, amount=None if each.amount is None else each.amount * share)
                        for each in tsp.alternatives[:-1]
                    ),
                    replace(tsp.alternatives[-1], amount=row.amount),
                ),
            )  # fmt: skip
    return found


def _refused(source: Source, process: Process, fault: CallerError) -> Finding:
    evidence: dict[str, Any] = {"process": process.id, "reason": str(fault)}
    return Finding(
        "not_computed",
        source.id,
        mark("Process {process} was left out: {reason}"),
        Severity.ERROR,
        evidence=evidence,
    )


def _stray(row: Measured) -> Finding:
    return Finding(
        "measured_without_process", row.source,
        mark("A measured amount names the process {process}, which the source does not have; it was left out."),
        Severity.ERROR, evidence={"process": row.process, "pollutant": row.pollutant, "amount": row.amount},
    )  # fmt: skip
