"""Cells as people write them become numbers, times and flags; whatever cannot be read says why."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.desk.intake import cells

CITY = ZoneInfo("Asia/Shanghai")
FULL_WIDTH = str.maketrans("0123456789.,+-", "０１２３４５６７８９．，＋－")


def read_number(*texts: str | None, missing: tuple[str, ...] = ()) -> list[tuple[float | None, str | None]]:
    """Read texts as one column."""
    value, reason = cells.number(pl.col("x"), missing)
    return pl.DataFrame({"x": list(texts)}, schema={"x": pl.String}).select(value, reason.alias("why")).rows()


def read_instant(*texts: str | None, pattern: str | None = None) -> list[tuple[datetime | None, str | None, bool]]:
    """Read texts as one column of stamps."""
    parts = cells.instant(pl.col("t"), CITY, pattern)
    frame = pl.DataFrame({"t": list(texts)}, schema={"t": pl.String})
    return frame.select(part.alias(str(n)) for n, part in enumerate(parts)).rows()


@pytest.mark.parametrize("text", [*sorted(cells.MISSING_MARKS), "　", "－", "&MDASH;", "NaN", "Na", " — ", None])
def test_marks_for_no_value_are_missing_and_never_zero(text: str | None) -> None:
    assert read_number(text) == [(None, None)]
    assert cells.parse_number(text) is None


def test_a_file_may_have_marks_of_its_own() -> None:
    assert read_number("-999", "-99", missing=("-999",)) == [(None, None), (-99.0, None)]


@pytest.mark.parametrize(
    "text", ["abc", "1,23", "1.2.3", "12 13", "1e", "0x10", "1_000", "１２a", "12(H)", "true"]
)
def test_what_is_no_number_is_rejected_and_not_missing(text: str) -> None:
    assert read_number(text) == [(None, "not_a_number")]
    with pytest.raises(ValueError, match="not_a_number"):
        cells.parse_number(text)


def test_infinity_never_gets_in() -> None:
    assert read_number("1e999", "inf", "Infinity") == [
        (None, "not_finite"),
        (None, "not_a_number"),
        (None, "not_a_number"),
    ]


@settings(deadline=None)
@given(
    st.decimals(min_value=-99999999, max_value=99999999, places=3),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["", " ", "　", "\u00a0"]),
)
def test_a_number_is_the_same_however_it_is_written(value: Decimal, full: bool, grouped: bool, blank: str) -> None:
    text = f"{value:,}" if grouped else str(value)
    written = blank + (text.translate(FULL_WIDTH) if full else text) + blank
    assert read_number(written) == [(float(value), None)]
    assert cells.parse_number(written) == value


@settings(deadline=None)
@given(st.text(max_size=12))
def test_column_and_single_cell_agree_on_any_text(text: str) -> None:
    [(value, reason)] = read_number(text)
    alone: tuple[float | None, str | None]
    try:
        expected = cells.parse_number(text)
        alone = (None if expected is None else float(expected), None)
    except ValueError as error:
        alone = (None, str(error))
    assert (value, reason) == alone


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01 05:00",
        "2026-03-01 05:00:00",
        "2026-3-1 5:00",
        "2026/3/1 5:00",
        "2026.03.01 05:00",
        "2026-03-01T05:00:00",
        "2026-03-01T05:00:00.000000",
        "2026-03-01 05",
        "2026年3月1日5时",
        "2026年3月1日 05时00分",
        "2026年03月01日 5:00",
        "２０２６－０３－０１　０５：００",
        "2026030105",
        "20260301 05:00",
        "202603010500",
        "20260301050000",
        "2026-03-01T05:00:00+08:00",
        "2026-02-28T21:00:00Z",
        "2026-03-01 00:00:00+03:00",
    ],
)
def test_every_usual_way_to_write_an_hour_is_read(text: str) -> None:
    assert read_instant(text) == [(datetime(2026, 3, 1, 5, tzinfo=CITY), None, False)]


def test_24_o_clock_is_midnight_of_the_next_day_and_is_said() -> None:
    midnight = datetime(2026, 3, 1, tzinfo=CITY)
    assert read_instant("2026-02-28 24:00", "2026年2月28日24时", "2026022824") == [(midnight, None, True)] * 3


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30 01:00",
        "2026-13-01",
        "2026-03-01 24:30",
        "2026-03-01 25:00",
        "2026-03-01 05:61",
        "2026111",
        "5:00",
        "x",
    ],
)
def test_what_is_no_time_is_rejected(text: str) -> None:
    assert read_instant(text) == [(None, "not_a_time", False)]


def test_no_time_and_a_wrong_time_are_told_apart() -> None:
    assert [row[1] for row in read_instant("", "—", None, "yesterday")] == [
        "no_time",
        "no_time",
        "no_time",
        "not_a_time",
    ]


def test_a_form_of_its_own_is_read_by_its_pattern() -> None:
    assert read_instant("01.03.2026 05h00", "2026-03-01", pattern="%d.%m.%Y %Hh%M") == [
        (datetime(2026, 3, 1, 5, tzinfo=CITY), None, False),
        (None, "not_a_time", False),
    ]


@settings(deadline=None)
@given(st.datetimes(datetime(1995, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds are naive
def test_an_instant_survives_being_written_with_its_offset(when: datetime) -> None:
    when = when.replace(microsecond=0)
    local = when.astimezone(CITY)
    assert read_instant(local.isoformat(), local.strftime("%Y-%m-%d %H:%M:%S")) == [(when, None, False)] * 2


def test_flags_are_a_set_and_never_searched_for_as_text() -> None:
    assert cells.parse_flags("HSp") == {"HSp"}
    assert cells.parse_flags("HSp;H，RM、H") == {"H", "HSp", "RM"}
    assert cells.parse_flags("H RM") == {"H", "RM"}
    assert cells.parse_flags("sudden change") == {"sudden_change"}


@pytest.mark.parametrize("text", ["", "N", "n", "正常", "—", None, " , ", "N,正常"])
def test_flags_that_say_nothing_are_none(text: str | None) -> None:
    assert cells.parse_flags(text) == frozenset()


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["H", "HSp", "LSp", "RM", "B", "BB", "PS"]), max_size=4), st.sampled_from(",;|、，")
)
def test_the_order_of_flags_does_not_matter(flags: list[str], separator: str) -> None:
    assert cells.parse_flags(separator.join(flags)) == frozenset(flags)
    assert cells.parse_flags(separator.join(reversed(flags))) == frozenset(flags)


def test_a_value_before_1900_or_without_day_is_no_stamp() -> None:
    assert cells.parse_instant("0001-01-01 00:00", CITY) is None
    found = cells.parse_instant("2026-03-01 05:00", CITY)
    assert found is not None
    assert found.utcoffset() == timedelta(hours=8)
