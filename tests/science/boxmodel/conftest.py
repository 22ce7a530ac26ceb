from collections.abc import Callable

import numpy as np
import pytest

from lantian.rules import Rulebook
from lantian.rules.voc_records import OzoneChemistry
from lantian.science.boxmodel import Day
from lantian.science.weather import water_vapour

VOC = {
    "PAR": 40.0, "ETHA": 4.0, "ETH": 3.0, "OLE": 1.0, "IOLE": 0.3, "TOL": 2.0, "XYL": 1.5, "FORM": 4.0,
    "ALD2": 2.0, "ALDX": 0.5, "MEOH": 5.0, "TERP": 0.05, "MGLY": 0.1,
}  # fmt: skip
"""A morning of a city in June. [nmol mol-1]"""


@pytest.fixture(scope="session")
def cb05() -> OzoneChemistry:
    found = Rulebook.packaged().by_id("cb05")
    assert isinstance(found, OzoneChemistry)
    return found


@pytest.fixture(scope="session")
def made_day() -> Callable[..., Day]:
    """Make a summer day of Changzhi; `nox` scales its nitrogen oxides."""

    def make(
        held: tuple[str, ...] = (), *, start: str = "2025-06-20T16:00", hours: int = 24, nox: float = 1.0
    ) -> Day:
        at = np.arange(hours)
        wave, one = np.sin((at - 9) / 24 * 2 * np.pi), np.ones(hours)
        temperature, pressure = 298 + 5 * wave, 950 * one
        mixing = {name: value * (1.2 - 0.4 * wave) for name, value in VOC.items()}
        mixing["ISOP"] = 0.6 * np.clip(np.sin((at - 6) / 12 * np.pi), 0, None) + 0.02
        mixing["NO2"] = nox * 15 * (1.1 - 0.6 * wave)
        mixing["NO"] = 0.2 * mixing["NO2"]
        mixing |= {"CO": 500 * one, "SO2": 3 * one, "O3": 30 * one}
        water = water_vapour(55 * one, temperature - 273.15, pressure)
        return Day(
            np.datetime64(start), 113.1, 36.2, temperature, pressure, water, one, mixing,
            frozenset(set(mixing) - {"O3", "NO"} if held == ("observed",) else held),
        )  # fmt: skip

    return make
