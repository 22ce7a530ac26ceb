"""Where does an inventory lie: every tonne on a grid of equal areas, none lost (空间分配).

A point lies where it stands; a line or an area by the part of its length or surface in each cell; what is known
only of a county by the points that the city gives for its kind (people, road, cropland), else evenly over it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from lantian.science.inventory.records import Source
from lantian.terms.errors import CallerError
from lantian.terms.findings import Finding
from lantian.terms.types import FloatArray
from lantian.terms.words import mark

OUTSIDE = -1
"""Cell of what lies outside the grid."""
_MOST_CELLS = 4_000_000
_EDGE = 0.01
"""Longest step of a line between two corners before it is projected. [deg]"""

Cells = NDArray[np.int64]


@dataclass(frozen=True)
class Grid:
    """Cells of one size in an equal-area projection about a place (Lambert azimuthal, GRS80)."""

    longitude: float
    """Of the centre of the projection. [deg]"""
    latitude: float
    """[deg]"""
    west: float
    """Of the first column, from the centre of the projection. [m]"""
    south: float
    """Of the first row. [m]"""
    cell: float
    """Length of a cell's side. [m]"""
    columns: int
    rows: int

    @property
    def count(self) -> int:
        """Number of cells; cell ``row * columns + column``, rows from the south."""
        return self.columns * self.rows

    @cached_property
    def crs(self) -> CRS:
        """The projection. [m]"""
        return CRS.from_dict(
            {"proj": "laea", "lat_0": self.latitude, "lon_0": self.longitude, "ellps": "GRS80", "units": "m"}
        )

    @cached_property
    def _there(self) -> Transformer:
        return Transformer.from_crs(CRS.from_epsg(4490), self.crs, always_xy=True)

    def project(self, points: FloatArray) -> FloatArray:
        """Bring places, shape (n, 2) of longitude and latitude [deg], into the plane of the grid. [m]"""
        east, north = self._there.transform(points[:, 0], points[:, 1])
        return np.column_stack([east, north])

    def unproject(self, points: FloatArray) -> FloatArray:
        """Bring places of the plane back to longitude and latitude. [deg]"""
        east, north = self._there.transform(points[:, 0], points[:, 1], direction="INVERSE")
        return np.column_stack([east, north])

    def cells_of(self, points: FloatArray) -> Cells:
        """Cell of each projected place, shape (n, 2) [m]; `OUTSIDE` where it has none."""
        place = np.floor((points - (self.west, self.south)) / self.cell)
        inside = (place >= 0).all(axis=1) & (place[:, 0] < self.columns) & (place[:, 1] < self.rows)
        number = place[:, 1] * self.columns + place[:, 0]
        return np.where(inside, number, OUTSIDE).astype(np.int64)

    def corners(self) -> FloatArray:
        """South-west and north-east corner of each cell, shape (count, 4). [m]"""
        column, row = np.arange(self.count) % self.columns, np.arange(self.count) // self.columns
        west, south = self.west + column * self.cell, self.south + row * self.cell
        return np.column_stack([west, south, west + self.cell, south + self.cell])

    def centres(self) -> FloatArray:
        """Longitude and latitude of each cell's middle, shape (count, 2). [deg]"""
        box = self.corners()
        return self.unproject((box[:, :2] + box[:, 2:]) / 2)


def grid_over(outlines: Iterable[BaseGeometry], cell: float) -> Grid:
    """Lay a grid over places, its edges on whole multiples of the cell about their middle.

    Parameters
    ----------
    outlines : iterable of geometry
        In EPSG:4490. [deg]
    cell : float
        Length of a cell's side. [m]

    Returns
    -------
    Grid
        Covers all of them.

    Raises
    ------
    CallerError
        Nothing to cover, a cell without size, or more than four million cells.
    """
    shapes = [shape for shape in outlines if not shape.is_empty]
    if not shapes or not cell > 0:
        raise CallerError("A grid needs outlines to lie over and a cell of some metres, not {cell}.", cell=cell)
    west, south, east, north = shapely.total_bounds(shapes)
    middle = round(float(west + east) / 2, 4), round(float(south + north) / 2, 4)
    plain = Grid(*middle, 0.0, 0.0, cell, 1, 1)
    left, low, right, high = shapely.total_bounds([_projected(shape, plain) for shape in shapes])
    first = np.floor(np.array([left, low]) / cell)
    columns, rows = (np.ceil(np.array([right, high]) / cell) - first).astype(int)
    if columns * rows > _MOST_CELLS:
        raise CallerError(
            "Cells of {cell} m make a grid of {columns} × {rows}, more than {most} cells. Choose larger cells.",
            cell=cell, columns=int(columns), rows=int(rows), most=_MOST_CELLS,
        )  # fmt: skip
    return Grid(
        plain.longitude,
        plain.latitude,
        float(first[0] * cell),
        float(first[1] * cell),
        cell,
        int(columns),
        int(rows),
    )


@dataclass(frozen=True, slots=True)
class Surrogates:
    """Weighted points of one kind (空间代用数据): people, metres of road, hectares of crops."""

    kind: str
    longitude: FloatArray
    """[deg], EPSG:4490"""
    latitude: FloatArray
    """[deg]"""
    weight: FloatArray
    county: Sequence[str]
    """adcode of each point."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Which part of a source lies in which cell; the parts add up to one."""

    cells: Cells
    """`OUTSIDE` for what the grid does not cover."""
    shares: FloatArray
    """[1]"""
    by: str
    """``point``, ``line``, ``area``, kind of the surrogate, or ``county`` where nothing better is known."""


class Allocator:
    """Spreads sources over one grid; what is the same for many sources of a county is computed once.

    Parameters
    ----------
    grid : Grid
        Where to.
    outlines : mapping
        adcode → outline of the county in EPSG:4490. [deg]
    surrogates : iterable of Surrogates
        Points by which area sources are spread.
    """

    def __init__(
        self, grid: Grid, outlines: Mapping[str, BaseGeometry], surrogates: Iterable[Surrogates] = ()
    ) -> None:
        self.grid = grid
        self._outlines = outlines
        self._surrogates = {points.kind: points for points in surrogates}
        self._known: dict[tuple[str, str], Spread | None] = {}
        self._cells: tuple[shapely.STRtree, NDArray[Any]] | None = None

    def spread(self, source: Source, kinds: Sequence[str] = ()) -> Spread:
        """Return where a source lies.

        Parameters
        ----------
        source : Source
            With coordinates, geometry, or at least a county.
        kinds : sequence of str
            Surrogates for its category, the best first.

        Raises
        ------
        CallerError
            Neither place nor outline of its county is known, or its geometry cannot be read.
        """
        if source.geometry:
            return self._of_geometry(source)
        if source.kind == "point" and source.longitude is not None and source.latitude is not None:
            place = self.grid.project(np.array([[source.longitude, source.latitude]]))
            return Spread(self.grid.cells_of(place), np.ones(1), "point")
        for kind in (*kinds, ""):
            found = self._of_county(source.county, kind)
            if found is not None:
                return found
        raise CallerError(
            "Nobody knows where {source} lies: it has no coordinates, and county {county!r} has no outline. "
            "Give one of the two.",
            source=source.id, county=source.county,
        )  # fmt: skip

    def _of_geometry(self, source: Source) -> Spread:
        try:
            shape = shapely.from_wkt(source.geometry)
        except ShapelyError as fault:
            raise CallerError(
                "The geometry of {source} is no WKT ({fault}). Write it as LINESTRING (113.1 36.2, 113.2 36.3).",
                source=source.id, fault=fault,
            ) from fault  # fmt: skip
        projected = _projected(shape, self.grid)
        whole = projected.area or projected.length
        if shape.is_empty or not shape.is_valid or not whole > 0:
            raise CallerError(
                "The geometry of {source} has no length and no area, or crosses itself. Draw it again.",
                source=source.id,
            )
        return self._parts(projected, "area" if projected.area else "line")

    def _of_county(self, county: str, kind: str) -> Spread | None:
        if (county, kind) not in self._known:
            self._known[county, kind] = self._by_points(county, kind) if kind else self._by_outline(county)
        return self._known[county, kind]

    def _by_points(self, county: str, kind: str) -> Spread | None:
        points = self._surrogates.get(kind)
        if points is None:
            return None
        mine = np.array([code == county for code in points.county], dtype=bool)
        weight = points.weight[mine]
        if not weight.sum() > 0:
            return None
        places = self.grid.project(np.column_stack([points.longitude[mine], points.latitude[mine]]))
        return _gathered(self.grid.cells_of(places), weight, kind)

    def _by_outline(self, county: str) -> Spread | None:
        outline = self._outlines.get(county)
        return None if outline is None else self._parts(_projected(outline, self.grid), "county")

    def _parts(self, shape: BaseGeometry, by: str) -> Spread:
        """Cut a projected shape by the cells; what lies outside them is a part too."""
        if self._cells is None:
            boxes = shapely.box(*self.grid.corners().T)
            self._cells = (shapely.STRtree(boxes), boxes)
        tree, boxes = self._cells
        shapely.prepare(shape)
        near = np.sort(tree.query(shape, predicate="intersects"))
        cut = shapely.intersection(boxes[near], shape)
        size = shapely.area(cut) if shape.area else shapely.length(cut)
        whole = shape.area or shape.length
        if not shape.area:  # a line along the edge of two cells lies in both: each has half of it
            size *= min(1.0, whole / size.sum()) if size.sum() > 0 else 1.0
        rest = whole - size.sum()
        cells = near.astype(np.int64)
        if rest > whole * 1e-9:
            cells, size = np.append(cells, OUTSIDE), np.append(size, rest)
        return _gathered(cells, size, by)


def _gathered(cells: Cells, weight: FloatArray, by: str) -> Spread:
    """Add up what falls into one cell, and make the parts add up to one."""
    unique, place = np.unique(cells, return_inverse=True)
    total = np.bincount(place, weights=weight)
    kept = total > 0
    return Spread(unique[kept], total[kept] / total.sum(), by)


def _projected(shape: BaseGeometry, grid: Grid) -> BaseGeometry:
    """Project a shape, its long edges bent as the projection bends them."""
    return shapely.transform(shapely.segmentize(shapely.force_2d(shape), _EDGE), grid.project)


def gridded(spreads: Sequence[Spread], amounts: FloatArray, grid: Grid) -> tuple[FloatArray, FloatArray]:
    """Put amounts of sources on the grid.

    Parameters
    ----------
    spreads : sequence of Spread
        One for each source.
    amounts : array, shape (n_sources, n_pollutants)
        Emissions of each source. [t]
    grid : Grid
        Where to.

    Returns
    -------
    cells : array, shape (n_pollutants, rows, columns)
        Emissions of each cell, rows from the south. [t]
    outside : array, shape (n_pollutants,)
        Emissions of what the grid does not cover; cells and outside add up to the amounts. [t]
    """
    field = np.zeros((grid.count + 1, amounts.shape[1]))
    for spread, amount in zip(spreads, amounts, strict=True):
        np.add.at(field, spread.cells, spread.shares[:, None] * amount)  # OUTSIDE is the last
    inside = field[:-1].T.reshape(amounts.shape[1], grid.rows, grid.columns)
    return np.ascontiguousarray(inside), field[-1].copy()


def outside_county(sources: Iterable[Source], outlines: Mapping[str, BaseGeometry]) -> tuple[Finding, ...]:
    """Find points that do not lie in the county that they are counted in (坐标与县区不符).

    Parameters
    ----------
    sources : iterable of Source
        Only those with coordinates are looked at.
    outlines : mapping
        adcode → outline in EPSG:4490. [deg]
    """
    found = []
    for source in sources:
        outline = outlines.get(source.county)
        if outline is None or source.longitude is None or source.latitude is None:
            continue
        if not shapely.intersects_xy(outline, source.longitude, source.latitude):
            longitude, latitude = source.longitude, source.latitude
            lies = [code for code, shape in outlines.items() if shapely.intersects_xy(shape, longitude, latitude)]
            found.append(
                Finding(
                    "county_differs",
                    source.id,
                    mark("It is counted in {county}, but its coordinates lie in {lies}."),
                    evidence={"county": source.county, "lies": ", ".join(lies) or "—"},
                    competing_explanation=mark(
                        "The outlines are coarse near a border, or the datum was not converted."
                    ),
                )
            )
    return tuple(found)
