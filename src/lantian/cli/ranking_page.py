"""One list of a period as people read it: table, heads, units, decimals, and the editions that judged it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from lantian.city.records import City
from lantian.desk.language import Translation, mark
from lantian.loop.evaluate.days import DUST_DEDUCTED
from lantian.loop.evaluate.queries import find_ranking, list_summaries
from lantian.loop.evaluate.rankings import EVERYONE, LAST, THIS
from lantian.loop.evaluate.wording import worded
from lantian.rules import EvaluationRule, RankingRule
from lantian.rules.records import CompositeRule, RankingList
from lantian.science.ranking import CHANGE, CHANGE_IN_POINTS
from lantian.terms.periods import Period
from lantian.terms.pollutants import NAMES, Pollutant

if TYPE_CHECKING:
    from lantian.assembly import House

HEADS = {
    "rank": mark("Rank"),
    "county": mark("County"),
    "value": mark("Value"),
    "base_value": mark("Last year"),
    "change": mark("Change"),
    "change_rank": mark("Rank by change"),
    "good_days": mark("Good days"),
    "days_published": mark("Days with AQI"),
    "days_total": mark("Days"),
    "good_ratio_valid": mark("Good-day ratio"),
    "not_ranked": mark("Why not ranked"),
}


@dataclass(frozen=True, slots=True)
class RankingPage:
    """A ranking ready to be shown or written."""

    period: Period
    basis: str
    rows: pl.DataFrame
    """As stored, by rank."""
    table: pl.DataFrame
    """For people, in the same order."""
    title: str
    notes: tuple[str, ...]
    """Editions that judged, the side of dust, the mark of simulation: always printed."""
    heads: dict[str, str]
    units: dict[str, str]
    decimals: dict[str, int]


def ranking_page(
    house: "House",
    language: Translation,
    period: Period,
    list_key: str = "composite_index",
    *,
    group: str = EVERYONE,
    basis: str | None = None,
    law: str = THIS,
) -> RankingPage:
    """Read one list of one period; by default on the side that the ranking rule names.

    Raises
    ------
    CallerError
        No such list was made; the message names those that were.
    """
    side = basis or house.rulebook.ranking(period.last, house.choice).basis
    rows = find_ranking(house.lake, period, list_key, group=group, basis=side, law=law)
    editions = [house.rulebook.by_id(one) for one in rows.item(0, "rules").split(" ")]
    ranking = next(rule for rule in editions if isinstance(rule, RankingRule))
    evaluation = next(rule for rule in editions if isinstance(rule, EvaluationRule))
    composite = next(rule for rule in editions if isinstance(rule, CompositeRule))
    entry = next(row for row in ranking.lists if row.key == list_key)
    metric = entry.metric.removeprefix(CHANGE)
    decimals, unit = _form(metric, evaluation, composite)
    of_value = (ranking.decimals_change, "%") if entry.metric.startswith(CHANGE) else (decimals, unit)
    notes = [" · ".join(_named(rule.name, str(rule.confidence)) for rule in editions)]
    first_day = house.rulebook.aqi_day(period.first, house.choice)
    if law == LAST and LAST in set(rows.get_column("law")):
        notes.append(language.gettext("Both years are judged by last year's edition."))
    if first_day.id not in {rule.id for rule in editions} or law == LAST:
        notes.append(language.gettext("Ratios of the list follow these editions; day counts stand as published."))
    if side == DUST_DEDUCTED and house.rulebook.dust(period.last, house.choice).deduct["good_day_ratio"] != side:
        notes.append(language.gettext("Good days keep their dust days."))
    if rows.get_column("simulated").any():
        notes.append(language.gettext("Simulated data"))
    return RankingPage(
        period=period,
        basis=side,
        rows=rows,
        table=_table(rows, list_summaries(house.lake, period, basis=side), house.city, language),
        title=f"{period.label}  {_title(entry, language)}（{language.gettext(worded(side))}）"
        if language.is_chinese
        else f"{period.label}  {_title(entry, language)} ({language.gettext(worded(side))})",
        notes=tuple(notes),
        heads={name: language.gettext(head) for name, head in HEADS.items()},
        units={
            "value": of_value[1],
            "base_value": unit,
            "change": language.gettext("points") if metric in CHANGE_IN_POINTS else "%",
            "good_ratio_valid": "%",
            **dict.fromkeys(("good_days", "days_published", "days_total"), language.gettext("d")),
        },
        decimals={
            "value": of_value[0],
            "base_value": decimals,
            "change": ranking.decimals_change,
            "good_ratio_valid": evaluation.decimals_rate,
        },
    )


def _named(name: str, confidence: str) -> str:
    return f"{name} ({confidence})"


def _title(entry: RankingList, language: Translation) -> str:
    return entry.title_zh if language.is_chinese else entry.title


def _form(metric: str, evaluation: EvaluationRule, composite: CompositeRule) -> tuple[int, str]:
    """Decimals and unit of a metric."""
    if metric == "composite_index":
        return composite.decimals_sum, ""
    if metric in set(Pollutant):
        return evaluation.decimals_period.of(metric), NAMES[Pollutant(metric)].unit
    return (evaluation.decimals_rate, "%") if metric.endswith("ratio") else (0, "d")


def _table(rows: pl.DataFrame, summaries: pl.DataFrame, city: City, language: Translation) -> pl.DataFrame:
    """Put a ranking and its day counts beside the names of the counties."""
    counts = summaries.filter(pl.col("kind") == "county").select(
        "code", "good_days", "days_published", "days_total", "good_ratio_valid"
    )
    names = {county.adcode: county.name_zh if language.is_chinese else county.name_en for county in city.counties}
    codes = rows.get_column("not_ranked").drop_nulls().unique()
    reasons = {code: language.gettext(worded(code)) for code in codes}
    return rows.join(counts, on="code", how="left", maintain_order="left").select(
        "rank",
        pl.col("code").replace_strict(names, default=pl.col("code")).alias("county"),
        "value",
        "base_value",
        "change",
        "change_rank",
        "good_days",
        "days_published",
        "days_total",
        "good_ratio_valid",
        pl.col("not_ranked").replace(reasons),
    )
