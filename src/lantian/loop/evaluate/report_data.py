"""The report's ground: what dust did, whether the numbers may be believed, and by which law they were judged."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.desk.paper.html import Cell, Column, TableBlock, number
from lantian.loop.evaluate.day_marks import DASH
from lantian.loop.evaluate.days import DUST_DEDUCTED, MEASURED
from lantian.loop.evaluate.events import DustEvent
from lantian.loop.evaluate.queries import list_dust_proposals, list_statistics, list_summaries
from lantian.loop.evaluate.report_view import STATION_LEVELS, View
from lantian.loop.evaluate.tables import DAILY_INDEX
from lantian.loop.evaluate.wording import worded
from lantian.rules import Edition
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

_MOST_PROPOSALS = 12


@dataclass(frozen=True, slots=True)
class DustSection:
    """Proposals, approvals and what a deduction changes."""

    effect: TableBlock
    approved: TableBlock | None
    proposed: TableBlock | None


def dust_of(view: View, events: Sequence[DustEvent]) -> DustSection:
    """Describe dust of the year to date and of the proposals that wait."""
    return DustSection(_effect(view), _approved(view, events), _proposed(view, events))


def _effect(view: View) -> TableBlock:
    rows: list[list[Cell | str]] = []
    for basis in (MEASURED, DUST_DEDUCTED):
        asked = {"stage": view.stage, "basis": basis, "kind": SubjectKind.CITY}
        summary = list_summaries(view.scene.lake, view.to_date, **asked)  # type: ignore[arg-type] # as named
        statistics = list_statistics(view.scene.lake, view.to_date, **asked)  # type: ignore[arg-type] # as named
        figure = dict(statistics.select("pollutant", "headline").iter_rows())
        days = dict(statistics.select("pollutant", "days_valid").iter_rows())
        row = summary.row(0, named=True)
        rows.append(
            [
                view.language.gettext(worded(basis)),
                str(days.get("pm10", DASH)),
                *(view.figure(figure.get(p.value), p, view.rules) for p in (Pollutant.PM10, Pollutant.PM25)),
                number(row["composite_index"], view.rules.composite.decimals_sum),
                str(row["good_days"]),
                str(row["heavy_days"]),
            ]
        )
    columns = [
        Column(view.say(mark("Side")), is_number=False),
        Column(view.say(mark("Days with particles")), view.say(mark("d"))),
        Column(NAMES[Pollutant.PM10].symbol, "µg/m³"),
        Column(NAMES[Pollutant.PM25].symbol, "µg/m³"),
        Column(view.say(mark("Composite index"))),
        Column(view.say(mark("Good days")), view.say(mark("d"))),
        Column(view.say(mark("Heavily polluted days")), view.say(mark("d"))),
    ]
    caption = view.say(
        mark("{city}, {period}; which side a statistic counts is said by {rule}"),
        city=view.name(SubjectKind.CITY, view.adcode),
        period=view.period_name(view.to_date),
        rule=view.edition(view.rules.dust),
    )
    return TableBlock(columns, rows, caption)


def _approved(view: View, events: Sequence[DustEvent]) -> TableBlock | None:
    standing = [event for event in events if event.holds]
    if not standing:
        return None
    zone = view.scene.city.zone
    stretches: dict[tuple[str, str], list[DustEvent]] = {}
    for event in standing:
        first = event.period.start.astimezone(zone)
        last = event.period.end.astimezone(zone) - timedelta(hours=1)
        stretches.setdefault((f"{first:%Y-%m-%d %H:00}", f"{last:%Y-%m-%d %H:00}"), []).append(event)
    rows: list[list[Cell | str]] = [
        [first, last, str(len(held)), held[0].approved_by, held[0].reason]
        for (first, last), held in stretches.items()
    ]
    columns = [
        Column(view.say(mark("First hour")), is_number=False),
        Column(view.say(mark("Last hour")), is_number=False),
        Column(view.say(mark("Places"))),
        Column(view.say(mark("Approved by")), is_number=False),
        Column(view.say(mark("Reason")), is_number=False),
    ]
    return TableBlock(
        columns, rows, view.say(mark("Approved periods; particles of every legal day they touch are deducted"))
    )


def _proposed(view: View, events: Sequence[DustEvent]) -> TableBlock | None:
    proposals = list_dust_proposals(view.scene.lake).filter(pl.col("stage") == view.stage.value)
    own = proposals.filter(pl.col("kind") == SubjectKind.CITY.value).tail(_MOST_PROPOSALS)
    if own.is_empty():
        return None
    approved = [event.period for event in events if event.holds and event.code == view.adcode]
    rows: list[list[Cell | str]] = []
    for row in own.iter_rows(named=True):
        counties = proposals.filter(
            (pl.col("kind") == SubjectKind.COUNTY.value)
            & (pl.col("hour_start") <= row["last_hour"])
            & (pl.col("last_hour") >= row["hour_start"])
        ).get_column("code")
        met = any(p.start <= row["last_hour"] and row["hour_start"] < p.end for p in approved)
        rows.append(
            [
                f"{row['hour_start']:%Y-%m-%d %H:00}",
                f"{row['last_hour']:%Y-%m-%d %H:00}",
                number(row["pm10_reference"], 0),
                number(row["pm10_peak"], 0),
                number(row["ratio_reference"], 2),
                number(row["ratio_lowest"], 2),
                str(counties.n_unique()),
                view.say(mark("approved")) if met else view.say(mark("not approved")),
            ]
        )
    columns = [
        Column(view.say(mark("First hour")), is_number=False),
        Column(view.say(mark("Last hour")), is_number=False),
        Column(view.say(mark("PM₁₀ before")), "µg/m³"),
        Column(view.say(mark("Peak")), "µg/m³"),
        Column(view.say(mark("PM₂.₅/PM₁₀ before"))),
        Column(view.say(mark("Lowest"))),
        Column(view.say(mark("Counties too"))),
        Column(view.say(mark("Decision")), is_number=False),
    ]
    caption = view.say(
        mark("What looks like dust in the hours of {city}; a proposal alone deducts nothing ({rule})"),
        city=view.name(SubjectKind.CITY, view.adcode),
        rule=view.edition(view.rules.dust),
    )
    return TableBlock(columns, rows, caption)


@dataclass(frozen=True, slots=True)
class StationRow:
    """How complete the hours of one station are."""

    code: str
    name: str
    county: str
    level: str
    share: float
    """Of all hours and pollutants of its programme, 0 … 1."""
    lowest: str
    """Pollutant with the fewest valid hours, and its share in %."""
    short_days: int
    """Days on which some pollutant of its programme has no valid day value [d]."""
    longest_gap: int
    """Longest run of days without any index [d]."""
    in_city_value: bool


def validity_of(view: View) -> list[StationRow]:
    """Describe how complete each station's hours are, the least complete first."""
    rows = view.scene.lake.read(
        DAILY_INDEX,
        first=view.first,
        last=view.last,
        columns=[
            "code",
            "legal_day",
            "aqi_status",
            *(f"{p}_hours" for p in BASIC),
            *(f"{p}_reason" for p in BASIC),
        ],
        where=(pl.col("kind") == SubjectKind.STATION.value)
        & (pl.col("stage") == view.stage.value)
        & (pl.col("basis") == MEASURED)
        & ~pl.col("withdrawn"),
    )
    city = view.scene.city
    inside = {code for group in city.groups if group.kind is SubjectKind.CITY for code in group.stations}
    found: list[StationRow] = []
    for (code,), part in rows.group_by("code", maintain_order=True):
        station = city.station(str(code))
        programme = [p for p in BASIC if p.value in station.pollutants]
        begin = max(view.first, station.in_service or view.first)
        end = min(view.last, station.out_of_service or view.last)
        days = (end - begin).days + 1
        if days < 1 or not programme:
            continue
        serving = part.filter(pl.col("legal_day").is_between(begin, end))
        shares = {p: int(serving.get_column(f"{p}_hours").sum()) / (24 * days) for p in programme}
        worst = min(programme, key=lambda p: shares[p])
        valid = serving.filter(pl.all_horizontal(pl.col(f"{p}_reason").is_null() for p in programme)).height
        indexed = set(serving.filter(pl.col("aqi_status") != "none").get_column("legal_day"))
        found.append(
            StationRow(
                code=station.code,
                name=view.name(SubjectKind.STATION, station.code),
                county=view.county(station.county),
                level=view.language.gettext(STATION_LEVELS[station.level.value]),
                share=sum(shares.values()) / len(shares),
                lowest=f"{NAMES[worst].symbol} {number(shares[worst] * 100, 1)}",
                short_days=days - valid,
                longest_gap=_longest_gap(indexed, begin, days),
                in_city_value=station.code in inside,
            )
        )
    return sorted(found, key=lambda row: row.share)


def _longest_gap(held: set[date], begin: date, days: int) -> int:
    longest = run = 0
    for number_of_day in range(days):
        run = 0 if begin + timedelta(days=number_of_day) in held else run + 1
        longest = max(longest, run)
    return longest


def editions_of(view: View) -> TableBlock:
    """List every edition that judged any of the days, with source and confidence."""
    seen: dict[str, tuple[Edition, date, date]] = {}
    for first, last, rules in view.scene.rulebook.spans(view.first, view.last, view.scene.choice):
        for edition in rules.editions():
            before = seen.get(edition.id)
            seen[edition.id] = (edition, first if before is None else before[1], last)
    rows: list[list[Cell | str]] = []
    for edition, first, last in seen.values():
        uncertain = ", ".join(f"{name} {level}" for name, level in edition.uncertain.items())
        title = edition.title_zh if view.language.is_chinese else edition.title
        if edition.reason:
            title = f"{title} · {edition.reason}"
        rows.append(
            [
                edition.name,
                f"{first} … {last}",
                title,
                edition.source,
                f"{edition.confidence}" + (f" ({uncertain})" if uncertain else ""),
                edition.id,
            ]
        )
    columns = [
        Column(view.say(mark("Edition")), is_number=False),
        Column(view.say(mark("Judged days")), is_number=False),
        Column(view.say(mark("Title")), is_number=False),
        Column(view.say(mark("Source")), is_number=False),
        Column(view.say(mark("Confidence")), is_number=False),
        Column("id", is_number=False),
    ]
    caption = view.say(
        mark("Confidence: A two sources, B one source, C professional memory; less sure settings are named")
    )
    return TableBlock(columns, rows, caption)
