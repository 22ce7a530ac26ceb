"""``lantian run``: simulate a city, judge its air and draw the picture; a second run only looks again."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from lantian.cli.evaluate import evaluation_record
from lantian.cli.plan_adopting import adopted_record, show_adopted
from lantian.cli.show import JsonOption, WorkspaceOption, cell, console, progress_bar, show_json, words
from lantian.desk.language import Translation, mark
from lantian.desk.paper.palette import ink_on
from lantian.terms.errors import CallerError

if TYPE_CHECKING:
    from lantian.assembly import House
    from lantian.loop.evaluate.commands import Evaluation
    from lantian.loop.plan.adopting.adoption import Adopted
    from lantian.twin.live import LiveReport

app = typer.Typer()
APPS = {"run": app}
FIRST, LAST = date(2025, 1, 1), date(2026, 4, 30)
"""Days that are simulated: both editions of the law, and a year before to compare with."""
SEED = 2026
LIVE_HOURS = 6
"""City hours that a run lives through after the past. [h]"""
REPORTS = {"zh_CN": "report.html", "en": "report.en.html"}
"""Language → file in ``exports/``."""
_BY = "simulation"
_MONTHS_SHOWN = 3
_PICTURE = "picture"
"""What the record of such a run is called."""


@app.command()
def run(
    workspace: WorkspaceOption = Path("workspace"),
    city: Annotated[
        str | None, typer.Option(help=mark("Packaged city by its key, or a folder with a city's files."))
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help=mark("Simulate only that many days up to the last one."))
    ] = None,
    until: Annotated[
        str | None, typer.Option(help=mark("Last day of the past, such as 2026-04-30; else the city's own."))
    ] = None,
    live: Annotated[
        int, typer.Option(min=0, max=240, help=mark("City hours to live through: loggers speak to the gateway."))
    ] = LIVE_HOURS,
    document: Annotated[
        Path | None, typer.Option(help=mark("A plan document to be read beside the city's own plan."))
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help=mark("Serve the workspace afterwards, until Ctrl-C."))
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65_535, help=mark("Port of the pages; 0 lets the system choose."))
    ] = 8080,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=mark("No progress bar and no picture."))] = False,
    as_json: JsonOption = False,
) -> None:
    """Simulate a city, judge its air and draw the picture: tables here, a report for the browser."""
    from lantian.cli.serve import ServeOptions, check_ports, serve_workspace

    options = ServeOptions(port=port)
    if serve:
        check_ports(options)  # told before anything is made
    _make_picture(workspace, city, days, until, live, document, quiet=quiet, as_json=as_json)
    if serve:
        serve_workspace(workspace, options, as_json=as_json)


def _make_picture(
    workspace: Path,
    city: str | None,
    days: int | None,
    until: str | None,
    live: int,
    document: Path | None,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Simulate, judge, adopt, and show or say what came of it."""
    language = words()
    if document is not None:
        from lantian.desk.intake.documents import read_source

        read_source(document)  # a wrong name is told before anything is made
    house = open_or_make(workspace, city)
    try:
        stretch = stretch_of(house, days, until)
        made = picture(house, stretch, live, quiet=quiet or as_json)
        plan = take_plan(house, document)
        put_people(house)
        if as_json:
            show_json(
                {
                    "workspace": house.folder,
                    "city": house.city.key,
                    "simulated": True,
                    "hours_simulated": made.hours,
                    "hours_alive": 0 if made.alive is None else made.alive.hours,
                    "frames": 0 if made.alive is None else made.alive.frames,
                    "dust_approved": made.approved,
                    "evaluated": None if made.evaluation is None else evaluation_record(made.evaluation),
                    "reports": list(made.reports),
                    "plan": None if plan is None else adopted_record(plan),
                }
            )
            return
        if not quiet:
            show_picture(house, language)
            show_standing(house, language)
        if plan is not None and plan.fresh:
            console().print()
            show_adopted(plan, language)
        _say_what_was_made(made, house, language)
    finally:
        house.close()


def open_or_make(workspace: Path, city: str | None) -> "House":
    """Open a simulated workspace, or make one where there is none.

    Raises
    ------
    CallerError
        It holds real data, or another city.
    """
    from lantian.assembly import make_workspace, open_workspace
    from lantian.settings import FILE_NAME

    asked = str(Path(city).resolve()) if city is not None and Path(city).is_dir() else city
    if not (workspace / FILE_NAME).exists():
        return make_workspace(workspace, asked or "changzhi", simulated=True)
    house = open_workspace(workspace)
    held = house.settings.city
    if not house.settings.simulated or (asked is not None and asked != held):
        simulated = house.settings.simulated
        house.close()
        if not simulated:
            raise CallerError(
                "{workspace} holds real data, and `lantian run` fills a workspace with simulated hours; "
                "the two are never mixed. Name another folder with --workspace, or use `lantian "
                "evaluate` here.",
                workspace=workspace,
            )
        raise CallerError(
            "{workspace} is a workspace of {held}, not of {asked}. Name another with --workspace.",
            workspace=workspace,
            held=held,
            asked=asked,
        )
    return house


@dataclass(frozen=True, slots=True)
class Picture:
    """What one run did."""

    hours: int
    """Hours that were simulated now; 0 where they stood already."""
    approved: int
    """Dust approvals that were given now."""
    evaluation: "Evaluation | None"
    """None where nothing had changed since the last run."""
    reports: tuple[Path, ...]
    last: date
    """Last day that was simulated whole."""
    alive: "LiveReport | None" = None
    """What the loggers did; None where nobody spoke."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that are simulated."""

    first: date
    last: date
    """Last day of the past."""
    end: datetime
    """First hour that is not past."""
    sources: bool
    """Whether the city's sources are simulated, or station hours by statistics alone."""


def stretch_of(house: "House", days: int | None, until: str | None) -> Stretch:
    """Return which days are simulated: of a city with sources the demonstration year up to its opening.

    Raises
    ------
    CallerError
        `until` is no day, or lies outside.
    """
    from lantian.cli import run_twin
    from lantian.cli.plan_options import asked_day

    wanted = None if until is None else asked_day(house, until)
    sources = run_twin.has_sources(house.city)
    if sources:
        first, end = run_twin.FIRST, run_twin.past_end(house.city, SEED, wanted)
    else:
        last = wanted or LAST
        first, end = FIRST, datetime(last.year, last.month, last.day, tzinfo=house.city.zone) + timedelta(days=1)
    last = house.lake.day_of(end - timedelta(hours=1))
    if days is not None:
        first = max(first, last - timedelta(days=days - 1))
    return Stretch(first, last, end, sources)


def picture(house: "House", stretch: Stretch, live: int, *, quiet: bool = False) -> Picture:
    """Fill, live on, approve, judge and report, each only where it is still to do, all shown under one bar."""
    from lantian.cli import run_twin

    language = words()
    filled = 0.62 if stretch.sources else 0.30
    lived = 0.80 if stretch.sources and live else filled
    with progress_bar(language.gettext("Making the picture"), quiet=quiet) as progress:
        if stretch.sources:
            hours = run_twin.bring_past(house, stretch.first, stretch.end, SEED, _part(progress, 0.0, filled))
            alive = run_twin.live_on(house, stretch.first, stretch.end, SEED, live, _part(progress, filled, lived))
        else:
            hours = fill_hours(house, stretch.first, stretch.last, _part(progress, 0.0, filled))
            alive = None
        progress(lived, language.gettext("approving the dust of the simulation"))
        approved = approve_simulated_dust(house, stretch.first, stretch.last)
        inputs = _inputs(house)
        evaluation = None
        if not _is_as_before(house, inputs):
            evaluation = _evaluate(house, inputs, _part(progress, lived + 0.01, 0.93))
        progress(0.93, language.gettext("writing the report"))
        reports = write_reports(house)
        progress(1.0, "")
    return Picture(hours, approved, evaluation, reports, stretch.last, alive)


def take_plan(house: "House", document: Path | None) -> "Adopted | None":
    """Take the city's own structured plan in and put it in force, then a document as a draft of a new edition.

    A second run finds both as they were. Returns what came of the last one, or None for a city without a plan.
    """
    from lantian.cli.plan_adopting import adopt_in
    from lantian.loop.plan.adopting.confirming import confirm_plan
    from lantian.loop.plan.adopting.structured import load_structured

    adopted = None
    if load_structured(house.city) is not None:
        adopted = adopt_in(house, None, by=_BY)
        if adopted.state == "draft":
            confirm_plan(house.office(), adopted.plan_id, by=_BY)
            adopted = replace(adopted, state="in_force")
    if document is not None:
        adopted = adopt_in(house, document, by=_BY)
    return adopted


def show_standing(house: "House", language: Translation) -> None:
    """Print how the plan stands in two lines, where there is one."""
    from lantian.cli.plan_pages import head, lights
    from lantian.loop.plan.queries import find_plan
    from lantian.loop.plan.views.overviews import view_plan

    office = house.office()
    if find_plan(office) is None:
        return
    view = view_plan(office, today=office.today())
    console().print()
    head(view.plan, house, language)
    console().print("  ", lights(view.counts, language))


def _part(progress: Callable[[float, str], None], begin: float, end: float) -> Callable[[float, str], None]:
    """Give a stretch of a bar to one step."""
    return lambda share, said: progress(begin + (end - begin) * share, said)


def fill_hours(house: "House", first: date, last: date, progress: Callable[[float, str], None]) -> int:
    """Bring the hours of the simulation into the lake in one commit, unless it has them; return how many rows."""
    import polars as pl

    from lantian.twin import simulate_hours

    held = house.lake.scan("ambient_hours", columns=["legal_day"], latest=False)
    bounds = held.select(pl.col("legal_day").min().alias("first"), pl.col("legal_day").max().alias("last"))
    begin, end = bounds.collect().row(0)
    if begin is not None and begin <= first and end >= last:
        return 0
    stations = house.city.stations
    frames: list[pl.DataFrame] = []
    for number, frame in enumerate(simulate_hours(house.city, first, last, SEED), 1):
        frames.append(frame)
        said = words().format(mark("hours of {station}"), station=stations[number - 1].code)
        progress(0.6 * number / len(stations), said)
    progress(0.6, words().gettext("writing the hours"))
    written = house.lake.append("ambient_hours", pl.concat(frames), only_changes=True).written
    progress(1.0, "")
    return written


def put_people(house: "House") -> int:
    """Add the invented people of the demonstration, so that every command can be tried; return how many."""
    from lantian.twin.people import add_people

    return add_people(house.ledger, house.now())


def approve_simulated_dust(house: "House", first: date, last: date) -> int:
    """Approve the simulation's own dust events but those that a person withdrew; return how many were new."""
    from lantian.loop.evaluate.events import approve_dust, list_dust
    from lantian.science.dust import ApprovedPeriod
    from lantian.twin import list_events

    city = house.city
    places = (city.adcode, *(county.adcode for county in city.counties))
    known = {(event.code, event.period) for event in list_dust(house.ledger, withdrawn=True)}
    made = 0
    for event in (one for year in range(first.year, last.year + 1) for one in list_events(city, year, SEED)):
        begins, ends = house.lake.day_of(event.first), house.lake.day_of(event.last)
        if event.kind != "dust" or ends < first or begins > last:
            continue
        period = ApprovedPeriod(event.first, event.last + timedelta(hours=1))
        codes = tuple(code for code in places if (code, period) not in known)
        if codes:
            made += len(
                approve_dust(
                    house.ledger,
                    city,
                    codes,
                    period,
                    reason=words().gettext("simulated dust event of this demonstration"),
                    by=_BY,
                    now=house.now,
                )
            )
    return made


def _inputs(house: "House") -> dict[str, Any]:
    """Everything that decides what an evaluation gives, in a few words."""
    import lantian
    from lantian.loop.evaluate.events import list_dust

    law = "\n".join(repr(edition) for edition in house.rulebook.editions())
    return {
        "hours_version": house.lake.version("ambient_hours"),
        "index_version": house.lake.version("daily_index"),
        "approvals": [event.id for event in list_dust(house.ledger)],
        "law": sha256(f"{law}\n{sorted(house.choice.variants.items())}".encode()).hexdigest(),
        "city": sha256(repr(house.city).encode()).hexdigest(),
        "code": lantian.__version__,
    }


def _is_as_before(house: "House", inputs: dict[str, Any]) -> bool:
    from lantian.desk.jobs import RunState

    done = (one for one in house.jobs.latest(_PICTURE) if one["state"] == RunState.DONE)
    last = next(done, None)
    return last is not None and last["result"] == inputs


def _evaluate(house: "House", inputs: dict[str, Any], progress: Callable[[float, str], None]) -> "Evaluation":
    from lantian.loop import run_days

    with house.jobs.run(_PICTURE, f"{FIRST}..{LAST}", inputs) as record:
        done = run_days(house.scene(), house.jobs, None, None, progress)
        record.result.update(_inputs(house))
    return done


def write_reports(house: "House") -> tuple[Path, ...]:
    """Write the report in every language into ``exports/``."""
    from lantian.desk.language import translation
    from lantian.desk.paper.html import write_page
    from lantian.loop.evaluate.events import list_dust
    from lantian.loop.evaluate.report import air_report

    scene, events = house.scene(), list_dust(house.ledger)
    made: list[Path] = []
    for name, file in REPORTS.items():
        other = next(one for key, one in REPORTS.items() if key != name)
        page = air_report(scene, events, translation(name), made_at=house.now(), other_page=other)
        made.append(house.folder / "exports" / file)
        write_page(made[-1], page)
    return tuple(made)


def show_picture(house: "House", language: Translation) -> None:
    """Print the last day, the year so far, the ranking of the last month and a strip of the calendar."""
    from lantian.loop.evaluate.report_view import view_of

    screen = console()
    view = view_of(house.scene(), language)
    screen.print()
    for line in _summary(view, language):
        screen.print(line)
    _show_ranking(house, language)
    _show_calendar(house, view.last, language)


def _summary(view: Any, language: Translation) -> Iterator[Text]:
    """Lines on the last day and the year to date."""
    from lantian.loop.evaluate.report_days import today_of, year_figures

    today = today_of(view)
    head = Text()
    head.append(f"{view.scene.city.name_zh if language.is_chinese else view.scene.city.name_en}", style="bold")
    head.append(f"  {view.date(view.last)}")
    if view.simulated:
        head.append("  " + language.gettext("SIMULATED data, never measured"), style="bold yellow")
    yield head
    line = Text()
    style = "bold" if today.colour is None else f"bold {ink_on(today.colour)} on {today.colour}"
    line.append(f"  AQI {today.text}  ", style=style)
    line.append(f" {today.level}")
    if today.primary:
        line.append("  " + language.format(mark("primary pollutant {names}"), names=today.primary))
    line.append(f"  {today.edition}", style="dim")
    yield line
    for figure in year_figures(view):
        line = Text(f"  {figure.label} ")
        line.append(figure.value, style="bold")
        if figure.unit:
            line.append(f" {figure.unit}", style="dim")
        if figure.note:
            line.append(f"  {figure.note}", style="dim")
        yield line


def _show_ranking(house: "House", language: Translation) -> None:
    from lantian.cli.rank import show_ranking
    from lantian.cli.ranking_page import ranking_page
    from lantian.loop.evaluate.queries import latest_period

    try:
        page = ranking_page(house, language, latest_period(house.lake))
    except CallerError:
        return  # a stretch too short for any list: the summary above has said what there is
    show_ranking(page)


def _show_calendar(house: "House", last: date, language: Translation) -> None:
    from lantian.city.records import SubjectKind
    from lantian.cli.calendar import legend_lines, months_of
    from lantian.loop.evaluate.day_marks import day_marks
    from lantian.loop.evaluate.queries import list_days

    month = last.year * 12 + last.month - _MONTHS_SHOWN
    first = date(month // 12, month % 12 + 1, 1)
    scene = house.scene()
    rows = list_days(house.lake, SubjectKind.CITY, house.city.adcode, first, last)
    screen = console()
    screen.print()
    screen.print(months_of(day_marks(scene, rows, first, last), language))
    for line in legend_lines(scene, first, last, language):
        screen.print(line)


def _say_what_was_made(made: Picture, house: "House", language: Translation) -> None:
    screen = console()
    screen.print()
    if made.hours:
        said = language.format(mark("{hours} simulated station hours were brought in."), hours=f"{made.hours:,}")
        screen.print(said)
    if made.alive is not None:
        said = mark("{frames} frames of {hours} city hours were sent, acknowledged and taken.")
        screen.print(language.format(said, frames=f"{made.alive.frames:,}", hours=made.alive.hours))
    if made.approved:
        screen.print(language.format(mark("{count} simulated dust periods were approved."), count=made.approved))
    if made.evaluation is None:
        screen.print(language.gettext("Nothing changed: inputs and rules are as at the last run."))
    else:
        screen.print(
            language.format(
                mark("Judged {first} … {last}: {changed} rows new or changed."),
                first=made.evaluation.first,
                last=made.evaluation.last,
                changed=cell(f"{made.evaluation.changed:,}"),
            )
        )
    for path in made.reports:
        screen.print(language.format(mark("Report: {file}"), file=path.resolve()), soft_wrap=True)
    screen.print(language.gettext("Next, for instance:"), style="dim")
    code, program = house.city.adcode, _program()
    day = made.last
    examples = [f"calendar --year {day.year}", f"rank --of {day:%Y-%m}", f"why {code} {day}", "plan status"]
    if made.alive is not None:
        examples += ["sense status", "sense outlets", f"inventory show {day.year - 1}", "twin truth list"]
    for example in examples:
        screen.print(f"  {program} {example} --workspace {house.folder}", soft_wrap=True)


def _program() -> str:
    """Name this program as it can be called from here: by its path where no search path leads to it."""
    called = Path(sys.argv[0])
    if shutil.which("lantian") is not None or called.name != "lantian":
        return "lantian"
    return os.path.relpath(called)
