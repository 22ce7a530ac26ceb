"""``lantian dust``: what looks like dust, and who approved what; a deduction needs an approval."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, words
from lantian.desk.language import mark
from lantian.terms.errors import CallerError

app = typer.Typer(no_args_is_help=True)
APPS = {"dust": app}
_By = Annotated[str, typer.Option("--by", help=mark("Who decides; kept as evidence."))]
_Reason = Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))]


@app.command("proposals", help=mark("Hours that look like dust; nothing is deducted without approval."))
def proposals(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Hours that look like dust; nothing is deducted without approval."""
    from lantian.loop.evaluate.queries import list_dust_proposals

    language = words()
    with opened(workspace) as house:
        rows = list_dust_proposals(house.lake).select(
            "code",
            "hour_start",
            "last_hour",
            "pm10_reference",
            "pm10_peak",
            "ratio_reference",
            "ratio_lowest",
            "evidence",
        )
        show_frame(
            rows,
            title=language.gettext("Looks like dust"),
            decimals={"pm10_reference": 0, "pm10_peak": 0, "ratio_reference": 2, "ratio_lowest": 2},
            as_json=as_json,
        )


@app.command("list", help=mark("Approved dust periods."))
def list_approved(
    workspace: WorkspaceOption = Path("workspace"),
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help=mark("Withdrawn approvals too."))] = False,
    as_json: JsonOption = False,
) -> None:
    """Approved dust periods."""
    import polars as pl

    from lantian.loop.evaluate.events import list_dust

    language = words()
    with opened(workspace) as house:
        zone = house.city.zone
        rows = [
            {
                "id": event.id,
                "code": event.code,
                "first_hour": event.period.start.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "last_hour": (event.period.end - timedelta(hours=1)).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "reason": event.reason,
                "approved_by": event.approved_by,
                "withdrawn_by": event.withdrawn_by,
            }
            for event in list_dust(house.ledger, withdrawn=withdrawn)
        ]
    names = ("id", "code", "first_hour", "last_hour", "reason", "approved_by", "withdrawn_by")
    show_frame(
        pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)),
        title=language.gettext("Approved dust periods"),
        as_json=as_json,
    )


@app.command("approve", help=mark("Approve a dust period; run `lantian evaluate` afterwards."))
def approve(
    first_hour: Annotated[str, typer.Argument(help=mark("Start of the first hour, 2026-03-15T06."))],
    last_hour: Annotated[str, typer.Argument(help=mark("Start of the last hour, included."))],
    by: _By,
    reason: _Reason,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help=mark("County or city; by default the city and all counties.")),
    ] = None,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Approve a dust period; run `lantian evaluate` afterwards."""
    from lantian.loop.evaluate.events import approve_dust
    from lantian.loop.evaluate.queries import find_subject
    from lantian.science.dust import ApprovedPeriod

    language = words()
    with opened(workspace) as house:
        city = house.city
        everyone = (city.adcode, *(county.adcode for county in city.counties))
        codes = tuple(find_subject(city, name)[1] for name in where) if where else everyone
        start, end = (_hour(text).replace(tzinfo=city.zone) for text in (first_hour, last_hour))
        made = approve_dust(
            house.ledger,
            city,
            codes,
            ApprovedPeriod(start, end + timedelta(hours=1)),
            reason=reason,
            by=by,
            now=house.now,
        )
        console().print(
            language.format("Approved for {count} places; run lantian evaluate to deduct it.", count=len(made))
        )


@app.command("withdraw", help=mark("Withdraw an approval; its row stays as evidence."))
def withdraw(
    event_id: Annotated[str, typer.Argument(help=mark("Id of the approval, from lantian dust list."))],
    by: _By,
    reason: _Reason,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Withdraw an approval; its row stays as evidence."""
    from lantian.loop.evaluate.events import withdraw_dust

    with opened(workspace) as house:
        withdraw_dust(house.ledger, event_id, reason=reason, by=by, now=house.now)
    console().print(words().gettext("Withdrawn; run lantian evaluate to put the days back."))


def _hour(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text if "T" in text or " " in text else f"{text}T00")
    except ValueError as fault:
        raise CallerError(
            "{text!r} is no hour. Write it as 2026-03-15T06.",
            text=text,
        ) from fault
    if at.tzinfo is not None or (at.minute, at.second) != (0, 0):
        raise CallerError(
            "{text!r} is not a full hour of the city's clock. Write it as 2026-03-15T06.",
            text=text,
        )
    return at
