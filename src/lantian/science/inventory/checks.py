"""What in an inventory looks wrong, with evidence and the innocent explanation (清单质量检查)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np

from lantian.rules.inventory_book_records import InventoryBookRule
from lantian.science.inventory.estimating import Estimate
from lantian.science.inventory.gross import InventoryPollutant
from lantian.science.inventory.records import Book, Control, Process, Source
from lantian.science.inventory.removal import device
from lantian.science.inventory.rules import InventoryRules
from lantian.science.places import distance
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.words import mark

_ORDER: tuple[InventoryPollutant, ...] = ("pm25", "pm10", "tsp")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class _Case:
    book: Book
    rows: Sequence[Estimate]
    rules: InventoryRules
    rule: InventoryBookRule


def check_book(
    book: Book, rows: Sequence[Estimate], rules: InventoryRules, rule: InventoryBookRule
) -> tuple[Finding, ...]:
    """Look for what a reviewer of the inventory would ask about; nothing is changed.

    Parameters
    ----------
    book : Book
        Sources, and the yearbook's totals where the city gives them.
    rows : sequence of Estimate
        What was computed from it.
    rules : InventoryRules
        Defaults and thresholds in force.
    rule : InventoryBookRule
        Thresholds of this book.

    Returns
    -------
    tuple of Finding
        By kind of check, in the order of the book.
    """
    case = _Case(book, rows, rules, rule)
    checks: tuple[Callable[[_Case], Iterator[Finding]], ...] = (
        _uncontrolled, _claimed, _sizes, _intensities, _one_outlet_twice, _one_place_twice, _one_enterprise_twice,
        _methods, _statistics, _low_confidence,
    )  # fmt: skip
    return tuple(finding for check in checks for finding in check(case))


def _processes(book: Book) -> Iterator[tuple[Source, Process]]:
    for source in book.sources:
        for process in source.processes:
            yield source, process


def _uncontrolled(case: _Case) -> Iterator[Finding]:
    """Much is given off and no device is in the book (缺失治理设施)."""
    points = {source.id for source in case.book.sources if source.kind == "point"}
    for row in case.rows:
        limit = case.rule.checks.uncontrolled_from.get(row.pollutant)
        if limit is None or row.gross is None or row.controls or row.measured or row.source not in points:
            continue
        if row.gross.inputs.get("basis") != "controlled" and row.gross.amount >= float(limit):
            yield Finding(
                "control_missing", row.source,
                mark("Process {process} gives off {amount} t of {pollutant} and has no device in the book."),
                evidence={"process": row.process, "pollutant": row.pollutant, "amount": round(row.gross.amount, 3),
                          "from": float(limit)},
                competing_explanation=mark("Its devices were not reported, or it is lawfully without one."),
            )  # fmt: skip


def _claimed(case: _Case) -> Iterator[Finding]:
    """More is removed than the technique does by default, and nothing proves it (去除率偏高无依据)."""
    excess = float(case.rule.checks.removal_excess)
    for source, process in _processes(case.book):
        for control in process.controls:
            for stream, claimed, default in _above_default(control, case.rules):
                if claimed > default + excess + _ROUNDING and not control.evidence.strip():
                    yield Finding(
                        "removal_unproven", source.id,
                        mark("{technology} of process {process} is said to remove {claimed} of {pollutant}; "
                             "{default} is usual, and no evidence is named."),
                        evidence={"process": process.id, "technology": control.technology, "pollutant": stream,
                                  "claimed": claimed, "default": default},
                        competing_explanation=mark("A test report exists and was not named."),
                    )  # fmt: skip


def _above_default(control: Control, rules: InventoryRules) -> Iterator[tuple[str, float, float]]:
    try:
        usual = device(rules, control.technology).removal
    except CallerError:
        return  # the process was left out already, with this reason
    for stream, claimed in control.removal.items():
        yield stream, claimed, dict(usual).get(stream, 0.0)  # type: ignore[call-overload]


def _sizes(case: _Case) -> Iterator[Finding]:
    """Fine particles are more than all particles (粒径倒挂)."""
    amounts = {(row.source, row.process, row.pollutant): row.amount for row in case.rows}
    for source, process in dict.fromkeys((row.source, row.process) for row in case.rows):
        held = [(p, amounts[source, process, p]) for p in _ORDER if (source, process, p) in amounts]
        for (fine, less), (coarse, more) in pairwise(held):
            if less > more * (1 + _ROUNDING):
                yield Finding(
                    "sizes_inverted", source,
                    mark("Process {process} gives off {less} t of {fine} but only {more} t of {coarse}."),
                    Severity.ERROR,
                    evidence={"process": process, "fine": fine, "less": less, "coarse": coarse, "more": more},
                    competing_explanation=mark("The two were measured by different methods."),
                )  # fmt: skip


def _intensities(case: _Case) -> Iterator[Finding]:
    """Emission per activity far from that of its peers (排放强度异常)."""
    ratio, peers = float(case.rule.checks.intensity_ratio), case.rule.checks.peers
    groups: dict[tuple[str, str, str], list[tuple[Estimate, float]]] = defaultdict(list)
    for row in case.rows:
        if row.activity and row.amount > 0:
            groups[row.category, row.unit, row.pollutant].append((row, row.amount / row.activity * 1000))
    for members in groups.values():
        if len(members) < peers:
            continue
        usual = median(value for _, value in members)
        for row, value in members:
            if max(value / usual, usual / value) > ratio:
                yield Finding(
                    "intensity_implausible", row.source,
                    mark(
                        "Process {process} gives off {value} kg of {pollutant} per {unit}; {usual} is usual among "
                        "{peers} of {category}."
                    ),
                    evidence={"process": row.process, "pollutant": row.pollutant, "value": round(value, 6),
                              "usual": round(usual, 6), "peers": len(members), "unit": row.unit,
                              "category": row.category},
                    competing_explanation=mark("Its fuel, product or devices differ from the others'."),
                )  # fmt: skip


def _one_outlet_twice(case: _Case) -> Iterator[Finding]:
    """One outlet stands with two sources, or its amount was counted twice (同一排放口重复)."""
    of: dict[str, list[str]] = defaultdict(list)
    for source in case.book.sources:
        for outlet in source.outlets:
            of[outlet].append(source.id)
    for outlet, sources in of.items():
        if len(sources) > 1:
            yield _twice(
                "outlet_twice", sources, mark("The outlet {what} stands with {count} sources: {sources}."), outlet
            )
    used: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in case.book.measured:
        if row.outlet and row.method == "cems":
            used[row.outlet, row.pollutant].append(row.source)
    for (outlet, pollutant), sources in used.items():
        if len(sources) > 1:
            message = mark("The amount of {what} was counted {count} times: {sources}.")
            yield _twice("cems_twice", sources, message, f"{outlet} {pollutant}")


def _one_place_twice(case: _Case) -> Iterator[Finding]:
    """Two sources stand at one place with one trade, or under two categories of one trade (坐标重复)."""
    near = float(case.rule.checks.same_place)
    points = [
        source
        for source in case.book.sources
        if source.kind == "point" and source.longitude is not None and source.latitude is not None
    ]
    points.sort(key=lambda source: (source.latitude or 0.0, source.id))
    latitudes = np.array([source.latitude or 0.0 for source in points])
    longitudes = np.array([source.longitude or 0.0 for source in points])
    reach = near / 110_000  # degrees of latitude: a first sieve, a degree is longer than this everywhere
    for place, one in enumerate(points):
        end = int(np.searchsorted(latitudes, latitudes[place] + reach, side="right"))
        others = slice(place + 1, end)
        for step, metres in enumerate(
            distance(longitudes[place], latitudes[place], longitudes[others], latitudes[others])
        ):
            other = points[place + 1 + step]
            if metres <= near and (not one.enterprise or one.enterprise != other.enterprise):
                yield Finding(
                    "place_twice", one.id,
                    mark("{other} stands {metres} m away: the two may be one plant, counted twice."),
                    evidence={"other": other.id, "metres": round(float(metres), 1)},
                    competing_explanation=mark("Two plants share a yard, or one address was geocoded for both."),
                )  # fmt: skip


def _one_enterprise_twice(case: _Case) -> Iterator[Finding]:
    """One enterprise has one category in two sources (同一企业重复)."""
    of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source in case.book.sources:
        for category in dict.fromkeys(process.activity.category for process in source.processes):
            if source.enterprise:
                of[source.enterprise, category].append(source.id)
    for (enterprise, category), sources in of.items():
        if len(sources) > 1:
            message = mark("The enterprise {what} stands in {count} sources: {sources}.")
            yield _twice("enterprise_twice", sources, message, f"{enterprise} {category}")


def _twice(code: str, sources: Iterable[str], message: str, what: str) -> Finding:
    held = list(sources)
    return Finding(
        code, held[0], message, evidence={"what": what, "count": len(held), "sources": ", ".join(held)},
        competing_explanation=mark("The enterprise has several sites, or several lines share one stack."),
    )  # fmt: skip


def _methods(case: _Case) -> Iterator[Finding]:
    """Two methods say very different things of one source (方法结果差异大)."""
    ratio = float(case.rule.checks.methods_differ)
    for row in case.rows:
        apart = row.disagreement
        if apart is not None and apart > ratio:
            said = ", ".join(
                f"{each.method} {each.amount:.4g} t" for each in row.alternatives if each.amount is not None
            )
            yield Finding(
                "methods_disagree", row.source,
                mark("{pollutant} of process {process}: the methods differ by a factor of {apart} ({said})."),
                evidence={"process": row.process, "pollutant": row.pollutant, "apart": round(apart, 2),
                          "said": said},
                competing_explanation=mark("The factor does not fit this plant, or the CEMS sees another stream."),
            )  # fmt: skip


def _statistics(case: _Case) -> Iterator[Finding]:
    """Activity of the book is not what the yearbook says (与统计年鉴不符)."""
    allowed = float(case.rule.checks.statistics_share)
    for said in case.book.statistics:
        prefix, total = said.category, said.amount
        mine = sum(
            process.activity.amount
            for _, process in _processes(case.book)
            if f"{process.activity.category}.".startswith(f"{prefix}.")
        )
        if total > 0 and abs(mine - total) > allowed * total:
            yield Finding(
                "statistics_differ", prefix,
                mark("The book has {mine} of {what}, the yearbook {total}: {share} of it."),
                evidence={"what": prefix, "mine": mine, "total": total, "share": f"{mine / total:.1%}"},
                competing_explanation=mark("Small users are missing, or the yearbook counts others too."),
            )  # fmt: skip


def _low_confidence(case: _Case) -> Iterator[Finding]:
    """Say of each pollutant how much of its total rests on factors of low confidence (低可信度占比)."""
    shares = low_confidence_shares(case.rows)
    for pollutant, share in shares.items():
        if share > 0:
            yield Finding(
                "low_confidence", pollutant,
                mark("{share} of {pollutant} rests on factors of confidence C."), Severity.INFO,
                evidence={"pollutant": pollutant, "share": f"{share:.1%}"},
            )  # fmt: skip


def low_confidence_shares(rows: Iterable[Estimate]) -> dict[str, float]:
    """Share of each pollutant's total that rests on numbers of confidence C.

    Parameters
    ----------
    rows : iterable of Estimate
        The inventory.

    Returns
    -------
    dict
        Pollutant → share; a pollutant whose total is zero has none. [1]
    """
    total: dict[str, float] = defaultdict(float)
    low: dict[str, float] = defaultdict(float)
    for row in rows:
        total[row.pollutant] += row.amount
        if row.confidence == "C":
            low[row.pollutant] += row.amount
    return {pollutant: low[pollutant] / amount for pollutant, amount in total.items() if amount > 0}
