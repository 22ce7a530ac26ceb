from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.inventory.difference import Change, Made, differences

OLD = Made("kiln", "1", "so2", "a.b.c.d", 100.0, 10.0, "t", 0.5)
amounts = st.just(0.0) | st.floats(1e-3, 1e6)
made = st.builds(
    Made, st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "1", "2"]), st.sampled_from(["so2", "nox"]),
    st.sampled_from(["x", "y"]), amounts, st.none() | amounts, st.just("t"), st.just(0.0) | st.floats(1e-4, 1),
)  # fmt: skip


def only(before, after) -> Change:
    [change] = differences(before, after)
    return change


def test_more_activity_alone_is_the_effect_of_activity():
    change = only([OLD], [replace(OLD, amount=120.0, activity=12.0)])
    assert (change.activity, change.factor, change.control) == pytest.approx((20.0, 0.0, 0.0))


def test_new_device_alone_is_the_effect_of_devices():
    change = only([OLD], [replace(OLD, amount=20.0, left=0.1)])
    assert (change.activity, change.factor, change.control) == pytest.approx((0.0, 0.0, -80.0))


def test_other_method_alone_is_the_effect_of_the_factor():
    change = only([OLD], [replace(OLD, amount=70.0)])
    assert (change.activity, change.factor, change.control) == pytest.approx((0.0, -30.0, 0.0))


def test_plant_that_stood_still_changed_its_activity_alone():
    change = only([replace(OLD, amount=0.0, activity=0.0)], [OLD])
    assert (change.activity, change.factor, change.control) == pytest.approx((100.0, 0.0, 0.0))


def test_new_and_closed_processes():
    assert only([], [OLD]).new == 100.0
    assert only([OLD], []).closed == -100.0


def test_pollutant_that_alone_comes_into_a_standing_process_is_a_factor():
    before, after = differences([OLD], [OLD, replace(OLD, pollutant="voc", amount=3.0)])
    assert before.difference == 0
    assert (after.factor, after.new) == (3.0, 0.0)


def test_other_category_or_unit_changes_the_factor_as_a_whole():
    change = only([OLD], [replace(OLD, amount=50.0, activity=99.0, category="a.b.c.e")])
    assert (change.activity, change.factor) == (0.0, -50.0)


def test_source_known_only_as_a_whole_is_compared_as_a_whole():
    old = [OLD, replace(OLD, process="2", amount=50.0)]
    change = only(old, [Made("kiln", "", "so2", "a.b", 120.0, None, "", 1.0)])
    assert (change.before, change.after, change.factor) == (150.0, 120.0, -30.0)


@given(st.lists(made, max_size=12), st.lists(made, max_size=12))
def test_effects_add_up_to_the_difference(before, after):
    before, after = ({(row.source, row.process, row.pollutant): row for row in each} for each in (before, after))
    changes = differences(before.values(), after.values())
    for change in changes:
        assert change.effects == pytest.approx(change.difference, rel=1e-9, abs=1e-9)
    whole = sum(row.amount for row in after.values()) - sum(row.amount for row in before.values())
    assert sum(change.effects for change in changes) == pytest.approx(whole, abs=1e-6)
