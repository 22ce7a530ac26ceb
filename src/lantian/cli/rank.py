"""``lantian rank``: who ranks where in a period, with the change on last year."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, opened, show_frame, show_json, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.cli.ranking_page import RankingPage

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
    from lantian.cli.ranking_page import ranking_page
    from lantian.loop.evaluate.queries import latest_period
    from lantian.terms.periods import period_named

    with opened(workspace) as house:
        try:
            period = latest_period(house.lake) if of is None else period_named(of)
        except ValueError as fault:
            raise CallerError(str(fault)) from fault
        page = ranking_page(house, words(), period, list_key, group=group, basis=basis, law=law)
        if as_json:
            show_json(
                {
                    "period": period.label,
                    "list": list_key,
                    "group": group,
                    "basis": page.basis,
                    "law": law,
                    "rules": page.rows.item(0, "rules").split(" "),
                    "units": page.units,
                    "simulated": house.settings.simulated,
                    "rows": page.table.with_columns(page.rows.get_column("code")).to_dicts(),
                }
            )
            return
        show_ranking(page)


def show_ranking(page: "RankingPage") -> None:
    """Print a ranking; columns that say nothing are left out."""
    silent = ("change_rank", "not_ranked")
    empty = [name for name in silent if page.table.get_column(name).null_count() == page.table.height]
    units = {name: "\n".join(filter(None, (head, page.units.get(name)))) for name, head in page.heads.items()}
    show_frame(
        page.table.drop(empty),
        title=page.title,
        caption="\n".join(page.notes),
        headers=units,
        decimals=page.decimals,
    )
