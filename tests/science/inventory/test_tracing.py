import json
from dataclasses import replace
from datetime import date

import pytest

from lantian.rules import InventoryBookRule, Rulebook
from lantian.science.inventory.estimating import estimate
from lantian.science.inventory.gross import Activity
from lantian.science.inventory.records import Book, Control, Measured, Process, Source
from lantian.science.inventory.rules import inventory_rules
from lantian.science.inventory.tracing import agrees, made_again, trace_of

DAY = date(2025, 12, 31)
RULES = inventory_rules(Rulebook.packaged(), DAY)
RULE = Rulebook.packaged().edition(InventoryBookRule, "inventory_book", DAY)
COAL = Activity(
    "combustion.power.coal.pulverised", 1e5, "t", 1.05, {"sulphur": 0.01, "ash": 0.2, "capacity": 100.0}
)


def rows(*measured: Measured):
    chain = (Control("scr"), Control("bag_filter", capture=0.98), Control("limestone_gypsum", availability=0.9))
    processes = (Process("1", COAL, controls=chain), Process("2", replace(COAL, amount=5e4), controls=chain))
    book = Book("1", 2025, (Source("P", "P", "1", "point", processes),), measured)
    return estimate(book, RULES, RULE.measured).rows


def test_every_row_is_made_again_from_its_trace_after_json():
    every = rows(
        Measured("P", "nox", "cems", 90.0, coverage=0.8, outlet="O"), Measured("P", "tsp", "permit", 3.0),
        Measured("P", "nh3", "measurement", 1.0), Measured("P", "so2", "permit", 7.0, process="2"),
    )  # fmt: skip
    assert len(every) > 20
    for row in every:
        trace = json.loads(json.dumps(trace_of(row)))
        assert made_again(trace) == pytest.approx(row.amount, rel=1e-9)
        assert agrees(row.amount, trace)


def test_changed_amount_no_longer_agrees():
    row = rows()[0]
    assert not agrees(row.amount * 1.001, trace_of(row))


def test_trace_without_activity_says_nothing():
    trace = trace_of(rows()[0])
    assert made_again({**trace, "activity": None}) is None
    assert not agrees(1.0, {**trace, "factor": None})
