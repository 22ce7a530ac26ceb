"""``lantian door``: files by hand go the way of every other file; senders get their key once."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lantian.assembly import make_workspace, open_workspace
from lantian.loop.sense.registry import DeviceContent, register_device

Ask = Callable[..., tuple[int, str, str]]
HEAD = "outlet,factor,period,start,value,simulated\n"
LINE = "stack-1,a21026,hour,2026-03-01 0{}:00,{},true\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    house = make_workspace(folder, "shizuishan", simulated=True)
    content = DeviceContent(mn="A" * 24, outlet="stack-1", simulated=True)
    register_device(house.ledger, content, by="test", at=house.now())
    house.close()
    return folder


def file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def given(ask: Ask, workspace: Path, *more: object) -> tuple[int, list[dict[str, object]]]:
    code, out, said = ask("door", "give", *more, "--workspace", workspace, "--json")
    assert not said, said
    return code, json.loads(out)["rows"]


def test_a_file_given_by_hand_is_taken_at_once_and_once(workspace: Path, tmp_path: Path, ask: Ask):
    path = file(tmp_path, "a.csv", HEAD + LINE.format(1, 5) + LINE.format(2, "x"))
    code, [row] = given(ask, workspace, path)
    assert (code, row["state"], row["kind"], row["brought_by"]) == (0, "taken", "source_readings", "command")
    assert (row["counts"]["accepted"], row["counts"]["rejected"]) == (1, 1)  # type: ignore[index]
    code, [again] = given(ask, workspace, path)
    assert (code, again["id"]) == (0, row["id"])
    house = open_workspace(workspace)
    assert house.lake.read("source_readings", latest=False)["value"].to_list() == [5.0]
    house.close()
    _, out, _ = ask("door", "show", row["id"], "--workspace", workspace)
    assert "in the lake" in out
    assert "2 rows read, 1 accepted, 1 rejected" in out
    assert ".rejects.csv" in out


def test_several_files_are_told_apart_and_a_bad_one_leaves_with_2(workspace: Path, tmp_path: Path, ask: Ask):
    good = file(tmp_path, "a.csv", HEAD + LINE.format(1, 5))
    strange = file(tmp_path, "b.csv", "x,y\n1,2\n")
    code, rows = given(ask, workspace, good, strange, tmp_path / "gone.csv")
    assert code == 2
    assert [row.get("state") for row in rows] == ["taken", "unrecognised", None]
    assert "does not exist" in str(rows[2]["error"])
    code, out, _ = ask("door", "give", strange, "--workspace", workspace)
    assert (code, "of no known kind" in out, "door retry" in out) == (2, True, True)
    out = ask("door", "list", "--state", "unrecognised", "--workspace", workspace, "--json")[1]
    assert [row["name"] for row in json.loads(out)["rows"]] == ["b.csv"]
    assert "a.csv" in ask("door", "list", "--workspace", workspace)[1]


def test_what_was_left_open_is_said_with_a_retry(workspace: Path, tmp_path: Path, ask: Ask):
    text = HEAD.replace("start", "time").replace("period,", "") + LINE.format(1, 5).replace("hour,", "")
    code, [row] = given(ask, workspace, file(tmp_path, "a.csv", text), "--period", "hour")
    assert (code, row["state"]) == (2, "refused")
    code, out, _ = ask("door", "retry", row["id"], "--reason", "asked the plant", "--edge", "end", "--kind",
                       "source_readings", "--workspace", workspace, "--json")  # fmt: skip
    [row] = json.loads(out)["rows"]
    assert (code, row["state"], row["options"]) == (0, "taken", {"edge": "end", "period": "hour"})
    code, _, said = ask("door", "retry", "nothing", "--reason", "x", "--workspace", workspace)
    assert (code, "There is no delivery" in said) == (2, True)


def test_station_hours_come_in_by_the_same_door(workspace: Path, tmp_path: Path, ask: Ask):
    house = open_workspace(workspace)
    station = house.city.stations[0].code
    house.close()
    head = "station,hour_start,so2,no2,co,o3,pm10,pm25,stage,state,simulated\n"
    text = head + f"{station},2026-03-01 08:00,1,2,0.3,4,5,6,original,reference,true\n"
    code, [row] = given(ask, workspace, file(tmp_path, "hours.csv", text))
    assert (code, row["kind"], row["counts"]["written"]) == (0, "ambient_hours", 1)  # type: ignore[index]
    strange = text.replace(station, "9999A").replace("08:00", "09:00")
    code, [row] = given(ask, workspace, file(tmp_path, "strange.csv", strange))
    assert (code, row["state"]) == (0, "taken")
    assert len(row["rejects"]) == 2  # type: ignore[arg-type]
    assert "unknown-stations" in str(row["rejects"])
    for name, other in (
        ("real", text.replace(",simulated", "").replace(",true", "")),
        ("false", text.replace("true", "no")),
    ):
        code, [row] = given(ask, workspace, file(tmp_path, f"{name}.csv", other))
        assert (code, row["state"]) == (2, "refused")
        assert "never mix" in str(row["error"])
    stamped = text.replace("hour_start", "时间").replace("08:00", "10:00")
    code, [row] = given(ask, workspace, file(tmp_path, "stamped.csv", stamped))
    assert (code, "start or the end" in str(row["error"])) == (2, True)
    code, [row] = given(ask, workspace, tmp_path / "stamped.csv", "--edge", "end")
    assert (code, row["state"]) == (0, "taken")
    house = open_workspace(workspace)
    assert house.lake.read("ambient_hours")["hour_start"].dt.hour().to_list() == [8, 9]
    house.close()


def test_simulated_hours_never_enter_a_real_workspace(tmp_path: Path, ask: Ask):
    house = make_workspace(tmp_path / "real", "shizuishan", simulated=False)
    station = house.city.stations[0].code
    house.close()
    head = "station,hour_start,so2,no2,co,o3,pm10,pm25,simulated\n"
    line = f"{station},2026-03-01 08:00,1,2,0.3,4,5,6,{{}}\n"
    code, [row] = given(ask, tmp_path / "real", file(tmp_path, "a.csv", head + line.format("yes")))
    assert (code, "never mix" in str(row["error"])) == (2, True)
    assert given(ask, tmp_path / "real", file(tmp_path, "b.csv", head + line.format("no")))[0] == 0


def test_a_sender_gets_its_key_once_and_can_be_closed(workspace: Path, ask: Ask):
    at = ("--workspace", workspace)
    code, out, said = ask("door", "sender", "add", "plant", "--organisation", "plant A", "--reason", "contract",
                          "--by", "duty", "--kind", "source_readings", *at, "--json")  # fmt: skip
    assert code == 0, said
    key = json.loads(out)["key"]
    assert len(key) == 43
    listed = ask("door", "sender", "list", *at, "--json")[1]
    [row] = json.loads(listed)["rows"]
    assert (row["name"], row["kinds"], row["simulated"]) == ("plant", "source_readings", True)
    assert key not in listed
    assert ask("door", "sender", "close", "plant", "--reason", "ended", "--by", "duty", *at)[0] == 0
    assert "Nobody may send" in ask("door", "sender", "list", *at)[1]
    assert "ended" in ask("door", "sender", "list", "--closed", *at)[1]
    code, _, said = ask("door", "sender", "add", "x", "--organisation", "a", "--reason", "r", "--by", "d",
                        "--kind", "tea", *at)  # fmt: skip
    assert (code, "There is no kind tea" in said) == (2, True)


def test_kinds_are_listed_and_an_empty_list_says_so(workspace: Path, ask: Ask):
    rows = json.loads(ask("door", "kinds", "--workspace", workspace, "--json")[1])["rows"]
    assert {"source_readings", "power_readings", "ambient_hours"} <= {row["kind"] for row in rows}
    assert "No file was delivered" in ask("door", "list", "--workspace", workspace)[1]
    assert ask("door", "list", "--state", "tea", "--workspace", workspace)[0] == 2


def test_keys_do_not_go_over_a_foreign_line_in_clear(workspace: Path, ask: Ask):
    code, _, said = ask("gateway", "--http", 0, "--http-host", "0.0.0.0", "--workspace", workspace)
    assert (code, "in clear" in said) == (2, True)
