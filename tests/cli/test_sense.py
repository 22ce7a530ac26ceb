import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from lantian.assembly import open_workspace
from lantian.ledger.asking import list_open
from lantian.ledger.models import Recompute

DAY = date(2026, 3, 20)


@pytest.fixture
def station(simulated_workspace: Path) -> str:
    house = open_workspace(simulated_workspace)
    try:
        rows = house.lake.read("ambient_hours", first=DAY, last=DAY)
        city = {code for group in house.city.groups for code in group.stations}
        return str(sorted(set(rows["station"]) & city)[0])
    finally:
        house.close()


def decide(ask, folder: Path, station: str, *more: object, verdict: str = "invalid", by: str = "city-desk"):
    return ask(
        "sense", "review", "decide", station, "pm25", "2026-03-20T05", "2026-03-20T10", "--verdict", verdict,
        "--by", by, "--reason", "filter tape torn", "-w", folder, *more,
    )  # fmt: skip


def requests(folder: Path) -> int:
    house = open_workspace(folder)
    try:
        with house.ledger.read() as session:
            return len(list_open(session, Recompute))
    finally:
        house.close()


def test_status_counts_stations_by_state_in_both_languages(ask, simulated_workspace: Path) -> None:
    at = ("sense", "status", "-w", simulated_workspace, "--at", "2026-04-01T00:30")
    code, out, _ = ask(*at)
    assert code == 0
    assert "well" in out
    code, out, _ = ask(*at, "--json")
    told = json.loads(out)
    assert sum(told["counts"]["station"].values()) == len(
        [row for row in told["rows"] if row["kind"] == "station"]
    )
    assert {row["state"] for row in told["rows"]} <= {"silent", "stale", "late", "drifting", "well"}
    assert ask(*at, language="zh")[0] == 0


def test_checking_keeps_findings_that_can_be_read_again(ask, writable_workspace: Path) -> None:
    span = ("--from", "2026-03-10", "--to", "2026-03-20", "-w", writable_workspace)
    code, out, _ = ask("sense", "review", "check", *span, "--json")
    assert code == 0
    told = json.loads(out)
    assert told["standing"] == len(told["rows"])
    for row in told["rows"]:
        assert row["innocent"]
        assert "{" not in row["said"]
    code, out, _ = ask("sense", "review", "findings", *span, "--json")
    again = json.loads(out)["rows"]
    inside = [row for row in told["rows"] if row["first_hour"][:10] >= "2026-03-10"]
    assert len(again) == len(inside)


def test_a_proposal_changes_nothing_and_waits(ask, writable_workspace: Path, station: str) -> None:
    code, out, _ = decide(ask, writable_workspace, station, by="operator")
    assert code == 0
    assert "Nothing that was judged changes" in out
    code, out, _ = ask("sense", "review", "list", "--waiting", "--json", "-w", writable_workspace)
    [row] = json.loads(out)["rows"]
    assert (row["place"], row["level"], row["by"]) == (station, "operator", "operator")


def test_a_city_s_decision_judges_its_days_anew_and_names_the_tables(
    ask, writable_workspace: Path, station: str
) -> None:
    code, out, _ = decide(ask, writable_workspace, station, "--level", "city", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["audited_hours"] == 6
    named = {row["table"]: row for row in told["affected"]}
    assert "2026-03" in named["rankings"]["periods"]
    assert told["requests"] == [told["request"]]
    assert told["tables"]["daily_index"]["new"] > 0  # the audited and the mixed side of the day
    house = open_workspace(writable_workspace)
    days = house.lake.read("daily_index", first=DAY, last=DAY).filter(
        (pl.col("code") == station) & (pl.col("basis") == "measured")
    )
    pm25 = dict(days.select("stage", "pm25").iter_rows())
    house.close()
    assert pm25["mixed"] != pm25["original"] or pm25["mixed"] is None
    assert requests(writable_workspace) == 0


def test_a_decision_may_leave_the_judging_for_later(ask, writable_workspace: Path, station: str) -> None:
    code, out, _ = decide(ask, writable_workspace, station, "--level", "city", "--later")
    assert code == 0
    assert "recompute" in out
    assert requests(writable_workspace) == 1
    code, out, _ = ask("sense", "review", "recompute", "-w", writable_workspace)
    assert code == 0
    assert "daily_index" in out
    assert requests(writable_workspace) == 0
    code, out, _ = ask("sense", "review", "recompute", "-w", writable_workspace)
    assert "Nobody asked" in out


def test_undoing_brings_the_day_back(ask, writable_workspace: Path, station: str) -> None:
    _, out, _ = decide(ask, writable_workspace, station, "--level", "city", "--json")
    review = json.loads(out)["ids"][0]
    undone = ("sense", "review", "undo", review, "--by", "city-desk", "--reason", "it was real")
    code, out, _ = ask(*undone, "-w", writable_workspace, "--json")
    assert code == 0
    assert json.loads(out)["audited_hours"] == 6
    house = open_workspace(writable_workspace)
    days = house.lake.read("daily_index", first=DAY, last=DAY).filter(
        (pl.col("code") == station) & (pl.col("basis") == "measured")
    )
    pm25 = dict(days.select("stage", "pm25").iter_rows())
    house.close()
    assert pm25["mixed"] == pm25["original"]


def test_signing_closes_days(ask, writable_workspace: Path, station: str) -> None:
    code, out, _ = ask(
        "sense", "review", "sign", station, "--from", "2026-03-20", "--to", "2026-03-20", "--by", "chief",
        "--reason", "month closed", "--later", "-w", writable_workspace,
    )  # fmt: skip
    assert code == 0
    assert "24 audited hours" in out
    code, _, err = decide(ask, writable_workspace, station, "--level", "city")
    assert code == 2
    assert "signed off" in err


@pytest.mark.parametrize(
    ("fields", "said"),
    [(("--level", "mayor"), "none of"), (("--level", "sign_off", "--verdict", "maybe"), "none of")],
)
def test_unknown_words_are_refused(ask, simulated_workspace: Path, station: str, fields, said: str) -> None:
    code, _, err = decide(ask, simulated_workspace, station, *fields)
    assert code == 2
    assert said in err


def test_marks_are_set_revised_listed_and_withdrawn(ask, writable_workspace: Path) -> None:
    place = ("-w", writable_workspace)
    kiln = ("--by", "city-desk", "--reason", "kiln repair", "--industry", "thermal_power", *place)
    begin = ("stack-1", "stopped", "2026-03-15T06:20")
    code, out, _ = ask("sense", "marks", "set", *begin, "--until", "2026-03-15T09:00", *kiln)
    assert code == 0
    key = out.split()[1].rstrip(",")
    assert "1 outlets" in out  # its days were looked at
    code, out, _ = ask("sense", "marks", "revise", key, *begin, "--until", "2026-03-15T08:00", *kiln)
    assert (code, "revision 2" in out) == (0, True)
    [row] = json.loads(ask("sense", "marks", "list", *place, "--json")[1])["rows"]
    assert (row["begin"], row["end"], row["revision"]) == ("2026-03-15 06:20", "2026-03-15 08:00", 2)
    code, out, _ = ask("sense", "marks", "withdraw", key, "--by", "city-desk", "--reason", "wrong", *place)
    assert (code, "revision 3" in out) == (0, True)
    assert json.loads(ask("sense", "marks", "list", *place, "--json")[1])["rows"] == []
    assert len(json.loads(ask("sense", "marks", "history", key, *place, "--json")[1])["rows"]) == 3


def test_a_micro_station_is_brought_in_fitted_listed_and_calibrated(
    ask, writable_workspace: Path, station: str, tmp_path: Path
) -> None:
    place = ("-w", writable_workspace)
    house = open_workspace(writable_workspace)
    hours = house.lake.read("ambient_hours", first=date(2026, 1, 15), last=date(2026, 3, 20)).filter(
        station=station
    )
    house.close()
    file = tmp_path / "micro.csv"
    columns = {"device": pl.lit("M1"), "channel": pl.lit("pm25")}
    columns |= {"temperature": pl.lit(8.0), "humidity": pl.lit(40.0)}
    start = pl.col("hour_start").dt.strftime("%Y-%m-%d %H:%M:%S")
    raw = (pl.col("pm25") + 3) * 0.6
    hours.select(start, raw.alias("raw"), **columns).write_csv(file)
    code, out, _ = ask("sense", "calibrate", "bring", file, *place)
    assert (code, str(hours.height) in out) == (0, True)
    code, out, err = ask(
        "sense", "calibrate", "fit", "M1", "pm25", "--beside", station, "--from", "2026-01-15",
        "--to", "2026-03-15", "--by", "lab", "--reason", "winter co-location", *place,
    )  # fmt: skip
    assert code == 0, err
    assert "R² 1.000" in out
    told = json.loads(ask("sense", "calibrate", "list", *place, "--json")[1])
    [row] = told["rows"]
    assert (row["device"], row["version"], row["valid_from"]) == ("M1", 1, "2026-03-16")
    days = ("--from", "2026-03-16", "--to", "2026-03-17")
    code, out, _ = ask("sense", "calibrate", "write", *days, *place)
    assert (code, "48" in out) == (0, True)
    code, _, _ = ask("sense", "calibrate", "withdraw", row["id"], "--by", "lab", "--reason", "moved", *place)
    assert code == 0
    assert json.loads(ask("sense", "calibrate", "list", *place, "--json")[1])["rows"] == []


def test_key_units_are_taken_in_and_their_coverage_shown(ask, writable_workspace: Path, tmp_path: Path) -> None:
    house = open_workspace(writable_workspace)
    county = house.city.counties[0]
    house.close()
    file = tmp_path / "units.csv"
    file.write_text(
        f"code,name,county,permit,outlets\nX1,Simulated works,{county.name_zh},重点管理,DA001\n", "utf-8"
    )
    place = ("-w", writable_workspace)
    code, out, _ = ask("sense", "units", file, "--year", "2026", "--by", "office", *place)
    assert (code, "1 lines" in out) == (0, True)
    code, out, _ = ask("sense", "status", "--units", "2026", "--at", "2026-04-01T00:30", "--json", *place)
    told = json.loads(out)
    assert told["units"][0]["without_device"] == ["DA001"]
    assert told["findings"][0]["code"] == "key_unit_not_on_line"
    code, out, _ = ask("sense", "status", "--units", "2026", "--at", "2026-04-01T00:30", *place)
    assert "0 of 1" in out


def test_gaps_say_that_nothing_is_due_without_outlets(ask, simulated_workspace: Path) -> None:
    code, out, _ = ask("sense", "gaps", "-w", simulated_workspace)
    assert (code, "No outlet is registered" in out) == (0, True)


def test_gaps_of_a_registered_outlet_are_listed_with_its_rates(ask, writable_workspace: Path) -> None:
    from lantian.loop.sense.registry import DeviceContent, Point, register_device

    house = open_workspace(writable_workspace)
    content = DeviceContent(mn="MN1", outlet="DA001", points={"a21026": Point()}, simulated=True)
    register_device(house.ledger, content, by="test", at=house.now() - timedelta(days=3))
    house.close()
    days = ("--from", "2026-03-20", "--to", "2026-03-20")
    code, out, _ = ask("sense", "gaps", *days, "--json", "-w", writable_workspace)
    assert code == 0
    told = json.loads(out)
    assert told["rows"][0]["outlet"] == "DA001"
    assert sum(row["records"] for row in told["rows"]) == 24
    assert told["rates"][0]["received"] == 0
