"""What goes into a column comes out of it, exactly."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects import postgresql, sqlite

from lantian.ledger import Ledger
from lantian.ledger.columns import Exact, UtcDateTime, Yuan
from lantian.ledger.models import Organisation

DIALECTS = [sqlite.dialect(), postgresql.dialect()]


@pytest.mark.parametrize("dialect", DIALECTS)
@given(fen=st.integers(-(10**15), 10**15))
def test_money_is_whole_fen_inside_and_yuan_outside(dialect, fen: int):
    yuan = Decimal(fen) / 100
    assert Yuan().process_bind_param(yuan, dialect) == fen
    assert Yuan().process_result_value(fen, dialect) == yuan


def test_a_fraction_of_a_fen_is_refused():
    with pytest.raises(ValueError, match="whole fen"):
        Yuan().process_bind_param(Decimal("0.005"), DIALECTS[0])


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_an_exact_number_keeps_its_digits(value: Decimal):
    held = Exact().process_bind_param(value, DIALECTS[0])
    back = Exact().process_result_value(held, DIALECTS[0])
    assert str(back) == str(value)


@pytest.mark.parametrize("column", [Yuan(), Exact(), UtcDateTime()])
def test_missing_stays_missing(column):
    assert column.process_bind_param(None, DIALECTS[0]) is None
    assert column.process_result_value(None, DIALECTS[0]) is None


def test_an_instant_before_the_epoch_and_with_microseconds_comes_back(ledger: Ledger):
    at = datetime(1958, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    row = {"id": "x", "kind": "other", "name_zh": "甲", "full_name_zh": "甲", "name_en": "A", "made_at": at}
    with ledger.write() as session:
        session.execute(insert(Organisation).values(row))
    with ledger.read() as session:
        assert session.scalars(select(Organisation.made_at)).one() == at
