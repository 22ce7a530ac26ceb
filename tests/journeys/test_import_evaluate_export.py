"""From a city's own folder and a file with mistakes to a ranking in a workbook; and four years of Beijing."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from lantian.assembly import open_workspace
from lantian.cli.frame import run
from lantian.desk.language import translation

Say = Callable[..., str]

BEIJING = {
    "Aotizhongxin": ("110105", 116.397, 39.982),
    "Changping": ("110114", 116.230, 40.217),
    "Dingling": ("110114", 116.220, 40.292),
    "Dongsi": ("110101", 116.417, 39.929),
    "Guanyuan": ("110102", 116.339, 39.929),
    "Gucheng": ("110107", 116.184, 39.914),
    "Huairou": ("110116", 116.628, 40.328),
    "Nongzhanguan": ("110105", 116.461, 39.937),
    "Shunyi": ("110113", 116.655, 40.127),
    "Tiantan": ("110101", 116.407, 39.886),
    "Wanliu": ("110108", 116.287, 39.987),
    "Wanshouxigong": ("110102", 116.352, 39.878),
}
"""Station of the set → district, longitude and latitude [deg] to two decimals or three."""


def city_folder(
    folder: Path, adcode: str, name: str, counties: dict[str, str], stations: dict[str, tuple[str, float, float]]
) -> Path:
    """Write a city whose counties are made of their stations, and the city of all."""
    folder.mkdir()
    (folder / "city.toml").write_text(
        f'adcode = "{adcode}"\nname_zh = "{name}"\nname_en = "{name}"\nzone = "Asia/Shanghai"\n'
        f'datum = "EPSG:4490"\njurisdictions = ["{adcode}", "{adcode[:2]}", "CN"]\n'
        f'[province]\nadcode = "{adcode[:2]}"\nname_zh = "省"\nname_en = "Province"\n'
        '[county_groups.all]\nname_zh = "全部"\nname_en = "All"\nofficial = false\n',
        encoding="utf-8",
    )
    tables = {
        "counties": [("adcode", "name_zh", "name_en", "group"), *((c, n, n, "all") for c, n in counties.items())],
        "bodies": [("id", "kind", "name", "full_name", "name_en"), ("city", "government", "市政府", name, name)],
        "stations": [
            ("code", "name_zh", "name_en", "county", "longitude", "latitude", "level", "area_class", "simulated"),
            *((c, c, c, *where, "national", 2, "false") for c, where in stations.items()),
        ],
        "groups": [
            ("kind", "code", "first", "last", "stations"),
            ("city", adcode, "2013-01-01", "", ";".join(stations)),
            *(
                ("county", c, "2013-01-01", "", ";".join(s for s, where in stations.items() if where[0] == c))
                for c in counties
            ),
        ],
    }
    for name_of_table, rows in tables.items():
        with (folder / f"{name_of_table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a command in this process; gives what it printed."""

    def call(*arguments: str | Path, code: int = 0, language: str = "en") -> str:
        done = run([str(one) for one in arguments], translation(language))
        said = capsys.readouterr()
        assert done == code, said.err
        return said.out if code == 0 else said.err

    return call


@pytest.fixture
def small_city(tmp_path: Path) -> Path:
    stations = {"T1": ("140403", 113.10, 36.18), "T2": ("140403", 113.11, 36.19), "T3": ("140404", 113.05, 36.05)}
    return city_folder(tmp_path / "city", "140400", "Testing", {"140403": "North", "140404": "South"}, stations)


def month_of_lines(wrong: bool) -> list[str]:
    """March 2026 of three stations as an office writes it: ends of hours, 24:00, units in the header."""
    lines = ["时间,点位,SO2(ug/m3),NO2(ug/m3),CO(mg/m3),O3(ug/m3),PM10(ug/m3),PM2.5(ug/m3),标识"]
    for number in range(31):
        day = date(2026, 3, 1) + timedelta(days=number)
        for station, extra in (("T1", 0), ("T2", 2), ("T3", 20)):
            lines += [
                f"{day.isoformat()} {hour:02d}:00,{station},8,30,0.6,{90 + hour},{90 + extra},{40 + extra},"
                for hour in range(1, 25)
            ]
    if wrong:
        lines[5] = lines[5].replace("2026-03-01", "三月一日")
        lines[10] = lines[10].replace(",40,", ",四十,")
        lines[20] = lines[20].replace("T1", "T9")
        lines[30] = lines[30].rsplit(",", 4)[0]
        lines[40] = lines[40].replace(",42,", ",420,")
    return lines


def test_from_a_file_with_mistakes_to_a_ranking_in_a_workbook(say, small_city, tmp_path):
    w = ("--workspace", tmp_path / "w")
    assert "(real data)" in say("init", *w, "--city", small_city, "--real")
    first, second = tmp_path / "march.csv", tmp_path / "march-corrected.csv"
    first.write_bytes("\r\n".join(month_of_lines(wrong=True)).encode("gbk"))
    second.write_bytes("\r\n".join(month_of_lines(wrong=False)).encode("gbk"))

    (done,) = json.loads(say("import", first, "--save-mapping", "office", *w, "--json"))["files"]
    assert done["rows_read"] == 31 * 24 * 3
    assert done["rows_accepted"] == done["rows_read"] - 3
    assert [(row["row"], row["reason"]) for row in done["rejects"]] == [
        (6, "not_a_time"),
        (11, "not_a_number"),
        (31, "too_few_fields"),
        (None, "unknown_station"),
    ]
    assert done["unknown_stations"] == {"T9": 1}
    rejects = pl.read_csv(done["rejects_files"][0], infer_schema=False)
    assert rejects["时间"].to_list()[0].startswith("三月一日")

    (again,) = json.loads(say("import", second, "--mapping", "office", *w, "--json"))["files"]
    assert again["rows_rejected"] == 0
    assert again["tables"]["ambient_hours"]["new"] == 3
    assert again["tables"]["ambient_hours"]["corrected"] == 2
    assert again["tables"]["ambient_hours"]["unchanged"] == 31 * 24 * 3 - 5
    fact = ("--where", "station=T2", "--where", "hour_start=2026-03-01T15", "--where", "stage=original")
    history = json.loads(say("lake", "versions", "ambient_hours", *fact, *w, "--json"))["rows"]
    assert [row["pm25"] for row in history] == [420.0, 42.0]

    say("evaluate", *w, "--quiet")
    ranking = json.loads(say("rank", *w, "--of", "2026-03", "--basis", "measured", "--json"))["rows"]
    assert [(row["rank"], row["county"]) for row in ranking] == [(1, "North"), (2, "South")]
    assert ranking[0]["days_published"] == 31

    out = tmp_path / "ranking.xlsx"
    say("export", "ranking", *w, "--period", "2026-03", "--basis", "measured", "--out", out, language="zh_CN")
    book = openpyxl.load_workbook(out)
    page, made = book["ranking"], book.worksheets[-1]
    assert (page["A1"].value, page["C1"].value) == ("名次", "县区")
    values = [row for row in page.iter_rows(values_only=True) if row[0] in (1, 2)]
    assert [row[1] for row in values] == ["140403", "140404"]
    assert values[0][3] == pytest.approx(ranking[0]["value"])
    text = "\n".join(str(row[1].value) for row in made.iter_rows(max_col=2))
    assert "GB 3095-2026" in text
    assert "hj633-2026-day" in text
    assert "SIMULATED" not in text

    days = json.loads(say("export", "daily_index", *w, "--code", "T1", "--json"))["rows"]
    assert len(days) == 31
    assert {row["pm25"] for row in days} == {40.0}
    assert {row["pm10"] for row in days} == {90.0}
    assert {row["aqi"] for row in days} == {79}
    assert "Nothing changed" in say("evaluate", *w, "--quiet")


def test_the_shell_gives_the_same_as_the_process(say, small_city, tmp_path):
    """One real program from start to end: exit codes, streams, Chinese by default."""
    source = tmp_path / "march.csv"
    source.write_bytes("\r\n".join(month_of_lines(wrong=False)).encode("gbk"))
    environment = {**os.environ, "LANTIAN_WORKSPACE": str(tmp_path / "w"), "PYTHONIOENCODING": "utf-8"}
    environment.pop("LANTIAN_LANGUAGE", None)

    def shell(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-c", "from lantian.cli import main; main()", *map(str, arguments)]
        return subprocess.run(program, env=environment, capture_output=True, encoding="utf-8", check=False)

    assert shell("init", "--city", small_city).returncode == 0
    refused = shell("import", tmp_path / "nothing.csv")
    assert refused.returncode == 2
    assert "nothing.csv" in refused.stderr
    taken = shell("import", source)
    assert taken.returncode == 0, taken.stderr
    assert "接收2232行" in taken.stdout
    exported = shell("export", "ambient_hours", "--out", tmp_path / "out.parquet", "--json")
    assert json.loads(exported.stdout)["rows"] == 2232
    assert shell("lake", "check").returncode == 0
    said = say("lake", "tables", "--workspace", tmp_path / "w", "--json")
    hours = next(row for row in json.loads(said)["rows"] if row["table"] == "ambient_hours")
    assert hours["rows"] == 2232


@pytest.mark.reference
def test_four_years_of_beijing_come_in_are_judged_and_go_out(say, reference_data, tmp_path):
    districts = dict.fromkeys(sorted({where[0] for where in BEIJING.values()}))
    folder = city_folder(tmp_path / "city", "110000", "Beijing", {code: code for code in districts}, BEIJING)
    w = ("--workspace", tmp_path / "w")
    say("init", *w, "--city", folder)
    source = reference_data / "uci_beijing_multisite" / "beijing_multisite.parquet"
    (done,) = json.loads(say("import", source, *w, "--json"))["files"]
    assert done["importer"] == "uci_beijing"
    assert done["rows_read"] == done["rows_accepted"] == 420_768
    assert done["tables"]["ambient_hours"] == {"new": 420_768, "corrected": 0, "unchanged": 0, "version": 1}
    (second,) = json.loads(say("import", source, *w, "--json"))["files"]
    assert second["state"] == "known"

    original = pl.read_parquet(source)
    house = open_workspace(tmp_path / "w")
    try:
        hours = house.lake.read("ambient_hours", columns=["station", "hour_start", "co", "pm25"])
    finally:
        house.close()
    both = hours.with_columns(pl.col("hour_start").dt.replace_time_zone(None).alias("time")).join(
        original, on=["station", "time"], how="inner"
    )
    assert both.height == 420_768
    exact = [
        None if value is None else float(Decimal(str(value)) / 1000) for value in both["CO"].to_numpy().tolist()
    ]
    exact = [None if value is None or value != value else value for value in exact]
    assert both["co"].to_list() == exact
    assert both["pm25"].null_count() == original["PM2.5"].null_count()

    say("evaluate", *w, "--quiet", "--from", "2014-01-01", "--to", "2014-12-31")
    summary = json.loads(say("export", "period_summary", *w, "--kind", "city", "--period", "2014", "--json"))[
        "rows"
    ]
    (year,) = [row for row in summary if row["basis"] == "measured"]
    assert year["days_total"] == 365
    assert 150 <= year["good_days"] <= 215
    assert year["heavy_days"] >= 30
    statistics = json.loads(
        say("export", "period_statistics", *w, "--kind", "city", "--period", "2014", "--json")
    )["rows"]
    pm25 = next(row for row in statistics if row["pollutant"] == "pm25" and row["basis"] == "measured")
    assert 75 <= pm25["mean"] <= 95
    assert pm25["attains"] is False
    out = tmp_path / "hours.parquet"
    assert json.loads(say("export", "ambient_hours", *w, "--out", out, "--json"))["rows"] == 420_768
