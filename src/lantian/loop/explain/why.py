"""How was this tonne made: sentences, numbers and rules of every row of a source and pollutant (溯源)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from lantian.loop.explain.editions import find_edition
from lantian.loop.explain.queries import emissions
from lantian.loop.explain.study import Study
from lantian.science.inventory.tracing import agrees, made_again
from lantian.terms.errors import CallerError
from lantian.terms.words import mark

SUBJECT = "inventory:"
"""How a question about a tonne begins: ``inventory:EDITION/SOURCE/POLLUTANT``."""


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: a sentence with its values, and the row of the rule that it rests on."""

    message: str
    """English message id with ``{named}`` places."""
    values: Mapping[str, Any] = field(default_factory=dict)
    rule: str = ""
    """Id of the edition, ``#`` and the row in it."""


@dataclass(frozen=True, slots=True)
class TracedRow:
    """A row of the inventory with the steps that make it again."""

    process: str
    amount: float
    """[t]"""
    low: float
    high: float
    method: str
    confidence: str
    flags: str
    steps: tuple[TraceStep, ...]
    again: float | None
    """[t]"""
    agrees: bool


@dataclass(frozen=True, slots=True)
class Traced:
    """All of a source and pollutant."""

    edition: str
    source: str
    name: str
    pollutant: str
    amount: float
    """[t]"""
    rows: tuple[TracedRow, ...]
    provenance: Mapping[str, Any]

    @property
    def agrees(self) -> bool:
        """Whether every row is made again by its steps."""
        return all(row.agrees for row in self.rows)


def subject_of(text: str) -> tuple[str, str, str]:
    """Read ``inventory:EDITION/SOURCE/POLLUTANT``.

    Raises
    ------
    CallerError
        It has other parts.

    Examples
    --------
    >>> subject_of("inventory:2025/P1/so2")
    ('2025', 'P1', 'so2')
    """
    parts = text.removeprefix(SUBJECT).split("/")
    if len(parts) != 3 or not all(parts):
        raise CallerError(
            "{text!r} names no tonne. Write inventory:EDITION/SOURCE/POLLUTANT, as inventory:2025/P1/so2.",
            text=text,
        )
    return parts[0], parts[1], parts[2]


def trace(study: Study, key: str | None, source: str, pollutant: str) -> Traced:
    """Show how the rows of a source and pollutant were made, and make them again.

    Raises
    ------
    CallerError
        No such edition, none that was computed, or nothing of this source and pollutant in it.
    """
    edition = find_edition(study, key)
    rows = emissions(study, edition.key).filter(pl.col("source") == source)
    if rows.is_empty():
        raise CallerError(
            "The edition {key} has no rows of the source {source!r}. `lantian inventory show {key} --by source` "
            "lists them.",
            key=edition.key, source=source,
        )  # fmt: skip
    mine = rows.filter(pl.col("pollutant") == pollutant)
    if mine.is_empty():
        raise CallerError(
            "{source} gives off no {pollutant} in the edition {key}; it has: {known}.",
            source=source, pollutant=pollutant, key=edition.key,
            known=", ".join(rows["pollutant"].unique(maintain_order=True)),
        )  # fmt: skip
    held = study.lake.read(
        "inventory_sources", columns=["name"],
        where=(pl.col("edition") == edition.key) & (pl.col("source") == source),
    )  # fmt: skip
    first = mine.row(0, named=True)
    return Traced(
        edition=edition.key, source=source, name=held.item(0, 0) if held.height else source, pollutant=pollutant,
        amount=float(mine["amount"].sum()), rows=tuple(_traced(row) for row in mine.iter_rows(named=True)),
        provenance={name: first[name] for name in ("rules", "run_id", "code_version", "recorded_at", "simulated")},
    )  # fmt: skip


def _traced(row: Mapping[str, Any]) -> TracedRow:
    found = json.loads(row["trace"])
    return TracedRow(
        process=row["process"], amount=row["amount"], low=row["low"], high=row["high"], method=row["method"],
        confidence=row["confidence"], flags=row["flags"] or "", steps=tuple(_steps(found, row)),
        again=made_again(found), agrees=agrees(row["amount"], found),
    )  # fmt: skip


def _steps(found: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[TraceStep]:
    yield from _methods(found)
    activity, factor = found["activity"], found["factor"]
    if found["measured"]:
        yield from _measured(found)
    if activity is not None:
        yield TraceStep(
            mark("Activity: {amount} {unit} of {category}."),
            {"amount": activity["amount"], "unit": activity["unit"], "category": row["category"]},
        )
    if factor is not None:
        said = ", ".join(f"{name} = {value}" for name, value in factor["inputs"].items())
        yield TraceStep(
            mark("Factor {value} kg per {unit} by {formula}, confidence {confidence}, spread {gsd}: {inputs}."),
            {"value": factor["value"], "unit": row["unit"], "formula": factor["formula"], "inputs": said or "—",
             "confidence": factor["confidence"], "gsd": factor["gsd"]},
            factor["rule"],
        )  # fmt: skip
        yield TraceStep(mark("Without devices: {gross} t."), {"gross": factor["gross"]})
    for control in found["controls"]:
        removal = ", ".join(f"{name} {share:g}" for name, share in control["removal"].items())
        yield TraceStep(
            mark("{technology}: captures {capture}, runs {availability} of the time, removes {removal}."),
            {"technology": control["technology"], "capture": control["capture"],
             "availability": control["availability"], "removal": removal or "—"},
            control["rule"],
        )  # fmt: skip
    if factor is not None and not found["measured"]:
        yield TraceStep(
            mark("Activity × factor × what is left ({left}) = {amount} t."),
            {"left": found["left"], "amount": row["amount"]},
        )


def _methods(found: Mapping[str, Any]) -> Iterator[TraceStep]:
    for each in found["methods"]:
        amount = "—" if each["amount"] is None else f"{each['amount']:g}"
        if each["used"]:
            yield TraceStep(
                mark("Method {method}: {amount} t; used."), {"method": each["method"], "amount": amount}
            )
        else:
            yield TraceStep(
                mark("Method {method}: {amount} t; not used: {reason}."),
                {"method": each["method"], "amount": amount, "reason": each["reason"], **each["values"]},
            )


def _measured(found: Mapping[str, Any]) -> Iterator[TraceStep]:
    for each in found["measured"]:
        yield TraceStep(
            mark("Measured {pollutant} by {method} at {outlet}: {amount} t, coverage {coverage}; {evidence}."),
            {name: "—" if each[name] in (None, "") else each[name]
             for name in ("pollutant", "method", "outlet", "amount", "coverage", "evidence")},
        )  # fmt: skip
    yield TraceStep(
        mark("Part of it that falls to this process and pollutant: {share}."), {"share": found["share"]}
    )
