"""Shares, states, money and days as people write them, and what cannot be read."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantian.loop.plan.dispatch.sheet_cells import (
    UnreadableCellError,
    input_checksum,
    read_day,
    read_share,
    read_state,
    read_text,
    read_wan,
)
from lantian.loop.plan.dispatch.sheet_layout import CLAIMS, PROJECT_STATES


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("0", "0"), ("100", "100"), ("100%", "100"),
        ("１００％", "100"), ("0.8", "80"), (".8", "80"), ("80.5", "80.5"),
        ("8e1", "80"), ("百分之五", "5"), ("百分之二十五", "25"), ("百分之十", "10"),
        ("百分之百", "100"), ("0.05%", "0.05"),
        (" 80 % ", "80"), ("1%", "1"),
    ],
)  # fmt: skip
def test_a_share_is_read_in_every_spelling(cell: str, share: str) -> None:
    assert read_share(cell) == Decimal(share)


@pytest.mark.parametrize("cell", ["", None, " ", "-", "—", "无", "/"])
def test_an_empty_cell_is_missing_and_never_zero(cell: str | None) -> None:
    assert read_share(cell) is None
    assert read_wan(cell) is None
    assert read_day(cell) is None
    assert read_state(cell, CLAIMS) is None
    assert read_text(cell) == ""


@pytest.mark.parametrize(
    ("cell", "code"),
    [("101", "share_out_of_range"), ("-0.1", "share_out_of_range"), ("约80", "not_a_share"), ("8O", "not_a_share"),
     ("80-90", "not_a_share"), ("nan", "not_a_share"), ("1e99", "share_out_of_range"), ("9" * 60, "not_a_share")],
)  # fmt: skip
def test_a_share_that_is_none_says_why(cell: str, code: str) -> None:
    with pytest.raises(UnreadableCellError) as caught:
        read_share(cell)
    assert caught.value.code == code
    assert caught.value.message.format(**caught.value.values)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-1-5", date(2024, 1, 5)), ("2024/01/05", date(2024, 1, 5)), ("2024.1.5", date(2024, 1, 5)),
        ("2024年1月5日", date(2024, 1, 5)), ("2024 年 1 月 5 日", date(2024, 1, 5)),
        ("２０２４－１－５", date(2024, 1, 5)),
        ("2024-01-05 00:00:00", date(2024, 1, 5)), ("2024-01-05T08:30", date(2024, 1, 5)),
        ("20240105", date(2024, 1, 5)),
        ("45296", date(2024, 1, 5)), ("45296.0", date(2024, 1, 5)), ("2024年1月5号", date(2024, 1, 5)),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_spelling(cell: str, day: date) -> None:
    assert read_day(cell) == day


@pytest.mark.parametrize("cell", ["2024-02-30", "10月底", "2024", "99999", "1", "05/01/2024", "2024-13-01"])
def test_a_day_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(UnreadableCellError, match="not_a_day"):
        read_day(cell)


@pytest.mark.parametrize(
    ("cell", "yuan"), [("0", "0"), ("0.30000000000000004", "3000"), ("12万", "120000"), ("0.000001", "0.01")]
)
def test_money_is_whole_fen_without_binary_noise(cell: str, yuan: str) -> None:
    assert read_wan(cell) == Decimal(yuan)


@given(st.integers(min_value=0, max_value=10**13))
def test_every_whole_fen_comes_back_exactly(fen: int) -> None:
    assert read_wan(str(Decimal(fen) / 1_000_000)) == Decimal(fen) / 100


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_and_never_crashes(cell: str) -> None:
    refused = []
    for read in (read_share, read_wan, read_day, lambda text: read_state(text, PROJECT_STATES)):
        try:
            read(cell)
        except UnreadableCellError as reason:
            refused.append(reason)
    assert all(reason.code and reason.message.format(**reason.values) for reason in refused)


def test_a_row_is_untouched_when_its_cells_mean_the_same() -> None:
    out = {"claimed": "under way", "share": Decimal("70.0"), "spent": Decimal("12.50"), "progress": "a\nb"}
    back = {"claimed": "推进中", "share": "70", "spent": "12.5", "progress": "a\r\nb ", "problems": None}
    assert input_checksum(out, project=False) == input_checksum(back, project=False) != ""
    assert input_checksum({**back, "share": "71"}, project=False) != input_checksum(back, project=False)


def test_a_row_with_an_unreadable_cell_has_no_checksum() -> None:
    assert input_checksum({"claimed": "好"}, project=False) == ""
    assert input_checksum({"done_on": "十月"}, project=True) == ""
