"""``lantian sense marks``: set, revise, withdraw and list the marks on an outlet's time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lantian.cli.conditions import instant
from lantian.cli.show import JsonOption, WorkspaceOption, console, opened, show_frame, words
from lantian.desk.language import finding_text, mark

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.ledger.models import OutletMark
    from lantian.loop.sense.marking import MarkContent, MarkSet

app = typer.Typer(no_args_is_help=True)
_By = Annotated[str, typer.Option("--by", help=mark("Login of who sets it; kept as evidence."))]
_Reason = Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))]
_Begin = Annotated[str, typer.Argument(help=mark("First minute, 2026-03-15T06:20."))]
_End = Annotated[str | None, typer.Option("--until", help=mark("First minute after it; without one it lasts."))]
_Factor = Annotated[str | None, typer.Option("--factor", help=mark("One factor; all by default."))]
_Industry = Annotated[
    str, typer.Option("--industry", help=mark("Whose marks: thermal_power, cement, paper, waste_incineration …"))
]

_Later = Annotated[bool, typer.Option("--later", help=mark("Leave its days to the next lantian sense recompute."))]


@app.command("list", help=mark("List marks that stand."))
def list_standing(
    outlet: Annotated[str | None, typer.Option("--outlet", help=mark("One outlet."))] = None,
    withdrawn: Annotated[bool, typer.Option("--withdrawn", help=mark("Withdrawn ones too."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """List marks that stand."""
    from lantian.loop.sense.marking import list_marks

    with opened(workspace) as house:
        _show(house, list_marks(house.centre(), outlet=outlet, withdrawn=withdrawn), as_json=as_json)


@app.command("history", help=mark("Every revision of one mark."))
def history(
    key: Annotated[str, typer.Argument(help=mark("Key of the mark, from lantian sense marks list."))],
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Every revision of one mark."""
    from lantian.loop.sense.marking import list_revisions

    with opened(workspace) as house:
        _show(house, list_revisions(house.centre(), key), as_json=as_json)


@app.command("set", help=mark("Set a mark on an outlet's time."))
def set_one(
    outlet: Annotated[str, typer.Argument(help=mark("Code of the outlet."))],
    code: Annotated[str, typer.Argument(help=mark("Code of the mark: stopped, fault, calibration …"))],
    begin: _Begin,
    by: _By,
    reason: _Reason,
    until: _End = None,
    factor: _Factor = None,
    industry: _Industry = "default",
    later: _Later = False,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Set a mark on an outlet's time."""
    from lantian.loop.sense.marking import MarkContent, set_mark

    with opened(workspace) as house:
        zone = house.city.zone
        end = None if until is None else instant(until, zone)
        content = MarkContent(outlet, code, instant(begin, zone), end, reason, factor, industry)
        _say(set_mark(house.centre(), content, by=by))
        _recompute(house, content, None, later=later)


@app.command("revise", help=mark("Say a mark otherwise; its earlier revisions stay."))
def revise(
    key: Annotated[str, typer.Argument(help=mark("Key of the mark, from lantian sense marks list."))],
    outlet: Annotated[str, typer.Argument(help=mark("Code of the outlet."))],
    code: Annotated[str, typer.Argument(help=mark("Code of the mark: stopped, fault, calibration …"))],
    begin: _Begin,
    by: _By,
    reason: _Reason,
    until: _End = None,
    factor: _Factor = None,
    industry: _Industry = "default",
    later: _Later = False,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Say a mark otherwise; its earlier revisions stay."""
    from lantian.loop.sense.marking import MarkContent, list_revisions, revise_mark

    with opened(workspace) as house:
        zone = house.city.zone
        end = None if until is None else instant(until, zone)
        content = MarkContent(outlet, code, instant(begin, zone), end, reason, factor, industry)
        before = list_revisions(house.centre(), key)
        _say(revise_mark(house.centre(), key, content, by=by))
        _recompute(house, content, before[-1], later=later)


@app.command("withdraw", help=mark("Take a mark back; its row stays as evidence."))
def withdraw(
    key: Annotated[str, typer.Argument(help=mark("Key of the mark, from lantian sense marks list."))],
    by: _By,
    reason: _Reason,
    later: _Later = False,
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Take a mark back; its row stays as evidence."""
    from lantian.loop.sense.marking import list_revisions, withdraw_mark

    with opened(workspace) as house:
        before = list_revisions(house.centre(), key)
        revision = withdraw_mark(house.centre(), key, reason=reason, by=by)
        console().print(words().format(mark("Withdrawn as revision {revision}."), revision=revision))
        _recompute(house, None, before[-1], later=later)


def _say(done: "MarkSet") -> None:
    language = words()
    console().print(
        language.format(mark("Mark {key}, revision {revision}."), key=done.key, revision=done.revision)
    )
    for finding in done.findings:
        console().print(f"  [yellow]{finding.code}[/]  {finding_text(finding, language)}")


def _recompute(house: "House", content: "MarkContent | None", before: "OutletMark | None", *, later: bool) -> None:
    """Recompute the days that a mark covers, and those that it covered before."""
    from lantian.cli.sense_outlets import recompute_in, say_recomputed

    if later:
        return
    lake, now = house.lake, house.now()
    spans = [(row.begin, row.end or now, row.outlet) for row in (content, before) if row is not None]
    first = min(lake.day_of(begin) for begin, _, _ in spans)
    last = min(max(lake.day_of(end) for _, end, _ in spans), lake.day_of(now))
    if first <= last:
        say_recomputed(recompute_in(house, first, last, spans[0][2], quiet=True))


def _show(house: "House", rows: "list[OutletMark]", *, as_json: bool) -> None:
    import polars as pl

    zone = house.city.zone
    told = [
        {
            "key": row.key,
            "revision": row.revision,
            "outlet": row.outlet,
            "factor": row.factor or "*",
            "code": row.code,
            "begin": row.begin.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "end": None if row.end is None else row.end.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "withdrawn": row.withdrawn,
            "author": row.author,
            "reason": row.reason,
        }
        for row in rows
    ]
    kinds: dict[str, type[pl.DataType]] = dict.fromkeys(
        ("key", "revision", "outlet", "factor", "code", "begin", "end", "withdrawn", "author", "reason"), pl.String
    )
    kinds |= {"revision": pl.Int64, "withdrawn": pl.Boolean}
    show_frame(pl.DataFrame(told, schema=kinds), title=words().gettext("Marks"), as_json=as_json)
