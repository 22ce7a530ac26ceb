"""Hours of stations, stacks and meters beside the truth: why is each not what it truly was (小时数据核对)?"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from lantian.store import AMBIENT_HOURS, POWER_READINGS, SOURCE_READINGS
from lantian.terms.pollutants import BASIC, Pollutant
from lantian.terms.types import FloatArray
from lantian.twin.cells import (
    CODE,
    FAULT,
    FLAG,
    FRAUD,
    INTERFERENCE,
    LATE,
    MISSING,
    NOISE,
    SAME,
    UNEXPLAINED,
    Score,
    equal_cells,
    hours_of,
    laid,
    near,
    numbers,
    same_text,
)
from lantian.twin.field import Air
from lantian.twin.incidents import Incident
from lantian.twin.instruments import noise_width
from lantian.twin.making import Making
from lantian.twin.readings import FACTOR, Power, Sent, power_of, sent_by
from lantian.twin.stations import interfered

if TYPE_CHECKING:
    from lantian.assembly import House

_WIDEST = 6.0
"""Standard deviations within which noise stays."""
_HALF_DIGIT = np.array([[0.05 if pollutant is Pollutant.CO else 0.5] for pollutant in BASIC])
"""What rounding may add, by the order of `BASIC`. [ug m-3, CO mg m-3]"""
_ANALYSER = (0.16, 1.2)
"""By how much a stack's analyser may be off: a share of the value [1], and a fixed part [mg/m3]."""
_METER = 1e-9
_WITHHELD = frozenset({"late", "timing"})
"""Of an outlet: the values are true, they only come afterwards."""


def score_stations(
    done: Score, house: "House", making: Making, air: Air, sent: Mapping[str, pl.DataFrame]
) -> None:
    """Compare the hours of stations with what they sent, and that with the air around them."""
    held = house.lake.read(
        AMBIENT_HOURS.name, first=done.first, last=done.last, where=pl.col("stage") == "original"
    )
    if held.is_empty():
        return
    axis = hours_of(making, done, None, held["hour_start"].max())
    at = making.sky.weather.axis.search_sorted(axis[0]) - air.first
    inside = slice(int(at), int(at) + len(axis))
    by_station = dict(held.partition_by("station", as_dict=True, include_key=True))
    for place, code in enumerate(air.stations):
        came = laid(by_station.get((code,)), axis, "hour_start", _AMBIENT)
        meant = laid(sent[code], axis, "hour_start", _AMBIENT)
        true = air.value[place][:, inside]
        codes = _ambient_codes(making, code, true, meant, came, inside.start + air.first)
        done.add(AMBIENT_HOURS.name, codes)
        done.note(AMBIENT_HOURS.name, code, codes, [p.value for p in BASIC], axis.to_list())


_AMBIENT = (*(p.value for p in BASIC), *(f"{p.value}_flags" for p in BASIC))


def _ambient_codes(
    making: Making, code: str, true: FloatArray, meant: pl.DataFrame, came: pl.DataFrame, first: int
) -> NDArray[np.int8]:
    """Say of each cell of a station, shape (6, hours), why it is not the truth."""
    station = making.city.station(code)
    whole = np.ones((len(BASIC), len(making.sky.temperature)))
    hours = slice(first, first + true.shape[1])
    whole[:, hours] = true
    for each in making.incidents:
        if each.subject == code and each.kind == "fraud":
            whole = interfered(whole, each, making.sky)
    breathed = whole[:, hours]
    room = _WIDEST * noise_width(breathed) + _HALF_DIGIT
    found = np.empty(true.shape, dtype=np.int8)
    for row, pollutant in enumerate(BASIC):
        name, flags = pollutant.value, f"{pollutant.value}_flags"
        here, there = numbers(meant[name]), numbers(came[name])
        equal = equal_cells(here, there) & same_text(meant[flags], came[flags])
        marked = came[flags].is_not_null().to_numpy()
        gone = np.isnan(there)
        codes = np.where(near(there, breathed[row], room[row]), CODE[NOISE], CODE[UNEXPLAINED])
        codes = np.where(true[row] == there, CODE[SAME], codes)
        touched = (breathed[row] != true[row]) & (codes != CODE[UNEXPLAINED])
        codes = np.where(touched, CODE[INTERFERENCE], codes)
        codes = np.where(gone, CODE[MISSING], codes)
        codes = np.where(marked, CODE[FLAG], codes)
        codes = np.where(equal, codes, CODE[UNEXPLAINED])
        if pollutant not in station.pollutants:
            codes = np.where(gone & ~marked, CODE[SAME], CODE[UNEXPLAINED])
        found[row] = codes
    return found


def score_stacks(done: Score, house: "House", making: Making) -> None:
    """Compare the hours of stacks with what their loggers sent, and that with what went up."""
    held = house.lake.read(
        SOURCE_READINGS.name, first=done.first, last=done.last, where=pl.col("period") == "hour",
        columns=["outlet", "factor", "period_start", *_READING],
    )  # fmt: skip
    stacks = [stack for _, stack in making.catalogue.stacks if stack.logger is not None]
    held = held.filter(pl.col("outlet").is_in([stack.code for stack in stacks]))
    if held.is_empty():
        return
    axis = hours_of(making, done, held["period_start"].min(), held["period_start"].max())
    inside = making.sky.weather.axis.search_sorted(axis[0])
    hours = slice(int(inside), int(inside) + len(axis))
    mine = _by_subject(making.incidents)
    by_outlet = dict(held.partition_by("outlet", as_dict=True))
    for stack in stacks:
        flue, wrong = making.works.flues[stack.code], mine.get(stack.code, [])
        sent = sent_by(stack, flue, wrong, making.sky, making.seed)
        causes = _causes(wrong, making, hours)
        rows = by_outlet.get((stack.code,))
        true = {FACTOR[key]: series[hours] for key, series in flue.concentration.items() if key in FACTOR}
        codes = np.stack(
            [_stack_codes(code, sent, hours, causes, true.get(code), rows, axis) for code in sent.value]
        )
        done.add(SOURCE_READINGS.name, codes)
        done.note(SOURCE_READINGS.name, stack.code, codes, list(sent.value), axis.to_list())


_READING = ("value", "converted", "amount", "flag", "late")


def _stack_codes(
    code: str,
    sent: Sent,
    hours: slice,
    causes: NDArray[np.int8],
    true: FloatArray | None,
    rows: pl.DataFrame | None,
    axis: pl.Series,
) -> NDArray[np.int8]:
    """Say of each hour of one factor why it is not the truth; of gas states only that it came as it was sent."""
    came = laid(None if rows is None else rows.filter(pl.col("factor") == code), axis, "period_start", _READING)
    there = numbers(came["value"])
    meant = {"value": sent.value[code][hours]} | {
        name: given[code][hours]
        for name, given in (("converted", sent.converted), ("amount", sent.amount))
        if code in given
    }
    equal = came["flag"].fill_null("").to_numpy() == sent.flag[hours]
    for name, series in meant.items():
        equal &= equal_cells(series, numbers(came[name]))
    gone = came["flag"].is_null().to_numpy() & np.isnan(there)
    late, present = sent.late[hours], sent.present[hours]
    if true is None:
        codes = np.full(len(axis), CODE[NOISE])
    else:
        close = near(there, true, _ANALYSER[0] * true + _ANALYSER[1])
        codes = np.where(close, CODE[NOISE], CODE[UNEXPLAINED])
        codes = np.where(true == there, CODE[SAME], codes)
    codes = np.where(causes != CODE[SAME], causes, codes)
    codes = np.where(late | came["late"].fill_null(value=False).to_numpy(), CODE[LATE], codes)
    codes = np.where(equal, codes, CODE[UNEXPLAINED])
    still_kept = late & np.logical_and.accumulate(late[::-1])[::-1]
    codes = np.where(gone & (~present & (causes == CODE[FAULT])), CODE[MISSING], codes)
    return np.where(gone & still_kept, CODE[LATE], codes)


def score_meters(done: Score, house: "House", making: Making) -> None:
    """Compare the hours of meters with what they would show if nobody faked."""
    held = house.lake.read(
        POWER_READINGS.name, first=done.first, last=done.last, where=pl.col("period") == "hour",
        columns=["outlet", "point", "period_start", "value", "late"],
    )  # fmt: skip
    plants = {plant.code: plant for plant in making.catalogue.plants if plant.meter is not None}
    mine = _by_subject(making.incidents)
    for (code,), rows in held.partition_by("outlet", as_dict=True).items():
        plant = plants.get(code)
        if plant is None or plant.meter is None:
            continue
        axis = hours_of(making, done, rows["period_start"].min(), held["period_start"].max())
        begin = int(making.sky.weather.axis.search_sorted(axis[0]))
        hours = slice(begin, begin + len(axis))
        load, wrong = making.works.loads[code], mine.get(code, [])
        meant = power_of(plant, plant.meter, load, wrong, making.sky, making.seed)
        true = power_of(plant, plant.meter, load, [], making.sky, making.seed)
        pairs = _pairs(plant.meter.production, plant.meter.treatment, meant, true)
        codes = np.stack([_meter_codes(rows, axis, point, hours, *pair) for point, pair in pairs.items()])
        done.add(POWER_READINGS.name, codes)
        done.note(POWER_READINGS.name, code, codes, list(pairs), axis.to_list())


def _pairs(production: str, treatment: str, meant: Power, true: Power) -> dict[str, tuple[FloatArray, FloatArray]]:
    return {
        production: (meant.production, true.production),
        treatment: (meant.treatment, true.treatment),
    }


def _meter_codes(
    rows: pl.DataFrame, axis: pl.Series, point: str, hours: slice, meant: FloatArray, true: FloatArray
) -> NDArray[np.int8]:
    """Say of each hour of one meter why it is not the truth: meters are exact."""
    came = laid(rows.filter(pl.col("point") == point), axis, "period_start", ("value", "late"))
    there = numbers(came["value"])
    codes = np.where(near(there, true[hours], _METER), CODE[SAME], CODE[FRAUD])
    codes = np.where(came["late"].fill_null(value=False).to_numpy(), CODE[LATE], codes)
    return np.where(equal_cells(meant[hours], there), codes, CODE[UNEXPLAINED])


def _by_subject(incidents: Iterable[Incident]) -> dict[str, list[Incident]]:
    found: dict[str, list[Incident]] = {}
    for each in incidents:
        found.setdefault(each.subject, []).append(each)
    return found


def _causes(wrong: Iterable[Incident], making: Making, hours: slice) -> NDArray[np.int8]:
    """Return why what a stack sends is not the truth, hour by hour; `SAME` where there is no cause."""
    found = np.full(hours.stop - hours.start, CODE[SAME])
    for each in wrong:
        if each.kind in {"fraud", "fault"} and each.pattern not in {*_WITHHELD, "clock"}:
            found[each.hours(making.sky)[hours]] = CODE[FRAUD if each.kind == "fraud" else FAULT]
    return found
