"""How a rank was made: the list in its order, what parts equals, and the change on the year before."""

import numpy as np
import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.loop.evaluate.days import DUST_DEDUCTED
from lantian.loop.evaluate.explanations import Explanation, Step, only_row, provenance_of
from lantian.loop.evaluate.hours import Stage
from lantian.loop.evaluate.queries import find_ranking
from lantian.loop.evaluate.rankings import EVERYONE
from lantian.loop.evaluate.scene import Scene
from lantian.rules.records import RankingList, RankingRule
from lantian.science.ranking import CHANGE, CHANGE_IN_POINTS, change_in_points, change_rate, ranks
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period


def explain_rank(
    scene: Scene,
    code: str,
    period: Period,
    list_key: str = "composite_index",
    *,
    group: str = EVERYONE,
    stage: Stage = Stage.ORIGINAL,
    basis: str = DUST_DEDUCTED,
    law: str = "this",
) -> Explanation:
    """Explain the rank of a county in one list of a period.

    Raises
    ------
    CallerError
        No such list, or the county is not in it.
    """
    rows = find_ranking(scene.lake, period, list_key, group=group, stage=stage, basis=basis, law=law)
    own = only_row(rows.filter(pl.col("code") == code), f"{code} in the list {list_key} of {period.label}")
    rule = scene.rulebook.by_id(own["rules"].split(" ")[-1])
    entry = (
        next((row for row in rule.lists if row.key == list_key), None) if isinstance(rule, RankingRule) else None
    )
    if not isinstance(rule, RankingRule) or entry is None:
        raise CallerError(
            "The list {list_key} is no longer in rule {id}. Run `lantian evaluate` to make the lists anew.",
            list_key=list_key,
            id=rule.id,
        )
    ordered = rows.select("rank", "code", "value", "base_value", "change", "not_ranked")
    steps = [
        Step(
            mark("The list orders {metric}, {direction}; {count} places are ranked."),
            {
                "metric": entry.metric,
                "direction": entry.direction,
                "count": rows.get_column("rank").drop_nulls().len(),
            },
            rows=ordered,
            rule=rule,
        ),
        *_change_steps(own, entry, rule),
    ]
    if own["not_ranked"] is not None:
        steps.append(Step(mark("It is not ranked: {reason}."), {"reason": own["not_ranked"]}, rule=rule))
        again = None
    else:
        again = _rank_again(scene, rows, entry, rule, code, period, group, stage, basis, law, steps)
    what = f"rank:{list_key}"
    return Explanation(
        SubjectKind.COUNTY, code, what, period.label, own["rank"], again, tuple(steps), provenance_of(own)
    )


def _change_steps(own: dict[str, object], entry: RankingList, rule: RankingRule) -> list[Step]:
    value, base = own["value"], own["base_value"]
    if not isinstance(value, float) or not isinstance(base, float):
        return []
    name = entry.metric.removeprefix(CHANGE)
    if entry.metric.startswith(CHANGE):
        return [
            Step(mark("What is ordered is the change of {metric} on the year before, in %."), {"metric": name})
        ]
    how = change_in_points if name in CHANGE_IN_POINTS else change_rate
    again = float(how(np.array([value]), np.array([base]), rule.decimals_change)[0])
    return [
        Step(
            mark("{value} this year, {base} in the same period of last year: change {change}; stored {stored}."),
            {"value": f"{value:g}", "base": f"{base:g}", "change": f"{again:g}", "stored": own["change"]},
            rule=rule,
        )
    ]


def _rank_again(
    scene: Scene,
    rows: pl.DataFrame,
    entry: RankingList,
    rule: RankingRule,
    code: str,
    period: Period,
    group: str,
    stage: Stage,
    basis: str,
    law: str,
    steps: list[Step],
) -> int | None:
    """Order the list again, from the values as published and what parts equals."""
    ranked = rows.filter(pl.col("not_ranked").is_null())
    ties = []
    for tie in entry.ties:
        metric = tie.removeprefix("-")
        key = next((row.key for row in rule.lists if row.metric == metric), None)
        if key is None:
            steps.append(
                Step(
                    mark("Equals are parted by {metric}, which has no list of its own."),
                    {"metric": metric},
                    rule=rule,
                )
            )
            continue
        other = find_ranking(scene.lake, period, key, group=group, stage=stage, basis=basis, law=law)
        figure = ranked.join(other.select("code", tie="value"), on="code", how="left", maintain_order="left")
        values = figure.get_column("tie").fill_null(float("nan")).to_numpy()
        ties.append((values, "descending" if tie.startswith("-") else "ascending"))
        steps.append(Step(mark("Equals are parted by {metric}."), {"metric": metric}, rule=rule))
    order = ranks(ranked.get_column("value").to_numpy(), entry.direction, ties, rule.tie_style)  # type: ignore[arg-type] # literals above
    again = int(order[ranked.get_column("code").to_list().index(code)])
    value = ranked.filter(pl.col("code") == code).get_column("value").item()
    column = ranked.get_column("value")
    before = int(((column < value) if entry.direction == "ascending" else (column > value)).sum())
    steps.append(
        Step(
            mark("{before} places stand before {value}; equal ones share a rank ({style}): rank {rank}."),
            {"before": before, "value": f"{value:g}", "style": rule.tie_style, "rank": again},
            rule=rule,
        )
    )
    return again
