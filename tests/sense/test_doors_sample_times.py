from zoneinfo import ZoneInfo

import pytest

from lantian.desk.intake import read_table
from lantian.loop.sense.doors.labels import label_of
from lantian.loop.sense.doors.sample_times import read_times
from lantian.terms.errors import CallerError

ZONE = ZoneInfo("Asia/Shanghai")


def times(give, text: str, name: str = "a.csv"):
    given = give(name, text)
    table = read_table(given.path)
    return read_times(table, label_of(table, given), ZONE)


def starts(read) -> list[str | None]:
    return [None if at is None else at.strftime("%m-%d %H:%M") for at in read.frame["start"]]


def codes(read) -> list[str]:
    return [row.code for row in read.findings]


def test_a_column_that_says_start_needs_no_word_more(give) -> None:
    read = times(give, "采样开始时间,a\n2026-03-01 05:00,1\n")
    assert (starts(read), read.stamps_end, codes(read)) == (["03-01 05:00"], False, [])


def test_start_and_end_together_give_the_length(give) -> None:
    read = times(give, "开始时间,结束时间,a\n2026-03-01 10:00,2026-03-02 09:00,1\n2026-03-01 10:00,x,1\n")
    assert read.frame["hours"].to_list() == [23, None]


def test_the_end_alone_stays_the_end(give) -> None:
    assert times(give, "结束时间,a\n2026-03-01 05:00,1\n").stamps_end


def test_a_time_without_a_word_on_its_edge_is_a_start_and_a_question(give) -> None:
    read = times(give, "时间,a\n2026-03-01 05:00,1\n")
    assert (read.stamps_end, codes(read)) == (False, ["edge_unknown"])
    read = times(give, "edge = end\n时间,a\n2026-03-01 05:00,1\n")
    assert (read.stamps_end, codes(read)) == (True, [])


def test_a_clock_that_knows_24_stamps_the_end(give) -> None:
    read = times(give, "时间,a\n2026-03-01 23:00,1\n2026-03-01 24:00,1\n")
    assert (starts(read), read.stamps_end, codes(read)) == (
        ["03-01 23:00", "03-02 00:00"], True, ["edge_from_24"],
    )  # fmt: skip


@pytest.mark.parametrize("head", ["日期,小时,a", "Date,Time,a", "日期,时间,a"])
def test_date_and_hour_may_stand_apart(give, head: str) -> None:
    hour = "7" if "小时" in head else "07:00"
    read = times(give, f"edge = start\n{head}\n2026-03-01,{hour},1\n")
    assert starts(read) == ["03-01 07:00"]
    assert len(read.columns) == 2


def test_a_full_stamp_beside_a_date_is_taken_by_itself(give) -> None:
    read = times(give, "edge = start\n日期,时间,a\n2026-03-01,2026-03-01 07:00,1\n")
    assert starts(read) == ["03-01 07:00"]


def test_month_and_day_are_told_apart_by_the_whole_column(give) -> None:
    read = times(give, "edge = start\nDate,a\n3/1/2026 6:00,1\n3/13/2026 6:00,1\n3/14/2026,1\n")
    assert starts(read) == ["03-01 06:00", "03-13 06:00", "03-14 00:00"]
    assert codes(read) == ["date_form_assumed"]
    read = times(give, "edge = start\nDate,a\n1/3/2026 6:00,1\n13/3/2026 6:00,1\n")
    assert starts(read) == ["03-01 06:00", "03-13 06:00"]


@pytest.mark.parametrize("other", ["4/5/2026 6:00", "13/13/2026 6:00"])
def test_days_that_read_both_ways_or_neither_are_refused(give, other: str) -> None:
    with pytest.raises(CallerError, match="month from the day"):
        times(give, f"Date,a\n3/1/2026 6:00,1\n{other},1\n")


def test_the_length_stands_in_a_column_or_the_label(give) -> None:
    read = times(give, "hour_start,duration,a\n2026-03-01 05:00,24,1\n2026-03-01 05:00,x,1\n")
    assert read.frame["hours"].to_list() == [24, None]
    assert times(give, "period = 3\nhour_start,a\n2026-03-01 05:00,1\n").frame["hours"].to_list() == [3]


def test_unreadable_times_keep_their_text_and_reason(give) -> None:
    read = times(give, "hour_start,a\nabc,1\n,2\n")
    assert read.frame.select("reason", "time_text").rows() == [("not_a_time", "abc"), ("no_time", None)]


def test_a_table_without_times_is_refused(give) -> None:
    with pytest.raises(CallerError, match="no column of times"):
        times(give, "a,b\n1,2\n")
