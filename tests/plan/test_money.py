"""Prices, taxes, subsidies and loans: who answers, and what amount was laid down."""

from decimal import Decimal
from typing import Any

import pytest

from lantian.ledger.chain import verify_chain
from lantian.loop.plan.targets.money import FORMS, list_money, set_money_amount
from lantian.terms.errors import CallerError


def test_measure_35_has_its_five_kinds_of_money(adopted: Any) -> None:
    rows = {row.key: row for row in list_money(adopted.office) if row.measure == "35"}
    assert {row.form for row in rows.values()} == set(FORMS)
    assert rows["green-loans"].form == "loan"
    assert len(rows["green-loans"].bodies) == 3
    assert all(row.amount is None for row in rows.values())


def test_an_amount_is_entered_once_and_can_be_taken_back(adopted: Any) -> None:
    office = adopted.office
    task = next(row for row in list_money(office) if row.key == "heating-subsidy")
    before = verify_chain(office.ledger).entries
    amount = Decimal("120000000.50")
    assert set_money_amount(office, task.task_id, amount, by="finance", source="预算")
    assert not set_money_amount(office, task.task_id, amount, by="finance", source="预算")
    assert next(row for row in list_money(office) if row.key == task.key).amount == amount
    assert set_money_amount(office, task.task_id, None, by="finance", source="更正")
    assert next(row for row in list_money(office) if row.key == task.key).amount is None
    report = verify_chain(office.ledger)
    assert report.sound
    assert report.entries == before + 2


@pytest.mark.parametrize("amount", ["-1", "0.001", "NaN"])
def test_what_is_no_amount_is_refused(adopted: Any, amount: str) -> None:
    task = list_money(adopted.office)[0]
    with pytest.raises(CallerError, match="no amount of money"):
        set_money_amount(adopted.office, task.task_id, Decimal(amount), by="o", source="s")


def test_what_is_no_money_measure_is_refused(adopted: Any) -> None:
    with pytest.raises(CallerError, match="is no price"):
        set_money_amount(adopted.office, "nothing", Decimal(1), by="o", source="s")
