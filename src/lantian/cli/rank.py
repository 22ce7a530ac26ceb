"""``lantian rank``: who ranks where in a period, with the change on last year."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, opened, show_frame, words
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    import polars as pl

    from lantian.city.records import City
    from lantian.terms.periods import Period

app = typer.Typer()
APPS = {"rank": app}


@app.command()
def rank(
    workspace: WorkspaceOption = Path("workspace"),
    of: Annotated[
        str | None,
        typer.Option("--of", help=mark("Period: 2026-03, 2026Q1, 2026H1, 2026 or 2026-01-01..2026-04-30.")),
    ] = None,
    list_key: Annotated[
        str, typer.Option("--list", help=mark("List: composite_index, pm25, good_day_ratio, improved …"))
    ] = "composite_index",
    group: Annotated[str, typer.Option(help=mark("Group of counties; all for every county."))] = "all",
    basis: Annotated[
        str | None, typer.Option(help=mark("measured or dust_deducted; by default what the ranking rule says."))
    ] = None,
    law: Annotated[
        str, typer.Option(help=mark("this: both years by this year's edition; last: both by last year's."))
    ] = "this",
    as_json: JsonOption = False,
) -> None:
    """Order the counties of a period, with the change on the same period of last year."""
    from lantian.loop.evaluate.queries import find_ranking, latest_period, list_summaries
    from lantian.terms.periods import period_named

    language = words()
    with opened(workspace) as house:
        try:
            period = latest_period(house.lake) if of is None else period_named(of)
        except ValueError as fault:
            raise CallerError(str(fault)) from fault
        rules = house.rulebook.rule_set(period.last, house.choice)
        side = basis or rules.ranking.basis
        rows = find_ranking(house.lake, period, list_key, group=group, basis=side, law=law)
        summaries = list_summaries(house.lake, period, basis=side)
        table = ranking_table(rows, summaries, house.city, language)
        title, caption = ranking_words(period, list_key, side, law, rows, rules.name, rules.ranking.name, language)
        show_frame(
            table,
            title=title,
            caption=caption,
            headers=ranking_headers(language),
            decimals={"value": 2, "base_value": 2, "change": 1, "good_ratio_valid": 1},
            as_json=as_json,
            extra={"period": period.label, "list": list_key, "group": group, "basis": side, "law": law,
                   "rule_set": rules.name, "ranking": rules.ranking.name, "simulated": house.settings.simulated},
        )  # fmt: skip


def ranking_table(
    rows: "pl.DataFrame", summaries: "pl.DataFrame", city: "City", language: Translation
) -> "pl.DataFrame":
    """Put a ranking and its day counts beside the names of the counties."""
    import polars as pl

    counts = summaries.filter(pl.col("kind") == "county").select(
        "code", "good_days", "days_published", "days_total", "good_ratio_valid"
    )
    names = {county.adcode: county.name_zh if language.is_chinese else county.name_en for county in city.counties}
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
        pl.col("not_ranked").map_elements(language.gettext, return_dtype=pl.String),
    )


def ranking_headers(language: Translation) -> dict[str, str]:
    """Headers of a ranking table."""
    return {
        "rank": language.gettext("Rank"),
        "county": language.gettext("County"),
        "value": language.gettext("Value"),
        "base_value": language.gettext("Last year"),
        "change": language.gettext("Change"),
        "change_rank": language.gettext("Rank by change"),
        "good_days": language.gettext("Good days"),
        "days_published": language.gettext("Days with AQI"),
        "days_total": language.gettext("Days"),
        "good_ratio_valid": language.gettext("Good-day ratio %"),
        "not_ranked": language.gettext("Why not ranked"),
    }


def ranking_words(
    period: "Period",
    list_key: str,
    basis: str,
    law: str,
    rows: "pl.DataFrame",
    rule_set: str,
    ranking: str,
    language: Translation,
) -> tuple[str, str]:
    """Title and caption of a ranking: the rule set is always printed."""
    title = f"{period.label} {language.gettext(list_key)} ({language.gettext(basis)})"
    lines = [rule_set, ranking]
    if law == "last":
        lines.append(language.gettext("Both years are judged by last year's edition."))
    if rows.get_column("simulated").any():
        lines.append(language.gettext("Simulated data"))
    return title, "\n".join(lines)
