"""Who ranks where, and who improved? The bulletin of counties (县区排名通报), with the law that ordered them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import Translation, mark
from lantian.desk.paper.charts import Bar, ranking_bars
from lantian.desk.paper.drawing import Caption, picture
from lantian.desk.paper.html import number
from lantian.desk.paper.office_paper import (
    DASH,
    Block,
    Heading,
    Letterhead,
    OfficePaper,
    Picture,
    Text,
    shown,
)
from lantian.desk.paper.paper_files import FORMATS, write_paper
from lantian.loop.evaluate.papers.looking import listed, made_rows, period_view, provisional, watermark
from lantian.loop.evaluate.papers.ranking_table import SCARCE, Ranked, ranking_table, read_ranked
from lantian.loop.evaluate.queries import find_ranking
from lantian.loop.evaluate.rankings import EVERYONE
from lantian.loop.evaluate.report_view import View
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import PERIOD_STATISTICS, PERIOD_SUMMARY, RANKINGS
from lantian.loop.evaluate.wording import worded
from lantian.rules import RuleSet
from lantian.terms.findings import Finding
from lantian.terms.periods import Period

KIND = "ranking_bulletin"
"""Name of its Word template."""
_LIST = "composite_index"
_ENDS = 3


def ranking_bulletin(
    scene: Scene,
    period: Period,
    language: Translation,
    *,
    made_at: datetime,
    letterhead: Letterhead | None = None,
    group: str = EVERYONE,
    chain_head: str = "",
) -> OfficePaper:
    """Say what the bulletin of a month, or of another ranked period, says.

    Parameters
    ----------
    scene : Scene
        Place, law, store and dust days.
    period : Period
        A period whose rankings were made.
    language : Translation
        Of the paper.
    made_at : datetime
        Wall clock, timezone-aware.
    letterhead : Letterhead, optional
        Red head, where the office wants one.
    group : str
        Group of counties; by default all.
    chain_head : str
        Head of the chain of decisions, printed last.

    Raises
    ------
    CallerError
        No ranking of the period was made.
    """
    view, judged_through = period_view(scene, language, period)
    rules = scene.rules(period.last)
    order = find_ranking(scene.lake, period, _LIST, group=group, stage=view.stage, basis=rules.ranking.basis)
    ranked = read_ranked(view, period, order, rules, over=period.last <= judged_through)
    city = view.name(SubjectKind.CITY, view.adcode)
    title = view.say(mark("Bulletin on the air quality ranking of the counties of {city}"), city=city)
    draft = provisional(view, period, judged_through)
    name = view.period_name(period)
    tables = (RANKINGS, PERIOD_STATISTICS, PERIOD_SUMMARY)
    last = min(period.last, judged_through)
    return OfficePaper(
        key=KIND,
        stem=f"{period.label} {view.say(mark('County ranking bulletin'))}",
        title=title,
        subtitle=view.say(mark("({day})"), day=name),
        blocks=_blocks(view, period, ranked),
        made_at=made_at,
        simulated=bool(order.get_column("simulated").any()),
        language=language,
        how_made=made_rows(view, title, period.first, last, tables, made_at, chain_head),
        letterhead=letterhead,
        draft=draft,
        watermark=watermark(view, draft),
        signed=[*([letterhead.office] if letterhead else []), view.date(scene.lake.day_of(made_at))],
        facts=_facts(view, period, order, rules),
        compact=letterhead is None,
    )


def write_ranking_bulletin(
    scene: Scene,
    period: Period,
    folder: Path,
    language: Translation,
    formats: Sequence[str] = FORMATS,
    *,
    made_at: datetime,
    letterhead: Letterhead | None = None,
    group: str = EVERYONE,
    chain_head: str = "",
    templates: Path | None = None,
    on_finding: Callable[[Finding], None] | None = None,
) -> tuple[Path, ...]:
    """Write the bulletin in each of the forms and return the files; see `ranking_bulletin` and `write_paper`."""
    paper = ranking_bulletin(
        scene, period, language, made_at=made_at, letterhead=letterhead, group=group, chain_head=chain_head
    )
    return write_paper(paper, folder, formats, templates=templates, on_finding=on_finding)


def _blocks(view: View, period: Period, ranked: Ranked) -> list[Block]:
    say, order, rules = view.say, ranked.order, ranked.rules
    return [
        Heading(_headed(view, 1, say(mark("Overall")))),
        *(Text(said) for said in _sentences(view, period, order, rules)),
        *(Text(said) for said in _warnings(view, ranked)),
        Heading(_headed(view, 2, say(mark("Ranking by composite index")))),
        ranking_table(view, ranked),
        Heading(_headed(view, 3, say(mark("Chart of the ranking")))),
        _figure(view, period, order, rules),
    ]


def _headed(view: View, place: int, words: str) -> str:
    return f"{'一二三'[place - 1]}、{words}" if view.language.is_chinese else f"{place}. {words}"


def _sentences(view: View, period: Period, order: pl.DataFrame, rules: RuleSet) -> list[str]:
    """Tell the first, the last and the most improved; places that are shared are named together."""
    ranked = order.filter(pl.col("rank").is_not_null())
    if ranked.is_empty():
        return [view.say(mark("No county could be ranked; the reasons stand below the table."))]
    counts = {"period": view.period_name(period), "count": ranked.height, "all": order.height}
    said = [view.say(mark("In {period} {count} of {all} counties and districts are ranked."), **counts)]
    ends = min(_ENDS, ranked.height // 2)
    if ends and ranked.item(0, "rank") != ranked.item(-1, "rank"):
        best = ranked.filter(pl.col("rank") <= ends)
        worst = ranked.filter(pl.col("rank") >= ranked.item(ranked.height - ends, "rank"))
        said.append(
            view.say(
                mark("By composite index {best} stand first and {worst} last."),
                best=listed(view, [_with_value(view, row, rules) for row in best.iter_rows(named=True)]),
                worst=listed(view, [_with_value(view, row, rules) for row in worst.iter_rows(named=True)]),
            )
        )
    changed = ranked.filter(pl.col("change").is_not_null()).sort("change", "code")
    if changed.is_empty():
        said.append(view.say(mark("There is no figure of the same period of last year to compare with.")))
        return said
    for message, at, sign in (
        (mark("On the same period of last year {name} improved most ({change} %)."), 0, -1),
        (mark("{name} deteriorated most ({change} %)."), -1, 1),
    ):
        extreme = changed.item(at, "change")
        if extreme * sign > 0:
            names = changed.filter(pl.col("change") == extreme).get_column("code")
            change = shown(extreme, rules.ranking.decimals_change, signed=True)
            said.append(view.say(message, name=listed(view, [view.county(code) for code in names]), change=change))
    return said


def _warnings(view: View, ranked: Ranked) -> list[str]:
    """Name the counties whose place rests on too few days."""
    if not ranked.scarce:
        return []
    names = listed(view, [view.county(code) for code in sorted(ranked.scarce)])
    return [
        view.say(
            mark("The place of {names} rests on few days and must be read with care ({sign})."),
            names=names,
            sign=SCARCE,
        )
    ]


def _with_value(view: View, row: Mapping[str, Any], rules: RuleSet) -> str:
    return f"{view.county(row['code'])} ({number(row['value'], rules.composite.decimals_sum)})"


def _figure(view: View, period: Period, order: pl.DataFrame, rules: RuleSet) -> Picture:
    bars = [
        Bar(
            name=view.county(row["code"]),
            value=row["value"],
            rank=row["rank"],
            note=_bar_note(view, row, rules),
            accent=row["rank"] == 1,
        )
        for row in order.iter_rows(named=True)
    ]
    title = view.say(mark("Composite index of the counties, {period}"), period=view.period_name(period))
    figure = ranking_bars(
        bars, Caption(title, view.language.gettext(worded(rules.ranking.basis)), rules.name), unit="",
        decimals=rules.composite.decimals_sum, language=view.language,
    )  # fmt: skip
    said = listed(view, [f"{bar.name} {number(bar.value, rules.composite.decimals_sum, DASH)}" for bar in bars])
    return Picture("ranking", picture(figure), picture(figure, "png", dpi=200), f"{title}: {said}")


def _bar_note(view: View, row: Mapping[str, Any], rules: RuleSet) -> str:
    if row["value"] is None:
        return view.language.gettext(worded(str(row["not_ranked"] or "no_value")))
    return "" if row["change"] is None else f"{shown(row['change'], rules.ranking.decimals_change, signed=True)} %"


def _facts(view: View, period: Period, order: pl.DataFrame, rules: RuleSet) -> dict[str, str]:
    ranked = order.filter(pl.col("rank").is_not_null())
    first, last = ((ranked.row(at, named=True) if ranked.height else None) for at in (0, -1))
    return {
        "city": view.name(SubjectKind.CITY, view.adcode),
        "period": view.period_name(period),
        "ranked": str(ranked.height),
        "first": DASH if first is None else _with_value(view, first, rules),
        "last": DASH if last is None else _with_value(view, last, rules),
        "rules": rules.name,
    }
