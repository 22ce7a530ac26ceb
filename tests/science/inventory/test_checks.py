from dataclasses import replace
from datetime import date

import pytest

from lantian.rules import Confidence, InventoryBookRule, Rulebook
from lantian.science.inventory.checks import check_book, low_confidence_shares
from lantian.science.inventory.estimating import estimate
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source, Statistic
from lantian.science.inventory.rules import inventory_rules

DAY = date(2025, 12, 31)
RULES = inventory_rules(Rulebook.packaged(), DAY)
RULE = Rulebook.packaged().edition(InventoryBookRule, "inventory_book", DAY)
COAL = "combustion.industry.coal.auto_grate"


def source(name="S1", amount=10.0, *, category=COAL, sulphur=0.008, controls=(), **given) -> Source:
    parameters = {"sulphur": sulphur, "ash": 0.2} if category == COAL else {}
    process = Process("1", Activity(category, amount, "t", 1.0, parameters), controls=controls)
    return Source(name, name, "140406", given.pop("kind", "point"), (process,), **given)


def found(*sources: Source, measured=(), statistics=()) -> dict[str, list[str]]:
    book = Book("2025", 2025, sources, measured, statistics)
    rows = estimate(book, RULES, RULE.measured).rows
    seen: dict[str, list[str]] = {}
    for each in check_book(book, rows, RULES, RULE):
        assert each.message.format(**each.evidence)
        seen.setdefault(each.code, []).append(each.where)
    seen.pop("low_confidence", None)
    return seen


def test_sound_book_has_no_findings():
    assert found(source(controls=(Control("bag_filter"),))) == {}


def test_large_process_without_devices_is_asked_about_but_homes_are_not():
    assert set(found(source(amount=50_000.0))["control_missing"]) == {"S1"}
    assert "control_missing" not in found(source(amount=50_000.0, controls=(Control("bag_filter"),)))
    homes = source(amount=50_000.0, category="combustion.residential.coal.bituminous", kind="area")
    assert "control_missing" not in found(homes)


def test_removal_far_above_the_default_needs_evidence():
    claimed = Control("limestone_gypsum", removal={"so2": 0.98})
    assert found(source(controls=(claimed,))) == {"removal_unproven": ["S1"]}
    assert found(source(controls=(replace(claimed, evidence="检测报告"),))) == {}
    assert found(source(controls=(Control("limestone_gypsum", removal={"so2": 0.9}),))) == {}


def test_finer_particles_than_all_particles_is_an_error():
    measured = (Measured("S1", "pm25", "permit", 5.0), Measured("S1", "pm10", "permit", 2.0))  # and little TSP
    assert found(source(), measured=measured)["sizes_inverted"] == ["S1", "S1"]


def test_intensity_far_from_its_peers_is_doubtful_in_both_directions():
    usual = [source(f"S{n}") for n in range(6)]
    assert found(*usual, source("X", sulphur=0.079)) == {}
    low = source("L", sulphur=0.0005)
    assert found(*usual, low) == {"intensity_implausible": ["L"]}
    assert found(*usual[:3], low) == {}


def test_one_outlet_with_two_sources_is_found():
    assert found(source("A", outlets=("O1",)), source("B", outlets=("O1",)))["outlet_twice"] == ["A"]


def test_one_cems_amount_counted_twice_is_found():
    measured = tuple(Measured(name, "so2", "cems", 0.05, coverage=1.0, outlet="O1") for name in "AB")
    assert found(source("A"), source("B"), measured=measured)["cems_twice"] == ["A"]


def test_two_sources_at_one_place_are_found_unless_one_enterprise_owns_both():
    here, there = {"longitude": 113.2, "latitude": 36.3}, {"longitude": 113.2002, "latitude": 36.3}
    assert found(source("A", **here), source("B", **there))["place_twice"] == ["A"]
    assert "place_twice" not in found(source("A", **here), source("B", longitude=113.21, latitude=36.3))
    owned = found(source("A", enterprise="E", **here), source("B", enterprise="E", **there))
    assert "place_twice" not in owned
    assert owned["enterprise_twice"] == ["A"]


def test_methods_that_differ_widely_are_found():
    assert found(source(), measured=(Measured("S1", "so2", "permit", 50.0),))["methods_disagree"] == ["S1"]


def test_book_that_is_not_the_yearbook_is_found():
    statistic = Statistic("combustion.industry.coal", 100.0)
    assert found(source(amount=95.0), statistics=(statistic,)) == {}
    assert found(source(amount=80.0), statistics=(statistic,)) == {
        "statistics_differ": ["combustion.industry.coal"]
    }
    assert found(source(amount=80.0), statistics=(Statistic("combustion.ind", 100.0),))["statistics_differ"]


def test_share_of_low_confidence_is_that_of_the_total():
    rows = estimate(Book("2025", 2025, (source("A"), source("B"))), RULES, RULE.measured).rows
    two = [row for row in rows if row.pollutant == "so2"]
    rows = [
        replace(two[0], amount=30.0, confidence=Confidence.C),
        replace(two[1], amount=70.0, confidence=Confidence.B),
    ]
    assert low_confidence_shares(rows) == {"so2": pytest.approx(0.3)}
    assert low_confidence_shares([replace(two[0], amount=0.0)]) == {}
