"""The matrix: letters for roles, the worst light, bodies that lead first."""

import numpy as np

from lantian.loop.plan.dispatch.lights import Colour, LightWord
from lantian.loop.plan.views.matrix import WORST_FIRST, matrix_cells, show_matrix
from lantian.loop.plan.views.tallies import LightCells, count_lights


def test_each_body_has_a_letter_where_it_has_a_duty_and_nothing_elsewhere(small) -> None:
    seen = show_matrix(small.office, today=small.today)
    letters = {key: cell.letters(chinese=True) for key, cell in seen.cells.items()}
    assert letters == {
        ("dep-a", "m1"): "牵", ("gov-x", "m1"): "落", ("gov-y", "m1"): "落", ("dep-a", "m2"): "牵",
        ("gov-y", "m2"): "落", ("dep-b", "m3"): "牵", ("dep-a", "m3"): "配",
    }  # fmt: skip
    assert seen.cells["gov-x", "m1"].colour is Colour.RED
    assert seen.cells["dep-a", "m1"].word is LightWord.DONE


def test_departments_that_lead_most_come_first_and_counties_last(small) -> None:
    assert [row.id for row in show_matrix(small.office, today=small.today).bodies] == [
        "dep-a", "dep-b", "gov-x", "gov-y",
    ]  # fmt: skip


def test_sums_at_the_edges_are_the_sums_of_the_cells(small) -> None:
    seen = show_matrix(small.office, today=small.today)
    for body, counts in seen.of_body.items():
        assert counts.total == sum(cell.counts.total for (key, _), cell in seen.cells.items() if key == body)
    for measure, counts in seen.of_measure.items():
        assert counts.total == sum(cell.counts.total for (_, key), cell in seen.cells.items() if key == measure)
    assert sum(counts.total for counts in seen.of_body.values()) == 7


def test_a_cell_of_several_duties_shows_the_worst_light_and_all_its_roles() -> None:
    words = count_lights([LightWord.DONE] * 3 + [LightWord.DUE_SOON] * 2 + [LightWord.UNDER_WAY]).by_word
    cells = matrix_cells(LightCells(("a",), ("m",), np.array([[3, 0, 3]]), np.array([words])))
    cell = cells["a", "m"]
    assert (cell.letters(chinese=True), cell.letters(chinese=False), cell.word) == (
        "牵落",
        "LI",
        LightWord.DUE_SOON,
    )
    assert cell.counts.total == 6


def test_every_light_has_its_place_among_the_worst() -> None:
    assert sorted(WORST_FIRST) == sorted(LightWord)
