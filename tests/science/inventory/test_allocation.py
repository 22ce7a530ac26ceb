import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from lantian.city.loader import load_city
from lantian.city.outlines import county_outlines
from lantian.science.inventory.allocation import (
    OUTSIDE,
    Allocator,
    Grid,
    Surrogates,
    grid_over,
    gridded,
    outside_county,
)
from lantian.science.inventory.records import Source
from lantian.terms.errors import CallerError

SQUARE = shapely.box(113.0, 36.0, 113.4, 36.3)
OUTLINES = {"1": SQUARE, "2": shapely.box(113.4, 36.0, 113.6, 36.3)}


@pytest.fixture(scope="module")
def grid() -> Grid:
    return grid_over(OUTLINES.values(), 3000.0)


def source(kind="area", county="1", **given) -> Source:
    return Source("S", "S", county, kind, **given)


def test_grid_covers_what_it_was_laid_over_and_its_cells_are_equal(grid):
    spread = Allocator(grid, OUTLINES).spread(source())
    assert OUTSIDE not in spread.cells
    boxes = shapely.box(*grid.corners().T)
    assert np.ptp(shapely.area(boxes)) < 1e-3


def test_projection_keeps_areas(grid):
    lower, upper = shapely.box(113.0, 36.0, 113.1, 36.1), shapely.box(113.5, 36.2, 113.6, 36.3)
    from pyproj import Geod

    geod = Geod(ellps="GRS80")
    for shape in (lower, upper):
        dense = shapely.segmentize(shape, 0.001)
        true = abs(geod.geometry_area_perimeter(dense)[0])
        assert shapely.transform(dense, grid.project).area == pytest.approx(true, rel=1e-6)


def test_place_comes_back_from_the_plane(grid):
    places = np.array([[113.2, 36.1], [113.55, 36.25]])
    assert grid.unproject(grid.project(places)) == pytest.approx(places, abs=1e-7)  # a centimetre


def test_point_lies_in_one_cell_and_its_middle_is_near(grid):
    spread = Allocator(grid, OUTLINES).spread(source("point", longitude=113.21, latitude=36.11))
    assert spread.shares.tolist() == [1.0]
    assert grid.centres()[spread.cells[0]] == pytest.approx([113.21, 36.11], abs=0.025)
    assert spread.by == "point"


def test_point_outside_the_grid_is_counted_outside(grid):
    spread = Allocator(grid, OUTLINES).spread(source("point", longitude=115.0, latitude=36.1))
    assert spread.cells.tolist() == [OUTSIDE]


def test_county_without_anything_better_is_even_over_its_surface(grid):
    spread = Allocator(grid, OUTLINES).spread(source())
    assert spread.by == "county"
    whole = shapely.transform(shapely.segmentize(SQUARE, 0.01), grid.project).area
    assert spread.shares.max() == pytest.approx(3000.0**2 / whole, rel=1e-9)
    assert spread.shares.sum() == pytest.approx(1.0, abs=1e-12)


def test_city_s_points_go_before_the_surface_and_only_the_county_s_own_count(grid):
    points = Surrogates(
        "population", np.array([113.1, 113.3, 113.5]), np.array([36.1, 36.2, 36.1]), np.array([1.0, 3.0, 99.0]),
        ["1", "1", "2"],
    )  # fmt: skip
    allocator = Allocator(grid, OUTLINES, [points])
    spread = allocator.spread(source(), ("road", "population"))
    assert spread.by == "population"
    assert sorted(spread.shares) == [0.25, 0.75]
    assert allocator.spread(source(), ("road",)).by == "county"


def test_line_is_cut_by_length_and_area_by_surface(grid):
    line = Allocator(grid, OUTLINES).spread(source("line", geometry="LINESTRING (113.1 36.1, 113.3 36.1)"))
    assert line.by == "line"
    assert line.shares.sum() == pytest.approx(1.0, abs=1e-12)
    assert len(line.cells) in range(6, 9)
    area = Allocator(grid, OUTLINES).spread(
        source(geometry="POLYGON ((113.1 36.1, 113.2 36.1, 113.2 36.2, 113.1 36.1))")
    )
    assert area.by == "area"


def test_part_of_a_line_beyond_the_grid_is_counted_outside(grid):
    spread = Allocator(grid, OUTLINES).spread(source("line", geometry="LINESTRING (113.5 36.1, 113.8 36.1)"))
    share = dict(zip(spread.cells.tolist(), spread.shares.tolist(), strict=True))
    assert 0.5 < share[OUTSIDE] < 0.75


def test_line_along_the_edge_of_cells_keeps_its_length(grid):
    x = grid.west + 3 * grid.cell
    ends = grid.unproject(np.array([[x, grid.south + 3000.0], [x, grid.south + 9000.0]]))
    spread = Allocator(grid, OUTLINES).spread(source("line", geometry=shapely.LineString(ends).wkt))
    assert spread.shares.sum() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("geometry", ["LINESTRING (113 36)", "no wkt", "POINT (113 36)",
                                      "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))"])  # fmt: skip
def test_geometry_that_is_none_is_refused(grid, geometry):
    with pytest.raises(CallerError, match="geometry of S"):
        Allocator(grid, OUTLINES).spread(source("line", geometry=geometry))


def test_source_of_which_nobody_knows_where_it_lies_is_refused(grid):
    with pytest.raises(CallerError, match="Nobody knows where S lies"):
        Allocator(grid, OUTLINES).spread(source(county="9"))


@given(st.lists(st.tuples(st.sampled_from(["1", "2"]), st.floats(112.5, 114.0), st.floats(35.5, 36.8),
                          st.floats(0, 1e6)), min_size=1, max_size=20))  # fmt: skip
def test_mass_is_conserved(places):
    grid = grid_over(OUTLINES.values(), 5000.0)
    allocator = Allocator(grid, OUTLINES)
    sources = [source("point", longitude=x, latitude=y) for _, x, y, _ in places]
    sources += [source(county=county) for county, *_ in places]
    amounts = np.array([[amount, 2 * amount] for *_, amount in places] * 2)
    cells, outside = gridded([allocator.spread(each) for each in sources], amounts, grid)
    assert cells.sum(axis=(1, 2)) + outside == pytest.approx(amounts.sum(axis=0), rel=1e-9)


def test_grid_that_would_be_too_fine_is_refused():
    with pytest.raises(CallerError, match="larger cells"):
        grid_over(OUTLINES.values(), 5.0)
    with pytest.raises(CallerError, match="outlines"):
        grid_over([], 1000.0)


def test_points_in_another_county_than_they_are_counted_in_are_found():
    sources = [source("point", longitude=113.5, latitude=36.1), source("point", longitude=113.1, latitude=36.1)]
    [finding] = outside_county(sources, OUTLINES)
    assert finding.evidence == {"county": "1", "lies": "2"}


def test_counties_of_the_first_city_are_covered_whole():
    outlines = county_outlines(load_city("changzhi"))
    grid = grid_over(outlines.values(), 5000.0)
    allocator = Allocator(grid, outlines)
    for county in outlines:
        spread = allocator.spread(source(county=county))
        assert OUTSIDE not in spread.cells
        assert spread.shares.sum() == pytest.approx(1.0, abs=1e-12)
