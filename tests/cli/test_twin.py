"""``lantian twin``: scenarios, loggers, sources, truth and score at the terminal."""

import json
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.cli.run import SEED
from lantian.rules.plume_records import PlumeRule
from lantian.twin.catalogue import read_book
from lantian.twin.keeping import settle
from lantian.twin.scenario_workspace import scenario_behind
from lantian.twin.scenarios import find_scenario, plain_making

STATIONS = ("--station", "1727A", "--station", "SIM-140404-01")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that knows already what comes from beyond the city, which takes a minute to find."""
    folder = tmp_path_factory.mktemp("twin") / "changzhi"
    house = make_workspace(folder, "changzhi", simulated=True)
    given = find_scenario("stop-bricks")
    rule = house.rulebook.edition(PlumeRule, "plume", given.last, house.choice)
    plain = plain_making(house.city, read_book(house.city), rule, given, SEED)
    plain.__dict__["beyond"] = 21.0
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LANTIAN_TWIN_CACHE", raising=False)
        settle(plain, folder)
    house.close()
    return folder


@pytest.fixture(autouse=True)
def kept_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANTIAN_TWIN_CACHE", raising=False)


def test_scenarios_are_listed_and_shown(ask):
    code, out, _ = ask("twin", "scenario", "list", "--json")
    assert code == 0
    assert {row["key"] for row in json.loads(out)["rows"]} >= {"january-episode", "stop-bricks"}
    code, out, _ = ask("twin", "scenario", "show", "ozone-week")
    assert code == 0
    assert "heat" in out
    assert "Seven days" in out
    code, out, _ = ask("twin", "scenario", "show", "ozone-week", language="zh_CN")
    assert "臭氧污染周" in out
    assert json.loads(ask("twin", "scenario", "show", "ozone-week", "--json")[1])["shift"]["heat"] == 1.2


def test_a_scenario_nobody_knows_is_a_wrong_question(ask, empty: Path):
    code, _, said = ask("twin", "scenario", "run", "nonsense", "-w", empty)
    assert code == 2
    assert "no scenario nonsense" in said


def test_a_scenario_is_computed_drawn_and_brought_into_a_workspace_that_can_be_judged_and_scored(
    ask, empty: Path, tmp_path: Path
):
    into, picture = tmp_path / "into", tmp_path / "days.svg"
    code, out, said = ask(
        "twin", "scenario", "run", "stop-bricks", "--days", 2, *STATIONS, "-w", empty, "--into", into,
        "--picture", picture, "--json",
    )  # fmt: skip
    assert code == 0, said
    found = json.loads(out)
    assert found["simulated"] is True
    assert found["beyond"] == {"base": 21.0, "scenario": 21.0}
    fine = next(row for row in found["rows"] if (row["place"], row["pollutant"]) == ("140400", "pm25"))
    assert fine["difference"] < 0.0
    assert {row["kind"] for row in found["contributions"]} <= {"brick", "rest"}
    assert picture.read_text("utf-8").startswith("<?xml")
    assert 90 <= found["hours_written"] <= 96

    house = open_workspace(into)
    try:
        hours = house.lake.read("ambient_hours")
        assert hours["simulated"].all()
        assert set(hours["station"]) == {"1727A", "SIM-140404-01"}
        making = scenario_behind(house)
        assert making is not None
        assert making.stopped == ("brick",)
        assert making.last - making.first == timedelta(days=1)
    finally:
        house.close()
    assert ask("evaluate", "-w", into, "-q")[0] == 0
    code, out, said = ask("twin", "score", "-w", into, "--json")
    assert code == 0, said
    scored = json.loads(out)
    assert scored["unexplained"] == 0
    tables = {row["table"]: row for row in scored["rows"]}
    assert tables["ambient_hours"]["noise"] > 500
    assert tables["daily_index"]["unexplained"] == 0

    house = open_workspace(into)
    row = house.lake.read("ambient_hours").filter(pl.col("pm25").is_not_null()).head(1)
    row = row.select(column.name for column in house.lake.table("ambient_hours").columns)
    house.lake.append("ambient_hours", row.with_columns(pm25=pl.col("pm25") + 3.0))
    house.close()
    code, out, _ = ask("twin", "score", "-w", into)
    assert code == 1
    assert f"ambient_hours {row['station'][0]}" in out


def test_a_sprayed_station_is_shown_beside_the_air(ask, empty: Path):
    code, out, said = ask(
        "twin", "scenario", "run", "station-spraying", "--days", 2, *STATIONS, "-w", empty, "-q"
    )  # fmt: skip
    assert code == 0, said
    assert "SIMULATED data" in out
    assert "only what stations show differs" in out
    assert "In the air" in out
    assert "Counties" not in out


def test_a_table_for_people_names_counties_and_sources(ask, empty: Path):
    code, out, said = ask("twin", "scenario", "run", "stop-bricks", "--days", 1, *STATIONS, "-w", empty, "-q")
    assert code == 0, said
    assert "Shangdang District" in out
    assert "Brick Kiln (formed)" in out
    assert "░" in out


def test_what_would_fail_at_the_end_is_refused_at_once(ask, empty: Path, tmp_path: Path):
    code, _, said = ask("twin", "scenario", "run", "stop-bricks", "-w", empty, "--into", empty)
    assert (code, "not empty" in said) == (2, True)
    code, _, said = ask("twin", "scenario", "run", "stop-bricks", "-w", empty, "--picture", tmp_path / "x.pdf")
    assert (code, ".png or .svg" in said) == (2, True)


def test_a_city_without_sources_cannot_be_simulated_so(ask, tmp_path: Path):
    code, _, said = ask("twin", "sources", "--city", "shizuishan", "-w", tmp_path / "none")
    assert code == 2
    assert "no twin.toml" in said


def test_every_logger_is_listed_once(ask, tmp_path: Path):
    code, out, _ = ask("twin", "devices", "--json", "-w", tmp_path / "none")
    assert code == 0
    rows = json.loads(out)["rows"]
    assert len({row["mn"] for row in rows}) == len(rows) > 1_000
    assert {row["logger"] for row in rows} == {"station", "stack", "meter"}
    assert {row["edition"] for row in rows} == {"2005", "2017", "2025"}
    code, out, _ = ask("twin", "devices", "--kind", "glass", "-w", tmp_path / "none")
    assert code == 0
    assert "power meters: 2" in out
    code, _, said = ask("twin", "devices", "--kind", "volcano", "-w", tmp_path / "none")
    assert (code, "no kind volcano" in said) == (2, True)


def test_sources_are_totalled_by_kind_and_listed_by_plant(ask, tmp_path: Path):
    code, out, _ = ask("twin", "sources", "--json", "-w", tmp_path / "none")
    assert code == 0
    rows = {row["kind"]: row for row in json.loads(out)["rows"]}
    assert rows["brick"]["count"] == 77
    assert rows["road_dust"]["pm10"] == 5_600.0
    code, out, _ = ask("twin", "sources", "--kind", "steel", "-p", "nox", "-w", tmp_path / "none")
    assert code == 0
    assert out.count("SIM-STEEL-") == 5
    code, _, said = ask("twin", "sources", "-p", "radon", "-w", tmp_path / "none")
    assert (code, "no radon" in said) == (2, True)


def test_the_truth_is_opened_for_a_reason_that_the_chain_keeps(ask, empty: Path, tmp_path: Path):
    folder = tmp_path / "sealed"
    code, _, said = ask(
        "twin", "scenario", "run", "station-spraying", "--days", 2, *STATIONS, "-w", empty, "--into", folder, "-q"
    )  # fmt: skip
    assert code == 0, said
    code, out, _ = ask("twin", "truth", "list", "-w", folder, "--json")
    assert {row["kind"] for row in json.loads(out)["rows"]} >= {"air", "incidents", "emissions"}
    code, out, _ = ask(
        "twin", "truth", "open", "incidents", "--reason", "a look", "--by", "me", "-w", folder, "--json"
    )
    assert code == 0
    assert "spraying" in {row["pattern"] for row in json.loads(out)["rows"]}
    out_file = tmp_path / "air.parquet"
    code, _, _ = ask(
        "twin", "truth", "open", "air", "--reason", "x", "--by", "me", "-w", folder, "--out", out_file
    )
    assert code == 0
    assert pl.read_parquet(out_file).height == 2 * 48
    assert ask("twin", "truth", "open", "air", "--reason", " ", "--by", "me", "-w", folder)[0] == 2
    assert (
        ask("twin", "truth", "open", "air", "--reason", "x", "--by", "me", "--out", "air.doc", "-w", folder)[0]
        == 2
    )
    code, out, _ = ask("audit", "entries", "-w", folder, "--json")
    assert code == 0
    assert "a look" in out


def test_a_workspace_without_a_simulated_city_has_neither_truth_nor_score(ask, empty: Path):
    code, _, said = ask("twin", "truth", "list", "-w", empty)
    assert (code, "holds no truth" in said) == (2, True)
    code, _, said = ask("twin", "score", "-w", empty)
    assert (code, "not filled by a simulated city" in said) == (2, True)
