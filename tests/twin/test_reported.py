"""What offices report of simulated sources: all of them, near the truth, and never the truth itself."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from lantian.city import load_city
from lantian.city.outlines import county_outlines
from lantian.rules import Rulebook
from lantian.rules.plume_records import PlumeRule
from lantian.science.inventory.records import Book
from lantian.science.inventory.rules import InventoryRules, inventory_rules
from lantian.twin.catalogue import read_book
from lantian.twin.making import Making
from lantian.twin.recipes import Recipes, read_recipes
from lantian.twin.reported import book_of_city, book_of_county, surrogates_of

YEAR = 2025


@pytest.fixture(scope="module")
def rules() -> InventoryRules:
    return inventory_rules(Rulebook.packaged(), date(YEAR, 12, 31))


@pytest.fixture(scope="module")
def making() -> Making:
    city = load_city("changzhi")
    book = read_book(city)
    assert book is not None
    rule = Rulebook.packaged().edition(PlumeRule, "plume", date(YEAR, 12, 31))
    return Making(city, book, rule, date(2025, 3, 1), date(2026, 4, 30), 20260301)


@pytest.fixture(scope="module")
def recipes(making) -> Recipes:
    found = read_recipes(making.city, making.book)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def book(making, recipes, rules) -> Book:
    return book_of_city(making, recipes, rules, YEAR)


def test_every_plant_and_every_surface_of_every_county_is_there_once(making, book):
    plants = {plant.code: plant for plant in making.catalogue.plants}
    points = {source.id: source for source in book.sources if source.kind == "point"}
    assert len(plants) == 161 + 500
    assert set(points) == set(plants)
    for code, source in points.items():
        plant = plants[code]
        said = (source.name, source.county, source.longitude, source.latitude, source.simulated)
        assert said == (plant.name_zh, plant.county, plant.longitude, plant.latitude, True)
        assert set(source.outlets) == {stack.code for stack in plant.stacks if stack.logger is not None}
    others = [source for source in book.sources if source.kind != "point"]
    counted = Counter(source.id[len("SIM-") : -len("-140403")] for source in others)
    assert set(counted) == {row.key.upper().replace("_", "-") for row in making.catalogue.surfaces}
    assert counted["CARS"] == counted["LIVESTOCK"] == 12
    assert 0 < counted["HOMES-HIGH"] < 12  # not every county has villages above the line
    assert all(source.id.endswith(source.county) and "模拟" in source.name for source in others)


def test_a_process_stands_with_the_stack_that_it_goes_through(making, book):
    plant = next(plant for plant in making.catalogue.plants if plant.kind == "steel")
    source = next(source for source in book.sources if source.id == plant.code)
    heights = {process.id: process.stack.height for process in source.processes}
    stacks = {stack.code.removeprefix(f"{plant.code}-"): stack.height for stack in plant.stacks}
    assert heights == {
        "sinter": stacks["SINTER"], "iron": stacks["CASTHOUSE"], "stove": stacks["STOVE"], "converter": None,
    }  # fmt: skip


def test_activities_stand_in_the_unit_of_their_category_and_err_as_far_as_they_say(making, recipes, rules, book):
    outputs = {plant.code: (plant.kind, plant.output) for plant in making.catalogue.plants}
    off: list[float] = []
    for source in book.sources:
        for process in source.processes:
            assert process.activity.unit == rules.category(process.activity.category).unit
            if source.id in outputs:
                kind, output = outputs[source.id]
                recipe = next(row for row in recipes.plant(kind).processes if row.id == process.id)
                ratio = process.activity.amount / (output * recipe.per_output)
                off.append(np.log(ratio) / np.log(recipe.gsd))
    assert len(off) > 700
    assert abs(float(np.mean(off))) < 0.15
    assert 0.9 < float(np.std(off)) < 1.1


def test_chemical_works_make_one_thing_or_another(book):
    made = Counter(
        process.activity.category.split(".")[2]
        for source in book.sources
        for process in source.processes
        if process.activity.category.startswith("process.chemistry")
    )
    assert made == {"pvc": 12, "ammonia": 12, "polystyrene": 11}


def test_better_grades_run_their_devices_longer(making, book):
    grades = {plant.code: plant.grade for plant in making.catalogue.plants}
    running = {
        (grades[source.id], control.availability)
        for source in book.sources
        if source.id in grades
        for process in source.processes
        for control in process.controls
    }
    assert running == {("A", 0.998), ("B", 0.995), ("C", 0.99), ("D", 0.98)}


def test_own_removals_name_a_test_report(book):
    controls = [one for source in book.sources for process in source.processes for one in process.controls]
    assert any(one.removal for one in controls)
    assert all(bool(one.removal) == bool(one.evidence) for one in controls)
    assert all("模拟" in one.evidence for one in controls if one.evidence)


def test_a_test_by_hand_sees_the_stack_within_its_own_error(making, book):
    by_plant = {plant.code: plant for plant in making.catalogue.plants}
    ratios = []
    for row in book.measured:
        assert row.method == "measurement"
        stacks = by_plant[row.source].stacks
        if len(stacks) == 1:
            true = stacks[0].concentration[row.pollutant] * stacks[0].gas / 1e9
            ratios.append(row.amount / true)
    assert len(ratios) > 150
    assert 0.93 < float(np.mean(ratios)) < 1.07
    assert min(ratios) > 0.5
    assert max(ratios) < 2.0


def test_a_test_names_its_process_only_where_there_are_several(book):
    named = {(row.source.split("-")[1], row.process) for row in book.measured}
    assert {("POWER", ""), ("BRICK", ""), ("STEEL", "sinter"), ("CEMENT", "kiln"), ("GLASS", "furnace")} <= named


def test_the_yearbook_has_the_true_totals(making, book):
    coke = sum(plant.output for plant in making.catalogue.plants if plant.kind == "coking")
    said = next(row.amount for row in book.statistics if row.category == "process.coking")
    assert said == pytest.approx(coke, rel=1e-3)


def test_the_same_seed_reports_the_same_and_another_year_errs_anew(making, recipes, rules, book):
    assert book_of_city(making, recipes, rules, YEAR) == book
    later = book_of_city(making, recipes, rules, YEAR + 1)
    assert [source.id for source in later.sources] == [source.id for source in book.sources]
    assert later.sources[0].processes[0].activity.amount != book.sources[0].processes[0].activity.amount
    other = replace(making, seed=making.seed + 1)
    assert book_of_city(other, recipes, rules, YEAR).sources[0] != book.sources[0]


def test_counties_together_report_the_city_but_its_yearbook(making, book):
    parts = [book_of_county(book, county.adcode) for county in making.city.counties]
    assert sorted(source.id for part in parts for source in part.sources) == sorted(
        source.id for source in book.sources
    )
    assert sum(len(part.measured) for part in parts) == len(book.measured)
    assert all(part.statistics == () for part in parts)


def test_points_that_spread_a_county_lie_in_it_and_fields_not_in_towns(making):
    points = surrogates_of(making.catalogue)
    outlines = county_outlines(making.city)
    assert set(points["kind"]) == {"population", "road", "cropland"}
    assert set(points["county"]) == set(outlines)
    weight = points.group_by("kind").agg(pl.col("weight").sum())
    people = dict(weight.iter_rows())["population"]
    assert people == pytest.approx(sum(seat.population for seat in making.book.seats), rel=1e-3)
    towns = {(cell.longitude, cell.latitude) for cell in making.catalogue.cells if cell.seat}
    fields = points.filter(pl.col("kind") == "cropland")
    assert towns.isdisjoint(set(fields.select("longitude", "latitude").iter_rows()))
    assert towns <= set(points.filter(pl.col("kind") == "road").select("longitude", "latitude").iter_rows())
