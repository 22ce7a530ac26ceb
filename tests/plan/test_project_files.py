"""Project lists as files: the form out, and what comes back."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lantian.city.datums import to_cgcs2000
from lantian.desk.language import translation
from lantian.loop.plan.listing.files import column_titles, export_projects, import_project_file
from lantian.loop.plan.listing.projects import import_projects, list_projects, update_project
from lantian.loop.plan.listing.records import ProjectFields
from lantian.terms.errors import CallerError

TASK = "deep-treatment"
ROWS: list[ProjectFields] = [
    {
        "number": "1", "name": "甲砖厂", "kind": "brick-kilns", "county": "140406", "address": "潞城区某路1号",
        "longitude": 113.2300001, "latitude": 36.34, "quantity": Decimal("2.5"), "state": "under_way",
        "start": date(2024, 5, 6), "planned": Decimal("1234567.89"), "spent": Decimal("0.01"),
        "note": "第一批\n二线",
    },
    {"number": "A-2", "name": "=乙电厂", "kind": "power-plants", "state": "done", "done_on": date(2024, 9, 1),
     "organisation_id": "energy"},
    {"number": "10", "name": "丙石灰窑", "kind": "lime-kilns", "county": "140427", "state": "dropped"},
    {"number": "11", "name": "丁陶瓷厂", "kind": "ceramics-works", "organisation_id": "hi-tech-zone"},
]  # fmt: skip


def _csv(path: Path, rows: list[list[str]], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_exported_comes_back_unchanged(adopted, tmp_path: Path, language: str):
    import_projects(adopted.office, TASK, ROWS, by="office")
    before = list_projects(adopted.office, TASK)
    path = export_projects(adopted.office, TASK, tmp_path / "list.xlsx", language=translation(language))
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert (told.imported.unchanged, told.report.is_clean) == (("1", "10", "11", "A-2"), True)
    assert list_projects(adopted.office, TASK) == before
    assert told.unknown == ()


def test_an_exported_list_fills_an_empty_one_the_same(adopted, tmp_path: Path):
    import_projects(adopted.office, TASK, ROWS, by="office")
    path = export_projects(adopted.office, TASK, tmp_path / "list.xlsx")
    import_project_file(adopted.office, "old-machines", path, by="office")
    lists = [list_projects(adopted.office, task) for task in (TASK, "old-machines")]
    same = ("number", "name", "county", "organisation_id", "address", "longitude", "latitude", "quantity", "state",
            "start", "due", "done_on", "planned", "spent", "note")  # fmt: skip
    told = [[tuple(getattr(row, name) for name in same) for row in rows] for rows in lists]
    assert told[0] == told[1]


def test_the_form_has_choices_a_banner_and_says_how_it_was_made(adopted, tmp_path: Path):
    path = export_projects(adopted.office, TASK, tmp_path / "form.xlsx", language=translation("en"))
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    assert [cell.value for cell in page[3]] == list(column_titles(translation("en")))
    assert page["A1"].value == "Deep treatment of plants of eight kinds"
    assert "the plan names 161 家" in page["A2"].value
    assert "SIMULATED" in page["A2"].value
    assert "SIMULATED" in page.oddHeader.center.text
    sources = {rule.formula1 for rule in page.data_validations.dataValidation if rule.type == "list"}
    words = {cell.value for column in book["lists"].columns for cell in column}
    assert len(sources) == 4
    assert {"under way", "Brick and tile kilns", "GCJ-02", "Lucheng District"} <= words
    made = {row[0].value: row[1].value for row in book.worksheets[-1].iter_rows() if row[0].value}
    assert "2.5 km around 113.229, 36.334" in made["Earlier date"]
    assert "to be confirmed by the city" in made["Earlier date"]


def test_text_that_looks_like_a_formula_stays_text(adopted, tmp_path: Path):
    import_projects(adopted.office, TASK, ROWS, by="office")
    path = export_projects(adopted.office, TASK, tmp_path / "list.xlsx")
    cells = [cell for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "=乙电厂" in [cell.value for cell in cells]


def test_a_gbk_file_with_the_offices_own_words_is_read(adopted, tmp_path: Path):
    path = _csv(
        tmp_path / "清单.csv",
        [
            ["潞城区深度治理企业清单"],
            ["编号", "企业名称", "行业", "所在县区", "经度", "纬度", "坐标系", "完成时限", "进展",
             "总投资（元）", "颜色"],
            ["１", "甲砖厂", "砖瓦窑", "潞城", "113°13′48″", "36.34", "高德", "2024年8月底前", "在建",
             "12,345.60", "红"],
            ["2", "乙厂", "石灰窑", "长治高新区", "", "", "", "2024.7.31", "未启动", "", ""],
        ],
        "gb18030",
    )  # fmt: skip
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert (told.imported.added, told.unknown, told.report.rows_rejected) == (("1", "2"), ("颜色",), 0)
    one, two = list_projects(adopted.office, TASK)
    east, north = to_cgcs2000("GCJ-02")(113.23, 36.34)
    assert (one.longitude, one.latitude) == (round(east, 7), round(north, 7))
    assert (one.county, one.state, one.planned) == ("140406", "under_way", Decimal("12345.6"))
    assert one.due == date(2024, 6, 30)  # inside the ring
    assert (two.county, two.organisation_id, two.due) == (None, "hi-tech-zone", date(2024, 7, 31))


def test_each_wrong_cell_is_told_with_row_column_and_value(adopted, tmp_path: Path):
    path = _csv(
        tmp_path / "list.csv",
        [
            ["序号", "名称", "类型", "县区", "数量", "状态", "完成", "计划资金(万元)"],
            ["1", "甲厂", "砖瓦窑", "潞城区", "3", "未启动", "", "12.5"],
            ["2", "乙厂", "造纸", "潞城区", "", "", "", ""],
            ["3", "丙厂", "玻璃", "榆次区", "很多", "做完了", "2024-13-01", "1万"],
            ["4", "", "玻璃", "", "", "", "", ""],
        ],
    )
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert told.imported.added == ("1",)
    rejects = told.report.rejects.select("row", "column", "value").rows()
    assert rejects == [
        (3, "类型", "造纸"),
        (4, "县区", "榆次区"), (4, "数量", "很多"), (4, "状态", "做完了"), (4, "完成", "2024-13-01"),
        (4, "计划资金(万元)", "1万"),
        (5, "名称", ""),
    ]  # fmt: skip
    report = told.report
    assert (report.rows_read, report.rows_accepted, report.rows_rejected, report.rows_skipped) == (4, 1, 3, 0)
    assert "row 4, column 县区: '榆次区' — The city has no such county." in "\n".join(
        report.lines(translation("en"))
    )


def test_coordinates_without_a_datum_are_refused_unless_one_is_named(adopted, tmp_path: Path):
    path = _csv(tmp_path / "list.csv", [["序号", "名称", "经度", "纬度"], ["1", "甲厂", "113.23", "36.34"]])
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert told.imported.added == ()
    assert "name no datum" in told.report.rejects["reason"][0]
    again = import_project_file(adopted.office, TASK, path, by="office", datum="BD-09")
    assert again.imported.added == ("1",)
    place = list_projects(adopted.office, TASK)[0]
    assert place.longitude == pytest.approx(to_cgcs2000("BD-09")(113.23, 36.34)[0], abs=1e-7)
    with pytest.raises(CallerError, match="Nobody here knows this datum"):
        import_project_file(adopted.office, TASK, path, by="office", datum="Mars")


def test_a_column_that_is_absent_touches_nothing(adopted, tmp_path: Path):
    import_projects(adopted.office, TASK, ROWS, by="office")
    path = _csv(tmp_path / "list.csv", [["序号", "名称", "状态"], ["1", "甲砖厂", "停建"]])
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert told.imported.changed == ("1",)
    row = list_projects(adopted.office, TASK)[0]
    assert (row.state, row.planned, row.note) == ("stopped", Decimal("1234567.89"), "第一批\n二线")


def test_a_list_exported_before_somebody_changed_it_overwrites_nothing(adopted, tmp_path: Path):
    import_projects(adopted.office, TASK, ROWS, by="office")
    path = export_projects(adopted.office, TASK, tmp_path / "list.xlsx")
    row = list_projects(adopted.office, TASK)[0]
    update_project(adopted.office, row.id, 1, {"spent": Decimal(5)}, by="潞城区")
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert (told.imported.changed, len(told.imported.unchanged)) == ((), 3)
    assert told.report.rejects["row"].to_list() == [4]
    assert list_projects(adopted.office, TASK)[0].spent == Decimal(5)


def test_a_file_without_number_and_name_is_no_list(adopted, tmp_path: Path):
    path = _csv(tmp_path / "list.csv", [["企业", "县区"], ["甲", "潞城区"]])
    with pytest.raises(CallerError, match="no column for number and name among 企业, 县区"):
        import_project_file(adopted.office, TASK, path, by="office")


def test_rows_with_nothing_but_a_number_are_left_out(adopted, tmp_path: Path):
    path = _csv(tmp_path / "list.csv", [["序号", "名称", "类型"], ["1", "甲厂", "玻璃"], ["2", "", ""]])
    told = import_project_file(adopted.office, TASK, path, by="office")
    assert (told.imported.added, told.report.rows_skipped, told.report.rows_rejected) == (("1",), 1, 0)
