"""Pages are known by their heads and rows by their codes, whatever program wrote the file."""

from pathlib import Path

import pytest
import xlsxwriter

from lantian.loop.plan.dispatch.sheet_layout import FORM, HIDDEN, head_checksum, report_code
from lantian.loop.plan.dispatch.sheet_reading import body_named_in, column_letters, read_returned
from lantian.terms.errors import CallerError

ONE, TWO = report_code("duty", "d1", "2024-10"), report_code("project", "p1", "2024-10")


def workbook(path: Path, pages: dict[str, list[list[object]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in pages.items():
            page = book.add_worksheet(name)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return path


def test_both_pages_are_known_by_their_heads_under_any_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx",
        {
            "说明": [["请按时报送"]],
            "工作表1": [["调度表"], ["填报码", "进展情况", "完成比例（%）"], [ONE, "推进", "80%"]],
            "工作表2": [["填报码", "项目名称", "状态", "完成日期"], [TWO, "一号窑", "完工", "2024.10.9"]],
        },
    )
    sheet = read_returned(path)
    assert [(line.code, line.project, line.page) for line in sheet.lines] == [
        (ONE, False, "工作表1"), (TWO, True, "工作表2"),
    ]  # fmt: skip
    assert sheet.lines[0].cells == {"code": ONE, "progress": "推进", "share": "80%"}
    assert sheet.lines[0].places == {"code": "A3", "progress": "B3", "share": "C3"}
    assert sheet.organisation_id is None


def test_the_hidden_page_is_believed_only_whole(tmp_path: Path) -> None:
    head = ("s1", "plan", "2024-10", "dep-a")
    page: list[list[object]] = [["填报码", "进展情况"], [ONE, "推进"]]
    good = workbook(
        tmp_path / "a.xlsx", {"x": page, HIDDEN: [[FORM, *head, head_checksum(*head)], [ONE, "d1", "c1", "c2"]]}
    )
    bad = workbook(tmp_path / "b.xlsx", {"x": page, HIDDEN: [[FORM, *head[:3], "dep-b", head_checksum(*head)]]})
    sheet = read_returned(good)
    assert (sheet.organisation_id, sheet.tampered) == ("dep-a", False)
    assert sheet.checksums == {ONE: ("d1", "c1", "c2")}
    sheet = read_returned(bad)
    assert (sheet.organisation_id, sheet.tampered, sheet.checksums) == (None, True, {})


def test_words_below_the_table_are_no_rows(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx",
        {"x": [["序号", "填报码", "重点任务", "进展情况"], [1, ONE, "t", "推进"], ["填报单位（盖章）：甲局"]]},
    )
    assert [line.row for line in read_returned(path).lines] == [2]


def test_a_row_that_somebody_added_without_a_code_is_kept_to_be_rejected(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "x.xlsx",
        {"x": [["填报码", "重点任务", "进展情况"], [ONE, "t", "推进"], ["", "新任务", "推进"]]},
    )
    assert [line.code for line in read_returned(path).lines] == [ONE, None]


def test_a_workbook_without_codes_says_what_to_do(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"x": [["单位", "电话"], ["甲局", 1]]})
    with pytest.raises(CallerError, match="no column of report codes"):
        read_returned(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_copy_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    text = (
        f"调度表,,\n填报单位：市能源局　　　报送期限：2024年11月5日前,,\n填报码,重点任务,进展情况\n{ONE},t,推进\n"
    )
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    sheet = read_returned(path)
    assert [line.code for line in sheet.lines] == [ONE]
    assert body_named_in(sheet.head) == "市能源局"


def test_columns_are_named_as_excel_names_them() -> None:
    assert [column_letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == [
        "A", "Z", "AA", "AZ", "BA", "ZZ", "AAA",
    ]  # fmt: skip
