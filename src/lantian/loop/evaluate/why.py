"""How a number was made: the rows, the rule with its edition, the rounding steps and the reasons, recomputed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.loop.evaluate.days import (
    DUST_DEDUCTED,
    MEASURED,
    REASONS,
    judging_ids,
    ozone_of_hours,
    spans_of,
    station_day_values,
)
from lantian.loop.evaluate.explanations import (
    Explanation,
    Step,
    Value,
    index_steps,
    only_row,
    provenance_of,
    rules_that_judged,
)
from lantian.loop.evaluate.hours import HOURS, Stage, hour_grid, usable
from lantian.loop.evaluate.members import memberships, site_mean
from lantian.loop.evaluate.periods import counted_side, period_ids
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import DAILY_INDEX, PERIOD_STATISTICS, PERIOD_SUMMARY
from lantian.loop.evaluate.why_hours import explain_hour
from lantian.loop.evaluate.why_ranks import explain_rank
from lantian.rules import EvaluationRule, RuleSet
from lantian.science.ranking import CompositeReason, composite_index
from lantian.science.rounding import exact, half_even_ratio, rounded
from lantian.science.statistics.day import ozone_windows
from lantian.science.statistics.period import percentile
from lantian.terms.errors import CallerError
from lantian.terms.periods import Period, PeriodKind, periods_between
from lantian.terms.pollutants import BASIC, NAMES, Pollutant

__all__ = ["Explanation", "Step", "explain_day", "explain_hour", "explain_period", "explain_rank"]

_WINDOW = 8


def explain_day(
    scene: Scene,
    kind: SubjectKind,
    code: str,
    day: date,
    what: str = "aqi",
    stage: Stage = Stage.ORIGINAL,
    basis: str = MEASURED,
) -> Explanation:
    """Explain the AQI of a day, or the day value of one pollutant.

    Raises
    ------
    CallerError
        Nothing was judged there, or `what` is neither ``aqi`` nor a pollutant.
    """
    if what != "aqi" and what not in set(BASIC):
        raise CallerError(
            "{what!r} is no number of a day. Ask for aqi or one of {BASIC}.",
            what=what,
            BASIC=", ".join(BASIC),
        )
    stored = only_row(
        scene.lake.read(
            DAILY_INDEX,
            first=day,
            last=day,
            where=(pl.col("kind") == kind.value)
            & (pl.col("code") == code)
            & (pl.col("stage") == stage.value)
            & (pl.col("basis") == basis)
            & ~pl.col("withdrawn"),
        ),
        f"{kind.value} {code} on {day} ({stage.value}, {basis})",
    )
    rules, doubts = rules_that_judged(scene, stored, judging_ids, day, day)
    if what == "aqi":
        steps, again = _day_index(stored, rules)
    elif basis == DUST_DEDUCTED and stored[f"{what}_reason"] == DUST_DEDUCTED:
        steps, again = [Step(mark("The day is touched by an approved dust period; particles are deducted."))], None
    elif kind is SubjectKind.STATION:
        steps, again = _station_steps(scene, code, day, Pollutant(what), stage, rules)
    else:
        steps, again = _group_steps(scene, kind, code, day, Pollutant(what), stage, rules)
    made = (*doubts, *steps)
    return Explanation(kind, code, what, day.isoformat(), stored[what], again, made, provenance_of(stored))


def explain_period(
    scene: Scene,
    kind: SubjectKind,
    code: str,
    period: Period,
    what: str = "composite_index",
    stage: Stage = Stage.ORIGINAL,
    basis: str = MEASURED,
) -> Explanation:
    """Explain the composite index of a period, or the headline figure of one pollutant.

    Raises
    ------
    CallerError
        Nothing was judged there, or `what` is neither ``composite_index`` nor a pollutant.
    """
    if what != "composite_index" and what not in set(BASIC):
        raise CallerError(
            "{what!r} is no number of a period. Ask for composite_index or one of {BASIC}.",
            what=what,
            BASIC=", ".join(BASIC),
        )
    where = (
        (pl.col("kind") == kind.value)
        & (pl.col("code") == code)
        & (pl.col("period_kind") == period.kind.value)
        & (pl.col("first_day") == period.first)
        & (pl.col("stage") == stage.value)
        & (pl.col("basis") == basis)
        & ~pl.col("withdrawn")
    )
    name = f"{kind.value} {code} in {period.label} ({stage.value}, {basis})"
    statistics = scene.lake.read(PERIOD_STATISTICS, first=period.last, last=period.last, where=where)
    if what == "composite_index":
        summary = scene.lake.read(PERIOD_SUMMARY, first=period.last, last=period.last, where=where)
        stored = only_row(summary, name)
        rules, doubts = rules_that_judged(scene, stored, period_ids, period.first, period.last)
        steps, again = _composite_steps(statistics, rules)
    else:
        stored = only_row(statistics.filter(pl.col("pollutant") == what), name)
        rules, doubts = rules_that_judged(scene, stored, period_ids, period.first, period.last)
        of_days = (
            (pl.col("kind") == kind.value)
            & (pl.col("code") == code)
            & (pl.col("stage") == stage.value)
            & (pl.col("basis") == counted_side(rules, "composite_index", basis))
        )
        steps, again = _headline_steps(scene, stored, of_days, period, Pollutant(what), rules)
    value = stored["composite_index" if what == "composite_index" else "headline"]
    made = (*doubts, *steps)
    return Explanation(kind, code, what, period.label, value, again, made, provenance_of(stored))


def _day_index(stored: Mapping[str, Value], rules: RuleSet) -> tuple[list[Step], Value]:
    rule = rules.aqi_day
    reasons = {p.value: stored[f"{p}_reason"] for p in BASIC}
    monitored = [p for p in BASIC if reasons[p.value] not in ("not_monitored", DUST_DEDUCTED)]
    return index_steps(
        {row.key: stored[row.key] for row in rule.indicators}, reasons, monitored, rule, rules.categories
    )


def _station_steps(
    scene: Scene, code: str, day: date, pollutant: Pollutant, stage: Stage, rules: RuleSet
) -> tuple[list[Step], Value]:
    wanted = [Stage.ORIGINAL.value, Stage.AUDITED.value] if stage is Stage.MIXED else [stage.value]
    rows = scene.lake.read(
        HOURS,
        first=day,
        last=day,
        where=(pl.col("station") == code) & pl.col("stage").is_in(wanted),
    )
    if stage is Stage.MIXED:
        rows = rows.sort("hour_start", "stage", descending=[False, True]).unique("hour_start", maintain_order=True)
        rows = rows.sort("hour_start")
    used = rows.with_columns(usable(rules.flags, rules.low_values)).get_column(pollutant)
    shown = rows.select(
        pl.col("hour_start"),
        pl.col(pollutant).alias("value"),
        pl.col(f"{pollutant}_flags").alias("flags"),
        used.alias("used"),
    )
    series: list[float | None] = [None] * 24
    for hour, value in zip(rows.get_column("hour_start").dt.hour(), used, strict=True):
        series[hour] = value
    steps = [
        Step(
            mark("{count} hours of this legal day are known; flags and low values are treated by the rules."),
            {"count": rows.height},
            rows=shown,
            rule=rules.flags,
        )
    ]
    if pollutant is Pollutant.O3:
        return _ozone_steps(scene, code, series, rules, steps)
    return _mean_steps(series, pollutant, rules, steps)


def _mean_steps(
    series: list[float | None], pollutant: Pollutant, rules: RuleSet, steps: list[Step]
) -> tuple[list[Step], Value]:
    held = [exact(value) for value in series if value is not None]
    rule = rules.evaluation
    steps.append(
        Step(
            mark("{count} valid hours; a day needs {needed}."),
            {"count": len(held), "needed": rule.day_required_hours},
            rule=rule,
        )
    )
    if len(held) < rule.day_required_hours:
        return steps, None
    mean = sum(map(Fraction, held), Fraction(0)) / len(held)
    value = _half_even(mean, rule.decimals_day.of(pollutant))
    steps.append(
        Step(
            mark("Sum {total} / {count} = {mean}; rounded half to even: {value} {unit}."),
            {
                "total": str(sum(held)),
                "count": len(held),
                "mean": f"{float(mean):.4f}",
                "value": f"{value:g}",
                "unit": NAMES[pollutant].unit,
            },
            rule=rule,
        )
    )
    return steps, value


def _half_even(value: Fraction, decimals: int) -> float:
    scaled = value * 10**decimals
    return float(half_even_ratio(scaled.numerator, scaled.denominator) / float(10**decimals))


def _ozone_steps(
    scene: Scene, code: str, series: list[float | None], rules: RuleSet, steps: list[Step]
) -> tuple[list[Step], Value]:
    rule = rules.evaluation
    ends, counts, means = ozone_windows(np.array([np.nan if v is None else v for v in series]), rule)
    valid = counts >= rule.window_required_hours
    rows = pl.DataFrame({"window_end": ends, "hours": counts, "mean": means, "valid": valid}).fill_nan(None)
    limit = rules.limits.limit(Pollutant.O3, "mda8", scene.city.station(code).area_class)
    steps.append(
        Step(
            mark("{count} valid 8 h windows; a day needs {needed}, or a maximum above the limit {limit}."),
            {
                "count": int(valid.sum()),
                "needed": rule.day_required_windows,
                "limit": None if limit is None else float(limit),
            },
            rows=rows,
            rule=rule,
        )
    )
    if not valid.any():
        return steps, None
    value, highest = max(
        (
            (_half_even(mean, rule.decimals_day.of(Pollutant.O3)), mean)
            for mean in (_window_mean(series[end - _WINDOW : end]) for end in ends[valid])
        ),
    )
    short = int(valid.sum()) < rule.day_required_windows
    above = limit is not None and value > limit
    if short and not (rule.short_day_counts_above_limit and above):
        return steps, None
    steps.append(
        Step(
            mark("Largest valid window {mean}; rounded half to even: {value} {unit}."),
            {"mean": f"{float(highest):.4f}", "value": f"{value:g}", "unit": NAMES[Pollutant.O3].unit},
            rule=rule,
        )
    )
    return steps, value


def _window_mean(hours: Sequence[float | None]) -> Fraction:
    held = [Fraction(exact(value)) for value in hours if value is not None]
    return sum(held, Fraction(0)) / len(held)


def _group_steps(
    scene: Scene, kind: SubjectKind, code: str, day: date, pollutant: Pollutant, stage: Stage, rules: RuleSet
) -> tuple[list[Step], Value]:
    """Explain a county's or the city's day from its sites, whose own days are recomputed from their hours."""
    stations = tuple(station.code for station in scene.city.stations)
    group = next((g for g in memberships(scene.city, stations, day, 1) if (g.kind, g.code) == (kind, code)), None)
    if group is None:
        raise CallerError(
            "{value} {code} has no sites on {day}. See groups.csv in the city's folder.",
            value=kind.value,
            code=code,
            day=day,
        )
    counted = group.counted[:, 0, BASIC.index(pollutant)]
    sites = [stations[at] for at, counts in zip(group.sites, counted, strict=True) if counts]
    rows = scene.lake.read(HOURS, first=day, last=day, where=pl.col("station").is_in(sites))
    grid = hour_grid(rows, sites, day, day, stage, [(day, day, rules)])
    span = spans_of(grid, [(day, day, rules)])[0]
    whole = station_day_values(grid, scene.city, span)
    at = BASIC.index(pollutant)
    rule = rules.evaluation
    values = whole.unrounded[:, 0, at] if rule.site_values == "unrounded" else whole.value[:, 0, at]
    mean, there, needed = site_mean(
        values[:, None, None], np.ones((len(sites), 1, 1), dtype=bool), rule.site_share
    )
    steps = [
        Step(
            mark("{there} of {all} sites have a valid day value; {needed} are needed."),
            {"there": int(there[0, 0]), "all": len(sites), "needed": int(needed[0, 0])},
            rows=pl.DataFrame(
                {
                    "station": sites,
                    "name": [scene.city.station(site).name_zh for site in sites],
                    "value": values,
                    "reason": [REASONS[reason] for reason in whole.reason[:, 0, at]],
                },
                schema_overrides={"reason": pl.String},
            ).fill_nan(None),
            rule=rule,
        )
    ]
    if rule.city_ozone == "mda8_of_city_hours" and pollutant is Pollutant.O3:
        mean = ozone_of_hours(
            grid, span, replace(group, sites=np.arange(len(sites)), counted=group.counted[counted])
        )[:, :1]
        steps.append(
            Step(mark("Ozone is the highest 8 h mean of the mean hourly series of the sites."), rule=rule)
        )
    if np.isnan(mean[0, 0]):
        return steps, None
    value = float(rounded(float(mean[0, 0]), rule.decimals_day.of(pollutant), "half_even"))
    steps.append(
        Step(
            mark("Mean of the sites {mean}; rounded half to even: {value} {unit}."),
            {"mean": f"{mean[0, 0]:.4f}", "value": f"{value:g}", "unit": NAMES[pollutant].unit},
            rule=rule,
        )
    )
    return steps, value


def _composite_steps(statistics: pl.DataFrame, rules: RuleSet) -> tuple[list[Step], Value]:
    figure = dict(statistics.select("pollutant", "headline").iter_rows())
    headline = np.array([np.nan if figure.get(p) is None else figure[p] for p in BASIC])
    found = composite_index(headline, rules.composite)
    rows = pl.DataFrame(
        {
            "pollutant": [p.value for p in BASIC],
            "headline": headline,
            "limit": [float(rules.composite.limits[p]) for p in BASIC],
            "weight": [float(rules.composite.weights[p]) for p in BASIC],
            "single_index": found.each,
        }
    ).fill_nan(None)
    steps = [
        Step(
            mark("Each figure over its limit gives a single index with {decimals} decimals, half to even."),
            {"decimals": rules.composite.decimals_each},
            rows=rows,
            rule=rules.composite,
        )
    ]
    if found.reason != CompositeReason.VALID:
        steps.append(Step(mark("A pollutant is missing: there is no composite index."), rule=rules.composite))
        return steps, None
    index = float(found.index)
    terms = " + ".join(
        f"{w:g} × {x:g}" if w != 1 else f"{x:g}" for x, w in zip(found.each, rows["weight"], strict=True)
    )
    steps.append(
        Step(mark("Sum: {terms} = {value}."), {"terms": terms, "value": f"{index:g}"}, rule=rules.composite)
    )
    return steps, index


def _headline_steps(
    scene: Scene,
    stored: Mapping[str, Value],
    where: pl.Expr,
    period: Period,
    pollutant: Pollutant,
    rules: RuleSet,
) -> tuple[list[Step], Value]:
    rule = rules.evaluation
    days = scene.lake.read(DAILY_INDEX, first=period.first, last=period.last, where=where & ~pl.col("withdrawn"))
    shown = days.select(
        "legal_day", pl.col(pollutant).alias("value"), pl.col(f"{pollutant}_reason").alias("reason")
    )
    values = [value for value in days.get_column(pollutant) if value is not None]
    steps = [
        Step(
            mark("{valid} valid days of {total}; verdict on their number: {validity}."),
            {"valid": len(values), "total": stored["days_total"], "validity": stored["validity"]},
            rows=shown,
            rule=rule,
        )
    ]
    if not values or stored["headline"] is None:
        return steps, None
    if rule.headline[pollutant] == "mean":
        return _mean_headline(_by_year(days, pollutant, period), pollutant, rule, steps)
    return _percentile_headline(_by_year(days, pollutant, period), pollutant, rule, steps)


def _by_year(days: pl.DataFrame, pollutant: Pollutant, period: Period) -> list[list[float]]:
    """Values of each part whose figure counts alike: three calendar years, or the period as one."""
    parts = (
        periods_between(PeriodKind.YEAR, period.first, period.last)
        if period.kind is PeriodKind.THREE_YEARS
        else [period]
    )
    return [
        days.filter(pl.col("legal_day").is_between(part.first, part.last))
        .get_column(pollutant)
        .drop_nulls()
        .to_list()
        for part in parts
    ]


def _mean_headline(
    parts: list[list[float]], pollutant: Pollutant, rule: EvaluationRule, steps: list[Step]
) -> tuple[list[Step], Value]:
    means = [sum((Fraction(exact(value)) for value in part), Fraction(0)) / len(part) for part in parts]
    mean = sum(means, Fraction(0)) / len(means)
    again = _half_even(mean, rule.decimals_period.of(pollutant))
    if len(means) > 1:
        steps.append(_years_step(means, rule))
    said = {"mean": f"{float(mean):.4f}", "value": f"{again:g}", "unit": NAMES[pollutant].unit}
    steps.append(Step(mark("Mean of the rounded day values {mean}; reported: {value} {unit}."), said, rule=rule))
    return steps, again


def _percentile_headline(
    parts: list[list[float]], pollutant: Pollutant, rule: EvaluationRule, steps: list[Step]
) -> tuple[list[Step], Value]:
    places = [percentile(part, rule.percentiles[pollutant], rule.percentile_method) for part in parts]
    found = [place for place in places if place is not None]
    if len(found) < len(parts):
        return steps, None
    again = _half_even(sum((p.exact for p in found), Fraction(0)) / len(found), rule.decimals_period.of(pollutant))
    unit = NAMES[pollutant].unit
    if len(found) > 1:
        steps.append(_years_step([Fraction(place.exact) for place in found], rule))
        said = {"p": rule.percentiles[pollutant], "value": f"{again:g}", "unit": unit}
        steps.append(Step(mark("Mean of the three P{p}; reported: {value} {unit}."), said, rule=rule))
        return steps, again
    [place] = found
    steps.append(
        Step(
            mark("P{p} of {n} values: k = {k}, between {lower} and {upper}: {exact}; reported: {value} {unit}."),
            {
                "p": rule.percentiles[pollutant],
                "n": place.n,
                "k": f"{float(place.k):g}",
                "lower": f"{float(place.lower):g}",
                "upper": f"{float(place.upper):g}",
                "exact": f"{float(place.exact):g}",
                "value": f"{again:g}",
                "unit": unit,
            },
            rule=rule,
        )
    )
    return steps, again


def _years_step(figures: Sequence[Fraction], rule: EvaluationRule) -> Step:
    shown = ", ".join(f"{float(figure):.4f}" for figure in figures)
    return Step(
        mark("Figures of the three calendar years, each unrounded: {figures}."), {"figures": shown}, rule=rule
    )
