from datetime import date

import pytest
from shapely.geometry import box

from lantian.city.outlines import county_outlines
from lantian.loop.evaluate.drawing import county_map, line_path, shade, spark

SQUARES = {
    "a": box(106.0, 38.0, 106.5, 38.5),
    "b": box(106.5, 38.0, 107.0, 38.5),
    "c": box(106.0, 38.5, 106.5, 39.0),
}


def test_map_keeps_shapes_true_at_its_middle_latitude() -> None:
    drawn = county_map(SQUARES, {"a": 1.0, "b": 2.0}, width=780.0)
    assert drawn is not None
    assert drawn.width == 780.0
    assert drawn.height == pytest.approx(
        1000.0, rel=0.01
    )  # a degree of longitude at 38.5° is 0.78 of one of latitude


def test_lowest_is_lightest_highest_is_darkest_and_missing_is_neither() -> None:
    drawn = county_map(SQUARES, {"a": 1.0, "b": 2.0})
    assert drawn is not None
    fills = {shape.code: shape.fill for shape in drawn.shapes}
    assert fills == {"a": shade(0.0), "b": shade(1.0), "c": shade(None)}
    inks = {shape.code: shape.ink for shape in drawn.shapes}
    assert inks["a"] == "#000000"
    assert inks["b"] == "#FFFFFF"


def test_equal_values_are_drawn_alike_and_no_outlines_give_no_map() -> None:
    drawn = county_map(SQUARES, dict.fromkeys(SQUARES, 3.0))
    assert drawn is not None
    assert len({shape.fill for shape in drawn.shapes}) == 1
    assert county_map({}, {}) is None


def test_labels_lie_inside_their_counties(judged) -> None:
    outlines = county_outlines(judged.city)
    drawn = county_map(outlines, {})
    assert drawn is not None
    assert {shape.code for shape in drawn.shapes} == set(outlines)
    for shape in drawn.shapes:
        assert 0 < shape.x < drawn.width
        assert 0 < shape.y < drawn.height


def test_scale_of_the_map_is_no_legal_colour(rulebook) -> None:
    legal = {row.colour for row in rulebook.categories(date(2026, 3, 1)).categories}
    assert not legal & {shade(n / 100) for n in range(101)}


def test_missing_days_break_a_line_and_are_never_zero() -> None:
    assert line_path([(0.0, 5.0), None, (2.0, 6.0), (3.0, 7.0)]) == "M0.0 5.0h0M2.0 6.0L3.0 7.0"
    drawn = spark([10.0, None, 10.0], high=20.0, width=20.0, height=10.0)
    assert drawn.path.count("M") == 2
    assert (drawn.x, drawn.y) == (20.0, 5.0)


def test_line_without_any_day_is_empty() -> None:
    assert spark([None, None], high=1.0).path == ""
    assert spark([], high=0.0).x is None
