"""Damaged files: every fault has a place, and nothing crashes."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.city import Limits, load_city
from lantian.city.files import rows_of
from lantian.city.rows import CountyRow, GroupRow, StationRow
from lantian.terms.errors import CallerError

HEADER = "adcode,name_zh,name_en,group\n"
STATION = "code,name_zh,name_en,county,longitude,latitude,level,area_class,simulated"
SOUND = "X1,甲,A,140403,113.1,36.1,micro,2,true,,"
TABLES = ("counties.csv", "bodies.csv", "stations.csv", "groups.csv")


def faults_of(tmp_path: Path, text: str | bytes, model: type = CountyRow, limits: Limits | None = None) -> str:
    path = tmp_path / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CallerError) as caught:
        rows_of(path, model, limits or Limits())
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_every_fault_of_a_file_is_listed_at_once(tmp_path: Path) -> None:
    text = faults_of(tmp_path, HEADER + "14040,甲,A,g\n140404,,B,g\n140405,丙,C,g\n140406,丁\n")
    assert "3 fault(s)" in text
    assert "line 2, column adcode, value '14040'" in text
    assert "write a six-digit GB/T 2260 code" in text
    assert "line 3, column name_zh, value '': empty; fill it in" in text
    assert "line 5, column name_en" in text


def test_many_faults_are_counted_not_printed(tmp_path: Path) -> None:
    text = faults_of(tmp_path, HEADER + "x,甲,A,g\n" * 30)
    assert "30 fault(s)" in text
    assert "and 20 more" in text


@pytest.mark.parametrize(
    ("column", "value", "hint"),
    [
        ("longitude", "113,1", "decimal degrees east"),
        ("longitude", "nan", "decimal degrees east"),
        ("latitude", "113.1", "decimal degrees north"),
        ("level", "country", "national, provincial, municipal, township, micro"),
        ("area_class", "3", "1 or 2"),
        ("simulated", "maybe", "true or false"),
        ("code", "有", "up to 40 letters"),
        ("in_service", "20250701", "a day as YYYY-MM-DD"),
        ("in_service", "2025-02-30", "a day as YYYY-MM-DD"),
        ("in_service", "1751328000", "a day as YYYY-MM-DD"),
        ("pollutants", "so2;radon", "pollutants with ; between them"),
    ],
)
def test_wrong_cell_says_what_to_write(tmp_path: Path, column: str, value: str, hint: str) -> None:
    header = "code,name_zh,name_en,county,longitude,latitude,level,area_class,simulated,in_service,pollutants"
    cells = dict(zip(header.split(","), SOUND.split(","), strict=True))
    cells[column] = value
    line = ",".join(f'"{cell}"' for cell in cells.values())
    text = faults_of(tmp_path, f"{header}\n{line}\n", StationRow)
    assert f"line 2, column {column}, value {value!r}" in text
    assert hint in text


def test_station_row_with_defaults_reads(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(STATION + "\nX1,甲,A,140403,113.1,36.1,micro,2,TRUE\n", encoding="utf-8")
    [(line, row)] = rows_of(path, StationRow, Limits())
    assert line == 2
    assert row.simulated is True
    assert row.control_site is False
    assert len(row.pollutants) == 6
    assert row.in_service is None


def test_list_cells_take_both_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("kind,code,first,stations\ncounty,140423,2025-01-01,A; B；C\n", encoding="utf-8")
    [(_, row)] = rows_of(path, GroupRow, Limits())
    assert row.stations == ("A", "B", "C")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("adcode,name_zh,name_en,groop\n", "unknown: 'groop'; missing: 'group'"),
        ("adcode,name_zh,name_en,group,group\n", "doubled: 'group'"),
        ("", "missing: 'adcode'"),
    ],
)
def test_wrong_header_names_the_columns_of_the_file(tmp_path: Path, header: str, said: str) -> None:
    text = faults_of(tmp_path, header)
    assert said in text
    assert "the columns of this file are adcode, name_zh, name_en, group" in text


def test_open_quote_is_a_fault_with_its_line(tmp_path: Path) -> None:
    assert "line 2: not a readable CSV line" in faults_of(tmp_path, HEADER + '140403,"甲,A,g\n')


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert "neither UTF-8 nor GBK" in faults_of(tmp_path, b"\xff\xff\xff\x00\x80")


def test_file_larger_than_allowed_is_not_read(tmp_path: Path) -> None:
    text = faults_of(tmp_path, HEADER + "140403,甲,A,g\n", limits=Limits(bytes=20))
    assert "more than the 20 allowed" in text


def test_more_rows_than_allowed_are_refused(tmp_path: Path) -> None:
    text = faults_of(tmp_path, HEADER + "140403,甲,A,g\n140404,乙,B,g\n", limits=Limits(rows=1))
    assert "more than 1 rows" in text


def test_missing_file_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="cannot be read"):
        rows_of(tmp_path / "none.csv", CountyRow, Limits())


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_table_loads_or_is_refused_but_never_crashes(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from((*TABLES, "city.toml")))
    with tempfile.TemporaryDirectory() as holder:
        folder = Path(shutil.copytree(load_city("shizuishan").folders[0], Path(holder) / "tiny"))
        content = bytearray((folder / name).read_bytes())
        for _ in range(data.draw(st.integers(1, 3))):
            at = data.draw(st.integers(0, len(content)))
            length = data.draw(st.sampled_from([0, 1, 2, 7, 40, 400]))
            piece = data.draw(
                st.one_of(st.binary(max_size=6), st.sampled_from([b",", b'"', b"\n", b"\xef\xbb\xbf", b"=1"]))
            )
            content[at : at + length] = piece
        (folder / name).write_bytes(bytes(content))
        refused: str | None = None
        try:
            loaded = load_city(folder).adcode
        except CallerError as error:
            loaded, refused = "", str(error)
        assert loaded.isdigit() or (refused is not None and str(folder) in refused)
