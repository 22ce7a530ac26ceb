"""`lantian import`: every row accounted for, nothing twice, nothing undone, nothing mixed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.city.loader import load_city
from lantian.cli.frame import run
from lantian.cli.imports import list_files
from lantian.desk.language import translation
from lantian.store.locks import writing
from lantian.terms.errors import CallerError
from lantian.twin.hours import simulate_hours

HEADER = "监测时间,站点,SO2(ug/m3),NO2(ug/m3),CO(mg/m3),O3(ug/m3),PM10(ug/m3),PM2.5(ug/m3)"


@dataclass
class Terminal:
    """Runs commands in a workspace and keeps what they said."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""
    files: Path = field(init=False)

    def __post_init__(self) -> None:
        self.files = self.folder.parent

    def __call__(self, command: str, *arguments: str | Path) -> int:
        words = [command, *map(str, arguments), "--workspace", str(self.folder)]
        code = run(words, translation("en"))
        said = self.capsys.readouterr()
        self.out, self.err = said.out, said.err
        return code

    def json(self, *arguments: str | Path, code: int = 0) -> list[dict]:
        assert self("import", *arguments, "--json") == code
        return json.loads(self.out)["files"]

    def hours(self) -> pl.DataFrame:
        house = open_workspace(self.folder)
        try:
            return house.lake.read("ambient_hours")
        finally:
            house.close()

    def runs(self) -> list[dict]:
        house = open_workspace(self.folder)
        try:
            return house.jobs.latest("import")
        finally:
            house.close()


@pytest.fixture
def terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Terminal:
    make_workspace(tmp_path / "w", "changzhi", simulated=False).close()
    return Terminal(tmp_path / "w", capsys)


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, *lines: str, header: str = HEADER, encoding: str = "gbk") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        return path

    return write


def row(hour: int, station: str = "1727A", pm25: object = 35, day: str = "2026-03-05") -> str:
    return f"{day} {hour:02d}:00,{station},5,20,0.5,60,80,{pm25}"


def test_a_clean_file_is_taken_in_with_its_origin(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(1))
    (done,) = terminal.json(path, "--edge", "start")
    assert done["state"] == "done"
    assert done["importer"] == "generic"
    assert done["tables"]["ambient_hours"] == {"new": 2, "corrected": 0, "unchanged": 0, "version": 1}
    hours = terminal.hours()
    assert hours["pm25"].to_list() == [35.0, 35.0]
    assert hours["origin"].unique().to_list() == [f"a.csv sha256:{done['sha256'][:16]}"]
    assert hours["simulated"].to_list() == [False, False]


def test_stamps_at_the_end_belong_to_the_hour_before(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(1))
    terminal.json(path, "--edge", "end")
    starts = [at.isoformat() for at in terminal.hours()["hour_start"]]
    assert starts == ["2026-03-04T23:00:00+08:00", "2026-03-05T00:00:00+08:00"]


def test_an_unknown_edge_is_asked_for_and_nothing_is_taken(terminal, csv_file):
    path = csv_file("a.csv", row(0))
    assert terminal("import", path) == 2
    assert "--edge start or --edge end" in terminal.err
    assert terminal.hours().is_empty()
    assert terminal.runs()[0]["state"] == "failed"


def test_24_oclock_cannot_be_a_start(terminal, csv_file):
    path = csv_file("a.csv", row(1), row(24))
    assert terminal("import", path, "--edge", "start") == 2
    assert "24:00" in terminal.err
    assert terminal("import", path) == 0
    assert [at.hour for at in terminal.hours()["hour_start"]] == [0, 23]


def test_the_same_file_twice_equals_once(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(1))
    terminal.json(path, "--edge", "start")
    before = terminal.hours()
    (second,) = terminal.json(path, "--edge", "start")
    assert second["state"] == "known"
    assert second["same_as"] == terminal.runs()[1]["id"]
    assert terminal.hours().equals(before)
    assert terminal("import", path, "--edge", "start") == 0
    assert "taken in already" in terminal.out


def test_the_same_rows_in_another_file_change_nothing(terminal, csv_file):
    terminal.json(csv_file("a.csv", row(0), row(1)), "--edge", "start")
    version = open_version(terminal)
    (done,) = terminal.json(csv_file("b.csv", row(1), row(0)), "--edge", "start")
    assert done["tables"]["ambient_hours"]["unchanged"] == 2
    assert done["tables"]["ambient_hours"]["new"] == 0
    assert open_version(terminal) == version


def open_version(terminal: Terminal) -> int:
    house = open_workspace(terminal.folder)
    try:
        return house.lake.version("ambient_hours")
    finally:
        house.close()


def test_an_old_file_never_undoes_a_correction_unless_told_to(terminal, csv_file):
    old = csv_file("old.csv", row(0, pm25=35))
    terminal.json(old, "--edge", "start")
    (corrected,) = terminal.json(csv_file("new.csv", row(0, pm25=53)), "--edge", "start")
    assert corrected["tables"]["ambient_hours"]["corrected"] == 1
    terminal.json(old, "--edge", "start")
    assert terminal.hours()["pm25"].to_list() == [53.0]
    (again,) = terminal.json(old, "--edge", "start", "--again")
    assert again["tables"]["ambient_hours"]["corrected"] == 1
    assert terminal.hours()["pm25"].to_list() == [35.0]


def test_a_file_is_taken_again_when_the_lake_was_put_back(terminal, csv_file, tmp_path):
    path = csv_file("a.csv", row(0))
    terminal.json(path, "--edge", "start")
    (terminal.folder / "lake").rename(tmp_path / "lost")
    (done,) = terminal.json(path, "--edge", "start")
    assert done["state"] == "done"
    assert terminal.hours().height == 1


def test_rejects_keep_row_reason_and_text(terminal, csv_file):
    path = csv_file("a.csv", row(0), "gestern,1727A,5,20,0.5,60,80,35", row(2, pm25="abc"), row(3, station=""))
    (done,) = terminal.json(path, "--edge", "start")
    assert (done["rows_read"], done["rows_accepted"], done["rows_rejected"]) == (4, 2, 2)
    assert done["cells_rejected"] == 1
    assert [(r["row"], r["reason"]) for r in done["rejects"]] == [
        (3, "not_a_time"),
        (4, "not_a_number"),
        (5, "no_station"),
    ]
    (file,) = done["rejects_files"]
    kept = pl.read_csv(file, infer_schema=False)
    assert Path(file).parent == terminal.folder / "files" / "rejects"
    assert Path(file).name.startswith(done["run_id"])
    assert kept["监测时间"].to_list() == ["gestern", "2026-03-05 02:00", "2026-03-05 03:00"]
    assert terminal.hours().filter(pl.col("hour_start").dt.hour() == 2)["pm25"].to_list() == [None]


def test_the_account_in_words_names_layout_rows_and_file(terminal, csv_file):
    path = csv_file("a.csv", row(0), "gestern,1727A,5,20,0.5,60,80,35")
    assert terminal("import", path, "--edge", "start") == 0
    assert "(generic, mapping proposed)" in terminal.out
    assert "2 rows read, 1 accepted, 1 rejected" in terminal.out
    assert "row 3: not a time" in terminal.out
    assert ".rejects.csv" in terminal.out
    assert "mapping_proposed" in terminal.out


def test_stations_may_stand_by_their_names(terminal, csv_file):
    (done,) = terminal.json(csv_file("a.csv", row(0, station="清华站")), "--edge", "start")
    assert terminal.hours()["station"].to_list() == ["1727A"]
    assert "station_by_name" in {one["code"] for one in done["findings"]}


def test_rows_of_unknown_stations_are_rejected_and_kept(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(0, station="9999X"), row(1, station="9999X", pm25=36))
    (done,) = terminal.json(path, "--edge", "start")
    assert done["unknown_stations"] == {"9999X": 2}
    assert (done["rows_accepted"], done["rows_rejected"]) == (1, 2)
    kept = next(file for file in done["rejects_files"] if "unknown-stations" in file)
    assert pl.read_csv(kept)["pm25"].to_list() == [35.0, 36.0]
    assert terminal("import", csv_file("b.csv", row(5, station="9999X")), "--edge", "start") == 2
    assert "--register ADCODE" in terminal.out


def test_only_known_counts_strangers_without_a_copy(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(0, station="9999X"))
    (done,) = terminal.json(path, "--edge", "start", "--only-known")
    assert done["unknown_stations"] == {"9999X": 1}
    assert not [file for file in done["rejects_files"] if "unknown-stations" in file]


def test_what_was_kept_of_strangers_can_be_imported_later(terminal, csv_file):
    path = csv_file("a.csv", row(0, station="9999X"), row(1, station="9999X", pm25="36.5"), row(0))
    (done,) = terminal.json(path, "--edge", "start")
    kept = next(file for file in done["rejects_files"] if "unknown-stations" in file)
    (later,) = terminal.json(kept, "--register", "140403", "--place", "9999X=113.11,36.19")
    assert later["tables"]["ambient_hours"]["new"] == 2
    assert terminal.hours().filter(pl.col("station") == "9999X")["pm25"].to_list() == [35.0, 36.5]


def test_a_station_is_registered_in_a_county_at_its_place(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(0, station="9999X"))
    terminal.json(path, "--edge", "start")
    arguments = (path, "--edge", "start", "--register", "140403", "--place", "9999X=113.11,36.19")
    (done,) = terminal.json(*arguments, "--level", "township")
    assert done["registered"] == ["9999X"]
    assert done["tables"]["ambient_hours"]["new"] == 1
    assert (done["rows_accepted"], done["rows_skipped"]) == (1, 1)
    station = load_city("changzhi", terminal.folder / "city").station("9999X")
    assert (station.county, station.level, station.longitude) == ("140403", "township", 113.11)
    assert station.simulated is False
    (known,) = terminal.json(*arguments)
    assert known["state"] == "known"


def test_a_second_station_is_added_below_the_first(terminal, csv_file):
    for code in ("9998X", "9999X"):
        path = csv_file(f"{code}.csv", row(0, station=code))
        terminal.json(path, "--edge", "start", "--register", "140403", "--place", f"{code}=113.11,36.19")
    stations = load_city("changzhi", terminal.folder / "city").stations
    assert {"9998X", "9999X", "1727A"} <= {row.code for row in stations}


def test_places_and_names_are_taken_from_the_file(terminal, csv_file):
    header = "监测时间,点位编码,点位名称,经度,纬度,PM2.5(ug/m3)"
    path = csv_file("a.csv", "2026-03-05 01:00,8888X,新站,113.10,36.18,35", header=header)
    (done,) = terminal.json(path, "--edge", "start", "--register", "140403")
    assert done["registered"] == ["8888X"]
    station = load_city("changzhi", terminal.folder / "city").station("8888X")
    assert (station.name_zh, station.name_en, station.latitude) == ("新站", "8888X", 36.18)


def test_a_station_without_a_place_is_never_given_one(terminal, csv_file):
    path = csv_file("a.csv", row(0, station="9999X"))
    assert terminal("import", path, "--edge", "start", "--register", "140403") == 2
    assert "--place 9999X=" in terminal.err
    assert not (terminal.folder / "city" / "stations.csv").exists()


def test_a_station_outside_its_county_is_not_added(terminal, csv_file):
    path = csv_file("a.csv", row(0), row(0, station="9999X"))
    (done,) = terminal.json(path, "--edge", "start", "--register", "140403", "--place", "9999X=116.4,39.9")
    assert done["registered"] == []
    assert done["unknown_stations"] == {"9999X": 1}
    assert "station_outside_county" in {one["code"] for one in done["findings"]}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--register", "999999", "--place", "9999X=113.11,36.19"], "no county"),
        (["--register", "140403", "--place", "9999X=1,2"], "longitude"),
        (["--place", "9999X=113.11,36.19"], "--register"),
        (["--register", "140403", "--place", "9999X:113"], "CODE=LONGITUDE"),
        (["--register", "140403", "--level", "galactic"], "municipal"),
        (["--as", "excel"], "national_feed"),
        (["--stage", "final"], "audited"),
        (["--mapping", "nowhere"], "No mapping"),
    ],
)
def test_a_wrong_option_says_what_would_be_right(terminal, csv_file, arguments, word):
    path = csv_file("a.csv", row(0, station="9999X"))
    assert terminal("import", path, "--edge", "start", *arguments) == 2
    assert word in terminal.err
    assert terminal.hours().is_empty()


def test_a_refused_line_leaves_the_city_folder_as_it_was(terminal, csv_file):
    overlay = terminal.folder / "city" / "stations.csv"
    overlay.write_text("code,name_zh,name_en,county,longitude,latitude,level,area_class,simulated\n"
                       "7777X,旧站,Old,140403,113.1,36.18,municipal,2,false\n", encoding="utf-8")  # fmt: skip
    path = csv_file("a.csv", row(0, station="9999X"), row(0, station="没有编码"))
    before = overlay.read_bytes()
    assert terminal("import", path, "--edge", "start", "--register", "140403", "--place", "9999X=113.1,36.1") == 2
    assert "没有编码" in terminal.err
    assert overlay.read_bytes() == before


def test_a_mapping_is_saved_used_and_never_overwritten(terminal, csv_file):
    first = csv_file("a.csv", row(0))
    (done,) = terminal.json(first, "--edge", "end", "--save-mapping", "county")
    assert Path(done["saved_mapping"]) == terminal.folder / "city" / "mappings" / "county.toml"
    terminal.json(csv_file("b.csv", row(5)), "--mapping", "county")
    assert [at.hour for at in terminal.hours()["hour_start"]] == [23, 4]
    other = csv_file("c.csv", row(7))
    assert terminal("import", other, "--edge", "start", "--save-mapping", "county") == 2
    assert "another mapping" in terminal.err


def test_a_known_layout_needs_no_mapping_and_says_so(terminal, csv_file):
    header = "TimePoint,StationCode,PositionName,SO2,NO2,CO,O3,O3_24h,PM10,PM2_5,AQI"
    path = csv_file("a.csv", "2026-03-05T01:00:00,1727A,清华站,5,20,0.5,90,60,80,35,65", header=header)
    assert terminal("import", path, "--edge", "start") == 2
    assert "fixes its columns" in terminal.err
    (done,) = terminal.json(path)
    assert done["importer"] == "national_feed"
    assert done["tables"]["published_hours"]["new"] == 1
    assert terminal.hours()["o3"].to_list() == [60.0]
    assert terminal.hours()["hour_start"][0].hour == 0


def test_a_dry_run_writes_nothing(terminal, csv_file):
    path = csv_file("a.csv", row(0), "x,1727A,5,20,0.5,60,80,35", row(0, station="9999X"))
    (done,) = terminal.json(path, "--edge", "start", "--dry-run", "--save-mapping", "county",
                            "--register", "140403", "--place", "9999X=113.11,36.19")  # fmt: skip
    assert (done["rows_accepted"], done["run_id"], done["tables"]) == (1, None, {})
    assert terminal.hours().is_empty()
    assert terminal.runs() == []
    assert [path for path in (terminal.folder / "city").rglob("*") if path.is_file()] == []
    assert not (terminal.folder / "files" / "rejects").exists()


def test_a_bad_file_does_not_stop_the_others(terminal, csv_file, tmp_path):
    folder = tmp_path / "incoming"
    folder.mkdir()
    for name, lines in (("1.csv", [row(0)]), ("3.csv", [row(3)])):
        csv_file(name, *lines).rename(folder / name)
    (folder / "2.csv").write_bytes(b"")
    (folder / ".hidden.csv").write_text("not read", encoding="utf-8")
    (folder / "readme.md").write_text("not read", encoding="utf-8")
    assert terminal("import", folder, "--edge", "start") == 2
    assert "3 files" in terminal.out
    assert "is empty" in terminal.out
    assert terminal.hours().height == 2
    assert [one["state"] for one in terminal.runs()] == ["done", "failed", "done"]
    found = terminal.json(folder, "--edge", "start", code=2)
    assert [one["state"] for one in found] == ["known", "failed", "known"]


def test_a_folder_without_tables_is_a_wrong_question(tmp_path):
    with pytest.raises(CallerError, match="no table file"):
        list_files([tmp_path])


def test_an_absent_file_and_an_absent_workspace_are_said_plainly(terminal, tmp_path, capsys):
    assert terminal("import", tmp_path / "nothing.csv") == 2
    assert "does not exist" in terminal.err
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    assert run(["import", str(tmp_path / "a.csv"), "-w", str(tmp_path / "no")], translation("en")) == 2
    assert "is not a workspace" in capsys.readouterr().err


def test_simulated_and_measured_never_mix(terminal, csv_file, tmp_path, capsys):
    make_workspace(tmp_path / "s", "changzhi", simulated=True).close()
    simulated = Terminal(tmp_path / "s", capsys)
    assert simulated("import", csv_file("a.csv", row(0)), "--edge", "start") == 2
    assert "never mix" in simulated.err
    city = load_city("changzhi")
    hours = next(iter(simulate_hours(city, *[date(2026, 3, 5)] * 2, 7, stations=("1727A",))))
    export = tmp_path / "twin.parquet"
    hours.write_parquet(export)
    (taken,) = simulated.json(export)
    assert taken["tables"]["ambient_hours"]["new"] == hours.height
    assert terminal("import", export) == 2
    assert "never mix" in terminal.err
    assert terminal.hours().is_empty()


def test_judged_results_are_no_measurements(terminal, tmp_path):
    path = tmp_path / "hourly_index.csv"
    path.write_text(
        "kind,code,hour_start,pm25,rules,run_id,code_version\nstation,1727A,2026-03-05 01:00:00+08:00,35,a,b,c\n",
        encoding="utf-8",
    )
    assert terminal("import", path) == 2
    assert "judged results" in terminal.err


def test_limits_of_the_settings_hold(terminal, csv_file, monkeypatch):
    monkeypatch.setenv("LANTIAN_IMPORT_MAX_ROWS", "1")
    assert terminal("import", csv_file("a.csv", row(0), row(1)), "--edge", "start") == 2
    assert "at most 1" in terminal.err


def test_the_second_city_takes_files_too(tmp_path, csv_file, capsys):
    make_workspace(tmp_path / "w2", "shizuishan", simulated=False).close()
    second = Terminal(tmp_path / "w2", capsys)
    (done,) = second.json(csv_file("a.csv", row(0, station="SIM-640202-01")), "--edge", "start")
    assert done["tables"]["ambient_hours"]["new"] == 1


def test_the_account_is_spoken_in_chinese_too(terminal, csv_file, capsys):
    path = csv_file("a.csv", row(0))
    code = run(["import", str(path), "--edge", "start", "-w", str(terminal.folder)], translation("zh_CN"))
    assert code == 0
    assert "读取1行，接收1行" in capsys.readouterr().out


def test_a_table_that_another_program_writes_is_our_trouble_and_stops(terminal, csv_file, monkeypatch):
    monkeypatch.setenv("LANTIAN_LOCK_WAIT_SECONDS", "0")
    paths = [csv_file("a.csv", row(0)), csv_file("b.csv", row(1))]
    house = open_workspace(terminal.folder)
    try:
        with writing(
            house.lake.root / ".writers", "ambient_hours", command="nightly compaction", now=house.now, wait=0
        ):
            assert terminal("import", *paths, "--edge", "start") == 1
    finally:
        house.close()
    assert "nightly compaction" in terminal.out
    assert "1 files" in terminal.out
    assert terminal.hours().is_empty()
    assert [one["state"] for one in terminal.runs()] == ["failed"]
