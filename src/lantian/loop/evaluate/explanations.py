"""What an explanation is made of: sentences with values, rows and the rule that asks for each step (说明步骤)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.loop.evaluate.scene import Scene
from lantian.rules import AqiCategories, AqiRule, Edition, RuleSet
from lantian.rules.records import Indicator
from lantian.science.aqi import aqi, iaqi, segments
from lantian.science.rounding import rounded
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import Pollutant

Value = Any
"""A cell of a table: text, number, date or None."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: a sentence with its values, and the rows that it is about."""

    message: str
    """English message id with ``{named}`` places."""
    values: Mapping[str, Value] = field(default_factory=dict)
    rows: pl.DataFrame | None = None
    rule: Edition | None = None
    """The edition that asks for this step."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A stored number, the steps that make it, and whether they make it again."""

    kind: SubjectKind
    code: str
    what: str
    """``aqi``, ``composite_index``, ``rank`` with its list, or a pollutant."""
    when: str
    value: Value
    recomputed: Value
    steps: tuple[Step, ...]
    provenance: dict[str, Value]
    """Run, code version, rule ids, when it was recorded, and whether it is simulated."""

    @property
    def agrees(self) -> bool:
        """Whether the steps lead to the stored number."""
        return bool(self.value == self.recomputed)


def only_row(rows: pl.DataFrame, name: str) -> dict[str, Value]:
    """Return the first row of an answer.

    Raises
    ------
    CallerError
        There is none: nothing was judged under that `name`.
    """
    if rows.is_empty():
        raise CallerError(
            "Nothing was judged for {name}. Run `lantian evaluate`, or look at `lantian lake tables` "
            "and `lantian rank` for what there is.",
            name=name,
        )
    return rows.row(0, named=True)


def provenance_of(stored: Mapping[str, Value]) -> dict[str, Value]:
    """Say by which law, run and version a stored row was made, and when."""
    return {name: stored[name] for name in ("rules", "run_id", "code_version", "recorded_at", "simulated")}


def rules_that_judged(
    scene: Scene, stored: Mapping[str, Value], ids_of: Callable[[RuleSet], str], first: date, last: date
) -> tuple[RuleSet, list[Step]]:
    """Find the editions that a stored row names among those between two days.

    An unfinished period was judged by its last day with data, not by its last calendar day.

    Returns
    -------
    tuple of RuleSet and list of Step
        The editions, those of the last day where none fits; then a step says that the law has changed since.
    """
    spans = scene.rulebook.spans(max(first, _earliest(scene, first, last)), last, scene.choice)
    for _, _, rules in reversed(spans):
        if ids_of(rules) == stored["rules"]:
            return rules, []
    return spans[-1][2], [
        Step(
            mark("The stored number was judged by other editions ({ids}). Run `lantian evaluate` to renew it."),
            {"ids": stored["rules"]},
        )
    ]


def _earliest(scene: Scene, first: date, last: date) -> date:
    """First day from which there is a law; `last` where the first has none."""
    return first if scene.rules_or_none(first) is not None else last


def index_steps(
    values: Mapping[str, float | None],
    reasons: Mapping[str, str | None],
    monitored: Collection[Pollutant],
    rule: AqiRule,
    categories: AqiCategories,
) -> tuple[list[Step], int | None]:
    """Explain an index from the values of its indicators.

    Parameters
    ----------
    values : mapping
        Indicator key → concentration. [ug m-3, CO mg m-3]
    reasons : mapping
        Pollutant → why it has no value, or None.
    monitored : collection of Pollutant
        What the subject measures.
    rule : AqiRule
        Index table in force.
    categories : AqiCategories
        Levels in force.

    Returns
    -------
    tuple of list of Step and int or None
        The steps, and the index that they lead to.
    """
    found = aqi(values, rule, categories, monitored)
    rows = pl.DataFrame(
        {
            "indicator": [row.key for row in rule.indicators],
            "value": [values[row.key] for row in rule.indicators],
            "iaqi": [found.iaqi[row.key] for row in rule.indicators],
            "line": [_line(values[row.key], row, rule) for row in rule.indicators],
            "reason": [reasons[row.pollutant.value] for row in rule.indicators],
        },
        schema={
            "indicator": pl.String,
            "value": pl.Float64,
            "iaqi": pl.Int32,
            "line": pl.String,
            "reason": pl.String,
        },
    )
    steps = [
        Step(mark("Each value gives a sub-index, rounded up."), rows=rows, rule=rule),
        Step(
            mark("The index is the largest sub-index: {highest}; primary pollutant: {primary}."),
            {"highest": found.highest, "primary": ",".join(found.primary) or "—"},
            rule=rule,
        ),
    ]
    if found.highest is not None and not found.published:
        steps.append(
            Step(
                mark(
                    "A pollutant is missing and the largest sub-index is not above {bound}: no index is published."
                ),
                {"bound": rule.missing.only_above},
                rule=rule,
            )
        )
    if found.category is not None:
        steps.append(
            Step(
                mark("Level {level}: {name}."),
                {"level": found.category.level, "name": found.category.name, "name_zh": found.category.name_zh},
                rule=categories,
            )
        )
    return steps, found.aqi


def _line(value: float | None, row: Indicator, rule: AqiRule) -> str | None:
    """Write the interpolation of one sub-index."""
    if value is None or iaqi(float(value), row, rule) is None:
        return None
    shown = rounded(float(value), row.decimals, rule.rounding_concentration)
    for low, high, index_low, index_high in segments(row, rule):
        if shown <= high:
            return f"({index_high} − {index_low}) / ({high} − {low}) × ({shown} − {low}) + {index_low}"
    return f"{shown} > {row.concentration[-1]}"
