from dataclasses import replace
from datetime import date

import pytest

from lantian.rules import InventoryBookRule, Rulebook
from lantian.science.inventory import methods
from lantian.science.inventory.estimating import estimate
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source
from lantian.science.inventory.rules import InventoryRules, inventory_rules

DAY = date(2025, 12, 31)
COAL = "combustion.power.coal.pulverised"
PARAMETERS = {"sulphur": 0.01, "ash": 0.25, "capacity": 300.0}


@pytest.fixture(scope="module")
def rules() -> InventoryRules:
    return inventory_rules(Rulebook.packaged(), DAY)


@pytest.fixture(scope="module")
def rule() -> InventoryBookRule:
    return Rulebook.packaged().edition(InventoryBookRule, "inventory_book", DAY)


def boiler(name="B1", amount=1e6, **given) -> Process:
    return Process(name, Activity(COAL, amount, "t", 1.05, PARAMETERS), **given)


def plant(*processes: Process) -> Source:
    return Source("P1", "电厂", "140406", "point", processes or (boiler(),), outlets=("O1",))


def rows_of(rules, rule, source, *measured):
    made = estimate(Book("2025", 2025, (source,), measured), rules, rule.measured)
    return {(row.process, row.pollutant): row for row in made.rows}, made.findings


def test_factor_times_activity_times_what_devices_leave(rules, rule):
    chain = (Control("limestone_gypsum", availability=0.95),)
    rows, _ = rows_of(rules, rule, plant(boiler(controls=chain)))
    row = rows["B1", "so2"]
    assert row.gross is not None
    assert row.gross.amount == pytest.approx(17_000)
    assert row.left == pytest.approx(1 - 0.8 * 0.95)
    assert row.amount == pytest.approx(17_000 * 0.24)
    assert row.method == "factor"
    assert row.why_not_better == methods.NOT_MEASURED


def test_co2_stands_in_the_same_rows(rules, rule):
    rows, _ = rows_of(rules, rule, plant())
    assert rows["B1", "co2"].amount > 1e6


def test_cems_with_enough_coverage_goes_before_permit_and_factor(rules, rule):
    rows, _ = rows_of(
        rules, rule, plant(),
        Measured("P1", "so2", "cems", 900.0, coverage=0.9),
        Measured("P1", "so2", "permit", 800.0),
    )  # fmt: skip
    row = rows["B1", "so2"]
    assert (row.method, row.amount, row.confidence) == ("cems", 1000.0, "A")
    assert row.flags == ("scaled_for_gaps",)
    assert [(each.method, each.used) for each in row.alternatives] == [
        ("cems", True), ("permit", False), ("measurement", False), ("factor", False),
    ]  # fmt: skip
    assert row.disagreement == pytest.approx(17_000 / 800)
    assert row.why_not_better == ""


def test_cems_that_covers_too_little_yields_to_the_permit_and_says_why(rules, rule):
    rows, _ = rows_of(
        rules, rule, plant(),
        Measured("P1", "so2", "cems", 900.0, coverage=0.74),
        Measured("P1", "so2", "permit", 800.0),
    )  # fmt: skip
    row = rows["B1", "so2"]
    assert (row.method, row.amount) == ("permit", 800.0)
    assert row.why_not_better == methods.COVERAGE_TOO_SMALL
    assert row.alternatives[0].values == {"coverage": 0.74, "needed": 0.75}


def test_cems_of_unknown_coverage_is_not_believed(rules, rule):
    rows, _ = rows_of(rules, rule, plant(), Measured("P1", "so2", "cems", 900.0))
    assert rows["B1", "so2"].method == "factor"
    assert rows["B1", "so2"].why_not_better == methods.COVERAGE_UNKNOWN


def test_amount_of_a_whole_source_is_shared_as_the_factors_would_and_adds_up(rules, rule):
    source = plant(boiler("B1", 2e6), boiler("B2", 1e6))
    rows, _ = rows_of(rules, rule, source, Measured("P1", "nox", "cems", 900.0, coverage=1.0))
    assert rows["B1", "nox"].amount == pytest.approx(600.0)
    assert rows["B2", "nox"].amount == pytest.approx(300.0)


def test_outlets_of_one_source_are_added_and_the_worst_coverage_counts(rules, rule):
    good = Measured("P1", "nox", "cems", 450.0, coverage=0.9, outlet="O1")
    rows, _ = rows_of(rules, rule, plant(), good, replace(good, outlet="O2"))
    assert rows["B1", "nox"].amount == pytest.approx(1000.0)
    rows, _ = rows_of(rules, rule, plant(), good, replace(good, outlet="O2", coverage=0.5))
    assert rows["B1", "nox"].method == "factor"


def test_process_with_its_own_measurement_leaves_the_whole_to_the_others(rules, rule):
    source = plant(boiler("B1"), boiler("B2"))
    rows, _ = rows_of(
        rules, rule, source,
        Measured("P1", "so2", "permit", 100.0, process="B1"), Measured("P1", "so2", "permit", 70.0),
    )  # fmt: skip
    assert (rows["B1", "so2"].amount, rows["B2", "so2"].amount) == (100.0, 70.0)


def test_pollutant_without_factor_is_kept_as_measured(rules, rule):
    rows, _ = rows_of(rules, rule, plant(), Measured("P1", "nh3", "measurement", 5.0))
    row = rows["B1", "nh3"]
    assert (row.amount, row.method, row.gross) == (5.0, "measurement", None)
    rows, _ = rows_of(rules, rule, plant(boiler("B1"), boiler("B2")), Measured("P1", "nh3", "measurement", 5.0))
    assert rows["", "nh3"].amount == 5.0
    assert rows["", "nh3"].category == COAL


def test_fine_particles_follow_a_measured_total(rules, rule):
    chain = (Control("bag_filter"),)
    plain, _ = rows_of(rules, rule, plant(boiler(controls=chain)))
    rows, _ = rows_of(rules, rule, plant(boiler(controls=chain)), Measured("P1", "tsp", "permit", 50.0))
    share = plain["B1", "pm25"].amount / plain["B1", "tsp"].amount
    assert rows["B1", "tsp"].amount == 50.0
    assert rows["B1", "pm25"].amount == pytest.approx(50.0 * share)
    assert rows["B1", "pm25"].method == "permit"
    assert "follows_tsp" in rows["B1", "pm25"].flags


def test_measured_amount_says_that_it_sees_the_stack_only(rules, rule):
    chain = (Control("bag_filter", capture=0.9),)
    rows, _ = rows_of(rules, rule, plant(boiler(controls=chain)), Measured("P1", "so2", "permit", 50.0))
    assert "stack_only" in rows["B1", "so2"].flags


def test_process_that_cannot_be_computed_is_a_finding_and_the_others_stand(rules, rule):
    broken = Process("X", Activity("no.such.kind.here", 1.0, "t"))
    rows, findings = rows_of(rules, rule, plant(broken, boiler()))
    assert {process for process, _ in rows} == {"B1"}
    assert [(each.code, each.evidence["process"]) for each in findings] == [("not_computed", "X")]


def test_measurement_of_a_stranger_is_a_finding(rules, rule):
    _, findings = rows_of(
        rules,
        rule,
        plant(),
        Measured("P9", "so2", "permit", 1.0),
        Measured("P1", "so2", "permit", 1.0, process="B9"),
    )
    assert {each.code for each in findings} == {"measured_without_source", "measured_without_process"}


def test_measured_zero_is_a_value(rules, rule):
    rows, _ = rows_of(rules, rule, plant(), Measured("P1", "so2", "permit", 0.0))
    assert rows["B1", "so2"].amount == 0.0
    assert rows["B1", "so2"].method == "permit"


def test_book_refuses_a_source_twice():
    with pytest.raises(ValueError, match="twice"):
        Book("2025", 2025, (plant(), plant()))
