"""What would ozone be with other amounts of VOC and NOx (EKMA曲面)?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from lantian.rules.voc_records import OzoneChemistry
from lantian.science.boxmodel.day import Day
from lantian.science.boxmodel.running import run
from lantian.terms.errors import CallerError
from lantian.terms.types import FloatArray

_RUNNING = 8


@dataclass(frozen=True)
class Surface:
    """Greatest ozone of the day over shares of today's VOC and NOx (EKMA)."""

    voc: FloatArray
    """Share of today's VOC, rising. [1]"""
    nox: FloatArray
    """Share of today's NOx, rising. [1]"""
    peak: FloatArray
    """Greatest hour, shape (voc, nox). [nmol mol-1]"""
    mda8: FloatArray
    """Greatest mean of eight hours, of the same shape. [nmol mol-1]"""

    @cached_property
    def _at(self) -> RegularGridInterpolator:
        return RegularGridInterpolator((self.voc, self.nox), self.mda8, method="linear")

    def at(self, voc: FloatArray | float, nox: FloatArray | float) -> FloatArray:
        """Greatest eight-hour ozone at shares of today's precursors. [nmol mol-1]"""
        places = np.stack(np.broadcast_arrays(voc, nox), axis=-1)
        return np.asarray(self._at(places), dtype=np.float64).reshape(places.shape[:-1])

    @property
    def today(self) -> float:
        """Greatest eight-hour ozone as measured precursors make it. [nmol mol-1]"""
        return float(self.at(1.0, 1.0))

    @property
    def ridge(self) -> FloatArray:
        """Ridge line: where less and more NOx both make less ozone, shape (points, 2) as shares of VOC and NOx.

        Left of it (less NOx) ozone is limited by NOx, right of it by VOC. VOC for which the greatest ozone lies at
        the rim of the surface have no point. A parabola through the three greatest values sets the point.
        """
        points = []
        for voc, row in zip(self.voc, self.mda8, strict=True):
            top = int(row.argmax())
            if 0 < top < len(row) - 1:
                x, y = self.nox[top - 1 : top + 2], row[top - 1 : top + 2]
                curve = np.polyfit(x, y, 2)
                points.append((voc, float(np.clip(-curve[1] / (2 * curve[0]), x[0], x[2]))))
        return np.array(points, dtype=np.float64).reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class Path:
    """Ozone on the way of one rule of reduction (减排路径)."""

    voc: float
    """VOC that go for each part of NOx … [1]"""
    nox: float
    """… that goes. [1]"""
    cut: FloatArray
    """Cut of the one that goes faster, rising from none. [1]"""
    mda8: FloatArray
    """Greatest eight-hour ozone. [nmol mol-1]"""

    @property
    def worst(self) -> float:
        """How far ozone rises above today's on the way, at most. [nmol mol-1]"""
        return float(max(self.mda8.max() - self.mda8[0], 0.0))

    def cut_for(self, target: float) -> float | None:
        """Cut from which on ozone stays at or below a target; None where the path never gets there. [1]"""
        above = np.flatnonzero(self.mda8 > target)
        if len(above) == 0:
            return 0.0
        last = int(above[-1])
        if last == len(self.cut) - 1:
            return None
        pair = slice(last, last + 2)
        return float(np.interp(-target, -self.mda8[pair], self.cut[pair]))


def surface(
    day: Day, chemistry: OzoneChemistry, *, points: int = 21, most: float = 2.0, steps: int = 2
) -> Surface:
    """Run a day with other amounts of VOC and NOx, each from almost none to a multiple (EKMA曲面).

    Parameters
    ----------
    day : Day
        Observations. Species that are held follow the measurement, scaled; others begin with it, scaled. Ozone
        must not be held.
    chemistry : OzoneChemistry
        Mechanism and settings; the VOC that change are those that a city can cut.
    points : int
        Of each axis.
    most : float
        Greatest share of today's precursors. [1]
    steps : int
        How often an hour the light is renewed.

    Returns
    -------
    Surface
        [nmol mol-1]

    Raises
    ------
    CallerError
        If ozone is held, or neither VOC nor NOx was measured.
    """
    voc = [name for name in chemistry.regime.voc if name in day.mixing]
    nox = [name for name in chemistry.regime.groups["nox"] if name in day.mixing]
    if "O3" in day.held or not voc or not nox:
        raise CallerError(
            "a surface of ozone needs VOC (there: {voc}), NOx (there: {nox}) and free ozone; leave O3 out of what "
            "is held",
            voc=voc,
            nox=nox,
        )
    axis = np.linspace(most / (2 * (points - 1)), most, points)
    of_voc, of_nox = (each.ravel() for each in np.meshgrid(axis, axis, indexing="ij"))
    shares = dict.fromkeys(voc, of_voc) | dict.fromkeys(nox, of_nox)
    ozone = run(day, chemistry, shares, steps=steps).of("O3")
    shape = (points, points)
    return Surface(axis, axis, ozone.max(axis=0).reshape(shape), _running_mean(ozone).max(axis=0).reshape(shape))


def paths(
    found: Surface, ratios: Sequence[tuple[float, float]], *, most: float = 0.8, points: int = 41
) -> list[Path]:
    """Follow rules of reduction down the surface (减排路径).

    Parameters
    ----------
    found : Surface
        The surface.
    ratios : sequence of (float, float)
        Parts of VOC and of NOx that go together: (1, 0) VOC alone, (2, 1) twice as much VOC as NOx. [1]
    most : float
        Greatest cut of the one that goes faster. [1]
    points : int
        Of each path.

    Returns
    -------
    list of Path
        One for each ratio.
    """
    cut = np.linspace(0.0, most, points)
    made = []
    for voc, nox in ratios:
        fastest = max(voc, nox)
        ozone = found.at(1 - cut * voc / fastest, 1 - cut * nox / fastest)
        made.append(Path(float(voc), float(nox), cut, ozone))
    return made


def _running_mean(ozone: FloatArray) -> FloatArray:
    """Means of eight hours in a row, shape (hours - 7, boxes); of shorter days the mean of all."""
    width = min(_RUNNING, len(ozone))
    summed = np.cumsum(np.vstack([np.zeros(ozone.shape[1]), ozone]), axis=0)
    return np.asarray((summed[width:] - summed[:-width]) / width)
