"""`lantian export`: what goes out says how it was made, and what goes out comes in again the same."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

from lantian.assembly import make_workspace, open_workspace
from lantian.cli.frame import run
from lantian.desk.language import translation
from lantian.loop import run_days
from lantian.twin.hours import simulate_hours

FIRST, LAST = date(2026, 2, 26), date(2026, 3, 3)
VOLATILE = ("recorded_at",)
Ask = Callable[..., int]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Judged simulated workspaces of both cities over the day on which the law changed."""
    made = {}
    for key in ("changzhi", "shizuishan"):
        folder = tmp_path_factory.mktemp("export") / key
        house = make_workspace(folder, key, simulated=True)
        codes = tuple(station.code for station in house.city.stations if station.level != "township")
        house.lake.append("ambient_hours", pl.concat(simulate_hours(house.city, FIRST, LAST, 7, stations=codes)))
        run_days(house.scene(), house.jobs)
        house.close()
        made[key] = folder
    return made


@pytest.fixture(params=["changzhi", "shizuishan"])
def folder(request: pytest.FixtureRequest, folders: dict[str, Path]) -> Path:
    return folders[request.param]


@pytest.fixture
def ask(folder: Path) -> Ask:
    def call(*arguments: str | Path, language: str = "en") -> int:
        return run(["export", *map(str, arguments), "--workspace", str(folder)], translation(language))

    return call


@pytest.fixture
def asked(ask: Ask, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict]:
    def call(*arguments: str | Path) -> dict:
        assert ask(*arguments, "--json") == 0
        return json.loads(capsys.readouterr().out)

    return call


def lake_rows(folder: Path, table: str = "ambient_hours") -> pl.DataFrame:
    house = open_workspace(folder)
    try:
        return house.lake.read(table).drop(VOLATILE)
    finally:
        house.close()


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_import_equals_export(folder, ask, suffix, tmp_path, capsys):
    out = tmp_path / f"hours.{suffix}"
    assert ask("ambient_hours", "--out", out) == 0
    capsys.readouterr()
    make_workspace(tmp_path / "fresh", folder.name, simulated=True).close()
    assert run(["import", str(out), "-w", str(tmp_path / "fresh"), "--json"], translation("en")) == 0
    (done,) = json.loads(capsys.readouterr().out)["files"]
    assert done["rows_rejected"] == done["cells_rejected"] == 0
    assert_frame_equal(lake_rows(tmp_path / "fresh"), lake_rows(folder), check_exact=True)


def test_an_export_imported_where_it_came_from_changes_nothing(folder, ask, tmp_path, capsys):
    out = tmp_path / "hours.parquet"
    assert ask("ambient_hours", "--out", out) == 0
    capsys.readouterr()
    assert run(["import", str(out), "-w", str(folder), "--json"], translation("en")) == 0
    (done,) = json.loads(capsys.readouterr().out)["files"]
    assert done["tables"]["ambient_hours"]["new"] == done["tables"]["ambient_hours"]["corrected"] == 0
    assert done["tables"]["ambient_hours"]["unchanged"] == done["rows_read"]


def test_a_workbook_says_how_it_was_made(ask, tmp_path):
    out = tmp_path / "days.xlsx"
    assert ask("daily_index", "--out", out, "--kind", "city") == 0
    book = openpyxl.load_workbook(out)
    assert book.sheetnames[0] == "daily_index"
    made = [(row[0].value, row[1].value) for row in book[book.sheetnames[-1]].iter_rows(max_col=2)]
    text = "\n".join(str(value) for _, value in made)
    assert made[0][0] == "SIMULATED data, never measured"
    assert "(hj633-2012-day), confidence A" in text
    assert "(hj633-2026-day), confidence A" in text
    assert dict(made)["Period"] == "2026-02-26 … 2026-03-03"
    assert len(dict(made)["Run"]) == 36
    assert dict(made)["Program version"]
    assert "SIMULATED" in book["daily_index"].oddHeader.center.text


def test_a_workbook_of_a_table_explains_its_columns(ask, tmp_path):
    out = tmp_path / "hours.xlsx"
    assert ask("ambient_hours", "--out", out, "--limit", "0", "--from", "2026-03-01", language="zh_CN") == 0
    book = openpyxl.load_workbook(out)
    data, columns = book["ambient_hours"], book.worksheets[1]
    heads = {cell.value: unit.value for cell, unit in zip(data[1], data[2], strict=True)}
    assert heads["co"] == "mg/m³"
    meanings = {row[0].value: row[2].value for row in columns.iter_rows(min_row=2)}
    assert meanings["pm25"] == "细颗粒物小时均值"


def test_a_csv_has_a_mark_for_excel_and_no_formulas(folder, ask, tmp_path):
    out = tmp_path / "stations.csv"
    overlay = folder / "city" / "stations.csv"
    county = lake_county(folder)
    overlay.write_text(
        "code,name_zh,name_en,county,longitude,latitude,level,area_class,simulated\n"
        f'SIM-F,=1+1,"@evil",{county},113.1,36.18,municipal,2,true\n',
        encoding="utf-8",
    )
    try:
        assert ask("stations", "--out", out) == 0
    finally:
        overlay.unlink()
    data = out.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    row = pl.read_csv(out, infer_schema=False).filter(pl.col("code") == "SIM-F").row(0, named=True)
    assert row["name_zh"] == "'=1+1"
    assert row["name_en"] == "'@evil"


def lake_county(folder: Path) -> str:
    house = open_workspace(folder)
    try:
        return house.city.counties[0].adcode
    finally:
        house.close()


def test_parquet_carries_units_meanings_and_its_making(ask, tmp_path):
    out = tmp_path / "days.parquet"
    assert ask("daily_index", "--out", out) == 0
    schema = pq.read_schema(out)
    assert schema.field("co").metadata[b"unit"] == "mg/m³".encode()
    assert "日评价值" in schema.field("pm25").metadata[b"meaning_zh"].decode()
    assert json.loads(schema.metadata[b"lantian.simulated"]) is True
    assert "hj633-2026-day" in json.loads(schema.metadata[b"lantian.editions"])
    assert ["Source tables", "daily_index"] in json.loads(schema.metadata[b"lantian.how_made"])
    assert pl.read_parquet(out).schema["legal_day"] == pl.Date


def test_measurements_name_their_state_and_documents(asked, tmp_path):
    said = asked("ambient_hours", "--out", tmp_path / "a.xlsx")
    assert said["editions"] == [{"id": "state-298", "confidence": "A"}]
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    made = {row[0].value: row[1].value for row in book.worksheets[-1].iter_rows(max_col=2)}
    assert made["Note"].startswith("From 1 documents: ")


def test_rows_are_picked_by_days_place_kind_period_and_condition(asked, folder):
    house = open_workspace(folder)
    county = house.city.counties[0]
    house.close()
    rows = asked("daily_index", "--code", county.name_zh, "--from", "2026-03-01", "--where", "basis=measured")[
        "rows"
    ]
    assert {row["code"] for row in rows} == {county.adcode}
    assert [row["legal_day"] for row in rows] == ["2026-03-01", "2026-03-02", "2026-03-03"]
    assert {row["kind"] for row in asked("daily_index", "--kind", "city", "--period", "2026-03")["rows"]} == {
        "city"
    }
    months = asked("period_summary", "--period", "2026-02", "--kind", "city")["rows"]
    assert {row["period_kind"] for row in months} == {"month"}
    assert {row["first_day"] for row in months} == {"2026-02-01"}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nothing"], "Views: ranking"),
        (["daily_index", "--out", "x.pdf"], ".parquet"),
        (["daily_index", "--code", "nowhere"], "no station, county or city"),
        (["daily_index", "--period", "spring"], "no period"),
        (["daily_index", "--kind", "village"], "station, county or city"),
        (["ambient_hours", "--kind", "county"], "cannot pick"),
        (["ranking", "--list", "beauty"], "composite_index"),
        (["calendar", "--code", "a", "--code", "b"], "one place"),
        (["calendar", "--period", "1999"], "lantian evaluate"),
    ],
)
def test_a_wrong_question_says_what_would_be_right(ask, capsys, arguments, word):
    assert ask(*arguments) == 2
    assert word in capsys.readouterr().err


def test_a_ranking_for_people_has_names_and_the_rule_set(ask, asked, folder, tmp_path):
    said = asked("ranking", "--period", "2026-03", "--basis", "measured")
    assert len(said["rows"]) >= 3
    assert {"rank", "code", "county", "value", "rules", "simulated"} <= set(said["rows"][0])
    out = tmp_path / "ranking.xlsx"
    assert ask("ranking", "--period", "2026-03", "--out", out, language="zh_CN") == 0
    book = openpyxl.load_workbook(out)
    assert book["ranking"]["C1"].value == "县区"
    made = "\n".join(str(row[1].value) for row in book.worksheets[-1].iter_rows(max_col=2))
    assert "composite" in made
    assert "模拟" in str(book.worksheets[-1]["A1"].value)


def test_a_calendar_names_levels_by_the_law_of_the_day(asked, ask, tmp_path):
    rows = asked("calendar")["rows"]
    assert [row["legal_day"] for row in rows] == [f"2026-02-{d}" for d in (26, 27, 28)] + [
        f"2026-03-0{d}" for d in (1, 2, 3)
    ]
    for row in rows:
        assert (row["category"] is None) == (row["aqi"] is None)
        assert ("hj633-2012-day" in row["rules"]) == (row["legal_day"] < "2026-03-01")
    out = tmp_path / "calendar.xlsx"
    assert ask("calendar", "--out", out) == 0
    book = openpyxl.load_workbook(out)
    months = book["Months"]
    assert [months["A2"].value, months["A3"].value] == ["2026-02", "2026-03"]
    first = next(row for row in rows if row["legal_day"] == "2026-03-01")
    if first["aqi"] is not None:
        assert months["B3"].value == first["aqi"]
        assert months["B3"].fill.fgColor.rgb in {
            "FF00E400",
            "FFFFFF00",
            "FFFF7E00",
            "FFFF0000",
            "FF99004C",
            "FF7E0023",
        }


def test_files_of_the_city_are_exported_as_they_stand(asked, folder):
    house = open_workspace(folder)
    city = house.city
    house.close()
    stations = asked("stations")["rows"]
    assert [row["code"] for row in stations] == [station.code for station in city.stations]
    assert stations[0]["pollutants"] == "so2;no2;co;o3;pm10;pm25"
    assert [row["adcode"] for row in asked("counties")["rows"]] == [county.adcode for county in city.counties]
    assert len(asked("bodies")["rows"]) == len(city.bodies)


def test_what_is_shown_ends_with_how_to_write_it_all(ask, capsys):
    assert ask("ambient_hours", "--limit", "2") == 0
    said = capsys.readouterr().out
    assert "2 of " in said
    assert "Simulated data" in said
    assert "--out FILE.csv" in said


def test_a_question_without_rows_writes_an_empty_table(asked, tmp_path):
    said = asked("ambient_hours", "--from", "1999-01-01", "--to", "1999-01-02", "--out", tmp_path / "none.csv")
    assert said["rows"] == 0
    assert pl.read_csv(tmp_path / "none.csv").columns[:2] == ["station", "hour_start"]
