"""How far the reading of a plan agrees with a truth made by hand: precision, recall and every miss, per kind."""

import json
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]
Agrees = Callable[[Row, Row], Sequence[str]]
"""Names of the fields in which a found row differs from the truth."""

TEN_THOUSAND = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}
NOT_SHOWN = {
    "start",
    "end",
    "closes",
    "expanded",
    "expanded_ids",
    "tails",
    "deadlines",
    "indicators",
    "sentences",
    "mentions",
}
KINDS = ("sections", "measures", "tails", "deadlines", "indicators", "targets", "facts")


@dataclass(frozen=True, slots=True)
class Tally:
    """Agreement on one kind of thing in one document."""

    kind: str
    expected: int
    """Rows of the truth, without the optional ones."""
    found: int
    """Rows of the reading, without those that answer an optional row."""
    hits: int
    misses: tuple[str, ...] = ()
    """Rows of the truth that the reading lacks or has otherwise."""
    extras: tuple[str, ...] = ()
    """Rows of the reading that the truth does not hold."""

    @property
    def precision(self) -> float:
        """Share of what was found that is true; 1 where nothing was found."""
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """Share of the truth that was found; 1 where there is nothing to find."""
        return self.hits / self.expected if self.expected else 1.0

    @property
    def perfect(self) -> bool:
        """Whether nothing is missing and nothing too much."""
        return self.hits == self.expected == self.found


def truth_of(path: Path) -> dict[str, Any]:
    """Read a truth file; numbers as exact decimals."""
    with path.open("rb") as file:
        return tomllib.load(file, parse_float=Decimal)


def reference_truth(path: Path, more: Path) -> dict[str, Any]:
    """Read one of the reference's own truth files, with our indicators and targets beside it."""
    import yaml

    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    ours = truth_of(more)
    numbers = {str(row["number"]): row["indicators"] for row in ours["measures"]}
    assert set(numbers) == {str(row["number"]) for row in given["measures"]}
    open_fields = ["kind", "firm", "every", "start"]
    measures = [
        {
            **row,
            "indicators": numbers[str(row["number"])],
            "deadlines": [{**time, "any": open_fields} for time in row["deadlines"]],
        }
        for row in given["measures"]
    ]
    return {**given, **{key: ours[key] for key in ("targets", "not_indicators")}, "measures": measures}


def score(payload: Row, truth: Row) -> dict[str, Tally]:
    """Compare one reading with its truth, kind by kind."""
    read = {str(row["number"]): row for row in payload["measures"]}
    pairs = [(row, read.get(str(row["number"]), {})) for row in truth["measures"]]
    known = {str(row["number"]) for row in truth["measures"]}
    strays = [({}, row) for number, row in read.items() if number not in known]

    def inside(kind: str, differs: Agrees) -> Tally:
        rows = []
        for want, got in [*pairs, *strays]:
            where = f"{got.get('number', want.get('number'))}: "
            rows.append(_match(kind, want.get(kind, ()), got.get(kind, ()), differs, where))
        return _sum(kind, rows)

    found = {
        "measures": _match("measures", truth["measures"], payload["measures"], _measure),
        "tails": inside("tails", _tail),
        "deadlines": inside("deadlines", _deadline),
        "indicators": inside("indicators", _indicator),
        "targets": _match("targets", truth.get("targets", ()), payload["targets"], _target),
        "facts": _facts(payload, truth.get("facts", {})),
    }
    if "sections" in truth:
        found["sections"] = _match("sections", truth["sections"], sections_of(payload), _section)
    return found


def sections_of(payload: Row) -> list[dict[str, str]]:
    """Headings just above the measures, each once, in reading order."""
    rows: list[dict[str, str]] = []
    for measure in payload["measures"]:
        row = {"label": measure["section"], "title": measure["section_title"]}
        if row not in rows:
            rows.append(row)
    return rows


def table(scores: Mapping[str, Mapping[str, Tally]]) -> str:
    """Lay the scores of several documents out as text, with every miss below its document."""
    lines = [f"{'document':<18}{'kind':<12}{'truth':>6}{'found':>6}{'hits':>6}{'precision':>11}{'recall':>9}"]
    for name, kinds in scores.items():
        for kind in KINDS:
            if kind in kinds:
                row = kinds[kind]
                lines.append(
                    f"{name:<18}{kind:<12}{row.expected:>6}{row.found:>6}{row.hits:>6}{row.precision:>11.1%}{row.recall:>9.1%}"
                )
                lines.extend(f"    missing  {text}" for text in row.misses)
                lines.extend(f"    too much {text}" for text in row.extras)
    return "\n".join(lines)


def taken_for_numbers(payload: Row, text: str, words: Iterable[str]) -> list[str]:
    """Indicators that end inside words that hold no indicator (文号, “6+3”)."""
    spans = [(at, at + len(word)) for word in words for at in _places(text, word)]
    return [
        row["text"]
        for measure in payload["measures"]
        for row in measure["indicators"]
        if any(start < row["end"] <= end for start, end in spans)
    ]


def _places(text: str, word: str) -> Iterable[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _sum(kind: str, rows: Sequence[Tally]) -> Tally:
    return Tally(
        kind,
        sum(row.expected for row in rows),
        sum(row.found for row in rows),
        sum(row.hits for row in rows),
        tuple(text for row in rows for text in row.misses),
        tuple(text for row in rows for text in row.extras),
    )


def _match(kind: str, truth: Sequence[Row], found: Sequence[Row], differs: Agrees, where: str = "") -> Tally:
    """Pair every row of the truth with one row of the reading that differs in nothing."""
    left = list(range(len(found)))
    hits, optional, open_rows = 0, 0, []
    for row in sorted(truth, key=lambda row: bool(row.get("optional"))):
        at = next((at for at in left if not differs(row, found[at])), None)
        if at is None:
            if not row.get("optional"):
                open_rows.append(row)
            continue
        left.remove(at)
        if row.get("optional"):
            optional += 1
        else:
            hits += 1
    misses = []
    for row in open_rows:
        nearest = min((differs(row, found[at]) for at in left), key=len, default=())
        misses.append(f"{where}{_short(row)}  [differs: {', '.join(nearest) or 'nothing like it'}]")
    return Tally(
        kind,
        expected=sum(not row.get("optional") for row in truth),
        found=len(found) - optional,
        hits=hits,
        misses=tuple(misses),
        extras=tuple(f"{where}{_short(found[at])}" for at in left),
    )


def _short(row: Row) -> str:
    kept = {
        key: value for key, value in row.items() if key not in NOT_SHOWN and value not in (None, "", [], False)
    }
    return json.dumps(kept, ensure_ascii=False, default=str)[:400]


def _compared(truth: Row, fields: Mapping[str, bool]) -> tuple[str, ...]:
    """Names of the fields that differ and that the truth does not leave open."""
    return tuple(name for name, same in fields.items() if not same and name not in truth.get("any", ()))


def _day(value: object) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def _measure(truth: Row, row: Row) -> tuple[str, ...]:
    fields = {"number": truth["number"] == row["number"]}
    if "title" in truth:
        fields["title"] = truth["title"] == row["title"]
    if "section" in truth:
        fields["section"] = str(truth["section"]) == str(row["section"])
    return _compared(truth, fields)


def _section(truth: Row, row: Row) -> tuple[str, ...]:
    return _compared(truth, {key: truth[key] == row[key] for key in ("label", "title")})


def _tail(truth: Row, row: Row) -> tuple[str, ...]:
    fields = {key: list(truth[key]) == list(row[key]) for key in ("lead", "cooperate", "implement")}
    fields["mode"] = truth["mode"] == row["mode"]
    fields["open_list"] = bool(truth.get("open_list")) == bool(row.get("open_list"))
    if "raw" in truth:
        fields["raw"] = truth["raw"] == row["raw"]
    return _compared(truth, fields)


def _deadline(truth: Row, row: Row) -> tuple[str, ...]:
    return _compared(
        truth,
        {
            "text": truth["text"] == row["text"],
            "date": _day(truth.get("date")) == row["date"],
            "kind": truth.get("kind") == row["kind"],
            "start": _day(truth.get("start")) == row.get("start_date"),
            "every": truth.get("every") == row.get("every"),
            "firm": truth.get("firm", True) == row["firm"],
        },
    )


def _indicator(truth: Row, row: Row) -> tuple[str, ...]:
    factor, unit = _plain_unit(truth.get("unit", ""))
    row_factor, row_unit = _plain_unit(row["unit"])
    return _compared(
        truth,
        {
            "value": _same_number(truth.get("value"), factor, row["value"], row_factor),
            "value_to": _same_number(truth.get("value_to"), factor, row["value_to"], row_factor),
            "unit": unit == row_unit,
            "what": _alike(truth["what"], row["what"]),
            "kind": truth["kind"] == row["kind"],
            "comparator": truth["comparator"] == row["comparator"],
            "change": truth.get("value") is None or truth.get("change", False) == row["change"],
            "baseline": truth.get("baseline") == row["baseline"],
            "scope": _alike(truth.get("scope", ""), row["scope"]),
            "by": _day(truth.get("by")) == row["by"],
            "firm": truth.get("firm", True) == row["firm"],
        },
    )


def _target(truth: Row, row: Row) -> tuple[str, ...]:
    fields = {
        key: truth[key] == row.get(key)
        for key in ("kind", "metric", "comparator", "unit", "baseline", "change", "direction")
        if key in truth
    }
    if "years" in truth:
        fields["years"] = list(truth["years"]) == list(row["years"])
    if "metric_written" in truth:
        fields["metric_written"] = truth["metric_written"] in row["metric_written"]
    if "value" in truth:
        fields["value"] = _same_number(truth["value"], Decimal(1), row["value"], Decimal(1))
    for key in ("subjects", "except_subjects"):
        if key in truth:
            fields[key] = all(any(_alike(name, seen) for seen in row[key]) for name in truth[key])
    return _compared(truth, fields)


def _facts(payload: Row, truth: Row) -> Tally:
    """Facts of the document itself, each by its words."""
    misses = []
    for key, wanted in truth.items():
        got = payload["date"] if key == "issued_on" else payload.get(key)
        if key == "implements":
            good = all(any(name in str(fact) for fact in got or ()) for name in wanted)
        else:
            got = got.get("text") if isinstance(got, Mapping) else got
            good = got == (_day(wanted) if isinstance(wanted, date) else wanted)
        if not good:
            misses.append(f"{key}: {wanted} but read {got}")
    return Tally("facts", len(truth), len(truth), len(truth) - len(misses), tuple(misses))


def _plain_unit(unit: str) -> tuple[Decimal, str]:
    """Take 万 and 亿 out of a unit: a factor and the unit."""
    factor = TEN_THOUSAND.get(unit[:1])
    return (Decimal(1), unit) if factor is None else (factor, unit[1:])


def _same_number(wanted: object, factor: Decimal, got: object, got_factor: Decimal) -> bool:
    if wanted is None or got is None:
        return wanted is None and got is None
    return abs(Decimal(str(wanted)) * factor) == abs(Decimal(str(got)) * got_factor)


def _alike(wanted: str, got: str) -> bool:
    """Whether short words name the same: one holds the other; nothing is asked where the truth gives none."""
    return not wanted or (bool(got) and (wanted in got or got in wanted))
