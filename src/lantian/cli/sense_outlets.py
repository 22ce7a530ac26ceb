"""``lantian sense`` about outlets: what each is by law, its emission recomputed beside what was sent, rates."""

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
from lantian.desk.language import Translation, mark
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.sense.recomputing import Recomputed
    from lantian.loop.sense.recomputing_view import OutletDay

WINDOW_DAYS = 31
"""How far back readings that came late are looked for where nobody says otherwise. [d]"""
_First = Annotated[
    str | None, typer.Option("--first", help=mark("First legal day; by default a month before the last."))
]
_Last = Annotated[str | None, typer.Option("--last", help=mark("Last legal day; by default yesterday."))]
_Outlet = Annotated[str | None, typer.Option("--outlet", help=mark("One outlet."))]
_Code = Annotated[str, typer.Argument(help=mark("Code of the outlet."))]


def recompute(
    first: _First = None,
    last: _Last = None,
    outlet: _Outlet = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Bring the recomputed emission of outlets up to date."""
    with opened(workspace) as house:
        begin, end = _stretch(house, first, last)
        done = recompute_in(house, begin, end, outlet, quiet=as_json)
    if as_json:
        show_json(asdict(done))
        return
    say_recomputed(done)


def recompute_in(
    house: "House", first: date, last: date, outlet: str | None, *, quiet: bool = False
) -> "Recomputed":
    """Recompute outlets of an open workspace under one bar."""
    from lantian.loop import run_outlets

    with progress_bar(words().gettext("Recomputing"), quiet=quiet) as progress:
        return run_outlets(house.centre(), house.jobs, first, last, outlet=outlet, progress=progress)


def say_recomputed(done: "Recomputed") -> None:
    """Say what a run changed."""
    said = words().format(
        mark(
            "{outlets} outlets, {first} … {last}: {days} days computed anew, {hours} hours and {rows} days "
            "written, {findings} differences stand, {withdrawn} no longer hold."
        ),
        outlets=done.outlets, first=done.first, last=done.last, days=done.days, hours=done.hours_written,
        rows=done.days_written, findings=done.findings, withdrawn=done.withdrawn,
    )  # fmt: skip
    console().print(said)


def outlet_day(
    outlet: _Code,
    on: Annotated[str | None, typer.Option("--day", help=mark("Legal day; by default yesterday."))] = None,
    factor: Annotated[str | None, typer.Option("--factor", help=mark("One factor; all by default."))] = None,
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Show one day of an outlet: recomputed beside what its logger sent."""
    from lantian.loop.sense.recomputing_view import view_outlet_day

    with opened(workspace) as house:
        wanted = day(on) or house.lake.day_of(house.now()) - timedelta(days=1)
        view = view_outlet_day(house.centre(), outlet, wanted, factor=factor)
    if as_json:
        show_json({"outlet": outlet, "day": wanted, "hours": view.hours.to_dicts(), "days": view.days.to_dicts()})
        return
    _show_day(view, words())


def record(
    outlet: _Code,
    by: Annotated[str, typer.Option("--by", help=mark("Login of who says so; kept as evidence."))],
    reason: Annotated[str, typer.Option("--reason", help=mark("Why; kept as evidence."))],
    from_day: Annotated[str, typer.Option("--from", help=mark("First legal day on which it holds."))],
    body: Annotated[str | None, typer.Option("--body", help=mark("Body whose outlet it is."))] = None,
    kind: Annotated[
        str, typer.Option("--kind", help=mark("Kind of source, as the rules about limits name it."))
    ] = "",
    industry: Annotated[
        str,
        typer.Option("--industry", help=mark("Whose marks: thermal_power, cement, paper, waste_incineration …")),
    ] = "default",
    oxygen: Annotated[
        str | None, typer.Option("--oxygen", help=mark("Reference oxygen of its permit, in percent."))
    ] = None,
    gas: Annotated[
        str,
        typer.Option(
            "--gas", help=mark("Gas that its analyser speaks of: dry_standard, wet_standard, wet_working.")
        ),
    ] = "dry_standard",
    basis: Annotated[str, typer.Option("--basis", help=mark("Permit or clause that says so."))] = "",
    name: Annotated[str, typer.Option("--name", help=mark("Name of the outlet."))] = "",
    workspace: WorkspaceOption = Path("workspace"),
) -> None:
    """Say what an outlet is by law from a day on."""
    from lantian.loop.sense.outlets import OutletContent, record_outlet

    begin = day(from_day)
    if begin is None:
        raise CallerError("{text!r} is not a date. Write it as 2026-03-01.", text=from_day)
    with opened(workspace) as house:
        content = OutletContent(
            outlet, begin, name, body, kind, industry, _percent(oxygen), _basis(gas), basis
        )  # fmt: skip
        record_outlet(house.centre(), content, by=by, reason=reason)
    console().print(
        words().format(
            mark("Said of outlet {outlet} from {day} on. Run lantian sense recompute --first {day} for its days."),
            outlet=outlet, day=begin,
        )
    )  # fmt: skip


def records(
    outlet: _Outlet = None, workspace: WorkspaceOption = Path("workspace"), as_json: JsonOption = False
) -> None:
    """List what was said of outlets, in the order in which it holds."""
    import polars as pl

    from lantian.loop.sense.outlets import list_records

    with opened(workspace) as house:
        rows = [
            {
                "outlet": row.outlet,
                "from": row.from_day.isoformat(),
                "name": row.name,
                "body": row.organisation_id,
                "kind": row.source_kind or None,
                "industry": row.industry,
                "oxygen": None if row.reference_oxygen is None else str(row.reference_oxygen),
                "gas": row.gas_basis,
                "basis": row.basis,
                "by": row.by,
                "reason": row.reason,
            }
            for row in list_records(house.centre(), outlet)
        ]
    names = ("outlet", "from", "name", "body", "kind", "industry", "oxygen", "gas", "basis", "by", "reason")
    show_frame(
        pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String)),
        title=words().gettext("Outlets"),
        as_json=as_json,
    )


def rates(
    first: _First = None,
    last: _Last = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help=mark("station, outlet, micro, weather or camera."))
    ] = None,
    code: Annotated[str | None, typer.Option("--code", help=mark("One instrument."))] = None,
    by: Annotated[str, typer.Option("--by", help=mark("stretch, month or day."))] = "stretch",
    workspace: WorkspaceOption = Path("workspace"),
    as_json: JsonOption = False,
) -> None:
    """Judge every instrument day by day, keep it, and add the days up."""
    import polars as pl

    from lantian.loop.sense.instrument_days import list_rates, write_days

    if by not in {"stretch", "month", "day"}:
        raise CallerError("{text!r} is none of {known}.", text=by, known="stretch, month, day")
    with opened(workspace) as house:
        begin, end = _stretch(house, first, last)
        centre = house.centre()
        with (
            progress_bar(words().gettext("Judging"), quiet=as_json) as progress,
            house.jobs.run("instruments", f"{begin}..{end}", {}, progress) as run,
        ):
            run.result["written"] = write_days(centre, begin, end, run_id=run.id, progress=run.progress)
        found = list_rates(centre, begin, end, kind=kind, code=code, monthly=by == "month", daily=by == "day")
    rows = [{**asdict(row), "states": " ".join(f"{name} {n}" for name, n in row.states.items())} for row in found]
    if as_json:
        show_json({"first": begin, "last": end, "rows": [asdict(row) for row in found]})
        return
    if not rows:
        console().print(words().gettext("There is no instrument to judge."))
        return
    show_frame(
        pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.col("first", "last").cast(pl.String)),
        title=words().format(mark("Rates {first} … {last}"), first=begin, last=end),
        decimals=dict.fromkeys(("online_rate", "transmission", "validity", "valid_transmission"), 4),
    )


# ---------------------------------------------------------------------------------------------- inside


def _stretch(house: "House", first: str | None, last: str | None) -> tuple[date, date]:
    end = day(last) or house.lake.day_of(house.now()) - timedelta(days=1)
    return day(first) or end - timedelta(days=WINDOW_DAYS - 1), end


def _percent(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise CallerError("{text!r} is no number of percent. Write it as 6 or 3.5.", text=text) from None


def _basis(text: str) -> Any:
    from lantian.loop.sense.outlets import BASES

    if text not in BASES:
        raise CallerError("{text!r} is none of {known}.", text=text, known=", ".join(BASES))
    return text


_WORDS = {
    "valid": mark("valid"),
    "doubtful": mark("doubtful"),
    "invalid": mark("invalid"),
    "stopped": mark("stopped"),
    "missing": mark("missing"),
    "measured": mark("measured"),
    "substituted": mark("substituted"),
    "capture_too_low": mark("capture rate too low"),
    "nothing_to_take_from": mark("nothing to take from"),
}
"""Codes of validity and origin → what is shown."""
_SHOWN = (
    "hour", "mean", "sent_mean", "converted", "sent_converted", "amount_used", "sent_amount", "amount_origin",
    "validity", "reasons",
)  # fmt: skip


def _show_day(view: "OutletDay", language: Translation) -> None:
    """Print hours factor by factor, each with its day below."""
    import polars as pl

    for part in view.parts:
        name = part.name_zh if language.is_chinese else part.name_en
        head = f"{view.outlet}  {part.factor} {name}  {view.day}"
        told = {code: language.gettext(each) for code, each in _WORDS.items()}
        rows = part.hours.with_columns(
            pl.col("validity", "amount_origin").replace(told),
            hour=pl.col("hour_start").dt.strftime("%H:%M"),
            reasons=pl.col("reasons").map_elements(lambda bits: _said(bits, language), return_dtype=pl.String),
        ).select(_SHOWN)
        show_frame(
            rows,
            title=head,
            decimals=dict.fromkeys(
                ("mean", "sent_mean", "converted", "sent_converted", "amount_used", "sent_amount"), 3
            ),
        )
        for line in part.days.iter_rows(named=True):
            console().print("  " + _day_line(line, language), markup=False)


def _day_line(row: dict[str, Any], language: Translation) -> str:
    from lantian.cli.show import cell

    return language.format(
        mark(
            "Day: mean {mean} (sent {sent_mean}), converted {converted} (sent {sent_converted}) mg/m³; amount "
            "{amount_used} kg (sent {sent_amount}), of which {substituted} kg stand in for {count} h; {valid} h "
            "valid, {stopped} h stopped; {rules}"
        ),
        mean=cell(row["mean"], 3), sent_mean=cell(row["sent_mean"], 3), converted=cell(row["converted"], 3),
        sent_converted=cell(row["sent_converted"], 3), amount_used=cell(row["amount_used"], 3),
        sent_amount=cell(row["sent_amount"], 3), substituted=cell(row["amount_substituted"], 3),
        count=row["substituted_hours"], valid=row["valid_hours"], stopped=row["stopped_hours"], rules=row["rules"],
    )  # fmt: skip


def _said(names: str | None, language: Translation) -> str:
    """Say reasons in words, from their codes."""
    from lantian.science.emission.reasons import WORDS, Reason

    codes = [] if names is None else names.split(",")
    return "; ".join(language.gettext(WORDS[Reason[code.upper()]]) for code in codes)
