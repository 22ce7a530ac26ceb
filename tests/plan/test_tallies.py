"""Counting by digits equals counting one by one."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, update

from lantian.ledger.models import Duty
from lantian.loop.plan.dispatch.light_case import situation_in
from lantian.loop.plan.dispatch.lights import Colour, LightWord
from lantian.loop.plan.views.duty_views import list_duty_views
from lantian.loop.plan.views.tallies import LightCells, count_lights, digits, light_cells, sums, total_of

Cells = dict[tuple[str, str], tuple[list[int], list[int]]]


def counted(small, tail: int | None = None) -> tuple[Cells, list[str]]:
    """Count the small plan, and return what was asked of the database."""
    said: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    if tail is not None:
        with small.office.ledger.write() as session:
            session.execute(update(Duty).where(Duty.id == "d6").values(tail=tail))
    event.listen(small.office.ledger.engine, "before_cursor_execute", hear)
    try:
        found = cells_on(small, small.today)
    finally:
        event.remove(small.office.ledger.engine, "before_cursor_execute", hear)
    keys = zip(found.bodies, found.measures, strict=True)
    return dict(zip(keys, zip(found.roles.tolist(), found.words.tolist(), strict=True), strict=True)), said


def cells_on(small, day: date) -> LightCells:
    with small.office.ledger.read() as session:
        at = situation_in(session, small.plan_id, day, small.office.dispatch_rule(day))
        return light_cells(session, at)


def test_both_ways_of_counting_give_the_same_cells(small) -> None:
    packed, quick = counted(small)
    plain, slow = counted(small, tail=170)
    assert packed == plain
    assert "262144" in quick[-1]
    assert "262144" not in slow[-1]


def test_cells_hold_what_a_list_of_all_duties_holds(small) -> None:
    cells, _ = counted(small)
    everything = list_duty_views(small.office, today=small.today)
    for (body, measure), (_, words) in cells.items():
        views = [v for v in everything if (v.duty.organisation_id, v.duty.measure_id) == (body, measure)]
        assert tuple(words) == count_lights(view.light.word for view in views).by_word
    assert sum(sum(roles) for roles, _ in cells.values()) == len(everything)


def test_a_plan_without_duties_counts_nothing(small) -> None:
    with small.office.ledger.read() as session:
        at = situation_in(session, "nothing", small.today, small.office.dispatch_rule(small.today))
        cells = light_cells(session, at)
    assert len(cells) == 0
    assert total_of(cells).total == 0
    assert sums(cells, cells.bodies) == {}


@given(st.lists(st.lists(st.integers(0, 63), min_size=10, max_size=10), min_size=1, max_size=5))
def test_digits_give_back_the_counts_that_made_the_sums(cells) -> None:
    totals = [sum(count << (6 * place) for place, count in enumerate(counts)) for counts in cells]
    assert digits(totals, 6, 10).tolist() == cells


@given(st.lists(st.integers(0, 200), min_size=10, max_size=10))
def test_a_digit_that_ran_over_is_seen_by_the_sum_of_digits(counts) -> None:
    found = digits([sum(count << (6 * place) for place, count in enumerate(counts))], 6, 10)
    assert (found.sum() == sum(counts)) == all(count < 64 for count in counts[:-1])


def test_counts_add_up_by_any_key() -> None:
    words = [count_lights(found).by_word for found in ([LightWord.DONE], [LightWord.OVERDUE, LightWord.UNDER_WAY])]
    cells = LightCells(("a", "b"), ("m", "m"), np.array([[1, 0, 0], [0, 1, 1]]), np.array(words))
    assert sums(cells, cells.measures)["m"].total == total_of(cells).total == 3
    assert sums(cells, cells.bodies)["b"].colour(Colour.RED) == 1
    assert (sums(cells, cells.bodies)["a"].done, sums(cells, cells.bodies)["b"].overdue) == (1, 1)


def test_the_day_is_an_argument(small) -> None:
    assert total_of(cells_on(small, date(2024, 10, 1))).overdue == 0
    assert total_of(cells_on(small, date(2025, 12, 1))).overdue == 2
