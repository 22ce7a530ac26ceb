"""The picture of a city's air as one page: self-contained, in one language, from queries only (空气质量报告)."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import lantian
from lantian.city.records import SubjectKind
from lantian.desk.language import Translation, mark
from lantian.desk.paper.html import environment
from lantian.desk.paper.provenance import EditionUse, HowMade
from lantian.loop.evaluate.drawing import shade
from lantian.loop.evaluate.events import DustEvent
from lantian.loop.evaluate.report_data import dust_of, editions_of, validity_of
from lantian.loop.evaluate.report_days import calendar_of, daily_chart, today_of, year_figures
from lantian.loop.evaluate.report_periods import allowance_of, attainment_of, counties_of, two_laws_of
from lantian.loop.evaluate.report_view import View, view_of
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import DAILY_INDEX, DUST_PROPOSALS, PERIOD_STATISTICS, PERIOD_SUMMARY, RANKINGS
from lantian.store.columns import Table

TEMPLATES = Path(__file__).parent / "templates"
_READ = (DAILY_INDEX, PERIOD_STATISTICS, PERIOD_SUMMARY, RANKINGS, DUST_PROPOSALS)


def air_report(
    scene: Scene,
    events: Sequence[DustEvent],
    language: Translation,
    *,
    made_at: datetime,
    other_page: str | None = None,
) -> str:
    """Write the report of everything that was judged, up to the last judged day.

    Parameters
    ----------
    scene : Scene
        Place, law, store and dust days.
    events : sequence of DustEvent
        Approved dust periods.
    language : Translation
        Of the page.
    made_at : datetime
        Wall clock, printed at the foot.
    other_page : str, optional
        File name of the same page in the other language, to link to.

    Returns
    -------
    str
        A whole HTML page that loads nothing and runs nothing.

    Raises
    ------
    CallerError
        No day of the city was judged yet.
    """
    view = view_of(scene, language)
    stations = validity_of(view)
    return (
        environment(language, [TEMPLATES])
        .get_template("air.html")
        .render(
            view=view,
            say=view.say,
            mark=mark,
            shade=shade,
            city=view.name(SubjectKind.CITY, view.adcode),
            weekdays="一二三四五六日" if language.is_chinese else "MTWTFSS",
            other_page=other_page,
            kinds=_kinds_of_stations(view),
            today=today_of(view),
            figures=year_figures(view),
            months=calendar_of(view),
            categories=_categories(view),
            chart=daily_chart(view),
            counties=counties_of(view),
            laws=two_laws_of(view),
            attainment=attainment_of(view),
            allowance=allowance_of(view),
            dust=dust_of(view, events),
            stations=stations,
            editions=editions_of(view),
            how_made=how_made(view, made_at).rows(language),
        )
    )


def _categories(view: View) -> list[tuple[str, str, str]]:
    """Colour, name and span of each level."""
    return [
        (
            row.colour,
            row.name_zh if view.language.is_chinese else row.name,
            f"> {row.low - 1}" if row.high is None else f"{row.low}–{row.high}",
        )
        for row in view.rules.categories.categories
    ]


def _kinds_of_stations(view: View) -> str:
    """Say which stations exist and which are invented, where the hours are simulated."""
    stations = view.scene.city.stations
    invented = sum(1 for station in stations if station.simulated)
    return view.say(
        mark(
            "{real} stations stand where real ones do, {invented} are invented; the hours of all are made by a "
            "simulation, so nothing here is about the real air of {city}."
        ),
        real=len(stations) - invented,
        invented=invented,
        city=view.name(SubjectKind.CITY, view.adcode),
    )


def how_made(
    view: View,
    made_at: datetime,
    *,
    title: str | None = None,
    first: date | None = None,
    last: date | None = None,
    tables: Sequence[Table] = _READ,
) -> HowMade:
    """Say what a reader must know to make the page, or a paper about some of its days, again."""
    first, last = first or view.first, last or view.last
    rows = view.city_days.filter(view.city_days.get_column("legal_day").is_between(first, last))
    runs = rows.get_column("run_id").unique(maintain_order=True).to_list()
    versions = rows.get_column("code_version").unique(maintain_order=True).to_list()
    editions = {
        edition.id: EditionUse.of(edition, view.language)
        for _, _, rules in view.scene.rulebook.spans(first, last, view.scene.choice)
        for edition in (rules.limits, rules.aqi_day, rules.evaluation, rules.composite, rules.ranking, rules.dust)
    }
    return HowMade(
        title=title or view.say(mark("Air quality report")),
        city=view.name(SubjectKind.CITY, view.adcode),
        period=f"{first} … {last}",
        source_tables=tuple(table.name for table in tables),
        editions=tuple(editions.values()),
        run_id=", ".join(runs[-3:]),
        code_version=", ".join(dict.fromkeys([*versions, lantian.__version__])),
        generated_at=made_at,
        simulated=view.simulated,
        notes=(view.say(mark("Every number explains itself: lantian why PLACE WHEN WHAT")),),
    )
