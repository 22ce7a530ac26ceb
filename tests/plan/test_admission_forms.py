"""The application form: what goes out, in both languages, comes back the same."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lantian.desk.language import translation
from lantian.loop.plan.admission.forms import write_admission_form
from lantian.loop.plan.admission.layout import PAGES, SECTIONS
from lantian.loop.plan.admission.reading import read_application
from lantian.loop.plan.admission.records import SECTIONS as RECORDS
from lantian.loop.plan.admission.records import Application
from lantian.loop.plan.office import Office
from lantian.terms.errors import HouseError

FULL: dict[str, Any] = {
    "name": "=虚构短流程炼钢项目", "applicant": "虚构示例钢铁公司", "credit_code": "91140000FICTION000",
    "county": "140406", "industry": "steel", "kind": "rebuilt", "site": "industrial_mining",
    "applied_on": date(2024, 6, 1), "starts_on": date(2026, 1, 1), "longitude": 113.2000001, "latitude": 36.3,
    "catalogue": "allowed", "energy_level": "benchmark", "rail_siding": True, "coal_guaranteed": False,
    "gas_producers": 0, "documents": ("industry_plan", "eia"), "note": "第一期\n第二期",
    "hauls": [{"material": "铁矿粉", "mode": "rail", "amount": "1500000.5"}],
    "built": [{"product": "steel", "amount": "100", "equal_case": "eaf_to_eaf"}],
    "retired": [{"product": "steel", "name": "虚构老厂", "amount": "100", "shut_on": date(2025, 10, 1),
                 "merged": True, "inferior": False}],
    "emissions": [{"pollutant": "nox", "amount": "160.25"}, {"pollutant": "voc", "amount": 0}],
    "reductions": [{"pollutant": "nox", "source": "虚构脱硝", "amount": 321, "done_on": date(2025, 6, 1)}],
    "air": [{"pollutant": "pm25", "attains": False}],
    "coal": [{"fuel": "raw_coal", "amount": 50000, "use": "raw_material"}],
    "coal_savings": [{"fuel": "washed_coal", "amount": 30000, "by": "waste_heat", "source": "虚构余热"}],
    "boilers": [{"name": "1号", "capacity": "20.5", "fuel": "coal", "purpose": "central_heating", "kind": "other",
                 "longitude": 113.1, "latitude": 36.2}],
    "power_units": [{"name": "1号机", "capacity": 25, "fuel": "gas", "self_owned": True}],
    "furnaces": [{"name": "加热炉", "kind": "heating", "energy": "natural_gas"}],
    "voc_products": [{"name": "虚构漆", "kind": "coating", "high": None}],
    "mines": [],
    "heat_sources": [{"name": "虚构热电", "capacity": 600, "longitude": 113.1, "latitude": 36.2}],
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_written_comes_back_the_same(office: Office, tmp_path: Path, language: str):
    application = Application.model_validate(FULL)
    path = write_admission_form(
        office, tmp_path / "form.xlsx", application=application, language=translation(language)
    )
    read = read_application(path, office)
    assert read.faults == ()
    assert read.application == application


def test_sections_of_more_rows_than_the_form_has_come_back_whole(office: Office, tmp_path: Path):
    many = [{"material": f"物料{n}", "mode": "rail", "amount": n} for n in range(30)]
    application = Application.model_validate({**FULL, "hauls": many})
    path = write_admission_form(office, tmp_path / "form.xlsx", application=application)
    assert read_application(path, office).application == application


def test_an_empty_form_gives_only_what_is_needed_as_missing(office: Office, tmp_path: Path):
    read = read_application(write_admission_form(office, tmp_path / "form.xlsx"), office)
    assert read.application is None
    assert [fault.field for fault in read.faults] == [
        "Name of the project", "Applicant", "County", "Industry", "Kind of project", "Date of the application",
    ]  # fmt: skip
    assert {fault.row for fault in read.faults} == {4, 5, 7, 8, 9, 11}


def test_text_is_never_a_formula_and_days_are_days(office: Office, tmp_path: Path):
    path = write_admission_form(office, tmp_path / "form.xlsx", application=Application.model_validate(FULL))
    page = openpyxl.load_workbook(path)[PAGES[0]]
    cells = {page.cell(row, 1).value: page.cell(row, 3) for row in range(1, 40)}
    assert (cells[":name"].value, cells[":name"].data_type, cells[":name"].quotePrefix) == (
        "=虚构短流程炼钢项目", "s", True,
    )  # fmt: skip
    assert cells[":applied_on"].value.strftime("%Y-%m-%d") == "2024-06-01"
    assert cells[":applied_on"].number_format == "yyyy-mm-dd"


def test_the_form_names_edition_source_and_kind_of_data(office: Office, tmp_path: Path):
    path = write_admission_form(office, tmp_path / "form.xlsx", on=date(2024, 6, 1), language=translation("en"))
    book = openpyxl.load_workbook(path)
    told = {row[0].value: row[1].value for row in book["制作说明 How made"].iter_rows(max_col=2)}
    assert "admission-changzhi-2024, B" in told["Rule edition"]
    assert told["Kind of data"] == "SIMULATED data, never measured"
    for name in PAGES:
        assert "SIMULATED" in book[name].oddHeader.center.text
        assert book[name].column_dimensions["A"].hidden
    assert book["lists"].sheet_state == "veryHidden"


def test_papers_and_choices_are_those_of_the_edition(office: Office, tmp_path: Path):
    path = write_admission_form(office, tmp_path / "form.xlsx", on=date(2016, 1, 1))
    page = openpyxl.load_workbook(path)[PAGES[0]]
    keys = [page.cell(row, 1).value for row in range(1, 60)]
    assert [key for key in keys if key and key.startswith("+documents.")] == [
        "+documents.industry_plan", "+documents.plan_eia", "+documents.eia", "+documents.energy_review",
    ]  # fmt: skip


def test_every_field_of_every_section_stands_on_the_form():
    assert {section.key for section in SECTIONS} == set(RECORDS)
    for section in SECTIONS:
        assert {one.key for one in section.fields} == set(RECORDS[section.key].model_fields), section.key


def test_a_refused_disk_leaves_nothing_behind(office: Office, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(HouseError, match="could not be written"):
        write_admission_form(office, tmp_path / "file" / "form.xlsx")
