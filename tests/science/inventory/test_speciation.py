from dataclasses import replace
from datetime import date

import pytest

from lantian.rules import InventoryBookRule, Rulebook
from lantian.rules.inventory_records import VOC_GROUPS
from lantian.science.inventory.estimating import estimate
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Process, Source
from lantian.science.inventory.rules import inventory_rules
from lantian.science.inventory.speciation import groups_of, profile_of, speciated

DAY = date(2025, 12, 31)
RULES = inventory_rules(Rulebook.packaged(), DAY)
RULE = Rulebook.packaged().edition(InventoryBookRule, "inventory_book", DAY)


@pytest.mark.parametrize("key", sorted(RULES.voc_profiles))
def test_groups_of_every_profile_add_up_to_the_amount(key):
    found = groups_of(7.0, RULES.voc_profiles[key])
    assert tuple(found) == VOC_GROUPS
    assert sum(found.values()) == pytest.approx(7.0, rel=1e-12)


def test_profile_is_that_of_the_category_or_the_level_above():
    assert profile_of("combustion.residential.coal.bituminous", RULES).key == "residential_coal"
    assert profile_of("combustion.residential.", RULES).key == "residential_coal"
    assert profile_of("no.such", RULES) is None


def test_groups_and_what_has_no_profile_add_up_to_all_voc():
    activity = Activity("combustion.residential.coal.bituminous", 1000.0, "t")
    book = Book("1", 2025, (Source("H", "H", "1", "area", (Process("1", activity),)),))
    rows = estimate(book, RULES, RULE.measured).rows
    voc = next(row for row in rows if row.pollutant == "voc")
    groups, unknown = speciated([*rows, replace(voc, category="no.such", amount=2.5)], RULES)
    assert unknown == 2.5
    assert sum(groups.values()) == pytest.approx(voc.amount, rel=1e-12)
