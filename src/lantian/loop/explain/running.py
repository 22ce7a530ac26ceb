"""Computes an edition: methods, amounts, intervals and checks, written beside the book (清单核算)."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import polars as pl

import lantian
from lantian.desk.jobs import Jobs, Progress
from lantian.loop.explain.editions import draft_edition, find_edition
from lantian.loop.explain.keeping import of_edition, read_book
from lantian.loop.explain.study import Study
from lantian.loop.explain.tables import INVENTORY_EMISSIONS, INVENTORY_TOTALS
from lantian.rules import InventoryBookRule
from lantian.science.inventory.checks import check_book
from lantian.science.inventory.estimating import Estimate, Estimates, estimate
from lantian.science.inventory.records import Book
from lantian.science.inventory.rules import InventoryRules
from lantian.science.inventory.tracing import trace_of
from lantian.science.inventory.uncertainty import Interval, intervals, row_interval
from lantian.store.columns import Table
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding

SEED = 20_250_101
"""Of the draws; the same seed gives the same intervals, so that a second run changes nothing."""


@dataclass(frozen=True, slots=True)
class Computed:
    """What a run did."""

    edition: str
    year: int
    sources: int
    rows: int
    changed: int
    """Rows that are new, different or withdrawn."""
    findings: tuple[Finding, ...]
    rule_ids: tuple[str, ...]


def sector_of(category: str) -> str:
    """First level of a category.

    Examples
    --------
    >>> sector_of("combustion.power.coal.pc")
    'combustion'
    """
    return category.partition(".")[0]


def compute(
    study: Study,
    jobs: Jobs,
    key: str,
    *,
    seed: int = SEED,
    number: int | None = None,
    progress: Progress | None = None,
) -> Computed:
    """Compute every row of an edition with its interval, and the sums with theirs.

    Parameters
    ----------
    study : Study
        The room's scene.
    jobs : Jobs
        Keeps the record of the run.
    key : str
        Edition, still a draft.
    seed : int
        Of the draws.
    number : int, optional
        How often the city is drawn; by default as the rule says.
    progress : callable, optional
        Told the share done and a few words.

    Raises
    ------
    CallerError
        No such draft, or a book without sources.
    """
    edition = draft_edition(study, key)
    rules, rule = study.rules(edition.year), study.book_rule(edition.year)
    inputs = {"edition": key, "seed": seed, "number": number, "rules": [*rules.ids, rule.id]}
    with jobs.run("inventory", key, inputs, progress) as run:
        book = read_book(study, key, edition.year)
        if not book.sources:
            raise CallerError(
                "The edition {key} has no sources. Bring some with `lantian inventory import`.", key=key
            )
        made = _estimated(book, rules, rule, lambda share: run.progress(share * 0.4, "factors"))
        sums = intervals(
            made.rows, sector_of=sector_of, number=number or rule.draws.number, level=float(rule.draws.level),
            removal_gsd=float(rule.draws.removal_gsd), seed=seed,
            progress=lambda share: run.progress(0.4 + share * 0.4, "intervals"),
        )  # fmt: skip
        said = {
            "edition": key, "rules": ",".join((*rules.ids, rule.id)), "withdrawn": False,
            "simulated": study.simulated, "run_id": run.id, "code_version": lantian.__version__,
        }  # fmt: skip
        changed = _write(study, INVENTORY_EMISSIONS, key, (_row(row, rule) for row in made.rows), said)
        changed += _write(study, INVENTORY_TOTALS, key, _total_rows(sums, made.rows), said)
        findings = (*made.findings, *check_book(book, made.rows, rules, rule))
        run.progress(1.0, "")
        run.result.update(sources=len(book.sources), rows=len(made.rows), changed=changed, findings=len(findings))
    return Computed(key, edition.year, len(book.sources), len(made.rows), changed, findings, (*rules.ids, rule.id))


def estimated(study: Study, key: str | None = None) -> tuple[Book, Estimates]:
    """Compute an edition without writing anything: for checks and for answers about rows."""
    edition = find_edition(study, key)
    book = read_book(study, edition.key, edition.year)
    return book, _estimated(book, study.rules(edition.year), study.book_rule(edition.year))


def checked(study: Study, key: str | None = None) -> tuple[Finding, ...]:
    """Look for what is doubtful in an edition as the book is now (清单质量检查)."""
    book, made = estimated(study, key)
    rules, rule = study.rules(book.year), study.book_rule(book.year)
    return (*made.findings, *check_book(book, made.rows, rules, rule))


def _estimated(book: Book, rules: InventoryRules, rule: InventoryBookRule, progress: Any = None) -> Estimates:
    return estimate(book, rules, rule.measured, progress or (lambda _share: None))


def _row(row: Estimate, rule: InventoryBookRule) -> dict[str, Any]:
    low, high = row_interval(row, float(rule.draws.level), float(rule.draws.removal_gsd))
    return {
        "source": row.source, "process": row.process, "pollutant": row.pollutant, "category": row.category,
        "county": row.county, "amount": row.amount, "low": low, "high": high, "method": row.method,
        "why_not_better": row.why_not_better, "disagreement": row.disagreement, "activity": row.activity,
        "unit": row.unit, "factor": None if row.gross is None else row.gross.factor, "left_share": row.left,
        "factor_rule": None if row.gross is None else row.gross.rule, "confidence": str(row.confidence),
        "flags": ",".join(row.flags), "trace": json.dumps(trace_of(row), ensure_ascii=False, sort_keys=True),
    }  # fmt: skip


def _total_rows(sums: Iterable[Interval], rows: Iterable[Estimate]) -> Iterable[dict[str, Any]]:
    low: dict[tuple[str, str, str], float] = defaultdict(float)
    for row in rows:
        if row.confidence == "C":
            for kind, code in (
                ("city", ""), ("county", row.county), ("sector", sector_of(row.category)), ("source", row.source),
            ):  # fmt: skip
                low[kind, code, row.pollutant] += row.amount
    for each in sums:
        share = low[each.kind, each.code, each.pollutant] / each.amount if each.amount > 0 else None
        yield {
            "kind": each.kind, "code": each.code, "pollutant": each.pollutant, "amount": each.amount,
            "low": each.low, "high": each.high, "low_confidence": None if share is None else min(share, 1.0),
        }  # fmt: skip


def _write(study: Study, table: Table, key: str, rows: Iterable[dict[str, Any]], said: dict[str, Any]) -> int:
    schema = {column.name: column.dtype for column in table.columns}
    new = pl.DataFrame([{**row, **said} for row in rows], schema=schema, orient="row")
    held = study.lake.read(table, columns=list(schema), where=of_edition(key))
    gone = held.join(new, on=list(table.key), how="anti").with_columns(
        withdrawn=pl.lit(value=True), run_id=pl.lit(said["run_id"])
    )
    return study.lake.append(table, pl.concat([new, gone.select(list(schema))]), only_changes=True).written
