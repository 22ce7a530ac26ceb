"""What did one station measure in a month? Its table (站点月报表): days, marks of what is invalid, statistics."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from lantian.city.records import Station, SubjectKind
from lantian.desk.language import Translation, mark
from lantian.desk.paper.office_paper import DASH, Cell, Head, Heading, OfficePaper, Signing, Table, Text, Value
from lantian.desk.paper.paper_files import FORMATS, write_paper
from lantian.loop.evaluate.indices import WITHHELD
from lantian.loop.evaluate.papers.looking import level_of, made_rows, period_view, provisional, watermark
from lantian.loop.evaluate.queries import list_days
from lantian.loop.evaluate.report_view import STATION_LEVELS, View, days_of, unit_of
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import DAILY_INDEX
from lantian.loop.evaluate.wording import worded
from lantian.rules import RuleSet
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

KIND = "station_month"
"""Name of its Word template."""
_O3_1H = "o3_1h"
_COLUMNS: tuple[tuple[str, Pollutant], ...] = (
    ("so2", Pollutant.SO2),
    ("no2", Pollutant.NO2),
    ("co", Pollutant.CO),
    (_O3_1H, Pollutant.O3),
    ("o3", Pollutant.O3),
    ("pm10", Pollutant.PM10),
    ("pm25", Pollutant.PM25),
)
"""Column of the day's row, and its pollutant; `o3` is the highest 8 h mean."""
_NOT_EXPECTED = "not_monitored"


def station_month(
    scene: Scene,
    code: str,
    month: Period,
    language: Translation,
    *,
    made_at: datetime,
    chain_head: str = "",
) -> OfficePaper:
    """Say what a station's month says.

    Parameters
    ----------
    scene : Scene
        Place, law, store and dust days.
    code : str
        Of the station.
    month : Period
        A calendar month with judged days.
    language : Translation
        Of the paper.
    made_at : datetime
        Wall clock, timezone-aware.
    chain_head : str
        Head of the chain of decisions, printed last.

    Raises
    ------
    CallerError
        No month, no such station, or no judged day of it.
    """
    if month.kind is not PeriodKind.MONTH:
        raise CallerError("{period} is no month. Write one as 2026-03.", period=month.label)
    if code not in {station.code for station in scene.city.stations}:
        raise CallerError(
            "{code!r} is no station of this city. Use a code from `lantian export stations`.", code=code
        )
    view, judged_through = period_view(scene, language, month)
    station = scene.city.station(code)
    last = min(month.last, judged_through)
    rows = list_days(scene.lake, SubjectKind.STATION, code, month.first, last, stage=view.stage)
    name = view.name(SubjectKind.STATION, code)
    title = view.say(mark("{station}: monthly table of ambient air data"), station=name)
    draft = provisional(view, month, judged_through)
    return OfficePaper(
        key=KIND,
        stem=f"{month.label} {code} {view.say(mark('Station monthly table'))}",
        title=title,
        subtitle=f"{view.period_name(month)}  ·  {_place(view, station)}",
        blocks=[
            _days_table(view, rows, month.first, last),
            Heading(view.say(mark("Statistics of the month"))),
            _statistics(view, station, rows, month, last),
            *(
                [Text(view.say(mark("No day of this station was judged in this month.")))]
                if rows.is_empty()
                else []
            ),
            Signing([view.say(word) for word in (mark("Filled in by"), mark("Checked by"), mark("Issued by"))]),
        ],
        made_at=made_at,
        simulated=station.simulated or view.simulated,
        language=language,
        how_made=made_rows(view, title, month.first, last, (DAILY_INDEX,), made_at, chain_head),
        draft=draft,
        watermark=watermark(view, draft),
        facts={
            "station": name,
            "code": code,
            "county": view.county(station.county),
            "month": view.period_name(month),
            "days": str(rows.height),
        },
        compact=True,
    )


def write_station_month(
    scene: Scene,
    code: str,
    month: Period,
    folder: Path,
    language: Translation,
    formats: Sequence[str] = FORMATS,
    *,
    made_at: datetime,
    chain_head: str = "",
    templates: Path | None = None,
    on_finding: Callable[[Finding], None] | None = None,
) -> tuple[Path, ...]:
    """Write a station's month in each of the forms and return the files; see `station_month` and `write_paper`."""
    paper = station_month(scene, code, month, language, made_at=made_at, chain_head=chain_head)
    return write_paper(paper, folder, formats, templates=templates, on_finding=on_finding)


def _place(view: View, station: Station) -> str:
    kind = view.language.gettext(STATION_LEVELS[station.level.value])
    return f"{view.county(station.county)}  ·  {kind}  ·  {station.code}"


def _heads() -> list[Head]:
    names = {_O3_1H: "O₃-1h", "o3": "O₃-8h"}
    return [
        Head(names.get(key, NAMES[pollutant].symbol), unit_of(pollutant), width=1.2) for key, pollutant in _COLUMNS
    ]


def _days_table(view: View, rows: pl.DataFrame, first: date, last: date) -> Table:
    known = {row["legal_day"]: row for row in rows.iter_rows(named=True)}
    say = view.say
    heads = [
        Head(say(mark("Day")), width=1.0, align="center"),
        *_heads(),
        Head("AQI", width=1.1),
        Head(say(mark("Level")), width=2.5, align="center"),
        Head(say(mark("Primary pollutant")), width=1.9, align="center"),
        Head(say(mark("Remarks")), width=2.6, align="left"),
    ]
    cells = [_day(view, day, known.get(day)) for day in days_of(first, last)]
    notes = [
        say(
            mark(
                "— no valid value; in the remarks H is the number of valid hours, W of valid 8 h windows. "
                "O₃-1h is the highest hour, O₃-8h the highest 8 h mean of the day."
            )
        )
    ]
    return Table("days", say(mark("Daily values")), heads, cells, notes)


def _day(view: View, day: date, row: Mapping[str, Any] | None) -> list[Value | Cell]:
    rules = view.scene.rules(day)
    if row is None:
        return [day.day, *[None] * len(_COLUMNS), None, None, None, view.say(mark("no data"))]
    level, colour = level_of(view, rules, row["aqi"])
    return [
        day.day,
        *(Cell(row[key], decimals=rules.evaluation.decimals_day.of(pollutant)) for key, pollutant in _COLUMNS),
        row["aqi"] if row["aqi"] is not None else _unpublished(rules, row),
        Cell(level or None, fill=colour),
        view.symbols(row["primary"]) or None,
        _remarks(view, row),
    ]


def _unpublished(rules: RuleSet, row: Mapping[str, Any]) -> str:
    return rules.aqi_day.missing.marker_missing if row["aqi_status"] == WITHHELD else DASH


def _remarks(view: View, row: Mapping[str, Any]) -> str:
    """Say which values are missing or stand although short, with the hours that they have."""
    said = []
    for pollutant in BASIC:
        reason = row[f"{pollutant}_reason"]
        if reason is None or reason == _NOT_EXPECTED:
            continue
        hours = f"W{row['o3_windows'] or 0}" if pollutant is Pollutant.O3 else f"H{row[f'{pollutant}_hours'] or 0}"
        kept = "" if row[pollutant.value] is None else f" {view.language.gettext(worded(str(reason)))}"
        said.append(f"{NAMES[pollutant].symbol} {hours}{kept}")
    return "; ".join(said)


def _statistics(view: View, station: Station, rows: pl.DataFrame, month: Period, last: date) -> Table:
    """Lay out what the month comes to, by its own edition."""
    rules = view.scene.rules(month.last)
    found = view.under(SubjectKind.STATION, station.code, month, rules)
    days = (last - month.first).days + 1
    decimals = {key: rules.evaluation.decimals_period.of(pollutant) for key, pollutant in _COLUMNS}
    at = {pollutant.value: place for place, pollutant in enumerate(BASIC)}

    def of_period(name: str) -> list[Cell]:
        values = None if found is None else getattr(found.statistics, name)[0]
        return [
            Cell(None if values is None or key not in at else _known(values[at[key]]), decimals=decimals[key])
            for key, _ in _COLUMNS
        ]

    def of_days(take: Callable[[pl.Series], Any]) -> list[Cell]:
        return [
            Cell(
                None if rows.is_empty() else take(rows.get_column(key)),
                decimals=rules.evaluation.decimals_day.of(p),
            )
            for key, p in _COLUMNS
        ]

    exceeding = None if found is None else found.days_exceeding[0]
    valid = [
        Cell(None if rows.is_empty() else int(rows.get_column(key).count()), decimals=0) for key, _ in _COLUMNS
    ]
    say = view.say
    lines: list[tuple[str, list[Cell]]] = [
        (say(mark("Valid days (of {days})"), days=days), valid),
        (say(mark("Mean")), of_period("mean_rounded")),
        (say(mark("Lawful percentile")), of_period("percentile_rounded")),
        (say(mark("Highest day")), of_days(lambda column: column.max())),
        (say(mark("Lowest day")), of_days(lambda column: column.min())),
        (
            say(mark("Days above the limit")),
            [
                Cell(None if exceeding is None or key not in at else max(int(exceeding[at[key]]), 0), decimals=0)
                for key, _ in _COLUMNS
            ],
        ),
    ]
    percentiles = ", ".join(f"{NAMES[p].symbol} P{rules.evaluation.percentiles[p]}" for p in BASIC)
    counts = None if found is None else found.counts
    notes = [
        say(mark("Percentiles: {percentiles}. Judged by {law}."), percentiles=percentiles, law=rules.name),
        *(
            []
            if counts is None
            else [
                say(
                    mark("Days with an index: {judged}; good days: {good}; heavily polluted days: {heavy}."),
                    judged=int(counts.valid[0]),
                    good=int(counts.good[0]),
                    heavy=int(counts.heavy[0]),
                )
            ]
        ),
    ]
    heads = [Head(say(mark("Statistic")), width=3.2, align="left"), *_heads()]
    return Table("statistics", say(mark("Statistics")), heads, [[name, *cells] for name, cells in lines], notes)


def _known(value: float) -> float | None:
    return None if value != value else float(value)
