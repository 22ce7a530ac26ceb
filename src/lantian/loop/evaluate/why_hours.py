"""How an hour was made: the instrument's value, flags, sites, running means and sub-indices, recomputed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import polars as pl

from lantian.city.records import SubjectKind
from lantian.desk.language import mark
from lantian.loop.evaluate.explanations import (
    Explanation,
    Step,
    Value,
    index_steps,
    only_row,
    provenance_of,
    rules_that_judged,
)
from lantian.loop.evaluate.hourly import hour_ids
from lantian.loop.evaluate.hours import HOURS, HOURS_OF_DAY, Stage, hour_grid
from lantian.loop.evaluate.indices import mask_of
from lantian.loop.evaluate.members import memberships, site_mean
from lantian.loop.evaluate.scene import Scene
from lantian.loop.evaluate.tables import HOURLY_INDEX
from lantian.rules import RuleSet
from lantian.rules.records import Indicator
from lantian.science.rounding import rounded
from lantian.science.statistics.feed import feed_o3_8h, trailing_mean_24h
from lantian.terms.errors import CallerError
from lantian.terms.pollutants import BASIC, NAMES, Pollutant
from lantian.terms.types import Concentration, IntArray


def explain_hour(
    scene: Scene,
    kind: SubjectKind,
    code: str,
    hour: datetime,
    what: str = "aqi",
    stage: Stage = Stage.ORIGINAL,
) -> Explanation:
    """Explain the real-time AQI of an hour, or the hourly value of one pollutant.

    Parameters
    ----------
    scene : Scene
        Place, law and store.
    kind, code : SubjectKind, str
        Station, county or city.
    hour : datetime
        Start of the hour, timezone-aware.
    what : str
        ``aqi`` or a pollutant.
    stage : Stage
        Which rows were judged.

    Raises
    ------
    CallerError
        Nothing was judged there, or `what` is neither ``aqi`` nor a pollutant.
    """
    if what != "aqi" and what not in set(BASIC):
        raise CallerError(
            "{what!r} is no number of an hour. Ask for aqi or one of {BASIC}.",
            what=what,
            BASIC=", ".join(BASIC),
        )
    day = scene.lake.day_of(hour)
    when = hour.astimezone(scene.city.zone).isoformat(timespec="minutes")
    stored = only_row(
        scene.lake.read(
            HOURLY_INDEX,
            first=day,
            last=day,
            where=(pl.col("kind") == kind.value)
            & (pl.col("code") == code)
            & (pl.col("hour_start") == hour)
            & (pl.col("stage") == stage.value)
            & ~pl.col("withdrawn"),
        ),
        f"{kind.value} {code} in the hour from {when} ({stage.value})",
    )
    rules, doubts = rules_that_judged(scene, stored, hour_ids, day, day)
    two_days = _TwoDays(scene, kind, code, hour, stage, rules)
    if what == "aqi":
        steps, again = _aqi_steps(two_days, rules)
    else:
        steps, again = two_days.value_steps(Pollutant(what))
    return Explanation(kind, code, what, when, stored[what], again, (*doubts, *steps), provenance_of(stored))


class _TwoDays:
    """Usable hours of a subject on the day of the hour and the day before it."""

    def __init__(
        self, scene: Scene, kind: SubjectKind, code: str, hour: datetime, stage: Stage, rules: RuleSet
    ) -> None:
        local = hour.astimezone(scene.city.zone)
        day = scene.lake.day_of(hour)
        lead = day - timedelta(days=1)
        groups = memberships(scene.city, tuple(s.code for s in scene.city.stations), lead, 2)
        group = next((one for one in groups if (one.kind, one.code) == (kind, code)), None)
        if group is None and kind is not SubjectKind.STATION:
            raise CallerError(
                "{value} {code} has no sites on {day}. See groups.csv in the city's folder.",
                value=kind.value,
                code=code,
                day=day,
            )
        stations = [s.code for s in scene.city.stations]
        self.sites = [code] if group is None else [stations[at] for at in group.sites]
        self.rules, self.hour, self.is_group = rules, hour, group is not None
        self.at = HOURS_OF_DAY + local.hour
        """Place of the hour among the 48."""
        rows = scene.lake.read(HOURS, first=lead, last=day, where=pl.col("station").is_in(self.sites))
        self.raw = rows.filter(pl.col("hour_start") == hour)
        self.of_sites = hour_grid(rows, self.sites, lead, day, stage, [(lead, day, rules)]).hours.reshape(
            len(self.sites), -1, len(BASIC)
        )
        if group is None:
            counted = np.broadcast_to(mask_of(scene.city.station(code).pollutants), self.of_sites.shape)
        else:
            counted = np.repeat(group.counted, HOURS_OF_DAY, axis=1)
        self.counted = counted
        self.hours: Concentration = self.of_sites[0]
        self.there: IntArray = counted[0].astype(np.int64)
        self.needed: IntArray = self.there
        if group is not None:
            share = rules.evaluation.site_share
            self.hours, self.there, self.needed = site_mean(self.of_sites, counted, share)

    def monitored(self) -> list[Pollutant]:
        """List what any site measures on the day."""
        programme = np.asarray(self.counted[:, self.at].any(axis=0))
        return [pollutant for at, pollutant in enumerate(BASIC) if programme[at]]

    def value(self, pollutant: Pollutant) -> float | None:
        """Return the rounded hourly mean [ug m-3, CO mg m-3]."""
        mean = self.hours[self.at, BASIC.index(pollutant)]
        if np.isnan(mean):
            return None
        return float(rounded(float(mean), self.rules.evaluation.decimals_hour.of(pollutant), "half_even"))

    def value_steps(self, pollutant: Pollutant) -> tuple[list[Step], Value]:
        """Explain the hourly value of one pollutant."""
        at = BASIC.index(pollutant)
        shown = self.raw.select(
            "station", "hour_start", "stage", pl.col(pollutant).alias("value"),
            pl.col(f"{pollutant}_flags").alias("flags"),
        ).join(
            pl.DataFrame({"station": self.sites, "used": self.of_sites[:, self.at, at]}).fill_nan(None),
            on="station", how="left",
        )  # fmt: skip
        steps = [
            Step(
                mark("Hours as they arrived; flags and low values are treated by the rules."),
                rows=shown,
                rule=self.rules.flags,
            )
        ]
        rule = self.rules.evaluation
        if self.is_group:
            steps.append(
                Step(
                    mark("{there} of {all} sites have a usable hour; {needed} are needed."),
                    {
                        "there": int(self.there[self.at, at]),
                        "all": int(self.counted[:, self.at, at].sum()),
                        "needed": int(self.needed[self.at, at]),
                    },
                    rule=rule,
                )
            )
        value = self.value(pollutant)
        if value is not None:
            said = {
                "mean": f"{self.hours[self.at, at]:.4f}",
                "value": f"{value:g}",
                "unit": NAMES[pollutant].unit,
            }
            steps.append(Step(mark("Hourly mean {mean}; rounded half to even: {value} {unit}."), said, rule=rule))
        return steps, value

    def indicator(self, row: Indicator) -> float | None:
        """Value that an indicator judges: the hour itself, or a mean that runs back from it."""
        series = self.hours[:, BASIC.index(row.pollutant)]
        if row.statistic == "running_24h":
            found = trailing_mean_24h(series, row.decimals, self.rules.evaluation.day_required_hours)[self.at]
        elif row.statistic == "running_8h":
            by_day = feed_o3_8h(series.reshape(-1, HOURS_OF_DAY), self.rules.evaluation.window_required_hours)
            found = by_day.reshape(-1)[self.at]
        else:
            return self.value(row.pollutant)
        return None if np.isnan(found) else float(found)


def _aqi_steps(two_days: _TwoDays, rules: RuleSet) -> tuple[list[Step], Value]:
    rule = rules.aqi_hour
    steps: list[Step] = []
    running = [row for row in rule.indicators if row.statistic.startswith("running")]
    if running:
        steps.append(
            Step(
                mark("These indicators are means that run back from the hour: {keys}."),
                {"keys": ", ".join(row.key for row in running)},
                rows=_hours_behind(two_days, running),
                rule=rule,
            )
        )
    monitored = two_days.monitored()
    values: Mapping[str, float | None] = {row.key: two_days.indicator(row) for row in rule.indicators}
    reasons = {p.value: _reason(two_days, p, monitored) for p in BASIC}
    found, again = index_steps(values, reasons, monitored, rule, rules.categories)
    return [*steps, *found], again


def _reason(two_days: _TwoDays, pollutant: Pollutant, monitored: list[Pollutant]) -> str | None:
    if pollutant not in monitored:
        return "not_monitored"
    return "no_data" if two_days.value(pollutant) is None else None


def _hours_behind(two_days: _TwoDays, running: list[Indicator]) -> pl.DataFrame:
    """List the 24 hours that end with the hour, for the pollutants whose mean runs back."""
    back = slice(two_days.at - HOURS_OF_DAY + 1, two_days.at + 1)
    starts = [two_days.hour - timedelta(hours=HOURS_OF_DAY - 1 - n) for n in range(HOURS_OF_DAY)]
    return pl.DataFrame(
        {
            "hour_start": starts,
            **{row.key: two_days.hours[back, BASIC.index(row.pollutant)] for row in running},
        }
    ).fill_nan(None)
