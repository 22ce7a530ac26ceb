"""Periods and numbers as people write them, and what is refused."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.loop.plan.targets.figures import checked_number, checked_period, checked_text
from lantian.terms.errors import CallerError


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2024", "2024"), ("2024年度", "2024"), ("２０２４年", "2024"), ("2024Q3", "2024Q3"), ("2024q3", "2024Q3"),
        ("2024年第3季度", "2024Q3"), ("2024年三季度", "2024Q3"), ("2024年第一季度", "2024Q1"),
        ("2024-07", "2024-07"), ("2024.7", "2024-07"), ("2024/07", "2024-07"), ("2024年7月", "2024-07"),
        ("2024-07-01", "2024-07"), ("2024-07-01 00:00:00", "2024-07"), ("2024年上半年", "2024H1"),
        ("2024H2", "2024H2"),
    ],
)  # fmt: skip
def test_periods_are_read_as_people_write_them(text: str, label: str) -> None:
    assert checked_period(text).label == label


@pytest.mark.parametrize(
    "text", ["", "去年", "2024-13", "2024Q5", "2024-07-15", "24", "2024–2026", "2024-01-01..2024-04-30"]
)
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(CallerError, match="is no period"):
        checked_period(text)


@pytest.mark.parametrize(
    ("text", "value"), [("42.88", "42.88"), ("１２", "12"), ("1,234.5", "1234.5"), (" 7 ", "7"), ("-3.0", "-3.0")]
)
def test_numbers_keep_their_digits(text: str, value: str) -> None:
    assert checked_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "约80", "1e9", "NaN", "inf", "1,23", "80%", "9" * 30, "1.2.3"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(CallerError, match="is no plain number"):
        checked_number(text)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (checked_period, checked_number):
        with suppress(CallerError):
            assert read(text) is not None


def test_a_source_is_needed() -> None:
    assert checked_text(" 统计年鉴 ", "source") == "统计年鉴"
    for text in ("", "   ", "x" * 301):
        with pytest.raises(CallerError, match="needs its source"):
            checked_text(text, "source")
