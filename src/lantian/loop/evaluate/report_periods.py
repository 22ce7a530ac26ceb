"""The report's periods: counties in their order, two laws side by side, attainment and what may still come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl

from lantian.city.outlines import county_outlines, outline_source
from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.desk.paper.html import Cell, Column, TableBlock, number
from lantian.loop.evaluate.day_marks import DASH
from lantian.loop.evaluate.days import MEASURED
from lantian.loop.evaluate.drawing import Map, Spark, county_map, spark
from lantian.loop.evaluate.queries import find_ranking, list_days, list_statistics, list_summaries
from lantian.loop.evaluate.report_view import View, days_of, unit_of
from lantian.loop.evaluate.standing import PollutantAllowance, PollutantVerdict, allowances, verdicts_of
from lantian.loop.evaluate.wording import worded
from lantian.rules import RuleSet
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

_SPARK_DAYS = 90
_COMPOSITE = "composite_index"


@dataclass(frozen=True, slots=True)
class CountyRow:
    """One county of the month's table."""

    rank: str
    name: str
    composite: str
    change: str
    better: bool | None
    """Whether the change is an improvement; None where there is none, or no change."""
    figures: tuple[str, ...]
    good: str
    ratio_valid: str
    ratio_calendar: str
    spark: Spark
    pm25_change: str


@dataclass(frozen=True, slots=True)
class CountyMap:
    """Counties shaded by one figure."""

    title: str
    unit: str
    map: Map
    shown: Mapping[str, str]
    """Code → what stands below the name."""


@dataclass(frozen=True, slots=True)
class CountyTable:
    """Counties of the last month that is over."""

    period: str
    basis: str
    columns: tuple[Column, ...]
    rows: tuple[CountyRow, ...]
    spark_days: int
    maps: tuple[CountyMap, ...]
    labels: Mapping[str, str]
    """Code → short name, for the maps."""
    outlines: str
    """What is known of where the outlines come from."""
    rule_set: str
    ranking: str


def counties_of(view: View) -> CountyTable | None:
    """Order the counties in the last month that is over; None while there is none, or no list."""
    period = view.month
    if period is None:
        return None
    rules = view.scene.rules(period.last)
    basis = rules.ranking.basis
    order = _ranking(view, period, _COMPOSITE, basis, "this")
    if order is None:
        return None
    pm25 = _ranking(view, period, Pollutant.PM25.value, basis, "this")
    changes = {} if pm25 is None else dict(pm25.select("code", "change").iter_rows())
    statistics = _headlines(view, period, basis)
    counts = list_summaries(view.scene.lake, period, stage=view.stage, basis=basis, kind=SubjectKind.COUNTY)
    by_code = {row["code"]: row for row in counts.iter_rows(named=True)}
    days = max(_SPARK_DAYS, 1)
    sparks = _sparks(view, [row["code"] for row in order.iter_rows(named=True)], days)
    rows = tuple(
        CountyRow(
            rank=DASH if row["rank"] is None else str(row["rank"]),
            name=view.county(row["code"]),
            composite=number(row["value"], rules.composite.decimals_sum),
            change=_signed(row["change"], rules.ranking.decimals_change),
            better=None if not row["change"] else row["change"] < 0,
            figures=tuple(view.figure(statistics.get((row["code"], p.value)), p, rules) for p in BASIC),
            good=_good(by_code.get(row["code"])),
            ratio_valid=number(
                by_code.get(row["code"], {}).get("good_ratio_valid"), rules.evaluation.decimals_rate
            ),
            ratio_calendar=number(
                by_code.get(row["code"], {}).get("good_ratio_calendar"), rules.evaluation.decimals_rate
            ),
            spark=sparks[row["code"]],
            pm25_change=_signed(changes.get(row["code"]), rules.ranking.decimals_change),
        )
        for row in order.iter_rows(named=True)
    )
    source = outline_source(view.scene.city)
    return CountyTable(
        period=view.period_name(period),
        basis=view.language.gettext(worded(basis)),
        columns=tuple(Column(NAMES[p].symbol, _statistic_unit(view, p, rules)) for p in BASIC),
        rows=rows,
        spark_days=days,
        maps=_maps(view, order, statistics, rules),
        labels={county.adcode: view.county_label(county.adcode) for county in view.scene.city.counties},
        outlines=f"{source.caption} · {source.origin}",
        rule_set=rules.name,
        ranking=view.edition(rules.ranking),
    )


def _maps(
    view: View, order: pl.DataFrame, statistics: Mapping[tuple[str, str], float | None], rules: RuleSet
) -> tuple[CountyMap, ...]:
    """Shade the counties by PM2.5 and by composite index."""
    outlines = county_outlines(view.scene.city)
    pm25 = {county.adcode: statistics.get((county.adcode, "pm25")) for county in view.scene.city.counties}
    index = dict(order.select("code", "value").iter_rows())
    said = {code: view.figure(value, Pollutant.PM25, rules) for code, value in pm25.items()}
    sums = {code: number(value, rules.composite.decimals_sum) for code, value in index.items()}
    wanted = (
        (NAMES[Pollutant.PM25].symbol, unit_of(Pollutant.PM25), pm25, said),
        (view.say(mark("Composite index")), "", index, sums),
    )
    return tuple(
        CountyMap(title, unit, drawn, shown)
        for title, unit, values, shown in wanted
        if (drawn := county_map(outlines, values)) is not None
    )


def _ranking(view: View, period: Period, key: str, basis: str, law: str) -> pl.DataFrame | None:
    try:
        return find_ranking(view.scene.lake, period, key, stage=view.stage, basis=basis, law=law)
    except CallerError:
        return None


def _headlines(view: View, period: Period, basis: str) -> dict[tuple[str, str], float | None]:
    rows = list_statistics(view.scene.lake, period, stage=view.stage, basis=basis, kind=SubjectKind.COUNTY)
    return {(code, p): value for code, p, value in rows.select("code", "pollutant", "headline").iter_rows()}


def _statistic_unit(view: View, pollutant: Pollutant, rules: RuleSet) -> str:
    """Return the unit of a headline figure, with its percentile where it is one."""
    unit = unit_of(pollutant)
    if rules.evaluation.headline[pollutant] == "mean":
        mean = view.say(mark("mean"))
        return f"{mean} {unit}"
    return f"P{rules.evaluation.percentiles[pollutant]} {unit}"


def _good(row: Mapping[str, Any] | None) -> str:
    return DASH if row is None else f"{row['good_days']}"


def _signed(value: float | None, decimals: int) -> str:
    if value is None:
        return DASH
    shown = number(value, decimals)
    return f"+{shown}" if value > 0 else shown


def _sparks(view: View, codes: list[str], days: int) -> dict[str, Spark]:
    """Daily PM2.5 of each county over the last days, all on one scale from zero."""
    first = max(view.first, view.last - timedelta(days=days - 1))
    series: dict[str, list[float | None]] = {}
    for code in codes:
        rows = list_days(view.scene.lake, SubjectKind.COUNTY, code, first, view.last, stage=view.stage)
        known = dict(rows.select("legal_day", "pm25").iter_rows())
        series[code] = [known.get(day) for day in days_of(first, view.last)]
    high = max((value for values in series.values() for value in values if value is not None), default=1.0)
    return {code: spark(values, high) for code, values in series.items()}


@dataclass(frozen=True, slots=True)
class TwoLaws:
    """The same days judged by the editions of both years."""

    city: TableBlock
    counties: TableBlock | None


def two_laws_of(view: View) -> TwoLaws | None:
    """Compare this year's days with last year's under each edition; None where one edition judges both."""
    before = view.year_earlier(view.to_date)
    if before is None:
        return None
    then = view.scene.rules(before.last)
    if then.aqi_day.id == view.rules.aqi_day.id and then.composite.id == view.rules.composite.id:
        return None
    laws = [(then, then.name), (view.rules, view.rules.name)]
    columns = [
        Column(view.say(mark("Judged by")), is_number=False),
        Column(view.say(mark("Good days")), str(view.to_date.last.year)),
        Column("", str(before.last.year)),
        Column(view.say(mark("Heavily polluted days")), str(view.to_date.last.year)),
        Column("", str(before.last.year)),
        Column(view.say(mark("Composite index")), str(view.to_date.last.year)),
        Column("", str(before.last.year)),
        Column(view.say(mark("Change")), "%"),
    ]
    rows = [_law_row(view, rules, name, before) for rules, name in laws]
    caption = view.say(
        mark("{city}, {now} beside {then}, measured"),
        city=view.name(SubjectKind.CITY, view.adcode),
        now=view.period_name(view.to_date),
        then=view.period_name(before),
    )
    return TwoLaws(TableBlock(columns, rows, caption), _county_laws(view))


def _law_row(view: View, rules: RuleSet, name: str, before: Period) -> list[Cell | str]:
    now, then = view.city_under(view.to_date, rules), view.city_under(before, rules)
    if now is None or then is None:
        return [name, *[DASH] * 7]
    decimals = rules.composite.decimals_sum
    index, base = float(now.composite.index[0]), float(then.composite.index[0])
    change = None if np.isnan(index) or np.isnan(base) or not base else (index - base) / base * 100
    return [
        name,
        str(int(now.counts.good[0])),
        str(int(then.counts.good[0])),
        str(int(now.counts.heavy[0])),
        str(int(then.counts.heavy[0])),
        number(index, decimals),
        number(base, decimals),
        _signed(change, rules.ranking.decimals_change),
    ]


def _county_laws(view: View) -> TableBlock | None:
    """Ranks and changes of the last month under both editions, from the lists as published."""
    period = view.month
    if period is None:
        return None
    basis = view.scene.rules(period.last).ranking.basis
    new = _ranking(view, period, _COMPOSITE, basis, "this")
    old = _ranking(view, period, _COMPOSITE, basis, "last")
    if new is None or old is None or set(old.get_column("law")) == {"this"}:
        return None
    decimals = view.rules.composite.decimals_sum
    by_old = {row["code"]: row for row in old.iter_rows(named=True)}
    then, now = view.scene.rules(period.year_before().last), view.scene.rules(period.last)
    rows: list[list[Cell | str]] = []
    for row in new.iter_rows(named=True):
        other = by_old.get(row["code"], {})
        rows.append(
            [
                view.county(row["code"]),
                *(
                    part
                    for one in (other, row)
                    for part in (
                        number(one.get("base_value"), decimals),
                        number(one.get("value"), decimals),
                        _signed(one.get("change"), now.ranking.decimals_change),
                        DASH if one.get("rank") is None else str(one["rank"]),
                    )
                ),
            ]
        )
    year, last_year = str(period.last.year), str(period.year_before().last.year)
    heads = [
        column
        for rules in (then, now)
        for column in (
            Column(rules.composite.rule_set or rules.composite.name, last_year),
            Column("", year),
            Column(view.say(mark("Change")), "%"),
            Column(view.say(mark("Rank"))),
        )
    ]
    caption = view.say(
        mark("Composite index of the counties, {period}, both years by each edition, {basis}"),
        period=view.period_name(period),
        basis=view.language.gettext(worded(basis)),
    )
    return TableBlock([Column(view.say(mark("County")), is_number=False), *heads], rows, caption)


def attainment_of(view: View) -> list[TableBlock]:
    """Verdict of the last whole year per pollutant, by its own edition and by the one in force now."""
    if view.year is None:
        return []
    own = view.scene.rules(view.year.last)
    tables = [_verdicts(view, view.year, own)]
    if own.limits.id != view.rules.limits.id:
        tables.append(_verdicts(view, view.year, view.rules))
    tables.append(_county_verdicts(view, view.year, own))
    return tables


def _verdicts(view: View, period: Period, rules: RuleSet) -> TableBlock:
    found = view.city_under(period, rules)
    rows = [] if found is None else [_verdict_row(view, one, rules) for one in verdicts_of(found)]
    columns = [
        Column(view.say(mark("Pollutant")), is_number=False),
        Column(view.say(mark("Mean"))),
        Column(view.say(mark("limit"))),
        Column(view.say(mark("exceedance multiple"))),
        Column(view.say(mark("percentile"))),
        Column(view.say(mark("Value"))),
        Column(view.say(mark("limit"))),
        Column(view.say(mark("exceedance multiple"))),
        Column(view.say(mark("Valid days")), view.say(mark("d"))),
        Column(view.say(mark("Days above")), view.say(mark("d"))),
        Column(view.say(mark("Verdict")), is_number=False),
    ]
    caption = view.say(
        mark("{city}, {period}, by {law}; µg/m³, CO mg/m³"),
        city=view.name(SubjectKind.CITY, view.adcode),
        period=view.period_name(period),
        law=rules.limits.name,
    )
    return TableBlock(columns, rows, caption)


def _verdict_row(view: View, one: PollutantVerdict, rules: RuleSet) -> list[Cell | str]:
    decimals = rules.evaluation.decimals_attainment.of(one.pollutant)
    multiple = rules.evaluation.decimals_multiple
    return [
        NAMES[one.pollutant].symbol,
        number(one.mean, decimals, DASH),
        DASH if one.mean_limit is None else str(one.mean_limit),
        number(one.mean_multiple, multiple, DASH),
        f"P{one.percentile_of}",
        number(one.percentile, decimals),
        DASH if one.day_limit is None else str(one.day_limit),
        number(one.percentile_multiple, multiple, DASH),
        str(one.days_valid),
        str(one.days_above),
        _verdict(view, one.attains),
    ]


def _verdict(view: View, attains: bool | None) -> str:
    if attains is None:
        return DASH
    return view.say(mark("✓ attains")) if attains else view.say(mark("✗ exceeds"))


def _county_verdicts(view: View, period: Period, rules: RuleSet) -> TableBlock:
    rows = list_statistics(view.scene.lake, period, stage=view.stage, basis=MEASURED, kind=SubjectKind.COUNTY)
    known = {(row["code"], row["pollutant"]): row for row in rows.iter_rows(named=True)}
    body: list[list[Cell | str]] = []
    for county in view.scene.city.counties:
        cells: list[Cell | str] = [view.county(county.adcode)]
        for p in BASIC:
            row = known.get((county.adcode, p.value))
            if row is None or row["attains"] is None:
                cells.append(DASH)
                continue
            sign = "✓" if row["attains"] else "✗"
            cells.append(Cell(f"{view.figure(row['headline'], p, rules)} {sign}"))
        body.append(cells)
    columns = [Column(view.say(mark("County")), is_number=False)]
    columns += [Column(NAMES[p].symbol, _statistic_unit(view, p, rules)) for p in BASIC]
    caption = view.say(
        mark("Counties, {period}, by {law}, measured: figure and whether mean and percentile meet their limits"),
        period=view.period_name(period),
        law=rules.limits.name,
    )
    return TableBlock(columns, body, caption)


def allowance_of(view: View) -> TableBlock | None:
    """Mean that the rest of the year may have so that the year attains; None on its last day."""
    year = Period.containing(PeriodKind.YEAR, view.last)
    rules = view.scene.rules_or_none(year.last)
    if view.last == year.last or rules is None:
        return None
    places = [(SubjectKind.CITY, view.adcode), *((SubjectKind.COUNTY, c.adcode) for c in view.scene.city.counties)]
    wanted = (Pollutant.PM25, Pollutant.PM10, Pollutant.NO2, Pollutant.SO2)
    left = allowances(view.scene, places, view.last, view.stage, wanted=wanted)
    rows: list[list[Cell | str]] = [
        [view.name(kind, code), *(cell for one in left[code].pollutants for cell in _mean_cells(view, one))]
        for kind, code in places
    ]
    columns = [Column(view.say(mark("Place")), is_number=False)]
    for p in wanted:
        limit = rules.limits.limit(p, "annual_mean", 2)
        columns.append(Column(NAMES[p].symbol, view.say(mark("so far"))))
        columns.append(Column("", view.say(mark("rest, limit {limit}"), limit=DASH if limit is None else limit)))
    caption = view.say(
        mark("µg/m³; {days} days remain, each taken as valid; measured, by {law}"),
        days=(year.last - view.last).days,
        law=rules.limits.name,
    )
    return TableBlock(columns, rows, caption)


def _mean_cells(view: View, one: PollutantAllowance) -> list[str]:
    if one.mean is None:
        return [DASH, DASH]
    so_far = None if one.mean.mean_so_far is None else float(one.mean.mean_so_far)
    rest = one.mean.rest_mean_shown()
    said = view.say(mark("lost")) if one.mean.lost else DASH if rest is None else f"≤ {rest}"
    return [number(so_far, 1, DASH), said]
