"""What comes back wrong is told by page, row and field; TOML and JSON say the same as the form."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lantian.city.datums import to_cgcs2000
from lantian.desk.intake import Limits
from lantian.desk.language import translation
from lantian.loop.plan.admission.applications import submit
from lantian.loop.plan.admission.forms import write_admission_form
from lantian.loop.plan.admission.layout import PAGES
from lantian.loop.plan.admission.reading import FormFault, ReadApplication, read_application
from lantian.loop.plan.admission.records import Application
from lantian.loop.plan.office import Office
from lantian.terms.errors import CallerError

EN = translation("en")
PLAIN: dict[str, Any] = {
    "name": "虚构示例项目", "applicant": "虚构甲公司", "county": "140406", "industry": "other", "kind": "new",
    "applied_on": date(2024, 6, 1),
}  # fmt: skip


def changed(office: Office, folder: Path, *changes: tuple[str, str, int, Any], **said: Any) -> ReadApplication:
    """Write a form, change cells (page, key in the hidden column, column, value), read it."""
    path = write_admission_form(
        office, folder / "form.xlsx", application=Application.model_validate({**PLAIN, **said})
    )
    book = openpyxl.load_workbook(path)
    for name, key, column, value in changes:
        page = book[next(one for one in PAGES if one.startswith(name))]
        row = next(row for row in range(1, 200) if page.cell(row, 1).value == key)
        page.cell(row, column).value = value
    book.save(path)
    return read_application(path, office)


def told(read: ReadApplication) -> list[tuple[str, int | None, str, str]]:
    return [(fault.page[:1], fault.row, fault.field, fault.value) for fault in read.faults]


def test_three_mistakes_are_named_where_they_stand(office: Office, tmp_path: Path):
    read = changed(
        office, tmp_path,
        ("1", ":industry", 3, "炼钢"), ("1", ":applied_on", 3, "六月"), ("2", "+hauls", 4, "很多"),
        hauls=[{"material": "煤", "mode": "rail", "amount": 5}],
    )  # fmt: skip
    assert read.application is None
    assert told(read) == [
        ("1", 8, "Industry", "炼钢"), ("1", 11, "Date of the application", "六月"),
        ("2", 20, "Amount (t/a)", "很多"),
    ]  # fmt: skip
    texts = [fault.text(EN) for fault in read.faults]
    assert texts[2] == (
        "page 2 产能运输 Capacity, row 20, Amount (t/a): '很多' — This is no number. Write digits only."
    )
    with pytest.raises(CallerError, match=r"form.xlsx cannot be taken: page 1 .* nothing was kept"):
        read.required()


@pytest.mark.parametrize(
    ("page", "key", "column", "value", "field"),
    [
        ("1", ":county", 3, "长安区", "County"),
        ("1", ":rail_siding", 3, "也许", "Joined to a siding"),
        ("1", ":longitude", 3, 36.3, "Longitude"),
        ("1", ":gas_producers", 3, 1.5, "New gas producers for fuel (number, 0 for none)"),
        ("1", ":gas_producers", 3, -1, "New gas producers for fuel (number, 0 for none)"),
        ("1", ":name", 3, "虚" * 301, "Name of the project"),
        ("2", "+hauls", 4, -5, "Amount (t/a)"),
        ("2", "+hauls", 3, None, "Way of transport"),
    ],
)
def test_a_cell_that_cannot_be_taken_is_named(office: Office, tmp_path: Path, page, key, column, value, field):
    read = changed(
        office, tmp_path, (page, key, column, value), ("1", ":datum", 3, "CGCS2000"), ("1", ":latitude", 3, 36.3),
        hauls=[{"material": "煤", "mode": "rail", "amount": 5}],
        longitude=113.2, latitude=36.3,
    )  # fmt: skip
    assert [fault.field for fault in read.faults] == [field]
    assert all("{" not in fault.text(EN) for fault in read.faults)


def test_an_empty_table_is_unknown_until_it_is_said_to_be_none(office: Office, tmp_path: Path):
    assert changed(office, tmp_path).required().mines is None
    assert changed(office, tmp_path, ("6", "?mines", 4, "无")).required().mines == ()
    assert changed(office, tmp_path, ("6", "?mines", 4, "none")).required().mines == ()


def test_what_is_said_of_a_table_has_to_agree_with_its_rows(office: Office, tmp_path: Path):
    none = changed(
        office, tmp_path, ("2", "?hauls", 4, "无"), hauls=[{"material": "煤", "mode": "rail", "amount": 5}]
    )
    assert [fault.message[:32] for fault in none.faults] == ["It is said that there is none, a"]
    some = changed(office, tmp_path, ("2", "?hauls", 4, "有"))
    assert [fault.message[:32] for fault in some.faults] == ["It is said that there is some, a"]
    assert [fault.field for fault in some.faults] == ["Bulk goods in and out"]


def test_a_line_that_was_inserted_belongs_to_its_table(office: Office, tmp_path: Path):
    path = write_admission_form(
        office, tmp_path / "form.xlsx",
        application=Application.model_validate(
            {**PLAIN, "hauls": [{"material": "煤", "mode": "rail", "amount": 5}]}
        ),
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    page = book[PAGES[1]]
    row = next(row for row in range(1, 60) if page.cell(row, 1).value == "+hauls")
    page.insert_rows(row + 1)
    for column, value in enumerate(("焦炭", "铁路", "7"), 2):
        page.cell(row + 1, column).value = value
    page.cell(row + 1, 3).value = "rail"
    book.save(path)
    hauls = read_application(path, office).required().hauls
    assert [(row.material, row.amount) for row in hauls or ()] == [("煤", 5), ("焦炭", 7)]


def test_coordinates_need_their_datum_and_are_converted(office: Office, tmp_path: Path):
    place = {"longitude": 113.2, "latitude": 36.3}
    bare = changed(office, tmp_path, ("1", ":datum", 3, None), **place)
    assert [fault.message[:29] for fault in bare.faults] == ["The coordinates name no datum"]
    strange = changed(office, tmp_path, ("1", ":datum", 3, "北京54"), **place)
    assert [fault.value for fault in strange.faults] == ["北京54"]
    moved = changed(office, tmp_path, ("1", ":datum", 3, "GCJ-02"), **place).required()
    east, north = to_cgcs2000("GCJ-02")(113.2, 36.3)
    assert (moved.longitude, moved.latitude) == (round(east, 7), round(north, 7))


def test_yes_and_no_in_other_words(office: Office, tmp_path: Path):
    words = [("是", True), ("无", False), ("√", True), ("no", False)]
    read = [changed(office, tmp_path, ("1", ":rail_siding", 3, word)).required().rail_siding for word, _ in words]
    assert read == [value for _, value in words]


# ---------------------------------------------------------------------------------------------- text files


TOML = """
name = "虚构示例项目"
applicant = "虚构甲公司"
county = "潞城区"
industry = "steel"
kind = "new"
applied_on = 2024-06-01
datum = "CGCS2000"
longitude = 113.2
latitude = 36.3
documents = ["eia"]
mines = []

[[coal]]
fuel = "raw_coal"
amount = 0.1
"""


def test_a_toml_file_is_an_application(office: Office, tmp_path: Path):
    (tmp_path / "a.toml").write_text(TOML, encoding="utf-8")
    application = read_application(tmp_path / "a.toml", office).required()
    assert (application.county, application.longitude, application.mines) == ("140406", 113.2, ())
    assert application.coal is not None
    assert application.coal[0].amount == Decimal("0.1")
    assert submit(office, application, by="clerk").application == application


def test_a_json_file_says_the_same(office: Office, tmp_path: Path):
    application = Application.model_validate(PLAIN)
    (tmp_path / "a.json").write_text(application.model_dump_json(), encoding="utf-8")
    assert read_application(tmp_path / "a.json", office).required() == application


def test_faults_of_a_text_file_name_their_path(office: Office, tmp_path: Path):
    text = TOML.replace('kind = "new"', 'kind = "old"').replace("amount = 0.1", 'amount = "much"\ncolour = 1')
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    read = read_application(tmp_path / "a.toml", office)
    assert [(fault.field, fault.row) for fault in read.faults] == [
        ("kind", None), ("coal.0.amount", None), ("coal.0.colour", None),
    ]  # fmt: skip
    assert read.faults[0].text(EN).startswith("kind: This is none of the choices: 'new', 'rebuilt'")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (("raw_coal", "lignite"), "coal.0.fuel"),
        (('["eia"]', '["letter"]'), "documents.0"),
        (("潞城区", "长安区"), "county"),
        (('datum = "CGCS2000"\n', ""), "datum"),
        (("2024-06-01", "2012-12-31"), "applied_on"),
        (("longitude = 113.2\n", ""), "application"),
    ],
)
def test_what_the_edition_does_not_know_is_a_fault(office: Office, tmp_path: Path, change, field):
    (tmp_path / "a.toml").write_text(TOML.replace(*change), encoding="utf-8")
    read = read_application(tmp_path / "a.toml", office)
    assert field in [fault.field for fault in read.faults]
    assert read.application is None


def test_files_that_are_no_application_are_refused(office: Office, tmp_path: Path):
    (tmp_path / "list.json").write_text(json.dumps([1]), encoding="utf-8")
    (tmp_path / "half.toml").write_text("name = ", encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 100_000, encoding="utf-8")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name, said in (
        ("list.json", "not|list"), ("half.toml", "not readable"), ("deep.json", "not readable"),
        ("bytes.json", "not readable"), ("none.toml", "cannot be read"),
    ):  # fmt: skip
        with pytest.raises(CallerError, match=said):
            read_application(tmp_path / name, office)
    with pytest.raises(CallerError, match="larger than an application"):
        read_application(tmp_path / "deep.json", office, limits=Limits(bytes=1_000))


def test_another_workbook_is_not_taken_for_the_form(office: Office, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.append(["a", "b"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(CallerError, match="has no sheet"):
        read_application(tmp_path / "other.xlsx", office)
    book.active.title = PAGES[0]
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(CallerError, match="is not our form"):
        read_application(tmp_path / "other.xlsx", office)


def test_a_form_that_lost_a_page_is_refused(office: Office, tmp_path: Path):
    path = write_admission_form(office, tmp_path / "form.xlsx")
    book = openpyxl.load_workbook(path)
    del book[PAGES[3]]
    book.save(path)
    with pytest.raises(CallerError, match="has no page 4"):
        read_application(path, office)


def test_a_fault_speaks_the_readers_language():
    fault = FormFault("", None, "kind", "old", "This is none of the choices: {expected}.", {"expected": "a"})
    assert fault.text(EN) == "kind: This is none of the choices: a."
