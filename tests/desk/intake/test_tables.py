"""Files of every kind become text cells; damaged ones are refused with what to do, and no line is lost."""

import io
import json
import struct
import zipfile
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantian.desk.intake import ROW, Limits, Table, read_table
from lantian.terms.errors import CallerError


def table_of(tmp_path: Path, data: bytes | str, name: str = "a.csv", **options: object) -> Table:
    """Read bytes as a file of this name."""
    path = tmp_path / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return read_table(path, **options)  # type: ignore[arg-type]


def workbook(rows: list[list[object]], *, sheet: str = "数据", first: int = 0) -> bytes:
    """A small workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(sheet)
        date_format = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(rows, start=first):
            for position, value in enumerate(row):
                if isinstance(value, datetime):
                    page.write_datetime(number, position, value, date_format)
                elif value is not None:
                    page.write(number, position, value)
    return out.getvalue()


# ------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    text = "\n".join(
        delimiter.join(row)
        for row in (
            ["时间", "站点", "SO2"],
            ["2026-03-01 01:00", "清华站", "12"],
            ["2026-03-01 02:00", "清华站", "-"],
        )
    )
    table = table_of(tmp_path, text, "a.txt")
    assert table.columns == ("时间", "站点", "SO2")
    assert table.delimiter == delimiter
    assert table.frame.rows() == [(2, "2026-03-01 01:00", "清华站", "12"), (3, "2026-03-01 02:00", "清华站", "-")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_read(tmp_path: Path, end: str) -> None:
    table = table_of(tmp_path, end.join(["a,b", "1,2", "", "3,4", ""]))
    assert table.frame.rows() == [(2, "1", "2"), (4, "3", "4")]


def test_quoted_cells_may_hold_delimiters_quotes_and_line_ends(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'name,note\n"清华,站","said ""x""\nand more"\nb,2\n')
    assert table.frame.rows() == [(2, "清华,站", 'said "x"\nand more'), (4, "b", "2")]


def test_a_quotation_mark_inside_a_cell_is_only_a_sign(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'a,b\n5" pipe,"z" \n1,2\n')
    assert table.frame.rows() == [(2, '5" pipe', "z "), (3, "1", "2")]
    assert table.rejects.is_empty()


def test_lines_that_do_not_fit_are_kept_with_their_number_and_text(tmp_path: Path) -> None:
    for quote in ("", '"x"'):
        table = table_of(tmp_path, f"a,b,c\n1,2,3\n1,2\n4,5,6,7\n7,8,9,,\n{quote},,1\n")
        assert table.frame.get_column(ROW).to_list() == [2, 5, 6]
        assert table.rejects.select("row", "reason", "text").rows() == [
            (3, "too_few_fields", "1,2"),
            (4, "too_many_fields", "4,5,6,7"),
        ]
        assert table.rows_read == 5
        assert table.findings == ()


def test_a_cut_last_line_is_rejected_and_noticed(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b,c\n1,2,3\n4,5")
    assert table.rejects.rows() == [(3, None, None, "too_few_fields", "4,5")]
    assert [row.code for row in table.findings] == ["file_cut_off"]


def test_a_quotation_mark_that_never_closes_loses_nothing(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'a,b\n1,"x\ny"\n3,"4\n5,6\n7,8\n')
    assert table.frame.rows() == [(2, "1", "x\ny")]
    assert table.rejects.rows() == [(4, None, None, "unclosed_quote", '3,"4\n5,6\n7,8')]


def test_formula_guards_of_our_own_exports_are_taken_away(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b\n'=1+1,'x\n")
    assert table.frame.rows() == [(2, "=1+1", "'x")]


def test_title_lines_stand_aside_and_rows_keep_their_numbers(tmp_path: Path) -> None:
    table = table_of(tmp_path, "长治市环境空气日报,,\n,,\n时间,站点,SO2\n2026-03-01,清华站,12\n")
    assert table.preamble == ("长治市环境空气日报",)
    assert table.columns == ("时间", "站点", "SO2")
    assert table.frame.rows() == [(4, "2026-03-01", "清华站", "12")]


def test_a_row_of_units_is_a_header_too(tmp_path: Path) -> None:
    table = table_of(tmp_path, "时间,SO2,CO\n,(μg/m3),mg/m³\n2026-03-01 01:00,1,2\n")
    assert table.columns == ("时间", "SO2", "CO")
    assert table.units == {"SO2": "(μg/m3)", "CO": "mg/m3"}
    assert table.frame.height == 1


def test_merged_headers_of_two_rows_are_joined(tmp_path: Path) -> None:
    table = table_of(tmp_path, "时间,站点,SO2,,NO2,\n,,浓度,标识,浓度,标识\n2026-03-01 01:00,a,1,H,2,\n")
    assert table.columns == ("时间", "站点", "SO2 浓度", "SO2 标识", "NO2 浓度", "NO2 标识")
    assert table.frame.row(0) == (3, "2026-03-01 01:00", "a", "1", "H", "2", None)


def test_units_in_brackets_are_known_and_names_stay(tmp_path: Path) -> None:
    table = table_of(tmp_path, "时间,PM2.5（μg/m³）,CO(mg/m3)\n1,2,3\n")
    assert table.columns == ("时间", "PM2.5（μg/m³）", "CO(mg/m3)")
    assert table.units == {"PM2.5（μg/m³）": "μg/m3", "CO(mg/m3)": "mg/m3"}


def test_names_that_stand_twice_are_numbered_and_said(tmp_path: Path) -> None:
    table = table_of(tmp_path, "a,b,a,,a_2\n1,2,3,4,5\n")
    assert table.columns == ("a", "b", "a_2", "column_4", "a_2_2")
    assert "column_name_twice" in [row.code for row in table.findings]


def test_a_caller_may_say_how_many_header_rows_there_are(tmp_path: Path) -> None:
    assert table_of(tmp_path, "1,2\n3,4\n", header_rows=0).frame.rows() == [(1, "1", "2"), (2, "3", "4")]
    assert table_of(tmp_path, "a,,x\nb,c,y\n1,2,3\n", header_rows=2).columns == ("a b", "a c", "x y")


# ------------------------------------------------------------------------------------------- workbooks


def test_a_workbook_gives_exact_text_and_sheet_row_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["长治市"],
        ["时间", "站点", "SO2", "CO"],
        [datetime(2026, 3, 1, 5), "清华站", 12, 0.3],  # noqa: DTZ001 - Excel knows no zone
        [None, None, None, None],
        ["2026-03-01 06:00", "=1+1", "—", 1.367],
    ]
    table = table_of(tmp_path, workbook(rows, first=2), "a.xlsx")
    assert (table.kind, table.sheet, table.preamble) == ("xlsx", "数据", ("长治市",))
    assert table.frame.rows() == [
        (5, "2026-03-01 05:00:00", "清华站", "12", "0.3"),
        (7, "2026-03-01 06:00", "=1+1", "—", "1.367"),
    ]


def test_the_first_sheet_that_holds_anything_is_read_and_others_are_named(tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("空")
        for name in ("一月", "二月"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ["a", "b"])
            page.write_row(1, 0, [1, 2])
    table = table_of(tmp_path, out.getvalue(), "a.xlsx")
    assert table.sheet == "一月"
    [finding] = [row for row in table.findings if row.code == "other_sheets"]
    assert finding.evidence["others"] == "二月"
    assert table_of(tmp_path, out.getvalue(), "a.xlsx", sheet="二月").sheet == "二月"
    with pytest.raises(CallerError, match="'一月', '二月'"):
        table_of(tmp_path, out.getvalue(), "a.xlsx", sheet="三月")
    with pytest.raises(CallerError, match=r"'空' of a\.xlsx is empty"):
        table_of(tmp_path, out.getvalue(), "a.xlsx", sheet="空")


def test_a_cell_at_the_edge_of_the_sheet_cannot_fill_the_memory(tmp_path: Path) -> None:
    source = zipfile.ZipFile(io.BytesIO(workbook([["a", "b"], [1, 2]])))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for part in source.namelist():
            data = source.read(part)
            if part.endswith("sheet1.xml"):
                data = data.replace(b'r="B2"', b'r="XFD1048576"').replace(b'<row r="2"', b'<row r="1048576"')
            made.writestr(part, data)
    with pytest.raises(CallerError, match="row 1,048,576, column 16,384"):
        table_of(tmp_path, out.getvalue(), "a.xlsx")


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert len(out.getvalue()) < 100_000
    with pytest.raises(CallerError, match="zip bomb"):
        table_of(tmp_path, out.getvalue(), "a.xlsx", limits=Limits(unpacked_bytes=10_000_000))


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * 3_000_000)
    lie = out.getvalue().replace(struct.pack("<I", 3_000_000), struct.pack("<I", 10))
    with pytest.raises(CallerError, match="damaged or half workbook"):
        table_of(tmp_path, lie, "a.xlsx")


def old_workbook(rows: list[list[str | float]]) -> bytes:
    """A BIFF8 workbook in an OLE2 container, the least that Excel 97 would open."""

    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                cells += record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
            else:
                cells += record(0x0203, place + struct.pack("<d", value))
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    name = "表"
    length = len(begin) + 4 + 8 + len(name.encode("utf-16-le")) + 4
    sheet_entry = struct.pack("<IHBB", length, 0, len(name), 1) + name.encode("utf-16-le")
    stream = begin + record(0x0085, sheet_entry) + record(0x000A, b"")
    stream += record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + record(0x000A, b"")
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\x00")
    sectors = len(stream) // 512
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\x00" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (4 * 108)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = (name + "\x00").encode("utf-16-le")
        body = text.ljust(64, b"\x00") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return body + b"\x00" * 36 + struct.pack("<IQ", start, size)

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream))
    return header + fat + folder.ljust(512, b"\x00") + stream


def test_an_old_workbook_is_read(tmp_path: Path) -> None:
    data = old_workbook([["时间", "站点", "SO2"], ["2026-03-01 05:00", "清华站", 12.5]])
    table = table_of(tmp_path, data, "a.xls")
    assert (table.kind, table.columns) == ("xls", ("时间", "站点", "SO2"))
    assert table.frame.rows() == [(2, "2026-03-01 05:00", "清华站", "12.5")]


def test_a_web_page_named_xls_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match=r"save it as \.xlsx or CSV"):
        table_of(tmp_path, "<html><table><tr><td>1</td></tr></table></html>", "a.xls")


def test_text_named_xls_is_read_as_what_it_is(tmp_path: Path) -> None:
    table = table_of(tmp_path, "时间\tSO2\n2026-03-01\t1\n".encode("gbk"), "a.xls")
    assert (table.kind, table.encoding, table.frame.height) == ("csv", "gb18030", 1)
    assert [row.code for row in table.findings] == ["file_misnamed"]


# ------------------------------------------------------------------------------------------- structured


def test_parquet_keeps_the_shortest_text_of_single_precision(tmp_path: Path) -> None:
    out = io.BytesIO()
    pl.DataFrame(
        {
            "co": pl.Series([0.3, float("nan"), None], dtype=pl.Float32),
            "t": [datetime(2026, 3, 1, 5)] * 3,  # noqa: DTZ001 - a naive column
            "n": [1, 2, None],
            "list": [[1], [2], None],
        }
    ).write_parquet(out)
    table = table_of(tmp_path, out.getvalue(), "a.parquet")
    assert table.frame.rows() == [
        (1, "0.3", "2026-03-01 05:00:00", "1", None),
        (2, None, "2026-03-01 05:00:00", "2", None),
        (3, None, "2026-03-01 05:00:00", None, None),
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 0.30, "b": "—"}, {"a": 12}, {"b": true}]',
        '{"code": 0, "data": {"rows": [{"a": 0.30, "b": "—"}, {"a": 12}, {"b": true}]}}',
        '{"a": 0.30, "b": "—"}\n{"a": 12}\n\n{"b": true}\n',
    ],
)
def test_json_records_keep_the_text_of_their_numbers(tmp_path: Path, text: str) -> None:
    table = table_of(tmp_path, text, "a.json")
    assert table.frame.rows() == [(1, "0.30", "—"), (2, "12", None), (3, None, "true")]


def test_json_that_is_no_record_is_rejected_alone(tmp_path: Path) -> None:
    table = table_of(tmp_path, '[{"a": 1}, 7, {"a": 2}]', "a.json")
    assert table.frame.get_column(ROW).to_list() == [1, 3]
    assert table.rejects.select("row", "reason", "text").rows() == [(2, "not_an_object", '"7"')]


def test_xml_records_are_read_whatever_their_names(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0"?><ArrayOfAQI xmlns="http://tempuri.org/"><AQI><TimePoint>2026-03-01T05:00:00</TimePoint>'
        "<SO2>12</SO2><CO /></AQI><AQI><TimePoint>2026-03-01T05:00:00</TimePoint><SO2>—</SO2></AQI></ArrayOfAQI>"
    )
    table = table_of(tmp_path, text, "a.xml")
    assert table.columns == ("TimePoint", "SO2", "CO")
    assert table.frame.rows() == [(1, "2026-03-01T05:00:00", "12", None), (2, "2026-03-01T05:00:00", "—", None)]


def test_xml_with_entities_is_refused(tmp_path: Path) -> None:
    text = '<!DOCTYPE a [<!ENTITY x "xxxx">]><r><a><b>&x;</b></a><a><b>1</b></a></r>'
    with pytest.raises(CallerError, match="entities"):
        table_of(tmp_path, text, "a.xml")


# ------------------------------------------------------------------------------------------- damage and limits


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "is empty"),
        (b"\xef\xbb\xbf\n\n", "a.csv", "is empty"),
        (b"\xef\xbb\xbf,", "a.csv", "no column is named"),
        (b"\x80", "a.csv", "no column is named"),
        (b",,\n" * 90 + b"a,b\n1,2\n", "a.csv", "no column is named"),
        (b"a,b\n", "a.csv", "header and no rows"),
        (b"%PDF-1.7", "a.pdf", "a PDF document"),
        (b"\x1f\x8b\x08\x00", "a.csv.gz", "unpack it first"),
        (b"PK\x03\x04half", "a.xlsx", "damaged or half workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1half", "a.xls", "no workbook that can be read"),
        (b"PAR1half", "a.parquet", "damaged or half Parquet"),
        (b"x\x00\x01\x02", "a.parquet", "beginning is damaged"),
        (b'[{"a": 1}, {"a": ', "a.json", "broken or half JSON"),
        (b'{"a": 1}', "a.json", "no list of records"),
        (b"<r><a><b>1</b></a><a>", "a.xml", "broken or half XML"),
        (b"<r/>", "a.xml", "no repeated records"),
    ],
)
def test_unreadable_files_say_what_is_wrong_and_what_to_do(
    tmp_path: Path, data: bytes, name: str, words: str
) -> None:
    with pytest.raises(CallerError, match=words):
        table_of(tmp_path, data, name)


def test_a_zip_without_a_workbook_is_named(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.csv", "x")
    with pytest.raises(CallerError, match="Unpack it"):
        table_of(tmp_path, out.getvalue(), "a.zip")


def test_absent_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(CallerError, match="does not exist"):
        read_table(tmp_path / "no.csv")
    with pytest.raises(CallerError, match="is a folder"):
        read_table(tmp_path)


@pytest.mark.parametrize("kind", ["plain", "quoted", "xlsx", "parquet", "json"])
def test_every_limit_holds_for_every_kind(tmp_path: Path, kind: str) -> None:
    frame = pl.DataFrame({"a": ["x"] * 60, "b": ["y"] * 60, "c": ["z"] * 60})
    out = io.BytesIO()
    if kind in {"plain", "quoted"}:
        frame.write_csv(out, quote_style="always" if kind == "quoted" else None)
    elif kind == "parquet":
        frame.write_parquet(out)
    elif kind == "json":
        out.write(json.dumps(frame.to_dicts()).encode())
    else:
        out.write(workbook([["a", "b", "c"], *[["x", "y", "z"]] * 60]))
    name = {"plain": "a.csv", "quoted": "a.csv"}.get(kind, f"a.{kind}")
    assert table_of(tmp_path, out.getvalue(), name).frame.height == 60
    for limits, word in (
        (Limits(rows=50), "rows"),
        (Limits(columns=2), "columns"),
        (Limits(bytes=100), "taken in"),
    ):
        with pytest.raises(CallerError, match=word):
            table_of(tmp_path, out.getvalue(), name, limits=limits)


def test_progress_tells_bytes(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    table_of(tmp_path, "a,b\n1,2\n", progress=lambda *row: seen.append(row))
    assert seen == [("reading", 0, 8), ("reading", 8, 8)]


_WHOLE = "时间,站点,SO2\n" + "".join(f"2026-03-01 {n:02d}:00,清华站,{n}\n" for n in range(24))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["csv", "gbk", "xlsx", "json"]),
    st.integers(0, 4000),
    st.integers(0, 4000),
    st.binary(max_size=6),
)
def test_a_damaged_file_is_read_or_refused_but_never_crashes(
    tmp_path: Path, kind: str, at: int, upto: int, noise: bytes
) -> None:
    whole = {
        "csv": _WHOLE.encode(),
        "gbk": _WHOLE.encode("gbk"),
        "xlsx": workbook([["时间", "SO2"], *[[f"2026-03-01 {n}:00", n] for n in range(24)]]),
        "json": json.dumps([{"时间": f"2026-03-01 {n}:00", "SO2": n} for n in range(24)]).encode(),
    }[kind]
    first, last = sorted((at % len(whole), upto % len(whole)))
    damaged = whole[:first] + noise + whole[last:]
    try:
        table = table_of(tmp_path, damaged, f"a.{kind}")
    except CallerError:
        return
    assert table.rows_read == table.frame.height + table.rejects.height > 0


@given(
    st.lists(st.lists(st.text(alphabet='a1,"\n =-清', max_size=6), min_size=3, max_size=3), min_size=1, max_size=8)
)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_spreadsheet_writes_as_csv_is_read_back_cell_by_cell(tmp_path: Path, rows: list[list[str]]) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows([["x", "y", "z"], *rows])
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    if not kept:
        return
    table = table_of(tmp_path, out.getvalue(), header_rows=1)
    expected = [tuple(cell if cell.strip(" \n") else None for cell in row) for row in kept]
    assert table.frame.drop(ROW).rows() == expected
