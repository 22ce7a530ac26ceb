"""``lantian sense review``: look through data, decide at three levels, sign, undo, and judge anew what changed."""

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lantian.cli.conditions import instant
from lantian.cli.sense_outlets import recompute_in
from lantian.cli.show import (
    JsonOption,
    WorkspaceOption,
    console,
    day,
    opened,
    progress_bar,
    show_frame,
    show_json,
    words,
)
from lantian.desk.language import finding_text, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.sense.reviewing import Reviewed
    from lantian.terms.findings import Finding

app = typer.Typer(no_args_is_help=True)
_By = Annotated[str, typer.Option("--by", help=mark("Login of who decides; kept as evidence."))]
_Reason = Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))]
_Level = Annotated[str, typer.Option("--level", help=mark("operator, city or sign_off."))]
_From = Annotated[
    str | None, typer.Option("--from", help=mark("First legal day; by default a week before the last."))
]
_To = Annotated[str | None, typer.Option("--to", help=mark("Last legal day; by default yesterday."))]
_Evaluate = Annotated[
    bool,
    typer.Option("--evaluate/--later", help=mark("Judge the changed days anew at once, or leave the request.")),
]


@app.command("check", help=mark("Look for doubtful hours; nothing becomes invalid by itself."))
def check(
    first: _From = None,
    last: _To = None,
    sources: Annotated[bool, typer.Option("--sources", help=mark("Outlets instead of stations."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Look for doubtful hours; nothing becomes invalid by itself."""
    from lantian.loop.sense.checks import OUTLET, STATION, check_ambient, keep_findings
    from lantian.loop.sense.source_checks import check_sources

    language = words()
    with opened(workspace) as house:
        centre = house.centre()
        begin, end = _days(house, first, last)
        findings = check_sources(centre, begin, end) if sources else check_ambient(centre, begin, end)
        kept = keep_findings(centre, OUTLET if sources else STATION, findings, begin, end)
        shown = [_shown(house, finding) for finding in findings]
    if as_json:
        show_json({"new": kept.new, "withdrawn": kept.withdrawn, "standing": kept.standing, "rows": shown})
        return
    _print(shown, language.format(mark("Doubtful hours {first} … {last}"), first=begin, last=end))
    console().print(
        language.format(mark("{standing} findings, {new} of them new; {withdrawn} no longer hold."),
                        standing=kept.standing, new=kept.new, withdrawn=kept.withdrawn)
    )  # fmt: skip


@app.command("findings", help=mark("Show the findings that were kept."))
def findings_kept(
    first: _From = None,
    last: _To = None,
    place: Annotated[str | None, typer.Option("--place", help=mark("One station or outlet."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show the findings that were kept."""
    from lantian.loop.sense.checks import list_findings

    with opened(workspace) as house:
        begin, end = _days(house, first, last)
        shown = [_shown(house, row) for row in list_findings(house.centre(), begin, end, place=place)]
    if as_json:
        show_json({"rows": shown})
        return
    _print(shown, words().format(mark("Doubtful hours {first} … {last}"), first=begin, last=end))


@app.command("list", help=mark("Decisions in order of time."))
def list_decisions(
    place: Annotated[str | None, typer.Option("--place", help=mark("One station or outlet."))] = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help=mark("Only proposals that the city has to answer."))
    ] = False,
    standing: Annotated[bool, typer.Option("--standing", help=mark("Only what nothing undid."))] = False,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Decisions in order of time."""
    import polars as pl

    from lantian.loop.sense.reviewing import list_reviews, list_waiting

    language = words()
    with opened(workspace) as house:
        zone = house.city.zone
        centre = house.centre()
        rows = list_waiting(centre) if waiting else list_reviews(centre, place=place, standing=standing)
        told = [
            {
                "id": row.id,
                "place": row.place,
                "channel": row.channel or "*",
                "first_hour": row.first_hour.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "last_hour": (row.end - timedelta(hours=1)).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
                "level": row.level,
                "verdict": row.verdict,
                "reason": row.reason,
                "by": row.by,
                "supersedes": row.supersedes,
            }
            for row in rows
        ]
    names = ("id", "place", "channel", "first_hour", "last_hour", "level", "verdict", "reason", "by", "supersedes")
    show_frame(
        pl.DataFrame(told, schema=dict.fromkeys(names, pl.String)),
        title=language.gettext("Decisions about data"),
        as_json=as_json,
    )


@app.command("decide", help=mark("Decide about hours of a station or an outlet: valid, invalid or flag."))
def decide_hours(
    place: Annotated[str, typer.Argument(help=mark("Code of the station or the outlet."))],
    channel: Annotated[
        str,
        typer.Argument(help=mark("Pollutant: so2, no2, co, o3, pm10 or pm25; of an outlet the factor's code.")),
    ],
    first_hour: Annotated[str, typer.Argument(help=mark("Start of the first hour, 2026-03-15T06."))],
    last_hour: Annotated[str, typer.Argument(help=mark("Start of the last hour, included."))],
    verdict: Annotated[str, typer.Option("--verdict", help=mark("valid, invalid or flag."))],
    by: _By,
    reason: _Reason,
    level: _Level = "operator",
    finding: Annotated[str | None, typer.Option("--finding", help=mark("Code of the finding it answers."))] = None,
    evaluate: _Evaluate = True,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Decide about hours of a station or an outlet: valid, invalid or flag."""
    from lantian.loop.sense.audited import ReviewLevel, ReviewVerdict
    from lantian.loop.sense.reviewing import Decision, decide

    with opened(workspace) as house:
        zone = house.city.zone
        decision = Decision(
            place, channel, instant(first_hour, zone), instant(last_hour, zone), _one(ReviewLevel, level),
            _one(ReviewVerdict, verdict), reason, finding,
        )  # fmt: skip
        done = decide(house.centre(), decision, by=by)
        _say(house, done, evaluate=evaluate, as_json=as_json)


@app.command("sign", help=mark("Close days of stations or outlets; lower levels cannot change them any more."))
def sign(
    by: _By,
    reason: _Reason,
    places: Annotated[
        list[str] | None, typer.Argument(help=mark("Codes; all that have hours by default."))
    ] = None,
    sources: Annotated[bool, typer.Option("--sources", help=mark("Outlets instead of stations."))] = False,
    first: _From = None,
    last: _To = None,
    evaluate: _Evaluate = True,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Close days of stations or outlets; lower levels cannot change them any more."""
    from lantian.loop.sense.checks import hour_cube
    from lantian.loop.sense.reviewing import sign_off
    from lantian.loop.sense.source_checks import source_outlets

    with opened(workspace) as house:
        centre = house.centre()
        begin, end = _days(house, first, last)
        codes = places or (
            source_outlets(centre, begin, end)
            if sources
            else [station.code for station in hour_cube(centre, begin, end).stations]
        )
        if not codes:
            raise CallerError(
                "No station or outlet of that kind has hours from {first} to {last}.", first=begin, last=end
            )
        _say(house, sign_off(centre, codes, begin, end, reason=reason, by=by), evaluate=evaluate, as_json=as_json)


@app.command("undo", help=mark("Undo a decision by another one."))
def undo_decision(
    review_id: Annotated[str, typer.Argument(help=mark("Id of the decision, from lantian sense review list."))],
    by: _By,
    reason: _Reason,
    level: _Level = "city",
    evaluate: _Evaluate = True,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Undo a decision by another one."""
    from lantian.loop.sense.audited import ReviewLevel
    from lantian.loop.sense.reviewing import undo

    with opened(workspace) as house:
        done = undo(house.centre(), review_id, reason=reason, by=by, level=_one(ReviewLevel, level))
        _say(house, done, evaluate=evaluate, as_json=as_json)


@app.command("recompute", help=mark("Judge anew every stretch that a decision changed."))
def recompute(workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False) -> None:
    """Judge anew every stretch that a decision changed."""
    with opened(workspace) as house:
        told = _judged_anew(house, quiet=as_json)
    if as_json:
        show_json(told)
        return
    _say_tables(told)


# ---------------------------------------------------------------------------------------------- inside


def _one(kind: Any, text: str) -> Any:
    try:
        return kind(text)
    except ValueError:
        known = ", ".join(each.value for each in kind)
        raise CallerError("{text!r} is none of {known}.", text=text, known=known) from None


def _days(house: "House", first: str | None, last: str | None) -> tuple[date, date]:
    end = day(last) or house.lake.day_of(house.now()) - timedelta(days=1)
    begin = day(first) or end - timedelta(days=6)
    if end < begin:
        raise CallerError(
            "There are no days from {first} to {last}. Give the first one first.", first=begin, last=end
        )
    return begin, end


def _shown(house: "House", finding: "Finding") -> dict[str, Any]:
    language = words()
    last = finding.evidence.get("last_hour")
    return {
        "place": finding.where,
        "channel": finding.evidence.get("channel"),
        "code": finding.code,
        "severity": finding.severity.value,
        "first_hour": None if finding.when is None else finding.when.astimezone(house.city.zone),
        "last_hour": last,
        "said": finding_text(finding, language),
        "innocent": ""
        if finding.competing_explanation is None
        else language.gettext(finding.competing_explanation),
        "evidence": dict(finding.evidence),
    }


def _print(shown: list[dict[str, Any]], title: str) -> None:
    import polars as pl

    names = ("place", "channel", "first_hour", "said", "innocent")
    rows = [{name: row[name] if name != "first_hour" else _hour(row[name]) for name in names} for row in shown]
    styles = {"error": "red", "warning": "yellow"}
    show_frame(
        pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)),
        title=title,
        styles={"said": [styles.get(row["severity"]) for row in shown]},
    )


def _hour(at: Any) -> str | None:
    return None if at is None else f"{at:%Y-%m-%d %H:%M}"


def _say(house: "House", done: "Reviewed", *, evaluate: bool, as_json: bool) -> None:
    """Say what a decision brought; judge its days anew where that is wanted."""
    told: dict[str, Any] = {
        "ids": list(done.ids),
        "audited_hours": done.written,
        "missing_hours": done.missing,
        "request": done.request,
        "affected": [
            {"table": row.table, "first": row.first, "last": row.last, "periods": list(row.periods)}
            for row in done.affected
        ],
    }
    if done.request is not None and evaluate:
        told |= _judged_anew(house, quiet=as_json)
    if done.outlets and done.days is not None and evaluate:
        told["recomputed"] = [asdict(recompute_in(house, *done.days, each, quiet=True)) for each in done.outlets]
    if as_json:
        show_json(told)
        return
    language = words()
    console().print(
        language.format(mark("Decision {id} is kept."), id=done.ids[0])
        if done.outlets
        else language.format(
            mark("Decision {id}: {hours} audited hours written."), id=done.ids[0], hours=done.written
        )
    )
    if not done.affected:
        console().print(language.gettext("Nothing that was judged changes by it."))
        return
    for row in done.affected:
        periods = " ".join(row.periods)
        console().print(f"  {row.table}: {row.first} … {row.last} {periods}".rstrip())
    if done.outlets:
        _say_outlets(done, told)
    elif evaluate:
        _say_tables(told)
    else:
        console().print(language.gettext("Run lantian sense review recompute to judge these days anew."))


def _say_outlets(done: "Reviewed", told: dict[str, Any]) -> None:
    """Say what was recomputed of outlets, or how it will be."""
    language = words()
    for outlet, row in zip(done.outlets, told.get("recomputed", ()), strict=False):
        said = mark("{outlet}: {days} days computed anew, {hours} hours and {rows} days written")
        counts = {"days": row["days"], "hours": row["hours_written"], "rows": row["days_written"]}
        console().print("  " + language.format(said, outlet=outlet, **counts), markup=False)
    if "recomputed" not in told and done.days is not None:
        said = mark("Run lantian sense recompute --first {first} --last {last} to bring their tables up to date.")
        console().print(language.format(said, first=done.days[0], last=done.days[1]))


def _judged_anew(house: "House", *, quiet: bool) -> dict[str, Any]:
    from lantian.loop import run_recomputes

    with progress_bar(words().gettext("Judging"), quiet=quiet) as progress:
        done, ended = run_recomputes(house.scene(), house.jobs, house.ledger, house.now(), progress)
    tables = {} if done is None else {name: one.counts() for name, one in done.tables.items()}
    return {"requests": list(ended), "tables": tables}


def _say_tables(told: dict[str, Any]) -> None:
    language = words()
    if not told["requests"]:
        console().print(language.gettext("Nobody asked for anything to be judged anew."))
        return
    for name, counts in told["tables"].items():
        said = language.format(
            mark("{table}: {new} new, {changed} changed, {withdrawn} withdrawn, {same} as before"),
            table=name, **counts,
        )  # fmt: skip
        console().print("  " + said)
