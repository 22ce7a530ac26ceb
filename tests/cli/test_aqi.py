# Vectors 1-10: exact fractions from the printed tables of HJ 633; official rows: the national monitoring centre.
import json
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from lantian.cli.frame import run
from lantian.desk.language import translation

HEADER = "time,so2,no2,co,o3,pm10,pm25"
PARTS = ["iaqi_so2", "iaqi_no2", "iaqi_co", "iaqi_o3", "iaqi_pm10", "iaqi_pm25"]
NAMES = {
    "颗粒物(PM10)": "pm10",
    "细颗粒物(PM2.5)": "pm25",
    "臭氧1小时": "o3",
    "二氧化硫": "so2",
    "二氧化氮": "no2",
    "一氧化碳": "co",
}
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run ``lantian aqi`` here; gives exit code, output and errors."""

    def asked(*arguments: str | Path, language: str = "en") -> tuple[int, str, str]:
        code = run(["aqi", *map(str, arguments)], translation(language))
        said = capsys.readouterr()
        return code, said.out, said.err

    return asked


def table(folder: Path, *lines: str, header: str = HEADER, name: str = "in.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


def read(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False)


def judged(ask: Ask, folder: Path, lines: Sequence[str], *more: str, header: str = HEADER) -> pl.DataFrame:
    """Rows of a file written by the command, every cell as text."""
    out = folder / "out.csv"
    code, said, errors = ask(table(folder, *lines, header=header), "--out", out, *more, language="zh_CN")
    assert code == 0, said + errors
    return read(out)


# ------------------------------------------------------------------------------------------------ the law


@pytest.mark.parametrize(
    ("vector", "line", "parts", "aqi", "primary", "level"),
    [
        (1, "2026-03-01,11,44,1.3,98,135,68", "11 55 33 49 106 108", "108", "pm25", "轻度污染"),
        (2, "2026-02-28,11,44,1.3,98,135,68", "11 55 33 49 93 92", "93", "pm10", "良"),
        (3, "2026-03-01,10,15,0.5,60,120,60", "10 19 13 30 100 100", "100", "pm10,pm25", "良"),
        (4, "2026-03-01,10,15,0.5,60,30,20", "10 19 13 30 30 29", "30", None, "优"),
        (5, "2026-03-01,8,30,0.8,120,70,", "8 38 20 67 65 -", "NA", "NA", "NA"),
        (6, "2026-03-01,8,30,0.8,,140,90", "8 38 20 - 108 128", "128", "pm25", "轻度污染"),
    ],
)
def test_a_day_is_judged_as_the_reference_says(
    ask: Ask, tmp_path: Path, vector: int, line: str, parts: str, aqi: str, primary: str | None, level: str
) -> None:
    row = judged(ask, tmp_path, [line]).row(0, named=True)
    assert [row[name] or "-" for name in PARTS] == parts.split(), f"vector {vector}"
    assert (row["aqi"], row["primary"], row["level"]) == (aqi, primary, level)


@pytest.mark.parametrize(
    ("day", "column", "pairs"),
    [
        (
            "2026-03-01",
            "pm25",
            {
                "35": 50,
                "36": 52,
                "60": 100,
                "60.5": 100,
                "60.51": 101,
                "61": 101,
                "75": 114,
                "116": 152,
                "501": 500,
            },
        ),
        ("2026-02-28", "pm25", {"60": 82, "61": 83, "75": 100}),
        ("2026-03-01", "pm10", {"120": 100, "121": 101, "150": 112, "151": 112}),
        ("2026-02-28", "pm10", {"120": 85, "150": 100, "151": 101}),
        ("2026-03-01", "co", {"1.25": 30, "1.35": 35, "2.2": 55, "4.0": 100, "4.1": 101}),
        ("2026-03-01 01:00", "co", {"65.4": 218}),
        ("2026-03-01 01:00", "so2", {"475": 97, "500": 100, "800": 200, "801": 200}),
        ("2026-03-01", "so2", {"475": 150, "801": 201}),
        ("2026-03-01", "o3", {"160": 100, "161": 101, "300": 207, "801": 300}),
        ("2026-03-01 01:00", "o3", {"160": 50, "201": 101, "1201": 500}),
        ("2026-03-01 01:00", "no2", {"350": 115}),
    ],
)
def test_a_single_sub_index_is_exact(
    ask: Ask, tmp_path: Path, day: str, column: str, pairs: dict[str, int]
) -> None:
    found = judged(ask, tmp_path, [f"{day},{value}" for value in pairs], header=f"time,{column}")
    assert found[f"iaqi_{column}"].to_list() == [str(index) for index in pairs.values()]


def test_an_hour_before_2026_is_judged_as_it_was_published_and_after_by_its_own_hour(
    ask: Ask, tmp_path: Path
) -> None:
    hours = [f"{day} 10:00,12,88,1.4,20,180,95" for day in ("2026-02-28", "2026-03-01")]
    found = judged(ask, tmp_path, [*hours, "2026-03-01 11:00,12,88,1.4,20,180,95"])
    assert found.row(1, named=True)["aqi"] == "132"
    assert [found[name][1] for name in PARTS] == ["4", "44", "14", "7", "124", "132"]
    assert found.row(0, named=True)["aqi"] == "125"  # 95 lies half way from 75 to 115, so half way from 100 to 150


def test_the_text_of_2012_takes_running_means(ask: Ask, tmp_path: Path) -> None:
    header = "time,so2,no2,co,o3,pm10,pm25,o3_8h,pm10_24h,pm25_24h"
    lines = [f"{day} 10:00,12,88,1.4,20,180,95,,96,52" for day in ("2026-02-28", "2026-03-01")]
    found = judged(ask, tmp_path, lines, "--averaging", "hour", "--variant", "text", header=header)
    assert [found[name][0] for name in PARTS] == ["4", "44", "14", "7", "73", "72"]
    assert (found["aqi"].to_list(), found["primary"].to_list()) == (["73", "132"], ["pm10", "pm25"])


def test_the_text_of_2012_without_running_means_is_refused_with_advice(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "2026-02-28 10:00,12,88,1.4,20,180,95")
    code, _, errors = ask(path, "--variant", "text")
    assert code == 2
    assert "o3_8h, pm10_24h, pm25_24h" in errors
    assert "leave --variant out" in errors


def test_a_file_across_the_change_of_law_is_judged_row_by_row(ask: Ask, tmp_path: Path) -> None:
    first = date(2026, 2, 26)
    lines = [f"{first + timedelta(days=n)},11,44,1.3,98,135,68" for n in range(6)]
    out = tmp_path / "out.csv"
    _, said, _ = ask(table(tmp_path, *lines), "--out", out)
    assert read(out)["aqi"].to_list() == ["93", "93", "93", "108", "108", "108"]
    assert "HJ 633-2012 (hj633-2012-day), confidence A: 3 rows, 2026-02-26 … 2026-02-28" in said
    assert "HJ 633-2026 (hj633-2026-day), confidence A: 3 rows, 2026-03-01 … 2026-03-03" in said


def test_one_edition_may_judge_every_row_whatever_its_date(ask: Ask, tmp_path: Path) -> None:
    lines = ["2026-02-28,11,44,1.3,98,135,68", "1999-01-01,11,44,1.3,98,135,68", "no date,11,44,1.3,98,135,68"]
    found = judged(ask, tmp_path, lines, "--edition", "hj633-2026-day")
    assert found["aqi"].to_list() == ["108", "108", "108"]


def test_without_a_column_of_time_an_edition_must_be_forced(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "68", header="pm25")
    code, _, errors = ask(path)
    assert code == 2
    assert "force an edition" in errors
    code, said, _ = ask(path, "--edition", "hj633-2012-day", "--json")
    assert (code, json.loads(said)["rows"][0]["aqi"]) == (0, 92)


def test_the_index_of_the_united_states_can_be_asked_for_in_its_own_units(ask: Ask, tmp_path: Path) -> None:
    found = judged(ask, tmp_path, ["2018-01-01,35.9,0.078"], "--edition", "us-aqi-2024-day", header="time,pm25,o3")
    assert (found["iaqi_pm25"][0], found["iaqi_o3"][0], found["level"][0]) == ("102", "126", "对敏感人群不健康")


def test_midnight_as_24_00_belongs_to_the_date_that_is_written(ask: Ask, tmp_path: Path) -> None:
    lines = ["2026-02-28 23:00,95", "2026-02-28 24:00,95", "2026-03-01 00:00,95", "2026年3月1日1时,95"]
    found = judged(ask, tmp_path, lines, header="time,pm25")
    assert found["iaqi_pm25"].to_list() == ["125", "125", "132", "132"]


def test_a_stamp_with_an_offset_is_dated_in_china(ask: Ask, tmp_path: Path) -> None:
    lines = ["2026-02-28T15:59:00Z,95", "2026-02-28T16:00:00Z,95", "2026-02-28T17:00:00+00:00,95"]
    found = judged(ask, tmp_path, lines, header="time,pm25")
    assert found["iaqi_pm25"].to_list() == ["125", "132", "132"]


@pytest.mark.parametrize(
    ("times", "averaging"),
    [
        (["2026-03-01", "2026-03-02"], "day"),
        (["2026-03-01"], "day"),
        (["20260301", "20260302"], "day"),
        (["2026-03-01 00:00", "2026-03-02 00:00", "2026-03-05 00:00"], "day"),
        (["2026-03-01 00:00", "2026-03-01 01:00"], "hour"),
        (["2026-03-01 00:00"], "hour"),
        (["2026030105", "2026030106"], "hour"),
    ],
)
def test_the_averaging_is_found_from_the_times_and_said(
    ask: Ask, tmp_path: Path, times: list[str], averaging: str
) -> None:
    path = table(tmp_path, *(f"{time},68" for time in times), header="time,pm25")
    _, said, _ = ask(path)
    assert f"Averaging: {averaging}, found from the times" in said
    _, said, _ = ask(path, "--averaging", "hour", "--json")
    assert (json.loads(said)["averaging"], json.loads(said)["averaging_found_from_times"]) == ("hour", False)


def test_a_date_beside_a_column_of_hours_is_hourly(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "2026-03-01,1,68", "2026-03-01,2,68", header="date,hour,pm25")
    _, said, _ = ask(path)
    assert "Averaging: hour, found from the times" in said


# ------------------------------------------------------------------------------------------------ files


def test_every_column_and_every_row_stays_as_it_was(ask: Ask, tmp_path: Path) -> None:
    lines = [
        '2026-03-02,007,-5,68,"x, ""y""",+3.20',
        "2026-03-01,清华站,-,61,—,1e3",
        "2026-03-01,清华站,-,61,—,1e3",
        "2026-02-01,=1+1,@a, 60 ,,0.30",
    ]
    path = table(tmp_path, *lines, header="time,site,change,PM2.5,remark,z")
    out = tmp_path / "out.csv"
    assert ask(path, "--out", out)[0] == 0
    before, after = read(path), read(out)
    assert after.columns == [*before.columns, *PARTS, "aqi", "primary", "level"]
    formulas = {"=1+1": "'=1+1", "@a": "'@a"}
    expected = before.with_columns(pl.col("site", "change").replace(formulas))
    assert after.select(before.columns).equals(expected)
    assert after["iaqi_pm25"].to_list() == ["108", "101", "101", "82"]


def test_columns_of_the_file_that_have_our_names_are_kept(ask: Ask, tmp_path: Path) -> None:
    found = judged(ask, tmp_path, ["2026-03-01,68,station,1"], header="time,pm25,level,aqi")
    assert (found["level"][0], found["aqi"][0]) == ("station", "1")
    assert (found["judged_level"][0], found["judged_aqi"][0]) == ("轻度污染", "108")
    twice = tmp_path / "twice.csv"
    assert ask(tmp_path / "out.csv", "--out", twice)[0] == 0
    assert read(twice)["judged_aqi_2"].to_list() == ["108"]


def test_excel_comes_in_and_goes_out_with_the_sheet_that_says_how_it_was_made(ask: Ask, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["时间", "站点", "SO2", "NO2", "CO(mg/m³)", "O3_8h", "PM10", "PM2.5"])
    page.append([datetime(2026, 3, 1), "a", 11, 44, 1.3, 98, 135, 68])  # noqa: DTZ001
    page.append([datetime(2026, 3, 2), "b", 8, 30, 0.8, 120, 70, None])  # noqa: DTZ001
    page.append([datetime(2026, 3, 3), "c", 8, "故障", 0.8, 120, 70, 20])  # noqa: DTZ001
    book.save(tmp_path / "in.xlsx")
    out = tmp_path / "out.xlsx"
    code, said, errors = ask(tmp_path / "in.xlsx", "--out", out, language="zh_CN")
    assert code == 0, said + errors
    made = openpyxl.load_workbook(out)
    rows = list(made["AQI"].iter_rows(values_only=True))
    assert rows[0][:8] == ("时间", "站点", "SO2", "NO2", "CO(mg/m³)", "O3_8h", "PM10", "PM2.5")
    assert rows[1] == (
        *(datetime(2026, 3, 1), "a", 11, 44, 1.3, 98, 135, 68),  # noqa: DTZ001
        *(11, 55, 33, 49, 106, 108, 108, "pm25", "轻度污染"),
    )
    assert rows[2][-3:] == ("NA", "NA", "NA")
    assert (rows[3][3], rows[3][9], rows[3][-3:]) == ("故障", None, ("NA", "NA", "NA"))
    level = made["AQI"].cell(2, 17)
    assert level.fill.start_color.rgb == "FFFF7E00"
    how = "\n".join(str(row[1]) for row in made[made.sheetnames[-1]].iter_rows(values_only=True))
    assert "hj633-2026-day" in how
    assert "in.xlsx sha256:" in how


def test_parquet_keeps_its_types_and_marks_nothing(ask: Ask, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "time": [datetime(2026, 3, 1, 1), datetime(2026, 3, 1, 2), datetime(2026, 3, 1, 3)],  # noqa: DTZ001
            "PM2_5": pl.Series([68, 60.51, None], dtype=pl.Float32),
            "co": pl.Series([0.3, float("nan"), 65.4], dtype=pl.Float32),
            "tags": [["a"], [], ["b", "c"]],
        }
    )
    frame.write_parquet(tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    assert ask(tmp_path / "in.parquet", "--out", out)[0] == 0
    found = pl.read_parquet(out)
    assert found.select(frame.columns).equals(frame)
    assert found.schema["aqi"] == pl.Int32
    assert found["iaqi_pm25"].to_list() == [108, 101, None]
    assert found["iaqi_co"].to_list() == [3, None, 218]
    assert (found["aqi"].to_list(), found["level"].to_list()[2]) == ([108, 101, 218], "Heavily polluted")
    code, _, errors = ask(tmp_path / "in.parquet", "--out", tmp_path / "out.csv")
    assert (code, "tags" in errors, "write .parquet" in errors) == (2, True, True)


def test_json_writes_whatever_a_parquet_file_holds(ask: Ask, tmp_path: Path) -> None:
    held = {"time": [date(2026, 3, 1)], "pm25": [68], "raw": [b"ab"], "tags": [["x"]]}
    pl.DataFrame(held).write_parquet(tmp_path / "in.parquet")
    row = json.loads(ask(tmp_path / "in.parquet", "--json")[1])["rows"][0]
    assert (row["time"], row["raw"], row["tags"], row["aqi"]) == ("2026-03-01", "b'ab'", ["x"], 108)


def test_a_withheld_index_is_null_in_parquet(ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    ask(table(tmp_path, "2026-03-01,8,30,0.8,120,70,", "2026-03-02,8,30,0.8,120,70,20"), "--out", out)
    found = pl.read_parquet(out)
    assert found.select("aqi", "primary", "level").row(0) == (None, None, None)
    assert (found["pm25"].dtype, found["co"].dtype, found["time"].dtype) == (pl.Int64, pl.Float64, pl.String)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8-sig", "utf-16"])
def test_a_chinese_file_is_read_in_its_encoding(ask: Ask, tmp_path: Path, encoding: str) -> None:
    header = "监测时间,点位名称,二氧化硫,二氧化氮,一氧化碳,臭氧8小时,可吸入颗粒物,细颗粒物(μg/m3)"
    path = table(tmp_path, "2026年3月1日,清华站,11,44,1.3,98,135,６８", header=header, encoding=encoding)
    out = tmp_path / "out.csv"
    code, said, errors = ask(path, "--out", out, language="zh_CN")
    assert code == 0, said + errors
    row = read(out).row(0, named=True)
    assert (row["点位名称"], row["aqi"], row["primary"], row["level"]) == ("清华站", "108", "pm25", "轻度污染")
    assert [row[name] for name in PARTS] == ["11", "55", "33", "49", "106", "108"]


def test_the_unit_in_the_header_is_converted_or_refused(ask: Ask, tmp_path: Path) -> None:
    found = judged(ask, tmp_path, ["2026-03-01,2200,0.068"], header="time,CO(µg/m³),PM2.5(mg/m³)")
    assert (found["iaqi_co"][0], found["iaqi_pm25"][0], found["CO(µg/m³)"][0]) == ("55", "108", "2200")
    code, _, errors = ask(table(tmp_path, "2026-03-01,20", header="time,O3(ppb)"))
    assert code == 2
    assert "temperature and a pressure" in errors


def test_carbon_monoxide_that_looks_like_micrograms_is_named(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "2026-03-01,900,20", "2026-03-02,1300,20", header="time,CO,PM2.5")
    _, said, _ = ask(path, "--json")
    assert [row["code"] for row in json.loads(said)["findings"]] == ["unit_of_co"]


def test_another_column_can_be_named_for_a_pollutant(ask: Ask, tmp_path: Path) -> None:
    header = "when,fine dust,PM2.5"
    found = judged(
        ask, tmp_path, ["2026-03-01,68,1"], "--column", "pm25=fine dust", "--column", "time=when", header=header
    )
    assert found["iaqi_pm25"][0] == "108"
    code, _, errors = ask(tmp_path / "in.csv", "--column", "pm25=coarse")
    assert (code, "no column 'coarse'" in errors) == (2, True)
    code, _, errors = ask(tmp_path / "in.csv", "--column", "pm1=PM2.5")
    assert (code, "'pm1' is nothing" in errors) == (2, True)


# ------------------------------------------------------------------------------------------------ damage


def test_unreadable_and_negative_cells_are_kept_counted_and_listed(ask: Ask, tmp_path: Path) -> None:
    lines = [
        "2026-03-01,8,30,0.8,120,70,20",
        "2026-03-02,8,-3,abc,120,140,1e999",
        "32 March,8,30,0.8,120,70,20",
        "2011-03-01,8,30,0.8,120,70,20",
    ]
    out = tmp_path / "out.csv"
    code, said, _ = ask(table(tmp_path, *lines), "--out", out)
    assert code == 0
    found = read(out)
    assert found["co"].to_list() == ["0.8", "abc", "0.8", "0.8"]
    assert [found[name][1] for name in PARTS] == ["8", None, None, "67", "108", None]
    assert found["aqi"].to_list() == ["67", "108", None, None]
    assert "3 cells could not be read; they stand as they were:" in said
    assert "row 3, column co: 'abc'" in said
    assert "row 4, column time: '32 March'" in said
    assert "row 3, column no2: '-3' — negative, so it has no index" in said
    assert "row 5, column time: '2011-03-01' — no rule holds on this date" in said
    _, said, _ = ask(tmp_path / "in.csv", "--json")
    told = json.loads(said)
    assert (told["unreadable_cells"], told["negative_values"], told["no_law"]) == (3, 1, 2)
    assert {"row": 3, "column": "pm25", "value": "1e999", "reason": "not_finite"} in told["doubts"]


def test_lines_that_do_not_fit_the_header_are_kept_beside_the_output(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "2026-03-01,8,30,0.8,120,70,20", "2026-03-02,8,30", "2026-03-03,8,30,0.8,120,70,20,9,9")
    out = tmp_path / "out.csv"
    code, said, _ = ask(path, "--out", out)
    assert (code, read(out).height) == (0, 1)
    assert "2 lines do not fit the header and were left out:" in said
    rejects = (tmp_path / "out.csv.rejects.csv").read_text(encoding="utf-8-sig")
    assert "2026-03-02,8,30" in rejects
    assert "2026-03-03,8,30,0.8,120,70,20,9,9" in rejects


def test_a_huge_cell_neither_fails_nor_fills_the_screen(ask: Ask, tmp_path: Path) -> None:
    huge = "x" * 2_000_000
    lines = [f"2026-03-01,8,30,1e308,120,70,20,{huge}", f"2026-03-02,8,30,{huge},1,140,99999999999,y"]
    path = table(tmp_path, *lines, header=HEADER + ",remark")
    out = tmp_path / "out.csv"
    code, said, errors = ask(path, "--out", out)
    assert code == 0, errors[:500]
    assert len(said) < 5_000
    found = read(out)
    assert (found["remark"][0], found["co"][1]) == (huge, huge)
    assert (found["iaqi_co"].to_list(), found["iaqi_pm25"].to_list()) == (["500", None], ["29", "500"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"time,pm25\n", "no rows"),
        ("a.csv", b"a,b\n1,2\n", "no column of a pollutant"),
        ("a.xlsx", b"PK\x03\x04 half a workbook", "damaged or half workbook"),
        ("a.parquet", b"PAR1 half of it", "damaged or half Parquet"),
        ("a.csv", b"%PDF-1.7 ...", "PDF"),
    ],
)
def test_a_file_that_holds_no_table_is_a_wrong_question(
    ask: Ask, tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    (tmp_path / name).write_bytes(content)
    code, _, errors = ask(tmp_path / name)
    assert code == 2
    assert words in errors


def test_an_absent_file_and_an_impossible_output_are_wrong_questions(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "2026-03-01,8,30,0.8,120,70,20")
    for arguments, words in (
        ([tmp_path / "none.csv"], "does not exist"),
        ([path, "--out", tmp_path / "a.doc"], ".csv, .xlsx, .parquet"),
        ([path, "--out", path], "is the input itself"),
        ([path, "--averaging", "week"], "say hour, day or auto"),
        ([path, "--edition", "hj633-2062-day"], "did you mean"),
        ([path, "--edition", "gb3095-2012"], "gives no index"),
        ([path, "--edition", "hj633-2026-day", "--averaging", "hour"], "leave one of the two out"),
        ([path, "--variant", "text"], "has no variant 'text'"),
        ([path, "--language", "xx"], "No language"),
        ([path, "--column", "pm25"], "pm25=NAME"),
    ):
        code, _, errors = ask(*arguments)
        assert (code, words in errors) == (2, True), (arguments, errors)
    assert path.read_text().startswith(HEADER)


def test_an_old_file_without_any_law_is_refused_with_the_dates_of_the_law(ask: Ask, tmp_path: Path) -> None:
    code, _, errors = ask(table(tmp_path, "1999-01-01,8,30,0.8,120,70,20"))
    assert code == 2
    assert "2013-01-01" in errors


def test_a_missing_column_is_a_missing_value_and_is_said(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, "2026-03-01,20", "2026-03-02,140", "2026-02-28,20", header="time,pm10")
    _, said, _ = ask(path, "--json")
    told = json.loads(said)
    assert told["not_in_file"] == ["so2", "no2", "co", "o3", "pm25"]
    assert [row["aqi"] for row in told["rows"]] == [None, 108, 20]
    assert (told["withheld"], told["published"]) == (1, 2)
    _, said, _ = ask(path)
    assert "Not in the file: SO₂, NO₂, CO, O₃, PM₂.₅." in said


# ------------------------------------------------------------------------------------------------ the terminal


def test_the_terminal_shows_the_first_rows_and_the_levels_in_the_readers_language(
    ask: Ask, tmp_path: Path
) -> None:
    path = table(tmp_path, *(f"2026-03-{n:02d},11,44,1.3,98,135,68" for n in range(1, 31)))
    _, said, _ = ask(path, language="zh_CN")
    assert said.count("轻度污染") == 21
    _, said, _ = ask(path, "--language", "zh_CN", "--rows", "2")
    assert said.count("轻度污染") == 3
    _, said, _ = ask(path, "--rows", "0")
    assert re.search(r"3 Lightly polluted\s+30 \(100\.0%\)", said)


def test_json_holds_the_account_and_all_rows(ask: Ask, tmp_path: Path) -> None:
    path = table(tmp_path, *(f"2026-03-{n:02d},11,44,1.3,98,135,68" for n in range(1, 31)))
    told = json.loads(ask(path, "--json")[1])
    assert (len(told["rows"]), told["levels"]) == (30, {"Lightly polluted": 30})
    assert told["rules"] == [
        {"id": "hj633-2026-day", "name": "HJ 633-2026", "confidence": "A", "rows": 30,
         "first": "2026-03-01", "last": "2026-03-30"}
    ]  # fmt: skip
    out = tmp_path / "out.csv"
    told = json.loads(ask(path, "--json", "--out", out)[1])
    assert (told["written"], "rows" in told) == ([str(out)], False)


# ------------------------------------------------------------------------------------------------ real data


@pytest.mark.reference
def test_the_stations_of_zhangjiakou_get_their_official_index(
    ask: Ask, tmp_path: Path, reference_data: Path
) -> None:
    whole = pl.read_parquet(reference_data / "cnemc_zhangjiakou_hourly" / "hourly.parquet")
    stations = whole.filter((pl.col("level") == "station") & pl.col("AQI").is_not_null())
    stations.write_parquet(tmp_path / "in.parquet")
    out = tmp_path / "out.parquet"
    code, said, errors = ask(tmp_path / "in.parquet", "--out", out, "--averaging", "hour", language="zh_CN")
    assert code == 0, said + errors
    found = pl.read_parquet(out)
    assert found.select(stations.columns).equals(stations)
    equal = int((found["aqi"] == found["AQI"]).sum())
    assert (equal, found.height) == (49300, 49300)
    assert "crossed" not in said


@pytest.mark.reference
def test_national_rows_get_their_official_index_primary_pollutants_and_level(
    ask: Ask, tmp_path: Path, reference_data: Path
) -> None:
    out = tmp_path / "out.csv"
    source = reference_data / "cnemc_national_hours" / "station_hours.csv"
    code, said, errors = ask(source, "--out", out, "--averaging", "hour", language="zh_CN")
    assert code == 0, said + errors
    found = read(out)
    official = found.filter(pl.col("aqi").is_not_null())
    index = official["aqi"].cast(pl.Float64).cast(pl.Int64)
    assert (int((official["judged_aqi"].cast(pl.Int64) == index).sum()), official.height) == (7115, 7115)
    assert int((official["level"] == official["quality"]).sum()) == 7115
    named = [sorted(NAMES[n] for n in (text or "").split(",") if n) for text in official["primarypollutant"]]
    ours = [sorted((text or "").split(",")) if text else [] for text in official["primary"]]
    assert ours == named


@pytest.mark.reference
def test_the_crossed_ozone_labels_of_the_feed_are_noticed(ask: Ask, tmp_path: Path, reference_data: Path) -> None:
    source = reference_data / "cnemc_2022_format_sample" / "2022-01-01T00_rows.csv"
    told = json.loads(ask(source, "--json", "--averaging", "hour")[1])
    assert "ozone_labels_crossed" in [row["code"] for row in told["findings"]]
    told = json.loads(ask(source, "--json", "--averaging", "hour", "--column", "o3=o3_24h")[1])
    rows = [row for row in told["rows"] if row["aqi"] not in (None, "")]
    assert (len(rows), sum(row["judged_aqi"] == int(row["aqi"]) for row in rows)) == (24, 24)
    assert "ozone_labels_crossed" not in [row["code"] for row in told["findings"]]
