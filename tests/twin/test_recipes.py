"""What offices report of a simulated city is checked before anything is made of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lantian.city import City, load_city
from lantian.rules import Rulebook
from lantian.science.inventory.rules import inventory_rules
from lantian.terms.errors import CallerError
from lantian.twin.catalogue import CityBook, read_book
from lantian.twin.recipes import FILE, Recipes, read_recipes


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhi")


@pytest.fixture(scope="module")
def book(city: City) -> CityBook:
    found = read_book(city)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def text(city: City) -> str:
    return (Path(city.folders[0]) / FILE).read_text("utf-8")


def read_of(city: City, book: CityBook, folder: Path, text: str) -> Recipes:
    (folder / FILE).write_text(text, "utf-8")
    found = read_recipes(replace(city, folders=(*city.folders, str(folder))), book)
    assert found is not None
    return found


def test_every_kind_and_surface_of_the_first_city_is_reported(city, book):
    recipes = read_recipes(city, book)
    assert recipes is not None
    assert [row.kind for row in recipes.plants] == [kind.key for kind in book.kinds]
    assert [row.key for row in recipes.surfaces] == [surface.key for surface in book.surfaces]


def test_every_device_is_a_technique_of_the_rules(city, book):
    recipes = read_recipes(city, book)
    assert recipes is not None
    rules = inventory_rules(Rulebook.packaged(), date(2025, 12, 31))
    known = {row.key for row in rules.controls.techniques}
    named = [
        control.technology
        for plant in recipes.plants
        for process in plant.processes
        for chain in process.controls.values()
        for control in chain
    ]
    named += [
        row.technology for each in recipes.surfaces for process in each.processes for row in process.controls
    ]
    assert len(named) > 30
    assert set(named) <= known


def test_a_grade_with_devices_of_its_own_has_those_and_others_have_what_all_have(city, book, tmp_path, text):
    own = '[[plants.processes.controls.A]]\ntechnology = "electrostatic"\n\n[[plants]]\nkind = "coating"'
    recipes = read_of(city, book, tmp_path, text.replace('[[plants]]\nkind = "coating"', own, 1))
    boiler = recipes.plant("biomass_boiler").processes[0]
    assert [row.technology for row in boiler.chain("A")] == ["electrostatic"]
    assert [row.technology for row in boiler.chain("C")] == ["bag_filter"]
    assert recipes.plant("ceramics").processes[0].chain("C") == ()


def test_a_city_without_the_file_reports_nothing(city, book, tmp_path):
    assert read_recipes(replace(city, folders=(str(tmp_path),)), book) is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "glass"', 'kind = "glas"', "glas, glas.furnace, glass"),
        ('key = "straw"', 'key = "living"', "living, straw"),
        ('stack = "press"', 'stack = "pres"', "printing.pres"),
        ('stack = "sinter"\n', "", "steel."),
        ("D = 0.980\n", "", "differ in D"),
        ("A = 0.998", "A = 1.998", "availability"),
        ("removal = { nox = 96.5 }", "removal = { nox = 196.5 }", "removal"),
        ('process = "converter"', 'process = "blower"', "a process that no plant has"),
        ("per_output = 0.42 ", "per_product = 0.42 ", "per_product"),
        ("[availability]", "[availability", "does not say"),
    ],
)
def test_a_slip_in_the_file_is_named(city, book, tmp_path, text, old, new, said):
    assert old in text
    with pytest.raises(CallerError) as caught:
        read_of(city, book, tmp_path, text.replace(old, new, 1))
    assert FILE in str(caught.value)
    assert said in str(caught.value)
