"""A usual year's tonnes are what the book says of surfaces and what stacks give off at usual concentrations."""

from dataclasses import replace

import numpy as np
import pytest

from lantian.city import City
from lantian.twin.catalogue import POLLUTANTS, Catalogue, build_catalogue, read_book
from lantian.twin.catalogue.building import pm25_share
from lantian.twin.stacks import PM10_SHARE
from lantian.twin.totals import kind_totals, plant_tonnes, plant_totals


@pytest.fixture(scope="module")
def catalogue(changzhi: City) -> Catalogue:
    book = read_book(changzhi)
    assert book is not None
    return build_catalogue(changzhi, book, 20260301)


def test_every_kind_and_surface_has_one_row(catalogue: Catalogue):
    rows = kind_totals(catalogue)
    kinds = {plant.kind for plant in catalogue.plants} | {surface.key for surface in catalogue.surfaces}
    assert sorted(rows["kind"]) == sorted(kinds)
    assert rows["count"].sum() == len(catalogue.plants) == 661


def test_a_kind_is_the_sum_of_its_plants(catalogue: Catalogue):
    steel = kind_totals(catalogue).rows_by_key("kind", named=True, unique=True)["steel"]
    plants = plant_totals(catalogue, "steel")
    assert plants.height == 5
    for key in POLLUTANTS:
        assert steel[key] == pytest.approx(plants[key].sum())


def test_a_stacks_tonnes_are_gas_times_concentration(catalogue: Catalogue):
    plant = next(one for one in catalogue.plants if one.kind == "brick")
    (stack,) = plant.stacks
    bare = plant_tonnes(replace(plant, fugitive={}))
    assert bare["so2"] == pytest.approx(stack.concentration["so2"] * stack.gas / 1e9)
    assert bare["pm10"] == pytest.approx(PM10_SHARE * stack.concentration["pm"] * stack.gas / 1e9)
    assert bare["pm25"] == pytest.approx(pm25_share(stack) * stack.concentration["pm"] * stack.gas / 1e9)
    assert plant_tonnes(plant)["pm10"] == pytest.approx(bare["pm10"] + plant.fugitive["pm10"])


def test_no_tonnes_are_negative_or_missing(catalogue: Catalogue):
    values = kind_totals(catalogue).select(POLLUTANTS).to_numpy()
    assert np.isfinite(values).all()
    assert (values >= 0.0).all()
