"""What came of an application: every check with figures, clause and verdict, as computed (准入核算结果)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from lantian.desk.language import Translation
from lantian.loop.plan.admission.records import Application, Part
from lantian.rules import AdmissionCheck, AdmissionRule
from lantian.terms.pollutants import Pollutant
from lantian.terms.words import mark

Verdict = Literal["pass", "fail", "needs_documents"]
Binding = Literal["must", "principle", "advice"]
VERDICTS: Mapping[str, str] = {
    "pass": mark("passes"),
    "fail": mark("fails"),
    "needs_documents": mark("needs papers"),
}
BINDINGS: Mapping[str, str] = {
    "must": mark("must"),
    "principle": mark("in principle"),
    "advice": mark("by preference"),
}
OVERALL: Mapping[str, str] = {
    "pass": mark("Every check passes."),
    "needs_reason": mark("It fails what is wanted in principle: it may pass with a reason."),
    "needs_documents": mark("Papers or figures are missing."),
    "fail": mark("It fails what must be: it is to be refused."),
}


class Name(Part):
    """A name in both languages."""

    zh: str
    en: str

    def of(self, language: Translation) -> str:
        """Return it in the reader's language."""
        return self.zh if language.is_chinese or not self.en else self.en


class Said(Part):
    """A sentence as message id, with what stands in its places."""

    message: str
    values: dict[str, str] = Field(default_factory=dict)
    """As they are written in every language: numbers, names of plants, days."""
    words: dict[str, str] = Field(default_factory=dict)
    """Message ids."""
    names: dict[str, Name] = Field(default_factory=dict)

    def text(self, language: Translation) -> str:
        """Say it in the reader's language."""
        words = {key: language.gettext(word) for key, word in self.words.items()}
        names = {key: name.of(language) for key, name in self.names.items()}
        return language.format(self.message, **self.values, **words, **names)


class Figure(Part):
    """One number of a check."""

    label: Said
    value: str | None
    unit: str
    """Message id; empty for a bare number."""

    def text(self, language: Translation) -> str:
        """Say it in the reader's language: label, number and unit."""
        unit = language.gettext(self.unit)
        between = "" if unit in {"", "%"} or language.is_chinese else " "
        value = "—" if self.value is None else f"{self.value}{between}{unit}"
        return language.format(mark("{label}: {value}"), label=self.label.text(language), value=value)


class CheckOutcome(Part):
    """One line of the checklist for one application."""

    key: str
    title: Name
    clause: Name
    measure: int | None
    source: str
    binding: Binding
    confidence: str
    verdict: Verdict
    said: tuple[Said, ...]
    figures: tuple[Figure, ...] = ()

    def clause_text(self, rule: str, language: Translation) -> str:
        """Cite the clause: what it wants, the measure of the plan, the instrument and the edition."""
        if self.measure is None:
            message = mark("{title}: {clause} ({source}; rule {rule})")
        else:
            message = mark("{title}: {clause} (measure {measure} of the plan; {source}; rule {rule})")
        clause = self.clause.of(language).rstrip("。.")
        return language.format(
            message, title=self.title.of(language), clause=clause, measure=self.measure, source=self.source,
            rule=rule,
        )  # fmt: skip


class Decision(Part):
    """How it was decided, besides the reason."""

    override: bool
    cited: tuple[str, ...]
    """Keys of the checks that the decision cites."""


class Outcome(Part):
    """All checks of one application under one edition."""

    rule: str
    rule_title: Name
    checks: tuple[CheckOutcome, ...]
    not_applicable: tuple[str, ...]
    air: dict[Pollutant, bool]
    """What is known of the air: pollutant → whether it attains."""
    air_source: Said
    notes: tuple[Said, ...] = ()
    decision: Decision | None = None

    def failing(self, *bindings: Binding) -> tuple[CheckOutcome, ...]:
        """List the checks that fail and bind so."""
        return tuple(row for row in self.checks if row.verdict == "fail" and row.binding in bindings)

    def open(self) -> tuple[CheckOutcome, ...]:
        """List the binding checks that lack papers or figures."""
        return tuple(row for row in self.checks if row.verdict == "needs_documents" and row.binding != "advice")

    @property
    def overall(self) -> Literal["pass", "needs_reason", "needs_documents", "fail"]:
        """What follows from all checks together."""
        if self.failing("must"):
            return "fail"
        if self.open():
            return "needs_documents"
        return "needs_reason" if self.failing("principle") else "pass"

    def check(self, key: str) -> CheckOutcome:
        """Return one check that applied."""
        return next(row for row in self.checks if row.key == key)


@dataclass(frozen=True, slots=True)
class Case:
    """What every check looks at."""

    application: Application
    rule: AdmissionRule
    air: Mapping[Pollutant, bool]
    """Pollutants of which it is known whether they attain."""

    @property
    def key_region(self) -> bool:
        """Whether the project lies in a key region."""
        return self.rule.in_key_region(self.application.county)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found; `binding` where it binds otherwise than its line says."""

    verdict: Verdict
    said: tuple[Said, ...]
    figures: tuple[Figure, ...] = ()
    binding: Binding | None = None


def outcome_of(check: AdmissionCheck, found: Found, rule: AdmissionRule) -> CheckOutcome:
    """Join what a check found with the line of the checklist."""
    return CheckOutcome(
        key=check.key,
        title=Name(zh=check.title_zh, en=check.title),
        clause=Name(zh=check.clause_zh, en=check.clause),
        measure=rule.measures.get(check.key),
        source=check.source,
        binding=found.binding or rule.binding_of(check),
        confidence=check.confidence.value,
        verdict=found.verdict,
        said=found.said,
        figures=found.figures,
    )


def lacking(message: str, **values: str) -> Found:
    """Return that something was not handed in."""
    return Found("needs_documents", (Said(message=message, values=values),))


def figure(label: str, value: Decimal | Fraction | float | None, unit: str, **values: str) -> Figure:
    """Return a number with its label (a message id) and unit."""
    return Figure(
        label=Said(message=label, values=values), value=None if value is None else plain(value), unit=unit
    )


def plain(value: Decimal | Fraction | float) -> str:
    """Write a number shortly; what has no end is cut down to two decimals, never up.

    Examples
    --------
    >>> plain(Decimal("125.00")), plain(Fraction(200, 3)), plain(Decimal("0.7143")), plain(29.9596)
    ('125', '66.66', '0.7143', '29.96')
    """
    if isinstance(value, float):
        return plain(Decimal(f"{value:.2f}"))
    if isinstance(value, Fraction):
        tens = value.denominator
        for prime in (2, 5):
            while tens % prime == 0:
                tens //= prime
        whole = value if tens == 1 else Fraction(value.numerator * 100 // value.denominator, 100)
        value = Decimal(whole.numerator) / Decimal(whole.denominator)
    text = f"{value.normalize():f}"
    return "0" if text == "-0" else text
