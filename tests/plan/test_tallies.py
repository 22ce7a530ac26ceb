"""Counting by digits equals counting one by one."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, update

from lantian.ledger.models import Duty
from lantian.loop.plan.duty_views import list_duty_views
from lantian.loop.plan.lights import Colour, LightWord
from lantian.loop.plan.tallies import Counts, LightCell, count_lights, digits, light_cells, sums
from lantian.rules import DispatchRule

BODIES = ["dep-a", "dep-b", "gov-x", "gov-y"]


def counted(small, tail: int | None = None) -> tuple[dict[tuple[str, str], LightCell], list[str]]:
    """Count the small plan, and return what was asked of the database."""
    said: list[str] = []

    def hear(_connection, _cursor, statement, *_rest) -> None:
        said.append(statement)

    rule = small.office.rulebook.edition(DispatchRule, "dispatch", small.today)
    if tail is not None:
        with small.office.ledger.write() as session:
            session.execute(update(Duty).where(Duty.id == "d6").values(tail=tail))
    event.listen(small.office.ledger.engine, "before_cursor_execute", hear)
    try:
        with small.office.ledger.read() as session:
            cells = light_cells(session, small.plan_id, small.today, rule, BODIES)
    finally:
        event.remove(small.office.ledger.engine, "before_cursor_execute", hear)
    return {(cell.organisation_id, cell.measure_id): cell for cell in cells}, said


def test_both_ways_of_counting_give_the_same_cells(small) -> None:
    packed, quick = counted(small)
    plain, slow = counted(small, tail=170)
    assert packed == plain
    assert "262144" in quick[-1]
    assert "262144" not in slow[-1]


def test_cells_hold_what_a_list_of_all_duties_holds(small) -> None:
    cells, _ = counted(small)
    everything = list_duty_views(small.office, today=small.today)
    for (body, measure), cell in cells.items():
        views = [v for v in everything if (v.duty.organisation_id, v.duty.measure_id) == (body, measure)]
        assert Counts(cell.words) == count_lights(view.light.word for view in views)
    assert sum(sum(cell.roles) for cell in cells.values()) == len(everything)


@given(st.lists(st.integers(0, 63), min_size=10, max_size=10))
def test_digits_give_back_the_counts_that_made_the_sum(counts) -> None:
    assert digits(sum(count << (6 * place) for place, count in enumerate(counts)), 6, 10) == tuple(counts)


@given(st.lists(st.integers(0, 200), min_size=10, max_size=10))
def test_a_digit_that_ran_over_is_seen_by_the_sum_of_digits(counts) -> None:
    found = digits(sum(count << (6 * place) for place, count in enumerate(counts)), 6, 10)
    assert (sum(found) == sum(counts)) is all(count < 64 for count in counts[:-1])


def test_counts_add_up_by_any_key() -> None:
    one = LightCell("a", "m", (1, 0, 0), count_lights([LightWord.DONE]).by_word)
    two = LightCell("b", "m", (0, 1, 1), count_lights([LightWord.OVERDUE, LightWord.UNDER_WAY]).by_word)
    assert sums([one, two], lambda cell: cell.measure_id)["m"].total == 3
    assert sums([one, two], lambda cell: cell.organisation_id)["b"].colour(Colour.RED) == 1
    assert sums([], lambda cell: cell.measure_id) == {}


def test_the_day_is_an_argument(small) -> None:
    rule = small.office.rulebook.edition(DispatchRule, "dispatch", small.today)
    with small.office.ledger.read() as session:
        early = sums(light_cells(session, "plan", date(2024, 10, 1), rule, BODIES), lambda _: 0)[0]
        late = sums(light_cells(session, "plan", date(2025, 12, 1), rule, BODIES), lambda _: 0)[0]
    assert (early.overdue, late.overdue) == (0, 2)
