from datetime import date

from lantian.rules import InventoryBookRule, Rulebook
from lantian.science.inventory.methods import BETTER_METHOD, NO_FACTOR, NOT_MEASURED, choose, full_year
from lantian.science.inventory.records import Measured

RULE = Rulebook.packaged().edition(InventoryBookRule, "inventory_book", date(2025, 12, 31)).measured


def test_full_year_scales_only_what_monitors_cover():
    assert full_year(Measured("P", "so2", "permit", 80.0, coverage=0.8)) == 80.0
    assert full_year(Measured("P", "so2", "cems", 80.0, coverage=0.8)) == 100.0


def test_every_method_is_told_in_its_order_with_its_reason():
    measured = [Measured("P", "so2", "measurement", 3.0), Measured("P", "so2", "permit", 2.0)]
    chosen, told = choose(measured, 9.0, RULE)
    assert chosen is not None
    assert (chosen.method, chosen.amount) == ("permit", 2.0)
    assert [(each.method, each.reason) for each in told] == [
        ("cems", NOT_MEASURED), ("permit", ""), ("measurement", BETTER_METHOD), ("factor", BETTER_METHOD),
    ]  # fmt: skip


def test_nothing_measured_leaves_the_factor():
    chosen, told = choose([], 9.0, RULE)
    assert chosen is None
    assert told[-1].used


def test_measurement_without_a_factor_says_so():
    _, told = choose([Measured("P", "nh3", "permit", 2.0)], None, RULE)
    assert (told[-1].reason, told[-1].amount) == (NO_FACTOR, None)
