"""Run many boxes through a day, each with its own share of precursors (批量运行)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lantian.rules.voc_records import OzoneChemistry
from lantian.science.boxmodel.day import Day
from lantian.science.boxmodel.mechanism import air_density, photolysis
from lantian.science.boxmodel.solver import Boxes
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Course:
    """What became of the boxes, at the end of each hour (模拟结果)."""

    day: Day
    chemistry: OzoneChemistry
    mixing: FloatArray
    """Shape (hours, boxes, species of the mechanism). [nmol mol-1]"""
    light: Mapping[str, FloatArray]
    """Photolysis rates of the last step of each hour, shape (hours,). [s-1]"""

    def of(self, species: str) -> FloatArray:
        """Mixing ratio of one species, shape (hours, boxes). [nmol mol-1]"""
        return np.asarray(self.mixing[:, :, self.chemistry.species.index(species)])


def run(
    day: Day,
    chemistry: OzoneChemistry,
    shares: Mapping[str, FloatArray] | None = None,
    *,
    steps: int = 1,
    days_before: int = 0,
) -> Course:
    """Run the box model through a day, all boxes in one state (盒模型).

    Parameters
    ----------
    day : Day
        Weather, light and measured mixing ratios.
    chemistry : OzoneChemistry
        Mechanism and settings.
    shares : mapping of str to array, shape (boxes,) or (hours, boxes), optional
        Species of the mechanism → share of the measurement with which each box goes; without it one box as
        measured. [1]
    steps : int
        How often an hour the light is renewed.
    days_before : int
        How often the day is gone through before it counts, so that what makes itself has time to.

    Returns
    -------
    Course
        [nmol mol-1]

    Raises
    ------
    CallerError
        If the day measured nothing of a species of `shares`.
    HouseError
        If the solver fails, or its ozone cannot be.
    """
    shares = shares or {}
    if strange := sorted(set(shares) - set(day.mixing)):
        raise CallerError("{strange} are to change, but nothing was measured of them", strange=strange)
    count = next(iter(shares.values())).shape[-1] if shares else 1
    factors = np.ones((day.hours, count, len(chemistry.species)))
    for name, each in shares.items():
        factors[:, :, chemistry.species.index(name)] = each
    outside = frozenset({"M", "H2O", *chemistry.box.always})
    boxes = Boxes(chemistry, day.held | outside, count)
    inputs = _inputs(day, chemistry)
    followed = [chemistry.species.index(name) for name in sorted(day.held | outside)]
    density = air_density(day.temperature, day.pressure)
    light = {key: rate * day.light[:, None] for key, rate in photolysis(day.elevations(steps), chemistry).items()}
    mixing = inputs[0] * factors[0]
    course = np.empty((day.hours, *mixing.shape))
    for _ in range(days_before + 1):
        for hour in range(day.hours):
            mixing[:, followed] = (inputs[hour] * factors[hour])[:, followed]
            amounts = mixing * 1e-9 * density[hour]
            for step in range(steps):
                rates = {key: float(rate[hour, step]) for key, rate in light.items()}
                weather = float(day.temperature[hour]), float(day.pressure[hour])
                amounts = boxes.step(amounts, rates, *weather, _SECONDS / steps)
            mixing = amounts * 1e9 / density[hour]
            course[hour] = mixing
    return Course(day, chemistry, course, {key: rate[:, -1] for key, rate in light.items()})


def _inputs(day: Day, chemistry: OzoneChemistry) -> FloatArray:
    """Mixing ratios that each hour begins with where a species is held, shape (hours, species). [nmol mol-1]"""
    found = np.zeros((day.hours, len(chemistry.species)))
    place = chemistry.species.index
    for name, ratio in chemistry.box.background.items():
        found[:, place(name)] = float(ratio)
    for name, values in day.mixing.items():
        found[:, place(name)] = np.nan_to_num(values)
    for name, ratio in chemistry.box.always.items():
        found[:, place(name)] = float(ratio)
    found[:, place("M")] = 1e9
    found[:, place("H2O")] = day.water
    return found
