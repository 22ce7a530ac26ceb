"""A mapping types a file row by row; the account of what happened always adds up."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.desk.intake import (
    ROW,
    Applied,
    Mapping,
    StationColumn,
    TextColumn,
    TimeColumns,
    ValueColumn,
    apply_mapping,
    read_table,
)
from lantian.desk.language import translation
from lantian.terms.errors import CallerError

CITY = ZoneInfo("Asia/Shanghai")
PLAIN = Mapping(
    name="plain",
    time=TimeColumns(column="t", edge="end"),
    station=StationColumn(column="s"),
    values={"so2": ValueColumn(column="so2"), "co": ValueColumn(column="co", unit="µg/m³")},
)


def apply(tmp_path: Path, text: str, mapping: Mapping = PLAIN) -> Applied:
    """Apply a mapping to a CSV; micrograms become milligrams."""
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    return apply_mapping(read_table(path), mapping, CITY, lambda _target, _unit, number: number / 1000)


def changed(**changes: object) -> Mapping:
    """The plain mapping with other fields."""
    return Mapping.model_validate(PLAIN.model_dump() | changes)


def hour(*parts: int) -> datetime:
    """An hour of the city."""
    return datetime(*parts, tzinfo=CITY)  # type: ignore[arg-type]


def test_an_end_stamp_is_the_hour_before_and_24_belongs_to_its_own_day(tmp_path: Path) -> None:
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 00:00,a,1,300\n2026-03-01 24:00,a,2,-\n")
    assert applied.frame.select("hour_start", "so2", "co").rows() == [
        (hour(2026, 2, 28, 23), 1.0, 0.3),
        (hour(2026, 3, 1, 23), 2.0, None),
    ]
    assert applied.report.is_clean
    assert applied.report.findings == ()


def test_a_start_stamp_stays_and_24_under_it_is_a_finding(tmp_path: Path) -> None:
    mapping = changed(time=TimeColumns(column="t", edge="start"))
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 00:00,a,1,3\n2026-03-01 24:00,a,1,3\n", mapping)
    assert applied.frame.get_column("hour_start").to_list() == [hour(2026, 3, 1), hour(2026, 3, 2)]
    assert [row.code for row in applied.report.findings] == ["hour_24_at_start"]


@pytest.mark.parametrize("text", ["7", "07", "7.0", "7时", "07:00", "7:00:00", "７"])
def test_an_hour_may_stand_beside_its_date_in_many_forms(tmp_path: Path, text: str) -> None:
    mapping = changed(time=TimeColumns(date_column="d", hour_column="h", edge="end"))
    applied = apply(
        tmp_path, f"d,h,s,so2,co\n2026-03-01,{text},a,1,1\n20260301,24,a,1,1\n2026-03-01,25,a,1,1\n", mapping
    )
    assert applied.frame.get_column("hour_start").to_list() == [hour(2026, 3, 1, 6), hour(2026, 3, 1, 23)]
    assert applied.report.rejects.select("row", "reason", "value").rows() == [(4, "not_a_time", "2026-03-01 25")]


def test_rows_without_time_or_station_are_rejected_with_their_reason(tmp_path: Path) -> None:
    applied = apply(
        tmp_path,
        "t,s,so2,co\n,a,1,1\nyesterday,a,1,1\n2026-03-01 01:30,a,1,1\n"
        "2026-03-01 01:00,—,1,1\n2026-03-01 01:00,a,x,y\n1,2\n",
    )
    assert applied.frame.is_empty()
    whole = applied.report.rejects.filter(pl.col("column").is_null())
    assert whole.select("row", "reason").rows() == [
        (2, "no_time"),
        (3, "not_a_time"),
        (4, "not_on_the_hour"),
        (5, "no_station"),
        (6, "no_readable_value"),
        (7, "too_few_fields"),
    ]
    assert (applied.report.rows_read, applied.report.rows_rejected, applied.report.cells_rejected) == (6, 6, 2)


def test_one_unreadable_cell_costs_only_itself(tmp_path: Path) -> None:
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 01:00,a,12?,300\n2026-03-01 02:00,a,-,—\n")
    assert applied.frame.select("so2", "co").rows() == [(None, 0.3), (None, None)]
    assert applied.report.rejects.rows() == [(2, "so2", "12?", "not_a_number", None)]
    assert (applied.report.rows_accepted, applied.report.rows_rejected, applied.report.cells_rejected) == (2, 0, 1)


def test_stations_are_renamed_fixed_or_kept(tmp_path: Path) -> None:
    mapping = changed(station=StationColumn(column="s", codes={"清华站": "1727A"}))
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 01:00, 清华站 ,1,1\n2026-03-01 01:00,x,1,1\n", mapping)
    assert applied.frame.get_column("station").to_list() == ["1727A", "x"]
    applied = apply(tmp_path, "t,so2,co\n2026-03-01 01:00,1,1\n", changed(station=StationColumn(fixed="9")))
    assert applied.frame.get_column("station").to_list() == ["9"]


def test_flags_of_all_places_join_into_one_set(tmp_path: Path) -> None:
    mapping = changed(
        values={"so2": ValueColumn(column="so2", flags="f"), "co": ValueColumn(column="co")},
        flags="all",
        flags_in_cells=True,
        flag_codes={"故障": "B"},
    )
    applied = apply(
        tmp_path,
        't,s,so2,co,f,all\n2026-03-01 01:00,a,HSp 7,9(RM),"故障,H",H\n2026-03-01 02:00,a,7,9,N,\n',
        mapping,
    )
    assert applied.frame.select("so2", "so2_flags", "co", "co_flags").rows() == [
        (7.0, "B,H,HSp", 9.0, "H,RM"),
        (7.0, None, 9.0, None),
    ]


def test_words_are_translated_or_fixed(tmp_path: Path) -> None:
    mapping = changed(
        texts={
            "stage": TextColumn(column="阶段", values={"原始": "original"}),
            "state": TextColumn(fixed="standard"),
        }
    )
    applied = apply(
        tmp_path, "t,s,so2,co,阶段\n2026-03-01 01:00,a,1,1,原始\n2026-03-01 01:00,a,1,1,audited\n", mapping
    )
    assert applied.frame.select("stage", "state").rows() == [("original", "standard"), ("audited", "standard")]


TWO = (
    "t,s,so2,co\n2026-03-01 01:00,a,1,1\n2026-03-01 02:00,a,1,1\n2026-03-01 01:00,a,2,1\n2026-03-01 02:00,a,1,1\n"
)


def test_two_versions_are_kept_in_order_or_the_last_or_refused(tmp_path: Path) -> None:
    keep = apply(tmp_path, TWO)
    assert keep.frame.get_column("so2").to_list() == [1.0, 1.0, 2.0, 1.0]
    last = apply(tmp_path, TWO, changed(versions="last"))
    assert last.frame.select(ROW, "so2").rows() == [(4, 2.0), (5, 1.0)]
    assert last.report.rejects.select("row", "reason").rows() == [(2, "superseded"), (3, "superseded")]
    refuse = apply(tmp_path, TWO, changed(versions="refuse"))
    assert refuse.report.rejects.select("row", "reason").rows() == [
        (2, "conflicting_versions"),
        (4, "conflicting_versions"),
    ]
    assert refuse.frame.get_column(ROW).to_list() == [3, 5]


def test_a_mapping_for_another_file_is_refused_with_both_names(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match=r"no column 'co' \(for co\).*Its columns are 't', 's', 'so2'"):
        apply(tmp_path, "t,s,so2\n2026-03-01 01:00,a,1\n")


def test_rejects_are_written_whole_and_never_over_each_other(tmp_path: Path) -> None:
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 01:00,a,12?,300\nnever,=a,1,1\n")
    first = applied.report.write_rejects(tmp_path / "rejects", "a-run1")
    second = applied.report.write_rejects(tmp_path / "rejects", "a-run1")
    assert first is not None
    assert second is not None
    assert first != second
    back = read_table(first)
    assert back.columns == ("_row_2", "_column", "_value", "_reason", "_text", "t", "s", "so2", "co")
    rows = pl.read_csv(first, infer_schema=False).rows()
    assert rows == [
        ("2", "so2", "12?", "not_a_number", None, "2026-03-01 01:00", "a", "12?", "300"),
        ("3", None, "never", "not_a_time", None, "never", "'=a", "1", "1"),
    ]


def test_a_clean_file_writes_no_rejects(tmp_path: Path) -> None:
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 01:00,a,1,1\n")
    assert applied.report.write_rejects(tmp_path / "rejects", "a") is None
    assert not (tmp_path / "rejects").exists()


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_the_report_reads_as_sentences(tmp_path: Path, locale: str) -> None:
    applied = apply(tmp_path, "t,s,so2,co\n2026-03-01 01:00,a,12?,300\nnever,a,1,1\n")
    lines = applied.report.lines(translation(locale), most=1)
    assert len(lines) == 4
    if locale == "en":
        assert lines == [
            "a.csv: 2 rows read, 1 accepted, 1 rejected, 0 left out",
            "1 single cells could not be read",
            "row 2, column so2: '12?' — not a number and not a mark for a missing value",
            "… and 1 more",
        ]


CELL = st.sampled_from(["", "1", "-", "x", "2026-03-01 01:00", "2026-03-01 24:00", "a", "1e999", "１", ",", "0"])


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=10))
def test_the_account_always_adds_up_and_no_row_is_lost(tmp_path: Path, rows: list[list[str]]) -> None:
    body = [row for row in rows if any(cell.strip(", ") for cell in row)]
    if not body:
        return
    text = "t,s,so2,co\n" + "\n".join(",".join(row) for row in body) + "\n"
    applied = apply(tmp_path, text)
    report = applied.report
    assert report.rows_read == report.rows_accepted + report.rows_rejected
    rejected = report.rejects.filter(pl.col("column").is_null()).get_column("row").to_list()
    assert len(rejected) == len(set(rejected)) == report.rows_rejected
    assert set(rejected) | set(applied.frame.get_column(ROW).to_list()) == set(range(2, len(body) + 2))
    assert applied.frame.get_column("hour_start").null_count() == 0
    assert applied.frame.get_column("station").null_count() == 0
