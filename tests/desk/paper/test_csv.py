"""CSV that Excel opens rightly, that no formula hides in, and that reads back the same."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantian.desk.intake import read_table
from lantian.desk.paper.csv import guard, unguard, write_csv
from lantian.terms.errors import HouseError

CITY = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"])
def test_text_that_a_spreadsheet_would_run_gets_a_guard(text: str) -> None:
    assert guard(text) == "'" + text


@pytest.mark.parametrize("text", ["清华站", "PM2.5", "1-2", "'quoted", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guard(text) == text


@settings(deadline=None)
@given(st.text(alphabet="'=+-@\t清a1", max_size=8))
def test_a_guard_can_always_be_taken_away(text: str) -> None:
    assert unguard(guard(text)) == text


def test_the_file_begins_with_a_mark_and_keeps_numbers_instants_and_missing(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "station": ["=cmd()", "清华,站", 'say "x"'],
            "hour_start": [datetime(2026, 3, 1, n, tzinfo=CITY) for n in range(3)],
            "so2": [0.1 + 0.2, None, -3.0],
        }
    )
    path = tmp_path / "made" / "a.csv"
    write_csv(path, frame)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfstation,hour_start,so2\r\n")
    lines = data.decode("utf-8-sig").splitlines()
    assert lines[1] == "'=cmd(),2026-03-01 00:00:00+08:00,0.30000000000000004"
    assert lines[2] == '"清华,站",2026-03-01 01:00:00+08:00,'
    assert lines[3] == '"say ""x""",2026-03-01 02:00:00+08:00,-3.0'
    assert read_table(path).frame.get_column("station").to_list() == ["=cmd()", "清华,站", 'say "x"']


def test_parts_of_a_second_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, pl.DataFrame({"recorded_at": [datetime(2026, 3, 1, 1, 2, 3, 45, tzinfo=UTC)]}))
    assert path.read_text(encoding="utf-8-sig").splitlines()[1] == "2026-03-01 01:02:03.000045+00:00"


def test_titles_for_people_may_replace_the_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, pl.DataFrame({"pm25": [1.5]}), header=["=细颗粒物, 均值"])
    assert path.read_text(encoding="utf-8-sig").splitlines() == ['"\'=细颗粒物, 均值"', "1.5"]


def test_a_refusing_disk_leaves_the_old_file_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(HouseError, match="could not be written"):
        write_csv(path / "a.csv", pl.DataFrame({"a": [1]}))
    assert path.read_text(encoding="utf-8") == "old"
