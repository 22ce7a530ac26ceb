"""Rows of a table are judged each by the edition of its own date, exactly as one set of values alone."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.desk.intake import ROW
from lantian.loop.evaluate.given_rows import INDEX_COLUMNS, LAWLESS, NO_DATA, WITHHELD, averaging_of, judge_rows
from lantian.rules import AqiRule, Rulebook
from lantian.science.aqi import aqi
from lantian.terms.errors import CallerError, RuleError

CHINA = ZoneInfo("Asia/Shanghai")
KEYS = ("so2", "no2", "co", "o3", "pm10", "pm25")
BOOK = Rulebook.packaged()


def frame(rows: list[dict[str, str | None]]) -> pl.DataFrame:
    schema = {"time": pl.String(), **dict.fromkeys(KEYS, pl.String())}
    return pl.DataFrame(rows, schema=schema).with_row_index(ROW, offset=2).with_columns(pl.col(ROW).cast(pl.Int64))


cell = st.none() | st.integers(0, 1500).map(str) | st.decimals(0, 900, places=2, allow_nan=False).map(str)
row = st.fixed_dictionaries(
    {
        "time": st.integers(-40, 40).map(lambda n: str(date(2026, 3, 1) + timedelta(days=n))),
        **dict.fromkeys(KEYS, cell),
    }
)


@given(st.lists(row, min_size=1, max_size=12), st.sampled_from(["day", "hour"]))
@settings(max_examples=60, deadline=None)
def test_a_row_of_a_table_is_judged_as_if_it_stood_alone(
    rows: list[dict[str, str | None]], averaging: str
) -> None:
    found = judge_rows(
        frame(rows), {key: key for key in KEYS}, BOOK, averaging="day" if averaging == "day" else "hour",
        zone=CHINA, time="time",
    )  # fmt: skip
    for held, values in zip(found.frame.iter_rows(named=True), rows, strict=True):
        day = date.fromisoformat(str(values["time"]))
        rule = BOOK.aqi_day(day) if averaging == "day" else BOOK.aqi_hour(day)
        numbers = {key: None if values[key] is None else float(str(values[key])) for key in KEYS}
        alone = aqi(numbers, rule, BOOK.categories(day))
        assert held["aqi"] == alone.aqi
        assert held["primary"] == (",".join(alone.primary) or None)
        assert held["level"] == (None if alone.category is None else alone.category.level)
        assert [held[f"iaqi_{key}"] for key in KEYS] == [alone.iaqi[key] for key in KEYS]


@given(st.lists(row, min_size=2, max_size=12), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_the_rows_changes_nothing(rows: list[dict[str, str | None]], chance: object) -> None:
    order = list(range(len(rows)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    columns = {key: key for key in KEYS}
    straight = judge_rows(frame(rows), columns, BOOK, averaging="day", zone=CHINA, time="time")
    mixed = judge_rows(frame([rows[n] for n in order]), columns, BOOK, averaging="day", zone=CHINA, time="time")
    assert mixed.frame.equals(straight.frame[order])


def test_what_is_withheld_is_marked_as_its_edition_says(rulebook: Rulebook) -> None:
    rows = [
        {"time": "2026-02-28", **dict.fromkeys(KEYS, None)},
        {"time": "2026-03-01", **dict.fromkeys(KEYS, None)},
        {"time": "2026-03-01", **dict.fromkeys(KEYS, None), "pm25": "20"},
        {"time": "?", **dict.fromkeys(KEYS, "1")},
    ]
    found = judge_rows(frame(rows), {key: key for key in KEYS}, rulebook, averaging="day", zone=CHINA, time="time")
    assert found.frame["status"].to_list() == [NO_DATA, NO_DATA, WITHHELD, LAWLESS]
    assert found.frame["marker"].to_list() == [None, "NA", "NA", None]
    assert found.frame.select(INDEX_COLUMNS[-3:]).null_count().row(0) == (4, 4, 4)
    assert [(use.rule.id, use.rows) for use in found.uses] == [("hj633-2012-day", 1), ("hj633-2026-day", 2)]


def test_a_forced_edition_needs_no_time_and_no_law_of_the_date(rulebook: Rulebook) -> None:
    rule = rulebook.by_id("hj633-2026-day")
    assert isinstance(rule, AqiRule)
    table = frame([{"time": None, **dict.fromkeys(KEYS, None), "pm25": "68"}])
    found = judge_rows(table, {"pm25": "pm25"}, rulebook, averaging="day", zone=CHINA, edition=rule)
    assert (found.frame["aqi"].to_list(), found.uses[0].first, found.doubts.height) == ([108], None, 0)
    with pytest.raises(CallerError, match="force an edition"):
        judge_rows(table, {"pm25": "pm25"}, rulebook, averaging="day", zone=CHINA)


def test_dates_outside_every_law_are_an_error_only_when_all_are(rulebook: Rulebook) -> None:
    rows = [{"time": day, **dict.fromkeys(KEYS, None), "pm25": "68"} for day in ("1999-01-01", "2026-03-02")]
    found = judge_rows(frame(rows), {"pm25": "pm25"}, rulebook, averaging="day", zone=CHINA, time="time")
    assert (found.frame["status"][0], found.doubts.rows()) == (LAWLESS, [(2, "time", "1999-01-01", "no_law")])
    with pytest.raises(RuleError, match="1999-01-01"):
        judge_rows(frame(rows[:1]), {"pm25": "pm25"}, rulebook, averaging="day", zone=CHINA, time="time")


def test_values_far_beyond_the_table_are_capped_and_do_not_overflow(rulebook: Rulebook) -> None:
    rows = [{"time": "2026-03-01", **dict.fromkeys(KEYS, "1e308")}]
    found = judge_rows(frame(rows), {key: key for key in KEYS}, rulebook, averaging="day", zone=CHINA, time="time")
    assert [found.frame[f"iaqi_{key}"][0] for key in KEYS] == [500, 500, 500, 300, 500, 500]


def test_stamps_that_cannot_be_read_do_not_decide_the_averaging() -> None:
    table = pl.DataFrame({"t": ["2026-03-01", "?", None]})
    assert averaging_of(table, "t", CHINA) == "day"
    assert averaging_of(pl.DataFrame({"t": ["?", None]}), "t", CHINA) == "hour"
