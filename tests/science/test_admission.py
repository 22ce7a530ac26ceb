"""Swap, reduction, coal and heat radius, by hand arithmetic and by geodesics of another formula."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.science.admission import (
    CoalItem,
    coal_balance,
    required_reduction,
    required_retirement,
    share_of,
    standard_coal,
    supported_capacity,
    within_heat_radius,
)
from lantian.terms.errors import CallerError

RAW, WASHED = Decimal("0.7143"), Decimal("0.9")
AMOUNTS = st.decimals(0, 10_000_000, places=3)
RATIOS = st.sampled_from([Decimal(text) for text in ("1", "1.1", "1.25", "1.5", "2")])


def test_one_hundred_at_one_and_a_half_needs_one_hundred_and_fifty():
    assert required_retirement(Decimal(100), Decimal("1.5")) == 150


def test_pieces_at_their_own_ratios_support_together_what_each_supports():
    assert supported_capacity([Decimal(150), Decimal(60)], [Decimal("1.5"), Decimal(2)]) == 130


@given(AMOUNTS, RATIOS)
def test_what_is_required_just_supports_what_is_built(built: Decimal, ratio: Decimal):
    assert supported_capacity([required_retirement(built, ratio)], [ratio]) == Fraction(built)


def test_a_third_is_never_rounded_up_to_enough():
    assert supported_capacity([Decimal("149.9999999")], [Decimal("1.5")]) < 100


def test_a_piece_without_its_ratio_is_refused():
    with pytest.raises(CallerError, match="2 pieces have 1 ratios"):
        supported_capacity([Decimal(1), Decimal(1)], [Decimal(1)])


def test_reduction_is_doubled_where_the_ratio_says_so():
    assert required_reduction(Decimal("12.34"), Decimal(2)) == Decimal("24.68")


@pytest.mark.parametrize("value", [Decimal(-1), Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_amount_is_refused(value: Decimal):
    with pytest.raises(CallerError, match="is no amount"):
        required_reduction(value, Decimal(1))
    with pytest.raises(CallerError, match="is no amount"):
        standard_coal(value, RAW)
    with pytest.raises(CallerError, match="is no amount"):
        share_of({"rail": value}, ["rail"])


@pytest.mark.parametrize("ratio", [Decimal(0), Decimal(-1), Decimal("NaN")])
def test_a_ratio_is_above_zero(ratio: Decimal):
    with pytest.raises(CallerError, match="is no ratio"):
        required_retirement(Decimal(1), ratio)


def test_raw_coal_is_five_sevenths_of_standard_coal():
    """5000 kcal/kg of 7000 kcal/kg."""
    assert standard_coal(Decimal(70_000), RAW) == Decimal(50_001)
    assert abs(RAW - Decimal(5) / Decimal(7)) < Decimal("0.0001")


def test_gangue_and_raw_material_and_forbidden_ways_stand_beside_the_balance():
    used = [CoalItem(Decimal(1000), RAW), CoalItem(Decimal(500), RAW, counts=False)]
    saved = [CoalItem(Decimal(800), WASHED), CoalItem(Decimal(900), WASHED, counts=False)]
    balance = coal_balance(used, saved, Decimal(1), strictly=True)
    assert (balance.used, balance.uncounted) == (Decimal("714.3"), Decimal("357.15"))
    assert (balance.saved, balance.refused, balance.required) == (Decimal(720), Decimal(810), Decimal("714.3"))
    assert (balance.holds, balance.missing) == (True, 0)


@pytest.mark.parametrize(("strictly", "holds"), [(True, False), (False, True)])
def test_as_much_as_is_used_is_a_replacement_but_no_reduction(strictly: bool, holds: bool):
    items = [CoalItem(Decimal(1000), RAW)]
    assert coal_balance(items, items, Decimal(1), strictly=strictly).holds is holds


def test_one_kilogram_more_is_a_reduction():
    used, saved = [CoalItem(Decimal(1000), RAW)], [CoalItem(Decimal("1000.001"), RAW)]
    assert coal_balance(used, saved, Decimal(1), strictly=True).holds


def test_no_counted_coal_needs_no_saving():
    balance = coal_balance([CoalItem(Decimal(9), RAW, counts=False)], [], Decimal(1), strictly=True)
    assert balance.holds


def test_missing_coal_is_told():
    balance = coal_balance(
        [CoalItem(Decimal(1000), RAW)], [CoalItem(Decimal(500), RAW)], Decimal(1), strictly=True
    )
    assert (balance.holds, balance.missing) == (False, Decimal("357.15"))


def test_share_of_clean_transport_is_exact():
    assert share_of({"rail": Decimal(1), "diesel_truck": Decimal(2)}, ["rail"]) == Fraction(100, 3)
    assert share_of({}, ["rail"]) is None
    assert share_of({"rail": Decimal(0)}, ["rail"]) is None


GEODESICS = (
    # longitude, latitude, km from 113.0 E 36.0 N by Vincenty's inverse formula on GRS80 (a 6378137 m)
    (113.0, 36.27, 29.959607),
    (113.0, 36.2703, 29.992896),
    (113.3329, 36.0, 30.015477),
    (113.23, 36.2, 30.355472),
    (113.24, 36.19, 30.192833),
)


@pytest.mark.parametrize(("longitude", "latitude", "kilometres"), GEODESICS)
def test_distance_to_a_plant_agrees_with_vincenty(longitude: float, latitude: float, kilometres: float):
    reach = within_heat_radius(
        ([longitude], [latitude]), ([113.0], [36.0]), [600.0], least_capacity=300, radius=30
    )
    assert reach.distance[0] == pytest.approx(kilometres, abs=1e-4)
    assert bool(reach.inside[0]) is (kilometres <= 30)


def test_a_plant_counts_from_exactly_the_least_capacity():
    boiler, plants = ([113.0], [36.1]), ([113.0, 113.0], [36.05, 36.0])
    near = within_heat_radius(boiler, plants, [299.99, 300.0], least_capacity=300, radius=30)
    assert (near.nearest[0], near.inside[0]) == (1, 1)
    none = within_heat_radius(boiler, plants, [299.99, np.nan], least_capacity=300, radius=30)
    assert (none.nearest[0], none.inside[0]) == (-1, 0)
    assert np.isnan(none.distance[0])


def test_a_boiler_without_place_is_neither_inside_nor_outside():
    reach = within_heat_radius(([np.nan], [36.0]), ([113.0], [36.0]), [600], least_capacity=300, radius=30)
    assert np.isnan(reach.inside[0])


def test_no_plant_at_all_leaves_every_boiler_outside():
    reach = within_heat_radius(([113.0], [36.0]), ([], []), [], least_capacity=300, radius=30)
    assert (reach.nearest[0], reach.inside[0]) == (-1, 0)


def test_the_nearest_of_several_plants_is_named():
    reach = within_heat_radius(
        ([113.0, 113.9], [36.0, 36.0]), ([113.1, 113.8, 112.0], [36.0, 36.0, 36.0]), [350, 350, 350],
        least_capacity=300, radius=30,
    )  # fmt: skip
    assert reach.nearest.tolist() == [0, 1]
