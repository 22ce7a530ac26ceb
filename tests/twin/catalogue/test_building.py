"""A simulated city is what the plan document counts, and nothing in it can be taken for something real."""

from collections import Counter
from dataclasses import replace

import pytest

from lantian.city import City, load_city
from lantian.city.outlines import county_outlines
from lantian.science.places import distance
from lantian.terms.errors import CallerError
from lantian.twin.catalogue import Catalogue, build_catalogue, read_book

SEED = 11


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("changzhi")


@pytest.fixture(scope="module")
def catalogue(city: City) -> Catalogue:
    book = read_book(city)
    assert book is not None
    return build_catalogue(city, book, SEED)


def test_the_plan_documents_161_plants_and_500_smaller_ones_stand(catalogue: Catalogue):
    large = Counter(plant.kind for plant in catalogue.plants if not plant.small)
    assert large == {
        "power": 15, "steel": 5, "coking": 13, "cement": 4, "glass": 2, "brick": 77, "lime": 42, "ceramics": 3,
    }  # fmt: skip
    assert sum(large.values()) == 161
    assert sum(plant.small for plant in catalogue.plants) == 500


def test_only_three_plants_exist_and_every_other_name_says_that_it_is_simulated(catalogue: Catalogue):
    real = {plant.name_zh for plant in catalogue.plants if plant.exists}
    assert real == {"天脊集团自备电厂", "金烨钢铁", "中宝水泥"}
    for plant in catalogue.plants:
        assert plant.code.startswith("SIM-")
        assert plant.exists or plant.name_zh.startswith("模拟·")
        assert plant.exists or plant.name_en.startswith("Simulated ")


def test_every_code_and_every_logger_number_is_its_own(catalogue: Catalogue):
    codes = [plant.code for plant in catalogue.plants] + [stack.code for _, stack in catalogue.stacks]
    assert len(set(codes)) == len(codes)
    loggers = [stack.logger for _, stack in catalogue.stacks if stack.logger is not None]
    loggers += [plant.meter.logger for plant in catalogue.plants if plant.meter is not None]
    numbers = [logger.mn for logger in loggers]
    assert len(set(numbers)) == len(numbers)
    assert all(len(row.mn) == (14 if row.edition == "2005" else 24) and int(row.mn, 16) for row in loggers)


def test_plants_stand_inside_their_county_and_away_from_stations(city: City, catalogue: Catalogue):
    from shapely.geometry import Point

    outlines = county_outlines(city)
    for plant in catalogue.plants:
        assert outlines[plant.county].contains(Point(plant.longitude, plant.latitude)), plant.code
    large = [plant for plant in catalogue.plants if not plant.small]
    near = min(
        float(distance(plant.longitude, plant.latitude, station.longitude, station.latitude))
        for plant in large
        for station in city.stations
    )
    assert near > 2_000.0


def test_the_ring_holds_the_plants_within_five_kilometres_of_the_built_up_area(catalogue: Catalogue):
    for plant in catalogue.plants:
        away = float(distance(113.229, 36.334, plant.longitude, plant.latitude))
        assert plant.in_ring == (away <= 7_500.0)
    assert any(plant.in_ring for plant in catalogue.plants if not plant.small)


def test_a_stack_runs_below_its_limit_and_the_better_grade_further_below(catalogue: Catalogue):
    shares: dict[str, list[float]] = {}
    for plant, stack in catalogue.stacks:
        for key, limit in stack.limits.items():
            assert 0.0 < stack.concentration[key] < limit
            shares.setdefault(plant.grade, []).append(stack.concentration[key] / limit)
    means = [sum(shares[grade]) / len(shares[grade]) for grade in "ABCD"]
    assert means == sorted(means)


def test_the_same_seed_gives_the_same_city_and_another_one_another(city: City, catalogue: Catalogue):
    book = read_book(city)
    assert book is not None
    assert build_catalogue(city, book, SEED) == catalogue
    assert build_catalogue(city, book, SEED + 1) != catalogue


def test_surfaces_are_spread_whole_and_homes_lie_on_their_side_of_the_line(catalogue: Catalogue):
    height = [cell.elevation for cell in catalogue.cells]
    for surface in catalogue.surfaces:
        assert sum(surface.weights) == pytest.approx(1.0)
        if surface.key == "homes_high":
            assert all(weight == 0.0 for weight, high in zip(surface.weights, height, strict=True) if high < 1_200)
            assert max(surface.weights) > 0.0


def test_a_city_without_a_book_has_no_catalogue():
    assert read_book(load_city("shizuishan")) is None


def test_a_county_that_nobody_outlined_is_told(city: City):
    book = read_book(city)
    assert book is not None
    unknown = replace(city, counties=tuple(county for county in city.counties if county.adcode != "140431"))
    with pytest.raises(CallerError, match="140431"):
        build_catalogue(unknown, book, SEED)


def test_a_faulty_book_is_told_with_the_line(city: City, tmp_path):
    from pathlib import Path

    source = Path(city.folders[0]) / "twin.toml"
    (tmp_path / "twin.toml").write_text(source.read_text("utf-8").replace("count = 77", "count = 78"), "utf-8")
    with pytest.raises(CallerError, match="brick: the counties have 77, count says 78"):
        read_book(replace(city, folders=(*city.folders, str(tmp_path))))
