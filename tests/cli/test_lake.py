"""`lantian lake`: what there is, what it means, how it came, and its upkeep."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.cli.frame import run
from lantian.desk.language import translation
from lantian.loop import run_days
from lantian.twin.hours import simulate_hours

DAY = date(2026, 3, 3)
Ask = Callable[..., int]


@pytest.fixture(scope="module", params=["changzhi", "shizuishan"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated workspace of each city with three judged days and one corrected hour."""
    folder = tmp_path_factory.mktemp("lake") / request.param
    house = make_workspace(folder, request.param, simulated=True)
    codes = tuple(station.code for station in house.city.stations[:4])
    hours = pl.concat(simulate_hours(house.city, date(2026, 3, 1), DAY, 7, stations=codes))
    house.lake.append("ambient_hours", hours)
    house.lake.append("ambient_hours", hours.head(1).with_columns(pm25=pl.lit(77.0)))
    run_days(house.scene(), house.jobs)
    house.close()
    return folder


@pytest.fixture
def ask(filled: Path) -> Ask:
    def call(*arguments: str, workspace: Path = filled, language: str = "en") -> int:
        return run(["lake", *arguments, "--workspace", str(workspace)], translation(language))

    return call


@pytest.fixture
def asked(ask: Ask, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict]:
    def call(*arguments: str, **more: object) -> dict:
        assert ask(*arguments, "--json", **more) == 0
        return json.loads(capsys.readouterr().out)

    return call


def first_fact(folder: Path) -> dict:
    house = open_workspace(folder)
    try:
        rows = house.lake.read("ambient_hours", latest=False).filter(pl.len().over("station", "hour_start") == 2)
        return rows.row(0, named=True)
    finally:
        house.close()


def test_tables_lists_rows_size_and_span_of_every_table(asked):
    said = asked("tables")
    rows = {row["table"]: row for row in said["rows"]}
    assert said["simulated"] is True
    assert {"ambient_hours", "published_hours", "daily_index", "rankings"} <= set(rows)
    hours = rows["ambient_hours"]
    assert hours["rows"] > 200
    assert hours["bytes"] > 1000
    assert (hours["first"], hours["last"]) == ("2026-03-01", "2026-03-03")
    assert rows["published_hours"]["version"] == -1
    assert rows["published_hours"]["first"] is None


def test_the_listing_says_that_it_is_simulated(ask, capsys):
    assert ask("tables") == 0
    assert "Simulated data" in capsys.readouterr().out


def test_show_gives_unit_and_meaning_in_the_language_of_the_reader(asked, ask, capsys):
    said = asked("show", "ambient_hours")
    columns = {row["column"]: row for row in said["rows"]}
    assert columns["co"]["unit"] == "mg/m³"
    assert columns["pm25"]["meaning"] == "Hourly mean of fine particulate matter PM2.5, as measured"
    assert columns["hour_start"]["key"] == "key"
    assert said["key"] == ["station", "hour_start", "stage"]
    assert ask("show", "ambient_hours", language="zh_CN") == 0
    assert "细颗粒物小时均值" in capsys.readouterr().out


def test_an_unknown_table_is_answered_with_those_there_are(ask, capsys):
    assert ask("show", "nothing") == 2
    assert "ambient_hours" in capsys.readouterr().err


def test_history_lists_commits_newest_first(asked):
    rows = asked("history", "ambient_hours")["rows"]
    assert [row["version"] for row in rows] == sorted((row["version"] for row in rows), reverse=True)
    assert rows[0]["what"] == "append"
    assert rows[0]["notes"]["corrected"] == 1
    assert len(asked("history", "ambient_hours", "--limit", "1")["rows"]) == 1


def test_versions_lists_the_version_of_every_table(asked):
    versions = {row["table"]: row["version"] for row in asked("versions")["rows"]}
    assert versions["ambient_hours"] >= 1
    assert versions["published_hours"] == -1


def test_versions_of_one_fact_stand_oldest_first(asked, ask, filled, capsys):
    fact = first_fact(filled)
    key = [
        *("--where", f"station={fact['station']}"),
        *("--where", f"hour_start={fact['hour_start'].isoformat()}"),
        *("--where", "stage=original"),
    ]
    rows = asked("versions", "ambient_hours", *key)["rows"]
    assert len(rows) == 2
    assert rows[1]["pm25"] == 77.0
    assert rows[0]["recorded_at"] < rows[1]["recorded_at"]
    assert ask("versions", "ambient_hours", *key) == 0
    assert "version 2" in capsys.readouterr().out


@pytest.mark.parametrize("where", [[], ["--where", "station=1727A"], ["--where", "pm25>3"]])
def test_a_fact_is_named_by_its_whole_key(ask, capsys, where):
    assert ask("versions", "ambient_hours", *where) == 2
    assert "--where hour_start=" in capsys.readouterr().err


def test_read_picks_days_conditions_columns_and_a_limit(asked):
    days = ("--from", "2026-03-02", "--to", "2026-03-02", "--where", "hour_start>=2026-03-02T20")
    columns = ("--column", "station", "--column", "hour_start")
    said = asked("read", "ambient_hours", *days, *columns, "--limit", "5")
    assert len(said["rows"]) == min(5, said["count"])
    assert set(said["rows"][0]) == {"station", "hour_start"}
    assert all(row["hour_start"] >= "2026-03-02T20:00:00+08:00" for row in said["rows"])
    everything = asked("read", "ambient_hours", "--limit", "0")
    assert len(everything["rows"]) == everything["count"] > said["count"]


def test_nothing_after_the_sign_means_missing(asked):
    missing = asked("read", "ambient_hours", "--where", "pm25=", "--limit", "0")
    present = asked("read", "ambient_hours", "--where", "pm25!=", "--limit", "0")
    every = asked("read", "ambient_hours", "--limit", "1")["count"]
    assert {row["pm25"] for row in missing["rows"]} <= {None}
    assert None not in {row["pm25"] for row in present["rows"]}
    assert missing["count"] + present["count"] == every


def test_values_are_read_in_the_type_of_their_column(asked):
    assert asked("read", "daily_index", "--where", "withdrawn=true")["count"] == 0
    assert asked("read", "daily_index", "--where", "withdrawn=false", "--where", "level<=6")["count"] > 0
    assert asked("read", "daily_index", "--where", "legal_day=2026-03-02", "--where", "kind!=city")["count"] > 0


@pytest.mark.parametrize(
    ("where", "word"),
    [
        ("pm25", "COLUMN=VALUE"),
        ("pm25=high", "no value"),
        ("nothing=1", "no column"),
        ("pm25>", "nothing to compare"),
    ],
)
def test_a_wrong_condition_says_what_is_wrong(ask, capsys, where, word):
    assert ask("read", "ambient_hours", "--where", where) == 2
    assert word in capsys.readouterr().err


def test_as_known_on_answers_as_it_was_known(asked, filled):
    fact = first_fact(filled)
    key = ["--where", f"station={fact['station']}", "--where", f"hour_start={fact['hour_start'].isoformat()}"]
    (now,) = asked("read", "ambient_hours", *key)["rows"]
    (then,) = asked("read", "ambient_hours", *key, "--known-on", fact["recorded_at"].isoformat())["rows"]
    assert now["pm25"] == 77.0
    assert then["pm25"] == fact["pm25"]
    assert asked("read", "ambient_hours", "--known-on", "2020-01-01")["count"] == 0


def test_an_instant_that_is_none_is_refused(ask, capsys):
    assert ask("read", "ambient_hours", "--known-on", "yesterday") == 2
    assert "2026-03-01T08:00" in capsys.readouterr().err


def test_check_finds_nothing_in_a_sound_lake(asked):
    said = asked("check")
    assert said["errors"] == 0
    assert "ambient_hours" in said["tables"]


def test_check_names_a_damaged_file_and_ends_with_1(ask, filled, tmp_path, capsys):
    copy = tmp_path / "damaged"
    shutil.copytree(filled, copy)
    broken = next((copy / "lake" / "ambient_hours").rglob("*.parquet"))
    broken.write_bytes(broken.read_bytes()[:200])
    assert ask("check", "ambient_hours", workspace=copy) == 1
    assert "unreadable_file" in capsys.readouterr().out
    assert ask("check", "ambient_hours", "--json", workspace=copy) == 1
    assert json.loads(capsys.readouterr().out)["errors"] >= 1


def test_upkeep_makes_fewer_files_and_loses_no_fact(asked, filled, tmp_path):
    copy = tmp_path / "kept"
    shutil.copytree(filled, copy)
    before = asked("read", "ambient_hours", "--limit", "0", workspace=copy)["rows"]
    (done,) = asked("compact", "ambient_hours", workspace=copy)["rows"]
    assert done["files_after"] <= done["files_before"]
    assert done["partitions"] == 1
    (gone,) = asked("vacuum", "ambient_hours", "--keep-hours", "0", workspace=copy)["rows"]
    assert len(gone["removed"]) >= done["files_before"]
    assert asked("read", "ambient_hours", "--limit", "0", workspace=copy)["rows"] == before
    assert len(asked("compact", workspace=copy)["rows"]) == len(asked("tables", workspace=copy)["rows"])


def test_facts_without_a_retention_are_kept_for_ever(asked, ask, filled, tmp_path, capsys):
    copy = tmp_path / "old"
    shutil.copytree(filled, copy)
    said = asked("retain", workspace=copy)
    assert all(row["removed"] == [] for row in said["rows"])
    assert ask("retain", "ambient_hours", workspace=copy) == 0
    assert "Partitions dropped" in capsys.readouterr().out
