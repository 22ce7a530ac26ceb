"""Bring coordinates of the datums that are in use here to CGCS2000 (坐标系转换)."""

from collections.abc import Callable

from lantian.terms.errors import CallerError

CGCS2000 = "EPSG:4490"
"""The house's own coordinate system (2000国家大地坐标系)."""

SAME_HERE = frozenset({CGCS2000, "EPSG:4326", "WGS-84", "CGCS2000"})
"""Datums that agree with CGCS2000 within a metre, far below the accuracy of any place kept here."""

SHIFTED = frozenset({"GCJ-02", "BD-09"})
"""Datums of Chinese web maps, 420 to 750 m off."""


def to_cgcs2000(datum: str) -> Callable[[float, float], tuple[float, float]]:
    """Return the function that brings (longitude, latitude) [deg] of a datum to EPSG:4490.

    Raises
    ------
    CallerError
        If the datum is not one of those named in `SAME_HERE` and `SHIFTED`.

    Examples
    --------
    >>> to_cgcs2000("EPSG:4490")(113.1097, 36.1542)
    (113.1097, 36.1542)
    >>> [round(degree, 4) for degree in to_cgcs2000("GCJ-02")(113.1097, 36.1542)]
    [113.103, 36.154]
    """
    if datum in SAME_HERE:
        return _unchanged
    if datum in SHIFTED:
        from fast_geocn import bd09_to_wgs84, gcj02_to_wgs84

        convert: Callable[[float, float], tuple[float, float]]
        convert = gcj02_to_wgs84 if datum == "GCJ-02" else bd09_to_wgs84
        return convert
    raise CallerError(
        "unknown datum {datum!r}: places would lie hundreds of metres off; write one of {SAME_HERE}",
        datum=datum,
        SAME_HERE=", ".join(sorted(SAME_HERE | SHIFTED)),
    )


def _unchanged(longitude: float, latitude: float) -> tuple[float, float]:
    return longitude, latitude
