"""Who ranks where: every list of a period, best or worst first, with change, data capture and shared places."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter
from starlette.responses import Response

from lantian.city.records import SubjectKind
from lantian.loop.evaluate.browsing import list_rankings, ranked_periods
from lantian.loop.evaluate.queries import list_summaries
from lantian.loop.evaluate.rankings import EVERYONE, LAST, THIS
from lantian.loop.evaluate.telling import metric_named
from lantian.rules import RuleSet
from lantian.rules.records import RankingList
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.words import mark
from lantian.web.guards import visit
from lantian.web.pages.air.looking import PERIODS, Look, look_of, period_asked, side_choices, stage_choices
from lantian.web.permissions import May
from lantian.web.tables import Cell, DataTable, TableColumn
from lantian.web.visiting import Visit

router = APIRouter()
RANKINGS = "rankings"
BEST, WORST = "best", "worst"
_COMPOSITE, _GOOD = "composite_index", "good_day_ratio"


@router.get("/air/rankings")
def rankings(
    visit: Annotated[Visit, visit(May.READ_AIR)],
    period: str = "",
    list: str = _COMPOSITE,  # noqa: A002 # the name in the address
    group: str = EVERYONE,
    law: str = THIS,
    order: str = BEST,
) -> Response:
    """Show one list of one period, and the ranks in all of them."""
    look = look_of(visit)
    held = visit.keeper.keep("air-ranked", [RANKINGS], lambda: ranked_periods(look.lake))
    shown = _shown(look, held, period)
    rules = look.rules(min(shown.last, look.bounds[1]))
    basis = visit.request.query_params.get("basis") or rules.ranking.basis
    rows = visit.keeper.keep(
        ("air-rankings", shown, look.stage), [RANKINGS], lambda: list_rankings(look.lake, shown, look.stage)
    )
    side = rows.filter(pl.col("basis") == basis)
    laws = sorted(set(side.get_column("law")), reverse=True)
    chosen_law = law if law in laws else THIS
    of_law = side.filter(pl.col("law") == chosen_law)
    entry = _entry(rules, list)
    return visit.page(
        "air/rankings.html",
        title=visit.say(mark("Who ranks where in {period}?"), period=shown.label),
        tables=[
            _one_list(look, shown, rules, entry, of_law, basis, group, chosen_law, order),
            _all_lists(look, shown, rules, of_law, basis, group, chosen_law),
        ],
        look=look,
        period=shown.label,
        periods=[(one.label, look.period_name(one)) for one in reversed(held)],
        lists=[(one.key, visit.named(one.title_zh, one.title)) for one in rules.ranking.lists],
        list=entry.key,
        groups=_groups(look, rows),
        group=group,
        laws=_laws(look, shown, laws),
        law=chosen_law,
        basis=basis,
        sides=side_choices(look),
        orders=[(BEST, visit.say(mark("best first"))), (WORST, visit.say(mark("worst first")))],
        order=order,
        stages=stage_choices(look),
        rules=rules,
    )


def _shown(look: Look, held: list[Period], asked: str) -> Period:
    """Return the period that was asked for, else the last month that is over."""
    if not held:
        raise CallerError(
            "No ranking was made yet. `lantian evaluate` makes those of every month, quarter, half-year, year and "
            "year to date that has data."
        )
    if asked:
        wanted = period_asked(asked)
        if wanted not in held:
            raise CallerError("No ranking of {period} was made. Choose a period from the list.", period=asked)
        return wanted
    months = [one for one in held if one.kind is PeriodKind.MONTH and one.last <= look.bounds[1]]
    return months[-1] if months else held[-1]


def _entry(rules: RuleSet, key: str) -> RankingList:
    found = next((one for one in rules.ranking.lists if one.key == key), None)
    if found is None:
        raise CallerError(
            "{rule} has no list {key!r}. Its lists: {lists}.",
            rule=rules.ranking.name,
            key=key,
            lists=", ".join(one.key for one in rules.ranking.lists),
        )
    return found


def _groups(look: Look, rows: pl.DataFrame) -> list[tuple[str, str]]:
    known = {one.key: look.visit.named(one.name_zh, one.name_en) for one in look.scene.city.county_groups}
    held = rows.get_column("group").unique(maintain_order=True).to_list()
    named = [(key, known.get(key, key)) for key in held if key != EVERYONE]
    return [(EVERYONE, look.say(mark("all counties"))), *named]


def _laws(look: Look, period: Period, laws: list[str]) -> list[tuple[str, str]]:
    """Both laws where the year before was judged by another one."""
    if LAST not in laws:
        return []
    then = look.rules(period.year_before().last)
    now = look.rules(min(period.last, look.bounds[1]))
    return [
        (THIS, look.say(mark("both years by {law}"), law=now.name)),
        (LAST, look.say(mark("both years by {law}"), law=then.name)),
    ]


# ---------------------------------------------------------------------------------------------- tables


def _one_list(
    look: Look,
    period: Period,
    rules: RuleSet,
    entry: RankingList,
    rows: pl.DataFrame,
    basis: str,
    group: str,
    law: str,
    order: str,
) -> DataTable:
    mine = rows.filter((pl.col("list") == entry.key) & (pl.col("group") == group))
    ordered = mine.sort("rank", "code", descending=[order == WORST, False], nulls_last=True)
    ranks = ordered.get_column("rank").to_list()
    counts = _summaries(look, period, basis)
    body, links = [], []
    for row in ordered.iter_rows(named=True):
        is_shared = row["rank"] is not None and ranks.count(row["rank"]) > 1
        body.append(_row(look, period, rules, entry, row, counts.get(row["code"], {}), law, is_shared=is_shared))
        links.append(look.of_place(row["code"]))
    title = look.visit.named(entry.title_zh, entry.title)
    how = look.visit.how_made(
        f"{title} · {look.period_name(period)}",
        period=f"{period.first} … {period.last}",
        tables=[RANKINGS, *PERIODS],
        editions=[rules.limits, rules.aqi_day, rules.evaluation, rules.composite, rules.ranking, rules.dust],
        notes=[look.word(look.stage.value), look.word(basis)],
    )
    return DataTable(
        "ranking",
        title,
        _heads(look, rules, entry),
        body,
        how,
        note=_printed(look, period, rules, basis),
        empty=look.say(mark("This list has no rows. Choose another group or side.")),
        links=links,
    )


def _heads(look: Look, rules: RuleSet, entry: RankingList) -> list[TableColumn]:
    say = look.say
    metric = entry.metric.rpartition(":")[2]
    unit = NAMES[Pollutant(metric)].unit if metric in set(BASIC) else "%" if metric == _GOOD else ""
    is_change = entry.metric != metric
    points = say(mark("points")) if metric == _GOOD else "%"
    return [
        TableColumn("rank", say(mark("Rank")), kind="number", decimals=0),
        TableColumn("county", say(mark("County"))),
        TableColumn(
            "value", metric_named(entry.metric, look.visit.language), "%" if is_change else unit, "number"
        ),
        TableColumn("base", say(mark("Year before")), unit, "number"),
        TableColumn("change", say(mark("Change")), points, "number", rules.ranking.decimals_change),
        TableColumn("change_rank", say(mark("Rank of change")), kind="number", decimals=0),
        TableColumn("captured", say(mark("Days with an index")), "%", "number", 0),
        TableColumn("remark", say(mark("Remarks")), sortable=False),
    ]


def _row(
    look: Look,
    period: Period,
    rules: RuleSet,
    entry: RankingList,
    row: Mapping[str, Any],
    counts: Mapping[str, Any],
    law: str,
    *,
    is_shared: bool,
) -> list[Cell]:
    rank = row["rank"]
    metric = entry.metric
    decimals = _decimals(rules, metric)
    why_rank = look.why(
        "ranks", row["code"], period.label, entry.key, group=row["group"], law=law, basis=row["basis"]
    )
    why_value = None
    if metric == _COMPOSITE or metric in set(BASIC):
        why_value = look.why("periods", row["code"], period.label, metric, basis=row["basis"])
    not_ranked = look.word(row["not_ranked"])
    shared = look.say(mark("shares its rank")) if is_shared else ""
    total = counts.get("days_total")
    remark = not_ranked or shared
    return [
        Cell(rank, text=look.say(mark("not ranked")) if rank is None else f"{rank}{'=' if is_shared else ''}",
             why=why_rank, note=not_ranked or shared),
        Cell(look.name(SubjectKind.COUNTY, row["code"])),
        look.value_cell(row["value"], decimals, why=why_value),
        look.value_cell(row["base_value"], decimals),
        Cell(row["change"], text=_signed(row["change"], rules.ranking.decimals_change)),
        Cell(row["change_rank"]),
        Cell(
            None if not total else 100 * counts["days_published"] / total,
            note=look.say(
                mark("{published} of {total} days"), published=counts.get("days_published", 0), total=total or 0
            ),
        ),
        Cell(remark, text=remark),
    ]  # fmt: skip


def _decimals(rules: RuleSet, metric: str) -> int:
    name = metric.rpartition(":")[2]
    if name != metric:
        return rules.ranking.decimals_change
    if name == _COMPOSITE:
        return rules.composite.decimals_sum
    if name == _GOOD:
        return rules.evaluation.decimals_rate
    return rules.evaluation.decimals_period.of(name)


def _signed(value: float | None, decimals: int) -> str | None:
    if value is None:
        return None
    return f"{value:+.{decimals}f}".replace("-", "−")


def _summaries(look: Look, period: Period, basis: str) -> dict[str, dict[str, Any]]:
    rows = look.visit.keeper.keep(
        ("air-ranked-days", period, look.stage, basis),
        PERIODS,
        lambda: list_summaries(look.lake, period, stage=look.stage, basis=basis, kind=SubjectKind.COUNTY),
    )
    return {row["code"]: row for row in rows.iter_rows(named=True)}


def _printed(look: Look, period: Period, rules: RuleSet, basis: str) -> str:
    """Print the rule set under a list, as the law of rankings asks."""
    rule = rules.ranking
    return look.say(
        mark(
            "{period}: {first} … {last}. Rule set: {rules}. {ranking} ({id}, confidence {confidence}); equal "
            "values share a rank ({style}). {side}, {stage}."
        ),
        period=look.period_name(period),
        first=period.first,
        last=_so_far(look, period),
        rules=rules.name,
        ranking=look.edition(rule),
        id=rule.id,
        confidence=rule.confidence,
        style=rule.tie_style,
        side=look.word(basis),
        stage=look.word(look.stage.value),
    )


def _so_far(look: Look, period: Period) -> date:
    return min(period.last, look.bounds[1])


def _all_lists(
    look: Look, period: Period, rules: RuleSet, rows: pl.DataFrame, basis: str, group: str, law: str
) -> DataTable:
    """Every county's rank in every list."""
    mine = rows.filter(pl.col("group") == group)
    held = {(row["list"], row["code"]): row for row in mine.iter_rows(named=True)}
    codes = [
        county.adcode for county in look.scene.city.counties if any(code == county.adcode for _, code in held)
    ]
    keys = [one for one in rules.ranking.lists if any(key == one.key for key, _ in held)]
    body = []
    for code in codes:
        cells = [Cell(look.name(SubjectKind.COUNTY, code), link=look.of_place(code))]
        for one in keys:
            row = held.get((one.key, code), {})
            reason = look.word(row.get("not_ranked"))
            why = look.why("ranks", code, period.label, one.key, group=group, law=law, basis=basis)
            cells.append(Cell(row.get("rank"), why=why if row.get("rank") else None, note=reason))
        body.append(cells)
    heads = [
        TableColumn("county", look.say(mark("County"))),
        *(
            TableColumn(one.key, look.visit.named(one.title_zh, one.title), kind="number", decimals=0)
            for one in keys
        ),
    ]
    title = look.say(mark("Ranks in every list"))
    how = look.visit.how_made(
        f"{title} · {look.period_name(period)}",
        period=f"{period.first} … {period.last}",
        tables=[RANKINGS],
        editions=[rules.evaluation, rules.composite, rules.ranking, rules.dust],
        notes=[look.word(look.stage.value), look.word(basis)],
    )
    return DataTable("all_lists", title, heads, body, how)
