"""Which base factor and which corrections does a vehicle have (道路机动车系数表)?"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Literal, TypeAlias

from lantian.rules.inventory_road_records import OnRoadRule, RoadAgeRow, RoadRow, RoadSpeedRow, RoadSulphurRow
from lantian.terms.errors import CallerError

RoadPollutant: TypeAlias = Literal["co", "hc", "nox", "pm25", "pm10", "evaporation_driving", "evaporation_parking"]

EXHAUST: tuple[RoadPollutant, ...] = ("co", "hc", "nox", "pm25", "pm10")

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where and how a fleet drives; what is None takes no correction."""

    speed: Decimal | None = None
    """[km/h]"""
    temperature: Decimal | None = None
    """[degC]"""
    humidity: Decimal | None = None
    """Relative. [%]"""
    altitude: Decimal | None = None
    """[m]"""
    sulphur: Decimal | None = None
    """Of the fuel. [mg/kg]"""
    load: Decimal | None = None
    """Part of the lawful load. [1]"""
    year: int | None = None
    """Year of the calendar whose deterioration counts."""


class RoadTables:
    """The tables of one on-road edition, by what they are asked for."""

    def __init__(self, rule: OnRoadRule) -> None:
        self.rule = rule
        self._base = {(row.vehicle, row.fuel, row.standard): row for row in rule.base}
        self._estimates = {(row.vehicle, row.fuel, row.standard): row for row in rule.estimates}
        self._place = {(row.vehicle, row.fuel, row.pollutant): row for row in rule.place}
        self._speed = {(row.fuel, row.standard, row.pollutant): _bands(row) for row in rule.speed}
        self._sulphur = {(row.fuel, row.standard, row.pollutant): _bands(row) for row in rule.sulphur}
        self._age: dict[tuple[str, str, str], dict[int, RoadAgeRow]] = {}
        for row in rule.age:
            self._age.setdefault((row.vehicle, row.fuel, row.standard), {})[row.year] = row
        self._load: dict[str, list[tuple[Decimal, Decimal]]] = {}
        for point in sorted(rule.load, key=lambda point: point.load):
            self._load.setdefault(point.pollutant, []).append((point.load, point.factor))
        self._use = {(row.vehicle, row.fuel): row.use for row in rule.fuel_use}

    def base(self, vehicle: str, fuel: str, standard: str) -> tuple[RoadRow, bool]:
        """Return the base factors of a vehicle, and whether they are only estimated.

        Raises
        ------
        CallerError
            If the table leaves the standard empty for this vehicle.
        """
        key = (vehicle, fuel, standard)
        estimate = self._estimates.get(key)
        if estimate is not None:
            return estimate, True
        row = self._base.get(key)
        if row is None or any(getattr(row, pollutant) is None for pollutant in EXHAUST):
            whole = [
                known.standard for known in self._base.values()
                if (known.vehicle, known.fuel) == (vehicle, fuel) and known.co is not None
            ]  # fmt: skip
            raise CallerError(
                "{edition} has no whole row for {vehicle}, {fuel}, standard {standard}, so its emission would be "
                "counted too low; it has {whole}: for China VI choose the variant china_vi_estimate of on_road, "
                "or lay an edition with your own factors over it",
                edition=self.rule.id,
                vehicle=vehicle,
                fuel=fuel,
                standard=standard,
                whole=", ".join(whole) or "none",
            )
        return row, False

    def fuel_use(self, vehicle: str, fuel: str) -> Decimal | None:
        """Return the fuel burned per kilometre, or None where it is not known. [kg km-1]"""
        return self._use.get((vehicle, fuel))

    def corrections(
        self, vehicle: str, fuel: str, standard: str, pollutant: RoadPollutant, given: Conditions
    ) -> dict[str, Decimal]:
        """Return every correction that is not one, by name; the factor is multiplied with all of them. [1]

        A pair that has no row in a table takes no correction: the guide corrects petrol and diesel vehicles only.
        """
        found = self._of_place(vehicle, fuel, pollutant, given)
        speeds = self._speed.get((fuel, standard, pollutant))
        if speeds is not None and given.speed is not None and given.speed != self.rule.base_speed:
            found["speed"] = speeds[_speed_band(given.speed, self.rule.speed_edges)]
        contents = self._sulphur.get((fuel, standard, pollutant))
        if contents is not None and given.sulphur is not None:
            found["fuel_sulphur"] = contents[bisect_left(self.rule.sulphur_edges, given.sulphur)]
        found |= self._of_age(vehicle, fuel, standard, pollutant, given.year)
        if (
            fuel == "diesel"
            and vehicle.startswith("truck_")
            and given.load is not None
            and pollutant in self._load
        ):
            found["load"] = _between(self._load[pollutant], given.load)
        return {name: value for name, value in found.items() if value != ONE}

    def _of_place(self, vehicle: str, fuel: str, pollutant: str, given: Conditions) -> dict[str, Decimal]:
        row, rule, found = self._place.get((vehicle, fuel, pollutant)), self.rule, dict[str, Decimal]()
        if row is None:
            return found
        if given.temperature is not None and given.temperature < rule.cold_below:
            found["temperature"] = row.cold
        elif given.temperature is not None and given.temperature > rule.hot_above:
            found["temperature"] = row.hot
        if given.humidity is not None and given.humidity != rule.humidity:
            humid = given.humidity > rule.humidity
            found["humidity"] = row.humid if humid else row.dry
            if given.temperature is not None and given.temperature > rule.hot_humid_above:
                found["humidity_when_hot"] = row.hot_humid if humid else row.hot_dry
        if given.altitude is not None and given.altitude > rule.high_above:
            found["altitude"] = row.high
        return found

    def _of_age(
        self, vehicle: str, fuel: str, standard: str, pollutant: str, year: int | None
    ) -> dict[str, Decimal]:
        years = self._age.get((vehicle, fuel, standard))
        if years is None or year is None or year < min(years) or pollutant not in ("co", "hc", "nox"):
            return {}
        row = years[min(year, max(years))]
        return {"deterioration": {"co": row.co, "hc": row.hc, "nox": row.nox}[pollutant]}


def _bands(row: RoadSpeedRow | RoadSulphurRow) -> tuple[Decimal, ...]:
    bands = (row.band_1, row.band_2, row.band_3, row.band_4, row.band_5)
    return (*bands, row.band_6) if isinstance(row, RoadSulphurRow) else bands


def _speed_band(speed: Decimal, edges: tuple[Decimal, ...]) -> int:
    """Return the band of a speed: an edge belongs to the band above it, the last one to the band below."""
    return bisect_right(edges[:-1], speed) if speed <= edges[-1] else len(edges)


def _between(points: list[tuple[Decimal, Decimal]], load: Decimal) -> Decimal:
    """Interpolate a correction between the loads of the table."""
    if load <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if load <= right:
            return low + (high - low) * (load - left) / (right - left)
    return points[-1][1]
