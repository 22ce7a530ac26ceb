"""Invented factors by which a place of a simulated city is cleaner or dirtier than the city (模拟系数)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from lantian.city import City, Limits
from lantian.city.files import rows_of
from lantian.city.rows import Code, Row
from lantian.terms.errors import CallerError

FILE = "twin.csv"

_Factor = Annotated[
    float, Field(gt=0, le=5, allow_inf_nan=False, description="a factor above 0 and up to 5, for instance 0.9")
]


class FactorRow(Row):
    """A line of ``twin.csv``."""

    place: Code
    """adcode of a county or code of a station."""
    particles: _Factor = 1.0
    gases: _Factor = 1.0
    ozone: _Factor = 1.0


@dataclass(frozen=True, slots=True)
class Factors:
    """How a station differs from the city's level [1]."""

    particles: float = 1.0
    gases: float = 1.0
    ozone: float = 1.0


def place_factors(city: City, limits: Limits | None = None) -> dict[str, Factors]:
    """Return the factors of every station: those of its county times its own.

    Parameters
    ----------
    city : City
        Its folders may hold a ``twin.csv``; a later folder's line replaces an earlier one's.
    limits : Limits, optional
        How large the file may be.

    Returns
    -------
    dict
        Station code → factors; 1 where nothing is written.

    Raises
    ------
    CallerError
        If the file is at fault or names an unknown place.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> place_factors(load_city("changzhi"))["1727A"]
    Factors(particles=1.0, gases=1.0, ozone=1.0)
    """
    known = {row.adcode for row in city.counties} | {row.code for row in city.stations}
    written: dict[str, FactorRow] = {}
    for folder in city.folders:
        path = Path(folder) / FILE
        if not path.is_file():
            continue
        for line, row in rows_of(path, FactorRow, limits or Limits()):
            if row.place not in known:
                raise CallerError(
                    "{path}, line {line}, column place: {place!r} is no county and no station of this city",
                    path=path,
                    line=line,
                    place=row.place,
                )
            written[row.place] = row
    default = Factors()
    found: dict[str, Factors] = {}
    for station in city.stations:
        county = written.get(station.county, default)
        own = written.get(station.code, default)
        found[station.code] = Factors(
            county.particles * own.particles, county.gases * own.gases, county.ozone * own.ozone
        )
    return found
