"""Days of the box model from what was measured: VOC and gases of a site, weather near by (观测约束日)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from lantian.city.records import Station
from lantian.loop.explain.study import Study
from lantian.rules.records import StateRule
from lantian.rules.species_records import SpeciesRule
from lantian.rules.voc_records import ObservationRule, OzoneChemistry
from lantian.science.boxmodel import Day, Regime, light_of_radiation, lumped, reactivities, without_short_gaps
from lantian.science.boxmodel.regime import cuts_of_groups
from lantian.science.places import distance
from lantian.science.states import to_ppb
from lantian.science.weather import water_vapour
from lantian.store import AMBIENT_HOURS, WEATHER_HOURS, Lake
from lantian.store.species_tables import SPECIES_HOURS
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding, Severity
from lantian.terms.pollutants import Pollutant
from lantian.terms.types import FloatArray
from lantian.terms.words import mark

_HOURS = 24
_GASES = {Pollutant.NO2: "NO2", Pollutant.SO2: "SO2", Pollutant.CO: "CO", Pollutant.O3: "O3"}
_PER_MILLION = {Pollutant.CO: 1000.0}
"""Carbon monoxide comes in ppm."""
_STATES = {"reference": 298.15, "standard": 273.15}
"""State of a row of `ambient_hours` → temperature of its gases. [K]"""
_WEATHER = ("temperature", "pressure", "humidity", "radiation")


@dataclass(frozen=True, slots=True)
class OzoneDay:
    """One day that the box model can follow."""

    day: date
    box: Day
    voc: Mapping[str, FloatArray]
    """Key of each measured VOC with a whole day → mixing ratio, shape (24,). [nmol mol-1]"""
    left_out: tuple[str, ...]
    """Measured species with too long a gap, or without a word of the mechanism."""


def ozone_days(study: Study, site: str, first: date, last: date) -> tuple[list[OzoneDay], list[Finding]]:
    """Read the days of a site on which the box model can say something.

    Parameters
    ----------
    study : Study
        The room's scene.
    site : str
        Station where VOC and gases are measured.
    first, last : date
        Legal days, both included.

    Returns
    -------
    days : list of OzoneDay
        In order.
    findings : list of Finding
        Of each other day, why not.

    Raises
    ------
    CallerError
        If the city has no such station, or no weather is near it.
    """
    station = study.city.station(site)
    chemistry = chemistry_of(study, last)
    species = study.rulebook.edition(SpeciesRule, "species", last, study.choice)
    voc = _by_day(_voc_rows(study.lake, site, first, last), study.lake)
    gases = _by_day(_gas_rows(study.lake, site, first, last), study.lake)
    weather = _by_day(_weather_rows(study.lake, station, first, last), study.lake)
    days: list[OzoneDay] = []
    findings: list[Finding] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        midnight = datetime.combine(day, datetime.min.time(), study.city.zone)
        tables = tuple(each.get(day) for each in (voc, gases, weather))
        found = _made(day, midnight, station, tables, species, chemistry, _states(study))
        if isinstance(found, OzoneDay):
            days.append(found)
        else:
            findings.append(found)
    return days, findings


def chemistry_of(study: Study, day: date) -> OzoneChemistry:
    """Return the mechanism in force on a day."""
    return study.rulebook.edition(OzoneChemistry, "ozone_chemistry", day, study.choice)


REGIME_SCHEMA: dict[str, type[pl.DataType]] = {
    "day": pl.Date, "ozone_production": pl.Float64, "voc": pl.Float64, "nox": pl.Float64,
    "nitrogen_share": pl.Float64, "regime": pl.String, "regime_of_radicals": pl.String, "species": pl.Int64,
}  # fmt: skip
"""Columns of `regimes_of`: net production [nmol mol-1], RIR of VOC and of NOx [1], L_N/Q [1], regimes, VOC."""


def regimes_of(study: Study, days: list[OzoneDay]) -> tuple[pl.DataFrame, list[Finding]]:
    """Say of each day which precursor limited ozone (逐日敏感性).

    Parameters
    ----------
    study : Study
        The room's scene.
    days : list of OzoneDay
        As from `ozone_days`.

    Returns
    -------
    regimes : DataFrame
        Columns of `REGIME_SCHEMA`, a row for each day that made ozone.
    findings : list of Finding
        Of each other day, why not.
    """
    rows, findings = [], []
    for each in days:
        chemistry = chemistry_of(study, each.day)
        box = each.box.holding(each.box.held | {"O3"})
        cuts = {key: cut for key, cut in cuts_of_groups(box, chemistry.regime).items() if key in {"voc", "nox"}}
        try:
            found = reactivities(box, chemistry, cuts, days_before=1)
        except CallerError as fault:
            findings.append(
                _unusable(each.day, "no_ozone_made", mark("The box made no ozone: {why}"), why=str(fault))
            )
            continue
        rows.append(
            {
                "day": each.day,
                "ozone_production": found.ozone_production,
                "voc": found.by_cut["voc"],
                "nox": found.by_cut["nox"],
                "nitrogen_share": found.nitrogen_share,
                "regime": found.regime(chemistry.regime).value,
                "regime_of_radicals": found.regime_of_radicals(chemistry.regime).value,
                "species": len(each.voc),
            }
        )
    return pl.DataFrame(rows, schema=REGIME_SCHEMA), findings


def season_of(regimes: pl.DataFrame, least_days: int) -> Regime:
    """Regime of a season: the one of most of its days, transition where two are as many (季节控制区).

    Parameters
    ----------
    regimes : DataFrame
        As from `regimes_of`.
    least_days : int
        Fewest days.

    Raises
    ------
    CallerError
        If there are fewer days.

    Examples
    --------
    >>> season_of(pl.DataFrame({"regime": ["voc", "voc", "nox"]}), 3).value
    'voc'
    """
    if regimes.height < least_days:
        raise CallerError(
            "{days} days have a regime, {least} are needed to speak of a season; take a longer time, or a site "
            "whose VOC are measured",
            days=regimes.height,
            least=least_days,
        )
    counts = regimes["regime"].value_counts().sort("count", descending=True)
    if counts.height > 1 and counts["count"][0] == counts["count"][1]:
        return Regime.TRANSITION
    return Regime(counts["regime"][0])


def _voc_rows(lake: Lake, site: str, first: date, last: date) -> pl.DataFrame:
    """Hours of each VOC; of several instruments the mean."""
    where = (pl.col("station") == site) & (pl.col("kind") == "voc") & (pl.col("period_hours") == 1)
    rows = lake.read(
        SPECIES_HOURS, first=first, last=last, columns=["hour_start", "species", "value"], where=where
    )
    return rows.group_by("hour_start", "species").agg(pl.col("value").mean()).rename({"species": "name"})


def _gas_rows(lake: Lake, site: str, first: date, last: date) -> pl.DataFrame:
    """Hours of the gases, audited ones before original ones, with the state they are given at."""
    names = [gas.value for gas in _GASES]
    rows = lake.read(AMBIENT_HOURS, first=first, last=last, where=pl.col("station") == site)
    kept = rows.sort("hour_start", "stage").unique("hour_start", keep="first", maintain_order=True)
    return kept.unpivot(names, index=["hour_start", "state"], variable_name="name").with_columns(
        pl.col("value").cast(pl.Float64)
    )


def _weather_rows(lake: Lake, station: Station, first: date, last: date) -> pl.DataFrame:
    """Hours of the nearest weather."""
    rows = lake.read(WEATHER_HOURS, first=first, last=last).filter(pl.col("longitude").is_not_null())
    if rows.is_empty():
        raise CallerError(
            "There is no weather from {first} to {last}; the box needs temperature, pressure, humidity and light. "
            "Import the weather first.",
            first=first,
            last=last,
        )
    places = rows.unique(["place", "source"], keep="first", maintain_order=True)
    away = distance(
        station.longitude, station.latitude, places["longitude"].to_numpy(), places["latitude"].to_numpy()
    )
    nearest = places.row(int(np.argmin(away)), named=True)
    here = rows.filter((pl.col("place") == nearest["place"]) & (pl.col("source") == nearest["source"]))
    return here.unpivot(_WEATHER, index=["hour_start"], variable_name="name")


def _by_day(rows: pl.DataFrame, lake: Lake) -> dict[date, pl.DataFrame]:
    """Part rows by legal day."""
    hours = rows.select(pl.col("hour_start").unique()).to_series()
    days = pl.DataFrame(
        {"hour_start": hours, "day": pl.Series([lake.day_of(hour) for hour in hours], dtype=pl.Date)}
    )
    parts = rows.join(days, on="hour_start").partition_by("day", as_dict=True, include_key=False)
    return {key[0]: part for key, part in parts.items()}


def _series(rows: pl.DataFrame, midnight: datetime, longest_gap: int) -> dict[str, FloatArray]:
    """Twenty-four hours of each name, short gaps closed, NaN where a gap is long."""
    hour = ((pl.col("hour_start") - midnight).dt.total_minutes() // 60).cast(pl.Int64)
    wide: dict[str, FloatArray] = {}
    for key, part in rows.with_columns(hour.alias("hour")).partition_by("name", as_dict=True).items():
        values = np.full(_HOURS, np.nan)
        there = part.filter(pl.col("value").is_not_null() & pl.col("hour").is_between(0, _HOURS - 1))
        values[there["hour"].to_numpy()] = there["value"].to_numpy()
        wide[str(key[0])] = _whole(without_short_gaps(values, longest_gap), longest_gap)
    return wide


def _whole(values: FloatArray, longest_gap: int) -> FloatArray:
    """Close short gaps at the ends of the day by the nearest hour."""
    there = np.flatnonzero(np.isfinite(values))
    if len(there) == 0:
        return values
    first, last = int(there[0]), int(there[-1])
    if first <= longest_gap:
        values[:first] = values[first]
    if _HOURS - 1 - last <= longest_gap:
        values[last + 1 :] = values[last]
    return values


def _made(
    day: date,
    midnight: datetime,
    station: Station,
    tables: tuple[pl.DataFrame | None, ...],
    species: SpeciesRule,
    chemistry: OzoneChemistry,
    states: Mapping[str, StateRule],
) -> OzoneDay | Finding:
    rule = chemistry.observation
    if None in [None if table is None else True for table in tables]:
        return _unusable(day, "no_observations", mark("VOC, gases or weather were not measured on this day"))
    voc_rows, gas_rows, weather_rows = (table for table in tables if table is not None)
    voc = {key: np.maximum(values, 0.0) for key, values in _series(voc_rows, midnight, rule.longest_gap).items()}
    whole = {key: values for key, values in voc.items() if np.isfinite(values).all()}
    if len(whole) < rule.least_species:
        words = mark("Only {count} VOC have a whole day, {least} are needed")
        return _unusable(day, "few_species", words, count=len(whole), least=rule.least_species)
    gases = _mixing_ratios(gas_rows, midnight, rule, states)
    weather = _series(weather_rows, midnight, rule.longest_gap)
    lacking = [name for name in ("NO2", "O3") if name not in gases]
    lacking += [name for name in _WEATHER if name != "radiation" and not _complete(weather.get(name))]
    if lacking:
        return _unusable(day, "lacking", mark("Not measured all day: {names}"), names=", ".join(lacking))
    found = lumped(whole, species, chemistry)
    mixing = {**found.mixing, **gases}
    box = _box(midnight, station, weather, mixing, frozenset(mixing) - {"O3"}, rule)
    return OzoneDay(day, box, whole, tuple(sorted({*found.left_out, *(set(voc) - set(whole))})))


def _mixing_ratios(
    rows: pl.DataFrame, midnight: datetime, rule: ObservationRule, states: Mapping[str, StateRule]
) -> dict[str, FloatArray]:
    """Gases with a whole day, as mixing ratios. [nmol mol-1]"""
    state = states[str(rows["state"].drop_nulls().mode().sort()[0])]
    masses = _series(rows.select("hour_start", "name", "value"), midnight, rule.longest_gap)
    found = {}
    for gas, name in _GASES.items():
        if _complete(masses.get(gas.value)):
            ratio = to_ppb(masses[gas.value], gas, state) * _PER_MILLION.get(gas, 1.0)
            found[name] = np.maximum(ratio, 0.0)  # below zero is noise about nothing
    return found


def _complete(values: FloatArray | None) -> bool:
    return values is not None and bool(np.isfinite(values).all())


def _box(
    midnight: datetime,
    station: Station,
    weather: Mapping[str, FloatArray],
    mixing: Mapping[str, FloatArray],
    held: frozenset[str],
    rule: ObservationRule,
) -> Day:
    start = np.datetime64(midnight.astimezone(UTC).replace(tzinfo=None))
    ones = np.ones(_HOURS)
    water = water_vapour(weather["humidity"], weather["temperature"], weather["pressure"])
    plain = Day(
        start, station.longitude, station.latitude, weather["temperature"] + 273.15, weather["pressure"], water,
        ones, mixing, held,
    )  # fmt: skip
    radiation = weather.get("radiation", np.full(_HOURS, np.nan))
    light = light_of_radiation(radiation, plain.elevations(1)[:, 0], rule)
    if not np.isfinite(light).all():
        return plain
    return Day(
        start, plain.longitude, plain.latitude, plain.temperature, plain.pressure, water, light, mixing, held
    )


def _states(study: Study) -> dict[str, StateRule]:
    """Edition of the gas state for each word of `ambient_hours.state`."""
    editions = [row for row in study.rulebook.editions("gas_state") if isinstance(row, StateRule)]
    return {
        word: next(row for row in editions if float(row.gas_temperature) == kelvin)
        for word, kelvin in _STATES.items()
    }


def _unusable(day: date, code: str, message: str, **values: str | int) -> Finding:
    return Finding(code, day.isoformat(), message, Severity.INFO, evidence=dict(values))
