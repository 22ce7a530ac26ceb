"""The simulated city's inventory comes through the real door, and is near what the city truly gives off."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import openpyxl
import polars as pl
import pytest

from lantian.assembly import House, make_workspace
from lantian.loop.explain import files as explain_files
from lantian.loop.explain.editions import Opened, close_edition, find_edition, open_edition
from lantian.loop.explain.gridding import on_grid
from lantian.loop.explain.keeping import keep_book, read_book, rows_of
from lantian.loop.explain.tables import INVENTORY_TABLES
from lantian.rules.plume_records import PlumeRule
from lantian.science.inventory.records import Book
from lantian.terms.errors import CallerError
from lantian.terms.findings import Severity
from lantian.twin.catalogue import read_book as read_city_book
from lantian.twin.catalogue.building import pm25_share
from lantian.twin.inventory import Brought, bring_inventory
from lantian.twin.making import Making
from lantian.twin.recipes import read_recipes
from lantian.twin.reported import book_of_city

SEED = 20260301
NEAR = 2.0
"""Factor within which the estimate of a large sector lies beside the simulation's own tonnes."""
LARGE = 0.05
"""Share of a pollutant in the whole city from which a sector counts as large."""
JUDGED = ("so2", "nox", "co", "pm25", "voc", "nh3", "co2")


def making_of(house: House) -> Making:
    book = read_city_book(house.city)
    assert book is not None
    rule = house.rulebook.edition(PlumeRule, "plume", date(2025, 12, 31), house.choice)
    return Making(house.city, book, rule, date(2025, 3, 1), date(2026, 4, 30), SEED)


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[House]:
    opened = make_workspace(tmp_path_factory.mktemp("twin") / "workspace", "changzhi", simulated=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def making(house) -> Making:
    return making_of(house)


@pytest.fixture(scope="module")
def told() -> list[float]:
    return []


@pytest.fixture(scope="module")
def brought(house, making, told) -> Brought:
    found = bring_inventory(house, making, progress=lambda share, _said: told.append(share))
    assert found is not None
    return found


def lines(house: House) -> dict[str, int]:
    return {table.name: house.lake.scan(table, latest=False).collect().height for table in INVENTORY_TABLES}


def true_tonnes(making: Making) -> dict[str, dict[str, float]]:
    """Kind of plant or surface → pollutant → tonnes of the catalogue."""
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for plant in making.catalogue.plants:
        for stack in plant.stacks:
            for key, value in stack.concentration.items():
                tonnes = value * stack.gas / 1e9
                parts = {"pm25": tonnes * pm25_share(stack)} if key == "pm" else {key: tonnes}
                for pollutant, part in parts.items():
                    found[plant.kind][pollutant] += part
        for pollutant, tonnes in plant.fugitive.items():
            found[plant.kind][pollutant] += tonnes
    for surface in making.catalogue.surfaces:
        found[surface.key].update(surface.emission)
    return found


def estimated_tonnes(house: House, making: Making) -> dict[str, dict[str, float]]:
    kinds = {plant.code: plant.kind for plant in making.catalogue.plants}
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    rows = house.lake.read("inventory_emissions", columns=["source", "pollutant", "amount"])
    for source, pollutant, amount in rows.iter_rows():
        kind = kinds.get(source) or source[len("SIM-") : -len("-140403")].lower().replace("-", "_")
        found[kind][pollutant] += amount
    return found


def test_every_county_hands_in_a_workbook_of_which_every_row_is_taken(house, making, brought):
    nothing = rows_of(Book("2025", 2025, ()))
    counties = [county.adcode for county in making.city.counties]
    assert [path.name for path in brought.files] == [
        *(f"inventory 2025 {county}.xlsx" for county in counties), "inventory 2025.xlsx",
    ]  # fmt: skip
    sources = 0
    for county, path in zip(counties, brought.files, strict=False):
        pages = explain_files.read_pages(house.city, path, house.study().rules(2025), nothing)
        assert [page.report.rows_rejected for page in pages] == [0] * 5
        listed = next(page.rows for page in pages if page.table == "inventory_sources")
        assert {row["county"] for row in listed} == {county}
        sources += len(listed)
    assert sources == brought.computed.sources


def test_workbooks_say_that_they_are_simulated(brought):
    for path in (brought.files[0], brought.files[-1]):
        book = openpyxl.load_workbook(path, read_only=True)
        assert "模拟" in str(book.worksheets[0].cell(1, 1).value)


def test_the_whole_book_is_in_the_lake(house, making, brought):
    book = read_book(house.study(), "2025", 2025)
    assert {plant.code for plant in making.catalogue.plants} <= {source.id for source in book.sources}
    assert len(making.catalogue.plants) == 161 + 500
    surfaces = {source.id[len("SIM-") : -len("-140403")] for source in book.sources if source.kind != "point"}
    assert surfaces == {row.key.upper().replace("_", "-") for row in making.catalogue.surfaces}
    assert all(source.simulated for source in book.sources)
    assert len(book.statistics) == 3
    assert find_edition(house.study(), "2025").state == "draft"
    parts = (len(book.sources), sum(len(source.processes) for source in book.sources), len(book.measured))
    assert brought.written > sum(parts)


def test_what_was_read_from_workbooks_is_what_was_reported(house, making, brought):
    recipes = read_recipes(making.city, making.book)
    assert recipes is not None
    said = book_of_city(making, recipes, house.study().rules(2025), 2025)
    held = read_book(house.study(), "2025", 2025)
    assert sorted(held.sources, key=lambda row: row.id) == sorted(said.sources, key=lambda row: row.id)
    assert set(held.measured) == set(said.measured)
    assert set(held.statistics) == set(said.statistics)


def test_large_sectors_lie_within_a_factor_of_two_of_the_truth(house, making, brought):
    truth, found = true_tonnes(making), estimated_tonnes(house, making)
    judged = 0
    for pollutant in JUDGED:
        city = sum(sector[pollutant] for sector in truth.values() if pollutant in sector)
        for kind, sector in truth.items():
            if sector.get(pollutant, 0.0) >= LARGE * city:
                ratio = found[kind].get(pollutant, 0.0) / sector[pollutant]
                assert 1 / NEAR < ratio < NEAR, f"{kind} {pollutant}: {ratio:.2f}"
                judged += 1
    assert judged > 30


def test_the_city_s_sums_lie_within_a_fifth_of_the_truth(house, making, brought):
    truth, found = true_tonnes(making), estimated_tonnes(house, making)
    for pollutant in JUDGED:
        true = sum(sector.get(pollutant, 0.0) for sector in truth.values())
        said = sum(sector.get(pollutant, 0.0) for sector in found.values())
        assert said / true == pytest.approx(1.0, abs=0.2), pollutant
        assert said != true


def test_nothing_in_the_book_is_an_error_and_what_is_doubtful_is_known(brought):
    assert not [finding for finding in brought.findings if finding.severity is Severity.ERROR]
    # tests by hand and factors that differ by more than two, and what rests on factors of low confidence
    assert {finding.code for finding in brought.findings} == {"methods_disagree", "low_confidence"}


def test_progress_goes_from_nothing_to_all(brought, told):
    assert told[0] == 0.0
    assert told[-1] == 1.0
    assert told == sorted(told)


def test_sources_of_counties_are_spread_by_invented_points_of_the_workspace(house, brought):
    assert (house.folder / "city" / "surrogates.csv").is_file()
    made = on_grid(house.study(), "2025", 5_000.0)
    assert {"point", "population", "road", "cropland"} == set(made.spread_by)
    assert not [finding for finding in made.findings if finding.severity is Severity.ERROR]


def test_a_second_run_writes_nothing(house, making, brought):
    before = lines(house)
    again = bring_inventory(house, making)
    assert again == Brought("2025")
    assert lines(house) == before


def outlet_year(house: House, outlet: str, kilograms: float) -> None:
    """Put a whole year of an outlet's SO2 into the lake as the room `sense` writes it."""
    fixed = {"valid_hours": 24, "excluded_hours": 0, "hours": 24, "stopped_hours": 0, "substituted_hours": 0,
             "open_hours": 0, "amount": kilograms, "inputs": "x", "rules": "r", "simulated": True,
             "withdrawn": False, "run_id": "r", "code_version": "0"}  # fmt: skip
    kinds = {bool: pl.Boolean, int: pl.Int32, float: pl.Float64, str: pl.String}
    frame = pl.DataFrame({"legal_day": pl.date_range(date(2025, 1, 1), date(2025, 12, 31), eager=True)})
    columns = {name: pl.lit(value, kinds[type(value)]) for name, value in fixed.items()}
    house.lake.append("outlet_days", frame.with_columns(outlet=pl.lit(outlet), factor=pl.lit("a21026"), **columns))


def test_monitors_that_come_later_go_before_factors(house, making, brought):
    plant = next(plant for plant in making.catalogue.plants if plant.kind == "power")
    outlet_year(house, plant.stacks[0].code, 100.0)
    later = bring_inventory(house, making)
    assert later is not None
    assert (later.files, later.written, later.measured) == ((), 0, 1)
    row = house.lake.read(
        "inventory_emissions",
        columns=["amount", "method"],
        where=(pl.col("source") == plant.code) & (pl.col("pollutant") == "so2"),
    )
    assert row.rows() == [(pytest.approx(36.5), "cems")]


def test_what_a_person_changed_stays(house, making, brought):
    study = house.study()
    book = read_book(study, "2025", 2025)
    changed = replace(book, sources=(replace(book.sources[0], name="改过的名称"), *book.sources[1:]))
    keep_book(study, changed, origin="a person")
    bring_inventory(house, making)
    assert read_book(study, "2025", 2025).sources[0].name == "改过的名称"


def test_a_closed_edition_is_left_alone(house, making, brought):
    close_edition(house.study(), "2025", by="office", because="test")
    before = lines(house)
    assert bring_inventory(house, making) == Brought("2025")
    assert lines(house) == before


def test_an_edition_that_somebody_else_opened_is_left_alone(house, making):
    open_edition(house.study(), Opened("2024", 2024, "office", "our own book"))
    before = lines(house)
    assert bring_inventory(house, making, 2024) == Brought("2024")
    assert lines(house) == before


def test_invented_sources_never_enter_a_real_workspace(tmp_path):
    real = make_workspace(tmp_path / "real", "changzhi", simulated=False)
    try:
        with pytest.raises(CallerError, match="no simulated workspace"):
            bring_inventory(real, making_of(real))
        assert not (real.folder / "city" / "surrogates.csv").exists()
    finally:
        real.close()


def test_a_city_of_which_nothing_is_reported_gets_no_inventory(house, making, tmp_path):
    bare = replace(making, city=replace(making.city, folders=(str(tmp_path),)))
    assert bring_inventory(house, bare) is None
