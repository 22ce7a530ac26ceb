"""What a scenario did to the air: days of the city and its counties, what brings them (情景对比)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.city import Level
from lantian.rules import EvaluationRule
from lantian.science.statistics.day import station_days
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import FloatArray
from lantian.twin.field import FORMED, Air
from lantian.twin.making import Making
from lantian.twin.scenarios import Sides
from lantian.twin.stations import station_hours

AirOf = Callable[[Making], Air]
"""How the air of a making is had: computed, or from what is kept."""
REST = "rest"
"""Kind of contributions that no source is behind: dust from deserts, soil, what plumes do not resolve."""
_WHOLE = ("so2", "pm10", "pm25")
"""Pollutants whose contributions are parts of what stations breathe."""
_WORTH_A_LINE = 0.005
"""Contributions that differ by less are not listed. [ug m-3]"""


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides with their air."""

    sides: Sides
    base: Air
    changed: Air
    evaluation: EvaluationRule
    """How hours become days: the edition in force on the last day."""

    @property
    def days(self) -> list[date]:
        """Legal days of the stretch."""
        making = self.sides.base
        return making.sky.weather.axis[making.hours].gather_every(24).dt.date().to_list()

    def places(self) -> dict[str, list[int]]:
        """Return code of the city and of each county that has stations here → their places in the air.

        The city is its national stations, where any of them are asked for.
        """
        stations = self.sides.stations
        national = [n for n, one in enumerate(stations) if one.level is Level.NATIONAL]
        found = {self.sides.base.city.adcode: national or list(range(len(stations)))}
        for county in self.sides.base.city.counties:
            inside = [n for n, one in enumerate(stations) if one.county == county.adcode]
            if inside:
                found[county.adcode] = inside
        return found

    def daily(self, air: Air, place: list[int]) -> FloatArray:
        """Return day values as the mean of some stations, shape (days, 6); ozone is the highest 8 h mean.

        Not rounded: differences of a scenario may be small. [ug m-3, CO mg m-3]
        """
        stations, _, hours = air.value.shape
        grid = air.value.reshape(stations, len(BASIC), hours // 24, 24).transpose(0, 2, 3, 1)[place]
        found: FloatArray = station_days(grid, self.evaluation, None).unrounded[..., : len(BASIC)].mean(axis=0)
        return found

    def table(self) -> pl.DataFrame:
        """Mean and worst day of each place and pollutant, at the base, with the change, and the difference."""
        rows = []
        for code, place in self.places().items():
            before, after = self.daily(self.base, place), self.daily(self.changed, place)
            for n, pollutant in enumerate(BASIC):
                worst, worse = int(before[:, n].argmax()), int(after[:, n].argmax())
                mean, other = float(before[:, n].mean()), float(after[:, n].mean())
                rows.append(
                    {
                        "place": code,
                        "pollutant": pollutant.value,
                        "base": mean,
                        "scenario": other,
                        "difference": other - mean,
                        "percent": 100.0 * (other - mean) / mean,
                        "base_worst": float(before[worst, n]),
                        "base_worst_day": self.days[worst],
                        "scenario_worst": float(after[worse, n]),
                        "scenario_worst_day": self.days[worse],
                    }
                )
        return pl.DataFrame(rows)

    def contributions(self, pollutant: str = "pm25") -> pl.DataFrame:
        """List what each kind of source brings to the city in the mean of the stretch, before and after [ug m-3].

        The largest differences first; kinds that the scenario leaves as they were are not listed.

        Parameters
        ----------
        pollutant : str
            One that is carried as plumes: so2, nox, co, voc, pm10, pm25.
        """
        place = next(iter(self.places().values()))
        before, after = (_by_kind(air, pollutant, place) for air in (self.base, self.changed))
        rows = [
            {
                "kind": kind, "formed": formed, "base": before.get((kind, formed), 0.0),
                "scenario": after.get((kind, formed), 0.0),
            }
            for kind, formed in sorted(before.keys() | after.keys())
        ]  # fmt: skip
        schema = {"kind": pl.String, "formed": pl.Boolean, "base": pl.Float64, "scenario": pl.Float64}
        frame = pl.DataFrame(rows, schema=schema).with_columns(difference=pl.col("scenario") - pl.col("base"))
        frame = frame.filter(pl.col("difference").abs() >= _WORTH_A_LINE)
        return frame.sort(pl.col("difference").abs(), descending=True, maintain_order=True)

    def shown(self) -> pl.DataFrame:
        """List what stations show while they are interfered with, beside what is in the air, by pollutant.

        Instruments are as noisy as ever, so that the two differ a little without any interference.
        """
        making = self.sides.changed
        rows = []
        for each in making.extra:
            at = self.changed.stations.index(each.subject) if each.subject in self.changed.stations else None
            if at is None:
                continue
            alone = replace(self.changed, stations=(each.subject,), value=self.changed.value[[at]])
            station = making.city.station(each.subject)
            (sent,) = station_hours([station], alone, making.sky, [each], making.seed)
            axis = making.sky.weather.axis[making.hours]
            told = pl.DataFrame({"hour_start": axis}).join(sent, on="hour_start", how="left")
            inside = each.hours(making.sky)[making.hours]
            for n, pollutant in enumerate(BASIC):
                usable = (
                    inside
                    & (told[pollutant.value].is_not_null() & told[f"{pollutant.value}_flags"].is_null()).to_numpy()
                )
                if usable.any():
                    rows.append(
                        {
                            "station": each.subject,
                            "pattern": each.pattern,
                            "pollutant": pollutant.value,
                            "hours": int(usable.sum()),
                            "in_the_air": float(self.changed.value[at, n, usable].mean()),
                            "shown": float(told[pollutant.value].to_numpy()[usable].mean()),
                        }
                    )
        schema = {
            "station": pl.String, "pattern": pl.String, "pollutant": pl.String, "hours": pl.Int64,
            "in_the_air": pl.Float64, "shown": pl.Float64,
        }  # fmt: skip
        return pl.DataFrame(rows, schema=schema)

    def series(self, pollutant: Pollutant) -> tuple[list[float], list[float]]:
        """Return the city's days at the base and with the change. [ug m-3, CO mg m-3]"""
        place, column = next(iter(self.places().values())), list(BASIC).index(pollutant)
        before, after = self.daily(self.base, place), self.daily(self.changed, place)
        return before[:, column].tolist(), after[:, column].tolist()


def compare(sides: Sides, evaluation: EvaluationRule, air_of: AirOf | None = None) -> Compared:
    """Compute the air of both sides at the stations of the scenario.

    Parameters
    ----------
    sides : Sides
        Two cities over the same days.
    evaluation : EvaluationRule
        How hours become days.
    air_of : callable, optional
        How the air is had; by default it is computed.
    """
    had = air_of or (lambda making: making.air(sides.stations))
    base = had(sides.base)
    if _same_air(sides):  # interference changes what is shown, not what is breathed
        return Compared(sides, base, base, evaluation)
    return Compared(sides, base, had(sides.changed), evaluation)


def _same_air(sides: Sides) -> bool:
    given = sides.scenario
    return (
        not (given.stopped or given.times or given.shift or given.events or given.level) and given.drawn != "base"
    )


def _by_kind(air: Air, pollutant: str, place: list[int]) -> Mapping[tuple[str, bool], float]:
    """Mean of the stretch by kind of source, and whether it is what forms of its gases [ug m-3]."""
    given: NDArray[np.float32] = air.contributions[pollutant]
    found: dict[tuple[str, bool], float] = {}
    for n, group in enumerate(air.groups[: len(given)]):
        formed = group.startswith(f"{FORMED}:")
        kind = group.removeprefix(f"{FORMED}:").partition("/")[0]
        mean = float(given[n, place].mean(dtype=np.float64))
        found[kind, formed] = found.get((kind, formed), 0.0) + mean
    if pollutant in _WHOLE:
        whole = float(air.value[place, list(BASIC).index(Pollutant(pollutant))].mean())
        found[REST, False] = whole - sum(found.values())
    return found
